"""Parameters: the registry that says what a notebook may be run with, and the check."""

from __future__ import annotations

import ast
import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import field_validator, model_validator

from bet.faults import BadInput, Fault, gathered, nearest, require, some
from bet.paths import Loader, Root, here, note, shown
from bet.records.yaml_files import LOADER, Record, parse, read_yaml

MOST_MEANT = 3  # names that are suggested, and unknown names for which their words are looked up
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
    note(_place(root))
    return _entries(root)


def _place(root: Root) -> Path:
    return root.data / "parameters.yml"


@Loader
def _entries(root: Root) -> dict[str, dict[str, Parameter]]:
    """Load every parameter without a note that all of them were read."""
    path = _place(root)
    content, lines = read_yaml(path, noted=False)
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
    everything = _entries()
    note(_place(here()), notebook)  # a run depends on no other notebook's
    if notebook not in everything and notebook != "index":
        known = [name for name in everything if name != "common"]
        right = f"one of {', '.join(known)}{nearest(notebook, known)}"
        if (here().book / f"{notebook}.ipynb").exists():
            right = f"'{notebook}: {{}}' there for a chapter without parameters of its own"
        raise BadInput([Fault(f"notebook '{notebook}'", "no entry in data/parameters.yml", right)])
    return {**everything.get("common", {}), **everything.get(notebook, {})}


def part(text: str, notebook: str) -> str:
    """Return what of the registry's text a run depends on that asked for one notebook's parameters."""
    try:
        content = yaml.load(text, Loader=LOADER)
        own = [content.get(name) for name in ("common", notebook)]
    except (yaml.YAMLError, AttributeError, ValueError):
        return text  # broken: whoever reads it says so
    return json.dumps(own, default=str)


def problem(parameter: Parameter, value: Any, beyond: bool = False) -> str | None:
    """Say what a value should be, or None when it is allowed; ``beyond`` lets a number leave its range."""
    kind = type(parameter.default)
    number_for_float = kind is float and type(value) is int
    if type(value) is not kind and not number_for_float:
        names = {int: "a whole number", float: "a number", str: "text"}
        return f"{names[kind]} ({parameter.unit})"
    if parameter.choices and value not in parameter.choices:
        return f"one of {', '.join(parameter.choices)}"
    if kind is str and parameter.min is not None:
        return _day_problem(parameter, value)
    inside = kind is str or parameter.min <= value <= parameter.max
    if not inside and not (beyond and math.isfinite(value)):
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


def likely(name: str, known: Mapping[str, Parameter]) -> str:
    """Name what an unknown name may mean: ``", did you mean 'x'?"``, or an empty string.

    A name that is alike in its letters, else those in whose names and meanings its words stand. A word
    counts the less the more parameters have it, and twice in a name.
    """
    if alike := nearest(name, known):
        return alike
    told = {key: (_words(key), _words(entry.meaning)) for key, entry in known.items()}
    scores = dict.fromkeys(known, 0.0)
    for word in _words(name):
        has = {key: 2 * _has(own, word) or _has(meant, word) for key, (own, meant) in told.items()}
        count = sum(map(bool, has.values()))
        scores = {key: score + has[key] / max(count, 1) for key, score in scores.items()}
    least = max(scores.values(), default=0) / 2
    found = sorted((key for key in scores if scores[key] > least), key=lambda key: -scores[key])
    names = " or ".join(f"'{key}'" for key in found[:MOST_MEANT])
    return f", did you mean {names}?" if names else ""


def _words(text: str) -> set[str]:
    """Return the words of a name or a sentence that tell something: of at least three letters."""
    return {word for word in re.findall(r"[a-z]{3,}", text.lower())} - {"per", "the", "and", "for"}


def _has(words: set[str], word: str) -> int:
    """Return 1 where a word stands among others, in the singular or plural, else 0."""
    return int(any(word.rstrip("s") == other.rstrip("s") for other in words))


def check(notebook: str, given: Mapping[str, Any], beyond: bool = False) -> dict[str, Any]:
    """Return a full set of values, each of its default's type, or raise BadInput naming every fault.

    What is not given is at its default. A whole number for a number becomes one: 25 and 25.0 are one run.
    With ``beyond`` numbers may lie outside their ranges; ``outside`` says which do.
    """
    known = parameters_of(notebook)
    faults = [
        Fault(f"{notebook} parameter{'' if what.startswith('an ') else 's'} {told}", what, right)
        for told, what, right in _unknown(notebook, given)
    ]
    for name, value in given.items():
        wrong = problem(known[name], value, beyond) if name in known else None
        if wrong:
            faults.append(Fault(f"{notebook} parameter '{name}'", repr(value), wrong))
    require(faults)
    values = {name: given.get(name, entry.default) for name, entry in known.items()}
    return {name: type(known[name].default)(value) for name, value in values.items()}


