"""What a stranger would hide from the reviewer: behind a cut, a count, a name, or another change."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bet.chapter import cards as making
from bet.chapter.outputs import ASSESSMENT_MIME
from bet.faults import Fault
from bet.records.claims import claims
from bet.review import (
    cards,
    compare,
    escaping,
    headline,
    hidden,
    report,
    report_page,
    sides,
    snapshot,
    source_diff,
)
from bet.review.compare import Change, Review, strong
from bet.review.snapshot import Snapshot, Table

# Where a long text differs


FILL = "and so on through many words of one long sentence " * 8


def told(*changes, **parts):
    return report.markdown(Review(list(changes), **parts), ("base", "head"))


def row(text):
    """Return the cells of the last row of a report's table."""
    return [cell.strip() for cell in text.splitlines()[-1].strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (f"{FILL}Musk said about 460 GW.", f"{FILL}Musk said 160 GW too.", ("about 460 GW.", "160 GW too.")),
        (f"Begins well. {FILL}", f"Begins ill. {FILL}", ("Begins well.", "Begins ill.")),
        (f"One {FILL}x two {FILL}three", f"1 {FILL}x 2 {FILL}3", ("sentence x two and", "sentence x 2 and")),
        (f"{FILL}the end", f"{FILL}the very end", ("sentence the end", "sentence the very end")),
        ("x" * 700 + "a", "x" * 700 + "b", ("xa", "xb")),  # one word
        (f"{FILL}a{'y' * 700}", f"{FILL}b{'y' * 700}", ("sentence ay", "sentence by")),
        (f"{FILL}a  b", f"{FILL}a b", ("", "(only white space differs)")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["grounds", "data", "edition", "source", "verdict", "apart"])
def test_a_long_text_is_told_around_what_differs(kind, before, after, shown):
    cells = row(told(Change(kind, "INFRA-60", before, after, "reason")))
    assert cells[1] != cells[2]
    assert all(part in cell for part, cell in zip(shown, cells[1:3], strict=True))
    assert max(map(len, cells)) <= 2 * report.WHOLE


def test_places_without_room_are_counted():
    old, new = (" ".join(f"{word} {FILL}" for word in words.split()) for words in ("a b c d", "1 2 3 4"))  # fmt: skip
    assert source_diff.around(old, new, 10, 100) == (
        "a and so on through … of one long sentence b and so on through … and 2 more places differ",
        "1 and so on through … of one long sentence 2 and so on through … and 2 more places differ",
    )
    assert source_diff.around("a b", "a c", 10, 100) == ("a b", "a c")


def test_the_end_of_a_long_paragraph_is_shown():
    rule = (
        "Later events leave the verdict as it is, and every chapter can be run again as of a day."
    )
    turned = "Later events may turn any verdict at any time, and no chapter can be run as of a day."
    text = told(Change("text", "page", FILL + rule, FILL + turned, "", "method"))
    gone, come = (next(line for line in text.splitlines() if line[:1] == sign) for sign in "-+")
    assert "leave the verdict as it is" in gone and "may turn any verdict" in come


def test_what_a_long_line_ends_with_is_shown():
    line = f"<p title='{FILL}' http-equiv=refresh content=20;url=https://evil.example/told>"
    for kind in ("text", "words"):
        text = told(Change(kind, "cell c53", "", line, "code", "0_stake"))
        assert "http-equiv=refresh" in text and "https://evil.example/told" in text
    rest = "\n".join([*(f"line {n}" for n in range(40)), "<script src=//evil.example>"])
    text = told(Change("words", "cell c53", "", rest, "", "0_stake"))
    assert "evil.example" in text and "line 35" not in text and "… 10 more" in text


# A turned verdict among other changes


def claim(**fields):
    first = {"date": "2026-11-25", "verdict": fields.get("verdict", "open"), "why": "First."}
    base = {"paraphrase": "It is so.", "importance": 2, "verdict": "open", "confidence": "high",
            "reason": "So.", "history": [first]}  # fmt: skip
    return {**base, **fields}


def again(record, **fields):
    """Return a claim judged anew, with an entry that gives today's verdict and some words."""
    head = {**record, **fields}
    entry = {"date": "2026-11-30", "verdict": head["verdict"], "why": "Read once more. " * 8}
    return {**head, "history": [*record["history"], entry]}


def many(count):
    """Return a ledger before, and after all but one claim were told with less certainty, and one turned."""
    old = {f"INFRA-{n}": claim(verdict="partly", importance=1 + 2 * (n != 7)) for n in range(count)}
    new = {n: again(r, confidence="low") if n != "INFRA-7" else again(r, verdict="contradicted") for n, r in old.items()}  # fmt: skip
    return Snapshot(claims=old), Snapshot(claims=new)


@pytest.mark.parametrize("count", [20, 300])
def test_a_verdict_that_turns_stands_before_all_that_is_told_with_another_confidence(count):
    found = compare.compare(*many(count))
    assert found.code == 1
    assert found.changes[0].what == "INFRA-7" and found.changes[0].turns
    lines = told(*found.changes).splitlines()
    assert lines[1] == f"## {count} conclusions change, 1 by another verdict, and each says why"
    assert lines[5] == "**Verdicts that turn**: INFRA-7 partly → contradicted."
    assert lines[7].startswith("**Confidence or importance**: INFRA-0 high → low, ")
    assert lines[7].endswith(f" and {count - 13} more.")
    assert next(line for line in lines if line.startswith("| **")).startswith("| **INFRA-7**")
    assert "Verdicts that turn" in report_page.page(found, ("a", "b"))


def test_a_turn_is_first_even_where_a_level_changes_without_a_word():
    given = [Change("verdict", "b", "confidence high", "confidence low", "", explained=False, level=True),
             Change("verdict", "a", "open", "partly", "So.", weight=10), Change("verdict", "c", "open", "partly", "So.", weight=20)]  # fmt: skip
    assert [c.what for c in compare._sorted(given)] == ["c", "a", "b"]


def test_verdicts_that_turn_behind_the_cut_are_named():
    turns = [Change("verdict", f"INFRA-{n}", "open", "partly", "w " * 150) for n in range(200)]
    level = Change("verdict", "END-1", "confidence high", "confidence low", "So.", level=True)
    text = told(*compare._sorted([level, *turns]))
    assert all(f"INFRA-{n} open → partly" in text or f"**INFRA-{n}**" in text for n in range(160))
    assert "## 201 conclusions change, 200 by another verdict, and each says why" in text
    assert "INFRA-11 open → partly and 188 more." in text  # in the first lines


@pytest.mark.parametrize(
    "noise",
    [
        {"faults": [Fault("\u202e" * 300, "x" * 300, "y")] * 40},
        {"notes": []},
        {"changes": [Change("judge", "bet/records/rule.py", "", "\n".join(["\u0430" * 160] * 60), "changed")]},
        {"changes": [Change("judge", "x" * 60_000, "a", "b", "changed")]},
        {"changes": [Change("rule", "\u202e" * 9_000, "a", "b", "changed")]},
        {"changes": [Change("data", "d", "a", "b", page="\u202e" * 250 + str(n)) for n in range(40)]},
    ],
)  # fmt: skip
def test_no_noise_pushes_a_turn_out_of_the_report(noise):
    turn = Change("verdict", "END-09", "partly", "contradicted", "So.", "p")
    given = compare._sorted([turn, *noise.get("changes", [])])
    text = report.markdown(Review(given, faults=noise.get("faults", [])), ("base", "head"))
    assert "| **END-09** | partly | contradicted | So. |" in text
    assert len(text) <= report.LIMIT + 200


# What a claim says, beside a verdict or under another name

POWER = {"name": "power", "printed": "160 GW", "value": 160, "unit": "GW", "relation": "about", "found": 490}  # fmt: skip


def judged(**fields):
    """Return two sides: INFRA-60 with other fields, and INTRO-02 told with another confidence."""
    old = {"INFRA-60": claim(figures=[POWER], lines=[120], anchor="160", checkable=True), "INTRO-02": claim()}  # fmt: skip
    new = {"INFRA-60": {**old["INFRA-60"], **fields}, "INTRO-02": again(old["INTRO-02"], confidence="low")}  # fmt: skip
    return Snapshot(claims=old), Snapshot(claims=new)


SAID_OTHERWISE = [
    {"paraphrase": "It is not so."},
    {"figures": [{**POWER, "value": 460}]},
    {"figures": [{**POWER, "name": "mean_power", "value": 460}]},
    {"figures": [{**POWER, "name": "mean_power", "relation": "less"}]},
    {"figures": [{**POWER, "unit": "MW"}]},
    {"figures": [{**POWER, "name": "mean_power", "unit": "MW"}]},
    {"figures": [{"name": "mean", "printed": "1", "value": 1, "unit": "TW", "relation": "less"}]},
    {"figures": [POWER, {**POWER, "value": 460}]},  # two of one name
    {"figures": []},
    {"lines": [118]},
    {"anchor": "100 gigawatts"},
    {"checkable": False},
    {"kind": "opinion"},
]


@pytest.mark.parametrize("fields", SAID_OTHERWISE)
def test_a_claim_that_says_something_else_is_in_the_headline(fields):
    base, head = judged(**fields)
    found = compare.compare(base, head)
    assert (
        headline.headline(found)
        == "1 conclusion changes and says why. What 1 claim says changes too"
    )
    assert found.code == 1
    alone = compare.compare(base, Snapshot(claims={**base.claims, "INFRA-60": head.claims["INFRA-60"]}))  # fmt: skip
    assert headline.headline(alone) == "No verdict changes, but what 1 claim says does"


@pytest.mark.parametrize("fields", [{"reason": "Hence."}, {"figures": [{**POWER, "name": "mean_power"}]}, {"figures": [{**POWER, "found": 480}]}])  # fmt: skip
def test_what_is_only_ours_restates_no_claim(fields):
    base, head = judged(**fields)
    assert "what" not in headline.headline(compare.compare(base, head)).lower().split("why")[-1]


def test_a_renamed_record_keeps_its_alarms():
    fact = {"fact": "It is.", "source": "s", "unit": "GW", "public": "2025-11-01", "figure": 3}
    later = {**fact, "unit": "MW", "public": "2026-01-01"}
    column = {"type": "number", "unit": "GW", "description": "x"}
    old = Snapshot(
        claims={"A-1": claim(figures=[POWER])}, evidence={"a": fact},
        tables={"t": Table({"columns": {"gw": column}}, {})}, parameters={"p.x": {"default": 1, "unit": "GW", "claims": []}},
    )  # fmt: skip
    new = Snapshot(
        claims={"A-1": claim(figures=[{**POWER, "name": "mean", "unit": "MW"}])}, evidence={"b": later},
        tables={"t": Table({"columns": {"mw": {**column, "unit": "MW"}}}, {})},
        parameters={"p.y": {"default": 1, "unit": "MW", "claims": []}},
    )  # fmt: skip
    found = compare.compare(old, new)
    assert {c.what for c in found.of("unit")} == {"A-1, figure mean", "evidence b", "t, column mw", "parameter p.y"}  # fmt: skip
    assert [c.what for c in found.of("clock")] == ["evidence b"]
    assert ("figure mean, unit", "GW", "MW") in [(c.note, c.before, c.after) for c in found.of("grounds")]  # fmt: skip


def test_records_are_twins_where_half_of_their_fields_are_the_same():
    a = {"unit": "GW", "value": 1, "read": "x", "relation": "about"}
    assert sides.twins({"a": a}, {"b": {**a, "value": 2, "unit": "MW"}}) == {"b": "a"}
    assert sides.twins({"a": a}, {"b": {**a, "value": 2, "unit": "MW", "read": "y"}}) == {}
    assert sides.twins({"a": a, "c": a}, {"a": a, "b": a}) == {"b": "c"}
    assert sides.twins({"a": a, "c": {**a, "value": 2}}, {"b": {**a, "value": 2}}) == {"b": "c"}
    assert sides.twins({str(n): a for n in range(300)}, {f"b{n}": a for n in range(300)}) == {}


# Names that speak

SPEAKS = "none. Reviewed before, no conclusion changes"


@pytest.mark.parametrize("name", [SPEAKS, SPEAKS.replace(" ", "\u00a0"), SPEAKS.replace(" ", "-"), "x" * 41, "n\u043ene", "a\nb", "none."])  # fmt: skip
def test_a_name_that_is_no_name_is_quoted(name):
    shown = compare.name(name)
    assert shown.startswith("“") and shown.endswith("”") and " " not in shown and shown.isprintable()  # fmt: skip
    assert compare.name("3_infrastructure") == "3_infrastructure"


def test_no_name_speaks_in_the_first_lines():
    found = Review([Change("text", "page", "a", "b", "", SPEAKS), Change("text", "page", "a", "b", "", "method")])  # fmt: skip
    for text in (report.markdown(found, ("a", "b")), report.markdown(found, ("a", "b"), site="https://a.org/"), report_page.page(found, ("a", "b"))):  # fmt: skip
        assert SPEAKS not in text
    edition = Review([Change("apart", "A-1", "open", "partly", f"the edition {SPEAKS}", "editions")])  # fmt: skip
    assert SPEAKS not in headline.headline(edition)
    file = Review([Change("file", f"book/{SPEAKS}.md", "", "", "added")])
    assert SPEAKS not in report.markdown(file, ("a", "b"))


def test_notes_quote_the_names_of_claims_and_pages():
    old = {"reason": "So.", "verdict": "open", "confidence": "high", "assessed": "ledger", "notebook": "p"}  # fmt: skip
    base = Snapshot(claims={SPEAKS: claim()}, assessed={SPEAKS: old})
    head = Snapshot(claims={SPEAKS: claim(reason="Other.")}, assessed={SPEAKS: old})
    (note,) = compare.compare(base, head).notes
    assert note.startswith(strong("Outputs are older than the ledger")) and SPEAKS not in note


# Saved cards

REASON = "Yes. In June he said so. The investment dates from 2017, not from 2014 as the sentence suggests."  # fmt: skip
FIGURE = {"name": "gain", "read_text": "about $4 billion", "printed": "4 milliards", "found_text": "$3 to $4 billion"}  # fmt: skip
RECORD = {"claim": "INTRO-22", "verdict": "supported", "confidence": "medium", "assessed": "ledger", "reason": REASON,
          "figures": [FIGURE], "notebook": "0_stake"}  # fmt: skip


def card(record=RECORD, html=None, extra=(), **ledger):
    """Return a side with one claim and its saved card, made as a notebook makes it."""
    html = making.card(record).replace("$", "<span>$</span>") if html is None else html
    data = {"text/html": html, "text/plain": f"INTRO-22 {record['verdict']}: {record['reason']}", ASSESSMENT_MIME: [record, *extra]}  # fmt: skip
    notebook = new_notebook(cells=[new_code_cell("x", id="c46", outputs=[new_output("display_data", data=data)])])  # fmt: skip
    known = claim(paraphrase=claims()["INTRO-22"].paraphrase, verdict="supported", reason=REASON)
    return Snapshot(notebooks={"0_stake": notebook}, assessed={"INTRO-22": record}, claims={"INTRO-22": {**known, **ledger}})  # fmt: skip


SAVED = making.card(RECORD)
LOW = {**RECORD, "confidence": "low"}


@pytest.mark.parametrize(
    ("old", "new", "only"),
    [
        ("from 2017, not from 2014 as", "from 2014, not from 2017 as",
         ("The investment dates from 2017, not from 2014 as the sentence suggests.",
          "The investment dates from 2014, not from 2017 as the sentence suggests.")),
        ("Yes. In June", "In June", ("Yes.", "–")),
        ("In June he said so.", "In June he said so. Nobody confirms it.", ("–", "Nobody confirms it.")),
        ("not from 2014", "from 2014", None),
        ("he said so", "he <b>never</b> said so", None),
        ("$3 to $4 billion", "$3 to $5 billion", None),
        ("<summary>Why</summary>", "<summary>Withdrawn</summary>", None),
        (claims()["INTRO-22"].paraphrase, "Another claim.", None),
        ("confidence medium", "confidence high", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("followed", [False, True])
def test_a_saved_card_says_what_its_record_says(old, new, only, followed):
    """Also where the record changes at the same time, and the card tells that."""
    assert old in SAVED
    record = LOW if followed else RECORD
    entry = {"date": "2026-11-30", "verdict": "supported", "why": "One origin only."}
    fields = {"confidence": "low", "history": [*claim(verdict="supported")["history"], entry]} if followed else {}  # fmt: skip
    forged = making.card(record).replace(old, new)
    if forged == making.card(record):
        return  # the confidence itself
    found = compare.compare(card(), card(record, forged, **fields))
    assert found.code == 2
    (told,) = [c for c in found.of("verdict") if "saved card" in c.note]
    assert (told.what, told.page, told.explained, told.turns) == ("INTRO-22", "0_stake", False, False)  # fmt: skip
    if only:
        assert (told.before, told.after) == only
    honest = compare.compare(card(), card(record, **fields))
    assert honest.code == (1 if followed else 0) and not honest.of("words")


def test_a_card_cannot_hide_behind_another_record_or_without_its_name():
    forged = SAVED.replace("from 2017, not from 2014", "from 2014, not from 2017")
    other = {**RECORD, "claim": "INTRO-99"}
    for head in (card(html=forged, extra=[other]), card(html=forged.replace("INTRO-22", "INTRO-2"))):  # fmt: skip
        assert compare.compare(card(), head).code == 2


def test_equal_texts_of_figures_are_no_false_card():
    ten = {"read_text": "10%", "printed": "10 %", "found_text": "10%"}
    record = {**RECORD, "figures": [{"name": "share", **ten}, {"name": "part", **ten}]}
    assert compare.compare(card(), card(record)).code == 0
    assert compare.compare(card(), card(record, making.card(record).replace("10%", "40%", 1))).code == 2  # fmt: skip


def test_a_card_older_than_its_ledger_is_no_false_card():
    base, head = card(), card(paraphrase="It says something else.")
    assert compare.compare(base, head).code == 0
    false = card(html=SAVED.replace("Yes. In", "In"))
    assert list(cards.cards(false, false)) == []  # told once, when it came


def test_cards_of_other_code_are_not_all_false():
    """A changed template is a change of the judge, and says so first."""
    code = {"bet/chapter/cards.py": "a"}, {"bet/chapter/cards.py": "b"}
    outputs = [card().notebooks["0_stake"].cells[0].outputs[0] for _ in range(4)]

    def side(word, code):
        made = [new_output("display_data", data={**o["data"], "text/html": SAVED.replace("Why", word)}) for o in outputs]  # fmt: skip
        notebook = new_notebook(cells=[new_code_cell("x", id="c1", outputs=made)])
        return Snapshot(notebooks={"0_stake": notebook}, claims=card().claims, judge=code)

    assert list(cards.cards(side("Why", code[0]), side("Because", code[1]))) == []
    assert len(list(cards.cards(side("Why", code[0]), side("Because", code[0])))) == 4


def test_a_strangers_words_do_not_stop_the_reading_of_cards():
    long = SAVED.replace("Yes.", "figure printed found " * 5_000 + "!")
    assert compare.compare(card(), card(html=long)).code == 2


def test_words_of_a_record_in_another_order_are_told():
    """All words of the changed reason are known, and the output still says the opposite."""

    def side(reason, shown):
        record = {**RECORD, "reason": reason}
        return card(record, f"<p>{shown}</p>", reason=reason)

    base = side("It dates from 2017, not from 2014.", "INTRO-22 It dates from 2017, not from 2014.")
    head = side("It dates from 2016, not from 2017.", "INTRO-22 It dates from 2017, not from 2016.")
    assert any("from 2017, not from 2016" in c.after for c in compare.compare(base, head).of("words"))  # fmt: skip


# The clock of 2025


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("Typing error.", 2),
        ("It was supported in 2025.", 1),
        ("In November 2025 it was contradicted.", 2),
        ("It is supported.", 2),
    ],
)
def test_the_verdict_of_2025_turns_only_with_words_about_it(why, code):
    old = claim(verdict="contradicted", then={"verdict": "contradicted", "reason": "No."})
    entry = {"date": "2026-11-30", "verdict": "contradicted", "why": why}
    new = {**old, "then": {"verdict": "supported", "reason": "No."}, "history": [*old["history"], entry]}  # fmt: skip
    found = compare.compare(Snapshot(claims={"A-1": old}), Snapshot(claims={"A-1": new}))
    assert found.code == code
    (told,) = found.of("verdict")
    assert told.turns and (
        told.note == f"2026-11-30: {why}" if code == 1 else "in 2025" in told.note
    )


def test_an_entry_that_gives_the_verdict_of_both_clocks_explains_both():
    old = claim(then={"verdict": "open", "reason": "x"})
    new = again({**old, "then": {"verdict": "partly", "reason": "x"}}, verdict="partly")
    assert compare.compare(Snapshot(claims={"A-1": old}), Snapshot(claims={"A-1": new})).code == 1


# Charts, files beside the book, tests


def drawn(svg="<svg><text>Not $12 billion</text></svg>", **record):
    about = {"name": "gain", "title": "T", "subtitle": "By year", "alt": "Not $12 billion.", "rows": [[1]], **record}  # fmt: skip
    return Snapshot(charts={"gain": {"record": about, "svg": svg, "notebook": "0_stake"}})


@pytest.mark.parametrize(
    ("head", "what", "after"),
    [
        (drawn(alt="$12 billion."), "chart gain, alternative text", "$12 billion."),
        (drawn(subtitle="By century"), "chart gain, subtitle", "By century"),
        (drawn(svg="<svg><text>$12 billion</text></svg>"), "chart gain, words drawn in it", "$12 billion"),
        (drawn(note="Confirmed."), "chart gain, note", "Confirmed."),
    ],
)  # fmt: skip
def test_what_a_chart_says_beside_its_title_is_shown(head, what, after):
    found = compare.compare(drawn(), head)
    assert [(c.what, c.after, c.page) for c in found.of("words")] == [(what, after, "0_stake")]
    assert after in told(*found.changes)


@pytest.mark.parametrize("path", snapshot.PUBLISHED)
def test_files_beside_the_book_that_pages_show_may_change_what_is_published(tmp_path, path):
    for side, text in (("base", "title: The Bet"), ("head", "title: The Bet, confirmed")):
        (tmp_path / side / "book").mkdir(parents=True)
        target = tmp_path / side / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)
    found = compare.compare(*(snapshot.read(tmp_path / side) for side in ("base", "head")))
    assert headline.headline(found) == "No verdict changes, but a published conclusion may"
    assert "“title: The Bet” → “title: The Bet, confirmed”" in told(*found.changes)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"tests/test_safe.py": "removed"}, "This removes 1 test file. No conclusion changes"),
        ({"tests/test_safe.py": "removed", "tests/test_a.py": "removed", "tests/conftest.py": "changed"},
         "This removes 2 test files and changes what tests run with (tests/conftest.py). No conclusion changes"),
        ({"tests/conftest.py": "added"}, "This changes what tests run with (tests/conftest.py). No conclusion changes"),
        ({"tests/sub/conftest.py": "added"}, "This changes what tests run with (tests/sub/conftest.py). No conclusion changes"),
        ({"tests/test_new.py": "added"}, "This adds 1 test file. No conclusion changes"),
        ({"tests/fixtures/a.yml": "removed"}, "This removes 1 test file. No conclusion changes"),
    ],
)  # fmt: skip
def test_tests_that_are_taken_away_stand_in_the_headline(files, told):
    given = [Change("file", path, "", "", note) for path, note in files.items()]
    assert headline.headline(Review(given)) == told


