"""What differs between editions, and the way from a page of one to the same page of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bet.chapter.said import recorded
from bet.numbers import amount, digits, ratio, spoken
from bet.records import editions, facts
from bet.records.claims import claims
from bet.records.editions import TODAY
from bet.records.sources import sources
from bet.run import execute
from bet.site.html import publishers, render, setting
from bet.site.published import assessments_in, notebooks_in

# Pages that tell what is known today, whatever an edition assumes.
TODAYS_PAGES = ("forecasts", "resume")
Row = dict[str, Any]  # name, and cells: one text an edition, today's first


def assumed() -> list[Row]:
    """Return a row for each parameter that an edition changes: its meaning and every edition's value."""
    changed = {name: editions.differences(name) for name in editions.editions()}
    found: dict[tuple[str, str], Row] = {}
    for name, changes in changed.items():
        for c in changes:
            key = c["notebook"], c["name"]
            default = setting(c["default"], c["unit"])
            row = found.setdefault(key, {"name": c["meaning"].split(";")[0], "by": dict.fromkeys(changed, default)})  # fmt: skip
            row["by"][name] = setting(c["value"], c["unit"])
    return [{"name": row["name"], "cells": list(row["by"].values())} for row in found.values()]


def results(folders: Mapping[str, Path]) -> list[Row]:
    """Return a row for each headline fact that is not the same in all editions of ``folders``."""
    numbers = {name: recorded(notebooks_in(folder)) for name, folder in folders.items()}
    rows = []
    for fact in facts.headlines().values():
        found = [facts.value(fact, numbers[name].get(fact.notebook, [])) for name in folders]
        cells = [_told(fact, value) for value in found]
        if len(set(cells)) > 1:
            rows.append({"name": fact.fact, "cells": cells})
    return rows


def _told(fact: facts.Headline, value: Sequence[float] | None) -> str:
    """Return the numbers of a fact for its readers; nothing where an edition does not record it."""
    if value is None:
        return ""
    scaled = [number * fact.scale for number in value]
    if fact.unit == "ratio":
        return " and ".join(ratio(number, 3) for number in scaled)
    if len(scaled) == 1:
        return amount(scaled[0], scaled[0], spoken(fact.unit))
    if len(scaled) == 2 and scaled[0] <= scaled[1] and fact.unit != "count":
        return amount(scaled[0], scaled[1], spoken(fact.unit))
    return ", ".join(digits(number) for number in scaled)


def verdicts(folders: Mapping[str, Path], here: str = TODAY) -> list[Row]:
    """Return a row for each claim whose verdict is not the same in all editions of ``folders``.

    The badge says the verdict of the edition ``here``, whose page it stands on.
    """
    judged = {name: assessments_in(folder) for name, folder in folders.items()}
    rows = []
    for claim, record in judged.get(here, judged[TODAY]).items():
        cells = [judged[name].get(claim, {}).get("verdict", "") for name in folders]
        if len(set(cells)) > 1:
            paraphrase = claims()[claim].paraphrase
            rows.append({"name": paraphrase, "claim": claim, "verdict": record["verdict"], "cells": cells})  # fmt: skip
    return rows


def comparison_rows(folders: Mapping[str, Path], here: str = TODAY) -> Markup:
    """Return all editions in one table: what each assumes, and what comes of it where it is built.

    ``folders`` maps a built edition to the folder of its executed notebooks; ``here`` is the edition of
    the page itself.
    """
    every = list(editions.editions())
    place = {name: found["address"] for name, found in zip(folders, links(folders, "book/index", here), strict=True)}  # fmt: skip
    several = len(folders) > 1
    columns = [
        {"title": title(name), "address": place.get(name) if several else None} for name in every
    ]

    def spread(rows: Iterable[Row]) -> list[Row]:
        """Give a row a cell for every edition, also for those that are not built."""
        return [{**row, "cells": [dict(zip(folders, row["cells"], strict=True)).get(name, "") for name in every]}
                for row in rows]  # fmt: skip

    groups = [
        {"title": "What it assumes", "rows": assumed()},
        {"title": "What comes of it", "rows": spread(results(folders)) if several else []},
        {"title": "Verdicts", "rows": spread(verdicts(folders, here)) if several else []},
    ]
    return render("comparison", names=list(folders), columns=columns, groups=groups)


def links(names: Iterable[str], page: str, here: str) -> list[dict[str, Any]]:
    """Return the links from a page of one edition to the same page of every named edition."""
    up = "../" * (page.count("/") + (0 if here == TODAY else 2))
    return [
        {
            "title": title(name),
            "about": in_short(name),
            "current": name == here,
            "address": f"{up}{'' if name == TODAY else f'editions/{name}/'}{page}.html",
        }
        for name in names
    ]


def title(name: str) -> str:
    """Return the name of an edition as readers see it."""
    return editions.edition(name).title


def in_short(name: str) -> str:
    """Return what makes an edition another than today's, in its own first sentence."""
    first, stop, _ = editions.edition(name).reason.partition(". ")
    return f"{first}{stop.strip()}"


def switcher(names: Iterable[str], page: str, here: str) -> Markup:
    """Return the edition switcher: which edition this is, and the same page in every other."""
    table = f"{'../' * page.count('/')}book/editions.html"
    return render("switcher", links=links(names, page, here), here=title(here), table=table)


def banner(name: str, page: str = "book/index") -> Markup:
    """Return the banner of an edition: what differs from today's, and the way back; nothing above today's own pages."""
    if name == TODAY:
        return Markup()
    changed = editions.differences(name)
    notebook = page.rpartition("/")[2]
    untouched = notebook in execute.names() and not any(
        c["notebook"] in ("common", notebook) for c in changed
    )
    entry = editions.edition(name)
    (todays,) = links([TODAY], page, name)
    return render("banner", entry=entry, changed=changed, untouched=untouched,
                  todays_own=notebook in TODAYS_PAGES, today=todays["address"])  # fmt: skip


def edition_rows() -> Markup:
    """Return every edition: title, reason, sources."""
    rows = [
        {
            "name": name,
            "entry": entry,
            "publishers": publishers(entry.sources, lambda source: str(sources()[source].url)),
        }
        for name, entry in editions.editions().items()
    ]
    return render("editions", rows=rows)
