"""One file of code that runs something, hidden among many that do not; a base that is feigned or undone."""

from __future__ import annotations

import ast
import json
import re
import time

import nbformat
import pytest

from bet.review import (
    commands,
    guards,
    headline,
    moves,
    names,
    notebooks,
    report,
    running,
    sameness,
    sides,
    snapshot,
    source_diff,
    steps,
    wording,
)
from bet.review import renamed as renamed_records
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
    assert re.search(rf" {guilty}[,.]", told.replace("(", " ").partition(RUNS)[0])


def test_an_edit_of_its_own_stands_before_one_that_is_made_many_times(clone):  # noqa: F811
    """Whatever words it runs by: no list of those is whole."""
    paths = [f"bet/site/a{n}.py" for n in range(30)]
    told = planted(clone, paths, SMOKE, "bet/site/a7.py", "a = [].pop.self")
    assert "**Of the judge**: bet/site/a7.py. " in told and "25 more in bet/site" in told, told


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
    assert (
        "90 places in a table (power gw 4430 → 4530, returns pct 89; the farthest returns pct "
        in told
    )


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
        ("web/a.js", "const a = fetch('/x')", "let a = fetch('/x')", []),
        ("web/a.js", "const a = fetch('/x')", "let a = fetch('/y')", ["fetch"]),
        ("web/a.js", "fetch('/x')", "fetch('/x')\nfetch('/x')", ["fetch"]),
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


# ---- a rename through all the code, and what else changes in one file of it


def renamed(folder, paths, line, other):
    """Every file calls a helper by another name; in the last of them one more line is another one."""
    for path in paths:
        write(
            folder,
            path,
            f"from a import some\n\n\ndef test_a(told):\n    {line}\n    return some(told)\n",
        )
    as_base(folder)
    for path in paths:
        said = (other if path == paths[-1] else line).replace("some(", "listed(")
        write(
            folder,
            path,
            f"from a import listed\n\n\ndef test_a(told):\n    {said}\n    return listed(told)\n",
        )
    (_, told), _ = both(folder)
    return first(told).replace("\\", "")


def test_a_rename_hides_no_other_edit(clone):  # noqa: F811
    paths = [f"bet/site/a{n}.py" for n in range(30)]
    told = renamed(clone, paths, "assert told > 1, some", "assert told < 1, some")
    assert "**Of the judge**: bet/site/a29.py. " in told and "25 more in bet/site" in told, told


def test_a_rename_hides_no_assertion_that_holds_nothing(clone):  # noqa: F811
    paths = [f"tests/test_a{n}.py" for n in range(10, 40)]
    told = renamed(clone, paths, "assert some(told) == 1", "assert some(told) == 1 or told")
    assert "1 assertion gone or written otherwise (test_a39 1), " in told, told
    assert "1 more way for an assertion to hold whatever it asks (test_a39 1)" in told, told


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("some(a)", "listed(a)", {"some": "listed"}),
        ("print(a)", "listed(a)", {}),  # a word of Python's own
        ("f(1e12)", "f(1e11)", {}),  # another number is another meaning
        ("f(a, b)", "f(b, a)", {}),  # a name that the file had already
        ("f(not a)", "f(a)", {}),
        ("some(a, 'some more')", "listed(a, 'listed more')", {"some": "listed"}),
    ],
)
def test_which_words_are_names_that_many_files_replace(before, after, found):
    assert names.replaced([(before, after)] * names.MANY) == found
    assert names.replaced([(before, after)] * (names.MANY - 1)) == {}


def test_a_name_that_a_file_had_is_no_other_name_for_it():
    known = {"some": "listed"}
    assert names.put("some(listed)", "listed(listed)", known) == "some(listed)"
    assert names.put("some(a)", "listed(a)", known) == "listed(a)"
    assert names.put("some(a)", "some(a, b)", known) == "some(a)"  # where it has not been replaced


@pytest.mark.parametrize(
    ("asked", "count"),
    [("a == 1", 0), ("a == 1 or b", 1), ("True", 1), ("(a == 1, 'why')", 1), ("a == a", 1), ("a and not b", 0), ("a or b or c", 2)],
)  # fmt: skip
def test_what_lets_an_assertion_hold(asked, count):
    assert guards._excuses(ast.parse(asked, mode="eval").body) == count


