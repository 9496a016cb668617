"""The generated parts of the site, each by a fixture that a fault in it would break."""

from __future__ import annotations

import html as standard_html
import json
import re

import jinja2
import nbformat
import pandas as pd
import pytest
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NARROW_MIME, NUMBERS_MIME
from bet.dates import first_day, last_day
from bet.numbers import day
from bet.paths import here
from bet.records import editions, facts, parameters, tables
from bet.records.claims import claims
from bet.site import claims_page, edition_pages, gallery, html, published, reference_pages
from bet.site.published import PublishedClaim


def claim(name="INFRA-01", **fields):
    base = {
        "id": name, "section": name.split("-")[0], "lines": [7, 107], "anchor": "", "speaker": "musk",
        "paraphrase": "It is <so>.", "kind": "event", "checkable": True, "importance": 1,
        "verdict": "supported", "verdict_then": "supported", "confidence": "high", "reason": "So & so.",
        "overridden": False, "figures": [], "evidence": [], "tables": [], "searched": None,
        "error_origin": None, "strongest_reading": None, "assessed": "ledger",
        "notebook": "3_infrastructure", "review_by": None, "reviews": [],
        "history": [{"date": "2026-11-25", "verdict": "supported", "why": "First judged."}],
    }  # fmt: skip
    return PublishedClaim(**base | fields)


