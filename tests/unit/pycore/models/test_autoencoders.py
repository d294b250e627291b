"""Autoencoders: their halves, the ELBO's gradient, and what training reaches."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.gradient_check import numeric_gradient, relative_error
from pycore.models.autoencoders import ELBO, autoencoder, vae
from pycore.recipes import bottleneck as recipe


def test_an_autoencoder_is_its_encoder_and_then_its_decoder() -> None:
    rng = np.random.default_rng(0)
    network, x = autoencoder([9, 6, 2], rng), rng.normal(size=(4, 9))
    code = network[0].forward(x)
    assert code.shape == (4, 2)
    np.testing.assert_array_equal(network[1].forward(code), network.forward(x))


def test_the_gradient_of_the_elbo() -> None:
    rng = np.random.default_rng(0)
    network, x = vae([5, 4, 2], rng), rng.uniform(size=(3, 5))
    elbo, state = ELBO(network, x, beta=0.7), rng.bit_generator.state

    def loss() -> float:
        rng.bit_generator.state = state
        return elbo.loss_and_grad()

    numeric = numeric_gradient(loss, network.theta)
    assert loss() == elbo.reconstruction + 0.7 * elbo.kl
    assert relative_error(network.grad, numeric) <= 1e-6


def test_training_repeats_itself() -> None:
    one, two = (recipe.train_vae(2, steps=2)[0].theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
def test_a_trained_autoencoder_loses_less_than_straight_lines_do() -> None:
    assert recipe.error(recipe.train(4)) <= 0.9 * recipe.principal_error(4)


@pytest.mark.slow
def test_a_wider_bottleneck_loses_less() -> None:
    errors = [recipe.error(recipe.train(code, steps=300)) for code in (1, 12)]
    assert errors[1] < 0.5 * errors[0]


@pytest.mark.slow
def test_a_heavy_kl_empties_the_code_and_a_light_one_fills_it() -> None:
    results = [recipe.train_vae(4, beta, steps=300)[1:] for beta in (0.1, 1.0, 30.0)]
    reconstructions, kls = zip(*results, strict=True)
    assert reconstructions[0] < reconstructions[1] < reconstructions[2]
    assert kls[0] > 2 * kls[1] > 2 > 0.05 > kls[2]


def test_the_decoder_draws_from_any_code() -> None:
    network, _, _ = recipe.train_vae(2, steps=1)
    assert network[2].forward(np.zeros((3, 2))).shape == (3, recipe.SIZE**2)


@pytest.mark.parametrize("top", [255, 1.01, -0.01, np.nan])
def test_data_that_are_no_brightness_are_refused(top: float) -> None:
    network, x = vae([4, 3, 1], np.random.default_rng(0)), np.full((2, 4), 0.5)
    x[1, 2] = top
    with pytest.raises(ValueError, match=r"ELBO: x runs from .* to .*; allowed: 0 to 1"):
        ELBO(network, x)
    with pytest.raises(ValueError, match="ELBO: x runs"):
        ELBO(network, lambda: x).loss_and_grad()
