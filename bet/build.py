"""Build the book: run every notebook, write the site whole, swap it in.

An edition is the book under one named set of parameters (data/editions.yml). Each is staged in a
folder of its own, so that the committed notebooks stay as they are and a failed build leaves the
last good site in place.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bet import notebooks
from bet.faults import NotebookFailed
from bet.paths import BOOK, BUILD, ROOT, shown

SITE = BUILD / "html"


def build(
    values: Mapping[str, Mapping[str, Any]] | None = None,
    target: Path = SITE,
    say: Callable[[str], None] = print,
) -> Path:
    """Run every notebook, build the site and put it at ``target``; return its first page.

    ``values`` maps a notebook to the parameters that differ from the defaults.
    Raises NotebookFailed or BadInput; ``target`` is then left as it was.
    """
    with _alone():
        stage = BUILD / "stage" / target.name
        _stage(stage)
        _run_all(values or {}, stage / "book", say)
        say("building the site")
        site = _sphinx(stage)
        _swap(site, target)
    return target / "index.html"


@contextmanager
def _alone() -> Iterator[None]:
    """Let one build at a time work in this checkout; a second one waits for it."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stage(stage: Path) -> None:
    """Copy what the site is made from, the notebooks excepted, into an empty folder."""
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, stage / name)
    shutil.copytree(ROOT / "web", stage / "web")
    (stage / "book").mkdir()
    for path in BOOK.glob("*.md"):
        shutil.copy(path, stage / "book" / path.name)


def _run_all(
    values: Mapping[str, Mapping[str, Any]], folder: Path, say: Callable[[str], None]
) -> None:
    """Run the notebooks on all cores, telling the progress; the first failure stops the build."""
    names = notebooks.names()
    started = time.monotonic()
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = {
            pool.submit(
                notebooks.run, name, dict(values.get(name, {})), folder / f"{name}.ipynb"
            ): name
            for name in names
        }
        for done, run in enumerate(as_completed(runs), 1):
            try:
                run.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            say(f"[{done}/{len(names)}] {runs[run]} done after {time.monotonic() - started:.0f} s")


def _sphinx(stage: Path) -> Path:
    """Build the HTML of a staged book with warnings as errors; return its folder."""
    command = [
        sys.executable,
        "-m",
        "jupyter_book",
        "build",
        "-W",
        "-n",
        "--keep-going",
        "--quiet",
        str(stage),
    ]
    environment = os.environ | {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=stage, env=environment, capture_output=True, text=True)
    if done.returncode:
        told = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise NotebookFailed(f"the site could not be built:\n{told}")
    return stage / "_build" / "html"


def _swap(site: Path, target: Path) -> None:
    """Put a finished site in place of the last one."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    site.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def refresh(say: Callable[[str], None] = print) -> None:
    """Execute every notebook at its defaults and write its outputs in place; unchanged ones stay as they are."""
    for name in notebooks.names():
        path = notebooks.path_of(name)
        before = path.read_text(encoding="utf-8")
        notebooks.run(name, {}, path)
        say(
            f"{shown(path)} {'unchanged' if path.read_text(encoding='utf-8') == before else 'refreshed'}"
        )
