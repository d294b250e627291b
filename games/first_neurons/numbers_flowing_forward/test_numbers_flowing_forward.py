"""Numbers Flowing Forward: predicted within 0.05, every number on the page worked out by hand."""

import math

import numpy as np
import pytest

from games import MessageError
from games.first_neurons.numbers_flowing_forward import game
from games.run import Run
from games.ui.numbers import fixed
from tests.games.player import wander
from tests.games.reading import classed, numbers

SLUG = "numbers-flowing-forward"


def by_hand(state):
    """Hidden sums, hidden activations, output sum, output; in plain Python."""
    first, second = (layer for layer in state.network if hasattr(layer, "W"))
    x = state.x[0]
    z1 = [x[0] * first.W[0, j] + x[1] * first.W[1, j] + first.b[j] for j in range(3)]
    h = [max(z, 0.0) for z in z1]
    z2 = sum(h[j] * second.W[j, 0] for j in range(3)) + second.b[0]
    return z1, h, z2, 1 / (1 + math.exp(-z2))


def play(run):
    run.send(["play"])
    while run.tick():
        pass


def test_the_output_is_the_networks():
    for seed in range(20):
        state = game.init(seed)
        assert game.output(state) == pytest.approx(by_hand(state)[-1])


def test_a_guess_of_one_half_is_wrong_at_the_start():
    for seed in range(60):
        run = Run(SLUG, seed)
        run.send(["guess", 0.5])
        play(run)
        assert run.score() < 1


def test_won_when_the_guess_is_within_five_hundredths():
    for seed in range(5):
        run = Run(SLUG, seed, {"again": game.SAME})
        y = by_hand(run.state)[-1]
        for guess in np.round(np.clip([y - 0.06, y - 0.04, y + 0.04, y + 0.06], 0, 1), 2):
            run.send(["guess", float(guess)])
            assert run.score() == 0
            play(run)
            assert (run.score() == 1) == (abs(guess - y) <= 0.05)


def test_nothing_is_told_before_it_arrives():
    run = Run(SLUG, 2)
    run.send(["guess", 0.5])
    run.send(["play"])
    seen = []
    while True:
        view, layer = run.view(), run.state.signal.reached
        shown = [unit.text() for unit in classed(view, "unit-value")]
        assert [text == "?" for text in shown[2:]] == [layer < 1] * 3 + [layer < 2]
        assert bool(classed(view, "prediction-truth")) == (layer == 2)
        assert len(classed(view, "pulse")) <= 3
        seen.append(layer)
        if not run.tick():
            break
    assert sorted(set(seen)) == [0, 1, 2]
    assert seen == sorted(seen)


def test_the_guess_is_asked_for_before_and_shown_beside_the_truth():
    run = Run(SLUG, 3)
    run.send(["guess", 0.25])
    assert "Play: I predict 0.25" in run.view().text()
    play(run)
    (pair,) = classed(run.view(), "prediction-truth")
    assert numbers(pair.text()) == [0.25, round(by_hand(run.state)[-1], 3)]
    run.send(["again"])
    assert run.state.signal.clock is None
    assert not classed(run.view(), "prediction-truth")


def test_every_number_shown_is_worked_out_by_hand():
    for seed in range(3):
        run = Run(SLUG, seed)
        for _ in wander(run, np.random.default_rng(seed)):
            state, view = run.state, run.view()
            first, second = (layer for layer in state.network if hasattr(layer, "W"))
            z1, h, z2, y = by_hand(state)
            layer = state.signal.reached
            printed = [float(n.text().replace("−", "-")) for n in classed(view, "edge-name")]
            assert printed == pytest.approx([*first.W.ravel(), *second.W.ravel()])
            lines = [
                n.text().replace("\N{NO-BREAK SPACE}", " ")
                for n in classed(view, "flow-sums")[0].children
            ]
            for j in range(3):
                end = f"= ReLU({fixed(z1[j])}) = {fixed(h[j])}"
                assert lines[j].endswith(end if layer >= 1 else "= ?")
            end = f"= sigmoid({fixed(z2, 3)}) = {fixed(y, 3)}"
            assert lines[3].endswith(end if layer == 2 else "= ?")


def test_weights_can_be_worked_with_by_hand():
    for seed in range(20):
        theta = game.init(seed).network.theta
        assert np.round(theta, 1) == pytest.approx(theta)
        assert (theta != 0).all()


def test_the_answer_just_seen_does_not_win_at_the_next_step():
    for seed in range(20):
        run = Run(SLUG, seed)
        guess = 0.5
        for _ in range(5):
            run.send(["guess", guess])
            play(run)
            assert run.score() < 1
            guess = round(game.output(run.state), 2)
            (button,) = classed(run.view(), "primary")
            run.send(list(button.messages()["click"]))
            assert run.state.bet.said is None


def test_an_answer_that_is_on_its_way_can_no_longer_be_guessed():
    run = Run(SLUG, 1)
    run.send(["guess", 0.5])
    run.send(["play"])
    for message in (["guess", 0.6], ["input", 0, 1.0]):
        with pytest.raises(MessageError, match="not possible now"):
            run.send(message)
    known = run.state.network
    run.send(["again"])
    assert run.state.network is not known
