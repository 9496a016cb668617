"""What turns a verdict: the run's own rule says it, and a run at that value bears it out.

A verdict that says computed moves with a parameter, inside its range or at a value that its card prints;
one that no parameter moves says that it is from the ledger. ``MOVES`` lists the verdicts that move when
one parameter moves over its range and the rest stay: a verdict that stops being computed fails here. The
nightly round (``--nightly``) moves them all and tries each turn that a card prints; the ordinary one tries
the first turn of each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from bet.chapter import said
from bet.chapter.outputs import assessments, read
from bet.records import parameters, turns
from bet.records.claims import claims
from tests import in_process
from tests.places import BOOK
from tests.rounds import NIGHTLY

MOVES = json.loads((Path(__file__).parent / "fixtures" / "verdicts_that_move.json").read_text())
BOOKS = {path.stem: read(path) for path in sorted(BOOK.glob("*.ipynb"))}
COMPUTED = {r["claim"]: r for r in said.assessed(BOOKS) if r["assessed"] == "computed"}
STEPS = 5  # values of a parameter over its range
BANDS = [(record, band) for record in COMPUTED.values() for band in record.get("turns", [])]
FIRST = [(record, record["turns"][0]) for record in COMPUTED.values() if record.get("turns")]


def steps(entry: parameters.Parameter) -> list:
    """Return the values over a parameter's range at which the verdicts are asked."""
    if entry.choices:
        return list(entry.choices)
    points = np.linspace(float(entry.min), float(entry.max), STEPS)
    return sorted({type(entry.default)(point) for point in points})


def moves(chapter: str) -> dict[str, dict[str, list[str]]]:
    """Return {claim: {parameter: verdicts}}: what moves when one parameter moves over its range."""
    usual = in_process.verdicts(chapter, {})
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, entry in parameters.parameters_of(chapter).items():
        for value in [] if name == "as_of" else steps(entry):
            for claim, record in in_process.verdicts(chapter, {name: value}).items():
                if record["verdict"] != usual[claim]["verdict"]:
                    found[claim][name].add(record["verdict"])
    return {c: {p: sorted(v) for p, v in sorted(by.items())} for c, by in sorted(found.items())}


# ---- the book


@pytest.mark.nightly
@pytest.mark.parametrize("chapter", MOVES)
def test_the_verdicts_that_move_over_the_ranges_are_those_listed(chapter):
    assert moves(chapter) == MOVES[chapter]


def test_what_moves_says_computed_and_what_says_computed_is_turned_by_something():
    listed = {claim for by in MOVES.values() for claim in by}
    assert sorted(listed - set(COMPUTED)) == []
    assert {name for name, record in COMPUTED.items() if not record["turned"]} == set()
    assert sorted(set(COMPUTED) - listed - {record["claim"] for record, _ in BANDS}) == ["END-08"]
    assert set(MOVES) == {record["notebook"] for record in COMPUTED.values()}


@pytest.mark.parametrize(
    ("record", "band"),
    [case if case in FIRST else pytest.param(*case, marks=NIGHTLY) for case in BANDS],
    ids=lambda v: v.get("claim") or v["parameter"],
)
def test_a_run_at_a_printed_turn_gives_the_verdict_that_is_printed(record, band):
    low, high = band["low"], band["high"]
    whole = isinstance(parameters.parameters_of(record["notebook"])[band["parameter"]].default, int)
    if low is None:
        value = 0.998 * high
    elif high is None:
        value = low if whole else 1.002 * low
    else:
        value = low + 0.002 * (high - low)
    value = int(value) if whole else value
    ran = in_process.verdicts(record["notebook"], {band["parameter"]: value})[record["claim"]]
    assert (ran["verdict"], ran["assessed"]) == (band["verdict"], "computed")


def test_sums_in_order_need_two_other_readings():
    both = {"reading_of_4000": "a tenth", "reading_of_trillion": "English"}
    for values in ({}, *({name: value} for name, value in both.items())):
        assert in_process.verdicts("5_verdict", values)["END-08"]["verdict"] == "contradicted"
    assert in_process.verdicts("5_verdict", both)["END-08"]["verdict"] == "supported"


def test_a_card_says_where_its_verdict_comes_from():
    told = {record["claim"]: record for book in BOOKS.values() for record in assessments(book)}
    shown = "\n".join(
        output["data"]["text/html"]
        for book in BOOKS.values() for cell in book.cells for output in cell.get("outputs", [])
        if "bet-card" in output.get("data", {}).get("text/html", "")
    )  # fmt: skip
    cards = {
        part.partition("#")[2].partition("'")[0]: part for part in shown.split("class='bet-badge")
    }
    assert len(cards) > 40
    for name, card in cards.items():
        if name in claims():
            words = "computed" if told[name]["assessed"] == "computed" else "from the ledger"
            assert f">{words}</span>" in card


# ---- the search itself


def entry(low=10.0, high=100.0, default=50.0, unit="GW", meaning="power (of all)"):
    return parameters.Parameter(default=default, unit=unit, min=low, max=high, meaning=meaning)


def over(limit, other="partly"):
    return lambda value: "supported" if value > limit else other


