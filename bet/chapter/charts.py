"""Charts: the house style, and the contract that every published chart keeps.

``finish`` turns a figure and the data it plots into a record: SVG, alternative text computed from
that data, sources and day. It refuses a chart that lacks a part or breaks a rule it can check.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from font_source_sans_pro import font_files_ttf
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from bet.chapter.svg import shrink
from bet.faults import BadInput, Fault, require
from bet.numbers import day, digits

WIDTH_IN = 5.8
MOST_ROWS = 10_000  # of a record; a million would make a notebook of a hundred megabytes
# One colour per thing through the whole book; each has 3:1 on white and keeps its distance under
# simulated colour blindness (tests/test_charts.py measures both).
COLOUR = {
    "claim": "#c2410c",  # what the article says
    "found": "#0b6e99",  # what we find
    "tesla": "#a8232e",
    "spacex": "#1f4e8c",
    "xai": "#966200",
    "good": "#007f6e",
    "bad": "#b3372f",
    "accent": "#6b3fa0",
    "context": "#7b8494",
    "pale": "#bcc3ce",
    "ink": "#1f2937",
}
_GREY_TEXT = "#5b6472"  # the grey of marks has 3:1 on white; words need 4.5:1
_pictures_drawn = True
_TITLE_PT, _SUBTITLE_PT, _SOURCE_PT, _MIN_PT = 14.5, 11.0, 9.0, 8.5


def draw_pictures(wanted: bool) -> None:
    """Say whether charts of this process are drawn; a sweep wants their numbers only."""
    global _pictures_drawn
    _pictures_drawn = wanted


def pictures_drawn() -> bool:
    """Tell whether charts of this process are drawn."""
    return _pictures_drawn


def good_name(name: str | None) -> bool:
    """Tell whether a chart's name can stand in an address."""
    return bool(re.fullmatch(r"[a-z][a-z0-9-]*", name or ""))


def good_day(day: str | None) -> bool:
    """Tell whether a day is written as ISO does."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", day or ""))


def load_fonts(files: Mapping[str, str]) -> None:
    """Register the book's font; without it every picture would differ without a word."""
    for weight in ("SourceSansPro", "SourceSansProSemibold", "SourceSansProBold"):
        try:
            font_manager.fontManager.addfont(files[weight])
        except (KeyError, OSError):
            expected = "the file of the package font-source-sans-pro, as in requirements.txt"
            raise BadInput([Fault(f"font {weight}", "no such file", expected)]) from None


load_fonts(font_files_ttf)
mpl.style.use(Path(__file__).with_name("style.mplstyle"))


@dataclass(frozen=True)
class Chart:
    """A finished chart: the picture and everything a page needs to show it well."""

    name: str
    title: str
    subtitle: str
    alt: str
    svg: str
    record: dict[str, Any]
    narrow: str = ""
    png: bytes = b""


def canvas(rows: int = 1, cols: int = 1, height: float = 3.4, **kwargs: Any) -> tuple[Figure, Any]:
    """Return a figure and its axes (one, or an array) in the house style.

    ``height`` is that of the plot in inches; ``finish`` adds room for title and source.
    Further arguments go to ``Figure.subplots`` (``sharey``, ``width_ratios`` ...).
    """
    figure = Figure(figsize=(WIDTH_IN, height))
    FigureCanvasAgg(figure)  # measures text; the picture itself is SVG
    return figure, figure.subplots(rows, cols, **kwargs)


def label(ax: Axes, x: Any, y: Any, text: str, colour: str = COLOUR["ink"], **kwargs: Any) -> None:
    """Write a direct label at a data point; ``offset=(dx, dy)`` in points, ``ha`` and ``va`` as in matplotlib."""
    offset = kwargs.pop("offset", (4, 0))
    settings: dict[str, Any] = {"ha": "left", "va": "center", "fontsize": 10.5, **kwargs}
    ax.annotate(text, (x, y), xytext=offset, textcoords="offset points", color=colour, **settings)


def event(ax: Axes, x: Any, text: str, y: float = 0.98, **kwargs: Any) -> None:
    """Mark a moment with a thin rule and one short line of text (``y`` in axes units)."""
    ax.axvline(x, color=COLOUR["context"], linewidth=0.9, linestyle=(0, (3, 2)))
    settings: dict[str, Any] = {
        "ha": "left",
        "va": "top",
        "fontsize": 9.5,
        "color": "#4b5563",
        **kwargs,
    }
    ax.annotate(text, (x, y), xycoords=("data", "axes fraction"), xytext=(4, 0),
                textcoords="offset points", **settings)  # fmt: skip


