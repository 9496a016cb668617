"""Changes of claims: the verdict in the ledger and in the notebook, and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bet.review import sides
from bet.review.change import NONE, Change, strong, text
from bet.review.snapshot import Snapshot


def verdicts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield every change of a verdict, of the ledger first, then of notebooks that say otherwise."""
    for name in sides.known(base, head, "claims"):
        yield from _ledger(base, head, name)
    for name in sides.names(base.assessed, head.assessed):
        yield from _notebook(base, head, name)


def _ledger(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Compare the ledger's verdict, its verdict in 2025, confidence and importance of one claim."""
    before, after = sides.verdict(base, name), sides.verdict(head, name)
    why, rewritten = sides.history(base, head, name)
    explained = _explains(why, after) and not rewritten
    note = _entries(why, before, after) if explained else strong("no history entry with this verdict and a reason")  # fmt: skip
    if name not in head.claims:
        note = strong("the claim was removed")
    elif rewritten:
        note = strong("an earlier entry of its history was changed or removed")
    told = Change("verdict", name, before, after, note, sides.page(head, name), _weight(base, head, name), explained)  # fmt: skip
    if before != after or rewritten:
        yield told
    yield from _in_2025(base, head, told, why)
    if name in base.claims and name in head.claims:
        for key in ("confidence", "importance"):
            was, now = _level(base, name, key), _level(head, name, key)
            if was != now:
                yield replace(told, before=was, after=now, weight=told.weight - 5, level=True)


def _weight(base: Snapshot, head: Snapshot, name: str) -> int:
    """Weigh a claim by its importance, and more where its verdict turns about."""
    known = head.claims.get(name, base.claims.get(name, {}))
    turned = {sides.verdict(base, name), sides.verdict(head, name)} == {"supported", "contradicted"}
    return 10 * known.get("importance", 0) + 5 * turned


def _in_2025(base: Snapshot, head: Snapshot, told: Change, why: list[dict[str, Any]]) -> Iterator[Change]:  # fmt: skip
    """Yield a change of the verdict of 2025, where it is not that of today's alone."""
    name, was, now = told.what, sides.then(base, told.what), sides.then(head, told.what)
    clocks = any((side.claims.get(name) or {}).get("then") for side in (base, head))
    if was == now or not (told.before == told.after or clocks):
        return
    turned = told.before != told.after and now == told.after
    says = told.explained and (turned or _speaks_of_then(why, now))
    missing = strong(f"no entry says in its words that it was {now} in 2025")
    note = missing if told.explained and not says else told.note
    yield replace(told, before=f"{was} (in 2025)", after=f"{now} (in 2025)", note=note, explained=says)  # fmt: skip


NEVER = "a verdict that never stood here"  # told among others as one of the past


def _entries(added: list[dict[str, Any]], before: str, after: str) -> str:
    """Tell the entries that come to a history, each with its day, and its verdict where it is another.

    An entry before the last that gives a verdict of neither side tells of a past that the base does not know.
    """
    told = [
        f"{text(entry.get('date'))}{'' if entry.get('verdict') == after else ', ' + text(entry.get('verdict'))}"
        f": {text(entry.get('why'))}"
        for entry in added
    ]
    alarm = [strong(f"among them {NEVER}")] if _invented(added, before, after) else []
    return "; ".join([*alarm, *told])


def _invented(added: list[dict[str, Any]], before: str, after: str) -> bool:
    return any(str(entry.get("verdict")) not in (before, after) for entry in added[:-1])


def _level(side: Snapshot, name: str, key: str) -> str:
    return f"{key} {text(side.claims[name].get(key))}"


def _explains(why: list[dict[str, Any]], verdict: str) -> bool:
    """Tell whether the entries added to a history give the verdict, each with words."""
    worded = all(re.search(r"\w", str(entry.get("why") or "")) for entry in why)
    return bool(why) and worded and str(why[-1].get("verdict")) == verdict


def _speaks_of_then(why: list[dict[str, Any]], verdict: str) -> bool:
    """Tell whether the words of an added entry name 2025 and the verdict of that clock.

    An entry gives today's verdict: that alone does not explain why the earlier one turns.
    """
    words = (text(entry.get("why")) for entry in why)
    return any("2025" in told and re.search(rf"\b{re.escape(verdict)}\b", told) for told in words)


def _notebook(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Compare what the notebooks say of one claim, where the ledger does not say the same."""
    before, after = sides.output(base, name), sides.output(head, name)
    if before == after or (before, after) == (sides.verdict(base, name), sides.verdict(head, name)):
        return
    ledger, page = sides.verdict(head, name), sides.page(head if after != NONE else base, name)
    weight = sides.weight(head, name)
    if NONE in (before, after):
        mute = head.mute if after == NONE else base.mute
        shown = (
            before if before != NONE else sides.verdict(base, name),
            after if after != NONE else sides.verdict(head, name),
        )
        if shown[0] == shown[1] or page in mute or sides.verdict(base, name) != ledger:
            return
        note = strong(f"the notebook {'no longer judges' if after == NONE else 'judges'} it; the ledger says {ledger}")  # fmt: skip
        yield Change("verdict", name, *shown, note, page, weight, False)
    elif after == ledger:
        if ledger == sides.verdict(base, name):
            note = "its notebook now says what the ledger said before"
            yield Change("verdict", name, before, after, note, page, weight)
    else:
        note = strong(f"in the notebook only; the ledger says {ledger}")
        yield Change("verdict", name, before, after, note, page, weight, False)


_WHOLE = ("paraphrase", "anchor", "lines", "kind", "speaker", "importance", "verdict", "confidence",
          "figures", "reason", "override", "supports", "contradicts", "qualifies", "tables",
          "arithmetic", "searched", "strongest_reading", "error_origin", "then", "flips_if")  # fmt: skip


def whole(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Tell a new or removed claim whole."""
    for name in sides.known(base, head, "claims"):
        old, new = base.claims.get(name), head.claims.get(name)
        if old is None or new is None:
            record = new or old or {}
            keys = [*(k for k in _WHOLE if k in record), *(k for k in record if k not in (*_WHOLE, "id", "history"))]  # fmt: skip
            for key in keys:
                texts = text((old or {}).get(key)), text((new or {}).get(key))
                yield Change("claim", name, *texts, key, sides.page(head, name), record.get("importance", 0))  # fmt: skip


_TOLD_ELSEWHERE = {"verdict", "confidence", "importance", "history", "then", "figures"}


def grounds(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Fields of a claim other than the verdict, and what its notebook found."""
    for name in (n for n in head.claims if n in base.claims):
        yield from _fields(base, head, name)
        yield from _clocks(base, head, name)
        yield from _added(base, head, name)
        yield from _findings(base, head, name)


def _ground(head: Snapshot, name: str, before: str, after: str, note: str, field: str, more: int = 0) -> Change:  # fmt: skip
    """Return a change of what a verdict stands on, weighed by the claim's importance."""
    weight = sides.weight(head, name) + more
    return Change("grounds", name, before, after, note, sides.page(head, name), weight, field=field)


def _fields(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Yield the fields of a claim that differ and are told nowhere else, then its figures."""
    old, new = base.claims[name], head.claims[name]
    for key in sides.names(old, new):
        if key in _TOLD_ELSEWHERE or old.get(key) == new.get(key):
            continue
        note = f"{key}{sides.leans(head, name) if key in sides.STANCES else ''}"
        if key == "reason" and _answer(old) != _answer(new):
            note = f"{ANSWER}{strong('another answer')}"
        for part, was, now in _parts(old.get(key), new.get(key)):
            yield _ground(head, name, *sides.differing(was, now), note, f"{key} {part}".strip())
    for what, was, now in _figures(old, new):
        yield _ground(head, name, was, now, what, "figures", 1)


def _parts(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs of a field: of a mapping each of its own fields, so that none hides in the others."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        yield "", old, new
        return
    for part in (part for part in sides.names(old, new) if old.get(part) != new.get(part)):
        yield text(part), old.get(part), new.get(part)


def _clocks(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Yield what a claim says otherwise of the day on which it was made."""
    clocks = [side.claims[name].get("then") or {} for side in (base, head)]
    turns = sides.then(base, name) != sides.then(head, name)  # told among the verdicts
    for key in (k for k in sides.names(*clocks) if not (turns and k == "verdict")):
        was, now = (text(clock.get(key)) for clock in clocks)
        if was != now:
            yield _ground(head, name, was, now, f"then, {text(key)}", f"then {text(key)}")


def _added(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Yield the entries that come to a history without another judgement."""
    added, rewritten = sides.history(base, head, name)
    if added and not rewritten and not _judged_anew(base, head, name):
        verdicts = sides.verdict(base, name), sides.verdict(head, name)
        alarm = f", {strong(f'among it {NEVER}')}" if _invented(added, *verdicts) else ""
        yield _ground(head, name, NONE, text(added), f"history{alarm}", "history")


def _findings(base: Snapshot, head: Snapshot, name: str) -> Iterator[Change]:
    """Yield what a claim's notebook finds or says otherwise, and the ledger does not."""
    ledger = base.claims[name].get("figures") != head.claims[name].get("figures")
    found = _found(base, name), _found(head, name)
    if not ledger and found[0] != found[1] and NONE not in found:
        yield _ground(head, name, *found, "found by the notebook", "figures", 1)
    for key, was, now in _retold(base, head, name, ledger or found[0] != found[1]):
        note = strong(f"{key}, in the notebook only")
        yield _ground(head, name, was, now, note, "notebook_only", 2)


ANSWER = "reason, "  # how the note of a reason begins that gives another answer


def _answer(record: dict[str, Any]) -> str:
    """Return the Yes or No with which a reason begins; empty where it begins with neither."""
    found = re.match(r"\W*(yes|no)\b", text(record.get("reason")), re.IGNORECASE)
    return found[1].lower() if found else ""


# Of an assessment: told elsewhere, or no finding
_RECORD = {"claim", "verdict", "notebook", "as_of"}


def _retold(
    base: Snapshot, head: Snapshot, name: str, figures: bool
) -> Iterator[tuple[str, str, str]]:
    """Yield what a notebook's record of a claim says otherwise, and the ledger does not.

    Pages publish the record. ``figures`` says that its figures are told already.
    """
    old, new = base.assessed.get(name), head.assessed.get(name)
    if old is None or new is None:
        return
    for key in (k for k in sides.names(old, new) if old.get(k) != new.get(k)):
        ledger = base.claims[name].get(key), head.claims[name].get(key)
        followed = ledger[0] != ledger[1] and new.get(key) == ledger[1]
        if key not in _RECORD and not followed and not (key == "figures" and figures):
            yield key, *sides.differing(old.get(key), new.get(key))


def _judged_anew(base: Snapshot, head: Snapshot, name: str) -> bool:
    keys = ("verdict", "confidence", "importance")
    old, new = base.claims[name], head.claims[name]
    return any(old.get(k) != new.get(k) for k in keys) or sides.then(base, name) != sides.then(
        head, name
    )


def _figures(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (figure and field, before, after) of what differs in a claim's figures, renamed or not."""
    before, after = sides.figures(old), sides.figures(new)
    renamed = sides.twins(before, after)
    for name in sides.names(before, after):
        if name in renamed.values():
            continue
        was, now = before.get(renamed.get(name, name)), after.get(name)
        if was is None or now is None:
            yield f"figure {name}", text(was), text(now)
            continue
        for key in (k for k in sides.names(was, now) if was.get(k) != now.get(k)):
            yield f"figure {name}, {key}", text(was.get(key)), text(now.get(key))
    if list(before) != list(after) and before == after:
        yield "figures", ", ".join(before), ", ".join(after)


def _found(side: Snapshot, name: str) -> str:
    figures = side.assessed.get(name, {}).get("figures", [])
    return ", ".join(f"{text(f.get('name'))} {text(f.get('found_text'))}" for f in figures) or NONE
