"""What runs beside our code: commands of workflows and makefiles, what they leave out, styles, and files that shadow a module."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from bet.faults import some
from bet.review import escaping, running
from bet.review.change import FEW, name, strong
from bet.review.snapshot import Snapshot

# By what a style sheet may say something, or hide what a page says
_STYLES = re.compile(
    r"\bcontent\b|url\(|@import|\bdisplay:\s*none|\bvisibility:\s*(?:hidden|collapse)|\bopacity:\s*0?\.?[0-3]?\d*\s*[;}]|\bfont-size:\s*0"
    r"|\b(?:max-)?(?:height|width):\s*0|\bclip(?:-path)?:|\btext-indent:|\bcolor:\s*transparent|\btransform:|\btext-security|\bz-index:"
)
# By what a command may fail and count as passed, or leave out what it should try
_EXCUSES = re.compile(
    r"\|\|\s*(?:true|:|exit 0|echo)|;\s*true\b|\bset \+e|\bexit 0|continue-on-error|^\t-|\bif:\s*(?:\$\{\{\s*)?false|--no-verify|--ignore\b"
    r"|--deselect|\s-k\s|\s-m\s+[\"']?not|--exit-zero|--co(?:llect-only)?\b|-p\s+no:|addopts|testpaths|norecursedirs|python_(?:files|functions)|\bignore\b"
    r"|ignore_errors|per-file-ignores|\bexclude\b|follow_imports|fail_under|--maxfail|-n\s+0\b|paths-ignore|\bbranches-ignore|(?:^|\s)-diff\b|\bbinary\b|linguist-\w+|\bfilter=|\bexport-"
)
_OF_TOOLS = re.compile(
    r"(?:^|/)(?:Makefile|\.gitattributes|[^/]*\.(?:ya?ml|toml|ini|cfg|sh|mk))$|^\.ci/|^binder/"
)
# What Python loads by its name as soon as it starts, or a tool does
_LOADED = {*sys.stdlib_module_names, "sitecustomize", "usercustomize", "conftest"}
MOST = 12  # files that are named of a kind


def notes(differ: list[tuple[str, str, str]], base: Snapshot) -> Iterator[str]:
    """Name which of the files that differ let something run, pass, be hidden or stand in a module's place."""
    kinds = {
        "Commands that come": lambda path, before, after: sorted(come(path, before, after)),
        "Commands that may come to fail and pass, or leave something out":
            lambda path, before, after: running.come(_EXCUSES, before, after) if _OF_TOOLS.search(path) else [],
        "Styles that come to say or hide something":
            lambda path, before, after: running.come(_STYLES, before, after) if path.endswith(".css") else [],
    }  # fmt: skip
    for what, found in kinds.items():
        told = [
            f"{escaping.path(path)} ({some(map(name, words), FEW)})"
            for path, before, after in differ
            if (words := found(path, before, after))
        ]
        if told:
            yield f"{strong(what)}: {some(told, MOST)}."
    if shadows := [
        escaping.path(path) for path, _, _ in differ if path not in base.files and _shadows(path)
    ]:
        yield f"{strong('New files that Python or a test run loads by their name')}: {some(shadows, MOST)}."


def come(path: str, before: str, after: str) -> set[str]:
    """Return the commands that come to a workflow, a makefile or a script of the set-up, line by line."""
    file = PurePosixPath(path)
    if path.startswith(".github/") and file.suffix in (".yml", ".yaml"):
        try:
            sides = ["\n".join(_runs(yaml.safe_load(text))) for text in (before, after)]
        except (yaml.YAMLError, RecursionError, ValueError):
            sides = [before, after]
    elif file.name == "Makefile" or file.suffix == ".mk":
        sides = ["\n".join(re.findall(r"^\t.*", text, re.MULTILINE)) for text in (before, after)]
    elif path.startswith((".ci/", "binder/")) or file.suffix == ".sh":
        sides = [before, after]
    else:
        return set()
    old, new = ({line.strip() for line in side.splitlines()} for side in sides)
    return {line for line in new - old if line and not re.match(r"#(?!!)", line)}


def _runs(node: Any) -> Iterator[str]:
    """Yield what a workflow runs, wherever it says so, and what it sets for it."""
    if isinstance(node, list):
        for part in node:
            yield from _runs(part)
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "shell", "script", "entrypoint", "args") and isinstance(value, str):
                yield value
            elif key == "env" and isinstance(value, dict):
                yield from (f"{one}={told}" for one, told in value.items())
            else:
                yield from _runs(value)


def _shadows(path: str) -> bool:
    """Tell whether a file stands where Python looks for modules and is called like one that it loads."""
    parts = PurePosixPath(path).parts
    stem = parts[-2] if parts[-1] == "__init__.py" and len(parts) > 1 else PurePosixPath(path).stem
    top = len(parts) - (parts[-1] == "__init__.py") <= 2
    known = path == "tests/conftest.py"  # told as what tests run with
    return path.endswith((".py", ".pyc", ".so", ".pyd")) and top and stem in _LOADED and not known
