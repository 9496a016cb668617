"""What a reader on a telephone wants, from the cover in three taps or fewer, without a dead end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bet.records.claims import claims
from bet.site.published import charts_in
from tests.places import BOOK

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
MOST = 3  # taps


class Phone:
    """A telephone at the cover that counts its taps."""

    def __init__(self, tab, address: str) -> None:
        self.tab, self.taps = tab, 0
        tab.goto(f"{address}book/index.html")

    def tap(self, what) -> None:
        """Tap what can be seen; a fourth tap is one too many."""
        self.taps += 1
        assert self.taps <= MOST, "too many taps"
        what.tap()


@pytest.fixture
def phone(chromium, address) -> Iterator[Phone]:
    context = chromium.new_context(**PHONE)
    yield Phone(context.new_page(), address)
    context.close()


def test_to_the_evidence_of_one_figure(phone):
    tab = phone.tab
    badge = tab.locator("article a.bet-badge[href^='claims.html']").first
    claim = badge.get_attribute("href").partition("#")[2]
    phone.tap(badge)
    phone.tap(tab.locator(".bet-says").get_by_role("link", name="Evidence and history"))
    tab.wait_for_url(f"**/book/claims.html#{claim}")
    row = tab.locator(f"[id='{claim}']")
    if not row.get_by_text("History.").is_visible():
        phone.tap(row.locator("summary"))
    row.get_by_text("History.").wait_for()
    facts = row.locator("details li a[rel=nofollow]")
    assert facts.count() == len(claims()[claim].cited)


def test_to_all_that_is_wrong(phone):
    tab = phone.tab
    pill = tab.locator(".bet-score a.bet-contradicted").first
    count = int(pill.locator("b").inner_text())
    phone.tap(pill)
    tab.wait_for_url("**/claims.html?verdict=contradicted*")
    shown = tab.locator("table.bet-claims tbody tr:visible")
    assert shown.count() == count > 10
    assert set(shown.evaluate_all("rows => rows.map(row => row.dataset.verdict)")) == {
        "contradicted"
    }


def test_to_a_chart_by_its_title_through_search(phone):
    tab = phone.tab
    chart = next(
        chart for chart in charts_in(BOOK) if chart["notebook"] == "1_people"
    )  # below a panel
    phone.tap(tab.locator(".search-button:visible").first)
    tab.keyboard.type(chart["title"])
    place = f"{chart['notebook']}.html#{chart['name']}"
    phone.tap(tab.locator(f"#pst-search-dialog .bet-hit a[href$='{place}']"))
    tab.wait_for_url(f"**/book/{place}")
    figure = tab.locator(f"figure[id='{chart['name']}']")
    figure.wait_for()
    tab.wait_for_timeout(1500)  # whatever grows above it has grown
    assert -1 <= figure.bounding_box()["y"] < 370


def test_to_another_edition_and_back(phone):
    tab = phone.tab
    home = tab.url
    phone.tap(tab.locator(".bet-switch summary"))
    phone.tap(tab.locator(".bet-switch li a:not([aria-current])").first)
    tab.wait_for_url(re.compile(r"/editions/[\w-]+/book/index\.html$"))
    assert "You are reading the edition" in tab.locator(".bet-banner").inner_text()
    phone.tap(tab.get_by_role("link", name="The same page in today's edition"))
    tab.wait_for_url(home)


def test_to_a_report(phone):
    tab = phone.tab
    phone.tap(tab.locator(".primary-toggle:visible").first)
    phone.tap(
        tab.locator("dialog, .bd-sidebar-primary").get_by_role("link", name="Report an error").first
    )
    tab.wait_for_url("**/book/report.html")
    assert tab.locator("#bet-report").inner_text().startswith("Error in:")


def test_a_fourth_tap_is_noticed(phone):
    phone.taps = MOST
    with pytest.raises(AssertionError, match="too many"):
        phone.tap(phone.tab.locator("h1"))
