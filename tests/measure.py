"""Measure pages in a real Chromium: what is loaded and how heavy it is, how fast, what axe finds.

``python tests/measure.py HTML PAGE…`` prints a table of the pages of a built site.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bet.browser import ARGUMENTS, find
from tests.server import served

MODES = [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# Buffered entries of the browser itself; blocking time is what long tasks take beyond 50 ms each.
_TIMES = """() => new Promise(done => {
  const seen = {lcp: 0, tbt: 0};
  new PerformanceObserver(l => l.getEntries().forEach(e => seen.lcp = e.startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(l => l.getEntries().forEach(e => seen.tbt += e.duration - 50))
    .observe({type: 'longtask', buffered: true});
  setTimeout(() => done(seen), 150);
})"""
# Already compressed formats gain nothing from gzip.
PACKED = (".woff2", ".woff", ".png", ".jpg", ".zip", ".pdf")


def load(browser: Browser, address: str) -> dict[str, Any]:
    """Load a page once, with an empty cache; return its requests, weight, problems and times."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    answers: list[Any] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda e: problems.append(str(e)))
    tab.goto(address, wait_until="load")
    times = tab.evaluate(_TIMES)
    for answer in answers:
        if answer.url.startswith("data:"):
            continue
        if answer.status >= 400:
            problems.append(f"{answer.status} {answer.url}")
        files[answer.url] = answer.body()
    context.close()
    weights = {url: weight(url, body) for url, body in files.items()}
    return {
        "requests": len(files),
        "kib": sum(weights.values()) / 1024,
        "files": weights,
        "problems": problems,
        "lcp": times["lcp"],
        "tbt": times["tbt"],
    }


def weight(url: str, body: bytes) -> int:
    """Return the bytes that go over the line."""
    packed = url.split("?")[0].endswith(PACKED)
    return len(body) if packed else len(gzip.compress(body, 6, mtime=0))


def violations(tab: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA on the open page."""
    options = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    found = Axe().run(tab, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def axe(browser: Browser, address: str) -> dict[tuple[str, int], list[str]]:
    """Return what axe finds in the four combinations of light and dark, wide and narrow."""
    found = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        tab.goto(address, wait_until="load")
        for width in (1280, 360):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.wait_for_timeout(400)  # the theme makes what now scrolls reachable after a while
            found[scheme, width] = violations(tab)
        context.close()
    return found


def main(folder: str, *pages: str) -> None:
    """Print a row for each page."""
    with served(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        print("page | KiB | requests | axe | LCP ms | TBT ms")
        for page in pages:
            seen = load(browser, address + page)
            faults = axe(browser, address + page)
            counts = "/".join(str(len(faults[mode])) for mode in MODES)
            print(f"{page} | {seen['kib']:.0f} | {seen['requests']} | {counts} | "
                  f"{seen['lcp']:.0f} | {seen['tbt']:.0f}", flush=True)  # fmt: skip
            for text in sorted({t for texts in faults.values() for t in texts})[:12]:
                print("   axe", text)
            for text in seen["problems"]:
                print("   problem", text)
            if "--files" in sys.argv:
                for url, size in sorted(seen["files"].items(), key=lambda i: -i[1]):
                    print(f"   {size / 1024:7.1f} {url.removeprefix(address)}")


if __name__ == "__main__":
    main(*(word for word in sys.argv[1:] if not word.startswith("--")))
