"""One thing that differs between two revisions, all of it as a review, and values as a reader would write them."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bet.faults import Fault
from bet.numbers import SIZES

KINDS = {
    "judge": "This changes the judge",
    "active": "What no page may hold",
    "reach": "What runs that no chapter ran before",
    "gone": "Pages taken off the site",
    "rule": "Rulings that the changed rule turns",
    "verdict": "Verdicts",
    "apart": "Verdicts of editions",
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
    "root": "Texts of the repository",
    "file": "Other files",
}


NONE = "–"
COPY = ", its copy for telephones"  # of a chart, as its pictures are named
UNSEEN = "changed, in nothing that a page shows"
SAME = "changed, in comments or in the order of its fields only"
QUIET = (UNSEEN, SAME)
RUN = "when run: "  # how the note of a change begins that only a run of the head's code showed
SETS = "sets"  # how a change is told by which a parameter or a name gets another value
MARKS = "\ue000\ue001"  # of our alarms
FEW = 4  # names that are told before the others are counted


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
    level: bool = False  # confidence or importance, where the verdict stays
    field: str = ""  # of a record
    far: float = 0.0  # of a chart, the largest step of what it plots

    @property
    def about(self) -> str:
        """Return the note, whether the change stands in the committed outputs or only a run showed it."""
        return self.note.removeprefix(RUN)

    @property
    def turns(self) -> bool:
        """Tell whether a verdict becomes another one."""
        return self.kind == "verdict" and not self.level and self.before != self.after


@dataclass(frozen=True)
class Review:
    """Everything that differs, the pictures of the charts that do, and what could not be judged."""

    changes: list[Change]
    pictures: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    faults: list[Fault] = dataclasses.field(default_factory=list)

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

        0: no verdict changes; 1: some do, each explained; 2: one without its history,
        or something comes in that no page may hold;
        3: something could not be judged, and in the rest there is nothing that would be a 2.
        """
        conclusions = [*self.of("verdict"), *self.of("rule"), *self.of("active")]
        if not all(change.explained for change in conclusions):
            return 2
        return 3 if self.faults else 1 if conclusions else 0


_NAME = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+){0,4}|–", re.ASCII)


_OURS = {"none", "nothing", "no", "and", "more", "is", "are"}  # words of our own sentences


def name(told: str, most: int = 40) -> str:
    """Return a name as it stands in a sentence of ours.

    A name that is none of the house's could say something of its own there: it is quoted, and what is
    no letter, digit or hyphen stands as in an address.
    """
    plain = len(told) <= most and _NAME.fullmatch(told) and told.lower() not in _OURS
    return told if plain else quoted(told, most)


def value(told: str) -> str:
    """Return a value as it stands in a sentence of ours: a number as it is, all else as a name, which cannot speak.

    In up to three words a space is a low line: they can be read, and are no sentence.
    """
    if _A_NUMBER.fullmatch(told):
        return told
    return name(told).replace("%20", "_") if told.count(" ") <= 2 else name(told)


_A_NUMBER = re.compile(rf"[-−]?[$€£]?\d[\d.,]*(?: (?:{'|'.join(SIZES)}))?%?")


def quoted(told: str, most: int) -> str:
    """Return a name in quotation marks, without spaces and signs, and cut."""
    whole = quote(
        told.encode("utf-8", "backslashreplace"), safe="/\\"
    )  # a file's name may be no text
    return f"“{whole if len(whole) <= most else f'{whole[:most]}…'}”"


def text(value: Any) -> str:
    """Return a value of a record as a reader would write it."""
    if value in (None, "", [], {}):
        return NONE
    if isinstance(value, dict):
        return ", ".join(f"{k}: {text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(text(part) for part in value)
    return re.sub("[\ue000\ue001]", "\ufffd", str(value))  # our alarms are nobody else's
