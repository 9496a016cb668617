"""Every chapter runs, and reads true, inside its ranges too: all parameters moved at once, on days between.

At the ends of a range one parameter moves and the rest stay. Faults hide inside: a label made of a
rounded number is unique at the ends and doubled at 0.203, where two series round to 20%. So each
chapter is run at a Latin hypercube of sets. The ordinary run takes two a chapter; the nightly round
takes more: ``pytest tests/test_inside_ranges.py --inside-sets 40``.
"""

from __future__ import annotations

import datetime as dt

import nbformat
import numpy as np
import pandas as pd
import pytest

from bet.records import parameters
from bet.run import designs, execute
from tests import in_process
from tests.test_ranges import nonsense, texts

SEED = 20261129  # another seed may find another fault; this one makes a failure repeatable


def day_between(first: str, last: str, part: float) -> str:
    """Return the day at a part, 0 to 1, of the way between two days."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return (start + dt.timedelta(days=round(part * (end - start).days))).isoformat()


def inside(name: str, count: int) -> list[dict[str, object]]:
    """Return so many sets of a chapter: numbers by Latin hypercube, choices and days at random."""
    known = parameters.parameters_of(name)
    rng = np.random.default_rng(SEED)
    sets: list[dict[str, object]] = [
        dict(one) for one in designs.latin_hypercube(designs.every_range(name), count, SEED)
    ]
    for one in sets:
        for key, entry in known.items():
            if entry.choices:
                one[key] = str(rng.choice(entry.choices))
        one["as_of"] = day_between(str(known["as_of"].min), str(known["as_of"].max), rng.random())
    return sets


def pytest_generate_tests(metafunc):
    if {"name", "values"} <= set(metafunc.fixturenames):
        count = metafunc.config.getoption("--inside-sets")
        cases = [(name, values) for name in execute.names() for values in inside(name, count)]
        ids = [f"{name}-{i % count + 1}" for i, (name, _) in enumerate(cases)]
        metafunc.parametrize(("name", "values"), cases, ids=ids)


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Check charts without writing them."""
    monkeypatch.setattr("bet.chapter.svg.svg_of", lambda figure: "")


def test_a_chapter_runs_and_makes_sense_inside_its_ranges(name, values):
    data = in_process.run(name, values)
    assert [(t, found) for t in texts(data) if (found := nonsense(t))] == [], values


@pytest.mark.parametrize("chapter", execute.names())
def test_the_sets_cover_every_range_and_the_days_between(chapter):
    sets, known = inside(chapter, 4), parameters.parameters_of(chapter)
    for key, entry in known.items():
        if isinstance(entry.default, str):
            continue
        low, high = float(entry.min), float(entry.max)
        values = [float(one[key]) for one in sets]
        assert all(low <= value <= high for value in values)
        if isinstance(entry.default, float):  # each quarter of the range holds one
            assert sorted(int(min(3, 4 * (v - low) / (high - low))) for v in values) == [0, 1, 2, 3]
    for one in sets:
        assert parameters.check(chapter, one)["as_of"] == one["as_of"]
    assert len({one["as_of"] for one in sets}) == 4
    assert sets == inside(chapter, 4)


def test_a_label_made_of_a_rounded_number_is_found(tmp_path, monkeypatch):
    cells = [
        nbformat.v4.new_code_cell("rate = 0.15", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "import pandas as pd\n"
            "rows = [(f'{r:.0%}', x, x * r) for r in sorted({0.1, rate}) for x in (1, 2)]\n"
            "pd.DataFrame(rows, columns=['rate', 'x', 'y']).pivot(index='x', columns='rate', values='y')"
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "planted.ipynb")
    monkeypatch.setattr("tests.in_process.BOOK", tmp_path)
    for end in (0.05, 0.3):
        in_process.run("planted", {"rate": end})
    with pytest.raises(ValueError, match="duplicate"):
        in_process.run("planted", {"rate": 0.104})


def test_days_between():
    assert day_between("2025-11-14", "2025-11-24", 0.5) == "2025-11-19"
    days = {day_between("2025-11-14", "2026-11-23", part) for part in np.linspace(0, 1, 50)}
    assert min(days) == "2025-11-14" and max(days) == "2026-11-23"
    assert len(days) == 50 and all(pd.Timestamp(day) for day in days)
