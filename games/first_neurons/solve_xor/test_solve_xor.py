"""Solve XOR: one line never, two lines certainly, and every number the network's own."""

import itertools
import math

import numpy as np
import pytest

from games.first_neurons.solve_xor import game
from games.run import Run
from games.ui.numbers import fixed, signed
from pycore.activations import sigmoid
from tests.games.player import wander
from tests.games.reading import classed, shown


def xor(seed=0, **params):
    return Run("solve-xor", seed, params)


def drag(run, line, end, x1, x2):
    run.send(["drag", line, end, x1, x2])


def cells(run):
    """The rows of the first table below the head, as text."""
    table = next(n for n in run.view().walk() if n.tag == "table")
    rows = [n for n in table.walk() if n.tag == "tr"]
    return [[c.text() for c in row.children] for row in rows[1:]]


def test_a_line_is_where_its_neuron_cannot_decide():
    for seed in range(20):
        run = xor(seed, cuts=2)
        W, b = game.weights(run.state)
        for j in range(2):
            along = run.state.ends[j, 1] - run.state.ends[j, 0]
            for share in (-0.5, 0, 0.3, 1, 2):
                assert (run.state.ends[j, 0] + share * along) @ W[:, j] + b[j] == pytest.approx(
                    0, abs=1e-9
                )
            assert math.hypot(*W[:, j]) == pytest.approx(game.SHARPNESS)
            left = run.state.ends[j].mean(axis=0) + 0.1 * np.array([-along[1], along[0]])
            assert left @ W[:, j] + b[j] > 0


def test_no_position_of_one_line_gets_more_than_three_points():
    """Every pair of places on the grid of the handles would be 1.4 million: a coarse grid of all
    pairs, and a fine one at random."""
    stops = np.linspace(*game.REACH, 9)
    places = np.array(list(itertools.product(stops, stops)))
    rng = np.random.default_rng(0)
    fine = rng.uniform(*game.REACH, size=(2, 20_000, 2))
    a = np.concatenate([np.repeat(places, len(places), axis=0), fine[0]])
    c = np.concatenate([np.tile(places, (len(places), 1)), fine[1]])
    along = c - a
    z = along[:, :1] * (game.X[:, 1] - a[:, 1:]) - along[:, 1:] * (game.X[:, 0] - a[:, :1])
    rights = ((z > 0) == (game.T > 0.5)).sum(axis=1)
    assert rights.max() == 3


def test_the_check_of_every_line_finds_what_geometry_knows():
    """14 of the 16 ways to split the corners of a square are linear; the two left are XOR and its
    opposite."""
    found = {tuple(row) for row in game.every_line().tolist()}
    every = set(itertools.product((0.0, 1.0), repeat=4))
    assert every - found == {(0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)}
    assert game.counts().tolist() == [0, 4, 6, 4, 0]


def test_any_line_splits_the_points_as_one_of_the_checked_lines_does():
    rng = np.random.default_rng(1)
    found = {tuple(row) for row in game.every_line().tolist()}
    for w1, w2, b in rng.normal(size=(5000, 3)):
        assert tuple((game.X @ [w1, w2] + b > 0).astype(float)) in found


def test_the_four_points_ask_for_sums_that_cannot_be():
    for seed in range(10):
        run = xor(seed)
        assert not classed(run.view(), "hint"), "nothing is told before the prediction is judged"
        run.send(["guess", 4])
        run.send(["check"])
        W, b = game.weights(run.state)
        values = (game.X @ W + b)[:, 0]
        assert [row[2] for row in cells(run)] == [signed(v) for v in values]
        assert values[1] + values[2] == pytest.approx(values[0] + values[3])
        both = fixed(W.sum() + 2 * float(b[0]))
        hints = [n.text() for n in classed(run.view(), "hint")]
        assert hints[0].count(f": {both}") == 2


