"""Counting the ledger."""

import datetime as dt

import pandas as pd
import pytest

from bet.chapter import tally
from bet.records.claims import Claim, claims

DAY, THEN = "2026-11-23", "2025-11-14"


def claim(number, **fields):
    base = {
        "id": f"END-{number:02d}", "lines": [1], "anchor": "words", "speaker": "author", "kind": "quantity",
        "paraphrase": "A claim of some length.", "checkable": True, "importance": 1, "verdict": "pending",
        "confidence": "high", "reason": "", "review_by": "2027-05",
    }  # fmt: skip
    return Claim.model_validate({**base, **fields})


def ledger(*some):
    return {one.id: one for one in some}


def figure(**fields):
    return {"name": "f", "printed": "10", "value": 10, "unit": "GW", "relation": "equal", **fields}


def test_counts_by_field_and_day():
    wrong = claim(1, verdict="contradicted", reason="r", error_origin="author", strongest_reading="s", arithmetic=True,
                  history=[{"date": "2026-11-25", "verdict": "contradicted", "why": "w"}],
                  then={"verdict": "unverified", "reason": "r"})  # fmt: skip
    some = ledger(wrong, claim(2, speaker="musk"))
    now, then = tally.counts(some, DAY, "speaker"), tally.counts(some, THEN, "speaker")
    assert now.at["author", "contradicted"] == 1
    assert then.at["author", "contradicted"] == 0
    assert then.at["author", "unverified"] == 1
    assert list(tally.counts(some, DAY, "error_origin").index) == ["author"]


@pytest.mark.parametrize("day", [THEN, DAY])
def test_every_count_adds_up_to_the_ledger(day):
    counted = [c for c in claims().values() if c.kind != "boilerplate"]
    assert int(tally.counts(claims(), day, "kind").to_numpy().sum()) == len(counted)


def test_shares_of_judged_claims():
    table = pd.DataFrame(
        {"supported": [3, 0], "partly": [1, 0], "contradicted": [0, 0]}, index=["a", "b"]
    )
    got = tally.shares(table)
    assert list(got["group"]) == ["a"]
    assert got["share"].iloc[0] == 0.75
    assert got["low"].iloc[0] < 0.75 < got["high"].iloc[0]


def test_headline_share_counts_what_it_is_told_to():
    row = pd.Series({"supported": 3, "partly": 2, "contradicted": 1, "unverified": 4})
    assert tally.headline_shares(row, {"supported": 1, "partly": 0, "contradicted": 0}) == 0.5
    assert tally.headline_shares(
        row, {"supported": 1, "partly": 0.5, "contradicted": 0, "unverified": None}
    ) == pytest.approx(4 / 6)
    assert tally.headline_shares(row, {"supported": 1, "unverified": 0}) == pytest.approx(3 / 7)


def test_figures_are_printed_over_found():
    some = ledger(claim(1, figures=[figure(found=[2, 5])]), claim(2, figures=[figure(relation="less", found=1)]),
                  claim(3, figures=[figure(relation="date", value="2012", found="2014")]))  # fmt: skip
    table = tally.figures(some, DAY)
    assert (table["low"].iloc[0], table["high"].iloc[0]) == (2.0, 5.0)
    assert table["days"].iloc[2] == 366  # the last day of 2012 to the first of 2014
    assert tally.direction(table) == {"fit": 0, "too large": 1, "too small": 0}


def test_a_size_is_counted_once_and_a_share_of_a_printed_sum_is_none():
    printed = [
        figure(name="gain", found=3),
        figure(name="gain", found=3, relation="about"),
        figure(name="gain", value=11, printed="11", found=3),
        figure(name="share_of_printed_power", found=25),
        figure(name="model_version", found=3),
        figure(name="bound", found=3, relation="less"),
    ]
    some = ledger(*(claim(n, figures=[one]) for n, one in enumerate(printed, 1)))
    got = tally.sizes(tally.figures(some, DAY))
    assert list(got["claim"]) == ["END-01", "END-03"]
    assert list(got["printed"]) == [(10, 10), (11, 11)]


def test_direction_counts_what_is_printed_too_large_and_too_small():
    """Printed is 10: three figures too large, two too small, one that fits; a bound has no direction."""
    printed = [
        *(figure(found=found) for found in (2, 5, [8, 9.2])),
        *(figure(found=found, relation="about") for found in (30, [12, 15])),
        figure(found=10.5, relation="about"),
        figure(found=30, relation="less"),
        figure(found=-3),
        figure(found="2014", value="2012", relation="date"),
    ]
    some = ledger(*(claim(n, figures=[one]) for n, one in enumerate(printed, 1)))
    got = tally.direction(tally.figures(some, DAY))
    assert got == {"fit": 1, "too large": 3, "too small": 2}


def test_maturities_use_the_horizon_or_the_last_day():
    record = {
        "verdict": "open",
        "reason": "r",
        "searched": "s",
        "history": [{"date": "2026-11-25", "verdict": "open", "why": "w"}],
    }
    some = ledger(claim(1, **record), claim(2, **record), claim(3))
    horizons = pd.DataFrame(
        {"claim": ["END-02"], "due": pd.to_datetime(["2030-01-01"]), "dated_by": ["promise"]}
    )
    got = tally.maturities(some, DAY, horizons, dt.date(2035, 11, 14))
    assert list(got["claim"]) == ["END-02", "END-01"]
    assert list(got["dated_by"]) == ["promise", "us"]


def test_reviews_are_counted_by_year():
    assert tally.reviews(ledger(claim(1), claim(2, review_by="2030-01-01"))).to_dict() == {
        2027: 1,
        2030: 1,
    }


def test_age_from_stated_ages():
    told = [(dt.date(2022, 11, 4), 79), (dt.date(2024, 7, 18), 81)]
    assert tally.age_span(told, dt.date(2025, 11, 14)) == (82, 83)
    assert tally.age_span([*told, (dt.date(2025, 11, 14), 82)], dt.date(2025, 11, 14)) == (82, 82)
    assert tally.age_span([(dt.date(2024, 2, 29), 80)], dt.date(2024, 2, 29)) == (80, 80)
    with pytest.raises(ValueError, match="no day of birth"):
        tally.age_span([(dt.date(2020, 1, 1), 80), (dt.date(2020, 1, 1), 60)], dt.date(2025, 1, 1))


def test_markdown_table_keeps_its_cells_apart():
    assert tally.markdown_table([("a|b", 1)], ("x", "y")) == "| x | y |\n| --- | --- |\n| a/b | 1 |"
