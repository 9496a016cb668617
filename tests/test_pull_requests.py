"""Each kind of pull request that a review must judge rightly, as a branch of a small book, in both orders."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from bet.cli import main
from bet.review import escaping, notebooks, report, snapshot
from bet.review.change import KINDS, Change, Review
from tests.places import ROOT
from tests.test_review import FIRST, LEDGER, NAME, book, edit, put, shown
from tests.worlds import FIXTURES


def git(folder, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)  # fmt: skip
    return done.stdout.decode().strip()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone of a small book, with the rule; one stands in it, on a branch of its own."""
    folder = tmp_path / "clone"
    shutil.copytree(FIXTURES / "ledger", folder / "data")
    (folder / "book").mkdir()
    put(folder, book())
    (folder / "book" / "method.md").write_text("# Method\n\nHow we judge.\n")
    (folder / "README.md").write_text("A book.\n")
    (folder / "_config.yml").touch()
    (folder / "bet" / "records").mkdir(parents=True)
    shutil.copy(ROOT / "bet" / "records" / "rule.py", folder / "bet" / "records" / "rule.py")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "The book.")
    git(folder, "switch", "-q", "-c", "change")
    monkeypatch.chdir(folder)
    return folder


def commit(folder, told="A change."):
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "-q", "-m", told)


