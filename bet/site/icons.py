"""The theme's icon fonts, and the style sheet that names them, cut down to what the pages show."""

from __future__ import annotations

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


def cut_icons(site: Path) -> None:
    """Cut fonts and style sheet of a written site; nothing to do under another theme."""
    path = site / THEME
    if not path.exists():
        return
    used = _used(site)
    style = _ICON.sub(
        lambda rule: rule[0] if names(rule[1]) & used else "", path.read_text("utf-8")
    )
    other = (site / "_static/styles/sphinx-book-theme.css").read_text(encoding="utf-8")
    codes = {int(code, 16) for code in re.findall(r'content:\s*"\\([0-9a-f]{4})"', style + other)}
    style = _FACE.sub(lambda face: _face(face, site / FONTS, used, codes), style)
    path.write_text(style, encoding="utf-8")
    for font in (site / FONTS).iterdir():
        if font.suffix in (".woff2", ".ttf"):
            font.unlink()


def _used(site: Path) -> set[str]:
    """Return the icon classes that pages or the theme's own scripts name."""
    paths = [*site.rglob("*.html"), *site.glob("_static/scripts/*theme.js")]
    return set().union(*(names(path.read_text(encoding="utf-8"), r"\b") for path in paths))


def names(text: str, before: str = "") -> set[str]:
    """Return the icon classes that a text names."""
    return set(re.findall(rf"{before}fa-[a-z0-9-]+", text))


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
