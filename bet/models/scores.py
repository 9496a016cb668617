"""Scores of forecasts: one squared error, its naive rivals, and what a stated chance is worth."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bet.faults import BadInput, Fault


def current(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts that no later row revises."""
    return forecasts[~forecasts["forecast"].isin(forecasts["revises"].dropna())].reset_index(
        drop=True
    )


def scored(forecasts: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Join forecasts with what happened; a revised forecast is scored as well as its revision."""
    return forecasts.merge(
        outcomes[["forecast", "happened", "resolved_on"]], on="forecast", how="inner"
    )


def brier(chances: ArrayLike, happened: ArrayLike) -> float:
    """Return the mean squared error of stated chances: 0 is perfect, 0.25 a coin, 1 sure and wrong.

    One chance may be given for all events. Raises BadInput when nothing has happened or failed yet.
    """
    stated, came = np.asarray(chances, dtype=float), np.asarray(happened, dtype=float)
    if came.size == 0:
        raise BadInput([Fault("forecasts", "no outcome yet", "one resolved forecast or more")])
    if not ((stated >= 0) & (stated <= 1)).all():
        raise ValueError("a probability from 0 to 1")
    return float(np.mean((stated - came) ** 2))


def brier_of_record(chance: float, kept: int, broken: int) -> float:
    """Return the score of one chance given to every promise of a record."""
    return brier(chance, [True] * int(kept) + [False] * int(broken))


def expected_brier(probabilities: Iterable[float]) -> float:
    """Return the score that the forecasts would earn if each probability were exactly right."""
    values = list(probabilities)
    return sum(p * (1 - p) for p in values) / len(values)


def others_rate(happened: Sequence[bool]) -> np.ndarray:
    """Return the naive rival: for each event the share of the others that happened (Laplace's rule)."""
    came = np.asarray(happened, float)
    return (came.sum() - came + 1) / (len(came) + 1)


def checkpoints(made_on: dt.date) -> dict[str, dt.date]:
    """Return the days on which a forecast is looked at again: after one, three and five years."""
    return {f"year_{n}": made_on.replace(year=made_on.year + n) for n in (1, 3, 5)}


def logit(probability: float) -> float:
    """Return the log-odds of a probability strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ValueError(f"a probability between 0 and 1, not {probability!r}")
    return math.log(probability / (1 - probability))


def credited_in_proportion(stated: float, reliability: float) -> float:
    """Scale a stated chance by the share of the forecaster's statements that come true."""
    if not (0 <= stated <= 1 and 0 <= reliability <= 1):
        raise ValueError(f"probabilities from 0 to 1, not {stated!r} and {reliability!r}")
    return stated * reliability


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
