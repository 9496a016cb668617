"""What new code of a notebook or page reaches for, held against what a chapter is known to need.

A chapter computes from records and tables. No list of bad names is ever whole, so here stand the good
ones: imports, functions of Python, methods that only compute, and whatever chapters of the base use
already. All else is told before other changes: what could run, load, write or patch something as rows of
their own, any other name in the first lines. Code stands in strings too: templates, and queries.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from jinja2 import Environment, TemplateError, nodes

from bet.chapter import cells
from bet.faults import some
from bet.review import source_diff
from bet.review.change import FEW, NONE, Change, name, strong
from bet.review.snapshot import Snapshot

REACHES = "runs or loads what no chapter did before"
# Functions of Python itself that run what is no code yet, or open files; as a field of a record they are words.
_OWN = "exec|eval|compile|open|getattr|setattr|delattr|vars|locals|breakpoint|input"
# Modules and functions that run commands, load code, or read and write beside what the book loads
_NAMES = (
    "os|sys|io|subprocess|shutil|pathlib|Path|builtins|importlib|runpy|ctypes|socket|urllib|requests|pickle|eval|"
    "system|popen|Popen|spawn|fork|import_module|urlopen|urlretrieve|get_ipython|run_line_magic|run_cell_magic|"
    "run_cell|read_pickle|to_pickle|read_html|read_csv|write_text|write_bytes|unlink|rmtree|symlink|chmod|"
    "environ|putenv|check_output|check_call|f_globals|f_builtins|gi_frame|tofile|fromfile|memmap|cache_clear|"
    r"to_csv|to_html|to_json|to_parquet|to_excel|set_option|options|attrgetter|methodcaller|__\w+__"
)
_FOUND = re.compile(rf"\b(?:{_OWN}|{_NAMES})\b")
_DUNDER = re.compile(r"__\w+__")
_COMMAND = re.compile(r"(?m)^\s*(?:[\w, ]+=\s*)?([!%]{1,2})")  # of a shell, or a magic
# A line of a difference, or of a cell, that must not fall to a cut
LINE = re.compile(rf"{_FOUND.pattern}|^[+-]?\s*(?:[\w, ]+=\s*)?[!%]|^[+-]?\s*(?:import|from)\s")

# ---- what a chapter may touch

# Functions of Python that compute and touch nothing else; its exceptions are known by their names.
_PYTHON_NAMED = (
    "abs all any bool bytes complex dict divmod enumerate filter float format frozenset hash int isinstance "
    "issubclass iter len list map max min next pow print range repr reversed round set slice sorted str sum tuple "
    "zip True False None Ellipsis NotImplemented"
)  # fmt: skip
_PYTHON = frozenset(_PYTHON_NAMED.split())
_GIVEN = {"In", "Out", "get_ipython", "exit", "quit", "display", "open"}  # by IPython
_UNSAFE = {
    one
    for one in {*dir(builtins), *_GIVEN} - _PYTHON
    if not one.endswith(("Error", "Warning", "Exception", "Iteration"))
}
# Modules of which every public name computes and no more.
_WHOLE = ("bet.models", "bet.numbers", "math", "statistics", "itertools", "collections", "datetime", "fractions", "decimal")  # fmt: skip
_MODULES = {"numpy", "pandas", "re", "functools", *_WHOLE}
# Methods and functions that only compute: of numpy and pandas, of texts, lists, mappings and days.
_COMPUTE_NAMED = (
    "DataFrame DateOffset DatetimeIndex Index MultiIndex NA NaT Period PeriodIndex Series T Timedelta Timestamp "
    "abs accumulate add all any append arange argmax argmin around array array_equal asarray assign astype at "
    "average bfill between bincount bool_ broadcast_to capitalize categories ceil chain choice clip clear codes "
    "columns combine_first combinations compile concat concatenate contains convolve copy corr cos count "
    "count_nonzero cov crosstab cummax cummin cumprod cumsum cut date date_range datetime day dayofweek dayofyear "
    "days default_rng describe diff digitize div divide dot drop drop_duplicates dropna dt dtype dtypes "
    "duplicated e empty end endswith eq ewm exp expanding expm1 explode extend extract ffill fill fillna filter "
    "find findall finditer first flatten float64 floor floordiv fromisoformat fromkeys full full_like ge "
    "geomspace get get_dummies get_loc group groupby groups gt head histogram hour iat idxmax idxmin iloc inf "
    "insert int64 interp interpolate intersect1d intersection is_integer isalpha isclose isdigit isfinite isin "
    "isinf isna isnan isnull isoformat issubset item items iterrows itertuples join keys kurt last le len levels "
    "linspace loc log log10 log1p log2 logical_and logical_not logical_or logspace lower lstrip lt mad map mask "
    "match max maximum mean median melt merge min minimum mod mode month mul multiply name nan nancumsum nanmax "
    "nanmean nanmedian nanmin nanpercentile nanstd nansum ndim ne nlargest notna notnull nsmallest nunique ones "
    "ones_like partition pct_change percentile period_range pi pivot pivot_table pop pow power prod product qcut "
    "quantile quarter random rank ravel reduce reindex removeprefix removesuffix remove rename rename_axis repeat "
    "replace resample reset_index reshape reverse rfind rint rolling round rsplit rstrip sample search "
    "searchsorted sem set_axis set_index setdefault shape shift sign sin size skew sort sort_index sort_values "
    "split splitlines sqrt squeeze stack start startswith std str strftime strip strptime sub subtract sum "
    "swapaxes symmetric_difference tail take tan tile timedelta title to_datetime to_dict to_frame to_list "
    "to_numeric to_numpy to_period to_timedelta to_timestamp today tolist total total_seconds transpose "
    "tz_convert tz_localize union unique unstack update upper value_counts values var vstack week weekday where "
    "xs year zeros zeros_like zfill"
)  # fmt: skip
_COMPUTE = frozenset(_COMPUTE_NAMED.split())
# What these are given is judged by rules of its own.
_JUDGED = {"agg", "aggregate", "apply", "transform", "query", "say"}
_SET = {"columns", "index", "name"}  # what a chapter may assign to: of a table of its own
_CHANGES = {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "setdefault", "sort", "update"}  # fmt: skip
# Methods that take a function by its name, and the names that only compute
_BY_NAME = {"agg", "aggregate", "apply", "transform", "applymap", "pipe"}
_SUMS_NAMED = "all any count first last max mean median min nunique prod size std sum var idxmax idxmin cumsum rank"
_SUMS = frozenset(_SUMS_NAMED.split())
_TEXTS = {"say", "query", "eval"}  # that take code as a text
_USUAL = {"numpy": "np", "pandas": "pd"}  # names of modules
_BOOK = "book"  # the name of the chapter in its notebook
# Of Jinja: filters that look something up by its name
_LOOKS_UP = {"attr", "map", "select", "reject", "selectattr", "rejectattr", "groupby"}
# Filters that take the name of an attribute after so many others
_TAKEN = {"join": 1, "sum": 0, "sort": 2, "min": 1, "max": 1, "unique": 1}
# What a Markdown page fills its values in with
_PAGE = {"fact", "printed", "fr", "en", "lettres"}

Imported = frozenset[tuple[str, str]]  # names, and the module or what of it each stands for


class Use(NamedTuple):
    """Something that code reaches for: its name, the line and the expression in which it does."""

    name: str
    line: str
    where: str
    grave: bool


@dataclass(frozen=True)
class Known:
    """What the code of the base reaches for already."""

    sources: frozenset[str] = frozenset()
    graves: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()

    def new(self, source: str, imported: Imported) -> list[Use]:
        """Return what a cell reaches for and no cell of the base does, what could run something first."""
        if source in self.sources:
            return []
        found = (*_read_otherwise(source), *uses(source, imported))
        new = [use for use in dict.fromkeys(found) if not self._has(use)]
        return sorted(new, key=lambda use: not use.grave)

    def _has(self, use: Use) -> bool:
        return (use.name, use.where) in self.graves if use.grave else use.name in self.names


def known(base: Snapshot, head: Snapshot) -> Known:
    """Return what the chapters of the base reach for; the columns of its tables are names that they know.

    Where no cell of the head is new, nobody asks what the others do.
    """
    sources = frozenset(source for book in base.notebooks.values() for source in code(book))
    if all(source in sources for book in head.notebooks.values() for source in code(book)):
        return Known(sources)
    found = [
        use
        for notebook in base.notebooks.values()
        for imported in [imports(notebook)]
        for source in code(notebook)
        for use in uses(source, imported, judged=True)
    ]
    graves = frozenset((use.name, use.where) for use in found if use.grave)
    columns = {str(column) for table in base.tables.values() for column in table.columns}
    return Known(sources, graves, frozenset({*columns, *(use.name for use in found)}))


def code(notebook: Any) -> Iterator[str]:
    """Yield the sources of a notebook's cells of code."""
    yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")


