"""Six experts share three spirals, two for each point: `python -m pycore.recipes.routing`.

Over five seeds the accuracy on new points is 0.997. Left to itself the gate sends 0.03 of the load
to the expert it likes least and 0.30 to the one it likes best; asked for balance, 0.08 and 0.21.

Examples:
    >>> from pycore.recipes.routing import judge, train
    >>> right, shares = judge(train(steps=2))
    >>> shares.shape
    (6,)
"""

from __future__ import annotations

import numpy as np

from pycore import data
from pycore.arrays import Array, Integers, Seed
from pycore.experts import MixtureOfExperts
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models.moe import mixture
from pycore.optimizers import Adam
from pycore.training import Trainer

ARMS, COUNT, NOISE, TURNS = 3, 600, 0.03, 0.75
EXPERTS, K, HIDDEN = 6, 2, 8
BALANCE = 0.1
"""How strongly an equal load is asked for, where it is."""
STEPS, RATE = 400, 0.02


def points(rng: Seed) -> tuple[Array, Integers]:
    """Return points (COUNT, 2) and the arm that each lies on."""
    return data.spirals(COUNT, NOISE, rng, ARMS, TURNS)


def train(balance: float = BALANCE, steps: int = STEPS, seed: int = 0) -> Sequential:
    """Return the network after so many steps."""
    rng = np.random.default_rng(seed)
    network = mixture([2, HIDDEN, ARMS], EXPERTS, rng, K, balance)
    return Trainer(network, CrossEntropy(), Adam(RATE), *points(rng), total=steps).run().network


def judge(network: Sequential, seed: int = 100) -> tuple[float, Array]:
    """Return the accuracy on new points, and the share of the load on each expert."""
    x, y = points(np.random.default_rng(seed))
    logits = network.forward(x)
    layer = network[0]
    assert isinstance(layer, MixtureOfExperts)
    return accuracy(logits, y), layer.shares()


if __name__ == "__main__":
    for balance in (0.0, BALANCE):
        found = [judge(train(balance, seed=seed)) for seed in range(5)]
        right, shares = (np.array(column) for column in zip(*found, strict=True))
        least, most = np.sort(shares, axis=1)[:, [0, -1]].mean(axis=0)
        print(f"balance {balance}: accuracy {right.mean():.3f}, load {least:.2f} to {most:.2f}")
