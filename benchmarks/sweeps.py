"""Measure a sweep beside the same runs one after another, and over one, two and four workers of Dask.

Run: python benchmarks/sweeps.py [--sets 12] [--rounds 3] [--chapter 4_thesis]

One after another means what a loop over papermill does: an ordinary kernel for each run. Both sides are
measured with pictures and without. Dask needs the extra: pip install -e '.[sweep]'.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import page

from bet.run import designs, execute, fork, sweep

Sets = Sequence[dict[str, Any]]


def loop(chapter: str, sets: Sets, pictures: bool) -> None:
    """Run the sets one after another, each in an ordinary kernel."""
    for values in sets:
        execute.execute(execute.path_of(chapter), values, kernel=True, pictures=pictures)


def ours(chapter: str, sets: Sets, pictures: bool) -> None:
    """Run the sets in forks on all cores."""
    path = execute.path_of(chapter)
    fork.each(execute.execute, [(path, values, False, pictures) for values in sets])


def swept(chapter: str, sets: Sets, workers: int) -> None:
    """Sweep the sets as `bet sweep` does; over so many workers of Dask, or none."""
    with tempfile.TemporaryDirectory() as folder:
        if not workers:
            sweep.sweep(chapter, sets, Path(folder))
            return
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster:
            sweep.sweep(chapter, sets, Path(folder), cluster.scheduler_address)


def main() -> None:
    """Print seconds a run for each way."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sets", type=int, default=12)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--chapter", default="4_thesis")
    options.add_argument("--write", action="store_true", help="write them into the page on speed")
    asked = options.parse_args()
    sets = designs.latin_hypercube(designs.every_range(asked.chapter), asked.sets, seed=1)
    ways: dict[str, Callable[[], None]] = {
        "in forks, with pictures": lambda: ours(asked.chapter, sets, True),
        "one after another, with pictures": lambda: loop(asked.chapter, sets, True),
        "in forks, without pictures": lambda: ours(asked.chapter, sets, False),
        "one after another, without pictures": lambda: loop(asked.chapter, sets, False),
        "bet sweep": lambda: swept(asked.chapter, sets, 0),
        **{f"bet sweep, workers of Dask: {n}": lambda n=n: swept(asked.chapter, sets, n) for n in (1, 2, 4)},
    }  # fmt: skip
    seen: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(asked.rounds):
        for way, run in ways.items():
            began = time.perf_counter()
            run()
            seen[way].append((time.perf_counter() - began) / asked.sets)
            print(f"{way}: {seen[way][-1]:.2f} s a run", file=sys.stderr, flush=True)
    print(
        f"{asked.chapter}, {asked.sets} runs, {asked.rounds} rounds, load {os.getloadavg()[0]:.1f}\n"
    )
    head = ("Way", "Seconds a run", "Runs a minute")
    rows = [
        [way, page.spread(found, 2),
         f"{60 / statistics.median(found):.0f}"]
        for way, found in seen.items()
    ]  # fmt: skip
    print(page.table(head, rows))
    if asked.write:
        page.beside(
            f"Sweeps, {asked.sets} runs in {asked.rounds} rounds of {asked.chapter}", head, rows
        )


if __name__ == "__main__":
    main()
