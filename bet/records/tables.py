"""Tables: a tidy CSV and its sidecar, validated on load and filtered to what was known.

Column checks are pandera's (lazy, so that one load names every bad cell): the sidecar is turned
into a schema at run time, which a fixed pydantic model per table could not do without a class each.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import pandera.pandas as pa
from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from bet.dates import PartialDate
from bet.faults import BadInput, Fault, nearest, require
from bet.paths import Root, here, note, shown, write_text
from bet.records import relations, spreadsheets
from bet.records.sources import sources
from bet.records.yaml_files import Record, parse, read_yaml


class Column(Record):
    """What one column holds."""

    type: Literal["integer", "number", "string", "date", "boolean"]
    unit: str | None = None
    min: int | float | PartialDate | None = None  # int first: 1000 would also do as a year
    max: int | float | PartialDate | None = None
    values: list[str] | None = None
    optional: bool = False
    meaning: str

    @model_validator(mode="after")
    def _numbers_have_units(self) -> Column:
        if self.type in ("integer", "number") and not self.unit:
            raise ValueError("a unit for a number ('count' or 'ratio' where it has none)")
        kinds: dict[str, tuple[type, ...]] = {
            "integer": (int, float),
            "number": (int, float),
            "date": (str,),
        }
        for bound in (self.min, self.max):
            if bound is not None and not isinstance(bound, kinds.get(self.type, ())):
                raise ValueError("min and max as ISO dates for a date, as numbers for a number")
        return self


def _known_check(entry: Any, sidecar: ValidationInfo) -> Any:
    """Refuse a check that names no relation, or no column of the table."""
    if right := relations.misnamed(entry, sidecar.data.get("columns", {})):
        raise ValueError(right)
    return entry


class Sidecar(Record):
    """What a table is, where it comes from and what may be done with it."""

    title: str
    description: str
    sources: Annotated[list[str], Field(min_length=1)]
    licence: str
    redistribution: Literal["allowed", "derived-only"]
    retrieved: PartialDate
    key: Annotated[list[str], Field(min_length=1)]
    row_floor: int
    known_from: str | None
    timeless: str | None = None
    # Why no row was known yet on an edition's day, and readers can do without
    later: str | None = None
    gaps: list[str] = []
    columns: dict[str, Column]
    checks: list[Annotated[Any, AfterValidator(_known_check)]] = []
    sha256: str

    @model_validator(mode="after")
    def _names_exist(self) -> Sidecar:
        for name in (*self.key, *([self.known_from] if self.known_from else [])):
            if name not in self.columns:
                raise ValueError(f"'{name}' among the columns")
        if self.known_from and self.columns[self.known_from].type != "date":
            raise ValueError(f"a date column for known_from, not '{self.known_from}'")
        if not self.known_from and not self.timeless:
            raise ValueError("known_from, or 'timeless' with the reason why no row has a day")
        return self


def names() -> list[str]:
    """Return the name of every table."""
    return sorted(
        {path.stem for path in here().tables.iterdir() if path.suffix in (".csv", ".yml")}
    )


def sidecar(name: str) -> Sidecar:
    """Load and check the sidecar of a table, once."""
    return _sidecar(name, here())


@cache
def _sidecar(name: str, root: Root) -> Sidecar:
    path = root.tables / f"{name}.yml"
    if not path.exists():
        raise BadInput(
            [Fault(f"table '{name}'", "no sidecar", f"{shown(path)}{nearest(name, names())}")]
        )
    content, lines = read_yaml(path)
    record = parse(Sidecar, content, (), lines, path)
    unknown = [name for name in record.sources if name not in sources()]
    require(
        [Fault(f"{shown(path)} sources", f"'{u}'", "an id of data/sources.yml") for u in unknown]
    )
    return record


@cache
def _load(name: str, root: Root) -> pd.DataFrame:
    return read(root.tables / f"{name}.csv", _sidecar(name, root))


EVER = "9999-12-31"  # a day by which every row of a table is known


def table(name: str, as_of: str | dt.date) -> pd.DataFrame:
    """Return a table's rows that were known by ``as_of``, as a fresh frame.

    Dates are datetime64, text is str, empty optional cells are NaN. Raises BadInput naming
    every fault: bytes that differ from the sidecar's sha256, columns, cells, keys, row floor.
    """
    about, frame = sidecar(name), _load(name, here())
    if about.known_from:
        frame = frame[frame[about.known_from] <= pd.Timestamp(as_of)]
    return frame.reset_index(drop=True).copy()


def read(path: Path, about: Sidecar) -> pd.DataFrame:
    """Read and validate one CSV against its sidecar; raise BadInput with every fault found."""
    where = shown(path)
    note(path)
    try:
        raw = path.read_bytes()
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig")), strict=True)
        rows = list(reader)
    except FileNotFoundError:
        raise BadInput([Fault(where, "no such file", "the table's CSV")]) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = f"a byte {raw[error.start]:#x} that is not UTF-8"
        raise BadInput([Fault(f"{where}:{line}", found, "UTF-8 CSV")]) from None
    except csv.Error as error:
        raise BadInput([Fault(f"{where}:{reader.line_num}", str(error), "valid CSV")]) from None
    faults = spreadsheets.signs(raw, where)
    if not any("between cells" in fault.found for fault in faults):  # else all is one column
        shape = _shape(rows, about, where)
        faults += [*spreadsheets.spaced(rows, where), *shape]
        if not shape:
            frame, wrong = _cells(rows, about, where)
            faults += wrong
    digest = hashlib.sha256(raw).hexdigest()
    if digest != about.sha256:
        expected = f"sha256 {about.sha256[:12]}… (bet hash {path.stem} after an intended change)"
        faults.append(Fault(where, f"bytes with sha256 {digest[:12]}…", expected))
    require(faults)
    return frame


def _shape(rows: list[list[str]], about: Sidecar, where: str) -> list[Fault]:
    """Check header, row lengths and row count."""
    if not rows:
        return [Fault(where, "an empty file", f"a header and {about.row_floor} rows or more")]
    header, expected = rows[0], list(about.columns)
    faults = [
        Fault(f"{where}:1", f"no column '{name}'", "every column of the sidecar")
        for name in expected
        if name not in header
    ]
    faults += [
        Fault(
            f"{where}:1",
            f"an unknown column '{name}'{nearest(name, expected)}",
            "only the sidecar's columns",
        )
        for name in header
        if name not in expected
    ]
    if len(header) != len(set(header)):
        faults.append(Fault(f"{where}:1", "a column twice", "each column once"))
    faults += [
        Fault(f"{where}:{line}", f"{len(row)} cells", f"{len(header)} cells")
        for line, row in enumerate(rows[1:], 2)
        if len(row) != len(header)
    ]
    if len(rows) - 1 < about.row_floor:
        faults.append(Fault(where, f"{len(rows) - 1} rows", f"{about.row_floor} rows or more"))
    return faults


_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[us]"}
_SHOULD = {
    "integer": "a whole number",
    "number": "a number",
    "date": "an ISO date",
    "boolean": "true or false",
    "string": "text",
}


def _cells(rows: list[list[str]], about: Sidecar, where: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Convert each cell by its column's type and validate the frame; return it with all faults."""
    text = pd.DataFrame(rows[1:], columns=rows[0], dtype=str)[list(about.columns)]
    frame, faults = pd.DataFrame(index=text.index), []
    for name, column in about.columns.items():
        values, bad = _convert(text[name], column)
        frame[name] = values
        faults += [_cell_fault(where, row, name, text, column) for row in text.index[bad]]
    try:
        frame = _schema(about).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        converted = {(fault.where) for fault in faults}
        faults += [f for f in _failures(error, about, text, where) if f.where not in converted]
    return frame, faults


