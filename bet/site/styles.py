"""The theme's style sheet, cut to the rules that a page of the site can use: a third of it is left.

A rule goes if it asks for a class or an id that no page has and no script names. Bootstrap puts some of its
own names together (``bs-`` and what shows); those stay. A published site is cut, not a preview: there the
sheet is read at every save, and its weight is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2

from bet.site.icons import THEME

_ATTRIBUTE = re.compile(r"""\b(?:class|id)=["']([^"']*)""")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NAME = re.compile(r"[.#]((?:\\.|[\w-])+)")
_CHOICE = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_COMMA = re.compile(r",(?![^(]*\))")
_BUILT = "bs-"


def cut_styles(site: Path) -> None:
    """Cut the theme's style sheet of a site to what its pages have; nothing to do under another theme."""
    path = site / THEME
    if path.exists():
        path.write_text(cut(path.read_text("utf-8"), classes(site) | words(site)), encoding="utf-8")


def classes(site: Path) -> set[str]:
    """Return the classes and ids that the pages of a site have."""
    told: set[str] = set()
    for page in site.rglob("*.html"):
        told.update(_ATTRIBUTE.findall(page.read_text("utf-8")))
    return {name for value in told for name in value.split()}


def words(site: Path) -> set[str]:
    """Return every word of the scripts of a site."""
    scripts = (path for path in site.rglob("*") if path.suffix in (".js", ".mjs"))
    return set().union(*(_WORD.findall(script.read_text("utf-8")) for script in scripts))


def cut(style: str, used: set[str]) -> str:
    """Return a style sheet without the rules that ask for a name that is not used."""
    return "".join(_rules(_parsed(style), used))


def _rules(rules: Iterable[Any], used: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            asked = _COMMA.split(tinycss2.serialize(rule.prelude))
            left = ",".join(selector.strip() for selector in asked if _can_match(selector, used))
            if left:
                yield f"{left}{{{tinycss2.serialize(rule.content)}}}"
        elif (
            rule.type == "at-rule"
            and rule.content
            and rule.lower_at_keyword in ("media", "supports")
        ):
            if inner := "".join(_rules(_parsed(rule.content), used)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()


def _parsed(style: Any) -> list[Any]:
    read = tinycss2.parse_stylesheet if isinstance(style, str) else tinycss2.parse_rule_list
    return read(style, skip_comments=True, skip_whitespace=True)


def _can_match(selector: str, used: set[str]) -> bool:
    """Tell whether every class and id that a selector asks for is used; what stands to choose does not count."""
    names = (name.replace("\\", "") for name in _NAME.findall(_CHOICE.sub("", selector)))
    return all(name in used or name.startswith(_BUILT) for name in names)
