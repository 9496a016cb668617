"""Charts: what each must say, what readers could not read, the picture file, and the colours."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform
from nbformat import from_dict

from bet.chapter import charts, contract, outputs, pictures, shapes
from bet.chapter.charts import COLOUR, INK
from bet.chapter.outputs import CHART_MIME, NARROW_MIME, chart_hashes
from bet.chapter.pictures import NARROW, WIDE
from bet.chapter.shapes import Look
from bet.site.published import charts_in
from tests import worlds
from tests.places import BOOK, ROOT

POWER = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "power_gw": [474.2, 483.1, 476.9, 490.4]})
GOOD = {
    "name": "us-power",
    "finding": "Power has barely grown in four years",
    "shows": "Average US electric power, GW, by year",
    "sources": ["eia"],
    "as_of": "2026-11-23",
    "unit": "GW",
}
COLUMNS = ("year", "power_gw", None)


def canvas():
    """A figure that can measure its texts, and its axes."""
    figure = Figure(figsize=(5.8, 3.4))
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def published(data=POWER, **changes):
    told = {"shape": "line", "data": data, "names": COLUMNS} | GOOD | changes
    return contract.publish(
        shapes.lines(POWER if data is None else data, "year", "power_gw", Look()), **told
    )


def told_of(data=POWER, **changes):
    return worlds.faults_of(lambda: published(data, **changes))


def test_a_sound_chart_is_published_with_all_its_parts():
    chart = published(claims=["INFRA-60"])
    record = chart.record
    assert chart.svg.startswith("<?xml") and "</svg>" in chart.narrow
    for key in ("name", "sources", "as_of", "unit"):
        assert record[key] == GOOD[key]
    assert (chart.title, chart.subtitle) == (GOOD["finding"], GOOD["shows"])
    assert (record["title"], record["subtitle"]) == (GOOD["finding"], GOOD["shows"])
    assert (record["x"], record["y"], record["by"], record["kind"]) == (*COLUMNS, "line chart")
    assert record["columns"] == ["year", "power_gw"]
    assert record["rows"] == [[2021, 474.2], [2022, 483.1], [2023, 476.9], [2024, 490.4]]
    assert record["claims"] == ["INFRA-60"] and record["alt"] == chart.alt
    assert json.loads(json.dumps(record)) == record


def test_of_a_million_rows_a_record_holds_a_sample_and_says_so(monkeypatch):
    many = pd.DataFrame({"year": np.arange(1_000_000), "power_gw": np.arange(1_000_000) / 7})
    monkeypatch.setattr(charts, "_pictures_drawn", False)
    word = "The data listed are 10,000 of 1,000,000 rows, at even steps."
    chart = published(data=many)
    rows = chart.record["rows"]
    assert len(rows) == contract.MOST_ROWS and rows[0] == [0, 0.0] and rows[-1][0] == 999_999
    assert chart.record["sampled"] == word and chart.alt.endswith(word)
    few = published(data=many.iloc[:10_000])
    assert len(few.record["rows"]) == 10_000 and "sampled" not in few.record


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "found ''; expected a kebab-case name"),
        ({"name": "US power"}, "found 'US power'; expected a kebab-case name"),
        ({"finding": None}, "found a finding of 0 words; expected a finding of 3 to 14 words"),
        ({"finding": "US power"}, "found a finding of 2 words; expected a finding of 3 to 14 words"),
        ({"finding": "a " * 15}, "found a finding of 15 words; expected a finding of 3 to 14 words"),
        ({"finding": f"a b {'c' * 87}"}, "found a finding of 91 characters; expected 90 at most"),
        ({"shows": "In GW"}, "found 'In GW'; expected what is drawn and its unit, 3 words or more"),
        ({"sources": []}, "found no source; expected one source id or more"),
        ({"as_of": None}, "found None; expected an as-of date"),
        ({"as_of": "today"}, "found 'today'; expected an as-of date"),
        ({"unit": ""}, "found no unit; expected the unit of the values ('ratio' where there is none)"),
        ({"data": POWER.iloc[:0]}, "found no data; expected the plotted data, not empty"),
        ({"data": None}, "found no data; expected the plotted data, not empty"),
    ],
)  # fmt: skip
def test_a_chart_without_a_part_is_refused(changes, told):
    assert told_of(**changes) == [f"chart '{changes.get('name', 'us-power')}': {told}"]


def test_all_missing_parts_are_told_at_once():
    assert len(told_of(name="", finding="", shows="", sources=[], as_of="", unit="")) == 6


@pytest.mark.parametrize(
    "changes",
    [{"finding": "a b c"}, {"finding": "a " * 14}, {"finding": f"a b {'c' * 86}"}, {"shows": "Power in GW"}],
)  # fmt: skip
def test_a_chart_at_the_edge_of_what_is_asked_is_published(changes):
    assert published(**changes).record["rows"]


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("shape", [shapes.bars, shapes.columns])
@pytest.mark.parametrize(
    ("look", "found"),
    [({}, None), ({"limits": (0, 600)}, None), ({"limits": (-100, 600)}, None),
     ({"limits": (400, 500)}, "limits from 400 to 500"), ({"limits": (-9, -1)}, "limits from −9 to −1"),
     ({"log": True}, "a log axis")],
)  # fmt: skip
def test_bars_stand_on_a_linear_axis_from_zero(sheet, shape, look, found):
    draw = shape(POWER.astype({"year": str}), "year", "power_gw", Look(**look))
    if found is None:
        ax = draw(sheet).ax
        low, high = ax.get_xlim() if shape is shapes.bars else ax.get_ylim()
        assert low <= 0 < high
    else:
        assert worlds.faults_of(lambda: draw(sheet)) == [
            f"chart: found {found}; expected a linear axis from zero, where lengths are read"
        ]


def texts_at(*places):
    """Return what the overlap rule says of texts placed by their lower left corner, in pixels."""
    figure, ax = canvas()
    ax.set_axis_off()
    for at in places:
        figure.text(*at, "metered", va="bottom", transform=IdentityTransform())
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts]
    return [fault.found for fault in pictures.overlaps(figure, "chart")], boxes, figure.bbox


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


def test_axes_that_are_off_have_no_texts():
    figure, ax = canvas()
    ax.set_axis_off()
    ax.set_xlabel("hidden")
    ax.text(0.5, 0.5, "seen")
    figure.draw_without_rendering()
    assert [t.get_text() for t in pictures._drawn_texts(figure)] == ["seen"]


def test_only_ticks_within_the_limits_are_drawn():
    figure, ax = canvas()
    ax.set_xticks([0, 1, 2, 5], ["zero", "one", "two", "five"])
    ax.set_xlim(0, 2)
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5], ["half"])
    figure.draw_without_rendering()
    told = {t.get_text() for t in pictures._drawn_texts(figure)}
    assert {"zero", "one", "two", "half"} <= told and "five" not in told
    ax.xaxis.set_visible(False)
    assert {t.get_text() for t in pictures._drawn_texts(figure)} == {"half"}


def figures_in(text):
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


def long_series(groups=1):
    years = list(range(1990, 2020))
    values = [round(100 + 50 * math.sin(year), 1) for year in years]
    frame = pd.DataFrame({"year": years, "power_gw": values})
    return pd.concat([frame.assign(place=f"place {n}", power_gw=frame["power_gw"] + n)
                      for n in range(groups)], ignore_index=True)  # fmt: skip


def numbers_told(data, shape, by=None, unit="GW"):
    return contract.numbers_told(data, shape, ("year", "power_gw", by), unit)


def test_the_numbers_of_the_alternative_text_are_those_of_the_data():
    data = long_series()
    low, high = (data.loc[i] for i in (data["power_gw"].idxmin(), data["power_gw"].idxmax()))
    told = figures_in(numbers_told(data, "column"))
    extremes = [low.power_gw, low.year, high.power_gw, high.year]
    assert told == [pytest.approx(value, rel=0.005) for value in extremes]
    ends = [data["power_gw"].iloc[0], 1990, data["power_gw"].iloc[-1], 2019]
    assert figures_in(numbers_told(data, "line")) == [pytest.approx(v, rel=0.005) for v in ends]
    assert (
        numbers_told(POWER[:3], "bar")
        == "It shows 474 GW for 2021, 483 GW for 2022 and 477 GW for 2023."
    )
    assert (
        numbers_told(POWER[:3], "bar", unit="count")
        == "It shows 474 for 2021, 483 for 2022 and 477 for 2023."
    )


def test_rows_that_share_an_index_are_told_apart():
    stacked = pd.concat([POWER.assign(place="a"), POWER.assign(place="b", power_gw=1.0)])
    told = numbers_told(stacked, "column", "place")
    assert told == "It runs from 1 GW for b (2021) to 490 GW for a (2024)."


def test_the_alternative_text_is_short_and_knows_missing_values():
    assert numbers_told(POWER.assign(power_gw=np.nan), "line") == ""
    assert published(POWER.assign(power_gw=[np.nan, 1, 2, np.nan])).alt.endswith("It goes from 1 GW in 2022 to 2 GW in 2023.")  # fmt: skip
    for letters, whole in ((290, True), (291, False)):
        alt = contract.alternative("It grows", "a " + "b" * (letters - 2 - len("It grows. ") + 10))
        assert (len(alt) == 300 and not alt.endswith("…")) if whole else alt == "It grows. a…"
    assert contract.alternative("Does it grow?", "No.") == "Does it grow? No."


def test_the_alternative_texts_of_the_committed_charts_say_their_findings_and_numbers():
    for record in charts_in(BOOK):
        finding, alt = record["title"].rstrip("."), record["alt"]
        assert alt.startswith(finding) and len(alt) <= 300 and re.search(r"\d", alt), record["name"]


def test_days_and_broken_numbers_are_written_plainly():
    assert contract.cell_text(pd.Timestamp("2025-11-14")) == "2025-11-14"
    assert contract.cell_text(12.34567) == "12.35" and contract.cell_text(7) == "7"


@pytest.mark.parametrize("data", [POWER, long_series()], ids=["short", "long"])
def test_a_reversed_series_is_another_chart(data):
    turned = data.assign(power_gw=data["power_gw"].to_numpy()[::-1])
    one, other = (published(each) for each in (data, turned))
    for part in ("alt", "svg", "narrow", "png"):
        assert getattr(one, part) != getattr(other, part)
    assert one.record["rows"] != other.record["rows"]
    assert hashes(one) != hashes(other)


def hashes(chart):
    data = {
        CHART_MIME: chart.record,
        "image/svg+xml": chart.svg,
        NARROW_MIME: {"svg": chart.narrow},
    }
    return chart_hashes(from_dict({"cells": [{"outputs": [{"data": data}]}]}))


def test_the_same_chart_twice_is_the_same_to_the_byte():
    first, second = published(), published()
    assert first == second and hashes(first) == hashes(second)


def test_without_pictures_the_numbers_are_the_same():
    drawn = published()
    charts.draw_pictures(False)
    try:
        bare = published()
    finally:
        charts.draw_pictures(True)
    assert (bare.svg, bare.narrow, bare.png) == ("", "", b"")
    assert bare.record == drawn.record and bare.alt == drawn.alt
    assert published() == drawn


def test_the_picture_names_no_day_of_drawing_and_no_program():
    svg = published().svg
    assert "<dc:date>" not in svg and "Matplotlib" not in svg


def test_coordinates_are_rounded():
    assert not re.search(r"[ML] \d+\.\d{3,}", published().svg)


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
    assert outputs.as_json(value) == plain
    assert type(outputs.as_json(value)) is type(plain)


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
    # what is claimed, what is contradicted and Tesla never run together
    *itertools.combinations(("claim", "bad", "tesla"), 2),
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
    assert contrast_on_white(INK[name]) >= 4.5


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


OWN_STYLE = """ytick.left: False
text.usetex: True
savefig.bbox: tight
font.size: 20
timezone: Asia/Tokyo
"""
DRAW = """import hashlib
import pandas as pd
from bet.chapter import pictures, shapes
days = pd.date_range("2024-01-01", periods=4, freq="YS")
frame = pd.DataFrame({"year": days, "power_gw": [474.2, 483.1, 476.9, 490.4]})
svg = shapes.lines(frame, "year", "power_gw", shapes.Look())(pictures.WIDE).svg()
print(hashlib.sha256(svg.encode()).hexdigest())
"""


def test_a_matplotlibrc_of_the_reader_s_own_changes_no_chart(tmp_path):
    (tmp_path / "matplotlibrc").write_text(OWN_STYLE)
    told = [
        subprocess.run(
            [sys.executable, "-c", DRAW], cwd=ROOT, capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | extra,
        ).stdout
        for extra in ({}, {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")})
    ]  # fmt: skip
    assert told[0] == told[1] != ""
