"""How much a field of a record weighs: many dates that move must not bury one reason that does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bet.faults import some
from bet.review.change import NONE, Change, name
from bet.review.wording import one_for_another, slight, weighty

# The gravest first; a field that is not named weighs less than these and more than the light ones.
WEIGHTY = (
    "verdict", "confidence", "notebook_only", "reason", "supports", "contradicts", "qualifies", "figures",
    "then", "told_by", "sets", "lost", "added", "fact", "figure", "unit", "publisher", "url", "tier", "origin", "source",
    "min", "max", "default", "paraphrase", "override", "flips_if", "public", "published",
)  # fmt: skip
LIGHT = ("as_of", "review_by", "retrieved", "meaning", "note", "reason", "url")
_HOW = {"as_of": " (coarser)", "reason": " (a word or two)", "url": " (of the same page)"}
_ANOTHER = " (one word for another)"
# Of changes that are told by field
KINDS = ("verdict", "grounds", "parameter", "edition", "schema", "source")
MOST_IDS = 12  # records that are named; of more the number is told
MOST_FIELDS = 24
_RANKS = {field: rank for rank, field in enumerate(WEIGHTY)}
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?|–")


def field(change: Change) -> str:
    """Return the field of a record that a change is about; empty where it is about none."""
    if change.kind == "verdict":
        first = change.before.partition(" ")[0]
        return first if change.level and first in ("confidence", "importance") else "verdict"
    return change.field or ("name" if change.kind in KINDS and change.note == "renamed" else "")


def rank(change: Change) -> int:
    """Say where a change stands among others of its kind: of verdicts none stands before another by its field."""
    if change.kind == "verdict" or not (told := field(change)):
        return 0
    other = len(WEIGHTY)
    return other + 1 + LIGHT.index(told) if is_light(change) else _RANKS.get(told, other)


def is_light(change: Change) -> bool:
    """Tell whether a change is of a field of which many may differ and nobody concludes otherwise."""
    told, before, after = field(change), change.before, change.after
    if change.kind == "schema":
        before, after = (side.removeprefix(f"{told}: ") for side in (before, after))
    if told == "as_of":  # written coarser: the day is told less exactly, and is no other one
        return bool(_DAY.fullmatch(before) and before.startswith(f"{after}-"))
    if told in ("review_by", "retrieved"):
        return all(_DAY.fullmatch(day) for day in (before, after))
    if told == "reason":
        return slight(before, after)
    if told == "url":
        pages = [_page(side) for side in (before, after)]
        return bool(pages[0]) and pages[0] == pages[1]
    return told in LIGHT and not weighty(before, after)


def _page(url: str) -> str:
    """Return what an address leads to, however it is written; on one host many people publish."""
    parts = urlsplit(url)
    return f"{_site(url)}{parts.path.rstrip('/')}?{parts.query}" * bool(parts.netloc)


def _site(url: str) -> str:
    """Return the host of an address, with and without www the same."""
    return urlsplit(url).netloc.removeprefix("www.")


def counted(changes: Iterable[Change]) -> str:
    """Count records by the field that differs, the gravest first; name them where they are few."""
    found: dict[tuple[int, str, str, bool], dict[str, None]] = {}
    for change in changes:
        if change.kind in KINDS and field(change):
            light = is_light(change)
            place = rank(change) if change.kind != "verdict" else _RANKS.get(field(change), len(WEIGHTY))  # fmt: skip
            key = place, field(change), _how(change, light), light
            found.setdefault(key, {})[_record(change)] = None
    told = []
    for (_, one, how, light), records in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]))):  # fmt: skip
        shown = f"{name(one)}{how} {len(records)}"
        few = len(records) <= MOST_IDS and (not light or one == "reason")
        told.append(f"{shown} ({', '.join(map(name, records))})" if few else shown)
    return some(told, MOST_FIELDS)


def _how(change: Change, light: bool) -> str:
    """Say of a field how it changes, where that tells those who read from those who need not."""
    told = field(change)
    if light:
        return _HOW.get(told, "")
    pair = change.before, change.after
    if told == "url" and NONE not in pair:
        return " (of another site)" if _site(change.before) != _site(change.after) else ""
    return _ANOTHER if told == "reason" and one_for_another(*pair) and not weighty(*pair) else ""


def _record(change: Change) -> str:
    """Name a record without its kind; of a sidecar the table."""
    if change.kind == "source":
        return change.what.partition(" ")[2]
    return change.what.partition(",")[0] if change.kind in ("schema", "edition") else change.what
