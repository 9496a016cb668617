"""Building and printing, step by step, without a kernel, Sphinx or browser: what goes where and what is told."""

from __future__ import annotations

import multiprocessing
import re
import types
from pathlib import Path

import nbformat
import pypdf
import pytest
import yaml
from docutils import nodes
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bet.chapter.outputs import CHART_MIME
from bet.faults import BadInput, Fault, NotebookFailed
from bet.records.editions import TODAY
from bet.site import build, extension, gallery, icons, meta, pdf, published
from tests.places import ROOT
from tests.test_pages import CHARTS, claim


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """A folder for the stage that is not the book's own."""
    monkeypatch.setattr(build, "stage_folder", lambda: tmp_path / "stage")
    return tmp_path / "stage"


# What is run, what is copied


def test_each_chapter_is_run_once_under_each_set_of_values(stage):
    runs, copies = build.plan([TODAY])
    assert [path for *_, path in runs] == [stage / TODAY / "book" / f"{name}.ipynb" for name, *_ in runs]  # fmt: skip
    assert copies == [] and len(runs) == len(list(ROOT.glob("book/*.ipynb")))
    more, copied = build.plan([TODAY, "bear"])
    assert more[: len(runs)] == runs and len(more) + len(copied) == 2 * len(runs)
    assert 0 < len(copied) < len(runs)
    for source, path in copied:
        assert source == stage / TODAY / "book" / path.name
        assert path.parent == stage / "bear" / "book"
    assert all(values for _, values, path in more if path.parent.parent.name == "bear")
    assert {p.name for p in (path for *_, path in more) if p.parent.parent.name == "bear"} | {
        path.name for _, path in copied
    } == {path.name for *_, path in runs}


def test_what_is_kept_is_not_run_again_and_the_rest_is(stage, monkeypatch):
    told, done, pruned = [], [], []
    run, other = ("a", {}, stage / "a"), ("b", {}, stage / "b")
    (stage).mkdir(parents=True)
    (stage / "a").write_text("A")
    monkeypatch.setattr(build, "plan", lambda names: ([run, other], [(stage / "a", stage / "c")]))
    monkeypatch.setattr(build.cache, "reuse", lambda name, *_: name == "a")
    monkeypatch.setattr(build.cache, "prune", lambda: pruned.append(1))
    monkeypatch.setattr(build, "run_in_processes", lambda runs, say, kernel: done.append((list(runs), kernel)))  # fmt: skip
    build._run_all([TODAY], told.append, False, True)
    assert done == [([other], True)] and told == ["1 of 2 runs are kept from an earlier build"]
    assert (stage / "c").read_text() == "A" and pruned == [1]
    build._run_all([TODAY], told.append, True, False)
    assert done[1] == ([run, other], False) and len(told) == 1
    monkeypatch.setattr(build.cache, "reuse", lambda *_: True)
    build._run_all([TODAY], told.append, False, False)
    assert len(done) == 2 and told[-1].startswith("2 of 2 runs") and pruned == [1, 1]


def test_a_stage_holds_pages_settings_and_web_and_no_notebook(stage):
    (stage / TODAY).mkdir(parents=True)
    (stage / TODAY / "old").touch()
    build.stage(stage / TODAY, {"bet_edition": TODAY, "bet_editions": [TODAY]})
    made = {path.relative_to(stage / TODAY).parts[0] for path in (stage / TODAY).rglob("*")}
    assert made == {"_config.yml", "_toc.yml", "web", "book"}
    pages = sorted(path.name for path in (stage / TODAY / "book").iterdir())
    assert pages == sorted(path.name for path in ROOT.glob("book/*.md"))
    settings = yaml.safe_load((stage / TODAY / "_config.yml").read_text(encoding="utf-8"))
    assert settings["sphinx"]["config"]["bet_edition"] == TODAY
    assert sorted(p.name for p in (stage / TODAY / "web").iterdir()) == sorted(p.name for p in (ROOT / "web").iterdir())  # fmt: skip


