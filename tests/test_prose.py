"""Prose: a template with its values in place, each number kept, no figure typed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bet.chapter import outputs, prose
from bet.faults import BadInput
from bet.numbers import pct, usd, words
from tests import worlds

NAMES = {
    "hits": 11,
    "cases": 250,
    "begun": True,
    "table": {"share_2020": 0.5},
    "profit": 297e9,
    "words": words,
}


def test_values_stand_in_place_and_are_kept():
    text, shown = prose.render(
        """{{ words(hits) }} of {{ plain(cases) }}
        ({{ pct(hits / cases, 2) }}) kept it.{% if begun %} It has begun.{% endif %}""",
        NAMES,
    )
    assert text == "eleven of 250 (4.4%) kept it. It has begun."
    assert shown == {
        "words(hits)": {"text": "eleven", "value": 11, "unit": "count"},
        "plain(cases)": {"text": "250", "value": 250, "unit": ""},
        "pct(hits / cases, 2)": {"text": "4.4%", "value": 0.044, "unit": "share"},
    }


def test_a_condition_at_the_end_of_a_line_does_not_join_words_and_one_alone_leaves_no_line():
    text, _ = prose.render(
        "{% if begun %}So it is.{% endif %}\nNext.\n\n| a |\n|---|\n{% for n in 'xy' %}\n| {{ n }} |\n{% endfor %}\n",
        NAMES,
    )
    assert text == "So it is. Next.\n\n| a |\n|---|\n| x |\n| y |"


def test_formats_are_filters_too_and_a_value_that_changes_keeps_both():
    text, shown = prose.render(
        "{% for part in parts %}{{ part | pct(2) }} {% endfor %}", {"parts": [0.1, 0.2]}
    )
    assert text == "10% 20%"
    assert [entry["value"] for entry in shown.values()] == [0.1, 0.2]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("There are 250 cases.", "found a bare figure 250; expected a value in {{ }}"),
        ("It costs {{ '$40' }}.", "found a bare figure $40"),
        ("{{ hitz }} did.", "'hitz' is undefined"),
        ("{{ hits }} did.", "found hits without a format; expected words, plain, pct, usd, num"),
        ("{{ share }} did.", "found share without a format"),
        ("{{ hits / zero }} did.", "found ZeroDivisionError: division by zero"),
        ("{% if hits %}no end", "Unexpected end of template"),
        ("{{ hits.__class__ }}", "access to attribute '__class__' of 'int' object is unsafe"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(template, told):
    names = NAMES | {"zero": 0, "share": np.float64(0.5)}
    (fault,) = worlds.faults_of(lambda: prose.render(template, names))
    assert fault.startswith("say('") and told in fault


def test_keys_and_comparisons_are_no_figures():
    text, _ = prose.render("{{ pct(table['share_2020']) }}{% if hits > 5 %} more{% endif %}", NAMES)
    assert text == "50% more"


def test_paragraphs_lists_and_tables_stay():
    text = prose.paragraphs(
        "One\n  line.\n\n\nTwo.\n- a\n  b\n- c\n\n| x | y |\n|---|---|\n| a | b |"
    )
    assert text == "One line.\n\nTwo.\n- a b\n- c\n\n| x | y |\n|---|---|\n| a | b |"


def test_dollars_are_never_mathematics():
    text, _ = prose.render("{{ usd(profit) }} of `$HOME`.", NAMES)
    assert prose.money(text) == "<span>\\$</span>297 billion of `$HOME`."
    assert prose.money(prose.money(text)) == prose.money(text)


def test_a_dollar_sign_stands_alone_in_jupyter_and_is_read_as_written():
    for told in ("\\$297 billion, \\$161 billion", "<td>$1</td> from $2 to $3"):
        apart = outputs.set_apart(told)
        assert all(part.count("$") < 2 for part in re.split(r"<[^>]+>", apart))
        assert outputs.as_written(apart) == told and outputs.set_apart(apart) == apart


def test_the_formats_of_the_book_are_all_known():
    assert {"pct", "usd", "words", "plain", "ratio", "num", "day"} <= set(prose.FORMATS)
    assert pct(0.5) == "50%" and usd(5) == "$5"


def test_an_if_without_else_is_refused_whatever_it_comes_to():
    """Else a chapter that runs at its defaults stops under other assumptions."""
    with pytest.raises(BadInput, match="an if without else, line 2"):
        prose.render("It has\n{{ 'also ' if a }}been.", {"a": True})
    assert prose.render("{{ 'also ' if a else '' }}been.", {"a": False})[0] == "been."
