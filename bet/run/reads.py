"""What a kernel reads: a record of the files of data/, book/ and the package, and their hashes.

``BET_READS`` names the record; the kernel's settings then call ``watch`` before the first cell.
Not seen: reads by other processes that a notebook starts. Ours start none.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bet
from bet.paths import here

RECORD = "BET_READS"
PACKAGE = Path(bet.__file__).parent
_LISTED = ("os.listdir", "os.scandir")


_names: set[str] = set()
_out: int | None = None


def begin() -> None:
    """Note the name of each file of ours that this process reads from now on.

    A warm parent begins before its imports, so that its kernels know what they were born with.
    """
    sys.addaudithook(_hook)


def watch(record: str) -> None:
    """Write to a file what was read so far, modules of the package included, and what will be."""
    global _out
    if not _names:
        begin()
    _out = os.open(record, os.O_WRONLY | os.O_APPEND)
    loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    names = _names | {name_of(path) for path in loaded if path and _within(path, PACKAGE)}
    _names.clear()
    for name in sorted(names):
        _note(name)


def _hook(event: str, arguments: tuple) -> None:
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _note(name_of(arguments[0]))
    elif event in _LISTED and (name := name_of(arguments[0] or ".")) and _is_data(name):
        _note(f"{name}/")


def _note(name: str | None) -> None:
    if name and name not in _names:
        _names.add(name)
        if _out is not None:
            os.write(_out, f"{name}\n".encode())


def _within(path: str, folder: Path) -> bool:
    return os.path.abspath(path).startswith(f"{folder}{os.sep}")


def _is_data(name: str) -> bool:
    """Tell whether a folder's list of names matters; Python itself lists every folder on its path."""
    return name.split("/")[0] == "data"


def name_of(path: Any) -> str | None:
    """Return how a file of ours is recorded, 'data/tables/x.csv' or 'bet/charts.py'; None if not ours."""
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    full = os.path.abspath(os.fsdecode(path))
    for base, prefix in ((PACKAGE, "bet/"), (here().folder, "")):
        if _within(full, base):
            parts = list(Path(full).relative_to(base).parts)
            if prefix and "__pycache__" in parts:
                parts = [*parts[:-2], f"{parts[-1].split('.')[0]}.py"]
            if not prefix and parts[0].startswith((".", "_")):
                return None
            return prefix + "/".join(parts)
    return None


def place_of(name: str) -> Path:
    """Return the file or folder that a record's name means."""
    return PACKAGE / name.removeprefix("bet/") if name.startswith("bet/") else here().folder / name


def state(names: Iterable[str]) -> dict[str, str]:
    """Return the hash of each file's bytes and each folder's list of names."""
    return {name: _digest(place_of(name), name.endswith("/")) for name in sorted(set(names))}


def _digest(path: Path, folder: bool) -> str:
    try:
        told = "\n".join(sorted(os.listdir(path))).encode() if folder else path.read_bytes()
    except OSError:
        return "missing"
    return hashlib.sha256(told).hexdigest()


def touched_since(names: Iterable[str], nanoseconds: int) -> bool:
    """Tell whether a file changed after a moment: what was read may then be neither old nor new."""
    paths = [place_of(name) for name in names]
    return any(path.exists() and path.stat().st_mtime_ns >= nanoseconds for path in paths)
