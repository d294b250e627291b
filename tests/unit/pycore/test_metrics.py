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


@pytest.mark.parametrize(
    ("labels", "row", "classes"),
    [([1, -1], 1, 1), ([0, 2], 1, 1), ([0.3, 1], 0, 1), ([0, np.nan], 1, 1), ([1, 3], 1, 3)],
)
def test_a_label_that_is_no_class_is_refused(labels: list[float], row: int, classes: int) -> None:
    allowed = f"row {row} is .*; allowed: whole numbers from 0 to {max(2, classes) - 1}"
    with pytest.raises(ValueError, match=allowed):
        accuracy(np.ones((2, classes)), np.array(labels))


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_a_row_with_nan_is_never_right(classes: int) -> None:
    logits = np.ones((2, classes))
    logits[0, -1] = np.nan
    assert predicted_labels(logits)[0] == -1
    for label in (0, 1):
        assert accuracy(logits[:1], np.array([label])) == 0
