import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.models import stake
from bet.records import parameters
from bet.records.claims import claims

P = {
    "share_price_usd": 404.35, "average_cost_usd": 14.42, "shares_bought_m": 27.0,
    "sold_2020_22_m": 6.8, "sold_2020_22_usd": 221.56, "shares_left_m": 20.2,
    "sold_later_usd": 260.0, "spacex_value_usd_bn": 400.0, "spacex_stake_pct": 100 * 4.5 / 350,
    "spacex_cost_usd_bn": 1.0, "xai_value_usd_bn": 0.70, "xai_cost_usd_bn": 0.35,
    "own_shares_m": 3.3, "own_tesla_weight": 0.40, "own_spacex_weight": 0.25, "fund_weight": 0.11,
}  # fmt: skip
positive = st.floats(0.5, 1000)


def test_the_letter_reproduces_by_hand():
    realised, paper = stake.holding_gain(27.0, 14.42, [(6.8, 221.56)], 404.35)
    assert realised == pytest.approx(6.8 * 207.14 / 1000)  # 1.41
    assert paper == pytest.approx(20.2 * 389.93 / 1000)  # 7.88
    assert stake.price_for_gain(8.0, 27.0, 14.42, [(6.8, 221.56)]) == pytest.approx(340.7, abs=0.1)


def test_firm_gain_by_part_with_nothing_sold_later():
    parts = stake.firm_gain(P)
    assert parts["Tesla sold since"] == 0
    assert parts["Tesla sold 2020-22"] + parts["Tesla still held"] == pytest.approx(9.285, abs=1e-3)
    assert parts["SpaceX"] == pytest.approx(4.143, abs=1e-3)
    assert parts["xAI"] == pytest.approx(0.35)
    assert stake.firm_total(P) == pytest.approx(13.778, abs=1e-3)


def test_own_gain_by_hand():
    # 3.3 million shares at 404.35 are 1.334 billion, 40 % of 3.336 billion
    assert stake.own_wealth(P) == pytest.approx(3.336, abs=1e-3)
    parts = stake.own_gain(P)
    assert parts["his Tesla shares"] == pytest.approx(3.3 * 389.93 / 1000)
    assert parts["his SpaceX shares"] == pytest.approx(0.25 * 3.336 * (1 - 1 / 5.1429), abs=1e-3)
    assert parts["inside his mutual funds"] == pytest.approx(
        0.35 * 3.336 * 0.11 * (389.93 / 404.35 + 1 - 1 / 5.1429), abs=1e-3
    )


def test_more_sold_than_bought_is_refused():
    with pytest.raises(ValueError, match="sold"):
        stake.holding_gain(5.0, 10.0, [(6.0, 20.0)], 30.0)


def test_no_price_brings_a_gain_when_all_is_sold():
    assert stake.price_for_gain(8.0, 5.0, 10.0, [(5.0, 20.0)]) is None


@given(positive, positive, st.floats(0, 0.99), positive, st.floats(-50, 50))
def test_price_for_gain_is_the_inverse(bought, cost, share, paid, target):
    sales = [(bought * share, paid)]
    price = stake.price_for_gain(target, bought, cost, sales)
    assert math.fsum(stake.holding_gain(bought, cost, sales, price)) == pytest.approx(
        target, abs=1e-6
    )


@given(positive, positive, st.floats(0, 1), positive)
def test_gain_equals_money_out_less_money_in(bought, cost, share, price):
    sales = [(bought * share, 2 * price)]
    money_out = bought * share * 2 * price + bought * (1 - share) * price
    total = math.fsum(stake.holding_gain(bought, cost, sales, price))
    assert total == pytest.approx((money_out - bought * cost) / 1000, abs=1e-6)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=20))
def test_effective_positions_lie_between_one_and_their_number(raw):
    weights = [w / sum(raw) for w in raw]
    assert 1 - 1e-9 <= stake.effective_positions(weights) <= len(raw) + 1e-9


def test_look_through_and_concentration_by_hand():
    assert stake.look_through(0.40, 0.35, 0.11) == pytest.approx(0.4385)
    assert stake.concentration([0.5, 0.5]) == 0.5
    assert stake.effective_positions([0.25] * 4) == pytest.approx(4)


def test_swings_are_sorted_and_leave_the_base_alone():
    base = dict(P)
    rows = stake.swings(stake.own_total, base, {"own_shares_m": (1, 6), "fund_weight": (0.05, 0.3)})
    assert [row[0] for row in rows] == ["own_shares_m", "fund_weight"]
    assert base == P
    assert rows[0][1] < stake.own_total(P) < rows[0][2]


def test_value_path_follows_marks_and_takes_xai_along():
    p = {**P, "xai_uplift": 2.0}
    marks = [(0, 1.0, False), (2, 2.0, False), (3, 2.5, True), (5, 5.0, True)]
    path = stake.value_path([(1, 1.0), (2, 1.1), (4, 0.5), (5, 0.9)], marks, p)
    base = stake.spacex_stake(P)
    assert [row[0] for row in path] == [1, 2, 4, 5]
    assert [row[2] / base for row in path] == pytest.approx([1.0, 2.0, 2.5, 5.0])
    assert [row[3] for row in path] == pytest.approx([0.7, 0.7, 1.4, 2.8])
    assert path[2][1] == pytest.approx(0.5 * 20.2 * 404.35 / 1000)


def test_value_path_without_marks_stays_at_the_day():
    assert stake.value_path([(1, 1.0)], [], {**P, "xai_uplift": 2.0})[0][3] == P["xai_value_usd_bn"]


def test_spread_keeps_order_and_distance():
    assert stake.spread([1.0, 5.0], 2.0) == [1.0, 5.0]
    assert stake.spread([5.0, 1.0, 1.5], 2.0) == [5.0, 1.0, 3.0]
    assert stake.spread([], 1.0) == []


@given(st.lists(st.floats(-100, 100), max_size=8))
def test_spread_is_never_closer_than_the_gap(values):
    places = sorted(stake.spread(values, 3.0))
    assert all(b - a >= 3.0 - 1e-9 for a, b in itertools.pairwise(places))
    assert all(p >= v for p, v in zip(stake.spread(values, 3.0), values, strict=True))


def test_the_ledger_has_the_intervals_that_the_model_gives():
    entries = parameters.parameters_of("0_stake")
    p = {name: entry.default for name, entry in entries.items()}
    direct = stake.own_total(p) - stake.own_gain(p)["inside his mutual funds"]
    other = stake.own_total({**p, "own_shares_m": p["own_shares_other_m"]})
    low, high = claims()["END-04"].figures[0].found
    assert (low, high) == pytest.approx((direct, other), abs=0.06)
    assert claims()["END-04"].verdict == "contradicted"
    assert claims()["INTRO-19"].figures[0].found == pytest.approx(stake.firm_total(p), abs=0.05)
