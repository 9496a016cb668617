"""The whole book as one PDF: the browser's print of a single page, with contents and bookmarks.

Not part of ``make book``, which needs no browser. Once printed, the site links to it. Pages that are
of use on a screen only (the filterable claims, the map, the editions) stay there.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml
from bs4 import BeautifulSoup

from bet.browser import find, launched
from bet.faults import NotebookFailed
from bet.numbers import day
from bet.paths import here
from bet.records.contents import menu
from bet.records.editions import TODAY
from bet.site.build import stage_folder
from bet.site.html import escape
from bet.site.meta import ABOUT, BOOK

NAME = "the-bet-audited.pdf"
PLACE = "<!--bet-pdf-->"
SCREEN_ONLY = (
    "gallery", "claims", "lines", "map", "editions", "reviews", "status", "accessibility", "benchmarks", "resume",
    "report",
)  # fmt: skip
_FOOT = (
    "<div style='font:11px sans-serif;color:#566070;width:100%;padding:0 16mm;display:flex;"
    f"justify-content:space-between'><span>{BOOK}</span>"
    "<span><span class='pageNumber'></span> / <span class='totalPages'></span></span></div>"
)
RANKS = ["h1", "h2", "h3", "h4", "h5"]


class Heading(NamedTuple):
    """A heading of the print: its rank (1 the chapters), its words, and the page it stands on."""

    rank: int
    text: str
    page: int


def write(
    site: Path | None = None, stage: Path | None = None, say: Callable[[str], None] = print
) -> Path:
    """Print the staged book of the last build into its site and link it; return the file."""
    site, stage = site or here().build / "html", stage or stage_folder() / TODAY
    if not (site / "index.html").exists() or not (stage / "book").exists():
        raise NotebookFailed("no site yet: run make book first")
    if importlib.util.find_spec("pypdf") is None:
        raise NotebookFailed("pypdf is not installed: run make pdf, or pip install -e '.[print]'")
    single = _single(stage)
    say("printing")
    made, target = single.with_suffix(".pdf"), site / NAME
    _print(single, made)
    made.replace(target)  # whole or not at all
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
    toc = yaml.safe_load((work / "_toc.yml").read_text(encoding="utf-8"))
    names = [name for name in menu(work / "_toc.yml") if name != toc["root"]]
    toc["chapters"] = [{"file": name} for name in names if Path(name).name not in SCREEN_ONLY]
    toc.pop("parts", None)
    (work / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    data = work / "book" / "data.md"
    data.write_text(data.read_text("utf-8").split("## Parameters")[0], encoding="utf-8")
    for name in SCREEN_ONLY:
        (work / "book" / f"{name}.md").unlink(missing_ok=True)
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", "--builder", "singlehtml", str(work)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    page = work / "_build" / "singlehtml" / "book" / "index.html"
    if not page.exists():
        raise NotebookFailed("\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    top = page.parent.parent / "book.html"
    top.write_text(flat(page.read_text(encoding="utf-8")), encoding="utf-8")
    return top


def flat(text: str) -> str:
    """Return a page as it is printed: pictures at once, links within the book instead of to files."""
    page = _parsed(text)
    for image in page("img"):
        image.attrs.pop("loading", None)
    for key in ("src", "href"):  # the print stands one folder above the page that it was
        for element in page.select(f"[{key}^='../_']"):
            element[key] = str(element[key]).removeprefix("../")
    for folded in page.select("details.bet-deeper"):
        folded["open"] = ""
    # What-if panels need a script; what they show at the defaults stands in the text.
    for element in page.select("script, section[id^=try-it]"):
        element.decompose()
    for root in page("html"):
        root["data-theme"] = "light"
    anchor(page)
    known = {element["id"] for element in page.select("[id]")}
    for link in page("a", href=True):
        link["href"] = _printed_address(str(link["href"]))
        address = str(link["href"])
        leads = address[1:] in known if address[:1] == "#" else "://" in address
        if leads:
            continue
        if "bet-badge" in (link.get("class") or ()):  # of a claim that the print does not judge
            link.name = "span"
            del link["href"]
        else:
            link.unwrap()
    lower(page)
    return str(page)


def _parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def _printed_address(address: str) -> str:
    """Return where a link to another page of the book leads in the print; others as they are."""
    path, _, anchor = address.partition("#")
    if "://" in path or not path.endswith(".html"):
        return address
    return f"#{anchor}" if anchor else f"#document-book/{PurePosixPath(path).stem}"


def lower(page: BeautifulSoup) -> None:
    """Rank the cover's own headings below the chapters that follow it."""
    article, first = page.find("article"), page.select_one("span[id^='document-book/']")
    if article is None or first is None:
        return
    inside = list(article.find_all(RANKS))
    after = {id(heading) for heading in first.find_all_next(RANKS)}
    for heading in inside:
        if id(heading) not in after:
            heading.name = f"h{int(heading.name[1]) + 1}"


