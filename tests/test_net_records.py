"""Records at their edges: values, conditions of a claim, cells of a table, words of the judge."""

from __future__ import annotations

import datetime as dt
import math
import types

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from pydantic import ValidationError

from bet.chapter import lint, panels
from bet.faults import BadInput
from bet.records import (
    check,
    claims,
    datapackage,
    editions,
    forecast_lock,
    forms,
    judge,
    parameters,
    relations,
    rule,
    sanity,
    sources,
    tables,
    templates,
    yaml_files,
)
from bet.records.claims import Claim, Figure
from tests import worlds

# Values and figures


@pytest.mark.parametrize(
    ("value", "read"),
    [(3, 3.0), (2.5, 2.5), ([1, 2], (1.0, 2.0)), ("2025-11", "2025-11"), (dt.date(2025, 1, 2), "2025-01-02"),
     (["2024", "2025"], ("2024", "2025")), (-1, -1.0)],
)  # fmt: skip
def test_a_value_is_a_number_a_day_or_a_pair(value, read):
    assert claims.as_value(value) == read


@pytest.mark.parametrize(
    "value", [[1], [1, 2, 3], [[1, 2], 3], [1, [2, 3]], True, None, math.inf, math.nan, "soon", {}]
)
def test_what_is_no_value_is_refused(value):
    with pytest.raises(ValueError):
        claims.as_value(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [(3, 3.0), ([1, 2], (1.0, 2.0)), ((2, 2), (2.0, 2.0)), (0, 0.0)],
)
def test_an_interval_of_evidence_is_a_number_or_a_pair(value, read):
    assert sources._as_interval(value) == read


@pytest.mark.parametrize("value", [[1], [1, 2, 3], [2, 1], True, [1, True], "3", None, math.inf, [0, math.nan], []])  # fmt: skip
def test_what_is_no_interval_of_evidence_is_refused(value):
    with pytest.raises(ValueError):
        sources._as_interval(value)


def figure(**fields):
    return Figure(**{"name": "f", "printed": "100", "value": 100, "unit": "GW", "relation": "equal"} | fields)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value": [2, 1]}, "value from low to high"),
        ({"found": [2, 1]}, "found from low to high"),
        ({"value": None, "found": 1}, "a value beside 'found'"),
        ({"value": "2025"}, "value as a date for relation 'date'"),
        ({"relation": "date", "value": 1.5}, "value as a date for relation 'date'"),
        ({"found": "2025"}, "found as a date"),
        ({"relation": "date", "value": ["2025", "2024"]}, "value from low to high"),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told.replace("(", "\\(")):
        figure(**fields)


def test_years_are_read_as_dates_where_the_relation_says_so():
    assert figure(relation="date", value=2012, found=[2013, 2014]).value == "2012"
    assert figure(relation="date", value=[2012, 2013]).value == ("2012", "2013")
    assert figure(value=2012).value == 2012.0
    assert figure(value=[1, 1]).value == (1.0, 1.0)
    assert figure(printed=100).printed == "100"


def test_rounding_widens_a_printed_figure_by_half_its_last_digit():
    assert figure(value=100).judge((100.5, 101)).verdict == "supported"
    assert figure(value=100).judge((100.51, 101)).verdict == "partly"
    assert figure(value=100, precision=2).judge((102, 103)).verdict == "supported"
    assert figure(found=(100, 100)).judge().verdict == "supported"
    assert figure(found=(300, 300)).judge((100, 100)).verdict == "supported"


# What a claim of each verdict must have

PLAIN = {
    "id": "INFRA-01", "lines": [1], "anchor": "words", "speaker": "author", "paraphrase": "It is so and so.",
    "kind": "event", "checkable": True, "importance": 1, "verdict": "supported", "confidence": "high",
    "reason": "So.", "supports": ["fact"], "history": [{"date": "2026-11-25", "verdict": "supported", "why": "First."}],
}  # fmt: skip
SPEECH = {"by": "musk", "words": "verbatim"}


