"""Tensors: arrays as coloured cells, whose digits show when pointed at, tapped, or in focus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from games.moves import Offer
from games.ui.controls import tile
from games.ui.node import Child, Node, h
from games.ui.numbers import fixed, signed
from games.ui.pixels import PALETTES, picture, tints
from games.words import say

ROOMY = 10
"""A table of at most so many columns has room to show all its digits at once, in focus."""


def heat_table(
    caption: str,
    values: ArrayLike,
    palette: str = "signed",
    *,
    rows: Sequence[Child] = (),
    columns: Sequence[Child] = (),
    largest: float | None = None,
    digits: int = 2,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A matrix as a table of colours. A screen reader reads the numbers.

    Args:
        caption: what the table holds, shown above it.
        values: the matrix (rows, columns).
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        rows: the rows' names, if they have any.
        columns: the columns' names, if they have any.
        largest: the size that is shown in full colour; the largest of `values` without it.
        digits: decimals of the numbers.
        key: tells it from its siblings.
        name: under which the numbers can be read and saved.
    """
    matrix = np.asarray(values, float)
    for what, names, count in zip(("row", "column"), (rows, columns), matrix.shape, strict=True):
        if names and len(names) != count:
            raise ValueError(
                f"heat_table: {len(names)} {what} names for {count} {what}s; allowed: none or all"
            )
    corner = h("td") if rows else None
    head = h("thead", h("tr", corner, [h("th", text, scope="col") for text in columns]))
    body = [
        h(
            "tr",
            h("th", rows[i], scope="row") if rows else None,
            _cells("td", numbers, looks, palette, digits),
            key=i,
        )
        for i, (numbers, looks) in enumerate(
            zip(matrix, tints(matrix, palette, largest), strict=True)
        )
    ]
    return h(
        "div",
        h(
            "table",
            h("caption", caption),
            head if columns else None,
            h("tbody", body),
            class_=f"heat{' roomy' if matrix.shape[1] <= ROOMY else ''}",
            data_palette=palette,
            tabindex=0,
            marks=None if name is None else {name: matrix},
        ),
        key=key,
        class_="heat-frame",
    )


def tensor_strip(
    label: str,
    values: ArrayLike,
    palette: str = "signed",
    *,
    largest: float | None = None,
    digits: int = 2,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A vector as a row of cells, with its name before it and how many numbers it has."""
    vector = np.asarray(values, float)
    if vector.ndim != 1 or not vector.size:
        raise ValueError(f"tensor_strip shows a vector of numbers (n,), got shape {vector.shape}")
    (looks,) = tints(vector[None], palette, largest)
    return h(
        "div",
        h("span", label, h("span", len(vector), class_="tensor-size"), class_="tensor-name"),
        h(
            "ol",
            _cells("li", vector, looks, palette, digits),
            class_=f"tensor{' roomy' if len(vector) <= ROOMY else ''}",
            data_palette=palette,
            tabindex=0,
            aria_label=label,
            marks=None if name is None else {name: vector},
        ),
        key=key,
        class_="tensor-strip",
    )


def feature_maps(
    label: str,
    maps: ArrayLike,
    palette: str = "ink",
    *,
    names: Sequence[str] = (),
    largest: float | None = None,
    chosen: int | None = None,
    offer: Offer | None = None,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """Pictures of one size in a strip, all on one scale; with an offer each can be chosen.

    Args:
        label: what the strip shows.
        maps: the pictures (k, height, width).
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        names: what stands below each; its number without them.
        largest: the size that is opaque; the largest of all maps without it.
        chosen: which one is looked at.
        offer: the move that chooses a map by its number.
        key: tells it from its siblings.
        name: under which the numbers can be read and saved, the maps below one another.
    """
    pictures = np.asarray(maps, float)
    if pictures.ndim != 3:
        raise ValueError(f"feature_maps shows maps (k, height, width), got shape {pictures.shape}")
    if names and len(names) != len(pictures):
        raise ValueError(
            f"feature_maps: {len(names)} names for {len(pictures)} maps; allowed: none or all"
        )
    if largest is None:
        finite = np.abs(pictures[np.isfinite(pictures)])
        largest = float(finite.max(initial=0.0)) or 1.0

    def one(i: int) -> Node:
        title = names[i] if names else str(i + 1)
        drawn: Child = (
            picture(
                pictures[i], palette, say("{what}: {map}", what=label, map=title), largest=largest
            ),
            h("span", title, class_="map-name"),
        )
        if offer is None:
            return h("li", h("div", drawn, class_="map"), key=i)
        return h("li", tile(offer(i), drawn, look="map", pressed=i == chosen), key=i)

    return h(
        "ol",
        [one(i) for i in range(len(pictures))],
        key=key,
        class_="maps",
        aria_label=label,
        marks=None if name is None else {name: pictures.reshape(-1, pictures.shape[2])},
    )


def _cells(
    tag: str,
    numbers: NDArray[np.float64],
    looks: Sequence[dict[str, str]],
    palette: str,
    digits: int,
) -> list[Node]:
    text = signed if PALETTES[palette] == 2 else fixed
    return [
        h(
            tag,
            h("span", text(float(value), digits)),
            class_=look["class_"],
            style=look["style"],
            tabindex=-1,
            key=i,
        )
        for i, (value, look) in enumerate(zip(numbers, looks, strict=True))
    ]
