"""HTML from templates: one environment with autoescape, and the words that every page shares."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from bet.chapter import cards
from bet.dates import written
from bet.numbers import amount, day, plural, spoken
from bet.paths import here
from bet.records.claims import SECTIONS
from bet.records.contents import menu
from bet.records.sources import sources

SECTION_TITLES = {
    "INTRO": "Chapter 0 · The stake",
    "PEOPLE": "Chapter 1 · The people",
    "GROK": "Chapter 2 · Grok",
    "INFRA": "Chapter 3 · Machines",
    "THESIS": "Chapter 4 · Ten more years",
    "END": "Chapter 5 · The verdict",
}
CHAPTERS = {"index": "Cover"} | {
    SECTIONS[prefix]: title for prefix, title in SECTION_TITLES.items()
}


def chapter_title(notebook: str) -> str:
    """Return how pages name a chapter: by its section of the article, or else as the menu does.

    A chapter that neither knows goes by the name of its file.
    """
    if notebook in CHAPTERS:
        return CHAPTERS[notebook]
    short = menu(here().folder / "_toc.yml").get(f"book/{notebook}", "")
    number, _, name = short.partition(" ")
    return f"Chapter {number} · {name}" if number.isdigit() and name else short or notebook


class OneLine(Extension):
    """A line break in a template, with the indentation after it, is no part of the page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template without its line breaks."""
        return re.sub(r"\n\s*", "", source)


def escape(value: Any) -> Markup:
    """Return a value as HTML text; markup is left as it is."""
    return Markup(value if hasattr(value, "__html__") else html.escape(str(value)))


def render(template: str, **values: Any) -> Markup:
    """Return a filled template of ``bet/site/templates``. Raises UndefinedError for a missing value."""
    return Markup(_PAGES.get_template(f"{template}.html").render(**values))


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    first, _, rest = text.strip().rstrip(".").partition(" ")
    head = first.capitalize() if first.islower() else first  # xAI stays xAI
    return f"{head} {rest}".strip() + "." if first else ""


def setting(low: Any, unit: str, high: Any = None) -> str:
    """Return a parameter's value, or a range, as a reader would write it: 15% a year, 14 November 2025."""
    ends = (low, low if high is None else high)
    if isinstance(low, str) or unit == "year":
        told = map(day, ends) if unit == "ISO date" else map(str, ends)
        return " to ".join(dict.fromkeys(told))
    if unit.startswith("10^12 "):
        return amount(ends[0] * 1e12, ends[1] * 1e12, unit.removeprefix("10^12 "))
    return amount(*ends, spoken(unit), 4)


def publishers(names: Iterable[str], address: Callable[[str], str]) -> list[tuple[str, list[str]]]:
    """Return (publisher, addresses) of the named sources, each publisher once, in the order met."""
    by_publisher: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_publisher.setdefault(sources()[name].publisher, []).append(address(name))
    return list(by_publisher.items())


def folded(text: str) -> str:
    """Return a text as one looks it up: small letters, no accents, no punctuation at its ends."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip("“”‘’\"'.«» ")


def figure_numbers(charts: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Return the number of every figure: its chapter's, then its place there; letter A on the cover."""
    numbers: dict[tuple[str, str], str] = {}
    last: dict[str, int] = {}
    for chart in charts:
        notebook = chart["notebook"]
        last[notebook] = last.get(notebook, 0) + 1
        head = notebook.split("_")[0]
        prefix = head if head.isdigit() else "A"
        numbers[notebook, chart["name"]] = f"{prefix}.{last[notebook]}"
    return numbers


def _environment() -> Environment:
    """Return the environment; quotes are escaped as the standard library does, autoescape sees markup."""
    pages = Environment(
        loader=PackageLoader("bet.site"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escape,
        extensions=[OneLine],
    )
    pages.filters |= {"plural": plural, "sentence": sentence, "day": day, "partial_day": written}
    pages.filters["chapter_title"] = chapter_title
    pages.globals |= {
        "badge": lambda claim, verdict: Markup(cards.badge(claim, verdict)),
        "beside": lambda figure: Markup(cards.beside_html(figure.model_dump())),
        "setting": setting,
    }
    return pages


_PAGES = _environment()
