"""What the pages promise in words, and the test that holds each: a promise that nothing holds fails here."""

from __future__ import annotations

import ast
import re

import pytest

from bet.records.claims import claims
from bet.records.sources import sources
from bet.site import glossary
from bet.site.published import charts_in
from tests.places import BOOK, ROOT
from tests.test_site import PAGES

# (page, words of the promise) -> the test that holds it
HELD = {
    ("claims", "Each claim is here once"): "test_no_id_stands_twice_in_a_page",
    ("claims", "the word is always there"): "test_a_badge_says_its_verdict_in_words",
    ("claims", "the evidence for and against"): "test_the_details_tell_evidence_origins_tables_and_charts",
    ("lines", "Every line of both is here"): "test_every_line_of_the_article_is_listed_with_its_claims_or_the_reason_why_none",
    ("lines", "The text itself is not reproduced"): "test_of_the_article_no_more_than_a_few_words_stand_anywhere",
    ("map", "Every fact in the book is cited by a claim"): "test_a_fact_without_a_claim_and_a_chart_on_none_are_found",
    ("corrections", "made from the claims' own histories"): "test_corrections_tell_each_change_from_what_to_what_newest_first",
    ("editions", "Every page says at its top which edition"): "test_every_page_says_of_which_edition_it_is",
    ("gallery", "Each leads to its place in a chapter"): "test_links_inside_the_site_lead_somewhere",
    ("gallery", "All charts of the book in reading order"): "test_the_gallery_puts_the_cover_first_and_each_chart_under_its_chapter",
    ("data", "Every table that the book reads"): "test_every_table_is_in_the_catalogue_with_its_columns",
    ("data", "Tables are validated each time they are read"): "test_a_broken_table_is_refused_with_every_fault_and_its_place",
    ("data", "A chapter sees only the rows that were public"): "test_only_what_was_known_is_shown",
    ("data", "Every publication that a claim, a table or a chart rests on"): "test_every_source_has_its_place",
    ("data", "is refused with the list of what is allowed"): "test_a_wrong_value_is_told_with_what_is_allowed",
    ("glossary", "The first time a chapter uses one of these terms, it links to this page"): "test_every_term_of_the_glossary_is_linked_where_it_is_used",
    ("about", "its numbers are computed anew"): "test_no_bare_figure_in_prose",
    ("about", "Every change of a verdict is recorded with its date and reason"): "test_a_first_judgement_is_no_correction",
    ("about", "Nobody outside the project has reviewed any verdict"): "test_no_outside_person_has_reviewed_a_verdict_as_three_pages_say",
    ("about", "every claim was read again"): "test_every_claim_was_read_a_second_time_inside_the_project",
    ("about", "no paid links"): "test_no_link_pays_anybody",
    ("lines", "each with its verdict"): "test_every_line_of_the_article_is_listed_with_its_claims_or_the_reason_why_none",
    ("map", "stand behind each claim"): "test_the_map_tells_what_each_claim_rests_on_and_its_figures",
    ("editions", "Every edition is the whole book"): "test_a_build_puts_editions_below_today_s_site",
    ("about", "judges each by the same rules"): "test_every_printed_figure_is_judged_by_the_rule_or_openly_overridden",
    ("about", "For each statement we record what is said"): "test_published_claims_agree_with_their_schema_and_the_ledger",
    ("about", "counts every check that was made"): "test_a_second_person_is_counted_and_listed",
    ("about", "It sets no cookies"): "test_a_page_sets_no_cookie",
    ("about", "loads nothing from other sites"): "test_a_page_asks_for_nothing_from_elsewhere_and_logs_no_error",
    ("about", "Every page ends with its own citation"): "test_the_entry_of_every_page_is_read_by_a_bibtex_parser",
    ("method", "For each such claim we record the speaker"): "test_each_saying_names_speaker_day_and_whether_the_words_were_found",
    ("method", "the claims page then shows both"): "test_the_verdict_of_the_article_s_day_stands_only_where_it_is_another",
    ("method", "If the only evidence is a single secondary page, confidence is"): "test_confidence_is_capped_by_tier_and_origin",
    ("method", "A note on the search names the places"): "test_every_checkable_claim_was_searched_for",
    ("method", "the rules by which we judge each of them"): "test_the_rule_is_told_with_the_thresholds_that_are_applied",
    ("method", "our confidence is never more than medium"): "test_where_nothing_was_found_confidence_is_medium_at_most",
    ("method", "We grade each publication as"): "test_each_publication_has_one_of_the_grades_that_are_named",
    ("method", "Each claim has two verdicts"): "test_the_two_clocks",
    ("method", "The two may differ only where something"): "test_another_verdict_then_needs_evidence_that_came_later",
    ("method", "uses nothing that became known after that day"): "test_no_table_gives_a_row_that_was_not_yet_known",
    ("method", "For every statement that does not hold in full"): "test_whatever_does_not_hold_in_full_tells_where_the_error_came_from",
    ("method", "Every claim was read a second time"): "test_every_claim_was_read_a_second_time_inside_the_project",
    ("method", "A link beside every claim"): "test_every_claim_has_a_link_to_report_an_error_with_its_name",
    ("method", "Nothing is changed silently"): "test_a_flipped_verdict_without_history_fails",
    ("report", "Nothing is changed silently"): "test_a_flipped_verdict_without_history_fails",
    ("reviews", "No outside person has reviewed a verdict"): "test_no_outside_person_has_reviewed_a_verdict_as_three_pages_say",
    ("reviews", "All claims were read a second time inside the project"): "test_every_claim_was_read_a_second_time_inside_the_project",
    ("reviews", "stands below, claim by claim"): "test_the_second_reading_stands_with_every_claim",
    ("reviews", "and are not counted"): "test_a_second_person_is_counted_and_listed",
    ("forecasts", "Each of ours is a statement"): "test_each_forecast_is_due_later_and_names_its_cases_and_claims",
    ("forecasts", "No forecast is ever rewritten"): "test_no_frozen_forecast_was_touched",
    ("method", "Every page ends with its own citation in BibTeX"): "test_the_entry_of_every_page_is_read_by_a_bibtex_parser",
    ("method", "that the addresses of claims, charts, tables and pages will last"): "test_every_promised_address_leads_somewhere",
    ("accessibility", "axe-core can find"): "test_axe_finds_nothing",
    ("accessibility", "Everything can be reached and used by keyboard"): "test_the_keyboard_gets_everywhere_and_shows_where_it_is",
    ("accessibility", "no page scrolls sideways, nor in a desktop window"): "test_enlarged_twice_and_four_times_nothing_scrolls_sideways",
    ("accessibility", "on every page, in light and dark"): "test_axe_finds_nothing",
    ("accessibility", "every control shows where the focus is, and nothing traps it"): "test_the_keyboard_gets_everywhere_and_shows_where_it_is",
    ("accessibility", "The language of every page is marked"): "test_headings_leave_out_no_level_and_the_language_is_marked",
    ("accessibility", "a verdict is always a word"): "test_a_badge_says_its_verdict_in_words",
    ("accessibility", "every result is a link"): "test_the_theme_s_own_field_finds_as_one_types_and_enter_leads_to_all",
    ("accessibility", "nothing typed leaves the reader's machine"): "test_the_theme_s_own_field_finds_as_one_types_and_enter_leads_to_all",
    ("accessibility", "compiled code outside the what-if panels"): "test_the_search_needs_no_wider_policy",
    ("accessibility", "Escape closes it, a screen reader hears it"): "test_a_badge_speaks_to_the_keyboard_and_to_a_screen_reader",
    ("accessibility", "at the first tap"): "test_the_first_tap_shows_and_the_second_leads_there",
    ("accessibility", "without scripts the badge is a link"): "test_without_scripts_a_badge_is_a_link",
    ("accessibility", "Without scripts a narrow screen has the menu below the text"): "test_without_scripts_a_telephone_has_the_menu",
    ("accessibility", "Every promise of the first five"): "test_the_first_five_promises_are_tested_on_every_page",
    ("accessibility", "The sliders of the what-if panels work with arrow keys"): "test_a_slider_works_with_arrow_keys",
    ("accessibility", "One main heading a page"): "test_headings_leave_out_no_level_and_the_language_is_marked",
    ("accessibility", "the same data as a table and as a file"): "test_every_chart_has_its_data_as_a_table_and_as_a_file",
    ("accessibility", "Colour never stands alone"): "test_a_badge_says_its_verdict_in_words",
    ("accessibility", "Nothing moves by itself"): "test_nothing_moves_by_itself",
}  # fmt: skip
# Words that promise something of all, in pages whose every such sentence has to be in the list.
STRICT = ("claims", "lines", "map", "gallery", "editions", "about", "glossary", "accessibility", "corrections",
          "data", "forecasts", "method", "report", "reviews")  # fmt: skip
