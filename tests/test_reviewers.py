"""Who is an outside reviewer: one broken file for each thing that makes a record none."""

from __future__ import annotations

import pytest

from bet.records import reviewers
from tests import worlds
from tests.places import ROOT

WHO = "A. Reader"
OWNED = "/data/reviewers.yml @OWNER/maintainers\n"
TOLD = {
    "an_audit.yml": ["reviewer 'Audit of all': found an audit; expected a person's name"],
    "an_author.yml": ["reviewer 'The House': found an author of the book (CITATION.cff); expected somebody from outside"],
    "without_a_look.yml": ["reviewer 'B. Nobody': found no look; expected a claim with reviews"],
    "one_account_twice.yml": ["data/reviewers.yml: found the account a-reader a second time; expected one name for each account"],
    "seen_nowhere.yml": ["data/reviewers.yml:3 [A. Reader] seen: found 'not-an-address'"],
    "an_account_that_is_none.yml": ["data/reviewers.yml:2 [A. Reader] account: found"],
    "interest_missing.yml": ["data/reviewers.yml:1 [A. Reader] interest: found nothing"],
    "a_mapping.yml": ["data/reviewers.yml: found dict; expected a list of records"],
}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        ledger = data / "claims" / "infrastructure.yml"
        looks = "".join(f"    - {{date: 2026-12-01, who: {who}, note: Read.}}\n" for who in (WHO, "B. Reader", "Audit of all", "The House"))  # fmt: skip
        text = ledger.read_text()
        assert "  history:\n" in text
        ledger.write_text(text.replace("  history:\n", f"  reviews:\n{looks}  history:\n", 1))
        (tmp_path / "CITATION.cff").write_text("authors:\n  - name: The House\n")
        (tmp_path / ".github").mkdir()
        (tmp_path / ".github" / "CODEOWNERS").write_text(OWNED)
        worlds.forget()
        yield data


@pytest.mark.parametrize("case", sorted({*worlds.cases("reviewers")} - {"sound.yml"}))
def test_a_record_that_makes_no_outside_reviewer_is_refused(world, case):
    worlds.put(f"reviewers/{case}", world / "reviewers.yml")
    told = worlds.faults_of(reviewers.reviewers, reviewers.check)
    for expected in TOLD[case]:
        assert any(fault.startswith(expected) for fault in told), told


def test_a_sound_record_counts_and_only_its_name_does(world):
    worlds.put("reviewers/sound.yml", world / "reviewers.yml")
    assert worlds.faults_of(reviewers.check) == []
    known = reviewers.reviewers()
    assert [reviewers.kind(who, known) for who in (WHO, "B. Reader", "audit of 30 claims")] == ["outside", "unvouched", "own"]  # fmt: skip


def test_without_the_file_nobody_is_from_outside(world):
    assert reviewers.reviewers() == {} and worlds.faults_of(reviewers.check) == []
    assert reviewers.kind(WHO, reviewers.reviewers()) == "unvouched"


@pytest.mark.parametrize("owners", ["", "# /data/reviewers.yml @a\n", "/data/reviewers.yml\n", "/data/ @a\n"])  # fmt: skip
def test_where_nobody_owns_the_file_it_vouches_for_nobody(world, owners):
    (world.parent / ".github" / "CODEOWNERS").write_text(owners)
    worlds.put("reviewers/sound.yml", world / "reviewers.yml")
    told = worlds.faults_of(reviewers.check)
    assert told == ["data/reviewers.yml: found no owner; expected a line '/data/reviewers.yml @owner' in .github/CODEOWNERS"]  # fmt: skip


def test_our_own_file_has_an_owner():
    assert OWNED.split()[0] in (ROOT / ".github" / "CODEOWNERS").read_text().split()
