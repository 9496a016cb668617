"""The review: each change of a small book is told, with its consequence, and nothing else is."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from bet import browser
from bet.chapter.outputs import ASSESSMENT_MIME, CHART_MIME, NARROW_MIME, NUMBERS_MIME
from bet.cli import main
from bet.review import compare, data, headline, notebooks, pixels, report, report_page, snapshot
from bet.review.change import strong
from tests.worlds import FIXTURES

NAME = "3_infrastructure"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='{}' height='20'/></svg>"
NARROW, WIDE = SVG.format(10), SVG.format(30)
CHART = {
    "name": "us-power", "title": "Power grows by three per cent", "subtitle": "GW by year", "unit": "GW",
    "claims": ["INFRA-60"], "columns": ["year", "gw"], "rows": [[2022, 480.0], [2023, 490.0]],
}  # fmt: skip


def shown(data):
    return new_output("display_data", data=data)


def assessed(claim, verdict, found="441 to 502 GW"):
    figures = [{"name": "us_average_power", "found_text": found}] if claim == "INFRA-60" else []
    record = {"claim": claim, "verdict": verdict, "notebook": NAME, "figures": figures}
    return shown({"text/plain": f"{claim} {verdict}", ASSESSMENT_MIME: [record]})


def said(gap, value, word="more"):
    number = {"text": gap, "value": value, "unit": "ratio"}
    told = f"That is {gap}, {word} than was said."
    return shown({"text/markdown": told, "text/plain": told, NUMBERS_MIME: {"gap": number}})


def book(power="contradicted", words="The grid is large, says the meter.", chart=CHART, svg=NARROW, prose=None):  # fmt: skip
    """Return an executed notebook of five cells."""
    prose = prose or said("3.1 times", 3.1)
    drawn = shown({"image/svg+xml": svg, "text/plain": "alt", CHART_MIME: chart})
    cells = [
        new_markdown_cell(f"# Power\n\n{words}", id="c01"),
        new_code_cell("us_average_power_gw = 490.0  # GW", id="c02"),
        new_code_cell("book.say('That is {gap}')", id="c03", outputs=[prose]),
        new_code_cell("book.bars(data)", id="c04", outputs=[drawn]),
        new_code_cell("book.assess(…)", id="c05",
                      outputs=[assessed("INFRA-60", power), assessed("INFRA-61", "opinion")]),
    ]  # fmt: skip
    return new_notebook(cells=cells)


@pytest.fixture
def tree(tmp_path):
    """Two folders of the repository's layout, equal so far: (base, head)."""
    for side in ("base", "head"):
        shutil.copytree(FIXTURES / "ledger", tmp_path / side / "data")
        (tmp_path / side / "book").mkdir()
        nbformat.write(book(), tmp_path / side / "book" / f"{NAME}.ipynb")
        (tmp_path / side / "book" / "method.md").write_text("# Method\n\nHow we judge.\n")
        (tmp_path / side / "README.md").write_text("A book.\n")
    return tmp_path / "base", tmp_path / "head"


def put(folder, notebook):
    nbformat.write(notebook, folder / "book" / f"{NAME}.ipynb")


def edit(folder, path, old, new):
    """Replace a text in a file; it must be there."""
    target = folder / path
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(tree):
    """Compare; return (exit code, [(kind, what, before, after, note)], the report's lines)."""
    found = compare.compare(*(snapshot.read(side) for side in tree))
    text = report.markdown(found, ("base", "head"))
    lines = [line for line in text.splitlines() if line and line != report.MARKER]
    changes = [(c.kind, c.what, c.before, c.after, c.note) for c in found.changes]
    return found.code, changes, lines


LEDGER = "data/claims/infrastructure.yml"
FIRST = "{date: 2026-11-25, verdict: contradicted, why: First judgement.}"


def flip(head):
    edit(head, LEDGER, "  verdict: contradicted\n", "  verdict: partly\n")
    put(head, book(power="partly"))


def test_nothing_changes(tree):
    assert told(tree) == (0, [], ["## Nothing changes", "base → head."])


