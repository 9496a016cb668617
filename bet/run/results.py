"""What a sweep shows: which assumption drives which number, which verdicts move, as pictures for a person.

A tornado is made of rank correlations (Spearman's): the sign says which way a number goes with an
assumption, the size how much of its order the assumption explains. One that as many runs give by chance
is left out. Of two assumptions there is a map.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from scipy import stats

from bet import paths
from bet.chapter import outputs
from bet.faults import some
from bet.numbers import digits
from bet.records import parameters

ANSWER, VERDICT = "answer.", "verdict."  # how the columns of a sweep's table begin
MOST_NUMBERS = 30  # of a page
LEAST_RUNS = 10  # with a value, before a correlation is told
CHANCE = 0.05  # a correlation that chance gives as often or more is noise
CLASSES = 5  # of the values of a map
QUOTED = (
    "A number in quotation marks is the one that stands at … in that sentence of the chapter. "
    "The sentence's other figures are those of the defaults."
)
BY_CHANCE = "Of 20 assumptions that drive nothing, about one is shown all the same, by chance."


@dataclass(frozen=True)
class Drawn:
    """A picture with what it says in words; Jupyter shows it."""

    title: str
    said: str
    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


# ---- what moves


def varied(table: pd.DataFrame, inputs: Sequence[str]) -> list[str]:
    """Return the numeric inputs that take more than one value."""
    return [n for n in inputs if pd.api.types.is_numeric_dtype(table[n]) and table[n].nunique() > 1]


def numbers(table: pd.DataFrame) -> list[str]:
    """Return the columns of headline numbers that take more than one value."""
    return [c for c in table if c.startswith(ANSWER) and table[c].nunique() > 1]


def verdicts(table: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return {claim: {verdict: count of sets}} of the verdicts that are not the same in all sets."""
    columns = [c for c in table if c.startswith(VERDICT) and table[c].nunique() > 1]
    return {
        c.removeprefix(VERDICT): {str(k): int(n) for k, n in Counter(table[c].dropna()).most_common()}
        for c in columns
    }  # fmt: skip


def drivers(table: pd.DataFrame, inputs: Sequence[str], number: str) -> pd.Series:
    """Return the rank correlation of a number with each input that drives it, the largest in size first.

    Those within noise for so many runs, by the p-value of ``scipy.stats.spearmanr``, are left out, and
    all where the number has a value in fewer than ``LEAST_RUNS``.
    """
    names = varied(table, inputs)
    held = table[[*names, number]].dropna()
    names = [name for name in names if held[name].nunique() > 1]
    if len(held) < LEAST_RUNS or held[number].nunique() < 2:
        return pd.Series(dtype=float)
    tested = {name: stats.spearmanr(held[name], held[number]) for name in names}
    told = {name: test.statistic for name, test in tested.items() if test.pvalue < CHANCE}
    found = pd.Series(told, dtype=float)
    return found.loc[found.abs().sort_values(ascending=False, kind="stable").index]


def undriven(table: pd.DataFrame, inputs: Sequence[str]) -> dict[str, list[str]]:
    """Return the numbers of which no driver can be told: of too few runs, and with all within noise."""
    few = [c for c in numbers(table) if table[c].count() < LEAST_RUNS]
    rest = [c for c in numbers(table) if c not in few]
    noise = [c for c in rest if varied(table, inputs) and drivers(table, inputs, c).empty]
    return {"too_few_runs": few, "within_noise": noise}


# ---- pictures


def tornado(
    table: pd.DataFrame, inputs: Mapping[str, str], number: str, meaning: str = ""
) -> Drawn | None:  # fmt: skip
    """Draw which inputs (name: meaning) drive a number; None where nothing does."""
    from bet.chapter import pictures, shapes

    found = drivers(table, list(inputs), number)
    if found.empty:
        return None
    frame = pd.DataFrame(
        {"input": [inputs[n] for n in found.index], "correlation": found.to_numpy()}
    )
    look = shapes.Look(write=lambda value: f"{value:+.2f}", limits=(-1, 1))
    draw = shapes.bars(frame, "input", "correlation", look)
    name = meaning or number.removeprefix(ANSWER)
    runs, tried = int(table[number].count()), len(varied(table, list(inputs)))
    said = f"It goes most with {found.index[0]}, rank correlation {found.iloc[0]:+.2f} over {runs} runs."
    if len(found) < tried:
        said += f" {len(found)} of {tried} assumptions are shown, the others are within noise for so many runs."
    return Drawn(f"What drives {name}", said, draw(pictures.WIDE).svg())


