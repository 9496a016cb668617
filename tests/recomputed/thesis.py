"""Ten more years: windows counted one by one, the model by quadrature, the rest from the tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import Source

_H = "4_thesis"
# The award: a twelfth of the new shares at each of these values of the company, in billion dollars.
STEPS = (2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000, 6500, 7500, 8500)
YEARLY_NOISE = 0.10  # assumed by the chapter
ARTICLE = pd.Timestamp("2025-11-14")


def _p(source: Source) -> dict:
    return source.parameters(_H)


def _pace(multiple: float, years: float) -> float:
    return 100 * (math.exp(math.log(multiple) / years) - 1)


def pace(source: Source) -> float:
    """Return the yearly growth that the bet needs, in per cent."""
    return _pace(_p(source)["multiple"], _p(source)["horizon_years"])


def _quarters(source: Source) -> pd.DataFrame:
    q = source.table("tesla_quarters").sort_values("quarter_end")
    return q[q.known_from <= ARTICLE].tail(4)


def _revenue(source: Source) -> float:
    return 1e6 * _quarters(source).revenue_usd_mn.sum()


def _profit(source: Source) -> float:
    return 1e6 * _quarters(source).net_income_usd_mn.sum()


def profit_now(source: Source) -> float:
    """Return Tesla's profit of the last four quarters in the table, in dollars."""
    return (
        1e6
        * source.table("tesla_quarters").sort_values("quarter_end").net_income_usd_mn.tail(4).sum()
    )


def _per_share(value_bn: np.ndarray | float, p: dict) -> np.ndarray:
    """Return the multiple per old share when the company is worth so many billion dollars."""
    values = np.atleast_1d(np.asarray(value_bn, dtype=float))
    earned = (values[:, None] >= np.array(STEPS)).sum(axis=1)
    return values / (p["start_value_usd_bn"] * (1 + p["dilution"] * earned / 12))


def _value_for(multiple: float, p: dict) -> float:
    """Search upwards, in steps of ten million dollars, for the first value that gives the multiple per share."""
    start = multiple * p["start_value_usd_bn"]
    grid = np.arange(start, start * (1 + p["dilution"]) + 1, 0.01)
    return 1e9 * float(grid[_per_share(grid, p) >= multiple][0])


def needed_value(source: Source) -> float:
    """Return the value in dollars at which each old share is worth the multiple."""
    return _value_for(_p(source)["multiple"], _p(source))


def _reading(multiple: float):
    def again(source: Source) -> list[float]:
        value = _value_for(multiple, _p(source))
        return [
            _pace(multiple, _p(source)["horizon_years"]),
            value,
            value / _p(source)["exit_pe"],
            value / 50,
        ]

    return again


def _largest(source: Source) -> pd.DataFrame:
    t = source.table("largest_companies")
    return t[t.list_year == t.list_year.max()].nlargest(50, "value_usd_bn")


def _value_after(source: Source, margin: float, price: float) -> float:
    p = _p(source)
    sales = _revenue(source)
    for _ in range(p["horizon_years"]):
        sales *= 1 + p["revenue_growth"]
    return sales * margin * price


def _outcome(source: Source) -> float:
    p = _p(source)
    return float(_per_share(_value_after(source, p["net_margin"], p["exit_pe"]) / 1e9, p)[0])


def _as_ten(source: Source) -> list[float]:
    ten = _largest(source).head(10)
    margin, price = np.median(ten.net_margin), np.median(ten.price_earnings)
    return [
        100 * margin,
        price,
        float(_per_share(_value_after(source, margin, price) / 1e9, _p(source))[0]),
    ]


def _growth_needed(source: Source) -> float:
    p = _p(source)
    return _pace(
        needed_value(source) / p["exit_pe"] / p["net_margin"] / _revenue(source), p["horizon_years"]
    )


def _middle_half(values: pd.Series) -> float:
    logs = np.sort(np.log(values[values > 0].dropna()))
    return float((np.percentile(logs, 75) - np.percentile(logs, 25)) / 1.349)


def _spread(source: Source) -> list[float]:
    sales = source.table("sales_growth").sales_multiple.dropna()
    variance = np.var(np.log(sales) / 10, ddof=1) - YEARLY_NOISE**2 / 10
    top = _largest(source)
    return [
        math.sqrt(variance),
        YEARLY_NOISE,
        _middle_half(top.net_margin),
        _middle_half(top.price_earnings),
    ]


