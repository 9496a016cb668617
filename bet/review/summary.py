"""The lines below the headline: the gravest of each kind by name, so that many changes hide none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bet.faults import some
from bet.numbers import SIZES, plural
from bet.records.claims import CONFIDENCES
from bet.review import (
    edits,
    escaping,
    fields,
    folding,
    hidden,
    places,
    running,
    source_diff,
    steps,
)
from bet.review.change import FEW, MARKS, NONE, QUIET, SETS, Change, Review, name, strong, value
from bet.review.headline import TESTS
from bet.review.notebooks import ALONE, DRAWN, IS_ANOTHERS, RELETTERED
from bet.review.texts import MORE, PROSE, RECORDS
from bet.review.wording import grade, weighty


def told(review: Review) -> list[str]:
    """Return the lines below the headline: what of the gravest kinds changes, by name, then all the rest by number."""
    parts = (
        _judge(review),
        _turned(review),
        _levels(review),
        _hidden(review),
        _folds(review),
        _elsewhere(review),
        _texts(review),
        _repeated(review),
        _also(review),
        _by_field(review),
    )
    return [told for told in parts if told]


# What no verdict says, and yet changes what the book says: kind, one of it, where it is no mere count.
_TELLING = {"grounds": "claim told or founded otherwise", "claim": "claim new or removed", "unit": "unit",
            "clock": "date that moves what was known when", "number": "number in prose", "chart": "chart",
            "parameter": "parameter", "edition": "setting of an edition", "apart": "verdict of an edition", "schema": "setting of a table or column",
            "data": "place in a table", "source": "field of a source or fact", "text": "piece of text or code",
            "words": "page that reads otherwise", "root": "text of the repository"}  # fmt: skip


def _stands_below(review: Review) -> bool:
    """Tell whether all that changes stands right below the first lines."""
    return len(review.changes) <= 3 and len({change.kind for change in review.changes}) == 1


def _also(review: Review) -> str:
    """Name in a line what changes beside verdicts, so that nobody stops at the headline.

    Where it is little, and of one kind, it stands right below the headline itself.
    """
    if _stands_below(review):
        return ""
    told = []
    for kind, one in _TELLING.items():
        changes = review.of(kind)
        names = {
            change.page if kind == "words" else (change.what, change.page) for change in changes
        }
        noun, _, rest = one.partition(" ")
        rest = rest if len(names) == 1 else re.sub(r"(?<=^that )(\w+)s\b", r"\1", rest)
        most = _GRAVEST[kind](changes) if changes and kind in _GRAVEST else ""
        told += [f"{plural(len(names), noun)}{f' {rest}' if rest else ''}{most}"] if names else []
    files = [c for c in review.of("file") if c.note not in QUIET]
    for start, one, many in (
        (TESTS, "test file", "test files"),
        ("data/", "file of records or data", "files of records or data"),
    ):
        own = [escaping.path(c.what) for c in files if c.what.startswith(start)]
        told += [f"{plural(len(own), one, many)} ({some(own, _MOST_PLACES)})"] if own else []
    return f"{strong('Also changed')}: {', '.join(told)}." if told else ""


def _by_field(review: Review) -> str:
    """Count records by the field that differs, where they do not stand right below."""
    told = "" if _stands_below(review) else fields.counted(review.changes)
    return f"{strong('Records by field')}: {told}." if told else ""


_MOST_PLACES = 8


def _places(changes: list[Change]) -> str:
    """Name the texts and files that differ, those first that say most otherwise."""
    found = _grouped(sorted(changes, key=lambda c: c.about in ("", "added")), _place)
    return f" ({some(found, _MOST_PLACES)})"


def _grouped(changes: Iterable[Change], by: Callable[[Change], str]) -> dict[str, list[Change]]:
    """Return changes by a name, the names first of those that say most otherwise."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(by(change), []).append(change)
    return {one: found[one] for one in fields.farthest(found) or found}


