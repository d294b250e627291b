"""The check itself: it must catch a wrong gradient."""

from __future__ import annotations

import numpy as np

from pycore.arrays import Array
from pycore.gradient_check import check, numeric_gradient
from pycore.layers import Dense


class Wrong(Dense):
    """A dense layer that forgot to add."""

    def accumulate(self, dy: Array) -> None:
        self.dW[...] = self.x.T @ dy
        self.db[...] = 0


def test_a_wrong_gradient_is_caught() -> None:
    rng = np.random.default_rng(0)
    assert check(Wrong(2, 3, rng=rng), rng.normal(size=(4, 2)), rng) > 0.1


def test_numeric_gradient_of_a_square() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    numeric = numeric_gradient(lambda: float((x * x).sum()), x)
    np.testing.assert_allclose(numeric, 2 * x, atol=1e-8)
