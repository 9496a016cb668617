"""Which fields of a record weigh, how they are counted, and which changes are words only."""

from __future__ import annotations

import math

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bet.chapter import lint
from bet.chapter.outputs import ASSESSMENT_MIME
from bet.review import (
    cards,
    edits,
    fields,
    guards,
    headline,
    report,
    snapshot,
    source_diff,
    wording,
)
from bet.review.change import NONE, Change
from bet.review.compare import Review
from bet.review.snapshot import Snapshot

MAY = "No verdict changes, but a published conclusion may"


def ground(what, field, before="a", after="b"):
    return Change("grounds", what, before, after, field, "0_stake", field=field)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([ground("A-1", "reason", "So it is in 2025.", "So it is in 2026.")], "reason 1 (A-1 2025 → 2026)"),
        ([ground("A-1", "reason", "So it is.", "So it was."), ground("A-2", "reason", "So it was in May.", "So it was in June.")],
         "reason 1 (A-2 May → June), reason (a word or two) 1 (A-1 “is” → was)"),
        # the gravest first, not the most
        ([*(ground(f"A-{n}", "paraphrase") for n in range(2)), ground("A-1", "supports")],
         "supports 1 (A-1 a → b), paraphrase 2 (A-0 a → b, A-1 a → b)"),
        # a field without a rank stands before a light one
        ([ground("A-1", "note"), ground("A-2", "searched")], "searched 1 (A-2 a → b), note 1"),
        ([ground(f"A-{n}", "supports") for n in range(13)], "supports 13"),
        ([ground(f"A-{n}", "supports") for n in range(12)], "supports 12 (A-0 a → b, A-1 a → b, A-2 a → b, A-3 a → b, A-4, A-5, A-6, A-7, A-8, A-9, A-10, A-11)"),
        ([ground("A-1", "as_of", "2025-11-14", "2025-11")], "as_of (coarser) 1"),
        ([ground("A-1", "as_of", "2025-11-14", "2025-12")], "as_of 1 (A-1 2025-11-14 → 2025-12)"),
        ([Change("verdict", "A-1", "open", "partly"), Change("verdict", "A-2", "confidence low", "confidence high", level=True)],
         "verdict 1 (A-1), confidence 1 (A-2)"),
        ([Change("schema", "sales, title", "a", "b", field="title"), Change("schema", "sales, gaps", "a", "b", field="title")],
         "title 1 (sales)"),
        ([Change("source", "source meter-2025", "https://a.org/x", "https://b.org/x", "url", field="url"),
          Change("source", "source two-2025", "http://a.org/x", "https://www.a.org/x/", "url", field="url")],
         "url (of another site) 1 (meter-2025), url (of the same page) 1"),
        ([Change("words", "x", "a", "b", field="reason"), Change("grounds", "A-1", "a", "b")], ""),
    ],
)  # fmt: skip
def test_records_are_counted_by_the_field_that_differs(changes, told):
    assert fields.counted(changes) == told


WAY = "https://web.archive.org/web/2026/"
SAME = [Change("source", f"source a-{n}", f"https://www.a{n}.org/x{n}", f"https://a{n}.org/x{n}", "url", field="url") for n in range(30)]  # fmt: skip
KEPT = [Change("source", f"source a-{n}", f"https://a{n}.org/x{n}", f"{WAY}https://a{n}.org/x{n}", "url", field="url") for n in range(30)]  # fmt: skip
MEANT = [Change("parameter", f"p.a{n}", f"price {n}", f"the price {n}", "meaning", field="meaning") for n in range(30)]  # fmt: skip


