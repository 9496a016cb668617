"""The last step of a site: the files beside the pages, and one pass over the finished pages.

The pass mends what the theme gets wrong, lets a telephone stack tables of sentences, gives pictures
their size, and closes every page by a Content-Security-Policy: scripts come from the site's own files, or are
inline scripts of the theme that ``safe`` lists by their hash, never what happens to stand in the page.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bet.chapter import cards, panels
from bet.paths import here, write_text
from bet.records import editions, tables
from bet.run import fork
from bet.site import addresses, folds, meta, published, safe
from bet.site.elements import Edit, Element, Page
from bet.site.icons import cut_icons

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest day a zip can tell: the same bytes each time
# Files of the theme that no page asks for once it is mended.
_UNUSED = ("_static/scripts/fontawesome.js*", "_static/**/*.map", "_static/thebe*", "_static/sphinx-thebe*",
           "_static/*webpack-macros.html")  # fmt: skip


def finish(site: Path, names: Iterable[str]) -> None:
    """Finish the pages of a site that were just written, and drop the files that no page loads."""
    for path in itertools.chain.from_iterable(map(site.glob, _UNUSED)):
        path.unlink()
    fork.each(_finish, [(site / f"{name}.html", name) for name in sorted(names)])
    cut_icons(site)


def _finish(path: Path, name: str) -> None:
    write_text(path, finished(path.read_text(encoding="utf-8"), path.parent, name))


def finished(text: str, folder: Path, name: str) -> str:
    """Return a page as readers get it, by its name 'book/method'; ``folder`` holds its pictures."""
    page = Page(text)
    dropped = list(unused_scripts(page))
    edits = [*policy_tag(page, name), *viewport(page), *mended(page), *stacked(page)]
    edits += [
        *folds.folded(page),
        *sized(page, folder),
        *joined(page, folder),
        *(_without(page, element) for element in dropped),
    ]
    return page.edited(edits)


# What the theme gets wrong

SECTIONS = "pst-page-toc-nav"  # the theme's name of the list of a page's sections
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />'


def unused_scripts(page: Page) -> Iterator[Element]:
    """Yield the elements of the theme's head that ask for what no page of this book uses."""
    for element in page.elements:
        told = element.attributes
        if element.tag in ("script", "link"):
            asks = "fontawesome.js" in f"{told.get('src')} {told.get('href')}"
            live = told.get("type") == "text/x-thebe-config"
            kernel = not told and page.inner(element).startswith("kernelName = ")
            # Firefox loads the next page before anybody asks for it, and the policy forbids that.
            ahead = element.tag == "link" and told.get("rel") == "next"
            if asks or live or ahead or (element.tag == "script" and kernel):
                yield element


def _without(page: Page, element: Element) -> Edit:
    """Drop an element with the white space after it."""
    rest = page.text[element.end :]
    return Edit(element.start, element.end + len(rest) - len(rest.lstrip()), "")


def viewport(page: Page) -> Iterator[Edit]:
    """Yield the edits that leave one viewport, right after the character set."""
    for element in page.elements:
        if element.tag == "meta" and element.attributes.get("name") == "viewport":
            yield _without(page, element)
    charset = next((e for e in page.elements if "charset" in e.attributes), None)
    if charset:
        yield Edit(charset.end, charset.end, f"\n    {_VIEWPORT}")


def mended(page: Page) -> Iterator[Edit]:
    """Yield what mends the body: Sphinx's own numbers, roles that do not exist, names of summaries.

    What leads to records from a notebook leads to the claims page from a page. The theme lets Bootstrap
    mark where one reads in a list that its pages have not; Bootstrap then takes every link of the page
    for that list, each badge too. It gets the list of the page's sections, and marks a section of any
    length from its first line to its last.
    """
    sections = any(e.attributes.get("id") == SECTIONS for e in page.elements)
    for element in page.elements:
        tag = page.text[element.start : element.inner]
        address = element.attributes.get("href") or ""
        if is_number(page, element):
            yield Edit(element.start, element.end, "")
        elif element.attributes.get("data-bs-spy"):
            old, new = (
                ('".bd-toc-nav"', f'"#{SECTIONS}" data-bs-threshold="0,1"')
                if sections
                else (' data-bs-spy="scroll"', "")
            )
            yield Edit(element.start, element.inner, tag.replace(old, new))
        elif element.tag == "a" and address.startswith(cards.RECORDS):
            yield Edit(element.start, element.inner, tag.replace(address, cards.on_page(address)))
        elif element.attributes.get("role") == "doc-biblioentry":
            yield Edit(element.start, element.inner, tag.replace('role="doc-biblioentry"', ""))
        elif element.tag == "summary":
            label = element.attributes.get("aria-label")
            toggle = page.text.startswith('<span class="toctree-toggle"', element.inner)
            if label == "Toggle hidden content":
                yield Edit(element.start, element.inner, "<summary>")
            elif label is None and toggle:
                named = '<summary aria-label="Pages under this one">'
                yield Edit(element.start, element.inner, named)


def is_number(page: Page, element: Element) -> bool:
    """Tell whether an element is Sphinx's number of a figure; ours has the chapter's."""
    return element.has_class("caption-number") and page.words(element).startswith("Fig. ")


# Tables of sentences

_LONG = 40  # letters; a cell of more is read, not compared with the one below


