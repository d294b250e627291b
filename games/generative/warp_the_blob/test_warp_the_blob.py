"""Warp the Blob: every step can be undone, probability is kept, and a ring keeps its bridge."""

import numpy as np
import pytest

from games.generative.warp_the_blob import game
from games.run import Run


def trained(seed, target="ring"):
    run = Run("warp-the-blob", seed, {"target": target})
    for message in (["guess", "few"], ["train"]):
        run.send(message)
    while run.tick():
        pass
    return run


def test_there_and_back_is_exact_and_the_whole_plane_has_probability_one():
    run = trained(1)
    assert game._back(run.state) < 1e-12
    side = np.linspace(-5, 5, 200)
    across, up = np.meshgrid(side, side)
    places = np.column_stack([across.ravel(), up.ravel()])
    cell = (side[1] - side[0]) ** 2
    for stage in (0, 4, game.COUPLINGS):
        whole = game.density(game._flow(run.state), places, stage).sum() * cell
        assert whole == pytest.approx(1, abs=0.02)


def test_the_density_is_that_of_the_engine():
    run = trained(2)
    flow, x = game._flow(run.state), run.state.data
    np.testing.assert_allclose(
        np.log(game.density(flow, x, game.COUPLINGS)), flow.log_density(x), atol=1e-9
    )


def test_bent_by_none_the_cloud_is_round_and_by_all_it_is_the_flows_inverse():
    run = trained(3)
    flow, z = game._flow(run.state), run.state.z
    assert (game.bent(flow, z, 0) == z).all()
    np.testing.assert_allclose(game.bent(flow, z, game.COUPLINGS), flow.inverse(z))


def thinnest(state, parts=36):
    """The samples in the emptiest part of the ring's round, by how many belong there."""
    z = np.random.default_rng(0).normal(size=(20_000, 2))
    x = game.bent(game._flow(state), z, game.COUPLINGS)
    near = np.abs(np.linalg.norm(x, axis=1) - 1) < 0.3
    angle = np.arctan2(x[near, 1], x[near, 0])
    return np.histogram(angle, parts, (-np.pi, np.pi))[0].min() / (len(z) / parts)


@pytest.mark.slow
def test_a_ring_keeps_its_bridge_whatever_the_seed():
    states = [trained(seed).state for seed in range(50)]
    shares = [game.astray(state) for state in states]
    assert min(shares) >= game.FEW
    assert sum(game.amount(share) == "few" for share in shares) >= 48
    assert sorted(thinnest(state) for state in states)[24] < 0.25


def test_a_drawing_of_ones_own_is_what_is_learnt_but_does_not_count():
    run = Run("warp-the-blob", 4)
    for message in (["target", "own"], ["draw", 1.5, 1.0], ["clear"], ["guess", "few"], ["train"]):
        run.send(message)
    while run.tick():
        pass
    x = game.bent(game._flow(run.state), run.state.z, game.COUPLINGS)
    np.testing.assert_allclose(x.mean(axis=0), [1.5, 1.0], atol=0.1)
    assert run.score() <= 0.5
