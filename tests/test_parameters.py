"""Parameters: names, types, units and ranges are checked however a notebook is started."""

from __future__ import annotations

import math
from contextlib import chdir

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet.faults import BadInput
from bet.records import parameters
from tests import worlds
from tests.places import ROOT

NOTEBOOK = "3_infrastructure"
REGISTRY = {
    "default_out_of_range.yml": ["data/parameters.yml:4: found this record; expected a default that is 100 to 600 GW"],
    "range_missing.yml": ["data/parameters.yml:4: found this record; expected min and max for a number"],
    "range_as_text.yml": ["data/parameters.yml:4: found this record; expected min and max of the default's kind"],
    "text_without_choices.yml": ["data/parameters.yml:6: found this record; expected choices (or min and max dates) for a text parameter"],
    "default_not_a_choice.yml": ["data/parameters.yml:6: found this record; expected a default that is one of H100, B200"],
    "default_true_or_false.yml": ["data/parameters.yml:5 default: found True; expected a number or text, not true or false"],
    "unit_missing.yml": ["data/parameters.yml:4 unit: found nothing; expected the field 'unit'"],
    "not_by_notebook.yml": ["data/parameters.yml: found another shape; expected notebook -> name -> fields"],
    "many_faults.yml": [
        "data/parameters.yml:4 unit: found nothing; expected the field 'unit'",
        "data/parameters.yml:5: found this record; expected a default that is 1 to 1,000 count",
        "data/parameters.yml:6: found this record; expected choices (or min and max dates) for a text parameter",
    ],
}  # fmt: skip
NEW = (
    "notebook '6_name': found no entry in data/parameters.yml; "
    "expected '6_name: {}' there for a chapter without parameters of its own"
)
KNOWN = "as_of, us_average_power_gw, satellites, chip"
DEFAULTS = {
    "as_of": "2026-11-23",
    "us_average_power_gw": 490.0,
    "satellites": 12,
    "chip": "H100",
}


def test_a_new_chapter_is_told_the_line_that_it_needs(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "6_name.ipynb").touch()
    assert worlds.faults_of(lambda: parameters.parameters_of("6_name")) == [NEW]


@pytest.fixture(autouse=True)
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


def told_of(**given):
    return worlds.faults_of(lambda: parameters.check(NOTEBOOK, given))


@pytest.mark.parametrize("case", worlds.cases("parameters"))
def test_a_broken_registry_is_refused(world, case):
    worlds.put(f"parameters/{case}", world / "parameters.yml")
    assert worlds.faults_of(parameters.registry) == REGISTRY[case]


def test_defaults_are_filled_in_and_values_kept():
    assert parameters.check(NOTEBOOK, {}) == DEFAULTS
    assert parameters.check(NOTEBOOK, {"satellites": 7}) == DEFAULTS | {"satellites": 7}
    assert type(parameters.check(NOTEBOOK, {"us_average_power_gw": 480})) is dict


def test_an_unknown_name_is_told_with_the_nearest_and_all_that_are_allowed():
    assert told_of(us_avrage_power=490) == [
        f"{NOTEBOOK} parameter 'us_avrage_power': found an unknown name; "
        f"expected one of {KNOWN}, did you mean 'us_average_power_gw'?"
    ]


