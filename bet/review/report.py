"""The review written down: Markdown for a comment, and one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from bet.records.markup import INVISIBLE
from bet.review import source_diff
from bet.review.change import KINDS, NONE, Change, Review, strong
from bet.review.pages import Drawn, Page
from bet.review.pixels import Difference, address

MOST = 30  # rows of a section in the Markdown; the page has all
ROOM = 7_000  # characters of a section in the Markdown
MORE_ROOM = {"judge": 6_000, "verdict": 24_000, "rule": 8_000}
MOST_OF = {"verdict": 400, "rule": 120, "claim": 120}
LIMIT = 59_000  # characters of the Markdown; a comment holds 65,536
LONG = 160  # characters of a cell in the Markdown
WHOLE = 600  # of a cell that tells a new or removed claim
MARKER = "<!-- bet diff -->"  # how the comment is found again
COLUMNS = {
    "verdict": ("Claim", "Before", "After", "Why"),
    "active": ("Where", "Before", "What came in", "What would be right"),
    "rule": ("Claim", "Under the rule before", "Under the changed rule", "Note"),
    "claim": ("Claim", "Removed", "New", "Field"),
    "number": ("Number", "Before", "After", "Unit, ratio, where"),
    "chart": ("Chart", "Before", "After", "What differs"),
}
NOT_DRAWN = "Pixels were not compared (no Chromium, or not asked for); the charts' data were."
CUT = "Cut here: the page of this report (review.html) has everything."
UNJUDGED = "What could not be judged"
PAGES = "Pages that look different, the most changed first"
PICTURES = (
    16_000_000  # bytes of pages on the page of the report; what is over stands in their folder
)
Pixels = Mapping[str, Difference] | None


def headline(review: Review) -> str:
    """Say in a few words what the change does to the conclusions, the gravest first."""
    parts = ["This changes the judge"] if review.of("judge") else []
    if review.of("rule"):
        count = len(review.of("rule"))
        parts.append(f"the changed rule turns {_plural(count, 'ruling')}")
    if review.of("active"):
        parts.insert(0, "This brings in what no page may hold")
    parts.append(_conclusions(review))
    if review.faults:
        parts.append(f"{_plural(len(review.faults), 'thing')} could not be judged")
    return ". ".join(f"{part[0].upper()}{part[1:]}" for part in parts)


# The verdict stands on what is said: a claim that says something else is another claim.
_RESTATES = re.compile(
    r"^(?:paraphrase|speaker|kind|speech|figure \S+, (?:printed|value|relation|read))$"
)


def _conclusions(review: Review) -> str:
    verdicts = review.of("verdict")
    said = {change.what for change in review.of("grounds") if _RESTATES.search(change.note)}
    if said and not verdicts:
        return f"No verdict changes, but what {_plural(len(said), 'claim')} say{'s' * (len(said) == 1)} does"
    if not verdicts:
        return _beside_verdicts(review)
    claims = {change.what for change in verdicts}
    silent = {change.what for change in verdicts if not change.explained}
    one = len(claims) == 1
    told = f"{_plural(len(claims), 'conclusion')} change{'s' if one else ''}"
    if silent:
        return f"{told}, {'' if one else f'{len(silent)} '}without a history entry"
    return (
        f"{told} and {'says' if one else 'each says'} why"
        if all(c.note for c in verdicts)
        else told
    )


def _beside_verdicts(review: Review) -> str:
    """Say of a review without a verdict that changes how far it may be trusted to change nothing.

    Whatever a page is made from may change what a reader concludes. Only a file that no page is made from
    changes no conclusion, and where something is not known, nobody knows that.
    """
    if apart := review.of("apart"):
        names = sorted({change.note for change in apart})
        several = len(apart) > 1
        return f"No verdict changes in the book, but {_plural(len(apart), 'verdict')} of {_listed(names)} {'do' if several else 'does'}"  # fmt: skip
    if any(touches(change) for change in review.changes):
        return "No verdict changes, but a published conclusion may"
    if texts := review.of("text"):
        return (
            f"No verdict changes, but the text of {_listed(sorted({c.page for c in texts}))} does"
        )
    if review.faults or review.notes:
        return "No conclusion is known to change"
    return "No conclusion changes" if review.changes else "Nothing changes"


def touches(change: Change) -> bool:
    """Tell whether a change may change what a page concludes, be it without a word of its prose."""
    if change.kind == "text":
        return bool(change.note)  # prose has none
    return change.kind != "file" or change.what.startswith(("book/", "data/"))


def _listed(names: list[str], most: int = 4) -> str:
    """Name a few, and count the others."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