def cells(page):
    """Return the words of every cell of a table, row by row."""
    rows = re.findall(r"<tr\b.*?</tr>", page.split("<tbody>")[1], re.S)
    return [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<td\b.*?</td>", row)] for row in rows]


# Templates


def test_what_is_put_into_a_template_is_text_unless_it_is_markup():
    page = html.render("forms", rows=[["<b>", Markup("<i>")]])
    assert (
        "<td data-name='Form of the sentence'>&lt;b&gt;</td><td data-name='Kinds'><i></td>" in page
    )


def test_a_template_without_its_value_is_refused():
    with pytest.raises(jinja2.UndefinedError, match="entry"):
        html.render("cite")


def test_a_template_writes_no_line_break_of_its_own():
    assert "\n" not in html.render("downloads", lines=2)
    assert "claims.json</a>, <a href" in html.render("downloads", lines=2)


# Corrections and history


CHANGED = [
    {"date": "2026-11-25", "verdict": "supported", "why": "First judged."},
    {"date": "2027-01-02", "verdict": "partly", "why": "A <new> fact."},
    {"date": "2027-03-04", "verdict": "contradicted", "why": "Another."},
]


def test_corrections_tell_each_change_from_what_to_what_newest_first():
    other = claim("GROK-02", history=[*CHANGED[:1], {**CHANGED[1], "date": "2027-02-01"}])
    page = claims_page.history_rows([claim(verdict="contradicted", history=CHANGED), other])
    assert cells(page) == [
        ["4 March 2027", "INFRA-01 contradicted", "partly → contradicted", "Another."],
        ["1 February 2027", "GROK-02 supported", "supported → partly", "A &lt;new&gt; fact."],
        ["2 January 2027", "INFRA-01 contradicted", "supported → partly", "A &lt;new&gt; fact."],
    ]


def test_a_record_mended_without_another_verdict_is_told_apart():
    same = [CHANGED[0], {**CHANGED[0], "date": "2027-05-01", "why": "Another reason."}]
    page = claims_page.history_rows([claim(history=same)])
    assert "No verdict has been changed" in page
    assert "1 other entry, on 1 claim, that changed no verdict" in page
    assert cells(page) == [["1 May 2027", "INFRA-01 supported", "Another reason."]]
    twice = [*same, {**CHANGED[0], "date": "2027-06-01", "why": "A third."}]
    page = claims_page.history_rows([claim(history=twice)])
    assert "2 other entries, on 1 claim, that" in page  # entries and claims are counted apart


def test_of_two_changes_on_one_day_the_later_stands_first():
    days = [("2026-11-25", "open"), ("2026-11-30", "supported"), ("2026-11-30", "partly")]
    history = [{"date": day, "verdict": verdict, "why": "Read."} for day, verdict in days]
    moves = [(c["before"], c["after"]) for c in claims_page.changes([claim(history=history)])]
    assert moves == [("supported", "partly"), ("open", "supported")]


def test_a_verdict_beside_the_rule_says_why_where_the_claim_is_read():
    departed = claim(overridden=True, override="The target was a bound.")
    assert "<b>Not by the numeric rule.</b> The target was a bound." in claims_page.claim_rows(
        [departed], "", []
    )
    assert "numeric rule" not in claims_page.claim_rows([claim()], "", [])


def test_text_of_the_host_page_is_in_no_count_of_verdicts():
    host = claim("END-18", kind="boilerplate", verdict="opinion")
    assert published.counts([claim(), host], "verdict") == {"supported": 1}


def test_a_first_judgement_is_no_correction():
    assert "No verdict has been changed" in claims_page.history_rows([claim()])
    assert "<table" not in claims_page.history_rows([claim()])


def test_the_history_of_a_claim_is_told_from_the_first_day_with_the_next_look():
    told = claims_page.history(claim(history=CHANGED[:2], review_by="2027-11-25"))
    assert told == (
        "25 November 2026 supported; 2 January 2027 partly. Next check due 25 November 2027."
    )
    same = {"date": "2026-12-01", "verdict": "supported", "why": "Words."}
    assert claims_page.history(claim(history=[CHANGED[0], same, same])) == (
        "25 November 2026 supported. Mended 2 times with the same verdict."
    )


# The claims page


FIGURE = {
    "name": "power", "printed": "490 GW", "unit": "GW", "read_text": "490 GW", "reading": "exact",
    "relation": "equal", "value": [490, 490], "found": [480, 480], "found_text": "480 GW",
    "verdict": "partly", "reason": "", "gap": 1.02, "loose": False,
}  # fmt: skip
FACT = {
    "id": "power-metered", "stance": "contradicts", "fact": "Metered <480>.", "as_of": "2025-10-01",
    "published": "2025-11", "read_on": "2026-11-25", "told_by": "musk", "publisher": "A & B", "url": "https://a.org/?x=1&y=2", "tier": "primary",
    "origin": "meter",
}  # fmt: skip
CHARTS = [
    {
        "notebook": "3_infrastructure",
        "name": "watts",
        "title": "Watts < all",
        "claims": ["INFRA-01"],
        "alt": 'A "line"',
    },
    {
        "notebook": "3_infrastructure",
        "name": "kilos",
        "title": "Kilos",
        "claims": [],
        "alt": "Bars",
    },
    {
        "notebook": "index",
        "name": "all",
        "title": "All",
        "claims": ["INFRA-01", "GROK-02"],
        "alt": "Dots",
    },
]


def rows(*claims, repository=""):
    return claims_page.claim_rows(list(claims), repository, CHARTS)


def test_a_row_of_the_claims_page_can_be_filtered_linked_and_read():
    page = rows(claim(verdict="partly", confidence="low", figures=[FIGURE]))
    assert (
        "<tr id='INFRA-01' data-section='INFRA' data-verdict='partly' data-kind='event' "
        "data-confidence='low' data-speaker='musk'>" in page
    )
    assert "bet-badge bet-partly' href='#INFRA-01'><span>INFRA-01</span> partly</a>" in page
    # What a person skims comes first, all else is folded.
    assert (
        "</a></td><td>It is &lt;so&gt;.</td><td>490 GW → <b>480 GW</b></td>"
        "<td><p>So &amp; so.</p><details><summary>" in page
    )
    assert "<p>Elon Musk, event, lines 7 and 107 of the article. Confidence: low.</p>" in page
    assert "line 7 of the article. " in rows(claim(lines=[7]))
    assert "Confidence" not in rows(claim(confidence=None))


def test_the_filter_is_told_what_its_codes_mean():
    words = re.search(r"data-words='([^']*)'", rows(claim()))
    told = json.loads(standard_html.unescape(words[1]))
    assert told["INFRA"] == html.SECTION_TITLES["INFRA"] and told["musk"] == "Elon Musk"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "primary document, told by Musk himself, as of 1 October 2025, published November 2025"),
        ({"told_by": None, "as_of": "2025-11"}, "primary document, published November 2025"),
        ({"told_by": "tesla", "as_of": "2024", "tier": "secondary"}, "secondary page, told by Tesla itself, as of 2024, published November 2025"),
        # Said in 2025, published in 2014: the page was changed after it came out.
        ({"told_by": None, "published": "2014"}, "primary document, as of 1 October 2025, read 25 November 2026"),
    ],
)  # fmt: skip
def test_the_dates_of_evidence_say_what_they_are(change, told):
    assert claims_page.told_of(published.PublishedEvidence(**FACT | change)) == told