def test_a_flipped_verdict_with_its_history_is_explained(tree):
    flip(tree[1])
    added = "\n    - {date: 2026-12-01, verdict: partly, why: A new meter was read.}"
    edit(tree[1], LEDGER, FIRST, FIRST + added)
    code, changes, lines = told(tree)
    assert code == 1
    assert changes == [
        ("verdict", "INFRA-60", "contradicted", "partly", "2026-12-01: A new meter was read.")
    ]
    assert lines == [
        "## 1 conclusion changes and says why",
        f"base → head. Pages touched: {NAME}.",
        "| Claim | Before | After | Why |",
        "|---|---|---|---|",
        "| **INFRA-60** | contradicted | partly | 2026-12-01: A new meter was read. |",
    ]


def test_a_flipped_verdict_without_history_fails(tree):
    flip(tree[1])
    code, changes, lines = told(tree)
    assert code == 2
    assert changes == [("verdict", "INFRA-60", "contradicted", "partly", strong("no history entry with this verdict and a reason"))]  # fmt: skip
    assert lines[0] == "## 1 conclusion changes, without a history entry"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("First judgement.", "Never mind.", strong("an earlier entry of its history was changed or removed")),
        (f"{FIRST}\n- id: INFRA-61", "{date: 2026-12-01, verdict: contradicted, why: Other.}\n- id: INFRA-61",
         strong("an earlier entry of its history was changed or removed")),
    ],
)  # fmt: skip
def test_a_rewritten_history_fails(tree, old, new, note):
    edit(tree[1], LEDGER, old, new)
    code, changes, _ = told(tree)
    assert (code, changes) == (2, [("verdict", "INFRA-60", "contradicted", "contradicted", note)])


def test_a_verdict_that_only_the_notebook_changes_fails(tree):
    put(tree[1], book(power="supported"))
    code, changes, _ = told(tree)
    assert code == 2 and [c[:4] for c in changes] == [("verdict", "INFRA-60", "contradicted", "supported")]  # fmt: skip


def test_a_removed_claim_fails_and_a_new_one_brings_its_history(tree):
    path = tree[1] / LEDGER
    first, second = re.split(r"(?m)^(?=- id: INFRA-61)", path.read_text())
    path.write_text(first)
    notebook = book()
    notebook.cells[4].outputs.pop()
    put(tree[1], notebook)
    code, changes, _ = told(tree)
    assert (code, changes[0]) == (2, ("verdict", "INFRA-61", "opinion", "–", strong("the claim was removed")))  # fmt: skip
    assert ("claim", "INFRA-61", "A new age of electricity is beginning.", "–", "paraphrase") in changes  # fmt: skip
    code, changes, lines = told(tree[::-1])
    assert (code, changes[0]) == (
        1,
        ("verdict", "INFRA-61", "–", "opinion", "2026-11-25: First judgement."),
    )
    assert "No measure could decide it." in "\n".join(lines) and second


def test_the_verdict_on_the_day_and_the_confidence_are_conclusions_too(tree):
    edit(tree[1], LEDGER, "then: {verdict: unverified", "then: {verdict: open")
    edit(tree[1], LEDGER, "confidence: high", "confidence: low")
    code, changes, _ = told(tree)
    assert code == 2
    assert changes[0][:4] == ("verdict", "INFRA-60", "unverified (in 2025)", "open (in 2025)")
    assert changes[1][:4] == ("verdict", "INFRA-60", "confidence high", "confidence low")


def test_several_conclusions_are_counted():
    def changes(*explained):
        return [compare.Change("verdict", f"INFRA-0{n}", "open", "partly", "So.", explained=e) for n, e in enumerate(explained)]  # fmt: skip

    assert headline.headline(compare.Review(changes(True, True))) == "2 conclusions change and each says why"  # fmt: skip
    assert headline.headline(compare.Review(changes(True, False))) == "2 conclusions change, 1 without a history entry"  # fmt: skip


def test_another_reason_is_no_change_of_a_conclusion(tree):
    edit(tree[1], LEDGER, "About three times", "Some three times")
    code, changes, _ = told(tree)
    assert code == 0
    assert changes == [("grounds", "INFRA-60", "About three times as much was metered.",
                        "Some three times as much was metered.", "reason")]  # fmt: skip


