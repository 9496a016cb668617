"""Everything that can be at fault before a notebook is run: the records, parameters cells and kernels."""

from __future__ import annotations

from bet.faults import Fault, gathered
from bet.records import check
from bet.run import execute


def all_faults() -> list[Fault]:
    """Return every fault of records, tables, parameters cells and kernels, each once."""
    faults = check.all_faults()
    for name in execute.names():
        for own in (execute.cell_faults, execute.kernel_faults):
            with gathered(faults):
                faults += own(name)
    return list({str(fault): fault for fault in faults}.values())
