"""The reparameterised sample and the value of the game."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pycore.adversarial import value
from pycore.arrays import ShapeError
from pycore.variational import GaussianKL, Reparameterize


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
