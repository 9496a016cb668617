"""Labels are placed by plain geometry: each rule on both sides of its edge."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bet.chapter import placing
from bet.chapter.placing import around, best, levels, outside, shared, spread
from bet.site import build

NO_MARKS = np.empty((0, 2))
FRAME = (0.0, 0.0, 300.0, 200.0)


@pytest.mark.parametrize(
    ("other", "area"),
    [((5, 5, 20, 20), 25), ((10, 0, 20, 10), 0), ((0, 10, 10, 20), 0), ((2, 3, 4, 5), 4), ((20, 20, 30, 30), 0)],
)  # fmt: skip
def test_boxes_share_what_lies_in_both(other, area):
    assert shared((0, 0, 10, 10), other) == shared(other, (0, 0, 10, 10)) == area


@pytest.mark.parametrize(
    ("box", "pixels"),
    [((0, 0, 300, 200), 0), ((-1, 0, 10, 10), 1), ((0, -2, 10, 10), 2), ((0, 0, 303, 10), 3), ((0, 0, 10, 204), 4),
     ((-1, -2, 303, 204), 10)],
)  # fmt: skip
def test_a_box_leaves_its_frame_on_any_side(box, pixels):
    assert outside(box, FRAME) == pixels


def test_places_lie_around_a_point_near_before_far():
    places = around(100, 50, 40, 10, 10)
    assert places[:4] == [
        (110, 45, 150, 55),
        (80, 60, 120, 70),
        (80, 30, 120, 40),
        (50, 45, 90, 55),
    ]
    assert places[4] == (107, 57, 147, 67) and places[7] == (53, 33, 93, 43)
    assert (places[8], places[16]) == ((122, 45, 162, 55), (140, 45, 180, 55)) and len(places) == 24


def test_the_first_place_is_taken_unless_it_hides_something():
    places = [(100.0, 100.0, 120.0, 110.0), (200.0, 100.0, 220.0, 110.0)]
    assert best(places, [], NO_MARKS, FRAME) == places[0]
    assert best(places, [(122.9, 100, 140, 110)], NO_MARKS, FRAME) == places[1]  # within the gap
    assert best(places, [(123.1, 100, 140, 110)], NO_MARKS, FRAME) == places[0]
    for point, place in (((123.5, 105), 0), ((122.5, 105), 1), ((110, 112.5), 1), ((110, 113.5), 0), ((96.5, 105), 0), ((110, 96.5), 0)):  # fmt: skip
        assert best(places, [], np.array([point]), FRAME) == places[place], point
    # text is avoided before marks
    many = np.full((9, 2), 210.0) * [1, 0.5]
    assert best(places, [(100, 100, 140, 110)], many, FRAME) == places[1]


def test_labels_with_room_stay_where_they_are_wanted():
    assert spread([20.0, 100.0, 60.0], [10.0] * 3, 0, 200) == [20, 100, 60]
    assert spread([20.0, 30.0], [10.0] * 2, 0, 200) == [20, 30]  # they touch
    assert spread([20.0, 26.0, 150.0], [10.0] * 3, 0, 200) == [18, 28, 150]
    assert spread([20.0, 20.0], [10.0, 20.0], 0, 200) == [12.5, 27.5]
    assert spread([2.0], [10.0], 0, 200) == [5] and spread([199.0], [10.0], 0, 200) == [195]
    assert spread([50.0, 50.0, 50.0], [10.0] * 3, 40, 60) == [45, 55, 65]  # no room for all
    assert spread([], [], 0, 10) == []


def test_spans_meet_within_six_pixels():
    assert placing._GAP == 3
    for start, level in ((55.9, 1), (56, 0), (56.1, 0)):
        assert levels([(0, 50), (start, 90)]) == [0, level]
        assert levels([(start, 90), (0, 50)]) == [0, level]
    assert levels([(0, 50), (10, 60), (20, 70), (90, 99)]) == [0, 1, 2, 0]
    assert levels([]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems swap in two steps")
def test_two_folders_change_places_in_one_step(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert build._exchanged(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a" / "b").exists() and (tmp_path / "b" / "a").exists()
    assert not build._exchanged(tmp_path / "a", tmp_path / "none")
