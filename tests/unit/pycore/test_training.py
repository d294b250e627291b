"""The trainer: it learns, repeats by seed, and stops at the first NaN, saying where."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import data, training
from pycore.activations import ReLU, Tanh
from pycore.arrays import Array
from pycore.convolution import Flatten
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Residual, Sequential
from pycore.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.normalization import BatchNorm
from pycore.objectives import Supervised
from pycore.optimizers import (
    SGD,
    Adam,
    AdamW,
    Momentum,
    Optimizer,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)
from pycore.schedules import Schedule, cosine
from pycore.training import Minimizer, NonFiniteError, Trainer, watched
from tests.unit.pycore.found import subclasses


def moons_run(seed: int, batch_size: int | None = None, dtype: type = np.float64) -> list[float]:
    rng = np.random.default_rng(seed)
    x, y = data.moons(100, 0.1, rng)
    network = mlp([2, 8, 8, 1], rng, dropout=0.1, dtype=dtype)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.02), x, y, batch_size, rng)
    return [trainer.step() for _ in range(60)]


@pytest.mark.parametrize("batch_size", [None, 16])
def test_same_seed_same_run(batch_size: int | None) -> None:
    assert moons_run(1, batch_size) == moons_run(1, batch_size)
    assert moons_run(1, batch_size) != moons_run(2, batch_size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_moons_are_learnt(dtype: type) -> None:
    rng = np.random.default_rng(0)
    x, y = data.moons(200, 0.1, rng)
    network = mlp([2, 8, 8, 1], rng, dtype=dtype)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.02), x, y)
    for _ in range(300):
        trainer.step()
    assert accuracy(network.forward(x.astype(dtype)), y) >= 0.98


def test_three_spirals_are_learnt_with_cross_entropy() -> None:
    rng = np.random.default_rng(0)
    x, y = data.spirals(300, 0.02, rng, classes=3, turns=0.5)
    network = mlp([2, 32, 3], rng, activation=ReLU)
    trainer = Trainer(network, CrossEntropy(), Adam(0.03), x, y, 50, rng)
    for _ in range(400):
        trainer.step()
    assert accuracy(network.forward(x), y) >= 0.95


def test_a_line_is_found_by_gradient_descent() -> None:
    rng = np.random.default_rng(0)
    x, y = data.line(50, 0.0, rng, slope=2.0, offset=-1.0)
    dense = Dense(1, 1, rng=rng)
    trainer = Trainer(Sequential(dense), MeanSquaredError(), SGD(0.5), x, y)
    for _ in range(200):
        trainer.step()
    np.testing.assert_allclose([dense.W[0, 0], dense.b[0]], [2, -1], atol=1e-6)


def test_steps_and_epochs_are_counted() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    trainer = Trainer(mlp([2, 2, 1], rng), BinaryCrossEntropy(), SGD(0.1), x, y, 4, rng)
    counts = []
    for _ in range(7):
        trainer.step()
        counts.append((trainer.steps, trainer.epoch))
    assert counts == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (7, 2)]


def broken(where: str) -> Trainer:
    rng = np.random.default_rng(0)
    x, y = data.moons(10, 0.1, rng)
    network = mlp([2, 3, 1], rng, activation=ReLU)
    if where == "input":
        x[3, 1] = np.nan
    elif where == "target":
        return Trainer(network, MeanSquaredError(), SGD(0.1), x, np.full(10, np.inf))
    elif where == "parameter":
        network.theta[2] = np.inf
    elif where == "forward":
        network.theta[...] = 1e300
        x *= 1e100
    elif where == "loss":
        network = Sequential(Dense(2, 1, rng=rng))
        network.theta[...] = 1e200
        return Trainer(network, MeanSquaredError(), SGD(0.1), x, y)
    return Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("input", "the input x itself"),
        ("target", "the target y itself"),
        ("parameter", r"parameter 0\.W"),
        ("forward", r"forward of layer 0, Dense\(2, 3\)"),
        ("loss", "MeanSquaredError"),
    ],
)
def test_the_first_operation_that_made_nan_is_named(where: str, said: str) -> None:
    trainer = broken(where)
    before = trainer.network.theta.copy()
    with pytest.raises(NonFiniteError, match=said):
        trainer.step()
    np.testing.assert_array_equal(trainer.network.theta, before)
    assert trainer.steps == 0


def test_batches_need_a_generator() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    with pytest.raises(ValueError, match="need rng"):
        Trainer(mlp([2, 2, 1], rng), BinaryCrossEntropy(), SGD(0.1), x, y, 4)


@pytest.mark.parametrize("clip", [0.0, -1.0, np.nan])
def test_a_limit_that_stops_or_turns_the_gradient_is_refused(clip: float) -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    with pytest.raises(ValueError, match=r"clip is .*allowed: finite numbers above 0"):
        Trainer(mlp([2, 2, 1], rng), BinaryCrossEntropy(), SGD(0.1), x, y, clip=clip)


@pytest.mark.parametrize("change", ["replaced", "added", "gradient replaced", "taken"])
def test_a_parameter_that_no_step_would_reach_is_refused(change: str) -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    network = Sequential(Dense(2, 1, rng=rng))
    dense = network[0]
    assert isinstance(dense, Dense)
    match change:
        case "replaced":
            dense.W = np.ones((2, 1))
        case "added":
            network.layers.append(Dense(1, 1, rng=rng))
        case "taken":
            Sequential(*network, ReLU())
        case _:
            dense.db = np.zeros(1)
    with pytest.raises(ValueError, match=r"no part of its theta.*allowed: .*pack\(\)"):
        Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y)
    network.pack()
    before = [value.copy() for _, value, _ in network.parameters()]
    Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y).step()
    after = [value for _, value, _ in network.parameters()]
    assert all((a != b).any() for a, b in zip(before, after, strict=True))


class Breaks(Layer):
    """y = x, but NaN on one way."""

    def __init__(self, way: str) -> None:
        self.way = way

    def forward(self, x: Array, training: bool = False) -> Array:
        return x * (np.nan if self.way == "forward" else 1)

    def backward(self, dy: Array) -> Array:
        return dy * (np.nan if self.way == "backward" else 1)


def nested(way: str) -> Sequential:
    rng = np.random.default_rng(0)
    inner = Sequential(Dense(3, 3, rng=rng), Breaks(way), Dense(3, 3, rng=rng))
    return Sequential(Dense(2, 3, rng=rng), Residual(inner), Dense(3, 1, rng=rng))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_of_layers_in_each_other_the_innermost_is_named(way: str) -> None:
    x, y = data.moons(10, 0.1, np.random.default_rng(0))
    network = nested(way)
    trainer = Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y)
    with pytest.raises(NonFiniteError, match=rf"^step 0: {way} of layer 1\.0\.1, Breaks, made"):
        trainer.step()
    network.zero_grad()
    with pytest.raises(NonFiniteError, match=r"1\.0\.1"), watched(network):
        network.backward(network.forward(x)[:, :1])
    assert "forward" not in vars(network[1])


class Square(Layer):
    """y = x²."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self.x = x
        return x * x

    def backward(self, dy: Array) -> Array:
        return 2 * self.x * dy


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(5))
def test_the_draw_of_dropout_that_overflowed_is_drawn_again_to_find_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = Sequential(Dropout(0.7, rng=rng), Square(), Dense(1, 1, rng=rng))
    x, y = np.full((1, 1), 1e200), np.ones((1, 1))
    trainer = Trainer(network, BinaryCrossEntropy(), SGD(0.0), x, y)

    def steps() -> None:
        for _ in range(50):
            trainer.step()

    with pytest.raises(NonFiniteError, match="forward of layer 1, Square, made"):
        steps()


