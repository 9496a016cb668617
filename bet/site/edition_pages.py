"""What differs between editions, and the way from a page of one to the same page of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bet.chapter.outputs import headline
from bet.records import editions
from bet.records.editions import TODAY
from bet.records.sources import sources
from bet.site.html import publishers, render
from bet.site.published import assessments_in, notebooks_in


def compare(folders: Mapping[str, Path]) -> dict[str, Any]:
    """Compare executed editions with today's: verdicts and headline numbers that differ.

    ``folders`` maps an edition to the folder of its executed notebooks. Returns
    {"verdicts": [{claim, <edition>: verdict}], "numbers": [{notebook, name, unit, <edition>: text}]}.
    """
    verdicts = {name: assessments_in(folder) for name, folder in folders.items()}
    numbers = {
        name: {chapter: headline(nb) for chapter, nb in notebooks_in(folder).items()}
        for name, folder in folders.items()
    }
    rows = [
        {
            "claim": claim,
            **{
                name: verdicts[name][claim]["verdict"]
                for name in folders
                if claim in verdicts[name]
            },
        }
        for claim in verdicts[TODAY]
    ]
    told = [
        {
            "notebook": chapter,
            "name": key,
            "unit": shown_number["unit"],
            **{
                name: numbers[name].get(chapter, {}).get(key, {}).get("text", "–")
                for name in folders
            },
        }
        for chapter, answer in numbers[TODAY].items()
        for key, shown_number in answer.items()
    ]
    return {
        "verdicts": [row for row in rows if len({row.get(name) for name in folders}) > 1],
        "numbers": [row for row in told if len({row[name] for name in folders}) > 1],
    }


def comparison_rows(folders: Mapping[str, Path]) -> Markup:
    """Return headline numbers and verdicts that differ, a column per edition; a word if there is one."""
    if len(folders) < 2:
        return render("one_edition")
    titles = [editions.edition(name).title for name in folders]
    return render("comparison", names=list(folders), titles=titles, **compare(folders))


def links(names: Iterable[str], page: str, here: str) -> list[dict[str, Any]]:
    """Return the links from a page of one edition to the same page of every named edition."""
    up = "../" * (page.count("/") + (0 if here == TODAY else 2))
    return [
        {
            "title": editions.edition(name).title,
            "current": name == here,
            "address": f"{up}{'' if name == TODAY else f'editions/{name}/'}{page}.html",
        }
        for name in names
    ]


def switcher(names: Iterable[str], page: str, here: str) -> Markup:
    """Return the edition switcher: the same page in every edition."""
    return render("switcher", links=links(names, page, here), here=editions.edition(here).title)


def banner(name: str) -> Markup:
    """Return the banner of an edition: what differs from today's; nothing above today's own pages."""
    if name == TODAY:
        return Markup()
    return render("banner", entry=editions.edition(name), changed=editions.differences(name))


def edition_rows() -> Markup:
    """Return every edition: title, reason, what it changes, sources."""
    rows = [
        {
            "name": name,
            "entry": entry,
            "changed": editions.differences(name),
            "publishers": publishers(entry.sources, lambda source: str(sources()[source].url)),
        }
        for name, entry in editions.editions().items()
    ]
    return render("editions", rows=rows)
