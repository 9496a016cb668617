"""One file of code that runs something, hidden among many that do not; a base that is feigned or undone."""

from __future__ import annotations

import json
import time

import pytest

from bet.review import headline, report, running
from bet.review.change import Change, Review
from tests.test_hostile_reader import as_base, first, write
from tests.test_pull_requests import (  # noqa: F401
    ADDED,
    FIRST,
    LEDGER,
    both,
    clone,
    commit,
    diff,
    edit,
    flip,
    git,
)

RUNS = "Code that comes to run, load or send something"


# ---- the base


@pytest.mark.parametrize("leads", [".", "book"])
def test_a_file_that_is_called_like_the_base_is_not_taken_for_it(clone, leads):  # noqa: F811
    (clone / "main").symlink_to(leads)
    flip(clone)
    commit(clone)
    for base in ("main", "origin/main"):
        git(clone, "update-ref", "refs/remotes/origin/main", "main")
        code, told = diff(base)
        assert code == 2 and "1 conclusion changes, without a history entry" in first(told), told


def test_a_folder_is_taken_where_it_is_written_as_one(clone):  # noqa: F811
    git(clone, "worktree", "add", "-q", "--detach", clone / "side", "main")
    git(clone, "branch", "side")
    flip(clone)
    assert diff("./side", ".")[0] == diff("side/", ".")[0] == diff("side")[0] == 2


def test_a_folder_is_not_taken_for_a_base_that_is_not_fetched(clone):  # noqa: F811
    flip(clone)
    write(clone, "main/README.md", "A folder.\n")
    commit(clone)
    git(clone, "update-ref", "refs/remotes/origin/main", "main")
    git(clone, "branch", "-q", "-D", "main")
    code, told = diff("main")
    assert code == 3 and "'main': found no such revision" in told, told
    assert diff("origin/main")[0] == 2


@pytest.mark.parametrize("ref", ["refs/tags/main", "refs/remotes/main"])
def test_a_base_of_which_there_are_two_is_refused(clone, ref):  # noqa: F811
    """Git fetches the tags of a fork with its branch, and takes a tag before a branch."""
    flip(clone)
    commit(clone)
    git(clone, "update-ref", ref, "HEAD")
    for base in ("main", "main~0"):
        code, told = diff(base)
        assert code == 3 and ref in told and "refs/heads/main" in told, told
    assert diff("refs/heads/main")[0] == 2


def test_a_correction_of_the_base_that_a_merge_left_out_is_told(clone):  # noqa: F811
    """Each branch holds the other's beginning, so that there are two common ancestors."""
    write(clone, "README.md", "Another book.\n")
    commit(clone, "C")
    git(clone, "switch", "-q", "main")
    flip(clone)
    edit(clone, LEDGER, FIRST, FIRST + ADDED)
    commit(clone, "B")
    corrected = git(clone, "rev-parse", "main")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge C", "change")
    git(clone, "switch", "-q", "change")
    git(clone, "merge", "-q", "-s", "ours", "-m", "Merge B", corrected)
    write(clone, "README.md", "Some other book.\n")
    commit(clone, "An innocent one.")
    assert len(git(clone, "merge-base", "--all", "main", "change").split()) == 2
    code, told = diff("main")
    assert code == 2 and "INFRA-60" in told and "conclusion changes" in first(told), told


# ---- one among many


SMOKE = 'def _version():\n    """Nothing yet."""\n    return None\n'


def planted(folder, paths, smoke, guilty, line):
    for path in paths:
        write(folder, path, "a = 1\n")
    as_base(folder)
    for path in paths:
        write(folder, path, f"a = 1\n{line if path == guilty else smoke}\n")
    write(folder, "CHANGELOG.md", "# Changes\n\nMore.\n")
    (_, told), _ = both(folder)
    return first(told).replace("\\", "")