@pytest.mark.parametrize("again", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_goes_on_in_the_middle_of_an_epoch(again: Callable[[Trainer], Trainer]) -> None:
    rng = np.random.default_rng(0)
    x, y = data.moons(20, 0.1, rng)
    network = mlp([2, 3, 1], rng, dropout=0.2)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.1), x, y, 6, rng)
    trainer.step()
    other = again(trainer)
    assert [other.step() for _ in range(9)] == [trainer.step() for _ in range(9)]


def test_a_batch_of_nothing_is_refused() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    with pytest.raises(ValueError, match="batch_size is 0; allowed"):
        Trainer(mlp([2, 2, 1], rng), BinaryCrossEntropy(), SGD(0.1), x, y, 0, rng)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_class_that_was_not_called_is_refused_by_its_name(place: int) -> None:
    rng = np.random.default_rng(0)
    parts = [mlp([2, 2, 1], rng), BinaryCrossEntropy(), SGD(0.1)]
    parts[place] = type(parts[place])
    with pytest.raises(TypeError, match=rf"{parts[place].__name__}'>; allowed: an object of"):
        Trainer(*parts, *data.xor(10, 0.0, rng))


class Doubled(Sequential):
    """Twice what its layers give."""

    def forward(self, x: Array, training: bool = False) -> Array:
        return 2 * super().forward(x, training)