def _place(change: Change) -> str:
    """Name where a text stands: the page and what of it, or the file."""
    if change.kind == "schema":
        return " ".join(map(name, re.findall(r"[\w-]+", change.what)[:4]))
    if not change.page:
        return " ".join([escaping.path(change.what), *map(name, change.field.split())])
    part = re.match(r"(?:cell|chart|card) ([\w-]{1,40})", change.what)
    sets = f" {change.about}" if change.about.startswith(SETS) else ""
    return f"{name(change.page)}{f' {name(part[1])}' if part else ''}{sets}"


def _hidden(review: Review) -> str:
    """Name the cells that a page hides now, those first of which a reader no longer sees what they show."""
    cells = [
        f"{_hides(change)} of {name(change.page)} is {change.about.strip(MARKS)}"
        for change in review.of("words")
        if change.about.startswith(hidden.BY)
    ]
    return f"{strong('Hidden from readers')}: {some(cells, 12)}." if cells else ""


def _folds(review: Review) -> str:
    """Name the pages that fold what stood open, with how many parts of them."""
    pages = {
        c.page: c.before.count("\n\n") + 1 for c in review.of("words") if c.about == folding.NOTE
    }
    told = (f"{plural(count, 'part')} of {name(page)}" for page, count in pages.items())
    return (
        f"{strong('In a fold or a comment now, read after a click or never')}: {some(told, 12)}."
        if pages
        else ""
    )


def _texts(review: Review) -> str:
    """Count by page or record the texts that weigh, where they stand among many."""
    texts = [c for kind in (*PROSE, *RECORDS) for c in review.of(kind) if not _standing(c)]
    weigh = (
        c for c in texts if not _is_light(c) and (c.note == MORE or weighty(c.before, c.after))
    )
    found = _grouped(weigh, _where)
    if not found or _stands_below(review):
        return ""
    told = (f"{escaping.path(place)} {len(own)}" for place, own in found.items())
    changes = "Texts that weigh (another figure, verdict or no, a sentence less, more than prose)"
    return f"{strong(changes)}: {some(told, 12)}."


def _is_light(change: Change) -> bool:
    return change.kind in fields.KINDS and (fields.is_light(change) or change.note == "renamed")


def _where(change: Change) -> str:
    """Return the page of a text, or the record whose field it is."""
    return change.what.partition(",")[0].rpartition(" ")[2] if change.kind in RECORDS else change.page or change.what  # fmt: skip


def _repeated(review: Review) -> str:
    """Name what is changed otherwise than an edit that is made many times."""
    many = edits.repeated(review.changes)
    kinds = {c.kind for c in review.changes if edits.edit(c) in many}
    others = [c for c in review.changes if c.kind in kinds and edits.edit(c) not in many]
    if not many or not others:
        return ""
    times = f"{plural(sum(many.values()), 'time')} one of {plural(len(many), 'edit')}" if len(many) > 1 else f"{sum(many.values())} times the same edit"  # fmt: skip
    found = _grouped(
        others, lambda c: _place(c) if c.kind in ("text", "words") else escaping.path(_where(c))
    )
    return f"{strong(f'Beside {times}')}: {some(found, 12)}."


_VALUE = 60  # letters of a value among many
_SHOWN = 30  # letters of a value that a sentence shows


def _farthest(changes: list[Change]) -> str:
    """Name numbers where they are few; of many where they stand, the rarest first, and which go farthest."""
    if len(changes) <= FEW:
        return f" ({', '.join(map(_step_of, changes))})"
    short = [one for one in changes if max(map(len, (one.before, one.after))) <= _VALUE and edits.jump(one)]  # fmt: skip
    far = sorted(short, key=edits.jump, reverse=True)
    most = _rarest(one for one in far if edits.turns(one))[: FEW - 1]
    if not any(map(edits.numbers, most)):
        most += [one for one in far if edits.numbers(one)][:1] or far[: not most]
    most += [one for one in steps.unlike(far) if one not in most][:1]
    places: dict[str, list[Change]] = {}
    for one in changes:
        places.setdefault(_cell_of(one), []).append(one)
    gone = lambda rows: _is_row(rows[0]) and rows[0].after == NONE  # noqa: E731
    rarest = sorted(places.items(), key=lambda item: (not gone(item[1]), len(item[1])))
    stand = some((_together(place, own) for place, own in rarest), 12)
    told = ", ".join(map(_step_of, most))
    return f" ({stand}{told and '; the farthest ' + told})"


