"""Grok: sizes, sites, people, users, standing, and what a record of forecasts makes of ten per cent."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import DAY, Source

_H = "2_grok"


def _p(source: Source) -> dict:
    return source.parameters(_H)


def builds(source: Source) -> tuple[pd.Series, pd.DataFrame]:
    """Return the build times in days of the group's sites, and the rows of all others."""
    b = source.table("ai_build_times").sort_values("days")
    return b[b.owner == "Musk group"].days, b[b.owner != "Musk group"]


def _sizes(source: Source) -> pd.Series:
    """Return what Musk said of each model, in parameters."""
    t = source.table("grok_parameters")
    return 1e12 * t[t.basis == "Musk"].set_index("model").parameters_1e12


def _chips(source: Source, parameters: float, memory_gb: float) -> int:
    return math.ceil(parameters * _p(source)["bytes_per_parameter"] / 1e9 / memory_gb)


def _losses(source: Source, law: str) -> list[float]:
    """Return the fall of the loss in per cent: same text, same work, text changed as size."""
    p, f = _p(source), source.table("scaling_laws").set_index("law").loc[law]
    small, large = 1e12 * p["parameters_old_1e12"], 1e12 * p["parameters_new_1e12"]
    tokens, step = 1e12 * p["training_tokens_1e12"], large / small

    def loss(n: float, d: float) -> float:
        return f.floor + f.size_scale * n**-f.size_exponent + f.data_scale * d**-f.data_exponent

    return [
        100 * (1 - loss(large, d) / loss(small, tokens))
        for d in (tokens, tokens / step, tokens * step)
    ]


def _kaplan(source: Source) -> float:
    p, law = _p(source), source.table("scaling_laws").set_index("law").loc["Kaplan 2020"]
    return 100 * (1 - (p["parameters_old_1e12"] / p["parameters_new_1e12"]) ** law.size_exponent)


def _promised(source: Source) -> pd.DataFrame:
    t = source.table("grok5_promises")
    return t[t.kind == "release"]


def _ahead(source: Source) -> list[float]:
    """Return the shortest and longest notice in days of all promises."""
    t = _promised(source)
    days = (t.due - t.said_on).dt.days
    return [days.min(), days.max()]


def _owned(source: Source) -> list[float]:
    """Return the group's part of the computing in per cent, its place, the owners, its part of the power."""
    sites = source.table("ai_sites").sort_values("date")
    last = sites.groupby("site", as_index=False).last()
    last["owner"] = last.owner.replace({"xAI": "Musk group", "Tesla": "Musk group"})
    by = last.groupby("owner")[["h100_equivalents", "facility_power_mw"]].sum()
    part = 100 * by / by.sum()
    place = 1 + (by.h100_equivalents > by.h100_equivalents["Musk group"]).sum()
    return [
        part.h100_equivalents["Musk group"],
        place,
        len(by),
        part.facility_power_mw["Musk group"],
    ]


def used(source: Source) -> list[float]:
    """Return the computing in use of xAI and of the first laboratory, in H100 equivalents."""
    t = source.table("lab_compute")
    t = t[t.basis == "estimate"].set_index("lab").h100e_10k
    return [1e4 * t["xAI"], 1e4 * t.max()]


def _users(source: Source) -> list[float]:
    t = source.table("assistant_users")
    day = t[(t.metric == "messages a day") & (t.date == "2025-03-28")].set_index("product").value_mn
    return [1e6 * day["Grok"], 1e6 * day["ChatGPT"], day["ChatGPT"] / day["Grok"]]


def _arena(source: Source) -> list[float]:
    """Return how often xAI led, of how many readings, the least and the most it was behind, and the last."""
    t = source.table("arena_standing")
    t = t[t.lab == "xAI"].sort_values("snapshot")
    behind = -t.gap_to_top[t.gap_to_top != 0]
    return [sum(t["rank"] == 1), len(t), behind.min(), behind.max(), -t.gap_to_top.iloc[-1]]


def _index_gap(source: Source) -> float:
    """Return how far xAI's newest model on the index came out behind the best that was there."""
    t = source.table("capability_index")
    t = t[t.snapshot == t.snapshot.max()]
    xai = t[t.lab == "xAI"]
    newest = xai.loc[xai.released.idxmax()]
    return float(
        t[(t.lab != "xAI") & (t.released <= newest.released)]["index"].max() - newest["index"]
    )


def _index_scores(source: Source) -> list[float]:
    """Return the scores of xAI's newest model, of the best rival of its day, and of the best of all."""
    t = source.table("capability_index")
    t = t[t.snapshot == t.snapshot.max()]
    xai = t[t.lab == "xAI"]
    score = float(xai["index"][xai.released.idxmax()])
    return [score, score + _index_gap(source), t["index"].max()]


def _largest_site(source: Source) -> float:
    """Return the computing of the largest single site, in H100 equivalents: it is the group's."""
    sites = source.table("ai_sites").sort_values("date").groupby("site").last()
    ours = sites[sites.owner == "Musk group"].h100_equivalents.max()
    return float(ours) if ours == sites.h100_equivalents.max() else math.nan


