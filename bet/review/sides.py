"""What is looked up in the snapshots of two revisions: a verdict, its page, what rests on what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, TypeVar

from bet.faults import some
from bet.review.change import FEW, NONE, strong, text
from bet.review.snapshot import Snapshot

STANCES = ("supports", "contradicts", "qualifies")


def verdict(side: Snapshot, name: str) -> str:
    """Return the ledger's verdict on a claim."""
    return str(side.claims.get(name, {}).get("verdict", NONE))


def output(side: Snapshot, name: str) -> str:
    """Return the verdict that the notebooks' outputs show."""
    return str(side.assessed.get(name, {}).get("verdict", NONE))


def then(side: Snapshot, name: str) -> str:
    """Return the verdict on the clock of 2025, which is today's where none is given."""
    clock = side.claims.get(name, {}).get("then") or {}
    return text(clock.get("verdict")) if clock.get("verdict") else verdict(side, name)


def page(side: Snapshot, name: str) -> str:
    """Name the page that judges a claim."""
    return str(side.assessed.get(name, {}).get("notebook", "claims"))


def _unread(side: Snapshot, other: Snapshot, kind: str, name: str) -> bool:
    """Tell whether a record is missing on one side only because its file could not be read there."""
    return name not in getattr(side, kind) and other.places.get((kind, name)) in side.unjudged


def known(base: Snapshot, head: Snapshot, kind: str) -> list[str]:
    """Name the records of both sides that are there, or are known to be gone."""
    return [
        name
        for name in names(getattr(base, kind), getattr(head, kind))
        if not _unread(base, head, kind, name) and not _unread(head, base, kind, name)
    ]


def history(base: Snapshot, head: Snapshot, name: str) -> tuple[list[dict], bool]:
    """Return the entries that were added, and whether an earlier one was touched.

    Among the entries of the last day one may be put that tells the same verdict: their order says nothing.
    """
    old, new = (side.claims.get(name, {}).get("history") or [] for side in (base, head))
    if name not in head.claims and name in base.claims:
        return [], bool(old)
    earlier = sum(entry.get("date") != old[-1].get("date") for entry in old)
    if not old or new[:earlier] != old[:earlier]:
        return new[len(old) :], new[: len(old)] != old
    left = old[earlier:]
    between: list[dict] = []
    after: list[dict] = []
    for entry in new[earlier:]:
        if left and entry == left[0]:
            left.pop(0)
        else:
            (between if left else after).append(entry)
    other = any(entry.get("verdict") != old[-1].get("verdict") for entry in between)
    return (new[len(old) :], True) if left or other else ([*between, *after], False)


def leans(side: Snapshot, name: str) -> str:
    """Say what evidence a verdict still leans on."""
    record = side.claims.get(name, {})
    left = [fact for s in STANCES for fact in record.get(s) or [] if fact in side.evidence]
    left += [f"table {table}" for table in record.get("tables") or []]
    if record.get("arithmetic"):
        left.append("arithmetic")
    return f"; {name} ({verdict(side, name)}) leans on {', '.join(left) or strong('nothing')}"


def differing(old: Any, new: Any) -> tuple[str, str]:
    """Return two values as text; of two lists only the members that differ."""
    if isinstance(old or [], list) and isinstance(new or [], list):
        old, new = old or [], new or []
        gone, come = [p for p in old if p not in new], [p for p in new if p not in old]
        return (text(gone), text(come)) if gone or come else (text(old), text(new))
    return text(old), text(new)


