"""Cells that hide, charts that change places, and bulk that buries: each is told in the first lines."""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell

from bet.chapter.outputs import CHART_MIME, NUMBERS_MIME
from tests.test_hostile_reader import MAY, as_base, first, put
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import CHART, NARROW, NAME, book, shown

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
