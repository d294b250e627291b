"""A deep tanh network at a place of the plane: what it does to a signal, and its training.

No picture. The same random numbers stand behind the weights everywhere in the plane, and only their
spread differs: so a place that is moved a little does nearly the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np

from games.concepts.training import Rounded, Training
from pycore import data, initializers, mean_field, schedules
from pycore.activations import Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.optimizers import SGD

LAYERS, WIDTH = 50, 32
"""Of tanh, and the neurons of each."""
POINTS, NOISE = 200, 0.12
"""Of two moons: as many to learn from, and as many held out."""
STEPS, LEARNING_RATE, BATCH, CLIP = 400, 0.1, 32, 1.0
EVERY = 10
"""Steps between two looks at the held-out points."""
BAR = 0.9
"""It trains: this share of the held-out points. A straight line between the moons gets less."""
FAR = 1e2
"""Gradients that change by more than this, as mean squares, have vanished or exploded."""
PROBES = np.array([[1.0, 1.0], [1.0, 0.8]])
"""Two signals that are nearly the same; the mean square of the first is 1."""

Fate = Literal["vanish", "keep", "explode"]


@dataclass(frozen=True, eq=False)
class Signals:
    """What a network at its start does to signals, layer by layer (layers,).

    Attributes:
        squares: the mean square of the sums, for the first probe.
        likeness: the correlation of the sums of both probes.
        gradients: the mean square of a gradient on its way back, by that in the last layer.
    """

    squares: Array
    likeness: Array
    gradients: Array

    @property
    def fate(self) -> Fate:
        """What became of the gradient."""
        arrives = float(self.gradients[0])
        return "explode" if arrives > FAR else "vanish" if arrives < 1 / FAR else "keep"


@dataclass(frozen=True)
class Judged:
    """A network as it stands: its loss on what it learns from, its accuracy on what it does not."""

    loss: float
    accuracy: float


def network(seed: int, sigma_w: float, sigma_b: float) -> Sequential:
    """The network at a place of the plane."""
    rng = np.random.default_rng(seed)
    layers: list[Dense | Tanh] = []
    for n_in, n_out in pairwise([2, *[WIDTH] * LAYERS]):
        weights = initializers.normal(sigma_w / math.sqrt(n_in))
        layers += [Dense(n_in, n_out, weights, initializers.normal(sigma_b), rng=rng), Tanh()]
    return Sequential(*layers, Dense(WIDTH, 1, initializers.lecun_normal, rng=rng))


def signals(deep: Sequential, seed: int) -> Signals:
    """Send both probes through a network, and a random gradient back."""
    h = np.array(deep.activations(PROBES)[1 : 2 * LAYERS : 2])
    squares, like = (h * h).mean(axis=2), (h[:, 0] * h[:, 1]).mean(axis=1)
    sent: Array = np.zeros((2, WIDTH))
    sent[0] = np.random.default_rng(seed).normal(size=WIDTH)
    arrived = [sent]
    for tanh, dense in zip(
        deep.layers[2 * LAYERS - 3 :: -2], deep.layers[2 * LAYERS - 2 :: -2], strict=False
    ):
        arrived.append(tanh.backward(dense.backward(arrived[-1])))
    gradients = np.array([float((d[0] ** 2).mean()) for d in reversed(arrived)])
    return Signals(
        squares[:, 0], like / np.sqrt(squares[:, 0] * squares[:, 1]), gradients / gradients[-1]
    )


def training(seed: int, sigma_w: float, sigma_b: float) -> Training[Rounded, Judged]:
    """A training of the network at a place that has not made a step."""
    rng = np.random.default_rng(seed)
    x, y = data.moons(POINTS, NOISE, rng)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    held, truth = data.moons(POINTS, NOISE, rng)
    x, held = (x - middle) / spread, (held - middle) / spread
    deep = network(seed, sigma_w, sigma_b)
    trainer = Rounded(
        deep,
        BinaryCrossEntropy(),
        SGD(LEARNING_RATE),
        x,
        y,
        BATCH,
        rng,
        schedules.cosine(LEARNING_RATE, STEPS),
        CLIP,
        total=STEPS,
    )

    def judge(learner: Rounded) -> Judged:
        right = (learner.network.forward(held)[:, 0] > 0) == (truth == 1)
        loss = learner.history.get(learner.steps - 1, math.log(2))
        return Judged(float(loss), float(np.mean(right)))

    return Training(trainer, judge, every=EVERY)


@cache
def band(sigma_w: float, sigma_b: float) -> tuple[Array, Array]:
    """Between what theory expects the mean square of the sums in each layer, 95 times in 100."""
    return mean_field.band(sigma_w**2 + sigma_b**2, sigma_w, sigma_b, LAYERS, WIDTH)


@cache
def promised(sigma_w: float, sigma_b: float) -> Array:
    """What theory says that gradients are in each layer, by those in the last (layers,)."""
    q = mean_field.profile(sigma_w**2 + sigma_b**2, sigma_w, sigma_b, LAYERS)
    back = [mean_field.chi(float(one), sigma_w) for one in q[:-1]]
    return np.append(np.cumprod(back[::-1])[::-1], 1.0)


@cache
def factor(sigma_w: float, sigma_b: float) -> float:
    """χ in the deep layers of the network at a place."""
    return mean_field.chi(mean_field.fixed_point(sigma_w, sigma_b), sigma_w)
