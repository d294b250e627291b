"""Pixels: an image as one leaf node, from an array. It knows colours as numbers, not their use."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from games.ui.node import Node, h

POSITIVE, NEGATIVE = (48, 114, 196), (202, 66, 42)
"""The colours of signs, between those of the light and of the dark page (web/styles/tokens.css)."""


class Image:
    """An RGBA picture held by a node; the array is taken over and never written again."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 4:
            raise ValueError(
                f"pixels must be uint8 of shape (height, width, 4), got {pixels.dtype} "
                f"{pixels.shape}"
            )
        self.pixels = pixels

    @cached_property
    def _bytes(self) -> bytes:
        return self.pixels.tobytes()

    def rgba(self) -> bytes:
        """The pixels, four bytes each, row by row from the top left."""
        return self._bytes

    def png(self) -> bytes:
        """The picture as a PNG file (PNG specification, RFC 2083)."""
        height, width, _ = self.pixels.shape
        rows = np.zeros((height, 1 + 4 * width), np.uint8)  # each row opens with filter type 0
        rows[:, 1:] = self.pixels.reshape(height, 4 * width)
        png = b"\x89PNG\r\n\x1a\n"
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows.tobytes(), 9)),
            (b"IEND", b""),
        ):
            checksum = zlib.crc32(kind + data)
            png += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
        return png

    def data_uri(self) -> str:
        """The picture as a PNG data URI."""
        return "data:image/png;base64," + base64.b64encode(self.png()).decode("ascii")


def picture(pixels: NDArray[np.uint8], label: str, key: str | int | None = None) -> Node:
    """A picture of `pixels` (height, width, 4), scaled by the page without smoothing.

    `label` is what a screen reader says instead.
    """
    image = Image(pixels)
    height, width, _ = pixels.shape
    return h(
        "canvas",
        key=key,
        picture=image,
        class_="pixels",
        width=width,
        height=height,
        role="img",
        aria_label=label,
    )


def blend(
    values: NDArray[np.floating], low: tuple[int, int, int], high: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Colour a grid of numbers in [0, 1] by a straight line from colour `low` to colour `high`.

    `values` has shape (height, width); numbers outside are clipped. Returns (height, width, 4).
    """
    share = np.clip(values, 0.0, 1.0)[..., None]
    out = np.full((*values.shape, 4), 255, np.uint8)
    out[..., :3] = np.rint((1 - share) * np.array(low) + share * np.array(high))
    return out


def wash(values: NDArray[np.floating], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Lay one colour over a grid of numbers in [0, 1], as opaque as the number is large.

    What lies behind shows through, so the picture suits a light page and a dark one. `values` has
    shape (height, width); numbers outside are clipped. Returns (height, width, 4).
    """
    out = np.empty((*values.shape, 4), np.uint8)
    out[..., :3] = colour
    out[..., 3] = np.rint(255 * np.clip(values, 0.0, 1.0))
    return out


def signed(values: NDArray[np.floating], largest: float) -> NDArray[np.uint8]:
    """Colour numbers of either sign: blue above zero, vermilion below, fainter towards zero.

    Numbers beyond `largest` are as strong as that one. `values` has shape (height, width).
    Returns (height, width, 4).
    """
    out = wash(np.abs(values) / largest, POSITIVE)
    out[values < 0, :3] = NEGATIVE
    return out


def strips(
    names: Sequence[str | Node], pixels: NDArray[np.uint8], label: str, key: str | int | None = None
) -> Node:
    """A picture whose rows have names beside them: one row of `pixels` for each of `names`."""
    if len(names) != len(pixels):
        raise ValueError(f"strips: {len(names)} names for {len(pixels)} rows; allowed: as many")
    rows = h("ol", [h("li", name, key=i) for i, name in enumerate(names)])
    return h("div", rows, picture(pixels, label), key=key, class_="strips")
