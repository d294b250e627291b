"""games/ui/pixels.py: numbers as pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.ui.pixels import PALETTES, Shade, opacities, picture, png, strips, tints
from tests import dom

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))


@given(shapes, st.sampled_from([2, 4]))
def test_png_decodes_to_the_same_pixels(shape, channels):
    height, width, seed = shape
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    assert dom.decode(png(pixels)) == pixels.tobytes()


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 4)), np.zeros((2, 4), np.uint8)],
)
def test_other_arrays_are_no_png_and_are_refused_with_their_shape(pixels):
    with pytest.raises(ValueError, match=r"\(height, width, 4\).*\(2,"):
        png(pixels)


@given(shapes, st.sampled_from(sorted(PALETTES)))
def test_before_it_is_painted_a_page_shows_the_same_pixels(shape, palette):
    height, width, seed = shape
    channels = () if PALETTES[palette] <= 2 else (3,)
    values = np.random.default_rng(seed).normal(size=(height, width, *channels))
    node = picture(values, palette, "a map")
    assert dom.page_of(node) == dom.expected(node)


def test_a_picture_is_a_labelled_leaf_that_says_what_its_bytes_mean():
    node = picture(np.zeros((3, 5)), "signed", "a map", key="k")
    assert (node.key, node.children) == ("k", [])
    assert node.attributes["role"] == "img"
    assert node.attributes["aria-label"] == "a map"
    assert node.attributes["data-columns"] == "5"
    assert node.attributes["data-palette"] == "signed"
    assert node.attributes["data-shades"] == "2"


def test_one_colour_is_as_opaque_as_the_number_is_large_and_clear_below_zero():
    shade = Shade([[-1.0, 0.0, 0.5, 1.0, 9.0]], "ink", largest=1.0)
    assert shade.pixels.dtype == np.uint8
    assert shade.pixels.tolist() == [[0, 0, 128, 255, 255]]


def test_two_colours_show_the_sign_and_their_opacity_the_size():
    shade = Shade([[-3.0, -1.0, 0.0, 0.5, 2.0]], "signed", largest=2.0)
    below, above = opacities(shade.pixels, "signed")
    assert below[0].tolist() == [255, 129, 0, 0, 0]
    assert above[0].tolist() == [0, 0, 0, 64, 255]


def test_without_a_largest_the_strongest_number_is_opaque():
    assert Shade([[0.0, 0.25]], "gold").pixels.tolist() == [[0, 255]]
    assert Shade([[0.0, 0.0]], "gold").pixels.tolist() == [[0, 0]]


def test_what_is_no_number_is_clear_and_what_is_endless_is_opaque():
    shade = Shade([[np.nan, np.inf, -np.inf, 1.0]], "signed")
    assert shade.pixels.tolist() == [[0, 255, 127, 255]]


@pytest.mark.parametrize(
    ("values", "palette", "largest", "said"),
    [
        ([[1.0]], "blue", None, "no palette 'blue'; allowed: signed, gold, ink"),
        ([1.0], "ink", None, r"\(height, width\), got \(1,\)"),
        ([[]], "ink", None, r"got \(1, 0\)"),
        ([[1.0]], "classes", None, r"\(height, width, 1 to 8\), got \(1, 1\)"),
        ([[1.0]], "ink", 0.0, "above 0, got 0.0"),
        ([[1.0]], "ink", np.nan, "above 0, got nan"),
    ],
)
def test_what_is_no_picture_is_refused(values, palette, largest, said):
    with pytest.raises(ValueError, match=said):
        Shade(values, palette, largest)


def test_strips_name_every_row_of_a_picture():
    node = strips(["a", "b"], np.zeros((2, 3)), "ink", "two rows")
    names, drawn = node.children
    assert names.text() == "ab"
    assert drawn.attributes["aria-label"] == "two rows"
    with pytest.raises(ValueError, match="1 names for 2 rows"):
        strips(["a"], np.zeros((2, 3)), "ink", "")


def test_with_more_colours_the_largest_number_is_seen_as_strongly_as_it_is_large():
    shade = Shade([[[0.9, 0.1, 0.0], [0.2, 0.3, 0.5], [0.0, 0.0, 0.0]]], "classes", largest=1.0)
    share = 256 // PALETTES["classes"]
    assert shade.pixels.tolist() == [[28, 2 * share + 16, 0]]
    with pytest.raises(ValueError, match="8 colours, got 9"):
        Shade(np.ones((1, 1, 9)), "classes")


@given(st.floats(-3, 3), st.sampled_from(["signed", "gold", "ink"]))
def test_a_tinted_cell_is_of_the_colour_of_its_pixel(value, palette):
    ((looks,),) = tints([[value]], palette, 2.0)
    opaque = [int(o[0, 0]) for o in opacities(Shade([[value]], palette, 2.0).pixels, palette)]
    colour, strength = int(looks["class_"][-1]), float(looks["style"][11:-1])
    assert strength / 100 * 255 == pytest.approx(opaque[colour], abs=0.6)
    assert sum(opaque) == opaque[colour]


def test_a_named_picture_carries_its_numbers():
    node = picture([[1.0, 2.0]], "ink", "a row", name="x")
    assert node.marks["x"].tolist() == [[1.0, 2.0]]
    assert picture([[1.0]], "ink", "a dot").marks is None
