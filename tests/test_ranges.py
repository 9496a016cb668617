"""Every chapter runs, and reads true, at both ends of every parameter and on the article's day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bet.chapter import outputs
from bet.chapter.lint import bare_numbers
from bet.chapter.outputs import CHART_MIME
from bet.records import parameters, tables
from bet.records.claims import claims
from bet.run import execute
from tests import in_process
from tests.rounds import NIGHTLY

NAMES = execute.names()
ARTICLE_DAY = "2025-11-14"
# A day after the two clocks' earlier one; "planned for 2026" could be said on the day.
LATER = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November) 2026|December 2025"
)
NONSENSE = re.compile(r"\b(?:nan|NaN|inf|None|NaT|infinity)\b|\{|\}(?!`)|<NA>|−0\b(?!\.)")


def ends(name: str) -> list[tuple[str, object]]:
    """Every parameter of a notebook at its lowest, highest and each other choice."""
    found = []
    for key, entry in parameters.parameters_of(name).items():
        kind = type(entry.default)
        values = entry.choices or [kind(entry.min), kind(entry.max)]
        found += [(key, value) for value in values if value != entry.default]
    return found


PATTERNS = ((0, 1, 0, 1), (1, 0, 0, 1), (0, 1, 1, 0))


def corners(name: str) -> list[dict[str, object]]:
    """Return four sets of a chapter's ends: each parameter stands twice at either, never all alike.

    The first two try each end once, what ``ends`` tries in two runs a parameter; the nightly round
    takes the others and ``ends`` too.
    """
    sets: list[dict[str, object]] = [{} for _ in range(4)]
    for place, (key, entry) in enumerate(parameters.parameters_of(name).items()):
        kind = type(entry.default)
        values = entry.choices or [kind(entry.min), kind(entry.max)]
        for one, at in zip(sets, PATTERNS[place % len(PATTERNS)], strict=True):
            one[key] = values[at * (len(values) - 1)]
    return sets


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Check charts without writing them: the pictures at the defaults have tests of their own."""
    monkeypatch.setattr("bet.chapter.svg.svg_of", lambda figure: "")
    monkeypatch.setattr("bet.chapter.pictures.Picture.png", lambda self: b"")


def cases() -> Iterator[Any]:
    """Every set of every chapter. A run on the article's day or at the defaults alone is in the site."""
    for name in NAMES:
        daily = [] if len(parameters.parameters_of(name)) == 1 else corners(name)[:2]
        yield from ((name, values) for values in daily)
        for values in [*corners(name), *({key: value} for key, value in ends(name))]:
            if values not in daily:
                yield pytest.param(name, values, marks=NIGHTLY)


def texts(data: list[dict]) -> list[str]:
    """Every sentence that a run shows: prose, titles, subtitles, alternative texts."""
    found = [d["text/markdown"] for d in data if "text/markdown" in d]
    for record in (d[CHART_MIME] for d in data if CHART_MIME in d):
        found += [record["title"], record["subtitle"], record["alt"]]
    return found


def nonsense(text: str) -> list[str]:
    """Return what no sentence should hold: missing values, unfilled placeholders."""
    return NONSENSE.findall(re.sub(r"(?m)\{claim\}`[^`]*`|^:::\{deeper\}", "", text))


def without_sense(data: list[dict]) -> list[tuple[str, list[str]]]:
    """Return each sentence of a run with the nonsense in it."""
    return [(text, found) for text in texts(data) if (found := nonsense(text))]


@pytest.mark.parametrize(
    ("name", "values"), list(cases()),
    ids=lambda v: str(v) if isinstance(v, str) else hashlib.sha256(str(v).encode()).hexdigest()[:8],
)  # fmt: skip
def test_a_chapter_runs_and_makes_sense(name, values):
    data = in_process.run(name, values)
    assert data
    assert without_sense(data) == [], values


@pytest.mark.parametrize("name", NAMES)
def test_a_built_chapter_makes_sense(site, name):
    for data in (built(site, name), on_the_article_day(site, name)):
        assert len(data) > 10 and without_sense(data) == []


