"""What the book says: the text of each page, and the facts that must be the same on all of them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import nbformat

from bet.chapter.outputs import CHART_MIME, NUMBERS_MIME, assessments, outputs, read
from bet.faults import Fault
from bet.paths import Root, here
from bet.records import facts, judge
from bet.records.claims import claims


def text(notebook: nbformat.NotebookNode) -> str:
    """Return the prose of a notebook, its tables, the words of its charts and its cards."""
    parts = [cell["source"] for cell in notebook.cells if cell.cell_type == "markdown"]
    parts += outputs(notebook, "text/markdown")
    parts += [
        html.unescape(re.sub(r"<[^>]+>", " ", page)) for page in outputs(notebook, "text/html")
    ]
    for chart in outputs(notebook, CHART_MIME):
        parts += [chart["title"], chart["subtitle"], chart["alt"]]
    parts += [
        f"card {record['claim']} {figure['name']} {figure['found_text']}"
        for record in assessments(notebook)
        for figure in record["figures"]
    ]
    return "\n\n".join(parts)


def pages(notebooks: Mapping[str, nbformat.NotebookNode], root: Root) -> dict[str, str]:
    """Return the text of every page by name: notebooks, pages, today's reasons, the frozen forecasts."""
    found = {name: text(notebook) for name, notebook in notebooks.items()}
    written = [*sorted(root.book.glob("*.md")), root.folder / "README.md", root.data / "editions.yml",
               root.tables / "forecasts.csv"]  # fmt: skip
    found |= {path.name: path.read_text(encoding="utf-8") for path in written if path.exists()}
    reasons = {claim.id: claim.reason for claim in claims().values()}
    return found | {f"claim {name}": reason for name, reason in reasons.items()}


def recorded(notebooks: Mapping[str, nbformat.NotebookNode]) -> dict[str, list[dict[str, Any]]]:
    """Return the numbers that each notebook records, one mapping a paragraph."""
    return {name: outputs(notebook, NUMBERS_MIME) for name, notebook in notebooks.items()}


def assessed(notebooks: Mapping[str, nbformat.NotebookNode]) -> list[dict[str, Any]]:
    """Return the record of every claim that the notebooks judge."""
    return [record for notebook in notebooks.values() for record in assessments(notebook)]


def book_faults() -> list[Fault]:
    """Return where the committed book contradicts itself.

    A headline fact with another value than its chapter's, and a card that the ledger does not bear
    out.
    """
    root = here()
    notebooks = {path.stem: read(path) for path in sorted(root.book.glob("*.ipynb"))}
    numbers, said = recorded(notebooks), pages(notebooks, root)
    found = [fault for record in assessed(notebooks) for fault in judge.drift(record)]
    for headline in facts.headlines().values():
        value = facts.value(headline, numbers.get(headline.notebook, []))
        if value is None:
            names = ", ".join(headline.numbers)
            found.append(
                Fault(
                    f"data/facts.yml [{headline.id}]",
                    f"no {names} in {headline.notebook}",
                    "names that one paragraph of the notebook records",
                )
            )
        else:
            found += facts.faults(headline, value, said)
    return found
