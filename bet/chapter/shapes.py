"""The ten shapes of a chart. Each draws a frame on a sheet and places its own labels.

A shape is a function of a frame, the names of its columns and a ``Look``; it returns a function from
a sheet to a picture. Rows keep the order of the frame, the first on top.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import dates

from bet.chapter.pictures import Picture, Sheet, colour, measure, wrapped
from bet.chapter.placing import best, levels, spread
from bet.chapter.scales import Scale, Writer, is_dates, number, numbers, scale, span_of
from bet.faults import Fault, nearest, require
from bet.numbers import digits

Draw = Callable[[Sheet], Picture]
_PAD = 8.0  # pixels between a mark and its words
_SERIES = (
    "found",
    "context",
    "accent",
    "xai",
    "spacex",
    "good",
)  # colours in order, where none is named


@dataclass(frozen=True)
class Look:
    """What every shape can be told besides its columns.

    ``marks`` are reference lines on the axis of values: (value, text) or (value, text, role);
    ``events`` are upright lines on the lower axis, told in the same way. ``notes`` are labels on
    points: (x, y, text), (x, y, text, role) or (x, y, text, role, "upper left") for its place.
    ``roles`` maps a group of ``by``, a part or a series to a colour's role. ``write`` turns a value
    into words, ``log`` makes the axis of values logarithmic, ``limits`` fixes its ends, ``name_x`` names
    the lower axis.
    """

    marks: Sequence[tuple] = ()
    events: Sequence[tuple] = ()
    notes: Sequence[tuple] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    write: Writer = digits
    log: bool = False
    limits: tuple[Any, Any] | None = None
    name_x: str = ""


def role_of(look: Look, groups: Sequence[Any], group: Any) -> str:
    """Return the colour's role of a group: the one named, or the next in order."""
    named = look.roles.get(str(group))
    return named or _SERIES[list(groups).index(group) % len(_SERIES)]


def _groups(frame: pd.DataFrame, by: str | None) -> list[Any]:
    """Return the groups of a frame in order; none where it is not divided."""
    return list(dict.fromkeys(frame[by])) if by else []


