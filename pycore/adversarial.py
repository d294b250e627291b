"""The losses of two players: a generator, and the discriminator whose logits y they all take.

The discriminator's own loss is BinaryCrossEntropy with target 1 for data and 0 for samples. What a
critic's slope costs, `gradient_penalty`, is added to its loss.

Examples:
    >>> from pycore.adversarial import value
    >>> import numpy as np
    >>> sure = np.array([[9.0]])  # the discriminator tells data, 9, from samples, −9
    >>> value(sure, -sure) > -0.001
    True
    >>> round(value(0 * sure, 0 * sure), 3)  # it cannot tell: 2 log ½
    -1.386
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.activations import sigmoid
from pycore.arrays import Array, above_zero, floats
from pycore.layer import Layer
from pycore.losses import BinaryCrossEntropy, Loss, require_signs


class Wasserstein(Loss):
    """L = −mean t y; dL/dy = −t / n.

    Shapes: scores y (batch, 1), t the same, 1 for data and −1 for samples → one number.

    The critic's loss. The generator's is the same with t = 1 for its samples.

    Source: Arjovsky et al., Wasserstein GAN, 2017.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return scores and signs."""
        loss, y, t = super().example(rng)
        return loss, y, np.where(t < 0.5, -1.0, 1.0)

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse all but −1 and 1."""
        require_signs("Wasserstein", target, ", 1 for data")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return −mean t y."""
        self.t = self.matched(y, target)
        return -float((self.t * y).sum()) / y.size

    def backward(self) -> Array:
        """Return −t / n."""
        return np.asarray(-self.t / self.t.size)


class MinimaxGenerator(Loss):
    """L = mean log(1 − σ(y)) = −mean log(1 + eʸ); dL/dy = −σ(y) / n.

    Shapes: logits y (batch, 1) of samples; t only has to fit → one number.

    Its gradient vanishes where the discriminator is sure, σ(y) ≈ 0; that of the non-saturating loss
    is largest there.

    Source: Goodfellow et al., Generative adversarial nets, 2014.
    """

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean log(1 − σ(y))."""
        self.matched(y, target)
        self.y = y
        return -float(np.logaddexp(0.0, y).sum()) / y.size

    def backward(self) -> Array:
        """Return −σ(y) / n."""
        return np.asarray(-sigmoid(self.y) / self.y.size)


class NonSaturatingGenerator(BinaryCrossEntropy):
    """L = −mean log σ(y); dL/dy = −(1 − σ(y)) / n: the samples judged as if they were data.

    Shapes: logits y (batch, 1) of samples; t only has to fit → one number.

    Source: Goodfellow et al., 2014, section 3.
    """

    def require(self, target: npt.NDArray[Any]) -> None:
        """Take any target, for it only has to fit."""

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return −mean log σ(y)."""
        self.matched(y, target)
        return super().forward(y, np.ones_like(y))


def value(data_logits: Array, sample_logits: Array) -> float:
    """V(D, G) = mean log σ(y_data) + mean log(1 − σ(y_samples)); −log 4 when D can only guess.

    Shapes: (batch, 1), (batch, 1) → one number.
    """
    data_logits, sample_logits = floats(data_logits), floats(sample_logits)
    return -float(np.logaddexp(0.0, -data_logits).mean() + np.logaddexp(0.0, sample_logits).mean())


def gradient_penalty(network: Layer, x: Array, strength: float = 10.0) -> float:
    """P = strength · mean (‖∇ₓD(x)‖ − 1)²; and dP/dθ is added to the network's gradient.

    Shapes: network (batch, n) → (batch, 1), packed into one theta; x (batch, n) → one number.

    With v = ∇ₓD / ‖∇ₓD‖ and c = 2 · strength · (‖∇ₓD‖ − 1) / batch, dP/dθ = Σ c d(v · ∇ₓD)/dθ over
    the rows. As v · ∇ₓD is how D changes along v, that is how dD/dθ changes along v, here the
    central difference of two backwards. Between the kinks of LeakyReLU only rounding makes it
    inexact. Rows must not see each other, as they do in BatchNorm.

    Source: Gulrajani et al., Improved training of Wasserstein GANs, 2017.

    Raises:
        ValueError: the strength is no finite number above 0.
    """
    above_zero("gradient_penalty", strength=strength)
    x = floats(x)
    kept = network.grad.copy()
    slopes = network.backward(np.ones_like(network.forward(x, training=True)))
    network.grad[...] = kept
    steep = np.sqrt((slopes * slopes).sum(axis=1, keepdims=True))
    along = slopes / np.maximum(steep, np.finfo(x.dtype).tiny)
    h = np.cbrt(np.finfo(x.dtype).eps)
    share = strength * (steep - 1) / (h * len(x))
    for way in (h, -h):
        network.forward(x + way * along, training=True)
        network.accumulate(np.copysign(1, way) * share)
    return float(strength * ((steep - 1) ** 2).mean())
