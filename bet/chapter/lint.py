"""The lint of pages: figures in prose are computed, dates, names or claim ids; markup is Markdown's own.

HTML in a page would be shown as text, and a page that holds anything active is refused when it is
built (``bet.site.safe``). Here the writer is told at once, and where.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from bet.chapter import cells as named
from bet.chapter import own
from bet.chapter.outputs import (
    ASSESSMENT_MIME,
    CHART_MIME,
    PANEL_MIME,
    WORDS_MIME,
    as_written,
    read,
    stripped,
)
from bet.faults import Fault
from bet.paths import shown
from bet.records.markup import TAG
from bet.records.yaml_files import LOADER

# Removed before digits are looked for: what is not prose, and what may carry digits.
_ALLOWED = re.compile(
    r"""
    ```.*?```                                   # fenced code
  | `[^`]*`                                     # code, roles
  | \{\{.*?\}\} | \{%.*?%\} | \{\#.*?\#\}          # values of say(), in a template of Jinja
  | \]\([^)]*\) | https?://\S+                  # link targets
  | \b(?:INTRO|PEOPLE|GROK|INFRA|THESIS|END)-\d{2,4}\b
  | \b\d{1,2}\ (?:January|February|March|April|May|June|July|August|September
        |October|November|December)(?:\ \d{4})?\b
  | \b(?:1[5-9]|20)\d\d(?:[-–]\d\d(?:\d\d)?(?:-\d\d)?)?s?\b      # years, spans of years, ISO dates
  | \b\d+(?:st|nd|rd|th)\b                      # ordinals
  | \b(?:Grok|GPT|Claude|Gemini|Falcon|Model|Colossus|Starship|Atlas|Highway|Section|section|Chapter|chapter|line|lines|Optimus|Form|WCAG)
        [-\ ]v?\d+(?:\.\d+)?\b                  # names of things
  | \bS&P\ 500\b | \bGlobal\ 2000\b
  | [A-Za-z]+[A-Za-z&]*[-]?\d+[A-Za-z0-9]*      # H100, AI5, V3, CO2
  | \b\d+[A-Z]+\b | \b10-[KQ]\b                 # 13F, 10-K
  | ^\s*\d+\.\                                # list numbers
  | \b10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+ | \b10\^\d+             # powers of ten named as such
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def bare_numbers(text: str) -> list[str]:
    """Return every figure of a Markdown text that is neither computed nor on the allow list."""
    rest = _ALLOWED.sub(" ", text)
    return re.findall(r"[$€£]?\d[\d,.]*%?", rest)


# What a page may ask for by name: ours, and boxes that hold text only.
DIRECTIVES = {"bet", "note", "tip", "important", "warning", "admonition", "deeper"}
ROLES = {"claim", "archive"}
MOST_BOXES = 3  # one in the other
# Of one text: the longest of ours has 6,000 characters and some hundred signs, and what a parser takes for a
# text of nothing else grows with the square of their number.
MOST_LETTERS, MOST_SIGNS, MOST_NAMES = 200_000, 2_000, 100
_SIGNS = re.compile(r"[*_\[\]!`<]")
EXTENSIONS = frozenset({"colon_fence", "deflist"})  # of Markdown, as _config.yml has them
_TAG = re.compile(TAG, re.IGNORECASE)
# Where a link by a name leads: also in a list or a quote, and on the next line. One cell of a notebook may
# use what another names.
_REFERENCE = re.compile(r"^[ \t>*+-]*(?:\d+[.)][ \t]+)?\[[^\]]+\]:[\s>]*<?(\S+)", re.MULTILINE)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Return the parser that pages are read by, which here lets every address pass, to be judged."""
    parser = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


@lru_cache(maxsize=4_000)
def _active(text: str) -> tuple[str, ...]:
    """Return what ``active`` does; the text of a box is read as the page is."""
    if _busy(text):
        return ("more signs of Markdown than a text needs",)
    found, left = [], [(text, 0)]
    while left:
        told, depth = left.pop()
        for token in _tokens(told):
            if directive := _directive(token):
                name, title = directive
                found += _directive_problems(name, token.content)
                inside = [title, token.content] if name != "bet" else []
                left += [(part, depth + 1) for part in inside if depth < MOST_BOXES]
                found += (
                    [f"boxes more than {MOST_BOXES} deep"] if inside and depth == MOST_BOXES else []
                )
            else:
                found += _token_problems(token)
        named = (place for place in _REFERENCE.findall(told) if not _leads(place, False))
        found += [f"a link to {place[:40]!r}" for place in named]
    return tuple(found)


def _busy(text: str) -> bool:
    """Tell whether a text would keep a parser busy; then it is not read."""
    signs = len(text) > MOST_LETTERS or len(_SIGNS.findall(text)) > MOST_SIGNS
    return signs or text.count("]:") > MOST_NAMES


def _tokens(text: str) -> Iterator[Token]:
    for token in _parser().parse(text) if not _busy(text) else ():
        yield from token.children or [token]


def _directive(token: Token) -> tuple[str, str] | None:
    """Return the name and the title of a directive; None for any other token."""
    if token.type not in ("fence", "colon_fence") or not token.info.strip().startswith("{"):
        return None
    name, _, title = token.info.strip()[1:].partition("}")
    return name.strip(), title


def _directive_problems(name: str, content: str) -> list[str]:
    """Return what is wrong with a directive: its name, or an option, which could hide or dress it."""
    if name not in DIRECTIVES:
        return [f"a directive {{{name}}}"]
    first = content.lstrip().partition("\n")[0]
    own = name == "bet" and first.startswith(":field:")
    optional = content.startswith("---") or re.match(r":(?!::)", first)
    return [f"an option {first[:40]!r} of {{{name}}}"] if optional and not own else []


def _token_problems(token: Token) -> list[str]:
    """Return what a piece of Markdown is more than text."""
    if token.type == "front_matter":
        return [f"a setting {key[:40]!r}" for key in _settings(str(token.content))]
    if token.type == "myst_role":
        return [f"a role {{{token.meta['name']}}}"] if token.meta["name"] not in ROLES else []
    if token.type in ("link_open", "image"):
        place = str(token.attrs["href" if token.type == "link_open" else "src"])
        return [] if _leads(place, token.type == "image") else [f"a link to {place[:40]!r}"]
    if token.type not in ("html_block", "html_inline", "text"):
        return []
    told = token.content
    tags = [f"HTML {told[m.start() : m.start() + 30].strip()!r}" for m in _TAG.finditer(told)]
    return [*tags, *(["a picture by a name"] if token.type == "text" and "![" in told else [])]


def active(text: str) -> list[str]:
    """Return what of a Markdown text is not Markdown's own or leads where no page may: quoted, named."""
    return list(_active(text))