def chart_of_two(
    table: pd.DataFrame, inputs: Mapping[str, str], number: str, meaning: str = ""
) -> Drawn | None:  # fmt: skip
    """Draw the map of a number over the two inputs that vary; None where it is not two."""
    from bet.chapter import pictures, shapes

    names = varied(table, list(inputs))
    if len(names) != 2:
        return None
    frame = table[[*names, number]].dropna()
    cuts = pd.qcut(frame[number], min(CLASSES, frame[number].nunique()), duplicates="drop")
    classes = [f"{digits(cut.left)} to {digits(cut.right)}" for cut in cuts.cat.categories]
    frame = frame.assign(value=cuts.cat.codes.map(dict(enumerate(classes)))).sort_values(
        number, kind="stable"
    )
    shades = ("pale", "context", "found", "accent", "bad")
    look = shapes.Look(name_x=inputs[names[0]], roles=dict(zip(classes, shades, strict=False)))
    draw = shapes.scatter(frame, names[0], names[1], look, by="value")
    name = meaning or number.removeprefix(ANSWER)
    said = f"{inputs[names[0]]} across, {inputs[names[1]]} upwards, the colour is {name}."
    return Drawn(f"{name} by two assumptions", said, draw(pictures.WIDE).svg())


# ---- what is written beside the table