def note(found: Iterable[Use]) -> str:
    """Say what of a cell could run or load something; nothing where nothing could."""
    graves = sorted({use.name for use in found if use.grave})
    return strong(f"{REACHES}: {some(map(name, graves), FEW)}") if graves else ""


def changes(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield, line by line, what the code of the head could run or load and the base's could not."""
    before = known(base, head)
    for page, notebook in head.notebooks.items():
        imported = imports(notebook)
        for cell in notebook.cells:
            new = before.new(cell.source, imported) if cell.cell_type == "code" else []
            for use in (use for use in new if use.grave):
                place = f"{page}, cell {cell.get('id', '')}".rstrip()
                weight = bool(_FOUND.fullmatch(use.name))
                yield Change("reach", place, NONE, _cut(use), use.name, page, weight)
        kernel = _kernel(notebook)
        if kernel not in ("python3", _kernel(base.notebooks.get(page))):
            yield Change("reach", f"{page}, settings", NONE, f"the kernel {kernel}", "a-kernel", page, 1)  # fmt: skip
    for page, text in head.pages.items():
        filled = set(_filled(base.pages.get(page, "")))
        for use in dict.fromkeys(_filled(text)):
            if use not in filled:
                yield Change("reach", page, NONE, _cut(use), use.name, page, 1)


def names(base: Snapshot, head: Snapshot) -> list[str]:
    """Name what the code of the head uses, no chapter of the base does, and no list of ours has."""
    before = known(base, head)
    found = [
        use.name
        for notebook in head.notebooks.values()
        for imported in [imports(notebook)]
        for source in code(notebook)
        for use in before.new(source, imported)
        if not use.grave and use.name.rpartition(".")[2] not in _COMPUTE | _JUDGED
    ]
    return list(dict.fromkeys(found))


def _kernel(notebook: Any) -> str:
    """Return the kernel that a notebook asks for, the usual one where it names none."""
    asked = notebook.metadata.get("kernelspec") if notebook else None
    return str(asked.get("name", "python3")) if isinstance(asked, dict) else "python3"


def _cut(use: Use, most: int = 150) -> str:
    """Return the line of a use, cut around its name."""
    at = max(0, use.line.find(use.name.rpartition(".")[2]) - 40)
    cut = use.line[at : at + most]
    return f"{'…' if at else ''}{cut}{'…' if at + most < len(use.line) else ''}"


# ---- Python


def imports(notebook: Any) -> Imported:
    """Return the names that a notebook imports."""
    found: dict[str, str] = {}
    for source in code(notebook):
        tree = source_diff.python(source) if "import" in source else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Import):
                found |= {
                    _bound(one): one.name if one.asname else _bound(one) for one in node.names
                }
            elif isinstance(node, ast.ImportFrom):
                found |= {_bound(one): f"{node.module}.{one.name}" for one in node.names}
    return frozenset(found.items())


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


