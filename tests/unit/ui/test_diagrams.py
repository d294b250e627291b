"""games/ui/diagrams.py: lines are weights, and what is printed is what was given."""

import itertools
import re

import numpy as np
import pytest

from games.ui.diagrams import DIGIT, LABEL, WIDEST, Layout, Pulse, network, neuron, pinned
from games.ui.node import diff, h
from tests import dom

W1 = np.array([[1.0, -2.0, 0.0], [0.5, 4.0, -1.0]])
W2 = np.array([[1.0], [-1.0], [2.0]])
VALUES = [np.array([0.5, -0.25]), np.array([0.1, 0.2, 0.3]), np.array([0.9])]


def draw(values=VALUES, **how):
    return network([W1, W2], values, label="net", **how)


def classed(node, name):
    return [n for n in node.walk() if name in n.attributes.get("class", "").split()]


def test_there_is_one_line_for_each_weight_as_wide_as_it_is_large():
    lines = classed(draw(), "edge")
    weights = [*W1.ravel(), *W2.ravel()]
    assert len(lines) == len(weights)
    for line, weight in zip(lines, weights, strict=True):
        width = float(line.attributes["stroke-width"])
        assert width == pytest.approx(0.5 + 5.5 * abs(weight) / 4, abs=0.01)
        sign = "negative" if weight < 0 else "positive"
        assert sign in line.attributes["class"].split()
        assert line.text() == f"weight {'−' if weight < 0 else '+'}{abs(weight):.3f}"


def test_a_line_runs_between_the_units_it_connects():
    node = draw()
    units = {u.key: u.children[0].attributes for u in classed(node, "unit")}
    for line in classed(node, "edge"):
        layer, i, j = map(int, line.key.split("-"))
        start, end = units[f"{layer}-{i}"], units[f"{layer + 1}-{j}"]
        ends = [start["cx"], start["cy"], end["cx"], end["cy"]]
        drawn = line.attributes["d"].replace("M", "").replace("L", " ").split()
        assert [float(d) for d in drawn] == pytest.approx([float(e) for e in ends], abs=0.06)


def test_units_print_their_values_and_a_question_mark_before_one_arrives():
    shown = [u.text() for u in classed(draw([VALUES[0], None, None]), "unit")]
    assert shown == ["0.50", "−0.25", "?", "?", "?", "?"]
    assert [u.text() for u in classed(draw(), "unit")][-1] == "0.90"


def test_lines_light_up_when_the_layer_before_them_has_its_values():
    assert len(classed(draw([VALUES[0], None, None]), "lit")) == 6 + 2
    assert len(classed(draw(), "lit")) == 9 + 6


def test_gold_is_for_the_last_layer_when_won():
    assert len(classed(draw(), "gold")) == 0
    (unit,) = classed(draw(won=True), "gold")
    assert unit.key == "2-0"


def test_the_chosen_unit_is_marked_with_the_lines_into_it():
    keys = sorted(n.key for n in classed(draw(chosen=(1, 2)), "chosen"))
    assert keys == ["0-0-2", "0-1-2", "1-2"]
    assert classed(draw(), "chosen") == []


def test_units_after_the_first_layer_send_what_pick_says():
    sent = {u.key: u.messages() for u in classed(draw(pick=lambda *at: ("look", *at)), "unit")}
    assert sent["0-0"] == {}
    assert sent["1-2"] == {"click": ("look", 1, 2)}
    assert sent["2-0"] == {"click": ("look", 2, 0)}
    assert all(not u.messages() for u in classed(draw(), "unit"))


def comets(node):
    """Of every comet the middle of its head, its radius, and where its tail ends."""
    found = []
    for shape in classed(node, "pulse"):
        for part in shape.attributes["d"].split("M")[1:]:
            x0, y0, x1, y1, r, *_, x2, y2 = map(float, re.findall(r"-?[\d.]+", part))
            found.append(((x1 + x2) / 2, (y1 + y2) / 2, r, x0, y0))
    return found


@pytest.mark.parametrize(("share", "x"), [(0, 40), (0.5, 130), (1, 220), (3, 220), (-1, 40)])
def test_a_comet_travels_along_every_line_that_carries_something(share, x):
    flying = comets(draw(pulse=Pulse(0, share)))
    assert len(flying) == 5  # one of the six weights is zero
    for head, _, r, tail, _ in flying:
        assert head == pytest.approx(x, abs=0.1)
        assert x - 7 * r - 0.2 <= tail <= head + 0.1
    assert classed(draw(), "pulse") == []


