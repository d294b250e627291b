"""The check itself: it must catch a wrong gradient."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.convolution import MaxPool2D
from pycore.gradient_check import GradientError, check, numeric_gradient
from pycore.layer import Layer
from pycore.layers import Dense, Sequential


class Forgets(Dense):
    """A dense layer that replaces where it had to add."""

    def accumulate(self, dy: Array) -> None:
        self.dW = self.x.T @ dy
        self.db = dy.sum(axis=0)


class Overwrites(Dense):
    """Another, which writes over what was there."""

    def accumulate(self, dy: Array) -> None:
        self.dW += self.x.T @ dy
        self.db[...] = dy.sum(axis=0)


class Slips(Dense):
    """A dense layer with one wrong entry."""

    def accumulate(self, dy: Array) -> None:
        super().accumulate(dy)
        self.dW[1, 2] += 0.5


class Flat(Dense):
    """A dense layer that passes on a gradient of another shape."""

    def backward(self, dy: Array) -> Array:
        return super().backward(dy).reshape(-1)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Forgets, r"a second backward does not add to dW.*allowed: dW \+="),
        (Overwrites, r"a second backward does not add to db.*allowed: db \+="),
        (Slips, r"dW\[1, 2\] is .*, where central differences give"),
        (Flat, r"dx has shape \(8,\); allowed: \(4, 2\)"),
    ],
)
def test_a_mistake_is_named_with_parameter_and_entry(kind: type[Dense], said: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 2))
    with pytest.raises(GradientError, match=said):
        check(kind(2, 3, rng=rng), x, rng)
    layers = Dense(2, 2, rng=rng), kind(2, 3, rng=rng)
    if kind is not Flat:
        with pytest.raises(GradientError, match=said.replace("add to d", r"add to 1\.d")):
            check(Sequential(*layers), x, rng)


def test_a_right_gradient_has_its_error_told_and_the_layer_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    dense = Dense(2, 3, rng=rng)
    assert 0 < check(dense, rng.normal(size=(4, 2)), rng) < 1e-8
    assert not dense.dW.any()


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (ReLU(), np.array([[1.0, 0.0]])),
        (MaxPool2D(2), np.ones((1, 2, 2, 1))),
    ],
)
def test_a_corner_is_called_a_corner(layer: Layer, x: Array) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(GradientError, match=r"dx\[.*there is a corner: the slope is .* below and"):
        check(layer, x, rng)


def test_numeric_gradient_of_a_square() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    numeric = numeric_gradient(lambda: float((x * x).sum()), x)
    np.testing.assert_allclose(numeric, 2 * x, atol=1e-8)
