"""Guess the Next Letter: what is paid is −log₂ of what was said, and neither side has a gift."""

import math

import numpy as np
import pytest

from games import MessageError
from games.language.guess_the_next_letter import game
from games.run import Run
from pycore.activations import softmax
from pycore.recipes import tale

SLUG = "guess-the-next-letter"


def bet(run, names, sure):
    for name in names:
        run.send(["tap", name])
    run.send(["sure", sure])
    run.send(["reveal"])


def test_a_bet_is_shared_out_and_its_probabilities_add_up_to_one():
    for said in (["a"], ["a", "space", "t"], [*game.LETTERS][:26], [*game.LETTERS]):
        for sure in (30, 70, 98):
            p = game.shares(said, sure)
            assert p.sum() == pytest.approx(1)
            assert (p > 0).all()
    assert game.shares(["a", "b"], 80)[:3] == pytest.approx([0.4, 0.4, 0.2 / 25])


def test_both_pay_minus_the_logarithm_of_what_they_said():
    for seed in range(50):
        run = Run(SLUG, seed)
        state = run.state
        right = game.truth(state)
        wrong = "q" if right != "q" else "x"
        y = tale.trained().forward(
            np.array([tale.vocabulary().encode(state.line[: state.place][-24:])])
        )[0, -1]
        p = softmax(y)
        kept = [
            tale.vocabulary().encode([c])[0]
            for c in tale.vocabulary().words
            if c in "abcdefghijklmnopqrstuvwxyz "
        ]
        (number,) = tale.vocabulary().encode([state.line[state.place]])
        bet(run, [right, wrong], 80)
        assert state.mine == pytest.approx([-math.log2(0.4)])
        assert state.theirs[0] == pytest.approx(-math.log2(p[number] / p[kept].sum()), rel=1e-5)
        other = next(name for name in game.LETTERS if name != game.truth(state))
        bet(run, [other], 60)
        assert state.mine[1] == pytest.approx(-math.log2(0.4 / 26))
        assert state.missed == state.mine[1]


def test_the_lines_are_strange_to_the_network_and_fair():
    seen, _ = tale.text()
    assert len(game.lines()) > 30
    assert not [line for line in game.lines() if line in seen]
    for seed in range(50):
        state = game.init(seed)
        cost = sum(game.price(state.line, state.start + i) for i in range(game.HIDDEN))
        assert game.FAIR[0] <= cost <= game.FAIR[1]
        assert state.start >= game.SHOWN
        assert len(state.line) >= state.start + game.HIDDEN


def test_guessing_among_all_never_wins_and_the_commonest_letter_seldom():
    """Of 50 seeds: spread over all 27, and always on the space."""
    won = {"all": 0, "space": 0}
    for seed in range(50):
        for habit, names in (("all", [*game.LETTERS]), ("space", ["space"])):
            run = Run(SLUG, seed)
            for _ in range(game.HIDDEN):
                bet(run, names, 50)
            won[habit] += run.score() == 1
    assert won == {"all": 0, "space": 0}


def test_the_networks_odds_are_hidden_until_the_letter_is_out():
    run = Run(SLUG, 3)
    run.send(["tap", "e"])
    assert "the network’s odds" not in run.numbers()
    run.send(["reveal"])
    assert run.numbers()["the network’s odds"].sum() == pytest.approx(1)
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["reveal"])
    run.send(["tap", "e"])
    assert run.state.said == ["e"]
    assert "the network’s odds" not in run.numbers()


def test_the_advice_names_what_cost_most():
    run = Run(SLUG, 1)
    for _ in range(game.HIDDEN):
        wrong = next(name for name in game.LETTERS if name != game.truth(run.state))
        bet(run, [wrong], 90)
    assert "Misses cost you most" in run.describe()
    run = Run(SLUG, 1)
    for _ in range(game.HIDDEN):
        others = [name for name in game.LETTERS if name != game.truth(run.state)]
        bet(run, [game.truth(run.state), *others[:12]], 90)
    assert "did not dare" in run.describe()
    assert run.score() < 1


def test_a_win_stays_won_in_another_line():
    run = Run(SLUG, 5)
    run.solve()
    assert "You win" in run.describe()
    run.send(["again"])
    assert run.score() == 1
    assert run.state.mine == []
