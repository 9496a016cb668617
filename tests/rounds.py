"""Two rounds of tests: ``make test`` takes a sample where one case stands for many, the nightly one takes all.

What is left to the night is marked and deselected, so the last line of ``make test`` counts it;
``make test-nightly`` runs it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import pytest

NIGHTLY = pytest.mark.nightly


def sampled(every: Iterable[Any], daily: Container[Any]) -> list[Any]:
    """Return every case; those not among ``daily`` are left to the nightly round."""
    return [case if case in daily else pytest.param(case, marks=NIGHTLY) for case in every]


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the nightly cases out of an ordinary round, and tell pytest so."""
    if config.getoption("--nightly"):
        return
    later = [item for item in items if item.get_closest_marker("nightly")]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