def refused(**fields):
    """Return what a claim of these fields still lacks; its history follows the verdict."""
    fields = PLAIN | fields
    if "history" not in fields or fields["history"] is PLAIN["history"]:
        fields["history"] = [{**PLAIN["history"][0], "verdict": fields["verdict"]}]
    try:
        Claim.model_validate(fields)
    except ValidationError as error:
        parts = [part for item in error.errors() for part in item["ctx"]["error"].parts]
        return [f"{field}: found {found}; expected {right}" for field, found, right in parts]
    return []


WRONG = {"verdict": "contradicted", "strongest_reading": "x", "error_origin": "author"}


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({}, []),
        ({"reason": " "}, ["reason: found nothing; expected a reason"]),
        ({"verdict": "pending", "reason": ""}, []),
        (WRONG, []),
        (WRONG | {"strongest_reading": None}, ["strongest_reading: found nothing; expected the least wrong reading of what is 'contradicted'"]),
        (WRONG | {"error_origin": None}, ["error_origin: found nothing; expected for 'partly' and 'contradicted' one of author, translation, source, unknown"]),
        ({"verdict": "partly"}, ["error_origin: found nothing; expected for 'partly' and 'contradicted' one of author, translation, source, unknown"]),
        ({"verdict": "partly", "error_origin": "source"}, []),
        ({"supports": []}, ["searched: found nothing; expected a note, or evidence, tables or arithmetic"]),
        ({"supports": [], "contradicts": ["x"]}, []),
        ({"supports": [], "tables": ["x"]}, []),
        ({"supports": [], "arithmetic": True}, []),
        ({"supports": [], "searched": "Two days."}, []),
        ({"supports": [], "qualifies": ["x"]}, ["searched: found nothing; expected a note, or evidence, tables or arithmetic"]),
        ({"supports": [], "checkable": False}, []),
        ({"verdict": "unverified", "confidence": "low", "searched": "Who else? Nobody."}, []),
        ({"verdict": "unverified", "confidence": "low"}, ["searched: found nothing; expected a note for 'unverified'"]),
        ({"verdict": "unverified", "confidence": "low", "searched": "A day."}, ["searched: found no 'who else'; expected a note that asks who else"]),
        ({"verdict": "unverified", "confidence": "high", "searched": "Who else?"}, ["confidence: found high; expected at most medium where nothing was found"]),
        ({"kind": "opinion", "verdict": "opinion", "confidence": None, "checkable": False}, []),
        ({"kind": "opinion", "verdict": "opinion", "confidence": None}, ["checkable: found true; expected false for 'opinion'"]),
        ({"kind": "opinion", "verdict": "opinion", "checkable": False}, ["confidence: found high; expected null for an opinion"]),
        ({"confidence": None}, ["confidence: found null; expected high, medium or low"]),
        ({"history": []}, ["history: found nothing; expected a last entry with the verdict 'supported'"]),
        ({"history": [{**PLAIN["history"][0], "verdict": "partly"}]}, ["history: found 'partly' last; expected a last entry with the verdict 'supported'"]),
        ({"kind": "forecast"}, ["verdict: found 'supported'; expected open for a forecast, or a price of what does not exist"]),
        ({"kind": "quotation"}, ["speech: found nothing for kind 'quotation'; expected one for a quotation or view, and for nothing else"]),
        ({"speech": SPEECH}, ["speech: found one for kind 'event'; expected one for a quotation or view, and for nothing else"]),
        ({"kind": "view", "speech": SPEECH}, []),
        ({"kind": "quotation", "speech": {**SPEECH, "words": "not_found"}}, ["verdict: found 'supported'; expected unverified for a saying, found in neither"]),
        ({"kind": "quotation", "speech": {**SPEECH, "words": "not_found"}, "verdict": "unverified", "confidence": "low",
          "searched": "Who else?"}, []),
        ({"anchor": "one two three four"}, []),
        ({"anchor": "one two three four five"}, ["anchor: found 'one two three four five'; expected at most four words of the original"]),
        ({"figures": [{"name": "f", "printed": "1", "value": 1, "unit": "x", "relation": "equal", "found": 5}]},
         ["verdict: found 'supported'; expected 'contradicted' by the rule, or an override reason"]),
        ({"figures": [{"name": "f", "printed": "1", "value": 1, "unit": "x", "relation": "equal", "found": 5}], "override": "x"}, []),
        ({"figures": [{"name": "f", "printed": "1", "value": 1, "unit": "x", "relation": "equal", "found": 1}], "override": "x"},
         ["override: found one; expected none where the rule already gives the verdict"]),
        ({"figures": [{"name": "f", "printed": "1", "unit": "x", "relation": "equal"}] * 2}, ["figures: found 'f' more than once; expected names of their own"]),
        ({"then": {"verdict": "open", "reason": "x", "found": {"g": 1}}}, ["then: found a value for 'g'; expected names of figures in its found"]),
    ],
)  # fmt: skip
def test_a_claim_has_what_its_verdict_asks_for(fields, lacks):
    assert refused(**fields) == lacks


