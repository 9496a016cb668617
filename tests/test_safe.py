"""What people hand us is data: never code, never a path out of the book."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from bet.cli import main
from bet.faults import BadInput
from bet.run import execute
from bet.site import release
from tests import bad_input
from tests.places import ROOT

NAME = bad_input.NAME
MODULES = sorted(
    [
        *(ROOT / "bet").rglob("*.py"),
        *(ROOT / "benchmarks").glob("*.py"),
        *(ROOT / "book").glob("*.ipynb"),
    ]
)
# What reads text as code, or starts a shell, or loads objects; re.compile and Model.load are others.
FORBIDDEN = re.compile(r"(builtins\.)?(eval|exec|compile|__import__)|os\.(system|popen)|(c?pickle|marshal|shelve|dill)\..*|yaml\.(unsafe_|full_)\w+")  # fmt: skip


def calls(path: Path) -> list[tuple[str, ast.Call]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(c.source for c in nbformat.reads(text, 4).cells if c.cell_type == "code")
    return [(ast.unparse(n.func), n) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_runs_text_or_loads_objects(path):
    wrong = []
    for name, call in calls(path):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if FORBIDDEN.fullmatch(name) or given.get("shell") == "True":
            wrong.append((call.lineno, name))
        if name in ("yaml.load", "yaml.compose", "yaml.load_all", "yaml.parse"):
            loader = given.get("Loader", "")
            if not re.search(r"Safe|Base|^LOADER$", loader):
                wrong.append((call.lineno, name, loader))
    assert wrong == []


def test_the_one_named_loader_is_the_safe_one():
    from bet.records.yaml_files import LOADER

    assert LOADER.__name__ in ("CSafeLoader", "SafeLoader")


@pytest.mark.parametrize(
    "name",
    ["../3_infrastructure", "/etc/passwd", "../../etc/3_infrastructure.ipynb", "book/../data/3_infrastructure",
     "3_infrastructure/../../x", "..", ".", "", "3_infrastructure\0", "data/3_infrastructure"],
)  # fmt: skip
def test_a_notebook_is_named_and_not_reached_by_a_path(tmp_path, name):
    with bad_input.world(tmp_path), pytest.raises(BadInput, match="no such notebook"):
        execute.path_of(name)


@pytest.mark.parametrize(
    "output",
    ["../book/3_infrastructure.ipynb", "book/3_infrastructure.ipynb", "data/parameters.yml", "data/run.ipynb",
     "bet/cli.py", "Makefile", "run", "book/sub/run.ipynb", ".ipynb/../book/x.ipynb"],
)  # fmt: skip
def test_a_run_overwrites_no_file_of_the_book(tmp_path, output):
    with bad_input.world(tmp_path):
        given = output if not output.startswith("../") else f"../{tmp_path.name}/{output[3:]}"
        before = bad_input.contents(tmp_path)
        done = CliRunner().invoke(main, ["run", NAME, "-o", given])
        assert (
            done.exit_code == 2 and "expected a .ipynb file outside book/ and data/" in done.stderr
        )
        assert bad_input.contents(tmp_path) == before


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "", "x y", ".hidden", "x\n", "-x"])
def test_a_release_cannot_be_named_out_of_its_folder(tmp_path, name):
    (tmp_path / "index.html").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="a name of letters, digits"):
        release.write(tmp_path, name, tmp_path / "out")


INJECTIONS = [
    'x"; import os; os.environ["PLANTED"] = "1"; y = "', "x'; planted = 1; y = '", 'x"""\nplanted = 1\n"""', "x\nplanted = 1",
    "x\\", 'x\\"; planted = 1 #', "{planted}", "{{ planted }}", "${planted}", "%(planted)s", "{0.__class__}", "x\r\nplanted = 1",
    "x\u2028planted = 1", "!touch planted", "%run planted.py", "# Parameters\nplanted = 1", '"""', "'''", "\0", "__import__('os')",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_parameter_of_papermill_is_a_text_and_never_code(text, tmp_path):
    """Plain papermill writes each value as a literal: the cell assigns it and does nothing else."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cell = new_code_cell('chip = "H100"', metadata={"tags": ["parameters"]})
    book = new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(book, tmp_path / "book.ipynb")
    book = load_notebook_node(str(tmp_path / "book.ipynb"))
    made = parameterize_notebook(book, {"chip": text}, kernel_name="python3", language="python")
    (injected,) = [c for c in made.cells if "injected-parameters" in c.metadata.tags]
    (statement,) = ast.parse(injected.source).body
    assert isinstance(statement, ast.Assign) and ast.unparse(statement.targets) == "chip"
    assert isinstance(statement.value, ast.Constant)
    if "\0" not in text:
        assert ast.literal_eval(statement.value) == text
    assert "PLANTED" not in os.environ


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("name", ["chip", "as_of", "satellites", "planted"])
def test_bet_run_refuses_what_is_no_value_before_anything_starts(tmp_path, name, text):
    with bad_input.world(tmp_path):
        output = tmp_path / "run.ipynb"
        done = CliRunner().invoke(main, ["run", NAME, "-o", str(output), "-p", name, text])
        assert done.exit_code == 2 and not output.exists()
        assert len(done.stderr.splitlines()) == 1, json.dumps(done.stderr)


@pytest.mark.parametrize(
    "name", ["x; planted", "x\nplanted", "os.environ", "__builtins__", "chip; planted"]
)
def test_a_name_is_no_way_in_either(tmp_path, name):
    with bad_input.world(tmp_path):
        done = CliRunner().invoke(main, ["run", NAME, "-p", name, "1"])
        assert done.exit_code == 2 and "an unknown name" in done.stderr
