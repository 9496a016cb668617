"""Open chapters of the built book beside the same notebooks in a stock Jupyter Book: weight, paint, blocking.

Run: python benchmarks/pages.py [--rounds 5] [--edition NAME] [PAGE ...]

The book must be built. The stock site is made here from the executed notebooks, with no extension, style or
script of ours. Each page is opened once a round with an empty cache, ours and the stock one in turn, in one
Chromium at 1280 pixels. What a stock page asks of other hosts (scripts for formulas and widgets) is refused
at once, so that its weight and blocking are less than a reader's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bet.browser import launched  # noqa: E402
from bet.run.execute import names  # noqa: E402
from tests import measure  # noqa: E402
from tests.server import served  # noqa: E402

import page  # noqa: E402  isort: skip

OWN = "application/vnd.bet."
CONFIG = "title: Stock\nonly_build_toc_files: true\nexecute: {execute_notebooks: 'off'}\n"


def stock(folder: Path) -> Path:
    """Build the committed notebooks as Jupyter Book does without settings; return the site's folder.

    Records and prose in types of our own go, which a reader of ours in the environment would draw.
    """
    (folder / "book").mkdir()
    cover, *chapters = names()
    for name in (cover, *chapters):
        book = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
        for output in (out for cell in book.cells for out in cell.get("outputs", ())):
            for kind in [k for k in output.get("data", ()) if k.startswith(OWN)]:
                del output["data"][kind]
        nbformat.write(book, folder / "book" / f"{name}.ipynb")
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    rest = "".join(f"- file: book/{name}\n" for name in chapters)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/{cover}\nchapters:\n{rest}")
    done = subprocess.run(
        [Path(sys.executable).parent / "jupyter-book", "build", folder], capture_output=True, text=True
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"the stock book was not built: {(done.stdout + done.stderr)[-2000:]}")
    return folder / "_build" / "html"


def main(rounds: int, edition: str, pages: list[str], write: bool) -> None:
    """Open every page of both sites in rounds; print a row for each."""
    built = ROOT / "_build" / "html"
    ours = built / "editions" / edition if edition else built
    if not (ours / "book" / "index.html").exists():
        sys.exit(f"no site in {ours.relative_to(ROOT)}: run make book first")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        sites = {"ours": ours, "stock": stock(Path(folder))}
        addresses = {name: open_.enter_context(served(site)) for name, site in sites.items()}
        browser = open_.enter_context(launched())
        seen: dict[tuple[str, str], list[measure.Visit]] = {}
        for _ in range(rounds):
            for chapter in pages:
                for name, address in addresses.items():
                    visit = measure.visit(browser, f"{address}book/{chapter}.html", (), apart=True)
                    seen.setdefault((chapter, name), []).append(visit)
    print(f"edition {edition or 'today'}, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    head = ("Chapter", "KiB", "Requests", "Largest paint, ms", "Blocking, ms")
    rows = [
        [f"{chapter}, {name}", f"{visits[-1].kib:.0f}", str(len(visits[-1].files)),
         page.spread([v.lcp for v in visits], 0), page.spread([v.tbt for v in visits], 0)]
        for (chapter, name), visits in seen.items()
    ]  # fmt: skip
    print(page.table(head, rows))
    if write:
        page.beside("Chapters opened, median of the visits with their range", head, rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edition", default="", help="another edition than today's")
    parser.add_argument("--write", action="store_true", help="write them into the page on speed")
    parser.add_argument("page", nargs="*", default=names())
    options = parser.parse_args()
    main(options.rounds, options.edition, options.page, options.write)
