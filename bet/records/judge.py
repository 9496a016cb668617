"""Assessments: a claim judged in a notebook, as a card for people and a record for machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bet import numbers
from bet.faults import BadInput, Fault, nearest
from bet.records import forms, parameters, turns
from bet.records.claims import Claim, Figure, claims, interval
from bet.records.rule import SCALE, worst


def assess(
    claim_id: str,
    *,
    as_of: str,
    notebook: str,
    found: Any = None,
    verdict: str | None = None,
    because: str | None = None,
    turned_by: Mapping[str, Callable[[Any], Any]] | None = None,
    turned: str = "",
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Judge one claim and return its record.

    Parameters
    ----------
    found : (low, high), or {figure name: (low, high)}, in the unit of the printed figure; the rule
        then decides. Figures left out keep what the ledger found.
    verdict, because : for claims that no figure decides: a word of the scale, computed, and a sentence,
        told where parameters were moved or the verdict is not the ledger's; else the ledger's reason is
    turned_by : {parameter: function from its value to what ``found`` or ``verdict`` would be then}; the
        record tells which values turn the verdict. ``values`` are those of the run. ``turned`` says in
        words what turns it where no single number does

    Only a verdict that some parameter turns is recorded as computed. Without ``turned_by`` the record is
    from the ledger: what the run found is held against it, but nothing in the run can move the verdict.
    With neither ``found`` nor ``verdict`` it is the ledger's own. Raises BadInput for a verdict that the
    form of the sentence does not allow, see ``forms``, and for a parameter that is none.
    """
    claim = _claim(claim_id)
    record = _judged(
        claim, as_of, notebook, found, verdict, because, _moved(notebook, values or {})
    )
    if turned:
        record |= {"assessed": "computed", "turned": turned}
    if not turned_by:
        return record
    known = parameters.parameters_of(notebook)
    numeric = [name for name, entry in known.items() if not isinstance(entry.default, str)]
    if unknown := [name for name in turned_by if name not in numeric]:
        expected = f"one of {', '.join(numeric)}{nearest(unknown[0], numeric)}"
        raise BadInput([Fault(f"assess('{claim_id}') turned_by", f"'{unknown[0]}'", expected)])

    def at(then: Callable[[Any], Any]) -> Callable[[float], str]:
        return lambda value: _verdict(claim, as_of, then(value))

    run = {name: entry.default for name, entry in known.items()} | dict(values or {})
    found_turns = turns.records(known, run, {name: at(then) for name, then in turned_by.items()})
    words = turns.in_words(known, run, found_turns)
    return record | {"assessed": "computed", "turns": found_turns, "turned": words}


def _verdict(claim: Claim, as_of: str, what: Any) -> str:
    """Return the verdict that a word of the scale, or what was found, comes to."""
    if isinstance(what, str) and what in SCALE:
        return what
    judged = _as_found(claim, what, as_of)
    return _final(claim, as_of, worst([figure.judge(value).verdict for figure, value in judged]))


