"""The stored records read with pandas and PyYAML alone, so that no code of the book is shared.

A ``Source`` remembers what was read, and ``changed`` gives sources in which one cell is another: a
recomputation that does not notice that would notice no error in a table either.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

DATA = Path(__file__).parents[2] / "data"
DAY = pd.Timestamp("2026-11-23")  # the day of knowledge of the committed notebooks
JUDGED = ("supported", "partly", "contradicted")


@cache
def _yaml(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((DATA / name).read_text(encoding="utf-8"), loader)


@cache
def _table(name: str) -> pd.DataFrame:
    """Return the rows of a table that were public on the day; its sidecar says which column tells."""
    sidecar = _yaml(f"tables/{name}.yml")
    days = [column for column, kind in sidecar["columns"].items() if kind["type"] == "date"]
    frame = pd.read_csv(DATA / "tables" / f"{name}.csv", parse_dates=days)
    known = sidecar["known_from"]
    return frame[frame[known] <= DAY].reset_index(drop=True) if known else frame


@cache
def _parameters(chapter: str) -> pd.DataFrame:
    entries = _yaml("parameters.yml")[chapter]
    rows = {
        name: (entry["default"], entry.get("min"), entry.get("max"))
        for name, entry in entries.items()
    }
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["default", "min", "max"], dtype=object
    )


@cache
def _ledger() -> pd.DataFrame:
    """Return the article's own claims, one a row, in the order of their files and lines."""
    claims = [
        claim
        for path in sorted((DATA / "claims").glob("*.yml"))
        for claim in _yaml(f"claims/{path.name}")
    ]
    rows = [
        (c["id"], c["id"].split("-")[0], c["kind"], c["verdict"], c.get("confidence") or "none", c["speaker"],
         c["importance"], c.get("error_origin") or "none", bool(c.get("speech")))
        for c in claims if c["kind"] != "boilerplate"
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["id", "section", "kind", "verdict", "confidence", "speaker",
                                       "importance", "error_origin", "speech"])  # fmt: skip


def _ends(value: Any) -> tuple[float, float]:
    low, high = (value[0], value[-1]) if isinstance(value, list) else (value, value)
    return float(low), float(high)


@cache
def _figures() -> pd.DataFrame:
    """Return the measured figures of the ledger that state a value: what is printed, what was found."""
    rows = []
    for path in sorted((DATA / "claims").glob("*.yml")):
        for claim in _yaml(f"claims/{path.name}"):
            for figure in claim.get("figures") or []:
                if figure.get("found") is None or figure["relation"] not in ("equal", "about"):
                    continue
                value, found = _ends(figure["value"]), _ends(figure["found"])
                rows.append((claim["id"], figure["name"], *value, *found, figure["relation"]))
    return pd.DataFrame(
        rows, columns=["claim", "figure", "value_low", "value_high", "low", "high", "relation"]
    )


@cache
def _facts() -> pd.DataFrame:
    entries = [
        f
        for path in sorted((DATA / "evidence").glob("*.yml"))
        for f in _yaml(f"evidence/{path.name}")
    ]
    rows = {
        f["id"]: _ends(f["figure"])
        for f in entries
        if isinstance(f.get("figure"), int | float | list)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])


_READERS = {"table": _table, "parameters": _parameters}


class Source:
    """Hands out records as data frames; ``changed`` maps what was read to a frame in its place."""

    def __init__(self, changed: dict[tuple[str, str], pd.DataFrame] | None = None) -> None:
        self._changed = changed or {}
        self.read: dict[tuple[str, str], pd.DataFrame] = {}

    def _get(self, kind: str, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        self.read[kind, name] = frame
        return self._changed.get((kind, name), frame).copy()

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table known on the day."""
        return self._get("table", name, _table(name))

    def parameters(self, chapter: str) -> dict[str, Any]:
        """Return the default of each parameter of a chapter."""
        return self._get("parameters", chapter, _parameters(chapter))["default"].to_dict()

    def ranges(self, chapter: str) -> pd.DataFrame:
        """Return default, min and max of each parameter of a chapter."""
        return self._get("parameters", chapter, _parameters(chapter))

    def ledger(self) -> pd.DataFrame:
        """Return the article's own claims."""
        return self._get("ledger", "", _ledger())

    def figures(self) -> pd.DataFrame:
        """Return the measured figures that state a value."""
        return self._get("figures", "", _figures())

    def fact(self, name: str) -> tuple[float, float]:
        """Return the two ends of a fact's figure."""
        row = self._get("fact", name, _facts().loc[[name]]).iloc[0]
        return float(row["low"]), float(row["high"])


def changed(
    read: dict[tuple[str, str], pd.DataFrame], at_most: int
) -> Iterator[tuple[str, Source]]:
    """Yield sources with one thing changed, single cells first, then whole columns, then a missing row.

    A number becomes ten times as large, a day five years later, a word another word. At most so many
    cells of a table are tried, evenly spread.
    """
    for key, frame in read.items():
        cells = [(row, column) for column in frame.columns for row in range(len(frame))]
        for row, column in cells[:: max(1, len(cells) // at_most)]:
            if pd.notna(frame[column].iloc[row]):
                values = frame[column].tolist()
                values[row] = _other(values[row])
                altered = frame.assign(**{column: values})
                yield f"{' '.join(key)}: {column} of row {row}", Source({key: altered})
    for key, frame in read.items():
        for column in frame.columns:
            altered = frame.assign(
                **{column: [v if pd.isna(v) else _other(v) for v in frame[column]]}
            )
            yield f"{' '.join(key)}: {column}", Source({key: altered})
        yield f"{' '.join(key)}: the first row left out", Source({key: frame.iloc[1:]})


def _other(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, pd.Timestamp):
        return value + pd.Timedelta(days=1826)
    if isinstance(value, str):
        return "another word"
    return 10 * value if value else 10