def test_no_committed_fact_was_published_before_the_day_it_speaks_of():
    """As the page tells it: such a page is read on a day, not published on one."""
    for claim_id, cited in published_facts():
        told = claims_page.told_of(cited)
        if ", published " in told:
            assert last_day(cited.published) >= first_day(cited.as_of), claim_id


def published_facts():
    for record in claims().values():
        yield from ((record.id, fact) for fact in published._evidence_of(record))


def test_the_verdict_of_the_article_s_day_stands_only_where_it_is_another():
    assert "was public by 30 November 2025: <b>open</b>" in rows(claim(verdict_then="open"))
    assert "30 November 2025" not in rows(claim())


def test_the_details_tell_evidence_origins_tables_and_charts():
    second = FACT | {"id": "again", "told_by": None, "stance": "supports"}
    page = rows(
        claim(evidence=[FACT, second], tables=["us_power"], searched="Two days.", assessed="computed",
              error_origin="translation", strongest_reading="At most.", history=CHANGED)
    )  # fmt: skip
    assert (
        "<li><b>contradicts</b>: Metered &lt;480&gt;. <a href='https://a.org/?x=1&amp;y=2' rel='nofollow'>A &amp; B</a> (primary document, told by Musk himself, as of 1 October 2025, published November 2025)</li>"
        in page
    )
    assert "<li><b>supports</b>" in page
    assert "<p>2 reports, 1 independent origin.</p>" in page
    assert "<a href='data.html#us_power'>us_power</a>" in page
    for told in ("Strongest reading.</b> At most.", "The translation.", "Searched.</b> Two days."):
        assert told in page
    assert "Computed in <a href='3_infrastructure.html'>Chapter 3 · Machines</a>" in page
    assert (
        "</a>, <a href='3_infrastructure.html#watts'>chart</a>, <a href='index.html#all'>" in page
    )
    assert "Listed in" in rows(claim())
    assert "2 January 2027 partly" in page


def test_an_error_is_reported_with_the_claim_s_name():
    assert "href='report.html?claim=INFRA-01'>Report an error" in rows(claim())
    page = rows(claim(), repository="https://example.org/b")
    assert "https://example.org/b/issues/new?title=Error+in+INFRA-01&amp;template=" in page


def test_the_map_tells_what_each_claim_rests_on_and_its_figures():
    page = claims_page.map_rows(
        [claim(evidence=[FACT]), claim("GROK-02", tables=["a", "b"], importance=3, notebook="2_grok"),
         claim("INFRA-03", searched="x"), claim("INFRA-04"), claim("INFRA-05", checkable=False)],
        CHARTS,
    )  # fmt: skip
    first, second = page.split("</details>")[:2]
    assert [(row[1], row[2], row[3], row[4]) for row in cells(first)] == [
        ("It is &lt;so&gt;.", "a detail", "1 fact", "3.1, A.1"),
        ("It is &lt;so&gt;.", "a detail", "a search", "–"),
        ("It is &lt;so&gt;.", "a detail", "arithmetic", "–"),
        ("It is &lt;so&gt;.", "a detail", "–", "–"),
    ]
    assert [(row[2], row[3], row[4]) for row in cells(second)] == [
        ("carries the thesis", "2 tables", "A.1")
    ]
    title = html.CHAPTERS["3_infrastructure"]
    assert f"<summary>{title}: 4 claims</summary>" in first
    assert ": 1 claim, 1 of which carries the thesis</summary>" in second
    with_host = claims_page.map_rows([claim("END-01"), claim("END-18", kind="boilerplate")], [])
    assert ": 1 claim, and 1 line of the host page</summary>" in with_host


# Tallies and scores