def _leads(place: str, picture: bool) -> bool:
    """Tell whether a link leads into the book or to the web; a picture must stand in the book."""
    whole = html.unescape(place)
    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):|//", whole, re.IGNORECASE)
    return not scheme or (not picture and (scheme[1] or "").lower() in ("http", "https", "mailto"))


def output_faults(where: str, cell: Any) -> list[Fault]:
    """Return the outputs of a cell that no page shows: HTML and scripts that are not the book's own."""
    expected = "what book.say, book.assess or a chart shows"
    return [
        Fault(where, found, expected)
        for output in cell.get("outputs", [])
        for found in own.problems(output.get("data", {}))
    ]


def meant(text: str) -> list[tuple[object, ...]] | None:
    """Return the tokens of a Markdown text, the spaces and line breaks of its prose as one space each.

    None for a text that the lint refuses to read.
    """
    if _busy(text):
        return None
    led: dict[str, Any] = {}
    parsed = _parser().parse(text, led)
    found: list[tuple[object, ...]] = [("leads", repr(led.get("references")))]
    for token in parsed:
        if token.type != "inline":
            found.append(_whole(token))
        for child in token.children or ():
            told = " " if child.type == "softbreak" else child.content
            if child.type in ("text", "softbreak") and found[-1][0] == "words":
                told = f"{found.pop()[1]}{told}"
            plain = child.type in ("text", "softbreak")
            found.append(
                ("words", re.sub(r"[ \t\n]+", " ", told)) if plain
                else _whole(child)
            )  # fmt: skip
    return found


def _whole(token: Token) -> tuple[object, ...]:
    """Return all that a token says, wherever it stands."""
    return token.type, token.tag, token.info, token.content, repr(token.attrs), repr(token.meta)


_NEVER_SHOWN = ("myst_block_break", "myst_line_comment")  # "+++ words" and "% words"


class Block(NamedTuple):
    """A heading (with its rank) or another block of a Markdown text; ``folded`` in a fold or a comment."""

    text: str
    rank: int = 0
    folded: bool = False


