"""What the book says: the text of each page, the sentence of each number, and facts that must agree."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator, Mapping
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

Place = tuple[int, int] | None  # start and end in a text
HERE = "…"  # stands for the number
_LONGEST = 110  # letters of a sentence; a longer one is told by the clauses around the number
_TAG = re.compile(r"(\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\})", re.DOTALL)
_MARKUP = (
    (re.compile(r"!?\[([^\]]{0,400})\]\([^)]{0,400}\)"), r"\1"),
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
        for name, _, text, place in placed(cell):
            if place is not None:
                found.setdefault(name, f"“{sentence(text, *place)}”")
    return found


def placed(cell: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str, Place]]:
    """Yield each number that a cell shows: its name, its record, its text, and where it stands there."""
    templates = _templates(cell["source"]) if cell.get("outputs") else []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        text = as_written(str(data.get("text/plain", "")))
        taken: set[tuple[str, int]] = set()
        for name, shown in data.get(NUMBERS_MIME, {}).items():
            every = _places(name, str(shown["text"]), text, templates)
            free = [place for place in every if (expression(name), place[0]) not in taken]
            place = next(iter(free or every), None)
            taken |= {(expression(name), place[0])} if place else set()
            yield name, shown, text, place


def expression(name: str) -> str:
    """Return what computes a number, without the count that its name has in the later rounds of a loop."""
    return re.sub(r" \(\d+\)$", "", name)


def _templates(source: str) -> list[str]:
    """Return the texts with values in place that stand in a cell of code."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):  # a magic of IPython, or worse
        return []
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and "{{" in text]


def _places(name: str, value: str, text: str, templates: list[str]) -> list[tuple[int, int]]:
    """Return where a number may stand in its text, by the words around it in its template."""
    if not value:
        return []
    parts = _TAG.split("{##}".join(templates))
    found: list[tuple[int, int]] = []
    for place in range(1, len(parts), 2):
        if " ".join(parts[place].strip("{}").split()) not in (name, expression(name)):
            continue
        before = parts[place - 1].rpartition("{##}")[2].split()[-4:]
        after = parts[place + 1].partition("{##}")[0].split()[:4]
        words = [r"\s+".join(map(re.escape, told)) for told in (before, after)]
        start = rf"{words[0]}\s*" if before else ""
        pattern = rf"{start}(?<![\d.,]){re.escape(value)}(?!\d)(?=\s*{words[1]})"
        found += [(m.end() - len(value), m.end()) for m in re.finditer(pattern, text)]
    anywhere = re.finditer(rf"(?<![\w.,]){re.escape(value)}(?!\w)", text)
    return found or [match.span() for match in anywhere]


def row(text: str, place: Place) -> str:
    """Return what tells the row that a number stands in from the others: its first cell, or its line.

    Figures of a line are left out: they may be what differs between two revisions.
    """
    if place is None:
        return ""
    first = text.rfind("\n", 0, place[0]) + 1
    line = text[first:].partition("\n")[0]
    if line.startswith("|"):
        return _plain(line.strip("| ").partition(" | ")[0])
    return re.sub(r"\d[\d.,]*", "", _plain(line))


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
