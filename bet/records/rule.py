"""The verdict rule: from a printed figure and the interval that was found to a verdict.

Pure functions; the thresholds stand here once and the method page prints them.
"""

from __future__ import annotations

from dataclasses import dataclass

SCALE = ("supported", "partly", "contradicted", "open", "unverified", "opinion")
WITHIN = 1.10  # 'about' still fits; 'equal' is off by a little
NEAR = 2.0  # 'about' is off, but of the right size
LOOSE = 3.0  # a bound this far from the truth is true and useless

_RANK = {"supported": 0, "partly": 1, "contradicted": 2}


@dataclass(frozen=True)
class Ruling:
    """What the rule says of one figure: verdict, how far off, and its reason in words."""

    verdict: str
    gap: float
    reason: str
    loose: bool = False


def gap(value: tuple[float, float], found: tuple[float, float], slack: float = 0.0) -> float:
    """Return how far two intervals are apart as a ratio >= 1 (1 = they touch).

    ``slack`` is the half-width of rounding, in the unit of the value. Intervals of different
    sign, or one that touches zero, have no ratio: the gap is infinite.
    """
    low, high = value[0] - slack, value[1] + slack
    if low <= found[1] and found[0] <= high:
        return 1.0
    below, above = (value[1], found[0]) if high < found[0] else (found[1], value[0])
    if below <= 0 < above or below * above <= 0:
        return float("inf")
    return above / below if above > 0 else below / above


def rule(
    relation: str,
    value: tuple[float, float],
    found: tuple[float, float],
    precision: float = 0.0,
    limits: tuple[float, float, float] | None = None,
) -> Ruling:
    """Judge a printed value against what was found.

    Parameters
    ----------
    relation : 'equal', 'about', 'less', 'more' or 'date'
        What the sentence claims: the truth equals, is about, is less than or more than the value.
        Dates are compared as day numbers and either overlap or do not.
    value, found : (low, high) in the same unit; low <= high
    precision : half-width of the rounding of the printed value, in its unit
    limits : (within, near, loose) other than those above, for a review of a changed rule
    """
    within, near, loose = limits or (WITHIN, NEAR, LOOSE)
    if value[0] > value[1] or found[0] > found[1]:
        raise ValueError("an interval runs from low to high")
    if relation in ("less", "more"):
        return _bound(relation, value, found, within, loose)
    apart = gap(value, found, precision)
    if relation == "date":
        if apart == 1.0:
            return Ruling("supported", 1.0, "the dates agree")
        days = max(found[0] - value[1], value[0] - found[1])
        return Ruling("contradicted", apart, f"the dates are at least {days:,.0f} days apart")
    inner, outer = (1.0, within) if relation == "equal" else (within, near)
    if apart <= inner:
        return Ruling(
            "supported", apart, _fits(value, found, precision) if apart == 1.0 else _off(apart)
        )
    if apart <= outer:
        return Ruling("partly", apart, _off(apart))
    return Ruling("contradicted", apart, _off(apart))


def _fits(value: tuple[float, float], found: tuple[float, float], slack: float) -> str:
    """Say how two intervals that overlap lie to each other."""
    if found[0] - slack <= value[0] and value[1] <= found[1] + slack:
        return "inside what was found"
    if value[0] <= found[0] and found[1] <= value[1]:
        return "what was found lies inside it"
    return "overlaps what was found"


def _off(apart: float) -> str:
    if apart == float("inf"):
        return "not even the sign agrees"
    return f"off by a factor of {_times(apart)}" if apart >= NEAR else f"off by {apart - 1:.0%}"


def _times(apart: float) -> str:
    """Write a factor: 2.8, 10, 1,000,000."""
    return f"{apart:,.0f}" if round(apart, 1) == round(apart) or apart >= 100 else f"{apart:,.1f}"


def _bound(
    relation: str,
    value: tuple[float, float],
    found: tuple[float, float],
    within: float,
    most: float,
) -> Ruling:
    """Judge 'less than value' or 'more than value'."""
    # Mirror 'more' so that one comparison serves both.
    bound = value[1] if relation == "less" else value[0]
    holds = found[1] < bound if relation == "less" else found[0] > bound
    fails = found[0] >= bound if relation == "less" else found[1] <= bound
    nearest_end = found[1] if relation == "less" else found[0]
    if holds:
        apart = gap((bound, bound), (nearest_end, nearest_end))
        loose = apart > most
        reason = f"the bound holds, {_times(apart)} times away" if loose else "the bound holds"
        return Ruling("supported", 1.0, reason + (": true but useless" if loose else ""), loose)
    if not fails:
        return Ruling("partly", 1.0, "what was found lies on both sides of the bound")
    apart = gap((bound, bound), found)
    return Ruling(
        "partly" if apart <= within else "contradicted", apart, f"the bound fails, {_off(apart)}"
    )


def worst(verdicts: list[str]) -> str:
    """Return the verdict of a claim from those of its figures: the worst of them."""
    return max(verdicts, key=_RANK.__getitem__)
