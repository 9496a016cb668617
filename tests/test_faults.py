"""Faults of the machine: the last good output stays whole, the message is one line, the next run succeeds."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook

from bet import paths
from bet.chapter import charts, outputs
from bet.cli import main
from bet.faults import BadInput
from bet.site import build
from tests import bad_input
from tests.places import ROOT
from tests.rounds import sampled

NAME = bad_input.NAME
# A book whose slow parts are replaced: what runs between lock and swap is the build's own code.
BUILD = """
import os, sys, time
from pathlib import Path
from bet.run import cache, execute
from bet.site import build
from bet.paths import here
BUILD = here().build
text, wait, slow = sys.argv[1], float(sys.argv[2]), sys.argv[3]

def run(name, values, output, kernel):
    if slow == "run":
        (BUILD / "log").write_text("start")
        time.sleep(wait)

def sphinx(name, parent):
    build.fork.end_with_parent(parent)
    log = BUILD / "log"
    with log.open("a") as file:
        print("start", text, file=file, flush=True)
        site = build.stage_folder() / name / "_build" / "html"
        site.mkdir(parents=True)
        (site / "page.html").write_text(text)
        time.sleep(wait * (slow == "write"))
        (site / "last.html").write_text(text)
        print("end", text, file=file, flush=True)

build._sphinx = sphinx
build.prepare_to_write = lambda: None
build.plan = lambda editions: ([("a", {}, BUILD / "a.ipynb"), ("b", {}, BUILD / "b.ipynb")], [])
cache.reuse = lambda *_: False
cache.run = run
print(build.build(say=lambda _: None).with_name("page.html").read_text())
"""


@pytest.fixture
def book(tmp_path):
    """A small book of its own, for commands started in it."""
    shutil.copytree(bad_input.worlds.FIXTURES / "ledger", tmp_path / "data")
    (tmp_path / "data" / "editions.yml").write_text(bad_input.EDITIONS, encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "web").mkdir()
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    bad_input.worlds.forget()
    yield tmp_path
    bad_input.worlds.forget()


def cells(book: Path, *sources: str) -> None:
    parameters = 'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
    first = new_code_cell(parameters, id="c01", metadata={"tags": ["parameters"]})
    rest = [new_code_cell(source, id=f"c{i:02}") for i, source in enumerate(sources, 2)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = new_notebook(cells=[first, *rest], metadata={"kernelspec": kernel})
    nbformat.write(made, book / "book" / f"{NAME}.ipynb")


def start(book: Path, *arguments: str) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *arguments], env=environment, cwd=book, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


class Building:
    """A build with its slow parts replaced, in a fork of this process, which has the package loaded."""

    def __init__(self, book: Path, text: str, wait: str, slow: str) -> None:
        self.told = book / f"{text}.told"
        arguments = (book, self.told, ["-c", text, wait, slow])
        self.process = multiprocessing.get_context("fork").Process(target=_built, args=arguments)
        self.process.start()

    def ends(self, within_s: float = 90) -> str:
        """Wait for its end; return what it told."""
        self.process.join(within_s)
        ended = self.process.exitcode is not None
        self.process.kill()
        assert ended, "it did not end"
        return self.told.read_text(encoding="utf-8")


def _built(book: Path, told: Path, arguments: list[str]) -> None:
    os.chdir(book)
    with told.open("w", encoding="utf-8") as sys.stdout:
        sys.argv = arguments
        # Its workers ask for ``run`` by the name of its module.
        module = sys.modules["building"] = ModuleType("building")
        exec(BUILD, vars(module))


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".run")]


def test_a_kernel_killed_in_mid_cell_leaves_the_last_run_and_the_next_succeeds(book, monkeypatch):
    monkeypatch.chdir(book)
    output = book / "run.ipynb"
    output.write_text("an earlier run", encoding="utf-8")
    cells(book, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    run = CliRunner().invoke(main, ["run", NAME, "-o", str(output)])
    assert run.exit_code == 1
    assert run.stderr.startswith(f"bet: book/{NAME}.ipynb: DeadKernelError")
    assert "Traceback" not in run.stderr
    assert output.read_text(encoding="utf-8") == "an earlier run"
    cells(book, "satellites + 1")
    assert CliRunner().invoke(main, ["run", NAME, "-o", str(output)]).exit_code == 0
    assert outputs.read(output).cells[1].outputs[0].data["text/plain"] == "13"


def test_a_process_killed_in_mid_write_leaves_the_last_file(tmp_path):
    output, half = tmp_path / "run.txt", tmp_path / "half"
    output.write_text("an earlier run", encoding="utf-8")
    script = """