def _head(look: Look, groups: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the names of groups with their colours' roles, to stand above a chart."""
    return [(str(group), role_of(look, groups, group)) for group in groups]


def _roles(
    frame: pd.DataFrame, name: str, by: str | None, look: Look, highlight: Sequence[Any]
) -> list[str]:
    """Return the role of each bar: its group's; else those of ``highlight`` stand out, or none does."""
    groups = _groups(frame, by)
    if by:
        return [role_of(look, groups, group) for group in frame[by]]
    return ["context" if highlight and row not in highlight else "found" for row in frame[name]]


def _columns(frame: pd.DataFrame, names: Sequence[str | None]) -> None:
    """Raise BadInput for a column that the frame lacks."""
    known = [str(column) for column in frame.columns]
    require(
        [
            Fault("chart", f"no column '{name}' in the data", f"one of {', '.join(known)}{nearest(name, known)}")
            for name in names
            if name is not None and name not in known
        ]
    )  # fmt: skip


def _as_written(frame: pd.DataFrame, column: str, look: Look) -> Writer:
    """Return how a value is written on a mark: a day as month and year, else as the look says."""
    return _day if is_dates(frame[column]) else look.write


def _day(value: float) -> str:
    return f"{dates.num2date(value):%b %Y}"


# Charts of rows: a name in the margin (above the mark on a narrow sheet), values along the bottom


@dataclass(frozen=True)
class _Rows:
    """A picture with a row for each name, and where the middle of each row is, in pixels."""

    picture: Picture
    scale: Scale
    middles: tuple[float, ...]

    def x(self, value: Any) -> float:
        return self.scale.at(value, self.picture.frame[0], self.picture.frame[2])


def _rows(
    sheet: Sheet, names: Sequence[Any], values: Any, look: Look, *, zero: bool = False,
    head: Sequence[tuple[str, str]] = (), right: Sequence[str] = (), ends: float = 0.0,
    axis: bool = True,
) -> _Rows:  # fmt: skip
    """Lay out a chart of rows.

    ``head`` names groups above the rows (text, role); ``right`` are words at the end of each row;
    ``ends`` is room in pixels for words on both sides of the marks.
    """
    every = span_of([values, [mark[0] for mark in look.marks]])
    labels = [wrapped(name, 60 if sheet.narrow else sheet.wrap) for name in names]
    gutter = 0.0 if sheet.narrow else max(measure(text, sheet.text)[0] for text in labels) + _PAD
    margin = max((measure(text, sheet.text)[0] for text in right), default=0.0)
    margin += 2 * _PAD if margin else 0.0
    left = gutter + (ends if zero is False else 0.0) + 4
    frame_right = sheet.width - margin - ends - 6
    for count in range(sheet.ticks, 1, -1):  # as many ticks as have room for their words
        axis_scale = scale(
            every, count, log=look.log, zero=zero, write=look.write, limits=look.limits
        )
        if not axis or not _crowded(axis_scale, sheet, left, frame_right):
            break
    lines = [0 if sheet.narrow else text.count("\n") for text in labels]
    heights = [
        sheet.row + (sheet.line + 2 if sheet.narrow else n * sheet.line * 0.9) for n in lines
    ]
    above, band = _header(sheet, look.marks, head, axis_scale, left, frame_right)
    below = sheet.small + 12 if axis else 4.0
    below += sheet.small + 6 if axis_scale.log or look.name_x else 0
    total = band + sum(heights) + 6 + below
    picture = Picture(sheet, total, (left, below, frame_right, total - band))
    picture.axis(axis_scale, "x")
    _plain_axes(picture, axis)
    top, middles = total - band - 3, []
    for text, high in zip(labels, heights, strict=True):
        middle = top - high / 2 - (sheet.line / 2 if sheet.narrow else 0)
        if sheet.narrow:
            picture.write(text, 3, top - sheet.line / 2 - 2, ground=True)
        else:
            picture.write(text, 2, middle)
        middles.append(middle)
        top -= high
    laid = _Rows(picture, axis_scale, tuple(middles))
    for words, middle in zip(right, middles, strict=bool(right)):
        picture.write(words, sheet.width - 3, middle, ha="right")
    _say_step(picture, axis_scale, look)
    above(laid.picture)
    return laid


def _crowded(axis: Scale, sheet: Sheet, left: float, right: float) -> bool:
    """Tell whether the words of two ticks would meet."""
    ends = [
        (axis.at(tick, left, right), measure(text, sheet.small)[0] / 2)
        for tick, text in zip(axis.ticks, axis.texts, strict=True)
    ]
    return any(b - a < wide + half + 4 for (a, wide), (b, half) in itertools.pairwise(ends))


def _plain_axes(picture: Picture, axis: bool) -> None:
    """Leave the ticks of the values and an upright grid; rows have no axis of their own."""
    ax = picture.ax
    ax.set_ylim(picture.frame[1], picture.frame[3])  # one unit is one pixel
    ax.set_yticks([])
    ax.grid(False, axis="y")
    ax.grid(axis, axis="x")
    if not axis:
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)


def _header(
    sheet: Sheet, marks: Sequence[tuple], head: Sequence[tuple[str, str]], axis: Scale, left: float,
    right: float,
) -> tuple[Callable[[Picture], None], float]:  # fmt: skip
    """Return what writes the groups and the reference lines above a plot, and how high that is."""
    lines = _flow(sheet, head)
    spans, texts = [], []
    for value, text, *role in marks:
        words = wrapped(text, 2 * sheet.wrap)
        wide, at = measure(words, sheet.small)[0], axis.at(value, left, right)
        start = min(max(2.0, at - wide / 2), sheet.width - wide - 3)
        spans.append((start, start + wide))
        texts.append((words, start, at, (role or ["ink"])[0]))
    beside = _apart(spans, [text[2] for text in texts], sheet)
    if beside:
        texts = [(words, x, *rest) for (words, _, *rest), x in zip(texts, beside, strict=True)]
    level = [0] * len(texts) if beside else levels(spans)
    tall = max((measure(text, sheet.small)[1] for text, *_ in texts), default=0.0) + 4
    marks_high = (max(level) + 1) * tall + 4 if level else 0.0
    band = len(lines) * sheet.line + marks_high + 4

    def put(picture: Picture) -> None:
        top = picture.height - 2 - sheet.line / 2 - 0.33 * sheet.text
        for line in lines:
            for text, role, x in line:  # on one baseline, or words without descenders would jump
                picture.write(text, x, top, role, va="baseline", bold=True)
            top -= sheet.line
        for (text, start, at, role), step in zip(texts, level, strict=True):
            low = picture.frame[3] + 4 + step * tall
            picture.write(text, start, low, role, va="bottom", small=True, ground=True)
            _upright(picture, at, low - 2, role)

    return put, band


