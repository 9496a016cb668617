"""The bet on a person: prices, trades, promises and luck, counted row by row."""

from __future__ import annotations

import math
from statistics import NormalDist

import pandas as pd

from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import DAY, Source

SETTLED = ("kept", "partly", "late", "missed", "cancelled")
_H = "1_people"


def _p(source: Source) -> dict:
    return source.parameters(_H)


def _years(source: Source) -> pd.DataFrame:
    return source.table("tsla_year_range").set_index("year")


def _marks(source: Source) -> pd.Series:
    return source.table("tsla_marks").set_index("mark").close_usd


def _months(source: Source) -> pd.Series:
    return source.table("tsla_month_end").set_index("date").close_usd


def multiple(source: Source) -> float:
    """Return the price on the day over the average cost."""
    p = _p(source)
    return p["mark_price_usd"] / p["avg_cost_usd"]


def _jump(source: Source) -> float:
    ends = _years(source).last_close_usd
    return float(ends[2020] / ends[2019])


def of_2020(source: Source) -> float:
    """Return the part of the growth from cost to mark that the year 2020 made, in per cent of logarithms."""
    return 100 * math.log2(_jump(source)) / math.log2(multiple(source))


def _gain(source: Source) -> list[float]:
    """Return in dollars what was gained on shares sold to 2022, sold later and held."""
    p = _p(source)
    later = p["later_sold_share"] * p["shares_bought_million"]
    held = p["shares_bought_million"] - p["shares_sold_million"] - later
    price = source.parameters("0_stake")["sold_later_usd"]
    blocks = (
        (p["shares_sold_million"], p["avg_sale_usd"]),
        (later, price),
        (held, p["mark_price_usd"]),
    )
    return [1e6 * n * got - 1e6 * n * p["avg_cost_usd"] for n, got in blocks]


def _dollars_2020(source: Source) -> float:
    ends = _years(source).last_close_usd
    return (
        100
        * _p(source)["shares_bought_million"]
        * 1e6
        * (ends[2020] - ends[2019])
        / sum(_gain(source))
    )


