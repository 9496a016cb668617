"""The committed notebooks: written as a reader and a reviewer need them, and true to the code."""

from __future__ import annotations

import json
import re

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bet.chapter.lint import bare_numbers, page_faults
from bet.chapter.outputs import CHART_MIME, chart_hashes
from bet.records import parameters
from bet.records.claims import SECTIONS, claims
from bet.run import execute
from bet.site.published import assessments_in
from tests.places import BOOK

NAMES = execute.names()
HASHES = BOOK / "charts.sha256.json"


@pytest.fixture(scope="module")
def books():
    return {name: nbformat.read(BOOK / f"{name}.ipynb", as_version=4) for name in NAMES}


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_book_has_its_notebooks():
    assert set(SECTIONS.values()) | {"index"} <= set(NAMES)


def cell_faults(cells):
    """Return what is wrong with the cells of a notebook, as (rule, first line of the cell)."""
    faults = [("more than 40 lines", cell) for cell in cells if len(cell.splitlines()) > 40]
    faults += [("a def or class", c) for c in cells if re.search(r"^\s*(def|class) ", c, re.M)]
    faults += [("_ = hushes an echo", c) for c in cells if re.search(r"^_ = ", c, re.M)]
    return [(rule, cell.splitlines()[0]) for rule, cell in faults]


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_short_and_define_nothing(books, name):
    cells = [cell.source for cell in code(books[name])]
    assert cell_faults(cells) == []


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("x = 1\n" * 41, "more than 40 lines"),
        ("x = 1\n_ = ax.plot(x)", "_ = hushes an echo"),
        ("def area(x):\n    return x", "a def or class"),
    ],
)
def test_a_bad_cell_is_noticed(cell, rule):
    assert cell_faults([cell]) == [(rule, cell.splitlines()[0])]
    assert cell_faults(["x = 1\n" * 40]) == []


