"""A snapshot: everything of one revision that a review compares, read as plain records.

Records are read without their models, so that a revision of another shape can still be compared.
What cannot be read is no reason to stop: it is noted as a fault, and the report says so.
"""

from __future__ import annotations

import ast
import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from bet.chapter import outputs
from bet.chapter.outputs import CHART_MIME, NARROW_MIME
from bet.faults import BadInput, Fault
from bet.paths import here
from bet.records.yaml_files import read_yaml

# What is never committed, at the top of a folder that git does not list for us. A tracked file of
# such a name is shown: of a revision or a checkout git itself says what there is.
MADE = {".git", ".venv", "_build", "node_modules", ".hypothesis", ".pytest_cache", ".ruff_cache",
        ".mypy_cache", ".import_linter_cache", "bet.egg-info"}  # fmt: skip
RULE = "bet/records/rule.py"
# What decides how the book is judged, run and shown
JUDGE = ("bet/", ".github/", ".ci/", "binder/", "web/")
LICENCES = (
    "LICENSE",
    "LICENSE-DATA",
)  # of what stands at the top, neither pages nor settings of a tool
# What runs, wherever it stands: a module beside the notebooks shadows a package of the same name.
LOADS = (".pyc", ".pyo", ".pyd", ".so", ".pth", ".egg", ".zip", ".whl", ".dll", ".dylib")
RUNS = (".py", ".sh", ".js", ".mjs", ".css", ".wasm")
# What nothing can run; all else that stands beside the book, its data and its checks may be a program
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".ico", ".pdf", ".woff2")
SETTINGS = (".ini", ".toml", ".cfg", "rc")  # of tools, which look for them in every folder
_OF_TOOLS = re.compile(r"(?:^|/)(?:\.[^/]|jupyter_[^/]*config)")
AGENTS = ("claude.md", "claude.local.md", "agents.md", "agents.override.md", "gemini.md")
CHECKS = ("tests/", "benchmarks/")  # code that no page is made with, where it can be read
# Beside book/ and data/: title, authors and day on every page, and what the page on speed is written from
PUBLISHED = ("CITATION.cff", "benchmarks/build.json")
# What of book/ a build reads: pages and notebooks in the folder itself, and the hashes of charts. All else there,
# whatever it is called, is copied to no site.
READ = re.compile(r"book/(?:[^/]+\.(?:md|ipynb)|charts\.sha256\.json)")
FILLED_IN = ("data/facts.yml", "data/reviewers.yml")  # records that pages fill in
TOC, CONFIG = "_toc.yml", "_config.yml"  # the menu of the site, and its settings
# Files of which the same may be written in several ways
WRITTEN = (".py", ".json", ".yml", ".yaml", ".csv", ".md", ".css")
TEXTS = (".md", ".txt", ".rst", ".adoc")  # of the repository, for people
MOST_TEXT = 2_000_000  # bytes of a file of which the text is kept, when no record is read from it
MOST_BITS = 1_000  # of a whole number in a record: Python refuses to write down far longer ones
MOST_LIMIT = 1e6  # of the rule's numbers, all of them shares or ratios
LISTS = ("history", "figures", "reviews")  # of mappings, in a claim
NAMES = ("supports", "contradicts", "qualifies", "tables")  # lists of names, in a claim
WORDS = ("verdict", "confidence", "paraphrase", "reason")  # one word or sentence, in a claim


@dataclass(frozen=True)
class Table:
    """A table as text: its sidecar, its columns, and its rows by key."""

    about: dict[str, Any]
    rows: dict[tuple[str, ...], dict[str, str]]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """One revision of the book.

    ``places`` says in which file a record stands, ``files`` the sha256 of every file, ``faults``
    what could not be read; ``unjudged`` names the files whose records are not all known, ``misshapen``
    the fields of claims that cannot be compared.
    """

    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    assessed: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    editions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)  # {record, svg, notebook}
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence: dict[str, dict[str, Any]] = field(default_factory=dict)
    notebooks: dict[str, nbformat.NotebookNode] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    judge: dict[str, str] = field(default_factory=dict)  # path -> text
    # Of book and data, no records: path -> text
    others: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)  # of others, what is a list of records
    thresholds: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unjudged: frozenset[str] = frozenset()
    misshapen: dict[str, tuple[str, ...]] = field(default_factory=dict)  # claim -> fields
    programs: frozenset[str] = frozenset()  # files that may be run as they are
    links: dict[str, str] = field(default_factory=dict)  # path -> where a symbolic link leads
    written: dict[str, str] = field(default_factory=dict)  # path -> text, of code and data
    toc: Any = None
    settings: Any = None

    @property
    def stripped(self) -> list[str]:
        """The notebooks that have code and not one output."""
        return [name for name, book in self.notebooks.items() if outputs.stripped(book)]

    @property
    def mute(self) -> set[str]:
        """The notebooks of which no output is known: stripped, or not to be read."""
        unread = {PurePosixPath(path).stem for path in self.unjudged if path.endswith(".ipynb")}
        return unread | set(self.stripped)


