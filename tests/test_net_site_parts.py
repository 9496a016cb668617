"""Small parts of the site, each by what a reader would miss: words, weights, reference pages, heads."""

from __future__ import annotations

import html as standard_html
import json
import re
import types

import pandas as pd
import pytest
from docutils import nodes

from bet.chapter.outputs import CHART_MIME, PANEL_MIME, SCORECARD_MIME
from bet.dates import written
from bet.records import article_lines, claims, forms, parameters, sources, tables
from bet.site import extension, finish, html, icons, meta, reference_pages
from bet.site.claims_page import TIERS
from bet.site.elements import Edit, Page
from tests.test_pages import cells

# Words


@pytest.mark.parametrize(
    ("given", "told"),
    [("nothing is due", "Nothing is due."), ("xAI says so.", "xAI says so."), ("US power", "US power."),
     ("  one ", "One."), ("", ""), (".", "")],
)  # fmt: skip
def test_a_sentence_has_a_capital_and_a_full_stop(given, told):
    assert html.sentence(given) == told


def test_a_count_of_one_has_no_s():
    assert [html.plural(n, "fact") for n in (0, 1, 2)] == ["0 facts", "1 fact", "2 facts"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (("2025-11-14", "ISO date"), "14 November 2025"),
        (("2025-11-14", "ISO date", "2026-01-02"), "14 November 2025 to 2 January 2026"),
        (("2025-11-14", "ISO date", "2025-11-14"), "14 November 2025"),
        (("median", "choice"), "median"),
        ((2030, "year"), "2030"),
        ((2030, "year", 2040), "2030 to 2040"),
        ((0.15, "per year"), "15% a year"),
        ((0.1, "ratio", 0.2), "0.1 to 0.2"),
        ((3, "10^12 parameters"), "3 trillion (3\u00a0×\u00a010¹²) parameters"),
        ((1, "10^12 USD", 2), "$1 to $2 trillion"),
        ((0.12345, "ratio"), "0.1235"),  # four figures
        ((12, "GW"), "12 GW"),
    ],
)
def test_a_setting_reads_as_a_reader_would_write_it(setting, told):
    assert html.setting(*setting) == told


def test_each_publisher_is_named_once_with_all_its_addresses(monkeypatch):
    known = {name: types.SimpleNamespace(publisher=by) for name, by in (("a", "X"), ("b", "Y"), ("c", "X"))}  # fmt: skip
    monkeypatch.setattr(html, "sources", lambda: known)
    found = html.publishers(["a", "b", "c", "a"], str.upper)
    assert found == [("X", ["A", "C"]), ("Y", ["B"])]


def test_markup_is_left_as_it_is_and_text_is_escaped():
    assert html.escape("<a'>") == "&lt;a&#x27;&gt;"
    assert html.escape(html.Markup("<b>")) == "<b>"
    assert html.escape(3) == "3"


# The reference pages


def both_copies(page):
    bodies = re.findall(r"<tbody>.*?</tbody>", page, re.S)
    return [row for body in bodies for row in cells(body)]


def test_every_line_of_the_article_is_listed_with_its_claims_or_the_reason_why_none():
    page = reference_pages.line_rows()
    rows = both_copies(page)
    assert len(rows) == article_lines.LAST_LINE
    standing = article_lines.claims_by_line()
    frame = tables.table("article_lines", "9999-12-31").set_index("line")
    for number, row in enumerate(rows, 1):
        assert row[0] == str(number) and f"id='line-{number}'" in page
        ids, repeats = standing.get(number, []), frame.repeats_line[number]
        if not pd.isna(repeats) and standing.get(int(repeats), []) == ids:
            assert row[1].startswith(f"The same as line {int(repeats)}")
            continue
        for name in ids:
            claim = claims.claims()[name]
            assert f"{html.escape(claim.paraphrase)} {name} {claim.verdict}" in row[1]
        assert ids or html.sentence(frame.reason[number]) in standard_html.unescape(row[1])


