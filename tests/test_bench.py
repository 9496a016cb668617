"""The analyst's bench, by the tools themselves: an edited cell, Run All twice, papermill's options.

A value that somebody asked for is the value that was computed, or one line says why not.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from papermill import cli

from bet import Chapter
from bet.chapter import outputs, said
from bet.chapter.charts import COLOUR
from bet.cli import main
from bet.faults import BadInput
from bet.records import contents
from bet.run import execute, results
from bet.site import build
from tests import in_process, worlds
from tests.places import BOOK, ROOT
from tests.rounds import NIGHTLY, sampled

NAME = "3_infrastructure"
PARAMETERS = 'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
CHAPTER = f"""from bet import Chapter
book = Chapter("{NAME}", globals())
label, count, facts = "a", 3, {{}}"""
SHOWN = "satellites, us_average_power_gw, book.parameters['satellites']"


def put(folder: Path, parameters: str = PARAMETERS, *more: str) -> Path:
    """Write the world's notebook: parameters, chapter, what they come to."""
    head = new_code_cell(parameters, id="c01", metadata={"tags": ["parameters"]})
    cells = [
        new_code_cell(source, id=f"c{n:02}") for n, source in enumerate([CHAPTER, SHOWN, *more], 2)
    ]
    path = folder / "book" / f"{NAME}.ipynb"
    nbformat.write(outputs.clean(new_notebook(cells=[head, *cells])), path)
    return path


@pytest.fixture
def world(tmp_path):
    """A book of its own with one notebook."""
    (tmp_path / "book").mkdir()
    with worlds.small(tmp_path):
        put(tmp_path)
        yield tmp_path


def papermill(*arguments: str) -> tuple[int, str]:
    """Run papermill's command; return its exit code and what it told."""
    done = CliRunner().invoke(cli.papermill, arguments)
    return done.exit_code, f"{done.output}\n{done.exception}"


def shown(path: Path) -> str:
    """Return what the notebook's third cell of code of its own showed."""
    return nbformat.read(path, as_version=4).cells[-1].outputs[0].data["text/plain"]


# ---- an edited parameters cell

EDITED = PARAMETERS.replace("490.0", "300.0")
DEPARTS = (
    f"bet: book/{NAME}.ipynb, parameters cell: found us_average_power_gw = 300.0; "
    "expected 490.0 as in data/parameters.yml "
    f"(your own value: bet run {NAME} -p us_average_power_gw 300.0)"
)


@pytest.mark.parametrize(
    "command",
    [("check",), ("run", NAME), ("run", NAME, "-p", "us_average_power_gw", "490"), ("refresh",),
     ("run", NAME, "--in-place"), ("sweep", NAME, "--over", "satellites=1:3:3")],
)  # fmt: skip
def test_a_cell_that_departs_from_the_registry_is_a_fault_of_every_command(world, command):
    put(world, EDITED)
    before = (world / "book" / f"{NAME}.ipynb").read_bytes()
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout) == (2, "") and DEPARTS in done.stderr.splitlines()
    assert (world / "book" / f"{NAME}.ipynb").read_bytes() == before
    assert not (world / "_build").exists()


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (PARAMETERS.replace("12", "13"), "found satellites = 13; expected 12 as in"),
        (PARAMETERS + "\nsatellites = 13", "found satellites = 13; expected 12 as in"),
        (PARAMETERS.replace("12", "True"), "found satellites = True; expected 12 as in"),
        (PARAMETERS.replace('"H100"', '"A100"'), "found chip = 'A100'; expected 'H100' as in"),
        (PARAMETERS.replace("satellites", "satelites"), "found no 'satellites'; expected every"),
        (PARAMETERS + "\nsatelites = 3", "did you mean 'satellites'?"),
        (PARAMETERS.replace("12", "6 * 2"), "found more than values; expected one line NAME ="),
        (PARAMETERS.replace("12", "12 +"), "found more than values; expected one line NAME ="),
    ],
)
def test_each_way_to_depart_is_told(world, cell, told):
    put(world, cell)
    assert any(told in str(fault) for fault in execute.cell_faults(NAME))


