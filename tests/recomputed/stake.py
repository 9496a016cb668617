"""The stake: gains as proceeds plus market value less cost, holdings as counts of shares."""

from __future__ import annotations

import pandas as pd

from tests.recomputed.printed import Headline
from tests.recomputed.source import Source

DAY = pd.Timestamp("2025-11-14")  # of the article


def _p(source: Source) -> dict:
    return source.parameters("0_stake")


def _spacex(p: dict) -> float:
    return p["spacex_value_usd_bn"] * 1e9 * p["spacex_stake_pct"] / 100


def _proceeds(p: dict, left: float) -> float:
    """Return what all Tesla sales brought in dollars if so many million shares are left."""
    later = p["shares_bought_m"] - p["sold_2020_22_m"] - left
    return 1e6 * (p["sold_2020_22_m"] * p["sold_2020_22_usd"] + later * p["sold_later_usd"])


def _tesla(p: dict, left: float) -> float:
    """Return the gain on Tesla in dollars: proceeds and market value, less all that was paid."""
    return _proceeds(p, left) + 1e6 * (
        left * p["share_price_usd"] - p["shares_bought_m"] * p["average_cost_usd"]
    )


def _total(p: dict) -> float:
    rest = _spacex(p) + 1e9 * (
        p["xai_value_usd_bn"] - p["xai_cost_usd_bn"] - p["spacex_cost_usd_bn"]
    )
    return _tesla(p, p["shares_left_m"]) + rest


def _realised(p: dict) -> float:
    sold = p["shares_bought_m"] - p["shares_left_m"]
    return _proceeds(p, p["shares_left_m"]) - 1e6 * sold * p["average_cost_usd"]


def _paper_pct(p: dict) -> float:
    return 100 * (1 - _realised(p) / _total(p))


def own(p: dict, shares_m: float) -> list[float]:
    """Return his own gain in dollars by place: Tesla, SpaceX, both, inside his funds, together."""
    tesla = 1e6 * shares_m * (p["share_price_usd"] - p["average_cost_usd"])
    worth = 1e6 * shares_m * p["share_price_usd"] / p["own_tesla_weight"]
    kept = (_spacex(p) - 1e9 * p["spacex_cost_usd_bn"]) / _spacex(p)
    spacex = worth * p["own_spacex_weight"] * kept
    funds = worth - worth * p["own_tesla_weight"] - worth * p["own_spacex_weight"]
    inside = funds * p["fund_weight"] * (1 - p["average_cost_usd"] / p["share_price_usd"] + kept)
    return [tesla, spacex, tesla + spacex, inside, tesla + spacex + inside]


def range_own(source: Source) -> list[float]:
    """Return the low and the high end of his own part in dollars."""
    p = _p(source)
    return [own(p, p["own_shares_m"])[2], own(p, p["own_shares_other_m"])[4]]


def total(source: Source) -> float:
    """Return the rebuilt gain of the firm in dollars."""
    return _total(_p(source))


def spacex(source: Source) -> float:
    """Return the value of the firm's SpaceX stake on the day in dollars."""
    return _spacex(_p(source))


def paper(source: Source) -> float:
    """Return the part of the gain that was not sold, in per cent."""
    return _paper_pct(_p(source))


def _opened(source: Source) -> float:
    p = _p(source)
    direct = p["own_tesla_weight"] + p["own_spacex_weight"]
    xai = p["xai_value_usd_bn"] / source.fact("firm-assets-2025")[0]
    return 100 * (direct + (1 - direct) * (2 * p["fund_weight"] + xai))


def managed(source: Source) -> float:
    """Return the weight of Musk's companies in all that the firm manages, in per cent, as last stated by the day."""
    w = source.table("stake_weights")
    w = w[(w.as_of <= DAY) & (w.pocket == "Baron Capital") & (w.asset == "all Musk companies")]
    return float(w.sort_values("as_of").weight_pct.iloc[-1])


def parts_of_assets(source: Source) -> list[float]:
    """Return the stakes over all assets in per cent, without and with his own shares."""
    p, assets = _p(source), 1e9 * source.fact("firm-assets-2025")[0]
    held = (
        _spacex(p) + 1e9 * p["xai_value_usd_bn"] + 1e6 * p["shares_left_m"] * p["share_price_usd"]
    )
    return [
        100 * (held - 1e6 * p["own_shares_m"] * p["share_price_usd"]) / assets,
        100 * held / assets,
    ]


def _concentration(source: Source) -> list[float]:
    p = _p(source)
    rest = 1 - p["own_tesla_weight"] - p["own_spacex_weight"]
    tesla, spacex = (
        w + rest * p["fund_weight"] for w in (p["own_tesla_weight"], p["own_spacex_weight"])
    )
    whole = _opened(source) / 100
    return [1 / (tesla**2 + spacex**2 + (whole - tesla - spacex) ** 2), 1 / whole**2]