def test_a_tally_follows_the_scale_and_not_the_counts():
    judged = ["open", "open", "open", "supported", "contradicted", "contradicted"]
    page = claims_page.tally([claim(verdict=v) for v in judged], "verdict")
    assert re.findall(r"<a class='bet-(\w+)' href='([^']*)'><b>(\d)</b>", page) == [
        ("supported", "claims.html?verdict=supported#the-claims", "1"),
        ("contradicted", "claims.html?verdict=contradicted#the-claims", "2"),
        ("open", "claims.html?verdict=open#the-claims", "3"),
    ]


def test_a_pill_of_a_section_leads_to_its_claims_of_that_verdict():
    published = [claim(), claim("GROK-02", verdict="partly"), claim("GROK-03", verdict="partly")]
    page = claims_page.scorecard(published, "GROK")
    assert "<p>2 claims</p>" in page and page.count("<li>") == 1
    assert "href='claims.html?verdict=partly&amp;section=GROK#the-claims'><b>2</b> partly</a>" in page  # fmt: skip
    assert "claims.html?verdict=supported#the-claims" in claims_page.scorecard(published, None)


def test_badges_say_what_the_records_say_of_the_claims_that_are_named():
    long = "A reason of many words. " * 12
    published = [
        claim(figures=[FIGURE], reason=long, verdict="partly"),
        claim("GROK-02", confidence=None),
    ]
    told = claims_page.said(published, {"INFRA-01"})
    assert list(told) == ["INFRA-01"]
    assert told["INFRA-01"]["figures"] == ["490 GW → 480 GW"]
    assert told["INFRA-01"]["verdict"] == "partly" and told["INFRA-01"]["confidence"] == "high"
    assert len(told["INFRA-01"]["reason"]) <= 160 and told["INFRA-01"]["reason"].endswith("…")
    assert claims_page.said(published, {"GROK-02"})["GROK-02"]["confidence"] == ""


def test_confidence_is_told_from_high_to_low_and_a_field_without_a_scale_by_size():
    page = claims_page.tally([claim(confidence=c) for c in ("low", "low", "high")], "confidence")
    assert re.findall(r"</b> (\w+)<", page) == ["high", "low"]
    page = claims_page.tally([claim(kind=k) for k in ("event", "figure", "figure")], "kind")
    assert re.findall(r"<b>(\d)</b> (\w+)<", page) == [("2", "figure"), ("1", "event")]


def test_the_score_of_a_section_counts_what_is_decided_and_the_rest():
    judged = ["supported", "supported", "partly", "contradicted", "open", "unverified", "opinion"]
    page = claims_page.section_table([claim(verdict=v) for v in judged])
    assert "<a href='claims.html?verdict=partly&amp;section=INFRA#the-claims'><b>1</b></a>" in page
    table = cells(page)
    assert next(r for r in table if "Machines" in r[0]) == ["Chapter 3 · Machines", "7", "2", "1", "1", "3"]  # fmt: skip
    assert next(r for r in table if "Grok" in r[0])[1:] == ["0", "–", "–", "–", "0"]


def test_the_scale_shows_the_weightiest_claim_of_each_verdict():
    page = claims_page.scale_rows([claim(), claim("INFRA-02", importance=3), claim("INFRA-03")])
    assert cells(page)[0][2:] == ["3", "INFRA-02 supported It is &lt;so&gt;."]
    assert cells(page)[1][2:] == ["0", "–"]


# Badges


def badges(names, verdicts):
    return html.render("caption", claims=names, verdicts=verdicts, links="")


def test_badges_tell_each_verdict_up_to_ten_and_then_only_how_many():
    names = [f"INFRA-{n:02}" for n in range(1, 12)]
    known = dict.fromkeys(names, "open")
    assert badges(names[:10], known).count("class='bet-badge bet-open'") == 10
    many = badges(names, known)
    assert "bet-badge" not in many and "Bears on <a href='claims.html'>11 claims</a>." in many
    assert "bet-badge bet-unknown" in badges(["INFRA-99"], known)
    assert "</a> <a class='bet-badge" in badges(names[:2], known)


# Gallery


