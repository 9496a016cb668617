"""A word that decides is that word and no neighbour of it: kinds, sections, types, ends and places."""

from __future__ import annotations

import datetime as dt
import types
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from bet.chapter import chapter, lint, outputs, svg, tally
from bet.chapter.outputs import ASSESSMENT_MIME
from bet.faults import BadInput
from bet.records import (
    article_lines,
    check,
    claims,
    forms,
    judge,
    parameters,
    relations,
    sanity,
    yaml_files,
)
from bet.records.claims import Claim, Figure
from bet.review import compare, report, report_page, snapshot, texts
from bet.review.compare import Change, Review
from bet.review.snapshot import Snapshot, Table
from bet.site import claims_page, extension, finish, pdf, published
from tests import worlds
from tests.test_pages import claim

KINDS = ("arithmetic", "boilerplate", "causal", "quantity")


def record(number, kind="quantity", verdict="pending", section="END", **fields):
    base = {
        "id": f"{section}-{number:02}", "lines": [1], "anchor": "x", "speaker": "author", "kind": kind, "verdict": verdict,
        "paraphrase": "A claim of some length.", "checkable": True, "importance": 1, "confidence": "high", "reason": "",
    }  # fmt: skip
    return Claim.model_validate(base | fields)


# Text of the host page is counted nowhere, everything else everywhere


def test_only_the_host_page_s_text_is_counted_nowhere(monkeypatch):
    ledger = {c.id: c for c in (record(n, kind) for n, kind in enumerate(KINDS))}
    assert list(tally.counts(ledger, "2026-11-30", "kind").index) == ["arithmetic", "causal", "quantity"]  # fmt: skip
    monkeypatch.setattr(chapter, "claims", lambda: ledger)
    assert sum(chapter.scorecard_counts(None, "2026-11-30").values()) == 3
    assert [c.kind for c in published.articles_own([claim(kind=k) for k in KINDS])] == ["arithmetic", "causal", "quantity"]  # fmt: skip


def test_a_section_is_counted_by_itself(monkeypatch):
    ledger = {c.id: c for c in (record(1, section=s, kind="event") for s in ("END", "GROK", "INFRA", "THESIS"))}  # fmt: skip
    monkeypatch.setattr(chapter, "claims", lambda: ledger)
    assert sum(chapter.scorecard_counts("GROK", "2026-11-30").values()) == 1
    shown = []
    monkeypatch.setattr(chapter, "display", lambda data, raw, **_: shown.append(data))
    one = chapter.Chapter.__new__(chapter.Chapter)
    one.notebook, one.as_of, one._assessed, one._scorecards = "2_grok", "2026-11-30", {}, set()
    one.ledger("GROK")
    assert [r["claim"] for r in shown[0][ASSESSMENT_MIME]] == ["GROK-01"]
    assert shown[0]["text/plain"] == "1 claims from the ledger"
    ledger["GROK-02"] = record(2, section="GROK", assessed_in="0_stake")
    ledger["GROK-03"] = record(3, section="GROK", assessed_in="2_grok")
    one.ledger("GROK")
    assert [r["claim"] for r in shown[1][ASSESSMENT_MIME]] == ["GROK-01", "GROK-03"]
    one.scorecard("GROK")
    assert shown[2]["text/plain"] == "3 claims: " and shown[2][outputs.SCORECARD_MIME] == {"section": "GROK"}  # fmt: skip
    table = claims_page.section_table([claim(f"{s}-01") for s in ("END", "GROK", "INFRA", "THESIS")])  # fmt: skip
    assert table.count("<td>1</td>") + table.count(">1</td>") >= 4


def test_only_what_is_open_falls_due():
    given = {c.id: c for c in (
        record(n, verdict=v, history=[{"date": "2026-11-25", "verdict": v, "why": "Said."}], reason="r", **more)
        for n, (v, more) in enumerate([("contradicted", {"error_origin": "author", "strongest_reading": "x", "searched": "s"}),
                                       ("open", {"searched": "s"}), ("supported", {"searched": "s"})]))}  # fmt: skip
    none = pd.DataFrame({"claim": [], "due": pd.to_datetime([]), "dated_by": []})
    got = tally.maturities(given, "2026-11-30", none, pd.Timestamp("2035-01-01").date())
    assert list(got["claim"]) == ["END-01"] and list(got["dated_by"]) == ["us"]