def test_a_line_of_the_second_copy_with_claims_of_its_own_tells_them(monkeypatch):
    standing = article_lines.claims_by_line() | {1: ["INTRO-01"], 156: ["INTRO-01", "INTRO-02"]}
    monkeypatch.setattr(reference_pages, "claims_by_line", lambda: standing)
    own = {row[0]: row[1] for row in both_copies(reference_pages.line_rows())}["156"]
    assert "INTRO-01" in own and "INTRO-02" in own and "Like line 1, but not the same" in own


def test_where_the_second_copy_begins_is_where_lines_begin_to_repeat():
    frame = tables.table("article_lines", "9999-12-31")
    assert frame.line[frame.repeats_line.notna()].min() == reference_pages.SECOND
    assert set(frame["class"]) - {"claim"} <= set(reference_pages.KINDS)


def test_every_table_is_in_the_catalogue_with_its_columns():
    page = reference_pages.catalogue()
    for name in tables.names():
        part = page.split(f"id='{name}'")[1].split("</section>")[0]
        about = tables.sidecar(name)
        assert f"{len(about.columns)} columns" in part and f"../tables/{name}.csv' download" in part
        assert all(f"<code>{column}</code>" in part for column in about.columns)
        year = about.retrieved[:4]
        assert re.search(rf"Retrieved (\d+ \w+ )?{year}", part), name
        for source in about.sources:
            assert html.escape(sources.sources()[source].publisher) in part


def test_every_source_has_its_place():
    page = reference_pages.source_rows()
    assert page.count("<li ") == len(sources.sources())
    for name, source in sources.sources().items():
        before, part = page.split(f"id='source-{name}'>")
        assert before.split("<b>")[-1].startswith(f"{html.escape(source.publisher)}</b>")
        part = part.split("</li>")[0]
        assert html.escape(source.title) in part and html.escape(source.url) in part
        assert f"({written(source.published)}, {TIERS[source.tier]})" in part


def test_sources_stand_once_under_each_publisher_in_the_order_that_a_reader_sees():
    page = reference_pages.source_rows()
    named = re.findall(r"<li><b>(.*?)</b>", page)
    shown = [html.folded(standard_html.unescape(name)) for name in named]
    assert shown == sorted(set(shown))


def test_words_are_looked_up_without_case_accents_and_quotes():
    assert html.folded("“Élan” vital") == "elan” vital" and html.folded("«Xi»") == "xi"


def test_the_rule_is_told_with_the_thresholds_that_are_applied():
    page = reference_pages.rule_rows()
    assert page.count("off by 10% or less") == 2 and "off by a factor of two or less" in page
    assert (
        "is three times the bound or more" in page
        and "override" not in page
        and "misses it by 10% or less" in page
    )


def test_every_form_is_told_with_its_verdicts():
    rows = cells(reference_pages.forms_rows())
    assert [row[0] for row in rows] == [html.escape(form.name) for form in forms.FORMS]
    assert rows[0][1:] == [
        "quotation, view",
        forms.FORMS[0].rule,
        "supported, partly, contradicted",
    ]


def test_every_parameter_is_listed_with_default_and_range():
    rows = cells(reference_pages.parameter_rows())
    known = [(n, entry) for entries in parameters.registry().values() for n, entry in entries.items()]  # fmt: skip
    assert [row[1] for row in rows] == [name for name, _ in known]
    for row, (_, entry) in zip(rows, known, strict=True):
        assert row[2] == html.escape(html.setting(entry.default, entry.unit))
        allowed = ", ".join(entry.choices or ()) or html.setting(entry.min, entry.unit, entry.max)
        assert row[3] == html.escape(allowed)
        assert row[5].split() == list(entry.claims)


# Heads and feet


def document(*texts):
    tree = nodes.section()
    for text in texts:
        tree += nodes.paragraph("", text)
    return tree


