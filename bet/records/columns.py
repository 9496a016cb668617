"""What the cells of a spreadsheet's column say, judged together: numbers, days, true and false, or words.

A single 1,200 says nothing of its comma. The rest of the column may, and so may the delimiter: where
commas part the cells, a comma within one groups thousands. What still reads both ways is asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

SIGNS = {".": ",", ",": "."}  # each sign of decimals, with the one that then groups thousands
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True)
class Spoilt:
    """A column that is neither one kind of value nor words: its first such cell, and what would be right."""

    place: int
    found: str
    expected: str


def _forms(decimal: str) -> re.Pattern[str]:
    """Return the form of a number; a space or apostrophe groups thousands in every country."""
    groups = "|".join(
        rf"[1-9]\d{{0,2}}(?:{sign}\d{{3}})+" for sign in (re.escape(SIGNS[decimal]), " ", "['’]")
    )
    return re.compile(rf"[+-]?(?:{groups}|\d+)(?:{re.escape(decimal)}\d+)?(?:[eE][+-]?\d+)?")


_FORMS = {decimal: _forms(decimal) for decimal in SIGNS}


def number(cell: str, decimal: str) -> str | None:
    """Return a number in our form, '1234.5' for '1,234.5' where '.' is its sign; None for what is none."""
    cell = cell.replace("−", "-")
    if not _FORMS[decimal].fullmatch(cell):
        return None
    return re.sub(rf"[{SIGNS[decimal]} '’]", "", cell).replace(decimal, ".")


def day(cell: str) -> str | None:
    """Return a day in our form, '2025-11-14' for '14.11.2025'; None for what is none."""
    found = _DAY.fullmatch(cell)
    iso = "-".join((found[3], found[2].zfill(2), found[1].zfill(2))) if found else cell
    try:
        return dt.date.fromisoformat(iso).isoformat() if len(iso) == 10 else None
    except ValueError:
        return None


def flag(cell: str) -> str | None:
    """Return true or false in our form; None for what is neither."""
    return cell.lower() if cell.lower() in ("true", "false") else None


def plain(column: Sequence[str], delimiter: str, decimal: str | None = None) -> list[str] | Spoilt:
    """Return a column in our form where all its cells are numbers, days, or true and false.

    ``decimal`` is the sign of decimals where the reader said it. Empty cells stay empty, words as they are.
    """
    filled = {place: cell for place, cell in enumerate(column) if cell}
    for form in (day, flag):
        if filled and all(form(cell) for cell in filled.values()):
            return [form(cell) or "" for cell in column]
    sign = _decimal_sign(filled, delimiter, decimal)
    if isinstance(sign, Spoilt):
        return sign
    return [number(cell, sign) or "" for cell in column] if sign else list(column)


def _decimal_sign(filled: dict[int, str], delimiter: str, said: str | None) -> str | Spoilt | None:
    """Return the sign under which all cells are numbers, None where there is none, Spoilt where it is unclear."""
    fitting = [
        sign for sign in SIGNS if filled and all(number(cell, sign) for cell in filled.values())
    ]
    if said:
        return said if said in fitting else None
    torn = {place: cell for place, cell in filled.items() if len(_readings(cell)) > 1}
    if not torn or fitting in ([], ["."]):
        return fitting[0] if fitting else None
    if fitting == [","]:
        return _against_delimiter(filled, torn) if delimiter == "," else ","
    if delimiter == "," and len({"," in cell for cell in torn.values()}) == 1:
        return "."  # of commas alone, which group, or of points alone, as we write them
    place, cell = next(iter(torn.items()))
    point, comma = (number(cell, sign) for sign in SIGNS)
    return Spoilt(
        place,
        f"{cell!r}, which may be {point} or {comma}",
        f"--decimal . for {point}, or --decimal , for {comma}",
    )


def _readings(cell: str) -> set[str]:
    return {read for sign in SIGNS if (read := number(cell, sign)) is not None}


def _against_delimiter(filled: dict[int, str], torn: dict[int, str]) -> Spoilt:
    """Return the first cell with a decimal comma, in a column whose other commas or points may group."""
    place, cell = next((at, cell) for at, cell in filled.items() if number(cell, ".") is None)
    beside = next(iter(torn.values()))
    return Spoilt(
        place,
        f"{cell!r} beside {beside!r}",
        f"{number(cell, ',')}, or --decimal , where {beside!r} is {number(beside, ',')}",
    )
