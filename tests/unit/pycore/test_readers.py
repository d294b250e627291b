"""What readers of an engine look for: summaries, predictions, weights of rows, freezing, a save."""

from __future__ import annotations

import io
import json
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import data
from pycore.activations import Tanh, sigmoid, softmax
from pycore.arrays import Array, ShapeError
from pycore.export import load_npz, npz
from pycore.gradient_check import numeric_gradient
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Residual, Sequential
from pycore.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    KullbackLeibler,
    Loss,
    MeanSquaredError,
)
from pycore.metrics import accuracy, confusion_matrix, f1
from pycore.models import mlp
from pycore.objectives import Supervised
from pycore.optimizers import SGD, Adam, AdamW, Optimizer, ScheduleFreeAdamW, ScheduleFreeSGD
from pycore.saving import TEXT, load, save
from pycore.seq2seq import SequenceCrossEntropy
from pycore.training import NonFiniteError, Trainer
from tests.unit.pycore.found import subclasses

# --- summary --------------------------------------------------------------------------------------


def test_a_summary_has_layers_shapes_and_parameters() -> None:
    network = Sequential(Dense(2, 8, rng=0), Residual(Sequential(Dense(8, 8, rng=0))), Tanh())
    before = network[0]
    said = network.summary([[0.0, 1.0]] * 5).splitlines()
    assert [line.split() for line in said] == [
        ["layer", "kind", "output", "parameters"],
        ["0", "Dense(2,", "8)", "(5,", "8)", "24"],
        ["1", "Residual", "(5,", "8)", "0"],
        ["1.0", "Sequential", "(5,", "8)", "0"],
        ["1.0.0", "Dense(8,", "8)", "(5,", "8)", "72"],
        ["2", "Tanh", "(5,", "8)", "0"],
        ["Sequential", "(5,", "8)", "96"],
    ]
    assert len({len(line) for line in said}) == 1
    assert not hasattr(before, "x")  # a look changes nothing
    assert "output" not in network.summary()


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_every_layers_summary_adds_up(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    _, *lines, last = layer.summary(x).splitlines()
    counts = [int(line.rsplit(maxsplit=1)[-1].replace(",", "")) for line in lines]
    own = sum(getattr(layer, name).size for name in layer.PARAMETERS)
    assert sum(counts) + own == int(last.rsplit(maxsplit=1)[-1]) == layer.size()


# --- predictions ----------------------------------------------------------------------------------


def trained(loss: Loss, y: Any, outputs: int = 1) -> Trainer:
    x, _ = data.blobs(30, 0.1, 0)
    network = mlp([2, 8, outputs], 0)
    return Trainer(network, loss, Adam(0.05), x, y, total=200).run()


def test_predictions_are_in_the_targets_terms() -> None:
    _, labels = data.blobs(30, 0.1, 0)
    for loss, y, outputs in (
        (BinaryCrossEntropy(), labels > 0, 1),
        (Hinge(), np.where(labels > 0, 1, -1), 1),
        (CrossEntropy(), labels, 3),
    ):
        trainer = trained(loss, y, outputs)
        np.testing.assert_array_equal(trainer.predict(trainer.x.tolist()), y)
    trainer = trained(MeanSquaredError(), labels)
    np.testing.assert_allclose(trainer.predict(trainer.x)[:, 0], labels, atol=0.3)
    trainer = trained(KullbackLeibler(), np.eye(3)[labels], 3)
    np.testing.assert_allclose(trainer.predict(trainer.x), np.eye(3)[labels], atol=0.2)
    y = np.random.default_rng(0).normal(size=(2, 3, 4))
    np.testing.assert_array_equal(SequenceCrossEntropy().predicted(y), y.argmax(axis=2))


def test_probabilities_come_of_the_losses_that_have_some() -> None:
    y = np.array([[-700.0, 1.0, 3.0], [0.5, 0.0, -2.0]])
    np.testing.assert_allclose(BinaryCrossEntropy().probabilities(y), sigmoid(y))
    for loss in (CrossEntropy(), KullbackLeibler(), SequenceCrossEntropy()):
        np.testing.assert_allclose(loss.probabilities(y[None]), softmax(y)[None], atol=1e-15)
    trainer = trained(MeanSquaredError(), np.ones(30))
    with pytest.raises(
        TypeError,
        match=r"MeanSquaredError\(\) gives no probabilities; allowed: BinaryCrossEntropy, Cross",
    ):
        trainer.proba(trainer.x)


@pytest.mark.parametrize("optimizer", [ScheduleFreeSGD(0.5), ScheduleFreeAdamW(0.05)])
def test_a_schedule_free_training_predicts_by_its_average(optimizer: Any) -> None:
    x, y = data.moons(50, 0.1, 0)
    trainer = Trainer(mlp([2, 8, 1], 0), BinaryCrossEntropy(), optimizer, x, y, total=30).run()
    theta = trainer.network.theta.copy()
    said = trainer.proba(x)
    np.testing.assert_array_equal(trainer.network.theta, theta)
    trainer.network.theta[...] = optimizer.x
    np.testing.assert_array_equal(said, sigmoid(trainer.network.forward(x)))


class Handing(Optimizer):
    """An optimizer that hands its steps on to another."""

    def __init__(self, to: Optimizer) -> None:
        self.to, self.lr = to, to.lr

    def update(self, theta: Array, grad: Array) -> None:
        """One step of the other."""
        self.to.step(theta, grad)


def test_a_training_whose_steps_are_handed_on_predicts_by_the_average_too() -> None:
    x, y = data.moons(50, 0.1, 0)
    handed, plain = (
        Trainer(mlp([2, 8, 1], 0), BinaryCrossEntropy(), optimizer, x, y, total=30).run()
        for optimizer in (Handing(ScheduleFreeSGD(0.5)), ScheduleFreeSGD(0.5))
    )
    np.testing.assert_array_equal(handed.proba(x), plain.proba(x))


def test_predictions_are_of_test_time_and_of_the_networks_precision() -> None:
    x, y = data.moons(50, 0.1, 0)
    network = mlp([2, 8, 1], 0, dropout=0.5, dtype=np.float32)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(), x, y)
    np.testing.assert_array_equal(trainer.proba(x), trainer.proba(x))
    assert trainer.proba(x).dtype == np.float32


