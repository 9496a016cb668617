"""An address that leads nowhere leads home: at any depth, below any prefix, from an edition to its own cover."""

from __future__ import annotations

import pytest

from bet.site import meta, safe
from tests.server import served


@pytest.fixture
def tab(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("prefix", ["", "some/where/"])
@pytest.mark.parametrize(
    ("lost", "home"),
    [("gone.html", ""), ("book/gone.html", ""), ("a/b/c/d", ""), ("editions/bear/book/gone/x", "editions/bear/")],
)  # fmt: skip
def test_a_lost_address_leads_back_at_any_depth_below_any_prefix(
    tab, site, tmp_path, prefix, lost, home
):
    root = tmp_path / prefix
    (root / "editions" / "bear").mkdir(parents=True)
    for folder in (root, root / "editions" / "bear"):
        (folder / "editions.json").write_text("{}")
    body = (site / "404.html").read_text("utf-8")
    with served(tmp_path) as address:
        place = f"{address}{prefix}"
        tab.route(f"{place}{lost}", lambda r: r.fulfill(status=404, body=body, content_type="text/html"))  # fmt: skip
        tab.goto(f"{place}{lost}")
        tab.wait_for_selector(f"a[href='/{prefix}{home}book/index.html']")
        found = [a.get_attribute("href") for a in tab.locator("a").all()]
    names = ["book/index.html", "book/claims.html", "book/gallery.html", "search.html"]
    assert found == [f"/{prefix}{home}{name}" for name in names]


def test_with_a_public_address_a_lost_page_needs_no_script():
    page = meta.missing("https://a.org/b")
    assert 'href="https://a.org/b/book/index.html"' in page and safe.source(meta.FIND_HOME) in safe.SCRIPTS  # fmt: skip
