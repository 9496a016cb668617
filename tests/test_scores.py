"""One squared error, its rivals, and credited chances against values worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.faults import BadInput
from bet.models import credit, scores


def test_current_leaves_out_what_was_revised():
    frame = pd.DataFrame({"forecast": ["F01", "F02", "F03"], "revises": [None, None, "F01"]})
    assert list(scores.current(frame)["forecast"]) == ["F02", "F03"]


@pytest.mark.parametrize(
    ("chances", "happened", "expected"),
    [
        ([1.0], [True], 0.0),
        ([0.0], [True], 1.0),
        ([0.5, 0.5], [True, False], 0.25),
        ([0.1, 0.8], [False, True], 0.025),
        ([1, 1], [True, False], 0.5),
        (0.1, False, 0.01),
        (0.1, [True, False], 0.41),
    ],
)
def test_brier(chances, happened, expected):
    assert scores.brier(chances, happened) == pytest.approx(expected)


def test_brier_needs_an_outcome():
    with pytest.raises(BadInput):
        scores.brier([], [])
    with pytest.raises(BadInput):
        scores.brier_of_record(0.5, 0, 0)


def test_the_score_of_a_record_is_least_at_the_share_kept():
    found = {p: scores.brier_of_record(p, 3, 7) for p in (0.1, 0.3, 0.9)}
    assert min(found, key=found.get) == 0.3
    assert found[0.3] == pytest.approx(0.21)


def test_others_rate_leaves_out_the_one_judged():
    assert scores.others_rate([True, False, False]).tolist() == [0.25, 0.5, 0.5]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_expected_score_is_never_worse_than_a_coin(chances):
    assert 0 <= scores.expected_brier(chances) <= 0.25


def test_scored_joins_and_keeps_revised_rows():
    made = pd.DataFrame(
        {"forecast": ["F01", "F02"], "probability": [0.2, 0.9], "revises": [None, "F01"]}
    )
    came = pd.DataFrame(
        {
            "forecast": ["F01", "F02"],
            "happened": [True, True],
            "resolved_on": pd.Timestamp("2027-01-01"),
        }
    )
    both = scores.scored(made, came)
    assert scores.brier(both["probability"], both["happened"]) == pytest.approx((0.64 + 0.01) / 2)


def test_credit_in_proportion_and_by_odds():
    assert credit.credited_in_proportion(0.1, 1 / 3) == pytest.approx(1 / 30)
    # odds 1:9, times odds 1:2, over odds 9:1 = 1:162
    assert credit.credited_by_odds(0.1, 1 / 3, 0.9) == pytest.approx(1 / 163)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_forecaster_as_good_as_his_word_keeps_his_number(stated, skill):
    assert credit.credited_by_odds(stated, skill, skill) == pytest.approx(stated)
    assert credit.credited_in_proportion(stated, 1) == pytest.approx(stated)


def test_the_prize_needed_grows_as_the_chance_shrinks():
    assert credit.value_needed(230, 0.1) == pytest.approx(2300)
    with pytest.raises(ValueError, match="above zero"):
        credit.value_needed(230, 0)


@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_probabilities_stay_between_zero_and_one(bad):
    with pytest.raises(ValueError, match="probability"):
        scores.brier(bad, True)
    with pytest.raises(ValueError, match="probability"):
        credit.logit(bad)
