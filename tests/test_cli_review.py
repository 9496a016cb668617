"""The commands of contributors, reviewers and the nightly round."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import tarfile

import nbformat
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bet.chapter import drawing, lint, outputs
from bet.chapter.outputs import CHART_MIME
from bet.cli import TEMPLATE_KINDS, main
from bet.faults import BadInput
from bet.records import claims, parameters, sources, tables, templates
from bet.records.claims import Claim, Flip
from bet.records.editions import Edition
from bet.records.parameters import Parameter
from bet.records.reviewers import Reviewer
from bet.records.sources import Evidence, Source
from bet.records.tables import Sidecar
from bet.review import nightly
from bet.review.due import due
from bet.site import build, claims_page, release
from bet.site.published import PublishedClaim
from tests import worlds


def bet(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


# bet due


def listed(day, ledger=None, forecasts=()):
    ledger = ledger or claims.claims()
    return list(due(ledger, sources.evidence(), forecasts, dt.date.fromisoformat(day)))


def test_due_is_what_was_to_be_checked_before_the_day(tmp_path):
    with worlds.small(tmp_path):
        assert listed("2027-11-25") == []
        assert listed("2027-11-26") == [("INFRA-60", "was to be checked again by 2027-11-25")]


def test_a_condition_that_came_true_comes_first(tmp_path):
    with worlds.small(tmp_path):
        ledger = dict(claims.claims())
        flip = Flip(left="power-metered", operator=">", right="INFRA-60.us_average_power")
        ledger["INFRA-60"] = ledger["INFRA-60"].model_copy(update={"flips_if": flip})
        found = listed("2028-01-01", ledger, [{"forecast": "F01", "resolve_by": "2027-12-31"}])
    assert [what for what, _ in found] == ["INFRA-60", "INFRA-60", "forecast F01"]
    assert "power-metered > INFRA-60.us_average_power" in found[0][1]


@pytest.mark.parametrize(
    ("reason", "old"),
    [
        ("No. In May 2026 it is still the largest of all.", True),
        ("No. In October 2026 it is still the largest of all.", False),
        ("No. So far nobody has built one.", False),  # read on 29 November 2026
        ("No. In May 2026 it was still the largest of all.", False),  # the past does not age
        ("No. In May 2025 it cost $10 in today's shares.", False),  # a unit, not the present
    ],
)
def test_a_statement_of_the_present_is_due_after_half_a_year(tmp_path, reason, old):
    with worlds.small(tmp_path):
        read = claims.claims()["INFRA-60"]
        last = read.history[-1].model_copy(update={"date": "2026-11-29"})
        change = {"reason": reason, "history": [*read.history, last]}
        found = listed("2027-01-15", {"INFRA-60": read.model_copy(update=change)})
    told = f"speaks of the present, and that was half a year ago: {reason[4:]}"
    assert found == ([("INFRA-60", told)] if old else [])


def test_an_undated_statement_is_as_old_as_its_last_reading(tmp_path):
    with worlds.small(tmp_path):
        read = claims.claims()["INFRA-60"]
        last = read.history[-1].model_copy(update={"date": "2026-11-29"})
        change = {"reason": "So far nobody has built one.", "history": [last]}
        ledger = {"INFRA-60": read.model_copy(update=change)}
        days = [listed(day, ledger) for day in ("2027-05-31", "2027-06-01")]
    assert [len(found) for found in days] == [0, 1]


def test_due_refuses_a_day_that_is_none():
    code, _, fault = bet("due", "--on", "tomorrow")
    assert (code, fault) == (2, "bet: --on: found 'tomorrow'; expected an ISO date such as 2027-11-25\n")  # fmt: skip


def test_nothing_is_due_in_the_book_before_it_was_made():
    assert bet("due", "--on", "2026-11-25")[:2] == (0, "nothing is due on 2026-11-25\n")


# bet release


def site(folder, *addresses):
    anchors = "".join(f"<a class='x' href='{address}'>x</a>" for address in addresses)
    (folder / "index.html").write_text(f"<a href='claims.html'>inside</a>{anchors}")
    return folder


def test_without_a_site_the_message_says_how_to_make_one(tmp_path):
    assert "run make book first" in bet("release", "v1", "--site", tmp_path)[2]


def test_a_release_has_checksum_and_manifest_and_repeats_to_the_byte(tmp_path):
    (tmp_path / "site").mkdir()
    site(tmp_path / "site")
    first = [p.read_bytes() for p in release.write(tmp_path / "site", "bet-v1", tmp_path / "a")]
    (tmp_path / "site" / "index.html").touch()
    again = [p.read_bytes() for p in release.write(tmp_path / "site", "bet-v1", tmp_path / "b")]
    assert first == again
    sums = dict(reversed(line.split("  ")) for line in first[2].decode().splitlines())
    assert sums["bet-v1.tar.gz"] == hashlib.sha256(first[0]).hexdigest()
    listed = json.loads(first[1])["files"]
    with tarfile.open(tmp_path / "a" / "bet-v1.tar.gz") as archive:
        content = archive.extractfile("bet-v1/index.html").read()
    assert listed == {"index.html": hashlib.sha256(content).hexdigest()}
    code, told, _ = bet("release", "v1", "--site", tmp_path / "site", "--dry-run")
    assert (code, told) == (0, f"{listed['index.html']}  index.html\n")


# bet nightly


def test_the_nightly_round_tells_only_what_it_found():
    assert nightly.report(lambda command: (0, "Nothing changes")) == ""

    def run(command):
        codes = {"due": (1, "- INFRA-60 was to be checked"), "diff": (0, "## No conclusion changes\n3 numbers")}  # fmt: skip
        return (1, "E assert") if command[0] == "pytest" else codes.get(command[1], (0, ""))

    told = nightly.report(run)
    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## A test fails", "## The book comes out differently", "## No conclusion changes", "## Something is due"
    ]  # fmt: skip
    assert "`````\nE assert\n`````" in told and "`bet due`\n\n- INFRA-60" in told


def test_what_is_no_markdown_is_shown_as_it_was_said():
    told = nightly.report(lambda command: (3, "bet: a *fault* of @somebody") if command[-1] == "HEAD" else (0, ""))  # fmt: skip
    assert "`bet diff HEAD`\n\n`````\nbet: a *fault* of @somebody\n`````" in told


def test_a_step_that_fails_tells_its_error_beside_what_it_said():
    code, told = nightly.run(["bet", "diff", "no-such-branch", "--no-pixels", "-o", "_build/none"])
    assert code == 3
    assert "Nothing" not in told and "bet: 'no-such-branch': found no such revision" in told


def test_the_dry_run_of_the_round_names_its_commands():
    code, told, _ = bet("nightly", "--dry-run")
    assert code == 0 and {"bet check", "bet due", "bet diff HEAD"} <= set(told.splitlines())  # fmt: skip


# bet lint, bet tidy, bet template


def test_lint_names_page_cell_and_figure(tmp_path):
    book = new_notebook(cells=[new_markdown_cell("# Power\n\nIt is 490 GW.", id="c01")])
    nbformat.write(book, tmp_path / "a.ipynb")
    (tmp_path / "b.md").write_text(
        "---\nhtml_theme.sidebar_secondary.remove: true\n---\nIn 2025 it was `7` or so.\n"
    )
    assert [str(f) for f in lint.page_faults(tmp_path / "a.ipynb")] == [
        "a.ipynb, cell 1 (# Power): found a bare figure 490; expected book.say with a value, or words"
    ]
    assert lint.page_faults(tmp_path / "b.md") == []
    (tmp_path / "c.md").write_text("---\nmyst: {html_meta: {}}\n---\n# A <b>\n")
    assert [str(f) for f in lint.page_faults(tmp_path / "c.md")] == [
        "c.md: found a setting 'myst: {html_meta: {}}'; expected html_theme.sidebar_secondary.remove",
        "c.md: found HTML '<b>'; expected Markdown that shows text only",
    ]
    assert bet("lint", tmp_path / "a.ipynb")[0] == 2
    assert bet("lint", tmp_path / "b.md")[:2] == (0, "1 pages: no bare figure\n")


def test_tidy_cleans_once_and_then_has_nothing_to_do(tmp_path):
    cell = new_code_cell("1", id="c01", metadata={"papermill": {"duration": 1}})
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    assert bet("tidy", path)[:2] == (1, "a.ipynb tidied\n")
    assert "papermill" not in path.read_text()
    assert bet("tidy", path)[:2] == (0, "")


@pytest.mark.parametrize("kind", templates.TEMPLATES)
def test_templates_are_valid_records(kind):
    code, told, _ = bet("template", kind)
    assert code == 0 and told == templates.TEMPLATES[kind]
    if kind == "chart":
        return  # drawn below
    if kind == "forecast":
        columns = tables.sidecar("forecasts").columns
        (cells,) = csv.reader(told.splitlines())
        assert len(cells) == len(columns) and cells[1] in columns["theme"].values
        return
    content = yaml.safe_load(told)
    model = {"claim": Claim, "source": Source, "evidence": Evidence, "table": Sidecar,
             "parameter": Parameter, "edition": Edition}[kind]  # fmt: skip
    named = kind in ("parameter", "edition")
    model.model_validate(
        next(iter(content.values())) if named else content if kind == "table" else content[0]
    )


def test_every_template_is_offered():
    assert set(TEMPLATE_KINDS) == set(templates.TEMPLATES)


@pytest.mark.parametrize(
    ("place", "problem"), [("value_gw", None), ("value", "no column 'value_gw'")]
)
def test_the_template_of_a_chart_draws_one(tmp_path, monkeypatch, place, problem):
    shown = []
    monkeypatch.setattr(drawing, "display", lambda data, raw: shown.append(data))
    book = drawing.Drawing()
    book.as_of = "2026-11-23"
    names = {"book": book, "data": pd.DataFrame({"year": [2023, 2024], place: [477, 490]})}
    with worlds.small(tmp_path):
        call = templates.CHART.replace("publisher-2026-11", "meter-2025")
        told = worlds.faults_of(lambda: exec(call, names))
    if problem:
        assert problem in told[0] and shown == []
        return
    assert told == [] and shown[0]["text/markdown"].startswith("**FILL IN the finding")
    record = shown[1][CHART_MIME]
    assert (record["name"], record["rows"]) == ("power-metered", [[2023, 477], [2024, 490]])


def test_blanks_of_a_template_are_found(tmp_path, monkeypatch):
    (tmp_path / "_config.yml").touch()
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "sources.yml").write_text(templates.SOURCE)
    with pytest.raises(BadInput) as error:
        templates.check()
    assert str(error.value.faults[0]) == "data/sources.yml:3: found 'FILL IN …' of a template; expected your own words"  # fmt: skip
    assert len(error.value.faults) == 2
    (tmp_path / "data" / "sources.yml").write_text(templates.SOURCE.replace("FILL IN ", ""))
    (tmp_path / "data" / "rows.csv").write_text(f"forecast\n{templates.FORECAST}")
    assert [told.split(":")[:2] for told in worlds.faults_of(templates.check)] == [
        ["data/rows.csv", "2"]
    ]
    (tmp_path / "data" / "rows.csv").unlink()
    templates.check()


# make notebooks


@pytest.fixture
def two_notebooks(tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    with worlds.small(tmp_path):
        for name, word in (("index", "one"), ("3_infrastructure", "two")):
            known = parameters.parameters_of(name)
            values = "\n".join(f"{key} = {entry.default!r}" for key, entry in known.items())
            cells = [
                new_markdown_cell(f"# {word}", id="c01"),
                new_code_cell(values, id="c02", metadata={"tags": ["parameters"]}),
                new_code_cell(f"'{word}'", id="c03"),
            ]
            nbformat.write(outputs.clean(new_notebook(cells=cells)), folder / f"{name}.ipynb")
        yield folder


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_notebooks_refresh_to_the_same_bytes_and_a_word_changes_one_only(two_notebooks):
    build.refresh(say=lambda _: None)
    first = contents(two_notebooks)
    told = []
    build.refresh(say=told.append)
    assert contents(two_notebooks) == first
    assert all(line.endswith(" unchanged") for line in told)
    path = two_notebooks / "index.ipynb"
    path.write_text(path.read_text().replace("one", "won"))
    build.refresh(say=lambda _: None)
    after = contents(two_notebooks)
    assert [name for name in after if after[name] != first[name]] == ["index.ipynb"]
    assert after["index.ipynb"].replace(b"won", b"one") == first["index.ipynb"]


# the page on reviews


def published(*reviews):
    base = dict(section="INFRA", lines=[1], anchor="", speaker="author", paraphrase="It is so.", kind="event",
                checkable=True, importance=1, verdict="supported", verdict_then="supported", confidence="high",
                reason="So.", overridden=False, figures=[], evidence=[], tables=[], searched=None, error_origin=None,
                strongest_reading=None, assessed="ledger", notebook="3_infrastructure", review_by=None, history=[])  # fmt: skip
    return [PublishedClaim(id=f"INFRA-0{n}", reviews=list(r), **base) for n, r in enumerate(reviews, 1)]  # fmt: skip


AUDIT = {"date": "2026-11-25", "who": "audit of 30 random claims", "note": "kept"}
KNOWN = {
    "A. Reader": Reviewer(id="A. Reader", account="a-reader", seen="https://example.org/pull/7",
                          since="2026-12-01", interest="none declared"),
}  # fmt: skip
PERSON = {"date": "2026-12-01", "who": "A. Reader", "figure": "us_average_power", "note": "<agrees>"}  # fmt: skip


def test_an_audit_of_our_own_counts_for_no_second_person():
    page = claims_page.review_rows(published([AUDIT], [], [], []), {})
    assert "People outside the project have looked at none of the 4 claims." in page
    assert "looked again at 1 of the 4 claims (25%)" in page
    assert "audit of 30 random claims, by the authors" in page


def test_a_second_person_is_counted_and_listed():
    page = claims_page.review_rows(published([AUDIT, PERSON], [PERSON], [], []), KNOWN)
    assert "<a href='https://example.org/pull/7'>A. Reader</a>" in page
    assert "People outside the project have looked at 2 of the 4 claims (50%)." in page
    assert page.index("A. Reader") < page.index("audit of 30")
    assert "us_average_power: &lt;agrees&gt;" in page


def test_a_name_that_nobody_vouches_for_does_not_count():
    page = claims_page.review_rows(published([PERSON], []), {})
    assert "People outside the project have looked at none of the 2 claims." in page
    assert "cannot vouch for stand under 1 of the 2 claims (50%)" in page
    assert "A. Reader, not vouched for" in " ".join(page.split())


def test_no_look_at_all_is_said():
    page = claims_page.review_rows(published([], []), {})
    assert "none of the 2 claims" in page and "<table" not in page
