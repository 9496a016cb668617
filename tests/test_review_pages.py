"""Pages drawn before and after: what changed is marked and nothing else, and what was not drawn is counted."""

from __future__ import annotations

import io

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from bet.cli import main
from bet.review import pages, report, report_page
from bet.review.compare import Review
from bet.review.pages import Drawn, Page
from tests.browser import find

NAMES = ("main", "change")


def striped(*stripes, width=40):
    """A picture of stripes, each (colour, rows); 0 is a white gap."""
    rows = [np.full((height, width, 3), 255 if colour == 0 else colour) for colour, height in stripes]  # fmt: skip
    image = np.concatenate(rows).astype(np.uint8)
    for start, colour, height in zip(np.cumsum([0, *(h for _, h in stripes)]), *zip(*stripes, strict=True), strict=False):  # fmt: skip
        image[start : start + height, : width // 2] = 255 if colour == 0 else 0
    return image


ONE = striped((0, 10), (50, 5), (0, 10), (90, 5), (0, 10))


def test_what_is_alike_has_no_changes():
    assert pages.changes(ONE, ONE) == []


def test_a_sentence_more_marks_itself_and_not_what_it_moves_down():
    after = striped((0, 10), (50, 5), (0, 10), (200, 7), (0, 10), (90, 5), (0, 10))
    assert pages.changes(ONE, after) == [((15, 15), (25, 32))]
    assert pages.changes(after, ONE) == [((25, 32), (15, 15))]


def test_wider_gaps_are_no_change():
    assert pages.changes(ONE, striped((0, 30), (50, 5), (0, 1), (90, 5), (0, 99))) == []


def test_a_row_within_a_band_marks_itself_and_the_edge_of_a_glyph_does_not():
    after = ONE.copy()
    after[11:14, 30] = 200
    assert pages.changes(ONE, after) == [((11, 14), (11, 14))]
    faint, thin = ONE.copy(), ONE.copy()
    faint[11:14, 30] += 10
    thin[12:14, 30] = 200
    assert pages.changes(ONE, faint) == pages.changes(ONE, thin) == []


def test_a_band_that_grows_at_its_foot_marks_its_foot():
    after = striped((0, 10), (50, 9), (0, 10), (90, 5), (0, 10))
    assert pages.changes(ONE, after) == [((15, 15), (15, 19))]


def test_a_page_on_one_side_only_is_all_change():
    image = Image.fromarray(ONE)
    new, gone = pages.compare("a", None, image), pages.compare("a", image, None)
    assert new.note == "a new page" and gone.note == "removed"
    assert pages.compare("a", image, image) is None


def test_marks_stand_on_the_side_that_changed():
    after = striped((0, 10), (50, 5), (0, 10), (200, 7), (0, 10), (90, 5), (0, 10))
    found = pages.compare("a", Image.fromarray(ONE), Image.fromarray(after))
    before, marked = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (found.before, found.after))  # fmt: skip
    assert (marked[28, 0] == pages.MARK).all() and not (before[:, 0] == pages.MARK).all(axis=1).any()  # fmt: skip
    assert len(found.parts) == 1 and found.share == pytest.approx(7 / (len(ONE) + len(after)))


