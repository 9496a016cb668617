"""Addresses that others may link to do not disappear."""

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