import pathlib, sys, time
from bet import paths
output, half = map(pathlib.Path, sys.argv[1:])
def hang(*_):
    half.write_text("written, not yet in place")
    time.sleep(600)
paths.os.replace = hang
paths.write_text(output, "new " * 100000)
"""
    run = start(ROOT, "-c", script, str(output), str(half))
    wait_for(half.exists)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=30)
    assert output.read_text(encoding="utf-8") == "an earlier run"
    paths.write_text(output, "the next one")
    assert output.read_text(encoding="utf-8") == "the next one"


@pytest.mark.parametrize("slow", sampled(["run", "write"], ["write"]))
def test_a_build_killed_in_the_middle_leaves_the_last_site_and_the_next_succeeds(book, slow):
    page, log = book / "_build" / "html" / "page.html", book / "_build" / "log"
    assert Building(book, "first", "0", slow).ends() == "first\n"
    log.unlink()
    second = Building(book, "second", "600", slow)
    wait_for(lambda: log.exists() and "start" in log.read_text())
    second.process.kill()
    second.process.join(30)
    assert page.read_text(encoding="utf-8") == "first"
    assert (page.parent / "last.html").read_text(encoding="utf-8") == "first"
    assert Building(book, "third", "0", slow).ends() == "third\n"
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "index.html",
        "last.html",
        "page.html",
    ]


def test_two_builds_at_once_work_one_after_the_other(book):
    runs = [Building(book, name, "0.5", "write") for name in ("a", "b")]
    told = {run.ends().strip() for run in runs}
    assert told == {"a", "b"}
    log = (book / "_build" / "log").read_text(encoding="utf-8").split()
    assert log[1] == log[3] != log[5] == log[7]  # start x end x start y end y


def test_a_site_is_never_missing_while_it_is_swapped(tmp_path, monkeypatch):
    """Where the system can exchange two folders there is no moment without a site; elsewhere it is short."""
    target = tmp_path / "html"
    for turn, exchange in enumerate([build._exchanged, lambda *_: False]):
        monkeypatch.setattr(build, "_exchanged", exchange)
        for text in (f"{turn} one", f"{turn} two"):
            site = tmp_path / "stage"
            shutil.rmtree(site, ignore_errors=True)
            site.mkdir()
            (site / "index.html").write_text(text, encoding="utf-8")
            build._swap(site, target)
            assert (target / "index.html").read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_leaves_the_last_file(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system could be mounted: {mounted.stderr.decode().strip()}")
    try:
        output = disk / "run.ipynb"
        paths.write_text(output, "an earlier run")
        with pytest.raises(OSError) as error:
            paths.write_text(output, "x" * 200_000)
        assert error.value.errno == errno.ENOSPC
        assert output.read_text(encoding="utf-8") == "an earlier run" and left_over(disk) == []
        paths.write_text(output, "the next one")
        assert output.read_text(encoding="utf-8") == "the next one"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    ("code", "told"),
    [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system"),
     (errno.EACCES, "Permission denied"), (errno.EIO, "Input/output error")],
)  # fmt: skip
def test_a_disk_that_refuses_is_told_in_one_line(tmp_path, monkeypatch, code, told):
    with bad_input.world(tmp_path):
        output = tmp_path / "run.ipynb"
        output.write_text("an earlier run", encoding="utf-8")

        def refuse(*_):
            raise OSError(code, os.strerror(code), str(output))

        monkeypatch.setattr(paths.os, "replace", refuse)
        done = CliRunner().invoke(main, ["run", NAME, "-o", str(output)])
        assert (done.exit_code, done.stderr) == (1, f"bet: run.ipynb: {told}\n")
        assert output.read_text(encoding="utf-8") == "an earlier run" and left_over(tmp_path) == []
        monkeypatch.undo()
        with bad_input.world(tmp_path / "again"):
            assert CliRunner().invoke(main, ["run", NAME, "-o", str(output)]).exit_code == 0


def test_an_output_below_a_file_is_told_in_one_line(tmp_path):
    with bad_input.world(tmp_path):
        (tmp_path / "file").write_text("", encoding="utf-8")
        done = CliRunner().invoke(main, ["run", NAME, "-o", str(tmp_path / "file" / "run.ipynb")])
    assert done.exit_code in (1, 2) and len(done.stderr.splitlines()) <= 4
    assert "Traceback" not in done.stderr


def test_a_missing_font_is_told():
    with pytest.raises(
        BadInput, match="font SourceSansPro: found no such file; expected the file of the package"
    ):
        charts.load_fonts({"SourceSansPro": "/nowhere/SourceSansPro.ttf"})
