"""Measure builds of this book, side by side with what others would do with the same execute.

Run: python benchmarks/build.py [--rounds N] [--only PATTERN] [--tests] [--write]

Each case is run N times, one after another in rounds, so that a busy minute falls on all alike. Wall
time is what a reader waits; processor time, of every process that a case started, is steadier where
others use the machine. The book is copied to a folder of its own; nothing of the checkout changes.
Not measured: Jupyter Book 2 (mystmd), whose theme is in no package registry.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.util
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import page
from nbformat.v4 import new_code_cell, new_notebook

from bet.chapter import outputs

REPOSITORY = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHAPTER, TABLE = "3_infrastructure", "us_power"
PACKAGES = ("jupyter-book", "sphinx", "papermill", "nbconvert", "ipykernel", "pandas", "matplotlib")
TIMES = (1, 10, 50)
UNIT_NOTEBOOKS = 2
SMALL = f"""import pandas as pd
import matplotlib.pyplot as plt
from bet.chapter import charts  # the style of the book
from bet.records import tables
data = tables.table("{TABLE}", "2026-11-23")
fig, ax = plt.subplots()
ax.plot(range(len(data)))
len(data)"""


# ---- measuring


def be_reaper() -> None:
    """Adopt orphans (Linux), so that the time of a process that outlives its starter counts too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def measure(*commands: list[str], cwd: Path, env: dict[str, str]) -> dict[str, float]:
    """Run commands and return the wall and processor seconds of all that they started."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for command in commands:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-3000:]}")
    wall = time.perf_counter() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "load": os.getloadavg()[0]}


# ---- copies of the book, and edits to them


def copy_book(folder: Path) -> Path:
    """Copy what a build needs."""
    folder.mkdir()
    for path in REPOSITORY.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    for name in ("book", "data", "web", "benchmarks"):
        shutil.copytree(REPOSITORY / name, folder / name)
    return folder


def environment(root: Path, **more: str) -> dict[str, str]:
    """Return the environment of a build of a copy: no settings of ours but those named."""
    left = {k: v for k, v in os.environ.items() if not k.startswith(("BET_", "JUPYTER_"))}
    return left | more


def edit_cell(root: Path, kind: str, turn: int) -> None:
    """Change one cell of a kind, in a way that changes nothing it says or does."""
    path = root / "book" / f"{CHAPTER}.ipynb"
    book = nbformat.read(path, as_version=4)
    cell = [cell for cell in book.cells if cell.cell_type == kind][-1]
    cell.source = f"{cell.source}\n<!-- {turn} -->" if kind == "markdown" else f"{cell.source}\n# {turn}"  # fmt: skip
    nbformat.write(book, path)


def edit_table(root: Path, turn: int) -> None:
    """Change the bytes of a table, and what holds its hash, but no value: quote the n-th name of its header."""
    path = root / "data" / "tables" / f"{TABLE}.csv"
    head, rest = path.read_bytes().split(b"\n", 1)
    names = [name.strip(b'"') for name in head.split(b",")]
    names[turn % len(names)] = b'"' + names[turn % len(names)] + b'"'
    path.write_bytes(b",".join(names) + b"\n" + rest)
    command = [str(BIN / "bet"), "hash", TABLE]
    subprocess.run(command, cwd=root, env=environment(root), check=True, capture_output=True)


EDITS: dict[str, Callable[[Path, int], None]] = {
    "nothing": lambda root, turn: None,
    "prose": lambda root, turn: edit_cell(root, "markdown", turn),
    "code": lambda root, turn: edit_cell(root, "code", turn),
    "one table": edit_table,
}


# ---- the cases: name -> one measured run


def ours(root: Path, every: bool) -> Iterator[tuple[str, Callable[[int], dict]]]:
    """Give the cases of this book's own command: today's edition, or every edition."""
    build, env = [str(BIN / "bet"), "build"], environment(root)

    def after(edit: str, *options: str, **more: str) -> Callable[[int], dict]:
        def run(turn: int) -> dict:
            EDITS[edit](root, turn)
            return measure([*build, *options], cwd=root, env=env | more)

        return run

    if every:
        yield "bet build --all, cold", after("nothing", "--all", "--fresh")
        yield "bet build --all, after editing one table", after("one table", "--all")
        return
    yield "bet build, cold", after("nothing", "--fresh")
    yield "bet build, cold, ordinary kernels", after("nothing", "--fresh", "--kernel")
    for edit in EDITS:
        yield f"bet build, after editing {edit}", after(edit)


def jupyter_book(root: Path, mode: str) -> Iterator[tuple[str, Callable[[int], dict]]]:
    """Give the cases of plain jupyter-book 1 with its own execution."""
    config = root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    wanted = f'execute_notebooks: "{mode}"\n  timeout: 300'
    config.write_text(re.sub(r'execute_notebooks: "off"', wanted, text), encoding="utf-8")
    command = [str(BIN / "jupyter-book"), "build", "-W", "-n", "--keep-going", str(root)]
    env = environment(root)

    def after(edit: str, clean: bool = False) -> Callable[[int], dict]:
        def run(turn: int) -> dict:
            if clean:
                shutil.rmtree(root / "_build", ignore_errors=True)
            EDITS[edit](root, turn)
            return measure(command, cwd=root, env=env)

        return run

    yield f"jupyter-book 1, {mode}, cold", after("nothing", clean=True)
    for edit in ("prose", "code", "one table") if mode == "cache" else ():  # force runs all
        yield f"jupyter-book 1, {mode}, after editing {edit}", after(edit)


def papermill_nbconvert(root: Path) -> Iterator[tuple[str, Callable[[int], dict]]]:
    """Give the case of papermill and nbconvert, one notebook after another: pages, but no book."""
    out = root / "_build" / "plain"
    out.mkdir(parents=True)
    sources = sorted((root / "book").glob("*.ipynb"))
    runs = [
        [sys.executable, "-m", "papermill", "--no-progress-bar", "--cwd", str(root / "book"), str(path), str(out / path.name)]
        for path in sources
    ]  # fmt: skip
    pages = [sys.executable, "-m", "nbconvert", "--to", "html", *(str(out / path.name) for path in sources)]  # fmt: skip
    env = environment(root)
    yield "papermill and nbconvert", lambda turn: measure(*runs, pages, cwd=root, env=env)


CELLS = """import json, sys, time
import nbformat
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from bet.run import fork
fork.prepare()
shell = InteractiveShell.instance()
shell.display_pub = CapturingDisplayPublisher()
spent = 0.0
for path in sys.argv[1:]:
    shell.reset(new_session=False)
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            began = time.process_time()
            shell.run_cell(cell.source, store_history=False).raise_error()
            spent += time.process_time() - began
