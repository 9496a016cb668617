"""Changes of what a figure is measured in, and of days that decide what was known when."""

from __future__ import annotations

from collections.abc import Iterator

from bet.dates import iso, last_day
from bet.records.claims import THEN
from bet.review import sides
from bet.review.change import Change, strong, text
from bet.review.snapshot import Snapshot


def units(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Every unit that is another one now, with the claims that rest on it."""
    old, new = dict(_measured(base)), dict(_measured(head))
    for what in (w for w in new if w in old and old[w][0] != new[w][0]):
        (was, _), (now, claims) = old[what], new[what]
        note = f"{strong('another unit')}{sides.bearing(claims)}"
        yield Change("unit", what, was, now, note, "", len(claims))


def _measured(side: Snapshot) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Yield whatever has a unit: its name, the unit, and the claims that rest on it."""
    for name, record in side.claims.items():
        for figure in record.get("figures") or []:
            yield f"{name}, figure {text(figure.get('name'))}", (text(figure.get("unit")), [name])
    for name, record in side.evidence.items():
        yield f"evidence {name}", (text(record.get("unit")), sides.citing(side, name))
    for name, table in side.tables.items():
        for column, about in table.about.get("columns", {}).items():
            yield f"{name}, column {column}", (text(about.get("unit")), sides.resting(side, name))
    for name, record in side.parameters.items():
        claims = record.get("claims")
        yield f"parameter {name}", (text(record.get("unit")), claims if isinstance(claims, list) else [])  # fmt: skip
    for name, chart in side.charts.items():
        record = chart["record"]
        yield f"chart {name}", (text(record.get("unit")), sides.claims_of(record))


def clocks(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Evidence that by another date falls on the other side of the first clock's end."""
    for name in (n for n in head.evidence if n in base.evidence):
        was, now = _public(base, name), _public(head, name)
        if was and now and was != now and (_then_known(was) != _then_known(now)):
            moved = sides.citing(head, name)
            state = "was public then, is no longer" if _then_known(was) else "was not public then, now is"  # fmt: skip
            note = f"{strong(f'{state}: the clock of {THEN.isoformat()}')}{sides.bearing(moved)}"
            yield Change("clock", f"evidence {name}", was, now, note, "", len(moved))


def _public(side: Snapshot, name: str) -> str:
    """Return the date from which a fact counts as public; empty when there is none."""
    fact = side.evidence[name]
    source = side.sources.get(str(fact.get("source")), {})
    try:
        return iso(fact.get("public") or source.get("published"))
    except ValueError:
        return ""


def _then_known(day: str) -> bool:
    return last_day(day) <= THEN