def test_a_file_that_moves_is_compared_with_what_it_was(clone):  # noqa: F811
    lines = "\n".join(f"a{n} = {n}" for n in range(30))
    write(clone, "bet/review/old.py", f"import subprocess\n{lines}\n")
    as_base(clone)
    (clone / "bet/review/old.py").unlink()
    write(clone, "bet/review/new.py", f"import subprocess\n{lines}\nb = eval\n")
    (_, told), _ = both(clone)
    assert "(moved from bet/review/old.py)" in told and "-a7 = 7" not in told, told
    assert f"**{RUNS}**: bet/review/new.py (eval)." in first(told), told


# ---- a folder that moves, and what else changes in one file of it


FOLDED = """from __future__ import annotations

from bet.records import rule
from bet.site import build, finish


def told(given):
    pages = [build.page(one) for one in given]
    return finish.put(pages) if len(pages) {} 3 else rule.WITHIN
"""


@pytest.fixture
def folder_moved(clone):  # noqa: F811
    """Thirty files of `bet/site`, a template and two readers, all moved to `bet/pages` with their imports."""
    paths = [f"bet/site/a{n}.py" for n in range(30)]
    others = {
        "bet/site/templates/banner.html": "<p>An edition.</p>\n",
        "bet/cli.py": "from bet.site.build import page\n",
        "pyproject.toml": "[tool.x]\nfiles = ['bet/site/templates/*']\nname = 'bet.site'\n",
        "tests/test_a.py": "from bet.site import build\n\n\ndef test_a():\n    assert build.place == 'bet/site'\n",
    }
    for path, text in {**dict.fromkeys(paths, FOLDED.format(">")), **others}.items():
        write(clone, path, text)
    as_base(clone)
    git(clone, "mv", "bet/site", "bet/pages")
    for path in (*clone.glob("bet/pages/*.py"), *map(clone.joinpath, ("bet/cli.py", "pyproject.toml", "tests/test_a.py"))):  # fmt: skip
        text = path.read_text().replace("bet.site", "bet.pages").replace("bet/site", "bet/pages")
        lines = ["from bet.records import rule\n", "from bet.pages import build, finish\n"]
        path.write_text(text.replace("".join(lines), "".join(reversed(lines))))
    return clone


ALIKE = "**Of the judge by an edit that many files share, or moved, explained or called otherwise**"


def test_a_folder_that_moves_hides_no_other_edit(folder_moved):
    evil = folder_moved / "bet/pages/a7.py"
    evil.write_text(evil.read_text().replace("> 3", "< 3"))
    (_, told), _ = both(folder_moved)
    lines = first(told).replace("\\", "")
    assert f"**Of the judge**: bet/pages/a7.py. {ALIKE}: " in lines, told
    assert "bet/site" not in lines and "assertion" not in lines, told
    assert "25 more in bet/pages, bet/pages/templates/banner.html.\n" in lines, told
    assert "bet/pages/a7.py (moved from bet/site/a7.py): 4 lines" in told, told
    assert "Not judged" not in lines, told  # as if what stood there before were gone


def test_a_folder_that_moves_alone_is_nobody_s_own_edit(folder_moved):
    (_, told), _ = both(folder_moved)
    assert "**Of the judge**: pyproject.toml, bet/cli.py, " in first(told), told
    assert "Code that comes" not in told and "Tests**" not in told, told


def test_a_name_of_a_folder_is_kept_where_something_is_left_in_it(folder_moved):
    write(folder_moved, "bet/site/rest.py", "a = 1\n")
    (_, told), _ = both(folder_moved)
    assert f"**Of the judge**: pyproject.toml, bet/cli.py, bet/site/rest.py. {ALIKE}" in first(told), told  # fmt: skip
    assert "1 assertion gone or written otherwise (test_a 1)" in first(told), told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from bet.site import a; import bet.site", "from bet.pages import a; import bet.pages"),
        ("bet/site/a.py 'bet/site' bet.site.a", "bet/pages/a.py 'bet/pages' bet.pages.a"),
        ("my/bet/site bet.sites bet/site-map a.bet.site", None),
        ("bet site bet_site", None),
    ],
)
def test_how_a_folder_is_called(text, found):
    assert moves.renamed(text, {"bet/site": "bet/pages"}) == (found or text)


def test_a_folder_at_the_top_is_called_with_what_is_in_it():
    assert moves.renamed("web/a.js web a.web/", {"web": "site/js"}) == "site/js/a.js web a.web/"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("import a\nimport b\na()", "import b\nimport a\na()", True),
        ("from a import f\nfrom b import f\n", "from b import f\nfrom a import f\n", False),
        ("from a import *\nfrom b import f\n", "from b import f\nfrom a import *\n", False),
        ("import a\na()\nimport b\n", "import b\na()\nimport a\n", False),
        ("import a\nimport b\n", "import a\nimport c\n", False),
    ],
)
def test_the_order_of_imports_is_no_meaning_unless_they_give_the_same_name(before, after, same):
    told = (source_diff.undocumented(text) for text in (before, after))
    assert (len({*told}) == 1) is same


