"""Lists are taken for arrays by everything public, found by looking; or a sentence says why not."""

from __future__ import annotations

import copy
import importlib
import inspect
import itertools
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from pycore import random_features
from pycore.activations import Tanh
from pycore.autodiff import Tensor
from pycore.layer import Layer
from pycore.layers import Embedding
from pycore.losses import Loss
from pycore.models import mlp
from pycore.models.diffusion import Diffusion, gaussian_noise, linear
from pycore.models.gnn import NodeClassification, gnn
from pycore.recurrent import RNN
from tests.unit.pycore.found import modules, subclasses

RNG = np.random.default_rng(0)
ROW = np.array([0.25, -1.0, 2.0, 0.5])
TABLE = np.abs(RNG.normal(size=(4, 3)))
MASKS = (TABLE > 0.5).astype(int)
EDGES = np.array([[0, 1], [1, 2], [2, 0]])

SAMPLES: dict[str, Sequence[Any]] = {
    "x": [TABLE, ROW, TABLE[:, :2]],
    "y": [ROW],
    "labels": [np.array([0, 1, 1, 0])],
    **dict.fromkeys(("logits", "dp", "a", "b", "matrix"), (TABLE,)),
    "p": [TABLE, np.array([0.25, 0.75])],
    "q": [np.array([0.5, 0.5])],
    **dict.fromkeys(("data_logits", "sample_logits"), (TABLE,)),
    **dict.fromkeys(("grad", "theta", "series", "v"), (ROW,)),
    **dict.fromkeys(("fraction", "noise"), (0.25,)),
    **dict.fromkeys(("validation", "test"), (0.25,)),
    **dict.fromkeys(("rng", "start"), (0,)),
    **dict.fromkeys(("n", "steps"), (4,)),
    **dict.fromkeys(("past", "batch_size", "count"), (2,)),
    "masks": [MASKS, np.ones((1, 2, 2), bool)],
    "scores": [RNG.normal(size=(1, 2, 2))],
    **dict.fromkeys(("edges", "pairs"), (EDGES,)),
    "chances": [np.array([0.5, 0.3, 0.2])],
    "temperature": [0.7],
    "k": [2],
    "mass": [0.6],
    "frequencies": [np.array([1.0, 0.5])],
    "negatives": [2],
    **dict.fromkeys(("points", "queries"), (TABLE,)),
    "lines": [RNG.normal(size=(2, 2, 2))],
    "items": [np.array([[1, 2], [0, 3]])],
    "t": [np.array([1, 2]), 0.5],
    "data": [TABLE],
    "noising": [linear(4)],
    "limit": [1.0],
    **dict.fromkeys(("distance", "mu", "beta", "rho", "lr"), (0.5,)),
    **dict.fromkeys(("L", "std"), (2.0,)),
    **dict.fromkeys(("mean", "s", "slopes", "eps", "values"), (ROW,)),
    "curvature": [np.abs(ROW)],
    "features": [("x₁", "x₂"), random_features.relu(4, 0, inputs=3)],
    **dict.fromkeys(("phi", "phi_test", "x_test"), (TABLE,)),
    **dict.fromkeys(("y_test", "ridges"), (np.abs(ROW),)),
    "sizes": [[3, 2]],
    "f": [lambda x: (x * x).sum(), lambda: 1.0],
    "gradient": [lambda theta: 2 * theta],
    "layer": [Tanh(), RNN(3, 2, rng=0)],
    "about": [{}],
    "weights": [{"0.weight": np.ones((1, 3))}],
    "networks": [{"": mlp([3, 1], 0)}],
    "network": [mlp([3, 1], 0), mlp([4, 3], 0), Embedding(4, 4, rng=0)],
    "state": [{"0.weight": np.ones((1, 3)), "0.bias": np.ones(1)}],
}
"""Values to try for a parameter of that name, until a function takes all of its own."""

PARTS = {
    *("pycore.kernels", "pycore.fused", "pycore.arrays"),
    *("pycore.attention.rows", "pycore.attention.swap", "pycore.recurrent.columns"),
    *("pycore.convolution.as_rows", "pycore.convolution.from_rows"),
    *("pycore.autodiff.unbroadcast", "pycore.autodiff.multiplied"),
    "pycore.normalization.require_width",
}
"""What works inside of layers, on arrays that these have looked at."""


def functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the engine that is given numbers in an array."""
    found = {}
    for module in modules():
        for name, function in vars(importlib.import_module(module)).items():
            full = f"{module}.{name}"
            if name[0] == "_" or not isinstance(function, types.FunctionType):
                continue
            if function.__module__ != module or {module, full} & PARTS or ".recipes" in module:
                continue
            given = inspect.signature(function).parameters.values()
            kinds = " ".join(k for k in (str(p.annotation) for p in given) if "Callable" not in k)
            if ("Array" in kinds or "Integers" in kinds) and given:
                found[full] = function
    return {n: f for n, f in found.items() if "who" not in inspect.signature(f).parameters}


def call(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    result = function(*given)
    return list(result) if inspect.isgenerator(result) else result


def sample(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Arguments that the function takes."""
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    said: Exception = KeyError(str([name for name in needed if name not in SAMPLES]))
    for given in itertools.product(*(SAMPLES.get(name, [None]) for name in needed)):
        try:
            call(function, copy.deepcopy(given))
        except Exception as error:
            said = error
        else:
            return copy.deepcopy(given)
    raise AssertionError(f"no sample fits {function.__name__}({needed}): {said!r}")


