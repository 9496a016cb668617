"""Measure the simulation of ten-year paths against the random numbers that it needs.

Run: python benchmarks/simulation.py [paths]
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc

import numpy as np

from bet.models.simulation import simulate

CASE = {
    "start_value": 1344.0, "revenue": 95.6, "multiple": 5.0, "years": 10, "growth": 0.15,
    "net_margin": 0.12, "exit_pe": 25.0, "dilution": 0.127, "growth_spread": 0.05,
    "yearly_noise": 0.1, "margin_spread": 0.57, "pe_spread": 0.58, "dependence": 0.3,
}  # fmt: skip
REPEATS = 5


def seconds(work) -> tuple[float, float]:
    """Return the median time of a few runs, and how far apart they were as a share of it."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    middle = statistics.median(times)
    return middle, (max(times) - min(times)) / middle


def main(paths: int) -> None:
    """Print paths per second, the floor set by the generator, and the peak memory."""
    numbers = paths * (CASE["years"] + 4)  # ten yearly draws, three inputs and the common factor
    whole, noise = seconds(lambda: simulate(CASE, paths, seed=1))
    floor, floor_noise = seconds(lambda: np.random.default_rng(1).standard_normal(numbers))
    tracemalloc.start()
    simulate(CASE, paths, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"{paths:>12,} paths of {CASE['years']} years")
    print(f"{whole:>12.2f} s in all (spread {noise:.0%}), {paths / whole:,.0f} paths a second")
    print(f"{floor:>12.2f} s for the {numbers:,} normal numbers alone (spread {floor_noise:.0%})")
    print(f"{whole / floor:>12.1f} times the bare generator")
    print(f"{peak / 1e6:>12.1f} MB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
