"""What a spreadsheet writes and our tables do not hold: its signs named, with the cure, and the import.

Semicolons and decimal commas, byte-order marks, line ends of Windows and spaces at the ends of cells
each pass for something else on the way: one column, text, another name. ``bet table import`` turns them
into our form and drafts the sidecar; what it cannot know is left to fill in.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from bet.faults import BadInput, Fault, nearest, require
from bet.records import columns
from bet.records.templates import BLANK

MARK = b"\xef\xbb\xbf"
DELIMITERS = "\t;|,"  # of two as frequent the earlier: commas stand within cells
CURE = "bet table import FILE NAME makes it so"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_SEP = re.compile(r'"?sep=([^"\r\n])"?[;,\t|]*\r?\n', re.IGNORECASE)
Rows = list[list[str]]


# ---- the signs, in a table of ours


def signs(raw: bytes, where: str) -> list[Fault]:
    """Return the signs of a spreadsheet in the bytes of a table, each where it first stands."""
    faults = []
    if raw.startswith(MARK):
        faults.append(Fault(f"{where}:1", "a byte-order mark", f"UTF-8 without one ({CURE})"))
    if b"\r" in raw:
        line = raw[: raw.index(b"\r")].count(b"\n") + 1
        faults.append(
            Fault(f"{where}:{line}", "line ends of Windows (CRLF)", f"line feeds alone ({CURE})")
        )
    header = raw.splitlines()[0] if raw else b""
    for sign, name in ((b";", "semicolons"), (b"\t", "tabs"), (b"|", "bars")):
        if header.count(sign) > header.count(b","):
            faults.append(Fault(f"{where}:1", f"{name} between cells", f"commas ({CURE})"))
    return faults


def spaced(rows: Rows, where: str) -> list[Fault]:
    """Return the cells with a space before or after what they hold: to a key 'x ' is no 'x'."""
    return [
        Fault(f"{where}:{line} column '{rows[0][place].strip()}'", repr(cell), repr(cell.strip()))
        for line, row in enumerate(rows, 1)
        for place, cell in enumerate(row[: len(rows[0])])
        if cell != cell.strip()
    ]


def hint(cell: str) -> str:
    """Return the words on a number that is written as a spreadsheet of another country writes it."""
    number = columns.number(cell, ".") or columns.number(cell, ",")
    if number in (None, cell):
        return ""
    form = "with a decimal point" if "." in number else "with no sign between thousands"
    return f" such as {number}, {form} ({CURE})"


# ---- the import


def read(path: Path, decimal: str | None = None, words: Sequence[str] = ()) -> Rows:
    """Return the cells of a spreadsheet's file in our form; raise BadInput for what is no table.

    ``decimal`` is the sign of decimals in the file where its columns do not tell it themselves, and
    ``words`` names the columns, as ours are named, whose cells stay as they are.
    """
    text, delimiter = _opened(_decoded(path))
    try:
        rows = [
            [" ".join(cell.split()) for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise BadInput([Fault(path.name, str(error), "valid CSV")]) from None
    numbered = {n: row for n, row in enumerate(rows, 1) if any(row)}  # as the spreadsheet counts
    rows = list(numbered.values())
    if len(rows) < 2 or max(map(len, rows)) < 2:
        raise BadInput([Fault(path.name, "no table", "a header, and rows of two cells or more")])
    places = [f"{path.name}, row {n}" for n in numbered]
    require(_header_faults(rows, places[0]))
    require(_uneven(rows, places))
    header = _named(rows[0])
    unknown = [f"no column '{name}'{nearest(name, header)}" for name in words if name not in header]
    require([Fault(path.name, found, f"one of {', '.join(header)}") for found in unknown])
    judged = [
        list(cells) if name in words else columns.plain(cells, delimiter, decimal)
        for name, cells in zip(header, zip(*rows[1:], strict=True), strict=True)
    ]
    require(
        [
            _told(f"{places[cells.place + 1]} column '{name}'", name, cells)
            for name, cells in zip(header, judged, strict=True)
            if isinstance(cells, columns.Spoilt)
        ]
    )
    return [header, *map(list, zip(*judged, strict=True))]


def _told(where: str, name: str, cells: columns.Spoilt) -> Fault:
    kept = f" (--text {name} keeps the column as it is)" if cells.maybe_words else ""
    return Fault(where, cells.found, f"{cells.expected}{kept}")


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput([Fault(path.name, str(error.strerror), "a file that can be read")]) from None
    if raw[:2] == b"PK" or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise BadInput([Fault(path.name, "a workbook", "a sheet of it, saved as CSV")])
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what Excel writes in western countries


def _opened(text: str) -> tuple[str, str]:
    """Return the text below Excel's line 'sep=;', and the delimiter it names, else the one of most lines."""
    if said := _SEP.match(text):
        return text[said.end() :], said[1]
    lines = [line for line in text.splitlines() if line.strip()] or [""]

    def holding(delimiter: str) -> tuple[int, int]:  # by lines, since a title's may be another
        return sum(delimiter in line for line in lines), lines[0].count(delimiter)

    return text, max(DELIMITERS, key=holding)


