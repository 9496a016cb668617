"""Sharing: a link beside each heading and chart, the feed of corrections, a table that Excel reads."""

from __future__ import annotations

import csv
import re
from xml.etree import ElementTree as Xml

import pytest

from bet.faults import BadInput
from bet.records.claims import claims
from bet.site import claims_page, feed, meta, safe
from bet.site.published import claim_review
from tests.test_pages import CHANGED, claim
from tests.test_site import PAGES

ATOM = "{http://www.w3.org/2005/Atom}"

# Links beside headings and charts


@pytest.mark.parametrize("page", PAGES)
def test_each_heading_has_its_link(site, page):
    text = (site / "book" / f"{page}.html").read_text(encoding="utf-8")
    article = text.split('<article class="bd-article"')[1].split("</article>")[0]
    (first,) = re.findall(r"<h1>.*?</h1>|<h1[^>]*>.*?</h1>", article, re.S)
    assert 'class="headerlink" href="#' in first


def test_each_chart_has_its_link_at_its_finding(site):
    text = (site / "book" / "1_people.html").read_text(encoding="utf-8")
    figures = re.findall(r'<figure class="[^"]*bet-figure[^"]*" id="([\w-]+)">(.*?)</figure>', text, re.S)  # fmt: skip
    assert len(figures) > 3
    for name, figure in figures:
        assert f"<a class='headerlink' href='#{name}' title='Link to this figure'>" in figure


@pytest.fixture
def tab(address, chromium):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("where", ["h2 a.headerlink", "p.bet-finding a.headerlink"])
def test_a_link_is_copied_by_keyboard_and_says_so(tab, address, where):
    tab.goto(f"{address}book/1_people.html")
    link = tab.locator(where).first
    place = f"{address}book/1_people.html{link.get_attribute('href')}"
    link.focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("status").get_by_text("Link copied").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == tab.url == place
    assert link.get_attribute("aria-label").startswith("Copy the link to this ")


def test_where_the_clipboard_is_closed_the_link_is_followed(address, chromium):
    context = chromium.new_context()
    tab = context.new_page()
    tab.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    tab.goto(f"{address}book/1_people.html")
    link = tab.locator("h2 a.headerlink").first
    link.click()
    tab.wait_for_url(f"**{link.get_attribute('href')}")
    assert tab.get_by_text("Link copied").count() == 0
    context.close()


def test_without_scripts_a_mark_is_a_plain_link_that_can_be_seen(address, chromium):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/method.html")
    link = tab.locator("h2 a.headerlink").first
    box = link.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    link.click()
    assert tab.url.endswith(link.get_attribute("href"))
    context.close()


# The feed

TWO = [
    claim(verdict="contradicted", history=CHANGED, paraphrase="It's <so> & more."),
    claim("GROK-02", history=[CHANGED[0], {**CHANGED[0], "date": "2027-05-01"}]),
]


def test_the_feed_has_an_entry_for_each_changed_verdict_newest_first():
    root = Xml.fromstring(feed.feed(TWO, "https://a.org/b/", "2026-11-25"))
    assert root.findtext(f"{ATOM}id") == "https://a.org/b/feed.xml"
    assert root.findtext(f"{ATOM}updated") == "2027-03-04T00:00:00Z"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "INFRA-01: partly → contradicted", "INFRA-01: supported → partly",
    ]  # fmt: skip
    assert entries[1].findtext(f"{ATOM}summary") == "“It's <so> & more.” A <new> fact."
    assert entries[0].find(f"{ATOM}link").get("href") == "https://a.org/b/book/claims.html#INFRA-01"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 2 and all(name.startswith("https://a.org/b/") for name in ids)
    for part in [root, *entries]:  # what RFC 4287 asks for
        assert all(part.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated"))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None


def test_while_nothing_has_changed_the_feed_is_of_the_book_s_day():
    root = Xml.fromstring(feed.feed([claim()], "https://a.org", "2026-11-25"))
    assert root.findtext(f"{ATOM}updated") == "2026-11-25T00:00:00Z"
    assert root.findall(f"{ATOM}entry") == []


def test_the_feed_is_linked_only_where_it_can_be():
    assert "feed.xml" in claims_page.history_rows(TWO, "../feed.xml")
    assert "feed" not in claims_page.history_rows(TWO)
    assert "feed" not in meta.tags("About")
    head = meta.tags("About", "../feed.xml")
    assert list(safe.faults(head, "book/x")) == [] and 'type="application/atom+xml"' in head


def test_a_site_without_a_public_address_has_no_feed(site):
    assert not (site / "feed.xml").exists()
    assert "feed.xml" not in (site / "book" / "corrections.html").read_text(encoding="utf-8")


# Tables


def test_excel_takes_the_claims_for_utf_8(site):
    assert (site / "claims.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (site / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["id"] for row in read] == list(claims())


def test_no_cell_of_the_claims_begins_a_formula(site):
    with (site / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "@")] == []


def test_the_claim_reviews_name_the_address_of_the_claims_page():
    (one,) = claim_review([claim()], "https://a.org/b/")["@graph"]
    assert one["url"] == "https://a.org/b/book/claims.html#INFRA-01"
    (one,) = claim_review([claim()], "")["@graph"]
    assert one["url"] == "claims.html#INFRA-01"


# A site with a public address passes the gate


@pytest.mark.parametrize(
    ("href", "allowed"),
    [
        ("https://a.org/b/editions/bear/book/1_people.html", True),
        ("javascript:alert(1)", False),
        ("http://a.org/x.html", False),
        ("https://a.org/x.css", False),
    ],
)
def test_a_page_may_name_its_own_address_and_nothing_else_from_elsewhere(href, allowed):
    assert (list(safe.faults(f'<link rel="canonical" href="{href}" />', "book/x")) == []) is allowed
    assert list(safe.faults(f'<link rel="stylesheet" href="{href}" />', "book/x")) != []


def test_what_a_card_says_of_a_page_may_stand_in_its_head():
    assert list(safe.faults('<meta property="og:title" content="x" />', "book/x")) == []


def test_cards_in_a_folder_of_their_own_are_pictures_and_other_files_are_not(tmp_path):
    folder = tmp_path / "_images" / "social_previews"
    folder.mkdir(parents=True)
    (folder / "a.png").touch()
    safe.require_site(tmp_path)
    (folder / "a.js").touch()
    with pytest.raises(BadInput, match=r"a picture of kind '\.js'"):
        safe.require_site(tmp_path)
