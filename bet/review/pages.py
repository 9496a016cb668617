"""Pages as a reader sees them: two built sites drawn by a Chromium, and where they differ.

A page is compared in bands, the stretches of its text column between white rows, so that a new sentence
marks itself and not all that it moves down. The most changed pages come first; what time does not
allow is counted.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import numpy as np
from PIL import Image

from bet import browser as chromium
from bet.review import pixels

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

PATIENCE = 180.0  # seconds for all pages of both sites
WIDTH = 1280  # of the window, in pixels
TALLEST = 48_000  # rows of a page that are drawn
SLICE = 8_000  # rows of one shot; a Chromium repeats itself beyond 16,384
COLUMN = "article"  # what is drawn of a page, the whole body where there is none
EDGE = 2  # rows; a thinner change is where the browser rounds half a pixel, below what moved
AROUND = 60  # rows shown above and below a change
TALLEST_PART = 1_600  # rows of one part in the report; the whole page has the rest
MARK, TINT = (194, 65, 12), 0.12  # the colour of a mark, and how strongly it lies over a change
Rows = tuple[int, int]  # from, up to
Pair = tuple[Rows, Rows]  # before, after


@dataclass(frozen=True)
class Page:
    """One page that looks different: the share of its rows that do, and its pictures as PNG."""

    name: str
    share: float
    before: bytes
    after: bytes
    parts: list[tuple[bytes, bytes]]  # each change with its surroundings: before, after
    note: str = ""


@dataclass(frozen=True)
class Drawn:
    """What was drawn. ``same`` pages have other bytes and look alike; ``left`` were not drawn."""

    pages: list[Page] = field(default_factory=list)
    same: int = 0
    left: list[str] = field(default_factory=list)
    why: str = ""


def draw(old: Path, new: Path, patience: float = PATIENCE) -> Drawn:
    """Draw every page of two built sites that differs; never raises, ``why`` says what kept it from it."""
    return chromium.apart(lambda: _draw(old, new, patience))


def _draw(old: Path, new: Path, patience: float) -> Drawn:
    for side in (old, new):
        if not (side / "book").is_dir():
            return Drawn(why=f"there is no built site in {side.name}")
    names = changed(old, new)
    if not names:
        return Drawn()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return Drawn(left=names, why="Playwright is not installed")
    path = chromium.find()
    if path is None:
        return Drawn(left=names, why="there is no Chromium")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
            # The pages may come from anybody: no scripts, and nothing is loaded but files of the site.
            context = browser.new_context(
                java_script_enabled=False,
                service_workers="block",
                viewport={"width": WIDTH, "height": 900},
                color_scheme="light",
                reduced_motion="reduce",
            )
            context.set_default_timeout(20_000)
            context.route("**/*", _server({"before": old, "after": new}))
            found = _drawn(names, lambda side, name: _shot(context, side, name), patience)
            browser.close()
            return found
    except Error as error:
        return Drawn(left=names, why=" ".join(str(error).split())[:120])


def changed(old: Path, new: Path) -> list[str]:
    """Name the pages whose bytes, or those of a picture or style of theirs, differ; the most lines first."""
    names = {path.stem for side in (old, new) for path in (side / "book").glob("*.html")}
    lines = {name: _lines_between(_page(old, name), _page(new, name)) for name in names}
    differ = [name for name in names if _signature(old, name) != _signature(new, name)]
    return sorted(differ, key=lambda name: (-lines[name], name))


def _page(site: Path, name: str) -> bytes:
    path = site / "book" / f"{name}.html"
    return path.read_bytes() if _inside(path, site) else b""


def _lines_between(before: bytes, after: bytes) -> int:
    first, second = (Counter(text.splitlines()) for text in (before, after))
    return sum(((first - second) + (second - first)).values())


def _signature(site: Path, name: str) -> str:
    """Return a hash of a page and of the pictures and styles that it names."""
    text = _page(site, name)
    told = hashlib.sha256(text)
    for link in sorted(set(re.findall(rb'(?:src|href)="([^"#?]+\.(?:svg|png|css))', text))):
        path = site / "book" / link.decode("utf-8", "replace")
        told.update(path.read_bytes() if _inside(path, site) else b"none")
    return told.hexdigest()


def _inside(path: Path, site: Path) -> bool:
    """Tell whether a path is a file of the site; a link out of it, or one with ``..``, is none."""
    try:
        whole = path.resolve()
        return whole.is_relative_to(site.resolve()) and whole.is_file()
    except (OSError, ValueError):
        return False


def _server(sites: Mapping[str, Path]) -> Callable[[Route], None]:
    """Answer ``http://SIDE.invalid/PATH`` with a file of that side's site, and nothing else."""

    def answer(route: Route) -> None:
        place = urlsplit(route.request.url)
        site = sites.get((place.hostname or "").removesuffix(".invalid"))
        path = site / unquote(place.path).lstrip("/") if site else None
        if site and path and _inside(path, site):
            route.fulfill(path=path)
        else:
            route.abort()

    return answer


