"""Accuracy for one column and for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore.activations import sigmoid, softmax
from pycore.arrays import ShapeError
from pycore.metrics import (
    accuracy,
    confusion_matrix,
    f1,
    intersection_over_union,
    predicted_labels,
)


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


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, f1])
def test_what_cannot_be_judged_is_refused_in_the_name_of_who_was_asked(
    metric: Callable[..., Any],
) -> None:
    name = metric.__name__
    with pytest.raises(ValueError, match=f"{name}: the label of row 1 is -1; allowed: whole"):
        metric([[1.0], [2.0]], [1, -1])
    with pytest.raises(ValueError, match=f"{name}: logits .* with labels .*; allowed: one label"):
        metric([[1.0]], 1)
    with pytest.raises(ValueError, match=f"{name}: logits .* with labels .*; allowed: one label"):
        metric([[1.0], [2.0]], [[[0]], [[1]]])
    with pytest.raises(TypeError, match=f"{name}: labels: got text, such as 'a'"):
        metric([[1.0]], ["a"])


def test_probabilities_are_judged_at_a_half() -> None:
    """Nothing in a number between 0 and 1 tells which it is: it has to be said."""
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(50, 1)), rng.integers(2, size=50)
    p = sigmoid(logits)
    for judge in (accuracy, f1, confusion_matrix):
        np.testing.assert_array_equal(judge(p, labels, threshold=0.5), judge(logits, labels))
    masks = labels.reshape(5, 10)
    assert intersection_over_union(
        p.reshape(5, 10), masks, threshold=0.5
    ) == intersection_over_union(logits.reshape(5, 10), masks)
    columns = np.concatenate([-logits, logits], axis=1)
    assert accuracy(softmax(columns), labels) == accuracy(columns, labels)
    with pytest.raises(ValueError, match=r"a threshold of 0.5 for 2 columns; allowed: none"):
        accuracy(columns, labels, threshold=0.5)
    for threshold in (np.nan, np.inf, "0.5"):
        with pytest.raises(ValueError, match=r"threshold is .*; allowed: finite numbers"):
            accuracy(p, labels, threshold)  # type: ignore[arg-type]
