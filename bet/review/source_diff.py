"""What changed in the sources of a notebook or page, cell by cell, without outputs and raw JSON."""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterator, Sequence
from html.parser import HTMLParser

import nbformat

FIT = 400_000  # pairs of items up to which an alignment is looked for; beyond, all is another text
ALIKE = 0.34  # share of words in common from which a cell counts as the same one, rewritten

Span = tuple[str, int, int, int, int]


def opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Span]:
    """Return how a sequence became another, as difflib does, in a time that a hostile text cannot stretch.

    What both begin and end with is set aside; where the rest is too long, it counts as replaced.
    """
    start, end = _shared(old, new)
    first, second = old[start : len(old) - end], new[start : len(new) - end]
    spans: list[Span] = [("equal", 0, start, 0, start)] if start else []
    if len(first) * len(second) > FIT:
        spans.append(("replace", start, len(old) - end, start, len(new) - end))
    else:
        for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():  # fmt: skip
            spans.append((tag, i + start, i_end + start, j + start, j_end + start))
    if end:
        spans.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return spans


def _shared(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many items both begin with, and of the rest how many both end with."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    rest = most - start
    end = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    return start, end


def cells(
    before: nbformat.NotebookNode, after: nbformat.NotebookNode
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (place, source before, source after, type) of every cell that was changed, added or removed."""
    old, new = before.cells, after.cells
    keys = [[(cell.cell_type, cell.source) for cell in side] for side in (old, new)]
    for tag, i, i_end, j, j_end in opcodes(*keys):
        if tag == "equal":
            continue
        for was, now in paired(keys[0][i:i_end], keys[1][j:j_end]):
            gone = None if was is None else old[i + was]
            come = None if now is None else new[j + now]
            kinds = {cell.cell_type for cell in (gone, come) if cell}
            was_told, now_told = (cell.source if cell else "" for cell in (gone, come))
            yield _place(come or gone), was_told, now_told, " ".join(sorted(kinds))


def aligned(
    before: nbformat.NotebookNode, after: nbformat.NotebookNode
) -> Iterator[tuple[nbformat.NotebookNode, nbformat.NotebookNode]]:
    """Yield every cell that is still there beside what it was, rewritten or not."""
    old, new = before.cells, after.cells
    keys = [[(cell.cell_type, cell.source) for cell in side] for side in (old, new)]
    for tag, i, i_end, j, j_end in opcodes(*keys):
        if tag == "equal":
            yield from zip(old[i:i_end], new[j:j_end], strict=True)
            continue
        for was, now in paired(keys[0][i:i_end], keys[1][j:j_end]):
            if was is not None and now is not None:
                yield old[i + was], new[j + now]


Cell = tuple[str, str]  # its type and its source


def paired(old: list[Cell], new: list[Cell]) -> list[tuple[int | None, int | None]]:
    """Pair rewritten cells with what they were, in order; None for what was added or removed."""
    if len(old) * len(new) > FIT:
        most = min(len(old), len(new))
        pairs: list[tuple[int | None, int | None]] = [(n, n) for n in range(most)]
        return [*pairs, *((n, None) for n in range(most, len(old))),
                *((None, n) for n in range(most, len(new)))]  # fmt: skip
    words = [[(kind, frozenset(source.split())) for kind, source in side] for side in (old, new)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            alike = _alike(words[0][i], words[1][j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike)
    return list(_path(words, best))


def _path(words: list, best: list[list[float]]) -> Iterator[tuple[int | None, int | None]]:
    i = j = 0
    while i < len(words[0]) and j < len(words[1]):
        alike = _alike(words[0][i], words[1][j])
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((n, None) for n in range(i, len(words[0])))
    yield from ((None, n) for n in range(j, len(words[1])))


def _alike(old: tuple[str, frozenset[str]], new: tuple[str, frozenset[str]]) -> float:
    """Return the share of words that two cells of one type have in common; 0 where they are strangers."""
    if old[0] != new[0]:
        return 0.0
    share = len(old[1] & new[1]) / (len(old[1] | new[1]) or 1)
    return share if share >= ALIKE else 0.0


def _place(cell: nbformat.NotebookNode | None) -> str:
    return f"cell {cell.get('id', '') if cell else ''}".rstrip()


def lines(before: str, after: str) -> list[str]:
    """Return the changed lines of a text, each with '-' or '+' before it."""
    old, new = before.splitlines(), after.splitlines()
    return [
        line
        for tag, i, i_end, j, j_end in opcodes(old, new)
        if tag != "equal"
        for line in (*(f"-{line}" for line in old[i:i_end]), *(f"+{line}" for line in new[j:j_end]))
    ]


def words(before: str, after: str, around: int = 2) -> tuple[str, str] | None:
    """Return the few words that differ, with their neighbours; None when it is more than a phrase."""
    old, new = re.findall(r"\S+", before), re.findall(r"\S+", after)
    start, end = _shared(old, new)
    if not old or not new or old == new or (max(len(old), len(new)) - start - end) > 8:
        return None
    first = max(0, start - around)
    was, now = (" ".join(w[first : len(w) - max(0, end - around)]) for w in (old, new))
    return was, now


class _Visible(HTMLParser):
    """Collects what a reader sees of a page, and what the browser is told to load or run."""

    HIDDEN = ("script", "style", "template")
    TOLD = (
        "href",
        "src",
        "srcset",
        "action",
        "alt",
        "title",
        "style",
        "content",
        "http-equiv",
        "hidden",
        "class",
        "id",
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.marks: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += tag in self.HIDDEN
        told = [f"{k}={v}" for k, v in attrs if k in self.TOLD or k.startswith("on")]
        if told or tag in self.HIDDEN:
            self.marks.append(" ".join((tag, *told)))

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in self.HIDDEN and self.inside > 0

    def handle_data(self, data: str) -> None:
        (self.marks if self.inside else self.text).append(data)


def visible(page: str) -> tuple[str, str]:
    """Return the text of some HTML that a reader sees, and its links, pictures, scripts and styles."""
    parser = _Visible()
    parser.feed(page)
    parser.close()
    return " ".join("\n".join(parser.text).split()), "\n".join(parser.marks)
