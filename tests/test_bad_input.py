"""Generated bad input gets a message and exit code 2: never a traceback, never half a file.

A hundred cases, the same each time; ``python benchmarks/bad_input.py --cases 10000`` does it at length.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests import bad_input


def test_the_world_is_sound_before_it_is_spoilt(tmp_path):
    ledger = bad_input.worlds.FIXTURES / "ledger"
    name = bad_input.RECORDS[0]
    assert bad_input.survives("record", (name, (ledger / name).read_bytes()), tmp_path) == (0, None)


@settings(max_examples=100, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(bad_input.cases())
def test_bad_input_gets_a_message_and_nothing_is_half_written(case):
    kind, given_ = case
    with tempfile.TemporaryDirectory() as folder:
        _, wrong = bad_input.survives(kind, given_, Path(folder))
    assert wrong is None, (kind, given_)


@pytest.mark.parametrize("name", bad_input.RECORDS)
@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]", "- &a {id: *a}", "- &a x\n- *a", "? [a, b]\n: c", "- {{a: 1}: 1}", "[" * 3000, "- {a: " * 400,
        "- !!timestamp x", "- 2025-02-30", "- !!bool maybe", "- !!python/object/apply:os.system [ls]", "- \x80",
        "- !!binary x", "- 1:99:9999", "- .inf", "", "null", "3", "- a: b: c", "a\tb: [",
    ],
)  # fmt: skip
def test_records_of_another_shape_are_refused(tmp_path, name, text):
    assert bad_input.survives("record", (name, text.encode("latin-1")), tmp_path) == (2, None)


@pytest.mark.parametrize("cell", ["2.6e154", "9" * 30, "-1e19", "9007199254740993"])
def test_a_whole_number_too_long_to_be_one_is_refused(tmp_path, cell):
    text = (bad_input.worlds.FIXTURES / "ledger/tables/power.csv").read_text(encoding="utf-8")
    raw = text.replace("2024,", f"{cell},", 1).encode()
    assert bad_input.survives("csv", ("tables/power.csv", raw), tmp_path) == (2, None)


def test_many_faults_fill_one_screen(tmp_path):
    rows = "".join(f"{year},x,yes,no,guessed\n" for year in range(1000, 1900))
    text = f"year,average_power_gw,final,published,note\n{rows}"
    assert bad_input.survives("csv", ("tables/power.csv", text.encode()), tmp_path) == (2, None)
