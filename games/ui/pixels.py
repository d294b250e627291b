"""Pixels: numbers as the pixels of one leaf node. It knows palettes by name, no colour.

A palette is a few colours, which the style sheet gives (web/styles/tokens.css: `data-palette`). A
pixel is one of them, more or less opaque over what lies behind, so that one picture suits a light
page and a dark one. Its byte says both: the 256 values are split evenly among the colours, and
within a colour's share they run from clear to opaque.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from games.ui.node import Node, h

Bytes = NDArray[np.uint8]

PALETTES = {"signed": 2, "gold": 1, "ink": 1, "classes": 8}
"""How many colours each palette has.

Numbers of either sign; a neuron's light; plain amounts; one colour for each class.
"""


class Shade:
    """A grid of numbers as places in a palette: one byte a pixel.

    Below zero a palette of two colours takes the first of them, above zero the second; one of a
    single colour leaves what is below zero clear. With more colours each has a number of its own
    at every pixel, and the largest is seen. What is no number is clear.

    Args:
        values: the numbers, rows from the top, shape (height, width); for a palette of k colours
            more than two (height, width, up to k).
        palette: a name of PALETTES.
        largest: the size that is shown opaque, and everything beyond it; the largest of `values`
            without it.
        smooth: whether the page may blend neighbours, as suits a function over a plane.
        name: under which the numbers can be read and saved (2 dimensions).
    """

    def __init__(
        self,
        values: ArrayLike,
        palette: str,
        largest: float | None = None,
        *,
        smooth: bool = False,
        name: str | None = None,
    ) -> None:
        if palette not in PALETTES:
            raise ValueError(f"there is no palette {palette!r}; allowed: {', '.join(PALETTES)}")
        self.values = np.asarray(values, float)
        colours, shape = PALETTES[palette], self.values.shape
        if not self.values.size or len(shape) != (2 if colours <= 2 else 3):
            wanted = "(height, width)" if colours <= 2 else f"(height, width, 1 to {colours})"
            raise ValueError(f"a picture in {palette!r} has shape {wanted}, got {shape}")
        if len(shape) == 3 and shape[2] > colours:
            raise ValueError(f"palette {palette!r} has {colours} colours, got {shape[2]} numbers")
        if largest is None:
            finite = self.values[np.isfinite(self.values)]
            largest = float(np.abs(finite).max(initial=0.0)) or 1.0
        if not largest > 0:
            raise ValueError(f"the largest value of a picture is a number above 0, got {largest}")
        self.palette = palette
        self.largest = largest
        self.smooth = smooth
        self.name = name
        self.pixels = _places(self.values / largest, colours)
        self._bytes = self.pixels.tobytes()

    def indices(self) -> bytes:
        """One byte a pixel, its place in the palette, row by row from the top left."""
        return self._bytes

    def html(self) -> str:
        """A sheet of each colour, cut out by a mask as opaque as the pixels of that colour are."""
        sheets = []
        for k, alpha in enumerate(opacities(self.pixels, self.palette)):
            if alpha.any():
                grey = np.stack([np.zeros_like(alpha), alpha], axis=-1)
                data = base64.b64encode(png(grey)).decode("ascii")
                mask = f"mask-image:url(data:image/png;base64,{data})"
                sheets.append(f'<i class="shade-{k}" style="{mask}"></i>')
        return "".join(sheets)


def _places(shares: NDArray[np.floating], colours: int) -> Bytes:
    """Numbers from −1 to 1 as places in a palette; all that is clear is 0."""
    steps = 256 // colours - 1
    scaled = np.clip(np.nan_to_num(shares, nan=0.0), -1.0, 1.0)
    if colours == 1:
        return np.asarray(np.rint(steps * np.maximum(scaled, 0.0)), np.uint8)
    if scaled.ndim == 3:
        chosen = scaled.argmax(axis=-1)
        strength = np.rint(steps * np.maximum(scaled.max(axis=-1), 0.0))
        return np.asarray(np.where(strength > 0, chosen * (steps + 1) + strength, 0), np.uint8)
    places = np.rint(steps * np.abs(scaled))
    places[(scaled > 0) & (places > 0)] += steps + 1
    return np.asarray(places, np.uint8)


def opacities(pixels: Bytes, palette: str) -> list[Bytes]:
    """For each colour of a palette, how opaque (0 to 255) it is at each pixel."""
    share = 256 // PALETTES[palette]
    colour, place = np.divmod(pixels, share) if share < 256 else (np.zeros_like(pixels), pixels)
    alpha = np.rint(place * (255 / (share - 1))).astype(np.uint8)
    return [np.where(colour == k, alpha, np.uint8(0)) for k in range(PALETTES[palette])]


def tints(
    values: ArrayLike, palette: str, largest: float | None = None
) -> list[list[dict[str, str]]]:
    """For each number of a matrix, the class and style that give a cell its pixel's colour.

    The cells stand below an element with `data-palette`. For palettes of one or two colours.
    """
    share = 256 // PALETTES[palette]
    rows = []
    for row in Shade(values, palette, largest).pixels.tolist():
        places = (divmod(place, share) for place in row)
        rows.append(
            [
                {"class_": f"tint-{k}", "style": f"--strength:{100 * at / (share - 1):.3g}%"}
                for k, at in places
            ]
        )
    return rows


def png(pixels: Bytes) -> bytes:
    """Pixels as a PNG file (PNG specification, RFC 2083).

    Shapes: (height, width, 2), grey and alpha, or (height, width, 4), colour and alpha.
    """
    kinds = {2: 4, 4: 6}
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in kinds:
        raise ValueError(
            "pixels must be uint8 of shape (height, width, 2) or (height, width, 4), got "
            f"{pixels.dtype} {pixels.shape}"
        )
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + channels * width), np.uint8)  # each row opens with filter type 0
    rows[:, 1:] = pixels.reshape(height, channels * width)
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kinds[channels], 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    ):
        checksum = zlib.crc32(kind + data)
        made += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
    return made


def picture(
    values: ArrayLike,
    palette: str,
    label: str,
    *,
    largest: float | None = None,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A grid of numbers as a picture, scaled by the page without smoothing.

    Args:
        values: the numbers, rows from the top (see `Shade`).
        palette: a name of PALETTES.
        label: its name; what it shows just now is told once, by `describe`.
        largest: the size that is shown opaque; the largest of `values` without it.
        key: tells it from its siblings.
        name: under which the numbers can be read and saved.
    """
    return leaf(Shade(values, palette, largest, name=name), label, key)


def leaf(shade: Shade, label: str, key: str | int | None = None) -> Node:
    """The element that a shade fills."""
    height, width = shade.pixels.shape
    return h(
        "div",
        key=key,
        picture=shade,
        marks=None if shade.name is None else {shade.name: shade.values.reshape(height, -1)},
        class_="pixels smooth" if shade.smooth else "pixels",
        role="img",
        aria_label=label,
        data_palette=shade.palette,
        data_shades=PALETTES[shade.palette],
        data_columns=width,
        style=f"aspect-ratio:{width}/{height}",
    )


def strips(
    names: Sequence[str | Node],
    values: ArrayLike,
    palette: str,
    label: str,
    *,
    largest: float | None = None,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A picture whose rows have names beside them: one row of `values` for each of `names`."""
    shown = picture(values, palette, label, largest=largest, name=name)
    if len(names) != len(np.asarray(values)):
        raise ValueError(
            f"strips: {len(names)} names for {len(np.asarray(values))} rows; allowed: as many"
        )
    rows = h("ol", [h("li", row, key=i) for i, row in enumerate(names)])
    return h("div", rows, shown, key=key, class_="strips")
