"""Changes of what is held beside the claims: parameters, editions, tables, sources and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bet.review import edits, sides
from bet.review.change import NONE, SETS, Change, text
from bet.review.snapshot import Snapshot, Table

MOST_ROWS = 2_000  # of one table that are told one by one; it has fewer


def parameters(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    """Yield the parameters that are new, gone, renamed or set otherwise."""
    if "data/parameters.yml" in base.unjudged | head.unjudged:
        return
    for name in sides.names(base.parameters, head.parameters):
        old, new = base.parameters.get(name), head.parameters.get(name)
        claims, page = sides.claims_of(new or old or {}), name.split(".")[0]
        weight = sides.bears(claims, flipped)
        if old is None or new is None:
            yield Change("parameter", name, _setting(old), _setting(new), "removed" if old else "new", page, weight, field="lost" if old else "added")  # fmt: skip
            continue
        for key in (k for k in sides.names(old, new) if old.get(k) != new.get(k)):
            note = f"{text(key)}{sides.bearing(claims)}"
            yield Change("parameter", name, text(old.get(key)), text(new.get(key)), note, page, weight, field=text(key))  # fmt: skip


def _setting(fields: dict | None) -> str:
    if fields is None:
        return NONE
    return _whole(f"{fields.get('default')} {fields.get('unit', '')}", fields, "default", "unit")


def _whole(first: str, record: dict, *told: str) -> str:
    """Tell a record whole: what counts most, then its other fields, a long one behind those it could hide."""
    rest = [f"{text(key)}: {text(value)}" for key, value in record.items() if key not in told]
    return "; ".join([first.strip(), *sorted(rest, key=len)])


def editions(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the fields of editions that differ."""
    if "data/editions.yml" in base.unjudged | head.unjudged:
        return
    for name in sides.names(base.editions, head.editions):
        old, new = base.editions.get(name) or {}, head.editions.get(name) or {}
        for key in (k for k in sides.names(old, new) if old.get(k) != new.get(k)):
            if key == "parameters":
                yield from _settings(name, old.get(key), new.get(key))
                continue
            told = text(old.get(key)), text(new.get(key))
            yield Change("edition", name, *told, text(key), "editions", field=text(key))


def _settings(name: str, old: Any, new: Any) -> Iterator[Change]:
    """Yield the parameters that an edition sets otherwise, each by itself."""
    before, after = (dict(sides.flat(side)) for side in (old, new))
    for key in (k for k in sides.names(before, after) if before.get(k) != after.get(k)):
        told = text(before.get(key)), text(after.get(key))
        yield Change("edition", f"{name}, {key}", *told, SETS, "editions", 1, field=SETS)


