"""A GAN draws eight clouds on a circle: `python -m pycore.recipes.gan`.

Of 1000 samples, the share within three standard deviations of a cloud's middle, and the share of
the cloud that gets fewest (one eighth is 0.125):

    loss             near a cloud   the rarest
    minimax                  0.79        0.053
    non-saturating           0.92        0.105
    wasserstein              0.82        0.074
    wasserstein-gp           0.90        0.095

With `hasty` the generator runs after whatever cloud the discriminator happens to believe in: it
never draws more than a cloud or two at a time, and leaves them again ("mode collapse").

Examples:
    >>> from pycore.recipes.gan import points, shares
    >>> shares(points(800, rng=0)).round(2)
    array([0.12, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12])
"""

from __future__ import annotations

import numpy as np

from pycore import data
from pycore.activations import LeakyReLU, ReLU
from pycore.arrays import Array, Seed, seeded
from pycore.initializers import he_uniform
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.models import mlp
from pycore.models.gan import GAN, LOSSES, GANLoss, Judging
from pycore.optimizers import Adam, Optimizer, RMSProp
from pycore.training import Minimizer

CLOUDS, STD = 8, 0.1
HIDDEN = (32, 32)
N_Z = 2
ROUNDS, BATCH = 1500, 128
CRITIC_STEPS = 5
"""Steps of a Wasserstein critic in each round; any other discriminator makes one."""
CRITICS = ("wasserstein", "wasserstein-gp")
PENALTY = 0.1
"""A hundredth of what pictures are made with: with more, five steps of so small a critic are too
few to follow a generator that moves."""
APART, WIDTH, STEPS = 2.0, 16, 200
"""For `critic`: the way from one cloud to the other, a hidden layer's neurons, and its steps."""


def build(loss: GANLoss, rng: Seed) -> GAN:
    """Return two untrained players."""
    rng = seeded(rng)
    generator = mlp([N_Z, *HIDDEN, 2], rng, ReLU, he_uniform, dtype=np.float32)
    discriminator = mlp([2, *HIDDEN, 1], rng, LeakyReLU, he_uniform, dtype=np.float32)
    return GAN(generator, discriminator, N_Z, rng, loss, penalty=PENALTY)


def optimizers(loss: GANLoss, hasty: bool = False) -> tuple[Optimizer, Optimizer]:
    """Return the generator's and the discriminator's, for both critics of their papers' kinds.

    With `hasty`, both remember more of past gradients and the generator steps five times as far.
    """
    if loss == "wasserstein":
        return RMSProp(0.001), RMSProp(0.001)
    if loss == "wasserstein-gp":
        return Adam(0.001, beta1=0.0, beta2=0.9), Adam(0.001, beta1=0.0, beta2=0.9)
    if hasty:
        return Adam(0.01, beta1=0.9), Adam(0.002, beta1=0.9)
    return Adam(0.002, beta1=0.5), Adam(0.002, beta1=0.5)


def points(count: int, rng: Seed) -> Array:
    """Return rows of the data: (count, 2)."""
    return data.blobs(count, STD, rng, CLOUDS)[0].astype(np.float32)


def train(loss: GANLoss, rounds: int = ROUNDS, seed: int = 0, hasty: bool = False) -> GAN:
    """Return the players after so many rounds."""
    rng = np.random.default_rng(seed)
    gan = build(loss, rng)
    gan.trainer(
        optimizers(loss, hasty),
        lambda count: points(count, rng),
        BATCH,
        CRITIC_STEPS if loss in CRITICS else 1,
        total=rounds,
    ).run()
    return gan


def critic(loss: GANLoss, seed: int = 0, clip: float = 0.1) -> Sequential:
    """Return a critic of two clouds on a line that stay where they are: data at 0, fakes at APART.

    Its penalty has the strength of the paper, 10.
    """
    rng = np.random.default_rng(seed)
    generator = Sequential(Dense(1, 1, rng=rng))
    network = mlp([1, WIDTH, WIDTH, 1], rng, LeakyReLU, he_uniform)
    judging = Judging(
        GAN(generator, network, 1, rng, loss, clip), lambda n: STD * rng.normal(size=(n, 1)), 32
    )
    generator.pack()
    generator.theta[...] = STD, APART
    Minimizer(judging, Adam(0.02, beta1=0.0, beta2=0.9), total=STEPS).run()
    return network


def slope(network: Layer) -> float:
    """Return how far a critic falls from the data to the fakes, for each unit of the way."""
    at_data, at_fakes = network.forward(np.array([[0.0], [APART]]))[:, 0]
    return float(at_data - at_fakes) / APART


def shares(samples: Array) -> Array:
    """Return the share of the samples within 3 STD of each cloud's middle.

    Shapes: (count, 2) → (CLOUDS,).
    """
    angle = 2 * np.pi * np.arange(CLOUDS) / CLOUDS
    middles = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    distance = np.linalg.norm(samples[:, None] - middles, axis=2)
    return np.asarray((distance < 3 * STD).mean(axis=0))


if __name__ == "__main__":
    for loss in LOSSES:
        found = shares(train(loss).sample(1000))
        print(f"{loss}: {found.sum():.2f} near a cloud, the rarest cloud {found.min():.3f}")
    for rounds in range(200, ROUNDS, 200):
        found = shares(train("non-saturating", rounds, hasty=True).sample(1000))
        print(f"hasty, {rounds} rounds: {np.round(found, 2)}")
