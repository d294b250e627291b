"""The one place that knows which of NumPy's ways to the same numbers is the fastest.

NumPy in the browser has no BLAS and no vector instructions: there a matrix product is a plain loop,
and how its operands lie in memory decides its speed. `matmul` walks along the rows of A and the
columns of B however they lie; `einsum` costs a microsecond more to begin with, then puts the axis
whose neighbours are neighbours in memory innermost. Measured in Pyodide 0.29, float64, in
microseconds, with A and B laid out so that this axis is m, the rows of a batch:

    m · k · n        matmul    einsum          m · k · n        matmul    einsum
    200 · 3 · 1         1.6       2.5           32 · 33 · 32        18        21
    200 · 9 · 1         2.9       2.7           32 · 257 · 256   12000      1700
    200 · 3 · 8         7.2       4.1          200 · 65 · 64       590       310
    200 · 9 · 8        10.5       7.5          512 · 65 · 64      7200       800

so `product` keeps tall results (a batch of rows) column by column; every element-wise operation
after it keeps that layout, and its inner loops then run along the batch. An allocation costs half a
microsecond there, hardly more than `out=`, so the readable engine simply returns new arrays.

Nor does the browser choose between two numbers without a jump, and a jump that the processor cannot
foresee costs more than ten additions: of 65,536 random numbers `maximum` with zero takes 440 µs, a
comparison and `where` 215; true and false to 1.0 and 0.0 take 255, read as small whole numbers 29.

Examples:
    >>> from pycore.kernels import product, sigmoid
    >>> import numpy as np
    >>> A = np.arange(6.0).reshape(2, 3)
    >>> product(A, A.T)
    array([[ 5., 14.],
           [14., 50.]])
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy._core.multiarray import c_einsum  # np.einsum without 1.3 µs of Python around it

from pycore.arrays import Array, DType


def has_blas() -> bool:
    """Tell whether this NumPy was built with a BLAS, as everywhere but in the browser."""
    build: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    return bool(build["Build Dependencies"]["blas"].get("found", False))


NATIVE = has_blas()
SMALL = 2_048  # multiplications below which einsum's own overhead outweighs its faster loop
LARGE = 100_000  # multiplications from which matmul misses the cache
SHORT, SHORTEST = 48, 16  # neighbours in memory that einsum's inner loop needs; and if LARGE


def contraction(a: Array, b: Array) -> Callable[..., Array]:
    """Return the faster function for A B, to be called with a, b and perhaps `out=`.

    Shapes: (m, k), (k, n).
    """
    (m, k), n = a.shape, b.shape[1]
    size = m * k * n
    if NATIVE:
        return np.matmul
    if k == 1:
        return np.multiply  # a column times a row
    if size < SMALL:
        return np.matmul
    item = a.itemsize
    run = max(
        n if b.strides[1] == item else 1,
        m if a.strides[0] == item else 1,
        k if a.strides[1] == b.strides[0] == item else 1,
    )
    if run < (SHORT if size < LARGE else SHORTEST):
        return np.matmul
    return partial(c_einsum, "ij,jk")


def product(a: Array, b: Array) -> Array:
    """A B: the matrix product, also of stacks of matrices, which broadcast as for `@`.

    Shapes: (…, m, k), (…, k, n) → (…, m, n).
    """
    if NATIVE or a.ndim < 2 or b.ndim < 2:
        return a @ b
    if b.ndim > 2:
        return _stacked(a, b)
    if a.ndim > 2:
        return product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[-1])
    tall = a.shape[0] > b.shape[1] > 1
    if tall:  # (A B)ᵀ = Bᵀ Aᵀ is wide, and lies in memory as A B column by column
        a, b = b.T, a.T
    y = contraction(a, b)(a, b)
    return y.T if tall else y


def _stacked(a: Array, b: Array) -> Array:
    """Multiply matrix by matrix where each is large; else one call for all is faster.

    Measured for the products of attention, in microseconds: sixteen times 16 · 16 · 16 take matmul
    36–58, a loop of `product` 114–143, einsum 108–212; four times 64 · 32 · 64 take them 268–379,
    276–333, 421–913; one 128 · 64 · 128 takes 600–1200, 433–470, 435–1276.
    """
    (m, k), n = a.shape[-2:], b.shape[-1]
    if m * k * n < LARGE:
        return np.asarray(a @ b)
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = np.broadcast_to(a, (*stack, m, k)), np.broadcast_to(b, (*stack, k, n))
    y = np.empty((*stack, m, n), np.result_type(a, b))
    for place in np.ndindex(stack):
        y[place] = product(a[place], b[place])
    return y


def relu(x: Array) -> Array:
    """max(x, 0); NaN stays NaN.

    Shapes: any → the same.
    """
    return np.asarray(np.maximum(x, 0) if NATIVE else np.where(x <= 0, 0, x))


def ones_where(condition: npt.NDArray[np.bool_], dtype: DType) -> Array:
    """1 where the condition holds, else 0.

    Shapes: any → the same.
    """
    return condition.view(np.uint8).astype(dtype)


def tanh(x: Array) -> Array:
    """tanh x = 1 − 2 / (e²ˣ + 1).

    Shapes: any → the same. Without vector instructions e²ˣ takes 0.4 of the time of np.tanh, and in
    Chromium 0.7 of that of np.expm1; where it overflows, y is exactly 1, and WebAssembly has no way
    to warn.
    """
    if NATIVE:
        return np.tanh(x)
    y = np.asarray(np.exp(x + x))  # NumPy gives a scalar for a 0-d array
    y += 1.0
    np.divide(-2.0, y, out=y)
    y += 1.0
    return y


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e⁻ˣ).

    Shapes: any → the same. Where e⁻ˣ overflows, σ is 0, as it should be, and WebAssembly has no way
    to warn; elsewhere no exponential may overflow.
    """
    if NATIVE:
        z = np.exp(-np.abs(x))
        return np.asarray(np.where(x >= 0, 1, z) / (1 + z))
    y = np.asarray(np.exp(-x))
    y += 1.0
    np.reciprocal(y, out=y)
    return y