# ---- packages, actions, styles, commands


HASHES = [f"--hash=sha256:{sign * 64}" for sign in "abc"]
PINNED = f"jinja2==3.1.6 \\\n    {HASHES[0]} \\\n    {HASHES[1]}\n    # via sphinx\n"
STEP = "      - uses: actions/checkout@{} # {}\n"


@pytest.mark.parametrize(
    ("path", "before", "after", "told"),
    [
        ("requirements.txt", PINNED, PINNED.replace("3.1.6", "3.1.7"), ""),
        ("requirements.txt", PINNED, PINNED.replace("3.1.6", "3.1.10").replace("a" * 64, "d" * 64), ""),
        ("requirements.txt", PINNED, PINNED + f"certifl==1.0 {HASHES[2]}\n", "new: certifl"),
        ("requirements.txt", PINNED, PINNED.replace("3.1.6", "2.9"), "older: jinja2 3.1.6 → 2.9"),
        ("requirements.txt", PINNED, PINNED.replace(HASHES[1], HASHES[2]), "other files of the same version: jinja2"),
        ("requirements.txt", PINNED, "jinja2==3.1.7\n", "no longer held by a hash: jinja2"),
        ("requirements.txt", PINNED, PINNED + "--pre\n", "new: “--pre”"),
        ("requirements.txt", PINNED, f"jinja2 @ https://a.b/c.whl {HASHES[0]}\n", "new: “jinja2%20%40"),
        ("binder/requirements.txt", "-r ../requirements.txt\n", "-r ../requirements.txt\nhelper==1\n", "new: helper"),
        ("pyproject.toml", '[project.scripts]\nbet = "a"\n', '[project.scripts]\nbet = "a"\npytest = "a"\n', "new: “command%20pytest”"),
        ("pyproject.toml", '[project]\ndependencies = ["a"]\n', '[project]\ndependencies = ["a", "b[c]>1"]\n', "new: b"),
        (".github/workflows/a.yml", STEP.format("a" * 40, "v7"), STEP.format("b" * 40, "v8"), ""),
        (".github/workflows/a.yml", STEP.format("a" * 40, "v7"), STEP.format("b" * 40, "v7"),
         "other files of the same version: “actions/checkout”"),
        (".github/workflows/a.yml", STEP.format("a" * 40, "v7"), STEP.format("main", "v8"),
         "no longer held by a hash: “actions/checkout”"),
        (".github/workflows/a.yml", STEP.format("a" * 40, "v7"), STEP.format("b" * 40, "").replace(" # ", ""),
         "other files of the same version: “actions/checkout”"),
        (".github/workflows/a.yml", STEP.format("a" * 40, "v7"), STEP.format("a" * 40, "v7").replace("actions", "actlons"),
         "new: “actlons/checkout”"),
    ],
)  # fmt: skip
def test_packages_and_actions_are_told_by_what_is_new_or_falls(clone, path, before, after, told):  # noqa: F811
    write(clone, path, before)
    as_base(clone)
    write(clone, path, after)
    (_, report), _ = both(clone)
    about = first(report).replace("\\", "").partition("**Packages and actions**: ")[2]
    assert about.startswith(told) if told else not about, report


@pytest.mark.parametrize(
    ("path", "before", "after", "told"),
    [
        ("web/a.css", "a {color: red}", "a {color: red}\nb::after {content: 'right'}", "say or hide something**: web/a.css (content)"),
        ("web/a.css", "a {color: red}", "a {color: blue}\n/* display: none */", ""),
        ("Makefile", "a:\n\tb\n", "a:\n\tb || true\n", "leave something out**: Makefile (“%7C%7C%20true”)"),
        ("pyproject.toml", "[a]\n", "[a]\naddopts = ''\n", "leave something out**: pyproject.toml (addopts)"),
        (".github/workflows/a.yml", "a: 1\n", "a: 1\nb:\n  continue-on-error: true\n", "leave something out**: .github/workflows/a.yml (continue-on-error)"),
        (".github/workflows/a.yml", "a: 1\n", "a: 1\n# continue-on-error\n", ""),
    ],
)  # fmt: skip
def test_styles_that_hide_and_commands_that_may_fail_are_named(clone, path, before, after, told):  # noqa: F811
    write(clone, path, before)
    as_base(clone)
    write(clone, path, after)
    (_, report), _ = both(clone)
    about = first(report).replace("\\", "")
    assert told in about if told else "something**" not in about, report