def anchor(page: BeautifulSoup) -> None:
    """Give each claim its address where the print judges it, as the claims page is not printed."""
    seen = set()
    for badge in page.select("p.bet-card-head > a.bet-badge, tr > td:first-child > a.bet-badge"):
        claim = str(badge["href"]).partition("#")[2]
        if claim not in seen:
            seen.add(claim)
            badge["id"] = claim


def title_page(headings: Sequence[Heading], cited: dict) -> str:
    """Return the first page: title, what it is, contents with page numbers, imprint."""
    rows = "".join(
        f"<li><span>{escape(h.text)}</span><i></i><span>{h.page or ''}</span></li>"
        for h in headings
        if h.rank == 1
    )
    where = f"<br>{escape(cited['repository-code'])}" if "repository-code" in cited else ""
    return (
        f"<div class='bet-title'><p class='bet-book'>{BOOK}</p><p class='bet-lead'>{escape(ABOUT)}</p><ol>{rows}</ol>"
        f"<p class='bet-imprint'>Version {cited['version']}, {day(str(cited['date-released']))}. Text and figures "
        f"CC BY 4.0, code MIT. Not investment advice.{where}<br>On the site only: every claim with its evidence and "
        "history, the chart gallery, the article line by line, the editions, the parameters and every table.</p></div>"
    )


def headings(text: str) -> list[Heading]:
    """Return the headings of the print in order; pages are not known yet."""
    article = _parsed(text).find("article")
    found = []
    for heading in article.find_all(RANKS) if article else ():
        for mark in heading("a", class_="headerlink"):
            mark.decompose()
        words = " ".join(heading.get_text().split())
        found.append(Heading(max(int(heading.name[1]) - 1, 1), words, 0))
    return found


def _print(page: Path, target: Path) -> None:
    """Print twice: the page numbers of the contents are known after the first time."""
    import pypdf

    cited = yaml.safe_load((here().folder / "CITATION.cff").read_text(encoding="utf-8"))
    body = page.read_text(encoding="utf-8")
    known = headings(body)
    for _ in range(2):
        top = body.index(">", body.index("<article")) + 1
        page.write_text(body[:top] + title_page(known, cited) + body[top:], "utf-8")
        _to_pdf(page, target)
        reader = pypdf.PdfReader(target)
        known = placed(known, _bookmarks(reader, reader.outline))
    writer = pypdf.PdfWriter(clone_from=reader)
    writer.root_object.pop("/Outlines", None)
    parents: dict[int, Any] = {}
    for heading in known:
        parent = parents.get(heading.rank - 1)
        parents[heading.rank] = writer.add_outline_item(
            title=heading.text, page_number=heading.page - 1, parent=parent
        )
    writer.add_metadata({"/Title": BOOK, "/Subject": ABOUT})
    writer.write(target)


def placed(known: Sequence[Heading], marks: Sequence[tuple[str, int]]) -> list[Heading]:
    """Return the headings with the pages on which the browser put them.

    Its own bookmarks drop spaces and may begin a title twice, so only the last letters are compared.
    """
    left, found = list(marks), []
    for heading in known:
        wanted = _letters(heading.text)
        while left and not _letters(left[0][0]).endswith(wanted):
            left.pop(0)
        if not left:
            raise NotebookFailed(f"the heading '{heading.text}' is not in the print")
        found.append(heading._replace(page=left.pop(0)[1]))
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _bookmarks(reader, items) -> list[tuple[str, int]]:
    """Return title and page of every bookmark that the browser made, in order."""
    found = []
    for item in items:
        if isinstance(item, list):
            found += _bookmarks(reader, item)
        else:
            found.append((item.title, reader.get_destination_page_number(item) + 1))
    return found


def _to_pdf(page: Path, target: Path) -> None:
    if find() is None:
        raise NotebookFailed("no Chromium on this machine: python tests/browser.py --install")
    with launched() as browser:
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
