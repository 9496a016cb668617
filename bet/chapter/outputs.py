"""What a notebook's outputs hold: media types, and reading, writing and cleaning a notebook."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd

from bet.faults import BadInput, Fault, some
from bet.paths import shown, write_text

CHART_MIME = "application/vnd.bet.chart+json"
# The same chart for a telephone, and words of a chart that a page writes itself.
NARROW_MIME = "application/vnd.bet.narrow+json"
WORDS_MIME = "application/vnd.bet.words+json"
PANEL_MIME = "application/vnd.bet.panel+json"
SCORECARD_MIME = "application/vnd.bet.scorecard+json"
NUMBERS_MIME = "application/vnd.bet.numbers+json"
ASSESSMENT_MIME = "application/vnd.bet.assessment+json"
QUESTIONS = "| You may ask |"  # how a chapter's table of short answers begins


# What nbconvert and jupytext need to know of the code; a version would differ from machine to machine.
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}


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
    """Remove what differs from run to run and from tool to tool, and what names a machine or a person.

    A save by JupyterLab, VS Code or Colab without an edit leaves no trace after it: of metadata only what
    a page or a run heeds stays, execution counts begin at 1, and numbers of records are written as a
    browser writes them, 25 for 25.0.
    """
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)  # Colab writes 0: cells without ids
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": dict(LANGUAGE),
        }
    )
    for place, cell in enumerate(notebook.cells, 1):
        cell.id = cell.get("id") or cell.metadata.get("id") or f"c{place:02}"
        cell.metadata = nbformat.from_dict(_heeded(cell.metadata))
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for output in cell.get("outputs", []):
            for mime in [mime for mime in output.get("data", {}) if mime.endswith("json")]:
                output["data"][mime] = as_browsers_write(output["data"][mime])
    _count_anew([cell for cell in notebook.cells if cell.cell_type == "code"])
    return notebook


def _heeded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a cell's metadata a page or a run heeds: tags, and whether its source is folded."""
    hidden = metadata.get("jupyter", {}).get("source_hidden")
    kept = {"tags": list(metadata["tags"])} if metadata.get("tags") else {}
    return {**kept, **({"jupyter": {"source_hidden": True}} if hidden else {})}


def _count_anew(code: Sequence[nbformat.NotebookNode]) -> None:
    """Number the runs of cells from 1 where all were run, in order, later in the life of a kernel."""
    counts = [cell.execution_count for cell in code]
    if all(counts) and counts == sorted(set(counts)):
        for number, cell in enumerate(code, 1):
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = number
            cell.execution_count = number


def as_browsers_write(value: Any) -> Any:
    """Return what JSON holds with 25 for 25.0, which are one number to a browser, and written as 25."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: as_browsers_write(held) for key, held in value.items()}
    return [as_browsers_write(held) for held in value] if isinstance(value, list) else value


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook whole or not at all."""
    write_text(path, nbformat.writes(notebook, indent=1) + "\n")


# Jupyter runs MathJax over all that it has drawn and takes what stands between two dollar signs for
# a formula, escaped in Markdown or not. It reads text up to the next element, so one around each
# dollar sign keeps amounts amounts; GitHub's own advice is the same.
_APART = re.compile(r"<span>(\\?\$)</span>")


def set_apart(text: str) -> str:
    """Put each dollar sign of Markdown or HTML in an element of its own, which Jupyter leaves alone."""
    return re.sub(r"\\?\$", r"<span>\g<0></span>", as_written(text))


def as_written(text: str) -> str:
    """Return Markdown or HTML as a page and a reader have it: without elements around dollar signs."""
    return _APART.sub(r"\1", text)


def outputs(notebook: nbformat.NotebookNode, mime: str) -> list[Any]:
    """Return every output of a mime type in a notebook, in order; texts as they were written."""
    found = [
        output["data"][mime]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if mime in output.get("data", {})
    ]
    return [as_written(content) if isinstance(content, str) else content for content in found]


def assessments(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return the record of every claim that a notebook judges, in order."""
    return [record for records in outputs(notebook, ASSESSMENT_MIME) for record in records]


def judged_twice(notebooks: Mapping[str, nbformat.NotebookNode]) -> list[Fault]:
    """Return a fault for each two notebooks, by name, that judge the same claims: which, and which two."""
    first: dict[str, str] = {}
    again: dict[tuple[str, str], list[str]] = {}
    for name, notebook in notebooks.items():
        for claim in (record["claim"] for record in assessments(notebook)):
            if claim in first:
                again.setdefault((name, first[claim]), []).append(claim)
            first.setdefault(claim, name)
    return [
        Fault(
            f"book/{name}.ipynb",
            f"{some(claims)} judged a second time, as in {other}.ipynb",
            "each claim in one book.assess or book.ledger",
        )
        for (name, other), claims in again.items()
    ]


def stripped(notebook: nbformat.NotebookNode) -> bool:
    """Tell whether a notebook has code and not one output: readers would see an empty page."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return bool(code) and not any(cell.get("outputs") for cell in code)


def chart_hashes(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the sha256 of each chart by name: its pictures and the data it plots, by value."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(CHART_MIME)
            if record:
                plotted = json.dumps(as_browsers_write(record), sort_keys=True)
                content = output["data"]["image/svg+xml"] + plotted
                content += output["data"].get(NARROW_MIME, {}).get("svg", "")
                found[record["name"]] = hashlib.sha256(content.encode()).hexdigest()
    return found


def as_json(value: Any) -> Any:
    """Return a value as plain JSON: floats to six figures, dates as ISO text, missing as None."""
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return str(value)


def headline(notebook: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the named numbers of a chapter's answer, its first paragraph with numbers, and of its questions.

    The questions are the table that begins with "You may ask": an analyst asks what stands there.
    """
    told = [
        (output["data"].get("text/plain", ""), output["data"][NUMBERS_MIME])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("data", {}).get(NUMBERS_MIME)
    ]
    asked = [numbers for text, numbers in told if text.startswith(QUESTIONS)]
    answer = [numbers for _, numbers in told[:1]]
    return {name: shown for numbers in (*asked, *answer) for name, shown in numbers.items()}


def verdicts(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the verdict on each claim that a notebook shows, computed or from the ledger."""
    return {record["claim"]: record["verdict"] for record in assessments(notebook)}
