"""The nightly round: run everything again, and write down only what somebody has to look at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

STEPS: dict[str, list[str]] = {
    "The records are at fault": ["bet", "check"],
    "A notebook fails": ["bet", "refresh"],
    "The site cannot be built": ["bet", "build", "--all"],
    "A release cannot be packed": ["bet", "release", "nightly"],
    "A test fails": [
        "pytest",
        "tests",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "--nightly",
        "--inside-sets",
        "40",
    ],
    "The book comes out differently": ["bet", "diff", "HEAD"],
    "Something is due": ["bet", "due"],
    "A package has a known flaw": [
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "-r",
        "requirements.txt",
        "-r",
        "requirements-test.txt",
        "-r",
        "requirements-uv.txt",
    ],
}
MOST_LINES = 80  # of one step
# Of them of what a program says beside its report, such as where a kernel crashed on purpose
MOST_ERRORS = 20
MARKDOWN = ("diff", "due")  # commands that tell in Markdown; what others say is shown as it is


def run(command: Sequence[str]) -> tuple[int, str]:
    """Run a command of this environment; return its exit code and what it told, errors last."""
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, encoding="utf-8", check=False
    )
    errors = done.stderr.strip().splitlines()[-MOST_ERRORS:] if done.returncode else []
    return done.returncode, "\n".join([done.stdout.strip(), *errors]).strip()


def report(run: Callable[[Sequence[str]], tuple[int, str]] = run) -> str:
    """Run every step and return Markdown on those that found something; empty when none did."""
    parts = []
    for title, command in STEPS.items():
        code, told = run(command)
        differs = command[1] == "diff" and "Nothing changes" not in told
        if not code and not differs:
            continue
        lines = told.strip().splitlines()[-MOST_LINES:]
        told_in_markdown = command[0] == "bet" and command[1] in MARKDOWN and code < 3
        body = "\n".join(lines if told_in_markdown else ["`````", *lines, "`````"])
        parts.append(f"## {title}\n\n`{' '.join(command)}`\n\n{body}\n")
    return "\n".join(parts)
