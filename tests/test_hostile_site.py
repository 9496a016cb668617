"""What lands on a site, what leaves it and what runs: told first, by lists of what is known to be harmless."""

from __future__ import annotations

import json

import pytest
import yaml

from bet.review import reaching, sameness
from tests.test_hostile_reader import JUDGED, MAY, NOT_HELD, as_base, first, write
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import LEDGER, NAME, book, edit, put, said

REACHES = "1 cell runs or loads what no chapter did before"
SVG = "<svg xmlns='http://www.w3.org/2000/svg'>{}</svg>"

# ---- files that a site serves, and files that no build reads


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("web/x.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'/>"),
        ("web/x.htm", "<script>x()</script>"),
        ("web/deep/x.html", "<p>All is supported.</p>"),
        ("web/x.unheard", "?"),
        ("web/x.svg", SVG.format("<script>x()</script>")),
        ("web/x.SVG", SVG.format("")),
    ],
)
def test_what_a_site_serves_as_it_is_comes_first(clone, path, content):  # noqa: F811
    write(clone, path, content)
    (code, told), (back, _) = both(clone)
    assert code == 2 and back == 0 and f"{NOT_HELD}. {JUDGED}" in told.splitlines()[1], told
    assert path in told and "served as it is" in told


@pytest.mark.parametrize(
    "path", ["web/x.css", "web/x.woff2", "web/x.svg", "web/notice.txt", "web/x.mjs"]
)
def test_scripts_styles_fonts_and_still_pictures_change_the_judge_only(clone, path):  # noqa: F811
    write(clone, path, SVG.format("<rect width='1'/>"))
    (code, told), _ = both(clone)
    assert code == 0 and NOT_HELD not in told and JUDGED in first(told)


@pytest.mark.parametrize(
    "path", ["x.xhtml", "x.htm", "x.html", "x.svg", "x.unheard", "deep/x.md", "x.MD"]
)
def test_what_no_build_reads_is_another_file(clone, path):  # noqa: F811
    write(clone, f"book/{path}", SVG.format("<script>x()</script>"))
    (code, told), _ = both(clone)
    assert code == 0 and told.splitlines()[1] == f"## No conclusion changes. Not judged: book/{path}"  # fmt: skip
    assert "(added, no page is made from it)" in told


# ---- settings of pages, notebooks and the site


META = "html_meta: {'http-equiv=refresh': '0; url=https://evil.example'}"


@pytest.mark.parametrize("place", ["page", "cell", "output", "notebook", "mystnb", "a cell", "an output"])  # fmt: skip
def test_a_setting_that_pages_read_comes_first(clone, place):  # noqa: F811
    made = book()
    front = f"---\n{META}\n---\n"
    if place == "page":
        write(clone, "book/method.md", f"{front}# Method\n\nHow we judge.\n")
    elif place == "cell":
        made.cells[0].source = f"{front}{made.cells[0].source}"
    elif place == "output":
        for kind in ("text/markdown", "text/plain"):
            made.cells[2].outputs[0]["data"][kind] = f"{front}That is so."
    elif place == "a cell":
        made.cells[3].metadata["mystnb"] = {"figure": {"caption": "All is supported."}}
    elif place == "an output":
        made.cells[3].outputs[0]["metadata"] = {"mystnb": {"image": {"width": "1px"}}}
    else:
        told = yaml.safe_load(META) if place == "notebook" else {"mystnb": {"x": 1}}
        made.metadata.update(told)
    put(clone, made)
    (code, told), (back, _) = both(clone)
    assert code == 2 and back == 0 and NOT_HELD in told.splitlines()[1], told
    assert "a setting" in told


TOC = "root: book/index\nparts:\n  - chapters:\n      - {file: book/method, title: Method}\n"
TOC += f"      - {{file: book/{NAME}, title: Machines}}\n"
EXCLUDED = "exclude_patterns: ['*.rst', {}]\n"


