"""The chart contract: a chart that lacks a part or breaks a rule is refused, with the reason."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.transforms import IdentityTransform

from bet.chapter import charts, contract
from bet.chapter.charts import COLOUR
from bet.chapter.outputs import CHART_MIME, chart_hashes
from bet.faults import BadInput
from bet.site.published import charts_in
from tests.places import BOOK, ROOT

POWER = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "power_gw": [474.2, 483.1, 476.9, 490.4]})
GOOD = {
    "name": "us-power",
    "title": "Power has barely grown in four years",
    "subtitle": "Average US electric power, GW, by year",
    "sources": ["eia"],
    "source_line": "Source: EIA",
    "as_of": "2026-11-23",
    "data": POWER,
    "x": "year",
    "y": "power_gw",
    "kind": "line chart",
    "unit": "GW",
}


def line(data=POWER):
    figure, ax = charts.canvas()
    ax.plot(data["year"], data["power_gw"], color=COLOUR["found"])
    ax.set_xticks(data["year"].iloc[:: 1 + len(data) // 8])
    return figure, ax


def finish(figure=None, **changes):
    return charts.finish(figure or line()[0], **GOOD | changes)


def told_of(figure=None, **changes):
    with pytest.raises(BadInput) as error:
        finish(figure, **changes)
    return [str(fault) for fault in error.value.faults]


def test_a_sound_chart_is_finished_with_all_its_parts():
    chart = finish(claims=["INFRA-60"])
    record = chart.record
    assert chart.svg.startswith("<?xml") and "</svg>" in chart.svg
    for key in ("name", "title", "subtitle", "sources", "as_of", "kind", "unit", "x", "y"):
        assert record[key] == GOOD[key]
    assert record["columns"] == ["year", "power_gw"]
    assert record["rows"] == [[2021, 474.2], [2022, 483.1], [2023, 476.9], [2024, 490.4]]
    assert record["claims"] == ["INFRA-60"]
    assert json.loads(json.dumps(record)) == record


def test_of_a_million_rows_a_record_holds_a_sample_and_says_so(monkeypatch):
    many = pd.DataFrame({"year": np.arange(1_000_000), "power_gw": np.arange(1_000_000) / 7})
    monkeypatch.setattr(charts, "_pictures_drawn", False)
    word = "The data listed are 10,000 of 1,000,000 rows, at even steps."
    (figure, _), shape = (
        line(),
        {"shape": "line", "finding": GOOD["title"], "shows": GOOD["subtitle"]},
    )
    about = {key: GOOD[key] for key in ("name", "unit", "sources", "as_of")}
    drawn = contract.publish(
        lambda _: None, data=many, names=("year", "power_gw", None), **about, **shape
    )
    for chart in (finish(figure, data=many), drawn):
        rows = chart.record["rows"]
        assert len(rows) == charts.MOST_ROWS and rows[0] == [0, 0.0] and rows[-1][0] == 999_999
        assert chart.record["sampled"] == word and chart.alt.endswith(word)
    few = finish(data=many.iloc[:10_000])
    assert len(few.record["rows"]) == 10_000 and "sampled" not in few.record


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, "a kebab-case name"),
        ({"name": "US power"}, "a kebab-case name"),
        ({"title": ""}, "a title of 5 to 16 words that states the finding"),
        ({"title": None}, "a title of 5 to 16 words that states the finding"),
        ({"title": "US power by year"}, "a title of 5 to 16 words that states the finding"),
        ({"title": "word " * 17}, "a title of 5 to 16 words that states the finding"),
        ({"subtitle": ""}, "a subtitle of 4 words or more with what is plotted and its unit"),
        ({"subtitle": "In GW"}, "a subtitle of 4 words or more with what is plotted and its unit"),
        ({"sources": []}, "one source id or more"),
        ({"as_of": None}, "an as-of date"),
        ({"as_of": "today"}, "an as-of date"),
        ({"kind": ""}, "a kind such as 'line chart'"),
        ({"unit": ""}, "the unit of the plotted values ('ratio' where there is none)"),
        ({"data": POWER.iloc[:0]}, "the plotted data, not empty"),
    ],
)
def test_a_chart_without_a_part_is_refused(changes, expected):
    where = f"chart '{changes.get('name', 'us-power')}'"
    assert told_of(**changes) == [f"{where}: found none or another; expected {expected}"]


def test_columns_that_the_data_lack_are_told():
    assert told_of(x="yaer", by="place") == [
        "chart 'us-power': found no column 'yaer' in the data; expected one of year, power_gw",
        "chart 'us-power': found no column 'place' in the data; expected one of year, power_gw",
    ]


def test_all_missing_parts_are_told_at_once():
    assert len(told_of(title="", subtitle="", sources=[], as_of="", kind="", unit="")) == 6
    assert told_of(data=None)[0].endswith("expected the plotted data, not empty")


def twin():
    figure, ax = line()
    ax.twinx().plot(POWER["year"], POWER["power_gw"] * 2)
    return figure


def legend():
    figure, ax = line()
    ax.plot(POWER["year"], POWER["power_gw"] + 5, label="found")
    ax.legend()
    return figure


def rotated_label():
    figure, ax = line()
    ax.set_ylabel("GW", rotation=90)
    return figure


def small_text():
    figure, ax = line()
    charts.label(ax, 2022, 480, "small", fontsize=6)
    return figure


def overlapping_labels():
    figure, ax = line()
    charts.label(ax, 2022, 480, "metered power")
    charts.label(ax, 2022, 480, "another label")
    return figure


def label_outside():
    figure, ax = line()
    charts.label(ax, 2024, 490, "a label that runs far out of the picture", offset=(20, 0))
    ax.texts[-1].set_in_layout(False)
    return figure


def bars_from_400():
    figure, ax = charts.canvas()
    ax.bar(POWER["year"], POWER["power_gw"])
    ax.set_xticks(POWER["year"])
    ax.set_ylim(400, 500)
    return figure


def lying_bars_from_400():
    figure, ax = charts.canvas()
    ax.barh([str(year) for year in POWER["year"]], POWER["power_gw"])
    ax.set_xlim(400, 500)
    return figure


def bars_on_a_log_axis():
    figure, ax = charts.canvas()
    ax.bar(POWER["year"], POWER["power_gw"])
    ax.set_xticks(POWER["year"])
    charts.log_axis(ax, "y", [1, 10, 100])
    return figure


def log_axis():
    figure, ax = line()
    charts.log_axis(ax, "y", [470, 480, 490])
    return figure


@pytest.mark.parametrize(
    ("broken", "changes", "told"),
    [
        (twin, {}, "found two axes in one place; expected panels or an index, never a twin axis"),
        (legend, {}, "found a legend; expected direct labels (charts.label)"),
        (rotated_label, {}, "found text 'GW' at 90 degrees; expected horizontal text"),
        (small_text, {}, "found text 'small' of 6.0 pt; expected 8.5 pt or more"),
        (overlapping_labels, {}, "found text 'another label' over 'metered power'; expected no overlap"),
        (label_outside, {}, "outside the picture; expected all text inside"),
        (bars_from_400, {}, "found bars that do not start at zero; expected a linear axis from zero"),
        (lying_bars_from_400, {}, "found bars that do not start at zero; expected a linear axis from zero"),
        (bars_on_a_log_axis, {"subtitle": "Average US power, GW, log scale"}, "found bars that do not start at zero"),
        (log_axis, {}, "found a log axis; expected the words 'log scale' in the subtitle"),
    ],
)  # fmt: skip
def test_a_chart_that_breaks_a_rule_is_refused(broken, changes, told):
    assert any(told in fault for fault in told_of(broken(), **changes))


def texts_at(*places):
    """Return what the overlap rule says of texts placed by their lower left corner, in pixels."""
    figure, ax = charts.canvas()
    ax.set_axis_off()
    for at in places:
        figure.text(*at, "metered", va="bottom", transform=IdentityTransform())
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts]
    return [fault.found for fault in charts.overlaps(figure, "chart")], boxes, figure.bbox


@pytest.mark.parametrize(("inside", "told"), [(1.4, []), (1.6, ["text 'metered' over 'metered'"])])
def test_texts_may_share_a_pixel_and_a_half_and_no_more(inside, told):
    _, (box,), _ = texts_at((100, 100))
    for along, across in ((box.width - inside, 0), (0, box.height - inside)):
        assert texts_at((100, 100), (100 + along, 100 + across))[0] == told


@pytest.mark.parametrize(
    ("beyond", "told"), [(1.4, []), (1.6, ["text 'metered' outside the picture"])]
)
def test_a_text_may_leave_the_picture_by_a_pixel_and_a_half_and_no_more(beyond, told):
    _, (box,), page = texts_at((100, 100))
    left, low = 100 - box.x0, 100 - box.y0  # from a corner of the box to the place asked for
    right, top = page.x1 - box.width, page.y1 - box.height
    for x, y in ((-beyond, 50), (50, -beyond), (right + beyond, 50), (50, top + beyond)):
        assert texts_at((x + left, y + low))[0] == told, (x, y)


def test_all_broken_rules_are_told_at_once():
    figure, ax = line()
    ax.plot(POWER["year"], POWER["power_gw"] + 5, label="found")
    ax.legend()
    charts.label(ax, 2022, 480, "small", fontsize=6)
    charts.log_axis(ax, "y", [470, 480, 490])
    told = "\n".join(told_of(figure))
    assert all(part in told for part in ("a legend", "6.0 pt", "a log axis"))


def test_a_log_axis_that_is_named_is_allowed():
    subtitle = "Average US electric power, GW, log scale"
    assert finish(log_axis(), subtitle=subtitle).subtitle == subtitle


def test_bars_from_zero_are_allowed():
    figure, ax = charts.canvas()
    ax.bar(POWER["year"], POWER["power_gw"])
    ax.set_xticks(POWER["year"])
    assert finish(figure, kind="bar chart").alt.startswith("Bar chart of power gw by year")


def figures_in(text):
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


def test_the_alternative_text_of_few_points_lists_them_all():
    alt = charts.describe(POWER, "year", "power_gw", "line chart", "GW")
    told = figures_in(alt.split(":")[1])
    assert told[0::2] == POWER["year"].tolist()
    assert told[1::2] == [474, 483, 477, 490]  # three figures


def long_series(groups=1):
    years = list(range(1990, 2020))
    values = [round(100 + 50 * math.sin(year), 1) for year in years]
    frame = pd.DataFrame({"year": years, "power_gw": values})
    return pd.concat([frame.assign(place=f"place {n}", power_gw=frame["power_gw"] + n)
                      for n in range(groups)], ignore_index=True)  # fmt: skip


def test_the_numbers_of_the_alternative_text_are_those_of_the_data():
    data = long_series()
    alt = charts.describe(data, "year", "power_gw", "line chart", "GW")
    low, high = data["power_gw"].idxmin(), data["power_gw"].idxmax()
    expected = [
        1990, 2019, data["power_gw"][low], data["year"][low], data["power_gw"][high],
        data["year"][high], data["power_gw"].iloc[-1],
    ]  # fmt: skip
    assert figures_in(alt) == [pytest.approx(value, rel=0.005) for value in expected]
    assert "in GW" not in alt  # the column's name has it already


def test_the_alternative_texts_of_the_committed_charts_are_those_of_their_data():
    differing = {
        record["name"]: record["alt"]
        for record in charts_in(BOOK)
        if "shape" not in record and record["alt"] != charts.describe(
            pd.DataFrame(record["rows"], columns=record["columns"]),
            *(record[part] for part in ("x", "y", "kind", "unit", "by")),
        )
    }  # fmt: skip
    assert differing == {}


def test_years_are_not_written_with_a_comma():
    few = charts.describe(POWER, "year", "power_gw", "line chart", "GW")
    many = charts.describe(long_series()[["year", "power_gw"]], "year", "power_gw", "line", "GW")
    assert ": 2021 474; 2022 483;" in few
    assert not re.search(r"\b[12],\d{3}", few + many)


def test_rows_that_share_an_index_are_told_apart():
    stacked = pd.concat([POWER.assign(place="a"), POWER.assign(place="b", power_gw=1.0)])
    alt = charts.describe(stacked, "year", "power_gw", "line chart", "GW", "place")
    assert "lowest 1 (b, 2021), highest 490 (a, 2024), last 1." in alt


def test_the_alternative_text_of_several_series_says_how_many_and_which():
    alt = charts.describe(long_series(3), "year", "power_gw", "line chart", "GW", "place")
    assert ", 3 series: lowest" in alt
    assert "(place 0, " in alt and "(place 2, " in alt


def test_the_alternative_text_is_short_and_knows_missing_values():
    names = pd.DataFrame({"place": ["a very long name of a place " * 4] * 5, "share": range(5)})
    alt = charts.describe(names, "place", "share", "bar chart", "per cent")
    assert len(alt) <= 300 and alt.endswith("…")
    assert "share in per cent" in alt
    empty = pd.DataFrame({"year": [2020], "power_gw": [np.nan]})
    assert charts.describe(empty, "year", "power_gw", "line chart", "GW").endswith(": 1 rows.")


@pytest.mark.parametrize("data", [POWER, long_series()], ids=["short", "long"])
def test_a_reversed_series_is_another_chart(data):
    turned = data.assign(power_gw=data["power_gw"].to_numpy()[::-1])
    charts_of = [finish(line(each)[0], data=each) for each in (data, turned)]
    assert charts_of[0].record["rows"] != charts_of[1].record["rows"]
    assert charts_of[0].alt != charts_of[1].alt
    assert charts_of[0].svg != charts_of[1].svg
    hashes = [chart_hashes(_notebook(chart)) for chart in charts_of]
    assert hashes[0] != hashes[1]


def _notebook(chart):
    from nbformat import from_dict

    data = {CHART_MIME: chart.record, "image/svg+xml": chart.svg}
    return from_dict({"cells": [{"outputs": [{"data": data}]}]})


def test_the_same_chart_twice_is_the_same_to_the_byte():
    first, second = finish(), finish()
    assert (
        hashlib.sha256(first.svg.encode()).digest() == hashlib.sha256(second.svg.encode()).digest()
    )
    assert first.record == second.record


def test_the_picture_names_no_day_of_drawing_and_no_program():
    svg = finish().svg
    assert "<dc:date>" not in svg and "Matplotlib" not in svg


def test_coordinates_are_rounded():
    assert not re.search(r"[ML] \d+\.\d{3,}", finish().svg)


def test_labels_events_and_zero_make_a_sound_chart():
    figure, ax = line()
    charts.zero(ax)
    charts.label(ax, 2022, 420, "metered", COLOUR["found"])
    charts.event(ax, 2023, "a change", y=0.3)
    assert ax.get_ylim()[0] == 0
    assert finish(figure).record["name"] == "us-power"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (1.23456789, 1.23457),
        (float("nan"), None),
        (float("inf"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (pd.Timestamp("2025-11-14"), "2025-11-14"),
        ((1, 2.0), [1, 2.0]),
        ("text", "text"),
    ],
)
def test_rows_are_plain_json(value, plain):
    assert charts.as_json(value) == plain
    assert type(charts.as_json(value)) is type(plain)


# Contrast: relative luminance of WCAG 2.2. Nothing that is drawn on white may be below 3:1.
# Colour blindness: the matrices for full severity of Machado, Oliveira and Fernandes (2009), "A
# physiologically-based model for simulation of color vision deficiency", table of supplementary
# material, applied to linear RGB. Distance: CIE 1976 (L*a*b*); about 2.3 is just noticeable.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # of linear sRGB, white D65
MIN_CONTRAST, MIN_DISTANCE = 3.0, 20.0
PAIRS = [
    ("claim", "found"),
    ("good", "bad"),
    *itertools.combinations(("tesla", "spacex", "xai"), 2),
]


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour):
    return 1.05 / (linear(colour) @ XYZ[1] + 0.05)


def seen(colour, sight):
    """The colour in L*a*b* as seen with a kind of sight."""
    xyz = XYZ @ np.clip(SIGHT[sight] @ linear(colour), 0, 1) / XYZ.sum(axis=1)
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def distance(one, other, sight):
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


@pytest.mark.parametrize("name", [name for name in COLOUR if name != "pale"])
def test_every_colour_stands_out_on_white(name):
    assert contrast_on_white(COLOUR[name]) >= MIN_CONTRAST


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_pairs_stay_apart_for_the_colour_blind(pair, sight):
    assert distance(*(COLOUR[name] for name in pair), sight) >= MIN_DISTANCE


def test_the_measures_notice_a_bad_palette():
    assert contrast_on_white("#ffffff") == pytest.approx(1) and contrast_on_white(
        "#000000"
    ) == pytest.approx(21)
    assert contrast_on_white(COLOUR["pale"]) < MIN_CONTRAST
    assert distance("#157a55", "#b3372f", "protanopia") < MIN_DISTANCE  # a green and a red
    assert distance("#157a55", "#b3372f", "usual") > 80


# What the filters of CSS do to sRGB values between 0 and 1 (Filter Effects Module Level 1, shorthands).
LUMA = np.array([0.213, 0.715, 0.072])


def hue_rotated(angle):
    turn = np.array([[0.787, -0.715, -0.072], [-0.213, 0.285, -0.072], [-0.213, -0.715, 0.928]])
    skew = np.array([[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]])
    return np.tile(LUMA, (3, 1)) + math.cos(angle) * turn + math.sin(angle) * skew


def saturated(amount):
    return (1 - amount) * np.tile(LUMA, (3, 1)) + amount * np.eye(3)


def in_the_dark(colour):
    """A colour of a chart as the style sheet shows it in dark mode."""
    style = (ROOT / "web" / "book.css").read_text(encoding="utf-8")
    found = re.search(r"invert\(([\d.]+)\) hue-rotate\(([\d.]+)deg\) saturate\(([\d.]+)\)", style)
    invert, turn, amount = map(float, found.groups())
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    value = value * (1 - 2 * invert) + invert
    for matrix in (hue_rotated(math.radians(turn)), saturated(amount)):
        value = np.clip(matrix @ value, 0, 1)
    return "#" + "".join(f"{round(255 * part):02x}" for part in value)


def contrast(one, other):
    high, low = sorted((linear(one) @ XYZ[1], linear(other) @ XYZ[1]), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", [name for name in COLOUR if name != "pale"])
def test_every_colour_stands_out_in_the_dark(name):
    ground = in_the_dark("#ffffff")
    assert contrast(ground, "#000000") < 1.2
    assert contrast(in_the_dark(COLOUR[name]), ground) >= MIN_CONTRAST


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_pairs_stay_apart_in_the_dark(pair, sight):
    assert distance(*(in_the_dark(COLOUR[name]) for name in pair), sight) >= MIN_DISTANCE


def test_the_dark_is_white_turned_over():
    assert contrast(in_the_dark("#000000"), in_the_dark("#ffffff")) > 12
    assert (
        contrast(in_the_dark("#ffff00"), in_the_dark("#ffffff")) < MIN_CONTRAST
    )  # pale stays pale
