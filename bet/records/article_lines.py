"""The selection audit: every line of the article has a class, so that readers see nothing was picked.

The table ``article_lines`` holds line numbers and our classes, never the article's text. Nor does
``article_words.lock``: its line n holds three hexadecimal digits of a hash of each word of the article's
line n, sorted. That is enough to tell a word that does not stand there, and too little to read.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bet.faults import BadInput, Fault, require
from bet.paths import here, note
from bet.records.claims import Claim, claims, readable
from bet.records.tables import EVER, table

LAST_LINE = 297


def claims_by_line() -> dict[int, list[str]]:
    """Return the claims that stand on each line of the article."""
    found: dict[int, list[str]] = {}
    for claim in claims().values():
        for line in claim.lines:
            found.setdefault(line, []).append(claim.id)
    return found


def check() -> None:
    """Raise BadInput unless every line has one class and 'claim' means that a claim stands there."""
    frame = table("article_lines", EVER)
    classes = dict(zip(frame["line"], frame["class"], strict=True))
    standing = claims_by_line()
    faults = [
        Fault(f"article line {line}", "no class", "one row in article_lines")
        for line in range(1, LAST_LINE + 1)
        if line not in classes
    ]
    faults += [
        Fault(f"article line {line}", f"class '{classes[line]}' and claims {standing.get(line, [])}",
              "class 'claim' exactly where a claim stands")
        for line in classes
        if (classes[line] == "claim") != (line in standing)
    ]  # fmt: skip
    faults += [
        Fault(f"claim {claim}", f"line {line}", f"a line from 1 to {LAST_LINE}")
        for line, ids in standing.items()
        for claim in ids
        if not 1 <= line <= LAST_LINE
    ]
    pairs = frame.dropna(subset=["repeats_line"])
    again = {int(row.line): int(row.repeats_line) for row in pairs.itertuples()}
    require([*faults, *pair_faults(claims().values(), again)])


def pair_faults(judged: Iterable[Claim], again: Mapping[int, int]) -> Iterator[Fault]:
    """Tell claims whose lines do not rise, or name a line without the one that repeats it, or is repeated.

    ``again`` maps a line of the text's second copy to that of the first which it repeats.
    """
    first = {line: copy for copy, line in again.items()}
    for claim in judged:
        where = f"claim {claim.id} lines"
        if list(claim.lines) != sorted(set(claim.lines)):
            yield Fault(where, str(list(claim.lines)), "lines that rise, each once")
        for line in claim.lines:
            other = again.get(line, first.get(line))
            if other is not None and other not in claim.lines:
                yield Fault(
                    where,
                    f"{line} without {other}",
                    "both copies of a line, as article_lines has them",
                )


# ---- anchors


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def marks(text: str) -> set[str]:
    """Return three hexadecimal digits for each word of a text: one of 4,096 words has the same."""
    return {hashlib.sha256(word.encode()).hexdigest()[:3] for word in words(text)}


def anchors() -> None:
    """Raise BadInput unless each claim's anchor is made of words of one of its lines."""
    path = here().data / "article_words.lock"
    note(path)
    if not path.exists():
        require([Fault(f"data/{path.name}", "no such file", "the marks of the article's words")])
    lines = [set(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        judged = list(claims().values())
    except BadInput as error:
        raise BadInput([*error.faults, *anchor_faults(readable(), lines)]) from None
    require(list(anchor_faults(judged, lines)))


def anchor_faults(judged: Iterable[Claim], lines: Sequence[set[str]]) -> Iterator[Fault]:
    """Tell anchors that do not stand where their claims do; ``lines`` are the marks of each line.

    Who has no copy of the article can take the anchor of another claim there, which is named.
    """
    judged = list(judged)
    for claim in judged:
        if stands(claim.anchor, claim.lines, lines):
            continue
        there = (
            f", such as '{other.anchor}' of {other.id}"
            for other in judged
            if stands(other.anchor, set(claim.lines) & set(other.lines), lines)
        )
        told = " or ".join(map(str, claim.lines))
        expected = f"words of the article's line {told}{next(there, '')}"
        yield Fault(f"claim {claim.id} anchor", f"'{claim.anchor}'", expected)


def stands(anchor: str, numbers: Iterable[int], lines: Sequence[set[str]]) -> bool:
    """Tell whether the words of an anchor stand in one of the lines of these numbers, as their marks tell."""
    own = [lines[line - 1] for line in numbers if 1 <= line <= len(lines)]
    return bool(words(anchor)) and any(marks(anchor) <= line for line in own)
