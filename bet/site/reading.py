"""A Sphinx extension for the reading experience: heads of pages, anchors of code, launch, finish."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from bet.paths import here
from bet.records.editions import TODAY
from bet.site import csp, lean, meta, status

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest day a zip can tell: the same bytes each time


def launch(app: Sphinx, config: Any) -> None:
    """Offer Binder and Colab once the book has a public repository, and never before."""
    options = config.html_theme_options
    if not config.bet_repository:
        options.pop("repository_url", None)
        options["launch_buttons"] = {}
        return
    options["repository_url"] = config.bet_repository
    options["path_to_docs"] = ""
    options["launch_buttons"] = {
        "notebook_interface": "classic",
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
    }


def anchor_code(app: Sphinx, doctree: nodes.document) -> None:
    """Give the code that draws a chart an address: ``#code-NAME``."""
    for figure in doctree.findall(nodes.figure):
        if "bet-figure" not in figure["classes"]:
            continue
        name = f"code-{figure['ids'][0]}"
        cell = figure.parent
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        source = next(iter(_sources(cell)), None) if cell is not None else None
        if source is not None:
            source["ids"].append(name)


def _sources(cell: nodes.Element) -> Iterable[nodes.Element]:
    return (n for n in cell.findall(nodes.container) if n.get("nb_element") == "cell_code_source")


def head(app: Sphinx, pagename: str, template: str, context: dict, doctree: Any) -> None:
    """Add description, card and canonical address to a page's head, and how to cite it to its foot."""
    if doctree is None:
        return
    title = next((t.astext() for t in doctree.findall(nodes.title)), meta.BOOK)
    about = meta.description(doctree)
    base = app.config.html_baseurl or ""
    context["metatags"] = context.get("metatags", "") + meta.tags(title, about, pagename, base)
    app.env.bet_cards = {**getattr(app.env, "bet_cards", {}), pagename: (title, about)}
    cited = yaml.safe_load((here().folder / "CITATION.cff").read_text(encoding="utf-8"))
    day, version = str(cited["date-released"]), cited["version"]
    context["body"] = context.get("body", "") + meta.cite(title, pagename, base, version, day)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write what belongs to the site as a whole, and make every page lighter."""
    if error or app.builder.format != "html" or app.builder.name == "singlehtml":
        return
    out, base = Path(app.outdir), app.config.html_baseurl or ""
    if os.environ.get("BET_EDITION", TODAY) == TODAY:
        pack(Path(app.srcdir) / "book", out / "notebooks.zip")
        (out / "robots.txt").write_text(meta.robots(base), encoding="utf-8")
        (out / "404.html").write_text(csp.protect(meta.missing(base)), encoding="utf-8")
        pages = [f"{page}.html" for page in getattr(app.env, "bet_cards", {})]
        (out / "sitemap.xml").write_text(meta.sitemap(pages, base), encoding="utf-8")
    (out / "cards").mkdir(exist_ok=True)
    for page, (title, about) in sorted(getattr(app.env, "bet_cards", {}).items()):
        (out / "cards" / f"{page.split('/')[-1]}.png").write_bytes(meta.card(title, about))
    for page in sorted(out.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        page.write_text(lean.pictures(text, page.parent), encoding="utf-8")
    lean.icons(out)
    place = out / "book" / "status.html"
    if place.exists():
        text = place.read_text(encoding="utf-8")
        place.write_text(text.replace(status.PLACE, status.weights(out)), encoding="utf-8")


def pack(folder: Path, target: Path) -> None:
    """Write every notebook with its outputs into one zip, the same bytes each time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.glob("*.ipynb")):
            entry = zipfile.ZipInfo(f"the-bet-audited/{path.name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension; it needs bet.site.sphinx_ext."""
    app.setup_extension("bet.site.sphinx_ext")
    app.connect("config-inited", launch, priority=900)
    app.connect("doctree-read", anchor_code)
    app.connect("html-page-context", head, priority=850)
    app.connect("build-finished", finish, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
