"""Nothing active gets in: records, pages and notebooks are planted with it, and the pages looked at."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
import pytest
import yaml
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bet.chapter import cards, lint, outputs, own, panels
from bet.cli import main
from bet.faults import BadInput
from bet.records import claims, editions, markup, parameters, sources, tables
from bet.site import safe
from tests import bad_input, worlds
from tests.places import ROOT
from tests.server import served

FAR = "http://planted.invalid"
RUN = "window.planted = 1"
PAYLOADS = {
    "script": f"<script>{RUN}</script>",
    "image": f"<img src={FAR}/i.png onerror='{RUN}'>",
    "svg": f"<svg onload='{RUN}'><style>@import '{FAR}/s.css';</style></svg>",
    "refresh": f"<meta http-equiv='refresh' content='0; url={FAR}/away'>",
    "style": f"<style>@import '{FAR}/i.css'; body {{ --planted: 1 }}</style>",
    "link": f"<a href='javascript:{RUN}' autofocus>link</a>",
    "frame": f"<iframe src='{FAR}/f' srcdoc='<script>parent.planted = 1</script>'></iframe>",
    "base": f"<base href='{FAR}/'>",
    "form": f"<form action='{FAR}/send'><button>send</button></form>",
    "object": f"<object data='{FAR}/o'></object><embed src='{FAR}/e'>",
    "attribute": f"x\" onmouseover=\"{RUN}\" autofocus onfocus=\"{RUN}\" y='' onfocus='{RUN}' z='",
    "data": "<a href='data:text/html,<script>parent.planted = 1</script>'>data</a>",
    "no-break space": f"<meta title=\xa0\"as http-equiv=refresh content=0;url={FAR}/away told\">",
    "other spaces": f"<p title=\u2003'a onclick={RUN} b' class=\x0b'a style=color:red b'>x</p><a title=\x1c'a href=javascript:{RUN} b'>y</a>",
    "markdown": f"[link](javascript:{RUN.replace(' ', '')}) ![i]({FAR}/m.png) </td></table></article><b onclick={FAR}>",
}  # fmt: skip
ALL = " ".join(PAYLOADS.values())
PARTS = (
    "claims", "lines", "map", "corrections", "reviews", "catalogue", "sources", "gallery", "scale", "rule", "forms",
    "parameters", "sections", "downloads", "editions", "comparison", "tally", "report",
)  # fmt: skip
REPORTER = "planted"  # a word that a search finds on every page


# Fields of records


def leaves(content: Any, place: tuple = ()) -> Iterator[tuple]:
    """Yield the place of every text in a record."""
    if isinstance(content, str):
        yield place
    elif isinstance(content, dict | list):
        for key, part in content.items() if isinstance(content, dict) else enumerate(content):
            yield from leaves(part, (*place, key))


def put(content: Any, place: tuple, text: str) -> Any:
    """Return records with another text in one place."""
    content = copy.deepcopy(content)
    holder = content
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = text
    return content


def fields() -> list[tuple[str, tuple]]:
    """Name every text of every file of the small book, parameters and editions included."""
    files = [name for name in bad_input.RECORDS if name != "editions.yml"]
    texts = {name: (worlds.FIXTURES / "ledger" / name).read_text("utf-8") for name in files}
    texts["editions.yml"] = bad_input.EDITIONS
    return [(name, place) for name, text in texts.items() for place in leaves(yaml.safe_load(text))]


FIELDS = fields()


def test_every_kind_of_record_is_planted():
    assert len(FIELDS) > 100 and {name for name, _ in FIELDS} == set(bad_input.RECORDS)


@pytest.mark.parametrize(
    ("number", "name", "place"), [(n, *field) for n, field in enumerate(FIELDS)],
    ids=[f"{name}:{'.'.join(map(str, place))}" for name, place in FIELDS],
)  # fmt: skip
def test_check_refuses_a_payload_in_any_field(tmp_path, number, name, place):
    """Every field with one payload, the next field with the next."""
    payload = list(PAYLOADS.values())[number % len(PAYLOADS)]
    with bad_input.world(tmp_path) as data:
        path = data / name
        path.write_text(yaml.safe_dump(put(yaml.safe_load(path.read_text()), place, payload)))
        done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 2, "not refused"
    assert done.stderr.startswith("bet: ") and "Traceback" not in done.stderr


def test_a_sound_book_passes(tmp_path):
    with bad_input.world(tmp_path):
        assert markup.check() is None


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_each_payload_is_known_for_what_it_is(payload):
    assert markup.live(payload)


@pytest.mark.parametrize(
    "text",
    ["Less than 5% (<5%), 3 < 4 and a > b", "What he said: “on” = off", "R&D; 100 GW", "[sic] (2025)", "data: none",
     "It is on = 3", "JavaScript is a language"],
)  # fmt: skip
def test_plain_text_is_plain(text):
    assert markup.live(text) == ""


@pytest.mark.parametrize(
    "text", ["=1+2", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "  =A1", "\t=A1", "- a list"]
)
def test_a_text_that_a_spreadsheet_would_compute_is_named(text):
    assert markup.formula(text).startswith("the beginning of a formula")


@pytest.mark.parametrize(
    "text", ["-5.3", "+12%", "-$1,200", "–", "- ", "", "a = b", "–5 to 7", "E = mc²", "x@y.org"]
)
def test_a_number_with_its_sign_is_no_formula(text):
    assert markup.formula(text) == ""


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u2060", "\x1b", "\x00", "\ufeff"])
def test_a_sign_that_turns_or_hides_text_is_named(sign):
    assert markup.live(f"not{sign}supported").startswith("an invisible sign")


def test_names_are_names(tmp_path):
    wrong = "x' onload='y"
    with bad_input.world(tmp_path) as data:
        about = yaml.safe_load((data / "tables" / "power.yml").read_text())
        about["columns"][wrong] = about["columns"].pop("note")
        csv = (data / "tables" / "power.csv").read_text().replace("note", wrong)
        (data / "tables" / "power.csv").write_text(csv)
        about["sha256"] = hashlib.sha256(csv.encode()).hexdigest()
        (data / "tables" / "power.yml").write_text(yaml.safe_dump(about))
        shutil.copy(data / "tables" / "power.csv", data / "tables" / f"{wrong}.csv")
        shutil.copy(data / "tables" / "power.yml", data / "tables" / f"{wrong}.yml")
        told = worlds.faults_of(markup.check)
    assert any("a table named" in fault for fault in told)
    assert any("a column named" in fault for fault in told)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (PAYLOADS["script"], "an HTML tag '<script>window.planted = 1</sc'"),
        ('"=HYPERLINK(A1,B1)"', "the beginning of a formula, '=HYPERLINK(A1,B1)'"),
    ],
)
def test_a_cell_of_a_table_is_plain_text(tmp_path, cell, found):
    with bad_input.world(tmp_path) as data:
        about = (
            (data / "tables" / "power.yml").read_text().replace(", values: [revised, rounded]", "")
        )
        csv = (data / "tables" / "power.csv").read_text().replace("revised", cell)
        (data / "tables" / "power.csv").write_text(csv)
        digest = hashlib.sha256(csv.encode()).hexdigest()
        (data / "tables" / "power.yml").write_text(
            re.sub(r"sha256: \w+", f"sha256: {digest}", about)
        )
        told = worlds.faults_of(markup.check)
    assert told == [f"data/tables/power.csv:3: found {found}; expected plain text in every cell"]


def test_a_record_that_a_spreadsheet_would_compute_is_refused(tmp_path):
    with bad_input.world(tmp_path) as data:
        path = next((data / "claims").glob("*.yml"))
        path.write_text(
            re.sub(
                r"(?m)^( *paraphrase:) .*$", r"\1 '=1+2 is what he says'", path.read_text(), count=1
            )
        )
        told = worlds.faults_of(markup.check)
    assert (
        len(told) == 1
        and "paraphrase: found the beginning of a formula, '=1+2 is what he says'" in told[0]
    )


# Pages and notebooks


@pytest.mark.parametrize("kind", [kind for kind in PAYLOADS if kind != "attribute"])
@pytest.mark.parametrize("before", ["", "# A heading ", "- item ", "| a |\n|---|\n| ", "> "])
def test_the_lint_names_what_is_more_than_markdown(kind, before):
    assert lint.active(f"{before}{PAYLOADS[kind]}")


@pytest.mark.parametrize(
    "text",
    ["```{raw} html\n<b>\n```", "```{include} /etc/passwd\n```", ":::{iframe} x\n:::", "{raw-html}`<b>`", "  ```{eval-rst}\n.. raw\n```",
     "[a]: javascript:alert(1)", "> [a]: javascript:alert(1)", "- [a]: javascript:alert(1)", "1. [a]: data:text/html,x", "   [a]:\n   javascript:alert(1)",
     "> [a]:\n> javascript:alert(1)", "-     [a]: <javascript:alert(1)>", "[a\nb]: javascript:alert(1)", "[a](<javascript:alert(1)>)", "[a](java&#115;cript:x)", "![a](https://example.org/a.png)",
     "[a](//example.org)  ![b](//example.org/b.png)", "`` ` `` <b>", "text `a` <img> `b`",
     "- ```{raw} html\n  x\n  ```", "1) ~~~{only} latex\n   x\n   ~~~", "Term\n: ```{meta}\n  x\n  ```", "[^a]: ```{only} latex\n    x\n    ```",
     "- > - :::{button-link} https://example.org\n    x\n    :::", "![a][b]\n\n[b]: https://example.org/b.png", "![a][b]", "![b]", "<javascript:alert(1)>",
     "![a [b] c](https://example.org/b.png)", "[a [b]](javascript:alert(1))", "A sign ` and ![a](https://example.org/b.png)\n\nand ` again.",
     ":::{note}\n:class: d-none\nx\n:::", ":::{admonition} x\n\n  :class: bet-card\n:::", "```{note}\n---\nclass: x\n---\nx\n```", "```{bet} tally\n:class: d-none\n```",
     ":::{note} ![a](https://example.org/b.png)\n:::", "::::{note}\n:::{tip}\n- {raw-html}`<b>`\n:::\n::::"],
)  # fmt: skip
def test_the_lint_knows_the_other_ways_in(text):
    assert lint.active(text)


@pytest.mark.parametrize(
    "text",
    ["`<script>` is refused", "```\n<script>\n```", "Less than 3 < 4", "<https://example.org/a>", "[a](https://example.org)",
     "[a](method.md#b)", "{claim}`INFRA-60`", "```{bet} claims\n```", "![a](_images/a.png)", "a `b` and `c` < d",
     "```{bet} tally\n:field: kind\n```", ":::{deeper} [A](a.md)\nIt is so.\n:::", "::::{note}\n:::{tip}\nIt is so.\n:::\n::::",
     "![a][b]\n\n[b]: _images/b.png", "- ```\n  {raw} <b>\n  ```", "Term\n: what it is"],
)  # fmt: skip
def test_the_lint_lets_markdown_be(text):
    assert lint.active(text) == []


def test_the_lint_reads_markdown_as_the_book_does():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert set(config["parse"]["myst_enable_extensions"]) == lint.EXTENSIONS


def test_boxes_within_boxes_take_no_time_and_no_traceback():
    deep = "\n".join(f"{':' * n}{{note}}" for n in range(400, 2, -1))
    assert lint.active(deep) == ["boxes more than 3 deep"]


@pytest.mark.parametrize(
    "text", ["*a " * 50_000, "[a]: b\n" * 200, "a " * 150_000, "**a_" * 90_000]
)
def test_a_text_that_would_keep_a_parser_busy_is_refused_unread(text):
    assert lint.active(text) == ["more signs of Markdown than a text needs"]


@pytest.mark.parametrize(
    "text", ["[a](\ud800)", "<http://\ud800.c>", "[a](http://[x)", "\x00[a](\x00)"]
)
def test_half_a_sign_is_no_traceback(text):
    assert lint.active(text) == []


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<b>a</b>"},
        {"application/javascript": "1"},
        {"text/latex": "x"},
        {"image/png": ""},
    ],
)
def test_outputs_are_the_books_own(data):
    cell = {"outputs": [{"output_type": "display_data", "data": data}]}
    assert len(lint.output_faults("c", cell)) == 1
    cell = {
        "outputs": [
            {"data": {"application/vnd.bet.chart+json": {}, "image/svg+xml": "", "text/plain": ""}}
        ]
    }
    assert lint.output_faults("c", cell) == []


# Outputs: of a record of ours, as our code makes them

CARD = {
    "claim": "INFRA-60", "verdict": "partly", "confidence": "high", "assessed": "ledger", "turned": "",
    "reason": "No, it was three. It had been two for $5.", "figures": [{"name": "power", "read_text": "$3", "printed": "3 $", "found_text": "2 to 3"}],
}  # fmt: skip
PANEL = {"figures": [{"label": "Power", "key": "power", "text": "$3"}]}
NOTE = {"application/vnd.bet.note+json": {}}


def made(kind: str, record: Any, html: str, **more: Any) -> dict[str, Any]:
    return {"text/html": outputs.set_apart(html), "text/plain": "a", kind: record, **more}


BADGE = cards.badge("INFRA-60", "supported")
CARD_HTML = cards.card_of(CARD, "Power is 3 < 4.")
COUNTS = {"supported": 3, "open": 1}
OWN = {
    "card": made(outputs.ASSESSMENT_MIME, [CARD], CARD_HTML),
    "link": made(outputs.ASSESSMENT_MIME, [CARD], cards.section_link("INFRA")),
    "panel": made(outputs.PANEL_MIME, PANEL, panels.table_html(PANEL)),
    "counts": made(outputs.SCORECARD_MIME, {"section": None}, cards.scorecard_html(COUNTS)),
    "prose": {outputs.NUMBERS_MIME: {}, "text/markdown": "a", "text/plain": "a"},
    "text": {"text/markdown": "a", "text/plain": "a"},
    "nothing": {},
}


@pytest.mark.parametrize("kind", OWN)
def test_what_the_book_shows_is_its_own(kind):
    assert own.problems(OWN[kind]) == []


@pytest.mark.parametrize("kind", ["card", "link", "panel", "counts"])
@pytest.mark.parametrize("payload", [*PAYLOADS.values(), f"<p>{BADGE}</p>", "<p>x</p>"])
def test_html_that_its_record_does_not_make_is_refused(kind, payload):
    """Before it, after it, in its place, within a text of it, and beside a record of no kind of ours."""
    data = OWN[kind]
    whole = data["text/html"]
    for told in (payload + whole, whole + payload, payload, whole.replace("</", f"{payload}</", 1)):
        assert own.problems({**data, "text/html": told}) == [own.UNMADE]
    assert len(own.problems({**NOTE, "text/html": payload})) == 2


@pytest.mark.parametrize(
    ("was", "now"),
    [("bet-partly", "bet-supported"), ("</span> partly", "</span> supported"), ("bet-edge-partly", "bet-edge-supported"), ("INFRA-60", "INFRA-61"),
     ("No, it was three", "Yes, it was three"), ("two for", "one for"), ("2 to 3", "3 to 4"), ("confidence high", "confidence low"),
     ("from the ledger", "computed"), ("a class=", "span class="), ("3 &lt; 4.", "3 <b>4</b>.")],
)  # fmt: skip
def test_a_card_that_says_other_words_than_its_record_is_refused(was, now):
    told = CARD_HTML.replace(was, now)
    assert told != CARD_HTML
    assert own.problems(made(outputs.ASSESSMENT_MIME, [CARD], told)) == [own.UNMADE]


@pytest.mark.parametrize(
    "record", [None, [], {}, "a", [None], [CARD, CARD], [{**CARD, "reason": None}], [{"claim": 1}], [{**CARD, "figures": 3}]]
)  # fmt: skip
def test_a_record_of_another_shape_makes_no_html(record):
    assert own.problems(made(outputs.ASSESSMENT_MIME, record, CARD_HTML)) == [own.UNMADE]
    assert own.problems(made(outputs.PANEL_MIME, record, "<table></table>")) == [own.UNMADE]


@pytest.mark.parametrize(
    "data",
    [{**OWN["prose"], "text/html": "a"}, {"image/svg+xml": "a"}, {**OWN["card"], "image/svg+xml": "a"}, {**OWN["card"], "text/markdown": "a"},
     {**OWN["prose"], "image/png": "a"}, {**NOTE}, {**OWN["card"], **NOTE}, {**OWN["prose"], "application/javascript": "1"}],
)  # fmt: skip
def test_an_output_has_the_kinds_of_its_record_and_no_other(data):
    assert len(own.problems(data)) == 1


# The gate of finished pages

FRAME = '<!DOCTYPE html>\n<html lang="en"><head><title>A</title></head><body><main>{}</main></body></html>'


def refused(text: str) -> list[str]:
    return [str(fault) for fault in safe.faults(FRAME.format(text), "book/a")]


@pytest.mark.parametrize("payload", ["<b onclick=x>", "<"])
@pytest.mark.parametrize("above", [0, 1, 3])
def test_the_gate_names_the_line(payload, above):
    (told,) = refused("a\n" * above + payload)
    assert told.startswith(f"book/a.html:{2 + above}: ")


@pytest.mark.parametrize(
    "payload", [p for k, p in PAYLOADS.items() if k not in ("attribute", "markdown")]
)
def test_the_gate_refuses_each_payload(payload):
    assert refused(payload) and refused(f"<p>a {payload} b</p>") and refused(payload.upper())


@pytest.mark.parametrize(
    "text",
    ["<p onclick=x>", "<p style='color:red'>", "<a href='java\tscript:x'>", "<a href='&#106;avascript:x'>", "<a href=' javascript:x'>",
     "<a href='data:text/html,x'>", "<img src='//a.b/c'>", "<img src='https://a.b/c'>", "<img src='data:image/svg+xml,x'>",
     "<script src='https://a.b/c.js'></script>", "<script src='../_images/a.js'></script>", "<script src='_static/../a.js'></script>",
     "<script src='//a/_static/a.js'></script>", "<link rel='stylesheet' href='//a.b/c.css'>", "<link rel='manifest' href='a'>",
     "<link rel='prefetch' href='a'>", "<meta http-equiv='refresh' content='0; url=book/index.html'>", "<meta http-equiv='Set-Cookie'>",
     "<form action='https://a.b'>", "<button formaction='https://a.b'>", "<a href=a ping='https://a.b'>", "<img src=a srcset='//a.b/c'>",
     "<!--><img src=x onerror=y>-->", "<!-- <b> -->", "<!--a--!><img src=x>-->", "<img src=x/onerror=y>", "<p a='<script>'>", "<p \"x\"onclick=y>",
     "<![CDATA[<b>]]>", "<?php x ?>", "<!x>", "</ x>", "< p", "<p a=b a=c>", "<script>a<!--<script>b</script>", "<style>*{}</style>",
     "<p title=\xa0'a onclick=x b'>", "<p title=\x0b'a style=x b'>", "<form title=\x1c'a action=//a.b c'>", "<p title\u2003='a'>",
     "<p\xa0title='a'>", "</p\xa0>", "<p title=a>", "<a href=claims.html>", "<lin\u212a rel='icon'>", "<script src='../_static/a.js'></script\xa0>",
     "<img src='a.svg' srcset='a.svg 1x, https://a.b/c 2x'>", "<source srcset='a.svg,//a.b/c'>", "<img src='/\\a.b/c'>", "<img src='/\t\\a.b/c'>", "<img src='a.svg' srcset='/\\a.b/c 2x'>",
     "<textarea>", "<title><b></title><svg>", "<template>", "<math>", "<video src=x>", "<noembed>", "<plaintext>", "<x-y>", "<p", "a < b"],
)  # fmt: skip
def test_the_gate_refuses_other_ways(text):
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    ["<p>a &lt; b</p>", "<a class='x' href='claims.html#A-1'>a</a>", '<a href="https://example.org/?a=b">b</a>', "<img src='../_images/a.svg' alt=''>",
     "<form action='../search.html' method='get'></form>", "<script type='application/ld+json'>{\"a\": 1}</script>", "<!-- a note -->", "<td data-name='x'>",
     "<button onclick=\"window.print()\">", "<script src='../_static/a/b.min.js?v=12ab'></script>", "<script>DOCUMENTATION_OPTIONS.pagename = 'book/a';</script>"],
)  # fmt: skip
def test_the_gate_lets_pages_be(text):
    assert refused(text) == []


def test_a_page_runs_no_script_that_is_only_another_pages():
    assert refused("<script>DOCUMENTATION_OPTIONS.pagename = 'book/b';</script>")
    assert refused("<script>DOCUMENTATION_OPTIONS.pagename = 'book/a';//</script>")


BADGES = {
    "INFRA-60": {"verdict": "partly", "history": [{"verdict": "open"}, {"verdict": "partly"}]}
}


@pytest.mark.parametrize(
    "text",
    [BADGE, cards.badge("INFRA-61", "partly"), cards.badge("INFRA-60", "open"), f"<td data-name='Claim'>{BADGE}</td>", "<span class='bet-badge bet-partly'><span>INFRA-60</span> partly</span>",
     "<p CLASS='x Bet-Badge'>INFRA-60</p>", "<b class='x bet&#45;badge'>", "<b id='a' class=\"\tbet-badge\n\">",
     "<a class='bet-badge bet-partly' href='#INFRA-60'><span>INFRA-60</span> supported</a>",
     "<a class='bet-badge bet-supported' href='#INFRA-60'><span>INFRA-60</span> partly</a>",
     "<a class='bet-badge bet-partly' href='#INFRA-61'><span>INFRA-60</span> partly</a>",
     "<a class='bet-badge bet-partly' href='https://a.b/#INFRA-60'><span>INFRA-60</span> partly</a>"],
)  # fmt: skip
def test_a_badge_without_its_record_is_refused(text):
    (told,) = safe.badge_faults(FRAME.format(text), "book/a", BADGES)
    assert str(told).startswith("book/a.html:2: found a badge")


@pytest.mark.parametrize(
    "text",
    [cards.badge("INFRA-60", "partly"), f"<td data-name='Claim'>{cards.badge('INFRA-60', 'open')}</td>", "<a class='bet-badge bet-partly' href='#INFRA-60'><span>INFRA-60</span> partly</a>", "<p class='bet-badges'>",
     "<code>&lt;a class='bet-badge'></code>"],
)  # fmt: skip
def test_a_badge_with_its_record_passes(text):
    assert list(safe.badge_faults(FRAME.format(text), "book/a", BADGES)) == []


def test_a_page_of_an_edition_has_the_verdicts_of_its_edition(tmp_path):
    for place, verdict in ((".", "partly"), ("editions/bull", "supported")):
        page = tmp_path / place / "book" / "a.html"
        page.parent.mkdir(parents=True)
        page.write_text(FRAME.format(cards.badge("INFRA-60", verdict)))
        (tmp_path / place / "claims.json").write_text(
            json.dumps([{"id": "INFRA-60", "verdict": verdict}])
        )
    safe.require_site(tmp_path)
    page.write_text(FRAME.format(cards.badge("INFRA-60", "partly")))
    with pytest.raises(BadInput, match=r"book/a\.html:2: found a badge .*INFRA-60</span> partly"):
        safe.require_site(tmp_path)


def test_all_pages_of_a_site_are_at_home_at_one_host(tmp_path):
    link = "<link rel='canonical' href='https://{}/book/{}.html'>"
    for page, host in {"a": "a.b", "c": "a.b", "d": "evil.example"}.items():
        path = tmp_path / "book" / f"{page}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(FRAME.format("").replace("</head>", f"{link.format(host, page)}</head>"))
    told = [str(fault) for fault in safe.site_faults(tmp_path)]
    assert len(told) == 1 and "https://evil.example (book/d.html)" in told[0]
    path.unlink()
    assert safe.site_faults(tmp_path) == []


DRAWING = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "<SCRIPT/>", "<g onload='x'/>", "<g\nonclick = 'x'/>", "<a xlink:href='https://a.b'/>", "<use xlink:href='//a.b/c'/>",
     "<image href='https://a.b'/>", "<foreignObject/>", "<set attributeName='x'/>", "<animate/>", "<style>@import 'x'</style>",
     "<g style='fill: url(https://a.b)'/>", "<!ENTITY a 'b'>", "<?xml-stylesheet href='a'?>", "<g o&#110;load='x'/>", "<iframe/>", "<x:script/>",
     "<style>svg{background-image:image-set('https://a.b' 1x)}</style>", "<style>@\\69mport 'x';</style>", "<style>g{fill:u\\72l(https://a.b)}</style>",
     "<style>g{fill:src('https://a.b')}</style>", "<g style='fill: -webkit-cross-fade(x, y)'/>", "<g clip-path='url(https://a.b#c)'/>",
     "<g fill='url(//a.b/c.svg#d)'/>", "<g xml:base='https://a.b/'/>", "<g xmlns='http://www.w3.org/1999/xhtml'/>", "<svg:script/>",
     "<style>@font-face{}</style>", "<style>&#64;import 'x';</style>", "<![CDATA[<script>]]>", "<use href=\"https://a.b#c\"/>", "<use xlink:href=\"\"/>",
     "<g onclick\xa0='x'/>", "<style><g/></style>", "<!-- a -->", "<g style='a", "&a;", "<image xlink:href='data:image/svg+xml,x'/>"],
)  # fmt: skip
def test_a_picture_holds_shapes_only(text):
    """Opened by itself a picture is a page of the site, without a policy."""
    assert list(safe.picture_faults(DRAWING.format(text), "a.svg"))


def test_a_drawing_passes():
    text = """<defs><path id="a" d="m0 0"/></defs><use xlink:href="#a" style="fill: #fff"/><g clip-path="url(#a)"/>"""
    assert list(safe.picture_faults(DRAWING.format(text), "a.svg")) == []


def test_every_listed_script_and_style_still_stands_in_the_theme(site):
    """What is on the list and in no page any more would let an old script in for nothing."""
    texts = [path.read_text("utf-8") for path in site.rglob("*.html")]
    inner = {
        safe.source(t)
        for text in texts
        for t in re.findall(r"<(?:script|style)[^>]*>(.*?)</", text, re.DOTALL)
    }
    assert set(safe.SCRIPTS) <= inner and set(safe.STYLES) <= inner


def test_the_site_passes_the_gate(site):
    safe.require_site(site)


# The built pages: every field planted, check not asked

HEADING = "Short <img src=x onerror=window.planted=1> <meta http-equiv=refresh content=0;url=//planted.invalid>"
SHORT = f"search.html?q={quote(HEADING)}"
TEXT = ALL.replace("](", "] (")  # in Markdown a link that leads nowhere stops the build at once
PAGE = f"# Parts {TEXT} planted\n\n" + "\n\n".join(f"```{{bet}} {part}\n```" for part in PARTS)
LINES = """title: Lines
description: Lines.
sources: [meter-2025]
licence: ours
redistribution: allowed
retrieved: 2026-11-23
key: [line]
row_floor: 1
known_from: null
timeless: One text.
columns:
  line: {type: integer, unit: line, meaning: line}
  class: {type: string, meaning: class}
  repeats_line: {type: integer, unit: line, optional: true, meaning: line}
  reason: {type: string, optional: true, meaning: why}
