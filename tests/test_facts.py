"""One value a fact: the same number on the cover, in chapters, on cards and in reasons."""

from __future__ import annotations

import re

import pytest
import yaml

from bet.chapter import said
from bet.chapter.outputs import read
from bet.faults import BadInput
from bet.paths import Root
from bet.records import facts
from tests.places import BOOK, BOOK_ROOT

HEADLINES = facts.headlines()
EACH = pytest.mark.parametrize("name", HEADLINES)


@pytest.fixture(scope="module")
def book():
    notebooks = {path.stem: read(path) for path in sorted(BOOK.glob("*.ipynb"))}
    return said.recorded(notebooks), said.pages(notebooks, BOOK_ROOT)


@EACH
def test_a_fact_has_one_value_on_all_pages(book, name):
    numbers, pages = book
    value = facts.value(HEADLINES[name], numbers[HEADLINES[name].notebook])
    assert value, "no paragraph records it"
    assert [str(fault) for fault in facts.faults(HEADLINES[name], value, pages)] == []


def test_the_whole_book_is_asked_at_once():
    assert [str(fault) for fault in said.book_faults()] == []


@EACH
def test_every_way_of_mentioning_a_fact_is_in_use(book, name):
    for pattern in HEADLINES[name].mentions:
        one = HEADLINES[name].model_copy(update={"mentions": [pattern]})
        assert any(list(facts.mentions(one, page)) for page in book[1].values()), pattern


def test_most_facts_stand_on_two_pages_or_more(book):
    where = {
        name: [page for page, text in book[1].items() if any(facts.mentions(headline, text))]
        for name, headline in HEADLINES.items()
    }
    assert all(where.values())
    assert sum(len(pages) >= 2 for pages in where.values()) >= 12


@EACH
def test_another_value_on_one_page_is_found(book, name):
    headline, (numbers, pages) = HEADLINES[name], book
    value = facts.value(headline, numbers[headline.notebook])
    assert value
    before = facts.faults(headline, value, pages)
    page, text = next((p, t) for p, t in pages.items() if any(facts.mentions(headline, t)))
    plain = re.sub(r"\s+", " ", text.replace("*", "").replace("\\$", "$"))
    match = next(m for p in headline.mentions for m in re.finditer(p, plain))
    other = "twelve" if match[1].isalpha() else str(9 - int(match[1][0])) + match[1][1:]
    changed = plain[: match.start(1)] + other + plain[match.end(1) :]
    after = facts.faults(headline, value, {**pages, page: changed})
    assert len(after) > len(before)
    assert any(fault.where == f"{page}: {headline.fact}" for fault in after)


@pytest.mark.parametrize(
    ("value", "printed", "same"),
    [
        (2.98, "3", True), (2.98, "2.98", True), (2.984, "2.98", True), (2.98, "3.0", True), (2.98, "2.9", False),
        (1.959, "2", True), (1.959, "1.95", False), (444.0, "440", True), (456.0, "440", False),
        (10_000, "10,000", True), (10_700, "10,000", False), (131, "131", True), (132, "131", False),
        (14.42, "14.42.", True), (11, "eleven", True), (12, "Eleven", False), (11, "dozens", False), (0.5, "0", True),
    ],
)  # fmt: skip
def test_a_figure_stands_for_what_rounds_to_it(value, printed, same):
    assert facts.rounds_to(value, printed) is same


def test_what_is_counted_is_never_rounded():
    assert facts.rounds_to(253, "250")
    assert not facts.rounds_to(253, "250", exact=True)
    assert facts.rounds_to(250, "250", exact=True)


GOOD = {"id": "a", "fact": "A fact", "unit": "GW", "as_of": "2025-11-14", "notebook": "0_stake",
        "numbers": ["low", "high"], "mentions": [r"(\d+) to (\d+) GW"]}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mentions": [r"(\d+ GW"]}, "a regular expression (missing ), unterminated subpattern"),
        ({"mentions": [r"(\d+) GW"]}, r"2 group(s) in each of the mentions, not so in '(\d+) GW'"),
        ({"used": 1}, "1 group(s) in each of the mentions"),
        ({"numbers": []}, "List should have at least 1 item"),
        ({"scale": 0}, "greater than 0"),
        ({"value": 490}, "found an unknown field 'value'"),
    ],
)
def test_a_broken_entry_is_told_with_its_line(tmp_path, change, told):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "facts.yml").write_text(yaml.safe_dump([GOOD | change]))
    with pytest.raises(BadInput) as error:
        facts.headlines(Root(tmp_path))
    assert "facts.yml:" in str(error.value) and told in str(error.value)


def test_a_book_may_have_no_headline_facts(tmp_path):
    assert facts.headlines(Root(tmp_path)) == {}


def test_the_value_is_that_of_the_paragraph_that_records_all_names():
    headline = facts.Headline.model_validate(GOOD | {"scale": 1e3})
    low = {"value": 441e3}
    assert facts.value(headline, [{"low": {"value": 1}}, {"low": low, "high": {"value": 502e3}}]) == [441, 502]  # fmt: skip
    assert facts.value(headline, [{"low": low}]) is None
