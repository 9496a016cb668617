"""Assessments: the rule decides where a figure can, words where none can; cards show what was judged."""

from __future__ import annotations

import json
import re

import pytest

from bet.chapter import cards
from bet.faults import BadInput
from bet.records import claims, judge, parameters
from tests import worlds

TODAY, ARTICLE_DAY = "2026-11-23", "2025-11-14"


@pytest.fixture(autouse=True)
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


def assess(claim="INFRA-60", as_of=TODAY, **how):
    return judge.assess(claim, as_of=as_of, notebook="3_infrastructure", **how)


def change(**fields):
    """Change the small ledger's INFRA-60 in memory."""
    ledger = claims.claims()
    ledger["INFRA-60"] = ledger["INFRA-60"].model_copy(update=fields)


def test_the_rule_judges_what_was_found():
    record = assess(found=(441, 502))
    assert (record["verdict"], record["assessed"]) == ("contradicted", "ledger")
    assert record["reason"] == "About three times as much was metered."
    (figure,) = record["figures"]
    assert (figure["value"], figure["found"]) == ([160, 160], [441, 502])
    assert (figure["found_text"], figure["gap"]) == ("441 to 502 GW", 2.756)


def test_a_sentence_of_the_run_is_told_only_where_parameters_were_moved():
    told = {"verdict": "contradicted", "because": "By this run it is so."}
    default = parameters.parameters_of("3_infrastructure")["us_average_power_gw"].default
    ledger = claims.claims()["INFRA-60"].reason
    for values, reason in (
        ({"us_average_power_gw": default, "as_of": "2025-11-14"}, ledger),
        ({"us_average_power_gw": default * 0.9}, told["because"]),
    ):
        assert assess(values=values, **told)["reason"] == reason
    assert assess(verdict="partly", because="Turned.", values={})["reason"] == "Turned."


def test_the_ledger_s_reason_stands_only_for_what_the_ledger_found():
    assert assess(found=(445, 480))["reason"] == "About three times as much was metered."
    assert assess(found=(600, 700))["reason"] == "Off by a factor of 3.8."
    assert assess(found=(150, 170))["reason"] == "Inside what was found."
    assert assess(found=(441, 502), as_of=ARTICLE_DAY)["reason"] == "Off by a factor of 2.8."


@pytest.mark.parametrize(
    ("listed", "found", "same"),
    [
        ([441, 502], (432.2, 502), True), ([441, 502], (432.1, 502), False),
        ([441, 502], (441, 512), True), ([441, 502], (441, 512.1), False),
        ([-100, -50], (-101.9, -50), True), ([-100, -50], (-102.1, -50), False),
        ([-100, -50], (-100, -49.1), True), ([-100, -50], (-100, -48.9), False),
    ],
)  # fmt: skip
def test_the_ledger_s_reason_covers_its_own_finding_give_or_take_two_per_cent(listed, found, same):
    figure = claims.claims()["INFRA-60"].figures[0]
    change(figures=[figure.model_copy(update={"found": listed})])
    record = assess(found=found)
    assert record["verdict"] == "contradicted"
    assert (record["reason"] == "About three times as much was metered.") is same


def test_several_figures_are_named_in_the_reason():
    first = claims.claims()["INFRA-60"].figures[0]
    second = first.model_copy(update={"name": "tesla_peak", "value": 700.0, "found": None})
    change(figures=[first, second])
    record = assess(found={"us_average_power": (441, 502), "tesla_peak": 700})
    assert (
        record["reason"]
        == "US average power: off by a factor of 2.8. Tesla peak: inside what was found."
    )


@pytest.mark.parametrize(
    ("found", "verdict"), [((150, 170), "supported"), (200, "partly"), ((400, 500), "contradicted")]
)
def test_another_finding_gives_another_verdict(found, verdict):
    assert assess(found=found)["verdict"] == verdict
    assert assess(found={"us_average_power": found})["verdict"] == verdict


def test_a_claim_without_a_figure_is_judged_in_words():
    record = assess("INFRA-60", verdict="partly", because="Half of it is so.")
    assert (record["verdict"], record["reason"]) == ("partly", "Half of it is so.")
    assert (record["figures"], record["assessed"]) == ([], "ledger")


