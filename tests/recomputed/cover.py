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


def _record_year(source: Source) -> list[float]:
    t = source.table("falcon_mass")
    row = t.loc[t.launches.idxmax()]
    return [row.launches, row.mass_t / row.launches]


def _confidence(source: Source, level: str) -> float:
    t = source.ledger()
    return float(sum(t.verdict.isin(JUDGED) & (t.confidence == level)))


HEADLINES = [
    Headline("claims by verdict", _H, r"Of (\d+) claims (\d+) hold, (\d+) hold in part and (\d+) are contradicted. The other (\d+)",
             lambda s: [(n := len(s.ledger())), *(verdict.verdicts(s)[v] for v in JUDGED), n - verdict.judged(s)], EXACT),
    Headline("sayings", _H, r"reports (\d+) sayings and views: (\d+) hold, (\d+) hold in part, and for (\d+) the words", verdict.sayings, EXACT),
    Headline("figures far off", _H, r"large: (\w+) figures are off by more than a factor of two, (\w+) of them by about ten and (\w+) by about a million", _tens, EXACT),
    Headline("the pace", _H, r"means ([\d.]+)% a year and falls due", thesis.pace),
    Headline("high confidence", _H, r"confidence is high in (\d+) of the (\d+) judgements", lambda s: [_confidence(s, "high"), verdict.judged(s)], EXACT),
    Headline("the scorecard", _H, r"\d+ claims (\d+) supported (\d+) partly (\d+) contradicted (\d+) open (\d+) unverified (\d+) opinion",
             lambda s: [verdict.verdicts(s)[v] for v in (*JUDGED, "open", "unverified", "opinion")], EXACT),
    Headline("his own part, title", _H, r"Of the twelve billion, ([\d.]+) to ([\d.]+) were Baron's own", lambda s: [v / 1e9 for v in stake.range_own(s)], 2),
    Headline("his own part, chart", _H, r"with his funds ([\d.]+); lower count, held directly ([\d.]+)", lambda s: [v / 1e9 for v in stake.range_own(s)[::-1]]),
    Headline("the rebuilt gain", _H, r"It comes to (\$[\d.]+ billion), and (\d+)% of that was still on paper", lambda s: [stake.total(s), stake.paper(s)], (3, 2)),
    Headline("what 2020 made", _H, r"The year 2020 made (\d+) per cent of Tesla's growth", people.of_2020, 2),
    Headline("giants that made it", _H, r"(\w+) of (\d+) places \(([\d.]+)%\) grew fivefold", thesis.kept_pace, (EXACT, EXACT, 2)),
    Headline("giants that made it, title", _H, r"(\w+) of (\d+) places among the largest companies made it", lambda s: thesis.kept_pace(s)[:2], EXACT),
    Headline("price of the profit", _H, r"costs (\d+) times earnings", lambda s: s.parameters("4_thesis")["exit_pe"]),
    Headline("launches", _H, r"a year in orbit needs ([\d,]+) launches", machines.launches, 2),
    Headline("Falcon's record year", _H, r"Falcon 9, 2025 to 28 November (\d+); for", lambda s: _record_year(s)[0], EXACT),
    Headline("Falcon's load", _H, r"a Falcon 9 of its record year carried (\d+) t", lambda s: _record_year(s)[1], 2),
    Headline("US average power", _H, r"We found (\d+) to (\d+) GW, so the plan would add (\d+) to (\d+)% of it", lambda s: [*machines.recent_power(s), *_added(s)], (3, 3, 2, 2)),
    Headline("energy in the cost", _H, r"Energy is (\d+)% of the cost of computing on the ground", machines.energy_share, 1),
    Headline("confidence by level", _H, r"confidence is high for (\d+), medium for (\d+) and low for (\d+). Another (\d+) claims stay unverified",
             lambda s: [*(_confidence(s, level) for level in ("high", "medium", "low")), verdict.verdicts(s)["unverified"]], EXACT),
]  # fmt: skip
