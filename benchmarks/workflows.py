"""Run the steps of the workflows here, in their order, each job in a clean clone.

Run: python benchmarks/workflows.py [ci review ...] [--skip 'make test'] [--folder FOLDER]
Every `run:` step runs as the host would run it, with `bash -eo pipefail`, its env, its contexts and its
conditions. Actions have stand-ins: a checkout is a clone, of a pull request the merge of a small change;
artefacts are folders; `gh` writes down how it was called. What has none is told as not to be had here.
A job keeps the .venv that an earlier one made in its folder; with --environment, each folder with a Makefile
gets a copy of a ready one, so that no package is installed anew. Exit code 1 when a step fails.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import SandboxedEnvironment

ROOT = Path(__file__).resolve().parent.parent
MINUTES = 360  # that the host gives a job which names no limit
IDENTITY = ["-c", "user.name=dry run", "-c", "user.email=dry-run@example.org", "-c", "commit.gpgsign=false"]  # fmt: skip
EVENTS = {"ci": "pull_request", "review": "pull_request", "comment": "workflow_run",
          "publish": "push", "release": "push", "nightly": "schedule"}  # fmt: skip
FILES = {"release": "publish"}  # a round of its own in the file of another: publish, of a tag
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
case "$*" in
  *pulls*) echo 7;;
  *artifacts*) echo 77;;
esac
"""


@dataclass
class Step:
    """What became of one step."""

    job: str
    name: str
    result: str  # passed, failed, skipped, stand-in, not here
    told: str = ""
    seconds: float = 0.0

    def row(self) -> str:
        """Return a row of the table."""
        return f"| {self.job} | {self.name} | {self.result} | {self.told} | {self.seconds:.0f} |"


@dataclass
class Round:
    """One workflow being run: its contexts, and the folder with its work tree and artefacts."""

    folder: Path
    root: Path
    github: dict[str, Any]
    skip: tuple[str, ...] = ()
    environment: Path | None = None  # a ready .venv to copy
    artifacts: Path = field(init=False)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)  # of jobs
    results: dict[str, str] = field(default_factory=dict)  # of jobs

    def __post_init__(self) -> None:
        self.artifacts = self.folder / "artifacts"
        self.artifacts.mkdir(parents=True, exist_ok=True)


# Expressions


def value(text: str, contexts: Mapping[str, Any]) -> Any:
    """Return the value of an expression of the host's language, of the part of it that is used here.

    Raises ValueError for anything else.
    """
    rest = text.strip()
    parts: list[str] = []
    known: list[Any] = []
    token = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|[()]|[a-z_][\w-]*(?:\.[\w-]+)*)", re.I)
    while rest:
        found = token.match(rest)
        if not found:
            raise ValueError(f"expression {text!r}: {rest!r}")
        part, rest = found[1], rest[found.end() :]
        words = {"&&": " and ", "||": " or ", "!": " not "}
        if part in words:
            parts.append(words[part])
        elif part in ("==", "!=", "(", ")"):
            parts.append(part)
        else:
            call = rest.startswith("()")
            rest = rest[2:] if call else rest
            known.append(_literal(part) if part.startswith("'") else _named(part, contexts, call))
            parts.append(f"known[{len(known) - 1}]")
    told = SandboxedEnvironment().compile_expression("".join(parts), undefined_to_none=False)
    return told(known=known)


def _literal(part: str) -> str:
    return part[1:-1].replace("''", "'")


