"""What of the code comes to run a command, to load code, or to fetch or send something: named, whatever else changes.

No list of such words is whole. Files that differ are therefore sorted too: by these words, and by whether
the same edit is made in many of them.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from bet.faults import some
from bet.review import escaping, moves, names, source_diff
from bet.review.change import FEW, name, strong
from bet.review.snapshot import PICTURES, Snapshot, made_from

_NO_CODE = (*PICTURES, ".md", ".csv", ".txt", ".lock", ".bib", ".cff", ".rst")
_PYTHON_NAMED = (
    "exec eval compile __import__ import_module importlib builtins __builtins__ getattr setattr globals vars ctypes cffi "
    "pickle marshal dill runpy pty subprocess Popen system popen execv execve execvp execl spawnl spawnv posix_spawn "
    "startfile socket urllib urlopen urlretrieve requests httpx aiohttp ftplib smtplib webbrowser create_subprocess_exec "
    "create_subprocess_shell multiprocessing rmtree environ putenv b64decode base64 home expanduser chmod symlink_to "
    "symlink settrace setprofile atexit excepthook meta_path path_hooks entry_points addsitedir add_init_script "
    "evaluate b85decode fromhex unhexlify decompress"
)  # fmt: skip
_PYTHON = frozenset(_PYTHON_NAMED.split())
_ORDINARY_NAMED = (
    "__init__ __name__ __file__ __doc__ __all__ __version__ __path__ __future__ __repr__ __str__ __eq__ __hash__ "
    "__enter__ __exit__ __len__ __iter__ __next__ __main__ __html__ __post_init__"
)
_ORDINARY = frozenset(_ORDINARY_NAMED.split())
# In other languages: commands of a shell, what a browser runs, sends or loads, what a workflow may do
_OTHER = re.compile(
    r"\b(?:fetch|XMLHttpRequest|sendBeacon|WebSocket|WebTransport|EventSource|SharedWorker|Worker|serviceWorker|importScripts"
    r"|eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|createElement|postMessage|location|cookie"
    r"|localStorage|RTCPeerConnection|Image|curl|wget|ncat|nc|ssh|scp|rsync|sudo|docker|npx|npm|uvx|bash|zsh|powershell|perl"
    r"|ruby|node|osascript|system|exec|base64|secrets|permissions|pull_request_target|workflow_run|id-token|contents:\s*write)\b"
    r"|\bimport\(|<script|<iframe|http-equiv|\bon\w+\s*=|\|\s*(?:sh|bash|python)|python3?\s+-c|pip3?\s+install"
)
# What a judge that judges nothing any more may return
_NOTHING = re.compile(r"\bif False\b|\breturn (?:\[\]|None|True|False|\(\)|\"\")|\bpass\b")


@lru_cache(maxsize=10_000)
def comes(path: str, before: str, after: str) -> tuple[str, ...]:
    """Return the words by which a file comes to run, load, fetch or send something that it did not before."""
    if path.endswith(_NO_CODE) or before == after:
        return ()
    if path.endswith(".py"):
        old, new = (source_diff.python(told) for told in (before, after))
        if old and new:  # alive together: what is too deep to be written down has a key of its own
            return tuple(sorted({word for word, _ in Counter(_uses(new)) - Counter(_uses(old))}))
    return tuple(come(_OTHER, before, after))


def come(words: re.Pattern[str], before: str, after: str) -> list[str]:
    """Return the words of a kind in the lines that come, comments apart, with other text behind them than before."""
    told: dict[str, Counter[tuple[str, str]]] = {"+": Counter(), "-": Counter()}
    for line in source_diff.lines(before, after):
        if not re.match(r"\s*(?:#(?!!)|//|\*|/\*)", line[1:]):
            told[line[0]].update(
                (found[0].strip(), line[found.start() + 1 :].strip())
                for found in words.finditer(line[1:])
            )
    return sorted({word for word, _ in told["+"] - told["-"]})


def _uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the words of a source of Python that run, load or send, each with the expression that it stands in.

    Each expression is walked and written down once, so that no chain of calls costs more than its length.
    """
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in imports:
        names = [getattr(node, "module", "") or "", *(one.name for one in node.names)]
        words = (word for told in names for word in told.split("."))
        yield from ((word, source_diff.syntax(node)) for word in words if _runs(word))
    own = _own_names(tree) - {one.asname or one.name.partition(".")[0] for node in imports for one in node.names}  # fmt: skip
    for statement in ast.walk(tree):
        if isinstance(statement, ast.stmt):
            for expression in _expressions(statement):
                if found := [*_words(expression, own)]:
                    written = source_diff.syntax(expression) or str(id(expression))
                    yield from ((word, written) for word in found)


