"""What other programs read of a page: description, robots, citation; and the page for a lost address."""

from __future__ import annotations

from docutils import nodes
from markupsafe import Markup

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


def tags(about: str) -> Markup:
    """Return what a page's head says of it; sphinxext-opengraph adds the card once there is an address."""
    return render("head", about=about)


def robots(base: str) -> str:
    """Return robots.txt: everything may be read."""
    where = f"Sitemap: {base.rstrip('/')}/sitemap.xml\n" if base else ""
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


def cite(title: str, page: str, base: str, version: str, day: str) -> Markup:
    """Return the foot of a page that says how to cite it."""
    where = f"{base.rstrip('/')}/{page}.html" if base else f"{page}.html"
    key = page.split("/")[-1].replace("_", "-")
    entry = (
        f"@misc{{bet-audited-{key},\n  author = {{{{The contributors to {BOOK}}}}},\n"
        f"  title = {{{title}}},\n  howpublished = {{{BOOK}, version {version}, {where}}},\n"
        f"  year = {{{day[:4]}}},\n  note = {{CC BY 4.0, {day}}}\n}}"
    )
    return render("cite", entry=entry)
