"""What the article on variational autoencoders computes behind the scenes, cell by heading."""

import numpy as np

from pycore import activations, distances, optimizers, training, variational
from pycore.models import autoencoders
from pycore.recipes import bottleneck
from pycore.recipes.bottleneck import pictures, small_vae, unit_prices

PICTURE = 3
"""Which of the new digits is looked for."""
TRIES = 10_000

ALIVE = {
    0.3: "66656666566666666666666666666666666666666666666666",
    1.0: "54554646455536555645654544656565656644655525456566",
    3.0: "23222223222222212112312233222222221231422121222223",
    8.0: "00000000000000000000000000000000000000000000000000",
}
"""Of 50 small VAEs at each price how many of six numbers say more than 0.1 nats; a test makes some
of them anew."""


def counts(beta):
    """How many numbers speak, in each of the fifty."""
    return np.array([int(mark) for mark in ALIVE[beta]])


def alive(beta, seed):
    """How many numbers of a small VAE's code say more than 0.1 nats."""
    return int((unit_prices(small_vae(beta, seed), pictures(bottleneck.COUNT, 0)) > 0.1).sum())


def costs(network, picture, codes):
    """What redrawing a picture from each of some codes costs."""
    logits = network[2].forward(codes.astype(np.float32))
    return (np.logaddexp(0, logits) - picture * logits).sum(axis=1)


def grey(rows):
    """The share of dots that are neither ink nor paper."""
    return float(((rows > 0.2) & (rows < 0.8)).mean())


# %% which-code
chance = np.random.default_rng(0)
network, digit = small_vae(1.0), pictures(100, 1)[PICTURE]
mean, s = np.split(network[0].forward(digit[None].astype(np.float32)), 2, axis=1)
right = costs(network, digit, mean + np.exp(s / 2) * chance.normal(size=(TRIES, 6)))
thrown = costs(network, digit, chance.normal(size=(TRIES, 6)))
hits = int((thrown <= np.median(right)).sum())
away = float(variational.gaussian_kl(mean, s).sum())

# %% two-bounds
prior = np.array([0.5, 0.3, 0.2])
likely = np.array([0.02, 0.3, 0.1])
q = np.array([0.4, 0.3, 0.3])

# %% gaussian-price
μ, σ = 1.5, 0.5
places, weights = np.polynomial.hermite_e.hermegauss(8)
ε, share = places, weights / weights.sum()

# %% two-slopes
RATIOS = {2: ("1800 to 3000", "2.9 to 4.7"), 6: ("1300 to 2500", "5.4 to 6.5")}
one, two = (side.ravel() for side in np.meshgrid(ε, ε))
both = np.outer(share, share).ravel()

# %% soft-draws
logits = np.log(np.array([0.5, 0.3, 0.2]))
rows = np.tile(logits, (5000, 1))


def soft_slope(temperature):
    """The slope of the first share by its logit: the mean, and the spread of a single draw."""
    layer = variational.GumbelSoftmax(temperature, rng=0)
    layer.forward(rows, training=True)
    told = layer.backward(np.tile([1.0, 0.0, 0.0], (len(rows), 1)))[:, 0]
    return float(told.mean()), float(told.std())


# %% silent-numbers
λ, noise, w = 2.0, 0.1, 1.2
directions = np.linalg.eigvalsh(np.cov(pictures(bottleneck.COUNT, 0).T))[::-1]

# %% vae-cannot
seen = pictures(400, 0)
thrown_pictures = activations.sigmoid(
    small_vae(0.3)[2].forward(np.float32(np.random.default_rng(0).normal(size=(400, 6))))
)
