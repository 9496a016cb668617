"""Units of the models: one mechanism for every public function, and names that keep what they promise."""

from __future__ import annotations

import inspect
import json

import pint
import pytest

from bet.models import growth, luck, orbit, people, robots, scaling, stake
from bet.records import parameters, tables
from tests import units
from tests.places import BOOK
from tests.units import COHERENT, OWN, U, UnitRefused, house_unit

MODULES = {"growth": growth, "luck": luck, "orbit": orbit, "people": people, "robots": robots, "scaling": scaling, "stake": stake}  # fmt: skip


def named(entry):
    return f"{entry.function.__module__.rpartition('.')[2]}.{entry.function.__name__}"


def scales(seed):
    """Return another system of units: each base unit a different number of times smaller."""
    return {
        base: [3.0, 0.7, 11.0, 0.2, 5.0, 1.9, 0.31, 7.3, 0.6, 2.3][(i + seed) % 10]
        for i, base in enumerate(units.BASE)
    }


def test_every_public_function_has_its_units():
    public = {
        f"{name}.{function}"
        for name, module in MODULES.items()
        for function, found in inspect.getmembers(module, inspect.isfunction)
        if not function.startswith("_") and found.__module__ == module.__name__
    }
    listed = [named(entry) for entry in (*COHERENT, *OWN)]
    unitless = [name for names in units.UNITLESS.values() for name in names]
    assert sorted([*listed, *unitless]) == sorted(public)


@pytest.mark.parametrize("entry", COHERENT, ids=named)
def test_every_argument_has_its_unit(entry):
    assert set(entry.arguments) == set(inspect.signature(entry.function).parameters)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("entry", COHERENT, ids=named)
def test_a_quantity_does_not_depend_on_the_system_of_units(entry, seed):
    assert scaled_alike(entry, scales(seed))


def scaled_alike(entry, system):
    """Tell whether the result grows as its unit says when all arguments are written in other units."""
    plain = {name: units.in_base(*given) for name, given in entry.arguments.items()}
    other = {name: plain[name] * units.factor(entry.arguments[name][1], system) for name in plain}
    before, after = entry.function(**plain), entry.function(**other)
    grown = units.factor(entry.result, system)
    if isinstance(before, dict):
        return {k: pytest.approx(v * grown, rel=1e-9) for k, v in before.items()} == after
    return after == pytest.approx(before * grown, rel=1e-9)


@pytest.mark.parametrize(
    ("function", "argument", "unit"),
    [
        (orbit.specific_mass, "server", "kg"), (orbit.specific_mass, "array_power_per_mass", "kg/W"), (orbit.mass, "specific_power", "kg/W"),
        (orbit.energy_cost, "price", "USD/kW"), (orbit.orbit_cost, "build_price", "USD/W"), (orbit.radiator_area, "temperature", "W"),
        (robots.cost_per_hour, "upkeep", "USD"), (robots.hours_to_match, "wage", "USD/year**2"), (people.gain_parts, "cost", "USD"),
    ],
)  # fmt: skip
def test_a_wrong_unit_in_the_table_is_noticed(function, argument, unit):
    entry = next(e for e in COHERENT if e.function is function)
    value = entry.arguments[argument][0]
    wrong = units.Coherent(function, {**entry.arguments, argument: (value, unit)}, entry.result)
    assert not scaled_alike(wrong, scales(0))


@pytest.mark.parametrize("entry", OWN, ids=named)
def test_a_model_in_units_of_its_own_gives_what_pint_gives(entry):
    assert differences(entry, entry.arguments) == {}


def differences(entry, arguments):
    """Return the results that differ from pint's, for plain numbers taken in the given units."""
    plain = {name: value for name, (value, _) in entry.arguments.items()}
    found = entry.function(plain) if entry.in_a_dict else entry.function(**plain)
    again = entry.again(
        {name: U.Quantity(plain[name], unit) for name, (_, unit) in arguments.items()}
    )
    found, again = (x if isinstance(x, dict) else {"": x} for x in (found, again))
    result = entry.result if isinstance(entry.result, dict) else {"": entry.result}
    assert set(found) == set(again) == set(result)
    told = {}
    for key, value in found.items():
        right = again[key].to(result[key]).magnitude
        if value != pytest.approx(right, rel=1e-6):
            told[key] = (value, right)
    return told


@pytest.mark.parametrize(
    ("function", "argument", "unit"),
    [
        (orbit.watts_per_kg, "rack_kg_per_kw", "kg/W"), (orbit.watts_per_kg, "panel_m2_per_kw", "m**2/W"),
        (orbit.scenario, "payload_t", "kg"), (orbit.scenario, "specific_power_w_per_kg", "kW/kg"),
        (orbit.scenario, "ground_usd_per_kwh", "USD/MWh"), (stake.firm_gain, "shares_left_m", "stock"),
        (stake.spacex_stake, "spacex_value_usd_bn", "megaUSD"), (scaling.memory_gb, "bytes_per_parameter", "kilooctet/parameter"),
    ],
)  # fmt: skip
def test_a_model_fed_in_another_unit_differs(function, argument, unit):
    entry = next(e for e in OWN if e.function is function)
    assert differences(entry, {**entry.arguments, argument: (0, unit)})


