"""The verdict: the ledger counted from its files, and figures printed over figures found."""

from __future__ import annotations

import pandas as pd

from tests.recomputed.printed import EXACT, Headline
from tests.recomputed.source import JUDGED, Source

_H = "5_verdict"


def verdicts(source: Source) -> pd.Series:
    """Return how many claims have each verdict."""
    return source.ledger().verdict.value_counts()


def judged(source: Source) -> float:
    """Return how many claims could be judged."""
    return float(source.ledger().verdict.isin(JUDGED).sum())


def sayings(source: Source) -> list[float]:
    """Return the sayings and views, those that hold, hold in part, and were not found."""
    said = source.ledger()
    said = said[said.speech]
    return [len(said), *(sum(said.verdict == v) for v in ("supported", "partly", "unverified"))]


def _holds(source: Source, column: str, value: object) -> list[float]:
    """Return how many claims of a kind hold in full, and of how many judged."""
    t = source.ledger()
    t = t[(t[column] == value) & t.verdict.isin(JUDGED)]
    return [sum(t.verdict == "supported"), len(t)]


def _part(source: Source, column: str, value: object) -> float:
    hits, n = _holds(source, column, value)
    return 100 * hits / n


def _faulty(source: Source) -> pd.DataFrame:
    t = source.ledger()
    return t[t.verdict.isin(["partly", "contradicted"])]


def _family(source: Source, family: str) -> float:
    told = source.table("error_families").set_index("claim").family
    return float(sum(told.get(claim) == family for claim in _faulty(source).id))


def over(source: Source) -> pd.DataFrame:
    """Return every figure that states a value with printed over found, low and high, and how far off it is."""
    f = source.figures()
    f = f[
        (f[["value_low", "value_high", "low", "high"]] > 0).all(axis=1)
        & ~f.figure.str.endswith("_version")
    ]
    f = f.assign(least=f.value_low / f.high, most=f.value_high / f.low)
    return f.assign(
        off=[
            1.0 if a <= 1 <= b else a if a > 1 else 1 / b
            for a, b in zip(f.least, f.most, strict=True)
        ]
    )


def far(source: Source) -> pd.DataFrame:
    """Return the figures off by more than a factor of two, by how far in the middle."""
    f = over(source)
    return f[f.off > 2].assign(middle=lambda t: (t.least * t.most) ** 0.5)


def _ways(source: Source) -> list[float]:
    n = verdicts(source)
    rows = []
    for worth in (0, 0.5, 1):
        points, base = n["supported"] + worth * n["partly"], sum(n[v] for v in JUDGED)
        rows += [
            points / (base + n["unverified"]),
            points / base,
            (points + n["unverified"]) / (base + n["unverified"]),
        ]
    return [100 * row for row in rows]


def _confidence(source: Source, level: str) -> list[float]:
    t = source.ledger()
    return [sum((t.confidence == level) & (t.verdict == v)) for v in JUDGED]


def _origin(source: Source, origin: str) -> list[float]:
    t = _faulty(source)
    return [sum((t.error_origin == origin) & (t.verdict == v)) for v in ("partly", "contradicted")]


def _quoted(source: Source, speaker: str) -> list[float]:
    t = source.ledger()
    t = t[t.speech & (t.speaker == speaker)]
    return [sum(t.verdict == v) for v in ("supported", "partly", "contradicted", "unverified")]


def _scale(claim: str):
    def again(source: Source) -> list[float]:
        row = over(source).set_index("claim").loc[claim]
        return [row.least, row.most] if row.least < row.most * 0.99 else [row.most]

    return again


def _fortune(source: Source) -> list[float]:
    t = source.table("fortune_estimates")
    before = t[t.as_of <= "2025-12-12"].value_usd_bn
    return [1e9 * before.min(), 1e9 * before.max()]


def _later_fortunes(source: Source) -> list[float]:
    t = source.table("fortune_estimates")
    t = t[(t.as_of > "2025-12-12") & (t.estimator == "Forbes")]
    return [1e9 * v for v in t.sort_values("as_of").value_usd_bn]


def _printed_fortune(source: Source) -> float:
    return float(source.figures().set_index("claim").value_low["END-07"])


def _settled_by_2030(source: Source) -> list[float]:
    """Return the open claims, and how many of them have a day before 2031 in the table of horizons."""
    waiting = source.ledger()
    waiting = waiting.id[waiting.verdict == "open"]
    due = source.table("claim_horizons").set_index("claim").due
    return [
        len(waiting),
        sum(claim in due.index and due[claim] < pd.Timestamp("2031-01-01") for claim in waiting),
    ]


def _live(source: Source) -> pd.DataFrame:
    t = source.table("forecasts")
    return t[~t.forecast.isin(t.revises.dropna())]


def _row(level: str) -> Headline:
    return Headline(
        f"confidence {level}",
        _H,
        rf"\| {level} \| (\d+) \| (\d+) \| (\d+) \|",
        lambda s: _confidence(s, level),
        EXACT,
    )


def _said_by(name: str, speaker: str) -> Headline:
    return Headline(
        f"quoted, {name}",
        _H,
        rf"\| {name} \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|",
        lambda s: _quoted(s, speaker),
        EXACT,
    )


def _from(name: str, origin: str) -> Headline:
    return Headline(
        f"errors from {name}",
        _H,
        rf"\| {name} \| (\d+) \| (\d+) \|",
        lambda s: _origin(s, origin),
        EXACT,
    )


