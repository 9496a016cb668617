"""Sweeps: one notebook under many sets of parameters, into one table.

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
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from bet import paths
from bet.chapter import outputs
from bet.chapter.outputs import headline
from bet.faults import BadInput, Fault, NotebookFailed
from bet.paths import here
from bet.run import cache, execute, fork

WINDOW = 2  # runs handed out per core at a time: one at work, one waiting
TIMEOUT_S = 30
INSTALL = "pip install -e '.[sweep]'"
Run = Callable[..., dict[str, Any]]


def target(folder: Path) -> Path:
    """Return the folder of the runs: any but those of the book's own notebooks and data."""
    own = (here().book.resolve(), here().data.resolve())
    if any(place in (folder.resolve(), *folder.resolve().parents) for place in own):
        raise BadInput([Fault("--output", str(folder), "a folder outside book/ and data/")])
    return folder


# ---- what a result depends on


def fingerprint(notebook: str) -> str:
    """Return the hash of all that a run depends on besides its set of parameters.

    The notebook's cells (not its outputs), every file of data/, and what ``bet.run.cache`` says any run
    depends on; a change of any of them makes earlier runs stale. About ten milliseconds.
    """
    book = nbformat.read(execute.path_of(notebook), as_version=4)
    cells = [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in book.cells]
    data = cache.state(cache.name_of(path) for path in cache.data_files())
    told = json.dumps([cells, data, cache.package(), cache.pins()])
    return hashlib.sha256(told.encode()).hexdigest()


def key_of(state: str, values: Mapping[str, Any]) -> str:
    """Return the name of a run: a hash of everything it depends on."""
    told = json.dumps([state, dict(values)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


# ---- one run


def one(
    values: Mapping[str, Any], notebook: str, state: str, folder: str, kernel: bool = False
) -> dict[str, Any]:
    """Run one set, unless its file is there, and return its row; a failure is a row with its error."""
    path = Path(folder) / f"{key_of(state, values)}.ipynb"
    try:
        if not path.exists():
            if fingerprint(notebook) != state:
                return {"error": "the notebook, data or package changed since the sweep began"}
            execute.run(notebook, values, path, kernel=kernel, pictures=False)
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
        for record in outputs.assessments(notebook)
        if record["assessed"] == "computed"
    }
    return numbers | verdicts


# ---- all runs


def in_forks(run: Run, sets: Mapping[str, Any]) -> Iterator[tuple[str, dict]]:
    """Run every set in forks, one for each core of this machine; give (key, row) as they end."""
    fork.prepare()
    context = multiprocessing.get_context("fork")
    workers = min(os.cpu_count() or 1, len(sets))
    with ProcessPoolExecutor(workers, context, fork.end_with_parent, (os.getpid(),)) as pool:
        under_way = {pool.submit(run, values): key for key, values in sets.items()}
        try:
            for future in as_completed(under_way):
                yield under_way[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def client(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler of Dask."""
    try:
        from dask.distributed import Client
    except ImportError:
        raise BadInput([Fault("bet sweep", "no Dask", f"it installed: {INSTALL}")]) from None
    try:
        connected = Client(scheduler, timeout=TIMEOUT_S)
        connected.wait_for_workers(1, timeout=TIMEOUT_S)
    except (OSError, ValueError, TimeoutError) as error:
        expected = "a running scheduler with a worker, such as tcp://127.0.0.1:8786"
        found = f"{type(error).__name__} after {TIMEOUT_S} s at most"
        raise BadInput([Fault(f"--scheduler {scheduler}", found, expected)]) from None
    with connected:
        yield connected


def on_a_cluster(scheduler: str, run: Run, sets: Mapping[str, Any]) -> Iterator[tuple[str, dict]]:
    """Run every set on a cluster of Dask; give (key, row) as they end.

    In ordinary kernels: a worker has threads, and a fork of a process with threads may never get on.
    """
    with client(scheduler) as connected:
        yield from in_windows(connected, partial(run, kernel=True), sets)


def in_windows(connected: Any, run: Any, sets: Mapping[str, Any]) -> Iterator[tuple[str, dict]]:
    """Run every set and give (key, row) as they end; few are handed out at a time."""
    from dask.distributed import as_completed

    waiting, ended = iter(sets.items()), as_completed()
    under_way: dict[Any, str] = {}

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
    different = dict(zip(keys, sets, strict=True))
    if scheduler is None:
        ended = in_forks(run, different)
    else:
        ended = on_a_cluster(scheduler, run, different)
    rows = dict(progress(ended, len(different)))
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
