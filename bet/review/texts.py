"""Changes of texts and code of the book, and of files that nothing else is about."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from bet.chapter.lint import meant
from bet.review import folding, hidden, moves, notebooks, reaching, running, sides, source_diff
from bet.review.active import OF_EDITORS
from bet.review.change import FEW, SAME, SETS, UNSEEN, Change, text
from bet.review.sameness import markdown, reordered, same, same_code
from bet.review.snapshot import Snapshot, Table, made_from
from bet.review.wording import weighty


def texts(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield what differs in the source of notebooks and in the text of pages."""
    known = reaching.known(base, head)
    for page in sides.names(base.notebooks, head.notebooks):
        if f"book/{page}.ipynb" not in base.unjudged | head.unjudged:
            yield from folding.changes(base, head, page)
            yield from _notebook(base.notebooks.get(page), head.notebooks.get(page), page, known)
    for page in sides.names(base.pages, head.pages):
        yield from _page(base, head, page)


def _notebook(old: Any, new: Any, page: str, known: reaching.Known) -> Iterator[Change]:
    """Yield the cells of a notebook that differ, or the whole of one that comes or goes."""
    imported = reaching.imports(new) if new else frozenset()
    if not old or not new:
        sources = reaching.code(new) if new else ()
        more = reaching.note(use for source in sources for use in known.new(source, imported))
        state = ", ".join(filter(None, ["removed" if old else "added", more]))
        yield Change("text", "notebook", _sources(old), _sources(new), state, page, bool(more))
    else:
        for place, before, after, kind in source_diff.cells(old, new):
            more = reaching.note(known.new(after, imported)) if "code" in kind.split() else ""
            prose = kind == "markdown"
            note = _told(before, after) if prose else more or _code_note(before, after, kind)
            yield Change("text", place, before, after, note, page, bool(more))
        yield from _settings(old, new, page)
    if new:
        yield from hidden.cells(old, new, page)


def _page(base: Snapshot, head: Snapshot, page: str) -> Iterator[Change]:
    """Yield what differs in the text of a page that is no notebook."""
    before, after = base.pages.get(page, ""), head.pages.get(page, "")
    path = f"book/{page}.md"
    if before == after or path in base.unjudged | head.unjudged or same(path, base, head):
        return
    note = "added" if not before else "removed" if not after else _told(before, after)
    yield Change("text", "page", before, after, note, page)
    if page not in head.notebooks:
        yield from folding.changes(base, head, page)


def _code_note(before: str, after: str, kind: str) -> str:
    """Return the kind of a cell; nothing where only what no run heeds of its code differs."""
    if kind != "code":
        return kind
    if same_code(before, after):
        return ""
    old, new = _assigned(before), _assigned(after)
    moved = [name for name in new if name in old and old[name] != new[name]]
    return f"{SETS} {', '.join(moved[:FEW])}" if moved else kind


def _assigned(source: str) -> dict[str, str]:
    """Return what a cell sets to a plain value, by name."""
    tree = source_diff.python(source)
    return {
        target.id: source_diff.syntax(node.value)
        for node in (tree.body if tree else ())
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.UnaryOp)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _sources(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells) if notebook else ""


