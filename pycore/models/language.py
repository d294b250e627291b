"""Networks that read a text and say after each word or character which may come next."""

from __future__ import annotations

import numpy as np

from pycore import initializers
from pycore.arrays import DType
from pycore.layers import Dense, Embedding, Sequential
from pycore.normalization import LayerNorm
from pycore.positions import LearnedPositions
from pycore.recurrent import GRU, Recurrent
from pycore.transformer import TransformerBlock


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
