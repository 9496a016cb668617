"""What comes in that no page may hold: HTML, scripts, addresses, badges that no record makes.

The lint and the gate refuse it when the book is checked and built. A stranger may have changed both, so
that here the code of the branch it would be merged into looks at the notebooks and pages themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bet.chapter import own
from bet.chapter.lint import active
from bet.chapter.outputs import as_written
from bet.chapter.still import picture_faults
from bet.faults import Fault
from bet.records.contents import named
from bet.review.change import NONE, Change
from bet.review.snapshot import READ, Snapshot

_SOURCES = (".md", ".ipynb", ".rst", ".txt", ".myst")  # that a page of a menu may be made from
_RIGHT = "what book.say, book.assess or a chart shows"
_FILE = "the file itself: a link is never followed, and what it leads to not judged"
_PLAIN = "Markdown that shows text only"
# What of some HTML says at once what it is for, the gravest first.
_SAYS = [
    re.compile(said, re.IGNORECASE)
    for said in (
        r"http-equiv\s*=\s*\W?refresh",
        r"<script|javascript:",
        r"\bon[a-z]+\s*=",
        r"\baction\s*=",
        r"bet-badge",
        r"https?:|//",
        r"http-equiv|\bstyle\s*=",
    )
]
Found = tuple[str, str, str, str]  # page, place, what was found, what would be right


def changes(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield what the notebooks and pages of the head hold beside the book's own, and the base does not."""
    yield from _new(_served(base), _served(head))
    yield from _new(_twice(base), _twice(head))
    yield from _new(_alike(base), _alike(head))
    yield from _new(_repositories(base), _repositories(head))
    for path, target in head.links.items():
        if base.links.get(path) != target:
            found = f"a symbolic link to {target}"
            yield Change("active", path, base.links.get(path, NONE), found, _FILE, "", 0, False)
    yield from _new(_all(base), _all(head))


def pages(before: Iterable[Fault], after: Iterable[Fault]) -> Iterator[Change]:
    """Yield what the gate refuses in a built site and did not in the one before; the line is no matter."""
    yield from _new(*(map(_of_a_page, faults) for faults in (before, after)))


def _of_a_page(fault: Fault) -> Found:
    return fault.where.partition(":")[0], "", fault.found, fault.expected


def _new(before: Iterable[Found], after: Iterable[Found]) -> Iterator[Change]:
    known = Counter((page, _kind(found)) for page, _, found, _ in before)
    for page, place, found, right in after:
        if known[page, _kind(found)] > 0:
            known[page, _kind(found)] -= 1
            continue
        where = f"{page}, {place}" if place else page
        yield Change("active", where, NONE, found, right, page, 0, False)


def _twice(side: Snapshot) -> Iterator[Found]:
    """Yield the pages that a notebook and a text are both called: one is published, and not by our choice."""
    for page in (name for name in side.notebooks if name in side.pages):
        yield f"book/{page}", "", f"both {page}.ipynb and {page}.md", "one source of a page"
    for page, _ in named(side.toc):
        for path in (f"{page}{end}" for end in ("", *_SOURCES)):
            if path in side.files and not READ.fullmatch(path):
                yield path, "", "a page that is judged by no rule", "a .ipynb or .md file in book/"


def _alike(side: Snapshot) -> Iterator[Found]:
    """Yield the paths that are one file or folder where capitals, or ways to write an accent, do not count."""
    known: dict[str, str] = {}
    for path in sorted(side.files):
        parts = path.split("/")
        for place in ("/".join(parts[: n + 1]) for n in range(len(parts))):
            one = known.setdefault(unicodedata.normalize("NFKC", place).casefold(), place)
            if one != place:
                yield path, "", f"{place} beside {one}", "a name that differs in more than capitals"
                break


def _repositories(side: Snapshot) -> Iterator[Found]:
    """Yield the folders that git takes for a repository: it runs what the settings in them say."""
    for path in side.files:
        folder, _, name = path.rpartition("/")
        if name != "HEAD" or not folder:
            continue
        beside = {f"{folder}/{one}" for one in ("config", "commondir", "packed-refs")}
        below = f"{folder}/objects/", f"{folder}/refs/"
        if beside & side.files.keys() or any(other.startswith(below) for other in side.files):
            yield path, "", "a repository in the repository", "files that git takes for files"


def _kind(found: str) -> str:
    return found.partition(": ")[0]


# What the site serves as it is, beside its pages: all of web/. Anything else there would be a page, or worse,
# that no gate reads.
_SERVED = (".js", ".mjs", ".css", ".wasm", ".woff2", ".json", ".txt")
_STATIC = "web/"


def _served(side: Snapshot) -> Iterator[Found]:
    """Yield the files that the site serves and that are no script, style, font or still picture."""
    for path in side.files:
        if not path.startswith(_STATIC) or path.endswith(_SERVED) or path in side.links:
            continue
        picture = path.endswith(".svg") and side.judge.get(path)
        found = (
            next((f.found for f in picture_faults(picture, path)), "")
            if picture
            else "a file of this kind"
        )
        if found:
            yield (
                path,
                "",
                f"served as it is: {found}",
                "scripts, styles, fonts, and pictures that draw only",
            )


# What editors leave in a notebook's settings, and what runs it. All else there is read as settings of its page.
OF_EDITORS = {"orig_nbformat", "toc", "vscode", "celltoolbar", "colab"}
_SETTINGS = {"kernelspec", "language_info"} | OF_EDITORS


def _all(side: Snapshot) -> Iterator[Found]:
    for page, notebook in side.notebooks.items():
        for key in notebook.metadata:
            if key not in _SETTINGS:
                yield page, "settings", f"a setting {str(key)[:40]!r} of the notebook", "none such"
        for cell in notebook.cells:
            place = f"cell {cell.get('id', '')}".rstrip()
            yield from ((page, place, found, right) for found, right in _cell(cell))
    for page, text in side.pages.items():
        yield from ((page, "", found, _PLAIN) for found in active(text))


def _cell(cell: Any) -> Iterator[tuple[str, str]]:
    """Yield (what was found, what would be right) of one cell."""
    if cell.cell_type == "markdown":
        yield from ((found, _PLAIN) for found in active(cell.source))
    elif cell.cell_type == "raw":
        yield "a raw cell", "Markdown or code"
    if "mystnb" in cell.metadata:
        yield f"a setting 'mystnb' of a cell: {excerpt(flat(cell.metadata['mystnb']))}", "tags"
    for output in cell.get("outputs", []):
        if "mystnb" in output.get("metadata", {}):
            yield f"a setting 'mystnb' of an output: {excerpt(flat(output['metadata']['mystnb']))}", "none such"  # fmt: skip
        data = output.get("data", {})
        for found in own.problems(data):
            of_html = found == own.UNMADE or found.endswith(" text/html")
            yield f"{found}: {excerpt(flat(data['text/html']))}" if of_html else found, _RIGHT
        yield from (
            (found, _PLAIN) for found in active(as_written(flat(data.get("text/markdown", ""))))
        )


def flat(told: Any) -> str:
    """Return a text of an output, which may be written as lines."""
    return "".join(map(str, told)) if isinstance(told, list) else str(told)


def excerpt(html: str, most: int = 110) -> str:
    """Return what of some HTML says what it is for, with what stands around it."""
    found = next((match for said in _SAYS if (match := said.search(html))), None)
    start = max(0, found.start() - 30) if found else 0
    told = " ".join(html[start : start + most].split())
    return f"{'…' if start else ''}{told}{'…' if start + most < len(html) else ''}"
