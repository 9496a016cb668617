"""Changes of what a figure is measured in, and of days that decide what was known when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bet.dates import iso, last_day
from bet.records.claims import THEN
from bet.review import sides
from bet.review.change import NONE, Change, strong, text
from bet.review.snapshot import Snapshot, Table


def units(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Every unit that is another one now, with the claims that rest on it, renamed or not."""
    old, new = _measured(base), _measured(head)
    for group in (g for g in new if g in old):
        renamed = sides.twins(old[group], new[group])
        for name, record in new[group].items():
            before = old[group].get(renamed.get(name, name))
            if before and text(before.get("unit")) != text(record.get("unit")):
                claims = _bearing(head, group, name, record)
                note = f"{strong('another unit')}{sides.bearing(claims)}"
                yield Change("unit", f"{group} {name}", text(before.get("unit")), text(record.get("unit")), note, "", len(claims))  # fmt: skip


def _measured(side: Snapshot) -> dict[str, dict[str, dict[str, Any]]]:
    """Return whatever has a unit by what it belongs to: {group: {name: record}}."""
    groups: dict[str, dict[str, dict[str, Any]]] = {
        f"{name}, figure": sides.figures(record) for name, record in side.claims.items()
    }
    for name, table in side.tables.items():
        groups[f"{name}, column"] = dict(table.about.get("columns", {}))
        if "unit" in table.columns:
            groups[f"{name}, row"] = {" ".join(key): row for key, row in table.rows.items()}
    return {
        **groups,
        "evidence": side.evidence,
        "parameter": side.parameters,
        "chart": {name: chart["record"] for name, chart in side.charts.items()},
    }


def _bearing(side: Snapshot, group: str, name: str, record: dict[str, Any]) -> list[str]:
    """Name the claims that rest on what has a unit."""
    owner, _, part = group.rpartition(", ")
    if part == "figure":
        return [owner]
    if part in ("column", "row"):
        return sides.resting(side, owner)
    return sides.citing(side, name) if group == "evidence" else sides.claims_of(record)


def clocks(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Evidence that by another date falls on the other side of the first clock's end, or comes new and counts there."""
    renamed = sides.twins(base.evidence, head.evidence)
    for name in head.evidence:
        known, now = renamed.get(name, name), _public(head, name)
        new = known not in base.evidence
        was = NONE if new else _public(base, known)
        if _counts(now) if new else _crosses(was, now, base):
            claims = sides.citing(head, name)
            note = _came(claims) if new else _moved(was, now, claims)
            if claims or not new:
                yield Change("clock", f"evidence {name}", was, now, note, "", len(claims))


def rows(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Rows of tables that by another day fall on the other side of the first clock's end, or come new and count there."""
    for name, table in head.tables.items():
        old = base.tables.get(name, Table({}, {}))
        columns = [str(side.about.get("known_from")) for side in (old, table)]
        column = columns[1]
        resting = sides.resting(head, name)
        if old.about and columns[0] != column:
            note = f"{strong('another rule of what was known when')}{sides.bearing(resting)}"
            yield Change(
                "clock", f"{name}, known_from", columns[0], columns[1], note, "data", len(resting)
            )
            continue
        came = []
        for key, row in table.rows.items():
            was, now = (_day(known.get(column)) for known in (old.rows.get(key, {}), row))
            if key not in old.rows and old.about and _counts(now):
                came.append(now)
            elif _crosses(was, now, base) or (was and not now):  # without a day, on none
                where = f"{name} [{', '.join(key)}] {column}"
                yield Change(
                    "clock", where, was, now, _moved(was, now, resting), "data", len(resting)
                )
        if came:
            days = " to ".join(sorted({min(came), max(came)}))
            what = f"{name}, {len(came)} new row{'s' * (len(came) > 1)}"
            yield Change("clock", what, NONE, days, _came(resting), "data", len(resting))


def _moved(was: str, now: str, claims: list[str]) -> str:
    if _counts(was) == _counts(now):
        return f"{strong('crosses the day of an edition')}{sides.bearing(claims)}"
    state = "was public then, is no longer" if _then_known(was) else "was not public then, now is"
    return f"{strong(f'{state}: the clock of {THEN.isoformat()}')}{sides.bearing(claims)}"


def _came(claims: list[str]) -> str:
    return f"{strong(f'new, counts as public then: the clock of {THEN.isoformat()}')}{sides.bearing(claims)}"


def _public(side: Snapshot, name: str) -> str:
    """Return the date from which a fact counts as public; empty when there is none."""
    fact = side.evidence[name]
    source = side.sources.get(str(fact.get("source")), {})
    return _day(fact.get("public") or source.get("published"))


def _day(told: Any) -> str:
    try:
        return iso(told)
    except ValueError:
        return ""


def _crosses(was: str, now: str, side: Snapshot) -> bool:
    """Tell whether the end of the first clock, or an edition's day, lies between two days."""
    if not was or not now or was == now:
        return False
    days = [THEN, *(last_day(told) for e in side.editions.values() if (told := _day(_as_of(e))))]
    return any((last_day(was) <= end) != (last_day(now) <= end) for end in days)


def _as_of(edition: dict[str, Any]) -> Any:
    common = edition.get("parameters")
    common = common.get("common") if isinstance(common, dict) else None
    return common.get("as_of", "") if isinstance(common, dict) else ""


def _counts(day: str) -> bool:
    """Tell whether a day is known and lies before the end of the first clock."""
    return bool(day) and _then_known(day)


def _then_known(day: str) -> bool:
    return last_day(day) <= THEN
