"""The Atom feed of corrections: one entry for each change of a verdict, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from bet.site.claims_page import changes
from bet.site.meta import BOOK
from bet.site.published import PublishedClaim

NAME = "feed.xml"
_ATOM = "http://www.w3.org/2005/Atom"


def feed(published: Sequence[PublishedClaim], base: str, released: str) -> str:
    """Return the feed of a book at ``base``; ``released`` (ISO date) is its day while nothing has changed.

    An entry's id is the claim's address with the day and the two verdicts, so it stays the same for ever.
    """
    home = base.rstrip("/")
    paraphrases = {claim.id: claim.paraphrase for claim in published}
    moved = [change for change in changes(published) if change["before"] != change["after"]]
    root = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(root, "title", f"Corrections of {BOOK}")
    _add(root, "id", f"{home}/{NAME}")
    Xml.SubElement(root, "link", {"rel": "self", "href": f"{home}/{NAME}"})
    Xml.SubElement(root, "link", {"href": f"{home}/book/corrections.html"})
    _add(root, "updated", _time(max([released, *(change["date"] for change in moved)])))
    _add(Xml.SubElement(root, "author"), "name", f"The contributors to {BOOK}")
    for change in moved:
        place = f"{home}/book/claims.html#{change['claim']}"
        entry = Xml.SubElement(root, "entry")
        verdicts = f"{change['before']} → {change['after']}"
        _add(entry, "title", f"{change['claim']}: {verdicts}")
        _add(entry, "id", f"{place}/{change['date']}/{change['before']}-{change['after']}")
        Xml.SubElement(entry, "link", {"href": place})
        _add(entry, "updated", _time(change["date"]))
        _add(entry, "summary", f"“{paraphrases[change['claim']]}” {change['why']}")
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"
