"""The printed book: links stay inside it, and the site names it only once it is there."""

import pytest

from bet import pdf
from bet.faults import NotebookFailed


def test_links_to_other_pages_become_links_within_the_print():
    page = "<a href='claims.html#A-1'>a</a><a href=\"../book/x.html#y\">b</a><a href='https://a.org/x.html#y'>c</a>"
    flat = pdf.flat(page)
    assert "href='#A-1'" in flat and 'href="#y"' in flat
    assert "href='https://a.org/x.html#y'" in flat


def test_pictures_do_not_wait_and_scripts_go():
    page = '<html lang="en" data-theme="auto"><script>x</script><img src="a.svg" loading="lazy">'
    assert pdf.flat(page) == '<html lang="en" data-theme="light"><img src="a.svg">'


def test_without_a_site_nothing_is_printed(tmp_path):
    with pytest.raises(NotebookFailed, match="make book"):
        pdf.write(tmp_path / "html", tmp_path / "stage")


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
