"""Whole networks, each a short recipe from the parts. They know no data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from pycore import initializers
from pycore.activations import ReLU, Tanh
from pycore.arrays import Array, DType
from pycore.convolution import Conv2D, Flatten, MaxPool2D
from pycore.initializers import Initializer
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Embedding, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.normalization import LayerNorm
from pycore.positions import LearnedPositions
from pycore.recurrent import GRU, Recurrent
from pycore.transformer import TransformerBlock
from pycore.variational import GaussianKL, Reparameterize


def mlp(
    sizes: Sequence[int],
    rng: np.random.Generator,
    activation: Callable[[], Layer] = Tanh,
    weights: Initializer = initializers.xavier_uniform,
    dropout: float | None = None,
    dtype: DType = np.float64,
) -> Sequential:
    """Dense, activation, (dropout,) Dense, …, Dense: a multi-layer perceptron.

    Shapes: (batch, sizes[0]) → (batch, sizes[-1]); the last layer has no activation, so that it
    gives logits.
    """
    if len(sizes) < 2:
        raise ValueError(f"mlp: sizes are {list(sizes)}; allowed: at least two")
    layers: list[Layer] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append(Dense(n_in, n_out, weights, rng=rng, dtype=dtype))
        layers.append(activation())
        if dropout is not None:
            layers.append(Dropout(dropout, rng=rng))
    del layers[-1 if dropout is None else -2 :]
    return Sequential(*layers)


def cnn(
    size: int,
    channels: Sequence[int],
    dense: Sequence[int],
    rng: np.random.Generator,
    window: int = 3,
    activation: Callable[[], Layer] = ReLU,
    dtype: DType = np.float64,
) -> Sequential:
    """Conv2D, activation, MaxPool2D, … until the picture is small; then Flatten and an `mlp`.

    Shapes: (batch, size, size, channels[0]) → (batch, dense[-1]). Convolutions keep the size, each
    pooling halves it; `cnn(28, [1, 6, 16], [120, 84, 10], rng, window=5)` is close to LeNet-5.

    Source: LeCun et al., Gradient-based learning applied to document recognition, 1998.

    Raises:
        ValueError: the size cannot be halved so often, or the window is even.
    """
    halvings = len(channels) - 1
    if halvings < 1 or size % 2**halvings or window % 2 == 0:
        raise ValueError(
            f"cnn: size {size}, channels {list(channels)}, window {window}; allowed: at least two "
            f"channels, a size that {2 ** max(halvings, 0)} divides, an odd window"
        )
    layers: list[Layer] = []
    for c_in, c_out in itertools.pairwise(channels):
        layers.append(Conv2D(c_in, c_out, window, padding=window // 2, rng=rng, dtype=dtype))
        layers += [activation(), MaxPool2D(2)]
    n_flat = channels[-1] * (size // 2**halvings) ** 2
    head = mlp([n_flat, *dense], rng, activation, initializers.he_uniform, dtype=dtype)
    return Sequential(*layers, Flatten(), *head)


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


def language_rnn(
    words: int,
    n: int,
    rng: np.random.Generator,
    kind: type[Recurrent] = GRU,
    dtype: DType = np.float64,
) -> Sequential:
    """Embedding, recurrent layer, Dense: after each word or character, logits of the next.

    Shapes: whole numbers (batch, time) → (batch, time, words). Trained with
    `seq2seq.SequenceCrossEntropy`; the labels are the same text one place further.

    Source: Mikolov et al., Recurrent neural network based language model, 2010.
    """
    return Sequential(
        Embedding(words, n, rng=rng, dtype=dtype),
        kind(n, n, rng=rng, dtype=dtype),
        Dense(n, words, rng=rng, dtype=dtype),
    )


def language_transformer(
    words: int,
    n: int,
    heads: int,
    blocks: int,
    longest: int,
    rng: np.random.Generator,
    n_hidden: int | None = None,
    dropout: float = 0.0,
    dtype: DType = np.float64,
) -> Sequential:
    """Embedding, learned positions, causal blocks, LayerNorm, Dense: after each word the next.

    Shapes: whole numbers (batch, time up to `longest`) → logits (batch, time, words). Trained as
    `language_rnn`.

    Source: Radford et al., Language models are unsupervised multitask learners, 2019.
    """
    return Sequential(
        Embedding(words, n, rng=rng, dtype=dtype),
        LearnedPositions(longest, n, initializers.normal(0.1), rng=rng, dtype=dtype),
        *(
            TransformerBlock(n, heads, n_hidden, causal=True, dropout=dropout, rng=rng, dtype=dtype)
            for _ in range(blocks)
        ),
        LayerNorm(n, dtype=dtype),
        Dense(n, words, rng=rng, dtype=dtype),
    )
