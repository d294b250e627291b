"""Compare a gradient with central differences. It knows layers only by forward and backward."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from pycore.arrays import Array
from pycore.layer import Layer
from pycore.state import put, taken


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

    Shapes: x as the layer takes it, float64, or whole numbers, which have no gradient.

    It works on a copy of the layer, whose buffers are set back before each pass, so that dropout
    draws the same mask every time.
    """
    layer, x = copy.deepcopy(layer), x.copy()
    buffers = dict(layer.buffers())
    state = taken(buffers)

    def forward() -> Array:
        put(layer, buffers, state)
        return layer.forward(x, training)

    r = rng.normal(size=forward().shape)

    def loss() -> float:
        return float((r * forward()).sum())

    numeric = [numeric_gradient(loss, value) for _, value, _ in layer.parameters()]
    layer.zero_grad()
    forward()
    dx = layer.backward(r)
    exact = [gradient for _, _, gradient in layer.parameters()]
    if x.dtype.kind == "f":
        numeric.append(numeric_gradient(loss, x))
        exact.append(dx)
    return max(map(relative_error, exact, numeric))
