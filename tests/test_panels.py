"""The what-if panels: the page runs the book's own formulas and agrees with the chapter."""

from __future__ import annotations

import hashlib
import json
import math
import random
from functools import cache

import pytest

from bet.chapter import outputs, panels
from bet.faults import BadInput
from bet.numbers import digits
from bet.site.published import notebooks_in
from tests.places import BOOK, ROOT
from tests.rounds import sampled

# The engine as published on npm, unchanged (web/micropython/NOTICE.txt).
ENGINE = {
    "micropython.mjs": "c2be87e7ba24e3b47d133022b009a66bff07f4720aa23d816d216ef8cc47014c",
    "micropython.wasm": "06338c955b03c5700aa0069015d3e392d76836ef8e2ce25bedbe59b88ccd373c",
}
PAGES = {
    "growth": "4_thesis",
    "orbit": "3_infrastructure",
    "stake": "0_stake",
    "luck": "1_people",
    "credit": "2_grok",
}


@cache
def records() -> dict[str, dict]:
    return {
        record["model"]: record
        for book in notebooks_in(BOOK).values()
        for record in outputs.outputs(book, outputs.PANEL_MIME)
    }


@pytest.mark.parametrize(("name", "digest"), ENGINE.items())
def test_the_engine_is_the_published_one(name, digest):
    content = (ROOT / "web" / "micropython" / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest


@pytest.mark.parametrize("model", panels.MODELS)
def test_the_page_gets_the_very_file(site, model):
    shipped = (site / "_static" / "models" / f"{model}.py").read_text(encoding="utf-8")
    assert shipped == panels.source(model)


@pytest.mark.parametrize("model", panels.MODELS)
def test_models_import_only_math(model):
    imports = [
        line for line in panels.source(model).splitlines() if line.startswith(("import", "from"))
    ]
    assert imports in (["import math"], [])


@pytest.mark.parametrize("model", panels.MODELS)
def test_the_static_figures_are_the_models(model):
    record = records()[model]
    result = panels.outputs(model, record["case"])
    for figure in record["figures"]:
        assert math.isfinite(result[figure["key"]])
        assert figure["text"].endswith(figure["unit"])


def test_a_panel_refuses_what_it_does_not_know():
    record = records()["growth"]
    with pytest.raises(BadInput, match="did you mean 'exit_pe'"):
        panels.panel(
            "growth", "4_thesis", record["case"], {"exitpe": "exit_pe"}, [], ("exit_pe", "multiple")
        )
    with pytest.raises(BadInput, match="no such model"):
        panels.outputs("growht", {})


def test_the_article_s_value_is_marked_on_an_axis_of_the_curve():
    def marked(*claimed):
        return panels.panel(
            "growth", "4_thesis", records()["growth"]["case"], {"exit_pe": "exit_pe"},
            [("chance", "Chance", "percent")], ("exit_pe", "chance"), claimed,
        )  # fmt: skip

    record = marked("chance", 0.5, "He <says>")
    assert record["claimed"] == {"key": "chance", "value": 0.5, "words": "He <says>", "text": "50%"}
    assert "<th scope='row'>He &lt;says&gt;</th><td>50%</td>" in panels.table_html(record)
    assert marked("exit_pe", 30.0, "x")["claimed"]["text"] == "30"
    with pytest.raises(BadInput, match="'chanse'; expected one of exit_pe, chance"):
        marked("chanse", 0.5, "x")


def sliders(tab, model):
    return tab.locator(f"#panel-{model}-" + records()[model]["sliders"][0]["key"])


def opened(address, chromium, model, query=""):
    """Open a chapter and wait until its panel has run; returns the tab and what went wrong."""
    problems = []
    tab = chromium.new_page()
    tab.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda e: problems.append(str(e)))
    tab.on(
        "request",
        lambda r: problems.append(r.url) if not r.url.startswith((address, "data:")) else None,
    )
    tab.goto(f"{address}book/{PAGES[model]}.html{query}")
    tab.locator(".bet-panel").scroll_into_view_if_needed()
    tab.mouse.move(300, 300)
    tab.wait_for_selector(".bet-panel[data-ready]", timeout=30_000)
    return tab, problems