def _moved(notebook: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a run has other values than those of the registry; its day is none of them."""
    known = parameters.parameters_of(notebook)
    return any(
        value != known[name].default
        for name, value in values.items()
        if name in known and name != "as_of"
    )


def _judged(
    claim: Claim, as_of: str, notebook: str, found: Any, verdict: str | None,
    because: str | None, moved: bool,
) -> dict[str, Any]:  # fmt: skip
    """Return the record of a claim; ``because`` is told of a run that was ``moved`` or turned the verdict."""
    claim_id = claim.id
    listed = claim.verdict_on(dt.date.fromisoformat(as_of))
    if found is not None and verdict is not None:
        raise BadInput([Fault(f"assess('{claim_id}')", "both", "either found or verdict")])
    if found is None and verdict is None:
        return from_ledger(claim, as_of, notebook)
    form = forms.form(claim.kind, claim.speech.words if claim.speech else None)
    if verdict is not None and verdict in SCALE and verdict not in form.verdicts:
        expected = f"{' or '.join(form.verdicts)}: {form.name}"
        raise BadInput([Fault(f"assess('{claim_id}') verdict", repr(verdict), expected)])
    if verdict is not None:
        if verdict not in SCALE:
            raise BadInput(
                [Fault(f"assess('{claim_id}') verdict", repr(verdict), ", ".join(SCALE))]
            )
        told = because if moved or verdict != listed else None
        told = told or (_reason(claim, as_of) if verdict == listed else None)
        if not told:
            raise BadInput([Fault(f"assess('{claim_id}')", "no reason", "because='…'")])
        return _record(claim, verdict, told, [], as_of, notebook)
    final, reason, figures = _by_rule(claim, as_of, found)
    told = because if moved or final != listed else None
    return _record(claim, final, told or reason, figures, as_of, notebook)


def _as_found(claim: Claim, found: Any, as_of: str) -> list[tuple[Figure, Any]]:
    """Return each printed figure that can be judged, with what was found in the run or by the ledger."""
    given = _by_figure(claim, found)
    judged = [
        (figure, given.get(figure.name, _ledger_found(claim, figure, as_of)))
        for figure in claim.figures
        if figure.value is not None
    ]
    return [(figure, value) for figure, value in judged if value is not None]


def _kept(claim: Claim, ruled: str) -> bool:
    """Tell whether the ledger's override stands: the rule says what it said when it was overridden."""
    return bool(claim.override) and ruled == _ledger_ruling(claim)


def _final(claim: Claim, as_of: str, ruled: str) -> str:
    """Return the verdict on a claim of whose figures the rule says ``ruled``."""
    return claim.verdict_on(dt.date.fromisoformat(as_of)) if _kept(claim, ruled) else ruled


def _by_rule(claim: Claim, as_of: str, found: Any) -> tuple[str, str, list[dict[str, Any]]]:
    """Return verdict, reason and figures of a claim for what was found."""
    judged = _as_found(claim, found, as_of)
    figures = [_figure(figure, value) for figure, value in judged]
    ruled = worst([figure["verdict"] for figure in figures])
    final = _final(claim, as_of, ruled)
    listed = claim.verdict_on(dt.date.fromisoformat(as_of))
    if final == listed and _as_listed(claim, judged, as_of):
        return final, _reason(claim, as_of), figures
    if claim.override and _kept(claim, ruled):
        return final, claim.override, figures
    return final, _in_words(figures), figures


def from_ledger(claim: Claim, as_of: str, notebook: str) -> dict[str, Any]:
    """Return the record of a claim that no notebook computes."""
    verdict = claim.verdict_on(dt.date.fromisoformat(as_of))
    figures = [
        _figure(figure, value)
        for figure in claim.figures
        if (value := _ledger_found(claim, figure, as_of)) is not None
    ]
    return _record(claim, verdict, _reason(claim, as_of), figures, as_of, notebook)


def _reason(claim: Claim, as_of: str) -> str:
    """Return the reason that the ledger gives on a day."""
    return (claim.clock(dt.date.fromisoformat(as_of)) or claim).reason


def _as_listed(claim: Claim, judged: list[tuple[Figure, Any]], as_of: str) -> bool:
    """Tell whether what was computed is what the ledger's reason speaks of: within its ends, give or take 2 %."""
    for figure, found in judged:
        listed = _ledger_found(claim, figure, as_of)
        if listed is None:
            return False
        (low, high), (first, last) = interval(listed), interval(found)
        if first < low - 0.02 * abs(low) or last > high + 0.02 * abs(high):
            return False
    return True


def drift(record: Mapping[str, Any]) -> list[Fault]:
    """Return where a run under its own parameters says another thing than the ledger.

    Ends of what was found must agree once rounded as the ledger writes them: 4.36 is 4.4 and not 4.3.
    A run under other parameters may differ; do not ask it.
    """
    claim, as_of = _claim(record["claim"]), record["as_of"]
    where = f"notebook {record['notebook']}, {claim.id}"
    listed = claim.verdict_on(dt.date.fromisoformat(as_of))
    faults = []
    if record["verdict"] != listed:
        faults.append(Fault(where, record["verdict"], f"{listed}, as in data/claims"))
    figures = {figure.name: figure for figure in claim.figures}
    for found in record["figures"]:
        figure = figures.get(found["name"])
        ledger = None if figure is None else _ledger_found(claim, figure, as_of)
        if figure is None or ledger is None:
            faults.append(
                Fault(f"{where}.{found['name']}", found["found_text"], "a found in data/claims")
            )
        elif not all(map(_rounds_to, found["found"], _written(ledger))):
            told = f"{found_text(figure, ledger)}, as in data/claims"
            faults.append(Fault(f"{where}.{found['name']}", found["found_text"], told))
    return faults


def _written(found: Any) -> tuple[Any, Any]:
    """Return both ends of a finding as they stand in the ledger; dates as their day numbers."""
    ends = tuple(found) if isinstance(found, tuple | list) else (found, found)
    return ends if all(isinstance(end, int | float) for end in ends) else interval(found)


def _rounds_to(value: float, written: float) -> bool:
    """Tell whether a value, rounded to the last place that is written, is the number written.

    A record keeps six significant figures, so that much is forgiven besides.
    """
    places = Decimal(str(written)).normalize().as_tuple().exponent
    half = 0.5 * 10.0 ** min(int(places), 0)
    return abs(value - written) <= half * (1 + 1e-9) + 5e-6 * abs(value)


def _in_words(figures: list[dict[str, Any]]) -> str:
    """Return what the rule says of the figures as sentences; each is named where there are several."""
    told = [
        f"{label(figure['name'])}: {figure['reason']}" if len(figures) > 1 else figure["reason"]
        for figure in figures
    ]
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in told)


