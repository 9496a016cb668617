"""Find a Chromium for the site tests, or install one: the machine's, Playwright's own, Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from bet.browser import find

__all__ = ["find", "install"]


def install() -> str | None:
    """Install a Chromium by the first way that works, and return its path."""
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(["sh", "-c", "apt-get update -qq && apt-get install -y -qq chromium"])
    for way in ways:
        if not find():
            subprocess.run(way, check=False, capture_output=True, timeout=900)
    return find()


if __name__ == "__main__":
    found = find() or (install() if "--install" in sys.argv else None)
    print(f"browser: {found or 'none to be had; the site tests will be skipped'}")
