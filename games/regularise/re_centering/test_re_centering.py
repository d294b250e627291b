"""Re-centering: what normalising over so many points does to a layer and to its training."""

import numpy as np
import pytest

from games.regularise.re_centering import game
from games.run import Run


def trained(seed, over, guess=100):
    run = Run("re-centering", seed)
    for message in (["over", over], ["guess", guess], ["train"]):
        run.send(message)
    while run.tick():
        pass
    return run


def test_over_a_batch_every_unit_has_mean_0_and_spread_1():
    for seed in range(50):
        run = Run("re-centering", seed)
        raw = game.sums(run.state, "batch")
        assert np.abs(raw.mean(axis=0)).max() > 1
        run.send(["over", "64"])
        z = game.sums(run.state, "batch")
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(z.std(axis=0), 1, atol=5e-3)


def test_over_one_point_nothing_is_left_and_over_two_only_a_sign():
    run = Run("re-centering", 3)
    run.send(["over", "1"])
    assert (game.sums(run.state, "batch") == 0).all()
    run.send(["over", "2"])
    np.testing.assert_allclose(np.abs(game.sums(run.state, "batch")), 1, atol=0.05)


def test_the_engine_refuses_a_batch_of_one_and_the_game_says_why():
    run = trained(3, "1")
    assert run.state.refused
    assert run.score() == 0
    assert "its own mean" in run.describe()


@pytest.mark.slow
def test_without_it_every_training_ends_at_a_coins_toss_and_more_points_are_better():
    found = {
        over: [game.right(trained(seed, over).state) for seed in range(50)]
        for over in ("off", "4", "64")
    }
    assert np.mean(found["off"]) < 0.55
    assert 0.8 < np.mean(found["4"]) < 0.92
    assert np.mean(found["64"]) > 0.98
    assert sum(share >= game.GOOD for share in found["64"]) >= 48


def test_the_running_mean_follows_that_of_the_batches():
    run = trained(5, "64")
    network = run.state.network
    z = network[0].forward(run.state.seen[0])
    gap = np.abs(game._norm(network).running_mean - z.mean(axis=0)) / z.std(axis=0)
    assert gap.mean() < 0.3


def test_a_good_training_that_was_not_called_is_not_won():
    assert trained(2, "64", guess=50).score() < 1
    assert trained(2, "64", guess=100).score() == 1


def test_scale_and_shift_move_the_units_from_mean_0_and_spread_1_and_are_learned_from_there():
    for seed in range(50):
        run = Run("re-centering", seed)
        for message in (["over", "64"], ["gamma", 1.5], ["beta", -2]):
            run.send(message)
        z = game.sums(run.state, "batch")
        np.testing.assert_allclose(z.mean(axis=0), -2, atol=1e-9)
        np.testing.assert_allclose(z.std(axis=0), 1.5, atol=8e-3)
        run.send(["after", False])
        np.testing.assert_allclose(game.sums(run.state, "batch").mean(axis=0), 0, atol=1e-9)
    for message in (["beta", 1], ["guess", 100], ["train"]):
        run.send(message)
    while run.tick():
        pass
    norm = game._norm(run.state.network)
    assert np.abs(norm.gamma - 1.5).max() > 0.1
    assert np.abs(norm.beta - 1).max() > 0.1


def test_other_points_begin_with_the_scale_that_was_chosen():
    run = Run("re-centering", 2)
    for message in (["over", "16"], ["gamma", 0.5], ["over", "64"]):
        run.send(message)
    assert (game._norm(run.state.network).gamma == 0.5).all()
