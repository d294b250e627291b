"""Plots: axes and what is drawn in them. A plot knows numbers, never where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from games.ui.node import Child, Node, h, marked
from games.ui.numbers import power_text, powers, tick_text, ticks
from games.ui.pixels import Shade, leaf
from games.words import drawn_once

Floats = NDArray[np.float64]
Corner = Literal["", "top", "bottom"]


@dataclass(frozen=True)
class Axes:
    """A rectangle in viewBox units and the ranges of the data it shows.

    On a logarithmic axis (`log_x`, `log_y`) equal distances are equal factors; both ends of its
    range are above zero, and what is not is drawn at its lower end. `names` stand below x = 0, 1,
    2, … in place of numbers.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: float = 400
    height: float = 260
    left: float = 44
    right: float = 12
    top: float = 12
    bottom: float = 40
    log_x: bool = False
    log_y: bool = False
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a logarithmic axis that would have to show zero."""
        for name, log, ends in (("x", self.log_x, self.x), ("y", self.log_y, self.y)):
            if log and not 0 < ends[0] < ends[1]:
                raise ValueError(f"a logarithmic {name} axis runs from above 0 upwards; got {ends}")

    def across(self, x: ArrayLike) -> Floats:
        """Data x → viewBox x."""
        share = _share(x, self.x, self.log_x)
        return self.left + share * (self.width - self.left - self.right)

    def up(self, y: ArrayLike) -> Floats:
        """Data y → viewBox y (which grows downwards)."""
        share = _share(y, self.y, self.log_y)
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def data_x(self, across: float) -> float:
        """ViewBox x → data x, kept inside the axis; what a drag in this plot means."""
        share = (across - self.left) / (self.width - self.left - self.right)
        return _value(share, self.x, self.log_x)

    def data_y(self, up: float) -> float:
        """ViewBox y → data y, kept inside the axis."""
        share = (self.height - self.bottom - up) / (self.height - self.top - self.bottom)
        return _value(share, self.y, self.log_y)

    def grid(self, columns: int, rows: int) -> tuple[Floats, Floats]:
        """The data at the middle of each pixel of a `heat` of this size, rows from the top.

        Shapes: two arrays (rows, columns), x and y.
        """
        x = [_value((i + 0.5) / columns, self.x, self.log_x) for i in range(columns)]
        y = [_value(1 - (i + 0.5) / rows, self.y, self.log_y) for i in range(rows)]
        across, up = np.meshgrid(x, y)
        return across, up


def _share(value: ArrayLike, ends: tuple[float, float], log: bool) -> Floats:
    """How far along an axis a value stands: 0 at its lower end, 1 at its upper one."""
    values = np.asarray(value, float)
    if log:
        low, high = np.log(ends)
        with np.errstate(invalid="ignore"):
            return np.asarray((np.log(np.maximum(values, ends[0])) - low) / (high - low))
    return np.asarray((values - ends[0]) / (ends[1] - ends[0]))


def _value(share: float, ends: tuple[float, float], log: bool) -> float:
    """The data at a share of an axis; shares outside 0 to 1 give the nearer end."""
    share = min(max(share, 0.0), 1.0)
    if log:
        return float(ends[0] * (ends[1] / ends[0]) ** share)
    return float(ends[0] + share * (ends[1] - ends[0]))


def plot(
    axes: Axes,
    *layers: Child,
    label: str,
    x_label: str = "",
    y_label: str = "",
    heat: Shade | Sequence[Shade] | None = None,
    key: str | int | None = None,
) -> Node:
    """Axes with ticks and names, and the layers drawn in them, back to front.

    `label` is the plot's name: what it shows just now is told once, by `describe`. `heat` fills
    the axes behind everything else, one shade upon the other (rows from the top).
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
    shades = (heat,) if isinstance(heat, Shade) else heat or ()
    return h("div", [_heat(axes, shade, head) for shade in shades], svg, key=key, class_="plot")