def _apart(spans: Sequence[tuple[float, float]], at: Sequence[float], sheet: Sheet) -> list[float]:
    """Return where two words that would overlap begin beside their lines, one to either side.

    Stacked over two lines a few pixels apart, neither word would say which line is its own. Empty
    where there are not two, where they do not meet, or where the sheet or the lines leave no room.
    """
    if len(spans) != 2 or max(levels(spans)) == 0 or abs(at[0] - at[1]) < 3:
        return []
    left, right = sorted((0, 1), key=lambda place: at[place])
    wide = [end - start for start, end in spans]
    start = {left: at[left] - wide[left], right: at[right]}
    fits = start[left] >= 2 and start[right] + wide[right] <= sheet.width - 3
    return [start[0], start[1]] if fits else []


def _upright(picture: Picture, x: float, top: float, role: str) -> None:
    """Draw a reference line from the bottom of the plot to its words."""
    low, high = picture.frame[1], picture.frame[3]
    ax = picture.ax
    at = (x - picture.frame[0]) / (picture.frame[2] - picture.frame[0])
    ax.plot([at, at], [0, (top - low) / (high - low)], transform=ax.transAxes, color=colour(role),
            linewidth=1.4, clip_on=False, zorder=1.5)  # fmt: skip


def _flow(sheet: Sheet, head: Sequence[tuple[str, str]]) -> list[list[tuple[str, str, float]]]:
    """Return coloured words in lines from the left: (text, role, x), as many on a line as fit."""
    lines: list[list[tuple[str, str, float]]] = []
    x = sheet.width + 1.0
    for text, role in head:
        wide = 1.08 * measure(text, sheet.text)[0] + 18
        if x + wide > sheet.width:
            lines.append([])
            x = 3.0
        lines[-1].append((text, role, x))
        x += wide
    return lines


def _say_step(picture: Picture, axis: Scale, look: Look) -> None:
    """Name the lower axis, and explain a logarithmic axis on the picture."""
    if look.name_x:
        picture.write(
            look.name_x, picture.frame[0], picture.sheet.small * 0.7, "context", small=True
        )
    if axis.log:
        picture.write(axis.step, picture.sheet.width - 3, picture.sheet.small * 0.7, "context",
                      ha="right", small=True)  # fmt: skip


def bars(
    frame: pd.DataFrame, label: str, value: str, look: Look, *, by: str | None = None,
    highlight: Sequence[Any] = (),
) -> Draw:  # fmt: skip
    """Return lying bars from zero with their values; those of ``highlight`` stand out."""
    _columns(frame, [label, value, by])
    groups = _groups(frame, by)
    roles = _roles(frame, label, by, look, highlight)
    said = [str(look.write(v)) for v in frame[value]]

    def draw(sheet: Sheet) -> Picture:
        room = max(measure(text, sheet.text)[0] for text in said) + _PAD
        head = _head(look, groups)
        rows = _rows(
            sheet,
            list(frame[label]),
            frame[value],
            look,
            zero=True,
            head=head,
            ends=room,
            axis=False,
        )
        high = 0.56 * sheet.row
        for middle, amount, text, role in zip(rows.middles, frame[value], said, roles, strict=True):
            rows.picture.ax.barh(middle, amount, height=high, color=colour(role))
            end = max(rows.x(amount), rows.x(0)) + 5
            rows.picture.write(text, end, middle, role, ground=bool(look.marks))
        return rows.picture

    return draw


