"""The Bottleneck: networks beat components, the bar decides, and knobs redraw the picture."""

import numpy as np
import pytest

from games.generative.the_bottleneck import game
from games.run import Run
from pycore.recipes.bottleneck import SIZE


def trained(seed, k):
    run = Run("the-bottleneck", seed)
    run.send(["k", k])
    run.send(["train"])
    while run.tick():
        pass
    return run


@pytest.mark.slow
def test_a_network_needs_fewer_numbers_than_components_from_fifty_starts():
    for seed in range(50):
        run = trained(seed, 6)
        assert run.state.errors[6] < game.straight_errors()[6]  # of seven components


def test_components_are_what_a_straight_way_can_do_best():
    errors = game.straight_errors()
    assert (np.diff(errors) < 0).all()
    x = game.digits()[0]
    rng = np.random.default_rng(0)
    mean, rows = game.components()
    mine = float(((x - game.straight(x, 3)) ** 2).mean())
    for _ in range(20):
        other = np.linalg.qr((rows[:3] + 0.05 * rng.normal(size=rows[:3].shape)).T)[0].T
        assert float(((x - mean - (x - mean) @ other.T @ other) ** 2).mean()) > mine


@pytest.mark.slow
def test_only_a_width_under_the_bar_with_the_next_above_it_wins():
    for seed in range(4):
        run = Run("the-bottleneck", seed)
        run.solve()
        best = game.smallest(run.state)
        assert run.state.errors[best] <= run.state.bar < run.state.errors[best - 1]
        assert game.straight_errors()[best - 1] > run.state.bar, "components need more"
        del run.state.errors[best - 1]
        assert run.score() < 1


def test_training_again_reaches_the_same_weights():
    one, two = (trained(3, 2).state.trainers[2].network.theta for _ in range(2))
    assert (one == two).all()


def test_a_knob_redraws_the_picture_and_lets_go_again():
    run = trained(1, 2)
    before = game.redrawn(run.state)
    run.send(["knob", 1, 2.5])
    after = game.redrawn(run.state)
    assert before.shape == (SIZE, SIZE)
    assert np.abs(after - before).max() > 0.05
    run.send(["release"])
    assert (game.redrawn(run.state) == before).all()


def test_a_training_that_was_stopped_goes_on_where_it_was():
    run = Run("the-bottleneck", 2)
    run.send(["train"])
    for _ in range(10):
        run.tick()
    run.send(["stop"])
    run.send(["train"])
    while run.tick():
        pass
    whole = trained(2, run.state.k)
    assert run.state.errors == whole.state.errors
