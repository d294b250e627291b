"""Networks that read a text and say after each word or character which may come next, and write.

Examples:
    >>> from pycore.models.language import generate, language_rnn
    >>> import numpy as np
    >>> network = language_rnn(10, 8, rng=0)
    >>> network.forward(np.array([[1, 2, 3]])).shape  # what may follow each of three
    (1, 3, 10)
    >>> generate(network, [[1, 2, 3]], 4, rng=0).shape
    (1, 7)
    >>> from functools import partial
    >>> from pycore.decoding import top_k
    >>> generate(network, [[1, 2, 3]], 4, rng=0, keep=partial(top_k, k=3)).shape
    (1, 7)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.activations import softmax
from pycore.arrays import (
    Array,
    DType,
    Seed,
    above_zero,
    counted,
    numbers,
    positive,
    seeded,
    shape_error,
)
from pycore.attention import Attention, MultiHeadAttention
from pycore.layer import Layer
from pycore.layers import Dense, Embedding, Sequential
from pycore.normalization import LayerNorm
from pycore.positions import LearnedPositions, SinusoidalPositions
from pycore.recurrent import GRU, Recurrent
from pycore.transformer import TransformerBlock


def language_rnn(
    words: int,
    n: int,
    rng: Seed,
    kind: type[Recurrent] = GRU,
    dtype: DType = np.float64,
) -> Sequential:
    """Embedding, recurrent layer, Dense: after each word or character, logits of the next.

    Shapes: whole numbers (batch, time) → (batch, time, words). Trained with
    `seq2seq.SequenceCrossEntropy`; the labels are the same text one place further.

    Source: Mikolov et al., Recurrent neural network based language model, 2010.
    """
    rng = seeded(rng)
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
    rng: Seed,
    n_hidden: int | None = None,
    dropout: float = 0.0,
    dtype: DType = np.float64,
) -> Sequential:
    """Embedding, learned positions, causal blocks, LayerNorm, Dense: after each word the next.

    Shapes: whole numbers (batch, time up to `longest`) → logits (batch, time, words). Trained as
    `language_rnn`.

    Source: Radford et al., Language models are unsupervised multitask learners, 2019.
    """
    rng = seeded(rng)
    positive("language_transformer", blocks=blocks)
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


def carry_on(network: Layer) -> None:
    """Let the next pass stand behind the last one, so that only what is new has to be read.

    Attention keeps the keys and values that it has seen (a generator's cache), positions go on
    counting, recurrent layers start from their end.

    Raises:
        ValueError: an attention is not causal: what it said before, it would now say otherwise.
    """
    for layer in network.walk():
        match layer:
            case MultiHeadAttention(causal=True):
                layer.past = layer.K, layer.V
            case Attention():
                raise ValueError(f"carry_on: {layer} is not causal; allowed: causal attention")
            case LearnedPositions() | SinusoidalPositions():
                layer.start = layer.end
            case Recurrent():
                layer.start = layer.end


def begin(network: Layer) -> None:
    """Let the next pass be the beginning of a sequence again."""
    for layer in network.walk():
        match layer:
            case MultiHeadAttention():
                layer.past = None
            case LearnedPositions() | SinusoidalPositions():
                layer.start = 0
            case Recurrent():
                layer.start = None


def multiplications(network: Layer) -> int:
    """Return how often the last pass of a Transformer multiplied two numbers in its products.

    A Dense layer does rows · n_in · n_out of them; attention multiplies each query with each key,
    later ones too, which it hides only then, and each weight with each value. Norms, activations
    and what is looked up in a table are left out.

    Raises:
        ValueError: a layer has a matrix of weights and is none of these.
    """
    count = 0
    for layer in network.walk():
        match layer:
            case Dense():
                count += len(layer.x) * layer.W.size
            case MultiHeadAttention():
                count += 2 * layer.A.size * layer.Q.shape[-1]
            case Embedding() | LearnedPositions():
                pass
            case _ if any(getattr(layer, name).ndim > 1 for name in layer.PARAMETERS):
                raise ValueError(
                    f"multiplications: {layer}; allowed: Dense, MultiHeadAttention, Embedding, "
                    "LearnedPositions, and layers without matrices"
                )
    return count


def generate(
    network: Layer,
    items: npt.NDArray[Any],
    count: int,
    rng: Seed | None = None,
    temperature: float = 1.0,
    keep: Callable[[Array], Array] | None = None,
    cache: bool = True,
) -> npt.NDArray[Any]:
    """Write on: read the items, say the next, read that one alone, and so on.

    Shapes: whole numbers (batch, time) → (batch, time + count).

    Without `rng` the most probable item is said; with it, one drawn from softmax(y / temperature),
    or from what `keep` makes of that: `decoding.top_k` or `top_p`, say. Without `cache` all is read
    anew for each item: the same is said, slowly.

    Raises:
        ShapeError: there is nothing to begin with.
        ValueError: as `carry_on`; count is below 0, or the temperature is not above 0.
    """
    counted("generate", count=count)
    above_zero("generate", temperature=temperature)
    items, rng = numbers("generate: items", items), None if rng is None else seeded(rng)
    if items.ndim != 2 or items.size == 0:
        raise shape_error("generate", items, "(batch, time), both at least 1")
    begin(network)
    try:
        new = items
        for _ in range(count):
            y = network.forward(new if cache else items)[:, -1]
            if cache:
                carry_on(network)
            if rng is None:
                said = y.argmax(axis=1)
            else:
                p = softmax(y.astype(np.float64) / temperature)
                p = p if keep is None else keep(p)
                said = np.array([rng.choice(len(row), p=row) for row in p])
            new = said[:, None]
            items = np.concatenate([items, new], axis=1)
    finally:
        begin(network)
    return items
