"""Where a label goes: plain geometry on boxes in pixels, the same answer on every run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]  # left, bottom, right, top
_GAP = 3.0  # pixels kept free around a label


def shared(one: Box, other: Box) -> float:
    """Return the area that two boxes share, in square pixels."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def outside(box: Box, frame: Box) -> float:
    """Return by how many pixels a box leaves its frame, all sides added."""
    return (
        max(0.0, frame[0] - box[0])
        + max(0.0, frame[1] - box[1])
        + max(0.0, box[2] - frame[2])
        + max(0.0, box[3] - frame[3])
    )


def around(x: float, y: float, width: float, height: float, reach: float) -> list[Box]:
    """Return places for a label beside a point, the best liked first, then the same further away."""
    places = []
    for far in (reach, 2.2 * reach, 4 * reach):
        for side, up in ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            slant = 0.7 if side and up else 1.0
            left = x + side * far * slant - (0, 0.5, 1)[1 - side] * width
            low = y + up * far * slant - (0, 0.5, 1)[1 - up] * height
            places.append((left, low, left + width, low + height))
    return places


def best(places: Sequence[Box], taken: Sequence[Box], marks: np.ndarray, frame: Box) -> Box:
    """Return the place that hides least: no text, then no edge, then few marks, then the first.

    ``marks`` is an array of points (n, 2) that lines and dots cover.
    """

    def cost(rank: int, place: Box) -> tuple[float, float, float]:
        left, low, right, high = (
            place[0] - _GAP, place[1] - _GAP, place[2] + _GAP, place[3] + _GAP,
        )  # fmt: skip
        text = sum(shared((left, low, right, high), other) for other in taken)
        x, y = (marks[:, 0], marks[:, 1]) if len(marks) else (np.empty(0), np.empty(0))
        hidden = int(((x > left) & (x < right) & (y > low) & (y < high)).sum())
        return (text + 20 * outside(place, frame), hidden + 0.2 * rank, rank)

    return min(enumerate(places), key=lambda ranked: cost(*ranked))[1]


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Return centres as near as can be to those wanted, in the same order, without overlap.

    Where there is not room for all between ``low`` and ``high`` they begin at ``low``.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    groups: list[list[int]] = []

    def room(group: Sequence[int]) -> float:
        return sum(heights[i] for i in group)

    def start(group: Sequence[int]) -> float:
        offsets = np.cumsum([0.0, *(heights[i] for i in group)])[:-1]
        middle = np.mean(
            [wanted[i] - heights[i] / 2 - o for i, o in zip(group, offsets, strict=True)]
        )
        return float(max(low, min(middle, high - room(group))))

    for i in order:
        groups.append([i])
        while len(groups) > 1 and start(groups[-2]) + room(groups[-2]) > start(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    centres = [0.0] * len(wanted)
    for group in groups:
        at = start(group)
        for i in group:
            centres[i] = at + heights[i] / 2
            at += heights[i]
    return centres


def levels(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return for each span of one line the first level, from 0, on which it meets no other."""
    found: list[int] = []
    for i, (left, right) in enumerate(spans):
        met = {
            found[j]
            for j, (other_left, other_right) in enumerate(spans[:i])
            if left < other_right + 2 * _GAP and other_left < right + 2 * _GAP
        }
        found.append(next(level for level in range(i + 1) if level not in met))
    return found