def blocks(text: str, folded: bool = False, depth: int = 0) -> Iterator[Block]:
    """Yield the headings, paragraphs, items and rows of a Markdown text in order, those of boxes too.

    The pages' own parser parts them; what the lint refuses to read is parted at empty lines.
    """
    if _busy(text) or depth > MOST_BOXES:
        yield from (Block(told.strip(), 0, folded) for told in text.split("\n\n") if told.strip())
        return
    lines, tokens = text.split("\n"), _parser().parse(text)
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        if token.level != _LEVELS.get(token.type, 0) or not token.map or token.type in _PARTED:
            continue
        if token.type == "heading_open" and after is not None:
            told = "".join(child.content for child in after.children or ())
            yield Block(" ".join(told.split()), int(token.tag[1:]), folded)
        elif directive := _directive(token):
            name, title = directive
            inside = folded or name == "deeper"
            yield from [Block(title.strip(), 0, inside)] if title.strip() else []
            yield from blocks(token.content, inside, depth + 1)
        else:
            told = "\n".join(lines[slice(*token.map)]).strip()
            yield Block(told, 0, folded or token.type in _NEVER_SHOWN)


_PARTED = {"bullet_list_open", "ordered_list_open", "table_open"}  # into items and rows
_LEVELS = {"list_item_open": 1, "tr_open": 2}  # of tokens, where such a one stands in no other


DEEPER = "Going deeper"  # the heading below which a page folds everything; see ``bet.site.folds``
_TITLE = re.compile(r"(?:### |:::\{deeper\} )")
_DRAWN = {CHART_MIME: "a chart", ASSESSMENT_MIME: "a card", PANEL_MIME: "a panel"}


def unfolded(cells: list[Any], where: str) -> list[Fault]:
    """Return what stands below *Going deeper* in no fold, the folds without content, and cells that open two.

    ``cells`` are those of an executed notebook; ``where`` names it.
    """
    faults, deep, titled = [], False, False
    bare = ""  # the cell of a title below which nothing stands yet
    for place, cell in enumerate(cells, 1):
        opened, at = 0, f"{where}, {named.name(place, cell)}"
        for text, drawn in _shown(cell):
            for line in text.splitlines():
                title = deep and _TITLE.match(line)
                if bare and (title or line.startswith("## ")):
                    faults.append(Fault(bare, "a fold with nothing in it", "text or a chart"))
                    bare = ""
                if line.startswith("## "):
                    deep, titled = line[3:].strip() == DEEPER, False
                elif title:
                    titled, opened, bare = True, opened + 1, at
                elif line.strip(" :"):
                    bare = ""
            if drawn:
                bare = ""
            if deep and drawn and not titled:
                told = f"{drawn} below '{DEEPER}' without a title"
                faults.append(Fault(at, told, "'### Title' above it"))
        if opened > 1:
            told = f"{opened} titles below '{DEEPER}' in one cell"
            faults.append(Fault(at, told, "one a cell"))
    return list(dict.fromkeys(faults))


_LISTS = {
    "What is right": "supported",
    "What is partly right": "partly",
    "What is wrong": "contradicted",
}
_BOLD = re.compile(r"\*\*([^*]+)\*\*\Z")
_BADGE = re.compile(r"\{claim\}`(?P<claim>\S+) (?P<verdict>\w+)`")


def misplaced(text: str, where: str) -> list[Fault]:
    """Return the claims that a list of a text calls right, partly right or wrong against their verdict."""
    faults, heading = [], ""
    for line in text.splitlines():
        bold = _BOLD.match(line)
        if bold or line.startswith("#"):
            heading = bold[1] if bold else ""
        verdict = _LISTS.get(heading)
        faults += [
            Fault(where, f"{badge['claim']}, {badge['verdict']}, under '{heading}'", verdict)
            for badge in _BADGE.finditer(line)
            if verdict and badge["verdict"] != verdict
        ]
    return faults


def _shown(cell: Any) -> list[tuple[str, str]]:
    """Return the Markdown that a cell shows, each text with what is drawn beside it, or nothing."""
    if cell["cell_type"] == "markdown":
        return [("".join(cell["source"]), "")]
    kinds = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [
        (
            "" if WORDS_MIME in data else as_written("".join(data.get("text/markdown", ""))),
            next((name for mime, name in _DRAWN.items() if mime in data), ""),
        )
        for data in kinds
    ]


