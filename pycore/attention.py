"""Attention: each query takes a weighted mean of values, the weights from how well keys match.

Queries are (batch, time_q, n_q), keys, which are also the values unless said otherwise, (batch,
time_k, n_k). As a `Layer` each attends from x to x itself.
"""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.activations import softmax, softmax_backward, tanh
from pycore.arrays import Array, DType, floats, positive, shape_error
from pycore.kernels import product
from pycore.layer import Layer
from pycore.layers import Dense
from pycore.positions import Rotary, ScoreBias

Mask = npt.NDArray[np.bool_]
"""True where a query may see a key."""


def causal_mask(time: int) -> Mask:
    """M[i, j] = j ≤ i: no item sees a later one.

    Shapes: → (time, time).
    """
    return np.tri(time, dtype=bool)


def masked_softmax(scores: Array, mask: Mask | None) -> Array:
    """A = softmax of the scores where the mask is True; exactly 0 elsewhere.

    Shapes: scores (…, time_q, time_k), mask the same or broadcast to it → the same.

    Raises:
        TypeError: the mask does not hold truth values.
        ShapeError: it does not broadcast to the scores.
        ValueError: some query may see nothing.
    """
    if mask is None:
        return softmax(scores)
    if mask.dtype != np.bool_:
        raise TypeError(
            f"attention: the mask holds {mask.dtype}; allowed: True where a key is seen"
        )
    sizes = zip(reversed(mask.shape), reversed(scores.shape), strict=False)
    if mask.ndim > scores.ndim or any(m not in (1, n) for m, n in sizes):
        raise shape_error("attention's mask", mask, f"what broadcasts to {scores.shape}")
    if not mask.any(axis=-1).all():
        raise ValueError("attention: the mask leaves a query nothing to see; allowed: one key each")
    return softmax(np.where(mask, scores, -np.inf).astype(scores.dtype, copy=False))


def swap(x: Array) -> Array:
    """xᵀ of the last two dimensions.

    Shapes: (…, a, b) → (…, b, a).
    """
    return np.swapaxes(x, -1, -2)


def rows(x: Array) -> Array:
    """Return x with everything before the last dimension as rows.

    Shapes: (…, n) → (rows, n).
    """
    return x.reshape(-1, x.shape[-1])


class Attention(Layer):
    """c = A v, A = softmax(score(q, k)).

    Shapes: q (batch, time_q, n_q), k (batch, time_k, n_k) → c (batch, time_q, n).

    A new kind is a subclass that defines `attend` and `attend_backward`.

    Attributes:
        A: the weights of the last pass, (batch, time_q, time_k) or with heads before time.
    """

    A: Array

    @abstractmethod
    def attend(self, q: Array, k: Array, mask: Mask | None = None) -> Array:
        """Return what each query finds among the keys; True in `mask`: may be seen.

        Shapes: mask (time_q, time_k) or (batch, time_q, time_k), or broadcast to it.
        """

    @abstractmethod
    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """Return dL/dq and dL/dk."""

    def forward(self, x: Array, training: bool = False) -> Array:
        """Attend from x to x."""
        return self.attend(x, x)

    def backward(self, dy: Array) -> Array:
        """Return dL/dx: as queries and as keys."""
        dq, dk = self.attend_backward(dy)
        return dq + dk

    def require(self, q: Array, k: Array, n_q: int, n_k: int) -> None:
        """Refuse queries and keys that do not fit each other or this layer."""
        for name, x, n in (("queries", q, n_q), ("keys", k, n_k)):
            if x.ndim != 3 or x.shape[2] != n or x.size == 0:
                allowed = f"(batch, time, {n}), every dimension at least 1"
                raise shape_error(f"{self}'s {name}", x, allowed)
        if len(q) != len(k):
            raise shape_error(f"{self}'s keys", k, f"{len(q)} rows, as many as queries")


