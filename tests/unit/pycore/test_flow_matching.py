"""Flow matching: velocities against their formulas, and a density that sums to one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pycore.arrays import Array, ShapeError
from pycore.flow_matching import (
    FlowMatching,
    best_velocity,
    divergence,
    log_density,
    paths,
    velocity,
)
from pycore.gradient_check import numeric_gradient
from pycore.layers import Dense, Sequential
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Minimizer


def linear(A: Array) -> Sequential:
    """v(x, t) = A x."""
    network = Sequential(Dense(3, 2, rng=0))
    network.pack()
    network.theta[:] = 0
    network.layers[0].W[:2] = A.T  # type: ignore[attr-defined]
    return network


A = np.array([[0.6, -1.2], [0.9, -0.2]])


def expm(A: Array) -> Array:
    values, vectors = np.linalg.eig(A)
    return (vectors @ np.diag(np.exp(values)) @ np.linalg.inv(vectors)).real


def test_of_a_linear_velocity_the_flow_is_the_exponential_and_the_density_loses_the_trace() -> None:
    x = np.random.default_rng(0).normal(size=(5, 2))
    y = paths(linear(A), x, 200)[-1]
    np.testing.assert_allclose(y, x @ expm(A).T, atol=1e-5)
    log_normal = -(x * x).sum(axis=1) / 2 - math.log(2 * math.pi)
    np.testing.assert_allclose(log_density(linear(A), y, 200), log_normal - 0.4, atol=1e-4)


def test_the_divergence_is_the_trace_of_finite_differences() -> None:
    network, x, h = mlp([3, 8, 2], rng=0), np.random.default_rng(1).normal(size=(4, 2)), 1e-6
    network.pack()
    trace = sum(
        (velocity(network, x + d, 0.3) - velocity(network, x - d, 0.3))[:, i] / (2 * h)
        for i, d in enumerate(h * np.eye(2))
    )
    np.testing.assert_allclose(divergence(network, x, 0.3), trace, atol=1e-8)


def test_the_best_velocity_of_two_points_on_a_line_is_what_bayes_says() -> None:
    """E[x₁ | x] is 2 tanh(2 t x / (1 − t)²) for data at −2 and 2."""
    x, data = np.linspace(-3, 3, 13)[:, None], [[-2.0], [2.0]]
    for t in (0.0, 0.3, 0.8):
        expected = (2 * np.tanh(2 * t * x / (1 - t) ** 2) - x) / (1 - t)
        np.testing.assert_allclose(best_velocity(x, t, data), expected, rtol=1e-10, atol=1e-12)


def test_no_velocity_has_a_smaller_loss_than_the_best() -> None:
    """Binned means of x₁ − x₀ at one time, from many pairs."""
    rng, t, data = np.random.default_rng(0), 0.4, np.array([[-2.0], [2.0]])
    x_0, x_1 = rng.normal(size=(400_000, 1)), data[rng.integers(2, size=400_000)]
    x_t = (1 - t) * x_0 + t * x_1
    for place in (-1.0, 0.2, 1.3):
        near = np.abs(x_t - place) < 0.02
        mean = (x_1 - x_0)[near].mean()
        assert mean == pytest.approx(best_velocity([[place]], t, data)[0, 0], abs=0.12)


def test_a_trained_velocity_takes_noise_to_the_data_and_its_density_sums_to_one() -> None:
    rng = np.random.default_rng(3)
    data = np.array([[-2.0], [2.0]])
    network = mlp([2, 24, 24, 1], rng)
    objective = FlowMatching(
        network, lambda: data[rng.integers(2, size=200)] + 0.3 * rng.normal(size=(200, 1)), rng=rng
    )
    Minimizer(objective, Adam(0.01), rng=rng, total=400).run()
    y = paths(network, rng.normal(size=(400, 1)))[-1]
    assert (np.abs(np.abs(y) - 2) < 1).mean() > 0.9
    line = np.linspace(-5, 5, 501)[:, None]
    assert np.exp(log_density(network, line)).sum() * 0.02 == pytest.approx(1, abs=0.01)


def test_the_loss_has_its_gradient() -> None:
    network, x = mlp([3, 5, 2], rng=0), np.random.default_rng(0).normal(size=(6, 2))
    objective = FlowMatching(network, x, rng=1)
    state = objective.rng.bit_generator.state

    def loss() -> float:
        objective.rng.bit_generator.state = state
        return objective.loss_and_grad()

    numeric = numeric_gradient(loss, network.theta)
    loss()
    np.testing.assert_allclose(network.grad, numeric, atol=1e-8)


def test_what_does_not_fit_is_refused() -> None:
    network = mlp([3, 4, 2], rng=0)
    network.pack()
    with pytest.raises(ShapeError, match=r"paths: x has shape \(2,\); allowed: \(batch, n\)"):
        paths(network, [1.0, 2.0])
    with pytest.raises(ValueError, match="steps is 0"):
        log_density(network, np.ones((1, 2)), 0)
    with pytest.raises(ValueError, match="t is 1; allowed: 0 ≤ t < 1"):
        best_velocity(np.ones((1, 2)), 1, np.ones((1, 2)))
    with pytest.raises(ShapeError, match="columns alike"):
        best_velocity(np.ones((1, 2)), 0, np.ones((1, 3)))
