"""Load YAML files into checked records: every fault of a file at once, each with its line."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bet.faults import BadInput, Fault, gathered, nearest, require
from bet.paths import note, shown

Part = tuple[str, str, str]  # what is wrong in a record: its field, what is there, what is right


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def whatever_else(cls, value: Any) -> list[Part]:
        """Return what is wrong in a record as written, also where other fields cannot be read."""
        return []


class Disagreement(ValueError):
    """Fields of one record that do not go together."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        super().__init__("; ".join(f"{field}: {right}" for field, _, right in parts))


class Named(Record):
    """A record that is found by its ``id``."""

    id: str


R = TypeVar("R", bound=Record)
N = TypeVar("N", bound=Named)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is several times faster
# Jupyter Book reads these two with Python's loader; libyaml differs from it where a mark of byte order stands.
OF_OTHERS = ("_toc.yml", "_config.yml")


def read_yaml(path: Path, noted: bool = True) -> tuple[Any, dict[tuple, int]]:
    """Return the content of a YAML file and the line of each place in it.

    Places are tuples of keys and list positions. Who takes a part of a file notes that part instead
    (``noted`` False). Raises BadInput for a missing file, a syntax error or a key that stands twice.
    """
    if noted:
        note(path)
    try:
        text = path.read_text(encoding="utf-8")
        node = compose(text, path.name)
    except FileNotFoundError:
        raise BadInput([Fault(shown(path), "no such file", "a YAML file")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        what = getattr(error, "problem", None) or str(error)
        raise BadInput([Fault(f"{shown(path)}:{line}", what, "valid YAML")]) from None
    lines: dict[tuple, int] = {}
    faults: list[Fault] = []
    try:
        _walk(node, (), lines, faults, path, set())
    except RecursionError:
        faults = [Fault(shown(path), "lists or mappings hundreds deep", "flat records")]
    if faults:
        raise BadInput(faults)
    try:
        content = yaml.load(text, Loader=yaml.SafeLoader if path.name in OF_OTHERS else LOADER)
    except Exception as error:  # a forced tag ('!!bool maybe') fails in many ways
        raise BadInput([Fault(shown(path), str(error), "valid YAML values")]) from None
    return content, lines


def compose(text: str, name: str) -> Any:
    """Return the nodes of a YAML text as the readers of a file of that name see them."""
    return yaml.compose(text, Loader=yaml.SafeLoader if name in OF_OTHERS else LOADER)


def _walk(
    node: Any, place: tuple, lines: dict, faults: list[Fault], path: Path, seen: set[int]
) -> None:
    """Note the line of every place; refuse what a plain record never has."""
    if node is None:
        return
    if id(node) in seen:  # an alias could hold itself, or unfold to millions of records
        where = f"{shown(path)}:{node.start_mark.line + 1}"
        faults.append(Fault(where, "an anchor that an alias repeats", "the content written out"))
        return
    seen.add(id(node))
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            _walk(child, (*place, position), lines, faults, path, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                where = f"{shown(path)}:{key.start_mark.line + 1}"
                faults.append(Fault(where, "a list or mapping as a key", "a name"))
                continue
            here = (*place, key.value)
            if here in lines:
                where = f"{shown(path)}:{key.start_mark.line + 1}"
                faults.append(Fault(where, f"'{key.value}' a second time", "each key once"))
            _walk(child, here, lines, faults, path, seen)
            lines[here] = key.start_mark.line + 1
    elif node.tag.endswith(":timestamp"):
        try:
            yaml.safe_load(node.value)
        except (ValueError, yaml.YAMLError) as error:  # 2025-02-30
            where = f"{shown(path)}:{lines[place]}"
            faults.append(Fault(where, repr(node.value), f"a date ({error})"))


def line_of(lines: dict[tuple, int], place: tuple) -> int:
    """Return the line of the closest known place at or above ``place``."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 1)


def parse(model: type[R], value: Any, place: tuple, lines: dict, path: Path) -> R:
    """Return a record; raise BadInput with every fault of it, each with file and line."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        name = f" [{value['id']}]" if isinstance(value, dict) and "id" in value else ""
        raise BadInput(
            Fault(
                f"{shown(path)}:{line_of(lines, (*place, *loc))}{name}"
                + (f" {'.'.join(map(str, loc))}" if loc else ""),
                found,
                expected,
            )
            for loc, found, expected in _told(error, model, value)
        ) from None


def _told(
    error: ValidationError, model: type[Record], value: Any
) -> Iterator[tuple[tuple, str, str]]:
    """Yield (place, what was found, what would be right) of each fault, of each part of a disagreement."""
    causes = [item.get("ctx", {}).get("error") for item in error.errors()]
    if not any(isinstance(cause, Disagreement) for cause in causes):
        yield from (((field,), found, right) for field, found, right in model.whatever_else(value))
    for item, cause in zip(error.errors(), causes, strict=True):
        if isinstance(cause, Disagreement):
            for field, found, right in cause.parts:
                yield (*item["loc"], field), found, right
        else:
            yield item["loc"], _found(item), _expected(item, model)


def _found(item: Mapping[str, Any]) -> str:
    if item["type"] == "missing":
        return "nothing"
    if item["type"] == "extra_forbidden":
        return f"an unknown field '{item['loc'][-1]}'"
    return "this record" if isinstance(item["input"], dict) else repr(item["input"])


def _expected(item: Mapping[str, Any], model: type[Record]) -> str:
    if item["type"] == "missing":
        return f"the field '{item['loc'][-1]}'"
    if item["type"] == "extra_forbidden":
        known = list(_model_at(model, item["loc"][:-1]).model_fields)
        meant = nearest(str(item["loc"][-1]), known)
        # Between braces a comma ends a value: of {unit: 1,000 workers} the rest is a name without value.
        comma = (
            "" if meant or item["input"] is not None else ", or quotes around a text with a comma"
        )
        return f"one of {', '.join(known)}{meant}{comma}"
    return item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")


def _model_at(model: type[Record], place: Sequence[Any]) -> type[Record]:
    """Return the kind of the record that stands at a place of another: of ('columns', 'year') a column."""
    for key in place:
        field = model.model_fields.get(key) if isinstance(key, str) else None
        if field is not None:
            model = next(_records_in(field.annotation), model)
    return model


def _records_in(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from _records_in(part)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out of a load; it would walk all that was read before, again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@uncollected()
def load_list(path: Path, model: type[N]) -> dict[str, N]:
    """Load a YAML list of records with an ``id`` each; ids must be unique."""
    content, lines = read_yaml(path)
    if not isinstance(content, list):
        raise BadInput([Fault(shown(path), type(content).__name__, "a list of records")])
    records: dict[str, N] = {}
    faults: list[Fault] = []
    for position, value in enumerate(content):
        with gathered(faults):
            record = parse(model, value, (position,), lines, path)
            if record.id in records:
                where = f"{shown(path)}:{line_of(lines, (position,))}"
                faults.append(Fault(where, f"id '{record.id}' a second time", "unique ids"))
            else:
                records[record.id] = record
    require(faults)
    return records


@uncollected()
def load_folder(folder: Path, model: type[N]) -> dict[str, N]:
    """Load every ``*.yml`` of a folder; all faults of all files at once."""
    records: dict[str, N] = {}
    faults: list[Fault] = []
    note(folder)
    for path in sorted(folder.glob("*.yml")):
        with gathered(faults):
            loaded = load_list(path, model)
            faults += [
                Fault(shown(path), f"id '{name}' that another file has", "unique ids")
                for name in loaded.keys() & records.keys()
            ]
            records |= loaded
    require(faults)
    return records
