"""Data from a spreadsheet: each of its signs is named with the cure, and the import makes our form of it."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from bet.cli import main
from bet.faults import BadInput
from bet.records import columns, sanity, spreadsheets, tables, templates
from tests import worlds
from tests.places import ROOT

WHERE = "data/tables/power.csv"
CURE = "bet table import FILE NAME makes it so"
SIGNS = {
    "byte_order_mark.csv": [f"{WHERE}:1: found a byte-order mark; expected UTF-8 without one ({CURE})"],
    "line_ends_of_windows.csv": [
        f"{WHERE}:1: found line ends of Windows (CRLF); expected line feeds alone ({CURE})"
    ],
    "semicolons.csv": [f"{WHERE}:1: found semicolons between cells; expected commas ({CURE})"],
    "tabs.csv": [f"{WHERE}:1: found tabs between cells; expected commas ({CURE})"],
    "decimal_commas.csv": [
        f"{WHERE}:{line} column 'average_power_gw': found '{cell}'; "
        f"expected a number from 0 to 1000 such as {number}, with a decimal point ({CURE})"
        for line, cell, number in ((2, "483,1", 483.1), (3, "476,9", 476.9), (4, "490,0", 490.0))
    ],
    "spaces_at_the_ends.csv": [
        f"{WHERE}:1 column 'final': found 'final '; expected 'final'",
        f"{WHERE}:3 column 'year': found '2023 '; expected '2023'",
        f"{WHERE}:3 column 'note': found ' revised'; expected 'revised'",
        f"{WHERE}:1: found no column 'final'; expected every column of the sidecar",
        f"{WHERE}:1: found an unknown column 'final ', did you mean 'final'?; expected only the sidecar's columns",
    ],
    "all_of_it.csv": [
        f"{WHERE}:1: found a byte-order mark; expected UTF-8 without one ({CURE})",
        f"{WHERE}:1: found line ends of Windows (CRLF); expected line feeds alone ({CURE})",
        f"{WHERE}:1: found semicolons between cells; expected commas ({CURE})",
    ],
}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    (tmp_path / "book").mkdir()
    with worlds.small(tmp_path) as data:
        yield data / "tables"


def test_every_sign_has_its_broken_file():
    assert set(worlds.cases("spreadsheets")) == SIGNS.keys()


@pytest.mark.parametrize("case", SIGNS)
def test_a_sign_of_a_spreadsheet_is_named_with_the_cure(world, case):
    worlds.put(f"spreadsheets/{case}", world / "power.csv")
    *told, changed = worlds.faults_of(lambda: tables.table("power", "2026-11-23"))
    assert told == SIGNS[case]
    assert "sha256" in changed


def bet(*arguments: str) -> tuple[int, list[str], list[str]]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.stdout.splitlines(), done.stderr.splitlines()


@pytest.mark.parametrize("case", [case for case in SIGNS if case != "all_of_it.csv"])
def test_the_cure_gives_our_form_to_the_byte(world, tmp_path, case):
    before = (world / "power.csv").read_bytes()
    file = shutil.copy(worlds.FIXTURES / "spreadsheets" / case, tmp_path / "from excel.csv")
    assert bet("table", "import", str(file), "power", "--replace")[0] == 0
    assert (world / "power.csv").read_bytes() == before
    worlds.forget()
    assert len(tables.table("power", "2026-11-23")) == 3


def test_all_of_it_becomes_a_table_with_a_draft_to_fill_in(world, tmp_path):
    file = worlds.FIXTURES / "spreadsheets" / "all_of_it.csv"
    code, told, wrong = bet("table", "import", str(file), "supply")
    assert (code, wrong) == (0, [])
    assert told == [
        "wrote data/tables/supply.csv", "wrote data/tables/supply.yml",
        "next: fill in data/tables/supply.yml; bet hash supply; bet check",
    ]  # fmt: skip
    assert (world / "supply.csv").read_bytes() == (world / "power.csv").read_bytes()
    draft = (world / "supply.yml").read_text()
    about = yaml.safe_load(draft)
    kinds = {name: column["type"] for name, column in about["columns"].items()}
    assert kinds == {"year": "integer", "average_power_gw": "number", "final": "boolean",
                     "published": "date", "note": "string"}  # fmt: skip
    assert (about["key"], about["known_from"], about["row_floor"]) == (["year"], "published", 3)
    assert about["columns"]["note"]["optional"] is True
    with pytest.raises(BadInput, match="of a template; expected your own words"):
        templates.check()
    filled = draft.replace("[fill-in]", "[meter-2025]").replace("FILL IN", "GW or")
    (world / "supply.yml").write_text(filled)
    worlds.forget()
    templates.check()
    assert len(tables.table("supply", "2026-11-23")) == 3


def test_a_table_that_is_there_is_not_written_over_unasked(world, tmp_path):
    before = (world / "power.csv").read_bytes()
    file = str(worlds.FIXTURES / "spreadsheets" / "all_of_it.csv")
    code, _, wrong = bet("table", "import", file, "power")
    assert (code, (world / "power.csv").read_bytes()) == (2, before)
    assert wrong == [
        f"bet: {WHERE}: found a table of that name; expected another name, or --replace"
    ]
    sidecar = (world / "power.yml").read_bytes()
    assert bet("table", "import", file, "power", "--replace")[0] == 0
    assert (world / "power.yml").read_bytes() == sidecar


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (b"PK\x03\x04", "x", "found a workbook; expected a sheet of it, saved as CSV"),
        (b"", "x", "found no table; expected a header, and rows of two cells or more"),
        (
            b"a,b\n1,2,3\n",
            "x",
            "x.csv, row 2: found 3 cells; expected 2 as in the first row, a delimiter within a cell in quotes",
        ),
        (
            b"a,b\n1,2,\n3,4,\n",
            "x",
            "x.csv, row 2: found 3 cells (the first row of 2); expected 2 as in the first row, a delimiter within a cell in quotes",
        ),
        (b"a,b\n1,2\n", "../x", "table '../x': found no name of a table"),
        (b'a,b\n1,"2\n', "x", "found unexpected end of data; expected valid CSV"),
        (None, "x", "x.csv: found No such file or directory; expected a file that can be read"),
    ],
)
def test_what_cannot_be_imported_is_told(world, tmp_path, raw, name, told):
    if raw is not None:
        (tmp_path / "x.csv").write_bytes(raw)
    before = sorted(world.iterdir())
    code, out, wrong = bet("table", "import", str(tmp_path / "x.csv"), name)
    assert (code, out, sorted(world.iterdir())) == (2, [], before)
    assert told in wrong[0]
    assert len(wrong) == 1


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [("3.5", "3.5", None), ("3,5", None, "3.5"), ("1.234,5", None, "1234.5"), ("1,234.5", "1234.5", None),
     ("1,234,567", "1234567", None), ("1 234,5", None, "1234.5"), ("-0,5", None, "-0.5"), ("1e3", "1e3", "1e3"),
     ("1.234.567", None, "1234567"), ("1,200", "1200", "1.200"), ("1.200", "1.200", "1200"),
     ("0,125", None, "0.125"), ("1'200", "1200", "1200"), ("−5", "-5", "-5"), ("x", None, None),
     ("1,2,3", None, None), ("12.", None, None), ("", None, None)],
)  # fmt: skip
def test_a_number_under_each_sign_of_decimals(cell, point, comma):
    assert (columns.number(cell, "."), columns.number(cell, ",")) == (point, comma)


def imported(world, tmp_path, delimiter: str, cells: list[str], *options: str):
    """Import a file with cells in a second column; return the column written, else the lines that refuse."""
    rows = [["city", "price"], *([f"c{n}", cell] for n, cell in enumerate(cells))]
    with (tmp_path / "x.csv").open("w", newline="") as held:
        csv.writer(held, delimiter=delimiter).writerows(rows)
    before = sorted(world.iterdir())
    code, _, wrong = bet("table", "import", str(tmp_path / "x.csv"), "supply", *options)
    if code:
        assert (code, sorted(world.iterdir())) == (2, before)
        return wrong
    with (world / "supply.csv").open() as held:
        return [row["price"] for row in csv.DictReader(held)]


@pytest.mark.parametrize(
    ("delimiter", "cells", "numbers"),
    [
        (",", ["1,200", "5"], ["1200", "5"]),
        (",", ["1,200", "1,200,000"], ["1200", "1200000"]),
        (",", ["1,200", "1,250", ""], ["1200", "1250", ""]),
        (",", ["1.250", "5"], ["1.250", "5"]),
        (",", ["1,200", "1.5"], ["1200", "1.5"]),
        (",", ["483,1", "1234,56"], ["483.1", "1234.56"]),
        (";", ["1.250", "2,5"], ["1250", "2.5"]),
        (";", ["1,250", "2,5"], ["1.250", "2.5"]),
        (";", ["1,250", "2.5"], ["1250", "2.5"]),
        (";", ["1.250", "1.250.000"], ["1250", "1250000"]),
        (";", ["0,125", "1,250"], ["0.125", "1.250"]),
        ("\t", ["1.234,5", "1.250"], ["1234.5", "1250"]),
        (";", ["1 250", "40"], ["1250", "40"]),
    ],
)
def test_a_column_tells_its_sign_of_decimals(world, tmp_path, delimiter, cells, numbers):
    """Bench 3, fault 1: "1,200" became 1.200 beside 1200000, and nothing said so."""
    assert imported(world, tmp_path, delimiter, cells) == numbers


@pytest.mark.parametrize(
    ("delimiter", "cells", "point", "comma"),
    [
        (";", ["5", "1.250", "40"], ["5", "1.250", "40"], ["5", "1250", "40"]),
        (";", ["1,250"], ["1250"], ["1.250"]),
        ("\t", ["1.250", "-1.300"], ["1.250", "-1.300"], ["1250", "-1300"]),
        (",", ["1.200", "60,000"], ["1.200", "60000"], ["1200", "60.000"]),
    ],
)
def test_a_column_with_two_readings_is_asked(world, tmp_path, delimiter, cells, point, comma):
    place = next(place for place, cell in enumerate(cells) if point[place] != comma[place])
    assert imported(world, tmp_path, delimiter, cells) == [
        f"bet: x.csv, row {place + 2} column 'price': found {cells[place]!r}, which may be "
        f"{point[place]} or {comma[place]}; expected --decimal . for {point[place]}, "
        f"or --decimal , for {comma[place]}"
    ]
    assert imported(world, tmp_path, delimiter, cells, "--decimal", ".") == point
    assert imported(world, tmp_path, delimiter, cells, "--decimal", ",", "--replace") == comma


def test_a_decimal_comma_beside_grouping_ones_is_named(world, tmp_path):
    cells = ["60,000", "60000,5"]
    assert imported(world, tmp_path, ",", cells) == [
        "bet: x.csv, row 3 column 'price': found '60000,5' beside '60,000'; "
        "expected 60000.5, or --decimal , where '60,000' is 60.000"
    ]
    assert imported(world, tmp_path, ",", cells, "--decimal", ",") == ["60.000", "60000.5"]


def test_check_shows_a_grouped_number_as_it_would_be(world):
    path = world / "power.csv"
    path.write_text(path.read_text().replace("490.0", '"1,200"'))
    found, *_ = worlds.faults_of(lambda: tables.table("power", "2026-11-23"))
    assert found.endswith(f"such as 1200, with no sign between thousands ({CURE})")


def test_encodings_of_spreadsheets_are_read(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "x.csv").write_bytes("Städte;n\nKöln;1\n".encode(encoding))
        assert spreadsheets.read(tmp_path / "x.csv") == [["städte", "n"], ["Köln", "1"]]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n', "sep=;;;\n"])
def test_the_line_by_which_excel_names_the_delimiter_is_skipped(tmp_path, line):
    """Bench 3, fault 5: it stood as the header, beside column_2 and column_3."""
    (tmp_path / "x.csv").write_text(line + "year;gw, mean;note\n2020;1,5;a\n", newline="")
    assert spreadsheets.read(tmp_path / "x.csv") == [
        ["year", "gw_mean", "note"],
        ["2020", "1.5", "a"],
    ]


@pytest.mark.parametrize(
    "text", ["Price, EUR;year\n1,5;2020\n2,5;2021\n", "price_eur;year\n1,5;2020\n2,5;2021\n"]
)
def test_a_comma_within_cells_parts_none(tmp_path, text):
    (tmp_path / "x.csv").write_text(text)
    assert spreadsheets.read(tmp_path / "x.csv")[1:] == [["1.5", "2020"], ["2.5", "2021"]]


ALONE = "found 'Power by year' alone; expected the columns' names in the first row, with no title above it"
HOLD_NOTHING = "which hold nothing; expected no delimiter at the ends of lines"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Power by year,,\nyear,gw,note\n2020,5,a\n", f"row 1: {ALONE}"),
        ("Power by year\n\nyear;gw;note\n2020;5;a\n", f"row 1: {ALONE}"),
        ("\n;;\nPower by year;;\nyear;gw;note\n2020;5;a\n", f"row 3: {ALONE}"),
        ("year,gw,\n2020,5,\n", f"row 1: found no name for column 3, {HOLD_NOTHING}"),
        ("sep=;\nyear;gw;;\n2020;5;;\n", f"row 1: found no name for column 3, 4, {HOLD_NOTHING}"),
        (",gw,%\n2020,5,6\n", "row 1: found no name for column 1, 3, which hold values; "
                             "expected a name with letters or digits for each"),
    ],
)  # fmt: skip
def test_a_first_row_that_does_not_name_the_columns_is_told(world, tmp_path, text, told):
    (tmp_path / "x.csv").write_text(text)
    code, out, wrong = bet("table", "import", str(tmp_path / "x.csv"), "supply")
    assert (code, out, wrong) == (2, [], [f"bet: x.csv, {told}"])


def test_names_that_yaml_reads_as_no_text_are_drafted_as_text(world, tmp_path):
    (tmp_path / "x.csv").write_text("2024,no,on\n1,2,2025-03-12\n")
    assert bet("table", "import", str(tmp_path / "x.csv"), "supply")[0] == 0
    about = yaml.safe_load((world / "supply.yml").read_text())
    assert (list(about["columns"]), about["key"]) == (["2024", "no", "on"], ["2024"])
    assert about["known_from"] == "on"


def test_a_row_is_counted_as_the_spreadsheet_does(world, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n\n,\n1,2,3\n")
    wrong = bet("table", "import", str(tmp_path / "x.csv"), "supply")[2]
    assert wrong == [
        "bet: x.csv, row 5: found 3 cells; "
        "expected 2 as in the first row, a delimiter within a cell in quotes"
    ]


@pytest.mark.parametrize(
    ("cells", "place", "right"),
    [
        (["5", "n/a"], 1, "an empty cell for what is missing"),
        (["n/a", "n/a", "5", "6"], 0, "an empty cell for what is missing"),
        (["true", "-"], 1, "an empty cell for what is missing"),
        (["2025-03-12", "TBD"], 1, "an empty cell for what is missing"),
        (["5", "#DIV/0!"], 1, "the value, or an empty cell where there is none"),
        (["5", "12%"], 1, "12, and '%' in the column's name"),
        (["12%", "13 %"], 0, "12, and '%' in the column's name"),
        (["$1200", "5"], 0, "1200, and '$' in the column's name"),
        (["-US$1,200.50", "5"], 0, "-1200.50, and 'US$' in the column's name"),
        (["5 kg", "6 kg"], 0, "5, and 'kg' in the column's name"),
        (["(1,200)", "5"], 0, "-1200"),
        (["3/12/2025", "2025-03-12"], 0, "an ISO date, 2025-12-03 or 2025-03-12"),
        (["25/12/2025", "26/12/2025"], 0, "an ISO date, 2025-12-25"),
        (["3-Dec-25", "2025-03-12"], 0, "an ISO date such as 2025-11-14"),
        (["2025-03-12 00:00:00", "2025-03-12"], 0, "an ISO date such as 2025-11-14"),
        (["2024", "2025", "14.11.2025"], 2, "a number alone, or ISO dates in the whole column"),
        (["1,234.5", "1.234,5"], 1, "1234.5, since . is the sign of decimals"),
        (["3.5", "about 4"], 1, "a number alone"),
        (["5", "6", "total: 11"], 2, "a number alone"),
        (["2025-03-12", "2025-03-13", "spring"], 2, "an ISO date"),
        (["true", "false", "perhaps"], 2, "true or false"),
    ],
)
def test_what_stands_among_values_and_is_none_is_told(world, tmp_path, cells, place, right):
    """Bench 3, fault 5: one such cell made a column of numbers text, and nothing said so."""
    (line,) = imported(world, tmp_path, ",", cells)
    assert line.startswith(f"bet: x.csv, row {place + 2} column 'price': found {cells[place]!r}")
    assert line.endswith(f"; expected {right} (--text price keeps the column as it is)")
    assert imported(world, tmp_path, ",", cells, "--text", "price") == cells
    about = yaml.safe_load((world / "supply.yml").read_text())
    assert about["columns"]["price"]["type"] == "string"


@pytest.mark.parametrize(
    ("delimiter", "cells", "right"),
    [
        (";", ["1.200 €", "40 €"], "1.200 or 1200, and '€' in the column's name"),
        (",", ["1,200 €", "40 €"], "1200, and '€' in the column's name"),
        (";", ["1.200 €", "2,5"], "1200, and '€' in the column's name"),
        (",", ["3,5 €", "4,5 €"], "3.5, and '€' in the column's name"),
        (";", ["(1.200)", "40"], "-1.200 or -1200"),
    ],
)
def test_what_would_be_right_has_as_many_readings_as_the_cell(
    world, tmp_path, delimiter, cells, right
):
    (line,) = imported(world, tmp_path, delimiter, cells)
    assert f"; expected {right} (--text" in line


def test_every_spoilt_column_is_told_in_one_line(world, tmp_path):
    (tmp_path / "x.csv").write_text("gw;eur;day\n3,5;5 €;1.2.2025\n-;6 €;n/a\n-;7;n/a\n")
    told = bet("table", "import", str(tmp_path / "x.csv"), "supply")[2]
    assert [line.split(";")[0] for line in told] == [
        "bet: x.csv, row 3 column 'gw': found '-' (the first of 2)",
        "bet: x.csv, row 2 column 'eur': found '5 €' (the first of 2)",
        "bet: x.csv, row 3 column 'day': found 'n/a' (the first of 2)",
    ]


def test_a_said_sign_holds_for_every_column(world, tmp_path):
    (line,) = imported(world, tmp_path, ";", ["3.5", "1.250"], "--decimal", ",")
    assert "found '3.5'; expected 3,5, since , is the sign of decimals" in line


@pytest.mark.parametrize(
    "cells",
    [["3M", "Ford", "7-Eleven"], ["a", "5", "n/a", "b"], ["n/a", "-"], ["H100", "V100"], ["2025-12", "2.0.1"]],
)  # fmt: skip
def test_words_stay_words(world, tmp_path, cells):
    assert imported(world, tmp_path, ",", cells) == cells


def test_a_column_said_to_be_text_is_drafted_as_text(world, tmp_path):
    assert imported(world, tmp_path, ",", ["0012", "0013"], "--text", "price") == ["0012", "0013"]
    about = yaml.safe_load((world / "supply.yml").read_text())
    assert about["columns"]["price"]["type"] == "string"


def test_a_column_of_text_that_is_not_there_is_told(world, tmp_path):
    assert imported(world, tmp_path, ",", ["5"], "--text", "prise") == [
        "bet: x.csv: found no column 'prise', did you mean 'price'?; expected one of city, price"
    ]


# ---- days that lie ahead


def test_a_row_known_from_a_day_that_lies_ahead_is_a_fault(world):
    ahead = (sanity.today() + dt.timedelta(days=1)).isoformat()
    path = world / "power.csv"
    path.write_text(path.read_text().replace("2026-02-24", ahead))
    about = world / "power.yml"
    text = about.read_text().replace("max: 2026-11-23", "max: 2099-01-01")
    about.write_text(text.replace("retrieved: 2026-11-23", f"retrieved: {ahead}"))
    bet("hash", "power")
    worlds.forget()
    assert worlds.faults_of(sanity.check) == [
        f"data/tables/power.yml retrieved: found {ahead}; expected a day up to {sanity.today()}",
        f"data/tables/power.csv:4 column 'published': found {ahead}; expected a day up to {sanity.today()}",
    ]  # fmt: skip


def test_no_line_end_changes_in_a_clone_under_windows(tmp_path):
    """F06: hashes are of bytes, and a clone with core.autocrlf wrote others."""
    for name in (".gitattributes", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(worlds.FIXTURES / "spreadsheets" / "line_ends_of_windows.csv", tmp_path / "a.csv")

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=true"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q"), git("add", "."), git("commit", "-q", "-m", "x")
    git("clone", "-q", ".", "other")
    for path in (tmp_path / "pyproject.toml", tmp_path / "a.csv"):
        assert (tmp_path / "other" / path.name).read_bytes() == path.read_bytes()
