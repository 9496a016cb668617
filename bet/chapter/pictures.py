"""A picture without its words: marks, axes and direct labels, on a wide and on a narrow sheet.

Finding, unit and source are text of the page. One unit is one pixel of the sheet, which a page shows
at its full size, so the sizes of the type below are what readers see.
"""

from __future__ import annotations

import io
import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from PIL import Image

from bet.chapter import svg
from bet.chapter.charts import COLOUR, INK
from bet.chapter.placing import Box, around, best, shared
from bet.chapter.scales import Scale
from bet.faults import BadInput, Fault, nearest

LEAST = 11.0  # pixels of the smallest type


@dataclass(frozen=True)
class Sheet:
    """A width with its type: all in pixels; ``row`` is the height of one row of a chart of rows."""

    name: str
    width: int
    text: float
    small: float
    row: float
    height: float  # of a chart with two axes
    ticks: int
    wrap: int  # characters of a label in the margin

    @property
    def narrow(self) -> bool:
        """Tell whether the sheet is a telephone's."""
        return self.name == "narrow"

    @property
    def line(self) -> float:
        """Return the height of a line of text."""
        return self.text * 1.25


WIDE = Sheet("wide", 640, 13.5, 12.5, 32, 300, 6, 22)
NARROW = Sheet("narrow", 340, 12.5, 11.5, 26, 280, 4, 13)