def test_each_kind_of_sentence_has_its_form():
    assert (
        forms.form("quotation", "verbatim").name
        == "a saying, found in the same words or in substance"
    )
    assert forms.form("view", "in_substance").verdicts == forms.REPORTED
    assert forms.form("view", "not_found").verdicts == ("unverified",)
    assert forms.form("boilerplate", None).verdicts == ("opinion",)
    assert forms.form("date", None).verdicts == (*forms.WORLD, "open")


def test_the_first_clock_ends_with_november():
    claim = Claim.model_validate(PLAIN | {"then": {"verdict": "open", "reason": "x"}})
    assert claim.verdict_on(dt.date(2025, 11, 30)) == "open"
    assert claim.verdict_on(dt.date(2025, 12, 1)) == "supported"
    assert Claim.model_validate(PLAIN).verdict_on(dt.date(2025, 11, 1)) == "supported"
    assert (claim.section, claim.cited) == ("INFRA", ["fact"])


# Evidence against a claim


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


def crossed(**fields):
    one = claims.claims()["INFRA-60"].model_copy(update=fields)
    return [str(fault) for fault in claims.cross_faults(one, claims.claims())]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"supports": ["power-meterd"]}, ["claim INFRA-60 supports: found 'power-meterd'; expected an id of data/evidence, did you mean 'power-metered'?"]),
        ({"qualifies": ["x"]}, ["claim INFRA-60 qualifies: found 'x'; expected an id of data/evidence"]),
        ({"tables": ["power"]}, []),
        ({"tables": ["powr"]}, ["claim INFRA-60 tables: found 'powr'; expected a table of data/tables"]),
        ({"assessed_in": "3_infrastructure"}, []),
        ({"assessed_in": "nowhere"}, ["claim INFRA-60 assessed_in: found 'nowhere'; expected ledger, 0_stake, 1_people, 2_grok, 3_infrastructure, 4_thesis, 5_verdict"]),
        ({"contradicts": [], "supports": [], "tables": [], "then": None}, ["claim INFRA-60 confidence: found high; expected at most low"]),
    ],
)  # fmt: skip
def test_a_claim_is_checked_against_the_evidence(world, fields, told):
    assert crossed(**fields) == told


def test_another_verdict_then_needs_evidence_that_came_later(world):
    then = claims.Clock(verdict="open", reason="x")
    lone = crossed(contradicts=[], supports=[], qualifies=[], confidence="low", then=then)
    assert lone == ["claim INFRA-60 then: found another verdict than today's; expected evidence about 2025 or earlier that became public after 2025-11-30"]  # fmt: skip
    assert crossed(contradicts=[], qualifies=[], confidence="low", then=claims.Clock(verdict="contradicted", reason="x")) == []  # fmt: skip


# Tables


def about(**fields):
    base = {
        "title": "T", "description": "D", "sources": ["s"], "licence": "MIT", "redistribution": "allowed",
        "retrieved": "2026", "key": ["n"], "row_floor": 1, "known_from": None, "timeless": "Always.", "sha256": "",
        "columns": {"n": {"type": "integer", "unit": "count", "meaning": "m"}},
    }  # fmt: skip
    return tables.Sidecar.model_validate(base | fields)


