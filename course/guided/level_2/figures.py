"""The figures of Level 2: every function is one, and every number in it the engine's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from games.ui import diagrams, plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, signed
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore import initializers
from pycore.activations import ReLU, Sigmoid, Tanh
from pycore.initializers import Initializer
from pycore.layers import Dense, Sequential
from pycore.models import mlp
from web.builder.figures import Floats, inside


def weight_table() -> Node:
    """Six weights as lines and as a table."""
    network = Dense(2, 3, rng=np.random.default_rng(5))
    x = np.array([[1.0, 0.5]])
    drawn = diagrams.network(
        [network.W],
        [x[0], None],
        names=[["x₁", "x₂"], ["1", "2", "3"]],
        height=220,
        label=say("Two inputs, each with a line to each of three neurons: six weights."),
    )
    rows = [
        h(
            "tr",
            h("th", say("from {input}", input=f"x{'₁₂'[i]}"), scope="row"),
            [h("td", signed(w)) for w in row],
        )
        for i, row in enumerate(network.W)
    ]
    heads = [h("th", say("to neuron {n}", n=j), scope="col") for j in (1, 2, 3)]
    table = h("table", h("thead", h("tr", h("td"), heads)), h("tbody", rows))
    return small_multiples((say("as lines"), drawn), (say("as a table W"), table))


def bends_add_up() -> Node:
    """What neurons of one input can draw: ten without a bend, then two and ten with ReLU."""
    x = np.linspace(-2, 2, 161)[:, None]

    def panel(name: str, neurons: int, bend: bool, seed: int) -> tuple[str, Node]:
        rng = np.random.default_rng(seed)
        wide = initializers.normal(1.0)
        layers = [Dense(1, neurons, wide, rng=rng), ReLU(), Dense(neurons, 1, wide, rng=rng)]
        layers[0].b[:] = rng.uniform(-1.6, 1.6, neurons)  # type: ignore[attr-defined]
        y = Sequential(*(layers if bend else layers[::2])).forward(x)[:, 0]
        corners = int((np.abs(np.diff(y, 2)) > 1e-9 * np.ptp(y)).sum() / 2 + 0.5)
        y = (y - y.mean()) / max(float(np.abs(y - y.mean()).max()), 1e-12)
        axes = Axes((-2, 2), (-1.1, 1.1), width=260, height=190, left=34, bottom=26)
        drawn = plots.plot(
            axes,
            plots.curve(axes, x[:, 0], y),
            label=say.count(
                "{name}: a line with {n} corner.",
                "{name}: a line with {n} corners.",
                corners,
                name=name,
            ),
        )
        return name, drawn

    return small_multiples(
        panel(say("ten neurons, no bend"), 10, False, 116),
        panel(say("two neurons, ReLU"), 2, True, 81),
        panel(say("ten neurons, ReLU"), 10, True, 116),
    )


def xor_cuts() -> Node:
    """One line gets three of four; two lines make a strip; in their terms one line is enough."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    odd = x.sum(axis=1) == 1
    hidden = Dense(2, 2, rng=np.random.default_rng(0))
    hidden.W[:] = 40.0
    hidden.b[:] = [-20.0, -60.0]  # neuron 1 says "at least one input", neuron 2 says "both"
    seen = Sigmoid().forward(hidden.forward(x))

    def panel(
        title: str,
        points: Floats,
        lines: Sequence[tuple[float, float, float]],
        names: str,
        said: str,
    ) -> tuple[str, Node]:
        axes = Axes((-0.45, 1.45), (-0.45, 1.45), width=260, height=250, left=30)
        edge = np.array(axes.x)
        cuts = [
            plots.curve(axes, *inside(axes, edge, -(w1 * edge + b) / w2), "ink")
            for w1, w2, b in lines
        ]
        rings = points[~odd]
        drawn = plots.plot(
            axes,
            cuts,
            plots.scatter(axes, rings[:, 0], rings[:, 1], "ring ink"),
            plots.scatter(axes, rings[:, 0], rings[:, 1], "hole"),
            plots.scatter(axes, points[odd, 0], points[odd, 1], "gold ring"),
            x_label=f"{names}₁",
            y_label=f"{names}₂",
            label=said,
        )
        return title, drawn

    (w1, w2), b = hidden.W, hidden.b
    both = [(w1[j], w2[j], b[j]) for j in (0, 1)]
    return small_multiples(
        panel(
            say("one line: three of four"),
            x,
            both[:1],
            "x",
            say("XOR and a line: one point is on the wrong side."),
        ),
        panel(
            say("two lines: a strip"),
            x,
            both,
            "x",
            say("XOR and two lines: the gold points lie between."),
        ),
        panel(
            say("as the hidden layer sees it"),
            seen,
            [(1.0, -1.0, -0.5)],
            "h",
            say(
                "The same points by their hidden values: two fall together, and one line is enough."
            ),
        ),
    )


def starts() -> Node:
    """How far apart the activations of each layer lie, for three sizes of starting weights."""
    depth, width = 6, 64
    axes = Axes((1, depth), (0, 1.05), height=240)

    def spread(weights: Initializer) -> list[float]:
        rng = np.random.default_rng(1)
        network = mlp([width] * (depth + 1) + [1], rng, Tanh, weights)
        values = network.activations(rng.normal(size=(256, width)))[1:]
        return [
            float(value.std())
            for layer, value in zip(network, values, strict=True)
            if isinstance(layer, Tanh)
        ]

    layers = np.arange(1, depth + 1)
    large, fit, small = (
        spread(initializers.normal(1.0)),
        spread(initializers.xavier_normal),
        spread(initializers.normal(0.02)),
    )
    return plots.plot(
        axes,
        [plots.curve(axes, layers, y, c) for y, c in ((large, "ink"), (fit, ""), (small, "ink"))],
        plots.text_at(axes, 3.2, 0.87, say("too large: most near ±1")),
        plots.text_at(axes, 4.1, fit[3] + 0.06, say("balanced")),
        plots.text_at(axes, 2.2, 0.07, say("too small: all near 0")),
        x_label=say("layer"),
        y_label=say("spread of the activations"),
        label=say(
            "Spread of the tanh activations in six layers: near one with large weights, between "
            "{first} and {last} with balanced ones, falling to nothing with small ones.",
            first=fixed(fit[0]),
            last=fixed(fit[-1]),
        ),
    )