def rack(value, unit):
    """Call the satellite's sum of parts with a rack in some unit."""
    entry = next(e for e in OWN if e.function is orbit.watts_per_kg)
    given = {name: U.Quantity(*pair) for name, pair in entry.arguments.items()}
    given["rack_kg_per_kw"] = U.Quantity(value, unit)
    return units.call(orbit.watts_per_kg, {n: u for n, (_, u) in entry.arguments.items()}, **given)


def test_a_call_in_kg_per_watt_where_kg_per_kilowatt_is_meant_is_refused():
    assert rack(11.33, "kg/kW") == pytest.approx(52.8, abs=0.5)
    with pytest.raises(UnitRefused, match="rack_kg_per_kw: found kilogram / watt; expected kg/kW"):
        rack(0.01133, "kg/W")
    with pytest.raises(UnitRefused):
        rack(11.33, "kW/kg")


def test_blocks_of_sales_come_to_the_same_billions():
    p = {name: value for name, (value, _) in units.STAKE.items()}
    blocks = stake.holding_gain(
        p["shares_bought_m"], p["average_cost_usd"], stake.tesla_sales(p), p["share_price_usd"]
    )
    parts = units.firm({name: U.Quantity(*pair) for name, pair in units.STAKE.items()})
    tesla = sum((part for name, part in parts.items() if "Tesla" in name), U.Quantity(0, "USD"))
    assert sum(blocks) == pytest.approx(tesla.to("gigaUSD").magnitude)
    price = stake.price_for_gain(
        sum(blocks), p["shares_bought_m"], p["average_cost_usd"], stake.tesla_sales(p)
    )
    assert price == pytest.approx(p["share_price_usd"])


# the registry and the tables: a name keeps what it promises


@pytest.mark.parametrize("model", [orbit.scenario, stake.firm_gain])
def test_the_registry_gives_the_units_that_the_model_takes(model):
    entry = next(e for e in OWN if e.function is model)
    known = parameters.parameters_of({"orbit": "3_infrastructure", "stake": "0_stake"}[named(entry).partition(".")[0]])  # fmt: skip
    for name, (_, unit) in entry.arguments.items():
        assert house_unit(known[name].unit) == U.Quantity(1, unit), name


def broken_promise(name, unit):
    """Tell whether a name's ending and the unit beside it do not agree."""
    right = units.promised(name)
    if right is None:
        return False
    told = house_unit(unit)
    return told != right and told * U.stock != right  # dollars may be dollars a share


def test_no_parameter_breaks_its_name():
    entries = {
        f"{n}.{k}": e for n, all_of in parameters.registry().items() for k, e in all_of.items()
    }
    checked = {n: e for n, e in entries.items() if units.promised(n) is not None}
    assert [n for n, e in checked.items() if broken_promise(n, e.unit)] == []
    assert len(checked) >= 20


def test_no_column_breaks_its_name():
    columns = {
        f"{name}.{column}": kind.unit
        for name in tables.names()
        for column, kind in tables.sidecar(name).columns.items()
        if kind.unit and not kind.unit.startswith("see ")
    }
    checked = {n: unit for n, unit in columns.items() if units.promised(n) is not None}
    assert [n for n, unit in checked.items() if broken_promise(n, unit)] == []
    assert len(checked) >= 25


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("rack_kg", "W per kg"), ("specific_power_w_per_kg", "kg per W"), ("payload_t", "kg"), ("average_power_gw", "TWh"), ("launch_usd_per_kg", "USD"),
        ("value_usd_bn", "USD million"), ("weight_pct", "share"), ("horizon_years", "days"), ("chip_memory_gb", "byte"),
    ],
)  # fmt: skip
def test_a_name_with_another_unit_is_noticed(name, unit):
    assert broken_promise(name, unit)


def test_units_that_pint_does_not_know_are_refused():
    with pytest.raises(pint.UndefinedUnitError):
        house_unit("glorps per kg")


# calls in the notebooks


def calls(path):
    """Return what the model calls of a notebook get wrong, and how many arguments were seen."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    entries = parameters.parameters_of(path.stem)
    known = {
        n: house_unit(e.unit) for n, e in entries.items() if e.unit not in ("choice", "ISO date")
    }
    return units.misfits(code, known)


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_hands_a_model_another_dimension(path):
    assert calls(path)[0] == []


def test_many_arguments_are_seen():
    assert sum(calls(path)[1] for path in BOOK.glob("*.ipynb")) >= 20


@pytest.mark.parametrize(
    "code",
    [
        "orbit.mass(flown.w_per_kg, flown.w_per_kg)", "orbit.launches(payload_t, specific_power_w_per_kg)", "orbit.mass(p['payload_t'] * 1e3, flown.w_per_kg)",
        "robots.hours_to_match(cleaner_usd_per_kg, 20_000, 5, 2)", "orbit.watts_per_kg(a, b, c, 1e3 * specific_power_w_per_kg)",
        "orbit.energy_cost(price=launch_usd_per_kg, overhead=1.1)",
    ],
)  # fmt: skip
def test_a_call_in_another_dimension_is_noticed(code):
    entries = parameters.parameters_of("3_infrastructure")
    known = {n: house_unit(e.unit) for n, e in entries.items() if e.unit != "ISO date"}
    assert units.misfits(code, known)[0]
