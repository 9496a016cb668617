"""The review written down: Markdown for a comment, and one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from urllib.parse import quote

from bet.faults import some
from bet.review import edits, fields, folding, guards, hidden, places, source_diff
from bet.review.change import (
    COPY,
    FEW,
    KINDS,
    NONE,
    QUIET,
    RUN,
    SETS,
    Change,
    Review,
    name,
    quoted,
    strong,
)
from bet.review.conclusions import ANSWER, NEVER
from bet.review.pages import Drawn, Page
from bet.review.pixels import Difference, address
from bet.review.reaching import LINE, REACHES
from bet.review.snapshot import CONFIG, RULE, TEXTS, TOC, instructs, made_from
from bet.review.texts import MORE, PROSE, RECORDS
from bet.review.wording import weighty

MOST = 30  # rows of a section in the Markdown; the page has all
ROOM = 7_000  # characters of a section in the Markdown
MORE_ROOM = {
    "active": 6_000,
    "reach": 4_000,
    "gone": 1_500,
    "judge": 5_000,
    "verdict": 24_000,
    "rule": 5_500,
}
MOST_OF = {"verdict": 400, "rule": 120, "claim": 120}
LIMIT = 59_000  # characters of the Markdown; a comment holds 65,536
LONG = 160  # characters of a cell in the Markdown
WHOLE = 600  # of a cell that tells a new or removed claim
WHOLE_NOTES = 15  # verdicts up to which the words of their entries are told whole
MARKS = "\ue000\ue001"  # of our alarms
MARKER = "<!-- bet diff -->"  # how the comment is found again
COLUMNS = {
    "verdict": ("Claim", "Before", "After", "Why"),
    "active": ("Where", "Before", "What came in", "What would be right"),
    "reach": ("Where", "Before", "Line", "What it reaches for"),
    "gone": ("Page", "Before", "After", "What that means"),
    "rule": ("Claim", "Under the rule before", "Under the changed rule", "Note"),
    "claim": ("Claim", "Removed", "New", "Field"),
    "number": ("Number", "Before", "After", "Unit, ratio, where"),
    "chart": ("Chart", "Before", "After", "What differs"),
}
NOT_DRAWN = "Pixels were not compared (no Chromium, or not asked for); the charts' data were."
CUT = "Cut here: the page of this report (review.html) has everything."
UNJUDGED = "What could not be judged"
PAGES = "Pages that look different, the most changed first"
PICTURES = (
    16_000_000  # bytes of pages on the page of the report; what is over stands in their folder
)
Pixels = Mapping[str, Difference] | None


def headline(review: Review) -> str:
    """Say in a few words what the change does to the conclusions, the gravest first."""
    parts = ["This changes the judge"] if review.of("judge") else []
    parts += [tests] if (tests := _guards(review)) else []
    if reach := {change.what for change in review.of("reach")}:
        do = REACHES if len(reach) == 1 else REACHES.replace("s ", " ", 2)
        parts.append(f"{_plural(len(reach), 'cell')} {do}")
    if gone := review.of("gone"):
        leave = "leaves" if len(gone) == 1 else "leave"
        parts.append(f"{_plural(len(gone), 'page')} {leave} the site: {some((name(c.page) for c in gone), 12)}")  # fmt: skip
    if review.of("rule"):
        count = len(review.of("rule"))
        parts.append(f"the changed rule turns {_plural(count, 'ruling')}")
    if review.faults:  # before all that is said of verdicts: one that is not known may have turned
        parts.insert(0, f"{_plural(len(review.faults), 'thing')} could not be judged")
    if review.of("active"):
        parts.insert(0, "This brings in what no page may hold")
    parts.append(_conclusions(review))
    if past := {change.what for change in review.changes if NEVER in change.note}:
        parts.append(f"{_plural(len(past), 'claim')} came with {NEVER}")
    if left := _not_judged(review):
        parts.append(f"not judged: {some(map(_path, left), 8)}")
    return ". ".join(f"{part[0].upper()}{part[1:]}" for part in parts)


def _not_judged(review: Review) -> list[str]:
    """Name the files that differ, that no page is made from and that no rule of ours is about: anything may stand there."""
    files = [change for kind in ("root", "file") for change in review.of(kind)]
    left = [
        c.what
        for c in files
        if c.note not in QUIET and not made_from(c.what) and not c.what.startswith(_TESTS)
    ]
    benches = "benchmarks/"  # many of them hide nothing else
    return sorted(left, key=lambda path: (path.endswith(TEXTS), path.startswith(benches), path != "README.md"))  # fmt: skip


def _guards(review: Review) -> str:
    """Say that tests of the judge are taken away, changed or added: each of them runs beside the others."""
    files = [c for c in review.of("file") if c.what.startswith(_TESTS) and c.note not in QUIET]
    gone = sum(change.note == "removed" for change in files)
    new = [c for c in files if c.note == "added" and re.fullmatch(r"tests/test_\w+\.py", c.what)]
    others = [c for c in files if c.note != "removed" and c not in new]  # fixtures too
    all_run = [c.what for c in others if guards.runs_with(c.what)]
    others = [c for c in others if c.what not in all_run]
    told = [f"removes {_plural(gone, 'test file')}"] if gone else []
    told += [f"changes {_plural(len(others), 'test file')}"] if others else []
    told += [f"adds {_plural(len(new), 'test file')}"] if new else []
    told += [f"changes what tests run with ({some(map(_path, all_run), FEW)})"] if all_run else []
    return f"This {' and '.join(told)}" if told else ""


# The verdict stands on what is said: a claim that says something else is another claim.
_SAYS = {"paraphrase", "speaker", "kind", "speech", "checkable", "lines", "anchor"}
_FOUND = (", found", ", name")  # of a figure: ours, not the article's


def restates(note: str) -> bool:
    """Tell from the note of a ground whether the claim says something else now.

    A figure that comes or goes restates it, a figure that is only renamed does not. So does a Yes for a No.
    """
    field = note.removeprefix(RUN)
    return (
        field in _SAYS
        or field.startswith(ANSWER)
        or (field.startswith("figure ") and not field.endswith(_FOUND))
    )


def _conclusions(review: Review) -> str:
    """Tell verdicts, what claims say and verdicts of editions: none of them hides another."""
    count = len({change.what for change in review.of("grounds") if restates(change.note)})
    said = f"what {_plural(count, 'claim')} say{'s' * (count == 1)}" if count else ""
    apart = _of_editions(review)
    verdicts = review.of("verdict")
    if not verdicts and not said:
        return _beside_verdicts(review)
    first = _verdicts(verdicts) if verdicts else f"{_no_verdict(review)}, but {said} does"
    others = [(said, True)] if verdicts and said else []
    others += [(apart, len(review.of("apart")) == 1)] if apart else []
    more = [f"{told[0].upper()}{told[1:]} change{'s' * one} too" for told, one in others]
    return ". ".join([first, *more])


def _of_editions(review: Review) -> str:
    """Count the verdicts of editions that change."""
    apart = review.of("apart")
    names = sorted({f"the edition {name(c.note.removeprefix('the edition '))}" for c in apart})
    return f"{_plural(len(apart), 'verdict')} of {some(names, FEW)}" if apart else ""


def _verdicts(verdicts: list[Change]) -> str:
    """Count the claims whose conclusion changes, those that get another verdict, and those that say why."""
    claims = {change.what for change in verdicts}
    silent = {change.what for change in verdicts if not change.explained}
    turned = {change.what for change in verdicts if change.turns}
    one = len(claims) == 1
    told = f"{_plural(len(claims), 'conclusion')} change{'s' if one else ''}"
    among = f", {len(turned)} by another verdict" if 0 < len(turned) < len(claims) else ""
    if silent:
        return f"{told}{among}, {'' if one else f'{len(silent)} '}without a history entry"
    if not all(change.note for change in verdicts):
        return f"{told}{among}"
    return f"{told}{among}{',' * bool(among)} and {'says' if one else 'each says'} why"


def _beside_verdicts(review: Review) -> str:
    """Say of a review without a verdict that changes how far it may be trusted to change nothing.

    Whatever a page is made from may change what a reader concludes. Only a file that no page is made from
    changes no conclusion, and where something is not known, nobody knows that.
    """
    if apart := _of_editions(review):
        return f"{_no_verdict(review)} in the book, but {apart} {'do' if len(review.of('apart')) > 1 else 'does'}"  # fmt: skip
    if any(touches(change) for change in review.changes):
        return f"{_no_verdict(review)}, but a published conclusion may"
    if texts := [change for change in review.changes if change.kind == "text" or _is_prose(change)]:
        return f"{_no_verdict(review)}, but the text of {some(sorted({name(c.page or 'data') for c in texts}), FEW)} does"
    if review.faults or review.notes:
        return "No conclusion is known to change"
    return "No conclusion changes" if review.changes else "Nothing changes"


def _no_verdict(review: Review) -> str:
    return "No verdict is known to change" if review.faults else "No verdict changes"


def _is_prose(change: Change) -> bool:
    """Tell whether a change is one of words about a table or a source, in which nothing weighty differs."""
    field = change.note.partition(",")[0]
    told = (
        (change.kind == "schema" and change.what.rpartition(", ")[2] in _PROSE)
        or (
            change.kind == "source"
            and field in _PROSE
            and NONE not in (change.before, change.after)
        )
        or (change.kind == "grounds" and change.note == "reason")
    )
    return told and not weighty(change.before, change.after)


_PROSE = {"title", "description", "gaps", "later", "note"}


def touches(change: Change) -> bool:
    """Tell whether a change may change what a page concludes, be it without a word of its prose."""
    if change.kind == "text":
        return bool(change.note)  # prose has none
    if _is_prose(change) or (
        change.kind == "source"
        and NONE not in (change.before, change.after)
        and fields.is_light(change)
    ):
        return False
    return change.note not in QUIET and (
        change.kind not in ("file", "root") or made_from(change.what)
    )


# What no verdict says, and yet changes what the book says: kind, one of it, where it is no mere count.
_TELLING = {"grounds": "claim told or founded otherwise", "claim": "claim new or removed", "unit": "unit",
            "clock": "date that moves what was known when", "number": "number in prose", "chart": "chart",
            "parameter": "parameter", "edition": "setting of an edition", "apart": "verdict of an edition", "schema": "setting of a table or column",
            "data": "place in a table", "source": "field of a source or fact", "text": "piece of text or code",
            "words": "page that reads otherwise", "root": "text of the repository"}  # fmt: skip
_TESTS = guards.PLACE  # what is checked before a change is merged


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
        told += [f"{_plural(len(names), noun)}{f' {rest}' if rest else ''}{most}"] if names else []
    tests = [c for c in review.of("file") if c.what.startswith(_TESTS) and c.note not in QUIET]
    told += [f"{_plural(len(tests), 'test file')}{_places(tests)}"] if tests else []
    by_field = fields.counted(review.changes)
    more = f" {strong('Records by field')}: {by_field}." if by_field else ""
    return f"{strong('Also changed')}: {', '.join(told)}.{more}" if told else ""


_MOST_PLACES = 8


def _places(changes: list[Change]) -> str:
    """Name the texts and files that differ, those first of which more than wording does."""
    found = sorted(
        changes, key=lambda c: (c.about in ("", "added"), not weighty(c.before, c.after))
    )
    names = dict.fromkeys(map(_place, found))
    return f" ({some(names, _MOST_PLACES)})"


def _place(change: Change) -> str:
    """Name where a text stands: the page and what of it, or the file."""
    if change.kind == "schema":
        return " ".join(map(name, re.findall(r"[\w-]+", change.what)[:4]))
    if not change.page:
        return _path(change.what)
    part = re.match(r"(?:cell|chart|card) ([\w-]{1,40})", change.what)
    sets = f" {change.about}" if change.about.startswith(SETS) else ""
    return f"{name(change.page)}{f' {name(part[1])}' if part else ''}{sets}"


def _first(review: Review) -> str:
    """Return the line below the headline."""
    parts = (
        _judge(review),
        _turned(review),
        _hidden(review),
        _folds(review),
        _elsewhere(review),
        _texts(review),
        _repeated(review),
        _also(review),
    )
    return " ".join(told for told in parts if told)


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
    told = (f"{_plural(count, 'part')} of {name(page)}" for page, count in pages.items())
    return (
        f"{strong('In a fold or a comment now, read after a click or never')}: {some(told, 12)}."
        if pages
        else ""
    )


def _texts(review: Review) -> str:
    """Count by page or record the texts that weigh, where they stand among many."""
    texts = [c for kind in (*PROSE, *RECORDS) for c in review.of(kind) if not _standing(c)]
    found = Counter(_where(c) for c in texts if c.note == MORE or weighty(c.before, c.after))
    if not found or _stands_below(review):
        return ""
    told = (f"{_path(place)} {count}" for place, count in found.most_common())
    changes = "Texts that weigh (another figure, verdict or no, a sentence less, more than prose)"
    return f"{strong(changes)}: {some(told, 12)}."


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
    times = f"{_plural(sum(many.values()), 'time')} one of {_plural(len(many), 'edit')}" if len(many) > 1 else f"{sum(many.values())} times the same edit"  # fmt: skip
    names = dict.fromkeys(_path(_where(change)) for change in others)
    return f"{strong(f'Beside {times}')}: {some(names, 12)}."


_VALUE = 60  # letters of a value among many


def _value(told: str) -> str:
    """Return a value for the first lines: a number as it stands, all else as a name, which cannot speak."""
    return told if _A_NUMBER.fullmatch(told) else name(told)


_A_NUMBER = re.compile(rf"[-−]?[$€£]?\d[\d.,]*(?: (?:{'|'.join(edits.SIZES)}))?%?")


def _farthest(changes: list[Change]) -> str:
    """Name numbers where they are few, and of many the one that goes farthest."""
    if len(changes) <= FEW:
        told = ", ".join(f"{_cell_of(c)} {_value(c.before)} → {_value(c.after)}" for c in changes)
        return f" ({told})"
    short = [one for one in changes if max(map(len, (one.before, one.after))) <= _VALUE and edits.jump(one)]  # fmt: skip
    far = sorted(short, key=edits.jump, reverse=True)
    most = [one for one in far if edits.turns(one)][: FEW - 1]
    if not any(map(edits.numbers, most)):
        most += [one for one in far if edits.numbers(one)][:1] or far[: not most]
    told = ", ".join(f"{_value(one.before)} → {_value(one.after)}" for one in most)
    return f" (the farthest {told})" if told else ""


def _cell_of(change: Change) -> str:
    """Name the table and the column of a value, or its page."""
    table, _, column = change.what.partition(" [")
    told = [table, column.rpartition("] ")[2]] if change.kind == "data" else [change.page]
    return " ".join(map(name, filter(None, told)))


def _sets(changes: list[Change]) -> str:
    """Name the parameters that editions set otherwise."""
    told = [
        f"{' '.join(map(name, re.split(r', |[.]', c.what)))} {_value(c.before)} → {_value(c.after)}"
        for c in changes
        if c.note == SETS
    ]
    return f" ({some(told, FEW)})" if told else ""


def _charts(changes: list[Change]) -> str:
    """Name among many charts those that come, go or get another title."""
    if len(changes) <= FEW:
        return f" ({', '.join(name(c.what) for c in changes)})"
    told = [name(c.what) for c in changes if c.before != c.after]
    return f" (of another title, new or gone: {some(told, FEW)})" if told else ""


# What is named of a kind; the others are told by field, or each by a line of its own
_GRAVEST = {"number": _farthest, "data": _farthest, "chart": _charts, "edition": _sets,
            "text": _places, "words": _places, "root": _places, "schema": _places}  # fmt: skip


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
    return f"{strong('Of the judge')}: {some(_by_folder(changes), 40)}.{asks}"


def _by_folder(changes: list[Change]) -> Iterator[str]:
    """Name files of the judge, few of each folder where they are many, so that many in one hide none in another.

    Of a folder those come first that come to load, run or allow something, and those last in which only what
    explains the code differs.
    """
    most = FEW if len(changes) > _MOST_FILES else _MOST_FILES
    folders: dict[tuple[bool, bool, bool, str], list[Change]] = {}
    for change in changes:
        folders.setdefault(_of_the_judge(change.what), []).append(change)
    for place, found in sorted(folders.items()):
        found.sort(key=_gravity)
        yield from (_path(change.what) for change in found[:most])
        if len(found) > most:
            yield f"{len(found) - most} more {f'in {_path(place[-1])}' if place[-1] else 'at the top'}"


_MOST_FILES = 24
# What a file comes to load, to listen to, to run or to allow
_ALARMS = re.compile(
    r"_target\b|permissions|secrets|\bwrite\b|addEventListener|location|innerHTML|import\(|<meta|http-equiv|eval|exec"
    r"|subprocess|os\.|fetch|XMLHttp|new Image|curl|wget|\bif False\b|\breturn (?:\[\]|None|True|False|\(\)|\"\")",
    re.IGNORECASE,
)


def _gravity(change: Change) -> int:
    if source_diff.undocumented(change.before) == source_diff.undocumented(change.after):
        return 2
    came = (line for line in source_diff.lines(change.before, change.after) if line[0] == "+")
    return 0 if any(map(_ALARMS.search, came)) else 1


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
        stand = f"{_plural(len(own), kind)} {'stands' if len(own) == 1 else 'stand'} elsewhere"
        told += [f"{strong(stand)}: {some(ways, 12)}."] if own else []
    return " ".join(told)


def _hides(change: Change) -> str:
    """Name the cell that is hidden, or what is shown of a page."""
    return f"cell {name(change.what.removeprefix('cell '))}" if change.what != "page" else "what is shown"  # fmt: skip


def _turned(review: Review) -> str:
    """Name the verdicts that turn, where they would stand among other changes."""
    turns = [change for change in review.of("verdict") if change.turns]
    if not turns or len(turns) == len(review.changes):
        return ""
    return f"{strong('Verdicts that turn')}: {_turns(turns, 12)}."


def _turns(turns: list[Change], most: int) -> str:
    return some((f"{name(c.what)} {_word(c.before)} → {_word(c.after)}" for c in turns), most)


def _word(verdict: str) -> str:
    """Return a verdict, or quoted what is none."""
    return (
        verdict if re.fullmatch(r"(?:[a-z]{1,20}|–)(?: \(in 2025\))?", verdict) else name(verdict)
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# Markdown


def markdown(
    review: Review,
    names: tuple[str, str],
    pixels: Pixels = None,
    site: str = "",
    drawn: Drawn | None = None,
) -> str:
    """Return the report for a comment, short enough for one.

    ``site`` is the published book, for links; ``drawn`` are its pages as pictures.
    """
    pages = ", ".join(_page_link(page, site) for page in review.pages[:40])
    top = [MARKER, f"## {_cell(headline(review))}", ""]
    top += [f"{_cell(names[0])} → {_cell(names[1])}." + (f" Pages touched: {pages}." if pages else ""), ""]  # fmt: skip
    top += [line for note in (_first(review), *review.notes) if note for line in (_cell(note), "")]
    kinds = [kind for kind in KINDS if review.of(kind)]
    titled = len(kinds) > 1 or bool(review.faults) or "judge" in kinds
    sections = [_unjudged(review)] if review.faults else []
    for kind in kinds:
        title = [f"### {KINDS[kind]}", ""] if titled else []
        sections.append([*title, *_section(kind, review.of(kind), pixels, site), ""])
    if drawn is not None:
        sections.append([*_page_table(drawn, site), ""])
    if left := _not_drawn(review, pixels):
        sections.append([left, ""])
    return _fitting(top, sections)


def _page_table(drawn: Drawn, site: str) -> Iterator[str]:
    """Tell which pages look different; their pictures stand on the page of the report."""
    yield f"### {PAGES}"
    yield ""
    if drawn.pages:
        yield "| Page as published | Share of it that changes | Note |"
        yield "|---|---|---|"
    for page in drawn.pages[:MOST]:
        yield f"| {_page_link(page.name, site)} | {_share(page)} | {_cell(page.note)} |"
    if len(drawn.pages) > MOST:
        yield f"\nand {len(drawn.pages) - MOST} more, on the page of this report."
    yield ""
    yield _cell(pages_told(drawn))


def _share(page: Page) -> str:
    return "less than 0.1%" if page.share < 0.001 else f"{page.share:.1%}"


def pages_told(drawn: Drawn) -> str:
    """Say in sentences how many pages were drawn, and which were not and why."""
    told = []
    if drawn.pages or drawn.same:
        told.append(f"{_plural(len(drawn.pages) + drawn.same, 'page')} drawn, {drawn.same} of them without a visible change.")  # fmt: skip
    if drawn.left:
        told.append(f"{_plural(len(drawn.left), 'changed page')} not drawn, {drawn.why}: {', '.join(drawn.left)}.")  # fmt: skip
    elif drawn.why:
        told.append(f"No page was drawn: {drawn.why}.")
    return " ".join(told) or "The built pages are the same."


def _not_drawn(review: Review, pixels: Pixels) -> str:
    """Say which charts were not drawn, if any."""
    if pixels is None:
        return NOT_DRAWN if review.pictures else ""
    charts = ((n, pair) for n, pair in review.pictures.items() if not n.endswith(COPY))
    left = sum(all(pair) and name not in pixels for name, pair in charts)
    return f"Pixels of {_plural(left, 'chart')} were not compared: out of time." if left else ""


def _unjudged(review: Review) -> list[str]:
    lines = list(
        _within((f"- {_cell(_short(str(fault), 300))}" for fault in review.faults[:MOST]), ROOM)
    )
    more = len(review.faults) - len(lines)
    lines += [f"- and {more} more, on the page of this report"] if more > 0 else []
    return [f"### {UNJUDGED}", "", *lines, ""]


def _fitting(top: list[str], sections: list[list[str]]) -> str:
    """Join the sections; of the first that no longer fits keep the rows that do, and say that the page has all."""
    told = "\n".join(top)
    for section in sections:
        part = "\n".join(section)
        room = LIMIT - len(told) - len(CUT) - 2
        if len(part) > room:
            rows = takewhile(lambda line: re.match(r"[|#]|- |$", line), section)
            kept = "".join(f"\n{row}" for row in _within(rows, room))
            more = kept if re.search(r"\n[|-]", kept) else ""
            return f"{told}{more}\n\n{CUT}\n"
        told = f"{told}\n{part}"
    return re.sub(r"\n{3,}", "\n\n", told).rstrip() + "\n"


def _page_link(page: str, site: str) -> str:
    told = _cell(name(page))
    return f"[{told}]({_url(f'book/{page}.html', site)})" if site else told


def _path(path: str) -> str:
    """Return a path as it stands in a list: quoted where it is more than names."""
    return path if re.fullmatch(r"[\w./-]{1,200}", path, re.ASCII) else quoted(path, 200)


def _url(path: str, site: str, anchor: str = "") -> str:
    where, place = (quote(part[:400], errors="replace") for part in (path, anchor))
    return f"{site}{where}{f'#{place}' if place else ''}"


def _section(kind: str, changes: list[Change], pixels: Pixels, site: str) -> Iterator[str]:
    if kind == "file":
        parts = [f"{_cell(_path(c.what))} ({c.note})" for c in changes]
        yield ", ".join(_within(parts, ROOM))
        if len(", ".join(parts)) > ROOM:
            yield f"\nand more: {_plural(len(changes), 'file')} in all, on the page of this report."
        return
    most = MOST_OF.get(kind, MOST)
    if kind in ("text", "words", "judge", "root"):
        blocks = ["\n".join(_text_lines(change, site)) for change in changes[:most]]
    else:
        head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
        yield f"| {' | '.join(head)} |"
        yield "|---|---|---|---|"
        # An entry's words are whole where they are few: their end may be what counts.
        room = 2 * WHOLE if kind == "verdict" and len(changes) <= WHOLE_NOTES else 2 * LONG
        blocks = [_table_row(change, pixels, site, room) for change in changes[:most]]
    shown = list(_within(blocks, MORE_ROOM.get(kind, ROOM)))
    yield from shown
    if len(changes) > len(shown):
        left = [change for change in changes[len(shown) :] if change.turns]
        turned = f": {_cell(_turns(left, 100))}" if left else "."
        yield f"\nand {len(changes) - len(shown)} more, on the page of this report{turned}"


def _within(blocks: Iterable[str], room: int) -> Iterator[str]:
    """Yield blocks as long as they fit, the first in any case."""
    for number, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0 and number:
            return
        yield block


def _table_row(change: Change, pixels: Pixels, site: str, notes: int = 2 * LONG) -> str:
    most = WHOLE if change.kind == "claim" else LONG
    note = _note(change, pixels)
    one_sided = NONE in (change.before, change.after)
    told = (change.before, change.after) if one_sided else source_diff.around(change.before, change.after, most, WHOLE)  # fmt: skip
    room = max(most, WHOLE if one_sided else 2 * WHOLE)
    cells = (*(_short(text, room) for text in told), _short(note, max(notes, most)))
    return f"| {_what(change, site)} | {' | '.join(_cell(cell) for cell in cells)} |"


def _what(change: Change, site: str) -> str:
    told = _cell(_short(change.what, 200))
    if change.kind == "verdict":
        told = f"**{told}**"
    if not site or not change.page:
        return (
            f"{told} ({_cell(name(change.page))})" if change.kind in ("number", "words") else told
        )
    on_claims = change.kind in ("verdict", "grounds", "claim", "rule")
    anchor = change.what if on_claims or change.kind == "chart" else ""
    page = "claims" if on_claims else change.page
    return f"[{told}]({_url(f'book/{page}.html', site, anchor)})"


def _note(change: Change, pixels: Pixels) -> str:
    drawn = pixels if pixels and change.kind == "chart" else {}
    found, copy = drawn.get(change.what), drawn.get(f"{change.what}{COPY}")
    told = [pixel_share(found)] if found else []
    told += [f"{COPY.strip(', ')}: {pixel_share(copy)}"] if copy else []
    return "; ".join([change.note, *told])


def pixel_share(found: Difference) -> str:
    """Say how many pixels differ."""
    if not found.share:
        return "no pixel differs"
    return "less than 0.1 % of the pixels differ" if found.share < 0.001 else f"{found.share:.1%} of the pixels differ"  # fmt: skip


def _text_lines(change: Change, site: str) -> Iterator[str]:
    """Tell a changed phrase in one line, anything longer as folded lines."""
    what = _short(f"{change.what} ({change.note})" if change.note else change.what, 300)
    place = f"{_page_link(change.page, site)}, {_cell(what)}" if change.page else _cell(what)
    phrase = None if change.kind == "judge" else source_diff.words(change.before, change.after)
    if phrase:
        was, now = source_diff.around(*phrase, LONG, WHOLE)
        yield f"- {place}: “{_cell(was)}” → “{_cell(now)}”"
        return
    count = _plural(len(source_diff.lines(change.before, change.after)), "line")
    if change.kind == "judge" and not (
        change.what in (RULE, TOC, CONFIG)
        or instructs(change.what)
        or change.what.startswith(("requirements", "web/"))
    ):
        yield f"- {place}: {count}"
        return
    changed = source_diff.told_lines(change.before, change.after, LONG, WHOLE)
    where = _html_link(name(change.page), f"book/{change.page}.html", site)
    summary = f"{where}, {_plain(what)}" if change.page else _plain(what)
    yield f"<details><summary>{summary}: {count}</summary>\n"
    yield "`````diff"
    lines = (_open(line).replace("`````", "'''''") for line in _telling(changed))
    shown = list(_within(lines, ROOM))
    yield from shown
    if len(changed) > len(shown):
        yield f"… {len(changed) - len(shown)} more"
    yield "`````\n"
    yield "</details>\n"


# What loads, runs or leads elsewhere: behind a long text it must not fall to the cut.
_LIVE = re.compile(
    rf"{LINE.pattern}|//|<script|http-equiv|\bon\w+\s*=|script:|data:|url\(|@import", re.IGNORECASE
)


def _telling(lines: list[str], most: int = MOST) -> list[str]:
    """Return as many lines as are shown; of the others, those that load or run something."""
    rest = [line for line in lines[most:] if _LIVE.search(line)]
    return [*lines[:most], *rest[:10]]


def _short(text: str, most: int = LONG) -> str:
    if len(text) <= most:
        return text
    cut = f"{text[: most - 1].rsplit(' ', 1)[0]} …"
    return cut + "\ue001" * (cut.count("\ue000") - cut.count("\ue001"))


_MARKUP = re.compile(r"([\\`*~|\[\]]|(?<![^\W_])_|_(?![^\W_]))")
_APART = re.compile(r"(?<=[@#])(?=\w)")
# What may stand as it is: Latin letters, signs of print, superscripts, arrows, and scripts whose letters look
# like none of ours. Whatever else there is might hide, turn or feign a letter, and no list of those is whole.
_PLAIN = (
    r"\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u0130\u0132-\u0137\u0139-\u0148\u014a-\u017e"
    r"\u2009\u200a\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u2070\u2074-\u207b"
    r"\u2080-\u208b\u20a0-\u20bf\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u2318"
    r"\u3001\u3002\u3042-\u3096\u30a2-\u30f6\u4e00-\u9fff\uac00-\ud7a3\ue000\ue001"
)
_TURNS = re.compile(f"[^{_PLAIN}]")


def _open(text: object) -> str:
    """Return text in which signs that hide, turn or feign what stands beside them are written out."""
    # A file's name may be no text.
    told = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    return _TURNS.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", told)


def _quiet(text: object) -> str:
    """Return text on one line in which nobody is mentioned: a space of no width stands after the sign."""
    return _APART.sub("\u200b", " ".join(_open(text).split()))


def _cell(text: object) -> str:
    """Return text that stays text in a comment's Markdown: no markup but our own alarms."""
    told = html.escape(_quiet(text), quote=False)
    told = _MARKUP.sub(r"\\\1", told)
    told = re.sub(r"^(#|[-+] |\d+[.)] )", r"\\\1", told)
    return told.replace("\ue000", "**").replace("\ue001", "**")


