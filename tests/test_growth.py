"""The closed-form thesis model: hand-computed cases, inverses, and limits."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.models import growth

CASE = {
    "start_value": 1000.0, "revenue": 100.0, "multiple": 5.0, "years": 10, "growth": 0.2,
    "net_margin": 0.1, "exit_pe": 25.0, "dilution": 0.1, "growth_spread": 0.05,
    "yearly_noise": 0.1, "margin_spread": 0.5, "pe_spread": 0.5, "dependence": 0.3,
}  # fmt: skip


def test_five_six_and_ten_times_in_ten_years():
    assert growth.yearly_growth(5, 10) == pytest.approx(0.174619, abs=1e-6)
    assert growth.yearly_growth(6, 10) == pytest.approx(0.196231, abs=1e-6)
    assert growth.yearly_growth(10, 10) == pytest.approx(0.258925, abs=1e-6)


def test_value_profit_and_revenue_of_the_thesis():
    value = growth.required_value(1344.0, 5, 0.0)
    assert value == 6720.0
    assert growth.required_profit(value, 25) == pytest.approx(268.8)
    assert growth.required_revenue(268.8, 0.12) == pytest.approx(2240.0)
    assert growth.required_value(1000, 5, 0.127) == pytest.approx(5000 * (1 + 0.127 * 7 / 12))


def test_outcome_by_hand():
    end = growth.outcome(CASE)
    assert end["revenue"] == pytest.approx(100 * 1.2**10)
    assert end["added"] == 0.0
    assert end["multiple"] == pytest.approx(100 * 1.2**10 * 0.1 * 25 / 1000)


def test_the_thesis_at_its_defaults_by_hand():
    """At 15% a year Tesla ends at $1,161 billion, below the first step of the award: no new share."""
    case = dict(
        CASE, start_value=1344.0, revenue=95.633, growth=0.15, net_margin=0.12, dilution=0.127
    )
    end = growth.outcome(case)
    assert end["value"] == pytest.approx(1160.67, abs=0.01)
    assert end["added"] == 0.0
    assert end["multiple"] == pytest.approx(0.8636, abs=1e-4)


@pytest.mark.parametrize(
    ("value", "twelfths"), [(1999.9, 0), (2000, 1), (6499, 9), (6500, 10), (7499, 10), (8500, 12)]
)
def test_the_award_is_earned_in_twelve_steps(value, twelfths):
    assert growth.new_shares(0.12, value) == pytest.approx(0.01 * twelfths)


def test_a_step_of_the_award_takes_a_little_from_each_share():
    """2.46 times 1,000 is reached below the step at 2,500, lost at it and reached again above."""
    first, second, *others = growth.stretches(1000.0, 2.46, 0.12)
    assert first == (pytest.approx(2460 * 1.01), 2500.0)
    assert second == (pytest.approx(2460 * 1.02), 3000.0)
    ends = [first, second, *others]
    assert [low for low, _ in ends[2:]] == [high for _, high in ends[1:-1]]
    assert ends[-1][1] == math.inf


@given(st.floats(0.2, 20), st.floats(0.0, 0.3), st.floats(500, 3000))
def test_the_required_value_gives_the_multiple(multiple, dilution, start):
    value = growth.required_value(start, multiple, dilution)
    assert value / (start * (1 + growth.new_shares(dilution, value))) == pytest.approx(multiple)
    for low, high in growth.stretches(start, multiple, dilution):
        inside = low if high == math.inf else (low + high) / 2
        assert inside / (start * (1 + growth.new_shares(dilution, inside))) >= multiple * (
            1 - 1e-12
        )


@pytest.mark.parametrize("name", ["growth", "net_margin", "exit_pe"])
def test_break_even_makes_the_multiple_hold(name):
    changed = dict(CASE, **{name: growth.break_even(CASE, name)})
    assert growth.outcome(changed)["multiple"] == pytest.approx(CASE["multiple"])


def test_break_even_of_new_shares_counts_them_all():
    value = growth.outcome(CASE)["value"]
    assert value / (
        CASE["start_value"] * (1 + growth.break_even(CASE, "dilution"))
    ) == pytest.approx(5)


@given(st.floats(1.01, 50), st.integers(1, 30))
def test_growth_and_multiple_are_inverse(multiple, years):
    assert growth.multiple_after(growth.yearly_growth(multiple, years), years) == pytest.approx(
        multiple
    )
    assert growth.years_to(multiple, growth.yearly_growth(multiple, years)) == pytest.approx(years)


def test_years_to_edges():
    assert growth.years_to(1.0, 0.1) == 0.0
    assert growth.years_to(2.0, 0.0) is None


def test_no_spread_means_certainty():
    still = dict(CASE, growth_spread=0.0, yearly_noise=0.0, margin_spread=0.0, pe_spread=0.0)
    middle = growth.outcome(still)["multiple"]
    assert growth.chance(still, middle) == 1.0
    assert growth.chance(still, middle * 1.0001) == 0.0
    assert growth.quantile(still, 0.9) == pytest.approx(middle)


def test_dependence_brackets_the_spread():
    alone = growth.log_spread(dict(CASE, dependence=0.0, yearly_noise=0.0))
    whole = growth.log_spread(dict(CASE, dependence=1.0, yearly_noise=0.0))
    assert alone == pytest.approx(math.sqrt(0.5**2 + 0.5**2 + 0.5**2))
    assert whole == pytest.approx(1.5)
    assert alone < growth.log_spread(dict(CASE, yearly_noise=0.0)) < whole


def test_half_of_the_outcomes_pass_the_middle():
    assert growth.chance(CASE, growth.outcome(CASE)["multiple"]) == pytest.approx(0.5)
    assert growth.chance(CASE, growth.quantile(CASE, 0.9)) == pytest.approx(0.1)


WIDE = dict(CASE, growth_spread=0.08)


def test_chance_and_mean_agree_with_drawn_outcomes():
    """Two million draws of the lognormal value, each divided by its own number of shares."""
    rng = np.random.default_rng(1)
    end, spread = growth.outcome(WIDE), growth.log_spread(WIDE)
    values = end["value"] * np.exp(spread * rng.standard_normal(2_000_000))
    earned = np.searchsorted(growth.STEPS, values, side="right") / len(growth.STEPS)
    drawn = values / (WIDE["start_value"] * (1 + WIDE["dilution"] * earned))
    for multiple in (1.0, 2.0, 2.49, 5.0, 9.0):
        assert growth.chance(WIDE, multiple) == pytest.approx((drawn >= multiple).mean(), rel=0.01)
        reached = drawn[drawn >= multiple].mean()
        assert growth.mean_if_reached(WIDE, multiple) == pytest.approx(reached, rel=0.02)


def test_the_mean_of_no_outcome_is_none():
    still = dict(CASE, growth_spread=0.0, yearly_noise=0.0, margin_spread=0.0, pe_spread=0.0)
    assert growth.mean_if_reached(still, 5.0) is None
    assert growth.mean_if_reached(still, 1.0) == growth.outcome(still)["multiple"]
    assert growth.mean_if_reached(CASE, 1e9) is None


def test_swings_widest_first():
    rows = growth.swings(dict(CASE, growth=0.3), {"dilution": (0.0, 0.2), "growth": (0.05, 0.35)})
    assert [row[0] for row in rows] == ["growth", "dilution"]
    assert rows[0][1] < rows[0][2]


@given(st.floats(0.001, 0.999))
def test_normal_quantile_inverts_the_cdf(share):
    assert growth.normal_cdf(growth.normal_quantile(share)) == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_normal_quantile_refuses(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        growth.normal_quantile(share)


def test_bet_on_average():
    assert growth.expected(5, 0.25, 1) == 2.0
    assert growth.break_even_chance(5, 1, 2) == 0.25
    assert growth.break_even_chance(5, 3, 2) == 0.0
    assert growth.break_even_chance(2, 1, 3) == 1.0
    assert growth.break_even_chance(1, 1, 2) == 1.0
    assert growth.mix(5, 10, 0.4) == pytest.approx(7.0)


def test_survival():
    assert growth.survival([0.1, 0.5]) == pytest.approx([1.0, 0.9, 0.45])
    assert growth.survival([0.1], 0.0) == [1.0, 1.0]
    assert growth.survival([0.9], 2.0)[-1] == 0.0


def test_survival_agrees_with_the_published_life_table():
    from bet.records.tables import table

    rates = table("life_table", "2026-11-23").set_index("age")
    alive = growth.survival(rates.male_death_probability.loc[82:].tolist())
    # who dies does so in the middle of a year
    assert sum(alive) - (alive[0] + alive[-1]) / 2 == pytest.approx(
        rates.male_life_expectancy_years[82], abs=0.02
    )
    assert growth.survival(rates.male_death_probability.loc[82:91].tolist())[-1] == pytest.approx(
        11128 / 41816, abs=1e-4
    )


def test_spending_is_flat_at_unit_elasticity():
    assert growth.spending(10, 1.0, 5) == 1.0
    assert growth.spending(10, 1.11) == pytest.approx(10**0.11)
    assert growth.spending(10, 0.5, 2) == pytest.approx(0.1)


def test_run_is_plain_json():
    import json

    shown = json.loads(json.dumps(growth.run(CASE)))
    assert shown["multiple"] == growth.outcome(CASE)["multiple"]
    assert set(shown["break_even"]) == set(growth.INPUTS)


def test_only_math_and_plain_functions():
    """The page runs the file in MicroPython: no other import, class, annotation or fsum."""
    tree = ast.parse(Path(growth.__file__).read_text(encoding="utf-8"))
    imported = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    assert imported == ["math"]
    forbidden = (ast.ImportFrom, ast.ClassDef, ast.AnnAssign, ast.Match, ast.JoinedStr)
    assert not [n for n in ast.walk(tree) if isinstance(n, forbidden)]
    assert not [
        n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in ("fsum", "prod")
    ]


def test_the_named_editions_stand_in_their_order():
    """'As Baron says' just reaches five times; bull, base and bear fall short in that order."""
    from bet.records.editions import editions
    from bet.records.parameters import parameters_of

    defaults = {name: entry.default for name, entry in parameters_of("4_thesis").items()}
    reached = {}
    for name in ("baron", "bull", "base", "bear"):
        values = {**defaults, **editions()[name].values("4_thesis")}
        case = dict(
            CASE, start_value=values["start_value_usd_bn"], revenue=95.633, years=10,
            growth=values["revenue_growth"], net_margin=values["net_margin"],
            exit_pe=values["exit_pe"], dilution=values["dilution"],
        )  # fmt: skip
        reached[name] = growth.outcome(case)["multiple"]
    assert reached["baron"] == pytest.approx(5, rel=0.02)
    assert reached["baron"] > reached["bull"] > reached["base"] > reached["bear"]
