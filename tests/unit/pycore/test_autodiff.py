"""The tape: shared and broadcast inputs, both modes, checkpoints, and the layers' own digits."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.activations import Tanh
from pycore.arrays import Array, ShapeError
from pycore.attention import DotAttention
from pycore.autodiff import Tensor, checkpoint, directional, dot, gradient, kept_bytes
from pycore.convolution import Conv1D
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.initializers import normal
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy, CrossEntropy
from pycore.normalization import LayerNorm
from pycore.recurrent import GRU, LSTM, RNN, BiasedGRU, Recurrent

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "x·x, shared": lambda x: (x * x).sum(),
    "shared three times": lambda x: (x * x.exp() / (1 + x * x)).sum(),
    "arithmetic": lambda x: (2 - x / 3 + 1 / (x * x + 2) - (-x)).sum(),
    "power": lambda x: ((x * x + 1) ** 1.5).mean(),
    "functions": lambda x: (x.tanh() + x.sigmoid() + x.sin() + x.softplus() + x.relu()).sum(),
    "log": lambda x: ((x * x + 0.5).log()).sum(),
    "maximum": lambda x: x.maximum(x * x - 0.3).sum(),
    "matmul with itself": lambda x: (x @ x.T).tanh().sum(),
    "broadcast row": lambda x: (x * x[0]).sum(),
    "broadcast column": lambda x: (x + x[:, :1] * x).sum(),
    "mean and centre": lambda x: ((x - x.mean(0)) ** 2).sum(),
    "keepdims": lambda x: (x / (x * x + 1).sum(1, keepdims=True)).sum(),
    "repeated index": lambda x: (x[np.array([0, 0, -1])] ** 2).sum(),
    "reshape": lambda x: (x.reshape(-1) * np.arange(x.data.size)).tanh().sum(),
    "reshape by a tuple": lambda x: (x.reshape((1, -1)) @ np.ones(x.data.size)).sin().sum(),
    "dimensions from the end": lambda x: (
        x.reshape(1, *x.shape).transpose(-1, 0, -2).tanh() * x.T.reshape(x.shape[1], 1, -1)
    ).sum(),
    "vector and matrix": lambda x: (x[0] @ x.T.tanh()).sum(),
    "matrix and vector": lambda x: (x @ x[-1].tanh()).sum(),
    "vector and vector": lambda x: x[0] @ x[-1].tanh(),
    "stack and vector": lambda x: (x.reshape(1, *x.shape) @ x[0]).tanh().sum(),
    "power zero": lambda x: ((x - x) ** 0 * x).sum(),
    "log softmax": lambda x: (x.log_softmax() * x).sum(),
    "array on the left": lambda x: (np.ones((2, x.shape[0])) @ x).exp().sum(),
}
every_function = pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS.keys())
shapes = st.tuples(st.integers(1, 4), st.integers(1, 4))


@every_function
@settings(max_examples=20, deadline=None)
@given(shape=shapes, seed=st.integers(0, 10**6))
def test_both_modes_equal_central_differences(
    f: Callable[[Tensor], Tensor], shape: tuple[int, int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, v = rng.normal(size=shape), rng.normal(size=shape)
    numeric = numeric_gradient(lambda: float(f(Tensor(x)).data), x)
    exact = gradient(f, x)
    assert relative_error(exact, numeric) <= 1e-6
    np.testing.assert_allclose(directional(f, x, v), (exact * v).sum(), rtol=1e-9, atol=1e-9)


def test_the_tape_and_the_layers_agree_to_the_last_digits() -> None:
    rng = np.random.default_rng(0)
    first, last = Dense(2, 5, rng=rng), Dense(5, 1, rng=rng)
    network, loss = Sequential(first, Tanh(), last), BinaryCrossEntropy()
    x, t = rng.normal(size=(7, 2)), rng.integers(2, size=(7, 1))
    value = loss.forward(network.forward(x), t)
    dx = network.backward(loss.backward())

    leaves = [Tensor(a) for a in (x, first.W, first.b, last.W, last.b)]
    X, W1, b1, W2, b2 = leaves
    y = (X @ W1 + b1).tanh() @ W2 + b2
    L = (y.softplus() - y * t).mean()
    L.backward()
    assert float(L.data) == pytest.approx(value, rel=1e-15)
    expected = (dx, first.dW, first.db, last.dW, last.db)
    for leaf, grad in zip(leaves, expected, strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(leaf.grad, grad, rtol=1e-13, atol=1e-16)


def test_cross_entropy_agrees_too() -> None:
    rng = np.random.default_rng(1)
    logits, t = rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])
    loss = CrossEntropy()
    loss.forward(logits, t)
    exact = gradient(lambda y: -(y.log_softmax()[np.arange(4), t].mean()), logits)
    np.testing.assert_allclose(loss.backward(), exact, rtol=1e-13, atol=1e-16)


def by_layer(layer: Layer, x: Array, dy: Array) -> list[Array]:
    """dL/dx and every dL/dθ of the layer."""
    layer.forward(x)
    return [layer.backward(dy), *(gradient for _, _, gradient in layer.parameters())]


def agree(leaves: list[Tensor], gradients: list[Array]) -> None:
    for leaf, expected in zip(leaves, gradients, strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(leaf.grad, expected, rtol=1e-13, atol=1e-14)


def test_layer_norm_agrees() -> None:
    rng = np.random.default_rng(2)
    layer, x, dy = LayerNorm(5), rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    layer.gamma[...], layer.beta[...] = rng.normal(size=(2, 5))
    X, gamma, beta = leaves = [Tensor(a) for a in (x, layer.gamma, layer.beta)]
    centred = X - X.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    (centred / (variance + layer.eps) ** 0.5 * gamma + beta).backward(dy)
    agree(leaves, by_layer(layer, x, dy))


def test_attention_agrees() -> None:
    rng = np.random.default_rng(3)
    q, k, v = (rng.normal(size=shape) for shape in ((2, 3, 4), (2, 5, 4), (2, 5, 2)))
    layer, dy = DotAttention(4), rng.normal(size=(2, 3, 2))
    Q, K, V = leaves = [Tensor(a) for a in (q, k, v)]
    ((Q @ K.transpose(0, 2, 1) / 2).log_softmax().exp() @ V).backward(dy)
    layer.attend(q, k, v=v)
    agree(leaves, [*layer.attend_backward(dy), layer.dv])


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU, BiasedGRU])
def test_recurrent_layers_agree(kind: type[Recurrent]) -> None:
    rng = np.random.default_rng(4)
    n, time = 3, 6
    layer = kind(2, n, biases=normal(0.5), rng=rng)
    x, dy = rng.normal(size=(2, time, 2)), rng.normal(size=(2, time, n))
    X, Wx, Wh, b, *inner = leaves = [Tensor(a) for a in (x, *(v for _, v, _ in layer.parameters()))]
    c = h = Tensor(np.zeros((2, n)))
    L = Tensor(0.0)
    for t in range(time):
        a, u = X[:, t] @ Wx + b, h @ Wh
        if kind is RNN:
            h = (a + u).tanh()
        elif kind is LSTM:
            i, f, g, o = ((a + u)[:, gate * n : (gate + 1) * n] for gate in range(4))
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            rz, u_n = (a + u)[:, : 2 * n].sigmoid(), u[:, 2 * n :]
            for bias in inner:
                u_n = u_n + bias
            r, z = rz[:, :n], rz[:, n:]
            h = (1 - z) * (a[:, 2 * n :] + r * u_n).tanh() + z * h
        L = L + (h * dy[:, t]).sum()
    L.backward()
    agree(leaves, by_layer(layer, x, dy))


def test_convolution_agrees() -> None:
    rng = np.random.default_rng(5)
    layer = Conv1D(2, 3, 3, stride=2, padding=1, biases=normal(1.0), rng=rng)
    x, dy = rng.normal(size=(2, 7, 2)), rng.normal(size=(2, 4, 3))
    X, W, b = leaves = [Tensor(a) for a in (x, layer.W, layer.b)]
    L = (b * dy).sum()
    for o, w in itertools.product(range(4), range(3)):
        if 0 <= 2 * o + w - 1 < 7:
            L = L + (X[:, 2 * o + w - 1] @ W[w] * dy[:, o]).sum()
    L.backward()
    agree(leaves, by_layer(layer, x, dy))


def test_a_second_backward_adds() -> None:
    x = Tensor(3.0)
    (x * x).backward()
    (x * x).backward()
    assert x.grad == 12


def test_a_graph_deeper_than_python_s_stack_is_walked() -> None:
    x = Tensor(1.0)
    y = x
    for _ in range(1500):  # freeing a chain of 3000 overflows the stack of WebAssembly
        y = y + 0.001
    y.backward()
    assert x.grad == 1
    assert len(y.walk()) == 3001


@pytest.mark.parametrize("walk_back", [False, True])
def test_a_graph_of_many_operations_can_be_dropped(walk_back: bool) -> None:
    x = Tensor(1.0)
    y = x
    for _ in range(10_000):
        y = y * 0.9999 + 0.001 * y  # 30,000 operations; freed one inside the other they end Python
    if walk_back:
        y.backward()
    alive = weakref.ref(y.inputs[0])
    del y
    assert alive() is None
    assert not Tensor._loose


def test_what_is_still_held_outlives_what_was_made_from_it() -> None:
    x = Tensor(2.0)
    kept = x * x
    y = kept.exp() + kept
    del y
    kept.backward()
    assert x.grad == 4


def test_the_graph_can_be_walked_and_named() -> None:
    a, b = Tensor(2.0, "a"), Tensor(3.0, "b")
    y = a * b + a
    assert [t.op.name if t.op else t.name for t in y.walk()] == ["a", "b", "×", "+"]
    assert repr(a) == "Tensor(a, shape ())"


def test_the_graph_can_be_drawn() -> None:
    a, W = Tensor(2.0, 'the "a"'), Tensor(np.ones((2, 3)), "W")
    y = (a * a * W).sum()
    y.backward()
    assert dot(y).splitlines() == [
        "digraph {",
        "    rankdir=LR",
        r'    0 [label="the \"a\"\n2, gradient 24", shape=box]',
        r'    1 [label="×\n4, gradient 6", shape=ellipse]',
        "    0 -> 1",
        "    0 -> 1",
        r'    2 [label="W\nshape (2, 3)", shape=box]',
        r'    3 [label="×\nshape (2, 3)", shape=ellipse]',
        "    1 -> 3",
        "    2 -> 3",
        r'    4 [label="Σ\n24, gradient 1", shape=ellipse]',
        "    3 -> 4",
        "}",
    ]


def test_a_checkpoint_keeps_less_and_gives_the_same_gradients() -> None:
    rng = np.random.default_rng(2)
    x, W = rng.normal(size=(8, 8)), Tensor(rng.normal(size=(8, 8)) / 3)

    def block(h: Tensor) -> Tensor:
        for _ in range(4):
            h = (h @ W).tanh()
        return h

    results = []
    for keep in (True, False):
        W.grad, leaf = None, Tensor(x)
        h = leaf
        for _ in range(5):
            h = block(h) if keep else checkpoint(block, h)
        memory = kept_bytes(h)
        (h * h).sum().backward()
        assert leaf.grad is not None
        assert W.grad is not None
        results.append((memory, leaf.grad, W.grad))
    (all_memory, dx, dW), (less_memory, dx2, dW2) = results
    assert less_memory < all_memory / 4
    np.testing.assert_allclose(dx2, dx, rtol=1e-12)
    np.testing.assert_allclose(dW2, dW, rtol=1e-12)
    v = rng.normal(size=x.shape)
    np.testing.assert_allclose(
        directional(lambda h: checkpoint(block, h), x, v), directional(block, x, v)
    )


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(2,\)"):
        Tensor(np.ones(2)).backward()
    with pytest.raises(ShapeError, match=r"\(3,\).*\(2,\)"):
        Tensor(np.ones(2)).backward(np.ones(3))
    with pytest.raises(ShapeError, match="tangent"):
        Tensor(np.ones(2), tangent=np.ones(3))


@pytest.mark.parametrize("f", [
    lambda x: x * 2, lambda x: 1 - x, lambda x: x / np.float64(3), lambda x: -x, lambda x: x**2,
    lambda x: x.maximum(0.0), lambda x: x.mean(0), lambda x: x * np.arange(3),
    lambda x: x.log_softmax(),
])  # fmt: skip
def test_plain_numbers_leave_float32_alone(f: Callable[[Tensor], Tensor]) -> None:
    x = Tensor(np.ones((2, 3), np.float32))
    y = f(x)
    assert y.data.dtype == np.float32
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == np.float32


def test_a_gradient_has_the_precision_of_its_tensor() -> None:
    x, W = Tensor(np.ones((2, 3), np.float32)), Tensor(np.ones((3, 2)))
    (x @ W).sum().backward()
    assert x.grad is not None
    assert W.grad is not None
    assert (x.grad.dtype, W.grad.dtype) == (np.float32, np.float64)


def test_shapes_that_do_not_fit_are_named() -> None:
    x = Tensor(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"\+.*\(2, 3\) and \(4,\)"):
        x + np.ones(4)
    for other in (np.ones((2, 3)), np.ones(2), np.ones(())):
        with pytest.raises(ShapeError, match=r"@: .*\(2, 3\) and .*allowed"):
            x @ other
    with pytest.raises(ShapeError, match=r"Σ.*axis 2"):
        x.sum(2)
    with pytest.raises(ShapeError, match=r"\(0, 3\).*at least 1"):
        x[:0]


def test_a_checkpoint_lets_the_tangents_of_weights_through() -> None:
    w = Tensor(2.0, tangent=1.0)
    assert checkpoint(lambda x: x * w, Tensor(3.0)).tangent == 3


@pytest.mark.parametrize("stranger", [1j, "1", None])
def test_what_is_no_real_number_is_refused(stranger: Any) -> None:
    for refused in (lambda: Tensor(stranger), lambda: Tensor(1.0) + stranger):
        with pytest.raises(TypeError, match="allowed: real numbers"):
            refused()


@pytest.mark.parametrize("p", [3, 3.0, np.int64(3), np.float32(3), np.uint8(3)])
def test_numpy_s_numbers_are_exponents_too(p: Any) -> None:
    x = Tensor(np.array([-2.0, 0.0], np.float32))
    y = x**p
    y.sum().backward()
    assert x.grad is not None
    assert (y.data.dtype, x.grad.dtype) == (np.float32, np.float32)
    np.testing.assert_array_equal([y.data, x.grad], [[-8, 0], [12, 0]])


NOT_TAKEN: dict[str, tuple[Callable[[Tensor], Tensor], list[float], list[float]]] = {
    "the norm of nothing": (lambda t: ((t * t).sum() ** 0.5).maximum(1e-10), [0, 0], [0, 0]),
    "a logarithm below the floor": (lambda t: t.log().maximum(-5.0).sum(), [0, 2], [0, 0.5]),
    "a root times nothing": (lambda t: (t**0.5 * np.array([0.0, 1.0])).sum(), [0, 4], [0, 0.25]),
    "a quotient not taken": (lambda t: (1 / t).maximum(np.inf).sum(), [0, 4], [0, 0]),
    "a logarithm of less than nothing": (lambda t: (t.log() * 0.0 + t)[1:].sum(), [-1, 4], [0, 1]),
}


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_branch_that_counts_for_nothing_gets_no_gradient(name: str) -> None:
    f, at, wanted = NOT_TAKEN[name]
    np.testing.assert_array_equal(gradient(f, at), wanted)
    for i, slope in enumerate(wanted):
        way = np.zeros(len(at))
        way[i] = 1
        assert directional(f, at, way).item() == slope


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_way_that_does_not_move_a_root_at_zero_passes_by_it() -> None:
    assert directional(lambda t: (t**0.5).sum(), [0.0, 4.0], [0.0, 1.0]).item() == 0.25


def test_an_infinite_slope_that_counts_stays_infinite() -> None:
    assert gradient(lambda t: t**0.5, 0.0) == np.inf


ZERO = np.zeros((2, 1))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda t: ((t.reshape(1, 2) @ ZERO) ** 0.5).sum(), [0, 0]),
        (lambda t: ((ZERO.T @ t.reshape(2, 1)) ** 0.5).sum(), [0, 0]),
        (lambda t: ((t @ np.zeros((2, 3))) ** 0.5).sum(), [0, 0]),
        (lambda t: ((np.zeros((3, 2)) @ t) ** 0.5).sum(), [0, 0]),
        (lambda t: ((t.reshape(1, 2) ** 0.5) @ np.array([[0.0], [1.0]])).sum(), [0, 0.25]),
        (lambda t: (np.zeros((4, 1, 2)) @ (t.reshape(2, 1) ** 0.5)).sum(), [0, 0]),
    ],
)
def test_nothing_times_infinity_is_nothing_in_products_of_matrices_too(
    f: Callable[[Tensor], Tensor], expected: list[float]
) -> None:
    x = [0.0, 4.0]
    np.testing.assert_array_equal(gradient(f, x), expected)
    np.testing.assert_array_equal([directional(f, x, v) for v in np.eye(2)], expected)
    leaf = Tensor(x)
    checkpoint(f, leaf).backward()
    np.testing.assert_array_equal(leaf.grad, expected)
