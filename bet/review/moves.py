"""Files and folders that stand elsewhere, and the names by which others call them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from bet.review import sides
from bet.review.snapshot import Snapshot


def moved(base: Snapshot, head: Snapshot) -> dict[str, str]:
    """Return {path: path before} of files that stand elsewhere: the same ones, or half of their lines are."""
    gone, come = (
        {path: told for path, told in side.files.items() if path not in other.files}
        for side, other in ((base, head), (head, base))
    )
    found = _same(gone, come)
    known = {*found, *found.values()}
    before, after = (
        {p: _lines(p, side.written[p]) for p in left if side.written.get(p) and p not in known}
        for side, left in ((base, gone), (head, come))
    )
    return found | sides.twins(before, after)


def _lines(path: str, text: str) -> dict[str, str]:
    """Return the lines of a file, and its name: of texts that are as much alike, those of one name are the same."""
    return dict.fromkeys(text.splitlines(), "") | {"/": PurePosixPath(path).name}


def _same(gone: Mapping[str, str], come: Mapping[str, str]) -> dict[str, str]:
    """Pair files whose content is the same; of several alike those of one name, and each but once."""
    left: dict[str, list[str]] = {}
    for path, content in gone.items():
        left.setdefault(content, []).append(path)
    found = {}
    for path, content in come.items():
        if alike := left.get(content):
            last = PurePosixPath(path).name
            found[path] = min(alike, key=lambda old: PurePosixPath(old).name != last)
            alike.remove(found[path])
    return found


def folders(base: Snapshot, head: Snapshot, places: Mapping[str, str]) -> dict[str, str]:
    """Return {folder before: folder} of folders that moved whole: nothing is left in the first, nothing was in the other."""
    pairs = dict(_folders(new, old) for new, old in places.items())
    return {
        old: new
        for old, new in pairs.items()
        if old and new and not _holds(head, old) and not _holds(base, new)
    }


def _folders(new: str, old: str) -> tuple[str, str]:
    """Return the folders by which two paths differ, without what both end with."""
    before, after = (list(PurePosixPath(path).parts) for path in (old, new))
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return "/".join(before), "/".join(after)


def _holds(side: Snapshot, folder: str) -> bool:
    return folder in side.files or any(path.startswith(f"{folder}/") for path in side.files)


def renamed(text: str, folders: Mapping[str, str]) -> str:
    """Return a text that calls folders by their new names, as paths and as packages of Python."""
    for old, new in folders.items():
        for sign in "/.":
            last = "" if "/" in old else rf"(?={re.escape(sign)})"
            was, now = (path.replace("/", sign) for path in (old, new))
            called = re.compile(rf"(?<![\w./-]){re.escape(was)}(?![\w-]){last}")
            text = now.join(called.split(text))
    return text
