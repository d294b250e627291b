"""Networks that squeeze their input through a few numbers and draw it again from these."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pycore.activations import Tanh
from pycore.arrays import Array, DType
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.variational import GaussianKL, Reparameterize


def autoencoder(
    sizes: Sequence[int],
    rng: np.random.Generator,
    activation: Callable[[], Layer] = Tanh,
    dtype: DType = np.float64,
) -> Sequential:
    """An encoder, `mlp(sizes)`, and its mirror image as decoder; between them lies the code.

    Shapes: (batch, sizes[0]) → the same; network[0] is the encoder, to (batch, sizes[-1]), and
    network[1] the decoder.

    Source: Hinton and Salakhutdinov, Reducing the dimensionality of data with neural networks,
    2006.
    """
    encoder = mlp(sizes, rng, activation, dtype=dtype)
    return Sequential(encoder, mlp(sizes[::-1], rng, activation, dtype=dtype))


def vae(
    sizes: Sequence[int],
    rng: np.random.Generator,
    activation: Callable[[], Layer] = Tanh,
    dtype: DType = np.float64,
) -> Sequential:
    """An encoder to μ and log σ² of each code number, a sample z = μ + σ ε, and a decoder.

    Shapes: (batch, sizes[0]) → logits, the same; network[0] is the encoder, to (batch,
    2 sizes[-1]), and network[2] the decoder, from (batch, sizes[-1]). `vae_pass` trains it.

    Source: Kingma and Welling, Auto-encoding variational Bayes, 2014.
    """
    encoder = mlp([*sizes[:-1], 2 * sizes[-1]], rng, activation, dtype=dtype)
    decoder = mlp(sizes[::-1], rng, activation, dtype=dtype)
    return Sequential(encoder, Reparameterize(rng=rng), decoder)


def vae_pass(network: Sequential, x: Array, beta: float = 1.0) -> tuple[float, float]:
    """L = reconstruction + β KL, the negative ELBO at β = 1; its gradients are added into `grad`.

    Shapes: x (batch, n), 0 to 1 → the two parts, each summed over a row, mean over the batch.

    Source: Kingma and Welling, 2014; β, Higgins et al., beta-VAE, 2017.
    """
    encoder, sample, decoder = network
    reconstruction, divergence = BinaryCrossEntropy(), GaussianKL()
    code = encoder.forward(x, training=True)
    z = sample.forward(code, training=True)
    error = reconstruction.forward(decoder.forward(z, training=True), x) * x.shape[1]
    kl = divergence.forward(code, z)
    dz = decoder.backward(reconstruction.backward() * x.shape[1])
    encoder.accumulate(sample.backward(dz) + beta * divergence.backward())
    return error, kl