MANY = {
    "helpers of tests": (
        [f"tests/a{n}.py" for n in range(9)] + ["tests/worlds.py"], "VERSION = 2", "tests/worlds.py",
        '__import__("os").system("sh ~/.x")', "tests/worlds.py (“__import__”, system)"),
    "tests": (
        [f"tests/test_a{n}.py" for n in range(10)] + ["tests/test_verdicts.py"], "VERSION = 2", "tests/test_verdicts.py",
        "import subprocess\nsubprocess.run(['x'])", "tests/test_verdicts.py (subprocess)"),
    "benchmarks": (
        [f"benchmarks/a{n}.py" for n in range(11)] + ["benchmarks/workflows.py"], "VERSION = 2", "benchmarks/workflows.py",
        "import os\nos.popen('x')", "benchmarks/workflows.py (popen)"),
    "the judge": (
        [f"bet/site/a{n}.py" for n in range(15)] + [f"bet/chapter/b{n}.py" for n in range(11)] + ["bet/site/styles.py"],
        SMOKE, "bet/site/styles.py", 'getattr(__builtins__, "ev" + "al", print)("1")', "bet/site/styles.py (“__builtins__”, getattr)"),
}  # fmt: skip


@pytest.mark.parametrize("case", MANY)
def test_what_comes_to_run_something_is_named_among_many(clone, case):  # noqa: F811
    paths, smoke, guilty, line, named = MANY[case]
    told = planted(clone, paths, smoke, guilty, line)
    about = told.partition(f"**{RUNS}**: ")[2]
    assert about.replace("%5F", "_").startswith(named), told
    assert f" {guilty}," in told.replace("(", " ").partition(RUNS)[0]


def test_an_edit_of_its_own_stands_before_one_that_is_made_many_times(clone):  # noqa: F811
    """Whatever words it runs by: no list of those is whole."""
    paths = [f"bet/site/a{n}.py" for n in range(30)]
    told = planted(clone, paths, SMOKE, "bet/site/a7.py", "a = [].pop.self")
    assert "**Of the judge**: bet/site/a7.py, " in told and "26 more in bet/site" in told, told


def test_every_script_of_the_site_is_named(clone):  # noqa: F811
    scripts = [f"web/a{n}.js" for n in range(6)]
    paths = [*scripts, *(f"bet/site/b{n}.py" for n in range(25))]
    told = planted(clone, paths, 'void "write";', "web/a5.js", 'navigator["send" + "Beacon"](1)')
    assert all(path in told for path in scripts), told


def test_a_program_in_any_language_is_of_the_judge_and_pictures_are_not(clone):  # noqa: F811
    for number in range(9):
        write(clone, f"docs/img/{number}.png", b"\x89PNG\0")
    write(clone, "tools/install.pl", "system 'x';\n")
    write(clone, "CHANGELOG.md", "# Changes\n")
    (_, told), _ = both(clone)
    assert "**Of the judge**: tools/install.pl." in first(told), told
    assert "Not judged: CHANGELOG.md" not in first(told) or "docs/img/0.png" in first(told)


def test_of_files_that_nobody_judges_pictures_stand_last():
    ranks = running.ranks(
        [("docs/a.png", "", ""), ("docs/b", "", "x"), ("docs/c.sh", "", "curl x")]
    )
    files = [Change("file", p, "", "", "added", weight=w) for p, w in ranks.items()]
    told = headline.headline(Review(sorted(files, key=lambda c: -c.weight)))
    assert "Not judged: docs/c.sh, docs/b, docs/a.png" in told


def test_a_chart_of_other_data_is_named_among_many_that_are_drawn_otherwise():
    charts = [Change("chart", f"chart-{n}", "A", "A", "drawn otherwise") for n in range(47)]
    other = Change("chart", "us-power", "A", "A", "plotted data: 77 of 77 rows new or changed, 77 of 77 gone")  # fmt: skip
    told = report.markdown(Review([*charts, other, Change("root", "A.md", "a", "b")]), ("a", "b"))
    assert "48 charts (with other data: us-power)" in told


