"""Interrupt a build at random moments, and cut the power at others: is the last good site intact?

Run: python benchmarks/interruptions.py [--moments 20] [--seed 1] [--only kills|cuts]

A copy of the book is built in two states, which differ in a page, a notebook and a parameter. Then, as often as
asked, it is put into the other state and its build ends at a random moment by SIGINT, SIGTERM or SIGKILL, in turn.
The site must be one of the two, to the byte, and the next build must give the other. A power cut is the tree as
copied at a random moment of a build that goes on: there, too, the site must be whole and the next build succeed.
Exit code 1 when one is not.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reproducible import NEEDED, ROOT

from bet.site import release

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
PAGE, NOTEBOOK = "book/about.md", "book/5_verdict.ipynb"
# What the second state has otherwise: words of a page, a line of a notebook, and a value that a chapter reads.
OTHER = {
    PAGE: ("# About", "# About, told anew"),
    NOTEBOOK: ("import pandas as pd", "import pandas as pd  # again"),
}


def texts(book: Path) -> dict[bool, dict[str, str]]:
    """Return the files of both states by their paths; raise SystemExit where a place to change is gone."""
    first = {name: (book / name).read_text(encoding="utf-8") for name in OTHER}
    for name, (old, _) in OTHER.items():
        if old not in first[name]:
            raise SystemExit(f"{name}: found no {old!r}; expected words to change")
    return {False: first, True: {n: text.replace(*OTHER[n], 1) for n, text in first.items()}}


def put(book: Path, state: dict[str, str]) -> None:
    """Save the files of a state."""
    for name, text in state.items():
        (book / name).write_text(text, encoding="utf-8")


def start(book: Path) -> subprocess.Popen:
    """Begin a build."""
    return subprocess.Popen(
        [sys.executable, "-m", "bet", "build"], cwd=book, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, start_new_session=True,
        # A shell in the background lets its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def site(book: Path) -> dict[str, str]:
    """Return the checksums of the files of the built site."""
    return release.manifest(book / "_build" / "html")


def built(book: Path) -> tuple[dict[str, str], float]:
    """Build to the end; return the site and the seconds."""
    began = time.monotonic()
    run = start(book)
    told, _ = run.communicate()
    if run.returncode:
        raise SystemExit(f"the build failed:\n{told[-2000:]}")
    return site(book), time.monotonic() - began


def killed(book: Path, moment: float, sign: signal.Signals) -> str:
    """Let a build end by a signal after so many seconds; return how it ended."""
    run = start(book)
    time.sleep(moment)
    run.send_signal(sign)
    told, _ = run.communicate(timeout=120)
    return "traceback" if "Traceback" in told else f"code {run.returncode}"


def copied(book: Path, moment: float, target: Path) -> str:
    """Copy the tree while a build goes on; return how the build ended."""
    run = start(book)
    time.sleep(moment)
    # As after a power cut: what is written is there, what is not is not, and no process is left.
    try:
        shutil.copytree(book, target, symlinks=True, copy_function=_copy)
    except shutil.Error as error:
        if not all("[Errno 2]" in why for *_, why in error.args[0]):  # a folder moved meanwhile
            raise
    run.communicate()
    return f"code {run.returncode}"


def _copy(source: str, target: str) -> None:
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:  # it was there when the folder was listed
        return


def moments(count: int, seconds: float, chance: random.Random) -> Iterator[float]:
    """Give random moments of a build."""
    for _ in range(count):
        yield chance.uniform(0.0, seconds)


def main(count: int, seed: int, only: str | None) -> int:
    """Print a row for each interruption."""
    chance, wrong = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        book.mkdir()
        for name in NEEDED:
            copy: Callable = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, book / name)
        states, sites = texts(book), {}
        for state in (False, True):
            put(book, states[state])
            sites[state], seconds = built(book)
        print(
            f"a build takes {seconds:.0f} s, seed {seed}\n\n| at s | by | ended | site | next build |\n|---:|---|---|---|---|"
        )
        kills = [SIGNALS[n % len(SIGNALS)] for n in range(count)] if only != "cuts" else []
        ways = [*kills, *([None] * count if only != "kills" else [])]
        state = True
        for sign, moment in zip(ways, moments(len(ways), seconds, chance), strict=True):
            state = not state
            put(book, states[state])
            place = book if sign else Path(folder) / "cut"
            ended = killed(book, moment, sign) if sign else copied(book, moment, place)
            whole = site(place) in sites.values()
            again = built(place)[0] == sites[state]
            fine = whole and again and ended != "traceback"
            wrong += not fine
            by = sign.name if sign else "power cut"
            print(
                f"| {moment:.1f} | {by} | {ended} | {'whole' if whole else 'BROKEN'} | {'as it should' if again else 'OTHER'} |",
                flush=True,
            )
            if not sign:
                shutil.rmtree(place)
    print(
        f"\n{len(ways) - wrong} of {len(ways)} left the last good site whole, and the next build succeeded"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["kills", "cuts"])
    options = parser.parse_args()
    sys.exit(main(options.moments, options.seed, options.only))
