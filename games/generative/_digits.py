"""Digits to learn from and others to be judged on. It knows no network and no picture."""

from __future__ import annotations

from functools import cache

import numpy as np

from pycore.arrays import Array
from pycore.recipes.bottleneck import SIZE, pictures

SEEN, UNSEEN = 400, 100


@cache
def digits() -> tuple[Array, Array]:
    """Digits to learn from and others to be judged on, each a row."""
    return pictures(SEEN, 0), pictures(UNSEEN, 1)


def unseen(rng: np.random.Generator) -> Array:
    """One of those that no network has seen, on a sheet of its own: (SIZE, SIZE)."""
    return np.array(digits()[1][rng.integers(UNSEEN)].reshape(SIZE, SIZE))
