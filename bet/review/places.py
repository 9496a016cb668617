"""Charts and cards that stand in another cell: the same picture beside other words says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bet.chapter.outputs import ASSESSMENT_MIME
from bet.review import hidden, source_diff
from bet.review.change import Change, strong, text
from bet.review.change import name as named
from bet.review.snapshot import Snapshot

ELSEWHERE = strong("stands elsewhere")  # how the note of a change begins that tells of such a one
WEIGHT = 1  # before other words


class _Place(NamedTuple):
    """Where something stands: page, number of the cell, of the output in it and of what is in that."""

    page: str
    cell: int
    output: int
    part: int = 0


def moved(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the charts and cards of both sides that stand in another cell, or in another order."""
    yield from _moved("chart", _charts(base), _charts(head), base, head)
    yield from _moved("card", _cards(base), _cards(head), base, head)


def cell(side: Snapshot, chart: Mapping[str, Any]) -> Any:
    """Return the cell that a chart stands in; an empty one where that is not known."""
    book, place = side.notebooks.get(chart["notebook"]), chart.get("place")
    return book.cells[place[0]] if book and place else {}


def _charts(side: Snapshot) -> dict[str, _Place]:
    return {
        name: _Place(chart["notebook"], *chart["place"])
        for name, chart in side.charts.items()
        if chart.get("place")
    }


def _cards(side: Snapshot) -> dict[str, _Place]:
    """Return where the first record of every claim stands."""
    found: dict[str, _Place] = {}
    for page, book in side.notebooks.items():
        for n, one in enumerate(book.cells):
            for m, output in enumerate(one.get("outputs", [])):
                records = output.get("data", {}).get(ASSESSMENT_MIME)
                for k, record in enumerate(records if isinstance(records, list) else []):
                    if isinstance(record, dict):
                        found.setdefault(text(record.get("claim")), _Place(page, n, m, k))
    return found


def _moved(
    kind: str, old: dict[str, _Place], new: dict[str, _Place], base: Snapshot, head: Snapshot
) -> Iterator[Change]:
    mute = base.mute | head.mute
    both = {n: (old[n], new[n]) for n in new if n in old and not {old[n].page, new[n].page} & mute}
    slots = {page: _slots(base, head, page) for page in {now.page for _, now in both.values()}}
    stay: dict[tuple[str, int], list[str]] = {}
    gone: set[str] = set()
    for name, (was, now) in both.items():
        slot = slots[now.page]
        here, there = slot[0].get(was.cell), slot[1].get(now.cell)
        if (
            was.page != now.page
            or here != there
            or here is None
            or (here[1] and _goes_on(base, head, was, now))
        ):
            gone.add(name)
        else:
            stay.setdefault((now.page, here[0] if here[1] else -1 - here[0]), []).append(name)
    for names in stay.values():
        orders = [sorted(names, key=lambda n, side=side: both[n][side]) for side in (0, 1)]  # type: ignore[misc]
        gone |= {a for a, b in zip(*orders, strict=True) if a != b}
    for name in (name for name in both if name in gone):
        was, now = both[name]
        one = head.notebooks[now.page].cells[now.cell]
        note = ", ".join(filter(None, [ELSEWHERE, hidden.note(one)]))
        yield Change("words", f"{kind} {name}", *_named(base, head, was, now), note, now.page, WEIGHT)  # fmt: skip


_Slot = tuple[int, bool]  # its number, and whether it is a gap between cells that are on both sides


def _slots(base: Snapshot, head: Snapshot, page: str) -> tuple[dict[int, _Slot], dict[int, _Slot]]:
    """Return for the cells of both sides what they are: one of both, or in a gap behind so many of those."""
    before, after = base.notebooks.get(page), head.notebooks[page]
    if before is None:
        return {}, {}
    pairs = list(source_diff.aligned(before, after))
    found: tuple[dict[int, _Slot], dict[int, _Slot]] = ({}, {})
    for side, book in enumerate((before, after)):
        known, count = {id(pair[side]) for pair in pairs}, 0
        for n, one in enumerate(book.cells):
            count += id(one) in known
            found[side][n] = count, id(one) not in known
    return found


def _goes_on(base: Snapshot, head: Snapshot, was: _Place, now: _Place) -> bool:
    """Tell whether the cell of base is there under its name and is another one than that of head."""
    old = base.notebooks[was.page].cells[was.cell].get("id")
    cells = head.notebooks[now.page].cells
    return old != cells[now.cell].get("id") and old in {one.get("id") for one in cells}


def _named(base: Snapshot, head: Snapshot, was: _Place, now: _Place) -> tuple[str, str]:
    """Name both cells; by their pages and numbers too where the names alone do not tell them apart."""
    cells = [side.notebooks.get(p.page) for side, p in ((base, was), (head, now))]
    ids = [
        named(str(book.cells[p.cell].get("id", ""))) if book else "a page that is gone"
        for book, p in zip(cells, (was, now), strict=True)
    ]
    if was.page != now.page:
        ids = [f"{told} of {named(p.page)}" for told, p in zip(ids, (was, now), strict=True)]
    elif ids[0] == ids[1]:
        ids = [f"{told}, place {p.cell + 1}.{p.output + 1}" for told, p in zip(ids, (was, now), strict=True)]  # fmt: skip
    return ids[0], ids[1]
