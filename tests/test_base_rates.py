"""Windows, cohorts, forecast errors and their back-tests on cases worked by hand."""

import numpy as np
import pandas as pd
import pytest

from bet.models import base_rates as br


def test_windows_of_constant_growth():
    values = pd.Series(1.1 ** np.arange(6), index=list("abcdef"))
    found = br.windows(values, 2)
    assert list(found.index) == list("abcd")
    assert found.tolist() == pytest.approx([1.21] * 4)


def test_share_counts_the_missing_as_below():
    assert br.share_at_least(pd.Series([5.0, 6.0, 1.0, np.nan]), 5) == 0.5


def test_share_interval_by_hand():
    low, high = br.share_interval(11, 250)
    assert (round(low, 3), round(high, 3)) == (0.025, 0.077)


def test_level_and_mean_of_yearly_returns():
    returns = pd.Series([100.0, 100.0, -50.0], index=[2001, 2002, 2003])
    assert br.windows(br.level(returns), 2).to_dict() == pytest.approx({2000: 4.0, 2001: 1.0})
    assert br.mean_return(returns) == pytest.approx(2 ** (1 / 3) - 1)


def test_robust_spread_of_a_lognormal():
    values = pd.Series(np.exp(0.5 * np.random.default_rng(1).standard_normal(20_000)))
    assert br.robust_spread(values) == pytest.approx(0.5, abs=0.02)


def forecasts():
    return pd.DataFrame(
        {
            "who": ["A"] * 3, "kind": ["price"] * 3,
            "said": pd.to_datetime(["2015-01-01", "2015-01-01", "2016-01-01"]),
            "due": pd.to_datetime(["2019-01-01", "2019-01-01", "2017-01-01"]),
            "forecast": [10.0, 10.0, 10.0], "actual": [20.0, 5.0, 10.0],
        }
    )  # fmt: skip


def test_errors_of_one_occasion_are_averaged():
    found = br.forecast_errors(forecasts())
    assert found["error"].tolist() == pytest.approx([0.0, 0.0], abs=1e-12)


def test_error_band_is_wide_for_few_and_refuses_one():
    low, middle, high = br.error_band([-0.1, 0.1], 0.8)
    assert middle == 0.0
    assert high == -low == pytest.approx(3.0777 * 0.1414 * np.sqrt(1.5), rel=1e-3)
    with pytest.raises(ValueError, match="two forecasts"):
        br.error_band([0.1], 0.8)


def test_error_fan_without_bias_ends_at_the_forecast():
    fan = br.error_fan([-0.1, 0.0, 0.1], 5, 10, (0.5, 0.8))
    end = fan[fan.year == 10]
    assert end.middle.tolist() == pytest.approx([5.0, 5.0])
    assert end.low.iloc[1] < end.low.iloc[0] < 5 < end.high.iloc[0] < end.high.iloc[1]
    assert (fan[fan.year == 0][["low", "middle", "high"]] == 1.0).all(axis=None)


def test_contributions_sum_to_one_and_find_the_year():
    days = pd.to_datetime(["2019-06-30", "2019-12-31", "2020-12-31", "2021-12-31"])
    shares = br.yearly_contributions(pd.Series([1.0, 1.0, 8.0, 16.0], index=days))
    assert shares.sum() == pytest.approx(1.0)
    assert shares[2020] == pytest.approx(np.log(8) / np.log(16))
