"""What one cell of a stack of convolutions sees, painted back by its gradient. It knows no game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from games.ui.node import Node, h, marked
from games.words import say
from pycore.arrays import Array
from pycore.convolution import Conv1D
from pycore.initializers import constant


@dataclass(frozen=True)
class Window:
    """A layer's window along one side: its size, how far it steps, how far apart its cells are."""

    size: int = 3
    stride: int = 1
    dilation: int = 1


@dataclass(frozen=True)
class Row:
    """A row of cells: where each lies over the input, and how much of it the chosen cell sees.

    Attributes:
        at: the middle of each cell, in cells of the input (n,).
        seen: the gradient of the chosen cell with respect to each of them (n,).
    """

    at: Array
    seen: Array


def rows(windows: Sequence[Window], inputs: int, cell: int) -> list[Row]:
    """The input, then each layer's cells; all weights are 1, so that a gradient counts the ways.

    Shapes: `cell` is the chosen one of the last row.
    """
    layers = [
        Conv1D(1, 1, w.size, w.stride, dilation=w.dilation, weights=constant(1), rng=0)
        for w in windows
    ]
    x: Array = np.zeros((1, inputs, 1))
    at = [np.arange(inputs, dtype=float)]
    for layer, window in zip(layers, windows, strict=True):
        x = layer.forward(x)
        first = at[-1][: (window.size - 1) * window.dilation + 1].mean()
        step = window.stride * (at[-1][1] - at[-1][0] if len(at[-1]) > 1 else 1.0)
        at.append(first + step * np.arange(x.shape[1]))
    dy: Array = np.zeros_like(x)
    dy[0, cell, 0] = 1.0
    seen = [dy[0, :, 0]]
    for layer in reversed(layers):
        dy = layer.backward(dy)
        seen.append(dy[0, :, 0])
    return [Row(a, s) for a, s in zip(at, reversed(seen), strict=True)]


def width(windows: Sequence[Window]) -> int:
    """How many cells of the input the stack sees: 1 + Σ (k − 1) d · the strides before."""
    seen, jump = 1, 1
    for window in windows:
        seen += (window.size - 1) * window.dilation * jump
        jump *= window.stride
    return seen


HIGH, GAP, CELL = 10.0, 32.0, 10.0


def section(stack: Sequence[Row], shown: bool = True, key: str | None = None) -> Node:
    """Rows of cells above one another, the input at the bottom, and the lines of what is seen.

    `shown` paints what the chosen cell sees; without it only the cell itself is lit.
    """
    inputs = len(stack[0].at)
    top = len(stack) - 1
    wide, high = inputs * CELL, top * GAP + HIGH

    def spot(level: int, i: int) -> tuple[float, float]:
        return (float(stack[level].at[i]) + 0.5) * CELL, high - HIGH - level * GAP

    fans, cells = [], []
    for level, row in enumerate(stack):
        lit = row.seen > 0
        lit = lit if shown or level == top else np.zeros_like(lit)
        most = float(row.seen.max())
        for i in range(len(row.at)):
            x, y = spot(level, i)
            share = float(row.seen[i]) / most if lit[i] else 0.0
            cells.append(
                h(
                    "rect",
                    x=f"{x - CELL / 2 + 0.75:g}",
                    y=f"{y:g}",
                    width=CELL - 1.5,
                    height=HIGH,
                    class_="field-cell lit" if lit[i] else "field-cell",
                    style=f"--p:{25 + 75 * share:.0f}%" if lit[i] else None,
                )
            )
        if shown and level < top:
            left, right = np.flatnonzero(lit)[[0, -1]].tolist()
            above = np.flatnonzero(stack[level + 1].seen > 0)[[0, -1]].tolist()
            for below, over in ((left, above[0]), (right, above[1])):
                (x1, y1), (x2, y2) = spot(level, below), spot(level + 1, over)
                fans.append(f"M{x1:g} {y1:g}L{x2:g} {y2 + HIGH:g}")
    drawn = h(
        "svg",
        h("path", d="".join(fans), class_="field-fan"),
        cells,
        viewBox=f"-2 -2 {wide + 4:g} {high + 4:g}",
        class_="field-section",
        role="img",
        aria_label=say("One cell of the last layer, and the cells below that it is computed from."),
        key=key,
    )
    return marked(drawn, {say("ways from each dot"): stack[0].seen}) if shown else drawn
