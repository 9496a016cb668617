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
import signal
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from bet import paths
from bet.chapter import outputs, said
from bet.faults import BadInput, Fault, NotebookFailed
from bet.paths import here
from bet.records import parameters
from bet.run import cache, execute, fork, moved, results

WINDOW = 2  # runs handed out per core at a time: one at work, one waiting
TIMEOUT_S = 30  # of a cluster that gives no sign of life
LOOK_S = 1.0  # between two looks at a cluster whose runs go on
SCHEDULER = "a running scheduler with a worker, such as tcp://127.0.0.1:8786"
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
            beyond = bool(parameters.outside(notebook, values))  # the design has allowed it, or not
            execute.run(notebook, values, path, kernel, pictures=False, beyond=beyond)
        return row_of(notebook, nbformat.read(path, as_version=4))
    except (BadInput, NotebookFailed) as error:
        return {"error": str(error)}
    except Exception as error:  # one set must never end a sweep
        return {"error": f"{type(error).__name__}: {error}"}


def row_of(name: str, book: nbformat.NotebookNode) -> dict[str, Any]:
    """Return what a finished run says: its headline numbers, verdicts on the claims it computes."""
    numbers = {
        f"{results.ANSWER}{key}": shown["value"]
        for key, shown in moved.headlines(name, book).items()
        if isinstance(shown["value"], int | float) and not isinstance(shown["value"], bool)
    }
    verdicts = {
        f"{results.VERDICT}{record['claim']}": record["verdict"]
        for record in outputs.assessments(book)
        if record["assessed"] == "computed"
    }
    return numbers | verdicts


# ---- all runs


def in_forks(run: Run, sets: Mapping[str, Any]) -> Generator[tuple[str, dict], None, None]:
    """Run every set in forks, one for each core of this machine; give (key, row) as they end.

    Stopped, it ends its forks at once.
    """
    fork.prepare()
    context = multiprocessing.get_context("fork")
    workers = min(os.cpu_count() or 1, len(sets))
    with ProcessPoolExecutor(workers, context, _as_worker, (os.getpid(),)) as pool:
        under_way = {pool.submit(_ending, run, values): key for key, values in sets.items()}
        try:
            for future in as_completed(under_way):
                yield under_way[future], future.result()
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()  # each ends its run through every ``finally``
            pool.shutdown(cancel_futures=True)
            raise


def _ending(run: Run, values: Any) -> dict[str, Any]:
    """Make one run; told to end meanwhile, end the worker, which else would take the next run."""
    try:
        return run(values)
    except SystemExit:
        os._exit(128 + signal.SIGTERM)