def test_a_turn_inside_the_range_is_closed_in_on():
    (band,) = turns.bands(entry(), 50.0, over(33.3))
    assert (band.low, band.verdict) == (None, "partly") and band.high == pytest.approx(33.3, 1e-9)
    record = turns.records({"p": entry()}, {"p": 50.0}, {"p": over(33.3)})
    assert record == [
        {"parameter": "p", "verdict": "partly", "low": None, "high": 33.3, "beyond": False}
    ]
    told = turns.in_words({"p": entry()}, {"p": 50.0}, record)
    assert told == (
        "Power: within our range of 10 to 100 GW, the verdict would be partly supported below 33.3 GW."
    )


def test_a_turn_beyond_the_range_is_found_and_marked():
    (record,) = turns.records({"p": entry()}, {"p": 50.0}, {"p": over(500, "partly")})
    assert record == {
        "parameter": "p",
        "verdict": "supported",
        "low": 500,
        "high": None,
        "beyond": True,
    }
    (record,) = turns.records({"p": entry()}, {"p": 50.0}, {"p": over(2)})
    assert (record["high"], record["beyond"]) == (2, True)
    assert turns.in_words({"p": entry()}, {"p": 50.0}, [record]) == (
        "Power: no value in our range of 10 to 100 GW changes the verdict. "
        "It would be partly supported below 2 GW."
    )
    assert turns.records({"p": entry()}, {"p": 50.0}, {"p": over(0.1)}) == []


def test_a_share_never_passes_the_whole_and_none_is_asked_below_nothing():
    share = entry(0.0, 0.5, 0.1, "share of own wealth")
    assert max(turns.points(share)) == 1 and min(turns.points(share)) == 0
    assert max(turns.points(entry(0.1, 0.5, 0.2, "ratio"))) == pytest.approx(10)


def test_whole_numbers_turn_at_whole_numbers():
    days = entry(19, 540, 122, "days", "time to build")
    at = lambda value: "supported" if value < 846 else "contradicted"  # noqa: E731
    record = turns.records({"d": days}, {"d": 122}, {"d": at})
    assert (record[0]["low"], record[0]["high"]) == (846, None)
    assert turns.in_words({"d": days}, {"d": 122}, record).endswith(
        "It would be contradicted from 846 days."
    )


def test_bands_on_both_sides_are_told_together_by_verdict():
    def at(value):
        return "supported" if 40 < value < 60 else "partly" if 20 < value < 80 else "contradicted"

    record = turns.records({"p": entry()}, {"p": 50.0}, {"p": at})
    assert [(r["verdict"], r["low"], r["high"]) for r in record] == [
        ("contradicted", None, 20), ("partly", 20, 40), ("partly", 60, 80), ("contradicted", 80, None),
    ]  # fmt: skip
    assert turns.in_words({"p": entry()}, {"p": 50.0}, record) == (
        "Power: within our range of 10 to 100 GW, the verdict would be contradicted below 20 GW or "
        "above 80 GW, and partly supported from 20 to 40 GW or from 60 to 80 GW."
    )


def test_inside_a_range_nothing_beyond_it_is_told_and_no_figure_is_too_fine():
    def at(value):
        return "supported" if value < 33.33333 else "partly" if value < 300 else "contradicted"

    record = turns.records({"p": entry(default=20.0)}, {"p": 20.0}, {"p": at})
    assert [(r["verdict"], r["beyond"]) for r in record] == [
        ("partly", False), ("contradicted", True),
    ]  # fmt: skip
    assert turns.in_words({"p": entry()}, {"p": 20.0}, record) == (
        "Power: within our range of 10 to 100 GW, the verdict would be partly supported above 33.3 GW."
    )
    dollars = entry(unit="USD per share", meaning="price")
    (record,) = turns.records({"p": dollars}, {"p": 50.0}, {"p": over(33.567)})
    assert turns.in_words({"p": dollars}, {"p": 50.0}, [record]).endswith("below $33.60 per share.")


def test_a_band_narrower_than_a_step_is_found():
    def at(value):
        return (
            "supported" if 49 < value < 51 else "partly" if 48.9 < value < 51.1 else "contradicted"
        )

    record = turns.records({"p": entry()}, {"p": 50.0}, {"p": at})
    assert [(r["verdict"], r["low"], r["high"]) for r in record] == [
        ("contradicted", None, 48.9), ("partly", 48.9, 49), ("partly", 51, 51.1), ("contradicted", 51.1, None),
    ]  # fmt: skip


def test_where_a_value_makes_no_sense_the_search_ends():
    def at(value):
        if value > 90:
            raise ValueError("all is sold")
        return "supported" if value > 30 else "partly"

    (band,) = turns.bands(entry(), 50.0, at)
    assert (band.low, band.verdict) == (None, "partly")


def test_a_verdict_that_holds_at_one_value_only_is_turned_on_both_sides():
    record = turns.records(
        {"p": entry()}, {"p": 50.0}, {"p": lambda v: "supported" if v == 50 else "partly"}
    )
    assert [(r["low"], r["high"]) for r in record] == [(None, 50), (50, None)]


def test_a_rounded_limit_never_takes_in_the_value_of_the_run_itself():
    at = lambda value: "supported" if value > 100.24 else "partly"  # noqa: E731
    found = turns.records({"p": entry(high=200.0)}, {"p": 100.0}, {"p": at})
    told = turns.in_words({"p": entry(high=200.0)}, {"p": 100.0}, found)
    assert told.endswith("the verdict would be supported above 100.2 GW.")
