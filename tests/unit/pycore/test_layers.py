"""Dropout and Sequential, beyond what every layer keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pycore.activations import Tanh
from pycore.arrays import ShapeError
from pycore.convolution import MaxPool2D
from pycore.gradient_check import check
from pycore.layers import Dense, Dropout, Embedding, Residual, Sequential, Skip


def test_dropout_keeps_the_mean_and_drops_the_rate() -> None:
    dropout = Dropout(0.3, rng=np.random.default_rng(0))
    y = dropout.forward(np.ones((400, 250)), training=True)
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)
    assert set(np.unique(y)) == {0, np.float64(1 / 0.7)}


def test_dropout_does_nothing_outside_training() -> None:
    dropout, x = Dropout(0.9, rng=np.random.default_rng(0)), np.ones((3, 4))
    assert dropout.forward(x) is x
    assert dropout.backward(x) is x


def test_dropout_sends_the_gradient_only_through_kept_units() -> None:
    dropout, x = Dropout(0.5, rng=np.random.default_rng(0)), np.ones((5, 6))
    y = dropout.forward(x, training=True)
    np.testing.assert_array_equal(dropout.backward(np.ones_like(x)), y)


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, float("nan")])
def test_dropout_refuses_a_rate_outside_0_to_1(p: float) -> None:
    with pytest.raises(ValueError, match="allowed: 0 ≤ p < 1"):
        Dropout(p, rng=np.random.default_rng(0))


def test_activations_lists_every_value_from_x_to_y() -> None:
    rng = np.random.default_rng(1)
    network = Sequential(Dense(2, 3, rng=rng), Tanh(), Dense(3, 1, rng=rng))
    x = rng.normal(size=(4, 2))
    values = network.activations(x)
    assert [value.shape for value in values] == [(4, 2), (4, 3), (4, 3), (4, 1)]
    np.testing.assert_array_equal(values[-1], network.forward(x))


def test_an_empty_sequential_is_the_identity() -> None:
    x = np.ones((2, 2))
    network = Sequential()
    assert network.forward(x) is x
    assert network.backward(x) is x
    assert network.theta.size == 0


def test_embedding_gives_a_gradient_only_to_the_rows_used() -> None:
    table = Embedding(5, 2, rng=np.random.default_rng(0))
    table.forward(np.array([1, 3, 1]))
    table.backward(np.ones((3, 2)))
    np.testing.assert_array_equal(table.dW[:, 0], [0, 2, 0, 1, 0])


@pytest.mark.parametrize(
    ("x", "error"), [([5], ValueError), ([-1], ValueError), ([0.5], TypeError)]
)
def test_embedding_refuses_what_is_no_row(x: list[float], error: type[Exception]) -> None:
    with pytest.raises(error, match="allowed"):
        Embedding(5, 2, rng=np.random.default_rng(0)).forward(np.array(x))


def test_residual_refuses_a_layer_that_changes_the_shape() -> None:
    residual = Residual(Dense(2, 3, rng=np.random.default_rng(0)))
    with pytest.raises(ShapeError, match=r"\(4, 3\).*\(4, 2\)"):
        residual.forward(np.ones((4, 2)))


def test_a_skip_puts_x_beside_what_went_below_or_zeros() -> None:
    rng = np.random.default_rng(0)
    layer = Skip(Dense(2, 3, rng=rng))
    x = rng.normal(size=(4, 2))
    y = layer.forward(x)
    np.testing.assert_array_equal(y, np.concatenate([x, layer.inner.forward(x)], axis=1))
    layer.open = False
    np.testing.assert_array_equal(layer.forward(x)[:, :2], 0)
    np.testing.assert_array_equal(layer.forward(x)[:, 2:], y[:, 2:])
    assert check(layer, x, rng) <= 1e-6


def test_a_skip_around_what_changes_the_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"f\(x\).*\(1, 1, 1, 2\).*allowed: \(1, 2, 2\) and"):
        Skip(MaxPool2D(2)).forward(np.ones((1, 2, 2, 2)))


@pytest.mark.parametrize("stranger", [Tanh, "tanh", np.tanh])
def test_a_sequential_takes_layers_only(stranger: Any) -> None:
    with pytest.raises(TypeError, match=r"allowed: layers, such as Tanh\(\)"):
        Sequential(Dense(2, 2, rng=np.random.default_rng(0)), stranger)


def test_a_sequential_of_nothing_passes_on() -> None:
    x = np.ones((2, 3))
    nothing = Sequential()
    assert nothing.forward(x) is nothing.backward(x) is x
    nothing.accumulate(x)
    assert nothing.size() == 0
