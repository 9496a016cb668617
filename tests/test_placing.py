"""Labels and axes: geometry that needs no picture."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.chapter.placing import around, best, levels, shared, spread
from bet.chapter.scales import scale
from bet.numbers import pct

FRAME = (0.0, 0.0, 300.0, 200.0)
NO_MARKS = np.empty((0, 2))


def test_a_label_stands_to_the_right_where_nothing_is_in_its_way():
    places = around(100, 100, 40, 12, 8)
    assert best(places, [], NO_MARKS, FRAME) == (108, 94, 148, 106)


def test_a_label_avoids_text_first_then_the_edge_then_marks():
    places = around(100, 100, 40, 12, 8)
    taken = [places[0]]
    assert shared(best(places, taken, NO_MARKS, FRAME), taken[0]) == 0
    at_the_edge = best(around(290, 100, 40, 12, 8), [], NO_MARKS, FRAME)
    assert at_the_edge[2] <= 300
    line = np.column_stack([np.arange(100, 160.0), np.full(60, 100.0)])
    hidden = best(places, [], line, FRAME)
    assert not (hidden[1] < 100 < hidden[3] and hidden[2] > 103)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_spread_labels_keep_their_order_and_never_overlap(wanted):
    heights = [15.0] * len(wanted)
    centres = spread(wanted, heights, 0, 200)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    gaps = [centres[b] - centres[a] for a, b in itertools.pairwise(order)]
    assert all(gap >= 15 - 1e-6 for gap in gaps)
    assert all(7.5 - 1e-6 <= centre <= 192.5 + 1e-6 for centre in centres)


def test_a_lone_label_is_not_moved():
    assert spread([50.0], [15.0], 0, 200) == [50.0]


def test_spans_that_meet_go_to_another_level():
    assert levels([(0, 50), (60, 90), (40, 70), (200, 220)]) == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("values", "texts", "step"),
    [
        ([0.2, 12], ("0.3", "1", "3", "10"), "each step is about three times"),
        ([0.6, 9], ("1", "2", "4", "8"), "each step doubles"),
        (
            [1, 1e6],
            ("1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"),
            "each step is ten times",
        ),
    ],
)
def test_a_log_axis_says_what_a_step_is(values, texts, step):
    axis = scale(values, 7 if len(texts) == 7 else 5, log=True)
    assert (axis.texts, axis.step) == (texts, step)
    steps = np.diff(np.log(axis.ticks))
    assert steps.max() / steps.min() < 1.15


def test_an_axis_of_bars_starts_at_zero_and_one_of_lines_leaves_air():
    assert scale([3, 9], 5, zero=True).low == 0
    assert scale([3, 9], 5).low < 3
    assert scale([-3, 9], 5, zero=True).low < -3
    assert scale([0, 0], 5, zero=True).high > 0


def test_an_axis_of_days_has_months_or_years():
    months = scale(pd.to_datetime(["2025-11-14", "2026-08-21"]), 5)
    assert months.texts == ("Jan 2026", "Mar", "May", "Jul", "Sep")
    assert scale(pd.to_datetime(["1950-01-01", "2026-08-21"]), 5).texts[0].isdigit()


def test_ticks_are_written_as_told():
    assert scale([0, 1], 5, limits=(0, 1), write=lambda v: pct(v, 2)).texts[-1] == "100%"
