"""Sources (publications) and evidence (facts taken from them, in our own words)."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, HttpUrl

from bet.dates import PartialDate, last_day
from bet.faults import Fault, nearest, require
from bet.paths import Loader, Root
from bet.records.yaml_files import Named, load_folder, load_list

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


def _as_interval(value: Any) -> float | tuple[float, float]:
    """Return a finite number or a (low, high) pair of them; raise ValueError otherwise."""
    ends = value if isinstance(value, list | tuple) else [value]
    numbers = [e for e in ends if isinstance(e, int | float) and not isinstance(e, bool)]
    if len(numbers) != len(ends) or len(ends) > 2 or not all(map(math.isfinite, numbers)):
        raise ValueError("a number or a pair [low, high]")
    if isinstance(value, list | tuple) and (len(ends) != 2 or ends[0] > ends[1]):
        raise ValueError("a pair [low, high]")
    return (float(ends[0]), float(ends[1])) if len(ends) == 2 else float(value)


Interval = Annotated[float | tuple[float, float], BeforeValidator(_as_interval)]


class Source(Named):
    """One publication. ``origin`` is the independent root that its content goes back to."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    publisher: str
    title: str
    url: HttpUrl
    published: PartialDate
    retrieved: PartialDate
    tier: Literal["primary", "transcript", "report", "secondary", "forum"]
    origin: str
    licence: str
    note: str | None = None


class Evidence(Named):
    """One fact: what it says, the figure and its unit, and the day it speaks of."""

    id: Slug
    fact: str
    figure: Interval | None = None
    unit: str | None = None
    as_of: PartialDate
    public: PartialDate | None = None
    source: str
    told_by: Literal["musk", "baron", "tesla", "spacex", "xai", "huang", "openai"] | None = None
    note: str | None = None


@Loader
def sources(root: Root) -> dict[str, Source]:
    """Load every source by id."""
    return load_list(root.data / "sources.yml", Source)


@Loader
def evidence(root: Root) -> dict[str, Evidence]:
    """Load every piece of evidence by id, each record checked on its own."""
    return load_folder(root.data / "evidence", Evidence)


_SAYING = re.compile(
    r"\b(?:Musk|Baron|Huang|Tesla|SpaceX|xAI|OpenAI) (?:himself |once |also |then )?"
    r"(?:said|says|wrote|writes|posted|told)\b"
)


def _page(url: HttpUrl) -> tuple[str, str, str]:
    """Return what tells one page from another: its host, path and query."""
    return (url.host or "").removeprefix("www."), (url.path or "").rstrip("/"), url.query or ""


def check() -> None:
    """Check that every piece of evidence names a known source, and what somebody said its speaker."""
    known = sources()
    faults = [
        Fault(
            f"evidence {e.id} source",
            repr(e.source),
            f"an id of data/sources.yml{nearest(e.source, known)}",
        )
        for e in evidence().values()
        if e.source not in known
    ]
    # One page under two names would count as two when somebody counts who says so.
    first = {_page(source.url): name for name, source in reversed(known.items())}
    faults += [
        Fault(f"source {name}", f"the address of {of}", "one source for one address")
        for name, source in known.items()
        if (of := first[_page(source.url)]) != name
    ]
    # A man's word about himself counts for less; one that is not marked would count as a report.
    faults += [
        Fault(f"evidence {e.id} told_by", f"'{match[0]}' and no speaker", "who says so")
        for e in evidence().values()
        if e.told_by is None and (match := _SAYING.search(e.fact))
    ]
    require(faults)


def known_on(fact: Evidence) -> dt.date:
    """Return the day from which a fact counts as public."""
    return last_day(fact.public or sources()[fact.source].published)
