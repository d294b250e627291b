"""Capacity: training error only falls; held-out error turns; only a bet near its least wins."""

import numpy as np
import pytest

from games.regularise.capacity import game
from games.run import Run

SEEDS = range(50)


def runs():
    return [Run("capacity", seed) for seed in SEEDS]


def test_more_weights_never_fit_the_training_points_worse():
    for run in runs():
        seen, _ = game.errors(run.state)
        assert (np.diff(seen) <= 1e-9).all()


def test_held_out_the_error_falls_and_then_rises_in_every_run():
    for run in runs():
        _, held = game.errors(run.state)
        best = int(held.argmin())
        assert 0 < best < game.MOST - 1
        assert held[0] > game.MARGIN * held[best] < held[-1]


def test_the_bet_wins_within_the_margin_and_nowhere_else():
    for run in runs():
        _, held = game.errors(run.state)
        for k in range(1, game.MOST + 1):
            again = Run("capacity", run.seed)
            again.send(["capacity", k])
            again.send(["bet"])
            assert (again.score() == 1) == (held[k - 1] <= game.MARGIN * held.min())


def test_the_curve_is_the_best_there_is_for_its_weights():
    run = Run("capacity", 4)
    x, y = game.training(run.state)
    layer = game.fit(run.state, 5)
    best = float(((layer.forward(game.bases(x, 5)) - y) ** 2).mean())
    for place in range(5):
        for step in (-0.01, 0.01):
            layer.W[place] += step
            assert float(((layer.forward(game.bases(x, 5)) - y) ** 2).mean()) > best
            layer.W[place] -= step
    assert game.errors(run.state)[0][4] == pytest.approx(best)


def test_a_point_of_ones_own_is_learned_and_can_be_taken_away():
    run = Run("capacity", 2)
    before = game.fit(run.state, 4).W.copy()
    run.send(["point", 0.5, -2.0])
    assert len(game.training(run.state)[0]) == run.state.points + 1
    assert (before != game.fit(run.state, 4).W).any()
    run.send(["forget"])
    assert (before == game.fit(run.state, 4).W).all()


def test_nothing_tells_of_the_held_out_points_before_the_bet():
    run = Run("capacity", 2)
    run.send(["capacity", 7])
    assert not [name for name in run.numbers() if "held" in name]
    run.send(["bet"])
    assert [name for name in run.numbers() if "held" in name]


def test_a_verdict_is_of_the_curve_that_is_looked_at():
    run = Run("capacity", 3)
    run.send(["capacity", 12])
    run.send(["bet"])
    assert "Too free" in run.view().text()
    run.send(["capacity", 1])
    text = run.view().text()
    assert "Too free" not in text
    assert "1 weight: off by" in text
    run.send(["capacity", 12])
    assert "Too free" in run.view().text()


def test_one_weight_is_one():
    run = Run("capacity", 3)
    run.send(["bet"])
    assert "1 weight is off by" in run.view().text()
    assert "1 weights" not in run.view().text() + run.describe()