def test_a_page_is_described_by_its_first_paragraph_that_says_something():
    long = "word " * 10  # 49 letters once stripped
    assert meta.description(document("Short.", f"{long}and more", "Later " * 20)) == f"{long}and more"  # fmt: skip
    assert meta.description(document(long.strip() + ".")) == long.strip() + "."  # 50 letters
    assert meta.description(document(long.strip())) == meta.ABOUT
    assert meta.description(None) == meta.ABOUT
    cut = meta.description(document("word " * 40))
    assert 150 <= len(cut) <= 155 and cut.endswith("word…")


@pytest.mark.parametrize(
    ("text", "most", "told"),
    [("one two", 7, "one two"), ("one two", 6, "one…"), ("one, two", 7, "one…"), ("one; two", 7, "one…"),
     ("one two", 4, "one…")],
)  # fmt: skip
def test_a_text_is_cut_at_a_word_within_its_length(text, most, told):
    assert meta.shorten(text, most) == told
    assert len(told) <= most


def test_a_page_is_cited_with_address_version_and_day(monkeypatch):
    monkeypatch.setattr(
        meta, "cited", lambda: {"version": "1.2", "date-released": "2026-11-25", "title": "T"}
    )
    told = meta.cite("Power", "book/3_infra", "https://a.org/b/")
    assert "@misc{bet-audited-3-infra," in told and "title = {{Power}}" in told
    assert "author = {{The contributors to The Bet, Audited}}" in told
    assert "version 1.2}" in told and "url = {https://a.org/b/book/3_infra.html}" in told
    assert "year = {2026}" in told and "note = {CC BY 4.0, 2026-11-25}" in told
    assert "url" not in meta.cite("Power", "index", "")


def test_a_lost_reader_is_led_home():
    for base in ("https://a.org/b", "https://a.org/b/"):
        assert 'href="https://a.org/b/book/claims.html"' in meta.missing(base)
    assert 'href="/book/claims.html"' in meta.missing("")
    assert "content=" in meta.tags("About <us>") and "About &lt;us&gt;" in meta.tags("About <us>")


# A page and its elements

PAGE = "<p class='a b'>One &amp; <b>two</b> &#33;</p>\n<img src='x'><ul><li>three<li>four</ul><br/><p>end"


def test_elements_stand_where_they_are_and_hold_what_they_hold():
    page = Page(PAGE)
    names = [e.tag for e in page.elements]
    assert names == ["p", "b", "img", "ul", "li", "li", "br", "p"]
    p, b, img, ul, li = page.elements[:5]
    assert PAGE[p.start : p.end] == "<p class='a b'>One &amp; <b>two</b> &#33;</p>"
    assert (page.inner(b), page.words(p)) == ("two", "One &amp; two &#33;")
    assert (img.start, img.inner, img.close) == (PAGE.index("<img"), PAGE.index("<ul"), PAGE.index("<ul"))  # fmt: skip
    assert [e.tag for e in page.within(ul, "li")] == ["li", "li"] and page.within(p, "li") == []
    assert p.has_class("a") and p.has_class("b") and not p.has_class("a b") and not b.has_class("a")
    assert page.elements[-1].end == page.elements[-1].inner  # never closed
    assert page.inner(li) == ""  # nor is this


def test_edits_are_made_in_their_order_and_all_else_stays():
    page = Page(PAGE)
    b = page.elements[1]
    edits = [Edit(len(PAGE), len(PAGE), "!"), Edit(b.start, b.end, "2"), Edit(0, 0, ">"), Edit(0, 0, "<")]  # fmt: skip
    assert page.edited(edits) == "><" + PAGE.replace("<b>two</b>", "2") + "!"
    assert page.edited([]) == PAGE


# Finishing


def finished(text, folder):
    return finish.finished(text, folder, "book/x")


