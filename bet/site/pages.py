"""The generated parts of the site as HTML: claims, line audit, map, data catalogue, corrections.

Pure functions from records to HTML; ``bet.site.sphinx_ext`` puts them where a page asks for them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from bet.chapter.cards import badge, beside_html
from bet.numbers import amount, day, spoken
from bet.records import editions, parameters, tables
from bet.records.article_lines import claims_by_line
from bet.records.claims import SECTIONS, claims
from bet.records.rule import LOOSE, NEAR, SCALE, WITHIN
from bet.records.sources import sources
from bet.records.tables import table
from bet.site.published import SPEAKERS, PublishedClaim, PublishedEvidence, counts

SECTION_TITLES = {
    "INTRO": "Opening: the stake",
    "PEOPLE": "Section 1: people",
    "GROK": "Section 2: Grok",
    "INFRA": "Section 3: infrastructure",
    "THESIS": "Section 4: ten more years",
    "END": "Conclusion",
}
CHAPTERS = {"index": "Cover"} | {
    SECTIONS[prefix]: title for prefix, title in SECTION_TITLES.items()
}
ORIGINS = {
    "author": "The author",
    "translation": "The translation",
    "source": "The person quoted",
    "unknown": "It cannot be told",
}
WEIGHT = {1: "a detail", 2: "matters", 3: "carries the thesis"}
MEANING = {
    "supported": "what we found agrees with the statement",
    "partly": "of the right size or half right: one part holds, another does not",
    "contradicted": "what we found excludes the statement, also in its strongest reading",
    "open": "a forecast that is not due yet",
    "unverified": "checkable in principle; we searched and found nothing that decides it",
    "opinion": "a value judgement or a figure of speech: nothing could decide it",
}


def escape(text: Any) -> str:
    """Escape text for HTML."""
    return html.escape(str(text))


def grid(head: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> str:
    """Return an HTML table that scrolls by itself when it is wide; cells are HTML.

    With 'bet-stack' in ``kind`` a telephone shows a row as a block, each cell under its name.
    """
    head = list(head)
    top = "".join(f"<th scope='col'>{name}</th>" for name in head)
    names = [f" data-name='{name}'" if "bet-stack" in kind and name else "" for name in head]
    body = "".join(
        f"<tr>{''.join(f'<td{name}>{cell}</td>' for name, cell in zip(names, row, strict=True))}</tr>"
        for row in rows
    )
    return (
        f"<div class='bet-wide' tabindex='0' role='group' aria-label='table'><table class='bet-table {kind}'>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def publishers(names: Iterable[str], address: Callable[[str], str]) -> str:
    """Return sources as links under their publishers' names; several of one are numbered."""
    by_publisher: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_publisher.setdefault(sources()[name].publisher, []).append(address(name))
    told = []
    for publisher, places in by_publisher.items():
        links = [f"<a href='{escape(place)}' rel='nofollow'>{{}}</a>" for place in places]
        several = ", ".join(link.format(n) for n, link in enumerate(links, 1))
        one = len(links) == 1
        told.append(
            links[0].format(escape(publisher)) if one else f"{escape(publisher)} ({several})"
        )
    return "; ".join(told)


def _sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    first, _, rest = text.strip().rstrip(".").partition(" ")
    head = first.capitalize() if first.islower() else first  # xAI stays xAI
    return escape(f"{head} {rest}".strip() + ".") if first else ""


def badges(names: Sequence[str], verdicts: Mapping[str, str], most: int = 10) -> str:
    """Return the badges of claims; of very many, their count and where they all stand."""
    if len(names) > most:
        return f"on <a href='claims.html'>{len(names)} claims</a>"
    return " ".join(badge(name, verdicts.get(name, "unknown")) for name in names)


def tally(published: list[PublishedClaim], field: str, order: Iterable[str] = ()) -> str:
    """Return the counts of a field as a list, in the given order or by size."""
    found = counts(published, field)
    names = [name for name in order if found[name]] or [name for name, _ in found.most_common()]
    items = "".join(
        f"<li class='bet-{name}'><b>{found[name]}</b> {escape(name)}</li>" for name in names
    )
    return f"<div class='bet-score'><ul>{items}</ul></div>"


