"""Clipping, and the curvature probe."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.gradients import clip_norm, clip_value, hutchinson, norm


def test_clip_norm_shortens_only_what_is_longer() -> None:
    grad = np.array([3.0, 4.0])
    assert clip_norm(grad, 10) == 5
    np.testing.assert_array_equal(grad, [3, 4])
    assert clip_norm(grad, 1) == 5
    np.testing.assert_allclose(grad, [0.6, 0.8])
    assert norm(grad) == 1


def test_clip_value_cuts_each_number() -> None:
    grad = np.array([3.0, -4.0, 0.5])
    clip_value(grad, 1)
    np.testing.assert_array_equal(grad, [1, -1, 0.5])


def test_hutchinson_averages_to_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    A = rng.normal(size=(4, 4))
    H = A @ A.T
    estimates = [hutchinson(lambda x: H @ x, np.ones(4), rng) for _ in range(4000)]
    np.testing.assert_allclose(np.mean(estimates, axis=0), np.diag(H), atol=0.3)


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 1e30), (np.float64, 1e200)])
def test_what_exploded_is_clipped_though_its_squares_overflow(dtype: type, large: float) -> None:
    grad = np.array([3 * large, -4 * large], dtype)
    assert clip_norm(grad, 1) == pytest.approx(5 * large)
    np.testing.assert_allclose(grad, [0.6, -0.8], rtol=1e-6)
    assert norm(np.array([np.inf, 1.0])) == np.inf


@pytest.mark.parametrize(("dtype", "small"), [(np.float32, 1e-30), (np.float64, 1e-200)])
def test_the_length_of_what_vanished_is_told_though_its_squares_are_zero(
    dtype: type, small: float
) -> None:
    grad = np.array([3 * small, -4 * small], dtype)
    assert norm(grad) == pytest.approx(5 * small, rel=1e-6)
    assert clip_norm(grad, small) == pytest.approx(5 * small, rel=1e-6)
    np.testing.assert_allclose(grad, [0.6 * small, -0.8 * small], rtol=1e-6)
    assert norm(np.zeros(2, dtype)) == norm(np.zeros(0, dtype)) == 0
    assert norm(np.array([1e-320, 0])) == pytest.approx(1e-320, rel=1e-3)


clipped = pytest.mark.parametrize("clip", [clip_norm, clip_value])


@clipped
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_broken_gradient_is_no_shorter_one(clip: Callable[..., Any], broken: float) -> None:
    grad = np.array([broken, 1.0])
    with pytest.raises(ValueError, match="the gradient holds NaN or infinity; allowed: finite"):
        clip(grad, 1)
    np.testing.assert_array_equal(grad, [broken, 1])


@clipped
@pytest.mark.parametrize("limit", [-1, 0, np.nan, np.inf, "1", None])
def test_a_limit_is_a_finite_number_above_zero(clip: Callable[..., Any], limit: Any) -> None:
    grad = np.array([3.0, 4.0])
    with pytest.raises(ValueError, match=r"limit is .*; allowed: finite numbers above 0"):
        clip(grad, limit)
    np.testing.assert_array_equal(grad, [3, 4])


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6), st.floats(1e-3, 1e3))
def test_what_is_clipped_is_as_long_as_allowed_and_points_the_same_way(
    numbers: list[float], limit: float
) -> None:
    grad = np.array(numbers)
    length = clip_norm(grad, limit)
    assert length == pytest.approx(math.hypot(*numbers), rel=1e-12)
    assert norm(grad) <= limit * (1 + 1e-12)
    if length <= limit:
        np.testing.assert_array_equal(grad, numbers)
    else:
        np.testing.assert_allclose(grad, np.array(numbers) * (limit / length), rtol=1e-12)