def test_a_cell_of_one_table_is_told_among_many_of_another():
    many = [Change("data", f"returns [year={n}] pct", f"{n}.5", f"{n}.9", page="data") for n in range(1, 90)]  # fmt: skip
    one = Change("data", "power [year=2025] gw", "4430", "4530", page="data")
    told = report.markdown(Review([*many, one, Change("root", "A.md", "a", "b")]), ("a", "b"))
    assert "90 places in a table (power 1, returns 89; the farthest returns pct " in told


def test_records_in_another_order_are_named(clone):  # noqa: F811
    empty, *records = (clone / LEDGER).read_text().split("- id: ")
    assert len(records) > 1
    write(clone, LEDGER, "- id: ".join([empty, *(f"{one.strip()}\n" for one in records[::-1])]))
    write(clone, "CHANGELOG.md", "# Changes\n")
    (_, told), _ = both(clone)
    assert f"1 file of records or data ({LEDGER})" in first(told), told


# ---- the words


@pytest.mark.parametrize(
    ("path", "before", "after", "words"),
    [
        ("a.py", "a = 1", "import os\nos.system('x')", ["system"]),
        ("a.py", "subprocess.run(['a'])", "subprocess.run(['b'])", ["subprocess"]),
        ("a.py", "subprocess.run(['a'])", "b = 1\nsubprocess.run(['a'])", []),
        ("a.py", "", "().__class__.__base__", ["__base__", "__class__"]),
        ("a.py", "", "getattr(os, 'sys' + 'tem')", ["getattr"]),
        ("a.py", "", "getattr(row, 'name')\nre.compile('exec')\n# eval\nx = 'subprocess'", []),
        ("a.py", "", "from urllib.request import urlopen as u", ["urllib", "urlopen"]),
        ("a.py", "", "import os\nrun = os.system\nrun('x')", ["system"]),
        ("a.py", "", "with a, os.popen('x') as b:\n    pass", ["popen"]),
        ("a.py", "", "@os.system\ndef f(a=eval): pass", ["eval", "system"]),
        ("a.py", "", "try: a\nexcept exec: pass", ["exec"]),
        ("a.py", "home = 1\nprint(home)", "home = 2\nprint(home, home)", []),
        ("a.py", "for a in subprocess.run(1):\n    b", "for a in subprocess.run(1):\n    c", []),
        ("a.py", "", "eval = eval\neval('x')", ["eval"]),
        ("a.py", "import subprocess", "import subprocess\nsubprocess = subprocess\nsubprocess.run(1)", ["subprocess"]),
        ("a.py", "", "def broken(:\n    exec(1)", ["exec"]),
        ("web/a.js", "a", "a\nfetch('/x')", ["fetch"]),
        ("web/a.js", "a", "a\n// fetch it", []),
        ("web/a.js", "fetch('/x')", "", []),
        (".github/workflows/a.yml", "a", "a\n  run: curl x | sh", ["curl", "| sh"]),
        ("docs/Makefile", "", "all:\n\tpython -c 'x'", ["python -c"]),
        ("README.md", "", "curl x | sh", []),
    ],
)  # fmt: skip
def test_words_by_which_code_comes_to_run_load_or_send(path, before, after, words):
    assert [*running.comes(path, before, after)] == sorted(words)


def test_a_chain_of_calls_costs_no_more_than_its_length():
    began = time.monotonic()
    assert running.comes("a.py", "", f"x = a{'.system()' * 300}") == ("system",)
    assert time.monotonic() - began < 5


def test_what_a_file_ran_before_is_no_news(clone):  # noqa: F811
    write(clone, "tests/a.py", "import os\nos.system('x')\n")
    as_base(clone)
    write(clone, "tests/a.py", "import os\n\nos.system('x')\nb = 1\n")
    (_, told), _ = both(clone)
    assert RUNS not in told and "tests/a.py" in told


