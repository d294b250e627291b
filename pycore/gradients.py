"""What may be done to a flat gradient before the step: measure it, clip it, probe its curvature."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pycore.arrays import Array, above_zero


def norm(grad: Array) -> float:
    """‖g‖ = √Σ gᵢ², also where the squares are too large for the numbers' type.

    Shapes: (n,) → one number.
    """
    squared = float(np.vdot(grad, grad))
    if squared == math.inf and (top := float(np.abs(grad).max())) < math.inf:
        return top * norm(grad / top)
    return math.sqrt(squared)


def clip_norm(grad: Array, limit: float) -> float:
    """g ← g · min(1, limit / ‖g‖), in place; return ‖g‖ as it was.

    Shapes: (n,) → one number.

    Source: Pascanu et al., On the difficulty of training recurrent neural networks, 2013.
    """
    length = norm(grad)
    if length > limit:
        grad *= limit / length
    return length


def clip_value(grad: Array, limit: float) -> None:
    """gᵢ ← min(max(gᵢ, −limit), limit), in place.

    Shapes: (n,).
    """
    np.clip(grad, -limit, limit, out=grad)


def hutchinson(
    gradient: Callable[[Array], Array], theta: Array, rng: np.random.Generator, h: float = 1e-4
) -> Array:
    """diag H ≈ u ⊙ (H u), u = ±1 at random, H u ≈ (g(θ + h u) − g(θ − h u)) / 2h.

    Shapes: theta (n,) → (n,). Unbiased up to h²; average several for less noise.

    Source: Bekas et al., An estimator for the diagonal of a matrix, 2007.
    """
    above_zero("hutchinson", h=h)
    u = rng.choice([-1.0, 1.0], theta.shape).astype(theta.dtype)
    return np.asarray(u * (gradient(theta + h * u) - gradient(theta - h * u)) / (2 * h))