def _shot(context: BrowserContext, side: str, name: str) -> Image.Image | None:
    """Return the text column of a page, TALLEST rows at most; None when the site has no such page."""
    from playwright.sync_api import Error

    page = context.new_page()
    try:
        page.goto(f"http://{side}.invalid/book/{name}.html")
        column = page.locator(COLUMN if page.locator(COLUMN).count() else "body").first
        box = column.bounding_box()
        if box is None:
            return None
        height = max(1, min(round(box["height"]), TALLEST))
        image = Image.new("RGB", (max(1, round(box["width"])), height), "white")
        for top in range(0, height, SLICE):
            rows = min(SLICE, height - top)
            clip: Any = {**box, "y": box["y"] + top, "height": rows}
            shot = page.screenshot(full_page=True, clip=clip, animations="disabled")
            image.paste(Image.open(io.BytesIO(shot)).convert("RGB"), (0, top))
        return image
    except Error as error:
        if "ERR_FAILED" in str(error):  # what the server answers for a page that is not there
            return None
        raise
    finally:
        page.close()


def _drawn(
    names: list[str], shot: Callable[[str, str], Image.Image | None], patience: float
) -> Drawn:
    """Draw and compare page by page while time allows."""
    end = time.monotonic() + patience
    pages: list[Page] = []
    for number, name in enumerate(names):
        if time.monotonic() > end:
            left = names[number:]
            break
        page = compare(name, shot("before", name), shot("after", name))
        pages += [page] if page else []
    else:
        left = []
    alike = len(names) - len(left) - len(pages)
    return Drawn(
        sorted(pages, key=lambda p: (-p.share, p.name)), alike, left, "out of time" if left else ""
    )


def compare(name: str, before: Image.Image | None, after: Image.Image | None) -> Page | None:
    """Compare two drawings of a page; None when they look alike. A page missing on a side is all change."""
    blank = Image.new("RGB", (1, 1), "white")
    first, second = before or blank, after or blank
    pairs = changes(np.asarray(first), np.asarray(second))
    if not pairs:
        return None
    touched = sum(stop - start for pair in pairs for start, stop in pair)
    notes = ["a new page"] if before is None else ["removed"] if after is None else []
    if TALLEST in (first.height, second.height):
        notes.append(f"only its first {TALLEST:,} rows")
    sides = (
        _marked(first, [pair[0] for pair in pairs]),
        _marked(second, [pair[1] for pair in pairs]),
    )
    return Page(
        name,
        touched / (first.height + second.height),
        _png(sides[0]),
        _png(sides[1]),
        [(_part(sides[0], rows[0]), _part(sides[1], rows[1])) for rows in _joined(pairs)],
        ", ".join(notes),
    )


