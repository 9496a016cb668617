"""What a page leaves out or folds: tags and settings of cells that base did not have for these words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bet.review import source_diff
from bet.review.change import Change, strong

_HIDES = re.compile(
    r"(?:hide|remove)-(?:code-)?(?:cell|inputs?|source|outputs?|stdout|stderr)|output-stderr\W+remove"
    r"|outputs-hidden(?=\W+true)"  # of Jupyter itself
)
_CODE = re.compile(r"-(?:inputs?|source)$")  # hides code only, which pages fold in any case
BY = "\ue000hidden by "  # how the note of a change begins that tells of a cell that a page hides


def tags(metadata: Any) -> set[str]:
    """Return the tags and settings by which a page leaves out or folds a cell or what it shows.

    MyST-NB takes an underscore for a hyphen, and a setting of its own for a tag.
    """
    return set(_HIDES.findall(json.dumps(metadata, default=str).replace("_", "-")))


def unseen(cell: Any) -> str:
    """Return by which tags a page hides what a cell shows; nothing where a reader sees it."""
    return ", ".join(sorted(tag for tag in tags(cell.get("metadata", {})) if not _CODE.search(tag)))


def note(cell: Any) -> str:
    """Say of what a cell shows that no reader sees it; nothing where one does."""
    return f"in a cell that is hidden by {by}" if (by := unseen(cell)) else ""


def cells(old: Any, new: Any, page: str) -> Iterator[Change]:
    """Yield the cells that a page hides by a tag that base did not have for them.

    Base had it where the same cell had it, rewritten or not, or as many cells of the same source. Of a tag that
    hides code only, the cell's id tells that it is the same.
    """
    by_id = {cell.get("id"): tags(cell.metadata) for cell in (old.cells if old else ())}
    was = {id(now): before for before, now in source_diff.aligned(old, new)} if old else {}
    taken = {id(before) for before in was.values()}
    spare = Counter(
        (cell.cell_type, cell.source, tag)
        for cell in (old.cells if old else ())
        if id(cell) not in taken
        for tag in tags(cell.metadata)
    )
    for cell in new.cells:
        came = tags(cell.metadata)
        if id(cell) in was:
            came -= tags(was[id(cell)].metadata)
        else:
            known = {tag for tag in came if spare[cell.cell_type, cell.source, tag]}
            spare.subtract((cell.cell_type, cell.source, tag) for tag in known)
            came -= known | {tag for tag in by_id.get(cell.get("id"), ()) if _CODE.search(tag)}
        if came:
            yield _told(f"cell {cell.get('id', '')}".rstrip(), came, page)
    if came := tags(new.metadata) - (tags(old.metadata) if old else set()):
        yield _told("page", came, page)


def _told(what: str, came: set[str], page: str) -> Change:
    weight = 3 if any(not _CODE.search(tag) for tag in came) else 2
    note = strong(f"hidden by {', '.join(sorted(came))}")
    return Change("words", what, "shown", "hidden", note, page, weight)
