"""Axes: from the values of a chart to its limits, ticks and words. No picture is needed for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import dates, ticker

from bet.faults import BadInput, Fault
from bet.numbers import digits

Writer = Callable[[float], str]
_STEPS = {
    2: "doubles",
    3: "is about three times",
    10: "is ten times",
    100: "is a hundred times",
    1000: "is a thousand times",
    10_000: "is ten thousand times",
}
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 360, 600)


@dataclass(frozen=True)
class Scale:
    """One axis: limits and ticks as numbers (days for dates), and how a tick is written."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    step: str = ""  # on a log axis, what each step means

    @property
    def log(self) -> bool:
        """Tell whether the axis is logarithmic."""
        return bool(self.step)

    def at(self, value: Any, start: float, end: float) -> float:
        """Return where a value lies between two pixels."""
        low, high, value = self.low, self.high, number(value)
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return start + (value - low) / (high - low) * (end - start)


def number(value: Any) -> float:
    """Return a value as a number; a day as matplotlib counts it."""
    return float(dates.date2num(value)) if hasattr(value, "year") else float(value)


def numbers(values: Any) -> np.ndarray:
    """Return a column as numbers, days as matplotlib counts them, what is missing as NaN."""
    column = pd.Series(values)
    if is_dates(column):
        return np.array([math.nan if pd.isna(v) else number(v) for v in column], dtype=float)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


def is_dates(values: Any) -> bool:
    """Tell whether a column holds days."""
    filled = pd.Series(values).dropna()
    return len(filled) > 0 and all(hasattr(value, "year") for value in filled)


def scale(
    values: Any,
    count: int,
    *,
    log: bool = False,
    zero: bool = False,
    air: float = 0.04,
    write: Writer = digits,
    limits: tuple[Any, Any] | None = None,
) -> Scale:
    """Return the axis for values: about ``count`` ticks, ``air`` beyond both ends as a share.

    ``zero`` starts a linear axis at zero; ``limits`` fixes both ends. Raises BadInput where ``log`` or
    ``limits`` would leave out the zero from which a bar's length is read.
    """
    known = numbers(values)
    known = known[np.isfinite(known)]
    low, high = (number(limit) for limit in limits) if limits else (known.min(), known.max())
    if zero and (log or (limits and not low <= 0 <= high)):
        found = "a log axis" if log else f"limits from {digits(low)} to {digits(high)}"
        raise BadInput([Fault("chart", found, "a linear axis from zero, where lengths are read")])
    if is_dates(values):
        return _of_days(low, high, count, 0.0 if limits else air)
    if log:
        return _of_steps(low, high, count, 0.0 if limits else air, write)
    if limits is None:
        low, high = _with_air(low, high, air, zero)
    marks = ticker.MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    inside = tuple(float(mark) for mark in marks if low - slack <= mark <= high + slack)
    return Scale(float(low), float(high), inside, tuple(str(write(mark)) for mark in inside))


def _with_air(low: float, high: float, air: float, zero: bool) -> tuple[float, float]:
    """Return the ends of a linear axis with air beyond them; an end at zero stays where it is."""
    if zero:
        low, high = min(0.0, low), max(0.0, high)
        high = high if high > low else low + 1.0  # nothing but zeros
    wide = (high - low) or abs(high) or 1.0
    return (
        low if zero and low == 0 else low - air * wide,
        high if zero and high == 0 else high + air * wide,
    )


def _of_steps(low: float, high: float, count: int, air: float, write: Writer) -> Scale:
    """Return a log axis with ticks a fixed number of times apart, through 1."""
    wide = math.log(high / low) or 1.0
    low, high = low * math.exp(-air * wide), high * math.exp(air * wide)
    for factor in _STEPS:
        marks = [mark for mark in _powers(factor, low, high) if low <= mark <= high]
        if len(marks) <= count:
            break
    texts = tuple(str(write(mark)) for mark in marks)
    return Scale(low, high, tuple(marks), texts, f"each step {_STEPS[factor]}")


def _powers(factor: int, low: float, high: float) -> list[float]:
    if factor == 3:  # 1, 3, 10, 30: plain numbers, nearly the same apart
        tens = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        return [float(f"{times}e{ten}") for ten in tens for times in (1, 3)]
    first, last = math.floor(math.log(low, factor)), math.ceil(math.log(high, factor))
    return [float(factor) ** power for power in range(first, last + 1)]


def _of_days(low: float, high: float, count: int, air: float) -> Scale:
    """Return an axis of days with ticks at the beginning of months or years."""
    wide = (high - low) or 365.0
    low, high = low - air * wide, high + air * wide
    first, last = (dates.num2date(end).replace(tzinfo=None) for end in (low, high))
    for apart in _MONTHS:
        months = [
            dt
            for dt in pd.date_range(f"{first.year - first.year % max(1, apart // 12)}-01-01",
                                    last, freq=f"{apart}MS")
            if first <= dt
        ]  # fmt: skip
        if len(months) <= count:
            break
    ticks = tuple(number(month) for month in months)
    if apart >= 12:
        return Scale(low, high, ticks, tuple(f"{month:%Y}" for month in months))
    years = [month.year for month in months]
    texts = (  # the year once, at its first tick
        f"{month:%b %Y}" if years.index(month.year) == place else f"{month:%b}"
        for place, month in enumerate(months)
    )
    return Scale(low, high, ticks, tuple(texts))


def span_of(columns: Sequence[Any]) -> list[Any]:
    """Return the filled values of several columns as one list; days stay days."""
    return [value for column in columns for value in pd.Series(column).dropna()]
