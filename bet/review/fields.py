"""How much a field of a record weighs: many dates that move must not bury one reason that does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from bet.faults import some
from bet.review import source_diff
from bet.review.change import FEW, NONE, Change, name, value
from bet.review.names import MANY
from bet.review.steps import unlike
from bet.review.wording import grade, one_for_another, slight, swapped, weighty

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
MOST_LETTERS = 20_000  # of a text whose words are looked at
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d{4,14}[a-z_]{0,4}/(?=https?://)")
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
    return (
        other + 1 + LIGHT.index(told)
        if is_light(change)
        else _RANKS.get(told.partition(" ")[0], other)
    )


def is_light(change: Change) -> bool:
    """Tell whether a change is of a field of which many may differ and nobody concludes otherwise."""
    told, before, after = field(change), change.before, change.after
    if change.kind == "schema":
        before, after = (side.removeprefix(f"{told}: ") for side in (before, after))
    if told == "as_of":  # written coarser: the day is told less exactly, and is no other one
        return bool(_DAY.fullmatch(before) and before.startswith(f"{after}-"))
    if told in ("review_by", "retrieved"):
        return _is_day(change)
    if told == "reason":
        return slight(before, after)
    if told == "url":
        pages = [_page(side) for side in (before, after)]
        return bool(pages[0]) and pages[0] == pages[1]
    return told in LIGHT and not weighty(before, after)


_A_PLACE = re.compile(
    r"[\w-]*|:~:.*"
)  # of a page; by any other fragment a script may show another page


def _page(url: str) -> str:
    """Return what an address leads to, however it is written; on one host many people publish."""
    parts = urlsplit(_ARCHIVED.sub("", url))
    shown = "" if _A_PLACE.fullmatch(parts.fragment) else f"#{parts.fragment}"
    return f"{_site(url)}{parts.path.rstrip('/')}?{parts.query}{shown}" * bool(parts.netloc)


def _site(url: str) -> str:
    """Return the host of an address, with and without www the same, of an archived page its own."""
    return urlsplit(_ARCHIVED.sub("", url)).netloc.removeprefix("www.")


def counted(changes: Iterable[Change]) -> str:
    """Count records by the field that differs, the gravest first; of many name those that say most otherwise."""
    found: dict[tuple[int, str, str, bool], dict[str, list[Change]]] = {}
    for change in changes:
        if change.kind in KINDS and field(change):
            light = is_light(change)
            place = rank(change) if change.kind != "verdict" else _RANKS.get(field(change), len(WEIGHTY))  # fmt: skip
            key = place, field(change), _how(change, light), light
            found.setdefault(key, {}).setdefault(_record(change), []).append(change)
    told = []
    for (_, one, how, light), records in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]))):  # fmt: skip
        most = farthest(records) if not light or one == "reason" else _alone(records)
        shown = f"{' '.join(map(name, one.split(' ', 1)))}{how} {len(records)}"
        often = _often(records)
        names = [
            f"{name(record)}{_swap(records[record], often) if place < FEW else ''}"
            for place, record in enumerate(most)
        ]
        told.append(f"{shown} ({some(names, MOST_IDS)})" if most else shown)
    return some(told, MOST_FIELDS)


def farthest(records: dict[str, list[Change]]) -> list[str]:
    """Return what changes, by name, those first that say most otherwise; none of many that do so alike.

    Before all others stand numbers that change by another factor than many do, then those in which words change
    that hardly another one changes.
    """
    often = _often(records)
    others = {*unlike(change for changes in records.values() for change in changes)}
    weights = {
        one: (
            any(c in others for c in changes),
            own > 0,
            max(grade(c.before, c.after) for c in changes),
            own,
        )
        for one, changes in records.items()
        for own in [_own(changes, often)]
    }
    alike = len(records) > MOST_IDS and len({*weights.values()}) == 1
    return [] if alike else sorted(records, key=lambda one: weights[one], reverse=True)


def _alone(records: dict[str, list[Change]]) -> list[str]:
    """Return of many light changes, days apart, those in which other words differ than in most."""
    if len(records) < MANY or all(_is_day(c) for changes in records.values() for c in changes):
        return []
    often = _often(records)
    return [one for one in farthest(records) if _own(records[one], often)]


def _is_day(change: Change) -> bool:
    return all(map(_DAY.fullmatch, (change.before, change.after)))


def _often(records: dict[str, list[Change]]) -> Counter[str]:
    """Count in how many records a word goes from its place, or comes to one."""
    return Counter(word for changes in records.values() for word in {*_words(changes)})


def _own(changes: Iterable[Change], often: Counter[str]) -> int:
    """Count the words that changes move and that hardly another record moves."""
    return sum(often[word] < MANY for word in {*_words(changes)})


def _words(changes: Iterable[Change]) -> Iterator[str]:
    return (word for change in changes for word in _moved(change.before, change.after))


def _swap(changes: list[Change], often: Counter[str]) -> str:
    """Return few words that took the place of few, that came or that went, as in a sentence of ours.

    Of several such places that one is shown whose words hardly another record moves.
    """
    if len(changes) > 1 or changes[0].kind == "verdict" or field(changes[0]) == "url":
        return ""
    pair = changes[0].before, changes[0].after
    if changes[0].note == "renamed":
        return f" → {name(pair[1])}"
    places = [few for few in source_diff.passages(*pair) if swapped(*few) or "" in few]
    if NONE in pair or not places:
        return ""
    few = max(places, key=lambda few: (sum(often[w] < MANY for w in {*_moved(*few)}), grade(*few)))
    told = [words.strip(".,;:!?") for words in few]
    return f" {' → '.join(value(words) if words else NONE for words in told)}" if any(told) else ""


def _moved(before: str, after: str) -> Iterator[str]:
    """Yield the words that go from their place or come to one, each with a sign: in each other's place both do."""
    old, new = (re.findall(r"\w+", told[:MOST_LETTERS].casefold()) for told in (before, after))
    for tag, i, i_end, j, j_end in source_diff.opcodes(old, new):
        if tag != "equal":
            yield from (f"-{word}" for word in old[i:i_end])
            yield from (f"+{word}" for word in new[j:j_end])


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
