"""Batch and layer normalisation, beyond what every layer keeps."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.normalization import BatchNorm, LayerNorm, RMSNorm


def test_a_batch_leaves_with_mean_0_and_variance_1() -> None:
    x = np.random.default_rng(0).normal(3, 5, (64, 4))
    y = BatchNorm(4, eps=0).forward(x, training=True)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1)


def test_running_statistics_approach_the_data_s_and_serve_at_test_time() -> None:
    rng = np.random.default_rng(1)
    norm = BatchNorm(2)
    for _ in range(200):
        norm.forward(rng.normal([1, -2], [2, 0.5], (256, 2)), training=True)
    np.testing.assert_allclose(norm.running_mean, [1, -2], atol=0.1)
    np.testing.assert_allclose(norm.running_var, [4, 0.25], rtol=0.1)
    np.testing.assert_allclose(norm.forward(np.array([[1.0, -2.0]])), 0, atol=0.1)


def test_pictures_are_normalised_channel_by_channel() -> None:
    x = np.random.default_rng(2).normal([5, -5], [1, 9], (3, 4, 4, 2))
    y = BatchNorm(2).forward(x, training=True)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-12)


def test_one_example_has_no_variance() -> None:
    with pytest.raises(ShapeError, match="at least 2 examples"):
        BatchNorm(3).forward(np.ones((1, 3)), training=True)


def test_layer_norm_ignores_scale_and_shift_of_an_example() -> None:
    x = np.random.default_rng(3).normal(size=(5, 6))
    norm = LayerNorm(6, eps=0)
    np.testing.assert_allclose(norm.forward(7 * x + 3), norm.forward(x))


def test_rms_norm_ignores_scale_but_not_shift_and_leaves_a_mean_square_of_1() -> None:
    x = np.random.default_rng(4).normal(size=(2, 5, 6))
    norm = RMSNorm(6, eps=0)
    y = norm.forward(x)
    np.testing.assert_allclose((y * y).mean(axis=-1), 1)
    np.testing.assert_allclose(norm.forward(7 * x), y)
    assert np.abs(norm.forward(x + 3) - y).min() > 1e-3
    centred = x - x.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(norm.forward(centred), LayerNorm(6, eps=0).forward(x))


def test_the_three_ways_of_the_derivation_add_up_to_the_gradient() -> None:
    rng = np.random.default_rng(5)
    norm, x, dy = LayerNorm(4), rng.normal(size=(1, 4)), rng.normal(size=(1, 4))
    norm.gamma[...] = rng.normal(size=4)
    norm.forward(x)
    g, s, x_hat = norm.gamma * dy, norm.std, norm.x_hat
    itself, mean, spread = g / s, -g.sum() / (4 * s), -x_hat * (g * x_hat).sum() / (4 * s)
    np.testing.assert_allclose(norm.backward(dy), itself + mean + spread)
    np.testing.assert_allclose(norm.backward(np.ones((1, 4)) / norm.gamma), 0, atol=1e-15)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (0, 3)])
def test_what_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="3"):
        LayerNorm(3).forward(np.ones(shape))
    with pytest.raises(ShapeError, match=r"RMSNorm\(3\).*, 3\)"):
        RMSNorm(3).forward(np.ones(shape))
