"""Permanent addresses: pages, claims, charts and tables that others may link to.

``data/addresses.txt`` is the promise; a test fails when the site no longer keeps one of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bet.paths import here
from bet.records import tables
from bet.records.claims import claims
from bet.records.contents import menu
from bet.site.published import charts_in

FILES = ("claims.json", "claims.csv", "claims.schema.json", "editions.json")


def place() -> Path:
    """Return the file of the promised addresses."""
    return here().data / "addresses.txt"


def current() -> list[str]:
    """Return every permanent address that the book has today, in order."""
    pages = [f"{page}.html" for page in menu(here().folder / "_toc.yml")]
    found = [*FILES, *pages]
    found += [f"book/claims.html#{name}" for name in claims()]
    for chart in charts_in(here().book):
        place = f"{chart['notebook']}.html#{chart['name']}"
        found += [f"book/{place}", f"charts/{chart['notebook']}/{chart['name']}.csv"]
    for name in tables.names():
        found += [f"book/data.html#{name}", f"tables/{name}.csv"]
    return sorted(set(found))


def promised() -> list[str]:
    """Return the committed list."""
    return _listed(place())


def retired() -> list[str]:
    """Return the addresses of charts that the book does not draw any more; they still lead to their chapter."""
    return _listed(here().data / "retired.txt")


def _listed(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def retired_on(page: str) -> list[str]:
    """Return the names of the charts that a page, 'book/4_thesis', showed once and does not any more."""
    parts = [address.partition("#") for address in retired()]
    return [anchor for name, _, anchor in parts if anchor and name == f"{page}.html"]


def text(anew: bool = False) -> str:
    """Return the list with what is new; nothing is dropped unless the list is made ``anew``."""
    kept = [] if anew else promised()
    return "\n".join(sorted({*kept, *current()})) + "\n"


def lost(site: Path, addresses: Iterable[str]) -> list[str]:
    """Return the addresses that a built site does not have."""
    ids: dict[Path, set[str]] = {}
    gone = []
    for address in addresses:
        name, _, anchor = address.partition("#")
        page = site / name
        if anchor and page.exists() and page not in ids:
            ids[page] = set(re.findall(r"""\bid=["']([^"']+)["']""", page.read_text("utf-8")))
        if not page.exists() or (anchor and anchor not in ids[page]):
            gone.append(address)
    return gone
