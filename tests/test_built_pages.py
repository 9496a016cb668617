"""What a reader sees differs though no record and no notebook does: the built pages of both revisions."""

from __future__ import annotations

import pytest

from bet.review import built
from tests.rounds import NIGHTLY
from tests.test_pull_requests import clone, commit, diff

__all__ = ["clone"]  # a fixture
PAGE = """<html><head><title>x</title><script>var told = "INFRA-60"</script></head><body>
<nav><a href="a.html">A</a></nav><article class="bd-article"><h1>Claims</h1>
<p>Told in <a class='bet-badge bet-{colour}' href='#INFRA-60'><span>INFRA-60</span> {verdict}</a> and
so on.</p><table><tr><td>{cell}</td><td>GW</td></tr></table></article></body></html>"""


def site(folder, colour="contradicted", verdict="contradicted", cell="160", name="claims"):
    (folder / "book").mkdir(parents=True, exist_ok=True)
    page = PAGE.format(colour=colour, verdict=verdict, cell=cell)
    (folder / "book" / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def reviewed(clone, tmp_path, **head):
    (clone / "README.md").write_text("The book.\n")
    commit(clone)
    sites = site(tmp_path / "site-base"), site(tmp_path / "site-head", **head)
    return diff("main", "change", "--pages", *sites)


def test_the_same_pages_change_nothing(clone, tmp_path):
    code, told = reviewed(clone, tmp_path)
    assert code == 0 and "as built" not in told


@pytest.mark.parametrize(
    ("head", "shown"),
    [({"verdict": "supported", "colour": "supported"}, "supported"),
     pytest.param({"verdict": "supported"}, "supported, in the colour of contradicted", marks=NIGHTLY),
     ({"colour": "supported"}, "contradicted, in the colour of supported"), ({"verdict": ""}, "–, in the colour of contradicted")],
)  # fmt: skip
def test_a_badge_that_says_another_verdict_than_the_ledger_is_a_2_and_first(
    clone, tmp_path, head, shown
):
    code, told = reviewed(clone, tmp_path, **head)
    assert code == 2
    assert told.splitlines()[1].startswith("## 1 conclusion changes, without a history entry")
    assert (
        f"| **INFRA-60** | contradicted | {shown} | **the page as built says so; the ledger says contradicted** |"
        in told
    )


def test_a_figure_that_a_page_shows_otherwise_is_told_with_its_page(clone, tmp_path):
    code, told = reviewed(clone, tmp_path, cell="490")
    assert code == 0 and "claims, the page as built: “160 GW” → “490 GW”" not in told
    assert "claims, the page as built" in told and "490" in told


def test_a_page_that_is_gone_is_told(clone, tmp_path):
    site(tmp_path / "site-base", name="method")
    _, told = reviewed(clone, tmp_path)
    assert (
        "method, the page as built" in told and "-Told in INFRA-60 contradicted and so on." in told
    )


def test_what_is_no_page_could_not_be_judged(clone, tmp_path):
    (clone / "README.md").write_text("The book.\n")
    commit(clone)
    first, second = site(tmp_path / "a"), site(tmp_path / "b", name="lines")
    lines = second / "book" / "lines.html"  # without its script, which the gate refuses
    lines.write_text(lines.read_text().replace('<script>var told = "INFRA-60"</script>', ""))
    (second / "book" / "claims.html").write_bytes(b"\xff\xfe")
    (second / "book" / "map.html").symlink_to("/etc/passwd")
    (tmp_path / "none").mkdir()
    code, told = diff("main", "change", "--pages", first, second)
    assert code == 3 and "built page claims.html" in told and "built page map.html" in told
    assert "root:" not in told
    code, told = diff("main", "change", "--pages", first, tmp_path / "none")
    assert code == 3 and "built pages in none" in told


def test_scripts_are_not_text_and_what_is_hidden_says_so():
    page = built.BuiltPage(
        "<p>a<script>b</script> <span style='display:none'>c</span></p><p hidden>d</p>"
    )
    assert page.lines == ["a [display:none] c", "[hidden] d"]
