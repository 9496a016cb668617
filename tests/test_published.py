"""What the site publishes: each claim once, as assessed, and valid for machines."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import nbformat
import pytest

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, assessments, judged_twice
from bet.records import claims, judge
from bet.run import check as run_check
from bet.run import execute
from bet.site import published
from tests import worlds
from tests.places import BOOK

TODAY = "2026-11-23"


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path):
        yield tmp_path / "book"


def notebook(folder, name, *records, charts=()):
    """Write an executed notebook that carries these records."""
    folder.mkdir(exist_ok=True)
    data = [{ASSESSMENT_MIME: list(records)}, *({CHART_MIME: chart} for chart in charts)]
    outputs = [nbformat.v4.new_output("display_data", data=each) for each in data]
    cell = nbformat.v4.new_code_cell("book", outputs=outputs, id="c01")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"{name}.ipynb")


def from_ledger(claim_id):
    return judge.from_ledger(claims.claims()[claim_id], TODAY, "3_infrastructure")


@pytest.fixture
def pages(world):
    notebook(world, "3_infrastructure", from_ledger("INFRA-61"), from_ledger("INFRA-60"))
    return published.publish(world)


def test_claims_come_in_the_order_of_the_article(pages):
    assert [claim.id for claim in pages] == ["INFRA-60", "INFRA-61"]


def test_a_claim_carries_its_judgement_and_what_it_rests_on(pages):
    claim = pages[0]
    assert (claim.verdict, claim.verdict_then, claim.confidence) == (
        "contradicted", "unverified", "high",
    )  # fmt: skip
    assert (claim.figures[0].value, claim.figures[0].found) == ([160, 160], [441, 502])
    fact, later = claim.evidence
    assert later.id == "power-paper-c"
    assert (fact.id, fact.stance, fact.tier) == ("power-metered", "contradicts", "primary")
    assert fact.url == "https://example.org/meter"
    assert claim.strongest_reading and claim.error_origin == "translation"


def test_a_claim_assessed_twice_is_told(world):
    notebook(world, "3_infrastructure", from_ledger("INFRA-60"))
    notebook(world, "4_thesis", from_ledger("INFRA-60"))
    assert worlds.faults_of(lambda: published.assessments_in(world)) == [
        "book/4_thesis.ipynb: found INFRA-60 judged a second time, as in 3_infrastructure.ipynb; "
        "expected each claim in one book.assess or book.ledger"
    ]


def test_a_copied_chapter_is_told_in_one_line():
    copied = published.read(BOOK / "4_thesis.ipynb")
    (told,) = judged_twice({"4_thesis": copied, "6_name": copied})
    own = [record["claim"] for record in assessments(copied)]
    few = f"{', '.join(own[:3])} and {len(own) - 3} more"
    assert (told.where, told.found) == (
        "book/6_name.ipynb",
        f"{few} judged a second time, as in 4_thesis.ipynb",
    )
    assert judged_twice({"4_thesis": copied}) == []


def test_the_check_tells_a_copied_chapter(monkeypatch):
    copy = {"6_name": "4_thesis"}
    known = [*execute.names(), *copy]
    place = execute.path_of
    monkeypatch.setattr(execute, "names", lambda: known)
    monkeypatch.setattr(execute, "path_of", lambda name: place(copy.get(name, name)))
    monkeypatch.setattr(run_check.check, "all_faults", list)
    assert [fault.where for fault in run_check.all_faults()] == ["book/6_name.ipynb"]


def test_a_claim_that_no_notebook_assesses_is_told(world):
    notebook(world, "3_infrastructure", from_ledger("INFRA-60"))
    assert worlds.faults_of(lambda: published.publish(world)) == [
        "claim INFRA-61: found no assessment in any notebook; expected book.assess or book.ledger"
    ]


def test_charts_carry_the_name_of_their_notebook(world):
    notebook(world, "3_infrastructure", charts=[{"name": "us-power"}])
    assert published.charts_in(world) == [{"name": "us-power", "notebook": "3_infrastructure"}]


def test_counts(pages):
    assert published.counts(pages, "verdict") == {"contradicted": 1, "opinion": 1}
    assert published.counts(pages, "error_origin") == {"translation": 1, "none": 1}


def test_claims_json_keeps_its_schema(pages):
    schema = json.loads(published.json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    records = json.loads(published.as_json(pages))
    jsonschema.validate(records, schema)
    for broken in ({"verdict": "refuted"}, {"confidence": 1}, {"lines": "2"}, {"extra": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([records[0] | broken], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{"id": "INFRA-60"}], schema)


def test_claims_csv_has_one_row_per_claim_with_printed_beside_found(pages):
    rows = list(csv.DictReader(io.StringIO(published.as_csv(pages))))
    assert [row["id"] for row in rows] == ["INFRA-60", "INFRA-61"]
    assert (rows[0]["printed"], rows[0]["found"]) == ("160", "441 to 502 GW")
    assert (rows[0]["lines"], rows[1]["printed"]) == ("2 4", "")


def test_only_claims_with_a_truth_value_become_claim_reviews(pages):
    graph = published.claim_review(pages, "https://example.org/")["@graph"]
    (review,) = graph
    assert review["url"] == "https://example.org/book/claims.html#INFRA-60"
    rating = review["reviewRating"]
    assert (rating["ratingValue"], rating["worstRating"], rating["bestRating"]) == (1, 1, 5)
    assert rating["alternateName"] == "contradicted"
    assert review["datePublished"] == "2026-11-25"


def test_every_speaker_and_every_rated_verdict_has_a_name():
    speakers = claims.Claim.model_fields["speaker"].annotation.__args__
    said_by = claims.Speech.model_fields["by"].annotation.__args__
    assert set(published.SPEAKERS) == {*speakers, *said_by}
    assert sorted(published.RATING.values()) == list(published.RATING.values())


def test_two_publications_of_the_same_notebooks_are_equal(world, pages):
    assert published.as_json(published.publish(world)) == published.as_json(pages)


def test_an_unknown_claim_in_a_notebook_is_not_published(world):
    record = from_ledger("INFRA-60") | {"claim": "INFRA-62"}
    notebook(world, "3_infrastructure", from_ledger("INFRA-60"), from_ledger("INFRA-61"), record)
    assert worlds.faults_of(lambda: published.publish(world)) == [
        "notebook 3_infrastructure: found unknown claim INFRA-62; expected a run of today's ledger"
    ]