# ---- the one that matters among many others of its field


def fact(name, before, after, field="fact"):
    return Change("source", f"evidence {name}", before, after, field, field=field)


COMMAS = [fact(f"f{n}", f"The number {w}, is so.", f"The number {w} is so.") for n, w in enumerate("abcdefghijklmnopqrst")]  # fmt: skip


def test_a_word_for_another_stands_before_many_commas():
    told = above(
        *COMMAS,
        fact("compute-origin-5", "It cost as much in a month.", "It cost as much in a decade."),
    )
    assert "fact 21 (compute-origin-5 month → decade, " in told


def test_an_edit_of_its_own_stands_before_one_that_weighs_and_is_made_many_times():
    many = [
        fact(f"f{n}", f"In 2024 the number {n} was so.", f"In 2025 the number {n} was so.")
        for n in range(20)
    ]
    told = above(*many, fact("x", "He told the heirs so.", "He told the clients so."))
    assert "fact 21 (x heirs → clients, " in told


def test_alike_edits_of_many_records_are_counted():
    many = [fact(f"f{n}", "It was so in May.", "It was so in June.") for n in range(20)]
    assert "fact 20." in above(*many)


def test_of_titles_those_of_other_words_stand_before_those_with_another_sign():
    many = [
        Change("chart", f"c{n}", f"So it is {w}", f"So it is {w}.", "title")
        for n, w in enumerate("abcdefghi")
    ]
    told = above(*many, Change("chart", "us-power", "Power rose", "Power fell", "title"))
    assert "(of another title, new or gone: us-power, " in told


def test_a_picture_with_other_words_is_named_among_many_that_are_drawn_otherwise():
    many = [Change("chart", f"c{n}", "A", "A", "same data, drawn differently") for n in range(30)]
    one = Change(
        "chart", "us-power", "A", "A", f"same data, drawn differently; {notebooks.RELETTERED}"
    )
    assert "31 charts (of other words in the picture: us-power)" in above(*many, one)


def letters(word):
    return "".join(f'<use xlink:href="#SourceSansPro-Regular-{ord(sign):x}"/>' for sign in word)


def test_letters_of_a_picture_are_read_by_their_outlines():
    charts = [
        {"svg": f'<svg stroke="{n}">{letters(word)}</svg>'}
        for n, word in enumerate(("gain", "gain", "loss"))
    ]
    read = [notebooks._letters(chart) for chart in charts]
    assert read[0] == read[1] != read[2] and len(read[0]) == 4


def test_of_charts_with_other_data_those_that_go_farthest_stand_first():
    many = [
        Change("chart", f"c{n}", "A", "A", "plotted data: 1 of 2", far=0.001) for n in range(30)
    ]
    told = above(*many, Change("chart", "us-power", "A", "A", "plotted data: 2 of 2", far=0.4))
    assert "31 charts (with other data: us-power, " in told


@pytest.mark.parametrize(
    ("old", "new", "far"),
    [
        ([["a", 10.04], ["b", 5]], [["a", 10], ["b", 5]], 0.04 / 10.04),
        ([["a", 10], ["b", 5]], [["a", 5], ["b", 10]], 0.5),
        ([["gain", 10]], [["loss", 10]], 1),
        ([["a", 1]], [["a", 1], ["b", 1]], 1),
        ([{"x": 1}], [{"x": 1}], 0),
    ],
)
def test_how_far_the_data_of_a_chart_go(old, new, far):
    assert notebooks._farthest(old, new) == pytest.approx(far)


def test_among_numbers_that_are_rounded_the_other_number_is_named():
    rows = [Change("data", f"prices [day={n}] close", f"{n}.4431", f"{n}.4", "close") for n in range(1, 40)]  # fmt: skip
    far = Change("data", "prices [day=50] close", "430.17", "438.8", "close")
    assert "the farthest prices close 1.4431 → 1.4, prices close 430.17 → 438.8)" in above(*rows, far)  # fmt: skip


def test_among_words_that_are_recoded_the_one_that_is_recoded_otherwise_is_named():
    codes = {"high": "sure", "low": "doubtful", "medium": "fair"}
    rows = [Change("data", f"promises [id={n}] confidence", one, codes[one], "confidence") for n, one in enumerate([*codes] * 27)]  # fmt: skip
    other = Change("data", "promises [id=90] confidence", "low", "sure", "confidence")
    assert "; the farthest promises confidence low → sure, " in above(*rows, other)


