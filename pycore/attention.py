"""Attention: each query takes a weighted mean of values, the weights from how well keys match.

Queries are (batch, time_q, n_q), keys, which are also the values unless said otherwise, (batch,
time_k, n_k). As a `Layer` each attends from x to x itself.

Examples:
    >>> from pycore.attention import MultiHeadAttention
    >>> import numpy as np
    >>> layer = MultiHeadAttention(8, heads=2, causal=True, rng=0)
    >>> x = np.random.default_rng(1).normal(size=(1, 3, 8))
    >>> layer.forward(x).shape
    (1, 3, 8)
    >>> np.triu(layer.A[0, 0], 1).any(), layer.A[0, 0].sum(axis=1).round(6)  # no item looks ahead
    (np.False_, array([1., 1., 1.]))
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.activations import softmax, softmax_backward, tanh
from pycore.arrays import (
    Array,
    DType,
    Seed,
    counted,
    floats,
    numbers,
    positive,
    seeded,
    shape_error,
    within,
)
from pycore.kernels import product
from pycore.layer import Layer
from pycore.layers import Dense
from pycore.positions import Rotary, ScoreBias

Mask = npt.NDArray[np.bool_]
"""True where a query may see a key."""


def causal_mask(time_q: int, time_k: int | None = None, start: int = 0) -> Mask:
    """M[i, j] = j ≤ start + i: no item sees a later one.

    Shapes: → (time_q, time_k), as many keys as queries unless said otherwise; the first query
    stands at `start`, the first key at 0.
    """
    positive("causal_mask", time_q=time_q, time_k=time_q if time_k is None else time_k)
    counted("causal_mask", start=start)
    return np.tri(time_q, time_k, start, dtype=bool)


def masked_softmax(scores: Array, *masks: Mask | None) -> Array:
    """A = softmax of the scores where every mask is True; exactly 0 elsewhere.

    Shapes: scores (…, time_q, time_k), masks the same or broadcast to it → the same. None hides
    nothing.

    Raises:
        TypeError: a mask does not hold truth values.
        ShapeError: it does not broadcast to the scores.
        ValueError: some query may see nothing; the first one is named.
    """
    scores, seen = floats(scores), None
    for mask in masks:
        if mask is not None:
            mask = numbers("attention's mask", mask)
            _require(mask, scores.shape)
            seen = mask if seen is None else seen & mask
    if seen is None:
        return softmax(scores)
    sees = seen.any(axis=-1)
    if not sees.all():
        *before, query = np.argwhere(~sees)[0].tolist()
        whose = f"query {query} of row {before[0]}" if before else f"query {query}"
        raise ValueError(
            f"attention: the mask leaves {whose} nothing to see; allowed: at least one key each"
        )
    return softmax(np.where(seen, scores, -np.inf).astype(scores.dtype, copy=False))


def _require(mask: Mask, shape: tuple[int, ...]) -> None:
    """Refuse a mask that holds no truth values, or does not broadcast to scores of this shape."""
    if mask.dtype != np.bool_:
        raise TypeError(
            f"attention: the mask holds {mask.dtype}; allowed: True where a key is seen"
        )
    sizes = zip(reversed(mask.shape), reversed(shape), strict=False)
    if mask.ndim > len(shape) or any(m not in (1, n) for m, n in sizes):
        raise shape_error("attention's mask", mask, f"what broadcasts to {shape}")


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

        Shapes: mask (batch, time_q, time_k), where 1 stands for all alike: (1, time_q, time_k) is
        one for every row, (batch, 1, time_k) hides padding.
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

    def require(self, q: Array, k: Array, mask: Mask | None, n_q: int, n_k: int) -> None:
        """Refuse queries, keys and a mask that do not fit each other or this layer."""
        for name, x, n in (("queries", q, n_q), ("keys", k, n_k)):
            if x.ndim != 3 or x.shape[2] != n or x.size == 0:
                allowed = f"(batch, time, {n}), every dimension at least 1"
                raise shape_error(f"{self}'s {name}", x, allowed)
        if len(q) != len(k):
            raise shape_error(f"{self}'s keys", k, f"{len(q)} rows, as many as queries")
        if mask is not None and mask.ndim != 3:  # of two dimensions the first may be either
            allowed = "(batch, time_q, time_k): mask[None] for one of all rows, mask[:, None] for "
            raise shape_error(f"{self}'s mask", mask, f"{allowed}one of all queries")


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
        if scale is not None:
            within("DotAttention", -math.inf, scale=scale)
        self.n = n
        self.scale = 1 / math.sqrt(n) if scale is None else scale

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one, and short sequences."""
        batch, time, n = (int(size) for size in rng.integers(1, 5, size=3))
        return cls(n), rng.normal(size=(batch, time, n)).astype(dtype)

    def attend(self, q: Array, k: Array, mask: Mask | None = None, v: Array | None = None) -> Array:
        """Return softmax(q kᵀ · scale) v, v being k where it is not given."""
        self.require(q, k, mask, self.n, self.n)
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

    def __init__(self, n_q: int, n_k: int, *, rng: Seed, dtype: DType = np.float64) -> None:
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
        self.require(q, k, mask, *self.W.shape)
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

    def __init__(self, n_q: int, n_k: int, n: int, *, rng: Seed, dtype: DType = np.float64) -> None:
        rng = seeded(rng)
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
        self.require(q, k, mask, len(self.Wq), len(self.Wk))
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
    Q (batch, heads, time_q, d), K and V (batch, kv_heads, time_k, d), A (batch, heads, time_q,
    time_k).

    n is a multiple of `heads`, and these of `kv_heads`: with fewer heads of keys and values than of
    queries, heads / kv_heads neighbours share one (grouped queries; with one for all, multi-query),
    and a generator has so much less to keep. `causal` hides later items. `rotary` turns Q and K by
    their positions, by frequencies of its own where it is a list of them; `bias` is a ScoreBias
    (ALiBi, RelativeBias) for the scores.

    Source: Vaswani et al., Attention is all you need, 2017; grouped queries, Ainslie et al., GQA,
    2023.

    Attributes:
        past: keys and values of earlier items, K and V of the pass that read them, or None: they
            stand before this pass's own, and get no gradient. Set it before `forward` to read on.
        start: the place of the first query of the last pass, the first key, past ones too, at 0.
    """

    def __init__(
        self,
        n: int,
        heads: int,
        causal: bool = False,
        rotary: bool | Sequence[float] | None = False,
        bias: ScoreBias | None = None,
        kv_heads: int | None = None,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        if rotary is None or isinstance(rotary, np.bool_):
            rotary = bool(rotary)
        kv_heads = heads if kv_heads is None else kv_heads
        positive("MultiHeadAttention", n=n, heads=heads, kv_heads=kv_heads)
        for name, size, part, parts in (
            ("n", n, "heads", heads),
            ("heads", heads, "kv_heads", kv_heads),
        ):
            if size % parts:
                raise ValueError(
                    f"MultiHeadAttention: {name} is {size}; allowed: multiples of {part}, {parts}"
                )
        self.n, self.heads, self.kv_heads, self.causal = n, heads, kv_heads, causal
        if rotary is not False and n // heads % 2:
            raise ValueError(
                f"MultiHeadAttention: each of {heads} heads has {n // heads} numbers; allowed with "
                "rotary: an even number, for they are turned in pairs"
            )
        if bias is not None and not isinstance(bias, ScoreBias):
            raise TypeError(
                f"MultiHeadAttention: bias is {bias!r}; allowed: a ScoreBias, as ALiBi({heads})"
            )
        if bias is not None and bias.heads != heads:
            raise ValueError(
                f"MultiHeadAttention: {bias} is for {bias.heads} heads; allowed: {heads}"
            )
        n_kv = n // heads * kv_heads
        self.query, self.key, self.value, self.output = (
            Dense(n, n_out, rng=rng, dtype=dtype) for n_out in (n, n_kv, n_kv, n)
        )
        self.rotary = None
        if rotary is not False:
            self.rotary = Rotary(None if rotary is True else rotary)
            self.rotary.require(n // heads)
        self.bias = bias
        self.past: tuple[Array, Array] | None = None

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two causal heads, rotary if they can, sharing keys or not; short sequences."""
        batch, time, half = (int(size) for size in rng.integers(1, 4, size=3))
        kv_heads = int(rng.integers(1, 3))
        rotary = half % 2 == 0
        layer = cls(2 * half, 2, True, rotary, kv_heads=kv_heads, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, 2 * half)).astype(dtype)

    def attend(
        self, q: Array, k: Array, mask: Mask | None = None, start: int | None = None
    ) -> Array:
        """Return the heads' findings, mixed.

        Where there are as many queries as keys, they stand in the same places; otherwise `start` is
        the place of the first query, which must be told where places matter.

        Raises:
            ValueError: there are more or fewer queries than keys, and this layer is causal, rotary
                or biased, and no `start` is given.
        """
        self.require(q, k, mask, self.n, self.n)
        Q: Array
        K: Array
        Q, K, V = (
            self._split(dense.forward(x))
            for dense, x in ((self.query, q), (self.key, k), (self.value, k))
        )
        self._require_past(K)
        self.known = 0 if self.past is None else self.past[0].shape[2]
        self.start = self._start(q.shape[1], k.shape[1], start)
        if self.rotary is not None:
            Q, K = self.rotary.turn(Q, start=self.start), self.rotary.turn(K, start=self.known)
        if self.past is not None:
            K = np.concatenate([self.past[0], K], axis=2)
            V = np.concatenate([self.past[1], V], axis=2)
        self.Q, self.K, self.V = Q, K, V
        scores: Array = product(Q, swap(self._shared(K))) / math.sqrt(Q.shape[-1])
        if self.bias is not None:
            self.bias.start = self.start
            scores = self.bias.forward(scores)
        time_q, time_k = scores.shape[2:]
        if mask is not None:  # in the words of whom it is from, who knows no heads
            _require(mask, (len(q), time_q, time_k))
        alike = None if mask is None else mask[:, None]
        earlier = causal_mask(time_q, time_k, self.start) if self.causal else None
        self.A = masked_softmax(scores, alike, earlier)
        return self.output.forward(self._join(product(self.A, self._shared(V))))

    def attend_backward(self, dy: Array) -> tuple[Array, Array]:
        """dV = Aᵀ dO;  dS = softmax′(dO Vᵀ);  dQ = dS K / √d;  dK = dSᵀ Q / √d.

        What heads share gets the sum of what they send back.
        """
        dO = self._split(self.output.backward(dy))
        dS = softmax_backward(self.A, product(dO, swap(self._shared(self.V))))
        if self.bias is not None:
            dS = self.bias.backward(dS)
        dS = dS / math.sqrt(self.Q.shape[-1])
        dQ: Array
        dK: Array
        dQ = product(dS, self._shared(self.K))
        dK = self._gathered(product(swap(dS), self.Q))[:, :, self.known :]
        dV = self._gathered(product(swap(self.A), dO))[:, :, self.known :]
        if self.rotary is not None:
            dQ, dK = self.rotary.turn(dQ, -1, self.start), self.rotary.turn(dK, -1, self.known)
        dk = self.key.backward(self._join(dK)) + self.value.backward(self._join(dV))
        return self.query.backward(self._join(dQ)), dk

    def _start(self, time_q: int, time_k: int, start: int | None) -> int:
        """Return the place of the first query."""
        if start is not None:
            counted(self, start=start)
            return start
        if time_q != time_k and (self.causal or self.rotary or self.bias):
            last = self.known + time_k - time_q
            raise ValueError(
                f"{self}: {time_q} queries and {time_k} keys; allowed: as many of both, or a "
                f"start, the place of the first query, {last} if they are the last of the keys"
            )
        return self.known

    def _shared(self, x: Array) -> Array:
        """Return keys or values once for each head of queries.

        Shapes: (batch, kv_heads, time, d) → (batch, heads, time, d).
        """
        return x if self.kv_heads == self.heads else x.repeat(self.heads // self.kv_heads, axis=1)

    def _gathered(self, dx: Array) -> Array:
        """Return the sum over the heads that share.

        Shapes: (batch, heads, time, d) → (batch, kv_heads, time, d).
        """
        if self.kv_heads == self.heads:
            return dx
        batch, _, time, d = dx.shape
        return np.asarray(dx.reshape(batch, self.kv_heads, -1, time, d).sum(axis=2))

    def _require_past(self, new: Array) -> None:
        """Refuse a past that is none, or whose keys and values do not go on in these new keys."""
        if self.past is None:
            return
        if not (
            isinstance(self.past, tuple)
            and len(self.past) == 2
            and all(isinstance(part, np.ndarray) for part in self.past)
        ):
            raise TypeError(f"{self}: past is {self.past!r}; allowed: (keys, values), both arrays")
        (batch, heads, _, d), (keys, values) = new.shape, self.past
        if keys.ndim != 4 or keys.shape[:2] != (batch, heads) or keys.shape[3] != d:
            raise shape_error(f"{self}'s past", keys, f"({batch}, {heads}, time, {d})")
        if values.shape != keys.shape:
            raise shape_error(f"{self}'s past", values, f"{keys.shape}, as its keys")

    def _split(self, x: Array) -> Array:
        """Return (batch, time, so many · d) as (batch, so many, time, d)."""
        batch, time, _ = x.shape
        return x.reshape(batch, time, -1, self.n // self.heads).swapaxes(1, 2)

    def _join(self, x: Array) -> Array:
        """Return (batch, so many, time, d) as (batch, time, so many · d)."""
        batch, heads, time, d = x.shape
        return x.swapaxes(1, 2).reshape(batch, time, heads * d)

    def __repr__(self) -> str:
        shared = "" if self.kv_heads == self.heads else f", kv_heads={self.kv_heads}"
        return f"MultiHeadAttention({self.n}, {self.heads}{shared})"
