"""A table that would break another edition is refused when it is added."""

from __future__ import annotations

import pandas as pd
import pytest

from bet.faults import BadInput
from bet.records import check, tables


def test_every_edition_finds_rows_in_every_table():
    check.known_in_editions()
    assert check.edition_days() == {"2025-11-14": "article-day"}


def test_a_table_known_only_later_is_refused_or_says_why(monkeypatch):
    given, about = tables.table, tables.sidecar("us_power")
    none = given("us_power", "9999-12-31").iloc[:0]

    def table(name: str, day: str) -> pd.DataFrame:
        return none if (name, day) == ("us_power", "2025-11-14") else given(name, day)

    monkeypatch.setattr(tables, "table", table)
    with pytest.raises(BadInput) as told:
        check.known_in_editions()
    assert [str(fault) for fault in told.value.faults] == [
        "data/tables/us_power.csv: found no row known on 2025-11-14, the day of the edition "
        "'article-day'; expected one, or in us_power.yml 'later: why', where what reads the table "
        "runs without rows"
    ]
    about = about.model_copy(update={"later": "it began in 2026"})
    told_why = {"us_power": about}
    sidecar = tables.sidecar
    monkeypatch.setattr(tables, "sidecar", lambda name: told_why.get(name) or sidecar(name))
    check.known_in_editions()