def test_the_gallery_puts_the_cover_first_and_each_chart_under_its_chapter():
    files = {(c["notebook"], c["name"]): gallery.Files(f"{c['name']}.svg") for c in CHARTS}
    page = gallery.rows(CHARTS, files, {"INFRA-01": "open", "GROK-02": "partly"})
    assert re.findall(r"<h3 id='from-([\w-]+)'", page) == ["index", "3-infrastructure"]
    assert re.findall(r'src="../_images/(\w+).svg"', page) == ["all", "watts", "kilos"]
    assert re.findall(r"Figure ([A\d.]+)</a>", page) == ["A.1", "3.1", "3.2"]
    assert "alt=\"A &quot;line&quot;\"" in page and "on no single claim</figcaption>" in page  # fmt: skip
    assert page.count("<div class='bet-gallery'>") == page.count("</div>") == 2
    assert "bet-badge bet-partly" in page.split("</figure>")[0]
    assert "<p class='bet-finding'>Watts &lt; all</p><a href" in page
    assert gallery.rows([], {}, {}) == "<p>No chart yet.</p>"
    assert "bet-narrow" not in page
    files |= {key: gallery.Files(one.wide, f"narrow-{one.wide}") for key, one in files.items()}
    both = gallery.rows(CHARTS, files, {})  # ``finish`` joins the two
    assert both.count('"><img alt="" class="bet-narrow" src="../_images/narrow-') == len(CHARTS)


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ('{file: book/6_name, title: "6 A name"}', "Chapter 6 · A name"),
        ("{file: book/6_name, title: A name}", "A name"),
        ("{file: book/6_name}", "6_name"),
        ("{file: book/claims}", "6_name"),
    ],
)
def test_pages_name_a_new_chapter_as_the_menu_does(tmp_path, monkeypatch, entry, title):
    (tmp_path / "data").mkdir()
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_toc.yml").write_text(f"root: book/index\nchapters:\n  - {entry}\n")
    known = {"6_name": parameters.registry()["4_thesis"], "common": parameters.registry()["common"]}
    monkeypatch.setattr(parameters, "registry", lambda: known)
    monkeypatch.chdir(tmp_path)
    charts = [{**CHARTS[0], "notebook": "6_name"}]
    files = {("6_name", CHARTS[0]["name"]): gallery.Files("a.svg")}
    assert f"<a href='6_name.html'>{title}</a>" in gallery.rows(charts, files, {"INFRA-01": "open"})
    assert {row[0] for row in cells(reference_pages.parameter_rows())} == {title, "Every chapter"}
    judged = claims_page.claim_rows([claim(notebook="6_name")], "", [])
    assert f"<a href='6_name.html'>{title}</a>" in judged


def test_a_table_view_says_how_many_rows_it_leaves_out():
    axes = {"x": "a_year", "y": "n", "by": None, "unit": "GW"}
    chart = {"columns": ["a_year", "n"], "rows": [[n, None] for n in range(121)], **axes}
    page = gallery.data_table(chart)
    assert "One in 3 of the 121 rows" in page and "<th scope='col'>A year</th>" in page
    assert [row[0] for row in cells(page)][:3] == ["0", "3", "6"] and "<td>–</td>" in page
    assert "One in" not in gallery.data_table({**chart, "rows": chart["rows"][:60]})


def test_a_sample_keeps_ends_extremes_and_short_series():
    many = [[n, 1.0 + (n == 7) - (n == 9), "long"] for n in range(121)]
    few = [[n, 1.0, "short"] for n in range(200, 205)]
    axes = {"columns": ["n", "y", "s"], "x": "n", "y": "y", "by": "s", "unit": "GW"}
    shown = {int(row[0]) for row in cells(gallery.data_table({**axes, "rows": many + few}))}
    assert {0, 7, 9, 120} | set(range(200, 205)) <= shown and len(shown) < 60


