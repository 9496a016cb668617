"""Editions: the whole book under one named set of parameters each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from pydantic import Field

from bet import parameters
from bet.faults import BadInput, Fault, nearest, require
from bet.notebooks import outputs
from bet.paths import DATA, shown
from bet.published import NUMBERS_MIME, assessments_in, notebooks_in
from bet.records import Record, parse, read_yaml
from bet.sources import sources

PATH = DATA / "editions.yml"
TODAY = "today"


class Edition(Record):
    """One edition: title, why it is worth reading, sources, and the values that differ."""

    title: str
    reason: str
    sources: list[str] = []
    parameters: dict[str, dict[str, Any]] = Field(
        default={}, description="notebook -> name -> value"
    )

    def values(self, notebook: str) -> dict[str, Any]:
        """Return what a notebook is run with: the common values and its own."""
        return {**self.parameters.get("common", {}), **self.parameters.get(notebook, {})}


@cache
def editions() -> dict[str, Edition]:
    """Load every edition by name, 'today' first; all faults at once."""
    content, lines = read_yaml(PATH)
    if not isinstance(content, dict) or TODAY not in content:
        raise BadInput(
            [Fault(shown(PATH), "no edition 'today'", "name -> fields, 'today' among them")]
        )
    loaded: dict[str, Edition] = {}
    faults: list[Fault] = []
    for name, value in content.items():
        record = parse(Edition, value, (name,), lines, PATH)
        if isinstance(record, list):
            faults += record
        else:
            loaded[name] = record
            faults += _faults(name, record)
    require(faults)
    return {TODAY: loaded.pop(TODAY), **loaded}


def _faults(name: str, edition: Edition) -> list[Fault]:
    """Check an edition's values against the registry and its sources against the list."""
    where = f"{shown(PATH)} [{name}]"
    faults = [
        Fault(f"{where} sources", f"'{source}'", "an id of data/sources.yml")
        for source in edition.sources
        if source not in sources()
    ]
    for notebook, values in edition.parameters.items():
        try:
            parameters.check("index" if notebook == "common" else notebook, values)
        except BadInput as error:
            faults += [Fault(f"{where} {f.where}", f.found, f.expected) for f in error.faults]
    return faults


def edition(name: str) -> Edition:
    """Return a named edition, or say which there are."""
    known = editions()
    if name not in known:
        expected = f"one of {', '.join(known)}{nearest(name, known)}"
        raise BadInput([Fault(f"edition '{name}'", "no such edition", expected)])
    return known[name]


def differences(name: str) -> list[dict[str, Any]]:
    """Return what an edition changes: notebook, parameter, meaning, unit, default and value."""
    found = []
    for notebook, values in edition(name).parameters.items():
        known = parameters.parameters_of("index" if notebook == "common" else notebook)
        for key, value in values.items():
            entry = known[key]
            if value != entry.default:
                found.append(
                    {"notebook": notebook, "name": key, "meaning": entry.meaning, "unit": entry.unit,
                     "default": entry.default, "value": value}
                )  # fmt: skip
    return found


def headline(notebook: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the named numbers of a chapter's answer: its first paragraph with numbers."""
    return next((numbers for numbers in outputs(notebook, NUMBERS_MIME) if numbers), {})


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


def as_json() -> str:
    """Return the editions with their parameters, for machines."""
    return (
        json.dumps({n: e.model_dump() for n, e in editions().items()}, indent=1, ensure_ascii=False)
        + "\n"
    )
