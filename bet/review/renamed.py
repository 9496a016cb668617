"""Records under another name, compared with what they were: a new name hides nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from bet.review import sides
from bet.review.change import Change
from bet.review.snapshot import Snapshot, Table

KINDS = ("tables", "parameters", "charts", "sources", "evidence", "notebooks", "pages")


class Renamed(NamedTuple):
    """A record of a kind, and its names before and now."""

    kind: str
    old: str
    new: str


def found(base: Snapshot, head: Snapshot) -> Iterator[Renamed]:
    """Yield the records that stand under another name: half of what they are made of is the same."""
    for kind in KINDS:
        before, after = (
            {name: _parts(record) for name, record in getattr(side, kind).items()}
            for side in (base, head)
        )
        for new, old in sides.twins(before, after).items():
            yield Renamed(kind, old, new)


def _parts(record: Any) -> dict[Any, Any]:
    """Return what a record is made of: fields, columns, cells or lines."""
    if isinstance(record, Table):
        about = {k: v for k, v in record.about.items() if k not in ("columns", "sha256")}
        return {**about, **{f"column {k}": v for k, v in record.about.get("columns", {}).items()}}
    if isinstance(record, str):
        return dict.fromkeys(record.split("\n"), True)
    if "cells" in record:
        return {(cell.cell_type, cell.source): True for cell in record.cells}
    return dict(record["record"] if isinstance(record.get("record"), dict) else record)


def under_new_names(base: Snapshot, head: Snapshot, pairs: list[Renamed]) -> Snapshot:
    """Return the base with its renamed records under the names that they have in the head."""
    kept: dict[str, Any] = {}
    places = dict(base.places)
    for kind in {pair.kind for pair in pairs}:
        names = {pair.old: pair.new for pair in pairs if pair.kind == kind}
        kept[kind] = {names.get(n, n): record for n, record in getattr(base, kind).items()}
        for old, new in names.items():
            if place := base.places.get((kind, old)):
                places[kind, new] = place
            if kind == "charts":
                own = {"name": head.charts[new]["record"].get("name")}
                kept[kind][new] = {**base.charts[old], "record": {**base.charts[old]["record"], **own}}  # fmt: skip
    pages = {pair.old: pair.new for pair in pairs if pair.kind == "notebooks"}
    for kind in ("charts", "assessed"):
        records = kept.get(kind, getattr(base, kind))
        kept[kind] = {
            n: {**r, "notebook": pages.get(r.get("notebook"), r.get("notebook"))}
            if r.get("notebook") in pages
            else r
            for n, r in records.items()
        }
    return replace(base, **kept, places=places)


_TOLD = {
    "tables": ("data", "{}, name", "data"),
    "parameters": ("parameter", "{}", ""),
    "charts": ("words", "chart {}, name", ""),
    "sources": ("source", "source {}", ""),
    "evidence": ("source", "evidence {}", ""),
}


def changes(head: Snapshot, pairs: list[Renamed]) -> Iterator[Change]:
    """Yield what has another name."""
    for kind, old, new in pairs:
        if kind not in _TOLD:
            yield Change("text", "name of the page", old, new, "renamed", new)
            continue
        told, what, page = _TOLD[kind]
        if kind == "charts":
            page = head.charts[new]["notebook"]
        if kind == "parameters":
            page = old.split(".")[0]
        yield Change(told, what.format(old), old, new, "renamed", page)