@pytest.mark.parametrize(
    ("chapter", "name", "meant"),
    [
        ("3_infrastructure", "optimus_price", "'robot_first_cost_usd'"),
        (
            "3_infrastructure",
            "cost_of_robots",
            "'robot_first_cost_usd' or 'robot_learning_rate' or 'robot_hours_per_year'",
        ),
        ("3_infrastructure", "temperature", "'radiator_k'"),
        ("4_thesis", "volatility", "'stock_volatility'"),
        ("4_thesis", "earnings_ratio", "'exit_pe'"),
        ("4_thesis", "of_the_per", None),
        ("4_thesis", "wombat", None),
    ],
)
def test_an_unknown_name_is_told_with_those_that_mean_its_words(chapter, name, meant):
    """By the book's own registry, as an analyst asks."""
    with chdir(ROOT):
        told = parameters.likely(name, parameters.parameters_of(chapter))
    assert told == (f", did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("us_average_power_gw", -3, "100 to 600 GW"),
        ("us_average_power_gw", 99.999, "100 to 600 GW"),
        ("us_average_power_gw", 600.001, "100 to 600 GW"),
        ("us_average_power_gw", math.nan, "100 to 600 GW"),
        ("us_average_power_gw", math.inf, "100 to 600 GW"),
        ("us_average_power_gw", "490", "a number (GW)"),
        ("us_average_power_gw", "490 MW", "a number (GW)"),
        ("us_average_power_gw", True, "a number (GW)"),
        ("us_average_power_gw", None, "a number (GW)"),
        ("us_average_power_gw", [490], "a number (GW)"),
        ("satellites", True, "a whole number (count)"),
        ("satellites", 12.0, "a whole number (count)"),
        ("satellites", "12", "a whole number (count)"),
        ("satellites", 0, "1 to 1,000 count"),
        ("satellites", 1001, "1 to 1,000 count"),
        ("chip", "H200", "one of H100, B200"),
        ("chip", 100, "text (name)"),
        ("as_of", "2025-11-13", "a day from 2025-11-14 to 2026-11-23"),
        ("as_of", "2026-11-24", "a day from 2025-11-14 to 2026-11-23"),
        ("as_of", "14.11.2025", "an ISO date such as 2025-11-14"),
        ("as_of", "2026-02-30", "an ISO date such as 2025-11-14"),
        ("as_of", "2026", "an ISO date such as 2025-11-14"),
        ("as_of", 2026, "text (ISO date)"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(name, value, expected):
    assert told_of(**{name: value}) == [
        f"{NOTEBOOK} parameter '{name}': found {value!r}; expected {expected}"
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("us_average_power_gw", 100), ("us_average_power_gw", 600.0), ("satellites", 1),
        ("satellites", 1000), ("chip", "B200"), ("as_of", "2025-11-14"), ("as_of", "2026-11-23"),
    ],
)  # fmt: skip
def test_both_ends_of_a_range_are_allowed(name, value):
    assert told_of(**{name: value}) == []


def test_all_faults_come_at_once():
    told = told_of(us_avrage_power=1, satellites=True, chip="A100", as_of="May")
    assert len(told) == 4
    assert "unknown name" in told[0]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_allowed_exactly_inside_its_range(value):
    entry = parameters.Parameter(default=490.0, unit="GW", min=100, max=600, meaning="power")
    assert (parameters.problem(entry, value) is None) == (100 <= value <= 600)


def test_an_unknown_notebook_is_told_with_the_nearest():
    with pytest.raises(BadInput, match="did you mean '3_infrastructure'"):
        parameters.parameters_of("3_infrastucture")
    assert list(parameters.parameters_of("index")) == ["as_of"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("us_average_power_gw", "480", 480),
        ("us_average_power_gw", "480.5", 480.5),
        ("us_average_power_gw", "-3", -3),
        ("us_average_power_gw", "4.8e2", 480.0),
        ("us_average_power_gw", "480 GW", "480 GW"),
        ("satellites", "12", 12),
        ("satellites", "12.0", 12.0),
        ("satellites", "True", "True"),
        ("chip", "100", "100"),
        ("unknown", "1", "1"),
    ],
)
def test_the_command_line_gives_each_value_its_type(name, text, value):
    read = parameters.from_text(NOTEBOOK, name, text)
    assert (read, type(read)) == (value, type(value))


def cell(**values):
    """What a kernel's namespace holds after the parameters cell and one that papermill injected."""
    sources = [
        "\n".join(f"{name} = {value!r}" for name, value in DEFAULTS.items()),
        "\n".join(["# Parameters", *(f"{name} = {value!r}" for name, value in values.items())]),
    ]
    own = {
        "In": ["", *sources, "book = 3"],
        "book": 3,
        "Out": {},
        "_": "",
        "_i1": "x",
        "exit": "x",
        "quit": "x",
        "plt": math,
    }
    return own | DEFAULTS | values


def test_a_parameters_cell_is_accepted_as_it_stands():
    assert parameters.from_cell(NOTEBOOK, cell()) == DEFAULTS


def test_a_name_that_plain_papermill_injected_by_mistake_is_refused():
    with pytest.raises(BadInput) as told:
        parameters.from_cell(NOTEBOOK, cell(us_avrage_power=300))
    assert "'us_avrage_power': found an unknown name" in str(told.value)
    assert "did you mean 'us_average_power_gw'?" in str(told.value)


@pytest.mark.parametrize("value", [1, 1.5, "x", True, None, [1], {"a": 1}])
def test_an_unknown_name_of_any_type_that_papermill_can_inject_is_refused(value):
    with pytest.raises(BadInput, match="an unknown name"):
        parameters.from_cell(NOTEBOOK, cell(something=value))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"us_average_power_gw": "490"}, "found '490'; expected a number .GW."),
        ({"satellites": True}, "found True; expected a whole number .count."),
        ({"us_average_power_gw": -3.0}, "found -3.0; expected 100 to 600 GW"),
        ({"us_average_power_gw": np.ones(3)}, "found no 'us_average_power_gw'"),
    ],
)
def test_a_wrong_value_in_the_cell_is_refused(values, told):
    with pytest.raises(BadInput, match=told):
        parameters.from_cell(NOTEBOOK, cell(**values))


def test_a_parameter_that_the_cell_lacks_is_told():
    values = {key: value for key, value in cell().items() if key not in ("chip", "satellites")}
    assert worlds.faults_of(lambda: parameters.from_cell(NOTEBOOK, values)) == [
        f"{NOTEBOOK} parameters cell: found no 'satellites', 'chip'; "
        f"expected every parameter of {NOTEBOOK} in data/parameters.yml",
    ]
