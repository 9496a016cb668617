"""What meets the outside of the package: git, archives, pictures, the nightly round, addresses."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import subprocess
import tarfile
import types

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from bet.chapter.outputs import CHART_MIME
from bet.faults import BadInput
from bet.review import due, nightly, pixels, snapshot
from bet.site import gallery, published, release
from tests.test_pages import FACT, FIGURE, claim
from tests.test_review import git

# Pictures


def png(*boxes, size=(40, 60)):
    image = Image.new("RGB", size, "white")
    for box, colour in boxes:
        image.paste(colour, box)
    return image


def test_two_pictures_are_drawn_in_one_shot_and_cut_apart():
    shot = io.BytesIO()
    png(((0, 0, 20, 10), "red"), ((0, 10, 30, 40), "blue")).save(shot, "PNG")
    boxes = [{"x": 0, "y": 0.2, "width": 19.8, "height": 10}, {"x": 0, "y": 10, "width": 30, "height": 30}]  # fmt: skip
    asked = []
    locator = types.SimpleNamespace(nth=lambda n: types.SimpleNamespace(bounding_box=lambda: boxes[n]))  # fmt: skip
    page = types.SimpleNamespace(
        set_content=asked.append, screenshot=lambda full_page: shot.getvalue(), locator=lambda tag: locator
    )  # fmt: skip
    first, second = pixels._draw(page, ("<svg a/>", "<svg b/>"))
    assert (first.size, second.size) == ((20, 10), (30, 30))
    assert first.getcolors() == [(200, (255, 0, 0))] and second.getcolors() == [(900, (0, 0, 255))]
    for svg in (b"<svg a/>", b"<svg b/>"):
        assert f"base64,{base64.b64encode(svg).decode()}'" in asked[0]
    boxes[0] = None  # a picture that cannot be drawn
    assert pixels._box(page, 0) == (0, 0, 1, 1)


@pytest.mark.parametrize(("grey", "share"), [(231, 0), (230, 0.25)])
def test_a_difference_of_24_of_255_is_the_edge_of_a_glyph(grey, share):
    one = Image.new("RGB", (2, 2), "white")
    for channel in range(3):
        other = one.copy()
        other.putpixel((0, 0), tuple(grey if c == channel else 255 for c in range(3)))
        assert pixels.compare(one, other).share == share


def test_pixels_that_differ_are_marked_on_the_larger_size():
    found = pixels.compare(png(size=(4, 6)), png(((0, 0, 1, 1), "black"), size=(8, 2)))
    assert found.share == 1 / 48
    marked = Image.open(io.BytesIO(found.png)).convert("RGB")
    assert marked.size == (8, 6)
    assert marked.getpixel((0, 0)) == pytest.approx((0xC2, 0x41, 0x0C), abs=3)
    assert marked.getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=3)
    pale = pixels.compare(png(size=(4, 4)), png(((0, 0, 4, 4), (240, 240, 240)), size=(4, 4)))
    assert Image.open(io.BytesIO(pale.png)).convert("RGB").getpixel((0, 0)) == pytest.approx((251,) * 3, abs=3)  # fmt: skip


# Archives


def test_an_archive_holds_every_file_without_a_trace_of_its_machine(tmp_path):
    site = tmp_path / "site"
    (site / "book").mkdir(parents=True)
    (site / "index.html").write_text("home")
    (site / "book" / "a.html").write_text("page")
    written = release.write(site, "bet-v1", tmp_path / "new" / "out", bill="{}")
    assert [path.name for path in written] == ["bet-v1.tar.gz", "bet-v1.manifest.json", "bet-v1.cdx.json", "SHA256SUMS"]  # fmt: skip
    assert written[0].read_bytes()[4:8] == b"\0\0\0\0"  # no time
    with tarfile.open(written[0]) as tar:
        members = tar.getmembers()
        assert [(m.name, m.size, m.mode, m.mtime, m.uid, m.uname) for m in members] == [
            ("bet-v1/book/a.html", 4, 0o644, 0, 0, ""), ("bet-v1/index.html", 4, 0o644, 0, 0, "")
        ]  # fmt: skip
        assert tar.extractfile(members[0]).read() == b"page"
    sums = written[-1].read_text().splitlines()
    assert [line.split("  ")[1] for line in sums] == [path.name for path in written[:-1]]
    assert all(line.split("  ")[0] == hashlib.sha256(path.read_bytes()).hexdigest() for line, path in zip(sums, written[:-1], strict=True))  # fmt: skip


def test_a_bill_needs_its_program_and_pins_that_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(release.sys, "executable", str(tmp_path / "python"))
    assert release.bill() is None
    (tmp_path / "cyclonedx-py").touch()
    asked = []

    def run(command, **how):
        asked.append([str(part) for part in command])
        return types.SimpleNamespace(returncode=int(len(asked) > 1), stdout="{}", stderr=f"{'x' * 400}end\n")  # fmt: skip

    monkeypatch.setattr(release.subprocess, "run", run)
    assert release.bill() == "{}"
    assert asked[0][1] == "requirements" and asked[0][2].endswith("requirements.txt")
    with pytest.raises(BadInput) as told:
        release.bill()
    assert told.value.faults[0].found == f"{'x' * 297}end"


# Revisions


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A book in a repository with two commits on main and one on a branch from the first."""
    folder = tmp_path / "clone"
    (folder / "data").mkdir(parents=True)
    (folder / "book").mkdir()
    (folder / "_config.yml").touch()
    git(folder, "init", "-q", "-b", "main")
    for text in ("one", "two"):
        (folder / "book" / "p.md").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", text)
    git(folder, "switch", "-q", "-c", "side", "main~1")
    (folder / "book" / "q.md").write_text("side")
    (folder / "link").symlink_to("book/p.md")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "side")
    git(folder, "switch", "-q", "main")
    monkeypatch.chdir(folder)
    return folder


