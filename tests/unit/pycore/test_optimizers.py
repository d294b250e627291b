"""Every optimizer found: it goes downhill, in place, the same way in both dtypes."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.optimizers import (
    SGD,
    Adam,
    AdamW,
    Lion,
    Momentum,
    Optimizer,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
    Sophia,
)
from tests.unit.pycore.found import subclasses

every_optimizer = pytest.mark.parametrize(
    "kind", subclasses(Optimizer), ids=lambda kind: kind.__name__
)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_goes_down_a_bowl_in_place(kind: type[Optimizer], dtype: type) -> None:
    optimizer = kind()
    scale = np.array([1.0, 3.0, 0.5], dtype)
    theta = np.array([1.0, -1.0, 0.5], dtype)
    start = float((scale * theta * theta).sum())
    memory = theta
    for _ in range(300):
        grad = 2 * scale * theta
        kept = grad.copy()
        optimizer.step(theta, grad)
        np.testing.assert_array_equal(grad, kept)
    assert theta is memory
    assert theta.dtype == dtype
    assert float((scale * theta * theta).sum()) < 0.3 * start


def test_sgd_steps_against_the_gradient() -> None:
    theta = np.array([1.0, 2.0])
    SGD(0.5).step(theta, np.array([2.0, -2.0]))
    np.testing.assert_array_equal(theta, [0, 3])


def test_momentum_remembers() -> None:
    theta, optimizer = np.zeros(1), Momentum(lr=1.0, beta=0.5)
    for _ in range(3):
        optimizer.step(theta, np.ones(1))
    np.testing.assert_allclose(theta, [-(1 + 1.5 + 1.75)])


def test_the_first_step_of_adam_is_the_learning_rate() -> None:
    theta = np.zeros(3)
    Adam(lr=0.01).step(theta, np.array([1e-3, -5.0, 100.0]))
    np.testing.assert_allclose(theta, [-0.01, 0.01, -0.01], rtol=1e-4)


def test_weight_decay_shrinks_what_has_no_gradient() -> None:
    for optimizer in (SGD(0.1, weight_decay=0.5), AdamW(0.1, weight_decay=0.5)):
        theta = np.ones(2)
        optimizer.step(theta, np.zeros(2))
        np.testing.assert_allclose(theta, 0.95)


def test_lion_moves_by_the_sign() -> None:
    theta, optimizer = np.zeros(3), Lion(lr=0.5)
    optimizer.step(theta, np.array([1e-9, -3.0, 0.0]))
    np.testing.assert_array_equal(theta, [-0.5, 0.5, 0])


def test_sophia_divides_by_curvature_and_clips() -> None:
    theta, optimizer = np.zeros(2), Sophia(lr=1.0, beta1=0.0, beta2=0.0, rho=1.0)
    optimizer.curvature(np.array([4.0, 0.001]))
    optimizer.step(theta, np.array([2.0, 2.0]))
    np.testing.assert_allclose(theta, [-0.5, -1])


@pytest.mark.parametrize("kind", [ScheduleFreeSGD, ScheduleFreeAdamW])
def test_schedule_free_x_is_the_mean_of_z(kind: type[ScheduleFreeSGD]) -> None:
    rng = np.random.default_rng(0)
    theta, optimizer, path = np.ones(2), kind(lr=0.1), []
    for _ in range(10):
        optimizer.step(theta, rng.normal(size=2))
        path.append(optimizer.z.copy())
    np.testing.assert_allclose(optimizer.x, np.mean(path, axis=0))
    np.testing.assert_allclose(theta, 0.1 * optimizer.z + 0.9 * optimizer.x)


@every_optimizer
def test_a_gradient_of_another_shape_is_refused(kind: type[Optimizer]) -> None:
    theta, optimizer = np.ones(3), kind()
    for shape in ((1,), (4,), (3, 1)):
        with pytest.raises(ShapeError, match="allowed"):
            optimizer.step(theta, np.ones(shape))
    with pytest.raises(TypeError, match="int64; allowed: floats"):
        optimizer.step(theta.astype(np.int64), np.ones(3))
    assert (theta == 1).all()
    assert optimizer.t == 0


@pytest.mark.parametrize("kind", [Adam, AdamW, Lion, Sophia])
@pytest.mark.parametrize("beta", [-0.1, 1.0, 1.5])
def test_a_mean_that_never_moves_or_runs_away_is_refused(kind: type[Adam], beta: float) -> None:
    for name in ("beta1", "beta2"):
        with pytest.raises(ValueError, match=rf"{name} is {beta}; allowed: 0 ≤ {name} < 1"):
            kind(**{name: beta})