def test_the_table_of_two_cuts_is_the_forward_pass_by_hand():
    run = xor(3)
    for message in game.solution(run.state):
        run.send(list(message))
        if not run.state.hidden:
            continue
        W, b = game.weights(run.state)
        h = sigmoid(game.X @ W + b)
        y = sigmoid(10 * h[:, 0] - 10 * h[:, 1] - 5)
        for row, x, hidden, out, t in zip(cells(run), game.X, h, y, game.T, strict=True):
            ok = (out > 0.5) == (t > 0.5)
            texts = [fixed(v, 0) for v in x] + [fixed(v) for v in hidden]
            assert row == [*texts, fixed(out), fixed(t, 0), "✓" if ok else "✗"]
    assert run.score() == 1


def test_solved_cuts_answer_h1_and_not_h2():
    run = xor(0)
    run.solve()
    h = run.numbers()["hidden values h (points × H1, H2)"] > 0.5
    assert (h[:, 0] & ~h[:, 1]).tolist() == [False, True, True, False]


def test_one_line_is_never_won_and_the_score_is_the_share_of_points():
    run = xor(5)
    for _ in wander(run, np.random.default_rng(5), moves=60):
        assert run.score() == pytest.approx(game.right(run.state).sum() / 4)
        if not run.state.hidden:
            assert run.score() <= 0.75


def test_a_line_that_gets_three_is_told_that_no_line_gets_more():
    run = xor(0)
    drag(run, 0, 0, -0.25, 0.75)
    drag(run, 0, 1, 0.75, -0.25)
    assert run.score() == 0.75
    assert "Can one line do better?" in shown(run.view(), "live")
    run.send(["guess", 4])
    run.send(["check"])
    assert "One line can do no more" in shown(run.view(), "live")


def test_an_end_stands_on_the_grid_and_steps_over_the_other_end():
    run = xor(2)
    drag(run, 0, 0, 0.512, 0.233)
    assert run.state.ends[0, 0].tolist() == [0.5, 0.25]
    drag(run, 0, 1, 0.6, 0.25)
    drag(run, 0, 1, 0.5, 0.25)
    assert run.state.ends[0, 1].tolist() == [0.45, 0.25]
    drag(run, 0, 0, 1.5, 1.5)
    assert run.state.ends[0, 0].tolist() == [1.5, 1.5]
    drag(run, 0, 1, 1.5, 1.5)
    assert not (run.state.ends[0, 0] == run.state.ends[0, 1]).all()


def test_a_swap_turns_every_answer_of_the_line():
    run = xor(4)
    before = run.numbers()["what a point asks for, z"]
    run.send(["flip", 0])
    assert run.numbers()["what a point asks for, z"] == pytest.approx(-before)


def test_the_guess_is_shown_beside_the_truth_and_cannot_change_after():
    run = xor(0)
    run.send(["guess", 2])
    run.send(["check"])
    assert "You said2It is3 of 4, 75 %" in shown(run.view(), "prediction")
    for message in (["guess", 3], ["check"]):
        with pytest.raises(ValueError, match="allowed"):
            run.send(message)


def test_first_there_is_only_a_line_then_the_bet_then_two_lines():
    run = xor(0)
    assert not [node for node in run.view().walk() if node.tag == "button"]
    drag(run, 0, 0, -0.25, 0.75)
    assert classed(run.view(), "prediction")
    (primary,) = classed(run.view(), "primary")
    assert primary.text() == "Check every line"
    run.send(["guess", 3])
    run.send(["check"])
    (primary,) = classed(run.view(), "primary")
    assert primary.text() == "Use two lines"


def test_folded_all_the_way_the_points_are_where_the_hidden_neurons_say():
    run = xor(0)
    run.solve()
    for share in (0.5, 1.0):
        run.send(["fold", share])
        h = run.numbers()["hidden values h (points × H1, H2)"]
        places = game._carried(run.state, game.X)
        assert places == pytest.approx((1 - share) * game.X + share * h)
    gold = places[game.T == 1]
    assert np.abs(gold[0] - gold[1]).max() < 0.05
    assert ((places @ game.OUTPUT_W)[:, 0] + game.OUTPUT_B > 0).tolist() == (game.T == 1).tolist()
    assert len(classed(run.view(), "boundary")) == 1
    assert not classed(run.view(), "handle")
