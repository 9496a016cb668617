"""Plant random faults in the package and count those that a test catches (cosmic-ray's operators).

    python benchmarks/mutants.py [--count 200] [--seed 1] [--rooms records chapter site review] [--out FILE]
    python benchmarks/mutants.py --again FILE --whole

Needs the extra: pip install -e '.[mutation]'. Works on a copy of the repository. First the tests run
that come by the mutant's line, the quickest first; where they find nothing, the quick tests of the
files that import its module. Tests that need the built site or a browser, and files that run
notebooks, are left out. What lives then is given, with --whole, what make test does beside them: the
build of the other edition, nbval on every notebook, and the tests of the built site that need no
browser; a minute or two each. A test that fails without a fault is left out and named. Annotations,
which nothing evaluates, are left alone.

The tests are collected once. Each mutant is a fork of that process: a fault inside a function is put
in its place there. A fault in what runs at import (constants, models, defaults) needs a process of
its own, forked before the package was imported. A mutant that takes five times the processor time is
caught.

Some that live change nothing that anybody could see: the sign of AT_FDCWD (our paths are absolute),
'is not' for '!=' between two truth values, '<' for '<=' beside a tolerance of 1e-9, another limit of
what is only kept for speed. Faults in how a chart is drawn live without --whole where no rule of
geometry is broken: nbval and the hash of each picture hold those.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import importlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from cosmic_ray import plugins
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB, use_db

ROOT = Path(__file__).resolve().parent.parent
LEFT = (".git", ".venv", "_build", "__pycache__", "*.egg-info")
# Run notebooks or build the site, kill processes, or spoil input for minutes
SLOW = ("test_access.py", "test_bad_input.py", "test_cache.py", "test_engine.py", "test_faults.py",
        "test_notebooks.py", "test_ranges.py", "test_reproducible.py", "test_sweep.py")  # fmt: skip
SITE = {"site", "address", "chromium"}  # fixtures of a built site and a browser
EVALUATED_NOWHERE = "core/ReplaceBinaryOperator_BitOr"  # 'X | None' in annotations
HEAVY = ("numpy", "pandas", "pandera.pandas", "pydantic", "scipy.stats", "matplotlib.pyplot", "PIL.Image",
         "yaml", "click.testing", "jinja2", "nbformat", "hypothesis", "myst_nb", "sphinx.application",
         "statsmodels.api", "time_machine", "jsonschema", "frictionless")  # fmt: skip
QUICK_S = 0.5  # a test of more is run only where it comes by the line
SPARE_S = 20  # processor seconds beyond five times the usual
WALL_S = 900  # a bound for what only waits


class Mutant(dict):
    """One planted fault: module, operator, occurrence and, once run, whether a test caught it."""


def candidates(root: Path, rooms: list[str]) -> Iterator[Mutant]:
    """Yield every fault that the operators can plant."""
    paths = [path for room in rooms for path in sorted((root / "bet" / room).glob("*.py"))]
    with use_db(root / "mutants.sqlite", WorkDB.Mode.create) as database:
        init(paths, database, {})
        items = list(database.work_items)
    for item in items:
        for spec in (
            s for s in item.mutations if not s.operator_name.startswith(EVALUATED_NOWHERE)
        ):
            yield Mutant(
                module=spec.module_path.relative_to(root).as_posix(),
                operator=spec.operator_name,
                occurrence=spec.occurrence,
                line=spec.start_pos[0],
            )


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, 'bet.site.html' as well as 'bet.site'."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


# Where a fault stands


def statement(tree: ast.Module, line: int) -> range:
    """Return the lines of the innermost statement at a line; of a compound one only its head."""
    least = range(line, line + 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or 0
            if line <= last:
                least = range(node.lineno, last + 1)
    return least


def inside_function(body: Iterable[ast.stmt], line: int) -> bool:
    """Tell whether a line runs only when a function of these statements, or of a class, is called."""
    for node in body:
        if isinstance(node, ast.ClassDef) and inside_function(node.body, line):
            return True
        if isinstance(node, ast.FunctionDef) and node.lineno < node.body[0].lineno <= line <= (
            node.end_lineno or 0
        ):
            return True
    return False


def functions(code: CodeType) -> Iterator[CodeType]:
    """Yield the functions of a module and of its classes, without those inside functions."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_flags & 1:  # optimised locals: a function, not a class
                yield part
            else:
                yield from functions(part)


