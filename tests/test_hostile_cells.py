"""Cells that hide, charts that change places, and bulk that buries: each is told in the first lines."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NUMBERS_MIME
from tests.test_hostile_reader import MAY, as_base, first, put
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import CHART, NAME, NARROW, book, shown

# ---- tags that hide

TOLD = "It fell by half, and nobody saw it."


def told(words=TOLD):
    return shown({"text/markdown": words, "text/plain": words})


def new(made, tag):
    made.cells.insert(4, new_code_cell("book.say('new')", id="c52b", outputs=[told()]))
    return made.cells[4]


def split(made, tag):
    """Part a cell: the second half, with the outputs, is another cell."""
    outputs = made.cells[4].outputs
    made.cells[4].source, made.cells[4].outputs = "first = 1", []
    made.cells.insert(5, new_code_cell("book.assess(…)", id="c52b", outputs=outputs))
    return made.cells[5]


def moved(made, tag):
    made.cells.append(made.cells.pop(2))
    made.cells[-1].id = "c52b"
    return made.cells[-1]


def rewritten(made, tag):
    made.cells[2].source = "words = one_other(thing)\nbook.tell(words)"
    made.cells[2].id = "c52b"
    return made.cells[2]


def empty(made, tag):
    """A cell whose outputs come with a later pull request."""
    made.cells.insert(4, new_code_cell("y = 1", id="c52b"))
    return made.cells[4]


@pytest.mark.parametrize("way", [new, split, moved, rewritten, empty])
@pytest.mark.parametrize("tag", ["remove-cell", "remove_cell", "hide-output", "remove_output", "hide-cell", "hide-input", "remove-input", "remove_input"])  # fmt: skip
def test_a_cell_that_hides_is_told_wherever_it_comes_from(clone, way, tag):  # noqa: F811
    made = book()
    way(made, tag).metadata["tags"] = [tag]
    put(clone, made)
    for _, said in both(clone)[:1]:
        assert f"cell c52b of {NAME} is hidden by {tag.replace('_', '-')}" in first(said).replace("\\", "")  # fmt: skip
        assert MAY in first(said) or "without a history entry" in first(said)


@pytest.mark.parametrize("tag", ["remove-cell", "hide-output"])
def test_what_a_hidden_cell_shows_is_not_told_as_seen(clone, tag):  # noqa: F811
    made = book()
    new(made, tag).metadata["tags"] = [tag]
    put(clone, made)
    (_, said), _ = both(clone)
    seen, _, code = said.partition("### Text and code of the book")
    assert TOLD in code and TOLD not in seen
    assert f"in a cell that is hidden by {tag}" in code


def test_a_number_in_a_hidden_cell_is_told_as_hidden(clone):  # noqa: F811
    made = book()
    output = told("It is 9 GW.")
    output["data"][NUMBERS_MIME] = {"more": {"text": "9", "value": 9, "unit": "GW"}}
    made.cells.append(new_code_cell("book.say(more)", id="c09", outputs=[output], metadata={"tags": ["remove-cell"]}))  # fmt: skip
    put(clone, made)
    (_, said), _ = both(clone)
    row = next(line for line in said.splitlines() if line.startswith("| more"))
    assert "in a cell that is hidden by remove-cell" in row


def test_a_cell_that_was_hidden_and_moves_is_no_alarm(clone):  # noqa: F811
    made = book()
    made.cells[2].metadata["tags"] = ["remove-cell"]
    put(clone, made)
    as_base(clone)
    made.cells.append(made.cells.pop(2))
    put(clone, made)
    (_, said), _ = both(clone)
    assert "Hidden from readers" not in said
    made.cells.insert(0, copy.deepcopy(made.cells[-1]))  # one more of the same words
    made.cells[0].id = "c77"
    put(clone, made)
    (_, said), _ = both(clone)
    assert "is hidden by remove-cell" in first(said)


def test_a_new_chapter_tells_what_it_hides(clone):  # noqa: F811
    import nbformat

    made = book()
    for cell in made.cells:
        cell.source += "\n# other words of another chapter"
    made.cells[2].metadata["tags"] = ["remove-cell"]
    nbformat.write(made, clone / "book" / "other.ipynb")
    (_, said), _ = both(clone)
    assert "of other is hidden by remove-cell" in first(said)


# ---- charts and cards that change places

OTHER = {**CHART, "name": "power-2", "title": "Power rises again.", "rows": [["a", 1], ["b", 2]]}


def charted():
    """A book with three cells that draw, the third of which draws nothing that is known."""
    made = book()
    drawn = shown({"image/svg+xml": NARROW, "text/plain": "alt", CHART_MIME: OTHER})
    made.cells.append(new_code_cell("book.lines(others)", id="c21", outputs=[drawn]))
    made.cells.append(new_code_cell("book.say('The end')", id="c22", outputs=[told("The end.")]))
    made.cells[0].source += "\n\nIt is so."
    return made


@pytest.fixture
def drawn(clone):  # noqa: F811
    put(clone, charted())
    as_base(clone)
    return clone


def test_charts_that_are_exchanged_are_told_first(drawn):
    made = charted()
    made.cells[3].outputs, made.cells[5].outputs = made.cells[5].outputs, made.cells[3].outputs
    made.cells[0].source += " And more."
    put(drawn, made)
    (_, said), (_, back) = both(drawn)
    for told_first, cells in ((first(said), ("c04", "c21")), (first(back), ("c21", "c04"))):
        assert "**2 charts stand elsewhere**: " in told_first and MAY in told_first
        assert f"{CHART['name']} from {cells[0]} to {cells[1]}" in told_first
        assert f"power-2 from {cells[1]} to {cells[0]}" in told_first
    assert "### What a reader sees that came out differently" in said


@pytest.mark.parametrize("way", ["beside", "rewritten", "whole", "another page", "in one cell"])
def test_a_chart_that_moves_is_told_first(drawn, way):
    made = charted()
    made.cells[0].source += " And more."
    whence, where = "c21", "c22"
    if way == "whole":
        made.cells.insert(1, made.cells.pop(5))
        whence, where = "c21, place 6.1", "c21, place 2.1"
    elif way == "another page":
        other = book()
        other.cells = [
            new_code_cell("one = 1\nbook.drawn(one)", id="c99", outputs=made.cells[5].outputs)
        ]
        made.cells[5].outputs = []
        nbformat.write(other, drawn / "book" / "other.ipynb")
        whence, where = f"c21 of {NAME}", "c99 of other"
    elif way == "in one cell":
        made.cells[3].outputs += made.cells[5].outputs
        made.cells[5].outputs = []
        put(drawn, made)
        as_base(drawn)
        made.cells[3].outputs.reverse()
        whence, where = "c04, place 4.2", "c04, place 4.1"
    else:
        made.cells[6].outputs += made.cells[5].outputs
        made.cells[5].outputs = []
    if way == "rewritten":
        made.cells[5].source, made.cells[6].source = "x = 1", "y = 2"
    put(drawn, made)
    (_, said), _ = both(drawn)
    assert f"power-2 from {whence} to {where}" in first(said) and MAY in first(said), first(said)


def test_a_chart_that_moves_into_a_hidden_cell_is_told_so(drawn):
    made = charted()
    made.cells[6].outputs += made.cells[5].outputs
    made.cells[5].outputs = []
    made.cells[6].metadata["tags"] = ["remove-output"]
    put(drawn, made)
    (_, said), _ = both(drawn)
    assert "cell c22 of" in first(said) and "power-2 from c21 to c22" in first(said)
    assert "**stands elsewhere**, in a cell that is hidden by remove-output" in said


def test_cards_that_are_exchanged_are_told_first(drawn):
    made = charted()
    one, two = made.cells[4].outputs
    made.cells[4].outputs = [two, one]
    made.cells[0].source += " And more."
    put(drawn, made)
    (_, said), _ = both(drawn)
    assert "**2 cards stand elsewhere**: " in first(said)
    assert ASSESSMENT_MIME in one["data"]


def test_a_cell_that_comes_goes_or_is_rewritten_moves_no_chart(drawn):
    made = charted()
    made.cells.insert(1, new_code_cell("z = 3", id="c77"))
    made.cells[6].source = "picture = something.quite.different"
    made.cells.pop(3)
    put(drawn, made)
    for _, said in both(drawn):
        assert "elsewhere" not in said