def _fallen(source: Source, topics: str = "all") -> pd.DataFrame:
    t = source.table("musk_ai_forecasts")
    t = t[t.outcome_known.astype(bool) & ((t.due < DAY) | (t.delivered <= DAY))]
    return t if topics == "all" else t[(t.topic == "level") == (topics == "level")]


def _promises_in_full(source: Source) -> list[int]:
    """Return how many of Musk's settled dated promises were kept in full and on time, and how many those are."""
    t = source.table("musk_promises").dropna(subset="due")
    t = t[(t.due < DAY) | (t.delivered_on <= DAY)]
    full = (t.delivered_on <= t.due) & ~t.outcome.isin(["partly", "cancelled"])
    return [int(full.sum()), len(t)]


def _hits(t: pd.DataFrame) -> list[int]:
    return [int((t.delivered <= t.due).sum()), len(t)]


def _worth(
    source: Source, kept: float, total: float, before: tuple[float, float] | None = None
) -> list[float]:
    """Return reliability, the chance in proportion and by odds, in per cent."""
    p = _p(source)
    good, bad = before or (p["prior_kept"], p["prior_broken"])
    trust = (kept + good) / (total + good + bad)
    said, sure = p["stated_chance"], p["implied_confidence"]
    odds = said / (1 - said) * trust / (1 - trust) / (sure / (1 - sure))
    return [100 * trust, 100 * said * trust, 100 * odds / (1 + odds)]


def _now(source: Source) -> list[float]:
    return _worth(source, *_hits(_fallen(source)))


def _prize(source: Source) -> list[float]:
    price = 1e9 * _p(source)["price_of_xai_usd_bn"]
    return [price / (chance / 100) for chance in _now(source)[1:]]


def _brier(source: Source) -> list[float]:
    t, sure = _fallen(source), _p(source)["implied_confidence"]
    kept, n = _hits(t)
    share = kept / n
    return [(kept * (1 - sure) ** 2 + (n - kept) * sure**2) / n, share * (1 - share)]


def _notice(source: Source) -> list[float]:
    t = _fallen(source)
    days, kept = (t.due - t.said_on).dt.days, t.delivered <= t.due
    return [np.median(days[kept]), np.median(days[~kept])]


def _gifts(source: Source) -> pd.DataFrame:
    return source.table("openai_gifts").set_index("account")


