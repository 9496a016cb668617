"""A smaller file, the same picture."""

import re

import pytest

from bet.chapter.svg import shrink


def absolute(path):
    """Undo ``relative``."""
    size = {"m": 2, "l": 2, "q": 4, "c": 6, "z": 0}
    tokens, told, here, start = re.findall(r"[mlqcz]|-?\d+", path), [], (0, 0), (0, 0)
    while tokens:
        command = tokens.pop(0)
        steps = [int(tokens.pop(0)) + here[i % 2] for i in range(size[command])]
        told.append(" ".join([command.upper() if steps else "z", *map(str, steps)]))
        here = tuple(steps[-2:]) if steps else start
        start = here if command == "m" else start
    return " ".join(told)


def glyph(path):
    """Return the outline of a glyph as it stands in the smaller file."""
    return re.search(r' d="([^"]*)"', shrink(f'<path id="a" d="{path}"/>'))[1]


@pytest.mark.parametrize(
    "path",
    ["M 10 0 L 10 -5 Q 1 2 3 4 z M 1 1 L 2 2 z", "M 0 0 C 1 -1 2 -2 3 3 L 0 0"],
)
def test_relative_steps_lead_to_the_same_points(path):
    assert absolute(glyph(path)) == path


def test_a_closed_outline_goes_on_from_its_start():
    assert glyph("M 10 10 L 20 10 z L 12 10") == "m10 10l10 0zl2 0"


def test_comments_names_and_white_space_go_and_references_stay():
    svg = '<svg>\n <!-- 5 %\n -->\n <g id="axes_1">\n  <path id="a-1" d="M 5 0 \nL 7 -2 \nz\n"/>\n  <use href="#a-1"/>\n </g>\n</svg>'
    assert shrink(svg) == '<svg><g><path id="a-1" d="m5 0l2-2z"/><use href="#a-1"/></g></svg>\n'
