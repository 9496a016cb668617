"""Write numbers for readers: one function per kind, each keeping the value beside the words."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = [
    "amount",
    "big",
    "day",
    "digits",
    "num",
    "pct",
    "plain",
    "ratio",
    "scaled",
    "span",
    "spoken",
    "usd",
    "words",
]

SCALES = (
    (1e18, "quintillion"),
    (1e15, "quadrillion"),
    (1e12, "trillion"),
    (1e9, "billion"),
    (1e6, "million"),
)
SIZES = {"thousand": 1e3, **{word: size for size, word in SCALES}}
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Shown(str):
    """A number as shown to readers; ``value`` and ``unit`` are kept for the records."""

    value: Any
    unit: str

    def __new__(cls, text: str, value: Any, unit: str = "") -> Shown:
        """Attach the value and its unit to the text."""
        shown = super().__new__(cls, text)
        shown.value, shown.unit = value, unit
        return shown


def _rounded(value: float, figures: int) -> Decimal:
    """Return a finite number but zero with so many significant figures.

    Halves of what is written go up, as readers of a table round them: 12.5 to 13, 24.45 to 24.5.
    """
    exact = Decimal(repr(value))
    return exact.quantize(Decimal((0, (1,), exact.adjusted() - figures + 1)), ROUND_HALF_UP)


def digits(value: float, figures: int = 3) -> str:
    """Return a number with so many significant figures, thousands separated, no exponent.

    Halves are rounded away from zero. Only what is nearer to nothing than 10⁻¹² has an exponent: a
    chance of 10⁻³⁰⁰ would fill a page with noughts.
    """
    value = float(value)
    if math.isnan(value):
        return "nan"
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else ("infinity" if value > 0 else "minus infinity")
    if abs(value) < 1e-12:
        mantissa, power = f"{value:.{figures - 1}e}".replace("-", "−", int(value < 0)).split("e")
        return f"{mantissa}\u00a0×\u00a010{str(int(power)).translate(_SUPERSCRIPT)}"
    rounded = _rounded(value, figures)
    text = f"{rounded:,.{max(0, figures - 1 - rounded.adjusted())}f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: float, figures: int = 3) -> str:
    """Return a number in words from a million on: 1.7 trillion; digits below."""
    known = bool(value) and math.isfinite(value)
    size = abs(_rounded(float(value), figures)) if known else 0  # 999.6 million is 1 billion
    for scale, word in SCALES:
        if size >= scale:
            return f"{digits(value / scale, figures)} {word}"
    return digits(value, figures)


def plain(value: float, figures: int = 3) -> Shown:
    """Return a bare number: 1,340."""
    return Shown(digits(value, figures), value)


def num(value: float, unit: str, figures: int = 3) -> Shown:
    """Return a number with its unit, in words from a million: 490 GW, 1.4 million cars."""
    return Shown(f"{scaled(value, figures)} {unit}", value, unit)


def usd(value: float, figures: int = 3) -> Shown:
    """Return US dollars: $14.42 (cents below 1,000 with four figures), $3.30, $5.2 billion."""
    sign, text = "−" if value < 0 else "", scaled(abs(value), figures)
    if text[-2:-1] == ".":  # a sum has two digits of cents or none
        text += "0"
    return Shown(f"{sign}${text}", value, "USD")


def pct(share: float, figures: int = 3) -> Shown:
    """Return a share as a percentage: 0.204 -> 20.4%."""
    return Shown(f"{digits(100 * share, figures)}%", share, "share")


def ratio(value: float, figures: int = 2) -> Shown:
    """Return a ratio: 3.1 times; one near to 1 with a digit more, 1.04 times, since "1 times" says nothing."""
    text = digits(value, figures)
    return Shown(f"{digits(value, figures + 1) if text == '1' else text} times", value, "ratio")


def big(value: float, unit: str = "", figures: int = 3) -> Shown:
    """Return a large number in words and once with its exponent: 6 trillion (6 × 10¹²)."""
    exponent = _rounded(float(value), figures).adjusted() if value else 0
    mantissa = digits(value / 10**exponent, figures)
    power = f"{mantissa}\u00a0×\u00a010{str(exponent).translate(_SUPERSCRIPT)}"
    return Shown(f"{scaled(value, figures)} ({power}){' ' + unit if unit else ''}", value, unit)


def words(count: int) -> Shown:
    """Return a small count in words: three; digits above twelve."""
    text = WORDS[count] if 0 <= count <= 12 else f"{count:,}"
    return Shown(text, count, "count")


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a count with its noun: '1 fact', '2 facts'; ``many`` where an s does not make it."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def day(value: str | dt.date) -> Shown:
    """Return a date: 14 November 2025."""
    date = dt.date.fromisoformat(str(value)[:10])
    return Shown(f"{date.day} {date:%B} {date.year}", date.isoformat(), "date")


def span(low: float, high: float, unit: str = "", figures: int = 3) -> Shown:
    """Return a range: 441 to 502 GW; one number where both ends read the same."""
    ends = [scaled(low, figures), scaled(high, figures)]
    text = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return Shown(f"{text}{' ' + unit if unit else ''}", [low, high], unit)


_BARE = ("ratio", "count", "correlation", "elasticity")  # units that a number goes without
_UNITS = {"per year": "share a year", "probability": "share", "USD bn": "USD billion"}


def spoken(unit: str) -> str:
    """Return a parameter's unit as ``amount`` knows it: 'per year' -> 'share a year', 'ratio' -> ''."""
    return "" if unit in _BARE else _UNITS.get(unit, unit)


def amount(low: float, high: float, unit: str, figures: int = 3) -> Shown:
    """Return a figure of the ledger in the form that readers know for its unit.

    'USD billion' -> $12.4 to $13 billion; 'share of his wealth' or '% of shares' -> 65% to 73% of ...;
    'edition' -> edition 32; 'parameters' -> with the exponent; other units follow their number.
    """
    kind, _, rest = unit.replace("per cent", "%").partition(" ")
    if kind == "USD":
        scale = 1e9 if rest.startswith("billion") else 1.0
        rest = rest.removeprefix("billion").strip()
        cents = scale == 1.0 and max(abs(low), abs(high)) < 1000 and (low % 1 or high % 1)
        ends = [
            f"{'−' if end < 0 else ''}${abs(end):,.2f}"
            if cents
            else usd(end * scale, figures + (scale == 1.0))
            for end in (low, high)
        ]
    elif kind in ("%", "share"):
        ends = [pct(end if kind == "share" else end / 100, figures) for end in (low, high)]
    elif kind == "parameters":
        ends, rest = [big(end, "", figures) for end in (low, high)], unit
    else:
        ends, rest = [scaled(end, figures) for end in (low, high)], unit
    before = kind if kind in ("edition", "version") else ""
    word = ends[0].partition(" ")[2]
    if ends[0] != ends[1] and word and word == ends[1].partition(" ")[2]:
        ends[0] = ends[0].removesuffix(f" {word}")  # $12.4 to $13 billion
    text = " to ".join(dict.fromkeys(ends))
    told = f"{before} {text}" if before else f"{text} {rest}"
    return Shown(told.strip(), [low, high], unit)
