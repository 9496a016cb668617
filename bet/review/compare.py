"""The review: what differs between two snapshots of the book, sorted by consequence.

Pure functions on plain records. Like is compared with like: ledger with ledger, notebook with
notebook, page with page. What changes the judge comes first, then a verdict that changes, then what
carries verdicts, then what only a reader of the page sees. ``report`` writes it down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bet.faults import Fault, some
from bet.review import (
    active,
    built,
    cards,
    commands,
    conclusions,
    data,
    edits,
    fields,
    guards,
    judging,
    measures,
    menu,
    notebooks,
    pins,
    places,
    reaching,
    renamed,
    running,
    texts,
)
from bet.review.change import COPY, FEW, KINDS, RUN, Change, Review, name, strong, text
from bet.review.snapshot import Snapshot
from bet.review.wording import weighty


def compare(base: Snapshot, head: Snapshot, run: Snapshot | None = None) -> Review:
    """Compare two snapshots; ``run`` is the head with the outputs that running it gave.

    A part that fails is left out and told as a fault; the others are compared all the same.
    """
    first = _compared(base, head)
    if run is None:
        return first
    second = _compared(base, run)
    known = set(first.changes)
    more = [replace(c, note=f"{RUN}{c.note}".strip(" :")) for c in second.changes if c not in known]  # fmt: skip
    return Review(
        _sorted([*first.changes, *more]),
        first.pictures | second.pictures,
        [*first.notes, *(note for note in second.notes if note not in first.notes)],
        [*first.faults, *(fault for fault in second.faults if fault not in first.faults)],
    )


def with_pages(
    review: Review,
    base: Snapshot,
    head: Snapshot,
    sites: tuple[Path, Path],
    gate: Callable[[Path], Iterable[Fault]] = lambda site: (),
) -> Review:
    """Return a review with what the sites that both revisions built show otherwise.

    ``gate`` tells what of a site no page may hold.
    """
    (before, unread), (after, more) = (built.read(site) for site in sites)
    faults = [*review.faults, *unread, *more]
    found: list[Change] = []
    if before and after:
        made = built.changes(base, head, before, after)
        found, failed = _tried("built pages", "pages that can be compared", lambda: list(made))
        faults += failed
    apart, failed = _tried(
        "pages of editions", "pages in UTF-8", lambda: built.editions(*sites, found)
    )
    refused, more = _tried(
        "the gate of pages", "pages in UTF-8", lambda: active.pages(*map(gate, sites))
    )
    found, faults = [*found, *apart, *refused], [*faults, *failed, *more]
    return replace(review, changes=_sorted([*review.changes, *found]), faults=faults)


_Found = TypeVar("_Found")


def _tried(
    title: str, expected: str, found: Callable[[], Iterable[_Found]]
) -> tuple[list[_Found], list[Fault]]:
    """Return what is found, and as a fault whatever a stranger's records or pages make of our code."""
    kept: list[_Found] = []
    try:
        kept.extend(found())
    except Exception as error:
        return kept, [Fault(title, f"{type(error).__name__}: {error}"[:200], expected)]
    return kept, []


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

    def part(title: str, found: Callable[[], Iterable[_Found]]) -> list[_Found]:
        kept, failed = _tried(title, "records that can be compared", found)
        faults.extend(failed)
        return kept

    names = part("renamed records", lambda: renamed.found(base, head))
    named, base = base, renamed.under_new_names(base, head, names)
    verdicts = [
        *part("verdicts", lambda: conclusions.verdicts(base, head)),
        *part("cards", lambda: built.cards(base, head)),
        *part("saved cards", lambda: cards.cards(base, head)),
        *part("records that stand twice", lambda: cards.again(base, head)),
    ]
    flipped = {change.what for change in verdicts}
    changes = [
        *part("the judge", lambda: judging.judge(base, head)),
        *part("what no page may hold", lambda: active.changes(base, head)),
        *part("what runs", lambda: reaching.changes(base, head)),
        *part("the menu", lambda: [*menu.gone(base, head), *menu.editions(base, head)]),
        *part("the rule", lambda: judging.thresholds(base, head)),
        *verdicts,
        *part("units", lambda: measures.units(base, head)),
        *part("dates", lambda: measures.clocks(named, head)),
        *part("days of rows", lambda: measures.rows(base, head)),
        *part("claims", lambda: conclusions.whole(base, head)),
        *part("grounds", lambda: conclusions.grounds(base, head)),
        *part("names", lambda: renamed.changes(head, names)),
        *part("numbers in prose", lambda: notebooks.numbers(base, head)),
        *part("charts", lambda: notebooks.charts(base, head, flipped)),
        *part("charts and cards that stand elsewhere", lambda: places.moved(base, head)),
        *part("parameters", lambda: data.parameters(base, head, flipped)),
        *part("editions", lambda: data.editions(base, head)),
        *part("tables", lambda: data.tables(base, head, flipped)),
        *part("sources and evidence", lambda: data.publications(base, head, flipped)),
        *part("outputs", lambda: notebooks.words(base, head)),
        *part("texts", lambda: texts.texts(base, head)),
        *part("other texts", lambda: texts.others(base, head)),
    ]
    changes += part("files", lambda: texts.files(base, head, changes))
    drawn = {change.what for change in changes if change.kind == "chart"}
    pictures = {chart: _pictures(base, head, chart, "svg") for chart in sorted(drawn)}
    copies = {f"{chart}{COPY}": _pictures(base, head, chart, "narrow") for chart in sorted(drawn)}
    pictures |= {name: pair for name, pair in copies.items() if pair[0] != pair[1]}
    code = part("code", lambda: running.changed(base, head))
    notes = [
        *_notes(base, head),
        *part("names in code", lambda: _names(base, head)),
        *part("frozen forecasts", lambda: guards.frozen(base, head)),
        *part("origins", lambda: _origins(base, head)),
        *part("packages and actions", lambda: pins.notes(base, head)),
        *part("commands", lambda: commands.notes(code, base)),
        *part("code that runs", lambda: running.notes(code)),
        *part("tests", lambda: guards.notes(base, head)),
    ]
    return Review(_sorted(changes), pictures, notes, faults)