@dataclass
class _Cell:
    """One cell of code: its lines, what its notebook imports, and which node stands in which."""

    lines: list[str]
    imported: Mapping[str, str]
    judged: bool = False
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def use(self, told: str, node: ast.AST, grave: bool = True, whole: bool = False) -> Use:
        """Return a use with its line, and the expression around it unless its name tells ``whole`` of it."""
        number = getattr(node, "lineno", 1)
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        where = self._expression(node) if grave and not whole else ""
        return Use(told, line.strip(), where, grave)

    def _expression(self, node: ast.AST) -> str:
        """Return the call that a node is given to, with nothing else that it is given, or else the statement.

        What is called is what a node becomes: ``globals()["x"]`` is another use than ``Chapter(globals())``.
        """
        while node in self.parents and not isinstance(node, ast.stmt):
            outer = self.parents[node]
            if isinstance(outer, ast.Call) and outer.func is not node:
                return f"{ast.unparse(outer.func)}(… {ast.unparse(node)})"[:2_000]
            node = outer
        return ast.unparse(node)[:2_000]

    def functions(self) -> set[str]:
        """Return the names of functions: of Python, imported, or made in this cell."""
        own = {node.name for node in self.parents if isinstance(node, ast.FunctionDef)}
        return {*_PYTHON, *self.imported, *own}

    def module(self, node: ast.AST) -> str:
        """Return what was imported under a name; nothing for any other node."""
        return self.imported.get(node.id, "") if isinstance(node, ast.Name) else ""


