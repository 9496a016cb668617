"""Kept promises by one definition, records as Beta distributions: against cases made by hand."""

import pandas as pd
import pytest

from bet.models import credit, promises


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize(
    ("delivered", "day", "grace", "expected"),
    [
        ("2025-12-31", "2026-06-01", 0, "kept"),
        ("2026-01-01", "2026-06-01", 0, "late"),
        ("2026-01-01", "2026-06-01", 1, "kept"),
        (None, "2025-12-31", 0, "pending"),
        (None, "2026-01-01", 0, "missed"),
        (None, "2026-01-01", 30, "pending"),
        ("2026-03-01", "2026-02-01", 0, "missed"),
        ("2025-03-01", "2025-02-01", 0, "pending"),
    ],
)
def test_the_outcome_is_what_was_visible_on_the_day(delivered, day, grace, expected):
    found = promises.outcomes(days("2025-12-31"), days(delivered), day, grace)
    assert found.tolist() == [expected]
    assert expected in promises.OUTCOMES


def test_without_a_day_a_promise_is_kept_when_it_comes_and_else_pending():
    found = promises.outcomes(days(None, None), days("2025-03-01", None), "2026-01-01")
    assert found.tolist() == ["kept", "pending"]


def test_nothing_is_missed_before_it_shows():
    due, told = days("2025-12-31"), days("2026-03-01")
    for day, expected in (("2026-03-01", "pending"), ("2026-03-02", "missed")):
        assert promises.outcomes(due, days(None), day, told_by=told).tolist() == [expected]


def test_a_tally_counts_every_promise_once():
    made = pd.DataFrame(
        {"due": days(*["2025-12-31"] * 3), "delivered": days(None, "2025-12-01", "2026-01-20")}
    )
    counts = promises.tally(made, "2026-02-01")
    assert counts == {"kept": 1, "late": 1, "missed": 1, "pending": 0}
    assert promises.tally(made, "2026-02-01", grace_days=30)["kept"] == 2


def test_what_is_kept_early_waits_for_its_day():
    due, came = days("2025-12-31", "2027-12-31"), days(None, "2025-01-01")
    assert promises.fallen_due(due, came, "2026-01-01") == (0, 1)
    assert promises.fallen_due(due, came, "2026-01-01", grace_days=1) == (0, 0)
    assert promises.fallen_due(due, came, "2028-01-01") == (1, 2)


PROMISES = pd.DataFrame(
    [
        ("met", "2020-01-01", "2021-01-01", "2020-12-01", None),
        ("late", "2020-01-01", "2021-01-01", "2022-01-01", None),
        ("missed", "2020-01-01", "2021-01-01", None, "2024-01-01"),
        ("partly", "2020-01-01", "2021-01-01", "2021-01-01", None),
        ("pending", "2020-01-01", "2030-01-01", None, None),
        ("cancelled", "2020-01-01", None, None, None),
        ("cancelled", "2020-01-01", "2021-01-01", None, None),
        ("pending", "2020-01-01", "2021-01-01", None, None),
        ("partly", "2020-01-01", "2021-01-01", "2022-06-01", None),
    ],
    columns=["outcome", "said_on", "due", "delivered_on", "followed_to"],
)  # fmt: skip
for name in ("said_on", "due", "delivered_on", "followed_to"):
    PROMISES[name] = pd.to_datetime(PROMISES[name])


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2020-06-01", "pending pending pending pending pending undated pending pending pending"),
        ("2021-01-01", "kept pending pending partly pending undated pending pending pending"),
        ("2021-06-01", "kept missed missed partly pending undated cancelled missed missed"),
        ("2024-06-01", "kept late missed partly pending undated cancelled missed partly"),
    ],
)
def test_promise_states_know_nothing_later(as_of, words):
    assert promises.promise_states(PROMISES, as_of).tolist() == words.split()


def test_kept_bounds():
    states = promises.promise_states(PROMISES[:6], "2024-06-01")
    assert promises.kept_bounds(states) == (0.25, 0.5, 4)
    assert promises.kept_bounds(states, 4)[0] == pytest.approx(5 / 8)
    assert promises.kept_bounds(states[:0])[2] == 0


def test_delay_curve_by_hand():
    curve = promises.delay_curve(PROMISES[:6], "2024-06-01")
    assert promises.share_by(curve, 0.5) == 0
    assert promises.share_by(curve, 1) == pytest.approx(0.5)  # two of four by the due date
    assert promises.share_by(curve, 2) == pytest.approx(0.75)
    assert curve["share"].max() < 1
    assert promises.share_by(promises.delay_curve(PROMISES[:6], "2021-06-01"), 2) == pytest.approx(
        0.5
    )


STATEMENTS = pd.DataFrame(
    {
        "reached_on": days("2020-02-01", "2021-02-01", None, None, None, "2020-06-01"),
        "due": days(*["2020-12-31"] * 3, "2030-12-31", "2020-12-31", None),
        "outcome_known_by": days("2020-12-31", "2020-12-31", "2021-03-01", "2030-12-31", "2020-12-31", None),
        "state": ["reached", "missed", "missed", "open", "void", "reached"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2020-01-01", "pending pending pending pending void pending"),
        ("2021-01-15", "kept missed pending pending void kept"),
        ("2022-01-01", "kept late missed pending void kept"),
    ],
)
def test_statement_states(as_of, words):
    assert promises.statement_states(STATEMENTS, as_of).tolist() == words.split()


def test_a_flat_prior_after_four_kept_and_nine_broken_has_mean_one_third():
    after = credit.record(1, 1, 4, 9)
    assert after == (5, 10)
    assert credit.chance_kept(*after) == pytest.approx(1 / 3)


def test_the_interval_holds_the_mean_and_narrows_with_evidence():
    few, many = (promises.chance_interval(1 + n, 1 + 2 * n) for n in (2, 40))
    assert few[0] < 1 / 3 < few[1]
    assert many[1] - many[0] < few[1] - few[0]


@pytest.mark.parametrize(("alpha", "beta", "kept"), [(0, 1, 0), (1, -1, 0), (1, 1, -1)])
def test_impossible_counts_are_refused(alpha, beta, kept):
    with pytest.raises(ValueError, match="above zero"):
        credit.record(alpha, beta, kept, 0)