def column(**fields):
    return tables.Column.model_validate({"type": "number", "unit": "GW", "meaning": "m"} | fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"key": ["x"]}, "'x' among the columns"),
        ({"known_from": "x"}, "'x' among the columns"),
        ({"known_from": "n"}, "a date column for known_from, not 'n'"),
        ({"timeless": None}, "known_from, or 'timeless' with the reason"),
        ({"checks": ["rysing"]}, "did you mean 'rising'"),
    ],
)
def test_a_sidecar_that_cannot_be_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        about(**fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"unit": None}, "a unit for a number"), ({"type": "integer", "unit": ""}, "a unit for a number"),
     ({"min": "2020"}, "min and max as"), ({"max": "2020"}, "min and max as"),
     ({"type": "date", "unit": None, "min": 3}, "min and max as"), ({"type": "string", "unit": None, "min": 3}, "min and max as")],
)  # fmt: skip
def test_a_column_that_cannot_be_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        column(**fields)


def test_columns_that_can_be_are_taken():
    assert column(min=0, max=1.5).max == 1.5
    assert column(type="date", unit=None, min="2020", max="2021-01-01").min == "2020"
    assert column(type="string", unit=None).unit is None


@pytest.mark.parametrize(
    ("kind", "cells", "values", "bad"),
    [
        ("string", ["a", ""], ["a", None], [False, False]),
        ("date", ["2025-01-02", "", "2025-13-01", "2025"], [pd.Timestamp("2025-01-02"), None, None, None], [False, False, True, True]),
        ("boolean", ["true", "false", "", "yes"], [True, False, None, None], [False, False, False, True]),
        ("number", ["1.5", "", "x", "inf", "-2"], [1.5, None, None, None, -2.0], [False, False, True, True, False]),
        ("integer", ["3", "", "1.5", str(2**53), str(2**53 - 1), "-4"], [3, None, None, None, 2**53 - 1, -4],
         [False, False, True, True, False, False]),
    ],
)  # fmt: skip
def test_cells_are_converted_by_the_type_of_their_column(kind, cells, values, bad):
    unit = "count" if kind in ("integer", "number") else None
    found, mask = tables._convert(pd.Series(cells), column(type=kind, unit=unit))
    assert [None if pd.isna(v) else v for v in found] == values
    assert mask.tolist() == bad


def shape(*rows, **fields):
    return [str(fault) for fault in tables._shape([list(row) for row in rows], about(**fields), "t.csv")]  # fmt: skip


def test_the_shape_of_a_table_is_told_by_line():
    assert shape("n", "1") == []
    assert shape() == ["t.csv: found an empty file; expected a header and 1 rows or more"]
    assert shape("n") == ["t.csv: found 0 rows; expected 1 rows or more"]
    assert shape("n", "1", row_floor=2) == ["t.csv: found 1 rows; expected 2 rows or more"]
    assert (
        shape("m", "1")[0] == "t.csv:1: found no column 'n'; expected every column of the sidecar"
    )
    assert shape("nn", "11") == ["t.csv:1: found a column twice; expected each column once"]
    assert shape("n", "1", "12") == ["t.csv:3: found 2 cells; expected 1 cells"]
    assert "an unknown column 'm'" in shape("nm", "12")[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "a number"), ({"min": 1}, "a number from 1"), ({"max": 2}, "a number to 2"),
        ({"min": 1, "max": 2}, "a number from 1 to 2"),
        ({"type": "string", "unit": None, "values": ["a", "b"]}, "text among a, b"),
    ],
)  # fmt: skip
def test_a_bad_cell_says_what_would_be_right(fields, told):
    fault = tables._cell_fault("t.csv", 3, "n", pd.DataFrame({"n": list("abcd")}), column(**fields))
    assert str(fault) == f"t.csv:5 column 'n': found 'd'; expected {told}"


