"""A small ledger of its own for the tests: copied from fixtures/ledger, one file replaced by a broken one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from bet.faults import BadInput
from bet.records import claims, parameters, reviewers, sources, tables

FIXTURES = Path(__file__).with_name("fixtures")
_CACHES = (
    sources.sources,
    sources.evidence,
    claims.claims,
    parameters.registry,
    parameters._entries,
    reviewers.reviewers,
    tables._sidecar,
    tables._load,
)


def forget() -> None:
    """Make every loader read its files again."""
    for loader in _CACHES:
        loader.cache_clear()


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    """Stand in a book of its own with a copy of the small ledger; give its data folder."""
    data = folder / "data"
    shutil.copytree(FIXTURES / "ledger", data)
    (folder / "_config.yml").touch()
    with chdir(folder):
        forget()
        try:
            yield data
        finally:
            forget()


def put(case: str, target: Path) -> Path:
    """Replace a file of the small ledger by a broken one, 'claims/field_missing.yml'."""
    shutil.copy(FIXTURES / case, target)
    forget()
    return target


def cases(area: str) -> list[str]:
    """Name every broken file of an area."""
    return sorted(path.name for path in (FIXTURES / area).iterdir())


def faults_of(*steps: Callable[[], object]) -> list[str]:
    """Return every fault that the steps tell; the first step that fails ends them."""
    try:
        for step in steps:
            step()
    except BadInput as error:
        return [str(fault) for fault in error.faults]
    return []