print("spent", spent)"""


def floor(root: Path) -> Iterator[tuple[str, Callable[[int], dict]]]:
    """Give the parts of the floor: the cells' own work, and Sphinx writing what is executed."""
    env = environment(root, MPLBACKEND="agg")
    books = [str(path) for path in sorted((root / "book").glob("*.ipynb"))]

    def cells(turn: int) -> dict:
        command = [sys.executable, "-c", CELLS, *books]
        done = subprocess.run(command, cwd=root / "book", env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        spent = float(done.stdout.rsplit("spent ", 1)[1])
        return {"wall": spent / (os.cpu_count() or 1), "cpu": spent, "load": os.getloadavg()[0]}

    def write(turn: int) -> dict:
        shutil.rmtree(root / "_build", ignore_errors=True)
        command = [str(BIN / "jupyter-book"), "build", "-W", "-n", "--keep-going", str(root)]
        return measure(command, cwd=root, env=env)

    yield "floor: processor time of the cells over the cores", cells
    yield "floor: Sphinx alone", write


# ---- growth


def growth(folder: Path) -> dict[str, dict[str, float]]:
    """Return the seconds for 1, 10 and 50 times the claims, the tables and small execute."""
    return {
        "claims, processor seconds to load and list": {str(n): grown(folder, "claims", n) for n in TIMES},
        "tables, processor seconds to load and check": {str(n): grown(folder, "tables", n) for n in TIMES},
        f"notebooks ({UNIT_NOTEBOOKS} at once one time), wall seconds": {str(n): run_small(folder, n) for n in TIMES},
    }  # fmt: skip


LOADS = {
    "claims": """from bet.chapter import cards
from bet.records import claims, judge
began = time.process_time()
found = claims.claims()
for claim in found.values(): cards.card(judge.from_ledger(claim, "2026-11-23", "n"))
print(len(found), time.process_time() - began)""",
    "tables": """from bet.records import tables
began = time.process_time()
for name in tables.names(): tables.table(name, "2026-11-23")
print(len(tables.names()), time.process_time() - began)""",
}


def small_book(root: Path) -> Path:
    """Make a book of the records alone: the data and what tells that it is a book."""
    shutil.copytree(REPOSITORY / "data", root / "data")
    shutil.copy(REPOSITORY / "_config.yml", root)
    return root


def grown(folder: Path, kind: str, times: int) -> float:
    """Return the processor seconds that one process takes over N times the records of a kind."""
    root = small_book(folder / f"{kind}-{times}")
    for path in sorted((root / "data" / kind).iterdir()):
        for n in range(1, times):
            if kind == "tables":
                shutil.copy(path, path.with_name(f"{path.stem}_{n}{path.suffix}"))
            else:
                text = re.sub(r"^- id: ([A-Z]+)-", rf"- id: \1-{n}", path.read_text("utf-8"), flags=re.M)  # fmt: skip
                path.with_name(f"{path.stem}_{n}.yml").write_text(text, "utf-8")
    command = [sys.executable, "-c", f"import time\n{LOADS[kind]}"]
    done = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    shutil.rmtree(root)
    return float(done.stdout.split()[-1])


def run_small(folder: Path, times: int) -> float:
    """Return the wall seconds to run N times as many small notebooks on all cores."""
    from bet.run import execute

    book = nbformat.writes(outputs.clean(new_notebook(cells=[new_code_cell(SMALL, id="c01")])))
    root = small_book(folder / f"small-{times}")
    paths = [root / f"small-{n}.ipynb" for n in range(UNIT_NOTEBOOKS * times)]
    for path in paths:
        path.write_text(book, encoding="utf-8")
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(execute.execute, paths, [{}] * len(paths)))
    return time.perf_counter() - began


