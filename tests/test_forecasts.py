"""The freeze of our own forecasts, their scores, and the base rates they start from."""

import csv
import datetime as dt
import hashlib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.faults import BadInput
from bet.models import our_rates, scores
from bet.paths import here
from bet.records import forecast_lock
from bet.records.tables import sidecar, table
from bet.site import reference_pages

DAY = "2026-11-23"
# sha256 of the first lines of the lock: an edit of a row together with its lock is caught as well.
FIRST_ROWS, FIRST_FREEZE = 25, "25da4ac6ffa1accb9369895b5eaf35f508bf9756228888681e73b92900455c2e"


def test_no_frozen_forecast_was_touched():
    assert (
        forecast_lock.lock_faults(
            forecast_lock.read_rows(forecast_lock.rows_of(here())),
            forecast_lock.read_lock(forecast_lock.lock_of(here())),
        )
        == []
    )


def test_the_first_freeze_still_stands():
    lines = forecast_lock.lock_of(here()).read_text(encoding="utf-8").splitlines()[: FIRST_ROWS + 1]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == FIRST_FREEZE


def rows():
    return [
        {"forecast": "F01", "question": "It rains.", "probability": "0.30", "revises": ""},
        {"forecast": "F02", "question": "It snows.", "probability": "0.10", "revises": ""},
    ]


def lock_of(some):
    return {row["forecast"]: forecast_lock.content_hash(row) for row in some}


@pytest.mark.parametrize("field", ["question", "probability"])
def test_an_edit_is_a_fault(field):
    lock, edited = lock_of(rows()), rows()
    edited[0][field] = "0.31"
    assert "edited" in str(forecast_lock.lock_faults(edited, lock)[0])


def test_a_removed_row_is_a_fault():
    assert "no such row" in str(forecast_lock.lock_faults(rows()[:1], lock_of(rows()))[0])


def test_a_row_without_a_lock_is_a_fault():
    assert "without a lock" in str(forecast_lock.lock_faults(rows(), lock_of(rows()[:1]))[0])


def test_a_forecast_dated_back_is_a_fault():
    first, second = rows()[0], {**rows()[0], "forecast": "F99"}
    made = [{**first, "made_on": "2026-11-25"}, {**second, "made_on": "2025-12-03"}]
    (fault,) = forecast_lock.lock_faults(made, lock_of(made))
    assert str(fault) == (
        "data/tables/forecasts.csv F99 made_on: found 2025-12-03; expected 2026-11-25 or later, as of F01, frozen before it"
    )
    later = [made[0], {**second, "made_on": "2026-11-25"}]
    assert not forecast_lock.lock_faults(later, lock_of(later))


@pytest.mark.parametrize(("line", "found"), [("F01 abc", "F01 a second time"), ("F02", "one word")])
def test_a_lock_holds_a_row_once(tmp_path, line, found):
    path = tmp_path / "forecasts.lock"
    path.write_text(f"# ids\nF01 123\n{line}\n")
    with pytest.raises(BadInput, match=f"line 3: found {found}"):
        forecast_lock.read_lock(path)


def test_a_revision_must_name_an_older_row():
    wrong = [*rows(), {**rows()[0], "forecast": "F03", "revises": "F99"}]
    assert "F99" in str(forecast_lock.lock_faults(wrong, lock_of(wrong))[0])


def test_new_rows_are_added_and_old_ones_protected(tmp_path):
    file, lock = tmp_path / "rows.csv", tmp_path / "rows.lock"

    def write(some):
        with file.open("w", newline="") as handle:
            out = csv.DictWriter(handle, list(some[0]))
            out.writeheader()
            out.writerows(some)

    write(rows())
    forecast_lock.lock_new_rows(file, lock)
    first = lock.read_text()
    write([*rows(), {**rows()[0], "forecast": "F03", "revises": "F01", "probability": "0.40"}])
    forecast_lock.lock_new_rows(file, lock)
    assert lock.read_text().startswith(first)
    assert list(forecast_lock.read_lock(lock)) == ["F01", "F02", "F03"]
    write([{**rows()[0], "probability": "0.40"}, rows()[1]])
    with pytest.raises(BadInput):
        forecast_lock.lock_new_rows(file, lock)


