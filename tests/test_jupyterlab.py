"""A chapter in a real JupyterLab, by a browser: opened untrusted, run, changed, run again, saved, tidied."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bet.chapter import cards
from tests.places import ROOT
from tests.rounds import sampled

if importlib.util.find_spec("jupyterlab") is None and not os.environ.get("CI"):
    pytest.skip("JupyterLab is not installed: pip install -e '.[lab]'", allow_module_level=True)

CHAPTER = "4_thesis"
PAGES = ("index", "0_stake", "1_people", "2_grok", "3_infrastructure", "4_thesis", "5_verdict")
PATIENCE = 300_000  # ms that a kernel may take for a whole chapter on a busy machine


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A fresh clone of the book as it stands here, changes that wait for a commit among them."""
    folder = tmp_path_factory.mktemp("clone") / "book"
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "all")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def of_readme() -> list[str]:
    """Return what the README's own command gives to JupyterLab."""
    told = re.search(r"jupyter lab (.+?)\s+#", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert told, "the README says how JupyterLab is started"
    return shlex.split(told[1])


def answering(run: Path) -> str | None:
    """Return the address of a server once it answers; it writes its file before it listens."""
    try:
        port = json.loads(next(run.glob("jpserver-*.json")).read_text())["port"]
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status").close()
    except (StopIteration, ValueError, OSError):
        return None
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def lab(clone, tmp_path_factory) -> Iterator[str]:
    """A JupyterLab that trusts nothing yet, started as the README says; its address."""
    home = tmp_path_factory.mktemp("home")
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run",
           "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
           "IPYTHONDIR": "ipython"}  # fmt: skip
    settings = ["--allow-root", "--no-browser", "--IdentityProvider.token=", "--LabApp.news_url=",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--ServerApp.port=0",
                "--LabApp.expose_app_in_browser=True"]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *of_readme(), *settings],
        cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {name: str(home / folder) for name, folder in own.items()} | {"PYTHONPATH": str(clone)},
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not (address := answering(home / "run")):
            assert server.poll() is None, "JupyterLab ended"
            assert time.monotonic() < until, "JupyterLab does not start"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


NOTEBOOK = "jupyterapp.shell.currentWidget"
READY = f"""([path, cells]) => window.jupyterapp && {NOTEBOOK}?.context?.path.endsWith(path)
    && {NOTEBOOK}.content?.widgets?.length === cells
    && {NOTEBOOK}.sessionContext?.kernelDisplayStatus === "idle" """
# Every cell is scrolled to, as by a reader: JupyterLab draws what comes into sight.
SEEN = f"""async () => {{
  const notebook = {NOTEBOOK}.content, told = [];
  for (const [n, cell] of notebook.widgets.entries()) {{
    await notebook.scrollToItem(n, "start");
    await new Promise(done => setTimeout(done, 100));
    await Promise.all([...cell.node.querySelectorAll("img")].map(i => i.decode().catch(() => null)));
    told.push({{
      id: cell.model.id,
      trusted: cell.model.type === "code" && cell.model.trusted,
      pictures: [...cell.node.querySelectorAll(".jp-OutputArea img")].map(i => i.naturalWidth),
      formulas: cell.node.querySelectorAll("mjx-container, .MathJax").length,
      cards: [...cell.node.querySelectorAll(".bet-card")].map(c => c.innerText).join(" "),
      text: cell.outputArea ? cell.outputArea.node.innerText : cell.node.innerText,
    }});
  }}
  return told;
}}"""
ERRORS = f"""() => {NOTEBOOK}.content.widgets.filter(c => c.model.type === "code")
  .flatMap(c => c.model.outputs.toJSON()).filter(o => o.output_type === "error").map(o => o.evalue)"""
CODE = f"""{NOTEBOOK}.content.widgets.filter(c => c.model.type === "code" && c.model.sharedModel.source)"""
# Counts of an earlier run are of another kernel, so they are forgotten first.
FORGET = f"() => {CODE}.forEach(c => {{ c.model.executionCount = null; }})"
RAN = f"""() => {NOTEBOOK}.sessionContext.kernelDisplayStatus === "idle" && (
  {CODE}.every(c => c.model.executionCount)
  || {CODE}.some(c => c.model.outputs.toJSON().some(o => o.output_type === "error")))"""


