"""Designs of a sweep: which sets of parameters are run. A grid, or a Latin hypercube; nothing is read or run."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from bet.faults import BadInput, Fault, require
from bet.records import parameters

MOST_SETS = 100_000
SYNTAX = {True: "NAME=START:STOP:N, such as exit_pe=10:80:8", False: "NAME=START:STOP"}


@dataclass(frozen=True)
class Range:
    """A parameter and the values it moves between; ``count`` points in a grid, 0 if sampled."""

    name: str
    start: float
    stop: float
    whole: bool
    count: int = 0


def read_range(notebook: str, text: str, grid: bool, beyond: bool = False) -> Range:
    """Read NAME=START:STOP:N (grid) or NAME=START:STOP (sample); raise BadInput if it is wrong.

    With ``beyond`` the ends may lie outside the parameter's range.
    """
    name, equals, rest = (part.strip() for part in text.partition("="))
    parts = rest.split(":")
    if not (name and equals) or len(parts) != (3 if grid else 2):
        raise BadInput([Fault(f"--over {text}", "another form", SYNTAX[grid])])
    entry = _numeric(notebook, name)
    ends: list[Any] = [parameters.from_text(notebook, name, part.strip()) for part in parts[:2]]
    faults = [
        Fault(f"--over {name}", repr(end), wrong)
        for end in ends
        if (wrong := parameters.problem(entry, end, beyond))
    ]
    count = parts[2].strip() if grid else ""
    if grid and not re.fullmatch(r"0*[1-9]\d{0,5}", count):
        faults.append(Fault(f"--over {name}", f"{count!r} points", "N, a whole number from 1"))
    require(faults)
    if ends[0] > ends[1]:
        raise BadInput([Fault(f"--over {name}", f"{ends[0]} above {ends[1]}", "START up to STOP")])
    whole_number = isinstance(entry.default, int)
    found = Range(name, ends[0], ends[1], whole_number, int(count) if grid else 0)
    if grid and found.whole and any(point % 1 for point in _points(found)):
        whole = f"N that steps by whole numbers, such as {ends[1] - ends[0] + 1}"
        raise BadInput([Fault(f"--over {name}", f"N = {count}", whole)])
    return found


def _numeric(notebook: str, name: str) -> parameters.Parameter:
    """Return a parameter that a sweep can move, or say which there are."""
    known = parameters.parameters_of(notebook)
    numeric = [key for key, entry in known.items() if not isinstance(entry.default, str)]
    if name not in numeric:
        found = "text, set by -p" if name in known else "an unknown name"
        expected = f"one of {', '.join(numeric)}{parameters.likely(name, {key: known[key] for key in numeric})}"
        raise BadInput([Fault(f"--over {name}", found, expected)])
    return known[name]


def every_range(notebook: str, without: Iterable[str] = ()) -> list[Range]:
    """Return the whole range of every numeric parameter of a notebook."""
    known: dict[str, Any] = dict(parameters.parameters_of(notebook))
    return [
        Range(name, entry.min, entry.max, isinstance(entry.default, int))
        for name, entry in known.items()
        if not isinstance(entry.default, str) and name not in without
    ]


def _points(over: Range) -> list[float]:
    """Return the points of one axis of a grid, both ends as given."""
    return [float(f"{point:.12g}") for point in np.linspace(over.start, over.stop, over.count)]


def grid(ranges: Sequence[Range]) -> list[dict[str, Any]]:
    """Return every combination of the points of all ranges."""
    size = math.prod(over.count for over in ranges)
    if size > MOST_SETS:
        raise BadInput([Fault("--over", f"{size:,} sets", f"at most {MOST_SETS:,}")])
    axes = [[int(p) if over.whole else p for p in _points(over)] for over in ranges]
    return [dict(zip((o.name for o in ranges), point, strict=True)) for point in itertools.product(*axes)]  # fmt: skip


def latin_hypercube(ranges: Sequence[Range], count: int, seed: int) -> list[dict[str, Any]]:
    """Return ``count`` sets of which each ``count``-th part of every range holds exactly one.

    Values have six significant figures; whole-number parameters take each value equally often.
    """
    if not 1 <= count <= MOST_SETS:
        raise BadInput([Fault("--sample", str(count), f"1 to {MOST_SETS:,} sets")])
    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(count)
    return [
        {over.name: _placed(over, part) for over, part in zip(ranges, row, strict=True)}
        for row in unit
    ]


def _placed(over: Range, part: float) -> float | int:
    """Return the value at a part, 0 to 1, of a range."""
    if over.whole:
        return min(
            int(over.stop), int(over.start + math.floor(part * (over.stop - over.start + 1)))
        )
    value = float(f"{over.start + part * (over.stop - over.start):.6g}")
    return min(max(value, over.start), over.stop)


def design(
    notebook: str,
    over: Sequence[str],
    sample: int | None,
    seed: int,
    fixed: Mapping[str, Any],
    beyond: bool = False,
) -> list[dict[str, Any]]:
    """Return every full set of parameters of a sweep, defaults filled in; all checked."""
    faults: list[Fault] = []
    ranges: list[Range] = []
    for text in over:
        try:
            ranges.append(read_range(notebook, text, grid=sample is None, beyond=beyond))
        except BadInput as error:
            faults += error.faults
    named = [*(found.name for found in ranges), *fixed]
    faults += [Fault("--over", f"'{name}' twice", "each parameter once")
               for name in sorted({n for n in named if named.count(n) > 1})]  # fmt: skip
    if sample is None and not over:
        faults.append(
            Fault("bet sweep", "nothing to vary", f"--over {SYNTAX[True]}, or --sample N")
        )
    require(faults)
    parameters.check(notebook, fixed, beyond)
    if sample is None:
        sets = grid(ranges)
    else:
        ranges = ranges or every_range(notebook, without=fixed)
        if not ranges:
            raise BadInput(
                [Fault("--sample", "no numeric parameter left", "one that is not fixed")]
            )
        sets = latin_hypercube(ranges, sample, seed)
    return [parameters.check(notebook, {**fixed, **values}, beyond) for values in sets]
