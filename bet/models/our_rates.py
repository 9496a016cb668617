"""The base rates that our own forecasts start from, counted in the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from bet.models import promises
from bet.models.base_rates import windows

SAME = 0.03  # a rate counted again that differs by no more is called the same


class Rate(NamedTuple):
    """A base rate: cases that came true of cases seen, or a rate that was published as such."""

    hits: float
    total: float

    @property
    def share(self) -> float:
        """One hit and one miss are added (Laplace), so that nothing counts as impossible or sure."""
        return (self.hits + 1) / (self.total + 2)


def rates(table: Callable[[str], pd.DataFrame], day: str) -> dict[str, float]:
    """Return every base rate that the forecasts start from, on what the tables held by a day.

    ``table`` gives a table by name, filtered to the day. A rate whose cases do not exist yet is left out.
    """
    counted = {name: count(table, day) for name, count in COUNTS.items()}
    found = {name: rate.share for name, rate in counted.items() if rate.total > 0}
    return found | {name: rate(table) for name, rate in PUBLISHED.items()}


def _cohort(test: Callable[[pd.Series], pd.Series]) -> Callable[[Callable, str], Rate]:
    def count(table: Callable, day: str) -> Rate:
        multiples = table("largest_cohorts")["multiple"].fillna(0.0)
        return Rate(int(test(multiples).sum()), len(multiples))

    return count


def _settled(made: pd.DataFrame, day: str) -> Rate:
    states = promises.promise_states(made, day)
    return Rate(int((states == "kept").sum()), int(states.isin(promises.SETTLED).sum()))


def _kept(domain: str | None = None) -> Callable[[Callable, str], Rate]:
    def count(table: Callable, day: str) -> Rate:
        made = table("musk_promises")
        return _settled(made if domain is None else made[made["domain"] == domain], day)

    return count


def _late_by(years: float) -> Callable[[Callable, str], Rate]:
    def count(table: Callable, day: str) -> Rate:
        made = table("musk_promises").dropna(subset=["due"])
        return Rate(*promises.fallen_due(made["due"], made["delivered_on"], day, 365.25 * years))

    return count


def _launches(table: Callable, day: str) -> Rate:
    made = table("musk_promises")
    return _settled(made[made["what"].str.contains(r"\d+ (?:\w+ )?launches")], day)


def _grok5_dates(table: Callable, day: str) -> Rate:
    dates = table("grok5_promises")
    due = dates.loc[dates["kind"] == "release", "due"]
    out = table("grok_releases").query("model == 'Grok 5'")["released"].min()
    return Rate(*promises.fallen_due(due, pd.Series(out, due.index, dtype=due.dtype), day))


def _products_soon(table: Callable, day: str) -> Rate:
    named = table("musk_ai_forecasts").query("topic == 'product' and outcome_known")
    return Rate(*promises.fallen_due(named["due"], named["delivered"], day, grace_days=183))


def _arena_first(table: Callable, day: str) -> Rate:
    ranks = table("arena_standing").query("lab == 'xAI'")["rank"]
    return Rate(int((ranks == 1).sum()), len(ranks))


def _largest_site(table: Callable, day: str) -> Rate:
    sites = table("ai_sites")
    quarters = pd.date_range("2024-09-30", min(pd.Timestamp(day), sites["date"].max()), freq="QE")
    wide = (
        sites.pivot_table(index="date", columns="site", values="h100_equivalents")
        .sort_index(kind="stable")
        .ffill()
    )
    owner = sites.drop_duplicates("site").set_index("site")["owner"]
    tops = [owner[wide.loc[:quarter].iloc[-1].idxmax()] for quarter in quarters]
    return Rate(tops.count("Musk group"), len(tops))


def _few_percent(table: Callable, day: str) -> Rate:
    spending = table("ai_spending")
    wide = spending.pivot(index="year", columns="company", values="capital_spending_usd_bn")
    own = [name for name in wide.columns if "xAI" in name]
    share = (
        (wide[own].sum(axis=1) / wide.sum(axis=1))[wide[own].notna().any(axis=1)]
        if own
        else pd.Series(dtype=float)
    )
    return Rate(int((share < 0.1).sum()), len(share))


def _cheap_humanoids(table: Callable, day: str) -> Rate:
    offered = table("humanoid_prices").query("kind in ('list', 'pre-order', 'reported')")
    return Rate(int((offered["price_usd"] <= 20_000).sum()), len(offered))


def _tesla_profit(table: Callable, day: str) -> Rate:
    years = (
        table("tesla_quarters")
        .sort_values("quarter_end", kind="stable")["net_income_usd_mn"]
        .rolling(4)
        .sum()
        .dropna()
    )
    return Rate(int((years > 12_000).sum()), len(years))


def _fewer_shares(table: Callable, day: str) -> Rate:
    told = table("baron_tesla_shares").query("scope != 'own'").sort_values("as_of", kind="stable")
    steps = told.groupby("scope")["shares_million"].diff().dropna()
    return Rate(int((steps < 0).sum()), len(steps))


def _orbit_cheaper(table: Callable, day: str) -> Rate:
    ratios = table("orbit_studies").query("metric == 'orbit over ground'")
    return Rate(int((ratios["low"] <= 1).sum()), len(ratios))


def _dearer_power(table: Callable, day: str) -> Rate:
    homes = table("us_electricity_price").query("sector == 'residential' and series == 'BLS'")
    real = (
        (homes["price_cents_per_kwh"] / homes["cpi_u"])
        .set_axis(homes["year"])
        .sort_index(kind="stable")
    )
    change = windows(real, 5)
    return Rate(int((change > 1).sum()), len(change))


def _trillion_weeks(table: Callable, day: str) -> Rate:
    index = (
        table("bet_since")
        .query("asset == 'SpaceX' and kind == 'market'")
        .sort_values("date", kind="stable")["index"]
    )
    return Rate(int((index >= index.iloc[0]).sum()), len(index)) if len(index) else Rate(0, 0)


def _survival(table: Callable) -> float:
    deaths = table("life_table").set_index("age")["male_death_probability"]
    return float((1 - deaths.loc[83:85]).prod())


def _metaculus(table: Callable) -> float:
    rows = table("agi_forecasts").query("forecaster == 'Metaculus community' and by_year == 2030")
    return float(rows["chance_pct"].iloc[-1]) / 100


COUNTS: dict[str, Callable[[Callable, str], Rate]] = {
    "five times in ten years": _cohort(lambda m: m >= 5),
    "eight times in ten years": _cohort(lambda m: m >= 8),
    "three times in ten years": _cohort(lambda m: m >= 3),
    "twice in ten years": _cohort(lambda m: m >= 2),
    "less after ten years": _cohort(lambda m: m < 1),
    "promises kept": _kept(),
    "robot promises kept": _kept("Optimus"),
    "delivered three years late or sooner": _late_by(3),
    "launch counts kept": _launches,
    "dates of Grok 5 kept": _grok5_dates,
    "models out within half a year of the date": _products_soon,
    "months first in the arena": _arena_first,
    "quarters with the largest site": _largest_site,
    "years below a tenth of the spending": _few_percent,
    "humanoids at 20,000 dollars or less": _cheap_humanoids,
    "years of profit above 12 billion": _tesla_profit,
    "counts with fewer shares": _fewer_shares,
    "studies that find orbit cheaper": _orbit_cheaper,
    "five-year spans with dearer power": _dearer_power,
    "weeks above the first close": _trillion_weeks,
}


PUBLISHED: dict[str, Callable[[Callable], float]] = {
    "survival from 83 to 86": _survival,
    "median of a forecasting community": _metaculus,
}
