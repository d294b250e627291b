"""Random networks: many at once do what one after the other would, and what theory predicts."""

import math

import numpy as np
import pytest

from pycore import mean_field, random_networks
from pycore.activations import Tanh


def test_squares_of_one_network_are_those_of_its_layers():
    found = random_networks.squares("tanh", 1.3, 0.2, layers=6, width=8, networks=1, rng=3)
    rng = np.random.default_rng(3)
    h, expected = rng.normal(size=8), []
    for _ in range(6):
        expected.append(np.mean(h * h))
        W, b = rng.normal(0, 1.3 / math.sqrt(8), (8, 8)), rng.normal(0, 0.2, 8)
        h = np.tanh(h) @ W + b
    assert found[0] == pytest.approx(expected)


def test_a_gradient_that_returns_is_a_finite_difference_of_what_was_sent():
    """For one network the product of its Jacobians, taken numerically, gives the same."""
    found = random_networks.returned("tanh", 1.3, 0.2, layers=3, width=5, networks=1, rng=4)
    rng = np.random.default_rng(4)
    h, layers = rng.normal(size=5), []
    for _ in range(3):
        layers.append((rng.normal(0, 1.3 / math.sqrt(5), (5, 5)), rng.normal(0, 0.2, 5)))
    sent = rng.normal(size=5)

    def out(h):
        for W, b in layers:
            h = np.tanh(h) @ W + b
        return h @ sent

    slope = [(out(h + e) - out(h - e)) / 2e-5 for e in 1e-5 * np.eye(5)]
    assert found[0] == pytest.approx(np.mean(np.square(slope)) / np.mean(sent**2), rel=1e-6)


@pytest.mark.parametrize("sigma_w", [0.9, 1.2])
def test_what_returns_is_what_theory_promises(sigma_w):
    """15 layers, 100 networks: the mean logarithm within 5 standard errors and 30 / width."""
    found = random_networks.returned(Tanh, sigma_w, 0.1, layers=15, width=64, networks=100, rng=0)
    q = mean_field.profile(1.0, sigma_w, 0.1, 15)
    promised = sum(math.log(mean_field.chi(float(one), sigma_w)) for one in q)
    logs = np.log(found)
    assert logs.mean() == pytest.approx(promised, abs=5 * logs.std() / 10 + 2 * 15 / 64)


def test_sizes_that_are_none_are_refused():
    with pytest.raises(ValueError, match="width is 0"):
        random_networks.squares("tanh", 1.0, 0.0, layers=2, width=0, networks=1, rng=0)
    with pytest.raises(ValueError, match="sigma_w is -1"):
        random_networks.squares("tanh", -1.0, 0.0, layers=2, width=3, networks=1, rng=0)
