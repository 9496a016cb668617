"""Pictures as text, cards and headlines where a reader would see a fault."""

from __future__ import annotations

import re

import pytest
from nbformat import from_dict

from bet.chapter import cards, outputs, svg

# Pictures as text


@pytest.mark.parametrize(
    ("number", "short"),
    [("12.345678", "12.35"), ("-1.0001", "-1.00"), ("0.9999999", "1"), ("0.123456789", "0.123457"),
     ("0.5000000", "0.5"), ("-0.0004", "-0.0004")],
)  # fmt: skip
def test_coordinates_are_kept_to_a_hundredth_of_a_point_and_small_ones_to_six_figures(
    number, short
):
    assert svg._shorter(re.fullmatch(r".*", number)) == short


def test_names_in_a_picture_are_numbered_in_their_order():
    told = '<a id="m0123456789"/><b id="pabcdef0123"/><c href="#m0123456789"/><d clip="url(#pabcdef0123)"/>'  # fmt: skip
    assert svg._numbered(told) == '<a id="m0"/><b id="p1"/><c href="#m0"/><d clip="url(#p1)"/>'


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

    book = from_dict({"cells": [cell({}), cell({"a": {"text": "1"}}), cell({"b": {"text": "2"}})]})
    assert list(outputs.headline(book)) == ["a"]
    assert outputs.headline(from_dict({"cells": [cell({})]})) == {}