def test_a_row_is_known_from_its_day_on(world):
    frame = tables.table("power", "9999-12-31")
    last = frame[tables.sidecar("power").known_from].max()
    assert len(tables.table("power", last.date())) == len(frame)
    assert len(tables.table("power", last.date() - dt.timedelta(days=1))) < len(frame)
    assert list(tables.table("power", last.date()).index) == list(range(len(frame)))


# Relations


def test_a_power_is_energy_over_the_hours_of_its_year():
    (relation,) = relations.power_is_energy_over_hours()
    year = pd.DataFrame({"year": [2023, 2024], "energy_twh": [8.76, 8.784], "average_power_gw": [1.0, 1.0]})  # fmt: skip
    assert relation.holds(year).tolist() == [True, True]
    for factor, kept in ((1.0049, True), (1.0051, False), (0.9952, True), (0.9948, False)):
        assert relation.holds(year.assign(energy_twh=year["energy_twh"] * factor)).tolist() == [kept] * 2  # fmt: skip


def test_watts_per_kilogram_are_power_over_mass():
    (relation,) = relations.specific_power()
    for ratio, kept in ((10.0, True), (9.53, True), (9.5, False), (10.5, True), (10.54, False), (None, True)):  # fmt: skip
        frame = pd.DataFrame({"power_kw": [1.0], "mass_kg": [100.0], "w_per_kg": [ratio]}, dtype=float)  # fmt: skip
        assert relation.holds(frame).tolist() == [kept], ratio


def test_months_follow_each_other():
    (relation,) = relations.monthly("m")

    def held(*days):
        return relation.holds(pd.DataFrame({"m": pd.to_datetime(list(days))})).tolist()

    assert held("2024-11-30", "2024-12-01", "2025-01-15") == [True, True, True]
    assert held("2024-11-30", "2025-01-01", "2025-01-02") == [True, False, False]
    assert held("2025-02-01", "2025-01-01") == [True, False]


def test_a_value_lies_within_its_year_in_another_table():
    other = relations.Other("prices", pd.DataFrame({"year": [2024, 2024, 2025], "lo": [10.0, 0, 20], "hi": [12.0, 99, 25]}))  # fmt: skip
    (relation,) = relations.within_year("day", "price", other, "lo", "hi")
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-05-01"] * 4 + ["2025-01-01", "2026-01-01"]),
                          "price": [9.991, 9.98, 12.011, 12.02, 19.0, 5.0]})  # fmt: skip
    assert relation.holds(frame).tolist() == [True, False, True, False, False, True]
    assert relation.told(frame.loc[4]) == ("19", "20 to 25 as in prices")


def test_a_value_is_that_of_the_matching_row_elsewhere():
    other = relations.Other("t", pd.DataFrame({"k": ["a", "b"], "v": [100.0, 200.0]}))
    (relation,) = relations.same_as("w", other, "v", {"key": "k"})
    frame = pd.DataFrame({"key": ["a", "a", "b", "c"], "w": [100.09, 100.11, 200.0, 7.0]})
    assert relation.holds(frame).tolist() == [True, False, True, True]
    assert relation.told(frame.loc[1]) == ("w 100.11", "the figure of t")


def test_rows_stand_in_order_and_empty_cells_say_nothing():
    (relation,) = relations.ordered("n")
    assert relation.holds(pd.DataFrame({"n": [1, 1, 3, 2, None, 2.5]})).tolist() == [True, True, True, False, True, True]  # fmt: skip


def test_broken_rows_are_told_by_their_line():
    frame = pd.DataFrame({"n": [1, 3, 2]})
    assert [str(f) for f in relations.broken("t", frame, relations.ordered("n"))] == [
        "t.csv:4: found n 2 out of order; expected rising rows"
    ]
    assert relations.broken("t", frame, []) == []


# Units


