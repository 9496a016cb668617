"""Below *Going deeper* nothing stands unfolded, and an address or the printer opens what it needs."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from bet.chapter import lint, outputs
from bet.site import folds
from bet.site.elements import Page
from tests.places import BOOK, SITE

CHAPTERS = sorted(path.stem for path in BOOK.glob("[0-9]_*.ipynb"))
CHART = "<figure class='bet-figure' id='{}'><img></figure>"


def fold(body: str) -> BeautifulSoup:
    """Fold a page whose section *Going deeper* holds ``body``."""
    page = Page(
        f"<main><section id='a'><h2>Before</h2>{CHART.format('first')}</section><section id='going-deeper'>"
        f"<h2>Going deeper<a class='headerlink' href='#'>#</a></h2>{body}</section><p>After</p></main>"
    )
    text = page.edited(folds.folded(page))
    assert text.count("<details") == text.count("</details>")
    return BeautifulSoup(text, "html.parser")


def held(page: BeautifulSoup) -> dict[str, list[str]]:
    """Return what each fold holds, by its title: the ids of the charts and the words of the texts."""
    return {
        " ".join(one.summary.get_text().split()): [
            str(inner.get("id") or inner.get_text()) for inner in one.select("figure, p")
        ]
        for one in page.select("details.bet-deeper")
    }


@pytest.mark.parametrize(
    "titles",
    [
        ("<div class='cell'><h3 id='t'>One &amp; all</h3><p>a</p></div>", "<div class='cell'><h3>Two</h3></div>"),
        ("<div><details class='bet-deeper'><summary>One &amp; all</summary><p>a</p></details></div>",
         "<details class='bet-deeper'><summary>Two</summary></details>"),
        ("<section><h3>One &amp; all<a class=\"headerlink\" href='#'>#</a></h3><p>a</p>", "</section><section><h3>Two</h3>"),
    ],
)  # fmt: skip
def test_a_fold_runs_to_the_next_title(titles):
    end = "</section>" if titles[0].startswith("<section") else ""
    page = fold(
        f"{titles[0]}<div>{CHART.format('x')}</div><p>card</p>{titles[1]}<div>{CHART.format('y')}</div>{end}"
    )
    assert held(page) == {"One & all": ["a", "x", "card"], "Two": ["y"]}
    assert page.find(id="first").find_parent("details") is None
    assert page.find("p", string="After").find_parent("details") is None
    assert page.select("details details") == [] and page.select("summary a") == []


def test_what_stands_before_the_first_title_is_left_and_a_page_without_the_heading_too():
    assert held(fold("<p>For experts.</p><div><h3>One</h3></div>")) == {"One": []}
    other = "<section><h2>Going on</h2><h3>One</h3></section>"
    assert list(folds.folded(Page(other))) == []


def test_a_heading_in_a_title_keeps_its_address():
    assert fold("<div><h3 id='t'>One</h3></div>").select_one("summary h3#t") is not None


# The writer is told


def cell(name, *shown):
    data = [{"data": one} for one in shown]
    return {"cell_type": "code", "id": name, "source": name, "outputs": data}


HEAD = {"cell_type": "markdown", "id": "h", "source": "## Going deeper\n"}
SHOWN = {outputs.CHART_MIME: {}, "text/plain": "x"}
WORDS = {outputs.WORDS_MIME: {}, "text/markdown": "### Not a title"}


def told(text):
    return {"text/markdown": text}


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ([cell("a", SHOWN), HEAD, cell("b", told("### One")), cell("c", WORDS, SHOWN)], []),
        ([HEAD, cell("b", told(":::{deeper} One\n\nx\n\n:::")), cell("c", SHOWN)], []),
        ([HEAD, cell("b", told("For experts.")), cell("c", WORDS, SHOWN), cell("d", told("### One\n\nx"))],
         ["at, cell 3 (c): a chart below 'Going deeper' without a title"]),
        ([HEAD, cell("c", {outputs.ASSESSMENT_MIME: []}, {outputs.ASSESSMENT_MIME: []})],
         ["at, cell 2 (c): a card below 'Going deeper' without a title"]),
        ([HEAD, cell("b", told("### One\n\nx\n\n### Two"))], ["at, cell 2 (b): 2 titles below 'Going deeper' in one cell"]),
        ([HEAD, cell("b", told("### One\n\nx")), cell("e", told("## Limits\n\nx")), cell("f", SHOWN)], []),
        ([HEAD, cell("b", told("### One")), cell("c", told(":::{deeper} Two\n\nx\n\n:::"))],
         ["at, cell 2 (b): a fold with nothing in it"]),
        ([HEAD, cell("b", told("### One")), cell("e", told("## Limits\n\nx"))],
         ["at, cell 2 (b): a fold with nothing in it"]),
        ([cell("b", told("## Going deeper\n\nx")), cell("c", SHOWN)],
         ["at, cell 2 (c): a chart below 'Going deeper' without a title"]),
    ],
)  # fmt: skip
def test_a_chart_or_card_in_no_fold_is_a_fault_of_the_notebook(cells, faults):
    assert [f"{f.where}: {f.found}" for f in lint.unfolded(cells, "at")] == faults


def test_html_that_a_text_shows_is_a_fault(tmp_path):
    import nbformat

    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "x",
                outputs=[
                    nbformat.v4.new_output(
                        "display_data", {"text/markdown": "<details><summary>One</summary>"}
                    )
                ],
            )
        ]
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    assert any("'<details>" in fault.found for fault in lint.page_faults(tmp_path / "a.ipynb"))


# The built pages


@pytest.mark.parametrize("name", CHAPTERS)
def test_on_the_page_every_chart_and_card_going_deeper_stands_in_a_fold(site, name):
    page = BeautifulSoup((site / "book" / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    deep = page.select_one("section#going-deeper")
    for one in deep.select("figure.bet-figure, .bet-card, .bet-panel") if deep else ():
        assert one.find_parent("details", class_="bet-deeper") is not None, one.get("id")
    assert page.select("details.bet-deeper details.bet-deeper") == []


def folded_charts() -> list[tuple[str, str]]:
    found = []
    for name in CHAPTERS:
        path = SITE / "book" / f"{name}.html"
        page = BeautifulSoup(path.read_text(encoding="utf-8") if path.exists() else "", "lxml")
        found += [(name, one["id"]) for one in page.select("details.bet-deeper figure.bet-figure")]
    return found


def is_open(tab, chart):
    return tab.evaluate("id => document.getElementById(id).closest('details').open", chart)


def test_the_address_of_a_folded_chart_opens_its_fold(address, chromium, pytestconfig):
    charts = folded_charts()
    assert len(charts) >= 8
    if not pytestconfig.getoption("--nightly"):  # the first and the last of the book
        charts = [charts[0], charts[-1]]
    tab = chromium.new_page()
    for name, chart in charts:
        tab.goto("about:blank")
        tab.goto(f"{address}book/{name}.html#{chart}")
        tab.wait_for_function("document.readyState === 'complete'")
        assert is_open(tab, chart), chart
        tab.locator(f"#{chart}").wait_for(state="visible")
    tab.close()


def test_the_script_opens_a_fold_where_the_browser_does_not(address, chromium):
    """``pushState`` changes the address without the browser's own opening of folds."""
    name, chart = folded_charts()[0]
    tab = chromium.new_page()
    tab.goto(f"{address}book/{name}.html")
    assert not is_open(tab, chart)
    tab.evaluate("id => history.pushState(null, '', '#' + id)", chart)
    assert not is_open(tab, chart)
    tab.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")
    assert is_open(tab, chart)
    tab.close()


def test_folds_work_without_scripts_by_keyboard_and_are_printed_open(address, chromium):
    name, chart = folded_charts()[0]
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/{name}.html")
    picture = tab.locator(f"#{chart} img").first
    assert not picture.is_visible()
    tab.emulate_media(media="print")
    assert picture.is_visible()
    tab.emulate_media(media="screen")
    assert not picture.is_visible()
    tab.locator(f"details.bet-deeper:has(#{chart}) > summary").press("Enter")
    assert picture.is_visible()
    context.close()
