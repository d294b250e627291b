"""A feed-forward network with a gate: one half of the hidden numbers opens and shuts the other.

Examples:
    >>> from pycore.gated import SwiGLU
    >>> import numpy as np
    >>> layer = SwiGLU(4, 8, rng=0)
    >>> layer.forward(np.ones((2, 4))).shape, layer.size()
    ((2, 4), 96)
"""

from __future__ import annotations

import numpy as np

from pycore import initializers
from pycore.arrays import Array, DType, Seed, floats, positive, seeded, shape_error
from pycore.initializers import Initializer
from pycore.kernels import product, sigmoid
from pycore.layer import Layer


class SwiGLU(Layer):
    """y = (a ⊙ u) W2, a = g σ(g), g = x W, u = x V.

    Shapes: x (…, n), W and V (n, n_hidden), W2 (n_hidden, n) → y (…, n).

    a is SiLU, also called swish: near 0 for negative g, near g for large. A product of two sums
    takes the place of one sum, and the Transformer's small network learns more with as many
    parameters (2/3 of the hidden numbers, for there are three matrices). It has no biases.

    Source: Shazeer, GLU variants improve Transformer, 2020.
    """

    PARAMETERS = ("W", "V", "W2")

    def __init__(
        self,
        n: int,
        n_hidden: int,
        weights: Initializer = initializers.xavier_uniform,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("SwiGLU", n=n, n_hidden=n_hidden)
        self.n, self.n_hidden = n, n_hidden
        self.W: Array = initializers.start(weights, (n, n_hidden), rng).astype(dtype)
        self.V: Array = initializers.start(weights, (n, n_hidden), rng).astype(dtype)
        self.W2: Array = initializers.start(weights, (n_hidden, n), rng).astype(dtype)
        self.dW, self.dV, self.dW2 = map(np.zeros_like, (self.W, self.V, self.W2))

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one of 1 to 5 inputs and hidden numbers, and a batch."""
        batch, n, n_hidden = (int(size) for size in rng.integers(1, 6, size=3))
        layer = cls(n, n_hidden, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, n)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return (g σ(g) ⊙ u) W2."""
        if x.shape[-1:] != (self.n,) or x.size == 0:
            raise shape_error(self, x, f"(batch, …, {self.n}), every dimension at least 1")
        self.x = floats(x).reshape(-1, self.n)
        self.g, self.u = product(self.x, self.W), product(self.x, self.V)
        self.s = sigmoid(self.g)
        self.a = self.g * self.s
        return product(self.a * self.u, self.W2).reshape(x.shape)

    def backward(self, dy: Array) -> Array:
        """dh = dy W2ᵀ;  du = dh ⊙ a;  dg = dh ⊙ u ⊙ (σ + a (1 − σ));  dx = dg Wᵀ + du Vᵀ."""
        rows = dy.reshape(-1, self.n)
        dh = product(rows, self.W2.T)
        du, dg = dh * self.a, dh * self.u * (self.s + self.a * (1 - self.s))
        self.dW2 += product((self.a * self.u).T, rows)
        self.dV += product(self.x.T, du)
        self.dW += product(self.x.T, dg)
        return (product(dg, self.W.T) + product(du, self.V.T)).reshape(dy.shape)

    def __repr__(self) -> str:
        return f"SwiGLU({self.n}, {self.n_hidden})"