def curve(
    axes: Axes, x: ArrayLike, y: ArrayLike, class_: str = "", *, name: str | None = None
) -> Node:
    """A line through the points; y outside the axes is cut at their edge, gaps where not finite.

    `name`, here and below: under which what is drawn can be read and saved.
    """
    drawn = _named(name, x, y)
    ys = np.clip(np.asarray(y, float), *axes.y)
    points = np.column_stack([axes.across(x), axes.up(ys)])
    if len(points) and np.isfinite(points).all():
        path = "L".join(["%.1f %.1f"] * len(points)) % tuple(points.ravel().tolist())
        return h("path", d="M" + path, class_=f"curve {class_}".strip(), marks=drawn)
    commands = []
    pen = "M"
    for across, up in points.tolist():
        if across == across and up == up:  # not NaN
            commands.append(f"{pen}{across:.1f} {up:.1f}")
            pen = "L"
        else:
            pen = "M"
    return h("path", d="".join(commands), class_=f"curve {class_}".strip(), marks=drawn)


def track(axes: Axes, points: ArrayLike, class_: str = "", *, name: str | None = None) -> Node:
    """A path through the plane, the pen lifted where it leaves the axes.

    Shapes: points (n, 2).
    """
    places = np.asarray(points, float).reshape(-1, 2)
    x, y = places.T
    inside = (axes.x[0] <= x) & (x <= axes.x[1]) & (axes.y[0] <= y) & (y <= axes.y[1])
    line = curve(axes, x, np.where(inside, y, np.nan), f"track {class_}".strip())
    return line if name is None else marked(line, {name: places})


def scatter(
    axes: Axes, x: ArrayLike, y: ArrayLike, class_: str = "", *, name: str | None = None
) -> Node:
    """Dots, all of them in one path; their size is the class's stroke width."""
    points = np.column_stack([axes.across(x), axes.up(y)])
    dots = "M%.1f %.1fh0" * len(points) % tuple(points.ravel().tolist())
    return h("path", d=dots, class_=f"dots {class_}".strip(), marks=_named(name, x, y))


GLYPHS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "m-3.6 -3.6h7.2v7.2h-7.2z",
    "m0 -4.8l4.6 8h-9.2z",
    "m0 -5.2l5.2 5.2l-5.2 5.2l-5.2 -5.2z",
    "m-1.6 -5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z",
    "m0 4.8l4.6 -8h-9.2z",
    "m-5 -1.7h10v3.4h-10z",
    "m-1.7 -5h3.4v10h-3.4z",
)
"""The shape of each class, so that its colour is not all that tells it."""
WIDE = frozenset("mw")
"""Letters that need half as much room again as others do, as capitals do."""
LETTER, LINE = 8.6, 16.0
"""A letter's width and a line's height at most, in viewBox units: letters are larger on a phone."""


def labelled(
    axes: Axes,
    points: ArrayLike,
    names: Sequence[str] = (),
    *,
    classes: ArrayLike | None = None,
    sure: int = 0,
    name: str | None = None,
) -> Node:
    """Points by class, in shape and colour, with names where there is room for them.

    The shapes are, from class 0 on: disc, square, triangle, diamond, plus, triangle downwards, bar,
    upright bar.

    A name that would lie on a point or another name is not written; pointing at it says it. Points
    outside the axes are not drawn.

    Args:
        axes: the plane.
        points: places (n, 2).
        names: what each is called, or none.
        classes: the class of each, 0 to 7; all alike without.
        sure: so many of the first names are written even where they lie on a point, since they are
            what is asked about.
        name: under which the points can be read and saved.
    """
    places = np.asarray(points, float).reshape(-1, 2)
    kinds = [0] * len(places) if classes is None else np.asarray(classes, int).tolist()
    if len(kinds) != len(places) or (names and len(names) != len(places)):
        raise ValueError(
            f"labelled: {len(places)} points, {len(names)} names, {len(kinds)} classes; "
            "allowed: as many, or none"
        )
    if wrong := [k for k in kinds if not 0 <= k < len(GLYPHS)]:
        raise ValueError(f"labelled: class {wrong[0]}; allowed: 0 to {len(GLYPHS) - 1}")
    low, high = np.transpose([axes.x, axes.y])
    seen = np.flatnonzero(((low <= places) & (places <= high)).all(axis=1)).tolist()
    spots = np.column_stack([axes.across(places[seen, 0]), axes.up(places[seen, 1])]).tolist()
    kinds = [kinds[i] for i in seen]
    shapes = [
        h(
            "path",
            d="".join(
                f"M{x:.1f} {y:.1f}{GLYPHS[k]}"
                for (x, y), mine in zip(spots, kinds, strict=True)
                if mine == k
            ),
            class_=f"glyph shade-{k}",
            key=k,
        )
        for k in sorted(set(kinds))
    ]
    return h(
        "g",
        shapes,
        _names(axes, spots, [names[i] for i in seen], sum(i < sure for i in seen))
        if names
        else None,
        class_="labelled",
        data_palette="classes",
        marks=None if name is None else {name: places},
    )


