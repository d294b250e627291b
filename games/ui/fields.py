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

from games.ui.node import Node, marked
from games.ui.pixels import Shade
from games.ui.plots import Axes, contour, isoline

Floats = NDArray[np.float64]
Function = Callable[[Floats], NDArray[np.floating]]
"""Points (n, 2) → a number for each, (n,) or (n, 1)."""

HUGE = 1e9
"""What is larger counts as this; what is no number counts as 0."""
SUN = np.array([-1.0, -1.0]) / np.sqrt(2)
"""Where the light of a landscape comes from, across and down: the upper left."""
STRONGEST = 0.8
"""Opacity of a field's colour."""
DARKEST = 0.4
"""Opacity of its deepest shadow."""


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


def landscape(
    axes: Axes,
    f: Function,
    levels: Sequence[float],
    *,
    cells: int = 120,
    name: str | None = None,
) -> Field:
    """A function as a map: valleys and heights in two colours, lit from the upper left, contours.

    The colours run evenly from level to level, so that a map whose levels grow by factors shows
    its valley as well as its heights.

    Args:
        axes: the plane.
        f: takes every cell's middle at once, (n, 2), and gives (n,).
        levels: the values whose contours are drawn, ascending, at least two.
        cells: how many there are across.
        name: under which the values can be read and saved.
    """
    marks = np.asarray(levels, float)
    if marks.size < 2 or not (np.diff(marks) > 0).all():
        raise ValueError(f"levels of a landscape are two or more and ascend, got {list(levels)}")
    values = sampled(axes, f, cells)
    height = _heights(values, marks)
    down, across = np.gradient(height)
    slope = np.stack([across, down], axis=-1) @ -SUN
    steepest = float(np.abs(slope).max()) or 1.0
    heat = (
        Shade(2 * height - 1, "height", 1.6, smooth=True),
        Shade(slope / steepest, "relief", 1 / DARKEST, smooth=True),
    )
    lines = [contour(axes, values, level, "contour") for level in marks]
    if name is not None:
        lines[0] = marked(lines[0], {name: values})
    return Field(values, heat, tuple(lines))


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


def _heights(values: Floats, levels: Floats) -> Floats:
    """Values as heights from 0 to 1, equally far from level to level and beyond the last one."""
    first = levels[0] - (levels[1] - levels[0])
    low, high = min(float(values.min()), first), float(values.max())
    ends = [low, *levels, high] if high > levels[-1] else [low, *levels]
    return np.asarray(np.interp(values, ends, np.linspace(0.0, 1.0, len(ends))))
