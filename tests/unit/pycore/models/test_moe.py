"""Mixtures of experts learn, run only the chosen, and share the load when asked to."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import data
from pycore.experts import MixtureOfExperts
from pycore.losses import MeanSquaredError
from pycore.models.moe import mixture
from pycore.optimizers import Adam
from pycore.recipes import routing as recipe
from pycore.training import Trainer


def test_a_mixture_fits_a_wave_and_runs_two_experts_for_each_point() -> None:
    rng = np.random.default_rng(0)
    x, y = data.wave(100, 0.0, rng, cycles=2)
    network = mixture([1, 6, 1], 4, rng)
    layer = network[0]
    assert isinstance(layer, MixtureOfExperts)
    trainer = Trainer(network, MeanSquaredError(), Adam(0.05), x, y)
    losses = [trainer.step() for _ in range(300)]
    assert losses[-1] <= 0.02 < y.var() / 10
    assert layer.calls.sum() == 2 * 100 * 300


def test_a_mixture_without_experts_is_refused() -> None:
    with pytest.raises(ValueError, match="experts is 0"):
        mixture([2, 2], 0, np.random.default_rng(0))


def test_training_repeats_itself() -> None:
    one, two = (recipe.train(steps=2).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
def test_asked_to_balance_the_experts_share_the_load_and_stay_right() -> None:
    free, balanced = (
        [recipe.judge(recipe.train(balance, 200, seed)) for seed in range(2)]
        for balance in (0.0, recipe.BALANCE)
    )
    assert all(right >= 0.95 for right, _ in [*free, *balanced])
    assert all(shares.sum() == pytest.approx(1) for _, shares in free)
    spread = [np.mean([shares.std() for _, shares in found]) for found in (free, balanced)]
    assert spread[1] < 0.75 * spread[0]
