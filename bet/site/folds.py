"""Below the heading *Going deeper* everything is folded: text, charts and cards, each under its title.

A notebook writes ``### Title`` there (Jupyter and GitHub show a heading) or ``:::{deeper} Title``.
What follows, to the next title, is one fold of the page. An element of HTML does it, not a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from bet.chapter.lint import DEEPER
from bet.site.elements import Edit, Element, Page
from bet.site.html import render

_RANKS = ("h1", "h2", "h3", "h4", "h5")
_MARK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)  # a link has no place in a button


def folded(page: Page) -> Iterator[Edit]:
    """Yield the edits that fold what stands below each heading *Going deeper* of a page."""
    for section in page.elements:
        if section.tag == "section":
            heading = next(iter(_children(page, section)), section)
            if heading.tag in _RANKS and page.words(heading).removesuffix("#").strip() == DEEPER:
                yield from _folds(page, section)


def _folds(page: Page, section: Element) -> Iterator[Edit]:
    """Yield the folds of a section; a section within it (a heading of a text cell) has its own."""
    is_open = False
    for child in _children(page, section):
        title, without = _title(page, child)
        if is_open and (title or child.tag == "section"):
            yield Edit(child.start, child.start, "</details>")
            is_open = False
        if title:
            yield Edit(child.start, child.start, render("deeper", title=Markup(title)))
            is_open = True
        yield from without
        if child.tag == "section":
            yield from _folds(page, child)
    if is_open:
        yield Edit(section.close, section.close, "</details>")


def _children(page: Page, parent: Element) -> Iterator[Element]:
    """Yield the elements that stand in another, not those within them."""
    at = parent.inner
    for element in page.elements:
        if at <= element.start < parent.close:
            yield element
            at = element.end


def _title(page: Page, child: Element) -> tuple[str, list[Edit]]:
    """Return the title that an element begins a fold with, as HTML, and the edits that take it out."""
    if child.tag == "section":
        return "", []
    for inner in page.elements:
        if not child.start <= inner.start < child.end:
            continue
        if inner.tag == "h3":
            told = page.text[inner.start : inner.end]
            return _MARK.sub("", told), [Edit(inner.start, inner.end, "")]
        if inner.tag == "details" and inner.has_class("bet-deeper"):
            summary = page.within(inner, "summary")[0]
            told = page.inner(summary)
            last = Edit(inner.close, inner.end, "")
            return told, [Edit(inner.start, summary.end, ""), last]
    return "", []
