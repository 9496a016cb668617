"""The review's words at their edges: phrases, cuts, rooms, marks; what a reader of the report relies on."""

from __future__ import annotations

import random
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bet.faults import Fault
from bet.review import change as changes
from bet.review import (
    compare,
    escaping,
    headline,
    notebooks,
    report,
    report_page,
    sides,
    source_diff,
)
from bet.review.compare import Change, Review, strong
from bet.review.pixels import Difference

# How one text became another


@pytest.mark.parametrize(
    ("old", "new", "spans"),
    [
        ("abc", "abc", [("equal", 0, 3, 0, 3)]),
        ("", "", []),
        ("abc", "axc", [("equal", 0, 1, 0, 1), ("replace", 1, 2, 1, 2), ("equal", 2, 3, 2, 3)]),
        ("abc", "ac", [("equal", 0, 1, 0, 1), ("delete", 1, 2, 1, 1), ("equal", 2, 3, 1, 2)]),
        ("ac", "abc", [("equal", 0, 1, 0, 1), ("insert", 1, 1, 1, 2), ("equal", 1, 2, 2, 3)]),
        ("aa", "aaa", [("equal", 0, 2, 0, 2), ("insert", 2, 2, 2, 3)]),
        ("xbcy", "zbcw", [("replace", 0, 1, 0, 1), ("equal", 1, 3, 1, 3), ("replace", 3, 4, 3, 4)]),
        ("ab", "cd", [("replace", 0, 2, 0, 2)]),
    ],
)
def test_a_sequence_is_told_by_its_spans(old, new, spans):
    assert source_diff.opcodes(old, new) == spans


def test_spans_lead_from_any_text_to_any_other():
    draw = random.Random(1)
    for _ in range(200):
        old, new = ("".join(draw.choices("ab", k=draw.randrange(8))) for _ in range(2))
        made, at = "", 0
        for tag, i, i_end, j, j_end in source_diff.opcodes(old, new):
            assert i == at and (tag == "equal") == (old[i:i_end] == new[j:j_end])
            made, at = made + new[j:j_end], i_end
        assert (made, at) == (new, len(old))


def test_texts_too_long_to_align_are_replaced_between_what_they_share(monkeypatch):
    monkeypatch.setattr(source_diff, "FIT", 4)
    assert source_diff.opcodes("abbc", "acdc") == [
        ("equal", 0, 1, 0, 1), ("replace", 1, 3, 1, 3), ("equal", 3, 4, 3, 4)
    ]  # fmt: skip
    found = source_diff.opcodes("a12b345c", "a67b89c")
    assert found[1] == ("replace", 1, 7, 1, 6)
    assert source_diff.paired([("code", "x")] * 3, [("code", "x")] * 2) == [(0, 0), (1, 1), (2, None)]  # fmt: skip
    assert source_diff.paired([("code", "x")] * 2, [("code", "x")] * 3) == [(0, 0), (1, 1), (None, 2)]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        (["a b c"], ["a b d"], [(0, 0)]),
        (["a b c"], ["x y z"], [(0, None), (None, 0)]),
        (["a b c", "k l m"], ["k l m n"], [(0, None), (1, 0)]),
        (["k l m"], ["a b c", "k l m n"], [(None, 0), (0, 1)]),
        # a third of the words in common is too little, 2 of 5 are enough
        (["a b"], ["a c"], [(0, None), (None, 0)]),
        (["a b c"], ["a b d e"], [(0, 0)]),
        ([], ["a"], [(None, 0)]),
        (["a"], [], [(0, None)]),
        ([""], [""], [(0, None), (None, 0)]),
    ],
)
def test_a_rewritten_cell_is_paired_with_what_it_was(old, new, pairs):
    sides = [[("markdown", source) for source in side] for side in (old, new)]
    assert source_diff.paired(*sides) == pairs