def _plain(text: object) -> str:
    """Return text for the inside of an HTML element of a comment, where no Markdown is read."""
    return re.sub("[\ue000\ue001]", "", html.escape(_quiet(text)))


# HTML


def page(
    review: Review,
    names: tuple[str, str],
    pixels: Pixels = None,
    site: str = "",
    drawn: Drawn | None = None,
) -> str:
    """Return the report as one page that loads nothing."""
    parts = [f"<h1>{_esc(headline(review))}</h1>", f"<p>{_esc(names[0])} → {_esc(names[1])}.</p>"]
    if review.pages:
        links = ", ".join(_html_link(name(p), f"book/{p}.html", site) for p in review.pages)
        parts.append(f"<p>Pages touched: {links}.</p>")
    parts += [f"<p>{_esc(note)}</p>" for note in (_first(review), *review.notes) if note]
    if review.faults:
        told = "".join(f"<li>{_esc(fault)}</li>" for fault in review.faults)
        parts.append(f"<section><h2>{UNJUDGED}</h2><ul>{told}</ul></section>")
    if left := _not_drawn(review, pixels):
        parts.append(f"<p>{left}</p>")
    for kind, title in KINDS.items():
        changes = review.of(kind)
        if changes:
            body = _html_section(kind, changes, review, pixels, site)
            parts.append(f"<section><h2>{title} <small>{len(changes)}</small></h2>{body}</section>")
    if drawn is not None:
        parts.append(_html_pages(drawn, site))
    return _FRAME.format(title=_esc(headline(review)), body="\n".join(parts))


