"""The page on speed says what was measured."""

from __future__ import annotations

import json
import re

import pytest

from bet.site import benchmarks
from tests.places import ROOT

BUILD_JSON = ROOT / "benchmarks" / "build.json"

MACHINE = {"day": "2026-11-25", "processor": "A & B", "cores": 2, "system": "Linux x86_64",
           "python": "3.11.7", "packages": {"sphinx": "7.4.7"}}  # fmt: skip
RESULT = {
    "machine": MACHINE,
    "cases": {
        "bet build, cold": {"n": 3, "wall": [9.0, 8.0, 11.0], "cpu": [10.0, 9.5, 10.5], "load": [2.0, 1.0, 3.0]},
        "other": {"n": 1, "wall": [40.0, 40.0, 40.0], "cpu": [25.0, 25.0, 25.0], "load": [2.0, 2.0, 2.0]},
    },
    "growth": {"tables": {"1": 1.0, "10": 10.0, "50": 75.0}},
}  # fmt: skip


def test_it_shows_medians_ranges_ratios_growth_and_machine():
    told = re.sub(r" data-name='[^']*'", "", benchmarks.page(RESULT))
    for text in ("10.0 (9.5 to 10.5)", "<td>25.0</td><td>2.50</td><td>40.0</td>", "A &amp; B", "sphinx 7.4.7",
                 "25 November 2026", "<td>75.00</td><td>1.50</td>"):  # fmt: skip
        assert text in told


def test_it_does_without_what_was_not_measured(tmp_path, monkeypatch):
    left = {"machine": MACHINE, "cases": {"other": RESULT["cases"]["other"]}, "growth": {}}
    assert "Growth" not in benchmarks.page(left) and ">–</td>" in benchmarks.page(left)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_config.yml").touch()
    (tmp_path / "data").mkdir()
    assert "python benchmarks/build.py" in benchmarks.rows()


@pytest.mark.skipif(not BUILD_JSON.exists(), reason="nothing measured")
def test_the_committed_figures_can_be_shown():
    committed = json.loads(BUILD_JSON.read_text(encoding="utf-8"))
    assert all(name in benchmarks.rows() for name in committed["cases"])


def test_the_answer_is_told_once_all_ways_are_measured():
    times = {benchmarks.COLD: 25, benchmarks.PROSE: 7, benchmarks.FORCE: 50, benchmarks.PLAIN: 100}
    cases = {name: {"wall": [seconds, 0, 0]} for name, seconds in times.items()}
    told = benchmarks._summary(cases)
    assert "takes 25 seconds, 50% of what jupyter-book takes and 25% of papermill" in told
    assert "it takes 7, 14% of jupyter-book" in told
    assert benchmarks._summary({benchmarks.COLD: cases[benchmarks.COLD]}) == ""