def most_alike(old, new):
    """Return the best sum of shares of all pairings in order, by trying every one."""
    if not old or not new:
        return 0.0
    words = [set(cell.split()) for cell in (old[0], new[0])]
    share = len(words[0] & words[1]) / len(words[0] | words[1])
    kept = share if share >= source_diff.ALIKE else 0.0
    return max(
        kept + most_alike(old[1:], new[1:]), most_alike(old[1:], new), most_alike(old, new[1:])
    )


def test_cells_are_paired_as_well_as_can_be():
    draw = random.Random(2)
    for _ in range(150):
        old, new = (
            [" ".join(draw.sample("abcde", draw.randrange(1, 5))) for _ in range(draw.randrange(5))]
            for _ in range(2)
        )
        pairs = source_diff.paired(*([("code", cell) for cell in side] for side in (old, new)))
        assert [i for i, _ in pairs if i is not None] == list(range(len(old)))
        assert [j for _, j in pairs if j is not None] == list(range(len(new)))
        both = [(old[i], new[j]) for i, j in pairs if i is not None and j is not None]
        assert sum(most_alike([was], [now]) for was, now in both) == pytest.approx(
            most_alike(old, new)
        )
        assert all(most_alike([was], [now]) for was, now in both)


def test_cells_of_another_type_are_strangers():
    assert source_diff.paired([("code", "a b c")], [("markdown", "a b c")]) == [(0, None), (None, 0)]  # fmt: skip


def notebook(*sources):
    cells = [new_markdown_cell(s, id=f"c{n}") if s[0] != ">" else new_code_cell(s, id=f"c{n}")
             for n, s in enumerate(sources)]  # fmt: skip
    return new_notebook(cells=cells)


def test_changed_added_and_removed_cells_are_told_by_their_place():
    old = notebook("one two three", ">x = 1", "gone with it")
    new = notebook("one two four", ">x = 1", ">y = 2 + 2")
    assert list(source_diff.cells(old, new)) == [
        ("cell c0", "one two three", "one two four", "markdown"),
        ("cell c2", "gone with it", "", "markdown"),
        ("cell c2", "", ">y = 2 + 2", "code"),
    ]
    kept = [(was.source, now.source) for was, now in source_diff.aligned(old, new)]
    assert kept == [("one two three", "one two four"), (">x = 1", ">x = 1")]


@pytest.mark.parametrize(
    ("before", "after", "phrase"),
    [
        ("a b c d e f g", "a b c X e f g", ("b c d e f", "b c X e f")),
        ("a b", "a b c", ("a b", "a b c")),
        ("a b c d e", "a b c d e f", ("d e", "d e f")),
        ("x b c d", "y b c d", ("x b c", "y b c")),
        ("a b", "a b", None),
        ("a  b", "a b", None),  # only white space
        ("", "a", None),
        ("a", "", None),
        ("a b c d e f g h", "1 2 3 4 5 6 7 8", ("a b c d e f g h", "1 2 3 4 5 6 7 8")),
        ("a b c d e f g h i", "1 2 3 4 5 6 7 8 9", None),
        ("k", "k 1 2 3 4 5 6 7 8", ("k", "k 1 2 3 4 5 6 7 8")),
        ("k", "k 1 2 3 4 5 6 7 8 9", None),
    ],
)
def test_up_to_eight_words_are_told_as_a_phrase_with_two_neighbours(before, after, phrase):
    assert source_diff.words(before, after) == phrase


def test_changed_lines_are_marked():
    assert source_diff.lines("a\nb\nc", "a\nB\nc\nd") == ["-b", "+B", "+d"]
    assert source_diff.lines("a", "a") == []


def test_what_is_seen_and_what_is_run_are_told_apart():
    page = (
        "<p class=x hidden>See &amp; <b>read</b></p><script src=a.js>run()</script>"
        "<a href='b' data-n=1 onclick='c()'>on</a><style>p {}</style>after"
    )
    text, marks = source_diff.visible(page)
    assert text == "See & read on after"
    assert marks.split("\n") == [
        "p class=x hidden=None", "script src=a.js", "run()", "a href=b onclick=c()", "style", "p {}",
    ]  # fmt: skip
    assert source_diff.visible("</script>seen")[0] == "seen"


