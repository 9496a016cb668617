"""The printed book: links stay inside it, and the site names it only once it is there."""

import re

import pytest

from bet.faults import NotebookFailed
from bet.site import pdf


def test_links_to_other_pages_become_links_within_the_print():
    page = (
        "<i id='A-1'></i><i id='y'></i><i id='document-book/x'></i><a href='claims.html#A-1'>a</a>"
        "<a href=\"../book/x.html#y\">b</a><a href='x.html'>c</a><a href='https://a.org/x.html#y'>d</a>"
    )
    flat = pdf.flat(page)
    assert re.findall('href="([^"]*)"', flat) == [
        "#A-1",
        "#y",
        "#document-book/x",
        "https://a.org/x.html#y",
    ]


def test_links_that_lead_nowhere_from_paper_become_words():
    page = "See <a href='../tables/x.csv' download>the table</a> and <a class='k' href='map.html#z'>the map</a>."
    assert pdf.flat(page) == "See the table and the map."
    badge = "<a class='bet-badge bet-open' href='claims.html#A-1'>A-1 open</a>"  # judged nowhere in print
    assert pdf.flat(badge) == '<span class="bet-badge bet-open">A-1 open</span>'


def test_a_claim_has_its_address_where_it_is_judged_first():
    badge = "<a class='bet-badge bet-open' href='claims.html#A-1'>A-1</a>"
    page = f"<p>{badge}</p><p class='bet-card-head'>{badge}</p><table><tr><td>{badge}</td></tr></table>"
    tags = re.findall("<a [^>]*>", pdf.flat(page))
    plain = '<a class="bet-badge bet-open" href="#A-1">'
    assert tags == [plain, plain.replace(">", ' id="A-1">'), plain]


def test_the_cover_s_headings_rank_below_the_chapters():
    page = '<article><h1>Cover</h1><h2>Part</h2><span id="document-book/0_a"></span><h2>One</h2><h3>x</h3></article>'
    flat = pdf.flat(page)
    assert flat.startswith("<article><h2>Cover</h2><h3>Part</h3>")
    assert [(h.rank, h.text) for h in pdf.headings(flat)] == [
        (1, "Cover"), (2, "Part"), (1, "One"), (2, "x"),
    ]  # fmt: skip


def test_headings_are_found_again_in_the_browser_s_bookmarks():
    known = [pdf.Heading(1, "Luck or skill?", 0), pdf.Heading(2, "The count", 0)]
    marks = [("The Bet", 1), ("Luck or skill?Luck or skill?", 3), ("Thecount", 7)]
    assert [h.page for h in pdf.placed(known, marks)] == [3, 7]
    with pytest.raises(NotebookFailed, match="'The count' is not in the print"):
        pdf.placed(known, marks[:2])


def test_the_title_page_lists_the_chapters_with_their_pages():
    cited = {
        "version": "1.2",
        "date-released": "2026-11-25",
        "repository-code": "https://example.org/a",
    }
    page = pdf.title_page([pdf.Heading(1, "One & two", 12), pdf.Heading(2, "Part", 13)], cited)
    assert "<span>One &amp; two</span><i></i><span>12</span>" in page and "Part" not in page
    assert "Version 1.2, 25 November 2026" in page and "https://example.org/a" in page


def test_pictures_do_not_wait_and_scripts_go():
    page = '<html data-theme="auto"><script>x</script><img loading="lazy" src="../_images/a.svg">'
    assert pdf.flat(page) == '<html data-theme="light"><img src="_images/a.svg"/></html>'


def test_without_a_site_nothing_is_printed(tmp_path):
    with pytest.raises(NotebookFailed, match="make book"):
        pdf.write(tmp_path / "html", tmp_path / "stage")


def test_without_the_package_that_writes_contents_one_line_says_so(tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    (tmp_path / "index.html").touch()
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NotebookFailed, match="pypdf is not installed: run make pdf"):
        pdf.write(tmp_path, tmp_path)


def test_printing_links_the_file_once(tmp_path, monkeypatch):
    for name in ("html/book", "stage/book"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "html" / "index.html").write_text("")
    method = tmp_path / "html" / "book" / "method.html"
    method.write_text(f"<p>archive{pdf.PLACE}.</p>")
    monkeypatch.setattr(pdf, "_single", lambda stage: stage)
    monkeypatch.setattr(pdf, "_print", lambda page, target: target.write_bytes(b"%PDF"))
    for _ in range(2):
        pdf.write(tmp_path / "html", tmp_path / "stage", say=lambda text: None)
    assert method.read_text().count("one PDF") == 1