def replant(path: Path) -> None:
    """Give the functions of an imported module the code that its file has now."""
    whole = SourceFileLoader("planted", str(path)).source_to_code(path.read_bytes(), str(path))
    new = {(code.co_qualname, code.co_firstlineno): code for code in functions(whole)}
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == str(path):
            code = new.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
            if code is not None and code != found.__code__:
                found.__code__ = code


# Processes


def forked(work: Callable[[], int], cpu: float | None = None) -> bool:
    """Do something in a fork; tell whether it returned zero in time."""
    child = os.fork()
    if child == 0:
        os.setsid()  # so that whatever the tests start ends with them
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        if cpu is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            limit = int(used.ru_utime + used.ru_stime + cpu) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        code = 1
        with contextlib.suppress(BaseException):
            code = work()
        os._exit(int(code))
    end, status = time.monotonic() + WALL_S, None
    while status is None:
        done, told = os.waitpid(child, os.WNOHANG)
        if done:
            status = told
        elif cpu is not None and time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        else:
            time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return status == 0


def tested(root: Path, plugin: object, tests: Sequence[Path]) -> int:
    """Run test files of the copy in this process under a plugin; return pytest's exit code."""
    os.chdir(root)
    sys.path.insert(0, str(root))
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "--basetemp", str(root.parent / "made")]
    return int(pytest.main([*arguments, *map(str, tests)], plugins=[plugin]))


class Only:
    """A plugin of pytest: the tests of these names, in this order."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out all other tests."""
        known = {item.nodeid: item for item in items}
        items[:] = [known[name] for name in self.names if name in known]


class OfSite:
    """A plugin of pytest: the tests of the built site that need no browser."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out all other tests."""
        needs = [(item, set(getattr(item, "fixturenames", ()))) for item in items]
        items[:] = [item for item, used in needs if used & SITE == {"site"}]


def whole(root: Path) -> bool:
    """Tell whether the rest of make test finds the fault of a copy: its build, notebooks and site."""
    build = [sys.executable, "-m", "bet", "build", "--edition", "article-day"]
    book = [sys.executable, "-m", "pytest", "book", "-x", "-q", "-n", "2", "--dist", "loadfile", "--nbval", "--nbval-cell-timeout", "120"]  # fmt: skip
    for command in (build, [*book, "-p", "no:cacheprovider"]):
        try:
            subprocess.run(command, cwd=root, capture_output=True, timeout=WALL_S, check=True)
        except subprocess.SubprocessError:
            return True
    return not forked(lambda: tested(root, OfSite(), [root / "tests"]))


class Suite:
    """The tests of a copy: which lines each comes by, the seconds it takes, and which may be used."""

    def __init__(self, root: Path) -> None:
        self.root, self.notes = root, root / "notes.json"
        files = [p for p in sorted((root / "tests").glob("test_*.py")) if p.name not in SLOW]
        self.files = {path: imports(path) for path in files}
        self.seconds: dict[str, float] = {}
        self.by_line: dict[str, set[str]] = {}

    def learn(self) -> None:
        """Read what the run without a fault told."""
        told = json.loads(self.notes.read_text("utf-8"))
        self.seconds = {
            name: s for name, s in told["seconds"].items() if name not in told["failed"]
        }
        for name in told["failed"]:
            print(f"left out, fails without a fault: {name}", flush=True)
        for name, lines in told["lines"].items():
            for line in lines:
                self.by_line.setdefault(line, set()).add(name)

    def near(self, module: str) -> list[Path]:
        """Return the test files that import a module ('bet/site/html.py')."""
        name = module.removesuffix(".py").replace("/", ".")
        return [path for path, used in self.files.items() if name in used]

    def stages(self, mutant: Mutant) -> list[list[str]]:
        """Return the tests that come by a mutant's line, then the others near it; the quickest first."""
        tree = ast.parse((self.root / mutant["module"]).read_text("utf-8"))
        places = {f"{mutant['module']}:{n}" for n in statement(tree, mutant["line"])}
        first = set().union(*(self.by_line.get(place, set()) for place in places))
        files = {path.relative_to(self.root).as_posix() for path in self.near(mutant["module"])}
        quick = {name for name, seconds in self.seconds.items() if seconds < QUICK_S}
        rest = {name for name in quick if name.partition("::")[0] in files} - first
        return [
            sorted(filter(self.seconds.__contains__, s), key=self.seconds.__getitem__)
            for s in (first, rest)
        ]

    def limit(self, names: Iterable[str]) -> float:
        """Return the processor seconds that tests may take."""
        return SPARE_S + 5 * sum(map(self.seconds.__getitem__, names))


