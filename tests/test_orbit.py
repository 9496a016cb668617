"""The orbital model: by hand, against published tables, with units, and free of imports."""

import ast
from pathlib import Path

import numpy as np
import pint
import pytest

from bet.models import orbit
from bet.records import parameters, tables

U = pint.UnitRegistry()
TODAY = "2026-11-23"


def defaults():
    return {
        name: entry.default
        for name, entry in parameters.parameters_of("3_infrastructure").items()
        if not isinstance(entry.default, str)
    }


# by hand


def test_a_power_in_so_many_hours_is_an_energy():
    assert orbit.average_power(8760.0) == 1.0
    assert orbit.average_power(4300e3, 8784.0) == pytest.approx(
        489.5, abs=0.05
    )  # 4,300 TWh in a leap year


def test_a_rate_of_building_becomes_a_stock_until_the_first_wears_out():
    assert [orbit.stock(100, years, 5) for years in (1, 4, 5, 9)] == [100, 400, 500, 500]


def test_mass_and_launches_of_the_claim():
    tonnes = orbit.mass(100e9, 100.0) / 1e3
    assert tonnes == pytest.approx(1e6)
    assert orbit.launches(tonnes, 100.0) == pytest.approx(10_000)
    assert orbit.launches(tonnes, 200.0) / 365 == pytest.approx(13.7, abs=0.01)


def test_array_of_one_kilowatt():
    # 1361 W/m2 x 0.30 = 408.3 W/m2 of cells in full sun
    assert orbit.array_area(408.3, 0.30, packing=1.0, sunlit=1.0) == pytest.approx(1.0)
    assert orbit.array_area(1000.0, 0.22, sunlit=1.0) == pytest.approx(1000 / 269.478, rel=1e-4)


def test_radiator_by_stefan_and_boltzmann():
    # a black body at 300 K sheds 459.3 W/m2 from each side
    assert 1 / orbit.radiator_area(1.0, 300.0, 1.0, 1) == pytest.approx(459.3, abs=0.1)
    assert orbit.radiator_area(1000.0, 300.0, 1.0, 2) == pytest.approx(1000 / 918.6, rel=1e-4)
    hot = orbit.radiator_temperature(1400.0, 0.9)
    assert 1 / orbit.radiator_area(1.0, hot, 0.9) == pytest.approx(1400.0)


def test_recovery_is_the_annuity():
    assert orbit.capital_recovery(0, 5) == 0.2
    assert orbit.capital_recovery(0.08, 5) == pytest.approx(0.250456, abs=1e-6)
    assert orbit.capital_recovery(1e-9, 5) == pytest.approx(0.2, rel=1e-6)


def test_break_even_makes_both_costs_equal():
    even = orbit.scenario({**defaults(), "orbit_penalty": 1.2})["break_even_usd_per_kg"]
    found = orbit.scenario({**defaults(), "orbit_penalty": 1.2, "launch_usd_per_kg": even})
    assert found["orbit_over_ground"] == pytest.approx(1)


def test_cells_that_fade_give_their_mean_over_life():
    assert orbit.mean_kept(0, 5) == 1.0
    # the mean of e**-kt over five years, summed in small steps
    steps = np.arange(0, 5, 1e-4)
    assert orbit.mean_kept(0.025, 5) == pytest.approx((0.975**steps).mean(), rel=1e-4)
    assert orbit.mean_kept(0.025, 15) < orbit.mean_kept(0.025, 5) < 1


def test_the_power_chain_ends_at_the_chips():
    # 48.7 W/kg at the array of the best satellite flown: shadow 0.985, conversion 0.85, mean of five years
    assert orbit.chip_power(48.7, 0.85, 0.025, 5) == pytest.approx(38.3, abs=0.05)
    assert orbit.chip_power(100.0, 1.0, 0.0, 5, sunlit=1.0) == 100.0
    lossless = orbit.scenario(defaults() | {"array_to_chip": 1.0, "cell_fading": 0.0})
    lossy = orbit.scenario(defaults())
    chain = orbit.chip_power(1.0, 0.85, 0.025, 5, sunlit=1.0)
    assert lossy["array_km2"] == pytest.approx(lossless["array_km2"] / chain)
    assert lossy["radiator_km2"] == pytest.approx(lossless["radiator_km2"] / 0.85)


