"""Files that another reader takes otherwise than ours does: YAML, footnotes, comments for tools, marks of nbval."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bet.chapter import cells, lint
from bet.review import source_diff
from tests.test_hostile_reader import as_base, first, write
from tests.test_hostile_site import reordered
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import NAME, book, put

BOM = "\ufeff"
JUDGE = "This changes the judge"


# ---- YAML: libyaml skips a mark of byte order at the start of a line, Python's loader reads it as a sign


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("_config.yml", "sphinx:\n  config:\n    html_js_files: [a.js]\n",
         f"sphinx:\n  config:\n    html_js_files: [a.js,\n{BOM}# , 'https://elsewhere.invalid/x.js',\n      ]\n"),
        ("_config.yml", "exclude_patterns: [_build]\n", f"exclude_patterns: [\n{BOM}# , book/method.*,\n  _build]\n"),
        ("_toc.yml", "root: book/method\nchapters:\n- {file: book/report, title: Report}\n",
         f"root: book/method\nchapters:\n- {{file: book/report, title:\n{BOM}# x, title: Refuted, meta:\n    Report}}\n"),
    ],
)  # fmt: skip
def test_what_the_book_reads_behind_a_mark_of_byte_order_is_told(clone, path, old, new):  # noqa: F811
    reordered(clone, path, old, new)
    for _, told in both(clone):
        assert "No conclusion changes" not in told and path.replace("_", "\\_") in first(told)


# ---- a footnote's name stands in no text of a token


def test_footnotes_that_change_their_places_are_told(clone):  # noqa: F811
    page = "# Method\n\nOne[^a] and another[^b].\n\n[^{}]: This was checked.\n\n[^{}]: This is a guess.\n"
    write(clone, "book/method.md", page.format("a", "b"))
    as_base(clone)
    write(clone, "book/method.md", page.format("b", "a"))
    for _, told in both(clone):
        assert "No conclusion changes" not in told and "guess" in told


# ---- comments that tools heed


@pytest.mark.parametrize(
    "comment",
    ["# mypy: ignore-errors", "# ruff: noqa", "#noqa", "# type: ignore", "# fmt: off", "# pragma: no cover", "# pylint:disable=all",
     "# anytool: skip", "## NBVAL_SKIP", "# vim: set x"],
)  # fmt: skip
def test_a_comment_that_a_tool_heeds_changes_the_judge(clone, comment):  # noqa: F811
    reordered(clone, "bet/records/rule.py", "NEAR = 0.1\n", f"{comment}\nNEAR = 0.1\n")
    for _, told in both(clone):
        assert JUDGE in first(told)


def test_a_comment_for_people_is_none_for_tools():
    text = "# Note: so it is\nx = 1  # one of type int, formatted on demand\n# the coding of days\n"
    assert source_diff.directives(text) == []
    assert source_diff.directives("x = 1\n# noqa\n") != source_diff.directives("# noqa\nx = 1\n")


# ---- cells that nbval does not check

FREE = [
    ("# NBVAL_IGNORE_OUTPUT\n1", {}),
    ("1\n  ##  NBVAL_SKIP", {}),
    ("# PYTEST_VALIDATE_IGNORE_OUTPUT\n1", {}),
    ("1", {"tags": ["nbval-ignore-output"]}),
    ("1", {"tags": ["NBVAL_SKIP"]}),
    ("1", {"tags": ["raises-exception"]}),
    ("1", {"tags": ["skip-execution"]}),
]


@pytest.mark.parametrize(("source", "metadata"), FREE)
def test_a_cell_that_nbval_does_not_check_is_named(source, metadata):
    assert cells.unchecked(new_code_cell(source, metadata=metadata))


@pytest.mark.parametrize(
    "cell",
    [new_markdown_cell("# NBVAL_SKIP"), new_code_cell("x = '# NBVAL_SKIP'"), new_code_cell("# NBVAL_SKIP, perhaps\n1"),
     new_code_cell("1", metadata={"tags": ["parameters"]})],
)  # fmt: skip
def test_any_other_cell_is_checked(cell):
    assert cells.unchecked(cell) == ""


@pytest.mark.parametrize(("source", "metadata"), FREE)
def test_a_cell_that_nbval_no_longer_checks_is_told_first(clone, source, metadata):  # noqa: F811
    whole = book()
    whole.cells.append(new_code_cell("1", execution_count=1))
    put(clone, whole)
    as_base(clone)
    whole.cells[-1] = new_code_cell(source, metadata=metadata, execution_count=1)
    put(clone, whole)
    (_, told), _ = both(clone)
    assert f"**Tests**: 1 cell that nbval no longer checks ({NAME})." in first(told)


def test_the_lexer_of_a_notebook_is_heeded(clone):  # noqa: F811
    whole = book()
    whole.metadata["language_info"] = {"name": "python", "pygments_lexer": "text"}
    put(clone, whole)
    (_, told), _ = both(clone)
    assert "in nothing that a page shows" not in told


def test_the_lint_refuses_a_cell_that_nbval_does_not_check(tmp_path):
    path = tmp_path / "n.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("# NBVAL_SKIP\n1")]), path)
    assert any(
        "NBVAL_SKIP; expected outputs that" in str(fault) for fault in lint.page_faults(path)
    )
