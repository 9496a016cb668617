"""The review written down: Markdown for a comment, and one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping

from bet.review import source_diff
from bet.review.compare import KINDS, NONE, Change, Review
from bet.review.pixels import Difference, address

MOST = 30  # rows of a section in the Markdown; the page has all
LONG = 160  # characters of a cell in the Markdown
MARKER = "<!-- bet diff -->"  # how the comment is found again
COLUMNS = {
    "verdict": ("Claim", "Before", "After", "Why"),
    "number": ("Number", "Before", "After", "Unit, ratio, where"),
    "chart": ("Chart", "Before", "After", "What differs"),
}
NOT_DRAWN = "Pixels were not compared (no Chromium, or not asked for); the charts' data were."
Pixels = Mapping[str, Difference] | None


def headline(review: Review) -> str:
    """Say in one sentence what the change does to the conclusions."""
    verdicts = review.of("verdict")
    if not verdicts:
        return "No conclusion changes" if review.changes else "Nothing changes"
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


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# Markdown


def markdown(review: Review, names: tuple[str, str], pixels: Pixels = None, site: str = "") -> str:
    """Return the report for a comment. ``site`` is the published book, for links."""
    pages = ", ".join(_page_link(page, site) for page in review.pages)
    lines = [MARKER, f"## {headline(review)}", ""]
    lines += [f"{names[0]} → {names[1]}." + (f" Pages touched: {pages}." if pages else ""), ""]
    kinds = [kind for kind in KINDS if review.of(kind)]
    for kind in kinds:
        if len(kinds) > 1:
            lines += [f"### {KINDS[kind]}", ""]
        lines += [*_section(kind, review.of(kind), pixels, site), ""]
    if review.pictures and pixels is None:
        lines += [NOT_DRAWN, ""]
    return "\n".join(lines).rstrip() + "\n"


def _page_link(page: str, site: str) -> str:
    return f"[{_cell(page)}]({site}book/{page}.html)" if site else _cell(page)


def _section(kind: str, changes: list[Change], pixels: Pixels, site: str) -> Iterator[str]:
    if kind == "file":
        yield ", ".join(f"{_cell(c.what)} ({c.note})" for c in changes)
        return
    if kind in ("text", "words"):
        for change in changes[:MOST]:
            yield from _text_lines(change, site)
    else:
        head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
        yield f"| {' | '.join(head)} |"
        yield "|---|---|---|---|"
        for change in changes[:MOST]:
            cells = (change.before, change.after, _note(change, pixels))
            shown = " | ".join(_cell(_short(cell)) for cell in cells)
            yield f"| {_what(change, site)} | {shown} |"
    if len(changes) > MOST:
        yield f"\nand {len(changes) - MOST} more, on the page of this report."


def _what(change: Change, site: str) -> str:
    name = _cell(change.what)
    if change.kind == "verdict":
        name = f"**{name}**"
    if not site or not change.page:
        return f"{name} ({change.page})" if change.kind in ("number", "words") else name
    anchor = f"#{change.what}" if change.kind in ("verdict", "grounds", "chart") else ""
    page = "claims" if change.kind in ("verdict", "grounds") else change.page
    return f"[{name}]({site}book/{page}.html{anchor})"


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
    place = f"{_page_link(change.page, site)}, {_cell(change.what)}"
    phrase = source_diff.words(change.before, change.after)
    if phrase:
        yield f"- {place}: “{_cell(phrase[0])}” → “{_cell(phrase[1])}”"
        return
    changed = source_diff.lines(change.before, change.after)
    yield f"<details><summary>{place}: {_plural(len(changed), 'line')}</summary>\n"
    yield "`````diff"
    yield from (line.replace("`````", "'''''")[:LONG] for line in changed[:MOST])
    yield "`````\n"
    yield "</details>"


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[: LONG - 1].rsplit(' ', 1)[0]} …"


def _cell(text: str) -> str:
    """Return text that stays text in a table of a comment: no markup, no mention of anybody."""
    told = html.escape(" ".join(str(text).split()), quote=False)
    told = re.sub(r"([|\[\]`\\])", r"\\\1", told)
    return told.replace("@", "&#64;").replace("#", "&#35;")


# HTML


def page(review: Review, names: tuple[str, str], pixels: Pixels = None, site: str = "") -> str:
    """Return the report as one page that loads nothing."""
    parts = [f"<h1>{_esc(headline(review))}</h1>", f"<p>{_esc(names[0])} → {_esc(names[1])}.</p>"]
    if review.pages:
        links = ", ".join(_html_link(name, f"book/{name}.html", site) for name in review.pages)
        parts.append(f"<p>Pages touched: {links}.</p>")
    if review.pictures and pixels is None:
        parts.append(f"<p>{NOT_DRAWN}</p>")
    for kind, title in KINDS.items():
        changes = review.of(kind)
        if changes:
            body = _html_section(kind, changes, review, pixels, site)
            parts.append(f"<section><h2>{title} <small>{len(changes)}</small></h2>{body}</section>")
    return _FRAME.format(title=_esc(headline(review)), body="\n".join(parts))


def _esc(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(str(text)))


def _html_link(text: str, where: str, site: str) -> str:
    return f"<a href='{html.escape(site + where)}'>{_esc(text)}</a>" if site else _esc(text)


def _html_section(
    kind: str, changes: list[Change], review: Review, pixels: Pixels, site: str
) -> str:
    if kind == "file":
        return f"<ul>{''.join(f'<li>{_esc(c.what)} ({c.note})</li>' for c in changes)}</ul>"
    if kind in ("text", "words"):
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
    if change.kind in ("verdict", "grounds"):
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
    return f"<h3>{where}, {_esc(change.what)}</h3><pre>{lines}</pre>"


def _html_chart(change: Change, svgs: tuple[str, str], pixels: Pixels, site: str) -> str:
    found = (pixels or {}).get(change.what)
    shown = [
        f"<figure><figcaption>{label}: {_esc(title)}</figcaption><img alt='{label}' src='{address(svg)}'></figure>"
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
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }} figure {{ margin: 0; }} img {{ max-width: 100%; border: 1px solid #d5d9e0; }}
</style></head><body>
{body}
</body></html>
"""