def copied(world: Path, made: str, parameters: str = 'as_of = "2026-11-23"') -> Path:
    """Write a new chapter as a copy of the world's, with an empty entry in the registry."""
    registry = world / "data" / "parameters.yml"
    registry.write_text(f"{registry.read_text()}6_robots: {{}}\n")
    worlds.forget()
    path = put(world, parameters).rename(world / "book" / "6_robots.ipynb")
    path.write_text(path.read_text().replace(f'Chapter(\\"{NAME}', f'Chapter(\\"{made}'))
    put(world)
    return path


def of_new_chapter(wrong: str) -> list[str]:
    return [line for line in wrong.splitlines() if "6_robots" in line]


def test_a_copied_chapter_that_keeps_the_other_s_name_is_told_in_a_line(world):
    copied(world, NAME)
    told = [
        "bet: book/6_robots.ipynb, cell 2 (from bet import Chapter): "
        f"found the chapter '{NAME}'; expected '6_robots'"
    ]
    assert of_new_chapter(bet("check")[2]) == told
    code, _, wrong = bet("run", "6_robots")
    assert (code, wrong.splitlines()) == (2, told)
    path = world / "book" / "6_robots.ipynb"
    path.write_text(path.read_text().replace(f'Chapter(\\"{NAME}', 'Chapter(\\"6_robots'))
    assert of_new_chapter(bet("check")[2]) == []


def test_a_copied_chapter_that_keeps_the_other_s_parameters_is_told_in_a_line(world):
    copied(world, "6_robots", PARAMETERS)
    told = [
        "bet: book/6_robots.ipynb, parameters cell: found 3 unknown names 'us_average_power_gw', "
        "'satellites', 'chip'; expected one of as_of, or add them to data/parameters.yml"
    ]
    assert of_new_chapter(bet("check")[2]) == told
    code, _, wrong = bet("run", "6_robots")
    assert (code, wrong.splitlines()) == (2, told)


def test_a_chapter_that_was_never_run_is_told_how(world):
    copied(world, "6_robots")
    code, _, wrong = bet("lint", "book/6_robots.ipynb")
    assert (code, wrong) == (
        2, "bet: book/6_robots.ipynb: found no outputs; expected outputs: bet run 6_robots --in-place\n"
    )  # fmt: skip


def test_a_page_outside_the_table_of_contents_is_told_and_an_entry_without_a_page(world):
    (world / "_toc.yml").write_text(f"root: book/index\nchapters:\n- file: book/{NAME}\n")
    (world / "book" / "6_robots.ipynb").write_text((world / "book" / f"{NAME}.ipynb").read_text())
    (world / "book" / "more.md").touch()
    told = [str(line) for line in worlds.faults_of(contents.check)]
    assert told == [
        "book/6_robots.ipynb: found not in _toc.yml; expected there: '- {file: book/6_robots, title: \"…\"}'",
        "book/more.md: found not in _toc.yml; expected there: '- {file: book/more, title: \"…\"}'",
        "_toc.yml: found no page 'book/index'; expected a .ipynb or .md file, or no such entry",
    ]
    assert set(told) <= {line.removeprefix("bet: ") for line in bet("check")[2].splitlines()}
    (world / "_toc.yml").write_text("root: [")
    assert "_toc.yml:" in worlds.faults_of(contents.check)[0]


@pytest.mark.parametrize("broken", ["power = (", "x = 'a", "return 7", "if True:\nx = 1"])
def test_a_cell_that_is_no_python_is_told_by_check_lint_and_run_in_one_way(world, broken):
    put(world, PARAMETERS, "# Power\nawait_ = 7", "%matplotlib inline\n!true", f"# here\n{broken}")
    where = f"bet: book/{NAME}.ipynb, cell 6 (# here): found "
    for command in (("check",), ("lint", f"book/{NAME}.ipynb"), ("run", NAME)):
        code, _, wrong = bet(*command)
        (told,) = [line for line in wrong.splitlines() if " cell " in line]
        assert code == 2 and told.startswith(where) and told.endswith("; expected Python")
    put(world, PARAMETERS, "# Power\n1 / 0")
    (told,) = bet("run", NAME, "-p", "satellites=5")[2].splitlines()
    assert told.startswith(f"bet: book/{NAME}.ipynb, cell 4 (# Power): ZeroDivisionError")


