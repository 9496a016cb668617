"""Sources and evidence: one broken file per check, and the day from which a fact counts."""

from __future__ import annotations

import datetime as dt

import pytest

from bet.records import check, sources
from tests import worlds

SOURCES = {
    "tier_unknown.yml": "data/sources.yml:7 [meter-2025] tier: found 'gossip'; expected 'primary',",
    "origin_missing.yml": "data/sources.yml:1 [meter-2025] origin: found nothing; expected the field",
    "address_not_a_url.yml": "data/sources.yml:4 [meter-2025] url: found 'example dot org'; expected a valid URL",
    "date_not_iso.yml": "data/sources.yml:5 [meter-2025] published: found '26 February 2025'; expected an ISO date",
    "id_twice.yml": "data/sources.yml:10: found id 'meter-2025' a second time; expected unique ids",
    "address_twice.yml": "source paper-a-2025: found the address of meter-2025; expected one source for one address",
    "id_in_capitals.yml": "data/sources.yml:1 [Meter 2025] id: found 'Meter 2025'; expected",
}
EVIDENCE = {
    "source_unknown.yml": "evidence power-metered source: found 'meter-2052'; expected an id of data/sources.yml, did you mean 'meter-2025'?",
    "told_by_unknown.yml": "data/evidence/power.yml:7 [power-metered] told_by: found 'someone'; expected 'musk',",
    "saying_without_a_speaker.yml": "evidence power-told told_by: found 'Musk says' and no speaker; expected who says so",
    "figure_as_text.yml": "data/evidence/power.yml:3 [power-metered] figure: found 'about 490'; expected a number or a pair",
    "figure_upside_down.yml": "data/evidence/power.yml:3 [power-metered] figure: found [502, 441]; expected a pair [low, high]",
    "figure_true_or_false.yml": "data/evidence/power.yml:3 [power-metered] figure: found True; expected a number",
    "fact_missing.yml": "data/evidence/power.yml:1 [power-metered] fact: found nothing; expected the field 'fact'",
}


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


@pytest.mark.parametrize("case", worlds.cases("sources"))
def test_a_broken_source_is_refused(world, case):
    worlds.put(f"sources/{case}", world / "sources.yml")
    (told,) = worlds.faults_of(sources.sources, sources.check)
    assert told.startswith(SOURCES[case]), told


@pytest.mark.parametrize("case", worlds.cases("evidence"))
def test_a_broken_piece_of_evidence_is_refused(world, case):
    worlds.put(f"evidence/{case}", world / "evidence" / "power.yml")
    (told,) = worlds.faults_of(sources.evidence, sources.check)
    assert told.startswith(EVIDENCE[case]), told


def test_what_nothing_cites_is_refused(world):
    loose = ["power-told", "power-paper-a", "power-paper-b"]
    assert worlds.faults_of(check.uncited) == [
        f"evidence {name}: found cited by no claim; expected a claim that cites it, or no such record"
        for name in sorted(loose)
    ]  # the small ledger keeps three for other tests
    worlds.put("uncited/source.yml", world / "sources.yml")
    assert (
        "source letter-2025: found cited by nothing; expected a fact, a table or a notebook that cites it"
        in worlds.faults_of(check.uncited)
    )


def test_the_small_ledger_is_sound(world):
    assert worlds.faults_of(sources.sources, sources.evidence, sources.check) == []
    assert sources.evidence()["power-paper-c"].figure == (470.0, 500.0)


@pytest.mark.parametrize(
    ("fact", "day"),
    [
        ("power-metered", dt.date(2025, 2, 26)),
        ("power-paper-a", dt.date(2025, 3, 31)),
        ("power-paper-c", dt.date(2026, 1, 15)),
    ],
)
def test_a_fact_counts_from_the_last_day_its_source_can_mean(world, fact, day):
    assert sources.known_on(sources.evidence()[fact]) == day


def test_a_day_of_its_own_goes_before_that_of_the_source(world):
    fact = sources.evidence()["power-metered"].model_copy(update={"public": "2024-12"})
    assert sources.known_on(fact) == dt.date(2024, 12, 31)


def test_the_committed_sources_and_evidence_are_sound():
    sources.check()
    used = {fact.source for fact in sources.evidence().values()}
    assert used <= set(sources.sources())
