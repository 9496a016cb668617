"""The page on speed says what was measured."""

from __future__ import annotations

import importlib
import json

import nbformat
import pytest

from benchmarks import page
from tests.places import ROOT

MACHINE = {"day": "2026-11-25", "processor": "A B", "cores": 2, "system": "Linux x86_64",
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
    told = page.figures(RESULT)
    for text in ("| 10.0 (9.5 to 10.5) |", "| 25.0 | 2.50 | 40.0 |", "A B, 2 cores", "sphinx 7.4.7",
                 "25 November 2026", "| 75.00 | 1.50 |"):  # fmt: skip
        assert text in told


def test_what_other_commands_measured_stands_beside():
    kept = {"Pages": {"head": ["Page", "KiB"], "rows": [["a", "150"]]}}
    told = page.figures({**RESULT, "beside": kept})
    assert "### Pages\n\n| Page | KiB |\n| --- | ---: |\n| a | 150 |" in told


def test_it_does_without_what_was_not_measured():
    left = {"machine": MACHINE, "cases": {"other": RESULT["cases"]["other"]}, "growth": {}}
    assert "Growth" not in page.figures(left) and "| – |" in page.figures(left)


def test_the_page_shows_the_committed_figures():
    """Broken by a page that was edited by hand, or by figures that were written without the page."""
    committed = json.loads(page.RESULT.read_text(encoding="utf-8"))
    shown = page.PAGE.read_text(encoding="utf-8")
    assert page.written(shown, committed) == shown
    committed["cases"]["bet build, cold"]["cpu"][0] += 1
    assert page.written(shown, committed) != shown


def test_a_page_without_its_marks_is_left_alone():
    with pytest.raises(ValueError, match="measured: begin"):
        page.written("# Speed\n", RESULT)


def test_the_answer_is_told_once_all_ways_are_measured():
    times = {page.COLD: 25, page.PROSE: 7, page.FORCE: 50, page.PLAIN: 100}
    cases = {name: {"wall": [seconds, 0, 0]} for name, seconds in times.items()}
    (told,) = page._answer(cases)
    assert "takes 25 seconds, 50% of what jupyter-book takes and 25% of papermill" in told
    assert "it takes 7, 14% of jupyter-book" in told
    assert page._answer({page.COLD: cases[page.COLD]}) == []


def test_what_grows_can_still_be_loaded(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    build = importlib.import_module("build")
    once, twice = (build.grown(tmp_path, "claims", times) for times in (1, 2))
    assert 0 < once < twice
    assert build.grown(tmp_path, "tables", 1) > 0


def test_the_floor_runs_the_cells_of_a_notebook(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    build = importlib.import_module("build")
    cell = nbformat.v4.new_code_cell("sum(range(10**6))")
    (tmp_path / "book").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "book" / "one.ipynb")
    (_, cells), _ = build.floor(tmp_path)
    assert cells(0)["cpu"] > 0
