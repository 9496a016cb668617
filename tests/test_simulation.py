"""The simulation against the closed form, and its promises on memory and repetition."""

import tracemalloc

import numpy as np
import pytest

from bet.models import growth
from bet.models.simulation import simulate

CASE = {
    "start_value": 1000.0, "revenue": 100.0, "multiple": 5.0, "years": 10, "growth": 0.2,
    "net_margin": 0.1, "exit_pe": 25.0, "dilution": 0.1, "growth_spread": 0.05,
    "yearly_noise": 0.1, "margin_spread": 0.5, "pe_spread": 0.5, "dependence": 0.3,
}  # fmt: skip
STILL = dict(CASE, growth_spread=0.0, yearly_noise=0.0, margin_spread=0.0, pe_spread=0.0)


def test_without_spread_every_path_is_the_closed_form():
    fan = simulate(STILL, 100, seed=1)
    assert fan.quantile(0.5)[-1] == pytest.approx(growth.outcome(STILL)["multiple"], rel=0.003)
    assert np.count_nonzero(fan.counts[-1]) == 1


def test_constant_growth_path_when_the_price_to_sales_ratio_stays():
    """With price over sales unchanged the value grows like revenue, each year."""
    ratio = STILL["start_value"] / STILL["revenue"]
    case = dict(STILL, dilution=0.0, net_margin=ratio / STILL["exit_pe"])
    path = simulate(case, 10, seed=1).quantile(0.5)
    assert path == pytest.approx(
        [growth.multiple_after(0.2, year) for year in range(11)], rel=0.003
    )


@pytest.mark.parametrize("dependence", [0.0, 0.3, 1.0])
def test_chances_equal_the_closed_form(dependence):
    case, paths = dict(CASE, dependence=dependence), 200_000
    fan = simulate(case, paths, seed=20251114)
    for multiple in (0.5, 1.0, 2.0, 5.0):
        truth = growth.chance(case, multiple)
        error = np.sqrt(truth * (1 - truth) / paths)
        assert abs(fan.share_at_least(multiple) - truth) < 4 * error + 0.0015
    for share in (0.1, 0.5, 0.9):
        assert fan.quantile(share)[-1] == pytest.approx(growth.quantile(case, share), rel=0.02)


def test_same_seed_same_fan_whatever_the_chunk_is_filled_with():
    first, again = (simulate(CASE, 5_000, seed=3) for _ in range(2))
    assert (first.counts == again.counts).all()
    assert (simulate(CASE, 5_000, seed=4).counts != first.counts).any()


def test_every_path_is_counted_each_year():
    fan = simulate(CASE, 12_345, seed=5, chunk=1_000)
    assert (fan.counts.sum(axis=1) == 12_345).all()
    assert fan.quantile(0.5)[0] == pytest.approx(1.0, rel=0.003)


def test_memory_does_not_grow_with_the_paths():
    peaks = []
    for paths in (40_000, 400_000):
        tracemalloc.start()
        simulate(CASE, paths, seed=6)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 30e6
