"""Headline numbers of the cover, the chapters and the cards, recomputed by a path of their own.

What is compared is the text that the committed notebooks show. No line of ``bet`` is imported here, so
an error in a model cannot hide in its test; each figure is shown to notice a changed cell and a changed
digit.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.recomputed import cover, grok, machines, people, stake, thesis, verdict
from tests.recomputed.brackets import BRACKETS
from tests.recomputed.printed import BOOK, Headline
from tests.recomputed.source import Source, changed

ALL = [*cover.HEADLINES, *stake.HEADLINES, *people.HEADLINES, *grok.HEADLINES, *machines.HEADLINES,
       *thesis.HEADLINES, *verdict.HEADLINES]  # fmt: skip
NOW = cache(lambda headline: headline.values(Source()))
EACH = pytest.mark.parametrize("headline", ALL, ids=[f"{h.notebook}-{h.name}" for h in ALL])


@EACH
def test_printed_figures_follow_from_the_tables(headline: Headline):
    assert headline.faults(headline.places(), NOW(headline)) == []


@EACH
def test_another_printed_figure_would_be_noticed(headline: Headline):
    values = NOW(headline)
    for place in headline.places():
        for i, text in enumerate(place):
            digit = re.search(r"[1-9]", text)
            other = (
                text.replace(digit[0], str(int(digit[0]) % 9 + 1), 1)
                if digit
                else "twelve"
                if text.lower() != "twelve"
                else "two"
            )
            changed = (*place[:i], other, *place[i + 1 :])
            assert headline.faults([changed], values), f"{text} -> {other}"


@EACH
def test_a_changed_cell_would_be_noticed(headline: Headline):
    source = Source()
    headline.values(source)
    places = headline.places()
    for _, other in changed(source.read, at_most=40):
        try:
            if headline.faults(places, headline.values(other)):
                return
        except (ArithmeticError, IndexError, KeyError, TypeError, ValueError):
            return  # a recomputation that breaks is a test that fails
    pytest.fail("no change of the tables moves the figure")


@pytest.mark.parametrize("name", BRACKETS)
def test_the_value_lies_in_the_bracket_that_others_give(name):
    value, bracket = BRACKETS[name]
    low, high = bracket(Source())
    assert low <= value(Source()) <= high


@pytest.mark.parametrize("name", BRACKETS)
def test_a_value_ten_times_as_large_or_small_leaves_the_bracket(name):
    value, bracket = BRACKETS[name]
    low, high = bracket(Source())
    assert not low <= 10 * value(Source()) <= high
    assert not low <= value(Source()) / 10 <= high


def test_at_least_eighty_printed_figures_are_recomputed():
    assert sum(len(NOW(headline)) for headline in ALL) >= 80
    assert {h.notebook for h in ALL} == {path.stem for path in BOOK.glob("*.ipynb")}


def test_the_path_shares_no_code_with_the_book():
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not [name for name in names if name.split(".")[0] == "bet"], path.name
