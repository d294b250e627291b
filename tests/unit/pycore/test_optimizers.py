"""Every optimizer found: it goes downhill, in place, the same way in both dtypes."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.arrays import Array, NonFiniteError, ShapeError
from pycore.optimizers import (
    SGD,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    Muon,
    Optimizer,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
    Sophia,
    orthogonal,
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


def descend(optimizer: Optimizer, theta: Array, steps: int) -> Array:
    """Some steps into a valley, of which each place leaves a trace in every memory."""
    for _ in range(steps):
        if isinstance(optimizer, Sophia):
            optimizer.curvature(np.array([2.0, 6.0, 1.0]))
        optimizer.step(theta, np.array([2.0, 6.0, 1.0]) * theta + np.sin(9 * theta))
    return theta.copy()


@every_optimizer
@given(before=st.integers(0, 5), between=st.integers(0, 5), lr=st.floats(1e-4, 0.1))
@settings(max_examples=20, deadline=None)
def test_a_state_put_back_makes_the_same_steps_again(
    kind: type[Optimizer], before: int, between: int, lr: float
) -> None:
    optimizer, theta = kind(), np.array([1.0, -1.0, 0.5])
    descend(optimizer, theta, before)
    kept, place = optimizer.state(), theta.copy()
    copied = pickle.dumps(kept)
    first = descend(optimizer, theta, 4)
    assert pickle.dumps(kept) == copied, "steps reach into a state that was taken"
    optimizer.lr = lr
    descend(optimizer, theta, between)
    optimizer.restore(kept)
    assert (optimizer.t, optimizer.lr) == (before, kind().lr)
    np.testing.assert_array_equal(descend(optimizer, place.copy(), 4), first)
    fresh = kind(lr=lr)
    fresh.restore(pickle.loads(copied))
    np.testing.assert_array_equal(descend(fresh, place.copy(), 4), first)


@every_optimizer
def test_a_state_of_something_else_is_refused_and_changes_nothing(kind: type[Optimizer]) -> None:
    optimizer, theta = kind(), np.ones(3)
    descend(optimizer, theta, 2)
    kept = optimizer.state()
    other = Adam() if kind is not Adam else SGD()
    for wrong in (
        {},
        other.state(),
        {key: value for key, value in kept.items() if key != "t"},
        kept | {"m": "nothing"},
        kept | {"v": None},
    ):
        with pytest.raises(ValueError, match=rf"^{kind.__name__}: the state "):
            optimizer.restore(wrong)
    assert pickle.dumps(optimizer.state()) == pickle.dumps(kept)


class Passing(Optimizer):
    """Hands its steps on, with noise of its own."""

    def __init__(self, inner: Optimizer) -> None:
        self.inner, self.lr, self.rng = inner, inner.lr, np.random.default_rng(0)

    def update(self, theta: Array, grad: Array) -> None:
        self.inner.step(theta, grad + self.rng.normal(size=grad.shape))


def test_an_optimizer_inside_another_and_its_noise_are_put_back_too() -> None:
    optimizer, theta = Passing(Adam()), np.ones(3)
    descend(optimizer, theta, 2)
    kept, place = optimizer.state(), theta.copy()
    first = descend(optimizer, theta, 3)
    with pytest.raises(ValueError, match="Adam: the state is of SGD"):
        optimizer.restore(kept | {"inner": SGD().state()})
    optimizer.restore(kept)
    np.testing.assert_array_equal(descend(optimizer, place, 3), first)


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


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (1, 5), (5, 1)])
def test_orthogonal_keeps_the_directions_and_brings_singular_values_near_one(
    shape: tuple[int, int],
) -> None:
    for seed in range(50):
        matrix = np.random.default_rng(seed).normal(size=shape)
        u, s, v = np.linalg.svd(matrix, full_matrices=False)
        within = s > 0.004 * np.linalg.norm(matrix)
        values = np.diag(u.T @ orthogonal(matrix) @ v.T)
        assert (values[within] > 0.68).all()
        assert (values < 1.21).all()
        np.testing.assert_allclose(u @ np.diag(values) @ v, orthogonal(matrix), atol=1e-9)
    np.testing.assert_array_equal(orthogonal(np.zeros(shape)), np.zeros(shape))


def test_muon_moves_all_directions_of_a_matrix_alike_and_refuses_half_a_row() -> None:
    rng = np.random.default_rng(0)
    turn, other = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2))
    grad = turn @ np.diag([100.0, 10.0, 1.0]) @ other
    theta, optimizer = np.zeros(9), Muon(lr=0.5, columns=3, weight_decay=0.1)
    optimizer.step(theta, grad.ravel())
    moved = np.diag(turn.T @ -theta.reshape(3, 3) @ other.T) / 0.5
    assert (moved > 0.68).all()
    assert (moved < 1.21).all()
    with pytest.raises(ValueError, match="theta has 10 numbers, no rows of 3 columns"):
        Muon(columns=3).step(np.zeros(10), np.ones(10))
    with pytest.raises(ValueError, match="columns is 0; allowed: whole numbers from 1"):
        Muon(columns=0)


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


BREAKING: list[tuple[float, Array]] = [
    (0.1, np.array([0.5, np.nan, 0.1])),
    (0.1, np.array([0.5, -np.inf, 0.1])),
    (1e308, np.array([1e3, 1e300, 1e3])),
]


@every_optimizer
@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_that_would_break_something_leaves_all_as_it_was(
    kind: type[Optimizer], steps: int
) -> None:
    """Also in an optimizer that hands its steps on: its noise, and the memory of the inner one."""
    for optimizer in (kind(), Passing(kind())):
        theta = np.array([1.0, -1.0, 0.5])
        descend(optimizer, theta, steps)
        broken = 0
        for lr, grad in BREAKING:
            inner = getattr(optimizer, "inner", optimizer)
            optimizer.lr = inner.lr = lr
            kept, place, said = optimizer.state(), theta.copy(), None
            try:
                optimizer.step(theta, grad)
            except NonFiniteError as error:
                said = str(error)
            if said is None:
                assert np.isfinite(theta).all()
                continue
            broken += 1
            assert re.search(r"at lr .* made (nan|-?inf) of \w+\[\d\]$|: the gradient", said)
            np.testing.assert_array_equal(theta, place)
            np.testing.assert_equal(optimizer.state(), kept)
        assert broken >= 2
        optimizer.lr = inner.lr = 0.01
        optimizer.step(theta * 0, np.ones(3))


def test_amsgrad_never_forgets_the_largest_gradient() -> None:
    """After one large gradient Adam's steps grow again, AMSGrad's stay small."""
    ends = {}
    for kind in (Adam, AMSGrad):
        theta, optimizer = np.zeros(1), kind(lr=0.1, beta1=0.0, beta2=0.5)
        for g in (10.0, *[1.0] * 20):
            optimizer.step(theta, np.array([g]))
        before = theta[0]
        optimizer.step(theta, np.ones(1))
        ends[kind] = before - theta[0]
    assert ends[Adam] == pytest.approx(0.1, rel=0.01)
    assert ends[AMSGrad] == pytest.approx(0.1 / np.sqrt(50), rel=0.01)


@pytest.mark.parametrize(
    ("estimate", "error", "said"),
    [
        ([1, np.nan], NonFiniteError, "the curvature holds nan at 1; allowed: finite numbers"),
        ([np.inf, 1], NonFiniteError, "the curvature holds inf at 0"),
        ([1, 2, 3], ShapeError, r"shape \(3,\); allowed: \(2,\), as theta"),
    ],
)
def test_a_curvature_that_is_broken_is_not_taken_in(estimate, error, said) -> None:
    optimizer, theta = Sophia(), np.ones(2)
    optimizer.curvature(np.array([4.0, 1.0]))
    optimizer.step(theta, np.ones(2))
    before = optimizer.h.copy()
    with pytest.raises(error, match=said):
        optimizer.curvature(np.array(estimate, float))
    np.testing.assert_array_equal(optimizer.h, before)
    optimizer.step(theta, np.ones(2))


def parts(kind: type[Optimizer]) -> list[Optimizer]:
    return [kind(lr=0.02) for _ in range(3)]


@pytest.mark.parametrize(
    "kind", [k for k in subclasses(Optimizer) if k is not Muon], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize("stills", [(0, 30), (7, 20)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_was_still_goes_on_as_if_it_had_an_optimizer_of_its_own(
    kind: type[Optimizer], stills: tuple[int, int], dtype: type
) -> None:
    """Also where a memory that starts at zero is corrected by the number of its own steps."""

    def slope(theta: Array) -> Array:
        return np.array(2 * theta + 1, dtype)

    whole, first, rest = parts(kind)
    theta = np.array([1.0, -2.0, 0.5, 3.0], dtype)
    a, b, still = theta[:2].copy(), theta[2:].copy(), np.array([True, True, False, False])
    for step in range(45):
        sleeps = stills[0] <= step < stills[1]
        whole.step(theta, slope(theta), still if sleeps else None)
        rest.step(b, slope(b))
        if not sleeps:
            first.step(a, slope(a))
        if step == 25:
            again = kind(lr=0.5)
            again.restore(whole.state())
            whole = again
    assert theta.dtype == dtype
    near = 1e-13 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(theta, [*a, *b], rtol=near)
    tests = first.tested(a), rest.tested(b)
    np.testing.assert_allclose(whole.tested(theta), np.concatenate(tests), rtol=near)
