"""The two players: each moves only itself, and together they find the data."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import adversarial
from pycore.arrays import Array
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
    with pytest.raises(ValueError, match="'max'; allowed: minimax, non-saturating, wasserstein"):
        small("max")  # type: ignore[arg-type]


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
@pytest.mark.parametrize(("loss", "rounds"), [("non-saturating", 1000), ("wasserstein", 500)])
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
