"""games/ui/graphs.py: nodes, lines and trees."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.moves import Dial, moves
from games.ui.graphs import RADIUS, Branch, graph, tree
from tests import dom

MAY = moves(look=Dial(0, 9)).on(None)
TRIANGLE = [(0, 0), (4, 0), (2, 3)]


def of_class(node, name):
    return [n for n in node.walk() if name in n.attributes.get("class", "").split()]


def middle(spot):
    body = of_class(spot, "graph-body")[0].attributes
    x, y, w, h = (float(body[name]) for name in ("x", "y", "width", "height"))
    return x + w / 2, y + h / 2


def spots(node):
    found = of_class(node, "graph-spot")
    return {spot.children[3].text(): middle(spot) for spot in found}


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=8),
    st.text("abc", max_size=9),
)
def test_every_node_is_inside_the_picture_whole(places, text):
    node = graph("g", places, [], names=[text] * len(places))
    for body in of_class(node, "graph-body"):
        x, y, w, h = (float(body.attributes[name]) for name in ("x", "y", "width", "height"))
        assert min(x, y) >= 0
        assert x + w <= 400
        assert y + h <= 260


def test_y_grows_upwards_and_edges_run_between_their_nodes():
    node = graph("g", TRIANGLE, [(0, 2)], names=["a", "b", "c"])
    at = spots(node)
    assert at["c"][1] < at["a"][1] == at["b"][1]
    (line,) = of_class(node, "graph-edge")
    x1, y1, x2, y2 = map(float, re.findall(r"[\d.]+", line.attributes["d"]))
    assert (x1, y1) == pytest.approx(at["a"], abs=0.1)
    assert np.hypot(x2 - at["c"][0], y2 - at["c"][1]) == pytest.approx(RADIUS, abs=0.2)


def test_a_weights_size_is_its_lines_width_and_below_zero_it_is_dashed():
    node = graph("g", TRIANGLE, [(0, 1, 2.0), (1, 2, -1.0)], directed=True)
    strong, weak = of_class(node, "graph-edge")
    assert float(strong.attributes["stroke-width"]) > float(weak.attributes["stroke-width"])
    assert [("negative" in n.attributes["class"]) for n in (strong, weak)] == [False, True]
    assert len(of_class(node, "graph-arrow")) == 2


def test_values_are_colours_and_are_said():
    node = graph("g", TRIANGLE, [], values=[1.0, -0.5, 0.0], name="beliefs")
    fills = of_class(node, "graph-fill")
    assert [n.attributes["class"] for n in fills[:2]] == [
        "graph-fill shade-1",
        "graph-fill shade-0",
    ]
    strengths = [float(n.attributes["fill-opacity"]) for n in fills]
    assert strengths[0] > strengths[1] > strengths[2] == 0
    assert [n.text() for n in node.walk() if n.tag == "title"] == ["1: 1", "2: −0.5", "3: 0"]
    assert node.marks["beliefs"].tolist() == [1.0, -0.5, 0.0]
    assert dom.page_of(node) == dom.expected(node)


def test_a_node_is_chosen_by_a_button_over_it():
    node = graph("g", TRIANGLE, [], names=["a", "b", "c"], chosen=2, offer=MAY.look)
    buttons = [n for n in node.walk() if n.tag == "button"]
    assert [n.messages()["click"] for n in buttons] == [("look", 0), ("look", 1), ("look", 2)]
    assert [n.attributes["aria-label"] for n in buttons] == ["a", "b", "c"]
    assert [n.attributes["aria-pressed"] for n in buttons] == ["false", "false", "true"]


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match=r"edge \(0, 3\) of nodes 0 to 2"):
        graph("g", TRIANGLE, [(0, 3)])
    with pytest.raises(ValueError, match="1 names for 3 nodes"):
        graph("g", TRIANGLE, [], names=["a"])
    with pytest.raises(ValueError, match="1 edge names for 0 edges"):
        graph("g", TRIANGLE, [], edge_names=["a"])


OAK = Branch(
    "root", (Branch("left", (Branch("a"), Branch("b")), edge="no"), Branch("c", edge="yes"))
)


def test_a_tree_stands_on_its_root_and_every_node_over_its_branches():
    at = spots(tree("a tree", OAK))
    assert list(at) == ["root", "left", "a", "b", "c"]
    assert at["root"][1] < at["left"][1] == at["c"][1] < at["a"][1] == at["b"][1]
    assert at["a"][0] < at["b"][0] < at["c"][0]
    assert at["left"][0] == pytest.approx((at["a"][0] + at["b"][0]) / 2, abs=0.02)
    assert at["root"][0] == pytest.approx((at["left"][0] + at["c"][0]) / 2, abs=0.02)


def test_the_answers_stand_on_the_lines_of_a_tree():
    assert [n.text() for n in of_class(tree("a tree", OAK), "graph-edge-name")] == ["no", "yes"]


def test_only_nodes_with_a_number_say_one():
    leaf = Branch("yes", value=0.0)
    titles = [n.text() for n in tree("a tree", Branch("root", (leaf,))).walk() if n.tag == "title"]
    assert titles == ["yes: 0"]


def test_a_tree_of_one_node_is_a_node():
    assert list(spots(tree("a seed", Branch("only")))) == ["only"]