def claim_rows(
    published: list[PublishedClaim], repository: str, anchors: dict[str, list[str]]
) -> str:
    """Return the whole claims table. Works without a script; the filter is an enhancement."""
    rows = "".join(_claim_row(claim, repository, anchors.get(claim.id, [])) for claim in published)
    head = "".join(
        f"<th scope='col'>{name}</th>"
        for name in ("Claim", "What is said", "Printed → found", "Why, and the evidence")
    )
    return (
        "<div id='bet-filter' class='bet-filter' hidden></div>"
        f"<table class='bet-claims'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _claim_row(claim: PublishedClaim, repository: str, figures: list[str]) -> str:
    lines = f"line{'s' if len(claim.lines) > 1 else ''} {' and '.join(map(str, claim.lines))}"
    printed = "<br>".join(beside_html(figure.model_dump()) for figure in claim.figures)
    then = (
        f"<p class='bet-then'>On what was public by 30 November 2025: <b>{claim.verdict_then}</b>.</p>"
        if claim.verdict_then != claim.verdict
        else ""
    )
    data = {
        "section": claim.section, "verdict": claim.verdict, "kind": claim.kind,
        "confidence": claim.confidence, "speaker": claim.speaker,
    }  # fmt: skip
    attributes = " ".join(f"data-{name}='{value}'" for name, value in data.items())
    return (
        f"<tr id='{claim.id}' {attributes}><td>"
        f"<a class='bet-badge bet-{claim.verdict}' href='#{claim.id}'><span>{claim.id}</span> {claim.verdict}</a>"
        f"<p class='bet-meta'>confidence {claim.confidence}<br>{SPEAKERS[claim.speaker]}, {claim.kind}<br>{lines}</p></td>"
        f"<td>{escape(claim.paraphrase)}</td><td>{printed}</td>"
        f"<td><p>{escape(claim.reason)}</p>{then}{_details(claim, repository, figures)}</td></tr>"
    )


def _details(claim: PublishedClaim, repository: str, figures: list[str]) -> str:
    parts = []
    if claim.strongest_reading:
        parts.append(f"<p><b>Strongest reading.</b> {escape(claim.strongest_reading)}</p>")
    if claim.error_origin:
        parts.append(f"<p><b>Origin of the error.</b> {ORIGINS[claim.error_origin]}.</p>")
    if claim.evidence:
        parts.append(f"<ul>{''.join(_evidence_item(e) for e in claim.evidence)}</ul>")
        roots = len({e.origin for e in claim.evidence})
        parts.append(
            f"<p>{_plural(len(claim.evidence), 'report')}, {_plural(roots, 'independent origin')}.</p>"
        )
    if claim.tables:
        links = ", ".join(f"<a href='data.html#{name}'>{name}</a>" for name in claim.tables)
        parts.append(f"<p><b>Tables.</b> {links}</p>")
    if claim.searched:
        parts.append(f"<p><b>Searched.</b> {escape(claim.searched)}</p>")
    seen = "".join(f", <a href='{address}'>chart</a>" for address in figures)
    how = "Computed in" if claim.assessed == "computed" else "Listed in"
    parts.append(
        f"<p>{how} <a href='{claim.notebook}.html'>{CHAPTERS[claim.notebook]}</a>{seen}.</p>"
    )
    changes = "; ".join(f"{h['date']} {h['verdict']} ({escape(h['why'])})" for h in claim.history)
    due = f" Next check due {claim.review_by}." if claim.review_by else ""
    parts.append(f"<p><b>History.</b> {changes}.{due}</p>".replace("..", "."))
    parts.append(
        f"<p><a href='{escape(report_link(claim.id, repository))}'>Report an error</a></p>"
    )
    return f"<details><summary>Evidence and history</summary>{''.join(parts)}</details>"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _evidence_item(fact: PublishedEvidence) -> str:
    told = f", told by {fact.told_by}" if fact.told_by else ""
    return (
        f"<li id='ev-{fact.id}'><b>{fact.stance}</b>: {escape(fact.fact)} "
        f"<a href='{escape(fact.url)}' rel='nofollow'>{escape(fact.publisher)}</a> ({fact.tier}, {fact.as_of}{told})</li>"
    )


def report_link(claim_id: str, repository: str) -> str:
    """Return the address where an error in a claim is reported, naming the claim."""
    if not repository:
        return "method.html#how-to-contest-a-verdict"
    query = urlencode(
        {"title": f"Error in {claim_id}", "template": "claim-error.yml", "claim": claim_id}
    )
    return f"{repository}/issues/new?{query}"


def downloads() -> str:
    """Return the links to the machine-readable records."""
    return (
        "<p>The same records for machines: <a href='../claims.json'>claims.json</a>, "
        "<a href='../claims.csv'>claims.csv</a>, <a href='../claims.schema.json'>JSON Schema</a>.</p>"
    )


def line_rows() -> str:
    """Return the selection audit: every line of the article and what stands there."""
    standing, ledger = claims_by_line(), claims()
    rows = []
    for row in table("article_lines", "9999-12-31").itertuples():
        badges = " ".join(badge(name, ledger[name].verdict) for name in standing.get(row.line, []))
        repeats = "" if pd.isna(row.repeats_line) else f" <small>= {row.repeats_line}</small>"
        why = badges or escape(row.reason)
        rows.append([f"<span id='line-{row.line}'>{row.line}</span>{repeats}", row[2], why])
    return grid(("Line", "Class", "Claims, or why none"), rows, "bet-lines")


def map_rows(published: list[PublishedClaim], charts: list[dict[str, Any]]) -> str:
    """Return the claim map: claim, evidence, notebook, charts."""
    by_claim: dict[str, list[str]] = {}
    figures = figure_numbers(charts)
    for chart in charts:
        for name in chart["claims"]:
            by_claim.setdefault(name, []).append(
                f"<a href='{chart['notebook']}.html#{chart['name']}'>{figures[chart['notebook'], chart['name']]}</a>"
            )
    rows = (
        [
            badge(c.id, c.verdict),
            WEIGHT[c.importance],
            _rests_on(c) or "–",
            f"<a href='{c.notebook}.html'>{CHAPTERS[c.notebook]}</a>",
            ", ".join(by_claim.get(c.id, [])) or "–",
        ]
        for c in published
    )
    return grid(
        ("Claim", "Importance", "Rests on", "Chapter", "Figures"), rows, "bet-map bet-stack"
    )


def _rests_on(claim: PublishedClaim) -> str:
    """Return in a word or two what carries a verdict."""
    if claim.evidence:
        return _plural(len(claim.evidence), "fact")
    if claim.tables:
        return f"<a href='data.html#{claim.tables[0]}'>{_plural(len(claim.tables), 'table')}</a>"
    if claim.searched:
        return "a search"
    return "arithmetic" if claim.checkable else ""


def figure_numbers(charts: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the number of every figure: its chapter's, then its place there; letter A on the cover."""
    found: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    for chart in charts:
        notebook = chart["notebook"]
        counts[notebook] = counts.get(notebook, 0) + 1
        head = notebook.split("_")[0]
        prefix = head if head.isdigit() else "A"
        found[notebook, chart["name"]] = f"{prefix}.{counts[notebook]}"
    return found


def orphans(
    published: list[PublishedClaim], charts: list[dict[str, Any]], known_evidence: Iterable[str]
) -> list[str]:
    """Return what hangs in the air: facts no claim cites, charts that name no known claim."""
    cited = {fact.id for claim in published for fact in claim.evidence}
    ids = {claim.id for claim in published}
    loose = [f"evidence {name}: no claim cites it" for name in known_evidence if name not in cited]
    return loose + [
        f"chart {chart['name']}: unknown claim {name}"
        for chart in charts
        for name in chart["claims"]
        if name not in ids
    ]


def history_rows(published: list[PublishedClaim]) -> str:
    """Return every change of a verdict after the first judgement, newest first."""
    changes = sorted(
        (
            (
                change["date"],
                claim.id,
                claim.history[i]["verdict"],
                change["verdict"],
                change["why"],
                claim.verdict,
            )
            for claim in published
            for i, change in enumerate(claim.history[1:])
        ),
        reverse=True,
    )
    if not changes:
        return "<p>No verdict has been changed since it was first published.</p>"
    rows = (
        [d, badge(name, now), f"{before} → {after}", escape(why)]
        for d, name, before, after, why, now in changes
    )
    return grid(("Date", "Claim", "Change", "Why"), rows, "bet-stack")


def review_rows(published: list[PublishedClaim]) -> str:
    """Return what share of the claims was seen by a second person, and every record of a look."""
    looks = [(claim, look) for claim in published for look in claim.reviews]
    seen = {claim.id for claim, look in looks if not _own(look)}
    again = {claim.id for claim, look in looks if _own(look)}
    told = (
        f"<p><b>A second person has looked at {_share(len(seen), len(published))}.</b> Those who wrote the "
        f"ledger looked again at {_share(len(again), len(published))}; that is an audit of their own work, "
        "and does not count as a second person.</p>"
    )
    if not looks:
        return told
    rows = (
        [
            badge(claim.id, claim.verdict),
            f"{day(look['date'])}, {escape(look['who'])}{', by the authors' if _own(look) else ''}",
            escape(": ".join(part for part in (look.get("figure"), look["note"]) if part)),
        ]
        for claim, look in sorted(looks, key=lambda pair: pair[1]["date"], reverse=True)
    )
    return told + grid(("Claim", "Look", "What was found"), rows, "bet-stack")


def _own(look: dict[str, Any]) -> bool:
    """Tell an audit by the authors from a look by somebody else."""
    return look["who"].lower().startswith("audit")


def _share(count: int, total: int) -> str:
    of = f"of the {total} claims"
    return f"none {of}" if not count else f"{count} {of} ({count / total:.0%})"


def catalogue() -> str:
    """Return the data catalogue: every table with its columns, sources, licence and download."""
    return "".join(_table_entry(name) for name in tables.names())


def _table_entry(name: str) -> str:
    about = tables.sidecar(name)
    published = publishers(about.sources, lambda s: str(sources()[s].url))
    columns = (
        [f"<code>{column}</code>", c.type, escape(c.unit or ""), escape(c.meaning)]
        for column, c in about.columns.items()
    )
    gaps = " ".join(_sentence(gap) for gap in about.gaps)
    gaps = f"<p><b>Known gaps.</b> {gaps}</p>" if gaps else ""
    known = (
        f"A row counts as known from its column <code>{about.known_from}</code>."
        if about.known_from
        else _sentence(about.timeless)
    )
    return (
        f"<section class='bet-dataset' id='{name}'><h3>{escape(about.title)}</h3><p>{escape(about.description)}</p>"
        f"<p><a href='../tables/{name}.csv' download>{name}.csv</a>. Source: {published}. "
        f"Licence: {escape(about.licence)}. Retrieved {day(about.retrieved) if len(about.retrieved) == 10 else about.retrieved}. {known}</p>{gaps}"
        f"<details><summary>{len(about.columns)} columns</summary>"
        f"{grid(('Column', 'Type', 'Unit', 'Meaning'), columns)}</details></section>"
    )


def source_rows() -> str:
    """Return every publication, so that a source id leads somewhere."""
    rows = (
        f"<li id='source-{name}'><a href='{escape(s.url)}' rel='nofollow'>{escape(s.publisher)}</a>: "
        f"{escape(s.title)} ({s.published}, {s.tier})</li>"
        for name, s in sources().items()
    )
    return f"<ul class='bet-sources'>{''.join(rows)}</ul>"


def scale_rows(published: list[PublishedClaim]) -> str:
    """Return the scale of verdicts: meaning, count, and the weightiest claim as an example."""
    rows = []
    for verdict in SCALE:
        having = [claim for claim in published if claim.verdict == verdict]
        example = max(having, key=lambda claim: claim.importance, default=None)
        shown = f"{badge(example.id, verdict)} {escape(example.paraphrase)}" if example else "–"
        rows.append([f"<b>{verdict}</b>", MEANING[verdict], str(len(having)), shown])
    return grid(("Verdict", "Meaning", "Claims", "Example"), rows, "bet-stack")


def rule_rows() -> str:
    """Return the numeric rule with its thresholds, from the code that applies it."""
    near, within = f"{NEAR:g} times", f"{WITHIN - 1:.0%}"
    rows = [
        ["equal", "inside what was found, or equal once rounded", f"off by {within} or less", "further off"],
        ["about", f"off by {within} or less", f"off by {near} or less", "further off"],
        ["less than, more than", f"the whole interval found is on the right side (flagged as loose when it is {LOOSE:g} times away)",
         f"what was found straddles the bound, or misses it by {within} or less", "the whole interval is on the wrong side"],
        ["date", "the dates overlap", "by an editor's override only", "they do not"],
    ]  # fmt: skip
    return grid(("The article says", "Supported", "Partly", "Contradicted"), rows, "bet-stack")


def setting(low: Any, unit: str, high: Any = None) -> str:
    """Return a parameter's value, or a range, as a reader would write it: 15% a year, 14 November 2025."""
    ends = (low, low if high is None else high)
    if isinstance(low, str) or unit == "year":
        told = map(day, ends) if unit == "ISO date" else map(escape, ends)
        return " to ".join(dict.fromkeys(told))
    if unit.startswith("10^12 "):
        return amount(ends[0] * 1e12, ends[1] * 1e12, unit.removeprefix("10^12 "))
    return amount(*ends, spoken(unit), 4)


def parameter_rows() -> str:
    """Return every parameter: notebook, name, default, range, meaning, claims."""
    rows = []
    for notebook, entries in parameters.registry().items():
        for name, entry in entries.items():
            allowed = ", ".join(entry.choices or ()) or setting(entry.min, entry.unit, entry.max)
            bears = " ".join(f"<a href='claims.html#{name}'>{name}</a>" for name in entry.claims)
            rows.append(
                [CHAPTERS.get(notebook, "Every chapter"), f"<code>{name}</code>", setting(entry.default, entry.unit),
                 allowed, escape(entry.meaning), bears]
            )  # fmt: skip
    return grid(
        ("Chapter", "Parameter", "Default", "Allowed", "Meaning", "Bears on"),
        rows,
        "bet-parameters bet-stack",
    )


def section_table(published: list[PublishedClaim]) -> str:
    """Return the scorecard by section of the article."""
    rows = []
    for prefix, notebook in SECTIONS.items():
        part = [claim for claim in published if claim.section == prefix]
        found = counts(part, "verdict")
        cells = [f"<b>{found[verdict]}</b>" if found[verdict] else "–" for verdict in SCALE[:3]]
        rest = sum(found[verdict] for verdict in SCALE[3:])
        rows.append(
            [
                f"<a href='{notebook}.html'>{SECTION_TITLES[prefix]}</a>",
                str(len(part)),
                *cells,
                str(rest),
            ]
        )
    return grid(
        (
            "Section",
            "Claims",
            "Sup&shy;ported",
            "Partly",
            "Contra&shy;dicted",
            "Open, un&shy;verified or opinion",
        ),
        rows,
        "bet-counts",
    )


def switcher(links: list[dict[str, Any]]) -> str:
    """Return the edition switcher: the same page in every edition."""
    here = next(link["title"] for link in links if link["current"])
    items = "".join(
        f"<li><a href='{link['address']}'{' aria-current=page' if link['current'] else ''}>{escape(link['title'])}</a></li>"
        for link in links
    )
    return (
        f"<nav class='bet-switch' aria-label='Editions'><details><summary>Edition: {escape(here)}</summary>"
        f"<ul>{items}</ul></details></nav>"
    )


def banner(name: str, changed: list[dict[str, Any]]) -> str:
    """Return the banner of an edition: what differs from today's."""
    entry = editions.edition(name)
    rows = "".join(
        f"<li data-parameter='{c['notebook']}.{c['name']}' data-value='{c['value']}'>{escape(c['meaning'])}: "
        f"<b>{setting(c['value'], c['unit'])}</b> instead of {setting(c['default'], c['unit'])}</li>"
        for c in changed
    )
    return (
        f"<aside class='bet-banner' aria-label='About this edition'><p><b>Edition “{escape(entry.title)}”.</b> "
        f"{escape(entry.reason)}</p><details><summary>What differs from today</summary><ul>{rows}</ul></details></aside>"
    )


def edition_rows() -> str:
    """Return every edition: title, reason, what it changes, sources."""
    rows = []
    for name, entry in editions.editions().items():
        changed = "<br>".join(
            f"{escape(_short(c['meaning']))}: {setting(c['default'], c['unit'])} → <b>{setting(c['value'], c['unit'])}</b>"
            for c in editions.differences(name)
        )
        cited = publishers(entry.sources, lambda s: str(sources()[s].url))
        rows.append(
            [
                f"<b id='edition-{name}'>{escape(entry.title)}</b>",
                escape(entry.reason),
                changed or "nothing",
                cited or "–",
            ]
        )
    return grid(("Edition", "Why", "What it changes", "Sources"), rows, "bet-stack")


def _short(meaning: str) -> str:
    """Return what a parameter means up to its first semicolon."""
    return meaning.split(";")[0]


def comparison_rows(found: dict[str, list[dict[str, Any]]], names: list[str]) -> str:
    """Return headline numbers and verdicts that differ, a column per edition."""
    titles = [escape(editions.edition(name).title) for name in names]
    numbers = grid(
        ("Figure", *titles),
        ([f"<a href='{r['notebook']}.html'>{escape(r['name'].replace('_', ' '))}</a>", *(escape(r[n]) for n in names)]
         for r in found["numbers"]),
        "bet-map",
    )  # fmt: skip
    verdicts = grid(
        ("Claim", *titles),
        (
            [badge(r["claim"], r[names[0]]), *(escape(r.get(n, "–")) for n in names)]
            for r in found["verdicts"]
        ),
        "bet-map",
    )
    return f"<h3>Headline figures</h3>{numbers}<h3>Verdicts</h3>{verdicts}"
