"""The ledger: one record per claim of the article, with its verdict and everything that carries it."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import operator
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bet.dates import PartialDate, first_day, iso, last_day
from bet.faults import BadInput, Fault, nearest, require
from bet.paths import Loader, Root, here
from bet.records import forms
from bet.records.rule import Ruling, rule, worst
from bet.records.sources import Evidence, evidence, known_on, sources
from bet.records.yaml_files import Disagreement, Named, Part, Record, load_folder, read_yaml

ARTICLE_DAY = dt.date(2025, 11, 14)
THEN = dt.date(2025, 11, 30)  # the clock 'then': what was public by this day
SECTIONS = {
    "INTRO": "0_stake",
    "PEOPLE": "1_people",
    "GROK": "2_grok",
    "INFRA": "3_infrastructure",
    "THESIS": "4_thesis",
    "END": "5_verdict",
}
FILES = {"INTRO": "intro", "PEOPLE": "people", "GROK": "grok", "INFRA": "infrastructure",
         "THESIS": "thesis", "END": "end"}  # fmt: skip
OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

Verdict = Literal["supported", "partly", "contradicted", "open", "unverified", "opinion", "pending"]
Number = Annotated[float, Field(allow_inf_nan=False)]


def as_value(value: Any) -> float | str | tuple:
    """Return a number, an ISO date, or a (low, high) pair of either; raise ValueError otherwise."""
    if isinstance(value, list | tuple):
        if len(value) != 2 or any(isinstance(end, list | tuple) for end in value):
            raise ValueError("a pair [low, high]")
        return as_value(value[0]), as_value(value[1])
    if isinstance(value, str | dt.date):
        return iso(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number, an ISO date, or a pair [low, high]")
    return float(value)


Value = Annotated[float | str | tuple, BeforeValidator(as_value)]


def interval(value: Any) -> tuple[float, float]:
    """Return any value of a figure as (low, high) numbers; dates become day numbers."""
    low, high = value if isinstance(value, tuple | list) else (value, value)
    if isinstance(low, str | dt.date):
        return float(first_day(str(low)).toordinal()), float(last_day(str(high)).toordinal())
    return float(low), float(high)


def _year(value: Any) -> Any:
    """Turn a whole number into the text of a year, alone or in a pair."""
    if isinstance(value, list):
        return [_year(end) for end in value]
    return str(value) if isinstance(value, int) else value


class Figure(Record):
    """One figure as printed in the article, how it is read, and what was found instead."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    printed: str
    value: Value | None = None
    unit: str
    reading: str = "plain"
    read: str | None = None  # in English, where the words say it otherwise than value and relation
    relation: Literal["equal", "about", "less", "more", "date"]
    precision: Number | None = None
    found: Value | None = None

    @model_validator(mode="before")
    @classmethod
    def _years_are_dates(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or fields.get("relation") != "date":
            return fields
        return {k: _year(v) if k in ("value", "found") else v for k, v in fields.items()}

    @field_validator("printed", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str:
        return str(value)

    @model_validator(mode="after")
    def _intervals_run_upwards(self) -> Figure:
        for name in ("value", "found"):
            value = getattr(self, name)
            if value is None:
                continue
            if (self.relation == "date") != isinstance(interval_end(value), str):
                raise ValueError(f"{name} as a date for relation 'date', as a number otherwise")
            low, high = interval(value)
            if low > high:
                raise ValueError(f"{name} from low to high")
        if self.found is not None and self.value is None:
            raise ValueError("a value beside 'found'")
        return self

    def judge(self, found: Any = None) -> Ruling:
        """Apply the rule to what was found (default: the ledger's own)."""
        spread = interval(self.found if found is None else found)
        return rule(self.relation, interval(self.value), spread, self.rounding())

    def rounding(self) -> float:
        """Return the half-width of rounding in the figure's unit: given, or half the last digit."""
        if self.precision is not None:
            return self.precision
        if not isinstance(self.value, float | int):
            return 0.0
        return half_last_digit(self.value)


def interval_end(value: Any) -> Any:
    """Return one end of a value, to tell its kind."""
    return value[0] if isinstance(value, tuple) else value


def half_last_digit(value: float) -> float:
    """Return half a unit of the last digit that the number shows: 27.5 -> 0.05, 160 -> 0.5."""
    text = f"{value:.10f}".rstrip("0")
    decimals = len(text.split(".")[1])
    return 0.5 * 10.0**-decimals


class Clock(Record):
    """The verdict on what was public by 30 November 2025, where it differs."""

    verdict: Verdict
    reason: str
    found: dict[str, Value] = {}


class Flip(Record):
    """A comparison of two named values; when it becomes true the verdict no longer stands."""

    left: str
    operator: Literal["<", "<=", ">", ">="]
    right: str


class Change(Record):
    """One entry of a claim's history."""

    date: PartialDate
    verdict: Verdict
    why: str


class Review(Record):
    """Who looked at a claim (or at one figure or chart of it), and when.

    ``who`` is a person's name, or begins with 'audit' when those who wrote the ledger looked again.
    Whose look it is, and which counts as one from outside, ``reviewers.kind`` says.
    """

    date: PartialDate
    who: Annotated[str, Field(min_length=2)]
    figure: str | None = None
    note: str = ""


class Speech(Record):
    """Who says a reported sentence, to whom and when, and whether the words were found.

    ``words``: 'verbatim', 'in_substance' or 'not_found'; whether their content is true is another question.
    """

    by: Literal["author", "musk", "baron", "huang", "larry-page"]
    to: str | None = None
    on: PartialDate | None = None
    words: Literal["verbatim", "in_substance", "not_found"]


class SecondReading(Record):
    """The second reading inside the project, by somebody who did not write the record."""

    date: PartialDate
    outcome: Literal["kept", "changed"]
    note: Annotated[str, Field(min_length=10)]


class Claim(Named):
    """One atomic claim of the article and our judgement of it."""

    id: Annotated[str, Field(pattern=r"^(INTRO|PEOPLE|GROK|INFRA|THESIS|END)-\d{2,4}$")]
    lines: Annotated[list[int], Field(min_length=1)]
    anchor: str
    speaker: Literal["author", "musk", "baron", "huang", "page"]
    paraphrase: Annotated[str, Field(min_length=10)]
    kind: Literal[
        "quantity", "date", "event", "quotation", "view", "causal", "arithmetic", "definition",
        "forecast", "opinion", "boilerplate",
    ]  # fmt: skip
    speech: Speech | None = None
    checkable: bool
    importance: Literal[1, 2, 3]
    figures: list[Figure] = []
    verdict: Verdict
    override: str | None = None
    confidence: Literal["high", "medium", "low"] | None
    reason: str
    supports: list[str] = []
    contradicts: list[str] = []
    qualifies: list[str] = []
    tables: list[str] = []
    arithmetic: bool = False
    searched: str | None = None
    error_origin: Literal["author", "translation", "source", "unknown"] | None = None
    strongest_reading: str | None = None
    then: Clock | None = None
    assessed_in: str = "ledger"
    review_by: PartialDate | None = None
    flips_if: Flip | None = None
    history: list[Change] = []
    reviews: list[Review] = []
    second_reading: SecondReading | None = None

    @property
    def section(self) -> str:
        """The section's prefix, for example 'INFRA'."""
        return self.id.split("-")[0]

    @property
    def cited(self) -> list[str]:
        """Every evidence id, for and against."""
        return [*self.supports, *self.contradicts, *self.qualifies]

    def judged(self) -> list[Figure]:
        """Return the figures that the rule can judge."""
        return [figure for figure in self.figures if figure.found is not None]

    def verdict_on(self, day: dt.date) -> str:
        """Return the ledger's verdict on what was public by a day (two clocks)."""
        return (self.clock(day) or self).verdict

    def clock(self, day: dt.date) -> Clock | None:
        """Return the earlier clock while a day is under it; nothing later is told in it."""
        return self.then if day <= THEN else None

    @classmethod
    def whatever_else(cls, value: Any) -> list[Part]:
        """Tell an anchor that is too long."""
        anchor = value.get("anchor") if isinstance(value, dict) else None
        if not isinstance(anchor, str) or len(anchor.split()) <= 4:
            return []
        return [("anchor", repr(anchor), "at most four words of the original")]

    @model_validator(mode="after")
    def _fields_agree(self, info: ValidationInfo) -> Claim:
        if info.context != FIELDS_ALONE and (wrong := _conditions(self)):
            raise Disagreement(wrong)
        return self


FIELDS_ALONE = "fields alone"  # the context in which fields need not agree
NOTHING = "nothing"


def _conditions(claim: Claim) -> list[Part]:
    """Return what a record of this verdict still lacks or has too much, each part with its field."""
    figures = [figure.name for figure in claim.figures]
    misnamed = [name for name in claim.then.found if name not in figures] if claim.then else []
    twice = sorted({name for name in figures if figures.count(name) > 1})
    wrong = [("figures", f"'{name}' more than once", "names of their own") for name in twice]
    wrong += [
        ("then", f"a value for '{name}'", "names of figures in its found") for name in misnamed
    ]
    wrong += Claim.whatever_else({"anchor": claim.anchor})
    if claim.verdict == "pending":
        return wrong
    return [*wrong, *_form_conditions(claim), *_verdict_conditions(claim)]


def _verdict_conditions(claim: Claim) -> list[Part]:
    """Return what the verdict asks for."""
    verdict, told = claim.verdict, f"'{claim.verdict}'"
    grounds = claim.supports or claim.contradicts or claim.tables or claim.arithmetic
    ruled = worst([f.judge().verdict for f in claim.judged()]) if claim.judged() else None
    last = f"'{claim.history[-1].verdict}' last" if claim.history else NOTHING
    wants = {
        ("reason", NOTHING, "a reason"): not claim.reason.strip(),
        ("strongest_reading", NOTHING, "the least wrong reading of what is 'contradicted'"): verdict
        == "contradicted"
        and not claim.strongest_reading,
        (
            "error_origin",
            NOTHING,
            "for 'partly' and 'contradicted' one of author, translation, source, unknown",
        ): verdict in ("partly", "contradicted") and not claim.error_origin,
        ("searched", NOTHING, "a note, or evidence, tables or arithmetic"): claim.checkable
        and not grounds
        and not claim.searched
        and verdict != "unverified",
        ("searched", NOTHING, "a note for 'unverified'"): verdict == "unverified"
        and not claim.searched,
        ("checkable", "true", "false for 'opinion'"): verdict == "opinion" and claim.checkable,
        ("verdict", told, f"'{ruled}' by the rule, or an override reason"): ruled is not None
        and ruled != verdict
        and not claim.override,
        ("override", "one", "none where the rule already gives the verdict"): ruled == verdict
        and bool(claim.override),
        ("history", last, f"a last entry with the verdict {told}"): not claim.history
        or claim.history[-1].verdict != verdict,
    }
    return [want for want, missing in wants.items() if missing]


def _form_conditions(claim: Claim) -> list[Part]:
    """Return what the form of the sentence asks for; see ``forms``."""
    if (claim.speech is None) == (claim.kind in forms.REPORTS):
        found = f"{'one' if claim.speech else NOTHING} for kind '{claim.kind}'"
        return [("speech", found, "one for a quotation or view, and for nothing else")]
    form = forms.form(claim.kind, claim.speech.words if claim.speech else None)
    opinion = form.verdicts == ("opinion",)
    level = claim.confidence or "null"
    right = f"{' or '.join(form.verdicts)} for {form.name}"
    levels = "null for an opinion" if opinion else "high, medium or low"
    wants = {
        ("verdict", f"'{claim.verdict}'", right): claim.verdict not in form.verdicts,
        ("confidence", level, levels): opinion != (claim.confidence is None),
        ("confidence", level, "at most medium where nothing was found"): claim.confidence == "high"
        and (claim.verdict == "unverified" or _tells_of_nothing(claim)),
        ("searched", "no 'who else'", "a note that asks who else"): _tells_of_nothing(claim)
        and "who else" not in (claim.searched or "").lower(),
    }
    return [want for want, missing in wants.items() if missing]


_NOTHING = re.compile(r"\b(?:found no|found nothing|found nobody|did not find)\b")


def _tells_of_nothing(claim: Claim) -> bool:
    """Tell whether a judged claim rests on a search that found nothing, as its reason says."""
    if claim.verdict == "unverified":
        return bool(claim.searched)  # without a note the claim lacks more than the question
    reasons = [claim.reason, *([claim.then.reason] if claim.then else [])]
    return claim.verdict != "opinion" and any(map(_NOTHING.search, reasons))


@Loader
def claims(root: Root) -> dict[str, Claim]:
    """Load the whole ledger, in the order of the article, each record checked on its own."""
    records = load_folder(root.data / "claims", Claim)
    return dict(sorted(records.items(), key=lambda item: order(item[0])))


def readable() -> list[Claim]:
    """Return the claims whose fields can be read each by itself, also those that ``claims`` refuses.

    What refers to the article or to other records can then be told together with the rest.
    """
    found = []
    for path in sorted((here().data / "claims").glob("*.yml")):
        with contextlib.suppress(BadInput):  # told by ``claims``
            content = read_yaml(path)[0]
            for value in content if isinstance(content, list) else ():
                with contextlib.suppress(ValidationError):
                    found.append(Claim.model_validate(value, context=FIELDS_ALONE))
    return found


def order(claim_id: str) -> tuple[int, int]:
    """Sort key: sections in the order of the article, then the number."""
    section, number = claim_id.split("-")
    return list(SECTIONS).index(section), int(number)


def check() -> None:
    """Check every claim against the evidence and the tables; raise BadInput naming every fault."""
    try:
        ledger = claims()
    except BadInput as error:
        missing = [fault for claim in readable() for fault in reference_faults(claim)]
        raise BadInput([*error.faults, *missing]) from None
    require([fault for claim in ledger.values() for fault in cross_faults(claim, ledger)])


def cross_faults(claim: Claim, ledger: dict[str, Claim]) -> list[Fault]:
    """Check one claim against the evidence: ids exist, confidence is earned, no flip is due."""
    facts = evidence()
    faults = reference_faults(claim)
    if not faults and claim.verdict in ("supported", "partly", "contradicted"):
        faults += _confidence_faults(claim, facts)
    if not faults and claim.then and claim.then.verdict != claim.verdict:
        faults += _clock_faults(claim, facts)
    return faults + _flip_faults(claim, ledger, facts)


def reference_faults(claim: Claim) -> list[Fault]:
    """Return the facts, tables and notebooks that a claim names and that do not exist."""
    facts = evidence()
    faults = [
        Fault(
            f"claim {claim.id} {field}",
            f"'{name}'",
            f"an id of data/evidence{nearest(name, facts)}",
        )
        for field in ("supports", "contradicts", "qualifies")
        for name in getattr(claim, field)
        if name not in facts
    ]
    faults += [
        Fault(f"claim {claim.id} tables", f"'{name}'", "a table of data/tables")
        for name in claim.tables
        if not (here().tables / f"{name}.yml").exists()
    ]
    if claim.assessed_in not in ("ledger", *SECTIONS.values()):
        there = {path.stem for path in here().book.glob("[0-9]_*.ipynb")}
        if claim.assessed_in not in there:
            known = ", ".join(("ledger", *sorted({*SECTIONS.values(), *there})))
            faults.append(Fault(f"claim {claim.id} assessed_in", f"'{claim.assessed_in}'", known))
    return faults


def _confidence_faults(claim: Claim, facts: dict[str, Evidence]) -> list[Fault]:
    if any(facts[name].source not in sources() for name in claim.cited):
        return []  # told by sources.check
    try:
        cap = confidence_cap(claim, facts)
    except BadInput as error:
        return error.faults
    if claim.confidence is None or CONFIDENCES.index(claim.confidence) <= CONFIDENCES.index(cap):
        return []
    return [Fault(f"claim {claim.id} confidence", claim.confidence, f"at most {cap}")]


def _clock_faults(claim: Claim, facts: dict[str, Evidence]) -> list[Fault]:
    """A verdict of today that differs needs evidence about the statement's own time that came later."""
    cited = [facts[name] for name in claim.cited]
    if any(fact.source not in sources() for fact in cited):
        return []  # told by sources.check
    if any(first_day(fact.as_of) <= THEN < known_on(fact) for fact in cited):
        return []
    expected = "evidence about 2025 or earlier that became public after 2025-11-30"
    return [Fault(f"claim {claim.id} then", "another verdict than today's", expected)]


def _flip_faults(claim: Claim, ledger: dict[str, Claim], facts: dict[str, Evidence]) -> list[Fault]:
    if claim.flips_if is None:
        return []
    where = f"claim {claim.id} flips_if"
    try:
        if not flips(claim.flips_if, ledger, facts):
            return []
    except BadInput as error:
        return [Fault(where, fault.found, fault.expected) for fault in error.faults]
    return [Fault(where, "a condition that is true today", "a new judgement")]


CONFIDENCES = ("low", "medium", "high")


def confidence_cap(claim: Claim, facts: dict[str, Evidence]) -> str:
    """Return the highest confidence that the evidence allows.

    High needs arithmetic, a primary document or two independent origins; what only the person
    judged says of himself is medium at most; one secondary or forum page alone is medium at most.
    A quotation asks only whether the words were spoken, so there his own word counts.
    """
    if claim.arithmetic:
        return "high"
    bearing = [facts[name] for name in (*claim.supports, *claim.contradicts)]
    own_word_counts = claim.kind == "quotation"
    published = [sources()[f.source] for f in bearing if own_word_counts or not f.told_by]
    published += [sources()[name] for table in claim.tables for name in _table_sources(table)]
    origins = {source.origin for source in published}
    if any(source.tier == "primary" for source in published) or len(origins) >= 2:
        return "high"
    return "medium" if bearing or published else "low"


def _table_sources(name: str) -> list[str]:
    from bet.records.tables import sidecar  # late: the pure ledger needs no pandas

    return sidecar(name).sources


_NAME = re.compile(r"[A-Z]+-\d{2,4}\.[a-z0-9_]+")


def named_value(name: str, ledger: Mapping[str, Claim], facts: Mapping[str, Evidence]) -> float:
    """Return the figure of an evidence id, or the printed value of CLAIM.figure.

    Raises BadInput when there is no such name or it carries no single number.
    """
    value: Any = None
    if _NAME.fullmatch(name):
        claim_id, figure_name = name.split(".")
        figures = ledger[claim_id].figures if claim_id in ledger else []
        value = next((f.value for f in figures if f.name == figure_name), None)
    elif name in facts:
        value = facts[name].figure
    if not isinstance(value, float | int):
        expected = f"an evidence id with one figure, or CLAIM.figure{nearest(name, facts)}"
        raise BadInput([Fault("flips_if", repr(name), expected)])
    return float(value)


def flips(flip: Flip, ledger: Mapping[str, Claim], facts: Mapping[str, Evidence]) -> bool:
    """Evaluate a flip condition."""
    left = named_value(flip.left, ledger, facts)
    return OPERATORS[flip.operator](left, named_value(flip.right, ledger, facts))
