"""Landscapes: a function over the plane as a map of coloured ground, and as a block seen aslant.

    ground = landscape(AXES, loss, np.geomspace(0.1, 10, 12).tolist())
    plots.plot(AXES, ground.layers, runs.tracks(AXES, paths), label=…)
    block = Block(ground, rise=0.3)
    block.view(block.track(path, "run-1"), label=…)

Everything is lines and areas, so it is sharp at every size, and its colours are the style sheet's:
the valley's, the hillside's and the ridge's (`.ground`). The contours are lit from the upper left:
light and strong where the slope faces the light, dark where it turns away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from games.ui.fields import HUGE, Floats, Function, sampled
from games.ui.node import Child, Node, h, marked
from games.ui.plots import Axes, crossings, joined

SUN = np.array([-1.0, -1.0]) / np.sqrt(2)
"""Where the light comes from, across and down: the upper left."""
LIGHTS = ("dark-2", "dark-1", "flat", "lit-1", "lit-2")
"""Classes of a contour's pieces, from turned away from the light to facing it."""
Line = list[tuple[int, ...]]
"""Points of a contour in tenths of the axes' units."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """A function that was looked at all over a plane, as ground.

    Attributes:
        axes: the plane.
        f: the function.
        values: at the middle of each cell, rows from the top (rows, columns).
        steps: the values between which the ground has one colour, ascending.
        shores: for each of them the edges of what lies below it, closed.
        levels: those of the steps that have a contour.
        name: under which the values can be read and saved.
    """

    axes: Axes
    f: Function
    values: Floats
    steps: Floats
    shores: list[list[Line]]
    levels: Floats
    name: str | None = None

    @cached_property
    def layers(self) -> Node:
        """The ground and its contours, the first layer of a plot with these axes."""
        return self.drawn(lambda points: points)

    def drawn(self, project: Function) -> Node:
        """The same with each point, in units of the axes' picture, put where `project` says."""
        box = np.array(_box(self.axes), float)
        corners = box[[[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]]
        edge = np.concatenate([np.linspace(a, b, 24) for a, b in pairwise(corners)])
        areas = [_path([project(edge)]), *reversed([self._area(s, project) for s in self.shores])]
        top = len(self.steps)
        ground = [
            h("path", d=d, key=i, class_="ground", style=_colour((top - i) / top))
            for i, d in enumerate(areas)
            if d
        ]
        lines = [
            h("path", d=d, key=name, class_=f"contour {name}")
            for name, d in zip(LIGHTS, self._contours(project), strict=True)
            if d
        ]
        return h(
            "g",
            ground,
            lines,
            class_="landscape",
            marks=None if self.name is None else {self.name: self.values},
        )

    def _area(self, shore: list[Line], project: Function) -> str:
        return _path([project(np.array(line) / 10) for line in shore])

    def _contours(self, project: Function) -> list[str]:
        """The contours by how they are lit: a path for each of LIGHTS."""
        down, across = np.gradient(self.values)
        slope = np.stack([across, down], axis=-1)
        rows, columns = self.values.shape
        left, top, right, bottom = _box(self.axes)
        drawn: list[list[Floats]] = [[] for _ in LIGHTS]
        for level, shore in zip(self.steps, self.shores, strict=True):
            if level not in self.levels:
                continue
            for line in shore:
                spots = np.array(line) / 10
                middle = (spots[1:] + spots[:-1]) / 2
                j = np.clip((middle[:, 0] - left) / (right - left) * columns, 0, columns - 1)
                i = np.clip((middle[:, 1] - top) / (bottom - top) * rows, 0, rows - 1)
                uphill = slope[i.astype(int), j.astype(int)]
                steep = np.hypot(*uphill.T)
                faces = -(uphill @ SUN) / np.where(steep > 0, steep, 1.0)
                around = np.pad(faces, 2, mode="wrap")  # a shore is closed
                faces = np.convolve(around, np.full(5, 0.2), "valid")
                kinds = np.rint(2 * faces).astype(int) + 2
                kinds[_on_edge(spots, self.axes)] = -1  # the frame is no contour
                begins = np.flatnonzero(np.diff(kinds, prepend=-2))
                for start, end in zip(begins, [*begins[1:], len(kinds)], strict=True):
                    if kinds[start] >= 0:
                        drawn[kinds[start]].append(project(spots[start : end + 1]))
        return [_path(pieces) for pieces in drawn]


def landscape(
    axes: Axes,
    f: Function,
    levels: Sequence[float],
    *,
    cells: int = 100,
    between: int = 2,
    name: str | None = None,
) -> Landscape:
    """A function as a map.

    The colours run evenly from level to level, so that a map whose levels grow by factors shows
    its valley as well as its heights.

    Args:
        axes: the plane.
        f: takes many points at once, (n, 2), and gives (n,).
        levels: the values whose contours are drawn, ascending, at least two.
        cells: how many there are across.
        between: steps of colour from one contour to the next.
        name: under which the values can be read and saved.
    """
    marks = np.asarray(levels, float)
    if marks.size < 2 or not (np.diff(marks) > 0).all():
        raise ValueError(f"levels of a landscape are two or more and ascend, got {list(levels)}")
    values = sampled(axes, f, cells)
    places = np.arange(between * (len(marks) - 1) + 1) / between
    steps = np.interp(places, np.arange(len(marks)), marks)
    return Landscape(axes, f, values, steps, [_shore(axes, values, v) for v in steps], marks, name)


@dataclass(frozen=True, eq=False)
class Block:
    """A landscape cut out of the ground and seen from above its front, every distance true.

    Attributes:
        land: the landscape.
        rise: how high one unit of the function stands, in units of the plane.
        turn: degrees by which the block is turned, anticlockwise.
        tilt: degrees from which it is looked down on.
        width: of the picture.

    Raises:
        ValueError: a part of the ground would hide another.
    """

    land: Landscape
    rise: float
    turn: float = 28.0
    tilt: float = 42.0
    width: float = 400.0

    def __post_init__(self) -> None:
        """Refuse a view in which a hill hides what lies behind it."""
        rows, columns = self.land.values.shape
        (x0, x1), (y0, y1) = self.land.axes.x, self.land.axes.y
        down, across = np.gradient(self.land.values, (y1 - y0) / rows, (x1 - x0) / columns)
        back = across * np.sin(np.radians(self.turn)) - down * np.cos(np.radians(self.turn))
        least = np.tan(np.radians(self.tilt)) + self.rise * float(back.min())
        if least <= 0:
            raise ValueError(
                f"a block of rise {self.rise} seen from {self.tilt}° hides a part of itself: "
                "lower the rise or look from higher up"
            )

    def _raw(self, places: Floats, z: ArrayLike) -> Floats:
        """Across and down, before the picture's scale, of points of the plane at a height."""
        (x0, x1), (y0, y1) = self.land.axes.x, self.land.axes.y
        u, v = (places - [(x0 + x1) / 2, (y0 + y1) / 2]).T
        turn, tilt = np.radians([self.turn, self.tilt])
        across = u * np.cos(turn) - v * np.sin(turn)
        back = u * np.sin(turn) + v * np.cos(turn)
        return np.stack(
            [across, -back * np.sin(tilt) - self.rise * np.asarray(z) * np.cos(tilt)], axis=-1
        )

    @cached_property
    def _floor(self) -> float:
        values = self.land.values
        return float(values.min() - 0.12 * np.ptp(values))

    @cached_property
    def _frame(self) -> tuple[Floats, float, float]:
        """The raw upper left corner, the scale, and the picture's height."""
        edge = self._edge()
        floor = self._raw(edge, self._floor)
        every = np.concatenate([self._raw(edge, self.land.f(edge)), floor])
        low, high = every.min(axis=0), every.max(axis=0)
        scale = (self.width - 8) / (high[0] - low[0])
        return low - 4 / scale, float(scale), float(scale * (high[1] - low[1]) + 8)

    def _edge(self, corners: Sequence[int] = (0, 1, 2, 3, 0)) -> Floats:
        """Points along the edge of the plane: from corner to corner, anticlockwise from (0, 0)."""
        (x0, x1), (y0, y1) = self.land.axes.x, self.land.axes.y
        places = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])[list(corners)]
        return np.concatenate([np.linspace(a, b, 33) for a, b in pairwise(places)])

    def spots(self, points: ArrayLike) -> Floats:
        """Where points of the plane, (n, 2), lie on the ground of the picture, (n, 2)."""
        places = np.asarray(points, float).reshape(-1, 2)
        heights = np.asarray(self.land.f(places), float).reshape(-1)
        return self._seen(self._raw(places, heights))

    def feet(self, points: ArrayLike) -> Floats:
        """Where the block's floor is below points of the plane, (n, 2): for names at its front."""
        return self._seen(self._raw(np.asarray(points, float).reshape(-1, 2), self._floor))

    def _seen(self, raw: Floats) -> Floats:
        corner, scale, _ = self._frame
        return np.asarray((raw - corner) * scale)

    @cached_property
    def ground(self) -> Node:
        """The block itself: its two walls to the front, and the landscape on top."""
        front = (3, 0, 1) if self.turn >= 0 else (0, 1, 2)
        walls = []
        for name, ends in zip(("left", "right"), (front[:2], front[1:]), strict=True):
            edge = self._edge(ends)
            floor = self.feet(edge[[0, -1]])
            top = self.spots(edge)
            walls.append(h("path", d=_path([[*top, *floor[::-1], top[0]]]), class_=f"wall {name}"))

        def project(picture: Floats) -> Floats:
            left, top, right, bottom = _box(self.land.axes)
            (x0, x1), (y0, y1) = self.land.axes.x, self.land.axes.y
            share = (_dense(picture) - [left, top]) / [right - left, bottom - top]
            return self.spots(np.array([x0, y1]) + share * [x1 - x0, y0 - y1])

        return h("g", walls, self.land.drawn(project), class_="block")

    def track(self, points: ArrayLike, class_: str = "", *, name: str | None = None) -> Node:
        """A way over the ground; the pen is lifted where it leaves the block."""
        places = np.asarray(points, float).reshape(-1, 2)
        low, high = np.transpose([self.land.axes.x, self.land.axes.y])
        inside = ((low <= places) & (places <= high)).all(axis=1)
        pieces = np.split(np.arange(len(places)), np.flatnonzero(np.diff(inside)) + 1)
        d = _path(
            [self.spots(places[piece]) for piece in pieces if len(piece) and inside[piece[0]]]
        )
        line = h("path", d=d, class_=f"curve track {class_}".strip())
        return line if name is None else marked(line, {name: places})

    def view(self, *layers: Child, label: str, key: str | int | None = None) -> Node:
        """The picture, and what is drawn upon it in its own units (`spots`)."""
        svg = h(
            "svg",
            self.ground,
            layers,
            viewBox=f"0 0 {self.width:g} {self._frame[2]:.0f}",
            role="img",
            aria_label=label,
        )
        return h("div", svg, key=key, class_="plot")