# What no verdict says, and yet changes what the book says: kind, one of it, where it is no mere count.
_TELLING = {"grounds": "claim told or founded otherwise", "claim": "claim new or removed", "unit": "unit",
            "clock": "date that moves what was known when", "number": "number in prose", "chart": "chart",
            "parameter": "parameter", "edition": "setting of an edition", "apart": "verdict of an edition", "schema": "column or sidecar",
            "data": "place in a table", "source": "source or fact", "text": "text or code",
            "words": "page that reads otherwise"}  # fmt: skip
_TESTS = "tests/"  # what is checked before a change is merged


def _also(review: Review) -> str:
    """Name in a line what changes beside verdicts, so that nobody stops at the headline.

    Where it is little, and of one kind, it stands right below the headline itself.
    """
    if len(review.changes) <= 3 and len({change.kind for change in review.changes}) == 1:
        return ""
    told = []
    for kind, one in _TELLING.items():
        changes = review.of(kind)
        names = {
            change.page if kind == "words" else (change.what, change.page) for change in changes
        }
        noun, _, rest = one.partition(" ")
        rest = rest if len(names) == 1 else re.sub(r"(?<=^that )(\w+)s\b", r"\1", rest)
        told += [f"{_plural(len(names), noun)}{f' {rest}' if rest else ''}"] if names else []
    if tests := sum(change.what.startswith(_TESTS) for change in review.of("file")):
        told.append(_plural(tests, "test file"))
    return f"{strong('Also changed')}: {', '.join(told)}." if told else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# Markdown


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
    top = [MARKER, f"## {_cell(headline(review))}", ""]
    top += [f"{_cell(names[0])} → {_cell(names[1])}." + (f" Pages touched: {pages}." if pages else ""), ""]  # fmt: skip
    top += [line for note in (_also(review), *review.notes) if note for line in (_cell(note), "")]
    kinds = [kind for kind in KINDS if review.of(kind)]
    titled = len(kinds) > 1 or bool(review.faults) or "judge" in kinds
    sections = [_unjudged(review)] if review.faults else []
    for kind in kinds:
        title = [f"### {KINDS[kind]}", ""] if titled else []
        sections.append([*title, *_section(kind, review.of(kind), pixels, site), ""])
    if drawn is not None:
        sections.append([*_page_table(drawn, site), ""])
    if left := _not_drawn(review, pixels):
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
        yield f"| {_page_link(page.name, site)} | {_share(page)} | {_cell(page.note)} |"
    if len(drawn.pages) > MOST:
        yield f"\nand {len(drawn.pages) - MOST} more, on the page of this report."
    yield ""
    yield _cell(pages_told(drawn))


def _share(page: Page) -> str:
    return "less than 0.1%" if page.share < 0.001 else f"{page.share:.1%}"


def pages_told(drawn: Drawn) -> str:
    """Say in sentences how many pages were drawn, and which were not and why."""
    told = []
    if drawn.pages or drawn.same:
        told.append(f"{_plural(len(drawn.pages) + drawn.same, 'page')} drawn, {drawn.same} of them without a visible change.")  # fmt: skip
    if drawn.left:
        told.append(f"{_plural(len(drawn.left), 'changed page')} not drawn, {drawn.why}: {', '.join(drawn.left)}.")  # fmt: skip
    elif drawn.why:
        told.append(f"No page was drawn: {drawn.why}.")
    return " ".join(told) or "The built pages are the same."


def _not_drawn(review: Review, pixels: Pixels) -> str:
    """Say which charts were not drawn, if any."""
    if pixels is None:
        return NOT_DRAWN if review.pictures else ""
    left = sum(all(pair) and name not in pixels for name, pair in review.pictures.items())
    return f"Pixels of {_plural(left, 'chart')} were not compared: out of time." if left else ""


def _unjudged(review: Review) -> list[str]:
    lines = [f"- {_cell(_short(str(fault), 300))}" for fault in review.faults[:MOST]]
    more = len(review.faults) - MOST
    lines += [f"- and {more} more, on the page of this report"] if more > 0 else []
    return [f"### {UNJUDGED}", "", *lines, ""]


