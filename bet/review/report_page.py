"""The review written down as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from bet.numbers import plural
from bet.review import escaping, headline, source_diff, summary
from bet.review.change import COPY, KINDS, NONE, Change, Review, name
from bet.review.pages import Drawn
from bet.review.pixels import Difference, address
from bet.review.report import (
    COLUMNS,
    PAGES,
    UNJUDGED,
    Pixels,
    not_drawn,
    page_share,
    pages_told,
    pixel_share,
)

PICTURES = (
    16_000_000  # bytes of pages on the page of the report; what is over stands in their folder
)


def page(
    review: Review,
    names: tuple[str, str],
    pixels: Pixels = None,
    site: str = "",
    drawn: Drawn | None = None,
) -> str:
    """Return the report as one page that loads nothing."""
    parts = [
        f"<h1>{escaping.element(headline.headline(review))}</h1>",
        f"<p>{escaping.element(names[0])} → {escaping.element(names[1])}.</p>",
    ]
    if review.pages:
        links = ", ".join(escaping.link(name(p), f"book/{p}.html", site) for p in review.pages)
        parts.append(f"<p>Pages touched: {links}.</p>")
    parts += [f"<p>{escaping.element(note)}</p>" for note in (*summary.told(review), *review.notes)]
    if review.faults:
        told = "".join(f"<li>{escaping.element(fault)}</li>" for fault in review.faults)
        parts.append(f"<section><h2>{UNJUDGED}</h2><ul>{told}</ul></section>")
    if left := not_drawn(review, pixels):
        parts.append(f"<p>{left}</p>")
    for kind, title in KINDS.items():
        changes = review.of(kind)
        if changes:
            body = _html_section(kind, changes, review, pixels, site)
            parts.append(f"<section><h2>{title} <small>{len(changes)}</small></h2>{body}</section>")
    if drawn is not None:
        parts.append(_html_pages(drawn, site))
    return _FRAME.format(title=escaping.element(headline.headline(review)), body="\n".join(parts))


def _html_pages(drawn: Drawn, site: str) -> str:
    """Return every page that looks different, before and after, as far as there is room."""
    room, parts = PICTURES, []
    for changed in drawn.pages:
        parts.append(f"<h3>{escaping.link(changed.name, f'book/{changed.name}.html', site)} <small>{page_share(changed)} {escaping.element(changed.note)}</small></h3>")  # fmt: skip
        shown = 0
        for pair in changed.parts:
            room -= sum(map(len, pair))
            if room < 0:
                break
            shown += 1
            parts.append(f"<div class=pages>{_figure('before', pair[0])}{_figure('after', pair[1])}</div>")  # fmt: skip
        if left := len(changed.parts) - shown:
            parts.append(f"<p>{plural(left, 'changed part')} not shown here: see pages/{escaping.element(changed.name)}.after.png.</p>")  # fmt: skip
    told = f"<p>{escaping.element(pages_told(drawn))}</p>"
    return f"<section id=pages><h2>{PAGES} <small>{len(drawn.pages)}</small></h2>{told}{''.join(parts)}</section>"  # fmt: skip


def _figure(label: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f"<figure><figcaption>{label}</figcaption><img loading='lazy' alt='{label}' src='data:image/png;base64,{data}'></figure>"


def _html_section(
    kind: str, changes: list[Change], review: Review, pixels: Pixels, site: str
) -> str:
    if kind == "file":
        return f"<ul>{''.join(f'<li>{escaping.element(c.what)} ({escaping.element(c.note)})</li>' for c in changes)}</ul>"
    if kind in ("text", "words", "judge", "root"):
        return "".join(_html_text(change, site) for change in changes)
    if kind == "chart":
        return "".join(_html_chart(c, review.pictures, pixels, site) for c in changes)
    head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
    rows = "".join(
        f"<tr{'' if c.explained else ' class=silent'}><th scope='row'>{_html_what(c, site)}</th>"
        f"<td>{escaping.element(c.before)}</td><td>{escaping.element(c.after)}</td><td>{escaping.element(c.note)}</td></tr>"
        for c in changes
    )
    top = "".join(f"<th scope='col'>{name}</th>" for name in head)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _html_what(change: Change, site: str) -> str:
    if change.kind in ("verdict", "grounds", "claim", "rule"):
        return escaping.link(change.what, f"book/claims.html#{change.what}", site)
    if not change.page:
        return escaping.element(change.what)
    link = escaping.link(change.what, f"book/{change.page}.html", site)
    return f"{link}<br><small>{escaping.element(change.page)}</small>"


def _html_text(change: Change, site: str) -> str:
    classes = {"+": "ins", "-": "del"}
    lines = "".join(
        f"<{classes[line[0]]}>{escaping.element(line)}</{classes[line[0]]}>\n"
        for line in source_diff.lines(change.before, change.after)
    )
    where = escaping.link(name(change.page), f"book/{change.page}.html", site)
    what = f"{escaping.element(change.what)} <small>{escaping.element(change.note)}</small>"
    return f"<h3>{f'{where}, ' if change.page else ''}{what}</h3><pre>{lines}</pre>"


def _html_chart(
    change: Change, pictures: Mapping[str, tuple[str, str]], pixels: Pixels, site: str
) -> str:
    shown = [
        part
        for copy in ("", COPY)
        for part in _html_pair(change, copy, pictures.get(f"{change.what}{copy}"), pixels or {})
    ]
    where = escaping.link(change.what, f"book/{change.page}.html#{change.what}", site)
    return f"<h3>{where} <small>{escaping.element(change.note)}</small></h3><div class=charts>{''.join(shown)}</div>"


def _html_pair(
    change: Change, copy: str, svgs: tuple[str, str] | None, pixels: Mapping[str, Difference]
) -> Iterator[str]:
    """Yield a chart before and after, or its copy, and where their pixels differ."""
    for label, title, svg in zip(("before", "after"), (change.before, change.after), svgs or (), strict=False):  # fmt: skip
        if svg and title != NONE:
            yield f"<figure><figcaption>{label}: {escaping.element(title)}{copy}</figcaption><img loading='lazy' alt='{label}' src='{address(svg)}'></figure>"
    if found := pixels.get(f"{change.what}{copy}"):
        data = base64.b64encode(found.png).decode()
        yield (
            f"<figure><figcaption>{pixel_share(found)}</figcaption>"
            f"<img alt='pixels that differ' src='data:image/png;base64,{data}'></figure>"
        )


_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; color: #1f2937; background: #fff; }}
h1 {{ font-size: 1.6rem; line-height: 1.3; }} h1, p, li {{ overflow-wrap: anywhere; }}
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