class DotAttention(Attention):
    """c = softmax(q kᵀ / √n) v: scaled dot products; with scale 1 and v = k Luong's "dot".

    Shapes: q (batch, time_q, n), k (batch, time_k, n), v (batch, time_k, n_v) → c (batch, time_q,
    n_v). The keys are the values too where no v is given.

    Source: Luong et al., Effective approaches to attention-based neural machine translation, 2015;
    the scale, Vaswani et al., 2017.

    Attributes:
        dv: dL/dv, after `attend_backward`; without a v of its own it is part of dL/dk.
    """

    dv: Array

    def __init__(self, n: int, scale: float | None = None) -> None:
        positive("DotAttention", n=n)
        self.n = n
        self.scale = 1 / math.sqrt(n) if scale is None else scale

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one, and short sequences."""
        batch, time, n = (int(size) for size in rng.integers(1, 5, size=3))
        return cls(n), rng.normal(size=(batch, time, n)).astype(dtype)

    def attend(self, q: Array, k: Array, mask: Mask | None = None, v: Array | None = None) -> Array:
        """Return softmax(q kᵀ · scale) v, v being k where it is not given."""
        self.require(q, k, self.n, self.n)
        if v is not None and (v.ndim != 3 or v.shape[:2] != k.shape[:2] or v.size == 0):
            raise shape_error(f"{self}'s values", v, f"{k.shape[:2]} and at least one number more")
        q, k = floats(q), floats(k)
        self.q, self.k, self.v = q, k, v
        self.A = masked_softmax(product(q, swap(k)) * self.scale, mask)
        return product(self.A, k if v is None else v)

    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """dS = softmax′(dy vᵀ);  dq = dS k · scale;  dk = dSᵀ q · scale;  dv = Aᵀ dy."""
        v = self.k if self.v is None else self.v
        dS = softmax_backward(self.A, product(dy, swap(v))) * self.scale
        self.dv, dk = product(swap(self.A), dy), product(swap(dS), self.q)
        return product(dS, self.k), self.dv + dk if self.v is None else dk


class GeneralAttention(Attention):
    """c = softmax(q W kᵀ) k: Luong's "general".

    Shapes: q (batch, time_q, n_q), W (n_q, n_k), k (batch, time_k, n_k) → c (batch, time_q, n_k).

    Source: Luong et al., 2015.
    """

    PARAMETERS = ("W",)

    def __init__(
        self, n_q: int, n_k: int, *, rng: np.random.Generator, dtype: DType = np.float64
    ) -> None:
        positive("GeneralAttention", n_q=n_q, n_k=n_k)
        self.W: Array = initializers.xavier_uniform((n_q, n_k), rng).astype(dtype)
        self.dW = np.zeros_like(self.W)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one with queries as wide as keys, and short sequences."""
        batch, time, n = (int(size) for size in rng.integers(1, 5, size=3))
        return cls(n, n, rng=rng, dtype=dtype), rng.normal(size=(batch, time, n)).astype(dtype)

    def attend(self, q: Array, k: Array, mask: Mask | None = None) -> Array:
        """Return softmax(q W kᵀ) k."""
        self.require(q, k, *self.W.shape)
        self.q, self.k, self.u = q, k, product(q, self.W)
        self.A = masked_softmax(product(self.u, swap(k)), mask)
        return product(self.A, k)

    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """du = dS k;  dW += qᵀ du;  dq = du Wᵀ;  dk = Aᵀ dy + dSᵀ u."""
        dS = softmax_backward(self.A, product(dy, swap(self.k)))
        du = product(dS, self.k)
        self.dW += product(rows(self.q).T, rows(du))
        dk = product(swap(self.A), dy) + product(swap(dS), self.u)
        return product(du, self.W.T), dk


