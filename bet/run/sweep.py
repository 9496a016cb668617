"""Sweeps: one notebook under many sets of parameters, on Dask, into one table.

Every set is run by papermill into a file of its own, named by what the result depends on: the
notebook's cells, the set itself, every file of data/, the package and the pinned versions. So a
stopped sweep goes on where it was, and nothing stale is ever taken for a finished run. Such runs
hold the data of their charts but no pictures, which cost half the time; ``bet run`` draws them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from scipy.stats import qmc

import bet
from bet import paths
from bet.chapter import outputs
from bet.chapter.outputs import ASSESSMENT_MIME, headline
from bet.faults import BadInput, Fault, NotebookFailed, nearest, require
from bet.paths import here
from bet.records import parameters
from bet.run import execute

MOST_SETS = 100_000
WINDOW = 2  # runs handed out per core at a time: one at work, one waiting
TIMEOUT_S = 30
INSTALL = "pip install -e '.[sweep]'"
SYNTAX = {True: "NAME=START:STOP:N, such as exit_pe=10:80:8", False: "NAME=START:STOP"}


@dataclass(frozen=True)
class Range:
    """A parameter and the values it moves between; ``count`` points in a grid, None if sampled."""

    name: str
    start: float
    stop: float
    whole: bool
    count: int | None = None


# ---- designs


def read_range(notebook: str, text: str, grid: bool) -> Range:
    """Read NAME=START:STOP:N (grid) or NAME=START:STOP (sample); raise BadInput if it is wrong."""
    name, equals, rest = (part.strip() for part in text.partition("="))
    parts = rest.split(":")
    if not (name and equals) or len(parts) != (3 if grid else 2):
        raise BadInput([Fault(f"--over {text}", "another form", SYNTAX[grid])])
    entry = _numeric(notebook, name)
    ends = [parameters.from_text(notebook, name, part.strip()) for part in parts[:2]]
    faults = [
        Fault(f"--over {name}", repr(end), wrong)
        for end in ends
        if (wrong := parameters.problem(entry, end))
    ]
    count = parts[2].strip() if grid else None
    if grid and not re.fullmatch(r"0*[1-9]\d{0,5}", count):
        faults.append(Fault(f"--over {name}", f"{count!r} points", "N, a whole number from 1"))
    require(faults)
    if ends[0] > ends[1]:
        raise BadInput([Fault(f"--over {name}", f"{ends[0]} above {ends[1]}", "START up to STOP")])
    found = Range(name, *ends, isinstance(entry.default, int), int(count) if grid else None)
    if grid and found.whole and any(point % 1 for point in _points(found)):
        whole = f"N that steps by whole numbers, such as {ends[1] - ends[0] + 1}"
        raise BadInput([Fault(f"--over {name}", f"N = {count}", whole)])
    return found


def _numeric(notebook: str, name: str) -> parameters.Parameter:
    """Return a parameter that a sweep can move, or say which there are."""
    known = parameters.parameters_of(notebook)
    numeric = [key for key, entry in known.items() if not isinstance(entry.default, str)]
    if name not in numeric:
        found = "text, set by -p" if name in known else "an unknown name"
        expected = f"one of {', '.join(numeric)}{nearest(name, numeric)}"
        raise BadInput([Fault(f"--over {name}", found, expected)])
    return known[name]


def every_range(notebook: str, without: Iterable[str] = ()) -> list[Range]:
    """Return the whole range of every numeric parameter of a notebook."""
    return [
        Range(name, entry.min, entry.max, isinstance(entry.default, int))
        for name, entry in parameters.parameters_of(notebook).items()
        if not isinstance(entry.default, str) and name not in without
    ]


def _points(over: Range) -> list[float]:
    """Return the points of one axis of a grid, both ends as given."""
    return [float(f"{point:.12g}") for point in np.linspace(over.start, over.stop, over.count)]


def grid(ranges: Sequence[Range]) -> list[dict[str, Any]]:
    """Return every combination of the points of all ranges."""
    size = math.prod(over.count for over in ranges)
    if size > MOST_SETS:
        raise BadInput([Fault("--over", f"{size:,} sets", f"at most {MOST_SETS:,}")])
    axes = [[int(p) if over.whole else p for p in _points(over)] for over in ranges]
    return [dict(zip((o.name for o in ranges), point, strict=True)) for point in itertools.product(*axes)]  # fmt: skip


def latin_hypercube(ranges: Sequence[Range], count: int, seed: int) -> list[dict[str, Any]]:
    """Return ``count`` sets of which each ``count``-th part of every range holds exactly one.

    Values have six significant figures; whole-number parameters take each value equally often.
    """
    if not 1 <= count <= MOST_SETS:
        raise BadInput([Fault("--sample", str(count), f"1 to {MOST_SETS:,} sets")])
    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(count)
    return [
        {over.name: _placed(over, part) for over, part in zip(ranges, row, strict=True)}
        for row in unit
    ]


def _placed(over: Range, part: float) -> float | int:
    """Return the value at a part, 0 to 1, of a range."""
    if over.whole:
        return min(
            int(over.stop), int(over.start + math.floor(part * (over.stop - over.start + 1)))
        )
    value = float(f"{over.start + part * (over.stop - over.start):.6g}")
    return min(max(value, over.start), over.stop)


def design(
    notebook: str,
    over: Sequence[str],
    sample: int | None,
    seed: int,
    fixed: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return every full set of parameters of a sweep, defaults filled in; all checked."""
    faults: list[Fault] = []
    ranges: list[Range] = []
    for text in over:
        try:
            ranges.append(read_range(notebook, text, grid=sample is None))
        except BadInput as error:
            faults += error.faults
    named = [*(found.name for found in ranges), *fixed]
    faults += [Fault("--over", f"'{name}' twice", "each parameter once")
               for name in sorted({n for n in named if named.count(n) > 1})]  # fmt: skip
    if sample is None and not over:
        faults.append(
            Fault("bet sweep", "nothing to vary", f"--over {SYNTAX[True]}, or --sample N")
        )
    require(faults)
    parameters.check(notebook, fixed)
    if sample is None:
        sets = grid(ranges)
    else:
        ranges = ranges or every_range(notebook, without=fixed)
        if not ranges:
            raise BadInput(
                [Fault("--sample", "no numeric parameter left", "one that is not fixed")]
            )
        sets = latin_hypercube(ranges, sample, seed)
    return [parameters.check(notebook, {**fixed, **values}) for values in sets]