def test_a_public_address_brings_the_settings_of_cards_and_map():
    given = {"title": "T", "sphinx": {"config": {"html_baseurl": "https://a.org/", "x": 1}}}
    made = build.configured(given, {"bet_edition": TODAY})["sphinx"]["config"]
    assert made == {
        "html_baseurl": "https://a.org/", "x": 1, "bet_edition": TODAY, "ogp_site_url": "https://a.org/",
        "ogp_site_name": "T", "ogp_type": "article", "ogp_enable_meta_description": False,
        "sitemap_url_scheme": "{link}",
    }  # fmt: skip
    bear = build.configured(given, {"bet_edition": "bear"})["sphinx"]["config"]
    assert bear["html_baseurl"] == bear["ogp_site_url"] == "https://a.org/editions/bear/"
    assert bear["ogp_site_name"] == "T (edition: bear)"
    bare = build.configured({"title": "T"}, {"bet_edition": TODAY})
    assert bare == {"title": "T", "sphinx": {"config": {"bet_edition": TODAY}, "extra_extensions": []}}  # fmt: skip


def test_a_build_puts_editions_below_today_s_site(stage, tmp_path, monkeypatch):
    def written(names, say):
        for name in names:
            site = build.stage_folder() / name / "_build" / "html"
            site.mkdir(parents=True)
            (site / "word").write_text(name)

    ran = []
    monkeypatch.setattr(build, "here", lambda: types.SimpleNamespace(build=tmp_path / "_build"))
    monkeypatch.setattr(build, "stage", lambda folder, told: ran.append((folder.name, told)))
    monkeypatch.setattr(build, "_run_all", lambda names, say, fresh, kernel: ran.append((fresh, kernel)))  # fmt: skip
    monkeypatch.setattr(build, "stale", list)
    monkeypatch.setattr(build, "_write_all", written)
    first = build.build(["bear", TODAY, "bear"], fresh=True, say=lambda text: None)
    both = {"bet_editions": [TODAY, "bear"]}
    assert ran == [(TODAY, {"bet_edition": TODAY, **both}), ("bear", {"bet_edition": "bear", **both}), (True, False)]  # fmt: skip
    assert first == tmp_path / "_build" / "html" / "index.html" and first.exists()
    assert (first.parent / "editions" / "bear" / "word").read_text() == "bear"
    assert (first.parent / "word").read_text() == TODAY
    assert not (first.parent / "editions" / TODAY).exists()
    with pytest.raises(BadInput, match="no such edition"):
        build.build(["baer"])


def test_a_site_is_swapped_in_whole(tmp_path, monkeypatch):
    for able in (True, False):
        if not able:
            monkeypatch.setattr(build, "_exchanged", lambda one, other: False)
        target = tmp_path / str(able) / "html"
        for text in ("old", "new", "newer"):
            site = tmp_path / f"site-{able}-{text}"
            site.mkdir()
            (site / text).touch()
            build._swap(site, target)
            assert [path.name for path in target.iterdir()] == [text]
            assert [path.name for path in target.parent.iterdir()] == ["html"]