def _box(axes: Axes) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the axes in their picture."""
    return axes.left, axes.top, axes.width - axes.right, axes.height - axes.bottom


def _shore(axes: Axes, values: Floats, level: float) -> list[Line]:
    """The edges of what lies below a level, closed along the axes."""
    rows, columns = values.shape
    left, top, right, bottom = _box(axes)
    wide, high = (right - left) / columns, (bottom - top) / rows
    around = replace(
        axes,
        left=axes.left - 2 * wide,
        right=axes.right - 2 * wide,
        top=axes.top - 2 * high,
        bottom=axes.bottom - 2 * high,
    )
    more = np.pad(values, 1, mode="reflect", reflect_type="odd")  # goes on straight
    spots = crossings(around, np.pad(more, 1, constant_values=HUGE), level)
    return joined(np.clip(spots, [left, top], [right, bottom]))


def _on_edge(spots: Floats, axes: Axes) -> Floats:
    """Which pieces of a line run along the edge of the axes."""
    left, top, right, bottom = _box(axes)
    x, y = spots.T
    sides = np.abs(np.stack([x - left, x - right, y - top, y - bottom])) < 0.06
    return np.asarray((sides[:, :-1] & sides[:, 1:]).any(axis=0))


def _dense(line: Floats, longest: float = 20.0) -> Floats:
    """A line with more points on its long pieces, which on a block are no longer straight."""
    pieces = [
        np.linspace(a, b, 1 + int(np.ceil(np.hypot(*(b - a)) / longest)))[1:]
        for a, b in pairwise(line)
    ]
    return np.concatenate([line[:1], *pieces])


def _path(lines: Sequence[ArrayLike]) -> str:
    """Lines as one path, a tenth of a unit exact."""
    found = []
    for line in lines:
        tenths = np.rint(10 * np.asarray(line, float)).astype(int)
        moved = np.diff(tenths, axis=0)
        moved = moved[moved.any(axis=1)] / 10
        x, y = tenths[0] / 10
        found.append(f"M{x:g} {y:g}" + "l%g %g" * len(moved) % tuple(moved.ravel().tolist()))
    return "".join(found)


def _colour(height: float) -> str:
    """How much of the hillside's and of the ridge's colour the ground has at a height, 0 to 1."""
    hillside, ridge = min(2 * height, 1.0), max(2 * height - 1, 0.0)
    return f"--hillside-part:{100 * hillside:.0f}%;--ridge-part:{100 * ridge:.0f}%"
