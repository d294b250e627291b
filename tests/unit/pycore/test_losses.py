"""Every loss found: its gradient, the far ends, and its errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.arrays import ShapeError
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.losses import BinaryCrossEntropy, CrossEntropy, Loss, MeanSquaredError
from pycore.seq2seq import SequenceCrossEntropy
from tests.unit.pycore.found import subclasses

every_loss = pytest.mark.parametrize("kind", subclasses(Loss), ids=lambda kind: kind.__name__)


@every_loss
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_gradient_equals_central_differences(kind: type[Loss], seed: int) -> None:
    loss, y, target = kind.example(np.random.default_rng(seed))
    numeric = numeric_gradient(lambda: loss.forward(y, target), y)
    loss.forward(y, target)
    assert relative_error(loss.backward(), numeric) <= 1e-6


@every_loss
def test_inputs_stay_as_they_were_and_dtype_is_kept(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(0))
    y = y.astype(np.float32)
    y_before, target_before = y.copy(), target.copy()
    value = loss.forward(y, loss.prepare(target, np.float32))
    assert type(value) is float
    assert loss.backward().dtype == np.float32
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(target, target_before)


@every_loss
def test_an_empty_batch_is_refused(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(0))
    with pytest.raises(ShapeError, match="0"):
        loss.forward(y[:0], target[:0])


@every_loss
def test_a_target_of_another_length_is_refused(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(0))
    with pytest.raises(ShapeError, match="allowed"):
        loss.forward(y, np.concatenate([target, target]))


def test_binary_cross_entropy_at_a_thousand() -> None:
    loss = BinaryCrossEntropy()
    y = np.array([[1000.0], [-1000.0], [1000.0], [-1000.0]])
    with np.errstate(over="raise", invalid="raise"):
        assert loss.forward(y, np.array([1, 0, 0, 1])) == 500
        np.testing.assert_allclose(loss.backward(), [[0], [0], [0.25], [-0.25]], atol=1e-300)


def test_cross_entropy_at_a_thousand() -> None:
    loss = CrossEntropy()
    assert loss.forward(np.array([[1000.0, -1000.0]]), np.array([1])) == 2000
    np.testing.assert_array_equal(loss.backward(), [[1, -1]])


def test_binary_cross_entropy_equals_its_definition() -> None:
    rng = np.random.default_rng(1)
    y, t = rng.normal(size=(6, 1)), rng.integers(2, size=6)
    p = 1 / (1 + np.exp(-y[:, 0]))
    expected = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    assert BinaryCrossEntropy().forward(y, t) == pytest.approx(expected, rel=1e-12)


def test_a_column_is_not_broadcast_against_a_row() -> None:
    assert MeanSquaredError().forward(np.ones((3, 1)), np.zeros(3)) == 1
    with pytest.raises(ShapeError):
        MeanSquaredError().forward(np.ones((3, 2)), np.zeros(3))


@pytest.mark.parametrize(
    ("labels", "error"), [([0, 3], ValueError), ([-1, 0], ValueError), ([0.0, 1.0], TypeError)]
)
def test_cross_entropy_refuses_labels_that_are_no_class(
    labels: list[float], error: type[Exception]
) -> None:
    with pytest.raises(error, match="allowed"):
        CrossEntropy().forward(np.zeros((2, 3)), np.array(labels))


@every_loss
def test_a_float64_target_does_not_widen_float32(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(2))
    loss.forward(y.astype(np.float32), target)
    assert loss.backward().dtype == np.float32


@every_loss
def test_whole_numbers_count_as_floats(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(3))
    y, target = np.rint(y), np.rint(target).astype(target.dtype)
    value = loss.forward(y, target)
    dy = loss.backward()
    assert loss.forward(y.astype(int), target.astype(int)) == value
    np.testing.assert_array_equal(loss.backward(), dy)


@every_loss
def test_small_whole_numbers_do_not_wrap_around(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(4))
    y, target = np.rint(np.abs(3 * y)), np.rint(np.abs(target)).astype(target.dtype)
    value = loss.forward(y, target)
    dy = loss.backward()
    assert loss.forward(y.astype(np.uint8), target.astype(np.uint8)) == pytest.approx(value)
    np.testing.assert_allclose(loss.backward(), dy, rtol=1e-6)


@pytest.mark.parametrize("stranger", [1j, "1", None])
def test_a_target_that_is_no_real_number_is_refused(stranger: Any) -> None:
    loss, target = MeanSquaredError(), np.array([[stranger]])
    for refused in (
        lambda: loss.forward(np.ones((1, 1)), target),
        lambda: loss.prepare(target, float),
    ):
        with pytest.raises(TypeError, match="allowed: real numbers"):
            refused()


@pytest.mark.parametrize("labels", [[0.0, 0.9], [0.0, np.nan]])
def test_labels_with_fractions_are_refused_not_rounded(labels: list[float]) -> None:
    for loss, y in (
        (CrossEntropy(), np.zeros((2, 3))),
        (SequenceCrossEntropy(), np.zeros((1, 2, 3))),
    ):
        target = loss.prepare(np.array(labels).reshape(y.shape[:-1]), np.float64)
        with pytest.raises(TypeError, match="float64; allowed: whole numbers"):
            loss.forward(y, target)
