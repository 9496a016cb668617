"""Changes of the pages as each revision's own code built them: what a reader sees, whatever a record says.

Records and notebooks are compared as such; this is for what comes between them and the reader, a helper
or a template that shows something else. A badge that says another verdict than the ledger and the
notebook is a changed conclusion, without a history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from bet.chapter.outputs import ASSESSMENT_MIME
from bet.faults import Fault
from bet.review import sides, source_diff
from bet.review.active import flat
from bet.review.change import NONE, Change, strong
from bet.review.snapshot import Snapshot, outputs_of

MOST_BYTES = 20_000_000  # of one page; ours have less than one
_APART = {
    "p",
    "li",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "div",
    "section",
    "figcaption",
    "summary",
    "pre",
    "dt",
    "dd",
    "br",
}
_UNSEEN = ("script", "style", "template")
Badge = tuple[str, str, str]  # claim, the verdict in words, the verdict of its colour


class BuiltPage(HTMLParser):
    """What a reader sees of a built page: its lines, its badges, and what is hidden or led elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.badges: set[Badge] = set()
        self._words: list[str] = []
        self._unseen = 0
        self._badge: tuple[str, str, list[str]] | None = None  # its tag, its colour, its words
        self._within = 0  # elements of the badge's own tag that are open in it
        self.feed(text)
        self.close()
        self._end_badge()
        rows = "".join(self._words).split("\n")
        self.lines = [told for row in rows if (told := " ".join(row.split()))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line with what stands apart; note where a badge begins and its colour."""
        told = dict(attrs)
        classes = (told.get("class") or "").split()
        self._unseen += tag in _UNSEEN
        if tag in _APART:
            self._words.append("\n")
        if "hidden" in told or "style" in told:
            self._words.append(f"[{'hidden' if 'hidden' in told else told['style']}] ")
        if "bet-badge" in classes:  # whatever the element: a reader sees a badge
            self._end_badge()
            colour = next((c for c in classes if c.startswith("bet-") and c != "bet-badge"), "")
            self._badge, self._within = (tag, colour.removeprefix("bet-"), []), 0
        elif self._badge and tag == self._badge[0]:
            self._within += 1

    def handle_endtag(self, tag: str) -> None:
        """End a badge."""
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if self._badge and tag == self._badge[0]:
            self._within -= 1
            if self._within < 0:
                self._end_badge()

    def _end_badge(self) -> None:
        if self._badge:
            _, colour, words = self._badge
            name, _, verdict = " ".join("".join(words).split()).partition(" ")
            self.badges.add((name, verdict, colour))
            self._badge = None

    def handle_data(self, data: str) -> None:
        """Keep the text that is shown."""
        if self._unseen:
            return
        self._words.append(" ".join(data.split("\n")))
        if self._badge:
            self._badge[2].append(data)


def read(site: Path) -> tuple[dict[str, BuiltPage], list[Fault]]:
    """Read the pages of a built site by name; what cannot be read is told as a fault."""
    pages: dict[str, BuiltPage] = {}
    faults: list[Fault] = []
    for path in sorted((site / "book").glob("*.html")):
        try:
            pages[path.stem] = BuiltPage(_page(path).decode("utf-8"))
        except (OSError, ValueError, AssertionError) as error:
            faults.append(Fault(f"built page {path.name}", str(error)[:200], "a page in UTF-8"))
    if not pages and not faults:
        faults.append(Fault(f"built pages in {site.name}", "none", "book/*.html"))
    return pages, faults


def _page(path: Path) -> bytes:
    """Return the bytes of a page; raise ValueError for a link and for what is too long to be one."""
    if path.is_symlink() or path.stat().st_size > MOST_BYTES:
        raise ValueError("a link, or more than a page can be")
    return path.read_bytes()


def editions(before: Path, after: Path, known: Iterable[Change] = ()) -> Iterator[Change]:
    """Yield what the pages of editions show otherwise: verdicts of their badges first, then lines.

    An edition judges under other values than the ledger, so that its verdicts have no history. What the
    same page of the book shows otherwise in the same lines is ``known``, and not told again.
    Raises ValueError for a page that is none.
    """
    told = {c.page: source_diff.lines(c.before, c.after) for c in known if c.kind == "words"}
    places = [_places(site) for site in (before, after)]
    for name in sides.names(*places):
        folders = [side.get(name) for side in places]
        if None in folders:
            built = [NONE if folder is None else "built" for folder in folders]
            yield Change("edition", name, built[0], built[1], "its pages", "editions")
            continue
        pages = [{p.stem: _page(p) for p in sorted((f / "book").glob("*.html"))} for f in folders if f]  # fmt: skip
        yield from _edition(name, pages[0], pages[1], told)


def _places(site: Path) -> dict[str, Path]:
    """Return the folder of each edition of a site; a link is none, it could lead anywhere."""
    found = ((site / "editions").glob("*/book")) if site.is_dir() else ()
    return {b.parent.name: b.parent for b in found if b.resolve() == site.resolve() / "editions" / b.parent.name / "book"}  # fmt: skip


def _edition(
    name: str, old: Mapping[str, bytes], new: Mapping[str, bytes], told: Mapping[str, list[str]]
) -> Iterator[Change]:
    """Yield the badges of one edition that differ, and the pages; only those with other bytes are read."""
    differ = [page for page in sides.names(dict(old), dict(new)) if old.get(page) != new.get(page)]
    read = [{page: BuiltPage(side[page].decode("utf-8")) for page in differ if page in side} for side in (old, new)]  # fmt: skip
    badges = [_verdicts(side.values()) for side in read]
    where = f"the edition {name}"
    for claim in sides.names(*badges):
        was, now = (" and ".join(sorted(side.get(claim, set()))) or NONE for side in badges)
        if was != now:
            yield Change("apart", claim, was, now, where, "editions", 5 * (NONE not in (was, now)))
    for page in differ:
        before, after = ("\n".join(side[page].lines) if page in side else "" for side in read)
        if before != after and source_diff.lines(before, after) != told.get(page):
            yield Change("words", f"{where}, as built", before, after, "", page)


def _verdicts(pages: Iterable[BuiltPage]) -> dict[str, set[str]]:
    """Return the verdicts that the badges of some pages say, by claim."""
    found: dict[str, set[str]] = {}
    for claim, verdict, colour in (badge for page in pages for badge in page.badges):
        said = verdict if verdict == colour else f"{verdict or NONE} in the colour of {colour or NONE}"  # fmt: skip
        found.setdefault(claim, set()).add(said)
    return found


def changes(
    base: Snapshot, head: Snapshot, before: Mapping[str, BuiltPage], after: Mapping[str, BuiltPage]
) -> Iterator[Change]:
    """Yield the badges that came to say another verdict than records do, then every page that differs."""
    known = {badge for page in before.values() for badge in _untrue(base, page)}
    for name, page in after.items():
        for claim, verdict, colour in sorted(_untrue(head, page) - known):
            ledger = sides.verdict(head, claim)
            shown = (
                verdict
                if verdict == colour
                else f"{verdict or NONE}, in the colour of {colour or NONE}"
            )
            note = strong(f"the page as built says so; the ledger says {ledger}")
            weight = sides.weight(head, claim)
            yield Change("verdict", claim, ledger, shown, note, name, weight, False)
    for name in sides.names(dict(before), dict(after)):
        old, new = (side[name].lines if name in side else [] for side in (before, after))
        if old != new:
            yield Change("words", "the page as built", "\n".join(old), "\n".join(new), "", name)


def cards(base: Snapshot, head: Snapshot) -> Iterator[Change]:
    """Yield the badges in outputs of notebooks that came to say another verdict than the record beside them."""
    known = set(_false_cards(base))
    for page, (claim, verdict, colour), record in _false_cards(head):
        if (page, (claim, verdict, colour), record) not in known:
            shown = (
                verdict
                if verdict == colour
                else f"{verdict or NONE}, in the colour of {colour or NONE}"
            )
            note = strong("its card says so; the record beside it does not")
            weight = sides.weight(head, claim)
            yield Change("verdict", claim, record, shown, note, page, weight, False)


def _false_cards(side: Snapshot) -> Iterator[tuple[str, Badge, str]]:
    """Yield (page, badge, the record's verdict) of every badge that its own output contradicts."""
    for page, data in outputs_of(side.notebooks):
        told, records = data.get("text/html"), data.get(ASSESSMENT_MIME)
        beside = records if isinstance(records, list) else []
        said = {str(r.get("claim")): str(r.get("verdict")) for r in beside if isinstance(r, dict)}
        for badge in sorted(BuiltPage(flat(told)).badges) if told else ():
            if {badge[1], badge[2]} != {said.get(badge[0])}:
                yield page, badge, said.get(badge[0], NONE)


def _untrue(side: Snapshot, page: BuiltPage) -> set[Badge]:
    """Return the badges whose words or colour are neither the ledger's verdict nor the notebook's."""
    return {
        badge
        for badge in page.badges
        if not {badge[1], badge[2]} <= {sides.verdict(side, badge[0])}
        and not {badge[1], badge[2]} <= {sides.output(side, badge[0])}
    }