HEADLINES = [
    Headline("claims judged", _H, r"Of the article's (\d+) claims (\d+) could be judged .*?: (\d+) hold, (\d+) hold in part and (\d+) do not",
             lambda s: [len(s.ledger()), judged(s), *(verdicts(s)[v] for v in JUDGED)], EXACT),
    Headline("by weight", _H, r"less often it holds: (\d+)% of the details do and (\d+)% of the claims that carry", lambda s: [_part(s, "importance", 1), _part(s, "importance", 3)], 2),
    Headline("sayings", _H, r"Of the (\d+) sayings and views that it reports, (\d+) hold, (\d+) hold in part, and for (\d+)", sayings, EXACT),
    Headline("commonest error", _H, r"accounts for (\d+) of the (\d+) claims that do not hold in full", lambda s: [_family(s, "the whole for a part"), len(_faulty(s))], EXACT),
    Headline("figures far off", _H, r"Of (\w+) figures off by more than a factor of (?:2|two), (\w+) are slips",
             lambda s: [len(f := far(s)), sum(s.table("error_families").set_index("claim").family.get(c) == "scale word or digit" for c in f.claim)], EXACT),
    Headline("open claims", _H, r"Of the (\d+) open claims (\d+) can be settled", _settled_by_2030, EXACT),
    Headline("our own chance", _H, r"chance that Tesla's share does it at (\d+)%", lambda s: 100 * (t := _live(s))[t.short == "Tesla five times by 2035"].probability.iloc[0]),
    Headline("opening in the chart's title", _H, r"(\d+) of (\d+) judged claims hold; in the conclusion only (\d+) of (\d+)",
             lambda s: [verdicts(s)["supported"], judged(s), *_holds(s, "section", "END")], EXACT),
    Headline("in one number", _H, r"the article earns (\d+)% of the points.*?from (\d+)% to (\d+)%", lambda s: [(w := _ways(s))[4], w[0], w[8]], 2),
    Headline("all conventions", _H, r"nothing \| (\d+)% \| (\d+)% \| (\d+)% \| \| half \| (\d+)% \| (\d+)% \| (\d+)% \| \| full \| (\d+)% \| (\d+)% \| (\d+)%", _ways, 2),
    Headline("traced views and causes", _H, r"(\d+)% of the details hold, \d+% of the heaviest", lambda s: _part(s, "importance", 1), 2),
    _row("high"), _row("medium"), _row("low"),
    Headline("high confidence", _H, r"(\d+) of the (\d+) judgements have it", lambda s: [sum(_confidence(s, "high")), judged(s)], EXACT),
    Headline("figures that fit", _H, r"(\d+) measured figures miss: (\d+) are too large, (\d+) too small",
             lambda s: [len(m := (f := over(s))[f.off > [1.0 if r == "equal" else 1.1 for r in f.relation]]), sum(m.least > 1), sum(m.most < 1)], EXACT),
    *(Headline(f"errors: {family}", _H, pattern, lambda s, family=family: _family(s, family), EXACT) for family, pattern in (
        ("date or order of events", r"(\w+) claims put an event in the wrong year"), ("wrong person or firm", r"(\w+) give a deed or a sum to the wrong"),
        ("plan told as fact", r"(\w+) drop the condition"), ("sum or cause that does not follow", r"(\w+) draw a conclusion"),
        ("scale word or digit", r"do not hold, (\w+) stumble over a number word"))),
    Headline("whose errors", _H, r"author's in (\d+). In (\d+) it came in .*?, and of (\d+) the origin is unknown",
             lambda s: [sum(_origin(s, "author")), sum(_origin(s, "source") + _origin(s, "translation")), sum(_origin(s, "unknown"))], EXACT),
    _from("press or person quoted", "source"), _from("translation", "translation"), _from("author", "author"), _from("unknown", "unknown"),
    Headline("power over found", _H, r"160 gigawatts \| 160 GW \| ([\d.]+) to ([\d.]+) \|", _scale("INFRA-60"), 2),
    Headline("fortune over found", _H, r"4000 milliards \| 4 trillion .*? \| ([\d.]+) \|", _scale("END-07"), 2),
    Headline("Grok 4 over found", _H, r"30 billions \| 30 trillion .*? \| (\d+) to (\d+) \|", _scale("GROK-33"), 2),
    Headline("fortune estimates", _H, r"was counted, run from \$(\d+) to \$(\d+) billion", lambda s: [v / 1e9 for v in _fortune(s)]),
    Headline("fortune over printed", _H, r"which is ([\d.]+) times that.*?he would need (\$\d trillion)",
             lambda s: [_printed_fortune(s) / s.parameters(_H)["musk_net_worth_bn"], 1e9 * _printed_fortune(s) / 2], 2),
    Headline("trillion over output", _H, r"is ([\d,]+) times what the world produces", lambda s: 1e9 / s.table("size_marks").set_index("label").value_usd_bn["world output 2025"], 2),
    _said_by("the author", "author"), _said_by("Baron", "baron"), _said_by("Musk", "musk"),
    Headline("forecasts thought unlikely", _H, r"We think (\d+) of (\d+) milestones less likely than not", lambda s: [sum(_live(s).probability < 0.5), len(_live(s))], EXACT),
    Headline("score expected", _H, r"exactly right we should expect ([\d.]+)", lambda s: (p := _live(s).probability).mean() - (p**2).mean(), 2),
]  # fmt: skip