def executed(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the notebooks that are on both sides with outputs."""
    missing = {*base.stripped, *head.stripped}
    return sorted((base.notebooks.keys() & head.notebooks.keys()) - missing)


def claims_of(record: dict[str, Any]) -> list[str]:
    """Name the claims that a record says it bears on."""
    claims = record.get("claims")
    return [name for name in claims if isinstance(name, str)] if isinstance(claims, list) else []


def resting(side: Snapshot, table: str) -> list[str]:
    """Name the claims that rest on a table."""
    return [name for name, record in side.claims.items() if table in (record.get("tables") or [])]


def citing(side: Snapshot, fact: str) -> list[str]:
    """Name the claims that cite a fact."""
    return [n for n, f in side.claims.items() if any(fact in (f.get(s) or []) for s in STANCES)]


def telling(side: Snapshot, source: str) -> list[str]:
    """Name the claims that rest on a source, by its facts or by a table made from it."""
    facts = {name for name, record in side.evidence.items() if record.get("source") == source}
    tables = {n for n, t in side.tables.items() if source in (t.about.get("sources") or [])}
    return [
        name
        for name, record in side.claims.items()
        if facts & {fact for s in STANCES for fact in record.get(s) or []}
        or tables & set(record.get("tables") or [])
    ]


def figures(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the figures of a claim by name; those of one name are told apart by their number."""
    found: dict[str, dict[str, Any]] = {}
    for figure in record.get("figures") or []:
        name = text(figure.get("name"))
        again = sum(known.partition(", again")[0] == name for known in found)
        found[f"{name}, again {again + 1}" if again else name] = figure
    return found


_Name = TypeVar("_Name")  # of a record, or the key of a row
MOST_TWINS = 40_000  # pairs that share a value, up to which renamed records are looked for


def twins(old: Mapping[_Name, Any], new: Mapping[_Name, Any]) -> dict[_Name, _Name]:
    """Return {new name: old name} of records that were renamed: half of their fields are the same.

    Under another name nothing would be compared, and a figure or unit could change unseen.
    """
    gone, come = [n for n in old if n not in new], [n for n in new if n not in old]
    alike = [(_alike(old[a], new[b]), a, b) for a, b in _sharing(old, new, gone, come)]
    orders = [{name: n for n, name in enumerate(side)} for side in (gone, come)]
    found: dict[_Name, _Name] = {}
    taken: set[_Name] = set()
    for share, was, now in sorted(alike, key=lambda t: (-t[0], orders[0][t[1]], orders[1][t[2]])):
        if share >= 0.5 and now not in found and was not in taken:
            found[now] = was
            taken.add(was)
    return found


def _sharing(old: Mapping[_Name, Any], new: Mapping[_Name, Any], gone: list[_Name], come: list[_Name]) -> set[tuple[_Name, _Name]]:  # fmt: skip
    """Return pairs of records that share a value, those of the rarest values first, up to a number."""
    holders: dict[tuple[Any, str], tuple[list[_Name], list[_Name]]] = {}
    for place, (names, side) in enumerate(((gone, old), (come, new))):
        for name in names:
            for key, value in side[name].items():
                if key not in ("name", "id"):
                    holders.setdefault((key, repr(value)), ([], []))[place].append(name)
    pairs: set[tuple[_Name, _Name]] = set()
    for was, now in sorted(holders.values(), key=lambda both: len(both[0]) * len(both[1])):
        if len(pairs) + len(was) * len(now) > MOST_TWINS:
            break
        pairs.update(product(was, now))
    return pairs


def _alike(old: dict, new: dict) -> float:
    keys = {*old, *new} - {"name", "id"}
    return sum(old.get(key) == new.get(key) for key in keys) / (len(keys) or 1)


def names(old: dict, new: dict) -> list:
    """Return the keys of both, in the order of the new one, then those that are gone."""
    return [*new, *(name for name in old if name not in new)]


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a mapping holds in whatever depth, each with its path; what is no mapping under an empty one."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from flat(part, f"{name}.{key}" if name else str(key))
    elif name or value:
        yield name, value


def weight(side: Snapshot, claim: str) -> int:
    """Weigh what is about one claim by its importance; nothing where the ledger does not know it."""
    return 10 * int(side.claims.get(claim, {}).get("importance", 0))


def bears(claims: list[str], flipped: set[str]) -> int:
    """Weigh a change by the claims that it bears on: those whose verdict changes count most."""
    return 100 * len(flipped.intersection(claims)) + len(claims)


def bearing(claims: list[str]) -> str:
    """Say which claims a change bears on."""
    return f", bears on {some(claims, FEW)}" if claims else ""