# Signs


@pytest.mark.parametrize(
    "sign",
    [*"\u1d0f\u1d21\u1d20\u2024\u2800\uffa0\u180e\u0131\u017f\u0430\u03bf\u2044\u2215\u02d0\ua789\u05be\U0001d7d8"
      "\U0001f7e0\u3164\u034f\u200b\u202e\x1b\ufffc\u2061"],
)  # fmt: skip
def test_signs_that_feign_or_hide_are_written_out(sign):
    given = Change("grounds", "INFRA-60", "would", f"w{sign}uld", "reason")
    text = Change("text", "page", "a", "\n".join([f"b{sign}c"] * 12), "", "method")
    for shown in (report.markdown(Review([given, text]), ("a", "b")), report_page.page(Review([given, text]), ("a", "b"))):  # fmt: skip
        assert sign not in shown and f"U+{ord(sign):04X}" in shown


def test_signs_of_print_stay_as_they_are():
    plain = "é à œ ü – ‘ ’ “ ” … € £ × ÷ − ≈ ≤ ² ³ ¹ ⁰ ⁹ ⁻ → · ° « » \u00a0 \u202f ⌘ Ž 你好 ニュス 한국어"
    assert escaping.written_out(plain) == plain


@pytest.mark.parametrize("where", ["before", "after", "what"])
def test_an_alarm_is_never_a_strangers(where):
    fields = {"before": "a", "after": "b", "what": "A-1", where: strong("No verdict changes")}
    found = Review(compare._sorted([Change("grounds", note="reason", **fields)]))
    assert "**No verdict changes**" not in report.markdown(found, ("a", "b"))
    assert "<strong>" not in report_page.page(found, ("a", "b"))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("The [ledger][1].\n\n  [1]: https://evil.example/a\n", "more than prose"),
        ("Write [to us].\n\n   [to us]:\n   https://evil.example/b\n", "more than prose"),
        ("A list:\n\n- x\n\n  > [to us]: //evil.example/c\n", "more than prose"),
        ("See [the ledger][] now.\n", "more than prose"),
        ("See https://evil.example/d now.\n", "more than prose"),
        ("See <mailto:a@evil.example> now.\n", "more than prose"),
        ("Only words, [so to say], and so on.\n", ""),
    ],
)
def test_a_link_is_more_than_prose_wherever_its_address_stands(text, note):
    old, new = Snapshot(pages={"about": "# About\n"}), Snapshot(pages={"about": f"# About\n\n{text}"})  # fmt: skip
    found = compare.compare(old, new)
    assert [c.note for c in found.of("text")] == [note]
    ends = "but a published conclusion may" if note else "but the text of about does"
    assert headline.headline(found).endswith(f"No verdict changes, {ends}")


