"""Convolution and pooling, beyond what every layer keeps."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.convolution import (
    AveragePool2D,
    Conv2D,
    ConvTranspose2D,
    Flatten,
    MaxPool2D,
    Windows,
)


def test_a_window_is_a_running_dot_product() -> None:
    rng = np.random.default_rng(0)
    conv, x = Conv2D(2, 3, 3, rng=rng), rng.normal(size=(1, 5, 6, 2))
    y = conv.forward(x)
    assert y.shape == (1, 3, 4, 3)
    np.testing.assert_allclose(y[0, 1, 2], np.tensordot(x[0, 1:4, 2:5], conv.W, 3))


@pytest.mark.parametrize(
    ("n", "window", "stride", "padding", "dilation", "out"),
    [(28, 5, 1, 2, 1, 28), (7, 3, 2, 0, 1, 3), (7, 3, 1, 0, 2, 3), (4, 2, 2, 0, 1, 2)],
)
def test_output_size(
    n: int, window: int, stride: int, padding: int, dilation: int, out: int
) -> None:
    windows = Windows("test", (window,), stride, padding, dilation)
    assert windows.out((n,)) == (out,)
    assert windows.im2col(np.ones((1, n, 1))).shape == (1, out, window, 1)


@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 0, 1), (2, 1, 1), (1, 2, 2)])
def test_col2im_is_the_transpose_of_im2col(stride: int, padding: int, dilation: int) -> None:
    rng = np.random.default_rng(1)
    windows = Windows("test", (3, 2), stride, padding, dilation)
    x = rng.normal(size=(2, 6, 7, 2))
    cols = windows.im2col(x)
    other = rng.normal(size=cols.shape)
    left, right = (cols * other).sum(), (x * windows.col2im(other, (6, 7))).sum()
    assert left == pytest.approx(right, rel=1e-12)


def test_transposed_convolution_undoes_the_shape_of_a_strided_one() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(1, 8, 8, 2))
    small = Conv2D(2, 3, 2, stride=2, rng=rng).forward(x)
    assert ConvTranspose2D(3, 2, 2, stride=2, rng=rng).forward(small).shape == x.shape


def test_max_pooling_sends_the_gradient_to_the_first_of_equals() -> None:
    pool = MaxPool2D(2)
    np.testing.assert_array_equal(pool.forward(np.ones((1, 2, 2, 1))), [[[[1]]]])
    np.testing.assert_array_equal(
        pool.backward(np.ones((1, 1, 1, 1)))[0, :, :, 0], [[1, 0], [0, 0]]
    )


@pytest.mark.parametrize("place", range(4))
def test_max_pooling_lets_nan_through(place: int) -> None:
    x = np.zeros((1, 2, 2, 1))
    x.flat[place] = np.nan
    assert np.isnan(MaxPool2D(2).forward(x)).all()


def test_average_pooling_keeps_the_sum_of_the_gradient() -> None:
    rng = np.random.default_rng(3)
    pool, x = AveragePool2D(2), rng.normal(size=(2, 4, 6, 3))
    assert pool.forward(x)[0, 0, 0, 0] == pytest.approx(x[0, :2, :2, 0].mean())
    dy = rng.normal(size=(2, 2, 3, 3))
    assert pool.backward(dy).sum() == pytest.approx(dy.sum())


def test_what_does_not_fit_is_refused_with_the_shapes() -> None:
    conv = Conv2D(2, 3, 5, rng=np.random.default_rng(0))
    with pytest.raises(ShapeError, match=r"\(1, 8, 8, 3\)"):
        conv.forward(np.ones((1, 8, 8, 3)))
    with pytest.raises(ShapeError, match=r"\(0, 8, 8, 2\)"):
        conv.forward(np.ones((0, 8, 8, 2)))
    with pytest.raises(ValueError, match=r"\(5, 5\) does not fit into \(4, 8\)"):
        conv.forward(np.ones((1, 4, 8, 2)))
    with pytest.raises(ValueError, match="stride is 0"):
        Conv2D(1, 1, 2, stride=0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="padding"):
        MaxPool2D(2, padding=2)


def test_a_padding_that_leaves_nothing_is_refused() -> None:
    rng = np.random.default_rng(0)
    assert ConvTranspose2D(1, 1, 3, padding=1, rng=rng).forward(np.ones((1, 1, 1, 1))).size == 1
    with pytest.raises(ValueError, match=r"padding 1 leaves \(0, 4\).*allowed"):
        ConvTranspose2D(1, 1, 2, 2, padding=1, rng=rng).forward(np.ones((1, 1, 3, 1)))
    with pytest.raises(ValueError, match=r"padding is 0\.5; allowed: whole numbers"):
        Conv2D(1, 1, 3, padding=0.5, rng=rng)  # type: ignore[arg-type]


def test_one_number_is_no_batch_to_flatten() -> None:
    with pytest.raises(ShapeError, match=r"\(\); allowed: \(batch"):
        Flatten().forward(np.array(1.0))
