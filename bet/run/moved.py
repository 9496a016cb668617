"""What moved between two runs: verdicts and headline numbers, before and after, as text, CSV and a chart.

A headline number is one of a chapter's answer, its first paragraph with numbers, of its table of
questions, or one that ``data/facts.yml`` names. It is known by the expression that computes it, the same
in every run, and told by the sentence it stands in. The other numbers of a chapter are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from bet.chapter import cells, outputs, said
from bet.faults import BadInput, Fault
from bet.paths import here
from bet.records import facts
from bet.records.editions import edition, editions, values_of
from bet.run import cache, execute

MOST_BARS = 30  # of a picture
MOST_OTHERS = 3  # numbers besides the headlines that are told
NONE = "none"  # how an absent number or verdict is told


@dataclass(frozen=True)
class Row:
    """One verdict or number of two runs; values are None where a run has none."""

    notebook: str
    kind: str  # verdict, number (a headline) or other
    name: str
    meaning: str
    unit: str
    before: Any
    after: Any
    before_text: str
    after_text: str

    @property
    def moves(self) -> bool:
        """Whether a reader sees another verdict or number."""
        return self.before_text != self.after_text

    @property
    def change(self) -> float | None:
        """Return after over before, less one; None where that is no number."""
        pair = (self.before, self.after)
        if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in pair):
            return None
        return self.after / self.before - 1 if self.before else None


def rows(name: str, before: nbformat.NotebookNode, after: nbformat.NotebookNode) -> list[Row]:
    """Return every verdict and number of two runs of a notebook: verdicts, headlines, then the others."""
    meant = {**said.meanings(after), **said.meanings(before), **meanings(name)}
    verdicts = [outputs.verdicts(book) for book in (before, after)]
    numbers = [_numbers(book) for book in (before, after)]
    heads = {**headlines(name, after), **headlines(name, before)}
    found = []
    for claim in sorted({**verdicts[0], **verdicts[1]}):
        one, other = (held.get(claim) for held in verdicts)
        found.append(Row(name, "verdict", claim, "", "", one, other, one or NONE, other or NONE))
    every = {**numbers[1], **numbers[0]}
    for key in [*heads, *(key for key in every if key not in heads)]:
        left, right = (held.get(key, {}) for held in numbers)
        texts = [shown.get("text", NONE) for shown in (left, right)]
        kind = "number" if key in heads else "other"
        found.append(Row(name, kind, key, meant.get(key, ""), every[key]["unit"],
                         left.get("value"), right.get("value"), *texts))  # fmt: skip
    return found


def meanings(name: str) -> dict[str, str]:
    """Return what each number of a notebook is that alone is a fact of ``data/facts.yml``."""
    return {fact.numbers[0]: fact.fact for fact in _facts(name) if len(_used(fact)) == 1}


def _facts(name: str) -> list[facts.Headline]:
    return [fact for fact in facts.headlines().values() if fact.notebook == name]


def _used(fact: facts.Headline) -> list[str]:
    return fact.numbers[: fact.used]


def _numbers(book: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return every number of a run by name, as it is first shown."""
    paragraphs = reversed(outputs.outputs(book, outputs.NUMBERS_MIME))
    return {key: shown for numbers in paragraphs for key, shown in numbers.items()}


