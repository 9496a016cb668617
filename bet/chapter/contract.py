"""The contract of a chart whose words stand on the page: what it must say, and what is left of it.

``publish`` draws a shape on both sheets, refuses what could not be read, and returns the pictures
with the record that pages, data files and the review read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bet.chapter import charts
from bet.chapter.outputs import as_json
from bet.chapter.pictures import NARROW, WIDE
from bet.chapter.scales import Writer, is_dates
from bet.chapter.shapes import Draw
from bet.faults import Fault, require
from bet.numbers import day, digits

MOST_ROWS = 10_000  # of a record; a million would make a notebook of a hundred megabytes
_ALT = 300  # characters of an alternative text
_TITLE = 90  # characters that fit on two lines of a telephone and about one of a page


@dataclass(frozen=True)
class Chart:
    """A finished chart: the picture and everything a page needs to show it well."""

    name: str
    title: str
    subtitle: str
    alt: str
    svg: str
    record: dict[str, Any]
    narrow: str = ""
    png: bytes = b""


def publish(
    draw: Draw,
    *,
    shape: str,
    name: str,
    finding: str,
    shows: str,
    unit: str,
    sources: Sequence[str],
    as_of: str,
    data: pd.DataFrame,
    names: Sequence[Any],
    claims: Sequence[str] = (),
    alt: str = "",
    write: Writer | None = None,
) -> Chart:
    """Check a chart, draw it twice and return it.

    Parameters
    ----------
    finding : what the chart shows, 3 to 14 words; shows : what is drawn and in which unit
    data : the plotted columns; ``names`` are x, y, by (or None) and
        any others that the shape uses, ``unit`` is that of y
    alt : one sentence with two or three numbers, to follow the finding; computed where it is empty,
        with ``write`` for the values

    Raises BadInput naming every part that is missing and every text that overlaps or is too small.
    """
    x, y, by = names[:3]
    require(missing(name, finding, shows, unit, sources, as_of, data))
    told = alternative(finding, alt or numbers_told(data, shape, names, unit, write))
    told += sampled(data)
    record = {
        "name": name, "title": finding, "subtitle": shows, "alt": told, "kind": f"{shape} chart",
        "shape": shape, "unit": unit, "sources": list(sources), "as_of": as_of, "claims": list(claims),
        "x": x, "y": y, "by": by, "columns": [str(column) for column in data.columns],
        **listed(data),
    }  # fmt: skip
    if not charts.pictures_drawn():
        return Chart(name, finding, shows, told, "", record)
    wide, narrow = draw(WIDE), draw(NARROW)
    require([*wide.faults(name), *narrow.faults(name)])
    return Chart(name, finding, shows, told, wide.svg(), record, narrow.svg(), wide.png())


def missing(
    name: str, finding: str, shows: str, unit: str, sources: Sequence[str], as_of: str,
    data: pd.DataFrame,
) -> list[Fault]:  # fmt: skip
    """Return what a chart lacks of the parts that every chart has."""
    where = f"chart '{name}'"
    words, long = len(str(finding or "").split()), len(str(finding or ""))
    wants = [
        (not _good_name(name), repr(name), "a kebab-case name"),
        (not 3 <= words <= 14, f"a finding of {words} words", "a finding of 3 to 14 words"),
        (long > _TITLE, f"a finding of {long} characters", f"{_TITLE} at most"),
        (len(str(shows or "").split()) < 3, repr(shows), "what is drawn and its unit, 3 words or more"),
        (not unit, "no unit", "the unit of the values ('ratio' where there is none)"),
        (not sources, "no source", "one source id or more"),
        (not _good_day(as_of), repr(as_of), "an as-of date"),
        (data is None or data.empty, "no data", "the plotted data, not empty"),
    ]  # fmt: skip
    return [Fault(where, found, expected) for absent, found, expected in wants if absent]


def _good_name(name: str | None) -> bool:
    """Tell whether a chart's name can stand in an address."""
    return bool(re.fullmatch(r"[a-z][a-z0-9-]*", name or ""))


