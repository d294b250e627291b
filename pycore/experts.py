"""A mixture of experts: a gate picks k of many networks for each example; only those are run.

Examples:
    >>> from pycore.experts import MixtureOfExperts
    >>> from pycore.layers import Dense
    >>> import numpy as np
    >>> experts = [Dense(2, 3, rng=seed) for seed in range(4)]
    >>> layer = MixtureOfExperts(2, experts, k=2, rng=0)
    >>> layer.forward(np.ones((5, 2))).shape
    (5, 3)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore.activations import softmax, softmax_backward
from pycore.arrays import Array, DType, Seed, ShapeError, floats, positive, shape_error, within
from pycore.layer import Layer
from pycore.layers import Dense, require_layers


class MixtureOfExperts(Layer):
    """y = Σ g_e f_e(x) over the k experts with the largest gate logits; g = softmax of those k.

    Shapes: x (batch, n_in), gate Dense(n_in, experts) → y (batch, n_out).

    With `balance` λ > 0, `backward` also adds the gradient of λ · experts · Σ_e s_e p_e, where s_e
    is the share of the batch sent to e and p_e its mean probability: least when all are used alike.
    With k = 1 the one g is 1 whatever the gate says, and the gate learns from the balance alone.

    Source: Shazeer et al., Outrageously large neural networks, 2017; the balance, Fedus et al.,
    Switch transformers, 2022.

    Raises:
        ValueError: k is above the number of experts.
        ShapeError: two experts give different shapes.

    Attributes:
        chosen: the experts of each example, (batch, k), the best first.
        weights: their g, (batch, k).
        calls: how many examples each expert has been run on since it was made.
    """

    BUFFERS = ("calls",)

    def __init__(
        self,
        n_in: int,
        experts: Sequence[Layer],
        k: int = 2,
        balance: float = 0.0,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        positive("MixtureOfExperts", n_in=n_in, k=k)
        if not isinstance(experts, list | tuple):
            raise TypeError(
                f"MixtureOfExperts: experts is {experts!r}; allowed: a list or tuple of layers"
            )
        require_layers("MixtureOfExperts", *experts)
        if k > len(experts):
            raise ValueError(f"MixtureOfExperts: k is {k}; allowed: 1 to {len(experts)} experts")
        within("MixtureOfExperts", balance=balance)
        self.k, self.balance = k, balance
        self.gate = Dense(n_in, len(experts), rng=rng, dtype=dtype)
        self.experts = list(experts)
        self.calls = np.zeros(len(experts), int)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return four dense experts, two of which see each example."""
        batch, n_in, n_out = (int(size) for size in rng.integers(1, 5, size=3))
        experts = [Dense(n_in, n_out, rng=rng, dtype=dtype) for _ in range(4)]
        layer = cls(n_in, experts, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, n_in)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return Σ g_e f_e(x), each expert run once, on the examples that chose it."""
        if x.ndim != 2:
            raise shape_error(self, x, f"(batch, {self.gate.n_in})")
        self.logits = self.gate.forward(x)
        order = np.argsort(-self.logits, axis=1, kind="stable")
        self.chosen = order[:, : self.k]
        self.weights = softmax(np.take_along_axis(self.logits, self.chosen, axis=1))
        self.x_shape, self.parts = x.shape, []
        y: Array | None = None
        for e, expert in enumerate(self.experts):
            rows, places = np.nonzero(self.chosen == e)
            if not len(rows):
                continue
            self.calls[e] += len(rows)
            out = expert.forward(x[rows], training)
            if y is None:
                y = np.zeros((len(x), *out.shape[1:]), out.dtype)
            elif out.shape[1:] != y.shape[1:]:
                raise ShapeError(f"{self}: expert {e} gives {out.shape}, another {y.shape}")
            y[rows] += self.weights[rows, places, None] * out
            self.parts.append((e, rows, places, out))
        assert y is not None
        return y

    def backward(self, dy: Array) -> Array:
        """df_e = g_e dy;  dg_e = f_e · dy, then back through the gate's softmax."""
        dy = floats(dy)
        dx = np.zeros(self.x_shape, dy.dtype)
        dweights = np.zeros_like(self.weights)
        for e, rows, places, out in self.parts:
            dx[rows] += self.experts[e].backward(self.weights[rows, places, None] * dy[rows])
            dweights[rows, places] = (out * dy[rows]).sum(axis=1)
        dlogits = np.zeros_like(self.logits)
        np.put_along_axis(dlogits, self.chosen, softmax_backward(self.weights, dweights), axis=1)
        if self.balance:
            p = softmax(self.logits)
            pull = self.balance * len(self.experts) * self.shares() / len(p)
            dlogits += softmax_backward(p, np.broadcast_to(pull.astype(p.dtype), p.shape))
        return dx + self.gate.backward(dlogits)

    def shares(self) -> Array:
        """Return the share of the last batch's choices that fell on each expert, summing to 1."""
        return np.bincount(self.chosen.ravel(), minlength=len(self.experts)) / self.chosen.size

    def balance_loss(self) -> float:
        """Return λ · experts · Σ_e s_e p_e of the last batch; λ when all experts are used alike."""
        p = softmax(self.logits).mean(axis=0)
        return self.balance * len(self.experts) * float((self.shares() * p).sum())
