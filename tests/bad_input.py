"""Generated bad input: records, tables, notebooks and parameters, spoilt in every way we could think of.

``survives`` hands one case to the command line and says what was wrong with the answer.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import strategies as st

from bet.chapter import outputs
from bet.cli import main
from bet.records import editions
from bet.run import execute
from tests import worlds

NAME = "3_infrastructure"
SCREEN = 50  # lines
RECORDS = (
    "sources.yml", "parameters.yml", "claims/infrastructure.yml", "evidence/power.yml",
    "tables/power.yml", "editions.yml",
)  # fmt: skip
EDITIONS = """today: {title: today, reason: Everything known., sources: [meter-2025]}
article-day:
  title: the day
  reason: Only what was public on the day.
  sources: [meter-2025]
  parameters:
    common: {as_of: "2025-11-14"}
    3_infrastructure: {satellites: 20}
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "c01", "metadata": {}, "source": ["# Title"]},
        {"cell_type": "code", "id": "c02", "metadata": {"tags": ["parameters"]}, "outputs": [],
         "execution_count": None, "source": [
             'as_of = "2026-11-23"\n', "us_average_power_gw = 490.0\n", "satellites = 12\n", 'chip = "H100"']},
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip

# Text that breaks readers: YAML tags, anchors, dates that are none, controls, other scripts, depth.
NASTY = st.sampled_from(
    ["", " ", "\t", "\0", "\x1b[31m", "\ufeff", "&a [*a]", "*nobody", "<<: *x", "!!python/object/apply:os.system [ls]",
     "!!binary x", "!!timestamp x", "!!int x", "!!float x", "!!set {a}", "? [a, b] : c", "{{}}", "{0.__class__}", "%s",
     "2025-02-30", "2025-13", "0001-01-01", "9999-12-31", ".nan", ".inf", "-.inf", "1e999", "0x", "1_000", "NaN",
     "nan", "inf", "1e400", "9" * 400, "[" * 300, "{a: " * 60, "- " * 60, "'", '"', "|", ">", "---\n---", "...", "%YAML 9.9",
     "null", "~", "true", "yes", "=", "<", "a: b: c", "\u202e", "é" * 50, "\ud7ff", "😀", "../../etc/passwd", "🂡,\"\n",
     "!!bool x", "!!timestamp 2025-02-30", "{[a]: 1}", "- &r [*r]", "[" * 3000, "&x a, *x"]
)  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | NASTY | st.dates() | st.binary(max_size=5) | st.integers(10**300, 10**301),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@st.composite
def spoilt_text(draw: Callable, text: str) -> bytes:
    """Return a text with a span cut, doubled, moved or replaced, or with foreign bytes in it."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        new = draw(st.sampled_from(["cut", "twice", "text", "nasty", "rest"]))
        span = {
            "cut": lambda: "",
            "twice": lambda part=text[start:end]: part * 2,
            "text": lambda: draw(st.text(max_size=12)),
            "nasty": lambda: draw(NASTY),
            "rest": lambda: None,
        }[new]()
        text = text[:start] if span is None else text[:start] + span + text[end:]
    raw = text.encode("utf-8", errors="surrogatepass")
    return raw + draw(st.sampled_from([b""] * 8 + [b"\xff\xfe", b"\x80", b"\0"]))


@st.composite
def spoilt_content(draw: Callable, content: Any) -> Any:
    """Return records with one to three places replaced, removed, renamed or added."""
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = None, None
        place = content
        while isinstance(place, dict | list) and place and (holder is None or draw(st.booleans())):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            holder, key = place, draw(st.sampled_from(keys))
            place = holder[key]
        if holder is None:
            return draw(JUNK)
        kind = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if kind == "replace":
            holder[key] = draw(JUNK)
        elif kind == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            name = draw(st.text(max_size=8) | NASTY)
            holder[name] = holder.pop(key) if kind == "rename" else draw(JUNK)
        else:
            holder.insert(key, draw(JUNK))
    return content


@st.composite
def cases(draw: Callable) -> tuple[str, Any]:
    """Return a kind of input and a spoilt one."""
    kind = draw(
        st.sampled_from(["record text", "record", "csv", "csv cell", "notebook", "parameters"])
    )
    ledger = worlds.FIXTURES / "ledger"
    if kind.startswith("record"):
        name = draw(st.sampled_from(RECORDS))
        text = EDITIONS if name == "editions.yml" else (ledger / name).read_text(encoding="utf-8")
        if kind == "record text":
            return kind, (name, draw(spoilt_text(text)))
        content = draw(spoilt_content(yaml.safe_load(text)))
        try:
            return kind, (
                name,
                yaml.safe_dump(content, allow_unicode=True).encode("utf-8", "replace"),
            )
        except yaml.YAMLError:  # what YAML cannot write
            return kind, (name, repr(content).encode("utf-8", "replace"))
    if kind == "csv":
        text = (ledger / "tables/power.csv").read_text(encoding="utf-8")
        return kind, ("tables/power.csv", draw(spoilt_text(text)))
    if kind == "csv cell":
        rows = [line.split(",") for line in (ledger / "tables/power.csv").read_text().splitlines()]
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(row) - 1))] = draw(
            NASTY | st.text(max_size=12) | st.floats().map(str)
        )
        text = "".join(",".join(cells) + "\n" for cells in rows)
        return kind, ("tables/power.csv", text.encode("utf-8", "surrogatepass"))
    if kind == "notebook":
        command = draw(st.sampled_from(["run", "lint", "tidy"]))
        if draw(st.booleans()):
            return kind, (command, draw(spoilt_text(json.dumps(NOTEBOOK, indent=1))))
        content = draw(spoilt_content(NOTEBOOK))
        return kind, (command, json.dumps(content, default=str, skipkeys=True).encode())
    names = (
        st.sampled_from(["as_of", "us_average_power_gw", "satellites", "chip"])
        | st.text(max_size=12)
        | NASTY
    )
    values = st.text(max_size=12) | NASTY | st.floats().map(str) | st.integers().map(str)
    pairs = draw(st.lists(st.tuples(names, values), min_size=1, max_size=4))
    return kind, [word for name, value in pairs for word in ("-p", name, value)]


@contextmanager
def world(folder: Path) -> Iterator[Path]:
    """Point the package at a small book that is sound; give its data folder."""
    book = folder / "book"
    book.mkdir(parents=True)
    (book / f"{NAME}.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    with worlds.small(folder) as data, pytest.MonkeyPatch.context() as patch:
        (data / "editions.yml").write_text(EDITIONS, encoding="utf-8")
        # The article has other lines; a notebook that is sound by chance is not started, only read.
        patch.setattr("bet.records.article_lines.check", lambda: None)
        patch.setattr("bet.records.article_lines.anchors", lambda: None)
        # Any change of a source or table would be refused for the descriptor alone.
        patch.setattr("bet.records.datapackage.check", lambda: None)
        patch.setattr("bet.records.check.uncited", lambda: None)  # three facts serve other tests
        patch.setattr(execute, "execute", lambda source, values: outputs.read(source))
        editions.editions.cache_clear()
        yield data
    editions.editions.cache_clear()


def survives(kind: str, given: Any, folder: Path) -> tuple[int, str | None]:
    """Hand a case to the command line in a small world; return the exit code and what was wrong."""
    with world(folder) as data:
        target, output = folder / "book" / f"{NAME}.ipynb", folder / "run.ipynb"
        output.write_text("an earlier run", encoding="utf-8")
        arguments = ["check"]
        if kind == "parameters":
            arguments = ["run", NAME, "-o", str(output), *given]
        elif kind == "notebook":
            command, raw = given
            target.write_bytes(raw)
            arguments = (
                ["run", NAME, "-o", str(output)] if command == "run" else [command, str(target)]
            )
        else:
            name, raw = given
            if name.endswith(".csv"):  # else the checksum hides the rest
                _renew(data, raw)
            (data / name).write_bytes(raw)
        before = contents(folder)
        result = CliRunner().invoke(main, arguments)
        after = contents(folder)
    return result.exit_code, _wrong(result, before, after)


def _renew(data: Path, raw: bytes) -> None:
    path = data / "tables" / "power.yml"
    text = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(raw).hexdigest()
    path.write_text(re.sub(r"sha256: \w+", f"sha256: {digest}", text), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _wrong(result: Any, before: dict[str, bytes], after: dict[str, bytes]) -> str | None:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"traceback: {type(result.exception).__name__}: {result.exception}"
    changed = sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
    if result.exit_code == 2:
        if not result.stderr.strip():
            return "exit code 2 without a message"
        if "Traceback" in result.stderr:
            return "a traceback in the message"
        if (
            len(result.stderr.splitlines()) > SCREEN
            or max(map(len, result.stderr.splitlines())) > 1000
        ):
            return f"more than a screen: {len(result.stderr.splitlines())} lines"
        return f"written although refused: {changed}" if changed else None
    if result.exit_code not in (0, 1):
        return f"exit code {result.exit_code}"
    for name in changed:
        try:
            json.loads(after[name])
        except (KeyError, ValueError):
            return f"half written: {name}"
    # 1: 'bet tidy' changed a notebook; anything else that stops is code 2.
    return "exit code 1" if result.exit_code == 1 and not changed else None
