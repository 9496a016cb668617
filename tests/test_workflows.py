"""The workflows and forms: valid by their schemas, pinned, without rights they do not need."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from bet.cli import main
from bet.faults import BadInput
from bet.review import nightly as nightly_round
from bet.site import build as site_build
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
        ("vendor.dependabot", [FOLDER / "dependabot.yml"]),
        ("vendor.github-issue-config", [FOLDER / "ISSUE_TEMPLATE" / "config.yml"]),
    ],
)
def test_they_are_valid_by_their_schema(schema, paths):
    done = run("check-jsonschema", "--builtin-schema", schema, *map(str, paths))
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing():
    done = run("zizmor", "--offline", "--no-progress", str(FOLDER))
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
        every_case = (path.stem, name) == ("nightly", "round")
        assert int(job["timeout-minutes"]) <= (120 if every_case else 45)


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
        for row in step.get("run", "").splitlines()
        for line in row.split(" || ")
    ]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    made = [re.split(" [#>]", line)[0].removeprefix("make ").removeprefix("-C base ") for line in lines if line.startswith("make ")]  # fmt: skip
    for name in (name for line in made for name in line.split()):
        assert name in targets or name in {".venv/ready", ".venv/complete"}
    called = re.findall(r"\.venv/bin/bet ([a-z]+)", "\n".join(lines))
    assert {"build", "diff", "release", "nightly"} == set(called) <= set(main.commands)


def test_the_tests_run_on_every_python_that_is_promised():
    for name in ("ci", "publish"):
        matrix = loaded(FOLDER / "workflows" / f"{name}.yml")["jobs"]["test"]["strategy"]["matrix"]
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


def test_the_base_judges_the_head():
    found = dict(jobs(FOLDER / "workflows" / "review.yml"))
    assert [job["permissions"] for job in found.values()] == [{"contents": "read"}] * 2
    told = "\n".join(step.get("run", "") for step in found["report"]["steps"])
    assert 'worktree add --detach "$PWD/base" HEAD^1' in told
    assert "base/.venv/bin/bet diff base head --executed executed --pages base/_build/html site" in told  # fmt: skip
    assert "test -s review/review.md" in told and "head/.venv" not in told and "make -C head" not in told  # fmt: skip


def test_pages_come_from_main_after_the_tests_and_releases_from_tags():
    found = dict(jobs(FOLDER / "workflows" / "publish.yml"))
    assert [step["run"] for step in found["test"]["steps"] if "run" in step] == ["make test"]
    assert found["build"]["needs"] == "test" and found["pages"]["needs"] == "build"
    assert found["pages"]["if"] == "github.ref == 'refs/heads/main'"
    assert found["release"]["if"] == found["precheck"]["if"] == "github.ref_type == 'tag'"
    assert found["release"]["needs"] == ["build", "precheck"]
    told = "\n".join(step.get("run", "") for step in found["build"]["steps"])
    assert '--repository "$REPOSITORY" --address "$ADDRESS"' in told
    assert "push" not in loaded(FOLDER / "workflows" / "ci.yml")["on"]  # else main is tested twice


def test_a_release_is_run_inside_its_ranges_and_so_is_each_night():
    told = [step.get("run", "") for step in dict(jobs(FOLDER / "workflows" / "publish.yml"))["precheck"]["steps"]]  # fmt: skip
    assert [
        run for run in told if "tests/test_inside_ranges.py" in run and "--inside-sets 40" in run
    ]
    assert "make check" in told
    nights = [" ".join(command) for command in nightly_round.STEPS.values()]
    assert [run for run in nights if "--inside-sets 40" in run]
    assert nights.index("bet build --all") < nights.index("bet release nightly")


@pytest.mark.parametrize(("tag", "wrong"), [("v1.2.0", ""), ("v1.3.0", "pyproject.toml"), ("v1.2", "pyproject.toml")])  # fmt: skip
@pytest.mark.parametrize("cited", ["1.2.0", "1.1.0"])
def test_a_tag_of_another_version_is_no_release(tmp_path, tag, wrong, cited):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    (tmp_path / "CITATION.cff").write_text(f"version: {cited}\n")
    step = next(s for s in steps(FOLDER / "workflows" / "publish.yml") if "version of the tag" in s.get("name", ""))  # fmt: skip
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env={"TAG": tag, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)  # fmt: skip
    wrong = wrong or ("" if cited == "1.2.0" else "CITATION.cff")
    assert (done.returncode, done.stdout.partition(":")[0]) == (int(bool(wrong)), wrong)


def test_every_file_of_pins_is_looked_at_for_flaws():
    told = nightly_round.STEPS["A package has a known flaw"]
    listed = [name for option, name in pairwise(told) if option == "-r"]
    assert sorted(listed) == sorted(path.name for path in ROOT.glob("requirements*.txt"))


def test_editions_are_built_for_the_review():
    found = dict(jobs(FOLDER / "workflows" / "review.yml"))
    told = {name: [step.get("run", "") for step in job["steps"]] for name, job in found.items()}
    assert (
        "make book || .venv/bin/bet build" in told["run"] and "make -C base book" in told["report"]
    )


def test_the_build_is_told_its_public_places():
    told = site_build.public_places("https://example.org/a/b", "https://a.example.org/b")
    assert told == {"bet_repository": "https://example.org/a/b", "html_baseurl": "https://a.example.org/b/"}  # fmt: skip
    settings = {"title": "t", "sphinx": {"config": {"bet_repository": "", "html_baseurl": ""}}}
    built = site_build.configured(settings, {**told, "bet_edition": "today"})["sphinx"]
    assert built["config"]["bet_repository"] == "https://example.org/a/b"
    assert built["config"]["html_baseurl"] == "https://a.example.org/b/" and "sphinx_sitemap" in built["extra_extensions"]  # fmt: skip
    assert site_build.public_places() == {}


@pytest.mark.parametrize("address", ["example.org", "http://example.org", "https://a b", "https://a/<x>"])  # fmt: skip
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadInput, match=r"--address: found .* expected an address such as https://"):
        site_build.public_places("", address)


def test_owners_stand_over_the_judge_and_the_workflows():
    owned = {line.split()[0] for line in (FOLDER / "CODEOWNERS").read_text().splitlines() if line.startswith("/")}  # fmt: skip
    assert {"/.github/", "/bet/review/", "/bet/records/rule.py", "/web/", "/Makefile"} <= owned
    assert [path for path in owned if not (ROOT / path.strip("/")).exists()] == []


STUBS = {"make": "", "cargo": "", ".venv/bin/bet": "", ".cargo/bin/lychee": ""}


def nightly(folder, **failing):
    """Run the steps of the nightly round with stubs of its programs; return what the issue would tell."""
    (folder / "_build" / "html").mkdir(parents=True)
    for name, text in STUBS.items():
        path = folder / name if "/" in name else folder / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = failing.get(Path(name).name, text)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    env = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "GITHUB_OUTPUT": str(folder / "output")}
    job = dict(jobs(FOLDER / "workflows" / "nightly.yml"))["round"]
    for step in job["steps"]:
        if "run" in step:
            subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=folder, env=env, check=True)  # fmt: skip
    found = (folder / "output").read_text().strip()
    told = (folder / "_build" / "nightly.md").read_text()
    assert found == f"found={'true' if told else 'false'}"
    return told


FAILURES = {
    "nothing": ({}, ""),
    "packages": ({"make": "echo resolution impossible >&2; exit 2"}, "## The newest packages cannot be installed\n\n```\nresolution impossible\n```\n"),
    "found": ({"bet": "echo '## A test fails' > _build/nightly/2.md; exit 1"}, "## A test fails\n"),
    "broken": ({"bet": "echo bet: no space >&2; exit 1"}, "## The round broke off\n\n```\nbet: no space\n```\n"),
    "checker": ({"cargo": "echo no route; exit 101"}, "## No link was tried: their checker cannot be installed\n\n```\nno route\n```\n"),
    "links": ({"lychee": "echo '* 404' > _build/links.md; exit 2"}, "## A link is gone\n\n* 404\n"),
    "no list": ({"lychee": "echo bad option >&2; exit 3"}, "## A link is gone\n\n```\nbad option\n```\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_the_nightly_issue_tells_the_error_itself(tmp_path, case):
    failing, expected = FAILURES[case]
    assert nightly(tmp_path, **failing) == expected


def test_one_failure_hides_no_other(tmp_path):
    told = nightly(tmp_path, **FAILURES["broken"][0], **FAILURES["links"][0])
    assert "The round broke off" in told and "A link is gone" in told


HOST = {
    "artifacts": "77",
    "jobs": "success",
    "files?": "false\nfalse",
    "/pulls/7 ": "2 c0ffee",
}  # what it answers


def commented(folder, report, **host):
    """Run the last step of comment.yml with a stub of the host's program; return the comment.

    ``host`` are other answers of the host; one of "!" is none, and a fault.
    """
    step = steps(FOLDER / "workflows" / "comment.yml")[-1]
    stub = folder / "gh"
    answers = {**HOST, **{key: host[name] for key, name in zip(HOST, ("page", "left", "touched", "counted"), strict=True) if name in host}}  # fmt: skip
    told = "".join(f'*"{key}"*) printf \'%s\\n\' \'{text}\'; [ \'{text}\' != "!" ];;\n' for key, text in answers.items())  # fmt: skip
    stub.write_text(f'#!/bin/sh\ncase "$* " in\n{told}esac\n')
    stub.chmod(0o755)
    if report:
        (folder / "report").mkdir()
        (folder / "report" / "review.md").write_text(report, encoding="utf-8")
    env = {"PATH": f"{folder}:/usr/bin:/bin", "NUMBER": "7", "REPOSITORY": "a/b", "RUN": "9", "COMMIT": "c0ffee"}  # fmt: skip
    subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], cwd=folder, env=env, check=True)
    return (folder / "comment.md").read_text(encoding="utf-8")


def test_a_comment_says_of_which_commit_it_is_and_mentions_nobody(tmp_path):
    told = commented(tmp_path, "<!-- bet diff -->\n## Nothing changes\n\n@somebody — é\n")
    assert told.startswith("<!-- bet diff -->\n") and told.count("<!-- bet diff -->") == 1
    assert "@\u200bsomebody — é" in told and "The report on c0ffee" in told and "#artifacts" in told
    assert "[the page of this report](https://github.com/a/b/actions/runs/9/artifacts/77)" in told


FORGED = "<!-- bet diff -->\n## Who made this report is not known\n"
OWN_CODE = "by the code of the branch it would be merged into"


@pytest.mark.parametrize(
    ("host", "known"),
    [({}, True), ({"touched": "false\ntrue"}, False), ({"touched": "true"}, False), ({"touched": "!"}, False), ({"touched": ""}, False),
     ({"counted": "3001 c0ffee"}, False), ({"counted": "2 bad"}, False), ({"counted": "!"}, False),
     ({"touched": "", "counted": "0 c0ffee"}, True)],
)  # fmt: skip
def test_a_report_that_the_pull_request_may_have_written_itself_is_called_so_first(
    tmp_path, host, known
):
    """review.yml is run as the pull request has it, so that its judge may say what it likes."""
    told = commented(tmp_path, "## Nothing changes\n", **host)
    assert told.startswith(FORGED) is not known
    assert (OWN_CODE in told) is known and "## Nothing changes" in told


@pytest.mark.parametrize("left", ["failure", "skipped", "", "success\nsuccess", "!"])
def test_a_report_that_the_judges_own_job_did_not_leave_is_none(tmp_path, left):
    """The job before it runs a stranger's code: what that leaves under the same name is no report."""
    told = commented(tmp_path, "## Nothing changes\n", left=left)
    assert "## No report on c0ffee" in told and "Nothing changes" not in told


def test_the_step_that_leaves_the_report_has_the_name_that_stage_two_asks_for():
    job = dict(jobs(FOLDER / "workflows" / "review.yml"))["report"]
    (step,) = [step for step in job["steps"] if step.get("with", {}).get("name") == "review"]
    asked = steps(FOLDER / "workflows" / "comment.yml")[-1]["run"]
    assert f'select(.name == "{job["name"]}")' in asked and f'select(.name == "{step["name"]}")' in asked  # fmt: skip
    assert [s for s in job["steps"] if s.get("name") == step["name"]] == [step]


def test_a_commit_without_a_report_does_not_keep_the_look_of_the_last(tmp_path):
    told = commented(tmp_path, "")
    assert "## No report on c0ffee" in told and "An earlier report here was of an earlier commit" in told  # fmt: skip


def test_a_long_comment_keeps_its_link(tmp_path):
    told = commented(tmp_path, "é" * 100_000)
    assert len(told) < 65_000 and told.rstrip().endswith("#artifacts).")