def stacked(frame: pd.DataFrame, label: str, part: str, value: str, look: Look) -> Draw:
    """Return lying bars made of parts, each value in its part where there is room for it.

    A value without room follows the bar. Where it is not of the last part, and bars differ in length,
    the total stands beside it ('1 of 9'), or it would be read as the total.
    """
    _columns(frame, [label, part, value])
    parts, names = list(dict.fromkeys(frame[part])), list(dict.fromkeys(frame[label]))
    table = frame.pivot_table(index=label, columns=part, values=value, aggfunc="sum", fill_value=0)
    table = table.loc[names, parts]
    totals = table.sum(axis=1)
    written = [str(look.write(float(v))) for v in table.to_numpy().ravel() if v]
    unequal = totals.nunique() > 1
    of_most = f" of {look.write(float(totals.max()))}" if unequal else ""

    def draw(sheet: Sheet) -> Picture:
        head = _head(look, parts)
        room = max((measure(text, sheet.small)[0] for text in written), default=0.0) + _PAD
        room += measure(of_most, sheet.small)[0]
        rows = _rows(
            sheet, names, [0, totals.max()], look, zero=True, head=head, ends=room, axis=False
        )
        for middle, name in zip(rows.middles, names, strict=True):
            start, after, narrow = 0.0, 5.0, []
            for kind in parts:
                amount, role = float(table.at[name, kind]), role_of(look, parts, kind)
                rows.picture.ax.barh(middle, amount, left=start, height=0.66 * sheet.row,
                                     color=colour(role), edgecolor="white", linewidth=1)  # fmt: skip
                text = str(look.write(amount))
                wide = measure(text, sheet.small)[0]
                if wide + 6 < rows.x(start + amount) - rows.x(start):
                    _inside(rows, text, start + amount / 2, middle, role)
                elif amount:
                    narrow.append((text, role))
                start += amount
            last = next((k for k in reversed(parts) if table.at[name, k]), None)
            if unequal and len(narrow) == 1 and narrow[0][1] != role_of(look, parts, last):
                narrow = [(f"{narrow[0][0]} of {look.write(float(totals[name]))}", narrow[0][1])]
            for text, role in narrow:  # what has no room in its part follows the bar
                rows.picture.write(text, rows.x(start) + after, middle, role, small=True)
                after += measure(text, sheet.small)[0] + 8
        return rows.picture

    return draw


def _inside(rows: _Rows, text: str, value: float, middle: float, role: str) -> None:
    """Write a value inside its bar, white on strong colours and dark on pale ones."""
    rows.picture.write(text, rows.x(value), middle, "ink", ha="center", small=True)
    if role != "pale":
        rows.picture.figure.texts[-1].set_color("#ffffff")


def ranges(
    frame: pd.DataFrame, label: str, low: str, high: str, look: Look, *, middle: str | None = None,
    by: str | None = None, right: str | None = None, ends: bool = True,
) -> Draw:  # fmt: skip
    """Return a bar from low to high for each row, with a dot at ``middle``.

    The values of both ends stand beside the bar unless ``ends`` is false; ``right`` is a column of
    words at the end of the row.
    """
    _columns(frame, [label, low, high, middle, by, right])
    groups = _groups(frame, by)
    write = _as_written(frame, low, look)
    said = [(str(write(a)), str(write(b)))
            for a, b in zip(numbers(frame[low]), numbers(frame[high]), strict=True)]  # fmt: skip

    def draw(sheet: Sheet) -> Picture:
        room = (
            max(measure(text, sheet.small)[0] for pair in said for text in pair) + _PAD
            if ends
            else 6.0
        )
        head = _head(look, groups)
        words = [str(text) for text in frame[right]] if right else []
        every = span_of([frame[low], frame[high], *([frame[middle]] if middle else [])])
        rows = _rows(sheet, list(frame[label]), every, look, head=head, right=words, ends=room)
        for at, (_, row), (first, last) in zip(rows.middles, frame.iterrows(), said, strict=True):
            role = role_of(look, groups, row[by]) if by else "found"
            start, end = number(row[low]), number(row[high])
            rows.picture.ax.plot([start, end], [at, at], color=colour(role), linewidth=5,
                                 solid_capstyle="butt" if middle else "round")  # fmt: skip
            if middle:
                rows.picture.ax.plot([number(row[middle])], [at], "o", color=colour(role), markersize=10,
                                     markeredgecolor="white", clip_on=False)  # fmt: skip
            if ends:
                rows.picture.write(first, rows.x(start) - 6, at, role, ha="right", small=True)
                rows.picture.write(last, rows.x(end) + 6, at, role, small=True)
        return rows.picture

    return draw


