"""Grokking: a network learns sums by heart, and long after that it understands them.

`python -m pycore.recipes.grokking` prints, for five seeds and two weight decays, after how many
steps all known sums are right, and when 95 in 100 of the others are. The task is a + b modulo 23;
half of the 529 sums are known. In between the known ones are all right, and the others hardly any.

    decay    by heart                 understood
      1      47, 39, 38, 34, 35       374, 297, 269, 306, 253
      0      45, 37, 30, 35, 32       in 800 steps not one

Examples:
    >>> from pycore.recipes import grokking
    >>> shares = grokking.train(decay=1.0, steps=50)
    >>> shares.shape, float(shares[50, 0]), bool(shares[50, 1] < 0.1)
    ((51, 2), 1.0, True)
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from pycore.arrays import Array, DType, Integers, Seed, positive, refuse_empty, seeded
from pycore.layer import Layer
from pycore.objectives import Objective
from pycore.optimizers import AdamW
from pycore.training import Minimizer

P, WIDTH = 23, 64
STEPS, RATE, BETA2 = 800, 0.01, 0.98


class Squared(Layer):
    """y = (x A)² B, the square of each number for itself.

    Shapes: x (batch, n), A (n, width), B (width, k) → y (batch, k).
    """

    PARAMETERS = ("A", "B")

    def __init__(self, n: int, width: int, k: int, *, rng: Seed, dtype: DType = np.float64) -> None:
        rng = seeded(rng)
        positive("Squared", n=n, width=width, k=k)
        self.A: Array = rng.normal(0, 1 / math.sqrt(n), (n, width)).astype(dtype)
        self.B: Array = rng.normal(0, 1 / math.sqrt(width), (width, k)).astype(dtype)
        self.dA: Array = np.zeros_like(self.A)
        self.dB: Array = np.zeros_like(self.B)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a network of 3 inputs and 2 outputs."""
        return cls(3, 4, 2, rng=rng, dtype=dtype), rng.normal(size=(5, 3)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return (x A)² B."""
        refuse_empty(self, x)
        self.x, self.h = x, x @ self.A
        y: Array = (self.h * self.h) @ self.B
        return y

    def backward(self, dy: Array) -> Array:
        """Add (x A)²ᵀ dy to dB and xᵀ dh to dA, with dh = 2 x A · dy Bᵀ; return dh Aᵀ."""
        dh = 2 * self.h * (dy @ self.B.T)
        self.dB += (self.h * self.h).T @ dy
        self.dA += self.x.T @ dh
        dx: Array = dh @ self.A.T
        return dx


class Answers(Objective):
    """L = mean over rows of |y − 1|² with 1 at the right answer and 0 at the others.

    Shapes: x (n, …), answers (n,) of whole numbers.

    Attributes:
        right: the share of rows whose largest output was the answer, in the last pass.
    """

    right: float

    def __init__(self, network: Layer, x: Array, answers: Integers) -> None:
        super().__init__(network, len(x))
        self.x, self.answers = x, answers

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L, and leave its gradient in `network.grad`."""
        x, answers = self.x, self.answers
        if rows is not None:
            x, answers = x[rows], answers[rows]
        miss = self.network.forward(x, training=True)
        self.right = share(miss, answers)
        miss[np.arange(len(x)), answers] -= 1
        self.network.zero_grad()
        self.network.accumulate(2 / len(x) * miss)
        return float((miss * miss).sum()) / len(x)


def share(y: Array, answers: Integers) -> float:
    """Return the share of rows whose largest number is at the answer.

    Shapes: y (n, k), answers (n,) → one number.
    """
    return float((y.argmax(axis=1) == answers).mean())


@cache
def train(decay: float, seed: int = 0, steps: int = STEPS) -> Array:
    """Return before each step, and at the end, the share right of known sums and of the others.

    The network is (x A)² B, its loss the mean squared error: both are Gromov's.

    Shapes: → (steps + 1, 2).

    Source: Gromov, Grokking modular arithmetic, 2023.
    """
    rng = np.random.default_rng(seed)
    a, b = np.divmod(np.arange(P * P), P)
    x, answers = np.hstack([np.eye(P)[a], np.eye(P)[b]]), (a + b) % P
    known, others = np.split(rng.permutation(P * P), [P * P // 2])
    network = Squared(2 * P, WIDTH, P, rng=rng)
    objective = Answers(network, x[known], answers[known])
    training = Minimizer(objective, AdamW(RATE, beta2=BETA2, weight_decay=decay), total=steps)
    shares, unseen = np.empty((steps + 1, 2)), x[others]
    for now in shares:
        now[1] = share(network.forward(unseen), answers[others])
        if training.progress < 1:
            training.step()
        else:
            objective.loss_and_grad()
        now[0] = objective.right  # before the step
    shares.flags.writeable = False  # it is kept, and the next who asks gets the same
    return shares


def first(shares: Array, enough: float) -> int | None:
    """Return the first step before which so large a share was right; None: there is none."""
    found = np.flatnonzero(shares >= enough)
    return int(found[0]) if found.size else None


if __name__ == "__main__":
    for decay in (1.0, 0.0):
        runs = [train(decay, seed) for seed in range(5)]
        by_heart = [first(run[:, 0], 1.0) for run in runs]
        understood = [first(run[:, 1], 0.95) for run in runs]
        print(f"decay {decay}: by heart {by_heart}, understood {understood}")
