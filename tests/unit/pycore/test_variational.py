"""The reparameterised sample and the value of the game."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pycore.activations import softmax
from pycore.adversarial import value
from pycore.arrays import ShapeError
from pycore.variational import (
    GaussianKL,
    GumbelSoftmax,
    Reparameterize,
    gaussian_kl,
    pathwise,
    score_function,
)


def test_samples_have_the_mean_and_variance_asked_for() -> None:
    x = np.tile([2.0, math.log(9)], (20000, 1))
    z = Reparameterize(rng=np.random.default_rng(0)).forward(x, training=True)
    assert z.mean() == pytest.approx(2, abs=0.05)
    assert z.std() == pytest.approx(3, abs=0.05)


def test_the_mean_is_given_outside_training() -> None:
    layer = Reparameterize(rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.forward(np.array([[1.0, 2.0, 0.0, 5.0]])), [[1, 2]])
    with pytest.raises(ShapeError):
        layer.forward(np.ones((1, 3)))


def test_the_kl_of_the_prior_to_itself_is_zero() -> None:
    assert GaussianKL().forward(np.zeros((3, 4)), np.zeros((3, 2))) == 0


def test_the_value_of_a_guess_is_minus_log_4() -> None:
    assert value(np.zeros((5, 1)), np.zeros((5, 1))) == pytest.approx(-math.log(4))


def test_the_kl_of_a_gaussian_is_the_sum_over_a_fine_grid() -> None:
    z = np.linspace(-14, 14, 28001)
    for mean, s in [(0.0, 0.0), (2.0, math.log(0.25)), (-1.0, math.log(3))]:
        log_q = -((z - mean) ** 2) / (2 * math.exp(s)) - (math.log(2 * math.pi) + s) / 2
        log_p = -(z**2) / 2 - math.log(2 * math.pi) / 2
        on_grid = (np.exp(log_q) * (log_q - log_p)).sum() * 0.001
        assert gaussian_kl(mean, s) == pytest.approx(on_grid, abs=1e-9)


@pytest.mark.parametrize("baseline", [0.0, 7.0])
def test_both_estimates_have_the_true_slope_as_their_mean(baseline: float) -> None:
    """E z³ is μ³ + 3 μ σ², so its slopes are 3 μ² + 3 σ² and 6 μ σ; ε on a fine grid."""
    mean, std = 0.7, 1.3
    eps = np.linspace(-10, 10, 20001)
    share = np.exp(-(eps**2) / 2) / np.sqrt(2 * np.pi) * 0.001
    z = mean + std * eps
    true = [3 * mean**2 + 3 * std**2, 6 * mean * std]
    np.testing.assert_allclose(pathwise(3 * z**2, eps) @ share, true, rtol=1e-9)
    np.testing.assert_allclose(score_function(z**3, eps, std, baseline) @ share, true, rtol=1e-9)


def test_estimates_refuse_rows_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"pathwise: got shapes \(2,\) and \(3,\)"):
        pathwise([1, 2], [1, 2, 3])
    with pytest.raises(ShapeError, match="score_function"):
        score_function([[1.0]], [[1.0]], 1.0)
    with pytest.raises(ValueError, match="std"):
        score_function([1.0], [1.0], 0.0)


def test_the_largest_of_a_soft_draw_is_each_class_as_often_as_softmax_says() -> None:
    logits = np.log([0.6, 0.3, 0.1])
    for temperature in (0.1, 1.0, 5.0):
        layer = GumbelSoftmax(temperature, rng=0)
        y = layer.forward(np.tile(logits, (20000, 1)), training=True)
        assert np.bincount(y.argmax(axis=1)) / len(y) == pytest.approx([0.6, 0.3, 0.1], abs=0.015)
        np.testing.assert_allclose(y.sum(axis=1), 1)
        np.testing.assert_allclose(layer.forward(logits[None]), [softmax(logits / temperature)])


def test_a_soft_draw_goes_to_a_corner_as_the_temperature_falls() -> None:
    corners = []
    for temperature in (5.0, 1.0, 0.2):
        layer = GumbelSoftmax(temperature, rng=0)
        corners.append(layer.forward(np.zeros((2000, 3)), training=True).max(axis=1).mean())
    assert 1 / 3 < corners[0] < 0.5 < corners[1] < 0.8 < 0.9 < corners[2] < 1
    with pytest.raises(ValueError, match="temperature"):
        GumbelSoftmax(0.0, rng=0)
