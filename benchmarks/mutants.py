"""Plant random faults in the package and count those that a test catches (cosmic-ray's operators).

    python benchmarks/mutants.py [--count 200] [--seed 1] [--rooms records chapter site review] [--out FILE]

Needs the extra: pip install -e '.[mutation]'. Works on a copy of the repository. Of every mutant the test files run that import its module, then all
that are not tests of the built site; so a fault that only the built site or nbval would show counts
as not caught here. Annotations, which nothing evaluates, are left alone.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB, use_db

ROOT = Path(__file__).resolve().parent.parent
LEFT = (".git", ".venv", "_build", "__pycache__", "*.egg-info")
OF_THE_SITE = ("test_access.py", "test_site.py", "test_reading.py", "test_csp.py", "test_pdf.py",
               "test_reproducible.py", "test_ranges.py", "test_panels.py", "test_faults.py")  # fmt: skip
EVALUATED_NOWHERE = "core/ReplaceBinaryOperator_BitOr"  # 'X | None' in annotations
TIMEOUT_S = 240


class Mutant(dict):
    """One planted fault: module, operator, occurrence and, once run, whether a test caught it."""


def candidates(root: Path, rooms: list[str]) -> Iterator[Mutant]:
    """Yield every fault that the operators can plant."""
    paths = [path for room in rooms for path in sorted((root / "bet" / room).glob("*.py"))]
    with use_db(root / "mutants.sqlite", WorkDB.Mode.create) as database:
        init(paths, database, {})
        items = list(database.work_items)
    for item in items:
        for spec in (
            s for s in item.mutations if not s.operator_name.startswith(EVALUATED_NOWHERE)
        ):
            yield Mutant(
                module=spec.module_path.relative_to(root).as_posix(),
                operator=spec.operator_name,
                occurrence=spec.occurrence,
                line=spec.start_pos[0],
            )


def tests_of(root: Path, module: str) -> list[str]:
    """Return the test files that import a module, by name or through its room."""
    stem, room = Path(module).stem, Path(module).parent.name
    wanted = re.compile(rf"bet\.{room}\.{stem}\b|from bet\.{room} import [^\n]*\b{stem}\b")
    files = [p for p in sorted((root / "tests").glob("test_*.py")) if p.name not in OF_THE_SITE]
    return [str(p) for p in files if wanted.search(p.read_text("utf-8"))]


def caught(root: Path, tests: list[str]) -> bool:
    """Run tests in the copy; tell whether one fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=TIMEOUT_S,
                              env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "HOME": str(root)})  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 5)


def judge(root: Path, mutant: Mutant) -> Mutant:
    """Plant one fault, run the tests, take it out again."""
    path = root / mutant["module"]
    before = path.read_text("utf-8")
    operator = plugins.get_operator(mutant["operator"])()
    after = mutate_code(before, operator, mutant["occurrence"])
    if not after or after == before:
        return mutant
    near = tests_of(root, mutant["module"])
    try:
        path.write_text(after, "utf-8")
        mutant["caught"] = bool(near) and caught(root, near)
    finally:
        path.write_text(before, "utf-8")
    changed = [
        b.strip() for a, b in zip(before.splitlines(), after.splitlines(), strict=False) if a != b
    ]
    mutant["now"] = changed[0] if changed else ""
    return mutant


def main() -> None:
    """Draw, plant, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", nargs="+", default=["records", "chapter", "site", "review"])
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "mutants.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "copy"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT))
        everything = list(candidates(root, given.rooms))
        drawn = random.Random(given.seed).sample(everything, min(given.count, len(everything)))
        done: list[Mutant] = []
        for mutant in drawn:
            done.append(judge(root, mutant))
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(json.dumps(done, indent=1), encoding="utf-8")
    run = [m for m in done if "caught" in m]
    hits = sum(m["caught"] for m in run)
    print(
        f"{hits} of {len(run)} mutants caught ({hits / max(1, len(run)):.0%}), of {len(everything)} possible"
    )
    for m in run:
        if not m["caught"]:
            print(f"  {m['module']}:{m['line']} {m['operator']} -> {m['now']}")


if __name__ == "__main__":
    main()
