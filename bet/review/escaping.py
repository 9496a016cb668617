"""Text of others as it stands in a report: it stays text, whatever is in it."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from bet.review.change import quoted

LONG = 160  # characters of a cell in the Markdown


def path(path: str) -> str:
    """Return a path as it stands in a list: quoted where it is more than names."""
    return path if re.fullmatch(r"[\w./-]{1,200}", path, re.ASCII) else quoted(path, 200)


def url(path: str, site: str, anchor: str = "") -> str:
    """Return an address on the published site; signs that are none of an address are written out."""
    where, place = (quote(part[:400], errors="replace") for part in (path, anchor))
    return f"{site}{where}{f'#{place}' if place else ''}"


def short(text: str, most: int = LONG) -> str:
    """Return text cut after a word, with our alarms closed."""
    if len(text) <= most:
        return text
    cut = f"{text[: most - 1].rsplit(' ', 1)[0]} …"
    return cut + "\ue001" * (cut.count("\ue000") - cut.count("\ue001"))


_MARKUP = re.compile(r"([\\`*~|\[\]]|(?<![^\W_])_|_(?![^\W_]))")
_APART = re.compile(r"(?<=[@#])(?=\w)")
# What may stand as it is: Latin letters, signs of print, superscripts, arrows, and scripts whose letters look
# like none of ours. Whatever else there is might hide, turn or feign a letter, and no list of those is whole.
_PLAIN = (
    r"\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u0130\u0132-\u0137\u0139-\u0148\u014a-\u017e"
    r"\u2009\u200a\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u2070\u2074-\u207b"
    r"\u2080-\u208b\u20a0-\u20bf\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u2318"
    r"\u3001\u3002\u3042-\u3096\u30a2-\u30f6\u4e00-\u9fff\uac00-\ud7a3\ue000\ue001"
)
_TURNS = re.compile(f"[^{_PLAIN}]")


def written_out(text: object) -> str:
    """Return text in which signs that hide, turn or feign what stands beside them are written out."""
    # A file's name may be no text.
    told = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    return _TURNS.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", told)


def _quiet(text: object) -> str:
    """Return text on one line in which nobody is mentioned: a space of no width stands after the sign."""
    return _APART.sub("\u200b", " ".join(written_out(text).split()))


def cell(text: object) -> str:
    """Return text that stays text in a comment's Markdown: no markup but our own alarms."""
    told = html.escape(_quiet(text), quote=False)
    told = _MARKUP.sub(r"\\\1", told)
    told = re.sub(r"^(#|[-+] |\d+[.)] )", r"\\\1", told)
    return told.replace("\ue000", "**").replace("\ue001", "**")


def plain(text: object) -> str:
    """Return text for the inside of an HTML element of a comment, where no Markdown is read."""
    return re.sub("[\ue000\ue001]", "", html.escape(_quiet(text)))


def element(text: object) -> str:
    """Return text for the inside of an element of the page of the report, our alarms as strong."""
    told = html.escape(written_out(text))
    return told.replace("\ue000", "<strong>").replace("\ue001", "</strong>")


def link(text: str, where: str, site: str) -> str:
    """Return text as a link to a page of the published site, or as text where there is none."""
    path, _, anchor = where.partition("#")
    return f"<a href='{html.escape(url(path, site, anchor))}'>{element(text)}</a>" if site else element(text)  # fmt: skip
