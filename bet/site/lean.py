"""A lighter site: icons the pages use and no others, pictures that wait and keep their place.

Works on the finished files, because only they show what is used.
"""

from __future__ import annotations

import gzip
import io
import logging
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells every table it cuts
THEME = "_static/styles/pydata-sphinx-theme.css"
FONTS = "_static/vendor/fontawesome/webfonts"
_ICON = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
_FACE = re.compile(r"@font-face\{[^}]*webfonts/(fa-[a-z]+-\d+)\.woff2[^}]*\}")
# Files of the theme that no page of this book asks for, and inline words that go with them.
UNUSED = ("togglebutton", "toggleHint", "toggleOpenOnPrint", "design-tabs", "fontawesome.js",
          "THEBE_JS_URL", "sphinx-thebe", "fonts.googleapis", "mathjax")  # fmt: skip


def icons(site: Path) -> None:
    """Cut the icon fonts, and the style sheet that names them, down to what the pages show."""
    shown = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    scripts = "".join(p.read_text(encoding="utf-8") for p in site.glob("_static/scripts/*theme.js"))
    used = set(re.findall(r"\bfa-[a-z0-9-]+", shown + scripts))
    path = site / THEME
    if not path.exists():
        return
    style = _ICON.sub(lambda rule: rule[0] if names(rule[1]) & used else "", path.read_text())
    other = (site / "_static/styles/sphinx-book-theme.css").read_text(encoding="utf-8")
    codes = {int(code, 16) for code in re.findall(r'content:\s*"\\([0-9a-f]{4})"', style + other)}
    style = _FACE.sub(lambda face: _face(face, site / FONTS, used, codes), style)
    path.write_text(style, encoding="utf-8")
    for font in (site / FONTS).iterdir():
        if font.suffix in (".woff2", ".ttf"):
            font.unlink()


def names(selectors: str) -> set[str]:
    """Return the icon classes of a rule."""
    return set(re.findall(r"fa-[a-z0-9-]+", selectors))


def _face(face: re.Match, folder: Path, used: set[str], codes: set[int]) -> str:
    name = face[1]
    if name.rsplit("-", 1)[0] not in used | {"fa-solid"}:
        return ""
    (folder / f"{name}.woff").write_bytes(cut(folder / f"{name}.ttf", codes))
    source = f'src:url(../vendor/fontawesome/webfonts/{name}.woff) format("woff")'
    return re.sub(r"src:[^}]*", source, face[0])


def cut(font: Path, codes: set[int]) -> bytes:
    """Return a font with the given characters only; the same bytes each time."""
    whole = TTFont(font, recalcTimestamp=False)
    cutter = subset.Subsetter(
        subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    )
    cutter.populate(unicodes=codes)
    cutter.subset(whole)
    whole.flavor = "woff"
    buffer = io.BytesIO()
    whole.save(buffer, reorderTables=False)
    return buffer.getvalue()


def pictures(page: str, folder: Path) -> str:
    """Give every picture its size, so that nothing jumps; all but the first wait until they are near."""
    count = 0

    def sized(match: re.Match) -> str:
        nonlocal count
        tag = match[0]
        source = re.search(r'src="([^"]+\.svg)"', tag)
        if not source or "width=" in tag or not (size := size_of(folder / source[1])):
            return tag
        count += 1
        wait = "" if count == 1 or "loading=" in tag else ' loading="lazy"'
        return f'<img width="{size[0]}" height="{size[1]}"{wait} decoding="async"{tag[4:]}'

    return re.sub(r"<img [^>]*>", sized, page)


def size_of(picture: Path) -> tuple[int, int] | None:
    """Return the width and height of an SVG in pixels; its head gives them in points."""
    if not picture.exists():
        return None
    head = picture.read_text(encoding="utf-8")[:1000]
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', head)
    return tuple(round(float(value) * 4 / 3) for value in found.groups()) if found else None


def packed(path: Path) -> int:
    """Return the bytes of a file as they go over the line; packed formats gain nothing."""
    body = path.read_bytes()
    done = path.suffix in (".woff", ".woff2", ".png", ".zip", ".pdf")
    return len(body) if done else len(gzip.compress(body, 6, mtime=0))


def parts(page: Path) -> tuple[int, list[Path], list[Path]]:
    """Return what a page is made of: packed size of its text, its files, and its pictures."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"[^>]*>', text)
    found = {(page.parent / name.split("?")[0].split("#")[0]).resolve() for name in named}
    files = sorted(path for path in found if path.suffix in (".css", ".js", ".mjs", ".svg"))
    drawn = [path for path in files if path.parent.name == "_images"]
    return packed(page), [path for path in files if path not in drawn], drawn
