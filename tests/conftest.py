"""Shared by the tests: the built site, served on loopback, and a browser to open it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bet.browser import launched
from tests import browser, rounds
from tests.places import SITE
from tests.server import served


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many sets of parameters inside their ranges each chapter is run at."""
    told = "sets a chapter in tests/test_inside_ranges.py; the nightly round takes 40"
    parser.addoption("--inside-sets", type=int, default=1, metavar="N", help=told)
    parser.addoption(
        "--nightly", action="store_true", help="every chapter where one stands for all"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the nightly round what is marked for it."""
    rounds.deselect(config, items)


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; `make test` builds it first."""
    if not (SITE / "index.html").exists():
        pytest.fail("no site in _build/html: run `make book` first")
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of the built site on loopback."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium; without one the tests are skipped, but fail in CI."""
    path = browser.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine")
    with launched() as chromium:
        yield chromium
