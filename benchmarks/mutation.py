"""Corrupt the tables one cell at a time and count what the cheap checks catch.

Run: python benchmarks/mutation.py [--each 6] [--shown 10] [--seed 1]
--each: corruptions of each kind and table. The checksum of the sidecar is renewed every time, as a
contributor would do; with the old one every corruption is caught, since every one changes the bytes.
--shown: of those that no check caught, so many are put before the notebook that reads the table, to see
whether its outputs change. Where they do, the committed outputs and chart hashes stop the build.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bet.chapter import outputs
from bet.paths import here

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bet.records import tables
from bet.run import execute
from tests import mutations


def main(each: int, shown: int, seed: int, only: list[str]) -> None:
    """Print the share caught by kind and by table, then what the outputs show of the rest."""
    chance, began = random.Random(seed), time.monotonic()
    names = only or tables.names()
    frames = {name: tables.table(name, "9999-12-31") for name in tables.names()}
    by_kind: dict[str, Counter] = {kind: Counter() for kind in mutations.KINDS}
    by_table: dict[str, Counter] = {name: Counter() for name in names}
    missed: list[tuple[str, mutations.Mutation]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            about = tables.sidecar(name)
            path = here().tables / f"{name}.csv"
            rows, raw = mutations.read_rows(path), path.read_bytes()
            for kind in mutations.KINDS:
                for mutation in mutations.sample(rows, about, kind, each, chance):
                    found = mutations.caught(name, mutation.rows, Path(folder), about, frames)
                    by_checksum = mutations.as_bytes(mutation.rows) != raw
                    for counts in (by_kind[kind], by_table[name]):
                        counts.update(["all", found or "missed", f"checksum {by_checksum}"])
                    if not found:
                        missed.append((name, mutation))
    total = sum(by_kind.values(), Counter())
    print(f"{total['all']} corruptions of {len(names)} tables in {time.monotonic() - began:.0f} s, seed {seed}; "
          f"{total['checksum True']} caught with the old checksum\n")  # fmt: skip
    _table("kind", {**by_kind, "all": total})
    print()
    _table("table", by_table)
    if shown:
        print()
        _outputs(missed, shown, chance)


def _table(head: str, rows: dict[str, Counter]) -> None:
    print(f"| {head} | corrupted | validation | relations | caught |\n|---|---:|---:|---:|---:|")
    for name, counts in rows.items():
        if counts["all"]:
            share = 100 * (counts["all"] - counts["missed"]) / counts["all"]
            print(
                f"| {name} | {counts['all']} | {counts['validation']} | {counts['relations']} | {share:.0f} % |"
            )


def _outputs(missed: list, most: int, chance: random.Random) -> None:
    """Run the reading notebooks in this process, as committed and corrupted, and compare."""
    reads: dict[str, list[str]] = {}
    for notebook in execute.names():
        text = "".join(cell.source for cell in outputs.read(execute.path_of(notebook)).cells)
        for name in set(re.findall(r"""book\.table\(["'](\w+)["']""", text)):
            reads.setdefault(name, []).append(notebook)
    read = [(name, mutation) for name, mutation in missed if name in reads]
    print(f"{len(missed)} were caught by no check; a notebook reads the table of {len(read)}.\n")
    print("| table | kind | row | column | outputs |\n|---|---|---:|---|---|")
    sound: dict[str, str] = {}
    load, seen = tables._load, Counter()
    for name, mutation in chance.sample(read, min(most, len(read))):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.csv"
            raw = mutations.as_bytes(mutation.rows)
            path.write_bytes(raw)
            digest = hashlib.sha256(raw).hexdigest()
            frame = tables.read(path, tables.sidecar(name).model_copy(update={"sha256": digest}))
        told = "the same"
        for notebook in reads[name]:
            if notebook not in sound:
                sound[notebook] = _run(notebook)
            tables._load = lambda wanted, root, name=name, frame=frame: (
                frame if wanted == name else load(wanted, root)
            )
            now = _run(notebook)
            tables._load = load
            if now != sound[notebook]:
                told = now if now.startswith("stopped") else f"differ in {notebook}"
                break
        seen[told != "the same"] += 1
        row = "" if mutation.row is None else mutation.row + 2
        print(
            f"| {name} | {mutation.kind} | {row} | {mutation.column or ''} | {told} |",
            flush=True,
        )
    print(f"\n{seen[True]} of {sum(seen.values())} show in the outputs; the others change no printed figure, "
          "chart or word.")  # fmt: skip


def _run(notebook: str) -> str:
    """Run a notebook in this process; return its outputs as text, or what stopped it."""
    from tests import in_process

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return json.dumps(in_process.run(notebook, {}), sort_keys=True)
    except Exception as error:
        return f"stopped by {type(error).__name__}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--shown", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("tables", nargs="*")
    options = parser.parse_args()
    main(options.each, options.shown, options.seed, options.tables)
