"""Power and computing in orbit, chips, robots: step by step from the tables of inputs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import Source

_H = "3_infrastructure"
# What the chapter fixes: life of a site, site power over computing power, servers per watt and their life.
SITE_YEARS, OVERHEAD, SERVER_USD_PER_W, SERVER_YEARS = 14, 1.15, 20.0, 5
STEFAN_BOLTZMANN = 2 * math.pi**5 * 1.380649e-23**4 / (15 * 6.62607015e-34**3 * 299792458**2)
TARGET, FIRST_UNITS, ROBOT_YEARS = 20_000, 1_000, 5


def _p(source: Source, **other: float) -> dict:
    return source.parameters(_H) | other


def inputs(source: Source) -> pd.DataFrame:
    """Return the chapter's table of inputs by item."""
    return source.table("infrastructure_inputs").set_index("item")


def _instalment(rate: float, years: float) -> float:
    """Return the yearly payment on one dollar: one over the present value of a dollar a year."""
    return 1 / sum((1 + rate) ** -year for year in range(1, round(years) + 1))


def _flown(source: Source) -> float:
    sats = source.table("satellite_power")
    return float(sats.w_per_kg[sats.status == "flown"].max())


def _list_price(source: Source) -> float:
    prices = source.table("launch_prices")
    prices = prices[(prices.kind == "list price") & prices.item.str.startswith("Falcon 9")]
    return float(prices.loc[prices.dated.idxmax(), "usd_per_kg"])


def _owner_price(source: Source) -> float:
    prices = source.table("launch_prices").set_index("item")
    return float(prices.usd_per_kg["Falcon 9, full cost to SpaceX, 2020"])


def _tonnes(p: dict) -> float:
    kilograms_per_kw = 1000 / p["specific_power_w_per_kg"]
    return p["orbital_gw_per_year"] * 1e6 * kilograms_per_kw / 1000


def _yearly(p: dict) -> dict[str, float]:
    """Return the yearly dollars per watt of a site, its energy, a satellite with launch, and servers."""
    rate = p["discount_rate"]
    energy = OVERHEAD * 8760 / 1000 * p["ground_usd_per_kwh"]
    site = p["ground_facility_usd_per_w"] * _instalment(rate, SITE_YEARS)
    sent = (
        p["orbit_penalty"]
        * (p["launch_usd_per_kg"] + p["satellite_usd_per_kg"])
        / p["specific_power_w_per_kg"]
    )
    return {
        "energy": energy,
        "ground": site + energy,
        "orbit": sent * _instalment(rate, p["satellite_life_years"]),
        "servers": SERVER_USD_PER_W * _instalment(rate, SERVER_YEARS),
    }


def _times_ground(p: dict) -> float:
    y = _yearly(p)
    return (y["orbit"] + y["servers"]) / (y["ground"] + y["servers"])


def _allowed(p: dict) -> float:
    """Return by bisection what a kilogram may cost, built and launched, for orbit to cost what the ground does."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        y = _yearly(p | {"launch_usd_per_kg": middle, "satellite_usd_per_kg": 0.0})
        low, high = (middle, high) if y["orbit"] < y["ground"] else (low, middle)
    return low


def energy_share(source: Source) -> float:
    """Return energy in the yearly cost of computing on the ground, in per cent."""
    y = _yearly(_p(source))
    return 100 * y["energy"] / (y["ground"] + y["servers"])


def launches(source: Source) -> float:
    """Return the launches a year that the plan needs."""
    p = _p(source)
    return _tonnes(p) / p["payload_t"]


def recent_power(source: Source) -> list[float]:
    """Return the lowest and highest measure of average US power since 2022, in GW."""
    power = source.table("us_power")
    power = power[power.year >= 2022].average_power_gw
    return [power.min(), power.max()]


def power_from_energy(source: Source) -> tuple[float, float]:
    """Return the same in GW from the energies of the same rows, half a GW wider: an outside bracket."""
    power = source.table("us_power")
    power = power[power.year >= 2022]
    hours = np.where(power.year % 4 == 0, 8784, 8760)
    gw = 1000 * power.energy_twh / hours
    return float(gw.min()) - 0.5, float(gw.max()) + 0.5


def _generated(source: Source) -> pd.Series:
    power = source.table("us_power")
    return power[power.measure == "generation, all sectors"].set_index("year").average_power_gw


def _falcon(source: Source) -> pd.DataFrame:
    return source.table("falcon_mass").sort_values("through")


def _falcon_rate(source: Source) -> float:
    last = _falcon(source).iloc[-1]
    return (
        float(last.mass_t) / (last.through - pd.Timestamp(last.through.year - 1, 12, 31)).days * 365
    )


def _paces(source: Source) -> list[float]:
    """Return yearly growth of Falcon's mass since 2012, then the years to the plan at that, the best and the worst pace."""
    mass = _falcon(source).groupby("year").mass_t.last()
    mass[mass.index[-1]] = _falcon_rate(source)
    mass = mass[mass.index >= 2012]
    mean = (mass.iloc[-1] / mass.iloc[0]) ** (1 / (len(mass) - 1))
    spans = [(mass.iloc[i + 5] / mass.iloc[i]) ** 0.2 for i in range(len(mass) - 5)]
    gap = math.log10(_tonnes(_p(source)) / _falcon_rate(source))
    return [mean, *(gap / math.log10(pace) for pace in (mean, max(spans), min(spans)))]


