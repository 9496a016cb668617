"""Editions: the whole book under one named set of parameters each."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from bet.faults import BadInput, Fault, gathered, nearest, require
from bet.paths import Loader, Root, shown
from bet.records import parameters
from bet.records.sources import sources
from bet.records.yaml_files import Record, parse, read_yaml

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


@Loader
def editions(root: Root) -> dict[str, Edition]:
    """Load every edition by name, 'today' first; all faults at once."""
    path = root.data / "editions.yml"
    content, lines = read_yaml(path)
    if not isinstance(content, dict) or TODAY not in content:
        raise BadInput(
            [Fault(shown(path), "no edition 'today'", "name -> fields, 'today' among them")]
        )
    loaded: dict[str, Edition] = {}
    faults: list[Fault] = []
    for name, value in content.items():
        with gathered(faults):
            loaded[name] = parse(Edition, value, (name,), lines, path)
            faults += _faults(name, loaded[name])
    require(faults)
    return {TODAY: loaded.pop(TODAY), **loaded}


def _faults(name: str, edition: Edition) -> list[Fault]:
    """Check an edition's values against the registry and its sources against the list."""
    where = f"data/editions.yml [{name}]"
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


def values_of(name: str, notebook: str) -> dict[str, Any]:
    """Return what an edition runs a notebook with: those of its values that the notebook knows."""
    known = parameters.parameters_of(notebook)
    return {key: v for key, v in edition(name).values(notebook).items() if key in known}


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


def as_json() -> str:
    """Return the editions with their parameters, for machines."""
    return (
        json.dumps({n: e.model_dump() for n, e in editions().items()}, indent=1, ensure_ascii=False)
        + "\n"
    )
