"""What the site publishes of each claim: the ledger's record joined with the notebooks' assessments.

One way only: cards, claim pages, scorecards, ``claims.json`` and the review report are all made
from the records that the executed notebooks carry in their outputs.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import nbformat
from pydantic import Field

from bet.chapter.outputs import CHART_MIME, assessments, judged_twice, outputs, read
from bet.faults import Fault, require
from bet.records.claims import THEN, Claim, claims, order
from bet.records.sources import evidence, sources
from bet.records.yaml_files import Record


class PublishedFigure(Record):
    """A printed figure beside what was found."""

    name: str = Field(description="name of the figure within the claim")
    printed: str = Field(description="the figure as printed in the article")
    unit: str
    read_text: str = Field(description="the printed figure in English, as it is read")
    reading: str = Field(description="how the printed figure is read")
    relation: Literal["equal", "about", "less", "more", "date"]
    value: list[float] = Field(description="[low, high] as read; dates as proleptic day numbers")
    found: list[float] = Field(description="[low, high] as found, in the same unit")
    found_text: str
    verdict: str
    reason: str
    gap: float | None = Field(description="ratio >= 1 between printed and found; null: no ratio")
    loose: bool = Field(description="a bound that is true but useless")


class PublishedEvidence(Record):
    """One fact for, against or about a claim, with where it was published."""

    id: str
    stance: Literal["supports", "contradicts", "qualifies"]
    fact: str
    as_of: str = Field(description="the day, month or year of which the fact speaks")
    published: str = Field(description="when its publication came out")
    read_on: str = Field(description="when we read the publication")
    told_by: str | None
    publisher: str
    url: str
    tier: str
    origin: str


class PublishedClaim(Record):
    """One claim of the article with our judgement, as in claims.json."""

    id: str
    section: str
    lines: list[int] = Field(description="lines of the French text, both copies")
    anchor: str = Field(description="at most four words of the original, to find the place")
    speaker: str
    paraphrase: str
    kind: str
    checkable: bool
    importance: int
    verdict: Literal[
        "supported", "partly", "contradicted", "open", "unverified", "opinion", "pending"
    ]
    verdict_then: str = Field(description="verdict on what was public by 2025-11-30")
    confidence: Literal["high", "medium", "low"] | None = Field(description="null: an opinion")
    speech: dict[str, str | None] | None = Field(
        default=None, description="who says it, to whom, when, and whether the words were found"
    )
    reason: str
    overridden: bool
    override: str | None = Field(
        default=None, description="why the verdict departs from the numeric rule"
    )
    figures: list[PublishedFigure]
    evidence: list[PublishedEvidence]
    tables: list[str]
    searched: str | None
    error_origin: str | None
    strongest_reading: str | None
    assessed: Literal["computed", "ledger"]
    notebook: str
    review_by: str | None
    history: list[dict[str, Any]]
    reviews: list[dict[str, Any]]
    second_reading: dict[str, str] | None = None


Files = tuple[tuple[Path, int, int], ...]  # path, time of the last change, size


class BookRecords(NamedTuple):
    """What the executed notebooks of a folder say: judged claims, and charts with their notebook."""

    claims: list[PublishedClaim]
    charts: list[dict[str, Any]]

    @property
    def verdicts(self) -> dict[str, str]:
        """Return the verdict of every claim by its id."""
        return {claim.id: claim.verdict for claim in self.claims}


def records_in(folder: Path) -> BookRecords:
    """Return the records of a folder of notebooks; read once while its files stay as they are."""
    return _records(folder, _files(folder))


@lru_cache(maxsize=8)
def _records(folder: Path, files: Files) -> BookRecords:
    return BookRecords(publish(folder), charts_in(folder))


def notebooks_in(folder: Path) -> dict[str, nbformat.NotebookNode]:
    """Read every notebook of a folder by name; once while its files stay as they are."""
    return dict(_notebooks(_files(folder)))


def _files(folder: Path) -> Files:
    stats = [(path, path.stat()) for path in sorted(folder.glob("*.ipynb"))]
    return tuple((path, s.st_mtime_ns, s.st_size) for path, s in stats)


@lru_cache(maxsize=8)
def _notebooks(files: Files) -> dict[str, nbformat.NotebookNode]:
    return {path.stem: read(path) for path, _, _ in files}


def assessments_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the assessment of every claim from executed notebooks; each claim exactly once."""
    notebooks = notebooks_in(folder)
    require(judged_twice(notebooks))
    found = {record["claim"]: record for book in notebooks.values() for record in assessments(book)}
    return dict(sorted(found.items(), key=lambda item: order(item[0])))


def charts_in(folder: Path) -> list[dict[str, Any]]:
    """Return every chart record of executed notebooks, with its notebook's name."""
    return [
        {**record, "notebook": name}
        for name, notebook in notebooks_in(folder).items()
        for record in outputs(notebook, CHART_MIME)
    ]


