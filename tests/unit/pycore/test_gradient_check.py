"""The check itself: it must catch a wrong gradient."""

from __future__ import annotations

import re

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


class Replaces(Dense):
    """Another, whose sums are right and lie in a new array."""

    def accumulate(self, dy: Array) -> None:
        self.dW += self.x.T @ dy
        self.db = self.db + dy.sum(axis=0)


class Swaps(Dense):
    """Another, which puts a new weight in place of the one that is learnt."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self.W = self.W * 1.0
        return super().forward(x, training)


class Undefined(Dense):
    """Another, which passes on what is no number."""

    def backward(self, dy: Array) -> Array:
        return super().backward(dy) * np.nan


class Scales(Dense):
    """Another, which scales what it was given."""

    def forward(self, x: Array, training: bool = False) -> Array:
        x *= 2
        return super().forward(x, training)


class Spoils(Dense):
    """Another, which scales the gradient it was given."""

    def backward(self, dy: Array) -> Array:
        dx = super().backward(dy)
        dy *= 2
        return dx


class Silent(Dense):
    """Another, which forgets to return."""

    def forward(self, x: Array, training: bool = False) -> Array:
        super().forward(x, training)  # type: ignore[return-value]


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
        (Forgets, r"a pass has replaced dW, .*; allowed: to write into it, as in dW \+="),
        (Replaces, r"a pass has replaced db, .*; allowed: to write into it, as in db \+="),
        (Swaps, r"a pass has replaced W, .*; allowed: to write into it, as in W\[\.\.\.\] ="),
        (Undefined, r"dx\[0, 0\] is nan, where central differences give"),
        (Scales, r"forward changed its x; allowed: to leave it as it is"),
        (Spoils, r"backward changed its dy; allowed: to leave it as it is"),
        (Silent, r"forward gave None; allowed: an array"),
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
    if kind not in (Flat, Silent, Undefined, Spoils, Scales):
        inner = re.sub(r"(add to |replaced )(d?[Wb])", r"\g<1>1\.\g<2>", said)
        with pytest.raises(GradientError, match=inner):
            check(Sequential(*layers), x, rng)


def test_a_right_gradient_has_its_error_told_and_the_layer_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    dense = Dense(2, 3, rng=rng)
    assert 0 < check(dense, rng.normal(size=(4, 2)), rng) < 1e-8
    assert not dense.dW.any()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_named_before_anything_is_compared(bad: float) -> None:
    dense = Dense(2, 3, rng=0)
    with pytest.raises(ValueError, match="x holds NaN or infinity; allowed: finite numbers"):
        check(dense, [[1.0, bad]], rng=0)
    dense.W[1, 1] = bad
    with pytest.raises(ValueError, match="W holds NaN or infinity"):
        check(dense, [[1.0, 2.0]], rng=0)


@pytest.mark.parametrize("bad", [0, -1e-6, np.nan, np.inf, "1e-6", None])
def test_steps_and_tolerances_are_finite_numbers_above_zero(bad: float) -> None:
    with pytest.raises(ValueError, match=r"tolerance is .*; allowed: finite numbers above 0"):
        check(ReLU(), [[1.0]], rng=0, tolerance=bad)
    with pytest.raises(ValueError, match=r"h is .*; allowed: finite numbers above 0"):
        numeric_gradient(lambda: 0.0, np.ones(2), bad)


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


class Mute(Dense):
    """A dense layer that keeps its dL/dx to itself."""

    def backward(self, dy: Array) -> Array:
        super().backward(dy)
        return None  # type: ignore[return-value]


class Dice(Dense):
    """Another, which throws dice that it does not hold."""

    def forward(self, x: Array, training: bool = False) -> Array:
        return super().forward(x, training) * np.random.default_rng().random()


class Moved(Layer):
    """y = a x, written into x itself: with a = 1 that is to be seen only once a is moved."""

    PARAMETERS = ("a",)

    def __init__(self) -> None:
        self.a, self.da = np.ones(2), np.zeros(2)

    def forward(self, x: Array, training: bool = False) -> Array:
        x *= self.a
        self.x = x
        return x

    def backward(self, dy: Array) -> Array:
        self.da += (dy * self.x).sum(axis=0)
        return dy * self.a


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Mute(2, 2, rng=0), "backward gave None; allowed: an array"),
        (Dice(2, 2, rng=0), "forward gave two answers to one x; allowed: to draw from a generator"),
        (Moved(), "forward changed its x; allowed: to leave it"),
    ],
)
def test_a_pass_that_cannot_be_compared_is_named_for_what_it_does(layer: Layer, said: str) -> None:
    with pytest.raises(GradientError, match=said):
        check(layer, [[0.5, -1.0], [0.25, 2.0]], 0)
