"""The verdict: the ledger counted from its files, and figures printed over figures found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def _traced(source: Source) -> float:
    """Return how many sayings and views were found again or contradicted."""
    said = source.ledger()
    return float(sum(said.speech & said.verdict.isin(JUDGED)))


def _holds(source: Source, column: str, value: object) -> list[float]:
    """Return how many claims of a kind hold in full, and of how many judged."""
    t = source.ledger()
    t = t[(t[column] == value) & t.verdict.isin(JUDGED)]
    return [sum(t.verdict == "supported"), len(t)]


def weighty(source: Source) -> list[float]:
    """Return the weightiest judged claims, those by verdict, and the contradicted slips of date, word or digit."""
    t = source.ledger()
    t = t[(t.importance == 3) & t.verdict.isin(JUDGED)]
    told = source.table("error_families").set_index("claim").family
    slips = ("scale word or digit", "date or order of events")
    wrong = t.id[t.verdict == "contradicted"]
    return [len(t), *(sum(t.verdict == v) for v in JUDGED), sum(told.get(c) in slips for c in wrong), len(wrong)]  # fmt: skip


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
    """Return every figure that measures something, once, with printed over found, low and high, and how far off it is."""
    f = source.figures()
    f = f[
        (f[["value_low", "value_high", "low", "high"]] > 0).all(axis=1)
        & ~f.figure.str.endswith("_version")
        & ~f.figure.str.contains("_of_printed_")
    ]
    f = f[~f.duplicated(["figure", "value_low", "value_high"])]
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


def _misses(source: Source) -> pd.DataFrame:
    """Return the figures that do not fit: 'equal' at once, 'about' from a tenth on."""
    f = over(source)
    return f[f.off > [1.0 if r == "equal" else 1.1 for r in f.relation]]


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


def _dated(source: Source) -> list[float]:
    """Return the open claims that we dated, all of them, and those dated by the article and by a promise."""
    waiting = source.ledger()
    waiting = waiting.id[waiting.verdict == "open"]
    told = source.table("claim_horizons").set_index("claim").dated_by
    who = [told.get(claim, "us") for claim in waiting]
    return [who.count("us"), len(who), who.count("article"), who.count("promise")]


def _live(source: Source) -> pd.DataFrame:
    t = source.table("forecasts")
    return t[~t.forecast.isin(t.revises.dropna())]


def _line(
    name: str, label: str, columns: int, again: Callable[[Source], Sequence[float] | float]
) -> Headline:
    """Return a row of a table in the chapter: its label, then so many counts."""
    return Headline(name, _H, rf"\| {label} \|" + r" (\d+) \|" * columns, again, EXACT)


def _row(level: str) -> Headline:
    return _line(f"confidence {level}", level, 3, lambda s: _confidence(s, level))


def _said_by(name: str, speaker: str) -> Headline:
    return _line(f"quoted, {name}", name, 4, lambda s: _quoted(s, speaker))


def _from(name: str, origin: str) -> Headline:
    return _line(f"errors from {name}", name, 2, lambda s: _origin(s, origin))


HEADLINES = [
    Headline("claims judged", _H, r"Of (\d+) claims, (\d+) could be judged: (\d+) hold, (\d+) hold in part and (\d+) are contradicted",
             lambda s: [len(s.ledger()), judged(s), *(verdicts(s)[v] for v in JUDGED)], EXACT),
    Headline("by weight", _H, r"Weighty claims hold less often: (\d+)% of those the thesis rests on, (\d+)% of the details", lambda s: [_part(s, "importance", 3), _part(s, "importance", 1)], 2),
    Headline("by weight, counted", _H, r"Among the details, (\d+) of the (\d+) judged claims hold. Among the claims the thesis rests on, (\d+) of (\d+) do", lambda s: [*_holds(s, "importance", 1), *_holds(s, "importance", 3)], EXACT),
    Headline("slips among the weightiest", _H, r"(\w+) of the (\d+) that are contradicted get a date, a number word or a digit wrong\. Without them (\d+) of (\d+) hold",
             lambda s: [(w := weighty(s))[4], w[3], w[1], w[0] - w[4]], EXACT),
    Headline("weightiest, asked", _H, r"Of (\d+) judged claims the thesis rests on, (\d+) hold and (\d+) hold in part", lambda s: weighty(s)[:3], EXACT),
    Headline("sayings", _H, r"also reports (\d+) statements and views. Of the (\d+) that could be traced, (\d+) hold. For another (\d+)",
             lambda s: [(n := sayings(s))[0], _traced(s), n[1], n[3]], EXACT),
    Headline("commonest error", _H, r"as the whole is the error in (\d+) of (\d+) claims", lambda s: [_family(s, "the whole for a part"), len(_faulty(s))], EXACT),
    Headline("figures far off", _H, r"(\w+) figures are off by more than a factor of (?:2|two), even measured against the nearer end of the range we found\. .*? (\w+) of these seem to have a dull cause: a number word or a digit that changed",
             lambda s: [len(f := far(s)), sum(s.table("error_families").set_index("claim").family.get(c) == "scale word or digit" for c in f.claim)], EXACT),
    Headline("open claims", _H, r"(\w+) of the (\d+) open claims can be settled by the end of 2030", lambda s: _settled_by_2030(s)[::-1], EXACT),
    Headline("open claims by who dated them", _H, r"(\w+) of (\d+) open claims name no day .*? itself gives a date for (\w+) of the open claims, and promises made earlier give a date for (\w+)\.", _dated, EXACT),
    Headline("our own chance", _H, r"We give Tesla a (\d+)% chance", lambda s: 100 * (t := _live(s))[t.short == "Tesla five times by 2035"].probability.iloc[0]),
    Headline("claims that hold, in the chart's title", _H, r"(\d+)% of the (\d+) claims hold in full",
             lambda s: [100 * (v := verdicts(s))["supported"] / v.sum(), v.sum()], (2, EXACT)),
    Headline("the conclusion, asked", _H, r"In the conclusion, where (\w+) of (\w+) judged claims holds?", lambda s: _holds(s, "section", "END"), EXACT),
    Headline("the opening", _H, r"The article does best in the opening, where (\d+) of (\d+) judged", lambda s: _holds(s, "section", "INTRO"), EXACT),
    Headline("not judged", _H, r"The other (\d+) claims could not be judged. Of these, (\d+) are opinions and (\d+) are forecasts that are not yet due. For another (\d+) our search",
             lambda s: [len(s.ledger()) - judged(s), *(verdicts(s)[v] for v in ("opinion", "open", "unverified"))], EXACT),
    Headline("in one number", _H, r"the article earns (\d+)% of the points.*?from (\d+)% to (\d+)%", lambda s: [(w := _ways(s))[4], w[0], w[8]], 2),
    Headline("all conventions", _H, r"nothing \| (\d+)% \| (\d+)% \| (\d+)% \| \| half \| (\d+)% \| (\d+)% \| (\d+)% \| \| full \| (\d+)% \| (\d+)% \| (\d+)%", _ways, 2),
    Headline("by weight in the chart's title", _H, r"(\d+)% of the details hold, and (\d+)% of the weightiest claims", lambda s: [_part(s, "importance", 1), _part(s, "importance", 3)], 2),
    _row("high"), _row("medium"), _row("low"),
    Headline("high confidence", _H, r"Our confidence is high for (\d+) of the (\d+) verdicts", lambda s: [sum(_confidence(s, "high")), judged(s)], EXACT),
    Headline("figures that fit", _H, r"Of (\d+) figures, (\d+) fit, (\w+) are too large and (\w+) too small",
             lambda s: [len(f := over(s)), len(f) - len(m := _misses(s)), sum(m.least > 1), sum(m.most < 1)], EXACT),
    Headline("wrong figures in the chart's title", _H, r"(\w+) of (\w+) wrong figures are too large",
             lambda s: [sum((m := _misses(s)).least > 1), len(m)], EXACT),
    *(Headline(f"errors: {family}", _H, pattern, lambda s, family=family: _family(s, family), EXACT) for family, pattern in (
        ("date or order of events", r"In (\w+) claims an event is put in the wrong year"), ("wrong person or firm", r"In (\w+) claims the person, firm or audience is wrong"),
        ("plan told as fact", r"(\w+) claims drop the condition"), ("sum or cause that does not follow", r"(\w+) claims give a sum, a cause or a conclusion that"),
        ("scale word or digit", r"(\w+) claims get a number word"))),
    Headline("whose errors", _H, r"For (\d+) of (\d+) claims that do not hold in full, we do not know who made the error. In another (\d+), the error came in with .*?, and in (\w+) it is known to be the author's",
             lambda s: [sum(_origin(s, "unknown")), len(_faulty(s)), sum(_origin(s, "source") + _origin(s, "translation")), sum(_origin(s, "author"))], EXACT),
    _from("press or person quoted", "source"), _from("translation", "translation"), _from("author", "author"), _from("unknown", "unknown"),
    Headline("power over found", _H, r"160 gigawatts \| 160 GW \| ([\d.]+) to ([\d.]+) \|", _scale("INFRA-60"), 2),
    Headline("fortune over found", _H, r"4000 milliards \| 4 trillion .*? \| ([\d.]+) \|", _scale("END-07"), 2),
    Headline("Grok 4 over found", _H, r"30 billions \| 30 trillion .*? \| (\d+) to (\d+) \|", _scale("GROK-33"), 2),
    Headline("fortune estimates", _H, r"12 December 2025 give a range of \$(\d+) to \$(\d+) billion", lambda s: [v / 1e9 for v in _fortune(s)]),
    Headline("fortune since", _H, r"later lists of Forbes that we read is (\$[\d.]+ trillion)", lambda s: max(_later_fortunes(s))),
    Headline("fortune over printed", _H, r"are \$4 trillion, or ([\d.]+) times as much", lambda s: _printed_fortune(s) / s.parameters(_H)["musk_net_worth_bn"], 2),
    Headline("where the fortune turns", _H, r"partly right if Musk's fortune were (\$[\d.]+ trillion) or more, and right if it were at least (\$[\d.]+ trillion).*? and \$(\d+) billion was meant\. Then we would call that sum right for a fortune of \$(\d+) billion to \$(\d+) billion, and partly right for any other from \$(\d+) billion to \$(\d+) billion",
             lambda s: [1e9 * (p := _printed_fortune(s)) / 2, 1e9 * p / 1.1, p / 10, p / 11, 0.11 * p, p / 20, p / 5]),
    Headline("trillion over output", _H, r"In dollars that is ([\d,]+) times what the world produces", lambda s: 1e9 / s.table("size_marks").set_index("label").value_usd_bn["world output 2025"], 2),
    _said_by("others, in the author's words", "author"), _said_by("Baron", "baron"), _said_by("Musk", "musk"),
    Headline("forecasts thought unlikely", _H, r"We think (\d+) of (\d+) events less likely than not", lambda s: [sum(_live(s).probability < 0.5), len(_live(s))], EXACT),
    Headline("score expected", _H, r"exactly right, we should expect a score of ([\d.]+)", lambda s: (p := _live(s).probability).mean() - (p**2).mean(), 2),
]  # fmt: skip