# --- metrics --------------------------------------------------------------------------------------


@given(seed=st.integers(0, 10**6))
def test_a_confusion_matrix_counts_every_row_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, classes = (int(size) for size in rng.integers(1, 9, size=2))
    logits = rng.normal(size=(n, classes))
    labels = rng.integers(max(2, classes), size=n)
    counts = confusion_matrix(logits, labels)
    assert counts.sum() == n
    np.testing.assert_array_equal(counts.sum(axis=1), np.bincount(labels, minlength=len(counts)))
    assert counts.trace() / n == pytest.approx(accuracy(logits, labels))


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    logits = np.array([[3.0], [2.0], [1.0], [-1.0], [-2.0]])
    labels = [1, 0, 1, 1, 0]  # found 3, of them right 2; there 3
    assert confusion_matrix(logits, np.array(labels)).tolist() == [[1, 1], [1, 2]]
    assert f1(logits, np.array(labels)) == pytest.approx(2 / (1 / (2 / 3) + 1 / (2 / 3)))
    assert f1(-np.ones((4, 1)), np.zeros(4)) == 1
    assert f1(-np.ones((4, 1)), np.array([0, 0, 0, 1])) == 0
    three = np.eye(4)[[0, 0, 1, 1]]  # of four classes the last two are nowhere
    assert f1(three, np.array([0, 1, 1, 1])) == pytest.approx((2 / 3 + 0.8) / 2)
    assert f1(np.full((2, 1), np.nan), np.array([1, 1])) == 0
    with pytest.raises(ValueError, match="the label of row 1 is 2"):
        f1(three[:, :2], np.array([0, 2, 1, 1]))


# --- weights of rows ------------------------------------------------------------------------------

WEIGHING = [kind for kind in subclasses(Loss) if kind.each is not Loss.each]


def test_six_losses_weigh_rows() -> None:
    assert {BinaryCrossEntropy, CrossEntropy, Hinge, Huber, KullbackLeibler, MeanSquaredError} <= {
        *WEIGHING
    }


@pytest.mark.parametrize("kind", WEIGHING)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_each_rows_loss_is_that_of_the_row_alone(kind: type[Loss], seed: int) -> None:
    loss, y, target = kind.example(np.random.default_rng(seed))
    mean = loss.forward(y, target)
    each = loss.each()
    assert each.mean() == pytest.approx(mean)
    for row, one in enumerate(each):
        alone = loss.forward(y[row : row + 1], target[row : row + 1])
        assert one == pytest.approx(alone, rel=1e-9, abs=1e-12)


