"""What a stranger's pull request brings in that no page may hold stands in the first line of the report."""

from __future__ import annotations

import pytest

from bet.chapter.outputs import ASSESSMENT_MIME, NUMBERS_MIME
from bet.review import active
from tests.test_active_content import PAYLOADS
from tests.test_built_pages import site
from tests.test_pull_requests import clone, commit, diff
from tests.test_review import book, put, shown

__all__ = ["clone"]  # a fixture
HELD = "This brings in what no page may hold"
NOTE = "application/vnd.bet.note+json"
REFRESH = '<p>More below.</p><meta title=\xa0"as {}http-equiv=refresh content=20;url=https://evil.example/bet told">'
PADDING = (
    "told in the letters to shareholders that the firm sends out every quarter and keeps on its pages "
    * 3
)
BADGE = "<p>So: <{tag} class='{classes}'><span>INFRA-60</span> supported</{tag}></p>"


@pytest.mark.parametrize("grave", ["http-equiv=refresh", "<script>", "onclick=x", "action=//a.b", "class=bet-badge"])  # fmt: skip
def test_of_some_html_the_gravest_is_shown_whatever_stands_before_it(grave):
    told = f"<p style='color: red' http-equiv='x'>{'as told ' * 40}<b {grave} told>"
    assert grave in active.excerpt(told) and len(active.excerpt(told)) < 115
    assert active.excerpt("<p>As told.</p>") == "<p>As told.</p>"


def put_output(folder, data):
    made = book()
    made.cells[4].outputs.append(shown({"text/plain": "a", **data}))
    put(folder, made)
    commit(folder)
    return diff("main", "change")


OUTPUTS = {
    "a refresh": ({NOTE: {}, "text/html": REFRESH.format("")}, "http-equiv=refresh content=20;url=https://evil.example"),
    "a refresh behind a long title": ({NOTE: {}, "text/html": REFRESH.format(PADDING)}, "http-equiv=refresh content=20;url=https://evil.example"),
    "an event beside a number": ({NUMBERS_MIME: {}, "text/html": "<p title=\u2003'a onclick=x() b'>a</p>"}, "onclick=x()"),
    "words of its own beside a record": ({ASSESSMENT_MIME: [], "text/html": "<p>All is well.</p>"}, "All is well."),
    "a script": ({"application/javascript": "x()"}, "an output of application/javascript"),
    "a picture without its chart": ({"image/svg+xml": "<svg/>"}, "an output of image/svg+xml"),
    "HTML in Markdown": ({"text/markdown": PAYLOADS["image"]}, "HTML"),
    "HTML as lines": ({"text/html": ["<p>a ", "b</p>"]}, "a b"),
}  # fmt: skip


@pytest.mark.parametrize("case", OUTPUTS)
def test_an_output_that_is_not_the_books_is_a_2_and_first(clone, case):
    data, expected = OUTPUTS[case]
    code, told = put_output(clone, data)
    assert code == 2 and told.splitlines()[1].startswith(f"## {HELD}")
    rows = [line.replace("\\", "") for line in told.splitlines() if "cell c05 |" in line]
    assert any(expected in row for row in rows), rows


@pytest.mark.parametrize("tag", ["a", "span", "b"])
@pytest.mark.parametrize("classes", ["bet-badge bet-supported", "x bet-supported\tbet&#45;badge"])
@pytest.mark.parametrize("kind", [NOTE, "", ASSESSMENT_MIME])
def test_a_badge_that_no_record_stands_beside_is_a_conclusion_that_changes(
    clone, tag, classes, kind
):
    told_as = {kind: [] if kind == ASSESSMENT_MIME else {}} if kind else {}
    code, told = put_output(clone, {**told_as, "text/html": BADGE.format(tag=tag, classes=classes)})
    headline = told.splitlines()[1]
    assert code == 2 and HELD in headline
    assert "1 conclusion changes, without a history entry" in headline
    assert "| **INFRA-60** | – | supported | **its card says so; the record beside it does not** |" in told  # fmt: skip


def test_what_was_there_before_comes_in_no_more(clone):
    made = book()
    made.cells[4].outputs.append(shown({"text/html": "<p>All is well.</p>", "text/plain": "a"}))
    put(clone, made)
    commit(clone)
    code, told = diff("change", "main")
    assert code == 0 and HELD not in told


@pytest.mark.parametrize(
    ("cell", "head"),
    [("490", False), (PAYLOADS["no-break space"], True), (PAYLOADS["script"], True), (PAYLOADS["form"], True), (PAYLOADS["other spaces"], True)],
)  # fmt: skip
def test_a_built_page_that_the_gate_refuses_is_a_2_and_first(clone, tmp_path, cell, head):
    """The stranger's own gate may have let it pass; ours has the last word."""
    (clone / "README.md").write_text("The book.\n")
    commit(clone)
    sites = site(tmp_path / "before"), site(tmp_path / "after", cell=cell)
    code, told = diff("main", "change", "--pages", *sites)
    assert (code == 2, HELD in told.splitlines()[1]) == (head, head)


def test_a_picture_of_the_site_that_asks_for_a_file_is_a_2(clone, tmp_path):
    (clone / "README.md").write_text("The book.\n")
    commit(clone)
    sites = site(tmp_path / "before"), site(tmp_path / "after")
    (sites[1] / "_images").mkdir()
    picture = "<svg xmlns='http://www.w3.org/2000/svg'><style>@\\69mport 'https://evil.example'</style></svg>"
    (sites[1] / "_images" / "a.svg").write_text(picture)
    code, told = diff("main", "change", "--pages", *sites)
    assert code == 2 and HELD in told.splitlines()[1] and "_images/a.svg" in told