def _fitting(top: list[str], sections: list[list[str]]) -> str:
    """Join the sections; from the first that no longer fits on, say that the page has them."""
    told = "\n".join(top)
    for section in sections:
        part = "\n".join(section)
        if len(told) + len(part) + len(CUT) + 2 > LIMIT:
            return f"{told}\n{CUT}\n"
        told = f"{told}\n{part}"
    return re.sub(r"\n{3,}", "\n\n", told).rstrip() + "\n"


def _page_link(page: str, site: str) -> str:
    return f"[{_cell(page)}]({_url(f'book/{page}.html', site)})" if site else _cell(page)


def _url(path: str, site: str, anchor: str = "") -> str:
    where, place = (quote(part, errors="replace") for part in (path, anchor))
    return f"{site}{where}{f'#{place}' if place else ''}"


def _section(kind: str, changes: list[Change], pixels: Pixels, site: str) -> Iterator[str]:
    if kind == "file":
        parts = [f"{_cell(c.what)} ({c.note})" for c in changes]
        yield ", ".join(_within(parts, ROOM))
        if len(", ".join(parts)) > ROOM:
            yield f"\nand more: {_plural(len(changes), 'file')} in all, on the page of this report."
        return
    if kind in ("text", "words", "judge"):
        blocks = ["\n".join(_text_lines(change, site)) for change in changes]
    else:
        head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
        yield f"| {' | '.join(head)} |"
        yield "|---|---|---|---|"
        blocks = [_table_row(change, pixels, site) for change in changes]
    shown = list(_within(blocks[: MOST_OF.get(kind, MOST)], MORE_ROOM.get(kind, ROOM)))
    yield from shown
    if len(changes) > len(shown):
        yield f"\nand {len(changes) - len(shown)} more, on the page of this report."


def _within(blocks: Iterable[str], room: int) -> Iterator[str]:
    """Yield blocks as long as they fit, the first in any case."""
    for number, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0 and number:
            return
        yield block


def _table_row(change: Change, pixels: Pixels, site: str) -> str:
    most = WHOLE if change.kind == "claim" else LONG
    note = _note(change, pixels)
    cells = (_short(change.before, most), _short(change.after, most), _short(note, 2 * most))
    return f"| {_what(change, site)} | {' | '.join(_cell(cell) for cell in cells)} |"


def _what(change: Change, site: str) -> str:
    name = _cell(change.what)
    if change.kind == "verdict":
        name = f"**{name}**"
    if not site or not change.page:
        return f"{name} ({_cell(change.page)})" if change.kind in ("number", "words") else name
    on_claims = change.kind in ("verdict", "grounds", "claim", "rule")
    anchor = change.what if on_claims or change.kind == "chart" else ""
    page = "claims" if on_claims else change.page
    return f"[{name}]({_url(f'book/{page}.html', site, anchor)})"


def _note(change: Change, pixels: Pixels) -> str:
    found = (pixels or {}).get(change.what) if change.kind == "chart" else None
    return f"{change.note}; {pixel_share(found)}" if found else change.note


def pixel_share(found: Difference) -> str:
    """Say how many pixels differ."""
    if not found.share:
        return "no pixel differs"
    return "less than 0.1 % of the pixels differ" if found.share < 0.001 else f"{found.share:.1%} of the pixels differ"  # fmt: skip


def _text_lines(change: Change, site: str) -> Iterator[str]:
    """Tell a changed phrase in one line, anything longer as folded lines."""
    what = f"{change.what} ({change.note})" if change.note else change.what
    place = f"{_page_link(change.page, site)}, {_cell(what)}" if change.page else _cell(what)
    phrase = None if change.kind == "judge" else source_diff.words(change.before, change.after)
    if phrase:
        yield f"- {place}: “{_cell(_short(phrase[0]))}” → “{_cell(_short(phrase[1]))}”"
        return
    changed = source_diff.lines(change.before, change.after)
    if change.kind == "judge" and change.what != "bet/records/rule.py":
        yield f"- {place}: {_plural(len(changed), 'line')}"
        return
    where = _html_link(change.page, f"book/{change.page}.html", site)
    summary = f"{where}, {_plain(what)}" if change.page else _plain(what)
    yield f"<details><summary>{summary}: {_plural(len(changed), 'line')}</summary>\n"
    yield "`````diff"
    yield from (_open(line).replace("`````", "'''''")[:LONG] for line in changed[:MOST])
    if len(changed) > MOST:
        yield f"… {len(changed) - MOST} more"
    yield "`````\n"
    yield "</details>\n"