def test_a_network_with_a_forward_of_its_own_is_trained_by_it() -> None:
    rng = np.random.default_rng(0)
    x, y = data.line(10, 0.1, rng)
    network = Doubled(Dense(1, 1, rng=rng))
    loss = MeanSquaredError().forward(network.forward(x), y)
    assert Trainer(network, MeanSquaredError(), SGD(0.1), x, y).step() == loss


def test_a_step_that_fails_leaves_the_running_statistics_alone() -> None:
    rng = np.random.default_rng(0)
    x, y = data.moons(10, 0.1, rng)
    norm = BatchNorm(3)
    network = Sequential(Dense(2, 3, rng=rng), norm, Breaks("forward"), Dense(3, 1, rng=rng))
    with pytest.raises(NonFiniteError, match="layer 2"):
        Trainer(network, MeanSquaredError(), SGD(0.1), x, y).step()
    np.testing.assert_array_equal(norm.running_mean, 0)
    np.testing.assert_array_equal(norm.running_var, 1)


def dealt(optimizer: Optimizer, replace: bool, **options: Any) -> Trainer:
    """A training of which every part remembers something."""
    rng = np.random.default_rng(3)
    x, y = data.moons(23, 0.1, rng)
    parts = Dense(2, 5, rng=rng), BatchNorm(5), Dropout(0.2, rng=rng), Dense(5, 1, rng=rng)
    rest = (x, y, 6, rng, cosine(0.05, 30), 1.0)
    network = Sequential(*parts)
    return Trainer(network, BinaryCrossEntropy(), optimizer, *rest, replace=replace, **options)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", subclasses(Optimizer), ids=lambda kind: kind.__name__)
@settings(max_examples=5, deadline=None)
@given(before=st.integers(0, 9), between=st.integers(1, 9))
def test_a_training_goes_on_from_its_state_to_the_same_bits(
    kind: type[Optimizer], replace: bool, before: int, between: int
) -> None:
    trainer = dealt(kind(), replace)
    for _ in range(before):
        trainer.step()
    kept = trainer.state()
    first = [trainer.step() for _ in range(between)]
    theta = trainer.network.theta.copy()
    for other in (trainer, dealt(kind(), replace)):
        other.restore(kept)
        assert (other.steps, len(other.history)) == (before, before)
        assert [other.step() for _ in range(between)] == first
        np.testing.assert_array_equal(other.network.theta, theta)
        assert other.optimizer.lr == trainer.optimizer.lr


@pytest.mark.parametrize("every", [1, 4, 50])
def test_a_step_gone_back_to_is_what_it_was_and_so_is_the_way_on(every: int) -> None:
    trainer = dealt(Adam(), False, every=every, total=20)
    places = [trainer.network.theta.copy()]
    while trainer.progress < 1:
        trainer.step()
        places.append(trainer.network.theta.copy())
    history = dict(trainer.history)
    for step in (20, 3, 0, 11, 12, 20):
        trainer.seek(step)
        np.testing.assert_array_equal(trainer.network.theta, places[step])
        assert (trainer.steps, trainer.furthest) == (step, 20)
        assert trainer.history == history
    assert trainer.progress == 1


