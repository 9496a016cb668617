"""The data package: one Frictionless descriptor for all tables, made from their sidecars.

``data/datapackage.json`` is generated (``bet hash``, ``bet datapackage``) and never edited by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bet.dates import first_day
from bet.faults import Fault, require
from bet.paths import here, write_text
from bet.records import tables
from bet.records.sources import sources
from bet.records.tables import Column, Sidecar

# Names that the Data Package standard knows (licenses.opendefinition.org), by what the sidecars say.
_LICENCES = {
    "CC BY-SA 4.0": "CC-BY-SA-4.0",
    "CC BY 4.0": "CC-BY-4.0",
    "PDDL": "ODC-PDDL-1.0",
    "MIT": "MIT",
    "public domain": "other-pd",
}


def place() -> Path:
    """Return the file of the descriptor."""
    return here().data / "datapackage.json"


def package() -> dict[str, Any]:
    """Return the descriptor: one resource per table, in alphabetical order."""
    return {
        "profile": "tabular-data-package",
        "name": "the-bet-audited",
        "title": "The Bet, Audited: the tables",
        "description": "Every table that a chart or a check of the book uses, described from its sidecar.",
        "resources": [resource(name, tables.sidecar(name)) for name in tables.names()],
    }


def resource(name: str, about: Sidecar) -> dict[str, Any]:
    """Return the descriptor of one table."""
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "title": about.title,
        "description": about.description,
        "path": f"tables/{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "hash": f"sha256:{about.sha256}",
        "licenses": licences(about.licence),
        "redistribution": about.redistribution,
        "sources": [
            {"title": f"{sources()[i].publisher}: {sources()[i].title}", "path": str(sources()[i].url)}
            for i in about.sources
        ],
        "retrieved": about.retrieved,
        "knownFrom": about.known_from,
        "gaps": about.gaps,
        "schema": {
            "fields": [field(key, column) for key, column in about.columns.items()],
            "primaryKey": about.key,
            "missingValues": [""],
        },
    }  # fmt: skip


def licences(text: str) -> list[dict[str, str]]:
    """Return the licences that a sidecar's words name; ``notspecified`` where they name none."""
    names, rest = [], text
    for words, name in _LICENCES.items():
        if words in rest:
            names.append(name)
            rest = rest.replace(words, "")
    return [{"name": name, "title": text} for name in names or ["notspecified"]]


def field(name: str, column: Column) -> dict[str, Any]:
    """Return one field of a table schema; ``unit`` is ours, the rest is the standard's."""
    constraints: dict[str, Any] = {"required": not column.optional}
    for key, bound in (("minimum", column.min), ("maximum", column.max)):
        if bound is not None:
            constraints[key] = _bound(column, bound)
    if column.values:
        constraints["enum"] = column.values
    described = {"name": name, "type": column.type, "description": column.meaning}
    unit = {"unit": column.unit} if column.unit else {}
    return described | unit | {"constraints": constraints}


def _bound(column: Column, bound: float | str) -> int | float | str:
    if column.type == "date":
        return first_day(str(bound)).isoformat()
    return int(bound) if float(bound).is_integer() else bound


def text() -> str:
    """Return the descriptor as it is committed."""
    return json.dumps(package(), ensure_ascii=False, indent=1) + "\n"


def write() -> Path:
    """Write the descriptor and return its file. Raises BadInput for a sidecar that is at fault."""
    write_text(place(), text())
    return place()


def check() -> None:
    """Raise BadInput unless the descriptor is what the sidecars say."""
    path = place()
    held = path.read_text(encoding="utf-8") if path.exists() else None
    if held != text():
        found = "no such file" if held is None else "another text than the sidecars give"
        require([Fault(f"data/{path.name}", found, "what `bet datapackage` writes")])