def _short(text: str, most: int = LONG) -> str:
    if len(text) <= most:
        return text
    cut = f"{text[: most - 1].rsplit(' ', 1)[0]} …"
    return cut + "\ue001" * (cut.count("\ue000") - cut.count("\ue001"))


_MARKUP = re.compile(r"([\\`*~|\[\]]|(?<![^\W_])_|_(?![^\W_]))")
_APART = re.compile(r"(?<=[@#])(?=\w)")
# Letters and digits of other scripts that look like ours, and signs that lie on or between letters.
_ALIKE = (
    r"\u0250-\u036f\u0370-\u052f\u0530-\u058f\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u13a0-\u13ff"
    r"\u1c80-\u1c8f\u1f00-\u1fff\u2160-\u2188\u2c80-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua69f"
    r"\uab70-\uabbf\uff01-\uff5e\U0001d400-\U0001d7ff"
    r"\u00ad\u061c\u115f\u1160\u200c\u200d\u3164\ufe00-\ufe0f\U000e0000-\U000e01ef"
)
_TURNS = re.compile(f"[{INVISIBLE}{_ALIKE}]")


def _open(text: object) -> str:
    """Return text in which signs that hide, turn or feign what stands beside them are written out."""
    # A file's name may be no text.
    told = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    return _TURNS.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", told)


def _quiet(text: object) -> str:
    """Return text on one line in which nobody is mentioned: a space of no width stands after the sign."""
    return _APART.sub("\u200b", " ".join(_open(text).split()))


def _cell(text: object) -> str:
    """Return text that stays text in a comment's Markdown: no markup but our own alarms."""
    told = html.escape(_quiet(text), quote=False)
    told = _MARKUP.sub(r"\\\1", told)
    told = re.sub(r"^(#|[-+] |\d+[.)] )", r"\\\1", told)
    return told.replace("\ue000", "**").replace("\ue001", "**")


def _plain(text: object) -> str:
    """Return text for the inside of an HTML element of a comment, where no Markdown is read."""
    return re.sub("[\ue000\ue001]", "", html.escape(_quiet(text)))


# HTML


def page(
    review: Review,
    names: tuple[str, str],
    pixels: Pixels = None,
    site: str = "",
    drawn: Drawn | None = None,
) -> str:
    """Return the report as one page that loads nothing."""
    parts = [f"<h1>{_esc(headline(review))}</h1>", f"<p>{_esc(names[0])} → {_esc(names[1])}.</p>"]
    if review.pages:
        links = ", ".join(_html_link(name, f"book/{name}.html", site) for name in review.pages)
        parts.append(f"<p>Pages touched: {links}.</p>")
    parts += [f"<p>{_esc(note)}</p>" for note in (_also(review), *review.notes) if note]
    if review.faults:
        told = "".join(f"<li>{_esc(fault)}</li>" for fault in review.faults)
        parts.append(f"<section><h2>{UNJUDGED}</h2><ul>{told}</ul></section>")
    if left := _not_drawn(review, pixels):
        parts.append(f"<p>{left}</p>")
    for kind, title in KINDS.items():
        changes = review.of(kind)
        if changes:
            body = _html_section(kind, changes, review, pixels, site)
            parts.append(f"<section><h2>{title} <small>{len(changes)}</small></h2>{body}</section>")
    if drawn is not None:
        parts.append(_html_pages(drawn, site))
    return _FRAME.format(title=_esc(headline(review)), body="\n".join(parts))


def _html_pages(drawn: Drawn, site: str) -> str:
    """Return every page that looks different, before and after, as far as there is room."""
    room, parts = PICTURES, []
    for changed in drawn.pages:
        parts.append(f"<h3>{_html_link(changed.name, f'book/{changed.name}.html', site)} <small>{_share(changed)} {_esc(changed.note)}</small></h3>")  # fmt: skip
        shown = 0
        for pair in changed.parts:
            room -= sum(map(len, pair))
            if room < 0:
                break
            shown += 1
            parts.append(f"<div class=pages>{_figure('before', pair[0])}{_figure('after', pair[1])}</div>")  # fmt: skip
        if left := len(changed.parts) - shown:
            parts.append(f"<p>{_plural(left, 'changed part')} not shown here: see pages/{_esc(changed.name)}.after.png.</p>")  # fmt: skip
    told = f"<p>{_esc(pages_told(drawn))}</p>"
    return f"<section id=pages><h2>{PAGES} <small>{len(drawn.pages)}</small></h2>{told}{''.join(parts)}</section>"  # fmt: skip