def objective(kind: type[Loss], seed: int, weights: Any, repeat: Any = None) -> Supervised:
    loss, y, target = kind.example(np.random.default_rng(seed))
    rows = np.arange(len(y)) if repeat is None else np.repeat(np.arange(len(y)), repeat)
    x = np.random.default_rng(1).normal(size=(len(y), 3))
    network = Sequential(Dense(3, y.shape[1], rng=0))
    return Supervised(network, loss, x[rows], target[rows], sample_weights=weights)


@pytest.mark.parametrize("kind", WEIGHING)
@pytest.mark.parametrize("seed", [1, 5, 12])
def test_a_row_of_weight_two_is_two_rows(kind: type[Loss], seed: int) -> None:
    rows = objective(kind, seed, None).count
    weights = np.arange(rows) % 3 + 1
    weighed, repeated = objective(kind, seed, 7 * weights), objective(kind, seed, None, weights)
    assert weighed.loss_and_grad() == pytest.approx(repeated.loss_and_grad())
    np.testing.assert_allclose(weighed.network.grad, repeated.network.grad, atol=1e-12)


@pytest.mark.parametrize("fused", [True, False])
def test_the_gradient_of_weighed_rows_belongs_to_their_loss(fused: bool) -> None:
    x, y = data.moons(12, 0.1, 0)
    network = mlp([2, 3, 1], 0)
    weighed = Supervised(
        network, BinaryCrossEntropy(), x, y, sample_weights=np.arange(12), fused=fused
    )
    rows = np.array([3, 7, 0])
    weighed.loss_and_grad(rows)
    found = network.grad.copy()
    numeric = numeric_gradient(lambda: weighed.loss_and_grad(rows), network.theta)
    np.testing.assert_allclose(found, numeric, atol=1e-8)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1, 1], r"sample_weights: got an array of shape \(2,\); allowed: \(4,\)|shape \(2,\)"),
        ([1, 1, -1, 1], "one is -1; allowed: finite numbers from 0"),
        ([1, 1, np.nan, 1], "one is nan"),
        ([0, 0, 0, 0], "all are 0"),
        (["a"] * 4, "weights: got text"),
    ],
)
def test_weights_have_a_domain(weights: Any, said: str) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        Trainer(mlp([2, 1], 0), Hinge(), SGD(), np.ones((4, 2)), np.ones(4), sample_weights=weights)


def test_a_loss_that_is_no_mean_of_rows_says_so() -> None:
    labels = np.zeros((2, 3), int)
    with pytest.raises(
        TypeError,
        match=r"SequenceCrossEntropy.* does not weigh rows; allowed: BinaryCrossEntropy",
    ):
        Supervised(
            Sequential(Dense(4, 4, rng=0)),
            SequenceCrossEntropy(),
            np.ones((2, 3, 4)),
            labels,
            sample_weights=[1, 2],
        )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_weighed_rows_are_looked_through_like_others() -> None:
    x = np.ones((4, 2))
    x[2] = np.nan
    trainer = Trainer(mlp([2, 1], 0), Hinge(), SGD(), x, np.ones(4), sample_weights=[1, 2, 3, 4])
    with pytest.raises(NonFiniteError, match="the input x itself"):
        trainer.step()


# --- freezing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [AdamW(0.05, weight_decay=0.1), ScheduleFreeSGD(0.5)])
def test_what_is_frozen_stays_and_the_rest_learns(optimizer: Any) -> None:
    x, y = data.moons(50, 0.1, 0)
    network = mlp([2, 8, 8, 1], 0)
    trainer = Trainer(network, BinaryCrossEntropy(), optimizer, x, y, clip=1.0, every=5)
    first, rest = network[0].theta.copy(), network[2].theta.copy()
    trainer.freeze(network[0])
    for _ in range(12):
        trainer.step()
    np.testing.assert_array_equal(network[0].theta, first)
    assert (network[2].theta != rest).any()
    after = network.theta.copy()
    trainer.seek(3)
    trainer.seek(12)
    np.testing.assert_array_equal(network.theta, after)
    trainer.freeze()
    trainer.step()
    assert (network[0].theta != first).any()
    with pytest.raises(ValueError, match=r"freeze: Dense\(1, 1\) is no part of Sequential"):
        trainer.freeze(Dense(1, 1, rng=0))


