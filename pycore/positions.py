"""Ways to tell attention where an item stands: added to x, turned into q and k, or into the scores.

Positions count from 0; arrays are (batch, time, n), scores (batch, heads, time, time). Who reads a
sequence in parts, as a generator does that reads only what is new, says by `start` where a part
begins.

Examples:
    >>> from pycore.positions import frequencies, sinusoidal, slopes
    >>> sinusoidal(3, 4).round(2)
    array([[ 0.  ,  1.  ,  0.  ,  1.  ],
           [ 0.84,  0.54,  0.01,  1.  ],
           [ 0.91, -0.42,  0.02,  1.  ]])
    >>> frequencies(4)
    array([1.  , 0.01])
    >>> slopes(4)
    array([0.25      , 0.0625    , 0.015625  , 0.00390625])
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.arrays import (
    Array,
    DType,
    Integers,
    Seed,
    above_zero,
    counted,
    floats,
    numbers,
    positive,
    shape_error,
    within,
)
from pycore.initializers import Initializer
from pycore.layer import Layer


def frequencies(n: int, base: float = 10000.0) -> Array:
    """ω_i = base^(−2i/n): by what angle pair i of n numbers turns from one position to the next.

    Shapes: → (n / 2,), n even.

    Source: Vaswani et al., Attention is all you need, 2017.
    """
    positive("frequencies", n=n)
    above_zero("frequencies", base=base)
    if n % 2:
        raise ValueError(f"frequencies: n is {n}; allowed: even numbers, for they come in pairs")
    return np.asarray(float(base) ** (-np.arange(0, n, 2) / n))


def moved(frequencies: npt.ArrayLike, k: float) -> Array:
    """M with P[t + k] = P[t] M for sinusoids of these frequencies, whatever t is.

    Shapes: frequencies (pairs,) → (2 pairs, 2 pairs): for each pair a rotation by its k ω on the
    diagonal, and 0 elsewhere.
    """
    within("moved", -math.inf, k=k)
    angle = k * _frequencies("moved", frequencies)
    cos, sin = np.cos(angle), np.sin(angle)
    M = np.zeros((2 * len(angle), 2 * len(angle)))
    i = 2 * np.arange(len(angle))
    M[i, i] = M[i + 1, i + 1] = cos
    M[i, i + 1], M[i + 1, i] = -sin, sin
    return M


def _frequencies(who: str, given: npt.ArrayLike) -> Array:
    """Frequencies as an array; refuse what is none."""
    found = numbers(f"{who}'s frequencies", given).astype(np.float64)
    if found.ndim != 1 or found.size == 0 or not np.isfinite(found).all():
        raise shape_error(f"{who}'s frequencies", found, "(pairs,), at least one, all finite")
    return found


def sinusoidal(time: int, n: int, start: int = 0) -> Array:
    """P[t, 2i] = sin(t / 10000^(2i/n)),  P[t, 2i+1] = cos of the same.

    Shapes: → (time, n), for t from `start` on.

    Source: Vaswani et al., Attention is all you need, 2017.
    """
    positive("sinusoidal", time=time, n=n)
    counted("sinusoidal", start=start)
    i, t = np.arange(n), np.arange(start, start + time)
    angle = t[:, None] / 10000.0 ** ((i - i % 2) / n)
    return np.asarray(np.where(i % 2 == 0, np.sin(angle), np.cos(angle)))


class SinusoidalPositions(Layer):
    """y = x + P, P the fixed sines and cosines.

    Shapes: x (batch, time, n) → the same.

    Source: Vaswani et al., 2017.

    Attributes:
        start: the place of x's first item; set it before `forward`, 0 until then.
        end: the place behind x's last item, after `forward`.
    """

    start = 0

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one, and short sequences."""
        return cls(), rng.normal(size=rng.integers(1, 5, size=3)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x + P."""
        if x.ndim < 2 or x.size == 0:
            raise shape_error(self, x, "(batch, time, n), every dimension at least 1")
        counted(self, start=self.start)
        self.end = self.start + x.shape[-2]
        x = floats(x)
        time, n = x.shape[-2:]
        return x + sinusoidal(time, n, self.start).astype(x.dtype)

    def backward(self, dy: Array) -> Array:
        """Return dy."""
        return dy


class LearnedPositions(Layer):
    """y = x + W[start : start + time].

    Shapes: x (batch, time, n), W (longest, n) → y (batch, time, n).

    Source: Gehring et al., Convolutional sequence to sequence learning, 2017.

    Attributes:
        start: the place of x's first item; set it before `forward`, 0 until then.
        end: the place behind x's last item, after `forward`.
    """

    PARAMETERS = ("W",)
    start = 0

    def __init__(
        self,
        longest: int,
        n: int,
        weights: Initializer = initializers.zeros,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        positive("LearnedPositions", longest=longest, n=n)
        self.W: Array = initializers.start(weights, (longest, n), rng).astype(dtype)
        self.dW = np.zeros_like(self.W)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return five places, and sequences that use some of them."""
        batch, time, n = (int(size) for size in rng.integers(1, 5, size=3))
        layer = cls(5, n, initializers.standard_normal, rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, n)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x + W[start : start + time]."""
        counted(self, start=self.start)
        longest, n = self.W.shape
        if x.ndim != 3 or x.shape[1] > longest - self.start or x.shape[2] != n or x.size == 0:
            read = f", of which {self.start} were read before" if self.start else ""
            raise shape_error(self, x, f"(batch, 1 to {longest}, {n}){read}")
        self.end = self.start + x.shape[1]
        self.places = slice(self.start, self.end)
        return x + self.W[self.places]

    def backward(self, dy: Array) -> Array:
        """dW[start : start + time] += Σ dy over the batch;  dx = dy."""
        self.dW[self.places] += dy.sum(axis=0)
        return dy


class Rotary:
    """(q₁, q₂) at position t ← turned by the angle t ω_i, for each pair i.

    Shapes: x (…, time, n), n even → the same; ω (n / 2,), those of `frequencies(n)` unless others
    are given. The product of a turned q and a turned k depends only on how far apart they stand.

    Source: Su et al., RoFormer: enhanced transformer with rotary position embedding, 2021. Slower
    frequencies for longer texts: Chen et al., Extending context window of large language models via
    positional interpolation, 2023.
    """

    def __init__(self, frequencies: npt.ArrayLike | None = None) -> None:
        self.frequencies = None if frequencies is None else _frequencies("Rotary", frequencies)

    def require(self, n: int) -> None:
        """Refuse vectors of n numbers where there are frequencies for others."""
        ω = self.frequencies
        if ω is not None and 2 * len(ω) != n:
            raise ValueError(
                f"Rotary: {len(ω)} frequencies for {n} numbers; allowed: one for each pair of them"
            )

    def turn(self, x: Array, sign: int = 1, start: int = 0) -> Array:
        """Return x turned, its first item standing at `start`.

        With sign −1 it is turned back, which is also the gradient.
        """
        if x.ndim < 2 or x.shape[-1] % 2 or x.size == 0:
            raise shape_error("Rotary", x, "(…, time, n) with n even, every dimension at least 1")
        if sign not in (1, -1):
            raise ValueError(f"Rotary: sign is {sign!r}; allowed: 1, and -1 to turn back")
        counted("Rotary", start=start)
        x, (time, n) = floats(x), x.shape[-2:]
        self.require(n)
        ω = frequencies(n) if self.frequencies is None else self.frequencies
        angle = np.arange(start, start + time)[:, None] * ω
        cos, sin = np.cos(angle).astype(x.dtype), sign * np.sin(angle).astype(x.dtype)
        y = np.empty_like(x)
        y[..., 0::2] = cos * x[..., 0::2] - sin * x[..., 1::2]
        y[..., 1::2] = sin * x[..., 0::2] + cos * x[..., 1::2]
        return y


class ScoreBias(Layer):
    """scores ← scores + B(distance), one B for each head.

    Shapes: scores (batch, heads, time_q, time_k) → the same.

    Attributes:
        start: the place of the first query, where the first key stands at 0; set it before
            `forward`, 0 until then.
    """

    start = 0

    def __init__(self, heads: int) -> None:
        positive(type(self).__name__, heads=heads)
        self.heads = heads

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two heads, and scores of a short sequence."""
        batch, time_q, time_k = rng.integers(1, 5, size=3)
        return cls(2), rng.normal(size=(batch, 2, time_q, time_k)).astype(dtype)

    def require(self, scores: Array) -> None:
        """Refuse scores that do not fit."""
        if scores.ndim != 4 or scores.shape[1] != self.heads or scores.size == 0:
            allowed = f"(batch, {self.heads}, time_q, time_k), every dimension at least 1"
            raise shape_error(self, scores, allowed)
        counted(self, start=self.start)

    def distance(self, time_q: int, time_k: int) -> Integers:
        """Return j − i for the query at place i and the key at place j: (time_q, time_k)."""
        return np.arange(time_k) - np.arange(self.start, self.start + time_q)[:, None]


def slopes(heads: int) -> Array:
    """m_h = 2^(−8 h / heads), if the heads are a power of two.

    If not, they are those of the next lower power p, and after them every second one of 2 p heads,
    from the first.

    Shapes: → (heads,).

    Source: Press et al., Train short, test long, 2022, with the rule of its published code.
    """
    positive("slopes", heads=heads)
    p = 2 ** (int(heads).bit_length() - 1)
    h, between = np.arange(1, p + 1), np.arange(1, 2 * (heads - p), 2)
    return np.asarray(2.0 ** -np.concatenate([8 * h / p, 4 * between / p]))


class ALiBi(ScoreBias):
    """scores ← scores − m |i − j|, m the slope of the head: 2^(−8 h / heads) for the h-th.

    Shapes: scores (batch, heads, time_q, time_k) → the same. `slopes` has the rule for heads that
    are no power of two.

    Source: Press et al., Train short, test long, 2022.
    """

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return scores − m |i − j|."""
        self.require(x)
        x = floats(x)
        bias = slopes(self.heads)[:, None, None] * np.abs(self.distance(*x.shape[-2:]))
        return np.asarray(x - bias.astype(x.dtype))

    def backward(self, dy: Array) -> Array:
        """Return dy."""
        return dy


class RelativeBias(ScoreBias):
    """scores ← scores + W[h, clip(j − i, −reach, reach) + reach].

    Shapes: scores (batch, heads, time_q, time_k), W (heads, 2 reach + 1) → the same as scores.

    Source: Shaw et al., Self-attention with relative position representations, 2018, as the bias of
    Raffel et al., 2020.
    """

    PARAMETERS = ("W",)

    def __init__(self, heads: int, reach: int = 8, *, dtype: DType = np.float64) -> None:
        super().__init__(heads)
        counted("RelativeBias", reach=reach)
        self.reach = reach
        self.W: Array = np.zeros((heads, 2 * reach + 1), dtype)
        self.dW = np.zeros_like(self.W)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two heads that reach two places, and scores of a short sequence."""
        _, x = super().example(rng, dtype)
        layer = cls(2, 2, dtype=dtype)
        layer.W[...] = rng.normal(size=layer.W.shape)
        return layer, x

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return scores + the bias of each distance."""
        self.require(x)
        offset = np.clip(self.distance(*x.shape[-2:]), -self.reach, self.reach)
        self.place = offset + self.reach
        return np.asarray(x + self.W[:, self.place])

    def backward(self, dy: Array) -> Array:
        """dW[h, place] += Σ dy over the batch;  dscores = dy."""
        for dW, d in zip(self.dW, dy.sum(axis=0), strict=True):
            np.add.at(dW, self.place, d)
        return dy
