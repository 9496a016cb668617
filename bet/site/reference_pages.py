"""The parts of the site that are made from the other records: lines, tables, sources, rule, parameters."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pandas as pd
from markupsafe import Markup

from bet.models import our_rates, scores
from bet.numbers import day, words
from bet.records import parameters, tables
from bet.records.article_lines import claims_by_line
from bet.records.claims import claims
from bet.records.forms import FORMS
from bet.records.rule import LOOSE, NEAR, WITHIN
from bet.records.sources import Source, sources
from bet.records.tables import EVER, table
from bet.site.claims_page import TIERS
from bet.site.html import folded, publishers, render

KINDS = {
    "scene": "It sets the scene",
    "heading": "A heading",
    "link": "A phrase that only joins two lines",
    "page": "A part of the web page",
}
# Frozen reasons that count ten-year periods of giants as if each were a company of its own
OF_GIANTS = frozenset({"F01", "F02", "F03", "F05"})
SECOND = 156  # the line at which the second copy of the article begins


def line_rows() -> Markup:
    """Return the selection audit: every line of the article, what stands there, and the verdicts."""
    standing = claims_by_line()
    lines = []
    for row in table("article_lines", EVER).itertuples():
        repeats = None if pd.isna(row.repeats_line) else int(row.repeats_line)
        ids = standing.get(row.line, [])
        same = repeats is not None and ids == standing.get(repeats, [])
        told = {"number": row.line, "kind": row[2], "repeats": repeats, "same": same}
        lines.append({**told, "claims": [claims()[name] for name in ids], "reason": row.reason})
    first = [line for line in lines if line["number"] < SECOND]
    second = [line for line in lines if line["number"] >= SECOND]
    return render("lines", first=first, second=second, kinds=KINDS)


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
    return render("downloads", lines=sum(c.kind == "boilerplate" for c in claims().values()))


def catalogue() -> Markup:
    """Return the data catalogue: every table with its columns, sources, licence and download."""
    return render("catalogue", tables=[_entry(name) for name in tables.names()])


def _entry(name: str) -> dict[str, Any]:
    about = tables.sidecar(name)
    when = day(about.retrieved) if len(about.retrieved) == 10 else about.retrieved
    by = publishers(about.sources, lambda source: str(sources()[source].url))
    return {"name": name, "about": about, "retrieved": when, "publishers": by}


def source_rows() -> Markup:
    """Return every publication under its publisher, both in the order of what is shown."""
    by_publisher: dict[str, list[Source]] = {}
    for source in sources().values():
        by_publisher.setdefault(source.publisher, []).append(source)
    listed = [
        (publisher, sorted(published, key=lambda source: folded(source.title)))
        for publisher, published in sorted(by_publisher.items(), key=lambda item: folded(item[0]))
    ]
    return render("sources", publishers=listed, tiers=TIERS)


def rule_rows() -> Markup:
    """Return the numeric rule with its thresholds, from the code that applies it."""
    return render(
        "rule", near=words(int(NEAR)), within=f"{WITHIN - 1:.0%}", loose=words(int(LOOSE))
    )


def forms_rows() -> Markup:
    """Return the table of forms: which kind of sentence is judged on what."""
    rows = [[f.name, ", ".join(f.kinds), f.rule, ", ".join(f.verdicts)] for f in FORMS]
    return render("forms", rows=rows)


def forecast_rows() -> Markup:
    """Return our own forecasts by the day that settles them, and those that a later one revises."""
    made = table("forecasts", EVER).sort_values("resolve_by", kind="stable")
    live = scores.current(made)
    looks = scores.checkpoints(made.made_on.min().date())
    known = table("forecast_outcomes", EVER)
    outcomes = {
        row.forecast: f"{'happened' if row.happened else 'did not happen'} ({day(row.resolved_on)})"
        for row in known.itertuples()
    }
    last = made.made_on.max().date().isoformat()
    again = our_rates.rates(lambda name: table(name, EVER), last)
    every = [
        _forecast(row, looks, outcomes.get(row.forecast, ""), again[row.reference])
        for row in made.itertuples()
    ]
    whys = {one["id"]: one["why"] for one in every}
    for one in every:
        one["revised_why"] = whys.get(one["revises"])
    now = set(live.forecast)
    return render(
        "forecasts",
        live=[one for one in every if one["id"] in now],
        old=[one for one in every if one["id"] not in now],
    )


def _forecast(
    row: Any, looks: dict[str, dt.date], outcome: str, again: float
) -> dict[str, Any]:  # fmt: skip
    steps = [(day(looks[name]), getattr(row, name)) for name in looks]
    return {
        "id": row.forecast,
        "short": _titled(row.short),
        "statement": _amounts(row.question),
        "chance": f"{row.probability:.0%}",
        "base": f"{row.base_rate:.0%}",
        "of": row.reference,
        "why": _amounts(row.why),
        "note": _note({row.forecast, row.revises}, row.made_on) or _moved(row.base_rate, again),
        "due": day(row.resolve_by),
        "iso": row.resolve_by.date().isoformat(),
        "settled_by": row.resolves_from,
        "made": day(row.made_on),
        "steps": [(when, _amounts(what)) for when, what in steps if not pd.isna(what)],
        "claims": row.claims.split(),
        "revises": None if pd.isna(row.revises) else row.revises,
        "outcome": outcome,
    }


def _moved(frozen: float, again: float) -> str:
    """Return what an editor adds where a base rate, counted again, is no longer the frozen one."""
    if abs(again - frozen) <= our_rates.SAME:
        return ""
    return f"Editor's note: counted again in the tables as they are, this base rate is {again:.0%}."


def _note(ids: set[Any], made_on: pd.Timestamp) -> str:
    """Return what an editor adds to frozen reasons, which are never rewritten."""
    if "F15" in ids:  # its base rate counts promises, chapter 2 counts dates
        told = table("grok5_promises", EVER).query("kind == 'release'")
        due = told[told.due < made_on]
        return (
            f"Editor's note: the base rate counts {words(len(due))} promises for "
            f"{words(due.due.nunique())} dates that had passed, none of them kept."
        )
    if not ids & OF_GIANTS:
        return ""
    periods = table("largest_cohorts", EVER)
    note = (
        "Editor's note: what is counted here are ten-year periods. The "
        f"{len(periods)} periods belong to {periods.company.nunique()} companies."
    )
    # SpaceX has issued shares since, so the company is worth more times as much than its share.
    share = " The value is the price of a share, adjusted for its split, not that of the company."
    return note + share * ("F05" in ids)


def _titled(text: str) -> str:
    """Return the frozen title of a forecast, with the dollar sign that its sums lack."""
    return re.sub(r"\b(at|above) (?=[\d.,]+ (?:b|tr)illion\b)", r"\1 $", _amounts(text))


def _amounts(text: str) -> str:
    """Return frozen words with their amounts as the book writes them: $5 billion, 38%, 10¹²."""
    text = re.sub(r"(\d[\d,.]*(?: (?:m|b|tr)illion)?) dollars", r"$\1", text)
    text = re.sub(r"(?<=\d) per cent", "%", re.sub(r"(?<=\d) bn\b", " billion", text))
    return text.replace("10^12", "10¹²").replace(" x 10", " × 10")


def parameter_rows() -> Markup:
    """Return every parameter: notebook, name, default, range, meaning, claims."""
    return render("parameters", registry=parameters.registry())
