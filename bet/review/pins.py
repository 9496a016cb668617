"""What comes from elsewhere by its name: packages, actions and images; new ones, older ones, others of one version."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from bet.faults import some
from bet.review.change import name, strong
from bet.review.snapshot import Snapshot

_PINNED = re.compile(
    r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;,]+)\s*(?:;(?:(?!\s--).)*)?(?P<options>.*)"
)
_HASH = re.compile(r"--hash=(\S+)")
# uses: owner/name@commit # version, and in other files the images and hooks that are fetched
_USED = re.compile(r"""^[\s-]*["']?(?:uses|repo|image|container)["']?\s*:\s*["']?([^\s"'@#]+)@?([^\s"'#]*)["']?(?:\s*#\s*(\S+))?""", re.MULTILINE)  # fmt: skip
_COMMIT = re.compile(r"^(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$")
_FROM = re.compile(r"^FROM\s+(\S+)", re.MULTILINE | re.IGNORECASE)
MOST = 12  # names that are told of a kind


class Pin(NamedTuple):
    """One thing by its name: its version, and what says which files that is (hashes, or a commit)."""

    version: str = ""
    files: frozenset[str] = frozenset()


def notes(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Say in a sentence which packages and actions come, fall to an older version, or are others of the same one."""
    old, new = (_all(side, base, head) for side in (base, head))
    both = [one for one in new if one in old]
    told = [
        ("new", [name(one) for one in new if one not in old]),
        ("older", [f"{name(one)} {pair}" for one in both if (pair := _older(old[one], new[one]))]),
        ("other files of the same version", [name(one) for one in both if _others(old[one], new[one])]),
        ("no longer held by a hash", [name(one) for one in both if _loose(old[one], new[one])]),
    ]  # fmt: skip
    parts = [f"{what}: {some(found, MOST)}" for what, found in told if found]
    if parts:
        yield f"{strong('Packages and actions')}: {'; '.join(parts)}."


def _all(side: Snapshot, base: Snapshot, head: Snapshot) -> dict[str, set[Pin]]:
    """Return the pins of the files that differ, by name."""
    found: dict[str, set[Pin]] = {}
    for path in sorted({*base.judge, *head.judge, *base.others, *head.others}):
        if base.files.get(path) != head.files.get(path):
            for one, pin in pins(path, side.judge.get(path) or side.others.get(path) or ""):
                found.setdefault(one, set()).add(pin)
    return found


def pins(path: str, text: str) -> Iterable[tuple[str, Pin]]:
    """Return what a file asks for by name; a line that pins nothing is a name by itself."""
    file = PurePosixPath(path)
    if re.fullmatch(r"(?:requirements|constraints)[\w.-]*\.(?:txt|in)", file.name):
        return _required(text)
    if file.name == "pyproject.toml":
        return _wished(text)
    if file.suffix in (".yml", ".yaml"):
        return [(one, Pin(version or at, frozenset(_COMMIT.findall(at)))) for one, at, version in _USED.findall(text)]  # fmt: skip
    if file.name.lower().startswith("dockerfile"):
        return [(one, Pin()) for one in _FROM.findall(text)]
    return ()


def _required(text: str) -> Iterator[tuple[str, Pin]]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        told = re.sub(r"(?:^|\s)#.*", "", line).strip()
        found = _PINNED.fullmatch(told)
        if found:
            options = found["options"]
            yield canonicalize_name(found[1]), Pin(found[2], frozenset(_HASH.findall(options)))
            told = _HASH.sub("", options).strip()
        if told:
            yield told, Pin()


def _wished(text: str) -> Iterator[tuple[str, Pin]]:
    """Yield the packages of a pyproject.toml, by its tables of dependencies, without versions: pins have these."""
    try:
        read = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return
    for wish in _strings(
        [
            read.get("build-system", {}),
            read.get("dependency-groups", {}),
            *(
                read.get("project", {}).get(key)
                for key in ("dependencies", "optional-dependencies")
            ),
        ]
    ):
        try:
            found = Requirement(wish)
        except InvalidRequirement:
            continue
        yield canonicalize_name(found.name), Pin()
        if found.url:
            yield f"{found.name} @ {found.url}", Pin()
    for key in ("scripts", "gui-scripts"):
        yield from ((f"command {one}", Pin()) for one in read.get("project", {}).get(key) or ())


def _strings(value: object) -> Iterator[str]:
    """Yield the texts in lists and mappings."""
    if isinstance(value, str):
        yield value
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _strings(part)


def _older(old: set[Pin], new: set[Pin]) -> str:
    """Return a version before and after where the second is the older: the newest ones, or the oldest."""
    before, after = (
        [version for pin in side if (version := _version(pin.version))] for side in (old, new)
    )
    falls = [end for end in (max, min) if before and after and end(after) < end(before)]
    return f"{falls[0](before).public} → {falls[0](after).public}" if falls else ""


def _version(told: str) -> Version | None:
    try:
        return Version(told)
    except InvalidVersion:
        return None


def _others(old: set[Pin], new: set[Pin]) -> bool:
    """Tell whether a version that stays, or one that nobody names, has files that it had not."""
    files: dict[str, set[str]] = {}
    for pin in old:
        files.setdefault(pin.version, set()).update(pin.files)
    named = not any(pin.version in pin.files for pin in old)
    return any(
        pin.files - files[pin.version]
        if files.get(pin.version)
        else named and pin.version in pin.files
        for pin in new
    )


def _loose(old: set[Pin], new: set[Pin]) -> bool:
    before, after = ([pin.files for pin in side if pin.version] for side in (old, new))
    return bool(before) and all(before) and not all(after)