def hide_covered(ax: Axes) -> None:
    """Hide each label that would cover one written before it."""
    figure = ax.figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    kept: list[Any] = []
    for text in ax.texts:
        box = text.get_window_extent(renderer).padded(3)
        text.set_visible(not any(box.overlaps(other) for other in kept))
        kept += [box] * text.get_visible()


def zero(ax: Axes, axis: str = "y") -> None:
    """Start an axis at zero."""
    ax.set_ylim(bottom=0) if axis == "y" else ax.set_xlim(left=0)


def log_axis(
    ax: Axes, axis: str, ticks: Sequence[float], texts: Sequence[str] | None = None
) -> None:
    """Make an axis logarithmic, with plain numbers at the given ticks only."""
    texts = texts or [digits(tick) for tick in ticks]
    target = ax.yaxis if axis == "y" else ax.xaxis
    (ax.set_yscale if axis == "y" else ax.set_xscale)("log")
    target.set_major_locator(mpl.ticker.FixedLocator(list(ticks)))
    target.set_major_formatter(mpl.ticker.FixedFormatter(list(texts)))
    target.set_minor_locator(mpl.ticker.NullLocator())


def finish(
    figure: Figure,
    *,
    name: str,
    title: str,
    subtitle: str,
    sources: Sequence[str],
    source_line: str,
    as_of: str,
    data: pd.DataFrame,
    x: str,
    y: str,
    kind: str,
    unit: str,
    by: str | None = None,
    claims: Sequence[str] = (),
) -> Chart:
    """Check a figure against the contract and return the finished chart.

    Parameters
    ----------
    title : the finding, five to sixteen words; subtitle : what is plotted, unit, place, period
    sources : ids of data/sources.yml; source_line : their publishers, as printed on the picture
    data : exactly what is plotted; ``x``, ``y`` and ``by`` name its columns
    kind : for example 'line chart'; unit : of ``y``

    Raises BadInput naming every part that is missing and every rule that is broken. After
    ``draw_pictures(False)`` nothing is laid out or drawn.
    """
    require(_missing(name, title, subtitle, sources, as_of, data, x, y, by, kind, unit))
    for ax in figure.axes:
        if any(getattr(bars, "orientation", "") == "horizontal" for bars in ax.containers):
            ax.grid(False, axis="y")
            ax.grid(True, axis="x")
    if _pictures_drawn:
        for text in figure.findobj(Text):
            if text.get_color() == COLOUR["context"]:
                text.set_color(_GREY_TEXT)
        _frame(figure, title, subtitle, f"{source_line}. As of {day(as_of)}. The Bet, Audited")
        require(_broken(figure, subtitle, name))
    alt = describe(data, x, y, kind, unit, by) + sampled(data)
    record = {
        "name": name, "title": title, "subtitle": subtitle, "alt": alt, "kind": kind, "unit": unit,
        "sources": list(sources), "as_of": as_of, "claims": list(claims),
        "x": x, "y": y, "by": by, "columns": list(data.columns), **listed(data),
    }  # fmt: skip
    return Chart(name, title, subtitle, alt, svg_of(figure) if _pictures_drawn else "", record)


def _missing(name, title, subtitle, sources, as_of, data, x, y, by, kind, unit) -> list[Fault]:
    where = f"chart '{name}'"
    words = len(str(title).split())
    wants = {
        "a kebab-case name": not good_name(name),
        "a title of 5 to 16 words that states the finding": not 5 <= words <= 16,
        "a subtitle of 4 words or more with what is plotted and its unit": len(
            (subtitle or "").split()
        )
        < 4,
        "one source id or more": not sources,
        "an as-of date": not good_day(as_of),
        "a kind such as 'line chart'": not kind,
        "the unit of the plotted values ('ratio' where there is none)": not unit,
        "the plotted data, not empty": data is None or data.empty,
    }
    faults = [Fault(where, "none or another", want) for want, absent in wants.items() if absent]
    columns = [] if data is None else list(data.columns)
    faults += [
        Fault(where, f"no column '{column}' in the data", f"one of {', '.join(map(str, columns))}")
        for column in (x, y, by)
        if column is not None and column not in columns
    ]
    return faults