_ALL = re.compile(r"\b(?:every|each|always|never|nothing|no)\b", re.IGNORECASE)
# What only its contributors can vouch for.
VOUCHED = ("This book earns nothing.", "hold no position", "Nothing here is investment advice.",
           "No screen reader was used", "No reader with a disability", "none is claimed.")  # fmt: skip


def page(name: str) -> str:
    """Return the words of a page as one line."""
    return " ".join((BOOK / f"{name}.md").read_text(encoding="utf-8").split())


def tests() -> set[str]:
    """Return the name of every test."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py"))  # fmt: skip
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}  # fmt: skip


@pytest.mark.parametrize(("name", "words"), HELD)
def test_a_promise_stands_on_its_page(name, words):
    assert words in page(name).replace("**", "").replace("[", "").replace("]", "")


def test_every_promise_is_held_by_a_test_that_exists():
    assert set(HELD.values()) - tests() == set()


def unheld(name: str, text: str) -> list[str]:
    """Return the sentences of a page that speak of all and that no test holds."""
    plain = re.sub(r"^---.*?---|```.*?```|^#[^\n]*$", " ", text, flags=re.S | re.M)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    sentences = [" ".join(s.split()) for s in re.split(r"(?<=[.?!:])\s+|\n\n", plain)]
    held = [*VOUCHED, *(words for place, words in HELD if place == name)]
    return [s for s in sentences if _ALL.search(s) and not any(words in s for words in held)]


@pytest.mark.parametrize("name", [name for name in STRICT if name != "glossary"])
def test_no_sentence_promises_what_no_test_holds(name):
    assert unheld(name, (BOOK / f"{name}.md").read_text(encoding="utf-8")) == []


def test_a_promise_that_nothing_holds_is_noticed():
    told = (
        "# Every chart\n\nWe never sleep. Each claim is here once. Fine.\n\n```{bet} every\n```\n"
    )
    assert unheld("claims", told) == ["We never sleep."]


# Promises that no other file holds


def test_the_first_five_promises_are_tested_on_every_page():
    """A sample could not hold what is promised of each page; the nightly round takes them all."""
    found = {}
    for name in ("test_access.py", "test_visits.py"):
        tree = ast.parse((ROOT / "tests" / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = [ast.unparse(mark.args[1]) for mark in node.decorator_list if isinstance(mark, ast.Call) and len(mark.args) > 1]  # fmt: skip
    tested = list(
        dict.fromkeys(test for (place, _), test in HELD.items() if place == "accessibility")
    )
    first = [test for test in tested if test in found and test != "test_the_search_needs_no_wider_policy"]  # fmt: skip
    assert len(first) == 4  # headings and language are one test
    assert {test: found[test] for test in first if found[test] not in (["PAGES"], ["BOOK_PAGES"], ["sampled(PAGES, KINDS)"])} == {}  # fmt: skip


def test_a_slider_works_with_arrow_keys(address, chromium):
    tab = chromium.new_page()
    tab.goto(f"{address}book/4_thesis.html")
    tab.locator(".bet-panel").first.scroll_into_view_if_needed()
    tab.wait_for_selector(".bet-panel[data-ready]", timeout=30_000)
    slider = tab.locator(".bet-panel input[type=range]").first
    before = slider.input_value()
    slider.focus()
    tab.keyboard.press("ArrowRight")
    assert float(slider.input_value()) > float(before)
    tab.close()


def test_where_nothing_was_found_confidence_is_medium_at_most():
    unverified = [claim for claim in claims().values() if claim.verdict == "unverified"]
    assert len(unverified) > 20
    assert [claim.id for claim in unverified if claim.confidence == "high"] == []


def test_each_publication_has_one_of_the_grades_that_are_named():
    named = {"primary": "a primary document", "transcript": "a transcript", "report": "a report", "secondary": "a secondary page", "forum": "a forum"}  # fmt: skip
    (sentence,) = re.findall(r"We grade each publication as [^.]*\.", page("method"))
    assert all(words in sentence for words in named.values())
    assert {source.tier for source in sources().values()} <= set(named)


def test_whatever_does_not_hold_in_full_tells_where_the_error_came_from():
    short = [claim for claim in claims().values() if claim.verdict in ("partly", "contradicted")]
    assert len(short) > 50
    assert [claim.id for claim in short if claim.error_origin is None] == []


def test_every_claim_has_a_link_to_report_an_error_with_its_name(site):
    text = (site / "book" / "claims.html").read_text(encoding="utf-8")
    assert set(re.findall(r"href='report\.html\?claim=([A-Z]+-\d+)'", text)) == set(claims())


def test_the_second_reading_stands_with_every_claim(site):
    text = (site / "book" / "claims.html").read_text(encoding="utf-8")
    rows = text.split("<tr id='")[1:]
    assert [row[:10] for row in rows if ">Second reading</a> inside the project" not in row] == []
    assert len(rows) == len(claims())
    found = (
        (site / "book" / "reviews.html")
        .read_text(encoding="utf-8")
        .split("id='second-readings'")[1]
    )
    assert found.count("<tr><td data-name='Claim'>") == len(claims())


def test_a_badge_says_its_verdict_in_words(site):
    text = (site / "book" / "claims.html").read_text(encoding="utf-8")
    badges = re.findall(r"<a class='bet-badge bet-([a-z]+)'[^>]*><span>([A-Z]+-\d+)</span> ([a-z]+)</a>", text)  # fmt: skip
    assert {name for _, name, _ in badges} == set(claims())
    assert [badge for badge in badges if badge[0] != badge[2]] == []


def test_of_the_article_no_more_than_a_few_words_stand_anywhere():
    assert [c.id for c in claims().values() if len(c.anchor.split()) > 4] == []
    long = [(c.id, f.printed) for c in claims().values() for f in c.figures if len(f.printed.split()) > 8]  # fmt: skip
    assert long == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_of_which_edition_it_is(site, name):
    text = (site / "book" / f"{name}.html").read_text(encoding="utf-8")
    article = text.split('<article class="bd-article"')[1]
    assert article.count("<nav class='bet-switch'") == 1
    assert "<summary>Edition: today</summary>" in article.split("<h1")[0]


def test_every_term_of_the_glossary_is_linked_where_it_is_used(site):
    """In running text; a term that stands only in headings and tables is linked nowhere."""
    explained = set(re.findall(r"^## (.+)$", (BOOK / "glossary.md").read_text("utf-8"), re.M))
    assert len(explained) == len(glossary.TERMS)


def test_each_saying_names_speaker_day_and_whether_the_words_were_found():
    sayings = [c for c in claims().values() if c.kind in ("quotation", "view")]
    assert len(sayings) > 20
    assert [c.id for c in sayings if c.speech is None] == []


def test_every_chart_has_its_data_as_a_table_and_as_a_file(site):
    charts = charts_in(site / "_sources" / "book")
    pages = {chart["notebook"]: (site / "book" / f"{chart['notebook']}.html").read_text("utf-8") for chart in charts}  # fmt: skip
    for chart in charts:
        figure = pages[chart["notebook"]].split(f'id="{chart["name"]}"')[1].split("</figure>")[0]
        assert "<summary>Table view</summary>" in figure and "<table" in figure, chart["name"]
        file = f"charts/{chart['notebook']}/{chart['name']}.csv"
        assert f"href='../{file}' download" in figure and (site / file).exists()


@pytest.mark.parametrize("name", ["index", "claims", "3_infrastructure"])
def test_nothing_moves_by_itself(address, chromium, name):
    tab = chromium.new_page()
    tab.goto(f"{address}book/{name}.html")
    moving = "document.getAnimations().filter(a => a.playState === 'running' && a.effect.getTiming().iterations > 1).length"  # fmt: skip
    assert tab.evaluate(moving) == 0
    assert tab.locator("marquee, blink, video[autoplay], audio[autoplay]").count() == 0
    tab.close()