class Session:
    """A plugin of pytest that collects the tests once and runs them in forks, once for each mutant."""

    def __init__(self, suite: Suite, mutants: Sequence[Mutant], keep: Callable[[], None]) -> None:
        self.suite, self.mutants, self.keep = suite, mutants, keep
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a failure."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests without a fault, then those of each mutant."""
        items = {i.nodeid: i for i in session.items if not SITE & set(i.fixturenames)}
        forked(lambda: self.plain(items))
        self.suite.learn()
        for mutant in self.mutants:
            planted(self.suite.root, mutant, lambda one=mutant: self.caught(items, one))
            self.keep()
        return True

    def caught(self, items: dict[str, pytest.Function], mutant: Mutant) -> bool:
        """Tell whether a test fails once the functions of a module have the code of its file."""

        def work(names: list[str]) -> int:
            replant(self.suite.root / mutant["module"])
            for name, after in zip(names, [*names[1:], None], strict=True):
                self.run(items[name], items[after] if after else None)
                if self.failed:
                    return 1
            return 0

        stages = [names for names in self.suite.stages(mutant) if names]
        return any(not forked(lambda n=n: work(n), self.suite.limit(n)) for n in stages)

    def run(self, item: pytest.Function, after: pytest.Function | None) -> None:
        """Run one test."""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)

    def plain(self, items: dict[str, pytest.Function]) -> int:
        """Run all tests without a fault; note seconds, failures and the lines that each comes by."""
        lines, seconds = {}, {}
        own = str(self.suite.root / "bet") + os.sep
        strip = len(str(self.suite.root)) + 1
        order = list(items.values())
        for item, after in zip(order, [*order[1:], None], strict=True):
            seen: set[str] = set()

            def trace(frame: FrameType, event: str, _: object, seen: set[str] = seen) -> object:
                if not frame.f_code.co_filename.startswith(own):
                    return None
                if event == "line":
                    seen.add(f"{frame.f_code.co_filename[strip:]}:{frame.f_lineno}")
                return trace

            start = time.process_time()
            sys.settrace(trace)
            self.run(item, after)
            sys.settrace(None)
            seconds[item.nodeid], lines[item.nodeid] = time.process_time() - start, sorted(seen)
        told = {"lines": lines, "seconds": seconds, "failed": self.failed}
        self.suite.notes.write_text(json.dumps(told), encoding="utf-8")
        return 0