def _broken(figure: Figure, subtitle: str, name: str) -> list[Fault]:
    """Check the rules that code can check; see the method page."""
    faults = []
    where = f"chart '{name}'"
    boxes = [ax.get_position().bounds for ax in figure.axes]
    if len({tuple(round(v, 4) for v in box) for box in boxes}) < len(boxes):
        faults.append(
            Fault(where, "two axes in one place", "panels or an index, never a twin axis")
        )
    for ax in figure.axes:
        logarithmic = "log" in (ax.get_xscale(), ax.get_yscale())
        if logarithmic and "log" not in subtitle.lower():
            faults.append(Fault(where, "a log axis", "the words 'log scale' in the subtitle"))
        for bars in (c for c in ax.containers if isinstance(c, BarContainer)):
            vertical = getattr(bars, "orientation", "vertical") != "horizontal"
            scale, (low, high) = (
                (ax.get_yscale(), ax.get_ylim()) if vertical else (ax.get_xscale(), ax.get_xlim())
            )
            if scale == "log" or not min(low, high) <= 0 <= max(low, high):
                faults.append(
                    Fault(where, "bars that do not start at zero", "a linear axis from zero")
                )
                break
        if ax.get_legend():
            faults.append(Fault(where, "a legend", "direct labels (charts.label)"))
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    faults += [
        Fault(
            where,
            f"text '{t.get_text()[:30]}' at {t.get_rotation():.0f} degrees",
            "horizontal text",
        )
        for t in texts
        if t.get_rotation() % 360
    ]
    faults += [
        Fault(
            where,
            f"text '{t.get_text()[:30]}' of {t.get_fontsize():.1f} pt",
            f"{_MIN_PT} pt or more",
        )
        for t in texts
        if float(t.get_fontsize()) < _MIN_PT
    ]
    return faults + overlaps(figure, where)


def _drawn_texts(figure: Figure) -> list[Text]:
    """Return the texts that are really drawn: tick labels outside the limits are not."""
    hidden = set()
    for ax in figure.axes:
        axes: tuple[Any, Any] = (
            ax.xaxis,
            ax.yaxis,
        )  # which ticks are drawn only a private method tells
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


@cache
def text_width(word: str, size: float, weight: str) -> float:
    """Return the width of a word in points; titles share words, so each is measured once."""
    font = font_manager.FontProperties(family=mpl.rcParams["font.family"], weight=weight, size=size)
    return text_to_path.get_text_width_height_descent(word, font, False)[0]


def _wrap(text: str, size: float, weight: str, width: float) -> list[str]:
    """Break a text into lines of at most ``width`` points."""
    space = text_width("x x", size, weight) - 2 * text_width("x", size, weight)
    lines: list[list[str]] = [[]]
    used = 0.0
    for word in text.split():
        needed = text_width(word, size, weight) + (space if lines[-1] else 0.0)
        if lines[-1] and used + needed > width:
            lines.append([])
            used, needed = 0.0, needed - space
        lines[-1].append(word)
        used += needed
    return [" ".join(words) for words in lines]


def _frame(figure: Figure, title: str, subtitle: str, source: str) -> None:
    """Add title, subtitle and source line above and below the plot, making the figure taller."""
    width = (WIDTH_IN - 0.2) * 72 * 0.97  # hinted glyphs are drawn a little wider than measured
    parts = [
        (_wrap(title, _TITLE_PT, "bold", width), _TITLE_PT, "bold", COLOUR["ink"]),
        (_wrap(subtitle, _SUBTITLE_PT, "normal", width), _SUBTITLE_PT, "normal", "#4b5563"),
    ]
    footer = _wrap(source, _SOURCE_PT, "normal", width)
    head = sum(len(lines) * size * 1.25 / 72 for lines, size, _, _ in parts) + 0.18
    foot = len(footer) * _SOURCE_PT * 1.25 / 72 + 0.12
    plot = figure.get_figheight()
    total = plot + head + foot
    figure.set_size_inches(WIDTH_IN, total)
    top = 1 - 0.06 / total
    for lines, size, weight, colour in parts:
        figure.text(0.1 / WIDTH_IN, top, "\n".join(lines), fontsize=size, weight=weight, color=colour,
                    va="top", linespacing=1.15)  # fmt: skip
        top -= (len(lines) * size * 1.25 + 3) / 72 / total
    figure.text(0.1 / WIDTH_IN, 0.05 / total, "\n".join(footer), fontsize=_SOURCE_PT, color="#5b6472",
                va="bottom", linespacing=1.15)  # fmt: skip
    rect = (0.01, foot / total, 0.98, plot / total)
    figure.set_layout_engine("constrained", rect=rect)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out once; checks and the picture keep it


