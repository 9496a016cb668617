"""A chapter: what a notebook holds on to. Checks its parameters and carries the day of knowledge.

Thin on purpose: every method displays what a pure function of another module returns.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from IPython.display import display

from bet.chapter import cards, outputs, panels, prose
from bet.chapter.drawing import Drawing
from bet.chapter.outputs import NUMBERS_MIME, PANEL_MIME, SCORECARD_MIME
from bet.faults import BadInput, Fault, nearest
from bet.paths import require_own_package
from bet.records import judge, parameters, tables
from bet.records.claims import SECTIONS, claims
from bet.records.rule import SCALE


class Chapter(Drawing):
    """One run of one notebook under one set of parameters."""

    def __init__(self, notebook: str, cell_globals: Mapping[str, Any]) -> None:
        """Check the parameters that stand in the notebook's namespace; raise BadInput if one is wrong.

        Also where the notebook's book has other code than that which runs, or there is no book.
        """
        require_own_package()
        self.notebook = notebook
        self.parameters = parameters.from_cell(notebook, cell_globals)
        self.as_of: str = self.parameters["as_of"]
        outside = parameters.outside(notebook, self.parameters)
        self.beyond = ", ".join(f"{name} = {self.parameters[name]}" for name in outside)
        if self.beyond:
            allowed = "; ".join(f"{name}: {span}" for name, span in outside.items())
            told = f"**Beyond the ranges on purpose: {self.beyond}.** Allowed: {allowed}."
            display({"text/markdown": told, "text/plain": told, NUMBERS_MIME: {}}, raw=True)
        self._assessed: dict[str, dict] = {}
        self._scorecards: set[str | None] = set()
        self._names = cell_globals

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table that were known on the chapter's day."""
        return tables.table(name, self.as_of)

    def say(self, template: str) -> None:
        """Show Markdown with its numbers and words filled in.

        The template is Jinja's, in the notebook's own namespace: ``{{ pct(hits / cases) }}``. A
        figure in the template that is not computed, a date or a name is refused.
        """
        text, shown = prose.render(template, self._names)
        display(
            {"text/markdown": prose.money(text), "text/plain": text, NUMBERS_MIME: shown},
            raw=True,
        )

    def assess(
        self,
        claim_id: str,
        *,
        found: Any = None,
        verdict: str | None = None,
        because: str | None = None,
        turned_by: Mapping[str, Callable[[Any], Any]] | None = None,
        turned: str = "",
    ) -> None:
        """Judge a claim, show its card and leave its record; see ``judge.assess``."""
        record = judge.assess(
            claim_id,
            as_of=self.as_of,
            notebook=self.notebook,
            found=found,
            verdict=verdict,
            because=because,
            turned_by=turned_by,
            turned=turned,
            values=self.parameters,
        )
        self._assessed[claim_id] = record
        for section in self._scorecards:
            self._count(section, update=True)
        plain = f"{claim_id} {record['verdict']}: {record['reason']}"
        display(
            {
                "text/html": outputs.set_apart(cards.card(record)),
                "text/plain": plain,
                outputs.ASSESSMENT_MIME: [record],
            },
            raw=True,
        )

    def badge(self, claim_id: str) -> str:
        """Return a claim's badge with the ledger's verdict on the chapter's day, for prose.

        Jupyter shows id and verdict; a page draws the badge, with the verdict of its own build.
        """
        known = claims()
        if claim_id not in known:
            expected = f"an id of data/claims{nearest(claim_id, known)}"
            raise BadInput([Fault("badge", repr(claim_id), expected)])
        verdict = known[claim_id].verdict_on(dt.date.fromisoformat(self.as_of))
        return f"{{claim}}`{claim_id} {verdict}`"

    def ledger(self, section: str) -> None:
        """Lead to all claims of a section, and leave the records of those that no notebook computes."""
        _known_section(section)
        rest = [
            judge.from_ledger(claim, self.as_of, self.notebook)
            for claim in claims().values()
            if claim.section == section
            and claim.id not in self._assessed
            and claim.assessed_in in ("ledger", self.notebook)
        ]
        count = f"{len(rest)} claims from the ledger"
        display(
            {
                "text/html": cards.section_link(section),
                "text/plain": count,
                outputs.ASSESSMENT_MIME: rest,
            },
            raw=True,
        )

    def scorecard(self, section: str | None = None) -> None:
        """Show the verdicts on a section, or on all claims, counted.

        Those that this run judges count as it judges them, also further down, the others as in the
        ledger. A page counts those that all notebooks of the same build left.
        """
        if section is not None:
            _known_section(section)
        fresh = section not in self._scorecards
        self._scorecards |= {section}
        self._count(section, update=not fresh)

    def _count(self, section: str | None, update: bool) -> None:
        """Show a scorecard, or count it anew where it stands."""
        judged = {name: record["verdict"] for name, record in self._assessed.items()}
        counts = scorecard_counts(section, self.as_of, judged)
        said = ", ".join(f"{counts[v]} {v}" for v in SCALE if counts[v])
        display(
            {
                "text/html": cards.scorecard_html(counts),
                "text/plain": f"{sum(counts.values())} claims: {said}",
                SCORECARD_MIME: {"section": section},
            },
            raw=True,
            display_id=f"scorecard {section} {id(self)}",
            update=update,
        )

    def panel(
        self,
        model: str,
        case: Mapping[str, Any],
        sliders: Mapping[str, str],
        figures: Sequence[tuple[str, str, str]],
        curve: tuple[str, str],
        claimed: tuple[str, float, str] | None = None,
    ) -> None:
        """Show a what-if panel; see ``panels.panel``. In a notebook its figures stand as a table."""
        record = panels.panel(model, self.notebook, case, sliders, figures, curve, claimed)
        said = "; ".join(f"{figure['label']}: {figure['text']}" for figure in record["figures"])
        display(
            {
                "text/html": outputs.set_apart(panels.table_html(record)),
                "text/plain": said,
                PANEL_MIME: record,
            },
            raw=True,
        )


def scorecard_counts(
    section: str | None, as_of: str, judged: Mapping[str, str] | None = None
) -> Counter:
    """Count the verdicts on a section (or on all claims) on a day: the ledger's but for those ``judged``."""
    day = dt.date.fromisoformat(as_of)
    counted = (
        c for c in claims().values() if section in (None, c.section) and c.kind != "boilerplate"
    )
    return Counter((judged or {}).get(c.id) or c.verdict_on(day) for c in counted)


def _known_section(section: str) -> None:
    if section not in SECTIONS:
        expected = f"one of {', '.join(SECTIONS)}{nearest(section, SECTIONS)}"
        raise BadInput([Fault("section", repr(section), expected)])
