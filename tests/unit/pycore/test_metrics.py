"""Accuracy for one column and for many."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.metrics import accuracy, predicted_labels


def test_one_column_is_judged_at_zero() -> None:
    logits = np.array([[0.1], [-0.1], [3.0], [0.0]])
    np.testing.assert_array_equal(predicted_labels(logits), [1, 0, 1, 0])
    assert accuracy(logits, np.array([1, 1, 1, 0])) == 0.75
    assert accuracy(logits, np.array([[1], [0], [1], [0]])) == 1


def test_many_columns_are_judged_by_the_largest() -> None:
    assert accuracy(np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 9.0]]), np.array([1, 0])) == 0.5


@pytest.mark.parametrize(("logits", "labels"), [((2, 1), 3), ((0, 1), 0), ((2,), 2)])
def test_shapes_that_do_not_fit_are_refused(logits: tuple[int, ...], labels: int) -> None:
    with pytest.raises(ShapeError):
        accuracy(np.zeros(logits), np.zeros(labels))