def test_two_sets_try_each_end_once():
    for name in NAMES:
        one, other = corners(name)[:2]
        for key, entry in parameters.parameters_of(name).items():
            low, high = (
                (entry.choices[0], entry.choices[-1]) if entry.choices else (entry.min, entry.max)
            )
            assert {one[key], other[key]} == {low, high}


def test_nonsense_is_noticed():
    assert nonsense("It is nan times {gap}.") and not nonsense("See {claim}`INFRA-60`: none.")
    assert nonsense("A {deeper} look") and not nonsense(":::{deeper} More")


def later_days(data: list[dict], day: str) -> list[str]:
    """Return every ISO date after a day that reaches a chart, and 'D Month YYYY' in prose.

    The day by which a promise falls due was known when the promise was made.
    """
    found = []
    for record in (d[CHART_MIME] for d in data if CHART_MIME in d):
        found += [
            f"chart {record['name']}: {cell}"
            for row in record["rows"]
            for column, cell in zip(record["columns"], row, strict=True)
            if isinstance(cell, str) and not column.startswith("due") and re.fullmatch(r"\d{4}-\d\d-\d\d", cell) and cell > day
            and not record.get("kind", "").startswith("forecast")
        ]  # fmt: skip
    for text in (d["text/markdown"] for d in data if "text/markdown" in d):
        for told in re.findall(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b", text):
            try:
                stamp = pd.to_datetime(told, format="%d %B %Y")
            except ValueError:
                continue
            if stamp > pd.Timestamp(day):
                found.append(f"prose: {told}")
    return found


def built(site: Path, name: str, *edition: str) -> list[dict]:
    """Return every output of a chapter as its run for an edition of the site gave it."""
    path = site.joinpath(*edition, "_sources", "book", f"{name}.ipynb")
    cells = [cell for cell in outputs.read(path).cells if cell.cell_type == "code"]
    if edition:
        assert any(f'as_of = "{ARTICLE_DAY}"' in cell.source for cell in cells)
    return [output["data"] for cell in cells for output in cell.outputs if "data" in output]


@cache
def on_the_article_day(site: Path, name: str) -> list[dict]:
    """Return every output of a chapter run as of the article's day."""
    return built(site, name, "editions", "article-day")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_later_than_the_article_day_is_shown(site, name):
    data = on_the_article_day(site, name)
    assert later_days(data, ARTICLE_DAY) == []


def test_a_planted_later_row_is_noticed():
    record = {"name": "x", "rows": [["2026-06-12", 1.0, "2027-01-01"]], "kind": "line chart",
              "columns": ["day", "value", "due by"]}  # fmt: skip
    data = [{CHART_MIME: record}, {"text/markdown": "It listed on 12 June 2026."}]
    assert later_days(data, ARTICLE_DAY) == ["chart x: 2026-06-12", "prose: 12 June 2026"]


@pytest.mark.parametrize("name", tables.names())
def test_no_table_gives_a_row_that_was_not_yet_known(name):
    known = tables.sidecar(name).known_from
    if known:
        assert (tables.table(name, ARTICLE_DAY)[known] <= pd.Timestamp(ARTICLE_DAY)).all()


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_read_tables_only_through_the_chapter(name):
    source = execute.path_of(name).read_text(encoding="utf-8")
    assert not re.search(r"read_csv|read_json|open\(|tables\.table|bet\.tables", source)


@pytest.mark.parametrize("name", NAMES)
def test_verdicts_on_the_article_day_follow_the_earlier_clock(site, name):
    records = [
        r
        for d in on_the_article_day(site, name)
        for r in d.get("application/vnd.bet.assessment+json", [])
    ]
    differing = {
        r["claim"]: (r["verdict"], then.verdict)
        for r in records
        if (then := claims()[r["claim"]].then) and r["verdict"] != then.verdict
    }
    assert differing == {}
    later = {r["claim"]: r["reason"] for r in records if LATER.search(r["reason"])}
    assert later == {}


def test_say_refuses_a_bare_figure():
    assert bare_numbers("It is 490 GW.") == ["490"]
