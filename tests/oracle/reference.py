"""What the files and their reader share: where they are, the seeds, the optimizers' valley."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pycore.arrays import Array, DType
from pycore.layer import Layer

REFERENCE = Path(__file__).parent / "reference"
SEEDS = (11, 12)
STEPS = 20


def load(group: str) -> dict[tuple[str, int], Array]:
    """{(kind, seed): numbers} of one file."""
    with np.load(REFERENCE / f"{group}.npz") as file:
        return {(key.split("/")[0], int(key.split("/")[1])): file[key] for key in file}


def flat(parts: Sequence[Any]) -> Array:
    """All numbers of all arrays, one after another."""
    return np.concatenate([np.asarray(part, np.float64).ravel() for part in parts])


def layer_case(
    kind: type[Layer], seed: int, dtype: DType = np.float64
) -> tuple[Layer, Array, Array]:
    """The layer's example for the seed, and a dL/dy for it."""
    rng = np.random.default_rng(seed)
    layer, x = kind.example(rng, dtype)
    y = copy.deepcopy(layer).forward(x)
    return layer, x, rng.normal(size=y.shape).astype(dtype)


def start() -> Array:
    """Where every optimizer starts."""
    return np.array([-1.2, 1.0, 0.3, -0.7])


def rosenbrock_gradient(theta: Array) -> Array:
    """The gradient of Σ (1 − a)² + 10 (b − a²)² over the pairs (a, b)."""
    a, b = theta[::2], theta[1::2]
    grad = np.empty_like(theta)
    grad[::2] = -2 * (1 - a) - 40 * a * (b - a * a)
    grad[1::2] = 20 * (b - a * a)
    return grad
