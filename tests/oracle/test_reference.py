"""Every layer, loss and optimizer gives PyTorch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pycore.arrays import Array
from pycore.layer import Layer
from pycore.losses import Loss
from pycore.optimizers import Optimizer, Sophia
from tests.oracle.reference import (
    REFERENCE,
    STEPS,
    layer_case,
    load,
    run_case,
    valley,
    valley_case,
    valley_curvature,
)
from tests.unit.pycore.found import subclasses

TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}


def cases(base: type, group: str) -> list[Any]:
    """(kind, seed, expected numbers) of everything found that has a reference."""
    kinds = {kind.__name__: kind for kind in subclasses(base)}
    return [
        pytest.param(kinds[name], seed, numbers, id=f"{name}-{seed}")
        for (name, seed), numbers in load(group).items()
    ]


def close(parts: dict[str, Any], expected: Array, tolerance: float) -> None:
    """Compare part by part, with the error measured against numbers of at least 1."""
    total = sum(np.size(part) for part in parts.values())
    assert total == len(expected), "the example has changed: run tests.oracle.make_reference"
    for name, part in parts.items():
        mine, expected = expected[: np.size(part)], expected[np.size(part) :]
        np.testing.assert_allclose(
            np.ravel(part), mine, rtol=tolerance, atol=tolerance, err_msg=name
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("kind", "seed", "expected", "training"),
    [
        pytest.param(*case.values, training, id=f"{case.id}-{group}")
        for group, training in (("layers", False), ("training", True))
        for case in cases(Layer, group)
    ],
)
def test_layer(kind: type[Layer], seed: int, expected: Array, training: bool, dtype: type) -> None:
    exact, x, dy = layer_case(kind, seed)
    layer, _, _ = layer_case(kind, seed, dtype)
    for (_, value, _), (_, wanted, _) in zip(layer.parameters(), exact.parameters(), strict=True):
        value[...] = wanted
    layer.zero_grad()
    x = x.astype(dtype) if x.dtype.kind == "f" else x
    parts = {"y": layer.forward(x, training)}
    dx = layer.backward(dy.astype(dtype))
    if x.dtype.kind == "f":
        parts["dx"] = dx
    close(parts | {name: grad for name, _, grad in layer.parameters()}, expected, TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("kind", "seed", "expected"), cases(Loss, "losses"))
def test_loss(kind: type[Loss], seed: int, expected: Array, dtype: type) -> None:
    loss, y, target = kind.example(np.random.default_rng(seed))
    value = loss.forward(y.astype(dtype), loss.prepare(target, dtype))
    close({"L": value, "dy": loss.backward()}, expected, TOLERANCE[dtype])


@pytest.mark.parametrize(("kind", "seed", "expected"), cases(Optimizer, "optimizers"))
def test_optimizer(kind: type[Optimizer], seed: int, expected: Array) -> None:
    optimizer, theta = valley_case(kind, seed)
    path = {}
    for step in range(STEPS):
        if isinstance(optimizer, Sophia) and step % 5 == 0:
            optimizer.curvature(valley_curvature(theta))
        optimizer.step(theta, valley(theta))
        path[f"step {step}"] = theta.copy()
    close(path, expected, 1e-8)


@pytest.mark.parametrize(("kind", "seed", "expected"), cases(Optimizer, "runs"))
def test_training(kind: type[Optimizer], seed: int, expected: Array) -> None:
    trainer = run_case(kind, seed)
    losses = [trainer.step() for _ in range(STEPS)]
    close({"losses": losses, "theta": trainer.network.theta}, expected, 1e-8)


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in REFERENCE.glob("*.npz")) < 200_000
