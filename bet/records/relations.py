"""Relations between cells: what must hold from row to row and table to table, named in the sidecars.

A range per column cannot see that a day something is known is not before the day it speaks of, that
a low estimate is not above the high one, or that power is energy over time. Each function below whose
name stands in ``RELATIONS`` may be named under ``checks:`` in a table's sidecar, with its arguments::

    checks:
      - rising: [said_on, public]
      - steady: {column: revenue_usd_mn, within: 1.8}
      - monthly: date

It returns what pandera checks row by row, and how a row that breaks it is told.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pandera.pandas as pa

from bet.faults import Fault, nearest, require

if TYPE_CHECKING:
    from bet.records.tables import Sidecar

Entry = str | dict[str, Any]  # one item of ``checks:``: a name, or a name with its arguments


class Relation(NamedTuple):
    """What holds in each row (True where it does), and a broken row told: found, what would be right."""

    holds: Callable[[pd.DataFrame], pd.Series]
    told: Callable[[pd.Series], tuple[str, str]]
    name: str = ""


class Other(NamedTuple):
    """Another table that a relation looks into."""

    name: str
    rows: pd.DataFrame


def rising(*columns: str) -> list[Relation]:
    """From left to right the cells of a row do not fall; empty ones are left out."""
    return [
        _not_above(columns[i], columns[j], list(columns[i + 1 : j]))
        for i, j in combinations(range(len(columns)), 2)
    ]


def _not_above(left: str, right: str, between: list[str]) -> Relation:
    def holds(frame: pd.DataFrame) -> pd.Series:
        filled = frame[[left, right]].notna().all(axis=1) & frame[between].isna().all(axis=1)
        pairs = zip(filled, frame[left].map(_plain), frame[right].map(_plain), strict=True)
        return pd.Series([not (both and _above(*pair)) for both, *pair in pairs], frame.index, bool)

    return Relation(holds, lambda row: (f"{left} after {right}", f"{left} up to {right}"))


def _above(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        length = min(len(one), len(other))  # 2025-11 is not after 2025-11-14
        one, other = one[:length], other[:length]
    return one > other


def steady(column: str, within: float, by: str | list[str] | tuple[()] = ()) -> list[Relation]:
    """From row to row of a series no value changes by more than a factor, nor its sign."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        series = [frame[name] for name in ([by] if isinstance(by, str) else by)]
        values = frame[column].dropna().astype(float)
        before = values.groupby(series).shift() if series else values.shift()
        ratio = values / before
        off = (ratio > within) | (ratio < 1 / within) | (values <= 0)
        return ~off.reindex(frame.index, fill_value=False)

    right = f"within {within:g} times the row before"
    return [Relation(holds, lambda row: (f"{column} {row[column]:g}", right))]


def monthly(column: str) -> list[Relation]:
    """One row for each month, none left out."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        months = frame[column].dt.year * 12 + frame[column].dt.month
        return (months.diff() == 1) | (frame.index == frame.index.min())

    return [Relation(holds, lambda row: (f"{column} {row[column]:%Y-%m}", "the next month"))]


def ordered(*columns: str) -> list[Relation]:
    """The rows stand in the order of each of these columns; a shifted date falls out of its place."""
    return [_in_order(column) for column in columns]


def _in_order(column: str) -> Relation:
    def holds(frame: pd.DataFrame) -> pd.Series:
        cells = frame[column].dropna()
        return ~(cells < cells.shift()).reindex(frame.index, fill_value=False)

    return Relation(
        holds, lambda row: (f"{column} {_plain(row[column])} out of order", "rising rows")
    )


def repeats(allowed: str) -> list[Relation]:
    """``repeats: allowed``: a row may say the same as the row before under another key.

    In any other table such a row is a fault: most likely it was copied and never filled in.
    """
    return []


def _no_repeats(key: list[str]) -> Relation:
    def holds(frame: pd.DataFrame) -> pd.Series:
        rest = frame.drop(columns=key).astype(str)
        return ~(rest == rest.shift()).all(axis=1) | rest.columns.empty

    found = "the values of the row before under another key"
    return Relation(
        holds, lambda row: (found, "its own (or 'repeats: allowed' among the sidecar's checks)")
    )


def power_is_energy_over_hours(
    year: str = "year", energy: str = "energy_twh", power: str = "average_power_gw"
) -> list[Relation]:
    """Average power (GW) is the year's energy (TWh) over its hours, give or take half a per cent."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        days = pd.to_datetime(frame[year].astype(str) + "-12-31").dt.day_of_year
        return (frame[energy] * 1000 / (days * 24) / frame[power] - 1).abs() <= 0.005

    return [Relation(holds, lambda row: ("another average power", "energy over the hours"))]


