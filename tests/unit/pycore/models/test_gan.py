"""The two players: each moves only itself, and together they find the data."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import adversarial
from pycore.activations import LeakyReLU, Tanh
from pycore.arrays import Array
from pycore.gradient_check import numeric_gradient
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.models import mlp
from pycore.models.gan import GAN, LOSSES, Drawing, GANLoss, Judging
from pycore.optimizers import SGD, Adam
from pycore.recipes import gan as recipe
from pycore.training import Minimizer, NonFiniteError


def small(loss: GANLoss, seed: int = 0) -> GAN:
    rng = np.random.default_rng(seed)
    return GAN(mlp([2, 4, 2], rng), mlp([2, 4, 1], rng), 2, rng, loss)


def ones(count: int) -> Array:
    return np.ones((count, 2))


def judge(gan: GAN) -> Minimizer:
    return Minimizer(Judging(gan, ones, 8), SGD(0.1))


def draw(gan: GAN) -> Minimizer:
    return Minimizer(Drawing(gan, 8), SGD(0.1))


@pytest.mark.parametrize("loss", LOSSES)
def test_each_player_moves_only_itself(loss: GANLoss) -> None:
    gan = small(loss)
    generator, discriminator = gan.generator.theta.copy(), gan.discriminator.theta.copy()
    judge(gan).step()
    np.testing.assert_array_equal(gan.generator.theta, generator)
    assert (gan.discriminator.theta != discriminator).any()
    discriminator[...] = gan.discriminator.theta
    draw(gan).step()
    np.testing.assert_array_equal(gan.discriminator.theta, discriminator)
    assert (gan.generator.theta != generator).any()


def test_the_discriminators_loss_is_half_the_value_negated() -> None:
    gan = small("minimax")
    x, state = np.random.default_rng(1).normal(size=(8, 2)), gan.rng.bit_generator.state
    samples = gan.sample(8)
    value = adversarial.value(*(gan.discriminator.forward(rows).copy() for rows in (x, samples)))
    gan.rng.bit_generator.state = state
    assert Judging(gan, lambda _: x, 8).loss_and_grad() == pytest.approx(-value / 2)


def test_the_best_discriminator_is_the_log_of_the_densities_ratio() -> None:
    """Of N(1, 1) against N(0, 1) it is log p/q = x − 1/2."""
    rng = np.random.default_rng(0)
    generator, discriminator = (Sequential(Dense(1, 1, rng=rng)) for _ in range(2))
    generator.theta[...] = 1, 0  # samples = z
    gan = GAN(generator, discriminator, 1, rng)
    judging = Judging(gan, lambda count: rng.normal(1, 1, (count, 1)), 1000)
    Minimizer(judging, SGD(1.0), total=300).run()
    np.testing.assert_allclose(discriminator.theta, [1, -0.5], atol=0.1)


def test_a_critic_stays_within_its_bounds() -> None:
    gan = small("wasserstein")
    Minimizer(Judging(gan, lambda count: 100 * ones(count), 8), SGD(0.1)).step()
    assert np.abs(gan.discriminator.theta).max() <= gan.clip


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'max'; allowed: minimax, non-saturating, wasserstein, wasserstein-gp"
    ):
        small("max")  # type: ignore[arg-type]


@pytest.mark.parametrize("activation", [Tanh, LeakyReLU])
def test_the_gradient_penaltys_gradient_is_the_finite_difference(activation: type[Layer]) -> None:
    rng = np.random.default_rng(0)
    network, x = mlp([2, 5, 4, 1], rng, activation), rng.normal(size=(6, 2))
    network.pack()
    network.zero_grad()

    def penalty() -> float:
        slopes = network.backward(np.ones_like(network.forward(x, training=True)))
        return float(3 * ((np.linalg.norm(slopes, axis=1) - 1) ** 2).mean())

    value = adversarial.gradient_penalty(network, x, 3.0)
    found = network.grad.copy()
    assert value == pytest.approx(penalty())
    numeric = numeric_gradient(penalty, network.theta)
    np.testing.assert_allclose(found, numeric, rtol=1e-5, atol=1e-7)


def test_the_penalty_of_a_slope_of_one_is_zero_and_a_flat_critic_is_left_alone() -> None:
    critic = Sequential(Dense(2, 1, rng=0))
    critic.pack()
    critic.theta[...] = 0.6, -0.8, 5
    assert adversarial.gradient_penalty(critic, np.ones((3, 2))) == pytest.approx(0, abs=1e-20)
    critic.theta[...] = 1.8, 2.4, 5  # a slope of 3: 10 · 2², and 10 · 2 · 2 along (0.6, 0.8)
    critic.zero_grad()
    assert adversarial.gradient_penalty(critic, np.ones((3, 2))) == pytest.approx(40)
    np.testing.assert_allclose(critic.grad, [24, 32, 0], rtol=1e-9, atol=1e-9)
    critic.theta[...] = 0
    assert adversarial.gradient_penalty(critic, np.ones((3, 2))) == 10
    assert np.isfinite(critic.grad).all()


def test_a_penalised_critic_between_two_points_measures_their_distance() -> None:
    """W₁ is 3; weight clipping, with as many steps, finds what its clip allows."""
    found = {}
    for loss in ("wasserstein", "wasserstein-gp"):
        rng = np.random.default_rng(0)
        generator, critic = Sequential(Dense(1, 1, rng=rng)), mlp([1, 16, 1], rng, LeakyReLU)
        generator.pack()
        generator.theta[...] = 0, 3
        gan = GAN(generator, critic, 1, rng, loss)  # type: ignore[arg-type]
        judging = Judging(gan, lambda count: np.zeros((count, 1)), 32)
        Minimizer(judging, Adam(0.01, beta1=0.5, beta2=0.9), total=400).run()
        y = critic.forward(np.array([[0.0], [3.0]]))
        found[loss] = float(y[0, 0] - y[1, 0])
    assert found["wasserstein-gp"] == pytest.approx(3, abs=0.3)
    assert found["wasserstein"] < 1


@pytest.mark.parametrize("loss", ["non-saturating", "wasserstein"])
def test_on_a_line_the_samples_take_the_datas_mean_and_spread(loss: GANLoss) -> None:
    rng = np.random.default_rng(0)
    players = mlp([1, 8, 1], rng), mlp([1, 16, 1], rng)
    gan, adams = GAN(*players, 1, rng, loss), (Adam(0.01, 0.5), Adam(0.01, 0.5))
    gan.trainer(adams, lambda count: rng.normal(2, 0.5, (count, 1)), 64, total=400).run()
    samples = gan.sample(1000)
    assert samples.mean() == pytest.approx(2, abs=0.4)
    assert samples.std() == pytest.approx(0.5, abs=0.3)


def test_training_repeats_itself() -> None:
    one, two = (recipe.train("wasserstein", rounds=2) for _ in range(2))
    np.testing.assert_array_equal(one.generator.theta, two.generator.theta)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "rounds"), [("non-saturating", 1000), ("wasserstein", 500), ("wasserstein-gp", 500)]
)
def test_every_cloud_is_found(loss: GANLoss, rounds: int) -> None:
    found = recipe.shares(recipe.train(loss, rounds).sample(1000))
    assert found.sum() >= 0.6
    assert found.min() >= 0.02
    assert recipe.shares(recipe.build(loss, np.random.default_rng(0)).sample(1000)).sum() < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_hasty_generator_misses_most_clouds(seed: int) -> None:
    found = recipe.shares(recipe.train("non-saturating", 400, seed, hasty=True).sample(1000))
    assert (found > 0.02).sum() <= 3


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_first_player_to_overflow_is_named_and_nothing_moves() -> None:
    gan = small("wasserstein")
    gan.generator[2].W[...] = 1e308  # type: ignore[attr-defined]
    before = [player.theta.copy() for player in (gan.generator, gan.discriminator)]
    for training in (draw(gan), judge(gan)):
        with pytest.raises(NonFiniteError, match=r"G: forward of layer 2, Dense\(4, 2\), made NaN"):
            training.step()
    gan.discriminator[0].W[0, 0] = np.inf  # type: ignore[attr-defined]
    with pytest.raises(NonFiniteError, match=r"D: parameter 0\.W holds NaN"):
        judge(gan).step()
    gan.discriminator[0].W[...] = before[1][:8].reshape(2, 4)  # type: ignore[attr-defined]
    for player, theta in zip((gan.generator, gan.discriminator), before, strict=True):
        np.testing.assert_array_equal(player.theta, theta)
