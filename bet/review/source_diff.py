"""What changed in the sources of a notebook or page, cell by cell, without outputs and raw JSON."""

from __future__ import annotations

import ast
import difflib
import io
import re
import textwrap
import tokenize
import warnings
from collections.abc import Hashable, Iterator, Sequence
from html.parser import HTMLParser
from itertools import accumulate, groupby

import nbformat

FIT = 400_000  # pairs of items up to which an alignment is looked for; beyond, all is another text
ALIKE = 0.34  # share of words in common from which a cell counts as the same one, rewritten

# A form feed, U+2028 and their like part words elsewhere; for us they are signs like others.
_WORD = re.compile(r"[^ \t\n]+")

Span = tuple[str, int, int, int, int]


def python(source: str) -> ast.Module | None:
    """Return the syntax of a source of Python, without what Python warns of; None for what is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def undocumented(source: str) -> str:
    """Return the syntax of a source of Python without what explains it, imports in one order; any other text as it is."""
    tree = python(source)
    if tree is None:
        return source
    tree.body = _imports_sorted(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = node.body[ast.get_docstring(node) is not None :]
    return syntax(tree) or source


def _imports_sorted(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with neighbouring imports in one order, unless two of them give the same name."""
    kinds = (ast.Import, ast.ImportFrom)
    found: list[ast.stmt] = []
    for imports, group in groupby(body, lambda node: isinstance(node, kinds)):
        own = [*group]
        given = [one.asname or one.name for n in own if isinstance(n, kinds) for one in n.names]
        alone = imports and "*" not in given and len({*given}) == len(given)
        found += sorted(own, key=syntax) if alone else own
    return found


def syntax(node: ast.AST) -> str:
    """Return a piece of syntax written down; nothing where it is too deep, or holds a number too long for it."""
    try:
        return ast.dump(node)
    except (ValueError, RecursionError, MemoryError):
        return ""


# Comments that tools take for an order: by the tool's name, or by what they say of a tool
_DIRECTIVE = re.compile(
    r"#\W*(?:(?:mypy|ruff|noqa|isort|pragma|pylint|pyright|flake8|nosec|yapf|jupytext|nbval|pytest)(?:\b|_)"
    r"|(?:type|fmt|coding|vim?|ex|eval)\s*[:=]|-\*-|Local Variables|[\w-]+:\s*(?:ignore|skip|off|on|disable|enable|exclude|no\w*)\b)",
    re.IGNORECASE,
)


def directives(source: str) -> list[str]:
    """Return the comments of a source that tools may heed, each with the number of the word before it."""
    found, words, inside = [], 0, False
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.COMMENT:
                words += token.type not in (tokenize.NL, tokenize.NEWLINE)
            elif inside or _DIRECTIVE.match(token.string):
                found.append(f"{words} {token.string}")
            inside ^= bool(re.match(r"#\s*///", token.string))  # what a script asks to be installed
    except (tokenize.TokenError, SyntaxError):
        return [source]
    return found


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


def _lines(told: str) -> list[str]:
    """Return the lines of a text; nothing but a newline ends one."""
    return told.removesuffix("\n").split("\n") if told else []


def lines(before: str, after: str) -> list[str]:
    """Return the changed lines of a text, each with '-' or '+' before it."""
    old, new = _lines(before), _lines(after)
    return [
        line
        for tag, i, i_end, j, j_end in opcodes(old, new)
        if tag != "equal"
        for line in (*(f"-{line}" for line in old[i:i_end]), *(f"+{line}" for line in new[j:j_end]))
    ]


