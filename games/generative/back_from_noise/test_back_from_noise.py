"""Back from Noise: the engine's jumps decide, the fewest that are enough win, and no others."""

from collections import Counter

import numpy as np
import pytest

from games.generative.back_from_noise import game
from games.run import Run


def trained(seed, cloud="islands", dice=False):
    """A state whose network has learned."""
    state = game.init(seed, cloud, dice)
    state.training.run()
    return state


def counted(cloud, seeds, dice=False):
    """How often each number of jumps is the fewest."""
    return dict(Counter(game.fewest(trained(seed, cloud, dice)) for seed in seeds))


@pytest.fixture(scope="module")
def learned():
    return trained(0)


def bets(jumps, dice=False):
    """A run that has learned, and has bet on so many jumps."""
    run = Run("back-from-noise", 3, {"cloud": "ring", "dice": dice})
    run.send(["train"])
    while run.tick():
        pass
    run.send(["guess", jumps])
    run.send(["run"])
    while run.tick():
        pass
    return run


def test_one_jump_lands_around_the_middle_and_forty_do_not(learned):
    """What is best at once is the mean of all that is possible."""
    middle = learned.real.mean(axis=0)
    spread = [
        np.linalg.norm(game.ends(learned, learned.noise, jumps)[-1] - middle, axis=1).mean()
        for jumps in (1, 40)
    ]
    assert spread[0] < spread[1] / 2


def test_the_fewest_wins_and_neither_fewer_nor_more_do():
    run = bets(8)
    needed = game.fewest(run.state)
    place = game.JUMPS.index(needed)
    for jumps, said in zip(
        game.JUMPS[place - 1 : place + 2], ("takes more", "Called it", "would do"), strict=True
    ):
        tried = bets(jumps)
        assert (tried.score() == 1) == (jumps == needed)
        assert said in tried.describe()


def test_the_same_noise_goes_the_same_way_and_the_timeline_shows_it():
    walk = bets(5).state.walk
    assert walk.stops == [40, 32, 24, 16, 8, 0]
    assert np.array_equal(walk.at(40), walk.places[0])
    assert np.allclose(walk.at(0), walk.places[-1])
    assert np.allclose(walk.at(28), (walk.places[1] + walk.places[2]) / 2)


def test_dice_lead_elsewhere_but_to_the_same_cloud():
    plain, diced = bets(40).state, bets(40, dice=True).state
    assert np.linalg.norm(plain.walk.places[-1] - diced.walk.places[-1], axis=1).mean() > 0.5
    assert max(plain.walk.off, diced.walk.off) < 0.1


def test_far_is_measured_both_ways(learned):
    dots = learned.real
    assert game.off(dots, dots) == pytest.approx(0, abs=1e-6)
    half = dots[dots[:, 0] > 0]
    assert game.off(half, dots) > 0.2


def test_a_drawing_is_the_cloud_that_is_learned():
    run = Run("back-from-noise", 1)
    run.send(["cloud", "own"])
    run.send(["pen", -1.0, 0.5])
    assert len(run.state.drawn) == 1
    run.send(["draw", 1.5, -0.8])
    gaps = np.linalg.norm(run.state.real[:, None] - np.array([[0, 0], [1.5, -0.8]]), axis=2)
    assert gaps.min(axis=1).max() < 5 * game.BLUR
    assert (np.bincount(gaps.argmin(axis=1)) > 100).all()


def test_noise_drowns_the_dots_on_the_timeline():
    run = Run("back-from-noise", 1, {"cloud": "ring"})
    far = []
    for time in (0, 10, 20, 40):
        run.send(["time", time])
        far.append(game.off(game.noisy(run.state), run.state.real))
    assert far == sorted(far)


def test_each_cloud_needs_a_handful_of_jumps():
    for cloud in game.CLOUDS:
        assert set(counted(cloud, range(1))) <= {5, 8, 13, 20, 40}