def test_the_history_is_the_loss_before_each_step() -> None:
    trainer = dealt(Adam(), False, total=9)
    losses = [trainer.step() for _ in range(9)]
    assert trainer.history == dict(enumerate(losses))


def test_another_way_from_a_step_forgets_what_lay_ahead() -> None:
    trainer = dealt(Adam(), False, every=4)
    for _ in range(16):
        trainer.step()
    old = dict(trainer.history)
    trainer.seek(8)
    trainer.network.theta[...] *= 0.5
    trainer.step()
    assert trainer.furthest == 9
    assert sorted(trainer.history) == list(range(9))
    assert [trainer.history[s] for s in range(8)] == [old[s] for s in range(8)]
    assert trainer.history[8] != old[8]
    for _ in range(7):
        trainer.step()
    place = trainer.network.theta.copy()
    trainer.seek(9)
    trainer.seek(16)
    np.testing.assert_array_equal(trainer.network.theta, place)
    trainer.seek(3)
    trainer.forget_ahead()
    with pytest.raises(ValueError, match="step is 4; allowed: 0 to 3"):
        trainer.seek(4)


def test_a_way_taken_between_two_kept_states_is_gone_again_exactly() -> None:
    trainer = dealt(Adam(), False, every=10)
    places = {}
    for step in range(30):
        if step == 7:
            trainer.optimizer.lr *= 3
            trainer.forget_ahead()
        places[step] = trainer.network.theta.copy()
        trainer.step()
    for step in (9, 7, 25, 13, 8):
        trainer.seek(step)
        np.testing.assert_array_equal(trainer.network.theta, places[step])


def test_a_step_never_reached_or_nothing_kept_is_refused() -> None:
    trainer = dealt(Adam(), False, every=4)
    trainer.step()
    for step in (2, -1, 0.5, "1"):
        with pytest.raises(ValueError, match="allowed: 0 to 1"):
            trainer.seek(step)  # type: ignore[arg-type]
    other = dealt(Adam(), False, every=4)
    other.restore(trainer.state())
    for _ in range(5):
        other.step()
    with pytest.raises(ValueError, match="step is 0; allowed: 4 to 6"):
        other.seek(0)
    with pytest.raises(ValueError, match=r"Trainer keeps no states; allowed: every="):
        dealt(Adam(), False).seek(0)
    with pytest.raises(ValueError, match=r"Trainer has no total; allowed: total="):
        trainer.run()
    for total in (-1, 1.5, "many"):
        with pytest.raises(ValueError, match=r"total is .*allowed: whole numbers from 0"):
            dealt(Adam(), False, total=total)
    with pytest.raises(ValueError, match="every is 0; allowed: whole numbers from 1"):
        dealt(Adam(), False, every=0)


def test_a_long_training_keeps_no_more_and_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MOST_LOSSES", 10)
    monkeypatch.setattr(training, "MOST_CHECKPOINTS", 5)
    trainer, places = dealt(Adam(), False, every=1), []
    for _ in range(100):
        places.append(trainer.network.theta.copy())
        trainer.step()
    assert 5 <= len(trainer.history) <= 10
    assert list(trainer.history) == list(range(0, 100, list(trainer.history)[1]))
    assert trainer.every is not None
    assert trainer.every >= 16
    for step in (99, 37, 0, 64):
        trainer.seek(step)
        np.testing.assert_array_equal(trainer.network.theta, places[step])


