"""The verdict rule, on both sides of each of its edges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.records.rule import LOOSE, NEAR, SCALE, WITHIN, gap, rule, worst

LITTLE = 1e-6
positive = st.floats(1e-6, 1e12)


@st.composite
def intervals(draw):
    low, factor = draw(positive), draw(st.floats(1, 100))
    return low, low * factor


@pytest.mark.parametrize(
    ("relation", "value", "found", "verdict"),
    [
        # equal: the same, off by a little (1.1), off
        ("equal", 100, (100, 100), "supported"),
        ("equal", 100, (90, 110), "supported"),
        ("equal", 100, (100 + LITTLE, 101), "partly"),
        ("equal", 100, (110 - LITTLE, 120), "partly"),
        ("equal", 100, (110, 120), "partly"),
        ("equal", 100, (110 + LITTLE, 120), "contradicted"),
        ("equal", 110, (90, 100 + LITTLE), "partly"),
        ("equal", 110, (90, 100 - LITTLE), "contradicted"),
        # about: up to 1.1, up to 2
        ("about", 100, (110 - LITTLE, 120), "supported"),
        ("about", 100, (110, 120), "supported"),
        ("about", 100, (110 + LITTLE, 120), "partly"),
        ("about", 100, (200 - LITTLE, 250), "partly"),
        ("about", 100, (200, 250), "partly"),
        ("about", 100, (200 + LITTLE, 250), "contradicted"),
        ("about", 110, (90, 100 + LITTLE), "supported"),
        ("about", 110, (90, 100 - LITTLE), "partly"),
        ("about", 200, (90, 100 + LITTLE), "partly"),
        ("about", 200, (90, 100 - LITTLE), "contradicted"),
        # less than 100: right side, both sides, wrong side within 1.1, wrong side
        ("less", 100, (50, 100 - LITTLE), "supported"),
        ("less", 100, (50, 100), "partly"),
        ("less", 100, (50, 150), "partly"),
        ("less", 100, (100, 150), "partly"),
        ("less", 100, (110 - LITTLE, 150), "partly"),
        ("less", 100, (110, 150), "partly"),
        ("less", 100, (110 + LITTLE, 150), "contradicted"),
        # more than 100
        ("more", 100, (100 + LITTLE, 150), "supported"),
        ("more", 100, (100, 150), "partly"),
        ("more", 100, (50, 150), "partly"),
        ("more", 100, (50, 100), "partly"),
        ("more", 110, (50, 100 + LITTLE), "partly"),
        ("more", 110, (50, 100 - LITTLE), "contradicted"),
        # dates overlap or do not
        ("date", 100, (100, 100), "supported"),
        ("date", 100, (90, 100), "supported"),
        ("date", 100, (101, 110), "contradicted"),
        ("date", 100, (90, 99), "contradicted"),
    ],
)
def test_both_sides_of_each_edge(relation, value, found, verdict):
    assert rule(relation, (value, value), found).verdict == verdict


@pytest.mark.parametrize(
    ("relation", "found", "loose"),
    [
        ("less", (1, 100 / 3 + LITTLE), False),
        ("less", (1, 100 / 3 - LITTLE), True),
        ("more", (300 - LITTLE, 900), False),
        ("more", (300, 900), False),
        ("more", (300 + LITTLE, 900), True),
    ],
)
def test_a_bound_three_times_away_is_true_but_useless(relation, found, loose):
    ruling = rule(relation, (100, 100), found)
    assert (ruling.verdict, ruling.loose) == ("supported", loose)
    assert ("true but useless" in ruling.reason) is loose


@pytest.mark.parametrize(("found", "verdict"), [
    (159.5 - LITTLE, "partly"), (159.5, "supported"), (160.5, "supported"), (160.5 + LITTLE, "partly"),
])  # fmt: skip
def test_rounding_of_the_printed_figure_is_allowed_for(found, verdict):
    assert rule("equal", (160, 160), (found, found), 0.5).verdict == verdict


def test_a_range_is_judged_by_its_bound():
    assert rule("less", (10, 15), (14, 14)).verdict == "supported"
    assert rule("more", (10, 15), (11, 14)).verdict == "supported"
    assert rule("about", (10, 15), (12, 40)).verdict == "supported"


@pytest.mark.parametrize(
    ("relation", "value", "found", "reason"),
    [
        ("about", (160, 160), (441, 502), "off by a factor of 2.8"),
        ("about", (100, 100), (150, 150), "off by 50%"),
        ("about", (100, 100), (90, 110), "inside what was found"),
        ("about", (25, 30), (22.5, 25.2), "overlaps what was found"),
        ("about", (20, 90), (63, 85), "what was found lies inside it"),
        ("about", (1, 1), (1e6, 1e6), "off by a factor of 1,000,000"),
        ("about", (1, 1), (9.96, 9.96), "off by a factor of 10"),
        ("about", (5, 5), (-5, -5), "not even the sign agrees"),
        ("less", (100, 100), (50, 150), "what was found lies on both sides of the bound"),
        ("less", (100, 100), (90, 95), "the bound holds"),
        ("less", (100, 100), (250, 250), "the bound fails, off by a factor of 2.5"),
        ("less", (100, 100), (100, 150), "the bound fails, off by 0%"),
        ("more", (100, 100), (50, 100), "the bound fails, off by 0%"),
        ("more", (100, 100), (1000, 1000), "the bound holds, 10 times away: true but useless"),
        ("date", (735000, 735000), (735400, 735500), "the dates are at least 400 days apart"),
        ("date", (1, 1), (1, 1), "the dates agree"),
    ],
)
def test_the_rule_gives_its_reason(relation, value, found, reason):
    assert rule(relation, value, found).reason == reason


@pytest.mark.parametrize(("value", "found"), [((2, 1), (1, 2)), ((1, 2), (2, 1))])
def test_an_interval_upside_down_is_refused(value, found):
    with pytest.raises(ValueError, match="low to high"):
        rule("about", value, found)


@given(intervals(), intervals())
def test_the_gap_is_symmetric_and_at_least_one(a, b):
    assert gap(a, b) == gap(b, a) >= 1


@given(intervals(), intervals(), st.floats(1e-3, 1e3))
def test_the_gap_does_not_depend_on_the_unit(a, b, unit):
    scaled = gap(tuple(unit * x for x in a), tuple(unit * x for x in b))
    assert scaled == pytest.approx(gap(a, b), rel=1e-9)


@given(intervals(), intervals())
def test_the_gap_of_losses_is_that_of_gains(a, b):
    assert gap((-a[1], -a[0]), (-b[1], -b[0])) == gap(a, b)


@given(intervals(), intervals())
def test_different_signs_have_no_ratio(a, b):
    assert math.isinf(gap(a, (-b[1], -b[0])))
    assert math.isinf(gap((0, 0), b))


@given(intervals(), intervals(), st.floats(1, 10))
def test_more_uncertainty_never_widens_the_gap(a, b, factor):
    assert gap(a, (b[0] / factor, b[1] * factor)) <= gap(a, b)


@given(intervals(), intervals())
def test_about_is_never_harsher_than_equal(a, b):
    rank = SCALE.index
    assert rank(rule("about", a, b).verdict) <= rank(rule("equal", a, b).verdict)


@given(positive, intervals())
def test_less_and_more_do_not_hold_together(value, found):
    both = {rule(r, (value, value), found).verdict for r in ("less", "more")}
    assert both != {"supported"}


@given(st.sampled_from(["equal", "about", "less", "more", "date"]), intervals(), intervals())
def test_every_ruling_has_a_verdict_of_the_scale_and_a_reason(relation, a, b):
    ruling = rule(relation, a, b)
    assert ruling.verdict in SCALE[:3]
    assert ruling.gap >= 1
    assert ruling.reason


def test_a_claim_takes_the_worst_of_its_figures():
    assert worst(["supported", "partly", "supported"]) == "partly"
    assert worst(["partly", "contradicted"]) == "contradicted"
    assert worst(["supported"]) == "supported"


def test_the_thresholds_are_those_the_method_page_prints():
    assert (WITHIN, NEAR, LOOSE) == (1.10, 2.0, 3.0)
