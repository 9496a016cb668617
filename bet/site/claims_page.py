"""The parts of the site that are made from the judged claims: table, map, scores, history, reviews."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from bet.dates import first_day, last_day, written
from bet.records import reviewers
from bet.records.claims import CONFIDENCES, SECTIONS
from bet.records.rule import SCALE
from bet.site.html import SECTION_TITLES, figure_numbers, render
from bet.site.meta import shorten
from bet.site.published import SPEAKERS, PublishedClaim, PublishedEvidence, articles_own, counts

ORIGINS = {
    "author": "The author",
    "translation": "The translation",
    "source": "The press or the person quoted",
    "unknown": "It cannot be told",
}
TIERS = {
    "primary": "primary document",
    "transcript": "transcript",
    "report": "report",
    "secondary": "secondary page",
    "forum": "forum",
}
TELLERS = {"musk": "Musk himself", "baron": "Baron himself", "huang": "Huang himself", "tesla": "Tesla itself",
           "spacex": "SpaceX itself", "xai": "xAI itself", "openai": "OpenAI itself"}  # fmt: skip
WORDS = {
    "verbatim": "found as printed",
    "in_substance": "found in substance",
    "not_found": "not found",
}
WEIGHT = {1: "a detail", 2: "matters", 3: "carries the thesis"}
MEANING = {
    "supported": "what we found agrees with the statement",
    "partly": "one material half holds and another does not, or the size is right and the value is not",
    "contradicted": "what we found excludes the statement as a reader would take it",
    "open": "a forecast that is not due yet",
    "unverified": "checkable in principle: we searched and found nothing that decides it, or not the words",
    "opinion": "a value judgement or a figure of speech: nothing could decide it",
}
_ONE_LINE = 160  # letters of a reason beside a badge
_ORDER = {"verdict": SCALE, "confidence": CONFIDENCES[::-1]}


def tally(published: list[PublishedClaim], field: str) -> Markup:
    """Return the counts of a field as a list, in the order of its scale or, without one, by size."""
    return render("score", total=0, pills=_pills(published, field, {}))


def scorecard(published: list[PublishedClaim], section: str | None) -> Markup:
    """Return the verdicts of a section of the article, or of all, each linked to its claims."""
    part = [claim for claim in published if section in (None, claim.section)]
    pills = _pills(part, "verdict", {"section": section} if section else {})
    return render("score", total=sum(pill["count"] for pill in pills), pills=pills)


def _pills(
    published: list[PublishedClaim], field: str, more: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return each value of a field with its count and what filters the claims page by it."""
    having = counts(published, field)
    known = [name for name in _ORDER.get(field, ()) if having[name]]
    names = known or [name for name, _ in having.most_common()]
    return [
        {"name": name, "count": having[name], "query": urlencode({field: name, **more})}
        for name in names
    ]