def test_the_most_changed_comes_first_and_what_time_does_not_allow_is_counted(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(pages.time, "monotonic", lambda: next(clock))
    wide = striped((0, 10), (50, 5), (0, 10), (200, 20), (0, 10), (90, 5), (0, 10))
    little = striped((0, 10), (50, 5), (0, 10), (200, 4), (0, 10), (90, 5), (0, 10))
    shots = {"little": little, "wide": wide, "same": ONE}
    drawn = pages._drawn(
        ["little", "wide", "same", "late", "later"],
        lambda side, name: Image.fromarray(ONE if side == "before" else shots[name]),
        3,
    )
    assert [page.name for page in drawn.pages] == ["wide", "little"]
    assert (drawn.same, drawn.left, drawn.why) == (1, ["late", "later"], "out of time")
    told = report.pages_told(drawn)
    assert told == "3 pages drawn, 1 of them without a visible change. 2 changed pages not drawn, out of time: late, later."  # fmt: skip


def site(folder, **texts):
    (folder / "book").mkdir(parents=True)
    (folder / "_static").mkdir()
    (folder / "_static" / "book.css").write_text("p { color: #123 }")
    for name, text in texts.items():
        page = f'<link rel="stylesheet" href="../_static/book.css"><article><h1>{name}</h1>{text}</article>'
        (folder / "book" / f"{name}.html").write_text(page)
    return folder


def test_only_pages_that_differ_are_drawn_the_most_lines_first(tmp_path):
    old = site(tmp_path / "old", a="<p>one", b="<p>one\n<p>two", c="<p>three")
    new = site(tmp_path / "new", a="<p>two", b="<p>3\n<p>4", c="<p>three", d="<p>new\n" * 9)
    assert pages.changed(old, new) == ["d", "b", "a"]
    (new / "_static" / "book.css").write_text("p { color: #456 }")
    assert pages.changed(old, new) == ["d", "b", "a", "c"]


def test_a_link_out_of_the_site_is_no_file_of_it(tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text("secret")
    new = site(tmp_path / "new", a="<p>one")
    (new / "book" / "b.html").symlink_to(secret)
    assert pages._page(new, "b") == b""
    assert not pages._inside(new / "book" / ".." / ".." / "secret.html", new)
    assert pages._inside(new / "book" / "a.html", new)


def test_without_a_site_the_report_says_so(tmp_path):
    drawn = pages.draw(site(tmp_path / "old", a="<p>one"), tmp_path / "none")
    assert report.pages_told(drawn) == "No page was drawn: there is no built site in none."
    assert report.pages_told(Drawn()) == "The built pages are the same."


PAGE = Page("a", 0.25, b"1", b"2", [(b"b" * 40, b"a" * 40), (b"c" * 40, b"d" * 40)], "a new page")


def test_the_report_shows_pages_and_says_what_it_leaves_to_the_folder(monkeypatch):
    told = report.markdown(Review([]), NAMES, drawn=Drawn([PAGE], 2), site="https://a/")
    assert "| [a](https://a/book/a.html) | 25.0% | a new page |" in told
    assert "3 pages drawn, 2 of them without a visible change." in told
    assert report_page.page(Review([]), NAMES, drawn=Drawn([PAGE])).count("<figure>") == 4
    monkeypatch.setattr(report_page, "PICTURES", 100)
    cut = report_page.page(Review([]), NAMES, drawn=Drawn([PAGE]))
    assert cut.count("<figure>") == 2 and "1 changed part not shown here: see pages/a.after.png" in cut  # fmt: skip


@pytest.mark.skipif(find() is None, reason="no Chromium")
def test_a_chromium_draws_them_and_runs_and_loads_nothing(tmp_path, monkeypatch):
    old = site(tmp_path / "old", a="<p>One.</p><p>Two.</p>")
    trap = "<script>document.body.innerHTML = ''</script><img src='http://localhost:1/x.png'><iframe src='file:///etc/passwd'></iframe>"
    new = site(tmp_path / "new", a=f"<p>One.</p><p>More.</p><p>Two.</p>{trap}", b="<p>New.</p>")
    drawn = pages.draw(old, new)
    assert drawn.why == "" and {page.name for page in drawn.pages} == {"a", "b"}
    found = {page.name: page for page in drawn.pages}
    assert found["b"].note == "a new page" and 0 < found["a"].share < 1
    pages.write(drawn, tmp_path / "pages")
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["a.after.png", "a.before.png", "b.after.png", "b.before.png"]  # fmt: skip


def test_the_command_takes_two_sites(tmp_path, monkeypatch):
    old, new = (site(tmp_path / name, a="<p>one") for name in ("old", "new"))
    for folder in (old, new):
        (folder / "data").mkdir()
    output = tmp_path / "review"
    done = CliRunner().invoke(main, ["diff", str(old), str(new), "--pages", str(old), str(new), "-o", str(output)])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "The built pages are the same." in (output / "review.md").read_text()
    assert list((output / "pages").iterdir()) == []
