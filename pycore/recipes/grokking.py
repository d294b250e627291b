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
from typing import Any

import numpy as np

from pycore.arrays import Array
from pycore.autodiff import Tensor
from pycore.optimizers import AdamW

P, WIDTH = 23, 64
STEPS, RATE, BETA2 = 800, 0.01, 0.98


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
    wanted = np.eye(P)[answers]
    known, others = np.split(rng.permutation(P * P), [P * P // 2])
    theta = np.concatenate(
        [
            rng.normal(0, 1 / math.sqrt(2 * P), 2 * P * WIDTH),
            rng.normal(0, 1 / math.sqrt(WIDTH), P * WIDTH),
        ]
    )
    optimizer, shares = AdamW(RATE, beta2=BETA2, weight_decay=decay), []
    seen, unseen, goal = Tensor(x[known]), x[others], wanted[known]
    for step in range(steps + 1):
        leaf = Tensor(theta)
        scores = _scores(leaf, seen)
        learned = scores.data.argmax(axis=1) == answers[known]
        guessed = _scores(theta, unseen).argmax(axis=1) == answers[others]  # leaves no tape
        shares.append((learned.mean(), guessed.mean()))
        if step < steps:
            miss = scores - goal
            (miss * miss).sum(axis=1).mean().backward()
            assert leaf.grad is not None
            optimizer.step(theta, leaf.grad)
    found = np.array(shares)
    found.flags.writeable = False  # it is kept, and the next who asks gets the same
    return found


def _scores(theta: Any, x: Any) -> Any:
    """(x A)² B; with a tape where theta is a tensor."""
    h = x @ theta[: 2 * P * WIDTH].reshape(2 * P, WIDTH)
    return (h * h) @ theta[2 * P * WIDTH :].reshape(WIDTH, P)


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