def target(folder: Path) -> Path:
    """Return the folder of the runs: any but those of the book's own notebooks and data."""
    own = (here().book.resolve(), here().data.resolve())
    if any(place in (folder.resolve(), *folder.resolve().parents) for place in own):
        raise BadInput([Fault("--output", str(folder), "a folder outside book/ and data/")])
    return folder


# ---- what a result depends on


def fingerprint(notebook: str) -> str:
    """Return the hash of all that a run depends on besides its set of parameters.

    The notebook's cells (not its outputs), every file of data/, every file of this package and the
    pinned versions; a change of any of them makes earlier runs stale. About ten milliseconds.
    """
    book = nbformat.read(execute.path_of(notebook), as_version=4)
    cells = [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in book.cells]
    digest = hashlib.sha256(json.dumps(cells).encode())
    package = Path(bet.__file__).parent
    data = sorted(p for p in here().data.rglob("*") if p.is_file() and not p.name.startswith("."))
    code = sorted([*package.rglob("*.py"), *package.rglob("*.mplstyle")])
    for path in [*data, *code, *here().folder.glob("requirements.txt")]:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def key_of(state: str, values: Mapping[str, Any]) -> str:
    """Return the name of a run: a hash of everything it depends on."""
    told = json.dumps([state, dict(values)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


# ---- one run


def one(values: Mapping[str, Any], notebook: str, state: str, folder: str) -> dict[str, Any]:
    """Run one set, unless its file is there, and return its row; a failure is a row with its error."""
    path = Path(folder) / f"{key_of(state, values)}.ipynb"
    try:
        if not path.exists():
            if fingerprint(notebook) != state:
                return {"error": "the notebook, data or package changed since the sweep began"}
            os.environ["BET_PICTURES"] = "none"  # this is a worker's process
            execute.run(notebook, values, path)
        return results(nbformat.read(path, as_version=4))
    except (BadInput, NotebookFailed) as error:
        return {"error": str(error)}
    except Exception as error:  # one set must never end a sweep
        return {"error": f"{type(error).__name__}: {error}"}


def results(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return what a finished run says: numbers of its answer, verdicts on the claims it computes."""
    numbers = {
        f"answer.{name}": shown["value"]
        for name, shown in headline(notebook).items()
        if isinstance(shown["value"], int | float) and not isinstance(shown["value"], bool)
    }
    verdicts = {
        f"verdict.{record['claim']}": record["verdict"]
        for records in outputs.outputs(notebook, ASSESSMENT_MIME)
        for record in records
        if record["assessed"] == "computed"
    }
    return numbers | verdicts


# ---- all runs


@contextmanager
def client(scheduler: str | None) -> Iterator[Any]:
    """Connect to a scheduler, or start one process of one thread for each core of this machine."""
    try:
        from dask.distributed import Client, LocalCluster
        from dask.system import CPU_COUNT
    except ImportError:
        raise BadInput([Fault("bet sweep", "no Dask", f"it installed: {INSTALL}")]) from None
    if scheduler is None:
        with (
            LocalCluster(
                n_workers=CPU_COUNT, threads_per_worker=1, processes=True, host="127.0.0.1",
                dashboard_address=None, silence_logs=50,
            ) as cluster,
            Client(cluster) as connected,
        ):  # fmt: skip
            yield connected
        return
    try:
        connected = Client(scheduler, timeout=TIMEOUT_S)
        connected.wait_for_workers(1, timeout=TIMEOUT_S)
    except (OSError, ValueError, TimeoutError) as error:
        expected = "a running scheduler with a worker, such as tcp://127.0.0.1:8786"
        found = f"{type(error).__name__} after {TIMEOUT_S} s at most"
        raise BadInput([Fault(f"--scheduler {scheduler}", found, expected)]) from None
    with connected:
        yield connected


def in_windows(connected: Any, run: Any, sets: Mapping[str, Any]) -> Iterator[tuple[str, dict]]:
    """Run every set and give (key, row) as they end; few are handed out at a time."""
    from dask.distributed import as_completed

    waiting, under_way, ended = iter(sets.items()), {}, as_completed()

    def hand_out() -> None:
        room = WINDOW * max(1, sum(connected.nthreads().values())) - len(under_way)
        for key, values in itertools.islice(waiting, max(0, room)):
            future = connected.submit(run, values, pure=False)
            under_way[future] = key
            ended.add(future)

    hand_out()
    for future in ended:
        key = under_way.pop(future)
        error = future.exception()
        row = {"error": f"{type(error).__name__}: {error}"} if error else future.result()
        hand_out()
        yield key, row


def sweep(
    notebook: str,
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    scheduler: str | None = None,
    progress: Callable[[Iterator, int], Iterator] = lambda runs, count: runs,
) -> pd.DataFrame:
    """Run every set that has no finished run yet and return one row per set, in their order.

    ``progress`` is given the runs as they end, and their number, and gives them on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = fingerprint(notebook)
    keys = [key_of(state, values) for values in sets]
    run = partial(one, notebook=notebook, state=state, folder=str(folder.resolve()))
    with client(scheduler) as connected:
        different = dict(zip(keys, sets, strict=True))
        rows = dict(progress(in_windows(connected, run, different), len(different)))
    return collect(keys, sets, rows)


def finished(notebook: str, sets: Sequence[Mapping[str, Any]], folder: Path) -> int:
    """Count the sets whose run is there already."""
    state = fingerprint(notebook)
    return sum((folder / f"{key_of(state, values)}.ipynb").exists() for values in sets)


def collect(
    keys: Sequence[str], sets: Sequence[Mapping[str, Any]], rows: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Return the tidy table: one row per set with its parameters, error, numbers and verdicts."""
    table = pd.DataFrame(
        [{"run": key, **values, "error": None, **rows[key]} for key, values in zip(keys, sets, strict=True)]
    )  # fmt: skip
    first = ["run", *sets[0], "error"]
    numbers = sorted(c for c in table if c.startswith("answer."))
    return table[first + numbers + sorted(c for c in table if c.startswith("verdict."))]


def write(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write the table as CSV, and as Parquet where pyarrow is installed; return the files."""
    written = [folder / "table.csv"]
    paths.write_text(written[0], table.to_csv(index=False, lineterminator="\n"))
    if importlib.util.find_spec("pyarrow"):
        written.append(folder / "table.parquet")
        table.to_parquet(written[1], index=False)
    return written
