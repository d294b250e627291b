"""What a reader brings: lists, seeds, names and file names are taken, what is no number is told."""

from __future__ import annotations

import ast
import copy
import inspect
import io
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pycore
from pycore import activations, data, export, gradients, schedules, series
from pycore.activations import Tanh, gelu, softmax
from pycore.arrays import ShapeError, numbers, seeded
from pycore.autodiff import Tensor
from pycore.gradient_check import check
from pycore.layer import Layer
from pycore.layers import Dense, Residual, Sequential
from pycore.losses import BinaryCrossEntropy, CrossEntropy, Hinge, Loss, MeanSquaredError
from pycore.metrics import accuracy, intersection_over_union
from pycore.models import mlp
from pycore.models.autoencoders import ELBO, vae
from pycore.models.vision import cnn
from pycore.optimizers import SGD, Adam, Momentum, Optimizer
from pycore.subwords import BPE
from pycore.training import LOOK_EVERY, Minimizer, Trainer, Turns
from tests.unit.pycore.found import subclasses

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
MASKED = np.ma.masked_array(np.ones((4, 2)), mask=[[0, 0], [0, 1], [0, 0], [0, 0]])
STRANGE: list[tuple[Any, str]] = [
    (np.array([["a", "b"]] * 4), "text, such as 'a'"),
    (np.ones((4, 2), complex), r"complex numbers, such as \(1\+0j\)"),
    (np.array([["2024-01-01"] * 2] * 4, "datetime64[D]"), "dates, such as datetime"),
    (np.array([[None, 1]] * 4), "objects, such as None"),
    (MASKED, "1 of the numbers are masked; allowed: none"),
    ([[1.0], [1.0, 2.0]], "rows of different lengths"),
]


def xor(**options: Any) -> Trainer:
    return Trainer(mlp([2, 4, 1], 0), BinaryCrossEntropy(), Adam(0.05), X, Y, **options)


@pytest.mark.parametrize(("x", "said"), STRANGE)
def test_what_holds_no_real_numbers_is_refused_at_construction(x: Any, said: str) -> None:
    for given in ((x, Y), (X, x)):
        with pytest.raises((TypeError, ValueError), match=rf"Supervised: [xy]: .*{said}"):
            Trainer(mlp([2, 1], 0), MeanSquaredError(), SGD(), *given)
    for take in (
        lambda: Sequential(Tanh()).forward(x),
        lambda: accuracy(x, Y),
        lambda: intersection_over_union(x, x),
        lambda: check(Tanh(), x, 0),
        lambda: Tensor(x),
        lambda: softmax(x),
        lambda: gelu(x),
    ):
        with pytest.raises((TypeError, ValueError), match=said):
            take()


def test_lists_are_taken_like_arrays() -> None:
    from_lists, from_arrays = (
        xor(),
        Trainer(mlp([2, 4, 1], 0), BinaryCrossEntropy(), Adam(0.05), np.array(X), np.array(Y)),
    )
    assert [from_lists.step() for _ in range(9)] == [from_arrays.step() for _ in range(9)]
    network = from_lists.network
    np.testing.assert_array_equal(network.forward(X), network.forward(np.array(X)))
    for layer in network:
        if not isinstance(layer, Dense) or layer.n_in == 2:
            np.testing.assert_array_equal(layer.forward(X), layer.forward(np.array(X)))
    for loss, y, target in (
        (BinaryCrossEntropy(), np.ones((4, 1)), Y),
        (CrossEntropy(), np.ones((4, 2)), Y),
        (MeanSquaredError(), np.ones((4, 2)), X),
    ):
        assert loss.forward(y, target) == loss.forward(y, np.array(target))
    assert accuracy(network.forward(X).tolist(), Y) == accuracy(network.forward(X), np.array(Y))


PLAIN: list[Any] = [
    *(getattr(activations, name) for name in ("softmax", "log_softmax", "sigmoid", "tanh", "relu")),
    *(getattr(activations, name) for name in ("leaky_relu", "elu", "selu", "gelu", "tanh_gelu")),
    *(getattr(activations, name) for name in ("silu", "softplus", "erf")),
    lambda x: data.split(x, [0, 1, 0, 1], 0.5, 0)[1][0],
    lambda x: data.train_validation_test(x, x, 0.25, 0.25, 0)[0][0],
    lambda x: next(data.minibatches(x, ["a", "b", "c", "d"], 2, 0))[0],
    lambda x: series.windows(x, 2)[0],
    lambda x: series.split(x, 0.5)[1],
    gradients.norm,
]


