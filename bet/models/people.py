"""The bet on a person: multiples and falls, simulated managers, and how much one position made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bet.models.base_rates import windows
from bet.models.luck import spread

DAYS_A_YEAR = 365.25


def years_between(start: str | pd.Timestamp, end: str | pd.Timestamp) -> float:
    """Return the years from one day to another."""
    return (pd.Timestamp(end) - pd.Timestamp(start)).days / DAYS_A_YEAR


def months_between(start: str | pd.Timestamp, end: str | pd.Timestamp) -> float:
    """Return the months from one day to another."""
    return 12 * years_between(start, end)


def early_share(average: float, early_price: float, later_price: float) -> float:
    """Return the share of all shares that an average cost allows to have been bought early.

    The rest is taken to cost ``later_price`` on average. Zero where the average is no lower than
    that, one where it is no higher than the early price.
    """
    if not early_price < later_price:
        raise ValueError("an early price below the later one")
    return min(1.0, max(0.0, (later_price - average) / (later_price - early_price)))


def log_shares(prices: Sequence[float]) -> np.ndarray:
    """Return each step's share of the log return from the first price to the last."""
    logs = np.log(np.asarray(prices, dtype=float))
    if logs[-1] == logs[0]:
        raise ValueError("a first and a last price that differ")
    return np.diff(logs) / (logs[-1] - logs[0])


def gain_parts(
    shares: float,
    cost: float,
    sold: float,
    sale: float,
    later: float,
    later_price: float,
    mark: float,
) -> dict[str, float]:
    """Split the gain on a position into sold, sold later and still held, in price times shares."""
    kept = max(0.0, shares - sold - later)
    later = shares - sold - kept
    return {
        "sold": sold * (sale - cost),
        "sold later": later * (later_price - cost),
        "held": kept * (mark - cost),
    }


def simulate_managers(
    count: int, years: float, weight: float, drift: float, volatility: float, seed: int
) -> pd.DataFrame:
    """Draw managers who each hold one stock at a weight and an index for the rest, untouched.

    The index grows by 10 % a year with a volatility of 16 % and is independent of the stock.
    """
    rng = np.random.default_rng(seed)
    mean, sd = spread(drift, volatility, years)
    index_mean, index_sd = spread(0.10, 0.16, years)
    stock = np.exp(rng.normal(mean, sd, count))
    index = np.exp(rng.normal(index_mean, index_sd, count))
    return pd.DataFrame(
        {"stock": stock, "index": index, "fund": weight * stock + (1 - weight) * index}
    )


def horizon_summary(monthly: pd.Series, years: int) -> dict[str, float]:
    """Return windows, independent windows, quantiles of the multiple and chance of loss."""
    multiples = windows(monthly, 12 * years)
    low, early, mid, late, high = (
        np.quantile(multiples, [0, 0.1, 0.5, 0.9, 1]) if len(multiples) else [np.nan] * 5
    )
    return {
        "years": years,
        "windows": len(multiples),
        "independent": (len(monthly) - 1) // (12 * years),
        "lowest": low, "tenth": early, "median": mid, "ninetieth": late, "highest": high,
        "loss": float((multiples < 1).mean()) if len(multiples) else np.nan,
    }  # fmt: skip


def drawdowns(prices: pd.Series) -> pd.Series:
    """Return the fall of each price from the highest one so far, as a share (zero or below)."""
    return prices / prices.cummax() - 1


def falls(prices: pd.Series, depth: float) -> pd.DataFrame:
    """Return every fall from a high by more than ``depth``: peak, trough, depth, recovery."""
    down, rows = drawdowns(prices), []
    for _, part in down.groupby((down == 0).cumsum()):
        if part.min() < -depth:
            after = prices.loc[part.index[-1] :].index[1:2]
            rows.append(
                (part.index[0], part.idxmin(), part.min(), after[0] if len(after) else pd.NaT)
            )
    return pd.DataFrame(rows, columns=["peak", "trough", "depth", "recovered"])


def at_least(chances: Sequence[float], hits: int) -> float:
    """Return the chance of so many successes or more among independent events of unequal chance."""
    law = np.array([1.0])
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return float(law[hits:].sum())


def best_year_share(
    total: float, years: int, volatility: float, draws: int, seed: int
) -> np.ndarray:
    """Draw random walks of one total log return; return the best year's share of it in each."""
    steps = np.random.default_rng(seed).normal(0, volatility, (draws, years))
    steps += total / years - steps.mean(axis=1, keepdims=True)
    return steps.max(axis=1) / total
