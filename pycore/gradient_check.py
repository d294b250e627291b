"""Compare a gradient with central differences. It knows layers only by forward and backward."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pycore.arrays import Array
from pycore.layer import Layer


def numeric_gradient(f: Callable[[], float], x: Array, h: float = 1e-6) -> Array:
    """dL/dxᵢ ≈ (L(xᵢ + h) − L(xᵢ − h)) / 2h.

    Shapes: x any → the same. `f` reads x, which is changed in place and restored.
    """
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        above = f()
        x[i] = old - h
        below = f()
        x[i] = old
        gradient[i] = (above - below) / (2 * h)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """max |a − b| / max(1, |a|, |b|): absolute for small gradients, relative for large ones.

    Shapes: a, b the same → one number.
    """
    scale = np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
    return float((np.abs(a - b) / scale).max(initial=0.0))


def check(layer: Layer, x: Array, rng: np.random.Generator, training: bool = False) -> float:
    """Return the largest relative error of dL/dx and every dL/dθ, for L = Σ r ⊙ y with random r.

    Shapes: x as the layer takes it, float64.
    """
    x = x.copy()
    r = rng.normal(size=layer.forward(x, training).shape)

    def loss() -> float:
        return float((r * layer.forward(x, training)).sum())

    numeric = {"x": numeric_gradient(loss, x)}
    for name, value, _ in layer.parameters():
        numeric[name] = numeric_gradient(loss, value)
    layer.zero_grad()
    layer.forward(x, training)
    exact = {"x": layer.backward(r)}
    exact |= {name: gradient for name, _, gradient in layer.parameters()}
    return max(relative_error(exact[name], numeric[name]) for name in numeric)