def diff(*arguments):
    """Run `bet diff`; return its exit code and the report."""
    result = CliRunner().invoke(main, ["diff", *map(str, arguments), "--no-pixels"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    path = Path("_build/review/review.md")
    return result.exit_code, path.read_text() if path.exists() else result.stdout


def both(folder):
    """Commit; return (code, report) of the change and of the change taken back."""
    commit(folder)
    return diff("main", "change"), diff(unpacked(folder, "change"), unpacked(folder, "main"))


def unpacked(folder, name):
    place = folder.parent / f"side-{name}"
    if not place.exists():
        git(folder, "worktree", "add", "-q", "--detach", place, name)
    return place


def flip(folder):
    edit(folder, LEDGER, "  verdict: contradicted\n", "  verdict: partly\n")


ADDED = "\n    - {date: 2026-11-26, verdict: partly, why: A new meter was read.}"


def section(told, title):
    return told.partition(f"### {title}\n")[2].partition("\n### ")[0]


def test_1_a_verdict_flipped_in_the_ledger_alone_is_a_2_and_first(clone):
    flip(clone)
    (code, told), (back, _) = both(clone)
    assert code == back == 2
    assert told.splitlines()[1] == "## 1 conclusion changes, without a history entry"
    assert "**Outputs are older than the ledger** for INFRA-60" in told
    assert "| **INFRA-60** | contradicted | partly | **no history entry" in told


def test_1_the_report_is_written_though_a_notebook_failed(clone):
    flip(clone)
    broken = book()
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    broken.cells[4].outputs = [error]
    put(clone, broken)
    (code, told), _ = both(clone)
    assert code == 2 and "| **INFRA-60** | contradicted | partly |" in told
    assert "ValueError: no" in told


def test_2_a_flip_with_history_and_old_outputs_is_named(clone):
    flip(clone)
    edit(clone, LEDGER, FIRST, FIRST + ADDED)
    (code, told), (back, rewritten) = both(clone)
    assert code == 1 and "1 conclusion changes and says why" in told
    assert "A new meter was read." in told and "**Outputs are older than the ledger**" in told
    assert back == 2 and "an earlier entry of its history was changed" in rewritten


@pytest.mark.parametrize("why", ["''", "'…'", "null"])
def test_3_a_history_entry_without_words_explains_nothing(clone, why):
    flip(clone)
    edit(clone, LEDGER, FIRST, f"{FIRST}\n    - {{date: 2026-11-26, verdict: partly, why: {why}}}")
    (code, told), _ = both(clone)
    assert code == 2 and "**no history entry with this verdict and a reason**" in told


def bytes_of(folder, path, content):
    (folder / path).write_bytes(content)


BROKEN = {
    "a page that is no UTF-8": lambda f: bytes_of(f, "book/method.md", b"# Method \xe9\n"),
    "a notebook that is no UTF-8": lambda f: bytes_of(f, f"book/{NAME}.ipynb", b'{"a": "\xe9"}'),
    "a notebook that is none": lambda f: bytes_of(f, f"book/{NAME}.ipynb", b"[]"),
    "a notebook whose cells are none": lambda f: bytes_of(f, f"book/{NAME}.ipynb", b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'),
    "claims as a mapping": lambda f: bytes_of(f, LEDGER, b"INFRA-60: {verdict: partly}\n"),
    "claims as a word": lambda f: bytes_of(f, LEDGER, b"claims\n"),
    "claims that are no YAML": lambda f: bytes_of(f, LEDGER, b"- [\n"),
    "claims that are no UTF-8": lambda f: bytes_of(f, LEDGER, b"- id: \xe9\n"),
    "a record without id": lambda f: edit(f, LEDGER, "- id: INFRA-61\n  lines", "- lines"),
    "a record that is a word": lambda f: edit(f, LEDGER, "- id: INFRA-60", "- word\n- id: INFRA-60"),
    "an id that is a list": lambda f: edit(f, LEDGER, "- id: INFRA-61", "- id: [INFRA, 61]"),
    "an id that is a number": lambda f: edit(f, LEDGER, "- id: INFRA-61", "- id: 61"),
    "a history that is words": lambda f: edit(f, LEDGER, f"  history:\n    - {FIRST}", "  history: none"),
    "a history of words": lambda f: edit(f, LEDGER, f"    - {FIRST}", "    - first"),
    "evidence that is a mapping": lambda f: edit(f, LEDGER, "contradicts: [power-metered]", "contradicts: [{a: b}]"),
    "a clock that is a word": lambda f: edit(f, LEDGER, "then: {verdict: unverified, reason: Nothing was public.}", "then: never"),
    "figures that are words": lambda f: edit(f, LEDGER, "reason: About", "tables: power\n  reason: About"),
    "importance in words": lambda f: edit(f, LEDGER, "importance: 3", "importance: high"),
    "a verdict that is a list": lambda f: edit(f, LEDGER, "  verdict: contradicted\n", "  verdict: [contradicted]\n"),
    "a sidecar without key": lambda f: edit(f, "data/tables/power.yml", "key: [year]\n", ""),
    "a sidecar that is a list": lambda f: bytes_of(f, "data/tables/power.yml", b"- a\n"),
    "a sidecar whose columns are words": lambda f: bytes_of(f, "data/tables/power.yml", b"key: [a]\ncolumns: {a: b}\n"),
    "a table that is no UTF-8": lambda f: bytes_of(f, "data/tables/power.csv", b"year\n\xe9\n"),
    "a cell without end": lambda f: bytes_of(f, "data/tables/power.csv", b"year\n" + b"9" * 200_000),
    "parameters as a list": lambda f: bytes_of(f, "data/parameters.yml", b"- a\n"),
    "a parameter that is a word": lambda f: bytes_of(f, "data/parameters.yml", b"common: {as_of: today}\n"),
    "evidence as a word": lambda f: bytes_of(f, "data/evidence/power.yml", b"none\n"),
    "sources hundreds deep": lambda f: bytes_of(f, "data/sources.yml", b"[" * 3000),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_4_what_cannot_be_read_is_a_fault_and_never_a_result(clone, case):
    BROKEN[case](clone)
    for code, told in both(clone):
        assert code == 3, told
        assert "could not be judged" in told.splitlines()[1]
        assert "### What could not be judged" in told
        assert "Traceback" not in told


def test_4_a_broken_page_hides_no_flipped_verdict(clone):
    flip(clone)
    bytes_of(clone, "book/method.md", b"\xe9")
    (code, told), _ = both(clone)
    assert code == 2 and "| **INFRA-60** | contradicted | partly |" in told
    assert "1 thing could not be judged" in told.splitlines()[1]


def test_4_a_link_is_never_followed(clone, tmp_path):
    secret = tmp_path / "secret.yml"
    secret.write_text("- {id: S-1, fact: the secret}\n")
    (clone / "data/evidence/leak.yml").symlink_to(secret)
    (code, told), (back, known) = both(clone)
    assert (code, back) == (2, 3) and "could not be judged" in told.splitlines()[1]
    for report_of in (told, known):
        assert "the secret" not in report_of and "data/evidence/leak.yml" in report_of


def test_4_a_wrong_option_and_an_unforeseen_error_are_faults_too(clone, monkeypatch):
    assert diff("main", "--no-such-option")[0] == 3
    assert CliRunner().invoke(main, ["diff"]).exit_code == 3
    monkeypatch.setattr(snapshot, "pair", lambda *_: 1 / 0)
    code, told = diff("main")
    assert code == 3 and "ZeroDivisionError" in told


def test_4_a_part_that_fails_leaves_the_others(clone, monkeypatch):
    flip(clone)
    monkeypatch.setattr(notebooks, "numbers", lambda *_: (_ for _ in ()).throw(KeyError("text")))
    (code, told), _ = both(clone)
    assert code == 2 and "numbers in prose: found KeyError" in told


def card(verdict):
    html = f"<div class='bet-card'><a class='bet-badge bet-{verdict}'>INFRA-60 {verdict}</a></div>"
    record = [{"claim": "INFRA-60", "verdict": "contradicted", "notebook": NAME, "figures": []}]
    return shown({"text/html": html, "text/plain": "INFRA-60 contradicted",
                  "application/vnd.bet.assessment+json": record})  # fmt: skip


def test_5_a_badge_that_lies_is_shown_though_the_record_is_the_same(clone):
    honest = book()
    honest.cells[4].outputs[0] = card("contradicted")
    put(clone, honest)
    commit(clone)
    git(clone, "branch", "-f", "main", "change")
    lying = book()
    lying.cells[4].outputs[0] = card("supported")
    put(clone, lying)
    (clone / "bet" / "cards.py").write_text("VERDICT = 'supported'\n")
    (code, told), (back, _) = both(clone)
    assert (code, back) == (2, 0)  # taken back, the cards say again what the records do
    assert (
        told.splitlines()[1]
        == "## This changes the judge. 1 conclusion changes, without a history entry"
    )
    assert "(in text/html only): “INFRA-60 contradicted” → “INFRA-60 supported”" in told


def test_6_changes_of_the_judge_stand_first(clone):
    flip(clone)
    (clone / "bet" / "review").mkdir()
    (clone / "bet" / "review" / "compare.py").write_text("def compare(*_): return []\n")
    (clone / ".github").mkdir()
    for path in (".github/x.yml", "Makefile", "requirements.txt", "pyproject.toml", "conftest.py"):
        (clone / path).write_text("x\n")
    (code, told), (_, back) = both(clone)
    assert code == 2
    for report_of in (told, back):
        head = report_of.splitlines()[1]
        assert head.startswith("## This changes the judge. 1 conclusion changes")
        assert report_of.index("### This changes the judge") < report_of.index("### Verdicts")
    listed = section(told, "This changes the judge")
    for path in ("bet/review/compare.py", ".github/x.yml", "Makefile", "requirements.txt", "pyproject.toml", "conftest.py"):  # fmt: skip
        assert path in listed


NEW = """- id: INFRA-62
  lines: [4]
  anchor: our century
  speaker: author
  paraphrase: Ours is the century of the grid.
  kind: opinion
  checkable: false
  importance: 2
  verdict: opinion
  confidence: high
  reason: Nothing can decide it.
  strongest_reading: Grids grow everywhere.
  supports: [power-metered]
  figures:
    - {name: share, printed: half, unit: share, relation: about}
  history:
    - {date: 2026-11-25, verdict: opinion, why: First judgement.}
"""


def test_7_a_new_or_removed_claim_is_told_whole(clone):
    path = clone / LEDGER
    path.write_text(path.read_text() + NEW)
    (code, told), (back, removed) = both(clone)
    assert (code, back) == (1, 2)
    for report_of in (section(told, KINDS["claim"]), section(removed, KINDS["claim"])):
        for words in ("Ours is the century of the grid.", "Nothing can decide it.", "Grids grow everywhere.", "power-metered", "printed: half"):  # fmt: skip
            assert words in report_of
    assert "**the claim was removed**" in removed


def merged(clone):
    """Change the README on a branch; others change a verdict on main; the host merges both."""
    stale = git(clone, "rev-parse", "main")
    edit(clone, "README.md", "book", "bok")
    commit(clone)
    git(clone, "switch", "-q", "main")
    flip(clone)
    edit(clone, LEDGER, FIRST, FIRST + ADDED)
    commit(clone, "Others.")
    git(clone, "switch", "-q", "--detach")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge change into main", "change")
    return stale


def test_8_a_stale_base_blames_nobody_for_what_others_merged(clone):
    stale = merged(clone)
    code, told = diff(stale)
    assert code == 0 and "INFRA-60" not in told and "README.md" in told
    assert diff(stale, "HEAD")[0] == 0


def test_8_a_parent_of_ones_own_choosing_is_not_believed(clone):
    stale = git(clone, "rev-parse", "main")
    flip(clone)
    commit(clone, "The flip.")
    git(clone, "switch", "-q", "-c", "other", stale)
    edit(clone, "README.md", "book", "bok")
    commit(clone)
    git(clone, "switch", "-q", "change")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge", "other")
    assert diff("main")[0] == 2


def test_9_a_threshold_names_the_claims_that_it_flips(clone):
    edit(clone, "bet/records/rule.py", "NEAR = 2.0", "NEAR = 4.0")
    (code, told), (back, _) = both(clone)
    assert code == back == 2
    assert "This changes the judge. The changed rule turns 1 ruling" in told.splitlines()[1]
    rows = section(told, KINDS["rule"])
    assert (
        "| INFRA-60 | contradicted | partly | by the rule; the ledger says contradicted |" in rows
    )
    assert "+NEAR = 4.0" in told


UNITS = {
    "a figure": (LEDGER, "unit: GW, relation", "unit: MW, relation", "INFRA-60, figure us_average_power"),
    "evidence": ("data/evidence/power.yml", "figure: 490\n  unit: GW", "figure: 490\n  unit: MW", "evidence power-metered"),
    "a column": ("data/tables/power.yml", "unit: GW", "unit: MW", "power, column average_power_gw"),
    "a parameter": ("data/parameters.yml", "unit: GW", "unit: MW", "parameter 3_infrastructure.us_average_power_gw"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNITS)
def test_10_a_changed_unit_is_an_alarm(clone, case):
    path, old, new, what = UNITS[case]
    edit(clone, path, old, new)
    (_, told), (_, back) = both(clone)
    assert f"| {what} | GW | MW | **another unit**" in told
    assert f"| {what} | MW | GW | **another unit**" in back


def test_11_a_date_across_the_clock_names_the_claims_it_moves(clone):
    edit(clone, "data/sources.yml", "published: 2025-02-26", "published: 2025-12-02")
    (_, told), (_, back) = both(clone)
    for report_of in (told, back):
        rows = section(report_of, KINDS["clock"])
        assert "evidence power-metered" in rows and "bears on INFRA-60" in rows
        assert "source meter-2025" in report_of


@pytest.mark.parametrize(("old", "new"), [("confidence: high", "confidence: low"), ("importance: 3", "importance: 1")])  # fmt: skip
def test_12_confidence_and_importance_need_a_reason_as_verdicts_do(clone, old, new):
    edit(clone, LEDGER, old, new)
    (code, told), (back, _) = both(clone)
    assert code == back == 2 and "**no history entry" in told
    edit(clone, LEDGER, FIRST, f"{FIRST}\n    - {{date: 2026-11-26, verdict: contradicted, why: One meter only.}}")  # fmt: skip
    commit(clone)
    code, told = diff("main", "change")
    assert code == 1 and "One meter only." in told


def test_13_every_tracked_file_appears(clone):
    made = {
        "data/link_exceptions.yml": "- {starts: 'https://', reason: All of them.}\n",
        "bet/_build/x.py": "x = 1\n",
        "bet/_build/__pycache__/y.py": "y = 1\n",
        "_build/z.txt": "z\n",
        "notes/a.bin": "\x00\x01",
        "data/claims/deep/extra.yml": "- {id: INFRA-99}\n",
        "book/charts.sha256.json": "{}\n",
        "data/datapackage.json": "{}\n",
        ".gitattributes": "notes/* export-ignore\n",
        "a b [c].txt": "x\n",
    }
    for path, content in made.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(content)
    (code, told), (back, taken) = both(clone)
    assert code == back == 0
    for path in made:
        shown_path = escaping.cell(path)
        assert shown_path in told and shown_path in taken, path


def test_13_a_history_note_and_a_comment_are_told(clone):
    edit(clone, LEDGER, FIRST, f"{FIRST}\n    - {{date: 2026-11-26, verdict: contradicted, why: Looked again.}}")  # fmt: skip
    edit(clone, "data/sources.yml", "- id: meter-2025", "# A comment.\n- id: meter-2025")
    edit(clone, "data/tables/power.csv", "2023,", '"2023",')
    (code, told), _ = both(clone)
    assert code == 0 and "Looked again." in told
    for path in ("data/sources.yml", "data/tables/power.csv"):
        assert f"{path} (changed, in comments or in the order of its fields only)" in told


def said(kind, word):
    texts = {"text/plain": "It is much.", "text/markdown": "It is much.", "text/html": "<p>It is much.</p>"}  # fmt: skip
    return shown(texts | {kind: texts[kind].replace("much", word)})


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/plain"])
def test_14_outputs_tampered_in_one_form_only_are_shown(clone, kind):
    put(clone, book(prose=said(kind, "much")))
    commit(clone)
    git(clone, "branch", "-f", "main", "change")
    put(clone, book(prose=said(kind, "little")))
    (_, told), _ = both(clone)
    assert f"(in {kind} only): “It is much.” → “It is little.”" in told


@pytest.mark.parametrize("end", ["<script>x()</script>", "<img src=x onerror=x()>", "<meta http-equiv=refresh content=0>"])  # fmt: skip
def test_14_what_only_the_browser_sees_is_shown(clone, end):
    honest = said("text/html", "much")
    put(clone, book(prose=honest))
    commit(clone)
    git(clone, "branch", "-f", "main", "change")
    honest.data["text/html"] += end
    put(clone, book(prose=honest))
    (_, told), _ = both(clone)
    assert section(told, KINDS["words"]) or "(in text/html only)" in told
    assert MarkdownIt().render(told).count("<script>") == 0


def test_14_a_number_swapped_for_another_that_is_told_is_shown(clone):
    numbers = {n: {"text": n, "value": 1, "unit": ""} for n in ("3.1", "6.2")}
    for words in ("From 3.1 to 6.2.", "From 6.2 to 3.1."):
        git(clone, "branch", "-f", "main", "change")
        put(clone, book(prose=shown({"text/plain": words, "application/vnd.bet.numbers+json": numbers})))  # fmt: skip
        commit(clone)
    _, told = diff("main", "change")
    assert "“From 3.1 to 6.2.” → “From 6.2 to 3.1.”" in told


def test_15_stripped_outputs_are_one_line(clone):
    bare = book()
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    put(clone, bare)
    (code, told), (back, _) = both(clone)
    assert code == back == 0 and len(told) < 400
    assert f"**Outputs are missing** in {NAME}: nothing of them is compared." in told
    result = CliRunner().invoke(main, ["lint", f"book/{NAME}.ipynb"])
    assert result.exit_code == 2 and "outputs" in result.stderr


def many(count, long=150):
    words = " ".join(f"word{n}" for n in range(long // 8))
    return [Change(kind, f"{kind}-{n}", words, words[::-1], words, NAME, explained=kind != "verdict")
            for kind in KINDS for n in range(count)]  # fmt: skip


@pytest.mark.parametrize("count", [1, 29, 31, 300])
def test_16_any_report_fits_a_comment_and_is_cut_at_a_section(count):
    review = Review(many(count), faults=[])
    told = report.markdown(review, ("a", "b"), {}, "https://example.org/")
    assert len(told) <= 60_000 and told.count("`````") % 2 == 0
    assert told.count("<details>") == told.count("</details>")
    assert count < 31 or "on the page of this report" in told or report.CUT in told
    assert told.index("### Verdicts") < 30_000


def test_16_hostile_texts_take_no_time():
    from bet.review import source_diff

    old, new = ["a", "b"] * 20_000, ["b", "a", "c"] * 20_000
    assert source_diff.opcodes(old, new)
    assert source_diff.lines("\n".join(old), "\n".join(new))
    cells = [("code", f"x{n} = {n}") for n in range(2_000)]
    assert len(source_diff.paired(cells, [(k, s + "1") for k, s in cells])) == 2_000


def test_18_strangers_words_are_shown_as_they_are(clone):
    edit(clone, LEDGER, "A new age of electricity is beginning.",
         "'@name says **x** and <b>y</b> [l](http://e.org) `c` #12 _z_ a|b'")  # fmt: skip
    long = "\n".join(f"@name **{n}** [a](b) <i>" for n in range(20))
    (clone / "book" / "a_[b].md").write_text(long)
    commit(clone)
    _, told = diff("main", "change", "--site", "https://example.org/bet")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(told)
    cell = html.partition("and &lt;b&gt;")[0].rpartition("<td>")[2]
    assert cell == "@\u200bname says **x** "
    assert "&lt;b&gt;y&lt;/b&gt; [l](http://e.org) `c` #\u200b12 _z_ a|b" in html
    summary = html.partition("<summary>")[2].partition("</summary>")[0]
    assert summary == "<a href='https://example.org/bet/book/a_%5Bb%5D.html'>“a_%5Bb%5D”</a>, page (added): 20 lines"  # fmt: skip


def test_deleted_evidence_says_what_the_verdict_leans_on(clone):
    path = clone / "data/evidence/power.yml"
    path.write_text(path.read_text().partition("- id: power-paper-a")[2].join(["- id: power-paper-a", ""]))  # fmt: skip
    (_, told), _ = both(clone)
    assert "lost, bears on INFRA-60; INFRA-60 (contradicted) leans on power-paper-c" in told


def test_a_run_is_compared_as_well_as_what_is_committed(clone, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    nbformat.write(book(power="supported"), run / f"{NAME}.ipynb")
    code, told = diff("main", "--executed", run)
    assert code == 2 and "when run: **in the notebook only; the ledger says contradicted**" in told
    nbformat.write(book(words="Other cells."), run / f"{NAME}.ipynb")
    code, told = diff("main", "--executed", run)
    assert code == 3 and f"run of {NAME}: found other cells" in told
    (run / f"{NAME}.ipynb").unlink()
    code, told = diff("main", "--executed", run)
    assert code == 3 and f"run of {NAME}: found none" in told


def test_settings_of_cells_and_notebooks_are_told(clone):
    hidden = book()
    hidden.cells[4].metadata["tags"] = ["remove-output"]
    hidden.metadata["kernelspec"] = {"name": "sh", "display_name": "sh"}
    put(clone, hidden)
    (_, told), _ = both(clone)
    assert "cell c05, settings" in told and "remove-output" in told and "kernelspec" in told


def test_two_verdicts_of_one_claim_are_both_told(clone):
    twice = book()
    twice.cells[2].outputs.append(shown({"application/vnd.bet.assessment+json": [{"claim": "INFRA-60", "verdict": "supported"}]}))  # fmt: skip
    put(clone, twice)
    (code, told), _ = both(clone)
    assert code == 2 and "supported and contradicted" in told
    assert json.loads(json.dumps(told))


CARD = "<div><a class='bet-badge bet-{colour}' href='claims.html#INFRA-60'><span>INFRA-60</span> {word}</a></div>"


@pytest.mark.parametrize(("colour", "word"), [("supported", "supported"), ("contradicted", "supported"), ("supported", "contradicted")])  # fmt: skip
def test_a_card_that_says_another_verdict_than_its_record_is_a_2(clone, colour, word):
    def carded(colour, word):
        made = book()
        made.cells[4].outputs[0].data["text/html"] = CARD.format(colour=colour, word=word)
        return made

    put(clone, carded("contradicted", "contradicted"))
    commit(clone, "Cards.")
    git(clone, "branch", "-f", "main")
    put(clone, carded(colour, word))
    commit(clone)
    code, told = diff("main", "change")
    assert code == 2 and told.splitlines()[1] == "## 1 conclusion changes, without a history entry"
    assert "**its card says so; the record beside it does not**" in told


def test_the_verdict_of_2025_is_told_though_todays_changes_too_and_says_why(clone):
    flip(clone)
    edit(clone, LEDGER, FIRST, FIRST + ADDED)
    edit(clone, LEDGER, "then: {verdict: unverified", "then: {verdict: supported")
    commit(clone)
    _, told = diff("main", "change")
    assert "| **INFRA-60** | unverified (in 2025) | supported (in 2025) |" in told


def test_a_cell_whose_card_is_hidden_is_named_in_the_first_lines(clone):
    hidden = book()
    hidden.cells[4].metadata["tags"] = ["remove-cell"]
    put(clone, hidden)
    commit(clone)
    _, told = diff("main", "change")
    assert "1 page that reads otherwise" in "\n".join(told.splitlines()[:13])
    assert "**hidden by remove-cell**" in told


def test_a_claim_turned_into_its_contrary_is_named_in_the_first_lines(clone):
    edit(clone, LEDGER, "in the United States is 160 GW", "in the United States is not 160 GW")
    commit(clone)
    code, told = diff("main", "change")
    assert code == 0
    assert told.splitlines()[1] == "## No verdict changes, but what 1 claim says does"
    flip(clone)
    commit(clone)
    _, told = diff("main", "change")
    assert "**Also changed**: 1 claim told or founded otherwise" in "\n".join(
        told.splitlines()[:13]
    )
