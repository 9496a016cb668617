"""The Content-Security-Policy: what stands in a page at its build runs, nothing else does."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from bet.site import finish
from bet.site.elements import Page
from tests.places import SITE

PAGE = """<!DOCTYPE html>
<html><head>
  <meta charset="utf-8" />
  <script>frame()</script><script type="application/ld+json">{"a": 1}</script>
  <script src="a.js"></script></head>
<body><article class="bd-article">Text <script>planted()</script></article>
<script>foot()</script></body></html>"""


def named(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def scripts(policy: str) -> list[str]:
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    return rules["script-src"].split()


def test_scripts_of_the_frame_are_named_and_none_of_the_article():
    assert finish.inline_scripts(Page(PAGE)) == ["frame()", "foot()"]
    assert set(scripts(finish.policy(Page(PAGE)))) == {
        "'self'", named("frame()"), named("foot()"), "'unsafe-hashes'", named("window.print()"),
    }  # fmt: skip


def test_an_article_cannot_be_closed_early_to_bring_a_script_in():
    page = PAGE.replace(
        "planted()</script>", "planted()</script></article><script>after()</script>"
    )
    assert finish.inline_scripts(Page(page)) == ["frame()", "foot()"]


def test_only_a_page_with_a_panel_may_compile_the_interpreter():
    assert "'wasm-unsafe-eval'" not in finish.policy(Page(PAGE))
    assert "'wasm-unsafe-eval'" in finish.policy(
        Page(PAGE.replace("Text", '<div class="bet-panel">'))
    )


def test_everything_else_is_closed():
    policy = finish.policy(Page(PAGE))
    assert policy.startswith("default-src 'none'; ") and "base-uri 'none'" in policy
    assert "'unsafe-inline'" not in scripts(policy) and "'unsafe-eval'" not in policy
    assert "http" not in policy and "*" not in policy


def protected(text: str) -> str:
    page = Page(text)
    return page.edited(finish.policy_tag(page))


def test_the_policy_comes_before_every_script():
    page = protected(PAGE)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.replace(re.search(r"\s*<meta http-equiv[^>]*>", page)[0], "") == PAGE
    assert protected("<div>a part</div>") == "<div>a part</div>"


def pages() -> list[str]:
    return sorted(
        path.relative_to(SITE).as_posix()
        for path in SITE.rglob("*.html")
        if "_static" not in path.parts
    )


def test_every_page_has_its_policy(site):
    assert len(pages()) > 15
    texts = {page: (site / page).read_text(encoding="utf-8") for page in pages()}
    assert [page for page, text in texts.items() if "Content-Security-Policy" not in text] == []


def test_no_page_names_a_file_of_another_host(site):
    loads = r"""<(?:script|img|iframe|source|link(?=[^>]*stylesheet))\b[^>]*(?:src|href)=["']?(?:https?:)?//[^>]*"""
    assert [
        (page, found) for page in pages() for found in re.findall(loads, (site / page).read_text())
    ] == []


@pytest.mark.parametrize(
    "planted",
    [
        "<script>window.planted = true</script>",
        "<img src='missing.png' onerror='window.planted = true'>",
        "<svg onload='window.planted = true'></svg>",
        "<iframe srcdoc='<script>parent.planted = true</script>'></iframe>",
        "<script src='data:text/javascript,window.planted = true'></script>",
    ],
)
def test_what_is_put_into_a_page_does_not_run(address, chromium, site, planted):
    tab = chromium.new_page()
    text = (site / "book" / "method.html").read_text(encoding="utf-8")
    changed = text.replace("</article>", f"{planted}</article>", 1)
    assert changed != text
    tab.route(
        "**/book/method.html", lambda route: route.fulfill(body=changed, content_type="text/html")
    )
    tab.goto(f"{address}book/method.html", wait_until="load")
    tab.wait_for_timeout(200)
    assert tab.evaluate("window.planted") is None
    tab.close()