def test_a_changed_cell_of_a_table(tree):
    edit(tree[1], "data/tables/power.csv", "2023,476.9", "2023,485.0")
    code, changes, lines = told(tree)
    assert code == 0
    assert changes == [("data", "power [year=2023] average_power_gw", "476.9", "485.0", "")]
    assert len(lines) == 5
    assert lines[0] == "## No verdict changes, but a published conclusion may"


def test_rows_and_columns_that_come_and_go(tree):
    path = tree[1] / "data/tables/power.csv"
    rows = path.read_text().splitlines()
    path.write_text("\n".join([*rows[:-1], rows[-1].replace("2024,", "2025,", 1)]) + "\n")
    edit(tree[1], "data/tables/power.yml", "unit: GW", "unit: TW")
    _, changes, _ = told(tree)
    assert [c[0] for c in changes] == ["unit", "schema", "data", "data"]
    assert changes[0][2:4] == ("GW", "TW") and changes[1][2:4] == ("unit: GW", "unit: TW")
    gone = {what: (before == "–", after == "–") for _, what, before, after, _ in changes[2:]}
    assert sorted(gone.values()) == [(False, True), (True, False)]


def test_a_reversed_chart(tree):
    put(tree[1], book(chart={**CHART, "rows": CHART["rows"][::-1]}, svg=WIDE))
    code, changes, _ = told(tree)
    assert code == 0
    title = CHART["title"]
    assert changes == [("chart", "us-power", title, title, "same rows in another order")]


def test_a_chart_drawn_differently_from_the_same_data(tree):
    put(tree[1], book(svg=WIDE))
    _, changes, lines = told(tree)
    assert [c[4] for c in changes] == ["same data, drawn differently"]
    assert lines[-1] == report.NOT_DRAWN


def test_a_renamed_parameter(tree):
    edit(tree[1], "data/parameters.yml", "us_average_power_gw:", "us_power_gw:")
    code, changes, _ = told(tree)
    old, new = f"{NAME}.us_average_power_gw", f"{NAME}.us_power_gw"
    assert (code, changes) == (0, [("parameter", old, old, new, "renamed")])


def test_another_default_names_the_claims_it_bears_on(tree):
    edit(tree[1], "data/parameters.yml", "default: 490.0", "default: 480.0")
    _, changes, _ = told(tree)
    assert [c[2:4] for c in changes] == [("490.0", "480.0")]
    assert changes[0][4].startswith("default")


def test_a_typo_gives_three_lines(tree):
    put(tree[1], book(words="The grid is large, says teh meter."))
    code, changes, lines = told(tree)
    assert code == 0 and len(changes) == 1
    assert lines == [
        f"## No verdict changes, but the text of {NAME} does",
        f"base → head. Pages touched: {NAME}.",
        f"- {NAME}, cell c01: “large, says the meter.” → “large, says teh meter.”",
    ]


def test_a_typo_on_a_page_gives_three_lines(tree):
    edit(tree[1], "book/method.md", "judge", "jugde")
    _, _, lines = told(tree)
    assert len(lines) == 3 and lines[2] == "- method, page: “How we judge.” → “How we jugde.”"


def test_a_number_in_prose_with_its_ratio(tree):
    put(tree[1], book(prose=said("6.2 times", 6.2)))
    assert told(tree)[:2] == (
        0, [("number", "gap", "3.1 times", "6.2 times", "ratio, × 2, “That is 6.2 times, more than was said.”")]
    )  # fmt: skip


def test_a_number_that_is_no_longer_told_is_quoted_where_it_stood(tree):
    told_nothing = shown({"text/plain": "That is much.", NUMBERS_MIME: {}})
    put(tree[1], book(prose=told_nothing))
    _, changes, _ = told(tree)
    assert changes[0] == ("number", "gap", "3.1 times", "–",
                          "no longer told: “That is 3.1 times, more than was said.”")  # fmt: skip


LOOP = """
| Who | Shares |
|---|---|
{% for who, n in rows.items() %}
| {{ who }} | {{ num(n, "shares") }} |
{% endfor %}
"""