def test_a_found_figure_is_told_by_its_relation():
    for relation in ("about", "equal", "less", "more"):
        figure = Figure(name="x", printed="x", unit="GW", relation=relation)
        assert judge.found_text(figure, (2014, 2014)) == "2,010 GW", relation
    ratios = {c.id: c for c in (record(n, figures=[{"name": "f", "printed": "10", "value": 10, "unit": "GW", "relation": r, "found": 5}])
              for n, r in enumerate(("about", "equal", "less", "more")))}  # fmt: skip
    table = tally.figures(ratios, "2026-11-30")
    assert table["low"].tolist() == [2.0] * 4 and table["days"].isna().all()
    assert table["error_origin"].tolist() == ["none"] * 4


@pytest.mark.parametrize(
    ("override", "ruled", "told"),
    [("M", ["supported"], True), ("M", ["partly"], False), ("M", [], False), (None, ["supported"], False)],
)  # fmt: skip
def test_a_record_is_overridden_where_its_verdict_is_not_the_rule_s(override, ruled, told):
    one = types.SimpleNamespace(id="x", confidence="high", override=override)
    figures = [{"verdict": verdict} for verdict in ruled]
    assert judge._record(one, "partly", "So.", figures, "2026-11-30", "n")["overridden"] is told


def test_a_bound_and_a_ratio_are_no_equal_and_a_figure_of_no_sign_has_no_ratio():
    def span(value, found):
        return tally._over(value, found)

    assert span((10, 20), (2, 5)) == (2.0, 10.0)
    for value, found in (((0, 1), (1, 1)), ((1, 1), (0, 1)), ((-1, 1), (1, 1)), ((1, 1), (-1, 1))):
        assert all(pd.isna(end) for end in span(value, found))
    assert span((0.5, 0.5), (0.25, 0.5)) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("value", "found", "days"), [("2014", "2012", 366), ("2012", "2014", 366), ("2014", "2014-05", 0), ("2013", "2012", 1)]
)  # fmt: skip
def test_dates_are_as_far_apart_as_their_nearest_days(value, found, days):
    figure = {"name": "f", "printed": value, "value": value, "unit": "year", "relation": "date", "found": found}  # fmt: skip
    one = record(1, figures=[figure])
    assert tally.figures({one.id: one}, "2026-11-30")["days"].tolist() == [days]


def test_a_birthday_counts_from_its_day():
    born = dt.date(1943, 5, 23)
    assert [tally._age(born, dt.date(2025, m, d)) for m, d in ((5, 22), (5, 23), (4, 30), (6, 1), (12, 1))] == [81, 82, 81, 82, 82]  # fmt: skip
    assert tally._years_before(dt.date(2024, 2, 29), 1) == dt.date(2023, 2, 28)
    assert tally._years_before(dt.date(2024, 2, 29), 4) == dt.date(2020, 2, 29)
    twice = [(dt.date(2025, 5, 23), 82), (dt.date(2025, 5, 22), 81)]  # leaves one day
    assert tally.age_span(twice, dt.date(2025, 1, 1)) == (81, 81)
    assert tally.age_span(twice, dt.date(2025, 5, 22)) == (81, 81)
    assert tally.age_span(twice, dt.date(2025, 5, 23)) == (82, 82)


# Notebooks


def test_a_notebook_is_stripped_when_its_code_shows_nothing():
    def book(*cells):
        return new_notebook(cells=list(cells))

    told = new_output("stream", text="x")
    assert outputs.stripped(book(new_code_cell("a"), new_markdown_cell("b")))
    assert not outputs.stripped(book(new_code_cell("a", outputs=[told]), new_code_cell("b")))
    assert not outputs.stripped(book(new_markdown_cell("b"), new_raw_cell("c")))
    assert not outputs.stripped(book())


def test_pages_of_any_ending_but_a_notebook_s_are_text(tmp_path):
    for name in ("a.html", "a.md", "z.txt"):
        (tmp_path / name).write_text("It is 7")
        assert [f.found for f in lint.page_faults(tmp_path / name)] == ["a bare figure 7"]


def test_raw_and_markdown_cells_are_shown_as_they_are():
    cells = [{"cell_type": kind, "source": "x"} for kind in ("aside", "markdown", "raw")]
    assert extension._joined(cells) == cells