def test_one_viewport_is_left_right_after_the_character_set(tmp_path):
    text = '<head><meta charset="utf-8" />\n<meta name="viewport" content="a" />\n<meta name="viewport" content="b">\n<title>T</title></head>'  # fmt: skip
    told = finished(text, tmp_path)
    assert told.count('name="viewport"') == 1
    policy = told.index("Content-Security-Policy")
    assert told.index("charset") < policy
    assert told.index("width=device-width") > told.index("charset")
    assert told.endswith("<title>T</title></head>")


def test_a_page_without_a_head_gets_no_policy(tmp_path):
    assert finished("<p>x</p>", tmp_path) == "<p>x</p>"
    told = finished("<head><title>T</title></head>", tmp_path)
    assert told.startswith("<head>\n    <meta http-equiv=")


def test_scripts_that_no_page_uses_are_dropped(tmp_path):
    kept = '<script src="a.js"></script>'
    for script in ('<script src="x/fontawesome.js?v=1"></script>', '<link href="fontawesome.js">',
                   '<script type="text/x-thebe-config">x</script>', "<script>kernelName = 'x'</script>",
                   '<link rel="next" href="b.html" />'):  # fmt: skip
        assert finished(f"<p>{script}  \n{kept}</p>", tmp_path) == f"<p>{kept}</p>"
    for script in ("<script>kernel = 1</script>", "<script id=a>kernelName = 1</script>", '<link href="a.css">',
                   '<link rel="prev" href="b.html" />'):  # fmt: skip
        assert script in finished(f"<p>{script}</p>", tmp_path)


def test_what_the_theme_gets_wrong_is_mended(tmp_path):
    text = (
        '<span class="caption-number">Fig. 3 </span><span class="caption-number">Table 1</span>'
        '<div role="doc-biblioentry" id="a">x</div>'
        '<details><summary aria-label="Toggle hidden content">s</summary></details>'
        '<details><summary><span class="toctree-toggle"></span></summary></details>'
        "<details><summary>plain</summary></details>"
    )
    told = finished(text, tmp_path)
    assert told == (
        '<span class="caption-number">Table 1</span><div  id="a">x</div>'
        "<details><summary>s</summary></details>"
        '<details><summary aria-label="Pages under this one"><span class="toctree-toggle"></span></summary></details>'
        "<details><summary>plain</summary></details>"
    )


def test_where_one_reads_is_marked_in_the_list_of_sections(tmp_path):
    body = '<body data-bs-spy="scroll" data-bs-target=".bd-toc-nav" class="a">{}</body>'
    sections = '<nav id="pst-page-toc-nav"></nav>'
    assert finished(body.format(sections), tmp_path) == (
        f'<body data-bs-spy="scroll" data-bs-target="#pst-page-toc-nav" data-bs-threshold="0,1" class="a">{sections}</body>'
    )
    assert (
        finished(body.format(""), tmp_path)
        == '<body data-bs-target=".bd-toc-nav" class="a"></body>'
    )


def test_what_leads_to_records_from_a_notebook_leads_to_claims_from_a_page(tmp_path):
    text = "<a class='x' href='../data/claims/{}'>a</a><a href='../data/other.yml'>b</a>"
    for linked, shown in [
        ("intro.yml#INTRO-02", "claims.html#INTRO-02"),
        ("infrastructure.yml", "claims.html?section=INFRA"),
    ]:
        told = finished(text.format(linked), tmp_path)
        assert told == f"<a class='x' href='{shown}'>a</a><a href='../data/other.yml'>b</a>"


def table(names, *texts, kind="table"):
    head = "".join(f"<th>{name}</th>" for name in names)
    return f'<table class="{kind}"><tr>{head}</tr><tr>{"".join(f"<td>{t}</td>" for t in texts)}</tr></table>'  # fmt: skip


