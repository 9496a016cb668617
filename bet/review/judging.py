"""Changes of what judges: code, pins, workflows, and the thresholds of the rule with the claims they turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from bet.records.claims import Figure, interval
from bet.records.rule import rule, worst
from bet.review import escaping, moves, sides
from bet.review.change import NONE, Change
from bet.review.sameness import same
from bet.review.snapshot import Snapshot


def judge(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Whatever decides how the book is judged, run or shown."""
    moved = moves.moved(base, head)
    folders = moves.folders(base, head, moved)
    left = {*moved.values()}  # told where they stand now
    for path in sides.names(base.judge, head.judge):
        old, new = base.files.get(path), head.files.get(path)
        if old != new and path not in left and not same(path, base, head):
            place = moved.get(path, path)
            state = "removed" if new is None else "changed" if old else f"moved from {escaping.path(place)}" if place != path else "added"  # fmt: skip
            texts = moves.renamed(base.judge.get(place, ""), folders), head.judge.get(path, "")
            weight = 10 * path.startswith(("bet/records/rule", "bet/review")) + path.startswith(
                (".github/", "bet/")
            )
            yield Change("judge", path, *texts, state, "", weight)


LIMITS = ("WITHIN", "NEAR", "LOOSE")


def thresholds(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """The claims whose figures come out differently under the other side's thresholds."""
    if not base.thresholds or not head.thresholds or base.thresholds == head.thresholds:
        return
    both = [tuple(side.thresholds[name] for name in LIMITS) for side in (base, head)]
    for name, record in head.claims.items():
        before, after = (_ruling(record, limits) for limits in both)
        if before != after:
            told = f"by the rule; the ledger says {sides.verdict(head, name)}"
            settled = sides.verdict(head, name) == after and bool(
                sides.history(base, head, name)[0]
            )
            yield Change("rule", name, before, after, told, sides.page(head, name), record.get("importance", 0), settled)  # fmt: skip


def _ruling(record: dict[str, Any], limits: tuple[float, ...]) -> str:
    """Return what the rule says of a claim's figures under some thresholds."""
    within, near, loose = limits
    found = []
    for fields in record.get("figures") or []:
        try:
            figure = Figure.model_validate(fields)
        except ValidationError:
            continue
        if figure.found is not None:
            spans = interval(figure.value), interval(figure.found)
            found.append(rule(figure.relation, *spans, figure.rounding(), (within, near, loose)).verdict)  # fmt: skip
    return worst(found) if found else NONE