@pytest.fixture
def listed(clone):  # noqa: F811
    """A clone whose site has a menu of three pages."""
    write(clone, "book/index.md", "# Cover\n\nSo it is.\n")
    write(clone, "_toc.yml", TOC)
    write(clone, "_config.yml", EXCLUDED.format("tests"))
    as_base(clone)
    return clone


@pytest.mark.parametrize("way", ["unlisted", "excluded", "by a setting of Sphinx", "removed", "another root"])  # fmt: skip
def test_a_page_that_leaves_the_site_is_told_first(listed, way):
    if way == "unlisted":
        edit(listed, "_toc.yml", "      - {file: book/method, title: Method}\n", "")
    elif way == "excluded":
        write(listed, "_config.yml", EXCLUDED.format("book/m*"))
    elif way == "removed":
        (listed / "book" / "method.md").unlink()
    elif way == "another root":
        edit(listed, "_toc.yml", "book/method", "book/index")
        edit(listed, "_toc.yml", "root: book/index", f"root: book/{NAME}")
    else:
        write(listed, "_config.yml", "sphinx: {config: {exclude_patterns: ['book/me??od.md']}}\n")
    (_, told), (_, back) = both(listed)
    assert "1 page leaves the site: method" in told.splitlines()[1] and MAY in first(told)
    assert "leaves the site" not in back


def test_a_menu_in_another_order_takes_no_page_off(listed):
    lines = TOC.splitlines()
    write(listed, "_toc.yml", "\n".join([*lines[:3], lines[4], lines[3], ""]))
    (_, told), _ = both(listed)
    assert JUDGED in first(told) and "leaves the site" not in told and "title: Machines" in told


def test_settings_of_the_site_are_named_in_the_first_lines(listed):
    extra = "sphinx:\n  config: {html_extra_path: [data], myst_substitutions: {a: b}}\n"
    write(listed, "_config.yml", EXCLUDED.format("tests") + extra)
    for _, told in both(listed):
        assert JUDGED in first(told) and "html_extra_path" in first(told)
        assert "myst_substitutions" in first(told)


# ---- code that reaches out


SETUP = "import numpy as np\nimport pandas as pd\nfrom bet.numbers import pct, usd\n"
REACHING = {
    "a module under another name": "from pandas import io as z\nz.common.os.system('true')",
    "a module handed on": "k = pd\nk.io.common.os.system('true')",
    "a part of a module": "np.ctypeslib.ctypes.CDLL(None)",
    "a function of Python": "f = getattr\nf(pd, 'i' + 'o')",
    "what Python gives": "__builtins__['ev' + 'al']('1')",
    "what IPython gives": "_ih.clear()",
    "a field of a class": "().__class__.__base__.__subclasses__()",
    "a pattern": "match 3:\n    case int(__class__=c):\n        pass",
    "a template": 'book.say("{{ pd.io.common.os.getcwd() }}")',
    "a template in parts": "book.say('{' + '{ open }}')",
    "a template by another name": "tell = book.say\ntell(x)",
    "a filter of a template": "book.say(\"{{ pd | attr('i' ~ 'o') }}\")",
    "a query": "pd.DataFrame().query('@pd.io.common.os.getcwd()')",
    "a query in parts": "pd.DataFrame().query('@pd.i' + 'o')",
    "a method by its name": "pd.Series([1]).agg('to_csv', path_or_buf='x')",
    "a method by a built name": "name = 'to' + '_csv'\npd.Series([1]).agg(name, path_or_buf='x')",
    "a judge patched": "book.assess = print",
    "a class patched": "type(book).assess = print",
    "a module patched": "pd.DataFrame.sum = None",
    "a record patched": "from bet.records import rule\nrule.SCALE[0] = 'supported'",
    "another format": "pct = lambda *given: '99%'",
    "another format by import": "from bet.numbers import usd as pct",
    "another format by a loop": "for pct in [usd]:\n    pass",
    "another chapter": "book = None",
    "a module beside the notebook": "from .helper import x",
    "all of a module": "from math import *",
    "behind many imports": "\n".join(
        [*(f"import math as m{n}" for n in range(45)), "x.to_pickle('y')"]
    ),
}


