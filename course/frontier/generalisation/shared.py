"""What parts of this lesson share: three examples, and Level 4's reader of digits."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from pycore import images
from pycore.arrays import Array, Integers
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Trainer

X = np.array([[1.0, 2.0, 0.0, -1.0, 0.5], [0.5, -1.0, 1.5, 0.0, 1.0], [2.0, 0.5, -0.5, 1.0, 0.0]])
y = np.array([1.0, -2.0, 0.5])
K = X @ X.T
U, s, Vt = np.linalg.svd(X, full_matrices=False)
signs = np.array(list(itertools.product([-1.0, 1.0], repeat=len(X))))

SEEDS, PICTURES = 50, 100
"""So many pairs of readers learn so many pictures, with true labels and with random ones."""


def digits(count: int, seed: int) -> tuple[Array, Integers]:
    """The digits of Level 4: 12 by 12 dots, blurred by noise, and which they are."""
    pictures, which = images.glyphs(count, 0.25, np.random.default_rng(seed), size=12)
    return pictures.reshape(count, -1).astype(np.float32), which


def learned(pictures: Array, labels: Integers, seed: int = 0, steps: int = 60) -> Sequential:
    """Level 4's reader after some steps on these pictures with these labels."""
    trainer = Trainer(mlp([144, 64, 10], seed), CrossEntropy(), Adam(0.01), pictures, labels)
    for _ in range(steps):
        trainer.step()
    return trainer.network


def random_labels(seed: int) -> Integers:
    """Labels from a hat for one pair of readers."""
    return np.random.default_rng(seed).integers(0, 10, PICTURES)


@cache
def pairs() -> list[tuple[Sequential, Sequential]]:
    """For each seed a reader that learned true labels, and one that learned random labels."""
    seen, truth = digits(PICTURES, 0)
    return [
        (learned(seen, truth, seed, 40), learned(seen, random_labels(seed), seed, 40))
        for seed in range(SEEDS)
    ]
