"""games/ui/tensors.py: arrays as coloured cells."""

import numpy as np
import pytest

from games.moves import Dial, moves
from games.ui.tensors import feature_maps, heat_table, tensor_strip
from tests import dom

MAY = moves(look=Dial(0, 2), shut=Dial(0, 2, when=lambda state: False)).on(None)
W = np.array([[1.0, -0.5], [0.0, 0.25]])
MAPS = np.stack([np.eye(3), 2 * np.eye(3), np.zeros((3, 3))])


def cells(node):
    return [n for n in node.walk() if n.attributes.get("class", "").startswith("tint-")]


def test_a_heat_table_is_a_table_whose_cells_hold_the_numbers():
    node = heat_table("W", W, rows=["x₁", "x₂"], columns=["a", "b"])
    heads = [n for n in node.walk() if n.tag == "th"]
    assert [(n.text(), n.attributes["scope"]) for n in heads] == [
        ("a", "col"),
        ("b", "col"),
        ("x₁", "row"),
        ("x₂", "row"),
    ]
    assert [n.text() for n in cells(node)] == ["+1.00", "−0.50", "+0.00", "+0.25"]
    assert dom.page_of(node) == dom.expected(node)


def test_a_cells_colour_is_its_sign_and_its_strength_its_size():
    looks = [(n.attributes["class"], n.attributes["style"]) for n in cells(heat_table("W", W))]
    assert looks[0] == ("tint-1", "--strength:100%")
    assert looks[1] == ("tint-0", "--strength:50.4%")
    assert looks[2][1] == "--strength:0%"


def test_names_are_given_for_all_rows_or_none():
    with pytest.raises(ValueError, match="1 row names for 2 rows"):
        heat_table("W", W, rows=["x"])


@pytest.mark.parametrize("node", [heat_table("W", W, name="W"), tensor_strip("x", W[0], name="W")])
def test_all_digits_are_one_tab_away_and_each_one_tap(node):
    (whole,) = (n for n in node.walk() if n.attributes.get("tabindex") == "0")
    assert "roomy" in whole.attributes["class"]
    assert all(n.attributes["tabindex"] == "-1" for n in cells(node))
    assert list(whole.marks) == ["W"]


def test_a_strip_says_how_long_its_vector_is():
    assert tensor_strip("state h", np.zeros(32)).text().startswith("state h32")
    with pytest.raises(ValueError, match=r"vector of numbers \(n,\), got shape \(2, 2\)"):
        tensor_strip("h", W)


def test_maps_are_on_one_scale():
    first, second, third = (
        n.picture.pixels.max() for n in feature_maps("maps", MAPS).walk() if n.picture
    )
    assert (first, second, third) == (128, 255, 0)


def test_a_map_is_chosen_by_a_button_that_says_which_is_open():
    node = feature_maps("maps", MAPS, names=["a", "b", "c"], chosen=1, offer=MAY.look, name="y")
    buttons = [n for n in node.walk() if n.tag == "button"]
    assert [n.messages() for n in buttons] == [{"click": ("look", i)} for i in range(3)]
    assert [n.attributes["aria-pressed"] for n in buttons] == ["false", "true", "false"]
    assert node.marks["y"].shape == (9, 3)
    shut = feature_maps("maps", MAPS, offer=MAY.shut)
    assert not [n for n in shut.walk() if n.messages()]


def test_maps_are_three_dimensional_and_named_all_or_not():
    with pytest.raises(ValueError, match=r"got shape \(2, 2\)"):
        feature_maps("maps", W)
    with pytest.raises(ValueError, match="1 names for 3 maps"):
        feature_maps("maps", MAPS, names=["a"])
