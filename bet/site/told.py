"""Values in Markdown pages: ``{{ fact("pace") | pct }}`` is the number that a chapter records, written for its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError

from bet.chapter.prose import Sandbox
from bet.chapter.said import recorded
from bet.faults import BadInput, Fault, nearest
from bet.numbers import digits
from bet.records import facts
from bet.records.claims import claims
from bet.site.published import notebooks_in


def values(folder: Path) -> dict[str, list[float]]:
    """Return the numbers of every headline fact in the unit of its mentions, from executed notebooks.

    A fact that none of their paragraphs records is left out.
    """
    numbers = recorded(notebooks_in(folder))
    found = {
        headline.id: facts.value(headline, numbers.get(headline.notebook, []))
        for headline in facts.headlines().values()
    }
    return {name: value for name, value in found.items() if value is not None}


def printed(claim: str) -> float:
    """Return the first figure of a claim as the article prints it, in its unit. Raises BadInput for none."""
    record = claims().get(claim)
    if record is None:
        raise BadInput([Fault("printed", repr(claim), f"a claim{nearest(claim, claims())}")])
    if not record.figures:
        raise BadInput([Fault("printed", repr(claim), "a claim with a figure")])
    value = record.figures[0].value
    if not isinstance(value, float | int):
        raise BadInput([Fault(f"printed({claim!r})", repr(value), "a claim with a number")])
    return float(value)


def french(value: float, figures: int = 3) -> str:
    """Return a number as in French prose: 10 000 (with a narrow space) and 17,5."""
    return digits(value, figures).replace(",", "\u202f").replace(".", ",")


_LETTRES = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]


def lettres(value: float) -> str:
    """Return a small count as a French word: cinq; anything else in digits."""
    whole = value == int(value) and 0 <= value < len(_LETTRES)
    return _LETTRES[int(value)] if whole else french(value)


def filled(text: str, page: str, told: Mapping[str, Sequence[float]]) -> str:
    """Return a Markdown page with its values filled in. Raises BadInput for what cannot be.

    ``told`` holds the numbers of the facts, as ``values`` gives them.
    """

    def fact(name: str, place: int = 0) -> float:
        if name not in told:
            known = f"a recorded fact{nearest(name, told)}"
            raise BadInput([Fault(f"{page}.md", f"fact {name!r}", known)])
        return told[name][place]

    pages = Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    pages.globals |= {"fact": fact, "printed": printed}
    pages.filters |= {"fr": french, "en": digits, "lettres": lettres}
    try:
        return pages.from_string(text).render()
    except (TemplateError, IndexError, TypeError) as error:
        raise BadInput([Fault(f"{page}.md", str(error), "a value such as {{ fact('pace') | en }}")]) from None  # fmt: skip
