"""The dry run of the workflows: it does what the host would do, and a step that fails is seen."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks import workflows
from tests.places import ROOT

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "ref_type": "branch", "sha": "c0ffee"},
    "steps": {"a": {"outcome": "failure"}},
    "success()": True,
    "failure()": False,
    "always()": True,
    "cancelled()": False,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref_type == 'tag' && github.ref_name || github.sha", "c0ffee"),
        ("steps.a.outcome == 'failure' || steps.b.outcome == 'failure'", True),
        ("!cancelled()", True),
        ("github.nothing.here", ""),
        ("failure()", False),
    ],
)
def test_expressions_are_worked_out(text, expected):
    assert workflows.value(text, CONTEXTS) == expected


def test_an_expression_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="expression"):
        workflows.value("[1, 2]", CONTEXTS)
    assert workflows.filled("a-${{ github.sha }}-${{ always() }}", CONTEXTS) == "a-c0ffee-true"


def test_after_a_failure_only_what_asks_for_it_runs():
    failed = {**CONTEXTS, "success()": False, "failure()": True}
    asked = {None: False, "github.ref": False, "failure()": True, "always()": True}
    assert {text: workflows.wanted(text, failed) for text in asked} == asked


FLOW = """
jobs:
  first:
    outputs:
      word: ${{ steps.say.outputs.word }}
    env: {NAME: "bet-${{ github.sha }}"}
    steps:
      - uses: actions/checkout@0
      - id: say
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          test "$NAME" = "bet-$(git rev-parse HEAD)"
      - run: "false | true"
        continue-on-error: true
      - run: mkdir out && cp README.md out/
      - uses: actions/upload-artifact@0
        with: {name: out, path: out/*.md}
      - run: make test
  second:
    needs: first
    if: needs.first.outputs.word == 'hello'
    steps:
      - uses: actions/download-artifact@0
        with: {name: out, path: here}
      - run: test -s here/README.md && test ! -e out
      - run: exit 5
      - run: echo never
      - if: failure()
        run: echo afterwards
      - uses: actions/deploy-pages@0
        if: always()
  third:
    needs: second
    steps:
      - run: echo never
"""


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "root"
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / ".github" / "workflows" / "flow.yml").write_text(FLOW)
    (root / "README.md").write_text("A book.\n")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
    workflows.git(root, "add", ".")
    workflows.git(root, "commit", "-q", "-m", "The book.")
    return root


def test_a_workflow_is_run_as_the_host_would(repository, tmp_path):
    found = [step for _, step in workflows.rounds(["flow"], repository, tmp_path / "f", ("make test",))]  # fmt: skip
    assert [(step.job, step.name, step.result) for step in found] == [
        ("first", "checkout", "stand-in"),
        ("first", 'echo "word=hello" >> "$GITHUB_OUTPUT"', "passed"),
        ("first", "false | true", "failed"),
        ("first", "mkdir out && cp README.md out/", "passed"),
        ("first", "upload-artifact", "stand-in"),
        ("first", "make test", "skipped"),
        ("second", "download-artifact", "stand-in"),
        ("second", "test -s here/README.md && test ! -e out", "passed"),
        ("second", "exit 5", "failed"),
        ("second", "echo never", "skipped"),
        ("second", "echo afterwards", "passed"),
        ("second", "deploy-pages", "not here"),
        ("third", "the whole job", "skipped"),
    ]
    told = {step.name: step.told for step in found}
    assert told["exit 5"].startswith("code 5") and told["false | true"].endswith("goes on all the same")  # fmt: skip


def test_a_pull_request_is_the_merge_of_a_small_change(repository, tmp_path):
    began = workflows.git(repository, "rev-parse", "HEAD")
    run = workflows.Round(tmp_path / "f", repository, {"event_name": "pull_request", "sha": began})
    workflows.git(repository, "commit", "-q", "--allow-empty", "-m", "While the round runs.")
    workflows.checkout(run, tmp_path / "f" / "head")
    assert workflows.git(tmp_path / "f" / "head", "rev-parse", "HEAD^1") == began
    assert workflows.git(tmp_path / "f" / "head", "diff", "--name-only", "HEAD^1", "HEAD") == "README.md"  # fmt: skip


def test_a_copied_environment_speaks_of_its_new_place(tmp_path):
    source, target = tmp_path / "old" / ".venv", tmp_path / "new"
    (source / "bin").mkdir(parents=True)
    (source / "bin" / "bet").write_text(f"#!{source}/bin/python\n")
    (source / "pyvenv.cfg").write_text(f"command = {source}\n")
    (source / "ready").touch()
    target.mkdir()
    workflows.prepared(source, target)
    assert not (target / ".venv").exists()
    (target / "Makefile").touch()
    workflows.prepared(source, target)
    assert (target / ".venv" / "bin" / "bet").read_text() == f"#!{target}/.venv/bin/python\n"
    assert (source / "bin" / "bet").read_text() == f"#!{source}/bin/python\n"


def test_an_unknown_workflow_is_refused(tmp_path, capsys):
    assert workflows.main(["none"], (), tmp_path) == 2
    assert capsys.readouterr().err == "workflow 'none': expected one of ci, comment, nightly, publish, review, release\n"  # fmt: skip


def test_every_workflow_has_an_event_to_be_run_with():
    assert {path.stem for path in (ROOT / ".github" / "workflows").glob("*.yml")} == {*workflows.EVENTS} - {*workflows.FILES}  # fmt: skip
    assert {*workflows.FILES} <= {*workflows.EVENTS}


def test_a_release_is_the_round_of_a_tag(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    for name in ("init -q", "commit -q --allow-empty -m x"):
        workflows.git(tmp_path, *name.split())
    told = workflows.contexts_of("release", tmp_path)
    assert (told["ref_type"], told["ref"]) == ("tag", "refs/tags/v1.2.0")
    assert workflows.contexts_of("publish", tmp_path)["ref"] == "refs/heads/main"


def test_a_step_may_take_what_its_job_has_left(tmp_path):
    run = workflows.Round(tmp_path, tmp_path, {})
    job = {"timeout-minutes": "0.005", "steps": [{"run": "true"}, {"run": "exec sleep 60"}]}
    first, second = workflows._job("round", job, {"success()": True}, run)
    assert (first.result, second.result) == ("passed", "failed")
    assert second.told.startswith("not done in the 0 s")