@pytest.mark.parametrize(
    ("unit", "column", "value", "head", "cell"),
    [
        ("USD billion", "gain_usd_bn", 2.98161, "Gain (USD billion)", "2.98"),
        ("share", "hits", 0.21787, "Hits (%)", "21.8"),
        ("per cent", "weight_pct", 40.0, "Weight (%)", "40"),
        ("ratio", "index", -0.5, "Index (times)", "−0.5"),
        ("parameters", "Grok 5", 6e12, "Grok 5 (parameters)", "6 trillion"),
        ("cars", "delivered", 1_789_226, "Delivered (cars)", "1,789,226"),
        ("USD per share", "usd", 12.094, "USD per share", "12.1"),
        ("year", "due", 2025.58, "Due", "2025.6"),
        ("managers", "managers", 559, "Managers", "559"),
    ],
)  # fmt: skip
def test_a_table_view_has_names_units_and_rounded_numbers(unit, column, value, head, cell):
    axes = {"x": "who", "y": column, "by": "count", "unit": unit}
    chart = {
        "columns": ["who", column, "count", "price_usd"],
        "rows": [["it", value, 3, 7]],
        **axes,
    }
    page = gallery.data_table(chart)
    heads = re.findall(r"<th scope='col'>([^<]*)</th>", page)
    assert heads == ["Who", head, "Count", "Price (USD)"]
    assert cells(page) == [["it", cell, "3", "7"]]


# Our forecasts


def test_our_forecasts_stand_by_their_day_and_revised_ones_apart(monkeypatch):
    made = pd.DataFrame(
        [
            ("F1", "Late", "It <b>comes</b> late.", "2030-01-01", 0.06, 0.05, None),
            ("F2", "Soon", "It comes soon.", "2027-06-30", 0.5, 0.4, None),
            ("F3", "Soon", "It comes soon.", "2027-06-30", 0.3, 0.4, "F2"),
        ],
        columns=["forecast", "short", "question", "resolve_by", "probability", "base_rate", "revises"],
    ).assign(made_on="2026-11-23", reference="times", why="so", resolves_from="a list", claims="INFRA-01",
             year_1="one", year_3=None, year_5="five")  # fmt: skip
    made[["resolve_by", "made_on"]] = made[["resolve_by", "made_on"]].apply(pd.to_datetime)
    none = pd.DataFrame(columns=["forecast", "resolved_on", "happened", "source"])
    monkeypatch.setattr(reference_pages, "table", lambda name, day: {"forecasts": made, "forecast_outcomes": none}[name])  # fmt: skip
    monkeypatch.setattr(reference_pages.our_rates, "rates", lambda table, day: {"times": 0.05})
    page = reference_pages.forecast_rows()
    now, old = page.split("Revised since, and still scored")
    assert re.findall(r"<tr id='(F\d)'>", now) == ["F3", "F1"] and "<tr id='F2'>" in old
    assert "&lt;b&gt;comes" in page and "<time class='bet-due' datetime='2027-06-30'>30 June 2027</time>" in now  # fmt: skip
    assert "in place of <a href='#F2'>F2</a>" in now and "23 November 2027: one" in now
    assert "23 November 2029" not in page and "<td data-name='Our chance'>30%</td>" in now
    came = pd.DataFrame([("F3", pd.Timestamp("2027-06-01"), True, "x")], columns=none.columns)
    monkeypatch.setattr(reference_pages, "table", lambda name, day: {"forecasts": made, "forecast_outcomes": came}[name])  # fmt: skip
    page = reference_pages.forecast_rows()
    assert "<td data-name='Due'>happened (1 June 2027)</td>" in page


# Editions


def notebook(path, verdict, growth):
    shown = {ASSESSMENT_MIME: [{"claim": "INFRA-01", "verdict": verdict}]}
    told = {NUMBERS_MIME: {"pct(needed)": {"value": growth, "unit": "share"}}}
    outputs = [new_output("display_data", data=data) for data in (shown, told)]
    nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=outputs)]), path)


@pytest.fixture
def two(tmp_path):
    """Today's notebook and that of the bear edition, with a headline fact and a verdict of their own."""
    made = {"today": ("partly", 0.1746), "bear": ("contradicted", 0.2)}
    for name, (verdict, growth) in made.items():
        (tmp_path / name).mkdir()
        notebook(tmp_path / name / "4_thesis.ipynb", verdict, growth)
    return {name: tmp_path / name for name in made}


def groups(page):
    """Return the rows of each group of the comparison: name, then a text for each edition."""
    found = {}
    for body in re.findall(r"<tbody>.*?</tbody>", page, re.S):
        title, *rows = re.findall(r"<tr>.*?</tr>", body, re.S)
        told = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
        found[re.sub("<[^>]+>", "", title)] = [[re.sub("<[^>]+>", "", c) for c in r] for r in told]
    return found