@pytest.mark.parametrize("model", panels.MODELS)
def test_defaults_equal_the_chapter_and_a_slider_moves_them(address, chromium, model):
    record = records()[model]
    tab, problems = opened(address, chromium, model)
    shown = {
        f["key"]: tab.locator(f"output[data-figure='{f['key']}']").inner_text()
        for f in record["figures"]
    }
    assert shown == {f["key"]: f["text"] for f in record["figures"]}
    slider = sliders(tab, model)
    slider.focus()
    tab.keyboard.press("End")
    after = {
        f["key"]: tab.locator(f"output[data-figure='{f['key']}']").inner_text()
        for f in record["figures"]
    }
    assert after != shown
    assert f"{model}." in tab.url
    assert problems == []
    tab.close()


def shown(tab) -> dict[str, str]:
    return {
        one.get_attribute("data-figure"): one.inner_text()
        for one in tab.locator("output[data-figure]").all()
    }


def written(record: dict, case: dict) -> dict[str, str]:
    """Write the figures of a case as a panel does, from Python's run of the model."""
    result = panels.outputs(record["model"], case)
    return {
        f["key"]: "none"
        if result[f["key"]] is None
        else f"{f['before']}{digits(result[f['key']] * f['scale'], 3)}{f['unit']}"
        for f in record["figures"]
    }


@pytest.mark.parametrize("model", sampled(["stake", "luck", "credit"], ["luck"]))
def test_at_both_ends_of_every_slider_the_page_says_what_python_says(address, chromium, model):
    record = records()[model]
    tab, problems = opened(address, chromium, model)
    assert shown(tab) == written(record, record["case"])
    for slider in record["sliders"]:
        handle = tab.locator(f"#panel-{model}-{slider['key']}")
        for key, end in (("Home", slider["min"]), ("End", slider["max"])):
            handle.press(key)
            assert float(handle.input_value()) == pytest.approx(end, rel=1e-9)
            assert shown(tab) == written(record, record["case"] | {slider["key"]: end})
        tab.get_by_role("button", name="Back to the book's values").press("Enter")
        assert shown(tab) == written(record, record["case"])
    assert problems == []
    tab.close()


@pytest.mark.parametrize("model", sampled(["stake", "luck", "credit"], ["credit"]))
def test_the_mark_of_the_article_is_drawn_where_it_prints_a_value(address, chromium, model):
    claimed = records()[model].get("claimed")
    tab, _ = opened(address, chromium, model)
    marks = tab.locator(".bet-panel svg text.claimed").all_text_contents()
    assert marks == ([f"{claimed['words']}: {claimed['text']}"] if claimed else [])
    line = tab.locator(".bet-panel svg line.claimed")
    assert line.count() == len(marks)
    tab.close()


@pytest.fixture(scope="module")
def bare(address, chromium):
    """A page with a panel that is not yet in sight: scripts and models are asked for by their address."""
    tab = chromium.new_page()
    tab.goto(f"{address}book/4_thesis.html")
    yield tab
    tab.close()


@pytest.mark.parametrize(
    ("low", "high", "whole", "step"),
    [(50, 1000, False, 10), (10, 21, False, 0.2), (0.6, 0.99, False, 0.01), (100, 10000, True, 100),
     (5, 15, True, 1), (0.3, 30.1, False, 0.1), (0.01, 0.5, False, 0.01)],
)  # fmt: skip
def test_a_slider_moves_in_round_steps_from_end_to_end(bare, low, high, whole, step):
    code = "async (one) => (await import(new URL('../_static/panel.mjs', location.href))).step(one)"
    found = bare.evaluate(code, {"min": low, "max": high, "whole": whole})
    assert found == pytest.approx(step)
    assert (high - low) / found == pytest.approx(round((high - low) / found))


