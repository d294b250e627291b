"""Networks that look at pictures: one answer for each picture, or one for each pixel.

Examples:
    >>> from pycore.models.vision import cnn
    >>> import numpy as np
    >>> network = cnn(28, [1, 6, 16], [120, 84, 10], rng=0, window=5)
    >>> network.forward(np.zeros((2, 28, 28, 1))).shape, network.size()
    ((2, 10), 107786)
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from pycore import initializers
from pycore.activations import ActivationLike, ReLU, named
from pycore.arrays import DType, Seed, positive, seeded
from pycore.convolution import Conv2D, ConvTranspose2D, Flatten, MaxPool2D
from pycore.layer import Layer
from pycore.layers import Sequential, Skip
from pycore.models import mlp


def cnn(
    size: int,
    channels: Sequence[int],
    dense: Sequence[int],
    rng: Seed,
    window: int = 3,
    activation: ActivationLike = ReLU,
    dtype: DType = np.float64,
) -> Sequential:
    """Conv2D, activation, MaxPool2D, … until the picture is small; then Flatten and an `mlp`.

    Shapes: (batch, size, size, channels[0]) → (batch, dense[-1]). Convolutions keep the size, each
    pooling halves it; `cnn(28, [1, 6, 16], [120, 84, 10], rng, window=5)` is close to LeNet-5.

    Source: LeCun et al., Gradient-based learning applied to document recognition, 1998.

    Raises:
        ValueError: the size cannot be halved so often, or the window is even.
    """
    rng = seeded(rng)
    positive("cnn", size=size, window=window)
    halvings = len(channels) - 1
    if halvings < 1 or size % 2**halvings or window % 2 == 0:
        raise ValueError(
            f"cnn: size {size}, channels {list(channels)}, window {window}; allowed: at least two "
            f"channels, a size that {2 ** max(halvings, 0)} divides, an odd window"
        )
    layers: list[Layer] = []
    for c_in, c_out in itertools.pairwise(channels):
        layers.append(Conv2D(c_in, c_out, window, padding=window // 2, rng=rng, dtype=dtype))
        layers += [named(activation)(), MaxPool2D(2)]
    n_flat = channels[-1] * (size // 2**halvings) ** 2
    head = mlp([n_flat, *dense], rng, activation, initializers.he_uniform, dtype=dtype)
    return Sequential(*layers, Flatten(), *head)


def unet(
    channels: Sequence[int],
    rng: Seed,
    skips: bool = True,
    dtype: DType = np.float64,
) -> Sequential:
    """Down: convolve, halve, …; up: double, and beside what stood there on the way down, convolve.

    Shapes: (batch, size, size, channels[0]) → a logit for each pixel, (batch, size, size, 1); the
    size is halved len(channels) − 2 times. Without `skips` every `Skip` is closed: the network has
    the same parameters, but must get every edge through the bottom.

    Source: Ronneberger et al., U-Net: convolutional networks for biomedical image segmentation,
    2015.

    Raises:
        ValueError: there are fewer than three numbers of channels.
    """
    rng = seeded(rng)
    if len(channels) < 3:
        raise ValueError(f"unet: channels are {list(channels)}; allowed: at least three")

    def convolve(c_in: int, c_out: int) -> list[Layer]:
        return [Conv2D(c_in, c_out, 3, padding=1, rng=rng, dtype=dtype), ReLU()]

    def level(depth: int) -> list[Layer]:
        """Return the layers from the way down at this depth to the way up, both included."""
        c_in, c_out = channels[depth : depth + 2]
        if depth == len(channels) - 2:
            return convolve(c_in, c_out)
        below = channels[depth + 2]
        double = ConvTranspose2D(below, c_out, 2, stride=2, rng=rng, dtype=dtype)
        inner = Sequential(MaxPool2D(2), *level(depth + 1), double)
        return [*convolve(c_in, c_out), Skip(inner, skips), *convolve(2 * c_out, c_out)]

    return Sequential(*level(0), Conv2D(channels[1], 1, 1, rng=rng, dtype=dtype))
