"""The preview: a save is seen, a fault is told and the next save mends it, nothing outlives it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell

from bet.chapter import outputs
from bet.cli import main
from bet.site import preview, search
from bet.site.serve import Pages, at
from tests import bad_input, worlds
from tests.places import ROOT


@pytest.mark.parametrize(
    ("changed", "notebooks"),
    [
        (["book/method.md", "web/book.css"], []),
        (["book/4_thesis.ipynb", "book/index.ipynb"], ["4_thesis", "index"]),
        (["book/gone.ipynb"], []),
        (["book/method.md", "data/tables/tsla.csv"], None),
        (["bet/numbers.py"], None),
        (["_config.yml"], None),
    ],
)
def test_a_change_runs_what_depends_on_it(tmp_path, changed, notebooks):
    (tmp_path / "book").mkdir()
    for name in ("4_thesis", "index"):
        (tmp_path / "book" / f"{name}.ipynb").touch()
    assert preview.touched([tmp_path / name for name in changed], tmp_path) == notebooks


@pytest.mark.parametrize(
    ("name", "passes"),
    [("book/.ipynb_checkpoints/a.ipynb", True), ("book/a.md~", True), ("bet/__pycache__/a.pyc", True),
     ("book/.a.md.swp", True), ("book/a.md", False)],
)  # fmt: skip
def test_what_an_editor_leaves_behind_is_no_change(name, passes):
    assert bool(preview._passing([(1, name)])) is passes


def test_only_files_that_differ_are_brought(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    for folder in (new, old):
        (folder / "book").mkdir(parents=True)
        (folder / "book" / "same.md").write_text("same")
    (new / "book" / "other.md").write_text("new")
    (old / "book" / "other.md").write_text("old")
    (old / "book" / "gone.md").write_text("gone")
    (old / "_build").mkdir()
    (old / "_build" / "page.html").write_text("kept")
    os.utime(old / "book" / "same.md", (1, 1))
    preview._bring(new, old)
    assert {p.relative_to(old).as_posix() for p in old.rglob("*.*")} == {
        "book/same.md",
        "book/other.md",
        "_build/page.html",
    }
    assert (old / "book" / "other.md").read_text() == "new"
    assert (old / "book" / "same.md").stat().st_mtime == 1


def test_a_port_that_is_none_or_taken_is_told_before_anything_starts():
    taken = at(0, Pages)
    with taken:
        for port, found in ((99999, "no port"), (taken.server_port, "address already in use")):
            done = CliRunner().invoke(main, ["preview", "--port", str(port)])
            assert done.exit_code == 2 and f"port {port}: found {found}" in done.output


class Previewed:
    """A copy of the book under ``bet preview``, as somebody who writes has it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lines, self.heard = folder, [], threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bet", "preview"], cwd=folder, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            with self.heard:
                self.lines.append(line.strip())
                self.heard.notify_all()

    def line(self, start: str) -> str:
        """Wait for a line, and forget what was said until then."""
        with self.heard:
            assert self.heard.wait_for(
                lambda: any(line.startswith(start) for line in self.lines), 300
            ), self.lines
            place = next(n for n, line in enumerate(self.lines) if line.startswith(start))
            told, self.lines = self.lines[place], self.lines[place + 1 :]
            return told

    def save(self, name: str, text: str) -> None:
        """Save a file of the book."""
        (self.folder / name).write_text(text, encoding="utf-8")


CONTENTS = f"""format: jb-book
root: book/index
chapters:
  - {{file: book/{bad_input.NAME}}}
  - {{file: book/method}}
  - {{file: book/claims}}
"""
PAGES = {
    "index": "# The book\n\nWords.\n",
    "method": "# Method\n\nAs {claim}`INFRA-60` is judged.\n",
    "claims": "# All claims\n\n```{bet} claims\n```\n",
}
SAID = (
    f'from bet import Chapter\nbook = Chapter("{bad_input.NAME}", globals())',
    'book.ledger("INFRA")',
    'cited = ["power-metered", "power-paper-a", "power-paper-b", "power-paper-c", "power-told"]',
)


