"""Outcomes, Beta updates, Brier scores and credited chances against values worked out by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.models import forecasting

DUE = dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    ("delivered", "day", "grace", "expected"),
    [
        (dt.date(2025, 12, 31), dt.date(2026, 6, 1), 0, "kept"),
        (dt.date(2026, 1, 1), dt.date(2026, 6, 1), 0, "late"),
        (dt.date(2026, 1, 1), dt.date(2026, 6, 1), 1, "kept"),
        (None, dt.date(2025, 12, 31), 0, "pending"),
        (None, dt.date(2026, 1, 1), 0, "missed"),
        (None, dt.date(2026, 1, 1), 30, "pending"),
        (dt.date(2026, 3, 1), dt.date(2026, 2, 1), 0, "missed"),
        (dt.date(2025, 3, 1), dt.date(2025, 2, 1), 0, "pending"),
    ],
)
def test_the_outcome_is_what_was_visible_on_the_day(delivered, day, grace, expected):
    assert forecasting.outcome(DUE, delivered, day, grace) == expected
    assert expected in forecasting.OUTCOMES


def test_a_tally_counts_every_pair_once():
    pairs = [(DUE, None), (DUE, dt.date(2025, 12, 1)), (DUE, dt.date(2026, 1, 20))]
    counts = forecasting.tally(pairs, dt.date(2026, 2, 1))
    assert counts == {"kept": 1, "late": 1, "missed": 1, "pending": 0}
    assert forecasting.tally(pairs, dt.date(2026, 2, 1), grace_days=30)["kept"] == 2


def test_a_flat_prior_after_four_hits_and_nine_misses_has_mean_one_third():
    after = forecasting.posterior(1, 1, 4, 9)
    assert after == (5, 10)
    assert forecasting.mean(*after) == pytest.approx(1 / 3)


def test_the_interval_holds_the_mean_and_narrows_with_evidence():
    few, many = (forecasting.interval(1 + n, 1 + 2 * n) for n in (2, 40))
    assert few[0] < 1 / 3 < few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_a_flat_beta_is_flat():
    assert forecasting.density([0.1, 0.5, 0.9], 1, 1) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(("alpha", "beta", "hits"), [(0, 1, 0), (1, -1, 0), (1, 1, -1)])
def test_impossible_counts_are_refused(alpha, beta, hits):
    with pytest.raises(ValueError, match="above zero"):
        forecasting.posterior(alpha, beta, hits, 0)


def test_brier_of_ten_per_cent():
    assert forecasting.brier(0.1, False) == pytest.approx(0.01)
    assert forecasting.brier(0.1, True) == pytest.approx(0.81)


def test_mean_brier_is_least_at_the_share_that_came_true():
    scores = {p: forecasting.mean_brier(p, 3, 7) for p in (0.1, 0.3, 0.9)}
    assert min(scores, key=scores.get) == 0.3
    assert scores[0.3] == pytest.approx(0.21)
    with pytest.raises(ValueError, match="one scored"):
        forecasting.mean_brier(0.5, 0, 0)


def test_credit_in_proportion_and_by_odds():
    assert forecasting.credited_in_proportion(0.1, 1 / 3) == pytest.approx(1 / 30)
    # odds 1:9, times odds 1:2, over odds 9:1 = 1:162
    assert forecasting.credited_by_odds(0.1, 1 / 3, 0.9) == pytest.approx(1 / 163)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_forecaster_as_good_as_his_word_keeps_his_number(stated, skill):
    assert forecasting.credited_by_odds(stated, skill, skill) == pytest.approx(stated)
    assert forecasting.credited_in_proportion(stated, 1) == pytest.approx(stated)


def test_the_prize_needed_grows_as_the_chance_shrinks():
    assert forecasting.value_needed(230, 0.1) == pytest.approx(2300)
    with pytest.raises(ValueError, match="above zero"):
        forecasting.value_needed(230, 0)


@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_probabilities_stay_between_zero_and_one(bad):
    with pytest.raises(ValueError, match="probability"):
        forecasting.brier(bad, True)
    with pytest.raises(ValueError, match="probability"):
        forecasting.logit(bad)