def parses(text: str) -> bool:
    """Tell whether a text is Python; now and then an operator leaves half an expression."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def planted(root: Path, mutant: Mutant, caught: Callable[[], bool]) -> None:
    """Plant one fault in its file, ask whether it is caught, take it out again."""
    path = root / mutant["module"]
    before = path.read_text("utf-8")
    after = mutate_code(before, plugins.get_operator(mutant["operator"])(), mutant["occurrence"])
    if not after or after == before or not parses(after):
        return
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    mutant["now"] = next((new.strip() for old, new in pairs if old != new), "")
    try:
        path.write_text(after, "utf-8")
        mutant["caught"] = caught()
    finally:
        path.write_text(before, "utf-8")


def at_import(suite: Suite, mutant: Mutant) -> bool:
    """Tell whether a fault in what runs at import is caught: the tests near it, in a new process."""
    files = suite.near(mutant["module"])
    names = [name for stage in suite.stages(mutant) for name in stage]
    if not names:
        return False
    work = lambda: tested(suite.root, Only(names), files)  # noqa: E731
    return not forked(work, suite.limit(names) + 60)  # the import and collection beside them


def report(done: Sequence[Mutant], possible: int) -> str:
    """Return caught of all, by room, and every mutant that lives."""
    tried = [m for m in done if "caught" in m]
    hits = sum(m["caught"] for m in tried)
    lines = [f"{hits} of {len(tried)} mutants caught ({hits / max(1, len(tried)):.0%}), of {possible} possible"]  # fmt: skip
    of, by = (Counter(Path(m["module"]).parent.name for m in ms)
              for ms in (tried, [m for m in tried if m["caught"]]))  # fmt: skip
    lines += [f"  {room}: {by[room]} of {of[room]}" for room in sorted(of)]
    lines += [
        f"  {m['module']}:{m['line']} {m['operator']} -> {m['now']}" for m in tried if not m["caught"]
    ]  # fmt: skip
    return "\n".join(lines)


def prepare() -> None:
    """Import what the tests import, without the package and the tests."""
    # A mutant of the same length in the same second would be taken for its compiled neighbour.
    sys.dont_write_bytecode = True
    os.environ.update(PYTHONDONTWRITEBYTECODE="1", MPLBACKEND="agg")
    for name in HEAVY:
        importlib.import_module(name)
    hypothesis = importlib.import_module("hypothesis")
    # a busy machine is no fault, nor is a lucky draw a catch
    hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("steady")


def main() -> None:
    """Draw, plant, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", nargs="+", default=["records", "chapter", "site", "review"])
    parser.add_argument("--again", type=Path, help="an earlier --out: only those that lived")
    parser.add_argument("--whole", action="store_true", help="the rest of make test, for each")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "mutants.json")
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.count} mutants of {', '.join(given.rooms)}", flush=True)
    prepare()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "copy"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT))
        os.environ["PYTHONPATH"] = str(root)
        everything = list(candidates(root, given.rooms))
        drawn = random.Random(given.seed).sample(everything, min(given.count, len(everything)))
        if given.again:
            told = json.loads(given.again.read_text("utf-8"))
            drawn = [
                Mutant({key: mutant[key] for key in everything[0]})
                for mutant in told
                if not mutant.get("caught", True)
            ]
        if given.whole:
            if whole(root):
                sys.exit("without a fault the build, a notebook or a test of the site fails")
            for mutant in drawn:
                planted(root, mutant, lambda: whole(root))
                print(f"{mutant['module']}:{mutant['line']}", mutant.get("caught"), flush=True)
                given.out.write_text(json.dumps(drawn, indent=1), encoding="utf-8")
            print(report(drawn, len(everything)))
            return
        trees = {m["module"]: ast.parse((root / m["module"]).read_text("utf-8")) for m in drawn}
        called = [m for m in drawn if inside_function(trees[m["module"]].body, m["line"])]
        rest = [m for m in drawn if m not in called]
        suite, made = Suite(root), root / "called.json"

        def keep(mutants: Sequence[Mutant], path: Path) -> None:
            path.write_text(json.dumps(mutants, indent=1), encoding="utf-8")

        rooms = ("bet.cli", *(f"bet.{room}" for room in given.rooms))
        wanted = [p for p, used in suite.files.items() if any(n.startswith(rooms) for n in used)]
        session = Session(suite, called, lambda: (keep(called, made), keep(called, given.out))[0])
        forked(lambda: tested(root, session, wanted))
        called = [Mutant(m) for m in json.loads(made.read_text("utf-8"))] if called else []
        suite.learn()
        for mutant in rest:
            planted(root, mutant, lambda one=mutant: at_import(suite, one))
            keep([*called, *rest], given.out)
    print(report([*called, *rest], len(everything)))


if __name__ == "__main__":
    main()
