"""Files that are written otherwise and mean the same: another order of fields, other comments, other quotes."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import tinycss2
import yaml

from bet.chapter.lint import meant
from bet.chapter.panels import MODELS
from bet.records.yaml_files import OF_OTHERS, compose
from bet.review import source_diff
from bet.review.snapshot import Snapshot, csv_rows

MOST_PARTS = 400_000  # of one file; aliases of YAML could unfold to any number


_SHIPPED = frozenset(f"bet/models/{name}.py" for name in MODELS)  # readers see their comments too


def same(path: str, base: Snapshot, head: Snapshot) -> bool:
    """Tell whether a file that is on both sides means the same to all who read it.

    Only of what we can answer for: Python by its syntax, JSON, CSV, style sheets, and YAML where our own loader
    is its only reader. An order of fields is no meaning, an order of a list is one.
    """
    old, new = base.written.get(path, ""), head.written.get(path, "")
    if (
        not old
        or not new
        or old == new
        or "\ufffd" in f"{old}{new}"
        or path in base.programs ^ head.programs
        or path in base.links
        or path in head.links
        or path in _SHIPPED
    ):
        return False
    meaning = _meaning(path, old)
    return meaning is not None and meaning == _meaning(path, new)


def reordered(path: str, base: Snapshot, head: Snapshot) -> bool:
    """Tell whether a file of records has the same ones in another order, which pages follow."""
    lists = [_meaning(path, side.written.get(path, "")) for side in (base, head)]
    if not all(isinstance(one, tuple) and isinstance(one[1], tuple) for one in lists):
        return False
    return lists[0] != lists[1] and sorted(map(repr, lists[0][1])) == sorted(map(repr, lists[1][1]))


def same_code(before: str, after: str) -> bool:
    """Tell whether two sources of Python differ only in spaces, and in comments that no tool heeds."""
    old = _python(before)
    return old is not None and old == _python(after)


def _meaning(path: str, text: str) -> Any:
    """Return what a file says whatever way it is written; None where nobody can tell."""
    try:
        if path.endswith(".py"):
            coded = any("coding" in line for line in text.split("\n")[:2])  # read in other letters
            return None if coded else _python(text)
        if path.endswith(".json"):
            return json.dumps(json.loads(text, object_pairs_hook=_once), sort_keys=True)
        if path.endswith(".md"):
            return markdown(text)
        if path.endswith(".css"):
            return _styles(text)
        if path.endswith(".csv"):
            return list(csv_rows(text))
        if path.startswith("data/") or path in OF_OTHERS:
            return _node(compose(text, path), [MOST_PARTS], _SHOWN.get(path, 0))
    except (ValueError, RecursionError, MemoryError, csv.Error, yaml.YAMLError):
        pass
    return None


def markdown(text: str) -> list[Any] | None:
    """Return what a text of Markdown says wherever its lines break; None where more than prose is in it."""
    text = text.replace("\r\n", "\n")
    if re.search(r"\{[{%#]|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text):
        return None
    return meant(text)


@lru_cache(maxsize=2_000)
def _python(text: str) -> tuple[str, list[str]] | None:
    """Return the hash of a source's syntax, and the comments that tools may heed."""
    try:
        tree = source_diff.python(text)
        syntax = ast.dump(tree) if tree else ""
        return (
            (
                sha256(syntax.encode("utf-8", "surrogatepass")).hexdigest(),
                source_diff.directives(text),
            )
            if tree
            else None
        )
    except (RecursionError, MemoryError):
        return None


def _styles(text: str) -> list[tuple[Any, ...]] | None:
    """Return the tokens of a style sheet without comments, spaces as one; None where a browser must guess."""
    found = list(_tokens(tinycss2.parse_component_value_list(text, skip_comments=True)))
    found += [
        ("map", address) for address in re.findall(r"source(?:Mapping)?URL\s*=\s*(\S+)", text)
    ]
    return None if any(kind == "error" for kind, _ in found) else found


def _tokens(nodes: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each token; of blocks and functions the frame, then what they hold.

    Spaces count between two tokens only.
    """
    for node, after in zip(nodes, [*nodes[1:], None], strict=True):
        inner = getattr(node, "content", getattr(node, "arguments", None))
        if node.type == "whitespace":
            if node is not nodes[0] and after and after.type != "whitespace":
                yield node.type, " "
        elif inner is None:
            yield node.type, node.serialize()
        else:
            yield node.type, getattr(node, "name", "")
            yield from _tokens(inner)
            yield node.type, "end"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping of JSON; raise ValueError where a name stands twice, for readers differ in which counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that stands twice")
    return found


def _is_day(node: yaml.ScalarNode) -> bool:
    """Tell whether a value is a day, or a text: our records read a day from both."""
    told = str(node.tag).rpartition(":")[2]
    return told == "str" or (
        told == "timestamp" and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", node.value))
    )


# Mappings whose order a page follows, by how deep they stand one in the other
_SHOWN = {"data/editions.yml": 1, "data/parameters.yml": 2}


def _number(node: yaml.ScalarNode) -> str:
    """Return a decimal number as it is read, whatever zeros it ends in; empty for all else."""
    plain = node.tag == "tag:yaml.org,2002:float" and re.fullmatch(
        r"-?\d{1,15}\.\d{1,15}", node.value
    )
    return repr(float(node.value)) if plain else ""


def _node(node: Any, left: list[int], shown: int = 0) -> Any:
    """Return what a node of YAML holds, its fields in the order of their names but for those that are ``shown``."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("more than a file of ours holds")
    if isinstance(node, yaml.ScalarNode):
        return ("text" if _is_day(node) else node.tag), _number(node) or node.value
    if isinstance(node, yaml.SequenceNode):
        return node.tag, tuple(_node(part, left, shown) for part in node.value)
    if isinstance(node, yaml.MappingNode):
        pairs = [
            (repr(_node(key, left)), _node(value, left, shown - 1)) for key, value in node.value
        ]
        fields = pairs if shown > 0 else sorted(pairs)
        if len({key for key, _ in fields}) < len(fields):
            raise ValueError("a name that stands twice")
        return node.tag, tuple(fields)
    return None
