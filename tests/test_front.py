"""The pages about the book, the glossary, the French summary: what they say is so, and stays so."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from docutils import nodes
from pybtex.database import parse_string
from sphinx.util.docutils import new_document

from bet.chapter.lint import active, bare_numbers
from bet.faults import BadInput
from bet.records import facts
from bet.records.claims import claims
from bet.records.reviewers import kind, reviewers
from bet.records.sources import sources
from bet.records.tables import table
from bet.site import glossary, meta, told
from tests.places import BOOK, SITE

CHAPTERS = sorted(BOOK.glob("[0-9]_*.ipynb"))


def page(name: str) -> str:
    return (BOOK / f"{name}.md").read_text(encoding="utf-8")


def words(name: str) -> str:
    """Return what a reader of a built page reads, as one line."""
    text = (SITE / "book" / f"{name}.html").read_text(encoding="utf-8")
    article = text.split('<article class="bd-article"')[1].split("</article>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", article)).split())


# Values in a page

TOLD = {"pace": [17.4619], "own-part": [1.95912, 2.98161]}


def test_a_page_is_filled_with_the_numbers_of_the_facts():
    text = "{{ fact('pace') | fr }} % and {{ fact('own-part', 1) | en(2) }}\n"
    assert told.filled(text, "p", TOLD) == "17,5 % and 3\n"
    assert told.filled("{{ printed('INFRA-60') | fr }}", "p", {}) == "160"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ fact('paces') }}", "p.md: found fact 'paces'; expected a recorded fact, did you mean 'pace'?"),
        ("{{ fact('pace', 1) }}", "p.md: found list index out of range"),
        ("{{ fact('pace') | pct }}", "p.md: found No filter named 'pct'"),
        ("{{ facts }}", "p.md: found 'facts' is undefined"),
        ("{{ printed('INFRA-99') }}", "printed: found 'INFRA-99'; expected a claim"),
        ("{{ printed('PEOPLE-28') }}", "printed('PEOPLE-28'): found '2012'; expected a claim with a number"),
        ("{{ printed('INTRO-01') }}", "printed: found 'INTRO-01'; expected a claim with a figure"),
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_one_clear_line(text, fault):
    with pytest.raises(BadInput) as error:
        told.filled(text, "p", TOLD)
    assert str(error.value).startswith(fault)


@pytest.mark.parametrize(
    ("value", "written"), [(10_000, "10\u202f000"), (17.46, "17,5"), (3, "3"), (0.0649, "0,0649")]
)
def test_numbers_are_written_as_french_papers_do(value, written):
    assert told.french(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(5, "cinq"), (16, "seize"), (17, "17"), (2.5, "2,5")]
)
def test_small_counts_are_words(value, written):
    assert told.lettres(value) == written


# The French summary


def test_no_figure_of_the_summary_is_typed():
    """As 'bet lint' asks of every page."""
    assert bare_numbers(page("resume")) == []
    assert active(page("resume")) == []


def test_the_summary_has_every_headline_fact_that_the_cover_answers_with():
    used = set(re.findall(r'fact\("([\w-]+)"', page("resume")))
    assert used <= set(facts.headlines())
    assert used >= {"own-part", "firm-gain", "grok-4-size", "grok-5-size", "us-power", "pace"}


def test_the_summary_is_marked_as_french_and_gives_the_recorded_values(site):
    text = (site / "book" / "resume.html").read_text(encoding="utf-8")
    french = text.split('<div lang="fr">')[1].split("<details")[0]
    assert "<h1" in french and "{{" not in french
    numbers = told.values(BOOK)
    shown = words("resume")
    low, high = numbers["own-part"]
    assert f"entre {low:.0f} et {high:.0f}\u00a0milliards" in (SITE / "book/resume.html").read_text(
        encoding="utf-8"
    )
    prices = table("tsla_marks", "9999-12-31").set_index("date").close_usd
    multiple = prices[pd.Timestamp("2025-11-14")] / numbers["average-cost"][0]
    assert f"une action valait {multiple:.0f} fois ce prix" in shown
    every, right, partly, wrong = map(int, numbers["verdicts"])
    assert f"Sur {every} affirmations, {right} sont confirmées, {partly} ne le sont qu’en partie et {wrong} sont" in shown  # fmt: skip
    assert "dix fois trop grands" in shown
    for claim, fact in (("GROK-33", "grok-4-size"), ("GROK-34", "grok-5-size")):
        assert told.printed(claim) / 1e12 == 10 * numbers[fact][0]


def test_what_the_summary_says_of_2012_and_of_the_chance_is_the_ledger_s():
    assert claims()["PEOPLE-28"].verdict == "contradicted"
    assert claims()["GROK-39"].verdict == "supported"
    assert claims()["INFRA-60"].verdict == claims()["INTRO-02"].verdict == "contradicted"


# The glossary


def terms() -> dict[str, str]:
    """Return the terms of the glossary by the address that Sphinx gives them."""
    return {nodes.make_id(term): term for term in re.findall(r"^## (.+)$", page("glossary"), re.M)}


def test_every_term_that_is_linked_is_explained_and_the_terms_are_in_order():
    assert set(glossary.TERMS) == set(terms())
    assert list(terms().values()) == sorted(terms().values(), key=str.casefold)
    wanted = {"base-rate", "brier-score", "h100", "look-through", "form-13f", "tender", "price-earnings-ratio"}  # fmt: skip
    assert wanted <= set(glossary.TERMS)


def document(*paragraphs):
    tree = new_document("x")
    for parts in paragraphs:
        tree += nodes.paragraph("", "", *parts)
    return tree


def test_only_the_first_use_in_running_text_is_linked():
    heading = nodes.title("", "A base rate")
    tree = document(
        [nodes.strong("", "base rate")],
        [nodes.Text("Its "), nodes.reference("", "base rate", refuri="x")],
        [nodes.Text("The base rate counts.")],
        [nodes.Text("A base rate again, and an H100.")],
    )
    tree.insert(0, heading)
    assert glossary.link_terms(tree) == ["base-rate", "h100"]
    linked = [n for n in tree.findall(nodes.reference) if "bet-term" in n.get("classes", [])]
    assert [(n["refuri"], n.astext()) for n in linked] == [
        ("glossary.html#base-rate", "base rate"), ("glossary.html#h100", "H100"),
    ]  # fmt: skip
    assert tree.children[3].astext() == "The base rate counts."
    assert linked[0].parent is tree.children[3]


def test_each_chapter_links_a_term_once(site):
    linked_in_all = []
    for chapter in CHAPTERS:
        text = (site / "book" / f"{chapter.stem}.html").read_text(encoding="utf-8")
        linked = re.findall(r'class="bet-term[^"]*" href="glossary\.html#([\w-]+)"', text)
        assert len(linked) == len(set(linked)), chapter.stem
        linked_in_all += linked
    assert {"base-rate", "brier-score", "h100"} <= set(linked_in_all)


# What the pages about the book promise


def test_no_outside_person_has_reviewed_a_verdict_as_three_pages_say():
    """On the day that somebody does, these sentences are to be rewritten."""
    looks = [look for claim in claims().values() for look in claim.reviews]
    assert [look.who for look in looks if kind(look.who, reviewers()) == "outside"] == []
    assert "Nobody outside the project has reviewed any verdict" in page("about")
    assert "Personne d'extérieur au projet n'a relu nos verdicts" in page("resume")
    assert "Nobody outside the project has reviewed a verdict" in page("method")


def test_every_claim_was_read_a_second_time_inside_the_project():
    assert "every claim was read again" in " ".join(page("about").split())
    assert [c.id for c in claims().values() if c.second_reading is None] == []


def test_no_link_pays_anybody():
    """An affiliate's link names who is to be paid."""
    paid = re.compile(r"[?&](?:utm_\w+|aff\w*|ref|tag|partner)=", re.IGNORECASE)
    assert paid.search("https://shop.example/x?tag=us-20")
    assert [s.id for s in sources().values() if paid.search(str(s.url))] == []


