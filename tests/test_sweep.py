"""Sweeps: designs, refused input, failures as rows, and a killed sweep that goes on where it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook
from scipy import stats

from bet.chapter import outputs
from bet.cli import main
from bet.faults import BadInput
from bet.models import growth
from bet.records import tables
from bet.run import designs, results, sweep
from tests import worlds
from tests.places import ROOT

NAME = "3_infrastructure"
PARAMETERS = 'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
ANSWER = """
from IPython.display import display
numbers = {"each": {"text": "", "unit": "GW", "value": us_average_power_gw / (satellites - 7)}, "day": {"text": "", "unit": "", "value": as_of}}
display({"text/plain": "said", "application/vnd.bet.numbers+json": numbers}, raw=True)
judged = [{"claim": "INFRA-60", "verdict": "supported" if satellites < 7 else "partly", "assessed": "computed"}, {"claim": "INFRA-61", "verdict": "open", "assessed": "ledger"}]
display({"text/plain": "judged", "application/vnd.bet.assessment+json": judged}, raw=True)
"""


@pytest.fixture
def world(tmp_path):
    """A book of one small notebook that divides by zero at seven satellites."""
    (tmp_path / "book").mkdir()
    cells = [
        new_code_cell(PARAMETERS, id="c01", metadata={"tags": ["parameters"]}),
        new_code_cell(ANSWER, id="c02"),
    ]
    nbformat.write(outputs.clean(new_notebook(cells=cells)), tmp_path / "book" / f"{NAME}.ipynb")
    with worlds.small(tmp_path):
        yield tmp_path


def command(world: Path, *arguments: str, **settings: object) -> subprocess.Popen:
    """Start Python in a process of its own, on a copy of the package that nobody edits meanwhile."""
    if not (world / "bet").exists():
        shutil.copytree(ROOT / "bet", world / "bet")
    environment = os.environ | {"PYTHONPATH": str(world)}
    return subprocess.Popen([sys.executable, *arguments], env=environment, cwd=world, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **settings)  # fmt: skip


def table_of(world: Path, folder: Path, *arguments: str) -> pd.DataFrame:
    """Run a sweep to its end; return its table."""
    done = command(world, "-m", "bet", "sweep", NAME, *arguments, "-o", str(folder))
    told, _ = done.communicate(timeout=400)
    assert done.returncode == 0, told
    return pd.read_csv(folder / "table.csv")


def table_here(folder: Path, *arguments: str) -> pd.DataFrame:
    """Run a sweep to its end from this process; return its table."""
    done = CliRunner().invoke(main, ["sweep", NAME, *arguments, "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return pd.read_csv(folder / "table.csv")


def runs(folder: Path) -> dict[str, int]:
    """Every finished run with the file that it is, which a second run would replace."""
    return {path.name: path.stat().st_ino for path in folder.glob("[!.]*.ipynb")
            if path.name != "results.ipynb"}  # fmt: skip


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["sweep", NAME, *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr


# ---- designs


def test_a_grid_is_the_product_of_its_axes(world):
    sets = designs.design(NAME, ["us_average_power_gw=100:600:6", "satellites=1:9:3"], None, 0, {"chip": "B200"})  # fmt: skip
    assert [(s["us_average_power_gw"], s["satellites"]) for s in sets] == [
        (power, count) for power in (100.0, 200.0, 300.0, 400.0, 500.0, 600.0) for count in (1, 5, 9)
    ]  # fmt: skip
    assert {(s["chip"], s["as_of"]) for s in sets} == {("B200", "2026-11-23")}
    assert {type(s["satellites"]) for s in sets} == {int}


def test_a_sample_holds_one_value_in_each_part_of_every_range(world):
    sets = designs.design(NAME, ["us_average_power_gw=100:600"], 50, 3, {})
    parts = [int((s["us_average_power_gw"] - 100) // 10) for s in sets]
    assert sorted(parts) == list(range(50)) and parts != sorted(parts)
    assert {s["satellites"] for s in sets} == {12}


def test_a_sample_without_ranges_moves_every_number(world):
    sets = designs.design(NAME, [], 40, 3, {})
    counts = [s["satellites"] for s in sets]
    assert {type(c) for c in counts} == {int}
    assert sorted((c - 1) // 25 for c in counts) == list(range(40))
    assert sorted(int((s["us_average_power_gw"] - 100) // 12.5) for s in sets) == list(range(40))
    assert {s["chip"] for s in sets} == {"H100"}
    held = designs.design(NAME, [], 4, 3, {"satellites": 5})
    assert {s["satellites"] for s in held} == {5}


def test_a_whole_number_takes_each_value_equally_often():
    placed = [designs._placed(designs.Range("n", 3, 5, True), part) for part in np.linspace(0, 1, 301)[:-1]]  # fmt: skip
    assert [placed.count(n) for n in (3, 4, 5)] == [100, 100, 100]
    assert designs._placed(designs.Range("n", 3, 5, True), 1.0) == 5


def test_the_same_seed_gives_the_same_sample(world):
    first, again, other = (designs.design(NAME, [], 20, seed, {}) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing to vary; expected --over NAME=START:STOP:N, such as"),
        (("--over", "satellites"), "found another form; expected NAME=START:STOP:N"),
        (("--over", "satellites=1:9"), "found another form; expected NAME=START:STOP:N"),
        (("--over", "satellites=1:9:3", "--sample", "4"), "found another form; expected NAME=START:STOP\n"),
        (("--over", "satelites=1:9:3"), "an unknown name; expected one of us_average_power_gw, satellites, did you mean 'satellites'?"),
        (("--over", "chip=1:9:3"), "--over chip: found text, set by -p"),
        (("--over", "satellites=0:9:3"), "--over satellites: found 0; expected 1 to 1,000 count"),
        (("--over", "satellites=1:nine:3"), "found 'nine'; expected a whole number (count)"),
        (("--over", "satellites=1.5:9:3"), "found 1.5; expected a whole number (count)"),
        (("--over", "us_average_power_gw=nan:200:3"), "found nan; expected 100 to 600 GW"),
        (("--over", "satellites=9:1:3"), "found 9 above 1; expected START up to STOP"),
        (("--over", "satellites=1:9:0"), "found '0' points; expected N, a whole number from 1"),
        (("--over", "satellites=1:9:2.5"), "found '2.5' points"),
        (("--over", "satellites=1:9:4"), "N that steps by whole numbers, such as 9"),
        (("--over", "satellites=1:9:3", "--over", "satellites=1:9:3"), "'satellites' twice"),
        (("--over", "satellites=1:9:3", "-p", "satellites", "3"), "'satellites' twice"),
        (("--over", "satellites=1:1000:1000", "--over", "us_average_power_gw=100:600:501"), "found 501,000 sets; expected at most 100,000"),
        (("--sample", "0"), "--sample: found 0; expected 1 to 100,000 sets"),
        (("--sample", "-5"), "--sample: found -5; expected"),
        (("--sample", "5", "-p", "chip", "A100"), "expected one of H100, B200"),
        (("--sample", "5", "-p", "satellites", "2", "-p", "us_average_power_gw", "200"), "no numeric parameter left"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_before_anything_runs(world, monkeypatch, arguments, told):
    monkeypatch.setattr(sweep, "sweep", lambda *_: pytest.fail("it was started"))
    assert told in refused(*arguments)


def test_runs_are_never_written_among_the_book_s_own(world):
    for place in (world / "book", world / "data" / "tables"):
        told = refused("--sample", "2", "-o", str(place))
        assert told.startswith("bet: --output: found ") and "outside book/ and data/" in told


def test_all_wrong_ranges_are_told_at_once(world):
    told = refused("--over", "satelites=1:9:3", "--over", "us_average_power_gw=1:9:3")
    assert len(told.splitlines()) == 3


def test_without_dask_the_reader_is_told_how_to_install_it(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    told = refused("--over", "satellites=1:2:2", "--scheduler", "tcp://127.0.0.1:9", "-o", str(world / "out"))  # fmt: skip
    assert "found no Dask; expected it installed: pip install -e '.[sweep]'" in told


def test_a_scheduler_that_is_not_there_is_told(world, monkeypatch):
    monkeypatch.setattr(sweep, "TIMEOUT_S", 1)
    told = refused("--over", "satellites=1:2:2", "--scheduler", "tcp://127.0.0.1:9", "-o", str(world / "out"))  # fmt: skip
    assert "--scheduler tcp://127.0.0.1:9: found OSError: Timed out" in told
    assert ("refused" in told or "Timed out" in told) and "expected a running scheduler" in told


# ---- what makes a run stale


def test_a_key_changes_with_all_that_the_result_depends_on(world):
    values = {"satellites": 3}
    before = sweep.fingerprint(NAME)
    path = world / "book" / f"{NAME}.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[1].execution_count = 4
    nbformat.write(book, path)
    assert sweep.fingerprint(NAME) == before, "outputs and counts do not matter"
    book.cells[1].source += "\n"
    nbformat.write(book, path)
    changed = sweep.fingerprint(NAME)
    file = world / "data" / "parameters.yml"
    file.write_text(file.read_text() + "# seen\n")
    states = {before, changed, sweep.fingerprint(NAME)}
    assert len(states) == 3
    assert len({sweep.key_of(s, v) for s in states for v in (values, {"satellites": 4})}) == 6


def test_a_worker_of_another_state_makes_no_run(world):
    row = sweep.one({"satellites": 3}, NAME, "another state", str(world / "out"))
    assert row["error"].startswith("the notebook, data or package changed")
    assert not (world / "out").exists()


# ---- runs


def test_a_failing_set_is_a_row_and_a_killed_sweep_goes_on(world):
    """Killed after its first runs, the sweep keeps them and makes only the others."""
    folder = world / "out"
    arguments = ("--over", "satellites=5:9:5")
    started = command(world, "-m", "bet", "sweep", NAME, *arguments, "-o", str(folder),
                      start_new_session=True)  # fmt: skip
    until = time.monotonic() + 240
    while len(runs(folder)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(started.pid, signal.SIGKILL)
    started.communicate()
    kept = runs(folder)
    assert 2 <= len(kept) < 4 and not (folder / "table.csv").exists()

    table = table_here(folder, *arguments)
    after = runs(folder)
    assert len(after) == 4 and kept.items() <= after.items()
    assert table.satellites.tolist() == [5, 6, 7, 8, 9]
    assert table.error.notna().tolist() == [False, False, True, False, False]
    assert "): ZeroDivisionError" in table.error[2]
    assert "/" not in table.error[2].replace(f"book/{NAME}", "")
    assert table["answer.each"].dropna().tolist() == [-245, -490, 490, 245]
    assert table["verdict.INFRA-60"].dropna().tolist() == ["supported", "supported", "partly", "partly"]  # fmt: skip
    assert not {"answer.day", "verdict.INFRA-61"} & set(table)
    assert sorted(f"{key}.ipynb" for key in table.run[table.error.isna()]) == sorted(after)

    text = (folder / "table.csv").read_bytes()
    table_here(folder, *arguments)
    assert runs(folder) == after and (folder / "table.csv").read_bytes() == text


def test_a_sweep_says_units_meanings_what_moves_and_what_drives_it(world):
    """The sidecar, the page and the notebook of results, for one sweep beyond the ranges."""
    out = world / "out"
    over = ("--over", "satellites=5:9:5", "--over", "us_average_power_gw=500:700:3")
    assert "found 700; expected 100 to 600 GW" in refused(*over)
    done = CliRunner().invoke(main, ["sweep", NAME, *over, "--beyond", "-o", str(out)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[:4] == [
        f"15 sets of {NAME}, 3 failed", "Beyond the ranges on purpose: us_average_power_gw",
        "1 of 1 computed verdicts moves", "  INFRA-60: supported in 6, partly in 6",
    ]  # fmt: skip
    table = pd.read_csv(out / "table.csv")
    far = table.us_average_power_gw > 600
    assert set(table.beyond[far]) == {"us_average_power_gw"} and table.beyond[~far].isna().all()
    about = yaml.safe_load((out / "table.yml").read_text())
    assert list(about["columns"]) == list(table.columns) or set(about["columns"]) == set(
        table.columns
    )
    assert about["columns"]["answer.each"]["unit"] == "GW"
    assert about["columns"]["satellites"]["kind"] == "parameter"
    assert about["verdicts_that_move"] == {"INFRA-60": {"supported": 6, "partly": 6}}
    assert (about["beyond"], about["failed"]) == (["us_average_power_gw"], 3)
    page = (out / "results.html").read_text()
    assert (
        page.count("<svg") == 2 and "Beyond the ranges on purpose" in page and "What drives" in page
    )
    book = outputs.read(out / "results.ipynb")
    sources = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert [s.split("(")[0] for s in sources[1:]] == ["results.tornado", "results.chart_of_two"]
    assert "Beyond the ranges on purpose" in book.cells[0].source


def test_the_rank_correlation_of_a_tornado_is_spearman_s():
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 200))
    table = pd.DataFrame({"a": a, "b": b, "still": 1.0, "word": "x", "answer.n": np.exp(3 * a - b)})
    found = results.drivers(table, ["a", "b", "still", "word"], "answer.n")
    assert list(found.index) == ["a", "b"]
    assert found["a"] == pytest.approx(stats.spearmanr(a, table["answer.n"])[0])
    assert results.tornado(table.assign(a=1.0, b=1.0), {"a": "A", "b": "B"}, "answer.n") is None
    assert results.tornado(table, {"a": "A", "b": "B"}, "answer.n").title == "What drives n"


def test_a_driver_within_noise_is_left_out_and_the_page_says_so(world):
    rng = np.random.default_rng(2)
    a, b = rng.random((2, 30))
    assert stats.spearmanr(a, b).pvalue > results.CHANCE
    few = np.where(np.arange(30) < 9, a, np.nan)
    names = {"run": "x", "satellites": a, "us_average_power_gw": b, "error": None}
    held = {"answer.n": a, "answer.few": few, "answer.none": rng.permutation(30)}
    table = pd.DataFrame({**names, **held})
    inputs = ["satellites", "us_average_power_gw"]
    assert list(results.drivers(table, inputs, "answer.n").index) == ["satellites"]
    assert results.tornado(table, dict.fromkeys(inputs, "A"), "answer.few") is None
    picture = results.tornado(table, {"satellites": "A", "us_average_power_gw": "B"}, "answer.n")
    assert picture.said == (
        "It goes most with satellites, rank correlation +1.00 over 30 runs. "
        "1 of 2 assumptions are shown, the others are within noise for so many runs."
    )
    meant = {name: f"meaning of {name}" for name in ("n", "few", "none")}
    about = results.sidecar(NAME, table, inputs, {}, meant)
    assert about["undriven"] == {"too_few_runs": ["answer.few"], "within_noise": ["answer.none"]}
    assert results.told(about)[1:] == [
        f"{NAME} computes no verdict",
        "nothing is said to drive 1 of the numbers, with a value in fewer than 10 runs: meaning of few",
        "nothing is said to drive 1 of the numbers, with no driver beyond noise: meaning of none",
    ]
    page = results.page(about, [])
    assert "no driver beyond noise" in page and results.BY_CHANCE in page


def test_ctrl_c_says_how_to_go_on(world, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "sweep", stopped)
    done = CliRunner().invoke(
        main, ["sweep", NAME, "--over", "satellites=5:6:2", "-o", str(world / "out")]
    )
    assert done.exit_code == 1
    assert "bet: 0 of 2 runs are kept: the same command goes on from there" in done.stderr


def test_a_sweep_that_is_interrupted_ends_at_once_and_keeps_its_runs(world):
    """Ctrl-C in a terminal reaches every process of the sweep."""
    folder = world / "out"
    started = command(world, "-m", "bet", "sweep", NAME, "--over", "satellites=10:209:200",
                      "-o", str(folder), start_new_session=True)  # fmt: skip
    until = time.monotonic() + 240
    while not runs(folder) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(started.pid, signal.SIGINT)
    told, _ = started.communicate(timeout=120)
    assert started.returncode == 1, told
    kept = len(runs(folder))
    assert 1 <= kept < 200
    assert f"bet: {kept} of 200 runs are kept: the same command goes on from there" in told
    assert "Traceback" not in told and not (folder / "table.csv").exists()


@pytest.mark.nightly
def test_a_scheduler_of_its_own_gives_the_same_table(world):
    """Scheduler and worker as processes of their own on loopback, as on a cluster."""
    arguments = ("--over", "satellites=5:7:3", "-p", "us_average_power_gw", "200")
    here = table_of(world, world / "here", *arguments)
    file = world / "scheduler.json"
    processes = [
        command(world, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                "--no-dashboard", "--scheduler-file", str(file)),
        command(world, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--host", "127.0.0.1",
                "--nthreads", "1", "--no-dashboard", "--local-directory", str(world / "scratch")),
    ]  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        address = pd.read_json(file, typ="series")["address"]
        assert address.startswith("tcp://127.0.0.1:")
        there = table_of(world, world / "there", *arguments, "--scheduler", address)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.communicate(timeout=60)
    pd.testing.assert_frame_equal(here, there)
    assert len(runs(world / "there")) == 2


def test_little_is_handed_out_at_a_time(monkeypatch):
    """A long sweep never has more than a window of runs in the hands of the scheduler."""
    import dask.distributed

    class Future:
        def __init__(self, value):
            self.value = value

        def exception(self):
            return OSError("a worker died") if self.value == 13 else None

        def result(self):
            return {"answer.n": self.value}

    def wait(futures, timeout, return_when):
        assert len(futures) <= 2 * sweep.WINDOW
        return SimpleNamespace(done=futures[:1])

    class Connected:
        status = "running"

        def nthreads(self):
            return {"one": 1, "two": 1}

        def submit(self, run, value, pure):
            return Future(run(value))

    monkeypatch.setattr(dask.distributed, "wait", wait)
    rows = dict(sweep.in_windows(Connected(), lambda n: n, {str(n): n for n in range(50)}))
    assert len(rows) == 50
    assert rows["13"] == {"error": "OSError: a worker died"} and rows["14"] == {"answer.n": 14}


@pytest.mark.parametrize("gone", ["scheduler", "workers", "answer"])
def test_a_cluster_that_dies_is_told_and_never_waited_for(monkeypatch, gone):
    import dask.distributed

    class Connected:
        looks = 0

        @property
        def status(self):
            return "connecting" if gone == "scheduler" and self.looks else "running"

        def nthreads(self):
            self.looks += 1
            if gone == "answer" and self.looks > 1:
                raise OSError("timed out")
            return {} if self.looks > 1 else {"one": 1}

        def submit(self, run, value, pure):
            return object()

    def wait(futures, timeout, return_when):
        raise TimeoutError

    monkeypatch.setattr(dask.distributed, "wait", wait)
    monkeypatch.setattr(sweep, "TIMEOUT_S", 0.05)
    with pytest.raises(
        BadInput, match=r"no worker for 0.05 s; expected .* the same command goes on"
    ):
        dict(sweep.in_windows(Connected(), lambda n: n, {"a": 1, "b": 2}))


def test_parquet_is_written_where_it_can_be(tmp_path, monkeypatch):
    table = pd.DataFrame({"a": [1]})
    monkeypatch.setattr(sweep.importlib.util, "find_spec", lambda name: None)
    assert [path.name for path in sweep.write(table, tmp_path)] == ["table.csv"]
    monkeypatch.setattr(sweep.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", lambda self, path, index: path.touch())
    assert [path.name for path in sweep.write(table, tmp_path)] == ["table.csv", "table.parquet"]


# ---- the committed sweep of the thesis


def test_the_committed_sweep_is_what_its_description_says_and_the_model_gives():
    """Its sets are those of the command in its description; each outcome is the closed form's."""
    told = tables.sidecar("thesis_sweep").description.split()
    over = [told[i + 1] for i, word in enumerate(told) if word == "--over"]
    count, seed = (int(told[told.index(name) + 1].rstrip(",;.")) for name in ("--sample", "--seed"))
    committed = tables.table("thesis_sweep", "2026-11-23")
    sets = pd.DataFrame(designs.design("4_thesis", over, count, seed, {}))
    inputs = [name for name in committed.columns if name in sets]
    assert len(inputs) == 6
    pd.testing.assert_frame_equal(
        committed[inputs], sets[inputs], check_dtype=False, check_exact=True
    )

    quarters = tables.table("tesla_quarters", "2025-11-14").tail(4)
    revenue = quarters.revenue_usd_mn.sum() / 1e3
    for row in committed.itertuples():
        case = {"start_value": row.start_value_usd_bn, "revenue": revenue, "years": row.horizon_years,
                "growth": row.revenue_growth, "net_margin": row.net_margin, "exit_pe": row.exit_pe,
                "dilution": row.dilution}  # fmt: skip
        assert row.outcome_times == pytest.approx(growth.outcome(case)["multiple"], rel=1e-5)
