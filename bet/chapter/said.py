"""What the book says: the text of each page, the sentence of each number, and facts that must agree."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Mapping
from typing import Any

import nbformat

from bet.chapter.outputs import (
    CHART_MIME,
    NUMBERS_MIME,
    as_written,
    assessments,
    outputs,
    read,
)
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


# ---- the sentence that a number stands in

HERE = "…"  # stands for the number
_LONGEST = 110  # letters of a sentence; a longer one is told by the clauses around the number
_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_MARKUP = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\s*\{claim\}`[^`]*`"), ""),
    (re.compile(r"^\s*(?:#+|[-*+]|\d+\.)\s+"), ""),
    (re.compile(r"\*+|__|`"), ""),
)


def meanings(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the sentence of each number that a notebook shows, by name: '“it is … of the power”'.

    A number is named by the expression that computes it, which says little to others. One whose place
    in its text is not found is left out.
    """
    found: dict[str, str] = {}
    for cell in notebook.cells:
        templates = _templates(cell["source"]) if cell.get("outputs") else []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = as_written(data.get("text/plain", ""))
            for name, shown in data.get(NUMBERS_MIME, {}).items():
                place = _place(name, shown["text"], text, templates)
                if place is not None:
                    found.setdefault(name, f"“{sentence(text, *place)}”")
    return found


def _templates(source: str) -> list[str]:
    """Return the texts with values in place that stand in a cell of code."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a magic of IPython
        return []
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and "{{" in text]


def _place(name: str, value: str, text: str, templates: list[str]) -> tuple[int, int] | None:
    """Return where a number stands in its text, found by the words around it in its template."""
    if not value:
        return None
    parts = _TAG.split("{##}".join(templates))
    names = (name, re.sub(r" \(\d+\)$", "", name))  # the later rounds of a loop are counted
    for place in range(1, len(parts), 2):
        if " ".join(parts[place].strip("{}").split()) not in names:
            continue
        before = parts[place - 1].rpartition("{##}")[2].split()[-4:]
        after = parts[place + 1].partition("{##}")[0].split()[:4]
        words = [r"\s+".join(map(re.escape, told)) for told in (before, after)]
        pattern = rf"{words[0]}\s*(?<![\d.,]){re.escape(value)}(?!\d)(?=\s*{words[1]})"
        if match := re.search(pattern, text):
            return match.end() - len(value), match.end()
    match = re.search(rf"(?<![\w.,]){re.escape(value)}(?!\w)", text)
    return match.span() if match else None


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence of a Markdown text around a number, "…" in its place.

    In a table the head of the row stands before it, and that of the column where the cell holds no word
    besides.
    """
    first = text.rfind("\n", 0, start) + 1
    marked = f"{text[first:start]}{HERE}{text[end:]}".partition("\n")[0]
    if not marked.startswith("|"):
        return _clauses(marked)
    cells = [_plain(cell) for cell in marked.strip("| ").split(" | ")]
    column = next(place for place, cell in enumerate(cells) if HERE in cell)
    told = _clauses(cells[column])
    if told.strip(" .") == HERE:
        above = text[:first].rpartition("\n\n")[2].partition("\n")[0].strip("| ").split(" | ")
        told = f"{above[column]}: {HERE}" if column < len(above) else told
    return told if column == 0 else f"{cells[0]}{'' if cells[0][-1:] in '?:' else ','} {told}"


def _clauses(text: str) -> str:
    """Return the sentence around the mark; of a long one the clauses next to it, as many as fit."""
    held = re.split(r"(?<=[.?!])\s+(?=[A-Z])", _plain(text))
    whole = next(one for one in held if HERE in one).rstrip(".")
    parts = re.split(r"(?<=[,:])\s+", whole)
    first = last = next(place for place, part in enumerate(parts) if HERE in part)
    while True:
        wider = [
            (a, b)
            for a, b in ((first - 1, last), (first, last + 1))
            if a >= 0 and b < len(parts) and len(" ".join(parts[a : b + 1])) <= _LONGEST
        ]
        if not wider:
            return " ".join(parts[first : last + 1]).rstrip(",:")
        first, last = wider[0]


def _plain(text: str) -> str:
    """Return a line of Markdown without its marks."""
    for pattern, put in _MARKUP:
        text = pattern.sub(put, text)
    return text.strip()