def dumbbells(
    frame: pd.DataFrame,
    label: str,
    points: Mapping[str, str],
    look: Look,
    *,
    texts: Mapping[str, str] | None = None,
) -> Draw:
    """Return two or more named points on each row, joined by a line; ``points`` maps columns to roles.

    ``texts`` maps a column to the column with its words, where rows are of different units; the
    axis is then left out.
    """
    _columns(frame, [label, *points, *(texts or {}).values()])
    write = _as_written(frame, next(iter(points)), look)

    def words(row: pd.Series, column: str) -> str:
        return str(row[texts[column]] if texts else write(number(row[column])))

    def draw(sheet: Sheet) -> Picture:
        said = [words(row, c) for _, row in frame.iterrows() for c in points if pd.notna(row[c])]
        room = max(measure(text, sheet.small)[0] for text in said) + _PAD + 4
        head = [(column, role) for column, role in points.items()]
        every = span_of([frame[column] for column in points])
        rows = _rows(
            sheet, list(frame[label]), every, look, head=head, ends=room, axis=texts is None
        )
        for at, (_, row) in zip(rows.middles, frame.iterrows(), strict=True):
            known = sorted(
                (number(row[column]), role, words(row, column))
                for column, role in points.items()
                if pd.notna(row[column])
            )
            ends = [known[0][0], known[-1][0]]
            rows.picture.ax.plot(ends, [at, at], color=colour("pale"), linewidth=3)
            if len(known) == 2 and ends[0] == ends[1]:
                _both(rows, known, at)
                continue
            for spot, (amount, role, text) in enumerate(known):
                rows.picture.ax.plot(
                    [amount], [at], "o", color=colour(role), markersize=9, clip_on=False
                )
                _beside(rows, text, amount, at, role, spot, len(known))
        return rows.picture

    return draw


def _both(rows: _Rows, known: Sequence[tuple[float, str, str]], at: float) -> None:
    """Draw two points of one value as a dot in two halves, with the value once."""
    (amount, left, text), (_, right, _) = known
    rows.picture.ax.plot(
        [amount], [at], "o", markersize=9, fillstyle="left", color=colour(left),
        markerfacecoloralt=colour(right), markeredgewidth=0, clip_on=False,
    )  # fmt: skip
    rows.picture.write(text, rows.x(amount) + 8, at, "ink", small=True)


def _beside(
    rows: _Rows, text: str, value: float, at: float, role: str, spot: int, count: int
) -> None:
    """Write a value outside the first and the last point of a row, above those between.

    It hides a reference line that it meets, which would else run through its digits.
    """
    x = rows.x(value)
    if spot == 0 and count > 1:
        rows.picture.write(text, x - 8, at, role, ha="right", small=True, ground=True)
    elif spot == count - 1:
        rows.picture.write(text, x + 8, at, role, small=True, ground=True)
    else:
        rows.picture.write(text, x, at + 6, role, ha="center", va="bottom", small=True)


def dots(
    frame: pd.DataFrame, label: str, value: str, look: Look, *, by: str | None = None,
    right: Mapping[Any, str] | None = None,
) -> Draw:  # fmt: skip
    """Return a row of dots for each name; ``by`` colours them, ``right`` gives words for each row."""
    _columns(frame, [label, value, by])
    names, groups = list(dict.fromkeys(frame[label])), _groups(frame, by)
    many = frame.groupby(label).size().max() > 12

    def draw(sheet: Sheet) -> Picture:
        head = _head(look, groups)
        words = [str(right[name]) for name in names] if right else []
        rows = _rows(sheet, names, frame[value], look, head=head, right=words, ends=6)
        order = sorted(
            range(len(groups)),
            key=lambda g: role_of(look, groups, groups[g]) not in ("pale", "context"),
        )
        for at, name in zip(rows.middles, names, strict=True):
            for group in [groups[g] for g in order] if by else [None]:
                part = frame[(frame[label] == name) & ((frame[by] == group) if by else True)]
                x = numbers(part[value])
                lift = (
                    _swarm([rows.x(v) for v in x], 0.36 * sheet.row) if many else np.zeros(len(x))
                )
                rows.picture.ax.scatter(x, at + lift, s=22 if many else 62, linewidth=0, clip_on=False,
                                        color=colour(role_of(look, groups, group) if by else "found"))  # fmt: skip
        for x, y, text, *role in look.notes:
            at = rows.middles[names.index(y)]
            rows.picture.note(text, rows.x(x), at, (role or ["ink"])[0])
        return rows.picture

    return draw