def stacked(page: Page) -> Iterator[Edit]:
    """Let a telephone show the rows of a table of sentences as blocks, each cell under its name."""
    for table in page.elements:
        if table.tag != "table" or table.attributes.get("class") != "table":
            continue
        names = [page.words(cell).replace('"', "&quot;") for cell in page.within(table, "th")]
        cells = page.within(table, "td")
        if len(names) >= 3 and any(len(page.words(cell)) > _LONG for cell in cells):
            yield Edit(table.start, table.inner, '<table class="table bet-stack">')
            for cell, name in zip(cells, itertools.cycle(names), strict=False):
                yield _attribute(cell, f'data-name="{name}"')


def _attribute(element: Element, told: str) -> Edit:
    """Write an attribute before the others of an element."""
    place = element.start + 1 + len(element.tag)
    return Edit(place, place, f" {told}")


# Pictures

_TELEPHONE = "(max-width: 35rem)"


def sized(page: Page, folder: Path) -> Iterator[Edit]:
    """Give every picture its size, so that nothing jumps; all but the first wait until they are near."""
    first = True
    for image in page.elements:
        told = image.attributes
        source = told.get("src") or ""
        narrow = image.has_class("bet-narrow")
        if image.tag != "img" or "width" in told or narrow or not source.endswith(".svg"):
            continue
        if size := size_of(folder / source):
            wait = "" if first or "loading" in told else ' loading="lazy"'
            yield _attribute(image, f'width="{size[0]}" height="{size[1]}"{wait} decoding="async"')
            first = False


def joined(page: Page, folder: Path) -> Iterator[Edit]:
    """Join a picture and its narrow drawing: a telephone loads the second and not the first."""
    images = [element for element in page.elements if element.tag == "img"]
    for wide, narrow in itertools.pairwise(images):
        if not narrow.has_class("bet-narrow"):
            continue
        source = narrow.attributes.get("src") or ""
        size = size_of(folder / source)
        told = f' width="{size[0]}" height="{size[1]}"' if size else ""
        yield Edit(
            wide.start,
            wide.start,
            f'<picture><source media="{_TELEPHONE}" srcset="{source}"{told}>',
        )
        yield Edit(wide.end, wide.end, "</picture>")
        yield Edit(narrow.start, narrow.end, "")


def size_of(picture: Path) -> tuple[int, int] | None:
    """Return the width and height of an SVG in pixels; its head gives them in points."""
    if not picture.exists():
        return None
    head = picture.read_text(encoding="utf-8")[:1000]
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', head)
    if not found:
        return None
    width, height = (round(float(value) * 4 / 3) for value in found.groups())
    return width, height


# Content-Security-Policy


def policy_tag(page: Page, name: str) -> Iterator[Edit]:
    """Yield the policy that fits a page, before its scripts; a text without a head is no page."""
    place = next((n for n, e in enumerate(page.elements) if e.tag == "head"), None)
    if place is None:
        return
    first = page.elements[place + 1] if place + 1 < len(page.elements) else page.elements[place]
    charset = first.tag == "meta" and "charset" in first.attributes
    at = first.end if charset else page.elements[place].inner
    told = f'\n    <meta http-equiv="Content-Security-Policy" content="{policy(page, name)}" />'
    yield Edit(at, at, told)


def policy(page: Page, name: str) -> str:
    """Return the policy of a page: everything from the site itself, the theme's scripts by hash."""
    # The print button's, on every page alike.
    scripts = ["'self'", *sorted(safe.scripts(name)), "'unsafe-hashes'", safe.source(safe.PRINT)]
    if any(element.has_class("bet-panel") for element in page.elements):
        scripts.append("'wasm-unsafe-eval'")  # compiles MicroPython; does not allow eval of text
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


# Files beside the pages


def downloads(site: Path, records: published.BookRecords) -> None:
    """Write the records, the plotted data of every chart, the models of the panels, and the tables."""
    write_text(site / "claims.json", published.as_json(records.claims))
    # Excel takes a file for UTF-8 by the mark at its beginning.
    write_text(site / "claims.csv", f"\ufeff{published.as_csv(records.claims)}")
    write_text(site / "claims.schema.json", published.json_schema())
    write_text(site / "editions.json", editions.as_json())
    for chart in records.charts:
        write_text(site / "charts" / chart["notebook"] / f"{chart['name']}.csv", chart_csv(chart))
    for address in addresses.retired():
        if address.endswith(".csv"):
            write_text(site / address, "note\nThis chart is no longer drawn.\n")
    for model in panels.MODELS:
        write_text(site / "_static" / "models" / f"{model}.py", panels.source(model))
    (site / "tables").mkdir(exist_ok=True)
    for name in tables.names():
        shutil.copyfile(here().tables / f"{name}.csv", site / "tables" / f"{name}.csv")


def chart_csv(chart: dict[str, Any]) -> str:
    """Return the plotted data of a chart as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(chart["columns"])
    writer.writerows(["" if cell is None else cell for cell in row] for row in chart["rows"])
    return buffer.getvalue()


def root_files(site: Path, base: str, names: Sequence[str] = (editions.TODAY,)) -> None:
    """Write what stands at the root only: robots.txt and the page for an address that leads nowhere."""
    write_text(site / "robots.txt", meta.robots(base, names))
    write_text(site / "404.html", _closed(meta.missing(base), "404"))


def entrance(site: Path) -> None:
    """Put our own first page in place of Jupyter Book's, which has no head and so no policy."""
    write_text(site / "index.html", _closed(meta.entrance(), "index"))


def _closed(text: str, name: str) -> str:
    """Return a page that is not Sphinx's with its policy."""
    page = Page(text)
    return page.edited(policy_tag(page, name))


def pack(folder: Path, target: Path) -> None:
    """Write every notebook with its outputs into one zip, the same bytes each time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.glob("*.ipynb")):
            entry = zipfile.ZipInfo(f"the-bet-audited/{path.name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
