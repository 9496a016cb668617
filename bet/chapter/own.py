"""Which outputs are the book's own: kinds from a fixed list, and HTML that our code makes of the record beside it.

Whoever can write a notebook can write any output under any media type. So the name of a record
beside some HTML vouches for nothing: the HTML is made again from the record, and has to be the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from bet.chapter import cards, panels, still
from bet.chapter.outputs import (
    ASSESSMENT_MIME,
    CHART_MIME,
    NARROW_MIME,
    NUMBERS_MIME,
    PANEL_MIME,
    SCORECARD_MIME,
    WORDS_MIME,
    as_written,
)
from bet.records.claims import SECTIONS
from bet.records.rule import SCALE

# What may stand beside a record of each kind; without one, text only.
_BESIDE = {
    CHART_MIME: {NARROW_MIME, "image/svg+xml", "image/png", "text/plain"},
    PANEL_MIME: {"text/html", "text/plain"},
    SCORECARD_MIME: {"text/html", "text/plain"},
    ASSESSMENT_MIME: {"text/html", "text/plain"},
    NUMBERS_MIME: {"text/markdown", "text/plain"},
    WORDS_MIME: {"text/markdown", "text/plain"},
}
_TEXTS = {"text/markdown", "text/plain"}
UNMADE = "HTML that the record beside it does not make"


def problems(data: Mapping[str, Any]) -> list[str]:
    """Return what an output holds that no code of the book puts there, for each what it is."""
    record = next((kind for kind in _BESIDE if kind in data), "")
    allowed = {record, *_BESIDE[record]} if record else _TEXTS
    found = [f"an output of {kind}" for kind in data if kind not in allowed]
    if "text/html" in data and "text/html" in allowed and not _made(record, data):
        found.append(UNMADE)
    return [*found, *_drawn(data)]


def _drawn(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the pictures of an output hold that no picture of a site may."""
    if "image/svg+xml" in data:
        yield from _moving("".join(map(str, data["image/svg+xml"])))
    if NARROW_MIME in data:
        copy = data[NARROW_MIME]
        if isinstance(copy, dict) and list(copy) == ["svg"] and isinstance(copy["svg"], str):
            yield from _moving(copy["svg"])
        else:
            yield f"{NARROW_MIME} with more than a picture"


@lru_cache(maxsize=1_000)
def _moving(svg: str) -> tuple[str, ...]:
    return tuple(
        f"{fault.found} in a picture" for fault in islice(still.picture_faults(svg, ""), 5)
    )


def _made(kind: str, data: Mapping[str, Any]) -> bool:
    """Tell whether the HTML of an output is what our code makes of its record."""
    try:
        told = as_written("".join(data["text/html"]))
        return told == _html(kind, data[kind], told)
    except (LookupError, TypeError, ValueError, AttributeError):  # no record of ours
        return False


def _html(kind: str, record: Any, told: str) -> str:
    """Return the HTML of a record. What its record does not hold is taken from ``told``, as text."""
    if kind == PANEL_MIME:
        return panels.table_html(record)
    if kind == SCORECARD_MIME:
        counts = {word: int(n) for n, word in re.findall(r"<b>([0-9]{1,4})</b> ([a-z]+)<", told)}
        return cards.scorecard_html({word: counts.get(word, 0) for word in SCALE})
    if told.startswith("<p>"):  # the records of claims that no notebook computes
        links = (cards.section_link(section) for section in SECTIONS)
        return next((link for link in links if link == told), "")
    (judged,) = record
    paraphrase = re.search(r"</p><p>([^<]*)</p>", told)
    return cards.card_of(judged, html.unescape(paraphrase[1]) if paraphrase else "")
