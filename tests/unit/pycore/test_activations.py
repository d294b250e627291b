"""Every activation found: slopes, the far ends, and the two ways to write each."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

from pycore import kernels
from pycore.activations import (
    Activation,
    Tanh,
    erf,
    gelu,
    log_softmax,
    named,
    relu,
    sigmoid,
    softmax,
    softmax_backward,
    tanh_gelu,
)
from pycore.arrays import ShapeError
from pycore.gradient_check import relative_error
from tests.unit.pycore.found import subclasses

ACTIVATIONS = subclasses(Activation)
every_activation = pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda kind: kind.__name__)


@every_activation
def test_derivative_equals_central_differences(kind: type[Activation]) -> None:
    f, x, h = kind(), np.linspace(-4, 4, 400), 1e-6
    numeric = (f.function(x + h) - f.function(x - h)) / (2 * h)
    assert relative_error(f.derivative(x), numeric) <= 1e-8


@every_activation
def test_no_overflow_or_nan_at_a_thousand(kind: type[Activation]) -> None:
    f, x = kind(), np.array([-1000.0, -700.0, -40.0, 0.0, 40.0, 700.0, 1000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for dtype in (np.float64, np.float32):
            assert np.isfinite(f.function(x.astype(dtype))).all()
            assert np.isfinite(f.derivative(x.astype(dtype))).all()


@every_activation
def test_the_plain_function_equals_the_layer(kind: type[Activation]) -> None:
    beside = vars(sys.modules[kind.__module__])
    plain = {name.replace("_", ""): f for name, f in beside.items() if name.islower()}
    name, x = kind.__name__, np.linspace(-3, 3, 50)
    assert name.lower() in plain, f"{name} has no plain function beside it, {name.lower()}(x)"
    np.testing.assert_array_equal(plain[name.lower()](x), kind().forward(x))


def test_sigmoid_keeps_its_digits_in_the_tails() -> None:
    np.testing.assert_allclose(sigmoid(np.array([-700.0, -30.0])), np.exp([-700.0, -30.0]))
    assert sigmoid(np.array(1000.0)) == 1
    assert sigmoid(np.array(-1000.0)) == 0


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0])
def test_softmax_ignores_a_shift_and_sums_to_one(shift: float) -> None:
    x = np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(softmax(x + shift), softmax(x))
    np.testing.assert_allclose(softmax(x + shift).sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(log_softmax(x + shift)), softmax(x))


def test_softmax_far_apart_stays_finite() -> None:
    x = np.array([[-1000.0, 1000.0]])
    np.testing.assert_array_equal(softmax(x), [[0, 1]])
    np.testing.assert_array_equal(log_softmax(x), [[-2000, 0]])


@pytest.mark.parametrize(("dtype", "allowed"), [(np.float64, 4e-16), (np.float32, 3e-7)])
def test_the_browser_s_tanh_equals_numpy_s(
    dtype: type, allowed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    x = np.concatenate([np.linspace(-30, 30, 10001), [-1000, 1000, 0]]).astype(dtype)
    with np.errstate(over="ignore"):
        y = kernels.tanh(x)
    assert y.dtype == dtype
    assert np.abs(y - np.tanh(x)).max() <= allowed


def test_erf_is_right_to_the_last_digits() -> None:
    x = np.linspace(-7, 7, 1001)
    exact = np.array([math.erf(v) for v in x])
    assert np.abs(erf(x) - exact).max() <= 4e-16
    assert erf(np.array([1])) == erf(np.array([1.0]))  # not cut to a whole number


def test_the_tanh_form_is_near_gelu_and_keeps_to_it_far_out() -> None:
    x = np.linspace(-12, 12, 2001)
    assert np.abs(tanh_gelu(x) - gelu(x)).max() < 5e-4
    np.testing.assert_array_equal(tanh_gelu(np.array([-1e308, -40, 40, 1e308])), [0, 0, 40, 1e308])


def test_softmax_backward_is_the_product_with_the_jacobian_that_its_why_derives() -> None:
    rng = np.random.default_rng(0)
    p, dp = softmax(rng.normal(size=5)), rng.normal(size=5)
    J = p[:, None] * (np.eye(5) - p)
    np.testing.assert_allclose(softmax_backward(p, dp), dp @ J, rtol=0, atol=1e-15)
    np.testing.assert_allclose(softmax_backward(p, dp + 3), softmax_backward(p, dp))


def test_softmax_of_numbers_without_a_sign_does_not_wrap_around() -> None:
    pixels = np.array([[0, 3, 255]], np.uint8)
    np.testing.assert_array_equal(softmax(pixels), softmax(pixels.astype(float)))
    np.testing.assert_array_equal(log_softmax(pixels), log_softmax(pixels.astype(float)))
    for f in (softmax, log_softmax):
        with pytest.raises(ShapeError, match=r"\(2, 0\); allowed"):
            f(np.ones((2, 0)))


@every_activation
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64])
def test_small_whole_numbers_neither_wrap_around_nor_lose_digits(
    kind: type[Activation], dtype: type
) -> None:
    x = np.array([0, 1, 5, 16, 100], dtype)
    x = np.concatenate([x, -x]) if np.issubdtype(dtype, np.signedinteger) else x
    np.testing.assert_array_equal(kind().function(x), kind().function(x.astype(float)))


@pytest.mark.parametrize("stranger", [1j, "1", None])
def test_what_is_no_real_number_is_refused(stranger: Any) -> None:
    with pytest.raises(TypeError, match="allowed: real numbers"):
        softmax(np.array([stranger]))


@pytest.mark.parametrize("kind", subclasses(Activation), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("dtype", "far"), [(np.float64, 1e308), (np.float32, 3e38)])
def test_at_the_far_ends_nothing_overflows(kind: type[Activation], dtype: type, far: float) -> None:
    x = np.array([[far, -far, 1e3, -1e3, 0.0]], dtype)
    layer, _ = kind.example(np.random.default_rng(0), dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = layer.forward(x)
        dx = layer.backward(np.ones_like(y))
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("function", [relu, np.tanh, lambda x: x, None, 0.1])
def test_a_plain_function_is_no_activation_of_layers(function: Any) -> None:
    with pytest.raises(TypeError, match="allowed: a class such as Tanh"):
        named(function)
    assert isinstance(named(lambda: Tanh())(), Tanh)
