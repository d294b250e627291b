"""Diffusion: the way to noise, the way back, and the case where the best guess is known."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import Array
from pycore.models.diffusion import (
    Denoising,
    Diffusion,
    Noising,
    cosine,
    gaussian_noise,
    guided,
    linear,
    time_features,
)
from pycore.optimizers import Adam
from pycore.recipes import diffusion as recipe
from pycore.training import Minimizer

schedule = pytest.mark.parametrize("noising", [linear(100), cosine(100)], ids=["linear", "cosine"])


@schedule
def test_nothing_of_the_data_is_left_at_the_end(noising: Noising) -> None:
    assert noising.steps == 100
    assert (np.diff(noising.alpha_bar) < 0).all()
    assert noising.alpha_bar[0] > 0.99
    assert noising.alpha_bar[-1] < 1e-3


@schedule
def test_many_steps_at_once_are_the_steps_one_by_one(noising: Noising) -> None:
    mean, variance = 1.0, 0.0
    for t in range(noising.steps):
        mean *= np.sqrt(1 - noising.beta[t])
        variance = (1 - noising.beta[t]) * variance + noising.beta[t]
        at = np.array([t])
        assert noising.forward(np.ones((1, 1)), at, np.zeros((1, 1))) == pytest.approx(mean)
        spread = noising.forward(np.zeros((1, 1)), at, np.ones((1, 1)))
        assert spread == pytest.approx(np.sqrt(variance))


@schedule
@pytest.mark.parametrize("t", [0, 1, 40, 99])
def test_a_step_back_has_the_mean_of_bayes_rule(noising: Noising, t: int) -> None:
    rng = np.random.default_rng(t)
    x, eps = rng.normal(size=(2, 5, 2))
    x_t = noising.forward(x, np.full(5, t), eps)
    left, beta = noising.alpha_bar[t], noising.beta[t]
    before = noising.alpha_bar[t - 1] if t else 1.0
    wanted = (np.sqrt(before) * beta * x + np.sqrt(1 - beta) * (1 - before) * x_t) / (1 - left)
    np.testing.assert_allclose(noising.backward(x_t, t, eps, np.zeros_like(x)), wanted, atol=1e-9)


@schedule
def test_with_the_true_noise_a_jump_without_dice_lands_where_less_noise_leads(
    noising: Noising,
) -> None:
    x, eps, z = np.random.default_rng(1).normal(size=(3, 5, 2))
    for t, to in ((99, 98), (99, 40), (70, 3), (40, -1)):
        x_t = noising.forward(x, np.full(5, t), eps)
        wanted = x if to == -1 else noising.forward(x, np.full(5, to), eps)
        found = noising.backward(x_t, t, eps, z, to, eta=0)
        np.testing.assert_allclose(found, wanted, atol=1e-9)


@schedule
@pytest.mark.parametrize(("t", "to"), [(99, 98), (60, 20), (5, 0)])
def test_a_jump_with_dice_has_the_mean_and_variance_of_bayes_rule(
    noising: Noising, t: int, to: int
) -> None:
    """x_s given x_t and x: a product of N(√ᾱ_s x, 1 − ᾱ_s) and the step from s to t."""
    x, x_t = 0.7, -0.4
    left, aim = noising.alpha_bar[t], noising.alpha_bar[to]
    step = left / aim
    precision = 1 / (1 - aim) + step / (1 - step)
    mean = (np.sqrt(aim) * x / (1 - aim) + np.sqrt(step) * x_t / (1 - step)) / precision
    eps = np.array([[(x_t - np.sqrt(left) * x) / np.sqrt(1 - left)]])
    found, above = (
        noising.backward(np.array([[x_t]]), t, eps, np.full((1, 1), z), to).item() for z in (0, 1)
    )
    assert found == pytest.approx(mean, abs=1e-9)
    assert (above - found) ** 2 == pytest.approx(1 / precision, abs=1e-9)


def test_a_way_of_fewer_jumps_begins_and_ends_with_the_whole_one() -> None:
    noising = linear(40)
    assert noising.visits() == list(range(39, -2, -1))
    assert noising.visits(1) == [39, -1]
    assert noising.visits(4) == [39, 29, 19, 9, -1]


@pytest.mark.parametrize("count", [0, 41, 2.5])
def test_a_way_of_no_jump_or_too_many_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="count"):
        linear(40).visits(count)


@pytest.mark.parametrize(("t", "to"), [(3, 3), (3, 5), (40, 2), (3, -2)])
def test_a_jump_that_does_not_lead_back_is_refused(t: int, to: int) -> None:
    with pytest.raises(ValueError, match="allowed: -1 to"):
        linear(40).backward(np.zeros((1, 1)), t, np.zeros((1, 1)), np.zeros((1, 1)), to)


def test_the_last_step_back_with_the_true_noise_is_the_data_itself() -> None:
    noising, rng = cosine(10), np.random.default_rng(0)
    x, eps, z = rng.normal(size=(3, 4, 2))
    x_0 = noising.forward(x, np.zeros(4, int), eps)
    np.testing.assert_allclose(noising.backward(x_0, 0, eps, z), x, atol=1e-12)


def test_the_closed_form_is_the_expected_noise() -> None:
    """E[ε | x_t] by summing over a fine grid of x, where the data is N(1, 0.5²)."""
    noising = cosine(20)
    x = np.linspace(-4, 6, 4001)
    for t in (0, 7, 18):
        left = noising.alpha_bar[t]
        for x_t in (-1.0, 0.3):
            eps = (x_t - np.sqrt(left) * x) / np.sqrt(1 - left)
            weight = np.exp(-((x - 1) ** 2) / (2 * 0.5**2) - eps**2 / 2)
            wanted = (weight * eps).sum() / weight.sum()
            found = gaussian_noise(noising, 1, 0.5)(np.array([[x_t]]), np.array([t]))
            assert found.item() == pytest.approx(wanted, abs=1e-9)


MIDDLES = np.array([[-1.0, 0.5], [1.0, -0.5], [0.5, 1.5]])


def test_the_best_guess_is_the_slope_of_the_log_density() -> None:
    """ε̂ = −√(1 − ᾱ) ∇ log p_t, of three Gaussians with shares of their own."""
    noising, shares = linear(40), np.array([0.5, 0.3, 0.2])
    x, h = np.random.default_rng(0).normal(size=(6, 2)), 1e-5
    for t in (2, 20, 39):
        left = noising.alpha_bar[t]

        def log_density(x: Array, left: float = left) -> Array:
            away = ((x[:, None] - np.sqrt(left) * MIDDLES) ** 2).sum(axis=2)
            return np.asarray(np.log(np.exp(-away / 2 / (0.09 * left + 1 - left)) @ shares))

        score = np.stack(
            [(log_density(x + step) - log_density(x - step)) / (2 * h) for step in h * np.eye(2)],
            axis=1,
        )
        found = gaussian_noise(noising, MIDDLES, 0.3, shares)(x, np.full(6, t))
        np.testing.assert_allclose(found, -np.sqrt(1 - left) * score, atol=1e-6)


def test_whoever_knows_nothing_but_points_ends_at_them() -> None:
    rng, noising = np.random.default_rng(0), linear(200)
    points = rng.normal(size=(7, 2))
    noise = rng.normal(size=(50, 2))
    *_, found = noising.sample(gaussian_noise(noising, points, 0.0), noise, rng, eta=0)
    assert recipe.distance(found, points) < 0.01


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.5, 0.0], [[1, 1, 1]]])
def test_a_mean_without_its_share_is_refused(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="one above 0 for each of 3 means"):
        gaussian_noise(linear(4), MIDDLES, 0.3, shares)


def test_guidance_goes_from_anything_through_what_is_wanted_and_beyond() -> None:
    noising, x, t = linear(40), np.random.default_rng(0).normal(size=(5, 2)), np.full(5, 20)
    wanted, anything = (
        gaussian_noise(noising, MIDDLES[:1], 0.3),
        gaussian_noise(noising, MIDDLES, 0.3),
    )
    a, b = anything(x, t), wanted(x, t)
    for scale, at in ((0, a), (1, b), (3, a + 3 * (b - a))):
        np.testing.assert_allclose(guided(wanted, anything, scale)(x, t), at, atol=1e-12)


@pytest.mark.parametrize("make", [linear, cosine])
def test_with_the_best_guess_the_way_back_ends_at_the_target(make) -> None:
    """Each step back is linear then, so mean and variance can be followed exactly."""
    noising, target, std = make(400), 1.0, 0.5
    denoiser = gaussian_noise(noising, target, std)
    mean, variance = 0.0, 1.0
    for t in reversed(range(noising.steps)):
        ends = np.array([[0.0], [1.0]])
        eps_hat = denoiser(ends, np.full(2, t))
        b, a_plus_b = noising.backward(ends, t, eps_hat, np.zeros((2, 1)))[:, 0]
        spread = noising.backward(ends, t, eps_hat, np.ones((2, 1)))[0, 0] - b
        mean, variance = (a_plus_b - b) * mean + b, (a_plus_b - b) ** 2 * variance + spread**2
    assert mean == pytest.approx(target, abs=0.01)
    assert np.sqrt(variance) == pytest.approx(std, abs=0.01)
    rng = np.random.default_rng(0)
    *_, samples = noising.sample(denoiser, rng.normal(size=(4000, 1)), rng)
    assert samples.mean() == pytest.approx(mean, abs=0.03)
    assert samples.std() == pytest.approx(np.sqrt(variance), abs=0.03)


def test_time_features_tell_every_two_times_apart() -> None:
    features = time_features(np.arange(50), 50, 8)
    gaps = np.linalg.norm(features[:, None] - features, axis=2) + np.eye(50)
    assert gaps.min() > 0.1


@pytest.mark.parametrize("beta", [[], [0.0, 0.1], [0.5, 1.0]])
def test_steps_that_add_nothing_or_all_are_refused(beta: list[float]) -> None:
    with pytest.raises(ValueError, match="allowed: 0 < β < 1"):
        Noising(np.array(beta))


@pytest.mark.parametrize("n_time", [0, 3])
def test_an_odd_number_of_time_features_is_refused(n_time: int) -> None:
    with pytest.raises(ValueError, match="even numbers from 2"):
        Diffusion(1, [4], cosine(5), np.random.default_rng(0), n_time)


def test_trained_on_a_gaussian_it_comes_near_the_best_guess() -> None:
    rng = np.random.default_rng(0)
    model = Diffusion(1, [32, 32], cosine(20), rng)
    denoising = Denoising(model, lambda: rng.normal(1, 0.5, (128, 1)))
    Minimizer(denoising, Adam(0.01), total=600).run()
    t = rng.integers(20, size=2000)
    x = model.noising.forward(rng.normal(1, 0.5, (2000, 1)), t, rng.normal(size=(2000, 1)))
    best = gaussian_noise(model.noising, 1, 0.5)(x, t)
    assert np.sqrt(np.mean((model.denoiser(x, t) - best) ** 2)) <= 0.12
    *_, samples = model.sample(500)
    assert samples.mean() == pytest.approx(1, abs=0.15)
    assert samples.std() == pytest.approx(0.5, abs=0.15)


def test_training_repeats_itself() -> None:
    one, two = (recipe.train(steps=2)[0].network.theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
def test_samples_come_near_the_moons() -> None:
    model, x = recipe.train(steps=700)
    *_, samples = model.sample(300)
    noise = model.rng.normal(size=samples.shape)
    assert recipe.distance(samples, x) <= 0.15 <= recipe.distance(noise, x) / 1.5
    assert recipe.distance(x, samples) <= 0.12


def test_noise_keeps_float32_and_takes_whole_numbers() -> None:
    noising, t = linear(10), np.array([0, 9])
    x = np.array([[1, 2], [3, 4]])
    eps = np.ones((2, 2))
    exact = noising.forward(x.astype(float), t, eps)
    np.testing.assert_array_equal(noising.forward(x, t, eps), exact)
    single = [a.astype(np.float32) for a in (x, eps)]
    assert noising.forward(single[0], t, single[1]).dtype == np.float32
    assert noising.backward(single[0], 3, single[1], single[1]).dtype == np.float32
