"""What a reader installs, and what the tests install on top of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.places import ROOT

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;]+)", re.M)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(name: str) -> set[tuple[str, str]]:
    """Return the name and the version of every pin of a list."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {(canonicalize_name(p), v) for p, v in PIN.findall(text)}


def names(asked: list[str]) -> set[str]:
    """Return the names of the packages that a short list asks for, without extras of our own."""
    found = {canonicalize_name(Requirement(line).name) for line in asked}
    return found - {PROJECT["name"]}


READER, TESTS = pins("requirements.txt"), pins("requirements-test.txt")
EXTRAS = PROJECT["optional-dependencies"]


def test_what_a_reader_installs_is_part_of_what_the_tests_run_with():
    assert READER < TESTS


def test_both_lists_hold_what_the_short_list_asks_for():
    assert names(PROJECT["dependencies"]) <= {name for name, _ in READER}
    for extra in ("test", "lab", "print", "review", "sweep"):
        assert names(EXTRAS[extra]) <= {name for name, _ in TESTS}, extra


def test_a_reader_does_not_install_what_only_tests_and_reviews_need():
    apart = {"pytest", "hypothesis", "mypy", "ruff", "playwright", "nbdime", "dask", "jupyterlab"}
    assert apart <= {name for name, _ in TESTS}
    assert not apart & {name for name, _ in READER}


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-test.txt", "requirements-uv.txt"]
)
def test_every_pin_has_a_hash(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(blocks) == len(PIN.findall(text)) and all("--hash=sha256:" in b for b in blocks)


def test_a_pin_is_read_with_its_marker_and_its_extra():
    assert PIN.findall("a-b[c]==1.2 ; python_version < '3.12' \\\n") == [("a-b", "1.2")]


def test_make_installs_each_list_where_it_is_needed():
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^([\w./]+): ([^#\n]*)", make, re.M))
    for target in ("book", "serve", "preview", "notebooks"):
        assert rules[target].split() == [".venv/ready"], target
    for target in ("test", "check", "pdf", "browser", "release"):
        assert ".venv/complete" in rules[target].split(), target


# Stands for python, pip and uv: notes how it is called, and makes an environment of itself.
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> called
case "$*" in "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/uv ;; esac
case "$(basename "$0") $*" in %s) exit 1 ;; esac
"""


@pytest.mark.parametrize(
    ("fails", "by"),
    [("nothing", ["uv"]), ("uv*", ["uv", "pip"]), ("*requirements-uv.txt", ["pip"]), ("*requirements.txt", ["uv", "pip"])],
)  # fmt: skip
def test_pip_installs_the_pins_where_uv_cannot(tmp_path, fails, by):
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-uv.txt"):
        shutil.copy(ROOT / name, tmp_path)
    program = tmp_path / "python"
    program.write_text(STUB % fails)
    program.chmod(0o755)
    make = ["make", f"PYTHON={program}", ".venv/ready"]
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True, check=False)
    calls = (tmp_path / "called").read_text().splitlines()
    installed = [call for call in calls if call.endswith("-r requirements.txt")]
    assert ["uv" if call.startswith("uv ") else "pip" for call in installed] == by
    assert all("--require-hashes --no-deps" in call for call in installed)
    assert (done.returncode == 0) == (fails != "*requirements.txt")
    assert (tmp_path / ".venv/ready").exists() == (done.returncode == 0)