def with_code(folder, source):
    made = book()
    made.cells[1].source = f"{SETUP}{source}"
    put(folder, made)


@pytest.mark.parametrize("case", REACHING)
def test_code_that_reaches_out_is_told_first_whatever_its_name(clone, case):  # noqa: F811
    with_code(clone, "")
    as_base(clone)
    with_code(clone, REACHING[case])
    (_, told), (_, back) = both(clone)
    assert REACHES in told.splitlines()[1] and REACHES not in back, told
    if case.startswith("behind"):
        rows = told.partition("### What runs")[2].splitlines()
        assert "to_pickle" in rows[4]


ORDINARY = [
    "share = pd.Series([1.0]).cumsum().round(1)",
    "table = pd.DataFrame({'a': [1]}).groupby('a').agg(n=('a', 'sum'), top=('a', lambda s: s.max()))",
    "kept = pd.DataFrame({'a': [1]}).query('a > 0 and a == @usd')",
    "rows = [pct for pct in (1, 2)]\nrows.append(3)",
    "book.say('It is {{ pct(share / 2) }}, says {% if share %}one{% endif %}.')",
    "import math\nfrom datetime import date\nx = math.sqrt(np.exp(2))",
    "def name(n):\n    return f'{n:,} of them'\n\nx = pd.Series([1]).apply(name)",
]


@pytest.mark.parametrize("source", ORDINARY)
def test_code_that_only_computes_reaches_for_nothing(clone, source):  # noqa: F811
    with_code(clone, "")
    as_base(clone)
    with_code(clone, source)
    (_, told), _ = both(clone)
    assert told.splitlines()[1] == f"## {MAY}" and "New names" not in told, told


def test_what_only_the_kernel_reads_otherwise_is_told_first(clone):  # noqa: F811
    made = book()
    made.cells[1].source = 'x = """\n   ...: """'
    put(clone, made)
    (_, told), _ = both(clone)
    assert REACHES in told.splitlines()[1] and "a-magic" in told


def test_a_name_on_no_list_stands_in_the_first_lines(clone):  # noqa: F811
    with_code(clone, "")
    as_base(clone)
    with_code(clone, "x = pd.Series([1]).autocorr()")
    (_, told), _ = both(clone)
    assert told.splitlines()[1] == f"## {MAY}" and "**New names in code**: autocorr." in first(told)


def test_another_kernel_is_told_first(clone):  # noqa: F811
    made = book()
    made.metadata["kernelspec"] = {"name": "bash", "display_name": "Python 3"}
    put(clone, made)
    (_, told), _ = both(clone)
    assert REACHES in told.splitlines()[1] and "the kernel bash" in told


@pytest.mark.parametrize("template", ["{{ fact.__globals__ }}", "{{ cycler }}", "{{ fact('pace') | attr('x') }}", "{% include 'x' %}", "{{ x"])  # fmt: skip
def test_a_page_fills_in_values_and_does_nothing_else(clone, template):  # noqa: F811
    write(clone, "book/method.md", f"# Method\n\nIt is {template}\n")
    (_, told), _ = both(clone)
    assert REACHES in told.splitlines()[1] and MAY in first(told)


def test_a_value_of_the_book_reaches_for_nothing():
    assert not list(reaching._filled("{{ (100 * printed('INFRA-59') / fact('us-power', 1)) | fr(2) }}"))  # fmt: skip


# ---- figures, and words that turn


