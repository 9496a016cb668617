"""Records that cannot be nonsense: days in an order that can be, and units that agree.

Each field alone may be well formed and the record impossible all the same: judged next year, published
after it was read, megawatts in one place and gigawatts in the other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bet.dates import first_day, last_day, named, written
from bet.faults import Fault, require
from bet.records.claims import ARTICLE_DAY, THEN, Claim, claims
from bet.records.sources import Source, evidence, sources
from bet.records.tables import names, sidecar, table

LEDGER_DAY = dt.date(2026, 11, 25)  # the first judgement; a clock that runs behind it is wrong

LEAST_WORDS = 4  # of why a claim was judged again; one word gives no reason

_UNITS = {
    "w": ("watt", 1.0), "watts": ("watt", 1.0), "kw": ("watt", 1e3), "mw": ("watt", 1e6),
    "gw": ("watt", 1e9), "tw": ("watt", 1e12), "kwh": ("watt hour", 1e3), "mwh": ("watt hour", 1e6),
    "gwh": ("watt hour", 1e9), "twh": ("watt hour", 1e12), "kg": ("gram", 1e3),
    "tonnes": ("gram", 1e6), "mb": ("byte", 1e6), "gb": ("byte", 1e9), "tb": ("byte", 1e12),
    "million": ("many", 1e6), "billion": ("many", 1e9), "bn": ("many", 1e9), "trillion": ("many", 1e12),
    "hours": ("time", 1 / 24), "days": ("time", 1.0), "weeks": ("time", 7.0),
    "months": ("time", 365.25 / 12), "years": ("time", 365.25),
}  # fmt: skip


def today() -> dt.date:
    """Return the day after which nothing can have happened."""
    return max(dt.date.today(), LEDGER_DAY)


def check() -> None:
    """Check days and units of all records; raise BadInput naming every fault."""
    faults = [fault for claim in claims().values() for fault in history_faults(claim, today())]
    faults += [fault for claim in claims().values() for fault in clock_faults(claim)]
    faults += [fault for source in sources().values() for fault in source_faults(source, today())]
    faults += [fault for claim in claims().values() for fault in _figure_faults(claim)]
    faults += [fault for name in names() for fault in table_faults(name, today())]
    require([*faults, *_fact_faults(), *_column_faults()])


def history_faults(claim: Claim, latest: dt.date) -> Iterator[Fault]:
    """Tell days of a history that fall, lie ahead or before the article, and reasons without words."""
    where = f"claim {claim.id} history"
    for place, entry in enumerate(claim.history):
        if len(re.findall(r"[^\W\d_]{2,}", entry.why)) < (LEAST_WORDS if place else 1):
            right = f"a reason of {LEAST_WORDS} words or more" if place else "a reason in words"
            yield Fault(f"{where} {entry.date}", f"why {entry.why!r}", right)
        if first_day(entry.date) > latest:
            yield Fault(where, entry.date, f"a day up to {latest}")
        if last_day(entry.date) < ARTICLE_DAY:
            yield Fault(
                where, entry.date, f"a day from {ARTICLE_DAY} on, when the article appeared"
            )
    for before, after in pairwise(claim.history):
        if last_day(after.date) < first_day(before.date):
            yield Fault(where, f"{after.date} after {before.date}", "days that rise")


def clock_faults(claim: Claim) -> Iterator[Fault]:
    """Tell months in the reason of the earlier clock that lay ahead then and were past when it was written."""
    where, text = (
        ("then", claim.then.reason) if claim.then else ("reason, which has no 'then'", claim.reason)
    )
    told_on = last_day(claim.history[-1].date) if claim.history else THEN
    for month in (day[:7] for day in named(text) if "-" in day):
        if THEN < first_day(month) <= told_on:
            yield Fault(f"claim {claim.id} {where}", written(month), f"nothing after {THEN}")


def source_faults(source: Source, latest: dt.date) -> Iterator[Fault]:
    """Tell a source that was read before it appeared, or after today."""
    where = f"source {source.id}"
    if first_day(source.published) > last_day(source.retrieved):
        told = f"published {source.published}, retrieved {source.retrieved}"
        yield Fault(where, told, "published before it was retrieved")
    if first_day(source.retrieved) > latest:
        yield Fault(f"{where} retrieved", source.retrieved, f"a day up to {latest}")


def table_faults(name: str, latest: dt.date) -> Iterator[Fault]:
    """Tell a table that was retrieved after today, and rows known from a day that lies ahead."""
    about, right = sidecar(name), f"a day up to {latest}"
    if first_day(about.retrieved) > latest:
        yield Fault(f"data/tables/{name}.yml retrieved", about.retrieved, right)
    if about.known_from:
        days = table(name, dt.date.max)[about.known_from]
        for row, day in days[days > str(latest)].items():
            where = f"data/tables/{name}.csv:{int(str(row)) + 2} column '{about.known_from}'"
            yield Fault(where, str(day.date()), right)


def _figure_faults(claim: Claim) -> Iterator[Fault]:
    facts = [
        evidence()[name] for name in (*claim.supports, *claim.contradicts) if name in evidence()
    ]
    units = [fact.unit for fact in facts if fact.figure is not None and fact.unit]
    for figure in claim.judged():
        where = f"claim {claim.id} figure {figure.name} unit"
        yield from unit_faults(where, figure.unit, units, "its evidence")


def _fact_faults() -> Iterator[Fault]:
    """Tell a fact whose words have another size than its unit; spans of time are worked out, not told."""
    for fact in evidence().values():
        own = measure(fact.unit or "")
        if own and own[0] != "time":
            yield from unit_faults(
                f"evidence {fact.id} unit", str(fact.unit), [fact.fact], "its fact"
            )


def _column_faults() -> Iterator[Fault]:
    for name in names():
        for column, about in sidecar(name).columns.items():
            unit = getattr(about, "unit", None)
            if unit:
                where = f"data/tables/{name}.yml column {column} unit"
                yield from unit_faults(where, unit, [column.replace("_", " ")], "its name")


def unit_faults(where: str, unit: str, others: Iterable[str], what: str) -> Iterator[Fault]:
    """Tell a unit that is another size of what the others are in: MW beside GW, weeks beside days."""
    own = measure(unit)
    if own is None:
        return
    sizes = {size for text in others for kind, size in _measures(text) if kind == own[0]}
    if sizes and own[1] not in sizes:
        yield Fault(where, repr(unit), f"the unit of {what}")


def measure(unit: str) -> tuple[str, float] | None:
    """Return what a unit measures and its size, or None for one that has no sizes: 'GW' -> ('watt', 1e9)."""
    found = list(_measures(unit))
    return found[0] if found else None


def _measures(text: str) -> Iterator[tuple[str, float]]:
    """Yield every unit with a size in a text, also as column names write them: 'average_power_gw'."""
    for word in re.findall(r"[A-Za-z]+", text):
        if word.lower() in _UNITS:
            yield _UNITS[word.lower()]