# --- saving ---------------------------------------------------------------------------------------


def again(network: Layer, *kinds: type[Layer]) -> Layer:
    file = io.BytesIO()
    save(file, network)
    file.seek(0)
    return load(file, *kinds)


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", [0, 3])
def test_every_layer_is_made_again_from_its_file(kind: type[Layer], seed: int, dtype: type) -> None:
    layer, x = kind.example(np.random.default_rng(seed), dtype)
    layer.forward(x, training=True)  # so that running statistics and generators have moved
    same = again(layer)
    assert type(same) is kind
    for training in (False, True):
        np.testing.assert_array_equal(same.forward(x, training), layer.forward(x, training))


class Scale(Layer):
    """A layer of somebody's own."""

    PARAMETERS = ("a",)

    def __init__(self, n: int) -> None:
        self.a, self.da = np.ones(int(n)), np.zeros(int(n))

    def forward(self, x: Array, training: bool = False) -> Array:
        return x * self.a

    def backward(self, dy: Array) -> Array:
        return dy * self.a


def test_a_file_of_ones_own_layers_asks_for_their_class(tmp_path: Path) -> None:
    network = Sequential(Scale(3), Dense(3, 1, rng=0))
    network.theta[...] = np.arange(network.theta.size)
    save(tmp_path / "net.npz", network)
    with pytest.raises(ValueError, match=r"load: the file needs Scale; .*load\(file, Scale\)"):
        load(str(tmp_path / "net.npz"))
    same = load(tmp_path / "net.npz", Scale)
    np.testing.assert_array_equal(same.theta, network.theta)
    x, y = np.ones((2, 3)), np.ones((2, 1))
    Trainer(same, MeanSquaredError(), SGD(), x, y).step()  # type: ignore[arg-type]


def test_options_are_saved_as_they_are_now() -> None:
    network = Sequential(Dense(2, 2, rng=0), Dropout(0.5, rng=0))
    dropout = network[1]
    assert isinstance(dropout, Dropout)
    dropout.p = 0.25
    network.layers.append(Tanh())
    assert repr(again(network)) == "Sequential(Dense(2, 2), Dropout(0.25), Tanh)"


def test_what_cannot_be_made_again_is_refused() -> None:
    dense = Dense(2, 2, rng=0)
    dense.W, dense.dW = np.ones((3, 2)), np.zeros((3, 2))
    with pytest.raises(ValueError, match="allowed: layers as they were made"):
        save(io.BytesIO(), dense)
    scale = Scale(Fraction(2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"save: Scale: n is Fraction.*allowed: numbers, texts"):
        save(io.BytesIO(), scale)


@pytest.mark.parametrize(
    "kind", ["os:system", "pycore.export:npz", "builtins:eval", "pycore.x:a.b"]
)
def test_a_file_makes_nothing_but_layers(kind: str) -> None:
    about = {
        "format": "Neuronauts network",
        "version": 1,
        "network": {"kind": kind, "options": {"command": "false"}},
        "generators": {},
        "packed": False,
    }
    refused(about)


@pytest.mark.parametrize(
    "name", ["pycore.recipes.tale:train", "pycore.export:npz", "pycore.saving:importlib"]
)
def test_nor_does_a_file_name_a_function_that_would_be_called(name: str) -> None:
    file = io.BytesIO()
    save(file, Sequential(Dense(2, 2, rng=0)))
    file.seek(0)
    about = json.loads(str(np.load(file)[TEXT]))
    about["network"]["options"]["layers"][0]["options"]["weights"] = {"name": name}
    refused(about)


@pytest.mark.parametrize(
    "change",
    [
        {"network": 5},
        {"network": [1]},
        {"network": {"kind": "pycore.nope:Dense", "options": {}}},
        {"network": {"kind": "pycore.layers:Nope", "options": {}}},
        {"network": {"kind": 5, "options": {}}},
        {"network": {"kind": "pycore.layers:Dense"}},
        {"network": {"kind": "pycore.layers:Dense", "options": {"wings": 2}}},
        {"network": {"kind": "pycore.layers:Dense", "options": {"n_in": []}}},
        {"generators": 3},
        {"generators": None},
    ],
)
def test_a_damaged_file_ends_in_a_sentence(change: dict[str, Any]) -> None:
    file = io.BytesIO()
    save(file, Sequential(Dense(2, 2, rng=0)))
    file.seek(0)
    about = json.loads(str(np.load(file)[TEXT]))
    refused(about | change)
    about.pop(next(iter(change)))
    refused(about)


def refused(about: dict[str, Any], said: str = "load: ") -> None:
    """Whatever else stands in such a file, it is not read."""
    file = io.BytesIO()
    np.savez(file, **{TEXT: np.array(json.dumps(about))})  # type: ignore[arg-type]
    file.seek(0)
    with pytest.raises(ValueError, match=said):
        load(file)


@pytest.mark.parametrize(
    "network",
    [
        ("pycore.layers:Dense", {"n_in": 10**9, "n_out": 8}),
        ("pycore.layers:Dense", {"n_in": 8, "n_out": 10**9}),
        ("pycore.layers:Dense", {"n_in": 10**6, "n_out": 10**6}),
        ("pycore.normalization:LayerNorm", {"n": 10**9}),
        ("pycore.layers:Embedding", {"count": 10**5, "n_out": 10**5}),
    ],
)
def test_a_file_gets_no_more_memory_than_it_fills(network: tuple[str, dict[str, int]]) -> None:
    kind, options = network
    about = {
        "format": "Neuronauts network",
        "version": 1,
        "network": {"kind": kind, "options": options},
        "generators": {},
        "packed": False,
    }
    said = r"it asks for 10+ numbers and holds 0; allowed: what `save` wrote"
    tracemalloc.start()
    try:
        refused(about, said)
        assert tracemalloc.get_traced_memory()[1] < 10**7
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"])
def test_what_is_no_file_of_a_network_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"load: no network of version 1; allowed: what `save`"):
        load(io.BytesIO(content))