def _radiator(p: dict) -> float:
    """Return the square metres of a two-sided panel per kilowatt."""
    return 1000 / (2 * 0.9 * STEFAN_BOLTZMANN * p["radiator_k"] ** 4)


def _kept(p: dict) -> float:
    """Return what reaches the chips of an array's power when new: losses on the way, and cells that age."""
    months = np.arange(0.5, 12 * round(p["satellite_life_years"])) / 12
    return 0.85 * float(np.mean((1 - 0.025) ** months))


def _array_km2(p: dict) -> float:
    per_m2 = 1361 * 0.30 * 0.9 * 0.985 * _kept(p)
    return p["orbital_gw_per_year"] * 1e9 / per_m2 / 1e6


def _robots(rate: float, first: float) -> float:
    """Count doublings until a robot costs the target."""
    return FIRST_UNITS * 2 ** (math.log(TARGET / first) / math.log(1 - rate))


def _premium(source: Source) -> float:
    """Add up what robots cost above the target, by the middle of many small steps in the number built."""
    p = _p(source)
    first, rate = p["robot_first_cost_usd"], p["robot_learning_rate"]
    edges = np.geomspace(FIRST_UNITS, _robots(rate, first), 20_001)
    middles = (edges[1:] + edges[:-1]) / 2
    cost = first * (1 - rate) ** np.log2(middles / FIRST_UNITS)
    return float(((cost - TARGET) * np.diff(edges)).sum())


def _bill(source: Source, share: float) -> float:
    """Return by what factor a bill of 100 dollars falls when a part of it gets as cheap as claimed."""
    ratio = _p(source)["chip_cost_ratio"]
    return 100 / (100 - 100 * share + 100 * share * ratio)


def _servers_share(source: Source) -> float:
    return float(inputs(source).value["servers in the yearly cost"])


def _real(source: Source, series: str, sector: str) -> pd.Series:
    t = source.table("us_electricity_price")
    base = t.cpi_u[t.year == t.year.max()].iloc[0]
    t = t[(t.series == series) & (t.sector == sector)].set_index("year")
    return t.price_cents_per_kwh / t.cpi_u * base


def _tariffs(source: Source) -> list[float]:
    real, city = _real(source, "EIA", "all"), _real(source, "BLS", "residential")
    t = source.table("us_electricity_price")
    paid = (
        t[(t.series == "EIA") & (t.sector == "all")].set_index("year").price_cents_per_kwh.tolist()
    )
    values = real.tolist()
    fell = sum(b < a for a, b in itertools.pairwise(values)) / (len(values) - 1)
    rose = sum(b > a for a, b in itertools.pairwise(paid)) / (len(paid) - 1)
    return [
        100 * (1 - values[-1] / values[0]),
        100 * fell,
        100 * rose,
        100 * (city.iloc[-1] / city[2021] - 1),
    ]


def _growth_of(source: Source, by: str) -> float:
    """Return the yearly factor of work per dollar or per watt, by the least squares of numpy."""
    chips = source.table("accelerators")
    years = chips.released.dt.year + chips.released.dt.day_of_year / 365
    return float(np.exp(np.polyfit(years, np.log(chips.tflops_fp16 / chips[by]), 1)[0]))


