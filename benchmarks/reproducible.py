"""Build the book, notebooks run afresh, in several places under several surroundings, and compare every byte.

Run: python benchmarks/reproducible.py [--edition NAME ...] [--python PROGRAM ...] [--only PLACE ...]

Without ``--edition`` all editions are built; each place takes minutes. ``--python`` adds a place for another
interpreter, one that has the book's packages. Locales beyond the system's own are made by ``localedef`` (Debian's
package ``locales``); a place whose locale cannot be made is told and left out. Exit code 1 when a file differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
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
# What a user may have set for pictures of his own.
STYLE = "font.size: 17\nytick.left: False\naxes.facecolor: black\nsvg.fonttype: path\nimage.interpolation: nearest\n"
ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # else Python takes UTF-8 for them


@dataclass
class Place:
    """A folder's name, the environment of the build there, and who builds."""

    folder: str
    environment: dict[str, str]
    locale: tuple[str, str] | None = None  # source and character set, for localedef
    python: str = field(default=sys.executable)


PLACES = [
    Place("one", {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
    Place(
        "a longer/other place",
        {
            "CLOCK": "2031-02-28T23:59:30+00:00",
            "TZ": "America/New_York",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "2",
        },
    ),
    Place("türkisch", {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "3"}, ("tr_TR", "UTF-8")),
    Place("latin", {"LC_ALL": "tr_TR.ISO-8859-9", **ASCII}, ("tr_TR", "ISO-8859-9")),
    Place("decimal comma", {"LC_ALL": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati"}, ("de_DE", "UTF-8")),
    Place("ascii", {"LC_ALL": "POSIX", **ASCII}),
    Place("no vectors", {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL"}),
    Place("own style", {"MATPLOTLIBRC": "{folder}/matplotlibrc"}),
]  # fmt: skip


def with_locale(place: Place, folder: Path) -> bool:
    """Make the locale of a place; tell whether it can be had here."""
    if place.locale is None:
        return True
    name, characters = place.locale
    if not shutil.which("localedef"):
        return False
    made = folder / "locales" / f"{name}.{characters}"
    made.parent.mkdir(exist_ok=True)
    subprocess.run(["localedef", "-c", "-i", name, "-f", characters, made], capture_output=True, check=False)  # fmt: skip
    place.environment["LOCPATH"] = str(made.parent)
    return made.is_dir()


def build(place: Place, folder: Path, editions: list[str]) -> dict[str, str]:
    """Build in a folder of its own; return the checksum of every file of the site."""
    here = folder / place.folder
    here.mkdir(parents=True)
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, here / name)
    environment = {key: value.format(folder=folder) for key, value in place.environment.items()}
    chosen = [word for name in editions for word in ("--edition", name)] if editions else ["--all"]
    started = time.monotonic()
    done = subprocess.run(
        [place.python, "-m", "bet", "build", *chosen], cwd=here, text=True, capture_output=True, errors="replace",
        env=os.environ | {"PYTHONPATH": f"{folder / 'clock'}{os.pathsep}{ROOT}"} | environment,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{place.folder}: {done.stdout}{done.stderr}")
    site = here / "_build" / "html"
    files = {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
    print(
        f"| {place.folder} | {len(files)} | {time.monotonic() - started:.0f} |", end="", flush=True
    )
    shutil.rmtree(here)
    return files


def main(editions: list[str], pythons: list[str], only: list[str]) -> int:
    """Build in every place; say what differs from the first."""
    others = [Place(f"python {n}", {"TZ": "UTC"}, python=program) for n, program in enumerate(pythons, 1)]  # fmt: skip
    places = [place for place in PLACES if not only or place.folder in only] + others
    differing = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "clock").mkdir()
        (folder / "clock" / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
        (folder / "matplotlibrc").write_text(STYLE, encoding="utf-8")
        first: dict[str, str] = {}
        print("| place | files | seconds | differ from the first |\n|---|---:|---:|---|")
        for place in places:
            if not with_locale(place, folder):
                print(f"| {place.folder} | | | no locale {place.environment['LC_ALL']} here |")
                continue
            files = build(place, folder, editions)
            first = first or files
            differ = sorted(n for n in first.keys() | files.keys() if first.get(n) != files.get(n))
            differing += len(differ)
            print(f" {', '.join(differ[:8]) or 'none'}{f' and {len(differ) - 8} more' if len(differ) > 8 else ''} |")  # fmt: skip
    return 1 if differing else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edition", action="append", default=[])
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--only", action="append", default=[], metavar="PLACE")
    options = parser.parse_args()
    sys.exit(main(options.edition, options.python, options.only))
