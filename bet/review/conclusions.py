"""Changes of claims: the verdict in the ledger and in the notebook, and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    known = head.claims.get(name, base.claims.get(name, {}))
    weight, page = 10 * known.get("importance", 0), sides.page(head, name)
    before, after = sides.verdict(base, name), sides.verdict(head, name)
    why, rewritten = sides.history(base, head, name)
    explained = _explains(why, after) and not rewritten
    told = _entries(why, before, after)
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
    clocks = any((side.claims.get(name) or {}).get("then") for side in (base, head))
    if (before == after or clocks) and sides.then(base, name) != sides.then(head, name):
        was, now = (f"{sides.then(side, name)} (in 2025)" for side in (base, head))
        turned = before != after and sides.then(head, name) == after
        says = explained and (turned or _speaks_of_then(why, sides.then(head, name)))
        missing = strong(f"no entry says in its words that it was {sides.then(head, name)} in 2025")
        yield Change("verdict", name, was, now, missing if explained and not says else silent, page, weight, says)  # fmt: skip
    if name not in base.claims or name not in head.claims:
        return
    for key in ("confidence", "importance"):
        levels = _level(base, name, key), _level(head, name, key)
        if levels[0] != levels[1]:
            yield Change("verdict", name, *levels, silent, page, weight - 5, explained, level=True)


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
    weight = 10 * head.claims.get(name, {}).get("importance", 0)
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
        old, new = base.claims[name], head.claims[name]
        weight, page = 10 * new.get("importance", 0), sides.page(head, name)
        for key in sides.names(old, new):
            if key not in _TOLD_ELSEWHERE and old.get(key) != new.get(key):
                texts = sides.differing(old.get(key), new.get(key))
                note = f"{key}{sides.leans(head, name) if key in sides.STANCES else ''}"
                if key == "reason" and _answer(old) != _answer(new):
                    note = f"{ANSWER}{strong('another answer')}"
                yield Change("grounds", name, *texts, note, page, weight, field=key)
        for what, was, now in _figures(old, new):
            yield Change("grounds", name, was, now, what, page, weight + 1, field="figures")
        clocks = old.get("then") or {}, new.get("then") or {}
        turns = sides.then(base, name) != sides.then(head, name)  # told among the verdicts
        for key in (k for k in sides.names(*clocks) if not (turns and k == "verdict")):
            was, now = (text(clock.get(key)) for clock in clocks)
            if was != now:
                yield Change(
                    "grounds", name, was, now, f"then, {text(key)}", page, weight, field="then"
                )
        added, rewritten = sides.history(base, head, name)
        if added and not rewritten and not _judged_anew(base, head, name):
            verdicts = sides.verdict(base, name), sides.verdict(head, name)
            alarm = f", {strong(f'among it {NEVER}')}" if _invented(added, *verdicts) else ""
            yield Change(
                "grounds", name, NONE, text(added), f"history{alarm}", page, weight, field="history"
            )
        ledger = old.get("figures") != new.get("figures")
        found = _found(base, name), _found(head, name)
        if not ledger and found[0] != found[1] and NONE not in found:
            yield Change(
                "grounds", name, *found, "found by the notebook", page, weight + 1, field="figures"
            )
        for key, was, now in _retold(base, head, name, ledger or found[0] != found[1]):
            yield Change("grounds", name, was, now, strong(f"{key}, in the notebook only"), page, weight + 2, field="notebook_only")  # fmt: skip


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