def svg_of(figure: Figure) -> str:
    """Return the figure as SVG without date, with coordinates to a hundredth of a point.

    Rounding makes the file a third smaller and the same on machines whose last digits differ.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "bet"}):
        # savefig would draw twice; the layout is already final
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    rounded = re.sub(r"(?<![\w.])(-?\d+\.\d{3,})(?![\w.])", _shorter, buffer.getvalue())
    return shrink(_numbered(rounded))


def _numbered(svg: str) -> str:
    """Name clips and marks by their order: matplotlib hashes coordinates whose last digit may differ."""
    names: dict[str, str] = {}
    return re.sub(
        r'(?<=["#])([a-z])[0-9a-f]{10}(?=[")])',
        lambda match: names.setdefault(match[0], f"{match[1]}{len(names)}"),
        svg,
    )


def _shorter(match: re.Match) -> str:
    value = float(match.group())
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.6f}".rstrip("0").rstrip(".")


def describe(
    data: pd.DataFrame, x: str, y: str, kind: str, unit: str, by: str | None = None
) -> str:
    """Return alternative text (300 characters at most) from the plotted data: what, range, extremes."""
    data = data.reset_index(drop=True).astype({x: object})  # a row would turn a year into 2,023.0
    values = pd.to_numeric(data[y], errors="coerce")
    clean = data[values.notna()]
    what = f"{kind.capitalize()} of {_spoken(y, unit)} by {_spoken(x)}"
    if clean.empty:
        return f"{what}: {len(data)} rows."
    if by is None and len(clean) <= 6:
        listed = "; ".join(f"{cell_text(row[x])} {digits(row[y])}" for _, row in clean.iterrows())
        text = f"{what}: {listed}."
    else:
        groups = "" if by is None else f", {data[by].nunique()} series"
        low, high = clean.loc[values.idxmin()], clean.loc[values.idxmax()]
        text = (
            f"{what}, {cell_text(clean[x].iloc[0])} to {cell_text(clean[x].iloc[-1])}{groups}: "
            f"lowest {digits(low[y])} ({_where(low, x, by)}), highest {digits(high[y])} ({_where(high, x, by)}), "
            f"last {digits(clean[y].iloc[-1])}."
        )
    return text if len(text) <= 300 else text[:297].rsplit(" ", 1)[0] + "…"


def _where(row: pd.Series, x: str, by: str | None) -> str:
    return cell_text(row[x]) if by is None else f"{cell_text(row[by])}, {cell_text(row[x])}"


def _spoken(column: str, unit: str = "") -> str:
    words = str(column).replace("_", " ")
    return f"{words} in {unit}" if unit and unit.lower() not in words.lower() else words


def cell_text(value: Any) -> str:
    """Return a cell of the data as text: a day as ISO, a number to four figures."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float | np.floating):
        return digits(float(value), 4)
    return str(value)


def listed(data: pd.DataFrame) -> dict[str, Any]:
    """Return the rows for a chart's record: all, or of very many a sample at even steps, ends included."""
    if len(data) <= MOST_ROWS:
        return {"rows": rows_of(data)}
    places = np.linspace(0, len(data) - 1, MOST_ROWS).round().astype(int)
    return {"rows": rows_of(data.iloc[places]), "sampled": sampled(data).strip()}


def sampled(data: pd.DataFrame) -> str:
    """Return the sentence that says so where a record holds a sample of its rows; else nothing."""
    if len(data) <= MOST_ROWS:
        return ""
    return f" The data listed are {MOST_ROWS:,} of {len(data):,} rows, at even steps."


def rows_of(data: pd.DataFrame) -> list[list[Any]]:
    """Return the rows as plain JSON values; floats to six figures, dates as ISO text."""
    return [[as_json(value) for value in row] for row in data.itertuples(index=False)]


def as_json(value: Any) -> Any:
    """Return a value as plain JSON: floats to six figures, dates as ISO text, missing as None."""
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return str(value)
