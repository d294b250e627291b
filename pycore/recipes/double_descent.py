"""Double descent, measured: `python -m pycore.recipes.double_descent`.

Forty examples of ten inputs, learned by random ReLU features, and the median over fifty draws of
the mean squared error on new ones. The answers are tanh of one direction, with a noise of 0.3:

    features       5      20      40      80     400
    no ridge    0.29    0.30   29.77    0.29    0.15
    ridge 3     0.28    0.15    0.11    0.10    0.11
    no noise    0.28    0.19    6.34    0.07    0.04
    two waves   0.53    1.00   61.65    1.36    0.83

The last row has sin(2z) in the place of tanh: there features that are many do not help.

Examples:
    >>> from pycore.recipes import double_descent
    >>> error, length = double_descent.measure(draws=3)
    >>> error.shape, double_descent.COUNTS[int(error.mean(axis=0).argmax())]
    ((3, 13), 40)
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from pycore import random_features
from pycore.arrays import Array

EXAMPLES, INPUTS, NEW, NOISE = 40, 10, 200, 0.3
COUNTS = (5, 10, 20, 30, 35, 40, 45, 50, 60, 80, 120, 200, 400)
"""How many features are tried."""
DRAWS = 50


@cache
def measure(
    noise: float = NOISE, ridge: float = 0.0, waves: bool = False, draws: int = DRAWS
) -> tuple[Array, Array]:
    """Return the error on new examples without noise, and the solution's length.

    Shapes: → two of (draws, counts).
    """
    found = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        direction = rng.normal(size=INPUTS) / math.sqrt(INPUTS)
        x, x_new = rng.normal(size=(EXAMPLES, INPUTS)), rng.normal(size=(NEW, INPUTS))
        y, y_new = (
            np.sin(2 * (rows @ direction)) if waves else np.tanh(rows @ direction)
            for rows in (x, x_new)
        )
        y = y + noise * rng.normal(size=EXAMPLES)
        features = random_features.relu(COUNTS[-1], rng, INPUTS)
        swept = random_features.sweep(features, x, y, x_new, y_new, COUNTS, ridge)
        found.append((swept.test, swept.norm))
    error, length = np.array(found).transpose(1, 0, 2)
    for kept in (error, length):
        kept.flags.writeable = False  # it is kept, and the next who asks gets the same
    return error, length


if __name__ == "__main__":
    settings: dict[str, dict[str, float]] = {
        "no ridge": {},
        "ridge 3": {"ridge": 3.0},
        "no noise": {"noise": 0.0},
        "two waves": {"waves": True},
    }
    shown = [COUNTS.index(count) for count in (5, 20, 40, 80, 400)]
    print("features ", *(f"{COUNTS[i]:7d}" for i in shown))
    for name, setting in settings.items():
        middle = np.median(measure(**setting)[0], axis=0)
        print(f"{name:9s}", *(f"{middle[i]:7.2f}" for i in shown))
