"""The figures of the article on normalising flows: every number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.ui import plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent
from games.ui.pixels import strips
from games.ui.plots import Axes
from games.words import say
from pycore.arrays import Array
from pycore.flow_matching import best_velocity
from pycore.flows import AffineCoupling, CouplingFlow, PiecewiseLine
from pycore.recipes.flow import ring, train

LOW, HIGH = 0.4, 0.8
"""The ends of the strip on the bell that is followed."""
RING_STEPS = 600


def _patch(axes: Axes, corners: Array, class_: str) -> Node:
    spots = np.column_stack([axes.across(corners[:, 0]), axes.up(corners[:, 1])]).ravel().tolist()
    return h(
        "path", d="M" + "L".join(["%.1f %.1f"] * len(corners)) % tuple(spots) + "Z", class_=class_
    )


def stretched(by: str) -> Node:
    """The bell, the same sand on a stretched band, and one strip in both."""
    a = float(by)
    axes = Axes((-4, 4), (0, 0.85), height=210, left=40)
    x = np.linspace(-4, 4, 241)
    drawn = []
    for flow, class_ in (
        (PiecewiseLine([-1, 1], [-1, 1]), "full"),
        (PiecewiseLine([-a, a], [-1, 1]), "pale"),
    ):
        ends = flow.inverse([LOW, HIGH])
        inside = np.linspace(ends[0], ends[1], 20)
        p = np.exp(flow.log_density(inside))
        x_patch, y_patch = np.r_[ends[0], inside, ends[1]], np.r_[0, p, 0]
        drawn.append(_patch(axes, np.column_stack([x_patch, y_patch]), f"sand {class_}"))
        line = "run-1" if class_ == "full" else "fake"
        drawn.append(plots.curve(axes, x, np.exp(flow.log_density(x)), line))
    return plots.plot(
        axes,
        drawn,
        plots.legend(axes, [(say("before"), "run-1"), (say("pulled"), "fake")]),
        y_label=say("height"),
        label=say(
            "A strip from {low} to {high}, and the same sand from {a} to {b}.",
            low=fixed(LOW, 1),
            high=fixed(HIGH, 1),
            a=fixed(a * LOW),
            b=fixed(a * HIGH),
        ),
    )


def scales(m: str = "2.56") -> Node:
    """The mean of log p by the scale of the flow, and what is left without the stretch."""
    square = float(m)
    s = np.linspace(0.02, 1.6, 160)
    bell = -(s**2) * square / 2 - np.log(2 * np.pi) / 2
    best = square**-0.5
    axes = Axes((0, 1.6), (-4.5, 0), height=220, left=40)
    whole = bell + np.log(s)
    return plots.plot(
        axes,
        plots.rule(axes, x=best),
        plots.curve(axes, s, bell, "run-3"),
        plots.curve(axes, s, np.where(whole < -4.5, np.nan, whole), "run-1"),
        plots.legend(axes, [(say("with stretch"), "run-1"), (say("without"), "run-3")]),
        x_label=say("s, in z = s·x"),
        y_label=say("nats"),
        label=say("With the stretch the best scale is {s}; without it is 0.", s=fixed(best, 3)),
    )


@cache
def _bent() -> CouplingFlow:
    flow = CouplingFlow(2, 2, 6, rng=3)
    flow.pack()
    flow.theta[:] = 0.45 * np.random.default_rng(13).normal(size=flow.theta.size)
    return flow


def cell() -> Node:
    """A bent grid, one cell of it, and the parallelogram that its corner's slopes make."""
    flow, side = _bent(), 0.5
    axes = Axes((-3, 3), (-2.1, 2.1), height=300, left=30, right=8, top=6, bottom=22)
    level, along = np.arange(-2.5, 2.51, side), np.linspace(-2.5, 2.5, 61)
    lines = []
    for value in level:
        for line in (
            np.column_stack([np.full(61, value), along]),
            np.column_stack([along, np.full(61, value)]),
        ):
            lines.append(plots.track(axes, flow.forward(line), "flow-grid"))
    corner = np.array([-0.5, -0.5])
    edge = np.linspace(0, side, 12)[:, None]
    right, up = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    way = [
        corner + edge * right,
        corner + side * right + edge * up,
        corner + side * up + edge[::-1] * right,
        corner + edge[::-1] * up,
    ]
    y = flow.forward(corner[None])[0]
    J = np.stack([flow.backward(row[None])[0] for row in np.eye(2)])
    flat = y + side * np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) @ J.T
    area = abs(float(np.linalg.det(J)))
    return plots.plot(
        axes,
        lines,
        _patch(axes, flow.forward(np.concatenate(way)), "sand full"),
        plots.track(axes, flat, "run-1"),
        label=say("The cell has become about {times} times as large.", times=fixed(area)),
    )


