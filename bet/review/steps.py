"""How far a value goes from what it was."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from statistics import median

from bet.dates import last_day
from bet.numbers import SIZES
from bet.review.change import NONE, Change
from bet.review.wording import grade


def step(before: str, after: str) -> float:
    """Return by which power of e a number goes away from what it was; 0 where nothing of it is known.

    A sign that turns, a zero that comes or goes and a word for another one are farther than any number, a word
    that is spelled otherwise nearer. What comes or goes whole counts as one power, and so does a month between days.
    """
    was, now = number(before), number(after)
    if was is not None and now is not None:
        if was * now > 0:
            return abs(math.log(now / was))
        return math.inf if was != now else 0.0
    if (days := _days(before, after)) is not None:
        return math.log1p(days / 18)
    if _NOTHING & {before, after} or re.search(r"\d", f"{before}{after}"):
        return 1.0
    return math.inf if grade(before, after) > 1 else 0.1 * (before != after)


def _days(before: str, after: str) -> int | None:
    """Return how many days lie between two; None where one of them is none."""
    if not all(map(_DAY.fullmatch, (before, after))):
        return None
    try:
        return abs((last_day(after) - last_day(before)).days)
    except ValueError:
        return None


_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
_NOTHING = {NONE, "empty", ""}  # of a cell
_NUMBER = re.compile(
    rf"(?P<sign>[-−]?)[$€£]?(?P<number>\d[\d,]*(?:\.\d+)?(?:e[-+]?\d\d?\b)?)\s*(?P<size>{'|'.join(SIZES)})?\b[^\d]*"
)


def number(told: str) -> float | None:
    """Return the number that is all of a text, with its sign and its word of size; None for any other text."""
    found = _NUMBER.fullmatch(told.strip())
    if not found:
        return None
    size = SIZES.get(found["size"] or "", 1.0)
    return float(found["number"].replace(",", "")[:30]) * size * (-1 if found["sign"] else 1)


MANY = 5  # numbers from which the same factor is a common one


def unlike(changes: Iterable[Change]) -> list[Change]:
    """Return the numbers that change by no factor by which many do, the farthest from those first.

    A factor is told by two digits, and one of 1 is a rounding: what its last digit may hide is no other factor.
    """
    pairs = [(one, number(one.before), number(one.after)) for one in changes]
    factors: dict[str, list[float]] = {}
    known = [(one, was, now) for one, was, now in pairs if was and now and was * now > 0]
    for _, was, now in known:
        factors.setdefault(f"{now / was:.1e}", []).append(now / was)
    common = [median(found) for found in factors.values() if len(found) >= MANY]
    far = {
        one: min(abs(math.log(now / was / factor)) for factor in common)
        for one, was, now in known
        if common and min(abs(now - was * factor) for factor in common) > 0.51 * _last_digit(one.after)
    }  # fmt: skip
    return sorted(far, key=lambda one: -far[one])


def _last_digit(told: str) -> float:
    """Return what a one at the last place of a number is worth."""
    size = SIZES.get(told.rpartition(" ")[2], 1.0)
    decimals = re.search(r"\.(\d+)\D*$", told)
    return size * 10.0 ** -len(decimals[1] if decimals else "")
