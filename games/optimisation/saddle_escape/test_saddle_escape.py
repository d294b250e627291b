"""Saddle Escape: the exact gradient, the heavy ball, and the ridge that nothing leaves."""

import numpy as np
import pytest

from games.optimisation.saddle_escape import game
from games.run import Run
from games.ui.numbers import short
from tests.games.reading import buttons, classed


def released(beta, offset=1e-4, guess=100, run=None):
    run = run or Run("saddle-escape", 0, {"goal": game.FORTY})
    run.send(["beta", beta])
    run.send(["start", next(name for name, b in game.STARTS.values.items() if b == offset)])
    run.send(["guess", guess])
    run.send(["release"])
    while run.tick():
        pass
    return run


def steps(beta, offset=1e-4):
    return released(beta, offset).state.trips.last.steps


def test_steps_to_escape_from_just_off_the_ridge():
    assert [steps(beta) for beta in (0, 0.5, 0.9, 0.95)] == [246, 135, 64, 57]


def test_on_the_exact_ridge_no_momentum_escapes():
    for beta in (0, 0.5, 0.9, 0.99):
        run = released(beta, 0.0, guess=0)
        (trip,) = run.state.trips.kept
        assert trip.steps is None
        assert {float(place[1]) for place in trip.path} == {0.0}
        assert run.score() == 0


def test_plain_descent_multiplies_b_by_the_same_factor_in_every_step():
    b = np.array(released(0.0).state.trips.kept[0].path)[:, 1]
    assert b[1:] / b[:-1] == pytest.approx(np.full(len(b) - 1, 1.04))


def test_the_heavy_ball_is_its_recurrence():
    path = np.array(released(0.9).state.trips.kept[0].path)
    a, b = path.T
    for p, slope in ((a, 2.0), (b, -2.0)):
        expected = 1.9 * p[1:-1] - 0.9 * p[:-2] - 0.02 * slope * p[1:-1]
        assert p[2:] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_gradient_is_that_of_the_saddle():
    f = lambda p: p[0] ** 2 - p[1] ** 2  # noqa: E731
    for theta in np.random.default_rng(0).normal(size=(5, 2)):
        nudges = np.eye(2) * 1e-6
        numeric = [(f(theta + n) - f(theta - n)) / 2e-6 for n in nudges]
        assert game.gradient(theta) == pytest.approx(numeric, abs=1e-6)


def test_forty_steps_are_reachable_but_not_without_momentum():
    assert steps(0.95, 0.01) <= game.FEW
    assert all(
        steps(0, game.STARTS[offset]) is None or steps(0, game.STARTS[offset]) > game.FEW
        for offset in game.STARTS.ids
    )


def test_won_by_a_quick_escape_and_kept_won_beside_a_slow_one():
    run = released(0.95, 0.01)
    assert run.score() == 1
    released(0.0, run=run)
    assert run.score() == 1


def test_a_guess_within_a_fifth_counts_as_close():
    assert "hit" in verdict(released(0.9, guess=70))
    assert "miss" in verdict(released(0.9, guess=100))
    assert "hit" in verdict(released(0.9, 0.0, guess=0))


def verdict(run):
    (node,) = classed(run.view(), "prediction-truth")
    return node.attributes["class"].split()


def test_runs_are_kept_for_comparison_and_unfinished_ones_are_not():
    run = Run("saddle-escape", 0, {"goal": game.FORTY})
    for beta in (0, 0.5, 0.9, 0.95):
        released(beta, run=run)
    assert [trip.beta for trip in run.state.trips.kept] == [0.5, 0.9, 0.95]
    run.send(["again"])
    run.send(["guess", 9])
    run.send(["release"])
    run.tick()
    run.send(["beta", 0.3])
    assert run.state.bet.open


def test_the_guess_comes_before_the_release():
    run = released(0.9)
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["guess", 64])
    assert "Guess again" in buttons(run.view())


def called(run, guess):
    """The call, and the run that judges it."""
    run.send(["guess", guess])
    run.send(["release"])
    while run.tick():
        pass
    return run.state.trips.last.steps


def test_a_call_without_momentum_and_one_with_it_win():
    run = Run("saddle-escape", 3)
    called(run, 246)
    assert run.score() == 0.5
    run.send(["beta", 0.9])
    run.send(["guess", round(game.doubling(0.02, 0.9) * game.doublings(run.state.offset))])
    run.send(["release"])
    while run.tick():
        pass
    assert run.score() == 1


def test_two_calls_of_one_kind_are_not_enough():
    run = Run("saddle-escape", 3)
    for _ in range(3):
        called(run, round(game.doubling(0.02, 0) * game.doublings(run.state.offset)))
        run.send(["again"])
    assert run.score() == 0.5


@pytest.mark.parametrize("eta", [0.02, 0.05])
@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_the_number_just_seen_is_wrong_for_the_next_start(eta, beta):
    for seed in range(10):
        run = Run("saddle-escape", seed, {"eta": eta})
        run.send(["beta", beta])
        seen = called(run, 0)
        for _ in range(6):
            run.send(["again"])
            seen = called(run, seen)
            assert run.score() == 0, (seed, seen)


@pytest.mark.parametrize("running", [0, 100, 400])
def test_whoever_has_seen_a_run_is_asked_of_another_start(running):
    run = Run("saddle-escape", 0)
    run.send(["guess", 0])
    run.send(["release"])
    for _ in range(running):
        run.tick()
    before = run.state.offset
    run.send(["beta", 0.01])
    assert not 1 / 90 < run.state.offset / before < 90


def test_a_start_of_ones_own_counts_for_nothing():
    run = Run("saddle-escape", 0)
    run.send(["start", "1e-2"])
    called(run, 128)
    assert "hit" in verdict(run)
    assert run.score() == 0
    run.send(["again"])
    assert not run.state.own


@pytest.mark.parametrize("eta", [0.02, 0.03, 0.04, 0.05])
def test_counting_doublings_calls_every_start_that_is_set(eta):
    for beta in (0.0, 0.5, 0.9, 0.99):
        for offset in game.DEALT:
            run = Run("saddle-escape", 0, {"eta": eta})
            run.send(["beta", beta])
            run.state.offset = offset
            called(run, round(game.doubling(eta, beta) * game.doublings(offset)))
            assert run.state.called, (beta, offset)


def test_the_time_to_double_is_that_of_the_run():
    b = np.array(released(0.9).state.trips.kept[0].path)[:, 1]
    assert np.log(2) / np.log(b[-1] / b[-2]) == pytest.approx(game.doubling(0.02, 0.9), rel=1e-2)


def test_the_place_printed_is_the_engines():
    run = released(0.5)
    b = float(run.state.trips.kept[0].theta[1])
    assert f"135 steps, b = {short(b)}" in run.view().text()