def _outcomes(source: Source, dependence: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return multiples per share on a fine grid of the normal law and the weight of each."""
    p, (growth, noise, margin, price) = _p(source), _spread(source)
    rho = p["dependence"] if dependence is None else dependence
    parts = np.array([growth * p["horizon_years"], margin, price])
    matrix = np.full((3, 3), rho) + (1 - rho) * np.eye(3)
    sd = math.sqrt(parts @ matrix @ parts + noise**2 * p["horizon_years"])
    z = np.linspace(-8, 8, 200_001)
    weight = np.exp(-z * z / 2)
    middle = _value_after(source, p["net_margin"], p["exit_pe"]) / 1e9
    return _per_share(middle * np.exp(sd * z), p), weight / weight.sum()


def _reached(source: Source, dependence: float | None = None) -> float:
    multiples, weight = _outcomes(source, dependence)
    return 100 * float(weight[multiples >= _p(source)["multiple"]].sum())


def _model(source: Source) -> list[float]:
    multiples, weight = _outcomes(source)
    order = np.argsort(multiples)
    below = np.cumsum(weight[order])
    ends = [float(multiples[order][np.searchsorted(below, q)]) for q in (0.5, 0.1, 0.9)]
    return [_reached(source), _reached(source, 0.0), _reached(source, 1.0), *ends]


def _cohorts(source: Source) -> pd.DataFrame:
    return source.table("largest_cohorts")


def kept_pace(source: Source) -> list[float]:
    """Return how many of the largest companies made five times, of how many, in per cent."""
    c = _cohorts(source)
    hits = sum(m >= 5 for m in c.multiple)
    return [hits, len(c), 100 * hits / len(c)]


def _fast_companies(source: Source) -> float:
    """Return by how many companies the runs of five times were made."""
    c = _cohorts(source)
    return len({name for name, m in zip(c.company, c.multiple, strict=True) if m >= 5})


def _per_share_hits(source: Source) -> float:
    by = ["start_list", "end_list", "company"]
    shares = source.table("cohort_share_returns").set_index(by).share_multiple
    own = _cohorts(source).set_index(by).multiple
    return sum(
        (shares.get(key, m) if pd.notna(shares.get(key, m)) else m) >= 5 for key, m in own.items()
    )


def _wilson(hits: float, n: float) -> list[float]:
    z, share = 1.959964, hits / n
    middle, half = (
        share + z * z / (2 * n),
        z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)),
    )
    return [100 * (middle + sign * half) / (1 + z * z / n) for sign in (-1, 1)]


def _windows(values: list[float], step: int) -> list[float]:
    return [later / first for first, later in zip(values, values[step:], strict=False)]


def _market(source: Source) -> list[float]:
    t, months = source.table("sp500_long"), 12 * _p(source)["horizon_years"]
    paid, real = (
        _windows(t.total_return_index.tolist(), months),
        _windows(t.real_total_return_index.tolist(), months),
    )
    return [
        100 * sum(w >= 5 for w in paid) / len(paid),
        np.median(paid),
        max(paid),
        100 * sum(w >= 5 for w in real) / len(real),
        len(paid),
    ]


def _sales(source: Source) -> list[float]:
    t = source.table("sales_growth")
    return [
        len(t),
        sum(t.status == "followed"),
        sum(t.sales_multiple >= 5),
        _pace(t.sales_multiple.max(), 10),
    ]


def _marks(source: Source) -> pd.Series:
    return source.table("size_marks").set_index("label").value_usd_bn


def _profits(source: Source) -> pd.DataFrame:
    t = source.table("size_marks")
    return t[t.kind == "profit"].sort_values("date")


def since(source: Source) -> list[float]:
    """Return the last multiples since the article of Tesla, SpaceX and the market, and of the mix."""
    t = source.table("bet_since").sort_values("date").groupby("asset")["index"].last()
    part = _p(source)["spacex_share"]
    return [t["Tesla"], t["SpaceX"], t["S&P 500"], t["Tesla"] + part * (t["SpaceX"] - t["Tesla"])]


def _time_so_far(source: Source) -> list[float]:
    days = (source.table("bet_since").date.max() - ARTICLE).days
    p, left = _p(source), since(source)[0]
    years = days / 365.25
    return [
        100 * years / p["horizon_years"],
        100 * (p["multiple"] ** (years / p["horizon_years"]) - 1),
        _pace(p["multiple"] / left, p["horizon_years"] - years),
    ]


def _industries(source: Source, codes: tuple[str, ...], first: int, last: int) -> list[float]:
    t = source.table("industry_returns")
    t = t[(t.year >= first) & (t.year <= last)]
    return [
        _pace(float(np.prod(1 + r / 100)), len(r))
        for r in (t[t.industry_code == c].total_return_pct for c in codes)
    ]


def _reached_by_layer(source: Source) -> list[float]:
    """Return how many ten-year periods in 100 made five times: suppliers, network owners, the market."""
    t = source.table("industry_returns").sort_values("year")

    def reached(code: str) -> float:
        grown = (1 + t[t.industry_code == code].total_return_pct.dropna() / 100).to_numpy()
        ends = [grown[i : i + 10].prod() >= 5 for i in range(len(grown) - 9)]
        return 100 * float(np.mean(ends))

    suppliers = np.mean([reached(code) for code in ("Hardw", "Chips", "ElcEq")])
    owners = np.mean([reached(code) for code in ("Telcm", "Util", "Trans")])
    return [float(suppliers), float(owners), reached("Market49")]


def _instalment(rate: float, years: int) -> float:
    return 1 / sum((1 + rate) ** -year for year in range(1, years + 1))


def _spent(source: Source) -> list[float]:
    t = source.table("ai_spending")
    t = t[t.year == 2025]
    own = t.company.str.contains("SpaceX")
    x, rest = (
        1e9 * t.capital_spending_usd_bn[own].sum(),
        1e9 * t.capital_spending_usd_bn[~own].sum(),
    )
    return [x, rest, 100 * x / (x + rest)]


def _alive(source: Source, factor: float) -> float:
    deaths = source.table("life_table").set_index("age").male_death_probability
    return 100 * float(np.prod([1 - min(1, factor * deaths[age]) for age in range(82, 92)]))


def _year_of_price(source: Source) -> list[float]:
    """Return the part of 2020 in the rise since June 2014, in per cent, and what came after its end."""
    months = source.table("tsla_month_end").set_index("date").close_usd
    rise = months.iloc[-1] / months[months.index >= "2014-06-01"].iloc[0]
    end = {y: months[months.index.year == y].iloc[-1] for y in (2019, 2020)}
    after = months[months.index >= "2021-01-01"]
    return [
        100 * math.log(end[2020] / end[2019]) / math.log(rise),
        after.iloc[-1] / end[2020],
        after.iloc[-1] / after.iloc[0],
    ]


def _sweep(source: Source) -> list[float]:
    t = source.table("thesis_sweep")
    hit = t.outcome_times >= 5
    return [sum(hit), len(t), 100 * hit.mean(), 100 * t.revenue_growth[hit].min()]


def _sweep_again(source: Source) -> float:
    """Return the share of the stored sets that reach the multiple, each worked out anew, in per cent."""
    t, p = source.table("thesis_sweep"), _p(source)
    value = (
        _revenue(source)
        / 1e9
        * (1 + t.revenue_growth) ** t.horizon_years
        * t.net_margin
        * t.exit_pe
    )
    steps = np.array([sum(v >= step for step in STEPS) for v in value])
    return 100 * float(
        (value / (t.start_value_usd_bn * (1 + t.dilution * steps / 12)) >= p["multiple"]).mean()
    )


def _neutral(source: Source) -> list[float]:
    """Return the lowest, highest and mean part of a left-out cohort inside the others' band, in per cent."""
    c, inside = _cohorts(source), []
    for year in sorted(set(c.start_list)):
        others = c[c.start_list != year].multiple
        low, high = np.percentile(others.fillna(others.min()), (10, 90))
        own = c[c.start_list == year].multiple.fillna(0)
        inside.append(100 * sum(low <= m <= high for m in own) / len(own))
    return [min(inside), max(inside), sum(inside) / len(inside)]


def _fair(source: Source) -> list[float]:
    """Return in times what the model's successes average, the failures, the reader's mean, the market's mean; the fair chance."""
    multiples, weight = _outcomes(source)
    good = multiples >= _p(source)["multiple"]
    success = float((multiples * weight)[good].sum() / weight[good].sum())
    c = _cohorts(source).multiple
    failed = float(np.nanmean(c[c < 5]))
    market = float(np.mean(_windows(source.table("sp500_long").total_return_index.tolist(), 120)))
    p = _p(source)["p_success"]
    return [
        success,
        failed,
        p * success + (1 - p) * failed,
        market,
        100 * (market - failed) / (success - failed),
    ]


def _ours(source: Source) -> float:
    """Return the chance of our last forecast that Tesla's share makes five times."""
    t = source.table("forecasts")
    return float(t[t.short == "Tesla five times by 2035"].probability.iloc[-1])


def _moved(source: Source) -> list[float]:
    q = source.table("tesla_quarters").sort_values("quarter_end").reset_index(drop=True)
    year = q.revenue_usd_mn
    at = q.index[q.quarter_end == "2025-09-30"][0]
    return [
        100 * (1 - year[at - 3 : at + 1].sum() / year[at - 7 : at - 3].sum()),
        100 * (year[-4:].sum() / year[-8:-4].sum() - 1),
    ]


HEADLINES = [
    Headline("the pace", _H, r"Five times Tesla's price in ten years means ([\d.]+)% a year", pace),
    Headline("giants and profit", _H, r"Giants grew that fast in (\w+) of (\d+) ten-year periods\. If its shares cost (\d+) times earnings, Tesla must earn (\$\d+ billion) a year\. The most we found is Alphabet's (\$\d+ billion)\. Tesla earned (\$[\d.]+ billion) in the year to June 2026\. Our assumptions leave the share (\d+)% lower\.",
             lambda s: [*kept_pace(s)[:2], pe := _p(s)["exit_pe"], needed_value(s) / pe, 1e9 * _profits(s).value_usd_bn.max(), profit_now(s), 100 * (1 - _outcome(s))], (EXACT, EXACT, 3, 3, 3, 2, 2)),
    Headline("the last price", _H, r"Tesla shares cost (\d+)% less than on 14 November 2025", lambda s: 100 * (1 - since(s)[0]), 2),
    Headline("per share", _H, r"By market value, in (\w+) of (\d+) ten-year periods \((\w+) companies\)\. Per share and with dividends, in at least (\d+)", lambda s: [*kept_pace(s)[:2], _fast_companies(s), _per_share_hits(s)], EXACT),
    Headline("profit needed over profit", _H, r"(\$\d+ billion) a year if the share costs (\d+) times earnings, or (\$\d+ billion) at (\d+) times. The first sum is (\d+) times what Tesla earned in the year before the article and (\d+) times what it earned in the year to June 2026",
             lambda s: [(n := needed_value(s) / (pe := _p(s)["exit_pe"])), pe, n / 2, 2 * pe, n / _profit(s), n / profit_now(s)], (3, 3, 3, 3, 2, 2)),
    Headline("growth needed", _H, r"Revenue must grow by ([\d.]+)% a year", _growth_needed),
    Headline("chance in the model", _H, r"(\d+)% in the model", _reached, 1),
    Headline("since the article", _H, r"Tesla's price was (\d+)% lower than on 14 November 2025, and the US market was (\d+)% higher\. Adjusted for its split, a SpaceX share cost ([\d.]+) times what buyers had paid in July", lambda s: [100 * (1 - (n := since(s))[0]), 100 * (n[2] - 1), n[1]], 2),
    Headline("the records", _H, r"(\$\d+ billion) \(Alphabet, year to June 2026\), of which about (\$\d+ billion) came from gains .*? next largest is (\$\d+ billion) \(Nvidia, year to July",
             lambda s: [1e9 * v for v in (_profits(s).value_usd_bn.nlargest(2).iloc[0], _marks(s)["Alphabet, gains on shares in the first half of 2026, after tax"], _profits(s).value_usd_bn.nlargest(2).iloc[1])], 3),
    Headline("value over value", _H, r"about ([\d.]+) times its value on that day", lambda s: needed_value(s) / 1e9 / _p(s)["start_value_usd_bn"], 2),
    Headline("owners, makers and the market", _H, r"Money invested in suppliers reached five times its value in (\d+)% of ten-year periods, money in network owners in ([\d.]+)% and money in the whole market in ([\d.]+)%", _reached_by_layer, 2),
    Headline("value needed", _H, r"company must be worth (\$[\d.]+ trillion)", needed_value),
    Headline("over the record", _H, r"Tesla needs ([\d.]+) times the largest profit we found", lambda s: needed_value(s) / _p(s)["exit_pe"] / 1e9 / _profits(s).value_usd_bn.max(), 2),
    Headline("price of the record profit", _H, r"At (\d+) times earnings the largest profit", lambda s: math.ceil(needed_value(s) / 1e9 / _profits(s).value_usd_bn.max()), EXACT),
    Headline("share and median of giants", _H, r"ten-year periods belong to (\d+) companies.*?In ([\d.]+)% of the periods a company grew by 17\.5% a year or more. In the median period a company ended at ([\d.]+) times its starting value", lambda s: [len(set(_cohorts(s).company)), kept_pace(s)[2], _cohorts(s).multiple.median()], (EXACT, 2, 2)),
    Headline("sales", _H, r"Companies with sales of at least \$50 billion appear (\d+) times on five Forbes lists\. We could follow (\d+) of these cases for ten years\. In (\w+) of them .*? The fastest .*? by ([\d.]+)%", _sales, (EXACT, EXACT, EXACT, 3)),
    Headline("together", _H, r"After ten years the assumptions give sales of (\$\d+ billion), a profit of (\$[\d.]+ billion) and a share price (\d+)% below that of 14 November 2025. .*? of 2025 had a median net margin of ([\d.]+)% and a median price of ([\d.]+) times earnings. .*? takes Tesla's share to ([\d.]+) times",
             lambda s: [_value_after(s, 1, 1), _value_after(s, _p(s)["net_margin"], 1), 100 * (1 - _outcome(s)), *_as_ten(s)], (3, 3, 2, 3, 3, 2)),
    Headline("result of the model", _H, r"independent of each other, (\d+)% of outcomes .*? moved together, (\d+)% would. In half of all outcomes the share ends more than (\d+)% below its price of 14 November 2025", lambda s: [*(m := _model(s))[1:3], 100 * (1 - m[3])], (1, 2, 2)),
    Headline("a fair bet", _H, r"when the bet succeeds, the share ends at ([\d.]+) times its starting price on average\. If it fails, .*? On average they ended at ([\d.]+) times their starting value", lambda s: _fair(s)[:2], 2),
    Headline("a fair chance", _H, r"chance of success is (\d+)% or more, .*? own estimate of (\d+)% the bet returns ([\d.]+) times the money on average, against ([\d.]+) times in the market. A reader who puts the chance at 25% can expect ([\d.]+) times the money",
             lambda s: [(f := _fair(s))[4], 100 * (c := _ours(s)), c * f[0] + (1 - c) * f[1], f[3], f[2]], (2, 1, 2, 2, 2)),
    Headline("Tesla's own price", _H, r"On 14 November 2025 it was (\d+), on a profit", lambda s: 1e9 * _p(s)["start_value_usd_bn"] / _profit(s)),
    Headline("industries", _H, r"US telecoms returned ([\d.]+)% a year, in utilities ([\d.]+)% and in railways and other transport ([\d.]+)%. Shares of their suppliers \(computers, chips and electrical equipment\) returned ([\d.]+)% to ([\d.]+)%, and the whole US market ([\d.]+)%",
             lambda s: [*_industries(s, ("Telcm", "Util", "Trans"), 1927, 2024), min(m := _industries(s, ("Hardw", "Chips", "ElcEq"), 1927, 2024)), max(m), *_industries(s, ("Market49",), 1927, 2024)], (2, 2, 2, 3, 3, 3)),
    Headline("what a dollar must earn", _H, r"must bring in (\$[\d.]+) a year beyond its running costs. If the hardware lasted thirty years, (\$[\d.]+) would", lambda s: [_instalment((p := _p(s))["discount_rate"], p["hardware_life"]), _instalment(p["discount_rate"], 30)], 2),
    Headline("spent on equipment", _H, r"spent (\$[\d.]+ billion) on equipment", lambda s: _spent(s)[0]),
    Headline("time so far", _H, r"with (\d+)% of the ten years gone, .*? it would have been (\d+)% higher. To get there in time from its actual price, the share must now rise by ([\d.]+)% a year", _time_so_far, (1, 2, 3)),
]  # fmt: skip
