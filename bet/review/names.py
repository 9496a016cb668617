"""Names of the code that many files replace by one other, so that what else changes in one of them is seen."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable

from bet.review import source_diff

MANY = 5  # files from which the same edit is a repeated one
_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST = 400  # words of a passage in which one name is looked for in another's place


def replaced(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names that many files, each before and after, replace by one that they had not.

    A word of Python's own is no name, and no number is: another of these is another meaning.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for before, after in files:
        had = {*_WORD.findall(before)}
        pairs.update(pair for pair in set(_swaps(before, after)) if pair[1] not in had)
    found: dict[str, str] = {}
    for (old, new), count in pairs.most_common():
        if count >= MANY and new not in found.values():
            found.setdefault(old, new)
    return found


def through(files: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return files, each with its text before and after, the names that many replace replaced in the first too."""
    given = list(files)
    known = replaced((before, after) for _, before, after in given)
    return [(path, put(before, after, known), after) for path, before, after in given]


def put(before: str, after: str, names: dict[str, str]) -> str:
    """Return the text before with every name replaced that has another one after, and one that it had not."""
    if before == after or not names:
        return before
    had, has = ({*_WORD.findall(text)} for text in (before, after))
    new = {old: new for old, new in names.items() if new in has and new not in had}
    return _WORD.sub(lambda word: new.get(word[0], word[0]), before) if new else before


def _swaps(before: str, after: str) -> Iterable[tuple[str, str]]:
    """Yield the names that stand where another one stood, in passages that are as long as they were."""
    gone: list[str] = []
    come: list[str] = []
    for line in (*source_diff.lines(before, after), "-"):
        if line[0] == "-" and come:
            yield from _paired(gone, come)
            gone, come = [], []
        (gone if line[0] == "-" else come).extend(_TOKEN.findall(line[1:]))


def _paired(gone: list[str], come: list[str]) -> Iterable[tuple[str, str]]:
    if max(len(gone), len(come)) > _MOST:
        return
    for tag, i, i_end, j, j_end in source_diff.opcodes(gone, come):
        if tag == "replace" and i_end - i == j_end - j:
            pairs = zip(gone[i:i_end], come[j:j_end], strict=True)
            yield from (pair for pair in pairs if all(map(_is_name, pair)))


def _is_name(word: str) -> bool:
    own = keyword.iskeyword(word) or keyword.issoftkeyword(word) or hasattr(builtins, word)
    return bool(_WORD.fullmatch(word)) and not own
