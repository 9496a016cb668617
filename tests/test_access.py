"""Access: axe-core on every page, the keyboard's path, enlargement, headings, language."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.rounds import sampled
from tests.test_site import PAGES

# One page of each kind: a chapter with a panel, a filter, wide tables, prose.
KINDS = ("0_stake", "claims", "editions", "report")

_FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
  return {tag: e.tagName, href: e.getAttribute('href'), place: [b.x, b.y + scrollY], wide: b.width, high: b.height,
          ring: s.outlineStyle !== 'none' || s.boxShadow !== 'none'};
}"""


def headings(text: str) -> list[int]:
    """Return the levels of the article's headings in order."""
    article = text.split('<article class="bd-article"')[1].split("</article>")[0]
    return [int(level) for level in re.findall(r"<h([1-6])\b", article)]


def skipped(levels: list[int]) -> bool:
    return levels[:1] != [1] or any(b - a > 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("page", PAGES)
def test_headings_leave_out_no_level_and_the_language_is_marked(site, page):
    text = (site / "book" / f"{page}.html").read_text(encoding="utf-8")
    assert not skipped(headings(text))
    assert re.search(r'<html[^>]* lang="en"', text)


@pytest.mark.parametrize(
    ("levels", "fault"), [([1, 2, 3, 2], False), ([1, 3], True), ([2], True), ([], True)]
)
def test_a_skipped_level_is_noticed(levels, fault):
    assert skipped(levels) is fault


@pytest.mark.parametrize("page", sampled(PAGES, KINDS))
def test_the_keyboard_gets_everywhere_and_shows_where_it_is(address, chromium, page):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(f"{address}book/{page}.html")
    path = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        path.append(tab.evaluate(_FOCUS))
    assert path[0]["href"] == "#main-content"  # past the navigation
    assert all(step["tag"] != "BODY" for step in path[:30])
    inside = [step for step in path if step["tag"] != "BODY"]  # past the last link of a short page
    blind = [step for step in inside if not step["ring"] or not step["wide"]]
    assert blind == []
    assert [
        step for step, then in pairwise(path) if step == then and step["tag"] != "BODY"
    ] == []  # no trap
    context.close()


def test_the_keyboard_opens_search_and_folded_code(address, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(f"{address}book/index.html")
    tab.keyboard.press("Control+k")
    assert tab.evaluate("document.activeElement.name") == "q"
    tab.keyboard.press("Escape")
    summary = tab.locator("div.cell details > summary").first
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.querySelector('div.cell details').open")
    context.close()


@pytest.mark.parametrize("page", sampled(PAGES, KINDS))
def test_enlarged_twice_and_four_times_nothing_scrolls_sideways(address, chromium, page):
    """A window of 1280 by 1024 pixels at 200 per cent shows what 640 pixels hold, at 400 what 320 hold."""
    context = chromium.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    tab = context.new_page()
    tab.goto(f"{address}book/{page}.html")
    root = "document.documentElement"
    assert tab.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0
    tab.evaluate(f"{root}.style.fontSize = '200%'")
    assert tab.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0
    tab.evaluate(f"{root}.style.fontSize = ''")
    tab.set_viewport_size({"width": 320, "height": 256})
    assert tab.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0
    context.close()


def test_the_list_of_sections_marks_where_one_reads(address, chromium):
    context = chromium.new_context(viewport={"width": 1400, "height": 800})
    tab = context.new_page()
    tab.goto(f"{address}book/0_stake.html")
    links = tab.locator("#pst-page-toc-nav a[href^='#']")
    last = links.nth(links.count() - 1).get_attribute("href")
    for place in (links.nth(2).get_attribute("href"), last):
        tab.evaluate(
            "place => document.querySelector(place).scrollIntoView({behavior: 'instant'})", place
        )
        tab.wait_for_selector(f"#pst-page-toc-nav a.active[href='{place}']")
    assert tab.locator("article a.active").count() == 0  # not a badge, or a link of the text
    context.close()