def test_revisions_are_compared_since_their_common_ancestor(repository, tmp_path):
    before, after, first, second = snapshot.pair("main", "side", tmp_path / "a")
    assert (before.pages, after.pages) == ({"p": "one"}, {"p": "one", "q": "side"})
    assert first == snapshot.revision("main~1")[:9] and second == snapshot.revision("side")[:9]
    (repository / "book" / "p.md").write_text("three")
    before, after, first, second = snapshot.pair("HEAD", None, tmp_path / "b")
    assert (before.pages["p"], after.pages["p"], second) == ("two", "three", "the working tree")
    assert first == snapshot.revision("HEAD")[:9]


def test_a_folder_is_compared_with_a_revision_or_a_folder(repository, tmp_path):
    other = tmp_path / "other"
    (other / "book").mkdir(parents=True)
    (other / "book" / "p.md").write_text("x")
    before, after, first, second = snapshot.pair(str(other), "side", tmp_path / "a")
    assert (before.pages["p"], after.pages["q"], first, second) == ("x", "side", "other", "side")
    before, after, first, second = snapshot.pair("main", str(other), tmp_path / "b")
    assert (before.pages["p"], after.pages["p"], first, second) == ("two", "x", "main", "other")
    before, after, _, second = snapshot.pair(str(other), None, tmp_path / "c")
    assert (after.pages["p"], second) == ("two", ".")


def test_a_commit_is_written_file_by_file_links_as_links(repository, tmp_path):
    made = snapshot.unpack(snapshot.revision("side"), tmp_path / "made")
    assert sorted(path.relative_to(made).as_posix() for path in made.rglob("*")) == ["_config.yml", "book", "book/p.md", "book/q.md", "link"]  # fmt: skip
    assert (made / "link").is_symlink() and (made / "book" / "q.md").read_text() == "side"
    with pytest.raises(BadInput, match="a readable commit"):
        snapshot.unpack("0" * 40, tmp_path / "none")
    with pytest.raises(BadInput, match="no such revision or folder"):
        snapshot.revision("nowhere")


