"""The figures of the page on speed, as Markdown, made from what ``benchmarks/build.py --write`` measured."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
RESULT = REPOSITORY / "benchmarks" / "build.json"
PAGE = REPOSITORY / "book" / "benchmarks.md"
BEGIN, END = "% measured: begin\n", "% measured: end\n"
COLD, PROSE = "bet build, cold", "bet build, after editing prose"
FORCE, PLAIN = "jupyter-book 1, force, cold", "papermill and nbconvert"


def written(page: str, result: dict[str, Any]) -> str:
    """Return the page with the figures of a result between its two marks.

    Raises ValueError if the marks are missing.
    """
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the page on speed needs the lines {BEGIN.strip()} and {END.strip()}")
    return f"{before}{BEGIN}\n{figures(result)}\n{END}{after}"


def figures(result: dict[str, Any]) -> str:
    """Return the measured cases, growth and machine as Markdown."""
    cases = result["cases"]
    base = cases.get(COLD, {}).get("cpu", [None])[0]
    head = ("Case", "Processor, s", "To a cold build", "Waited, s", "Runs", "Others at work")
    lines = [
        [name, _span(case["cpu"]), _ratio(case["cpu"][0], base), _span(case["wall"]),
         str(case["n"]), f"{case['load'][0]:.0f}"]
        for name, case in cases.items()
    ]  # fmt: skip
    told = [*_answer(cases), table(head, lines)]
    if result["growth"]:
        told += ["### Growth", table(*_growth(result["growth"]))]
    for title, kept in result.get("beside", {}).items():
        told += [f"### {title}", table(kept["head"], kept["rows"])]
    return "\n\n".join([*told, "### Machine", _machine(result["machine"])]) + "\n"


def _answer(cases: dict[str, Any]) -> list[str]:
    """Return the answer in a sentence: waiting times beside the usual ways; nothing if one was left out."""
    if not {COLD, PROSE, FORCE, PLAIN} <= cases.keys():
        return []
    cold, prose, force, plain = (cases[name]["wall"][0] for name in (COLD, PROSE, FORCE, PLAIN))
    return [
        f"**A cold build takes {cold:.0f} seconds, {cold / force:.0%} of what jupyter-book takes and "
        f"{cold / plain:.0%} of papermill with nbconvert; after an edit of prose it takes {prose:.0f}, "
        f"{prose / force:.0%} of jupyter-book's cold build.**"
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, of which all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return the median of some values with their range, '12.1 (11.8 to 13.0)'."""
    middle, low, high = (f"{v:.{digits}f}" for v in (statistics.median(values), min(values), max(values)))  # fmt: skip
    return f"{middle} ({low} to {high})"


def _span(values: list[float]) -> str:
    """Return a median with its range, as ``spread`` does; without one where there was one run."""
    median, low, high = values
    return f"{median:.1f}" if low == high else f"{median:.1f} ({low:.1f} to {high:.1f})"


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else "–"


def _growth(found: dict[str, dict[str, float]]) -> tuple[list[str], list[list[str]]]:
    """Return head and rows: seconds by size, and the last over the first per unit of size."""
    sizes = list(next(iter(found.values())))
    last = int(sizes[-1])
    rows = [
        [name, *(f"{seconds[n]:.2f}" for n in sizes),
         f"{seconds[sizes[-1]] / seconds[sizes[0]] / last:.2f}"]
        for name, seconds in found.items()
    ]  # fmt: skip
    return ["What grows", *(f"× {n}" for n in sizes), "Cost of each, last to first"], rows


def _machine(about: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    day = date.fromisoformat(about["day"])
    return (
        f"{day.day} {day:%B %Y}; {about['processor']}, {about['cores']} cores, {about['system']}; "
        f"Python {about['python']}; {packages}."
    )


def beside(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Keep what another command measured beside the builds, under a title, and show it on the page."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    kept = {"head": list(head), "rows": [list(row) for row in rows]}
    write({**result, "beside": {**result.get("beside", {}), title: kept}})


def write(result: dict[str, Any]) -> None:
    """Keep a result, and put its figures into the page."""
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), result), encoding="utf-8")