def said(published: Iterable[PublishedClaim], names: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what the badges of the named claims say: paraphrase, figures, verdict, confidence, reason."""
    return {
        claim.id: {
            "paraphrase": claim.paraphrase,
            "figures": [f"{figure.read_text} → {figure.found_text}" for figure in claim.figures],
            "verdict": claim.verdict,
            "confidence": claim.confidence or "",
            "reason": shorten(claim.reason, _ONE_LINE),
        }
        for claim in published
        if claim.id in names
    }


def claim_rows(published: list[PublishedClaim], repository: str, charts: Sequence[Any]) -> Markup:
    """Return the whole claims table. Works without a script; the filter is an enhancement."""
    return render(
        "claims",
        claims=published,
        repository=repository,
        figures={
            name: [chart["place"] for chart in drawn]
            for name, drawn in _charts_by_claim(charts).items()
        },
        origins=ORIGINS,
        speakers=SPEAKERS,
        words=WORDS,
        history=history,
        report_link=report_link,
        told_of=told_of,
        filter_words=json.dumps({**SECTION_TITLES, **SPEAKERS}, ensure_ascii=False),
    )


def told_of(fact: PublishedEvidence) -> str:
    """Say what kind of publication tells a fact, who speaks in it, and what each of its dates is.

    A page that tells of a day after its own was changed later: then the day on which it was read counts.
    """
    own = f", told by {TELLERS[fact.told_by]}" if fact.told_by else ""
    amended = last_day(fact.published) < first_day(fact.as_of)
    out = f"read {written(fact.read_on)}" if amended else f"published {written(fact.published)}"
    of = "" if fact.as_of == fact.published else f"as of {written(fact.as_of)}, "
    return f"{TIERS[fact.tier]}{own}, {of}{out}"


def history(claim: PublishedClaim) -> str:
    """Return every verdict of a claim with its day in a sentence, and when the next look is due.

    What kept the verdict is counted. The page of corrections, to which the sentence leads, says why.
    """
    before = [{"verdict": ""}, *claim.history]
    moves = [h for h, old in zip(claim.history, before, strict=False) if h["verdict"] != old["verdict"]]  # fmt: skip
    told = "; ".join(f"{written(h['date'])} {h['verdict']}" for h in moves)
    kept = len(claim.history) - len(moves)
    also = (
        f" Mended {'once' if kept == 1 else f'{kept} times'} with the same verdict." if kept else ""
    )
    due = f" Next check due {written(claim.review_by)}." if claim.review_by else ""
    return f"{told}.{also}{due}".replace("..", ".")


def report_link(claim_id: str, repository: str) -> str:
    """Return the address where an error in a claim is reported, naming the claim."""
    if not repository:
        return f"report.html?{urlencode({'claim': claim_id})}"
    query = urlencode(
        {"title": f"Error in {claim_id}", "template": "claim-error.yml", "claim": claim_id}
    )
    return f"{repository}/issues/new?{query}"


def _charts_by_claim(charts: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Return address and number of every chart by the claims that it bears on."""
    numbers = figure_numbers(charts)
    by_claim: dict[str, list[dict[str, str]]] = {}
    for chart in charts:
        notebook, name = chart["notebook"], chart["name"]
        drawn = {"place": f"{notebook}.html#{name}", "number": numbers[notebook, name]}
        for claim in chart["claims"]:
            by_claim.setdefault(claim, []).append(drawn)
    return by_claim


def map_rows(published: list[PublishedClaim], charts: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the claim map, folded by chapter: claim, weight, what its verdict rests on, charts."""
    by_chapter: dict[str, list[PublishedClaim]] = {}
    for claim in published:
        by_chapter.setdefault(claim.notebook, []).append(claim)
    parts = [
        {
            "notebook": name,
            "claims": part,
            "own": len(articles_own(part)),
            "carrying": sum(c.importance == 3 for c in part),
        }
        for name, part in by_chapter.items()
    ]
    return render("map", parts=parts, weight=WEIGHT, figures=_charts_by_claim(charts))


def orphans(
    published: list[PublishedClaim], charts: Sequence[Any], known_evidence: Iterable[str]
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


def changes(published: Iterable[PublishedClaim]) -> list[dict[str, str]]:
    """Return every entry of the histories after the first judgement, newest first."""
    found = [
        {
            "date": after["date"],
            "claim": claim.id,
            "before": before["verdict"],
            "after": after["verdict"],
            "why": after["why"],
            "now": claim.verdict,
        }
        for claim in published
        for before, after in reversed([*zip(claim.history, claim.history[1:], strict=False)])
    ]
    return sorted(found, key=lambda change: change["date"], reverse=True)


def history_rows(published: list[PublishedClaim], feed: str = "") -> Markup:
    """Return every change, first of verdicts, then of all else; ``feed`` is the address to follow them."""
    newest = changes(published)
    moved = [change for change in newest if change["before"] != change["after"]]
    kept = [change for change in newest if change["before"] == change["after"]]
    return render("history", changes=moved, kept=kept, feed=feed)


def review_rows(published: list[PublishedClaim], known: Mapping[str, reviewers.Reviewer]) -> Markup:
    """Return what share of the claims was seen by a ``known`` person from outside, and every look."""
    looks = [
        {
            "figure": None,
            **look,
            "claim": claim,
            "kind": reviewers.kind(look["who"], known),
            "seen": getattr(known.get(look["who"]), "seen", None),
        }
        for claim in published
        for look in claim.reviews
    ]
    seen, again, unvouched = (
        len({look["claim"].id for look in looks if look["kind"] == kind})
        for kind in ("outside", "own", "unvouched")
    )
    again_read = [claim for claim in published if claim.second_reading]
    newest = sorted(looks, key=lambda look: look["date"], reverse=True)
    total = len(articles_own(published))
    return render("reviews", seen=_share(seen, total), again=_share(again, total),
                  unvouched=_share(unvouched, total) if unvouched else "", looks=newest,
                  again_read=again_read)  # fmt: skip


def _share(count: int, total: int) -> str:
    of = f"of the {total} claims"
    return f"none {of}" if not count else f"{count} {of} ({count / total:.0%})"


def scale_rows(published: list[PublishedClaim]) -> Markup:
    """Return the scale of verdicts: meaning, count, and the weightiest claim as an example."""
    rows = []
    for verdict in SCALE:
        having = [claim for claim in articles_own(published) if claim.verdict == verdict]
        example = max(having, key=lambda claim: claim.importance, default=None)
        told = {"verdict": verdict, "meaning": MEANING[verdict]}
        rows.append({**told, "count": len(having), "example": example})
    return render("scale", rows=rows)


def section_table(published: list[PublishedClaim]) -> Markup:
    """Return the scorecard by section of the article."""
    rows = []
    for prefix, notebook in SECTIONS.items():
        part = [claim for claim in articles_own(published) if claim.section == prefix]
        having = counts(part, "verdict")
        decided = [
            (having[verdict], urlencode({"verdict": verdict, "section": prefix}))
            for verdict in SCALE[:3]
        ]
        told = {"notebook": notebook, "title": SECTION_TITLES[prefix], "claims": len(part)}
        rows.append({**told, "decided": decided, "rest": sum(having[v] for v in SCALE[3:])})
    return render("sections", sections=rows)