@pytest.mark.parametrize(
    ("many", "one", "told"),
    [
        (MEANT, Change("parameter", "p.own", "own shares, as told", "clients' shares, as told", field="meaning"),
         "meaning 31 (“p.own” own → “clients%27”)"),
        (SAME, Change("source", "source b", "https://b.org/x", "https://b.org/x/#top", field="url"),
         "url (of the same page) 31 (b)"),
        (SAME, Change("source", "source b", "https://b.org/x", "https://b.org/x#/taken-back", field="url"),
         "url 1 (b), url (of the same page) 30"),
        (SAME, Change("source", "source b", "https://b.org/x", "https://b.org/x#:~:text=word", field="url"),
         "url (of the same page) 31 (b)"),
        (KEPT, Change("source", "source b", "https://b.org/x", "https://web.archive.org/web/2014/https://b.org/x", field="url"),
         "url (of the same page) 31 (b)"),
        (KEPT, Change("source", "source b", "2026-11-01", "2026-11-02", field="retrieved"),
         "retrieved 1, url (of the same page) 30"),
    ],
)  # fmt: skip
def test_of_many_light_changes_the_one_of_other_words_is_named(many, one, told):
    assert fields.counted([*many, one]) == told


TEXT = "No verdict changes, but the text of data does"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("schema", "sales, title", "title: a", "title: b", field="title"), TEXT),
        (Change("schema", "sales, title", "title: 3", "title: 4", field="title"), MAY),
        (Change("schema", "sales, unit", "unit: a", "unit: b", field="unit"), MAY),
        (Change("source", "evidence a", "So it is.", "So it stands.", "note", field="note"), TEXT),
        (Change("source", "evidence a", NONE, "So it stands.", "note", field="note"), MAY),
        (Change("source", "evidence a", "So it is.", NONE, "note", field="note"), MAY),
        (Change("source", "evidence a", "So it is.", "So it stands.", "fact", field="fact"), MAY),
        (Change("grounds", "A-1", "So it is.", "So it stands.", "reason", field="reason"), TEXT),
    ],
)
def test_words_about_a_record_are_a_text_where_nothing_weighty_differs(change, told):
    assert headline.headline(Review([change])) == told


@pytest.mark.parametrize(
    ("before", "after", "far"),
    [
        ("10", "20", math.log(2)), ("1,000", "$1000", 0.0), ("$13 billion", "$13 million", math.log(1000)), ("44%", "45%", math.log(45 / 44)),
        ("28236", "-28236", math.inf), ("0", "5", math.inf), ("0", "0.0", 0.0), ("missed", "kept", math.inf), ("so", "so", 0.0), ("1000", "1e3", 0.0),
        ("1000", "1e6", math.log(1000)),
        ("2025-11-14", "2026-11-14", math.log1p(365 / 18)), (NONE, "kept", 1.0), ("1; 2", NONE, 1.0),
    ],
)  # fmt: skip
def test_a_value_goes_as_far_as_its_power(before, after, far):
    assert edits.step(before, after) == pytest.approx(far)


def test_of_many_values_those_that_turn_are_named():
    rows = [Change("data", f"t [a={n}] b", f"{n + 1}", f"{n + 2}") for n in range(9)]
    turned = [Change("data", "t [a=x] b", "missed", "kept"), Change("data", "t [a=y] b", "5", "-5")]
    told = report.markdown(Review([*rows, *turned]), ("a", "b"), {}, "")
    assert "(t b 11; the farthest t b missed → kept, t b 5 → -5)" in told
    speaks = Change("data", "t [a=z] b", "$1 billion", "5 and all is well")
    told = report.markdown(Review([*rows, speaks]), ("a", "b"), {}, "")
    assert "$1 billion → “5%20and%20all%20is%20well”" in told
    assert "; the farthest t b 1 → 2)" in report.markdown(Review(rows), ("a", "b"), {}, "")


@pytest.mark.parametrize(
    ("before", "after", "weighs"),
    [
        ("In November 2025 it stood.", "In May 2025 it stood.", True),
        ("Baron bets on it.", "Musk bets on it.", True),
        ("It was built by Nvidia.", "It was built by Tesla.", True),
        ("It was built by Nvidea.", "It was built by Nvidia.", False),
        ("The hall stood.", "A hall stood.", False),
        ("It may stand so.", "It might stand so.", False),
    ],
)
def test_a_month_and_a_name_weigh_and_their_spelling_does_not(before, after, weighs):
    assert wording.weighty(before, after) is weighs