def _as_worker(parent: int) -> None:
    """Prepare a fork that runs sets: it ends with its parent, and leaves Ctrl-C to it."""
    fork.end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def client(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler of Dask."""
    try:
        from dask.distributed import Client
    except ImportError:
        raise BadInput([Fault("bet sweep", "no Dask", f"it installed: {INSTALL}")]) from None
    connected = None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*[Pp]ort .* in use")  # others' dashboards
            connected = Client(scheduler, timeout=TIMEOUT_S)
        connected.wait_for_workers(1, timeout=TIMEOUT_S)
    except (OSError, ValueError, TimeoutError) as error:
        if connected is not None:
            connected.close(timeout=1)
        raise BadInput([Fault(f"--scheduler {scheduler}", _reason(error), SCHEDULER)]) from None
    with connected:
        yield connected


def _reason(error: BaseException) -> str:
    """Return why there is no cluster in a line: the error, and the first one behind it."""
    first = error
    while first.__cause__ or first.__context__:
        first = first.__cause__ or first.__context__ or first
    told = dict.fromkeys(f"{type(e).__name__}: {e}".rstrip(": ") for e in (error, first))
    return " ".join("; ".join(told).split())


def on_a_cluster(
    scheduler: str, run: Run, sets: Mapping[str, Any]
) -> Generator[tuple[str, dict], None, None]:
    """Run every set on a cluster of Dask; give (key, row) as they end.

    In ordinary kernels: a worker has threads, and a fork of a process with threads may never get on.
    """
    with client(scheduler) as connected:
        yield from in_windows(connected, partial(run, kernel=True), sets)


def in_windows(connected: Any, run: Any, sets: Mapping[str, Any]) -> Iterator[tuple[str, dict]]:
    """Run every set and give (key, row) as they end; few are handed out at a time.

    Raises BadInput where the cluster has given no sign of life for ``TIMEOUT_S``.
    """
    from dask.distributed import CancelledError, wait

    waiting = iter(sets.items())
    under_way: dict[Any, str] = {}
    alive = time.monotonic()
    while True:
        if threads := _threads(connected):
            alive = time.monotonic()
            room = max(0, WINDOW * threads - len(under_way))
            for key, values in itertools.islice(waiting, room):
                under_way[connected.submit(run, values, pure=False)] = key
            if not under_way:
                return
        elif time.monotonic() - alive >= TIMEOUT_S:
            found = f"no worker for {TIMEOUT_S} s"
            again = f"{SCHEDULER}; finished runs are kept, the same command goes on"
            raise BadInput([Fault("--scheduler", found, again)])
        ended: Any = ()
        try:
            if under_way:
                ended = wait(list(under_way), timeout=LOOK_S, return_when="FIRST_COMPLETED").done
            else:
                time.sleep(LOOK_S)
        except TimeoutError:
            continue
        except (CancelledError, OSError):  # the scheduler has gone: nothing of it will come
            time.sleep(LOOK_S)
            continue
        for future in ended:
            key = under_way.pop(future)
            error = future.exception()
            yield key, {"error": f"{type(error).__name__}: {error}"} if error else future.result()


def _threads(connected: Any) -> int:
    """Return how many threads the workers of a cluster have; 0 where it does not answer."""
    if connected.status != "running":
        return 0
    try:
        return sum(connected.nthreads().values())
    except (OSError, TimeoutError, ValueError):
        return 0


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
    # Stopped while a row is shown, it ends its workers before anybody counts what they finished.
    with closing(ended):
        rows = dict(progress(ended, len(different)))
    return collect(notebook, keys, sets, rows)


def finished(notebook: str, sets: Sequence[Mapping[str, Any]], folder: Path) -> int:
    """Count the sets whose run is there already."""
    state = fingerprint(notebook)
    return sum((folder / f"{key_of(state, values)}.ipynb").exists() for values in sets)


def collect(
    notebook: str,
    keys: Sequence[str],
    sets: Sequence[Mapping[str, Any]],
    rows: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """Return the tidy table: one row per set with its parameters, error, numbers and verdicts.

    A column ``beyond`` names the parameters beyond their ranges, where a set has any.
    """
    beyond = [" ".join(parameters.outside(notebook, values)) for values in sets]
    table = pd.DataFrame([
        {"run": key, **values, "error": None, "beyond": far or None, **rows[key]}
        for key, values, far in zip(keys, sets, beyond, strict=True)
    ])  # fmt: skip
    first = ["run", *sets[0], "error", *(["beyond"] if any(beyond) else [])]
    numbers = sorted(c for c in table if c.startswith(results.ANSWER))
    return table[first + numbers + sorted(c for c in table if c.startswith(results.VERDICT))]


def about(
    notebook: str, table: pd.DataFrame, inputs: Sequence[str], folder: Path
) -> dict[str, Any]:  # fmt: skip
    """Return what the columns of a table are, and what moved; see ``results.sidecar``."""
    shown: dict[str, dict[str, Any]] = {}
    meant = said.meanings(
        outputs.read(execute.path_of(notebook))
    )  # with the figures of the defaults
    for run in table.run[table.error.isna()]:
        book = outputs.read(folder / f"{run}.ipynb")
        shown = moved.headlines(notebook, book) | shown
        meant = said.meanings(book) | meant
        if {f"{results.ANSWER}{name}" for name in shown} >= set(results.numbers(table)):
            break
    return results.sidecar(notebook, table, inputs, shown, meant | moved.meanings(notebook))


def write(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write the table as CSV, and as Parquet where pyarrow is installed; return the files."""
    written = [folder / "table.csv"]
    paths.write_text(written[0], table.to_csv(index=False, lineterminator="\n"))
    if importlib.util.find_spec("pyarrow"):
        written.append(folder / "table.parquet")
        table.to_parquet(written[1], index=False)
    return written