def test_what_was_injected_is_named_so(tmp_path):
    cell = new_code_cell("# Parameters\nx = 1", id="abc")
    cell.metadata.update(
        tags=["injected-parameters"], papermill={"a": 1}, execution={"iopub": "now"}
    )
    empty = new_code_cell("y = 2", id="c02")
    empty.metadata["tags"] = []
    made = outputs.clean(new_notebook(cells=[cell, empty], metadata={"papermill": {}}))
    assert made.cells[0].id == "injected-parameters"
    assert made.cells[0].source == "# Parameters\nx = 1"
    assert dict(made.cells[0].metadata) == {"tags": ["injected-parameters"]}
    assert dict(made.cells[1].metadata) == {} and set(made.metadata) == {"kernelspec", "language_info"}  # fmt: skip
    outputs.write(made, tmp_path / "n.ipynb")
    assert (tmp_path / "n.ipynb").read_text().startswith('{\n "cells"')
    assert outputs.read(tmp_path / "n.ipynb") == made


def test_a_file_that_is_no_notebook_is_told_in_one_line(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text("[" * 3)
    (told,) = worlds.faults_of(lambda: outputs.read(path))
    assert told.startswith("n.ipynb: found ") and told.endswith("; expected a Jupyter notebook")
    assert len(told) < 260 and "\n" not in told
    with pytest.raises(FileNotFoundError):
        outputs.read(tmp_path / "none.ipynb")


# Glyphs


@pytest.mark.parametrize(
    ("path", "relative"),
    [
        ("M 10 20 L 15 10 L 15 25 z", "m10 20l5-10l0 15z"),
        ("M 1 2 L 3 4 z M 5 6 L 7 8", "m1 2l2 2z"  "m4 4l2 2"),
        ("M 0 0 Q 1 2 3 4 C 5 6 7 8 9 10 z", "m0 0q1 2 3 4c2 2 4 4 6 6z"),
        ("M 5 5 L 1 1 z L 6 6", "m5 5l-4-4zl1 1"),
    ],
)  # fmt: skip
def test_a_glyph_is_told_from_point_to_point(path, relative):
    assert svg._relative(path) == relative


def test_a_picture_loses_what_nobody_sees():
    told = svg.shrink('<!-- x --><!DOCTYPE y>\n<svg a="1"  >\n  <metadata>\n m </metadata> <g id="g1">\n <path id="p" d="M 1 2 L 3 5 z" />\n</g></svg>')  # fmt: skip
    assert "<!--" not in told and "DOCTYPE" not in told and "metadata" not in told
    assert '<path id="p" d="m1 2l2 3z"' in told and "<g>" in told and told.endswith("\n")
    assert "\n" not in told[:-1] and "> <" not in told


# Parameters, relations, forms


def test_the_cover_needs_no_parameters_of_its_own(tmp_path):
    with worlds.small(tmp_path):
        assert list(parameters.parameters_of("index")) == list(parameters.registry().get("common", {}))  # fmt: skip
        for name in ("common_", "inde", "z"):
            assert worlds.faults_of(lambda name=name: parameters.parameters_of(name))
        (told,) = worlds.faults_of(lambda: parameters.parameters_of("x"))
        assert "common" not in told.split("expected")[1]


@pytest.mark.parametrize(
    ("entry", "right"),
    [({"repeats": "allowed"}, None), ({"repeats": "a"}, "repeats: allowed"), ({"repeats": "zz"}, "repeats: allowed"),
     ({"steady": {"column": "n", "within": 1}}, "steady with 'within' above one"),
     ({"steady": {"column": "n", "within": 1.1}}, None), ({"steady": {"column": "n", "within": "2"}}, "steady with 'within' above one"),
     ({"rising": ["n", "n"]}, None), ({"ordered": "n"}, None), ({"monthly": "n"}, None)],
)  # fmt: skip
def test_arguments_of_a_relation_are_checked(entry, right):
    assert relations.misnamed(entry, {"n": 1}) == right


def test_a_fact_whose_size_differs_from_its_words_is_told(monkeypatch):
    def told(unit, words):
        fact = types.SimpleNamespace(id="f", unit=unit, fact=words)
        monkeypatch.setattr(sanity, "evidence", lambda: {"f": fact})
        return [str(f) for f in sanity._fact_faults()]

    assert told("GW", "It is 5 MW.") == ["evidence f unit: found 'GW'; expected the unit of its fact"]  # fmt: skip
    assert told("tonnes", "It weighs 5 kg.") and told("bn", "Some 3 million.")
    assert told("days", "It took two weeks.") == [] == told("GW", "It is 5 GW.") == told(None, "x")


def test_what_a_record_lacks_or_has_too_much_is_told():
    class Model(yaml_files.Record):
        a: int

    def faults(value):
        try:
            yaml_files.parse(Model, value, (), {(): 2}, Path("x.yml"))
        except Exception as error:
            return [str(f) for f in error.faults]
        return []

    assert faults({"a": 1}) == []
    assert faults({}) == ["x.yml:2 a: found nothing; expected the field 'a'"]
    assert faults({"a": 1, "b": 2}) == ["x.yml:2 b: found an unknown field 'b'; expected one of a"]
    (told,) = faults({"a": 1, "000 workers": None})
    assert told.endswith(
        "found an unknown field '000 workers'; expected one of a, or quotes around a text with a comma"
    )
    assert faults({"a": "x", "id": 3})[0].startswith("x.yml:2 [3] a: found 'x'; expected a valid integer")  # fmt: skip
    assert faults([1])[0].startswith("x.yml:2: found [1]; expected a valid dictionary")
    assert faults({"a": {"b": 1}})[0].startswith("x.yml:2 a: found this record; expected a valid")


def test_words_of_a_saying_decide_its_form():
    assert [forms.form("quotation", w).verdicts == ("unverified",) for w in ("in_substance", "not_found", "verbatim")] == [False, True, False]  # fmt: skip


def test_confidence_needs_a_primary_source_or_two_roots(monkeypatch):
    def cap(*published, told_by=None, **fields):
        known = {str(n): types.SimpleNamespace(tier=tier, origin=origin) for n, (tier, origin) in enumerate(published)}  # fmt: skip
        monkeypatch.setattr(claims, "sources", lambda: known)
        facts = {n: types.SimpleNamespace(source=n, told_by=told_by) for n in known}
        one = types.SimpleNamespace(**{"arithmetic": False, "kind": "event", "supports": list(facts), "contradicts": [], "tables": []} | fields)  # fmt: skip
        return claims.confidence_cap(one, facts)

    for tier in ("forum", "report", "secondary", "transcript"):
        assert cap((tier, "a")) == "medium" == cap((tier, "a"), (tier, "a"))
        assert cap((tier, "a"), (tier, "b")) == "high"
    assert cap(("primary", "a")) == "high" and cap(("primary", "a"), told_by="musk") == "medium"
    assert cap(("primary", "a"), told_by="musk", kind="quotation") == "high"  # that he said it
    assert cap(("primary", "a"), told_by="musk", kind="view") == "medium"
    assert cap() == "low" and cap(arithmetic=True) == "high"


def test_every_record_is_checked_once_and_all_are_told(monkeypatch):
    def fails(*names):
        def step():
            raise check.BadInput([check.Fault(name, "x", "y") for name in names])

        return step

    monkeypatch.setattr(check.sources, "sources", fails("a"))
    monkeypatch.setattr(check.sources, "evidence", fails("a", "b"))
    monkeypatch.setattr(check.sources, "check", fails("c"))
    for room, step in ((check.claims, "claims"), (check.claims, "check"), (check.parameters, "registry"), (check, "parameter_claims"),
                       (check.datapackage, "check"), (check.article_lines, "check"), (check.article_lines, "anchors"), (check.editions, "editions"), (check.templates, "check"), (check, "related"), (check, "uncited"), (check, "known_in_editions"),
                       (check.sanity, "check"), (check.facts, "headlines"), (check.reviewers, "check"), (check.markup, "check")):  # fmt: skip
        monkeypatch.setattr(room, step, lambda: None)
    monkeypatch.setattr(check.tables, "names", lambda: ["t", "u"])
    monkeypatch.setattr(check.tables, "table", lambda name, day: fails(f"{name} {day}")())
    assert [fault.where for fault in check.all_faults()] == [
        "a",
        "b",
        "c",
        "t 9999-12-31",
        "u 9999-12-31",
    ]


# The site


def test_a_meta_element_of_another_name_stays(tmp_path):
    text = '<meta name="robots"><meta name="zoom"><input name="viewport"><a charset="x"></a>'
    told = finish.finished(text, tmp_path, "book/x")
    assert all(part in told for part in ('<meta name="robots">', '<meta name="zoom">', '<input name="viewport">'))  # fmt: skip


def test_only_figures_numbers_roles_and_summaries_are_mended(tmp_path):
    text = '<div role="doc-abstract">a</div><div role="doc-toc">b</div><span class="caption-text">Fig. 1</span><time aria-label="Toggle hidden content">t</time><b class="caption-number">No Fig. </b><details><summary aria-label="A">s</summary><summary aria-label="Z">s</summary></details>'  # fmt: skip
    assert finish.finished(text, tmp_path, "book/x") == text


def test_only_pictures_are_sized_and_what_has_a_size_keeps_it(tmp_path):
    (tmp_path / "a.svg").write_text('<svg width="3pt" height="6pt"/>')
    text = '<embed src="a.svg"><source src="a.svg"><img src="a.svg" width="1"><img alt="x">'
    assert finish.finished(text, tmp_path, "book/x") == text
    lazy = finish.finished('<img src="a.svg"><img src="a.svg" loading="eager"><img src="a.svg">', tmp_path, "book/x")  # fmt: skip
    assert lazy == ('<img width="4" height="8" decoding="async" src="a.svg"><img width="4" height="8" decoding="async" src="a.svg" loading="eager">'
                    '<img width="4" height="8" loading="lazy" decoding="async" src="a.svg">')  # fmt: skip


def test_links_within_a_print_are_kept_where_they_lead_somewhere():
    page = '<i id="a"></i><a href="#a">1</a><a href="#b">2</a><a href="x.txt">3</a><a href="http://a.b">4</a><a href="">5</a>'  # fmt: skip
    assert pdf.flat(page) == '<i id="a"></i><a href="#a">1</a>23<a href="http://a.b">4</a>5'


# The review


def test_changes_are_told_by_their_kind():
    every = [Change(kind, f"w-{kind}", "a b", "a c", "n", "p") for kind in compare.KINDS]
    review = Review(every, {"w-chart": ("<svg/>", "<svg/>")})
    assert [[c.what for c in review.of(k)] for k in compare.KINDS] == [[f"w-{k}"] for k in compare.KINDS]  # fmt: skip
    text = report.markdown(review, ("a", "b"), {}, "https://a.org/")
    parts = {part.split("\n")[0]: part for part in text.split("### ")[1:]}
    assert list(parts) == list(compare.KINDS.values())
    for kind, title in compare.KINDS.items():
        told = parts[title]
        if kind == "file":
            assert "\nw-file (n)\n" in told
        elif kind in ("text", "words", "root"):
            assert f"[p](https://a.org/book/p.html), w-{kind} (n): “a b” → “a c”" in told
        elif kind == "judge":
            assert "[p](https://a.org/book/p.html), w-judge (n): 2 lines" in told
        else:
            on_claims = kind in ("verdict", "grounds", "claim", "rule")
            anchor = f"#w-{kind}" if on_claims or kind == "chart" else ""
            bold = "**" if kind == "verdict" else ""
            assert f"| [{bold}w-{kind}{bold}](https://a.org/book/{'claims' if on_claims else 'p'}.html{anchor}) | a b | a c | n |" in told  # fmt: skip
            head = report.COLUMNS.get(kind, ("What", "Before", "After", "Note"))
            assert f"| {' | '.join(head)} |" in told
    bare = report.markdown(review, ("a", "b"), {})
    assert {k for k in compare.KINDS if f"w-{k} (p) |" in bare} == {"number"}
    page = report_page.page(review, ("a", "b"), {}, "")
    assert [page.count(f"<h2>{title} <small>1") for title in compare.KINDS.values()] == [1] * len(compare.KINDS)  # fmt: skip
    assert {k for k in compare.KINDS if f"<th scope='row'>w-{k}<br>" in page} == set(compare.KINDS) - {
        "judge", "rule", "verdict", "claim", "grounds", "chart", "words", "text", "root", "file"}  # fmt: skip


def test_a_claim_is_told_at_greater_length():
    long = "word " * 100
    for kind, most in (("claim", 600), ("unit", 160), ("data", 160)):
        row = report._table_row(Change(kind, "x", long, f"{long}more", "n"), None, "")
        assert (long.strip() in row) is (most == 600), kind
        assert "word word more |" in row


def test_a_change_is_in_the_files_that_hold_it():
    old = Snapshot(places={("claims", "c"): "data/claims/a.yml", ("sources", "s"): "data/sources.yml", ("evidence", "f"): "data/evidence/e.yml"},
                   pages={"m": "x"}, tables={"t": Table({"sha256": "1", "a": 1}, {}), "u": Table({}, {})})  # fmt: skip
    new = Snapshot(pages={"m": "y"}, tables={"t": Table({"sha256": "2", "a": 1}, {})})

    def files(kind, what, page=""):
        return {path for path in texts._about(Change(kind, what, "", "", "", page), old, new) if path}  # fmt: skip

    assert files("judge", "bet/x.py") == {"bet/x.py"}
    for kind in ("verdict", "grounds", "claim"):
        assert files(kind, "c") == {"data/claims/a.yml"}
    for kind in ("number", "chart", "words", "text"):
        assert files(kind, "x", "m") == {"book/m.md"} and files(kind, "x", "n") == {"book/n.ipynb"}
    assert files("parameter", "a.b") == {"data/parameters.yml"}
    assert files("edition", "bear") == {"data/editions.yml"}
    assert files("schema", "t, column x") == {"data/tables/t.yml"}
    assert files("data", "t [n=1] x") == {"data/tables/t.csv", "data/tables/t.yml"}
    assert files("data", "u") == {"data/tables/u.csv", "data/tables/u.yml"}
    assert files("source", "source s") == {"data/sources.yml"}
    assert files("source", "evidence f") == {"data/evidence/e.yml"}
    assert files("unit", "x") == files("clock", "x") == files("rule", "c") == files("file", "x") == set()  # fmt: skip
    moved = Snapshot(assessed={"c": {"verdict": "open", "notebook": "k"}})
    told = set(texts._about(Change("verdict", "c", "", ""), Snapshot(), moved))
    assert told == {"", "book/k.ipynb", "book/claims.ipynb"}
    changed = Snapshot(tables={"t": Table({"sha256": "2", "a": 2}, {})})
    assert set(texts._about(Change("data", "t [n=1]", "", ""), old, changed)) == {"data/tables/t.csv"}  # fmt: skip


def test_compiled_files_are_left_out_of_their_folder_only(tmp_path):
    for path in ("data/x", "a/b.pyc", "__pycache__/c.pyc", "__pycache__/d.py", "z/e.pyc"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("x")
    assert set(snapshot.read(tmp_path).files) == {"data/x", "a/b.pyc", "__pycache__/d.py", "z/e.pyc"}  # fmt: skip


def test_faults_of_a_run_are_told_once_for_each_notebook(tmp_path):
    own = new_notebook(cells=[new_code_cell("x", id="a")])
    for name in ("a", "c"):
        nbformat.write(new_notebook(cells=[new_code_cell("y", id="a")]), tmp_path / f"{name}.ipynb")
    after = snapshot.executed(Snapshot(notebooks=dict.fromkeys("abc", own)), tmp_path)
    assert [(f.where, f.found) for f in after.faults] == [("run of a", "other cells"), ("run of c", "other cells"), ("run of b", "none")]  # fmt: skip


@pytest.mark.parametrize("last", [2, 3, 4, 5])
def test_every_line_to_the_last_has_a_class(tmp_path, monkeypatch, last):
    monkeypatch.setattr(article_lines, "LAST_LINE", last)
    monkeypatch.setattr(article_lines, "claims_by_line", lambda: {0: ["A"], last + 1: ["B"]})
    monkeypatch.setattr(
        article_lines,
        "table",
        lambda *_: pd.DataFrame({"line": [], "class": [], "repeats_line": []}),
    )
    told = [(f.where, f.found) for f in _raised(article_lines.check)]
    assert told[:-2] == [(f"article line {n}", "no class") for n in range(1, last + 1)]
    assert told[-2:] == [("claim A", "line 0"), ("claim B", f"line {last + 1}")]


def _raised(step):
    with pytest.raises(BadInput) as error:
        step()
    return error.value.faults
