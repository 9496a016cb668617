"""Outside reviewers: people that the repository can vouch for, and the one rule on who is one.

A name under a claim's ``reviews`` is a word that anybody can write. It counts as somebody from outside only
when ``data/reviewers.yml`` lists it: with the account that signed the look, and the pull request where
the host shows it. That file has an owner, so no reviewer lists themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

import yaml
from pydantic import Field, HttpUrl

from bet.dates import PartialDate
from bet.faults import Fault, require
from bet.paths import Loader, Root, here
from bet.records.claims import claims
from bet.records.yaml_files import Named, load_list

PLACE = "data/reviewers.yml"


class Reviewer(Named):
    """A person from outside. ``id`` is the name as it stands under ``reviews``; ``interest`` what they hold."""

    id: Annotated[str, Field(min_length=3)]
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9])*$")]
    seen: HttpUrl  # the pull request that the account opened or approved
    since: PartialDate
    interest: Annotated[str, Field(min_length=3)]


@Loader
def reviewers(root: Root) -> dict[str, Reviewer]:
    """Load the outside reviewers by name; none where there is no such file."""
    path = root.folder / PLACE
    return load_list(path, Reviewer) if path.exists() else {}


def kind(who: str, known: Mapping[str, object]) -> str:
    """Return whose look it is: 'outside', 'own' for an audit by the authors, 'unvouched' for any other name."""
    if who.lower().startswith("audit"):
        return "own"
    return "outside" if who in known else "unvouched"


def check() -> None:
    """Check the outside reviewers; raise BadInput naming every fault."""
    require(list(_faults()))


def _faults() -> Iterator[Fault]:
    known = reviewers()
    looked = {look.who for claim in claims().values() for look in claim.reviews}
    for name in known:
        where = f"reviewer '{name}'"
        if kind(name, {}) == "own":
            yield Fault(where, "an audit", "a person's name")
        if name in _authors():
            yield Fault(where, "an author of the book (CITATION.cff)", "somebody from outside")
        if name not in looked:
            yield Fault(where, "no look", f"a claim with reviews: [{{who: {name}, …}}]")
    accounts = [person.account.lower() for person in known.values()]
    for account in sorted({name for name in accounts if accounts.count(name) > 1}):
        yield Fault(PLACE, f"the account {account} a second time", "one name for each account")
    if known and not _owned():
        yield Fault(PLACE, "no owner", f"a line '/{PLACE} @owner' in .github/CODEOWNERS")


def _authors() -> set[str]:
    path = here().folder / "CITATION.cff"
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        told
        for author in listed.get("authors", [])
        for told in (
            author.get("name"),
            f"{author.get('given-names')} {author.get('family-names')}",
        )
        if told
    }


def _owned() -> bool:
    path = here().folder / ".github" / "CODEOWNERS"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return bool(re.search(rf"(?m)^/{re.escape(PLACE)}\s+@\S", text))