def test_the_array_lies_between_the_makers_own_and_the_ideal_one():
    ours = orbit.scenario(defaults())["array_km2"]
    maker = 100e9 / 250 / 1e6  # SpaceX claims 250 W of array to a square metre
    assert orbit.array_area(100e9, 0.30) / 1e6 < ours < maker


def test_servers_that_wear_out_before_their_satellite_are_sent_up_again():
    rack = 1.36 / 120
    assert orbit.relaunch(rack, 70.0, 5, 5, 0.08) == 0
    assert orbit.relaunch(rack, 70.0, 3, 5, 0.08) == 0  # the satellite takes them along
    # without interest a rack in ten years is sent twice, the second time over ten years
    assert orbit.relaunch(rack, 70.0, 10, 5, 0) == pytest.approx(rack / 10)
    # servers weigh no more than the satellite that carries them
    assert orbit.relaunch(rack, 400.0, 10, 5, 0) == pytest.approx(1 / 400 / 10)


def test_what_orbit_charges_for_servers():
    base, p = orbit.scenario(defaults()), defaults()
    assert base["servers_aloft_usd_per_w_year"] == base["servers_usd_per_w_year"]
    spares = orbit.scenario(p | {"orbit_penalty": 1.27})
    assert spares["servers_aloft_usd_per_w_year"] == pytest.approx(
        1.27 * base["servers_usd_per_w_year"]
    )
    early = orbit.scenario(p | {"satellite_life_years": 3.0})
    assert early["servers_aloft_usd_per_w_year"] > base["servers_usd_per_w_year"]
    late = orbit.scenario(p | {"satellite_life_years": 10.0})
    free = orbit.scenario(p | {"satellite_life_years": 10.0, "server_kg_per_w": 0.0})
    assert late["orbit_usd_per_w_year"] > free["orbit_usd_per_w_year"]
    assert late["break_even_usd_per_kg"] < free["break_even_usd_per_kg"]


@pytest.mark.parametrize("life", [3.0, 5.0, 12.0])
@pytest.mark.parametrize("spares", [1.0, 1.5])
@pytest.mark.parametrize("per_kg", [70.0, 150.0, 400.0])
def test_at_the_break_even_price_both_cost_the_same(life, spares, per_kg):
    moved = {
        "satellite_life_years": life,
        "orbit_penalty": spares,
        "specific_power_w_per_kg": per_kg,
    }
    p = defaults() | moved
    even = orbit.scenario(p)["break_even_usd_per_kg"]
    again = orbit.scenario(p | {"launch_usd_per_kg": even})
    assert again["orbit_over_ground"] == pytest.approx(1.0)


def test_servers_that_wait_for_a_site():
    # 2 for site and energy, 5 for servers: after half of their five years they cost 10 a year
    assert orbit.idle_years(2.0, 5.0, 5.0, 12.0) == pytest.approx(2.5)
    assert orbit.idle_years(2.0, 5.0, 5.0, 7.0) == 0
    assert orbit.idle_years(2.0, 5.0, 5.0, 6.0) == 0


def test_parts_add_up_to_a_mass_per_power():
    # 100 W/kg of array is 10 g/W; 1 m2/kW of radiator at 5 kg/m2 is 5 g/W; 11.3 g/W of servers
    assert orbit.specific_mass(100.0, 5.0, 1e-3, 0.0113) == pytest.approx(0.0263)


# against published tables


def studies(metric):
    frame = tables.table("orbit_studies", TODAY)
    return frame[frame["metric"] == metric]


def test_reproduces_the_eight_launched_power_prices_of_google():
    satellites = tables.table("satellite_power", TODAY).set_index("name")
    rows = studies("launched power price")
    assert len(rows) == 8
    for row in rows.itertuples():
        name, at = row.conditions.rsplit(", launch at ", 1)
        price = float(at.split()[0])
        sat = satellites.loc[name]
        ours = orbit.orbit_cost(price, 0, sat.power_kw / sat.mass_kg, sat.life_years, rate=0)
        assert ours == pytest.approx(row.low, rel=0.02), row.conditions