# What stands between two such marks is held by a test of its own: ceilings, and figures as measured.
_HELD = re.compile(r"^% (\w+): begin$.*?^% \1: end$", re.DOTALL | re.MULTILINE)


def page_faults(path: Path) -> list[Fault]:
    """Return the bare figures and the active content of a notebook, or of a Markdown page.

    A notebook without outputs is a fault too: they are committed.
    """
    faults: list[Fault] = []
    if path.suffix == ".ipynb":
        notebook = read(path)
        if stripped(notebook):
            faults = [Fault(shown(path), "no outputs", f"outputs: bet run {path.stem} --in-place")]
        faults += unfolded(notebook.cells, shown(path))
        faults += named.faults(notebook, shown(path))
        prose = [
            (f", {named.name(place, cell)}", "".join(cell["source"]))
            for place, cell in enumerate(notebook.cells, 1)
            if cell["cell_type"] == "markdown"
        ]
        for place, cell in enumerate(notebook.cells, 1):
            where = f"{shown(path)}, {named.name(place, cell)}"
            for text, _ in _shown(cell) if cell["cell_type"] == "code" else ():
                faults += [
                    Fault(where, told, "Markdown that shows text only") for told in active(text)
                ]
                faults += misplaced(text, where)
            if cell["cell_type"] == "code":
                faults += _sort_faults(where, cell["source"])
            faults += output_faults(where, cell)
            if told := named.unchecked(cell):
                faults.append(Fault(where, told, "outputs that every run is compared with"))
            if cell["cell_type"] == "raw" or cell.get("attachments"):
                told = "a raw cell" if cell["cell_type"] == "raw" else "an attachment"
                faults.append(Fault(where, told, "Markdown or code"))
    else:
        text = path.read_bytes().decode("utf-8", errors="replace")
        prose = [("", re.sub(r"\A---.*?^---", "", text, flags=re.DOTALL | re.MULTILINE))]
        faults = _front_faults(shown(path), text)
    for within, part in prose:
        where = f"{shown(path)}{within}"
        faults += [
            Fault(where, f"a bare figure {b}", "book.say with a value, or words")
            for b in bare_numbers(_HELD.sub("", part))
        ]
        faults += [Fault(where, told, "Markdown that shows text only") for told in active(part)]
    return faults


def unstable_sorts(text: str) -> list[str]:
    """Return the sorts of a text of Python whose order of equal rows is the processor's, not ours.

    numpy's default sort differs from one processor to the next where values are equal. Several columns,
    and whatever else pandas or Python sorts, keep the order that rows had.
    """
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [_named(call) for call in calls if _unstable(call)]


def _named(call: ast.Call, most: int = 60) -> str:
    """Return a call by its own name and arguments, cut where they are long: ``sort_values('a')``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    told = ast.unparse(ast.Call(ast.Name(name), call.args, call.keywords))
    return told if len(told) <= most else f"{told[:most]}…"


def _sort_faults(where: str, source: str) -> list[Fault]:
    try:
        unstable = unstable_sorts(named.python(source))
    except (SyntaxError, ValueError, RecursionError):
        return []  # told as no Python already
    return [
        Fault(
            where, f"{call}, which sorts otherwise elsewhere", 'kind="stable" among its arguments'
        )
        for call in unstable
    ]


def _unstable(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _SORTS:
        return False
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    by = call.args[0] if call.args else given.get("by")
    several = isinstance(by, ast.List | ast.Tuple) and len(by.elts) > 1
    kind = given.get("kind")
    stable = isinstance(kind, ast.Constant) and kind.value == "stable"
    return not stable and not (call.func.attr == "sort_values" and several)


_SORTS = {"sort_values", "sort_index", "argsort"}
_FRONT = {"html_theme.sidebar_secondary.remove"}  # what a page may say of itself


def _settings(front: str) -> list[str]:
    """Return the settings before a text that no page may have; the first line of what is no mapping."""
    try:
        told = yaml.load(front, Loader=LOADER)
    except (yaml.YAMLError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return [front.strip().partition("\n")[0]] if front.strip() else []
    return [str(key) for key in told if key not in _FRONT]


def _front_faults(where: str, text: str) -> list[Fault]:
    front = re.match(r"---\s*\n(.*?)^---", text, re.DOTALL | re.MULTILINE)
    lines = front[1].splitlines() if front else []
    wrong = [line for line in lines if line.partition(":")[0] not in _FRONT]
    return [Fault(where, f"a setting {line[:40]!r}", " or ".join(_FRONT)) for line in wrong]