def test_a_cell_that_says_the_same_in_other_signs_is_none(world):
    put(world, PARAMETERS.replace("490.0", "490").replace('"H100"', "'H100'  # the chip"))
    assert execute.cell_faults(NAME) == []


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ([], "found 0 cells tagged 'parameters'; expected one"),
        (["parameters", "injected-parameters"], "found a cell 'injected-parameters'; expected none"),
    ],
)  # fmt: skip
def test_a_notebook_without_its_cell_or_with_one_of_papermill_is_told(world, tags, told):
    path = put(world)
    book = nbformat.read(path, as_version=4)
    book.cells[0].metadata["tags"] = tags
    nbformat.write(book, path)
    assert told in str(execute.cell_faults(NAME)[0])


def test_a_value_asked_for_is_injected_also_where_it_is_the_default(world):
    out = world / "out.ipynb"
    asked = ("-p", "us_average_power_gw", "490", "-p", "satellites", "7")
    assert bet("run", NAME, *asked, "-o", "out.ipynb")[0] == 0
    injected = nbformat.read(out, as_version=4).cells[1].source
    assert injected.split("\n")[1:3] == ["us_average_power_gw = 490.0", "satellites = 7"]
    assert shown(out) == "(7, 490.0, 7)"


def test_a_sweeps_table_says_what_its_runs_computed(world):
    put(world, PARAMETERS, """display({"text/plain": "said", "application/vnd.bet.numbers+json":
    {"n": {"text": "", "unit": "", "value": satellites}}}, raw=True)""")  # fmt: skip
    assert bet("sweep", NAME, "--over", "satellites=11:13:3")[0] == 0
    table = pd.read_csv(world / "_build" / "sweeps" / NAME / "table.csv")
    assert table.satellites.tolist() == table["answer.n"].tolist() == [11, 12, 13]


# ---- run all, change, run all


@pytest.fixture
def kernel(world):
    """A kernel as JupyterLab, VS Code and nbclient start it; run all cells, give the last output."""
    notebook = nbformat.read(put(world), as_version=4)
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": world / "book"}}
    )

    def run_all(parameters: str | None = None, injected: str | None = None) -> str:
        if parameters is not None:
            notebook.cells[0].source = parameters
        notebook.cells[1:] = [
            cell for cell in notebook.cells[1:] if "injected" not in cell.metadata
        ]
        if injected is not None:
            notebook.cells.insert(1, new_code_cell(injected, metadata={"injected": True}))
        for place, cell in enumerate(notebook.cells):
            client.execute_cell(cell, place)
        faults = [o.evalue for c in notebook.cells for o in c.outputs if o.output_type == "error"]
        return faults[0] if faults else notebook.cells[-1].outputs[0].data["text/plain"]

    with client.setup_kernel():
        yield run_all


def test_all_cells_run_again_and_again_in_one_kernel(kernel):
    assert kernel() == kernel() == "(12, 490.0, 12)"
    assert kernel(PARAMETERS.replace("12", "7")) == "(7, 490.0, 7)"
    assert "'satellites': found 0; expected 1 to 1,000" in kernel(PARAMETERS.replace("12", "0"))
    assert "'satelites': found an unknown name" in kernel(PARAMETERS + "\nsatelites = 3")
    assert "found no 'chip'" in kernel(PARAMETERS.partition("\nchip")[0])
    assert kernel(PARAMETERS) == "(12, 490.0, 12)"
    assert kernel(PARAMETERS, "# Parameters\nsatellites = 5") == "(5, 490.0, 5)"
    assert kernel(PARAMETERS, '# Parameters\nas_of = "2025-11-14"\n') == "(12, 490.0, 12)"
    assert "'satelites': found an unknown" in kernel(PARAMETERS, "# Parameters\nsatelites = 5")
    assert kernel(PARAMETERS, 'PAPERMILL_INPUT_PATH = "a"\nscratch = 3') == "(12, 490.0, 12)"


