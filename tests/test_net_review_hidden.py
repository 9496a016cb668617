"""What a stranger would hide from the reviewer: behind a cut, a count, a name, or another change."""

from __future__ import annotations

import pytest

from bet.faults import Fault
from bet.review import compare, report, sides, source_diff
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
    assert next(line for line in lines if line.startswith("| **")).startswith("| **INFRA-7**")
    assert "Verdicts that turn" in report.page(found, ("a", "b"))


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
        report.headline(found) == "1 conclusion changes and says why. What 1 claim says changes too"
    )
    assert found.code == 1
    alone = compare.compare(base, Snapshot(claims={**base.claims, "INFRA-60": head.claims["INFRA-60"]}))  # fmt: skip
    assert report.headline(alone) == "No verdict changes, but what 1 claim says does"


@pytest.mark.parametrize("fields", [{"reason": "Hence."}, {"figures": [{**POWER, "name": "mean_power"}]}, {"figures": [{**POWER, "found": 480}]}])  # fmt: skip
def test_what_is_only_ours_restates_no_claim(fields):
    base, head = judged(**fields)
    assert "what" not in report.headline(compare.compare(base, head)).lower().split("why")[-1]


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
    for text in (report.markdown(found, ("a", "b")), report.markdown(found, ("a", "b"), site="https://a.org/"), report.page(found, ("a", "b"))):  # fmt: skip
        assert SPEAKS not in text
    edition = Review([Change("apart", "A-1", "open", "partly", f"the edition {SPEAKS}", "editions")])  # fmt: skip
    assert SPEAKS not in report.headline(edition)
    file = Review([Change("file", f"book/{SPEAKS}.md", "", "", "added")])
    assert SPEAKS not in report.markdown(file, ("a", "b"))


def test_notes_quote_the_names_of_claims_and_pages():
    old = {"reason": "So.", "verdict": "open", "confidence": "high", "assessed": "ledger", "notebook": "p"}  # fmt: skip
    base = Snapshot(claims={SPEAKS: claim()}, assessed={SPEAKS: old})
    head = Snapshot(claims={SPEAKS: claim(reason="Other.")}, assessed={SPEAKS: old})
    (note,) = compare.compare(base, head).notes
    assert note.startswith(strong("Outputs are older than the ledger")) and SPEAKS not in note