def read(folder: Path, committed: bool = False) -> Snapshot:
    """Read a folder of the repository's layout; raise BadInput when it is none.

    ``committed``: every file in it was committed, whatever its name.
    """
    if not (folder / "book").is_dir() and not (folder / "data").is_dir():
        raise BadInput([Fault(folder.name, "neither book/ nor data/", "the repository's layout")])
    return _Reader(folder, committed).snapshot()


class _Reader:
    """Reads one folder; a file that cannot be read becomes a fault, never an exception."""

    def __init__(self, folder: Path, committed: bool) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.unjudged: set[str] = set()
        self.misshapen: dict[str, tuple[str, ...]] = {}
        self.places: dict[tuple[str, str], str] = {}
        self.found = dict(_listed(folder, committed))

    def snapshot(self) -> Snapshot:
        books = self._notebooks()
        claims = self._records("claims", *self._in("data/claims", ".yml"))
        return Snapshot(
            claims={name: self._claim(name, record) for name, record in claims.items()},
            assessed=_assessed(books),
            parameters=self._parameters(),
            editions=self._mappings("data/editions.yml"),
            tables={PurePosixPath(p).stem: self._table(p) for p in self._in("data/tables", ".yml")},
            charts=_charts(books),
            sources=self._records("sources", *self._named("data/sources.yml")),
            evidence=self._records("evidence", *self._in("data/evidence", ".yml")),
            notebooks=books,
            pages={PurePosixPath(p).stem: t for p in self._in("book", ".md") if (t := self._text(p)) is not None},
            judge={p: self._any_text(p) for p in self.found if judges(p)},
            others={p: self._any_text(p) for p in self.found if self._is_other(p)},
            lists={path: self._yaml(path) for path in FILLED_IN if path in self.found},
            thresholds=self._thresholds(),
            files=self.found,
            places=self.places,
            faults=self.faults,
            unjudged=frozenset(self.unjudged),
            misshapen=self.misshapen,
            written={p: self._any_text(p) for p in self.found if p.endswith(WRITTEN)},
            programs=frozenset(p for p in self.found if os.access(self.folder / p, os.X_OK)),
            toc=self._yaml(TOC) if TOC in self.found else None,
            settings=self._yaml(CONFIG) if CONFIG in self.found else None,
            links={p: os.readlink(whole) for p in self.found if (whole := self.folder / p).is_symlink()},
        )  # fmt: skip

    def _in(self, folder: str, end: str) -> list[str]:
        """Name the files of one folder, not of those in it."""
        return [p for p in self.found if p.rpartition("/")[0] == folder and p.endswith(end)]

    def _named(self, path: str) -> list[str]:
        return [path] if path in self.found else []

    def _fault(self, path: str, found: str, expected: str) -> None:
        self.faults.append(Fault(path, " ".join(found.split())[:200], expected))
        self.unjudged.add(path)

    def _bytes(self, path: str) -> bytes:
        """Return a file's bytes; a link is never followed, it could lead anywhere."""
        whole = self.folder / path
        if whole.is_symlink() or not whole.resolve().is_relative_to(self.folder.resolve()):
            raise OSError("a link")
        return whole.read_bytes()

    def _text(self, path: str) -> str | None:
        try:
            return self._bytes(path).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._fault(path, str(error), "a file in UTF-8")
            return None

    def _is_other(self, path: str) -> bool:
        """Tell whether pages may be made from a file although no record is read from it."""
        folder, _, name = path.rpartition("/")
        read = (
            (folder == "book" and name.endswith((".md", ".ipynb")))
            or (folder in ("data/claims", "data/evidence", "data/tables") and name.endswith(".yml"))
            or path in ("data/sources.yml", "data/parameters.yml", "data/editions.yml")
            or (folder == "data/tables" and f"{path.removesuffix('.csv')}.yml" in self.found)
        )
        return (made_from(path) or _is_text(path)) and not read and not judges(path)

    def _any_text(self, path: str) -> str:
        """Return a text to show, whatever its bytes; empty for what is no text, or far too long."""
        try:
            if (self.folder / path).stat().st_size > MOST_TEXT:
                return ""
            content = self._bytes(path)
        except OSError:
            return ""
        return "" if b"\0" in content else content.decode("utf-8", "replace")

    def _yaml(self, path: str) -> Any:
        try:
            self._bytes(path)
            return self._sized(read_yaml(self.folder / path)[0], path)
        except BadInput as error:
            self._fault(path, error.faults[0].found, error.faults[0].expected)
        except (OSError, RecursionError, ValueError) as error:
            self._fault(path, str(error), "a YAML file")
        return None

    def _sized(self, value: Any, path: str) -> Any:
        """Return a value whose numbers can all be written down; one that is too long is a fault.

        A day is its text, in quotes or not: our records read it from both.
        """
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dict):
            return {self._sized(k, path): self._sized(v, path) for k, v in value.items()}
        if isinstance(value, list):
            return [self._sized(part, path) for part in value]
        if isinstance(value, int) and value.bit_length() > MOST_BITS:
            told = f"a number of {value.bit_length()} bits"
            self._fault(path, told, "a number that can be written down")
            self.unjudged.discard(path)  # all else in it is known
            return told
        return value

    def _mappings(self, path: str) -> dict[str, dict[str, Any]]:
        """Read a mapping of mappings; what has another shape is a fault and left out."""
        content = self._yaml(path) if path in self.found else None
        if not isinstance(content, dict | None):
            self._fault(path, type(content).__name__, "a mapping")
            return {}
        kept = {}
        for name, fields in (content or {}).items():
            if isinstance(fields, dict):
                kept[str(name)] = fields
            else:
                self._fault(path, f"{name}: {fields!r}", "a mapping")
        return kept

    def _parameters(self) -> dict[str, dict[str, Any]]:
        kept = {}
        path = "data/parameters.yml"
        for notebook, entries in self._mappings(path).items():
            for name, fields in entries.items():
                if isinstance(fields, dict):
                    kept[f"{notebook}.{name}"] = fields
                else:
                    self._fault(path, f"{notebook}.{name}: {fields!r}", "a mapping")
        return kept

    def _records(self, kind: str, *paths: str) -> dict[str, dict[str, Any]]:
        """Read the records with an id of all files."""
        kept: dict[str, dict[str, Any]] = {}
        for path in paths:
            content = self._yaml(path)
            if content is None:
                continue
            if not isinstance(content, list):
                self._fault(path, type(content).__name__, "a list of records")
                continue
            for number, record in enumerate(content, 1):
                name = record.get("id") if isinstance(record, dict) else None
                if not isinstance(name, str) or not name:
                    self._fault(path, f"record {number} with id {name!r}", "an id in words")
                elif name in kept:
                    self._fault(path, f"id '{name}' a second time", "unique ids")
                else:
                    # Nothing, an empty list and no field at all are one to our records.
                    kept[name] = {k: v for k, v in record.items() if v is not None and v != []}
                    self.places[kind, name] = path
        return kept

    def _claim(self, name: str, record: dict[str, Any]) -> dict[str, Any]:
        """Return a claim whose fields have the shapes that a comparison relies on."""
        wrong = {
            **{k: "a list of mappings" for k in LISTS if not _list_of(record.get(k), dict)},
            **{k: "a list of names" for k in NAMES if not _list_of(record.get(k), str)},
            **{k: "words" for k in WORDS if not isinstance(record.get(k) or "", str)},
        }
        if not isinstance(record.get("then") or {}, dict):
            wrong["then"] = "a mapping"
        if not isinstance(record.get("importance", 0), int):
            wrong["importance"] = "1, 2 or 3"
        path = self.places["claims", name]
        for key, expected in wrong.items():
            self._fault(path, f"{name} {key} {record[key]!r}", expected)
        if wrong:
            self.misshapen[name] = tuple(wrong)
        return {str(key): value for key, value in record.items()}

    def _table(self, path: str) -> Table:
        about = self._yaml(path)
        if not isinstance(about, dict):
            if about is not None:
                self._fault(path, type(about).__name__, "a mapping")
            return Table({}, {})
        columns, key = about.get("columns"), about.get("key")
        if not isinstance(columns, dict) or not all(isinstance(c, dict) for c in columns.values()):
            self._fault(path, "no columns", "columns, each a mapping")
            about = {**about, "columns": {}}
        if not key or not _list_of(key, str):
            self._fault(path, "no key", "key, a list of columns")
            about = {**about, "key": []}
        data = str(PurePosixPath(path).with_suffix(".csv"))
        text = self._text(data) if data in self.found else ""
        try:
            return _rows(about, text or "")
        except csv.Error as error:
            self._fault(data, str(error), "a CSV file")
            return Table(about, {})

    def _notebooks(self) -> dict[str, nbformat.NotebookNode]:
        kept = {}
        for path in self._in("book", ".ipynb"):
            text = self._text(path)
            try:
                if text is not None:
                    kept[PurePosixPath(path).stem] = _notebook(text)
            except Exception as error:  # nbformat, json and jsonschema raise many kinds
                self._fault(path, str(error) or type(error).__name__, "a Jupyter notebook")
        return kept

    def _thresholds(self) -> dict[str, float]:
        """Read the rule's numbers as text: the other side's code is never run."""
        if RULE not in self.found:
            return {}
        try:
            tree = ast.parse(self._text(RULE) or "")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._fault(RULE, str(error), "Python")
            return {}
        return {
            target.id: float(node.value.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, int | float)
            and not isinstance(node.value.value, bool)
            and abs(node.value.value) < MOST_LIMIT
            for target in node.targets
            if isinstance(target, ast.Name)
        }


