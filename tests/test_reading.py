"""What stands around the text: descriptions, citations, sizes of pictures, icons, downloads."""

from __future__ import annotations

import re
import zipfile

import pytest

from bet.site import build, extension, finish, gallery, icons, meta
from bet.site.elements import Page
from bet.site.html import figure_numbers
from bet.site.published import charts_in
from tests.test_site import PAGES, charts_on


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_is(site, page):
    text = (site / "book" / f"{page}.html").read_text(encoding="utf-8")
    about = re.findall(r'<meta name="description" content="([^"]*)"', text)
    assert len(about) == 1 and 50 <= len(about[0]) <= 400
    assert "Cite this page" in text and "@misc{bet-audited-" in text


def test_no_two_pages_have_the_same_description(site):
    found = [
        re.search(r'name="description" content="([^"]*)"', p.read_text(encoding="utf-8"))[1]
        for p in sorted((site / "book").glob("*.html"))
    ]
    assert len(set(found)) == len(found)


def test_the_site_has_its_robots_and_lost_page(site):
    assert "Allow: /" in (site / "robots.txt").read_text()
    lost = (site / "404.html").read_text()
    assert "<h1>" in lost and lost.count("<script") == 1  # finds the book above a lost address
    assert re.findall(r'<link rel="icon" href="([^"]*)"', lost) == ["data:,"]  # none is asked for
    assert lost.count("<link") == 1


def test_robots_name_the_map_once_there_is_an_address():
    assert "Sitemap: https://a.org/b/sitemap.xml" in meta.robots("https://a.org/b")
    assert "Sitemap" not in meta.robots("")
    both = meta.robots("https://a.org/b/", ["today", "bear"])
    assert re.findall(r"Sitemap: (.*)", both) == [
        "https://a.org/b/sitemap.xml", "https://a.org/b/editions/bear/sitemap.xml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "edition", "added"),
    [
        ("", "today", set()),
        ("https://a.org/", "bear", {"sphinxext.opengraph", "sphinx_sitemap"}),
        ("https://a.org/", "today", {"sphinxext.opengraph", "sphinx_sitemap"}),
    ],
)
def test_map_and_cards_come_with_a_public_address(base, edition, added):
    ours = {"extra_extensions": ["ours"], "config": {"html_baseurl": base}}
    told = build.configured({"title": "T", "sphinx": ours}, {"bet_edition": edition})["sphinx"]
    assert set(told["extra_extensions"]) == {"ours"} | added
    assert told["config"]["bet_edition"] == edition
    own = f"{base}editions/bear/" if base and edition == "bear" else base
    assert told["config"]["html_baseurl"] == told["config"].get("ogp_site_url", base) == own
    assert ours["extra_extensions"] == ["ours"]  # what was given stays as it was


def test_without_an_address_there_is_neither_map_nor_card(site):
    assert not (site / "sitemap.xml").exists() and not (site / "_images/social_previews").exists()
    assert "og:" not in (site / "book" / "index.html").read_text(encoding="utf-8")


def test_a_description_is_cut_at_a_word():
    assert meta.shorten("one two three", 9) == "one two…"
    assert meta.shorten("one two", 9) == "one two"


def test_pictures_have_a_size_and_wait(site):
    for page in PAGES:
        seen = charts_on(site / "book" / f"{page}.html")
        assert all(image.get("width") and image.get("height") for image in seen), page
        assert all(image.get("loading") == "lazy" for image in seen[1:]), page


def test_a_picture_gets_the_size_that_it_has(tmp_path):
    (tmp_path / "a.svg").write_text('<svg width="417.6pt" height="300pt" viewBox="0 0 1 1"/>')
    page = Page(
        '<img alt="x" src="a.svg"><img alt="y" src="a.svg" /><img src="b.svg"><img src="c.png">'
    )
    sized = page.edited(finish.sized(page, tmp_path))
    assert sized.count('width="557" height="400"') == 2
    assert sized.count('loading="lazy"') == 1
    assert '<img src="b.svg"><img src="c.png">' in sized


def test_a_telephone_loads_the_narrow_drawing_and_no_other_page_does(tmp_path):
    for name, width in (("wide", 640), ("narrow", 340)):
        (tmp_path / f"{name}.svg").write_text(f'<svg width="{width}pt" height="300pt"></svg>')
    page = Page(
        '<img alt="Five times" src="wide.svg"><img class="bet-narrow" src="narrow.svg"><img src="wide.svg">'
    )
    assert page.edited(finish.joined(page, tmp_path)) == (
        '<picture><source media="(max-width: 35rem)" srcset="narrow.svg" width="453" height="400">'
        '<img alt="Five times" src="wide.svg"></picture><img src="wide.svg">'
    )


def test_a_chart_of_words_has_its_finding_and_both_drawings_on_the_page(site):
    text = (site / "book" / "4_thesis.html").read_text(encoding="utf-8")
    figure = text.split('id="profit-needed"')[1].split("</figure>")[0]
    assert figure.index("bet-finding") < figure.index("<picture>") < figure.index("<figcaption>")
    assert figure.count("<img") == 1 and figure.count("<source") == 1
    alt = re.search(r'<img[^>]* alt="([^"]*)"', figure)[1]
    finding = re.search(r"</span> (.*?)<(?:a|/p)", figure)[1].replace("<b class='bet-tied'>", "")
    assert alt.startswith(finding)


