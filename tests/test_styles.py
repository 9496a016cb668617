"""The theme's style sheet is cut to what a page of the site can use."""

from __future__ import annotations

import pytest

from bet.site import styles
from bet.site.icons import THEME

USED = {"used", "other", "place"}


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (".used{a:b}", ".used{a:b}"),
        (".gone{a:b}", ""),
        ("#gone>p{a:b}", ""),
        (".used .gone{a:b}", ""),
        (".gone,.used.other,p{a:b}", ".used.other,p{a:b}"),
        ("p:not(.gone){a:b}", "p:not(.gone){a:b}"),
        (":is(.gone,.used) a{a:b}", ":is(.gone,.used) a{a:b}"),
        (".bs-popover-top{a:b}", ".bs-popover-top{a:b}"),  # a name that Bootstrap puts together
        ("html[data-theme=dark] .used{a:b}", "html[data-theme=dark] .used{a:b}"),
        ("@media print{.gone{a:b}.used{a:b}}", "@media print{.used{a:b}}"),
        ("@media print{.gone{a:b}}", ""),
        ("@font-face{src:url(a.woff2)}", "@font-face{src:url(a.woff2)}"),
        (r".used\:x{a:b}", ""),
    ],
)
def test_a_rule_stays_if_a_page_can_use_it(rule, left):
    assert styles.cut(rule, USED) == left


def test_names_are_those_of_pages_and_words_of_scripts(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "a.html").write_text("<p class=\"used two\" id='place'>not this</p>")
    (tmp_path / "book" / "b.mjs").write_text('e.classList.add("other-one")')
    assert styles.classes(tmp_path) == {"used", "two", "place"}
    assert "other-one" in styles.words(tmp_path)


def test_the_sheet_of_a_site_is_cut_in_its_place(tmp_path):
    styles.cut_styles(tmp_path)  # another theme: nothing to do
    sheet = tmp_path / THEME
    sheet.parent.mkdir(parents=True)
    sheet.write_text(".used{a:b} /* c */ .gone{a:b}")
    (tmp_path / "a.html").write_text('<p class="used"></p>')
    styles.cut_styles(tmp_path)
    assert sheet.read_text() == ".used{a:b}"


def test_the_built_site_asks_for_less_than_half_of_the_theme(site):
    from pydata_sphinx_theme import __file__ as theme

    whole = next(p for p in site.__class__(theme).parent.rglob("pydata-sphinx-theme.css"))
    assert (site / THEME).stat().st_size < whole.stat().st_size / 2