def _clients(source: Source) -> list[float]:
    """Return the highest and the lowest count of the clients' shares, in millions."""
    implied = source.table("stake_implied_shares")
    last = implied[implied.as_of <= DAY].sort_values("as_of").iloc[-1]
    return [float(last.high_million), float(last.low_million)]


def _left_table(source: Source) -> list[float]:
    p, rows = _p(source), []
    for left in (p["shares_bought_m"] - p["sold_2020_22_m"], p["shares_left_m"], *_clients(source)):
        # the gain is linear in the price of what is left
        short = 8e9 - _tesla(p, left)
        rows += [left * 1e6, _tesla(p, left), p["share_price_usd"] + short / (1e6 * left)]
    return rows


def mean_close(source: Source) -> float:
    """Return the mean month-end close from 2023 to the day, in dollars."""
    prices = source.table("tsla_month_end").set_index("date").close_usd
    return float(prices["2023-01-01":"2025-11-14"].mean())


def tesla_closes(source: Source) -> tuple[float, float]:
    """Return the lowest and the highest close of 2023 to 2025, from another table."""
    years = source.table("tsla_year_range").set_index("year").loc[2023:2025]
    return float(years.low_close_usd.min()), float(years.high_close_usd.max())


def _spacex_shares(source: Source) -> list[float]:
    v = source.table("stake_spacex_values")
    shares = 1e3 * v[v.as_of <= DAY].value_usd_bn / v[v.as_of <= DAY].price_usd
    return [shares.min(), shares.max()]


def _spacex_gain(source: Source) -> list[float]:
    p, (low, high) = _p(source), _spacex_shares(source)
    v = source.table("stake_spacex_values")
    v = v[v.as_of <= DAY]
    mean = (1e3 * v.value_usd_bn / v.price_usd).mean()
    return [_spacex(p) * end / mean - 1e9 * p["spacex_cost_usd_bn"] for end in (low, high)]


def _stakes_at(source: Source, day: str) -> dict[str, float]:
    """Return the value in dollars of the three stakes at a month end if nothing is sold."""
    p, when = _p(source), pd.Timestamp(day)
    price = source.table("tsla_month_end").set_index("date").close_usd[when]
    marks = source.table("stake_spacex_marks").sort_values("as_of")
    marks = marks[marks.as_of <= when]
    joined = marks[marks.with_xai]
    xai = 1e9 * p["xai_value_usd_bn"]
    if len(joined):
        xai *= p["xai_uplift"] * marks.relative.iloc[-1] / joined.relative.iloc[0]
    return {
        "Tesla": 1e6 * p["shares_left_m"] * price,
        "SpaceX": _spacex(p) * marks.relative.iloc[-1],
        "xAI": xai,
    }


def _afterwards(source: Source) -> list[float]:
    p, now = _p(source), _stakes_at(source, "2026-08-21")
    kept = sum(now.values())
    paid = 1e6 * p["shares_left_m"] * p["average_cost_usd"] + 1e9 * (
        p["spacex_cost_usd_bn"] + p["xai_cost_usd_bn"]
    )
    return [kept, 100 * (1 - now["Tesla"] / kept), _realised(p) + kept - paid]


def _held_then(source: Source) -> float:
    """Return the value in dollars of the three stakes on the day."""
    p = _p(source)
    return (
        _spacex(p) + 1e9 * p["xai_value_usd_bn"] + 1e6 * p["shares_left_m"] * p["share_price_usd"]
    )


def _december(source: Source) -> list[float]:
    p, then = _p(source), _stakes_at(source, "2025-12-31")
    clients = then["Tesla"] * (p["shares_left_m"] - p["own_shares_m"]) / p["shares_left_m"]
    return [then["SpaceX"], then["Tesla"], clients]


def _largest_own(source: Source) -> float:
    """Return his own gain in dollars with the one assumption that lifts it most; paid prices stand."""
    p, limits = _p(source), source.ranges("0_stake")
    free = limits.index.difference(["share_price_usd", "spacex_value_usd_bn", "own_shares_other_m"])
    tried = [p | {name: limits.at[name, end]} for name in free for end in ("min", "max")]
    return max(own(q, q["own_shares_m"])[4] for q in tried)


def _turns(source: Source) -> list[float]:
    """Return by how many per cent each of the two prices may be lower until the gain is twelve billion."""
    p = _p(source)
    spare = total(source) - 12e9
    return [
        100 * spare / (1e6 * p["shares_left_m"] * p["share_price_usd"]),
        100 * spare / _spacex(p),
    ]


