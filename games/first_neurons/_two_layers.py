"""A network of one hidden layer and one output, and its numbers as far as a signal has come."""

from __future__ import annotations

from collections.abc import Sequence

from games.concepts.signal import known
from games.words import say
from pycore.arrays import Array
from pycore.layers import Dense, Sequential


def dense_layers(network: Sequential) -> tuple[Dense, Dense]:
    """The hidden layer and the output's."""
    first, second = (layer for layer in network if isinstance(layer, Dense))
    return first, second


def numbers(
    network: Sequential, values: Sequence[Array], reached: int, bend: str
) -> dict[str, Array]:
    """All parameters, and what a signal has brought; NaN where it has not come to.

    Args:
        network: its output bends with the sigmoid.
        values: of one input, what `network.activations` gives.
        reached: the gaps that the signal has crossed, 0 to 2.
        bend: what the hidden layer's activation is called.
    """
    first, second = dense_layers(network)
    x, z1, h1, z2, y = (each[0] for each in values)
    return {
        say("inputs x"): x,
        say("weights W₁ (inputs × hidden)"): first.W,
        say("biases b₁"): first.b,
        say("hidden sums z₁"): known(z1, reached >= 1),
        say("hidden activations h = {bend}(z₁)", bend=bend): known(h1, reached >= 1),
        say("weights W₂ (hidden × output)"): second.W,
        say("bias b₂"): second.b,
        say("output sum z₂"): known(z2, reached == 2),
        say("output y = sigmoid(z₂)"): known(y, reached == 2),
    }
