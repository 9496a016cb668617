"""The link check: every address that the site names, tried once, with reasoned exceptions.

An answer that says "gone" is a fault. One that says "not for robots" or "busy" is told, but is no
fault: a false alarm every night is worse than a link found dead a day later.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from bet.faults import BadInput, Fault, gathered
from bet.paths import here
from bet.records.yaml_files import Record, parse, read_yaml

TIMEOUT_S = 20
AT_ONCE = 8
GONE = (404, 410, 451)
_HREF = re.compile(r"""<a\b[^>]*?\bhref=["'](https?://[^"'#]+)""", re.IGNORECASE)


class Excuse(Record):
    """Addresses that are not tried, and why."""

    starts: Annotated[str, Field(pattern=r"^https?://")]
    reason: Annotated[str, Field(min_length=10)]


class Answer(NamedTuple):
    """What an address answered: 'alive', 'gone' or 'unclear', with what was told."""

    state: str
    told: str


def exceptions(path: Path | None = None) -> list[Excuse]:
    """Load the exceptions; an empty list without a file."""
    path = path or here().data / "link_exceptions.yml"
    if not path.exists():
        return []
    content, lines = read_yaml(path)
    records: list[Excuse] = []
    faults: list[Fault] = []
    for place, value in enumerate(content or []):
        with gathered(faults):
            records.append(parse(Excuse, value, (place,), lines, path))
    if faults:
        raise BadInput(faults)
    return records


def addresses(site: Path) -> dict[str, list[str]]:
    """Return every outside address of a built site with the pages that name it."""
    if not (site / "index.html").exists():
        raise BadInput([Fault(site.name, "no site", "a built one: run make book first")])
    found: dict[str, set[str]] = {}
    for path in sorted(site.rglob("*.html")):
        for address in _HREF.findall(path.read_text(encoding="utf-8")):
            found.setdefault(unescape(address), set()).add(path.relative_to(site).as_posix())
    return {address: sorted(found[address]) for address in sorted(found)}


def excused(address: str, known: Iterable[Excuse]) -> str | None:
    """Return the reason why an address is not tried, or None."""
    return next((e.reason for e in known if address.startswith(e.starts)), None)


def ask(address: str) -> Answer:
    """Try one address: HEAD first, then GET where the host refuses HEAD."""
    answer = Answer("unclear", "not tried")
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(
            address, method=method, headers={"User-Agent": "Mozilla/5.0 (link check)"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                return Answer("alive", str(response.status))
        except urllib.error.HTTPError as error:
            answer = Answer("gone" if error.code in GONE else "unclear", str(error.code))
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
            unknown = "Name or service not known" in reason or "No address" in reason
            return Answer("gone" if unknown else "unclear", reason)
    return answer


def check(
    found: Mapping[str, list[str]],
    known: Iterable[Excuse],
    ask: Callable[[str], Answer] = ask,
) -> dict[str, Answer]:
    """Try every address that is not excused; return the answers of those that are not alive."""
    known = list(known)
    tried = [address for address in found if not excused(address, known)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = dict(zip(tried, pool.map(ask, tried), strict=True))
    return {address: answer for address, answer in answers.items() if answer.state != "alive"}
