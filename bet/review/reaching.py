"""What new code of a notebook reaches for: commands, files, the network, other modules.

A chapter computes from records and tables. Code that does more could rewrite whatever pages are made from
while the book is built, so it is told before all else that changes in a cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from bet.faults import some
from bet.review.change import FEW, name, strong

REACHES = "runs or loads what no chapter did before"
# Functions of Python itself that run what is no code yet, or open files; as a field of a record they are words.
_OWN = "exec|eval|compile|open|getattr|setattr|delattr|vars|locals|breakpoint|input"
# Modules and functions that run commands, load code, or read and write beside what the book loads
_NAMES = (
    "os|sys|subprocess|shutil|pathlib|Path|builtins|importlib|runpy|ctypes|socket|urllib|requests|pickle|eval|"
    "system|popen|Popen|spawn|fork|import_module|urlopen|urlretrieve|get_ipython|run_line_magic|run_cell_magic|"
    "run_cell|read_pickle|to_pickle|read_html|read_csv|write_text|write_bytes|unlink|rmtree|symlink|chmod|"
    "environ|putenv|check_output|check_call|f_globals|f_builtins|gi_frame|tofile|fromfile|memmap|"
    r"to_csv|to_html|to_json|to_parquet|to_excel|__\w+__"
)
_FOUND = re.compile(rf"\b(?:{_OWN}|{_NAMES})\b")
_COMMAND = re.compile(r"(?m)^\s*(?:[\w, ]+=\s*)?([!%]{1,2})")  # of a shell, or a magic
# A line of a difference, or of a cell, that must not fall to a cut
LINE = re.compile(rf"{_FOUND.pattern}|^[+-]?\s*(?:[\w, ]+=\s*)?[!%]|^[+-]?\s*(?:import|from)\s")


def note(before: Iterable[str], after: Iterable[str]) -> str:
    """Say what the cells of the head reach for and no cell of the base does; nothing where they do not."""
    known = {told for source in before for told in _of(source)}
    new = sorted({told for source in after for told in _of(source)} - known)
    return strong(f"{REACHES}: {some(map(name, new), FEW)}") if new else ""


def _of(source: str) -> Iterator[str]:
    """Yield the modules that a cell loads, the names of our list that it uses, and its commands."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        signs = {"a-command" if "!" in sign else "a-magic" for sign in _COMMAND.findall(source)}
        yield from (*(signs or {"no-Python"}), *_FOUND.findall(source))
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"
        elif isinstance(node, ast.Name) and _FOUND.fullmatch(node.id):
            yield node.id
        elif isinstance(node, ast.Attribute) and re.fullmatch(_NAMES, node.attr):
            yield node.attr