def specific_power(
    power: str = "power_kw", mass: str = "mass_kg", ratio: str = "w_per_kg"
) -> list[Relation]:
    """Watts per kilogram are power over mass, give or take 5 %; where one is empty nothing is said."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        return ~((frame[power] * 1000 / frame[mass] / frame[ratio] - 1).abs() > 0.05)

    return [Relation(holds, lambda row: (f"another {ratio}", "power over mass"))]


def within_year(date: str, column: str, table: Other, low: str, high: str) -> list[Relation]:
    """A value lies between the lowest and the highest of its year in another table, by 'year'."""
    years = table.rows.drop_duplicates("year").set_index("year")

    def ends(frame: pd.DataFrame) -> pd.DataFrame:
        return years.reindex(frame[date].dt.year)[[low, high]].set_axis(frame.index).astype(float)

    def holds(frame: pd.DataFrame) -> pd.Series:
        span, values = ends(frame), frame[column]
        return ~((values < span[low] * 0.999) | (values > span[high] * 1.001))

    def told(row: pd.Series) -> tuple[str, str]:
        least, most = years.loc[row[date].year, [low, high]]
        return f"{row[column]:g}", f"{least:g} to {most:g} as in {table.name}"

    return [Relation(holds, told)]


def same_as(column: str, table: Other, there: str, match: dict[str, str]) -> list[Relation]:
    """A value is that of another table's column, in the row that ``match`` finds (ours: theirs)."""
    columns = list(match.values())
    rows = table.rows.drop_duplicates(columns)
    keys = rows[columns].itertuples(index=False, name=None)
    known = dict(zip(keys, rows[there].astype(float), strict=True))

    def holds(frame: pd.DataFrame) -> pd.Series:
        ours = frame[list(match)].itertuples(index=False, name=None)
        theirs = [known.get(key, float("nan")) for key in ours]
        return ~((frame[column].astype(float) / theirs - 1).abs() > 1e-3)

    return [
        Relation(holds, lambda row: (f"{column} {row[column]:g}", f"the figure of {table.name}"))
    ]


RELATIONS: dict[str, Callable[..., list[Relation]]] = {
    function.__name__: function
    for function in (
        rising, steady, monthly, ordered, repeats, power_is_energy_over_hours, specific_power,
        within_year, same_as,
    )
}  # fmt: skip
# Arguments that name no column of the table itself.
_ELSEWHERE = {"within", "allowed", "table", "there", "low", "high"}


def misnamed(entry: Entry, columns: Mapping[str, Any]) -> str | None:
    """Say what would be right where an entry of a sidecar names no relation or no column of the table."""
    name, arguments = _called(entry)
    if name not in RELATIONS:
        return f"one of {', '.join(RELATIONS)}, not {name!r}{nearest(name, RELATIONS)}"
    if arguments is None:
        return f"{name} with {', '.join(inspect.signature(RELATIONS[name]).parameters)}"
    if name == "repeats" and arguments["allowed"] != "allowed":
        return "repeats: allowed"
    if name == "steady" and not (isinstance(w := arguments["within"], int | float) and w > 1):
        return "steady with 'within' above one"
    for column in _columns(arguments):
        if not isinstance(column, str) or column not in columns:
            return f"a column of the table, not {column!r}{nearest(str(column), columns)}"
    if "table" in arguments and not all(
        isinstance(name, str) for name in [arguments["table"], *_elsewhere(arguments)]
    ):
        return f"{name} with the name of a table and of its columns"
    return None


