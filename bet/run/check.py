"""Everything that can be at fault before a notebook is run: the records, and the parameters cells."""

from __future__ import annotations

from bet.faults import Fault, gathered
from bet.records import check
from bet.run import execute


def all_faults() -> list[Fault]:
    """Return every fault of records, tables and parameters cells, each once."""
    faults = check.all_faults()
    for name in execute.names():
        with gathered(faults):
            faults += execute.cell_faults(name)
    return list({str(fault): fault for fault in faults}.values())
