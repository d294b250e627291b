"""The one place that knows which of NumPy's products is fastest for which sizes."""

from __future__ import annotations

from pycore.arrays import Array


def product(a: Array, b: Array) -> Array:
    """A B: the matrix product.

    Shapes: (m, k), (k, n) → (m, n).
    """
    return a @ b
