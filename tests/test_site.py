"""The built site as a reader's browser sees it."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from bet.records import contents
from bet.records.claims import claims
from bet.site.elements import Page
from bet.site.finish import chart_csv, stacked
from bet.site.published import charts_in
from tests.places import ROOT

PAGES = tuple(page.removeprefix("book/") for page in contents.menu(ROOT / "_toc.yml"))


class Images(HTMLParser):
    """Collects the images of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def images(text: str) -> list[dict[str, str]]:
    parser = Images()
    parser.feed(text)
    return parser.found


def bad_alt(image: dict[str, str]) -> str | None:
    """Say what is wrong with an image's alternative text."""
    alt = image.get("alt", "")
    if not alt.strip():
        return "empty"
    if re.search(r"\.(png|svg|jpe?g)$", alt) or "_images/" in alt:
        return "a file name"
    return "too long" if len(alt) > 300 else None


def charts_on(page: Path) -> list[dict[str, str]]:
    return [i for i in images(page.read_text(encoding="utf-8")) if "_images/" in i.get("src", "")]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_and_has_one_h1(site, page):
    text = (site / "book" / f"{page}.html").read_text(encoding="utf-8")
    article = text.split('<article class="bd-article"')[1].split("</article>")[0]
    assert article.count("<h1") == 1


def test_alternative_text_survives_the_build(site):
    seen = [image for page in PAGES for image in charts_on(site / "book" / f"{page}.html")]
    assert len(seen) >= 12
    assert [(image["src"], bad_alt(image)) for image in seen if bad_alt(image)] == []


@pytest.mark.parametrize(
    ("alt", "fault"),
    [
        ("", "empty"),
        ("../_images/ab12.svg", "a file name"),
        ("x" * 301, "too long"),
        ("Bars: a 1.", None),
    ],
)
def test_bad_alternative_text_is_noticed(alt, fault):
    assert bad_alt({"alt": alt}) == fault


def test_each_chart_can_be_downloaded_as_it_was_plotted(site):
    for chart in charts_in(site / "_sources" / "book"):
        path = site / "charts" / chart["notebook"] / f"{chart['name']}.csv"
        assert path.read_text(encoding="utf-8") == chart_csv(chart)


def test_published_claims_agree_with_their_schema_and_the_ledger(site):
    published = json.loads((site / "claims.json").read_text(encoding="utf-8"))
    jsonschema.validate(
        published, json.loads((site / "claims.schema.json").read_text(encoding="utf-8"))
    )
    assert [claim["id"] for claim in published] == list(claims())
    assert {c["id"]: c["verdict"] for c in published} == {
        c.id: c.verdict for c in claims().values()
    }


def test_every_claim_has_a_permanent_anchor(site):
    text = (site / "book" / "claims.html").read_text(encoding="utf-8")
    assert [name for name in claims() if f"id='{name}'" not in text] == []


def test_links_inside_the_site_lead_somewhere(site):
    broken = []
    ids: dict[Path, set[str]] = {}
    for page in site.rglob("*.html"):
        if "_static" in page.parts:
            continue  # the theme's templates are no pages
        text = page.read_text(encoding="utf-8")
        for href in re.findall(r"""href=["']([^"']+)["']""", text):
            if re.match(r"https?:|mailto:|data:|javascript:", href):
                continue
            path, _, anchor = href.replace("&amp;", "&").partition("#")
            place = (
                site if path.startswith("/") else page.parent
            )  # the page of the missing is at any depth
            target = (place / path.split("?")[0].lstrip("/")).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                broken.append((page.name, href))
            elif anchor and target.suffix == ".html":
                if target not in ids:
                    ids[target] = set(
                        re.findall(r"""\bid=["']([^"']+)["']""", target.read_text(encoding="utf-8"))
                    )
                if anchor not in ids[target]:
                    broken.append((page.name, href))
    assert sorted(set(broken)) == []