def table_of(**rows):
    """A cell of a table drawn in a loop, with the names that its numbers have by their count."""
    lines = [
        "| Who | Shares |",
        "|---|---|",
        *(f"| {who} | {n} shares |" for who, n in rows.items()),
    ]
    numbers = {
        'num(n, "shares")' + (f" ({place})" if place else ""): {
            "text": f"{n} shares",
            "value": n,
            "unit": "shares",
        }
        for place, n in enumerate(rows.values())
    }
    table = shown({"text/plain": "\n".join(lines), NUMBERS_MIME: dict(sorted(numbers.items()))})
    return new_code_cell(f"book.say({LOOP!r})", id="c03", outputs=[table])


ROWS = {f"row {letter}": place for place, letter in enumerate("abcdefghijklm", 30)}


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        ({"a new one": 7, **ROWS}, [('num(n, "shares") [a new one]', "–", "7 shares")]),
        ({**ROWS, "row c": 99}, [('num(n, "shares") [row c]', "32 shares", "99 shares")]),
        (dict(reversed(ROWS.items())), []),
        (
            {k: v for k, v in ROWS.items() if k != "row b"},
            [('num(n, "shares") [row b]', "31 shares", "–")],
        ),
    ],
)
def test_a_number_of_a_table_is_known_by_its_row(tree, after, changes):
    """A new row gave every row below it another name, each told as gone and come."""
    put(tree[0], new_notebook(cells=[table_of(**ROWS)]))
    put(tree[1], new_notebook(cells=[table_of(**after)]))
    _, found, _ = told(tree)
    assert [change[1:4] for change in found if change[0] == "number"] == changes


def test_words_around_a_number_are_cut_between_words():
    text = (
        "In 2026 many claims were counted again, and 26 of them, after a long search, hold no more."
    )
    assert notebooks._around(text, "26") == "“… claims were counted again, and 26 of them, after a long search, hold …”"  # fmt: skip
    assert notebooks._around(text, "99") == ""


def test_a_word_that_the_code_chose_is_told(tree):
    put(tree[1], book(prose=said("3.1 times", 3.1, word="less")))
    _, changes, lines = told(tree)
    assert [c[:2] for c in changes] == [("words", "cell c03")]
    assert lines[-1] == f"- {NAME}, cell c03: “3.1 times, more than was” → “3.1 times, less than was”"  # fmt: skip


def test_an_inserted_cell_moves_no_other(tree):
    notebook = book()
    notebook.cells.insert(1, new_markdown_cell("A new paragraph.", id="c02"))
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"c{number:02}"
    put(tree[1], notebook)
    _, changes, _ = told(tree)
    assert changes == [("text", "cell c02", "", "A new paragraph.", "")]
    _, changes, _ = told(tree[::-1])
    assert changes == [("text", "cell c02", "A new paragraph.", "", "")]


def test_sources_are_told_as_added_lost_or_renamed(tree):
    text = (tree[0] / "data/sources.yml").read_text()
    first = re.search(r"- id: (\S+)", text).group(1)
    edit(tree[1], "data/sources.yml", f"id: {first}", "id: renamed-source")
    _, changes, _ = told(tree)
    assert changes == [("source", f"source {first}", first, "renamed-source", "renamed")]
    (tree[1] / "data/sources.yml").write_text("- {id: other, publisher: P, url: 'https://example.org/'}\n")  # fmt: skip
    _, changes, _ = told(tree)
    lost, *_, added = sorted(changes, key=lambda c: c[4].startswith("added"))
    assert lost[4].startswith("lost") and added[1:4] == (
        "source other", "–", "P, None; url: https://example.org/"
    )  # fmt: skip


