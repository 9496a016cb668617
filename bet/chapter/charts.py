"""House style of the charts: the book's font, its style file, its colours, and whether pictures are drawn."""

from __future__ import annotations

import locale
from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
from font_source_sans_pro import font_files_ttf
from matplotlib import font_manager
from matplotlib.textpath import text_to_path

from bet.faults import BadInput, Fault

# One colour per thing through the whole book; each has 3:1 on white and keeps its distance in the dark
# and under simulated colour blindness (tests/test_charts.py measures them).
COLOUR = {
    "claim": "#d2600a",  # what the article says
    "found": "#0b6e99",  # what we find
    "tesla": "#831843",
    "spacex": "#1f4e8c",
    "xai": "#966200",
    "good": "#007f6e",
    "bad": "#99201a",
    "accent": "#6b3fa0",
    "context": "#7b8494",
    "pale": "#bcc3ce",
    "ink": "#1f2937",
}
# Words need 4.5:1, more than marks.
INK = COLOUR | {"claim": "#b04a00", "context": "#5b6472", "pale": "#5b6472", "xai": "#855600"}
_pictures_drawn = True


def draw_pictures(wanted: bool) -> None:
    """Say whether charts of this process are drawn; a sweep wants their numbers only."""
    global _pictures_drawn
    _pictures_drawn = wanted


def pictures_drawn() -> bool:
    """Tell whether charts of this process are drawn."""
    return _pictures_drawn


def load_fonts(files: Mapping[str, str]) -> None:
    """Register the book's font; without it every picture would differ without a word."""
    for weight in ("SourceSansPro", "SourceSansProSemibold", "SourceSansProBold"):
        try:
            font_manager.fontManager.addfont(files[weight])
        except (KeyError, OSError):
            expected = "the file of the package font-source-sans-pro, as in requirements.txt"
            raise BadInput([Fault(f"font {weight}", "no such file", expected)]) from None


def shape_as_english() -> None:
    """Let text be set as in English, whatever the language of the machine.

    HarfBuzz asks the process for its language at the first text and keeps the answer; in Turkish an i is
    another drawing of the font.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        text_to_path.get_text_width_height_descent("i", font_manager.FontProperties(size=10), False)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


load_fonts(font_files_ttf)
shape_as_english()
# From the library's defaults: a matplotlibrc of the reader's own would draw every chart otherwise. Styles
# leave out what belongs to a machine, and of that the time zone and the first day move dates on an axis.
mpl.style.use(["default", Path(__file__).with_name("style.mplstyle")])
mpl.rcParams.update({name: mpl.rcParamsDefault[name] for name in ("timezone", "date.epoch")})