def test_a_value_that_moves_by_little_is_told_and_the_farthest_first(clone):  # noqa: F811
    def prose(gap, other):
        made = book(prose=said("3.1 times", gap))
        numbers = next(v for v in made.cells[2].outputs[0]["data"].values() if isinstance(v, dict))
        numbers["zz"] = {"text": "3.1", "value": other, "unit": "ratio"}
        return made

    put(clone, prose(3.1, 3.1))
    as_base(clone)
    put(clone, prose(3.14, 3.6))
    for _, told in both(clone):
        assert MAY in first(told)
        rows = [line for line in told.splitlines() if "its value, told as before" in line]
        assert len(rows) == 2 and rows[0].startswith("| zz")


def test_the_last_digits_of_a_value_are_the_processor_s(clone):  # noqa: F811
    put(clone, book(prose=said("3.1 times", 3.1 + 1e-13)))
    (_, told), _ = both(clone)
    assert "its value" not in told and told.splitlines()[1] == "## No conclusion changes"


@pytest.mark.parametrize(
    ("before", "after", "turns"),
    [
        ("It took 3 weeks.", "It took 4 weeks.", True),
        ("The claim is partly right.", "The claim is supported.", True),
        ("He is right.", "He is not right.", True),
        ("It took two weeks.", "It took ten weeks.", True),
        ("Revenue rose in 2025.", "Revenue fell in 2025.", True),
        ("He kept most of them.", "He broke most of them.", True),
        ("It stands above the median.", "It stands below the median.", True),
        ("Every one was late.", "Some one was late.", True),
        ("It was recieved well.", "It was received well.", False),
        ("It is the the end.", "It is the end.", False),
        ("It is so.", "It is so, and that is how we read it.", False),
    ],
)
def test_a_word_that_turns_a_page_is_no_mere_wording(clone, before, after, turns):  # noqa: F811
    write(clone, "book/method.md", f"# Method\n\n{before}\n")
    as_base(clone)
    write(clone, "book/method.md", f"# Method\n\n{after}\n")
    for _, told in both(clone):
        mild = "No verdict changes, but the text of method does"
        assert told.splitlines()[1] == f"## {MAY if turns else mild}"


# ---- what no rule judges


@pytest.mark.parametrize("path", ["README.md", "docs/answer.md", "notes/a.txt", "CONTRIBUTING.md"])
def test_a_text_that_nothing_judges_is_named_in_the_first_line(clone, path):  # noqa: F811
    write(clone, path, "Every claim is supported.\n")
    (code, told), _ = both(clone)
    assert code == 0 and told.splitlines()[1] == f"## No conclusion changes. Not judged: {path}"
    assert "Every claim is supported." in told


# ---- no wolf


def reordered(folder, path, old, new):
    write(folder, path, old)
    as_base(folder)
    write(folder, path, new)


QUIET = {
    "JSON": ("benchmarks/build.json", '{"a": 1, "b": [2]}', '{"b":[2],\n"a":1}'),
    "YAML": ("data/more.yml", "a: {b: 1, c: 'x'}\n", '# Why.\na:\n  c: "x"\n  b: 1\n'),
    "settings": ("_config.yml", "a: 1\nb: 2\n", "b: 2\na: 1  # so\n"),
    "code": ("bet/x.py", "x = 1\n", "# One.\nx = (1)\n"),
    "styles": (
        "web/x.css",
        "a{b:c(1px 2px)}\n@media d {e { f: g }}",
        "/* One. */\na{b:c(1px/* two */  2px)}\n\n@media d {e {  f: g }}",
    ),
    "a test": ("tests/test_x.py", "x = 1\n", "x = 1  # one\n"),
    "a table": ("data/tables/more.csv", "a,b\n1,2\n", '"a","b"\n"1","2"\n'),
}


@pytest.mark.parametrize("case", QUIET)
def test_the_same_written_otherwise_is_quiet(clone, case):  # noqa: F811
    reordered(clone, *QUIET[case])
    for code, told in both(clone):
        assert code == 0 and told.splitlines()[1] == "## No conclusion changes", told
        assert "in comments or in the order of its fields only" in told and len(told) < 300


