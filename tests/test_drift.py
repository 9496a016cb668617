"""Card and ledger: what a run finds under its own parameters is what the ledger says, as it is written."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from bet.chapter import said
from bet.chapter.outputs import read
from bet.cli import main
from bet.records import claims, judge
from tests import worlds
from tests.places import BOOK

RECORDS = said.assessed({path.stem: read(path) for path in sorted(BOOK.glob("*.ipynb"))})


@pytest.mark.parametrize("record", RECORDS, ids=[record["claim"] for record in RECORDS])
def test_a_card_says_what_the_ledger_says(record):
    assert [str(fault) for fault in judge.drift(record)] == []


@pytest.fixture
def small(tmp_path):
    with worlds.small(tmp_path):
        yield


def found(listed, run, as_of="2026-11-23"):
    """Judge the small ledger's INFRA-60 with one finding listed and another one in the run."""
    ledger = claims.claims()
    figure = ledger["INFRA-60"].figures[0].model_copy(update={"found": listed})
    ledger["INFRA-60"] = ledger["INFRA-60"].model_copy(update={"figures": [figure]})
    record = judge.assess("INFRA-60", as_of=as_of, notebook="3_infrastructure", found=run)
    return [str(fault) for fault in judge.drift(record)]


@pytest.mark.parametrize(
    ("listed", "run", "same"),
    [
        ([441, 502], (440.6, 502.4), True), ([441, 502], (440.4, 502), False), ([441, 502], (441, 502.6), False),
        ([441.0, 502.3], (440.8, 502.3), True), ([440.8, 502.3], (441, 502.3), False),
        ([3.9, 4.4], (3.9118, 4.35649), True), ([3.9, 4.3], (3.9118, 4.35649), False),
        ([467.9, 500], (465, 500.1), False), ([465, 500], (465, 500.1), True),
        ([1.7e12, 3e12], (1.7e12, 3e12), True), ([1.7e12, 3e12], (1.7e12, 3.1e12), False),
        (0.1, 0.1, True), (0.1, 0.2, False),
    ],
)  # fmt: skip
def test_an_end_must_round_to_what_the_ledger_writes(small, listed, run, same):
    told = [f for f in found(listed, run) if "us_average_power" in f]
    assert (told == []) is same


def test_the_message_names_notebook_claim_and_figure(small):
    assert found([441, 502], (460, 502)) == [
        "notebook 3_infrastructure, INFRA-60.us_average_power: "
        "found 460 to 502 GW; expected 441 to 502 GW, as in data/claims"
    ]


def test_another_verdict_than_the_ledger_s_is_told(small):
    told = found([441, 502], (150, 170))
    assert "INFRA-60: found supported; expected contradicted, as in data/claims" in told[0]


def test_a_finding_that_the_ledger_lacks_is_told(small):
    assert "expected a found in data/claims" in found(None, (441, 502))[-1]


def test_what_the_ledger_itself_says_never_drifts():
    for claim in claims.claims().values():
        for day in ("2025-11-14", "2026-11-23"):
            assert judge.drift(judge.from_ledger(claim, day, "5_verdict")) == []


def test_lint_refuses_a_card_that_the_ledger_does_not_bear_out(tmp_path, monkeypatch):
    for name in ("book", "data"):
        shutil.copytree(BOOK.parent / name, tmp_path / name)
    shutil.copy(BOOK.parent / "_config.yml", tmp_path)
    path = tmp_path / "data" / "claims" / "intro.yml"
    before = path.read_text()
    path.write_text(before.replace("found: [3.91, 4.36]", "found: [3.91, 5.36]", 1))
    assert path.read_text() != before
    monkeypatch.chdir(tmp_path)
    worlds.forget()
    try:
        done = CliRunner().invoke(main, ["lint"])
    finally:
        worlds.forget()
    assert done.exit_code == 2 and "notebook 0_stake, INTRO-22.spacex_gain" in done.output