@pytest.mark.parametrize("function", PLAIN)
def test_functions_of_numbers_take_lists(function: Any) -> None:
    x = [0.5, -1.0, 2.0, 0.0]
    np.testing.assert_array_equal(function(x), function(np.array(x)))


def test_what_is_changed_in_place_has_to_be_an_array() -> None:
    for take in (
        lambda: SGD().step([1.0], [1.0]),  # type: ignore[arg-type]
        lambda: gradients.clip_norm([3.0, 4.0], 1),  # type: ignore[arg-type]
        lambda: gradients.clip_value([3.0, 4.0], 1),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match=r"got \[.*allowed: (an )?arrays?\b.*in place"):
            take()
    for sizes in (3, [3], None):
        with pytest.raises(ValueError, match=r"mlp: sizes are .*; allowed: at least two"):
            mlp(sizes, 0)  # type: ignore[arg-type]
    ELBO(vae([4, 3, 2], 0), [[0, 1, 1, 0.5]] * 3)


@pytest.mark.parametrize(
    "deal",
    [
        lambda x, y: data.split(x, y, 0.5, 0),
        lambda x, y: data.train_validation_test(x, y, 0.25, 0.25, 0),
        lambda x, y: next(data.minibatches(x, y, 2, 0)),
    ],
)
def test_rows_that_are_dealt_keep_no_masked_number(deal: Any) -> None:
    for given in ((MASKED, Y), (X, MASKED[:, 1])):
        with pytest.raises(ValueError, match=r"[xy]: 1 of the numbers are masked; allowed: none"):
            deal(*given)
    with pytest.raises(ValueError, match="x: rows of different lengths; allowed: all of the same"):
        deal([[1.0], [1.0, 2.0]], [0, 1])
    deal(np.ma.masked_array(np.ones((4, 2))), list("aaaa"))


@pytest.mark.parametrize("clip", [gradients.clip_norm, gradients.clip_value])
def test_a_gradient_of_whole_numbers_is_not_clipped_in_place(clip: Any) -> None:
    with pytest.raises(TypeError, match=r"got array\(\[3, 4\]\); allowed: an array of floats"):
        clip(np.array([3, 4]), 1.0)


def test_weights_may_be_of_any_size() -> None:
    for size in (1e-300, 1.0, 1e308):
        assert math.isclose(xor(sample_weights=[size] * 4).step(), xor().step(), rel_tol=1e-12)


class Interrupted(Momentum):
    """An optimizer that is stopped in the middle of a step."""

    def update(self, theta: Any, grad: Any) -> None:
        super().update(theta, grad)
        if self.t == 2:
            raise KeyboardInterrupt


def test_a_step_that_is_interrupted_changes_nothing() -> None:
    theta, grad = np.ones(3), np.arange(3.0)
    optimizer = Interrupted(0.1)
    optimizer.step(theta, grad)
    before, memory = theta.copy(), optimizer.state()
    with pytest.raises(KeyboardInterrupt):
        optimizer.step(theta, grad)
    np.testing.assert_array_equal(theta, before)
    np.testing.assert_array_equal(optimizer.state()["v"], memory["v"])
    assert optimizer.t == 1
    impossible = Adam(0.1)
    impossible.beta1 = 1  # so that it divides by 0
    with pytest.raises(ZeroDivisionError):
        impossible.step(theta, grad)
    np.testing.assert_array_equal(theta, before)


def test_a_masked_array_without_a_mask_is_an_array() -> None:
    whole = np.ma.masked_array(np.ones((2, 2)))
    assert type(numbers("x", whole)) is np.ndarray


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_a_training_keeps_a_copy_of_its_data(order: Any, dtype: type) -> None:
    x, y = np.array(X, dtype, order=order), np.array(Y, np.float64).reshape(-1, 1)
    trainer = Trainer(mlp([2, 4, 1], 0), BinaryCrossEntropy(), Adam(0.05), x, y)
    x[...], y[...] = 77, 0.5
    other = xor()
    np.testing.assert_allclose(trainer.step(), other.step(), rtol=1e-12)


