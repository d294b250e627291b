"""The figures of part 3 of Level 3: every function is one, every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed, short
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore import initializers
from pycore.activations import Activation, ReLU, Sigmoid, Tanh
from pycore.initializers import Initializer
from pycore.layers import Dense
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum, Optimizer
from web.builder.figures import Floats, inside


def valleys() -> Node:
    """Forty steps of three optimisers in a valley thirty times steeper across than along."""
    stretch = np.array([1.0, 30.0])

    def panel(title: str, optimizer: Optimizer) -> tuple[str, Node]:
        axes = Axes((-2.4, 0.6), (-0.6, 0.6), width=280, height=200, left=36, bottom=24)
        theta = np.array([-2.2, 0.4])
        path = [theta.copy()]
        for _ in range(40):
            optimizer.step(theta, stretch * theta)
            path.append(theta.copy())
        turn = np.linspace(0, 2 * np.pi, 91)
        rings = [
            plots.curve(
                axes,
                *inside(axes, r * np.cos(turn), r * np.sin(turn) / np.sqrt(stretch[1])),
                "contour",
            )
            for r in (0.4, 0.9, 1.5, 2.2)
        ]
        across, up = np.array(path).T
        left = float((stretch * theta * theta).sum() / 2)
        drawn = plots.plot(
            axes,
            rings,
            plots.curve(axes, across, up),
            plots.scatter(axes, across, up, "forward small"),
            plots.scatter(axes, [0], [0], "gold"),
            label=say(
                "{title}: after forty steps the loss is {loss}.", title=title, loss=short(left)
            ),
        )
        return title, drawn

    return small_multiples(
        panel(say("plain steps, rate 0.06"), SGD(0.06)),
        panel(say("momentum 0.8, rate 0.03"), Momentum(0.03, 0.8)),
        panel(say("Adam, rate 0.15"), Adam(0.15)),
    )


def gradient_decay() -> Node:
    """The gradient's size in each of twenty layers, for three ways of building the network."""
    depth, width = 20, 24
    axes = Axes((1, depth), (-14, 2), height=280, right=16)

    def sizes(activation: type[Activation], weights: Initializer) -> Floats:
        rng = np.random.default_rng(3)
        network = mlp([width] * depth + [1], rng, activation, weights)
        network.forward(rng.normal(size=(64, width)))
        network.backward(np.full((64, 1), 1 / 64))
        dense = [layer for layer in network if isinstance(layer, Dense)]
        return np.log10([float(np.linalg.norm(layer.dW)) for layer in dense])

    layers = np.arange(1, depth + 1)
    he, tanh, squashed = (
        sizes(ReLU, initializers.he_normal),
        sizes(Tanh, initializers.xavier_normal),
        sizes(Sigmoid, initializers.xavier_normal),
    )
    return plots.plot(
        axes,
        plots.curve(axes, layers, squashed, "backward"),
        plots.curve(axes, layers, tanh, "backward dashed"),
        plots.curve(axes, layers, he, "backward dotted"),
        plots.text_at(axes, 6.2, -11.2, say("sigmoid, Xavier")),
        plots.text_at(axes, 2, tanh[1] - 1.5, say("tanh, Xavier")),
        plots.text_at(axes, 2, he[1] + 0.7, say("ReLU, He")),
        x_label=say("layer, counted from the input"),
        y_label=say("size of the gradient, power of ten"),
        label=say(
            "Through sigmoids the gradient of layer 1 is 10 to the {first}, of layer 20 10 to the "
            "{last}; with tanh and Xavier {tanh}, with ReLU and He {he}.",
            first=fixed(squashed[0], 0),
            last=fixed(squashed[-1], 0),
            tanh=fixed(tanh[0], 1),
            he=fixed(he[0], 1),
        ),
    )