def _figure(label: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f"<figure><figcaption>{label}</figcaption><img loading='lazy' alt='{label}' src='data:image/png;base64,{data}'></figure>"


def _esc(text: object) -> str:
    told = html.escape(_open(text))
    return told.replace("\ue000", "<strong>").replace("\ue001", "</strong>")


def _html_link(text: str, where: str, site: str) -> str:
    path, _, anchor = where.partition("#")
    return f"<a href='{html.escape(_url(path, site, anchor))}'>{_esc(text)}</a>" if site else _esc(text)  # fmt: skip


def _html_section(
    kind: str, changes: list[Change], review: Review, pixels: Pixels, site: str
) -> str:
    if kind == "file":
        return f"<ul>{''.join(f'<li>{_esc(c.what)} ({_esc(c.note)})</li>' for c in changes)}</ul>"
    if kind in ("text", "words", "judge"):
        return "".join(_html_text(change, site) for change in changes)
    if kind == "chart":
        return "".join(_html_chart(c, review.pictures[c.what], pixels, site) for c in changes)
    head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
    rows = "".join(
        f"<tr{'' if c.explained else ' class=silent'}><th scope='row'>{_html_what(c, site)}</th>"
        f"<td>{_esc(c.before)}</td><td>{_esc(c.after)}</td><td>{_esc(c.note)}</td></tr>"
        for c in changes
    )
    top = "".join(f"<th scope='col'>{name}</th>" for name in head)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _html_what(change: Change, site: str) -> str:
    if change.kind in ("verdict", "grounds", "claim", "rule"):
        return _html_link(change.what, f"book/claims.html#{change.what}", site)
    if not change.page:
        return _esc(change.what)
    link = _html_link(change.what, f"book/{change.page}.html", site)
    return f"{link}<br><small>{_esc(change.page)}</small>"


def _html_text(change: Change, site: str) -> str:
    classes = {"+": "ins", "-": "del"}
    lines = "".join(
        f"<{classes[line[0]]}>{_esc(line)}</{classes[line[0]]}>\n"
        for line in source_diff.lines(change.before, change.after)
    )
    where = _html_link(change.page, f"book/{change.page}.html", site)
    what = f"{_esc(change.what)} <small>{_esc(change.note)}</small>"
    return f"<h3>{f'{where}, ' if change.page else ''}{what}</h3><pre>{lines}</pre>"


def _html_chart(change: Change, svgs: tuple[str, str], pixels: Pixels, site: str) -> str:
    found = (pixels or {}).get(change.what)
    shown = [
        f"<figure><figcaption>{label}: {_esc(title)}</figcaption><img loading='lazy' alt='{label}' src='{address(svg)}'></figure>"
        for label, title, svg in (
            ("before", change.before, svgs[0]),
            ("after", change.after, svgs[1]),
        )
        if svg and title != NONE
    ]
    if found:
        data = base64.b64encode(found.png).decode()
        shown.append(
            f"<figure><figcaption>{pixel_share(found)}</figcaption>"
            f"<img alt='pixels that differ' src='data:image/png;base64,{data}'></figure>"
        )
    where = _html_link(change.what, f"book/{change.page}.html#{change.what}", site)
    return f"<h3>{where} <small>{_esc(change.note)}</small></h3><div class=charts>{''.join(shown)}</div>"


_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; color: #1f2937; background: #fff; }}
h2 {{ border-top: 1px solid #d5d9e0; padding-top: 1rem; }} small {{ color: #5b6472; font-weight: normal; }}
table {{ border-collapse: collapse; width: 100%; }} th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d5d9e0; overflow-wrap: anywhere; }}
tr.silent {{ background: #fdecea; }} pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f7f9; padding: .6rem; }}
ins {{ background: #dcf5ea; text-decoration: none; }} del {{ background: #fde3e0; text-decoration: none; }}
.pages {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin-bottom: 1.5rem; }}
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }} figure {{ margin: 0; }} img {{ max-width: 100%; border: 1px solid #d5d9e0; }}
</style></head><body>
{body}
</body></html>
"""
