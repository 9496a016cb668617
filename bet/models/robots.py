"""Robots and chips: learning curves, the cost of a working hour, what a cheaper part does to a bill.

Only ``math`` is imported, so that the page can run this very file in the browser; numpy arrays and
quantities with units (pint) pass where the operators allow it.
"""

import math


def exponent(learning_rate):
    """Return b of cost ~ units**-b for a fall of ``learning_rate`` with each doubling (Wright)."""
    return -math.log(1.0 - learning_rate) / math.log(2.0)


def cost_at(units, first_cost, first_units, learning_rate):
    """Return the cost of the unit built after ``units`` in all."""
    return first_cost * (units / first_units) ** -exponent(learning_rate)


def units_to_reach(target, first_cost, first_units, learning_rate):
    """Return how many units in all must be built until one costs ``target``."""
    return first_units * (first_cost / target) ** (1.0 / exponent(learning_rate))


def doublings(target, first_cost, learning_rate):
    """Return how many doublings of output lie between a first cost and a target."""
    return math.log(first_cost / target) / -math.log(1.0 - learning_rate)


def tuition(target, first_cost, first_units, learning_rate):
    """Return what is spent above the target price on the way down the curve (0 if already there)."""
    last = units_to_reach(target, first_cost, first_units, learning_rate)
    if last <= first_units:
        return 0.0 * target * last
    b = exponent(learning_rate)
    if abs(b - 1.0) < 1e-12:
        spent = first_cost * first_units * math.log(last / first_units)
    else:
        spent = (last * target - first_units * first_cost) / (1.0 - b)
    return spent - target * (last - first_units)


def cost_per_hour(price, life, hours, upkeep, power=0.0, energy_price=0.0):
    """Return the cost of one working hour: purchase spread over life, upkeep a year, energy.

    ``hours`` are useful hours a year; no interest, no supervision.
    """
    return (price / life + upkeep) / hours + power * energy_price


def hours_to_match(wage, price, life, upkeep):
    """Return the useful hours a year at which a robot costs what a wage pays (energy apart)."""
    return (price / life + upkeep) / wage


def robots_per_watcher(wage, hour, pace=1.0):
    """Return how many robots one paid person must watch for their work to cost what a wage pays.

    ``hour`` is the cost of a robot's hour, ``pace`` its work in that hour over a person's. Infinite
    where the robot costs too much even unwatched.
    """
    spare = pace * wage - hour
    return wage / spare if spare > 0 else float("inf")


def years_to_supply(units, rate):
    """Return the years to build ``units`` at ``rate`` a year, none wearing out."""
    return units / rate


def saving(part_share, part_ratio):
    """Return by what factor a bill falls when a part of it falls to ``part_ratio`` (Amdahl)."""
    return 1.0 / (1.0 - part_share + part_share * part_ratio)


def share_needed(factor, part_ratio):
    """Return what share the part must have for the bill to fall by ``factor``; above 1: impossible."""
    return (1.0 - 1.0 / factor) / (1.0 - part_ratio)