def test_a_state_of_another_training_is_refused_and_changes_nothing() -> None:
    trainer, before = dealt(Adam(), False), dealt(Adam(), False).state()
    other = dealt(Momentum(), False)
    rng = np.random.default_rng(0)
    for _ in range(3):
        other.step()
    wide = Trainer(mlp([2, 3, 1], rng), BinaryCrossEntropy(), Adam(), *data.moons(9, 0.1, rng))
    for state in ({}, {"history": {}}, other.state(), wide.state(), before | {"rng": {}}):
        with pytest.raises(ValueError, match=r"^(Trainer|Adam): the state"):
            trainer.restore(state)
    assert trainer.steps == 0
    untouched = dealt(Adam(), False)
    assert [trainer.step() for _ in range(5)] == [untouched.step() for _ in range(5)]


def test_the_rows_of_a_step_that_failed_come_next() -> None:
    rng = np.random.default_rng(0)
    x, y = np.arange(10.0).reshape(5, 2), np.arange(5.0)
    trainer = Trainer(
        Sequential(Dense(2, 1, rng=rng)), MeanSquaredError(), SGD(0.001), x, y, 2, rng
    )
    other = copy.deepcopy(trainer)
    theta = trainer.network.theta
    before = theta.copy()
    theta[...] = np.nan
    for _ in range(3):
        with pytest.raises(NonFiniteError):
            trainer.step()
    theta[...] = before
    assert [trainer.step() for _ in range(6)] == [other.step() for _ in range(6)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("optimizer", "schedule"),
    [
        (SGD(1e308), None),
        (SGD(0.1), lambda t: 1e308 if t == 2 else 0.1),
        (AdamW(1, 0.9, 0.9, 1e-8, 1e308), None),
    ],
)
def test_a_step_that_breaks_the_parameters_is_named_and_undone(
    optimizer: Optimizer, schedule: Schedule | None
) -> None:
    trainer = dealt(SGD(0.1), False)
    trainer.optimizer, trainer.schedule, trainer.clip = optimizer, schedule, None
    trainer.network.theta[...] *= 1e3
    for _ in range(2 if schedule else 0):
        trainer.step()
    before, memory = trainer.state()["objective"], trainer.optimizer.state()
    buffers = dict(trainer.objective.buffers())
    with pytest.raises(
        NonFiniteError, match=r"(SGD|AdamW) at lr .* made .* of theta\[\d+\], in parameter \d\.\w+"
    ):
        trainer.step()
    for name, array in trainer.network.arrays().items():
        np.testing.assert_array_equal(array, before[f"network.{name}"])
    assert any("running" in name for name in buffers)
    assert trainer.optimizer.state().keys() == memory.keys()
    trainer.optimizer, trainer.schedule = SGD(0.1), None
    trainer.step()


def test_a_gradient_of_large_numbers_is_no_broken_one() -> None:
    rng = np.random.default_rng(0)
    trainer = Trainer(
        Sequential(Dense(1, 1, rng=rng)),
        MeanSquaredError(),
        SGD(0),
        np.full((2, 1), 1e100),
        np.ones(2),
    )
    assert np.isfinite(trainer.step())
    assert np.abs(trainer.network.grad).max() > 1e199


class Forgets(Dense):
    """A dense layer that replaces its gradient where it had to add to it."""

    def accumulate(self, dy: Array) -> None:
        self.dW = self.x.T @ dy
        self.db += dy.sum(axis=0)