# ---- the whole


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.exists() else None
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "processor": named.group(1) if named else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {n: version(n) for n in PACKAGES if importlib.util.find_spec(n.replace("-", "_"))},
    }  # fmt: skip


def summary(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Return median and range of the runs of a case."""
    told: dict[str, Any] = {"n": len(runs)}
    for key in ("wall", "cpu", "load"):
        values = sorted(round(run[key], 2) for run in runs)
        told[key] = [round(statistics.median(values), 2), values[0], values[-1]]
    return told


def main() -> None:
    """Run every case, print each run, and write the figures where the book shows them."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5, help="runs of each case (default 5)")
    options.add_argument("--only", default="", help="cases whose name matches this pattern")
    options.add_argument("--tests", action="store_true", help="run the test command too, once")
    options.add_argument(
        "--write", action="store_true", help="write the figures into the book's page on speed"
    )
    asked = options.parse_args()
    be_reaper()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="bet-benchmark-") as name:
        folder = Path(name)
        cases = dict(
            case
            for maker in (
                floor(copy_book(folder / "floor")),
                ours(copy_book(folder / "ours"), every=False),
                jupyter_book(copy_book(folder / "force"), "force"),
                jupyter_book(copy_book(folder / "cache"), "cache"),
                papermill_nbconvert(copy_book(folder / "plain")),
                ours(copy_book(folder / "every"), every=True),
            )
            for case in maker
            if re.search(asked.only, case[0])
        )
        runs: dict[str, list[dict]] = {case: [] for case in cases}
        for turn in range(asked.rounds):
            for case, run in cases.items():
                runs[case].append(run(turn))
                print(f"{case:<52} {runs[case][-1]}", flush=True)
        if asked.tests:
            runs["make test"] = [measure(["make", "test"], cwd=REPOSITORY, env=dict(os.environ))]
        grew = {} if asked.only else growth(folder)
    if asked.write:
        keep(runs, grew)


def keep(runs: dict[str, list[dict]], grew: dict[str, dict[str, float]]) -> None:
    """Write what was measured, with the page that shows it."""
    cases = {name: summary(found) for name, found in runs.items()}
    beside = json.loads(page.RESULT.read_text(encoding="utf-8")).get("beside", {})
    result = {"machine": machine(), "cases": cases, "growth": grew, "beside": beside}
    page.write(result)


if __name__ == "__main__":
    main()
