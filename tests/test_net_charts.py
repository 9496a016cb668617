"""Charts where a reader would see a fault: where words stand, what is a tick, how a number is cut."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from bet.chapter import cards, charts, outputs
from bet.chapter.charts import COLOUR
from tests.test_charts import GOOD, POWER, finish, line, told_of


def placed(figure, text):
    """Return the text that begins so, and its box in inches from the lower left corner."""
    (found,) = [t for t in figure.findobj(Text) if t.get_text().replace("\n", " ").startswith(text)]
    box = found.get_window_extent()
    return found, [edge / figure.dpi for edge in (box.x0, box.y0, box.x1, box.y1)]


def test_title_subtitle_plot_and_source_stand_one_below_the_other():
    figure, ax = line()
    height = figure.get_figheight()
    finish(figure)
    total = figure.get_figheight()
    title, top = placed(figure, GOOD["title"])
    below, second = placed(figure, GOOD["subtitle"])
    source, foot = placed(figure, "Source: EIA. As of 23 November 2026. The Bet, Audited")
    assert (title.get_fontsize(), below.get_fontsize(), source.get_fontsize()) == (14.5, 11.0, 9.0)
    assert [to_hex(t.get_color()) for t in (title, below, source)] == [COLOUR["ink"], "#4b5563", "#5b6472"]  # fmt: skip
    assert (title.get_weight(), below.get_weight()) == ("bold", "normal")
    assert figure.get_figwidth() == charts.WIDTH_IN
    assert height + 0.5 < total < height + 1.1  # room for three lines and no more
    assert total - 0.06 == pytest.approx(top[3], abs=0.04)
    assert all(edges[0] == pytest.approx(0.1, abs=0.03) for edges in (top, second, foot))
    assert foot[1] == pytest.approx(0.05, abs=0.04)
    plot = ax.get_window_extent()
    edges = [top[1], second[3], second[1], plot.y1 / figure.dpi, plot.y0 / figure.dpi, foot[3]]
    assert edges == sorted(edges, reverse=True)
    assert top[1] - second[3] < 0.15 and second[1] - plot.y1 / figure.dpi < 0.25
    assert plot.x1 / figure.dpi == pytest.approx(0.99 * charts.WIDTH_IN, abs=0.1)


def test_a_title_of_two_lines_makes_the_picture_taller_and_not_the_plot_smaller():
    one, two = line()[0], line()[0]
    finish(one)
    long = "Power has barely grown in four years and nobody who sells it had said it would"
    finish(two, title=long)
    more = two.get_figheight() - one.get_figheight()
    assert more == pytest.approx(14.5 * 1.25 / 72, abs=0.01)
    heights = [f.axes[0].get_window_extent().height / f.dpi for f in (one, two)]
    assert heights[0] == pytest.approx(heights[1], abs=0.05)


def test_a_line_is_broken_where_the_next_word_no_longer_fits():
    words = charts._wrap("aaa aaa aaa", 10, "normal", 1e4)
    assert words == ["aaa aaa aaa"]
    word = charts.text_width("aaa", 10, "normal")
    space = charts.text_width("x x", 10, "normal") - 2 * charts.text_width("x", 10, "normal")
    two = 2 * word + space
    assert charts._wrap("aaa aaa aaa", 10, "normal", two + 0.01) == ["aaa aaa", "aaa"]
    assert charts._wrap("aaa aaa aaa", 10, "normal", two - 0.01) == ["aaa", "aaa", "aaa"]
    three = 3 * word + 2 * space
    assert charts._wrap("aaa aaa aaa aaa", 10, "normal", three + 0.01) == ["aaa aaa aaa", "aaa"]
    assert charts._wrap("aaa aaa aaa aaa aaa", 10, "normal", two + 0.01) == ["aaa aaa", "aaa aaa", "aaa"]  # fmt: skip
    assert charts.text_width("aaa", 20, "normal") == pytest.approx(2 * word, rel=0.02)
    assert charts.text_width("aaa", 10, "bold") > word


def test_a_label_stands_four_points_right_of_its_point_unless_told_otherwise():
    _, ax = line()
    charts.label(ax, 2022, 480, "here")
    charts.label(ax, 2022, 480, "there", "#123456", offset=(1, 2), ha="right", fontsize=12)
    usual, told = ax.texts
    assert (usual.get_position(), usual.xy, usual.anncoords) == ((4, 0), (2022, 480), "offset points")  # fmt: skip
    assert (usual.get_ha(), usual.get_va(), usual.get_fontsize(), usual.get_color()) == ("left", "center", 10.5, COLOUR["ink"])  # fmt: skip
    assert (told.get_position(), told.get_ha(), told.get_fontsize(), told.get_color()) == ((1, 2), "right", 12, "#123456")  # fmt: skip


def test_an_event_is_a_thin_broken_rule_with_its_words_at_the_top():
    _, ax = line()
    charts.event(ax, 2022, "then")
    rule, words = ax.lines[-1], ax.texts[-1]
    assert list(rule.get_xdata()) == [2022, 2022] and rule.get_linewidth() == 0.9
    assert rule.get_color() == COLOUR["context"] and rule.get_linestyle() == "--"
    assert (words.xy, words.get_position(), words.get_fontsize()) == ((2022, 0.98), (4, 0), 9.5)
    assert (words.get_ha(), words.get_va(), words.get_color()) == ("left", "top", "#4b5563")


def test_zero_is_the_start_of_the_axis_that_is_named():
    _, ax = line()
    before = ax.get_xlim()
    charts.zero(ax)
    assert ax.get_ylim()[0] == 0 and ax.get_xlim() == before
    charts.zero(ax, "x")
    assert ax.get_xlim()[0] == 0


@pytest.mark.parametrize(("axis", "other"), [("x", "y"), ("y", "x")])
def test_a_log_axis_has_plain_numbers_at_its_ticks_and_nothing_between(axis, other):
    _, ax = line()
    charts.log_axis(ax, axis, [1000, 10000])
    target = getattr(ax, f"{axis}axis")
    assert (getattr(ax, f"get_{axis}scale")(), getattr(ax, f"get_{other}scale")()) == ("log", "linear")  # fmt: skip
    assert list(target.get_majorticklocs()) == [1000, 10000] and list(target.get_minorticklocs()) == []  # fmt: skip
    assert target.get_major_formatter().seq == ["1,000", "10,000"]
    charts.log_axis(ax, axis, [1], ["one"])
    assert target.get_major_formatter().seq == ["one"]


def test_lying_bars_have_their_lines_of_reading_across():
    def grid(draw):
        figure, ax = charts.canvas()
        getattr(ax, draw)([0, 1], [3, 4])
        ax.set_xticks([0, 1, 3])
        finish(figure)
        return [any(t.gridline.get_visible() for t in a.get_major_ticks()) for a in (ax.xaxis, ax.yaxis)]  # fmt: skip

    assert grid("barh") == [True, False]
    assert grid("bar")[1] is True


def test_words_in_the_grey_of_marks_are_darkened():
    figure, ax = line()
    charts.label(ax, 2022, 480, "grey", COLOUR["context"])
    charts.label(ax, 2023, 485, "blue", COLOUR["found"])
    finish(figure)
    assert [t.get_color() for t in ax.texts] == ["#5b6472", COLOUR["found"]]


def test_without_pictures_the_numbers_are_the_same(monkeypatch):
    drawn = finish()
    charts.draw_pictures(False)
    try:
        bare = finish()
    finally:
        charts.draw_pictures(True)
    assert bare.svg == "" and bare.record == drawn.record and bare.alt == drawn.alt
    assert finish().svg == drawn.svg


def test_a_canvas_has_the_width_of_the_book_and_the_height_that_is_asked_for():
    figure, axes = charts.canvas(2, 3, height=4.5, sharey=True)
    assert list(figure.get_size_inches()) == [charts.WIDTH_IN, 4.5] and axes.shape == (2, 3)
    figure, _ = charts.canvas()
    assert list(figure.get_size_inches()) == [charts.WIDTH_IN, 3.4] and len(figure.axes) == 1


@pytest.mark.parametrize(
    ("title", "told"), [(5, False), (16, False), (4, True), (17, True)]
)  # fmt: skip
def test_a_title_has_five_to_sixteen_words(title, told):
    words = " ".join(["a"] * title)
    if told:
        assert "a title of 5 to 16 words" in told_of(title=words)[0]
    else:
        assert finish(title=words).title == words


def test_a_subtitle_of_four_words_is_enough():
    assert finish(subtitle="Power in GW yearly").subtitle == "Power in GW yearly"
    assert told_of(subtitle="Power in GW")


@pytest.mark.parametrize(("size", "told"), [(8.5, False), (8.4, True)])
def test_text_of_eight_and_a_half_points_is_read(size, told):
    figure, ax = line()
    charts.label(ax, 2022, 480, "small", fontsize=size)
    assert bool(told_of(figure)) if told else finish(figure)


@pytest.mark.parametrize("turn", [90, 180, 359])
def test_turned_text_is_refused_and_a_whole_turn_is_none(turn):
    figure, ax = line()
    charts.label(ax, 2022, 480, "turned", rotation=turn)
    assert f"text 'turned' at {turn} degrees" in told_of(figure)[0]
    figure, ax = line()
    charts.label(ax, 2022, 480, "turned", rotation=360)
    assert finish(figure)


def test_two_panels_beside_each_other_are_no_twins():
    figure, axes = charts.canvas(1, 2)
    for ax in axes:
        ax.plot([1, 2], [1, 2])
        ax.set_xticks([1, 2])
    assert finish(figure)


def test_axes_that_are_off_have_no_texts():
    figure, ax = charts.canvas()
    ax.set_axis_off()
    ax.set_xlabel("hidden")
    ax.text(0.5, 0.5, "seen")
    figure.draw_without_rendering()
    assert [t.get_text() for t in charts._drawn_texts(figure)] == ["seen"]


def test_only_ticks_within_the_limits_are_drawn():
    figure, ax = charts.canvas()
    ax.set_xticks([0, 1, 2, 5], ["zero", "one", "two", "five"])
    ax.set_xlim(0, 2)
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5], ["half"])
    figure.draw_without_rendering()
    told = {t.get_text() for t in charts._drawn_texts(figure)}
    assert {"zero", "one", "two", "half"} <= told and "five" not in told
    ax.xaxis.set_visible(False)
    assert {t.get_text() for t in charts._drawn_texts(figure)} == {"half"}


# Pictures as text


@pytest.mark.parametrize(
    ("number", "short"),
    [("12.345678", "12.35"), ("-1.0001", "-1.00"), ("0.9999999", "1"), ("0.123456789", "0.123457"),
     ("0.5000000", "0.5"), ("-0.0004", "-0.0004")],
)  # fmt: skip
def test_coordinates_are_kept_to_a_hundredth_of_a_point_and_small_ones_to_six_figures(
    number, short
):
    assert charts._shorter(re.fullmatch(r".*", number)) == short


def test_names_in_a_picture_are_numbered_in_their_order():
    told = '<a id="m0123456789"/><b id="pabcdef0123"/><c href="#m0123456789"/><d clip="url(#pabcdef0123)"/>'  # fmt: skip
    assert charts._numbered(told) == '<a id="m0"/><b id="p1"/><c href="#m0"/><d clip="url(#p1)"/>'


# Words for who cannot see


def test_six_points_are_listed_and_seven_are_summed_up():
    frame = pd.DataFrame({"year": range(2000, 2007), "n": [3.0, 1, 4, 1, 5, 9, 2]})
    six = charts.describe(frame[:6], "year", "n", "line chart", "count")
    seven = charts.describe(frame, "year", "n", "line chart", "count")
    assert (
        six == "Line chart of n in count by year: 2000 3; 2001 1; 2002 4; 2003 1; 2004 5; 2005 9."
    )
    assert seven == "Line chart of n in count by year, 2000 to 2006: lowest 1 (2001), highest 9 (2005), last 2."  # fmt: skip


def test_a_text_of_three_hundred_letters_is_whole():
    def alt(letters):
        frame = pd.DataFrame({"x": ["a" * letters], "n": [1.0]})
        return charts.describe(frame, "x", "n", "dots", "")

    free = 300 - len(alt(0))
    assert len(alt(free)) == 300 and alt(free).endswith(" 1.")
    assert alt(free + 1).endswith("…") and len(alt(free + 1)) < 300


def test_days_and_broken_numbers_are_written_plainly():
    frame = pd.DataFrame({"day": pd.to_datetime(["2025-11-14"]), "share": [0.123456]})
    assert charts.describe(frame, "day", "share", "dots", "share").endswith("2025-11-14 0.123.")
    assert charts.cell_text(12.34567) == "12.35" and charts.cell_text(7) == "7"


# Cards


def test_scores_are_shown_in_the_order_of_the_scale_without_what_is_none():
    told = cards.scorecard_html({"open": 2, "supported": 1, "partly": 0})
    assert told == (
        "<div class='bet-score'><p>3 claims</p><ul><li class='bet-supported'><b>1</b> supported</li>"
        "<li class='bet-open'><b>2</b> open</li></ul></div>"
    )


def test_the_headline_is_the_first_paragraph_that_has_numbers():
    def cell(numbers):
        return {"outputs": [{"data": {outputs.NUMBERS_MIME: numbers}}]}

    from nbformat import from_dict

    book = from_dict({"cells": [cell({}), cell({"a": {"text": "1"}}), cell({"b": {"text": "2"}})]})
    assert list(outputs.headline(book)) == ["a"]
    assert outputs.headline(from_dict({"cells": [cell({})]})) == {}


def test_a_finished_chart_names_its_data():
    chart = finish(data=POWER, by=None, claims=("INFRA-60",))
    assert (chart.name, chart.title, chart.subtitle) == (GOOD["name"], GOOD["title"], GOOD["subtitle"])  # fmt: skip
    assert chart.record["by"] is None and chart.record["alt"] == chart.alt