sha256: X
"""
CODE = """
import json
from IPython.display import display
from bet.chapter.chapter import Chapter
from bet.records.claims import claims
from bet.records.sources import evidence
book = Chapter("3_infrastructure", globals())
claim = claims()["INFRA-60"]
text = dict(printed=claim.figures[0].printed, reason=claim.reason, cell=book.table("power")["note"].iloc[0])
text = {name: value.replace("](", "] (") for name, value in text.items()}
book.say("## A heading {{ text.printed }}")
book.say("Said {{ text.printed }}, because {{ text.reason }}, {{ text.cell }}.")
book.assess("INFRA-60")
book.ledger("INFRA")
book.scorecard()
book.say("- {{ text.reason }}")
cited = ["power-metered", "power-paper-a", "power-paper-b", "power-paper-c", "power-told"]
planted = text["cell"] + json.loads(PLANTED)
row = [2024, planted]
record = {"name": "power-metered", "title": planted, "subtitle": planted, "alt": planted, "kind": planted,
    "unit": planted, "sources": ["meter-2025"], "as_of": "2026-11-23", "claims": ["INFRA-60"], "x": "year",
    "y": planted, "by": planted, "columns": ["year", planted], "rows": [row, row]}
svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"></svg>'
display({"image/svg+xml": svg, "text/plain": planted, "application/vnd.bet.chart+json": record}, raw=True)
panel = {"model": planted, "function": planted, "case": {planted: planted}, "sliders": [],
    "figures": [{"key": planted, "label": planted, "text": planted}], "curve": {"slider": planted, "figure": planted}}
