"""The review written down as Markdown, for a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from bet.numbers import plural
from bet.review import escaping, headline, source_diff, summary
from bet.review.change import COPY, KINDS, NONE, Change, Review, name
from bet.review.escaping import LONG
from bet.review.pages import Drawn, Page
from bet.review.pixels import Difference
from bet.review.reaching import LINE
from bet.review.snapshot import CONFIG, RULE, TOC, instructs

MOST = 30  # rows of a section in the Markdown; the page has all
ROOM = 7_000  # characters of a section in the Markdown
MORE_ROOM = {
    "active": 6_000,
    "reach": 4_000,
    "gone": 1_500,
    "judge": 5_000,
    "verdict": 24_000,
    "rule": 5_500,
}
MOST_OF = {"verdict": 400, "rule": 120, "claim": 120}
LIMIT = 59_000  # characters of the Markdown; a comment holds 65,536
WHOLE = 600  # of a cell that tells a new or removed claim
WHOLE_NOTES = 15  # verdicts up to which the words of their entries are told whole
MARKER = "<!-- bet diff -->"  # how the comment is found again
COLUMNS = {
    "verdict": ("Claim", "Before", "After", "Why"),
    "active": ("Where", "Before", "What came in", "What would be right"),
    "reach": ("Where", "Before", "Line", "What it reaches for"),
    "gone": ("Page", "Before", "After", "What that means"),
    "rule": ("Claim", "Under the rule before", "Under the changed rule", "Note"),
    "claim": ("Claim", "Removed", "New", "Field"),
    "number": ("Number", "Before", "After", "Unit, ratio, where"),
    "chart": ("Chart", "Before", "After", "What differs"),
}
NOT_DRAWN = "Pixels were not compared (no Chromium, or not asked for); the charts' data were."
CUT = "Cut here: the page of this report (review.html) has everything."
UNJUDGED = "What could not be judged"
PAGES = "Pages that look different, the most changed first"
Pixels = Mapping[str, Difference] | None


def markdown(
    review: Review,
    names: tuple[str, str],
    pixels: Pixels = None,
    site: str = "",
    drawn: Drawn | None = None,
) -> str:
    """Return the report for a comment, short enough for one.

    ``site`` is the published book, for links; ``drawn`` are its pages as pictures.
    """
    pages = ", ".join(_page_link(page, site) for page in review.pages[:40])
    top = [MARKER, f"## {escaping.cell(headline.headline(review))}", ""]
    top += [f"{escaping.cell(names[0])} → {escaping.cell(names[1])}." + (f" Pages touched: {pages}." if pages else ""), ""]  # fmt: skip
    top += [
        line
        for note in (*summary.told(review), *review.notes)
        for line in (escaping.cell(note), "")
    ]
    kinds = [kind for kind in KINDS if review.of(kind)]
    titled = len(kinds) > 1 or bool(review.faults) or "judge" in kinds
    sections = [_unjudged(review)] if review.faults else []
    for kind in kinds:
        title = [f"### {KINDS[kind]}", ""] if titled else []
        sections.append([*title, *_section(kind, review.of(kind), pixels, site), ""])
    if drawn is not None:
        sections.append([*_page_table(drawn, site), ""])
    if left := not_drawn(review, pixels):
        sections.append([left, ""])
    return _fitting(top, sections)


def _page_table(drawn: Drawn, site: str) -> Iterator[str]:
    """Tell which pages look different; their pictures stand on the page of the report."""
    yield f"### {PAGES}"
    yield ""
    if drawn.pages:
        yield "| Page as published | Share of it that changes | Note |"
        yield "|---|---|---|"
    for page in drawn.pages[:MOST]:
        yield f"| {_page_link(page.name, site)} | {page_share(page)} | {escaping.cell(page.note)} |"
    if len(drawn.pages) > MOST:
        yield f"\nand {len(drawn.pages) - MOST} more, on the page of this report."
    yield ""
    yield escaping.cell(pages_told(drawn))


def page_share(page: Page) -> str:
    """Say how much of a page looks different."""
    return "less than 0.1%" if page.share < 0.001 else f"{page.share:.1%}"


def pages_told(drawn: Drawn) -> str:
    """Say in sentences how many pages were drawn, and which were not and why."""
    told = []
    if drawn.pages or drawn.same:
        told.append(f"{plural(len(drawn.pages) + drawn.same, 'page')} drawn, {drawn.same} of them without a visible change.")  # fmt: skip
    if drawn.left:
        told.append(f"{plural(len(drawn.left), 'changed page')} not drawn, {drawn.why}: {', '.join(drawn.left)}.")  # fmt: skip
    elif drawn.why:
        told.append(f"No page was drawn: {drawn.why}.")
    return " ".join(told) or "The built pages are the same."


def not_drawn(review: Review, pixels: Pixels) -> str:
    """Say which charts were not drawn, if any."""
    if pixels is None:
        return NOT_DRAWN if review.pictures else ""
    charts = ((n, pair) for n, pair in review.pictures.items() if not n.endswith(COPY))
    left = sum(all(pair) and name not in pixels for name, pair in charts)
    return f"Pixels of {plural(left, 'chart')} were not compared: out of time." if left else ""


def _unjudged(review: Review) -> list[str]:
    lines = list(
        _within(
            (
                f"- {escaping.cell(escaping.short(str(fault), 300))}"
                for fault in review.faults[:MOST]
            ),
            ROOM,
        )
    )
    more = len(review.faults) - len(lines)
    lines += [f"- and {more} more, on the page of this report"] if more > 0 else []
    return [f"### {UNJUDGED}", "", *lines, ""]


def _fitting(top: list[str], sections: list[list[str]]) -> str:
    """Join the sections; of the first that no longer fits keep the rows that do, and say that the page has all."""
    told = "\n".join(top)
    for section in sections:
        part = "\n".join(section)
        room = LIMIT - len(told) - len(CUT) - 2
        if len(part) > room:
            rows = takewhile(lambda line: re.match(r"[|#]|- |$", line), section)
            kept = "".join(f"\n{row}" for row in _within(rows, room))
            more = kept if re.search(r"\n[|-]", kept) else ""
            return f"{told}{more}\n\n{CUT}\n"
        told = f"{told}\n{part}"
    return re.sub(r"\n{3,}", "\n\n", told).rstrip() + "\n"


def _page_link(page: str, site: str) -> str:
    told = escaping.cell(name(page))
    return f"[{told}]({escaping.url(f'book/{page}.html', site)})" if site else told


def _section(kind: str, changes: list[Change], pixels: Pixels, site: str) -> Iterator[str]:
    if kind == "file":
        parts = [f"{escaping.cell(escaping.path(c.what))} ({c.note})" for c in changes]
        yield ", ".join(_within(parts, ROOM))
        if len(", ".join(parts)) > ROOM:
            yield f"\nand more: {plural(len(changes), 'file')} in all, on the page of this report."
        return
    most = MOST_OF.get(kind, MOST)
    if kind in ("text", "words", "judge", "root"):
        blocks = ["\n".join(_text_lines(change, site)) for change in changes[:most]]
    else:
        head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
        yield f"| {' | '.join(head)} |"
        yield "|---|---|---|---|"
        # An entry's words are whole where they are few: their end may be what counts.
        room = 2 * WHOLE if kind == "verdict" and len(changes) <= WHOLE_NOTES else 2 * LONG
        blocks = [_table_row(change, pixels, site, room) for change in changes[:most]]
    shown = list(_within(blocks, MORE_ROOM.get(kind, ROOM)))
    yield from shown
    if len(changes) > len(shown):
        left = [change for change in changes[len(shown) :] if change.turns]
        turned = f": {escaping.cell(summary.turns(left, 100))}" if left else "."
        yield f"\nand {len(changes) - len(shown)} more, on the page of this report{turned}"


def _within(blocks: Iterable[str], room: int) -> Iterator[str]:
    """Yield blocks as long as they fit, the first in any case."""
    for number, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0 and number:
            return
        yield block


def _table_row(change: Change, pixels: Pixels, site: str, notes: int = 2 * LONG) -> str:
    most = WHOLE if change.kind == "claim" else LONG
    note = _note(change, pixels)
    one_sided = NONE in (change.before, change.after)
    told = (change.before, change.after) if one_sided else source_diff.around(change.before, change.after, most, WHOLE)  # fmt: skip
    room = max(most, WHOLE if one_sided else 2 * WHOLE)
    cells = (*(escaping.short(text, room) for text in told), escaping.short(note, max(notes, most)))
    return f"| {_what(change, site)} | {' | '.join(escaping.cell(cell) for cell in cells)} |"


def _what(change: Change, site: str) -> str:
    told = escaping.cell(escaping.short(change.what, 200))
    if change.kind == "verdict":
        told = f"**{told}**"
    if not site or not change.page:
        return (
            f"{told} ({escaping.cell(name(change.page))})"
            if change.kind in ("number", "words")
            else told
        )
    on_claims = change.kind in ("verdict", "grounds", "claim", "rule")
    anchor = change.what if on_claims or change.kind == "chart" else ""
    page = "claims" if on_claims else change.page
    return f"[{told}]({escaping.url(f'book/{page}.html', site, anchor)})"


def _note(change: Change, pixels: Pixels) -> str:
    drawn = pixels if pixels and change.kind == "chart" else {}
    found, copy = drawn.get(change.what), drawn.get(f"{change.what}{COPY}")
    told = [pixel_share(found)] if found else []
    told += [f"{COPY.strip(', ')}: {pixel_share(copy)}"] if copy else []
    return "; ".join([change.note, *told])


def pixel_share(found: Difference) -> str:
    """Say how many pixels differ."""
    if not found.share:
        return "no pixel differs"
    return "less than 0.1 % of the pixels differ" if found.share < 0.001 else f"{found.share:.1%} of the pixels differ"  # fmt: skip


def _text_lines(change: Change, site: str) -> Iterator[str]:
    """Tell a changed phrase in one line, anything longer as folded lines."""
    what = escaping.short(f"{change.what} ({change.note})" if change.note else change.what, 300)
    place = (
        f"{_page_link(change.page, site)}, {escaping.cell(what)}"
        if change.page
        else escaping.cell(what)
    )
    phrase = None if change.kind == "judge" else source_diff.words(change.before, change.after)
    if phrase:
        was, now = source_diff.around(*phrase, LONG, WHOLE)
        yield f"- {place}: “{escaping.cell(was)}” → “{escaping.cell(now)}”"
        return
    count = plural(len(source_diff.lines(change.before, change.after)), "line")
    if change.kind == "judge" and not (
        change.what in (RULE, TOC, CONFIG)
        or instructs(change.what)
        or change.what.startswith(("requirements", "web/"))
    ):
        yield f"- {place}: {count}"
        return
    changed = source_diff.told_lines(change.before, change.after, LONG, WHOLE)
    where = escaping.link(name(change.page), f"book/{change.page}.html", site)
    head = f"{where}, {escaping.plain(what)}" if change.page else escaping.plain(what)
    yield f"<details><summary>{head}: {count}</summary>\n"
    yield "`````diff"
    lines = (escaping.written_out(line).replace("`````", "'''''") for line in _telling(changed))
    shown = list(_within(lines, ROOM))
    yield from shown
    if len(changed) > len(shown):
        yield f"… {len(changed) - len(shown)} more"
    yield "`````\n"
    yield "</details>\n"


# What loads, runs or leads elsewhere: behind a long text it must not fall to the cut.
_LIVE = re.compile(
    rf"{LINE.pattern}|//|<script|http-equiv|\bon\w+\s*=|script:|data:|url\(|@import", re.IGNORECASE
)


def _telling(lines: list[str], most: int = MOST) -> list[str]:
    """Return as many lines as are shown; of the others, those that load or run something."""
    rest = [line for line in lines[most:] if _LIVE.search(line)]
    return [*lines[:most], *rest[:10]]
