"""Experts: only the chosen run; the balance has its gradient."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.activations import softmax
from pycore.experts import MixtureOfExperts
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.layers import Dense


def mixture(k: int, balance: float = 0.0) -> tuple[MixtureOfExperts, np.ndarray]:
    rng = np.random.default_rng(0)
    experts = [Dense(2, 3, rng=rng) for _ in range(4)]
    return MixtureOfExperts(2, experts, k, balance, rng=rng), rng.normal(size=(6, 2))


def test_only_the_chosen_experts_are_called() -> None:
    layer, x = mixture(2)
    layer.forward(x)
    assert layer.calls.sum() == 2 * len(x)
    np.testing.assert_array_equal(layer.calls, np.bincount(layer.chosen.ravel(), minlength=4))


def test_with_all_experts_it_is_the_full_softmax_mixture() -> None:
    layer, x = mixture(4)
    g = softmax(layer.gate.forward(x))
    full = sum(g[:, e : e + 1] * f.forward(x) for e, f in enumerate(layer.experts))
    np.testing.assert_allclose(layer.forward(x), full)


def test_the_balance_has_its_gradient() -> None:
    layer, x = mixture(2, balance=0.7)

    def loss() -> float:
        layer.forward(x)
        return layer.balance_loss()

    numeric = numeric_gradient(loss, layer.gate.W)
    layer.zero_grad()
    y = layer.forward(x)
    layer.backward(np.zeros_like(y))
    assert relative_error(layer.gate.dW, numeric) <= 1e-6


def test_equal_use_gives_the_least_balance_loss() -> None:
    layer, x = mixture(4, balance=0.5)
    layer.forward(x)
    assert layer.balance_loss() == pytest.approx(0.5)


def test_more_experts_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="k is 5"):
        mixture(5)
