"""The one place that knows Chromium: where it is, and how it is started."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--no-first-run"]  # fmt: skip


def find() -> str | None:
    """Return the path of a Chromium: the machine's, else Playwright's own; None without either."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def apart(work: Callable[[], Result]) -> Result:
    """Do work in a thread of its own: Playwright refuses one in which an event loop runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
