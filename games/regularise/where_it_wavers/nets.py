"""The networks of Where It Wavers: few points, a small network that learned them with dropout.

Dropout stands behind the last hidden layer alone. So the output is a bias and what each of its
units adds, and the spread over all masks is √(p/(1 − p) Σ (what unit i adds)²). It knows no bet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from games.concepts.training import Rounded
from pycore import initializers
from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.layers import Dense, Dropout, Layer, Sequential
from pycore.losses import MeanSquaredError
from pycore.optimizers import Adam

RATE, UNITS, STEPS, POINTS, REACH = 0.2, 24, 400, 32, 2.0
"""Of the dropout; of a hidden layer; of a training; learnt from; the picture ends at ± REACH."""
GRID = np.linspace(-REACH, REACH, 81)
Kind = Literal["gap", "noise"]


@dataclass(frozen=True, eq=False)
class Learned:
    """A network that has learned its points.

    Shapes: x, y (POINTS,); curve (81,), the whole network on GRID; adds (UNITS, 81), what each unit
    of the last hidden layer adds to it.
    """

    x: Array
    y: Array
    network: Sequential
    curve: Array
    adds: Array

    @property
    def spread(self) -> Array:
        """The standard deviation over all masks, on GRID."""
        return np.asarray(np.sqrt(RATE / (1 - RATE) * (self.adds**2).sum(axis=0)))


def points(kind: Kind, rng: np.random.Generator) -> tuple[Array, Array]:
    """A wave with a gap in the middle, or with labels that are noisy on the right."""
    phase, slope = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    half = POINTS // 2
    if kind == "gap":
        x = np.concatenate([rng.uniform(-1.7, -0.6, half), rng.uniform(0.6, 1.7, half)])
    else:
        x = np.concatenate([rng.uniform(-1.7, 0.5, half), rng.uniform(0.5, 1.7, half)])
    noise = np.where((x > 0.5) & (kind == "noise"), 0.5, 0.05)
    return x, np.sin(2.5 * x + phase) + slope * x + noise * rng.normal(size=POINTS)


@cache
def learned(kind: Kind, hidden: int, seed: int) -> Learned:
    """A network with one or two hidden layers, its points and its start drawn from the seed."""
    rng = np.random.default_rng(seed)
    x, y = points(kind, rng)
    layers: list[Layer] = []
    for n_in, bias in ((1, 1.0), (UNITS, 0.3))[:hidden]:
        biases = initializers.normal(bias)
        layers += [Dense(n_in, UNITS, initializers.he_normal, biases, rng=rng), ReLU()]
    last = Dense(UNITS, 1, rng=rng)
    network = Sequential(*layers, Dropout(RATE, rng=rng), last)
    loss, adam = MeanSquaredError(), Adam(0.01)
    Rounded(network, loss, adam, x[:, None], y[:, None], total=STEPS).run()
    heights = network.activations(GRID[:, None])
    return Learned(x, y, network, heights[-1][:, 0], (heights[-3] * last.W[:, 0]).T)
