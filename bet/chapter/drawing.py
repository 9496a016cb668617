"""``book.bars`` … ``book.steps``: one call draws one chart, with its words, its data and its record."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

import pandas as pd
from IPython.display import display

from bet.chapter import shapes
from bet.chapter.contract import Chart, publish
from bet.chapter.outputs import CHART_MIME, NARROW_MIME, WORDS_MIME
from bet.chapter.prose import money
from bet.chapter.scales import Writer
from bet.chapter.shapes import Draw, Look
from bet.faults import BadInput, Fault, nearest, require
from bet.numbers import day
from bet.records.sources import sources


class Told(TypedDict, total=False):
    """What every chart is told by keyword; ``name`` to ``sources`` are required.

    The words: ``name`` kebab-case, ``finding`` 3 to 14 words, ``shows`` (what is drawn and its unit),
    ``unit``, ``sources`` and ``claims`` ids, ``alt`` (one sentence with two or three numbers).
    The look: ``write``, ``log``, ``limits``, ``roles``, ``marks``, ``events``, ``notes``, ``name_x``;
    see ``shapes.Look``.
    """

    name: str
    finding: str
    shows: str
    unit: str
    sources: Sequence[str]
    claims: Sequence[str]
    alt: str
    write: Writer
    log: bool
    limits: tuple[Any, Any]
    roles: Mapping[str, str]
    marks: Sequence[tuple]
    events: Sequence[tuple]
    notes: Sequence[tuple]
    name_x: str


_LOOK = ("write", "log", "limits", "roles", "marks", "events", "notes", "name_x")
_WORDS = ("name", "finding", "shows", "unit", "sources")


class Drawing:
    """The shapes, for a chapter that has a day of knowledge (``as_of``)."""

    as_of: str
    beyond: str = ""  # the parameters that were set beyond their ranges on purpose

    def marked(self, shows: str) -> str:
        """Return what a chart shows, with the parameters that lie beyond their ranges."""
        return f"{shows.rstrip('.')}; beyond the ranges: {self.beyond}" if self.beyond else shows

    def bars(
        self, data: pd.DataFrame, label: str, value: str, *, by: str | None = None,
        highlight: Sequence[Any] = (), **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """Lying bars from zero, one a row, each with its value. See ``shapes.bars``."""
        look = _look(told)
        draw = shapes.bars(data, label, value, look, by=by, highlight=highlight)
        self._show("bar", draw, data, (label, value, by), told)

    def stacked(
        self, data: pd.DataFrame, label: str, part: str, value: str, **told: Unpack[Told]
    ) -> None:
        """Lying bars made of parts. See ``shapes.stacked``."""
        draw = shapes.stacked(data, label, part, value, _look(told))
        self._show("stacked bar", draw, data, (label, value, part), told)

    def ranges(
        self, data: pd.DataFrame, label: str, low: str, high: str, *, middle: str | None = None,
        by: str | None = None, right: str | None = None, ends: bool = True, **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """A bar from low to high a row, days or numbers. See ``shapes.ranges``."""
        draw = shapes.ranges(
            data, label, low, high, _look(told), middle=middle, by=by, right=right, ends=ends
        )
        names = (label, middle or high, by, low, high, right)
        self._show("range", draw, data, names, told, (label, low, middle, high, by, right))

    def dumbbells(
        self,
        data: pd.DataFrame,
        label: str,
        points: Mapping[str, str],
        *,
        texts: Mapping[str, str] | None = None,
        **told: Unpack[Told],
    ) -> None:
        """Two or more named points a row, joined by a line. See ``shapes.dumbbells``."""
        draw = shapes.dumbbells(data, label, points, _look(told), texts=texts)
        others = dict.fromkeys([*(texts or {}).values(), *points])
        names = (label, list(points)[-1], None, *others)
        self._show("dumbbell", draw, data, names, told, (label, *others))

    def dots(
        self, data: pd.DataFrame, label: str, value: str, *, by: str | None = None,
        right: Mapping[Any, str] | None = None, **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """Many dots a row. See ``shapes.dots``."""
        draw = shapes.dots(data, label, value, _look(told), by=by, right=right)
        self._show("dot", draw, data, (label, value, by), told)

    def waterfall(
        self, data: pd.DataFrame, label: str, value: str, *, total: str, **told: Unpack[Told]
    ) -> None:
        """Steps that add up to a total. See ``shapes.waterfall``."""
        draw = shapes.waterfall(data, label, value, _look(told), total=total)
        self._show("waterfall", draw, data, (label, value, None), told)

    def columns(
        self, data: pd.DataFrame, x: str, y: str, *, by: str | None = None,
        highlight: Sequence[Any] = (), **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """Upright bars from zero over years or classes. See ``shapes.columns``."""
        draw = shapes.columns(data, x, y, _look(told), by=by, highlight=highlight)
        self._show("column", draw, data, (x, y, by), told)

    def lines(
        self, data: pd.DataFrame, x: str, y: str, *, by: str | None = None,
        band: tuple[str, str] | None = None, zero: bool = False, dashed: Sequence[str] = (),
        last: bool = True, **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """One line or several, named at their ends. See ``shapes.lines``."""
        draw = shapes.lines(
            data, x, y, _look(told), by=by, band=band, zero=zero, dashed=dashed, last=last
        )
        self._show("line", draw, data, (x, y, by, *(band or ())), told)

    def steps(
        self, data: pd.DataFrame, x: str, y: str, *, by: str | None = None, zero: bool = False,
        last: bool = True, **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """Lines that hold each value until the next. See ``shapes.lines``."""
        draw = shapes.lines(data, x, y, _look(told), by=by, zero=zero, steps=True, last=last)
        self._show("step", draw, data, (x, y, by), told)

    def scatter(
        self, data: pd.DataFrame, x: str, y: str, *, by: str | None = None, across: Writer | None = None,
        hollow: tuple[str, Any] | None = None, **told: Unpack[Told],
    ) -> None:  # fmt: skip
        """A dot a row over two axes; ``across`` writes the lower one. See ``shapes.scatter``."""
        look = _look(told)
        draw = shapes.scatter(data, x, y, look, by=by, across=across or look.write, hollow=hollow)
        self._show("scatter", draw, data, (x, y, by, *(hollow or ())[:1]), told)

    def _show(
        self, shape: str, draw: Draw, data: pd.DataFrame, names: Sequence[Any],
        told: Mapping[str, Any], columns: Sequence[Any] = (),
    ) -> None:  # fmt: skip
        """Publish a chart and show it: its finding, its picture, its sources.

        ``columns`` are those of its data in the order of a table, where it is not that of ``names``.
        """
        used = list(dict.fromkeys(name for name in columns or names if name is not None))
        words: dict[str, Any] = {key: told.get(key) for key in _WORDS}
        words["shows"] = self.marked(words["shows"] or "")
        chart = publish(
            draw, shape=shape, as_of=self.as_of, data=data[used], names=names, claims=told.get("claims", ()), alt=told.get("alt", ""), write=told.get("write"), **words,
        )  # fmt: skip
        for output in shown(chart):
            display(output, raw=True)


def _look(told: Mapping[str, Any]) -> Look:
    """Return the look among the keywords; raise BadInput for one that no chart has."""
    known = list(Told.__annotations__)
    require(
        [
            Fault("chart", f"keyword '{key}'", f"one of {', '.join(known)}{nearest(key, known)}")
            for key in told
            if key not in known
        ]
    )
    return Look(**{key: told[key] for key in _LOOK if key in told})


def shown(chart: Chart) -> list[dict[str, Any]]:
    """Return the outputs of a chart: finding, picture, sources.

    The words are text in every viewer; a page writes them itself. The PNG is what JupyterLab shows of
    a notebook that it does not trust.
    """
    head = f"**{money(chart.title)}**  \n{money(chart.subtitle)}"
    foot = f"*{publishers(chart.record['sources'])}. As of {day(chart.record['as_of'])}.*"
    picture = {
        "image/svg+xml": chart.svg, "image/png": base64.b64encode(chart.png).decode(),
        "text/plain": chart.alt, CHART_MIME: chart.record, NARROW_MIME: {"svg": chart.narrow},
    }  # fmt: skip
    return [_words(head), picture, _words(foot)]


def _words(text: str) -> dict[str, Any]:
    return {"text/markdown": text, "text/plain": text, WORDS_MIME: {}}


def publishers(ids: Sequence[str]) -> str:
    """Return 'Sources: EIA; FERC'; raise BadInput for an id that is none."""
    known = sources()
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise BadInput(
            [
                Fault("chart sources", f"'{u}'", f"an id of data/sources.yml{nearest(u, known)}")
                for u in unknown
            ]
        )
    names = list(dict.fromkeys(known[name].publisher for name in ids))
    return f"{'Source' if len(names) == 1 else 'Sources'}: {'; '.join(names)}"
