"""The ledger counted: verdicts by any field, figures printed against found, and what falls due when.

Pure functions on the records; the day decides which of a claim's two clocks is read.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import pandas as pd

from bet.models.base_rates import share_interval
from bet.records import judge
from bet.records.claims import Claim, interval
from bet.records.rule import SCALE

JUDGED = ("supported", "partly", "contradicted")
_ORDER = (*SCALE, "pending")


def counts(ledger: Mapping[str, Claim], day: str, field: str) -> pd.DataFrame:
    """Count verdicts by a field of the claims ('section', 'kind', 'speaker', 'error_origin' ...).

    One row per value of the field, in the order met; one column per verdict; every cell is filled.
    Claims without a value (an error origin of a claim that holds) and text of the host page are left out.
    """
    rows = [
        (str(value), claim.verdict_on(_date(day)))
        for claim in ledger.values()
        if claim.kind != "boilerplate" and (value := getattr(claim, field)) is not None
    ]
    frame = pd.DataFrame(rows, columns=[field, "verdict"])
    table = frame.groupby([field, "verdict"], sort=False).size().unstack(fill_value=0)
    values = list(dict.fromkeys(frame[field]))
    return table.reindex(index=values, columns=list(_ORDER), fill_value=0).astype(int)


def sayings(ledger: Mapping[str, Claim], day: str) -> pd.Series:
    """Count verdicts on what the article says that somebody said or thinks; the not found are counted too."""
    verdicts = [c.verdict_on(_date(day)) for c in ledger.values() if c.speech]
    return pd.Series(verdicts).value_counts().reindex(SCALE, fill_value=0)


def shares(table: pd.DataFrame, verdict: str = "supported") -> pd.DataFrame:
    """Return for each row of ``counts`` the share of judged claims with a verdict, with its interval.

    Judged are supported, partly and contradicted; rows with none of them are left out. The interval
    is what 95 % of such samples would give if claims were drawn at random, which they are not: it
    says how little a small group can show.
    """
    judged = table[list(JUDGED)].sum(axis=1)
    rows = [
        (
            name,
            int(table.at[name, verdict]),
            int(total),
            *share_interval(table.at[name, verdict], total),
        )
        for name, total in judged.items()
        if total
    ]
    frame = pd.DataFrame(rows, columns=["group", "hits", "judged", "low", "high"])
    return frame.assign(share=frame["hits"] / frame["judged"])


def headline_shares(table: pd.Series, counted: Mapping[str, float]) -> float:
    """Return the share of claims that hold when each verdict counts so much (None: left out)."""
    credit = {verdict: worth for verdict, worth in counted.items() if worth is not None}
    total = sum(int(table[verdict]) for verdict in credit)
    return (
        sum(worth * int(table[verdict]) for verdict, worth in credit.items()) / total
        if total
        else math.nan
    )


def figures(ledger: Mapping[str, Claim], day: str) -> pd.DataFrame:
    """Return every figure that the rule judged on a day: printed over found as a span of ratios.

    ``low`` to ``high`` is printed divided by found, at both ends of what was found: above one the
    article prints too much. Dates have no ratio; ``days`` says how far they are apart (0: they meet).
    ``printed`` is the span that the article gives, in the figure's own unit.
    """
    rows = []
    for claim in ledger.values():
        for figure in judge.from_ledger(claim, day, "tally")["figures"]:
            value, found = interval(tuple(figure["value"])), interval(tuple(figure["found"]))
            dated = figure["relation"] == "date"
            low, high = (math.nan, math.nan) if dated else _over(value, found)
            apart = max(found[0] - value[1], value[0] - found[1], 0.0) if dated else math.nan
            rows.append((claim.id, figure["name"], figure["relation"], figure["verdict"], figure["gap"],
                         low, high, apart, value, claim.error_origin or "none"))  # fmt: skip
    columns = [
        "claim",
        "figure",
        "relation",
        "verdict",
        "gap",
        "low",
        "high",
        "days",
        "printed",
        "error_origin",
    ]
    return pd.DataFrame(rows, columns=columns)


def _over(value: tuple[float, float], found: tuple[float, float]) -> tuple[float, float]:
    if min(*value, *found) <= 0:
        return math.nan, math.nan
    return value[0] / found[1], value[1] / found[0]


def sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the ruled figures that measure something, each once however often it is printed.

    Left out are bounds and dates, numbers of a version, and shares of another printed figure: a
    share of a wrong sum says nothing about the size of what it is a share of.
    """
    measured = table[table["relation"].isin(("equal", "about")) & table["low"].notna()]
    measured = measured[~measured["figure"].str.contains("_version$|_of_printed_")]
    return measured.drop_duplicates(["figure", "printed"])


def direction(table: pd.DataFrame) -> dict[str, int]:
    """Count the ruled figures: those that fit, and those printed too large or too small.

    A bound ('less than', 'more than') fits or not; it has no direction and is left out.
    """
    measured = table[table["relation"].isin(("equal", "about")) & table["low"].notna()]
    wrong = measured[measured["verdict"] != "supported"]
    return {
        "fit": int((measured["verdict"] == "supported").sum()),
        "too large": int((wrong["low"] > 1).sum()),
        "too small": int((wrong["high"] < 1).sum()),
    }


def maturities(
    ledger: Mapping[str, Claim], day: str, horizons: pd.DataFrame, last: dt.date
) -> pd.DataFrame:
    """Return each claim that is open on a day with the day that settles it and who set that day.

    ``horizons`` has the columns claim, due and dated_by; a claim that it lacks falls due on
    ``last`` and is dated by us.
    """
    known = horizons.set_index("claim")
    rows = []
    for claim in ledger.values():
        if claim.verdict_on(_date(day)) != "open":
            continue
        listed = claim.id in known.index
        due = known.at[claim.id, "due"] if listed else pd.Timestamp(last)
        rows.append((claim.id, due, known.at[claim.id, "dated_by"] if listed else "us"))
    return pd.DataFrame(rows, columns=["claim", "due", "dated_by"]).sort_values(
        "due", kind="stable", ignore_index=True
    )


def reviews(ledger: Mapping[str, Claim]) -> pd.Series:
    """Count the claims by the year of their next review."""
    years = [int(claim.review_by[:4]) for claim in ledger.values() if claim.review_by]
    return pd.Series(years, dtype="int64").value_counts().sort_index(kind="stable")


def age_span(statements: Iterable[tuple[dt.date, int]], day: dt.date) -> tuple[int, int]:
    """Return the lowest and highest age on a day of a person whose age was stated on other days.

    Raises ValueError when no day of birth fits all statements.
    """
    earliest, latest = dt.date.min, dt.date.max
    for said, age in statements:
        earliest = max(earliest, _years_before(said, age + 1) + dt.timedelta(days=1))
        latest = min(latest, _years_before(said, age))
    if earliest > latest:
        raise ValueError("the stated ages fit no day of birth")
    return _age(latest, day), _age(earliest, day)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _age(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def markdown_table(rows: Iterable[Iterable[object]], head: Iterable[str]) -> str:
    """Return a Markdown table; cells are shown as they are."""
    lines = [" | ".join(head)]
    lines.append(" | ".join("---" for _ in lines[0].split(" | ")))
    lines += [
        " | ".join(str(cell).replace("\n", " ").replace("|", "/") for cell in row) for row in rows
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _date(day: str) -> dt.date:
    return dt.date.fromisoformat(day)
