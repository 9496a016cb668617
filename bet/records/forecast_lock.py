"""Our own forecasts: frozen rows, the base rates they start from, and their scores when due.

Each row of ``data/tables/forecasts.csv`` is frozen: ``data/forecasts.lock`` holds the sha256 of its
content, and a test refuses a row that was changed, removed or never locked. To revise a forecast
add a row whose ``revises`` names the old one and run ``bet forecast lock``; both rows stay and both
are scored.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from bet.faults import BadInput, Fault, require
from bet.paths import Root, note


def rows_of(root: Root) -> Path:
    """Return the file of the forecasts."""
    return root.tables / "forecasts.csv"


def lock_of(root: Root) -> Path:
    """Return the file that freezes them."""
    return root.data / "forecasts.lock"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read the forecasts as they stand in the file: text cells only, so that a hash covers every sign."""
    note(path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def content_hash(row: Mapping[str, str]) -> str:
    """Return the sha256 of a row's content, whatever the order of its columns."""
    text = json.dumps(dict(row), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_lock(path: Path) -> dict[str, str]:
    """Return {forecast id: hash} of the frozen rows."""
    note(path)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        where, told = f"data/forecasts.lock line {number}", line.split()
        if len(told) != 2:
            words = "one word" if len(told) == 1 else f"{len(told)} words"
            raise BadInput([Fault(where, words, "an id and its sha256")])
        if told[0] in found:
            expected = "one line an id: what is frozen stays"
            raise BadInput([Fault(where, f"{told[0]} a second time", expected)])
        found[told[0]] = told[1]
    return found


def lock_faults(rows: Sequence[Mapping[str, str]], lock: Mapping[str, str]) -> list[Fault]:
    """Return what breaks the freeze: a row edited, removed, not locked or dated back, a revision of no row."""
    by_id = {row["forecast"]: row for row in rows}
    here = {name: content_hash(row) for name, row in by_id.items()}
    where = "data/tables/forecasts.csv"
    faults = [
        Fault(f"{where} {name}", "an edited row" if name in here else "no such row",
              "the frozen row as it was; to revise, add a row whose 'revises' names it")
        for name, digest in lock.items()
        if here.get(name) != digest
    ]  # fmt: skip
    faults += [
        Fault(f"{where} {name}", "a row without a lock", "bet forecast lock")
        for name in here
        if name not in lock
    ]
    faults += [
        Fault(f"{where} {row['forecast']} revises", repr(row["revises"]), "an id of an older row")
        for row in rows
        if row.get("revises") and row["revises"] not in here
    ]
    made = [(name, by_id[name]) for name in lock if name in by_id]
    faults += [
        Fault(f"{where} {name} made_on", row["made_on"], f"{before['made_on']} or later, as of {known}, frozen before it")
        for (known, before), (name, row) in pairwise(made)
        if row.get("made_on", "") < before.get("made_on", "")
    ]  # fmt: skip
    return faults


def lock_new_rows(rows: Path, lock: Path) -> list[str]:
    """Append the hashes of new rows to the lock and name them; refuse when a frozen row was touched."""
    everything, frozen = read_rows(rows), read_lock(lock)
    new = [row for row in everything if row["forecast"] not in frozen]
    require(
        lock_faults(everything, {**frozen, **{row["forecast"]: content_hash(row) for row in new}})
    )
    with lock.open("a", encoding="utf-8") as file:
        if not frozen:
            file.write("# forecast id and sha256 of its row; lines are only ever added\n")
        file.writelines(f"{row['forecast']} {content_hash(row)}\n" for row in new)
    return [row["forecast"] for row in new]
