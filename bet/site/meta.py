"""What other programs read of a page: description, card for links, site map, robots, citation."""

from __future__ import annotations

from docutils import nodes

from bet.site.html import escape, render

BOOK = "The Bet, Audited"
ABOUT = "An executable audit of an investment thesis: every claim judged, every verdict traceable."
SIZE = (1200, 630)


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


def tags(title: str, about: str, page: str, base: str) -> str:
    """Return the meta elements of a page; addresses are absolute once the site has one."""
    up = base.rstrip("/") + "/" if base else "../" * page.count("/")
    known = {
        "og:type": "article",
        "og:site_name": BOOK,
        "og:title": title,
        "og:description": about,
        "og:image": f"{up}cards/{page.split('/')[-1]}.png",
        "og:image:width": SIZE[0],
        "og:image:height": SIZE[1],
        "og:image:alt": f"{title}. {BOOK}",
    }
    if base:
        known["og:url"] = f"{up}{page}.html"
    told = "".join(f'<meta property="{k}" content="{escape(v)}" />\n' for k, v in known.items())
    link = f'<link rel="canonical" href="{up}{page}.html" />\n' if base else ""
    return (
        f'<meta name="description" content="{escape(about)}" />\n'
        f'<meta name="twitter:card" content="summary_large_image" />\n{told}{link}'
    )


def robots(base: str) -> str:
    """Return robots.txt: everything may be read."""
    where = f"Sitemap: {base.rstrip('/')}/sitemap.xml\n" if base else ""
    return f"User-agent: *\nAllow: /\n{where}"


def missing(base: str) -> str:
    """Return the page for an address that leads nowhere; it needs no other file, at any depth."""
    home = base.rstrip("/") + "/" if base else "./"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8" />'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />'
        f'<meta name="robots" content="noindex" /><link rel="icon" href="data:," /><title>Not here - {BOOK}</title><style>'
        ":root{color-scheme:light dark}html{background:#fff;color:#1f2937}a{color:#0b5cad}"
        "@media(prefers-color-scheme:dark){html{background:#121212;color:#e5e7eb}a{color:#9cc3f5}}body{font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;"
        "margin:15vh auto;padding:0 1rem}</style></head><body><main><h1>There is no such page</h1>"
        "<p>Addresses of claims, charts and tables are meant to last; a mistyped one is the likely cause.</p>"
        f'<p><a href="{home}index.html">To the cover</a> · <a href="{home}book/claims.html">All claims</a> · '
        f'<a href="{home}search.html">Search</a></p></main></body></html>\n'
    )


def cite(title: str, page: str, base: str, version: str, day: str) -> str:
    """Return the foot of a page that says how to cite it."""
    where = f"{base.rstrip('/')}/{page}.html" if base else f"{page}.html"
    key = page.split("/")[-1].replace("_", "-")
    entry = (
        f"@misc{{bet-audited-{key},\n  author = {{{{The contributors to {BOOK}}}}},\n"
        f"  title = {{{title}}},\n  howpublished = {{{BOOK}, version {version}, {where}}},\n"
        f"  year = {{{day[:4]}}},\n  note = {{CC BY 4.0, {day}}}\n}}"
    )
    return render("cite", entry=entry)
