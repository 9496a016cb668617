"""The book's Sphinx extension: its roles and directives, its outputs as figures, its pages' frame and finish."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bet.chapter import panels
from bet.chapter.cards import badge
from bet.chapter.lint import output_faults
from bet.chapter.outputs import (
    CHART_MIME,
    NARROW_MIME,
    PANEL_MIME,
    SCORECARD_MIME,
    WORDS_MIME,
    as_written,
)
from bet.faults import Fault, nearest, require
from bet.paths import here, write_text
from bet.records import reviewers
from bet.records.contents import menu
from bet.records.editions import TODAY
from bet.records.sources import evidence
from bet.site import (
    addresses,
    claims_page,
    edition_pages,
    feed,
    finish,
    gallery,
    glossary,
    meta,
    published,
    reference_pages,
    search,
    told,
)
from bet.site.html import figure_numbers, render


def records_of(env: BuildEnvironment) -> published.BookRecords:
    """Return the claims and charts of the book that is being written."""
    return published.records_in(Path(env.srcdir) / "book")


def check_records(app: Sphinx, env: BuildEnvironment, _: list[str]) -> None:
    """Stop before the first page when a fact or a chart hangs in the air."""
    folder, records = Path(app.srcdir) / "book", records_of(env)
    told = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.ipynb"))
    quoted = set(re.findall(r'\\"([\w-]+)\\"', told))
    uncited = [name for name in evidence() if name not in quoted]
    loose = claims_page.orphans(records.claims, records.charts, uncited)
    require([Fault("claim map", text, "no orphan") for text in loose])
    places = Counter(f"{chart['notebook']}#{chart['name']}" for chart in records.charts)
    once = "unique names in a chapter"
    twice = [Fault(f"chart {p}", "a name used twice", once) for p, n in places.items() if n > 1]
    require(twice)


def close_markdown(app: Sphinx, config: Any) -> None:
    """Make HTML in Markdown text like any other, in pages and in what notebooks say."""
    config.myst_disable_syntax = ["html_block", "html_inline"]


def replace_search(app: Sphinx) -> None:
    """Keep Sphinx from writing a search index of its own; ours is written when the pages are."""
    app.builder.search = False  # type: ignore[attr-defined]


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that shows what a search finds."""
    if app.builder.name == "html":
        yield "search", {"title": "Search", "body": render("search")}, "page.html"


def close_directives(app: Sphinx) -> None:
    """Let no directive bring in HTML, or a file that is no page."""
    app.env.settings.update(raw_enabled=False, file_insertion_enabled=False)


# What a page asks for


class ClaimRole(SphinxRole):
    """``{claim}`INFRA-60``` : a badge with the verdict, linked to the claim's place.

    What stands after the id is for readers of a notebook in Jupyter.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge; an unknown id is an error of the page."""
        name = self.text.split(maxsplit=1)[0]
        verdicts = records_of(self.env).verdicts
        if name not in verdicts:
            text = f"unknown claim '{name}'{nearest(name, verdicts)}"
            message = self.inliner.reporter.error(text, line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        _depend(self.env, here().data / "claims")
        return [nodes.raw("", badge(name, verdicts[name]), format="html")], []


def _depend(env: BuildEnvironment, folder: Path) -> None:
    """Note that a page is made from the files of a folder; of a folder itself Sphinx cannot tell the age."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            env.note_dependency(str(path))


class ArchiveRole(SphinxRole):
    """``{archive}`all notebooks``` : a link to the notebooks as one file, and the place of that to the PDF."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link under the words of the role."""
        return [nodes.raw("", render("archive", text=self.text), format="html")], []


class Deeper(SphinxDirective):
    """``:::{deeper} Title`` : a text folded under its title; below *Going deeper* see ``folds``."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the content between the two ends of a folding element."""
        inside = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, inside)
        words, _ = self.parse_inline(self.arguments[0])  # a dollar stands escaped in Markdown
        head = render("deeper", title="".join(node.astext() for node in words))
        return [
            nodes.raw("", head, format="html"),
            *inside.children,
            nodes.raw("", "</details>", format="html"),
        ]