class AdditiveAttention(Attention):
    """c = softmax(tanh(q Wq + k Wk) v) k: Bahdanau's.

    Shapes: q (batch, time_q, n_q), k (batch, time_k, n_k), Wq (n_q, n), Wk (n_k, n), v (n,) →
    c (batch, time_q, n_k).

    Source: Bahdanau et al., Neural machine translation by jointly learning to align and translate,
    2015.
    """

    PARAMETERS = ("Wq", "Wk", "v")

    def __init__(
        self, n_q: int, n_k: int, n: int, *, rng: np.random.Generator, dtype: DType = np.float64
    ) -> None:
        positive("AdditiveAttention", n_q=n_q, n_k=n_k, n=n)
        self.Wq: Array = initializers.xavier_uniform((n_q, n), rng).astype(dtype)
        self.Wk: Array = initializers.xavier_uniform((n_k, n), rng).astype(dtype)
        self.v: Array = initializers.xavier_uniform((n, 1), rng)[:, 0].astype(dtype)
        self.dWq, self.dWk, self.dv = map(np.zeros_like, (self.Wq, self.Wk, self.v))

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one with queries as wide as keys, and short sequences."""
        batch, time, n, hidden = (int(size) for size in rng.integers(1, 5, size=4))
        layer = cls(n, n, hidden, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, n)).astype(dtype)

    def attend(self, q: Array, k: Array, mask: Mask | None = None) -> Array:
        """Return softmax(tanh(q Wq + k Wk) v) k."""
        self.require(q, k, len(self.Wq), len(self.Wk))
        self.q, self.k = q, k
        self.h = tanh(product(q, self.Wq)[:, :, None] + product(k, self.Wk)[:, None])
        self.A = masked_softmax(self.h @ self.v, mask)
        return product(self.A, k)

    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """dh = dS v (1 − h²); its sums over keys and over queries go back through Wq and Wk."""
        dS = softmax_backward(self.A, product(dy, swap(self.k)))
        self.dv += np.tensordot(dS, self.h, 3)
        dh = dS[..., None] * self.v * (1 - self.h * self.h)
        du_q, du_k = dh.sum(axis=2), dh.sum(axis=1)
        self.dWq += product(rows(self.q).T, rows(du_q))
        self.dWk += product(rows(self.k).T, rows(du_k))
        dk = product(swap(self.A), dy) + product(du_k, self.Wk.T)
        return product(du_q, self.Wq.T), dk


class MultiHeadAttention(Attention):
    """y = (heads side by side) Wo + bo;  head = softmax(Q Kᵀ / √d) V, Q = q Wq + bq and so on.

    Shapes: q (batch, time_q, n), k (batch, time_k, n) → y (batch, time_q, n); d = n / heads;
    A (batch, heads, time_q, time_k).

    n is a multiple of `heads`. `causal` hides later items when x attends to itself. `rotary` turns
    Q and K by their positions; `bias` is a ScoreBias (ALiBi, RelativeBias) for the scores.

    Source: Vaswani et al., Attention is all you need, 2017.
    """

    def __init__(
        self,
        n: int,
        heads: int,
        causal: bool = False,
        rotary: bool = False,
        bias: ScoreBias | None = None,
        *,
        rng: np.random.Generator,
        dtype: DType = np.float64,
    ) -> None:
        positive("MultiHeadAttention", n=n, heads=heads)
        if n % heads:
            raise ValueError(f"MultiHeadAttention: n is {n}; allowed: multiples of heads, {heads}")
        self.n, self.heads, self.causal = n, heads, causal
        self.query, self.key, self.value, self.output = (
            Dense(n, n, rng=rng, dtype=dtype) for _ in range(4)
        )
        self.rotary = Rotary() if rotary else None
        self.bias = bias

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two causal heads, and short sequences."""
        batch, time, half = (int(size) for size in rng.integers(1, 4, size=3))
        layer = cls(2 * half, 2, causal=True, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, 2 * half)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Attend from x to x."""
        self.require(x, x, self.n, self.n)
        return self.attend(x, x, causal_mask(x.shape[1]) if self.causal else None)

    def attend(self, q: Array, k: Array, mask: Mask | None = None) -> Array:
        """Return the heads' findings, mixed."""
        self.require(q, k, self.n, self.n)
        Q: Array
        K: Array
        Q, K, V = (
            self._split(dense.forward(x))
            for dense, x in ((self.query, q), (self.key, k), (self.value, k))
        )
        if self.rotary is not None:
            Q, K = self.rotary.turn(Q), self.rotary.turn(K)
        scores: Array = product(Q, swap(K)) / math.sqrt(Q.shape[-1])
        if self.bias is not None:
            scores = self.bias.forward(scores)
        if mask is not None and mask.ndim == 3:
            mask = mask[:, None]
        self.Q, self.K, self.V = Q, K, V
        self.A = masked_softmax(scores, mask)
        return self.output.forward(self._join(product(self.A, V)))

    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """dV = Aᵀ dO;  dS = softmax′(dO Vᵀ);  dQ = dS K / √d;  dK = dSᵀ Q / √d."""
        dO = self._split(self.output.backward(dy))
        dS = softmax_backward(self.A, product(dO, swap(self.V)))
        if self.bias is not None:
            dS = self.bias.backward(dS)
        dS = dS / math.sqrt(self.Q.shape[-1])
        dQ: Array
        dK: Array
        dQ, dK = product(dS, self.K), product(swap(dS), self.Q)
        dV = product(swap(self.A), dO)
        if self.rotary is not None:
            dQ, dK = self.rotary.turn(dQ, -1), self.rotary.turn(dK, -1)
        dk = self.key.backward(self._join(dK)) + self.value.backward(self._join(dV))
        return self.query.backward(self._join(dQ)), dk

    def _split(self, x: Array) -> Array:
        """Return (batch, time, n) as (batch, heads, time, d)."""
        batch, time, _ = x.shape
        return x.reshape(batch, time, self.heads, -1).swapaxes(1, 2)

    def _join(self, x: Array) -> Array:
        """Return (batch, heads, time, d) as (batch, time, n)."""
        batch, _, time, _ = x.shape
        return x.swapaxes(1, 2).reshape(batch, time, self.n)

    def __repr__(self) -> str:
        return f"MultiHeadAttention({self.n}, {self.heads})"
