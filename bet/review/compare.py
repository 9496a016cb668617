"""The review: what differs between two snapshots of the book, sorted by consequence.

Pure functions on plain records. Like is compared with like: ledger with ledger, notebook with
notebook, page with page. What changes the judge comes first, then a verdict that changes, then what
carries verdicts, then what only a reader of the page sees. ``report`` writes it down.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from pydantic import ValidationError

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NARROW_MIME, NUMBERS_MIME
from bet.dates import iso, last_day
from bet.faults import Fault
from bet.records.claims import THEN, Figure, interval
from bet.records.rule import rule, worst
from bet.review import source_diff
from bet.review.snapshot import Snapshot, Table

KINDS = {
    "judge": "This changes the judge",
    "rule": "Rulings that the changed rule turns",
    "verdict": "Verdicts",
    "unit": "Changed units",
    "clock": "Dates that move what was known when",
    "claim": "New and removed claims",
    "grounds": "What verdicts rest on",
    "number": "Numbers in prose",
    "chart": "Charts",
    "parameter": "Parameters",
    "edition": "Editions",
    "schema": "Columns and sidecars",
    "data": "Data",
    "source": "Sources and evidence",
    "words": "What a reader sees that came out differently",
    "text": "Text and code of the book",
    "file": "Other files",
}
NONE = "–"
MOST_ROWS = 40  # of one table that are told one by one
STANCES = ("supports", "contradicts", "qualifies")


def strong(told: str) -> str:
    """Mark words of ours as an alarm; the report sets them bold, whatever the words of others hold."""
    return f"\ue000{told}\ue001"


@dataclass(frozen=True)
class Change:
    """One thing that differs. ``page`` is where a reader sees it; ``weight`` sorts within a kind."""

    kind: str
    what: str
    before: str
    after: str
    note: str = ""
    page: str = ""
    weight: int = 0
    explained: bool = True


@dataclass(frozen=True)
class Review:
    """Everything that differs, the pictures of the charts that do, and what could not be judged."""

    changes: list[Change]
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, kind: str) -> list[Change]:
        """Return the changes of a kind, the weightiest first."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def pages(self) -> list[str]:
        """The pages on which a reader sees a change."""
        return sorted({change.page for change in self.changes if change.page})

    @property
    def code(self) -> int:
        """Return the exit code.

        0: no conclusion changes; 1: some do, each explained; 2: one without its history;
        3: something could not be judged, and in the rest there is nothing that would be a 2.
        """
        conclusions = [*self.of("verdict"), *self.of("rule")]
        if not all(change.explained for change in conclusions):
            return 2
        return 3 if self.faults else 1 if conclusions else 0


def compare(base: Snapshot, head: Snapshot, run: Snapshot | None = None) -> Review:
    """Compare two snapshots; ``run`` is the head with the outputs that running it gave.

    A part that fails is left out and told as a fault; the others are compared all the same.
    """
    first = _compared(base, head)
    if run is None:
        return first
    second = _compared(base, run)
    known = set(first.changes)
    more = [replace(c, note=f"when run: {c.note}".strip(" :")) for c in second.changes if c not in known]  # fmt: skip
    return Review(
        _sorted([*first.changes, *more]),
        first.pictures | second.pictures,
        [*first.notes, *(note for note in second.notes if note not in first.notes)],
        [*first.faults, *(fault for fault in second.faults if fault not in first.faults)],
    )


