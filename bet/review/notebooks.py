"""Changes of what executed notebooks show: numbers in prose, sentences, charts."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bet.chapter import said
from bet.chapter.cards import answer
from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NARROW_MIME, NUMBERS_MIME, as_written
from bet.review import hidden, pixels, places, sides, source_diff
from bet.review.change import NONE, Change, strong, text
from bet.review.change import name as named
from bet.review.snapshot import Snapshot
from bet.review.wording import grade

_Told = tuple[tuple[str, str], dict[str, Any]]  # expression and row, record


def _said(notebook: Any, looped: set[str]) -> list[_Told]:
    """Return every number in prose, in order: what it is, its text, value, unit, and the words around.

    One of a loop is known by its expression and its row: by its count all rows below a new one would be
    others.
    """
    found: list[_Told] = []
    for cell in notebook.cells:
        own = sorted(said.placed(cell), key=lambda one: (said.expression(one[0]), one[3] or (0, 0)))
        for name, shown, told, place in own:
            what = said.expression(name)
            key = (what, said.row(told, place)) if what in looped else (name, "")
            around = ", ".join(filter(None, [_around(told, shown["text"]), hidden.note(cell)]))
            found.append((key, {**shown, "around": around}))
    return found


def _looped(notebook: Any) -> set[str]:
    """Return the expressions that a notebook shows several numbers of in one paragraph."""
    named = [name for cell in notebook.cells for name, *_ in said.placed(cell)]
    return {said.expression(name) for name in named if said.expression(name) != name}


def _around(told: str, number: str, most: int = 35) -> str:
    """Quote a number with a few words on both sides, so that its name need not explain itself."""
    told = text(told)
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


def numbers(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the numbers in prose that differ, each with the words around it."""
    for page in sides.executed(base, head):
        looped = _looped(base.notebooks[page]) | _looped(head.notebooks[page])
        old, new = (_said(side.notebooks[page], looped) for side in (base, head))
        names = [[name for name, _ in side] for side in (old, new)]
        gone: list[_Told] = []
        come: list[_Told] = []
        for _, i, i_end, j, j_end in source_diff.opcodes(*names):
            if names[0][i:i_end] == names[1][j:j_end]:
                for (key, was), (_, now) in zip(old[i:i_end], new[j:j_end], strict=True):
                    yield from _number(key, was, now, page)
            else:
                gone += old[i:i_end]
                come += new[j:j_end]
        for key, before, after in _matched(gone, come):
            yield from _number(key, before, after, page)


def _matched(
    gone: list[_Told], come: list[_Told]
) -> Iterator[tuple[tuple[str, str], dict[str, Any] | None, dict[str, Any] | None]]:
    """Yield what numbers became: of one row that stands elsewhere, and by another name in the same words."""
    left = list(gone)
    for alike in (_same_row, _same_words):
        for one in list(left):
            again = next((other for other in come if alike(one, other)), None)
            if again:
                left.remove(one)
                come.remove(again)
                yield again[0], one[1], again[1]
    yield from ((key, was, None) for key, was in left)
    yield from ((key, None, now) for key, now in come)


def _same_row(old: _Told, new: _Told) -> bool:
    return bool(old[0][1]) and old[0] == new[0]


def _same_words(old: _Told, new: _Told) -> bool:
    """Tell whether two numbers stand in the same words, whatever they are called and say."""
    around = [one["around"].replace(one["text"], "#", 1) for _, one in (old, new)]
    return bool(around[0]) and around[0] == around[1] and old[1]["unit"] == new[1]["unit"]


def _number(
    key: tuple[str, str], was: dict[str, Any] | None, now: dict[str, Any] | None, page: str
) -> Iterator[Change]:
    name = f"{key[0]} [{key[1][:60]}]" if key[1] else key[0]
    if was is None or now is None:
        before, after = (shown["text"] if shown else NONE for shown in (was, now))
        told = f"no longer told: {was['around']}" if was else f"new: {now['around'] if now else ''}"
        yield Change("number", name, before, after, told, page)
    elif (was["text"], was["unit"]) != (now["text"], now["unit"]):
        other = was["unit"] != now["unit"]
        unit = strong(f"unit {was['unit']} → {now['unit']}") if other else now["unit"]
        times = ratio(was.get("value"), now.get("value"))
        note = ", ".join(part for part in (unit, times, now["around"]) if part)
        weight = _size(was.get("value"), now.get("value")) + 1_000_000 * other
        yield Change("number", name, was["text"], now["text"], note, page, weight)
    elif not _same_value(
        was.get("value"), now.get("value")
    ):  # published beside the text, and not seen
        before, after = (text(shown.get("value")) for shown in (was, now))
        note = f"{now['unit']}, its value, told as before: {now['around']}".strip(", ")
        yield Change("number", name, before, after, note, page, _size(was.get("value"), now.get("value")))  # fmt: skip


