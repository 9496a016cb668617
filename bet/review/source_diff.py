"""What changed in the sources of a notebook or page, cell by cell, without outputs and raw JSON."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import nbformat

from bet.faults import BadInput, Fault


def cells(
    before: nbformat.NotebookNode, after: nbformat.NotebookNode
) -> Iterator[tuple[str, str, str]]:
    """Yield (place, source before, source after) of every cell that was changed, added or removed.

    nbdime aligns the cells. Raises BadInput when it is not installed.
    """
    try:
        from nbdime.diffing.notebooks import diff_notebooks, set_notebook_diff_targets
    except ImportError:
        expected = "nbdime: pip install -e '.[review]'"
        raise BadInput([Fault("bet diff", "no nbdime", expected)]) from None
    set_notebook_diff_targets(outputs=False, metadata=False, identifier=False, details=False)
    old, new = _bare(before), _bare(after)
    if old == new:
        return
    shift = 0  # from a cell's place before to its place after
    changes = [op for part in diff_notebooks(old, new) if part.key == "cells" for op in part.diff]
    for op in changes:
        if op.op == "addrange":
            first = op.key + shift
            shift += len(op.valuelist)
            for cell in after.cells[first : first + len(op.valuelist)]:
                yield _place(cell), "", cell.source
        elif op.op == "removerange":
            shift -= op.length
            for cell in before.cells[op.key : op.key + op.length]:
                yield _place(cell), cell.source, ""
        elif before.cells[op.key].source != after.cells[op.key + shift].source:
            cell = after.cells[op.key + shift]
            yield _place(cell), before.cells[op.key].source, cell.source


def _place(cell: nbformat.NotebookNode) -> str:
    return f"cell {cell.get('id', '')}".rstrip()


def _bare(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy with sources only: outputs are compared by their records.

    Without ids, which are numbered through: nbdime would pair the wrong cells after an insertion.
    """
    kept = [
        {"cell_type": c.cell_type, "source": c.source, "metadata": {}}
        | ({"outputs": [], "execution_count": None} if c.cell_type == "code" else {})
        for c in notebook.cells
    ]
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def lines(before: str, after: str) -> list[str]:
    """Return the changed lines of a text as a unified diff without its head."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in found if not line.startswith(("---", "+++", "@@"))]


def words(before: str, after: str, around: int = 2) -> tuple[str, str] | None:
    """Return the few words that differ, with their neighbours; None when it is more than a phrase."""
    old, new = re.findall(r"\S+", before), re.findall(r"\S+", after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if not old or not new or old == new or (max(len(old), len(new)) - start - end) > 8:
        return None
    first = max(0, start - around)
    return tuple(" ".join(w[first : len(w) - max(0, end - around)]) for w in (old, new))
