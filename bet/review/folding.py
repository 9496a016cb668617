"""What stood open on a page and now stands in a fold, where a reader sees it after a click only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bet.chapter.lint import DEEPER, blocks
from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME
from bet.review.active import flat
from bet.review.change import Change, strong
from bet.review.snapshot import Snapshot

NOTE = strong("hidden in a fold")  # of a change that tells what a page folds
ALIKE = 0.6  # share of its words from which a paragraph counts as one that stood open, rewritten
MOST = 200  # paragraphs of the base that are looked through for such ones


def changes(base: Snapshot, head: Snapshot, page: str) -> Iterator[Change]:
    """Yield as one change what a page folds and the base showed: its headings, text, charts and cards."""
    (open_before, folded_before), (open_after, folded) = (
        _parts(side, page) for side in (base, head)
    )
    lost = {told: _words(told) for told in open_before if told not in open_after}
    new = [told for told in folded if told not in folded_before and told not in open_after]
    known = [*lost.values()][:MOST]
    came = [told for told in new if told in lost or _stood(told, known)]
    if came:
        weight = 3  # before other words
        yield Change(
            "words", "page", "\n\n".join(came), "read after a click or never", NOTE, page, weight
        )


def _stood(told: str, lost: list[frozenset[str]]) -> bool:
    """Tell whether a paragraph is one of those that a page lost, in other words."""
    words = _words(told)
    return any(len(words & old) >= ALIKE * len(words | old) for old in lost if old)


def _words(told: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", told.lower())) if len(told) < 20_000 else frozenset()


def _parts(side: Snapshot, page: str) -> tuple[dict[str, None], dict[str, None]]:
    """Return what a page shows open and what in folds, each in order."""
    found: tuple[dict[str, None], dict[str, None]] = ({}, {})
    deep = 0  # rank of the heading below which all is folded
    for part in _shown(side, page):
        if part.startswith(_DRAWN):
            found[bool(deep)][part] = None
            continue
        for block in blocks(part):
            if block.rank:
                deep = 0 if block.rank <= deep else deep
                found[bool(deep)][block.text] = None
                deep = deep or block.rank * (block.text == DEEPER)
            else:
                found[bool(deep) or block.folded][block.text] = None
    return found


_DRAWN = ("\ue000chart ", "\ue000cards of ")  # no text of a page begins so


def _shown(side: Snapshot, page: str) -> Iterator[str]:
    """Yield the texts that a page is made of, in order, and by its name what is drawn there."""
    if page not in side.notebooks:
        yield side.pages.get(page, "")
        return
    for cell in side.notebooks[page].cells:
        if cell.cell_type == "markdown":
            yield cell.source
        for output in cell.get("outputs", []):
            yield from _output(output.get("data", {}))


def _output(data: dict[str, Any]) -> Iterator[str]:
    chart, records = data.get(CHART_MIME), data.get(ASSESSMENT_MIME)
    if isinstance(chart, dict):
        yield f"{_DRAWN[0]}{chart.get('name')}\ue001"
    elif isinstance(records, list):
        claims = (str(one.get("claim")) for one in records if isinstance(one, dict))
        yield f"{_DRAWN[1]}{', '.join(claims)}\ue001"
    else:
        yield flat(data.get("text/markdown") or data.get("text/plain", ""))
