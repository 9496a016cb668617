"""Every chart of the book on one page, and the line under each chart that leads to its roots."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bet.chapter.outputs import CHART_MIME
from bet.paths import here
from bet.site.pages import CHAPTERS, badges, escape, figure_numbers, publishers
from bet.site.published import notebooks_in


@cache
def commit() -> str:
    """Return the commit that the book is built from, or nothing where git cannot tell."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=here().folder, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def code_link(notebook: str, name: str, repository: str, shown: bool) -> str:
    """Return the links to the cell that draws a chart, and to its notebook at this very commit."""
    here = f"<a href='{notebook}.html#code-{name}'>Code</a> · " if shown else ""
    if repository and commit():
        address = f"{escape(repository)}/blob/{commit()}/book/{notebook}.ipynb"
        return f"{here}<a href='{address}'>Notebook</a>"
    return f"{here}<a href='../_sources/book/{notebook}.ipynb' download>Notebook</a>"


def caption_links(chart: Mapping[str, Any], notebook: str, repository: str, shown: bool) -> str:
    """Return what stands under a chart: sources, data, code."""
    names = publishers(chart["sources"], lambda name: f"data.html#source-{name}")
    data = f"<a href='../charts/{notebook}/{chart['name']}.csv' download>Data</a>"
    code = code_link(notebook, chart["name"], repository, shown)
    return f"<span class='bet-roots'>Sources: {names}.<span class='bet-web'> {data} · {code}</span></span>"


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
) -> str:  # fmt: skip
    """Return the gallery: chapter by chapter, each chart with its finding, claims and verdicts."""
    places, parts, chapter = figure_numbers(charts), [], None
    for chart in sorted(charts, key=lambda chart: chart["notebook"] != "index"):
        notebook, name = chart["notebook"], chart["name"]
        if notebook != chapter:
            parts.append(f"{'</div>' if chapter else ''}<h3 id='from-{notebook.replace('_', '-')}'>"
                         f"<a href='{notebook}.html'>{CHAPTERS[notebook]}</a></h3><div class='bet-gallery'>")  # fmt: skip
            chapter = notebook
        claims = badges(chart["claims"], verdicts)
        place = f"{notebook}.html#{name}"
        picture = f"../_images/{files[notebook, name]}"
        parts.append(
            f"<figure id='{notebook.replace('_', '-')}-{name}'><a href='{place}'>"
            f'<img alt="{escape(chart["alt"])}" src="{picture}" loading="lazy"></a>'
            f"<figcaption><a href='{place}'>Figure {places[notebook, name]}</a> "
            f"{claims or 'on no single claim'}</figcaption></figure>"
        )
    return "".join(parts) + ("</div>" if parts else "<p>No chart yet.</p>")
