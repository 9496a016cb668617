"""The table of contents, ``_toc.yml``: the pages of the book in its order, and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bet.faults import BadInput, Fault, require
from bet.paths import here, shown
from bet.records.yaml_files import read_yaml

PAGES = (".ipynb", ".md")


def menu(toc: Path) -> dict[str, str]:
    """Return the pages of a table of contents in its order with their short names, the cover first.

    Raises BadInput for a file that is none.
    """
    content = read_yaml(toc, noted=False)[0]
    if not isinstance(content, dict) or not isinstance(content.get("root"), str):
        raise BadInput([Fault(shown(toc), "no root", "a table of contents of Jupyter Book")])
    return {content["root"]: "Cover", **dict(named(content))}


def named(entry: Any) -> Iterator[tuple[str, str]]:
    """Yield the pages of a table of contents, or of a part of one, each with its short name."""
    if isinstance(entry, dict):
        if "file" in entry:
            yield entry["file"], entry.get("title", "")
        entry = list(entry.values())
    for part in entry if isinstance(entry, list) else ():
        yield from named(part)


def check() -> None:
    """Every page of ``book/`` must stand in the table of contents, and every entry there be a page.

    A page that is in none is built and found by nobody. Without a ``_toc.yml`` there is nothing to check.
    """
    toc = here().folder / "_toc.yml"
    if not toc.exists():
        return
    listed = [name.removesuffix(Path(name).suffix) for name in menu(toc)]
    pages = [path for path in sorted(here().book.glob("*")) if path.suffix in PAGES]
    faults = [
        Fault(
            shown(path), "not in _toc.yml", f"there: '- {{file: book/{path.stem}, title: \"…\"}}'"
        )
        for path in pages
        if f"book/{path.stem}" not in listed
    ]
    faults += [
        Fault(f"book/{stem}", "a notebook and a text of that name", "one of them: one is built")
        for stem, count in Counter(path.stem for path in pages).items()
        if count > 1
    ]
    faults += [
        Fault("_toc.yml", f"no page '{name}'", "a .ipynb or .md file, or no such entry")
        for name in listed
        if not any((here().folder / f"{name}{ending}").is_file() for ending in PAGES)
    ]
    require(faults)
