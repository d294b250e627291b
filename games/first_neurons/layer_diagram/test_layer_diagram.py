"""Layer Diagram: a line is an entry of a matrix, there and back."""

import base64
import itertools

import numpy as np
import pytest

from games.first_neurons.layer_diagram import game
from games.run import Run
from games.ui.numbers import fixed
from pycore import brains
from pycore.activations import ReLU
from pycore.layers import Dense, Sequential
from tests.games.reading import classed, numbers, shown


def diagram(seed=0, **params):
    return Run("layer-diagram", seed, params)


def marked(run):
    """The places of the lines that are marked, and the labels of the entries that are."""
    lines = [
        pick.key
        for pick in classed(run.view(), "edge-pick")
        if "chosen" in pick.children[0].attributes["class"].split()
    ]
    entries = [n for n in run.view().walk() if n.attributes.get("aria-pressed") == "true"]
    return lines, [n.attributes["aria-label"] for n in entries]


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 4, 2), (4, 5, 3)])
def test_every_line_marks_its_entry_and_every_entry_its_line(sizes):
    run = diagram(1, **dict(zip(("inputs", "hidden", "outputs"), sizes, strict=True)))
    first, second = (layer.W for layer in run.state.network.layers[::2])
    for matrix, W in enumerate((first, second)):
        assert W.shape == sizes[matrix : matrix + 2]
        for i, j in np.ndindex(*W.shape):
            run.send(["entry", matrix, i, j])
            name = f"W{'₁₂'[matrix]}[{i}, {j}]"
            assert marked(run) == ([f"{matrix}-{i}-{j}"], [f"{name} = {fixed(W[i, j], 1)}"])
            assert shown(run.view(), "live").startswith(f"{name} = {fixed(W[i, j], 1)}:")


def test_lines_and_entries_send_the_same_by_click_and_by_pointing():
    view = diagram(2).view()
    lines = [n.messages() for n in classed(view, "edge-pick")]
    entries = [n.messages() for n in view.walk() if n.tag == "button"]
    assert lines == entries
    assert all(found["click"] == found["point"] for found in lines)


def test_the_sum_that_is_written_out_is_the_neurons():
    run = diagram(3)
    for message in game.solution(run.state):
        run.send(list(message))
        matrix, _, j = run.state.entry
        dense = run.state.network.layers[2 * matrix]
        x = run.state.values[2 * matrix][0]
        z = float(sum(x[i] * dense.W[i, j] for i in range(dense.n_in)) + dense.b[j])
        a = np.tanh(z) if matrix == 0 else 1 / (1 + np.exp(-z))
        *_, printed_z, printed_a = numbers(shown(run.view(), "arithmetic"))
        assert printed_z == pytest.approx(z, abs=0.0051)
        assert printed_a == pytest.approx(a, abs=0.0051)


def test_what_the_line_brings_is_the_weight_times_what_it_starts_from():
    run = diagram(4)
    for message in game.solution(run.state):
        run.send(list(message))
        weight, carried = run.numbers()["the marked weight, and what it carries"]
        text = shown(run.view(), "live")
        assert text.endswith(f"= {fixed(carried)}.")
        assert fixed(weight, 1) in text


@pytest.mark.parametrize("hidden", [(), (5,), (6, 2)])
def test_a_brain_is_drawn_with_its_own_sizes_and_weights(hidden):
    rng = np.random.default_rng(1)
    sizes = (3, *hidden, 1)
    layers = [[Dense(a, b, rng=rng), ReLU()] for a, b in itertools.pairwise(sizes)]
    network = Sequential(*itertools.chain(*layers[:-1]), layers[-1][0])
    features = ("x₁", "x₂²", "x₁x₂")
    file = brains.write(brains.Brain(network, features, "squared error", False))
    run = diagram(5)
    run.send(["open", base64.b64encode(file).decode()])
    dense = [layer.W for layer in network if isinstance(layer, Dense)]
    for matrix, W in enumerate(dense):
        i, j = (n - 1 for n in W.shape)
        run.send(["entry", matrix, i, j])
        name = f"W{'₁₂₃'[matrix]}[{i}, {j}]"
        assert marked(run) == ([f"{matrix}-{i}-{j}"], [f"{name} = {fixed(W[i, j])}"])
    x1 = run.state.values[0][0, 0]
    y = network.forward(run.state.values[0])[0, 0]
    assert shown(run.view(), "arithmetic").endswith(f"= {fixed(y)}")
    names = [node.text() for node in classed(run.view(), "unit-name")]
    assert names[:3] == list(features)
    assert run.state.values[0][0, 1] * x1**2 == pytest.approx(run.state.values[0][0, 2] ** 2)
    for message in game.solution(run.state):
        run.send(list(message))
    run.send(["close"])
    assert run.view().text() == diagram(5).view().text()


def test_what_is_asked_for_is_found_by_its_line_in_its_turn():
    for seed in range(20):
        run = diagram(seed)
        asked = list(run.state.asked)
        assert len(asked) == game.FINDS
        run.send(["entry", *asked[-1]])
        for n, entry in enumerate(asked):
            asks = "Yes! Now" if n else "Find"
            assert f"{asks} {game._entry(*entry)}" in run.view().text()
            assert f"{n} of {game.FINDS}" in run.view().text()
            run.send(["entry", *entry])
        assert "All found!" in run.view().text()


def test_a_tap_that_points_and_clicks_finds_once_and_says_so():
    run = diagram(3)
    tapped = run.state.asked[0]
    for _ in ("point", "click"):
        run.send(["entry", *tapped])
        assert "Yes! Now" in run.view().text()
    assert len(run.state.asked) == game.FINDS - 1
