"""What came of dated promises, by one definition of 'kept', and what a record of them is worth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

OUTCOMES = ("kept", "late", "missed", "pending")
SETTLED = ("kept", "partly", "late", "missed", "cancelled")


def outcomes(
    due: pd.Series,
    delivered: pd.Series,
    day: str | pd.Timestamp,
    grace_days: float = 0,
    told_by: pd.Series | None = None,
) -> pd.Series:
    """Say what each promise had come to by a day: this is the one definition of a kept promise.

    'kept' if delivered by the due day plus grace (or at all, where no day was named); 'late' if
    delivered after that; 'missed' if nothing came and that day has passed; else 'pending'. The due
    day belongs to the promise. What happened after ``day`` is not looked at.

    Parameters
    ----------
    due, delivered : days, NaT where none was named or nothing came
    told_by : the day on which it shows whether anything came, where that is later than the due day
    """
    now, limit = pd.Timestamp(day), due + pd.Timedelta(days=grace_days)
    came = delivered <= now
    over = (limit if told_by is None else told_by) < now
    words = np.select(
        [came & (delivered > limit), came, over], ["late", "kept", "missed"], "pending"
    )
    return pd.Series(words, index=due.index, dtype=object)


def tally(promises: pd.DataFrame, day: str | pd.Timestamp, grace_days: float = 0) -> dict[str, int]:
    """Count the outcomes by a day of a table with 'due' and 'delivered'; every word is a key."""
    words = outcomes(promises["due"], promises["delivered"], day, grace_days)
    return {word: int((words == word).sum()) for word in OUTCOMES}


def fallen_due(
    due: pd.Series, delivered: pd.Series, day: str | pd.Timestamp, grace_days: float = 0
) -> tuple[int, int]:
    """Return how many were kept of the promises whose day plus grace has passed, and how many those are.

    A promise kept early is left out until its day: to count it at once would flatter the share.
    """
    over = due + pd.Timedelta(days=grace_days) < pd.Timestamp(day)
    words = outcomes(due[over], delivered[over], day, grace_days)
    return int((words == "kept").sum()), len(words)


def promise_states(promises: pd.DataFrame, day: str | pd.Timestamp) -> pd.Series:
    """Say what each row of musk_promises had come to: a word of SETTLED, 'pending' or 'undated'.

    The days decide; the table's own word is heard where days cannot tell: half-kept, cancelled.
    """
    due, delivered, word = promises["due"], promises["delivered_on"], promises["outcome"]
    state = outcomes(due, delivered, day)
    unseen = (state == "pending") | (delivered > pd.Timestamp(day))
    return state.mask(word.isin(("partly", "cancelled")) & ~unseen, word).mask(
        due.isna(), "undated"
    )


def statement_states(statements: pd.DataFrame, day: str | pd.Timestamp) -> pd.Series:
    """Say what each row of baron_statements had come to: a word of OUTCOMES or 'void'."""
    state = outcomes(
        statements["due"], statements["reached_on"], day, told_by=statements["outcome_known_by"]
    )
    return state.mask(statements["state"] == "void", "void")


def kept_bounds(states: pd.Series, unlisted_kept: float = 0.0) -> tuple[float, float, int]:
    """Return the share of settled promises kept, half-kept ones as no and as yes, and the count.

    ``unlisted_kept`` kept promises are added that the list is thought to lack.
    """
    settled = states[states.isin(SETTLED)]
    total = len(settled) + unlisted_kept
    if total == 0:
        return math.nan, math.nan, 0
    kept = (settled == "kept").sum() + unlisted_kept
    return float(kept / total), float((kept + (settled == "partly").sum()) / total), len(settled)


def delay_curve(promises: pd.DataFrame, day: str | pd.Timestamp) -> pd.DataFrame:
    """Return the share delivered by a multiple of the promised time (Kaplan-Meier).

    What had not come counts as not yet, up to the day to which it was followed.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    now = pd.Timestamp(day)
    dated = promises[
        promises["due"].notna() & ((promises["due"] <= now) | (promises["delivered_on"] <= now))
    ]
    came = dated["delivered_on"] <= now
    last = dated["delivered_on"].where(came, dated["followed_to"].fillna(now).clip(upper=now))
    planned = (dated["due"] - dated["said_on"]).dt.days.clip(lower=1)
    ratio = (last - dated["said_on"]).dt.days.clip(lower=1) / planned
    fit = SurvfuncRight(ratio.to_numpy(float), came.to_numpy(int))
    steps = pd.DataFrame({"times": fit.surv_times, "share": 1 - fit.surv_prob})
    return pd.concat([pd.DataFrame({"times": [0.0], "share": [0.0]}), steps], ignore_index=True)


def share_by(curve: pd.DataFrame, times: float) -> float:
    """Read a delay curve: the share delivered by so many times the promised time."""
    return float(curve.loc[curve["times"] <= times + 1e-9, "share"].iloc[-1])


def chance_interval(alpha: float, beta: float, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval of the chance that a record gives."""
    tail = (1 - level) / 2
    return float(stats.beta.ppf(tail, alpha, beta)), float(stats.beta.ppf(1 - tail, alpha, beta))