@pytest.mark.parametrize("name", NAMES)
def test_one_h1_one_parameters_cell_executed_in_order(books, name):
    book = books[name]
    headings = [
        c for c in book.cells if c.cell_type == "markdown" and re.search(r"^# ", c.source, re.M)
    ]
    assert len(headings) == 1
    tagged = [c for c in code(book) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert [c.execution_count for c in code(book)] == list(range(1, len(code(book)) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_cell_holds_the_defaults(books, name):
    cell = next(c for c in code(books[name]) if "parameters" in c.metadata.get("tags", []))
    values: dict = {}
    exec(cell.source, values)
    expected = {key: entry.default for key, entry in parameters.parameters_of(name).items()}
    assert {key: value for key, value in values.items() if key != "__builtins__"} == expected


@pytest.mark.parametrize("name", NAMES)
def test_outputs_hold_no_path_error_or_address(books, name):
    text = json.dumps([cell.get("outputs", []) for cell in code(books[name])])
    assert not re.search(r"/home/|/root/|/work/|/tmp/|0x[0-9a-f]{8,}|T_[0-9a-f]{5}", text)
    kinds = {output.output_type for cell in code(books[name]) for output in cell.outputs}
    assert kinds == {"display_data"}


def dead_links(cell):
    """Return the addresses in a cell's outputs that lead to no file beside the notebook."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    texts = [str(d[kind]) for d in data for kind in ("text/html", "text/markdown") if kind in d]
    found = [a for t in texts for a in re.findall(r"href=[\"']([^\"']+)|\]\(([^)\s]+)\)", t)]
    places = {"".join(address).partition("#")[0] for address in found}
    return sorted(p for p in places if p and not p.startswith(("http", "mailto:"))
                  and not (BOOK / p).exists())  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_notebook_lead_somewhere_without_a_site(books, name):
    assert {cell.id: dead for cell in code(books[name]) if (dead := dead_links(cell))} == {}


def test_a_dead_link_is_noticed():
    html = "<a href='claims.html?section=INTRO'>a</a><a href='../data/sources.yml#x'>b</a>"
    data = {"text/html": html, "text/markdown": "[a](method.md#b) [c](gone.md) [d](https://e.org)"}
    cell = new_code_cell(outputs=[new_output("display_data", data)])
    assert dead_links(cell) == ["claims.html?section=INTRO", "gone.md"]


@pytest.mark.parametrize("name", NAMES)
def test_no_bare_figure_in_prose(books, name):
    prose = [c.source for c in books[name].cells if c.cell_type == "markdown"]
    assert [found for text in prose if (found := bare_numbers(text))] == []


@pytest.mark.parametrize("page", sorted(path.name for path in BOOK.glob("*.md")))
def test_a_page_types_no_figure_and_brings_nothing_active(page):
    assert page_faults(BOOK / page) == []


def test_what_a_test_holds_may_be_typed_between_its_marks(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("# A\n\n% promises: begin\nat most 30\n% promises: end\nand 7 more\n")
    assert [fault.found for fault in page_faults(page)] == ["a bare figure 7"]


def test_every_claim_is_judged_once_and_as_in_the_ledger():
    records = assessments_in(BOOK)
    assert list(records) == list(claims())
    differing = {
        name: (record["verdict"], claims()[name].verdict)
        for name, record in records.items()
        if record["verdict"] != claims()[name].verdict
    }
    assert differing == {}


def test_claims_are_computed_where_they_are_said_to_be():
    records = assessments_in(BOOK)
    wrong = {
        name: (claim.assessed_in, records[name]["notebook"], records[name]["assessed"])
        for name, claim in claims().items()
        if records[name]["assessed"] == "computed"
        and claim.assessed_in != records[name]["notebook"]
    }
    assert wrong == {}


def answer(notebook):
    """Return the words of the paragraph that answers a chapter's question: the first one in bold."""
    told = [output.data["text/markdown"] for cell in code(notebook) for output in cell.outputs
            if output.get("data", {}).get("text/markdown")]  # fmt: skip
    return next(
        text for said in told for text in said.split("\n\n") if text.startswith("**")
    ).split()


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_answers_in_sixty_words(books, name):
    assert 20 < len(answer(books[name])) <= 60


def test_the_answer_is_the_first_paragraph_in_bold():
    said = [new_output("display_data", {"text/markdown": text}) for text in ("As of.", "Lead.\n\n**No.** Not " + "so " * 60)]  # fmt: skip
    assert len(answer(new_notebook(cells=[new_code_cell("x", outputs=said)]))) == 62


def test_charts_are_those_that_were_looked_at(books):
    committed = json.loads(HASHES.read_text(encoding="utf-8"))
    assert {name: chart_hashes(book) for name, book in books.items()} == committed


def test_a_reversed_chart_has_another_hash(books):
    name = next(n for n, book in books.items() if chart_hashes(book))
    before = chart_hashes(books[name])
    broken = nbformat.reads(nbformat.writes(books[name]), as_version=4)
    record = next(
        o["data"][CHART_MIME]
        for c in code(broken)
        for o in c.outputs
        if CHART_MIME in o.get("data", {})
    )
    record["rows"] = record["rows"][::-1]
    assert chart_hashes(broken)[record["name"]] != before[record["name"]]


@pytest.mark.parametrize("name", NAMES)
def test_papermill_tells_each_parameter_with_its_meaning(name, caplog):
    """``papermill --help-notebook`` reads lines: one for each value, and no other '=' in its comment."""
    told = papermill.inspect_notebook(str(BOOK / f"{name}.ipynb"))
    assert caplog.messages == []
    known = parameters.parameters_of(name)
    assert set(told) == set(known)
    unlike = {  # a comment may be shorter than the registry's meaning, but begins as it does
        key: (told[key]["help"], entry.meaning)
        for key, entry in known.items()
        if told[key]["help"].split()[:1] != entry.meaning.split()[:1]
    }
    assert unlike == {}
