"""How MyST-NB shows the book's own outputs: charts as numbered figures with caption, data and table."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes

from bet.chapter.cards import scorecard_html
from bet.chapter.outputs import CHART_MIME, PANEL_MIME, SCORECARD_MIME
from bet.chapter.panels import table_html
from bet.site import gallery
from bet.site.pages import badges, escape, figure_numbers, grid
from bet.site.published import counts


class BetRenderer:
    """Registered under the entry point ``myst_nb.mime_renderers``."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes for a chart, nothing for our records, None for everything else.

        The chart's record comes before its picture in the same output (keys are sorted on disk),
        so it is kept on the renderer for the picture that follows.
        """
        place = (data.cell_index, data.output_index)
        if data.mime_type in (CHART_MIME, PANEL_MIME, SCORECARD_MIME):
            renderer.bet_record = (*place, data.mime_type, data.content)
            return []
        if data.mime_type.startswith("application/vnd.bet."):
            return []
        env = renderer.renderer.sphinx_env
        *found, kind, record = getattr(renderer, "bet_record", (None, None, None, None))
        if tuple(found) != place:
            return None
        if data.mime_type == "image/svg+xml" and kind == CHART_MIME:
            verdicts = {name: r["verdict"] for name, r in env.bet_records.items()}
            notebook = env.docname.split("/")[-1]
            number = figure_numbers(env.bet_charts).get((notebook, record["name"]), "")
            shown = not {"remove-input", "remove-cell"} & set(data.cell_metadata.get("tags", []))
            links = gallery.caption_links(record, notebook, env.config.bet_repository, shown)
            return [_figure(renderer.render_image(data), record, number, links, verdicts)]
        if data.mime_type == "text/html" and kind == PANEL_MIME:
            spec = escape(json.dumps(record, ensure_ascii=False))
            box = f'<div class="bet-panel" data-panel="{spec}">{table_html(record)}</div>'
            return [nodes.raw("", box, format="html")]
        if data.mime_type == "text/html" and kind == SCORECARD_MIME:
            section = record["section"]
            part = [c for c in env.bet_published if section in (None, c.section)]
            return [nodes.raw("", scorecard_html(counts(part, "verdict")), format="html")]
        return None


def _figure(
    images: list[nodes.Element],
    record: dict[str, Any],
    number: str,
    links: str,
    verdicts: dict[str, str],
) -> nodes.figure:
    """Return a figure: the picture with its alternative text, caption, and the data as a table."""
    name = record["name"]
    for image in images:
        image["alt"] = record["alt"]
    figure = nodes.figure("", *images, ids=[name], names=[name], classes=["bet-figure"])
    claims = badges(record["claims"], verdicts)
    head = nodes.raw("", f"<b>Figure {number}.</b> ", format="html")
    foot = nodes.raw("", f"{claims} {links}", format="html")
    figure += nodes.caption("", "", head, foot)
    figure += nodes.legend("", nodes.raw("", _table(record), format="html"))
    return figure


def _table(record: dict[str, Any], most: int = 60) -> str:
    """Return the plotted data as a table, for screen readers and the curious."""
    rows = record["rows"]
    step = max(1, -(-len(rows) // most))
    shown = [[("–" if cell is None else escape(cell)) for cell in row] for row in rows[::step]]
    note = (
        f"<p>One in {step} of the {len(rows)} rows; the download has all.</p>" if step > 1 else ""
    )
    head = [escape(str(column).replace("_", " ")) for column in record["columns"]]
    return f"<details><summary>Table view</summary>{note}{grid(head, shown)}</details>"
