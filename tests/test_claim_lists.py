"""Tables that list claims by their verdict: no row outlives the verdict that put it there."""

from __future__ import annotations

import datetime as dt

import pytest

from bet.records.claims import THEN, claims
from bet.records.tables import table

NOW = dt.date(9999, 12, 31)
LISTS = {"claim_horizons": {"open"}, "error_families": {"partly", "contradicted"}}


def outlived(listed, ledger, verdicts):
    """Return the listed claims that have none of the verdicts on either clock."""
    return [
        name
        for name in listed
        if not {ledger[name].verdict_on(day) for day in (THEN, NOW)} & verdicts
    ]


@pytest.mark.parametrize("name", LISTS)
def test_no_row_outlives_its_verdict(name):
    listed = list(table(name, "9999-12-31")["claim"])
    assert listed and outlived(listed, claims(), LISTS[name]) == []


def test_every_open_claim_has_its_day():
    listed = set(table("claim_horizons", "9999-12-31")["claim"])
    waiting = {c.id for c in claims().values() if c.verdict_on(NOW) == "open"}
    assert waiting and waiting <= listed


def test_a_row_that_outlived_its_verdict_is_named():
    listed = [
        *table("claim_horizons", "9999-12-31")["claim"],
        "END-15",
    ]  # open until it was read again
    assert outlived(listed, claims(), {"open"}) == ["END-15"]
