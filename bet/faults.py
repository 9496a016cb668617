"""Faults in what people hand us: collected whole, told in one message, never a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where it stands, what was found there, what would be right."""

    where: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}"


class BadInput(Exception):
    """All faults of one input at once. The command line turns it into exit code 2."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    # IPython prints this instead of a traceback, so that a notebook's reader sees the message only.
    def _render_traceback_(self) -> list[str]:
        return [f"{len(self.faults)} fault(s) in the input:", *map(str, self.faults)]


class NotebookFailed(Exception):
    """A notebook stopped; the message names the cell and the error."""


@contextmanager
def gathered(into: list[Fault]) -> Iterator[None]:
    """Add the faults of a step to a list instead of raising them, so that the next steps are tried too."""
    try:
        yield
    except BadInput as error:
        into += error.faults


def require(faults: list[Fault]) -> None:
    """Raise BadInput if there is any fault."""
    if faults:
        raise BadInput(faults)


def some(names: Iterable[str], most: int = 3) -> str:
    """Return the first few of some names, and how many more there are: 'A, B, C and 2 more'."""
    told = list(names)
    rest = len(told) - most
    return ", ".join(told[:most]) + (f" and {rest} more" if rest > 0 else "")


NEAR = 0.65  # of difflib's ratio: 'us_power' is near 'us_average_power', two sources of one day are not near


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the likeliest intended name: ``", did you mean 'x'?"`` or an empty string.

    Only a name that is alike as a whole and in its letters alone: days and years are alike everywhere.
    """
    close = difflib.get_close_matches(name, list(known), n=5, cutoff=NEAR)
    near = [other for other in close if _alike(_letters(name), _letters(other))]
    return f", did you mean '{near[0]}'?" if near else ""


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name))


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, other, one).ratio() >= NEAR
