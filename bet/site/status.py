"""The status page: what is promised, its ceiling, and which test holds it; weights of every page.

Nothing that differs from build to build stands on it: times are ceilings, weights are computed.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from bet.site.html import escape, grid
from bet.site.published import PublishedClaim, counts

PAGE_KIB, REQUESTS = 300, 30
PLACE = "<!--weights-->"
PROMISES = (
    ("A page weighs, at load", f"at most {PAGE_KIB} KiB compressed", "test_reading.py, in a Chromium"),
    ("A page asks for", f"at most {REQUESTS} files, none from another host", "test_reading.py"),
    ("Errors in the browser's console", "none", "test_reading.py"),
    ("axe-core, WCAG 2.2 A and AA", "nothing found; light and dark, 1280 and 360 px", "test_access.py"),
    ("Keyboard, headings, language, 200% zoom", "see the page on access", "test_access.py"),
    ("Two builds of the site", "not one byte differs", "the build twice, compared in CI"),
    ("Committed outputs of the notebooks", "equal to a fresh run", "nbval, strict"),
    ("Pictures", "a changed hash stops the build until somebody looks", "test_book.py"),
    ("Numbers in prose", "computed, never typed", "bet.chapter.lint, test_book.py"),
    ("Permanent addresses", "none may disappear", "test_addresses.py"),
    ("Chapters", "read true at both ends of every parameter, and on the article's day", "test_ranges.py"),
)  # fmt: skip


def rows(claims: list[PublishedClaim], charts: int, tables: int) -> str:
    """Return the promises, the counts, and the place where the weights will stand."""
    found = counts(claims, "assessed")
    facts = [
        ["Claims", str(len(claims))],
        ["of them judged in a notebook", str(found["computed"])],
        ["Charts", str(charts)],
        ["Tables", str(tables)],
        ["Claims a second person has looked at", str(_looked(claims))],
    ]
    return (
        f"<h3>Promised and tested</h3>{grid(('What', 'Ceiling', 'Held by'), map(_cells, PROMISES))}"
        f"<h3>Counts</h3>{grid(('What', 'Number'), facts)}<h3>Weight of every page</h3>{PLACE}"
    )


def _cells(row: Iterable[str]) -> list[str]:
    return [escape(cell) for cell in row]


def _looked(claims: list[PublishedClaim]) -> int:
    return sum(any(not r["who"].lower().startswith("audit") for r in c.reviews) for c in claims)


def weights(site: Path) -> str:
    """Return the table of weights, from the finished files: the same for the same site."""
    lines = []
    for page in sorted((site / "book").glob("*.html")):
        if PLACE in page.read_text(encoding="utf-8"):
            continue
        own, files, drawn = parts(page)
        kib = [own, sum(map(packed, files)), sum(map(packed, drawn))]
        lines.append(
            [f"<a href='{page.name}'>{page.stem}</a>", *(f"{size / 1024:,.0f}" for size in kib), str(len(drawn))]
        )  # fmt: skip
    return grid(
        ("Page", "Text, KiB", "Styles and scripts, KiB", "All pictures, KiB", "Pictures"),
        lines,
        "bet-stack",
    )


def packed(path: Path) -> int:
    """Return the bytes of a file as they go over the line; packed formats gain nothing."""
    body = path.read_bytes()
    done = path.suffix in (".woff", ".woff2", ".png", ".zip", ".pdf")
    return len(body) if done else len(gzip.compress(body, 6, mtime=0))


def parts(page: Path) -> tuple[int, list[Path], list[Path]]:
    """Return what a page is made of: packed size of its text, its files, and its pictures."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"[^>]*>', text)
    found = {(page.parent / name.split("?")[0].split("#")[0]).resolve() for name in named}
    files = sorted(path for path in found if path.suffix in (".css", ".js", ".mjs", ".svg"))
    drawn = [path for path in files if path.parent.name == "_images"]
    return packed(page), [path for path in files if path not in drawn], drawn