def test_a_verdict_that_a_parameter_turns_is_computed_and_says_what_turns_it():
    record = assess(found=(441, 502), turned_by={"us_average_power_gw": lambda gw: (gw, gw)})
    assert (record["verdict"], record["assessed"]) == ("contradicted", "computed")
    assert [(t["verdict"], t["low"], t["high"]) for t in record["turns"]] == [
        ("partly", 80, 145.455), ("supported", 145.455, 176), ("partly", 176, 320),
    ]  # fmt: skip
    told = record["turned"]
    assert told == (
        "Average US power: within our range of 100 to 600 GW, the verdict would be partly supported "
        "below 145 GW or from 176 to 320 GW, and supported from 145 to 176 GW."
    )
    card = cards.card(record)
    assert told in card and ">computed</span>" in card
    assert ">from the ledger</span>" in cards.card(assess(found=(441, 502)))


def test_what_turns_a_verdict_may_be_a_word_or_be_told_in_words():
    record = assess(verdict="contradicted", turned_by={
        "satellites": lambda n: "contradicted" if n < 40 else "partly"})  # fmt: skip
    assert record["reason"] == "About three times as much was metered."
    assert [(t["verdict"], t["low"]) for t in record["turns"]] == [("partly", 40)]
    record = assess(verdict="contradicted", turned="It would be partly on another reading.")
    assert (record["assessed"], record["turned"]) == (
        "computed",
        "It would be partly on another reading.",
    )
    told = "assess('INFRA-60') turned_by: found 'satelites'; expected one of"
    with pytest.raises(BadInput, match=re.escape(told)):
        assess(found=(441, 502), turned_by={"satelites": lambda n: n})


def test_a_claim_that_nothing_in_the_run_can_move_is_the_ledger_s():
    record = assess("INFRA-61")
    assert (record["verdict"], record["confidence"], record["assessed"]) == (
        "opinion",
        None,
        "ledger",
    )
    assert ">confidence" not in cards.card(record)


