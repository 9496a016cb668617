"""A notebook that a tool saved without an edit: `bet tidy` leaves no trace of it, and hashes hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bet.chapter import outputs
from bet.cli import main
from bet.run import cache, execute
from bet.run.check import all_faults
from tests import worlds
from tests.places import BOOK

NAME = "3_infrastructure"
NUMBERS = {"big": 1e21, "whole": 25.0, "zero": -0.0, "small": 1e-7, "rows": [1.0, 2.5], "no": None}


def committed(folder: Path) -> Path:
    """Write a notebook as `bet run --in-place` leaves it, with numbers that a browser writes otherwise."""
    data = {
        outputs.CHART_MIME: {"name": "us-power", "rows": NUMBERS},
        outputs.NUMBERS_MIME: NUMBERS,
        "image/svg+xml": "<svg>\n</svg>",
    }
    cells = [
        new_markdown_cell("# Title\n\nText", id="c01"),
        new_code_cell(
            "as_of = 1", id="c02", metadata={"tags": ["parameters"]}, execution_count=1
        ),
        new_code_cell(
            "show()", id="c03", execution_count=2, outputs=[new_output("display_data", data=data)],
            metadata={"tags": ["remove-input"], "jupyter": {"source_hidden": True}},
        ),
    ]  # fmt: skip
    path = folder / "a.ipynb"
    outputs.write(outputs.clean(new_notebook(cells=cells)), path)
    return path


def tidied(path: Path) -> bytes:
    CliRunner().invoke(main, ["tidy", str(path)])
    return path.read_bytes()


BROWSER = "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>console.log(JSON.stringify(JSON.parse(t))))"


def through_a_browser(text: str) -> str:
    """Return JSON as the engine of browsers (V8) reads and writes it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    done = subprocess.run([node, "-e", BROWSER], input=text, capture_output=True, text=True)
    return done.stdout


@contextmanager
def jupyter(folder: Path):
    """Start a Jupyter server over a folder; give the address of its contents."""
    port = 18000 + os.getpid() % 10000
    settings = ["--ServerApp.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
                f"--ServerApp.root_dir={folder}", f"--ServerApp.port={port}", "--allow-root",
                "--no-browser", "--ServerApp.port_retries=0"]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *settings],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"JUPYTER_DATA_DIR": str(folder / ".data"), "JUPYTER_CONFIG_DIR": str(folder / ".config")},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/api/contents/"
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(address).close()
                break
            except OSError:
                assert server.poll() is None, "the Jupyter server ended"
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def test_a_save_in_jupyter_without_an_edit_leaves_no_trace(tmp_path):
    path = committed(tmp_path)
    before, hashes = path.read_bytes(), outputs.chart_hashes(outputs.read(path))
    with jupyter(tmp_path) as address:
        model = json.load(urllib.request.urlopen(f"{address}a.ipynb"))
        for cell in model["content"]["cells"]:  # as JupyterLab does before it saves
            cell["metadata"] |= {
                "editable": True,
                "slideshow": {"slide_type": ""},
                "scrolled": True,
            }
        sent = {"type": "notebook", "content": model["content"]}
        body = through_a_browser(json.dumps(sent)).encode()
        save = urllib.request.Request(f"{address}a.ipynb", body, method="PUT")
        save.add_header("Content-Type", "application/json")
        for _ in range(2):  # the second save writes a checkpoint
            urllib.request.urlopen(save).close()
        urllib.request.urlopen(f"{address}a.ipynb/checkpoints", b"").close()
    assert path.read_bytes() != before
    assert outputs.chart_hashes(outputs.read(path)) == hashes
    assert tidied(path) == before
    assert CliRunner().invoke(main, ["tidy", str(path)]).exit_code == 0
    assert (tmp_path / ".ipynb_checkpoints").is_dir()


def saved_by(tool: str, book: dict) -> dict:
    """Return a notebook as a tool saves it, after one more Run All; see tests/fixtures/saved."""
    marks = json.loads((worlds.FIXTURES / "saved" / f"{tool}.json").read_text(encoding="utf-8"))
    book["metadata"] = marks["notebook"]
    book["nbformat_minor"] = marks["nbformat_minor"]
    for place, cell in enumerate(book["cells"]):
        cell["metadata"] |= marks["cell"]
        if marks["ids"] == "in the metadata":
            cell["metadata"]["id"] = cell.pop("id")
        elif marks["ids"] == "none":
            cell.pop("id")
        if cell["cell_type"] == "code":
            cell["execution_count"] = 10 + place
    return book


