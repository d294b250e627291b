"""The Edge of Chaos: fates are theory's, beside the line all train, far from it none does."""

from collections import Counter

import numpy as np
import pytest

from games.backpropagation.the_edge_of_chaos import game
from games.backpropagation.the_edge_of_chaos.networks import (
    BAR,
    LAYERS,
    STEPS,
    band,
    factor,
    network,
    promised,
    signals,
    training,
)
from games.run import Run
from tests.games.reading import buttons

SEEDS = range(50)


def trained(seed, place):
    run = training(seed, *place)
    for _ in range(STEPS):
        run.advance()
    return run.now.accuracy


def test_the_fate_of_a_gradient_is_what_theory_says_of_the_place_and_both_occur():
    found = Counter()
    for seed in range(200):
        run = Run("the-edge-of-chaos", seed)
        fate = run.state.seen.fate
        assert fate == ("explode" if factor(*run.state.place) > 1 else "vanish")
        found[fate] += 1
    assert min(found.values()) > 70


@pytest.mark.slow
def test_the_place_beside_the_line_trains_with_every_network():
    assert [seed for seed in SEEDS if trained(seed, game.GOOD) < BAR] == []


@pytest.mark.parametrize("place", [(0.8, 0.2), (2.4, 0.2)])
@pytest.mark.slow
def test_deep_in_order_and_in_chaos_no_network_trains(place):
    assert max(trained(seed, place) for seed in SEEDS) < BAR


def test_the_band_holds_about_95_of_100_networks():
    for place in ((0.8, 0.2), (1.2, 0.1), (2.0, 0.3)):
        low, high = band(*place)
        found = np.array([signals(network(seed, *place), seed).squares for seed in SEEDS])
        inside = ((found >= low) & (found <= high)).mean()
        assert 0.88 < inside < 0.995, place


def test_the_gradient_is_what_theory_promises_within_what_50_layers_of_32_neurons_stray():
    """Squares of normal numbers times slopes: the variance of the logarithm grows by 2 / 32 a layer
    where slopes are alike, and by several times that in chaos; it drifts down by half of that."""
    for place in ((0.8, 0.2), (1.2, 0.1), (2.4, 0.2)):
        logs = [np.log(signals(network(seed, *place), seed).gradients[0]) for seed in SEEDS]
        off = np.mean(logs) - np.log(promised(*place)[0])
        assert -8 < off < 1, place
        assert np.std(logs) < 5, place


def test_a_call_that_failed_is_followed_by_a_network_for_which_what_was_seen_is_wrong():
    for seed in SEEDS:
        run = Run("the-edge-of-chaos", seed)
        seen = run.state.seen.fate
        run.send(["guess", "keep"])
        run.send(["send"])
        while run.tick():
            pass
        assert run.score() == 0
        run.send(["again"])
        assert run.state.seen.fate != seen


def test_nothing_is_dragged_or_trained_before_a_gradient_was_called():
    run = Run("the-edge-of-chaos", 3)
    assert "Predict first" in buttons(run.view())
    may = game.MOVES.on(run.state)
    assert not may.setting.open
    assert not may.train.open
    run.send(["guess", run.state.seen.fate])
    run.send(["send"])
    for behind in range(1, LAYERS):
        assert run.tick()
        assert run.state.behind == behind
    assert not run.tick()
    assert run.score() == 0.5
    run.send(["setting", *game.GOOD])
    run.send(["train"])
    while run.tick():
        assert not game.MOVES.on(run.state).setting.open or not run.state.learning
    assert run.score() == 1
    run.send(["setting", 0.8, 0.1])
    assert run.score() == 1, "a win stays"


def test_the_line_comes_up_through_the_whole_plane():
    edge = game._edge()
    assert edge[0] == pytest.approx([1, 0], abs=1e-6)
    assert edge[-1, 1] > 1
    assert (np.diff(edge, axis=0) > 0).all()


def test_a_lost_guess_is_told_what_a_layer_does_on_average():
    for seed in range(50):
        run = Run("the-edge-of-chaos", seed)
        fate = run.state.seen.fate
        run.send(["guess", "vanish" if fate == "explode" else "explode"])
        run.send(["send"])
        while run.tick():
            pass
        told = float(run.describe().split("a layer multiplies it by ")[1].split(". ")[0])
        assert (told > 1) == (fate == "explode")
        path = run.state.seen.gradients
        assert told == pytest.approx(np.exp(np.diff(np.log(path[::-1])).mean()), abs=0.006)
