"""A page read by a parser that tells where each element stands, and edits at those places.

Parsers that return a tree (lxml, html5lib, BeautifulSoup) write the whole page anew: other quotes,
other entities, other empty elements. Here every byte that no edit touches stays as it was.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import accumulate
from typing import NamedTuple

_EMPTY = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)


class Element(NamedTuple):
    """One element: its name, its attributes, and the places of its tags in the page.

    ``start`` to ``inner`` is the first tag, ``close`` to ``end`` the last; an empty element, or one
    that is never closed, ends where its first tag does.
    """

    tag: str
    attributes: dict[str, str | None]
    start: int
    inner: int
    close: int
    end: int

    def has_class(self, name: str) -> bool:
        """Tell whether the element is of a class."""
        return name in (self.attributes.get("class") or "").split()


class Edit(NamedTuple):
    """What is to stand in place of ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Page(HTMLParser):
    """A page with its elements in the order of their first tags."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.elements: list[Element] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._open: list[int] = []
        self._words: list[tuple[int, str]] = []
        self.feed(text)
        self.close()

    def inner(self, element: Element) -> str:
        """Return what stands between the tags of an element."""
        return self.text[element.inner : element.close]

    def words(self, element: Element) -> str:
        """Return the text of an element without tags, entities as they are written."""
        first, last = (bisect_left(self._words, (at, "")) for at in (element.inner, element.close))
        return " ".join("".join(text for _, text in self._words[first:last]).split())

    def within(self, element: Element, tag: str) -> list[Element]:
        """Return the elements of a name that stand in another."""
        inside = (e for e in self.elements if element.inner <= e.start < element.close)
        return [e for e in inside if e.tag == tag]

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the page with edits that do not overlap; those at one place keep their order."""
        parts, at = [], 0
        for edit in sorted(edits, key=lambda edit: edit.start):
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*parts, self.text[at:]])

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; it is open until its last tag."""
        self.handle_startendtag(tag, attrs)
        if tag not in _EMPTY:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        start = self._here()
        inner = start + len(self.get_starttag_text() or "")
        self.elements.append(Element(tag, dict(attrs), start, inner, inner, inner))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element of that name, and what was left open in it."""
        place = next((n for n in reversed(self._open) if self.elements[n].tag == tag), None)
        if place is None:
            return
        del self._open[self._open.index(place) :]
        close = self._here()
        end = self.text.find(">", close) + 1 or len(self.text)
        self.elements[place] = self.elements[place]._replace(close=close, end=end)

    def handle_data(self, data: str) -> None:
        """Note a piece of text."""
        self._words.append((self._here(), data))

    def handle_entityref(self, name: str) -> None:
        """Note an entity as it is written."""
        self._words.append((self._here(), f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """Note a numbered character as it is written."""
        self._words.append((self._here(), f"&#{name};"))