@pytest.mark.parametrize("tool", ["jupyterlab", "vscode", "colab", "executetime"])
def test_what_a_tool_notes_of_a_person_or_a_machine_goes(tmp_path, tool):
    path = committed(tmp_path)
    before = path.read_bytes()
    path.write_text(through_a_browser(json.dumps(saved_by(tool, json.loads(before)))))
    assert path.read_bytes() != before
    assert tidied(path) == before


def test_a_run_out_of_order_keeps_its_counts(tmp_path):
    path = committed(tmp_path)
    book = outputs.read(path)
    book.cells[1].execution_count, book.cells[2].execution_count = 7, 5
    assert [c.get("execution_count") for c in outputs.clean(book).cells] == [None, 7, 5]
    book.cells[1].execution_count = None
    assert [c.get("execution_count") for c in outputs.clean(book).cells] == [None, None, 5]


def test_a_changed_number_is_no_format(tmp_path):
    path = committed(tmp_path)
    before, hashes = path.read_bytes(), outputs.chart_hashes(outputs.read(path))
    path.write_text(path.read_text().replace("2.5", "2.0"))
    assert tidied(path) != before
    assert outputs.chart_hashes(outputs.read(path)) != hashes


@pytest.mark.parametrize("name", execute.names())
def test_a_chapter_is_the_same_after_a_browser(tmp_path, name):
    path = tmp_path / f"{name}.ipynb"
    shutil.copy(BOOK / path.name, path)
    before, hashes = tidied(path), outputs.chart_hashes(outputs.read(path))
    path.write_text(through_a_browser(before.decode()))
    assert outputs.chart_hashes(outputs.read(path)) == hashes
    assert tidied(path) == before


def test_a_notebook_of_another_machines_kernel_runs_under_ours(tmp_path):
    (tmp_path / "book").mkdir()
    with worlds.small(tmp_path):
        path = tmp_path / "book" / f"{NAME}.ipynb"
        parameters = (
            'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
        )
        book = new_notebook(
            cells=[
                new_code_cell(parameters, metadata={"tags": ["parameters"]}),
                new_code_cell("1"),
            ],
            metadata={
                "kernelspec": {"name": "their-env", "display_name": "x", "language": "python"}
            },
        )
        nbformat.write(book, path)
        for kernel in (False, True):
            execute.run(NAME, {}, tmp_path / "out.ipynb", kernel=kernel)
            ran = nbformat.read(tmp_path / "out.ipynb", as_version=4)
            assert ran.cells[1].outputs[0].data["text/plain"] == "1"
            assert ran.metadata.kernelspec.name == "python3"
        told = f"book/{NAME}.ipynb: found kernel 'their-env'; expected 'python3': bet tidy"
        assert told in [str(fault) for fault in all_faults()]
        assert CliRunner().invoke(main, ["tidy"]).exit_code == 1
        assert not any("kernel" in str(fault) for fault in all_faults())


def test_what_pip_install_leaves_is_nothing_of_the_book(tmp_path):
    """bet diff takes every file that git does not ignore for a part of the book."""
    shutil.copy(BOOK.parent / ".gitignore", tmp_path)
    for name in ("build/lib/bet/cli.py", "bet.egg-info/PKG-INFO", "bet/site/build/a.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    git = ["git", "-c", "core.excludesFile=", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    told = subprocess.run(
        [*git, "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [".gitignore", "bet/site/build/a.py"]


def test_a_checkpoint_is_nobodys_record(tmp_path):
    (tmp_path / "book").mkdir()
    with worlds.small(tmp_path) as data:
        files, names = cache.data_files(), execute.names()
        for folder, kept in ((data / "tables", "power.csv"), (data, "parameters.yml")):
            (folder / ".ipynb_checkpoints").mkdir()
            shutil.copy(folder / kept, folder / ".ipynb_checkpoints")
        (tmp_path / "book" / ".ipynb_checkpoints").mkdir()
        (tmp_path / "book" / ".ipynb_checkpoints" / "x-checkpoint.ipynb").write_text("{}")
        assert (cache.data_files(), execute.names()) == (files, names)
    assert ".ipynb_checkpoints/" in (BOOK.parent / ".gitignore").read_text().splitlines()