def test_a_card_answers_in_sight_and_folds_the_rest():
    assert cards.answer("No. Musk gave $1.5 billion. He said more.") == (
        "No. Musk gave $1.5 billion.",
        "He said more.",
    )
    record = assess(found=(441, 502))
    shown = cards.card({**record, "reason": "No. He said it was three. He had said two."})
    assert (
        shown.index("No. He said it was three.")
        < shown.index("<details>")
        < shown.index("He had said")
    )
    assert "<details>" not in cards.card({**record, "reason": "Yes, he said so."})


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"found": 1, "verdict": "partly"}, "found both; expected either found or verdict"),
        ({"claim": "INFRA-61", "verdict": "partly", "because": "So."}, "assess('INFRA-61') verdict: found 'partly'; expected opinion: praise"),
        ({"verdict": "refuted", "because": "So."}, "assess('INFRA-60') verdict: found 'refuted'; expected supported, partly,"),
        ({"verdict": "partly"}, "assess('INFRA-60'): found no reason; expected because='…'"),
        ({"found": {"us_power": 1}}, "assess('INFRA-60') figure: found 'us_power'; expected us_average_power, did you mean 'us_average_power'?"),
        ({"claim": "INFRA-600", "found": 1}, "assess: found 'INFRA-600'; expected a claim id, did you mean 'INFRA-60'?"),
        ({"claim": "INFRA-61", "found": 1}, "assess('INFRA-61'): found found=…; expected verdict=…: no figure is printed"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told(how, told):
    with pytest.raises(BadInput) as error:
        assess(**how)
    assert told in str(error.value)


def test_the_ledger_speaks_for_claims_that_no_notebook_computes():
    record = judge.from_ledger(claims.claims()["INFRA-60"], TODAY, "3_infrastructure")
    assert (record["verdict"], record["assessed"]) == ("contradicted", "ledger")
    assert record["reason"] == "About three times as much was metered."


def test_the_earlier_clock_has_its_own_verdict_and_reason():
    record = judge.from_ledger(claims.claims()["INFRA-60"], ARTICLE_DAY, "3_infrastructure")
    assert (record["verdict"], record["reason"]) == ("unverified", "Nothing was public.")


def test_the_earlier_clock_has_its_own_finding():
    then = claims.Clock(verdict="partly", reason="Less was known.", found={"us_average_power": 200})
    change(then=then)
    record = judge.from_ledger(claims.claims()["INFRA-60"], ARTICLE_DAY, "3_infrastructure")
    assert record["figures"][0]["found"] == [200, 200]
    record = judge.from_ledger(claims.claims()["INFRA-60"], TODAY, "3_infrastructure")
    assert record["figures"][0]["found"] == [441, 502]


def test_an_override_stands_while_the_rule_says_what_it_said():
    change(verdict="partly", override="A slip of the pen.", then=None)
    record = assess(found=(441, 502))
    assert record["verdict"] == "partly" and record["overridden"]
    assert record["reason"] == claims.claims()["INFRA-60"].reason
    record = assess(
        found=(480, 600)
    )  # another finding, of which the record's reason does not speak
    assert (record["verdict"], record["reason"]) == ("partly", "A slip of the pen.")


def test_an_override_falls_when_the_finding_changes():
    change(verdict="partly", override="A slip of the pen.", then=None)
    record = assess(found=(150, 170))
    assert (record["verdict"], record["overridden"]) == ("supported", False)


def test_figures_left_out_keep_what_the_ledger_found():
    first = claims.claims()["INFRA-60"].figures[0]
    second = first.model_copy(update={"name": "peak", "value": 700.0, "found": (690.0, 760.0)})
    change(figures=[first, second])
    record = assess(found={"us_average_power": 160})
    assert [figure["verdict"] for figure in record["figures"]] == ["supported", "supported"]
    record = assess(found={"us_average_power": 160, "peak": 2000})
    assert record["verdict"] == "contradicted"


def test_different_signs_leave_no_ratio_in_the_record():
    assert assess(found=(-5, -4))["figures"][0]["gap"] is None


def test_records_are_plain_json():
    record = assess(found=(441.23456789, 502))
    assert json.loads(json.dumps(record)) == record
    assert record["figures"][0]["found"][0] == 441.235


@pytest.mark.parametrize(
    ("relation", "found", "text"),
    [
        ("about", (441, 502), "441 to 502 GW"),
        ("about", 441, "441 GW"),
        ("about", (441.1, 441.2), "441 GW"),
        ("date", ("2014-06-01", "2016-12-31"), "1 June 2014 to 31 December 2016"),
        ("date", ("2014-06-01", "2014-06-30"), "June 2014"),
        ("date", ("2014-12-01", "2014-12-31"), "December 2014"),
        ("date", ("2014-06-02", "2014-06-30"), "2 June 2014 to 30 June 2014"),
        ("date", ("2020-01-01", "2022-12-31"), "2020 to 2022"),
        ("date", ("2020-01-01", "2020-12-31"), "2020"),
        ("date", "2014-06-02", "2 June 2014"),
        ("date", "2014", "2014"),
    ],
)
def test_what_was_found_reads_as_a_reader_would_write_it(relation, found, text):
    figure = claims.Figure(name="x", printed="x", unit="GW", relation=relation)
    assert judge.found_text(figure, found) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "about 160 GW <i lang='fr'>160</i>"),
        ({"relation": "less"}, "less than 160 GW <i lang='fr'>160</i>"),
        ({"relation": "more"}, "more than 160 GW <i lang='fr'>160</i>"),
        ({"relation": "equal", "printed": "160 GW"}, "160 GW"),
        ({"printed": "2012", "relation": "date", "unit": "year", "value": 2012}, "2012"),
        ({"printed": "82 ans", "relation": "equal", "unit": "years", "value": 82}, "82 years <i lang='fr'>82 ans</i>"),
        ({"printed": "160 %", "unit": "%", "relation": "equal"}, "160%"),
        ({"printed": "a < b"}, "about 160 GW <i lang='fr'>a &lt; b</i>"),
    ],
)  # fmt: skip
def test_a_printed_figure_is_read_in_english_beside_its_own_words(fields, text):
    figure = claims.Figure(
        **{"name": "x", "printed": "160", "value": 160, "unit": "GW", "relation": "about"} | fields
    )
    shown = {"printed": figure.printed, "read_text": judge.read_text(figure)}
    assert cards.printed_html(shown) == text


def test_names_of_figures_read_as_words():
    assert judge.label("months_to_grok5_roadmap") == "Months to Grok 5 roadmap"
    assert judge.label("us_average_power") == "US average power"


def test_a_card_shows_claim_figures_and_reason_and_escapes_them():
    change(paraphrase="Power is < 160 GW & falling.")
    card = cards.card(assess(found=(441, 502)))
    for part in ("../data/claims/infrastructure.yml#INFRA-60", "contradicted", "confidence high", "160 GW",
                 "441 to 502 GW", "About three times as much", "&lt; 160 GW &amp; falling"):  # fmt: skip
        assert part in card
    assert "scope='col'" in card


def test_a_card_without_figures_has_no_empty_table():
    card = cards.card(assess("INFRA-61", verdict="opinion", because="No measure."))
    assert "<table" not in card
