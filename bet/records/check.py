"""Check everything under data/ at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from bet.faults import BadInput, Fault, require
from bet.paths import here, write_text
from bet.records import (
    article_lines,
    claims,
    contents,
    datapackage,
    editions,
    facts,
    markup,
    parameters,
    relations,
    reviewers,
    sanity,
    sources,
    tables,
    templates,
)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]+")


def all_faults() -> list[Fault]:
    """Return every fault of every record and table, each once."""
    steps: list[Callable[[], Any]] = [
        sources.sources,
        sources.evidence,
        sources.check,
        claims.claims,
        claims.check,
        parameters.registry,
        parameter_claims,
        article_lines.check,
        article_lines.anchors,
        editions.editions,
        facts.headlines,
        templates.check,
        *(lambda name=name: tables.table(name, tables.EVER) for name in tables.names()),
        datapackage.check,
        uncited,
        related,
        known_in_editions,
        sanity.check,
        reviewers.check,
        markup.check,
        contents.check,
    ]
    faults: dict[str, Fault] = {}
    for step in steps:
        try:
            step()
        except BadInput as error:
            faults |= {str(fault): fault for fault in error.faults}
    return list(faults.values())


def uncited() -> None:
    """Every fact must be cited by a claim, and every source by a fact, a table or a notebook.

    What nothing cites is either left over, or the ground of a sentence that does not say so.
    """
    cited = {name for claim in claims.claims().values() for name in claim.cited}
    used = {fact.source for fact in sources.evidence().values()}
    for path in (*here().tables.glob("*.yml"), *here().tables.glob("*.csv"), *here().book.glob("*.ipynb")):  # fmt: skip
        used.update(_ID.findall(path.read_text(encoding="utf-8", errors="replace")))
    right = "a claim that cites it, or no such record"
    faults = [
        Fault(f"evidence {name}", "cited by no claim", right)
        for name in sources.evidence()
        if name not in cited
    ]
    faults += [
        Fault(f"source {name}", "cited by nothing", "a fact, a table or a notebook that cites it")
        for name in sources.sources()
        if name not in used
    ]
    require(faults)


def related() -> None:
    """Every table must keep the relations between its cells and with other tables."""
    sidecars = {name: tables.sidecar(name) for name in tables.names()}
    require(relations.faults(sidecars, lambda name: tables.table(name, tables.EVER)))


def edition_days() -> dict[str, str]:
    """Return the days of knowledge that editions set, each with the first edition that does."""
    days: dict[str, str] = {}
    for name, edition in editions.editions().items():
        for values in edition.parameters.values():
            if "as_of" in values:
                days.setdefault(str(values["as_of"]), name)
    return days


def known_in_editions() -> None:
    """Every table must have rows on every edition's day, or say why readers can do without them.

    A chapter that finds a table empty stops, and with it the build of that edition.
    """
    require(
        [
            Fault(
                f"data/tables/{name}.csv",
                f"no row known on {day}, the day of the edition '{edition}'",
                f"one, or in {name}.yml 'later: why', where what reads the table runs without rows",
            )
            for name in tables.names()
            if not tables.sidecar(name).later
            for day, edition in edition_days().items()
            if tables.table(name, day).empty
        ]
    )


def parameter_claims() -> None:
    """Every claim that a parameter says it bears on must exist."""
    known = claims.claims()
    faults = [
        Fault(f"parameter {notebook}.{name} claims", f"'{claim}'", "an id of data/claims")
        for notebook, entries in parameters.registry().items()
        for name, entry in entries.items()
        for claim in entry.claims
        if claim not in known
    ]
    if faults:
        raise BadInput(faults)


def summary() -> str:
    """Return one line that counts what was checked."""
    ledger = claims.claims()
    verdicts = ", ".join(
        f"{n} {v}" for v, n in Counter(c.verdict for c in ledger.values()).most_common()
    )
    return (
        f"{len(ledger)} claims ({verdicts}), {len(sources.evidence())} facts, "
        f"{len(sources.sources())} sources, {len(tables.names())} tables: no fault"
    )


def rehash(name: str) -> None:
    """Write the CSV's sha256 into its sidecar; the line is added when missing."""
    path = here().tables / f"{name}.yml"
    if not path.exists() or not path.with_suffix(".csv").exists():
        known = ", ".join(tables.names())
        raise BadInput([Fault(f"table '{name}'", "no CSV or no sidecar", f"one of {known}")])
    text = path.read_text(encoding="utf-8")
    line = f"sha256: {tables.digest(name)}"
    text, count = re.subn(r"(?m)^sha256:.*$", line, text)
    write_text(path, text if count else f"{text.rstrip()}\n{line}\n")
