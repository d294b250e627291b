"""What a variational autoencoder adds to a network: sampling with a gradient, and its price.

It knows no encoder and no decoder.

Examples:
    >>> from pycore.variational import GaussianKL
    >>> import numpy as np
    >>> loss = GaussianKL()
    >>> loss.forward(np.array([[0.0, 0.0]]), np.zeros((1, 1)))  # mean 0, variance 1: nothing to pay
    0.0
    >>> loss.forward(np.array([[2.0, 0.0]]), np.zeros((1, 1)))
    2.0

    The slope of the mean of z², where z has mean 3 and spread 2, from two draws, by μ and by σ:

    >>> from pycore.variational import pathwise, score_function
    >>> eps = np.array([-0.5, 1.0])
    >>> z = 3 + 2 * eps
    >>> pathwise(2 * z, eps).mean(axis=1)
    array([7., 4.])
    >>> score_function(z**2, eps, 2.0).mean(axis=1)
    array([ 5.75, -0.75])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.activations import softmax, softmax_backward
from pycore.arrays import (
    Array,
    DType,
    Seed,
    ShapeError,
    above_zero,
    floats,
    refuse_empty,
    seeded,
    shape_error,
    within,
)
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


class GumbelSoftmax(Layer):
    """y = softmax((x + g) / τ), g = −log(−log u), u ~ U(0, 1): a soft draw of one class.

    The largest of x + g is class i with the probability softmax(x)ᵢ, and for τ → 0 y is 1 there and
    0 elsewhere.

    Shapes: x (…, classes) → the same; the sums run along the last dimension. Outside training
    g = 0. dx = y (dy − Σ y dy) / τ.

    Source: Jang, Gu and Poole, Categorical reparameterization with Gumbel-softmax, 2017; Maddison,
    Mnih and Teh, The Concrete distribution, 2017.

    Attributes:
        y: the last output.
    """

    def __init__(self, temperature: float = 1.0, *, rng: Seed) -> None:
        above_zero("GumbelSoftmax", temperature=temperature)
        self.temperature = temperature
        self.rng = seeded(rng)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one, and a batch of logits."""
        x = rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)
        return cls(float(rng.uniform(0.5, 2)), rng=rng), x

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y."""
        refuse_empty(self, x)
        x = floats(x)
        noise = self.rng.gumbel(size=x.shape) if training else np.zeros(x.shape)
        self.y = softmax((x + noise.astype(x.dtype)) / self.temperature)
        return self.y

    def backward(self, dy: Array) -> Array:
        """Return y (dy − Σ y dy) / τ."""
        return np.asarray(softmax_backward(self.y, dy) / self.temperature)


def gaussian_kl(mean: npt.ArrayLike, s: npt.ArrayLike) -> Array:
    """KL(N(μ, σ²) ‖ N(0, 1)) = (μ² + σ² − 1 − log σ²) / 2 of each number, s = log σ².

    Shapes: any, any that fits → the same.

    Source: Kingma and Welling, 2014, appendix B.
    """
    mean, s = floats(mean), floats(s)
    return np.asarray((mean**2 + np.exp(s) - 1 - s) / 2)


def pathwise(slopes: npt.ArrayLike, eps: npt.ArrayLike) -> Array:
    """∂f/∂μ = f′(z) and ∂f/∂σ = f′(z) ε of each draw z = μ + σ ε: the reparameterised estimates.

    Their means estimate the slopes of E f(z) where f is smooth but for a few kinks, without jumps.

    Shapes: f′ (n,), ε (n,) → (2, n).

    Source: Kingma and Welling, 2014; Rezende, Mohamed and Wierstra, 2014.

    Raises:
        ShapeError: they are not two rows of equal length.
    """
    slopes, eps = _rows("pathwise", slopes, eps)
    return np.stack([slopes, slopes * eps])


def score_function(
    values: npt.ArrayLike, eps: npt.ArrayLike, std: float, baseline: float = 0.0
) -> Array:
    """(f(z) − b) ε / σ and (f(z) − b) (ε² − 1) / σ: f times the slopes of log q(z) by μ and σ.

    Their means estimate the slopes of E f(z), z = μ + σ ε, for any f and any b that does not depend
    on the draw.

    Shapes: f (n,), ε (n,) → (2, n).

    Source: Williams, Simple statistical gradient-following algorithms (REINFORCE), 1992.

    Raises:
        ShapeError: they are not two rows of equal length.
        ValueError: the spread is no finite number above 0.
    """
    above_zero("score_function", std=std)
    within("score_function", -math.inf, baseline=baseline)
    values, eps = _rows("score_function", values, eps)
    return np.asarray((values - baseline) * np.stack([eps, eps**2 - 1]) / std)


def _rows(who: str, first: npt.ArrayLike, eps: npt.ArrayLike) -> tuple[Array, Array]:
    first, eps = floats(first), floats(eps)
    if first.ndim != 1 or first.shape != eps.shape or not first.size:
        raise ShapeError(
            f"{who}: got shapes {first.shape} and {eps.shape}; allowed: (n,) for both, n from 1"
        )
    return first, eps


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
        return float(gaussian_kl(self.mean, self.s).sum()) / len(y)

    def backward(self) -> Array:
        """Return μ / batch beside (σ² − 1) / 2 batch."""
        dy = np.concatenate([self.mean, (np.exp(self.s) - 1) / 2], axis=1)
        return np.asarray(dy / len(dy))
