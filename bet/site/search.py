"""The search of a written site, by Pagefind: chapters, claims and the other pages, read in the browser.

What is searched is not the page but a copy without what every page repeats: badges, cards, code, tables of
plotted data. A claim is a page of its own there, and leads to its row of the claims page. A list of ours
tells of each result what it is, so that the browser can sort and filter before it loads any.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bet.faults import Fault, require
from bet.paths import write_text
from bet.run import execute, fork
from bet.site.elements import Edit, Element, Page
from bet.site.html import chapter_title, escape, render
from bet.site.published import BookRecords

PLACE = "_static/pagefind"  # beside the script that loads it
LIST = "results.json"
# Of what Pagefind writes; the rest are interfaces of its own, and words of languages that no page has.
_KEPT = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "wasm.en.pagefind", "*.pf_meta",
         "fragment", "index")  # fmt: skip
_FRAGMENT = b"pagefind_dcd"  # what a fragment begins with, before its JSON
# Files of Sphinx's own search, which no page loads.
OLD = ("_static/searchtools.js", "_static/language_data.js", "_static/sphinx_highlight.js")
# Parts of a page that say nothing of their own, or are found where they belong.
_NOISE = {"headerlink", "bet-badge", "bet-card", "bet-cite", "bet-menu", "bet-switch", "bet-banner", "bet-score",
          "bet-claims", "bet-lines", "bet-map", "bet-gallery", "bet-finding", "bet-roots", "cell_input",
          "legend", "caption-number"}  # fmt: skip
_HEADINGS = {"h2", "h3", "h4", "h5"}
Charts = Mapping[str, Mapping[str, Any]]  # by name, those of one page


class Searched(NamedTuple):
    """A page as it is searched, and what the list tells of it: address, kind, chapter, verdict."""

    text: str
    told: dict[str, str]


def write_index(site: Path, book: BookRecords, names: Mapping[str, str]) -> None:
    """Write what the browser searches; ``names`` are the pages in the menu's order with their short names.

    Raises BadInput when Pagefind is not there or finds fault.
    """
    for place in OLD:
        (site / place).unlink(missing_ok=True)
    found = {**dict(_pages(site, book, names)), **dict(_claims(book, names))}
    with tempfile.TemporaryDirectory() as folder:
        copies, made, target = Path(folder) / "copies", Path(folder) / "made", site / PLACE
        for name, page in found.items():
            (copies / name).parent.mkdir(parents=True, exist_ok=True)
            (copies / name).write_text(page.text, encoding="utf-8")
        _run(copies, made)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in (path for kept in _KEPT for path in made.glob(kept)):
            shutil.move(path, target / path.name)
    listed = {path.stem: found[_address(path)].told for path in sorted(target.glob("fragment/*"))}
    write_text(target / LIST, json.dumps(listed, ensure_ascii=False, indent=0) + "\n")


def _run(copies: Path, made: Path) -> None:
    """Let Pagefind index a folder of pages into another."""
    command = [sys.executable, "-m", "pagefind", "--site", str(copies), "--output-path", str(made),
               "--force-language", "en", "--keep-index-url", "--include-characters", "&", "--silent"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    told = (done.stdout + done.stderr).strip().splitlines()
    right = "Pagefind as pinned: pip install -r requirements.txt"
    if done.returncode or not made.exists():
        require([Fault("search index", told[-1] if told else "no index", right)])


def _address(fragment: Path) -> str:
    """Return the address of a page that was indexed, from what Pagefind wrote of it."""
    content = gzip.decompress(fragment.read_bytes()).removeprefix(_FRAGMENT)
    return json.loads(content)["url"].removeprefix("/")


def _pages(
    site: Path, book: BookRecords, names: Mapping[str, str]
) -> Iterator[tuple[str, Searched]]:
    """Yield the written pages of the menu by address."""
    charts: dict[str, dict[str, Any]] = {}  # by page
    for chart in book.charts:
        charts.setdefault(f"book/{chart['notebook']}", {})[chart["name"]] = chart
    written = [name for name in names if (site / f"{name}.html").exists()]
    items = [(site / f"{name}.html", charts.get(name, {})) for name in written]
    for name, text in zip(written, fork.each(_searched, items), strict=True):
        short, stem = names[name], Path(name).name
        told = {"url": f"{name}.html", "kind": "page", "name": short}
        if stem in execute.names():
            told |= {"kind": "chapter", "chapter": short or chapter_title(stem)}
        yield f"{name}.html", Searched(text, told)


def _searched(path: Path, charts: Charts) -> str:
    return searched(Page(path.read_text(encoding="utf-8")), charts)


def _claims(book: BookRecords, names: Mapping[str, str]) -> Iterator[tuple[str, Searched]]:
    """Yield each claim as a page of its own."""
    for claim in book.claims:
        chapter = names.get(f"book/{claim.notebook}") or chapter_title(claim.notebook)
        told = {"url": f"book/claims.html#{claim.id}", "kind": "claim", "name": claim.id,
                "chapter": chapter, "verdict": claim.verdict}  # fmt: skip
        yield f"claims/{claim.id}.html", Searched(render("searched_claim", claim=claim), told)


def searched(page: Page, charts: Charts) -> str:
    """Return a page as it is searched: its text alone, every heading and every chart with its address."""
    article = next((e for e in page.elements if e.has_class("bd-article")), None)
    if article is None:
        return ""
    before = Edit(0, article.inner, render("searched"))
    after = Edit(article.close, len(page.text), "</main></body></html>\n")
    return page.edited([before, *_parts(page, article, charts), after])


def _parts(page: Page, article: Element, charts: Charts) -> Iterator[Edit]:
    """Yield what drops the noise of an article, and gives headings and charts the address of their part."""
    section, gone = "", 0
    for element in page.elements:
        if not article.inner <= element.start < article.close or element.start < gone:
            continue
        place = element.attributes.get("id") or ""
        if element.tag == "section":
            section = place
        if _NOISE & set((element.attributes.get("class") or "").split()):
            gone = element.end
            yield Edit(element.start, element.end, " ")
        elif element.tag in _HEADINGS and section:
            yield Edit(element.start, element.inner, f'<{element.tag} id="{escape(section)}">')
            section = ""
        elif element.tag == "figure" and place in charts:
            told = {"place": place, "chart": charts[place]}
            yield Edit(element.inner, element.inner, render("searched_chart", **told))
