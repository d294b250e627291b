"""Calm and Quick: what is measured is what the formulas say, and neither end of β wins."""

import numpy as np
import pytest

from games.optimisation.calm_and_quick import game
from games.run import Run

SLUG = "calm-and-quick"


def played(seed, beta=None, correct=True, signals=1):
    run = Run(SLUG, seed, {"signals": signals})
    run.send(["correct", correct])
    run.send(["beta", run.state.memory if beta is None else beta])
    run.send(["run"])
    while run.tick():
        pass
    return run


def test_the_memory_a_task_is_made_for_wins_it_and_the_next_ones_do_not():
    """Of 50 seeds each."""
    memories = []
    for seed in range(50):
        run = played(seed)
        assert run.score() == 1, (seed, run.describe())
        memory = run.state.memory
        memories.append(memory)
        off = 0.55 * (1 - memory)
        assert played(seed, round(memory - 2 * off, 2)).score() == 0
        assert played(seed, round(memory + off, 2)).score() == 0
    assert set(memories) == set(game.MEMORIES)


def test_without_the_correction_nothing_wins():
    for seed in range(50):
        state = played(seed, correct=False).state
        assert game._tests(state)[0] is False
        assert game.early(state) == pytest.approx(state.memory**game.EARLY, abs=0.12)


def test_noise_and_lag_are_those_of_the_formulas():
    """β to the power of k of the jump is missing; noise is √((1 − β)/(1 + β)) of what it was."""
    lags, noises = [], []
    for seed in range(50):
        state = played(seed).state
        beta = state.memory
        lags.append(game.late(state) / beta**state.within)
        raw = state.gradients[: game.JUMP].std(axis=1).mean()
        noises.append(game.noise(state) / raw / np.sqrt((1 - beta) / (1 + beta)))
    assert np.mean(lags) == pytest.approx(1, abs=0.1)
    assert np.mean(noises) == pytest.approx(1, abs=0.06)


def test_the_gradient_is_that_of_the_error_and_its_mean_is_what_is_said():
    rng = np.random.default_rng(0)
    drawn = np.array([game.gradient(rng, 1.0) for _ in range(200)])
    assert drawn.mean() == pytest.approx(-2, abs=0.1)
    assert drawn.std() == pytest.approx(2, abs=0.1)  # 2 · 2 / √4


@pytest.mark.slow
def test_one_beta_for_all_never_wins_two_in_a_row():
    """Of 50 seeds, in six signals each."""
    for beta in (0.5, 0.7, 0.8, 0.9, 0.95, 0.99):
        won = 0
        for seed in range(50):
            run = Run(SLUG, seed)
            for _ in range(6):
                run.send(["correct", True])
                run.send(["beta", beta])
                run.send(["run"])
                while run.tick():
                    pass
                run.send(["next"])
            won += run.score() == 1
        assert won <= 5, beta