@pytest.fixture(scope="module")
def previewed(tmp_path_factory):
    """The preview of a small book, with the styles and settings of ours."""
    folder = tmp_path_factory.mktemp("previewed")
    shutil.copytree(worlds.FIXTURES / "ledger", folder / "data")
    (folder / "data" / "editions.yml").write_text(bad_input.EDITIONS, encoding="utf-8")
    shutil.copytree(ROOT / "web", folder / "web")
    for name in ("_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    (folder / "_toc.yml").write_text(CONTENTS, encoding="utf-8")
    (folder / "book").mkdir()
    for name, text in PAGES.items():
        (folder / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    book = nbformat.from_dict(bad_input.NOTEBOOK)
    book.cells += [new_code_cell(source) for source in SAID]
    nbformat.write(outputs.clean(book), folder / "book" / f"{bad_input.NAME}.ipynb")
    shown = Previewed(folder)
    yield shown
    with contextlib.suppress(ProcessLookupError):
        os.killpg(shown.process.pid, signal.SIGKILL)


def fetched(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def test_a_save_is_seen_a_fault_told_and_mended(previewed):
    told = previewed.line("start: ")
    assert "wrote" in told, told
    address = previewed.line("The preview is at ").split()[4].rstrip(",")
    method = PAGES["method"]
    site = previewed.folder / "_build" / "preview" / "_build" / "html"
    later = [site / "notebooks.zip", site / search.PLACE / search.LIST]  # not waited for at a save
    written = [path.stat().st_mtime_ns for path in later]
    previewed.save("book/method.md", f"{method}\nWords that were just saved.\n")
    assert "wrote 2 pages" in previewed.line(
        "book/method.md: "
    )  # its own, and the one that lists it
    page = fetched(f"{address}/book/method.html")
    assert "Words that were just saved." in page and "/-/preview.js" in page
    assert "EventSource" in fetched(f"{address}/-/preview.js")
    assert [path.stat().st_mtime_ns for path in later] == written
    assert "preview.js" not in (site / "book" / "method.html").read_text()
    assert page.count("Content-Security-Policy") == 1
    assert fetched(f"{address}/book/{bad_input.NAME}.html").count("Content-Security-Policy") == 1

    previewed.save("book/method.md", f"{method}\n{{claim}}`INFRA-999`\n")
    assert "unknown claim 'INFRA-999'" in previewed.line("book/method.md: ")
    with urllib.request.urlopen(f"{address}/-/events") as stream:
        assert "INFRA-999" in stream.readline().decode() + stream.readline().decode()
    previewed.save("book/method.md", method)
    assert "wrote" in previewed.line("book/method.md: ")
    assert "Words that were just saved." not in fetched(f"{address}/book/method.html")
    assert not (previewed.folder / "_build" / "html").exists()


@pytest.mark.nightly
def test_a_record_that_is_wrong_is_told_and_mended(previewed):
    path = "data/claims/infrastructure.yml"
    right = (worlds.FIXTURES / "ledger" / "claims" / "infrastructure.yml").read_text(
        encoding="utf-8"
    )
    previewed.save(path, right.replace("verdict: ", "verdict: not-", 1))
    assert "INFRA-6" in previewed.line(f"{path}: ")
    previewed.save(path, right)
    assert "wrote" in previewed.line(f"{path}: ")


def test_ctrl_c_leaves_no_process_behind(previewed):
    children = subprocess.run(
        ["pgrep", "-s", str(previewed.process.pid)], capture_output=True, text=True
    ).stdout.split()
    assert len(children) >= 2
    os.kill(previewed.process.pid, signal.SIGINT)
    previewed.process.wait(30)
    end = time.monotonic() + 30
    while time.monotonic() < end and any(Path(f"/proc/{pid}").exists() for pid in children):
        time.sleep(0.1)
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def test_the_state_is_one_line_of_json():
    board = preview.Board()
    first = json.loads(board.as_json())
    board.tell("it broke")
    assert json.loads(board.as_json()) == {**first, "fault": "it broke"}
    board.tell("")
    assert json.loads(board.as_json())["written"] != first["written"]
