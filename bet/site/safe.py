"""What may stand on a page: the gate that every finished page passes, or the build stops.

A page is read by rules so strict that no browser can read it otherwise: every tag well formed, every
value in quotes and without ``<``, nothing between them but what HTML itself calls a space. (A no-break
space is none: a browser begins a value there.) Elements, attributes, addresses, scripts and styles are
then held against fixed lists. So neither a record nor a notebook brings in what is on none of them,
whichever way it came: Markdown, a template that forgot to escape, an output, a heading that the theme
copies to the side bar.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from bet.chapter.still import picture_faults
from bet.faults import Fault, require

# The inline scripts and styles of the theme and of our own lost page, by the sha256 of their text.
# After an update of the theme the build names what is new: read it before it gets a line here.
SCRIPTS = {
    "'sha256-P1Gd/Wqjqq8uduID7MOciZi3jIWvAuyCldpRMjsiEjw='": "the colours that the reader chose",
    "'sha256-wcNx2le3TMzju5F3VmQJCbmh2OvII/kKvjEUtCjfyl4='": "our own page for a lost address",
}
STYLES = {
    "'sha256-C3nk0YHGM8DxSAqt/D7LJhnXw+LUypY+FxVXtw/fUEg='": "what needs scripts is hidden without",
    "'sha256-DyNCWONcPCb3y1cWvm3/rk0ijsOmaOvfWfNhpbkRBHA='": "our own page for a lost address",
}
PRINT = "window.print()"  # the one event handler, of the theme's print button
_COMMENTS = {" Scripts loaded after <body> so the DOM is not blocked "}  # with a tag in them
# The one page that sends the reader on, and whereto.
_ENTRANCE = ("index", "0; url=book/index.html")

_TAGS = (
    "html head title meta link script style noscript body header footer main nav aside article section div span p a b"
    " i u s em strong small sub sup code pre kbd samp var cite q blockquote abbr ins del mark br hr wbr ul ol li dl dt"
    " dd h1 h2 h3 h4 h5 h6 table caption colgroup col thead tbody tfoot tr th td figure figcaption picture source img details summary"
    " button dialog form input output time"
)  # fmt: skip
_ATTRIBUTES = (
    "id class lang title role tabindex hidden open href src srcset rel as alt width height loading decoding download target"
    " type name property content charset http-equiv defer media scope colspan rowspan start value action method placeholder"
    " autocomplete autocorrect autocapitalize spellcheck datetime"
)  # fmt: skip
_KNOWN_TAGS, _KNOWN = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
_OWN = re.compile(r"(?:data|aria)-[a-z0-9_-]+")
_RELS = {
    "stylesheet",
    "preload",
    "icon",
    "index",
    "search",
    "next",
    "prev",
    "canonical",
    "alternate",
}
_DATA = {"application/ld+json", "application/json"}  # scripts that no browser runs
_SCRIPT_FILE = re.compile(r"(?:\.\./)*_static/(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.m?js(?:\?[\w=.]+)?")
_CANONICAL = re.compile(r"https://[\w.-]+(?:/[\w.~-]+)*\.html", re.ASCII)
_NAME = re.compile(r"[\w/-]+")
_AWAY = ("//", "\\", "/\\")  # to a browser the start of another host, without a scheme
_FORMS = re.compile(r"(?:\.\./)*search\.html|#")

# HTML's own spaces; Python's \s has more of them, at which a browser goes on reading a value.
_S = r"[ \t\n\f\r]"
_ATTRIBUTE = rf"""{_S}+[A-Za-z][\w:-]*(?:{_S}*={_S}*(?:"[^"<]*"|'[^'<]*'))?"""
_PART = re.compile(
    rf"""
    [^<]+ | <!DOCTYPE\ html> | </[A-Za-z][A-Za-z0-9]*{_S}*>
  | <!--(?P<comment>.*?)-->
  | <(?P<raw>script|style)(?P<told>(?:{_ATTRIBUTE})*){_S}*>(?P<text>.*?)</(?P=raw){_S}*>
  | <(?P<tag>[A-Za-z][A-Za-z0-9]*)(?P<attributes>(?:{_ATTRIBUTE})*){_S}*/?>
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.ASCII,
)
_LINK = re.compile(rf"<link((?:{_ATTRIBUTE})*)", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(rf"""{_S}+([A-Za-z][\w:-]*)(?:{_S}*={_S}*(?:"([^"]*)"|'([^']*)'))?""", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")


def require_site(site: Path) -> None:
    """Raise BadInput when a page of a written site, or of an edition in it, holds what none may hold."""
    linked = (path for path in sorted(site.rglob("*.html")) if path.is_symlink())
    links = [Fault(path.name, "a link to another file", "a page") for path in linked]
    require([*links, *site_faults(site), *_badges(site)])


_MOST = 20  # faults of one page


def site_faults(site: Path) -> list[Fault]:
    """Return what the pages and pictures of a site hold and may not, of each the first few."""
    found: list[Fault] = []
    homes: dict[str, str] = {}
    for path, name in _pages(site):
        text = _text(path)
        found += islice(faults(text, name), _MOST)
        homes |= {home: path.relative_to(site).as_posix() for home in _homes(text)}
    if len(homes) > 1:
        told = ", ".join(f"{home} ({page})" for home, page in sorted(homes.items()))
        found.append(Fault("canonical addresses", told, "one host for all pages of a site"))
    drawn = [*(site / "_images").rglob("*"), *site.glob("editions/*/_images/**/*")]
    for path in sorted(path for path in drawn if path.is_file()):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".svg":
            found += islice(picture_faults(_text(path), name), _MOST)
        elif path.suffix != ".png":
            found.append(Fault(name, f"a picture of kind '{path.suffix}'", ".svg or .png"))
    return found


def _homes(text: str) -> set[str]:
    """Return the hosts at which a page says that it is at home."""
    links = (dict(attributes(found[1])) for found in _LINK.finditer(text))
    named = (link.get("href", "") for link in links if link.get("rel") == "canonical")
    return {"/".join(address.split("/")[:3]) for address in named}


def _pages(site: Path) -> Iterator[tuple[Path, str]]:
    """Yield the pages of a site, each with its place in its edition, 'book/method'."""
    for path in sorted(path for path in site.rglob("*.html") if not path.is_symlink()):
        name = re.sub(r"^editions/[^/]+/", "", path.relative_to(site).with_suffix("").as_posix())
        if not name.startswith("_static/"):
            yield path, name


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _badges(site: Path) -> Iterator[Fault]:
    """Yield the badges on the pages of a site that its published claims do not bear out."""
    claims: dict[Path, dict[str, Any]] = {}
    for path, name in _pages(site):
        home = _home(site, path)
        if home not in claims:
            claims[home] = _published(home)
        yield from islice(badge_faults(_text(path), name, claims[home]), _MOST)


def _home(site: Path, page: Path) -> Path:
    """Return the folder of the book or of the edition that a page of a site is of."""
    parts = page.relative_to(site).parts
    return site / "editions" / parts[1] if parts[0] == "editions" and len(parts) > 2 else site


def _published(home: Path) -> dict[str, Any]:
    """Return the claims that a book or an edition has published beside its pages, by id."""
    path = home / "claims.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {claim["id"]: claim for claim in told}
    except (OSError, ValueError, LookupError, TypeError):
        return {}  # none, or none of ours: no badge has a record


_BADGE = re.compile(
    r"<a class='bet-badge bet-(?P<verdict>[a-z]+)' href='(?:claims\.html)?#(?P<claim>[\w-]+)'>"
    r"<span>(?P=claim)</span> (?P=verdict)</a>",
    re.ASCII,
)
_OPENED = re.compile(rf"<[A-Za-z][A-Za-z0-9]*(?P<attributes>(?:{_ATTRIBUTE})*)", re.ASCII)
# Of a table of what changed when, which shows former verdicts.
_IN_HISTORY = "<td data-name='Claim'>"


def badge_faults(text: str, name: str, claims: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the badges of a page that no record stands behind, whatever element has the look of one.

    ``claims`` are those of claims.json, of the same book or edition, by id.
    """
    for opened in _OPENED.finditer(text):
        if not _like_badge(opened["attributes"]):
            continue
        found = _BADGE.match(text, opened.start())
        record = claims.get(found["claim"], {}) if found else {}
        right = {record.get("verdict")}
        if text.endswith(_IN_HISTORY, 0, opened.start()):
            right |= {entry.get("verdict") for entry in record.get("history") or []}
        if not found or found["verdict"] not in right:
            line = text.count("\n", 0, opened.start()) + 1
            said = (found or opened)[0][:120]
            expected = "a badge with the verdict that claims.json has"
            yield Fault(f"{name}.html:{line}", f"a badge {said!r}", expected)


@lru_cache(maxsize=50_000)
def _like_badge(written: str) -> bool:
    """Tell whether attributes give an element the look of a badge."""
    told = (value for key, value in attributes(written) if key == "class")
    return any(word.lower() == "bet-badge" for value in told for word in value.split())


def faults(text: str, name: str) -> Iterator[Fault]:
    """Yield what a page holds and may not; ``name`` is its place in its edition, 'book/method'."""
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            line = text.count("\n", 0, at) + 1
            yield Fault(f"{name}.html:{line}", repr(text[at : at + 60]), "well-formed HTML")
            return
        at = part.end()
        for found, expected in _problems(part, name):
            line = text.count("\n", 0, part.start()) + 1
            yield Fault(f"{name}.html:{line}", f"{found} in {part[0][:120]!r}", expected)


def _problems(part: re.Match[str], name: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one piece of a page: what was found, what would be right."""
    comment, raw, tag = part["comment"], (part["raw"] or "").lower(), (part["tag"] or "").lower()
    if comment is not None and not _quiet(comment):
        yield "a comment with a tag in it", "none"
    elif raw:
        yield from attribute_problems(raw, part["told"])
        yield from _raw_problems(raw, dict(attributes(part["told"])), part["text"], name)
    elif tag:
        yield from attribute_problems(tag, part["attributes"])
        if tag == "meta":
            yield from _meta_problems(dict(attributes(part["attributes"])), name)


def _quiet(comment: str) -> bool:
    """Tell whether a comment is one to every reader: nothing in it opens a tag or ends it early."""
    return comment in _COMMENTS or not re.search(r"[<>]|--|^-|-$", comment)


def _raw_problems(
    raw: str, told: dict[str, str], text: str, name: str
) -> Iterator[tuple[str, str]]:
    if re.search(rf"<!--|</?{raw}", text, re.IGNORECASE):
        yield f"a <{raw}> that could end elsewhere", "plain text in it"
    elif raw == "style" and source(text) not in STYLES:
        yield f"a style of {source(text)}", "one of the theme's"
    elif (
        raw == "script"
        and told.get("type") not in _DATA
        and "src" not in told
        and source(text) not in scripts(name)
    ):
        yield f"a script of {source(text)}", "one of the theme's"


def _meta_problems(told: dict[str, str], name: str) -> Iterator[tuple[str, str]]:
    kind = told.get("http-equiv", "").lower()
    sent = kind == "refresh" and (name, told.get("content")) == _ENTRANCE
    if kind and kind != "content-security-policy" and not sent:
        yield f"a meta of '{kind}'", "none"


@lru_cache(maxsize=50_000)
def attribute_problems(tag: str, written: str) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with a tag and its attributes, each time (found, expected)."""
    return tuple(_attribute_problems(tag, written))


def _attribute_problems(tag: str, written: str) -> Iterator[tuple[str, str]]:
    if tag not in _KNOWN_TAGS:
        yield f"<{tag}>", "text, links, tables, pictures"
        return
    told = attributes(written)
    for name, value in told:
        print_button = (tag, name, value) == ("button", "onclick", PRINT)
        if name not in _KNOWN and not _OWN.fullmatch(name) and not print_button:
            yield f"the attribute '{name}'", "none such"
        elif (
            name == "href" and dict(told).get("rel") == "canonical" and _CANONICAL.fullmatch(value)
        ):
            continue  # says where the page is at home; nothing is loaded from there
        elif (right := _address_problem(tag, name, value)):  # fmt: skip
            yield f"{name} '{value[:60]}'", right
    if len(told) != len(dict(told)):
        yield "an attribute twice", "each once"
    if tag == "link" and dict(told).get("rel") not in _RELS:
        yield f"a link of '{dict(told).get('rel')}'", f"one of {', '.join(sorted(_RELS))}"


def _address_problem(tag: str, name: str, value: str) -> str:
    """Say what an address should be, or nothing when it is allowed where it stands."""
    place = re.sub(r"[\s\x00-\x20]", "", value).lower()  # browsers skip these
    scheme = _SCHEME.match(place)
    if name == "action":
        return "" if _FORMS.fullmatch(value) else "the search page"
    if name == "src" and tag == "script":
        return "" if _SCRIPT_FILE.fullmatch(value) else "a script of _static/"
    if name == "srcset":  # addresses with sizes, and a comma between them
        wrong = (_address_problem(tag, "src", part) for part in re.split(r"[,\s]+", value))
        return next(filter(None, wrong), "")
    if name == "src":
        return "a file of the site" if scheme or place.startswith(_AWAY) else ""
    if name != "href" or not (scheme or place.startswith(_AWAY)):
        return ""
    if tag == "a":
        web = scheme and scheme[0] in ("http:", "https:", "mailto:")
        return "" if web else "an address of the web or of the site"
    return "" if value == "data:," else "a file of the site"


def attributes(written: str) -> list[tuple[str, str]]:
    """Return the attributes of a tag: their names, and their values without entities."""
    return [
        (found[1].lower(), html.unescape(found[2] or found[3] or ""))
        for found in _NAMED.finditer(written)
    ]


def scripts(name: str) -> set[str]:
    """Return the inline scripts that a page may run; one of the theme's tells the page its own name."""
    own = [source(f"DOCUMENTATION_OPTIONS.pagename = '{name}';")] if _NAME.fullmatch(name) else []
    return {*SCRIPTS, *own}


def source(text: str) -> str:
    """Name a script or a style by its hash, as a Content-Security-Policy wants it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
