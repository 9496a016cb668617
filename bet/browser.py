"""The one place that knows Chromium: where it is, and how it is started."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Result = TypeVar("Result")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--no-first-run"]  # fmt: skip


class NoBrowser(Exception):
    """Nothing can be drawn: what is missing, or what Chromium said."""


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


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a headless Chromium and end it; raise NoBrowser where that, or the work with it, fails."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser("Playwright is not installed") from None
    path = find()
    if path is None:
        raise NoBrowser("there is no Chromium")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield browser
            browser.close()
    except Error as error:
        raise NoBrowser(" ".join(str(error).split())[:120]) from error


def apart(work: Callable[[], Result]) -> Result:
    """Do work in a thread of its own: Playwright refuses one in which an event loop runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