def _names(
    axes: Axes, spots: Sequence[tuple[float, float]], names: Sequence[str], sure: int
) -> list[Node]:
    """Each name beside its point, where it touches nothing; else only when pointed at.

    The first ones, those that are `sure`, lie where they touch least.
    """
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in spots]
    drawn = []
    for i, ((x, y), text) in enumerate(zip(spots, names, strict=True)):
        wide = LETTER * len(text)
        choices = (
            (x + 8, y + 4.5, ""),
            (x - 8 - wide, y + 4.5, "end"),
            (x - wide / 2, y - 9, "middle"),
            (x - wide / 2, y + 18, "middle"),
        )
        fits: list[tuple[int, int, tuple[float, float, float, float], float, float, str]] = []
        for left, base, anchor in choices:
            box = (left, base - LINE + 4, left + wide, base + 4)
            inside = (
                axes.left <= box[0]
                and box[2] <= axes.width - axes.right
                and axes.top <= box[1]
                and box[3] <= axes.height - axes.bottom
            )
            met = sum(_meet(box, other) for other in taken)
            if inside and (not met or i < sure):
                at = {"": left, "end": x - 8, "middle": x}[anchor]
                fits.append((met, len(fits), box, base, at, anchor))
            if inside and not met:
                break
        if fits:
            _, _, box, base, at, anchor = min(fits)
            taken.append(box)
            kind = f"plot-text {anchor}".strip()
            drawn.append(h("text", text, x=at, y=base, class_=kind, key=i))
        drawn.append(
            h("circle", h("title", text), cx=x, cy=y, r=9, class_="glyph-reach", key=f"reach {i}")
        )
    return drawn


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _named(name: str | None, *columns: ArrayLike) -> dict[str, Floats] | None:
    if name is None:
        return None
    return {name: np.column_stack([np.asarray(column, float) for column in columns])}