def tables(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    """Yield what differs in tables and in what is said of them, cell by cell."""
    unread = base.unjudged | head.unjudged
    for name in sides.names(base.tables, head.tables):
        if {f"data/tables/{name}.yml", f"data/tables/{name}.csv"} & unread:
            continue
        resting = sides.resting(head, name)
        weight, note = sides.bears(resting, flipped), sides.bearing(resting).strip(", ")
        old, new = base.tables.get(name), head.tables.get(name)
        if not old or not new:
            sizes = _size(old), _size(new)
            yield Change("data", name, *sizes, note, "data", weight)
        if not new:
            continue
        known = old or Table({}, {}, new.columns)
        orders = [
            [key for key in side.rows if key in other.rows]
            for side, other in ((known, new), (new, known))
        ]
        if orders[0] != orders[1]:
            yield Change("data", name, _keys(orders[0]), _keys(orders[1]), f"rows in another order{', ' * bool(note)}{note}", "data", weight)  # fmt: skip
        for change in (*_schema(name, known, new), *_cells(name, known, new)):
            kind, what, before, after, field = change
            yield Change(kind, what, before, after, note, "data", weight, field=field)


def _keys(keys: list[tuple[str, ...]]) -> str:
    return ", ".join(" ".join(key) for key in keys)


def _size(table: Table | None) -> str:
    return f"{len(table.rows)} rows" if table else NONE


def _schema(name: str, old: Table, new: Table) -> Iterator[tuple[str, str, str, str, str]]:
    columns = [side.about.get("columns", {}) for side in (old, new)]
    for column in sides.names(*columns):
        if columns[0].get(column) != columns[1].get(column):
            was, now = (side.get(column) for side in columns)
            if not was or not now:
                yield "schema", f"{name}, column {column}", text(was), text(now), "column"
                continue
            for key in (k for k in sides.names(was, now) if was.get(k) != now.get(k)):
                where = f"{name}, column {column}"
                yield (
                    "schema",
                    where,
                    f"{key}: {text(was.get(key))}",
                    f"{key}: {text(now.get(key))}",
                    text(key),
                )
    for key in sides.names(old.about, new.about):
        if key not in ("columns", "sha256") and old.about.get(key) != new.about.get(key):
            yield (
                "schema",
                f"{name}, {key}",
                *sides.differing(old.about.get(key), new.about.get(key)),
                text(key),
            )
    if old.columns != new.columns:
        yield "schema", f"{name}, header", ", ".join(old.columns), ", ".join(new.columns), "header"


def _cells(name: str, old: Table, new: Table) -> Iterator[tuple[str, str, str, str, str]]:
    keys = new.about.get("key", [])
    if old.rows and old.about.get("key") != keys and {*old.about.get("key", [])} <= {*new.columns}:
        keys = old.about["key"]  # by the new one every row would be another
        new = replace(new, rows=_by(keys, new))
    told = 0
    differing = [k for k in sides.names(old.rows, new.rows) if old.rows.get(k) != new.rows.get(k)]
    for key in sorted(differing, key=lambda k: -_jump(old.rows.get(k), new.rows.get(k))):
        was, now = old.rows.get(key), new.rows.get(key)
        told += 1
        if told > MOST_ROWS:
            continue
        where = f"{name} [{', '.join(f'{k}={v}' for k, v in zip(keys, key, strict=False))}]"
        if was is None or now is None:
            yield "data", where, _row(was), _row(now), ""
            continue
        for column in (c for c in sides.names(was, now) if was.get(c) != now.get(c)):
            yield (
                "data",
                f"{where} {column}",
                was.get(column) or "empty",
                now.get(column) or "empty",
                "",
            )
    if told > MOST_ROWS:
        more = f"{told - MOST_ROWS} more rows differ"
        yield "data", name, more, f"{told} in all, read them in data/tables/{name}.csv itself", ""


def _by(keys: list[str], table: Table) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the rows of a table by other columns; the later ones of a key by their number too."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for number, row in enumerate(table.rows.values()):
        key = tuple(row.get(k, "") for k in keys)
        rows[(*key, f"row {number + 1}") if key in rows else key] = row
    return rows


def _jump(old: dict[str, str] | None, new: dict[str, str] | None) -> float:
    """Say how far a row goes from what it was: its largest step, in tenths of a power of e."""
    if not old or not new:
        return 1.0
    pairs = ((was, new.get(column, "")) for column, was in old.items())
    return max((round(edits.step(was, now), 1) for was, now in pairs if was != now), default=1.0)


def _row(row: dict[str, str] | None) -> str:
    return (", ".join(value for value in row.values() if value) if row else "") or NONE


def publications(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    """Yield the sources and facts that are new, gone or told otherwise."""
    for kind, one in (("sources", "source"), ("evidence", "evidence")):
        before, after = getattr(base, kind), getattr(head, kind)
        for name in sides.known(base, head, kind):
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            side = head if new else base
            citing = sides.citing(side, name) if kind == "evidence" else sides.telling(side, name)
            weight, note = sides.bears(citing, flipped), sides.bearing(citing)
            what = f"{one} {name}"
            if not old or not new:
                shown = _publication(old), _publication(new)
                left = "".join(sides.leans(head, claim) for claim in citing[:6]) if not new else ""
                state = "added" if new else "lost"
                yield Change("source", what, *shown, f"{state}{note}{left}", "", weight + 2 * (not new), field=state)  # fmt: skip
                continue
            for key in (k for k in sides.names(old, new) if k != "id" and old.get(k) != new.get(k)):
                yield Change("source", what, text(old.get(key)), text(new.get(key)), f"{text(key)}{note}", "", weight, field=text(key))  # fmt: skip


def _publication(record: dict | None) -> str:
    if not record:
        return NONE
    if "fact" not in record:
        first = f"{record.get('publisher')}, {record.get('published')}"
        return _whole(first, record, "id", "publisher", "published")
    figure = f" ({text(record['figure'])} {text(record.get('unit'))})" if "figure" in record else ""
    return _whole(f"{text(record['fact'])}{figure}", record, "id", "fact", "figure", "unit")