def _names(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Say what code uses that no chapter used before, and which settings of the site change."""
    if new := reaching.names(base, head):
        yield f"{strong('New names in code')}: {some(map(name, new), 40)}."
    if called := menu.titles(base, head):
        yield f"{strong('Other titles in the menu')}: {some(called, 12)}."
    if changed := menu.settings(base, head):
        yield f"{strong('Settings of the site')}: {some(map(name, changed), 12)}."


def _origins(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Say which sources of one origin now have several, for a verdict may rest on their number."""
    found: dict[str, set[str]] = {}
    for source, record in base.sources.items():
        if record.get("origin") and source in head.sources:
            now = text(head.sources[source].get("origin"))
            found.setdefault(text(record["origin"]), set()).add(now)
    if split := [origin for origin, now in found.items() if len(now) > 1]:
        yield f"{strong('One origin before, several now')}: {some(map(name, split), FEW)}."


def _sorted(changes: list[Change]) -> list[Change]:
    """Sort by kind; of the verdicts those that turn come first, of edits those that are made once."""
    order = list(KINDS)
    many = edits.repeated(changes)
    return sorted(
        map(_unmarked, changes),
        key=lambda c: (
            order.index(c.kind),
            c.kind == "verdict" and not c.turns,
            c.explained,
            edits.edit(c) in many,
            fields.rank(c),
            not edits.turns(c),
            c.kind in texts.RECORDS and not weighty(c.before, c.after),
            -c.weight,
            c.kind in texts.PROSE and not weighty(c.before, c.after),
        ),
    )  # stable


def _unmarked(change: Change) -> Change:
    """Return a change in whose words of others there is no mark of our own alarms."""
    told = change.what, change.before, change.after, change.page
    if not re.search("[\ue000\ue001]", "".join(told)):
        return change
    what, before, after, page = (text(part) for part in told)
    return replace(change, what=what, before=before, after=after, page=page)


def _pictures(base: Snapshot, head: Snapshot, name: str, kind: str) -> tuple[str, str]:
    before, after = (side.charts.get(name, {}).get(kind, "") for side in (base, head))
    return before, after


def _notes(base: Snapshot, head: Snapshot) -> list[str]:
    """Say in sentences what holds for the comparison as a whole."""
    missing = sorted(set(head.stripped) - set(base.stripped))
    notes = []
    if missing:
        notes.append(f"{strong('Outputs are missing')} in {some(map(name, missing), 12)}: nothing of them is compared.")  # fmt: skip
    if had := sorted(set(base.stripped) - set(head.stripped)):
        notes.append(f"Before, outputs were missing in {some(map(name, had), 12)}.")
    if old := _older(base, head):
        shown = some(map(name, old), 12)
        notes.append(f"{strong('Outputs are older than the ledger')} for {shown}: run make notebooks.")  # fmt: skip
    return notes


def _older(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the claims that the ledger changed and whose notebook still says what it said before."""
    return [
        claim
        for claim, record in head.claims.items()
        if record != base.claims.get(claim) and _behind(head, claim) and _same_output(base, head, claim)
    ]  # fmt: skip


def _behind(side: Snapshot, name: str) -> bool:
    shown, record = side.assessed.get(name), side.claims[name]
    if shown is None:
        return False
    keys = ["verdict", "confidence"] + ["reason"] * (shown.get("assessed") == "ledger")
    return any(key in shown and key in record and shown[key] != record[key] for key in keys)


def _same_output(base: Snapshot, head: Snapshot, name: str) -> bool:
    return base.assessed.get(name) in (None, head.assessed.get(name))