def _claim(claim_id: str) -> Claim:
    ledger = claims()
    if claim_id not in ledger:
        raise BadInput([Fault("assess", f"'{claim_id}'", f"a claim id{nearest(claim_id, ledger)}")])
    return ledger[claim_id]


def _by_figure(claim: Claim, found: Any) -> dict[str, Any]:
    """Return {figure name: interval}; one interval goes to the only figure, or to the first."""
    names = [figure.name for figure in claim.figures if figure.value is not None]
    if not names:
        raise BadInput(
            [Fault(f"assess('{claim.id}')", "found=…", "verdict=…: no figure is printed")]
        )
    if not isinstance(found, Mapping):
        return {names[0]: found}
    unknown = [name for name in found if name not in names]
    if unknown:
        expected = f"{', '.join(names)}{nearest(unknown[0], names)}"
        raise BadInput([Fault(f"assess('{claim.id}') figure", f"'{unknown[0]}'", expected)])
    return dict(found)


def _ledger_found(claim: Claim, figure: Figure, as_of: str) -> Any:
    clock = claim.clock(dt.date.fromisoformat(as_of))
    return clock.found.get(figure.name, figure.found) if clock else figure.found


def _ledger_ruling(claim: Claim) -> str | None:
    return worst([f.judge().verdict for f in claim.judged()]) if claim.judged() else None


def _figure(figure: Figure, found: Any) -> dict[str, Any]:
    ruling = figure.judge(found)
    low, high = interval(found)
    return {
        "name": figure.name, "printed": figure.printed, "unit": figure.unit, "relation": figure.relation,
        "reading": figure.reading,
        "value": list(interval(figure.value)), "found": [float(f"{low:.6g}"), float(f"{high:.6g}")],
        "read_text": read_text(figure), "found_text": found_text(figure, found), "verdict": ruling.verdict, "reason": ruling.reason,
        "gap": None if ruling.gap == float("inf") else float(f"{ruling.gap:.4g}"), "loose": ruling.loose,
    }  # fmt: skip


def found_text(figure: Figure, found: Any) -> str:
    """Write what was found as a reader would: '441 to 502 GW', 'June 2014', '$12.4 to $13 billion'."""
    if figure.relation == "date":
        return _days(found)
    return str(numbers.amount(*interval(found), figure.unit))


def read_text(figure: Figure) -> str:
    """Write in English how a printed figure is read: 'more than $12 billion'."""
    if figure.read:
        return figure.read
    if figure.relation == "date":
        return _days(figure.value)
    bound = {"less": "less than ", "more": "more than ", "about": "about "}.get(figure.relation, "")
    return f"{bound}{numbers.amount(*interval(figure.value), figure.unit)}"


def _days(value: Any) -> str:
    """Write a day, a month, a year, or a span of days."""
    first, last = (
        str(end) for end in (value if isinstance(value, tuple | list) else (value, value))
    )
    if first == last:
        return str(numbers.day(first)) if len(first) == 10 else first
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    after = end + dt.timedelta(days=1)
    if start.day == after.day == 1 and (after.year, after.month) == (
        start.year + start.month // 12,
        start.month % 12 + 1,
    ):
        return f"{start:%B} {start.year}"
    if (start.month, start.day, after.month, after.day) == (1, 1, 1, 1):
        years = dict.fromkeys((start.year, end.year))
        return " to ".join(map(str, years))
    return f"{numbers.day(first)} to {numbers.day(last)}"


def _record(
    claim: Claim, verdict: str, reason: str, figures: list, as_of: str, notebook: str
) -> dict[str, Any]:
    ruled = worst([figure["verdict"] for figure in figures]) if figures else verdict
    return {
        "claim": claim.id, "verdict": verdict, "confidence": claim.confidence, "reason": reason,
        "figures": figures, "as_of": as_of, "notebook": notebook, "assessed": "ledger",
        "overridden": bool(claim.override) and verdict != ruled,
    }  # fmt: skip


_NAMES = {"tesla": "Tesla", "spacex": "SpaceX", "musk": "Musk", "agi": "AGI", "us": "US",
          "grok4": "Grok 4", "grok5": "Grok 5"}  # fmt: skip


def label(name: str) -> str:
    """Return the name of a figure for readers: 'tesla_weight' -> 'Tesla weight'."""
    text = " ".join(_NAMES.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:]