@pytest.mark.parametrize(
    ("unit", "size"),
    [("GW", ("watt", 1e9)), ("MW of power", ("watt", 1e6)), ("tonnes", ("gram", 1e6)), ("people", None), ("", None),
     ("average_power_kw", ("watt", 1e3)), ("USD bn", ("many", 1e9)), ("hours", ("time", 1 / 24)), ("months", ("time", 365.25 / 12))],
)  # fmt: skip
def test_a_unit_has_its_size(unit, size):
    assert sanity.measure(unit) == size


# Words of the judge


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (("2014-01-01", "2014-01-31"), "January 2014"), (("2014-12-01", "2015-11-30"), "1 December 2014 to 30 November 2015"),
        (("2014-01-01", "2014-02-28"), "1 January 2014 to 28 February 2014"),
        (("2014-02-01", "2015-02-28"), "1 February 2014 to 28 February 2015"),
        (("2014-01-01", "2016-12-31"), "2014 to 2016"), (("2014-01-02", "2014-12-31"), "2 January 2014 to 31 December 2014"),
        (("2014-11", "2014-11"), "2014-11"),
    ],
)  # fmt: skip
def test_a_span_of_days_is_told_by_its_month_or_years(value, told):
    assert judge._days(value) == told


@pytest.mark.parametrize(
    ("apart", "told"),
    [(1.05, "off by 5%"), (1.999, "off by 100%"), (2.0, "off by a factor of 2"), (2.75, "off by a factor of 2.8"),
     (10.04, "off by a factor of 10"), (99.4, "off by a factor of 99.4"), (100.4, "off by a factor of 100"),
     (1e6, "off by a factor of 1,000,000"), (math.inf, "not even the sign agrees")],
)  # fmt: skip
def test_how_far_off_is_told_as_a_share_below_two_and_then_as_a_factor(apart, told):
    assert rule._off(apart) == told


@pytest.mark.parametrize(
    ("value", "found", "slack", "told"),
    [
        ((5, 6), (4, 7), 0, "inside what was found"), ((5, 6), (5, 6), 0, "inside what was found"),
        ((5, 6), (5.4, 5.6), 0, "what was found lies inside it"), ((5, 6), (5.5, 7), 0, "overlaps what was found"),
        ((5, 6), (5.5, 7), 0.5, "inside what was found"), ((5, 6), (4, 5.5), 0.5, "inside what was found"),
        ((5, 6), (5.2, 6), 0, "what was found lies inside it"), ((5, 6), (5, 5.8), 0, "what was found lies inside it"),
    ],
)  # fmt: skip
def test_how_two_spans_lie_is_told(value, found, slack, told):
    assert rule._fits(value, found, slack) == told


@pytest.mark.parametrize(
    ("relation", "found", "told"),
    [
        ("less", (10, 20), "the bound holds, 5 times away: true but useless"),
        ("less", (10, 40), "the bound holds"), ("more", (350, 400), "the bound holds, 3.5 times away: true but useless"),
        ("less", (90, 120), "what was found lies on both sides of the bound"), ("less", (105, 120), "the bound fails, off by 5%"),
        ("more", (20, 50), "the bound fails, off by a factor of 2"),
    ],
)  # fmt: skip
def test_a_bound_says_how_it_holds_or_fails(relation, found, told):
    assert rule.rule(relation, (100, 100), found).reason == told


def test_days_apart_are_counted():
    assert (
        rule.rule("date", (100, 110), (1200, 1300)).reason
        == "the dates are at least 1,090 days apart"
    )
    assert rule.rule("date", (1200, 1300), (100, 110)).reason == "the dates are at least 1,090 days apart"  # fmt: skip
    for broken in (((2, 1), (1, 2)), ((1, 2), (2, 1))):
        with pytest.raises(ValueError, match="from low to high"):
            rule.rule("equal", *broken)


# The rest of the room


def test_a_table_s_licences_are_named_as_the_standard_does():
    assert datapackage.licences("CC BY-SA 4.0") == [
        {"name": "CC-BY-SA-4.0", "title": "CC BY-SA 4.0"}
    ]
    both = datapackage.licences("MIT for code, public domain otherwise")
    assert [one["name"] for one in both] == ["MIT", "other-pd"]
    assert datapackage.licences("ask")[0]["name"] == "notspecified"
    assert [one["name"] for one in datapackage.licences("CC BY 4.0")] == ["CC-BY-4.0"]


