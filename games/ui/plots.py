"""Plots: axes and what is drawn in them. A plot knows numbers, never where they came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from games.ui.node import Child, Node, h
from games.ui.numbers import tick_text, ticks
from games.ui.pixels import picture

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Axes:
    """A rectangle in viewBox units and the ranges of the data it shows."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: float = 400
    height: float = 260
    left: float = 44
    right: float = 12
    top: float = 12
    bottom: float = 40

    def across(self, x: ArrayLike) -> Floats:
        """Data x → viewBox x."""
        share = (np.asarray(x, float) - self.x[0]) / (self.x[1] - self.x[0])
        return self.left + share * (self.width - self.left - self.right)

    def up(self, y: ArrayLike) -> Floats:
        """Data y → viewBox y (which grows downwards)."""
        share = (np.asarray(y, float) - self.y[0]) / (self.y[1] - self.y[0])
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def data_x(self, across: float) -> float:
        """ViewBox x → data x, kept inside the axis; what a drag in this plot means."""
        share = (across - self.left) / (self.width - self.left - self.right)
        return float(self.x[0] + min(max(share, 0.0), 1.0) * (self.x[1] - self.x[0]))

    def data_y(self, up: float) -> float:
        """ViewBox y → data y, kept inside the axis."""
        share = (self.height - self.bottom - up) / (self.height - self.top - self.bottom)
        return float(self.y[0] + min(max(share, 0.0), 1.0) * (self.y[1] - self.y[0]))


def plot(
    axes: Axes,
    *layers: Child,
    label: str,
    x_label: str = "",
    y_label: str = "",
    heat: NDArray[np.uint8] | None = None,
    key: str | int | None = None,
) -> Node:
    """Axes with ticks and names, and the layers drawn in them, back to front.

    `label` says in words what the plot shows. `heat` is an RGBA grid (rows from the top) that
    fills the axes behind everything else.
    """
    head = 12 if y_label else 0
    svg = h(
        "svg",
        _grid(axes),
        layers,
        h(
            "text",
            x_label,
            x=(axes.left + axes.width - axes.right) / 2,
            y=axes.height - 6,
            class_="axis-name middle",
        )
        if x_label
        else None,
        h("text", y_label, x=2, y=axes.top - 12, class_="axis-name") if y_label else None,
        viewBox=f"0 {-head} {axes.width:g} {axes.height + head:g}",
        aria_label=label,
    )
    holds_controls = any("tabindex" in node.attributes for node in svg.walk())
    svg.attributes["role"] = "group" if holds_controls else "img"
    return h("div", _heat(axes, heat, head), svg, key=key, class_="plot")


def curve(axes: Axes, x: ArrayLike, y: ArrayLike, class_: str = "") -> Node:
    """A line through the points; y outside the axes is cut at their edge, gaps where not finite."""
    ys = np.clip(np.asarray(y, float), *axes.y)
    points = np.column_stack([axes.across(x), axes.up(ys)])
    commands = []
    pen = "M"
    for across, up in points.tolist():
        if across == across and up == up:  # not NaN
            commands.append(f"{pen}{across:.1f} {up:.1f}")
            pen = "L"
        else:
            pen = "M"
    return h("path", d="".join(commands), class_=f"curve {class_}".strip())


def scatter(axes: Axes, x: ArrayLike, y: ArrayLike, class_: str = "") -> Node:
    """Dots, all of them in one path; their size is the class's stroke width."""
    points = np.column_stack([axes.across(x), axes.up(y)])
    dots = "M%.1f %.1fh0" * len(points) % tuple(points.ravel().tolist())
    return h("path", d=dots, class_=f"dots {class_}".strip())


