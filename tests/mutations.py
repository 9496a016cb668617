"""Corrupt a table one cell at a time, the way a slip of the hand or of a download would."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bet.faults import BadInput
from bet.records import relations, tables
from bet.records.tables import Sidecar

Rows = list[list[str]]


class Mutation(NamedTuple):
    """One corruption: kind, the row and column touched (None: the whole row or column), all rows."""

    kind: str
    row: int | None
    column: str | None
    rows: Rows


def read_rows(path: Path) -> Rows:
    """Read a CSV as text, header first."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def as_bytes(rows: Rows) -> bytes:
    """Write rows as the CSV's bytes."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def _negative(cell: str) -> str:
    return cell.removeprefix("-") if cell.startswith("-") else f"-{cell}"


def _tenfold(cell: str) -> str:
    value = float(cell) * 10
    return str(int(value)) if value == int(value) and "." not in cell else f"{value:.12g}"


def _later(cell: str) -> str:
    return (dt.date.fromisoformat(cell) + dt.timedelta(days=366)).isoformat()


CELLS: dict[str, tuple[set[str], Callable[[str, str], str]]] = {
    "sign": ({"integer", "number"}, lambda cell, unit: _negative(cell)),
    "factor ten": ({"integer", "number"}, lambda cell, unit: _tenfold(cell)),
    "unit word": ({"integer", "number"}, lambda cell, unit: f"{cell} {unit}"),
    "date shifted": ({"date"}, lambda cell, unit: _later(cell)),
    "blank": ({"integer", "number", "date", "string", "boolean"}, lambda cell, unit: ""),
}  # fmt: skip
KINDS = (*CELLS, "columns swapped", "row twice", "row stale")


def mutations(rows: Rows, about: Sidecar, kind: str) -> Iterator[Mutation]:
    """Give every corruption of a kind that changes the table."""
    header, body = rows[0], rows[1:]

    def changed(row: int, cells: list[str]) -> Rows:
        return [header, *body[:row], cells, *body[row + 1 :]]

    if kind in CELLS:
        kinds, spoil = CELLS[kind]
        for column, name in enumerate(header):
            if about.columns[name].type in kinds:
                for row, cells in enumerate(body):
                    old = cells[column]
                    new = old and spoil(old, about.columns[name].unit or "")
                    if new != old and not (kind != "unit word" and _same(old, new)):
                        new_row = [*cells[:column], new, *cells[column + 1 :]]
                        yield Mutation(kind, row, name, changed(row, new_row))
    elif kind == "columns swapped":
        for left in range(len(header)):
            for right in range(left + 1, len(header)):
                alike = about.columns[header[left]].type == about.columns[header[right]].type
                if alike and any(cells[left] != cells[right] for cells in body):
                    order = list(range(len(header)))
                    order[left], order[right] = right, left
                    swapped = [[cells[i] for i in order] for cells in body]
                    yield Mutation(
                        kind, None, f"{header[left]}/{header[right]}", [header, *swapped]
                    )
    elif kind == "row twice":
        for row, cells in enumerate(body):
            yield Mutation(kind, row, None, [*rows, list(cells)])
    else:  # stale: the values of the row before under this row's key
        keys = [header.index(name) for name in about.key]
        for row in range(1, len(body)):
            cells = [body[row][i] if i in keys else body[row - 1][i] for i in range(len(header))]
            if cells != body[row]:
                yield Mutation(kind, row, None, changed(row, cells))


def _same(old: str, new: str) -> bool:
    try:
        return float(old) == float(new)
    except ValueError:
        return False


def sample(
    rows: Rows, about: Sidecar, kind: str, most: int, chance: random.Random
) -> list[Mutation]:
    """Give at most ``most`` corruptions of a kind, drawn evenly."""
    every = list(mutations(rows, about, kind)) if len(rows) * len(rows[0]) < 2000 else None
    if every is None:  # a large table: corrupt a few of its rows in place only
        keep = sorted(chance.sample(range(1, len(rows)), 40))
        picked = [[rows[0], *(rows[r] for r in keep)], keep]
        every = [_put_back(m, rows, picked[1]) for m in mutations(picked[0], about, kind)
                 if kind not in ("columns swapped", "row stale")]  # fmt: skip
        if kind in ("columns swapped", "row stale"):
            every = list(_first(mutations(rows, about, kind), 10_000, most * 8, chance))
    return chance.sample(every, min(most, len(every)))


def _put_back(mutation: Mutation, rows: Rows, keep: list[int]) -> Mutation:
    if mutation.kind == "row twice":
        return mutation._replace(row=keep[mutation.row] - 1, rows=[*rows, mutation.rows[-1]])
    place = keep[mutation.row]
    new = [*rows[:place], mutation.rows[mutation.row + 1], *rows[place + 1 :]]
    return mutation._replace(row=place - 1, rows=new)


def _first(
    every: Iterator[Mutation], limit: int, most: int, chance: random.Random
) -> Iterator[Mutation]:
    for place, mutation in enumerate(every):
        if place < most or chance.random() < 0.02:
            yield mutation
        if place > limit:
            return


def caught(
    name: str, rows: Rows, folder: Path, about: Sidecar, others: dict[str, pd.DataFrame]
) -> str | None:
    """Say what catches a corrupted table though its checksum was renewed: 'validation', 'relations'."""
    path = folder / f"{name}.csv"
    raw = as_bytes(rows)
    path.write_bytes(raw)
    renewed = about.model_copy(update={"sha256": hashlib.sha256(raw).hexdigest()})
    try:
        frame = tables.read(path, renewed)
    except BadInput:
        return "validation"
    given = {**others, name: frame}
    return (
        "relations"
        if relations.faults({n: tables.sidecar(n) for n in others}, given.__getitem__, name)
        else None
    )
