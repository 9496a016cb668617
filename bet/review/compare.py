"""The review: what differs between two snapshots of the book, sorted by consequence.

Pure functions on plain records. A verdict that changes comes first, then what carries verdicts,
then what only a reader of the page sees. ``review_report`` writes it down.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NUMBERS_MIME, SCORECARD_MIME
from bet.review import source_diff
from bet.review.snapshot import Snapshot, Table

KINDS = {
    "verdict": "Verdicts",
    "grounds": "What verdicts rest on",
    "number": "Numbers in prose",
    "chart": "Charts",
    "parameter": "Parameters",
    "edition": "Editions",
    "schema": "Columns and sidecars",
    "data": "Data",
    "source": "Sources and evidence",
    "words": "Sentences and tables that came out differently",
    "text": "Text and code of the book",
    "file": "Other files",
}
NONE = "–"
MOST_ROWS = 40  # of one table that are told one by one


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
    """Everything that differs, and the pictures of the charts that do."""

    changes: list[Change]
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Change]:
        """Return the changes of a kind, the weightiest first."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def pages(self) -> list[str]:
        """The pages on which a reader sees a change."""
        return sorted({change.page for change in self.changes if change.page})

    @property
    def code(self) -> int:
        """0: no conclusion changes; 1: some do, each explained; 2: a verdict without its history."""
        verdicts = self.of("verdict")
        return 0 if not verdicts else 1 if all(change.explained for change in verdicts) else 2


def compare(base: Snapshot, head: Snapshot) -> Review:
    """Compare two snapshots."""
    verdicts = list(_verdicts(base, head))
    flipped = {change.what for change in verdicts}
    changes = [
        *verdicts,
        *_grounds(base, head),
        *_numbers(base, head),
        *_charts(base, head, flipped),
        *_parameters(base, head, flipped),
        *_editions(base, head),
        *_tables(base, head, flipped),
        *_publications(base, head, flipped),
        *_words(base, head),
        *_texts(base, head),
        *_files(base, head),
    ]
    order = list(KINDS)
    changes.sort(key=lambda c: (order.index(c.kind), c.explained, -c.weight))  # stable
    names = {change.what for change in changes if change.kind == "chart"}
    return Review(changes, {name: _pictures(base, head, name) for name in sorted(names)})


def _pictures(base: Snapshot, head: Snapshot, name: str) -> tuple[str, str]:
    return tuple(side.charts.get(name, {}).get("svg", "") for side in (base, head))


# Verdicts and what they rest on


def _verdict(side: Snapshot, name: str) -> str:
    """Return the verdict that the site shows: the notebook's, else the ledger's."""
    return side.assessed.get(name, side.claims.get(name, {})).get("verdict", NONE)


def _then(side: Snapshot, name: str) -> str:
    clock = side.claims.get(name, {}).get("then") or {}
    return clock.get("verdict") or _verdict(side, name)


def _page(side: Snapshot, name: str) -> str:
    return side.assessed.get(name, {}).get("notebook", "claims")


def _verdicts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for name in _names(base.claims | base.assessed, head.claims | head.assessed):
        known = head.claims.get(name, base.claims.get(name, {}))
        weight = 10 * known.get("importance", 0)
        before, after = _verdict(base, name), _verdict(head, name)
        why, rewritten = _history(base, head, name)
        page = _page(head, name)
        explained = bool(why) and not rewritten and after == why[-1].get("verdict")
        told = "; ".join(str(entry.get("why", "")) for entry in why)
        if name in base.claims and name not in head.claims:
            told = "**the claim was removed**"
        elif rewritten:
            told = "**an earlier entry of its history was changed or removed**"
        elif before != after and not explained:
            told = "**no history entry with this verdict**"
        if before != after:
            weight += 5 * ({before, after} == {"supported", "contradicted"})
            yield Change("verdict", name, before, after, told, page, weight, explained)
        elif rewritten:
            yield Change("verdict", name, before, after, told, page, weight, False)
        elif _then(base, name) != _then(head, name):
            was, now = (f"{_then(side, name)} (in 2025)" for side in (base, head))
            note = told or "**no history entry**"
            yield Change("verdict", name, was, now, note, page, weight, bool(why))
        certain = [_confidence(side, name) for side in (base, head)]
        if before == after and certain[0] != certain[1]:
            levels = [f"confidence {level}" for level in certain]
            yield Change("verdict", name, *levels, told, page, weight - 5)


