"""What every layer of the engine keeps, checked on each layer found."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.arrays import Array, ShapeError
from pycore.gradient_check import check
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Sequential
from pycore.normalization import BatchNorm
from tests.unit.pycore.found import subclasses

LAYERS = subclasses(Layer)
every_layer = pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)


def test_the_engine_has_layers() -> None:
    assert len(LAYERS) > 8


@every_layer
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), training=st.booleans())
def test_gradient_equals_central_differences(kind: type[Layer], seed: int, training: bool) -> None:
    rng = np.random.default_rng(seed)
    layer, x = kind.example(rng)
    assert check(layer, x, rng, training) <= 1e-6


@every_layer
def test_backward_adds_into_gradients(kind: type[Layer]) -> None:
    rng = np.random.default_rng(1)
    layer, x = kind.example(rng)
    dy = rng.normal(size=layer.forward(x).shape)
    layer.zero_grad()
    layer.backward(dy)
    once = [gradient.copy() for _, _, gradient in layer.parameters()]
    layer.forward(x)
    layer.backward(dy)
    for (name, _, twice), first in zip(layer.parameters(), once, strict=True):
        np.testing.assert_allclose(twice, 2 * first, rtol=1e-12, err_msg=name)


@every_layer
def test_what_has_a_gradient_of_its_own_is_named_as_a_parameter(kind: type[Layer]) -> None:
    layer, _ = kind.example(np.random.default_rng(0))
    held = {name for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    assert {name for name in held if f"d{name}" in held} == set(layer.PARAMETERS)


@every_layer
def test_accumulate_gives_the_gradients_of_backward(kind: type[Layer]) -> None:
    rng = np.random.default_rng(2)
    layer, x = kind.example(rng)
    dy = rng.normal(size=layer.forward(x).shape)
    layer.zero_grad()
    other = copy.deepcopy(layer)
    layer.backward(dy)
    other.accumulate(dy)
    for (name, _, a), (_, _, b) in zip(layer.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_inputs_stay_as_they_were_and_outputs_are_not_overwritten(
    kind: type[Layer], training: bool
) -> None:
    rng = np.random.default_rng(3)
    layer, x = kind.example(rng)
    x_before = x.copy()
    y = layer.forward(x, training)
    y_before, dy = y.copy(), rng.normal(size=y.shape)
    dy_before = dy.copy()
    dx = layer.backward(dy)
    dx_before = dx.copy()
    layer.forward(x, training)
    layer.backward(dy)
    for after, before in ((x, x_before), (y, y_before), (dy, dy_before), (dx, dx_before)):
        np.testing.assert_array_equal(after, before)


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("training", [False, True])
def test_dtype_is_kept(kind: type[Layer], dtype: type, training: bool) -> None:
    layer, x = kind.example(np.random.default_rng(4), dtype)
    y = layer.forward(x, training)
    assert y.dtype == dtype
    dx = layer.backward(np.ones_like(y))
    assert x.dtype.kind != "f" or dx.dtype == dtype
    assert all(g.dtype == v.dtype == dtype for _, v, g in layer.parameters())


@every_layer
def test_packed_parameters_are_views_of_theta(kind: type[Layer]) -> None:
    rng = np.random.default_rng(5)
    layer, x = kind.example(rng)
    before = layer.forward(x)
    layer.pack()
    np.testing.assert_array_equal(layer.forward(x), before)
    layer.theta[...] = np.arange(layer.theta.size)
    flat = [value.ravel() for _, value, _ in layer.parameters()]
    if flat:
        np.testing.assert_array_equal(np.concatenate(flat), layer.theta)
        assert all(np.shares_memory(v, layer.theta) for _, v, _ in layer.parameters())
        assert all(np.shares_memory(g, layer.grad) for _, _, g in layer.parameters())


@every_layer
def test_an_empty_dimension_is_refused_and_the_shape_named(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(8))
    for axis in range(x.ndim):
        with pytest.raises(ValueError, match=r"(\(|, )0[,)].*allowed"):
            layer.forward(x.take([], axis=axis))


@every_layer
def test_a_pickled_layer_is_trained_like_the_first(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(9))
    layer.pack()
    same = pickle.loads(pickle.dumps(layer))
    np.testing.assert_array_equal(same.forward(x), layer.forward(x))
    same.theta[...] = layer.theta[...] = np.arange(layer.theta.size)
    np.testing.assert_array_equal(same.forward(x), layer.forward(x))
    assert all(np.shares_memory(g, same.grad) for _, _, g in same.parameters())


def made(kind: type[Layer]) -> tuple[Layer, Array]:
    """The same layer and input each time."""
    return kind.example(np.random.default_rng(12))


def train(layer: Layer, x: Array, steps: int) -> list[Array]:
    """Some steps down L = Σ y², which shows in y whatever the layer draws or remembers."""
    seen = []
    for _ in range(steps):
        layer.zero_grad()
        y = layer.forward(x, training=True)
        layer.backward(2 * y)
        for _, value, gradient in layer.parameters():
            value -= 0.01 * gradient
        seen += [y.copy(), layer.forward(x)]
    return seen


@every_layer
def test_a_state_put_back_is_trained_on_to_the_same_bits(kind: type[Layer]) -> None:
    layer, x = made(kind)
    train(layer, x, 3)
    kept = layer.state()
    before = pickle.dumps(kept)
    first = train(layer, x, 4)
    assert pickle.dumps(kept) == before, "training reaches into a state that was taken"
    for packed in (False, True):
        if packed:
            layer.pack()
        layer.restore(kept)
        for a, b in zip(train(layer, x, 4), first, strict=True):
            np.testing.assert_array_equal(a, b)
    assert layer.is_packed()


@every_layer
def test_a_state_goes_into_another_layer_of_the_same_build(kind: type[Layer]) -> None:
    layer, x = made(kind)
    train(layer, x, 3)
    other, _ = made(kind)
    other.restore(pickle.loads(pickle.dumps(layer.state())))
    for a, b in zip(train(other, x, 3), train(layer, x, 3), strict=True):
        np.testing.assert_array_equal(a, b)


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_what_a_pass_changes_in_place_is_named(kind: type[Layer], training: bool) -> None:
    layer, x = made(kind)
    layer.forward(x, training)
    parts = [part for part in layer.walk() for part in vars(part).items()]
    arrays = [(name, array) for name, array in parts if isinstance(array, np.ndarray)]
    named = {id(array) for array in layer.arrays().values()}
    gradients = {id(gradient) for _, _, gradient in layer.parameters()}
    gradients |= {id(part.grad) for part in layer.walk() if hasattr(part, "grad")}
    before = [array.copy() for _, array in arrays]
    layer.backward(np.ones_like(layer.forward(x, training)))
    for (name, array), old in zip(arrays, before, strict=True):
        changed = not np.array_equal(array, old, equal_nan=True)
        assert not changed or id(array) in named | gradients, name


@every_layer
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(kind: type[Layer]) -> None:
    layer, _ = made(kind)
    kept = layer.state()
    before = pickle.dumps(kept)
    wrong = [kept | {"more": np.ones(1)}]
    for name, value in kept.items():
        wrong.append({key: kept[key] for key in kept if key != name})
        strange = {"state": 1} if isinstance(value, dict) else np.ones((*value.shape, 1))
        wrong += [kept | {name: strange}, kept | {name: "Adam"}, kept | {name: None}]
    for state in wrong:
        with pytest.raises(ValueError, match=r"the state has .* as .*; allowed: "):
            layer.restore({n: v + 1 if isinstance(v, np.ndarray) else v for n, v in state.items()})
    assert pickle.dumps(layer.state()) == before


def test_a_networks_arrays_go_into_one_without_its_dropout() -> None:
    rng = np.random.default_rng(0)
    first = Sequential(
        Dense(2, 3, rng=rng), BatchNorm(3), Dropout(0.5, rng=rng), Dense(3, 1, rng=rng)
    )
    train(first, rng.normal(size=(5, 2)), 2)
    second = Sequential(Dense(2, 3, rng=rng), BatchNorm(3), Dense(3, 1, rng=rng))
    second.copy_from(first)
    x = rng.normal(size=(4, 2))
    np.testing.assert_array_equal(second.forward(x), first.forward(x))
    before = second.theta.copy()
    with pytest.raises(ValueError, match=r"shapes \[\(2, 2\), \(2,\)\]; allowed: \[\(2, 3\)"):
        second.copy_from(Dense(2, 2, rng=rng))
    np.testing.assert_array_equal(second.theta, before)


def test_a_shallow_copy_leaves_the_network_whole() -> None:
    rng = np.random.default_rng(9)
    network = Sequential(Dense(2, 2, rng=rng))
    copy.copy(network).theta[...] = 1
    assert (network.forward(np.ones((1, 2))) == 3).all()


@every_layer
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
@pytest.mark.parametrize("training", [False, True])
def test_whole_numbers_count_as_floats(kind: type[Layer], training: bool) -> None:
    rng = np.random.default_rng(10)
    layer, x = kind.example(rng)
    x = np.rint(3 * x).astype(x.dtype) if x.dtype.kind == "f" else x
    other = copy.deepcopy(layer)
    y = other.forward(x, training)
    np.testing.assert_allclose(layer.forward(x.astype(int), training), y, rtol=1e-12)
    dy = rng.normal(size=y.shape)
    np.testing.assert_allclose(layer.backward(dy), other.backward(dy), rtol=1e-12, atol=1e-15)


@every_layer
@pytest.mark.parametrize("dtype", [np.int8, np.int64])
def test_a_gradient_of_whole_numbers_counts_as_floats(kind: type[Layer], dtype: type) -> None:
    rng = np.random.default_rng(11)
    layer, x = kind.example(rng)
    dy = rng.integers(-99, 100, layer.forward(x).shape)
    layer.zero_grad()
    other = copy.deepcopy(layer)
    np.testing.assert_allclose(layer.backward(dy.astype(dtype)), other.backward(dy.astype(float)))
    for (name, _, a), (_, _, b) in zip(layer.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12, err_msg=name)


def test_a_packed_layer_inside_another_keeps_its_own_theta() -> None:
    rng = np.random.default_rng(6)
    inner = Sequential(Dense(2, 3, rng=rng), Dense(3, 2, rng=rng))
    outer = Sequential(Dense(2, 2, rng=rng), inner)
    outer.theta[...] = 0
    assert not inner.theta.any()
    assert np.shares_memory(inner.theta, outer.theta)
    assert inner.theta.size == inner.size() == 9 + 8
    assert [name for name, _, _ in outer.parameters()][-1] == "1.1.b"


def test_one_layer_in_two_places_is_refused() -> None:
    dense = Dense(2, 2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="two places"):
        Sequential(dense, dense)


def test_mixed_dtypes_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="float32"):
        Sequential(Dense(2, 2, rng=rng), Dense(2, 2, rng=rng, dtype=np.float32))


def test_weights_cut_to_whole_numbers_are_refused() -> None:
    with pytest.raises(TypeError, match="int64; allowed: float32 and float64"):
        Sequential(Dense(2, 2, rng=0, dtype=np.int64))


def test_two_uses_of_one_input_add_their_gradients() -> None:
    rng = np.random.default_rng(7)
    dense, x = Dense(3, 3, rng=rng), rng.normal(size=(2, 3))
    y = dense.forward(x)
    dense.zero_grad()
    dense.backward(y)  # d(y·y)/dy reaches y twice
    dense.backward(y)
    np.testing.assert_allclose(dense.dW, x.T @ (2 * y), rtol=1e-12)


@pytest.mark.parametrize("shape", [(), (3,), (4, 2), (0, 3), (2, 0, 3)])
def test_dense_refuses_what_does_not_fit_and_names_the_shapes(shape: tuple[int, ...]) -> None:
    dense = Dense(3, 2, rng=np.random.default_rng(0))
    if shape == (3,):
        assert dense.forward(np.ones(shape)).shape == (2,)
        return
    with pytest.raises(ShapeError) as error:
        dense.forward(np.ones(shape))
    assert str(shape) in str(error.value)
    assert "3)" in str(error.value)


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (-1, 2), (1.5, 2)])
def test_dense_refuses_sizes_below_one(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="whole numbers from 1"):
        Dense(*sizes, rng=np.random.default_rng(0))


def test_dense_takes_any_number_of_leading_dimensions() -> None:
    rng = np.random.default_rng(8)
    dense, x = Dense(3, 2, rng=rng), rng.normal(size=(4, 5, 3))
    y = dense.forward(x)
    np.testing.assert_allclose(y, x @ dense.W + dense.b)
    assert check(dense, x, rng) <= 1e-6
