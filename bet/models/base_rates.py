"""How often it happened: windows, cohorts, past forecast errors, and whether such bands held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats


def windows(values: pd.Series, length: int) -> pd.Series:
    """Return the multiple over every window of ``length`` steps, by the window's start.

    Windows overlap: of ``n`` of them only about ``n / length`` are independent.
    """
    return (values.shift(-length) / values).dropna()


def share_at_least(values: pd.Series, threshold: float) -> float:
    """Return the share of values at or above a threshold; a missing value counts as below."""
    return float((values >= threshold).sum() / len(values))


def share_interval(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share, as if the cases were independent."""
    interval = stats.binomtest(int(hits), int(total)).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def level(returns_pct: pd.Series) -> pd.Series:
    """Return what one becomes, year by year, at yearly returns in percent; the first year opens at one."""
    grown = (1.0 + returns_pct / 100.0).cumprod()
    return pd.concat([pd.Series({returns_pct.index[0] - 1: 1.0}), grown])


def mean_return(returns_pct: pd.Series) -> float:
    """Return the constant yearly return that equals a run of yearly returns in percent."""
    return float(np.expm1(np.log1p(returns_pct / 100.0).mean()))


def robust_spread(values: pd.Series) -> float:
    """Return the standard deviation of logarithms that fits the middle half of the values."""
    logs = np.log(values[values > 0].dropna())
    return float((logs.quantile(0.75) - logs.quantile(0.25)) / 1.349)


def forecast_errors(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return one error for each occasion on which forecasts were made.

    An error is the logarithm of what came over what was forecast, divided by the root of the years
    between; several forecasts of one occasion and kind are averaged, because they fail together.
    """
    years = (forecasts["due"] - forecasts["said"]).dt.days / 365.25
    error = np.log(forecasts["actual"] / forecasts["forecast"]) / np.sqrt(years)
    table = forecasts.assign(error=error)
    return table.groupby(["kind", "who", "said"], as_index=False)["error"].mean()


def error_band(errors: Sequence[float], share: float) -> tuple[float, float, float]:
    """Return low, middle and high of the next error at a probability (Student's t, few cases).

    With fewer than two cases there is no spread to learn from: ValueError.
    """
    values = np.asarray(errors, dtype=float)
    if len(values) < 2:
        raise ValueError("two forecasts or more")
    middle = float(values.mean())
    width = stats.t.ppf(0.5 + share / 2, len(values) - 1) * values.std(ddof=1)
    width *= np.sqrt(1 + 1 / len(values))
    return middle - float(width), middle, middle + float(width)


def error_fan(
    errors: Sequence[float], multiple: float, years: int, shares: Sequence[float]
) -> pd.DataFrame:
    """Return the fan around a forecast multiple, its bias and width taken from past errors.

    Columns: year, share (of the band), low, middle, high, all as multiples.
    """
    rows = []
    for share in shares:
        low, middle, high = error_band(errors, share)
        for year in range(years + 1):
            path, root = np.log(multiple) * year / years, np.sqrt(year)
            rows.append(
                (year, share, *(float(np.exp(path + e * root)) for e in (low, middle, high)))
            )
    return pd.DataFrame(rows, columns=["year", "share", "low", "middle", "high"])


def yearly_contributions(prices: pd.Series) -> pd.Series:
    """Return each calendar year's share of the whole rise of a price, in logarithms.

    ``prices`` is indexed by day; the first value opens the first year.
    """
    last = prices.groupby(prices.index.year).last()
    opened = last.shift(1)
    opened.iloc[0] = prices.iloc[0]
    steps = np.log(last / opened)
    return steps / steps.sum()