# Values as a reader would write them


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "–"), ("", "–"), ([], "–"), ({}, "–"), (0, "0"), (False, "False"), ([1, None], "1; –"),
     ({"a": [1, 2], "b": ""}, "a: 1; 2, b: –"), ("x", "x")],
)  # fmt: skip
def test_a_value_of_a_record_is_told(value, told):
    assert changes.text(value) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(4, 5, "× 1.25"), (3, 1, "× 0.3333"), (0, 5, ""), (5, 0, "× 0"), (-2, 1, "× -0.5"), ("4", 5, ""),
     (True, 5, ""), (4, True, ""), (None, 5, ""), (4, None, ""), (0.0, 1, "")],
)  # fmt: skip
def test_a_ratio_is_told_where_there_is_one(before, after, told):
    assert notebooks.ratio(before, after) == told


@pytest.mark.parametrize(
    ("claims", "told"),
    [([], ""), (["a"], ", bears on a"), (list("abcd"), ", bears on a, b, c, d"),
     (list("abcde"), ", bears on a, b, c, d and 1 more"), (list("abcdefg"), ", bears on a, b, c, d and 3 more")],
)  # fmt: skip
def test_four_claims_are_named_and_the_rest_counted(claims, told):
    assert sides.bearing(claims) == told


def test_a_change_weighs_by_the_claims_it_bears_on_and_most_by_those_that_flip():
    assert sides.bears(["a", "b"], {"b", "c"}) == 102
    assert sides.bears(["a"], set()) == 1 and sides.bears([], {"b"}) == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (["a", "b"], ["b", "c"], ("a", "c")),
        (["a"], ["a", "b"], ("–", "b")),
        (["a", "b"], ["b", "a"], ("a; b", "b; a")),
        (None, ["a"], ("–", "a")),
        (["a"], None, ("a", "–")),
        ("x", ["a"], ("x", "a")),
        ("x", "y", ("x", "y")),
    ],
)
def test_of_two_lists_the_members_that_differ_are_told(old, new, told):
    assert sides.differing(old, new) == told


@pytest.mark.parametrize(
    ("text", "number", "told"),
    [
        ("It is 26 today.", "26", "“It is 26 today.”"),
        ("It is 26.5, or 26 now", "26", "“It is 26.5, or 26 now”"),
        ("126 and 26", "26", "“126 and 26”"),
        ("26%, they say", "26%", "“26%, they say”"),
        ("no figure", "26", ""),
        (f"{'word ' * 7}26", "26", f"“{'word ' * 7}26”"),
        (f"x{'word ' * 7}26 z", "26", f"“{'xword ' + 'word ' * 6}26 z”"),
        (f"{'word ' * 8}26", "26", f"“… {'word ' * 7}26”"),
        (f"26 {'word ' * 9}", "26", f"“26 {'word ' * 7}…”"),
    ],
)
def test_a_number_is_quoted_with_35_characters_on_both_sides(text, number, told):
    assert notebooks._around(text, number) == told


@pytest.mark.parametrize(
    ("told", "parts"),
    [("a 1,200.5 b", ["a", "1,200.5", "b"]), ("(x): **y**.", ["x", "y"]), ("−5% of $3", ["−", "5", "%", "of", "$", "3"]),
     ("a_b", ["a", "b"])],
)  # fmt: skip
def test_words_are_bare_of_the_punctuation_around_them(told, parts):
    assert notebooks._bare(told) == parts


# The exit code


def change(kind="verdict", what="INFRA-01", **fields):
    return Change(**{"kind": kind, "what": what, "before": "open", "after": "partly", "note": "So.", "page": "p"} | fields)  # fmt: skip


FAULT = Fault("here", "this", "that")