@pytest.mark.parametrize(
    ("shown", "headings", "left"),
    [
        ("## Eleven of 250\n\nThey did.", ["## Eleven of 250"], "They did."),
        ("They did.\n\n## No heading of the page", [], "They did.\n\n## No heading of the page"),
    ],
)
def test_a_computed_heading_becomes_one_of_the_page(shown, headings, left):
    cell = {"id": "c", "cell_type": "code", "source": "", "metadata": {"tags": ["remove-input"]},
            "outputs": [{"data": {"text/markdown": shown}}]}  # fmt: skip
    cells = extension._joined([cell])
    assert [c["source"] for c in cells if c["cell_type"] == "markdown"] == headings
    assert cells[-1]["outputs"][0]["data"]["text/markdown"] == left


def test_icons_are_few_and_every_icon_of_a_page_is_among_them(site):
    fonts = list((site / icons.FONTS).iterdir())
    assert [f.suffix for f in fonts] == [".woff"] * len(fonts)
    assert sum(f.stat().st_size for f in fonts) < 8 * 1024
    style = (site / icons.THEME).read_text(encoding="utf-8")
    for page in PAGES:
        text = (site / "book" / f"{page}.html").read_text(encoding="utf-8")
        shown = set(re.findall(r"fa-solid (fa-(?!lg\b)[a-z-]+)", text))
        assert [name for name in shown if f".{name}:before" not in style] == [], page


def test_every_chart_leads_to_its_sources_data_and_code(site):
    data = (site / "book" / "data.html").read_text(encoding="utf-8")
    for chart in charts_in(site / "_sources" / "book"):
        text = (site / "book" / f"{chart['notebook']}.html").read_text(encoding="utf-8")
        figure = text.split(f'id="{chart["name"]}"')[1].split("</figure>")[0]
        assert all(f"#source-{name}'" in figure for name in chart["sources"])
        assert f"{chart['name']}.csv'" in figure and "Table view" in figure
        assert re.search(r"<span>Figure [A\d]+\.\d+", figure)
        if f"#code-{chart['name']}'" in figure:
            assert text.count(f'id="code-{chart["name"]}"') == 1
        assert all(f"id='source-{name}'" in data for name in chart["sources"])


def test_the_gallery_shows_every_chart(site):
    text = (site / "book" / "gallery.html").read_text(encoding="utf-8")
    charts = charts_in(site / "_sources" / "book")
    assert len(charts_on(site / "book" / "gallery.html")) == len(charts)
    assert [c["name"] for c in charts if f"{c['notebook']}.html#{c['name']}'" not in text] == []
    for name in set(re.findall(r"_images/([0-9a-f]+\.svg)", text)):
        assert (site / "_images" / name).exists()


def test_figures_are_numbered_by_chapter():
    charts = [
        {"notebook": "index", "name": "a"},
        {"notebook": "1_people", "name": "a"},
        {"notebook": "1_people", "name": "b"},
    ]
    assert list(figure_numbers(charts).values()) == ["A.1", "1.1", "1.2"]


def test_code_leads_to_the_commit_once_there_is_a_repository(monkeypatch):
    monkeypatch.setattr(gallery, "commit", lambda: "abc123")
    there = "https://example.org/a/b/blob/abc123/book/1_people.ipynb"
    assert there in gallery.code_link("1_people", "x", "https://example.org/a/b", True)
    assert "#code-x" not in gallery.code_link("1_people", "x", "", False)
    assert "download" in gallery.code_link("1_people", "x", "", True)


def test_launch_buttons_appear_only_with_a_repository():
    class Config:
        html_theme_options = {"launch_buttons": {"notebook_interface": "classic"}}
        bet_repository = ""

    extension.launch(None, Config)
    assert Config.html_theme_options == {"launch_buttons": {}}
    Config.bet_repository = "https://github.com/a/b"
    extension.launch(None, Config)
    assert Config.html_theme_options["launch_buttons"]["binderhub_url"] == "https://mybinder.org"
    assert Config.html_theme_options["repository_url"] == "https://github.com/a/b"
    Config.bet_repository = "https://code.example.org/a/b"  # the theme would end the build
    extension.launch(None, Config)
    assert Config.html_theme_options["launch_buttons"] == {}
    assert "repository_url" not in Config.html_theme_options


def test_no_page_leads_to_a_launch_service_without_a_repository(site):
    told = "".join(
        (site / "book" / f"{page}.html").read_text("utf-8") for page in PAGES if page != "status"
    )
    assert "mybinder.org" not in told and "colab.research" not in told


def test_the_notebooks_come_as_one_file_the_same_each_time(site, tmp_path):
    finish.pack(site / "_sources" / "book", tmp_path / "a.zip")
    finish.pack(site / "_sources" / "book", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    held = zipfile.ZipFile(site / "notebooks.zip").namelist()
    assert "the-bet-audited/index.ipynb" in held and len(held) >= 7
