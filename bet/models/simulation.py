"""Many futures of the thesis: yearly paths drawn in chunks, kept as histograms only.

The same model as ``bet.models.growth``, with the years in between. Memory does not grow with the number of
paths: each chunk is counted into a fine grid of logarithms and dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bet.models.growth import STEPS

_LOW, _HIGH, _BINS = (
    -12.0,
    12.0,
    9_600,
)  # grid of log multiples: 0.0025 wide, six millionths to 160,000


@dataclass(frozen=True)
class Fan:
    """The distribution of the multiple per share after each year, as counts on a log grid."""

    counts: np.ndarray  # (years + 1, bins)
    paths: int

    def quantile(self, share: float) -> np.ndarray:
        """Return the multiple below which a share of the paths lies, for each year from 0."""
        edges = np.linspace(_LOW, _HIGH, _BINS + 1)
        below = np.concatenate(
            [np.zeros((len(self.counts), 1)), self.counts.cumsum(axis=1)], axis=1
        )
        return np.exp([np.interp(share * self.paths, row, edges) for row in below])

    def share_at_least(self, multiple: float, year: int = -1) -> float:
        """Return the share of paths at or above a multiple after a year (default: the last)."""
        edges = np.linspace(_LOW, _HIGH, _BINS + 1)
        below = np.concatenate([[0], self.counts[year].cumsum()])
        return float(1.0 - np.interp(np.log(multiple), edges, below) / self.paths)


def simulate(case: Mapping[str, float], paths: int, seed: int, chunk: int = 20_000) -> Fan:
    """Draw yearly paths of the multiple per share and return their distribution by year.

    Growth has a lasting part and yearly noise; margin and price-earnings ratio move from today's
    price-sales ratio to their final draw at a constant rate. ``dependence`` correlates the lasting
    growth, the margin and the price through one common factor. New shares are those that the award
    gives at the value of that year.
    """
    years = int(case["years"])
    counts = np.zeros((years + 1, _BINS), dtype=np.int64)
    for block in _chunks(case, paths, np.random.default_rng(seed), chunk):
        place = np.clip((block - _LOW) * (_BINS / (_HIGH - _LOW)), 0, _BINS - 1).astype(np.int32)
        for year in range(years + 1):
            counts[year] += np.bincount(place[:, year], minlength=_BINS)
    return Fan(counts, paths)


def _chunks(
    case: Mapping[str, float], paths: int, rng: np.random.Generator, chunk: int
) -> Iterator[np.ndarray]:
    """Yield arrays of log multiples, one row a path, one column a year from 0."""
    years, rho = int(case["years"]), case["dependence"]
    price_to_sales = np.log(case["start_value"] / case["revenue"])
    final = np.log(case["net_margin"] * case["exit_pe"]) - price_to_sales
    steps_at = np.log(np.array(STEPS) / case["start_value"])
    fewer = np.log1p(case["dilution"] * np.arange(len(STEPS) + 1) / len(STEPS))
    passed = np.arange(1, years + 1)
    for start in range(0, paths, chunk):
        size = min(chunk, paths - start)
        common = rng.standard_normal((size, 1))
        own = rng.standard_normal((size, 3))
        growth, margin, price = (np.sqrt(rho) * common + np.sqrt(1.0 - rho) * own).T
        steps = rng.standard_normal((size, years))
        steps *= case["yearly_noise"]
        steps += (np.log1p(case["growth"]) + case["growth_spread"] * growth)[:, None]
        path = np.zeros((size, years + 1))
        np.cumsum(steps, axis=1, out=path[:, 1:])
        end = final + case["margin_spread"] * margin + case["pe_spread"] * price
        path[:, 1:] += end[:, None] * (passed / years)
        path[:, 1:] -= fewer[np.searchsorted(steps_at, path[:, 1:], side="right")]
        yield path