def _header_faults(rows: Rows, where: str) -> list[Fault]:
    """Return what is wrong with the first row: a title in place of names, or columns without one."""
    header = rows[0]
    if sum(map(bool, header)) == 1 and any(sum(map(bool, row)) > 1 for row in rows[1:]):
        right = "the columns' names in the first row, with no title above it"
        return [Fault(where, f"{next(filter(None, header))!r} alone", right)]
    nameless = [place for place, text in enumerate(header) if not _name(text)]
    filled = {place for row in rows for place, cell in enumerate(row) if cell}
    empty = [place for place in nameless if place not in filled]
    return [
        *_nameless(empty, where, "which hold nothing", "no delimiter at the ends of lines"),
        *_nameless(
            [place for place in nameless if place in filled],
            where,
            "which hold values",
            "a name with letters or digits for each",
        ),
    ]


def _uneven(rows: Rows, places: Sequence[str]) -> list[Fault]:
    """Return the first row with more or fewer cells than the header, and how many more there are."""
    width = len(rows[0])
    uneven = [place for place, row in enumerate(rows) if len(row) != width]
    if not uneven:
        return []
    first, many = uneven[0], f" (the first row of {len(uneven)})" if len(uneven) > 1 else ""
    right = f"{width} as in the first row, a delimiter within a cell in quotes"
    return [Fault(places[first], f"{len(rows[first])} cells{many}", right)]


def _nameless(places: Sequence[int], where: str, hold: str, right: str) -> list[Fault]:
    columns = ", ".join(str(place + 1) for place in places)
    return [Fault(where, f"no name for column {columns}, {hold}", right)] if places else []


def _name(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def _named(header: Sequence[str]) -> list[str]:
    """Return names of columns as ours are: lower case, words joined by underscores, each once."""
    names: list[str] = []
    for place, text in enumerate(header, 1):
        name = _name(text)
        names.append(name if name not in names else f"{name}_{place}")
    return names


def text(rows: Rows) -> str:
    """Return the rows as a table of ours: commas, line feeds, quotes only where they must be."""
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue()


def draft(rows: Rows, digest: str, today: dt.date, words: Sequence[str] = ()) -> str:
    """Return the draft of a sidecar; what only a person knows is left to fill in, and check refuses it.

    The columns named in ``words`` are text, whatever their cells look like.
    """
    cells = list(zip(*rows[1:], strict=True))
    kinds = [
        "string" if name in words else _kind([cell for cell in column if cell])
        for name, column in zip(rows[0], cells, strict=True)
    ]
    day = next((n for n, kind in zip(rows[0], kinds, strict=True) if kind == "date"), None)
    lines = [
        f"title: {BLANK} what the table holds",
        f"description: {BLANK} one or two sentences; what a row is.",
        f"sources: [{BLANK.lower().replace(' ', '-')}]  # ids of data/sources.yml",
        f"licence: {BLANK} the source's",
        "redistribution: derived-only  # or allowed",
        f"retrieved: {today}",
        f"key: [{', '.join(map(_quoted, _key(rows)))}]",
        f"row_floor: {len(rows) - 1}",
        f"known_from: {_quoted(day) if day else 'null'}  # the date column that says when a row became known",
        *([] if day else [f"timeless: {BLANK} why no row has a day"]),
        "columns:",
    ]
    for name, column, kind in zip(rows[0], cells, kinds, strict=True):
        unit = f", unit: {BLANK}" if kind in ("integer", "number") else ""
        optional = "" if all(column) else ", optional: true"
        lines.append(f"  {_quoted(name)}: {{type: {kind}{unit}{optional}, meaning: {BLANK}}}")
    return "\n".join([*lines, f"sha256: {digest}"]) + "\n"


def _quoted(name: str) -> str:
    """Return a column's name as YAML reads it: 2024 is a number there, and no is false."""
    return name if yaml.safe_load(name) == name else f"'{name}'"


def _kind(filled: Sequence[str]) -> str:
    for kind, form in (
        ("integer", re.compile(r"[+-]?\d+").fullmatch),
        ("number", _NUMBER.fullmatch),
        ("date", columns.day),
        ("boolean", columns.flag),
    ):
        if filled and all(form(cell) for cell in filled):
            return kind
    return "string"


def _key(rows: Rows) -> list[str]:
    """Return the first columns that together tell every row apart."""
    for width in range(1, len(rows[0]) + 1):
        parts = [tuple(row[:width]) for row in rows[1:]]
        if len(set(parts)) == len(parts):
            return rows[0][:width]
    return rows[0]