class Held(Layer):
    """A dense layer, held somewhere."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts

    def forward(self, x: Array, training: bool = False) -> Array:
        return x

    def backward(self, dy: Array) -> Array:
        return dy


def test_a_layer_that_all_of_a_class_would_share_is_noticed() -> None:
    rng = np.random.default_rng(0)
    kind = type("Shares", (Held,), {"part": Dense(1, 1, rng=rng)})
    with pytest.raises(ValueError, match=r"layers in Shares\.part are not found"):
        Trainer(
            Sequential(Dense(2, 1, rng=rng), kind(None)),
            BinaryCrossEntropy(),
            SGD(0.1),
            *data.xor(10, 0.0, rng),
        )


def test_a_weight_that_is_replaced_is_noticed_where_the_network_is_asked() -> None:
    rng = np.random.default_rng(0)
    network = mlp([2, 3, 1], rng)
    x, y = data.xor(10, 0.0, rng)
    trainer = Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y)
    trainer.step()
    network[0].W = np.zeros((2, 3))
    for asked in (trainer.predict, trainer.proba):
        with pytest.raises(ValueError, match=r"Supervised: 0\.W of .*; allowed: .*W\[\.\.\.\] ="):
            asked(x)


def test_two_trainings_do_not_share_an_optimizer_unnoticed() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    adam = Adam(0.1)
    one, two = (Trainer(mlp([2, 3, 1], rng), BinaryCrossEntropy(), adam, x, y) for _ in range(2))
    one.step()
    before = two.network.theta.copy()
    with pytest.raises(ValueError, match=r"has made 1 steps on another network.*; allowed: a new"):
        two.step()
    np.testing.assert_array_equal(two.network.theta, before)
    one.step()
    assert adam.t == 2


@pytest.mark.parametrize("kind", [ScheduleFreeSGD, ScheduleFreeAdamW, AdamW, Momentum])
@pytest.mark.parametrize("before", [0, 5])
def test_what_is_frozen_stays_as_it_is_tested_too(kind: type[Optimizer], before: int) -> None:
    rng = np.random.default_rng(0)
    network = mlp([2, 3, 1], rng)
    trainer = Trainer(network, BinaryCrossEntropy(), kind(0.1), *data.xor(20, 0.0, rng))
    for _ in range(before):
        trainer.step()
    trainer.freeze(network[0])
    with trainer.tested() as tested:
        first, last = tested[0].W.copy(), tested[2].W.copy()
    for _ in range(10):
        trainer.step()
        with trainer.tested() as tested:
            np.testing.assert_array_equal(tested[0].W, first)
            assert (last != tested[2].W).any()


def test_batches_of_one_row_are_refused_of_every_objective_that_has_rows() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(31, 0.0, rng)
    network = Sequential(Dense(2, 3, rng=rng), BatchNorm(3), Dense(3, 1, rng=rng))
    objective = Supervised(network, BinaryCrossEntropy(), x, y)
    with pytest.raises(ValueError, match="batches of 10 of 31 rows have one of a single row"):
        Minimizer(objective, SGD(0.1), 10, rng)
    flat = Sequential(Flatten(), BatchNorm(2), Dense(2, 1, rng=rng))
    with pytest.raises(ValueError, match="batches of 10 of 31 rows have one of a single row"):
        Trainer(flat, BinaryCrossEntropy(), SGD(0.1), x[:, None], y, 10, rng)
    several = Sequential(BatchNorm(2), Flatten(), Dense(4, 1, rng=rng))  # two places each
    trainer = Trainer(
        several, BinaryCrossEntropy(), SGD(0.1), x.repeat(2, 0).reshape(31, 2, 2), y, 10, rng
    )
    for _ in range(4):
        trainer.step()
    assert not network[1].running_mean.any()  # looking changed nothing


def test_a_gradient_that_is_replaced_is_noticed_in_the_first_step() -> None:
    rng = np.random.default_rng(0)
    network = Sequential(Dense(2, 2, rng=rng), Tanh(), Forgets(2, 1, rng=rng))
    trainer = Trainer(network, BinaryCrossEntropy(), SGD(0.1), *data.xor(10, 0.0, rng))
    before = network.theta.copy()
    for _ in range(2):
        with pytest.raises(ValueError, match=r"Supervised: 2\.dW of .*; allowed: .*dW \+="):
            trainer.step()
    np.testing.assert_array_equal(network.theta, before)
    assert trainer.steps == 0


@pytest.mark.parametrize(
    "hold",
    [
        lambda a: {"a": a},
        lambda a: [[a]],
        lambda a: {a},
        lambda a: ({"a": [a]},),
        lambda a: SimpleNamespace(a=a),
        lambda a: SimpleNamespace(a=[a]),
    ],
)
def test_a_layer_that_would_not_be_found_is_noticed(hold: Callable[[Layer], Any]) -> None:
    rng = np.random.default_rng(0)
    network = Sequential(Dense(2, 1, rng=rng), Held(hold(Dense(1, 1, rng=rng))))
    with pytest.raises(ValueError, match=r"layers in Held\.parts are not found.*allowed: each as"):
        Trainer(network, BinaryCrossEntropy(), SGD(0.1), *data.xor(10, 0.0, rng))
    found = Sequential(Dense(2, 1, rng=rng), Held([Dense(1, 1, rng=rng)]))
    Trainer(found, BinaryCrossEntropy(), SGD(0.1), *data.xor(10, 0.0, rng)).step()


@pytest.mark.parametrize(("rows", "batch"), [(31, 10), (31, 1), (1, None), (21, 20)])
def test_a_batch_of_one_row_is_refused_where_batches_are_normalised(rows, batch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(rows, 2)), rng.integers(2, size=rows)
    network = Sequential(Dense(2, 3, rng=0), BatchNorm(3), Dense(3, 1, rng=0))
    with pytest.raises(ValueError, match="a single row"):
        Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y, batch, rng)
    plain = Sequential(Dense(2, 1, rng=0))
    Trainer(plain, BinaryCrossEntropy(), SGD(0.1), x, y, batch, rng).step()


def test_batches_that_leave_two_rows_are_normalised():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 2)), rng.integers(2, size=32)
    network = Sequential(Dense(2, 3, rng=0), BatchNorm(3), Dense(3, 1, rng=0))
    trainer = Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y, 10, rng)
    for _ in range(8):
        trainer.step()


class Trips(Dropout):
    """Dropout that fails in its fifth pass, once it has drawn."""

    passes = 0

    def forward(self, x: Array, training: bool = False) -> Array:
        self.passes += 1
        y = super().forward(x, training)
        if self.passes == 5:
            raise self.error
        return y


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), ZeroDivisionError()])
def test_a_step_that_fails_in_whatever_way_is_made_again_as_if_nothing_had_been(
    error: BaseException,
) -> None:
    def made(failing: bool) -> Trainer:
        x, y = data.moons(30, 0.1, 0)
        trips = Trips(0.3, rng=1)
        trips.error, trips.passes = error, -100 * (not failing)
        network = Sequential(Dense(2, 4, rng=0), BatchNorm(4), trips, Dense(4, 1, rng=2))
        return Trainer(network, BinaryCrossEntropy(), Adam(0.02), x, y, 7, rng=3)

    smooth, failing = made(failing=False), made(failing=True)
    expected = [smooth.step() for _ in range(12)]
    found = [failing.step() for _ in range(4)]
    with pytest.raises(type(error)):
        failing.step()
    assert failing.steps == 4
    assert found + [failing.step() for _ in range(8)] == expected


def test_a_rate_that_is_none_leaves_the_rows_in_their_order() -> None:
    x, y = data.moons(30, 0.1, 0)

    def made(schedule: Schedule) -> Trainer:
        network = mlp([2, 4, 1], 0, dropout=0.2)
        return Trainer(network, BinaryCrossEntropy(), SGD(0.1), x, y, 7, 3, schedule=schedule)

    rates = iter([0.1, 0.1, np.nan, 0.1, 0.1])
    trainer, smooth = made(lambda step: next(rates)), made(lambda step: 0.1)
    found = [trainer.step(), trainer.step()]
    with pytest.raises(ValueError, match="lr is nan"):
        trainer.step()
    assert [*found, trainer.step(), trainer.step()] == [smooth.step() for _ in range(4)]


@pytest.mark.parametrize("schedule", [cosine, lambda: 0.1, lambda step, more: 0.1, np.add])
def test_a_schedule_that_takes_no_step_is_refused_at_once(schedule: Any) -> None:
    x, y = data.moons(10, 0.1, 0)
    with pytest.raises(TypeError, match="allowed: a function from the step to a learning rate"):
        Trainer(mlp([2, 1], 0), BinaryCrossEntropy(), SGD(0.1), x, y, schedule=schedule)
