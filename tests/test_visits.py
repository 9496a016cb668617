"""Every page opened once in Chromium: what it loads and says, how it fits a telephone, what axe finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests import measure
from tests.places import BOOK, ROOT
from tests.rounds import sampled
from tests.server import served
from tests.test_site import PAGES

# As book/status.md promises.
PAGE_KIB, REQUESTS = 300, 30
Visit = Callable[[str], measure.Visit]


EDITION = "article-day"  # which `make test` builds beside today's
SAMPLE = [f"book/{page}.html" for page in ("0_stake", "editions")]
WHOLE = "book/0_stake.html"
BOOK_PAGES = [f"book/{page}.html" for page in PAGES]
OTHERS = ["404.html", "genindex.html", "search.html#q=power"]
# Of rows, entries and sections that are alike axe sees the first: thousands on one page take it a minute.
ALIKE = ("tbody tr:nth-child(n+4)", "li:nth-child(n+6)", "section section:nth-of-type(n+4)")


@pytest.fixture(scope="module")
def visit(address, chromium, pytestconfig) -> Visit:
    """Open a page; a page that was opened before is not opened again.

    In the nightly round axe looks at whole pages in every mode; in the ordinary one so at one chapter,
    at the others as on a telephone and past what is alike.
    """
    nightly = pytestconfig.getoption("--nightly")

    def opened(page: str) -> measure.Visit:
        if nightly or page == WHOLE:
            return measure.visit(chromium, f"{address}{page}")
        return measure.visit(chromium, f"{address}{page}", [("light", measure.PHONE)], ALIKE)

    return cache(opened)


@pytest.mark.parametrize("page", [*BOOK_PAGES, *OTHERS])
def test_a_page_asks_for_nothing_from_elsewhere_and_logs_no_error(visit, page):
    """A broken policy is an error in the browser's log, too."""
    seen = visit(page)
    assert (seen.outside, seen.problems) == ([], [])


@pytest.mark.parametrize("page", BOOK_PAGES)
def test_a_page_is_light(visit, page):
    seen = visit(page)
    assert seen.kib <= PAGE_KIB, sorted(seen.files.items(), key=lambda item: -item[1])[:5]
    assert len(seen.files) <= REQUESTS, sorted(seen.files)


@pytest.mark.parametrize("page", BOOK_PAGES)
def test_a_page_does_not_scroll_sideways_on_a_phone(visit, page):
    assert visit(page).wider <= 0


@pytest.mark.parametrize("page", BOOK_PAGES)
def test_axe_finds_nothing(visit, page):
    assert {mode: faults for mode, faults in visit(page).axe.items() if faults} == {}


@pytest.mark.parametrize("other", sampled([f"editions/{EDITION}/{page}" for page in BOOK_PAGES],
                                           [f"editions/{EDITION}/{page}" for page in SAMPLE]))  # fmt: skip
def test_a_page_of_another_edition_is_as_light_and_clean(visit, other):
    seen = visit(other)
    assert (seen.outside, seen.problems) == ([], [])
    assert seen.kib <= PAGE_KIB and len(seen.files) <= REQUESTS and seen.wider <= 0
    assert {mode: faults for mode, faults in seen.axe.items() if faults} == {}


def test_the_status_page_promises_what_is_tested():
    told = (BOOK / "status.md").read_text(encoding="utf-8")
    assert f"at most {PAGE_KIB} KiB compressed" in told and f"at most {REQUESTS} files" in told
    named = set(re.findall(r"`(test_\w+\.py)`", told))
    assert named and all((ROOT / "tests" / name).exists() for name in named)


PLANTED = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>
<main><h1>x</h1><img src="a.png"><div style="width:900px">wide</div></main>
<script src="https://elsewhere.invalid/x.js"></script><script>console.error("told")</script></body></html>"""


def test_a_visit_sees_each_kind_of_fault(tmp_path, chromium):
    (tmp_path / "bad.html").write_text(PLANTED, encoding="utf-8")
    with served(tmp_path) as address:
        seen = measure.visit(chromium, f"{address}bad.html")
    assert seen.outside == ["https://elsewhere.invalid/x.js"] and seen.wider > 0
    assert any("404" in text for text in seen.problems) and "told" in seen.problems
    assert all(any(f.startswith("image-alt") for f in faults) for faults in seen.axe.values())
    assert len(seen.axe) == 4 and len(seen.files) == 2


def test_of_what_is_alike_axe_sees_the_first(tmp_path, chromium):
    faint = "<tr><td style='color:#ddd;background:#fff'>row {}</td></tr>"
    rows = "".join(map(faint.format, range(6)))
    page = f"<!DOCTYPE html><html lang='en'><title>x</title><main><h1>x</h1><table><tbody>{rows}</tbody></table></main>"
    (tmp_path / "rows.html").write_text(page, encoding="utf-8")
    mode = [("light", measure.PHONE)]
    with served(tmp_path) as address:
        few, every = (
            measure.visit(chromium, f"{address}rows.html", mode, past).axe[mode[0]]
            for past in (ALIKE, ())
        )
    assert (len(few), len(every)) == (3, 6)