def bars(axes: Axes, x: ArrayLike, y: ArrayLike, width: float, class_: str = "") -> Node:
    """Upright bars of data width `width` standing on y = 0 (or on the axis where 0 is outside)."""
    centres, heights = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    floor = float(axes.up(min(max(0.0, axes.y[0]), axes.y[1])))
    left, right = axes.across(centres - width / 2), axes.across(centres + width / 2)
    tops = axes.up(np.clip(heights, *axes.y))
    boxes = (
        f"M{a:.1f} {floor:.1f}V{t:.1f}H{b:.1f}V{floor:.1f}Z"
        for a, b, t in zip(left, right, tops, strict=True)
    )
    return h("path", d="".join(boxes), class_=f"bars {class_}".strip())


def ranges(axes: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, class_: str = "") -> Node:
    """An upright line from `low` to `high` at each x: how sure a value is."""
    low, high = np.clip(np.asarray(low, float), *axes.y), np.clip(np.asarray(high, float), *axes.y)
    lines = (
        f"M{a:.1f} {b:.1f}V{t:.1f}"
        for a, b, t in zip(axes.across(x), axes.up(low), axes.up(high), strict=True)
    )
    return h("path", d="".join(lines), class_=f"ranges {class_}".strip())


def band(axes: Axes, x: tuple[float, float], class_: str = "") -> Node:
    """A stretch of the x axis, shaded over the whole height."""
    left, right = (float(v) for v in axes.across(np.clip(x, *axes.x)))
    return h(
        "rect",
        x=left,
        y=axes.top,
        width=max(right - left, 0.0),
        height=axes.height - axes.top - axes.bottom,
        class_=f"band {class_}".strip(),
    )


def rule(axes: Axes, *, x: float | None = None, y: float | None = None, class_: str = "") -> Node:
    """A straight line across the axes at one x or one y."""
    if (x is None) == (y is None):
        raise ValueError("a rule stands at one x or lies at one y: give exactly one of them")
    if x is not None:
        d = f"M{float(axes.across(x)):.1f} {axes.top:g}V{axes.height - axes.bottom:g}"
    else:
        d = f"M{axes.left:g} {float(axes.up(y or 0.0)):.1f}H{axes.width - axes.right:g}"
    return h("path", d=d, class_=f"rule {class_}".strip())


def text_at(axes: Axes, x: float, y: float, text: str, class_: str = "") -> Node:
    """A word at a place in the data."""
    return h(
        "text",
        text,
        x=float(axes.across(x)),
        y=float(axes.up(y)),
        class_=f"plot-text {class_}".strip(),
    )


def _grid(axes: Axes) -> Node:
    marks: list[Node] = []
    lines = ""
    across, up = ticks(*axes.x), ticks(*axes.y, most=5)
    for value in across:
        at = float(axes.across(value))
        lines += f"M{at:.1f} {axes.top:g}V{axes.height - axes.bottom:g}"
        label = tick_text(value, _step(across))
        place = axes.height - axes.bottom + 15
        marks.append(h("text", label, x=at, y=place, class_="tick middle"))
    for value in up:
        at = float(axes.up(value))
        lines += f"M{axes.left:g} {at:.1f}H{axes.width - axes.right:g}"
        label = tick_text(value, _step(up))
        marks.append(h("text", label, x=axes.left - 6, y=at + 4, class_="tick end"))
    return h("g", h("path", d=lines, class_="grid"), marks, aria_hidden="true")


def _step(values: list[float]) -> float:
    return values[1] - values[0] if len(values) > 1 else 1.0


def _heat(axes: Axes, heat: NDArray[np.uint8] | None, head: int) -> Node | None:
    if heat is None:
        return None
    canvas = picture(heat, "")
    share = {
        "left": axes.left / axes.width,
        "top": (axes.top + head) / (axes.height + head),
        "width": (axes.width - axes.left - axes.right) / axes.width,
        "height": (axes.height - axes.top - axes.bottom) / (axes.height + head),
    }
    canvas.attributes["style"] = ";".join(f"{k}:{100 * v:.3f}%" for k, v in share.items())
    canvas.attributes["aria-hidden"] = "true"
    return canvas