@lru_cache(maxsize=4_000)
def uses(source: str, imported: Imported, judged: bool = False) -> tuple[Use, ...]:
    """Return all that a cell reaches for and that is on none of our lists.

    Of a cell that was ``judged`` before, templates are not parsed: whatever they name is known.
    """
    tree = source_diff.python(source)
    lines = source.split("\n")
    if tree is None:
        signs = {"a-command" if "!" in sign else "a-magic" for sign in _COMMAND.findall(source)}
        told = (*sorted(signs or {"no-Python"}), *sorted(set(_FOUND.findall(source))))
        return tuple(Use(one, _line_of(one, lines), source, True) for one in told)
    try:
        return tuple(_uses(tree, _Cell(lines, dict(imported), judged)))
    except RecursionError:  # too deep to be written down again
        return (Use("no-Python", lines[0], source, True),)


def _read_otherwise(source: str) -> list[Use]:
    """Return a use where IPython would read some Python as something else: prompts and signs of its own."""
    if source_diff.python(source) and cells.python(source).rstrip("\n") != source.rstrip("\n"):
        return [Use("a-magic", source.split("\n")[0].strip(), source, True)]
    return []


def _line_of(sign: str, lines: list[str]) -> str:
    """Return the line of code that is no Python in which something stands."""
    for line in lines:
        if sign in line or (sign.startswith("a-") and _COMMAND.match(line)):
            return line.strip()
    return lines[0].strip()


def _uses(tree: ast.Module, cell: _Cell) -> Iterator[Use]:
    for node in ast.walk(tree):
        cell.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _import(node, cell)
        elif isinstance(node, ast.Name):
            yield from _name(node, cell)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, cell)
        elif isinstance(node, ast.Call):
            yield from _call(node, cell)
        elif isinstance(node, ast.MatchClass):
            yield from (_field(one, "", node, cell) for one in node.kwd_attrs)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from (cell.use(f"another-{one}", node) for one in [node.name] if one in cell.imported)  # fmt: skip
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _text(node.value, node, cell)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield from (cell.use(f"sets-{root}", node) for root in [_root(node, cell)] if root)


def _import(node: ast.Import | ast.ImportFrom, cell: _Cell) -> Iterator[Use]:
    if isinstance(node, ast.Import):
        for one in node.names:
            if one.name not in _MODULES:
                yield cell.use(one.name, node, whole=True)
            elif one.asname not in (None, _USUAL.get(one.name)):
                yield cell.use(f"{one.name}-as-{one.asname}", node, whole=True)
        return
    module = f"{'.' * node.level}{node.module or ''}"
    for one in node.names:
        fine = module in _WHOLE or (module in _MODULES and one.name in _COMPUTE)
        if not fine or _hidden(one.name) or one.name == "*":
            yield cell.use(f"{module}.{one.name}", node, whole=True)
        elif one.asname not in (None, one.name):  # it could stand for another that chapters use
            yield cell.use(f"{module}.{one.name}-as-{one.asname}", node, whole=True)


def _name(node: ast.Name, cell: _Cell) -> Iterator[Use]:
    inner = cell.parents.get(node)
    if isinstance(node.ctx, ast.Load):
        if node.id in _UNSAFE or _given(node.id):
            yield cell.use(node.id, node)
        # A module that is handed on stands under another name afterwards
        if not isinstance(inner, ast.Attribute) and cell.module(node) in _MODULES:
            yield cell.use(f"{node.id}-handed-on", node)
    elif (node.id in cell.imported or node.id == _BOOK) and not _inside(node, cell):
        yield cell.use(f"another-{node.id}", node)


def _inside(node: ast.AST, cell: _Cell) -> bool:
    """Tell whether a name is bound within an expression only, as by a loop in brackets."""
    while not isinstance(node, ast.stmt) and node in cell.parents:
        node = cell.parents[node]
        if isinstance(node, ast.comprehension):
            return True
    return False


def _given(told: str) -> bool:
    """Tell whether IPython or Python gives a name that begins with an underscore: _, __, _3, _oh, __builtins__."""
    return bool(re.fullmatch(r"_+|_[io]?\d+|_i{1,3}|_[iod]h|__\w+__", told))


