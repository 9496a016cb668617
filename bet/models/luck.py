"""Luck or skill: how often a share picked at random does as well, and what that says of the picker.

Only ``math`` is imported and only plain functions are used, so that the page runs this very file.
A price is a random walk in logarithms: ``drift`` is its mean growth a year, ``volatility`` the yearly
standard deviation of its logarithm.
"""

import math


def spread(drift, volatility, years):
    """Return mean and standard deviation of the log return after some years."""
    mean = (math.log(1.0 + drift) - volatility * volatility / 2.0) * years
    return mean, volatility * math.sqrt(years)


def chance_above(multiple, years, drift, volatility):
    """Return the chance that the price ends at or above a multiple of its start."""
    mean, sd = spread(drift, volatility, years)
    return _above((math.log(multiple) - mean) / sd)


def chance_touching(multiple, years, drift, volatility):
    """Return the chance that the price stands at or above the multiple at any time until then."""
    if multiple <= 1.0:
        return 1.0
    mean, sd = spread(drift, volatility, years)
    barrier = math.log(multiple)
    reflected = math.exp(2.0 * mean * barrier / (sd * sd))
    return _above((barrier - mean) / sd) + reflected * _above((barrier + mean) / sd)


def _above(z):
    """Return the share of a standard normal distribution above ``z``."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def mean_growth(typical, volatility):
    """Return the mean yearly growth of a walk whose median grows by ``typical`` a year."""
    return (1.0 + typical) * math.exp(volatility * volatility / 2.0) - 1.0


def typical_multiple(years, drift, volatility):
    """Return the median multiple after some years."""
    return math.exp(spread(drift, volatility, years)[0])


def updated(prior, chance_if_true, chance_if_false):
    """Return the probability of a hypothesis after an event, by Bayes' rule."""
    joint = prior * chance_if_true
    return joint / (joint + (1.0 - prior) * chance_if_false)


def run(case):
    """Return everything a panel shows for one case, as plain numbers.

    ``case`` has ``price`` and ``cost`` of a share in dollars, ``years`` held, ``drift`` and
    ``volatility`` of a share picked at random, ``skilled_drift`` of one picked with skill,
    ``managers`` who pick one each, and ``prior``, the share of them who have that skill.
    """
    multiple = case["price"] / case["cost"]
    lucky = chance_above(multiple, case["years"], case["drift"], case["volatility"])
    good = chance_above(multiple, case["years"], case["skilled_drift"], case["volatility"])
    return {
        "multiple": multiple,
        "lucky": lucky,
        "lucky_managers": case["managers"] * lucky,
        "good": good,
        "skilled": updated(case["prior"], good, lucky),
    }
