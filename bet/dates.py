"""Dates known to the day, the month or the year, as ISO text ('2025-11-14', '2025-11', '2025')."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def iso(value: Any) -> str:
    """Return ISO text for a date, an integer year or ISO text; raise ValueError otherwise."""
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    match = _ISO.fullmatch(text)
    if isinstance(value, bool) or not match:
        raise ValueError("an ISO date such as 2025-11-14, 2025-11 or 2025")
    year, month, day = (int(part) if part else 1 for part in match.groups())
    dt.date(year, month, day)
    return text


PartialDate = Annotated[str, BeforeValidator(iso)]


def first_day(text: str) -> dt.date:
    """Return the earliest day the text can mean."""
    year, month, day = _parts(text)
    return dt.date(int(year), int(month or 1), int(day or 1))


def last_day(text: str) -> dt.date:
    """Return the latest day the text can mean: a fact of '2025-11' counts as known on 30 November."""
    year, part, day = _parts(text)
    month = int(part or 12)
    return dt.date(int(year), month, int(day or calendar.monthrange(int(year), month)[1]))


def written(text: str) -> str:
    """Return the text as it is read, to what is known of it: 14 November 2025, November 2025, 2025."""
    date = first_day(text)
    known = text.count("-")
    return " ".join([str(date.day)][: known // 2] + [f"{date:%B}"][:known] + [str(date.year)])


def _parts(text: str) -> tuple[str, str | None, str | None]:
    match = _ISO.fullmatch(text)
    if not match:
        raise ValueError(f"an ISO date, not {text!r}")
    return match[1], match[2], match[3]
