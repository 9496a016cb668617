"""The cover: what the chapters found, once more from the tables."""

from __future__ import annotations

from tests.recomputed import machines, people, stake, thesis, verdict
from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import JUDGED, Source

_H = "index"


def _tens(source: Source) -> list[float]:
    f = verdict.far(source)
    return [
        len(f),
        sum((f.middle >= 7) & (f.middle <= 15)),
        sum((f.middle >= 1e5) & (f.middle <= 1e7)),
    ]


def _added(source: Source) -> list[float]:
    plan = source.parameters("3_infrastructure")["orbital_gw_per_year"]
    return [100 * plan / gw for gw in machines.recent_power(source)[::-1]]


def _tonnes(source: Source) -> float:
    """Return the mass of a year of the orbital plan in tonnes: watts over watts per kilogram."""
    p = source.parameters("3_infrastructure")
    return p["orbital_gw_per_year"] * 1e9 / p["specific_power_w_per_kg"] / 1000


def _falcon_rate(source: Source) -> float:
    """Return what Falcon 9 lifted in the last year of the table, in tonnes, scaled to twelve months."""
    last = source.table("falcon_mass").sort_values("through").iloc[-1]
    return float(last.mass_t / last.through.day_of_year * 365)


def _confidence(source: Source, level: str) -> float:
    t = source.ledger()
    return float(sum(t.verdict.isin(JUDGED) & (t.confidence == level)))


def _companies(source: Source) -> list[float]:
    """Return how many companies grew fivefold in any of the decades, and how many there are."""
    t = source.table("largest_cohorts")
    return [t[t.multiple >= 5].company.nunique(), t.company.nunique()]


def _weights(source: Source) -> list[float]:
    t = source.ledger()
    t = t[t.verdict.isin(JUDGED)]
    return [100 * (t.verdict == "supported")[t.importance == level].mean() for level in (1, 2, 3)]


def _profit_needed(source: Source) -> float:
    return thesis.needed_value(source) / source.parameters("4_thesis")["exit_pe"]


def _profits_needed(source: Source) -> list[float]:
    price = source.parameters("4_thesis")["exit_pe"]
    return [price, _profit_needed(source), _profit_needed(source) / 2, 2 * price]


def _gone(source: Source) -> float:
    """Return in per cent how many of the shares bought had been sold or handed over by the article's day."""
    p = source.parameters("0_stake")
    return 100 * (p["shares_bought_m"] - p["shares_left_m"]) / p["shares_bought_m"]


def _profit_then(source: Source) -> float:
    t = source.table("tesla_quarters").sort_values("quarter_end")
    return 1e6 * t[t.quarter_end <= "2025-09-30"].net_income_usd_mn.tail(4).sum()


def _in_2012(source: Source) -> float:
    return source.table("tsla_year_range").set_index("year").high_close_usd[2012]


def _starts(source: Source) -> list[float]:
    t = source.table("baron_start_statements")
    return [len(t), sum(t.start_low > "2012-12-31")]


def _grok(source: Source) -> list[float]:
    t = source.table("grok_parameters")
    told = t[(t.basis == "Musk") & (t.said_on == "2025-11-14")].set_index("model").parameters_1e12
    return [told["Grok 4"], told["Grok 5"]]


def _kept(source: Source) -> list[float]:
    """Return the three stakes in dollars on the article's day and at the last close, nothing sold."""
    p = source.parameters("0_stake")
    close = source.table("tsla_month_end").sort_values("date").close_usd.iloc[-1]
    deals = source.table("stake_spacex_marks").sort_values("as_of")
    level, joined = deals.relative.iloc[-1], deals.relative[deals.with_xai].iloc[0]
    tesla, spacex = 1e6 * p["shares_left_m"], 1e7 * p["spacex_value_usd_bn"] * p["spacex_stake_pct"]
    xai = 1e9 * p["xai_value_usd_bn"]
    return [
        tesla * p["share_price_usd"] + spacex + xai,
        tesla * close + spacex * level + xai * p["xai_uplift"] * level / joined,
    ]


