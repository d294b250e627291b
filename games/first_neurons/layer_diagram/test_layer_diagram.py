"""Layer Diagram: a line is an entry of a matrix, there and back; five rounds ask for it."""

import base64
import itertools

import numpy as np
import pytest

from games.first_neurons.layer_diagram import game, rounds
from games.first_neurons.layer_diagram.rounds import KINDS
from games.run import Run
from games.ui.numbers import fixed
from pycore import brains
from pycore.activations import ReLU
from pycore.layers import Dense, Sequential
from tests.games.reading import classed, numbers, shown


def diagram(seed=0, **params):
    return Run("layer-diagram", seed, params)


def around(seed=0, **params):
    """Somebody looks around."""
    run = diagram(seed, **params)
    run.send(["free", True])
    return run


def touched(run):
    """Every entry there is, one after the other."""
    for matrix, layer in enumerate(run.state.network.layers[::2]):
        for i, j in np.ndindex(*layer.W.shape):
            run.send(["entry", matrix, i, j])
            yield matrix, j


def answer(run, right=True):
    """Answer the question, and check it."""
    for message in game._answer(run.state):
        run.send(list(message))
    if not right:
        miss(run)
    run.send(["check"])


def miss(run):
    """Say something else than the truth."""
    asked = run.state.asked
    match asked.kind:
        case "line":
            run.send(["end", (asked.truth[2] + 1) % asked.sizes[asked.matrix + 1]])
        case "entry":
            matrix, i, j = asked.truth
            run.send(["entry", matrix, (i + 1) % asked.sizes[matrix], j])
        case "build":
            run.send(["inputs", 2 if run.state.built[0] == 3 else 3])
        case _:
            run.send(["answer", next(o for o in asked.options if o != asked.truth)])


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
    run = around(1, **dict(zip(("inputs", "hidden", "outputs"), sizes, strict=True)))
    first, second = (layer.W for layer in run.state.network.layers[::2])
    for matrix, W in enumerate((first, second)):
        assert W.shape == sizes[matrix : matrix + 2]
        for i, j in np.ndindex(*W.shape):
            run.send(["entry", matrix, i, j])
            name = f"W{'₁₂'[matrix]}[{i}, {j}]"
            assert marked(run) == ([f"{matrix}-{i}-{j}"], [f"{name} = {fixed(W[i, j], 1)}"])
            assert shown(run.view(), "live").startswith(f"{name} = {fixed(W[i, j], 1)}:")


def test_lines_and_entries_send_the_same_by_click_and_by_pointing():
    view = around(2).view()
    lines = [n.messages() for n in classed(view, "edge-pick")]
    entries = [n.messages() for n in view.walk() if n.tag == "button" and "point" in n.messages()]
    assert lines == entries
    assert all(found["click"] == found["point"] for found in lines)


def test_the_sum_that_is_written_out_is_the_neurons():
    run = around(3)
    for matrix, j in touched(run):
        dense = run.state.network.layers[2 * matrix]
        x = run.state.values[2 * matrix][0]
        z = float(sum(x[i] * dense.W[i, j] for i in range(dense.n_in)) + dense.b[j])
        a = np.tanh(z) if matrix == 0 else 1 / (1 + np.exp(-z))
        *_, printed_z, printed_a = numbers(shown(run.view(), "arithmetic"))
        assert printed_z == pytest.approx(z, abs=0.0051)
        assert printed_a == pytest.approx(a, abs=0.0051)


def test_what_the_line_brings_is_the_weight_times_what_it_starts_from():
    run = around(4)
    for _ in touched(run):
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
    run.send(["close"])
    assert run.view().text() == around(5).view().text()


def test_each_kind_is_asked_until_it_is_right_and_five_win():
    for seed in range(20):
        run = diagram(seed)
        for done, kind in enumerate(KINDS):
            assert run.state.asked.kind == kind
            answer(run, right=False)
            assert run.score() == done / 5, "a miss wins nothing"
            assert "Yes!" not in run.describe()
            run.send(["next"])
            assert run.state.asked.kind == kind, "and is asked again"
            answer(run)
            assert run.score() == (done + 1) / 5
            assert ("Yes!" if done < 4 else "All five!") in run.describe()
            if done < 4:
                run.send(["next"])
        assert run.score() == 1
        run.send(["next"])
        assert run.score() == 0


def test_what_a_win_has_shown_is_so():
    """Rows × columns weights, and a bias for each column: counted in the engine's layers."""
    for ins, hidden, outs in itertools.product(*(range(a, b + 1) for a, b in rounds.RANGES)):
        network = rounds.network((ins, hidden, outs), np.random.default_rng(0))
        for layer, (rows, columns) in zip(
            network.layers[::2], ((ins, hidden), (hidden, outs)), strict=True
        ):
            assert layer.W.shape == (rows, columns)
            assert layer.W.size + layer.b.size == rows * columns + columns
        assert rounds.parameters((ins, hidden, outs)) == network.theta.size


def test_only_one_network_is_what_the_plan_asks_for():
    """Two layers by the shape, the third by the number; and every one of them has to be changed."""
    sizes = list(itertools.product(*(range(a, b + 1) for a, b in rounds.RANGES)))
    for seed, start in enumerate(sizes):
        asked = rounds.drawn(np.random.default_rng(seed), "build", start)
        shape = slice(asked.matrix, asked.matrix + 2)
        fitting = [
            these
            for these in sizes
            if these[shape] == asked.truth[shape]
            and rounds.parameters(these) == rounds.parameters(asked.truth)
        ]
        assert fitting == [asked.truth]
        assert all(built != begun for built, begun in zip(asked.truth, start, strict=True))


def test_a_question_has_one_right_answer_among_its_options():
    for seed in range(200):
        for kind in ("shape", "count"):
            asked = rounds.drawn(np.random.default_rng(seed), kind, (2, 2, 1))
            assert len(set(asked.options)) == len(asked.options) >= 3
            network = rounds.network(asked.sizes, np.random.default_rng(0))
            W = network.layers[2 * asked.matrix].W
            right = "x".join(map(str, W.shape)) if kind == "shape" else str(network.theta.size)
            assert asked.truth == right
            assert right in asked.options


def test_nothing_gives_the_answer_away_before_it_is_checked():
    for seed in range(20):
        run = diagram(seed)
        for kind in KINDS:
            shapes = [np.shape(array) for array in run.numbers().values()]
            if kind in ("shape", "count", "build"):
                assert not shapes, "numbers that are opened show their shape"
            if kind == "line":
                start, end = game._units(run.state, run.state.asked.truth)
                titles = [n.text() for n in run.view().walk() if n.tag in ("title", "th")]
                assert not any(start in title or end in title for title in titles)
            answer(run)
            if kind != KINDS[-1]:
                run.send(["next"])


def test_who_looked_around_finds_the_question_as_it_was():
    run = diagram(4)
    answer(run)
    run.send(["next"])
    before = run.view().text()
    run.send(["free", True])
    assert run.score() is None
    run.send(["entry", 0, 1, 1])
    run.send(["free", False])
    assert run.view().text() == before
    assert run.score() == 0.2