def test_all_editions_stand_in_one_table_and_only_what_differs(two):
    page = edition_pages.comparison_rows(two)
    assert page.count("<table") == 1
    every = list(editions.editions())
    told = groups(page)
    assert list(told) == ["What it assumes", "What comes of it", "Verdicts"]
    bear = 1 + every.index("bear")
    (fact,) = told["What comes of it"]
    assert (fact[0], fact[1], fact[bear]) == ("yearly growth that gives five times in ten years", "17.5% a year", "20% a year")  # fmt: skip
    assert fact[1 + every.index("bull")] == "–"  # not built
    (verdict,) = told["Verdicts"]
    assert verdict[0].startswith("INFRA-01 partly ") and html.escape(claims()["INFRA-01"].paraphrase) in verdict[0]  # fmt: skip
    assert (verdict[1], verdict[bear]) == ("partly", "contradicted")
    assert "<b>contradicted</b>" in page and "<b>partly</b>" not in page


def test_the_table_tells_what_each_edition_assumes():
    told = groups(edition_pages.comparison_rows({"today": here().book}))["What it assumes"]
    every = list(editions.editions())
    for place, name in enumerate(every, 1):
        for c in editions.differences(name):
            (row,) = [row for row in told if row[0] == html.escape(c["meaning"].split(";")[0])]
            assert row[place] == html.escape(html.setting(c["value"], c["unit"]))
            assert row[1] == html.escape(html.setting(c["default"], c["unit"]))


def test_the_columns_lead_to_the_editions_that_are_built(two):
    page = edition_pages.comparison_rows(two)
    assert (
        "<a href='../editions/bear/book/index.html'>bear</a>" in page
        and "editions/bull" not in page
    )
    page = edition_pages.comparison_rows(two, "bear")
    assert "<a href='../../../book/index.html'>today</a>" in page


def test_one_edition_says_that_it_is_alone_and_asks_for_no_command(two):
    page = edition_pages.comparison_rows({"today": two["today"]})
    assert "holds one edition" in page and list(groups(page)) == ["What it assumes"]
    assert "<code>" not in page and "<a href='../book/index.html'>" not in page


def test_a_fact_that_an_edition_does_not_record_is_a_dash(two):
    notebook(two["bear"] / "4_thesis.ipynb", "partly", 0.1746)
    book = nbformat.read(two["bear"] / "4_thesis.ipynb", 4)
    del book.cells[0].outputs[1]
    nbformat.write(book, two["bear"] / "4_thesis.ipynb")
    assert edition_pages.results(two)[0]["cells"] == ["17.5% a year", ""]
    assert edition_pages.verdicts(two) == []


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [("own-part", [1.9591, 2.9816], "$1.959 to $2.982 billion"), ("us-power", [440.8, 502.3], "441 to 502 GW"),
     ("giants", [11, 250], "11, 250"), ("verdicts", [280, 72, 62, 27], "280, 72, 62, 27"),
     ("mass-gap", [444.02], "444 times"), ("launches", [10_000], "10,000 launches"), ("on-paper", [78.98], "79%")],
)  # fmt: skip
def test_a_fact_is_told_in_its_unit(fact, value, told):
    assert edition_pages._told(facts.headlines()[fact], value) == told


@pytest.mark.parametrize(
    ("page", "here", "addresses"),
    [
        ("book/data", "today", ["../book/data.html", "../editions/bear/book/data.html"]),
        ("book/data", "bear", ["../../../book/data.html", "../../../editions/bear/book/data.html"]),
        ("index", "today", ["index.html", "editions/bear/index.html"]),
    ],
)
def test_the_switcher_leads_to_the_same_page_of_every_edition(page, here, addresses):
    nav = edition_pages.switcher(["today", "bear"], page, here)
    *same, table = re.findall(r"href='([^']+)'", nav)
    assert same == addresses and table == f"{'../' * page.count('/')}book/editions.html"
    current = addresses[["today", "bear"].index(here)]
    assert re.findall(r"href='([^']+)' aria-current='page'", nav) == [current]
    assert f"Edition: {html.escape(editions.edition(here).title)}</summary>" in nav
    last = parameters.parameters_of("index")["as_of"].default
    assert f"Everything known on {day(last)}.</small>" in nav


