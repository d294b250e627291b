"""The fused step equals the readable one, over every activation, loss and optimizer."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import data, kernels
from pycore.activations import Activation, ReLU, Tanh
from pycore.fused import FusedStep, fusible
from pycore.initializers import normal
from pycore.layers import Dense, Dropout, Embedding, Residual, Sequential
from pycore.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    KullbackLeibler,
    Loss,
    MeanSquaredError,
)
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Optimizer
from pycore.training import Trainer
from tests.unit.pycore.found import subclasses

ACTIVATIONS = subclasses(Activation)
LOSSES = [kind for kind in subclasses(Loss) if kind.__module__ == "pycore.losses"]
OPTIMIZERS = subclasses(Optimizer)


def readable(trainer: Trainer) -> Trainer:
    """The same trainer, made to go by the layers."""
    trainer._fused_step = lambda x: None  # type: ignore[method-assign]
    return trainer


def network_of(
    rng: np.random.Generator, widths: list[int], kinds: list[type[Activation] | None]
) -> Sequential:
    layers: list[Any] = []
    for n_in, n_out, kind in zip(widths, widths[1:], kinds, strict=False):
        layers.append(Dense(n_in, n_out, biases=normal(0.5), rng=rng))
        layers += [kind()] if kind else []
    return Sequential(*layers)


def rows_for(
    loss: type[Loss], rng: np.random.Generator, rows: int, n_in: int, n_out: int
) -> tuple[Any, Any]:
    x = rng.normal(size=(rows, n_in))
    if loss is CrossEntropy:
        return x, rng.integers(n_out, size=rows)
    if loss is Hinge:
        return x, rng.choice([-1.0, 1.0], (rows, n_out))
    t = rng.uniform(size=(rows, n_out))
    return x, t / t.sum(axis=1, keepdims=True)


@settings(max_examples=150, deadline=None)
@given(
    widths=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    kinds=st.lists(st.sampled_from([None, *ACTIVATIONS]), min_size=4, max_size=4),
    rows=st.one_of(st.integers(1, 70), st.just(300)),
    loss=st.sampled_from(LOSSES),
    native=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_loss_and_gradient_equal_those_of_the_layers(
    widths: list[int],
    kinds: list[type[Activation] | None],
    rows: int,
    loss: type[Loss],
    native: bool,
    seed: int,
) -> None:
    if loss in (CrossEntropy, KullbackLeibler):
        widths = [*widths[:-1], max(2, widths[-1])]
    rng = np.random.default_rng(seed)
    network = network_of(rng, widths, kinds)
    x, t = rows_for(loss, rng, rows, widths[0], widths[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "NATIVE", native and kernels.NATIVE)
        step = FusedStep(network, rows)
        for _ in range(3):  # buffers hold another step's numbers from the second on
            fast = step(loss(), x, t)
            gradient = network.grad.copy()
            network.zero_grad()
            slow = loss()
            assert fast == pytest.approx(slow.forward(network.forward(x), t), rel=1e-12, abs=1e-14)
            network.accumulate(slow.backward())
            scale = np.abs(network.grad).max()
            np.testing.assert_allclose(gradient, network.grad, rtol=1e-12, atol=1e-12 * scale)
            network.theta += rng.normal(size=network.theta.shape)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [None, 16])
def test_whole_runs_equal_those_of_the_layers(
    optimizer: type[Optimizer], batch_size: int | None
) -> None:
    def run(make: Any) -> tuple[list[float], Any]:
        rng = np.random.default_rng(3)
        x, y = data.moons(50, 0.1, rng)  # a last batch of 2
        network = mlp([2, 6, 5, 1], rng)
        trainer = make(Trainer(network, BinaryCrossEntropy(), optimizer(), x, y, batch_size, rng))
        return [trainer.step() for _ in range(20)], network.theta

    (fast, theta), (slow, expected) = run(lambda trainer: trainer), run(readable)
    np.testing.assert_allclose(fast, slow, rtol=1e-12)
    np.testing.assert_allclose(theta, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_keep_their_type(dtype: type) -> None:
    rng = np.random.default_rng(0)
    network = mlp([2, 4, 1], rng, dtype=dtype)
    step = FusedStep(network, 7)
    assert step.x.dtype == step.y.dtype == step.dy.dtype == dtype


def moons_trainer(network: Sequential | None = None, **options: Any) -> Trainer:
    rng = np.random.default_rng(0)
    x, y = data.moons(30, 0.1, rng)
    network = network or mlp([2, 5, 1], rng)
    return Trainer(network, BinaryCrossEntropy(), Adam(0.02), x, y, **options)


def same_step(trainer: Trainer) -> None:
    """The trainer's next step is the one that its layers would make."""
    twin = readable(
        Trainer(
            copy.deepcopy(trainer.network),
            BinaryCrossEntropy(),
            copy.deepcopy(trainer.optimizer),
            trainer.x,
            trainer.y,
        )
    )
    assert trainer.step() == pytest.approx(twin.step(), rel=1e-12)
    np.testing.assert_allclose(trainer.network.grad, twin.network.grad, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(trainer.network.theta, twin.network.theta, rtol=1e-11)


def test_what_is_changed_between_steps_counts() -> None:
    trainer = moons_trainer()
    trainer.step()
    dense = trainer.network[0]
    assert isinstance(dense, Dense)
    dense.W[1, 2] = 1.5  # a weight, by hand
    same_step(trainer)
    trainer.optimizer.lr = 0.3
    same_step(trainer)
    trainer.x[3] = 2.0  # a point, dragged
    trainer.y[4] = 1.0
    same_step(trainer)
    trainer.network.layers[1] = ReLU()
    same_step(trainer)
    trainer.network.layers.insert(1, Dense(5, 5, rng=np.random.default_rng(1)))
    trainer.network.pack()
    trainer.optimizer = SGD(0.1)
    same_step(trainer)


def test_a_snapshot_of_theta_and_optimizer_brings_the_run_back() -> None:
    trainer = moons_trainer()
    for _ in range(3):
        trainer.step()
    theta, optimizer = trainer.network.theta.copy(), copy.deepcopy(trainer.optimizer)
    first = [trainer.step() for _ in range(4)]
    trainer.network.theta[...] = theta
    trainer.optimizer = optimizer
    assert [trainer.step() for _ in range(4)] == first


def test_a_copied_trainer_goes_its_own_way() -> None:
    trainer = moons_trainer()
    trainer.step()
    other = copy.deepcopy(trainer)
    theta = trainer.network.theta.copy()
    ahead = [other.step() for _ in range(3)]
    assert ahead[2] < ahead[0]
    np.testing.assert_array_equal(trainer.network.theta, theta)
    assert [trainer.step() for _ in range(3)] == ahead


def test_only_plain_networks_are_fused() -> None:
    rng = np.random.default_rng(0)
    x = np.ones((4, 3))
    assert fusible(Sequential(Dense(3, 2, rng=rng), Dense(2, 2, rng=rng), Tanh()), x)
    for layers in (
        [Dense(3, 2, rng=rng), Dropout(0.5, rng=rng)],
        [Residual(Dense(3, 3, rng=rng))],
        [Embedding(3, 2, rng=rng)],
        [Tanh(), Dense(3, 2, rng=rng)],
        [Dense(3, 2, rng=rng), Tanh(), Tanh()],
    ):
        assert not fusible(Sequential(*layers), x), layers
    assert not fusible(Sequential(Dense(2, 2, rng=rng)), x)
    assert not fusible(Sequential(Dense(3, 2, rng=rng)), np.ones((4, 2, 3)))


def test_the_trainer_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = moons_trainer()
    monkeypatch.setattr(Sequential, "forward", None)
    trainer.step()


def test_tanh_of_a_huge_number_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    network = mlp([1, 1, 1], np.random.default_rng(0))
    network.theta[...] = [1000.0, 0.0, 1.0, 0.0]
    trainer = Trainer(network, MeanSquaredError(), SGD(0.1), np.ones((2, 1)), np.zeros((2, 1)))
    with np.errstate(over="ignore", invalid="ignore"):
        assert trainer.step() == 1.0