def test_what_the_writer_told_last_is_shown(stage):
    (stage / TODAY).mkdir(parents=True)
    build._log(TODAY).write_text("\n".join(f"line {n}" for n in range(60)) + "\n\n")
    told = build._last(TODAY).split("\n")
    assert (len(told), told[0], told[-1]) == (40, "line 20", "line 59")
    log = "reading... [ 50%] a\n\x1b[91mbook/a.md:5: WARNING: no such page\x1b[39;49;00m\ncopying images... [100%] b.svg\nfinished"
    assert build.complaints(log) == "book/a.md:5: WARNING: no such page"
    assert build.complaints("one\ncopying images... [ 10%] a\ntwo") == "one\ntwo"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BadInput([Fault("claim A", "b", "c"), Fault("d", "e", "f")]), "claim A: found b; expected c\nd: found e; expected f"),
        (KeyError("6_name"), "KeyError: '6_name'"),
    ],
)  # fmt: skip
def test_of_a_page_that_fails_the_cause_is_told_and_no_traceback(
    tmp_path, monkeypatch, error, told
):
    def main(arguments, prog_name):
        print("reading... [ 50%] a\n\x1b[91mAn extension error\x1b[0m")
        try:
            raise error
        except Exception as cause:
            raise RuntimeError("\n=====\n\nThere was an error. Look above.\n") from cause

    log = tmp_path / "sphinx.log"
    monkeypatch.setattr("jupyter_book.cli.main.main", main)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(build.sphinx, (tmp_path, log)) == 1
    assert build.complaints(log.read_text()) == told
    warned = f"a.md:5: WARNING: no such page\n{log.read_text()}"
    assert build.complaints(warned) == f"a.md:5: WARNING: no such page\n{told}"


def test_an_edition_that_cannot_be_written_is_named_with_the_writer_s_words(stage, monkeypatch):
    told = []

    def writer(name, parent):
        (stage / name).mkdir(parents=True)
        build._log(name).write_text("a warning\n")
        raise SystemExit(1 if name == "bear" else 0)

    monkeypatch.setattr(build, "prepare_to_write", lambda: None)
    monkeypatch.setattr(build, "_sphinx", writer)
    build._write_all([TODAY], told.append)
    assert told == [f"wrote the site of edition '{TODAY}'"]
    with pytest.raises(NotebookFailed, match=r"edition 'bear' could not be built: a warning$"):
        build._write_all(["bear"], told.append)


