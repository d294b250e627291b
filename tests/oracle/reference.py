"""What the files and their reader share: where they are, the seeds, the cases."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pycore import data
from pycore.arrays import Array, DType
from pycore.layer import Layer
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import Optimizer
from pycore.training import Trainer

REFERENCE = Path(__file__).parent / "reference"
SEEDS = (11, 12)
MORE = {
    "EncoderDecoder": (17,),
    "MessagePassing": (14, 17),
    "MultiHeadAttention": (14, 19),
    "SequenceCrossEntropy": (14,),
}
"""Seeds whose examples are of kinds that the others miss: no attention; mean and sum; rotary, and
without shared keys too; smoothed."""
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


def valley_case(kind: type[Optimizer], seed: int) -> tuple[Optimizer, Array]:
    """The optimizer, and where it starts in the valley."""
    return _optimizer(kind, 0.001, seed), np.array([-1.2, 1.0, 0.3, -0.7])


def valley(theta: Array) -> Array:
    """The gradient of Rosenbrock's Σ (1 − a)² + 10 (b − a²)² over the pairs (a, b)."""
    a, b = theta[::2], theta[1::2]
    grad = np.empty_like(theta)
    grad[::2] = -2 * (1 - a) - 40 * a * (b - a * a)
    grad[1::2] = 20 * (b - a * a)
    return grad


def valley_curvature(theta: Array) -> Array:
    """The diagonal of its Hessian."""
    a, b = theta[::2], theta[1::2]
    diagonal = np.full_like(theta, 20)
    diagonal[::2] = 2 + 120 * a * a - 40 * b
    return diagonal


def run_case(kind: type[Optimizer], seed: int) -> Trainer:
    """The training of a small network, about to begin."""
    rng = np.random.default_rng(seed)
    x, y = data.moons(24, 0.1, rng)
    network = mlp([2, 5, 1], rng)
    return Trainer(network, BinaryCrossEntropy(), _optimizer(kind, 0.01, seed), x, y)


def _optimizer(kind: type[Optimizer], lr: float, seed: int) -> Optimizer:
    """The optimizer as it comes; for the second seed with another weight decay, if it has one."""
    optimizer = kind()
    optimizer.lr = lr
    if seed == SEEDS[1] and hasattr(optimizer, "weight_decay"):
        optimizer.weight_decay = 0.3
    return optimizer
