"""Measure what a save costs while one writes: from the save to the page that shows it.

Run: python benchmarks/preview.py [--rounds 5]

Starts `bet preview` on a copy of the book, changes prose, code and a table of one chapter in turn, and waits
each time for the line that tells that the page is served. A code cell gets a comment, so that its chapter
runs again whole: beside it stands the processor time of that chapter's own cells, in the same round.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import build
import page

TABLE_FILES = (f"data/tables/{build.TABLE}.csv", f"data/tables/{build.TABLE}.yml", "data/datapackage.json")  # fmt: skip
DONE = re.compile(r" in [\d.]+ s$")  # of a line that tells a writing


def cells_s(root: Path) -> float:
    """Return the processor seconds of the chapter's own cells, in one process."""
    (root / "own" / "book").mkdir(parents=True, exist_ok=True)
    shutil.copy(root / "book" / f"{build.CHAPTER}.ipynb", root / "own" / "book")
    (_, cells), _ = build.floor(root / "own")
    return cells(0)["cpu"]


def table_saved(root: Path, spare: Path) -> None:
    """Save a table with what `bet hash` wrote beside it in the spare book: all at once."""
    for name in TABLE_FILES:
        shutil.copy(spare / name, root / name)


def waited(preview: subprocess.Popen[str], edit: Callable[[], None]) -> float:
    """Return the seconds from the end of an edit to the line that tells that its page is served."""
    edit()
    began = time.perf_counter()
    told = ""
    while not DONE.search(told):
        told = preview.stdout.readline().rstrip() if preview.stdout else ""
        if not told.startswith("The preview is at") and not DONE.search(told):
            raise SystemExit(told or "the preview ended")
    return time.perf_counter() - began


def main() -> None:
    """Print a row for each kind of save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5, help="saves of each kind (default 5)")
    options.add_argument("--write", action="store_true", help="write them into the page on speed")
    asked = options.parse_args()
    rounds = asked.rounds
    with tempfile.TemporaryDirectory(prefix="bet-preview-") as name:
        root, spare = (build.copy_book(Path(name) / part) for part in ("book", "spare"))
        saves = {
            "prose": lambda turn: build.edit_cell(root, "markdown", turn),
            "code of a chapter": lambda turn: build.edit_cell(root, "code", turn),
            "a table": lambda turn: table_saved(root, spare),
        }
        times: dict[str, list[float]] = {kind: [] for kind in saves}
        own: list[float] = []
        command = [str(build.BIN / "bet"), "preview"]
        with subprocess.Popen(command, cwd=root, env=build.environment(root, PYTHONUNBUFFERED="1"),
                              stdout=subprocess.PIPE, text=True) as preview:  # fmt: skip
            waited(preview, lambda: None)  # the first writing
            for turn in range(rounds):
                build.edit_table(spare, turn)  # before the clock
                for kind, save in saves.items():
                    times[kind].append(waited(preview, lambda save=save, turn=turn: save(turn)))
                own.append(cells_s(root))
            preview.terminate()
    head = ("What is saved", "Seconds until it is seen", "Saves")
    rows = [
        [kind, page.spread(seen), str(rounds)]
        for kind, seen in {**times, "the cells of that chapter alone": own}.items()
    ]
    print(f"load {os.getloadavg()[0]:.1f}\n{page.table(head, rows)}")
    if asked.write:
        page.beside("While one writes", head, rows)


if __name__ == "__main__":
    main()
