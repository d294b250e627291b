"""Recurrent networks learn a text letter by letter."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.recipes import spelling as recipe
from pycore.recurrent import GRU, LSTM, RNN, Recurrent


def test_the_stretches_are_the_text_and_what_comes_next() -> None:
    x, y = recipe.stretches()
    assert x.shape == y.shape == (len(recipe.text()) - recipe.LENGTH, recipe.LENGTH)
    np.testing.assert_array_equal(x[1:], y[:-1])
    assert "".join(recipe.vocabulary().decode(x[0])) == recipe.text()[: recipe.LENGTH]


def test_training_repeats_itself() -> None:
    one, two = (recipe.train(RNN, steps=2).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
@pytest.mark.parametrize("kind", recipe.KINDS)
def test_it_starts_near_a_blind_guess_and_learns_to_spell(kind: type[Recurrent]) -> None:
    guess = np.log(len(recipe.vocabulary()))
    assert recipe.judge(recipe.train(kind, steps=0)) == pytest.approx(guess, rel=0.15)
    assert recipe.judge(recipe.train(kind, steps=120)) < 0.5 * guess


def test_a_gru_has_three_quarters_of_the_lstms_gate_weights() -> None:
    rng = np.random.default_rng(0)
    lstm, gru = (kind(5, 7, rng=rng).size() for kind in (LSTM, GRU))
    assert gru / lstm == 3 / 4


def test_it_writes_on_the_same_for_the_same_seed() -> None:
    network = recipe.train(GRU, steps=5)
    one, two = (recipe.write(network, "the ", 30, np.random.default_rng(3)) for _ in range(2))
    assert one == two
    assert one.startswith("the ")
    assert len(one) == 34