def _price_falls(source: Source) -> pd.Series:
    return source.table("ai_price_falls").fall_per_year


def _hour(source: Source) -> list[float]:
    p, wages = _p(source), source.table("us_wages").set_index("occupation").pay_usd_per_hour
    yearly = TARGET / ROBOT_YEARS + p["robot_upkeep_usd_per_year"]
    return [
        yearly / p["robot_hours_per_year"],
        wages["Cleaners"],
        yearly / wages["Cleaners"],
        100 * p["robot_upkeep_usd_per_year"] / yearly,
    ]


def _offers(source: Source) -> list[float]:
    t = source.table("humanoid_prices")
    t = t[t.kind.isin(["list", "pre-order", "reported"])]
    low = t[t.price_usd <= TARGET].kind.tolist()
    return [
        low.count("list"),
        len(t),
        low.count("pre-order"),
        low.count("reported"),
        t.price_usd.min(),
    ]


def _robot_row(rate: int) -> Headline:
    row = rf"\| {rate}% \| ([\d,.]+(?: million)?) \| ([\d,.]+(?: million)?) \| ([\d,.]+(?: million)?) \|"
    return Headline(f"robots at {rate} % a doubling", _H, row,
                    lambda s: [_robots(rate / 100, times * _p(s)["robot_first_cost_usd"]) for times in (0.5, 1, 2.5)], 2)  # fmt: skip


def break_even(source: Source) -> float:
    """Return the launch price in dollars a kilogram at which orbit costs what the ground does."""
    return _allowed(_p(source)) - _p(source)["satellite_usd_per_kg"]


def ground_bill(source: Source) -> float:
    """Return the yearly dollars a watt of a data centre on the ground, servers included."""
    y = _yearly(_p(source))
    return y["ground"] + y["servers"]


def hot_radiator(source: Source) -> float:
    """Return how hot in kelvin the radiator must be that SpaceX claims."""
    claimed = inputs(source).value["radiator claimed by SpaceX"]
    return (claimed / (2 * 0.9 * STEFAN_BOLTZMANN)) ** 0.25


