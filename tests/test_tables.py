"""Tables: one broken file per check, told by row and column; nothing known later is shown."""

from __future__ import annotations

import pandas as pd
import pytest

from bet.faults import BadInput
from bet.records import check, tables
from tests import worlds

CELL = "data/tables/power.csv:{} column '{}': found {}; expected {}"
KEYS = [
    f"data/tables/power.csv:{row}: found key year='2023' twice; expected each key once"
    for row in (3, 4)
]
FILES = {
    "cell_turned_to_text.csv": [CELL.format(3, "average_power_gw", "'about 477'", "a number from 0 to 1000")],
    "column_dropped.csv": ["data/tables/power.csv:1: found no column 'final'; expected every column of the sidecar"],
    "column_misspelt.csv": [
        "data/tables/power.csv:1: found no column 'average_power_gw'; expected every column of the sidecar",
        "data/tables/power.csv:1: found an unknown column 'avrage_power_gw', did you mean 'average_power_gw'?; expected only the sidecar's columns",
    ],
    "key_duplicated.csv": KEYS,
    "byte_changed.csv": [],
    "cut_in_half.csv": ["data/tables/power.csv:2: found 4 cells; expected 5 cells", "data/tables/power.csv: found 1 rows; expected 3 rows or more"],
    "too_few_rows.csv": ["data/tables/power.csv: found 2 rows; expected 3 rows or more"],
    "out_of_range.csv": [CELL.format(3, "average_power_gw", "'4769'", "a number from 0 to 1000")],
    "cell_empty.csv": [CELL.format(2, "average_power_gw", "''", "a number from 0 to 1000")],
    "date_not_iso.csv": [CELL.format(2, "published", "'27.02.2024'", "an ISO date from 2020-01-01 to 2026-11-23")],
    "date_after_the_last.csv": [CELL.format(4, "published", "'2027-02-24'", "an ISO date from 2020-01-01 to 2026-11-23")],
    "value_not_listed.csv": [CELL.format(3, "note", "'guessed'", "text among revised, rounded")],
    "year_not_whole.csv": [CELL.format(4, "year", "'2024.5'", "a whole number from 1949 to 2026")],
    "flag_not_boolean.csv": [CELL.format(2, "final", "'yes'", "true or false")],
    "empty_file.csv": ["data/tables/power.csv: found an empty file; expected a header and 3 rows or more"],
    "many_faults.csv": [
        CELL.format(3, "average_power_gw", "'nan'", "a number from 0 to 1000"),
        CELL.format(2, "final", "'yes'", "true or false"),
        CELL.format(2, "published", "'27.02.2024'", "an ISO date from 2020-01-01 to 2026-11-23"),
        *(fault.replace("2023", "2022").replace("csv:3", "csv:2").replace("csv:4", "csv:3") for fault in KEYS),
        CELL.format(4, "year", "'1900'", "a whole number from 1949 to 2026"),
        CELL.format(3, "note", "'guessed'", "text among revised, rounded"),
    ],
}  # fmt: skip
UNREADABLE = {
    "not_utf8.csv": "data/tables/power.csv:3: found a byte 0xe9 that is not UTF-8; expected UTF-8 CSV",
    "quote_left_open.csv": "data/tables/power.csv:4: found unexpected end of data; expected valid CSV",
}
SIDECARS = {
    "licence_missing.yml": "data/tables/power.yml:1 licence: found nothing; expected the field 'licence'",
    "source_unknown.yml": "data/tables/power.yml sources: found 'meter-2052'; expected an id of data/sources.yml",
    "key_not_a_column.yml": "data/tables/power.yml:1: found this record; expected 'yaer' among the columns",
    "known_from_not_a_date.yml": "data/tables/power.yml:1: found this record; expected a date column for known_from, not 'year'",
    "neither_known_from_nor_timeless.yml": "data/tables/power.yml:1: found this record; expected known_from, or 'timeless'",
    "number_without_unit.yml": "data/tables/power.yml:12 columns.average_power_gw: found this record; expected a unit for a number",
    "type_unknown.yml": "data/tables/power.yml:13 columns.final.type: found 'flag'; expected 'integer', 'number',",
    "date_bound_as_number.yml": "data/tables/power.yml:14 columns.published: found this record; expected min and max as ISO dates",
    "number_bound_as_date.yml": "data/tables/power.yml:11 columns.year: found this record; expected min and max as ISO dates",
}  # fmt: skip
TODAY = "2026-11-23"


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data / "tables"


def told_of(world, case):
    worlds.put(f"tables/{case}", world / "power.csv")
    return worlds.faults_of(lambda: tables.table("power", TODAY))