def passages(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield each run of words that became another one, each by itself."""
    old, new = (_WORD.findall(told) for told in (before, after))
    for tag, i, i_end, j, j_end in opcodes(old, new):
        if tag != "equal":
            yield " ".join(old[i:i_end]), " ".join(new[j:j_end])


def words(before: str, after: str, around: int = 2) -> tuple[str, str] | None:
    """Return the few words that differ, with their neighbours; None when it is more than a phrase."""
    old, new = (re.findall(rf"{_WORD.pattern}|\n", told) for told in (before, after))
    start, end = _shared(old, new)
    if not old or not new or old == new or (max(len(old), len(new)) - start - end) > 8:
        return None
    if "\n" in (
        *old[start : len(old) - end],
        *new[start : len(new) - end],
    ):  # lines joined or parted
        return None
    first = max(0, start - around)
    was, now = (w[first : len(w) - max(0, end - around)] for w in (old, new))
    return " ".join(w for w in was if w != "\n"), " ".join(w for w in now if w != "\n")


def around(before: str, after: str, whole: int, room: int, context: int = 4) -> tuple[str, str]:
    """Return where two texts differ, with a few words before and after.

    A cut at the end alone would hide what differs behind it, and leave two cells that look the same.
    Texts of up to ``whole`` characters are told whole, of longer ones the places for which there is
    ``room``, and the others are counted.
    """
    if before == after or max(len(before), len(after)) <= whole:
        return before, after
    old, new = (_WORD.findall(told) for told in (before, after))
    places = list(_places(old, new, context))
    if not places:
        return shortened(before, whole), f"{shortened(after, whole)} (only white space differs)"
    told = [_place_told(old, new, place, room) for place in places]
    fit = max(1, sum(used <= room for used in accumulate(max(map(len, both)) + 3 for both in told)))
    left = f" … and {len(told) - fit} more places differ" if len(told) > fit else ""
    start, end = (places[0][0], places[0][2]), (places[-1][1], places[-1][3])
    parts = [" … ".join(both[side] for both in told[:fit]) for side in (0, 1)]
    was, now = (
        f"{'… ' if start[side] else ''}{parts[side]}{left or (' …' if end[side] < len(words) else '')}"
        for side, words in enumerate((old, new))
    )
    return was, now


Place = tuple[int, int, int, int]  # words of the old text, from and to, and words of the new one


def _places(old: list[str], new: list[str], context: int) -> Iterator[Place]:
    """Yield the places where two lists of words differ, with their neighbours; joined where they touch."""
    found: Place | None = None
    for tag, i, i_end, j, j_end in opcodes(old, new):
        if tag == "equal":
            continue
        here = (
            max(0, i - context),
            min(len(old), i_end + context),
            max(0, j - context),
            min(len(new), j_end + context),
        )
        if found and here[0] <= found[1] and here[2] <= found[3]:
            found = found[0], here[1], found[2], here[3]
            continue
        if found:
            yield found
        found = here
    if found:
        yield found


def _place_told(old: list[str], new: list[str], place: Place, most: int) -> tuple[str, str]:
    """Return both texts of a place; of words that are too long what both share is cut away."""
    was, now = " ".join(old[place[0] : place[1]]), " ".join(new[place[2] : place[3]])
    if max(len(was), len(now)) <= most:
        return was, now
    start, end = _shared(was, now)
    first, last = max(0, start - 30), max(0, end - 30)
    cut = "…" if first else ""
    parts = [f"{cut}{told[first : len(told) - last]}" for told in (was, now)]
    return shortened(parts[0], most), shortened(parts[1], most)


def shortened(told: str, most: int) -> str:
    """Return a text, or as much of its beginning as is allowed."""
    return told if len(told) <= most else f"{told[: most - 1]}…"


def told_lines(before: str, after: str, most: int, room: int) -> list[str]:
    """Return the changed lines as ``lines`` does, none of them cut where it matters.

    A line that was rewritten is told by the places where it differs, in up to ``room`` characters; any
    other goes on in the next line after ``most``.
    """
    old, new = _lines(before), _lines(after)
    found: list[str] = []
    for tag, i, i_end, j, j_end in opcodes(old, new):
        if tag == "equal":
            continue
        pairs = list(zip(old[i:i_end], new[j:j_end], strict=False))
        places = [around(*pair, most, room) for pair in pairs]
        gone = [was for was, _ in places] + old[i + len(pairs) : i_end]
        come = [now for _, now in places] + new[j + len(pairs) : j_end]
        found += [part for line in gone for part in _wrapped("-", line, most)]
        found += [part for line in come for part in _wrapped("+", line, most)]
    return found


def _wrapped(sign: str, line: str, most: int) -> list[str]:
    step = most - len(sign)
    if len(line) > 20_000:  # no sentence: a wrap at words would take a second for a long one
        return [f"{sign}{line[n : n + step]}" for n in range(0, len(line), step)]
    parts = textwrap.wrap(
        line,
        step,
        expand_tabs=False,
        replace_whitespace=False,
        drop_whitespace=False,
        break_on_hyphens=False,
    )
    return [f"{sign}{part}" for part in parts or [""]]


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