def _called(entry: Entry) -> tuple[str, dict[str, Any] | None]:
    """Return a relation's name and its arguments by name; None where they are not the function's."""
    name, given = next(iter(entry.items()), ("", None)) if isinstance(entry, dict) else (entry, [])
    name = str(name)
    if name not in RELATIONS or (isinstance(entry, dict) and len(entry) != 1):
        return name, None
    given = given if isinstance(given, list | dict) else [given]
    try:
        signature = inspect.signature(RELATIONS[name])
        bound = signature.bind(**given) if isinstance(given, dict) else signature.bind(*given)
    except TypeError:
        return name, None
    bound.apply_defaults()
    return name, bound.arguments


def _columns(arguments: Mapping[str, Any]) -> Iterator[Any]:
    """Give the columns of the table itself that the arguments of a relation name."""
    for name, value in arguments.items():
        if name not in _ELSEWHERE:
            yield from value if isinstance(value, list | tuple | dict) else [value]


def _elsewhere(arguments: Mapping[str, Any]) -> list[Any]:
    """Return the columns of the other table that the arguments of a relation name."""
    match = arguments.get("match", {})
    theirs = [arguments[name] for name in ("there", "low", "high") if name in arguments]
    return [*theirs, *(match.values() if isinstance(match, dict) else [match])]


def _other(name: str, rows: pd.DataFrame, columns: list[str]) -> Other:
    where, known = f"a check that looks into {name}", list(rows.columns)
    require(
        [
            Fault(where, f"'{column}'", f"a column of {name}{nearest(column, known)}")
            for column in columns
            if column not in known
        ]
    )
    return Other(name, rows)


def _tables(about: Sidecar) -> set[str]:
    """Return the other tables that a table's checks look into."""
    called = [_called(entry)[1] or {} for entry in about.checks]
    return {arguments["table"] for arguments in called if "table" in arguments}


def relations(about: Sidecar, get: Callable[[str], pd.DataFrame]) -> list[Relation]:
    """Return the relations of one table; ``get`` gives the other tables that they look into."""
    found, names = [], []
    for entry in about.checks:
        name, arguments = _called(entry)
        names.append(name)
        given = dict(arguments or {})
        if "table" in given:
            given["table"] = _other(given["table"], get(given["table"]), _elsewhere(given))
        spread = given.pop("columns", ())
        found += [one._replace(name=name) for one in RELATIONS[name](*spread, **given)]
    return found if "repeats" in names else [*found, _no_repeats(about.key)]


def faults(
    sidecars: Mapping[str, Sidecar],
    get: Callable[[str], pd.DataFrame],
    changed: str | None = None,
) -> list[Fault]:
    """Return every broken relation of the tables that ``get`` gives by name.

    ``changed`` asks for one table only and for those whose checks look into it.
    """
    return [
        fault
        for name, about in sidecars.items()
        if changed in (None, name) or changed in _tables(about)
        for fault in broken(name, get(name), relations(about, get))
    ]


def broken(name: str, frame: pd.DataFrame, wanted: list[Relation]) -> list[Fault]:
    """Check one table with pandera; tell each broken row by its line in the file."""
    checks = [
        pa.Check(relation.holds, name=str(place), ignore_na=False)
        for place, relation in enumerate(wanted)
    ]
    try:
        pa.DataFrameSchema(checks=checks).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [
            fault
            for one in error.schema_errors
            for fault in _told(name, frame, wanted[int(one.check.name)], one.check_output)
        ]
    return []


def _told(
    name: str, frame: pd.DataFrame, relation: Relation, kept: pd.Series | None
) -> list[Fault]:
    """Tell each row that breaks a relation; pandera gives no answer where it could not be computed."""
    if kept is None:
        found = f"{relation.name} of columns that it cannot compare"
        return [Fault(f"{name}.yml checks", found, "numbers with numbers, days with days")]
    return [
        Fault(f"{name}.csv:{row + 2}", *relation.told(frame.loc[row]))
        for row in kept.index[~kept.astype(bool)]
    ]


def _plain(cell: Any) -> Any:
    """Return a day as ISO text, so that it compares with a month or a year."""
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell
