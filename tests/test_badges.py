"""What stands round the chapters, in a browser: badges that speak, pills, the menu, reports."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
import yaml
from bs4 import BeautifulSoup

from bet.records import contents
from bet.records.claims import claims
from bet.site import html
from tests import measure
from tests.places import ROOT

BADGE = "article a.bet-badge[href^='claims.html']"


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


# Badges


def said(tab, badge):
    """Return what the open bubble says, once it belongs to a badge."""
    tab.wait_for_selector(".bet-says")
    told = tab.locator(".bet-says").inner_text()
    claim = claims()[badge.get_attribute("href").split("#")[1]]
    assert claim.paraphrase in told and claim.verdict in told
    assert claim.confidence is None or f"confidence {claim.confidence}" in told
    return told


def test_a_badge_speaks_on_hover_and_is_quiet_after(tab, address):
    tab.goto(f"{address}book/2_grok.html")
    badge = tab.locator(BADGE, has_text="GROK-33").first
    badge.hover()
    assert "→" in said(tab, badge)
    assert measure.violations(tab) == []
    tab.locator(".bet-says").hover()
    tab.wait_for_timeout(400)
    assert tab.locator(".bet-says").count() == 1  # one may go into it
    tab.mouse.move(5, 5)
    tab.wait_for_selector(".bet-says", state="detached")


def test_a_badge_speaks_to_the_keyboard_and_to_a_screen_reader(tab, address):
    tab.goto(f"{address}book/2_grok.html")
    badge = tab.locator(BADGE).first
    badge.focus()
    told = said(tab, badge)
    described = tab.locator(f"#{badge.get_attribute('aria-describedby')}").text_content()
    assert described.split(" confidence")[0].split(" →")[0] in told.replace("\n", " ")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Evidence and history"
    tab.keyboard.press("Escape")
    assert tab.locator(".bet-says").count() == 0


def test_the_first_tap_shows_and_the_second_leads_there(chromium, address):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    context = chromium.new_context(**phone)
    tab = context.new_page()
    tab.goto(f"{address}book/2_grok.html")
    badge = tab.locator(BADGE).first
    target = badge.get_attribute("href")
    badge.tap()
    said(tab, badge)
    assert tab.url.endswith("2_grok.html")
    box = tab.locator(".bet-says").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    badge.tap()
    tab.wait_for_url(f"**/book/{target}")
    context.close()


def test_without_scripts_a_badge_is_a_link(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/2_grok.html")
    badge = tab.locator(BADGE).first
    target = badge.get_attribute("href")
    badge.click()
    tab.wait_for_url(f"**/book/{target}")
    context.close()


def test_each_page_has_the_words_of_its_badges_and_no_others(site):
    for page in ("2_grok", "lines", "method"):
        text = (site / "book" / f"{page}.html").read_text("utf-8")
        shown = set(re.findall(r"<a class='bet-badge [^>]*href='claims\.html#([\w-]+)'", text))
        told = set(re.findall(r'"([A-Z]+-\d+)": \{"paraphrase"', text))
        assert shown == told and shown


def sentences_of_badges(text):
    """Return the sentences of a page that go on after a badge, card heads apart."""
    article = text.split('<article class="bd-article"')[-1].split("</article>")[0]
    parts = re.findall(r"<(?:p|li)\b[^>]*>((?:(?!</?(?:p|li|td|div)\b).)*)", article, re.DOTALL)
    plain = [re.sub(r"<[^>]+>", "", re.sub(r"<a class='bet-badge.*?</a>", "@", p)) for p in parts]
    said_on = r"[a-z,]\s*@\s*[.,;]|@\s*[,;]|@\s+(?!confidence )[a-z]"
    return [part.strip() for part in plain if re.search(said_on, part)]


def test_no_sentence_is_made_of_badges(site):
    for path in sorted((site / "book").glob("*.html")):
        assert sentences_of_badges(path.read_text("utf-8")) == [], path.name


def test_a_sentence_of_badges_is_noticed():
    badge = "<a class='bet-badge bet-open' href='claims.html#A-1'><span>A-1</span> open</a>"
    assert sentences_of_badges(f"<p>As {badge} says, and {badge}, it holds.</p>")
    assert sentences_of_badges(f"<p>It follows from {badge}.</p>")
    assert (
        sentences_of_badges(f"<p>It holds. {badge} {badge}</p><p>{badge} confidence high</p>") == []
    )


# The row one lands on


def test_one_lands_on_a_row_that_is_marked_and_below_the_bar_whatever_the_filter(tab, address):
    tab.goto(f"{address}book/claims.html?verdict=supported#INFRA-60")
    row = tab.locator("#INFRA-60")
    row.wait_for(state="visible")
    tab.wait_for_timeout(300)
    marked = row.locator("td").first.evaluate("e => getComputedStyle(e).backgroundColor")
    other = tab.locator("#INFRA-61 td").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert marked != other
    bar = tab.locator(".bd-header-article").bounding_box()
    assert row.bounding_box()["y"] >= bar["y"] + bar["height"]
    assert "verdict" not in tab.url


# Pills


@pytest.mark.parametrize("page", ["index", "claims"])
def test_every_pill_counts_the_claims_to_which_it_leads(site, page):
    text = (site / "book" / f"{page}.html").read_text("utf-8")
    (score,) = BeautifulSoup(text, "lxml").select("article .bet-score")
    listed = json.loads((site / "claims.json").read_text("utf-8"))
    verdicts = Counter(claim["verdict"] for claim in listed if claim["kind"] != "boilerplate")
    told = {
        re.search(r"verdict=(\w+)", pill["href"])[1]: int(pill.b.text) for pill in score.select("a")
    }
    assert told == verdicts


def test_every_pill_leads_to_as_many_claims_as_it_counts(tab, address, pytestconfig):
    for page in ("index", "claims"):
        tab.goto(f"{address}book/{page}.html")
        pills = [(p.get_attribute("href"), p.locator("b").inner_text()) for p in tab.locator(".bet-score a").all()]  # fmt: skip
        assert len(pills) >= 6
        for place, count in pills if pytestconfig.getoption("--nightly") else pills[-1:]:
            tab.goto(f"{address}book/{place}")
            assert tab.locator("#bet-filter output").inner_text().startswith(f"{count} of "), place


def test_a_pill_of_a_chapter_leads_to_its_section(tab, address):
    tab.goto(f"{address}book/2_grok.html")
    pill = tab.locator(".bet-score a.bet-contradicted").first
    count = pill.locator("b").inner_text()
    pill.click()
    tab.wait_for_url("**/claims.html?verdict=contradicted&section=GROK#the-claims")
    assert tab.locator("table.bet-claims tbody tr:visible").count() == int(count)


# The menu


def test_the_menu_has_groups_and_short_names(site):
    text = (site / "book" / "method.html").read_text("utf-8")
    nav = text.split('<nav class="bd-links')[1].split("</nav>")[0]
    groups = re.findall(r'<span class="caption-text">([^<]*)</span>', nav)
    assert groups == ["The chapters", "The claims", "About", "For developers"]
    names = contents.menu(ROOT / "_toc.yml")
    for name in names.values():
        assert 0 < len(name) <= 22
        assert name == "Cover" or f">{name}</a>" in nav, name


def test_the_chapters_have_their_numbers_in_the_menu():
    for page, name in contents.menu(ROOT / "_toc.yml").items():
        number = re.match(r"book/(\d)_", page)
        assert not number or name.startswith(f"{number[1]} ")


def test_without_scripts_a_telephone_has_the_menu(chromium, address):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    tab = context.new_page()
    tab.goto(f"{address}book/2_grok.html")
    tab.get_by_role("link", name="Menu", exact=True).click()
    tab.get_by_role("link", name="All charts").click()
    tab.wait_for_url("**/book/gallery.html")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_with_scripts_the_link_to_the_menu_is_not_there(tab, address):
    tab.goto(f"{address}book/2_grok.html")
    assert not tab.locator(".bet-menu").is_visible()


# Reports


def test_a_report_names_its_claim_and_leads_back(tab, address):
    tab.goto(f"{address}book/claims.html#INFRA-60")
    tab.locator("#INFRA-60 summary").click()
    tab.locator("#INFRA-60").get_by_role("link", name="Report an error").click()
    tab.wait_for_url("**/book/report.html?claim=INFRA-60")
    text = tab.locator("#bet-report").inner_text()
    assert text.startswith(f"Error in: INFRA-60, {address}book/claims.html#INFRA-60")
    assert "Source, with its date:" in text
    tab.get_by_role("link", name="Back to INFRA-60").click()
    tab.wait_for_url("**/book/claims.html#INFRA-60")


def test_a_report_takes_no_name_that_is_no_claim(tab, address):
    tab.goto(f"{address}book/report.html?claim=%3Cb%3Ex")
    assert tab.locator("#bet-report").inner_text().startswith("Error in: (the id")


@pytest.mark.parametrize(
    ("repository", "contact", "told"),
    [
        ("", "", "names no address"),
        ("", "a@b.org", "href='mailto:a@b.org'"),
        ("", "https://b.org/r", "href='https://b.org/r'"),
        ("https://e.org/a", "a@b.org", "href='https://e.org/a/issues/new?template=claim-error.yml'"),
    ],
)  # fmt: skip
def test_a_report_says_where_it_goes(repository, contact, told):
    page = html.render("report", repository=repository, contact=contact, text="Error in:\nb")
    assert told in page and "Error in:\nb</pre>" in page


def test_no_report_leads_in_a_circle(site):
    """Whoever follows a link to report an error comes to a text to send, never to another such link."""
    for page in ("claims", "accessibility", "method", "reviews"):
        text = (site / "book" / f"{page}.html").read_text("utf-8")
        article = text.split('<article class="bd-article"')[1].split("</article>")[0]
        assert "report.html" in article, page
    report = (site / "book" / "report.html").read_text("utf-8")
    article = report.split('<article class="bd-article"')[1].split("</article>")[0]
    assert "id='bet-report'" in article and not re.search("href=.(report|method).html", article)


def test_the_address_for_reports_is_a_setting():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    assert "bet_contact" in settings and "bet_repository" in settings