def _plain(*values: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _same_value(before: Any, after: Any) -> bool:
    """Tell whether two values are one: the last digits of a float are the processor's."""
    if before == after:
        return type(before) is type(after) or _plain(before, after)
    return _plain(before, after) and math.isclose(before, after, rel_tol=1e-9)


def _size(before: Any, after: Any) -> int:
    """Say how far a number goes, in thousandths of a power of e; by far where there is no ratio."""
    if not _plain(before, after) or not before or not after or (before < 0) != (after < 0):
        return 100_000
    steps = abs(math.log(abs(after)) - math.log(abs(before)))
    return round(1_000 * steps) if math.isfinite(steps) else 100_000


def ratio(before: Any, after: Any) -> str:
    """Say how many times a number became what it is: '× 1.25'; nothing where there is no ratio."""
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, after)):
        return ""
    return f"× {after / before:.4g}" if before else ""


@dataclass(frozen=True)
class _Shown:
    """One output: its texts by media type, and the records that are compared by themselves."""

    texts: dict[str, str]
    records: dict[str, Any]


def words(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Outputs that differ in more than the records told above, in any form that a reader may see."""
    for page in sides.executed(base, head):
        old, new = base.notebooks[page], head.notebooks[page]
        seen = set()
        for was, now in source_diff.aligned(old, new):
            seen.add(id(now))
            yield from _cell_words(was, now, page)
        for cell in (cell for cell in new.cells if id(cell) not in seen):
            yield from _cell_words({}, cell, page)
    for page in (name for name in head.notebooks if name not in {*base.notebooks, *base.mute}):
        yield from (one for cell in head.notebooks[page].cells for one in _new_words(cell, page))


def _new_words(cell: Any, page: str) -> Iterator[Change]:
    """Yield what a cell of a new notebook shows, once: of its records nothing is told elsewhere."""
    for shown in _rest(cell):
        told = shown.texts.get("text/markdown") or next(iter(shown.texts.values()), "")
        if told.strip():
            unseen = hidden.note(cell)
            kind, note = ("text", f"new, {unseen}") if unseen else ("words", "new")
            yield Change(kind, place(cell), "", told, note, page)


def _cell_words(was: Any, now: Any, page: str) -> Iterator[Change]:
    nothing, unseen = _Shown({}, {}), hidden.note(now)
    for before, after in zip_longest(_rest(was), _rest(now), fillvalue=nothing):
        known = list(_retold(_told(before.records), _told(after.records)))
        single = Counter(" ".join(own[0]) for own in _retold(*map(_numbers, (before, after))))
        kinds = sorted(sides.names(before.texts, after.texts))  # html, markdown, plain
        same = [kind for kind in kinds if before.texts.get(kind) == after.texts.get(kind)]
        told: set[tuple[str, str]] = set()
        for kind in kinds:
            note = ", ".join(filter(None, [f"in {kind} only" if same else "", unseen]))
            for texts in _forms(kind, before.texts.get(kind, ""), after.texts.get(kind, "")):
                phrase = source_diff.words(*texts) or texts
                if phrase not in told and not _only_known(*texts, known, single):
                    told.add(phrase)
                    yield Change("text" if unseen else "words", place(now), *texts, note, page)


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


def place(cell: Any) -> str:
    """Name the cell that an output stands under."""
    return f"cell {cell.get('id', '')}".rstrip()


def _rest(cell: Any) -> list[_Shown]:
    """Return each output's texts, without what is compared as a record or a picture."""
    return [_shown(output) for output in cell.get("outputs", [])]


def _shown(output: Any) -> _Shown:
    """Return all of an output but what is told by itself; no name of its own makes a text a record."""
    data = dict(output.get("data", {}))
    if CHART_MIME in data:
        data.pop("image/png", None)  # the SVG again, for viewers that do not trust it
        data.pop(NARROW_MIME, None)  # and again, for telephones
    compared = (ASSESSMENT_MIME, CHART_MIME, NUMBERS_MIME, "image/svg+xml" if CHART_MIME in data else "")  # fmt: skip
    records = {kind: value for kind, value in data.items() if kind in compared}
    left = {kind: rest for kind, value in records.items() if (rest := _untold(kind, value))}
    texts = {kind: as_written(flat(value)) for kind, value in data.items() if kind not in compared}
    # Streams, errors with their tracebacks, sizes and classes that a page gives to an output
    beside = {key: value for key, value in output.items() if key not in _OUTPUT and value}
    if "text" in beside:
        beside[str(beside.pop("name", "text"))] = beside.pop("text")
    if "ename" in output:
        lines = "\n".join(map(str, beside.pop("traceback", [])))
        beside["error"] = f"{beside.pop('ename', '')}: {beside.pop('evalue', '')}\n{lines}".strip()
    more = {kind: flat(value) for kind, value in (left | beside).items()}
    return _Shown(texts | {f"the output's {kind}": told for kind, told in more.items()}, records)


_OUTPUT = {"data", "output_type", "execution_count"}
_OF_NUMBERS = {"text", "unit", "value"}
_OF_CLAIMS = {"claim", "verdict", "confidence", "reason", "figures", "turned", "turns", "assessed", "overridden"}  # fmt: skip
_PLAIN = {"as_of": r"\d{4}-\d\d-\d\d", "notebook": r"\w{1,40}"}  # nothing else could be said there


def _told(records: dict[str, Any]) -> dict[str, Any]:
    """Return of some records what is told by itself where it differs: only that may explain a text."""
    found: dict[str, Any] = {}
    for kind, record in records.items():
        if kind == NUMBERS_MIME and isinstance(record, dict):
            found[kind] = {n: _only(one, {"text", "unit"}) for n, one in record.items()}
        elif kind == ASSESSMENT_MIME and isinstance(record, list):
            found[kind] = [_only(one, _OF_CLAIMS) for one in record]
        elif kind == CHART_MIME and isinstance(record, dict):
            found[kind] = {key: value for key, value in record.items() if key not in ("name", "rows")}  # fmt: skip
    return found


def _only(record: Any, keys: set[str]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k in keys} if isinstance(record, dict) else {}


def _untold(kind: str, record: Any) -> Any:
    """Return of a record what is told nowhere else: fields that are none of ours, and other shapes."""
    if kind == NUMBERS_MIME and isinstance(record, dict):
        return {n: rest for n, one in record.items() if (rest := _without(one, _OF_NUMBERS))}
    if kind == ASSESSMENT_MIME and isinstance(record, list):
        return [rest for one in record if (rest := _without(one, _OF_CLAIMS))]
    return {} if isinstance(record, dict | str) and kind not in (NUMBERS_MIME, ASSESSMENT_MIME) else record  # fmt: skip


def _without(record: Any, keys: set[str]) -> Any:
    """Return the other fields of a record; a day and the name of a notebook are what they are."""
    if not isinstance(record, dict):
        return record
    rest = ((key, value) for key, value in record.items() if key not in keys)
    return {k: v for k, v in rest if k not in _PLAIN or not re.fullmatch(_PLAIN[k], str(v))}


def flat(value: Any) -> str:
    """Return any value of a notebook as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


Passage = tuple[list[str], list[str]]  # words of a record before and after


def _retold(old: Any, new: Any) -> Iterator[Passage]:
    """Yield the texts of two records that differ, whole: they are told by themselves.

    A reason is shown in two parts, the answer and what it rests on.
    """
    if old == new:
        return
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        before, after = _parts(old), _parts(new)
        for key in sides.names(before, after):
            yield from _retold(before.get(key, ""), after.get(key, ""))
        return
    was, now = flat(old), flat(new)
    yield _bare(was), _bare(now)
    if max(len(was), len(now)) > 40:
        yield from ((_bare(a), _bare(b)) for a, b in zip(answer(was), answer(now), strict=True))


def _parts(record: Any) -> dict[Any, Any]:
    """Return what a record is made of, by name; of a list by the claim or name of each, or its place."""
    if isinstance(record, dict):
        return record
    if not isinstance(record, list):
        return {"": record}
    return {
        (text(one.get("claim") or one.get("name") or n) if isinstance(one, dict) else n): one
        for n, one in enumerate(record)
    }


def _numbers(shown: _Shown) -> Any:
    return _told(shown.records).get(NUMBERS_MIME, {})


def _only_known(before: str, after: str, known: list[Passage], single: Counter[str]) -> bool:
    """Tell whether two texts differ in nothing but whole texts of a record told by itself.

    That its words are the record's is not enough: in another order they may say the opposite. Nor may one
    number that is told excuse another that was written as it was: ``single`` counts those by their text.
    """
    old, new = _bare(before), _bare(after)
    spans = source_diff.opcodes(old, new)
    gone = {n for tag, i, i_end, _, _ in spans if tag != "equal" for n in range(i, i_end)}
    for told, count in single.items():
        own = told.split(" ")
        if len([n for n in _standing(old, own) if n in gone]) > count * len(own):
            return False
    places = [
        tuple({*_standing(told, own)} for told, own in zip((old, new), pair, strict=True))
        for pair in known
    ]
    covered = tuple({n for pair in places for n in pair[side]} for side in (0, 1))

    def explained(i: int, i_end: int, j: int, j_end: int) -> bool:
        """Tell whether a record tells of what goes and of what comes; of a single word, the same record of both."""
        known_of = places if max(i_end - i, j_end - j) == 1 else [covered]
        return any(
            was.issuperset(range(i, i_end)) and now.issuperset(range(j, j_end))
            for was, now in known_of
        )

    return all(tag == "equal" or explained(*span) for tag, *span in spans) and (
        bool(known) or _lined(before) == _lined(after)
    )


def _standing(told: list[str], own: list[str]) -> Iterator[int]:
    """Yield the places of the words of a text where another stands in it whole."""
    if not own:
        return
    whole, part = f" {' '.join(told)} ", f" {' '.join(own)} "
    at = whole.find(part)
    while at >= 0:
        first = whole.count(" ", 0, at)
        yield from range(first, first + len(own))
        at = whole.find(part, at + 1)


def _lined(told: str) -> str:
    """Return a text without what no reader sees of its white space: at the ends of lines, and below the last."""
    return re.sub(r"[ \t]+$", "", told, flags=re.MULTILINE).rstrip("\n")


# Words, signs, line breaks with the white space that begins the next line, and what is none to us
_SIGNS = re.compile(
    r"[^\W_]+(?:[.,][^\W_]+)*|[^\w\s*.,;:()]|\n\t*|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]"
)


def _bare(told: str) -> list[str]:
    """Return the words and signs of a text, and where its lines end, without the punctuation around them.

    A row that is joined to the one above is gone from a table, though its words are all there.
    """
    begun = re.sub(r"(?<=\n)[ \t]+", lambda found: "\t" * len(found[0]), _lined(told))
    return _SIGNS.findall(begun)


_DRAWN = (
    "title",
    "subtitle",
    "kind",
    "unit",
    "sources",
    "claims",
    "as_of",
    "x",
    "y",
    "by",
    "columns",
)
_COPIES = {"narrow": "its copy for telephones", "png": "its copy as PNG"}


def charts(base: Snapshot, head: Snapshot, flipped: set[str]) -> Iterator[Change]:
    """Yield the charts that are new, gone, plot other data or are drawn otherwise."""
    for name in sides.names(base.charts, head.charts):
        old, new = base.charts.get(name), head.charts.get(name)
        if old == new or _placeless(old) == _placeless(new):
            continue
        known = new or old or {}
        if not (old and new) and known["notebook"] in base.mute | head.mute:
            continue
        notes = _apart(name, old, new, base, head) if old and new else ["new" if new else "removed"]
        notes += filter(None, [hidden.note(places.cell(head, new)) if new else ""])
        weight = sides.bears(sides.claims_of(known["record"]), flipped)
        titles = _title(old, name), _title(new, name)
        far = _farthest(_rows(old), _rows(new)) if old and new else 0.0
        yield Change("chart", name, *titles, "; ".join(notes), known["notebook"], weight, far=far)
        for key, before, after in _chart_words(old, new) if new else ():
            yield Change("words", f"chart {name}, {key}", before, after, "", known["notebook"], weight)  # fmt: skip


def _apart(name: str, old: dict[str, Any], new: dict[str, Any], *sides_: Snapshot) -> list[str]:
    """Say in what two versions of a chart differ: what they plot, how, or only a copy or their page."""
    was, now = old["record"], new["record"]
    rows = _rows(old), _rows(new)
    notes = [_rows_note(*rows)] if rows[0] != rows[1] else []
    notes += [key for key in _DRAWN if was.get(key) != now.get(key)]
    if not notes and old["svg"] == new["svg"] and was == now:
        copies = [told for key, told in _COPIES.items() if old.get(key) != new.get(key)]
        notes = [strong(f"only {' and '.join(copies)}") if copies else f"moved from {old['notebook']}"]  # fmt: skip
    elif not notes:
        notes = ["same data, drawn differently"]
        alone = old["svg"] != new["svg"] and all(old.get(key) == new.get(key) for key in _COPIES)
        notes += [strong(ALONE)] if alone and any(new.get(key) for key in _COPIES) else []
        notes += [strong(RELETTERED)] if _letters(old) != _letters(new) else []
        notes += [_png(old["png"], new["png"])] if old.get("png") or new.get("png") else []
    return [*notes, *_another(name, new, *sides_)]


def _placeless(chart: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a chart without its cell, which is told by itself, and without what stands between its tags."""
    return chart and {
        key: re.sub(r">\s+<", "><", value).strip() if isinstance(value, str) else value
        for key, value in chart.items()
        if key != "place"
    }


IS_ANOTHERS = "is that of"
ALONE = "its copies are as before"
RELETTERED = "with other words drawn in it"


def _letters(chart: dict[str, Any]) -> list[str]:
    """Return the letters that are drawn in a chart and in its copy for telephones, each by its outline's name."""
    return [sign for copy in ("svg", "narrow") for sign in _LETTER.findall(chart.get(copy) or "")]


_LETTER = re.compile(r'href="#[A-Za-z]+-[A-Za-z]+-([0-9a-f]+)"')
_WORDS = {"alt": "alternative text"}


def _chart_words(old: dict[str, Any] | None, new: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what a chart says beside its title: of a new one all, else what differs, drawn words too."""
    was, now = old["record"] if old else {}, new["record"]
    keys = sides.names(was, now) if old else now
    for key in (k for k in keys if k not in ("title", "name") and not (old and k == "rows")):
        if was.get(key) != now.get(key) or not old:
            yield _WORDS.get(key, text(key)), text(was.get(key)) if old else "", text(now.get(key))  # fmt: skip
    drawn = (
        [source_diff.visible(side["svg"])[0] for side in (old, new)] if old and was == now else []
    )
    if drawn and drawn[0] != drawn[1]:
        yield "words drawn in it", drawn[0], drawn[1]


def _another(name: str, new: dict[str, Any], *sides_: Snapshot) -> Iterator[str]:
    """Yield which copies of a chart are those of another one: letters are drawn, and no word tells it."""
    for key, copy in {"svg": "its picture", **_COPIES}.items():
        same = {n for side in sides_ for n, c in side.charts.items() if n != name and c.get(key) == new.get(key)}  # fmt: skip
        if same and new.get(key):
            yield strong(f"{copy} {IS_ANOTHERS} {', '.join(map(named, sorted(same)[:3]))}")


def _png(old: str, new: str) -> str:
    """Say how much of a chart's copy as PNG differs, for it is drawn apart from the picture."""
    if old == new:
        return "its copy as PNG is as before"
    try:
        share = pixels.compare(*(pixels.decoded(told) for told in (old, new))).share
    except (OSError, ValueError):
        return strong("its copy as PNG cannot be read")
    return f"of its copy as PNG {share:.1%} of the pixels differ"


def _title(chart: dict[str, Any] | None, name: str) -> str:
    return text(chart["record"].get("title", name)) if chart else NONE


DRAWN = "plotted data"


def _rows(chart: dict[str, Any]) -> list:
    """Return what a chart plots."""
    return chart["record"].get("rows") or []


def _farthest(old: list, new: list) -> float:
    """Return the largest step of what a chart plots, place by place, as a share of the column's largest value.

    A word for another one, and what comes or goes, are a whole.
    """
    steps = [0.0 if len(old) == len(new) else 1.0]
    columns = [_columns(rows) for rows in (old, new)]
    for column in {*columns[0]} & {*columns[1]}:
        pairs = [*zip(columns[0][column], columns[1][column], strict=False)]
        most = (
            max((abs(v) for pair in pairs for v in pair if isinstance(v, int | float)), default=0)
            or 1
        )
        for was, now in pairs:
            if isinstance(was, int | float) and isinstance(now, int | float):
                steps.append(abs(was - now) / most)
            else:
                steps.append(float(was != now and grade(text(was), text(now)) > 1))
    return max(steps)


def _columns(rows: list) -> dict[Any, list]:
    """Return what rows hold by column; a row that is no mapping by place."""
    found: dict[Any, list] = {}
    for row in rows:
        cells = (
            row.items()
            if isinstance(row, dict)
            else enumerate(row if isinstance(row, list) else [row])
        )
        for column, value in cells:
            found.setdefault(column, []).append(value)
    return found


def _rows_note(old: list, new: list) -> str:
    """Say how plotted rows differ: their order only, or how many."""
    first, second = (Counter(json.dumps(row) for row in rows) for rows in (old, new))
    if first == second:
        return "same rows in another order"
    gone, come = (first - second).total(), (second - first).total()
    return f"{DRAWN}: {come} of {len(new)} rows new or changed, {gone} of {len(old)} gone"
