"""Relations between cells: the committed tables keep them, and each is noticed when broken."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from bet.paths import here
from bet.records import relations, tables
from tests import mutations

TODAY = "9999-12-31"


def frames():
    return {name: tables.table(name, TODAY) for name in tables.names()}


def told(name, change):
    """Return the faults of one committed table after a change."""
    given = frames()
    given[name] = given[name].copy()
    change(given[name])
    return [str(fault) for fault in relations.faults(given.__getitem__, about=name)]


def put(row, column, value):
    def change(frame):
        frame.loc[row, column] = value

    return change


def test_the_committed_tables_keep_every_relation():
    relations.check()


def test_every_named_column_exists():
    given = frames()
    named = [(n, c) for n, sets in relations.RISING.items() for cs in sets for c in cs]
    named += [(n, c) for n, (by, cs) in relations.STEADY.items() for c in (*by, *cs)]
    named += [(n, c) for n, cs in relations.ORDERED.items() for c in cs]
    named += list(relations.MONTHLY.items())
    assert [(n, c) for n, c in named if c not in given[n].columns] == []


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("infrastructure_inputs", put(0, "low", 1e12), "infrastructure_inputs.csv:2: found low after"),
        ("us_power", put(40, "energy_twh", 3.0), "us_power.csv:42: found energy_twh 3; expected within 1.3 times"),
        ("us_power", put(40, "average_power_gw", 333.0), "another average power"),
        ("satellite_power", put(0, "mass_kg", 1.0), "another w_per_kg; expected power over mass"),
        ("tsla_month_end", put(100, "close_usd", 5.0), "as in tsla_year_range"),
        ("tsla_month_end", put(100, "date", pd.Timestamp("2018-12-31")), "expected the next month"),
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


def test_a_day_is_compared_with_a_month_as_far_as_both_go():
    frame = pd.DataFrame({"said": ["2025-11-20"], "due": ["2025-11"]})
    assert list(relations.rising("x", frame, ("said", "due"))) == []
    assert len(list(relations.rising("x", frame, ("due", "said")))) == 0
    frame.loc[0, "due"] = "2025-10"
    assert len(list(relations.rising("x", frame, ("said", "due")))) == 1


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
