"""Every loss found: its gradient, the far ends, and its errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.activations import log_softmax, softmax
from pycore.adversarial import Wasserstein
from pycore.arrays import ShapeError
from pycore.contrastive import ContrastiveMargin, NegativeSampling
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.layers import Dense, Embedding
from pycore.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    KullbackLeibler,
    Loss,
    MeanSquaredError,
)
from pycore.objectives import Supervised
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


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_smoothing_asks_for_a_little_of_every_class(smoothing: float) -> None:
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(3, 4)), np.array([2, 0, 2])
    q = np.full((3, 4), smoothing / 4)
    q[np.arange(3), t] += 1 - smoothing
    loss = CrossEntropy(smoothing)
    assert loss.forward(y, t) == pytest.approx(-(q * log_softmax(y)).sum() / 3, rel=1e-12)
    np.testing.assert_allclose(loss.backward(), (softmax(y) - q) / 3)
    loss.forward(np.log(q + 1e-300), t)  # the logits that are asked for
    np.testing.assert_allclose(loss.backward(), 0, atol=1e-12)


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
    if kind is KullbackLeibler:
        target = np.eye(y.shape[1])[np.arange(len(y)) % y.shape[1]]
    value = loss.forward(y, target)
    dy = loss.backward()
    assert loss.forward(y.astype(np.uint8), target.astype(np.uint8)) == pytest.approx(value)
    np.testing.assert_allclose(loss.backward(), dy, rtol=1e-6)


OUT_OF_DOMAIN: list[tuple[Loss, list[float], str]] = [
    (
        BinaryCrossEntropy(),
        [-1, 2, 255, -0.001, np.nan],
        r"0 to 1; labels −1 and 1 .*\(t \+ 1\) / 2",
    ),
    (Hinge(), [0, 2, 0.5, np.nan], r"−1 and 1; labels 0 and 1 become them by 2 t − 1"),
    (NegativeSampling(), [0, 2, np.nan], "−1 and 1, 1 for the word seen"),
    (Wasserstein(), [0, 0.5, np.nan], "−1 and 1, 1 for data"),
    (ContrastiveMargin(), [-1, 0.5, np.nan], "0 and 1, 1 for what belongs together"),
]


@pytest.mark.parametrize(("loss", "strangers", "allowed"), OUT_OF_DOMAIN)
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_a_target_that_means_nothing_is_refused_with_its_row(
    loss: Loss, strangers: list[float], allowed: str, shape: tuple[int, ...]
) -> None:
    y = np.array([[0.5], [1.0], [2.0]])
    for stranger in strangers:
        target = np.ones(shape)
        target[1] = stranger
        said = (
            rf"{type(loss).__name__}: the target holds {stranger:g} in row 1; allowed: .*{allowed}"
        )
        with pytest.raises(ValueError, match=said):
            loss.forward(y, target)
        rng = np.random.default_rng(0)
        with pytest.raises(ValueError, match=said):
            Supervised(Dense(1, 1, rng=rng), loss, y, target)
    loss.forward(y, np.ones(shape))


def test_probabilities_are_not_negative_and_sum_to_one() -> None:
    loss, y = KullbackLeibler(), np.zeros((2, 2))
    with pytest.raises(ValueError, match=r"target holds -0\.5 in row 1; allowed: probabilities"):
        loss.forward(y, np.array([[0.5, 0.5], [1.5, -0.5]]))
    with pytest.raises(ValueError, match=r"row 1 of the target sums to 2; allowed: 1"):
        loss.forward(y, np.array([[0.5, 0.5], [1.0, 1.0]]))
    with pytest.raises(ValueError, match="in row 0"):
        loss.forward(y, np.full((2, 2), np.nan))


def test_a_sequence_of_nothing_to_learn_is_told_as_such() -> None:
    loss, y = SequenceCrossEntropy(), np.zeros((1, 2, 3))
    with pytest.raises(
        ValueError, match=r"every label is -1, which is left out; allowed: at least"
    ):
        loss.forward(y, np.array([[-1, -1]]))
    with pytest.raises(ValueError, match=r"holds -2 in row 0; allowed: .* and -1 for what is left"):
        loss.forward(y, np.array([[-2, 0]]))
    with pytest.raises(ValueError, match=r"Sequence.* run to 3; allowed: 0 to 2, and -1 for what"):
        loss.forward(y, np.array([[3, -1]]))
    with pytest.raises(ValueError, match="every label is -1"):
        Supervised(Embedding(2, 3, rng=np.random.default_rng(0)), loss, y[0], y[0].astype(int) - 1)


def test_one_class_that_has_all_the_probability_is_refused() -> None:
    with pytest.raises(ValueError, match=r"KullbackLeibler: .*\(2, 1\); .*, of these at least 2"):
        KullbackLeibler().forward(np.zeros((2, 1)), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"\(2, 1, 1\); allowed: \(batch, time, 2\) at least"):
        SequenceCrossEntropy().forward(np.zeros((2, 1, 1)), np.zeros((2, 1), int))


def test_one_column_of_logits_names_the_loss_for_it() -> None:
    for labels in ([0, 1], [0, 0]):  # of zeros alone the loss would be 0, whatever is said
        with pytest.raises(ValueError, match=r"\(2, 1\); .*one column takes BinaryCrossEntropy"):
            CrossEntropy().forward(np.zeros((2, 1)), np.array(labels))


@every_loss
def test_a_trusting_loss_gives_the_same_numbers_and_looks_at_none(kind: type[Loss]) -> None:
    loss, y, target = kind.example(np.random.default_rng(5))
    trusting = loss.trusting()
    assert trusting.forward(y, target) == loss.forward(y, target)
    np.testing.assert_array_equal(trusting.backward(), loss.backward())
    assert loss.looks
    trusting.require = None  # type: ignore[method-assign, assignment]
    trusting.forward(y, target)


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


@pytest.mark.parametrize(("dtype", "digits"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("y", [0.0, 0.3, 3.0, 10.0, 30.0, 80.0])
def test_an_answer_that_is_sure_and_right_keeps_its_digits(
    dtype: type, digits: float, y: float
) -> None:
    exact = math.log1p(math.exp(-y))
    for logit, target, sign in ((y, 1.0, -1), (-y, 0.0, 1)):
        loss = BinaryCrossEntropy()
        value = loss.forward(np.array([[logit]], dtype), np.array([[target]], dtype))
        assert value == pytest.approx(exact, rel=digits, abs=0)
        slope = sign / (1 + math.exp(y))
        np.testing.assert_allclose(loss.backward(), [[slope]], rtol=digits)
    many = np.array([[y], [y + 1], [-y]], dtype)
    loss = BinaryCrossEntropy().forward(many, np.array([1, 1, 0], dtype))
    assert loss == pytest.approx((2 * exact + math.log1p(math.exp(-y - 1))) / 3, rel=digits)


def test_a_target_just_outside_is_told_with_all_its_digits() -> None:
    loss, y = BinaryCrossEntropy(), np.zeros((2, 1))
    with pytest.raises(
        ValueError, match=r"holds 1\.0000001 in row 1; allowed: numbers from 0 to 1"
    ):
        loss.forward(y, np.array([1, 1.0000001]))


def test_a_soft_target_near_one_costs_what_it_does_in_single_precision_too() -> None:
    loss, y, t = BinaryCrossEntropy(), np.float32(36), np.float32(0.99999)
    value = loss.forward(np.array([[y]]), np.array([[t]]))
    assert value == pytest.approx((1 - float(t)) * float(y), rel=1e-6)
