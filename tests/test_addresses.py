"""Addresses that others may link to do not disappear."""

from bet.records import contents
from bet.run import execute
from bet.site import addresses


def test_every_promised_address_leads_somewhere(site):
    assert addresses.lost(site, addresses.promised()) == []


def test_every_address_of_today_is_promised():
    assert sorted(set(addresses.current()) - set(addresses.promised())) == []  # `bet addresses`


def test_a_lost_page_and_a_lost_anchor_are_noticed(tmp_path):
    (tmp_path / "a.html").write_text("<p id='here'></p>")
    wanted = ["a.html", "a.html#here", "a.html#gone", "b.html", "b.html#x"]
    assert addresses.lost(tmp_path, wanted) == ["a.html#gone", "b.html", "b.html#x"]


def test_the_list_only_grows_unless_it_is_made_anew(monkeypatch):
    monkeypatch.setattr(addresses, "promised", lambda: ["old.html"])
    monkeypatch.setattr(addresses, "current", lambda: ["new.html"])
    assert addresses.text() == "new.html\nold.html\n"
    assert addresses.text(anew=True) == "new.html\n"


def test_only_charts_that_are_gone_are_retired():
    """A chart that is drawn again leaves the list; an address that nobody was promised never stood in it."""
    assert set(addresses.retired()) & set(addresses.current()) == set()
    assert set(addresses.retired()) <= set(addresses.promised())
    assert addresses.retired_on("book/claims") == []


def test_a_chapter_answers_for_its_own_retired_charts_only():
    pages = [f"book/{name}" for name in execute.names()]
    told = [f"{page}.html#{anchor}" for page in pages for anchor in addresses.retired_on(page)]
    assert sorted(told) == sorted(a for a in addresses.retired() if a.startswith("book/")) and told


def test_the_menu_has_the_cover_first_and_pages_at_any_depth(tmp_path):
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "root: book/index\nparts:\n- caption: A\n  chapters:\n  - {file: book/a, title: Short}\n"
        "  - file: book/b\n    sections:\n    - file: book/c\n"
    )
    assert contents.menu(toc) == {
        "book/index": "Cover",
        "book/a": "Short",
        "book/b": "",
        "book/c": "",
    }
