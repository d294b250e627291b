"""Thinned networks: all masks of a small one are known, and mean and spread are those of theory."""

import itertools

import numpy as np
import pytest

from pycore import initializers
from pycore.activations import ReLU
from pycore.convolution import Conv2D
from pycore.layers import Dense, Dropout, Residual, Sequential
from pycore.models import mlp
from pycore.thinning import thinned


def small(p=0.4):
    rng, biases = np.random.default_rng(0), initializers.normal(1.0)
    return Sequential(
        Dense(2, 3, biases=biases, rng=rng),
        ReLU(),
        Dropout(p, rng=rng),
        Dense(3, 2, biases=biases, rng=rng),
    )


def test_every_output_is_that_of_a_network_without_some_of_its_neurons():
    network, x = small(), np.random.default_rng(1).normal(size=(5, 2))
    hidden = np.maximum(x @ network[0].W + network[0].b, 0)
    possible = [
        (hidden * np.array(mask) / 0.6) @ network[3].W + network[3].b
        for mask in itertools.product((0, 1), repeat=3)
    ]
    met = set()
    for y in thinned(network, x, 100):
        near = [k for k, other in enumerate(possible) if np.allclose(y, other)]
        assert near
        met.update(near)
    assert len(met) == 8


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_mean_and_variance_are_those_of_the_formula(p):
    """Var = p/(1 − p) Σ (w h)²; 3 σ of 20 000 masks."""
    network, x = small(p), np.random.default_rng(1).normal(size=(5, 2))
    hidden = np.maximum(x @ network[0].W + network[0].b, 0)
    variance = p / (1 - p) * hidden**2 @ network[3].W ** 2
    y = thinned(network, x, 20_000)
    np.testing.assert_allclose(
        y.mean(axis=0), network.forward(x), atol=3 * np.sqrt(variance.max() / 20_000) + 1e-12
    )
    np.testing.assert_allclose(y.var(axis=0), variance, rtol=0.06, atol=1e-12)


def test_a_second_dropout_goes_on_with_the_networks_that_the_first_has_thinned():
    network = mlp([2, 6, 6, 1], 0, dropout=0.3)
    y = thinned(network, np.ones((3, 2)), 50)
    assert y.shape == (50, 3, 1)
    assert (y == y[:, :1]).all(), "rows that are alike come out alike"
    assert len(np.unique(y[:, 0, 0].round(9))) > 40


def test_pictures_keep_their_shape():
    rng = np.random.default_rng(0)
    network = Sequential(Conv2D(1, 2, 3, rng=rng), Dropout(0.5, rng=rng), Conv2D(2, 1, 2, rng=rng))
    assert thinned(network, rng.normal(size=(4, 6, 6, 1)), 7).shape == (7, 4, 3, 3, 1)


def test_without_dropout_all_are_the_same():
    network, x = mlp([2, 3, 1], 0), np.ones((2, 2))
    y = thinned(network, x, 3)
    assert (y == network.forward(x)).all()
    assert y.shape == (3, 2, 1)


def test_a_number_that_is_none_and_a_dropout_inside_a_layer_are_refused():
    with pytest.raises(ValueError, match="n"):
        thinned(small(), np.ones((1, 2)), 0)
    inside = Sequential(Residual(Dropout(0.5, rng=0)))
    with pytest.raises(ValueError, match="inside Residual"):
        thinned(inside, np.ones((1, 2)), 2)