@pytest.mark.parametrize("case", FILES)
def test_a_broken_table_is_refused_with_every_fault_and_its_place(world, case):
    *told, changed = told_of(world, case)
    assert told == FILES[case]
    assert changed.startswith("data/tables/power.csv: found bytes with sha256 ")
    assert changed.endswith("… (bet hash power after an intended change)")


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_is_no_csv_is_told_with_its_line(world, case):
    assert told_of(world, case) == [UNREADABLE[case]]


def test_every_broken_file_has_its_test():
    assert set(worlds.cases("tables")) == FILES.keys() | UNREADABLE.keys()
    assert set(worlds.cases("sidecars")) == SIDECARS.keys() | {
        "field_misspelt.yml",
        "comma_without_quotes.yml",
    }


@pytest.mark.parametrize("case", SIDECARS)
def test_a_broken_sidecar_is_refused(world, case):
    worlds.put(f"sidecars/{case}", world / "power.yml")
    (told,) = worlds.faults_of(lambda: tables.sidecar("power"))
    assert told.startswith(SIDECARS[case]), told


def test_a_text_that_a_comma_cuts_is_told_with_what_to_do(world):
    worlds.put("sidecars/comma_without_quotes.yml", world / "power.yml")
    value, rest = worlds.faults_of(lambda: tables.sidecar("power"))
    where = "data/tables/power.yml:12 columns.average_power_gw"
    assert value == f"{where}.unit: found 1; expected a valid string"
    assert rest == (
        f"{where}.000 workers: found an unknown field '000 workers'; expected one of type, unit, min, max, "
        "values, optional, meaning, or quotes around a text with a comma"
    )


def test_a_misspelt_field_of_a_sidecar_is_told_with_the_nearest(world):
    worlds.put("sidecars/field_misspelt.yml", world / "power.yml")
    missing, unknown = worlds.faults_of(lambda: tables.sidecar("power"))
    assert missing == "data/tables/power.yml:1 title: found nothing; expected the field 'title'"
    assert unknown.endswith(", did you mean 'title'?")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "powr",
            "table 'powr': found no sidecar; expected data/tables/powr.yml, did you mean 'power'?",
        ),
        ("power", "data/tables/power.csv: found no such file; expected the table's CSV"),
    ],
)
def test_a_missing_table_is_told(world, name, told):
    (world / "power.csv").unlink()
    assert worlds.faults_of(lambda: tables.table(name, TODAY)) == [told]


def test_a_sound_table_comes_typed(world):
    frame = tables.table("power", TODAY)
    assert [str(kind) for kind in frame.dtypes] == [
        "Int64", "float64", "boolean", "datetime64[us]", "str",
    ]  # fmt: skip
    assert frame["note"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("as_of", "years"),
    [
        ("2024-02-26", []),
        ("2024-02-27", [2022]),
        ("2025-11-14", [2022, 2023]),
        ("2026-02-23", [2022, 2023]),
        ("2026-02-24", [2022, 2023, 2024]),
    ],
)
def test_only_what_was_known_is_shown(world, as_of, years):
    assert tables.table("power", as_of)["year"].tolist() == years


def test_a_table_without_a_day_is_shown_whole(world):
    path = world / "power.yml"
    path.write_text(
        path.read_text().replace("known_from: published", "known_from: null\ntimeless: constants")
    )
    worlds.forget()
    assert len(tables.table("power", "2000-01-01")) == 3


def test_a_caller_cannot_change_what_the_next_one_gets(world):
    frame = tables.table("power", TODAY)
    frame["year"] = 0
    assert tables.table("power", TODAY)["year"].min() == 2022


def test_an_intended_change_is_taken_up_by_its_hash(world):
    assert told_of(world, "byte_changed.csv") != []
    check.rehash("power")
    worlds.forget()
    assert tables.table("power", TODAY)["average_power_gw"].iloc[0] == 483.7


def test_the_hash_is_added_when_the_sidecar_has_none(world):
    path = world / "power.yml"
    before = path.read_text()
    path.write_text(before[: before.index("sha256")])
    check.rehash("power")
    assert path.read_text() == before


def test_a_hash_of_no_table_names_the_tables(world):
    with pytest.raises(BadInput, match="one of power"):
        check.rehash("powr")


@pytest.mark.parametrize("name", tables.names())
def test_the_committed_tables_are_sound(name):
    frame = tables.table(name, "9999-12-31")
    about = tables.sidecar(name)
    assert len(frame) >= about.row_floor
    assert not frame.duplicated(about.key).any()


def test_every_date_of_the_committed_tables_is_past():
    late = {
        (name, about.known_from)
        for name in tables.names()
        if (about := tables.sidecar(name)).known_from
        and (tables.table(name, "9999-12-31")[about.known_from] > pd.Timestamp("2026-11-25")).any()
    }
    assert late == set()
