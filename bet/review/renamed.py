"""Records under another name, compared with what they were: a new name hides nothing of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import nbformat

from bet.review import sides
from bet.review.change import Change
from bet.review.names import MANY
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
    named = _pointing(replace(base, **kept, places=places), head, pairs)
    tables = {n: _rekeyed(old, head.tables.get(n, old)) for n, old in named.tables.items()}
    return replace(named, tables=tables)


def _rekeyed(old: Table, new: Table) -> Table:
    """Return a table with its rows under new keys, where many rows stand under another one and are the same."""
    keys = old.about.get("key") or []
    if new is old or keys != new.about.get("key"):
        return old
    gone, come = (
        {key: {c: v for c, v in row.items() if c not in keys} for key, row in one.rows.items() if key not in other.rows}
        for one, other in ((old, new), (new, old))
    )  # fmt: skip
    if min(len(gone), len(come)) < MANY:
        return old
    found = {was: now for now, was in sides.twins(gone, come).items()}
    if sum(gone[was] == come[now] for was, now in found.items()) < MANY:
        return old
    return replace(old, rows={found.get(key, key): row for key, row in old.rows.items()})


def _pointing(base: Snapshot, head: Snapshot, pairs: list[Renamed]) -> Snapshot:
    """Return the base with what leads to a renamed source, fact or table leading to its new name, as in the head."""
    names = {kind: {pair.old: pair.new for pair in pairs if pair.kind == kind} for kind in KINDS}
    if not any(names[kind] for kind in ("sources", "evidence", "tables")):
        return base

    def led(
        record: dict[str, Any], now: dict[str, Any], kinds: Mapping[str, str]
    ) -> dict[str, Any]:
        changed = {
            key: _led(record[key], now.get(key), names[kinds[key]])
            for key in kinds
            if key in record
        }
        return {**record, **changed}

    tables = {name: (table, head.tables.get(name, table)) for name, table in base.tables.items()}
    charts = {name: (chart, head.charts.get(name, chart)) for name, chart in base.charts.items()}
    return replace(
        base,
        charts={
            name: {**old, "record": led(old["record"], new["record"], _OF_CHARTS)}
            for name, (old, new) in charts.items()
        },
        notebooks={
            page: _called(book, names["sources"] | names["evidence"] | names["tables"])
            for page, book in base.notebooks.items()
        },
        claims={
            name: led(r, head.claims.get(name, {}), _OF_CLAIMS) for name, r in base.claims.items()
        },
        evidence={
            name: led(r, head.evidence.get(name, {}), _OF_SOURCES)
            for name, r in base.evidence.items()
        },
        tables={
            name: replace(
                old,
                about=led(old.about, new.about, _OF_SOURCES),
                rows={
                    key: led(row, new.rows.get(key, {}), _OF_SOURCES)
                    for key, row in old.rows.items()
                },
            )
            for name, (old, new) in tables.items()
        },
    )


_OF_CLAIMS = {"supports": "evidence", "contradicts": "evidence", "qualifies": "evidence", "tables": "tables"}  # fmt: skip
_OF_CHARTS = {"sources": "sources", "tables": "tables"}
_OF_SOURCES = {"source": "sources", "sources": "sources"}


def _led(value: Any, now: Any, names: Mapping[str, str]) -> Any:
    """Return a name, or a list of them, with the new ones where those stand now."""
    if isinstance(value, list) and isinstance(now, list):
        return [
            names[part] if isinstance(part, str) and names.get(part) in now else part
            for part in value
        ]
    return now if isinstance(value, str) and value in names and names[value] == now else value


def _called(book: nbformat.NotebookNode, names: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return a notebook whose code calls records by their new names, each written as a string of its own."""
    told = re.compile("|".join(map(re.escape, names)) or "(?!)")
    cells = [
        {**cell, "source": re.sub(rf"(?<=[\"'])(?:{told.pattern})(?=[\"'])", lambda old: names[old[0]], cell.source)}
        if cell.cell_type == "code" and told.search(cell.source)
        else cell
        for cell in book.cells
    ]  # fmt: skip
    return nbformat.from_dict({**book, "cells": cells}) if cells != book.cells else book


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