def sidecar(
    notebook: str, table: pd.DataFrame, inputs: Sequence[str], shown: Mapping[str, Mapping[str, Any]],
    meanings: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Return what the columns of a sweep's table are: kind, unit, meaning, and what moved.

    ``shown`` are the headline numbers of a finished run, ``meanings`` what they are.
    """
    known = parameters.parameters_of(notebook)
    columns: dict[str, dict[str, str]] = {"run": {"kind": "name", "meaning": "the file of the run"}}
    for name in inputs:
        columns[name] = {
            "kind": "parameter",
            "unit": known[name].unit,
            "meaning": known[name].meaning,
        }
    for column in table.columns.difference([*columns], sort=False):
        name = column.removeprefix(ANSWER)
        if column.startswith(ANSWER):
            unit = str(shown.get(name, {}).get("unit", ""))
            meaning = meanings.get(name) or f"a number of the chapter's answer, computed as {name}"
            columns[column] = {"kind": "number", "unit": unit, "meaning": meaning}
        elif column.startswith(VERDICT):
            claim = column.removeprefix(VERDICT)
            columns[column] = {"kind": "verdict", "meaning": f"verdict on {claim}"}
        else:
            told = {
                "error": "why a set failed",
                "beyond": "parameters beyond their ranges on purpose",
            }
            columns[column] = {"kind": "note", "meaning": told[column]}
    far = table["beyond"].dropna() if "beyond" in table else ()
    beyond = sorted({name for told in far for name in told.split()})
    return {
        "notebook": notebook, "sets": len(table), "failed": int(table["error"].notna().sum()),
        "beyond": beyond, "varied": varied(table, inputs), "undriven": undriven(table, inputs),
        "verdicts_that_move": verdicts(table), "columns": columns,
    }  # fmt: skip


def drawn(table: pd.DataFrame, about: Mapping[str, Any]) -> list[tuple[str, str, Drawn]]:
    """Return the pictures of a sweep as (function, number, picture), numbers in the table's order."""
    columns, known = about["columns"], parameters.parameters_of(about["notebook"])
    inputs = {name: known[name].meaning for name in about["varied"]}
    found = []
    for number in numbers(table)[:MOST_NUMBERS]:
        meaning = columns[number]["meaning"].removeprefix("a number of the chapter's answer, ")
        for draw in (tornado, chart_of_two):
            if picture := draw(table, inputs, number, meaning):
                found.append((draw.__name__, number, picture))
    return found


def told(about: Mapping[str, Any]) -> list[str]:
    """Return what a sweep found in lines: how many sets, what lies beyond, which verdicts move."""
    moved = about["verdicts_that_move"]
    lines = [f"{about['sets']} sets of {about['notebook']}, {about['failed']} failed"]
    if about["beyond"]:
        lines.append(f"Beyond the ranges on purpose: {', '.join(about['beyond'])}")
    every = [c for c, of in about["columns"].items() if of["kind"] == "verdict"]
    verb = "moves" if len(moved) < 2 else "move"
    counted = f"{len(moved) or 'none'} of {len(every)} computed verdicts {verb}"
    lines.append(counted if every else f"{about['notebook']} computes no verdict")
    lines += [
        f"  {claim}: {', '.join(f'{verdict} in {count}' for verdict, count in counts.items())}"
        for claim, counts in moved.items()
    ]
    return lines + _untold(about)


def _untold(about: Mapping[str, Any]) -> list[str]:
    """Return of which numbers no driver is told, and why."""
    reasons = {
        "too_few_runs": f"a value in fewer than {LEAST_RUNS} runs",
        "within_noise": "no driver beyond noise",
    }
    return [
        f"nothing is said to drive {len(columns)} of the numbers, with {reasons[kind]}: "
        + some(about["columns"][column]["meaning"] for column in columns)
        for kind, columns in about["undriven"].items()
        if columns
    ]


def write(table: pd.DataFrame, about: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the sidecar, the page and the notebook of results; return the files."""
    pictures = drawn(table, about)
    written = [folder / "table.yml", folder / "results.html", folder / "results.ipynb"]
    text = yaml.safe_dump(json.loads(json.dumps(about)), sort_keys=False, allow_unicode=True)
    paths.write_text(written[0], text)
    paths.write_text(written[1], page(about, pictures))
    outputs.write(notebook_of(about, pictures), written[2])
    return written


def page(about: Mapping[str, Any], pictures: Sequence[tuple[str, str, Drawn]]) -> str:
    """Return a page that stands alone: what was found, and the pictures."""
    title = html.escape(f"Sweep of {about['notebook']}")
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in [*told(about), QUOTED, BY_CHANCE])
    shown = "".join(
        f"<h2>{html.escape(drawn.title)}</h2><p>{html.escape(drawn.said)}</p>"
        f"{drawn.svg[drawn.svg.index('<svg') :]}"
        for _, _, drawn in pictures
    )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        "<style>body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em}"
        f"svg{{max-width:100%;height:auto}}</style><h1>{title}</h1>{lines}{shown}</html>\n"
    )


def notebook_of(
    about: Mapping[str, Any], pictures: Sequence[tuple[str, str, Drawn]]
) -> nbformat.NotebookNode:  # fmt: skip
    """Return a notebook of results that can be run again in its folder, beside the table."""
    known = parameters.parameters_of(about["notebook"])
    inputs = {name: known[name].meaning for name in about["varied"]}
    start = (
        "import pandas as pd\n\nfrom bet.run import results\n\n"
        f'table = pd.read_csv("table.csv")\ninputs = {json.dumps(inputs, indent=4, ensure_ascii=False)}'
    )
    head = "\n\n".join([f"# Sweep of {about['notebook']}", *told(about), QUOTED, BY_CHANCE])
    cells = [new_markdown_cell(head), new_code_cell(start, execution_count=1)]
    for place, (function, number, picture) in enumerate(pictures, 2):
        shown = new_output(
            "execute_result", {"image/svg+xml": picture.svg, "text/plain": picture.said},
            execution_count=place,
        )  # fmt: skip
        source = f"results.{function}(table, inputs, {number!r})"
        cells.append(new_markdown_cell(f"## {picture.title}\n\n{picture.said}"))
        cells.append(new_code_cell(source, outputs=[shown], execution_count=place))
    return outputs.clean(new_notebook(cells=cells))