def _own_names(tree: ast.Module) -> set[str]:
    """Return the variables and arguments of a file; a function of Python stays one, whatever is called so."""
    nodes = [*ast.walk(tree)]
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {word for word in own if not hasattr(builtins, word) and not word.startswith("__")}


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions of a statement, without those of the statements in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif not isinstance(child, ast.stmt):
            yield from _expressions(child)


def _words(expression: ast.expr, own: set[str]) -> Iterator[str]:
    """Yield what an expression runs, loads or sends by; a variable of the file's own is no such word."""
    nodes = [*ast.walk(expression)]
    harmless = {id(node.func) for node in nodes if isinstance(node, ast.Call) and _harmless(node)}
    for node in nodes:
        word = _word(node)
        mine = isinstance(node, ast.Name) and word in own
        if _runs(word) and not mine and id(node) not in harmless:
            yield word


def _word(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""  # fmt: skip


def _runs(word: str) -> bool:
    own = word.startswith("__") and word.endswith("__") and word not in _ORDINARY
    return word in _PYTHON or own


def _harmless(call: ast.Call) -> bool:
    """Tell whether a call is one of a pattern that is compiled, or of a field that is named as it is."""
    word = _word(call.func)
    if word == "compile":
        return isinstance(call.func, ast.Attribute) and _word(call.func.value) in ("re", "regex")
    if word in ("getattr", "setattr") and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):  # fmt: skip
        return not _runs(str(call.args[1].value))
    return False


def texts(paths: Iterable[str], base: Snapshot, head: Snapshot) -> list[tuple[str, str, str]]:
    """Return files with their text before, where they stood then, and after; empty where it is none that is kept.

    Folders that moved are called by their new names in both.
    """
    moved = moves.moved(base, head)
    folders = moves.folders(base, head, moved)
    return [
        (path, moves.renamed(_text(base, moved.get(path, path)), folders), _text(head, path))
        for path in paths
    ]


def _text(side: Snapshot, path: str) -> str:
    return side.judge.get(path) or side.written.get(path) or side.others.get(path) or ""


def notes(differ: list[tuple[str, str, str]]) -> Iterator[str]:
    """Name which of the files that differ come to run, load, fetch or send something, with the words by which they do."""
    first = _ranked(differ)
    told = [
        f"{escaping.path(path)} ({some(map(name, found), FEW)})"
        for path, before, after in sorted(differ, key=lambda file: -first[file[0]])
        if (found := comes(path, before, after))
    ]
    if told:
        yield f"{strong('Code that comes to run, load or send something')}: {some(told, 24)}."


def changed(base: Snapshot, head: Snapshot) -> list[tuple[str, str, str]]:
    """Return the files that differ and that no page is made from, with their texts; names that many replace replaced."""
    paths = [
        path
        for path in sorted({*base.files, *head.files})
        if base.files.get(path) != head.files.get(path) and not made_from(path)
    ]
    return names.through(texts(paths, base, head))


REPEATED = 2  # up to which rank a file has no edit of its own


def ranks(paths: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Say of files, each with its text before and after, which stand first: the highest.

    6 and 5: comes to run something, by an edit of its own or by one that is made many times; 4: comes to judge
    nothing; 3: any other edit of its own; 2: one that is made many times; 1: only what explains the code, the
    order of imports, or the place of the file; 0: a picture.
    """
    given = [*paths]
    still = {path: 1 for path, before, after in given if before and before == after}
    return _ranked(names.through(given)) | still


def _ranked(given: list[tuple[str, str, str]]) -> dict[str, int]:
    made = {path: _edit(before, after) for path, before, after in given}
    often = Counter(made.values())
    return {
        path: _rank(path, before, after, often[made[path]] >= names.MANY and bool(before or after))
        for path, before, after in given
    }


def _edit(before: str, after: str) -> frozenset[tuple[str, int]]:
    return frozenset(Counter(source_diff.lines(before, after)).items())


def _rank(path: str, before: str, after: str, repeated: bool) -> int:
    if path.endswith(PICTURES):
        return 0
    if comes(path, before, after):
        return 5 + (not repeated)
    explained = PurePosixPath(path).suffix == ".py" and before != after
    if explained and source_diff.undocumented(before) == source_diff.undocumented(after):
        return 1
    if repeated:
        return 2
    came = (line for line in source_diff.lines(before, after) if line[0] == "+")
    return 4 if any(map(_NOTHING.search, came)) else 3