def headlines(name: str, book: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the headline numbers of a run: of its answer and questions, and those of ``data/facts.yml``."""
    named = {number for fact in _facts(name) for number in _used(fact)}
    told = named | set(outputs.headline(book))
    return {key: shown for key, shown in _numbers(book).items() if key in told}


# ---- the two sides


def default_run(name: str) -> nbformat.NotebookNode:
    """Return a notebook's run at the defaults, kept from earlier or made now."""
    return _kept_run(name, {})


def _kept_run(
    name: str, values: Mapping[str, Any], say: Callable[[str], object] = lambda line: None
) -> nbformat.NotebookNode:
    path = here().build / "runs" / "kept" / f"{name}.ipynb"
    if not cache.reuse(name, values, path):
        told = ", ".join(f"{key}={value}" for key, value in values.items())
        say(f"running {name} {f'under {told}' if told else 'at its defaults'}")
        cache.run(name, values, path)
    return outputs.read(path)


def side(text: str) -> dict[str, nbformat.NotebookNode] | str:
    """Return the run that a file holds, by its notebook's name; else the name of an edition.

    Raises BadInput for what is neither.
    """
    path = Path(text)
    if path.suffix != ".ipynb":
        edition(text)
        return text
    if not path.exists():
        known = ", ".join(editions())
        raise BadInput(
            [Fault(f"run '{text}'", "no such file", f"a run (.ipynb), or one of {known}")]
        )
    book = outputs.read(path)
    made = next((chapter for _, chapter in cells.chapters(book)), "")
    if made not in execute.names():
        expected = f"a cell that makes the Chapter of one of {', '.join(execute.names())}"
        raise BadInput([Fault(f"run '{path.name}'", "a run of no notebook", expected)])
    return {made: book}


def compare(before: str, after: str, say: Callable[[str], object] = lambda line: None) -> list[Row]:
    """Return every verdict and number of two runs (files) or two editions (names).

    Of a file and an edition, the file's notebook is compared with its run in the edition. ``say`` is told
    each run that has to be made, which takes a while. Raises
    BadInput where two files hold different notebooks.
    """
    sides = [side(text) for text in (before, after)]
    files = [set(held) for held in sides if not isinstance(held, str)]
    names = sorted(files[0]) if files else execute.names()
    if len(files) == 2 and files[0] != files[1]:
        told = " and ".join(name for held in files for name in held)
        raise BadInput([Fault("bet compare", f"runs of {told}", "two runs of one notebook")])
    found = []
    for name in names:
        books = [
            _kept_run(name, values_of(held, name), say) if isinstance(held, str) else held[name]
            for held in sides
        ]
        found += rows(name, *books)
    return found


# ---- how it is told


def lines(found: list[Row]) -> list[str]:
    """Return what moved, a line each, and how much did not; the largest changes of numbers first."""
    verdicts = [row for row in found if row.kind == "verdict"]
    numbers = [row for row in found if row.kind == "number"]
    told = [_count(verdicts, "verdict")]
    told += [f"  {row.name}: {row.before_text} → {row.after_text}" for row in verdicts if row.moves]
    told.append(_count(numbers, "headline number"))
    told += [f"  {_line(row)}" for row in _most_moved(numbers)]
    others = [row for row in found if row.kind == "other"]
    moving = _most_moved(others)
    if moving:
        told.append(_count(others, "other number"))
        told += [f"  {_line(row)}" for row in moving[:MOST_OTHERS]]
    if len(moving) > MOST_OTHERS:
        told.append(f"  {len(moving) - MOST_OTHERS} more, in the table of `bet compare`")
    return told


def _most_moved(found: list[Row]) -> list[Row]:
    """Return the rows that move, the largest changes first."""
    return sorted((row for row in found if row.moves), key=lambda row: -abs(row.change or 0))


def _count(found: list[Row], what: str) -> str:
    if not found:
        return f"has no {what}"
    moving = sum(row.moves for row in found)
    verb = "moves" if moving < 2 else "move"
    return f"{moving or 'none'} of {len(found)} {what}s {verb}{':' if moving else ''}"


def _line(row: Row) -> str:
    change = "" if row.change is None else f" ({row.change:+.0%})"
    unit = f" [{row.unit}]" if row.unit else ""
    return f"{row.meaning or row.name}: {row.before_text} → {row.after_text}{unit}{change}"


def table(found: list[Row]) -> pd.DataFrame:
    """Return every row, moved or not, as a tidy table."""
    columns = [*Row.__dataclass_fields__, "moves"]
    return pd.DataFrame([{**asdict(row), "moves": row.moves} for row in found], columns=columns)


def chart(found: list[Row]) -> str:
    """Return a picture (SVG) of the headlines that moved, in per cent of what they were; empty if none did."""
    from bet.chapter import pictures, shapes

    heads = [row for row in found if row.kind == "number" and row.change is not None]
    moving = _most_moved(heads)[:MOST_BARS]
    if not moving:
        return ""
    labels = [f"{row.meaning or row.name} ({row.before_text} → {row.after_text})" for row in moving]
    frame = pd.DataFrame({"number": labels, "change": [100 * (row.change or 0) for row in moving]})
    look = shapes.Look(write=lambda change: f"{change:+.0f}%")
    return shapes.bars(frame, "number", "change", look)(pictures.WIDE).svg()
