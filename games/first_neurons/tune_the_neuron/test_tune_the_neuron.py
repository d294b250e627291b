"""Tune the Neuron: rows counted by hand, four gates that can be had, and one that cannot."""

import math

import numpy as np
import pytest

from games.first_neurons.tune_the_neuron import game
from games.run import Run
from games.ui.numbers import fixed
from tests.games.player import wander
from tests.games.reading import classed, numbers

RULES = {
    "AND": lambda a, b: a and b,
    "OR": lambda a, b: a or b,
    "NAND": lambda a, b: not (a and b),
    "NOR": lambda a, b: not (a or b),
    "XOR": lambda a, b: a != b,
}


def by_hand(state):
    """Sum and answer of each row, without the engine."""
    (w1, w2), b = state.dense.W[:, 0], state.dense.b[0]
    z = [w1 * x1 + w2 * x2 + b for x1 in (0, 1) for x2 in (0, 1)]
    return z, [1 / (1 + math.exp(-v)) for v in z]


def test_the_targets_are_the_gates_truth_tables():
    for gate, rule in RULES.items():
        wanted = tuple(int(rule(bool(x1), bool(x2))) for x1, x2 in game.ROWS)
        assert game.GATES[gate] == wanted


def test_the_bar_on_the_sum_is_where_the_sigmoid_reaches_the_bar_on_the_answer():
    assert 1 / (1 + math.exp(-game.EDGE)) == pytest.approx(game.HIGH)
    assert 1 / (1 + math.exp(game.EDGE)) == pytest.approx(game.LOW)


@pytest.mark.parametrize("gate", game.GATES)
def test_no_start_wins_any_gate(gate):
    for seed in range(50):
        assert game.score(game.init(seed, gate)) < 1


@pytest.mark.parametrize("gate", [gate for gate in game.GATES if gate != "XOR"])
def test_every_gate_but_xor_can_be_tuned_from_any_start(gate):
    for seed in range(5):
        run = Run("tune-the-neuron", seed, {"gate": gate})
        run.solve()
        assert run.score() == 1
        assert run.state.gate == gate
        assert run.state.tuned == {gate}
        assert f"{gate} ✓" in [b.text() for b in classed(run.view(), "choice-option")]


def test_a_row_counts_when_it_is_beyond_the_bar_of_its_target():
    run = Run("tune-the-neuron", 0, {"gate": "OR"})
    for message in (["weight", 0, 6.0], ["weight", 1, 6.0], ["bias", -3.0]):
        run.send(message)
    assert run.score() == 1
    run.send(["bias", -1.3])  # sigmoid(-1.3) = 0.214
    assert run.score() == 0.75
    run.send(["bias", -1.4])  # sigmoid(-1.4) = 0.198
    assert run.score() == 1
    run.send(["weight", 0, 2.7])  # sigmoid(2.7 - 1.4) = 0.786
    assert run.score() == 0.75


def test_xor_gets_three_rows_and_never_four():
    best, tried = game.most_rows("XOR")
    assert (best, tried) == (3, 21**3)
    assert all(game.most_rows(gate)[0] == 4 for gate in game.GATES if gate != "XOR")
    rng = np.random.default_rng(0)
    theta = rng.uniform(-game.REACH, game.REACH, size=(3, 50_000))
    y = 1 / (1 + np.exp(-(game.ROWS @ theta[:2] + theta[2]))).T
    ok = np.where(np.array(game.GATES["XOR"]) == 1, y >= game.HIGH, y <= game.LOW)
    assert ok.sum(axis=1).max() == 3


