"""games/ui/pixels.py: arrays as images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.ui.pixels import NEGATIVE, POSITIVE, Image, blend, picture, signed, strips, wash
from tests import dom

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))


@given(shapes)
def test_png_decodes_to_the_same_pixels(shape):
    height, width, seed = shape
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    image = Image(pixels)
    kind, _, data = image.data_uri().partition(",")
    assert kind == "data:image/png;base64"
    assert dom.decode(data) == image.rgba() == pixels.tobytes()


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 4)), np.zeros((2, 4), np.uint8)],
)
def test_other_arrays_are_refused_with_their_shape(pixels):
    with pytest.raises(ValueError, match=r"\(height, width, 4\).*\(2,"):
        Image(pixels)


def test_a_picture_is_a_labelled_canvas_of_its_size():
    node = picture(np.zeros((3, 5, 4), np.uint8), "a map", key="k")
    assert (node.tag, node.key) == ("canvas", "k")
    assert node.attributes["width"] == "5"
    assert node.attributes["height"] == "3"
    assert node.attributes["role"] == "img"
    assert node.attributes["aria-label"] == "a map"


def test_blend_runs_straight_from_one_colour_to_the_other_and_clips():
    values = np.array([[-1.0, 0.0, 0.5, 1.0, 9.0]])
    out = blend(values, (0, 100, 255), (100, 100, 0))
    assert out.shape == (1, 5, 4)
    assert out.dtype == np.uint8
    assert out[0].tolist() == [
        [0, 100, 255, 255],
        [0, 100, 255, 255],
        [50, 100, 128, 255],
        [100, 100, 0, 255],
        [100, 100, 0, 255],
    ]


def test_wash_keeps_the_colour_and_is_as_opaque_as_the_number_is_large():
    out = wash(np.array([[-1.0, 0.5, 9.0]]), (1, 2, 3))
    assert out.dtype == np.uint8
    assert out[0].tolist() == [[1, 2, 3, 0], [1, 2, 3, 128], [1, 2, 3, 255]]


def test_signed_shows_sign_by_colour_and_size_by_strength():
    out = signed(np.array([[-3.0, -1.0, 0.0, 0.5, 2.0]]), 2.0)
    assert out[0, :, 3].tolist() == [255, 128, 0, 64, 255]
    assert out[0, 1, :3].tolist() == list(NEGATIVE)
    assert out[0, 4, :3].tolist() == list(POSITIVE)


def test_strips_name_every_row_of_a_picture():
    node = strips(["a", "b"], np.zeros((2, 3, 4), np.uint8), "two rows")
    assert node.text() == "ab"
    assert [n.tag for n in node.children] == ["ol", "canvas"]
    with pytest.raises(ValueError, match="1 names for 2 rows"):
        strips(["a"], np.zeros((2, 3, 4), np.uint8), "")