@pytest.mark.parametrize(
    ("changes", "faults", "code"),
    [
        ([], [], 0),
        ([change("data")], [], 0),
        ([change()], [], 1),
        ([change("rule")], [], 1),
        ([change(explained=False)], [], 2),
        ([change(), change("rule", explained=False)], [], 2),
        ([change("data", explained=False)], [], 0),
        ([], [FAULT], 3),
        ([change()], [FAULT], 3),
        ([change(explained=False)], [FAULT], 2),
    ],
)
def test_the_exit_code_is_that_of_the_gravest(changes, faults, code):
    assert Review(changes, faults=faults).code == code


def test_changes_are_sorted_by_kind_then_silence_then_weight_and_keep_their_order():
    given = [change("data", "d"), change(what="light", weight=1), change(what="heavy", weight=9),
             change(what="silent", explained=False), change(what="light too", weight=1), change("judge", "j")]  # fmt: skip
    assert [c.what for c in compare._sorted(given)] == ["j", "silent", "heavy", "light", "light too", "d"]  # fmt: skip


def test_pages_are_named_once_in_order():
    given = [change(page="b"), change(page="a"), change(page=""), change(page="b")]
    assert Review(given).pages == ["a", "b"]


# The headline


@pytest.mark.parametrize(
    ("review", "told"),
    [
        (Review([]), "Nothing changes"),
        (Review([], notes=["x"]), "No conclusion is known to change"),
        (Review([change("data")]), "No verdict changes, but a published conclusion may"),
        (Review([change("text", page="resume", note="")]), "No verdict changes, but the text of resume does"),
        (Review([change("text", note="code")]), "No verdict changes, but a published conclusion may"),
        (Review([change("file", what="README.md")]), "No conclusion changes. Not judged: README.md"),
        (Review([change("file", what="book/a.png")]), "No conclusion changes. Not judged: book/a.png"),
        (Review([change("apart", note="the edition bull"), change("data")]),
         "No verdict changes in the book, but 1 verdict of the edition bull does"),
        (Review([change("apart", note="the edition bull"), change("apart", note="the edition bear")]),
         "No verdict changes in the book, but 2 verdicts of the edition bear, the edition bull do"),
        (Review([change(), change(note="More.")]), "1 conclusion changes and says why"),
        (Review([change(note="")]), "1 conclusion changes"),
        (Review([change(), change(what="b", note="")]), "2 conclusions change"),
        (Review([change("rule"), change()]), "The changed rule turns 1 ruling. 1 conclusion changes and says why"),
        (Review([change("judge"), change("rule"), change("rule")]),
         "This changes the judge. The changed rule turns 2 rulings. No verdict changes, but a published conclusion may"),
        (Review([], faults=[FAULT]), "1 thing could not be judged. No conclusion is known to change"),
        (Review([change("number")], faults=[FAULT]),
         "1 thing could not be judged. No verdict is known to change, but a published conclusion may"),
        (Review([], faults=[FAULT] * 2), "2 things could not be judged. No conclusion is known to change"),
    ],
)  # fmt: skip
def test_the_headline_tells_the_gravest_first(review, told):
    assert headline.headline(review) == told


# Markdown


def markdown(*changes, pixels=None, site="", **parts):
    text = report.markdown(Review(list(changes), **parts), ("base", "head"), pixels, site)
    return [line for line in text.splitlines() if line and line != report.MARKER]


def test_the_markdown_of_one_table_row():
    assert markdown(change("unit", "a | b", before="GW", after="MW", note=strong("another unit"), page="")) == [
        "## No verdict changes, but a published conclusion may",
        "base → head.",
        "| What | Before | After | Note |",
        "|---|---|---|---|",
        "| a \\| b | GW | MW | **another unit** |",
    ]  # fmt: skip


def test_sections_have_titles_once_there_are_two_or_a_fault_or_the_judge():
    titles = [f"### {changes.KINDS[kind]}" for kind in ("judge", "unit", "data")]
    assert not any(line.startswith("###") for line in markdown(change("unit")))
    assert [t for t in markdown(change("unit"), change("data")) if t.startswith("###")] == titles[1:]  # fmt: skip
    assert titles[0] in markdown(change("judge"))
    told = markdown(change("unit"), faults=[FAULT])
    assert told[2:4] == [f"### {report.UNJUDGED}", "- here: found this; expected that"]
    assert titles[1] in told


def test_links_lead_to_claims_charts_and_pages():
    site = "https://a.org/"
    rows = markdown(
        change(), change("chart", "watts", page="3 b"), change("number", "gap"), change("unit", "u", page=""), site=site
    )  # fmt: skip
    assert rows[1] == "base → head. Pages touched: [“3%20b”](https://a.org/book/3%20b.html), [p](https://a.org/book/p.html)."  # fmt: skip
    told = "\n".join(rows)
    for link in ("[**INFRA-01**](https://a.org/book/claims.html#INFRA-01) |",
                 "[watts](https://a.org/book/3%20b.html#watts) |", "[gap](https://a.org/book/p.html) |", "| u |"):  # fmt: skip
        assert link in told
    assert "| gap (p) |" in "\n".join(markdown(change("number", "gap")))
    assert "| x |" in "\n".join(markdown(change("grounds", "x")))


def test_only_forty_pages_are_named():
    given = [change("data", page=f"p{n:02}") for n in range(41)]
    assert markdown(*given)[1].endswith("p38, p39.")


def test_faults_are_told_up_to_thirty():
    def told(count):
        return [line for line in markdown(faults=[FAULT] * count) if line.startswith("- ")]

    assert len(told(30)) == 30 and told(31)[30] == "- and 1 more, on the page of this report"


def test_rows_are_told_up_to_thirty_and_verdicts_further():
    def rows(kind, count):
        return markdown(*(change(kind, f"n{n}") for n in range(count)))

    assert len([r for r in rows("unit", 30) if r.startswith("| n")]) == 30
    assert not rows("unit", 30)[-1].startswith("and")
    cut = rows("unit", 33)
    assert len([r for r in cut if r.startswith("| n")]) == 30
    assert cut[-1] == "and 3 more, on the page of this report."
    assert len([r for r in rows("verdict", 90) if r.startswith("| **n")]) == 90


def test_blocks_are_told_while_they_fit_and_the_first_in_any_case():
    assert list(report._within(["abc", "de"], 9)) == ["abc", "de"]
    assert list(report._within(["abc", "de"], 8)) == ["abc"]
    assert list(report._within(["abc"], 1)) == ["abc"]
    assert list(report._within(["abc", "", "d"], 7)) == ["abc", ""]


def test_files_stand_in_one_line_as_far_as_they_fit():
    files = [change("file", f"f{n}", note="added", page="") for n in range(3)]
    assert markdown(*files)[-1] == "f0 (added), f1 (added), f2 (added)"
    many = [change("file", "x" * 190, note="added", page="") for _ in range(40)]
    assert markdown(*many)[-1] == "and more: 40 files in all, on the page of this report."


def test_a_report_that_does_not_fit_is_cut_before_the_section_that_is_too_long():
    told = report._fitting(["top"], [["a" * 30_000], ["b" * 30_000]])
    assert "a" * 30_000 in told and "b" not in told.split(report.CUT)[0]
    assert told.endswith(f"\n{report.CUT}\n")
    room = report.LIMIT - len(report.CUT) - 2 - len("top")
    assert report.CUT not in report._fitting(["top"], [["a" * room]])
    assert report.CUT in report._fitting(["top"], [["a" * (room + 1)]])
    assert report._fitting(["a", "", "", "", "b"], []) == "a\n\nb\n"


def test_of_a_section_that_is_too_long_the_first_rows_are_kept():
    rows = [f"| {n:05} |" for n in range(9_000)]
    told = report._fitting(["top"], [["### T", "", *rows], ["after"]])
    assert report.LIMIT - 6_000 < len(told) <= report.LIMIT and "after" not in told
    assert "### T\n\n| 00000 |\n" in told and told.endswith(f" |\n\n{report.CUT}\n")
    block = ["<details>", "x" * 60_000, "</details>"]
    assert report._fitting(["top"], [["### T", "", *block]]) == f"top\n\n{report.CUT}\n"


def test_long_cells_are_cut_at_a_word_and_keep_their_alarm_closed():
    assert escaping.short("a" * 160) == "a" * 160
    assert escaping.short("word " * 33) == "word " * 31 + "…"
    cut = escaping.short(strong("word " * 33))
    assert cut.count("\ue000") == cut.count("\ue001") == 1
    assert escaping.short("one two three", 9) == "one two …"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a*b_c_ [x](y) `z` | ~", "a\\*b_c\\_ \\[x\\](y) \\`z\\` \\| \\~"),
        ("# title", "\\# title"), ("- item", "\\- item"), ("12. item", "\\12. item"), ("-5 GW", "-5 GW"),
        ("<b> & \"q\"", "&lt;b&gt; &amp; \"q\""),
        ("@who #12", "@\u200bwho #\u200b12"),
        ("two\n lines", "two lines"),
        (strong("so"), "**so**"),
    ],
)  # fmt: skip
def test_strangers_words_are_no_markup(given, told):
    assert escaping.cell(given) == told


def test_inside_html_there_is_neither_alarm_nor_element():
    assert escaping.plain(strong("a <b> 'c'")) == "a &lt;b&gt; &#x27;c&#x27;"


LONG = "\n".join(f"{n} a line of some length" for n in range(12))


def test_a_phrase_is_one_line_and_more_is_folded():
    phrase = change("text", "cell c1", before="one two", after="one three", note="")
    assert markdown(phrase)[-1] == "- p, cell c1: “one two” → “one three”"
    told = markdown(change("text", "cell c1", before="", after=LONG, note="new"))
    assert told[2:5] == ["<details><summary>p, cell c1 (new): 12 lines</summary>", "`````diff", "+0 a line of some length"]  # fmt: skip
    assert told[-2:] == ["`````", "</details>"] and len(told) == 2 + 2 + 12 + 2
    linked = markdown(change("text", "c", before="", after=LONG), site="https://a.org/")
    assert linked[2].startswith("<details><summary><a href='https://a.org/book/p.html'>p</a>, c (So.): 12")  # fmt: skip
    assert "<summary>c (So.): 12 lines" in markdown(change("text", "c", before="", after=LONG, page=""))[2]  # fmt: skip


def test_folded_lines_are_told_up_to_thirty_and_cannot_close_their_fence():
    def folded(count, line="x"):
        return markdown(change("text", "c", before="", after="\n".join([line] * count)))

    assert sum(line == "+x" for line in folded(30)) == 30
    assert "… 1 more" in folded(31) and sum(line == "+x" for line in folded(31)) == 30
    assert "… 1 more" not in folded(30)
    assert "+'''''" in folded(12, "`````")
    assert f"+{'y' * 159}" in folded(12, "y" * 300)


def test_of_the_judge_only_the_rule_is_shown_line_by_line():
    def told(path):
        return "\n".join(markdown(change("judge", path, before="a = 1", after="a = 2\nb", note="changed", page="")))  # fmt: skip

    assert "- bet/x.py (changed): 3 lines" in told("bet/x.py")
    assert "-a = 1\n+a = 2\n+b" in told("bet/records/rule.py")


# Pictures

DRAWN = {"watts": Difference(0.5, b"png")}
PAIRS = {"watts": ("<svg a/>", "<svg b/>")}


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "no pixel differs"), (0.0005, "less than 0.1 % of the pixels differ"),
     (0.001, "0.1% of the pixels differ"), (0.123, "12.3% of the pixels differ")],
)  # fmt: skip
def test_the_share_of_pixels_is_told(share, told):
    assert report.pixel_share(Difference(share, b"")) == told


def test_what_was_not_drawn_is_told():
    chart = change("chart", "watts")
    assert markdown(chart, pictures=PAIRS)[-1] == report.NOT_DRAWN
    assert report.NOT_DRAWN not in markdown(chart)
    told = markdown(chart, pictures=PAIRS | {"kilos": ("", "<svg/>")}, pixels={})
    assert told[-1] == "Pixels of 1 chart were not compared: out of time."
    drawn = markdown(chart, pictures=PAIRS, pixels=DRAWN)
    assert drawn[-1].endswith("| So.; 50.0% of the pixels differ |")
    assert "pixels" not in markdown(change("data", "watts"), pixels=DRAWN)[-1]


