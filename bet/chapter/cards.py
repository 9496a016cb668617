"""Cards: judged claims as HTML, for a notebook and for a page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from bet.records.claims import FILES, claims
from bet.records.judge import label
from bet.records.rule import SCALE

RECORDS = "../data/claims/"


def records_of(section: str) -> str:
    """Return the address of a section's records as seen from a notebook.

    It leads somewhere where there are no pages; ``on_page`` is its address on one.
    """
    return f"{RECORDS}{FILES[section]}.yml"


def on_page(address: str) -> str:
    """Return what a page writes for an address that leads from a notebook to records.

    A claim's leads to its place on the claims page, a section's to its claims there.
    """
    file, _, name = address.partition("#")
    if name:
        return f"claims.html#{name}"
    sections = {f"{file}.yml": section for section, file in FILES.items()}
    return f"claims.html?section={sections[file.removeprefix(RECORDS)]}"


def badge(claim_id: str, verdict: str, place: str = "claims.html") -> str:
    """Return a claim's badge: id and verdict, linked to its place on the claims page or elsewhere."""
    name, word = html.escape(claim_id), html.escape(verdict)
    return f"<a class='bet-badge bet-{word}' href='{place}#{name}'><span>{name}</span> {word}</a>"


def card(record: Mapping[str, Any]) -> str:
    """Return a claim card: badge, what is claimed, printed beside found, the reason.

    The reason's answer is in sight; what it rests on unfolds.
    """
    return card_of(record, claims()[record["claim"]].paraphrase)


def card_of(record: Mapping[str, Any], paraphrase: str) -> str:
    """Return the card of a record of a claim that says ``paraphrase``."""
    rows = "".join(
        f"<tr><td>{html.escape(label(f['name']))}</td>"
        f"<td>{printed_html(f)}</td><td>{html.escape(f['found_text'])}</td></tr>"
        for f in record["figures"]
    )
    table = (
        "<table class='bet-figures'><thead><tr><th scope='col'>figure</th><th scope='col'>printed</th>"
        f"<th scope='col'>found</th></tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else ""
    )
    place = records_of(record["claim"].partition("-")[0])
    return (
        f"<div class='bet-card bet-edge-{html.escape(record['verdict'])}'>"
        f"<p class='bet-card-head'>{badge(record['claim'], record['verdict'], place)} "
        f"{_confidence(record)} {_origin(record)}</p>"
        f"<p>{html.escape(paraphrase)}</p>{table}"
        f"{_reason(record)}</div>"
    )


def answer(reason: str) -> tuple[str, str]:
    """Return a reason's answer (its first sentence, with the next after a mere "Yes.") and the rest."""
    first, *others = re.split(r"(?<=[.?!])\s+(?=[A-Z0-9$\"“])", reason)
    while others and len(first.split()) < 5:
        first = f"{first} {others.pop(0)}"
    return first, " ".join(others)


def _reason(record: Mapping[str, Any]) -> str:
    """Show the answer; what it rests on, and which values of a parameter would turn it, unfold."""
    first, rest = answer(record["reason"])
    folded = [html.escape(part) for part in (rest, record.get("turned")) if part]
    fold = f"<details><summary>Why</summary>{'<br>'.join(folded)}</details>" if folded else ""
    return f"<div class='bet-reason'>{html.escape(first)}{fold}</div>"


def _confidence(record: Mapping[str, Any]) -> str:
    """Say how firmly a verdict stands; an opinion has no confidence."""
    level = record["confidence"]
    return f"<span class='bet-confidence'>confidence {html.escape(level)}</span>" if level else ""


def _origin(record: Mapping[str, Any]) -> str:
    """Say whether the parameters of the run decide a verdict, or the ledger."""
    told = "computed" if record["assessed"] == "computed" else "from the ledger"
    return f"<span class='bet-confidence'>{told}</span>"


def printed_html(figure: Mapping[str, Any]) -> str:
    """Return a printed figure as it is read, and the words of the article where they are others."""
    read, printed = figure["read_text"], figure["printed"]
    shown = html.escape(read)
    if "".join(read.split()) == "".join(printed.split()):
        return shown
    return f"{shown} <i lang='fr'>{html.escape(printed)}</i>"


def beside_html(figure: Mapping[str, Any]) -> str:
    """Return a printed figure beside what was found."""
    return f"{printed_html(figure)} → <b>{html.escape(figure['found_text'])}</b>"


def section_link(section: str) -> str:
    """Return the way from a chapter to all claims of its section."""
    return (
        f"<p><a href='{records_of(section)}'>All claims of this chapter</a>, "
        "with their reasons and sources.</p>"
    )


def scorecard_html(counts: Mapping[str, int]) -> str:
    """Return verdicts and their counts as a row of marks, in the order of the scale."""
    items = "".join(
        f"<li class='bet-{verdict}'><b>{counts[verdict]}</b> {verdict}</li>"
        for verdict in SCALE
        if counts.get(verdict)
    )
    return f"<div class='bet-score'><p>{sum(counts.values())} claims</p><ul>{items}</ul></div>"
