"""The one place that knows which of NumPy's ways to the same numbers is the fastest.

NumPy in the browser has no BLAS and no vector instructions: there a matrix product is a plain loop,
and how its operands lie in memory decides its speed. Measured in Chromium, Pyodide 0.29, float64,
microseconds:

    (m, k) @ (k, n)    matmul    einsum, rows of x contiguous    einsum, columns contiguous
    200 · 8 · 8           8.3              20                             8.0
    200 · 32 · 32        92                98                            68
    256 · 256 · 256   43000              5400                          5400

so `product` keeps tall results (a batch of rows) column by column; every element-wise operation
after it keeps that layout, and its inner loops then run along the batch. An allocation costs half a
microsecond there, hardly more than `out=`, so the engine simply returns new arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pycore.arrays import Array


def has_blas() -> bool:
    """Tell whether this NumPy was built with a BLAS, as everywhere but in the browser."""
    build: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    return bool(build["Build Dependencies"]["blas"].get("found", False))


NATIVE = has_blas()
SMALL = 2_048  # multiplications below which einsum's own overhead outweighs its faster loop
SHORT = 16  # neighbours in memory below which einsum's inner loop is too short …
LARGE = 100_000  # … unless there are so many multiplications that matmul misses the cache


def product(a: Array, b: Array) -> Array:
    """A B: the matrix product.

    Shapes: (m, k), (k, n) → (m, n).
    """
    if NATIVE:
        return a @ b
    (m, k), n = a.shape, b.shape[1]
    tall = m > n > 1
    if tall:  # (A B)ᵀ = Bᵀ Aᵀ is wide, and lies in memory as A B column by column
        a, b, m, n = b.T, a.T, n, m
    run = n if b.flags.c_contiguous else k if a.flags.c_contiguous else 1
    size = m * k * n
    if k == 1:
        y: Array = a * b  # a column times a row
    elif n == 1 or m == 1 or size < SMALL or (run < SHORT and size < LARGE):
        y = np.matmul(a, b)
    else:
        y = np.einsum("ij,jk", a, b)
    return y.T if tall else y


def tanh(x: Array) -> Array:
    """tanh x = 1 − 2 / (e²ˣ + 1).

    Shapes: any → the same. Without vector instructions e²ˣ takes 0.4 of the time of np.tanh; where
    it overflows, y is exactly 1, and WebAssembly has no flags by which to warn.
    """
    if NATIVE:
        return np.tanh(x)
    y = np.asarray(np.exp(x + x))  # NumPy gives a scalar for a 0-d array
    y += 1.0
    np.divide(-2.0, y, out=y)
    y += 1.0
    return y
