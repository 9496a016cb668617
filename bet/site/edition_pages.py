"""What differs between editions, and the way from a page of one to the same page of another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bet.chapter.outputs import headline
from bet.records.editions import TODAY, Edition
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


def switcher(names: Mapping[str, Edition], page: str, here: str) -> list[dict[str, Any]]:
    """Return the links from a page of one edition to the same page of every edition."""
    up = "../" * (page.count("/") + (0 if here == TODAY else 2))
    return [
        {
            "name": name,
            "title": entry.title,
            "current": name == here,
            "address": f"{up}{'' if name == TODAY else f'editions/{name}/'}{page}.html",
        }
        for name, entry in names.items()
    ]
