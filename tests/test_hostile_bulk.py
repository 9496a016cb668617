"""Bulk as a smoke screen: hundreds of harmless fields that change bury no weighty one."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.test_hostile_reader import as_base, first
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import LEDGER

SOURCES, FACTS, PARAMETERS = "data/sources.yml", "data/evidence/more.yml", "data/parameters.yml"
SIDECAR = "data/tables/power.yml"
MANY = 60


def claims(turn):
    first_one = {
        "lines": [3], "anchor": "a new age", "speaker": "author", "paraphrase": "It is so.", "kind": "opinion",
        "checkable": False, "importance": 1, "verdict": "opinion", "confidence": None,
    }  # fmt: skip
    return [
        {"id": f"AGE-{n}", **first_one, "importance": 1 if n == 41 else 3, "review_by": f"2027-0{1 + turn}-01",
         "reason": "Rain decides." if turn and n == 41 else "No measure decides.",
         "history": [{"date": "2026-11-25", "verdict": "opinion", "why": "First."}]}
        for n in range(MANY)
    ]  # fmt: skip


def sources(turn, key, value):
    return [
        {"id": f"press-{n}", "publisher": "Press", "title": f"Title {n}", "url": f"https://example.org/{n}",
         "published": "2025-03", "retrieved": f"2026-11-2{turn}", "tier": "secondary", "origin": f"o-{n}",
         **({key: value} if turn and n == 41 else {})}
        for n in range(MANY)
    ]  # fmt: skip


def facts(turn, key, value):
    return [
        {"id": f"fact-{n}", "fact": f"There are {n}.", "figure": n, "unit": "count", "told_by": "they",
         "as_of": "2024-12" if turn else "2024-12-31", "source": "meter-2025",
         **({key: value} if turn and n == 41 else {})}
        for n in range(MANY)
    ]  # fmt: skip


def parameters(turn):
    return {
        "common": {
            f"p{n}": {"default": 1, "unit": "ratio", "min": 0, "max": 14 if turn and n == 41 else 1.4,
                      "meaning": f"the share {n}{' of it' * turn}"}
            for n in range(MANY)
        }
    }  # fmt: skip


def turned(folder, path, old, new):
    """Let records be those of base, then of head; return the report of the change."""
    for n, records in enumerate((old, new)):
        (folder / path).write_text(json.dumps(records, indent=1))
        if not n:
            as_base(folder)
    (_, told), _ = both(folder)
    return told


def row(told, one):
    """Return which row of its table tells of a record; its first rows are shown in any case."""
    return [line for line in told.splitlines() if line.startswith("| ")].index(
        next(line for line in told.splitlines() if line.startswith("| ") and one in line)
    )


def test_review_dates_bury_no_reason(clone):  # noqa: F811
    told = turned(clone, LEDGER.replace("infrastructure", "age"), claims(0), claims(1))
    assert f"**Records by field**: reason 1 (AGE-41 “No_measure” → Rain), review_by {MANY}." in first(told).replace("\\", "")  # fmt: skip
    assert "Rain decides." in told and row(told, "AGE-41") == 1


@pytest.mark.parametrize(("key", "value"), [("publisher", "Rival"), ("url", "https://rival.example/"), ("tier", "primary"), ("origin", "o-7")])  # fmt: skip
def test_days_of_retrieval_bury_no_other_source(clone, key, value):  # noqa: F811
    told = turned(clone, SOURCES, sources(0, key, value), sources(1, key, value))
    site = " (of another site)" * (key == "url")
    assert re.search(
        rf"{key}{re.escape(site)} 1 \(press-41[^)]*\), retrieved {MANY}\.", first(told)
    ), told
    assert row(told, "press-41") == 1


@pytest.mark.parametrize(("key", "value"), [("fact", "There are none."), ("told_by", "us"), ("figure", 7)])  # fmt: skip
def test_coarser_days_bury_no_other_fact(clone, key, value):  # noqa: F811
    told = turned(clone, FACTS, facts(0, key, value), facts(1, key, value))
    said = first(told).replace("\\", "")
    assert re.search(
        rf"{key} 1 \(fact-41 \S+ → {value if key == 'figure' else ''}[^)]*\), as_of \(coarser\) {MANY}\.",
        said,
    ), said
    assert row(told, "fact-41") == 1


def test_an_other_day_is_no_coarser_one(clone):  # noqa: F811
    told = turned(clone, FACTS, facts(0, "as_of", ""), facts(1, "as_of", "2023-12"))
    assert f"as_of 1 (fact-41 2024-12-31 → 2023-12), as_of (coarser) {MANY - 1}." in first(
        told
    ).replace("\\", "")
    assert row(told, "fact-41") == 1


def test_other_words_bury_no_limit(clone):  # noqa: F811
    told = turned(clone, PARAMETERS, parameters(0), parameters(1))
    assert f"max 1 (“common.p41” 1.4 → 14), meaning {MANY}." in first(told)
    assert "| 1.4 | 14 | max" in told and row(told, "p41") == 1


def test_other_words_of_columns_bury_no_limit(clone):  # noqa: F811
    about = json.loads(json.dumps(yaml.safe_load((clone / SIDECAR).read_text()), default=str))
    about["columns"] |= {f"c{n}": {"type": "number", "max": 1.4, "meaning": f"share {n}", "optional": True} for n in range(MANY)}  # fmt: skip
    head = yaml.safe_load(yaml.safe_dump(about))
    for n in range(MANY):
        head["columns"][f"c{n}"]["meaning"] += " of it"
    head["columns"]["c41"]["max"] = 14
    told = turned(clone, SIDECAR, about, head)
    assert "max 1 (power 1.4 → 14), meaning 1." in first(told)
    assert row(told, "max: 14") == 1
