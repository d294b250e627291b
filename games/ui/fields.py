"""Fields: a function over the plane of a plot, as shades and as lines.

sea = field(AXES, network_output, contours=(0.0,))
plots.plot(AXES, sea.lines, points, label=…, heat=sea.heat)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from games.ui.node import Node
from games.ui.pixels import Shade
from games.ui.plots import Axes, isoline

Floats = NDArray[np.float64]
Function = Callable[[Floats], NDArray[np.floating]]
"""Points (n, 2) → a number for each, (n,) or (n, 1)."""

HUGE = 1e9
"""What is larger counts as this; what is no number counts as 0."""
STRONGEST = 0.8
"""Opacity of a field's colour."""


@dataclass(frozen=True)
class Field:
    """A function that was looked at all over a plane.

    Attributes:
        values: at the middle of each cell, rows from the top (rows, columns).
        heat: the shades, for `plots.plot`.
        lines: the contours, a layer of the same plot.
    """

    values: Floats
    heat: tuple[Shade, ...]
    lines: tuple[Node, ...]


def field(
    axes: Axes,
    f: Function,
    palette: str = "signed",
    *,
    cells: int = 40,
    largest: float = 1.0,
    contours: Sequence[float] = (),
    name: str | None = None,
) -> Field:
    """A function as colour, with a line wherever it passes one of `contours`.

    Args:
        axes: the plane.
        f: takes every cell's middle at once, (n, 2), and gives (n,).
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        cells: how many there are across; as many to a length upwards.
        largest: the size of value that is as strong as a field can be; what lies over it and the
            plot's grid can still be seen.
        contours: the values whose lines are drawn.
        name: under which the values can be read and saved.
    """
    values = sampled(axes, f, cells)
    shade = Shade(values, palette, largest / STRONGEST, smooth=True, name=name)
    lines = tuple(isoline(axes, values, level, whole=True) for level in contours)
    return Field(values, (shade,), lines)


def sampled(axes: Axes, f: Function, cells: int) -> Floats:
    """The function at the middle of each cell, rows from the top (rows, columns)."""
    points, shape = grid(axes, cells)
    found = np.asarray(f(points), float)
    if found.size != len(points):
        raise ValueError(
            f"a field gives one number for each of {len(points)} points, got {found.shape}"
        )
    return np.clip(np.nan_to_num(found.reshape(shape), nan=0.0), -HUGE, HUGE)


@lru_cache(maxsize=16)
def grid(axes: Axes, cells: int) -> tuple[Floats, tuple[int, int]]:
    """The middle of each cell, rows from the top, as points (n, 2), and how many rows and columns.

    The same array for the same axes, so nobody may write to it.
    """
    wide, high = axes.width - axes.left - axes.right, axes.height - axes.top - axes.bottom
    rows = max(round(cells * high / wide), 1)
    points = np.stack(axes.grid(cells, rows), axis=-1).reshape(-1, 2)
    points.flags.writeable = False
    return points, (rows, cells)