def outside(notebook: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the numbers that lie outside their ranges, each with its range in words."""
    known = parameters_of(notebook)
    return {name: wrong for name, value in values.items() if (wrong := problem(known[name], value))}


def from_text(notebook: str, name: str, text: str) -> Any:
    """Turn a command-line text into the type of the parameter; leave it when it does not fit."""
    entry = parameters_of(notebook).get(name)
    if entry is None or isinstance(entry.default, str):
        return text
    try:
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
    except ValueError:
        return text


# ---- the parameters cell of a notebook

PLAIN = (str, int, float, bool, list, tuple, dict, type(None))  # what papermill can inject
INJECTED = "# Parameters"  # how papermill begins the cell that it injects
BEYOND = "bet_beyond"  # injected as True where a run leaves the ranges on purpose
_NO_PARAMETERS = {
    BEYOND,
    "PAPERMILL_INPUT_PATH",
    "PAPERMILL_OUTPUT_PATH",
}  # papermill's --inject-paths


def written(source: str) -> dict[str, Any] | None:
    """Return what a cell of plain values sets, name -> value; None when it does anything else."""
    try:
        lines = ast.parse(source).body
        values = {
            ast.unparse(target): ast.literal_eval(line.value)
            for line in lines
            if isinstance(line, ast.Assign)
            for target in line.targets
        }
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None
    return values if all(isinstance(line, ast.Assign) for line in lines) else None


def _meant(history: Sequence[str]) -> dict[str, Any] | None:
    """Return what the cells of a kernel set as parameters; None where no parameters cell was run.

    That is the latest cell of plain values that sets the day, and what papermill injected after it:
    a kernel that ran the notebook before holds hundreds of other names, and cells since corrected.
    """
    cells = [(source, written(source)) for source in history]
    days = [place for place, (_, values) in enumerate(cells) if values and "as_of" in values]
    if not days:
        return None
    last = max((d for d in days if not cells[d][0].startswith(INJECTED)), default=days[-1])
    after = [values or {} for source, values in cells[last:] if source.startswith(INJECTED)]
    return {**(cells[last][1] or {}), **(after[-1] if after else {})}


def from_cell(notebook: str, cell_globals: Mapping[str, Any]) -> dict[str, Any]:
    """Check the values that a notebook's parameters cell (and papermill) left in its namespace.

    A name that one of them set by mistake is refused too, as the history of the kernel tells it; what
    other cells set is nobody's parameter, so that a notebook runs as often as one likes in one kernel.
    """
    if "In" in cell_globals:
        meant = _meant(cell_globals["In"])
        names = list(parameters_of(notebook) if meant is None else meant)
    else:  # a script: it runs once, and has set nothing else by now
        names = [name for name in cell_globals if not name.startswith("_")]
    given = {
        name: cell_globals[name]
        for name in names
        if name not in _NO_PARAMETERS and isinstance(cell_globals.get(name, print), PLAIN)
    }
    require(_missing(f"{notebook} parameters cell", notebook, given))
    return check(notebook, given, BEYOND in names and cell_globals.get(BEYOND) is True)


def _missing(where: str, notebook: str, given: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for the parameters that are not given: one, however many they are."""
    missing = [f"'{name}'" for name in parameters_of(notebook) if name not in given]
    expected = f"every parameter of {notebook} in data/parameters.yml"
    return [Fault(where, f"no {some(missing)}", expected)] if missing else []


def _unknown(notebook: str, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return (names, what they are, what would be right) of the unknown ones among some names.

    One for each that is near a known one, and one for all the others: a copied notebook has the names
    of another chapter, which is one fault.
    """
    known = parameters_of(notebook)
    expected = f"one of {', '.join(known)}"
    strange, told = [], []
    unknown = [name for name in names if name not in known]
    near = likely if len(unknown) <= MOST_MEANT else nearest
    for name in unknown:
        if meant := near(name, known):
            told.append((f"'{name}'", "an unknown name", f"{expected}{meant}"))
        else:
            strange.append(f"'{name}'")
    one = len(strange) == 1
    what = "an unknown name" if one else f"{len(strange)} unknown names"
    right = f"{expected}, or add {'it' if one else 'them'} to data/parameters.yml"
    return [*told, *([(some(strange), what, right)] if strange else [])]


def departures(notebook: str, source: str, where: str) -> list[Fault]:
    """Return where a parameters cell as written departs from the registry; ``where`` names the cell.

    A run would take the cell's value for the default, and nothing would say so.
    """
    values = written(source)
    if values is None:
        return [Fault(where, "more than values", "one line NAME = VALUE for each parameter")]
    known = parameters_of(notebook)
    faults = _missing(where, notebook, values)
    faults += [
        Fault(where, f"{what} {told}", right) for told, what, right in _unknown(notebook, values)
    ]
    for name, value in values.items():
        if name not in known:
            continue
        if problem(known[name], value) or value != known[name].default:
            default = f"{known[name].default!r} as in data/parameters.yml"
            expected = f"{default} (your own value: bet run {notebook} -p {name} {value})"
            faults.append(Fault(where, f"{name} = {value!r}", expected))
    return faults
