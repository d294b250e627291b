"""A drawing of black cells on paper, for games that are fed by one. It knows no layer."""

from __future__ import annotations

import numpy as np

from pycore import images
from pycore.arrays import Array

SIZE = 10
"""Cells along each side."""


def digit(rng: np.random.Generator) -> Array:
    """A digit as a hand writes it, each cell either ink (1) or paper (0): (SIZE, SIZE)."""
    x, _ = images.glyphs(1, 0.0, rng, images.DIGITS[rng.integers(10)], SIZE)
    return np.asarray(x[0, :, :, 0] > 0.4, float)


def inked(drawing: Array) -> int:
    """How many cells are ink."""
    return int(np.count_nonzero(drawing))
