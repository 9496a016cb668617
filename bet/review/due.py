"""What is due: claims whose next check has passed or whose condition has come true, and forecasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from bet.dates import last_day
from bet.records.claims import Claim, flips
from bet.records.sources import Evidence


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
    for row in forecasts:
        if dt.date.fromisoformat(row["resolve_by"]) < day:
            yield f"forecast {row['forecast']}", f"was to be resolved by {row['resolve_by']}"
