"""Every chart of the book on one page, and the line under each chart that leads to its roots."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bet.chapter.outputs import CHART_MIME
from bet.paths import here
from bet.site.html import figure_numbers, publishers, render
from bet.site.published import notebooks_in


@cache
def commit() -> str:
    """Return the commit that the book is built from, or nothing where git cannot tell."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=here().folder, capture_output=True, text=True, check=False
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


def pictures(folder: Path) -> dict[tuple[str, str], str]:
    """Return the file name under which MyST-NB keeps the picture of every chart."""
    found = {}
    for name, notebook in notebooks_in(folder).items():
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if CHART_MIME in data and "image/svg+xml" in data:
                    body = os.linesep.join(data["image/svg+xml"].splitlines()).encode()
                    record = data[CHART_MIME]
                    found[name, record["name"]] = f"{hashlib.sha256(body).hexdigest()}.svg"
    return found


def rows(
    charts: Sequence[Mapping[str, Any]], files: Mapping[tuple[str, str], str], verdicts: Mapping[str, str]
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
                    "file": files[notebook, chart["name"]],
                }
                for chart in drawn
            ],
        }
        for notebook, drawn in groupby(cover_first, key=lambda chart: chart["notebook"])
    ]
    return render("gallery", chapters_shown=shown, verdicts=verdicts)


def data_table(chart: Mapping[str, Any], most: int = 60) -> Markup:
    """Return the plotted data as a table, for screen readers and the curious."""
    every = chart["rows"]
    step = max(1, -(-len(every) // most))
    rows = [["–" if cell is None else cell for cell in row] for row in every[::step]]
    head = [str(column).replace("_", " ") for column in chart["columns"]]
    return render("chart_table", head=head, rows=rows, step=step, count=len(every))