def _rarest(changes: Iterable[Change]) -> list[Change]:
    """Return one change of each value to each other one, those first that are made least often."""
    found: dict[tuple[str, str], list[Change]] = {}
    for one in changes:
        found.setdefault((one.before, one.after), []).append(one)
    return [own[0] for own in sorted(found.values(), key=len)]


def _together(place: str, changes: list[Change]) -> str:
    """Name the only change of a place, or count them, of rows with the keys of those that say most otherwise."""
    if len(changes) == 1:
        return _step_of(changes[0])
    if not _is_row(changes[0]):
        return f"{place} {len(changes)}"
    whole = (replace(change, before="", after=change.before + change.after) for change in changes)
    told = map(_key, _grouped(whole, lambda c: c.what))
    return f"{place} {len(changes)}: {some(told, FEW)}"


def _key(what: str) -> str:
    """Return the key of a row in words."""
    key = re.sub(r"(?:^|, )\w+=", " ", what.partition(" [")[2].rpartition("]")[0])
    return " ".join(map(name, re.findall(r"[\w.-]+", key)[:6]))


def _step_of(change: Change) -> str:
    """Name a number with its step, or a row of a table that comes or goes by its key."""
    if _is_row(change):
        state = "new row" if change.before == NONE else "without the row"
        return f"{name(change.what.partition(' [')[0])} {state} {_key(change.what)}"
    return f"{_cell_of(change)} {' → '.join(map(value, _apart(change.before, change.after)))}"


def _apart(before: str, after: str) -> tuple[str, str]:
    """Return two values, of long ones the words that differ most: cut at an end they could be the same."""
    if min(len(before), len(after)) <= _SHOWN:
        return before, after
    passages = source_diff.passages(before, after)
    was, now = max(passages, key=lambda passage: grade(*passage), default=(before, after))
    return was or NONE, now or NONE


_ROW = re.compile(r"([^\[]+) \[([^\]]*)\]")


def _is_row(change: Change) -> bool:
    """Tell whether a change is one of a whole row that comes or goes."""
    return (
        change.kind == "data"
        and bool(_ROW.fullmatch(change.what))
        and NONE in (change.before, change.after)
    )


def _cell_of(change: Change) -> str:
    """Name the table and the column of a value, or that it is a row, or its page."""
    if _is_row(change):
        return f"{name(change.what.partition(' [')[0])} {'new rows' if change.before == NONE else 'rows gone'}"
    table, _, column = change.what.partition(" [")
    told = [table, column.rpartition("] ")[2]] if change.kind == "data" else [change.page]
    return " ".join(map(name, filter(None, told)))


def _sets(changes: list[Change]) -> str:
    """Name the parameters that editions set otherwise."""
    told = [
        f"{' '.join(map(name, re.split(r', |[.]', c.what)))} {value(c.before)} → {value(c.after)}"
        for c in sorted(changes, key=edits.jump, reverse=True)
        if c.note == SETS
    ]
    return f" ({some(told, FEW)})" if told else ""


def _units(changes: list[Change]) -> str:
    """Name units that are other ones, those of another size first, those of the same words in another order last."""
    others = [c for own in _grouped(changes, lambda c: c.what).values() for c in own]
    others.sort(
        key=lambda c: (
            _sizes(c.before) == _sizes(c.after),
            sorted(c.before.split()) == sorted(c.after.split()),
        )
    )
    told = (f"{' '.join(map(name, re.split(r',? ', c.what)))} {name(c.before)} → {name(c.after)}" for c in others)  # fmt: skip
    return f" ({some(told, 2 * FEW)})"


def _sizes(unit: str) -> set[str]:
    """Return the words of size in a unit."""
    return {*re.findall(r"\w+", unit)} & {*SIZES}