def test_a_field_is_described_as_the_standard_does():
    told = datapackage.field("n", column(min=1.0, max=2.5, optional=True))
    assert told == {"name": "n", "type": "number", "description": "m", "unit": "GW",
                    "constraints": {"required": False, "minimum": 1, "maximum": 2.5}}  # fmt: skip
    day = datapackage.field("d", column(type="date", unit=None, min="2020-02"))
    assert day["constraints"] == {"required": True, "minimum": "2020-02-01"} and "unit" not in day
    words = datapackage.field("w", column(type="string", unit=None, values=["a"]))
    assert words["constraints"] == {"required": True, "enum": ["a"]}


def test_an_edition_has_the_common_values_and_those_of_its_notebook():
    edition = editions.Edition(title="T", reason="R", parameters={"common": {"a": 1, "b": 2}, "x": {"b": 3}})  # fmt: skip
    assert edition.values("x") == {"a": 1, "b": 3} and edition.values("y") == {"a": 1, "b": 2}
    with pytest.raises(BadInput, match="did you mean 'bear'"):
        editions.edition("baer")
    assert next(iter(editions.editions())) == "today"
    assert editions.differences("today") == []


def test_editions_without_today_or_with_wrong_values_are_refused(world):
    def told(text):
        (world / "editions.yml").write_text(text)
        editions.editions.cache_clear()
        try:
            return worlds.faults_of(editions.editions)
        finally:
            editions.editions.cache_clear()

    assert told("bear: {title: T, reason: R}") == ["data/editions.yml: found no edition 'today'; expected name -> fields, 'today' among them"]  # fmt: skip
    assert told("[today]")[0].startswith("data/editions.yml: found no edition")
    sound = "today: {title: T, reason: R}\n"
    assert told(sound) == []
    assert told(f"{sound}b: {{title: T, reason: R, sources: [nobody]}}") == ["data/editions.yml [b] sources: found 'nobody'; expected an id of data/sources.yml"]  # fmt: skip
    wrong = told(f"{sound}b: {{title: T, reason: R, parameters: {{3_infrastructure: {{x: 1}}, common: {{y: 2}}}}}}")  # fmt: skip
    assert [fault.split(":")[0] for fault in wrong] == ["data/editions.yml [b] 3_infrastructure parameter 'x'", "data/editions.yml [b] index parameter 'y'"]  # fmt: skip


def test_frozen_forecasts_are_locked_once(tmp_path):
    rows, lock = tmp_path / "f.csv", tmp_path / "f.lock"
    rows.write_text("forecast,p,revises\nF1,0.5,\n")
    assert forecast_lock.lock_new_rows(rows, lock) == ["F1"]
    rows.write_text("forecast,p,revises\nF1,0.5,\nF2,0.6,F1\n")
    assert forecast_lock.lock_new_rows(rows, lock) == ["F2"]
    assert lock.read_text().count("#") == 1 and len(lock.read_text().splitlines()) == 3
    assert forecast_lock.lock_new_rows(rows, lock) == []
    assert list(forecast_lock.read_lock(lock)) == ["F1", "F2"]
    rows.write_text("forecast,p,revises\nF1,0.7,\nF3,0.6,F9\n")
    told = worlds.faults_of(lambda: forecast_lock.lock_new_rows(rows, lock))
    assert [fault.split(";")[0] for fault in told] == [
        "data/tables/forecasts.csv F1: found an edited row", "data/tables/forecasts.csv F2: found no such row",
        "data/tables/forecasts.csv F3 revises: found 'F9'",
    ]  # fmt: skip


def test_what_a_template_leaves_blank_is_told_by_its_line(world):
    assert worlds.faults_of(templates.check) == []
    (world / "claims" / "x.yml").write_text("a: 1\nb: FILL IN this\n")
    assert worlds.faults_of(templates.check) == ["data/claims/x.yml:2: found 'FILL IN …' of a template; expected your own words"]  # fmt: skip


