"""The figures of part 2 of Level 3: every function is one, every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import diagrams
from games.ui.node import Node
from games.ui.numbers import fixed
from games.words import say
from pycore.activations import Sigmoid, Tanh
from pycore.layers import Dense
from pycore.losses import MeanSquaredError


def two_two_one() -> Node:
    """The network of the derivation with its values, and the δ of each neuron, by the engine."""
    first, second = (Dense(*size, rng=np.random.default_rng(0)) for size in ((2, 2), (2, 1)))
    first.W[:], first.b[:] = [[0.8, 0.4], [-0.2, 0.1]], [0.5, -0.3]
    second.W[:], second.b[:] = [[0.9], [-0.6]], [0.1]
    bends, loss = (Tanh(), Sigmoid()), MeanSquaredError()
    x = np.array([[1.0, 3.0]])
    hidden = bends[0].forward(first.forward(x))
    y = bends[1].forward(second.forward(hidden))
    loss.forward(y, np.ones((1, 1)))
    last = bends[1].backward(loss.backward())
    before = bends[0].backward(second.backward(last))
    return diagrams.network(
        [first.W, second.W],
        [x[0], hidden[0], y[0]],
        deltas=[None, before[0], last[0]],
        names=[[say("sun"), say("wind")], ["a₁", "a₂"], ["y"]],
        weight_digits=1,
        height=260,
        label=say(
            "Sun 1 and wind 3 go to two hidden neurons, which answer {first} and {second}, and on "
            "to the output, {y}. Their δ are {one} and {two}; that of the output is {last}.",
            first=fixed(hidden[0, 0], 3),
            second=fixed(hidden[0, 1], 3),
            y=fixed(y[0, 0], 3),
            one=fixed(before[0, 0], 3),
            two=fixed(before[0, 1], 3),
            last=fixed(last[0, 0], 3),
        ),
    )
