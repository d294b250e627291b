"""A network like LeNet-5 reads drawn digits: `python -m pycore.recipes.digits`.

Of 500 digits that it never saw it names 0.996 rightly, with 18 602 parameters; a network of dense
layers with 18 166 names 0.988.

Examples:
    >>> from pycore.recipes.digits import build, judge
    >>> network = build(True, rng=0)
    >>> judge(network, count=50) < 0.5  # it has not learnt yet
    True
"""

from __future__ import annotations

import numpy as np

from pycore import images, schedules
from pycore.arrays import Array, DType, Integers, Seed, seeded
from pycore.convolution import Flatten
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.models.vision import cnn
from pycore.optimizers import Adam
from pycore.training import Trainer

SIZE, NOISE = 16, 0.1
CHANNELS, WINDOW, DENSE = (1, 6, 16), 5, (60, 10)
COUNT = 600
STEPS, BATCH, RATE = 150, 50, 0.005


def pictures(count: int, rng: Seed) -> tuple[Array, Integers]:
    """Return digits as a hand writes them, (count, SIZE, SIZE, 1), and which they are."""
    return images.glyphs(count, NOISE, rng, size=SIZE)


def build(looks_around: bool, rng: Seed, dtype: DType = np.float64) -> Sequential:
    """Return the untrained `cnn`, or an `mlp` with about as many parameters."""
    rng = seeded(rng)
    if looks_around:
        return cnn(SIZE, CHANNELS, DENSE, rng, WINDOW, dtype=dtype)
    return Sequential(Flatten(), *mlp([SIZE * SIZE, 68, 10], rng, dtype=dtype))


def train(looks_around: bool = True, steps: int = STEPS, seed: int = 0) -> Sequential:
    """Return the network after so many batches."""
    rng = np.random.default_rng(seed)
    network = build(looks_around, rng, np.float32)
    x, y = pictures(COUNT, rng)
    schedule = schedules.cosine(RATE, steps)
    loss, adam = CrossEntropy(), Adam(RATE)
    return Trainer(network, loss, adam, x, y, BATCH, rng, schedule, total=steps).run().network


def judge(network: Sequential, count: int = 500, seed: int = 1) -> float:
    """Return the accuracy on digits never seen."""
    x, y = pictures(count, np.random.default_rng(seed))
    return accuracy(network.forward(x.astype(network.theta.dtype)), y)


if __name__ == "__main__":
    for looks_around, name in ((True, "convolutions"), (False, "dense layers only")):
        network = train(looks_around)
        print(f"{name}: {network.size()} parameters, accuracy {judge(network):.3f}")
