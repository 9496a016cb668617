"""Forecasts: what came of a dated promise, its maker's record, what a stated chance is worth."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from scipy import stats

OUTCOMES = ("kept", "late", "missed", "pending")


def outcome(due: dt.date, delivered: dt.date | None, day: dt.date, grace_days: int = 0) -> str:
    """Say what a forecast had come to by a day.

    'kept' if delivered by the due day plus grace; 'late' if delivered after that; 'missed' if that
    day has passed and nothing came; else 'pending'. What happens after ``day`` is not looked at.
    """
    limit = due + dt.timedelta(days=grace_days)
    if delivered is not None and delivered <= day:
        return "kept" if delivered <= limit else "late"
    return "missed" if limit < day else "pending"


def tally(
    pairs: Iterable[tuple[dt.date, dt.date | None]], day: dt.date, grace_days: int = 0
) -> dict[str, int]:
    """Count the outcomes of (due, delivered) pairs by a day; every word of the scale is a key."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for due, delivered in pairs:
        counts[outcome(due, delivered, day, grace_days)] += 1
    return counts


def posterior(alpha: float, beta: float, hits: int, misses: int) -> tuple[float, float]:
    """Return the Beta parameters after hits and misses; the prior counts as alpha and beta more."""
    if min(alpha, beta) <= 0 or min(hits, misses) < 0:
        raise ValueError("alpha and beta above zero, hits and misses of zero or more")
    return alpha + hits, beta + misses


def mean(alpha: float, beta: float) -> float:
    """Return the mean of a Beta distribution: the chance that the next one is kept."""
    return alpha / (alpha + beta)


def interval(alpha: float, beta: float, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval of a Beta distribution."""
    tail = (1 - level) / 2
    return float(stats.beta.ppf(tail, alpha, beta)), float(stats.beta.ppf(1 - tail, alpha, beta))


def density(grid: Iterable[float], alpha: float, beta: float) -> list[float]:
    """Return the density of a Beta distribution on a grid."""
    return [float(value) for value in stats.beta.pdf(list(grid), alpha, beta)]


def brier(probability: float, happened: bool) -> float:
    """Return the squared error of one forecast: 0 is perfect, 1 is certain and wrong."""
    return (_chance(probability) - float(happened)) ** 2


def mean_brier(probability: float, hits: int, misses: int) -> float:
    """Return the mean squared error of one probability given to every one of hits + misses."""
    total = hits + misses
    if total == 0:
        raise ValueError("one scored forecast or more")
    return (hits * brier(probability, True) + misses * brier(probability, False)) / total


def logit(probability: float) -> float:
    """Return the log-odds of a probability strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ValueError(f"a probability between 0 and 1, not {probability!r}")
    return math.log(probability / (1 - probability))


def credited_in_proportion(stated: float, reliability: float) -> float:
    """Scale a stated chance by the share of the forecaster's statements that come true."""
    return _chance(stated) * _chance(reliability)


def credited_by_odds(stated: float, reliability: float, implied: float) -> float:
    """Shift a stated chance by the forecaster's excess of log-odds.

    ``implied`` is the confidence that his flat statements convey, ``reliability`` the share that
    came true: the difference of their log-odds is taken off the stated chance.
    """
    shifted = logit(stated) + logit(reliability) - logit(implied)
    return 1 / (1 + math.exp(-shifted))


def value_needed(price: float, chance: float) -> float:
    """Return what the prize must be worth for chance times prize to equal the price."""
    if not chance > 0:
        raise ValueError(f"a chance above zero, not {chance!r}")
    return price / chance


def _chance(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability from 0 to 1, not {probability!r}")
    return probability