def test_a_chapter_runs_twice_in_one_shell_with_the_same_outputs(monkeypatch):
    monkeypatch.setattr("bet.chapter.svg.svg_of", lambda figure: "")  # a picture shows its record
    monkeypatch.setattr("bet.chapter.pictures.Picture.png", lambda self: b"")
    first = in_process.run("index", {})
    assert in_process.run("index", {}, anew=False) == first


@NIGHTLY
@pytest.mark.parametrize("chapter", execute.names())
def test_every_chapter_runs_twice_in_one_kernel_with_the_same_outputs(chapter):
    notebook = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": BOOK}})
    rounds = []
    with client.setup_kernel():
        for _ in range(2):
            for place, cell in enumerate(notebook.cells):
                client.execute_cell(cell, place)
            rounds.append([str(cell.get("outputs")) for cell in notebook.cells])
    assert rounds[0] == rounds[1]


# ---- papermill with its options


@pytest.mark.parametrize(
    ("options", "gives"),
    [
        (
            ("-f", "values.yml", "--engine", "bet", "--log-output", "--report-mode", "-k", "python3",
             "--inject-paths", "-r", "as_of", "2025-11-14", "--cwd", "book", "--no-progress-bar"),
            "(9, 490.0, 9)",
        ),
        *(
            pytest.param(options, gives, marks=NIGHTLY)
            for options, gives in [
                (("-p", "us_average_power_gw", "480", "--inject-paths"), "(12, 480, 12)"),
                (("-y", "satellites: 8", "--report-mode", "-k", "python3"), "(8, 490.0, 8)"),
                (("-f", "values.yml", "--engine", "bet", "--log-output"), "(9, 490.0, 9)"),
                (("-r", "as_of", "2025-11-14", "--cwd", "book", "--no-progress-bar"), "(12, 490.0, 12)"),
            ]
        ),
    ],
)  # fmt: skip
def test_papermill_with_its_options(world, options, gives):
    (world / "values.yml").write_text("satellites: 9\n")
    code, told = papermill(f"book/{NAME}.ipynb", "out.ipynb", *options)
    assert code == 0, told
    assert shown(world / "out.ipynb") == gives
    if "--report-mode" not in options:
        return
    # What papermill made can be run again, as a person opens it and runs all cells.
    code, told = papermill("out.ipynb", "again.ipynb")
    assert code == 0 and shown(world / "again.ipynb") == gives, told


def test_papermill_with_a_wrong_name_is_told_in_the_notebook(world):
    code, told = papermill(
        f"book/{NAME}.ipynb", "out.ipynb", "-p", "satelites", "7", "--engine", "bet"
    )
    assert code == 1 and "did you mean 'satellites'?" in told
    assert "did you mean 'satellites'?" in (world / "out.ipynb").read_text(encoding="utf-8")


