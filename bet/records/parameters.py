"""Parameters: the registry that says what a notebook may be run with, and the check."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from pydantic import field_validator, model_validator

from bet.faults import BadInput, Fault, gathered, nearest, require
from bet.paths import Loader, Root, shown
from bet.records.yaml_files import Record, parse, read_yaml

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Parameter(Record):
    """One parameter: default, unit, range or choices, meaning and the claims it bears on."""

    default: int | float | str
    unit: str
    min: int | float | str | None = None
    max: int | float | str | None = None
    choices: list[str] | None = None
    meaning: str
    claims: list[str] = []

    @field_validator("default", mode="before")
    @classmethod
    def _no_flags(cls, default: Any) -> Any:
        if isinstance(default, bool):
            raise ValueError("a number or text, not true or false")
        return default

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Parameter:
        if any(
            isinstance(end, str) != isinstance(self.default, str)
            for end in (self.min, self.max)
            if end is not None
        ):
            raise ValueError("min and max of the default's kind")
        if isinstance(self.default, str) and not self.choices and self.min is None:
            raise ValueError("choices (or min and max dates) for a text parameter")
        if not isinstance(self.default, str) and (self.min is None or self.max is None):
            raise ValueError("min and max for a number")
        wrong = problem(self, self.default)
        if wrong:
            raise ValueError(f"a default that is {wrong}")
        return self


@Loader
def registry(root: Root) -> dict[str, dict[str, Parameter]]:
    """Load every parameter: notebook -> name -> record. 'common' applies to all notebooks."""
    path = root.data / "parameters.yml"
    content, lines = read_yaml(path)
    if not isinstance(content, dict) or not all(isinstance(v, dict) for v in content.values()):
        raise BadInput([Fault(shown(path), "another shape", "notebook -> name -> fields")])
    loaded: dict[str, dict[str, Parameter]] = {}
    faults: list[Fault] = []
    for notebook, entries in content.items():
        loaded[notebook] = {}
        for name, value in entries.items():
            with gathered(faults):
                loaded[notebook][name] = parse(Parameter, value, (notebook, name), lines, path)
    require(faults)
    return loaded


def parameters_of(notebook: str) -> dict[str, Parameter]:
    """Return the parameters of one notebook, the common ones first."""
    everything = registry()
    if notebook not in everything and notebook != "index":
        known = [name for name in everything if name != "common"]
        raise BadInput([Fault(f"notebook '{notebook}'", "no entry in data/parameters.yml",
                              f"one of {', '.join(known)}{nearest(notebook, known)}")])  # fmt: skip
    return {**everything.get("common", {}), **everything.get(notebook, {})}


def problem(parameter: Parameter, value: Any) -> str | None:
    """Say what a value should be, or None when it is allowed."""
    kind = type(parameter.default)
    number_for_float = kind is float and type(value) is int
    if type(value) is not kind and not number_for_float:
        names = {int: "a whole number", float: "a number", str: "text"}
        return f"{names[kind]} ({parameter.unit})"
    if parameter.choices and value not in parameter.choices:
        return f"one of {', '.join(parameter.choices)}"
    if kind is str and parameter.min is not None:
        return _day_problem(parameter, value)
    if kind is not str and not parameter.min <= value <= parameter.max:
        return f"{parameter.min:,} to {parameter.max:,} {parameter.unit}"
    return None


def _day_problem(parameter: Parameter, value: str) -> str | None:
    try:
        if not _DAY.fullmatch(value):
            raise ValueError
        dt.date.fromisoformat(value)
    except ValueError:
        return "an ISO date such as 2025-11-14"
    low, high = str(parameter.min), str(parameter.max)
    return None if low <= value <= high else f"a day from {low} to {high}"


def check(notebook: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a full set of values, defaults filled in, or raise BadInput naming every fault."""
    known = parameters_of(notebook)
    faults = [
        Fault(
            f"{notebook} parameter '{name}'",
            "an unknown name",
            f"one of {', '.join(known)}{nearest(name, known)}",
        )
        for name in given
        if name not in known
    ]
    for name, value in given.items():
        wrong = problem(known[name], value) if name in known else None
        if wrong:
            faults.append(Fault(f"{notebook} parameter '{name}'", repr(value), wrong))
    require(faults)
    return {name: given.get(name, entry.default) for name, entry in known.items()}


def from_text(notebook: str, name: str, text: str) -> Any:
    """Turn a command-line text into the type of the parameter; leave it when it does not fit."""
    entry = parameters_of(notebook).get(name)
    if entry is None or isinstance(entry.default, str):
        return text
    try:
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
    except ValueError:
        return text


PLAIN = (str, int, float, bool, list, tuple, dict, type(None))  # what papermill can inject
_IPYTHON = {"In", "Out", "exit", "quit", "get_ipython", "open"}


def from_cell(notebook: str, cell_globals: Mapping[str, Any]) -> dict[str, Any]:
    """Check the values that a notebook's parameters cell (and papermill) left in its namespace.

    Every public plain value counts, so that a name papermill injected by mistake is refused too.
    """
    given = {
        name: value
        for name, value in cell_globals.items()
        if not name.startswith("_") and name not in _IPYTHON and isinstance(value, PLAIN)
    }
    missing = [name for name in parameters_of(notebook) if name not in given]
    require(
        [
            Fault(f"{notebook} parameters cell", f"no '{name}'", "every parameter")
            for name in missing
        ]
    )
    return check(notebook, given)
