"""A diffusion of an autoencoder's codes draws digits: `python -m pycore.recipes.latent`.

The mean distance from 120 pictures to the nearest digit that was learnt from:

    codes of one bell      2.39
    of a slanted bell      2.10
    codes of a diffusion   1.87
    new digits, redrawn    1.84

Examples:
    >>> from pycore.recipes.latent import nearest
    >>> from pycore.recipes.bottleneck import pictures
    >>> nearest(pictures(3, rng=0), pictures(3, rng=0))
    0.0
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pycore import schedules
from pycore.arrays import Array
from pycore.layers import Sequential
from pycore.models.diffusion import Denoising, Diffusion, linear
from pycore.optimizers import Adam
from pycore.recipes.bottleneck import COUNT, SIZE, pictures
from pycore.recipes.bottleneck import train as train_autoencoder
from pycore.training import Minimizer

CODE, DOTS = 6, SIZE * SIZE
HIDDEN, TIMES = (64, 64), 40
SQUEEZED, STEPS, BATCH, RATE = 400, 1000, 100, 0.01
"""Batches of the autoencoder, batches of the diffusion, their size, and its learning rate."""
MADE = 120


def train(steps: int = STEPS, seed: int = 0) -> tuple[Diffusion, Sequential, Array, Array]:
    """Return the diffusion of codes, the autoencoder, and mean and spread of its codes (CODE,)."""
    autoencoder = train_autoencoder(CODE, min(steps, SQUEEZED), seed)
    seen = pictures(COUNT, np.random.default_rng(seed))
    codes = autoencoder[0].forward(seen.astype(np.float32)).astype(float)
    middle, spread = codes.mean(axis=0), codes.std(axis=0)
    rng = np.random.default_rng(seed)
    model = Diffusion(CODE, HIDDEN, linear(TIMES, 1e-4, 0.008), rng)
    objective = Denoising(model, (codes - middle) / spread)
    schedule = schedules.cosine(RATE, steps)
    Minimizer(objective, Adam(RATE), BATCH, rng, schedule, replace=True, total=steps).run()
    return model, autoencoder, middle, spread


@cache
def drawn() -> tuple[Array, Array, Array, Array]:
    """Return pictures decoded from codes of two bells and of the diffusion, and new ones redrawn.

    The first bell has the codes' mean and spread, number by number; the second is slanted, with all
    their covariances.

    Shapes: (MADE, DOTS) each.
    """
    model, autoencoder, middle, spread = train()
    *_, diffused = model.sample(MADE, eta=0.0)
    bell = model.rng.normal(size=(MADE, CODE))
    seen = pictures(COUNT, np.random.default_rng(0)).astype(np.float32)
    slant = np.linalg.cholesky(np.cov(autoencoder[0].forward(seen), rowvar=False))
    one, two, three = (
        autoencoder[1].forward((middle + away).astype(np.float32))
        for away in (spread * bell, bell @ slant.T, spread * diffused)
    )
    new = pictures(MADE, np.random.default_rng(1)).astype(np.float32)
    return one, two, three, autoencoder.forward(new)


def nearest(x: Array, seen: Array) -> float:
    """Return the mean distance from the pictures to the nearest one seen.

    Shapes: (pictures, DOTS), (others, DOTS) → one number.
    """
    return float(np.linalg.norm(x[:, None] - seen, axis=2).min(axis=1).mean())


@cache
def distances() -> tuple[float, float, float, float]:
    """Return how far each kind of `drawn` is from the digits that were learnt from."""
    seen = pictures(COUNT, np.random.default_rng(0))
    one, two, three, new = drawn()
    return nearest(one, seen), nearest(two, seen), nearest(three, seen), nearest(new, seen)


if __name__ == "__main__":
    names = (
        "codes of one bell",
        "of a slanted bell",
        "codes of a diffusion",
        "new digits, redrawn",
    )
    for name, distance in zip(names, distances(), strict=True):
        print(f"{name}: {distance:.2f}")