def _swarm(x: Sequence[float], reach: float, apart: float = 5.0) -> np.ndarray:
    """Return for dots on one line how far each is moved up or down so that few hide another."""
    steps = [0.0] + [
        sign * n * apart for n in range(1, int(reach // apart) + 1) for sign in (1, -1)
    ]
    placed: list[tuple[float, float]] = []
    lifts = np.zeros(len(x))
    for i in sorted(range(len(x)), key=lambda i: (x[i], i)):
        free = (
            s
            for s in steps
            if all(math.hypot(x[i] - px, s - py) >= apart for px, py in placed[-40:])
        )
        lifts[i] = next(free, 0.0)
        placed.append((x[i], lifts[i]))
    return lifts


def waterfall(frame: pd.DataFrame, label: str, value: str, look: Look, *, total: str) -> Draw:
    """Return steps that add up: each bar begins where the last one ended, ``total`` names the sum."""
    _columns(frame, [label, value])
    steps = [float(v) for v in frame[value]]
    sums = np.cumsum([0.0, *steps])
    names = [*frame[label], total]
    starts, widths = [*sums[:-1], 0.0], [*steps, float(sums[-1])]
    said = [str(look.write(v)) for v in widths]

    def draw(sheet: Sheet) -> Picture:
        room = max(measure(text, sheet.text)[0] for text in said) + _PAD
        rows = _rows(sheet, names, sums, look, zero=True, ends=room, axis=False)
        for i, (at, text) in enumerate(zip(rows.middles, said, strict=True)):
            role = "found" if i == len(steps) else "good" if widths[i] >= 0 else "bad"
            rows.picture.ax.barh(
                at, widths[i], left=starts[i], height=0.56 * sheet.row, color=colour(role)
            )
            end = max(starts[i], starts[i] + widths[i])
            rows.picture.write(text, rows.x(end) + 5, at, role)
        return rows.picture

    return draw


# Charts with two axes


def _plane(
    sheet: Sheet, x: Any, y: Any, look: Look, *, margin: float, zero: bool = False, head: Sequence[tuple[str, str]] = (),
    air_x: float = 0.0,
) -> tuple[Picture, Scale, Scale]:  # fmt: skip
    """Lay out a chart with two axes; marks on days or on ``x`` are written above it."""
    across = scale(
        span_of([x, [event[0] for event in look.events]]), sheet.ticks, air=air_x, write=_plain
    )
    up = scale(span_of([y, [mark[0] for mark in look.marks]]), 6, log=look.log, zero=zero, air=0.06,
               write=look.write, limits=look.limits)  # fmt: skip
    left = max(measure(text, sheet.small)[0] for text in up.texts) + _PAD
    right = sheet.width - max(margin, 12.0)
    below = sheet.small + 14 + (sheet.small + 6 if up.log or look.name_x else 0)
    put, band = _header(sheet, look.events, head, across, left, right)
    height = sheet.height + band
    picture = Picture(sheet, height, (left, below, right, height - max(band, 8)))
    picture.axis(across, "x")
    picture.axis(up, "y")
    _say_step(picture, up, look)
    put(picture)
    return picture, across, up


def _plain(value: float) -> str:
    """Write a tick of an axis that has no unit of its own; years have no comma."""
    whole = float(value).is_integer()
    return f"{value:.0f}" if whole and 1500 <= value < 2200 else digits(value)


def _level_marks(picture: Picture, up: Scale, look: Look) -> None:
    """Draw the reference lines that lie across, each with its words where they hide least."""
    left, low, right, high = picture.frame
    for value, text, *role in look.marks:
        name = (role or ["ink"])[0]
        y = up.at(value, low, high)
        picture.ax.axhline(value, color=colour(name), linewidth=1.3, zorder=1.5)
        words = wrapped(text, 2 * picture.sheet.wrap)
        wide, tall = measure(words, picture.sheet.small)
        places = [
            (x, y + gap, x + wide, y + gap + tall)
            for gap in (2.0, -tall - 2.0)
            for x in (left + 3, right - wide - 3, (left + right - wide) / 2)
        ]
        box = best(
            places, picture.taken, np.array(picture.marks), (left, low, picture.sheet.width, high)
        )
        picture.write(words, box[0], (box[1] + box[3]) / 2, name, small=True)


def lines(
    frame: pd.DataFrame, x: str, y: str, look: Look, *, by: str | None = None,
    band: tuple[str, str] | None = None, zero: bool = False, steps: bool = False,
    dashed: Sequence[str] = (), last: bool = True,
) -> Draw:  # fmt: skip
    """Return one line or several, each named at its end with its last value (``last``).

    ``band`` names two columns between which the ground is shaded; ``steps`` holds each value until
    the next; series in ``dashed`` are computed paths.
    """
    _columns(frame, [x, y, by, *(band or ())])
    groups = list(dict.fromkeys(frame[by])) if by else [None]
    series = {group: frame[frame[by] == group] if by else frame for group in groups}

    def draw(sheet: Sheet) -> Picture:
        ends = _ends(sheet, series, y, look, by, last)
        margin = max(measure(text, sheet.small)[0] for text in ends.values()) + _PAD + 6
        heights = span_of([frame[y], *(frame[column] for column in band or ())])
        picture, across, up = _plane(sheet, frame[x], heights, look, margin=margin, zero=zero)
        left, low, right, high = picture.frame
        for group, part in series.items():
            role = role_of(look, groups, group) if by else look.roles.get(y, "found")
            px, py = numbers(part[x]), numbers(part[y])
            style = "steps-post" if steps else "default"
            if band:
                picture.ax.fill_between(px, numbers(part[band[0]]), numbers(part[band[1]]), color=colour(role),
                                        alpha=0.2, linewidth=0, step="post" if steps else None)  # fmt: skip
            picture.ax.plot(px, py, color=colour(role), drawstyle=style,
                            linewidth=1.4 if group in dashed else 2.2,
                            linestyle="--" if group in dashed else "-")  # fmt: skip
            picture.cover(
                [across.at(v, left, right) for v in px], [_at(up, v, low, high) for v in py]
            )
        _name_ends(picture, series, ends, y, up, look, groups, by)
        _level_marks(picture, up, look)
        _notes(picture, across, up, look)
        return picture

    return draw


def _at(axis: Scale, value: float, low: float, high: float) -> float:
    return axis.at(value, low, high) if np.isfinite(value) else math.nan


def _ends(
    sheet: Sheet, series: Mapping[Any, pd.DataFrame], y: str, look: Look, by: str | None, last: bool
) -> dict[Any, str]:  # fmt: skip
    """Return the words at the end of each line: its name and its last value."""
    words = {}
    for group, part in series.items():
        told = str(look.write(numbers(part[y].dropna())[-1])) if last else ""
        name = wrapped(group, sheet.wrap) if by else ""
        words[group] = f"{name}{' ' if name and told else ''}{told}" or " "
    return words


def _name_ends(
    picture: Picture, series: Mapping[Any, pd.DataFrame], ends: Mapping[Any, str], y: str, up: Scale,
    look: Look, groups: Sequence[Any], by: str | None,
) -> None:  # fmt: skip
    """Write the names of the lines in the right margin, moved apart where they meet."""
    _, low, right, high = picture.frame
    wanted = [up.at(numbers(part[y].dropna())[-1], low, high) for part in series.values()]
    tall = [measure(text, picture.sheet.small)[1] + 2 for text in ends.values()]
    for (group, text), at in zip(
        ends.items(), spread(wanted, tall, low - 6, high + 6), strict=True
    ):
        role = role_of(look, groups, group) if by else look.roles.get(y, "found")
        picture.write(text, right + 6, at, role, small=True)


def _notes(picture: Picture, across: Scale, up: Scale, look: Look) -> None:
    """Write the notes on points, each with a dot, where they hide least."""
    left, low, right, high = picture.frame
    for x, y, text, *rest in look.notes:
        name = rest[0] if rest else "ink"
        side = rest[1] if len(rest) > 1 else ""
        picture.ax.plot(
            [number(x)], [number(y)], "o", color=colour(name), markersize=7, zorder=3, clip_on=False
        )
        picture.note(
            wrapped(text, 2 * picture.sheet.wrap),
            across.at(x, left, right),
            up.at(y, low, high),
            name,
            side=side,
        )


def columns(
    frame: pd.DataFrame, x: str, y: str, look: Look, *, by: str | None = None,
    highlight: Sequence[Any] = (),
) -> Draw:  # fmt: skip
    """Return upright bars from zero over an ordered axis, values on top where there is room."""
    _columns(frame, [x, y, by])
    names = [
        _plain(float(v)) if isinstance(v, int | float | np.number) else str(v) for v in frame[x]
    ]
    roles = _roles(frame, x, by, look, highlight)
    lowest, highest = float(frame[y].min()), float(frame[y].max())
    below = lowest - 0.08 * (highest - lowest)  # room for the value under a bar below zero
    heights = [*frame[y], *([below] if lowest < 0 else [])]

    def draw(sheet: Sheet) -> Picture:
        spots = list(range(len(frame)))
        picture, across, up = _plane(
            sheet, [-0.6, len(frame) - 0.4], heights, look, margin=12, zero=True
        )
        left, low, right, high = picture.frame
        picture.ax.bar(spots, frame[y], width=0.72, color=[colour(role) for role in roles])
        width = (right - left) / (len(frame) + 0.2)
        every = max(
            1, math.ceil((max(measure(name, sheet.small)[0] for name in names) + 8) / width)
        )
        shown = spots[::every]
        picture.axis(
            Scale(across.low, across.high, tuple(shown), tuple(names[i] for i in shown)), "x"
        )
        said = [str(look.write(v)) for v in frame[y]]
        fit = max(measure(text, sheet.small)[0] for text in said) + 2 < width
        for spot, text, role in zip(spots, said, roles, strict=True):
            if fit or frame[x].iloc[spot] in highlight:
                end = float(frame[y].iloc[spot])
                picture.write(
                    text,
                    across.at(spot, left, right),
                    up.at(end, low, high) + (-3 if end < 0 else 3),
                    role,
                    ha="center",
                    va="top" if end < 0 else "bottom",
                    small=True,
                )
            picture.cover(
                [across.at(spot, left, right)] * 2, [low, up.at(frame[y].iloc[spot], low, high)]
            )
        _level_marks(picture, up, look)
        return picture

    return draw


def scatter(
    frame: pd.DataFrame, x: str, y: str, look: Look, *, by: str | None = None,
    across: Writer = digits, hollow: tuple[str, Any] | None = None,
) -> Draw:  # fmt: skip
    """Return a dot for each row; ``by`` colours them, ``across`` writes its values.

    ``hollow`` names a column and a value: the dots of its rows are rings.
    """
    _columns(frame, [x, y, by, hollow[0] if hollow else None])
    groups = list(dict.fromkeys(frame[by])) if by else [None]

    def draw(sheet: Sheet) -> Picture:
        head = _head(look, groups) if by else []
        picture, first, up = _plane(
            sheet, frame[x], frame[y], look, margin=12, air_x=0.03, head=head
        )
        left, low, right, high = picture.frame
        lower = Scale(
            first.low, first.high, first.ticks, tuple(str(across(t)) for t in first.ticks)
        )
        picture.axis(lower, "x")
        for group in groups:
            part = frame[frame[by] == group] if by else frame
            role = role_of(look, groups, group) if by else "found"
            ring = np.asarray(part[hollow[0]] == hollow[1]) if hollow else np.zeros(len(part), bool)
            px, py = numbers(part[x]), numbers(part[y])
            picture.ax.scatter(px[~ring], py[~ring], s=30, linewidth=0, color=colour(role))
            if ring.any():  # above the dot that a note sets, which would fill the ring
                picture.ax.scatter(px[ring], py[ring], s=36, linewidth=1.8, facecolor="#ffffff",
                                   edgecolor=colour(role), zorder=4)  # fmt: skip
            picture.marks += [
                (lower.at(a, left, right), up.at(b, low, high))
                for a, b in zip(part[x], part[y], strict=True)
            ]
        _level_marks(picture, up, look)
        _notes(picture, lower, up, look)
        return picture

    return draw