def publish(folder: Path) -> list[PublishedClaim]:
    """Join ledger and assessments, in the order of the article."""
    records = assessments_in(folder)
    missing = [name for name in claims() if name not in records]
    require(
        [
            Fault(f"claim {name}", "no assessment in any notebook", "book.assess or book.ledger")
            for name in missing
        ]
        + [
            Fault(
                f"notebook {record['notebook']}", f"unknown claim {name}", "a run of today's ledger"
            )
            for name, record in records.items()
            if name not in claims()
        ]
    )
    return [_published(claims()[name], record) for name, record in records.items()]


def _published(claim: Claim, record: dict[str, Any]) -> PublishedClaim:
    return PublishedClaim(
        id=claim.id, section=claim.section, lines=claim.lines, anchor=claim.anchor, speaker=claim.speaker,
        paraphrase=claim.paraphrase, kind=claim.kind, checkable=claim.checkable, importance=claim.importance,
        verdict=record["verdict"], verdict_then=claim.verdict_on(THEN), confidence=record["confidence"],
        speech=claim.speech.model_dump() if claim.speech else None,
        reason=record["reason"], overridden=record["overridden"],
        override=claim.override if record["overridden"] else None,
        figures=[PublishedFigure(**figure) for figure in record["figures"]],
        evidence=_evidence_of(claim), tables=claim.tables, searched=claim.searched,
        error_origin=claim.error_origin, strongest_reading=claim.strongest_reading,
        assessed=record["assessed"], notebook=record["notebook"], review_by=claim.review_by,
        history=[change.model_dump() for change in claim.history],
        reviews=[review.model_dump() for review in claim.reviews],
        second_reading=claim.second_reading.model_dump() if claim.second_reading else None,
    )  # fmt: skip


def _evidence_of(claim: Claim) -> list[PublishedEvidence]:
    cited = []
    for stance in ("contradicts", "supports", "qualifies"):
        for name in getattr(claim, stance):
            fact = evidence()[name]
            source = sources()[fact.source]
            cited.append(
                PublishedEvidence(
                    id=name,
                    stance=stance,
                    fact=fact.fact,
                    as_of=fact.as_of,
                    published=source.published,
                    read_on=source.retrieved,
                    told_by=fact.told_by,
                    publisher=source.publisher,
                    url=str(source.url),
                    tier=source.tier,
                    origin=source.origin,
                )
            )
    return cited


def articles_own(published: list[PublishedClaim]) -> list[PublishedClaim]:
    """Return the claims without the text of the host page, which no count of verdicts includes."""
    return [claim for claim in published if claim.kind != "boilerplate"]


def counts(published: list[PublishedClaim], field: str) -> Counter:
    """Count the article's claims by a field, for example 'verdict'."""
    return Counter(getattr(claim, field) or "none" for claim in articles_own(published))


def as_json(published: list[PublishedClaim]) -> str:
    """Return claims.json."""
    return (
        json.dumps([claim.model_dump() for claim in published], ensure_ascii=False, indent=1) + "\n"
    )


def json_schema() -> str:
    """Return the JSON Schema of claims.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Claims of the article, judged",
        "type": "array",
        "items": PublishedClaim.model_json_schema(ref_template="#/items/$defs/{model}"),
    }
    return json.dumps(schema, indent=1) + "\n"


_CSV = (
    "id", "section", "speaker", "kind", "paraphrase", "verdict", "verdict_then", "confidence",
    "error_origin", "reason", "notebook",
)  # fmt: skip


def as_csv(published: list[PublishedClaim]) -> str:
    """Return claims.csv: one row per claim, the first printed and found figure beside it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*_CSV, "lines", "printed", "found"])
    for claim in published:
        first = claim.figures[0] if claim.figures else None
        writer.writerow(
            [*(getattr(claim, name) for name in _CSV), " ".join(map(str, claim.lines)),
             first.printed if first else "", first.found_text if first else ""]
        )  # fmt: skip
    return buffer.getvalue()


RATING = {"contradicted": 1, "partly": 3, "supported": 5}


def claim_review(published: list[PublishedClaim], base_url: str) -> dict[str, Any]:
    """Return schema.org ClaimReview records for the claims that have a truth value."""
    place = f"{base_url.rstrip('/')}/book/claims.html" if base_url else "claims.html"
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "ClaimReview",
                "url": f"{place}#{claim.id}",
                "claimReviewed": claim.paraphrase,
                "datePublished": claim.history[-1]["date"],
                "author": {"@type": "Organization", "name": "The Bet, Audited"},
                "itemReviewed": {
                    "@type": "Claim",
                    "author": {"@type": "Person", "name": SPEAKERS[claim.speaker]},
                },
                "reviewRating": {
                    "@type": "Rating",
                    "ratingValue": RATING[claim.verdict],
                    "worstRating": 1,
                    "bestRating": 5,
                    "alternateName": claim.verdict,
                },
            }
            for claim in published
            if claim.verdict in RATING
        ],
    }


SPEAKERS = {
    "author": "the article's author",
    "musk": "Elon Musk",
    "baron": "Ron Baron",
    "huang": "Jensen Huang",
    "larry-page": "Larry Page",
    "page": "the publishing page",
}
