"""The parts of the site that are made from the other records: lines, tables, sources, rule, parameters."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from bet.numbers import day
from bet.records import parameters, tables
from bet.records.article_lines import claims_by_line
from bet.records.claims import claims
from bet.records.forms import FORMS
from bet.records.rule import LOOSE, NEAR, WITHIN
from bet.records.sources import sources
from bet.records.tables import table
from bet.site.html import publishers, render


def line_rows() -> Markup:
    """Return the selection audit: every line of the article and what stands there."""
    standing = claims_by_line()
    lines = [
        {
            "number": row.line,
            "kind": row[2],
            "repeats": None if pd.isna(row.repeats_line) else row.repeats_line,
            "claims": standing.get(row.line, []),
            "reason": row.reason,
        }
        for row in table("article_lines", "9999-12-31").itertuples()
    ]
    return render("lines", lines=lines, ledger=claims())


REPORT = """Error in: (the id of a claim, or a page)
What stands there:
What it should be:
Source, with its date:
"""


def report(repository: str, contact: str) -> Markup:
    """Return where an error is reported, and the text to send; ``contact`` an e-mail address or one of the web."""
    return render("report", repository=repository, contact=contact, text=REPORT)


def downloads() -> Markup:
    """Return the links to the machine-readable records."""
    return render("downloads")


def catalogue() -> Markup:
    """Return the data catalogue: every table with its columns, sources, licence and download."""
    return render("catalogue", tables=[_entry(name) for name in tables.names()])


def _entry(name: str) -> dict[str, Any]:
    about = tables.sidecar(name)
    when = day(about.retrieved) if len(about.retrieved) == 10 else about.retrieved
    by = publishers(about.sources, lambda source: str(sources()[source].url))
    return {"name": name, "about": about, "retrieved": when, "publishers": by}


def source_rows() -> Markup:
    """Return every publication, so that a source id leads somewhere."""
    return render("sources", sources=sources())


def rule_rows() -> Markup:
    """Return the numeric rule with its thresholds, from the code that applies it."""
    return render("rule", near=f"{NEAR:g} times", within=f"{WITHIN - 1:.0%}", loose=f"{LOOSE:g}")


def forms_rows() -> Markup:
    """Return the table of forms: which kind of sentence is judged on what."""
    rows = [[f.name, ", ".join(f.kinds), f.rule, ", ".join(f.verdicts)] for f in FORMS]
    return render("forms", rows=rows)


def parameter_rows() -> Markup:
    """Return every parameter: notebook, name, default, range, meaning, claims."""
    return render("parameters", registry=parameters.registry())