# ---- two clones in one environment, a worktree, an installed copy


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A second clone of the book, as git has it, with a value of its own for one default."""
    folder = tmp_path_factory.mktemp("second")
    for name in ("bet", "data", "book"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    registry = folder / "data" / "parameters.yml"
    text = registry.read_text(encoding="utf-8").replace("default: 404.35", "default: 404.25")
    registry.write_text(text, encoding="utf-8")
    return folder


def asked(folder: Path, package: Path = ROOT) -> tuple[int, str, str]:
    """List the parameters of chapter 0 by the package of another place."""
    arguments = [sys.executable, "-P", "-m", "bet", "parameters", "0_stake"]
    done = subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(package)},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("inside", sampled([".", "book", "data/tables"], ["data/tables"]))
def test_of_two_clones_the_one_counts_that_one_stands_in(clone, inside):
    code, told, wrong = asked(clone / inside)
    assert (code, wrong) == (0, "") and "share_price_usd = 404.25 " in told
    assert "share_price_usd = 404.35 " in asked(BOOK)[1]


def test_so_it_is_in_a_worktree(clone, tmp_path):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=clone, check=True, capture_output=True)

    git("init", "-q"), git("add", "."), git("commit", "-q", "-m", "x")
    git("worktree", "add", str(tmp_path / "tree"))
    text = (tmp_path / "tree" / "data" / "parameters.yml").read_text(encoding="utf-8")
    (tmp_path / "tree" / "data" / "parameters.yml").write_text(text.replace("404.25", "404.15"))
    assert "share_price_usd = 404.15 " in asked(tmp_path / "tree" / "book")[1]
    assert "share_price_usd = 404.25 " in asked(clone)[1]


def test_code_of_one_clone_never_runs_data_of_another(clone, tmp_path):
    for name in ("bet", "data"):
        shutil.copytree(clone / name, tmp_path / name)
    (tmp_path / "book").symlink_to(clone / "book")
    (tmp_path / "_config.yml").touch()
    assert asked(tmp_path)[0] == 0
    with (tmp_path / "bet" / "models" / "stake.py").open("a") as changed:
        changed.write("# another thought\n")
    code, told, wrong = asked(tmp_path)
    assert (code, told) == (2, "")
    assert wrong == (
        f"bet: the book in '{tmp_path}': found other code at work, of '{ROOT / 'bet'}'; "
        "expected its own: pip install -e . in its root, or there python -m bet for bet\n"
    )
    assert asked(tmp_path, tmp_path)[0] == 0
    with chdir(tmp_path), pytest.raises(BadInput, match="other code at work"):
        Chapter("index", {"as_of": "2026-11-23"})


def test_an_installed_copy_of_the_package_runs_the_clone_one_stands_in(clone, tmp_path):
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-compile",
    ]
    subprocess.run([*pip, "--target", tmp_path, "."], cwd=clone, check=True, capture_output=True)
    assert "share_price_usd = 404.25 " in asked(clone / "book", tmp_path)[1]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    run = [sys.executable, "-P", "-m", "bet", "run", "index"]
    done = subprocess.run(run, cwd=clone, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (clone / "_build" / "runs" / "index.ipynb").exists()


def test_where_there_is_no_book_it_is_said(tmp_path):
    code, told, wrong = asked(tmp_path)
    assert (code, told) == (2, "")
    assert wrong.startswith(f"bet: folder '{tmp_path.name}': found no book; expected a folder with")
    with chdir(tmp_path), pytest.raises(BadInput, match="found no book"):
        Chapter("index", {"as_of": "2026-11-23"})
    with chdir(tmp_path):
        assert CliRunner().invoke(main, ["--version"]).output.startswith("bet, version ")


# ---- a build of what is at fault, and outputs that a run no longer gives


def test_no_site_is_built_of_records_that_are_at_fault(world):
    put(world, EDITED)
    done = CliRunner().invoke(main, ["build"])
    assert (done.exit_code, done.stdout) == (2, "") and DEPARTS in done.stderr.splitlines()
    put(world)
    (world / "data" / "sources.yml").write_text("[]\n")
    worlds.forget()
    assert CliRunner().invoke(main, ["build"]).exit_code == 2
    assert not (world / "_build").exists()


def test_stale_outputs_are_said(world):
    staged = build.stage_folder() / "today" / "book" / f"{NAME}.ipynb"
    execute.run(NAME, {}, execute.path_of(NAME))
    execute.run(NAME, {}, staged)
    assert build.stale() == []
    text = staged.read_text().replace("(12, 490.0, 12)", "(12, 490.0, 11)")
    staged.write_text(text)
    assert [path.name for path in build.stale()] == [f"{NAME}.ipynb"]


# ---- what moved

SAID = """
from IPython.display import display
numbers = {"gw(each)": {"text": f"{us_average_power_gw / satellites:.0f} GW", "unit": "GW",
                        "value": us_average_power_gw / satellites},
           "plain(fixed)": {"text": "3", "unit": "", "value": 3}}
