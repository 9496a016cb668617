"""What may stand in a picture: shapes that run and load nothing, saved in a notebook or written to a site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bet.faults import Fault

# A picture is no page, but may be opened as one, and then no policy holds it. It is XML of these
# elements and attributes only; whatever its styles say, nothing in them can ask for a file.
_SHAPES = "svg defs style g path use clipPath rect circle text title image"
_TOLD = (
    "id class style type version d x y r cx cy width height viewBox points transform clip-path fill stroke opacity"
)  # fmt: skip
_DRAWN, _DRAWN_WITH = frozenset(_SHAPES.split()), frozenset(_TOLD.split())
_HOME = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
_PLACE = re.compile(r"#[\w.-]+", re.ASCII)
# Every function of CSS that loads has its address between brackets, every rule that does begins with
# "@", and what is written with a backslash may be either.
_STILL = re.compile(
    r"(?:[^()\\@&<>]|url\(#[\w.-]+\)|(?:matrix|translate|scale|rotate|skew[XY])\([\d\s.,e+-]*\))*", re.ASCII
)  # fmt: skip
_XML = re.compile(
    r'<\?xml version="1\.0"(?: encoding="utf-8")?(?: standalone="no")?\?>', re.IGNORECASE
)
_XML_S = r"[ \t\n\r]"
_XML_NAME = r"[A-Za-z][\w:-]*"
_XML_TOLD = rf"""(?:{_XML_S}+{_XML_NAME}{_XML_S}*={_XML_S}*(?:"[^"<]*"|'[^'<]*'))*{_XML_S}*"""
_XML_PART = re.compile(
    rf"""(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+ | </{_XML_NAME}{_XML_S}*>
      | <style(?P<of_style>{_XML_TOLD})>(?P<style>[^<]*)</style{_XML_S}*>
      | <(?P<tag>{_XML_NAME})(?P<told>{_XML_TOLD})/?>""",
    re.VERBOSE | re.ASCII,
)
_XML_NAMED = re.compile(rf"""({_XML_NAME}){_XML_S}*={_XML_S}*(?:"([^"]*)"|'([^']*)')""", re.ASCII)


def picture_faults(text: str, name: str) -> Iterator[Fault]:
    """Yield what a picture holds beside shapes: scripts, events, links, foreign content, entities."""
    start = _XML.match(text)
    at = start.end() if start else 0
    while at < len(text):
        part = _XML_PART.match(text, at)
        if part is None:
            yield Fault(name, repr(text[at : at + 60]), "shapes only, in plain XML")
            return
        at = part.end()
        for found in _drawn_problems(part):
            yield Fault(name, found, "a drawing that runs and loads nothing")


def _drawn_problems(part: re.Match[str]) -> Iterator[str]:
    """Yield what one piece of a picture is or has that no drawing needs."""
    if part["tag"] and (part["tag"] not in _DRAWN or part["tag"] == "style"):
        yield f"<{part['tag'][:20]}>"
    if not _STILL.fullmatch(part["style"] or ""):
        yield f"a style of {part['style'][:60]!r}"
    for key, first, second in _XML_NAMED.findall(part["told"] or part["of_style"] or ""):
        if not _drawn_with(key, first or second):
            yield f"{key[:20]} {(first or second)[:60]!r}"


@lru_cache(maxsize=50_000)
def _drawn_with(key: str, value: str) -> bool:
    if key in _HOME:
        return value == _HOME[key]
    if key in ("href", "xlink:href"):
        return bool(_PLACE.fullmatch(value))
    return key in _DRAWN_WITH and bool(_STILL.fullmatch(value))