def _html_pages(drawn: Drawn, site: str) -> str:
    """Return every page that looks different, before and after, as far as there is room."""
    room, parts = PICTURES, []
    for changed in drawn.pages:
        parts.append(f"<h3>{_html_link(changed.name, f'book/{changed.name}.html', site)} <small>{_share(changed)} {_esc(changed.note)}</small></h3>")  # fmt: skip
        shown = 0
        for pair in changed.parts:
            room -= sum(map(len, pair))
            if room < 0:
                break
            shown += 1
            parts.append(f"<div class=pages>{_figure('before', pair[0])}{_figure('after', pair[1])}</div>")  # fmt: skip
        if left := len(changed.parts) - shown:
            parts.append(f"<p>{_plural(left, 'changed part')} not shown here: see pages/{_esc(changed.name)}.after.png.</p>")  # fmt: skip
    told = f"<p>{_esc(pages_told(drawn))}</p>"
    return f"<section id=pages><h2>{PAGES} <small>{len(drawn.pages)}</small></h2>{told}{''.join(parts)}</section>"  # fmt: skip


def _figure(label: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f"<figure><figcaption>{label}</figcaption><img loading='lazy' alt='{label}' src='data:image/png;base64,{data}'></figure>"


def _esc(text: object) -> str:
    told = html.escape(_open(text))
    return told.replace("\ue000", "<strong>").replace("\ue001", "</strong>")


def _html_link(text: str, where: str, site: str) -> str:
    path, _, anchor = where.partition("#")
    return f"<a href='{html.escape(_url(path, site, anchor))}'>{_esc(text)}</a>" if site else _esc(text)  # fmt: skip


def _html_section(
    kind: str, changes: list[Change], review: Review, pixels: Pixels, site: str
) -> str:
    if kind == "file":
        return f"<ul>{''.join(f'<li>{_esc(c.what)} ({_esc(c.note)})</li>' for c in changes)}</ul>"
    if kind in ("text", "words", "judge", "root"):
        return "".join(_html_text(change, site) for change in changes)
    if kind == "chart":
        return "".join(_html_chart(c, review.pictures, pixels, site) for c in changes)
    head = COLUMNS.get(kind, ("What", "Before", "After", "Note"))
    rows = "".join(
        f"<tr{'' if c.explained else ' class=silent'}><th scope='row'>{_html_what(c, site)}</th>"
        f"<td>{_esc(c.before)}</td><td>{_esc(c.after)}</td><td>{_esc(c.note)}</td></tr>"
        for c in changes
    )
    top = "".join(f"<th scope='col'>{name}</th>" for name in head)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _html_what(change: Change, site: str) -> str:
    if change.kind in ("verdict", "grounds", "claim", "rule"):
        return _html_link(change.what, f"book/claims.html#{change.what}", site)
    if not change.page:
        return _esc(change.what)
    link = _html_link(change.what, f"book/{change.page}.html", site)
    return f"{link}<br><small>{_esc(change.page)}</small>"


def _html_text(change: Change, site: str) -> str:
    classes = {"+": "ins", "-": "del"}
    lines = "".join(
        f"<{classes[line[0]]}>{_esc(line)}</{classes[line[0]]}>\n"
        for line in source_diff.lines(change.before, change.after)
    )
    where = _html_link(name(change.page), f"book/{change.page}.html", site)
    what = f"{_esc(change.what)} <small>{_esc(change.note)}</small>"
    return f"<h3>{f'{where}, ' if change.page else ''}{what}</h3><pre>{lines}</pre>"


def _html_chart(
    change: Change, pictures: Mapping[str, tuple[str, str]], pixels: Pixels, site: str
) -> str:
    shown = [
        part
        for copy in ("", COPY)
        for part in _html_pair(change, copy, pictures.get(f"{change.what}{copy}"), pixels or {})
    ]
    where = _html_link(change.what, f"book/{change.page}.html#{change.what}", site)
    return f"<h3>{where} <small>{_esc(change.note)}</small></h3><div class=charts>{''.join(shown)}</div>"


def _html_pair(
    change: Change, copy: str, svgs: tuple[str, str] | None, pixels: Mapping[str, Difference]
) -> Iterator[str]:
    """Yield a chart before and after, or its copy, and where their pixels differ."""
    for label, title, svg in zip(("before", "after"), (change.before, change.after), svgs or (), strict=False):  # fmt: skip
        if svg and title != NONE:
            yield f"<figure><figcaption>{label}: {_esc(title)}{copy}</figcaption><img loading='lazy' alt='{label}' src='{address(svg)}'></figure>"
    if found := pixels.get(f"{change.what}{copy}"):
        data = base64.b64encode(found.png).decode()
        yield (
            f"<figure><figcaption>{pixel_share(found)}</figcaption>"
            f"<img alt='pixels that differ' src='data:image/png;base64,{data}'></figure>"
        )


_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; color: #1f2937; background: #fff; }}
h2 {{ border-top: 1px solid #d5d9e0; padding-top: 1rem; }} small {{ color: #5b6472; font-weight: normal; }}
table {{ border-collapse: collapse; width: 100%; }} th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d5d9e0; overflow-wrap: anywhere; }}
tr.silent {{ background: #fdecea; }} pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f7f9; padding: .6rem; }}
ins {{ background: #dcf5ea; text-decoration: none; }} del {{ background: #fde3e0; text-decoration: none; }}
.pages {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin-bottom: 1.5rem; }}
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }} figure {{ margin: 0; }} img {{ max-width: 100%; border: 1px solid #d5d9e0; }}
</style></head><body>
{body}
</body></html>
"""
