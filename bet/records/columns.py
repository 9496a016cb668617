"""What the cells of a spreadsheet's column say, judged together: numbers, days, true and false, or words.

A single 1,200 says nothing of its comma. The rest of the column may, and so may the delimiter: where
commas part the cells, a comma within one groups thousands. What still reads both ways is asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

RIGHT = {"number": "a number alone", "day": "an ISO date", "flag": "true or false"}
SIGNS = {".": ",", ",": "."}  # each sign of decimals, with the one that then groups thousands
_MISSING = re.compile(
    r"[-–—?.…]+|n\.?[/.]?[ad]\.?|nan|null|none|missing|unknown|no data|not available|tb[acd]",
    re.IGNORECASE,
)
_ERROR = re.compile(r"#+|#[A-Z]+(/[A-Z0-9]+)?[!?]?|Err:\d+")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\3\d{1,2}|\d{4}-\d\d-\d\d[ T].+"
    rf"|(\d{{1,2}}[ -])?{_MONTH}[ -](\d{{1,2}},? )?\d{{2,4}}",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\((.+)\)")
_UNIT = re.compile(
    r"(?P<minus>[+−-]?)(?:(?P<before>[A-Z]{3}|[A-Z]{0,2}[$€£¥])\s?)?(?P<number>\d[\d.,'’ ]*?)"
    r"\s?(?P<after>[%‰°$€£¥]|[^\W\d_][^\d,;]{0,15})?"
)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True)
class Spoilt:
    """A column that is neither one kind of value nor words: its first such cell, and what would be right."""

    place: int
    found: str
    expected: str
    maybe_words: bool = False


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
    """Return a column in our form where all its cells are numbers, days, or true and false, or all are words.

    ``decimal`` is the sign of decimals where the reader said it. Empty cells stay empty, words as they are.
    A column with as many values as words, or more, is meant as values: it is Spoilt, never silently words.
    """
    filled = {place: cell for place, cell in enumerate(column) if cell}
    if spoilt := _outlier(filled, delimiter, decimal):
        return spoilt
    for form in (day, flag):
        if filled and all(form(cell) for cell in filled.values()):
            return [form(cell) or "" for cell in column]
    sign = _decimal_sign(filled, delimiter, decimal)
    if isinstance(sign, Spoilt):
        return sign
    return [number(cell, sign) or "" for cell in column] if sign else list(column)


# ---- what stands among values and is none


def _outlier(filled: dict[int, str], delimiter: str, said: str | None) -> Spoilt | None:
    """Return the first cell that is not of its column's kind; None where all are, or the column is of words."""
    fits = {sign: sum(number(c, sign) is not None for c in filled.values()) for sign in SIGNS}
    sign = said or max(fits, key=lambda sign: fits[sign])
    sure = said or delimiter == "," or len(set(fits.values())) > 1
    kinds = {place: _kind(cell, sign) for place, cell in filled.items()}
    count = Counter(kind for kind in kinds.values() if kind != "missing")
    if count.total() < max(2 * count["words"], 1):
        return None
    usual = max(RIGHT, key=lambda kind: count[kind])
    others = [place for place, kind in kinds.items() if kind != usual]
    if not others:
        return None
    first, many = filled[others[0]], f" (the first of {len(others)})" if len(others) > 1 else ""
    right = _right(first, sign, [sign] if sure else SIGNS) or RIGHT[usual]
    if kinds[others[0]] == "day":
        right = f"{RIGHT[usual]}, or ISO dates in the whole column"
    return Spoilt(others[0], f"{first!r}{many}", right, maybe_words=True)


def _kind(cell: str, sign: str) -> str:
    for kind, held in (("number", number(cell, sign)), ("day", day(cell)), ("flag", flag(cell))):
        if held is not None:
            return kind
    if _MISSING.fullmatch(cell):
        return "missing"
    return "spoilt" if _right(cell, sign, SIGNS) else "words"


def _right(cell: str, sign: str, likely: Iterable[str]) -> str | None:
    """Return what would be right for a cell that stands for a value and is none; None for words.

    ``sign`` is that of the column's decimals, ``likely`` all that it may be.
    """
    if _MISSING.fullmatch(cell):
        return "an empty cell for what is missing"
    if _ERROR.fullmatch(cell):
        return "the value, or an empty cell where there is none"
    if days := _days(cell):
        return f"an ISO date, {' or '.join(days)}"
    if _DATE.fullmatch(cell):
        return "an ISO date such as 2025-11-14"
    if (other := number(cell, SIGNS[sign])) is not None:
        return f"{other.replace('.', sign)}, since {sign} is the sign of decimals"
    if (found := _BRACKETS.fullmatch(cell)) and (held := _shown(found[1], "-", likely)):
        return held
    if (found := _UNIT.fullmatch(cell)) and (
        held := _shown(found["number"], found["minus"], likely)
    ):
        return f"{held}, and {found['before'] or found['after']!r} in the column's name"
    return None


def _shown(cell: str, minus: str, likely: Iterable[str]) -> str:
    """Return what a number may be under the likely signs of decimals, else under any; '' for none."""
    for signs in (likely, SIGNS):
        read = [number(minus + cell, sign) for sign in signs]
        if any(read):
            return " or ".join(dict.fromkeys(filter(None, read)))
    return ""


def _days(cell: str) -> list[str]:
    """Return the ISO dates that 3/12/2025 may stand for, the day first."""
    found = _SLASHES.fullmatch(cell)
    if not found:
        return []
    pairs = dict.fromkeys([(found[2], found[1]), (found[1], found[2])])
    isos = [f"{found[3]}-{month.zfill(2)}-{date.zfill(2)}" for month, date in pairs]
    return [iso for iso in isos if day(iso)]


# ---- the sign of decimals


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
