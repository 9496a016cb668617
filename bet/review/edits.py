"""Edits that are made many times over, and the others that stand among them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from bet.review import source_diff
from bet.review.change import Change
from bet.review.steps import number, step
from bet.review.texts import PROSE, RECORDS

MANY = 5  # times from which the same edit is a repeated one
_MOST = 20_000  # letters of a text that is looked through
Edit = frozenset[tuple[str, str]]  # passages, each before and after


def edit(change: Change) -> Edit | None:
    """Return what a change puts in whose place; None where both sides are not known or are no text."""
    told = change.before, change.after
    if change.kind not in (*PROSE, *RECORDS) or not all(told) or max(map(len, told)) > _MOST:
        return None
    return _passages(*told)


@lru_cache(maxsize=50_000)
def _passages(before: str, after: str) -> Edit:
    return frozenset(source_diff.passages(before, after))


def repeated(changes: Iterable[Change]) -> dict[Edit, int]:
    """Return the edits that are made many times, with how often."""
    found = Counter(told for change in changes if (told := edit(change)) is not None)
    return {told: count for told, count in found.items() if count >= MANY and told}


def jump(change: Change) -> float:
    """Return how far a change goes from what it was, as ``step`` does."""
    return step(change.before, change.after)


def turns(change: Change) -> bool:
    """Tell whether a value becomes another kind of value: a sign turns, or a word is another one."""
    return change.kind in ("data", "number") and math.isinf(jump(change))


def numbers(change: Change) -> bool:
    """Tell whether a change is one of a number."""
    return None not in (number(change.before), number(change.after))
