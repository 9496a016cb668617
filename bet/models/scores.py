"""Scores of forecasts: squared errors, and what a stated chance is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from bet.faults import BadInput, Fault
from bet.models import forecasting


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


def brier(rows: Iterable[Mapping[str, object]]) -> float:
    """Return the mean squared error of rows with 'probability' and 'happened'; 0 is perfect, 0.25 a coin.

    Raises BadInput when no row has an outcome yet.
    """
    errors = [forecasting.brier(float(row["probability"]), bool(row["happened"])) for row in rows]
    if not errors:
        raise BadInput([Fault("forecasts", "no outcome yet", "one resolved forecast or more")])
    return sum(errors) / len(errors)


def expected_brier(probabilities: Iterable[float]) -> float:
    """Return the score that the forecasts would earn if each probability were exactly right."""
    values = list(probabilities)
    return sum(p * (1 - p) for p in values) / len(values)


def checkpoints(made_on: dt.date) -> dict[str, dt.date]:
    """Return the days on which a forecast is looked at again: after one, three and five years."""
    return {f"year_{n}": made_on.replace(year=made_on.year + n) for n in (1, 3, 5)}
