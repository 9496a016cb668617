"""What guards the book no longer: tests and assertions that go, tests that are left out, hooks, frozen forecasts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bet.chapter import cells
from bet.faults import some
from bet.numbers import plural
from bet.review import moves, names, source_diff
from bet.review.change import FEW, name, strong
from bet.review.snapshot import Snapshot

PLACE = "tests/"
# Marks that leave tests out, and what can take them away while a file is read
_LEFT_OUT = {"nightly", "skip", "skipif", "xfail", "importorskip", "collect_ignore", "collect_ignore_glob",
             "__test__", "globals", "vars", "exec", "eval", "modules"}  # fmt: skip
_HOLDS = {"raises", "warns", "fail"}  # of pytest, beside an assertion


class Held(NamedTuple):
    """What the files of tests hold: tests, assertions, marks that leave tests out, and hooks of pytest."""

    tests: Counter[str]
    assertions: Counter[tuple[str, str]]  # by file and by what they say
    excuses: Counter[str]  # by file, what lets an assertion hold whatever is tested
    left_out: int
    hooks: Counter[str]


def runs_with(path: str) -> bool:
    """Tell whether a file is one that tests run with and none of them: one word there may switch all off."""
    return _is_test_code(path) and not re.search(r"/test_\w+\.py$", path)


def notes(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Say in a sentence what of the tests goes, and what may leave some of them out."""
    folders = moves.folders(base, head, moves.moved(base, head))
    files = names.through(
        (path, moves.renamed(base.written.get(path, ""), folders), head.written.get(path, ""))
        for path in sorted({*base.written, *head.written})
        if _is_test_code(path) and base.files.get(path) != head.files.get(path)
    )
    differ = [file for file in files if file[1] != file[2]]
    old = _held((path, before) for path, before, _ in differ)
    new = _held((path, after) for path, _, after in differ)
    gone, hooks = old.tests - new.tests, new.hooks - old.hooks
    told = [plural(gone.total(), "test") + f" gone ({some(map(name, gone), FEW)})"] if gone else []
    if others := _no_longer(old.assertions, new.assertions):
        told.append(
            f"{plural(others.total(), 'assertion')} gone or written otherwise ({_by_file(others)})"
        )
    if excuses := new.excuses - old.excuses:
        told.append(
            f"{plural(excuses.total(), 'more way')} for an assertion to hold whatever it asks ({_by_file(excuses)})"
        )
    if (more := new.left_out - old.left_out) > 0:
        told.append(f"{plural(more, 'place')} more that may leave tests out")
    told += [f"new hooks into all of them ({some(map(name, hooks), FEW)})"] if hooks else []
    free = _unchecked(head) - _unchecked(base)
    if free:
        told.append(
            f"{plural(free.total(), 'cell')} that nbval no longer checks ({some(map(name, free), FEW)})"
        )
    if told:
        yield f"{strong('Tests')}: {', '.join(told)}."


def _by_file(counts: Counter[str]) -> str:
    """Name files of tests with how many of them each has."""
    told = (
        f"{name(path.removeprefix(PLACE).removesuffix('.py'))} {count}"
        for path, count in counts.most_common()
    )
    return some(told, 8)


def _no_longer(old: Counter[tuple[str, str]], new: Counter[tuple[str, str]]) -> Counter[str]:
    """Count by file the assertions that no file makes any more."""
    before, after = (Counter(said for _, said in side.elements()) for side in (old, new))
    left, lost = before - after, Counter[str]()
    for (path, said), count in (old - new).items():
        lost[path] += min(count, left[said])
        left[said] -= min(count, left[said])
    return +lost


LOCK = "data/forecasts.lock"


def frozen(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Name the forecasts that were frozen and are other ones now: lines of the lock are only ever added."""
    before, after = ({line for line in side.others.get(LOCK, "").splitlines() if line.strip() and not line.startswith("#")}
                     for side in (base, head))  # fmt: skip
    known, went, came = (
        {line.partition(" ")[0] for line in lines}
        for lines in (before, before - after, after - before)
    )
    if gone := sorted(went | (known & came)):
        yield f"{strong('Frozen forecasts that are other ones now')}: {some(map(name, gone), FEW)}."


def _unchecked(side: Snapshot) -> Counter[str]:
    """Count by notebook the cells that nbval does not check."""
    return Counter(
        page
        for page, book in side.notebooks.items()
        for cell in book.cells
        if cells.unchecked(cell)
    )


def _ways_out(test: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the places where a test may end before it has held all that it says; at its end it has."""
    body = test.body[ast.get_docstring(test) is not None :]
    last = len(body) > 1 and isinstance(body[-1], ast.Return)
    return sum(map(_returns, body)) - last


def _returns(node: ast.AST) -> int:
    """Count the returns in a piece of a function, without those of functions in it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return 0
    return isinstance(node, ast.Return) + sum(map(_returns, ast.iter_child_nodes(node)))


def _is_test_code(path: str) -> bool:
    return path.startswith(PLACE) and path.endswith(".py")


def _held(files: Iterable[tuple[str, str]]) -> Held:
    """Return what files of tests hold, each by path and text; one that is no Python holds nothing."""
    tests, hooks = Counter[str](), Counter[str]()
    assertions = Counter[tuple[str, str]]()
    excuses = Counter[str]()
    left_out = 0
    for path, text in files:
        tree = source_diff.python(text)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                tests[node.name] += node.name.startswith("test")
                hooks[node.name] += node.name.startswith("pytest_")
                left_out += _ways_out(node) if node.name.startswith("test") else 0
            if isinstance(node, ast.Assert):
                assertions[path, source_diff.syntax(node)] += 1
                excuses[path] += _excuses(node.test)
            told = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
            if told in _HOLDS:
                assertions[path, told] += 1
            left_out += told in _LEFT_OUT
    return Held(+tests, assertions, +excuses, left_out, +hooks)


def _excuses(test: ast.expr) -> int:
    """Count what of an assertion holds whatever is tested: alternatives, constants, and a thing that is itself."""
    nodes = [*ast.walk(test)]
    alternatives = sum(len(n.values) - 1 for n in nodes if isinstance(n, ast.BoolOp) and isinstance(n.op, ast.Or))  # fmt: skip
    same = sum(
        source_diff.syntax(n.left) == source_diff.syntax(n.comparators[0])
        for n in nodes
        if isinstance(n, ast.Compare)
    )
    # `assert (what, "why")` asks whether a pair is empty
    return alternatives + same + isinstance(test, ast.Constant | ast.Tuple | ast.List | ast.Lambda)