def by(factor, digits, count=20):
    return [Change("data", f"t [a={n}] b", str(float(n)), f"{n * factor:.{digits}f}") for n in range(3, 3 + count)]  # fmt: skip


@pytest.mark.parametrize(
    ("many", "before", "after", "unlike"),
    [
        (by(0.001, 6), "5699.0", "9.118", True),
        (by(0.001, 6), "5699.0", "5.699", False),
        (by(0.001, 3), "5699.0", "5.7", False),  # rounded too
        (by(0.001, 3), "5699.0", "5.8", True),
        (by(1000, 0), "1.5", "1500", False),
        (by(1000, 0), "1.5", "1600", True),
        (by(1.0, 2), "430.17", "430.2", False),
        (by(1.0, 2), "430.17", "438.8", True),
        (by(1.0, 2), "2025-11-14", "2025-11-15", False),
        (by(1000, 0, 4), "1.5", "1600", False),  # too few to be many
        (by(0.001, 6) + by(1e-6, 9, 7), "12.0", "0.024", True),  # two sizes at once
        (by(0.001, 6) + by(1e-6, 9, 7), "12.0", "0.000012", False),
    ],
)
def test_a_number_that_changes_by_another_factor_than_many_do(many, before, after, unlike):
    other = Change("data", "t [a=x] c", before, after)
    assert steps.unlike([*many, other]) == [other] * unlike


def test_rows_under_other_keys_are_compared_with_what_they_were(clone):  # noqa: F811
    columns = {name: {"description": "it"} for name in ("id", "kept", "what")}
    about = {"title": "Promises", "key": ["id"], "columns": columns}
    table = "id,kept,what\n" + "".join(f"p{n},met {n},thing {n}\n" for n in range(20))
    write(clone, "data/tables/promises.yml", json.dumps(about))
    write(clone, "data/tables/promises.csv", table)
    as_base(clone)
    other = table.replace("\np", "\nP").replace("met 7", "missed 7")
    write(clone, "data/tables/promises.csv", other)
    (_, told), _ = both(clone)
    assert "promises kept “met_7” → “missed_7”" in first(told), told
    assert "rows gone" not in told, told


def test_few_rows_that_come_and_go_are_no_rows_under_other_keys():
    rows = {(str(n),): {"year": str(n), "of": "US", "power": f"{n}.5"} for n in range(2000, 2010)}
    about = {"key": ["year"], "columns": {}}
    later = {(str(n),): {"year": str(n), "of": "US", "power": f"{n}.5"} for n in range(2006, 2016)}
    old, new = snapshot.Table(about, rows), snapshot.Table(about, later)
    assert renamed_records._rekeyed(old, new) == old


FACTS = """- id: own-part
  as_of: 2025-11-14
  numbers: [usd(low), usd(high), usd(cap)]
- id: firm-gain
  as_of: 2025-11-14
  numbers: [usd(total)]
"""


def test_a_fact_of_pages_is_told_by_its_field(clone):  # noqa: F811
    write(clone, "data/facts.yml", FACTS)
    as_base(clone)
    other = FACTS.replace("usd(high), usd(cap)", "usd(cap), usd(high)").replace("2025-11-14", "'2025-11-14'")  # fmt: skip
    write(clone, "data/facts.yml", other)
    (_, told), _ = both(clone)
    assert "data/facts.yml (own-part numbers, pages are made from it): “usd(low); usd(high); usd(cap)” → “usd(low); usd(cap); usd(high)”" in told, told  # fmt: skip
    write(clone, "README.md", "# Another\n")
    (_, told), _ = both(clone)
    assert "1 piece of text or code (data/facts.yml own-part numbers)" in first(told), told


LOOKED = [
    {"date": "2026-11-25", "verdict": "open", "why": "First judgement."},
    {"date": "2026-11-30", "verdict": "partly", "why": "A second source."},
    {"date": "2026-11-30", "verdict": "partly", "why": "A third source."},
]
AGAIN = {"date": "2026-11-30", "verdict": "partly", "why": "Read again."}


