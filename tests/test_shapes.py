"""The ten shapes: drawn on both sheets from a frame, readable on each, the same on every run."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from bet.chapter import drawing, shapes
from bet.chapter.outputs import CHART_MIME, NARROW_MIME, WORDS_MIME
from bet.chapter.pictures import LEAST, NARROW, WIDE, Picture
from bet.chapter.shapes import Look
from bet.numbers import pct, usd
from tests import worlds

DAYS = pd.date_range("2025-11-14", periods=40, freq="W")
PROFITS = pd.DataFrame(
    {
        "company": ["Saudi Aramco 2022", "Needed by Tesla in 2035", "Tesla 2025"],
        "profit": [161.1, 297, 5.08],
    }
)
POCKETS = pd.DataFrame(
    [(who, what, 3.0 + i) for i, (who, what) in enumerate(itertools.product(("he", "clients"), ("Tesla", "others")))],
    columns=["who", "what", "bn"],
)  # fmt: skip
LAYERS = pd.DataFrame(
    {"industry": ["telecoms", "chips", "software"], "low": [0.8, 0.7, 0.9], "mid": [2.3, 3.1, 3.4],
     "high": [4, 9, 12.0], "layer": ["owners", "makers", "others"], "hit": ["3%", "22%", "30%"]}
)  # fmt: skip
NEEDS = pd.DataFrame(
    {"input": ["growth", "margin", "price"], "assumed": [0.7, 0.39, 0.2], "needed": [1.8, 2.5, 1.4],
     "today": [np.nan, np.nan, 2.3]}
)  # fmt: skip
GIANTS = pd.DataFrame(
    {"list": np.repeat([2004, 2015], 50), "times": np.linspace(0.2, 12, 100),
     "hit": np.where(np.linspace(0.2, 12, 100) > 5, "kept", "less")}
)  # fmt: skip
GAIN = pd.DataFrame({"step": ["bought", "rise", "sold"], "bn": [0.4, 8, -2]})
YEARS = pd.DataFrame({"year": range(2012, 2026), "cars": [n * n for n in range(14)]})
PRICES = pd.DataFrame(
    {"asset": np.repeat(["Tesla", "SpaceX", "the market"], 40), "date": [*DAYS] * 3,
     "index": np.concatenate([np.linspace(1, end, 40) for end in (0.9, 3.2, 1.0)])}
)  # fmt: skip
ALIVE = pd.DataFrame({"year": range(16), "share": [0.95**n for n in range(16)]}).assign(
    low=lambda d: d.share * 0.8, high=lambda d: d.share
)
RUNS = pd.DataFrame({"growth": np.linspace(0, 0.5, 60), "price": np.linspace(10, 80, 60) % 37})

DRAWN = {
    "bars": ("bars", (PROFITS, "company", "profit"), {"highlight": ["Needed by Tesla in 2035"], "write": lambda v: usd(v * 1e9)}),
    "stacked": ("stacked", (POCKETS, "who", "what", "bn"), {"roles": {"Tesla": "tesla", "others": "pale"}}),
    "ranges": ("ranges", (LAYERS, "industry", "low", "high"), {"middle": "mid", "by": "layer", "right": "hit", "log": True, "marks": [(5, "five times")]}),
    "spans": ("ranges", (pd.DataFrame({"who": ["a"], "from": [DAYS[0]], "to": [DAYS[-1]]}), "who", "from", "to"), {}),
    "dumbbells": ("dumbbells", (NEEDS, "input", {"assumed": "context", "needed": "claim", "today": "tesla"}), {"marks": [(1, "best so far", "good")]}),
    "dots": ("dots", (GIANTS, "list", "times"), {"by": "hit", "log": True, "right": {2004: "none", 2015: "all"}, "notes": [(12, 2015, "Apple")]}),
    "waterfall": ("waterfall", (GAIN, "step", "bn"), {"total": "gain"}),
    "columns": ("columns", (YEARS, "year", "cars"), {"highlight": [2020], "marks": [(100, "promised")]}),
    "lines": ("lines", (PRICES, "date", "index"), {"by": "asset", "log": True, "dashed": ["the market"], "events": [(DAYS[30], "listed")], "marks": [(1, "start")]}),
    "band": ("lines", (ALIVE, "year", "share"), {"band": ("low", "high"), "zero": True, "write": lambda v: pct(v, 2), "notes": [(10, 0.6, "60 of 100")], "name_x": "years"}),
    "steps": ("steps", (PRICES[:40], "date", "index"), {}),
    "scatter": ("scatter", (RUNS, "growth", "price"), {"across": lambda v: pct(v, 2), "events": [(0.2, "fastest so far", "claim")]}),
}  # fmt: skip
WORDS = {
    "finding": "It needs twice the record profit",
    "shows": "Yearly profit in billion dollars",
    "unit": "USD billion",
    "sources": ["meter-2025"],
}


class Book(drawing.Drawing):
    as_of = "2026-11-23"


@pytest.fixture
def shown(monkeypatch):
    displayed = []
    monkeypatch.setattr(drawing, "display", lambda data, raw: displayed.append(data))
    return displayed


@pytest.fixture
def book(tmp_path, shown):
    with worlds.small(tmp_path):
        yield Book()


def draw(book, key, **changes):
    method, columns, told = DRAWN[key]
    getattr(book, method)(*columns, **{"name": key} | WORDS | told | changes)


@pytest.mark.parametrize("key", DRAWN)
def test_every_shape_is_drawn_wide_and_narrow_without_a_text_over_another(book, shown, key):
    draw(book, key)
    head, picture, foot = shown
    assert head["text/markdown"].startswith("**It needs twice the record profit**")
    assert head[WORDS_MIME] == foot[WORDS_MIME] == {}
    assert 'width="640pt"' in picture["image/svg+xml"]
    assert 'width="340pt"' in picture[NARROW_MIME]["svg"]
    assert picture["image/png"].startswith("iVBOR")
    record = picture[CHART_MIME]
    assert record["name"] == key and record["shape"] and record["rows"]
    assert record["alt"].startswith("It needs twice the record profit. ")
    assert 2 <= len(re.findall(r"\d[\d.,]*", record["alt"])) <= 12


@pytest.mark.parametrize("key", ["lines", "dots", "stacked"])
def test_a_chart_drawn_twice_is_the_same_to_the_byte(book, shown, key):
    draw(book, key)
    draw(book, key)
    assert shown[:3] == shown[3:]


def test_rows_keep_the_order_of_the_frame(book, shown):
    draw(book, "bars")
    draw(book, "bars", **{"name": "turned"})
    first = shown[1][CHART_MIME]["rows"]
    assert [row[0] for row in first] == list(PROFITS.company)


@pytest.mark.parametrize(
    ("key", "changes", "told"),
    [
        ("bars", {"name": "Bad name"}, "found 'Bad name'; expected a kebab-case name"),
        ("bars", {"finding": "Too short"}, "found a finding of 2 words; expected a finding of 3 to 14 words"),
        ("bars", {"finding": "w" * 60 + " is so long " + "w" * 30}, "expected 90 at most"),
        ("bars", {"sources": []}, "found no source; expected one source id or more"),
        ("bars", {"unit": ""}, "found no unit"),
        ("bars", {"titel": "x"}, "found keyword 'titel'"),
        ("bars", {"highlihgt": ["x"]}, "found keyword 'highlihgt'"),
        ("bars", {"sources": ["meter-2052"]}, "did you mean 'meter-2025'?"),
        ("stacked", {"roles": {"Tesla": "telsa"}}, "chart colour: found 'telsa'; expected one of"),
    ],
)  # fmt: skip
def test_a_chart_that_lacks_a_part_is_refused_in_one_line(book, shown, key, changes, told):
    faults = worlds.faults_of(lambda: draw(book, key, **changes))
    assert any(told in fault for fault in faults)
    assert shown == []


def test_a_column_that_the_frame_lacks_is_told_with_the_nearest(book):
    told = worlds.faults_of(lambda: book.bars(PROFITS, "company", "proft", name="x", **WORDS))
    assert told == [
        "chart: found no column 'proft' in the data; expected one of company, profit, did you mean 'profit'?"
    ]


@pytest.mark.parametrize(
    ("other", "told"), [(20.0, "1 of 81"), (80.0, "1")]
)  # where all bars are as long, none can be taken for a total
def test_a_value_that_has_no_room_in_its_part_is_not_read_as_the_total(other, told):
    parts = pd.DataFrame(
        {"who": [*"aabb"], "what": ["wrong", "partly"] * 2, "n": [1.0, 80.0, 1.0, other]}
    )
    look = Look(write=lambda v: f"{v:.0f}")
    drawn = shapes.stacked(parts, "who", "what", "n", look)(WIDE)
    texts = [text.get_text() for text in drawn.figure.texts]
    assert told in texts and ("1" in texts) == (told == "1")


@pytest.mark.parametrize("others", [5.0, 0.0])
def test_a_stack_may_be_empty(others):
    parts = pd.DataFrame({"who": ["a", "b"], "what": ["wrong", "wrong"], "n": [0.0, others]})
    drawn = shapes.stacked(parts, "who", "what", "n", Look(write=lambda v: f"{v:.0f}"))(WIDE)
    texts = [text.get_text() for text in drawn.figure.texts]
    assert ("5" in texts) == bool(others) and not any("of" in text for text in texts)


def test_the_values_of_a_dumbbell_hide_the_rule_that_they_meet():
    ends = pd.DataFrame({"what": ["price"], "low": [12.2], "high": [14.2]})
    look = Look(marks=[(12.1, "claimed", "claim")], write=lambda v: f"{v:.1f}")
    drawn = shapes.dumbbells(ends, "what", {"low": "context", "high": "found"}, look)(WIDE)
    grounds = {text.get_text(): text.get_bbox_patch() for text in drawn.figure.texts}
    assert grounds["12.2"] is not None and grounds["14.2"] is not None


def test_texts_that_overlap_or_are_too_small_are_refused():
    for size, told in ((12.0, "no overlap"), (LEAST - 1, "11 px or more")):
        picture = Picture(WIDE, 200, (10, 20, 630, 190))
        picture.ax.set_axis_off()
        for _ in range(2 if told == "no overlap" else 1):
            picture.figure.text(0.5, 0.5, "one over the other", fontsize=size)
        assert [fault.expected for fault in picture.faults("x")] == [told]


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=lambda sheet: sheet.name)
def test_a_long_name_and_a_crowd_of_lines_find_their_places(sheet):
    crowd = pd.concat([PRICES[:40].assign(asset=f"company number {n}", index=lambda d, n=n: d["index"] + n / 50)
                       for n in range(6)])  # fmt: skip
    picture = shapes.lines(crowd, "date", "index", Look(), by="asset")(sheet)
    assert picture.faults("crowd") == []


def test_type_on_a_telephone_is_at_least_eleven_pixels():
    assert min(NARROW.small, NARROW.text) * 360 / 360 >= LEAST and NARROW.width <= 360
    assert min(WIDE.small, WIDE.text) >= LEAST


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=lambda sheet: sheet.name)
def test_a_note_stands_to_the_upper_left_where_there_is_room_and_elsewhere_where_not(sheet):
    for year, left in ((2024, True), (2012, False)):
        at = YEARS.set_index("year").cars[year]
        look = Look(notes=[(year, at, "the price we use", "ink", "upper left")])
        picture = shapes.lines(YEARS, "year", "cars", look)(sheet)
        (note,) = [text for text in picture.figure.texts if text.get_text() == "the price we use"]
        box = note.get_window_extent()
        dot = picture.ax.transData.transform((year, at))[0]
        assert picture.faults("note") == [] and (box.x1 < dot) == left


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=lambda sheet: sheet.name)
def test_a_note_yields_to_words_that_stand_at_its_wished_place(sheet):
    picture = Picture(sheet, 200, (10, 20, sheet.width - 10, 190))
    picture.ax.set_axis_off()
    for height in range(120, 190, 14):
        picture.write("words that stand here already", 20, height, small=True)
    picture.note("the price we use", 180, 110, side="upper left")
    assert picture.faults("note") == []
    before = list(picture.taken)
    picture.note(" ", 180, 60)  # a point alone
    assert picture.taken == before


def test_rows_that_are_worked_out_are_rings():
    counts = PROFITS.assign(told=["said", "worked out", "said"], year=[1, 2, 3])
    picture = shapes.scatter(counts, "year", "profit", Look(), hollow=("told", "worked out"))(WIDE)
    full, rings = picture.ax.collections
    assert (len(full.get_offsets()), len(rings.get_offsets())) == (2, 1)
    assert rings.get_facecolor()[0].tolist() == [1, 1, 1, 1] != full.get_facecolor()[0].tolist()


def test_words_of_two_close_lines_stand_to_either_side():
    rows = pd.DataFrame({"what": ["a", "b"], "low": [0.0, 10.0], "high": [400.0, 300.0]})
    marks = [(100.0, "a free launch"), (106.0, "as assumed")]
    picture = shapes.ranges(rows, "what", "low", "high", Look(marks=marks))(WIDE)
    free, assumed = (
        next(t for t in picture.figure.texts if t.get_text() == words).get_window_extent()
        for _, words in marks
    )
    assert free.x1 <= assumed.x0 and abs(free.y0 - assumed.y0) < 1