def test_half_precision_is_for_data_and_not_for_networks() -> None:
    with pytest.raises(TypeError, match="parameters hold float16; allowed: float32 and float64"):
        mlp([2, 1], 0, dtype=np.float16)


# --- seeds ----------------------------------------------------------------------------------------


def test_a_seed_is_a_generator_of_that_seed() -> None:
    np.testing.assert_array_equal(
        mlp([2, 5, 5, 1], 3).theta, mlp([2, 5, 5, 1], np.random.default_rng(3)).theta
    )
    np.testing.assert_array_equal(
        data.moons(9, 0.1, 3)[0], data.moons(9, 0.1, np.random.default_rng(3))[0]
    )
    assert xor(batch_size=3, rng=1).step() == xor(batch_size=3, rng=np.random.default_rng(1)).step()
    rng = np.random.default_rng(0)
    assert seeded(rng) is rng


@pytest.mark.parametrize("rng", [None, -1, 0.5, True, "0", np.random, np.random.RandomState(0)])
def test_what_is_no_seed_is_told_what_is(rng: Any) -> None:
    for take in (lambda: Dense(2, 2, rng=rng), lambda: data.moons(9, 0.1, rng)):
        with pytest.raises(TypeError, match=r"rng is .*; allowed: a whole number from 0"):
            take()