def isoline(
    axes: Axes,
    values: NDArray[np.floating],
    level: float = 0.0,
    class_: str = "",
    *,
    whole: bool = False,
) -> Node:
    """The line where a grid of numbers passes `level`, as a path, by marching squares.

    `values` has shape (rows, columns), rows from the top; they are the numbers at the centres of
    the cells that fill the axes, as in `heat`. A corner where the line is not certain is cut off.
    A `whole` line goes on straight from the outermost centres to the edge of the axes.

    Source: Lorensen and Cline, Marching cubes, 1987, in two dimensions.
    """
    spots = (_whole if whole else crossings)(axes, values, level)
    path = "M%.1f %.1fL%.1f %.1f" * (len(spots) // 2) % tuple(spots.ravel().tolist())
    return h("path", d=path, class_=f"isoline {class_}".strip())


def joined(spots: Floats) -> list[list[tuple[int, ...]]]:
    """The pieces of a contour as long lines, in tenths of a unit; a closed one ends as it begins.

    Points are left out where the line is straight to a tenth of a unit.
    """
    ends = [tuple(end) for end in np.rint(10 * spots).astype(int).tolist()]
    beside: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for a, b in zip(ends[::2], ends[1::2], strict=True):
        if a != b:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
    lines = []
    for start in sorted(beside, key=lambda end: len(beside[end]) != 1):  # loops come last
        while beside[start]:
            line, here = [start], start
            while beside[here]:
                there = beside[here].pop()
                beside[there].remove(here)
                line.append(there)
                here = there
            lines.append(_thinned(line))
    return lines


def _thinned(line: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """A line without the points that its neighbours' chord passes within one; in a few rounds."""
    points = np.array(line)
    for _ in range(4):
        chord, away = points[2:] - points[:-2], points[1:-1] - points[:-2]
        area = np.abs(chord[:, 0] * away[:, 1] - chord[:, 1] * away[:, 0])
        straight = area < np.hypot(chord[:, 0], chord[:, 1])
        straight[1::2] = False  # never two beside one another
        points = np.delete(points, 1 + np.flatnonzero(straight), axis=0)
    return [(int(x), int(y)) for x, y in points]


def _whole(axes: Axes, values: NDArray[np.floating], level: float) -> Floats:
    """The pieces of a contour as `crossings` gives them, up to the edge of the axes.

    Source: Liang and Barsky, A new concept and method for line clipping, 1984.
    """
    rows, columns = values.shape
    wide = (axes.width - axes.left - axes.right) / columns
    high = (axes.height - axes.top - axes.bottom) / rows
    around = replace(
        axes,
        left=axes.left - wide,
        right=axes.right - wide,
        top=axes.top - high,
        bottom=axes.bottom - high,
    )
    inner = np.asarray(values, float)
    outer = np.pad(inner, 1, mode="edge")
    if min(rows, columns) > 1:
        outer = np.pad(inner, 1, mode="reflect", reflect_type="odd")  # goes on straight
    spots = crossings(around, outer, level)
    a, b = spots[::2], spots[1::2]
    with np.errstate(all="ignore"):
        near = (np.array([axes.left, axes.top]) - a) / (b - a)
        far = (np.array([axes.width - axes.right, axes.height - axes.bottom]) - a) / (b - a)
    enter = np.fmax(np.fmin(near, far), 0.0).max(axis=1, initial=0.0)
    leave = np.fmin(np.fmax(near, far), 1.0).min(axis=1, initial=1.0)
    seen = enter < leave
    a, b, enter, leave = a[seen], b[seen], enter[seen, None], leave[seen, None]
    return np.stack([a + enter * (b - a), a + leave * (b - a)], axis=1).reshape(-1, 2)


def crossings(axes: Axes, values: NDArray[np.floating], level: float) -> Floats:
    """The pieces of a contour, two ends each, in viewBox units (2 n, 2)."""
    v = np.asarray(values, float) - level
    rows, columns = v.shape
    a, b, c, d = v[:-1, :-1], v[:-1, 1:], v[1:, 1:], v[1:, :-1]  # round the square, clockwise
    above = np.stack([a, b, c, d], axis=-1) > 0
    crossed = above != np.roll(above, -1, axis=-1)
    i, j = np.nonzero(crossed.any(axis=-1))
    corners, crossed = np.stack([a, b, c, d], axis=-1)[i, j], crossed[i, j]
    with np.errstate(all="ignore"):
        share = corners / (corners - np.roll(corners, -1, axis=-1))
    share = np.where(crossed, share, 0.0)
    across = j[:, None] + np.stack([share[:, 0], 1 + 0 * i, 1 - share[:, 2], 0 * i], axis=1)
    down = i[:, None] + np.stack([0 * i, share[:, 1], 1 + 0 * i, 1 - share[:, 3]], axis=1)
    spots = np.stack(
        [
            axes.left + (across + 0.5) / columns * (axes.width - axes.left - axes.right),
            axes.top + (down + 0.5) / rows * (axes.height - axes.top - axes.bottom),
        ],
        axis=-1,
    )
    return np.asarray(spots[crossed])


def bars(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    width: float,
    class_: str = "",
    *,
    name: str | None = None,
) -> Node:
    """Upright bars of data width `width` standing on y = 0 (or on the axis where 0 is outside)."""
    centres, heights = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    floor = float(axes.up(min(max(0.0, axes.y[0]), axes.y[1])))
    left, right = axes.across(centres - width / 2), axes.across(centres + width / 2)
    tops = axes.up(np.clip(heights, *axes.y))
    boxes = (
        f"M{a:.1f} {floor:.1f}V{t:.1f}H{b:.1f}V{floor:.1f}Z"
        for a, b, t in zip(left, right, tops, strict=True)
    )
    drawn = _named(name, centres, heights)
    return h("path", d="".join(boxes), class_=f"bars {class_}".strip(), marks=drawn)


def ranges(
    axes: Axes,
    x: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    class_: str = "",
    *,
    name: str | None = None,
) -> Node:
    """An upright line from `low` to `high` at each x: how sure a value is."""
    drawn = _named(name, x, low, high)
    low, high = np.clip(np.asarray(low, float), *axes.y), np.clip(np.asarray(high, float), *axes.y)
    lines = (
        f"M{a:.1f} {b:.1f}V{t:.1f}"
        for a, b, t in zip(axes.across(x), axes.up(low), axes.up(high), strict=True)
    )
    return h("path", d="".join(lines), class_=f"ranges {class_}".strip(), marks=drawn)


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


def boundary(axes: Axes, w: ArrayLike, b: float, class_: str = "") -> Node:
    """The straight line w₁ x + w₂ y + b = 0, as far as it lies inside the axes.

    Shapes: w (2,). Both weights zero, or a line outside, draw nothing.
    """
    w1, w2 = (float(v) for v in np.asarray(w, float))
    ends: list[tuple[float, float]] = []
    if w2:
        ends += [(x, -(w1 * x + b) / w2) for x in axes.x]
    if w1:
        ends += [(-(w2 * y + b) / w1, y) for y in axes.y]
    (left, right), (low, high) = axes.x, axes.y
    slack = 1e-9 * max(right - left, high - low)
    inside = sorted(
        (x, y)
        for x, y in ends
        if left - slack <= x <= right + slack and low - slack <= y <= high + slack
    )
    d = ""
    if len(inside) > 1:
        xs, ys = axes.across([inside[0][0], inside[-1][0]]), axes.up([inside[0][1], inside[-1][1]])
        d = f"M{xs[0]:.1f} {ys[0]:.1f}L{xs[1]:.1f} {ys[1]:.1f}"
    return h("path", d=d, class_=f"boundary {class_}".strip())


def nearest_areas(axes: Axes, centres: ArrayLike, classes: Sequence[str]) -> list[Node]:
    """For each centre the area that is nearer to it than to every other, back to front.

    Shapes: centres (n, 2). Of two at one place, the first has the area.
    """
    places = np.asarray(centres, float).reshape(-1, 2)
    drawn = []
    for i, class_ in enumerate(classes):
        area = nearest_area(axes, places, i)
        corners = np.column_stack([axes.across(area[:, 0]), axes.up(area[:, 1])]).tolist()
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        d = f"M{path}Z" if corners else ""
        drawn.append(h("path", d=d, class_=f"nearest-area {class_}".strip(), key=f"area {i}"))
    return drawn


def nearest_area(axes: Axes, centres: Floats, of: int) -> Floats:
    """The corners, in order, of the area that is nearest to one centre (corners, 2)."""
    (left, right), (low, high) = axes.x, axes.y
    area = np.array([(left, low), (right, low), (right, high), (left, high)])
    own = centres[of]
    for i, other in enumerate(centres):
        if i == of or not len(area):
            continue
        way = other - own
        if not way.any():
            if i < of:
                return np.empty((0, 2))
            continue
        beyond = (area - (own + other) / 2) @ way
        kept: list[Floats] = []
        for j, (here, over) in enumerate(zip(area, beyond, strict=True)):
            after, over_after = area[(j + 1) % len(area)], beyond[(j + 1) % len(area)]
            if over <= 0:
                kept.append(here)
            if (over < 0 < over_after) or (over_after < 0 < over):
                kept.append(here + (after - here) * (over / (over - over_after)))
        area = np.array(kept).reshape(-1, 2)
    return area


def text_at(axes: Axes, x: float, y: float, text: str, class_: str = "") -> Node:
    """A word at a place in the data."""
    return h(
        "text",
        text,
        x=float(axes.across(x)),
        y=float(axes.up(y)),
        class_=f"plot-text {class_}".strip(),
    )


def legend(axes: Axes, names: Sequence[tuple[str, str]], inside: Corner = "") -> Node:
    """What the lines are, as (text, class of the line): in one row above the axes, to the right.

    There it stands beside the name of the y axis, which has to be short. `inside`, one below the
    other, it takes the corner at the "top" right or at the "bottom" left, where no line may be.
    """
    entries = []
    if inside:
        left, y = axes.left + 12, axes.height - axes.bottom - 12 - 18 * (len(names) - 1)
        if inside == "top":
            left, y = axes.width - axes.right - 130, axes.top + 12
        for i, (text, class_) in enumerate(names):
            line = h("path", d=f"M{left:g} {y + 18 * i:g}h18", class_=f"curve {class_}")
            word = h("text", text, x=left + 26, y=y + 18 * i + 4, class_="plot-text")
            entries.append(h("g", line, word, key=text))
        return h("g", entries, class_="legend")
    left = axes.width - axes.right
    for text, class_ in reversed(names):
        left -= 30 + sum(13 if letter in WIDE or letter.isupper() else 8 for letter in text)
        line = h("path", d=f"M{left:.1f} {axes.top - 17:g}h20", class_=f"curve {class_}".strip())
        word = h("text", text, x=left + 25, y=axes.top - 12, class_="plot-text")
        entries.append(h("g", line, word, key=text))
    return h("g", reversed(entries), class_="legend")


def decades(values: ArrayLike, least: float, most: float) -> tuple[float, float]:
    """The ends of a logarithmic axis that shows all of `values` within [least, most].

    Whole powers of ten, at least one apart; what is not finite or not above zero is passed over.
    """
    shown = np.asarray(values, float)
    shown = shown[np.isfinite(shown) & (shown > 0)]
    low, high = (shown.min(), shown.max()) if shown.size else (least, most)
    first = np.floor(np.log10(min(max(low, least), most)) + 1e-9)
    last = np.ceil(np.log10(min(max(high, least), most)) - 1e-9)
    return float(10.0**first), float(10.0 ** max(last, first + 1))


@drawn_once
def _grid(axes: Axes) -> Node:
    """The ticks and their lines: the same node as long as the axes stay, so that no diff is due."""
    marks: list[Node] = []
    lines = ""
    named = [(float(i), name) for i, name in enumerate(axes.names)]
    for value, label in named or _marks(axes.x, axes.log_x, 6):
        at = float(axes.across(value))
        lines += f"M{at:.1f} {axes.top:g}V{axes.height - axes.bottom:g}"
        place = axes.height - axes.bottom + 15
        marks.append(h("text", label, x=at, y=place, class_="tick middle"))
    for value, label in _marks(axes.y, axes.log_y, 5):
        at = float(axes.up(value))
        lines += f"M{axes.left:g} {at:.1f}H{axes.width - axes.right:g}"
        marks.append(h("text", label, x=axes.left - 6, y=at + 4, class_="tick end"))
    return h("g", h("path", d=lines, class_="grid"), marks, aria_hidden="true")


def _marks(ends: tuple[float, float], log: bool, most: int) -> list[tuple[float, str]]:
    """The values an axis is marked at, and what is written there."""
    if log:
        return [(10.0**power, power_text(power)) for power in powers(*ends, most)]
    values = ticks(*ends, most)
    step = values[1] - values[0] if len(values) > 1 else 1.0
    return [(value, tick_text(value, step)) for value in values]


def _heat(axes: Axes, heat: Shade, head: int) -> Node:
    drawn = leaf(heat, "")
    share = {
        "left": axes.left / axes.width,
        "top": (axes.top + head) / (axes.height + head),
        "width": (axes.width - axes.left - axes.right) / axes.width,
        "height": (axes.height - axes.top - axes.bottom) / (axes.height + head),
    }
    drawn.attributes["style"] = ";".join(f"{k}:{100 * v:.3f}%" for k, v in share.items())
    drawn.attributes["aria-hidden"] = "true"
    return drawn