def _named(part: str, contexts: Mapping[str, Any], call: bool) -> Any:
    found: Any = contexts
    for name in [f"{part}()"] if call else part.split("."):
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """Return a text with its expressions worked out."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _told(value(found[1], contexts)), str(text))


def _told(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)


def wanted(condition: str | None, contexts: Mapping[str, Any]) -> bool:
    """Tell whether a step or job runs: without a word on failures, only when nothing failed."""
    inner = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", (condition or "success()").strip())
    always = re.search(r"\b(success|failure|always|cancelled)\(\)", inner)
    return bool(value(inner, contexts)) and (bool(always) or contexts["success()"])


# Stand-ins for actions


def git(folder: Path, *arguments: str) -> str:
    """Run git; return what it prints."""
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True)  # fmt: skip
    return done.stdout.strip()


def checkout(run: Round, target: Path) -> str:
    """Clone the committed state of the repository; of a pull request, the merge of a small change."""
    kept = target / ".venv"
    aside = run.folder / f"venv-{target.name}"
    if kept.exists():
        shutil.move(kept, aside)
    shutil.rmtree(target, ignore_errors=True)
    git(run.folder, "clone", "-q", "--no-hardlinks", str(run.root), str(target))
    # The commit that the round began with, whatever is committed while it runs.
    git(target, "switch", "-q", "--detach", run.github["sha"])
    if run.github["event_name"] == "pull_request":
        base = git(target, "rev-parse", "HEAD")
        with (target / "README.md").open("a", encoding="utf-8") as file:
            file.write("\nA line more.\n")
        git(target, "commit", "-q", "-am", "A small change.")
        change = git(target, "rev-parse", "HEAD")
        git(target, "switch", "-q", "--detach", base)
        git(target, "merge", "-q", "--no-ff", "-m", "The merge that the host makes.", change)
    if aside.exists():
        shutil.move(aside, kept)
        (kept / "ready").touch()
    return "a clone with the merge of a small change" if run.github["event_name"] == "pull_request" else "a clone"  # fmt: skip


def prepared(source: Path, target: Path) -> None:
    """Copy a ready .venv into a clone, and have it speak of its new place; nothing where there is one."""
    place = target / ".venv"
    if place.exists() or not (target / "Makefile").exists():
        return
    shutil.copytree(source, place, symlinks=True)
    packages = place.glob("lib/python*/site-packages")
    own = [path for folder in packages for path in folder.glob("__editable__*")]
    for path in [*(place / "bin").iterdir(), place / "pyvenv.cfg", *own]:
        content = b"" if path.is_symlink() or path.is_dir() else path.read_bytes()
        if str(source.parent).encode() in content and b"\0" not in content:
            path.write_bytes(content.replace(str(source.parent).encode(), str(target).encode()))
    (place / "ready").touch()


def upload(run: Round, work: Path, given: Mapping[str, str]) -> str:
    """Copy what a path or pattern names into the folder of an artefact; raise OSError when it must be there."""
    path = given["path"]
    found = sorted(work.glob(path)) if "*" in path else [work / path] * (work / path).exists()
    if not found and given.get("if-no-files-found") == "error":
        raise FileNotFoundError(f"nothing at {path}")
    name = Path(path).name if given.get("archive") == "false" else given.get("name", "artifact")
    target = run.artifacts / name
    shutil.rmtree(target, ignore_errors=True)
    for one in found:
        if one.is_dir():
            shutil.copytree(one, target, dirs_exist_ok=True)
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(one, target)
    return f"{len(found)} of {path}"


def download(run: Round, work: Path, given: Mapping[str, str]) -> str:
    """Copy an artefact into the work tree; raise OSError when there is none."""
    source = run.artifacts / given["name"]
    if not source.is_dir():
        raise FileNotFoundError(f"no artefact {given['name']}")
    shutil.copytree(source, work / given.get("path", "."), dirs_exist_ok=True)
    return f"the folder of {given['name']}"


def python(run: Round, version: str) -> str:
    """Put a Python of that version first in the PATH; the newest one here when there is none."""
    path = shutil.which(f"python{version}") or sys.executable
    if subprocess.run([path, "--version"], capture_output=True, check=False).returncode:
        path = sys.executable
    for name in ("python3", "python"):
        place = run.folder / "bin" / name
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_text(f'#!/bin/sh\nexec "{path}" "$@"\n')
        place.chmod(0o755)
    return f"{Path(path).name} for {version}"


def act(run: Round, work: Path, action: str, given: Mapping[str, str]) -> Step:
    """Do what an action would do, as far as it can be done here; raise OSError where it would fail."""
    kind = action.partition("@")[0].removeprefix("actions/")
    if kind == "checkout":
        return Step("", kind, "stand-in", checkout(run, work / given.get("path", "")))
    if kind == "setup-python":
        return Step("", kind, "stand-in", python(run, given["python-version"]))
    if kind in ("upload-artifact", "upload-pages-artifact"):
        return Step("", kind, "stand-in", upload(run, work, {"name": "github-pages", **given}))
    if kind == "download-artifact":
        return Step("", kind, "stand-in", download(run, work, given))
    return Step("", kind, "not here", "only the host can do it")


# Running


def workflow(path: Path, run: Round) -> Iterator[Step]:
    """Run the jobs of a workflow in the order of the file; a matrix is run at its first value."""
    told = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for name, job in told["jobs"].items():
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        matrix = {key: values[0] for key, values in job.get("strategy", {}).get("matrix", {}).items()}  # fmt: skip
        contexts = {
            "github": run.github,
            "matrix": matrix,
            "needs": {
                n: {"outputs": run.outputs.get(n, {}), "result": run.results[n]} for n in needs
            },
            "success()": all(run.results[need] == "success" for need in needs),
            "cancelled()": False,
            "always()": True,
        }
        contexts["failure()"] = not contexts["success()"]
        if not wanted(job.get("if"), contexts):
            run.results[name] = "skipped"
            yield Step(name, "the whole job", "skipped", f"if: {job.get('if', 'success()')}")
            continue
        contexts |= {"success()": True, "failure()": False}
        yield from _job(name, job, contexts, run)


def _job(name: str, job: Mapping[str, Any], contexts: dict[str, Any], run: Round) -> Iterator[Step]:
    work = _emptied(run.folder / "work")
    env = {key: filled(text, contexts) for key, text in job.get("env", {}).items()}
    contexts["steps"] = {}
    end = time.monotonic() + 60 * float(job.get("timeout-minutes", MINUTES))
    for step in job["steps"]:
        title = step.get("name") or step.get("run", "").strip().splitlines()[:1] or step.get("uses", "")  # fmt: skip
        title = title if isinstance(title, str) else title[0]
        if not wanted(step.get("if"), contexts):
            yield Step(name, title, "skipped", f"if: {step.get('if', 'success()')}")
            continue
        began = time.monotonic()
        output = run.folder / "output"
        output.write_text("")
        done = _step(step, work, env, contexts, run, output, end - began)
        done.job, done.seconds = name, time.monotonic() - began
        done.name = title if "run" in step else done.name
        failed = done.result == "failed"
        if failed and step.get("continue-on-error") == "true":
            done.told += ", goes on all the same"
        elif failed:
            contexts |= {"success()": False, "failure()": True}
        outcome = "failure" if failed else "success"
        told = dict(line.split("=", 1) for line in output.read_text().splitlines() if "=" in line)
        contexts["steps"][step.get("id", "")] = {"outcome": outcome, "outputs": told}
        yield done
    run.results[name] = "success" if contexts["success()"] else "failure"
    run.outputs[name] = {key: filled(text, contexts) for key, text in job.get("outputs", {}).items()}  # fmt: skip


def _emptied(work: Path) -> Path:
    """Return an empty work tree, as each job on the host begins with; only the .venv of an earlier one stays."""
    work.mkdir(exist_ok=True)
    for path in work.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.name != ".venv":
            shutil.rmtree(path)
    return work


def _step(
    step: Mapping[str, Any], work: Path, env: Mapping[str, str], contexts: Mapping[str, Any],
    run: Round, output: Path, seconds: float,
) -> Step:  # fmt: skip
    given = {key: filled(text, contexts) for key, text in step.get("with", {}).items()}
    if "uses" in step:
        try:
            return act(run, work, step["uses"], given)
        except OSError as error:
            return Step("", step["uses"].partition("@")[0], "failed", str(error)[:200])
    script = step["run"]
    if any(script.strip().startswith(start) for start in run.skip):
        return Step("", "", "skipped", "asked")
    own = {key: filled(text, contexts) for key, text in step.get("env", {}).items()}
    if run.environment:
        for folder in (work, *sorted(path for path in work.iterdir() if path.is_dir())):
            prepared(run.environment, folder)
    log = run.folder / "log"
    try:
        with log.open("w") as file:
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=work, stdout=file,
                stderr=subprocess.STDOUT, check=False, timeout=seconds, stdin=subprocess.DEVNULL,
                env={**_surroundings(run), **env, **own, "GITHUB_OUTPUT": str(output)},
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Step("", "", "failed", f"not done in the {seconds:.0f} s that its job has left")
    told = " ".join(log.read_text(errors="replace").split()[-30:]).replace("|", "/")
    if done.returncode:
        return Step("", "", "failed", f"code {done.returncode}: {told[-240:]}")
    return Step("", "", "passed", "gh is a stand-in" if re.search(r"\bgh ", script) else "")


def _surroundings(run: Round) -> dict[str, str]:
    """Return the environment of a step: this machine's, less what leads into another checkout."""
    kept = {key: text for key, text in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}  # fmt: skip
    path = f"{run.folder / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "CI": "true", "GH_CALLS": str(run.folder / "gh-calls")}


