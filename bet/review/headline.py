"""What a review says first: what the change does to the conclusions, in a sentence or a few."""

from __future__ import annotations

import re

from bet.faults import some
from bet.numbers import plural
from bet.review import escaping, fields, guards
from bet.review.change import FEW, NONE, QUIET, RUN, Change, Review, name
from bet.review.conclusions import ANSWER, NEVER
from bet.review.reaching import REACHES
from bet.review.snapshot import TEXTS, made_from
from bet.review.wording import weighty

TESTS = guards.PLACE  # what is checked before a change is merged


def headline(review: Review) -> str:
    """Say in a few words what the change does to the conclusions, the gravest first."""
    parts = ["This changes the judge"] if review.of("judge") else []
    parts += [tests] if (tests := _guards(review)) else []
    if reach := {change.what for change in review.of("reach")}:
        do = REACHES if len(reach) == 1 else REACHES.replace("s ", " ", 2)
        parts.append(f"{plural(len(reach), 'cell')} {do}")
    if gone := review.of("gone"):
        leave = "leaves" if len(gone) == 1 else "leave"
        parts.append(f"{plural(len(gone), 'page')} {leave} the site: {some((name(c.page) for c in gone), 12)}")  # fmt: skip
    if review.of("rule"):
        count = len(review.of("rule"))
        parts.append(f"the changed rule turns {plural(count, 'ruling')}")
    if review.faults:  # before all that is said of verdicts: one that is not known may have turned
        parts.insert(0, f"{plural(len(review.faults), 'thing')} could not be judged")
    if review.of("active"):
        parts.insert(0, "This brings in what no page may hold")
    parts.append(_conclusions(review))
    if past := {change.what for change in review.changes if NEVER in change.note}:
        parts.append(f"{plural(len(past), 'claim')} came with {NEVER}")
    if left := _not_judged(review):
        parts.append(f"not judged: {some(map(escaping.path, left), 8)}")
    return ". ".join(f"{part[0].upper()}{part[1:]}" for part in parts)


def _not_judged(review: Review) -> list[str]:
    """Name the files that differ, that no page is made from and that no rule of ours is about: anything may stand there."""
    files = [change for kind in ("root", "file") for change in review.of(kind)]
    left = [
        c
        for c in files
        if c.note not in QUIET and not made_from(c.what) and not c.what.startswith(TESTS)
    ]
    benches = "benchmarks/"  # of those that differ alike, others may hide more
    left.sort(key=lambda c: (c.what.endswith(TEXTS), -c.weight, c.what.startswith(benches), c.what != "README.md"))  # fmt: skip
    return [c.what for c in left]


def _guards(review: Review) -> str:
    """Say that tests of the judge are taken away, changed or added: each of them runs beside the others."""
    files = [c for c in review.of("file") if c.what.startswith(TESTS) and c.note not in QUIET]
    gone = sum(change.note == "removed" for change in files)
    new = [c for c in files if c.note == "added" and re.fullmatch(r"tests/test_\w+\.py", c.what)]
    others = [c for c in files if c.note != "removed" and c not in new]  # fixtures too
    all_run = [c.what for c in others if guards.runs_with(c.what)]
    others = [c for c in others if c.what not in all_run]
    told = [f"removes {plural(gone, 'test file')}"] if gone else []
    told += [f"changes {plural(len(others), 'test file')}"] if others else []
    told += [f"adds {plural(len(new), 'test file')}"] if new else []
    told += (
        [f"changes what tests run with ({some(map(escaping.path, all_run), FEW)})"]
        if all_run
        else []
    )
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
    said = f"what {plural(count, 'claim')} say{'s' * (count == 1)}" if count else ""
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
    return f"{plural(len(apart), 'verdict')} of {some(names, FEW)}" if apart else ""


def _verdicts(verdicts: list[Change]) -> str:
    """Count the claims whose conclusion changes, those that get another verdict, and those that say why."""
    claims = {change.what for change in verdicts}
    silent = {change.what for change in verdicts if not change.explained}
    turned = {change.what for change in verdicts if change.turns}
    one = len(claims) == 1
    told = f"{plural(len(claims), 'conclusion')} change{'s' if one else ''}"
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
