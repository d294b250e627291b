"""The course as an app: its mark as PNG icons, drawn here, and the web app manifest."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from games.ui.pixels import png
from games.words import say
from web.builder.paths import WEB

MANIFEST = "manifest.webmanifest"
TOUCH = "icons/touch-180.png"
"""For home screens that know no manifest."""

MARK, EDGE = 32, 2.0
"""The side of the mark's box, whose units all lengths below are in; the gold circle's edge."""
LINES = ((7, 8), (25, 16), (7, 24))
CIRCLES = ((7, 8, 5.0, "accent"), (7, 24, 5.0, "accent"), (25, 16, 6 + EDGE / 2, "gold"))
LIGHT = (25, 16, 6 - EDGE / 2, "gold-fill")
WIDTH = 3.0

Picture = NDArray[np.float64]


def colours() -> dict[str, tuple[str, str]]:
    """Return every colour of tokens.css: its name → for the light theme, for the dark one."""
    text = (WEB / "styles" / "tokens.css").read_text("utf-8")
    pattern = r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, text)}


def icon(size: int, share: float, ground: str = "") -> bytes:
    """Draw the mark as a square PNG.

    Args:
        size: pixels to a side.
        share: how much of the side the mark's box takes.
        ground: the name of the colour behind it; transparent without.
    """
    light = tuple((name, colour) for name, (colour, _) in colours().items())
    return _drawn(size, share, ground, light)


@cache
def _drawn(size: int, share: float, ground: str, light: tuple[tuple[str, str], ...]) -> bytes:
    unit = size * share / MARK
    away = (1 - share) * MARK / share / 2
    at = (np.arange(size) + 0.5) / unit - away
    x, y = np.meshgrid(at, at)
    table = {name: _rgb(colour) for name, colour in light}
    picture = np.zeros((size, size, 4))
    if ground:
        picture[...] = (*table[ground], 1.0)
    for start, end in pairwise(LINES):
        _lay(picture, table["accent"], unit * (_from_line(x, y, start, end) - WIDTH / 2))
    for cx, cy, radius, name in (*CIRCLES, LIGHT):
        _lay(picture, table[name], unit * (np.hypot(x - cx, y - cy) - radius))
    return png(np.rint(picture * 255).astype(np.uint8))


def write_app(site: Path) -> None:
    """Write the icons and the manifest below `site`."""
    icons = {
        "icons/icon-192.png": (icon(192, 0.92), "192x192", "any"),
        "icons/icon-512.png": (icon(512, 0.92), "512x512", "any"),
        "icons/maskable-512.png": (icon(512, 0.62, "paper"), "512x512", "maskable"),
        TOUCH: (icon(180, 0.8, "paper"), "", ""),
    }
    (site / "icons").mkdir(exist_ok=True)
    for url, (data, _, _) in icons.items():
        (site / url).write_bytes(data)
    paper = colours()["paper"][0]
    manifest = {
        "name": "Neuronauts",
        "short_name": "Neuronauts",
        "description": say("A deep-learning course that is played."),
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            {"src": url, "type": "image/png", "sizes": sizes, "purpose": purpose}
            for url, (_, sizes, purpose) in icons.items()
            if purpose
        ],
    }
    (site / MANIFEST).write_text(json.dumps(manifest, indent=2), "utf-8")


def _from_line(x: Picture, y: Picture, start: tuple[int, int], end: tuple[int, int]) -> Picture:
    """Return the distance of points from the stretch between two points."""
    along = np.subtract(end, start)
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along @ along)
    share = np.clip(share, 0, 1)
    across: Picture = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    return across


def _lay(picture: Picture, colour: tuple[float, ...], outside: Picture) -> None:
    """Lay a shape over the picture. `outside` is the distance from its edge in pixels."""
    cover = np.clip(0.5 - outside, 0, 1)
    alpha = cover + picture[..., 3] * (1 - cover)
    over = picture[..., 3] * (1 - cover)
    mixed = cover[..., None] * np.array(colour) + over[..., None] * picture[..., :3]
    picture[..., :3] = mixed / np.where(alpha > 0, alpha, 1)[..., None]
    picture[..., 3] = alpha


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
