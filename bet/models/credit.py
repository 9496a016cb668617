"""What a stated chance is worth, given how the forecaster's earlier statements came out.

Only ``math`` is imported and only plain functions are used, so that the page runs this very file.
Chances are from 0 to 1.
"""

import math


def record(prior_kept, prior_broken, kept, broken):
    """Return the Beta parameters of a record; the prior counts as so many promises more of each."""
    if min(prior_kept, prior_broken) <= 0 or min(kept, broken) < 0:
        raise ValueError("a prior above zero, counts of zero or more")
    return prior_kept + kept, prior_broken + broken


def chance_kept(alpha, beta):
    """Return the mean of a record: the chance that the next promise is kept."""
    return alpha / (alpha + beta)


def logit(probability):
    """Return the log-odds of a probability strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ValueError("a probability between 0 and 1, not " + str(probability))
    return math.log(probability / (1 - probability))


def credited_in_proportion(stated, reliability):
    """Scale a stated chance by the share of the forecaster's statements that come true."""
    if not (0 <= stated <= 1 and 0 <= reliability <= 1):
        raise ValueError("probabilities from 0 to 1")
    return stated * reliability


def credited_by_odds(stated, reliability, implied):
    """Shift a stated chance by the forecaster's excess of log-odds.

    ``implied`` is the confidence that his flat statements convey, ``reliability`` the share that
    came true: the difference of their log-odds is taken off the stated chance.
    """
    shifted = logit(stated) + logit(reliability) - logit(implied)
    return 1 / (1 + math.exp(-shifted))


def value_needed(price, chance):
    """Return what the prize must be worth for chance times prize to equal the price."""
    if not chance > 0:
        raise ValueError("a chance above zero")
    return price / chance


def run(case):
    """Return everything a panel shows for one case, as plain numbers.

    ``case`` has the ``stated`` chance, ``kept`` and ``broken`` forecasts, ``prior_kept`` and
    ``prior_broken`` imagined before, the ``implied`` confidence and the ``price`` in billions.
    """
    counts = record(case["prior_kept"], case["prior_broken"], case["kept"], case["broken"])
    trust = chance_kept(*counts)
    by_odds = credited_by_odds(case["stated"], trust, case["implied"])
    return {
        "trust": trust,
        "in_proportion": credited_in_proportion(case["stated"], trust),
        "by_odds": by_odds,
        "prize": value_needed(case["price"], case["stated"]),
        "prize_by_odds": value_needed(case["price"], by_odds),
    }
