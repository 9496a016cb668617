"""Turns: which values of a parameter would turn a verdict, inside its range and beyond, and in words.

A notebook tells how what it finds follows from a parameter; the rule is then asked over the range, and
beyond it as far as that makes sense, and each change of verdict is closed in on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from bet import numbers
from bet.records.parameters import Parameter

ACROSS, BEYOND = 41, 30  # points at which a verdict is asked
FARTHEST = 20.0  # times the end of a range, or a part of it: so far beyond is asked
CLOSE = 36  # halvings of a step in which a verdict changes


class Band(NamedTuple):
    """Values of a parameter under which a verdict is another; an end is None where none was found."""

    low: float | None
    high: float | None
    verdict: str


def points(entry: Parameter) -> list[float]:
    """Return the values of a numeric parameter to ask, rising: those of its range and beyond it.

    Shares and chances end at 0 and 1, and what is never negative in its range stays so.
    """
    low, high = float(entry.min or 0), float(entry.max or 0)
    part = high <= 1 and entry.unit.split(" ")[0] in ("share", "probability")
    inside = list(np.linspace(low, high, ACROSS))
    least, most = low / FARTHEST, 1.0 if part else high * FARTHEST
    below = list(np.geomspace(least, low, BEYOND)[:-1]) if low > 0 else []
    above = list(np.geomspace(high, most, BEYOND)[1:]) if 0 < high < most else []
    return [float(x) for x in (*below, *inside, *above)]


def bands(entry: Parameter, value: float, verdict_at: Callable[[float], str]) -> list[Band]:
    """Return where the verdict is another than at ``value``, rising.

    ``verdict_at`` may raise ValueError or ZeroDivisionError where a value makes no sense: the search
    ends there. Whole-number parameters are asked at whole numbers.
    """
    whole = isinstance(entry.default, int)

    def asked(x: float) -> str | None:
        try:
            return verdict_at(round(x) if whole else x)
        except (ValueError, ZeroDivisionError):
            return None

    tried = sorted({*points(entry), float(value)})
    if whole:
        tried = [float(x) for x in sorted({round(x) for x in tried})]
    told = [asked(x) for x in tried]
    edges: list[tuple[float | None, str | None]] = [(None, told[0])]
    for (low, _), (high, after) in pairwise(zip(tried, told, strict=True)):
        while edges[-1][1] != after:  # a step may hold a narrow band between two others
            low = _closed(asked, low, high, whole)
            edges.append((low, asked(low)))
    here = told[tried.index(float(value))]
    return [
        Band(low, high, verdict)
        for (low, verdict), (high, _) in pairwise([*edges, (None, None)])
        if verdict not in (None, here)
    ]


def _closed(
    asked: Callable[[float], str | None], low: float, high: float, whole: bool
) -> float:  # fmt: skip
    """Return where, between two values, the verdict ceases to be that of the lower one."""
    first = asked(low)
    for _ in range(CLOSE):
        if whole and high - low <= 1:
            return high
        middle = (low + high) // 2 if whole else (low + high) / 2
        low, high = (middle, high) if asked(middle) == first else (low, middle)
    return high


def records(
    entries: Mapping[str, Parameter], values: Mapping[str, Any],
    verdicts: Mapping[str, Callable[[float], str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the bands of each parameter as plain records: name, verdict, low, high, whether beyond."""
    return [
        {"parameter": name, "verdict": band.verdict, "low": _short(band.low), "high": _short(band.high),
         "beyond": _beyond(entries[name], band)}
        for name, verdict_at in verdicts.items()
        for band in bands(entries[name], values[name], verdict_at)
    ]  # fmt: skip


def _beyond(entry: Parameter, band: Band) -> bool:
    """Tell whether a band lies wholly outside the range of its parameter."""
    low, high = float(entry.min or 0), float(entry.max or 0)
    under = band.high is not None and band.high <= low
    return bool(under or (band.low is not None and band.low > high))


def _short(value: float | None, figures: int = 6) -> float | None:
    return None if value is None else float(f"{value:.{figures}g}")


_VERDICTS = {"partly": "partly supported"}  # as a sentence says them


def in_words(
    entries: Mapping[str, Parameter], values: Mapping[str, Any], found: Sequence[Mapping[str, Any]]
) -> str:  # fmt: skip
    """Say what would turn a verdict: 'Tesla's price: within our range of …, the verdict would be …'.

    Inside the range only what lies there is told. Where nothing there turns the verdict, this is said
    first and then what lies beyond. ``values`` are those of the run, under which the verdict stands.
    """
    told = []
    for name in dict.fromkeys(band["parameter"] for band in found):
        entry, own = entries[name], [band for band in found if band["parameter"] == name]
        inside = [_clipped(entry, band) for band in own if not band["beyond"]]
        meaning = re.split(r" \(|;", entry.meaning)[0]
        allowed = f"our range of {_written(entry, entry.min, entry.max)}"
        start = (
            f"within {allowed}, the verdict would be"
            if inside
            else f"no value in {allowed} changes the verdict. It would be"
        )
        turned = _by_verdict(entry, float(values[name]), inside or own)
        told.append(f"{meaning[0].upper()}{meaning[1:]}: {start} {turned}.")
    return " ".join(told)


def _by_verdict(entry: Parameter, value: float, found: Sequence[Mapping[str, Any]]) -> str:
    """Join bands by verdict: 'contradicted below 20 GW, and partly supported above 80 GW'."""
    return ", and ".join(
        f"{_VERDICTS.get(verdict, verdict)} "
        + " or ".join(_span(entry, value, band) for band in found if band["verdict"] == verdict)
        for verdict in dict.fromkeys(band["verdict"] for band in found)
    )


def _clipped(entry: Parameter, band: Mapping[str, Any]) -> dict[str, Any]:
    """Open an end that lies outside the range, where the sentence speaks of the range alone."""
    low, high = band["low"], band["high"]
    return {
        **band,
        "low": None if low is not None and low < float(entry.min or 0) else low,
        "high": None if high is not None and high > float(entry.max or 0) else high,
    }


_UNITS = {"ratio": "", "probability": "share", "USD bn": "USD billion"}  # as a sentence writes them


def _written(entry: Parameter, *ends: Any, figures: int = 3) -> str:
    """Write a value of a parameter, or two, with its unit and three figures: the rest decides nothing."""
    unit = _UNITS.get(entry.unit, entry.unit).replace("10^12", "trillion")
    low, high = (float(f"{end:.{figures}g}") for end in (ends[0], ends[-1]))
    return str(numbers.amount(low, high, unit, figures))


def _figures(value: float, band: Mapping[str, Any]) -> int:
    """Return how many figures keep the run's own value out of a band when its ends are rounded."""
    for figures in (3, 4, 5):
        low, high = (_short(band[end], figures) for end in ("low", "high"))
        if (low is not None and value < low) or (high is not None and value > high):
            return figures
    return 6


def _span(entry: Parameter, value: float, band: Mapping[str, Any]) -> str:
    """Write where a band lies: 'below 12 GW', 'from 3 to 5 times', 'above $2 trillion'."""
    low, high = band["low"], band["high"]
    figures = _figures(value, band)
    if low is None and high is None:
        return "everywhere in it"
    if low is None:
        return f"below {_written(entry, high, figures=figures)}"
    if high is None:
        bound = "from" if isinstance(entry.default, int) else "above"
        return f"{bound} {_written(entry, low, figures=figures)}"
    return f"from {_written(entry, low, high, figures=figures)}"
