"""What a stranger would hide from the reviewer: behind a cut, a count, a name, or another change."""

from __future__ import annotations

import pytest

from bet.review import report, source_diff
from bet.review.compare import Change, Review

# Where a long text differs


FILL = "and so on through many words of one long sentence " * 8


def told(*changes, **parts):
    return report.markdown(Review(list(changes), **parts), ("base", "head"))


def row(text):
    """Return the cells of the last row of a report's table."""
    return [cell.strip() for cell in text.splitlines()[-1].strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (f"{FILL}Musk said about 460 GW.", f"{FILL}Musk said 160 GW too.", ("about 460 GW.", "160 GW too.")),
        (f"Begins well. {FILL}", f"Begins ill. {FILL}", ("Begins well.", "Begins ill.")),
        (f"One {FILL}x two {FILL}three", f"1 {FILL}x 2 {FILL}3", ("sentence x two and", "sentence x 2 and")),
        (f"{FILL}the end", f"{FILL}the very end", ("sentence the end", "sentence the very end")),
        ("x" * 700 + "a", "x" * 700 + "b", ("xa", "xb")),  # one word
        (f"{FILL}a{'y' * 700}", f"{FILL}b{'y' * 700}", ("sentence ay", "sentence by")),
        (f"{FILL}a  b", f"{FILL}a b", ("", "(only white space differs)")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["grounds", "data", "edition", "source", "verdict", "apart"])
def test_a_long_text_is_told_around_what_differs(kind, before, after, shown):
    cells = row(told(Change(kind, "INFRA-60", before, after, "reason")))
    assert cells[1] != cells[2]
    assert all(part in cell for part, cell in zip(shown, cells[1:3], strict=True))
    assert max(map(len, cells)) <= 2 * report.WHOLE


def test_places_without_room_are_counted():
    old, new = (" ".join(f"{word} {FILL}" for word in words.split()) for words in ("a b c d", "1 2 3 4"))  # fmt: skip
    assert source_diff.around(old, new, 10, 100) == (
        "a and so on through … of one long sentence b and so on through … and 2 more places differ",
        "1 and so on through … of one long sentence 2 and so on through … and 2 more places differ",
    )
    assert source_diff.around("a b", "a c", 10, 100) == ("a b", "a c")


def test_the_end_of_a_long_paragraph_is_shown():
    rule = (
        "Later events leave the verdict as it is, and every chapter can be run again as of a day."
    )
    turned = "Later events may turn any verdict at any time, and no chapter can be run as of a day."
    text = told(Change("text", "page", FILL + rule, FILL + turned, "", "method"))
    gone, come = (next(line for line in text.splitlines() if line[:1] == sign) for sign in "-+")
    assert "leave the verdict as it is" in gone and "may turn any verdict" in come


def test_what_a_long_line_ends_with_is_shown():
    line = f"<p title='{FILL}' http-equiv=refresh content=20;url=https://evil.example/told>"
    for kind in ("text", "words"):
        text = told(Change(kind, "cell c53", "", line, "code", "0_stake"))
        assert "http-equiv=refresh" in text and "https://evil.example/told" in text
    rest = "\n".join([*(f"line {n}" for n in range(40)), "<script src=//evil.example>"])
    text = told(Change("words", "cell c53", "", rest, "", "0_stake"))
    assert "evil.example" in text and "line 35" not in text and "… 11 more" in text