def test_refreshing_tells_which_notebook_changed(tmp_path, monkeypatch):
    told, hashes = [], []
    for name in "ab":
        (tmp_path / f"{name}.ipynb").write_text("old")
    monkeypatch.setattr(build.execute, "names", lambda: ["a", "b"])
    monkeypatch.setattr(build.execute, "path_of", lambda name: tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(build.execute, "write_chart_hashes", lambda: hashes.append(1))

    def run(name, values, path, kernel):
        assert (values, kernel) == ({}, False)
        path.write_text("new" if name == "a" else "old")

    monkeypatch.setattr(build.execute, "run", run)
    build.refresh(told.append)
    assert told == ["a.ipynb refreshed", "b.ipynb unchanged"] and hashes == [1]


# The print


PAGE = (
    '<html data-theme="auto"><article class="bd-article"><h1 id="c">Cover<a class="headerlink" href="#c">#</a></h1>'
    '<h2>Part</h2><h5>Small</h5><span id="document-book/0_stake"></span><h2>One &amp; <i>two</i></h2><h3>x</h3></article>'
)


def test_headings_rank_from_the_chapters_down():
    assert pdf.headings(pdf.flat(PAGE)) == [
        pdf.Heading(1, "Cover", 0), pdf.Heading(2, "Part", 0), pdf.Heading(1, "One & two", 0), pdf.Heading(2, "x", 0),
    ]  # fmt: skip
    assert "<h6>Small</h6>" in pdf.flat(PAGE)
    for other in ("<p>no article</p>", "<article><h1>x</h1></article>"):
        assert pdf.flat(other) == other
    assert pdf.headings("<article><h1>a</h1></article>")[0].rank == 1


def test_what_needs_a_script_is_not_printed():
    page = '<p>a</p><section id="try-it-yourself"><h2>Try</h2><p>b</p></section><section id="c">d</section>'  # fmt: skip
    assert pdf.flat(page) == '<p>a</p><section id="c">d</section>'
    assert pdf.flat("<a href='mailto://x'>m</a><a href='#gone'>g</a>") == '<a href="mailto://x">m</a>g'  # fmt: skip


def test_contents_tell_a_page_once_it_is_known():
    cited = {"version": "1.2", "date-released": "2026-11-25"}
    page = pdf.title_page([pdf.Heading(1, "One", 0), pdf.Heading(2, "Part", 3), pdf.Heading(1, "Two", 7)], cited)  # fmt: skip
    assert page.count("<li>") == 2
    assert "<span>One</span><i></i><span></span>" in page and "<span>7</span>" in page
    assert "investment advice.<br>On the site" in page


def test_bookmarks_are_read_in_order_with_the_page_they_lead_to():
    item = types.SimpleNamespace
    reader = item(get_destination_page_number=lambda mark: mark.at)
    outline = [item(title="a", at=0), [item(title="b", at=2), [item(title="c", at=3)]], item(title="d", at=5)]  # fmt: skip
    assert pdf._bookmarks(reader, outline) == [("a", 1), ("b", 3), ("c", 4), ("d", 6)]


def test_the_book_s_own_site_is_printed_where_none_is_named(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "here", lambda: types.SimpleNamespace(build=tmp_path))
    monkeypatch.setattr(pdf, "stage_folder", lambda: stage)
    monkeypatch.setattr(pdf, "_single", lambda folder: folder / "book.html")
    monkeypatch.setattr(pdf, "_print", lambda page, target: target.write_text(str(page)))
    (stage / TODAY / "book").mkdir(parents=True)
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").touch()
    made = pdf.write(say=lambda text: None)
    assert made == tmp_path / "html" / pdf.NAME
    assert made.read_text() == str(stage / TODAY / "book.html")


def test_the_print_has_contents_with_pages_and_bookmarks_of_its_own(tmp_path, monkeypatch):
    page, target = tmp_path / "book.html", tmp_path / "book.pdf"
    page.write_text("<html><article a><h2>One</h2><h3>Part</h3><h2>Two</h2></article></html>")
    printed = []

    def to_pdf(page, target):
        printed.append(page.read_text("utf-8"))
        writer = pypdf.PdfWriter()
        for _ in range(9):
            writer.add_blank_page(100, 100)
        for title, at in (("The Bet", 0), ("One", 2), ("Part", 3), ("Two", 7)):
            writer.add_outline_item(title, at)
        writer.write(target)

    monkeypatch.setattr(pdf, "_to_pdf", to_pdf)
    pdf._print(page, target)
    contents = [
        re.findall(r"<li><span>(.*?)</span><i></i><span>(.*?)</span>", text) for text in printed
    ]
    assert contents == [[("One", ""), ("Two", "")], [("One", "3"), ("Two", "8")]]
    assert all(text.startswith("<html><article a><div class='bet-title'>") for text in printed)
    assert all(
        text.endswith("</div><h2>One</h2><h3>Part</h3><h2>Two</h2></article></html>")
        for text in printed
    )
    made = pypdf.PdfReader(target)
    one, parts, two = made.outline
    assert [(mark.title, made.get_destination_page_number(mark)) for mark in (one, *parts, two)] == [
        ("One", 2), ("Part", 3), ("Two", 7)
    ]  # fmt: skip
    assert (made.metadata.title, made.metadata.subject) == (meta.BOOK, meta.ABOUT)


@pytest.mark.parametrize("missing", ["html/index.html", "stage/book"])
def test_printing_needs_a_site_and_its_stage(tmp_path, missing):
    for name in ("html", "stage/book"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "html/index.html").touch()
    gone = tmp_path / missing
    gone.unlink() if gone.is_file() else gone.rmdir()
    with pytest.raises(NotebookFailed, match="make book"):
        pdf.write(tmp_path / "html", tmp_path / "stage")


def test_the_print_is_made_of_the_pages_for_paper(tmp_path, monkeypatch):
    stage = tmp_path / "stage" / TODAY
    (stage / "book").mkdir(parents=True)
    (stage / "_build").mkdir()
    parts = [{"caption": "A", "chapters": [{"file": "book/0_stake", "title": "0 The stake", "sections": []}]},
             {"caption": "B", "chapters": [{"file": "book/claims"}]}]  # fmt: skip
    toc = {"root": "book/index", "parts": parts}
    (stage / "_toc.yml").write_text(yaml.safe_dump(toc))
    for name in ("data", "claims", "method"):
        (stage / "book" / f"{name}.md").write_text("# T\n\n## Parameters\n\nx")
    commands = []

    def run(command, **_):
        work = Path(command[-1])
        commands.append(command[1:4])
        assert not (work / "_build").exists()
        page = work / "_build" / "singlehtml" / "book" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text('<link href="../_static/a.css"><img src="../_images/b.svg">')
        return types.SimpleNamespace(stdout="", stderr="")

    monkeypatch.setattr(pdf.subprocess, "run", run)
    top = pdf._single(stage)
    work = tmp_path / "stage" / f"{TODAY}-pdf"
    assert commands == [["build", "--builder", "singlehtml"]]
    assert top == work / "_build" / "singlehtml" / "book.html"
    assert top.read_text() == '<link href="_static/a.css"/><img src="_images/b.svg"/>'
    assert yaml.safe_load((work / "_toc.yml").read_text()) == {
        "root": "book/index", "chapters": [{"file": "book/0_stake"}],
    }  # fmt: skip
    assert sorted(path.name for path in (work / "book").iterdir()) == ["data.md", "method.md"]
    assert (work / "book" / "data.md").read_text() == "# T\n\n"
    lines = "\n".join(f"l{n}" for n in range(30))
    monkeypatch.setattr(pdf.subprocess, "run", lambda *a, **k: types.SimpleNamespace(stdout=lines, stderr=""))  # fmt: skip
    with pytest.raises(NotebookFailed) as told:
        pdf._single(stage)
    assert str(told.value).split("\n") == [f"l{n}" for n in range(10, 30)]


# Icons


def test_fonts_and_style_sheet_are_cut_to_what_the_pages_show(tmp_path, monkeypatch):
    style = (
        ".fa-bars:before{content:\"\\f0c9\"}.fa-cat:before,.fa-dog:before{content:\"\\f6be\"}"
        "@font-face{font-family:x;src:url(webfonts/fa-solid-900.woff2) y}"
        "@font-face{font-family:z;src:url(webfonts/fa-brands-400.woff2) y}"
    )  # fmt: skip
    fonts = tmp_path / icons.FONTS
    for path, text in ((icons.THEME, style), ("_static/styles/sphinx-book-theme.css", 'a{content: "\\203a"}'),
                       ("index.html", "<i class='fa-bars'>"), ("_static/scripts/x-theme.js", "'fa-dog'"),
                       ("_static/scripts/other.js", "'fa-brands'")):  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    fonts.mkdir(parents=True)
    for name in ("fa-solid-900.woff2", "fa-solid-900.ttf", "fa-brands-400.ttf", "keep.txt"):
        (fonts / name).touch()
    asked = []
    monkeypatch.setattr(icons, "cut", lambda font, codes: asked.append((font.name, codes)) or b"cut")  # fmt: skip
    icons.cut_icons(tmp_path)
    assert asked == [("fa-solid-900.ttf", {0xF0C9, 0xF6BE, 0x203A})]
    assert sorted(path.name for path in fonts.iterdir()) == ["fa-solid-900.woff", "keep.txt"]
    made = (tmp_path / icons.THEME).read_text(encoding="utf-8")
    assert "fa-bars:before" in made and "fa-dog:before" in made and "brands" not in made
    assert 'src:url(../vendor/fontawesome/webfonts/fa-solid-900.woff) format("woff")}' in made
    (tmp_path / "_static/scripts/x-theme.js").write_text("")
    (fonts / "fa-solid-900.ttf").touch()
    (tmp_path / icons.THEME).write_text(style, encoding="utf-8")
    icons.cut_icons(tmp_path)
    assert "fa-dog" not in (tmp_path / icons.THEME).read_text(encoding="utf-8")


# Figures, badges and heads on a page


@pytest.fixture
def records(monkeypatch):
    """The records of a book of two claims."""
    found = published.BookRecords([claim(), claim("GROK-02", verdict="partly")], CHARTS)
    monkeypatch.setattr(extension, "records_of", lambda env: found)
    return found


def environment(**config):
    return types.SimpleNamespace(
        docname="book/3_infrastructure", srcdir="/nowhere", note_dependency=lambda path: None,
        config=types.SimpleNamespace(bet_repository="", bet_contact="", bet_edition=TODAY, bet_editions=[TODAY], html_baseurl="", **config),
    )  # fmt: skip


def test_a_figure_has_number_alternative_text_caption_and_table(records):
    record = {"name": "kilos", "title": "Heavier & heavier", "subtitle": "In kg", "alt": "Bars", "claims": ["INFRA-01"], "sources": [], "columns": ["a"], "rows": [[1]], "x": "a", "y": "b", "by": None, "unit": ""}  # fmt: skip
    image = nodes.image()
    figure = extension._figure([image], record, environment(), {})
    assert image["alt"] == "Bars" and figure["ids"] == figure["names"] == ["kilos"]
    finding, shown, caption, legend = figure.children
    assert shown is image and "bet-supported" in caption.astext()
    assert (
        "<span>Figure 3.2</span> Heavier &amp; <b class='bet-tied'>heavier<a class='headerlink' href='#kilos'"
        in finding.astext()
    )
    assert "<p class='bet-shows'>In kg</p>" in finding.astext()
    assert "#code-kilos'" in caption.astext() and "Table view" in legend.astext()
    hidden = extension._figure([], record, environment(), {"tags": ["remove-input"]})
    assert "#code-kilos'" not in hidden.astext()


def test_a_score_counts_its_section_or_all(records):
    assert extension._scorecard({"section": "GROK"}, None).startswith("<div class='bet-score'><p>1 claims")  # fmt: skip
    assert "<p>2 claims</p>" in extension._scorecard({"section": None}, None)


def test_a_badge_in_prose_is_that_of_its_claim_and_an_unknown_one_is_an_error(records):
    role = extension.ClaimRole()
    told = []
    reporter = types.SimpleNamespace(error=lambda text, line: told.append((text, line)) or "message")  # fmt: skip
    document = types.SimpleNamespace(settings=types.SimpleNamespace(env=environment()))
    role.inliner = types.SimpleNamespace(document=document, reporter=reporter, problematic=lambda *a: a)  # fmt: skip
    role.rawtext, role.lineno, role.text = "raw", 7, " GROK-02 "
    (badge,), messages = role.run()
    assert "bet-badge bet-partly" in badge.astext() and messages == []
    role.text = "GROK-20"
    (problem,), messages = role.run()
    assert problem == ("raw", "raw", "message") and messages == ["message"]
    assert told == [("unknown claim 'GROK-20', did you mean 'GROK-02'?", 7)]


def test_a_page_gets_its_description_and_its_citation(monkeypatch):
    app = types.SimpleNamespace(
        config=types.SimpleNamespace(html_baseurl="https://a.org/", bet_edition=TODAY)
    )
    document = nodes.document(None, None)
    text = "A paragraph that says something to somebody who reads it."
    document += nodes.section("", nodes.title("", "Power"), nodes.paragraph("", text))
    context = {"metatags": "<meta a>", "body": "<p>b</p>"}
    extension.add_head(app, "book/x", "", context, document)
    assert context["metatags"] == f"<meta a>{meta.tags(text, '../feed.xml')}"
    assert context["body"].startswith("<p>b</p>") and "title = {{Power}}" in context["body"]
    assert "https://a.org/book/x.html" in context["body"]
    app.config.bet_edition, bear = "bear", {}
    extension.add_head(app, "book/x", "", bear, document)
    assert bear["metatags"] == meta.tags(f"Edition: bear. {text}")
    left = {}
    extension.add_head(app, "genindex", "", left, None)
    assert left == {}


def test_charts_of_one_name_and_loose_records_stop_a_build(tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    app = types.SimpleNamespace(srcdir=tmp_path)
    chart = {"notebook": "a", "name": "x", "claims": ["INFRA-01"]}

    def told(*charts, facts=()):
        found = published.BookRecords([claim()], list(charts))
        monkeypatch.setattr(extension, "records_of", lambda env: found)
        monkeypatch.setattr(extension, "evidence", lambda: dict.fromkeys(facts))
        try:
            extension.check_records(app, None, [])
        except BadInput as error:
            return [str(fault) for fault in error.faults]
        return []

    assert told(chart, chart | {"name": "y"}, chart | {"notebook": "b"}) == []
    assert told(chart, chart) == ["chart a#x: found a name used twice; expected unique names in a chapter"]  # fmt: skip
    assert told(facts=["alone"]) == ["claim map: found evidence alone: no claim cites it; expected no orphan"]  # fmt: skip
    (tmp_path / "book" / "a.ipynb").write_text(r'"cite(\"alone\")"')
    assert told(facts=["alone"]) == []
    assert "unknown claim GROK-09" in told(chart | {"claims": ["GROK-09"]})[0]


def test_each_part_of_the_site_is_made_by_its_name(records, monkeypatch):
    part = extension.Generated.__new__(extension.Generated)
    env = environment()
    part.state = types.SimpleNamespace(document=types.SimpleNamespace(settings=types.SimpleNamespace(env=env, record_dependencies=None)))  # fmt: skip
    part.options = {}
    monkeypatch.setattr(extension.Generated, "config", env.config, raising=False)
    monkeypatch.setattr(gallery, "pictures", lambda folder: {(c["notebook"], c["name"]): gallery.Files("x.svg") for c in CHARTS})  # fmt: skip
    asked = {"claims": "INFRA-01", "map": "GROK-02", "corrections": "No verdict", "reviews": "none of the 2",
             "gallery": "bet-gallery", "scale": "INFRA-01", "sections": "Chapter 2",
             "comparison": "one edition", "cite": "@misc{bet-audited,", "tally": "bet-supported", "downloads": "claims.json", "forms": "praise",
             "rule": "off by", "editions": "edition-bear", "sources": "source-",
             "parameters": "Every chapter", "catalogue": "us_power", "lines": "line-297", "report": "Error in:", "forecasts": "bet-due"}  # fmt: skip
    assert set(part._parts()) == set(asked)
    for name, words in asked.items():
        part.arguments = [name]
        (node,) = part.run()
        assert words in node.astext(), name
    part.options, part.arguments = {"field": "confidence"}, ["tally"]
    assert "high" in part.run()[0].astext()
    part.lineno, part.content_offset = 1, 0
    part.state_machine = types.SimpleNamespace()
    part.arguments = ["claim"]
    monkeypatch.setattr(extension.Generated, "error", lambda self, text: ValueError(text))
    with pytest.raises(
        ValueError, match="unknown part 'claim', expected one of claims, lines, map"
    ):
        part.run()


# Records are read once


def test_records_are_read_again_only_when_a_file_changes(tmp_path):
    def write(name):
        told = new_output("display_data", data={CHART_MIME: {"name": name}})
        nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=[told])]), tmp_path / "a.ipynb")  # fmt: skip

    write("one")
    first = published.notebooks_in(tmp_path)
    assert published.notebooks_in(tmp_path)["a"] is first["a"]
    first.clear()  # a caller's own
    assert [c["name"] for c in published.charts_in(tmp_path)] == ["one"]
    write("other")
    assert [c["name"] for c in published.charts_in(tmp_path)] == ["other"]