def functions_with_rng() -> list[Any]:
    """Every public function of the engine that takes rng, as syntax."""
    found = []
    for path in sorted(Path(pycore.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name not in ("example", "seeded"):
                named = {a.arg: a for a in (*node.args.args, *node.args.kwonlyargs)}
                if "rng" in named and (node.name[0] != "_" or node.name == "__init__"):
                    name = f"{path.stem}:{node.name}:{node.lineno}"
                    found.append(pytest.param(node, named["rng"], id=name))
    return found


@pytest.mark.parametrize(("function", "rng"), functions_with_rng())
def test_whatever_takes_rng_takes_a_seed(function: ast.FunctionDef, rng: ast.arg) -> None:
    """A seed is made a generator before it is drawn from, or given to two who would draw alike."""
    assert rng.annotation is not None
    assert ast.unparse(rng.annotation) in ("Seed", "Seed | None")
    nodes = [node for part in function.body for node in ast.walk(part)]
    made = any(isinstance(n, ast.Call) and ast.unparse(n) == "seeded(rng)" for n in nodes)
    drawn = any(isinstance(n, ast.Attribute) and ast.unparse(n.value) == "rng" for n in nodes)
    given = sum(isinstance(n, ast.Name) and n.id == "rng" for n in nodes)
    assert made or not (drawn or given > 1)


# --- names ----------------------------------------------------------------------------------------


def test_an_activation_may_be_a_name() -> None:
    assert isinstance(mlp([2, 3, 1], 0, activation="relu")[1], activations.ReLU)
    assert isinstance(mlp([2, 3, 1], 0, activation="leaky ReLU")[1], activations.LeakyReLU)
    pictures = cnn(8, [1, 2], [2], 0, activation="tanh")
    assert any(isinstance(layer, Tanh) for layer in pictures)
    with pytest.raises(ValueError, match=r"no activation 'rectifier'; allowed: ELU, GELU"):
        mlp([2, 3, 1], 0, activation="rectifier")
    with pytest.raises(TypeError, match=r"activation is Tanh.*allowed: a class such as Tanh"):
        mlp([2, 3, 1], 0, activation=Tanh())  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["weights", "biases"])
@pytest.mark.parametrize("kind", [*subclasses(Layer)], ids=lambda kind: kind.__name__)
def test_an_initializer_that_is_no_function_is_told_what_is_one(
    kind: type[Layer], option: str
) -> None:
    parameters = inspect.signature(kind).parameters
    if option in parameters:
        sizes = [3 for p in parameters.values() if p.default is p.empty and p.name not in ROOM]
        room = {name: value for name, value in ROOM.items() if name in parameters}
        with pytest.raises(TypeError, match=r"start as 'he'; allowed: .*initializers.he_normal"):
            kind(*sizes, **room, **{option: "he"})


ROOM: dict[str, Any] = {"rng": 0, "edges": [[0, 1], [1, 0]]}


def test_a_schedule_that_is_a_number_is_told_where_numbers_go() -> None:
    with pytest.raises(TypeError, match=r"schedule is 0.1; allowed: .*cosine.*optimizer's lr"):
        xor(schedule=0.1)
    with pytest.raises(TypeError, match=r"warm_up: schedule is 0.1; allowed: .*constant"):
        schedules.warm_up(0.1, 5)  # type: ignore[arg-type]


def test_weights_are_read_from_a_file_by_its_name(tmp_path: Path) -> None:
    network, other = mlp([2, 3, 1], 0), mlp([2, 3, 1], 1)
    file = tmp_path / "weights.npz"
    file.write_bytes(export.npz(network))
    for way in (str(file), file, io.BytesIO(file.read_bytes())):
        other.theta[...] = 0
        export.load_npz(other, way)
        np.testing.assert_array_equal(other.theta, network.theta)


@pytest.mark.parametrize("pair", [(97,), (97, 98, 99), [97, 98], 97, "ab", (97, 98.0), (True, 2)])
def test_a_merge_is_a_pair_of_tokens(pair: Any) -> None:
    with pytest.raises(TypeError, match=r"BPE: merge .*; allowed: a tuple of two tokens"):
        BPE([pair])


def test_labels_that_are_no_classes_are_refused_before_the_first_step() -> None:
    network = mlp([2, 3], 0)
    with pytest.raises(TypeError, match=r"labels are float64; allowed: whole numbers, .*astype"):
        Trainer(network, CrossEntropy(), SGD(), X, [0.0, 1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="holds -1 in row 2; allowed: classes, from 0"):
        Trainer(network, CrossEntropy(), SGD(), X, [0, 1, -1, 0])
    with pytest.raises(ValueError, match="a mask holds 255; allowed: 0 and 1"):
        intersection_over_union(np.ones((1, 2)), np.array([[0, 255]]))


# --- the order of things --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_a_layer_says_when_backward_comes_before_forward(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    dy = np.ones_like(copy.deepcopy(layer).forward(x))
    try:
        early = copy.deepcopy(layer).backward(dy)
    except RuntimeError:
        with pytest.raises(RuntimeError, match=r"needs .* not there; allowed: forward first$"):
            layer.backward(dy)
    else:  # then it needs nothing of what forward keeps
        layer.forward(x)
        np.testing.assert_array_equal(layer.backward(dy), early)


@pytest.mark.parametrize("kind", subclasses(Loss), ids=lambda kind: kind.__name__)
def test_a_loss_says_when_backward_comes_before_forward(kind: type[Loss]) -> None:
    loss, _, _ = kind.example(np.random.default_rng(0))
    with pytest.raises(RuntimeError, match=r"backward needs .*; allowed: forward first"):
        loss.backward()
    if kind.each is not Loss.each:
        with pytest.raises(RuntimeError, match=r"each needs .*; allowed: forward first"):
            loss.each()


def test_a_misspelt_attribute_is_still_an_attribute_error() -> None:
    dense = Dense(2, 2, rng=0)
    with pytest.raises(AttributeError, match="no attribute 'w'"):
        dense.w  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(dense, "theta")
    dense.forward(np.ones((1, 2)))
    assert isinstance(pickle.loads(pickle.dumps(dense)), Dense)


@pytest.mark.parametrize("size", [1, 3], ids=["as large", "larger"])
def test_an_optimizer_steps_for_one_network(size: int) -> None:
    adam, x, y = Adam(), np.ones((2, 1)), np.ones((2, 1))
    first = Sequential(Dense(1, 1, rng=0))
    Trainer(first, MeanSquaredError(), adam, x, y).step()
    Trainer(first, MeanSquaredError(), adam, x, y).step()
    with pytest.raises(ValueError, match=r"Adam\(lr=.*has made 2 steps on another network"):
        Trainer(mlp([1, size, 1], 0), MeanSquaredError(), adam, x, y)
    with pytest.raises(ShapeError, match=r"another network takes a new optimizer"):
        adam.step(np.ones(7), np.ones(7))
    both = copy.deepcopy(Trainer(first, MeanSquaredError(), adam, x, y))
    both.step()
    Trainer(both.network, MeanSquaredError(), both.optimizer, x, y).step()


def test_a_parameter_replaced_in_mid_training_is_noticed() -> None:
    trainer = xor()
    trainer.step()
    trainer.network[0].W = np.ones((2, 4))  # type: ignore[attr-defined]
    trainer.total = LOOK_EVERY + 1
    with pytest.raises(ValueError, match=r"0\.W .*it was replaced"):
        trainer.run()


class Scale(Layer):
    """A layer of somebody's own; how it names its parameter is put in by the test."""

    def __init__(self) -> None:
        self.a, self.da = np.ones(2), np.zeros(2)

    def forward(self, x: Any, training: bool = False) -> Any:
        self.x = x
        return x * self.a

    def backward(self, dy: Any) -> Any:
        self.da += (dy * self.x).sum(axis=0)
        return dy * self.a


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ((), r"holds a and da, but PARAMETERS does not name a.*PARAMETERS = \('a',\)"),
        ("a", r"PARAMETERS is 'a'; allowed: a tuple of names, as in \('a',\)"),
        (("a", "b"), "PARAMETERS names b, but b is no array yet"),
    ],
)
def test_a_parameter_that_is_not_named_is_noticed(named: Any, said: str) -> None:
    kind = type("Scale", (Scale,), {"PARAMETERS": named})
    for take in (
        lambda: Sequential(kind()),
        lambda: check(kind(), X, 0),
        lambda: Trainer(Residual(kind()), MeanSquaredError(), SGD(), X, X),  # type: ignore[arg-type]
    ):
        with pytest.raises((TypeError, ValueError), match=said):
            take()
    right = type("Scale", (Scale,), {"PARAMETERS": ("a",)})
    assert check(right(), X, 0) < 1e-6


