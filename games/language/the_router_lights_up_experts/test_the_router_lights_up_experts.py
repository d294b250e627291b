"""The Router Lights Up Experts: two run, favourites feed themselves, balance feeds the rest."""

import numpy as np
import pytest

from games.language.the_router_lights_up_experts import game
from games.run import Run
from pycore.activations import softmax

SLUG = "the-router-lights-up-experts"


def trained(seed, balance):
    run = Run(SLUG, seed)
    for message in (["balance", balance], ["guess", 0], ["train"]):
        run.send(message)
    while run.tick():
        pass
    return run


def test_exactly_two_experts_are_called_and_the_answer_is_theirs_by_softmax():
    for seed in range(50):
        run = Run(SLUG, seed)
        layer = run.state.training.trainer.network[0]
        calls, _, y = game.asked(run.state)
        assert calls.sum() == game.K
        assert calls.max() == 1
        x = np.array([run.state.x])
        scores = (x @ layer.gate.W + layer.gate.b)[0]
        best = np.argsort(-scores)[: game.K]
        assert set(best) == set(np.flatnonzero(calls))
        weights = softmax(scores[best][None])[0]
        every = sum(g * layer.experts[e].forward(x)[0] for g, e in zip(weights, best, strict=True))
        np.testing.assert_allclose(y, every)


def test_looking_does_not_count_as_a_call_of_the_training():
    run = Run(SLUG, 1)
    layer = run.state.training.trainer.network[0]
    before = layer.calls.copy()
    run.view()
    run.describe()
    assert (layer.calls == before).all()


@pytest.mark.slow
def test_without_balance_experts_starve_and_with_it_hardly_any_do():
    starved = {
        balance: [
            len(game.starving(trained(seed, balance).state.training.now)) for seed in range(50)
        ]
        for balance in ("off", "some")
    }
    assert sum(n > 0 for n in starved["off"]) == 49  # as the lesson says
    assert sum(n == 0 for n in starved["some"]) == 45
    assert np.mean(starved["some"]) < np.mean(starved["off"]) / 3


def test_a_training_is_won_when_nobody_starves_and_points_are_right():
    run = Run(SLUG, 2)
    run.solve()
    now = run.state.training.now
    assert run.score() == 1
    assert min(now.load) >= game.STARVING
    assert now.right >= game.GOOD
    assert sum(now.load) == pytest.approx(1)
