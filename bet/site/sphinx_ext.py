"""The Sphinx extension: claim badges, generated pages, machine-readable files, and a lighter site."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bet.chapter import panels
from bet.chapter.cards import badge
from bet.faults import Fault, nearest, require
from bet.paths import here
from bet.records import editions, tables
from bet.records.rule import SCALE
from bet.records.sources import evidence
from bet.site import benchmarks, csp, edition_pages, gallery, lean, pages, published, status


class ClaimRole(SphinxRole):
    """``{claim}`INFRA-60``` : a badge with the verdict, linked to the claim's place."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge; an unknown id is an error of the page."""
        name = self.text.strip()
        records = self.env.bet_records
        if name not in records:
            text = f"unknown claim '{name}'{nearest(name, records)}"
            message = self.inliner.reporter.error(text, line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        self.env.note_dependency(str(here().data / "claims"))
        return [nodes.raw("", badge(name, records[name]["verdict"]), format="html")], []


class Generated(SphinxDirective):
    """``{bet} claims`` : a part of the site that is made from the records."""

    required_arguments = 1
    option_spec = {"field": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the generated HTML as one node."""
        env = self.env
        for folder in ("claims", "evidence", "tables"):
            env.note_dependency(str(here().data / folder))
        name = self.arguments[0]
        joined, charts = env.bet_published, env.bet_charts
        parts = {
            "claims": lambda: pages.claim_rows(
                joined, self.config.bet_repository, _figures_of(charts)
            ),
            "lines": pages.line_rows,
            "map": lambda: pages.map_rows(joined, charts),
            "corrections": lambda: pages.history_rows(joined),
            "reviews": lambda: pages.review_rows(joined),
            "catalogue": pages.catalogue,
            "sources": pages.source_rows,
            "gallery": lambda: gallery.rows(
                charts,
                gallery.pictures(Path(env.srcdir) / "book"),
                {name: record["verdict"] for name, record in env.bet_records.items()},
            ),
            "benchmarks": benchmarks.rows,
            "status": lambda: status.rows(joined, len(charts), len(tables.names())),
            "scale": lambda: pages.scale_rows(joined),
            "rule": pages.rule_rows,
            "parameters": pages.parameter_rows,
            "sections": lambda: pages.section_table(joined),
            "downloads": pages.downloads,
            "editions": pages.edition_rows,
            "comparison": comparison,
            "tally": lambda: pages.tally(
                joined,
                self.options.get("field", "verdict"),
                _ORDER.get(self.options.get("field", "verdict"), ()),
            ),
        }
        if name not in parts:
            raise self.error(f"unknown part '{name}', expected one of {', '.join(parts)}")
        return [nodes.raw("", parts[name](), format="html")]


def comparison() -> str:
    """Return what differs between the editions that this build made, from their notebooks."""
    names = os.environ.get("BET_EDITIONS", "").split()
    if len(names) < 2:
        return (
            "<p>This copy holds one edition. <code>bet build --all</code> builds every one; each page then has a "
            "switcher to the same page of the others, and this one shows what differs.</p>"
        )
    folders = {name: here().build / "stage" / name / "book" for name in names}
    return pages.comparison_rows(edition_pages.compare(folders), names)


_ORDER = {"verdict": SCALE, "confidence": ("high", "medium", "low")}


def _figures_of(charts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the addresses of the charts by claim."""
    found: dict[str, list[str]] = {}
    for chart in charts:
        for claim in chart["claims"]:
            found.setdefault(claim, []).append(f"{chart['notebook']}.html#{chart['name']}")
    return found


def load_records(app: Sphinx, env: Any, _: list[str]) -> None:
    """Read every record once, before the pages that show them."""
    folder = Path(app.srcdir) / "book"
    env.bet_published = published.publish(folder)
    env.bet_records = published.assessments_in(folder)
    env.bet_charts = published.charts_in(folder)
    told = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.ipynb"))
    quoted = set(re.findall(r'\\"([\w-]+)\\"', told))
    uncited = [name for name in evidence() if name not in quoted]
    loose = pages.orphans(env.bet_published, env.bet_charts, uncited)
    require([Fault("claim map", text, "no orphan") for text in loose])
    places = Counter((chart["notebook"], chart["name"]) for chart in env.bet_charts)
    twice = [f"{notebook}#{name}" for (notebook, name), count in places.items() if count > 1]
    require(
        [
            Fault(f"chart {place}", "a name used twice", "unique names in a chapter")
            for place in twice
        ]
    )


def lighten(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Drop scripts and styles that the page does not use; add the filter to the claims page only."""
    body = context.get("body") or ""
    unused = [*lean.UNUSED]
    unused += [] if 'class="highlight' in body else ["copybutton", "clipboard"]
    unused += [] if re.search(r'class="[^"]*\bsd-', body) else ["sphinx-design"]

    def used(item: Any) -> bool:
        attributes = getattr(item, "attributes", {}) or {}
        told = f"{attributes.get('body', '')}{getattr(item, 'filename', item)}"
        return not any(word in told for word in unused)

    if pagename == "book/claims":
        app.add_js_file("claims.js", loading_method="defer")
        graph = published.claim_review(app.env.bet_published, app.config.html_baseurl or "")
        told = json.dumps(graph, ensure_ascii=False).replace("<", "\\u003c")
        app.add_js_file(None, body=told, type="application/ld+json")
    if 'class="bet-panel"' in body:
        app.add_js_file("panel.mjs", type="module")
    for key in ("script_files", "css_files"):
        context[key] = [item for item in context.get(key, []) if used(item)]


FOLDED = "hide-input"


def fold_code(app: Sphinx, docname: str, content: list[str]) -> None:
    """Fold every code cell; cells that show nothing are joined to the one that shows their result.

    Where jupyter-book is to run the notebooks itself they are left as they are.
    """
    if app.config.nb_execution_mode != "off" or not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(content[0])
    notebook["cells"] = _joined(notebook["cells"])
    content[0] = json.dumps(notebook, sort_keys=True)


def _joined(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cells to show: silent code waits for the next code cell that has an output."""
    shown: list[dict[str, Any]] = []
    waiting: list[str] = []
    for cell in cells:
        if cell["cell_type"] != "code":
            shown.append(cell)
            continue
        source = "".join(cell["source"])
        tags = cell["metadata"].setdefault("tags", [])
        if not cell["outputs"]:
            waiting.append(source)
            continue
        if not {"remove-input", "remove-cell"} & set(tags):
            cell["source"] = "\n\n".join([*waiting, source])
            waiting = []
            tags.append(FOLDED)
        shown.append(cell)
    return shown


def add_edition(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Put the switcher, and on every edition but today's the banner, above a page's text."""
    names = os.environ.get("BET_EDITIONS", "").split()
    here = os.environ.get("BET_EDITION", editions.TODAY)
    if len(names) < 2 or not context.get("body"):
        return
    known = {name: entry for name, entry in editions.editions().items() if name in names}
    links = edition_pages.switcher(known, pagename, here)
    banner = "" if here == editions.TODAY else pages.banner(here, editions.differences(here))
    context["body"] = pages.switcher(links) + banner + context["body"]


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write the downloads beside the pages and remove what no page loads."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    joined = app.env.bet_published
    (out / "claims.json").write_text(published.as_json(joined), encoding="utf-8")
    (out / "claims.csv").write_text(published.as_csv(joined), encoding="utf-8")
    (out / "claims.schema.json").write_text(published.json_schema(), encoding="utf-8")
    (out / "editions.json").write_text(editions.as_json(), encoding="utf-8")
    for chart in app.env.bet_charts:
        path = out / "charts" / chart["notebook"] / f"{chart['name']}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(chart_csv(chart), encoding="utf-8")
    (out / "tables").mkdir(exist_ok=True)
    (out / "_static" / "models").mkdir(exist_ok=True)
    for model in panels.MODELS:
        (out / "_static" / "models" / f"{model}.py").write_text(
            panels.source(model), encoding="utf-8"
        )
    for name in tables.names():
        shutil.copyfile(here().tables / f"{name}.csv", out / "tables" / f"{name}.csv")
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(csp.protect(stacked(mend(text))), encoding="utf-8")
    for pattern in (
        "_static/scripts/fontawesome.js*",
        "_static/**/*.map",
        "_static/thebe*",
        "_static/sphinx-thebe*",
    ):
        for path in out.glob(pattern):
            path.unlink()


def chart_csv(chart: dict[str, Any]) -> str:
    """Return the plotted data of a chart as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(chart["columns"])
    writer.writerows(["" if cell is None else cell for cell in row] for row in chart["rows"])
    return buffer.getvalue()


_TABLE = re.compile(r'<table class="table">.*?</table>', re.S)
_LONG = 40  # letters; a cell of more is read, not compared with the one below


def stacked(page: str) -> str:
    """Let a telephone show the rows of a table of sentences as blocks, each cell under its name."""
    return _TABLE.sub(lambda match: _stacked(match[0]), page)


def _stacked(table: str) -> str:
    cells = re.findall(r"<td\b[^>]*>(.*?)</td>", table, re.S)
    names = [_words(name) for name in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.S)]
    if len(names) < 3 or not any(len(_words(cell)) > _LONG for cell in cells):
        return table
    columns = itertools.cycle(names)
    table = re.sub(r"<td\b", lambda match: f'{match[0]} data-name="{next(columns)}"', table)
    return table.replace('<table class="table">', '<table class="table bet-stack">', 1)


def _words(cell: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", cell).split()).replace('"', "&quot;")


NUMBER = re.compile(r'<span class="caption-number">Fig\. [^<]*</span>')  # ours has the chapter's
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />'


def mend(page: str) -> str:
    """Mend what the theme gets wrong: unused scripts it writes itself, roles that do not exist."""
    page = re.sub(r"<script[^>]*fontawesome\.js[^>]*></script>\s*", "", page)
    page = re.sub(r"<link[^>]*fontawesome\.js[^>]*/?>\s*", "", page)
    page = re.sub(r'<script type="text/x-thebe-config">.*?</script>\s*', "", page, flags=re.S)
    page = re.sub(r"<script>kernelName = [^<]*</script>\s*", "", page)
    page = NUMBER.sub("", page.replace('role="doc-biblioentry"', ""))
    page = re.sub(r'<meta name="viewport"[^>]*>\s*', "", page)
    page = page.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />\n    {VIEWPORT}', 1)
    page = page.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    named = '<summary aria-label="Pages under this one">'
    return re.sub(r'<summary>(?=<span class="toctree-toggle")', named, page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("bet_repository", "", "html", types=[str])
    app.add_role("claim", ClaimRole())
    app.add_directive("bet", Generated)
    app.connect("env-before-read-docs", load_records)
    app.connect("source-read", fold_code)
    app.connect("html-page-context", lighten, priority=900)
    app.connect("html-page-context", add_edition, priority=800)
    app.connect("build-finished", write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