class Picture:
    """A figure of a known size in pixels, its axes, and what has been put on it."""

    def __init__(self, sheet: Sheet, height: float, frame: Box) -> None:
        """Make a sheet of so many pixels; ``frame`` is where the marks go."""
        self.sheet, self.height, self.frame = sheet, height, frame
        self.figure = Figure(figsize=(sheet.width / 72, height / 72), dpi=72)
        FigureCanvasAgg(self.figure)
        left, low, right, high = frame
        self.ax = self.figure.add_axes(
            (left / sheet.width, low / height, (right - left) / sheet.width, (high - low) / height)
        )
        self.taken: list[Box] = []
        self.marks: list[tuple[float, float]] = []

    def write(
        self, text: str, x: float, y: float, role: str = "ink", *, ha: str = "left",
        va: str = "center", small: bool = False, bold: bool = False, ground: bool = False,
    ) -> None:  # fmt: skip
        """Write text at a pixel and remember its place; ``ground`` hides the lines behind it."""
        size = self.sheet.small if small else self.sheet.text
        weight = "bold" if bold else "normal"
        box = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.0} if ground else None
        self.figure.text(
            x / self.sheet.width, y / self.height, text, fontsize=size, color=ink(role), ha=ha,
            va=va, linespacing=1.1, fontweight=weight, bbox=box,
        )  # fmt: skip
        wide, high = measure(text, size)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * wide
        low = y - {"bottom": 0.0, "baseline": 0.2, "center": 0.5, "top": 1.0}[va] * high
        self.taken.append((left, low, left + wide, low + high))

    def note(
        self, text: str, x: float, y: float, role: str = "ink", reach: float = 8, side: str = "",
    ) -> None:  # fmt: skip
        """Write a label beside a pixel, where it hides least, or least to the 'upper left' (``side``)."""
        if not text.strip():  # a point alone
            return
        wide, high = measure(text, self.sheet.small)
        places = around(x, y, wide, high, reach)
        room = (2.0, self.frame[1], self.sheet.width - 2.0, self.frame[3] + 2.0)
        if side == "upper left":  # where the picture has room there, and no other words
            wanted = [one for one in places if room[0] <= one[0] and one[2] < x and one[1] > y]
            places = [
                one for one in wanted if not any(shared(one, other) for other in self.taken)
            ] or places
        box = best(places, self.taken, np.array(self.marks), room)
        self.write(text, box[0], (box[1] + box[3]) / 2, role, small=True)

    def cover(self, x: Sequence[float], y: Sequence[float]) -> None:
        """Remember a line through pixels as marks that labels should not hide."""
        points = np.column_stack([x, y])
        points = points[np.isfinite(points).all(axis=1)]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            steps = max(1, int(np.hypot(x1 - x0, y1 - y0) // 4))
            for part in np.linspace(0, 1, steps + 1):
                self.marks.append((x0 + part * (x1 - x0), y0 + part * (y1 - y0)))

    def axis(self, scale: Scale, side: str) -> None:
        """Set an axis ('x' or 'y') to a scale and write its ticks."""
        ax = self.ax
        target = ax.xaxis if side == "x" else ax.yaxis
        if scale.log:
            (ax.set_xscale if side == "x" else ax.set_yscale)("log")
        (ax.set_xlim if side == "x" else ax.set_ylim)(scale.low, scale.high)
        target.set_ticks(list(scale.ticks), list(scale.texts), fontsize=self.sheet.small)
        target.set_ticks([], minor=True)
        if side == "x" and scale.ticks:
            self._keep_inside(scale)
        for value, text in zip(scale.ticks, scale.texts, strict=True) if side == "y" else ():
            wide, high = measure(text, self.sheet.small)
            right, at = self.frame[0] - 2, scale.at(value, self.frame[1], self.frame[3])
            self.taken.append((right - wide - 4, at - high / 2, right, at + high / 2))

    def _keep_inside(self, scale: Scale) -> None:
        """Move the text of the first and last tick inwards where it would leave the sheet."""
        for tick, value in zip(self.ax.xaxis.get_major_ticks(), scale.ticks, strict=True):
            half = measure(tick.label1.get_text(), self.sheet.small)[0] / 2
            at = scale.at(value, self.frame[0], self.frame[2])
            if at - half < 2:
                tick.label1.set_horizontalalignment("left")
            elif at + half > self.sheet.width - 2:
                tick.label1.set_horizontalalignment("right")

    def svg(self) -> str:
        """Return the picture as SVG, the same bytes on every run."""
        return svg.svg_of(self.figure)

    def png(self) -> bytes:
        """Return the picture as a small PNG, for viewers that do not trust SVG."""
        raw = io.BytesIO()
        FigureCanvasAgg(self.figure).print_png(raw, metadata={"Software": None})
        image = (
            Image.open(io.BytesIO(raw.getvalue()))
            .convert("RGB")
            .quantize(16, dither=Image.Dither.NONE)
        )
        packed = io.BytesIO()
        image.save(packed, "PNG", optimize=True)
        return packed.getvalue()

    def faults(self, name: str) -> list[Fault]:
        """Return what readers would not be able to read."""
        where = f"chart '{name}' ({self.sheet.name})"
        texts = [t for t in self.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        small = [
            Fault(where, f"text '{t.get_text()[:30]}' of {t.get_fontsize():.1f} px",
                  f"{LEAST:.0f} px or more")
            for t in texts
            if float(t.get_fontsize()) < LEAST
        ]  # fmt: skip
        return small + overlaps(self.figure, where)


def _drawn_texts(figure: Figure) -> list[Text]:
    """Return the texts that are really drawn: tick labels outside the limits are not."""
    hidden = set()
    for ax in figure.axes:
        # which ticks are drawn only a private method tells
        axes: tuple[Any, Any] = (ax.xaxis, ax.yaxis)
        for axis in axes:
            drawn = {id(tick) for tick in axis._update_ticks()} if axis.get_visible() else set()
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                shown = id(tick) in drawn and ax.axison
                for part, on in (
                    (tick.label1, tick.label1.get_visible()),
                    (tick.label2, tick.label2.get_visible()),
                ):
                    if not (shown and on):
                        hidden.add(id(part))
        if not ax.axison:
            hidden |= {id(t) for t in (ax.xaxis.label, ax.yaxis.label)}
    return [
        t
        for t in figure.findobj(Text)
        if t.get_visible() and t.get_text().strip() and id(t) not in hidden
    ]


def overlaps(figure: Figure, where: str) -> list[Fault]:
    """Find texts that overlap each other or leave the picture."""
    renderer = cast(FigureCanvasAgg, figure.canvas).get_renderer()
    texts = _drawn_texts(figure)
    boxes = [Text.get_window_extent(t, renderer) for t in texts]
    frame, slack, faults = figure.bbox, 1.5, []
    for i, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        quoted = text.get_text()[:30]
        if (
            box.x0 < -slack
            or box.x1 > frame.x1 + slack
            or box.y0 < -slack
            or box.y1 > frame.y1 + slack
        ):
            faults.append(Fault(where, f"text '{quoted}' outside the picture", "all text inside"))
        for other, other_box in zip(texts[:i], boxes[:i], strict=True):
            wide = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
            high = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
            if wide > slack and high > slack:
                pair = f"'{quoted}' over '{other.get_text()[:30]}'"
                faults.append(Fault(where, f"text {pair}", "no overlap"))
    return faults


def colour(role: str) -> str:
    """Return the colour of a role; raise BadInput for one that the book does not know."""
    if role not in COLOUR:
        expected = f"one of {', '.join(COLOUR)}{nearest(role, COLOUR)}"
        raise BadInput([Fault("chart colour", f"'{role}'", expected)])
    return COLOUR[role]


def ink(role: str) -> str:
    """Return the colour of words about a role, dark enough to be read."""
    colour(role)
    return INK[role]


@cache
def _width(line: str, size: float) -> float:
    """Return the width of a line of text in points; both sheets share many, so each is measured once."""
    font = font_manager.FontProperties(family=mpl.rcParams["font.family"], size=size)
    return text_to_path.get_text_width_height_descent(line, font, False)[0]


def measure(text: str, size: float) -> tuple[float, float]:
    """Return width and height of a text in pixels."""
    lines = text.split("\n")
    wide = max(_width(line, size) for line in lines)
    return 1.03 * wide, len(lines) * size * 1.15


def wrapped(text: Any, most: int) -> str:
    """Return a label broken into lines of about so many characters."""
    return "\n".join(textwrap.wrap(str(text), most, break_long_words=False)) or " "
