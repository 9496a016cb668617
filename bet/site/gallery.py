"""Every chart of the book on one page, and the line under each chart that leads to its roots."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from bet.chapter.outputs import CHART_MIME, NARROW_MIME
from bet.numbers import digits, scaled
from bet.paths import here
from bet.site.html import figure_numbers, publishers, render
from bet.site.published import notebooks_in


@cache
def commit() -> str:
    """Return the commit that the book is built from, or nothing where git cannot tell."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=here().folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def code_link(notebook: str, name: str, repository: str, shown: bool) -> Markup:
    """Return the links to the cell that draws a chart, and to its notebook at this very commit."""
    place = {"repository": repository, "commit": commit() if repository else ""}
    return render("code_link", notebook=notebook, name=name, shown=shown, **place)


def caption_links(chart: Mapping[str, Any], notebook: str, repository: str, shown: bool) -> Markup:
    """Return what stands under a chart: sources, data, code."""
    by = publishers(chart["sources"], lambda name: f"data.html#source-{name}")
    code = code_link(notebook, chart["name"], repository, shown)
    return render("roots", publishers=by, notebook=notebook, name=chart["name"], code=code)


class Files(NamedTuple):
    """The file names of a chart's drawings; of ``narrow`` nothing where it has only one."""

    wide: str
    narrow: str = ""


def _file(picture: str) -> str:
    """Return the file name under which MyST-NB keeps a picture."""
    body = os.linesep.join(picture.splitlines()).encode()
    return f"{hashlib.sha256(body).hexdigest()}.svg"


def pictures(folder: Path) -> dict[tuple[str, str], Files]:
    """Return the file names of the drawings of every chart."""
    found = {}
    for name, notebook in notebooks_in(folder).items():
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if CHART_MIME in data and "image/svg+xml" in data:
                    narrow = data.get(NARROW_MIME, {}).get("svg", "")
                    files = Files(_file(data["image/svg+xml"]), _file(narrow) if narrow else "")
                    found[name, data[CHART_MIME]["name"]] = files
    return found


def rows(
    charts: Sequence[Mapping[str, Any]], files: Mapping[tuple[str, str], Files], verdicts: Mapping[str, str]
) -> Markup:  # fmt: skip
    """Return the gallery: chapter by chapter, each chart with its finding, claims and verdicts."""
    numbers = figure_numbers(charts)
    cover_first = sorted(charts, key=lambda chart: chart["notebook"] != "index")
    shown = [
        {
            "notebook": notebook,
            "charts": [
                {
                    **chart,
                    "number": numbers[notebook, chart["name"]],
                    "files": files[notebook, chart["name"]],
                }
                for chart in drawn
            ],
        }
        for notebook, drawn in groupby(cover_first, key=lambda chart: chart["notebook"])
    ]
    return render("gallery", chapters_shown=shown, verdicts=verdicts)


def data_table(chart: Mapping[str, Any], most: int = 60) -> Markup:
    """Return the plotted data as a table, for screen readers and the curious.

    Headings are words with the unit of the values, numbers are rounded to three figures.
    """
    every = chart["rows"]
    step = max(1, -(-len(every) // most))
    shown = _sampled(chart, step)
    places = [place for place, column in enumerate(chart["columns"]) if column != _AGAIN]
    units = {place: _unit(chart, place) for place in places}
    head = [_heading(chart["columns"][place], unit) for place, unit in units.items()]
    rows = [[_cell(row[place], unit) for place, unit in units.items()] for row in shown]
    return render("chart_table", head=head, rows=rows, step=step, count=len(every))


_SHORT = 12  # rows of a series that a sample leaves whole
_AGAIN = "told"  # the column that writes out the number beside its mark, which a table has already


def _sampled(chart: Mapping[str, Any], step: int) -> list[Any]:
    """Return the rows of a table view: every ``step``-th, but short series whole and all ends.

    A title names the ends of a series, its highest value and the few rows that stand out.
    """
    every, columns = chart["rows"], chart["columns"]
    if step == 1:
        return list(every)
    by, y = (columns.index(chart[k]) if chart[k] in columns else None for k in ("by", "y"))
    series: dict[Any, list[int]] = {}
    for place, row in enumerate(every):
        series.setdefault(None if by is None else row[by], []).append(place)
    kept: set[int] = set()
    for places in series.values():
        kept.update(places if len(places) <= _SHORT else [*places[::step], places[-1]])
        known = [] if y is None else [i for i in places if isinstance(every[i][y], int | float)]
        if known:
            kept |= {pick(known, key=lambda i: every[i][y]) for pick in (min, max)}
    return [every[place] for place in sorted(kept)]


_UNIT_ENDS = {
    "_usd_bn": "USD billion",
    "_usd": "USD",
    "_pct": "%",
    "_gw": "GW",
    "_t": "t",
    "_m": "million",
}
_ALONE = {"USD": "US dollars", "USD per hour": "Dollars an hour"}  # a unit that is all of a heading
_PERCENT = ("share", "probability", "per cent")
_TIMES = ("ratio", "times")


def _unit(chart: Mapping[str, Any], place: int) -> str:
    """Return the unit of a column: the chart's for its values, else the one in the column's name."""
    column = chart["columns"][place]
    cells = [row[place] for row in chart["rows"] if row[place] is not None]
    if not cells or not all(isinstance(cell, int | float) for cell in cells):
        return ""
    fractions = any(isinstance(cell, float) for cell in cells)
    if column == chart["y"] or (fractions and column not in (chart["x"], chart["by"])):
        return str(chart["unit"])
    if "year" in column:
        return "year"
    return next((unit for end, unit in _UNIT_ENDS.items() if column.endswith(end)), "")


def _heading(column: str, unit: str) -> str:
    """Return a column's name as words, with the unit where its values have one."""
    if unit and unit != "year":
        column = next(
            (column.removesuffix(end) for end in _UNIT_ENDS if column.endswith(end)), column
        )
    words = column.replace("_", " ")
    words = words[:1].upper() + words[1:]
    told = "%" if unit in _PERCENT else "times" if unit in _TIMES else unit
    if told in ("", "year"):
        return words
    if {*words.lower().split()} <= {*told.lower().split()}:  # "Launches (launches a year)"
        return _ALONE.get(told, told[:1].upper() + told[1:])
    return f"{words} ({told})"


def _cell(value: Any, unit: str) -> str:
    """Return a cell as text: a dash for nothing, years and counts as they are, others to three figures."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if unit == "year" or (not unit and isinstance(value, int)):
        return str(value) if isinstance(value, int) else f"{value:.1f}"
    value = 100 * value if unit in _PERCENT[:2] else value
    if abs(value) >= 1e9:
        return scaled(value)
    return f"{value:,}".replace("-", "−") if isinstance(value, int) else digits(value)
