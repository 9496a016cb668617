"""A release: the built site as one archive, with a manifest of its files and a checksum of itself."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from bet.faults import BadInput, Fault
from bet.paths import here, write_text


def require_built(site: Path) -> None:
    """Raise BadInput for a folder that holds no built site."""
    if not (site / "index.html").exists():
        raise BadInput([Fault(site.name, "no site", "a built one: run make book first")])


def manifest(site: Path) -> dict[str, str]:
    """Return the sha256 of every file of a site by its path."""
    require_built(site)
    paths = (path for path in sorted(site.rglob("*")) if path.is_file())
    return {p.relative_to(site).as_posix(): _sha256(p.read_bytes()) for p in paths}


def bill() -> str | None:
    """Return the bill of materials (CycloneDX) of the pinned packages; None without its program."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    if not program.exists():
        return None
    command: list[str | Path] = [
        program,
        "requirements",
        here().folder / "requirements.txt",
        "--output-reproducible",
        "--of",
        "JSON",
    ]
    done = subprocess.run(
        [*command, "--pyproject", here().folder / "pyproject.toml"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise BadInput([Fault("requirements.txt", done.stderr.strip()[-300:], "pinned packages")])
    return done.stdout


def write(site: Path, name: str, folder: Path, bill: str | None = None) -> list[Path]:
    """Write NAME.tar.gz, NAME.manifest.json, the bill if any, and SHA256SUMS.

    The same site gives the same bytes.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII):
        raise BadInput(
            [Fault("release", repr(name), "a name of letters, digits, '.', '_' and '-'")]
        )
    files = manifest(site)
    folder.mkdir(parents=True, exist_ok=True)
    archive, listed, sums = (
        folder / part for part in (f"{name}.tar.gz", f"{name}.manifest.json", "SHA256SUMS")
    )
    archive.write_bytes(gzip.compress(_tar(site, name, files), mtime=0))
    write_text(listed, json.dumps({"release": name, "files": files}, indent=1) + "\n")
    written = [archive, listed]
    if bill is not None:
        written.append(folder / f"{name}.cdx.json")
        write_text(written[-1], bill)
    write_text(sums, "".join(f"{_sha256(p.read_bytes())}  {p.name}\n" for p in written))
    return [*written, sums]


def _tar(site: Path, name: str, files: dict[str, str]) -> bytes:
    """Pack the files without dates, owners or anything else of the machine that packs."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            content = (site / path).read_bytes()
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