def changes(before: np.ndarray, after: np.ndarray) -> list[Pair]:
    """Return the stretches of rows that differ, from arrays of shape (rows, columns, 3).

    Bands that look the same are paired in order; what lies between pairs differs, less the rows that
    it begins and ends with on both sides. White rows never count, nor does what is no higher than EDGE.
    """
    bands = _bands(before), _bands(after)
    marks = [[_mark(image[a:b]) for a, b in own] for image, own in zip((before, after), bands, strict=True)]  # fmt: skip
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, marks[0], marks[1], autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        pair = _span(bands[0], a, b), _span(bands[1], c, d)
        if kind == "replace":
            trimmed = _trimmed(before, after, pair)
            if trimmed is None:
                continue
            pair = trimmed
        if max(stop - start for start, stop in pair) > EDGE:
            found.append(pair)
    return found


def _bands(image: np.ndarray) -> list[Rows]:
    """Return the stretches of rows that are not of one colour."""
    drawn = (image != image[:, :1]).any(axis=(1, 2))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], drawn.view(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _mark(rows: np.ndarray) -> bytes:
    return hashlib.sha256(str(rows.shape).encode() + rows.tobytes()).digest()


def _span(bands: list[Rows], start: int, stop: int) -> Rows:
    """Return the rows from a band to another; none, at the place between two, when there is no band."""
    if start < stop:
        return bands[start][0], bands[stop - 1][1]
    place = bands[start - 1][1] if start else 0
    return place, place


def _trimmed(before: np.ndarray, after: np.ndarray, pair: Pair) -> Pair | None:
    """Take the rows that two stretches begin and end with alike off them; None when nothing is left."""
    (a, b), (c, d) = pair
    if before.shape[1] != after.shape[1]:
        return pair
    shorter = min(b - a, d - c)
    unlike = _unlike(before[a : a + shorter], after[c : c + shorter])
    if not len(unlike):
        return None if b - a == d - c else ((a + shorter, b), (c + shorter, d))
    top = int(unlike[0])
    tail = _unlike(before[b - shorter : b][::-1], after[d - shorter : d][::-1])
    bottom = min(int(tail[0]), shorter - top) if len(tail) else shorter - top
    return (a + top, b - bottom), (c + top, d - bottom)


def _unlike(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the numbers of the rows that differ more than the edge of a glyph may."""
    far = np.abs(first.astype(np.int16) - second) > pixels.NOTICEABLE
    return np.flatnonzero(far.any(axis=(1, 2)))


def _joined(pairs: list[Pair]) -> Iterator[Pair]:
    """Join changes that are shown together since their surroundings touch on both sides."""
    (a, b), (c, d) = pairs[0]
    for (e, f), (g, h) in pairs[1:]:
        if e - b <= 2 * AROUND and g - d <= 2 * AROUND:
            b, d = f, h
        else:
            yield (a, b), (c, d)
            (a, b), (c, d) = (e, f), (g, h)
    yield (a, b), (c, d)


def _marked(image: Image.Image, stretches: list[Rows]) -> Image.Image:
    """Return a picture with a bar beside, and a tint over, each stretch of rows."""
    marked = image.copy()
    for start, stop in stretches:
        if start == stop:
            continue
        own = image.crop((0, start, image.width, stop))
        marked.paste(Image.blend(own, Image.new("RGB", own.size, MARK), TINT), (0, start))
        marked.paste(MARK, (0, start, min(6, image.width), stop))
    return marked


def _part(image: Image.Image, rows: Rows) -> bytes:
    top, bottom = max(0, rows[0] - AROUND), min(image.height, rows[1] + AROUND)
    bottom = max(top + 1, min(bottom, top + TALLEST_PART))
    return _png(image.crop((0, top, image.width, bottom)))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.quantize(64, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
    return buffer.getvalue()


def write(drawn: Drawn, folder: Path) -> None:
    """Write each changed page whole, before and after, as pictures into a folder, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for page in drawn.pages:
        (folder / f"{page.name}.before.png").write_bytes(page.before)
        (folder / f"{page.name}.after.png").write_bytes(page.after)
