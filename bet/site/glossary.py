"""The first use of a term in a chapter leads to the glossary; no chapter has to ask for it."""

from __future__ import annotations

import re

from docutils import nodes

PAGE = "glossary.html"
# The place of a term in book/glossary.md, and how a chapter may write it.
TERMS = {
    "agi": r"\bAGI\b|\bgeneral AI\b",
    "base-rate": r"\bbase rates?\b",
    "brier-score": r"\bBrier(?: scores?)?\b",
    "edition": r"\beditions?\b",
    "form-13f": r"\b13Fs?\b",
    "gigawatt": r"\bGW\b",
    "h100": r"\bH100s?\b",
    "look-through": r"\blook(?:ed|ing|s)?[ -]through\b",
    "parameters": r"\b(?<=trillion )parameters\b",
    "price-earnings-ratio": r"\bprice-earnings ratios?\b|\btimes (?:its )?earnings\b",
    "random-walk": r"\brandom walk\b",
    "tender": r"\btenders?\b(?: offers?)?",
}
# A link in a link is none, a heading goes into the menu, and emphasis is the chapter's answer.
_LEFT = (nodes.title, nodes.reference, nodes.strong, nodes.literal, nodes.figure, nodes.raw)


def link_terms(doctree: nodes.document) -> list[str]:
    """Make the first use of each term in running text a link; return the terms that were found."""
    found = []
    for term, pattern in TERMS.items():
        for paragraph in doctree.findall(nodes.paragraph):
            if _link(paragraph, re.compile(pattern), term):
                found.append(term)
                break
    return found


def _link(paragraph: nodes.paragraph, pattern: re.Pattern[str], term: str) -> bool:
    """Link the first use in a paragraph; say whether there was one."""
    for text in list(paragraph.findall(nodes.Text)):
        match = pattern.search(text)
        if match is None or _inside(text):
            continue
        told = match[0]
        place = {"refuri": f"{PAGE}#{term}", "internal": True, "classes": ["bet-term"]}
        before, after = text[: match.start()], text[match.end() :]
        link = nodes.reference("", told, **place)
        parts = [*([nodes.Text(before)] if before else []), link, *([nodes.Text(after)] if after else [])]  # fmt: skip
        text.parent.replace(text, parts)
        return True
    return False


def _inside(text: nodes.Text) -> bool:
    """Tell whether a text stands where no link belongs."""
    parent = text.parent
    while parent is not None:
        if isinstance(parent, _LEFT):
            return True
        parent = parent.parent
    return False