def test_the_claims_filter_finds_and_counts(address, chromium):
    tab = chromium.new_page()
    tab.goto(f"{address}book/claims.html")
    bar = tab.locator("#bet-filter")
    bar.get_by_label("Search").fill("160")
    assert tab.locator("#INFRA-60").is_visible()
    assert not tab.locator("#INTRO-01").is_visible()
    bar.get_by_label("Search").fill("")
    bar.locator("label", has_text=re.compile("^Verdict")).locator("select").select_option(
        "contradicted"
    )
    shown = tab.locator("table.bet-claims tbody tr:visible").count()
    assert shown == sum(claim.verdict == "contradicted" for claim in claims().values())
    assert "verdict=contradicted" in tab.url
    own = sum(claim.kind != "boilerplate" for claim in claims().values())
    assert bar.locator("output").inner_text() == f"{shown} of {own} claims"
    tab.goto(f"{address}book/claims.html?speaker=page")
    host = tab.locator("table.bet-claims tbody tr:visible").count()
    told = tab.locator("#bet-filter output").inner_text()
    assert host and told == f"0 of {own} claims and {host} lines of the host page"
    tab.close()


@pytest.fixture(scope="module")
def found(address, chromium):
    """Return the ids of the rows that the filter of the claims page leaves for a query."""
    tab = chromium.new_page()
    tab.goto(f"{address}book/claims.html")

    def search(query: str) -> list[str]:
        tab.locator("#bet-filter").get_by_label("Search").fill(query)
        rows = tab.locator("table.bet-claims tbody tr:not([hidden])")
        return rows.evaluate_all("rows => rows.map(row => row.id)")

    yield search
    tab.close()


@pytest.mark.parametrize("query", ["infra 60", "60 infra", "INFRA-60", "160", "power us average"])
def test_the_filter_finds_a_claim_by_words_in_any_order(found, query):
    assert "INFRA-60" in found(query)
    assert "INTRO-01" not in found(query)


@pytest.mark.parametrize(
    ("one", "other"),
    [("baron tesla", "tesla baron"), ("Baron’s", "baron's"), ("Baron’s", "BARONS"), ("Héritage", "heritage"),
     ("12 billion", "billion  12."), ("10,000", "10000")],
)  # fmt: skip
def test_case_order_accents_and_apostrophes_make_no_difference(found, one, other):
    assert found(one) == found(other) != []
    assert len(found(one)) < len(claims())


def test_words_of_two_cells_do_not_run_together(found):
    """The verdict ends one cell, what is said begins the next: joined they would be one word."""
    first = claims()["INFRA-60"].paraphrase.split()[0]
    assert "INFRA-60" in found(f"infra contradicted {first}")
    assert found("xyzzy") == []


def test_the_print_has_the_evidence_in_light_colours_and_the_page_is_as_it_was_afterwards(
    address, chromium
):
    tab = chromium.new_page(color_scheme="dark")
    tab.goto(f"{address}book/claims.html")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    folded = "document.querySelectorAll('article details:not([open], .hide)').length"
    assert tab.evaluate(folded) == 0
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(folded) >= len(claims())
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.close()


def test_the_print_has_the_evidence_without_scripts(address, chromium):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/claims.html")
    inside = tab.locator("#INTRO-01 details p").first
    assert not inside.is_visible()
    tab.emulate_media(media="print")
    assert inside.is_visible()
    context.close()


def ids_twice(text: str) -> list[str]:
    """Return the ids that stand more than once in a page."""
    ids = Counter(
        re.findall(r"""\sid=["']([^"']+)["']""", re.sub(r"<pre>.*?</pre>", "", text, flags=re.S))
    )
    return [name for name, count in ids.items() if count > 1]


@pytest.mark.parametrize("page", PAGES)
def test_no_id_stands_twice_in_a_page(site, page):
    assert ids_twice((site / "book" / f"{page}.html").read_text(encoding="utf-8")) == []


def test_an_id_that_stands_twice_is_noticed():
    assert ids_twice("<p id='a'></p><p id=\"a\"></p><p id='b'>") == ["a"]


def test_the_claims_page_is_complete_without_scripts(address, chromium):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/claims.html")
    assert tab.locator("table.bet-claims tbody tr").count() == len(claims())
    assert not tab.locator("#bet-filter").is_visible()
    context.close()