@pytest.mark.parametrize("model", sampled(panels.MODELS, ["growth"]))
def test_a_shared_address_opens_the_same_what_if(address, chromium, model):
    slider = records()[model]["sliders"][0]
    tab, _ = opened(address, chromium, model, f"?{model}.{slider['key']}={slider['max']}")
    assert float(sliders(tab, model).input_value()) == pytest.approx(slider["max"], rel=1e-9)
    tab.close()


def test_a_bad_formula_gets_a_message_and_a_way_back(address, chromium):
    tab, _ = opened(address, chromium, "growth")
    before = tab.locator(".bet-panel table").inner_text()
    tab.locator(".bet-panel summary", has_text="formulas").click()
    tab.get_by_label("Formulas of the model").fill("def run(case:\n    return 1")
    tab.get_by_role("button", name="Run these formulas").click()
    assert "SyntaxError" in tab.locator(".bet-panel-message").inner_text()
    tab.get_by_role("button", name="Back to the book's values").click()
    assert tab.locator(".bet-panel table").inner_text() == before
    assert tab.locator(".bet-panel-message").inner_text() == ""
    tab.close()


@pytest.mark.parametrize("model", sampled(panels.MODELS, ["orbit"]))
def test_without_scripts_the_figures_stand(address, chromium, model):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}book/{PAGES[model]}.html")
    figure = records()[model]["figures"][0]
    assert tab.locator(f"output[data-figure='{figure['key']}']").inner_text() == figure["text"]
    context.close()


def random_cases(record: dict, count: int = 300) -> list[dict]:
    """Draw cases inside the sliders' ranges, with a fixed seed."""
    draw = random.Random(20251114)
    return [
        record["case"]
        | {
            s["key"]: draw.randint(int(s["min"]), int(s["max"]))
            if s["whole"]
            else draw.uniform(s["min"], s["max"])
            for s in record["sliders"]
        }
        for _ in range(count)
    ]


def flat(result: dict) -> dict[str, float | None]:
    """One level of names: MicroPython keeps no order of keys."""
    found: dict[str, float | None] = {}
    for key, value in result.items():
        inner = value if isinstance(value, dict) else {"": value}
        found |= {f"{key}.{name}": number for name, number in inner.items()}
    return found


RUN = """async ([model, entry, cases]) => {
  const here = new URL("../_static/", location.href);
  const {loadMicroPython} = await import(new URL("micropython/micropython.mjs", here));
  const source = await (await fetch(new URL(`models/${model}.py`, here))).text();
  const mp = await loadMicroPython({url: new URL("micropython/micropython.wasm", here).href, heapsize: 4 << 20});
  mp.FS.writeFile(`/${model}.py`, source);
  mp.runPython(`import sys, json\\nsys.path.insert(0, "/")\\nimport ${model} as _m\\n`
    + `def _run(text): return json.dumps(_m.${entry}(json.loads(text)))`);
  const run = mp.globals.get("_run");
  return JSON.parse(cases).map((one) => run(JSON.stringify(one)));
}"""


@pytest.mark.parametrize("model", panels.MODELS)
def test_three_hundred_random_cases_agree_with_python(bare, model):
    record = records()[model]
    cases = random_cases(record)
    told = bare.evaluate(RUN, [model, record["function"], json.dumps(cases)])
    for case, text in zip(cases, told, strict=True):
        expected, found = flat(panels.outputs(model, case)), flat(json.loads(text))
        assert expected.keys() == found.keys()
        for name, one in expected.items():
            other = found[name]
            assert (one is None) == (other is None)
            if one is not None:
                assert other == pytest.approx(one, rel=1e-12, abs=1e-300)


def test_a_slider_is_written_as_its_unit_asks():
    assert panels.slider_format("per year") == ("", 100.0, "% a year")
    assert panels.slider_format("share a year") == ("", 100.0, "% a year")
    assert panels.slider_format("probability") == ("", 100.0, "%")
    assert panels.slider_format("USD per kg") == ("$", 1.0, " per kg")
    assert panels.slider_format("USD") == ("$", 1.0, "")
    assert panels.slider_format("ratio") == ("", 1.0, "")
    assert panels.slider_format("W per kg") == ("", 1.0, " W per kg")