def judges(path: str) -> bool:
    """Tell whether a file decides how the book is judged, run or shown.

    So does what stands at the top and is no text, for some tool may read it, what Python loads and nobody
    can read, and whatever is tracked where commands keep what they made and trust later, such as runs.
    """
    at_top = "/" not in path and not _is_text(path) and not made_from(path)
    low = path.lower()
    runs = low.endswith(LOADS) or (low.endswith(RUNS) and not path.startswith(CHECKS))
    sets = low.endswith(SETTINGS) or bool(_OF_TOOLS.search(low))
    # A notebook elsewhere: tests and people run it, and it may bear the name of a chapter.
    runs |= low.endswith(".ipynb") and not READ.fullmatch(path)
    placed = path.startswith(("book/", "data/", *CHECKS))
    runs |= not placed and not made_from(path) and not low.endswith((*PICTURES, *TEXTS, ".csv"))
    kept = path.partition("/")[0] in MADE
    return path.startswith(JUDGE) or at_top or runs or sets or kept or instructs(path)


def instructs(path: str) -> bool:
    """Tell whether coding agents take a file as their instructions, wherever it stands."""
    return PurePosixPath(path).name.lower() in AGENTS


def made_from(path: str) -> bool:
    """Tell whether pages may be made from a file."""
    return bool(READ.fullmatch(path)) or path.startswith("data/") or path in PUBLISHED