def table(*rows):
    head, *body = (
        "".join(f"<{kind}><p>{cell}</p></{kind}>" for cell in row)
        for kind, row in zip(("th", *["td"] * len(rows)), rows, strict=False)
    )
    return (
        f'<table class="table"><tr>{head}</tr>{"".join(f"<tr>{row}</tr>" for row in body)}</table>'
    )


def test_tables_of_sentences_are_stacked_on_a_telephone():
    long = "a sentence that nobody would compare with the one below it"
    page = Page(table(("A", 'B "x"', "C"), ("1", "2", long), ("3", "4", "5")))
    found = page.edited(stacked(page))
    assert 'class="table bet-stack"' in found
    assert re.findall(r'data-name="([^"]*)"', found) == ["A", "B &quot;x&quot;", "C"] * 2


def test_tables_of_figures_are_left_as_they_are():
    figures = table(("A", "B", "C"), ("1", "2", "3"))
    narrow = table(("A", "B"), ("1", "a sentence that nobody would compare with another one"))
    assert list(stacked(Page(figures + narrow))) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_markup_as_words(site, page):
    """HTML in Markdown is text: what was meant as a link or a fold would be read as it is typed."""
    assert markup_shown((site / "book" / f"{page}.html").read_text(encoding="utf-8")) == []


def markup_shown(text: str) -> list[str]:
    """Return what looks like an element in the words of a page, code apart."""
    words = re.sub(r"<pre>.*?</pre>|<code.*?</code>", "", text, flags=re.DOTALL)
    return re.findall(r"&lt;/?(?:a|b|i|p|br|div|span|small|details|summary)\b", words)


def test_markup_as_words_is_noticed():
    assert markup_shown("<p>See &lt;a href='x'&gt;</p>") == ["&lt;a"]
    assert markup_shown("<p>a &lt; b</p><pre>&lt;a</pre>") == []


# The printed page: A4 with margins of 16 mm, in pixels of 1/96 inch.
PAPER = {"width": 672, "height": 1001}


@pytest.fixture(scope="module")
def paper(address, chromium):
    """A chapter as it is printed: open the page, its style for print, the width of the paper."""
    context = chromium.new_context(viewport=PAPER, color_scheme="dark")
    tab = context.new_page()
    tab.emulate_media(media="print")
    yield lambda page: tab.goto(f"{address}book/{page}.html") and tab
    context.close()


@pytest.mark.parametrize("page", ["index", "1_people", "3_infrastructure", "4_thesis"])
def test_no_figure_leaves_half_a_page_empty_before_it(paper, page):
    """A figure that does not fit goes to the next page; smaller than half a page it leaves less than that."""
    tab = paper(page)
    tab.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    # not by waiting for a function: the page's policy lets no text be run as one
    tab.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => null)))")
    heights = tab.locator("figure.bet-figure").evaluate_all(
        "figures => figures.map(figure => figure.getBoundingClientRect().height)"
    )
    assert len(heights) > 2 and max(heights) < PAPER["height"] / 2, heights


def test_a_claim_is_printed_with_its_evidence_over_the_whole_width(paper):
    """In the fourth column of a table the evidence of all claims would take five hundred pages."""
    row = paper("claims").locator("#INFRA-60")
    assert row.locator("td").last.bounding_box()["width"] > 0.95 * PAPER["width"]
    assert row.locator("details li").first.bounding_box()["width"] > 0.9 * PAPER["width"]
    assert not row.get_by_text("Report an error").is_visible()


def test_a_printed_page_has_its_title_and_no_furniture(paper):
    tab = paper("1_people")
    assert tab.locator("article h1").is_visible()
    for furniture in ("#jb-print-docs-body", ".bd-sidebar-primary", ".bet-switch", ".bet-cite"):
        assert not tab.locator(furniture).first.is_visible(), furniture


def test_what_sphinx_notes_for_itself_is_not_published(site):
    assert list(site.rglob(".buildinfo*")) == []