@given(st.permutations(list(rows()[0])))
def test_the_order_of_columns_does_not_matter(order):
    row = rows()[0]
    assert forecast_lock.content_hash(
        {name: row[name] for name in order}
    ) == forecast_lock.content_hash(row)


def test_outcomes_belong_to_forecasts():
    known = set(table("forecasts", "9999-12-31")["forecast"])
    assert set(table("forecast_outcomes", "9999-12-31")["forecast"]) <= known


def test_forecasts_are_hidden_before_the_day_they_were_made():
    assert table("forecasts", "2026-11-22").empty
    assert len(table("forecasts", DAY)) >= FIRST_ROWS
    assert sidecar("forecasts").known_from == "made_on"


def test_each_forecast_is_due_later_and_names_its_cases_and_claims():
    from bet.records.claims import claims

    made = table("forecasts", "9999-12-31")
    assert (made["resolve_by"] > made["made_on"]).all()
    assert set(made["reference"]) <= set(our_rates.COUNTS) | set(our_rates.PUBLISHED)
    assert {name for cell in made["claims"] for name in cell.split()} <= set(claims())


def test_checkpoints_of_a_forecast_come_before_its_end():
    made = table("forecasts", "9999-12-31")
    for name, day in scores.checkpoints(dt.date(2026, 11, 23)).items():
        assert (made.loc[made[name].notna(), "resolve_by"] > pd.Timestamp(day)).all(), name


def test_laplace():
    assert our_rates.Rate(0, 0).share == 0.5
    assert our_rates.Rate(0, 8).share == pytest.approx(0.1)


def test_rates_are_probabilities_and_use_no_later_row():
    now = our_rates.rates(lambda name: table(name, DAY), DAY)
    then = our_rates.rates(lambda name: table(name, "2025-11-14"), "2025-11-14")
    assert all(0 < rate < 1 for rate in [*now.values(), *then.values()])
    assert "weeks above the first close" in now
    assert "weeks above the first close" not in then  # SpaceX was not listed


def test_rates_by_hand():
    cohorts = pd.DataFrame({"multiple": [6.0, 2.0, 0.5, None]})
    promises = pd.DataFrame({
        "domain": "Optimus", "outcome": ["met", "missed", "pending"], "what": "60 launches in 2022",
        "due": pd.to_datetime(["2020-01-01", "2021-01-01", "2030-01-01"]),
        "delivered_on": pd.to_datetime(["2019-12-01", None, None]),
    })  # fmt: skip
    tables = {"largest_cohorts": cohorts, "musk_promises": promises}
    counted = {name: our_rates.COUNTS[name](tables.get, "2026-01-01") for name in (
        "five times in ten years", "less after ten years", "robot promises kept", "launch counts kept",
        "delivered three years late or sooner")}  # fmt: skip
    assert counted["five times in ten years"] == (1, 4)
    assert counted["less after ten years"] == (2, 4)
    assert counted["robot promises kept"] == (1, 2)
    assert counted["launch counts kept"] == (1, 2)
    assert counted["delivered three years late or sooner"] == (1, 2)


def test_a_base_rate_that_has_moved_since_is_told_by_an_editor_s_note():
    made = table("forecasts", "9999-12-31")
    again = our_rates.rates(lambda name: table(name, "9999-12-31"), DAY)
    far = (made.reference.map(again) - made.base_rate).abs() > our_rates.SAME
    assert 0 < far.sum() < len(made)
    told = str(reference_pages.forecast_rows())
    assert told.count("counted again in the tables as they are") == far.sum()
    (moved,) = made[far].reference
    assert f"this base rate is {again[moved]:.0%}." in told