class Generated(SphinxDirective):
    """``{bet} claims`` : a part of the site that is made from the records."""

    required_arguments = 1
    option_spec = {"field": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the generated HTML as one node."""
        for folder in ("claims", "evidence", "tables"):
            _depend(self.env, here().data / folder)
        # Kept by the preview, which lists there what the charts of all chapters are.
        self.env.note_dependency(str(Path(self.env.srcdir) / "charts.json"))
        name, parts = self.arguments[0], self._parts()
        if name not in parts:
            raise self.error(f"unknown part '{name}', expected one of {', '.join(parts)}")
        return [nodes.raw("", parts[name](), format="html")]

    def _parts(self) -> dict[str, Callable[[], str]]:
        claims, charts = records_of(self.env)
        verdicts = records_of(self.env).verdicts
        pictures = gallery.pictures
        folder, repository = Path(self.env.srcdir) / "book", self.config.bet_repository
        made = {name: here().build / "stage" / name / "book" for name in self.config.bet_editions}
        return {
            "claims": lambda: claims_page.claim_rows(claims, repository, charts),
            "lines": reference_pages.line_rows,
            "map": lambda: claims_page.map_rows(claims, charts),
            "corrections": lambda: claims_page.history_rows(claims, self._feed()),
            "report": lambda: reference_pages.report(repository, self.config.bet_contact),
            "reviews": lambda: claims_page.review_rows(claims, reviewers.reviewers()),
            "catalogue": reference_pages.catalogue,
            "sources": reference_pages.source_rows,
            "gallery": lambda: gallery.rows(charts, pictures(folder), verdicts),
            "scale": lambda: claims_page.scale_rows(claims),
            "rule": reference_pages.rule_rows,
            "forms": reference_pages.forms_rows,
            "parameters": reference_pages.parameter_rows,
            "forecasts": reference_pages.forecast_rows,
            "sections": lambda: claims_page.section_table(claims),
            "downloads": reference_pages.downloads,
            "cite": lambda: meta.cite_book(self.config.html_baseurl or ""),
            "editions": edition_pages.edition_rows,
            "comparison": lambda: edition_pages.comparison_rows(made, self.config.bet_edition),
            "tally": lambda: claims_page.tally(claims, self.options.get("field", "verdict")),
        }

    def _feed(self) -> str:
        """Return where today's feed is, seen from a page of the book; nothing without a public address."""
        home = self.config.bet_edition == TODAY and self.config.html_baseurl
        return f"../{feed.NAME}" if home else ""


# Notebooks: code folded, charts as figures, panels and scorecards

FOLDED = "hide-input"
WRITTEN = ("text/markdown", "text/html")


def fold_code(app: Sphinx, docname: str, content: list[str]) -> None:
    """Fold every code cell; cells that show nothing are joined to the one that shows their result.

    Raises BadInput for an output that is not the book's own, before a page is made of it.
    Where jupyter-book is to run the notebooks itself they are left as they are.
    """
    if app.config.nb_execution_mode != "off" or not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(content[0])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    require([fault for cell in code for fault in output_faults(f"{docname}.ipynb cell {cell.get('id')}", cell)])  # fmt: skip
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
        for data in (output["data"] for output in cell["outputs"] if "data" in output):
            data |= {kind: as_written("".join(data[kind])) for kind in WRITTEN if kind in data}
        source = "".join(cell["source"])
        tags = cell["metadata"].setdefault("tags", [])
        if not cell["outputs"]:
            waiting.append(source)
            continue
        shown += _headings(cell)
        if not {"remove-input", "remove-cell"} & set(tags):
            cell["source"] = "\n\n".join([*waiting, source])
            waiting = []
            tags.append(FOLDED)
        shown.append(cell)
    return shown


def _headings(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Take a computed heading out of a cell's first output and return it as a cell of its own.

    Inside an output it would be no heading of the page.
    """
    data = cell["outputs"][0].get("data", {}) if cell["outputs"] else {}
    first, _, rest = "".join(data.get("text/markdown", "")).partition("\n")
    if not first.startswith("## "):
        return []
    data["text/markdown"] = rest.lstrip("\n")
    return [{"cell_type": "markdown", "id": f"{cell['id']}-h", "metadata": {}, "source": first}]


def fill_values(app: Sphinx, docname: str, content: list[str]) -> None:
    """Fill in the values that a Markdown page asks for: those of today's edition, as on the cover."""
    if not app.env.doc2path(docname).endswith(".md") or "{{" not in content[0]:
        return
    own, todays = Path(app.srcdir) / "book", Path(app.srcdir).parent / TODAY / "book"
    folder = todays if (todays / "index.ipynb").exists() else own
    content[0] = told.filled(content[0], docname, told.values(folder))


def explain_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Let a chapter's first use of a term lead to the glossary, where the book has one."""
    chapter = re.fullmatch(r"book/\d_\w+", app.env.docname)
    if chapter and "book/glossary" in app.env.found_docs:
        glossary.link_terms(doctree)


# Pages in another language than the book.
LANGUAGES = {"book/resume": "fr"}


def mark_language(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Say in which language the text of a page is, where it is not the book's."""
    if context.get("body") and (language := LANGUAGES.get(pagename)):
        context["body"] = f'<div lang="{language}">{context["body"]}</div>'


class BetRenderer:
    """How MyST-NB shows the book's own outputs; its entry point is ``myst_nb.mime_renderers``."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes for a chart, nothing for our records, None for everything else.

        A record comes before the picture or table in the same output (keys are sorted on disk), so
        it waits, in Sphinx's store for the page being read, for what follows.
        """
        env = renderer.renderer.sphinx_env
        place = (data.cell_index, data.output_index)
        if data.mime_type == NARROW_MIME:
            env.temp_data["bet.narrow"] = (place, data.content["svg"])
            return []
        if data.mime_type in (CHART_MIME, PANEL_MIME, SCORECARD_MIME, WORDS_MIME):
            env.temp_data["bet.record"] = (place, data.mime_type, data.content)
            return []
        if data.mime_type.startswith("application/vnd.bet."):
            return []
        of, kind, record = env.temp_data.get("bet.record", (None, None, None))
        if of != place:
            return None
        if kind == WORDS_MIME or (data.mime_type == "image/png" and kind == CHART_MIME):
            return []  # the page writes these words and shows the SVG
        if data.mime_type == "image/svg+xml" and kind == CHART_MIME:
            images = renderer.render_image(data)
            beside, narrow = env.temp_data.get("bet.narrow", (None, ""))
            if beside == place:
                small = renderer.render_image(replace(data, content=narrow))
                images += [_second(image) for image in small]
            return [_figure(images, record, env, data.cell_metadata)]
        if data.mime_type == "text/html" and kind in (PANEL_MIME, SCORECARD_MIME):
            shown = _panel(record) if kind == PANEL_MIME else _scorecard(record, env)
            return [nodes.raw("", shown, format="html")]
        return None


def _second(image: nodes.Element) -> nodes.Element:
    """Mark a picture as the narrow drawing of the one before it; ``finish`` joins the two."""
    image["classes"].append("bet-narrow")
    return image


def _panel(record: dict[str, Any]) -> str:
    """Return the place of a what-if panel with what it shows at the defaults."""
    spec = json.dumps(record, ensure_ascii=False)
    return render("panel", spec=spec, table=Markup(panels.table_html(record)))


def _scorecard(record: dict[str, Any], env: BuildEnvironment) -> str:
    """Return the verdicts of a section, or of all, counted."""
    return claims_page.scorecard(records_of(env).claims, record["section"])


def _figure(
    images: list[nodes.Element], record: dict[str, Any], env: BuildEnvironment, cell: dict[str, Any]
) -> nodes.figure:
    """Return a figure: finding, picture with alternative text, caption, and the data as a table."""
    name, notebook, records = record["name"], env.docname.split("/")[-1], records_of(env)
    number = figure_numbers(records.charts).get((notebook, name), "")
    shown = not {"remove-input", "remove-cell"} & set(cell.get("tags", []))
    links = gallery.caption_links(record, notebook, env.config.bet_repository, shown)
    for image in images:
        image["alt"] = record["alt"]
    figure = nodes.figure("", *images, ids=[name], names=[name], classes=["bet-figure"])
    caption = render("caption", claims=record["claims"], verdicts=records.verdicts, links=links)
    finding = render("finding", number=number, chart=record)  # these words are the page's
    figure.insert(0, nodes.raw("", finding, format="html"))
    figure += nodes.caption("", "", nodes.raw("", caption, format="html"))
    figure += nodes.legend("", nodes.raw("", gallery.data_table(record), format="html"))
    return figure


def anchor_code(app: Sphinx, doctree: nodes.document) -> None:
    """Give the code that draws a chart an address: ``#code-NAME``."""
    for figure in doctree.findall(nodes.figure):
        if "bet-figure" not in figure["classes"]:
            continue
        cell = figure.parent
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        source = next(iter(_sources(cell)), None) if cell is not None else None
        if source is not None:
            source["ids"].append(f"code-{figure['ids'][0]}")


def _sources(cell: nodes.Element) -> Iterable[nodes.Element]:
    return (n for n in cell.findall(nodes.container) if n.get("nb_element") == "cell_code_source")


# The frame of a page


def launch(app: Sphinx, config: Any) -> None:
    """Offer Binder once the book has a public repository; Colab, which opens a notebook alone, never."""
    options = config.html_theme_options
    # Binder and Colab know these hosts; elsewhere the captions' own links to the notebooks do.
    if not config.bet_repository.startswith(("https://github.com/", "https://gitlab.com/")):
        options.pop("repository_url", None)
        options["launch_buttons"] = {}
        return
    options["repository_url"] = config.bet_repository
    options["path_to_docs"] = ""
    options["launch_buttons"] = {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
    }


def add_edition(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Put the switcher, and on every edition but today's the banner, above a page's text."""
    names, here = app.config.bet_editions, app.config.bet_edition
    if not context.get("body") or app.builder.name == "singlehtml":
        return
    switcher = edition_pages.switcher(names, pagename, here)
    context["body"] = f"{switcher}{edition_pages.banner(here, pagename)}{context['body']}"


def add_menu_link(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Lead to the menu where it cannot be opened: on a telephone without scripts it stands below the text."""
    if context.get("body") and app.builder.name == "html":
        context["body"] = f"{render('menu_link')}{context['body']}"


def keep_addresses(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Let the addresses of charts that are no longer drawn lead to the end of their chapter."""
    if context.get("body") and (names := addresses.retired_on(pagename)):
        context["body"] = f"{context['body']}{render('retired', names=names)}"


def add_head(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Add a description to a page's head, and how to cite it to its foot."""
    if doctree is None:
        return
    title = next((t.astext() for t in doctree.findall(nodes.title)), meta.BOOK)
    context["pagetitle"] = escape(title)  # the theme prints it as it is
    base = app.config.html_baseurl or ""
    edition = app.config.bet_edition
    follow = f"{'../' * pagename.count('/')}{feed.NAME}" if base and edition == TODAY else ""
    about = meta.description(doctree)
    if edition != TODAY:
        about = meta.shorten(f"Edition: {edition_pages.title(edition)}. {about}", 155)
    tags = meta.tags(about, follow)
    context["metatags"] = f"{context.get('metatags', '')}{tags}"
    cite = meta.cite(title, pagename, base, "" if edition == TODAY else edition)
    context["body"] = f"{context.get('body', '')}{cite}"  # a sum would escape the body


# Files of the theme that no page of this book asks for, and inline words that go with them.
UNUSED = ("togglebutton", "toggleHint", "toggleOpenOnPrint", "design-tabs", "fontawesome.js",
          "THEBE_JS_URL", "sphinx-thebe", "fonts.googleapis", "mathjax", "sphinx_highlight")  # fmt: skip


def lighten(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Drop scripts and styles that the page does not use; add those that it does."""
    body = context.get("body") or ""
    app.add_js_file("search.mjs", type="module")
    if pagename == "book/claims":
        app.add_js_file("claims.js", loading_method="defer")
        if base := app.config.html_baseurl:  # a search engine wants whole addresses
            graph = published.claim_review(records_of(app.env).claims, base)
            told = json.dumps(graph, ensure_ascii=False).replace("<", "\\u003c")
            app.add_js_file(None, body=told, type="application/ld+json")
    if names := set(re.findall(r"<a class='bet-badge [^>]*href='[^'#]+#([\w-]+)'", body)):
        told = json.dumps(claims_page.said(records_of(app.env).claims, names), ensure_ascii=False)
        inert = told.replace("<", "\\u003c")
        app.add_js_file(None, body=inert, type="application/json", id="bet-said")
        app.add_js_file("badges.js", loading_method="defer")
    if "id='bet-report'" in body:
        app.add_js_file("report.js", loading_method="defer")
    if "class='bet-deeper'" in body or 'id="going-deeper"' in body:
        app.add_js_file("folds.js", loading_method="defer")
    if "class='bet-due'" in body:
        app.add_js_file("countdown.js", loading_method="defer")
    if 'class="bet-panel"' in body:
        app.add_js_file("panel.mjs", type="module")
    unused = [*UNUSED]
    unused += [] if 'class="highlight' in body else ["copybutton", "clipboard", "pygments.css"]
    unused += [] if re.search(r'class="[^"]*\bsd-', body) else ["sphinx-design"]
    unused += [] if re.search(r'class="[^"]*\bcell', body) else ["mystnb"]
    for key in ("script_files", "css_files"):
        context[key] = [item for item in context.get(key, []) if not _names(item, unused)]


def _names(item: Any, words: Sequence[str]) -> bool:
    """Tell whether a script or style is one of the files or inline texts that the words name."""
    attributes = getattr(item, "attributes", {}) or {}
    told = f"{attributes.get('body', '')}{getattr(item, 'filename', item)}"
    return any(word in told for word in words)


def write_site(app: Sphinx, error: Exception | None, names: Iterable[str]) -> None:
    """Write the downloads beside the pages, and finish the pages of these names, just written."""
    if error or app.builder.format != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl or ""
    finish.downloads(out, records_of(app.env))
    finish.finish(out, written := set(names))
    pages = menu(Path(app.srcdir) / "_toc.yml")
    if not app.config.bet_preview or written >= {*pages}:  # who previews one page waits for neither
        finish.pack(Path(app.srcdir) / "book", out / "notebooks.zip")
        if app.builder.name == "html":
            search.write_index(out, records_of(app.env), pages)
    if app.config.bet_edition == TODAY:
        finish.root_files(out, base, app.config.bet_editions)
        if base:
            released = str(meta.cited()["date-released"])
            write_text(out / feed.NAME, feed.feed(records_of(app.env).claims, base, released))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("bet_repository", "", "html", types=[str])
    app.add_config_value("bet_contact", "", "html", types=[str])
    app.add_config_value("bet_edition", TODAY, "env", types=[str])  # which edition this site is
    app.add_config_value(
        "bet_preview", False, "", types=[bool]
    )  # search and zip as they were at its start
    app.add_config_value("bet_editions", [TODAY], "env", types=[list])  # all that are being built
    app.add_role("claim", ClaimRole())
    app.add_role("archive", ArchiveRole())
    app.add_directive("bet", Generated)
    app.add_directive("deeper", Deeper)
    app.connect("config-inited", launch, priority=900)
    app.connect("config-inited", close_markdown, priority=900)
    app.connect("builder-inited", close_directives)
    app.connect("builder-inited", replace_search)
    app.connect("html-collect-pages", search_page)
    app.connect("env-before-read-docs", check_records)
    app.connect("source-read", fold_code)
    app.connect("source-read", fill_values)
    app.connect("doctree-read", anchor_code)
    app.connect("doctree-read", explain_terms)
    app.connect("html-page-context", mark_language, priority=600)
    app.connect("html-page-context", keep_addresses, priority=700)
    app.connect("html-page-context", add_edition, priority=800)
    app.connect("html-page-context", add_menu_link, priority=810)
    app.connect("html-page-context", add_head, priority=850)
    app.connect("html-page-context", lighten, priority=900)
    written: set[str] = set()
    app.connect("html-page-context", lambda app, name, *_: written.add(name), priority=950)
    app.connect("build-finished", lambda app, error: write_site(app, error, written))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