def _convert(text: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """Return typed values and a mask of the cells that are not of the column's type."""
    filled = text != ""
    if column.type == "string":
        return text.where(filled), pd.Series(False, index=text.index)
    if column.type == "date":
        values = pd.to_datetime(text.where(filled), format="%Y-%m-%d", errors="coerce").astype(
            "datetime64[us]"
        )
    elif column.type == "boolean":
        values = text.map({"true": True, "false": False}).astype("boolean")
    else:
        values = pd.to_numeric(text.where(filled), errors="coerce").astype("float64")
        if column.type == "integer":
            exact = values.abs() < 2**53  # beyond it a float is no count of anything
            whole = values.isna() | ((values % 1 == 0) & exact)
            values = values.where(whole).astype("Int64")
        values = values.where(values.abs() != float("inf"))
    return values, filled & values.isna()


def _schema(about: Sidecar) -> pa.DataFrameSchema:
    """Turn a sidecar into a pandera schema."""
    columns = {}
    for name, column in about.columns.items():
        checks = []
        if column.min is not None:
            low = pd.Timestamp(column.min) if column.type == "date" else column.min
            checks.append(pa.Check.ge(low))
        if column.max is not None:
            high = pd.Timestamp(column.max) if column.type == "date" else column.max
            checks.append(pa.Check.le(high))
        if column.values:
            checks.append(pa.Check.isin(column.values))
        columns[name] = pa.Column(_DTYPES.get(column.type), checks, nullable=column.optional)
    return pa.DataFrameSchema(columns, unique=about.key, strict=True)


def _failures(error: Any, about: Sidecar, text: pd.DataFrame, where: str) -> list[Fault]:
    """Translate pandera's failure cases into faults with row and column."""
    faults, seen = [], set()
    for case in error.failure_cases.to_dict("records"):
        row, name = case["index"], case["column"]
        if pd.isna(row) or name not in about.columns:
            continue
        row = int(row)
        if "unique" in str(case["check"]):
            key = ", ".join(f"{part}={text.at[row, part]!r}" for part in about.key)
            fault = Fault(f"{where}:{row + 2}", f"key {key} twice", "each key once")
        else:
            fault = _cell_fault(where, row, name, text, about.columns[name])
        if str(fault) not in seen:
            seen.add(str(fault))
            faults.append(fault)
    return faults


def _cell_fault(where: str, row: int, name: str, text: pd.DataFrame, column: Column) -> Fault:
    span = f" from {column.min} " if column.min is not None else " "
    span += f"to {column.max}" if column.max is not None else ""
    choice = f" among {', '.join(column.values)}" if column.values else ""
    expected = f"{_SHOULD[column.type]}{choice}{span}".rstrip()
    cell = text.at[row, name]
    expected += spreadsheets.hint(cell) if column.type in ("integer", "number") else ""
    return Fault(f"{where}:{row + 2} column '{name}'", repr(cell), expected)


def digest(name: str) -> str:
    """Return the sha256 of a table's CSV."""
    return hashlib.sha256((here().tables / f"{name}.csv").read_bytes()).hexdigest()


def import_file(
    file: Path,
    name: str,
    replace: bool = False,
    decimal: str | None = None,
    words: Sequence[str] = (),
) -> list[Path]:
    """Write a spreadsheet's file as a table in our form, and a draft of its sidecar where there is none.

    ``decimal`` is the file's sign of decimals, ``words`` are its columns of text. Returns the files written.
    Raises BadInput for what is no table, a name that none can have, or a table that is there already and
    must not be replaced.
    """
    rows = spreadsheets.read(file, decimal, words)
    target = here().tables / f"{name}.csv"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BadInput([Fault(f"table '{name}'", "no name of a table", "letters, digits and _")])
    if target.exists() and not replace:
        raise BadInput([Fault(shown(target), "a table of that name", "another name, or --replace")])
    written = [target]
    write_text(target, spreadsheets.text(rows))
    about = target.with_suffix(".yml")
    if not about.exists():
        write_text(about, spreadsheets.draft(rows, digest(name), dt.date.today(), words))
        written.append(about)
    return written
