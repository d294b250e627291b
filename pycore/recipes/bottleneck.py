"""Autoencoders squeeze digits through few numbers: `python -m pycore.recipes.bottleneck`.

The mean squared error on digits never seen, and that of as many principal components, which is the
best that straight lines can do:

    code numbers     1        2        4        8       16
    autoencoder   0.0572   0.0466   0.0322   0.0204   0.0125
    components    0.0574   0.0496   0.0398   0.0280   0.0171

A VAE of four code numbers, and how its two losses trade: at β = 30 the code says nothing any more,
and every picture comes out as the mean ("posterior collapse").

    β                0.1     1     30
    reconstruction  35.0   38.4   54.3
    KL              12.4    4.6    0.0

Examples:
    >>> from pycore.recipes.bottleneck import pictures
    >>> pictures(5, rng=0).shape  # of which some few numbers are to be kept
    (5, 144)
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pycore import images, schedules
from pycore.arrays import Array, Seed
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy, MeanSquaredError
from pycore.models.autoencoders import ELBO, autoencoder, vae
from pycore.optimizers import Adam
from pycore.training import Minimizer, Trainer
from pycore.variational import gaussian_kl

SIZE, COUNT = 12, 500
CHARACTERS = images.DIGITS
HIDDEN = 64
STEPS, BATCH, RATE = 800, 100, 0.01
SMALL = 6
"""Code numbers of `small_vae`."""


def pictures(count: int, rng: Seed) -> Array:
    """Return digits, each picture one row: (count, SIZE · SIZE), 0 to 1."""
    x, _ = images.glyphs(count, 0.0, rng, CHARACTERS, SIZE)
    return x.reshape(count, -1)


def train(code: int, steps: int = STEPS, seed: int = 0) -> Sequential:
    """Return the autoencoder with so many code numbers after so many batches."""
    rng = np.random.default_rng(seed)
    x = pictures(COUNT, rng)
    network = autoencoder([SIZE * SIZE, HIDDEN, code], rng, dtype=np.float32)
    schedule = schedules.cosine(RATE, steps)
    loss, adam = MeanSquaredError(), Adam(RATE)
    return Trainer(network, loss, adam, x, x, BATCH, rng, schedule, total=steps).run().network


def train_vae(
    code: int,
    beta: float = 1.0,
    steps: int = STEPS,
    seed: int = 0,
    hidden: int = HIDDEN,
    batch: int = BATCH,
) -> tuple[Sequential, float, float]:
    """Return the VAE after so many batches, its reconstruction loss and its KL on all pictures."""
    rng = np.random.default_rng(seed)
    x = pictures(COUNT, rng).astype(np.float32)
    network = vae([SIZE * SIZE, hidden, code], rng, dtype=np.float32)
    elbo, schedule = ELBO(network, x, beta), schedules.cosine(RATE, steps)
    Minimizer(elbo, Adam(RATE), batch, rng, schedule, replace=True, total=steps).run()
    elbo.loss_and_grad()
    return network, elbo.reconstruction, elbo.kl


@cache
def small_vae(beta: float, seed: int = 0) -> Sequential:
    """Return a VAE of six code numbers after a short training: less than a second."""
    return train_vae(SMALL, beta, 250, seed, hidden=32, batch=32)[0]


def unit_prices(network: Sequential, x: Array) -> Array:
    """Return what each code number of a VAE says: its KL, a mean over pictures, (code,)."""
    mean, s = np.split(network[0].forward(x.astype(network.theta.dtype)), 2, axis=1)
    return np.asarray(gaussian_kl(mean, s).mean(axis=0))


def scatter(
    network: Sequential, picture: Array, draws: int, seed: int, baseline: bool = False
) -> tuple[Array, Array]:
    """Return what each draw of a picture's code says of the redrawing loss's slope by μ.

    Shapes: two arrays (draws, code): reparameterised, and by the score function, with `baseline`
    after the mean loss was taken off.
    """
    rng, dtype = np.random.default_rng(seed), network.theta.dtype
    mean, s = np.split(network[0].forward(picture[None].astype(dtype)), 2, axis=1)
    std = np.exp(s / 2)
    eps = rng.normal(size=(draws, mean.shape[1])).astype(dtype)
    target = np.tile(picture, (draws, 1)).astype(dtype)
    loss, decoder = BinaryCrossEntropy(), network[2]
    logits = decoder.forward(mean + std * eps)
    loss.forward(logits, target)
    by_slope = decoder.backward(loss.backward() * target.size)
    each = (np.logaddexp(0, logits) - target * logits).sum(axis=1)
    if baseline:
        each = each - each.mean()
    return np.asarray(by_slope), np.asarray(each[:, None] * eps / std)


def error(network: Sequential, count: int = 200, seed: int = 1) -> float:
    """Return the mean squared error on digits never seen."""
    x = pictures(count, np.random.default_rng(seed))
    y = network.forward(x.astype(network.theta.dtype))
    return MeanSquaredError().forward(y, x)


def principal_error(code: int, count: int = 200, seed: int = 1) -> float:
    """Return the same error of the best straight way: the first principal components.

    Source: Pearson, On lines and planes of closest fit to systems of points in space, 1901.
    """
    seen = pictures(COUNT, np.random.default_rng(0))
    x = pictures(count, np.random.default_rng(seed)) - seen.mean(axis=0)
    _, _, components = np.linalg.svd(seen - seen.mean(axis=0), full_matrices=False)
    basis = components[:code]
    return float(np.mean((x - x @ basis.T @ basis) ** 2))


if __name__ == "__main__":
    for code in (1, 2, 4, 8, 16):
        print(f"{code} numbers: {error(train(code)):.4f}, straight {principal_error(code):.4f}")
    for beta in (0.1, 1.0, 30.0):
        _, reconstruction, kl = train_vae(4, beta)
        print(f"VAE, beta {beta}: reconstruction {reconstruction:.1f}, KL {kl:.2f}")
