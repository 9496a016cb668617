"""A chapter: what a notebook shows, and what it refuses to show."""

from __future__ import annotations

import pytest

from bet.chapter import chapter, outputs
from bet.chapter.chapter import Chapter
from bet.chapter.outputs import NUMBERS_MIME
from tests import worlds

VALUES = {
    "as_of": "2026-11-23",
    "us_average_power_gw": 490.0,
    "satellites": 12,
    "chip": "H100",
}


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed."""
    displayed = []
    monkeypatch.setattr(chapter, "display", lambda data, raw, **_: displayed.append(data))
    return displayed


@pytest.fixture
def book(tmp_path, shown):
    with worlds.small(tmp_path):
        yield Chapter("3_infrastructure", VALUES)


def on(day):
    return Chapter("3_infrastructure", VALUES | {"as_of": day})


def told_of(step):
    (fault,) = worlds.faults_of(step)
    return fault


def test_a_wrong_parameter_stops_the_chapter(book):
    told = told_of(lambda: Chapter("3_infrastructure", VALUES | {"us_avrage_power": 1}))
    assert "did you mean 'us_average_power_gw'?" in told


def test_a_table_shows_what_was_known_on_the_chapter_s_day(book):
    assert len(book.table("power")) == 3
    assert len(on("2025-11-14").table("power")) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Metered were 490 GW.", "found a bare figure 490; expected a value in {{ }}"),
        ("Metered were {490} GW.", "found a bare figure 490; expected a value in {{ }}"),
        ("Metered: {{ power }}.", "found 'power' is undefined; expected a name of the notebook, a template of Jinja"),
    ],
)  # fmt: skip
def test_prose_with_a_bare_or_missing_figure_is_refused(book, shown, text, told):
    assert told_of(lambda: book.say(text)) == f"say('{text}…'): {told}"
    assert shown == []


def test_a_claim_judged_here_is_not_told_again_from_the_ledger(book, shown):
    book.assess("INFRA-60", found=(441, 502))
    book.ledger("INFRA")
    card, rest = shown
    assert card["text/plain"] == "INFRA-60 contradicted: About three times as much was metered."
    assert [record["claim"] for record in card[outputs.ASSESSMENT_MIME]] == ["INFRA-60"]
    assert [record["claim"] for record in rest[outputs.ASSESSMENT_MIME]] == ["INFRA-61"]


@pytest.mark.parametrize("method", ["ledger", "scorecard"])
def test_an_unknown_section_is_told_with_the_nearest(book, method):
    told = told_of(lambda: getattr(book, method)("INFRAS"))
    assert told.endswith("did you mean 'INFRA'?")


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-11-23", "2 claims: 1 contradicted, 1 opinion"),
        ("2025-11-14", "2 claims: 1 unverified, 1 opinion"),
    ],
)
def test_the_scorecard_counts_by_both_clocks(book, shown, day, text):
    on(day).scorecard("INFRA")
    assert shown[0]["text/plain"] == text


def test_the_scorecard_counts_what_this_run_judges_also_further_down(book, shown):
    book.scorecard("INFRA")
    book.assess("INFRA-60", found=(150, 170))
    assert [data["text/plain"] for data in shown if "claims" in data["text/plain"]] == [
        "2 claims: 1 contradicted, 1 opinion", "2 claims: 1 supported, 1 opinion",
    ]  # fmt: skip
    shown.clear()
    book.scorecard("INFRA")
    assert shown[0]["text/plain"] == "2 claims: 1 supported, 1 opinion"


def test_a_section_is_linked_and_its_records_are_kept(book, shown):
    book.ledger("INFRA")
    (data,) = shown
    assert "href='../data/claims/infrastructure.yml'" in data["text/html"]
    assert len(data[outputs.ASSESSMENT_MIME]) == 2


def test_prose_shows_a_badge_of_the_day(book, shown):
    assert "contradicted" in book.badge("INFRA-60")
    assert "unverified" in on("2025-11-14").badge("INFRA-60")
    assert "did you mean 'INFRA-60'?" in told_of(lambda: book.badge("INFRA-600"))


def test_a_template_is_filled_in_from_the_notebook_with_dollars_escaped(tmp_path, shown):
    with worlds.small(tmp_path):
        Chapter("3_infrastructure", VALUES).say("It costs {{ usd(us_average_power_gw) }}.")
    (data,) = shown
    assert (
        data["text/markdown"] == "It costs <span>\\$</span>490."
        and data["text/plain"] == "It costs $490."
    )
    assert data[NUMBERS_MIME] == {
        "usd(us_average_power_gw)": {"text": "$490", "value": 490, "unit": "USD"}
    }
