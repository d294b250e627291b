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

RATIOS = {
    2: (
        """
        3109 2774 2037 1339 2429 2078 3832 1988 4328 2185 4182 1301 1992 3411 1030 1315 3135
        1440 3009 3607 2210 2150 2144 2657 4752 3189 1786 1037 1633 2831 2185 2520 1922 1588
        2643 3172 1816 1806 4637 2487 2765 2024 2242 1854 2207 3707 2983 691 766 2417
        """,
        """
        2.9 4.8 3.0 4.9 3.4 3.8 2.9 2.8 2.8 4.5 2.4 5.3 6.7 5.5 4.0 3.8 3.7 4.6 4.2 2.7 2.4 4.0
        2.7 3.6 2.4 5.4 8.5 3.3 4.3 3.9 8.3 5.9 2.9 3.6 5.8 2.7 2.7 4.7 3.7 4.9 4.2 2.6 4.0 2.8
        3.4 4.9 4.0 7.1 3.6 2.9
        """,
    ),
    6: (
        """
        4689 3319 2015 1408 2119 2388 2026 2138 1882 875 3281 1081 4271 3185 1956 1036 1835 1347
        3074 3307 2414 1424 1796 601 1368 1212 714 1152 1718 1342 999 2826 3269 1497 1292 2163
        1864 2527 2547 1373 2452 2305 2644 1404 2429 3910 2439 583 774 1324
        """,
        """
        5.3 3.1 5.7 6.2 8.2 5.7 6.2 6.4 4.4 5.4 4.2 5.9 7.6 6.3 6.4 6.2 5.6 7.6 4.8 5.5 4.9 7.5
        6.1 6.4 6.5 6.4 5.2 7.8 6.3 8.8 6.4 8.9 9.4 4.6 5.8 5.2 4.6 9.4 6.5 6.3 6.8 6.2 4.4 5.9
        5.5 6.3 5.7 8.8 8.0 3.4
        """,
    ),
}
"""By numbers in the code, of 50 small VAEs: the variance by height in units of that by slope, first
plain, then with the mean height taken off; a test makes some of them anew."""


def middle_half(ratios):
    """From where to where the middle half of them lies, to two digits."""
    told = np.array(ratios.split(), float)
    low, high = np.quantile(told, [0.25, 0.75], method="nearest")
    return f"{float(f'{low:.2g}'):g} to {float(f'{high:.2g}'):g}"


def counts(beta):
    """How many numbers speak, in each of the fifty."""
    return np.array([int(mark) for mark in ALIVE[beta]])


def alive(beta, seed):
    """How many numbers of a small VAE's code say more than 0.1 nats."""
    return int((unit_prices(small_vae(beta, seed), pictures(bottleneck.COUNT, 0)) > 0.1).sum())


def costs(network, x, codes):
    """What redrawing each picture from each of some codes costs: (pictures, codes)."""
    logits = network[2].forward(codes.astype(np.float32))
    return np.logaddexp(0, logits).sum(axis=1) - x @ logits.T


def grey(rows):
    """The share of dots that are neither ink nor paper."""
    return float(((rows > 0.2) & (rows < 0.8)).mean())


# %% which-code
chance = np.random.default_rng(0)
network, digits = small_vae(1.0), pictures(100, 1).astype(np.float32)
thrown = costs(network, digits, chance.normal(size=(TRIES, 6)))
chances = np.exp(thrown.min(axis=1, keepdims=True) - thrown).astype(float)
"""What each random code adds to each digit's chance, the best one's as 1."""
shares = np.cumsum(np.sort(chances)[:, ::-1], axis=1) / chances.sum(axis=1, keepdims=True)
needed = (shares < 0.9).sum(axis=1) + 1
took = np.quantile(needed, [0.25, 0.75])
log_p = np.log(chances.mean(axis=1)) - thrown.min(axis=1)

mean, s = np.split(network[0].forward(digits), 2, axis=1)
away = variational.gaussian_kl(mean, s).sum(axis=1)
redrawn = np.mean(
    [
        np.diag(costs(network, digits, mean + np.exp(s / 2) * chance.normal(size=mean.shape)))
        for _ in range(100)
    ],
    axis=0,
)
gap = log_p + redrawn + away
gaps = np.quantile(gap, [0.25, 0.75])

# %% two-bounds
prior = np.array([0.5, 0.3, 0.2])
likely = np.array([0.02, 0.3, 0.1])
q = np.array([0.4, 0.3, 0.3])
chance_of_x = prior @ likely

# %% gaussian-price
μ, σ = 1.5, 0.5
places, weights = np.polynomial.hermite_e.hermegauss(8)
ε, share = places, weights / weights.sum()

# %% two-slopes
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
silent = directions[:6] / 0.1
"""The β at which each of a straight VAE's six numbers falls silent."""

# %% vae-cannot
seen = pictures(400, 0)
thrown_pictures = activations.sigmoid(
    small_vae(0.3)[2].forward(np.float32(np.random.default_rng(0).normal(size=(400, 6))))
)
greys = [100 * grey(dots) for dots in (seen, thrown_pictures)]
