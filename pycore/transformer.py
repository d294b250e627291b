"""The Transformer's block, composed of attention, normalisation, residuals and a small network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pycore import initializers
from pycore.activations import GELU
from pycore.arrays import Array, DType
from pycore.attention import MultiHeadAttention
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Residual, Sequential
from pycore.normalization import LayerNorm
from pycore.positions import ScoreBias


class TransformerBlock(Sequential):
    """Pre-norm: x ← x + attention(norm x), x ← x + mlp(norm x); post-norm: x ← norm(x + …).

    Shapes: x (batch, time, n) → the same.

    Source: Vaswani et al., Attention is all you need, 2017 (post); Xiong et al., On layer
    normalization in the Transformer architecture, 2020 (pre).

    Attributes:
        attention: the block's MultiHeadAttention.
    """

    def __init__(
        self,
        n: int,
        heads: int,
        n_hidden: int | None = None,
        causal: bool = False,
        pre_norm: bool = True,
        activation: Callable[[], Layer] = GELU,
        dropout: float = 0.0,
        rotary: bool = False,
        bias: ScoreBias | None = None,
        *,
        rng: np.random.Generator,
        dtype: DType = np.float64,
    ) -> None:
        n_hidden = 4 * n if n_hidden is None else n_hidden
        attention = MultiHeadAttention(n, heads, causal, rotary, bias, rng=rng, dtype=dtype)
        mlp: list[Layer] = [
            Dense(n, n_hidden, initializers.he_normal, rng=rng, dtype=dtype),
            activation(),
            Dense(n_hidden, n, rng=rng, dtype=dtype),
        ]
        parts: list[Layer] = []
        for body in ([attention], mlp):
            norm = LayerNorm(n, dtype=dtype)
            drop = [Dropout(dropout, rng=rng)] if dropout else []
            if pre_norm:
                parts.append(Residual(Sequential(norm, *body, *drop)))
            else:
                parts += [Residual(Sequential(*body, *drop)), norm]
        super().__init__(*parts)

    @property
    def attention(self) -> MultiHeadAttention:
        """The block's attention, whose `A` are the weights of the last pass."""
        return next(layer for layer in self.walk() if isinstance(layer, MultiHeadAttention))

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two causal heads of two, pre- or post-norm, and short sequences."""
        batch, time = rng.integers(1, 3, size=2)
        layer = cls(4, 2, 3, causal=True, pre_norm=bool(rng.integers(2)), rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, 4)).astype(dtype)
