"""The whole book as one PDF: the browser's print of a single page, with bookmarks and page numbers.

Not part of ``make book``, which needs no browser. Once printed, the site links to it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bet import lean, pixels
from bet.build import SITE, STAGE
from bet.editions import TODAY
from bet.faults import NotebookFailed
from bet.sphinx_ext import NUMBER

NAME = "the-bet-audited.pdf"
PLACE = "<!--bet-pdf-->"
_FOOT = (
    "<div style='font:8px sans-serif;color:#566070;width:100%;padding:0 15mm;display:flex;"
    "justify-content:space-between'><span>The Bet, Audited</span>"
    "<span><span class='pageNumber'></span> / <span class='totalPages'></span></span></div>"
)


def write(
    site: Path = SITE, stage: Path = STAGE / TODAY, say: Callable[[str], None] = print
) -> Path:
    """Print the staged book of the last build into its site and link it; return the file."""
    if not (site / "index.html").exists() or not (stage / "book").exists():
        raise NotebookFailed("no site yet: run make book first")
    single = _single(stage)
    say("printing")
    target = site / NAME
    _print(single, target)
    for page in (site / "book").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        if PLACE in text and NAME not in text:
            page.write_text(text.replace(PLACE, link()), encoding="utf-8")
    return target


def link() -> str:
    """Return the words that lead to the PDF."""
    return f'{PLACE}, or <a href="../{NAME}">the whole book as one PDF</a>'


def _single(stage: Path) -> Path:
    """Build the book as one page; the theme's addresses are those of a page one folder up."""
    work = stage.parent / f"{stage.name}-pdf"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(stage, work, ignore=shutil.ignore_patterns("_build"))
    toc = work / "_toc.yml"  # the gallery would print every chart a second time
    toc.write_text(toc.read_text().replace("  - file: book/gallery\n", ""), encoding="utf-8")
    (work / "book" / "gallery.md").unlink(missing_ok=True)
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", "--builder", "singlehtml", str(work)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    page = work / "_build" / "singlehtml" / "book" / "index.html"
    if not page.exists():
        raise NotebookFailed("\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    top = page.parent.parent / "book.html"
    text = page.read_text(encoding="utf-8")
    text = re.sub(r'(src|href)="\.\./(_static|_images)/', r'\1="\2/', text)
    top.write_text(lean.pictures(flat(text), top.parent), encoding="utf-8")
    return top


def flat(page: str) -> str:
    """Return a page as it is printed: pictures at once, links within the book instead of to files."""
    page = page.replace(' loading="lazy"', "")
    page = NUMBER.sub("", page)
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.S)
    page = re.sub(r'<html([^>]*)data-theme="[^"]*"', r'<html\1data-theme="light"', page)
    return re.sub(r"""href=(["'])[\w./]*\.html#([^"']+)\1""", r"href=\1#\2\1", page)


def _print(page: Path, target: Path) -> None:
    from playwright.sync_api import sync_playwright

    path = pixels.find()
    if path is None:
        raise NotebookFailed("no Chromium on this machine: python tests/browser.py --install")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=pixels.ARGUMENTS)
        tab = browser.new_context(offline=True, color_scheme="light").new_page()
        tab.goto(page.as_uri(), wait_until="load")
        tab.evaluate(
            "Promise.all([...document.images].map(i => (i.loading = 'eager', i.decode().catch(() => 0))))"
        )
        tab.pdf(
            path=str(target), format="A4", print_background=True, outline=True, tagged=True,
            display_header_footer=True, header_template="<span></span>", footer_template=_FOOT,
            margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
        )  # fmt: skip
        browser.close()
