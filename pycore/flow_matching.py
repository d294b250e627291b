"""Flow matching: a network learns how fast each point of a cloud has to move to become data.

It knows no coupling: the velocity may be any network, and the flow is many small steps along it.

Examples:
    >>> from pycore.flow_matching import FlowMatching, paths
    >>> from pycore.models import mlp
    >>> import numpy as np
    >>> network = mlp([3, 8, 2], rng=0)
    >>> loss = FlowMatching(network, np.ones((5, 2)), rng=0).loss_and_grad()
    >>> paths(network, np.zeros((4, 2)), steps=10).shape
    (11, 4, 2)
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pycore.arrays import (
    Array,
    Integers,
    Seed,
    ShapeError,
    below_one,
    floats,
    numbers,
    positive,
    seeded,
    within,
)
from pycore.layer import Layer
from pycore.losses import MeanSquaredError
from pycore.objectives import Unsupervised


class FlowMatching(Unsupervised):
    """L = mean (v(x_t, t) − (x₁ − x₀))²,  x_t = (1 − t) x₀ + t x₁,  x₀ ~ N(0, I),  t ~ U(0, 1).

    Shapes: x (rows, n), or a function that draws such rows; the network makes (batch, n) of
    (batch, n + 1), whose last column is t.

    Source: Lipman et al., Flow matching for generative modeling, 2023.
    """

    def __init__(
        self, network: Layer, x: npt.ArrayLike | Callable[[], Array], *, rng: Seed
    ) -> None:
        super().__init__(network, x)
        self.rng = seeded(rng)
        self.loss = MeanSquaredError()

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L on these rows, each with a start and a time of its own; leave its gradient."""
        x_1 = floats(self.examples(rows))
        x_0 = self.rng.normal(size=x_1.shape)
        t = self.rng.uniform(size=(len(x_1), 1))
        self.network.zero_grad()
        v = self.network.forward(np.hstack([(1 - t) * x_0 + t * x_1, t]), training=True)
        loss = self.loss.forward(v, x_1 - x_0)
        self.network.accumulate(self.loss.backward())
        return loss


def velocity(network: Layer, x: npt.ArrayLike, t: float) -> Array:
    """Return v(x, t).

    Shapes: (batch, n) → the same.
    """
    within("velocity", -math.inf, t=t)
    places = _places("velocity", x)
    return network.forward(np.column_stack([places, np.full(len(places), t)]))


def divergence(network: Layer, x: npt.ArrayLike, t: float) -> Array:
    """Return Σ dvᵢ/dxᵢ, the trace of the Jacobian: how fast the space at x grows.

    Shapes: (batch, n) → (batch,). It takes a backward for each of the n, and leaves its traces in
    `network.grad`.
    """
    x = _places("divergence", x)
    v = velocity(network, x, t)
    trace = np.zeros(len(x))
    for i in range(x.shape[1]):
        dv = np.zeros_like(v)
        dv[:, i] = 1
        trace += network.backward(dv)[:, i]
    return trace


def paths(network: Layer, x: npt.ArrayLike, steps: int = 20) -> Array:
    """Return where points are from time 0 to 1, by the midpoint rule: the first are x itself.

    Shapes: (batch, n) → (steps + 1, batch, n).
    """
    positive("paths", steps=steps)
    places = [_places("paths", x)]
    for i in range(steps):
        places.append(places[-1] + _step(network, places[-1], i / steps, 1 / steps)[0])
    return np.stack(places)


def log_density(network: Layer, x: npt.ArrayLike, steps: int = 20) -> Array:
    """log p(x) = log N(x₀; 0, I) − ∫ div v dt, along the path that ends in x, from 1 back to 0.

    Shapes: (batch, n) → (batch,).

    Source: Chen et al., Neural ordinary differential equations, 2018.
    """
    positive("log_density", steps=steps)
    x = _places("log_density", x)
    grown = np.zeros(len(x))
    for i in range(steps):
        t = 1 - i / steps
        moved, middle = _step(network, x, t, -1 / steps)
        grown += divergence(network, middle, t - 0.5 / steps) / steps
        x = x + moved
    log_normal = -(x * x).sum(axis=1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi)
    return np.asarray(log_normal - grown)


def best_velocity(x: npt.ArrayLike, t: float, data: npt.ArrayLike) -> Array:
    """v(x, t) = mean of (x₁ − x) / (1 − t) over the data, each weighed by how likely it led to x.

    No network has a smaller loss on these data, and the flow along it ends in the data themselves.

    Shapes: (batch, n), (rows, n) → (batch, n).

    Raises:
        ValueError: t is not from 0 to below 1.
    """
    below_one("best_velocity", t=t)
    x, x_1 = _places("best_velocity", x), _places("best_velocity", data)
    if x.shape[1] != x_1.shape[1]:
        raise ShapeError(f"best_velocity: x is {x.shape}, data {x_1.shape}; allowed: columns alike")
    away = ((x[:, None] - t * x_1) ** 2).sum(axis=2) / (2 * (1 - t) ** 2)
    weights = np.exp(away.min(axis=1, keepdims=True) - away)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((weights @ x_1 - x) / (1 - t))


def _step(network: Layer, x: Array, t: float, h: float) -> tuple[Array, Array]:
    """Return how far a step from t to t + h goes, and its middle, where the velocity was taken."""
    middle = x + h / 2 * velocity(network, x, t)
    return h * velocity(network, middle, t + h / 2), middle


def _places(who: str, x: npt.ArrayLike) -> Array:
    places = floats(numbers(f"{who}: x", x))
    if places.ndim != 2 or places.size == 0:
        raise ShapeError(f"{who}: x has shape {places.shape}; allowed: (batch, n), at least one")
    return places
