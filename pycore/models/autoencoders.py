"""Networks that squeeze their input through a few numbers and draw it again from these.

Examples:
    >>> from pycore.models.autoencoders import autoencoder
    >>> import numpy as np
    >>> network = autoencoder([16, 8, 2], rng=0)
    >>> network.forward(np.ones((5, 16))).shape
    (5, 16)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pycore.activations import ActivationLike, Tanh
from pycore.arrays import Array, DType, Integers, Seed, seeded, told, within
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.objectives import Unsupervised
from pycore.variational import GaussianKL, Reparameterize


def autoencoder(
    sizes: Sequence[int],
    rng: Seed,
    activation: ActivationLike = Tanh,
    dtype: DType = np.float64,
) -> Sequential:
    """An encoder, `mlp(sizes)`, and its mirror image as decoder; between them lies the code.

    Shapes: (batch, sizes[0]) → the same; network[0] is the encoder, to (batch, sizes[-1]), and
    network[1] the decoder.

    Source: Hinton and Salakhutdinov, Reducing the dimensionality of data with neural networks,
    2006.
    """
    rng = seeded(rng)
    encoder = mlp(sizes, rng, activation, dtype=dtype)
    return Sequential(encoder, mlp(sizes[::-1], rng, activation, dtype=dtype))


def vae(
    sizes: Sequence[int],
    rng: Seed,
    activation: ActivationLike = Tanh,
    dtype: DType = np.float64,
) -> Sequential:
    """An encoder to μ and log σ² of each code number, a sample z = μ + σ ε, and a decoder.

    Shapes: (batch, sizes[0]) → logits, the same; network[0] is the encoder, to (batch,
    2 sizes[-1]), and network[2] the decoder, from (batch, sizes[-1]). `ELBO` is what it learns.

    Source: Kingma and Welling, Auto-encoding variational Bayes, 2014.
    """
    rng = seeded(rng)
    encoder = mlp([*sizes[:-1], 2 * sizes[-1]], rng, activation, dtype=dtype)
    decoder = mlp(sizes[::-1], rng, activation, dtype=dtype)
    return Sequential(encoder, Reparameterize(rng=rng), decoder)


class ELBO(Unsupervised):
    """L = reconstruction + β KL, the negative evidence lower bound at β = 1.

    Shapes: x (n, width), 0 to 1, or a function that draws such rows; the network is a `vae`.

    Source: Kingma and Welling, 2014; β, Higgins et al., beta-VAE, 2017.

    Attributes:
        reconstruction, kl: the two parts of the last loss, each summed over a row, mean over rows.
    """

    network: Sequential

    def __init__(
        self, network: Sequential, x: npt.ArrayLike | Callable[[], Array], beta: float = 1.0
    ) -> None:
        super().__init__(network, x)
        within("ELBO", beta=beta)
        if not callable(self.x):
            _require_grey(self.x)
        self.beta = beta
        self.reconstruction = self.kl = math.nan

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L, with a sample of the code for each row, and leave its gradient in `grad`."""
        x = self.examples(rows)
        if callable(self.x):
            _require_grey(x)
        encoder, sample, decoder = self.network
        error, divergence = BinaryCrossEntropy().trusting(), GaussianKL()
        self.network.zero_grad()
        code = encoder.forward(x, training=True)
        z = sample.forward(code, training=True)
        self.reconstruction = error.forward(decoder.forward(z, training=True), x) * x.shape[1]
        self.kl = divergence.forward(code, z)
        dz = decoder.backward(error.backward() * x.shape[1])
        encoder.accumulate(sample.backward(dz) + self.beta * divergence.backward())
        return self.reconstruction + self.beta * self.kl


def _require_grey(x: Array) -> None:
    """Refuse data that are no brightness, which the decoder's logits could not give."""
    if not ((x >= 0) & (x <= 1)).all():
        raise ValueError(
            f"ELBO: x runs from {told(x.min())} to {told(x.max())}; "
            "allowed: 0 to 1, as in x / x.max()"
        )
