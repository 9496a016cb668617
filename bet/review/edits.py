"""Edits that are made many times over, and the others that stand among them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from bet.numbers import SCALES
from bet.review.change import NONE, Change
from bet.review.texts import PROSE, RECORDS

MANY = 5  # times from which the same edit is a repeated one
_MOST = 20_000  # letters of a text that is looked through
Edit = tuple[frozenset[tuple[str, int]], frozenset[tuple[str, int]]]  # words that go and that come


def edit(change: Change) -> Edit | None:
    """Return the words that a change takes and puts; None where both sides are not known or are no text."""
    told = change.before, change.after
    if change.kind not in (*PROSE, *RECORDS) or not all(told) or max(map(len, told)) > _MOST:
        return None
    return _words(*told)


@lru_cache(maxsize=50_000)
def _words(before: str, after: str) -> Edit:
    old, new = (Counter(re.findall(r"\S+", one)) for one in (before, after))
    return frozenset((old - new).items()), frozenset((new - old).items())


def repeated(changes: Iterable[Change]) -> dict[Edit, int]:
    """Return the edits that are made many times, with how often."""
    found = Counter(told for change in changes if (told := edit(change)) is not None)
    return {told: count for told, count in found.items() if count >= MANY and any(told)}


def jump(change: Change) -> float:
    """Return how far a change goes from what it was, as ``step`` does."""
    return step(change.before, change.after)


def turns(change: Change) -> bool:
    """Tell whether a value becomes another kind of value: a sign turns, or a word is another one."""
    return change.kind in ("data", "number") and math.isinf(jump(change))


def numbers(change: Change) -> bool:
    """Tell whether a change is one of a number."""
    return None not in (_value(change.before), _value(change.after))


def step(before: str, after: str) -> float:
    """Return by which power of e a number goes away from what it was; 0 where nothing of it is known.

    A sign that turns, a zero that comes or goes and a word for another one are farther than any number. Days,
    and what comes or goes whole, count as one power.
    """
    was, now = _value(before), _value(after)
    if was is not None and now is not None:
        if was * now > 0:
            return abs(math.log(now / was))
        return math.inf if was != now else 0.0
    if _NOTHING & {before, after} or re.search(r"\d", f"{before}{after}"):
        return 1.0
    return math.inf if before != after else 0.0


_NOTHING = {NONE, "empty", ""}  # of a cell
SIZES = {"thousand": 1e3, **{word: size for size, word in SCALES}}
_NUMBER = re.compile(
    rf"(?P<sign>[-−]?)[$€£]?(?P<number>\d[\d,]*(?:\.\d+)?(?:e[-+]?\d\d?\b)?)\s*(?P<size>{'|'.join(SIZES)})?\b[^\d]*"
)


def _value(told: str) -> float | None:
    """Return the number that is all of a text, with its sign and its word of size; None for any other text."""
    found = _NUMBER.fullmatch(told.strip())
    if not found:
        return None
    size = SIZES.get(found["size"] or "", 1.0)
    return float(found["number"].replace(",", "")[:30]) * size * (-1 if found["sign"] else 1)