def test_the_order_is_that_of_consequence(tree):
    flip(tree[1])
    edit(tree[1], "README.md", "book", "bok")
    edit(tree[1], "book/method.md", "judge", "jugde")
    edit(tree[1], "data/tables/power.csv", "2023,476.9", "2023,485.0")
    _, changes, _ = told(tree)
    kinds = [change[0] for change in changes]
    assert kinds == ["verdict", "data", "text", "root"]


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_loads_nothing_and_shows_both_pictures(tree):
    put(tree[1], book(svg=WIDE, words="A <script>alert(1)</script> | @somebody `x`"))
    found = compare.compare(*(snapshot.read(side) for side in tree))
    drawn = {"us-power": pixels.compare(Image.new("RGB", (4, 4)), Image.new("RGB", (4, 4), "red"))}
    html = report_page.page(found, ("base", "head"), drawn)
    tags = _Tags()
    tags.feed(html)
    names = [tag for tag, _ in tags.found]
    assert names.count("img") == 3 and not {"script", "link", "iframe"} & set(names)
    assert all(a["src"].startswith("data:image/") for tag, a in tags.found if tag == "img")
    assert "default-src 'none'" in html and "100.0% of the pixels differ" in html
    text = report.markdown(found, ("base", "head"), drawn)
    assert "@somebody" not in re.sub(r"`````.*?`````", "", text, flags=re.S)
    assert "<script>" not in re.sub(r"`````.*?`````", "", text, flags=re.S)


def test_links_lead_to_the_published_book(tree):
    flip(tree[1])
    found = compare.compare(*(snapshot.read(side) for side in tree))
    text = report.markdown(found, ("a", "b"), {}, "https://example.org/bet/")
    assert "[**INFRA-60**](https://example.org/bet/book/claims.html#INFRA-60)" in text


def test_pixels_that_differ_are_counted_on_the_larger_picture():
    white, half = Image.new("RGB", (10, 10), "white"), Image.new("RGB", (10, 10), "white")
    half.paste("black", (0, 0, 10, 5))
    assert pixels.compare(white, white.copy()).share == 0
    found = pixels.compare(white, half)
    assert found.share == 0.5
    assert Image.open(io.BytesIO(found.png)).size == (10, 10)
    assert pixels.compare(half, half.crop((0, 0, 10, 5))).share == 0


def test_charts_are_drawn_and_compared_where_there_is_a_chromium():
    pair = (NARROW, WIDE)
    found = pixels.differences({"us-power": pair, "same": pair[:1] * 2})
    if found is None:
        pytest.skip("no Chromium on this machine")
    assert found["us-power"].share == pytest.approx(0.5, abs=0.02)
    assert found["same"].share == 0


def test_charts_that_are_not_drawn_in_time_are_counted(monkeypatch, tree):
    monkeypatch.setattr(pixels, "PATIENCE", -1)
    assert pixels.differences({"us-power": (NARROW, WIDE)}) in ({}, None)
    put(tree[1], book(svg=WIDE))
    found = compare.compare(*(snapshot.read(side) for side in tree))
    assert "Pixels of 1 chart were not compared: out of time." in report.markdown(found, ("a", "b"), {})  # fmt: skip


def test_without_a_chromium_the_report_says_so(monkeypatch):
    monkeypatch.setattr(browser, "find", lambda: None)
    assert pixels.differences({"us-power": ("", "")}) is None
    assert pixels.differences({}) == {}


def git(folder, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tree, monkeypatch):
    """A git repository with the small book; the package reads it."""
    folder = tree[1]
    (folder / "_config.yml").touch()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "The book.")
    monkeypatch.chdir(folder)
    return folder


def diff(*arguments):
    result = CliRunner().invoke(main, ["diff", *map(str, arguments), "--no-pixels"])
    return result.exit_code, result.stdout, result.stderr


def test_revisions_are_compared_without_a_checkout(repository, tmp_path):
    git(repository, "switch", "-q", "-c", "typo")
    edit(repository, "book/method.md", "judge", "jugde")
    out = tmp_path / "out"
    code, told_tree, _ = diff("main", "-o", out)
    assert code == 0 and "“How we jugde.”" in told_tree and "the working tree" in told_tree
    git(repository, "commit", "-q", "-a", "-m", "A typo.")
    git(repository, "switch", "-q", "main")
    flip(repository)
    git(repository, "commit", "-q", "-a", "-m", "Another verdict on the other branch.")
    code, told_branch, _ = diff("main", "typo", "-o", out)
    assert code == 0 and "INFRA-60" not in told_branch and "jugde" in told_branch
    assert (out / "review.md").read_text().startswith(report.MARKER)
    assert (out / "review.html").read_text().startswith("<!doctype html>")
    code, _, _ = diff("main~1", "main", "-o", out)
    assert code == 2


