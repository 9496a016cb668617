"""Where the book's files are. One constant per place; ``BET_ROOT`` moves them all (tests, editions)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get("BET_ROOT") or Path(__file__).resolve().parent.parent)
DATA = ROOT / "data"
BOOK = ROOT / "book"
BUILD = ROOT / "_build"


def shown(path: Path) -> str:
    """Name a file as a reader of the repository knows it, without this machine's folders."""
    try:
        return path.resolve().relative_to(ROOT.resolve()).as_posix()
    except ValueError:
        return path.name


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