def _readable(base: Snapshot, head: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Leave out of both sides' claims the fields that have no shape on one: they are told as faults."""
    unread = {
        name: {key for side in (base, head) for key in side.misshapen.get(name, ())}
        for name in {**base.misshapen, **head.misshapen}
    }
    before, after = (
        {
            n: {k: v for k, v in f.items() if k not in unread.get(n, ())}
            for n, f in side.claims.items()
        }
        for side in (base, head)
    )
    return replace(base, claims=before), replace(head, claims=after)


def _compared(base: Snapshot, head: Snapshot) -> Review:
    base, head = _readable(base, head)
    faults = [
        *(Fault(f"before: {f.where}", f.found, f.expected) for f in base.faults),
        *head.faults,
    ]

    def part(title: str, found: Callable[[], Iterable[Change]]) -> list[Change]:
        kept: list[Change] = []
        try:
            kept.extend(found())
        except Exception as error:  # whatever a stranger's records make of our code
            told = f"{type(error).__name__}: {error}"[:200]
            faults.append(Fault(title, told, "records that can be compared"))
        return kept

    verdicts = part("verdicts", lambda: _verdicts(base, head))
    flipped = {change.what for change in verdicts}
    changes = [
        *part("the judge", lambda: _judge(base, head)),
        *part("the rule", lambda: _rule(base, head)),
        *verdicts,
        *part("units", lambda: _units(base, head)),
        *part("dates", lambda: _clocks(base, head)),
        *part("claims", lambda: _whole(base, head)),
        *part("grounds", lambda: _grounds(base, head)),
        *part("numbers in prose", lambda: _numbers(base, head)),
        *part("charts", lambda: _charts(base, head, flipped)),
        *part("parameters", lambda: _parameters(base, head, flipped)),
        *part("editions", lambda: _editions(base, head)),
        *part("tables", lambda: _tables(base, head, flipped)),
        *part("sources and evidence", lambda: _publications(base, head, flipped)),
        *part("outputs", lambda: _words(base, head)),
        *part("texts", lambda: _texts(base, head)),
    ]
    changes += part("files", lambda: _files(base, head, changes))
    names = {change.what for change in changes if change.kind == "chart"}
    pictures = {name: _pictures(base, head, name) for name in sorted(names)}
    return Review(_sorted(changes), pictures, _notes(base, head), faults)


def _sorted(changes: list[Change]) -> list[Change]:
    order = list(KINDS)
    return sorted(changes, key=lambda c: (order.index(c.kind), c.explained, -c.weight))  # stable


def _pictures(base: Snapshot, head: Snapshot, name: str) -> tuple[str, str]:
    before, after = (side.charts.get(name, {}).get("svg", "") for side in (base, head))
    return before, after


def _notes(base: Snapshot, head: Snapshot) -> list[str]:
    """Say in sentences what holds for the comparison as a whole."""
    missing = sorted(set(head.stripped) - set(base.stripped))
    notes = []
    if missing:
        notes.append(f"{strong('Outputs are missing')} in {', '.join(missing)}: nothing of them is compared.")  # fmt: skip
    if had := sorted(set(base.stripped) - set(head.stripped)):
        notes.append(f"Before, outputs were missing in {', '.join(had)}.")
    if old := _older(base, head):
        shown = ", ".join(old[:12]) + (f" and {len(old) - 12} more" if len(old) > 12 else "")
        notes.append(f"{strong('Outputs are older than the ledger')} for {shown}: run make notebooks.")  # fmt: skip
    return notes


def _older(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the claims that the ledger changed and whose notebook still says what it said before."""
    return [
        name
        for name, record in head.claims.items()
        if record != base.claims.get(name) and _behind(head, name) and _same_output(base, head, name)
    ]  # fmt: skip


def _behind(side: Snapshot, name: str) -> bool:
    shown, record = side.assessed.get(name), side.claims[name]
    if shown is None:
        return False
    keys = ["verdict", "confidence"] + ["reason"] * (shown.get("assessed") == "ledger")
    return any(key in shown and key in record and shown[key] != record[key] for key in keys)


def _same_output(base: Snapshot, head: Snapshot, name: str) -> bool:
    return base.assessed.get(name) in (None, head.assessed.get(name))


# The judge


def _judge(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Whatever decides how the book is judged, run or shown."""
    for path in _names(base.judge, head.judge):
        old, new = base.files.get(path), head.files.get(path)
        if old != new:
            state = "added" if old is None else "removed" if new is None else "changed"
            texts = base.judge.get(path, ""), head.judge.get(path, "")
            weight = 10 * path.startswith(("bet/records/rule", "bet/review")) + path.startswith(
                (".github/", "bet/")
            )
            yield Change("judge", path, *texts, state, "", weight)


LIMITS = ("WITHIN", "NEAR", "LOOSE")


def _rule(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """The claims whose figures come out differently under the other side's thresholds."""
    if not base.thresholds or not head.thresholds or base.thresholds == head.thresholds:
        return
    sides = [tuple(side.thresholds[name] for name in LIMITS) for side in (base, head)]
    for name, record in head.claims.items():
        before, after = (_ruling(record, limits) for limits in sides)
        if before != after:
            told = f"by the rule; the ledger says {_verdict(head, name)}"
            settled = _verdict(head, name) == after and bool(_history(base, head, name)[0])
            yield Change("rule", name, before, after, told, _page(head, name), record.get("importance", 0), settled)  # fmt: skip


def _ruling(record: dict[str, Any], limits: tuple[float, ...]) -> str:
    """Return what the rule says of a claim's figures under some thresholds."""
    within, near, loose = limits
    found = []
    for fields in record.get("figures") or []:
        try:
            figure = Figure.model_validate(fields)
        except ValidationError:
            continue
        if figure.found is not None:
            spans = interval(figure.value), interval(figure.found)
            found.append(rule(figure.relation, *spans, figure.rounding(), (within, near, loose)).verdict)  # fmt: skip
    return worst(found) if found else NONE


# Verdicts and what they rest on


def _verdict(side: Snapshot, name: str) -> str:
    return str(side.claims.get(name, {}).get("verdict", NONE))


def _output(side: Snapshot, name: str) -> str:
    return str(side.assessed.get(name, {}).get("verdict", NONE))


def _then(side: Snapshot, name: str) -> str:
    clock = side.claims.get(name, {}).get("then") or {}
    return text(clock.get("verdict")) if clock.get("verdict") else _verdict(side, name)


def _page(side: Snapshot, name: str) -> str:
    return str(side.assessed.get(name, {}).get("notebook", "claims"))


def _unread(side: Snapshot, other: Snapshot, kind: str, name: str) -> bool:
    """Tell whether a record is missing on one side only because its file could not be read there."""
    return name not in getattr(side, kind) and other.places.get((kind, name)) in side.unjudged


def _known(base: Snapshot, head: Snapshot, kind: str) -> list[str]:
    """Name the records of both sides that are there, or are known to be gone."""
    return [
        name
        for name in _names(getattr(base, kind), getattr(head, kind))
        if not _unread(base, head, kind, name) and not _unread(head, base, kind, name)
    ]


def _verdicts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for name in _known(base, head, "claims"):
        yield from _ledger(base, head, name)
    for name in _names(base.assessed, head.assessed):
        yield from _notebook(base, head, name)


def _ledger(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Compare the ledger's verdict, its verdict in 2025, confidence and importance of one claim."""
    known = head.claims.get(name, base.claims.get(name, {}))
    weight, page = 10 * known.get("importance", 0), _page(head, name)
    before, after = _verdict(base, name), _verdict(head, name)
    why, rewritten = _history(base, head, name)
    explained = _explains(why, after) and not rewritten
    told = "; ".join(text(entry.get("why")) for entry in why)
    silent = told if explained else strong("no history entry with this verdict and a reason")
    if name not in head.claims:
        silent = strong("the claim was removed")
    elif rewritten:
        silent = strong("an earlier entry of its history was changed or removed")
    if before != after:
        weight += 5 * ({before, after} == {"supported", "contradicted"})
        yield Change("verdict", name, before, after, silent, page, weight, explained)
    elif rewritten:
        yield Change("verdict", name, before, after, silent, page, weight, False)
    elif _then(base, name) != _then(head, name):
        was, now = (f"{_then(side, name)} (in 2025)" for side in (base, head))
        yield Change("verdict", name, was, now, silent, page, weight, explained)
    if name not in base.claims or name not in head.claims:
        return
    for key in ("confidence", "importance"):
        levels = _level(base, name, key), _level(head, name, key)
        if levels[0] != levels[1]:
            yield Change("verdict", name, *levels, silent, page, weight - 5, explained)


def _level(side: Snapshot, name: str, key: str) -> str:
    return f"{key} {text(side.claims[name].get(key))}"


def _explains(why: list[dict[str, Any]], verdict: str) -> bool:
    """Tell whether the entries added to a history give the verdict, each with words."""
    worded = all(re.search(r"\w", str(entry.get("why") or "")) for entry in why)
    return bool(why) and worded and str(why[-1].get("verdict")) == verdict


def _notebook(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Compare what the notebooks say of one claim, where the ledger does not say the same."""
    before, after = _output(base, name), _output(head, name)
    if before == after or (before, after) == (_verdict(base, name), _verdict(head, name)):
        return
    ledger, page = _verdict(head, name), _page(head if after != NONE else base, name)
    weight = 10 * head.claims.get(name, {}).get("importance", 0)
    if NONE in (before, after):
        mute = head.mute if after == NONE else base.mute
        shown = (
            before if before != NONE else _verdict(base, name),
            after if after != NONE else _verdict(head, name),
        )
        if shown[0] == shown[1] or page in mute or _verdict(base, name) != ledger:
            return
        note = strong(f"the notebook {'no longer judges' if after == NONE else 'judges'} it; the ledger says {ledger}")  # fmt: skip
        yield Change("verdict", name, *shown, note, page, weight, False)
    elif after == ledger:
        if ledger == _verdict(base, name):
            note = "its notebook now says what the ledger said before"
            yield Change("verdict", name, before, after, note, page, weight)
    else:
        note = strong(f"in the notebook only; the ledger says {ledger}")
        yield Change("verdict", name, before, after, note, page, weight, False)


def _history(base: Snapshot, head: Snapshot, name: str) -> tuple[list[dict], bool]:
    """Return the entries that were added, and whether an earlier one was touched."""
    old, new = (side.claims.get(name, {}).get("history") or [] for side in (base, head))
    if name not in head.claims and name in base.claims:
        return [], bool(old)
    return new[len(old) :], new[: len(old)] != old


_WHOLE = ("paraphrase", "anchor", "lines", "kind", "speaker", "importance", "verdict", "confidence",
          "figures", "reason", "override", "supports", "contradicts", "qualifies", "tables",
          "arithmetic", "searched", "strongest_reading", "error_origin", "then", "flips_if")  # fmt: skip


def _whole(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Tell a new or removed claim whole."""
    for name in _known(base, head, "claims"):
        old, new = base.claims.get(name), head.claims.get(name)
        if old is None or new is None:
            record = new or old or {}
            keys = [*(k for k in _WHOLE if k in record), *(k for k in record if k not in (*_WHOLE, "id", "history"))]  # fmt: skip
            for key in keys:
                texts = text((old or {}).get(key)), text((new or {}).get(key))
                yield Change("claim", name, *texts, key, _page(head, name), record.get("importance", 0))  # fmt: skip


_TOLD_ELSEWHERE = {"verdict", "confidence", "importance", "history", "then", "figures"}


def _grounds(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Fields of a claim other than the verdict, and what its notebook found."""
    for name in (n for n in head.claims if n in base.claims):
        old, new = base.claims[name], head.claims[name]
        weight, page = 10 * new.get("importance", 0), _page(head, name)
        for key in _names(old, new):
            if key not in _TOLD_ELSEWHERE and old.get(key) != new.get(key):
                texts = _differing(old.get(key), new.get(key))
                note = f"{key}{_leans(head, name) if key in STANCES else ''}"
                yield Change("grounds", name, *texts, note, page, weight)
        for what, was, now in _figures(old, new):
            yield Change("grounds", name, was, now, what, page, weight + 1)
        if (old.get("then") or {}) != (new.get("then") or {}) and _then(base, name) == _then(head, name):  # fmt: skip
            yield Change("grounds", name, text(old.get("then")), text(new.get("then")), "then", page, weight)  # fmt: skip
        added, rewritten = _history(base, head, name)
        if added and not rewritten and not _judged_anew(base, head, name):
            yield Change("grounds", name, NONE, text(added), "history", page, weight)
        ledger = old.get("figures") != new.get("figures")
        found = _found(base, name), _found(head, name)
        if not ledger and found[0] != found[1] and NONE not in found:
            yield Change("grounds", name, *found, "found by the notebook", page, weight + 1)


def _judged_anew(base: Snapshot, head: Snapshot, name: str) -> bool:
    keys = ("verdict", "confidence", "importance")
    old, new = base.claims[name], head.claims[name]
    return any(old.get(k) != new.get(k) for k in keys) or _then(base, name) != _then(head, name)


def _figures(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (figure and field, before, after) of what differs in a claim's figures."""
    before, after = ({str(f.get("name")): f for f in side.get("figures") or []} for side in (old, new))  # fmt: skip
    for name in _names(before, after):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield f"figure {name}", text(was), text(now)
            continue
        for key in (k for k in _names(was, now) if was.get(k) != now.get(k)):
            yield f"figure {name}, {key}", text(was.get(key)), text(now.get(key))
    if list(before) != list(after) and before == after:
        yield "figures", ", ".join(before), ", ".join(after)


def _leans(side: Snapshot, name: str) -> str:
    """Say what evidence a verdict still leans on."""
    record = side.claims.get(name, {})
    left = [fact for s in STANCES for fact in record.get(s) or [] if fact in side.evidence]
    left += [f"table {table}" for table in record.get("tables") or []]
    if record.get("arithmetic"):
        left.append("arithmetic")
    return f"; {name} ({_verdict(side, name)}) leans on {', '.join(left) or strong('nothing')}"


def _differing(old: Any, new: Any) -> tuple[str, str]:
    """Return two values as text; of two lists only the members that differ."""
    if isinstance(old or [], list) and isinstance(new or [], list):
        old, new = old or [], new or []
        gone, come = [p for p in old if p not in new], [p for p in new if p not in old]
        return (text(gone), text(come)) if gone or come else (text(old), text(new))
    return text(old), text(new)


def _found(side: Snapshot, name: str) -> str:
    figures = side.assessed.get(name, {}).get("figures", [])
    return ", ".join(f"{text(f.get('name'))} {text(f.get('found_text'))}" for f in figures) or NONE


# Units and dates


def _units(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Every unit that is another one now, with the claims that rest on it."""
    old, new = dict(_measured(base)), dict(_measured(head))
    for what in (w for w in new if w in old and old[w][0] != new[w][0]):
        (was, _), (now, claims) = old[what], new[what]
        note = f"{strong('another unit')}{_bearing(claims)}"
        yield Change("unit", what, was, now, note, "", len(claims))


def _measured(side: Snapshot) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Yield whatever has a unit: its name, the unit, and the claims that rest on it."""
    for name, record in side.claims.items():
        for figure in record.get("figures") or []:
            yield f"{name}, figure {text(figure.get('name'))}", (text(figure.get("unit")), [name])
    for name, record in side.evidence.items():
        yield f"evidence {name}", (text(record.get("unit")), _citing(side, name))
    for name, table in side.tables.items():
        for column, about in table.about.get("columns", {}).items():
            yield f"{name}, column {column}", (text(about.get("unit")), _resting(side, name))
    for name, record in side.parameters.items():
        claims = record.get("claims")
        yield f"parameter {name}", (text(record.get("unit")), claims if isinstance(claims, list) else [])  # fmt: skip
    for name, chart in side.charts.items():
        record = chart["record"]
        yield f"chart {name}", (text(record.get("unit")), _claims_of(record))


def _clocks(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Evidence that by another date falls on the other side of the first clock's end."""
    for name in (n for n in head.evidence if n in base.evidence):
        was, now = _public(base, name), _public(head, name)
        if was and now and was != now and (_then_known(was) != _then_known(now)):
            moved = _citing(head, name)
            state = "was public then, is no longer" if _then_known(was) else "was not public then, now is"  # fmt: skip
            note = f"{strong(f'{state}: the clock of {THEN.isoformat()}')}{_bearing(moved)}"
            yield Change("clock", f"evidence {name}", was, now, note, "", len(moved))


def _public(side: Snapshot, name: str) -> str:
    """Return the date from which a fact counts as public; empty when there is none."""
    fact = side.evidence[name]
    source = side.sources.get(str(fact.get("source")), {})
    try:
        return iso(fact.get("public") or source.get("published"))
    except ValueError:
        return ""


def _then_known(day: str) -> bool:
    return last_day(day) <= THEN


# Numbers, sentences and charts of the executed notebooks


def _said(notebook: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return every number in prose, in order: its name, text, value, unit, and the words around."""
    return [
        (name, {**shown, "around": _around(str(data.get("text/plain", "")), shown["text"])})
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for data in [output.get("data", {})]
        for name, shown in data.get(NUMBERS_MIME, {}).items()
    ]


def _around(told: str, number: str, most: int = 35) -> str:
    """Quote a number with a few words on both sides, so that its name need not explain itself."""
    found = re.search(rf"(?<![\w.,]){re.escape(number)}(?!\w)", told)
    if not found:
        return ""
    before = " ".join(told[: found.start()].split())
    after = " ".join(told[found.end() :].split())
    if len(before) > most:
        before = f"… {before[-most:].partition(' ')[2]}"
    if len(after) > most:
        after = f"{after[:most].rpartition(' ')[0]} …"
    joint = "" if told[found.end() : found.end() + 1].strip() else " "
    return f"“{f'{before} {number}'.strip()}{joint}{after}”".replace(" ”", "”")


def _numbers(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for page in _executed(base, head):
        old, new = _said(base.notebooks[page]), _said(head.notebooks[page])
        names = [[name for name, _ in side] for side in (old, new)]
        for _, i, i_end, j, j_end in source_diff.opcodes(*names):
            alike = names[0][i:i_end] == names[1][j:j_end]
            pairs = zip(old[i:i_end], new[j:j_end], strict=True) if alike else ()
            for (name, was), (_, now) in pairs:
                if (was["text"], was["unit"]) != (now["text"], now["unit"]):
                    yield _number(name, was, now, page)
            for name, was in () if alike else old[i:i_end]:
                yield Change(
                    "number", name, was["text"], NONE, f"no longer told: {was['around']}", page
                )
            for name, now in () if alike else new[j:j_end]:
                yield Change("number", name, NONE, now["text"], f"new: {now['around']}", page)


def _number(name: str, was: dict[str, Any], now: dict[str, Any], page: str) -> Change:
    other = was["unit"] != now["unit"]
    unit = strong(f"unit {was['unit']} → {now['unit']}") if other else now["unit"]
    times = ratio(was.get("value"), now.get("value"))
    note = ", ".join(part for part in (unit, times, now["around"]) if part)
    return Change("number", name, was["text"], now["text"], note, page, int(other))


def _executed(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the notebooks that are on both sides with outputs."""
    missing = {*base.stripped, *head.stripped}
    return sorted((base.notebooks.keys() & head.notebooks.keys()) - missing)


def ratio(before: Any, after: Any) -> str:
    """Say how many times a number became what it is: '× 1.25'; nothing where there is no ratio."""
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, after)):
        return ""
    return f"× {after / before:.4g}" if before else ""


# What of an output is compared as a record, or drawn
_RECORDS = ("application/vnd.bet.", "image/")


@dataclass(frozen=True)
class _Shown:
    """One output: its texts by media type, its records, and its numbers in prose."""

    texts: dict[str, str]
    records: dict[str, Any]


def _words(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Outputs that differ in more than the records told above, in any form that a reader may see."""
    for page in _executed(base, head):
        old, new = base.notebooks[page], head.notebooks[page]
        seen = set()
        for was, now in source_diff.aligned(old, new):
            seen.add(id(now))
            yield from _cell_words(was, now, page)
        for cell in (cell for cell in new.cells if id(cell) not in seen):
            yield from _cell_words({}, cell, page)


def _cell_words(was: Any, now: Any, page: str) -> Iterator[Change]:
    nothing = _Shown({}, {})
    for before, after in zip_longest(_rest(was), _rest(now), fillvalue=nothing):
        known = _own_words(before.records, after.records), _own_words(after.records, before.records)
        kinds = sorted(_names(before.texts, after.texts))  # html, markdown, plain
        same = [kind for kind in kinds if before.texts.get(kind) == after.texts.get(kind)]
        told: set[tuple[str, str]] = set()
        for kind in kinds:
            note = f"in {kind} only" if same else ""
            for texts in _forms(kind, before.texts.get(kind, ""), after.texts.get(kind, "")):
                phrase = source_diff.words(*texts) or texts
                if phrase not in told and not _only_known(*texts, known):
                    told.add(phrase)
                    yield Change("words", _place(now), *texts, note, page)


def _forms(kind: str, before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield what a reader sees before and after, and for HTML its links, scripts and styles too."""
    if before == after:
        return
    if kind != "text/html":
        yield before, after
        return
    old, new = source_diff.visible(before), source_diff.visible(after)
    yield from ((was, now) for was, now in zip(old, new, strict=True) if was != now)
    if old == new:
        yield before, after


def _place(cell: Any) -> str:
    return f"cell {cell.get('id', '')}".rstrip()


def _rest(cell: Any) -> list[_Shown]:
    """Return each output's texts, without what is compared as a record or a picture."""
    return [_shown(output) for output in cell.get("outputs", [])]


def _shown(output: Any) -> _Shown:
    data = dict(output.get("data", {}))
    if "text" in output:
        data[str(output.get("name", "text"))] = output["text"]
    if "ename" in output:
        data["error"] = f"{output['ename']}: {output.get('evalue', '')}"
    records = {kind: value for kind, value in data.items() if kind.startswith(_RECORDS)}
    if CHART_MIME in data:
        data.pop("image/png", None)  # the SVG again, for viewers that do not trust it
        records.pop(NARROW_MIME, None)  # and again, for telephones
        data.pop(NARROW_MIME, None)
    texts = {kind: _flat(value) for kind, value in data.items() if kind not in records}
    compared = (ASSESSMENT_MIME, CHART_MIME, NUMBERS_MIME, "image/svg+xml" if CHART_MIME in data else "")  # fmt: skip
    texts |= {kind: _flat(value) for kind, value in records.items() if kind not in compared}
    return _Shown(texts, records)


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _own_words(records: dict[str, Any], others: dict[str, Any]) -> set[str]:
    """Return the words of a side's records that differ: they are told by themselves."""
    found: set[str] = set()
    for kind, record in records.items():
        if record == others.get(kind):
            continue
        if kind == NUMBERS_MIME:
            other = others.get(kind) or {}
            record = {name: shown for name, shown in record.items() if shown != other.get(name)}
        found |= set(_bare(_flat(record)))
    return found


def _only_known(before: str, after: str, known: tuple[set[str], set[str]]) -> bool:
    """Tell whether two texts differ in no word that is not part of a record told by itself."""
    old, new = _bare(before), _bare(after)
    return all(
        tag == "equal" or (set(old[i:i_end]) <= known[0] and set(new[j:j_end]) <= known[1])
        for tag, i, i_end, j, j_end in source_diff.opcodes(old, new)
    ) and (bool(known[0] or known[1]) or before.split() == after.split())


def _bare(told: str) -> list[str]:
    """Return the words and signs of a text without the punctuation around them."""
    return re.findall(r"[^\W_]+(?:[.,][^\W_]+)*|[^\w\s*.,;:()|]", told)


_DRAWN = ("title", "subtitle", "kind", "unit", "sources", "claims", "as_of", "x", "y", "by")


def _charts(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    for name in _names(base.charts, head.charts):
        old, new = base.charts.get(name), head.charts.get(name)
        if old == new:
            continue
        known = new or old or {}
        about, page = known["record"], known["notebook"]
        weight = _bears(_claims_of(about), flipped)
        if not old or not new:
            if page in base.mute | head.mute:
                continue
            titles = _title(old, name), _title(new, name)
            yield Change("chart", name, *titles, "new" if new else "removed", page, weight)
            continue
        rows = [side["record"].get("rows") or [] for side in (old, new)]
        notes = [_rows_note(*rows)] if rows[0] != rows[1] else []
        notes += [key for key in _DRAWN if old["record"].get(key) != new["record"].get(key)]
        if not notes and old["svg"] == new["svg"] and old["record"] == new["record"]:
            notes = [f"moved from {old['notebook']}"]
        elif not notes:
            notes = ["same data, drawn differently"]
        titles = _title(old, name), _title(new, name)
        yield Change("chart", name, *titles, "; ".join(notes), page, weight)


def _title(chart: dict[str, Any] | None, name: str) -> str:
    return text(chart["record"].get("title", name)) if chart else NONE


def _rows_note(old: list, new: list) -> str:
    """Say how plotted rows differ: their order only, or how many."""
    first, second = (Counter(json.dumps(row) for row in rows) for rows in (old, new))
    if first == second:
        return "same rows in another order"
    gone, come = (first - second).total(), (second - first).total()
    return f"plotted data: {come} of {len(new)} rows new or changed, {gone} of {len(old)} gone"


def _claims_of(record: dict[str, Any]) -> list[str]:
    claims = record.get("claims")
    return [name for name in claims if isinstance(name, str)] if isinstance(claims, list) else []


# Data


def _parameters(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    if "data/parameters.yml" in base.unjudged | head.unjudged:
        return
    gone = {n: f for n, f in base.parameters.items() if n not in head.parameters}
    come = {n: f for n, f in head.parameters.items() if n not in base.parameters}
    for name, fields in gone.items():
        twin = next((n for n, f in come.items() if _same_but_name(name, fields, n, f)), None)
        weight, page = _bears(_claims_of(fields), flipped), name.split(".")[0]
        if twin:
            del come[twin]
            yield Change("parameter", name, name, twin, "renamed", page, weight)
        else:
            yield Change("parameter", name, _setting(fields), NONE, "removed", page, weight)
    for name, fields in come.items():
        weight = _bears(_claims_of(fields), flipped)
        yield Change("parameter", name, NONE, _setting(fields), "new", name.split(".")[0], weight)
    for name in (n for n in head.parameters if n in base.parameters):
        old, new = base.parameters[name], head.parameters[name]
        for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
            weight = _bears(_claims_of(new), flipped)
            note = f"{text(key)}{_bearing(_claims_of(new))}"
            yield Change("parameter", name, text(old.get(key)), text(new.get(key)), note, name.split(".")[0], weight)  # fmt: skip


def _same_but_name(name: str, fields: dict, other: str, others: dict) -> bool:
    return name.split(".")[0] == other.split(".")[0] and fields == others


def _setting(fields: dict) -> str:
    return f"{fields.get('default')} {fields.get('unit', '')}".strip()


def _editions(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    if "data/editions.yml" in base.unjudged | head.unjudged:
        return
    for name in _names(base.editions, head.editions):
        old, new = base.editions.get(name) or {}, head.editions.get(name) or {}
        for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
            yield Change(
                "edition", name, text(old.get(key)), text(new.get(key)), text(key), "editions"
            )


def _tables(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    unread = base.unjudged | head.unjudged
    for name in _names(base.tables, head.tables):
        if {f"data/tables/{name}.yml", f"data/tables/{name}.csv"} & unread:
            continue
        resting = _resting(head, name)
        weight, note = _bears(resting, flipped), _bearing(resting).strip(", ")
        old, new = base.tables.get(name), head.tables.get(name)
        if not old or not new:
            sizes = _size(old), _size(new)
            yield Change("data", name, *sizes, note, "data", weight)
            continue
        for change in (*_schema(name, old, new), *_cells(name, old, new)):
            kind, what, before, after = change
            yield Change(kind, what, before, after, note, "data", weight)


def _size(table: Table | None) -> str:
    return f"{len(table.rows)} rows" if table else NONE


def _resting(side: Snapshot, table: str) -> list[str]:
    """Name the claims that rest on a table."""
    return [name for name, record in side.claims.items() if table in (record.get("tables") or [])]


def _schema(name: str, old: Table, new: Table) -> Iterator[tuple[str, str, str, str]]:
    columns = [side.about.get("columns", {}) for side in (old, new)]
    for column in _names(*columns):
        if columns[0].get(column) != columns[1].get(column):
            was, now = (side.get(column) for side in columns)
            if not was or not now:
                yield "schema", f"{name}, column {column}", text(was), text(now)
                continue
            for key in (k for k in _names(was, now) if was.get(k) != now.get(k)):
                where = f"{name}, column {column}"
                yield (
                    "schema",
                    where,
                    f"{key}: {text(was.get(key))}",
                    f"{key}: {text(now.get(key))}",
                )
    for key in _names(old.about, new.about):
        if key not in ("columns", "sha256") and old.about.get(key) != new.about.get(key):
            yield "schema", f"{name}, {key}", *_differing(old.about.get(key), new.about.get(key))
    if old.columns != new.columns:
        yield "schema", f"{name}, header", ", ".join(old.columns), ", ".join(new.columns)


def _cells(name: str, old: Table, new: Table) -> Iterator[tuple[str, str, str, str]]:
    keys = new.about.get("key", [])
    told = 0
    for key in _names(old.rows, new.rows):
        was, now = old.rows.get(key), new.rows.get(key)
        if was == now:
            continue
        told += 1
        if told > MOST_ROWS:
            continue
        where = f"{name} [{', '.join(f'{k}={v}' for k, v in zip(keys, key, strict=False))}]"
        if was is None or now is None:
            yield "data", where, _row(was), _row(now)
            continue
        for column in (c for c in _names(was, now) if was.get(c) != now.get(c)):
            yield (
                "data",
                f"{where} {column}",
                was.get(column) or "empty",
                now.get(column) or "empty",
            )
    if told > MOST_ROWS:
        yield "data", name, f"{told - MOST_ROWS} more rows differ", f"{told} in all"


def _row(row: dict[str, str] | None) -> str:
    return (", ".join(value for value in row.values() if value) if row else "") or NONE


def _publications(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    for kind, one in (("sources", "source"), ("evidence", "evidence")):
        before, after = getattr(base, kind), getattr(head, kind)
        for name in _known(base, head, kind):
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            side = head if new else base
            citing = _citing(side, name) if kind == "evidence" else _telling(side, name)
            weight, note = _bears(citing, flipped), _bearing(citing)
            what = f"{one} {name}"
            if not old or not new:
                shown = _publication(old), _publication(new)
                left = "".join(_leans(head, claim) for claim in citing[:6]) if not new else ""
                state = "added" if new else "lost"
                yield Change("source", what, *shown, f"{state}{note}{left}", "", weight + 2 * (not new))  # fmt: skip
                continue
            for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
                yield Change("source", what, text(old.get(key)), text(new.get(key)), f"{text(key)}{note}", "", weight)  # fmt: skip


def _citing(side: Snapshot, fact: str) -> list[str]:
    return [n for n, f in side.claims.items() if any(fact in (f.get(s) or []) for s in STANCES)]


def _telling(side: Snapshot, source: str) -> list[str]:
    """Name the claims that rest on a source, by its facts or by a table made from it."""
    facts = {name for name, record in side.evidence.items() if record.get("source") == source}
    tables = {n for n, t in side.tables.items() if source in (t.about.get("sources") or [])}
    return [
        name
        for name, record in side.claims.items()
        if facts & {fact for s in STANCES for fact in record.get(s) or []}
        or tables & set(record.get("tables") or [])
    ]


def _publication(record: dict | None) -> str:
    if not record:
        return NONE
    figure = f" ({text(record['figure'])} {text(record.get('unit'))})" if "figure" in record else ""
    told = record.get("fact") or f"{record.get('publisher')}, {record.get('published')}"
    return f"{text(told)}{figure}"


# Texts and files


def _texts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    unread = base.unjudged | head.unjudged
    for page in _names(base.notebooks | base.pages, head.notebooks | head.pages):
        if {f"book/{page}.ipynb", f"book/{page}.md"} & unread:
            continue
        old, new = base.notebooks.get(page), head.notebooks.get(page)
        if old and new:
            for place, before, after in source_diff.cells(old, new):
                yield Change("text", place, before, after, "", page)
            yield from _settings(old, new, page)
            continue
        told = (
            base.pages.get(page, "" if old is None else "a notebook"),
            head.pages.get(page, "" if new is None else "a notebook"),
        )
        if told[0] != told[1]:
            yield Change("text", "page", *told, "", page)


def _settings(old: Any, new: Any, page: str) -> Iterator[Change]:
    """What hides or shows a cell, or holds its pictures, without a word of its source."""
    for was, now in source_diff.aligned(old, new):
        before, after = (
            {"settings": dict(cell.metadata), "attachments": dict(cell.get("attachments", {}))}
            for cell in (was, now)
        )
        if before != after:
            yield Change("text", f"{_place(now)}, settings", _flat(before), _flat(after), "", page)
    if old.metadata != new.metadata:
        yield Change("text", "settings of the notebook", _flat(old.metadata), _flat(new.metadata), "", page)  # fmt: skip


def _files(base: Snapshot, head: Snapshot, told: list[Change]) -> Iterator[Change]:
    """Every file that differs and that no change told so far is about."""
    known = {path for change in told for path in _about(change, base, head)}
    known |= base.unjudged | head.unjudged  # told as faults
    known |= {f"book/{name}.ipynb" for name in (*base.stripped, *head.stripped)}  # told above all
    for path in _names(base.files, head.files):
        old, new = base.files.get(path), head.files.get(path)
        if old == new or path in known:
            continue
        state = "added" if old is None else "removed" if new is None else "changed"
        compared = old and new and path.startswith(("book/", "data/")) and path not in head.unjudged
        note = f"{state}, in nothing that is compared" if compared and _is_read(path) else state
        yield Change("file", path, "", "", note)


def _is_read(path: str) -> bool:
    return path.endswith((".ipynb", ".md", ".yml", ".csv")) and "link_exceptions" not in path


def _about(change: Change, base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Yield the files that a change is in."""
    kind, what = change.kind, change.what
    sides = (base, head)
    if kind == "judge":
        yield what
    elif kind in ("verdict", "grounds", "claim"):
        yield from (side.places.get(("claims", what), "") for side in sides)
        if kind == "verdict":
            yield from (
                f"book/{_page(side, what)}.ipynb" for side in sides if _moved(base, head, what)
            )
    elif kind in ("number", "chart", "words", "text"):
        end = "md" if change.page in {**base.pages, **head.pages} else "ipynb"
        yield f"book/{change.page}.{end}"
    elif kind == "parameter":
        yield "data/parameters.yml"
    elif kind == "edition":
        yield "data/editions.yml"
    elif kind in ("schema", "data"):
        name = re.split(r"[,\s]", what)[0]
        yield f"data/tables/{name}.{'yml' if kind == 'schema' else 'csv'}"
        if name not in base.tables or name not in head.tables:
            yield from (f"data/tables/{name}.yml", f"data/tables/{name}.csv")
        elif kind == "data" and _same_but_hash(base.tables[name], head.tables[name]):
            yield f"data/tables/{name}.yml"
    elif kind == "source":
        one, _, name = what.partition(" ")
        group = "sources" if one == "source" else "evidence"
        yield from (side.places.get((group, name), "") for side in sides)


def _moved(base: Snapshot, head: Snapshot, name: str) -> bool:
    return base.assessed.get(name) != head.assessed.get(name)


def _same_but_hash(old: Table, new: Table) -> bool:
    """Tell whether two sidecars differ in nothing but the hash of their table."""
    first, second = ({k: v for k, v in side.about.items() if k != "sha256"} for side in (old, new))
    return first == second


# Shared


def _names(old: dict, new: dict) -> list:
    """Return the keys of both, in the order of the new one, then those that are gone."""
    return [*new, *(name for name in old if name not in new)]


def _bears(claims: list[str], flipped: set[str]) -> int:
    """Weigh a change by the claims that it bears on: those whose verdict changes count most."""
    return 100 * len(flipped.intersection(claims)) + len(claims)


def _bearing(claims: list[str]) -> str:
    more = f" and {len(claims) - 4} more" if len(claims) > 4 else ""
    return f", bears on {', '.join(claims[:4])}{more}" if claims else ""


def text(value: Any) -> str:
    """Return a value of a record as a reader would write it."""
    if value in (None, "", [], {}):
        return NONE
    if isinstance(value, dict):
        return ", ".join(f"{k}: {text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(text(part) for part in value)
    return str(value)
