"""Checks between the cells of a table and between tables: what a range per column cannot see.

Each list names relations that hold in the world, not only in our data: a day something is known is
not before the day it speaks of, a low estimate is not above the high one, power is energy over time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from bet.faults import Fault, require
from bet.records.tables import names, sidecar, table

# In every row the cells of these columns do not fall from left to right (empty ones are left out).
RISING: dict[str, list[tuple[str, ...]]] = {
    "agi_forecasts": [("said_on", "public")],
    "ai_build_times": [("days_first", "days"), ("first_event", "reached_100k", "known_from")],
    "ai_price_falls": [("low", "fall_per_year", "high")],
    "ai_price_frontier": [("released", "known_from")],
    "ai_sites": [("date", "known_from")],
    "baron_partners_returns": [("period_end", "public")],
    "baron_start_statements": [("start_low", "start_high")],
    "baron_statements": [("said_on", "due"), ("said_on", "outcome_known_by")],
    "baron_tesla_shares": [("as_of", "public")],
    "baron_tesla_trades": [("start", "end", "public"), ("low_usd", "high_usd"),
                           ("deepest_drawdown_pct", "median_drawdown_pct")],
    "bet_since": [("date", "known_from")],
    "capability_index": [("low", "index", "high"), ("released", "snapshot")],
    "colossus_events": [("date", "public")],
    "forecast_errors": [("said", "due", "known_from")],
    "forecasts": [("made_on", "resolve_by")],
    "fortune_estimates": [("as_of", "public")],
    "grok5_promises": [("said_on", "due")],
    "hardware_promises": [("on", "due")],
    "humanoid_prices": [("dated", "published")],
    "infrastructure_inputs": [("low", "value", "high")],
    "lab_compute": [("low_10k", "h100e_10k", "high_10k"), ("date", "known_from")],
    "launch_prices": [("dated", "published")],
    "largest_cohorts": [("start_list", "end_list")],
    "musk_ai_forecasts": [("said_on", "due"), ("said_on", "delivered")],
    "musk_promises": [("said_on", "due"), ("said_on", "delivered_on")],
    "openai_gifts": [("low_usd_mn", "high_usd_mn")],
    "orbit_studies": [("low", "high")],
    "sales_growth": [("start_list", "end_list")],
    "stake_implied_shares": [("as_of", "published"), ("low_million", "high_million")],
    "stake_spacex_marks": [("as_of", "published")],
    "stake_spacex_values": [("as_of", "published")],
    "stake_weights": [("as_of", "published")],
    "tesla_quarters": [("quarter_end", "known_from")],
    "tsla_year_range": [("low_close_usd", "mean_close_usd", "high_close_usd"),
                        ("low_close_usd", "last_close_usd", "high_close_usd")],
    "us_wages": [("dated", "published")],
}  # fmt: skip

# From row to row of a series no value changes by more than this factor, nor its sign.
STEADY: dict[str, tuple[list[str], dict[str, float]]] = {
    "benchmarks_month_end": ([], {"sp500_price_index": 1.4, "spy_total_return_index": 1.4, "qqq_total_return_index": 1.5}),
    "falcon_mass": ([], {"mass_t": 6.0}),
    "life_table": ([], {"male_death_probability": 1.3, "male_life_expectancy_years": 1.3}),
    "sp500_long": ([], {"price_index": 1.6, "total_return_index": 1.6, "real_total_return_index": 1.6}),
    "tesla_deliveries": ([], {"delivered": 10.0}),
    "tesla_quarters": ([], {"revenue_usd_mn": 1.8}),
    "tsla_month_end": ([], {"close_usd": 2.5}),
    "us_electricity_price": (["sector", "series"], {"price_cents_per_kwh": 1.4, "cpi_u": 1.2}),
    "us_power": (["measure", "status"], {"energy_twh": 1.3, "average_power_gw": 1.3}),
    "bet_since": (["asset", "kind"], {"index": 3.0}),
    "ai_spending": (["company"], {"capital_spending_usd_bn": 4.0}),
}  # fmt: skip

# One row for each month, none left out.
MONTHLY = {"benchmarks_month_end": "date", "sp500_long": "month", "tsla_month_end": "date"}

# Tables that stand in the order of these columns; a shifted date falls out of its place.
ORDERED: dict[str, list[str]] = {
    "accelerators": ["released"],
    "agi_forecasts": ["said_on", "public"],
    "ai_clusters": ["operational"],
    "ai_price_falls": ["known_from"],
    "ai_price_frontier": ["known_from"],
    "ai_spending": ["year", "known_from"],
    "arena_standing": ["snapshot"],
    "baron_partners_returns": ["period_end", "public"],
    "baron_start_statements": ["said_on"],
    "baron_statements": ["said_on"],
    "baron_tesla_shares": ["as_of"],
    "benchmarks_month_end": ["date"],
    "capability_index": ["snapshot"],
    "colossus_events": ["date"],
    "falcon_mass": ["year", "through", "published"],
    "fortune_estimates": ["as_of"],
    "grok_parameters": ["said_on"],
    "grok_releases": ["released"],
    "grok5_promises": ["said_on"],
    "lab_compute": ["date", "known_from"],
    "largest_companies": ["list_year"],
    "optimus_actuators": ["published"],
    "sp500_long": ["month"],
    "spacex_test_flights": ["date"],
    "stake_spacex_marks": ["as_of", "published"],
    "starship_flights": ["launch_date"],
    "tesla_deliveries": ["year", "known_by"],
    "tesla_quarters": ["quarter_end", "known_from"],
    "tsla_month_end": ["date"],
    "tsla_year_range": ["last_day", "low_on", "high_on"],
    "us_wages": ["dated", "published"],
    "xai_founders": ["left"],
    "xai_milestones": ["date"],
}

# Tables whose rows may say the same as the row before under another key.
REPEATS = {"ai_sites", "claim_horizons", "error_families", "grok_parameters", "stake_weights", "xai_founders"}  # fmt: skip


def check() -> None:
    """Raise BadInput naming every row that breaks a relation."""
    require(faults(lambda name: table(name, "9999-12-31")))


def faults(get: Callable[[str], pd.DataFrame], about: str | None = None) -> list[Fault]:
    """Return every broken relation of the tables that ``get`` gives by name, or of one table."""
    known = set(names())
    wanted = known if about is None else {about} & known
    found = []
    for name in sorted(wanted & RISING.keys()):
        found += [f for columns in RISING[name] for f in rising(name, get(name), columns)]
    for name in sorted(wanted & STEADY.keys()):
        by, factors = STEADY[name]
        found += [f for c, most in factors.items() for f in steady(name, get(name), by, c, most)]
    for name in sorted(wanted & MONTHLY.keys()):
        found += monthly(name, get(name), MONTHLY[name])
    for name in sorted(wanted & ORDERED.keys()):
        found += [f for column in ORDERED[name] for f in ordered(name, get(name), column)]
    for name in sorted(wanted - REPEATS):
        found += stale(name, get(name), sidecar(name).key)
    for relation, needed in BETWEEN.items():
        if needed <= known and needed & wanted:
            found += relation(get)
    return found


def rising(name: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[Fault]:
    """Tell the rows where a cell is above one that stands to its right."""
    for row in frame.index:
        cells = [(c, _plain(frame.at[row, c])) for c in columns if pd.notna(frame.at[row, c])]
        for (left, one), (right, other) in pairwise(cells):
            both = isinstance(one, str) and isinstance(other, str)
            length = min(len(one), len(other)) if both else None  # 2025-11 is not after 2025-11-14
            if (one[:length] > other[:length]) if both else one > other:
                yield Fault(_place(name, row), f"{left} after {right}", f"{left} up to {right}")


def steady(
    name: str, frame: pd.DataFrame, by: list[str], column: str, factor: float
) -> Iterator[Fault]:
    """Tell the rows whose value is more than a factor away from the row before, or of another sign."""
    for _, group in frame.groupby(by) if by else [(None, frame)]:
        values = group[column].dropna().astype(float)
        ratio = values / values.shift()
        for row in values.index[(ratio > factor) | (ratio < 1 / factor) | (values <= 0)]:
            expected = f"within {factor:g} times the row before"
            yield Fault(_place(name, row), f"{column} {values[row]:g}", expected)


def monthly(name: str, frame: pd.DataFrame, column: str) -> Iterator[Fault]:
    """Tell the rows that do not lie one month after the row before."""
    months = frame[column].dt.year * 12 + frame[column].dt.month
    for row in frame.index[1:][months.diff()[1:] != 1]:
        yield Fault(_place(name, row), f"{column} {frame.at[row, column]:%Y-%m}", "the next month")


def ordered(name: str, frame: pd.DataFrame, column: str) -> Iterator[Fault]:
    """Tell the rows that stand after a row with a later date."""
    cells = frame[column].dropna()
    for row in cells.index[cells < cells.shift()]:
        yield Fault(_place(name, row), f"{column} {_plain(cells[row])} out of order", "rising rows")


def stale(name: str, frame: pd.DataFrame, key: list[str]) -> Iterator[Fault]:
    """Tell the rows that repeat everything of the row before but the key."""
    rest = frame.drop(columns=key).astype(str)
    for row in frame.index[(rest == rest.shift()).all(axis=1)] if len(rest.columns) else []:
        found = "the values of the row before under another key"
        yield Fault(_place(name, row), found, "its own (or the table in crosschecks.REPEATS)")


def power_is_energy_over_hours(get: Callable[[str], pd.DataFrame]) -> Iterator[Fault]:
    """Average power is the year's energy over its hours."""
    frame = get("us_power")
    days = pd.to_datetime(frame["year"].astype(str) + "-12-31").dt.day_of_year
    off = (frame["energy_twh"] * 1000 / (days * 24) / frame["average_power_gw"] - 1).abs()
    for row in frame.index[off > 0.005]:
        yield Fault(_place("us_power", row), "another average power", "energy over the hours")