def test_units_stay_inside_the_picture_and_apart():
    for width in range(1, 9):
        node = network([np.ones((2, width)), np.ones((width, 1))], [None] * 3, label="net")
        circles = [u.children[0].attributes for u in classed(node, "unit")]
        hidden = sorted(float(c["cy"]) for c in circles[2:-1])
        radius = float(circles[0]["r"])
        assert hidden[0] - radius >= 0
        assert hidden[-1] + radius <= 300
        assert all(b - a > 2 * radius for a, b in itertools.pairwise(hidden))


def test_a_network_of_zero_weights_can_be_drawn():
    assert classed(network([np.zeros((1, 1))], [None, None], label="net"), "edge")


def test_html_parses_back_to_the_same_tree():
    for node in (
        draw(pulse=Pulse(1, 0.3), won=True, chosen=(2, 0)),
        neuron([1, 0], [0.5, -1], 0.1, 0.6, 0.65, target=0.5, label="neuron"),
    ):
        assert dom.page_of(node) == dom.expected(node)


def test_a_neuron_prints_products_sum_and_output():
    node = neuron([1, 0], [0.5, -1], 0.1, 0.6, 0.646, target=0.5, won=True, label="neuron")
    texts = [n.text() for n in node.walk() if n.tag == "text"]
    for text in ("1 × 0.50 = 0.50", "0 × −1.00 = 0.00", "0.60", "b = 0.10", "0.65", "aim 0.50"):
        assert text in texts
    assert classed(node, "bulb")[0].attributes["class"] == "bulb won"
    lit = [line for line in classed(node, "edge") if "lit" in line.attributes["class"]]
    assert {line.key for line in lit} == {"w0", "out"}


def test_a_pick_of_a_line_names_its_weight_and_marks_it():
    node = draw(pick_edge=lambda *place: ("edge", *place), chosen_edges=[(0, 1, 2)])
    picks = classed(node, "edge-pick")
    assert [pick.messages()["click"] for pick in picks] == [
        ("edge", 0, *place) for place in np.ndindex(2, 3)
    ] + [("edge", 1, *place) for place in np.ndindex(3, 1)]
    marked = [p.key for p in picks if "chosen" in p.children[0].attributes["class"].split()]
    assert marked == ["0-1-2"]
    assert dom.page_of(node) == dom.expected(node)


def test_names_stand_at_the_units_and_gradients_below_them():
    deltas = [None, np.array([0.25, -0.5, 0.0]), np.array([1.0])]
    node = draw(names=[["x₁", "x₂"], ["h₁", "h₂", "h₃"], ["y"]], deltas=deltas)
    assert [n.text() for n in classed(node, "unit-name")] == ["x₁", "x₂", "h₁", "h₂", "h₃", "y"]
    assert [n.text() for n in classed(node, "unit-delta")] == [
        "δ 0.25", "δ −0.50", "δ 0", "δ 1.0",
    ]  # fmt: skip


def test_a_gradient_runs_from_right_to_left():
    forward, backward = (comets(draw(pulse=Pulse(0, 0.25), backward=b)) for b in (False, True))
    assert {round(head) for head, *_ in forward} == {85}
    assert {round(head) for head, *_ in backward} == {175}
    assert all(tail < head for head, _, _, tail, _ in forward)
    assert all(tail > head for head, _, _, tail, _ in backward)


def test_a_gradient_that_is_back_lies_on_its_line_as_wide_as_it_is_large():
    gradient = np.array([[0.1], [-0.05], [0.0]])
    node = draw(gradients=[None, gradient], full=0.1)
    floods = classed(node, "edge-flood")
    widths = [float(f.attributes["stroke-width"]) for f in floods]
    assert widths == pytest.approx([WIDEST, 0.8 + (WIDEST - 0.8) / 2, 0.8], abs=0.01)
    lines = {line.key: line.attributes["d"][1:].split("L") for line in classed(node, "edge")}
    for flood in floods:
        assert flood.attributes["d"][1:].split("L") == lines[flood.key][::-1]
    assert not classed(draw(), "edge-flood")


def test_weights_and_biases_are_printed_where_they_are_asked_for():
    assert not classed(draw(), "edge-name")
    node = draw(weight_digits=1, biases=[np.array([0.1, -0.2, 0.0]), np.array([1.5])])
    shown = [n.text() for n in classed(node, "edge-name")]
    assert shown == ["+1.0", "−2.0", "+0.0", "+0.5", "+4.0", "−1.0", "+1.0", "−1.0", "+2.0"]
    named = [n.text() for n in classed(node, "unit-name")]
    assert named == ["b +0.1", "b −0.2", "b +0.0", "b +1.5"]