HEADLINES = [
    Headline("mass with SpaceX's design", _H, r"offers (\d+) W per kg, and the plan would then need ([\d.]+ million) tonnes a year",
             lambda s: [w := s.table("satellite_power").set_index("name").w_per_kg["SpaceX AI1"], _tonnes(_p(s, specific_power_w_per_kg=w))], 3),
    Headline("a quarter of US power?", _H, r"Not quite, about a fifth: ([\d.]+)% of (\d+) GW. Of the article's (\d+) GW it is ([\d.]+)%, and of the (\d+) GW that Musk named it is ([\d.]+)%",
             lambda s: [100 * (p := _p(s))["orbital_gw_per_year"] / p["us_average_power_gw"], p["us_average_power_gw"],
                        (a := inputs(s).value["US average power, printed in the article"]), 100 * p["orbital_gw_per_year"] / a,
                        (b := inputs(s).value["US average power, Musk at the conference"]), 100 * p["orbital_gw_per_year"] / b]),
    Headline("US average power", _H, r"run from (\d+) GW to (\d+) GW", recent_power),
    Headline("US average power on the card", _H, r"card INFRA-60 us_average_power: (\d+) to (\d+) GW", recent_power),
    Headline("share of US power on the card", _H, r"card INFRA-61 share_of_us_power: ([\d.]+)% to ([\d.]+)%",
             lambda s: [100 * 100 / gw for gw in recent_power(s)[::-1]]),
    Headline("when 160 and 400 GW were right", _H, r"last right in about (\d{4})\..*?generated so little in (\d{4})",
             lambda s: [(g := _generated(s))[g >= 160].index[0], g[g <= 400].index[-1]], EXACT),
    Headline("the stock", _H, r"After five years, (\d+) GW would be at work.*?after ([\d.]+) years.*?level off at (\d+) GW.*?draw (\d+) GW on average in 2030",
             lambda s: [sum([(p := _p(s))["orbital_gw_per_year"]] * min(p["orbital_years"], round(p["satellite_life_years"]))), p["us_average_power_gw"] / p["orbital_gw_per_year"],
                        p["orbital_gw_per_year"] * p["satellite_life_years"], inputs(s).value["data centres of the world in 2030"] / 8.76], (3, 2, 3, 3)),
    Headline("launches by payload", _H, r"one day, the plan needs ([\d,]+) launches a year. With the largest payload .*?, (\d+) t on flight (\d+), it needs ([\d,]+) launches a year\.",
             lambda s: [_tonnes(_p(s)) / 200, (f := (t := s.table("starship_flights"))[t.outcome != "failure"].sort_values("payload_t").iloc[-1]).payload_t, f.flight,
                        _tonnes(_p(s)) / f.payload_t], 3),
    Headline("launches beside the world's", _H, r"([\d,]+) launches \(([\d.]+) a day\) of (\d+) t each. The whole world made (\d+) in 2025",
             lambda s: [n := _tonnes(_p(s)) / _p(s)["payload_t"], n / 365, _p(s)["payload_t"], inputs(s).value["orbital launches of the world in 2025"]], (3, 2, 3, 3)),
    Headline("what Falcon lofted", _H, r"lifted ([\d,]+) t from .*?, a rate of ([\d,]+) t a year\. From [\w ]+ SpaceX launched about (\d+)%",
             lambda s: [_falcon(s).mass_t.iloc[-1], _falcon_rate(s), 100 * inputs(s).value["SpaceX share of the mass launched in the world"]]),
    Headline("paces of the past", _H, r"lifted ([\d.]+) times as much each year as the year before.*?it would be (\d+) years before Falcon lifted in a year as much as the plan needs\..*?would reach what the plan needs in (\d+) years\. If it grew as in the worst five, that would take (\d+) years\.", _paces, 2),
    Headline("three years", _H, r"a factor of ([\d.]+) each year", lambda s: (1e6 / _falcon_rate(s)) ** (1 / 3), 2),
    Headline("areas", _H, r"needs (\d+) km² of solar panels, a square with sides of (\d+) km.*? needs ([\d.]+) m² for each kilowatt\. The panels deliver about ([\d.]+) GW so that 100 GW reach the chips, and shedding all of it needs ([\d.]+) km² of radiators",
             lambda s: [_array_km2(_p(s)), math.sqrt(_array_km2(_p(s))), _radiator(_p(s)), _p(s)["orbital_gw_per_year"] / 0.85, _p(s)["orbital_gw_per_year"] / 0.85 * _radiator(_p(s))], (3, 2, 2, 3, 3)),
    Headline("a hot radiator", _H, r"that needs a panel at (\d+) K",
             hot_radiator),
    Headline("a rack", _H, r"rack of today's servers, without the satellite, offers (\d+) W per kg",
             lambda s: 1000 * inputs(s).value["server rack GB200 NVL72, power"] / inputs(s).value["server rack GB200 NVL72, mass"], 2),
    Headline("cost of the ground", _H, r"With capital costing 8% a year, that makes (\$[\d.]+) for each watt each year", lambda s: _yearly(_p(s))["ground"]),
    Headline("what a kilogram may cost", _H, r"must cost no more than (\$\d+), building and launch together.*?must cost no more than (\$\d+)\. .*?Launch alone costs (\$\d+) a watt at the",
             lambda s: [_allowed(_p(s)), _allowed(_p(s)) - _p(s)["satellite_usd_per_kg"], _p(s)["launch_usd_per_kg"] / _p(s)["specific_power_w_per_kg"]]),
    Headline("servers and energy", _H, r"Servers take (\d+)% and energy ([\d.]+)% of the yearly cost on the ground in our model. Epoch AI, .*? servers at (\d+)% and energy at ([\d.]+)%",
             lambda s: [100 * (y := _yearly(_p(s)))["servers"] / (y["servers"] + y["ground"]), energy_share(s), 100 * _servers_share(s),
                        100 * inputs(s).value["energy in the yearly cost"] / inputs(s).value["yearly cost of a gigawatt"]], 2),
    Headline("power price", _H, r"all users was ([\d.]+)% lower in 2023 than in 1960.*?fell in (\d+)% of all years.*?rose in (\d+)% of the years.*?rose by (\d+)% in real terms",
             _tariffs, (3, 2, 2, 2)),
    Headline("below its peak", _H, r"is still (\d+)% below its peak", lambda s: 100 * (1 - (c := _real(s, "BLS", "residential")).iloc[-1] / c.max()), 2),
    Headline("servers as cheap", _H, r"If they too fell to 10% of their price, the bill would fall only by a factor of ([\d.]+)\.", lambda s: _bill(s, _servers_share(s)), 2),
    Headline("a hundredfold", _H, r"chips would have to be (\d+)% of the bill", lambda s: 100 * 0.99 / (1 - _p(s)["chip_cost_ratio"])),
    Headline("the monthly bill on the card", _H, r"card INFRA-46 monthly_cost_later: \$([\d,]+) to \$([\d,]+) per month",
             lambda s: [20_000 * (1 - (b := max(_servers_share(s), _p(s)["chip_share_of_cost"])) + b * _p(s)["chip_cost_ratio"] / 3), 90_000 / _bill(s, _p(s)["chip_share_of_cost"])], (2, 3)),
    Headline("price of a result", _H, r"factor of ([\d.]+) to (\d+) a year by our calculation, and by (\d+) in the median case.*?takes ([\d.]+) years, and at the slowest rate ([\d.]+)",
             lambda s: [(f := _price_falls(s)).min(), f.max(), (m := sorted(f)[len(f) // 2]), 2 / math.log10(m), 2 / math.log10(f.min())], (1, 2, 2, 2, 2)),
    Headline("work per dollar and watt", _H, r"each year brought ([\d.]+) times the work per dollar .*? and ([\d.]+) times the work per watt\. At that rate a tenfold gain per dollar takes ([\d.]+) years",
             lambda s: [_growth_of(s, "price_usd"), _growth_of(s, "power_w"), 1 / math.log10(_growth_of(s, "price_usd"))], (3, 3, 2)),
    Headline("months of output", _H, r"([\d,]+) robots are ([\d.]+) months of output",
             lambda s: [n := _robots((p := _p(s))["robot_learning_rate"], p["robot_first_cost_usd"]), 12 * n / 1e6], (3, 2)),
    Headline("years at some hundreds a week", _H, r"At 400 a week, building ([\d,]+) would take ([\d.]+) years",
             lambda s: [n := _robots((p := _p(s))["robot_learning_rate"], p["robot_first_cost_usd"]), n / 400 / 52], (3, 2)),
    Headline("ends of a robot's hour", _H, r"With 4,000 hours a year and no upkeep the hour costs (\$[\d.]+)\. With 2,000 hours and \$40,000 of upkeep it costs (\$[\d.]+)",
             lambda s: [TARGET / ROBOT_YEARS / (h := inputs(s).loc["hours of use a year"]).high, (TARGET / ROBOT_YEARS + inputs(s).loc["upkeep of a commercial humanoid"].high) / h.low], 2),
    Headline("doublings and robots", _H, r"after ([\d.]+) doublings, at ([\d,]+) robots. A saving of 10% a doubling would need ([\d.]+ million) robots, and a saving of 20% only ([\d,]+) robots.*?spends (\$\d+ million) more than they would",
             lambda s: [math.log2((n := _robots((p := _p(s))["robot_learning_rate"], (f := p["robot_first_cost_usd"]))) / FIRST_UNITS), n, _robots(0.1, f), _robots(0.2, f), _premium(s)],
             (2, 3, 3, 3, 3)),
    *(_robot_row(rate) for rate in (10, 15, 20)),
    Headline("humanoids on sale", _H, r"By \w+ \d{4} (\w+) of the (\w+) humanoid robots whose price we found were on sale below \$20,000\. (\w+) more could be ordered for \$20,000 or less, and (\w+) was reported at that price\. The cheapest, [\w' ]+ at (\$[\d,]+), is", _offers, EXACT),
    Headline("an hour of a robot", _H, r"costs (\$[\d.]+) an hour, against (\$[\d.]+) for a cleaner, the US median of May 2024. The robot matches that wage if it works ([\d,]+) hours a year. Of the \$[\d.]+, upkeep accounts for (\d+)%", _hour, (2, 4, 3, 2)),
    Headline("one for everyone", _H, r"means ([\d.]+ billion) robots\. At \$20,000 each they would cost (\$\d+ trillion), ([\d.]+) times what the world produces",
             lambda s: [(n := inputs(s).value["people in 2024"]), n * TARGET, n * TARGET / inputs(s).value["output in 2025"]], (3, 3, 2)),
]  # fmt: skip
