"""A snapshot: everything of one revision that a review compares, read as plain records.

Records are read without their models, so that a revision of another shape can still be compared.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from bet.chapter import outputs
from bet.chapter.outputs import CHART_MIME
from bet.faults import BadInput, Fault
from bet.paths import here
from bet.records.yaml_files import read_yaml

SKIPPED = {".git", ".venv", "_build", "__pycache__", "node_modules", ".hypothesis", ".pytest_cache",
           ".ruff_cache", "bet.egg-info"}  # fmt: skip
HELD = (".ipynb", ".md", ".yml", ".csv")
DERIVED = ("book/charts.sha256.json", "data/datapackage.json")


@dataclass(frozen=True)
class Table:
    """A table as text: its sidecar, and its rows by key."""

    about: dict[str, Any]
    rows: dict[tuple[str, ...], dict[str, str]]


@dataclass(frozen=True)
class Snapshot:
    """One revision of the book."""

    claims: dict[str, dict[str, Any]]
    assessed: dict[str, dict[str, Any]]
    parameters: dict[str, dict[str, Any]]
    editions: dict[str, dict[str, Any]]
    tables: dict[str, Table]
    charts: dict[str, dict[str, Any]]  # name -> {record, svg, notebook}
    sources: dict[str, dict[str, Any]]
    evidence: dict[str, dict[str, Any]]
    notebooks: dict[str, nbformat.NotebookNode]
    pages: dict[str, str]
    files: dict[str, str]  # every other file -> sha256


def read(folder: Path) -> Snapshot:
    """Read a folder of the repository's layout."""
    book, data = folder / "book", folder / "data"
    if not book.is_dir() and not data.is_dir():
        raise BadInput([Fault(folder.name, "neither book/ nor data/", "the repository's layout")])
    books = {path.stem: _notebook(path) for path in sorted(book.glob("*.ipynb"))}
    return Snapshot(
        claims=_by_id(data / "claims"),
        assessed={
            r["claim"]: r for _, o in _outputs(books) for r in o.get(outputs.ASSESSMENT_MIME, [])
        },
        parameters={
            f"{notebook}.{name}": fields
            for notebook, entries in _mapping(data / "parameters.yml").items()
            for name, fields in entries.items()
        },
        editions=_mapping(data / "editions.yml"),
        tables={path.stem: _table(path) for path in sorted((data / "tables").glob("*.yml"))},
        charts={
            o[CHART_MIME]["name"]: {
                "record": o[CHART_MIME],
                "svg": o.get("image/svg+xml", ""),
                "notebook": name,
            }
            for name, o in _outputs(books)
            if CHART_MIME in o
        },
        sources=_by_id(data / "sources.yml"),
        evidence=_by_id(data / "evidence"),
        notebooks=books,
        pages={path.stem: path.read_text(encoding="utf-8") for path in sorted(book.glob("*.md"))},
        files=dict(_other_files(folder)),
    )


def _notebook(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise BadInput([Fault(f"book/{path.name}", str(error)[:200], "a notebook")]) from None


def _outputs(books: dict[str, nbformat.NotebookNode]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, book in books.items():
        for cell in book.cells:
            for output in cell.get("outputs", []):
                yield name, output.get("data", {})


def _by_id(place: Path) -> dict[str, dict[str, Any]]:
    """Read records with an id from a file or from every file of a folder."""
    paths = sorted(place.glob("*.yml")) if place.is_dir() else [place] if place.exists() else []
    return {record["id"]: record for path in paths for record in read_yaml(path)[0] or []}


def _mapping(path: Path) -> dict[str, Any]:
    return read_yaml(path)[0] or {} if path.exists() else {}


def _table(path: Path) -> Table:
    about = read_yaml(path)[0]
    source = path.with_suffix(".csv")
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    rows = csv.DictReader(io.StringIO(text))
    return Table(about, {tuple(row.get(k) or "" for k in about["key"]): row for row in rows})


def _other_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file that no other field of the snapshot holds and that is not derived from one."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = Path(place, name)
            where = path.relative_to(folder)
            held = where.parts[0] in ("book", "data") and where.suffix in HELD
            if not held and where.as_posix() not in DERIVED:
                yield where.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def git(*arguments: str) -> subprocess.CompletedProcess:
    """Run git in the repository; the caller reads the exit code."""
    try:
        return subprocess.run(
            ["git", *arguments], cwd=here().folder, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise BadInput([Fault("git", "no such program", "git, or two folders")]) from None


def revision(name: str) -> str:
    """Return the commit of a revision; raise BadInput when there is none."""
    done = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode:
        expected = "a git revision (is it fetched?), or a folder of the repository's layout"
        raise BadInput([Fault(f"'{name}'", "no such revision or folder", expected)])
    return done.stdout.decode().strip()


def unpack(commit: str, folder: Path) -> Path:
    """Write a commit's files into an empty folder; the checkout is not touched."""
    done = git("archive", "--format=tar", commit)
    if done.returncode:
        raise BadInput([Fault(f"'{commit}'", done.stderr.decode().strip(), "a readable commit")])
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _working_tree() -> Snapshot:
    """Read this checkout; of the other files those that git knows or would take."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.decode()
    found, known = read(here().folder), set(listed.split("\0"))
    return replace(found, files={p: sha for p, sha in found.files.items() if p in known})


def pair(base: str, head: str | None, folder: Path) -> tuple[Snapshot, Snapshot, str, str]:
    """Read what is compared and say how it is called: folders, revisions, or this working tree.

    Of two revisions the changes since their common ancestor count, as on a pull request's page.
    """
    if Path(base).is_dir() or (head and Path(head).is_dir()):
        places = [
            Path(p) if Path(p).is_dir() else unpack(revision(p), folder / str(i))
            for i, p in enumerate((base, head or "."))
        ]
        return read(places[0]), read(places[1]), *(place.name or "." for place in places)
    commit, target = revision(base), revision(head or "HEAD")
    common = git("merge-base", commit, target).stdout.decode().strip() or commit
    before = read(unpack(common, folder / "base"))
    after = read(unpack(target, folder / "head")) if head else _working_tree()
    return before, after, common[:9], target[:9] if head else "the working tree"
