"""Everything that can be at fault before a notebook is run: records, parameters cells, kernels, claims judged twice."""

from __future__ import annotations

from bet.chapter.outputs import judged_twice, read
from bet.faults import Fault, gathered
from bet.records import check
from bet.run import execute


def all_faults() -> list[Fault]:
    """Return every fault of records, tables, parameters cells and kernels, each once, and claims judged twice."""
    faults = check.all_faults()
    notebooks = {}
    for name in execute.names():
        with gathered(faults):
            notebooks[name] = read(execute.path_of(name))
            faults += execute.kernel_faults(name, notebooks[name])
        with gathered(faults):
            faults += execute.cell_faults(name)
    faults += judged_twice(notebooks)
    return list({str(fault): fault for fault in faults}.values())
