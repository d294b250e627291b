"""Where It Wavers: what is drawn is the formula's, and neither the gap nor one place wins."""

import numpy as np
import pytest

from games.regularise.where_it_wavers import game
from games.regularise.where_it_wavers.nets import GRID, RATE, learned
from games.run import Run
from pycore.thinning import thinned

SLUG = "where-it-wavers"
NETS = [(kind, hidden, seed) for kind, hidden, seeds in game.ROUNDS for seed in seeds]


def play(run, x):
    run.send(["mark", x])
    run.send(["run"])
    while run.tick():
        pass
    return run


def best(run):
    return round(float(GRID[run.state.net.spread.argmax()]), 1)


@pytest.mark.parametrize(("kind", "hidden", "seed"), NETS)
def test_the_spread_is_that_of_the_engines_thinned_networks(kind, hidden, seed):
    net = learned(kind, hidden, seed)
    y = thinned(net.network, GRID[:, None], 2000)[:, :, 0]
    np.testing.assert_allclose(y.std(axis=0), net.spread, rtol=0.12, atol=0.002)
    np.testing.assert_allclose(net.curve, net.network.forward(GRID[:, None])[:, 0], atol=1e-12)


@pytest.mark.parametrize(("kind", "hidden", "seed"), NETS)
def test_each_network_has_learned_its_points_and_wavers_clearly_at_one_place(kind, hidden, seed):
    net = learned(kind, hidden, seed)
    error = net.network.forward(net.x[:, None])[:, 0] - net.y
    assert np.abs(error[net.x < 0.5]).mean() < 0.25
    wide = GRID[net.spread >= 0.9 * net.spread.max()]
    assert wide.max() - wide.min() < 0.6
    widest = GRID[net.spread.argmax()]
    if kind == "gap":
        assert abs(widest) == 2 if hidden == 1 else abs(widest) < 0.6
    else:
        assert not 0.5 < widest < 1.7


def test_with_one_hidden_layer_the_squared_spread_is_convex_wherever_the_points_are():
    """Of 50 seeds: at the middle of any two places it is at most the mean of both."""
    for seed in range(50):
        v = learned("gap", 1, seed).spread ** 2
        for apart in (1, 10, 40):
            middle, ends = v[apart:-apart], (v[2 * apart :] + v[: -2 * apart]) / 2
            assert (middle <= ends + 1e-12).all()


def test_marking_where_the_units_add_most_wins_every_time():
    """Of 50 seeds."""
    for seed in range(50):
        run = Run(SLUG, seed)
        for _ in range(3):
            play(run, best(run))
            assert game.called(run.state)
            if run.score() < 1:
                run.send(["next"])
        assert run.score() == 1


@pytest.mark.parametrize("x", [-2.0, -0.9, -0.2, 0.0, 0.2, 1.0, 2.0])
def test_one_place_for_all_never_wins(x):
    """Of 50 seeds, in six networks each."""
    for seed in range(50):
        run = Run(SLUG, seed)
        for _ in range(6):
            play(run, x)
            run.send(["next"])
        assert run.score() < 1


def test_a_miss_and_a_run_that_is_left_begin_anew():
    run = play(Run(SLUG, 1), 0.0)
    assert not game.called(run.state)
    assert run.state.streak.now == 0
    run.send(["next"])
    play(run, best(run))
    assert run.state.streak.now == 1
    run.send(["next"])
    run.send(["mark", best(run)])
    run.send(["run"])
    run.tick()
    run.send(["next"])
    assert run.state.streak.now == run.state.place == 0
    assert run.score() == pytest.approx(1 / 3)


def test_the_masks_are_the_runs_own():
    first, again, other = (play(Run(SLUG, seed), 1.0).state for seed in (3, 3, 4))
    assert (first.curves == again.curves).all()
    assert not (first.curves == other.curves).all()
    assert first.curves.shape == (game.MASKS, len(GRID))
    assert RATE == 0.2