def test_the_two_pairs_of_xor_add_up_to_the_same_number():
    run = Run("tune-the-neuron", 1, {"gate": "XOR"})
    for _ in wander(run, np.random.default_rng(1), moves=40):
        if run.state.gate != "XOR":
            assert not classed(run.view(), "proof")
            continue
        (proof,) = classed(run.view(), "proof")
        rows = [n for n in proof.walk() if n.tag == "tr" and n.attributes.get("class")]
        (z00, z01, z10, z11), _ = by_hand(run.state)
        sums = [z01, z10, z01 + z10, z00, z11, z00 + z11]
        assert sums[2] == pytest.approx(sums[5])
        for i, (row, value) in enumerate(zip(rows, sums, strict=True)):
            _, bar, shown, mark = (cell.text() for cell in row.children)
            assert shown in (fixed(value), fixed(value + 1e-9), fixed(value - 1e-9))
            edge = game.EDGE * (2 if i % 3 == 2 else 1)
            assert numbers(bar) == [round(edge if i < 3 else -edge, 2)]
            assert mark.startswith("✓") == (value >= edge if i < 3 else value <= -edge)
        marks = [row.attributes["class"] for row in rows]
        assert marks != ["hit"] * 6


def test_every_number_shown_is_the_neurons():
    for seed in range(3):
        run = Run("tune-the-neuron", seed)
        for _ in wander(run, np.random.default_rng(seed)):
            z, y = by_hand(run.state)
            table = classed(run.view(), "truth-table")[0]
            rows = [n for n in table.walk() if n.tag == "tr"][1:]
            for i, row in enumerate(rows):
                cells = [cell.text() for cell in row.children]
                assert [float(c) for c in cells[:2]] == game.ROWS[i].tolist()
                assert numbers(cells[2])[0] == pytest.approx(z[i], abs=0.0051)
                assert numbers(cells[3])[0] == pytest.approx(y[i], abs=0.0051)
                assert int(cells[4][0]) == game.GATES[run.state.gate][i]
            right = sum("✓" in row.text() for row in rows)
            assert run.score() == right / 4
            assert f"{right} of 4" in table.text()


def test_the_line_is_where_the_neuron_says_one_half():
    run = Run("tune-the-neuron", 0)
    for message in (["weight", 0, 4.0], ["weight", 1, 2.0], ["bias", -3.0]):
        run.send(message)
    line = next(n for n in run.view().walk() if n.attributes.get("class") == "boundary")
    x1, y1, x2, y2 = map(float, line.attributes["d"].replace("M", "").replace("L", " ").split())
    for across, up in ((x1, y1), (x2, y2)):
        point = np.array([[game.AXES.data_x(across), game.AXES.data_y(up)]])
        assert run.state.network.forward(point)[0, 0] == pytest.approx(0.5, abs=0.005)


def boundary_at(run, place):
    """How sure the neuron is at a place: one half on its line."""
    return run.state.network.forward(np.array([place]))[0, 0]


def test_the_line_goes_where_it_is_put_and_its_arrow_turns_it_there():
    run = Run("tune-the-neuron", 2)
    run.send(["line", 0.75, 0.75])
    assert boundary_at(run, [0.75, 0.75]) == pytest.approx(0.5, abs=0.03)
    run.send(["aim", 1.1, 1.1])
    assert boundary_at(run, [0.75, 0.75]) == pytest.approx(0.5, abs=0.03)
    w1, w2 = run.state.dense.W[:, 0]
    assert w1 == w2 > 0
    assert game.tip(run.state) == pytest.approx([1.1, 1.1], abs=0.01)
    run.send(["aim", 1.2, 1.2])
    assert run.state.dense.W[0, 0] > w1, "a longer arrow, larger weights"


def test_and_is_won_by_the_dot_and_the_arrow_alone():
    run = Run("tune-the-neuron", 2)
    for message in (["aim", 1.0, 1.0], ["line", 0.75, 0.75], ["aim", 1.1, 1.1]):
        run.send(message)
    assert run.score() == 1


def test_what_the_arrow_and_the_line_say_stays_on_the_sliders():
    rng = np.random.default_rng(0)
    run = Run("tune-the-neuron", 0)
    for _ in range(200):
        run.send([str(rng.choice(["line", "aim"])), *rng.uniform(-0.5, 1.5, 2).tolist()])
        theta = run.state.network.theta
        assert np.abs(theta).max() <= game.REACH
        assert theta == pytest.approx(np.round(theta, 1), abs=1e-9)
        assert np.abs(game.tip(run.state) - 0.5).max() <= 1