def _good_day(day: str | None) -> bool:
    """Tell whether a day is written as ISO does."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", day or ""))


def alternative(finding: str, told: str) -> str:
    """Return the alternative text: the finding, then the numbers that show it, 300 characters at most."""
    finding = finding.rstrip(".")
    end = "" if finding.endswith(("?", "!")) else "."
    text = f"{finding}{end} {told}".strip()
    return text if len(text) <= _ALT else text[: _ALT - 1].rsplit(" ", 1)[0] + "…"


def numbers_told(
    data: pd.DataFrame,
    shape: str,
    names: Sequence[Any],
    unit: str,
    write: Writer | None = None,
) -> str:
    """Return a sentence with two or three numbers of the data, as one would read a chart aloud.

    ``names`` are the columns as the shape uses them: x, y, by, then others. All of a few rows are
    told, the ends of lines, the first and last point of a row of points, else both extremes.
    """
    x, y, by, *others = names

    def told(value: Any) -> str:
        if hasattr(value, "year"):
            return str(day(value))
        if write:
            return str(write(value))
        return digits(value) if unit in ("ratio", "share", "count") else f"{digits(value)} {unit}"

    if shape == "dumbbell":
        rows = [row for _, row in data.iterrows()][:2]
        return "It shows " + " and ".join(
            f"{_and(_points(row, others, told))} for {_name(row[x])}" for row in rows
        ) + "."  # fmt: skip
    column = data[y] if is_dates(data[y]) else pd.to_numeric(data[y], errors="coerce")
    known = data.assign(**{y: column}).dropna(subset=y).reset_index(drop=True).astype({x: object})
    if known.empty:
        return ""
    if shape in ("line", "step"):
        return _ends(known, x, y, by, told)
    by_row = by if known[x].duplicated().any() else None
    if len(known) <= 3:
        rows = [known.loc[i] for i in known.index]
        return f"It shows {_and([f'{told(row[y])} for {_row(row, x, by_row)}' for row in rows])}."
    low, high = known.loc[known[y].idxmin()], known.loc[known[y].idxmax()]
    ends = [f"{told(row[y])} for {_row(row, x, by_row)}" for row in (low, high)]
    return f"It runs from {ends[0]} to {ends[1]}."


def _ends(known: pd.DataFrame, x: str, y: str, by: str | None, told: Callable[[Any], str]) -> str:
    """Return the first and last value of a line, or the last of up to three lines."""
    if by is None:
        first, last = known.iloc[0], known.iloc[-1]
        return f"It goes from {told(first[y])} in {_when(first[x])} to {told(last[y])} in {_when(last[x])}."
    last = known.groupby(by, sort=False).tail(1).iloc[:3]
    if last[x].nunique() == 1:
        parts = [f"{told(row[y])} for {_name(row[by])}" for _, row in last.iterrows()]
        return f"At the end, in {_when(last[x].iloc[0])}, it shows {_and(parts)}."
    parts = [f"{told(row[y])} for {_name(row[by])} ({_when(row[x])})" for _, row in last.iterrows()]
    return f"It ends at {_and(parts)}."


def _points(
    row: Mapping[str, Any], columns: Sequence[str], told: Callable[[Any], str]
) -> list[str]:
    """Return the points of a row: words where the row has words, else name and value."""
    written = [str(row[name]) for name in columns if isinstance(row[name], str) and row[name]]
    return written or [f"{name} {told(row[name])}" for name in columns if pd.notna(row[name])]


def _row(row: Mapping[str, Any], x: str, by: str | None) -> str:
    at = _name(row[x])
    return at if by is None or str(row[by]) == at else f"{_name(row[by])} ({at})"


def _name(value: Any) -> str:
    """Return what a row is called, on one line."""
    return " ".join(cell_text(value).split())


def _when(value: Any) -> str:
    """Return a place on a time axis: a month and year for a day, else the value as it is."""
    return f"{value:%B %Y}" if hasattr(value, "year") else cell_text(value)


def _and(parts: Sequence[str]) -> str:
    """Return words in a row, as a sentence lists them."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def cell_text(value: Any) -> str:
    """Return a cell of the data as text: a day as ISO, a number to four figures."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float | np.floating):
        return digits(float(value), 4)
    return str(value)


def listed(data: pd.DataFrame) -> dict[str, Any]:
    """Return the rows for a chart's record: all, or of very many a sample at even steps, ends included."""
    if len(data) <= MOST_ROWS:
        return {"rows": rows_of(data)}
    places = np.linspace(0, len(data) - 1, MOST_ROWS).round().astype(int)
    return {"rows": rows_of(data.iloc[places]), "sampled": sampled(data).strip()}


def sampled(data: pd.DataFrame) -> str:
    """Return the sentence that says so where a record holds a sample of its rows; else nothing."""
    if len(data) <= MOST_ROWS:
        return ""
    return f" The data listed are {MOST_ROWS:,} of {len(data):,} rows, at even steps."


def rows_of(data: pd.DataFrame) -> list[list[Any]]:
    """Return the rows as plain JSON values; floats to six figures, dates as ISO text."""
    return [[as_json(value) for value in row] for row in data.itertuples(index=False)]