def test_shapes_of_weights_are_told() -> None:
    with pytest.raises(ShapeError, match=r"Supervised's sample_weights.*\(3,\); allowed: \(2,\)"):
        Supervised(mlp([1, 1], 0), Hinge(), [[1.0], [2.0]], [1, -1], sample_weights=[1, 2, 3])


def saved() -> bytes:
    file = io.BytesIO()
    save(file, Sequential(Dense(2, 3, rng=0), Dropout(0.1, rng=1), Dense(3, 1, rng=2)))
    return file.getvalue()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_still_a_network(drawn: st.DataObject) -> None:
    for data_of, taken_in in ((saved, load), (lambda: npz(mlp([2, 3, 1], 0)), weights_of)):
        content = bytearray(data_of())
        for _ in range(drawn.draw(st.integers(1, 4))):
            content[drawn.draw(st.integers(0, len(content) - 1))] = drawn.draw(st.integers(0, 255))
        content = content[: drawn.draw(st.integers(1, len(content)))]
        try:
            found = taken_in(bytes(content))
        except ValueError:
            continue
        assert isinstance(found, Layer)


def weights_of(content: bytes) -> Layer:
    """A network with the weights of a file."""
    network = mlp([2, 3, 1], 0)
    load_npz(network, content)
    return network


def test_a_file_is_taken_as_its_bytes_too_and_what_is_none_is_named() -> None:
    assert repr(load(saved())) == "Sequential(Dense(2, 3), Dropout(0.1), Dense(3, 1))"
    network = mlp([2, 3, 1], 5)
    np.testing.assert_array_equal(weights_of(npz(network)).theta, network.theta)
    for strange in (None, 3, ["a"]):
        with pytest.raises(TypeError, match="allowed: a file open for reading bytes, or its name"):
            load_npz(network, strange)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"state": None},
        {"state": {}},
        {"state": {"state": -1, "inc": 1}},
        {"state": {"state": "a", "inc": 1}},
        {"has_uint32": None},
        {"uinteger": -1},
        {"uinteger": 2**70},
    ],
)
def test_the_state_of_a_generator_that_is_none_is_refused_and_nothing_changed(
    change: dict[str, Any],
) -> None:
    network = Sequential(Dense(2, 3, rng=0), Dropout(0.1, rng=1))
    state = network.state()
    before = network.state()
    state["0.W"] += 1
    state["1.rng"] = state["1.rng"] | change
    with pytest.raises(ValueError, match=r"a damaged state of PCG64 as 1\.rng"):
        network.restore(state)
    for name, value in network.state().items():
        np.testing.assert_equal(value, before[name])
