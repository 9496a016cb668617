"""Headline facts: one value each, found wherever the book mentions it.

The value is never typed here: it is the number that a chapter records when it is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from bet.dates import PartialDate
from bet.faults import Fault
from bet.numbers import words
from bet.paths import Loader, Root
from bet.records.yaml_files import Named, load_list

_WORDS = [str(words(number)) for number in range(13)]
_COUNTED = ("count", "days")


class Headline(Named):
    """One fact: what it is, which recorded numbers give its value, and how a mention is recognised.

    ``numbers`` are names that one paragraph of the notebook records together; the first ``used`` of
    them (default: all) are the fact. ``scale`` is the unit in which mentions give it: 1e9 for billions.
    """

    fact: str
    unit: str
    as_of: PartialDate
    notebook: str
    numbers: Annotated[list[str], Field(min_length=1)]
    used: int | None = None
    scale: Annotated[float, Field(gt=0)] = 1.0
    mentions: Annotated[list[str], Field(min_length=1)]

    @field_validator("mentions")
    @classmethod
    def _patterns(cls, mentions: list[str]) -> list[str]:
        for pattern in mentions:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"a regular expression ({error})") from None
        return mentions

    @model_validator(mode="after")
    def _a_group_for_each_number(self) -> Headline:
        wanted = len(self.numbers[: self.used])
        for pattern in self.mentions:
            if re.compile(pattern).groups != wanted:
                raise ValueError(
                    f"{wanted} group(s) in each of the mentions, not so in '{pattern}'"
                )
        return self


@Loader
def headlines(root: Root) -> dict[str, Headline]:
    """Load the headline facts by id; all faults at once. A book without the file has none."""
    path = root.data / "facts.yml"
    return load_list(path, Headline) if path.exists() else {}


def value(headline: Headline, recorded: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return a fact's numbers in the unit of its mentions; None if no paragraph records them all.

    ``recorded`` holds one mapping for each paragraph: name -> {'value': number, ...}.
    """
    for numbers in recorded:
        if all(name in numbers for name in headline.numbers):
            found = [float(numbers[name]["value"]) for name in headline.numbers[: headline.used]]
            return [number / headline.scale for number in found]
    return None


def mentions(headline: Headline, text: str) -> Iterator[tuple[str, ...]]:
    """Give the figures of each mention in a text, as printed; emphasis and breaks do not matter."""
    plain = re.sub(r"\s+", " ", text.replace("*", "").replace("\\$", "$"))
    for pattern in headline.mentions:
        for match in re.finditer(pattern, plain):
            yield match.groups()


def rounds_to(value: float, printed: str, exact: bool = False) -> bool:
    """Tell whether a value is what is printed, at the precision in which it is printed.

    '2' stands for 1.5 to 2.5 and '2.98' for 2.975 to 2.985; of '10,000' and '440' two figures are
    taken to count. ``exact`` is for what is counted and never rounded.
    """
    text = printed.replace(",", "").rstrip(".")  # a full stop after a figure is none of it
    if text.lower() in _WORDS:
        return value == _WORDS.index(text.lower())
    try:
        told = float(text)
    except ValueError:
        return False
    if exact:
        return value == told
    places = len(text.partition(".")[2])
    zeros = 0 if places else len(text) - len(text.rstrip("0"))
    half = 0.5 * 10.0 ** (-places or min(zeros, max(0, len(text) - 2)))
    return abs(value - told) <= half * (1 + 1e-9)


def faults(headline: Headline, numbers: Sequence[float], pages: Mapping[str, str]) -> list[Fault]:
    """Return every mention, page by page, that gives a fact another value than the recorded one."""
    right = " and ".join(f"{number:.4g}" for number in numbers)
    return [
        Fault(f"{page}: {headline.fact}", " and ".join(printed), f"{right} ({headline.notebook})")
        for page, text in pages.items()
        for printed in mentions(headline, text)
        if not all(map(rounds_to, numbers, printed, repeat(headline.unit in _COUNTED)))
    ]
