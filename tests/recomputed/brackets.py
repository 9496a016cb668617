"""What others found of the same thing: published studies, statements, and other rows and tables.

Each bracket comes from records that the recomputation of the value does not use.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.recomputed import grok, machines, people, stake, thesis
from tests.recomputed.source import Source


def _thresholds(source: Source) -> tuple[float, float]:
    """Return the launch prices at which Google and BCG find orbit worth its while, in dollars a kilogram."""
    prices = source.table("launch_prices")
    prices = prices.usd_per_kg[prices.kind == "threshold"]
    return float(prices.min()), float(prices.max())


def _epoch_bill(source: Source) -> tuple[float, float]:
    """Return the yearly dollars a watt of a data centre in Epoch AI's model."""
    row = machines.inputs(source).loc["yearly cost of a gigawatt"]
    return float(row.low) / 1e9, float(row.high) / 1e9


def _epoch_energy(source: Source) -> tuple[float, float]:
    """Return energy in that bill in per cent, at its highest and at its lowest total."""
    items = machines.inputs(source)
    total, energy = items.loc["yearly cost of a gigawatt"], items.value["energy in the yearly cost"]
    return 100 * energy / float(total.high), 100 * energy / float(total.low)


def _radiators(source: Source) -> tuple[float, float]:
    low, high = machines.inputs(source).loc["radiator temperature", ["low", "high"]]
    return float(low), float(high)


def _reported(source: Source) -> tuple[float, float]:
    """Return the firm's gain in dollars as three reports of the interview have it, a tenth wider."""
    told = [end for n in (1, 2, 3) for end in source.fact(f"twelve-billion-{n}")]
    return 0.9e9 * min(told), 1.1e9 * max(told)


def _spacex_told(source: Source) -> tuple[float, float]:
    """Return the stake's worth in dollars by his word of June 2025, at 350 billion, up to the price of December."""
    worth = source.fact("twelve-billion-6")[0]
    return 1e9 * worth, 2e9 * worth


def _company_count(source: Source) -> tuple[float, float]:
    """Return the days of Colossus as the company counts them, and as the site after it took."""
    days = source.table("ai_build_times").set_index("site").days
    return source.parameters("2_grok")["days_to_build"], float(days["Colossus 2"])


def _all_users(source: Source) -> tuple[float, float]:
    """Return the estimates' own interval for xAI's computing, in H100 equivalents."""
    t = source.table("lab_compute")
    row = t[(t.basis == "estimate") & (t.lab == "xAI")].iloc[0]
    return 1e4 * float(row.low_10k), 1e4 * float(row.high_10k)


def _marked(source: Source) -> tuple[float, float]:
    """Return Tesla's multiple from the cheapest and the dearest close of the years of the purchase."""
    years = source.table("tsla_year_range").set_index("year")
    window, day = years.loc[2014:2016], years.loc[2025]
    return float(day.low_close_usd / window.high_close_usd.max()), float(
        day.high_close_usd / window.low_close_usd.min()
    )


def _after_a_rise(source: Source) -> tuple[float, float]:
    """Return in per cent nothing, and how many shares that had risen fivefold did so again at any time."""
    rates = source.table("published_base_rates")
    return 1.0, float(rates.value[rates.outcome == "rose fivefold again"].iloc[0])


BRACKETS: dict[str, tuple[Callable[[Source], float], Callable[[Source], tuple[float, float]]]] = {
    "launch price at which orbit pays": (machines.break_even, _thresholds),
    "yearly bill of a data centre": (machines.ground_bill, _epoch_bill),
    "energy in the bill": (machines.energy_share, _epoch_energy),
    "US power, lowest": (lambda s: machines.recent_power(s)[0], machines.power_from_energy),
    "US power, highest": (lambda s: machines.recent_power(s)[1], machines.power_from_energy),
    "a hot radiator": (machines.hot_radiator, _radiators),
    "the firm's gain": (stake.total, _reported),
    "the SpaceX stake": (stake.spacex, _spacex_told),
    "weight of what the firm manages": (stake.managed, lambda s: tuple(stake.parts_of_assets(s))),
    "mean close since 2023": (stake.mean_close, stake.tesla_closes),
    "Tesla's multiple": (people.multiple, _marked),
    "giants that made five times": (lambda s: thesis.kept_pace(s)[2], _after_a_rise),
    "days to build": (lambda s: float(grok.builds(s)[0].min()), _company_count),
    "computing of xAI": (lambda s: grok.used(s)[0], _all_users),
}  # fmt: skip
