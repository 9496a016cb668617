"""Scores of forecasts: one squared error and its naive rivals."""

from __future__ import annotations

import datetime as dt
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
