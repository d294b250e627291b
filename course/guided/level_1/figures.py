"""The figures of Level 1: every function is one, and every number in it the engine's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from games.ui import diagrams, plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, plain, signed
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore.activations import Activation, ReLU, Sigmoid, Tanh, sigmoid
from pycore.layers import Dense, Sequential


def small_network() -> Node:
    """A 2-3-1 network with random weights, and what it makes of the input (1, 0.5)."""
    network = Sequential(
        Dense(2, 3, rng=(rng := np.random.default_rng(5))), Tanh(), Dense(3, 1, rng=rng), Sigmoid()
    )
    x, _, hidden, _, y = network.activations(np.array([[1.0, 0.5]]))
    dense = [layer for layer in network if isinstance(layer, Dense)]
    return diagrams.network(
        [layer.W for layer in dense],
        [x[0], hidden[0], y[0]],
        height=240,
        label=say(
            "A network of two inputs, three hidden neurons and one output, {output}; solid lines "
            "are positive weights, dashed lines negative ones.",
            output=fixed(y[0, 0]),
        ),
    )


def votes() -> Node:
    """What sun, wind and bias add in the worked example, and their sum."""
    x, w, b = np.array([1.0, 3.0]), np.array([0.8, -0.2]), 0.5
    values = np.array([*(w * x), b, w @ x + b])
    axes = Axes((0.4, 4.6), (-0.8, 1.0), height=200, bottom=8)
    names = (say("sun"), say("wind"), say("bias"), say("sum z"))
    bars = plots.plot(
        axes,
        plots.bars(axes, [1, 3], values[[0, 2]], 0.6, "positive"),
        plots.bars(axes, [2], values[1:2], 0.6, "negative"),
        plots.bars(axes, [4], values[3:], 0.6),
        plots.rule(axes, y=0),
        [
            plots.text_at(
                axes,
                k + 1,
                v + (0.06 if v > 0 else -0.16),
                say("{name} {weight}", name=name, weight=signed(v, 1)),
                "middle",
            )
            for k, (name, v) in enumerate(zip(names, values, strict=True))
        ],
        label=say("Sun adds 0.8, wind takes 0.6 away, the bias adds 0.5: the sum is 0.7."),
    )
    return h("div", bars, class_="nameless-x")


def one_neuron() -> Node:
    """The worked example: inputs 1 and 3, weights 0.8 and −0.2, bias 0.5."""
    x, w, b = np.array([[1.0, 3.0]]), np.array([[0.8], [-0.2]]), 0.5
    total = float((x @ w + b)[0, 0])
    return diagrams.neuron(
        x[0].tolist(),
        w[:, 0].tolist(),
        b,
        total,
        float(sigmoid(np.array(total))),
        largest=1.0,
        label=say(
            "One neuron: 1 times 0.8, plus 3 times minus 0.2, plus 0.5 is 0.7; squashed, 0.67."
        ),
    )


def bias_shifts() -> Node:
    """One neuron with weight 1 and three biases."""
    biases = (3.0, 0.0, -3.0)
    return _answers([(1.0, b, say("bias {value}", value=plain(b))) for b in biases])


def weight_steepens() -> Node:
    """One neuron with bias 0 and three weights."""
    weights = (0.5, 3.0, -1.0)
    return _answers([(w, 0.0, say("weight {value}", value=plain(w))) for w in weights])


def _answers(neurons: Sequence[tuple[float, float, str]]) -> Node:
    """The answer of neurons with one input, each given as weight, bias and name."""
    x = np.linspace(-6, 6, 121)

    def panel(weight: float, bias: float, name: str) -> tuple[str, Node]:
        axes = Axes((-6, 6), (0, 1), width=260, height=180, left=30)
        low, high = (float(sigmoid(np.array(weight * end + bias))) for end in axes.x)
        drawn = plots.plot(
            axes,
            plots.rule(axes, y=0.5),
            plots.curve(axes, x, sigmoid(weight * x + bias)),
            x_label=say("input x"),
            label=say(
                "The answer of a neuron with {name}: {low} at −6, {high} at 6.",
                name=name,
                low=fixed(low),
                high=fixed(high),
            ),
        )
        return name, drawn

    return small_multiples(*(panel(*neuron) for neuron in neurons))


def activations() -> Node:
    """Sigmoid, tanh and ReLU with their slopes."""
    x = np.linspace(-4, 4, 161)

    def panel(name: str, layer: Activation, low: float, high: float) -> tuple[str, Node]:
        axes = Axes((-4, 4), (low, high), width=260, height=200, left=30, bottom=26)
        drawn = plots.plot(
            axes,
            plots.rule(axes, y=0),
            plots.curve(axes, x, layer.derivative(x), "backward dashed"),
            plots.curve(axes, x, layer.function(x)),
            label=say(
                "{name} as a solid line and its slope as a dashed line, for inputs −4 to 4.",
                name=name,
            ),
        )
        return name, drawn

    return small_multiples(
        panel(say("sigmoid"), Sigmoid(), -0.2, 1.2),
        panel(say("tanh"), Tanh(), -1.2, 1.2),
        panel(say("ReLU"), ReLU(), -0.5, 4.2),
    )
