"""Clipping, and the curvature probe."""

from __future__ import annotations

import numpy as np
import pytest

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
