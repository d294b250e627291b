"""Every initialiser found: shape, spread, and the same numbers from the same seed."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from pycore import initializers
from pycore.initializers import Initializer, fans

HELPERS = {"fans", "start"}
"""What is no initialiser: they count and ask."""


def found() -> dict[str, Initializer]:
    """Initialisers and what their factories give with defaults."""
    result = {}
    for name, f in vars(initializers).items():
        own = inspect.isfunction(f) and f.__module__ == initializers.__name__
        if own and name not in HELPERS:
            parameters = inspect.signature(f).parameters
            is_factory = "rng" not in parameters
            needed = [p for p in parameters.values() if p.default is p.empty]
            result[name] = f(*[0.3] * len(needed)) if is_factory else f
    return result


every_initializer = pytest.mark.parametrize("init", found().values(), ids=found().keys())


@every_initializer
@pytest.mark.parametrize("shape", [(4,), (3, 5), (5, 3), (3, 3, 2, 4)])
def test_shape_is_kept_and_the_seed_decides(init: Initializer, shape: tuple[int, ...]) -> None:
    a, b = (init(shape, np.random.default_rng(7)) for _ in range(2))
    assert a.shape == shape
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("xavier_uniform", 2 / 500),
        ("xavier_normal", 2 / 500),
        ("he_uniform", 2 / 200),
        ("he_normal", 2 / 200),
        ("lecun_uniform", 1 / 200),
        ("lecun_normal", 1 / 200),
    ],
)
def test_variance_is_what_the_docstring_says(name: str, variance: float) -> None:
    W = found()[name]((200, 300), np.random.default_rng(0))
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert W.mean() == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize("shape", [(6, 6), (3, 8), (8, 3), (2, 2, 3, 5)])
def test_orthogonal_rows_or_columns_have_unit_length(shape: tuple[int, ...]) -> None:
    W = initializers.orthogonal()(shape, np.random.default_rng(0)).reshape(-1, shape[-1])
    gram = W.T @ W if W.shape[0] >= W.shape[1] else W @ W.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_fans_of_a_kernel_count_the_window() -> None:
    assert fans((3, 3, 2, 8)) == (18, 72)
    assert fans((4, 5)) == (4, 5)
