"""Hand generated bad input to the command line and count what it answers.

Run: python benchmarks/bad_input.py --cases 10000 [--seed 1]
Every case must end with exit code 2 and a message of one screen, or be sound by chance (code 0; code 1 of
'bet tidy' says that it changed a file): never a traceback, never a file written in part.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests import bad_input


def main(cases: int, start: int) -> int:
    """Run the cases; print a table by kind, and each kind of failure with one example."""
    counts: Counter = Counter()
    failures: dict[tuple[str, str], object] = {}
    began = time.monotonic()

    @seed(start)
    @settings(max_examples=cases, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(bad_input.cases())
    def run(case: tuple) -> None:
        kind, content = case
        with tempfile.TemporaryDirectory() as folder:
            code, wrong = bad_input.survives(kind, content, Path(folder))
        counts[kind, "failed" if wrong else code] += 1
        if wrong:
            failures.setdefault((kind, wrong[:50]), content)

    run()
    print(f"{sum(counts.values())} cases in {time.monotonic() - began:.0f} s, seed {start}\n")
    print("| input | cases | refused (2) | sound by chance (0, 1) | failed |")
    print("|---|---:|---:|---:|---:|")
    for kind in sorted({kind for kind, _ in counts}):
        row = [counts[kind, 2], counts[kind, 0] + counts[kind, 1], counts[kind, "failed"]]
        print(f"| {kind} | {sum(row)} | {row[0]} | {row[1]} | {row[2]} |")
    for (kind, wrong), content in failures.items():
        print(f"\n{kind}: {wrong}\n  {str(content)[:400]}")
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(main(options.cases, options.seed))