def test_a_table_with_a_cell_of_more_than_forty_letters_is_stacked(tmp_path):
    told = finished(table(["a", 'b"', "c"], "x", "y", "z" * 41), tmp_path)
    assert '<table class="table bet-stack">' in told
    assert '<td data-name="a">x</td><td data-name="b&quot;">y</td><td data-name="c">zzz' in told
    for other in (table(["a", "b", "c"], "x", "y", "z" * 40), table(["a", "b"], "x", "z" * 41),
                  table(["a", "b", "c"], "x", "y", "z" * 41, kind="other")):  # fmt: skip
        assert finished(other, tmp_path) == other


def test_a_picture_without_points_or_file_has_no_size(tmp_path):
    (tmp_path / "a.svg").write_text('<svg width="30px" height="15px"/>')
    (tmp_path / "b.svg").write_text('<svg a="1" width="30pt" height="15.1pt"/>')
    assert finish.size_of(tmp_path / "a.svg") is None and finish.size_of(tmp_path / "c.svg") is None
    assert finish.size_of(tmp_path / "b.svg") == (40, 20)


def test_plotted_data_are_written_with_empty_cells():
    chart = {"columns": ["year", "n"], "rows": [[2024, None], [2025, 0]]}
    assert finish.chart_csv(chart) == "year,n\n2024,\n2025,0\n"


# Icons


def test_icon_classes_are_found_as_they_are_named():
    assert icons.names('<i class="fa-solid fa-bars"></i>', r"\b") == {"fa-solid", "fa-bars"}
    assert icons.names("xfa-bars", r"\b") == set() and icons.names("xfa-bars") == {"fa-bars"}


def test_a_site_of_another_theme_has_no_icons_to_cut(tmp_path):
    icons.cut_icons(tmp_path)
    assert list(tmp_path.iterdir()) == []


# Notebooks on their way to a page


def code(source, outputs=(), *tags):
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": metadata}


def test_silent_code_is_shown_with_the_cell_that_shows_its_result():
    prose = {"cell_type": "markdown", "source": "x"}
    given = [code(["a = 1\n", "b"]), prose, code("hidden", [{}], "remove-input"), code("c", [{}]), code("d", [{}], "x"), code("e")]  # fmt: skip
    shown = extension._joined(given)
    assert [cell["source"] for cell in shown] == ["x", "hidden", "a = 1\nb\n\nc", "d"]
    assert [cell.get("metadata", {}).get("tags") for cell in shown] == [
        None, ["remove-input"], [extension.FOLDED], ["x", extension.FOLDED]
    ]  # fmt: skip
    assert len(extension._joined([code("a"), code("b", [{}], "remove-cell")])) == 1


def app(mode="off", ending=".ipynb", **config):
    env = types.SimpleNamespace(doc2path=lambda name: f"{name}{ending}")
    return types.SimpleNamespace(
        config=types.SimpleNamespace(nb_execution_mode=mode, **config), env=env,
        builder=types.SimpleNamespace(name="html", format="html"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "ending", "folded"),
    [("off", ".ipynb", True), ("cache", ".ipynb", False), ("off", ".md", False)],
)
def test_only_notebooks_that_were_run_are_folded(mode, ending, folded):
    content = [json.dumps({"cells": [code("a"), code("b", [{}])]})]
    extension.fold_code(app(mode, ending), "p", content)
    assert (len(json.loads(content[0])["cells"]) == 1) is folded


def rendered(*data, place=(3, 0)):
    env = types.SimpleNamespace(temp_data={}, docname="book/3_infrastructure")
    renderer = types.SimpleNamespace(
        renderer=types.SimpleNamespace(sphinx_env=env), render_image=lambda data: [nodes.image()]
    )
    found = []
    for mime, content, *at in data:
        given = types.SimpleNamespace(mime_type=mime, content=content, cell_metadata={},
                                      cell_index=(at or place)[0], output_index=(at or place)[1])  # fmt: skip
        found.append(extension.BetRenderer.handle_mime(renderer, given, False))
    return found