def test_the_gradient_check_says_what_it_can_check() -> None:
    for x, layer, said in (
        (np.ones((2, 2), np.float32), Dense(2, 2, rng=0), "x holds float32; allowed: float64"),
        (X, Dense(2, 2, rng=0, dtype=np.float32), "W holds float32; allowed: float64"),
        (X, MeanSquaredError(), r"got MeanSquaredError\(\); allowed: an object of Layer"),
    ):
        with pytest.raises(TypeError, match=said):
            check(layer, x, 0)  # type: ignore[arg-type]


# --- how things look ------------------------------------------------------------------------------


def test_what_trains_shows_how_it_was_made() -> None:
    assert repr(Momentum(0.05)) == "Momentum(lr=0.05, beta=0.9, weight_decay=0.0)"
    assert repr(Hinge()) == "Hinge()"
    trainer = xor(batch_size=3, rng=0)
    trainer.step()
    assert repr(trainer) == (
        "Trainer(Supervised(Sequential(Dense(2, 4), Tanh, Dense(4, 1)), BinaryCrossEntropy(), "
        "4 rows), Adam(lr=0.05, beta1=0.9, beta2=0.999, eps=1e-08), batches of 3, 1 steps made)"
    )
    assert repr(Turns((trainer, 2))) == f"Turns(2 × {trainer}, 0 rounds made)"


@pytest.mark.parametrize("kind", [*subclasses(Optimizer), *subclasses(Loss)])
def test_every_optimizer_and_loss_shows_its_options(kind: type[Any]) -> None:
    shown = repr(kind())
    assert shown.startswith(f"{kind.__name__}(")
    assert "object at" not in shown


def test_a_training_may_go_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[str] = []
    forward = Dense.forward

    def counting(self: Dense, x: Any, training: bool = False) -> Any:
        passes.append(repr(self))
        return forward(self, x, training)

    monkeypatch.setattr(Dense, "forward", counting)
    fused, walked = xor(), xor(fused=False)
    losses = [fused.step() for _ in range(5)]
    assert passes == []
    np.testing.assert_allclose([walked.step() for _ in range(5)], losses, rtol=1e-12)
    assert passes == ["Dense(2, 4)", "Dense(4, 1)"] * 5
    assert isinstance(walked, Minimizer)
