"""Bypass the Block: forty plain layers learn less than four, and with + x they learn most."""

import numpy as np
import pytest

from games.regularise.bypass_the_block import game
from games.run import Run
from pycore.layers import Residual, Sequential


def ends(depth, seeds, steps=120):
    """Of so many seeds: how often + x learns most, and the plain deep one least."""
    most = least = 0
    for seed in seeds:
        losses = []
        for trainer in game.lined_up(seed, depth):
            for _ in range(steps):
                trainer.step()
            losses.append(trainer.objective.loss_and_grad())
        most += min(losses) == losses[2]
        least += max(losses) == losses[1]
    return most, least


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "least"), [(40, 50), (20, 50), (10, 41)])
def test_with_a_way_past_them_forty_layers_learn_most_and_without_least(depth, least):
    assert ends(depth, range(50)) == (50, least)


@pytest.mark.slow
def test_a_start_of_the_right_size_does_not_save_the_plain_stack(monkeypatch):
    """The lesson says above four layers in 48 of 50, and above the twin with + x in all."""
    monkeypatch.setattr(game, "GAIN", 1.0)
    above = behind = 0
    for seed in range(50):
        trainers = game.lined_up(seed, 40)
        for trainer in trainers:
            for _ in range(120):
                trainer.step()
        shallow, plain, skip = (trainer.objective.loss_and_grad() for trainer in trainers)
        above += plain > shallow
        behind += plain > skip
    assert (above, behind) == (48, 50)


def test_a_few_seeds_of_the_same():
    assert ends(40, range(5)) == (5, 5)


def test_the_deep_twins_start_with_the_same_weights():
    _, plain, skip = game.lined_up(3, 40)
    assert np.array_equal(plain.network.theta, skip.network.theta)
    assert sum(isinstance(layer, Residual) for layer in skip.network.walk()) == 38
    assert not any(isinstance(layer, Residual) for layer in plain.network.walk())


def test_the_gradient_shown_is_the_one_that_a_finite_difference_finds():
    _, _, skip = game.lined_up(3, 10)
    judged, network, step = game._judged(skip), skip.network, 1e-6
    first, rest = Sequential(*network.layers[:2]), Sequential(*network.layers[2:])
    a = first.forward(skip.x)
    numeric = np.zeros_like(a)
    for place in np.ndindex(a.shape):
        losses = []
        for sign in (1, -1):
            moved = a.copy()
            moved[place] += sign * step
            losses.append(skip.loss.forward(rest.forward(moved), skip.y))
        numeric[place] = (losses[0] - losses[1]) / (2 * step)
    assert judged.sizes[0] == pytest.approx(np.linalg.norm(numeric), rel=1e-5)


def test_hardly_any_gradient_reaches_layer_1_of_the_plain_stack():
    for seed in range(5):
        _, plain, skip = (game._judged(t).sizes for t in game.lined_up(seed, 40))
        assert plain[0] < 1e-4 * plain[-1]
        assert skip[0] > 0.01 * skip[-1]


def test_both_ends_have_to_be_predicted():
    run = Run("bypass-the-block", 2)
    for most, least, wins in (("skip", "shallow", False), ("skip", "plain", True)):
        run.send(["most", most])
        run.send(["least", least])
        run.send(["train"])
        while run.tick():
            pass
        assert (run.score() == 1) is wins
        if not wins:
            run.send(["again"])
