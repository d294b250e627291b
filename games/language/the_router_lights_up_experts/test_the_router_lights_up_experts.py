"""The Router Lights Up Experts: two run, favourites feed themselves, balance feeds the rest."""

import numpy as np
import pytest

from games import MessageError
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


def test_all_six_are_asked_only_after_a_training_and_their_counter_says_so():
    run = Run(SLUG, 2)
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["everyone"])
    run = trained(2, "some")
    layer = run.state.training.trainer.network[0]
    before = layer.calls.copy()
    assert "all six" not in run.describe()
    run.send(["everyone"])
    two, six = game.answer(run.state, game.K), game.answer(run.state, game.EXPERTS)
    assert (two.calls, six.calls) == ((2, 600), (6, 1800))
    assert (layer.calls == before).all(), "looking never touches the training"
    x = np.array([run.state.x])
    for found, k in ((two, game.K), (six, game.EXPERTS)):
        scores = (x @ layer.gate.W + layer.gate.b)[0]
        best = np.argsort(-scores)[:k]
        g = softmax(scores[best][None])[0]
        y = sum(w * layer.experts[e].forward(x)[0] for w, e in zip(g, best, strict=True))
        np.testing.assert_allclose(found.probabilities, softmax(y[None])[0])
    assert "after 1800 calls" in run.describe()
    assert "1800" in run.view().text()
    run.send(["again"])
    assert not run.state.everyone


@pytest.mark.slow
def test_all_six_together_are_worse_than_the_two_that_the_router_chose():
    for balance, wanted in (("off", (48, 1)), ("some", (49, 1)), ("much", (50, 0))):
        worse = better = 0
        for seed in range(50):
            run = trained(seed, balance)
            two, six = (game.answer(run.state, k).right for k in (game.K, game.EXPERTS))
            worse, better = worse + (six < two), better + (six > two)
        assert (worse, better) == wanted  # as the game's head and the lesson say
