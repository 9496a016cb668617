"""What the committed notebooks print: their outputs as one text, and figures read out of it."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.recomputed.source import Source

BOOK = Path(__file__).parents[2] / "book"
EXACT = 12  # significant figures of a count
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
          "twelve")  # fmt: skip
_SCALES = {"trillion": 1e12, "billion": 1e9, "million": 1e6}


@cache
def text_of(notebook: str) -> str:
    """Return all that the outputs of a notebook say: prose, tables, cards, titles and descriptions."""
    cells = json.loads((BOOK / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    said = []
    for output in (o for cell in cells for o in cell.get("outputs", [])):
        data = output.get("data", {})
        for mime, content in data.items():
            whole = (
                "".join(content)
                if isinstance(content, list) and all(isinstance(c, str) for c in content)
                else content
            )
            if isinstance(whole, str):
                whole = _amounts(whole)
            if mime == "text/markdown":
                said.append(whole)
            elif mime == "text/html":
                said.append(html.unescape(re.sub(r"<[^>]+>", " ", whole)))
            elif mime.endswith("chart+json"):
                said += [whole["title"], whole["subtitle"], whole["alt"]]
            elif mime.endswith("assessment+json"):
                shown = html.unescape(_amounts("".join(data.get("text/html", ""))))
                said += [
                    f"card {r['claim']} {f['name']}: {f['found_text']};"
                    for r in whole
                    for f in r["figures"]
                    if f["found_text"] in shown
                ]
    return plain("\n".join(said))


def _amounts(text: str) -> str:
    """Return a text without the elements that keep its dollar signs apart."""
    return re.sub(r"<span>(\\?\$)</span>", r"\1", text)


def plain(text: str) -> str:
    """Return a text without emphasis and with single spaces."""
    return re.sub(
        r"\s+", " ", text.replace("*", "").replace("\\$", "$").replace("\u00a0", " ")
    ).strip()


def number(text: str) -> float:
    """Return a printed figure: '$6.42 billion' -> 6.42e9, 'eleven' -> 11, '−0.56' -> -0.56, '17.5%' -> 17.5."""
    told = text.strip().strip("$%.").replace(",", "").replace("−", "-").replace("$", "")
    figure, _, scale = told.partition(" ")
    if figure.lower() == "none":
        return 0.0
    if figure.lower() in _WORDS:
        return float(_WORDS.index(figure.lower()))
    return float(figure) * _SCALES.get(scale.strip(), 1.0)


def agrees(printed: str, value: float, figures: int) -> bool:
    """Tell whether a value, rounded to so many significant figures, is what is printed."""
    if not math.isfinite(value):
        return False
    exponent = math.floor(math.log10(abs(value))) if value else 0
    half = 0.5 * 10.0 ** (exponent - figures + 1)
    return abs(number(printed) - value) <= half * (1 + 1e-6)


@dataclass(frozen=True)
class Headline:
    """One or more printed figures and how they follow from the stored records.

    ``pattern`` finds them in a notebook's outputs, one group each; ``again`` gives their values in the
    order of the groups.
    """

    name: str
    notebook: str
    pattern: str
    again: Callable[[Source], Sequence[float] | float]
    figures: int | tuple[int, ...] = 3

    def places(self, text: str | None = None) -> list[tuple[str, ...]]:
        """Return what is printed at each place where the pattern is found."""
        found = re.finditer(self.pattern, text_of(self.notebook) if text is None else text)
        return [match.groups() for match in found]

    def values(self, source: Source) -> list[float]:
        """Return the recomputed values."""
        values = self.again(source)
        return [float(v) for v in (values if isinstance(values, Sequence) else (values,))]

    def faults(self, places: Sequence[tuple[str, ...]], values: Sequence[float]) -> list[str]:
        """Return what is printed and does not agree with the values."""
        if not places:
            return [f"{self.notebook}, {self.name}: not printed any more"]
        figures = self.figures if isinstance(self.figures, tuple) else (self.figures,) * len(values)
        return [
            f"{self.notebook}, {self.name}: printed {text}, recomputed {value:.6g}"
            for place in places
            for text, value, places_ in zip(place, values, figures, strict=True)
            if not agrees(text, value, places_)
        ]