def test_a_merge_on_no_trunk_is_compared_with_its_first_parent(repository):
    main, side = snapshot.revision("main"), snapshot.revision("side")
    assert snapshot.base_of(main, side, "main") == snapshot.revision("main~1")
    git(repository, "switch", "-q", "--detach", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = snapshot.revision("HEAD")
    assert snapshot.base_of(snapshot.revision("main~1"), merge, "main") == main
    assert snapshot.base_of(main, merge, "main") == main
    git(repository, "branch", "-f", "main", merge)  # now a trunk holds the merge itself
    assert snapshot.base_of(side, merge, "main") == side


@pytest.mark.parametrize("trunk", ["main", "master", "other"])
def test_a_first_parent_on_another_branch_than_was_asked_for_is_no_base(repository, trunk):
    """A fork's own main, or any other branch here, may hold what nobody has published."""
    published = snapshot.revision("main~1")
    git(repository, "update-ref", "refs/remotes/upstream/main", published)
    git(repository, "branch", "-f", trunk, "main") if trunk != "main" else None
    git(repository, "switch", "-q", "--detach", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = snapshot.revision("HEAD")
    assert snapshot.base_of(published, merge, "upstream/main") == published
    git(repository, "update-ref", "refs/remotes/upstream/main", snapshot.revision("main"))
    assert snapshot.base_of(published, merge, "upstream/main") == snapshot.revision("main")


# Due and nightly


def test_what_is_due_comes_by_weight_then_by_day():
    def one(name, weight, day):
        return types.SimpleNamespace(
            id=name,
            importance=weight,
            review_by=day,
            flips_if=None,
            reason="So.",
            history=[],
            second_reading=None,
        )

    ledger = {n: one(n, w, d) for n, w, d in (("a", 1, "2027-01-01"), ("b", 3, "2027-02"), ("c", 3, "2027-01-01"), ("d", 3, None), ("e", 2, "2027-03-01"))}  # fmt: skip
    rows = [{"forecast": "F1", "resolve_by": "2027-02-28"}, {"forecast": "F2", "resolve_by": "2027-03-01"}]  # fmt: skip
    found = list(due.due(ledger, {}, rows, dt.date(2027, 3, 1)))
    assert [what for what, _ in found] == ["c", "b", "a", "forecast F1"]
    assert found[-1][1] == "was to be resolved by 2027-02-28"
    assert [w for w, _ in due.due(ledger, {}, [], dt.date(2027, 2, 28))] == ["c", "a"]


def test_the_night_tells_the_last_eighty_lines_and_fences_what_is_no_markdown():
    lines = "\n".join(f"l{n}" for n in range(100))

    def run(command):
        return (1, lines) if command[0] in ("pytest", "pip_audit") or command[1] == "check" else (0, "Nothing changes")  # fmt: skip

    told = nightly.report(run)
    parts = told.split("## ")[1:]
    assert [part.split("\n")[0] for part in parts] == ["The records are at fault", "A test fails", "A package has a known flaw"]  # fmt: skip
    assert "l19" not in told and all("l20\n" in part and "l99" in part for part in parts)
    assert all(part.count("`````") == 2 for part in parts)
    assert "`bet check`" in parts[0]
    assert nightly.report(lambda command: (0, "Nothing changes")) == ""
    assert "The book comes out differently" in nightly.report(lambda command: (0, "Something"))


def test_a_step_of_the_night_is_a_command_of_this_environment():
    assert nightly.run(["platform", "--nonsense"])[0] == 0
    code, told = nightly.run(["json.tool", "/nowhere"])
    assert code and "No such file" in told
    assert nightly.run(["calendar", "1600", "1"])[1].startswith("January 1600")
    # `python -m` takes a module, and pip-audit is the name of a package.
    assert all(command[0].isidentifier() for command in nightly.STEPS.values())


def test_what_a_program_says_beside_its_report_does_not_push_it_out(tmp_path, monkeypatch):
    crash = "import sys\nprint('5 failed')\nprint(*range(200), sep='\\n', file=sys.stderr)\nsys.exit(1)\n"
    (tmp_path / "loud.py").write_text(crash)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, told = nightly.run(["loud"])
    assert code == 1 and told.startswith("5 failed\n180\n") and told.endswith("199")


# Addresses and downloads


def test_a_commit_is_told_where_git_can(repository, monkeypatch):
    gallery.commit.cache_clear()
    try:
        assert gallery.commit() == snapshot.revision("HEAD")
        gallery.commit.cache_clear()
        failed = subprocess.CompletedProcess([], 128, "x", "")
        monkeypatch.setattr(gallery.subprocess, "run", lambda *a, **k: failed)
        assert gallery.commit() == ""
    finally:
        gallery.commit.cache_clear()


def test_a_picture_has_the_name_of_its_content(tmp_path):
    shown = [new_output("display_data", data=data) for data in (
        {CHART_MIME: {"name": "a"}, "image/svg+xml": "<svg>\n</svg>\n"}, {CHART_MIME: {"name": "b"}}, {"image/svg+xml": "<svg/>"})]  # fmt: skip
    nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=shown)]), tmp_path / "n.ipynb")
    digest = hashlib.sha256(b"<svg>\n</svg>").hexdigest()
    assert gallery.pictures(tmp_path) == {("n", "a"): (f"{digest}.svg", "")}


@pytest.mark.parametrize(("count", "step", "shown"), [(60, 1, 60), (61, 2, 31), (120, 2, 61), (121, 3, 41), (0, 1, 0)])  # fmt: skip
def test_a_table_view_has_sixty_rows_and_its_ends(count, step, shown):
    page = gallery.data_table({"columns": ["n"], "rows": [[n] for n in range(count)], "x": "n", "y": "m", "by": None, "unit": ""})  # fmt: skip
    assert page.count("<tr>") - 1 == shown
    assert (f"One in {step} of" in page) is (step > 1)


def test_the_csv_of_claims_tells_the_first_figure():
    rows = published.as_csv([claim(figures=[FIGURE]), claim("GROK-02")]).splitlines()
    assert rows[0].endswith("reason,notebook,lines,printed,found")
    assert rows[1].endswith("3_infrastructure,7 107,490 GW,480 GW") and rows[2].endswith("7 107,,")


def test_a_rated_claim_tells_who_said_what_and_when_it_was_judged():
    history = [{"date": "2026-11-25", "verdict": "open", "why": "a"}, {"date": "2027", "verdict": "partly", "why": "b"}]  # fmt: skip
    rated = [claim(verdict=v, history=history, evidence=[FACT]) for v in ("supported", "partly", "contradicted", "open", "opinion")]  # fmt: skip
    graph = published.claim_review(rated, "https://a.org/")["@graph"]
    assert [one["reviewRating"]["ratingValue"] for one in graph] == [5, 3, 1]
    one = graph[1]
    assert (
        one["datePublished"] == "2027" and one["url"] == "https://a.org/book/claims.html#INFRA-01"
    )
    assert one["itemReviewed"]["author"]["name"] == "Elon Musk"
    assert one["claimReviewed"] == "It is <so>."
    assert "So & so." not in json.dumps(one)  # the reason stands on the page, and weighs
    assert (one["reviewRating"]["bestRating"], one["reviewRating"]["worstRating"]) == (5, 1)
