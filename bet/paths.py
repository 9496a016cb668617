"""Where a book's files are: its root is the folder one stands in, or the nearest one above it.

One environment may serve two clones, a worktree, or an installed copy of the package. Then data of the
one must not be run by code of the other: ``require_own_package`` refuses that.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, update_wrapper
from pathlib import Path
from typing import Generic, TypeVar

from bet.faults import BadInput, Fault

T = TypeVar("T")


class NoBook(BadInput):
    """One stands in no book."""


@dataclass(frozen=True)
class Root:
    """The folder of one book, and the places in it."""

    folder: Path

    @property
    def data(self) -> Path:
        """Records and tables."""
        return self.folder / "data"

    @property
    def tables(self) -> Path:
        """Tables and their sidecars."""
        return self.data / "tables"

    @property
    def book(self) -> Path:
        """Notebooks and pages, as committed."""
        return self.folder / "book"

    @property
    def build(self) -> Path:
        """What the commands make; never committed."""
        return self.folder / "_build"


def here() -> Root:
    """Return the book one stands in; raise NoBook, which says what makes a folder one, where one does not.

    Where the package lies says nothing: of two clones in one environment it would be the wrong one.
    """
    return _nearest(Path.cwd())


@cache
def _nearest(start: Path) -> Root:
    for folder in (start, *start.parents):
        if (folder / "_config.yml").is_file() and (folder / "data").is_dir():
            return Root(folder)
    expected = "a folder with _config.yml and data/, or one inside it (cd to a clone of the book)"
    raise NoBook([Fault(f"folder '{start.name}'", "no book", expected)])


PACKAGE = Path(__file__).resolve().parent
_RUNS = {".py", ".mplstyle", ".html"}  # what of a package is run, or written by


def require_own_package() -> None:
    """Raise BadInput where the book one stands in has code of its own, other than the code that runs."""
    if foreign := _foreign(here().folder / "bet"):
        raise BadInput([foreign])


@cache
def _foreign(own: Path) -> Fault | None:
    if not (own / "__init__.py").is_file() or own.resolve() == PACKAGE:
        return None
    if _code(own) == _code(PACKAGE):
        return None
    expected = "its own: pip install -e . in its root, or there python -m bet for bet"
    return Fault(f"the book in '{own.parent}'", f"other code at work, of '{PACKAGE}'", expected)


def _code(package: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a package that a run depends on."""
    files = (path for path in package.rglob("*") if path.suffix in _RUNS)
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in files}


_NOTED: set[Path] = set()
PART = "#"  # stands between a file and the part of it that is noted


def note(path: Path, part: str = "") -> None:
    """Note that a file is read, or a folder's list of names; whoever reads records or tables does so.

    Of a file of many parts one alone may be noted: 'data/parameters.yml#4_thesis'.
    """
    _NOTED.add(path.with_name(f"{path.name}{PART}{part}") if part else path)


def part_of(path: Path) -> tuple[Path, str]:
    """Return the file that is noted, and the part of it that was read; none for all of it."""
    name, _, part = path.name.partition(f".yml{PART}")
    return (path.with_name(f"{name}.yml"), part) if part else (path, "")


def noted() -> list[Path]:
    """Return the files and folders that this process read since ``forget_noted``."""
    return sorted(_NOTED)


def forget_noted() -> None:
    """Begin the list of what is read anew."""
    _NOTED.clear()


class Loader(Generic[T]):
    """A function of a book's root that reads its files once; ``cache_clear`` makes it read them again.

    Called without a root it takes the book one stands in.
    """

    def __init__(self, load: Callable[[Root], T]) -> None:
        update_wrapper(self, load)
        self._kept = cache(load)
        self.cache_clear = self._kept.cache_clear

    def __call__(self, root: Root | None = None) -> T:
        """Load, or give what was loaded before."""
        return self._kept(root or here())


def shown(path: Path) -> str:
    """Name a file as a reader of the repository knows it, without this machine's folders."""
    try:
        return path.resolve().relative_to(here().folder.resolve()).as_posix()
    except (ValueError, BadInput):
        return path.name


def visible(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder, but none that is hidden or in a hidden folder, as checkpoints are."""
    found = sorted(path for path in folder.rglob(pattern) if path.is_file())
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