def tag(root: Path) -> str:
    """Return the tag that a release of this checkout would have."""
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return f"v{told['project']['version']}"


def contexts_of(name: str, root: Path) -> dict[str, Any]:
    """Return the context ``github`` as the host would fill it for a workflow's usual event."""
    commit = git(root, "rev-parse", "HEAD")
    kind, ref = ("tag", tag(root)) if name == "release" else ("branch", "main")
    event: dict[str, Any] = {"repository": {"name": "bet"}, "pull_request": {"number": 7}}
    event["workflow_run"] = {"event": "pull_request", "id": 9, "head_branch": "change", "head_sha": commit,
                             "head_repository": {"owner": {"login": "somebody"}}}  # fmt: skip
    return {
        "event_name": EVENTS.get(name, "push"), "ref_name": ref, "ref_type": kind,
        "ref": f"refs/{'tags' if kind == 'tag' else 'heads'}/{ref}", "sha": commit, "repository": "owner/bet", "repository_owner": "owner",
        "server_url": "https://github.com", "token": "none", "event": event,
    }  # fmt: skip


def rounds(
    names: Iterable[str],
    root: Path,
    folder: Path,
    skip: tuple[str, ...],
    environment: Path | None = None,
) -> Iterator[tuple[str, Step]]:
    """Run workflows one after the other; the artefacts of one are there for the next."""
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    (folder / "bin" / "gh").write_text(GH)
    (folder / "bin" / "gh").chmod(0o755)
    for name in names:
        run = Round(folder, root, contexts_of(name, root), skip, environment)
        file = root / ".github" / "workflows" / f"{FILES.get(name, name)}.yml"
        for step in workflow(file, run):
            yield name, step


def main(
    names: list[str], skip: tuple[str, ...], folder: Path, environment: Path | None = None
) -> int:
    """Run the workflows and print a row for each step as it ends."""
    known = [*(path.stem for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))), *FILES]  # fmt: skip
    if unknown := sorted({*names} - {*known}):
        print(f"workflow '{unknown[0]}': expected one of {', '.join(known)}", file=sys.stderr)
        return 2
    print("| workflow | job | step | result | what | seconds |\n|---|---|---|---|---|---:|")
    failed = 0
    for name, step in rounds(names or EVENTS, ROOT, folder, skip, environment):
        print(f"| {name} {step.row()}", flush=True)
        failed += step.result == "failed" and "goes on" not in step.told
    print(f"\n{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="WORKFLOW")
    parser.add_argument("--skip", action="append", default=[], help="Steps that begin so are not run.")  # fmt: skip
    parser.add_argument("--folder", type=Path, help="Where to work, kept afterwards; default a temporary one.")  # fmt: skip
    parser.add_argument("--environment", type=Path, help="A ready .venv to copy into each clone.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (options.folder or Path(temporary)).resolve()
        given = options.environment.resolve() if options.environment else None
        sys.exit(main(options.names, tuple(options.skip), place, given))
