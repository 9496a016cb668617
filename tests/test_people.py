"""The people functions against closed forms, hand-made cases and each other."""

import math

import numpy as np
import pandas as pd
import pytest

from bet.models import luck, people


def test_years_and_months_agree():
    assert people.years_between("2015-01-01", "2025-01-01") == pytest.approx(10, abs=0.01)
    assert people.months_between("2023-03-09", "2024-09-09") == pytest.approx(18, abs=0.1)


@pytest.mark.parametrize(
    ("average", "share"), [(14.0, 0.0), (20.0, 0.0), (8.0, 0.5), (2.0, 1.0), (1.0, 1.0)]
)
def test_early_share_by_hand(average, share):
    assert people.early_share(average, 2.0, 14.0) == pytest.approx(share)


def test_early_share_mixes_back_to_the_average():
    share = people.early_share(14.42, 2.2, 14.9)
    assert share * 2.2 + (1 - share) * 14.9 == pytest.approx(14.42)


def test_early_share_refuses_prices_the_wrong_way_round():
    with pytest.raises(ValueError, match="below"):
        people.early_share(5, 3, 3)


def test_log_shares_add_to_one_and_follow_the_ratio():
    shares = people.log_shares([10, 20, 10, 80])
    assert shares.sum() == pytest.approx(1)
    assert shares == pytest.approx(np.array([1, -1, 3]) / 3)


def test_log_shares_need_a_move():
    with pytest.raises(ValueError, match="differ"):
        people.log_shares([5, 9, 5])


def test_gain_parts_of_the_letter():
    parts = people.gain_parts(27, 14.42, 6.8, 221.56, 0, 300, 404.35)
    assert parts["sold"] == pytest.approx(1408.6, abs=1)
    assert sum(parts.values()) == pytest.approx(9285, abs=5)


def test_gain_parts_never_sell_more_than_was_bought():
    parts = people.gain_parts(10, 1, 8, 2, 5, 3, 100)
    assert parts == {"sold": 8, "sold later": 4, "held": 0}


def test_chance_above_agrees_with_simulation():
    exact = luck.chance_above(5, 10, 0.1, 0.6)
    drawn = people.simulate_managers(200_000, 10, 0.4, 0.1, 0.6, seed=3)
    assert (drawn["stock"] >= 5).mean() == pytest.approx(exact, rel=0.03)
    assert drawn["stock"].mean() == pytest.approx(1.1**10, rel=0.06)


def test_chance_above_falls_with_the_multiple_and_the_median_is_half():
    median = math.exp((math.log(1.1) - 0.18) * 10)
    assert luck.chance_above(median, 10, 0.1, 0.6) == pytest.approx(0.5)
    assert luck.chance_above(28, 10, 0.1, 0.6) < luck.chance_above(5, 10, 0.1, 0.6)


def test_touching_is_likelier_than_ending_above_and_agrees_with_paths():
    rng, steps = np.random.default_rng(1), 2000
    dt = 5 / steps
    paths = rng.normal((math.log(1.1) - 0.18) * dt, 0.6 * math.sqrt(dt), (4000, steps)).cumsum(
        axis=1
    )
    drawn = (paths.max(axis=1) >= math.log(3)).mean()
    exact = luck.chance_touching(3, 5, 0.1, 0.6)
    assert exact > luck.chance_above(3, 5, 0.1, 0.6)
    assert drawn == pytest.approx(
        exact, abs=0.03
    )  # paths are seen at steps only, so slightly fewer touch
    assert luck.chance_touching(1, 5, 0.1, 0.6) == 1


def test_simulation_is_seeded_and_weighs():
    one = people.simulate_managers(50, 10, 0.4, 0.1, 0.6, seed=7)
    assert one.equals(people.simulate_managers(50, 10, 0.4, 0.1, 0.6, seed=7))
    assert one["fund"].to_numpy() == pytest.approx(
        (0.4 * one["stock"] + 0.6 * one["index"]).to_numpy()
    )


def test_bayes():
    assert luck.updated(0.5, 0.3, 0.1) == pytest.approx(0.75)
    assert luck.updated(0.05, 0.1, 0.1) == pytest.approx(0.05)


def test_best_year_shares_are_of_the_same_total():
    shares = people.best_year_share(3.33, 10, 0.6, 5000, seed=1)
    assert shares.min() > 0.1
    assert np.median(people.best_year_share(3.33, 10, 0.01, 100, seed=1)) == pytest.approx(
        0.1, abs=0.01
    )


MONTHLY = pd.Series(
    [10, 20, 8, 12, 20, 21, 9], index=pd.date_range("2020-01-31", periods=7, freq="ME"), dtype=float
)


def test_horizon_of_a_steady_rise():
    steady = pd.Series(1.01 ** np.arange(121))
    summary = people.horizon_summary(steady, 10)
    assert (summary["windows"], summary["independent"], summary["loss"]) == (1, 1, 0)
    assert summary["median"] == pytest.approx(1.01**120)
    assert people.horizon_summary(steady[:120], 10)["windows"] == 0


def test_falls_by_hand():
    found = people.falls(MONTHLY, 0.5)
    assert found["depth"].tolist() == pytest.approx([-0.6, 9 / 21 - 1])
    assert found["recovered"].iloc[0] == pd.Timestamp("2020-05-31")
    assert pd.isna(found["recovered"].iloc[1])
    assert people.falls(MONTHLY, 0.7).empty


def test_at_least_is_binomial_for_equal_chances():
    assert people.at_least([0.5] * 4, 3) == pytest.approx(5 / 16)
    assert people.at_least([0.2, 0.7], 0) == pytest.approx(1)
    assert people.at_least([0.2, 0.7], 2) == pytest.approx(0.14)


def test_a_mean_of_ten_percent_is_not_a_typical_one():
    """At a volatility of 60% the median of a mean gain of 10% falls to 0.36 in 12.1 years."""
    assert luck.typical_multiple(12.1424, 0.10, 0.6) == pytest.approx(0.3576, abs=1e-4)
    mean = luck.mean_growth(0.10, 0.6)
    assert luck.typical_multiple(12.1424, mean, 0.6) == pytest.approx(1.1**12.1424)
    assert luck.chance_above(22.673, 12.1424, 0.10, 0.6) == pytest.approx(0.0236, abs=1e-4)
    assert luck.chance_above(22.673, 12.1424, mean, 0.6) == pytest.approx(0.1738, abs=1e-4)
    assert luck.mean_growth(0.10, 0.0) == pytest.approx(0.10)