_H = "0_stake"
HEADLINES = [
    Headline("his own part", _H, r"about \$([\d.]+) to \$([\d.]+) billion was Baron's own", lambda s: [v / 1e9 for v in range_own(s)], 2),
    Headline("his own part in the title", _H, r"Baron's own gain was \$([\d.]+) to \$([\d.]+) billion",
             lambda s: [v / 1e9 for v in range_own(s)], 2),
    Headline("his own part on the card", _H, r"card INTRO-02 gain: (\$[\d.]+) to \$([\d.]+) billion",
             lambda s: [v / 1e9 for v in range_own(s)]),
    Headline("the rebuilt gain", _H, r"from shares, cost and prices we get (\$[\d.]+ billion), (\d+)% of it on paper",
             lambda s: [total(s), paper(s)], (3, 2)),
    Headline("the rebuilt gain, title", _H, r"By our estimate the gain is \$([\d.]+) billion, (\d+)% of it on paper",
             lambda s: [total(s) / 1e9, paper(s)], (3, 2)),
    Headline("weights as stated and opened", _H, r"alone were (\d+)% of his portfolio.*? Counting those shares, Musk's companies made up (\d+)%",
             lambda s: [100 * (_p(s)["own_tesla_weight"] + _p(s)["own_spacex_weight"]), _opened(s)], 2),
    Headline("his fortune by Forbes", _H, r"Forbes put his fortune at (\$[\d.]+ billion)",
             lambda s: 1e9 * s.fact("forbes-baron-on-the-day")[0]),
    Headline("a loss of half", _H, r"would have fallen by (\d+)% and the assets of his firm by (\d+)%",
             lambda s: [_opened(s) / 2, managed(s) / 2], 2),
    Headline("mean close since 2023", _H, r"In those years Tesla's month-end close averaged \$(\d+)", mean_close),
    Headline("shares left and gain", _H,
             "".join(rf"\| {n} \| ([\d.]+ million) shares \| (\$[\d.]+ billion) \| (\$\d+) \| " for n in
                     ("had none been sold since 2022", "as we assume", "clients' alone, at most", "clients' alone, at least")), _left_table),
    Headline("Tesla's gain on the card", _H, r"card INTRO-21 tesla_gain: \$([\d.]+) to \$([\d.]+) billion",
             lambda s: [min(v := [_left_table(s)[i] / 1e9 for i in (1, 4, 7, 10)]), max(v)]),
    Headline("SpaceX shares", _H, r"these values give ([\d.]+) to ([\d.]+) million shares", _spacex_shares),
    Headline("SpaceX at the mark", _H, r"the stake was worth (\$[\d.]+ billion), a gain of (\$[\d.]+ billion)",
             lambda s: [_spacex(_p(s)), _spacex(_p(s)) - 1e9 * _p(s)["spacex_cost_usd_bn"]]),
    Headline("SpaceX's gain on the card", _H, r"card INTRO-22 spacex_gain: \$([\d.]+) to \$([\d.]+) billion",
             lambda s: [v / 1e9 for v in _spacex_gain(s)]),
    Headline("xAI's gain", _H, r"The xAI stake had gained (\$\d+ million), ([\d.]+)% of the total",
             lambda s: [(g := 1e9 * (_p(s)["xai_value_usd_bn"] - _p(s)["xai_cost_usd_bn"])), 100 * g / total(s)], (3, 2)),
    Headline("shares for the whole sum", _H, r"Baron would need (\d+ million) Tesla shares",
             lambda s: 12e9 * 1e6 * _p(s)["own_shares_m"] / own(_p(s), _p(s)["own_shares_m"])[4], 2),
    Headline("the most that one assumption does", _H, r"Moved to either end of its range, no assumption lifts Baron's own gain above (\$[\d.]+ billion)", _largest_own, 2),
    Headline("what brought cash", _H, r"Sales of Tesla shares up to 2022 brought in (\$[\d.]+ billion)\. We value the shares that have gone since at (\$[\d.]+ billion).*?cost of all these shares, (\$[\d.]+ billion) was profit",
             lambda s: [(a := 1e6 * _p(s)["sold_2020_22_m"] * _p(s)["sold_2020_22_usd"]), _proceeds(_p(s), _p(s)["shares_left_m"]) - a, _realised(_p(s))], 2),
    Headline("the stakes afterwards", _H, r"its stakes in Musk's companies would have gone from (\$[\d.]+ billion) to (\$[\d.]+ billion) by 21 August 2026\. SpaceX, which took over xAI in February 2026, would have made up (\d+)% of that",
             lambda s: [_held_then(s), *_afterwards(s)[:2]], (3, 3, 2)),
    Headline("SpaceX's turn", _H, r"a SpaceX price (\d+)% below that of the share sale", lambda s: 100 * (total(s) - 12e9) / _spacex(_p(s)), 2),
    Headline("what both prices turn", _H, r"[Ii]f Tesla's price had been (\d+)% lower, or SpaceX's (\d+)% lower, the gain would have been below", _turns, 2),
    Headline("SpaceX shares after the split", _H, r"split of May 2026, or ([\d.]+) to ([\d.]+) million after it", lambda s: [5 * v for v in _spacex_shares(s)]),
    Headline("SpaceX in the sum", _H, r"makes up (\d+)% of the gain",
             lambda s: 100 * (_spacex(_p(s)) - 1e9 * _p(s)["spacex_cost_usd_bn"]) / total(s), 2),
]  # fmt: skip