HEADLINES = [
    Headline("build time", _H, r"Colossus took (\d+) days\. The median of (\d+) others took (\d+)\.",
             lambda s: [builds(s)[0].min(), len(builds(s)[1]), np.median(builds(s)[1].days)]),
    Headline("behind on the index", _H, r"newest xAI model there, Grok [\d.]+, scored [\d.]+, about (\d+) points less than the best rival when it was released", _index_gap, 1),
    Headline("scores on the index", _H, r"scores ([\d.]+)\. When it was released in [\w ]+, the best rival scored ([\d.]+)\. By [\w ]+ the best model of all scored ([\d.]+),", _index_scores, 4),
    Headline("times too large", _H, r"Read as French, the article.s 30 and 60 trillion are (\d+) times too large", lambda s: 30e12 / _sizes(s)["Grok 4"], 2),
    Headline("sizes as said", _H, r"Musk spoke of (\d+ trillion) parameters .*? and of (\d+ trillion) parameters", lambda s: [_sizes(s)["Grok 4"], _sizes(s)["Grok 5"]]),
    Headline("sizes on the card", _H, r"card GROK-33 grok4_parameters: (\d+ trillion) \(.*? to (\d+ trillion) \(",
             lambda s: [1e12 * (t := s.table("grok_parameters").set_index("model").loc["Grok 4"].parameters_1e12).min(), 1e12 * t.max()]),
    Headline("chips that hold it", _H, r"fills ([\d,]+) GB of memory and needs (\d+) chips of .*? The model of the French reading needs (\d+) such chips\..*?between (\d+) \(GB300\) and (\d+) \(H100\)",
             lambda s: [_sizes(s)["Grok 5"] * _p(s)["bytes_per_parameter"] / 1e9, _chips(s, _sizes(s)["Grok 5"], _p(s)["chip_memory_gb"]), _chips(s, 60e12, _p(s)["chip_memory_gb"]),
                        _chips(s, _sizes(s)["Grok 5"], (g := s.table("gpu_memory").memory_gb).max()), _chips(s, _sizes(s)["Grok 5"], g.min())]),
    Headline("loss by Kaplan", _H, r"size alone \| ([\d.]+)% \|", _kaplan, 2),
    Headline("loss by Chinchilla", _H, r"Chinchilla 2022 \| ([\d.]+)% \| (−[\d.]+)% \| ([\d.]+)% \|", lambda s: _losses(s, "Chinchilla 2022"), 2),
    Headline("loss by the refit", _H, r"refitted 2024 \| ([\d.]+)% \| (−[\d.]+)% \| ([\d.]+)% \|", lambda s: _losses(s, "Chinchilla refitted 2024"), 2),
    Headline("promises of Grok 5", _H, r"promised (\w+) times, for (\w+) dates: (\w+) passed without it",
             lambda s: [len(t := _promised(s)), len(u := t.drop_duplicates("due")), sum(u.due < DAY)], EXACT),
    Headline("notice of Grok 5", _H, r"each promise was made (\d+) to (\d+) days before the date that it named", _ahead),
    Headline("computing owned", _H, r"owned (\d+)% of computing at large sites\. They were number (\d+) of (\d+) owners", lambda s: _owned(s)[:3], (2, EXACT, EXACT)),
    Headline("power owned", _H, r"had (\d+)% of the computing power and (\d+)% of the electric power", lambda s: _owned(s)[::3], 2),
    Headline("largest site", _H, r"largest single site on Epoch AI's list in [\w ]+, with computing power equal to ([\d.]+ million) H100s", _largest_site, 2),
    Headline("computing used", _H, r"the equivalent of ([\d,]+) H100s, and OpenAI that of ([\d.]+ million) H100s\.", used, 2),
    Headline("founders who left", _H, r"All (\w+) people who founded xAI with Musk had left by", lambda s: len(s.table("xai_founders")), EXACT),
    Headline("messages a day", _H, r"Grok answered (\d+ million) messages and ChatGPT ([\d.]+ billion) messages, (\d+) times as many", _users, (3, 3, 2)),
    Headline("standing in the arena", _H, r"first in (\w+) of our (\d+) snapshots.*?xAI's best model was ([\d.]+) to ([\d.]+) rating points behind the leader\. In the last snapshot, of [\w ]+, it was (\d+) points", _arena, (EXACT, EXACT, 2, 2, 2)),
    Headline("price of standing still", _H, r"Across (\d+) combinations of a test and a score, .*? by a factor of (\d+) a year",
             lambda s: [len(f := s.table("ai_price_falls").fall_per_year), np.median(f)], (EXACT, 2)),
    Headline("forecasts that fell due", _H, r"Of Musk's (\d+) dated forecasts on AI that had fallen due, (\w+) came", lambda s: _hits(_fallen(s))[::-1], EXACT),
    Headline("notice of forecasts", _H, r"looked a median of (\d+) days ahead, and those that were late or missed looked (\d+) days ahead", _notice),
    Headline("score of the forecasts", _H, r"Musk's Brier score is ([\d.]+)\. .*?would have scored ([\d.]+)\.", _brier, 2),
    Headline("what ten per cent is worth", _H, r"(?:10% becomes|On past forecasts, his 10% chance of general AI becomes|10% for general AI is) ([\d.]+)% to ([\d.]+)%", lambda s: _now(s)[:0:-1], 1),
    Headline("reliability", _H, r"the chance that the next forecast is kept is (\d+)% \(.*? becomes ([\d.]+)% if cut in proportion and ([\d.]+)% if cut by odds", _now, 2),
    Headline("reliability, a sceptic", _H, r"one kept in ten \| 4 of 13 \| (\d+)% \| ([\d.]+)% \| ([\d.]+)%", lambda s: _worth(s, *_hits(_fallen(s)), (1, 9)), 2),
    Headline("reliability, all promises", _H, r"dated promises on our list \| (\d+) of (\d+) \| (\d+)%",
             lambda s: [*(h := _promises_in_full(s)), _worth(s, *h)[0]], (EXACT, EXACT, 2)),
    Headline("reliability, levels only", _H, r"levels of AI only \| (\d) of (\d) \| (\d+)% \| (\d+)% \| ([\d.]+)%",
             lambda s: [*(h := _hits(_fallen(s, "level"))), *_worth(s, *h)], (EXACT, EXACT, 2, 2, 2)),
    Headline("reliability, products only", _H, r"products only \| (\d) of (\d+) \| (\d+)% \| ([\d.]+)% \| ([\d.]+)%",
             lambda s: [*(h := _hits(_fallen(s, "product"))), *_worth(s, *h)], (EXACT, EXACT, 2, 2, 2)),
    Headline("the prize", _H, r"At the chances that his record suggests, it would have to be worth (\$\d+ trillion) to (\$\d+ trillion)", _prize, 2),
    Headline("Musk's own figures", _H, r"he named (\$\d+ million), which would be (\d+)% of those gifts, and in May 2023 he named (\$\d+ million)",
             lambda s: [1e6 * (g := _gifts(s)).low_usd_mn["Musk, his first account"], 100 * g.low_usd_mn["Musk, his first account"] / g.low_usd_mn["Tax filings, all donors to 2021"], 1e6 * g.low_usd_mn["Musk, his second account"]], 2),
    Headline("gifts to OpenAI", _H, r"show gifts of (\$\d+ million) by 2021\. That is (\d+)% of the sum announced",
             lambda s: [1e6 * (g := _gifts(s)).filter(like="filings", axis=0).high_usd_mn.max(), 100 * g.filter(like="filings", axis=0).high_usd_mn.max() / g.filter(like="pledged", axis=0).high_usd_mn.iloc[0]], (3, 2)),
]  # fmt: skip
