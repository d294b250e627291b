"""Two Ways to a Slope: every mission can be fulfilled, and what both ways come to is true."""

from functools import cache

import numpy as np
import pytest

from games.generative.two_ways_to_a_slope import game
from games.run import Run

SLUG = "two-ways-to-a-slope"


@cache
def missions():
    """Of 50 seeds the first three missions: kind, hillside, and the clouds that fulfil them."""
    dealt = []
    for seed in range(50):
        state = game.init(seed)
        for _ in range(3):
            dealt.append((state.kind, state.ground, set(game.fits(state.kind, state.ground))))
            game._deal(state)
    return dealt


def test_every_mission_can_be_fulfilled_by_some_clouds_and_not_by_most():
    every = len(game.PLACES) * len(game.WIDTHS)
    for kind, _, good in missions():
        assert 0.05 * every < len(good) < 0.5 * every, kind
    assert {kind for kind, *_ in missions()} == set(game.KINDS)


def test_one_cloud_for_all_hardly_ever_wins_three_in_a_row():
    """Of 50 seeds."""
    for place in (-4.0, -2.0, 0.0, 2.0, 4.0):
        for width in (0.3, 0.6, 1.2):
            met = np.reshape([(place, width) in good for *_, good in missions()], (50, 3))
            assert met.all(axis=1).sum() <= 1, (place, width)


def test_the_slope_of_the_ground_is_that_of_its_height_away_from_the_jumps():
    for ground in {ground for _, ground, _ in missions()}:
        z = np.linspace(-6, 6, 4001)
        f, slope = game.height(ground, z)
        assert f[np.abs(z) < game.END].min() > 0
        nearly = (game.height(ground, z + 1e-6)[0] - f) / 1e-6
        near = np.abs(nearly - slope) < 1e-3 * np.maximum(1, np.abs(slope))
        assert near.mean() > 0.995


def test_what_is_found_on_the_grid_is_nearly_what_many_draws_find():
    """Not to the last digit: where the ground jumps, a grid is as coarse as its step."""
    eps = np.random.default_rng(0).normal(size=50_000)
    for kind, ground, good in missions()[:8]:
        place, width = sorted(good)[len(good) // 2]
        one = game.found(ground, place, width)
        by_slope, by_height = game.estimates(ground, place, width, eps)
        room = 5 * by_height.std() / np.sqrt(len(eps))
        assert by_height.mean() == pytest.approx(float(one.true), abs=room)
        assert by_height.var() == pytest.approx(float(one.height_variance), rel=0.06)
        assert by_slope.mean() == pytest.approx(float(one.slope), abs=0.03)
        assert by_slope.var() == pytest.approx(float(one.slope_variance), rel=0.08, abs=1e-6)
        moved = game.height(ground, np.array([[place - 0.05], [place + 0.05]]) + width * game.EPS)
        rise = float(np.diff(moved[0] @ game.SHARE)[0]) / 0.1  # of the mean height itself
        assert rise == pytest.approx(float(one.true), abs=0.04), kind


def test_who_meets_the_mission_scores_and_who_does_not_begins_anew():
    run = Run(SLUG, 3)
    state = run.state
    state.kind, state.ground = "wrong", game.Ground(("smooth", "steps", "ripples"), 1, 1.6, 0.2)
    run.send(["place", 0.0])
    run.send(["release"])
    while run.tick():
        pass
    assert state.streak.now == 1
    assert len(state.eps) == game.TICKS * game.DRAWS
    run.send(["next"])
    state.kind, state.ground = "wrong", game.Ground(("smooth", "steps", "ripples"), 1, 1.6, 0.2)
    run.send(["place", -3.5])
    run.send(["release"])
    while run.tick():
        pass
    assert (state.streak.now, state.streak.best) == (0, 1)


def test_a_higher_hill_scatters_more_by_height_and_not_by_slope():
    ground = game.Ground(("smooth", "steps", "ripples"), 1, 1.6, 0.2)
    eps = np.random.default_rng(0).normal(size=1000)
    f, slope = game.height(ground, -3 + 0.5 * eps)
    low, high = (game.score_function(f + lift, eps, 0.5)[0] for lift in (0.0, 10.0))
    assert high.std() > 3 * low.std()
    assert game.pathwise(slope, eps)[0].std() < 0.1
