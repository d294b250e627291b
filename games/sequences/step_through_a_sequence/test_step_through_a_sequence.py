"""Step Through a Sequence: a strong loop keeps the first bit, and hardly any gradient gets back."""

import numpy as np
import pytest

from games.run import Run
from games.sequences.step_through_a_sequence import game

SLUG = "step-through-a-sequence"


def won(seed, later=10):
    """A run whose solution was played."""
    run = Run(SLUG, seed, {"later": later})
    run.solve()
    return run


def test_the_strong_loop_keeps_every_first_bit_and_the_start_does_not():
    for seed in range(50):
        run = Run(SLUG, seed)
        run.send(["test"])
        while run.tick():
            pass
        assert run.score() < 1
        run.solve()
        assert run.score() == 1
        assert game.kept(run.state).all()


def test_what_holds_the_bit_lets_hardly_any_gradient_back():
    """Beside it a loop of 1 and a small input, which holds nothing for sure: it lets more back."""
    for seed in range(50):
        state = won(seed).state
        state.bits = state.tests[0]
        held = abs(game.gradient(state)[0])
        assert held < 1e-4
        state.w_h, state.w_x = 1.0, 0.1
        assert abs(game.gradient(state)[0]) > 30 * held
        assert not game.kept(state).all()


def test_the_states_are_those_of_the_formula():
    state = game.init(3)
    state.w_h, state.w_x, state.b = 1.3, -0.7, 0.2
    h, found = 0.0, game.states(state, state.bits[None])[0]
    for bit, value in zip(state.bits, found, strict=True):
        h = np.tanh(1.3 * h - 0.7 * bit + 0.2)
        assert value == pytest.approx(h)


def test_the_strip_is_what_a_small_change_of_each_bit_does_to_the_step_looked_at():
    state = game.init(3)
    state.look = 6
    found = game.gradient(state)
    for t in range(len(state.bits)):
        ends = []
        for sign in (1, -1):
            moved = state.bits.copy()
            moved[t] += sign * 1e-6
            ends.append(game.states(state, moved[None])[0, state.look - 1])
        assert found[t] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)
    assert not found[6:].any()


def test_a_lost_sequence_is_there_to_be_looked_at_and_new_weights_are_untested():
    run = Run(SLUG, 4)
    run.send(["test"])
    while run.tick():
        pass
    bits = run.state.bits
    assert abs(game.states(run.state, bits[None])[0, -1] - bits[0]) > 0.4
    run.send(["w_h", 2.0])
    assert run.score() == 0
    assert run.state.fed is None
