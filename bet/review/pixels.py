"""Charts as pixels: SVG drawn by a Chromium, before and after, and how far they differ."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from bet import browser as chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 15  # seconds; what is not drawn by then is shown and not compared
NOTICEABLE = 24  # of 255, on any colour: below it is the edge of a glyph


@dataclass(frozen=True)
class Difference:
    """The share of pixels that differ, and a picture that marks them."""

    share: float
    png: bytes


def differences(pairs: Mapping[str, tuple[str, str]]) -> dict[str, Difference] | None:
    """Draw each pair of SVGs and compare them, as many as time allows; None without a Chromium."""
    return chromium.apart(lambda: _differences(pairs)) if pairs else {}


def _differences(pairs: Mapping[str, tuple[str, str]]) -> dict[str, Difference] | None:
    try:
        with chromium.launched() as browser:
            # The pictures may come from anybody: no scripts, and nothing is loaded.
            page = browser.new_context(java_script_enabled=False, offline=True).new_page()
            drawn, end = {}, time.monotonic() + PATIENCE
            for name, pair in pairs.items():
                if time.monotonic() > end:
                    break
                drawn[name] = _draw(page, pair)
    except chromium.NoBrowser:
        return None
    return {name: compare(*images) for name, images in drawn.items()}


def _draw(page: Page, pair: tuple[str, str]) -> tuple[Image.Image, Image.Image]:
    """Draw two SVGs under each other in one shot, which takes half the time of two."""
    boxes = "".join(f"<img style='display:block' src='{address(svg)}'>" for svg in pair)
    page.set_content(f"<body style='margin:0;background:#fff'>{boxes}")
    image = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    first, second = (_box(page, n) for n in (0, 1))
    return image.crop(first), image.crop(second)


def _box(page: Page, number: int) -> tuple[int, int, int, int]:
    found = page.locator("img").nth(number).bounding_box() or {"x": 0, "y": 0, "width": 1, "height": 1}  # fmt: skip
    left, top = round(found["x"]), round(found["y"])
    return left, top, left + round(found["width"]), top + round(found["height"])


def address(svg: str) -> str:
    """Return an SVG as a data address, in which nothing of it can reach the page around it."""
    told = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    return f"data:image/svg+xml;base64,{told}"


def decoded(png: str, most: int = 20_000_000) -> Image.Image:
    """Return a PNG of a notebook, empty for none; raise ValueError or OSError for what is none of ours."""
    if not png:
        return Image.new("RGB", (1, 1), "white")
    image = Image.open(io.BytesIO(base64.b64decode(png)), formats=["PNG"])
    if image.width * image.height > most:
        raise ValueError(f"a picture of {image.width} by {image.height}")
    return image.convert("RGB")


def compare(before: Image.Image, after: Image.Image) -> Difference:
    """Compare two pictures; where sizes differ, both are laid on white of the larger size."""
    size = max(before.width, after.width), max(before.height, after.height)
    first, second = (_on_white(image, size) for image in (before, after))
    channels = ImageChops.difference(first, second).split()
    strongest = ImageChops.lighter(ImageChops.lighter(*channels[:2]), channels[2])
    mask = strongest.point(lambda value: 255 if value > NOTICEABLE else 0)
    share = mask.histogram()[255] / (size[0] * size[1])
    marked = Image.blend(second, Image.new("RGB", size, "white"), 0.75)
    marked.paste(Image.new("RGB", size, "#c2410c"), mask=mask)
    buffer = io.BytesIO()
    marked.quantize(64).save(buffer, "PNG")
    return Difference(share, buffer.getvalue())


def _on_white(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("RGB", size, "white")
    canvas.paste(image)
    return canvas
