"""The number lint: a bare figure in prose must be computed, a date, a name or a claim id."""

from __future__ import annotations

import re
from pathlib import Path

from bet.chapter.outputs import read, stripped
from bet.faults import Fault
from bet.paths import shown

# Removed before digits are looked for: what is not prose, and what may carry digits.
_ALLOWED = re.compile(
    r"""
    ```.*?```                                   # fenced code
  | `[^`]*`                                     # code, roles
  | \{\{.*?\}\} | \{%.*?%\} | \{\#.*?\#\}          # values of say(), in a template of Jinja
  | \{[^{}]*\}                                  # the same, in one of str.format
  | \]\([^)]*\) | https?://\S+                  # link targets
  | \b(?:INTRO|PEOPLE|GROK|INFRA|THESIS|END)-\d{2,4}\b
  | \b\d{1,2}\ (?:January|February|March|April|May|June|July|August|September
        |October|November|December)(?:\ \d{4})?\b
  | \b(?:1[5-9]|20)\d\d(?:[-–]\d\d(?:\d\d)?(?:-\d\d)?)?s?\b      # years, spans of years, ISO dates
  | \b\d+(?:st|nd|rd|th)\b                      # ordinals
  | \b(?:Grok|GPT|Claude|Gemini|Falcon|Model|Colossus|Starship|Atlas|Highway|Section|section|Chapter|chapter|line|lines|Optimus|Form|WCAG)
        [-\ ]v?\d+(?:\.\d+)?\b                  # names of things
  | \bS&P\ 500\b | \bGlobal\ 2000\b
  | [A-Za-z]+[A-Za-z&]*[-]?\d+[A-Za-z0-9]*      # H100, AI5, V3, CO2
  | \b\d+[A-Z]+\b | \b10-[KQ]\b                 # 13F, 10-K
  | ^\s*\d+\.\                                # list numbers
  | \b10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+ | \b10\^\d+             # powers of ten named as such
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def bare_numbers(text: str) -> list[str]:
    """Return every figure of a Markdown text that is neither computed nor on the allow list."""
    rest = _ALLOWED.sub(" ", text)
    return re.findall(r"[$€£]?\d[\d,.]*%?", rest)


def page_faults(path: Path) -> list[Fault]:
    """Return the bare figures of a notebook's Markdown cells, or of a Markdown page.

    A notebook without outputs is a fault too: they are committed.
    """
    empty: list[Fault] = []
    if path.suffix == ".ipynb":
        notebook = read(path)
        if stripped(notebook):
            empty = [Fault(shown(path), "no outputs", "outputs: make notebooks")]
        cells = [c for c in notebook.cells if c["cell_type"] == "markdown"]
        prose = [(f" cell {cell.get('id')}", "".join(cell["source"])) for cell in cells]
    else:
        text = path.read_bytes().decode("utf-8", errors="replace")
        prose = [("", re.sub(r"\A---.*?^---", "", text, flags=re.DOTALL | re.MULTILINE))]
    return empty + [
        Fault(f"{shown(path)}{where}", f"a bare figure {found}", "book.say with a value, or words")
        for where, part in prose
        for found in bare_numbers(part)
    ]
