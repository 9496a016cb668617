"""The same charts on another processor: no order is left to numpy's sort, which differs between them."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from numpy._core._multiarray_umath import __cpu_dispatch__

from bet.chapter import lint, outputs
from tests.places import BOOK, ROOT

OTHER = {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__)}
TIES = "import numpy as np; print(np.argsort(np.repeat(np.arange(9.0), 60)[::-1]).tolist())"


@pytest.mark.parametrize(
    "text",
    ["d.sort_values('a')", "d.sort_values()", "d.sort_values(by='a')", "d.sort_values(['a'])", "d.sort_index()",
     "np.argsort(a)", "a.argsort()", "d.sort_values('a', kind='quicksort')", "d.sort_values(by=name, kind=kind)",
     "f(lambda: [d.sort_values('a').iloc[0]])"],
)  # fmt: skip
def test_an_unstable_sort_is_named(text):
    assert len(lint.unstable_sorts(text)) == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("book.table('power').query('a > 1').sort_values('year')", "sort_values('year')"),
        ("d.sort_values('a').head()[0].sort_index(axis=1)", "sort_index(axis=1)"),
        (f"d.sort_values(by={'x' * 80!r})", f"sort_values(by='{'x' * 44}…"),
    ],
)
def test_an_unstable_sort_is_told_by_its_own_name(text, named):
    assert lint.unstable_sorts(text)[0] == named


@pytest.mark.parametrize(
    "text",
    ["d.sort_values('a', kind='stable')", "d.sort_values(['a', 'b'])", "sorted(a)", "a.sort()", "np.sort(a)", "d.nlargest(3, 'a')",
     "d.sort_index(kind='stable')", "np.argsort(a, kind='stable')", "d.groupby('a').sum()"],
)  # fmt: skip
def test_a_stable_sort_passes(text):
    assert lint.unstable_sorts(text) == []


@pytest.mark.parametrize("path", sorted((ROOT / "bet").rglob("*.py")), ids=lambda path: path.name)
def test_no_module_leaves_an_order_to_the_processor(path):
    assert lint.unstable_sorts(path.read_text(encoding="utf-8")) == []


def test_what_is_let_pass_keeps_the_order_of_equal_rows():
    """Several columns, groups and the largest: pandas itself keeps the order, on any processor."""
    rows = pd.DataFrame({"a": np.repeat([2.0, 1.0], 500), "b": 1.0, "n": range(1000)})
    assert list(rows.sort_values(["a", "b"])["n"]) == [*range(500, 1000), *range(500)]
    assert list(rows.nlargest(400, "a")["n"]) == list(range(400))
    assert list(rows.groupby("b")["n"].first()) == [0]


def other(*arguments: str, **more: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | OTHER | more, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_setting_makes_another_sort():
    """Else the next test would compare this processor with itself."""
    if other("-c", TIES) == other("-c", TIES, NPY_DISABLE_CPU_FEATURES=""):
        pytest.skip("numpy sorts alike here with and without its extensions")


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_leaves_an_order_to_the_processor(path):
    assert [
        str(fault) for fault in lint.page_faults(path) if "sorts otherwise" in fault.found
    ] == []


def test_the_lint_names_the_cell_and_the_sort(tmp_path):
    cells = [
        new_code_cell("d.sort_values('a')", id="c01", outputs=[new_output("stream", text="x")])
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    (told,) = map(str, lint.page_faults(tmp_path / "a.ipynb"))
    assert (
        "a.ipynb, cell 1 (d.sort_values('a')): found" in told
        and "sort_values" in told
        and told.endswith('expected kind="stable" among its arguments')
    )


@pytest.mark.parametrize("name", ["5_verdict"])
def test_the_charts_are_the_same_to_the_byte(name, tmp_path):
    target = tmp_path / f"{name}.ipynb"
    other("-m", "bet", "run", name, "-o", str(target))
    known = json.loads((BOOK / "charts.sha256.json").read_text(encoding="utf-8"))
    assert outputs.chart_hashes(outputs.read(target)) == known[name]


# The language of the machine

GLYPHS = """
from font_source_sans_pro import font_files_ttf
from matplotlib import font_manager
from matplotlib.textpath import text_to_path
font = font_manager.FontProperties(fname=font_files_ttf["SourceSansPro"], size=10)
print(list(text_to_path.get_glyphs_with_font(font_manager.get_font(font_manager.findfont(font)), "six")[1]))
"""


@pytest.fixture(scope="module")
def turkish(tmp_path_factory):
    """The environment of a machine that speaks Turkish."""
    folder = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-c", "-i", "tr_TR", "-f", "UTF-8", str(folder / "tr_TR.UTF-8")]
    try:
        subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no localedef, or not that locale's source, on this machine")
    return os.environ | {"LOCPATH": str(folder), "LC_ALL": "tr_TR.UTF-8"}


def glyphs(before, environment):
    command = [sys.executable, "-c", before + GLYPHS]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout  # fmt: skip


def test_a_chart_is_set_alike_where_the_machine_speaks_turkish(turkish):
    ours = "import bet.chapter.charts"
    assert glyphs(ours, turkish) == glyphs(ours, os.environ | {"LC_ALL": "C"})
    assert glyphs("", turkish) != glyphs(ours, turkish)  # what would happen without


def unsaid(text):
    """Return the calls that leave the character set of a text to the machine."""
    found = []
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        told = {keyword.arg for keyword in call.keywords}
        name = getattr(call.func, "attr", "")
        needed = {"read_text": 1, "write_text": 2}.get(name, 0)
        program = name in ("run", "Popen", "check_output") and "text" in told
        if "encoding" not in told and (len(call.args) < needed or program):
            found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize(
    "text", ["p.read_text()", "p.write_text(a)", "subprocess.run(a, text=True)"]
)
def test_a_text_of_the_machines_character_set_is_named(text):
    assert unsaid(text) == [text]


@pytest.mark.parametrize("path", sorted((ROOT / "bet").rglob("*.py")), ids=lambda path: path.name)
def test_no_module_leaves_the_character_set_to_the_machine(path):
    assert unsaid(path.read_text(encoding="utf-8")) == []
