"""Sample the Bottleneck: the price decides where digits lie, and chance meets them or does not."""

import numpy as np
import pytest

from games.generative._digits import digits
from games.generative.sample_the_bottleneck import game
from games.run import Run
from pycore.models.autoencoders import ELBO
from pycore.recipes.bottleneck import SIZE

EACH = list(zip(game.BETAS, game.FATES, strict=True))


def trained(seed, beta, guess="cloud"):
    run = Run("sample-the-bottleneck", seed)
    for message in (["beta", beta], ["guess", guess], ["train"]):
        run.send(message)
    while run.tick():
        pass
    return run


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(25), range(25, 50)])
def test_the_price_decides_where_digits_lie_and_what_chance_draws_from_fifty_starts(seeds):
    """Digits at a small price, blots at none, and always the same at a high one."""
    z = np.random.default_rng(0).normal(size=(100, 2))
    for seed in seeds:
        strange, varied = {}, {}
        for beta, where in EACH:
            state = trained(seed, beta).state
            assert game.fate(state) == where
            made = game.drawn(state.trainer.network, z)
            strange[beta] = game.strange(made).mean()
            varied[beta] = made.std(axis=0).mean()
            if where == "cloud":  # and that is inside the ring, as the answer says
                away = np.linalg.norm(game.look(state).mean, axis=1)
                assert (away < game.RING).mean() > 0.5
        assert strange[0] > 3 * strange[1]
        assert varied[1] > 10 * varied[30]


def test_a_digit_that_was_learned_is_not_strange():
    seen = digits()[0]
    np.testing.assert_allclose(game.strange(seen[:5]), 0, atol=1e-9)
    moved = seen[:1] + 0.01
    assert game.strange(moved) == pytest.approx(SIZE * SIZE * 1e-4)


def test_the_costs_are_those_that_are_minimised():
    trainer = trained(1, 1).state.trainer
    found = game.looked(trainer, trainer.steps)
    objective = ELBO(trainer.network, digits()[1], 1.0)
    several = []
    for _ in range(50):  # each with other chances
        objective.loss_and_grad()
        several.append(objective.reconstruction)
    assert abs(found.error - np.mean(several)) < 4 * np.std(several)
    assert found.divergence == pytest.approx(objective.kl, rel=1e-4)


def test_the_dearer_straying_is_the_less_is_paid_for_it_and_the_more_for_redrawing():
    free, fair, dear = (game.look(trained(2, beta).state) for beta in (0, 1, 30))
    assert free.divergence > 50 > 5 > fair.divergence > 1 > 0.1 > dear.divergence
    assert dear.error > fair.error + 5


def test_without_spread_every_draw_is_the_mean_and_with_more_they_differ_more():
    run = trained(3, 1)
    mean = game.code(run.state.trainer.network, run.state.drawing.reshape(1, -1))[0]
    wide = []
    for factor in (0, 1, 3):
        run.send(["spread", factor])
        z = game.draws(run.state)[0]
        wide.append(game.drawn(run.state.trainer.network, z).std(axis=0).mean())
        if factor == 0:
            assert (z == mean).all()
    assert wide[0] < 1e-9 < wide[1] < wide[2]


def test_drawing_again_takes_other_chances_and_going_home_finds_the_drawing():
    run = trained(4, 1)
    before = game.draws(run.state)
    run.send(["sample"])
    for was, now in zip(before, game.draws(run.state), strict=True):
        assert (was != now).all()
    run.send(["home"])
    mean = game.code(run.state.trainer.network, run.state.drawing.reshape(1, -1))[0][0]
    np.testing.assert_allclose(run.state.at, mean)
    here = game.drawn(run.state.trainer.network, np.array([run.state.at]))
    assert ((here - run.state.drawing.ravel()) ** 2).sum() < ((0.5 - run.state.drawing) ** 2).sum()


def test_one_right_call_for_each_price_wins_and_a_wrong_one_does_not_count():
    run = Run("sample-the-bottleneck", 5)
    for said, (beta, _) in zip(("far", "cloud", "point"), EACH, strict=True):
        for message in (["beta", beta], ["guess", said], ["train"]):
            run.send(message)
        while run.tick():
            pass
    assert run.state.called == {30}
    run.solve()
    assert run.score() == 1
    run.send(["again"])
    assert run.score() == 0


def test_the_map_grows_until_it_holds_nearly_all_digits():
    far, near = trained(6, 0).state, trained(6, 1).state
    assert game.reach(near) == game.REACH
    assert game.reach(far) >= 4 * game.REACH
    inside = np.abs(game.look(far).mean).max(axis=1) <= game.reach(far)
    assert inside.mean() >= 0.95
