"""Move the Fakes: every mission has places that fulfil it, and the pulls are the engine's."""

from functools import cache

import numpy as np
import pytest

from games.generative.move_the_fakes import game
from games.run import Run
from pycore.distances import jensen_shannon, wasserstein

SLUG = "move-the-fakes"


@cache
def missions():
    """Of 50 seeds the first four missions: kind, clouds, and the places that fulfil them."""
    dealt = []
    for seed in range(50):
        state = game.init(seed)
        for _ in range(4):
            dealt.append((state.kind, state.clouds, game.places(state)))
            game._deal(state)
    return dealt


def test_every_mission_can_be_fulfilled_and_but_for_the_easiest_not_by_most_places():
    for kind, clouds, fits in missions():
        most = 0.85 if kind == "far" else 0.5
        assert 8 <= len(fits) <= most * len(game.PLACES), (kind, clouds, len(fits))
    assert {kind for kind, *_ in missions()} == set(game.KINDS)


def test_where_nothing_overlaps_js_is_log_2_and_flat_and_wasserstein_is_the_way():
    p = game.real(((0.0, 1.0),))
    for place in (1.4, 2.0, 5.0):
        q = game.cloud(place)
        assert jensen_shannon(p, q) == pytest.approx(np.log(2), rel=1e-14)
        assert wasserstein(p, q, game.STEP) == pytest.approx(place)
        assert game.pulls(((0.0, 1.0),), place) == (0, -1)
    assert game.pulls(((0.0, 1.0),), 0.6) == (-1, -1)


def test_the_pulls_of_two_clouds_are_the_masses_on_either_side():
    """Between them W falls towards the heavier one, as fast as the masses differ."""
    clouds = ((-3.0, 0.3), (3.0, 0.7))
    at = int(np.argmin(np.abs(game.PLACES)))
    assert game.slopes(clouds)[1, at] == pytest.approx(0.3 - 0.7)
    assert game.slopes(((-3.0, 0.5), (3.0, 0.5)))[1, at] == pytest.approx(0, abs=1e-12)
    assert game.pulls(clouds, -2.5) == (-1, 1)


def test_one_place_for_all_hardly_ever_wins_three_in_a_row():
    """Of 50 seeds, in four missions each."""
    for place in (-5.0, -2.5, 0.0, 2.5):
        met = np.reshape([place in fits for _, _, fits in missions()], (50, 4))
        won = (met[:, :-2] & met[:, 1:-1] & met[:, 2:]).any(axis=1)
        assert won.sum() <= 3, place


def test_the_copies_slide_down_their_own_distance_and_wasserstein_arrives_from_afar():
    run = Run(SLUG, 1)
    state = run.state
    state.kind, state.clouds = "far", ((-2.0, 1.0),)
    run.send(["place", 3.0])
    run.send(["release"])
    while run.tick():
        pass
    by_js, by_w = state.copies
    assert by_js == 3.0
    assert by_w == pytest.approx(-2.0, abs=0.2)
    assert state.streak.now == 1