def test_code_and_settings_stand_before_texts_among_what_is_not_judged():
    files = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "benchmarks/page.py",
    ]
    told = headline.headline(Review([Change("file", path, "", "", "changed") for path in files]))
    assert "Not judged: benchmarks/page.py, README.md" in told


@pytest.mark.parametrize(
    ("path", "judges"),
    [("tests/pytest.ini", True), ("tests/ruff.toml", True), ("book/matplotlibrc", True), ("book/x.cfg", True), ("book/notes.txt", False)],
)  # fmt: skip
def test_settings_of_tools_are_of_the_judge_wherever_they_stand(path, judges):
    assert snapshot.judges(path) is judges


def test_what_judges_is_named_before_the_rest_of_the_package():
    files = [*(f"bet/site/{n}.py" for n in range(9)), ".github/workflows/ci.yml", "bet/records/judge.py", "requirements.txt"]  # fmt: skip
    told = report.markdown(Review([Change("judge", path, "a", "b", "changed") for path in files]), ("a", "b"), {}, "")  # fmt: skip
    first = "requirements.txt, bet/records/judge.py, .github/workflows/ci.yml, bet/site/0.py"
    assert f"**Of the judge**: {first}" in told


@pytest.mark.parametrize(
    ("body", "more"),
    [("    return\n    assert 1\n", 1), ('    """So."""\n    return None\n    assert 1\n', 1), ("    assert 1\n    return\n", 0)],
)  # fmt: skip
def test_a_test_that_ends_at_once_is_left_out(body, more):
    base = Snapshot(
        written={"tests/test_a.py": "def test_a():\n    assert 1\n"}, files={"tests/test_a.py": "1"}
    )
    head = Snapshot(written={"tests/test_a.py": f"def test_a():\n{body}"}, files={"tests/test_a.py": "2"})  # fmt: skip
    assert [
        "1 place more that may leave tests out" in told for told in guards.notes(base, head)
    ] == [True] * more


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://x.com/one/status/1", "https://x.com/two/status/1"),
        ("https://youtube.com/watch?v=a", "https://youtube.com/watch?v=b"),
        ("https://a.org/x", "https://b.org/x"),
        ("so", "so it is"),
    ],
)
def test_another_page_of_a_host_is_another_address(before, after):
    change = Change("source", "source one", before, after, "url", field="url")
    site = " (of another site)" * ("b.org" in after)
    assert fields.counted([change]) == f"url{site} 1 (one)"


def test_a_text_is_cut_to_the_room_it_has():
    assert source_diff.shortened("abcdef", 6) == "abcdef"
    assert source_diff.shortened("abcdef", 3) == "ab…"


def test_boxes_are_opened_as_deep_as_pages_may_have_them():
    def boxed(depth):
        text = "Deep."
        for n in range(depth):
            colons = ":" * (3 + n)
            text = f"{colons}{{note}}\n{text}\n{colons}"
        return [block.text for block in lint.blocks(text)]

    assert boxed(lint.MOST_BOXES) == ["Deep."]
    deep = boxed(lint.MOST_BOXES + 2)
    assert len(deep) == 1 and deep[0].startswith(":::{note}")


def test_a_second_record_weighs_as_its_claim_does():
    def twice(*ids):
        records = [{"claim": name, "verdict": "open"} for name in ids for _ in (1, 2)]
        output = new_output("display_data", {ASSESSMENT_MIME: records})
        return {"0_stake": new_notebook(cells=[new_code_cell("", outputs=[output])])}

    known = {name: {"importance": n} for n, name in enumerate(("A-1", "A-2", "A-3"), 1)}
    head = Snapshot(claims=known, notebooks=twice(*known))
    told = {change.what: change.weight for change in cards.again(Snapshot(claims=known), head)}
    assert told == {"A-1": 10, "A-2": 20, "A-3": 30}
