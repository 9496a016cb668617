"""Forms: what kind of sentence a claim is decides what may be asked of it, and so its verdict.

A saying is judged as a report (was it said?), whatever its content; what does not exist yet is open;
praise and mind-reading are opinions. The method page prints this table.
"""

from __future__ import annotations

from typing import NamedTuple

REPORTS = ("quotation", "view")
REPORTED = ("supported", "partly", "contradicted")
WORLD = ("supported", "partly", "contradicted", "unverified")


class Form(NamedTuple):
    """One form: the claims of these kinds, what decides them, and the verdicts they may have."""

    name: str
    kinds: tuple[str, ...]
    rule: str
    verdicts: tuple[str, ...]


FORMS = (
    Form("a saying, found in the same words or in substance", REPORTS, "judged as a report: speaker, hearer, time and meaning", REPORTED),
    Form("a saying, found in neither", REPORTS, "unverified, whatever its content", ("unverified",)),
    Form("a forecast, or a price of what does not exist", ("forecast",), "open until it is due", ("open",)),
    Form("praise, mind-reading, 'X is not Y but Z'", ("opinion",), "not judged, and without confidence", ("opinion",)),
    Form("text of the host page", ("boilerplate",), "no claim of the article", ("opinion",)),
    Form("anything else about the world", ("quantity", "date", "event", "causal", "arithmetic", "definition"), "judged on the evidence", (*WORLD, "open")),
)  # fmt: skip


def form(kind: str, words: str | None) -> Form:
    """Return the form of a claim from its kind and, of a saying, whether the words were found."""
    if kind in REPORTS:
        return FORMS[1 if words == "not_found" else 0]
    return next(form for form in FORMS if kind in form.kinds)
