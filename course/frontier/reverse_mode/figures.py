"""The figures of the lesson on reverse mode: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import graphs, plots
from games.ui.fields import field
from games.ui.node import Node
from games.ui.numbers import plain, short
from games.ui.plots import Axes
from games.words import say
from pycore import data
from pycore.arrays import Array
from pycore.autodiff import Tensor


def the_tape() -> Node:
    """The tape of u = a·b, v = u + a, y = u·v: values and slopes of y in the nodes."""
    a, b = Tensor(2.0, "a"), Tensor(3.0, "b")
    u = a * b
    v = u + a
    y = u * v
    y.backward()
    names = {id(a): "a", id(b): "b", id(u): "u", id(v): "v", id(y): "y"}
    places = {"a": (0, 0), "b": (2, 0), "u": (1.5, 1), "v": (0.4, 2), "y": (1.5, 3)}
    order = y.walk()
    at = {id(tensor): i for i, tensor in enumerate(order)}
    edges, slopes = [], []
    for tensor in order:
        if tensor.op is None:
            continue
        pulled = tensor.op.pull(np.ones(()), tensor.data, *(x.data for x in tensor.inputs))
        for x, slope in zip(tensor.inputs, pulled, strict=True):
            edges.append((at[id(x)], at[id(tensor)]))
            slopes.append("× " + plain(float(slope)))
    grads = [0.0 if t.grad is None else t.grad.item() for t in order]
    return graphs.graph(
        say(
            "y is {y}; its slope for a is {a}, for b {b}.",
            y=plain(y.item()),
            a=plain(grads[at[id(a)]]),
            b=plain(grads[at[id(b)]]),
        ),
        [places[names[id(t)]] for t in order],
        edges,
        names=[
            f"{name} = {plain(t.item())}, {name}\N{COMBINING MACRON} = {plain(grad)}"
            for t, grad in zip(order, grads, strict=True)
            for name in [names[id(t)]]
        ],
        edge_names=slopes,
        directed=True,
        width=340,
        height=330,
    )


def price() -> Node:
    """Operations for all slopes of a product, per operation of its value, against its factors."""
    n = np.array([2, 3, 5, 10, 20, 50, 100, 200, 500, 1000])
    forward, reverse = [], []
    for factors in n.tolist():
        leaves = [Tensor(1.0) for _ in range(factors)]
        y = leaves[0]
        for leaf in leaves[1:]:
            y = y * leaf
        lines = [tensor for tensor in y.walk() if tensor.op]
        arrows = sum(len(tensor.inputs) for tensor in lines)
        reverse.append((len(lines) + arrows) / len(lines))
        forward.append((len(lines) + factors * (arrows + len(lines))) / len(lines))
    axes = Axes((2, 1000), (1, 4000), height=230, log_x=True, log_y=True)
    return plots.plot(
        axes,
        plots.rule(axes, y=5, class_="gold"),
        plots.curve(axes, n, forward, "run-3", name=say("forward: inputs, times the value")),
        plots.curve(axes, n, reverse, "run-1", name=say("reverse: inputs, times the value")),
        plots.text_at(axes, 30, 250, say("forward")),
        plots.text_at(axes, 100, 1.7, say("reverse")),
        plots.text_at(axes, 900, 6.5, say("five times"), "end"),
        x_label=say("inputs"),
        y_label=say("times the value"),
        label=say(
            "With 1,000 inputs forward mode takes {forward} times the value, reverse mode "
            "{reverse}.",
            forward=short(forward[-1]),
            reverse=short(reverse[-1]),
        ),
    )


def moons_learnt() -> Node:
    """Where the network of the ten cells cannot decide, trained by the engine's own tape."""
    points, labels = data.moons(24, 0.1, 3)
    w: Array = np.random.default_rng(1).normal(size=17)
    push: Array = np.zeros(17)

    def output(leaf: Tensor, x: Array) -> Tensor:
        inner = leaf[:12].reshape(4, 3)
        hidden = (Tensor(x) @ inner[:, :2].T + inner[:, 2]).tanh()
        return (hidden @ leaf[12:16] + leaf[16]).tanh()

    for _ in range(60):
        leaf = Tensor(w)
        miss = output(leaf, points) - (2.0 * labels - 1)
        (miss * miss).mean().backward()
        assert leaf.grad is not None
        push = 0.9 * push + leaf.grad
        w = w - 0.2 * push
    axes = Axes((-1.7, 2.7), (-1.2, 1.7), height=250)

    def over(x: Array) -> Array:
        return -output(
            Tensor(w), x
        ).data  # the first class above 0, so that its side has its colour

    plane = field(axes, over, cells=44, contours=(0.0,))
    right = int(np.sum((over(points) < 0) == (labels == 1)))
    return plots.plot(
        axes,
        plane.lines,
        plots.labelled(axes, points, classes=labels, name=say("points: x, y")),
        heat=plane.heat,
        label=say("{right} of {n} points are on their own side of the line.", right=right, n=24),
    )
