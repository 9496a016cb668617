"""The units of the models: one table for every argument and result, and the ways to check it.

A model keeps plain numbers, because the page runs its file in a browser. So the units stand here, and
three things are done with them. A *coherent* function must give the same quantity in any system of
units. A function *in units of its own* must give what pint's arithmetic gives. And every call with
quantities goes through ``call``, which refuses another unit than the declared one, kg/W for kg/kW.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pint

from bet.models import growth, luck, orbit, people, robots, scaling, stake

U = pint.UnitRegistry()
for line in ("USD = [money]", "US_cent = 0.01 * USD", "thousandth = 1e-3", "percent = 0.01 = %", "stock = [stock]", "robot = [robot]",
             "parameter = [parameter]", "octet = [octet]", "chip = [chip]", "tflops = [tflops]",
             "token = [token]", "household = [household]"):  # fmt: skip
    U.define(line)
BASE = ("[mass]", "[length]", "[time]", "[temperature]", "[money]", "[stock]", "[robot]", "[parameter]",
        "[octet]", "[chip]")  # fmt: skip


class UnitRefused(ValueError):
    """A quantity in another unit than the one declared."""


def quantity(value: float, unit: str) -> Any:
    """Return a quantity: (88, 'W/kg')."""
    return U.Quantity(value, unit)


@dataclass(frozen=True)
class Coherent:
    """A function of quantities in any one system of units: arguments as (value, unit), unit of the result."""

    function: Callable
    arguments: Mapping[str, tuple[float, str]]
    result: str


@dataclass(frozen=True)
class Own:
    """A function in units of its own: those of its arguments and results, and pint's way to the same.

    Results may be one number or a dict; ``result`` then maps its keys to units. ``again`` takes the
    quantities and gives one quantity or a dict of them.
    """

    function: Callable
    arguments: Mapping[str, tuple[float, str]]
    result: Any
    again: Callable[..., Any]
    in_a_dict: bool = False  # the function takes all arguments in one dict


def call(
    function: Callable, units: Mapping[str, str], in_a_dict: bool = False, **given: Any
) -> Any:
    """Call a model with quantities, each in exactly the declared unit; else UnitRefused.

    A unit that could be converted is refused too: who writes kg/W where kg/kW is meant has a number
    in mind that is wrong by a thousand, and the model would not see it.
    """
    for name, value in given.items():
        if value.units != U.Quantity(1, units[name]).units:
            raise UnitRefused(
                f"{function.__name__} {name}: found {value.units}; expected {units[name]}"
            )
    plain = {name: value.magnitude for name, value in given.items()}
    return function(plain) if in_a_dict else function(**plain)


def factor(unit: str, scales: Mapping[str, float]) -> float:
    """Return by what a number grows if each base unit becomes so many times smaller."""
    dimension = U.Quantity(1, unit).dimensionality
    unknown = set(dimension) - set(scales)
    assert not unknown, f"{unit}: {unknown}"
    return math.prod(scales[base] ** power for base, power in dimension.items())


def in_base(value: float, unit: str) -> float:
    """Return a number in base units: 1 kWh -> 3.6e6."""
    return float(U.Quantity(value, unit).to_base_units().magnitude)


_ONE = "dimensionless"


def _ones(function: Callable, result: str = _ONE, **values: float) -> Coherent:
    """A function of pure numbers: counts, shares, ratios, numbers of yearly steps."""
    return Coherent(function, {name: (value, _ONE) for name, value in values.items()}, result)


_SPACE = {"launch_price": (200, "USD/kg"), "build_price": (800, "USD/kg"), "specific_power": (100, "W/kg"),
          "life": (5, "year"), "rate": (0.08, _ONE), "penalty": (1.2, _ONE), "year": (1, "year")}  # fmt: skip
_SITE = {"price": (0.06, "USD/kWh"), "overhead": (1.15, _ONE), "hours": (8760, "hour/year")}
_CURVE = {
    "first_cost": (60e3, "USD/robot"),
    "first_units": (1000, "robot"),
    "learning_rate": (0.15, _ONE),
}
_PER_SHARE = "USD/stock"

COHERENT = (
    Coherent(orbit.share, {"part": (100, "GW"), "whole": (490, "GW")}, _ONE),
    Coherent(orbit.average_power, {"energy": (4300, "TWh"), "hours": (8760, "hour")}, "GW"),
    Coherent(orbit.stock, {"rate": (100, "GW/year"), "years": (9, "year"), "life": (5, "year")}, "GW"),
    Coherent(orbit.mass, {"power": (100, "GW"), "specific_power": (100, "W/kg")}, "tonne"),
    Coherent(orbit.launches, {"total_mass": (1e6, "tonne"), "payload": (100, "tonne")}, _ONE),
    Coherent(orbit.array_area, {"power": (100, "GW"), "efficiency": (0.3, _ONE), "irradiance": (1361, "W/m**2"),
                                "packing": (0.9, _ONE), "sunlit": (0.985, _ONE)}, "km**2"),
    Coherent(orbit.radiator_area, {"heat": (1, "kW"), "temperature": (340, "kelvin"), "emissivity": (0.9, _ONE), "sides": (2, _ONE),
                                   "sigma": (orbit.SIGMA, "W/m**2/kelvin**4")}, "m**2"),
    Coherent(orbit.radiator_temperature, {"heat_per_area": (1400, "W/m**2"), "emissivity": (0.9, _ONE), "sides": (2, _ONE),
                                          "sigma": (orbit.SIGMA, "W/m**2/kelvin**4")}, "kelvin"),
    Coherent(orbit.specific_mass, {"array_power_per_mass": (165, "W/kg"), "radiator_per_area": (2, "kg/m**2"), "area_per_power": (0.73, "m**2/kW"),
                                   "server": (11.3, "kg/kW"), "other": (1, "kg/kW")}, "kg/kW"),
    Coherent(orbit.capital_recovery, {"rate": (0.08, _ONE), "life": (14, "year"), "year": (1, "year")}, "1/year"),
    Coherent(orbit.energy_cost, _SITE, "USD/W/year"),
    Coherent(orbit.ground_cost, {"facility": (15, "USD/W"), "facility_life": (14, "year"), "rate": (0.08, _ONE), "year": (1, "year"), **_SITE}, "USD/W/year"),
    Coherent(orbit.orbit_cost, _SPACE, "USD/W/year"),
    _ones(orbit.mean_kept, fading=0.025, life=5),
    Coherent(orbit.chip_power, {"array_power": (100, "GW"), "array_to_chip": (0.85, _ONE), "fading": (0.025, _ONE), "life": (5, _ONE), "sunlit": (0.985, _ONE)}, "GW"),
    Coherent(orbit.relaunch, {"server_mass": (11.3, "kg/kW"), "specific_power": (50, "W/kg"), "life": (9, "year"), "server_life": (5, "year"), "rate": (0.08, _ONE), "year": (1, "year")}, "kg/kW/year"),
    Coherent(orbit.idle_years, {"ground": (2.4, "USD/W/year"), "servers": (5, "USD/W/year"), "server_life": (5, "year"), "orbit": (26, "USD/W/year")}, "year"),
    _ones(robots.exponent, learning_rate=0.15),
    Coherent(robots.cost_at, {"units": (1e5, "robot"), **_CURVE}, "USD/robot"),
    Coherent(robots.units_to_reach, {"target": (20e3, "USD/robot"), **_CURVE}, "robot"),
    Coherent(robots.doublings, {"target": (20e3, "USD/robot"), "first_cost": (60e3, "USD/robot"), "learning_rate": (0.15, _ONE)}, _ONE),
    Coherent(robots.tuition, {"target": (20e3, "USD/robot"), **_CURVE}, "USD"),
    Coherent(robots.cost_per_hour, {"price": (20e3, "USD"), "life": (5, "year"), "hours": (3000, "hour/year"), "upkeep": (20e3, "USD/year"),
                                    "power": (0.5, "kW"), "energy_price": (0.16, "USD/kWh")}, "USD/hour"),
    Coherent(robots.hours_to_match, {"wage": (17.27, "USD/hour"), "price": (20e3, "USD"), "life": (5, "year"), "upkeep": (20e3, "USD/year")}, "hour/year"),
    Coherent(robots.years_to_supply, {"units": (8.2e9, "robot"), "rate": (1e6, "robot/year")}, "year"),
    _ones(robots.saving, part_share=0.39, part_ratio=0.1), _ones(robots.share_needed, factor=100, part_ratio=0.1),
    _ones(growth.yearly_growth, multiple=5, years=10), _ones(growth.multiple_after, growth=0.15, years=10), _ones(growth.years_to, multiple=5, growth=0.15),
    Coherent(growth.required_profit, {"value": (7.4e12, "USD"), "price_earnings": (25, "year")}, "USD/year"),
    Coherent(growth.required_revenue, {"profit": (3e11, "USD/year"), "net_margin": (0.12, _ONE)}, "USD/year"),
    _ones(growth.expected, success=10, chance_of_it=0.25, otherwise=1.3), _ones(growth.break_even_chance, success=10, otherwise=1.3, alternative=2.7),
    _ones(growth.mix, first=5, second=10, share_of_second=0.385), _ones(growth.spending, price_fall=10, elasticity=1.1, years=1),
    _ones(growth.normal_cdf, z=1.3), _ones(growth.normal_quantile, share=0.9),
    Coherent(people.early_share, {"average": (14.42, _PER_SHARE), "early_price": (2.22, _PER_SHARE), "later_price": (15.07, _PER_SHARE)}, _ONE),
    Coherent(people.gain_parts, {"shares": (27e6, "stock"), "cost": (14.42, _PER_SHARE), "sold": (6.8e6, "stock"), "sale": (221.56, _PER_SHARE),
                                 "later": (5.4e6, "stock"), "later_price": (260, _PER_SHARE), "mark": (404.35, _PER_SHARE)}, "USD"),
    _ones(luck.chance_above, multiple=28, years=10, drift=0.1, volatility=0.6), _ones(luck.chance_touching, multiple=3, years=5, drift=0.1, volatility=0.6),
    _ones(luck.mean_growth, typical=0.1, volatility=0.6), _ones(luck.typical_multiple, years=10, drift=0.1, volatility=0.6),
    _ones(luck.updated, prior=0.05, chance_if_true=0.06, chance_if_false=0.014),
    Coherent(scaling.power_law_loss, {"parameters": (3e12, "parameter"), "scale": (8.8e13, "parameter"), "exponent": (0.076, _ONE)}, _ONE),
    _ones(scaling.size_term, parameters=3e12, scale=406.4, exponent=0.34),  # the scale has a fitted unit
    _ones(scaling.loss, parameters=3e12, tokens=30e12, floor=1.69, size_scale=406.4, size_exponent=0.34, data_scale=410.7, data_exponent=0.28),
    _ones(scaling.cut, before=1.8, after=1.7),
    Coherent(stake.look_through, {"direct": (0.4, _ONE), "in_funds": (0.35, _ONE), "inside": (0.11, _ONE)}, _ONE),
)  # fmt: skip

_BN, _MN, _A_SHARE = "gigaUSD", "megastock", _PER_SHARE
_BLOCKS = {"bought": (27.0, _MN), "cost": (14.42, _A_SHARE)}
# What the registry calls the inputs of the two models that take a notebook's parameters.
STAKE = {"share_price_usd": (404.35, _A_SHARE), "average_cost_usd": (14.42, _A_SHARE), "shares_bought_m": (27.0, _MN), "sold_2020_22_m": (6.8, _MN),
          "sold_2020_22_usd": (221.56, _A_SHARE), "shares_left_m": (14.8, _MN), "sold_later_usd": (260.0, _A_SHARE), "spacex_value_usd_bn": (400.0, _BN),
          "spacex_stake_pct": (1.29, "percent"), "spacex_cost_usd_bn": (1.0, _BN), "xai_value_usd_bn": (0.7, _BN), "xai_cost_usd_bn": (0.35, _BN),
          "own_shares_m": (3.3, _MN), "own_tesla_weight": (0.4, _ONE), "own_spacex_weight": (0.25, _ONE), "fund_weight": (0.11, _ONE)}  # fmt: skip
_ORBIT = {"us_average_power_gw": (490.0, "GW"), "orbital_gw_per_year": (100.0, "GW/year"), "orbital_years": (4.0, "year"), "specific_power_w_per_kg": (100.0, "W/kg"),
          "payload_t": (100.0, "tonne"), "launch_usd_per_kg": (200.0, "USD/kg"), "satellite_usd_per_kg": (800.0, "USD/kg"), "satellite_life_years": (5.0, "year"),
          "orbit_penalty": (1.0, _ONE), "radiator_k": (340.0, "kelvin"), "ground_facility_usd_per_w": (15.0, "USD/W"), "ground_usd_per_kwh": (0.06, "USD/kWh"),
          "discount_rate": (0.08, "1/year")}  # fmt: skip
_YEAR = U.Quantity(365, "day")


def _gain(shares: Any, cost: Any, price: Any) -> Any:
    return shares * (price - cost)


def firm(q: Mapping[str, Any]) -> dict[str, Any]:
    later = q["shares_bought_m"] - q["sold_2020_22_m"] - q["shares_left_m"]
    cost = q["average_cost_usd"]
    return {"Tesla sold 2020-22": _gain(q["sold_2020_22_m"], cost, q["sold_2020_22_usd"]), "Tesla sold since": _gain(later, cost, q["sold_later_usd"]),
            "Tesla still held": _gain(q["shares_left_m"], cost, q["share_price_usd"]), "xAI": q["xai_value_usd_bn"] - q["xai_cost_usd_bn"],
            "SpaceX": q["spacex_value_usd_bn"] * q["spacex_stake_pct"] - q["spacex_cost_usd_bn"]}  # fmt: skip


def _own(q: Mapping[str, Any]) -> dict[str, Any]:
    worth = q["own_shares_m"] * q["share_price_usd"] / q["own_tesla_weight"]
    tesla = 1 - q["average_cost_usd"] / q["share_price_usd"]
    spacex = 1 - q["spacex_cost_usd_bn"] / (q["spacex_value_usd_bn"] * q["spacex_stake_pct"])
    rest = worth * (1 - q["own_tesla_weight"] - q["own_spacex_weight"])
    return {"his Tesla shares": worth * q["own_tesla_weight"] * tesla, "his SpaceX shares": worth * q["own_spacex_weight"] * spacex,
            "inside his mutual funds": rest * q["fund_weight"] * (tesla + spacex)}  # fmt: skip


def _annuity(q: Mapping[str, Any], life: Any) -> Any:
    rate, years = q["discount_rate"].to("1/year").magnitude, life.to("year").magnitude
    return rate / (1 - (1 + rate) ** -years) / U.year


def _scenario(q: Mapping[str, Any]) -> dict[str, Any]:
    """Work out the orbital figures with quantities; a year of building is one year."""
    built = q["orbital_gw_per_year"] * U.year
    sent = built / q["specific_power_w_per_kg"]
    energy = q["ground_usd_per_kwh"] * 1.15 * U.Quantity(8760, "hour/year")
    ground = q["ground_facility_usd_per_w"] * _annuity(q, U.Quantity(14, "year")) + energy
    flown = (
        q["orbit_penalty"]
        * (q["launch_usd_per_kg"] + q["satellite_usd_per_kg"])
        / q["specific_power_w_per_kg"]
    )
    above = flown * _annuity(q, q["satellite_life_years"])
    servers = U.Quantity(20, "USD/W") * _annuity(q, U.Quantity(5, "year"))
    allowed = (
        ground
        * q["specific_power_w_per_kg"]
        / _annuity(q, q["satellite_life_years"])
        / q["orbit_penalty"]
    )
    sigma = U.Quantity(1, "stefan_boltzmann_constant")
    return {
        "share_of_us": built / q["us_average_power_gw"], "stock_gw": q["orbital_gw_per_year"] * min(q["orbital_years"], q["satellite_life_years"]),
        "mass_t_per_year": sent / U.year, "launches_per_year": sent / q["payload_t"] / U.year, "launches_per_day": sent / q["payload_t"] / _YEAR,
        "array_km2": built / 0.85 / orbit.mean_kept(0.025, 5) / (U.Quantity(1361, "W/m**2") * 0.30 * 0.9 * 0.985), "radiator_km2": built / 0.85 / (2 * 0.9 * sigma * q["radiator_k"] ** 4),
        "energy_usd_per_w_year": energy, "ground_usd_per_w_year": ground, "orbit_usd_per_w_year": above, "servers_usd_per_w_year": servers, "servers_aloft_usd_per_w_year": servers * q["orbit_penalty"],
        "energy_share": energy / (ground + servers), "orbit_over_ground": (above + servers) / (ground + servers),
        "allowed_usd_per_kg": allowed, "break_even_usd_per_kg": allowed - q["satellite_usd_per_kg"],
    }  # fmt: skip


SCENARIO = {"share_of_us": _ONE, "stock_gw": "GW", "mass_t_per_year": "tonne/year", "launches_per_year": "1/year", "launches_per_day": "1/day",
            "array_km2": "km**2", "radiator_km2": "km**2", "energy_usd_per_w_year": "USD/W/year", "ground_usd_per_w_year": "USD/W/year",
            "orbit_usd_per_w_year": "USD/W/year", "servers_usd_per_w_year": "USD/W/year", "servers_aloft_usd_per_w_year": "USD/W/year", "energy_share": _ONE, "orbit_over_ground": _ONE,
            "allowed_usd_per_kg": "USD/kg", "break_even_usd_per_kg": "USD/kg"}  # fmt: skip
_CASE = {"start_value": (1344.0, _BN), "revenue": (95.6, "gigaUSD/year"), "multiple": (5.0, _ONE), "years": (10.0, _ONE), "growth": (0.15, _ONE),
         "net_margin": (0.12, _ONE), "exit_pe": (25.0, "year"), "dilution": (0.127, _ONE)}  # fmt: skip


def _outcome(q: Mapping[str, Any]) -> dict[str, Any]:
    revenue = q["revenue"] * (1 + q["growth"]) ** q["years"].magnitude
    value = revenue * q["net_margin"] * q["exit_pe"]
    return {"revenue": revenue, "profit": revenue * q["net_margin"], "value": value, "multiple": value / q["start_value"], "added": U.Quantity(0, "")}  # fmt: skip


OWN = (
    Own(orbit.watts_per_kg, {"array_w_per_kg": (165.0, "W/kg"), "panel_kg_per_m2": (2.0, "kg/m**2"), "panel_m2_per_kw": (0.733, "m**2/kW"), "rack_kg_per_kw": (11.33, "kg/kW")}, "W/kg",
        lambda q: 1 / (1 / q["array_w_per_kg"] + q["panel_kg_per_m2"] * q["panel_m2_per_kw"] + q["rack_kg_per_kw"])),
    Own(scaling.memory_gb, {"parameters": (6e12, "parameter"), "bytes_per_parameter": (1.0, "octet/parameter")}, "gigaoctet",
        lambda q: q["parameters"] * q["bytes_per_parameter"]),
    Own(scaling.chips_needed, {"parameters": (6e12, "parameter"), "bytes_per_parameter": (1.0, "octet/parameter"), "chip_memory_gb": (141.0, "gigaoctet/chip")}, "chip",
        lambda q: math.ceil((q["parameters"] * q["bytes_per_parameter"] / q["chip_memory_gb"]).to("chip").magnitude) * U.chip),
    Own(stake.firm_gain, STAKE, dict.fromkeys(firm({k: U.Quantity(*v) for k, v in STAKE.items()}), _BN), firm, in_a_dict=True),
    Own(stake.firm_total, STAKE, _BN, lambda q: sum(firm(q).values(), U.Quantity(0, _BN)), in_a_dict=True),
    Own(stake.own_gain, STAKE, dict.fromkeys(("his Tesla shares", "his SpaceX shares", "inside his mutual funds"), _BN), _own, in_a_dict=True),
    Own(stake.own_total, STAKE, _BN, lambda q: sum(_own(q).values(), U.Quantity(0, _BN)), in_a_dict=True),
    Own(stake.own_wealth, STAKE, _BN, lambda q: q["own_shares_m"] * q["share_price_usd"] / q["own_tesla_weight"], in_a_dict=True),
    Own(stake.spacex_stake, STAKE, _BN, lambda q: q["spacex_value_usd_bn"] * q["spacex_stake_pct"], in_a_dict=True),
    Own(orbit.scenario, _ORBIT, SCENARIO, _scenario, in_a_dict=True),
    Own(growth.outcome, _CASE, {"revenue": "gigaUSD/year", "profit": "gigaUSD/year", "value": _BN, "multiple": _ONE, "added": _ONE}, _outcome, in_a_dict=True),
    Own(growth.new_shares, {"dilution": (0.127, _ONE), "value": (2500.0, _BN)}, _ONE, lambda q: q["dilution"] * 2 / 12),
    Own(growth.required_value, {"start_value": (1344.0, _BN), "multiple": (5.0, _ONE), "dilution": (0.127, _ONE)}, _BN,
        lambda q: q["start_value"] * q["multiple"] * (1 + q["dilution"] * 10 / 12)),
)  # fmt: skip

# Public functions that have no units to check, each with its reason.
UNITLESS = {
    "dates, or days as pandas keeps them": {"people.years_between", "people.months_between"},
    "words": {"scaling.scale_word"},
    "a model or a list of numbers goes through as it came": {
        "stake.swings", "stake.spread", "growth.swings", "growth.stretches", "growth.run", "stake.run", "luck.run", "people.log_shares", "people.drawdowns", "people.falls",
        "stake.value_path", "stake.tesla_sales", "stake.holding_gain", "stake.price_for_gain"},
    "pure numbers made of a checked case": {
        "luck.spread", "growth.break_even", "growth.log_spread", "growth.chance", "growth.mean_if_reached", "growth.quantile", "growth.survival",
        "stake.concentration", "stake.effective_positions", "people.horizon_summary", "people.at_least", "people.best_year_share", "robots.robots_per_watcher", "people.simulate_managers"},
}  # fmt: skip

# The house's words for units, as pint reads them; what is counted is a pure number.
_COUNTED = {"ratio", "times", "share", "count", "probability", "correlation", "elasticity", "forecasts", "laboratories", "managers", "number", "rank", "launches",
            "models", "people", "points", "index points", "cars", "actuators", "flight", "line", "index"}  # fmt: skip


def house_unit(text: str) -> Any:
    """Return the unit that a registry or a sidecar writes in words: 'USD per kWh', 'million shares', '%'."""
    if (
        text in _COUNTED
        or text.startswith(("share ", "10^12", "H100", "10,000 H100"))
        or text in ("per year", "times per year", "year")
    ):
        return U.Quantity(1, "1/year" if text == "share a year" else _ONE)
    told = re.sub(r"^USD (billion|bn)", "gigaUSD", text)
    told = re.sub(r"^USD million", "megaUSD", told)
    told = re.sub(r"^US cents", "US_cent", told)
    told = re.sub(r"^million shares", "megastock", told)
    told = re.sub(r"^billion households", "gigahousehold", told)
    told = re.sub(r"^(per cent|percent|%).*", "percent", told)
    told = re.sub(r"million tokens", "megatoken", told).replace("TFLOP/s", "tflops")
    told = told.replace(" per share", "/stock").replace(" per ", "/").replace(" a year", "/year")
    told = re.sub(
        r"\bbyte\b",
        "octet",
        re.sub(r"\bGB\b", "gigaoctet", re.sub(r"\bt\b", "tonne", re.sub(r"\bK\b", "kelvin", told))),
    )
    return U.Quantity(1, told.replace("million", "1e6"))


# What the end of a name promises; the longest ending counts.
ENDINGS = {
    "_usd_per_kg": "USD/kg", "usd_per_kg": "USD/kg", "_usd_per_kwh": "USD/kWh", "_usd_per_w": "USD/W", "_usd_per_hour": "USD/hour", "_usd_per_year": "USD/year",
    "_cents_per_kwh": "US_cent/kWh", "_usd_bn": "gigaUSD", "_usd_mn": "megaUSD", "_net_worth_bn": "gigaUSD", "w_per_kg": "W/kg", "_kg": "kg", "_t": "tonne",
    "_gw": "GW", "_gw_per_year": "GW/year", "_mw": "MW", "_kw": "kW", "_w": "W", "_twh": "TWh", "_years": "year", "_days": "day", "_k": "kelvin", "_gb": "gigaoctet",
    "_pct": "percent", "shares_million": "megastock", "_tesla_m": "megastock", "_usd_per_mtok": "USD/megatoken",
}  # fmt: skip


def promised(name: str) -> Any | None:
    """Return the unit that a name promises by its ending; None if it promises none."""
    endings = [ending for ending in ENDINGS if name.endswith(ending)]
    ending = max(endings, key=len, default="")
    if not ending or name.removesuffix(ending).endswith("per"):  # something for each kilowatt
        return None
    return U.Quantity(1, ENDINGS[ending])


def unit_of(node: ast.expr, known: Mapping[str, Any]) -> Any | None:
    """Return the unit of an expression in a notebook; None where its names promise none.

    Plain numbers are taken as conversions and have no unit, so only the dimension counts.
    """
    if isinstance(node, ast.Constant):
        return U.Quantity(1, _ONE) if isinstance(node.value, int | float) else None
    if isinstance(node, ast.Name):
        return known[node.id] if node.id in known else promised(node.id)
    if isinstance(node, ast.Attribute):
        return promised(node.attr)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return known.get(node.slice.value) or promised(str(node.slice.value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left, right = unit_of(node.left, known), unit_of(node.right, known)
        if left is None or right is None:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left / right
    return None


def _physical(unit: Any) -> dict[str, float]:
    """Return the dimension of a unit without what is only counted: robots, shares, parameters."""
    counted = ("[stock]", "[robot]", "[parameter]", "[octet]", "[chip]", "[token]", "[household]")
    return {base: power for base, power in unit.dimensionality.items() if base not in counted}


def misfits(code: str, known: Mapping[str, Any]) -> tuple[list[str], int]:
    """Return the arguments of model calls in some code whose dimension is not the declared one, and how many were seen.

    ``known`` maps names of parameters to their units. A rate of building may stand for what a year
    builds, and years for a number of yearly steps.
    """
    tables = {f"{e.function.__module__.rpartition('.')[2]}.{e.function.__name__}": e for e in (*COHERENT, *OWN) if not getattr(e, "in_a_dict", False)}  # fmt: skip
    told, seen = [], 0
    for node in ast.walk(ast.parse(code)):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) in tables):
            continue
        declared = tables[ast.unparse(node.func)].arguments
        order = list(inspect.signature(tables[ast.unparse(node.func)].function).parameters)
        given = [*zip(order, node.args, strict=False), *((k.arg, k.value) for k in node.keywords)]
        for name, expression in given:
            unit = unit_of(expression, known)
            if unit is None or name is None or isinstance(expression, ast.Constant):
                continue
            seen += 1
            right = _physical(U.Quantity(1, declared[name][1]))
            allowed = [_physical(unit), _physical(unit * U.year)]
            if right not in allowed and not (right == {} and _physical(unit / U.year) == {}):
                told.append(f"{ast.unparse(node.func)} {name}: found {ast.unparse(expression)} in {unit.units}; expected {declared[name][1]}")  # fmt: skip
    return told, seen
