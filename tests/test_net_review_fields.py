"""Which fields of a record weigh, how they are counted, and which changes are words only."""

from __future__ import annotations

import pytest

from bet.review import fields
from bet.review.change import NONE, Change
from bet.review.compare import Review
from bet.review.report import headline

MAY = "No verdict changes, but a published conclusion may"


def ground(what, field, before="a", after="b"):
    return Change("grounds", what, before, after, field, "0_stake", field=field)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([ground("A-1", "reason")], "reason 1 (A-1)"),
        # the gravest first, not the most
        ([*(ground(f"A-{n}", "paraphrase") for n in range(2)), ground("A-1", "supports")],
         "supports 1 (A-1), paraphrase 2 (A-0, A-1)"),
        # a field without a rank stands before a light one
        ([ground("A-1", "note"), ground("A-2", "searched")], "searched 1 (A-2), note 1"),
        ([ground(f"A-{n}", "reason") for n in range(6)], "reason 6"),
        ([ground("A-1", "as_of", "2025-11-14", "2025-11")], "as_of (coarser) 1"),
        ([ground("A-1", "as_of", "2025-11-14", "2025-12")], "as_of 1 (A-1)"),
        ([Change("verdict", "A-1", "open", "partly"), Change("verdict", "A-2", "confidence low", "confidence high", level=True)],
         "verdict 1 (A-1), confidence 1 (A-2)"),
        ([Change("schema", "sales, title", "a", "b", field="title"), Change("schema", "sales, gaps", "a", "b", field="title")],
         "title 1 (sales)"),
        ([Change("source", "source meter-2025", "a", "b", "url", field="url")], "url 1 (meter-2025)"),
        ([Change("words", "x", "a", "b", field="reason"), Change("grounds", "A-1", "a", "b")], ""),
    ],
)  # fmt: skip
def test_records_are_counted_by_the_field_that_differs(changes, told):
    assert fields.counted(changes) == told


TEXT = "No verdict changes, but the text of data does"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("schema", "sales, title", "title: a", "title: b", field="title"), TEXT),
        (Change("schema", "sales, title", "title: 3", "title: 4", field="title"), MAY),
        (Change("schema", "sales, unit", "unit: a", "unit: b", field="unit"), MAY),
        (Change("source", "evidence a", "So it is.", "So it stands.", "note", field="note"), TEXT),
        (Change("source", "evidence a", NONE, "So it stands.", "note", field="note"), MAY),
        (Change("source", "evidence a", "So it is.", NONE, "note", field="note"), MAY),
        (Change("source", "evidence a", "So it is.", "So it stands.", "fact", field="fact"), MAY),
        (Change("grounds", "A-1", "So it is.", "So it stands.", "reason", field="reason"), TEXT),
    ],
)
def test_words_about_a_record_are_a_text_where_nothing_weighty_differs(change, told):
    assert headline(Review([change])) == told