@contextmanager
def opened(chromium, lab: str, clone: Path, name: str):
    """Open a notebook in a new window of JupyterLab, with its kernel ready."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    # The server remembers which notebooks stood open, of other windows too.
    page.goto(f"{lab}/lab/tree/book/{name}.ipynb?reset")
    page.wait_for_function(READY, arg=[f"{name}.ipynb", len(saved(clone, name)["cells"])])
    try:
        yield page
    finally:
        context.close()


def menu(page, menu: str, *, item: str) -> None:
    """Choose an item of a menu of JupyterLab, as a person does."""
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()


def run_all(page) -> list[str]:
    """Run All Cells; return what failed."""
    page.evaluate(FORGET)
    menu(page, "Run", item="Run All Cells")
    page.wait_for_function(RAN)
    return page.evaluate(ERRORS)


def saved(clone: Path, name: str = CHAPTER) -> dict:
    """Return the notebook on the disk."""
    return json.loads((clone / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))


def mimes(clone: Path, name: str) -> dict[str, set[str]]:
    """Return the kinds of output of every code cell by its id."""
    return {
        cell["id"]: {kind for output in cell["outputs"] for kind in output.get("data", {})}
        for cell in saved(clone, name)["cells"]
        if cell["cell_type"] == "code"
    }


@pytest.mark.parametrize("name", sampled(PAGES, [CHAPTER]))
def test_an_untrusted_notebook_shows_pictures_amounts_and_cards(chromium, lab, clone, name):
    with opened(chromium, lab, clone, name) as page:
        seen = {cell["id"]: cell for cell in page.evaluate(SEEN)}
    assert not any(cell["trusted"] for cell in seen.values())
    assert [id for id, cell in seen.items() if cell["formulas"]] == []
    kinds = mimes(clone, name)
    drawn = [id for id, told in kinds.items() if "image/png" in told]
    assert [id for id in drawn if not seen[id]["pictures"] or min(seen[id]["pictures"]) < 300] == []
    judged = [
        (seen[cell["id"]]["cards"], record)
        for cell in saved(clone, name)["cells"]
        for output in cell.get("outputs", [])
        if "bet-card" in "".join(output.get("data", {}).get("text/html", ""))
        for record in output["data"]["application/vnd.bet.assessment+json"]
    ]
    assert judged or name in ("index", "5_verdict")
    for card, record in judged:
        answer, _ = cards.answer(record["reason"])
        for told in (record["claim"], record["verdict"], answer):
            assert " ".join(told.split()) in " ".join(card.split())


def test_a_card_leads_to_its_record(chromium, lab, clone):
    """A link out of book/ is one that the server's folder must hold."""
    with opened(chromium, lab, clone, CHAPTER) as page:
        page.evaluate(SEEN)
        page.evaluate("() => document.querySelector('.bet-card a[class*=bet-badge]').click()")
        page.wait_for_function(f"() => {NOTEBOOK}?.context?.path.startsWith('data/claims/')")
        page.wait_for_function(
            f"() => {NOTEBOOK}.content.model.sharedModel.source.includes('THESIS-')"
        )


@pytest.mark.nightly
def test_run_all_change_run_all_save_and_tidy_leave_only_the_parameter(chromium, lab, clone):
    def tidy() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "bet", "tidy", f"book/{CHAPTER}.ipynb"], cwd=clone,
            env=os.environ | {"PYTHONPATH": str(clone)}, capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (1, ""), "as of a hook: something was tidied"

    with opened(chromium, lab, clone, CHAPTER) as page:
        assert run_all(page) == []
        menu(page, "File", item="Save Notebook")
        page.wait_for_function(f"() => !{NOTEBOOK}.context.model.dirty")
        tidy()
        assert git(clone, "status", "--short") == ""

    with opened(chromium, lab, clone, CHAPTER) as page:
        cell = page.locator(".jp-Cell", has_text="day of knowledge, ISO date").first
        line = cell.locator(".cm-line", has_text="exit_pe = 25.0")
        line.click()
        page.keyboard.press("Home")
        page.keyboard.press("Shift+End")
        page.keyboard.type("exit_pe = 30.0")
        assert run_all(page) == []
        seen = " ".join(cell["text"] for cell in page.evaluate(SEEN))
        assert "$248 billion" in seen and "$297 billion" not in seen
        assert run_all(page) == []
        menu(page, "File", item="Save Notebook")
        page.wait_for_function(f"() => !{NOTEBOOK}.context.model.dirty")
    tidy()
    assert git(clone, "status", "--short").split() == ["M", f"book/{CHAPTER}.ipynb"]
    committed = json.loads(git(clone, "show", f"HEAD:book/{CHAPTER}.ipynb"))
    sources = [
        ["".join(cell["source"]) for cell in notebook["cells"]]
        for notebook in (committed, saved(clone))
    ]
    changed = [(was, now) for was, now in zip(*sources, strict=True) if was != now]
    assert len(changed) == 1 and "exit_pe = 30.0" in changed[0][1]
    assert saved(clone)["metadata"] == committed["metadata"]
    assert [c["metadata"] for c in saved(clone)["cells"]] == [c["metadata"] for c in committed["cells"]]  # fmt: skip
