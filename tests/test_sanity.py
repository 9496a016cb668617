"""Records that cannot be: one broken file per check, and no alarm where nothing is wrong."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from bet.records import sanity
from tests import worlds

TARGETS = {
    "claims": "claims/infrastructure.yml",
    "evidence": "evidence/power.yml",
    "sources": "sources.yml",
    "tables": "tables/power.yml",
}
TOLD = {
    "claims_history_in_the_future.yml": ["claim INFRA-60 history: found 2999; expected a day up to 20"],
    "claims_history_that_falls.yml": ["claim INFRA-60 history: found 2026-11-24 after 2026-11-25; expected days that rise"],
    "claims_history_before_the_article.yml": ["claim INFRA-60 history: found 1999; expected a day from 2025-11-14 on"],
    "claims_history_without_words.yml": ["claim INFRA-60 history 2026-11-25: found why '…'; expected a reason in words"],
    "claims_history_without_reason.yml": ["claim INFRA-60 history 2026-11-26: found why 'Looked again.'; expected a reason of 4 words or more"],
    "claims_figure_in_another_unit.yml": ["claim INFRA-60 figure us_average_power unit: found 'MW'; expected the unit of its evidence"],
    "claims_later_month_then.yml": ["claim INFRA-60 then: found March 2026; expected nothing after 2025-11-30"],
    "claims_later_month_without_then.yml": ["claim INFRA-61 reason, which has no 'then': found October 2026; expected nothing after 2025-11-30"],
    "evidence_in_another_unit.yml": ["claim INFRA-60 figure us_average_power unit: found 'GW'; expected the unit of its evidence",
                                     "evidence power-metered unit: found 'MW'; expected the unit of its fact"],
    "sources_retrieved_before_published.yml": ["source meter-2025: found published 2026-11-24, retrieved 2026-11-23; expected published before"],
    "sources_retrieved_in_the_future.yml": ["source meter-2025 retrieved: found 2999-01-01; expected a day up to 20"],
    "tables_column_in_another_unit.yml": ["data/tables/power.yml column average_power_gw unit: found 'MW'; expected the unit of its name"],
}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


@pytest.mark.parametrize("case", worlds.cases("sanity"))
def test_an_impossible_record_is_refused(world, case):
    worlds.put(f"sanity/{case}", world / TARGETS[case.partition("_")[0]])
    told = worlds.faults_of(sanity.check)
    assert len(told) == len(TOLD[case])
    assert all(fault.startswith(words) for fault, words in zip(told, TOLD[case], strict=True)), told


def test_the_small_ledger_and_the_books_are_possible(world):
    assert worlds.faults_of(sanity.check) == []


def test_the_books_own_records_are_possible():
    assert worlds.faults_of(sanity.check) == []


@pytest.mark.parametrize("day", ["2020-01-01", "2026-11-25", "2031-05-01"])
def test_a_clock_that_runs_behind_accuses_nobody(world, day):
    with time_machine.travel(day, tick=False):
        assert sanity.today() == max(dt.date.fromisoformat(day), sanity.LEDGER_DAY)
        assert worlds.faults_of(sanity.check) == []


@pytest.mark.parametrize(
    ("unit", "others", "wrong"),
    [
        ("GW", ["GW", "MW"], False),
        ("GW per year", ["MW a year"], True),
        ("weeks", ["days"], True),
        ("USD billion", ["USD million"], True),
        ("USD billion", ["It rose to 1.77 trillion dollars, 400 billion more."], False),
        ("GW", ["It is much."], False),
        ("year", ["days"], False),
        ("share", ["GW"], False),
    ],
)
def test_units_agree_in_size_where_they_measure_the_same(unit, others, wrong):
    assert bool(list(sanity.unit_faults("x", unit, others, "y"))) == wrong