@pytest.mark.parametrize("name", ["about", "claims"])
def test_a_page_sets_no_cookie(address, chromium, name):
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(f"{address}book/{name}.html")
    assert context.cookies() == []
    context.close()


# How to cite


def entry(text: str) -> str:
    return html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", text, re.S)[1])


def test_the_entry_of_every_page_is_read_by_a_bibtex_parser(site):
    read = {}
    for path in sorted((site / "book").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = parse_string(entry(text[text.rindex("bet-cite") :]), "bibtex")
        (key,) = found.entries
        assert key not in read, f"{path.name} has the key of {read[key]}"
        read[key] = path.name
        assert found.entries[key].fields["year"].isdigit()
        assert found.entries[key].persons["author"][0].last_names == ["{The contributors to The Bet, Audited}"]  # fmt: skip
    assert len(read) > 20


def test_signs_that_mean_something_to_tex_are_escaped():
    told_ = meta.bibtex("key", "R&D: 5% of {this} $x_1 #2 ~^\\", "https://a.org/b_c/?d=%20&e#f")
    fields = parse_string(told_, "bibtex").entries["key"].fields
    assert fields["title"] == (
        r"{R\&D: 5\% of \{this\} \$x\_1 \#2 \textasciitilde{}\textasciicircum{}\textbackslash{}}"
    )
    assert fields["url"] == "https://a.org/b_c/?d=%20&e#f"  # \url takes an address as it is


def test_without_an_address_an_entry_names_none():
    assert "url" not in parse_string(meta.bibtex("k", "T", ""), "bibtex").entries["k"].fields


def test_the_whole_book_is_cited_by_its_title():
    found = parse_string(entry(meta.cite_book("https://a.org/b")), "bibtex").entries["bet-audited"]
    assert found.fields["title"] == f"{{{meta.cited()['title']}}}"
    assert found.fields["url"] == "https://a.org/b/"


def test_an_edition_s_page_is_cited_as_that_edition_s():
    told_ = entry(meta.cite("Power", "book/3_infra", "https://a.org/b/editions/bear/", "bear"))
    found = parse_string(told_, "bibtex").entries["bet-audited-3-infra-bear"]
    assert found.fields["title"] == "{Power (edition: bear)}"
    assert found.fields["url"] == "https://a.org/b/editions/bear/book/3_infra.html"