def _named(changes: list[Change]) -> str:
    """Name claims, those of another verdict in an edition with it."""
    told = (
        f"{name(c.what)}{f' {_word(c.before)} → {_word(c.after)}' if c.kind == 'apart' else ''}"
        for c in changes
    )
    return f" ({some(dict.fromkeys(told), 12)})"


def _clocks(changes: list[Change]) -> str:
    """Name facts and tables whose day moves what was known when."""
    told = (
        " ".join(map(name, re.findall(r"[\w-]+", c.what.removeprefix("evidence "))[:4]))
        for c in changes
    )
    return f" ({some(told, 12)})"


def _charts(changes: list[Change]) -> str:
    """Name among many charts those that come, go or get another title."""
    told = []
    for what, marks in (
        ("of other words in the picture", (RELETTERED, IS_ANOTHERS)),
        ("of another picture alone", (ALONE,)),
    ):
        named = [name(c.what) for c in changes if any(mark in c.note for mark in marks)]
        told += [f"{what}: {some(named, 2 * FEW)}"] if named else []
    if len(changes) <= FEW and not told:
        return f" ({', '.join(name(c.what) for c in changes)})"
    others = [c for c in changes if c.before != c.after]
    others.sort(key=lambda c: -grade(c.before, c.after))
    titles = [name(c.what) for c in others]
    drawn = [
        name(c.what)
        for c in sorted(changes, key=lambda c: -c.far)
        if c.before == c.after and DRAWN in c.note
    ]
    told += [f"of another title, new or gone: {some(titles, FEW)}"] if titles else []
    told += [f"with other data: {some(drawn, 2 * FEW)}"] if drawn else []
    return f" ({'; '.join(told)})" if told else ""


# What is named of a kind; the others are told by field, or each by a line of its own
_GRAVEST = {"number": _farthest, "data": _farthest, "chart": _charts, "edition": _sets, "unit": _units,
            "clock": _clocks, "claim": _named, "apart": _named, "text": _places, "words": _places, "root": _places, "schema": _places}  # fmt: skip


def _judge(review: Review) -> str:
    """Name what of the judge changes, and the addresses that come into it."""
    changes = review.of("judge")
    if not changes:
        return ""
    hosts = [
        {host for found in _HOST.findall("\n".join(told)) for host in found if host}
        for told in zip(*((c.before, c.after) for c in changes), strict=True)
    ]
    new = sorted(hosts[1] - hosts[0])
    asks = f" {strong('New addresses in it')}: {some(map(name, new), 12)}." if new else ""
    ranks = running.ranks((change.what, change.before, change.after) for change in changes)
    own = [change for change in changes if ranks[change.what] > running.REPEATED]
    alike = [change for change in changes if ranks[change.what] <= running.REPEATED]
    told = [
        f"{strong(what)}: {some(_by_folder(files, ranks, len(changes)), 40)}."
        for what, files in (("Of the judge", own), (_ALIKE if own else "Of the judge", alike))
        if files
    ]
    return f"{' '.join(told)}{asks}"


_ALIKE = "Of the judge by an edit that many files share, or moved, explained or called otherwise"


def _by_folder(changes: list[Change], ranks: Mapping[str, int], count: int) -> Iterator[str]:
    """Name files of the judge, few of each folder where they are many, so that many in one hide none in another.

    Of a folder those come first that come to run or load something, then those whose edit is their own, and
    those last in which only what explains the code differs.
    """
    few = FEW if count > _MOST_FILES else _MOST_FILES
    folders: dict[tuple[bool, bool, bool, str], list[Change]] = {}
    for change in changes:
        folders.setdefault(_of_the_judge(change.what), []).append(change)
    for place, found in sorted(folders.items()):
        found.sort(key=lambda change: -ranks[change.what])
        most = max(few, _NAMED) if place[-1] == "web" else few
        yield from (escaping.path(change.what) for change in found[:most])
        if len(found) > most:
            yield f"{len(found) - most} more {f'in {escaping.path(place[-1])}' if place[-1] else 'at the top'}"


