"""The thesis in closed form: what growth, margin, price and dilution give, and what 5x needs.

Only ``math`` is imported, and only plain functions, lists and dicts are used, so that the page runs
this very file in the browser. Money is in one unit throughout (the book uses billion US dollars),
rates are fractions a year. A *case* is a dict with these keys:

``start_value`` of the company, ``revenue`` of the last year, ``multiple`` aimed at per share,
``years``, ``growth`` of revenue a year, ``net_margin`` and ``exit_pe`` at the end, ``dilution``
(new shares per old share over the whole time), and for chances ``growth_spread`` (of the lasting
growth rate), ``yearly_noise``, ``margin_spread``, ``pe_spread`` (standard deviations of
logarithms) and ``dependence`` (correlation of growth, margin and price, 0 to 1).
"""

import math

INPUTS = ("growth", "net_margin", "exit_pe", "dilution")


def yearly_growth(multiple, years):
    """Return the constant yearly growth that gives a multiple."""
    return multiple ** (1.0 / years) - 1.0


def multiple_after(growth, years):
    """Return what one becomes at a constant yearly growth."""
    return (1.0 + growth) ** years


def years_to(multiple, growth):
    """Return how long a constant yearly growth takes to a multiple; None if it never arrives."""
    if multiple <= 1.0:
        return 0.0
    return math.log(multiple) / math.log(1.0 + growth) if growth > 0.0 else None


def required_value(start_value, multiple, dilution):
    """Return the company value at which each old share is worth ``multiple`` times as much."""
    return start_value * multiple * (1.0 + dilution)


def required_profit(value, price_earnings):
    """Return the yearly profit that carries a value at a price-earnings ratio."""
    return value / price_earnings


def required_revenue(profit, net_margin):
    """Return the revenue that yields a profit at a margin."""
    return profit / net_margin


def outcome(case):
    """Return revenue, profit, value and multiple per share at the end, everything as stated."""
    revenue = case["revenue"] * multiple_after(case["growth"], case["years"])
    profit = revenue * case["net_margin"]
    value = profit * case["exit_pe"]
    per_share = value / (case["start_value"] * (1.0 + case["dilution"]))
    return {"revenue": revenue, "profit": profit, "value": value, "multiple": per_share}


def break_even(case, name):
    """Return the value of one input at which the multiple just holds, the others as stated.

    A negative dilution means that shares would have to be bought back; None below minus one.
    """
    gap = case["multiple"] / outcome(case)["multiple"]
    if name == "growth":
        return (1.0 + case["growth"]) * gap ** (1.0 / case["years"]) - 1.0
    if name == "dilution":
        needed = (1.0 + case["dilution"]) / gap - 1.0
        return needed if needed > -1.0 else None
    return case[name] * gap


def swings(case, ranges):
    """Return (input, multiple at its low end, multiple at its high end), the widest swing first.

    ``ranges`` maps an input to (low, high); all others stay as stated.
    """
    rows = []
    for name in ranges:
        ends = []
        for value in ranges[name]:
            changed = dict(case)
            changed[name] = value
            ends.append(outcome(changed)["multiple"])
        rows.append((name, ends[0], ends[1]))
    return sorted(rows, key=lambda row: -abs(math.log(row[2] / row[1])))


def log_spread(case):
    """Return the standard deviation of the logarithm of the multiple.

    The three lasting inputs are correlated pairwise by ``dependence``; the noise of single years is
    independent of everything.
    """
    parts = (case["growth_spread"] * case["years"], case["margin_spread"], case["pe_spread"])
    alone = sum(part * part for part in parts)
    together = sum(parts) ** 2 - alone
    noise = case["yearly_noise"] ** 2 * case["years"]
    return math.sqrt(alone + case["dependence"] * together + noise)


def chance(case, multiple):
    """Return the probability that the multiple per share is reached or passed."""
    middle, spread = outcome(case)["multiple"], log_spread(case)
    if spread == 0.0:
        return 1.0 if middle >= multiple else 0.0
    return normal_cdf(math.log(middle / multiple) / spread)


def quantile(case, share):
    """Return the multiple below which a share of the outcomes lies."""
    return outcome(case)["multiple"] * math.exp(normal_quantile(share) * log_spread(case))


def normal_cdf(z):
    """Return the share of a standard normal distribution below ``z``."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_quantile(share):
    """Return the value below which a share of a standard normal distribution lies, by bisection."""
    if not 0.0 < share < 1.0:
        raise ValueError("a share between 0 and 1")
    low, high = -9.0, 9.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if normal_cdf(middle) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def expected(success, chance_of_it, otherwise):
    """Return the mean multiple of a bet that either succeeds or ends otherwise."""
    return chance_of_it * success + (1.0 - chance_of_it) * otherwise


def break_even_chance(success, otherwise, alternative):
    """Return the chance of success, 0 to 1, at which the bet equals the alternative on average."""
    if success == otherwise:
        return 0.0 if success >= alternative else 1.0
    return min(1.0, max(0.0, (alternative - otherwise) / (success - otherwise)))


def mix(first, second, share_of_second):
    """Return the multiple of two holdings kept side by side from the start."""
    return (1.0 - share_of_second) * first + share_of_second * second


def survival(death_rates, factor=1.0):
    """Return the chance of being alive after 0, 1, 2 ... years at ``factor`` times the rates."""
    alive = [1.0]
    for rate in death_rates:
        alive.append(alive[-1] * (1.0 - min(1.0, factor * rate)))
    return alive


def remaining_years(death_rates, factor=1.0):
    """Return the mean years left; those who die do so in the middle of their year."""
    alive = survival(death_rates, factor)
    return sum(alive) - 0.5 * (alive[0] + alive[-1])


def spending(price_fall, elasticity, years=1.0):
    """Return what buyers spend, today = 1, when the price is divided by ``price_fall`` each year.

    With a constant elasticity the quantity grows as price to the power of minus elasticity: at one,
    spending does not move; below one it shrinks as the price falls.
    """
    return price_fall ** (years * (elasticity - 1.0))


def run(case):
    """Return everything a panel shows for one case, as plain numbers."""
    value = required_value(case["start_value"], case["multiple"], case["dilution"])
    profit = required_profit(value, case["exit_pe"])
    end = outcome(case)
    return {
        "yearly_growth": yearly_growth(case["multiple"], case["years"]),
        "required_value": value,
        "required_profit": profit,
        "required_revenue": required_revenue(profit, case["net_margin"]),
        "revenue": end["revenue"],
        "profit": end["profit"],
        "value": end["value"],
        "multiple": end["multiple"],
        "chance": chance(case, case["multiple"]),
        "low": quantile(case, 0.1),
        "high": quantile(case, 0.9),
        "break_even": {name: break_even(case, name) for name in INPUTS},
    }
