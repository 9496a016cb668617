"""The thesis in closed form: what growth, margin, price and dilution give, and what 5x needs.

Only ``math`` is imported, and only plain functions, lists and dicts are used, so that the page runs
this very file in the browser. Money is in billion US dollars, rates are fractions a year. A *case*
is a dict with these keys:

``start_value`` of the company, ``revenue`` of the last year, ``multiple`` aimed at per share,
``years``, ``growth`` of revenue a year, ``net_margin`` and ``exit_pe`` at the end, ``dilution``
(new shares per old share if the whole award is earned), and for chances ``growth_spread`` (of the
lasting growth rate), ``yearly_noise``, ``margin_spread``, ``pe_spread`` (standard deviations of
logarithms) and ``dependence`` (correlation of growth, margin and price, 0 to 1).

The award of 2025 is earned in twelve equal parts, each at its own value of the company, so how many
new shares there are depends on the outcome. Its other goals are taken as reached with the value.
"""

import math

INPUTS = ("growth", "net_margin", "exit_pe", "dilution")
# Values of the company at which a twelfth of the award is earned (Tesla, 8-K of 7 November 2025).
STEPS = (2000.0, 2500.0, 3000.0, 3500.0, 4000.0, 4500.0, 5000.0, 5500.0, 6000.0, 6500.0, 7500.0,
         8500.0)  # fmt: skip
OPEN = float("inf")


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


def new_shares(dilution, value):
    """Return the new shares per old share when the company is worth ``value``."""
    return dilution * len([step for step in STEPS if value >= step]) / len(STEPS)


def stretches(start_value, multiple, dilution):
    """Return (low, high) of each range of values in which the multiple per share is reached.

    Within a step of the award the share rises with the value, at the next step it falls by a little:
    up to the last, open range there may be short gaps.
    """
    found = []
    for earned in range(len(STEPS) + 1):
        enough = start_value * multiple * (1.0 + dilution * earned / len(STEPS))
        low = max(enough, STEPS[earned - 1]) if earned else enough
        high = STEPS[earned] if earned < len(STEPS) else OPEN
        if low < high:
            found.append((low, high))
    return found


def required_value(start_value, multiple, dilution):
    """Return the least company value at which each old share is worth ``multiple`` times as much."""
    return stretches(start_value, multiple, dilution)[0][0]


def required_profit(value, price_earnings):
    """Return the yearly profit that carries a value at a price-earnings ratio."""
    return value / price_earnings


def required_revenue(profit, net_margin):
    """Return the revenue that yields a profit at a margin."""
    return profit / net_margin


def outcome(case):
    """Return revenue, profit, value, new shares and multiple per share at the end, all as stated."""
    revenue = case["revenue"] * multiple_after(case["growth"], case["years"])
    profit = revenue * case["net_margin"]
    value = profit * case["exit_pe"]
    added = new_shares(case["dilution"], value)
    per_share = value / (case["start_value"] * (1.0 + added))
    return {"revenue": revenue, "profit": profit, "value": value, "added": added,
            "multiple": per_share}  # fmt: skip


def break_even(case, name):
    """Return the value of one input at which the multiple just holds, the others as stated.

    For the dilution these are all new shares per old share, whatever the award gives: a negative one
    means that shares would have to be bought back.
    """
    value = outcome(case)["value"]
    if name == "dilution":
        return value / (case["start_value"] * case["multiple"]) - 1.0
    gap = required_value(case["start_value"], case["multiple"], case["dilution"]) / value
    if name == "growth":
        return (1.0 + case["growth"]) * gap ** (1.0 / case["years"]) - 1.0
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
    """Return the standard deviation of the logarithm of the company's value.

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
    end, spread = outcome(case), log_spread(case)
    if spread == 0.0:
        return 1.0 if end["multiple"] >= multiple else 0.0
    ranges = stretches(case["start_value"], multiple, case["dilution"])
    total = _above(ranges[0][0], end["value"], spread, 0.0)
    for i in range(1, len(ranges)):
        lost, again = ranges[i - 1][1], ranges[i][0]
        if again > lost:
            total -= _above(lost, end["value"], spread, 0.0)
            total += _above(again, end["value"], spread, 0.0)
    return total


def mean_if_reached(case, multiple):
    """Return the mean multiple per share of the outcomes that reach a multiple; None if none can."""
    end, spread = outcome(case), log_spread(case)
    share = chance(case, multiple)
    if spread == 0.0:
        return end["multiple"] if share else None
    if share < 1e-12:
        return None
    total = 0.0
    for low, high in stretches(case["start_value"], multiple, case["dilution"]):
        at = low if high == OPEN else 0.5 * (low + high)
        within = _above(low, end["value"], spread, spread) - (
            0.0 if high == OPEN else _above(high, end["value"], spread, spread)
        )
        total += within / (case["start_value"] * (1.0 + new_shares(case["dilution"], at)))
    return total * end["value"] * math.exp(0.5 * spread * spread) / share


def _above(value, middle, spread, shift):
    """Return the share of outcomes above a value, each weighed by itself if ``shift`` is the spread."""
    return normal_cdf(math.log(middle / value) / spread + shift)


def quantile(case, share):
    """Return the multiple below which a share of the outcomes lies, by bisection.

    Without new shares it is that of the value; with the whole award it is lower by the dilution.
    """
    value = outcome(case)["value"] * math.exp(normal_quantile(share) * log_spread(case))
    high = value / case["start_value"]
    low = high / (1.0 + case["dilution"])
    if log_spread(case) == 0.0:
        return outcome(case)["multiple"]
    for _ in range(40):
        middle = 0.5 * (low + high)
        if 1.0 - chance(case, middle) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


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


def spending(price_fall, elasticity, years=1.0):
    """Return what buyers spend, today = 1, if the price is divided by ``price_fall`` every year.

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
        "break_even": {name: break_even(case, name) for name in INPUTS},
    }