def test_reproduces_the_ideal_radiators_of_the_review():
    rows = studies("ideal radiator")
    assert len(rows) == 4
    for row in rows.itertuples():
        kelvin = float(row.conditions.split()[0])
        assert orbit.radiator_area(1000.0, kelvin) == pytest.approx(row.low, rel=0.015)


def test_reproduces_mass_launches_and_allowance_of_turyshev():
    mass, flights = (
        studies(m).iloc[0] for m in ("mass of one gigawatt", "launches for one gigawatt")
    )
    for kg_per_kw, tonnes, launches in ((34, mass.low, flights.low), (59, mass.high, flights.high)):
        ours = orbit.mass(1e9, 1000 / kg_per_kw) / 1e3
        assert ours == pytest.approx(tonnes, rel=0.01)
        assert orbit.launches(ours, 200.0) == pytest.approx(launches, rel=0.01)
    # his allowance has no interest and one life: what a watt of site costs buys so many kilograms
    allowed = studies("allowed cost of launch and building").iloc[0]
    over = studies("Falcon 9 price over the allowance").iloc[0]
    for site, published in ((10, allowed.low), (40, allowed.high)):
        per_dollar = orbit.orbit_cost(1.0, 0.0, 1000 / 40, 1, 0)  # a watt's cost per USD/kg
        assert site / per_dollar == pytest.approx(published, rel=0.01)
    assert 3360 / allowed.high == pytest.approx(over.low, rel=0.02)
    assert 3360 / allowed.low == pytest.approx(over.high, rel=0.01)


def test_reproduces_the_filing_of_spacex():
    tonnes = orbit.mass(100e9, 100.0) / 1e3
    assert tonnes == pytest.approx(studies("mass for 100 GW").iloc[0].low)
    assert orbit.launches(tonnes, 200) == pytest.approx(
        studies("launches for 100 GW").query("study == 'SpaceX application'").iloc[0].low
    )


def test_near_the_published_cost_of_a_site_on_the_ground():
    # Epoch: 8.5 dollars per watt and year, servers 60 %, energy 0.6 dollars
    found = orbit.scenario(defaults())
    total = found["ground_usd_per_w_year"] + found["servers_usd_per_w_year"]
    assert total == pytest.approx(8.5, rel=0.15)
    assert found["energy_usd_per_w_year"] == pytest.approx(0.6, rel=0.02)
    assert found["servers_usd_per_w_year"] / total == pytest.approx(0.60, abs=0.10)


# with units


def test_quantities_with_units_pass_unchanged():
    year = U.year
    power, per_mass = 100 * U.GW, 100 * U.W / U.kg
    assert orbit.mass(power, per_mass).to("t").m == pytest.approx(1e6)
    assert orbit.launches(1e6 * U.t, 100 * U.t).to("").m == pytest.approx(1e4)
    assert orbit.share(power, 490 * U.GW).to("").m == pytest.approx(0.204, abs=1e-3)
    assert orbit.average_power(4300 * U.TWh, 8784 * U.hour).to("GW").m == pytest.approx(
        489.5, abs=0.05
    )
    assert orbit.stock(100 * U.GW / year, 8 * year, 5 * year).to("GW").m == 500
    sun, sigma = 1361 * U.W / U.m**2, orbit.SIGMA * U.W / U.m**2 / U.K**4
    assert orbit.array_area(power, 0.3, sun).to("km**2").m == pytest.approx(276.3, abs=0.1)
    assert orbit.radiator_area(power, 340 * U.K, 0.9, 2, sigma).to("km**2").m == pytest.approx(
        73.3, abs=0.1
    )
    assert orbit.radiator_temperature(1400 * U.W / U.m**2, 0.9, 2, sigma).to(
        "K"
    ).m == pytest.approx(342, abs=0.5)
    panel = orbit.specific_mass(
        100 * U.W / U.kg, 5 * U.kg / U.m**2, 1 * U.m**2 / U.kW, 11.3 * U.kg / U.kW, 0 * U.kg / U.kW
    )
    assert panel.to("kg/kW").m == pytest.approx(26.3)