def test_a_banner_tells_each_value_beside_today_s_and_today_has_none():
    changed = editions.differences("bear")
    banner = edition_pages.banner("bear")
    assert banner.count("<li ") == len(changed) > 0
    first = changed[0]
    new, old = (html.setting(first[key], first["unit"]) for key in ("value", "default"))
    assert new != old and f"<b>{html.escape(new)}</b> instead of {html.escape(old)}<" in banner
    assert "<a href='../../../book/index.html'>The same page in today's edition</a>" in banner
    assert edition_pages.banner("today") == ""


def test_a_chapter_that_uses_none_of_the_assumptions_says_so():
    alike = "None of its assumptions is used on this page"
    assert alike in edition_pages.banner("bear", "book/2_grok")
    assert alike not in edition_pages.banner("bear", "book/4_thesis")
    assert alike not in edition_pages.banner("bear", "book/claims")  # it has the verdicts of all
    assert alike not in edition_pages.banner("article-day", "book/2_grok")  # a common one


@pytest.mark.parametrize("page", ["forecasts", "resume"])
def test_a_page_of_what_is_known_today_does_not_claim_to_be_of_another_day(page):
    told = edition_pages.banner("article-day", f"book/{page}")
    assert "it tells what we know today" in told and "Only what was public" not in told
    assert "Only what was public" in edition_pages.banner("article-day", "book/claims")


def test_the_list_of_editions_tells_why_and_from_which_sources():
    table = {row[0]: row for row in cells(edition_pages.edition_rows())}
    assert list(table) == [html.escape(one.title) for one in editions.editions().values()]
    assert table["bear"][1] == html.escape(editions.edition("bear").reason)
    assert "Forbes" in table["bear"][2]


# What hangs in the air


def test_a_fact_without_a_claim_and_a_chart_on_none_are_found():
    charts = [*CHARTS, {"name": "stray", "claims": ["INFRA-99"]}]
    found = claims_page.orphans([claim(evidence=[FACT]), claim("GROK-02")], charts, ["power-metered", "alone"])  # fmt: skip
    assert found == ["evidence alone: no claim cites it", "chart stray: unknown claim INFRA-99"]


def test_a_picture_is_found_under_the_name_that_the_site_gives_it(tmp_path):
    data = {
        CHART_MIME: {"name": "watts"},
        "image/svg+xml": "<svg/>\n",
        NARROW_MIME: {"svg": "<svg />\n"},
    }
    book = new_notebook(cells=[new_code_cell("x", outputs=[new_output("display_data", data=data)])])
    nbformat.write(book, tmp_path / "3_infrastructure.ipynb")
    assert set(gallery.pictures(tmp_path)) == {("3_infrastructure", "watts")}
    wide, narrow = gallery.pictures(tmp_path)["3_infrastructure", "watts"]
    assert wide.endswith(".svg") and narrow.endswith(".svg") and wide != narrow


def test_frozen_forecasts_are_shown_with_amounts_as_the_book_writes_them():
    page = reference_pages.forecast_rows()
    for old in ("0 per cent", "7 dollars", " bn", "10^12"):
        assert old not in page
    assert "$2,021.75" in page
    assert "The reasons of F01" in page
    assert "<b>Musk at $1 trillion" in page and "profit above $12 billion" in page


def test_frozen_reasons_that_mislead_carry_a_note_and_no_others_do():
    page = reference_pages.forecast_rows()
    rows = dict(re.findall(r"<tr id='(F\d+)'>(.*?)</tr>", page, re.DOTALL))
    noted = {name for name, row in rows.items() if "Editor&#x27;s note" in row}
    assert noted == {"F01", "F02", "F03", "F05", "F14", "F15", "F26", "F27"}
    assert "this base rate is 50%" in rows["F14"]
    assert "counts four promises for three dates that had passed" in rows["F15"]
    periods = tables.table("largest_cohorts", "9999-12-31")
    told = f"The {len(periods)} periods belong to {periods.company.nunique()} companies."
    assert f"ten-year periods. {told}" in rows["F26"]
