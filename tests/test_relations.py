"""Relations between cells: the committed tables keep them, and each is noticed when broken."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from bet.faults import BadInput
from bet.paths import here
from bet.records import check, relations, tables
from tests import mutations

TODAY = "9999-12-31"


def frames():
    return {name: tables.table(name, TODAY) for name in tables.names()}


def sidecars():
    return {name: tables.sidecar(name) for name in tables.names()}


def told(name, change):
    """Return the faults of one committed table after a change."""
    given = frames()
    given[name] = given[name].copy()
    change(given[name])
    return [str(fault) for fault in relations.faults(sidecars(), given.__getitem__, name)]


def put(row, column, value):
    def change(frame):
        frame.loc[row, column] = value

    return change


def test_the_committed_tables_keep_every_relation():
    check.related()


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("infrastructure_inputs", put(0, "low", 1e12), "infrastructure_inputs.csv:2: found low after"),
        ("us_power", put(40, "energy_twh", 3.0), "us_power.csv:42: found energy_twh 3; expected within 1.3 times"),
        ("us_power", put(40, "average_power_gw", 333.0), "another average power"),
        ("satellite_power", put(0, "mass_kg", 1.0), "another w_per_kg; expected power over mass"),
        ("tsla_month_end", put(100, "close_usd", 5.0), "tsla_month_end.csv:102: found 5; expected "),
        ("tsla_year_range", put(8, "high_close_usd", 12.0), "to 12 as in tsla_year_range"),
        ("tsla_month_end", put(100, "date", pd.Timestamp("2018-12-31")), "tsla_month_end.csv:102: found date 2018-12; expected the next month"),
        ("largest_cohorts", put(50, "start_value_usd_bn", 33.0), "the figure of largest_companies"),
        ("starship_flights", put(3, "launch_date", pd.Timestamp("2020-01-01")), "out of order"),
    ],
)  # fmt: skip
def test_a_broken_relation_is_told_with_its_row(name, change, expected):
    assert [fault for fault in told(name, change) if expected in fault]


def test_a_row_that_repeats_the_one_before_is_stale():
    def repeat(frame):
        for column in frame.columns:
            if column not in tables.sidecar("us_power").key:
                frame.loc[50, column] = frame.loc[49, column]

    assert [
        f for f in told("us_power", repeat) if f.startswith("us_power.csv:52: found the values")
    ]


def broken(*wanted, **columns):
    """Return what relations tell of a small table, each with its line."""
    frame = pd.DataFrame(columns)
    return [
        (fault.where, fault.found, fault.expected)
        for fault in relations.broken("x", frame, [*wanted])
    ]


@pytest.mark.parametrize(
    ("said", "due", "kept"),
    [("2025-11-20", "2025-11", True), ("2025-11", "2025-11-20", True), ("2025-11-20", "2025-10", False),
     (None, "2025-10", True)],
)  # fmt: skip
def test_a_day_is_compared_with_a_month_as_far_as_both_go(said, due, kept):
    assert (broken(*relations.rising("said", "due"), said=[said], due=[due]) == []) is kept


def test_an_empty_cell_between_does_not_hide_a_fall():
    wanted = relations.rising("low", "middle", "high")
    assert broken(*wanted, low=[3.0, 1.0], middle=[None, 2.0], high=[2.0, 3.0]) == [
        ("x.csv:2", "low after high", "low up to high")
    ]


@pytest.mark.parametrize(
    ("values", "kept"),
    [([1.0, 2.0], True), ([1.0, 2.01], False), ([2.0, 1.0], True), ([2.01, 1.0], False),
     ([1.0, None, 2.0], True), ([1.0, -1.0], False), ([0.0], False)],
)  # fmt: skip
def test_a_series_is_steady_on_both_sides_of_its_factor(values, kept):
    assert (broken(*relations.steady("v", 2), v=values) == []) is kept


def test_each_series_of_a_table_is_steady_by_itself():
    columns = {"v": [1.0, 9.0, 1.1, 30.0], "of": list("abab")}
    assert broken(*relations.steady("v", 2, by=["of"]), **columns) == [
        ("x.csv:5", "v 30", "within 2 times the row before")
    ]


def test_a_copy_is_allowed_where_the_sidecar_says_so():
    about = tables.sidecar("us_power")
    allowed = about.model_copy(update={"checks": [{"repeats": "allowed"}]})
    twice = frames()["us_power"].iloc[[0, 0]].reset_index(drop=True)
    assert relations.broken("x", twice, relations.relations(allowed, None)) == []
    assert relations.broken("x", twice, relations.relations(about, None)) != []


@pytest.mark.parametrize(
    ("entry", "right"),
    [
        ({"risen": ["year"]}, "not 'risen', did you mean 'rising'?"),
        ({"rising": ["yeer", "published"]}, "not 'yeer', did you mean 'year'?"),
        ({"rising": [["year"], "published"]}, "a column of the table"),
        ({"steady": {"column": "energy_twh"}}, "steady with column, within, by"),
        ({"steady": {"column": "energy_twh", "within": 1}}, "'within' above one"),
        ({"steady": {"column": "energy_twh", "within": "2"}}, "'within' above one"),
        ({"monthly": 3}, "a column of the table, not 3"),
        ({"repeats": "yes"}, "repeats: allowed"),
        ({"ordered": ["year"], "monthly": "year"}, "ordered with columns"),
        ({"same_as": {"column": "year", "table": 1, "there": "x", "match": {"year": "y"}}}, "a table and of its columns"),
        (3, "one of rising"),
        ({}, "one of rising"),
    ],
)  # fmt: skip
def test_a_check_that_the_sidecar_misnames_is_told_with_what_would_be_right(entry, right):
    assert right in relations.misnamed(entry, tables.sidecar("us_power").columns)


def test_a_misnamed_check_stops_the_sidecar_at_its_line(tmp_path):
    from bet.records.yaml_files import parse, read_yaml

    path = tmp_path / "us_power.yml"
    text = (here().tables / "us_power.yml").read_text(encoding="utf-8")
    text = text.replace("- steady:", "- stedy:", 1)
    path.write_text(text)
    line = text[: text.index("stedy")].count("\n") + 1
    content, lines = read_yaml(path)
    with pytest.raises(BadInput, match=rf"us_power.yml:{line} .*did you mean 'steady'"):
        parse(tables.Sidecar, content, (), lines, path)


def test_a_check_of_columns_that_cannot_be_compared_is_a_fault_of_the_sidecar():
    wanted = [one._replace(name="steady") for one in relations.steady("v", 2)]
    assert broken(*wanted, v=["a", "b"]) == [
        (
            "x.yml checks",
            "steady of columns that it cannot compare",
            "numbers with numbers, days with days",
        )
    ]


@pytest.mark.parametrize("wrong", [{"there": "sale_usd_bn"}, {"match": {"company": "companie"}}])
def test_a_column_that_the_other_table_lacks_is_a_fault(wrong):
    about = tables.sidecar("sales_growth")
    entry = next(e for e in about.checks if "same_as" in e)
    spoilt = about.model_copy(update={"checks": [{"same_as": {**entry["same_as"], **wrong}}]})
    with pytest.raises(BadInput, match="a column of largest_companies, did you mean"):
        relations.relations(spoilt, frames().__getitem__)


@pytest.mark.parametrize("kind", mutations.KINDS)
def test_a_corruption_changes_what_it_says_and_nothing_else(kind):
    about = tables.sidecar("us_power")
    rows = mutations.read_rows(here().tables / "us_power.csv")
    for mutation in mutations.sample(rows, about, kind, 5, random.Random(0)):
        differs = [i for i, (a, b) in enumerate(zip(rows, mutation.rows, strict=False)) if a != b]
        if kind == "columns swapped":
            assert len(differs) > 40
        elif kind == "row twice":
            assert (differs, len(mutation.rows)) == ([], len(rows) + 1)
            assert mutation.rows[-1] == rows[mutation.row + 1]
        else:
            assert differs == [mutation.row + 1]


def test_what_a_renewed_checksum_lets_through_is_caught_where_it_must_be(tmp_path):
    """All corruptions of these kinds, and at least half of the factors of ten, on a long series."""
    about, given = tables.sidecar("us_power"), frames()
    rows = mutations.read_rows(here().tables / "us_power.csv")
    for kind in ("sign", "factor ten", "unit word", "blank", "row twice", "row stale"):
        found = mutations.sample(rows, about, kind, 6, random.Random(1))
        caught = [m for m in found if mutations.caught("us_power", m.rows, tmp_path, about, given)]
        needed = len(found) if kind != "factor ten" else len(found) / 2
        assert len(caught) >= needed, (kind, [m[:3] for m in found if m not in caught])
