"""The browser's products equal NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import kernels

sizes = st.integers(1, 40)


@settings(max_examples=60, deadline=None)
@given(
    m=sizes, k=sizes, n=sizes, orders=st.tuples(*[st.sampled_from("CF")] * 2), seed=st.integers()
)
def test_product_equals_matmul_in_every_layout(
    m: int, k: int, n: int, orders: tuple[str, str], seed: int
) -> None:
    rng = np.random.default_rng(abs(seed))
    a = np.asarray(rng.normal(size=(m, k)), order=orders[0])  # type: ignore[call-overload]
    b = np.asarray(rng.normal(size=(k, n)), order=orders[1])  # type: ignore[call-overload]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "NATIVE", False)
        slow = kernels.product(a, b)
    np.testing.assert_allclose(slow, a @ b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3, 2, 4, 5), (3, 2, 5, 6)),
        ((3, 4, 5), (5, 6)),
        ((4, 5), (3, 5, 6)),
        ((3, 1, 4, 5), (2, 5, 6)),
        ((2, 50, 50), (2, 50, 60)),  # each matrix large
        ((2, 50, 50), (50, 60)),
        ((4, 5), (5,)),
    ],
)
def test_product_of_stacks_equals_matmul(
    monkeypatch: pytest.MonkeyPatch, a: tuple[int, ...], b: tuple[int, ...]
) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=a), rng.normal(size=b)
    np.testing.assert_allclose(kernels.product(A, B), A @ B, rtol=1e-12, atol=1e-12)
    if len(b) > 1:
        A = np.ascontiguousarray(A.swapaxes(-1, -2)).swapaxes(-1, -2)
        np.testing.assert_allclose(kernels.product(A, B), A @ B, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("x", [np.array(2), np.array([-800.0, -3.0, 0.0, 3.0, 800.0]), np.ones(3)])
def test_the_browsers_sigmoid_is_the_same(monkeypatch: pytest.MonkeyPatch, x: Any) -> None:
    expected = kernels.sigmoid(x)
    monkeypatch.setattr(kernels, "NATIVE", False)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(kernels.sigmoid(x), expected, rtol=1e-15)


def test_tall_results_lie_column_by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    assert kernels.product(np.ones((200, 8)), np.ones((8, 8))).flags.f_contiguous
    assert kernels.product(np.ones((20, 1)), np.ones((1, 8))).flags.f_contiguous


@pytest.mark.parametrize("shape", [(), (3,), (2, 1, 4)])
def test_the_browsers_tanh_equals_numpys_in_any_shape(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    x = np.random.default_rng(0).normal(0, 3, shape)
    y = kernels.tanh(np.asarray(x))
    assert np.shape(y) == shape
    np.testing.assert_allclose(y, np.tanh(x), atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_browsers_relu_equals_numpys(monkeypatch: pytest.MonkeyPatch, dtype: type) -> None:
    monkeypatch.setattr(kernels, "NATIVE", False)
    x = np.array([[-np.inf, -2.5, -0.0, 0.0, 1e-300, 3.0, np.inf, np.nan]], dtype).T
    y = kernels.relu(x)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.maximum(x, 0))
    assert kernels.relu(np.asarray(-1.0)).shape == ()


@pytest.mark.parametrize("shape", [(), (3,), (4, 3, 2)])
def test_ones_where_counts_what_holds(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape).T
    ones = kernels.ones_where(np.asarray(x > 0), np.float32)
    assert (ones.dtype, ones.shape) == (np.float32, x.shape)
    np.testing.assert_array_equal(ones, np.where(x > 0, 1, 0))
