"""The command line: exit codes, and messages that say what is wrong and what would be right."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bet.cli import main
from bet.faults import NotebookFailed
from bet.records import datapackage
from bet.run import execute
from tests import worlds
from tests.places import ROOT

NAME = "3_infrastructure"


@pytest.fixture
def world(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / f"{NAME}.ipynb").write_text("{}")
    with worlds.small(tmp_path) as data:
        yield data


@pytest.fixture
def started(monkeypatch):
    """Every run that the command line starts, without starting it."""
    runs = []
    monkeypatch.setattr(execute, "write_chart_hashes", lambda: None)
    monkeypatch.setattr(execute, "run_asked", lambda *given, **_: runs.append(given))
    monkeypatch.setattr(execute, "cell_faults", lambda name: [])
    monkeypatch.setattr("bet.cli._tell_moved", lambda *_: None)
    return runs


def bet(*arguments):
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def command(*arguments):
    """Run the installed command as a reader does."""
    done = subprocess.run(
        [sys.executable, "-m", "bet", *arguments],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_the_committed_data_have_no_fault():
    code, told, wrong = bet("check")
    assert (code, wrong) == (0, "")
    assert re.match(r"\d+ claims \(", told) and told.endswith(": no fault\n")


@pytest.mark.parametrize(
    ("case", "target", "told"),
    [
        ("claims/field_missing.yml", "claims/infrastructure.yml", "[INFRA-60] kind: found nothing; expected the field 'kind'"),
        ("evidence/source_unknown.yml", "evidence/power.yml", "evidence power-metered source: found 'meter-2052'"),
        ("sources/tier_unknown.yml", "sources.yml", "data/sources.yml:7 [meter-2025] tier: found 'gossip'"),
        ("tables/cut_in_half.csv", "tables/power.csv", "data/tables/power.csv:2: found 4 cells; expected 5 cells"),
        ("sidecars/licence_missing.yml", "tables/power.yml", "data/tables/power.yml:1 licence: found nothing"),
        ("parameters/unit_missing.yml", "parameters.yml", "data/parameters.yml:4 unit: found nothing"),
    ],
)  # fmt: skip
def test_every_kind_of_fault_reaches_the_reader(world, case, target, told):
    worlds.put(case, world / target)
    code, out, wrong = bet("check")
    assert (code, out) == (2, "")
    assert f"bet: {told}" in wrong or told in wrong
    assert "Traceback" not in wrong
    lines = wrong.splitlines()
    assert all(line.startswith("bet: ") for line in lines) and len(lines) == len(set(lines))


def test_a_claim_that_a_parameter_misnames_is_told(world):
    path = world / "parameters.yml"
    path.write_text(path.read_text().replace("INFRA-60", "INFRA-06"))
    worlds.forget()
    assert f"bet: parameter {NAME}.us_average_power_gw claims: found 'INFRA-06'" in bet("check")[2]


def test_values_reach_the_notebook_with_their_types(world, started):
    code, told, _ = bet("run", NAME, "-p", "satellites", "7", "-p", "us_average_power_gw", "480.5",
                        "-o", "out.ipynb")  # fmt: skip
    assert (code, told) == (0, f"wrote {world.parent / 'out.ipynb'}\n")
    ((name, values, target),) = started
    assert (name, values) == (NAME, {"satellites": 7, "us_average_power_gw": 480.5})
    assert target.name == "out.ipynb"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("us_avrage_power", "490"), "did you mean 'us_average_power_gw'?"),
        (("us_average_power_gw", "-3"), "expected 100 to 600 GW"),
        (("us_average_power_gw", "490 MW"), "expected a number (GW)"),
        (("satellites", "true"), "expected a whole number (count)"),
        (("satellites", "12.0"), "expected a whole number (count)"),
        (("chip", "A100"), "expected one of H100, B200"),
        (("as_of", "2027-01-01"), "expected a day from 2025-11-14 to 2026-11-23"),
    ],
)
def test_a_wrong_parameter_exits_with_two_and_says_what_is_allowed(world, given, told):
    code, out, wrong = bet("run", NAME, "-p", *given)
    assert (code, out) == (2, "")
    assert wrong.startswith(f"bet: {NAME} parameter '{given[0]}': found ")
    assert wrong.endswith(f"{told}\n")


def test_an_unknown_notebook_is_told_with_the_nearest(world):
    code, _, wrong = bet("run", "3_infrastucture")
    assert code == 2 and f"did you mean '{NAME}'?" in wrong


def test_committed_outputs_are_never_those_of_other_values(world, started):
    code, _, wrong = bet("run", NAME, "--in-place", "-p", "satellites", "7")
    assert (code, started) == (2, [])
    assert (
        wrong
        == "bet: --in-place: found parameters; expected none: committed outputs are the defaults\n"
    )


def test_a_run_in_place_writes_the_notebook_itself(world, started):
    assert bet("run", NAME, "--in-place")[0] == 0
    assert started[0][2].name == f"{NAME}.ipynb"


def test_a_failing_notebook_exits_with_one(world, monkeypatch):
    def fail(*given, **_):
        raise NotebookFailed(f"{NAME}.ipynb, cell 2: ZeroDivisionError: division by zero")

    monkeypatch.setattr(execute, "run_asked", fail)
    monkeypatch.setattr(execute, "cell_faults", lambda name: [])
    code, _, wrong = bet("run", NAME)
    assert (code, wrong) == (
        1,
        f"bet: {NAME}.ipynb, cell 2: ZeroDivisionError: division by zero\n",
    )


def test_parameters_are_listed_for_people_and_for_machines(world):
    code, told, _ = bet("parameters", NAME)
    assert code == 0
    assert "us_average_power_gw = 490.0 GW (100..600): average US power [INFRA-60]" in told
    assert "chip = H100 name (H100|B200): accelerator" in told
    listed = json.loads(bet("parameters", NAME, "--json")[1])
    assert listed[NAME]["satellites"]["max"] == 1000
    assert list(json.loads(bet("parameters", "--json")[1])) == ["common", NAME]


def test_hashes_are_written_and_unknown_tables_told(world):
    told = "power: sha256 written\nwrote data/datapackage.json\n"
    assert bet("hash", "power") == (0, told, "")
    assert datapackage.check() is None
    code, _, wrong = bet("hash", "powr")
    assert (code, wrong) == (
        2,
        "bet: table 'powr': found no CSV or no sidecar; expected one of power\n",
    )


def test_the_data_package_is_written(world):
    code, told, _ = bet("datapackage")
    assert (code, told) == (0, "wrote data/datapackage.json\n")
    assert datapackage.place().read_text() == datapackage.text()


@pytest.mark.parametrize("arguments", [("chek",), ("run",), ("run", NAME, "--inplace")])
def test_a_wrong_call_shows_the_usage(arguments):
    code, _, wrong = bet(*arguments)
    assert code == 2 and "Usage:" in wrong


def test_the_issue_s_own_examples():
    code, out, wrong = command("run", NAME, "-p", "us_avrage_power", "490")
    assert (code, out) == (2, "")
    assert "'us_avrage_power': found an unknown name" in wrong
    assert "did you mean 'us_average_power_gw'?" in wrong
    assert "Traceback" not in wrong


@pytest.mark.parametrize(("arguments", "code"), [(("parameters",), 1), (("diff", "nowhere"), 3)])
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(arguments, code):
    with subprocess.Popen(
        [sys.executable, "-m", "bet", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as started:  # fmt: skip
        started.stdout.close()
        assert started.stderr.read() == ""
        assert started.wait() == code


def test_help_names_every_command():
    code, told, _ = bet("--help")
    assert code == 0
    for name in ("build", "check", "datapackage", "hash", "parameters", "refresh", "run"):
        assert f"\n  {name} " in told
