"""The same notebooks give the same site: in another folder, year, time zone, locale and hash seed, without a network.

``python benchmarks/reproducible.py`` does it for every edition, runs of the notebooks included.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bet.records import editions
from bet.site import build, release
from tests.places import BOOK, ROOT

# Stands where Python looks first: nothing beyond this machine can be reached, and the clock is years ahead.
ELSEWHERE = """
import socket
import time_machine
time_machine.travel("2031-02-28T23:59:30+00:00", tick=True).start()
_connect = socket.socket.connect
def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError("no network in this test")
    return _connect(self, address)
socket.socket.connect = connect
socket.getaddrinfo = lambda *_, **__: (_ for _ in ()).throw(OSError("no network in this test"))
"""


def stage(folder: Path) -> Path:
    """Copy what the site is made from, committed notebooks included."""
    (folder / "book").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    for name in ("web", "data"):
        shutil.copytree(ROOT / name, folder / name)
    for path in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]:
        shutil.copy(path, folder / "book")
    return folder


def sphinx(folder: Path, **environment: str) -> dict[str, str]:
    """Write the site of a staged book under another environment; return each file's checksum."""
    program = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [program, "build", "-W", "-n", "--keep-going", folder], cwd=folder, capture_output=True, text=True,
        env=os.environ | environment,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    build.for_readers(folder / "_build" / "html")
    return checksums(folder / "_build" / "html")


def checksums(site: Path) -> dict[str, str]:
    """Return the checksum of every file of an edition's site, but for those of other editions."""
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(site.rglob("*")) if path.is_file() and site / "editions" not in path.parents}  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    """Return another year, time zone, locale and hash seed, without a network."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(ELSEWHERE, encoding="utf-8")
    return {"TZ": "America/New_York", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "2",
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}  # fmt: skip


def test_the_built_site_is_written_again_to_the_byte(tmp_path, site, monkeypatch):
    """From the notebooks that the site was made from, as ``make test`` has just built it."""
    book = stage(tmp_path / "a longer" / "other place")
    monkeypatch.chdir(book)
    names = [n for n in editions.editions() if n == "today" or (site / "editions" / n).exists()]
    for name in names:
        staged = build.stage_folder() / name
        build.stage(staged, {"bet_edition": name, "bet_editions": names})
        sources = site if name == "today" else site / "editions" / name
        for path in (sources / "_sources" / "book").glob("*.ipynb"):
            shutil.copy(path, staged / "book")
    built = checksums(site)
    again = sphinx(build.stage_folder() / "today", **environment(tmp_path / "elsewhere"))
    del built["index.html"]  # the entrance, which ``bet build`` writes last
    again.pop("index.html", None)
    assert len(built) > 100
    assert sorted(built.keys() ^ again.keys()) == []
    changed = [name for name in built if built[name] != again[name]]
    assert changed == [], "not written alike, or no site of these files: run `make book` first"


@pytest.mark.nightly
def test_two_builds_are_the_same_to_the_byte(tmp_path):
    first, second = stage(tmp_path / "one"), tmp_path / "a longer" / "other place"
    shutil.copytree(first, second)
    one = sphinx(first, TZ="Asia/Tokyo", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    two = sphinx(second, **environment(tmp_path / "elsewhere"))
    assert len(one) > 100
    assert sorted(one.keys() ^ two.keys()) == []
    assert [name for name in one if one[name] != two[name]] == []


@pytest.mark.nightly
def test_the_bill_of_materials_names_every_pin_and_repeats():
    bill = release.bill()
    if bill is None:
        pytest.skip("cyclonedx-bom is not installed")
    content = json.loads(bill)
    assert (content["bomFormat"], content["metadata"]["component"]["name"]) == ("CycloneDX", "bet")
    pins = [
        line.split("==")[0]
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line and line[0].isalnum()
    ]
    assert {part["name"] for part in content["components"]} == {pin.split("[")[0] for pin in pins}
    assert release.bill() == bill
