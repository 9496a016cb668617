"""What a site leaves out and how it is set: pages that its menu no longer has, and settings that change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sphinx.util.matching import Matcher

from bet.records.contents import named
from bet.review import sides
from bet.review.change import NONE, Change, quoted, strong
from bet.review.snapshot import Snapshot

_OFF = "no reader finds it, nor what it concludes"


def gone(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the pages that the base publishes and the head does not, be they there or not."""
    if base.toc is None or head.toc is None:
        return
    left = _published(head)
    for page in _published(base):
        if page not in left:
            name = page.rpartition("/")[2]
            still = any(name in pages for pages in (head.notebooks, head.pages))
            state = "its file is left, and in no menu" if still else "removed"
            yield Change("gone", page, "on the site", NONE, f"{strong(_OFF)}; {state}", name)


def editions(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the editions that go, each with all its pages."""
    if "data/editions.yml" not in base.unjudged | head.unjudged:
        for name in (name for name in base.editions if name not in head.editions):
            yield Change(
                "gone", f"edition {name}", "on the site", NONE, strong(_OFF), f"the edition {name}"
            )


def _published(side: Snapshot) -> list[str]:
    """Return the pages of a menu that are there and not excluded."""
    sphinx = _mapping(_mapping(side.settings).get("sphinx")).get("config")
    patterns = [
        _mapping(side.settings).get("exclude_patterns"),
        _mapping(sphinx).get("exclude_patterns"),
    ]
    texts = [str(one) for given in patterns if isinstance(given, list) for one in given]
    excluded = Matcher(texts)
    root = _mapping(side.toc).get("root")
    listed = [*([root] if isinstance(root, str) else []), *(page for page, _ in named(side.toc) if isinstance(page, str))]  # fmt: skip
    places = {
        page: [end for end in (".ipynb", ".md") if f"{page}{end}" in side.files] for page in listed
    }
    return [
        page
        for page, ends in places.items()
        if ends and not any(excluded(f"{page}{end}") for end in ends)
    ]


def settings(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the settings of the site that change."""
    old, new = (dict(sides.flat(side.settings)) for side in (base, head))
    return [key for key in {**new, **old} if repr(old.get(key)) != repr(new.get(key))]


def titles(base: Snapshot, head: Snapshot) -> list[str]:
    """Name the pages that the menu calls otherwise, with both titles."""
    old, new = ({str(page): title for page, title in named(side.toc)} for side in (base, head))
    return [
        f"{quoted(page.rpartition('/')[2], 40)} {quoted(str(old[page]), 60)} → {quoted(str(title), 60)}"
        for page, title in new.items()
        if page in old and old[page] != title
    ]


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
