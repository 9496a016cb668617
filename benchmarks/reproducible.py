"""Build the book twice, notebooks run afresh, in two folders under two environments, and compare every byte.

Run: python benchmarks/reproducible.py [edition ...]   (default: all editions; takes minutes)
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "CITATION.cff",
    "CORRECTIONS.md",
    "_config.yml",
    "_toc.yml",
    "benchmarks",
    "requirements.txt",
    "pyproject.toml",
    "data",
    "book",
    "web",
)
# Python looks for this file first; it moves the clock of every process that CLOCK is set for.
CLOCK = """import os
if os.environ.get("CLOCK"):
    import time_machine
    time_machine.travel(os.environ["CLOCK"], tick=True).start()
"""
PLACES = {
    "one": {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    "a longer/other place": {
        "CLOCK": "2031-02-28T23:59:30+00:00",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "2",
    },
}


def build(
    folder: Path, clock: Path, environment: dict[str, str], editions: list[str]
) -> dict[str, str]:
    """Build in a folder of its own; return the checksum of every file of the site."""
    chosen = [word for name in editions for word in ("--edition", name)] if editions else ["--all"]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bet", "build", *chosen], cwd=folder, text=True, capture_output=True,
        env=os.environ | {"PYTHONPATH": f"{clock}{os.pathsep}{ROOT}"} | environment,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    site = folder / "_build" / "html"
    files = {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
    print(
        f"{len(files)} files in {time.monotonic() - started:.0f} s under {environment}", flush=True
    )
    return files


def main(editions: list[str]) -> int:
    """Build in both places, say what differs."""
    sites = []
    with tempfile.TemporaryDirectory() as folder:
        folders = [Path(folder) / name for name in PLACES]
        for place in folders:
            place.mkdir(parents=True)
            for name in NEEDED:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, place / name)
        clock = Path(folder) / "clock"
        clock.mkdir()
        (clock / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
        for place, environment in zip(folders, PLACES.values(), strict=True):
            sites.append(build(place, clock, environment, editions))
    one, two = sites
    differ = sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
    print(f"{len(differ)} of {len(one)} files differ" + "".join(f"\n- {name}" for name in differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
