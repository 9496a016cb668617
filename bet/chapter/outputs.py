"""What a notebook's outputs hold: media types, and reading, writing and cleaning a notebook."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat

from bet.faults import BadInput, Fault
from bet.paths import shown, write_text

CHART_MIME = "application/vnd.bet.chart+json"
# The same chart for a telephone, and words of a chart that a page writes itself.
NARROW_MIME = "application/vnd.bet.narrow+json"
WORDS_MIME = "application/vnd.bet.words+json"
PANEL_MIME = "application/vnd.bet.panel+json"
SCORECARD_MIME = "application/vnd.bet.scorecard+json"
NUMBERS_MIME = "application/vnd.bet.numbers+json"
ASSESSMENT_MIME = "application/vnd.bet.assessment+json"


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; raise BadInput when it is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except OSError:
        raise
    except Exception as error:  # nbformat, json and jsonschema raise many kinds
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadInput([Fault(shown(path), first[:200], "a Jupyter notebook")]) from None
    return notebook


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove what differs from run to run (times, durations, versions) and what names a machine."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
    return notebook


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook whole or not at all."""
    write_text(path, nbformat.writes(notebook, indent=1) + "\n")


def outputs(notebook: nbformat.NotebookNode, mime: str) -> list[Any]:
    """Return every output of a mime type in a notebook, in order."""
    return [
        output["data"][mime]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if mime in output.get("data", {})
    ]


def stripped(notebook: nbformat.NotebookNode) -> bool:
    """Tell whether a notebook has code and not one output: readers would see an empty page."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return bool(code) and not any(cell.get("outputs") for cell in code)


def chart_hashes(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the sha256 of each chart by name: its pictures and the data it plots."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(CHART_MIME)
            if record:
                content = output["data"]["image/svg+xml"] + json.dumps(record, sort_keys=True)
                content += output["data"].get(NARROW_MIME, {}).get("svg", "")
                found[record["name"]] = hashlib.sha256(content.encode()).hexdigest()
    return found


def headline(notebook: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the named numbers of a chapter's answer: its first paragraph with numbers."""
    return next((numbers for numbers in outputs(notebook, NUMBERS_MIME) if numbers), {})
