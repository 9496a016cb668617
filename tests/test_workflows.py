"""The workflows and forms: valid by their schemas, pinned, without rights they do not need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bet.cli import main
from bet.site import claims_page
from tests.places import ROOT

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
FORMS = [path for path in sorted((FOLDER / "ISSUE_TEMPLATE").glob("*.yml")) if path.stem != "config"]  # fmt: skip
BIN = Path(sys.executable).parent


def loaded(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def jobs(path):
    return loaded(path)["jobs"].items()


def steps(path):
    return [step for _, job in jobs(path) for step in job["steps"]]


def run(*command):
    return subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip


def test_there_are_the_workflows_that_the_book_needs():
    assert [p.stem for p in WORKFLOWS] == ["ci", "comment", "nightly", "publish", "review"]


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [FOLDER / "ISSUE_TEMPLATE" / "config.yml"]),
    ],
)
def test_they_are_valid_by_their_schema(schema, paths):
    done = run("check-jsonschema", "--builtin-schema", schema, *map(str, paths))
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing():
    done = run("zizmor", "--offline", "--no-progress", str(FOLDER / "workflows"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path):
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [u for u in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", u)] == []  # fmt: skip


def test_one_action_has_one_pin():
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = dict(re.findall(r"uses: (\S+)@([0-9a-f]{40})", text))
    assert set(re.findall(r"uses: (\S+)@([0-9a-f]{40})", text)) == set(pins.items())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_given_to_single_jobs_only(path):
    assert loaded(path)["permissions"] == {}
    for name, job in jobs(path):
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        allowed = {
            ("comment", "post"): {"pull-requests"},
            ("publish", "pages"): {"pages", "id-token"},
            ("publish", "release"): {"contents"},
            ("nightly", "issue"): {"issues"},
        }.get((path.stem, name), set())
        assert writes == allowed
        assert int(job["timeout-minutes"]) <= 45


def test_no_secret_reaches_the_code_of_a_pull_request():
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text and "secrets." not in text
    checkouts = [s for path in WORKFLOWS for s in steps(path) if "checkout@" in s.get("uses", "")]
    assert {step["with"]["persist-credentials"] for step in checkouts} == {"false"}
    writing = [job for path in WORKFLOWS for _, job in jobs(path) if "write" in job["permissions"].values()]  # fmt: skip
    used = [step.get("uses", "") for job in writing for step in job["steps"]]
    assert writing and not [u for u in used if "checkout@" in u]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_stands_in_a_script(path):
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_they_call_commands_that_a_person_can_type():
    lines = [
        line
        for path in WORKFLOWS
        if path.stem != "comment"
        for step in steps(path)
        for line in step.get("run", "").splitlines()
    ]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for name in (n for line in lines if line.startswith("make ") for n in line.split()[1:]):
        assert name in targets
    called = re.findall(r"\.venv/bin/bet ([a-z]+)", "\n".join(lines))
    assert {"diff", "release", "nightly"} == set(called) <= set(main.commands)


def test_the_tests_run_on_every_python_that_is_promised():
    matrix = loaded(FOLDER / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert matrix == {"python": ["3.11", "3.12", "3.13"]}


def test_the_sites_link_fills_the_form():
    link = claims_page.report_link("INFRA-60", "https://example.org/book")
    form = loaded(FOLDER / "ISSUE_TEMPLATE" / "claim-error.yml")
    assert "template=claim-error.yml" in link and "claim=INFRA-60" in link
    assert "claim" in [part.get("id") for part in form["body"]]


def test_the_hooks_call_our_commands():
    hooks = loaded(ROOT / ".pre-commit-config.yaml")["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    for hook in hooks[0]["hooks"]:
        program, name, *_ = hook["entry"].removeprefix(".venv/bin/").split()
        assert program == "ruff" or name in main.commands


def test_contributing_fits_a_page_and_names_only_what_there_is():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert len(text.split()) < 800
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets
    assert set(re.findall(r"`bet ([a-z]+)", text)) <= set(main.commands)
