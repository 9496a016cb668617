"""Where the book's files are. One constant per place; ``BET_ROOT`` moves them all (tests, editions)."""

from __future__ import annotations

import os
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