def _middle() -> pd.Timestamp:
    days = pd.date_range("2014-06-01", "2016-12-31", freq="D")
    return days[len(days) // 2]


def _held() -> float:
    return (pd.Timestamp("2025-11-14") - _middle()).days / 365.25


def _index(source: Source) -> list[float]:
    """Return the multiple of an index fund without its best year, that year's part, and the yearly pace."""
    fund = source.table("benchmarks_month_end").set_index("date").spy_total_return_index.dropna()
    whole = fund[fund.index <= "2025-10-31"].iloc[-1] / fund[fund.index <= _middle()].iloc[-1]
    closes = {year: fund[fund.index.year == year].iloc[-1] for year in range(2015, 2025)}
    best = max(closes[y] / closes[y - 1] for y in range(2016, 2025))
    part = 100 * math.log(best) / math.log(closes[2024] / closes[2015])
    rest = whole / best
    return [rest, part, 100 * (rest ** (1 / (_held() - 1)) - 1)]


def _trades(source: Source) -> list[float]:
    t = source.table("baron_tesla_trades")
    t = t[~t.note.str.contains("part of the main purchase|in kind")]
    buys, sales = (t[t.action == action].median_drawdown_pct for action in ("buy", "sell"))
    number = t[t.action == "buy"].shares_million
    known = [number.sum(), number[buys < -20].sum()]
    return [sum(buys < -20), len(buys), *known, len(sales), sum(sales < -20)]


def _starships(source: Source) -> list[int]:
    f = source.table("spacex_test_flights")
    f = f[f.vehicle == "Starship"]
    then = f[f.date < "2025-11-14"]
    return [len(then), sum(then.outcome == "failure"), sum(f.outcome == "failure"), len(f)]


def _starts(source: Source) -> list[float]:
    s = source.table("baron_start_statements")
    out = s.start_low >= "2013-01-01"
    allow = (s.start_low < "2013-01-01") & (s.start_high >= "2012-01-01")
    return [out.sum(), len(s), allow.sum()]


def _early(source: Source, average: float | None = None, dearer: float = 1.0) -> float:
    """Return the per cent of the shares that can have been bought at the price of January 2013."""
    months = _months(source)
    rest = dearer * months[(months.index >= "2014-06-30") & (months.index <= "2016-12-31")].mean()
    cheap = _marks(source)["last_33"]
    return 100 * (rest - (average or _p(source)["avg_cost_usd"])) / (rest - cheap)


def _window_mean(source: Source) -> float:
    months = _months(source)
    return float(months[(months.index >= "2014-06-30") & (months.index <= "2016-12-31")].mean())


def _falls(source: Source) -> list[float]:
    """Walk month by month: falls of more than 30 % from a record, the deepest in per cent, and those mended."""
    top, deepest, falls, mended = 0.0, 0.0, [], 0
    for price in _months(source):
        if price >= top:
            mended += deepest < -0.3
            falls += [deepest] if deepest < -0.3 else []
            top, deepest = price, 0.0
        deepest = min(deepest, price / top - 1)
    falls += [deepest] if deepest < -0.3 else []
    return [len(falls), -100 * min(falls), mended]


def _windows(months: pd.Series, years: int) -> list[float]:
    values, n = months.tolist(), 12 * years
    return sorted(values[i + n] / values[i] for i in range(len(values) - n))


def _held_for(asset: str, years: int):
    def again(source: Source) -> list[float]:
        frame = (
            source.table("benchmarks_month_end").set_index("date").spy_total_return_index.dropna()
        )
        months = _months(source) if asset == "Tesla" else frame[frame.index >= "1995"]
        w = _windows(months, years)
        median = (w[(len(w) - 1) // 2] + w[len(w) // 2]) / 2
        return [
            (len(months) - 1) // (12 * years),
            100 * sum(x < 1 for x in w) / len(w),
            w[0],
            median,
        ]

    return again


def _chance(multiple: float, years: float, growth: float, volatility: float) -> float:
    """Return in per cent how often one drawn share ends at the multiple or above."""
    law = NormalDist(
        years * (math.log(1 + growth) - volatility**2 / 2), volatility * math.sqrt(years)
    )
    return 100 * (1 - law.cdf(math.log(multiple)))


def _luck(source: Source, **other: float) -> float:
    p = _p(source) | other
    return _chance(
        p["mark_price_usd"] / p["avg_cost_usd"], _held(), p["stock_drift"], p["stock_volatility"]
    )


def _lucky(source: Source) -> list[int]:
    """Return how many of 1,000 are lucky: as assumed, and at the fewest and the most other ways give."""
    ends = source.ranges(_H)
    others = [
        10 * _luck(source, **{name: ends.at[name, end]})
        for name in ("stock_drift", "stock_volatility")
        for end in ("min", "max")
    ]
    others.append(_median_gains_ten(source))
    return [round(n) for n in (10 * _luck(source), min(others), max(others))]


def _belief(source: Source, wins: int) -> float:
    p = _p(source)
    odds = p["prior_skilled"] / (1 - p["prior_skilled"])
    odds *= (_luck(source, stock_drift=p["skilled_drift"]) / _luck(source)) ** wins
    return 100 * odds / (1 + odds)


def _median_gains_ten(source: Source) -> float:
    p = _p(source)
    law = NormalDist(
        _held() * math.log(1 + p["stock_drift"]), p["stock_volatility"] * math.sqrt(_held())
    )
    return 1000 * (1 - law.cdf(math.log(multiple(source))))


def since_2014(source: Source) -> list[float]:
    """Return the multiple since June 2014, the years, and how many in a thousand would match it."""
    months = _months(source)
    months = months[months.index >= "2014-06-01"]
    years = (months.index[-1] - months.index[0]).days / 365.25
    rise = months.iloc[-1] / months.iloc[0]
    return [rise, years, 10 * _chance(rise, years, 0.1, _p(source)["stock_volatility"])]


def _promises(
    source: Source, *, listed: bool = True, only: tuple[str, str] | None = None
) -> pd.Series:
    """Return the settled outcomes by the table's own word, not by the days that the book compares."""
    t = source.table("musk_promises")
    t = t.assign(outcome=t.outcome.replace({"met": "kept", "early": "kept"}))
    t = t[t.due.notna() & t.outcome.isin(SETTLED)]
    t = t if listed else t[t.found_in != "list of misses"]
    return t.outcome if only is None else t.outcome[t[only[0]] == only[1]]


def _kept(outcomes: pd.Series) -> list[float]:
    kept, partly = sum(outcomes == "kept"), sum(outcomes == "partly")
    return [100 * kept / len(outcomes), 100 * (kept + partly) / len(outcomes)]


def _at_his_word(outcomes: pd.Series, sure: float) -> float:
    kept = sum(outcomes == "kept")
    return (kept * (1 - sure) ** 2 + (len(outcomes) - kept) * sure**2) / len(outcomes)


def _baron(source: Source, kinds: tuple[str, ...]) -> pd.DataFrame:
    b = source.table("baron_statements")
    fallen = (b.outcome_known_by <= DAY) & ~b.retrospective.astype(bool) & (b.state != "void")
    return b[fallen & b.kind.isin(kinds)]


def _baron_prices(source: Source) -> list[float]:
    b, p = _baron(source, ("share price", "market value")), _p(source)
    reached = b.reached_on <= b.due
    chances = [
        _touch(m, y, p["stock_drift"], p["stock_volatility"])
        for m, y in zip(b.multiple, b.horizon_years, strict=True)
    ]
    score = sum((p["stated_confidence"] - hit) ** 2 for hit in reached) / len(b)
    walk = sum((c - hit) ** 2 for c, hit in zip(chances, reached, strict=True)) / len(b)
    return [len(b), sum(reached), sum(chances), score, walk]


def _touch(multiple: float, years: float, growth: float, volatility: float) -> float:
    """Return how often a path touches a multiple in time, by the reflection principle."""
    drift, sd = math.log(1 + growth) - volatility**2 / 2, volatility * math.sqrt(years)
    b, n = math.log(multiple), NormalDist()
    return n.cdf((drift * years - b) / sd) + multiple ** (2 * drift / volatility**2) * n.cdf(
        (-b - drift * years) / sd
    )


def _after(source: Source, event: str) -> list[float]:
    t = source.table("xai_milestones").set_index("event").date
    return [(t[event] - t[start]).days * 12 / 365.25 for start in ("incorporated", "announced")]


def _sold(source: Source) -> list[float]:
    """Return in per cent the parts of the purchase sold by February 2021, to 2022, and by the clients' counts."""
    count = source.table("baron_tesla_shares").set_index(["scope", "as_of"]).shares_million
    trades, p = source.table("baron_tesla_trades").set_index("trade"), _p(source)
    clients = count["clients"]
    first = 100 * trades.shares_million["sold-2020-21"] / clients[pd.Timestamp("2017-06-13")]
    fewer = 100 * (1 - clients[pd.Timestamp("2023-09-13")] / clients[pd.Timestamp("2020-02-04")])
    return [first, 100 * p["shares_sold_million"] / p["shares_bought_million"], fewer]


def _ahead(period: str, end: str):
    def again(source: Source) -> float:
        f = source.table("baron_partners_returns")
        row = f[(f.period == period) & (f.period_end == end)].iloc[0]
        return row.fund_pct - row.russell_midcap_growth_pct

    return again


def _horizon(asset: str, label: str, years: int) -> Headline:
    row = rf"\| {label}, {years} years? \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|"
    return Headline(
        f"{label} held {years} years", _H, row, _held_for(asset, years), (EXACT, 3, 3, 3)
    )


HEADLINES = [
    Headline("highest close of 2012", _H, r"In 2012 Tesla never closed above (\$[\d.]+)", lambda s: _years(s).high_close_usd[2012]),
    Headline("cost, mark and multiple", _H, r"price had gone from (\$[\d.]+), which the firm had paid on average, to (\$[\d.]+), ([\d.]+) times",
             lambda s: [_p(s)["avg_cost_usd"], _p(s)["mark_price_usd"], multiple(s)], (4, 5, 3)),
    Headline("what 2020 made", _H, r"The year 2020 alone made (\d+)% of that growth, or (\d+)% of the dollars gained",
             lambda s: [of_2020(s), _dollars_2020(s)], 2),
    Headline("without 2020", _H, r"risen to ([\d.]+) times the cost in ([\d.]+) years, and not to .*?That is (\d+)% a year.*?best year, 2019. The fund would have grown to ([\d.]+) times its starting value, or by ([\d.]+)% a year",
             lambda s: [multiple(s) / _jump(s), _held() - 1, 100 * ((multiple(s) / _jump(s)) ** (1 / (_held() - 1)) - 1), _index(s)[0], _index(s)[2]], (2, 2, 3, 2, 3)),
    Headline("best year of an index fund", _H, r"best year from 2016 to 2024 accounted for (\d+)%", lambda s: _index(s)[1], 2),
    Headline("trades in slumps", _H, r"(\w+) of (\w+) known purchases by Baron's firm came in slumps\. .*?purchases whose size we know total ([\d.]+) million shares, of which only ([\d.]+) million count as bought in a slump.*?sold in (\w+) known periods since 2020, and by the same test (\w+) of these", _trades, EXACT),
    Headline("accounts of the start", _H, r"(\w+) of (\d+) accounts put the start after 2012, (\w+) allow", _starts, EXACT),
    Headline("days near the price of 33", _H, r"near that price on (\d+) days before 2014, (\d+) of them in 2012 and (\w+) in 2010",
             lambda s: [_years(s).days_near_33_raw.sum(), _years(s).days_near_33_raw[2012], _years(s).days_near_33_raw[2010]], EXACT),
    Headline("how little can be early", _H, r"mean price of those months, (\$[\d.]+), and the older ones (\$[\d.]+).*?means that at most (\d+)% of the shares.*?in those months, (\d+)% could be that old",
             lambda s: [_window_mean(s), _marks(s)["last_33"], _early(s), _early(s, dearer=1.1)], (4, 3, 2, 2)),
    Headline("cars of 2012 and 2014", _H, r"the figure is (\d+) times the true count.*?of 2014, ([\d,]+) cars",
             lambda s: [30000 / (d := s.table("tesla_deliveries").set_index("year").delivered)[2012], d[2014]], (2, 5)),
    Headline("cars on the card", _H, r"card PEOPLE-26 yearly_sales: ([\d,]+) cars", lambda s: s.table("tesla_deliveries").set_index("year").delivered[2012], EXACT),
    Headline("shares sold, on the card", _H, r"card PEOPLE-48 share_sold: ([\d.]+)% to ([\d.]+)%",
             lambda s: [min(_sold(s)), max(_sold(s))]),
    Headline("clients' shares left", _H, r"we work out ([\d.]+) to ([\d.]+) million clients' shares, so about half of the ([\d.]+) million held in February 2020",
             lambda s: [*s.table("stake_implied_shares").set_index("as_of").loc["2025-11-14", ["low_million", "high_million"]],
                        s.table("baron_tesla_shares").set_index(["scope", "as_of"]).shares_million["clients", pd.Timestamp("2020-02-04")]], 3),
    Headline("flights lost by the article", _H, r"Of the (\w+) Starship flights before the article (\w+) had failed.*?the count was (\w+) of (\d+)\.", _starships, EXACT),
    Headline("sold to 2022", _H, r"gone at the end of 2022, (\d+)% of all it had bought.*?September 2023 is (\d+)% below", lambda s: _sold(s)[1:], 2),
    Headline("the year 2020", _H, r"began 2020 at (\$[\d.]+) and fell to (\$[\d.]+) in March.*?ended the year at (\$[\d.]+), ([\d.]+) times its last close of 2019.*?selling price is ([\d.]+) times the cost",
             lambda s: [_marks(s)["first_2020"], _years(s).low_close_usd[2020], _years(s).last_close_usd[2020],
                        _jump(s), _p(s)["avg_sale_usd"] / _p(s)["avg_cost_usd"]], (4, 4, 5, 2, 3)),
    Headline("prices on the card", _H, r"card PEOPLE-46 start_price: (\$[\d.]+) to (\$[\d.]+) per share; card PEOPLE-46 end_price: \$220.00 to (\$[\d.]+) per share",
             lambda s: [_years(s).low_close_usd[2020], _marks(s)["first_2020"], _years(s).last_close_usd[2020]], (4, 4, 5)),
    Headline("falls from a record", _H, r"from its record (\w+) times since 2010.*?deepest fall was (\d+)%. The share recovered from (\w+) of those falls", _falls, (EXACT, 2, EXACT)),
    Headline("last price over cost", _H, r"last close in our data, (\$[\d.]+) on 21 August 2026, is ([\d.]+) times the firm's average cost",
             lambda s: [_months(s).iloc[-1], _months(s).iloc[-1] / _p(s)["avg_cost_usd"]], (5, 3)),
    Headline("the chance of luck", _H, r"By luck alone (\d+) of 1,000 managers would do as well with our assumptions, (\d+) to (\d+) with others",
             _lucky, EXACT),
    Headline("if the median gained", _H, r"median growth instead, (\d+) in a thousand", _median_gains_ten),
    Headline("the median share", _H, r"median share ends at ([\d.]+) times its first price",
             lambda s: math.exp(_held() * (math.log(1 + _p(s)["stock_drift"]) - _p(s)["stock_volatility"] ** 2 / 2)), 2),
    Headline("since June 2014", _H, r"Tesla's price rose to (\d+) times its starting level in ([\d.]+) years, which about (\d+) in a thousand", since_2014, (2, 3, 2)),
    Headline("skill", _H, r"as well as Baron would be ([\d.]+)%. If 5% .*? one of them to (\d+)%",
             lambda s: [_luck(s, stock_drift=_p(s)["skilled_drift"]), _belief(s, 1)], 2),
    Headline("a second win", _H, r"Baron has skill from (\d+)% to (\d+)%", lambda s: [_belief(s, 1), _belief(s, 2)], 2),
    Headline("points ahead", _H, r"ahead by ([\d.]+) percentage points a year.*?the fund was ([\d.]+) points a year ahead",
             lambda s: [_ahead("since 1992", "2019-02-28")(s), _ahead("ten years", "2023-12-31")(s)], 2),
    *(_horizon("Tesla", "Tesla", years) for years in (1, 3, 5, 10)),
    *(_horizon("fund", "S&P 500 fund", years) for years in (5, 10)),
    Headline("months to Grok 3", _H, r"\| Grok 3 released \| ([\d.]+) \| ([\d.]+) \|", lambda s: _after(s, "Grok 3 released"), 3),
    Headline("months to a date for Grok 5", _H, r"card PEOPLE-18 \w+: ([\d.]+) to ([\d.]+) months",
             lambda s: [_after(s, "first date for Grok 5")[1], _after(s, "Grok 5 at the conference")[0]]),
    Headline("promises missing from the lists", _H, r"one half, (\d+) kept promises", lambda s: len(a := _promises(s)) - 2 * sum(a == "kept"), EXACT),
    Headline("promises by subject", _H, r"On self-driving, (\w+) of (\d+) settled promises was kept in full and on time, and on the robot Optimus (\w+) of (\w+) was\.",
             lambda s: [n for subject in ("self-driving", "Optimus") for a in [_promises(s, only=("domain", subject))] for n in (sum(a == "kept"), len(a))], EXACT),
    Headline("promises kept", _H, r"Of the (\d+) other promises that are settled, ([\d.]+)% were kept in full by the date, and ([\d.]+)% at least",
             lambda s: [len(a := _promises(s, listed=False)), *_kept(a)], (EXACT, 2, 2)),
    Headline("Musk at his word", _H, r"Taken at his word, Musk scores ([\d.]+) over all his promises and ([\d.]+) without",
             lambda s: [_at_his_word(_promises(s), _p(s)["stated_confidence"]), _at_his_word(_promises(s, listed=False), _p(s)["stated_confidence"])], 2),
    Headline("Baron's price targets", _H, r"Of (\w+) price targets of Baron's .*?, (\w+) were reached in time\. A random walk would reach ([\d.]+) of them on average\..*?On share prices Baron scores ([\d.]+) and the random walk ([\d.]+)\. ",
             _baron_prices, (EXACT, EXACT, 2, 2, 2)),
    Headline("Baron's business targets", _H, r"Of his (\w+) targets for cars, sales and profit", lambda s: len(_baron(s, ("business",))), EXACT),
    Headline("luck by volatility", _H, r"\| yearly swings \(volatility\) of a random pick \| 30% to 80% a year \| ([\d.]+) \| ([\d.]+) \|",
             lambda s: [10 * _luck(s, stock_volatility=v) for v in (0.3, 0.8)], (2, 3)),
    Headline("luck by cost", _H, r"\| cost of his shares \| \$10 to \$20 \| ([\d.]+) \| ([\d.]+) \|",
             lambda s: [10 * _luck(s, avg_cost_usd=c) for c in (10, 20)], (2, 3)),
    Headline("2020 at other prices", _H, r"At a price of \$1,000 it would be (\d+)%, and at \$200 it would be (\d+)%.*?\$20 a share would allow none, and one of \$10 would allow (\d+)%",
             lambda s: [*(100 * math.log(_jump(s)) / math.log(x / _p(s)["avg_cost_usd"]) for x in (1000, 200)), _early(s, 10)], 2),
    Headline("gain by block", _H, r"three parts: (\$[\d.]+ billion) on shares sold by 2022, (\$[\d.]+ billion) on shares gone since and (\$[\d.]+ billion) on shares still held", _gain, 2),
]  # fmt: skip
