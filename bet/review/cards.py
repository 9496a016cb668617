"""Saved cards held against the record that each shows: a card may say nothing else than its record.

Pages take a card from the notebook's saved output. What is compared as a record is told by itself, so
that a card with words of its own would be the one place where nobody looks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bet.chapter.cards import answer
from bet.chapter.outputs import ASSESSMENT_MIME
from bet.records.judge import label
from bet.review import sides, source_diff
from bet.review.change import NONE, Change, strong, text
from bet.review.snapshot import Snapshot, outputs_of

# What a card says beside its record, and what stands above the records of a chapter.
FRAME = (
    "computed",
    "from the ledger",
    "figure printed found",
    "Why",
    "All claims of this chapter with their reasons and sources",
)
MAKER = ("bet/chapter/", "bet/records/")  # the code that makes cards
_WORD = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*|[^\w\s*.,;:()|]")
_MASK = "\1 "
Ledger = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Card:
    """A saved card: its page and claim, what it says beside its record, and what it leaves out."""

    page: str
    claim: str
    more: tuple[str, ...]
    missing: tuple[str, ...]


def cards(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield each card that came to say something else than the record beside it."""
    before, after = list(_cards(base, base)), list(_cards(head, base))
    same_code = _maker(base) == _maker(head)
    frame = {part for card in before for part in card.more}
    if not same_code:  # other code, other cards: what most of them say is their frame
        times = Counter(part for card in after for part in set(card.more))
        frame |= {part for part, count in times.items() if count > max(2, len(after) / 2)}
    known = {(card.claim, part) for card in before for part in card.missing}
    for card in after:
        more = [part for part in card.more if part not in frame]
        missing = [part for part in card.missing if same_code and (card.claim, part) not in known]
        if more or missing:
            note = strong("its saved card says so; the record beside it does not")
            weight = sides.weight(head, card.claim)
            yield Change("verdict", card.claim, *_apart(missing, more), note, card.page, weight, False, level=True)  # fmt: skip


def again(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield each claim of which a second record came: readers see a card of each, and only one is compared."""
    known = _repeated(base)
    for claim, found in _repeated(head).items():
        if known.get(claim) == found:
            continue
        (_, first), *others = found
        for page, record in others:
            keys = [k for k in sides.names(first, record) if first.get(k) != record.get(k)]
            was, now = (text({k: side.get(k) for k in keys}) for side in (first, record))
            note = strong("its notebooks hold a second record of it")
            weight = sides.weight(head, claim)
            yield Change("verdict", claim, was, now, note, page, weight, False, level=True)


def _repeated(side: Snapshot) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return (page, record) of every record of a claim that has more than one, by claim."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for page, data in outputs_of(side.notebooks):
        records = data.get(ASSESSMENT_MIME)
        for record in records if isinstance(records, list) else []:
            if isinstance(record, dict):
                found.setdefault(text(record.get("claim")), []).append((page, record))
    return {claim: records for claim, records in found.items() if len(records) > 1}


def _maker(side: Snapshot) -> dict[str, str]:
    return {path: told for path, told in side.judge.items() if path.startswith(MAKER)}


def _apart(missing: list[str], more: list[str]) -> tuple[str, str]:
    """Return the sentences that only the record has, and those that only the card has."""
    told = [" ".join(missing), " ".join(more)]
    known = [f" {_words(side)} " for side in told[::-1]]
    only = [
        " ".join(s for s in re.split(r"(?<=[.?!])\s+", side) if f" {_words(s)} " not in other)
        for side, other in zip(told, known, strict=True)
    ]
    shown = only if any(only) else told  # the same sentences in another order
    return shown[0] or NONE, shown[1] or NONE


def _cards(side: Snapshot, base: Snapshot) -> Iterator[_Card]:
    for page, data in outputs_of(side.notebooks):
        told, records = data.get("text/html"), data.get(ASSESSMENT_MIME)
        if isinstance(told, str) and isinstance(records, list):
            shown = [r for r in records if isinstance(r, dict)]
            yield from _of(page, told, shown, [side.claims, base.claims])


def _of(page: str, told: str, records: list[dict[str, Any]], ledgers: list[Ledger]) -> Iterator[_Card]:  # fmt: skip
    """Yield the cards of one output: its words without those of its records, each taken once."""
    seen = source_diff.visible(told)[0].replace("$ ", "$")
    places = [found.span() for found in _WORD.finditer(seen)]
    left = f" {' '.join(seen[start:end] for start, end in places)} "
    named = [record for record in records if f" {_words(record.get('claim'))} " in left]
    named = named or records[: len(records) == 1]
    missing: dict[str, list[str]] = {text(record.get("claim")): [] for record in named}
    parts = [part for record in named for part in _parts(record, ledgers, left)]
    parts += [("", part, False) for part in FRAME]
    for claim, part, must in sorted(parts, key=lambda one: -len(one[1])):
        if own := _words(part):
            found = f" {own} " in left
            left = left.replace(f" {own} ", f" {_MASK * (own.count(' ') + 1)}", 1)
            if must and not found:
                missing[claim].append(part)
    more = tuple(_gaps(seen, places, left.split()))
    for number, record in enumerate(named):
        claim = text(record.get("claim"))
        lost = [part for owner, part, _ in parts if owner == claim and part in missing[claim]]
        yield _Card(page, claim, more if number == 0 else (), tuple(lost))


def _gaps(seen: str, places: list[tuple[int, int]], left: list[str]) -> Iterator[str]:
    """Yield what stands between the words that were taken, as the card shows it."""
    own = [n for n, word in enumerate(left) if word != _MASK.strip()]
    for _, run in groupby(enumerate(own), key=lambda pair: pair[1] - pair[0]):
        words = [n for _, n in run]
        last = words[-1] + 1
        end = places[last][0] if last < len(places) else len(seen)
        yield seen[places[words[0]][0] : end].strip()


def _parts(record: dict[str, Any], ledgers: list[Ledger], left: str) -> Iterator[tuple[str, str, bool]]:  # fmt: skip
    """Yield (claim, words, whether they must be there) of all that a card shows of a record.

    A card older than its ledger shows what the ledger said before: that is told elsewhere.
    """
    claim = text(record.get("claim"))
    says = [str(ledger.get(claim, {}).get("paraphrase") or "") for ledger in ledgers]
    yield claim, says[0] if f" {_words(says[0])} " in left else says[1] or says[0], True
    yield from ((claim, part, True) for part in answer(str(record.get("reason") or "")))
    yield claim, str(record.get("turned") or ""), True
    yield claim, f"{claim} {record.get('verdict')}", False
    if level := record.get("confidence"):
        yield claim, f"confidence {level}", False
    figures = record.get("figures")
    for figure in figures if isinstance(figures, list) else []:
        if isinstance(figure, dict):
            yield claim, label(str(figure.get("name"))), False
            read, printed = str(figure.get("read_text") or ""), str(figure.get("printed") or "")
            yield claim, read, True
            yield claim, str(figure.get("found_text") or ""), True
            if "".join(read.split()) != "".join(printed.split()):  # else it is shown once
                yield claim, printed, True


def _words(told: object) -> str:
    return " ".join(_WORD.findall(str(told)))