LOUD = {
    "a list in another order": ("data/more.yml", "a: [1, 2]\n", "a: [2, 1]\n"),
    "a one for a true": ("data/more.yml", "a: true\n", "a: 1\n"),
    "a word for a number": ("benchmarks/build.json", '{"a": 1.5}', '{"a": "1.5"}'),
    "a name that stands twice": ("benchmarks/build.json", '{"a": 1}', '{"a": 2, "a": 1}'),
    "other letters": ("bet/x.py", "x = 1\n", "# coding: utf-7\nx = 1\n"),
    "a text in code": ("bet/x.py", "'a'\n", "'b'\n"),
    "a function in styles": ("web/x.css", "a{b:c(1px)}", "a{b:d(1px)}"),
    "what stands in it": ("web/x.css", "a{b:c(1px)}", "a{b:c(2px)}"),
    "where a block ends": ("web/x.css", "a{b{c:d} e:f}", "a{b{c:d e:f}}"),
    "a string that never ends": ("web/x.css", "a{b:'c\n}", "a{b:'c\n}/* d */"),
    "YAML that others read": (".github/x.yml", "on: no\n", "on: off\n"),
}


@pytest.mark.parametrize("case", LOUD)
def test_what_some_reader_takes_otherwise_is_not(clone, case):  # noqa: F811
    reordered(clone, *LOUD[case])
    for _, told in both(clone):
        assert MAY in first(told), told


def test_a_ledger_in_another_order_of_fields_is_quiet(clone):  # noqa: F811
    records = yaml.safe_load((clone / LEDGER).read_text())
    write(clone, LEDGER, yaml.safe_dump(records, sort_keys=False))
    as_base(clone)
    write(clone, LEDGER, yaml.safe_dump(records, sort_keys=True, default_flow_style=True))
    for code, told in both(clone):
        assert code == 0 and told.splitlines()[1] == "## No conclusion changes", told


def test_a_notebook_saved_by_another_editor_is_quiet(clone):  # noqa: F811
    path = clone / f"book/{NAME}.ipynb"
    fields = json.loads(path.read_text())
    fields["metadata"] = {
        "vscode": {"x": 1},
        "kernelspec": {"name": "python3", "display_name": ".venv"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3", "version": "3.13"},
    }
    for cell in fields["cells"]:
        cell["id"] = f"{cell['id']}-b"
        cell["source"] = "".join(cell["source"])
    path.write_text(json.dumps(dict(reversed(fields.items())), sort_keys=True))
    for code, told in both(clone):
        assert code == 0 and told.splitlines()[1] == "## No conclusion changes", told


def test_a_comment_in_a_cell_is_a_text(clone):  # noqa: F811
    made = book()
    made.cells[1].source += "\n# as the meter says"
    put(clone, made)
    for _, told in both(clone):
        assert told.splitlines()[1] == f"## No verdict changes, but the text of {NAME} does"


@pytest.mark.parametrize("key", ["title", "description"])
def test_a_word_about_a_table_is_a_text(clone, key):  # noqa: F811
    path = clone / "data/tables/power.yml"
    path.write_text(f"{path.read_text()}\n".replace(f"{key}: ", f"{key}: Well then, ", 1))
    (code, told), _ = both(clone)
    assert code == 0 and told.splitlines()[1] == "## No verdict changes, but the text of data does"


def test_aliases_that_unfold_have_no_meaning():
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    assert sameness._meaning("data/more.yml", "\n".join(lines)) is None


def test_a_note_of_a_source_is_a_text(clone):  # noqa: F811
    path = clone / "data/sources.yml"
    told = path.read_text()
    write(
        clone, "data/sources.yml", f"{told}- {{id: zz, publisher: P, title: T, note: So it is.}}\n"
    )
    as_base(clone)
    edit(clone, "data/sources.yml", "So it is.", "So is it.")
    for code, told in both(clone):
        assert (
            code == 0 and told.splitlines()[1] == "## No verdict changes, but the text of data does"
        )
