"""Learning curves, the cost of an hour and Amdahl's law: by hand and as laws."""

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.chapter.outputs import CHART_MIME
from bet.models import robots
from tests import in_process

U = pint.UnitRegistry()


def test_two_doublings_by_hand():
    # 20 % a doubling: 100, 80, 64 at 1, 2 and 4 times the first units
    assert [robots.cost_at(n, 100, 10, 0.20) for n in (10, 20, 40)] == pytest.approx([100, 80, 64])
    assert robots.units_to_reach(64, 100, 10, 0.20) == pytest.approx(40)
    assert robots.doublings(64, 100, 0.20) == pytest.approx(2)


@pytest.mark.parametrize(
    ("first", "rate", "units"),
    [(60e3, 0.10, 1.377e6), (60e3, 0.15, 108.4e3), (60e3, 0.20, 30.3e3), (100e3, 0.15, 957e3)],
)
def test_units_to_reach_twenty_thousand(first, rate, units):
    assert robots.units_to_reach(20e3, first, 1000, rate) == pytest.approx(units, rel=2e-3)


def test_tuition_equals_the_sum_over_single_units():
    target, first, units, rate = 64.0, 100.0, 1000.0, 0.20
    by_unit = sum(robots.cost_at(n + 0.5, first, units, rate) - target for n in range(1000, 4000))
    assert robots.tuition(target, first, units, rate) == pytest.approx(by_unit, rel=1e-5)


def test_tuition_with_half_a_doubling_and_when_already_there():
    # b = 1: cost x units is constant, 100 x 10, spent = 1000 ln(4) above 25 x 30
    assert robots.tuition(25, 100, 10, 0.5) == pytest.approx(1000 * 1.3862944 - 750, rel=1e-6)
    assert robots.tuition(120, 100, 10, 0.2) == 0


def test_cost_of_an_hour_by_hand():
    # 20,000 over 5 years and 2,000 a year of upkeep over 3,000 hours: 6,000 / 3,000
    assert robots.cost_per_hour(20e3, 5, 3000, 2000) == pytest.approx(2.0)
    assert robots.cost_per_hour(20e3, 5, 3000, 2000, 0.5, 0.16) == pytest.approx(2.08)
    assert robots.hours_to_match(2.0, 20e3, 5, 2000) == pytest.approx(3000)


def test_amdahl_by_hand():
    assert robots.saving(0.39, 0.1) == pytest.approx(1.541, abs=1e-3)
    assert robots.saving(0.60, 0.1) == pytest.approx(2.174, abs=1e-3)
    assert robots.saving(1.0, 0.1) == pytest.approx(10)
    assert robots.share_needed(100, 0.1) == pytest.approx(1.1)  # more than all of the bill


@given(st.floats(0, 1), st.floats(0.01, 1))
def test_no_bill_falls_further_than_its_part(share, ratio):
    assert robots.saving(share, ratio) * (1 + 1e-12) >= 1 and robots.saving(
        share, ratio
    ) <= 1 / ratio * (1 + 1e-12)


@given(st.floats(1e3, 9e4), st.floats(0.03, 0.4), st.floats(10, 1e4))
def test_the_curve_reaches_what_it_was_solved_for(target, rate, units):
    reached = robots.units_to_reach(target, 1e5, units, rate)
    assert robots.cost_at(reached, 1e5, units, rate) == pytest.approx(target, rel=1e-6)
    assert robots.tuition(target, 1e5, units, rate) >= 0


def test_quantities_with_units_pass_unchanged():
    usd = U.Quantity(1, "count")  # stands for a dollar
    hour = robots.cost_per_hour(
        20e3 * usd,
        5 * U.year,
        3000 * U.hour / U.year,
        2e3 * usd / U.year,
        0.5 * U.kW,
        0.16 * usd / U.kWh,
    )
    assert hour.to(usd / U.hour).m == pytest.approx(2.08)
    assert robots.years_to_supply(8.2e9 * usd, 1e6 * usd / U.year).to("year").m == pytest.approx(
        8200
    )
    assert robots.units_to_reach(20e3 * usd, 60e3 * usd, 1000, 0.15).to("").m == pytest.approx(
        108_376, rel=1e-4
    )
    with pytest.raises(pint.DimensionalityError):
        robots.cost_per_hour(20e3 * usd, 5 * U.year, 3000 * U.hour, 2e3 * usd / U.kg)


def test_how_many_robots_one_person_must_watch():
    # an hour at 8 beside a wage of 16 leaves 8 for the watcher, who costs 16: two robots
    assert robots.robots_per_watcher(16.0, 8.0) == pytest.approx(2)
    assert robots.robots_per_watcher(16.0, 4.0, pace=0.5) == pytest.approx(4)
    assert robots.robots_per_watcher(16.0, 8.0, pace=0.5) == float("inf")


@pytest.mark.parametrize("rate", [0.203, 0.098])
def test_a_saving_that_rounds_to_another_row_keeps_a_row_of_its_own(rate, monkeypatch):
    """20.3 % was once labelled as 20 %, and 9.8 % as 10 %: two rows of one name stopped the chapter."""
    monkeypatch.setattr("bet.chapter.svg.svg_of", lambda figure: "")
    data = in_process.run("3_infrastructure", {"robot_learning_rate": rate})
    charts = {d[CHART_MIME]["name"]: d[CHART_MIME] for d in data if CHART_MIME in d}
    names = [row[0] for row in charts["robot-cost"]["rows"]]
    assert len(names) == 5 == len(set(names))