def test_what_a_formula_names_carries_its_symbol():
    symbols = [unit.attributes["data-symbol"] for unit in classed(draw(), "unit")]
    assert symbols == ["x", "x", "h a", "h a", "h a", "y"]
    (edges,) = classed(draw(), "edges")
    assert edges.attributes["data-symbol"] == "w W"


def test_a_unit_that_can_be_pointed_at_can_be_reached_by_keyboard_and_says_its_value():
    node = draw(point=lambda layer, i: ("look", layer, i))
    spots = [unit for unit in classed(node, "unit") if "tabindex" in unit.attributes]
    messages = [{"point": ("look", layer, i)} for layer, i in ((1, 0), (1, 1), (1, 2), (2, 0))]
    assert [unit.messages() for unit in spots] == messages
    assert (spots[-1].attributes["role"], spots[-1].text()) == ("button", "0.90")
    assert node.attributes["role"] == "group"
    assert draw().attributes["role"] == "img"


def test_a_comet_is_as_large_as_what_it_carries():
    sent = comets(draw(pulse=Pulse(0, 0.5, [0.0, -0.5])))
    assert sorted({r for _, _, r, _, _ in sent}) == [1.5, 3.5]
    back = comets(draw(pulse=Pulse(1, 0.5, [1.0]), backward=True))
    assert [r for _, _, r, _, _ in back] == [5.5] * 3


def test_what_is_printed_at_a_unit_stands_away_from_the_weights_in_the_middle():
    biases = [np.array([1.0, 2.0, 3.0]), np.array([4.0])]
    units = classed(draw(biases=biases), "unit")[2:]
    above = []
    for unit in units:
        name = next(n for n in unit.walk() if n.text().startswith("b "))
        above.append(float(name.attributes["y"]) < float(unit.children[0].attributes["cy"]))
    assert above == [True, False, False, False]


@pytest.mark.parametrize(
    ("sizes", "digits", "height"),
    [
        ((2, 2, 1), 1, 260), ((2, 2, 1), 2, 330), ((2, 3, 1), 1, 330), ((2, 3, 1), 2, 330),
        ((2, 2, 2, 1), 1, 330), ((3, 2), 2, 300),
    ],
)  # fmt: skip
def test_a_weight_s_number_is_on_its_own_line_and_no_other_line_or_unit_is_behind_it(
    sizes, digits, height
):
    layout = Layout(sizes, 420, height)
    half_width, half_height = DIGIT * (digits + 3) / 2, LABEL / 2
    for gap, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        starts, ends = layout.units(gap), layout.units(gap + 1)
        for i, j in np.ndindex(n_in, n_out):
            x, y = layout.label(gap, i, j, digits)
            for a, b in itertools.product(range(n_in), range(n_out)):
                (x0, y0), (x1, y1) = starts[a], ends[b]
                t = np.linspace(0, 1, 2000)
                across, up = abs(x0 + t * (x1 - x0) - x), abs(y0 + t * (y1 - y0) - y)
                if (a, b) == (i, j):
                    assert np.hypot(across, up).min() < 0.5
                else:
                    assert not ((across < half_width) & (up < half_height)).any()
            for cx, cy in [*starts, *ends]:
                beside = max(abs(x - cx) - half_width, 0), max(abs(y - cy) - half_height, 0)
                assert np.hypot(*beside) >= layout.radius


def test_what_lies_over_the_drawing_is_drawn_last():
    assert draw(over=h("text", "L")).children[-1].text() == "L"


def test_a_pin_lies_at_its_place_in_the_drawing():
    node = pinned(draw(), Layout((2, 3, 1), 440, 300), [((110, 75), h("b", "here", key="a"))])
    (pin,) = classed(node, "pin")
    assert pin.attributes["style"] == "left:25.00%;top:25.00%"
    assert pin.text() == "here"


def test_units_stay_what_they_are_when_something_between_them_comes_or_goes():
    """One that has the focus would lose it if it were made anew."""
    quiet = draw(point=lambda layer, i: ("look", layer, i))
    for more in (
        {"pulse": Pulse(0, 0.5)},
        {"gradients": [np.ones_like(w) for w in (W1, W2)]},
        {"weight_digits": 1},
    ):
        full = draw(point=lambda layer, i: ("look", layer, i), **more)
        for old, new in ((quiet, full), (full, quiet)):
            assert "unit-body" not in str(diff(old, new, []))