@pytest.mark.parametrize(
    ("now", "added", "touched"),
    [
        ([*LOOKED, AGAIN], 1, False),
        ([*LOOKED[:2], AGAIN, LOOKED[2]], 1, False),  # among entries of that day
        ([LOOKED[0], AGAIN, *LOOKED[1:]], 1, False),
        ([LOOKED[0], dict(AGAIN, verdict="open"), *LOOKED[1:]], 1, True),
        ([AGAIN, *LOOKED], 1, True),
        ([LOOKED[0], LOOKED[2], LOOKED[1]], 0, True),
        ([LOOKED[0], LOOKED[2], AGAIN], 0, True),
        (LOOKED[:2], 0, True),
        ([], 0, True),
    ],
)
def test_which_entry_of_a_history_touches_an_earlier_one(now, added, touched):
    base, head = (snapshot.Snapshot(claims={"A-1": {"history": told}}) for told in (LOOKED, now))
    entries, rewritten = sides.history(base, head, "A-1")
    assert (len(entries), rewritten) == (added, touched)


def test_what_charts_and_cells_call_a_renamed_source_is_no_change():
    cell = nbformat.v4.new_code_cell("draw(sources=['meter-2025', 'other-2025'], note='meter-2025b')")  # fmt: skip
    book = nbformat.v4.new_notebook(cells=[cell])
    chart = {"record": {"sources": ["meter-2025", "other-2025"]}, "notebook": "0_stake"}
    source = {"publisher": "A", "title": "B", "url": "https://a.org"}
    base = snapshot.Snapshot(sources={"meter-2025": source}, charts={"power": chart}, notebooks={"0_stake": book})  # fmt: skip
    record = {"sources": ["metre-2025", "other-2025"]}
    head = snapshot.Snapshot(sources={"metre-2025": source}, charts={"power": dict(chart, record=record)})  # fmt: skip
    pairs = [*renamed_records.found(base, head)]
    now = renamed_records.under_new_names(base, head, pairs)
    assert now.charts["power"]["record"] == record
    assert now.notebooks["0_stake"].cells[0].source == "draw(sources=['metre-2025', 'other-2025'], note='meter-2025b')"  # fmt: skip


def test_names_in_each_others_place_are_no_edit_that_is_made_many_times():
    told = "In part. So it is that {} had the idea, {} proposed the name {}."
    many = [
        Change("grounds", f"A-{n}", told.format("Musk", "he", n), told.format("Musk", "he", n).replace("In part", "Partly"), "reason", field="reason")
        for n in range(40)
    ]  # fmt: skip
    one = Change("grounds", "B-1", told.format("Altman", "Musk", 50), told.format("Musk", "Altman", 50).replace("In part", "Partly"), "reason", field="reason")  # fmt: skip
    assert "40 times the same edit**: B-1." in above(*many, one)
    assert "reason 41 (B-1 Altman → Musk, A-" in above(*many, one)


def test_the_words_of_a_slight_reason_are_shown():
    reasons = [Change("grounds", f"A-{n}", f"The firm {n} so held.", f"The firm {n}, so held.", "reason", field="reason") for n in range(30)]  # fmt: skip
    one = Change("grounds", "B-1", "They were its founders.", "They were its funders.", "reason", field="reason")  # fmt: skip
    assert "reason (a word or two) 31 (B-1 founders → funders, " in above(*reasons, one)


def test_days_that_move_what_was_known_are_named():
    told = above(
        Change("clock", "evidence grok-size-45", "2025-12-20", "2025-11-20", "was not public then")
    )
    assert "1 date that moves what was known when (grok-size-45)" in told


def test_a_unit_of_another_size_stands_before_those_of_other_words():
    many = [Change("unit", f"evidence f{n}", "USD", "US dollars") for n in range(20)]
    told = above(*many, Change("unit", "evidence capex", "USD billion", "USD million"))
    assert "21 units (evidence capex “USD%20billion” → “USD%20million”, " in told


def test_a_cell_that_differs_behind_many_signs_is_shown_where_it_does():
    same = "Tesla closes on the last trading day of the year below its price of today, as the exchange tells it, in "
    told = above(
        Change("data", "forecasts [forecast=F03] question", f"The {same}2030", f"{same}2034")
    )
    assert "(forecasts question 2030 → 2034)" in told


def test_rows_that_go_are_named_among_many_that_come():
    many = [
        Change("data", f"ai_sites [site=S{n}, date=2025]", "–", f"S{n}, 2025, 5") for n in range(40)
    ]
    told = above(*many, Change("data", "baron_statements [statement=B2020c]", "B2020c, sold", "–"))
    assert "(baron_statements without the row B2020c, ai_sites new rows 40: S" in told


def test_a_day_far_off_stands_before_days_that_move_a_little():
    many = [
        Change("data", f"p [id={n}] followed_to", f"2026-06-{n:02}", f"2026-07-{n:02}")
        for n in range(1, 27)
    ]
    told = above(*many, Change("data", "p [id=x] followed_to", "2026-06-01", "2019-06-01"))
    assert "; the farthest p followed_to 2026-06-01 → 2019-06-01)" in told


