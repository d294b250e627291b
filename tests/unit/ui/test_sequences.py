"""games/ui/sequences.py: tokens and arcs."""

import numpy as np
import pytest

from games.moves import Dial, moves
from games.ui.sequences import columns, tokens
from tests import dom

MAY = moves(look=Dial(0, 9), shut=Dial(0, 9, when=lambda state: False)).on(None)
WORDS = ["the", "cat", " "]


def of_class(node, name):
    return [n for n in node.walk() if name in n.attributes.get("class", "").split()]


def test_tokens_stand_in_order_and_a_space_is_seen():
    node = tokens("a sentence", WORDS)
    assert [n.text() for n in of_class(node, "token-word")] == ["the", "cat", "␣"]
    assert dom.page_of(node) == dom.expected(node)


def test_values_are_printed_and_are_the_colour():
    node = tokens("surprise", WORDS, values=[0.5, -1.0, 0.0], name="surprise")
    assert [n.text() for n in of_class(node, "token-value")] == ["+0.50", "−1.00", "+0.00"]
    bands = [n.attributes["class"] for n in of_class(node, "token-band")]
    assert bands[:2] == ["token-band tint-1", "token-band tint-0"]
    assert node.marks["surprise"].tolist() == [0.5, -1.0, 0.0]


def test_arcs_are_as_wide_as_their_weights_and_nothing_is_left_out_but_the_faintest():
    node = tokens("attention", WORDS, arcs=[(2, 0, 0.6), (2, 1, 0.3), (1, 0, 0.001)], name="A")
    arcs = of_class(node, "arc")
    assert len(arcs) == 2
    assert float(arcs[0].attributes["stroke-width"]) > float(arcs[1].attributes["stroke-width"])
    assert arcs[0].attributes["d"].startswith("M2.50 1C")
    assert arcs[0].attributes["d"].endswith("0.50 1")
    assert node.marks["A"].shape == (3, 3)


def test_with_a_chosen_token_the_others_arcs_are_quiet():
    node = tokens("attention", WORDS, arcs=[(2, 0, 1.0), (1, 0, 1.0)], chosen=1)
    assert [n.attributes["class"] for n in of_class(node, "arc")] == ["arc quiet", "arc"]
    assert [n.attributes.get("aria-current") for n in of_class(node, "token")] == [
        None,
        "true",
        None,
    ]


def test_a_token_is_chosen_by_a_button_and_the_row_needs_no_focus_then():
    node = tokens("a sentence", WORDS, chosen=0, offer=MAY.look)
    buttons = [n for n in node.walk() if n.tag == "button"]
    assert [n.messages()["click"] for n in buttons] == [("look", i) for i in range(3)]
    assert "tabindex" not in node.attributes
    assert tokens("a sentence", WORDS).attributes["tabindex"] == "0"
    assert not [n for n in tokens("s", WORDS, offer=MAY.shut).walk() if n.messages()]


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match=r"values of shape \(1,\) for 3 tokens"):
        tokens("s", WORDS, values=[1.0])
    for arc in ((0, 3, 1.0), (0, 1, -1.0), (0, 1, np.nan)):
        with pytest.raises(ValueError, match="places 0 to 2, weights from 0"):
            tokens("s", WORDS, arcs=[arc])


def test_columns_hold_a_token_s_numbers_and_each_heads_arcs():
    values = np.arange(6.0).reshape(3, 2)
    node = columns(
        "x",
        ["a", " ", "c"],
        values,
        chosen=2,
        looks=[("head 1", [0.5, 0.5, 0]), ("head 2", [0, 0, 1])],
        name="x (characters × numbers)",
    )
    (leaf,) = [n for n in node.walk() if n.picture]
    np.testing.assert_array_equal(leaf.picture.values, values.T)
    np.testing.assert_array_equal(leaf.marks["x (characters × numbers)"], values)
    arcs = [n for n in node.walk() if n.tag == "path"]
    assert len(arcs) == 3
    words = [n.text() for n in node.walk() if n.tag == "li"]
    assert words == ["a", "␣", "c"]
    with pytest.raises(ValueError, match="3 heads; allowed: up to 2"):
        columns("x", ["a"], [[1.0]], looks=[("h", [1.0])] * 3)