def _attribute(node: ast.Attribute, cell: _Cell) -> Iterator[Use]:
    if not isinstance(node.ctx, ast.Load):
        if node.attr not in _SET or cell.module(node.value) or _book(node.value):
            yield cell.use(f"sets-{node.attr}", node)
        return
    yield _field(node.attr, cell.module(node.value), node, cell)
    outer = cell.parents.get(node)
    called = isinstance(outer, ast.Call) and outer.func is node
    if node.attr in _TEXTS | _BY_NAME and not called:
        yield cell.use(f"{node.attr}-handed-on", node)


def _book(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == _BOOK


def _field(attribute: str, module: str, node: ast.AST, cell: _Cell) -> Use:
    """Return the use of a field or method: grave by its name, or where it is one of a module or of our own code."""
    whole = module.startswith(tuple(f"{one}." for one in _WHOLE)) or module in _WHOLE
    if _hidden(attribute):
        return cell.use(attribute, node)
    through = isinstance(cell.parents.get(node), ast.Attribute)
    if whole and _borrowed(module, attribute, through):
        return cell.use(f"{module}.{attribute}", node, whole=True)
    if module and not whole:
        return cell.use(f"{module}.{attribute}", node, attribute not in _COMPUTE, whole=True)
    return cell.use(attribute, node, grave=False)


@lru_cache
def _borrowed(module: str, attribute: str, through: bool) -> bool:
    """Tell whether what a module of our lists has by a name is not its own: a module, or a function of another.

    What the base's module has not at all may be one, where it is only a way ``through`` to something else.
    """
    try:
        own = importlib.import_module(module)
    except ImportError:
        return False  # a name of such a module
    found = getattr(own, attribute, None)
    if isinstance(found, ModuleType) or (through and not hasattr(own, attribute)):
        return True
    home = getattr(found, "__module__", None) if isinstance(found, type | FunctionType) else None
    return module.startswith("bet.") and bool(home) and not str(home).startswith(_WHOLE)


def _hidden(attribute: str) -> bool:
    return attribute.startswith("_") or bool(re.fullmatch(_NAMES, attribute))


def _call(node: ast.Call, cell: _Cell) -> Iterator[Use]:
    """Yield what a call does: print to a file, or a method on what it is given."""
    if isinstance(node.func, ast.Name) and node.func.id == "print":
        yield from (cell.use("print-to-a-file", node) for one in node.keywords if one.arg not in ("sep", "end"))  # fmt: skip
    if isinstance(node.func, ast.Attribute):
        yield from (cell.use(told, node) for told in _method(node, node.func, cell))
        yield from _expression(node, node.func.attr, cell)


def _method(node: ast.Call, called: ast.Attribute, cell: _Cell) -> Iterator[str]:
    """Yield the names of what the call of a method may do unread."""
    method = called.attr
    unpacked = any(isinstance(one, ast.Starred) for one in node.args) or any(k.arg is None for k in node.keywords)  # fmt: skip
    if unpacked and method in _JUDGED:  # what it is given cannot be read
        yield f"{method}-of-what-is-unpacked"
    first = _first(node)
    if method in _TEXTS and not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        yield f"{method}-of-a-text-not-written-out"
    if method in _BY_NAME:
        given = (k.value for k in node.keywords if isinstance(k.value, ast.Tuple | ast.Lambda) or k.arg == "func")  # fmt: skip
        for one in (*node.args[:1], *given):
            yield from (f"{method}-of-{told}" for told in _by_name(one, cell))
    if method in _CHANGES and (root := _root(called.value, cell)):
        yield f"changes-{root}"


def _expression(node: ast.Call, method: str, cell: _Cell) -> Iterator[Use]:
    """Yield what the text does that pandas evaluates."""
    first = _first(node)
    if method in ("query", "eval") and isinstance(first, ast.Constant):
        yield from _query(str(first.value), node, cell)


def _first(node: ast.Call) -> ast.expr | None:
    """Return the first argument of a call, or the one by name that stands for it."""
    named = (k.value for k in node.keywords if k.arg in ("func", "template", "expr"))
    return next(iter((*node.args, *named)), None)


def _by_name(given: ast.AST, cell: _Cell) -> Iterator[str]:
    """Yield the functions that are handed over by a name which is on no list, or by none that can be read."""
    if isinstance(given, ast.Constant):
        if isinstance(given.value, str) and given.value not in _SUMS:
            yield given.value
    elif isinstance(given, ast.List):
        yield from (told for one in given.elts for told in _by_name(one, cell))
    elif isinstance(given, ast.Tuple) and given.elts:  # a column, and what is done with it
        yield from _by_name(given.elts[-1], cell)
    elif isinstance(given, ast.Dict):
        yield from (told for one in given.values for told in _by_name(one, cell))
    elif isinstance(given, ast.Name):
        if given.id not in cell.functions():
            yield given.id
    elif not isinstance(given, ast.Lambda | ast.Attribute):
        yield "a-text-not-written-out"


def _root(node: ast.AST, cell: _Cell) -> str:
    """Return the imported name on whose parts something is done; nothing for what is the notebook's own.

    What a function of ours returns may be kept by it, and is its part too.
    """
    called = False
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        called |= isinstance(node, ast.Call)
        node = node.func if isinstance(node, ast.Call) else node.value
    module = cell.module(node)
    ours = not called or module.startswith("bet.")
    return node.id if isinstance(node, ast.Name) and module and ours else ""


# ---- code in texts


def _text(value: str, node: ast.AST, cell: _Cell) -> Iterator[Use]:
    if found := _DUNDER.search(value):
        yield cell.use(found[0], node)
    if not re.search(r"\{[{%]", value):
        return
    if cell.judged:
        fields = re.findall(r"(\w*)\.([^\W\d]\w*)", value)
        yield from (_field(one, cell.imported.get(root, ""), node, cell) for root, one in fields)
        return
    parts = _templated(value)
    for told in parts:
        if isinstance(told, nodes.Name) and (told.name in _UNSAFE or _given(told.name)):
            yield cell.use(told.name, node)._replace(line=_in_text(told.name, value))
        elif isinstance(told, nodes.Getattr):
            root = told.node.name if isinstance(told.node, nodes.Name) else ""
            found_in = _field(told.attr, cell.imported.get(root, ""), node, cell)
            yield found_in._replace(line=_in_text(told.attr, value))
        elif isinstance(told, nodes.Filter | nodes.Test) and _looks_up(told):
            yield cell.use(f"|{told.name}", node)._replace(line=_in_text(told.name, value))
        elif isinstance(told, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
            yield cell.use("include", node)
    if parts == [None]:
        yield cell.use("no-template", node)


def _looks_up(told: Any) -> bool:
    """Tell whether a filter or test of Jinja looks something up by a name."""
    by_name = any(one.key == "attribute" for one in told.kwargs)
    return told.name in _LOOKS_UP or by_name or len(told.args) > _TAKEN.get(told.name, 9)


def _templated(text: str) -> list[Any]:
    """Return the parts of a template; a list of None for what is none."""
    try:
        return list(Environment(autoescape=False).parse(text).find_all(nodes.Node))
    except (TemplateError, RecursionError):
        return [None]


def _in_text(told: str, text: str) -> str:
    return next((line.strip() for line in text.split("\n") if told in line), "")


def _query(text: str, node: ast.AST, cell: _Cell) -> Iterator[Use]:
    """Yield what a query of a table reaches for: names after '@' are the notebook's own."""
    tree = source_diff.python(text.replace("@", "").replace("`", "'").strip())
    if tree is None:
        yield cell.use("no-query", node)
        return
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute):
            yield _field(part.attr, cell.module(part.value), node, cell)
        elif isinstance(part, ast.Name) and part.id in _UNSAFE:
            yield cell.use(part.id, node)


def _filled(text: str) -> Iterator[Use]:
    """Yield what the templates of a Markdown page do beside filling in a value of the book."""
    if not re.search(r"\{[{%]", text):
        return
    for told in _templated(text):
        if told is None:
            yield Use("no-template", "", "", True)
        elif isinstance(told, nodes.Name) and told.name not in _PAGE:
            yield Use(told.name, _in_text(told.name, text), "", True)
        elif isinstance(told, nodes.Getattr):
            yield Use(told.attr, _in_text(told.attr, text), "", True)
        elif isinstance(told, nodes.Getitem) and not isinstance(getattr(told.arg, "value", None), int):  # fmt: skip
            yield Use("an-item-by-name", _in_text("[", text), "", True)
        elif isinstance(told, nodes.Filter) and (told.name not in _PAGE or _looks_up(told)):
            yield Use(f"|{told.name}", _in_text(told.name, text), "", True)
        elif isinstance(told, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
            yield Use("include", _in_text("{%", text), "", True)
