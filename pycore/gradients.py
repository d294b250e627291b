"""What may be done to a flat gradient before the step: measure it, clip it, probe its curvature.

Examples:
    >>> from pycore.gradients import clip_norm
    >>> import numpy as np
    >>> g = np.array([3.0, 4.0])
    >>> clip_norm(g, 1.0), g
    (5.0, array([0.6, 0.8]))
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pycore.arrays import Array, Seed, above_zero, all_finite, floats, seeded


def norm(grad: Array) -> float:
    """‖g‖ = √Σ gᵢ², also where the squares are too large or too small for the numbers' type.

    Shapes: (n,) → one number.
    """
    grad = floats(grad)
    squared, limits = float(np.vdot(grad, grad)), np.finfo(grad.dtype)
    if squared == math.inf or squared < limits.tiny / limits.eps:
        top = np.abs(grad).max(initial=0)
        if 0 < top < math.inf:
            return float(top) * math.sqrt(float(((grad / top) ** 2).sum()))
    return math.sqrt(squared)


def clip_norm(grad: Array, limit: float) -> float:
    """g ← g · min(1, limit / ‖g‖), in place; return ‖g‖ as it was.

    Shapes: (n,) → one number.

    Source: Pascanu et al., On the difficulty of training recurrent neural networks, 2013.

    Raises:
        ValueError: the limit is no finite number above 0, or the gradient holds NaN or infinity,
            which no shortening would mend; it is unchanged.
    """
    above_zero("clip_norm", limit=limit)
    _refuse_broken("clip_norm", grad)
    length = norm(grad)
    if length > limit:
        grad *= limit / length
    return length


def clip_value(grad: Array, limit: float) -> None:
    """gᵢ ← min(max(gᵢ, −limit), limit), in place.

    Shapes: (n,).

    Raises:
        ValueError: as `clip_norm`.
    """
    above_zero("clip_value", limit=limit)
    _refuse_broken("clip_value", grad)
    np.clip(grad, -limit, limit, out=grad)


def _refuse_broken(who: str, grad: Array) -> None:
    if not isinstance(grad, np.ndarray) or grad.dtype.kind != "f":
        allowed = "an array of floats, for it is changed in place"
        raise TypeError(f"{who}: got {grad!r}; allowed: {allowed}")
    if not all_finite(grad):
        raise ValueError(f"{who}: the gradient holds NaN or infinity; allowed: finite numbers")


def hutchinson(
    gradient: Callable[[Array], Array], theta: Array, rng: Seed, h: float = 1e-4
) -> Array:
    """diag H ≈ u ⊙ (H u), u = ±1 at random, H u ≈ (g(θ + h u) − g(θ − h u)) / 2h.

    Shapes: theta (n,) → (n,). Unbiased up to h²; average several for less noise.

    Source: Bekas et al., An estimator for the diagonal of a matrix, 2007.
    """
    rng = seeded(rng)
    above_zero("hutchinson", h=h)
    theta = floats(theta)
    u = rng.choice([-1.0, 1.0], theta.shape).astype(theta.dtype)
    return np.asarray(u * (gradient(theta + h * u) - gradient(theta - h * u)) / (2 * h))