@pytest.mark.parametrize(("array", "panel", "expected"), [(30, 10, 19.2), (165, 2, 53.0)])
def test_the_sum_of_parts_that_the_chapter_prints_agrees_with_its_units(array, panel, expected):
    area, rack = orbit.radiator_area(1000.0, 340.0), 1360 / 120
    sigma = orbit.SIGMA * U.W / U.m**2 / U.K**4
    whole = 1 / orbit.specific_mass(
        array * U.W / U.kg, panel * U.kg / U.m**2,
        orbit.radiator_area(1 * U.kW, 340 * U.K, 0.9, 2, sigma) / U.kW, 1360 * U.kg / (120 * U.kW),
        0 * U.kg / U.kW,
    )  # fmt: skip
    printed = orbit.watts_per_kg(array, panel, area, rack)
    assert printed == pytest.approx(whole.to("W/kg").m) == pytest.approx(expected, abs=0.05)
    # an array in kg/W beside a radiator and a rack in kg/kW, as once printed, is another number
    wrong = 1e3 / orbit.specific_mass(array, panel, area, rack)
    assert wrong != pytest.approx(whole.to("W/kg").m, rel=0.1)


def test_the_chapter_adds_up_parts_only_by_the_function_that_names_its_units():
    text = (Path(__file__).parents[1] / "book/3_infrastructure.ipynb").read_text()
    assert "orbit.watts_per_kg(" in text and "orbit.specific_mass(" not in text


def test_money_with_units_gives_the_plain_result():
    usd = U.Quantity(1, "count")  # stands for a dollar
    year, plain = U.year, orbit.scenario(defaults())
    price = 0.06 * usd / U.kWh
    hours = 8760 * U.hour / year
    ground = orbit.ground_cost(15 * usd / U.W, 14 * year, price, 1.15, 0.08, hours, year)
    assert ground.to(usd / U.W / year).m == pytest.approx(plain["ground_usd_per_w_year"], rel=1e-9)
    per_mass = 100 * U.W / U.kg
    flown = orbit.orbit_cost(
        200 * usd / U.kg, 800 * usd / U.kg, per_mass, 5 * year, 0.08, 1.0, year
    )
    assert flown.to(usd / U.W / year).m == pytest.approx(plain["orbit_usd_per_w_year"], rel=1e-9)
    allowed = ground / orbit.orbit_cost(1, 0, per_mass, 5 * year, 0.08, 1.0, year)
    assert allowed.to(usd / U.kg).m == pytest.approx(plain["allowed_usd_per_kg"], rel=1e-9)


def test_a_watt_added_to_a_kilogram_fails():
    with pytest.raises(pint.DimensionalityError):
        orbit.mass(1 * U.W, 1 * U.W / U.kg) + 1 * U.W
    with pytest.raises(pint.DimensionalityError):
        orbit.orbit_cost(1 * U.W, 1 * U.kg, 100.0, 5, 0)
    with pytest.raises(pint.DimensionalityError):
        orbit.stock(100 * U.GW / U.year, 5 * U.year, 5 * U.kg)
    with pytest.raises(pint.DimensionalityError):  # energy is no power: the article's comparison
        (100 * U.GW).to("TWh")


# as a pure module


def test_arrays_pass_where_the_operators_allow_it():
    per_kg = np.array([25.0, 50.0, 100.0])
    assert orbit.mass(100e9, per_kg) / 1e9 == pytest.approx([4, 2, 1])
    assert orbit.orbit_cost(200, 800, per_kg, 5, 0.08).shape == (3,)


@pytest.mark.parametrize("module", ["orbit", "robots"])
def test_only_math_is_imported_and_only_plain_functions_stand_there(module):
    tree = ast.parse(Path(orbit.__file__).with_name(f"{module}.py").read_text())
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(n) for n in imports] == ["import math"]
    used = {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "math"
    }
    assert used <= {"log", "exp", "sqrt"}  # what MicroPython has
    banned = ast.ClassDef, ast.Match, ast.AnnAssign, ast.AsyncFunctionDef, ast.Lambda, ast.Yield
    assert not [n for n in ast.walk(tree) if isinstance(n, banned)]