def test_neither_a_verdict_nor_a_restated_claim_hides_the_verdicts_of_editions():
    level = Change("verdict", "A-1", "confidence high", "confidence low", "So.", level=True)
    said = Change("grounds", "A-2", "a", "b", "paraphrase")
    apart = [Change("apart", f"A-{n}", "open", "partly", "the edition bear", "editions") for n in (3, 4)]  # fmt: skip

    def first(*changes):
        return headline.headline(Review([*changes]))

    assert (
        first(level, apart[0])
        == "1 conclusion changes and says why. 1 verdict of the edition bear changes too"
    )
    assert (
        first(said, *apart)
        == "No verdict changes, but what 1 claim says does. 2 verdicts of the edition bear change too"
    )
    assert first(level, said, *apart) == (
        "1 conclusion changes and says why. What 1 claim says changes too. 2 verdicts of the edition bear change too"
    )


def test_a_verdict_that_is_none_is_quoted_in_the_first_lines():
    turns = [Change("verdict", "A-1", "open (in 2025)", "partly (in 2025)", "So."), Change("verdict", "A-2", "open", SPEAKS, "So."),
             Change("data", "d", "a", "b")]  # fmt: skip
    line = told(*turns).splitlines()[5]
    assert line.startswith("**Verdicts that turn**: A-1 open (in 2025) → partly (in 2025), A-2 open → “none.%20")  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "told"), [("remove-input", 0), ("remove-output", 1), ("remove-cell", 1)]
)
def test_a_cell_whose_code_alone_is_hidden_is_known_by_its_id(tag, told):
    """However its source is rewritten; what readers see of another cell is no such thing."""
    sides = [
        new_notebook(cells=[new_code_cell(source, id="c53", metadata={"tags": [tag]})])
        for source in ("power = book.table('us_power')", "display(gone)\n# checked")
    ]
    assert len([*hidden.cells(*sides, "0_stake")]) == told
