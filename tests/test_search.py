"""The search: what is indexed, that it repeats, and what a reader finds in a browser."""

from __future__ import annotations

import json
import sys
from urllib.parse import quote

import pytest

from bet.faults import BadInput
from bet.records.claims import claims
from bet.site import search
from bet.site.elements import Page
from bet.site.published import BookRecords, charts_in
from tests import measure
from tests.places import BOOK, ROOT
from tests.test_pages import FACT, FIGURE, claim

PAGE = """<html><head><title>T</title></head><body><nav>menu</nav><article class="bd-article">
<section id="top"><h1>Power<a class="headerlink" href="#top">#</a></h1><p>Kept <a class='bet-badge'>A-1</a></p>
<section id="part"><h2>The grid<a class="headerlink" href="#part">#</a></h2><p>Watts.</p>
<div class="bet-card">card <div class="legend">inside</div></div>
<figure class="bet-figure" id="watts"><p class='bet-finding'>Figure 1</p><div class="legend">rows</div></figure>
</section></section></article><footer>foot</footer></body></html>"""
CHART = {
    "name": "watts",
    "notebook": "3_infrastructure",
    "title": "Five <times> more",
    "alt": "Bars",
    "claims": [],
}


def written(folder, text=PAGE):
    (folder / "book").mkdir(parents=True)
    for name in ("3_infrastructure", "method"):
        (folder / "book" / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def test_a_page_is_searched_without_what_every_page_repeats():
    text = search.searched(Page(PAGE), {"watts": CHART})
    for word in ("Power", "Kept", "The grid", "Watts."):
        assert word in text
    for word in ("menu", "foot", "A-1", "card", "inside", "rows", "Figure 1", ">#<"):
        assert word not in text


def test_headings_and_charts_keep_their_address():
    text = search.searched(Page(PAGE), {"watts": CHART})
    assert '<h2 id="part">The grid' in text and "<h1>Power" in text
    assert '<h4 id="watts">Five &lt;times&gt; more</h4><p>Bars</p>' in text
    assert search.searched(Page("<p>no article</p>"), {}) == ""


def test_a_claim_is_searched_with_its_figures_and_evidence():
    text = search.render("searched_claim", claim=claim(figures=[FIGURE], evidence=[FACT]))
    for told in (
        "It is &lt;so&gt;.",
        "INFRA-01",
        "490 GW",
        "480 GW",
        "So &amp; so.",
        "Metered &lt;480&gt;. (A &amp; B)",
    ):
        assert told in text  # fmt: skip


def test_the_list_tells_what_each_result_is_and_two_indexes_are_equal(tmp_path):
    names = {"book/3_infrastructure": "3 Power", "book/method": "Method", "book/gone": ""}
    book = BookRecords([claim(), claim("GROK-02", notebook="2_grok", verdict="open")], [CHART])
    made = []
    for folder in (tmp_path / "a", tmp_path / "another"):
        search.write_index(written(folder), book, names)
        place = folder / search.PLACE
        made.append({p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()})  # fmt: skip
    assert made[0] == made[1] and {"pagefind.js", "pagefind-worker.js"} < made[0].keys()
    listed = json.loads(made[0][search.LIST])
    assert {f"fragment/{name}.pf_fragment" for name in listed} == {n for n in made[0] if n.startswith("fragment/")}  # fmt: skip
    assert sorted(listed.values(), key=lambda told: told["url"]) == [
        {"url": "book/3_infrastructure.html", "kind": "chapter", "name": "3 Power", "chapter": "3 Power"},
        {"url": "book/claims.html#GROK-02", "kind": "claim", "name": "GROK-02", "chapter": "Chapter 2 · Grok", "verdict": "open"},
        {"url": "book/claims.html#INFRA-01", "kind": "claim", "name": "INFRA-01", "chapter": "3 Power", "verdict": "supported"},
        {"url": "book/method.html", "kind": "page", "name": "Method"},
    ]  # fmt: skip


def test_without_pagefind_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BadInput, match=r"search index: found .*pip install -r requirements.txt"):
        search.write_index(written(tmp_path), BookRecords([], []), {"book/method": ""})


def test_sphinx_s_own_index_is_not_shipped(site):
    for name in ("searchindex.js", *search.OLD):
        assert not (site / name).exists()


# What a reader finds


def found(tab, address, query, more=""):
    """Return the results of the search page as (group, address below the site, text)."""
    tab.goto("about:blank")  # a change behind the # alone would load nothing
    tab.goto(f"{address}search.html#q={quote(query)}{more}")
    tab.wait_for_selector(".bet-hit", timeout=20_000)
    return [
        (group.locator("h2").inner_text().split(" (")[0], hit.locator("a").first.get_attribute("href").removeprefix(address), hit.inner_text())
        for group in tab.locator(".bet-found > section").all() for hit in group.locator(".bet-hit").all()
    ]  # fmt: skip


