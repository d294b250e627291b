"""The Transformer's block, composed of attention, normalisation, residuals and a small network.

Examples:
    >>> from pycore.transformer import TransformerBlock
    >>> import numpy as np
    >>> block = TransformerBlock(8, heads=2, causal=True, rng=0)
    >>> block.forward(np.ones((1, 5, 8))).shape, block.size()
    ((1, 5, 8), 872)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore import initializers
from pycore.activations import GELU, ActivationLike, named
from pycore.arrays import Array, DType, Seed, below_one, positive, seeded
from pycore.attention import MultiHeadAttention
from pycore.gated import SwiGLU
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Residual, Sequential
from pycore.normalization import LayerNorm, RMSNorm
from pycore.positions import ScoreBias


class TransformerBlock(Sequential):
    """Pre-norm: x ← x + attention(norm x), x ← x + mlp(norm x); post-norm: x ← norm(x + …).

    Shapes: x (batch, time, n) → the same.

    The small network is Dense, activation, Dense with n_hidden numbers in between, 4 n unless said
    otherwise; `gated` makes it SwiGLU, with 8 n / 3. That, `norm=RMSNorm`, `rotary` and fewer
    `kv_heads` are what most of today's language models are made of.

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
        activation: ActivationLike = GELU,
        dropout: float = 0.0,
        rotary: bool | Sequence[float] | None = False,
        bias: ScoreBias | None = None,
        kv_heads: int | None = None,
        norm: type[LayerNorm | RMSNorm] = LayerNorm,
        gated: bool = False,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        if not (isinstance(norm, type) and issubclass(norm, LayerNorm | RMSNorm)):
            raise TypeError(
                f"TransformerBlock: norm is {norm!r}; allowed: the class LayerNorm or RMSNorm"
            )
        below_one("TransformerBlock", dropout=dropout)
        positive("TransformerBlock", n=n)
        if n_hidden is None:
            n_hidden = 8 * n // 3 if gated else 4 * n
        attention = MultiHeadAttention(
            n, heads, causal, rotary, bias, kv_heads, rng=rng, dtype=dtype
        )
        mlp: list[Layer] = (
            [SwiGLU(n, n_hidden, rng=rng, dtype=dtype)]
            if gated
            else [
                Dense(n, n_hidden, initializers.he_normal, rng=rng, dtype=dtype),
                named(activation)(),
                Dense(n_hidden, n, rng=rng, dtype=dtype),
            ]
        )
        parts: list[Layer] = []
        for body in ([attention], mlp):
            normal = norm(n, dtype=dtype)
            drop = [Dropout(dropout, rng=rng)] if dropout else []
            if pre_norm:
                parts.append(Residual(Sequential(normal, *body, *drop)))
            else:
                parts += [Residual(Sequential(*body, *drop)), normal]
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
