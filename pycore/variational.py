"""What a variational autoencoder adds to a network: sampling with a gradient, and its loss.

Examples:
    >>> from pycore.variational import GaussianKL
    >>> import numpy as np
    >>> loss = GaussianKL()
    >>> loss.forward(np.array([[0.0, 0.0]]), np.zeros((1, 1)))  # mean 0, variance 1: nothing to pay
    0.0
    >>> loss.forward(np.array([[2.0, 0.0]]), np.zeros((1, 1)))
    2.0
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, DType, Seed, floats, seeded, shape_error
from pycore.layer import Layer
from pycore.losses import Loss


class Reparameterize(Layer):
    """z = μ + σ ⊙ ε, ε ~ N(0, 1), σ = e^(s/2);  dμ = dz,  ds = dz σ ε / 2.

    Shapes: x (batch, 2 k), which is μ and s = log σ² side by side → z (batch, k). Outside training
    z = μ.

    Source: Kingma and Welling, Auto-encoding variational Bayes, 2014.

    Attributes:
        eps: the ε of the last pass.
    """

    def __init__(self, *, rng: Seed) -> None:
        rng = seeded(rng)
        self.rng = rng

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one, and one to three μ with their s."""
        batch, k = rng.integers(1, 4, size=2)
        return cls(rng=rng), rng.normal(size=(batch, 2 * k)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return μ + σ ε, or μ."""
        if x.ndim != 2 or x.size == 0 or x.shape[1] % 2:
            raise shape_error(self, x, "(batch, 2 k): k means, then k log variances")
        x = floats(x)
        mean, s = np.split(x, 2, axis=1)
        self.std = np.exp(s / 2)
        noise = self.rng.normal(size=mean.shape) if training else np.zeros(mean.shape)
        self.eps: Array = noise.astype(x.dtype)
        return np.asarray(mean + self.std * self.eps)

    def backward(self, dy: Array) -> Array:
        """Return dμ = dz beside ds = dz σ ε / 2."""
        return np.concatenate([dy, dy * self.std * self.eps / 2], axis=1)


class GaussianKL(Loss):
    """L = mean over the batch of Σ (μ² + σ² − 1 − log σ²) / 2: KL from N(μ, σ²) to N(0, 1).

    Shapes: y (batch, 2 k), which is μ and log σ² side by side; t (batch, k) only has to fit → one
    number. dL/dμ = μ / batch, dL/d log σ² = (σ² − 1) / 2 batch.

    With a reconstruction loss summed over each row, it is the negative ELBO.

    Source: Kingma and Welling, 2014, appendix B.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return one to three means with their log variances."""
        batch, k = rng.integers(1, 4, size=2)
        return cls(), rng.normal(size=(batch, 2 * k)), np.zeros((batch, k))

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of Σ (μ² + σ² − 1 − log σ²) / 2."""
        if y.ndim != 2 or y.size == 0 or y.shape[1] % 2:
            raise shape_error("GaussianKL", y, "(batch, 2 k): k means, then k log variances")
        if target.shape != (len(y), y.shape[1] // 2):
            allowed = f"{(len(y), y.shape[1] // 2)}"
            raise shape_error("GaussianKL's target", target, allowed)
        self.mean, self.s = np.split(floats(y), 2, axis=1)
        total = (self.mean**2 + np.exp(self.s) - 1 - self.s).sum() / 2
        return float(total) / len(y)

    def backward(self) -> Array:
        """Return μ / batch beside (σ² − 1) / 2 batch."""
        dy = np.concatenate([self.mean, (np.exp(self.s) - 1) / 2], axis=1)
        return np.asarray(dy / len(dy))
