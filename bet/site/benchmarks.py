"""The page on speed, made from the figures that ``python benchmarks/build.py --write`` left."""

from __future__ import annotations

import json
from typing import Any

from bet.numbers import day
from bet.paths import here
from bet.site.html import escape, grid

COLD, PROSE = "bet build, cold", "bet build, after editing prose"
FORCE, PLAIN = "jupyter-book 1, force, cold", "papermill and nbconvert"


def rows() -> str:
    """Return the measured cases, growth and machine as HTML."""
    path = here().folder / "benchmarks" / "build.json"
    if not path.exists():
        return "<p>Nothing is measured in this copy: <code>python benchmarks/build.py --write</code>.</p>"
    return page(json.loads(path.read_text(encoding="utf-8")))


def page(result: dict[str, Any]) -> str:
    """Return the HTML of one result."""
    cases = result["cases"]
    base = cases.get(COLD, {}).get("cpu", [None])[0]
    head = ("Case", "Processor, s", f"To “{COLD}”", "Waited, s", "Runs", "Others at work")
    lines = [
        [escape(name), _span(case["cpu"]), _ratio(case["cpu"][0], base), _span(case["wall"]),
         str(case["n"]), f"{case['load'][0]:.0f}"]
        for name, case in cases.items()
    ]  # fmt: skip
    told = str(_summary(cases)) + str(grid(head, lines, "bet-stack"))
    if result["growth"]:
        told += f"<h3>Growth</h3>{grid(*_growth(result['growth']))}"
    return f"{told}<h3>Machine</h3>{_machine(result['machine'])}"


def _summary(cases: dict[str, Any]) -> str:
    """Return the answer in a sentence: waiting times beside the usual ways; nothing if one was left out."""
    if not {COLD, PROSE, FORCE, PLAIN} <= cases.keys():
        return ""
    cold, prose, force, plain = (cases[name]["wall"][0] for name in (COLD, PROSE, FORCE, PLAIN))
    return (
        f"<p><b>A cold build takes {cold:.0f} seconds, {cold / force:.0%} of what jupyter-book takes and "
        f"{cold / plain:.0%} of papermill with nbconvert; after an edit of prose it takes {prose:.0f}, "
        f"{prose / force:.0%} of jupyter-book's cold build.</b></p>"
    )


def _span(values: list[float]) -> str:
    """Return a median with its range, '12.1 (11.8 to 13.0)'."""
    median, low, high = values
    return f"{median:.1f}" if low == high else f"{median:.1f} ({low:.1f} to {high:.1f})"


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else "–"


def _growth(found: dict[str, dict[str, float]]) -> tuple[list[str], list[list[str]]]:
    """Return head and rows: seconds by size, and the last over the first per unit of size."""
    sizes = list(next(iter(found.values())))
    last = int(sizes[-1])
    rows = [
        [escape(name), *(f"{seconds[n]:.2f}" for n in sizes),
         f"{seconds[sizes[-1]] / seconds[sizes[0]] / last:.2f}"]
        for name, seconds in found.items()
    ]  # fmt: skip
    return ["What grows", *(f"× {n}" for n in sizes), "Cost of each, last to first"], rows


def _machine(about: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    return (
        f"<p>{day(about['day'])}; {escape(about['processor'])}, {about['cores']} cores, {escape(about['system'])}; "
        f"Python {about['python']}; {escape(packages)}.</p>"
    )