display({"text/plain": planted, "application/vnd.bet.panel+json": panel}, raw=True)
print(planted)
"""  # fmt: skip


def planted_book(folder: Path, *more: str, fields: Sequence[tuple[str, tuple]] = FIELDS) -> Path:
    """Write a small book with every payload in every text that a record can hold; ``more`` code cells."""
    with bad_input.world(folder) as data:
        for name, place in fields:
            path = data / name
            before = path.read_text(encoding="utf-8")
            content = yaml.safe_load(before)
            told = content
            for key in place:
                told = told[key]
            path.write_text(
                yaml.safe_dump(put(content, place, f"{told} {ALL}"), allow_unicode=True)
            )
            worlds.forget()
            editions.editions.cache_clear()
            steps = (
                editions.editions,
                claims.claims,
                sources.check,
                claims.check,
                parameters.registry,
            )
            if worlds.faults_of(*steps, lambda: tables.sidecar("power")):
                path.write_text(before)
        _plant_names(data)
    shutil.copytree(ROOT / "web", folder / "web")
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copy(ROOT / "CITATION.cff", folder)
    toc = {
        "format": "jb-book",
        "root": "book/index",
        "chapters": [{"file": f"book/{bad_input.NAME}"}, {"file": "book/claims"}],
    }
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    (folder / "book" / "index.md").write_text(f"# Cover {TEXT} planted\n\nWords {TEXT}\n")
    (folder / "book" / "claims.md").write_text(PAGE)
    parameters_cell = (
        'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
    )
    cells = [
        new_markdown_cell(f"# Chapter {TEXT} planted", id="c00"),
        new_code_cell(parameters_cell, id="c01", metadata={"tags": ["parameters"]}),
        new_markdown_cell(
            f"## {HEADING}\n\n## Section {TEXT}\n\n{TEXT}\n\n- {TEXT}\n\n{PAYLOADS['image']}",
            id="c02",
        ),
        new_code_cell(CODE.replace("PLANTED", repr(json.dumps(ALL))), id="c03"),
        *(new_code_cell(code, id=f"m{n}") for n, code in enumerate(more)),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(
        new_notebook(cells=cells, metadata={"kernelspec": kernel}),
        folder / "book" / f"{bad_input.NAME}.ipynb",
    )
    return folder


def _plant_names(data: Path) -> None:
    """Plant what is a name: a column, a table's file, a chapter in the list of parameters; and cells."""
    name = "n<img src=x onerror='window.planted = 1'>"
    rows = [["line", "class", "repeats_line", "reason"], ["1", f"scene {ALL}", "", ALL]]
    with (data / "tables" / "article_lines.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    (data / "tables" / "article_lines.yml").write_text(LINES)
    about = yaml.safe_load((data / "tables" / "power.yml").read_text())
    about["columns"] = {
        (f"x {ALL}" if c == "final" else c): fields for c, fields in about["columns"].items()
    }
    about["columns"]["note"].pop("values", None)
    about["known_from"], about["timeless"] = None, f"Always. {ALL}"
    (data / "tables" / "power.yml").write_text(yaml.safe_dump(about))
    told = list(csv.reader((data / "tables" / "power.csv").open()))
    told[0] = [f"x {ALL}" if cell == "final" else cell for cell in told[0]]
    with (data / "tables" / "power.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [told[0], *([*row[:4], ALL] for row in told[1:])]
        )
    for end in ("csv", "yml"):
        shutil.copy(data / "tables" / f"power.{end}", data / "tables" / f"{name}.{end}")
    for path in (data / "tables").glob("*.csv"):
        about = yaml.safe_load(path.with_suffix(".yml").read_text())
        about["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_suffix(".yml").write_text(yaml.safe_dump(about))
    known = yaml.safe_load((data / "parameters.yml").read_text())
    known[name] = {name: dict(known["3_infrastructure"]["satellites"])}
    (data / "parameters.yml").write_text(yaml.safe_dump(known))


# The gate must hold by itself: what `bet check` would refuse is let through to it.
UNCHECKED = "from bet.run import check; check.all_faults = list; from bet.cli import main; main()"


def build(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", UNCHECKED, "build", *more]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Path:
    """The site of the planted book."""
    folder = planted_book(tmp_path_factory.mktemp("planted"))
    done = build(folder, "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


def test_what_is_planted_stands_on_the_pages_as_text(planted):
    for name in (
        "book/claims.html",
        "book/3_infrastructure.html",
        "book/index.html",
        "editions/article-day/book/claims.html",
    ):
        text = (planted / name).read_text(encoding="utf-8")
        assert text.count("&lt;script&gt;") > (50 if "claims" in name else 2), name


# What a page may do once its own scripts have run, the search included.
LOOK = """() => ({
  planted: window.planted, style: getComputedStyle(document.body).getPropertyValue('--planted'),
  tags: [...document.querySelectorAll('iframe,object,embed,base,svg [onload],meta[http-equiv=refresh],article script,form')]
    .filter(e => !e.matches('form.bd-search')).map(e => e.outerHTML.slice(0, 80)),
  events: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a => a.name.startsWith('on'))
    .map(a => a.name + '=' + a.value)).filter(t => t != 'onclick=window.print()'),
  links: [...document.querySelectorAll('a[href]')].map(a => a.protocol).filter(p => !['http:', 'https:', 'mailto:'].includes(p)),
})"""


def looked_at(chromium, address: str, page: str) -> list[Any]:
    """Open a page with everything on it unfolded; return what it did or holds that is active."""
    from playwright.sync_api import Error

    tab, wrong = chromium.new_page(), []
    tab.on(
        "request", lambda r: None if r.url.startswith((address, "data:")) else wrong.append(r.url)
    )
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.goto(address + page, wait_until="load")
    try:
        if "?q=" in page:
            tab.wait_for_selector(".bet-hit", timeout=10_000)
        tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        tab.wait_for_timeout(200)
    except Error as gone:  # what leads away takes the page with it
        wrong.append(gone.message)
    if wrong or tab.url != address + page:
        return [*wrong, tab.url]
    wrong += [(name, found) for name, found in tab.evaluate(LOOK).items() if found]
    tab.close()
    return wrong


def test_in_a_browser_nothing_of_it_is_active(planted, chromium):
    paths = [path.relative_to(planted) for path in planted.rglob("*.html")]
    pages = sorted(
        p.as_posix() for p in paths if "_static" not in p.parts and p.parent.name in ("book", "")
    )
    pages += [
        f"editions/article-day/search.html?q={REPORTER}",
        f"search.html?q={REPORTER}",
        "search.html?q=window",
        SHORT,
    ]
    pages.remove("index.html")  # it sends the reader on
    with served(planted) as address:
        assert len(pages) >= 10
        assert {
            page: wrong for page in pages if (wrong := looked_at(chromium, address, page))
        } == {}


def test_the_search_shows_a_planted_heading_as_text(planted, chromium):
    with served(planted) as address:
        tab = chromium.new_page()
        tab.goto(address + SHORT)
        tab.wait_for_selector(".bet-hit")
        assert "<img src=x onerror=" in tab.locator("#bet-search .bet-found").inner_text()
        tab.close()


def test_an_output_of_html_stops_the_build_with_the_notebook_and_the_cell(tmp_path):
    frame, refresh = repr(PAYLOADS["frame"]), repr(PAYLOADS["no-break space"])
    shown = f"from IPython.display import HTML\ndisplay(HTML({frame}))"
    beside = [
        f"display({{'application/vnd.bet.note+json': {{}}, 'text/html': {told}}}, raw=True)"
        for told in (refresh, repr(BADGE))
    ]
    folder = planted_book(tmp_path, shown, *beside, fields=())
    done = build(folder)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for cell in ("m0", "m1", "m2"):
        assert f"book/3_infrastructure.ipynb cell {cell}: found an output of text/html" in done.stderr  # fmt: skip
    assert "m1: found an output of application/vnd.bet.note+json" in done.stderr
    assert not (folder / "_build" / "html").exists()