_MOST_FILES = 24
_NAMED = 12  # files of the site's own scripts and styles, which every reader runs


def _of_the_judge(path: str) -> tuple[bool, bool, bool, str]:
    """Sort files of the judge: pins first, then what judges, then what stands outside the package; by folder."""
    judges = path.startswith(("bet/records/", "bet/review/"))
    folder = path.rpartition("/")[0]
    return not path.startswith("requirements"), not judges, path.startswith("bet/"), folder


_HOST = re.compile(
    r"(?:https?:)?//([\w.-]+\.\w+)"
    r"|\b(?:curl|wget|nc|ncat|ssh|scp|git|pip|uv|uvx|npx?|docker|fetch|import)\b[^\n|;]{0,200}?[\s'\"@]([\w-]+(?:\.[\w-]+)*\.[a-z]{2,12})(?=[/:]\S)"
)


def _standing(change: Change) -> bool:
    """Tell whether a change of words is one of where or whether they stand, told in a line of its own."""
    marks = (hidden.BY, places.ELSEWHERE, folding.NOTE)
    return change.kind == "words" and change.about.startswith(marks)


def _elsewhere(review: Review) -> str:
    """Name the charts and cards that stand in another cell."""
    found = {
        change.what: change
        for change in review.of("words")
        if change.about.startswith(places.ELSEWHERE)
    }
    told = []
    for kind in ("chart", "card"):
        own = [c for what, c in found.items() if what.startswith(f"{kind} ")]
        ways = (
            f"{name(c.what.removeprefix(f'{kind} '))} from {c.before} to {c.after}" for c in own
        )
        stand = f"{plural(len(own), kind)} {'stands' if len(own) == 1 else 'stand'} elsewhere"
        told += [f"{strong(stand)}: {some(ways, 12)}."] if own else []
    return " ".join(told)


def _hides(change: Change) -> str:
    """Name the cell that is hidden, or what is shown of a page."""
    return f"cell {name(change.what.removeprefix('cell '))}" if change.what != "page" else "what is shown"  # fmt: skip


def _turned(review: Review) -> str:
    """Name the verdicts that turn, where they would stand among other changes."""
    found = [change for change in review.of("verdict") if change.turns]
    if not found or len(found) == len(review.changes):
        return ""
    found.sort(key=lambda change: NONE in (change.before, change.after))
    return f"{strong('Verdicts that turn')}: {turns(found, 12)}."


def _levels(review: Review) -> str:
    """Name the claims whose confidence or importance is another one, those first that lose or win most."""
    found = [change for change in review.of("verdict") if change.level]
    if not found or _stands_below(review):
        return ""
    found.sort(key=_step, reverse=True)
    told = (f"{name(c.what)} {_level(c.before)} → {_level(c.after)}" for c in found)
    return f"{strong('Confidence or importance')}: {some(told, 12)}."


def _step(change: Change) -> int:
    """Return how many levels lie between two of confidence or importance; of what is no level one."""
    old, new = (side.rpartition(" ")[2] for side in (change.before, change.after))
    if {old, new} <= {*CONFIDENCES}:
        return abs(CONFIDENCES.index(old) - CONFIDENCES.index(new))
    return abs(int(old) - int(new)) if re.fullmatch(r"\d{1,3} \d{1,3}", f"{old} {new}") else 1


def _level(told: str) -> str:
    """Return the last word of a level, 'high' or '3', or quoted what is none."""
    return name(told.rpartition(" ")[2])


def turns(found: list[Change], most: int) -> str:
    """Name verdicts that turn, with the verdicts before and after."""
    return some((f"{name(c.what)} {_word(c.before)} → {_word(c.after)}" for c in found), most)


def _word(verdict: str) -> str:
    """Return a verdict, or quoted what is none."""
    return (
        verdict if re.fullmatch(r"(?:[a-z]{1,20}|–)(?: \(in 2025\))?", verdict) else name(verdict)
    )
