"""Dates known to the day, the month or the year, as ISO text ('2025-11-14', '2025-11', '2025')."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_WORDS = re.compile(rf"(?:(?:(\d{{1,2}}) )?\b({'|'.join(_MONTHS)}) )?\b((?:19|20)\d\d)\b")


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


def named(text: str) -> list[str]:
    """Return the days, months and years that a text names in words, as ISO text: '14 November 2025', '2026'."""
    return [
        year + (f"-{_MONTHS[month]:02d}" if month else "") + (f"-{int(day):02d}" if day else "")
        for day, month, year in _WORDS.findall(text)
    ]


def _parts(text: str) -> tuple[str, str | None, str | None]:
    match = _ISO.fullmatch(text)
    if not match:
        raise ValueError(f"an ISO date, not {text!r}")
    return match[1], match[2], match[3]
