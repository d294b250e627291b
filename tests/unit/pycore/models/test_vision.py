"""Convolutional networks, and the U-Net: its shape, its skips, and what they are worth."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.gradient_check import check
from pycore.metrics import intersection_over_union
from pycore.models.vision import cnn, unet
from pycore.recipes import digits, segmentation


@pytest.mark.parametrize("skips", [True, False])
def test_a_unet_answers_each_pixel_and_has_its_gradient(skips: bool) -> None:
    rng = np.random.default_rng(0)
    network = unet([1, 2, 3, 2], rng, skips)
    assert network.forward(np.ones((2, 8, 4, 1))).shape == (2, 8, 4, 1)
    assert check(network, rng.normal(size=(2, 4, 4, 1)), rng) <= 1e-6


def test_both_kinds_have_the_same_start() -> None:
    one, two = (unet([1, 3, 4], np.random.default_rng(0), skips) for skips in (True, False))
    np.testing.assert_array_equal(one.theta, two.theta)


def test_a_unet_without_a_bottom_is_refused() -> None:
    with pytest.raises(ValueError, match="at least three"):
        unet([1, 2], np.random.default_rng(0))


def test_the_outline_lies_on_both_sides_of_every_edge() -> None:
    mask = np.zeros((1, 5, 5, 1))
    mask[0, 2, 2, 0] = 1
    cross = [[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]]
    np.testing.assert_array_equal(segmentation.outline(mask)[0, :, :, 0], cross)


@pytest.mark.slow
def test_segmentation_learns_and_the_skips_are_worth_the_outlines() -> None:
    untrained = segmentation.build(True, np.random.default_rng(0))
    found, edge = segmentation.judge(segmentation.train(True, steps=100))
    without, edge_without = segmentation.judge(segmentation.train(False, steps=100))
    assert found >= 0.65 >= without + 0.03
    assert found > 2 * segmentation.judge(untrained)[0]
    assert edge < edge_without


def test_iou_of_half_covered_and_of_empty_areas() -> None:
    masks = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]])
    logits = np.array([[1.0, -1, -1, -1], [-1, -1, -1, -1], [-1, -1, 1, 1]])
    assert intersection_over_union(logits, masks) == pytest.approx((1 / 2 + 1 + 1 / 3) / 3)
    with pytest.raises(ShapeError, match="same shape"):
        intersection_over_union(logits, masks[:2])


def test_a_cnn_has_the_shapes_and_parameters_of_its_recipe() -> None:
    rng = np.random.default_rng(0)
    network = cnn(28, [1, 6, 16], [120, 84, 10], rng, window=5)
    assert [value.shape[1:] for value in network.activations(np.ones((2, 28, 28, 1)))[1:7]] == [
        *[(28, 28, 6)] * 2, (14, 14, 6), *[(14, 14, 16)] * 2, (7, 7, 16),
    ]  # fmt: skip
    dense = (7 * 7 * 16 + 1) * 120 + 121 * 84 + 85 * 10
    assert network.size() == 26 * 6 + (25 * 6 + 1) * 16 + dense


@pytest.mark.parametrize(
    ("size", "channels", "window"), [(6, [1, 2, 3], 3), (8, [1], 3), (8, [1, 2], 2)]
)
def test_a_cnn_that_does_not_fit_is_refused(size: int, channels: list[int], window: int) -> None:
    with pytest.raises(ValueError, match="allowed: at least two channels"):
        cnn(size, channels, [2], np.random.default_rng(0), window)


@pytest.mark.slow
def test_training_repeats_itself() -> None:
    one, two = (digits.train(steps=2).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)
    one, two = (segmentation.train(True, steps=2).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
def test_both_readers_of_digits_are_as_large_and_the_convolutions_read_nearly_all() -> None:
    network, dense = (digits.build(kind, np.random.default_rng(0)) for kind in (True, False))
    assert dense.size() == pytest.approx(network.size(), rel=0.05)
    assert digits.judge(digits.train(steps=60), count=200) >= 0.95
