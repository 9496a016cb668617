"""Executed notebooks, kept in _build/cache and taken again while all that they depend on is the same.

An entry is found by the code cells, the injected parameters, the files of this package, and the pinned
and installed packages; it holds the hashes of the records and tables that the run read, by the names
that ``bet.paths.note`` collects, and serves only while each is unchanged. Times count for nothing. Prose comes from the source.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import time
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

import bet
from bet import paths
from bet.chapter import outputs
from bet.paths import here
from bet.records import parameters
from bet.run import execute

KEPT = 200  # entries; an edition of the book needs one for each chapter
# Tags that change what a run does; the others change how a page shows it.
RUN_TAGS = {"parameters", "raises-exception", "skip-execution"}
PACKAGE = Path(bet.__file__).parent


def _folder() -> Path:
    return here().build / "cache"


def reuse(name: str, values: Mapping[str, Any], output: Path) -> bool:
    """Write the kept run of a notebook to ``output``; return False if there is none that holds."""
    source, asked = execute.path_of(name), execute.asked(name, values)
    book = outputs.clean(outputs.read(source))
    for entry in sorted(_folder().glob(f"{key(book, asked)}-*.json")):
        try:
            kept = json.loads(entry.read_text(encoding="utf-8"))
            holds = state(kept["reads"]) == kept["reads"]
            cells = [nbformat.from_dict(cell) for cell in kept["cells"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # cut short or written by another version: as good as none
        if holds:
            os.utime(entry)  # the order in which entries are dropped, nothing else
            outputs.write(execute.marked(_put(book, cells), asked), output)
            return True
    return False


def run(name: str, values: Mapping[str, Any], output: Path, kernel: bool = False) -> None:
    """Run a notebook, write the result to ``output`` and keep it; see ``execute.run``.

    A run in an ordinary kernel is kept as one that read every file of data/. One during which the
    package or a file that it read changed is not kept.
    """
    source, asked = execute.path_of(name), execute.asked(name, values)
    book = outputs.clean(outputs.read(source))
    named, started = key(book, asked), time.time_ns()
    reads = execute.run_asked(name, asked, output, kernel=kernel)
    places = data_files() if reads is None else reads
    files = {paths.part_of(place)[0] for place in [*places, source]}
    touched = any(file.stat().st_mtime_ns >= started for file in files)
    if not touched and key(outputs.clean(outputs.read(source)), asked) == named:
        _keep(named, [name_of(place) for place in places], nbformat.read(output, as_version=4))


def key(book: nbformat.NotebookNode, asked: Mapping[str, Any]) -> str:
    """Return the name of a run but for the records and tables that it reads."""
    code = [
        (cell.source, sorted(RUN_TAGS & set(cell.metadata.get("tags", []))))
        for cell in book.cells
        if cell.cell_type == "code"
    ]
    told = json.dumps([code, dict(asked), package(), pins()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


# ---- what a run depends on besides its notebook and parameters; sweeps ask here too


def package() -> dict[str, str]:
    """Return the hash of every file of the package that a run may execute or draw by."""
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.mplstyle")]
    return {path.relative_to(PACKAGE).as_posix(): _digest(path) for path in sorted(files)}


def data_files() -> list[Path]:
    """Return every file of data/, hidden ones and those of hidden folders (checkpoints) excepted."""
    return paths.visible(here().data, "*")


@cache
def pins() -> list[str]:
    """Return the pinned and the installed versions and the Python that runs them."""
    pinned = [path.read_text(encoding="utf-8") for path in here().folder.glob("requirements.txt")]
    site = Path(sysconfig.get_path("purelib"))
    return [*pinned, sys.version, *sorted(path.name for path in site.glob("*.dist-info"))]


def name_of(place: Path) -> str:
    """Return how what was read is recorded: 'data/sources.yml', 'data/parameters.yml#0_stake', 'data/claims/'."""
    return place.relative_to(here().folder).as_posix() + ("/" if place.is_dir() else "")


def state(names: Iterable[str]) -> dict[str, str]:
    """Return the hash of each recorded file's bytes, part's content and folder's list of names."""
    return {name: _digest(here().folder / name) for name in sorted(set(names))}


def _digest(path: Path) -> str:
    file, part = paths.part_of(path)
    try:
        if part:
            held = parameters.part(file.read_text(encoding="utf-8"), part)
            return hashlib.sha256(held.encode()).hexdigest()
        told = "\n".join(sorted(os.listdir(path))).encode() if path.is_dir() else path.read_bytes()
    except (OSError, UnicodeDecodeError):
        return "missing"
    return hashlib.sha256(told).hexdigest()


def _keep(name: str, names: list[str], book: nbformat.NotebookNode) -> None:
    """Write an entry whole or not at all; the same run twice is the same entry."""
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    found = state(names)
    told = hashlib.sha256(json.dumps(found).encode()).hexdigest()[:24]
    text = json.dumps({"reads": found, "cells": cells}, ensure_ascii=False)
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
