"""Executed notebooks, kept in _build/cache and taken again while all that they depend on is the same.

An entry is found by the code cells, the injected parameters, the pinned and installed packages and
the BET_ variables; it holds the hashes of every file that the run read (see ``bet.run.reads``) and
serves only while each of them is unchanged. Times count for nothing. Prose comes from the source.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from bet import paths
from bet.chapter import outputs
from bet.paths import here
from bet.run import execute, reads, warm

KEPT = 200  # entries; an edition of the book needs one for each chapter
# Tags that change what a run does; the others change how a page shows it.
RUN_TAGS = {"parameters", "raises-exception", "skip-execution"}
APART = {reads.RECORD, warm.COLD, "BET_ROOT"}  # change no output


def _folder() -> Path:
    return here().build / "cache"


def reuse(name: str, values: Mapping[str, Any], output: Path) -> bool:
    """Write the kept run of a notebook to ``output``; return False if there is none that holds."""
    source, changed = execute.path_of(name), execute.changed(name, values)
    book = outputs.clean(outputs.read(source))
    for entry in sorted(_folder().glob(f"{key(book, changed)}-*.json")):
        try:
            kept = json.loads(entry.read_text(encoding="utf-8"))
            holds = reads.state(kept["reads"]) == kept["reads"]
            cells = [nbformat.from_dict(cell) for cell in kept["cells"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # cut short or written by another version: as good as none
        if holds:
            os.utime(entry)  # the order in which entries are dropped, nothing else
            outputs.write(execute.marked(_put(book, cells), changed), output)
            return True
    return False


def run(name: str, values: Mapping[str, Any], output: Path) -> None:
    """Run a notebook, write the result to ``output`` and keep it; see ``execute.run``."""
    source, changed = execute.path_of(name), execute.changed(name, values)
    book = outputs.clean(outputs.read(source))
    started = time.time_ns()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", prefix="bet-reads-") as record:
        os.environ[reads.RECORD] = record.name
        try:
            execute.run(name, values, output)
        finally:
            del os.environ[reads.RECORD]
        names = record.read().splitlines()
    if names and not reads.touched_since([*names, reads.name_of(source) or ""], started):
        _keep(key(book, changed), names, nbformat.read(output, as_version=4))


def key(book: nbformat.NotebookNode, changed: Mapping[str, Any]) -> str:
    """Return the name of a run but for the files it reads."""
    code = [
        (cell.source, sorted(RUN_TAGS & set(cell.metadata.get("tags", []))))
        for cell in book.cells
        if cell.cell_type == "code"
    ]
    ours = {k: v for k, v in os.environ.items() if k.startswith("BET_") and k not in APART}
    told = json.dumps([code, dict(changed), ours, pins()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


@cache
def pins() -> list[str]:
    """Return the pinned and the installed versions and the Python that runs them."""
    pinned = [path.read_text(encoding="utf-8") for path in here().folder.glob("requirements.txt")]
    site = Path(sysconfig.get_path("purelib"))
    return [*pinned, sys.version, *sorted(path.name for path in site.glob("*.dist-info"))]


def _keep(name: str, names: list[str], book: nbformat.NotebookNode) -> None:
    """Write an entry whole or not at all; the same run twice is the same entry."""
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    state = reads.state(names)
    told = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:24]
    text = json.dumps({"reads": state, "cells": cells}, ensure_ascii=False)
    paths.write_text(_folder() / f"{name}-{told}.json", text)


def _put(book: nbformat.NotebookNode, cells: list[Any]) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a kept run of the same code."""
    left = list(cells)
    found = []
    for cell in book.cells:
        found.append(cell)
        if cell.cell_type != "code":
            continue
        ran = left.pop(0)
        cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        if left and "injected-parameters" in left[0].metadata.get("tags", []):
            found.append(left.pop(0))
    book.cells = found
    return book


def prune() -> None:
    """Drop the entries that were not used for longest, beyond those kept."""
    entries = sorted(_folder().glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for entry in entries[KEPT:]:
        entry.unlink(missing_ok=True)