def test_a_record_shows_nothing_and_what_is_not_ours_is_left_to_others(monkeypatch):
    monkeypatch.setattr(extension, "_figure", lambda images, record, env, cell: ("figure", record))
    monkeypatch.setattr(extension, "_panel", lambda record: f"panel {record}")
    monkeypatch.setattr(extension, "_scorecard", lambda record, env: f"score {record}")
    assert rendered(("text/html", "x"), ("image/svg+xml", "x")) == [None, None]
    assert rendered(("application/vnd.bet.numbers+json", {}), ("text/html", "x")) == [[], None]
    assert rendered((CHART_MIME, "r"), ("image/svg+xml", "x")) == [[], [("figure", "r")]]
    assert rendered((CHART_MIME, "r"), ("text/html", "x"))[1] is None
    assert rendered((PANEL_MIME, "r"), ("image/svg+xml", "x"))[1] is None
    assert rendered((PANEL_MIME, "r"), ("text/html", "x"))[1][0].astext() == "panel r"
    assert rendered((SCORECARD_MIME, "r"), ("text/html", "x"))[1][0].astext() == "score r"
    # the record of another output is not this one's
    assert rendered((CHART_MIME, "r", 3, 0), ("image/svg+xml", "x", 3, 1))[1] is None
    assert rendered((CHART_MIME, "r", 3, 0), ("image/svg+xml", "x", 4, 0))[1] is None


def test_code_of_a_chart_gets_an_address():
    source = nodes.container(nb_element="cell_code_source", ids=[])
    other = nodes.container(nb_element="cell_code_output", ids=[])
    figure = nodes.figure("", ids=["watts"], classes=["bet-figure"])
    foreign = nodes.figure("", ids=["else"], classes=[])
    other += [figure, foreign]
    cell = nodes.container("", source, other, nb_element="cell_code")
    alone = nodes.figure("", ids=["alone"], classes=["bet-figure"])
    extension.anchor_code(None, nodes.section("", cell, alone))
    assert source["ids"] == ["code-watts"]


def test_the_switcher_stands_above_a_page_once_there_are_two_editions():
    def body(names, here="today", text="<p>x</p>", builder="html"):
        site = app(bet_editions=names, bet_edition=here)
        site.builder.name = builder
        context = {"body": text}
        extension.add_edition(site, "book/data", "", context, None)
        return context["body"]

    assert body(["today", "bear"], text="") == ""
    assert body(["today"]).startswith("<nav class='bet-switch'")  # also of a single edition
    assert body(["today", "bear"], builder="singlehtml") == "<p>x</p>"
    two = body(["today", "bear"])
    assert two.startswith("<nav class='bet-switch'") and two.endswith("</nav><p>x</p>")
    bear = body(["today", "bear"], "bear")
    assert bear.startswith("<nav") and "</nav><" in bear and not bear.endswith("</nav><p>x</p>")


def test_scripts_that_a_page_does_not_ask_for_are_dropped_from_its_head():
    added = []
    site = app(html_baseurl="")
    site.add_js_file = lambda name, **how: added.append(name)
    site.env.srcdir = "/nowhere"
    files = ["_static/mathjax.js", "_static/copybutton.js", "_static/sphinx-design.css", "_static/ours.js"]  # fmt: skip

    def left(body):
        context = {"body": body, "script_files": list(files), "css_files": []}
        extension.lighten(site, "book/data", "", context, None)
        return context["script_files"]

    assert left("<p>") == files[3:]
    assert left('<div class="highlight">') == [files[1], files[3]]
    assert left('<div class="a sd-card">') == files[2:]
    assert set(added) == {"search.mjs"}
    left('<div class="bet-panel">')
    assert set(added) == {"search.mjs", "panel.mjs"}
    inline = types.SimpleNamespace(attributes={"body": "var THEBE_JS_URL"}, filename=None)
    assert extension._names(inline, extension.UNUSED) and not extension._names("a.js", extension.UNUSED)  # fmt: skip