HEADLINES = [
    Headline("claims by verdict", _H, r"Of (\d+) claims (\d+) hold, (\d+) hold in part and (\d+) are contradicted. The other (\d+)",
             lambda s: [(n := len(s.ledger())), *(verdict.verdicts(s)[v] for v in JUDGED), n - verdict.judged(s)], EXACT),
    Headline("claims judged", _H, r"Of (\d+) judged claims, (\d+) hold, (\d+) partly and (\d+) are wrong",
             lambda s: [verdict.judged(s), *(verdict.verdicts(s)[v] for v in JUDGED)], EXACT),
    Headline("weighty claims", _H, r"Of (\d+) judged claims that we think it rests on, (\d+) hold, (\d+) hold in part and (\d+) are contradicted\. (\w+) of the (\d+) get a date, a number word or a digit wrong", verdict.weighty, EXACT),
    Headline("lighter claims", _H, r"Of the claims that matter less, (\d+)% hold in full, and of the details (\d+)% do", lambda s: _weights(s)[1::-1], 2),
    Headline("figures far off", _H, r"(\w+) of its figures are wrong by more than a factor of two, even measured against the nearer end of the range we found\. (\w+) of them are about ten times too large and (\w+) about a million times", _tens, EXACT),
    Headline("figures off by ten", _H, r"(\w+) (?:printed )?figures are about ten times too large", lambda s: _tens(s)[1], EXACT),
    Headline("the pace", _H, r"Its share price must rise by ([\d.]+)% a year", thesis.pace),
    Headline("the profit", _H, r"yearly profit of (\$[\d.]+ billion)", _profit_needed),
    Headline("the profit at two prices", _H, r"At (\d+) \[times earnings\]\(glossary\.md#price-earnings-ratio\) that takes \[a yearly profit\]\(4_thesis\.ipynb\) of (\$[\d.]+ billion), or (\$[\d.]+ billion) at (\d+) times", _profits_needed),
    Headline("Tesla's profit", _H, r"Tesla earned (\$[\d.]+ billion) in the year before the article and (\$[\d.]+ billion) in the year to June 2026", lambda s: [_profit_then(s), thesis.profit_now(s)], 2),
    Headline("the scorecard", _H, r"\d+ claims (\d+) supported (\d+) partly (\d+) contradicted (\d+) open (\d+) unverified (\d+) opinion",
             lambda s: [verdict.verdicts(s)[v] for v in (*JUDGED, "open", "unverified", "opinion")], EXACT),
    Headline("his own part", _H, r"own (?:part|gain) was \$([\d.]+) to \$([\d.]+) billion", lambda s: [v / 1e9 for v in stake.range_own(s)], 1),
    Headline("his own part, chart", _H, r"with his funds, is ([\d.]+), and the lower, of what he holds directly, is ([\d.]+)", lambda s: [v / 1e9 for v in stake.range_own(s)[::-1]]),
    Headline("the gain", _H, r"Baron and his clients gained (\$[\d.]+ billion)", stake.total),
    Headline("the rebuilt gain", _H, r"the gain comes to (\$[\d.]+ billion), and (\d+)% of that was still on paper", lambda s: [stake.total(s), stake.paper(s)], (3, 2)),
    Headline("the cost and 2012", _H, r"paid (\$[\d.]+) a share on average\. In 2012 Tesla never closed above (\$[\d.]+)",
             lambda s: [s.parameters("1_people")["avg_cost_usd"], _in_2012(s)], (4, 3)),
    Headline("accounts of the start", _H, r"Of (\d+) accounts of his first purchase, (\w+) put it after that year", lambda s: _starts(s), EXACT),
    Headline("what 2020 made", _H, r"2020 made (\d+)% of the rise in Tesla's share price", people.of_2020, 2),
    Headline("sizes of Grok", _H, r"spoke of (\d+) trillion parameters for Grok 4 and of (\d+) trillion for Grok 5", _grok, EXACT),
    Headline("giants that made it", _H, r"In (\w+) of the (\d+) \(([\d.]+)%\) the value grew fivefold", thesis.kept_pace, (EXACT, EXACT, 2)),
    Headline("runs that made it, title", _H, r"(\w+) companies grew fivefold, in (\w+) of (\d+) ten-year periods", lambda s: [_companies(s)[0], *thesis.kept_pace(s)[:2]], EXACT),
    Headline("companies behind the runs", _H, r"(\d+) ten-year periods for (\d+) companies", lambda s: [thesis.kept_pace(s)[1], _companies(s)[1]], EXACT),
    Headline("price of the profit", _H, r"priced at (\d+) times earnings", lambda s: s.parameters("4_thesis")["exit_pe"]),
    Headline("launches", _H, r"(?:would need|The plan takes) ([\d,]+) launches a year", machines.launches, 2),
    Headline("mass of the plan", _H, r"would weigh ([\d.]+ million) tonnes, ([\d.]+) times what Falcon 9 lifts in a year at its 2025 rate", lambda s: [_tonnes(s), _tonnes(s) / _falcon_rate(s)], 2),
    Headline("mass of the plan, title", _H, r"in orbit weighs ([\d.]+) times what Falcon 9 lifts", lambda s: _tonnes(s) / _falcon_rate(s), 2),
    Headline("Falcon's year", _H, r"lifted at a rate of ([\d,]+) tonnes a year in 2025", _falcon_rate),
    Headline("US average power", _H, r"We found (\d+) to (\d+) GW, so each year the plan would add computing that needs as much power as (\d+) to (\d+)% of the US average", lambda s: [*machines.recent_power(s), *_added(s)], (3, 3, 2, 2)),
    Headline("US average power, answer", _H, r"US power averages (\d+) \[GW\]", lambda s: s.parameters("3_infrastructure")["us_average_power_gw"]),
    Headline("US average power, asked", _H, r"About (\d+) GW, or (\d+) to (\d+) GW since 2022", lambda s: [s.parameters("3_infrastructure")["us_average_power_gw"], *machines.recent_power(s)]),
    Headline("shares that are gone", _H, r"by our estimate (\d+)% were gone by November 2025", _gone, 2),
    Headline("what 2020 made, text", _H, r"the whole of Tesla\'s rise in 2020, which made (\d+)% of the growth", people.of_2020, 2),
    Headline("energy in the cost", _H, r"Energy is (\d+)% of the cost of computing on the ground", machines.energy_share, 1),
    Headline("since the article", _H, r"Tesla's share price was (\d+)% below that of 14 November 2025, while the US market was (\d+)% above its level on that day. Adjusted for its split, a SpaceX share cost ([\d.]+) times",
             lambda s: [100 * (1 - (t := thesis.since(s))[0]), 100 * (t[2] - 1), t[1]], 2),
    Headline("the stakes since", _H, r"would have gone from (\$[\d.]+ billion) to (\$[\d.]+ billion)", _kept),
    Headline("confidence by level", _H, r"we hold (\d+) with high confidence, (\d+) with medium and (\d+) with low. Another (\d+) claims stay unverified",
             lambda s: [*(_confidence(s, level) for level in ("high", "medium", "low")), verdict.verdicts(s)["unverified"]], EXACT),
]  # fmt: skip