def test_files_that_git_ignores_are_no_change(repository, tmp_path):
    (repository / ".gitignore").write_text("*.log\n")
    (repository / "run.log").write_text("x")
    _, told_tree, _ = diff("HEAD", "-o", tmp_path / "out")
    assert ".gitignore (added)" in told_tree and "run.log" not in told_tree


def test_a_revision_that_is_none_is_told(repository, tmp_path):
    code, _, fault = diff("no-such-branch", "-o", tmp_path / "out")
    assert code == 3 and fault.startswith("bet: 'no-such-branch': found no such revision or folder")


def test_a_folder_of_another_layout_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, fault = diff(tmp_path / "empty", tmp_path / "empty", "-o", tmp_path / "out")
    assert code == 3 and "found neither book/ nor data/" in fault
    assert "neither book/ nor data/" in (tmp_path / "out" / "review.md").read_text()


def test_a_broken_notebook_is_told_by_name(tree):
    (tree[1] / "book" / f"{NAME}.ipynb").write_text("{")
    code, changes, lines = told(tree)
    assert (code, changes) == (3, [])
    assert lines[0] == "## 1 thing could not be judged. No conclusion is known to change"
    assert f"book/{NAME}.ipynb" in "\n".join(lines)


def test_a_table_of_many_changes_is_cut(tree, monkeypatch):
    monkeypatch.setattr(data, "MOST_ROWS", 40)
    old = snapshot.Table({"key": ["n"]}, {(str(n),): {"n": str(n), "v": "1"} for n in range(100)})
    new = snapshot.Table({"key": ["n"]}, {(str(n),): {"n": str(n), "v": "2"} for n in range(100)})
    cells = list(data._cells("t", old, new))
    assert len(cells) == data.MOST_ROWS + 1
    assert cells[-1][2:4] == ("60 more rows differ", "100 in all, read them in data/tables/t.csv itself")  # fmt: skip
    assert json.dumps(cells)


def test_a_chart_is_compared_once_and_not_by_its_copies():
    data = {
        CHART_MIME: {"name": "a"},
        NARROW_MIME: {"svg": "<svg/>"},
        "image/svg+xml": "<svg/>",
        "image/png": "iVBOR",
        "text/plain": "a chart",
    }
    shown = notebooks._shown({"data": data})
    assert set(shown.texts) == {"text/plain"}  # record and picture are compared by themselves
    assert set(shown.records) == {CHART_MIME, "image/svg+xml"}
    del data[CHART_MIME]
    assert "image/png" in notebooks._shown({"data": data}).texts


def test_what_changes_beside_verdicts_is_named_in_the_first_lines():
    found = compare.Review(
        [compare.Change("grounds", "INFRA-60", "a", "b", "paraphrase"), compare.Change("grounds", "INFRA-60", "c", "d", "reason"),
         compare.Change("words", "cell a", "x", "y", "", "3_infrastructure"), compare.Change("unit", "evidence a", "GW", "MW")]
    )  # fmt: skip
    told = report.markdown(found, ("a", "b")).splitlines()
    assert told[1] == "## No verdict changes, but what 1 claim says does"
    assert (
        told[5]
        == "**Also changed**: 1 claim told or founded otherwise, 1 unit (evidence a GW → MW), 1 page that reads otherwise (3_infrastructure a)."
    )
    assert "Also changed" in report_page.page(found, ("a", "b"))
    assert "Also changed" not in report.markdown(compare.Review([]), ("a", "b"))


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x1b"])
def test_signs_that_turn_or_hide_text_are_written_out(sign):
    change = compare.Change("grounds", "INFRA-60", f"not{sign} supported", "b", "reason")
    told = compare.Change("text", "cell a", f"a{sign}b\n" * 3, "c\nd\n" * 9, "", "method")
    review = compare.Review([change, told])
    for text in (report.markdown(review, ("a", "b")), report_page.page(review, ("a", "b"))):
        assert sign not in text and f"U+{ord(sign):04X}" in text
