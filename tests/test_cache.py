"""Kept runs: taken again exactly while code, parameters, what was read, `bet` and the pins are the same."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bet.chapter import outputs
from bet.faults import NotebookFailed
from bet.paths import here
from bet.run import cache, execute
from tests import worlds
from tests.rounds import sampled

NAME = "3_infrastructure"
PARAMETERS = 'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
CODE = f"""from bet.records import tables
from bet.records.parameters import from_cell
checked = from_cell("{NAME}", globals())
len(tables.table("TABLE", as_of)), satellites"""


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A root with the small ledger, a copy of the package, and one notebook that reads a table."""
    shutil.copytree(cache.PACKAGE, tmp_path / "bet", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "bet")
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    cache.pins.cache_clear()
    with worlds.small(tmp_path) as data:
        for name in ("power.csv", "power.yml"):
            shutil.copy(data / "tables" / name, data / "tables" / f"other{name[5:]}")
        put()
        yield tmp_path
    cache.pins.cache_clear()


def put(code=CODE, prose="# Title"):
    tables = sorted(here().tables.glob("*.csv"))
    head = new_code_cell(PARAMETERS, id="c01", metadata={"tags": ["parameters"]})
    cell = new_code_cell(code.replace("TABLE", tables[0].stem), id="c02")
    book = new_notebook(cells=[new_markdown_cell(prose, id="c00"), head, cell])
    outputs.write(outputs.clean(book), here().book / f"{NAME}.ipynb")
    return tables


def change(path):
    path.write_text(path.read_text() + "\n# changed\n")


VALUES = {"satellites": 7}


def ran(world, values=VALUES):
    path = world / "ran.ipynb"
    cache.run(NAME, values, path)
    return path.read_bytes()


def reused(world, values=VALUES):
    path = world / "reused.ipynb"
    path.unlink(missing_ok=True)
    found = cache.reuse(NAME, values, path)
    assert path.exists() == found
    return path.read_bytes() if found else None


def test_a_kept_run_is_the_run_to_the_byte(world):
    assert reused(world) is None
    assert ran(world) == reused(world)
    assert reused(world, {}) is None
    assert ran(world, {}) == reused(world, {})


def test_it_knows_what_was_read_and_nothing_more(world):
    ran(world)
    entry = json.loads(next(cache._folder().iterdir()).read_text())
    table = put()[0].stem
    assert set(entry["reads"]) == {
        f"data/tables/{table}.csv",
        f"data/tables/{table}.yml",
        f"data/parameters.yml#{NAME}",
        "data/sources.yml",
    }
    assert "missing" not in entry["reads"].values()


@pytest.mark.parametrize(
    "name",
    [
        "data/tables/{table}.csv",
        "bet/records/tables.py",
        "bet/chapter/style.mplstyle",
    ],
)
def test_a_change_of_what_it_read_means_another_run(world, name):
    table = put(f"from bet.chapter import charts\n{CODE}")[0].stem
    path = world / name.format(table=table)
    ran(world)
    assert reused(world)
    before = path.read_bytes()
    change(path)
    worlds.forget()
    assert reused(world) is None
    path.write_bytes(before)
    worlds.forget()
    assert reused(world)


def test_a_change_of_what_it_did_not_read_means_none(world):
    kept = ran(world)
    for path in (put()[1], world / "bet" / "notes.txt", world / "data" / "editions.yml"):
        path.touch()
        change(path)
    assert reused(world) == kept


PARAMETER = """  another:
    default: 1
    unit: count
    min: 0
    max: 9
    meaning: another
"""


@pytest.mark.parametrize(
    ("add", "again"),
    [
        (f"5_other:\n{PARAMETER}", True),
        ("# a remark\n", True),
        (f"{NAME}:\n{PARAMETER}", False),
        (f"common:\n{PARAMETER}", False),
    ],
)
def test_of_the_parameters_a_run_depends_on_its_own_and_the_common_ones(world, add, again):
    """One for another chapter had every chapter run again."""
    kept = ran(world)
    path = here().data / "parameters.yml"
    text, head = path.read_text(), add.partition("\n")[0] + "\n"
    new = text.replace(head, add) if head in text and head.endswith(":\n") else text + add
    path.write_text(new)
    read = {f"data/parameters.yml#{NAME}"}
    before = json.loads(next(cache._folder().iterdir()).read_text())["reads"]
    assert (cache.state(read).items() <= before.items()) == again
    worlds.forget()
    if again:
        assert reused(world) == kept


def test_a_run_that_asks_for_another_notebook_s_parameters_depends_on_them(world):
    put(f"{CODE}\nfrom bet.records import parameters\nlen(parameters.parameters_of('5_other'))")
    path = here().data / "parameters.yml"
    path.write_text(path.read_text() + f"5_other:\n{PARAMETER}")
    worlds.forget()
    kept = ran(world)
    assert reused(world) == kept
    path.write_text(
        path.read_text().replace(
            "default: 1\n    unit: count\n    min: 0\n    max: 9",
            "default: 2\n    unit: count\n    min: 0\n    max: 9",
        )
    )
    worlds.forget()
    assert reused(world) is None


