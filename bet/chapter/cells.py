"""The cells of a notebook: how a message names one, whether each is Python, and which chapter they make."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any

import nbformat

from bet.faults import Fault

MOST_LETTERS = 30  # of a cell's first line, in its name


def name(place: int, cell: Any) -> str:
    """Return how messages name a cell: its place from the top, counted from 1, and how it begins.

    Jupyter shows neither ids nor places, so the words are there to be found: ``cell 7 (power = …)``.
    """
    lines = ["".join(line.split("`")).strip() for line in "".join(cell["source"]).splitlines()]
    first = next(filter(None, lines), "empty")
    told = first if len(first) <= MOST_LETTERS else f"{first[:MOST_LETTERS].rstrip()}…"
    return f"cell {place} ({told})"


def python(source: str) -> str:
    """Return the Python that Jupyter runs for a cell, in which ``%`` and ``!`` begin commands."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))
    except SyntaxError:
        return source


def faults(notebook: nbformat.NotebookNode, where: str) -> list[Fault]:
    """Return the cells of code that are no Python, each with its line; ``where`` names the notebook."""
    found = []
    for place, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and (wrong := _wrong(cell.source)):
            found.append(Fault(f"{where}, {name(place, cell)}", wrong, "Python"))
    return found


# Of nbval: what a cell shows is compared with nothing, or it need not run
_MARKS = re.compile(r"(?:NBVAL|PYTEST_VALIDATE)_\w+")
_TAGS = re.compile(r"nbval-.*|raises-exception|skip-execution")


def unchecked(cell: Any) -> str:
    """Return the comments and tags by which nbval does not check a cell of code; nothing where it does."""
    if cell["cell_type"] != "code":
        return ""
    lines = map(str.strip, "".join(cell["source"]).splitlines())
    comments = (line.lstrip("#").strip() for line in lines if line.startswith("#"))
    tags = map(str, cell.get("metadata", {}).get("tags") or [])
    return ", ".join([
        *filter(_MARKS.fullmatch, comments),
        *(tag for tag in tags if _TAGS.fullmatch(tag.replace("_", "-").lower())),
    ])  # fmt: skip


def _nothing_returned(node: ast.AST) -> None:
    """Raise SyntaxError for a ``return`` outside a function, which parsing lets pass."""
    if isinstance(node, ast.Return):
        raise SyntaxError("'return' outside function", ("cell", node.lineno, None, None))
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for child in ast.iter_child_nodes(node):
            _nothing_returned(child)


def _parsed(source: str) -> ast.Module:
    """Return the Python of a cell, parsed; raise SyntaxError, ValueError or RecursionError for what is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(python(source), "cell")
    _nothing_returned(tree)
    return tree


def _wrong(source: str) -> str:
    """Return why a cell is no Python, or an empty string."""
    try:
        _parsed(source)
    except SyntaxError as error:
        text = f": {error.text.strip()[:60]}" if error.text else ""
        return f"{error.msg} in line {error.lineno}{text}"
    except (ValueError, RecursionError) as error:
        return " ".join(str(error).split())[:100]
    return ""


def chapters(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the chapters that a notebook makes, ``Chapter("4_thesis", …)``: the cell's name, the chapter's."""
    for place, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or "Chapter(" not in cell.source:
            continue
        try:
            tree = _parsed(cell.source)
        except (SyntaxError, ValueError, RecursionError):
            continue  # told by ``faults``
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            made, given = call.func, call.args[0]
            called = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
            if called == "Chapter" and isinstance(given, ast.Constant):
                yield name(place, cell), str(given.value)