@pytest.mark.parametrize(
    ("before", "after", "weighs"),
    [
        ("We do have one.", "We do n*o*t have one.", True),
        ("We do have one.", "We do n&#111;t have one.", True),
        ("We do have one.", "We do n\u00adot have one.", True),
        ("It took ten years.", "It took 10 years.", False),
        ("It took ten years.", "It took 11 years.", True),
        ("La bonne pente.", "La mauvaise pente.", True),
        ("It costs so much a month.", "It costs so much a decade.", True),
        ("It took a year.", "It took years.", False),
        ("It moved by −12%.", "It moved by 12%.", True),
        ("It took ½ of it.", "It took ¾ of it.", True),
        ("It costs 5 per kWh.", "It costs 5 per MWh.", True),
        ("It was estimated.", "It was measured.", True),
        ("From 2024-25 on.", "From 2024–25 on.", False),
    ],
)
def test_disguised_words_weigh_and_numbers_in_words_do_not(before, after, weighs):
    assert wording.weighty(before, after) is weighs


@pytest.mark.parametrize(
    ("before", "after", "graded"),
    [
        ("It is so, he said.", "It is so he said", 0), ("It is so.", "So it is.", 1), ("He said it.", "He said it here loudly.", 2),
        ("For the heirs.", "For the clients.", 3), ("It rose.", "It fell.", 4), ("", "A word.", 2),
    ],
)  # fmt: skip
def test_how_much_a_text_says_otherwise(before, after, graded):
    assert wording.grade(before, after) == graded


def test_what_leads_to_a_renamed_source_is_no_change(clone):  # noqa: F811
    """Of two sources that are renamed, one fact leads to the other."""
    names = ("press-a", "press-b")
    source = {"publisher": "A", "title": "T", "published": "2025-11-14", "retrieved": "2026-11-20", "tier": "report",
              "origin": "o", "licence": "l"}  # fmt: skip
    for end, places in (("", (0, 1, 1)), ("-1", (0, 1, 0))):
        sources = [
            {**source, "id": f"{n}{end}", "url": f"https://{n}.org/a", "title": f"Of {n}"}
            for n in names
        ]
        facts = [{"id": f"fact-{n}", "fact": f"Fact {n}.", "as_of": "2025-11-14", "source": f"{names[place]}{end}"}
                 for n, place in enumerate(places)]  # fmt: skip
        write(clone, "data/sources.yml", json.dumps(sources))
        write(clone, "data/evidence/infrastructure.yml", json.dumps(facts))
        if not end:
            as_base(clone)
    (_, told), _ = both(clone)
    rows = [line for line in told.splitlines() if line.startswith("| evidence")]
    assert rows == ["| evidence fact-2 | press-b | press-a-1 | source |"], told


def test_a_forecast_that_is_frozen_a_second_time_is_told(clone):  # noqa: F811
    write(clone, "data/forecasts.lock", "F01 aa\nF02 bb\n")
    as_base(clone)
    write(clone, "data/forecasts.lock", "F01 aa\nF02 bb\nF01 cc\nF03 dd\n")
    (_, told), _ = both(clone)
    assert "**Frozen forecasts that are other ones now**: F01." in first(told).replace("\\", ""), (
        told
    )


def test_a_verdict_that_turns_stands_before_new_claims():
    new = [
        Change("verdict", f"INFRA-{n}", "–", "partly", "First judgement.", weight=9)
        for n in range(70, 90)
    ]
    told = above(*new, Change("verdict", "INFRA-08", "contradicted", "partly", "A new meter."))
    assert "**Verdicts that turn**: INFRA-08 contradicted → partly, INFRA-70 – → partly, " in told


def test_a_picture_that_changes_without_its_copies_is_named():
    many = [Change("chart", f"c{n}", "A", "A", "same data, drawn differently") for n in range(30)]
    one = Change(
        "chart", "what-holds", "A", "A", f"same data, drawn differently; {notebooks.ALONE}"
    )
    assert "31 charts (of another picture alone: what-holds)" in above(*many, one)


def test_new_claims_are_named():
    told = above(*(Change("claim", f"INFRA-{n}", "–", "A claim.", "new") for n in (73, 73, 74)))
    assert "2 claims new or removed (INFRA-73, INFRA-74)" in told