def in_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: in_lists(part) for name, part in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def in_tuples(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return in_tuples(value.tolist())
    return tuple(map(in_tuples, value)) if isinstance(value, list) else value


@pytest.mark.parametrize(("name", "function"), functions().items())
def test_a_function_takes_lists(name: str, function: Callable[..., Any]) -> None:
    given = sample(function)
    try:
        result = call(function, tuple(map(in_lists, given)))
    except TypeError as error:
        assert str(error).endswith("changed in place"), f"{name}: {error!r}"  # noqa: PT017
        return
    wanted = call(function, given)
    if isinstance(wanted, Tensor):
        np.testing.assert_equal(result.data, wanted.data)
    elif not isinstance(wanted, Layer) and not callable(wanted):
        np.testing.assert_equal(result, wanted)


@pytest.mark.parametrize("plainly", [in_lists, in_tuples])
@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_a_layer_takes_lists(kind: type[Layer], plainly: Callable[[Any], Any]) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    other = copy.deepcopy(layer)
    y = layer.forward(x, training=True)
    np.testing.assert_array_equal(other.forward(plainly(x), training=True), y)
    dy = np.random.default_rng(1).normal(size=y.shape)
    np.testing.assert_array_equal(other.backward(plainly(dy)), layer.backward(dy))
    other.forward(x, training=True)
    other.accumulate(plainly(dy))
    for way in ("inverse", "log_density"):
        if hasattr(layer, way):
            wanted = getattr(layer, way)(y)
            np.testing.assert_array_equal(getattr(layer, way)(plainly(y)), wanted)
    if hasattr(layer, "attend"):
        wanted = layer.attend(x, x)
        np.testing.assert_array_equal(layer.attend(plainly(x), plainly(x)), wanted)
        seen = np.ones((1, x.shape[1], x.shape[1]), bool)
        np.testing.assert_array_equal(layer.attend(plainly(x), k=x, mask=plainly(seen)), wanted)


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_a_layer_says_what_is_no_number(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    for strange in (x.astype(str), x.astype(str).tolist(), x.astype(complex), None, "x", {}):
        with pytest.raises(TypeError, match=r": x: got .*; allowed: real numbers"):
            layer.forward(strange)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r": x: rows of different lengths"):
        layer.forward([[1], [1, 2]])  # type: ignore[arg-type]
    y = layer.forward(x)
    with pytest.raises(TypeError, match=r": dy: got .*; allowed: real numbers"):
        layer.backward(y.astype(str))


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_whole_numbers_are_numbers(kind: type[Layer]) -> None:
    """Pictures come as bytes; nothing is cut off or turned over on its way through a layer."""
    layer, x = kind.example(np.random.default_rng(0))
    whole = np.abs(np.rint(2 * x)) if x.dtype.kind == "f" else x
    try:
        wanted = copy.deepcopy(layer).forward(whole, training=True)
    except ValueError:
        return  # then it takes no such numbers
    for dtype in (np.int64, np.uint8):
        other = copy.deepcopy(layer)
        np.testing.assert_allclose(
            other.forward(whole.astype(dtype), training=True), wanted, atol=1e-12
        )
        other.backward(np.ones(wanted.shape))


@pytest.mark.parametrize("plainly", [in_lists, in_tuples])
@pytest.mark.parametrize("kind", subclasses(Loss), ids=lambda kind: kind.__name__)
def test_a_loss_takes_lists(kind: type[Loss], plainly: Callable[[Any], Any]) -> None:
    loss, y, target = kind.example(np.random.default_rng(0))
    other = copy.deepcopy(loss)
    assert other.forward(plainly(y), plainly(target)) == loss.forward(y, target)
    np.testing.assert_array_equal(other.backward(), loss.backward())
    np.testing.assert_array_equal(other.predicted(plainly(y)), loss.predicted(y))
    for given in ((y.astype(str), target), (y, target.astype(complex)), (None, target)):
        with pytest.raises(TypeError, match=r": (y|the target): got .*; allowed: real numbers"):
            loss.forward(*given)  # type: ignore[arg-type]
    try:
        wanted = loss.probabilities(y)
    except TypeError:
        return
    np.testing.assert_array_equal(other.probabilities(plainly(y)), wanted)


def test_what_takes_data_takes_lists() -> None:
    x, y = TABLE.tolist(), [0, 1, 1]
    graph = gnn([3, 2], EDGES.tolist(), 0)
    assert NodeClassification(graph, x[:3], y, [0, 2]).loss_and_grad() > 0  # type: ignore[arg-type]
    noising, model = linear(4), Diffusion(3, [4], linear(4), 0)
    best, same = (gaussian_noise(noising, means, 0.5)(x, [0, 1, 2, 3]) for means in (TABLE, x))  # type: ignore[arg-type]
    np.testing.assert_array_equal(best, same)
    mixed = noising.forward(x, [0, 1, 2, 3], x)  # type: ignore[arg-type]
    np.testing.assert_array_equal(mixed, noising.forward(TABLE, np.arange(4), TABLE))
    assert model.denoiser(x, [0, 1, 2, 3]).shape == (4, 3)  # type: ignore[arg-type]
