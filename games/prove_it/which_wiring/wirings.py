"""Six wirings as programs of a few lines, and who listens to whom in each. It draws nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from pycore.arrays import Array
from pycore.layer import Layer
from pycore.layers import Sequential

PROGRAMS = {
    "dense": """import numpy as np

from pycore.layers import Dense

network = Dense({n}, {n}, rng=0)
x = np.ones((1, {n}))
y = network.forward(x)""",
    "convolution": """import numpy as np

from pycore.convolution import Conv1D

network = Conv1D(1, 1, 3, padding=1, rng=0)
x = np.ones((1, {n}, 1))
y = network.forward(x)""",
    "recurrent": """import numpy as np

from pycore.recurrent import RNN

network = RNN(1, 8, rng=0)
x = np.ones((1, {n}, 1))
y = network.forward(x)""",
    "attention": """import numpy as np

from pycore.attention import MultiHeadAttention

network = MultiHeadAttention(8, heads=1, rng=0)
x = np.random.default_rng(1).normal(size=(1, {n}, 8))
y = network.forward(x)""",
    "graph": """import numpy as np

from pycore.graph_data import random
from pycore.graphs import MessagePassing

edges = random({n}, 0.3, rng=2)
network = MessagePassing(1, 1, edges, rng=0)
x = np.ones(({n}, 1))
y = network.forward(x)""",
    "autoencoder": """import numpy as np

from pycore.models.autoencoders import autoencoder

network = autoencoder([{n}, 2], rng=0)
x = np.ones((1, {n}))
y = network.forward(x)""",
}
"""The least program of each: {n} numbers, or items, come in. Nothing else is run for its tile."""


def program(wiring: str, n: int) -> str:
    """The text of the program."""
    return PROGRAMS[wiring].format(n=n)


@cache
def made(wiring: str, n: int) -> dict[str, Any]:
    """The names there are once the program has been run: network, x, y and what it imports."""
    names: dict[str, Any] = {}
    exec(program(wiring, n), names)  # a text of the table above, with a whole number put in
    return names


def parameters(wiring: str, n: int) -> int:
    """How many numbers the network learns, counted by itself."""
    network: Layer = made(wiring, n)["network"]
    return network.size()


@cache
def listening(wiring: str, n: int) -> tuple[Array, ...]:
    """How much each output moves with each input, from one row of dots to the next: (out, in) each.

    The size of ∂y/∂x, by as many backward passes as there are numbers in the output. A wiring with
    a bottleneck has two steps: into it, and out of it.
    """
    names = made(wiring, n)
    network, x = names["network"], names["x"]
    if wiring == "autoencoder":
        encoder, decoder = network[0], network[1]
        return _slopes(encoder, x), _slopes(decoder, encoder.forward(x))
    return (_slopes(network, x),)


def _slopes(network: Layer | Sequential, x: Array) -> Array:
    """|∂y/∂x|: the items of y by those of x; an item's numbers count together."""
    items = x.shape[0] if x.shape[0] > 1 else x.shape[1]
    y = network.forward(x)
    outputs = y.shape[0] if x.shape[0] > 1 else y.shape[1]
    found = np.zeros((outputs, items))
    for place in range(y.size):
        dy = np.zeros(y.size)
        dy[place] = 1.0
        network.forward(x)
        dx = network.backward(dy.reshape(y.shape))
        item = place * outputs // y.size
        found[item] += (dx.reshape(items, -1) ** 2).sum(axis=1)
    slopes: Array = np.sqrt(found)
    return slopes
