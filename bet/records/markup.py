"""Records are plain text: no markup in any field, cell or name, no sign that turns the text around, no formula.

Pages escape what they show, and a gate reads every finished page (``bet.site.safe``). This tells the
one who wrote it, at once and with the place. What the site offers as CSV is opened in spreadsheets.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from bet.faults import Fault, require
from bet.paths import here, shown
from bet.records import claims, editions, parameters, sources, tables

TAG = r"<[a-z/!?]"
# Control signs, and signs that hide or turn the text around them; the inside of a class of signs.
INVISIBLE = r"\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2060-\u2069\u200b\u200e\u200f\ufeff"
# What would be more than text to a browser or to Markdown, and what it is called.
LIVE = {
    TAG: "an HTML tag",
    r"\b(?:javascript|vbscript)\s*:|\bdata\s*:\s*\w+/\w": "an address that runs or holds content",
    r"""["'`/]\s*on[a-z]{3,}\s*=""": "an event attribute",
    r"\]\(|\]\[|\]:|\{[\w:.-]+\}`": "a Markdown link or role",
    rf"[{INVISIBLE}]": "an invisible sign",
}
_LIVE = {re.compile(pattern, re.IGNORECASE): what for pattern, what in LIVE.items()}
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern in LIVE), re.IGNORECASE)
# A spreadsheet computes a cell that begins so; a number with its sign is none.
_FORMULA = re.compile(r"\s*(?:[=@]|[+-](?!(?:[$€£]?\d[\d.,]*%?)?\s*\Z))")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)


def live(text: str) -> str:
    """Say what of a text is more than text, quoted; nothing for plain text."""
    if not _ANY.search(text):
        return ""
    what, found = next((w, m) for p, w in _LIVE.items() if (m := p.search(text)))
    return f"{what} {text[found.start() : found.start() + 30]!r}"


def formula(text: str) -> str:
    """Quote the beginning of a text that a spreadsheet would take for a formula; nothing for any other."""
    return f"the beginning of a formula, {text[:30]!r}" if _FORMULA.match(text) else ""


def check() -> None:
    """Check every text and name of every record and table; raise BadInput naming every fault."""
    require([*_record_faults(), *_table_faults()])


def _record_faults() -> Iterator[Fault]:
    lists: dict[str, dict[str, Any]] = {
        "claim": dict(claims.claims()),
        "source": dict(sources.sources()),
        "evidence": dict(sources.evidence()),
        "edition": dict(editions.editions()),
    }
    for kind, records in lists.items():
        for name, record in records.items():
            yield from text_faults(f"{kind} {name}", record.model_dump())
    for notebook, entries in parameters.registry().items():
        for name, entry in entries.items():
            yield from name_faults("data/parameters.yml", "parameter", (notebook, name))
            yield from text_faults(f"parameter {notebook}.{name}", entry.model_dump())
    yield from name_faults("data/editions.yml", "edition", lists["edition"])


def _table_faults() -> Iterator[Fault]:
    yield from name_faults("data/tables", "table", tables.names())
    for name in tables.names():
        about = tables.sidecar(name)
        yield from name_faults(f"data/tables/{name}.yml", "column", about.columns)
        yield from text_faults(f"data/tables/{name}.yml", about.model_dump(exclude={"checks"}))
        path = here().tables / f"{name}.csv"
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            cells = next(csv.reader([line]), [])
            if found := live(line) or next(filter(None, map(formula, cells)), ""):
                yield Fault(f"{shown(path)}:{number}", found, "plain text in every cell")


def text_faults(where: str, value: Any) -> Iterator[Fault]:
    """Yield the live texts of a value, however deep, each with the field that it stands in."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from text_faults(f"{where} {key}", part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from text_faults(where, part)
    elif (
        value is not None
        and not isinstance(value, bool | int | float)
        and (found := live(str(value)) or formula(str(value)))
    ):
        yield Fault(where, found, "plain text")


def name_faults(where: str, what: str, names: Iterable[str]) -> Iterator[Fault]:
    """Yield the names that are more than letters, digits, underscores, dots and hyphens."""
    for name in names:
        if not _NAME.fullmatch(name):
            yield Fault(where, f"a {what} named {name!r}", "letters, digits, '_', '.' and '-'")
