"""What is cut out of a drawn page, how a change is marked on it, and the words that a chart says of its data."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bet.chapter import contract
from bet.review import pages


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(
    ("rows", "height"),
    [((0, 10), 10 + pages.AROUND), ((pages.AROUND + 100, pages.AROUND + 110), 10 + 2 * pages.AROUND),
     ((pages.AROUND - 1, pages.AROUND), 2 * pages.AROUND), ((2990, 3000), 10 + pages.AROUND)],
)  # fmt: skip
def test_a_part_has_some_rows_around_its_change(rows, height):
    whole = Image.new("RGB", (4, 3000), "white")
    assert opened(pages._part(whole, rows)).size == (4, min(height, pages.TALLEST_PART))


def test_a_part_begins_above_its_change_and_is_no_taller_than_a_screen():
    shades = np.repeat(np.arange(64, dtype=np.uint8), 100)[:, None, None] * np.ones((1, 2, 3), np.uint8) * 4  # fmt: skip
    whole = Image.fromarray(shades)
    start = 20 * 100 + pages.AROUND
    part = opened(pages._part(whole, (start, start + 100)))
    assert part.getpixel((0, 0)) == pytest.approx((80,) * 3, abs=3)
    assert opened(pages._part(whole, (0, 6000))).height == pages.TALLEST_PART


def test_a_change_has_a_tint_and_a_bar_of_six_pixels():
    marked = pages._marked(Image.new("RGB", (10, 20), "white"), [(5, 8), (12, 12)])
    bar = Image.new("RGB", (1, 1), pages.MARK).getpixel((0, 0))
    for y in range(20):
        inside = 5 <= y < 8
        assert (marked.getpixel((5, y)) == bar) is inside
        assert (marked.getpixel((6, y)) not in (bar, (255, 255, 255))) is inside
        assert (marked.getpixel((9, y)) == (255, 255, 255)) is not inside
    assert pages._marked(Image.new("RGB", (3, 2), "white"), [(0, 2)]).getcolors() == [(6, bar)]


def test_only_the_pages_that_changed_are_written(tmp_path):
    (tmp_path / "old.png").touch()
    (tmp_path / "keep.txt").touch()
    page = pages.Page.__new__(pages.Page)
    for name, value in (("name", "p"), ("before", b"1"), ("after", b"2")):
        object.__setattr__(page, name, value)
    drawn = pages.Drawn.__new__(pages.Drawn)
    object.__setattr__(drawn, "pages", [page])
    pages.write(drawn, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep.txt", "p.after.png", "p.before.png"]  # fmt: skip
    assert (tmp_path / "p.before.png").read_bytes() == b"1"


def test_a_line_is_told_by_its_ends_and_several_by_their_last_values():
    def ends(groups):
        frame = pd.DataFrame([(g, year, 10 * n + year) for n, g in enumerate(groups) for year in (1, 2)],
                             columns=["by", "year", "v"])  # fmt: skip
        return contract._ends(frame, "year", "v", "by" if groups else None, str)

    assert ends("ab") == "At the end, in 2, it shows 2 for a and 12 for b."
    assert ends("abcd") == "At the end, in 2, it shows 2 for a, 12 for b and 22 for c."
    one = pd.DataFrame({"year": [2020, 2021, 2022], "v": [3, 9, 5]})
    assert contract._ends(one, "year", "v", None, str) == "It goes from 3 in 2020 to 5 in 2022."


def test_a_row_is_told_by_its_words_or_by_name_and_value():
    assert contract._points({"a": "low", "b": 3.0}, ["a", "b"], str) == ["low"]
    assert contract._points({"a": 1.0, "b": float("nan")}, ["a", "b"], str) == ["a 1.0"]
    assert contract._points({"a": "", "b": 3.0}, ["a", "b"], str)[-1] == "b 3.0"
    assert contract._row({"x": 2020, "by": "a"}, "x", "by") == "a (2020)"
    assert contract._row({"x": "a", "by": "a"}, "x", "by") == contract._row({"x": "a"}, "x", None) == "a"  # fmt: skip