# What of a page is more than its prose: directives (one of them runs code), roles, values that are filled
# in, links, pictures, HTML, and the settings of a directive.
_ACTIVE = re.compile(
    r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|(?m:^[+-][ \t>*]*(?::[\w-]+:|---\s*$))|\{\{|\{%|\{#|[`~]{3}|:::|\{[\w:+.-]+\}`|</?\w|<!|\]\(|\]\[|\]:|//\w"
)
_FRONT = re.compile(r"---\n.*?\n---\n", re.DOTALL)  # settings before the text of a page
# Where a link by a name leads, be it on the next line.
_NAMED = re.compile(r"\[([^\]]+)\]:\s*(\S+)")


def _told(before: str, after: str) -> str:
    """Say what differs between two texts of a page; nothing where it is where their lines break."""
    old = markdown(before)
    return "" if old is not None and old == markdown(after) else _active(before, after)


_NO_PROSE = {
    "code_block",
    "fence",
    "colon_fence",
    "myst_block_break",
    "myst_line_comment",
    "myst_target",
}


def _apart(text: str) -> list[str]:
    """Return the kinds of the blocks of a text that are no prose, though every word may stand there."""
    return [str(token[0]) for token in meant(text) or () if token[0] in _NO_PROSE]


def _active(before: str, after: str) -> str:
    """Say so where more than prose differs between two texts of a page; nothing where it does not."""
    fronts = [_FRONT.match(told) for told in (before, after)]
    settings = [found[0] if found else "" for found in fronts]
    changed = "\n".join(source_diff.lines(before, after))
    led = [_NAMED.findall(told) for told in (before, after)]
    more = settings[0] != settings[1] or led[0] != led[1] or _ACTIVE.search(changed)
    return (
        MORE
        if more or _apart(before) != _apart(after)
        else WEIGHTY
        if weighty(before, after)
        else ""
    )


PROSE = ("words", "text", "root")  # kinds of changes that are texts
RECORDS = ("grounds", "source", "schema")  # and those of which fields are
MORE = "more than prose"
WEIGHTY = "a figure, a verdict, a no or a sentence that goes"


def others(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield what differs in files that pages are made from and no record is read from."""
    for path in sides.names(base.others, head.others):
        told = base.others.get(path, ""), head.others.get(path, "")
        if told[0] != told[1] and not (same(path, base, head) or _hash_of_same(base, head, path)):
            kind, note = ("text", "pages are made from it") if made_from(path) else ("root", "")
            apart = [*_by_record(base.lists.get(path), head.lists.get(path))]
            for where, was, now in apart or [("", *told)]:
                about = ", ".join(filter(None, (where, note)))
                yield Change(kind, path, was, now, about, field=where)


def _by_record(old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what differs between two lists of records, by id and field; nothing where one is no such list."""
    both = [_by_id(side) for side in (old, new)]
    for one in sides.names(*both) if all(both) else ():
        was, now = (side.get(one, {}) for side in both)
        for key in sides.names(was, now):
            if was.get(key) != now.get(key):
                yield f"{one} {key}", text(was.get(key)), text(now.get(key))


def _by_id(records: Any) -> dict[str, dict[str, Any]]:
    """Return the records of a list by their ids; nothing for what is no list of records, each with one of its own."""
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        return {}
    found = {text(one.get("id")): one for one in records}
    return found if len(found) == len(records) else {}


def _settings(old: Any, new: Any, page: str) -> Iterator[Change]:
    """What hides or shows a cell, or holds its pictures, without a word of its source."""
    for was, now in source_diff.aligned(old, new):
        before, after = (
            {"settings": _heeded(cell.metadata), "attachments": dict(cell.get("attachments", {}))}
            for cell in (was, now)
        )
        if before != after:
            yield Change(
                "text",
                f"{notebooks.place(now)}, settings",
                notebooks.flat(before),
                notebooks.flat(after),
                "what a page shows of it may change",
                page,
            )
    if _heeded(old.metadata) != _heeded(new.metadata):
        yield Change("text", "settings of the notebook", notebooks.flat(old.metadata), notebooks.flat(new.metadata), "what runs it may change", page)  # fmt: skip


# What editors write down of a session, of a cell too; no page and no run heeds it.
_OF_SESSIONS = OF_EDITORS | {"collapsed", "ExecuteTime", "execution", "trusted", "scrolled", "editable", "deletable",
                             "jupyter", "pycharm", "slideshow"}  # fmt: skip
_USUAL = {"name": "python3"}  # kernel
_LEXERS = ("python", "python3", "ipython", "ipython3")


def _heeded(metadata: Any) -> dict[str, Any]:
    """Return metadata without what editors leave there, and without the version of a language."""
    kept = {key: value for key, value in metadata.items() if key not in _OF_SESSIONS}
    language, kernel = kept.get("language_info"), kept.get("kernelspec")
    if isinstance(language, dict) and language.get("name") == "python":
        kept.pop("language_info")  # whatever editors tell of it
        # but for the lexer: it colours the code
        if (lexer := language.get("pygments_lexer", "python")) not in _LEXERS:
            kept["lexer"] = lexer
    if isinstance(kernel, dict):
        kept["kernelspec"] = {
            k: v for k, v in kernel.items() if k not in ("display_name", "language")
        }
        if kept["kernelspec"] == _USUAL:
            kept.pop("kernelspec")
    return kept


def _shows(notebook: Any) -> str:
    """Return all of a notebook that a page or a run heeds, whatever the order of its fields."""

    def bare(part: Any) -> dict[str, Any]:
        kept = {
            key: value
            for key, value in part.items()
            if key not in ("execution_count", "id", "nbformat_minor")
        }
        return {**kept, "metadata": _heeded(part.get("metadata", {}))}

    cells = [
        {**bare(cell), "outputs": [bare(output) for output in cell.get("outputs", [])]}
        for cell in notebook.cells
    ]
    return json.dumps(_rounded({**bare(notebook), "cells": cells}), sort_keys=True)


def _rounded(value: Any) -> Any:
    """Return a value whose numbers have nine digits: the last ones are the processor's."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return f"{value:.9g}" if isinstance(value, float) else value


def files(base: Snapshot, head: Snapshot, told: list[Change]) -> Iterator[Change]:
    """Every file that differs and that no change told so far is about."""
    known = {path for change in told for path in _about(change, base, head)}
    moved = moves.moved(base, head)
    known |= {moved.get(change.what, "") for change in told if change.kind == "judge"}
    known |= base.unjudged | head.unjudged  # told as faults
    known |= {f"book/{name}.ipynb" for name in (*base.stripped, *head.stripped)}  # told above all
    left = [
        path
        for path in sides.names(base.files, head.files)
        if base.files.get(path) != head.files.get(path) and path not in known
    ]
    ranks = running.ranks(running.texts(left, base, head))
    for path in left:
        yield Change("file", path, "", "", _state(path, base, head), weight=ranks[path])


def _state(path: str, base: Snapshot, head: Snapshot) -> str:
    """Say what became of a file, and whether anything of the site could come from it."""
    if _unseen(base, head, path):
        return UNSEEN
    if same(path, base, head) or _hash_of_same(base, head, path):
        return SAME
    came, went = path not in base.files, path not in head.files
    state = "added" if came else "removed" if went else "changed"
    if reordered(path, base, head):
        return f"{state}, its records stand in another order"
    if path.startswith("book/") and not made_from(path):
        return f"{state}, no page is made from it"
    if not came and not went and path.startswith(("book/", "data/")) and _is_read(path):
        return f"{state}, in nothing that is compared"
    return state


def _hash_of_same(base: Snapshot, head: Snapshot, path: str) -> bool:
    """Tell whether a file tells of tables that are written otherwise, and differs in their hashes only."""
    name = PurePosixPath(path).stem
    if path == PACKAGE:
        return _package(base, head) == _package(head, base)
    known = path == f"data/tables/{name}.yml" and name in base.tables and name in head.tables
    table = f"data/tables/{name}.csv"
    return (
        known and _same_but_hash(base.tables[name], head.tables[name]) and same(table, base, head)
    )


PACKAGE = "data/datapackage.json"


def _package(side: Snapshot, other: Snapshot) -> Any:
    """Return what the description of the tables says, less the hashes of those that are only written otherwise."""
    try:
        told = json.loads(side.written.get(PACKAGE, ""))
        for table in told["resources"]:
            if same(f"data/{table['path']}", side, other):
                table.pop("hash")
    except (ValueError, TypeError, KeyError, RecursionError):
        return object()  # like no other
    return told


def _unseen(base: Snapshot, head: Snapshot, path: str) -> bool:
    """Tell whether a notebook differs in nothing but what its editor wrote down."""
    name = PurePosixPath(path).stem
    books = [side.notebooks.get(name) for side in (base, head)]
    return path == f"book/{name}.ipynb" and all(books) and _shows(books[0]) == _shows(books[1])


def _is_read(path: str) -> bool:
    return path.endswith((".ipynb", ".md", ".yml", ".csv")) and "link_exceptions" not in path


def _about(change: Change, base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Yield the files that a change is in."""
    kind, what = change.kind, change.what
    both = (base, head)
    if kind in ("judge", "root"):
        yield what
    elif kind in ("verdict", "grounds", "claim"):
        yield from (side.places.get(("claims", what), "") for side in both)
        if kind != "claim":
            yield from (
                f"book/{sides.page(side, what)}.ipynb" for side in both if _moved(base, head, what)
            )
    elif kind == "text" and not change.page:
        yield what
    elif kind in ("number", "chart", "words", "text"):
        end = "md" if change.page in {**base.pages, **head.pages} else "ipynb"
        yield f"book/{change.page}.{end}"
    elif kind == "parameter":
        yield "data/parameters.yml"
    elif kind == "edition":
        yield "data/editions.yml"
    elif kind in ("schema", "data"):
        name = re.split(r"[,\s]", what)[0]
        yield f"data/tables/{name}.{'yml' if kind == 'schema' else 'csv'}"
        if name not in base.tables or name not in head.tables:
            yield from (f"data/tables/{name}.yml", f"data/tables/{name}.csv")
        elif kind == "data" and _same_but_hash(base.tables[name], head.tables[name]):
            yield f"data/tables/{name}.yml"
    elif kind == "source":
        one, _, name = what.partition(" ")
        group = "sources" if one == "source" else "evidence"
        yield from (side.places.get((group, name), "") for side in both)


def _moved(base: Snapshot, head: Snapshot, name: str) -> bool:
    return base.assessed.get(name) != head.assessed.get(name)


def _same_but_hash(old: Table, new: Table) -> bool:
    """Tell whether two sidecars differ in nothing but the hash of their table."""
    first, second = ({k: v for k, v in side.about.items() if k != "sha256"} for side in (old, new))
    return first == second