def _confidence(side: Snapshot, name: str) -> str:
    return side.claims.get(name, side.assessed.get(name, {})).get("confidence", NONE)


def _history(base: Snapshot, head: Snapshot, name: str) -> tuple[list[dict], bool]:
    """Return the entries that were added, and whether an earlier one was touched."""
    old, new = (side.claims.get(name, {}).get("history") or [] for side in (base, head))
    if name not in head.claims and name in base.claims:
        return [], bool(old)
    return new[len(old) :], new[: len(old)] != old


_TOLD_ELSEWHERE = {"verdict", "confidence", "history", "then"}


def _grounds(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Fields of a claim other than the verdict, and what its notebook found."""
    for name in sorted(base.claims.keys() & head.claims.keys()):
        old, new = base.claims[name], head.claims[name]
        weight, page = 10 * new.get("importance", 0), _page(head, name)
        for key in _names(old, new):
            if key not in _TOLD_ELSEWHERE and old.get(key) != new.get(key):
                texts = _differing(old.get(key), new.get(key))
                yield Change("grounds", name, *texts, key, page, weight)
        if (old.get("then") or {}) != (new.get("then") or {}) and _then(base, name) == _then(head, name):  # fmt: skip
            yield Change("grounds", name, text(old.get("then")), text(new.get("then")), "then", page, weight)  # fmt: skip
        ledger = old.get("figures") != new.get("figures")
        found = [_found(side, name) for side in (base, head)]
        if not ledger and found[0] != found[1]:
            yield Change("grounds", name, *found, "found by the notebook", page, weight + 1)


def _differing(old: Any, new: Any) -> tuple[str, str]:
    """Return two values as text; of two lists only the members that differ."""
    if isinstance(old or [], list) and isinstance(new or [], list):
        old, new = old or [], new or []
        return (
            text([part for part in old if part not in new]),
            text([part for part in new if part not in old]),
        )
    return text(old), text(new)


def _found(side: Snapshot, name: str) -> str:
    figures = side.assessed.get(name, {}).get("figures", [])
    return ", ".join(f"{f['name']} {f['found_text']}" for f in figures) or NONE


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
    for page in sorted(base.notebooks.keys() & head.notebooks.keys()):
        old, new = _said(base.notebooks[page]), _said(head.notebooks[page])
        names = [[name for name, _ in side] for side in (old, new)]
        matcher = difflib.SequenceMatcher(None, *names, autojunk=False)
        for _, i, i_end, j, j_end in matcher.get_opcodes():
            alike = names[0][i:i_end] == names[1][j:j_end]
            pairs = zip(old[i:i_end], new[j:j_end], strict=True) if alike else ()
            for (name, was), (_, now) in pairs:
                if (was["text"], was["unit"]) != (now["text"], now["unit"]):
                    times = ratio(was["value"], now["value"])
                    note = ", ".join(part for part in (now["unit"], times, now["around"]) if part)
                    yield Change("number", name, was["text"], now["text"], note, page)
            for name, was in () if alike else old[i:i_end]:
                yield Change(
                    "number", name, was["text"], NONE, f"no longer told: {was['around']}", page
                )
            for name, now in () if alike else new[j:j_end]:
                yield Change("number", name, NONE, now["text"], f"new: {now['around']}", page)


def ratio(before: Any, after: Any) -> str:
    """Say how many times a number became what it is: '× 1.25'; nothing where there is no ratio."""
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, after)):
        return ""
    return f"× {after / before:.4g}" if before else ""


def _words(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Outputs of unchanged cells that differ in more than the numbers told above."""
    for page in sorted(base.notebooks.keys() & head.notebooks.keys()):
        old: dict[str, list] = {}
        for cell in base.notebooks[page].cells:
            old.setdefault(cell.source, []).append(cell)
        for cell in head.notebooks[page].cells:
            if not old.get(cell.source):
                continue
            was = old[cell.source].pop(0)
            for before, after in zip_longest(_rest(was), _rest(cell), fillvalue=("", {})):
                if not _only_numbers(before, after):
                    yield Change("words", _place(cell), before[0], after[0], "", page)


def _place(cell: Any) -> str:
    return f"cell {cell.get('id', '')}".rstrip()


def _rest(cell: Any) -> list[tuple[str, dict]]:
    """Return each output's text and numbers, without what is compared as a record."""
    told = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [
        (str(data.get("text/plain", "")), data.get(NUMBERS_MIME, {}))
        for data in told
        if not {ASSESSMENT_MIME, CHART_MIME, SCORECARD_MIME} & set(data)
    ]


def _only_numbers(before: tuple[str, dict], after: tuple[str, dict]) -> bool:
    """Tell whether two texts differ in no word that is not part of a number told by itself."""
    old, new = before[0].split(), after[0].split()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    known = [{w for number in n.values() for w in _bare(number["text"])} for _, n in (before, after)]  # fmt: skip
    return all(
        tag == "equal"
        or (
            set(_bare(" ".join(old[i:i_end]))) <= known[0]
            and set(_bare(" ".join(new[j:j_end]))) <= known[1]
        )
        for tag, i, i_end, j, j_end in matcher.get_opcodes()
    )


def _bare(text: str) -> list[str]:
    """Return the words of a text without the signs around them."""
    return [word for word in (part.strip("*_.,;:()|") for part in text.split()) if word]


_DRAWN = ("title", "subtitle", "kind", "unit", "sources", "claims", "as_of", "x", "y", "by")


def _charts(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    for name in _names(base.charts, head.charts):
        old, new = base.charts.get(name), head.charts.get(name)
        if old == new:
            continue
        about = (new or old)["record"]
        weight, page = _bears(about.get("claims", []), flipped), (new or old)["notebook"]
        if not old or not new:
            titles = [side["record"].get("title", name) if side else NONE for side in (old, new)]
            yield Change("chart", name, *titles, "new" if new else "removed", page, weight)
            continue
        rows = [side["record"].get("rows", []) for side in (old, new)]
        notes = [_rows_note(*rows)] if rows[0] != rows[1] else []
        notes += [key for key in _DRAWN if old["record"].get(key) != new["record"].get(key)]
        if not notes and old["svg"] == new["svg"] and old["record"] == new["record"]:
            notes = [f"moved from {old['notebook']}"]
        elif not notes:
            notes = ["same data, drawn differently"]
        titles = [side["record"].get("title", name) for side in (old, new)]
        yield Change("chart", name, *titles, "; ".join(notes), page, weight)


def _rows_note(old: list, new: list) -> str:
    """Say how plotted rows differ: their order only, or how many."""
    first, second = ([json.dumps(row) for row in rows] for rows in (old, new))
    if sorted(first) == sorted(second):
        return "same rows in another order"
    gone = sum(row not in set(second) for row in first)
    come = sum(row not in set(first) for row in second)
    return f"plotted data: {come} of {len(new)} rows new or changed, {gone} of {len(old)} gone"


# Data


def _parameters(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    gone = {n: f for n, f in base.parameters.items() if n not in head.parameters}
    come = {n: f for n, f in head.parameters.items() if n not in base.parameters}
    for name, fields in gone.items():
        twin = next((n for n, f in come.items() if _same_but_name(name, fields, n, f)), None)
        weight, page = _bears(fields.get("claims", []), flipped), name.split(".")[0]
        if twin:
            del come[twin]
            yield Change("parameter", name, name, twin, "renamed", page, weight)
        else:
            yield Change("parameter", name, _setting(fields), NONE, "removed", page, weight)
    for name, fields in come.items():
        weight = _bears(fields.get("claims", []), flipped)
        yield Change("parameter", name, NONE, _setting(fields), "new", name.split(".")[0], weight)
    for name in sorted(base.parameters.keys() & head.parameters.keys()):
        old, new = base.parameters[name], head.parameters[name]
        for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
            weight = _bears(new.get("claims", []), flipped)
            note = f"{key}{_bearing(new.get('claims', []))}"
            yield Change("parameter", name, text(old.get(key)), text(new.get(key)), note, name.split(".")[0], weight)  # fmt: skip


def _same_but_name(name: str, fields: dict, other: str, others: dict) -> bool:
    return name.split(".")[0] == other.split(".")[0] and fields == others


def _setting(fields: dict) -> str:
    return f"{fields.get('default')} {fields.get('unit', '')}".strip()


def _editions(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for name in _names(base.editions, head.editions):
        old, new = base.editions.get(name) or {}, head.editions.get(name) or {}
        for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
            yield Change("edition", name, text(old.get(key)), text(new.get(key)), key, "editions")


def _tables(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    for name in _names(base.tables, head.tables):
        resting = [c for c, f in head.claims.items() if name in (f.get("tables") or [])]
        weight, note = _bears(resting, flipped), _bearing(resting).strip(", ")
        old, new = base.tables.get(name), head.tables.get(name)
        if not old or not new:
            sizes = [f"{len(side.rows)} rows" if side else NONE for side in (old, new)]
            yield Change("data", name, *sizes, note, "data", weight)
            continue
        for change in (*_schema(name, old, new), *_cells(name, old, new)):
            kind, what, before, after = change
            yield Change(kind, what, before, after, note, "data", weight)


def _schema(name: str, old: Table, new: Table) -> Iterator[tuple[str, str, str, str]]:
    columns = [side.about.get("columns", {}) for side in (old, new)]
    for column in _names(*columns):
        if columns[0].get(column) != columns[1].get(column):
            texts = [text(side.get(column)) for side in columns]
            yield "schema", f"{name}, column {column}", *texts
    for key in _names(old.about, new.about):
        if key not in ("columns", "sha256") and old.about.get(key) != new.about.get(key):
            yield "schema", f"{name}, {key}", *_differing(old.about.get(key), new.about.get(key))


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
        if not was or not now:
            yield "data", where, _row(was), _row(now)
            continue
        for column in (c for c in was if c in now and was[c] != now[c]):
            yield "data", f"{where} {column}", was[column] or "empty", now[column] or "empty"
    if told > MOST_ROWS:
        yield "data", name, f"{told - MOST_ROWS} more rows differ", f"{told} in all"


def _row(row: dict[str, str] | None) -> str:
    return ", ".join(value for value in row.values() if value) if row else NONE


def _publications(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    for label in ("sources", "evidence"):
        sides = [getattr(side, label) for side in (base, head)]
        for name in _names(*sides):
            old, new = (side.get(name) for side in sides)
            if old == new:
                continue
            citing = [] if label == "sources" else _citing(head, name)
            weight, note = _bears(citing, flipped), _bearing(citing)
            one = "source" if label == "sources" else "evidence"
            what = f"{one} {name}"
            if not old or not new:
                shown = [_publication(side) for side in (old, new)]
                state = "lost" if not new else "added"
                yield Change("source", what, *shown, f"{state}{note}", "", weight)
                continue
            for key in (k for k in _names(old, new) if old.get(k) != new.get(k)):
                yield Change("source", what, text(old.get(key)), text(new.get(key)), f"{key}{note}", "", weight)  # fmt: skip


def _citing(side: Snapshot, fact: str) -> list[str]:
    stances = ("supports", "contradicts", "qualifies")
    return [n for n, f in side.claims.items() if any(fact in (f.get(s) or []) for s in stances)]


def _publication(record: dict | None) -> str:
    if not record:
        return NONE
    return str(record.get("fact") or f"{record.get('publisher')}, {record.get('published')}")


# Texts and files


def _texts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for page in _names(base.notebooks | base.pages, head.notebooks | head.pages):
        old, new = base.notebooks.get(page), head.notebooks.get(page)
        if old and new:
            for place, before, after in source_diff.cells(old, new):
                yield Change("text", place, before, after, "", page)
            continue
        told = [base.pages.get(page, "" if old is None else "a notebook"),
                head.pages.get(page, "" if new is None else "a notebook")]  # fmt: skip
        if told[0] != told[1]:
            yield Change("text", "page", *told, "", page)


def _files(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    for path in _names(base.files, head.files):
        old, new = base.files.get(path), head.files.get(path)
        if old != new:
            yield Change("file", path, "", "", "added" if not old else "removed" if not new else "changed")  # fmt: skip


# Shared


def _names(old: dict, new: dict) -> list:
    """Return the keys of both, in the order of the new one, then those that are gone."""
    return [*new, *(name for name in old if name not in new)]


def _bears(claims: list[str], flipped: set[str]) -> int:
    """Weigh a change by the claims that it bears on: those whose verdict changes count most."""
    return 100 * len(flipped & set(claims)) + len(claims)


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
