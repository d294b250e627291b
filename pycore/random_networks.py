"""Random networks, many at once: what they do to a signal and to a gradient. It knows no theory.

`pycore.mean_field` predicts what this measures. Every layer of every network is drawn anew: W ~
N(0, σ_w² / width), b ~ N(0, σ_b²).

Examples:
    >>> from pycore import mean_field
    >>> from pycore import random_networks
    >>> setting = {"layers": 20, "width": 64, "networks": 50, "rng": 0}
    >>> found = random_networks.squares("tanh", 1.2, 0.1, **setting)
    >>> low, high = mean_field.band(1.0, 1.2, 0.1, layers=20, width=64)
    >>> inside = (low[-1] <= found[:, -1]) & (found[:, -1] <= high[-1])
    >>> found.shape, bool(inside.mean() > 0.85)
    ((50, 20), True)
"""

from __future__ import annotations

import math

import numpy as np

from pycore import initializers
from pycore.activations import ActivationLike, named
from pycore.arrays import Array, Seed, positive, seeded, within


def squares(
    activation: ActivationLike,
    sigma_w: float,
    sigma_b: float,
    *,
    layers: int,
    width: int,
    networks: int,
    rng: Seed,
) -> Array:
    """Return the mean square of the sums in each layer; those of the first are N(0, 1).

    Shapes: → (networks, layers).
    """
    _sizes("squares", layers, width, networks)
    rng, bend, rows = seeded(rng), named(activation)(), []
    h: Array = rng.normal(size=(networks, 1, width))
    for _ in range(layers):
        rows.append((h * h).mean(axis=(1, 2)))
        W, b = _drawn(networks, width, sigma_w, sigma_b, rng)
        h = bend.forward(h) @ W + b
    return np.array(rows).T


def returned(
    activation: ActivationLike,
    sigma_w: float,
    sigma_b: float,
    *,
    layers: int,
    width: int,
    networks: int,
    rng: Seed,
) -> Array:
    """Return the mean square of the gradient that comes back, for each 1 that left the last layer.

    Shapes: → (networks,).
    """
    _sizes("returned", layers, width, networks)
    rng, passed = seeded(rng), []
    h: Array = rng.normal(size=(networks, 1, width))
    for _ in range(layers):
        W, b = _drawn(networks, width, sigma_w, sigma_b, rng)
        passed.append((bend := named(activation)(), W))
        h = bend.forward(h) @ W + b
    d: Array = rng.normal(size=(networks, 1, width))
    left = (d * d).mean(axis=(1, 2))
    for bend, W in reversed(passed):
        d = bend.backward(d @ W.transpose(0, 2, 1))
    return np.asarray((d * d).mean(axis=(1, 2)) / left)


def _drawn(
    networks: int, width: int, sigma_w: float, sigma_b: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """A layer's weights and biases in each of so many networks."""
    within("random_networks", sigma_w=sigma_w, sigma_b=sigma_b)
    weights, biases = initializers.normal(sigma_w / math.sqrt(width)), initializers.normal(sigma_b)
    return weights((networks, width, width), rng), biases((networks, 1, width), rng)


def _sizes(who: str, layers: int, width: int, networks: int) -> None:
    positive(who, layers=layers, width=width, networks=networks)