def test_a_run_that_asks_for_the_whole_registry_depends_on_all_of_it(world):
    put(f"{CODE}\nfrom bet.records import parameters\nlen(parameters.registry())")
    ran(world)
    path = here().data / "parameters.yml"
    path.write_text(path.read_text() + f"5_other:\n{PARAMETER}")
    worlds.forget()
    assert reused(world) is None


def test_a_time_alone_means_nothing(world):
    kept = ran(world)
    for path in world.rglob("data/**/*"):
        path.touch()
    (here().book / f"{NAME}.ipynb").touch()
    assert reused(world) == kept


def test_prose_comes_from_the_source_with_the_outputs_of_the_run(world):
    ran(world)
    put(prose="# Another title")
    kept = nbformat.reads(reused(world).decode(), as_version=4)
    assert kept.cells[0].source == "# Another title"
    assert kept.cells[-1].outputs[0].data["text/plain"].endswith(", 7)")
    assert reused(world) == ran(world)


def test_other_code_parameters_or_pins_mean_another_run(world, monkeypatch):
    ran(world)
    assert reused(world, {"satellites": 8}) is None
    put(f"{CODE}  # another")
    assert reused(world) is None
    put()
    assert reused(world)
    (world / "requirements.txt").write_text("numpy==2\n")
    cache.pins.cache_clear()
    assert reused(world) is None


def test_a_new_record_in_a_folder_that_was_listed_means_another_run(world):
    put(f"{CODE}\nfrom bet.records.claims import claims\nlen(claims())")
    ran(world)
    assert reused(world)
    (world / "data" / "claims" / "another.yml").write_text("[]\n")
    assert reused(world) is None


def test_a_spoilt_entry_is_none(world):
    kept = ran(world)
    entry = next(cache._folder().iterdir())
    text = entry.read_text()
    for spoilt in ("", text[:-40], "[]", "null", '{"reads": 3, "cells": []}'):
        entry.write_text(spoilt)
        assert reused(world) is None
    entry.write_text(text)
    assert reused(world) == kept


def test_what_fails_or_changes_under_way_is_not_kept(world):
    put(f"{CODE}\n1 / 0")
    with pytest.raises(NotebookFailed):
        ran(world)
    table = put()[0]
    put(f"{CODE}\nfrom pathlib import Path\nPath({str(table)!r}).touch()")
    ran(world)
    put(f"{CODE}\nfrom pathlib import Path\nPath({str(world / 'bet' / 'new.py')!r}).write_text('')")
    ran(world)
    assert not cache._folder().exists()


def test_a_run_in_an_ordinary_kernel_is_kept_as_one_that_read_everything(world):
    cache.run(NAME, VALUES, world / "ran.ipynb", kernel=True)
    kept = reused(world)
    assert kept == (world / "ran.ipynb").read_bytes()
    unread = world / "data" / "tables" / put()[1].name
    before = unread.read_bytes()
    change(unread)
    assert reused(world) is None
    unread.write_bytes(before)
    assert kept == ran(world)


HEARD = """import sys
def _hear(event, told):
    if event == "open" and not told[2] & 3 and "/data/" in str(told[0]):
        _opened.add(str(told[0]))
_opened = set()
sys.addaudithook(_hear)"""
TOLD = """from bet.paths import noted, part_of
_noted = {str(part_of(path)[0]) for path in noted()}
assert _opened <= _noted, _opened - _noted
len(_opened)"""


def heard(source, folder):
    """Run a notebook with a hook on every file that Python opens; give how many of data/ it opened."""
    book = outputs.read(source)
    book.cells = [new_code_cell(HEARD), *book.cells, new_code_cell(TOLD)]
    path = folder / source.name
    nbformat.write(book, path)
    return int(execute.execute(path, {}).cells[-1].outputs[0].data["text/plain"])


@pytest.mark.parametrize("name", sampled(execute.names(), ["0_stake"]))
def test_whatever_a_notebook_opens_is_noted_by_name(name, tmp_path, monkeypatch):
    (tmp_path / "_config.yml").touch()
    (tmp_path / "data").symlink_to(here().data)
    (tmp_path / "book").mkdir()
    assert heard(execute.path_of(name), tmp_path / "book") > 2


def test_a_file_read_past_the_loaders_would_be_noticed(world):
    table = put()[1]
    put(f"{CODE}\nopen({str(table)!r}).close()")
    with pytest.raises(NotebookFailed, match="AssertionError"):
        heard(here().book / f"{NAME}.ipynb", world / "book")


def test_two_at_once_leave_one_whole_entry(world):
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        list(
            pool.map(cache.run, [NAME] * 2, [VALUES] * 2, [world / f"{n}.ipynb" for n in range(2)])
        )
    assert (world / "0.ipynb").read_bytes() == (world / "1.ipynb").read_bytes() == reused(world)
    assert len(list(cache._folder().iterdir())) == 1


def test_the_entries_longest_unused_are_dropped(world, monkeypatch):
    monkeypatch.setattr(cache, "KEPT", 1)
    ran(world, {})
    ran(world)
    cache.prune()
    assert reused(world)
    assert reused(world, {}) is None