def specific_power(get: Callable[[str], pd.DataFrame]) -> Iterator[Fault]:
    """Watts per kilogram are power over mass."""
    frame = get("satellite_power")
    off = (frame["power_kw"] * 1000 / frame["mass_kg"] / frame["w_per_kg"] - 1).abs()
    for row in frame.index[off > 0.05]:
        yield Fault(_place("satellite_power", row), "another w_per_kg", "power over mass")


def closes_in_their_year(get: Callable[[str], pd.DataFrame]) -> Iterator[Fault]:
    """A month's last close lies between the lowest and the highest of its year."""
    years = get("tsla_year_range").drop_duplicates("year").set_index("year")
    frame = get("tsla_month_end")
    for row, date, close in frame[["date", "close_usd"]].itertuples():
        if date.year in years.index:
            low, high = years.loc[date.year, ["low_close_usd", "high_close_usd"]].astype(float)
            if not low * 0.999 <= close <= high * 1.001:
                expected = f"{low:g} to {high:g} as in tsla_year_range"
                yield Fault(_place("tsla_month_end", row), f"{close:g}", expected)


def lists_agree(get: Callable[[str], pd.DataFrame]) -> Iterator[Fault]:
    """A company's value and sales in the cohorts are those of the list of their first year."""
    for name, own, listed in (
        ("largest_cohorts", "start_value_usd_bn", "value_usd_bn"),
        ("sales_growth", "start_sales_usd_bn", "sales_usd_bn"),
    ):
        there = get("largest_companies").drop_duplicates(["list_year", "company"])
        there = there.set_index(["list_year", "company"])[listed]
        frame = get(name)
        keys = list(zip(frame["start_list"], frame["company"], strict=True))
        off = (frame[own].to_numpy(float) / there.reindex(keys).to_numpy(float) - 1) ** 2 > 1e-6
        for row in frame.index[off]:
            found = f"{own} {frame.at[row, own]:g}"
            yield Fault(_place(name, row), found, "the figure of largest_companies")


# Relation -> the tables that it needs.
BETWEEN: dict[Callable, set[str]] = {
    power_is_energy_over_hours: {"us_power"},
    specific_power: {"satellite_power"},
    closes_in_their_year: {"tsla_month_end", "tsla_year_range"},
    lists_agree: {"largest_cohorts", "sales_growth", "largest_companies"},
}


def _plain(cell: Any) -> Any:
    """Return a day as ISO text, so that it compares with a month or a year."""
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell


def _place(name: str, row: int) -> str:
    return f"{name}.csv:{row + 2}"