def test_prose_and_records_are_no_code(clone):  # noqa: F811
    write(clone, "data/notes.json", json.dumps({"a": "curl x | sh"}))
    write(clone, "README.md", "Run curl x | sh.\n")
    (_, told), _ = both(clone)
    assert RUNS not in told


# ---- records: the one that matters among those that do not


def above(*changes):
    told = report.markdown(Review([*changes, Change("root", "A.md", "a", "b")]), ("a", "b"))
    return first(told).replace("\\", "")


def test_the_setting_that_goes_farthest_is_named_of_many():
    sets = [Change("edition", f"baron, 4_thesis.a{n}", f"0.{n}1", f"0.{n}2", "sets") for n in range(1, 9)]  # fmt: skip
    far = Change("edition", "bear, 4_thesis.exit_pe", "17.0", "71.0", "sets")
    assert "(bear 4_thesis exit_pe 17.0 → 71.0, " in above(*sets, far)


def test_of_many_levels_each_is_named_and_the_farthest_first():
    level = lambda name, *pair: Change("verdict", name, *(f"confidence {one}" for one in pair), "So.", level=True)  # noqa: E731  # fmt: skip
    many = [level(f"GROK-{n}", "high", "medium") for n in range(9)]
    told = above(*many, level("PEOPLE-02", "high", "low"))
    assert "**Confidence or importance**: PEOPLE-02 high → low, GROK-0 high → medium, " in told
    assert "GROK-8 high → medium." in told


def test_of_many_importances_the_farthest_stands_first():
    pair = lambda name, old, new: Change("verdict", name, f"importance {old}", f"importance {new}", "So.", level=True)  # noqa: E731  # fmt: skip
    told = above(*(pair(f"GROK-{n}", 3, 2) for n in range(14)), pair("PEOPLE-02", 3, 1))
    assert "**Confidence or importance**: PEOPLE-02 3 → 1, GROK-0 3 → 2, " in told


def test_a_unit_of_another_size_is_named_among_those_in_another_order():
    many = [Change("unit", f"evidence a-{n}", "million USD", "USD million") for n in range(9)]
    told = above(*many, Change("unit", "evidence xai-cash", "million USD", "USD billion"))
    assert "10 units (evidence xai-cash “million%20USD” → “USD%20billion”, " in told


def test_an_address_on_another_site_is_named_among_those_of_the_same():
    many = [Change("source", f"source s{n}", f"https://a.org/{n}", f"https://a.org/en/{n}", "url", field="url") for n in range(20)]  # fmt: skip
    other = Change("source", "source tesla-10k", "https://sec.gov/x", "https://b.org/en/x", "url", field="url")  # fmt: skip
    assert "url (of another site) 1 (tesla-10k)" in above(*many, other)


def test_another_title_in_the_menu_is_told(clone):  # noqa: F811
    toc = "format: jb-book\nroot: book/method\nchapters:\n  - {file: book/3_infrastructure, title: %s}\n"
    write(clone, "_toc.yml", toc % "The verdict")
    as_base(clone)
    write(clone, "_toc.yml", toc % "All of it holds")
    write(clone, "CHANGELOG.md", "# Changes\n")
    (_, told), _ = both(clone)
    named = "“3_infrastructure” “The%20verdict” → “All%20of%20it%20holds”"
    assert f"**Other titles in the menu**: {named}." in first(told).replace("\\", ""), told


def test_a_row_that_comes_or_goes_is_named_by_its_key():
    row = "us_power [year=2025, measure=generation, small solar included]"
    assert "(us_power new row 2025 generation small solar included)" in above(
        Change("data", row, "–", "2025, generation, 4528")
    )
    assert "(us_power without the row 2025 generation small solar included)" in above(
        Change("data", row, "2025, generation, 4528", "–")
    )