def said(first, second, shown):
    """Return a cell that records two numbers and shows two."""
    records = {"a": {"text": first, "value": 1}, "b": {"text": second, "value": 2}}
    data = {
        notebooks.NUMBERS_MIME: records,
        "text/markdown": f"Of all claims {shown[0]} hold and {shown[1]} fail.",
    }
    return {"outputs": [{"output_type": "display_data", "data": data, "metadata": {}}], "id": "c1"}


def test_numbers_that_stand_in_each_others_place_are_words_that_change():
    old = said("72", "27", ("72", "27"))
    assert not [*notebooks._cell_words(old, said("73", "26", ("73", "26")), "5_verdict")]
    (change,) = notebooks._cell_words(old, said("73", "26", ("26", "73")), "5_verdict")
    assert "26 hold and 73 fail" in change.after


def test_numbers_of_a_record_mean_the_same_with_more_zeros():
    read = [
        sameness._meaning("data/claims/a.yml", f"found: [{low}, 0.15]")
        for low in ("0.1", "0.10", "0.01")
    ]
    assert read[0] == read[1] != read[2]


def test_a_field_that_has_parts_is_told_by_its_part(clone):  # noqa: F811
    edit(clone, LEDGER, FIRST, f"{FIRST}\n  speech: {{by: huang, to: all}}")
    as_base(clone)
    edit(clone, LEDGER, "{by: huang, to: all}", "{by: musk, to: all, day: 2025-11-14}")
    write(clone, "CHANGELOG.md", "# Changes\n")
    (_, told), _ = both(clone)
    about = first(told).replace("\\", "")
    assert "speech by 1 (INFRA-60 huang → musk)" in about and "speech day 1 (INFRA-60)" in about, (
        told
    )


FLOW = "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@{} # v{}\n      - run: |\n          make test\n{}"


@pytest.mark.parametrize(
    ("path", "before", "after", "found"),
    [
        (".github/workflows/a.yml", FLOW.format("a" * 40, 7, ""), FLOW.format("b" * 40, 8, ""), set()),
        (".github/workflows/a.yml", FLOW.format("a", 7, ""), FLOW.format("a", 7, "          sh x # y\n"), {"sh x # y"}),
        (".github/workflows/a.yml", FLOW.format("a", 7, ""), FLOW.format("a", 7, "        env: {A: b}\n"), {"A=b"}),
        (".github/workflows/a.yml", "a: 1\nb: 1", "a: 1\nb: [", {"b: ["}),  # nothing that can be read: every line
        ("Makefile", "a:\n\tb\n", "a:\n\tc\nd = e\n", {"c"}),
        (".ci/run", "set -e\n", "set -e\n# more\n", set()),
        (".ci/run", "set -e\n", "set +e\n", {"set +e"}),
        ("tools/a.sh", "", "x", {"x"}),
        ("data/a.yml", "", "run: x", set()),
    ],
)  # fmt: skip
def test_commands_that_come(path, before, after, found):
    assert commands.come(path, before, after) == found


def test_a_command_is_named_among_many_pins_that_rise(clone):  # noqa: F811
    flows = [f".github/workflows/a{n}.yml" for n in range(8)]
    for path in flows:
        write(clone, path, FLOW.format("a" * 40, 7, ""))
    as_base(clone)
    for path in flows:
        write(
            clone,
            path,
            FLOW.format("b" * 40, 8, "          python -m http.server &\n" * (path == flows[5])),
        )
    (_, told), _ = both(clone)
    assert (
        "**Commands that come**: .github/workflows/a5.yml (“python%20-m%20http.server%20%26”)."
        in first(told).replace("\\", "")
    ), told


@pytest.mark.parametrize(
    "path",
    ["json.py", "book/conftest.py", "book/sitecustomize.py", "json/__init__.py", "tests/random.py"],
)
def test_a_file_that_shadows_a_module_is_named(clone, path):  # noqa: F811
    write(clone, path, "from os import *\n")
    write(clone, "bet/review/json.py", "a = 1\n")  # a package's own module
    (_, told), _ = both(clone)
    assert f"**New files that Python or a test run loads by their name**: {path}." in first(
        told
    ).replace("\\", ""), told


def test_the_cell_that_differs_beside_many_alike_is_named():
    many = [
        Change("text", f"cell c{n:02}", f"x = {n}", f"x = {n} # checked", "", "4_thesis")
        for n in range(20)
    ]
    told = above(*many, Change("text", "cell c99", "x = 5 * a", "x = 5 * a * 1.1", "", "4_thesis"))
    assert "**Beside 20 times the same edit**: 4_thesis c99." in told