def test_a_parameter_that_bears_on_no_claim_is_told(world, monkeypatch):
    known = types.SimpleNamespace(claims=["INFRA-60"])
    wrong = types.SimpleNamespace(claims=["INFRA-60", "INFRA-06"])
    monkeypatch.setattr(check.parameters, "registry", lambda: {"n": {"a": known, "b": wrong}})
    assert worlds.faults_of(check.parameter_claims) == ["parameter n.b claims: found 'INFRA-06'; expected an id of data/claims"]  # fmt: skip


def test_the_summary_counts_what_was_checked(world):
    facts, known = len(sources.evidence()), len(sources.sources())
    assert check.summary() == f"2 claims (1 contradicted, 1 opinion), {facts} facts, {known} sources, 1 tables: no fault"  # fmt: skip


def test_the_line_of_a_fault_is_that_of_the_nearest_known_place():
    lines = {("a",): 3, ("a", 0): 4}
    assert yaml_files.line_of(lines, ("a", 0, "x")) == 4
    assert yaml_files.line_of(lines, ("a", 1)) == 3
    assert yaml_files.line_of(lines, ("b",)) == 1


def parameter(**fields):
    return parameters.Parameter.model_validate({"default": 1.0, "unit": "GW", "min": 0, "max": 2, "meaning": "m"} | fields)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"default": True}, "not true or false"), ({"min": "a"}, "min and max of the default's kind"),
        ({"max": "a"}, "min and max of the default's kind"), ({"min": None}, "min and max for a number"),
        ({"max": None}, "min and max for a number"), ({"default": 3.0}, "a default that is 0 to 2 GW"),
        ({"default": "x", "min": None, "max": None}, "choices \\(or min and max dates\\)"),
        ({"default": "x", "min": None, "max": None, "choices": ["y"]}, "a default that is one of y"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        parameter(**fields)


# Panels and the lint


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [(None, "number", "none"), (0.1234, "percent", "12.3%"), (2.5, "times", "2.5 times"), (12.34, "usd_bn", "$12.3 billion"),
     (1234.5, "number", "1,230")],
)  # fmt: skip
def test_a_panel_writes_three_figures(value, kind, told):
    assert panels.show(value, kind) == told


@pytest.mark.parametrize(
    ("unit", "written"),
    [("per year", ("", 100.0, "% a year")), ("share", ("", 100.0, "%")), ("USD per kg", ("$", 1.0, " per kg")), ("USD", ("$", 1.0, "")),
     ("ratio", ("", 1.0, "")), ("GW", ("", 1.0, " GW"))],
)  # fmt: skip
def test_a_slider_is_written_by_its_unit(unit, written):
    assert panels.slider_format(unit) == written


def test_a_page_without_front_matter_is_read_whole(tmp_path):
    page = tmp_path / "p.md"
    page.write_text("---\nhtml_theme.sidebar_secondary.remove: 12\n---\nIt is 7.\n")
    assert [f.found for f in lint.page_faults(page)] == ["a bare figure 7."]
    page.write_text("It is 7.\n---\nn: 12\n---\n")
    assert [f.found for f in lint.page_faults(page)] == ["a bare figure 7.", "a bare figure 12"]


def test_only_markdown_cells_are_prose(tmp_path):
    cells = [new_raw_cell("raw 1", id="r"), new_markdown_cell("It is 2", id="m"), new_code_cell("x = 3", outputs=[new_output("stream", text="4")])]  # fmt: skip
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    assert [str(f) for f in lint.page_faults(tmp_path / "n.ipynb")] == [
        "n.ipynb, cell 1 (raw 1): found a raw cell; expected Markdown or code", "n.ipynb, cell 2 (It is 2): found a bare figure 2; expected book.say with a value, or words"
    ]  # fmt: skip
    nbformat.write(new_notebook(cells=[new_code_cell("x = 3")]), tmp_path / "n.ipynb")
    assert [f.found for f in lint.page_faults(tmp_path / "n.ipynb")] == ["no outputs"]
