"""Open pages in a real Chromium: what is loaded and how heavy it is, how fast, what axe finds.

``python tests/measure.py HTML PAGE…`` prints a table of the pages of a built site.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bet.browser import launched
from tests.server import served

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDE, PHONE = 1280, 360
# Buffered entries of the browser itself; blocking time is what long tasks take beyond 50 ms each.
_TIMES = """() => new Promise(done => {
  const seen = {lcp: 0, tbt: 0};
  new PerformanceObserver(l => l.getEntries().forEach(e => seen.lcp = e.startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(l => l.getEntries().forEach(e => seen.tbt += e.duration - 50))
    .observe({type: 'longtask', buffered: true});
  setTimeout(() => done(seen), 150);
})"""
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Already compressed formats gain nothing from gzip.
PACKED = (".woff2", ".woff", ".png", ".jpg", ".zip", ".pdf")


@dataclass
class Visit:
    """What one visit to a page saw.

    ``files`` are the compressed bytes of what a first look loads, by address; ``outside`` what was asked
    of other hosts; ``problems`` errors and warnings of the browser, broken policy included; ``wider`` by
    how many pixels a telephone would scroll sideways; ``axe`` the faults in light and dark, wide and
    narrow; ``lcp`` and ``tbt`` largest paint and blocking time in milliseconds.
    """

    files: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    wider: int = 0
    axe: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    lcp: float = 0
    tbt: float = 0

    @property
    def kib(self) -> float:
        """Return the weight of the page."""
        return sum(self.files.values()) / 1024


MODES = tuple((scheme, width) for scheme in ("light", "dark") for width in (WIDE, PHONE))


def visit(
    browser: Browser,
    address: str,
    modes: Sequence[tuple[str, int]] = MODES,
    past: Sequence[str] = (),
    apart: bool = False,
) -> Visit:
    """Open a page once, with an empty cache, and look at it; axe in so many modes, the last a telephone's.

    axe passes over what the selectors of ``past`` find. ``apart`` refuses what is asked of other hosts.
    """
    seen = Visit()
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    if apart:
        context.route(lambda url: not _is_own(url, address), lambda route: route.abort())
    tab = context.new_page()
    answers: list[Any] = []
    told: list[str] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.on("request", lambda r: None if _is_own(r.url, address) else seen.outside.append(r.url))
    tab.on(
        "console",
        lambda m: told.append(m.text) if m.type in ("error", "warning") else None,
    )
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.goto(address, wait_until="load")
    times = tab.evaluate(_TIMES)
    seen.lcp, seen.tbt = times["lcp"], times["tbt"]
    for answer in [answer for answer in answers if not answer.url.startswith("data:")]:
        if answer.status >= 400:
            told.append(f"{answer.status} {answer.url}")
        asked = answer.request.method == "HEAD"  # an answer without a body
        seen.files[answer.url] = 0 if asked else weight(answer.url, answer.body())
    for panel in tab.locator(".bet-panel").all():
        panel.scroll_into_view_if_needed()
        tab.wait_for_selector(".bet-panel[data-ready]", timeout=30_000)
    seen.problems = list(told)  # axe asks for style sheets that only it wants
    for scheme, width in modes:
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(400)  # the theme makes what now scrolls reachable after a while
        seen.axe[scheme, width] = violations(tab, past)
    seen.wider = tab.evaluate(_WIDER)
    context.close()
    return seen


def _is_own(url: str, address: str) -> bool:
    return url.startswith(("data:", "/".join(address.split("/", 3)[:3]) + "/"))


def weight(url: str, body: bytes) -> int:
    """Return the bytes that go over the line."""
    packed = url.split("?")[0].endswith(PACKED)
    return len(body) if packed else len(gzip.compress(body, 6, mtime=0))


def violations(tab: Page, past: Sequence[str] = ()) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA on the open page, but for what ``past`` selects."""
    options = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    context = {"exclude": [[selector] for selector in past]} if past else None
    found = Axe().run(tab, context, options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def main(folder: str, *pages: str) -> None:
    """Print a row for each page."""
    with served(Path(folder)) as address, launched() as browser:
        print("page | KiB | requests | axe | LCP ms | TBT ms")
        for page in pages:
            seen = visit(browser, address + page)
            counts = "/".join(str(len(faults)) for faults in seen.axe.values())
            print(f"{page} | {seen.kib:.0f} | {len(seen.files)} | {counts} | "
                  f"{seen.lcp:.0f} | {seen.tbt:.0f}", flush=True)  # fmt: skip
            for text in sorted({t for texts in seen.axe.values() for t in texts})[:12]:
                print("   axe", text)
            for text in seen.problems:
                print("   problem", text)
            if "--files" in sys.argv:
                for url, size in sorted(seen.files.items(), key=lambda i: -i[1]):
                    print(f"   {size / 1024:7.1f} {url.removeprefix(address)}")


if __name__ == "__main__":
    main(*(word for word in sys.argv[1:] if not word.startswith("--")))
