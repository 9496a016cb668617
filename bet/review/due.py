"""What is due: claims whose next check has passed or whose condition has come true, and forecasts.

A reason that speaks of the present grows old as well. Its day is the newest that the sentence names,
or else the day on which the claim was last read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping

from bet.dates import last_day, named
from bet.records.claims import Claim, flips
from bet.records.sources import Evidence

FRESH = dt.timedelta(days=183)  # half a year: as long may a statement of the present stand unread

_PRESENT = re.compile(
    r"""\b(?:now | currently | at\ present | so\ far | to\ date | latest | newest | yet
      | today(?!['’]s)                          # today's shares are a unit
      | still\ (?:is|are|has|have|holds?|runs?|owns?|stands?) | (?:is|are|has|have)\ still
      | (?:is|are)\ the\ (?:largest|biggest|first|only|fastest)
      | (?:is|are|has|have)\ no\ longer)(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had|did)\b")


def of_the_present(reason: str) -> list[str]:
    """Return the sentences of a reason that speak of the present: 'now', 'so far', 'is the largest'."""
    sentences = re.split(r"(?<=[.?!])\s+", reason)
    return [s for s in sentences if _PRESENT.search(s) and not _PAST.search(s)]


def grown_old(claim: Claim, day: dt.date) -> list[str]:
    """Return the claim's statements of the present that are older than half a year on a day."""
    read = [last_day(entry.date) for entry in claim.history]
    read += [last_day(claim.second_reading.date)] if claim.second_reading else []
    told = (
        (s, max([last_day(day) for day in named(s)] or read, default=None))
        for s in of_the_present(claim.reason)
    )
    return [s for s, known in told if known and known + FRESH < day]


def due(
    ledger: Mapping[str, Claim],
    facts: Mapping[str, Evidence],
    forecasts: Iterable[Mapping[str, str]],
    day: dt.date,
) -> Iterator[tuple[str, str]]:
    """Yield (what, why) for everything that somebody has to look at on a day, the weightiest first."""
    for claim in ledger.values():
        flip = claim.flips_if
        if flip and flips(flip, ledger, facts):
            told = f"{flip.left} {flip.operator} {flip.right}"
            yield claim.id, f"its condition came true ({told}): the verdict may no longer stand"
    late = [c for c in ledger.values() if c.review_by and last_day(c.review_by) < day]
    for claim in sorted(late, key=lambda claim: (-claim.importance, str(claim.review_by))):
        yield claim.id, f"was to be checked again by {claim.review_by}"
    for claim in sorted(ledger.values(), key=lambda claim: -claim.importance):
        for sentence in grown_old(claim, day):
            yield claim.id, f"speaks of the present, and that was half a year ago: {sentence}"
    for row in forecasts:
        if dt.date.fromisoformat(row["resolve_by"]) < day:
            yield f"forecast {row['forecast']}", f"was to be resolved by {row['resolve_by']}"
