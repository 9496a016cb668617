"""Every page in the readers' other browser: nothing asked elsewhere, no error, nothing sideways, search and badges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import firefox
from tests.rounds import sampled
from tests.server import served
from tests.test_site import PAGES

KINDS = (
    "book/0_stake.html",
    "book/claims.html",
    "404.html",
    "search.html#q=power",
)  # one page of each
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Waits for an element, as long as it may take on a slow machine.
_SEEN = """new Promise((found, lost) => { const end = Date.now() + 30000; const look = () => {
  const part = document.querySelector(%r);
  part ? found(part.textContent) : Date.now() > end ? lost(new Error("not seen")) : setTimeout(look, 50); }; look(); })"""


@pytest.fixture(scope="module")
def tab() -> Iterator[firefox.Tab]:
    """A headless Firefox; without one the tests are skipped."""
    if firefox.find() is None:
        pytest.skip("no Firefox on this machine")
    with firefox.launched() as tab:
        yield tab


@pytest.mark.parametrize("page", sampled([*(f"book/{page}.html" for page in PAGES), "404.html", "search.html#q=power"], KINDS))  # fmt: skip
def test_a_page_is_as_quiet_in_firefox(tab, address, page):
    tab.size(360, 740)
    tab.open(f"{address}{page}")
    if tab.value("document.querySelector('.bet-panel') !== null"):
        tab.value("document.querySelector('.bet-panel').scrollIntoView()")
        tab.value(_SEEN % ".bet-panel[data-ready]")
    assert [url for url in tab.asked if not url.startswith((address, "data:"))] == []
    assert tab.told == []
    assert tab.value(_WIDER) <= 0


def test_firefox_finds_what_is_searched_for(tab, address):
    tab.open(f"{address}book/index.html")  # not a change of words on a page that still loads
    tab.open(f"{address}search.html#q=INFRA-60")
    assert "INFRA-60" in tab.value(_SEEN % ".bet-found .bet-hit")
    assert tab.told == []


def test_a_badge_speaks_in_firefox(tab, address):
    tab.size(1280)
    tab.open(f"{address}book/2_grok.html")
    tab.value(
        "document.querySelector('article a.bet-badge[href^=\"claims.html\"]')"
        ".dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))"
    )  # without a window nothing has the focus
    assert "confidence" in tab.value(_SEEN % ".bet-says")


PLANTED = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="img-src 'none'"><title>x</title></head><body>
<div style="width:900px">wide</div><img src="a.png" alt="a"><script src="https://elsewhere.invalid/x.js"></script>
<script src="gone.js"></script><script>console.error("told")</script></body></html>"""


def test_each_kind_of_fault_is_seen(tab, tmp_path):
    (tmp_path / "bad.html").write_text(PLANTED, encoding="utf-8")
    with served(tmp_path) as address:
        tab.size(360, 740)
        tab.open(f"{address}bad.html")
        assert tab.value(_WIDER) > 0
    assert "https://elsewhere.invalid/x.js" in tab.asked
    told = " ".join(tab.told)
    assert "told" in tab.told and "404" in told and "policy: img-src" in told