@pytest.fixture(scope="module")
def tab(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("query", "first", "also"),
    [
        ("160", "", "book/claims.html#INFRA-60"),
        ("2012", "book/1_people.html", "book/claims.html#PEOPLE-28"),
        ("12 billion", "book/0_stake.html", "book/claims.html#INTRO-02"),
        ("INFRA-60", "book/claims.html#INFRA-60", ""),
        ("infra-60", "book/claims.html#INFRA-60", ""),
        ("Optimus", "book/3_infrastructure.html", "book/claims.html#INFRA-20"),
        ("AGI", "", "book/claims.html#GROK-39"),
        ("babuschkin", "", "book/claims.html#GROK-10"),
        ("S&P 500", "", "book/1_people.html"),
        ("milliards", "", "book/claims.html#INTRO-23"),
        ("how much is Baron's own", "book/0_stake.html", ""),
    ],
)
def test_a_reader_finds(tab, address, query, first, also):
    results = found(tab, address, query)
    places = [place for _, place, _ in results]
    assert places[0].startswith(first), places[:3]
    if also and also not in places:
        tab.locator("section", has_text="Claims (").locator(".bet-more").click()
        tab.wait_for_selector(f'.bet-hit a[href$="{also}"]')


def test_chapters_come_before_claims_and_these_before_other_pages(tab, address):
    groups = [group for group, _, _ in found(tab, address, "power")]
    assert list(dict.fromkeys(groups)) == ["Chapters", "Claims", "Other pages"]


def test_a_claim_tells_its_verdict_and_leads_to_its_row(tab, address):
    told = {place: text for _, place, text in found(tab, address, "INFRA-60")}
    assert told["book/claims.html#INFRA-60"].startswith(f"INFRA-60 {claims()['INFRA-60'].verdict}")
    tab.locator('.bet-hit a[href$="#INFRA-60"]').click()
    tab.wait_for_url("**/book/claims.html#INFRA-60")


def test_a_chart_is_found_by_its_title_and_leads_to_its_place(tab, address):
    for chart in charts_in(BOOK)[:3]:
        found(tab, address, chart["title"])
        place = f"book/{chart['notebook']}.html#{chart['name']}"
        assert tab.locator(f'.bet-hit a[href="{address}{place}"]').count(), chart["title"]


def test_results_are_filtered_by_verdict_and_chapter(tab, address):
    results = found(tab, address, "Optimus", "&verdict=contradicted")
    assert results and all("contradicted" in text for _, _, text in results)
    tab.locator("#bet-search select").nth(1).select_option(index=1)
    tab.locator("#bet-search select").first.select_option("all")
    assert "chapter=" in tab.url and "verdict=" not in tab.url


def test_nothing_is_said_where_nothing_is_found(tab, address):
    tab.goto(f"{address}search.html#q=zyxwvut")
    tab.wait_for_selector("text=Nothing found.")
    results = found(tab, address, "Optimus zyxwvut")
    assert (
        results
        and "No page has all the words" in tab.locator("#bet-search [role=status]").inner_text()
    )


def test_the_theme_s_own_field_finds_as_one_types_and_enter_leads_to_all(chromium, address):
    tab = chromium.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}book/method.html")
    assert not [url for url in asked if "pagefind" in url]  # nothing before it is wanted
    tab.keyboard.press("Control+k")
    tab.keyboard.type("optimus")
    tab.wait_for_selector("#pst-search-dialog .bet-hit")
    assert tab.locator("#pst-search-dialog .bet-hit a").first.get_attribute("href").endswith("3_infrastructure.html")  # fmt: skip
    assert measure.violations(tab) == []
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html#q=optimus")
    tab.wait_for_selector("#bet-search .bet-hit")
    assert not [url for url in asked if "optimus" in url.partition("#")[0]]  # it never left
    assert all(url.startswith((address, "data:")) for url in asked)
    assert measure.violations(tab) == []
    tab.close()


def test_the_search_page_is_asked_anew_from_the_theme_s_field(tab, address):
    """Only what stands behind the # changes, so the page is not loaded again."""
    found(tab, address, "babuschkin")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("INFRA-60")
    tab.wait_for_selector("#pst-search-dialog .bet-hit")
    tab.keyboard.press("Enter")
    tab.wait_for_selector('#bet-search .bet-hit a[href$="#INFRA-60"]')
    assert tab.locator("#bet-search input").input_value() == "INFRA-60"
    assert not tab.locator("#pst-search-dialog").is_visible()


def test_the_search_needs_no_wider_policy(chromium, address):
    """WebAssembly is compiled in a worker, whose policy is its own."""
    tab = chromium.new_page()
    told = []
    tab.on("console", lambda m: told.append(m.text) if m.type in ("error", "warning") else None)
    found(tab, address, "power")
    assert told == [] and "wasm-unsafe-eval" not in tab.content()
    tab.close()


def test_without_scripts_the_search_page_leads_to_claims_and_gallery(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}search.html")
    told = tab.locator("section noscript a")
    assert [a.get_attribute("href") for a in told.all()] == [
        "book/claims.html",
        "book/gallery.html",
    ]
    context.close()


def test_pagefind_is_pinned():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "\npagefind==" in pins and "\npagefind-bin==" in pins
