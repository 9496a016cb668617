"""What other programs read of a page: description, robots, citation; and the page for a lost address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from docutils import nodes
from markupsafe import Markup

from bet.paths import here
from bet.records.editions import TODAY
from bet.site.html import render

BOOK = "The Bet, Audited"
ABOUT = "An executable audit of an investment thesis: every claim judged, every verdict traceable."


def description(doctree: nodes.document | None, most: int = 155) -> str:
    """Return the first paragraph of a page that says something, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree is not None else ():
        text = " ".join(paragraph.astext().split())
        if len(text) >= 50:
            return shorten(text, most)
    return ABOUT


def shorten(text: str, most: int) -> str:
    """Cut a text at a word, with a sign that it goes on."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def tags(about: str, feed: str = "") -> Markup:
    """Return what a page's head says of it; sphinxext-opengraph adds the card once there is an address."""
    return render("head", about=about, feed=feed)


def robots(base: str, names: Sequence[str] = (TODAY,)) -> str:
    """Return robots.txt: everything may be read; every edition has a map of its own."""
    home = base.rstrip("/")
    places = [home if name == TODAY else f"{home}/editions/{name}" for name in names]
    where = "".join(f"Sitemap: {place}/sitemap.xml\n" for place in places) if base else ""
    return f"User-agent: *\nAllow: /\n{where}"


# Finds the book above an address that leads nowhere, whatever the depth and the prefix: the nearest folder
# that holds the list of editions.
FIND_HOME = """(async () => {
  const parts = location.pathname.split("/");
  while (parts.pop() !== undefined && parts.length) {
    const home = parts.join("/") + "/";
    const answer = await fetch(home + "editions.json", { method: "HEAD" }).catch(() => null);
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) continue;
    for (const link of document.links) link.href = home + link.href.match(/(book\\/)?[^/]*$/)[0];
    return;
  }
})();"""


def missing(base: str) -> Markup:
    """Return the page for an address that leads nowhere; it needs no other file, at any depth.

    Without a public address its links lead below the host's root, until the script finds the book.
    """
    home = f"{base.rstrip('/')}/"
    return render("missing", home=home, book=BOOK, script=Markup(FIND_HOME))


def entrance() -> Markup:
    """Return the page at a site's own address, which leads to the cover."""
    return render("entrance", book=BOOK, about=ABOUT)


def cite(title: str, page: str, base: str, edition: str = "") -> Markup:
    """Return the foot of a page that says how to cite it; ``base`` is the address of its edition."""
    name = page.split("/")[-1].replace("_", "-")
    if edition:
        name, title = f"{name}-{edition}", f"{title} (edition: {edition})"
    where = f"{base.rstrip('/')}/{page}.html" if base else ""
    return render("cite", entry=_shown(bibtex(f"bet-audited-{name}", title, where)))


def cite_book(base: str) -> Markup:
    """Return how to cite the book as a whole."""
    where = f"{base.rstrip('/')}/" if base else ""
    return _shown(bibtex("bet-audited", str(cited()["title"]), where))


def _shown(entry: str) -> Markup:
    return render("bibtex", entry=entry)


def cited() -> dict[str, Any]:
    """Return CITATION.cff."""
    return yaml.safe_load((here().folder / "CITATION.cff").read_text(encoding="utf-8"))


# What TeX would take for a command, and how it is written instead.
_TEX = str.maketrans(
    {sign: rf"\{sign}" for sign in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)


def bibtex(key: str, title: str, address: str) -> str:
    """Return a BibTeX entry for a part of the book; without an address it names none.

    The title stands in two pairs of braces, which keep its capitals.
    """
    told = cited()
    day, version = str(told["date-released"]), told["version"]
    fields = {
        "author": f"{{The contributors to {BOOK}}}",
        "title": f"{{{title.translate(_TEX)}}}",
        "howpublished": f"{BOOK}, version {version}",
        "url": address,
        "year": day[:4],
        "note": f"CC BY 4.0, {day}",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}"
