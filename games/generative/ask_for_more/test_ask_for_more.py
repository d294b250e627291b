"""Ask for More: more guidance is more right and less various, and the goal is between."""

import numpy as np

from games.generative.ask_for_more import game
from games.run import Run


def test_more_guidance_is_more_right_and_leaves_more_out():
    for seed in range(50):
        state = game.init(seed)
        found = [game.measured(state, game.made(state, w)) for w in (0, 1, 3, 8)]
        right, lost = np.transpose(found)
        assert (np.diff(right) >= 0).all()
        assert lost[1] < lost[2] < lost[3]


def test_neither_the_start_nor_much_guidance_wins_and_something_between_does():
    for seed in range(12):
        run = Run("ask-for-more", seed)
        assert run.score() < 1
        run.send(["w", 8.0])
        assert run.score() < 1
        for message in game.solution(run.state):
            run.send(list(message))
        assert run.score() == 1
        assert 1 < run.state.w < 5


def test_without_exaggeration_the_dots_are_as_many_right_as_they_should_be():
    shares = []
    for seed in range(50):
        state = game.init(seed)
        true = game.measured(state, state.true)[0]
        shares.append(game.measured(state, game.made(state, 1.0))[0] - true)
    assert abs(np.mean(shares)) < 0.05
