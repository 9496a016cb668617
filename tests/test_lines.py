"""The selection audit: every line has a class, and 'claim' means that a claim stands there."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from bet.records import article_lines, check
from bet.records.claims import claims
from tests import worlds
from tests.places import ROOT

SOUND = {1: "scene", 2: "claim", 3: "claim", 4: "claim"}


@pytest.fixture
def article(tmp_path, monkeypatch):
    """Four lines; the small ledger's claims stand on 2, 3 and 4."""

    def classes(by_line):
        repeats = [2 if line == 4 else None for line in by_line]
        frame = pd.DataFrame(
            {"line": list(by_line), "class": list(by_line.values()), "repeats_line": repeats}
        )
        monkeypatch.setattr(article_lines, "table", lambda name, as_of: frame)

    monkeypatch.setattr(article_lines, "LAST_LINE", 4)
    with worlds.small(tmp_path):
        yield classes


def test_a_sound_audit_passes(article):
    article(SOUND)
    article_lines.check()


@pytest.mark.parametrize(
    ("by_line", "told"),
    [
        (
            {1: "scene", 2: "claim", 4: "claim"},
            "article line 3: found no class; expected one row in article_lines",
        ),
        (
            SOUND | {1: "claim"},
            "article line 1: found class 'claim' and claims []; expected class 'claim' exactly where a claim stands",
        ),
        (
            SOUND | {3: "scene"},
            "article line 3: found class 'scene' and claims ['INFRA-61']; expected class 'claim' exactly where",
        ),
    ],
)
def test_a_line_without_its_class_is_told(article, by_line, told):
    article(by_line)
    (fault,) = worlds.faults_of(article_lines.check)
    assert fault.startswith(told)


def test_a_claim_beyond_the_article_is_told(article, monkeypatch):
    monkeypatch.setattr(article_lines, "LAST_LINE", 3)
    article(SOUND)
    assert worlds.faults_of(article_lines.check) == [
        "claim INFRA-60: found line 4; expected a line from 1 to 3"
    ]


def test_all_faults_come_at_once(article):
    article({1: "claim", 3: "scene"})
    assert len(worlds.faults_of(article_lines.check)) == 4


def test_claims_are_found_by_their_lines(article):
    assert article_lines.claims_by_line() == {2: ["INFRA-60"], 4: ["INFRA-60"], 3: ["INFRA-61"]}


def test_the_committed_audit_is_whole():
    article_lines.check()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([2, 4], []),
        ([3], []),
        ([2], ["claim X lines: found 2 without 4; expected both copies of a line, as article_lines has them"]),
        ([3, 4], ["claim X lines: found 4 without 2; expected both copies of a line, as article_lines has them"]),
        ([4, 2], ["claim X lines: found [4, 2]; expected lines that rise, each once"]),
        ([2, 2, 4], ["claim X lines: found [2, 2, 4]; expected lines that rise, each once"]),
    ],
)  # fmt: skip
def test_a_wrong_pair_of_lines_is_told(lines, told):
    claim = SimpleNamespace(id="X", lines=lines)
    assert [str(fault) for fault in article_lines.pair_faults([claim], {4: 2})] == told


# ---- anchors

LINES = [article_lines.marks(text) for text in ("Le réseau de 160 GW", "Un nouvel âge, l'énergie")]


@pytest.mark.parametrize(
    ("anchor", "lines", "sound"),
    [
        ("160 GW", [1], True), ("RÉSEAU de 160", [1, 2], True), ("âge, l'énergie", [2], True),
        ("160 GW", [2], False), ("la lune bleue", [1, 2], False), ("160 lune", [1], False),
        ("réseau l'énergie", [1, 2], False), ("", [1], False), ("…", [1], False), ("160 GW", [3], False),
    ],
)  # fmt: skip
def test_an_anchor_is_made_of_words_of_one_of_its_lines(anchor, lines, sound):
    claim = SimpleNamespace(id="X", lines=lines, anchor=anchor)
    told = [str(fault) for fault in article_lines.anchor_faults([claim], LINES)]
    expected = f"words of the article's line {' or '.join(map(str, lines))}"
    assert told == ([] if sound else [f"claim X anchor: found '{anchor}'; expected {expected}"])


@pytest.mark.parametrize(
    ("anchor", "lines", "such"),
    [
        ("160 GW", [1], ", such as '160 GW' of Y"),
        ("160 GW", [1, 2], ", such as '160 GW' of Y"),
        ("âge, l'énergie", [1, 2], ""),  # Y's words stand on its other line
        ("160 GW", [3], ""),
        ("lune", [1], ""),
    ],
)
def test_a_wrong_anchor_is_told_with_the_anchor_of_another_claim_there(anchor, lines, such):
    wrong = SimpleNamespace(id="X", lines=[1], anchor="la lune bleue")
    other = SimpleNamespace(id="Y", lines=lines, anchor=anchor)
    told, *_ = map(str, article_lines.anchor_faults([wrong, other], LINES))
    assert told.endswith(f"expected words of the article's line 1{such}")


def test_an_invented_anchor_is_a_fault_of_check(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "_config.yml").touch()
    (tmp_path / "book").mkdir()
    first = next(iter(claims().values()))
    path = next(
        p for p in (tmp_path / "data" / "claims").iterdir() if f"id: {first.id}\n" in p.read_text()
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(first.anchor, "licorne violette", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(check.tables, "names", list)  # what asks nothing of anchors is left out
    for slow in (
        "datapackage.check",
        "related",
        "known_in_editions",
        "sanity.check",
        "markup.check",
    ):
        monkeypatch.setattr(f"bet.records.check.{slow}", lambda: None)
    worlds.forget()
    try:
        told = [str(fault) for fault in check.all_faults()]
        (tmp_path / "data" / "article_words.lock").unlink()
        without = worlds.faults_of(article_lines.anchors)
    finally:
        worlds.forget()
    (wrong,) = [t for t in told if " anchor: " in t]
    assert wrong.startswith(
        f"claim {first.id} anchor: found 'licorne violette'; expected words of the article's line "
        f"{' or '.join(map(str, first.lines))}"
    )
    assert without == [
        "data/article_words.lock: found no such file; expected the marks of the article's words"
    ]


def test_the_committed_marks_are_of_every_line_and_hold_no_word():
    lines = (ROOT / "data" / "article_words.lock").read_text().splitlines()
    assert len(lines) == article_lines.LAST_LINE
    assert all(re.fullmatch(r"[0-9a-f]{3}", mark) for line in lines for mark in line.split())
    assert all(line.split() == sorted(set(line.split())) for line in lines)
    article_lines.anchors()