def _is_text(path: str) -> bool:
    """Tell whether a file is a text of the repository itself, such as its README: at the top, or below for people."""
    if "/" not in path:
        return path.endswith(".md") or path in LICENCES
    return path.endswith(TEXTS) and not path.startswith(("book/", "data/", *CHECKS))


def _list_of(value: Any, kind: type) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(v, kind) for v in value))


def _notebook(text: str) -> nbformat.NotebookNode:
    """Parse a notebook; raise what nbformat raises when it is none."""
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    return book


def csv_rows(text: str) -> Iterator[list[str]]:
    """Return the lines of a CSV; as readers of tables do, without a mark of the encoding and empty lines."""
    return filter(None, csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _rows(about: dict[str, Any], text: str) -> Table:
    """Read a CSV; rows with one key and columns of one name are told apart by their number, cells over kept.

    The first column of a name keeps it: it is the one that a chapter reads.
    """
    lines = csv_rows(text)
    found = next(lines, [])
    again = [found[:place].count(name) + 1 for place, name in enumerate(found)]
    head = [name if n == 1 else f"{name}, again {n}" for name, n in zip(found, again, strict=True)]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    times: dict[tuple[str, ...], int] = {}
    for cells in lines:
        names = [*head, *(f"cell {n}" for n in range(len(head) + 1, len(cells) + 1))]
        row = dict(zip(names, cells, strict=False))
        key = tuple(row.get(k, "") for k in about["key"])
        times[key] = times.get(key, 0) + 1
        rows[key if times[key] == 1 else (*key, f"again {times[key]}")] = row
    return Table(about, rows, tuple(head))


def outputs_of(books: Mapping[str, nbformat.NotebookNode]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (notebook, data) of every output, in order; a stranger may have put anything there."""
    yield from ((name, data) for name, _, data in _placed(books))


def _placed(
    books: Mapping[str, nbformat.NotebookNode],
) -> Iterator[tuple[str, tuple[int, int], dict[str, Any]]]:
    """Yield (notebook, number of the cell and of the output in it, data) of every output."""
    for name, book in books.items():
        for number, cell in enumerate(book.cells):
            for place, output in enumerate(cell.get("outputs", [])):
                yield name, (number, place), output.get("data", {})


def _assessed(books: Mapping[str, nbformat.NotebookNode]) -> dict[str, dict[str, Any]]:
    """Return what the notebooks say of each claim; where two differ, both verdicts."""
    found: dict[str, dict[str, Any]] = {}
    for name, data in outputs_of(books):
        records = data.get(outputs.ASSESSMENT_MIME)
        for record in records if isinstance(records, list) else []:
            if not isinstance(record, dict) or not isinstance(record.get("claim"), str):
                continue
            claim, verdict = record["claim"], str(record.get("verdict", ""))
            kept = {**record, "verdict": verdict, "notebook": name}
            if not _list_of(kept.get("figures"), dict):
                kept["figures"] = []
            before = found.get(claim)
            if before and before["verdict"] != verdict:
                kept["verdict"] = f"{before['verdict']} and {verdict}"
            found[claim] = kept
    return found


def _charts(books: Mapping[str, nbformat.NotebookNode]) -> dict[str, dict[str, Any]]:
    """Return every chart by its name, with its copy for telephones and the one as PNG.

    Charts of one name are told apart by their number, else the last would hide the others.
    """
    found: dict[str, dict[str, Any]] = {}
    times: Counter[str] = Counter()
    for name, place, data in _placed(books):
        record = data.get(CHART_MIME)
        if not isinstance(record, dict):
            continue
        title = str(record.get("name", "a chart without a name"))
        times[title] += 1
        found[title if times[title] == 1 else f"{title}, again {times[title]}"] = {
            "record": record,
            "svg": str(data.get("image/svg+xml", "")),
            "narrow": _narrow(data.get(NARROW_MIME, "")),
            "png": str(data.get("image/png", "")),
            "notebook": name,
            "place": place,  # number of the cell, and of the output in it
        }
    return found


def _narrow(copy: Any) -> str:
    """Return a chart's copy for telephones: its picture, or whatever else stands there as text."""
    drawn = isinstance(copy, dict) and set(copy) == {"svg"} and isinstance(copy["svg"], str)
    return str(copy["svg"]) if drawn else json.dumps(copy) if copy else ""


def _listed(folder: Path, committed: bool) -> Iterator[tuple[str, str]]:
    """Yield every file of a folder with its sha256, in order; of a checkout those git would take."""
    known = None if committed else _known_to_git(folder)
    linked = _repositories(folder) if known is not None else {}
    for path in known if known is not None else sorted(_walk(folder, committed)):
        whole = folder / path
        if whole.is_symlink():
            yield path, hashlib.sha256(b"link to " + os.fsencode(os.readlink(whole))).hexdigest()
        elif path in linked:
            yield path, hashlib.sha256(_repository(linked[path])).hexdigest()
        elif whole.is_file():
            runs = b"a program\n" if os.access(whole, os.X_OK) else b""
            yield path, hashlib.sha256(runs + whole.read_bytes()).hexdigest()


def _repository(commit: str) -> bytes:
    """Return what stands for a submodule, of which there is a commit and no content."""
    return f"another repository at {commit}\n".encode()


def _repositories(folder: Path) -> dict[str, str]:
    """Return the commit of every submodule of a checkout."""
    told = _git(folder, "ls-files", "-z", "--stage").stdout.split(b"\0")
    entries = (line.partition(b"\t") for line in told if line.startswith(b"160000 "))
    return {os.fsdecode(name): about.split()[1].decode() for about, _, name in entries}


def _walk(folder: Path, committed: bool) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        top = Path(place) == folder
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [
            f for f in folders if f not in links and (committed or not (top and f in MADE))
        ]
        for name in (*names, *links):
            path = Path(place, name).relative_to(folder)
            if committed or not (path.parent.name == "__pycache__" and path.suffix == ".pyc"):
                yield path.as_posix()


def _known_to_git(folder: Path) -> list[str] | None:
    """Name the files that git tracks or would take; None where the folder is no checkout."""
    if not (folder / ".git").exists():
        return None
    done = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if done.returncode:
        return None
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, check=False, input=given
        )
    except FileNotFoundError:
        raise BadInput([Fault("git", "no such program", "git, or two folders")]) from None


def git(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository; the caller reads the exit code."""
    return _git(here().folder, *arguments, given=given)


def revision(name: str) -> str:
    """Return the commit of a revision; raise BadInput when there is none, or when several are called so."""
    called = re.split(r"[~^@:]", name)[0]
    refs = [f"refs/{kind}/{called}" for kind in ("tags", "heads", "remotes")]
    commits = {ref: found for ref in refs if (found := _commit(ref))}
    if len({*commits.values()}) > 1:
        found = f"{' and '.join(commits)}, which differ"
        raise BadInput([Fault(f"'{name}'", found, "one of them, in full")])
    if not (commit := _commit(name)):
        expected = (
            "a git revision (is it fetched?), or ./NAME for a folder of the repository's layout"
        )
        raise BadInput([Fault(f"'{name}'", "no such revision or folder", expected)])
    return commit


def _commit(name: str) -> str:
    """Return the commit that a name means to git, empty where there is none."""
    done = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return "" if done.returncode else done.stdout.decode().strip()


def unpack(commit: str, folder: Path) -> Path:
    """Write a commit's files into an empty folder; the checkout is not touched.

    File by file and not by ``git archive``, which leaves out what the commit's own .gitattributes
    tell it to.
    """
    listed = git("ls-tree", "-r", "-z", "--full-tree", commit)
    if listed.returncode:
        raise BadInput([Fault(f"'{commit}'", listed.stderr.decode().strip(), "a readable commit")])
    entries = []
    for line in filter(None, listed.stdout.split(b"\0")):
        about, _, name = line.partition(b"\t")
        mode, kind, blob = about.split()
        if kind == b"blob":
            entries.append((mode, blob, os.fsdecode(name)))
        else:
            target = folder / os.fsdecode(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_repository(blob.decode()))
    packed = git("cat-file", "--batch", given=b"".join(blob + b"\n" for _, blob, _ in entries))
    stream = io.BytesIO(packed.stdout)
    for mode, _, path in entries:
        content = stream.read(int(stream.readline().split()[2]))
        stream.read(1)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == b"120000":
            target.symlink_to(os.fsdecode(content))
        else:
            target.write_bytes(content)
            target.chmod(0o755 if mode == b"100755" else 0o644)
    return folder


def base_of(commit: str, target: str, asked: str) -> str:
    """Return the commit from which the changes of a target count: the common ancestor.

    A merge that a host made of a pull request is compared with its first parent, the branch as it
    is by now, else a stale base would blame the request for what others merged since. Only where
    that parent stands on a branch that does not hold the merge itself: a first parent of the
    request's own choosing is never believed. That branch is the one that was ``asked`` for, here or where it
    was fetched from: of another one, as a fork's own main, nobody said that it is published. Who names a
    commit names no branch, so that main is taken.
    """
    first = git("rev-parse", "--verify", "--quiet", f"{target}^1")
    second = git("rev-parse", "--verify", "--quiet", f"{target}^2")
    if not first.returncode and not second.returncode:
        parent = first.stdout.decode().strip()
        if parent != commit and _reaches(parent, commit) and _on_a_trunk(parent, target, asked):
            return parent
    return _ancestor(commit, target)


def _ancestor(commit: str, target: str) -> str:
    """Return the common ancestor; where there are several, each merged into the other, the base as it is.

    Git would choose the newest of several, and what a merge left out of the base would be told by nobody.
    """
    found = git("merge-base", "--all", commit, target).stdout.decode().split()
    return found[0] if len(found) == 1 else commit


def _on_a_trunk(parent: str, merge: str, asked: str) -> bool:
    known = _branches(asked) or _branches("main")
    return any(_reaches(trunk, parent) and not _reaches(trunk, merge) for trunk in known)


def _branches(name: str) -> list[str]:
    """Return the branches of a name: here, as it is fetched by that name, and as the one here follows it."""
    follows = git("rev-parse", "--symbolic-full-name", f"{name}@{{upstream}}").stdout.decode()
    places = (follows.strip(), f"refs/remotes/{name}", f"refs/heads/{name}", f"refs/remotes/origin/{name}")  # fmt: skip
    return [p for p in places if p and not git("rev-parse", "--verify", "--quiet", p).returncode]


def _reaches(commit: str, ancestor: str) -> bool:
    return git("merge-base", "--is-ancestor", ancestor, commit).returncode == 0


def _is_folder(name: str) -> bool:
    """Tell whether a name means a folder: within a repository only one that is written as a folder.

    A request may bring a file that is called like the base.
    """
    if not Path(name).is_dir():
        return False
    if name.startswith(("/", "./", "../")) or name.endswith("/") or name in (".", ".."):
        return True
    return not shutil.which("git") or bool(_git(Path.cwd(), "rev-parse", "--git-dir").returncode)


def pair(base: str, head: str | None, folder: Path) -> tuple[Snapshot, Snapshot, str, str]:
    """Read what is compared and say how it is called: folders, revisions, or this working tree.

    Of two revisions the changes since their common ancestor count, as on a pull request's page.
    """
    if _is_folder(base) or (head and _is_folder(head)):
        first, second = (
            (read(Path(p)), Path(p).name or ".") if _is_folder(p)
            else (read(unpack(revision(p), folder / str(i)), True), p)
            for i, p in enumerate((base, head or "."))
        )  # fmt: skip
        return first[0], second[0], first[1], second[1]
    commit, target = revision(base), revision(head or "HEAD")
    common = base_of(commit, target, base)
    before = read(unpack(common, folder / "base"), True)
    after = read(unpack(target, folder / "head"), True) if head else read(here().folder)
    apart = ", the first parent of this merge" if common != _ancestor(commit, target) else ""
    return before, after, f"{common[:9]}{apart}", target[:9] if head else "the working tree"


def executed(side: Snapshot, folder: Path) -> Snapshot:
    """Return a snapshot with the outputs of notebooks that were run elsewhere.

    A run is taken only for a notebook whose cells are the same; anything else is a fault.
    """
    runs: dict[str, nbformat.NotebookNode] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.ipynb")):
        name = path.stem
        try:
            if path.is_symlink():
                raise OSError("a link")
            run = _notebook(path.read_text(encoding="utf-8"))
        except Exception as error:  # nbformat, json and jsonschema raise many kinds
            faults.append(Fault(f"run of {name}", str(error)[:200], "a Jupyter notebook"))
            continue
        own = side.notebooks.get(name)
        if own is None or [c.source for c in own.cells] != [c.source for c in run.cells]:
            faults.append(Fault(f"run of {name}", "other cells", "the cells of the notebook"))
            continue
        runs[name] = run
    missing = [name for name in side.notebooks if name not in runs]
    faults += [Fault(f"run of {name}", "none", "an executed notebook") for name in missing
               if not any(f.where == f"run of {name}" for f in faults)]  # fmt: skip
    books = side.notebooks | runs
    charts = _charts(books)
    for name, chart in charts.items():
        # A PNG's bytes are another machine's: what is committed counts.
        chart["png"] = side.charts.get(name, chart)["png"]
    return replace(side, notebooks=books, assessed=_assessed(books), charts=charts, faults=faults)
