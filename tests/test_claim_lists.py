"""Tables that list claims by their verdict: no row outlives the verdict that put it there."""

from __future__ import annotations

import datetime as dt

import pytest

from bet.chapter import lint
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


LISTED = """**What is right**

- It began low. {claim}`PEOPLE-46 partly` It rose. {claim}`PEOPLE-12 supported`

**What is wrong**

- It was not so. {claim}`PEOPLE-15 contradicted`

## Next

Told. {claim}`PEOPLE-46 partly`
"""


def test_a_claim_in_the_list_of_another_verdict_is_a_fault():
    (fault,) = lint.misplaced(LISTED, "at")
    assert fault.found == "PEOPLE-46, partly, under 'What is right'"


def test_no_page_is_published_with_one(tmp_path):
    import nbformat

    output = nbformat.v4.new_output("display_data", {"text/markdown": LISTED})
    cell = nbformat.v4.new_code_cell("book.say('')", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    assert [f for f in lint.page_faults(tmp_path / "a.ipynb") if "PEOPLE-46" in f.found]
