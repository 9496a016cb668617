"""Run a notebook's cells in this process: many parameter sets in the time of one kernel start."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import nbformat
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from bet import Chapter
from bet.chapter.outputs import ASSESSMENT_MIME
from bet.records import parameters
from tests.places import BOOK


def shell() -> InteractiveShell:
    """Return an IPython shell that keeps no history and captures what is displayed."""
    config = Config({"HistoryManager": {"enabled": False}})
    return InteractiveShell.instance(config=config)


QUIET = ("say", "panel", "bars", "stacked", "ranges", "dumbbells", "dots", "waterfall", "columns", "lines",
         "steps", "scatter")  # fmt: skip


def verdicts(name: str, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the record of every claim that a notebook judges; no prose, chart or panel is made.

    Numbers may lie beyond their ranges.
    """
    usual = parameters.check
    with pytest.MonkeyPatch.context() as patch:
        for method in QUIET:
            patch.setattr(Chapter, method, lambda *_, **__: None)
        patch.setattr(parameters, "check", lambda notebook, given, beyond=True: usual(notebook, given, True))  # fmt: skip
        found = [data.get(ASSESSMENT_MIME, []) for data in run(name, values)]
    return {record["claim"]: record for records in found for record in records}


def run(name: str, values: Mapping[str, Any], anew: bool = True) -> list[dict[str, Any]]:
    """Run a notebook under values put after its parameters cell; return every output's data.

    The first exception of a cell is raised as it is. Unless it runs ``anew`` it meets the names that the
    last run left.
    """
    ip = shell()
    if anew:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gc.collect", lambda *_: 0)  # seconds, of this process's whole heap
            ip.reset(new_session=False)
    publisher, usual = CapturingDisplayPublisher(), ip.display_pub
    ip.display_pub = publisher
    try:
        for cell in nbformat.read(BOOK / f"{name}.ipynb", as_version=4).cells:
            if cell.cell_type != "code":
                continue
            ip.run_cell(cell.source, store_history=False, silent=False).raise_error()
            if "parameters" in cell.metadata.get("tags", []):
                ip.user_ns.update(values)
    finally:
        ip.display_pub = usual
    return [json.loads(json.dumps(out["data"])) for out in publisher.outputs]
