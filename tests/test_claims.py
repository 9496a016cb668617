"""The ledger: one broken file per check, both clocks, and the caps on confidence."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.faults import BadInput
from bet.records import article_lines, claims
from tests import worlds
from tests.places import ROOT

RECORD = "data/claims/infrastructure.yml:1 [INFRA-60]: found this record; expected "
OTHER = "data/claims/infrastructure.yml:1 [INFRA-61]: found this record; expected "
TOLD = {
    "field_missing.yml": "data/claims/infrastructure.yml:1 [INFRA-60] kind: found nothing; expected the field 'kind'",
    "verdict_unknown.yml": "data/claims/infrastructure.yml:11 [INFRA-60] verdict: found 'refuted'; expected 'supported',",
    "evidence_unknown.yml": "claim INFRA-60 contradicts: found 'power-metred'; expected an id of data/evidence, did you mean 'power-metered'?",
    "high_on_one_secondary_origin.yml": "claim INFRA-60 confidence: found high; expected at most medium",
    "high_when_told_by_the_judged.yml": "claim INFRA-60 confidence: found high; expected at most medium",
    "high_on_what_only_qualifies.yml": "claim INFRA-60 confidence: found high; expected at most medium",
    "medium_on_nothing.yml": "claim INFRA-60 confidence: found medium; expected at most low",
    "contradicted_without_strongest_reading.yml": "data/claims/infrastructure.yml:1 [INFRA-60] strongest_reading: found nothing; expected the least wrong reading of what is 'contradicted'",
    "contradicted_without_error_origin.yml": "data/claims/infrastructure.yml:1 [INFRA-60] error_origin: found nothing; expected for 'partly' and 'contradicted' one of author, translation, source, unknown",
    "verdict_without_history_entry.yml": "data/claims/infrastructure.yml:21 [INFRA-60] history: found 'partly' last; expected a last entry with the verdict 'contradicted'",
    "flip_already_true.yml": "claim INFRA-60 flips_if: found a condition that is true today",
    "open_whose_flip_is_true.yml": "claim INFRA-61 flips_if: found a condition that is true today",
    "flip_names_nothing.yml": "claim INFRA-60 flips_if: found 'power-metred'; expected an evidence id with one figure, or CLAIM.figure, did you mean",
    "flip_operator_unknown.yml": "data/claims/infrastructure.yml:20 [INFRA-60] flips_if.operator: found '!='; expected '<',",
    "anchor_of_five_words.yml": "data/claims/infrastructure.yml:3 [INFRA-60] anchor: found 'the grid of 160 gigawatts'; expected at most four words",
    "verdict_against_the_rule.yml": "data/claims/infrastructure.yml:11 [INFRA-60] verdict: found 'partly'; expected 'contradicted' by the rule, or an override reason",
    "override_of_the_same_verdict.yml": "data/claims/infrastructure.yml:12 [INFRA-60] override: found one; expected none where the rule already gives the verdict",
    "found_upside_down.yml": "data/claims/infrastructure.yml:10 [INFRA-60] figures.0: found this record; expected found from low to high",
    "found_without_value.yml": "data/claims/infrastructure.yml:10 [INFRA-60] figures.0: found this record; expected a value beside 'found'",
    "date_for_a_number.yml": "data/claims/infrastructure.yml:10 [INFRA-60] figures.0: found this record; expected found as a date for relation 'date'",
    "figure_name_twice.yml": "data/claims/infrastructure.yml:9 [INFRA-60] figures: found 'us_average_power' more than once; expected names of their own",
    "then_names_no_figure.yml": "data/claims/infrastructure.yml:18 [INFRA-60] then: found a value for 'us_power'; expected names of figures in its found",
    "table_unknown.yml": "claim INFRA-60 tables: found 'powr'; expected a table of data/tables",
    "notebook_unknown.yml": "claim INFRA-60 assessed_in: found '3_infrastucture'; expected ledger, 0_stake",
    "reason_empty.yml": "data/claims/infrastructure.yml:13 [INFRA-60] reason: found nothing; expected a reason",
    "id_of_another_section.yml": "data/claims/infrastructure.yml:1 [ROBOT-60] id: found 'ROBOT-60'; expected",
    "id_twice.yml": "data/claims/infrastructure.yml:23: found id 'INFRA-60' a second time; expected unique ids",
    "key_twice.yml": "data/claims/infrastructure.yml:5: found 'speaker' a second time; expected each key once",
    "not_yaml.yml": "data/claims/infrastructure.yml:3: found ",
    "unverified_without_search.yml": "data/claims/infrastructure.yml:1 [INFRA-61] searched: found nothing; expected a note for 'unverified'",
    "checkable_without_ground.yml": "data/claims/infrastructure.yml:1 [INFRA-61] searched: found nothing; expected a note, or evidence, tables or arithmetic",
    "opinion_that_is_checkable.yml": "data/claims/infrastructure.yml:7 [INFRA-61] checkable: found true; expected false for 'opinion'",
    "quotation_without_speech.yml": "data/claims/infrastructure.yml:1 [INFRA-61] speech: found nothing for kind 'quotation'; expected one for a quotation or view, and for nothing else",
    "words_not_found_but_supported.yml": "data/claims/infrastructure.yml:10 [INFRA-61] verdict: found 'supported'; expected unverified for a saying, found in neither",
    "words_found_but_unverified.yml": "data/claims/infrastructure.yml:10 [INFRA-61] verdict: found 'unverified'; expected supported or partly or contradicted for a saying, found in the same words or in substance",
    "opinion_with_a_speaker.yml": "data/claims/infrastructure.yml:7 [INFRA-61] speech: found one for kind 'opinion'; expected one for a quotation or view, and for nothing else",
    "forecast_judged.yml": "data/claims/infrastructure.yml:9 [INFRA-61] verdict: found 'supported'; expected open for a forecast, or a price of what does not exist",
    "opinion_with_confidence.yml": "data/claims/infrastructure.yml:10 [INFRA-61] confidence: found low; expected null for an opinion",
    "nothing_found_without_who_else.yml": "data/claims/infrastructure.yml:11 [INFRA-61] searched: found no 'who else'; expected a note that asks who else",
    "nothing_found_in_a_reason.yml": "data/claims/infrastructure.yml:1 [INFRA-60] searched: found no 'who else'; expected a note that asks who else",
    "nothing_found_but_certain.yml": "data/claims/infrastructure.yml:12 [INFRA-60] confidence: found high; expected at most medium where nothing was found",
    "nothing_found_then.yml": "data/claims/infrastructure.yml:1 [INFRA-60] searched: found no 'who else'; expected a note that asks who else",
    "nothing_found_for_certain.yml": "data/claims/infrastructure.yml:10 [INFRA-61] confidence: found high; expected at most medium where nothing was found",
    "clock_without_later_evidence.yml": "claim INFRA-60 then: found another verdict than today's; expected evidence about 2025 or earlier that became public after 2025-11-30",
}  # fmt: skip
MANY = {
    "field_unknown.yml": ["[INFRA-60] speaker: found nothing", "4 [INFRA-60] speeker: found an unknown field 'speeker'; expected one of id,"],
    "many_faults.yml": ["3 [INFRA-60] anchor:", "1 [INFRA-60] kind:", "7 [INFRA-60] importance: found 9", "9 [INFRA-60] figures.0.relation: found 'around'"],
    "many_disagreements.yml": ["[INFRA-60] anchor: found 'the grid of 160 gigawatts'", "[INFRA-60] verdict: found 'partly'; expected 'contradicted'"],
    "many_cross_faults.yml": ["contradicts: found 'power-metred'", "tables: found 'powr'", "assessed_in: found 'nowhere'", "flips_if: found a condition"],
}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


def told_of(world, case):
    worlds.put(f"claims/{case}", world / "claims" / "infrastructure.yml")
    return worlds.faults_of(claims.claims, claims.check)


@pytest.mark.parametrize("case", [name for name in worlds.cases("claims") if name not in MANY])
def test_a_broken_claim_is_refused(world, case):
    (told,) = told_of(world, case)
    assert told.startswith(TOLD[case]), told


@pytest.mark.parametrize("case", MANY)
def test_all_faults_of_a_claim_come_at_once(world, case):
    told = told_of(world, case)
    assert len(told) == len(MANY[case])
    assert all(words in fault for words, fault in zip(MANY[case], told, strict=True)), told


def test_what_a_refused_claim_names_and_quotes_is_told_with_the_rest(world):
    (world / "article_words.lock").write_text("\n" * 300)
    worlds.put("claims/many_disagreements.yml", world / "claims" / "infrastructure.yml")
    own = worlds.faults_of(claims.claims)
    missing = "claim INFRA-60 contradicts: found 'power-metred'; expected an id of data/evidence"
    told = worlds.faults_of(claims.check)
    assert told[:-1] == own and told[-1].startswith(missing)
    told = worlds.faults_of(article_lines.anchors)
    assert told[: len(own)] == own
    assert told[len(own)].startswith(
        "claim INFRA-60 anchor: found 'the grid of 160 gigawatts'; expected words of"
    )


def test_the_small_ledger_is_sound(world):
    assert worlds.faults_of(claims.claims, claims.check) == []
    assert list(claims.claims()) == ["INFRA-60", "INFRA-61"]


@pytest.mark.parametrize(
    ("changes", "cap"),
    [
        ({}, "high"),
        ({"contradicts": ["power-paper-a"]}, "medium"),
        ({"contradicts": ["power-paper-a", "power-paper-b"]}, "medium"),
        ({"contradicts": ["power-paper-a", "power-paper-c"]}, "high"),
        ({"contradicts": ["power-told"]}, "medium"),
        ({"contradicts": ["power-told", "power-paper-a"]}, "medium"),
        ({"contradicts": ["power-told", "power-metered"]}, "high"),
        ({"contradicts": ["power-paper-a"], "supports": ["power-paper-c"]}, "high"),
        ({"contradicts": ["power-paper-a"], "qualifies": ["power-paper-c"]}, "medium"),
        ({"contradicts": []}, "low"),
        ({"contradicts": [], "tables": ["power"]}, "high"),
        ({"contradicts": [], "arithmetic": True}, "high"),
    ],
)
def test_confidence_is_capped_by_tier_and_origin(world, changes, cap):
    claim = claims.claims()["INFRA-60"].model_copy(update=changes)
    assert claims.confidence_cap(claim, claims.evidence()) == cap


def test_the_two_clocks(world):
    claim = claims.claims()["INFRA-60"]
    assert claim.verdict_on(dt.date(2025, 11, 30)) == "unverified"
    assert claim.verdict_on(dt.date(2025, 12, 1)) == "contradicted"
    assert claims.claims()["INFRA-61"].verdict_on(dt.date(2025, 11, 14)) == "opinion"


@pytest.mark.parametrize(
    ("operator", "right", "true"),
    [
        ("<", 490, False), ("<=", 490, True), (">", 490, False), (">=", 490, True),
        ("<", 491, True), (">", 489, True),
    ],
)  # fmt: skip
def test_flips_compare_two_named_values(world, operator, right, true):
    facts = dict(claims.evidence())
    facts["bound"] = facts["power-metered"].model_copy(update={"id": "bound", "figure": right})
    flip = claims.Flip(left="power-metered", operator=operator, right="bound")
    assert claims.flips(flip, claims.claims(), facts) is true


@pytest.mark.parametrize("name", ["power-paper-c", "INFRA-60.power", "INFRA-99.x", "490"])
def test_a_flip_needs_one_number_on_each_side(world, name):
    with pytest.raises(BadInput, match="an evidence id with one figure"):
        claims.named_value(name, claims.claims(), claims.evidence())


def figure(**fields):
    return claims.Figure(
        **{"name": "x", "printed": "x", "unit": "GW", "relation": "about"} | fields
    )


@pytest.mark.parametrize(
    ("value", "half"), [(160, 0.5), (27.5, 0.05), (0.25, 0.005), (1e12, 0.5), (-4.2, 0.05)]
)
def test_rounding_is_half_the_last_printed_digit(value, half):
    assert figure(value=value).rounding() == pytest.approx(half)


def test_rounding_can_be_given_and_is_none_for_ranges_and_dates():
    assert figure(value=160, precision=5).rounding() == 5
    assert figure(value=[10, 15]).rounding() == 0
    assert figure(value=2012, relation="date").rounding() == 0


def test_years_and_months_are_intervals_of_days():
    low, high = claims.interval("2012")
    assert high - low == 365
    assert figure(value=2012, relation="date").judge("2012-12").verdict == "supported"
    assert figure(value=2012, relation="date").judge("2013-01").verdict == "contradicted"
    assert figure(value=[2012, 2014], relation="date").value == ("2012", "2014")


@pytest.mark.parametrize("value", [True, "many", [1, 2, 3], [[1, 2], 3], float("inf"), None])
def test_what_is_no_figure_is_refused(value):
    with pytest.raises(ValueError):
        claims.as_value(value)


@given(st.floats(1e-6, 1e15), st.floats(1, 10))
def test_an_interval_keeps_its_ends(low, factor):
    assert claims.interval(claims.as_value([low, low * factor])) == (low, low * factor)


def test_the_order_is_that_of_the_article():
    ids = ["END-01", "INTRO-02", "GROK-10", "GROK-09"]
    assert sorted(ids, key=claims.order) == ["INTRO-02", "GROK-09", "GROK-10", "END-01"]


def test_the_committed_ledger_is_sound_and_whole():
    claims.check()
    ledger = claims.claims()
    assert len(ledger) >= 269  # more may be found; none may vanish
    assert [claim.id for claim in ledger.values() if claim.verdict == "pending"] == []


def test_every_checkable_claim_was_searched_for():
    bare = [
        claim.id
        for claim in claims.claims().values()
        if claim.checkable
        and not (claim.cited or claim.tables or claim.arithmetic or claim.searched)
    ]
    assert bare == []


def test_every_printed_figure_is_judged_by_the_rule_or_openly_overridden():
    unexplained = [
        claim.id
        for claim in claims.claims().values()
        if claim.judged()
        and claims.worst([f.judge().verdict for f in claim.judged()]) != claim.verdict
        and not claim.override
    ]
    assert unexplained == []


def test_a_claim_may_be_judged_in_any_chapter_that_there_is(world):
    text = (world / "claims" / "infrastructure.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^  history:", "  assessed_in: 6_name\n  history:", text, count=1)
    (world / "claims" / "infrastructure.yml").write_text(text, encoding="utf-8")
    worlds.forget()
    (told,) = worlds.faults_of(claims.check)
    assert told.startswith("claim INFRA-60 assessed_in: found '6_name'; expected ledger, 0_stake")
    (world.parent / "book").mkdir()
    (world.parent / "book" / "6_name.ipynb").touch()
    assert worlds.faults_of(claims.check) == []


def test_every_claim_stands_in_the_file_of_its_section():
    """Where a card of a notebook leads."""
    for section, name in claims.FILES.items():
        text = (ROOT / "data" / "claims" / f"{name}.yml").read_text(encoding="utf-8")
        own = {claim.id for claim in claims.claims().values() if claim.section == section}
        assert set(re.findall(r"(?m)^- id: (\S+)$", text)) == own