# The page


def page(*changes, pixels=None, site="", **parts):
    return report_page.page(Review(list(changes), **parts), ("a & b", "head"), pixels, site)


def body(told):
    return told.split("<body>\n")[1].split("\n</body>")[0].split("\n")


def test_the_page_of_a_verdict():
    assert body(page(change(note=strong("none")), change(what="b<", page="", explained=False))) == [
        "<h1>2 conclusions change, 1 without a history entry</h1>",
        "<p>a &amp; b → head.</p>",
        "<p>Pages touched: p.</p>",
        "<section><h2>Verdicts <small>2</small></h2><table><thead><tr><th scope='col'>Claim</th>"
        "<th scope='col'>Before</th><th scope='col'>After</th><th scope='col'>Why</th></tr></thead><tbody>"
        "<tr><th scope='row'>INFRA-01</th><td>open</td><td>partly</td><td><strong>none</strong></td></tr>"
        "<tr class=silent><th scope='row'>b&lt;</th><td>open</td><td>partly</td><td>So.</td></tr>"
        "</tbody></table></section>",
    ]


def test_the_page_tells_notes_faults_files_and_texts():
    told = body(page(
        change("text", "cell c1", before="a\nb", after="a\nc"), change("file", "x", note="added", page=""),
        notes=[strong("Look")], faults=[FAULT], pictures=PAIRS,
    ))  # fmt: skip
    assert told[4:7] == [
        "<p><strong>Look</strong></p>",
        f"<section><h2>{report.UNJUDGED}</h2><ul><li>here: found this; expected that</li></ul></section>",
        f"<p>{report.NOT_DRAWN}</p>",
    ]
    assert "\n".join(told[7:]) == (
        "<section><h2>Text and code of the book <small>1</small></h2><h3>p, cell c1 <small>So.</small></h3>"
        "<pre><del>-b</del>\n<ins>+c</ins>\n</pre></section>\n"
        "<section><h2>Other files <small>1</small></h2><ul><li>x (added)</li></ul></section>"
    )


def test_the_page_links_what_changed():
    site = "https://a.org/"
    told = page(change(), change("number", "gap"), change("unit", "u", page=""), change("text", "c", page="q"), site=site)  # fmt: skip
    for part in ("<a href='https://a.org/book/claims.html#INFRA-01'>INFRA-01</a></th>",
                 "<a href='https://a.org/book/p.html'>gap</a><br><small>p</small></th>", "<th scope='row'>u</th>",
                 "<h3><a href='https://a.org/book/q.html'>q</a>, c ",
                 "<p>Pages touched: <a href='https://a.org/book/p.html'>p</a>, <a"):  # fmt: skip
        assert part in told
    assert "<h3>c <small>" in page(change("text", "c", page=""))


def test_the_page_shows_a_chart_before_after_and_where_it_differs():
    told = page(change("chart", "watts", before="Old", after="New"), pictures=PAIRS, pixels=DRAWN)
    captions = re.findall(r"<figcaption>(.*?)</figcaption><img (?:loading='lazy' )?alt='(.*?)'", told)  # fmt: skip
    assert captions == [("before: Old", "before"), ("after: New", "after"),
                        ("50.0% of the pixels differ", "pixels that differ")]  # fmt: skip
    assert "data:image/png;base64,cG5n'" in told
    new = page(change("chart", "watts", before="–", after="New"), pictures={"watts": ("<svg/>", "<svg/>")}, pixels={})  # fmt: skip
    assert re.findall(r"<figcaption>(.*?)<", new) == ["after: New"]
    gone = page(change("chart", "watts"), pictures={"watts": ("<svg/>", "")}, pixels={})
    assert re.findall(r"<figcaption>(.*?)<", gone) == ["before: open"]
