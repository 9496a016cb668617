"""What-if panels: a model's sliders, headline figures and one curve, for the page.

The page runs the model's own file, unchanged, in MicroPython. Here the same file gives the figures
that stand on the page without a script, so that a panel at its defaults equals the chapter.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bet import models
from bet.faults import BadInput, Fault, nearest
from bet.numbers import digits, spoken
from bet.records import parameters

# Model file -> the function that returns every figure for one case.
MODELS = {"growth": "run", "orbit": "scenario", "stake": "run", "luck": "run", "credit": "run"}
# How a figure is written, in Python and in the page: sign before it, scale, unit after it.
FORMATS = {
    "number": ("", 1.0, ""),
    "percent": ("", 100.0, "%"),
    "times": ("", 1.0, " times"),
    "usd_bn": ("$", 1.0, " billion"),
    "usd_tn": ("$", 0.001, " trillion"),  # of a figure in billions
}


def show(value: float | None, kind: str) -> str:
    """Write a figure with three significant digits, as the page does."""
    before, scale, unit = FORMATS[kind]
    return "none" if value is None else f"{before}{digits(value * scale, 3)}{unit}"


def slider_format(unit: str) -> tuple[str, float, str]:
    """Return how a slider's value is written, from the unit of its parameter, as in ``FORMATS``."""
    kind, _, rest = spoken(unit).partition(" ")
    if kind == "share":
        return ("", 100.0, f"% {rest}".rstrip())
    if kind == "USD":
        return ("$", 1.0, f" {rest}".rstrip())
    return ("", 1.0, f" {spoken(unit)}".rstrip())


def source(model: str) -> str:
    """Return the text of a model's file: the one the page runs."""
    return (Path(models.__file__).parent / f"{model}.py").read_text(encoding="utf-8")


def outputs(model: str, case: Mapping[str, Any]) -> dict[str, Any]:
    """Run a model on a case."""
    if model not in MODELS:
        raise BadInput([Fault(f"panel '{model}'", "no such model", ", ".join(MODELS))])
    return getattr(importlib.import_module(f"{models.__name__}.{model}"), MODELS[model])(dict(case))


def panel(
    model: str,
    notebook: str,
    case: Mapping[str, Any],
    sliders: Mapping[str, str],
    figures: Sequence[tuple[str, str, str]],
    curve: tuple[str, str],
    claimed: tuple[str, float, str] | None = None,
) -> dict[str, Any]:
    """Return the record of a panel.

    Parameters
    ----------
    case : what the model is run with at the defaults
    sliders : key of the case -> name in data/parameters.yml, which gives range, unit and meaning
    figures : (key of the model's result, label, format)
    curve : (key of a slider, key of a figure) to draw
    claimed : (one of these two keys, the value that the article has, words for it) to mark
    """
    known = parameters.parameters_of(notebook)
    result = outputs(model, case)
    _refuse(f"panel '{model}' case", [key for key in sliders if key not in case], case)
    _refuse(
        f"panel '{model}' sliders", [name for name in sliders.values() if name not in known], known
    )
    _refuse(f"panel '{model}' figures", [key for key, _, _ in figures if key not in result], result)
    if claimed:
        _refuse(
            f"panel '{model}' claimed",
            [key for key in claimed[:1] if key not in curve],
            dict.fromkeys(curve),
        )
    record: dict[str, Any] = {
        "model": model,
        "function": MODELS[model],
        "case": dict(case),
        "sliders": [
            {"key": key, "meaning": known[name].meaning, **_format(slider_format(known[name].unit)),
             "min": known[name].min, "max": known[name].max,
             "whole": isinstance(known[name].default, int)}
            for key, name in sliders.items()
        ],
        "figures": [
            {"key": key, "label": label, **_format(FORMATS[kind]),
             "text": show(result[key], kind)}
            for key, label, kind in figures
        ],
        "curve": {"slider": curve[0], "figure": curve[1]},
    }  # fmt: skip
    if claimed:
        key, value, words = claimed
        written = next(one for one in (*record["sliders"], *record["figures"]) if one["key"] == key)
        text = f"{written['before']}{digits(value * written['scale'], 3)}{written['unit']}"
        record["claimed"] = {"key": key, "value": value, "words": words, "text": text}
    return record


def _format(parts: tuple[str, float, str]) -> dict[str, Any]:
    return dict(zip(("before", "scale", "unit"), parts, strict=True))


def _refuse(where: str, unknown: list[str], known: Mapping[str, Any]) -> None:
    if unknown:
        expected = f"one of {', '.join(known)}{nearest(unknown[0], known)}"
        raise BadInput([Fault(where, f"'{unknown[0]}'", expected)])


def table_html(record: Mapping[str, Any]) -> str:
    """Return the panel's figures at its defaults: what the page shows without a script."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(figure['label'])}</th><td><output data-figure='{escape(figure['key'])}'>"
        f"{escape(figure['text'])}</output></td></tr>"
        for figure in record["figures"]
    )
    if claimed := record.get("claimed"):
        words, text = escape(claimed["words"]), escape(claimed["text"])
        rows += f"<tr><th scope='row'>{words}</th><td>{text}</td></tr>"
    return f"<table class='bet-figures'><tbody>{rows}</tbody></table>"