def triangle(couplings: str) -> Node:
    """How each output of one or two couplings moves with each input: the Jacobian in colours."""
    weights = 0.7 * np.random.default_rng(0).normal(size=92)
    x, J = np.array([[0.3, -0.8, 1.1, 0.5]]), np.eye(4)
    for k in range(int(couplings)):
        layer = AffineCoupling(4, 6, bool(k), rng=k)
        layer.pack()
        layer.theta[:] = weights[46 * k : 46 * (k + 1)]
        x = layer.forward(x)
        J = np.stack([layer.backward(row[None])[0] for row in np.eye(4)]) @ J
    label = say("How y₁ to y₄, one below the other, move with x₁ to x₄")
    return strips(["y₁", "y₂", "y₃", "y₄"], J, "signed", label, largest=2.0, name=say("Jacobian"))


def carried() -> Node:
    """A square at three times of a velocity that is a table times the place, and its corners."""
    V = np.array([[0.6, 0.9], [0.4, -0.2]])
    size, way = np.linalg.eig(V)
    bends = [way @ np.diag(np.exp(t * size)) @ np.linalg.inv(way) for t in np.linspace(0, 1, 21)]
    square = np.array([[1.0, -0.1], [1.4, -0.1], [1.4, 0.3], [1.0, 0.3]])
    places = np.stack([square @ bend.T for bend in bends])
    axes = Axes((0.5, 4.0), (-0.3, 1.7), height=230, left=34, right=8, top=6, bottom=22)
    return plots.plot(
        axes,
        [_patch(axes, places[i], "sand pale" if i else "sand full") for i in (0, 10, 20)],
        [plots.track(axes, places[:, k], "run-1") for k in range(4)],
        label=say(
            "After a time of 1 the square is {times} times as large.",
            times=fixed(float(np.linalg.det(bends[-1]))),
        ),
    )


@cache
def _learnt() -> CouplingFlow:
    return train("ring", RING_STEPS)


def bridge() -> Node:
    """The data of a ring, a flow's samples, and those of them that lie in the hole."""
    rng = np.random.default_rng(1)
    samples, data = _learnt().inverse(rng.normal(size=(1500, 2))), ring(600, 2)
    axes = Axes((-2, 2), (-1.5, 1.5), height=300, left=30, right=8, top=6, bottom=22)
    inside = (np.abs(samples) < [2, 1.5]).all(axis=1)
    hole = np.linalg.norm(samples, axis=1) < 0.6
    kept = inside & ~hole
    return plots.plot(
        axes,
        plots.scatter(axes, data[:, 0], data[:, 1], "flow-data"),
        plots.scatter(axes, samples[kept, 0], samples[kept, 1], "flow-sample"),
        plots.scatter(axes, samples[hole, 0], samples[hole, 1], "run-3"),
        label=say("{share} of the samples lie in the hole.", share=percent(float(hole.mean()), 1)),
    )


PAIR = np.array([[-2.0], [2.0]])
"""Two points on a line that are all of the data."""


def paths(kind: str, steps: str = "100") -> Node:
    """Points on a line by time: their straight ways to the data, or along the best velocity."""
    rng = np.random.default_rng(2)
    x = np.sort(rng.normal(size=(24, 1)), axis=0)
    t, count = np.linspace(0, 1, int(steps) + 1), int(steps)
    if kind == "straight":
        goals = PAIR[rng.integers(2, size=24)]
        ways = np.stack([(1 - now) * x + now * goals for now in t])[:, :, 0]
    else:
        ways = np.empty((count + 1, 24))
        for i, now in enumerate(t):
            ways[i] = x[:, 0]
            if i < count:
                x = x + best_velocity(x, float(now), PAIR) / count
    axes = Axes((0, 1), (-3, 3), height=230, left=34)
    line = "track run-1" if kind == "straight" else "track fake"
    return plots.plot(
        axes,
        [plots.curve(axes, t, way, line) for way in ways.T],
        plots.scatter(axes, [1, 1], PAIR[:, 0], "validation"),
        x_label=say("time"),
        y_label=say("place"),
        label=say("24 straight ways cross.")
        if kind == "straight"
        else say.count(
            "{n} step along the best velocity", "{n} steps along the best velocity", count
        ),
    )