display({"text/plain": "said", "application/vnd.bet.numbers+json": numbers}, raw=True)
judged = [{"claim": "INFRA-60", "verdict": "supported" if satellites < 7 else "partly", "assessed": "computed"},
          {"claim": "INFRA-61", "verdict": "open", "assessed": "ledger"}]
display({"text/plain": "judged", "application/vnd.bet.assessment+json": judged}, raw=True)
"""


def bet(*arguments: str) -> tuple[int, list[str], str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.stdout.splitlines(), done.stderr


def test_a_run_ends_with_what_moved_and_is_named_by_its_values(world):
    put(world, PARAMETERS, SAID)
    code, told, wrong = bet("run", NAME, "-p", "satellites=5", "--parameter", "chip", "B200")
    path = world / "_build" / "runs" / f"{NAME}-satellites=5-chip=B200.ipynb"
    assert (code, wrong) == (0, "")
    assert told == [
        "satellites: 12 → 5 count",
        "chip: H100 → B200 name",
        "1 of 2 verdicts moves:",
        "  INFRA-60: partly → supported",
        "1 of 2 headline numbers moves:",
        "  gw(each): 41 GW → 98 GW [GW] (+140%)",
        f"wrote {path}",
    ]
    assert path.exists()
    assert bet("run", NAME, "-p", "satellites=12")[1][1:3] == [
        "none of 2 verdicts moves",
        "none of 2 headline numbers moves",
    ]
    assert bet("run", NAME)[1] == [f"wrote {world / '_build' / 'runs' / NAME}.ipynb"]


def test_a_run_without_verdicts_or_numbers_says_so(world):
    assert bet("run", NAME, "-p", "satellites=5")[1][1:3] == [
        "has no verdict",
        "has no headline number",
    ]


def test_a_value_beyond_its_range_is_named_where_the_run_fails(world):
    put(world, PARAMETERS, "import math\nmath.sqrt(satellites)")
    code, _, wrong = bet("run", NAME, "-p", "satellites=-5", "-p", "chip=B200", "--beyond")
    assert code == 1 and wrong == (
        f"bet: book/{NAME}.ipynb, cell 4 (import math): ValueError: math domain error; "
        "likely because of what is beyond its range: satellites = -5 (1 to 1,000 count)\n"
    )
    put(world, PARAMETERS, "1 / 0")
    assert "beyond" not in bet("run", NAME, "-p", "satellites=5", "--beyond")[2]


def test_two_runs_are_compared_as_text_table_and_picture(world):
    put(world, PARAMETERS, SAID)
    for count in ("5", "6"):
        assert bet("run", NAME, "-p", "satellites", count, "-o", f"{count}.ipynb")[0] == 0
    code, told, wrong = bet("compare", "5.ipynb", "6.ipynb")
    assert (code, wrong) == (0, "")
    assert told[:5] == [
        "5 → 6", f"{NAME}:", "none of 2 verdicts moves", "1 of 2 headline numbers moves:",
        "  gw(each): 98 GW → 82 GW [GW] (-17%)",
    ]  # fmt: skip
    table = pd.read_csv(world / "_build" / "compare" / "5--6.csv")
    assert table.name.tolist() == ["INFRA-60", "INFRA-61", "gw(each)", "plain(fixed)"]
    assert table.moves.tolist() == [False, False, True, False]
    drawn = (world / "_build" / "compare" / "5--6.svg").read_text()
    assert drawn.startswith("<") and "<svg" in drawn and COLOUR["found"] in drawn
    assert bet("compare", "5.ipynb", "5.ipynb")[0] == 0
    assert [p.name for p in (world / "_build" / "compare").glob("5--5*")] == ["5--5.csv"]


ASKED = """book.say("About {{ num(us_average_power_gw, 'GW') }} are used.")
book.say('''
| You may ask | Short answer |
|---|---|
| How much has each? | On average {{ num(us_average_power_gw / satellites, "GW") }}, [of the whole](a.md) |
''')
book.say("Half of each would be {{ num(us_average_power_gw / satellites / 2, 'GW') }}, or {{ plain(3) }}.")
"""


def test_numbers_of_the_questions_are_headlines_and_the_others_are_counted(world):
    put(world, PARAMETERS, ASKED)
    told = bet("run", NAME, "-p", "satellites=5")[1]
    assert told[2:-1] == [
        "1 of 2 headline numbers moves:",
        "  “How much has each? On average …, of the whole”: 40.8 GW → 98 GW [GW] (+140%)",
        "1 of 2 other numbers moves:",
        "  “Half of each would be …, or 3”: 20.4 GW → 49 GW [GW] (+140%)",
    ]


def test_a_sweep_tells_its_numbers_by_their_sentences(world):
    put(world, PARAMETERS, ASKED)
    assert bet("sweep", NAME, "--over", "satellites=1:10:10", "-o", "swept")[0] == 0
    meant = "“How much has each? On average …, of the whole”"
    assert f"meaning: {meant}" in (world / "swept" / "table.yml").read_text(encoding="utf-8")
    page = (world / "swept" / "results.html").read_text(encoding="utf-8")
    assert f"What drives {meant}" in page and results.QUOTED in html.unescape(page)


def test_the_sentences_of_a_sweep_have_the_figures_of_the_defaults(world):
    put(
        world,
        PARAMETERS,
        """book.say("Of {{ plain(satellites) }} each has {{ plain(1 / satellites) }}.")""",
    )
    assert bet("run", NAME, "--in-place")[0] == 0
    assert bet("sweep", NAME, "--over", "satellites=5:9:3", "-o", "swept")[0] == 0
    assert "“Of 12 each has …”" in (world / "swept" / "table.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It is 7. About @ a year, of 9.", "About … a year, of 9"),
        ("## **At @ times** [earnings](x.md#y) {claim}`A-1 open`", "At … times earnings"),
        ("- one\n- the other is @.\n- last", "the other is …"),
        ("| Who | Shares | Gain |\n|---|---|---|\n| Baron | 3 | @ |", "Baron, Gain: …"),
        ("Of " + "very " * 25 + "many, few have @, and all " + "others " * 20, "few have …"),
        ("@", "…"),
    ],
)
def test_the_sentence_of_a_number(text, told):
    start = text.index("@")
    assert said.sentence(text.replace("@", "25"), start, start + 2) == told


@pytest.mark.parametrize("chapter", execute.names())
def test_every_number_of_the_book_has_a_sentence_with_its_place(chapter):
    """None is told by the expression that computes it, and no two headlines of a chapter alike."""
    book = outputs.read(BOOK / f"{chapter}.ipynb")
    meant, heads = said.meanings(book), outputs.headline(book)
    shown = {key for numbers in outputs.outputs(book, outputs.NUMBERS_MIME) for key in numbers}
    assert shown == set(meant) and all(one.count("…") == 1 for one in meant.values())
    assert len({meant[key] for key in heads}) == len(heads)


def test_a_repeated_figure_is_told_by_its_own_place():
    """The 50 of the second cell stands behind another 50: the words of the template tell them apart."""
    cell = new_code_cell(
        'book.say("At {{ plain(pe) }} times 50 a year, at {{ plain(dearer) }} times 40.")'
    )
    numbers = {
        name: {"text": "50", "unit": "", "value": 50} for name in ("plain(pe)", "plain(dearer)")
    }
    data = {"text/plain": "At 50 times 50 a year, at 50 times 40.", outputs.NUMBERS_MIME: numbers}
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    assert said.meanings(new_notebook(cells=[cell])) == {
        "plain(pe)": "“At … times 50 a year, at 50 times 40”",
        "plain(dearer)": "“At 50 times 50 a year, at … times 40”",
    }


def test_two_editions_are_compared_and_a_run_with_an_edition(world):
    put(world, PARAMETERS, SAID)
    (world / "data" / "editions.yml").write_text(
        "today: {title: today, reason: x}\n"
        f"few: {{title: few, reason: x, parameters: {{{NAME}: {{satellites: 5}}}}}}\n"
    )
    code, told, wrong = bet("compare", "today", "few")
    assert code == 0 and "  INFRA-60: partly → supported" in told
    assert wrong.splitlines() == [
        f"running {NAME} at its defaults", f"running {NAME} under satellites=5"
    ]  # fmt: skip
    assert bet("compare", "today", "few")[2] == "", "both are kept"
    assert bet("run", NAME, "-p", "satellites", "5", "-o", "5.ipynb")[0] == 0
    assert "none of 2 verdicts moves" in bet("compare", "few", "5.ipynb")[1]


def test_what_cannot_be_compared_is_told(world):
    (world / "data" / "editions.yml").write_text("today: {title: today, reason: x}\n")
    (world / "other.ipynb").write_text(nbformat.writes(new_notebook()))
    for given, told in [
        (("todya", "today"), "edition 'todya': found no such edition; expected one of today, did you"),
        (("gone.ipynb", "today"), "run 'gone.ipynb': found no such file"),
        (("other.ipynb", "today"), "run 'other.ipynb': found a run of no notebook"),
    ]:  # fmt: skip
        code, out, wrong = bet("compare", *given)
        assert (code, out) == (2, []) and told in wrong


def test_beyond_its_range_on_purpose_every_output_says_so(world):
    put(world, PARAMETERS, SAID)
    code, _, wrong = bet("run", NAME, "-p", "us_average_power_gw=900")
    assert code == 2 and "found 900; expected 100 to 600 GW" in wrong
    code, told, _ = bet("run", NAME, "-p", "us_average_power_gw=900", "--beyond")
    path = world / "_build" / "runs" / f"{NAME}-beyond-us_average_power_gw=900.0.ipynb"
    assert code == 0 and told[-1] == f"wrote {path}"
    assert told[0] == "us_average_power_gw: 490.0 → 900.0 GW, beyond its range of 100 to 600 GW"
    book = nbformat.read(path, as_version=4)
    (said,) = [o.data["text/markdown"] for c in book.cells if c.cell_type == "code"
               for o in c.outputs if "text/markdown" in o.data]  # fmt: skip
    assert said.startswith("**Beyond the ranges on purpose: us_average_power_gw = 900.0.**")
    assert book.metadata.bet.beyond == ["us_average_power_gw"]
    drawing = Chapter(
        NAME,
        {**nbformat_values(PARAMETERS), "us_average_power_gw": 900.0, "bet_beyond": True},
    )
    assert drawing.marked("Power, GW, US.").endswith(
        "beyond the ranges: us_average_power_gw = 900.0"
    )
    for wrong_still in ("satellites=True", "us_average_power_gw=inf", "chip=A100"):
        assert bet("run", NAME, "--beyond", "-p", wrong_still)[0] == 2


def nbformat_values(source: str) -> dict:
    values: dict = {}
    exec(source, values)
    return {key: value for key, value in values.items() if key != "__builtins__"}


def test_a_run_reads_the_notebook_once_before_it_runs(world, monkeypatch):
    put(world, PARAMETERS, SAID)
    asked = []
    faults = execute.cell_faults
    monkeypatch.setattr(execute, "cell_faults", lambda name: asked.append(name) or faults(name))
    assert bet("run", NAME)[0] == 0
    assert asked == [NAME]


def test_a_very_long_name_is_cut_and_stays_its_own(world):
    one, other = ({"as_of": "2026-11-23", "x" * 300: n} for n in (1, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bet.records.parameters.outside", lambda name, values: {})
        names = {execute.file_name(NAME, values) for values in (one, other)}
    assert len(names) == 2 and all(len(name) < 140 for name in names)
