"""The review on records made by hand: every kind of change from both sides, with weight, page and note."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NUMBERS_MIME, PANEL_MIME
from bet.faults import BadInput
from bet.review import compare, conclusions, judging, measures, sides, snapshot
from bet.review import data as data_changes
from bet.review.compare import Change, strong
from bet.review.snapshot import Snapshot, Table

FIRST = {"date": "2026-11-25", "verdict": "open", "why": "First."}
CLAIM = {
    "id": "INFRA-01", "paraphrase": "It is so.", "importance": 2, "verdict": "open", "confidence": "high",
    "reason": "So.", "figures": [{"name": "power", "value": 490, "unit": "GW"}], "supports": ["fact"],
    "tables": ["power"], "history": [FIRST],
}  # fmt: skip
OUTPUT = {"claim": "INFRA-01", "verdict": "open", "confidence": "high", "reason": "So.", "notebook": "3_infra",
          "assessed": "ledger", "figures": [{"name": "power", "found_text": "480 GW"}]}  # fmt: skip


def side(claim=None, output=None, **parts):
    """Return a snapshot with one claim and what its notebook says; None leaves it out."""
    base = {"claims": {"INFRA-01": {**CLAIM, **(claim or {})}}, "assessed": {"INFRA-01": {**OUTPUT, **(output or {})}},
            "places": {("claims", "INFRA-01"): "data/claims/i.yml"}}  # fmt: skip
    return Snapshot(**copy.deepcopy({**base, **parts}))


def kinds(base, head):
    return [(c.kind, c.what, c.before, c.after, c.note, c.weight, c.explained) for c in compare.compare(base, head).changes]  # fmt: skip


def again(verdict, why="Seen."):
    return [FIRST, {"date": "2027-01-01", "verdict": verdict, "why": why}]


BOTH = {"verdict": "partly"}
NO_WORDS = strong("no history entry with this verdict and a reason")


# Verdicts


def test_equal_sides_have_no_change():
    assert compare.compare(side(), side()).changes == []


@pytest.mark.parametrize(
    ("history", "explained"),
    [
        (again("partly"), True),
        (again("open"), False),  # another verdict
        (again("partly", "– …"), False),  # no words
        (again("partly", None), False),
        ([FIRST], False),
        ([*again("open", "One."), {"date": "2027", "verdict": "partly", "why": "Two."}], True),
        ([*again("open", "."), {"date": "2027", "verdict": "partly", "why": "Two."}], False),
    ],
)
def test_a_verdict_is_explained_by_the_entries_that_were_added(history, explained):
    head = side({**BOTH, "history": history}, BOTH)
    ((kind, what, before, after, note, weight, told),) = kinds(side(), head)
    assert (kind, what, before, after, weight) == ("verdict", "INFRA-01", "open", "partly", 20)
    assert told is explained
    days = [f"{e['date']}{'' if e['verdict'] == 'partly' else ', open'}" for e in history[1:]]
    words = "; ".join(f"{day}: {e['why']}" for day, e in zip(days, history[1:], strict=True))
    assert note == (words if explained else NO_WORDS)


def test_a_turn_from_one_end_to_the_other_weighs_more():
    base = side({"verdict": "supported"}, {"verdict": "supported"})
    for verdict, weight in (("contradicted", 25), ("partly", 20)):
        head = side({"verdict": verdict, "history": again(verdict)}, {"verdict": verdict})
        assert kinds(base, head)[0][5] == weight
        assert kinds(head, base)[0][5] == weight


def test_the_earlier_clock_is_compared_where_today_s_verdict_stays():
    head = side({"then": {"verdict": "partly"}})
    assert kinds(side(), head) == [("verdict", "INFRA-01", "open (in 2025)", "partly (in 2025)", NO_WORDS, 20, False)]  # fmt: skip
    same = side({"then": {"verdict": "open", "reason": "x"}})
    assert kinds(side(), same) == [
        ("grounds", "INFRA-01", "–", "open", "then, verdict", 20, True), ("grounds", "INFRA-01", "–", "x", "then, reason", 20, True)
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "after"), [("confidence", "low"), ("importance", 3)])
def test_confidence_and_importance_are_conclusions(key, after):
    head = side({key: after}, {key: after} if key == "confidence" else {})
    weight = 10 * head.claims["INFRA-01"]["importance"] - 5
    assert kinds(side(), head) == [("verdict", "INFRA-01", f"{key} {CLAIM[key]}", f"{key} {after}", NO_WORDS, weight, False)]  # fmt: skip
    told = side({key: after, "history": again("open")}, {key: after} if key == "confidence" else {})
    assert kinds(side(), told)[0][4:] == ("2027-01-01: Seen.", weight, True)


def test_a_history_that_was_touched_explains_nothing():
    for history in (
        [{**FIRST, "why": "Other."}],
        [],
        [{**FIRST, "why": "O."}, *again("partly")[1:]],
    ):
        verdict = {} if len(history) < 2 else BOTH
        ((kind, *_, note, weight, told),) = kinds(side(), side({"history": history, **verdict}, verdict))  # fmt: skip
        assert (kind, weight, told) == ("verdict", 20, False)
        assert note == strong("an earlier entry of its history was changed or removed")


def test_an_entry_without_another_judgement_is_told_as_a_ground():
    head = side({"history": again("open")})
    assert kinds(side(), head) == [("grounds", "INFRA-01", "–", "date: 2027-01-01, verdict: open, why: Seen.", "history", 20, True)]  # fmt: skip


# What the notebooks say


@pytest.mark.parametrize(
    ("ledgers", "outputs", "told"),
    [
        # the notebook alone changes
        (("open", "open"), ("open", "partly"), [("open", "partly", strong("in the notebook only; the ledger says open"), False)]),
        # the ledger changed before, the notebook follows now
        (("open", "open"), ("partly", "open"), [("partly", "open", "its notebook now says what the ledger said before", True)]),
        # both together: told once
        (("open", "partly"), ("open", "partly"), [("open", "partly", NO_WORDS, False)]),
        # the notebook goes a way of its own
        (("open", "partly"), ("open", "supported"),
         [("open", "partly", NO_WORDS, False), ("open", "supported", strong("in the notebook only; the ledger says partly"), False)]),
        (("open", "partly"), ("supported", "partly"), [("open", "partly", NO_WORDS, False)]),
    ],
)  # fmt: skip
def test_a_notebook_is_compared_with_its_ledger(ledgers, outputs, told):
    base, head = (side({"verdict": v}, {"verdict": o}) for v, o in zip(ledgers, outputs, strict=True))  # fmt: skip
    found = [(b, a, n, e) for kind, _, b, a, n, _, e in kinds(base, head) if kind == "verdict"]
    assert sorted(found) == sorted(told)


def test_a_notebook_that_no_longer_judges_is_told_only_where_it_said_something_else():
    said = side({}, {"verdict": "partly"})
    silent = side(assessed={})
    ((*_, before, after, note, weight, told),) = kinds(said, silent)
    assert (before, after, weight, told) == ("partly", "open", 20, False)
    assert note == strong("the notebook no longer judges it; the ledger says open")
    ((*_, before, after, note, _, _),) = kinds(silent, said)
    assert (before, after) == ("open", "partly")
    assert note == strong("the notebook judges it; the ledger says open")
    assert kinds(side(), silent) == [] == kinds(silent, side())  # it said what the ledger says
    mute = side(assessed={}, unjudged=frozenset({"book/3_infra.ipynb"}))
    assert kinds(said, mute) == []


def test_what_the_notebook_found_is_a_ground_where_the_ledger_s_figures_stay():
    found = {"figures": [{"name": "power", "found_text": "470 GW"}]}
    assert kinds(side(), side({}, found)) == [("grounds", "INFRA-01", "power 480 GW", "power 470 GW", "found by the notebook", 21, True)]  # fmt: skip
    assert kinds(side(), side({}, {"figures": []})) == []
    moved = side({"figures": [{"name": "power", "value": 491, "unit": "GW"}]}, found)
    assert [(c[4], c[5]) for c in kinds(side(), moved)] == [("figure power, value", 21)]


# Grounds, units and clocks


def test_figures_are_told_field_by_field():
    old = {"figures": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]}

    def told(*figures):
        return list(conclusions._figures(old, {"figures": list(figures)}))

    a, b = old["figures"]
    assert told(a, b) == []
    assert told({**a, "value": 3}, b) == [("figure a, value", "1", "3")]
    assert told({**a, "unit": "GW"}, b) == [("figure a, unit", "–", "GW")]
    assert told(a) == [("figure b", "name: b, value: 2", "–")]
    assert told(a, b, {"name": "c"}) == [("figure c", "–", "name: c")]
    assert told(b, a) == [("figures", "a, b", "b, a")]


def test_a_changed_stance_says_what_the_verdict_leans_on():
    facts = {"fact": {"source": "s"}, "other": {"source": "s"}}
    head = side({"supports": ["other"]}, evidence=facts)
    assert kinds(side(evidence=facts), head) == [
        ("grounds", "INFRA-01", "fact", "other", "supports; INFRA-01 (open) leans on other, table power", 20, True)
    ]  # fmt: skip
    bare = side({"supports": [], "tables": []})
    assert sides.leans(bare, "INFRA-01").endswith(f"leans on {strong('nothing')}")
    assert sides.leans(side({"arithmetic": True}), "INFRA-01").endswith("table power, arithmetic")


def test_every_unit_is_an_alarm_with_the_claims_that_rest_on_it():
    def units(unit):
        return side(
            {"figures": [{"name": "power", "unit": unit}]},
            evidence={"fact": {"unit": unit}}, tables={"power": Table({"columns": {"gw": {"unit": unit}}}, {})},
            parameters={"3.gw": {"unit": unit, "claims": ["INFRA-01", "INFRA-02"]}, "3.x": {"unit": unit, "claims": "INFRA-01"}},
            charts={"watts": {"record": {"unit": unit, "claims": ["INFRA-01"]}, "svg": "", "notebook": "3"}},
        )  # fmt: skip

    told = [c for c in compare.compare(units("GW"), units("MW")).changes if c.kind == "unit"]
    one = f"{strong('another unit')}, bears on INFRA-01"
    assert {(c.what, c.before, c.after, c.note, c.weight) for c in told} == {
        ("INFRA-01, figure power", "GW", "MW", one, 1), ("evidence fact", "GW", "MW", one, 1),
        ("power, column gw", "GW", "MW", one, 1), ("chart watts", "GW", "MW", one, 1),
        ("parameter 3.gw", "GW", "MW", f"{one}, INFRA-02", 2), ("parameter 3.x", "GW", "MW", strong("another unit"), 0),
    }  # fmt: skip
    assert told[0].weight == 2


@pytest.mark.parametrize(
    ("was", "now", "state"),
    [
        ("2025-11-30", "2025-12-01", "was public then, is no longer"),
        ("2025-12-01", "2025-11-30", "was not public then, now is"),
        ("2025-11", "2025-12", "was public then, is no longer"),
        ("2025-11-29", "2025-11-30", None),
        ("2025-12-01", "2025-12-02", None),
        ("2025-11-30", "soon", None),
    ],
)
def test_a_date_that_crosses_the_first_clock_is_told(was, now, state):
    for by_source in (False, True):
        base, head = (
            side(sources={"s": {"published": day}}, evidence={"fact": {"source": "s"}}) if by_source
            else side(evidence={"fact": {"source": "s", "public": day}}) for day in (was, now)
        )  # fmt: skip
        told = [c for c in compare.compare(base, head).changes if c.kind == "clock"]
        if state is None:
            assert told == []
        else:
            note = f"{strong(f'{state}: the clock of 2025-11-30')}, bears on INFRA-01"
            assert told == [Change("clock", "evidence fact", was, now, note, "", 1)]


@pytest.mark.parametrize(("day", "told"), [("2025-11-30", 1), ("2025-12-01", 0), ("soon", 0)])
def test_a_new_fact_or_row_that_counts_under_the_first_clock_is_told(day, told):
    about = {"columns": {"gw": {}, "published": {}}, "known_from": "published"}
    old, new = Table(about, {}), Table(about, {("a",): {"gw": "1", "published": day}})
    facts = {"fact": {"source": "s", "public": day}}
    changes = [
        *measures.clocks(side(), side(evidence=facts)),
        *measures.rows(side(tables={"power": old}), side(tables={"power": new})),
    ]
    note = f"{strong('new, counts as public then: the clock of 2025-11-30')}, bears on INFRA-01"
    names = ["evidence fact", "power, 1 new row"]
    page = {"evidence fact": "", "power, 1 new row": "data"}
    assert changes == [Change("clock", n, "–", day, note, page[n], 1) for n in names * told]
    # Nobody cites it; the whole table is new.
    assert not [*measures.clocks(side(), side(evidence={"other": facts["fact"]}))]
    assert not [*measures.rows(side(), side(tables={"power": new}))]


# The rule

RULED = {"figures": [{"name": "p", "printed": "100", "value": 100, "unit": "GW", "relation": "about", "found": 115}]}  # fmt: skip
LIMITS = {"WITHIN": 1.1, "NEAR": 2.0, "LOOSE": 3.0}


def test_a_changed_rule_names_the_claims_that_it_turns():
    wide = LIMITS | {"WITHIN": 1.2}
    base, head = side(RULED, thresholds=LIMITS), side(RULED, thresholds=wide)
    ((*told, weight, explained),) = kinds(base, head)
    assert told == ["rule", "INFRA-01", "partly", "supported", "by the rule; the ledger says open"]
    assert (weight, explained) == (2, False)
    agreed = side({**RULED, "verdict": "supported", "history": again("supported")}, {"verdict": "supported"}, thresholds=wide)  # fmt: skip
    assert next(c for c in kinds(base, agreed) if c[0] == "rule")[6] is True
    for one, other in ((LIMITS, LIMITS), ({}, wide), (LIMITS, {})):
        assert kinds(side(RULED, thresholds=one), side(RULED, thresholds=other)) == []


def test_figures_that_are_none_are_not_ruled():
    limits = (1.1, 2.0, 3.0)
    broken = {"figures": [{"name": "p"}, *RULED["figures"]]}
    assert judging._ruling(broken, limits) == "partly"
    assert judging._ruling({"figures": [{**RULED["figures"][0], "found": None}]}, limits) == "–"
    assert judging._ruling({}, limits) == "–"


# New and removed claims


def test_a_new_claim_is_told_whole_in_the_order_of_reading():
    none = Snapshot()
    extra = side({"note": "Mine."})
    told = [c for c in compare.compare(none, extra).changes if c.kind == "claim"]
    assert [c.note for c in told] == ["paraphrase", "importance", "verdict", "confidence", "figures", "reason", "supports", "tables", "note"]  # fmt: skip
    assert (told[0].before, told[0].after, told[0].page, told[0].weight) == ("–", "It is so.", "3_infra", 2)  # fmt: skip
    gone = [c for c in compare.compare(extra, none).changes if c.kind == "claim"]
    assert (gone[0].before, gone[0].after) == ("It is so.", "–")
    verdict = compare.compare(none, extra).changes[0]
    assert (verdict.before, verdict.after, verdict.note, verdict.explained) == ("–", "open", "2026-11-25: First.", True)  # fmt: skip
    lost = compare.compare(extra, none).changes[0]
    assert (lost.note, lost.explained) == (strong("the claim was removed"), False)


def test_a_claim_whose_file_could_not_be_read_is_neither_new_nor_gone():
    unread = Snapshot(unjudged=frozenset({"data/claims/i.yml"}), assessed={"INFRA-01": OUTPUT})
    assert compare.compare(side(), unread).changes == []
    assert compare.compare(unread, side()).changes == []


# Executed notebooks


def book(*outputs, source="x", cells=None, **metadata):
    made = cells or [new_code_cell(source, id=f"c{n}", outputs=[o], metadata=metadata) for n, o in enumerate(outputs)]  # fmt: skip
    return new_notebook(cells=made)


def said(**numbers):
    shown = {name: {"text": text, "value": value, "unit": unit} for name, (text, value, unit) in numbers.items()}  # fmt: skip
    told = "It is " + " and ".join(s["text"] for s in shown.values())
    return new_output("display_data", data={NUMBERS_MIME: shown, "text/plain": told})


def of_books(old, new, kind):
    found = compare.compare(Snapshot(notebooks={"p": old}), Snapshot(notebooks={"p": new}))
    return [c for c in found.changes if c.kind == kind]


def test_numbers_in_prose_are_compared_by_name_and_order():
    old = book(said(a=("3 GW", 3, "GW"), b=("5", 5, "ratio")))
    new = book(said(a=("6 GW", 6, "GW"), b=("5", 5, "ratio"), c=("7", 7, "")))
    assert [(c.what, c.before, c.after, c.note, c.weight, c.page) for c in of_books(old, new, "number")] == [
        ("a", "3 GW", "6 GW", "GW, × 2, “It is 6 GW and 5 and 7”", 693, "p"),
        ("c", "–", "7", "new: “It is 6 GW and 5 and 7”", 0, "p"),
    ]  # fmt: skip
    assert [(c.what, c.note[:14]) for c in of_books(new, old, "number")][1] == (
        "c",
        "no longer told",
    )
    unit = book(said(a=("3 GW", 3, "MW"), b=("5", 5, "ratio")))
    (told,) = of_books(old, unit, "number")
    assert (told.note, told.weight) == (
        f"{strong('unit GW → MW')}, × 1, “It is 3 GW and 5”",
        1_000_000,
    )
    assert of_books(old, book(said(a=("3 GW", 3.0000000001, "GW"), b=("5", 5, "ratio"))), "number") == []  # fmt: skip
    (told,) = of_books(old, book(said(a=("3 GW", 3.2, "GW"), b=("5", 5, "ratio"))), "number")
    assert (told.before, told.after) == ("3", "3.2")
    (told,) = of_books(old, book(said(a=("3 GW", 9, "GW"), b=("5", 5, "ratio"))), "number")
    assert (told.before, told.after) == ("3", "9")
    assert told.note == "GW, its value, told as before: “It is 3 GW and 5”"


def shown(**data):
    names = {"html": "text/html", "plain": "text/plain", "markdown": "text/markdown", "svg": "image/svg+xml", "png": "image/png", "panel": PANEL_MIME}  # fmt: skip
    return new_output("display_data", data={names[k]: v for k, v in data.items()})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (shown(plain="a b"), shown(plain="a c"), [("a b", "a c", "")]),
        (shown(plain="a <b> c"), shown(plain="a <i> c"), [("a <b> c", "a <i> c", "")]),
        (shown(markdown="a <b> c"), shown(markdown="a <i> c"), [("a <b> c", "a <i> c", "")]),
        (shown(plain="a b", html="<p>a b</p>"), shown(plain="a c", html="<p>a c</p>"), [("a b", "a c", "")]),
        (shown(plain="a", html="<p>a</p>"), shown(plain="a", html="<p>b</p>"), [("a", "b", "in text/html only")]),
        (shown(html="<p>a</p>"), shown(html="<p class=x>a</p>"), [("", "p class=x", "")]),
        (shown(html="<p>a</p>"), shown(html="<p >a</p>"), [("<p>a</p>", "<p >a</p>", "")]),
        (shown(png="AAAA"), shown(png="BBBB"), [("AAAA", "BBBB", "")]),
        (shown(panel={"case": 1}, plain="a"), shown(panel={"case": 2}, plain="a"),
         [('{"case": 1}', '{"case": 2}', f"in {PANEL_MIME} only")]),
        (new_output("stream", name="stdout", text="a"), new_output("stream", name="stdout", text="b"), [("a", "b", "")]),
        (new_output("error", ename="E", evalue="a", traceback=[]), new_output("error", ename="E", evalue="b", traceback=[]),
         [("E: a", "E: b", "")]),
        (shown(plain="a"), shown(plain="a"), []),
    ],
)  # fmt: skip
def test_an_output_that_came_out_differently_is_told(old, new, told):
    found = of_books(book(old), book(new), "words")
    assert [(c.before, c.after, c.note) for c in found] == told
    assert all((c.what, c.page) == ("cell c0", "p") for c in found)


def test_outputs_over_and_outputs_of_new_cells_are_told():
    one, two = new_code_cell("x", id="c0", outputs=[shown(plain="a")]), shown(plain="b")
    more = new_code_cell("x", id="c0", outputs=[shown(plain="a"), two])
    assert [(c.before, c.after) for c in of_books(book(cells=[one]), book(cells=[more]), "words")] == [("", "b")]  # fmt: skip
    new = new_code_cell("quite another", id="c9", outputs=[two])
    found = of_books(book(cells=[one]), book(cells=[one, new]), "words")
    assert [(c.what, c.before, c.after) for c in found] == [("cell c9", "", "b")]


def test_words_that_are_told_as_a_number_are_not_told_twice():
    old, new = book(said(a=("3 GW", 3, "GW"))), book(said(a=("6 GW", 6, "GW")))
    assert of_books(old, new, "words") == []
    other = said(a=("6 GW", 6, "GW"))
    other["data"]["text/plain"] = "It was 6 GW"
    assert len(of_books(old, book(other), "words")) == 1


def test_settings_of_cells_and_notebooks_are_told():
    old, new = book(shown(plain="a")), book(shown(plain="a"), tags=["hide-input"])
    (told,) = of_books(old, new, "text")
    assert (told.what, told.page) == ("cell c0, settings", "p")
    assert json.loads(told.before) == {"settings": {}, "attachments": {}}
    assert json.loads(told.after)["settings"] == {"tags": ["hide-input"]}
    new = book(shown(plain="a"))
    new.metadata["title"] = "T"
    assert [c.what for c in of_books(old, new, "text")] == ["settings of the notebook"]


def test_pages_that_come_go_or_turn_into_notebooks_are_told():
    page, notebook = (
        Snapshot(pages={"p": "Text."}),
        Snapshot(notebooks={"p": book(shown(plain="a"))}),
    )

    def told(one, other):
        return [(c.what, c.before, c.after, c.page) for c in compare.compare(one, other).changes if c.kind == "text"]  # fmt: skip

    assert told(page, Snapshot(pages={"p": "Words."})) == [("page", "Text.", "Words.", "p")]
    assert told(page, Snapshot()) == [("page", "Text.", "", "p")]
    assert told(Snapshot(), notebook) == [("notebook", "", "x", "p")]
    assert told(page, notebook) == [("notebook", "", "x", "p"), ("page", "Text.", "", "p")]
    assert told(notebook, page) == [("notebook", "x", "", "p"), ("page", "", "Text.", "p")]
    assert told(page, page) == []
    assert told(page, Snapshot(unjudged=frozenset({"book/p.md"}))) == []


# Charts

CHART = {"record": {"title": "T", "rows": [[1, 2], [3, 4]], "claims": ["INFRA-01", 7], "unit": "GW"}, "svg": "<svg/>", "notebook": "3"}  # fmt: skip


def chart(svg="<svg/>", notebook="3", **record):
    return Snapshot(charts={"watts": {"record": {**CHART["record"], **record}, "svg": svg, "notebook": notebook}})  # fmt: skip


@pytest.mark.parametrize(
    ("new", "note"),
    [
        (chart(), None),
        (chart(rows=[[3, 4], [1, 2]]), "same rows in another order"),
        (
            chart(rows=[[1, 2], [3, 5], [6, 7]]),
            "plotted data: 2 of 3 rows new or changed, 1 of 2 gone",
        ),
        (chart(rows=[[1, 2]]), "plotted data: 0 of 1 rows new or changed, 1 of 2 gone"),
        (chart(title="U", subtitle="s"), "title; subtitle"),
        (chart(svg="<svg a/>"), "same data, drawn differently"),
        (chart(notebook="4"), "moved from 3"),
        (chart(alt="x"), "same data, drawn differently"),
    ],
)
def test_a_chart_that_differs_says_in_what(new, note):
    found = [c for c in compare.compare(chart(), new).changes if c.kind == "chart"]
    assert [c.note for c in found] == ([note] if note else [])
    assert all(c.weight == 1 for c in found)


def test_charts_come_and_go_with_their_pictures():
    found = compare.compare(Snapshot(), chart())
    assert found.of("chart") == [Change("chart", "watts", "–", "T", "new", "3", 1)]
    assert "chart watts, rows" in {c.what for c in found.of("words")}
    assert found.pictures == {"watts": ("", "<svg/>")}
    assert compare.compare(chart(), Snapshot()).changes == [Change("chart", "watts", "T", "–", "removed", "3", 1)]  # fmt: skip
    unread = Snapshot(unjudged=frozenset({"book/3.ipynb"}))
    assert compare.compare(chart(), unread).changes == []


# Parameters, editions, tables


def parameters(**named):
    return Snapshot(parameters={name.replace("__", "."): fields for name, fields in named.items()})


def test_parameters_that_change_come_go_and_are_renamed():
    gw = {"default": 1, "unit": "GW", "claims": ["INFRA-01"]}

    def told(old, new):
        found = compare.compare(old, new).changes
        return [(c.what, c.before, c.after, c.note, c.page, c.weight) for c in found]

    one = parameters(a__x=gw)
    assert told(one, parameters(a__x={**gw, "default": 2})) == [("a.x", "1", "2", "default, bears on INFRA-01", "a", 1)]  # fmt: skip
    assert told(one, parameters(a__y=gw)) == [("a.x", "a.x", "a.y", "renamed", "a", 0)]
    assert told(one, parameters(b__x=gw)) == [("a.x", "a.x", "b.x", "renamed", "a", 0)]
    assert told(one, parameters(a__y={**gw, "default": 2}))[0][:4] == ("a.y", "1", "2", "default, bears on INFRA-01")  # fmt: skip
    other = {"default": 2, "unit": "MW", "claims": [], "meaning": "m"}
    assert told(one, parameters(b__x=other)) == [
        ("a.x", "1 GW; claims: INFRA-01", "–", "removed", "a", 1), ("b.x", "–", "2 MW; claims: –; meaning: m", "new", "b", 0)
    ]  # fmt: skip
    assert told(parameters(a__x={"default": 1}), Snapshot()) == [("a.x", "1", "–", "removed", "a", 0)]  # fmt: skip
    unread = Snapshot(unjudged=frozenset({"data/parameters.yml"}))
    assert told(one, unread) == [] == told(unread, one)


def test_editions_are_compared_field_by_field():
    old, new = (Snapshot(editions={"bear": {"title": "Bear", "parameters": {"a": n}}}) for n in (1, 2))  # fmt: skip
    assert compare.compare(old, new).changes == [Change("edition", "bear, a", "1", "2", "sets", "editions", 1, field="sets")]  # fmt: skip
    assert [c.note for c in compare.compare(Snapshot(), new).changes] == ["sets", "title"]
    assert compare.compare(old, Snapshot(unjudged=frozenset({"data/editions.yml"}))).changes == []


ABOUT = {"key": ["year"], "columns": {"year": {"type": "integer"}, "gw": {"unit": "GW"}}, "sha256": "x", "title": "T"}  # fmt: skip


def tabled(about=None, columns=("year", "gw"), **rows):
    found = {(year.strip("y"),): {"year": year.strip("y"), "gw": gw} for year, gw in rows.items()}
    return Snapshot(tables={"power": Table({**ABOUT, **(about or {})}, found, columns)},
                    claims={"INFRA-01": {**CLAIM}})  # fmt: skip


def test_tables_are_compared_by_cells_columns_and_sidecar():
    def told(old, new):
        return [(c.kind, c.what, c.before, c.after) for c in compare.compare(old, new).changes]

    base = tabled(y2024="1", y2025="")
    (change,) = compare.compare(base, tabled(y2024="2", y2025="")).changes
    assert change == Change(
        "data", "power [year=2024] gw", "1", "2", "bears on INFRA-01", "data", 1
    )
    assert told(base, tabled(y2024="1", y2025="3")) == [("data", "power [year=2025] gw", "empty", "3")]  # fmt: skip
    assert told(tabled(y2025="3"), base)[-2:] != []
    assert told(base, tabled(y2024="1")) == [("data", "power [year=2025]", "2025", "–")]
    assert told(tabled(y2024="1"), base) == [("data", "power [year=2025]", "–", "2025")]
    assert told(base, tabled({"sha256": "y"}, y2024="1", y2025="")) == []
    assert told(base, tabled({"title": "U"}, y2024="1", y2025="")) == [("schema", "power, title", "T", "U")]  # fmt: skip
    assert told(base, tabled(None, ("gw", "year"), y2024="1", y2025="")) == [("schema", "power, header", "year, gw", "gw, year")]  # fmt: skip
    other = {"columns": {"year": {"type": "integer"}, "gw": {"unit": "GW", "min": 0}, "n": {"type": "x"}}}  # fmt: skip
    assert told(base, tabled(other, y2024="1", y2025="")) == [
        ("schema", "power, column gw", "min: –", "min: 0"), ("schema", "power, column n", "–", "type: x")
    ]  # fmt: skip
    gone = Snapshot(claims=base.claims)
    assert told(base, gone) == [("data", "power", "2 rows", "–")]
    assert told(gone, base) == [
        ("schema", "power, column gw", "–", "unit: GW"), ("schema", "power, key", "–", "year"),
        ("schema", "power, column year", "–", "type: integer"), ("schema", "power, title", "–", "T"), ("data", "power", "–", "2 rows"),
        ("data", "power [year=2024]", "–", "2024, 1"), ("data", "power [year=2025]", "–", "2025"),
    ]  # fmt: skip


def test_many_rows_are_told_and_the_rest_counted(monkeypatch):
    monkeypatch.setattr(data_changes, "MOST_ROWS", 40)
    old, new = ({f"y{n}": v for n in range(42)} for v in ("1", "2"))
    found = compare.compare(tabled(**old), tabled(**new)).changes
    assert len(found) == data_changes.MOST_ROWS + 1
    assert (found[-1].what, found[-1].before, found[-1].after) == ("power", "2 more rows differ", "42 in all, read them in data/tables/power.csv itself")  # fmt: skip
    forty = ({f"y{n}": v for n in range(40)} for v in ("1", "2"))
    assert len(compare.compare(*(tabled(**rows) for rows in forty)).changes) == 40


# Sources and evidence


def published(**parts):
    base = {"sources": {"s": {"publisher": "P", "published": "2025"}},
            "evidence": {"fact": {"fact": "It is.", "figure": 3, "unit": "GW", "source": "s"}}}  # fmt: skip
    return side(**(base | parts))


def test_sources_and_evidence_are_told_with_the_claims_that_rest_on_them():
    base = published()

    def told(new, old=base):
        return [(c.what, c.before, c.after, c.note, c.weight) for c in compare.compare(old, new).changes if c.kind == "source"]  # fmt: skip

    other = published(sources={"s": {"publisher": "Q", "published": "2025"}})
    assert told(other) == [("source s", "P", "Q", "publisher, bears on INFRA-01", 1)]
    lost = published(evidence={})
    ((what, before, after, note, weight),) = told(lost)
    assert (what, before, after, weight) == ("evidence fact", "It is. (3 GW); source: s", "–", 3)
    assert note == "lost, bears on INFRA-01; INFRA-01 (open) leans on table power"
    assert told(base, lost) == [("evidence fact", "–", "It is. (3 GW); source: s", "added, bears on INFRA-01", 1)]  # fmt: skip
    assert told(published(sources={}))[0][:3] == ("source s", "P, 2025", "–")
    # a claim that flips counts a hundred times
    turned = published(evidence={"fact": {"fact": "No.", "source": "s"}})
    turned.claims["INFRA-01"]["verdict"] = "partly"
    assert {w for *_, w in told(turned)} == {101}


def test_a_claim_rests_on_a_source_by_fact_or_table():
    table = {"power": Table({"sources": ["t"]}, {})}
    both = published(tables=table)
    assert sides.telling(both, "s") == ["INFRA-01"] == sides.telling(both, "t")
    assert sides.telling(both, "u") == []


# Notes and files


def test_what_is_older_than_the_ledger_is_told():
    head = side({"reason": "Other.", "verdict": "partly", "history": again("partly")})
    (note,) = compare.compare(side(), head).notes
    assert (
        note == f"{strong('Outputs are older than the ledger')} for INFRA-01: run make notebooks."
    )
    assert compare.compare(side(), side({"reason": "Other."}, {"reason": "Other."})).notes == []
    computed = {"assessed": "computed"}
    assert compare.compare(side({}, computed), side({"reason": "Other."}, computed)).notes == []
    names = [f"INFRA-{n:02}" for n in range(14)]

    def many(reason):
        return Snapshot(claims={n: {**CLAIM, "reason": reason} for n in names}, assessed=dict.fromkeys(names, OUTPUT))  # fmt: skip

    (note,) = compare.compare(many("So."), many("Other.")).notes
    assert "INFRA-11 and 2 more: run" in note and "INFRA-12" not in note


def test_missing_outputs_are_told_on_the_side_where_they_are_missing():
    full, bare = book(shown(plain="a")), new_notebook(cells=[new_code_cell("x", id="c0")])
    one, other = Snapshot(notebooks={"p": full}), Snapshot(notebooks={"p": bare})
    assert compare.compare(one, other).notes == [f"{strong('Outputs are missing')} in p: nothing of them is compared."]  # fmt: skip
    assert compare.compare(other, one).notes == ["Before, outputs were missing in p."]
    assert compare.compare(other, other).notes == []
    assert compare.compare(one, other).changes == []


def test_every_file_that_nothing_told_so_far_is_about_is_told():
    def files(**named):
        return Snapshot(files={name.replace("__", "/").replace("_dot_", "."): h for name, h in named.items()})  # fmt: skip

    old = files(a="1", b="1", book__x_dot_md="1", data__y_dot_csv="1", data__z_dot_txt="1")
    new = files(a="2", c="1", book__x_dot_md="2", data__y_dot_csv="2", data__z_dot_txt="2")
    assert {(c.what, c.note) for c in compare.compare(old, new).changes} == {
        ("a", "changed"), ("b", "removed"), ("c", "added"), ("book/x.md", "changed, in nothing that is compared"),
        ("data/y.csv", "changed, in nothing that is compared"), ("data/z.txt", "changed"),
    }  # fmt: skip
    told = Snapshot(files={"book/p.md": "1"}, pages={"p": "A."}), Snapshot(files={"book/p.md": "2"}, pages={"p": "B."})  # fmt: skip
    assert [c.kind for c in compare.compare(*told).changes] == ["text"]


def test_the_judge_s_files_stand_by_their_weight():
    old = Snapshot(judge={"bet/a.py": "1", "Makefile": "x"}, files={"bet/a.py": "1", "Makefile": "1"})  # fmt: skip
    texts = {"bet/records/rule.py": "r", "bet/a.py": "2", ".ci/b": "b", "bet/review/c.py": "c"}
    new = Snapshot(judge=texts, files={path: "2" for path in texts})
    told = [(c.what, c.note, c.weight) for c in compare.compare(old, new).changes]
    assert told == [("bet/records/rule.py", "added", 11), ("bet/review/c.py", "added", 11), ("bet/a.py", "changed", 1),
                    (".ci/b", "added", 0), ("Makefile", "removed", 0)]  # fmt: skip


def test_a_run_adds_what_it_shows_beyond_the_committed_outputs():
    head, run = side(), side({}, {"figures": [{"name": "power", "found_text": "9 GW"}]})
    (told,) = compare.compare(side(), head, run).changes
    assert told.note == "when run: found by the notebook"
    assert compare.compare(side(), head, head).changes == []


def test_a_field_without_a_shape_is_compared_on_neither_side():
    broken = side({"figures": "none"}, misshapen={"INFRA-01": ("figures",)})
    assert compare.compare(side(), broken).changes == []
    assert compare.compare(broken, side()).changes == []


# Snapshots


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "data" / "claims").mkdir(parents=True)
    return tmp_path


def write(folder, path, text):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def test_a_folder_needs_a_book_or_data(tmp_path):
    with pytest.raises(BadInput, match="neither book/ nor data/"):
        snapshot.read(tmp_path)
    (tmp_path / "data").mkdir()
    assert snapshot.read(tmp_path) == Snapshot()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{a: 1}", "dict; expected a list of records"),
        ("- {verdict: open}", "record 1 with id None; expected an id in words"),
        ("- {id: 3}", "record 1 with id 3; expected an id in words"),
        ("- just words", "record 1 with id None"),
        ("- {id: A}\n- {id: A}", "id 'A' a second time; expected unique ids"),
        ("- {id: A, history: [x]}", "A history ['x']; expected a list of mappings"),
        ("- {id: A, supports: x}", "A supports 'x'; expected a list of names"),
        ("- {id: A, tables: [1]}", "A tables [1]; expected a list of names"),
        ("- {id: A, verdict: 3}", "A verdict 3; expected words"),
        ("- {id: A, then: x}", "A then 'x'; expected a mapping"),
        ("- {id: A, importance: high}", "A importance 'high'; expected 1, 2 or 3"),
        ("- {id: A", "expected valid YAML"),
    ],
)
def test_a_record_without_a_shape_is_a_fault(folder, text, told):
    write(folder, "data/claims/a.yml", text)
    found = snapshot.read(folder)
    assert [told in str(fault) for fault in found.faults] == [True], found.faults
    assert found.unjudged == {"data/claims/a.yml"}
    assert list(found.claims) == (["A"] if "id: A," in text or "id: A}" in text else [])
    assert bool(found.misshapen) == (" A " in f" {found.faults[0].found} " and "second" not in told)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("data/editions.yml", "[1]", "list; expected a mapping"),
        ("data/editions.yml", "bear: 3", "bear: 3; expected a mapping"),
        ("data/parameters.yml", "a: {x: 3}", "a.x: 3; expected a mapping"),
        ("data/tables/t.yml", "[1]", "list; expected a mapping"),
        ("data/tables/t.yml", "{key: [a]}", "no columns; expected columns, each a mapping"),
        ("data/tables/t.yml", "{key: [a], columns: {a: 1}}", "no columns; expected columns"),
        ("data/tables/t.yml", "{columns: {a: {}}}", "no key; expected key, a list of columns"),
        ("data/tables/t.yml", "{columns: {a: {}}, key: [1]}", "no key; expected key"),
        ("book/p.ipynb", "{}", "expected a Jupyter notebook"),
        (snapshot.RULE, "WITHIN = (", "expected Python"),
    ],
)
def test_what_cannot_be_read_is_a_fault_with_its_file(folder, path, text, told):
    write(folder, path, text)
    found = snapshot.read(folder)
    assert [fault.where for fault in found.faults] == [path] and told in str(found.faults[0])
    assert path in found.unjudged


def test_an_empty_file_of_editions_is_none(folder):
    write(folder, "data/editions.yml", "")
    assert snapshot.read(folder).faults == [] and snapshot.read(folder).editions == {}


def test_rows_of_one_key_are_told_apart_and_cells_over_are_kept(folder):
    write(folder, "data/tables/t.yml", "{columns: {a: {}}, key: [a, z]}")
    write(folder, "data/tables/t.csv", "a,b\n1,2\n1,3\n1,4,5,6\n7\n")
    table = snapshot.read(folder).tables["t"]
    assert table.columns == ("a", "b")
    assert table.rows == {
        ("1", ""): {"a": "1", "b": "2"}, ("1", "", "again 2"): {"a": "1", "b": "3"},
        ("1", "", "again 3"): {"a": "1", "b": "4", "cell 3": "5", "cell 4": "6"}, ("7", ""): {"a": "7"},
    }  # fmt: skip


def test_the_thresholds_are_read_as_numbers_and_nothing_is_run(folder):
    write(folder, snapshot.RULE, "import os\nWITHIN = 1.25\nNEAR = LOOSE = 3\nSCALE = 'x'\nOFF = True\nraise SystemExit\n")  # fmt: skip
    assert snapshot.read(folder).thresholds == {"WITHIN": 1.25, "NEAR": 3.0, "LOOSE": 3.0}


@pytest.mark.parametrize(
    ("path", "judges"),
    [("bet/a.py", True), (".github/w.yml", True), ("web/a.css", True), (".ci/x", True), ("pyproject.toml", True), ("a.py", True),
     ("tests/a.py", False), ("Makefile", True), ("sub/Makefile", True), ("docs/a.png", False), ("docs/a.md", False), ("tests/a.png", False), ("README.md", False), ("requirements.txt", True)],
)  # fmt: skip
def test_files_that_judge_are_known(path, judges):
    assert snapshot.judges(path) is judges


def test_what_is_made_and_links_are_not_walked_unless_committed(folder):
    for path in ("_build/x", "sub/_build/y", "__pycache__/a.pyc", "__pycache__/a.txt", ".venv/z"):
        write(folder, path, "x")
    (folder / "link").symlink_to(folder / "sub")
    (folder / "one").symlink_to("README.md")
    found = snapshot.read(folder).files
    assert list(found) == ["__pycache__/a.txt", "link", "one", "sub/_build/y"]
    assert len(set(found.values())) == 3  # the two files of an x are alike
    assert {"_build/x", "__pycache__/a.pyc", ".venv/z"} <= set(snapshot.read(folder, True).files)


def assessed(*records):
    return new_output("display_data", data={ASSESSMENT_MIME: list(records)})


def test_of_two_verdicts_in_the_notebooks_both_are_kept():
    def found(*records):
        return snapshot._assessed({"a": book(assessed(*records))})

    one = {"claim": "A", "verdict": "open"}
    assert found(one) == {"A": {**one, "notebook": "a"}}
    assert found(one, {**one, "verdict": "partly"})["A"]["verdict"] == "open and partly"
    assert found(one, one)["A"]["verdict"] == "open"
    assert found("x", {"claim": 3}, {"verdict": "open"}) == {}
    assert found({**one, "figures": "x"})["A"]["figures"] == []
    assert found({**one, "figures": [{"name": "p"}]})["A"]["figures"] == [{"name": "p"}]
    assert snapshot._assessed({"a": book(new_output("display_data", data={ASSESSMENT_MIME: "x"}))}) == {}  # fmt: skip


def test_charts_are_found_with_picture_and_notebook():
    drawn = new_output("display_data", data={CHART_MIME: {"name": "watts"}, "image/svg+xml": "<svg/>"})  # fmt: skip
    nameless = new_output("display_data", data={CHART_MIME: {}})
    broken = new_output("display_data", data={CHART_MIME: "x"})
    assert dict(snapshot._charts({"a": book(drawn, nameless, broken)})) == {
        "watts": {
            "record": {"name": "watts"},
            "svg": "<svg/>",
            "narrow": "",
            "png": "",
            "notebook": "a",
            "place": (0, 0),
        },
        "a chart without a name": {
            "record": {},
            "svg": "",
            "narrow": "",
            "png": "",
            "notebook": "a",
            "place": (1, 0),
        },
    }


def test_a_run_is_taken_for_the_notebook_with_the_same_cells_only(tmp_path):
    own = book(shown(plain="a"))
    before = Snapshot(notebooks={"p": own, "q": own, "r": new_notebook(cells=[new_markdown_cell("x")])})  # fmt: skip
    nbformat.write(book(shown(plain="b")), tmp_path / "p.ipynb")
    nbformat.write(book(shown(plain="b"), source="y"), tmp_path / "q.ipynb")
    (tmp_path / "s.ipynb").write_text("{")
    after = snapshot.executed(before, tmp_path)
    assert after.notebooks["p"].cells[0].outputs[0]["data"] == {"text/plain": "b"}
    assert after.notebooks["q"] == own
    assert [(f.where, f.found if "r" in f.where[-1] or "q" in f.where[-1] else "") for f in after.faults] == [
        ("run of q", "other cells"), ("run of s", ""), ("run of r", "none")
    ]  # fmt: skip
