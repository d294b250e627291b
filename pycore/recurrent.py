"""Layers that read a sequence one item at a time and carry a state: RNN, LSTM, GRU.

All take x (batch, time, n_in) and give every hidden state, (batch, time, n). Backward runs through
time; with `truncate = k` the gradient is cut at each k-th step, though the state still flows.

Examples:
    >>> from pycore.recurrent import GRU
    >>> import numpy as np
    >>> layer = GRU(3, 5, rng=0)
    >>> layer.forward(np.ones((2, 7, 3))).shape  # 2 sequences of 7 items: a state after each
    (2, 7, 5)
"""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from typing import ClassVar, Self

import numpy as np

from pycore import initializers
from pycore.arrays import (
    Array,
    DType,
    Seed,
    ShapeError,
    floats,
    positive,
    seeded,
    shape_error,
    within,
)
from pycore.initializers import Initializer
from pycore.kernels import product, sigmoid, tanh
from pycore.layer import Layer


def columns(x: Array, *widths: int) -> list[Array]:
    """Return x in parts, so many columns each; `np.split` costs as much as ten operations.

    Shapes: (batch, Σ widths) → (batch, width) each.
    """
    ends = itertools.accumulate(widths)
    return [x[:, end - width : end] for width, end in zip(widths, ends, strict=True)]


class Recurrent(Layer):
    """h_t = cell(x_t Wx + b, h_{t−1}, Wh).

    Shapes: x (batch, time, n_in), Wx (n_in, gates · n), Wh (n, gates · n), b (gates · n,) →
    y (batch, time, n).

    A new kind of recurrent layer is a subclass that sets `GATES` and `STATES` and defines `cell`
    and `cell_backward`, which know nothing of time: there h₋ is the state before.

    Source: Werbos, Backpropagation through time: what it does and how to do it, 1990; cut short,
    Williams and Peng, An efficient gradient-based algorithm for on-line training of recurrent
    network trajectories, 1990.

    Attributes:
        start: the state before the first item, one (batch, n) array for each of STATES (h first),
            or None for zeros; set it before `forward` to continue from another layer's `end`.
        end: the state after the last item.
        dstart: dL/dstart, after `backward`.
        dend: dL/dend, to be set before `backward` where the end is used elsewhere, or None.
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ("Wx", "Wh", "b")
    GATES: ClassVar[int]
    STATES: ClassVar[int] = 1

    def __init__(
        self,
        n_in: int,
        n: int,
        truncate: int | None = None,
        weights: Initializer = initializers.xavier_uniform,
        biases: Initializer = initializers.zeros,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive(type(self).__name__, n_in=n_in, n=n, truncate=1 if truncate is None else truncate)
        self.n_in, self.n, self.truncate = n_in, n, truncate

        def per_gate(n_rows: int) -> Array:
            blocks = [initializers.start(weights, (n_rows, n), rng) for _ in range(self.GATES)]
            return np.concatenate(blocks, axis=1).astype(dtype)

        self.Wx, self.Wh = per_gate(n_in), per_gate(n)
        self.b: Array = initializers.start(biases, (self.GATES * n,), rng).astype(dtype)
        self.dWx, self.dWh = np.zeros_like(self.Wx), np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        self.start: list[Array] | None = None
        self.dend: list[Array] | None = None

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Self, Array]:
        """Return a layer of 1 to 3 states, and sequences of up to 4 items."""
        batch, time, n_in, n = (int(size) for size in rng.integers(1, (4, 5, 4, 4)))
        layer = cls(n_in, n, biases=initializers.normal(0.5), rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, time, n_in)).astype(dtype)

    @abstractmethod
    def cell(self, a: Array, states: list[Array]) -> tuple[list[Array], tuple[Array, ...]]:
        """Return the new states, and what `cell_backward` needs; a = x_t Wx + b."""

    @abstractmethod
    def cell_backward(
        self, dstates: list[Array], cache: tuple[Array, ...]
    ) -> tuple[Array, list[Array]]:
        """Return dL/da and dL/d(the states before), and add into dWh."""

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return every h_t."""
        if x.ndim != 3 or x.shape[2] != self.n_in or x.size == 0:
            raise shape_error(self, x, f"(batch, time, {self.n_in}), every dimension at least 1")
        batch, time, _ = x.shape
        self.x = x
        a = (product(x.reshape(-1, self.n_in), self.Wx) + self.b).reshape(batch, time, -1)
        states = self.start or [np.zeros((batch, self.n), a.dtype) for _ in range(self.STATES)]
        shapes = [state.shape for state in states]
        if shapes != [(batch, self.n)] * self.STATES:
            raise ShapeError(
                f"{self}: start has {shapes}; allowed: {self.STATES} of {batch, self.n}"
            )
        y = np.empty((batch, time, self.n), a.dtype)
        self.caches: list[tuple[Array, ...]] = []
        for t in range(time):
            states, cache = self.cell(a[:, t], states)
            self.caches.append(cache)
            y[:, t] = states[0]
        self.end = states
        return y

    def backward(self, dy: Array) -> Array:
        """dWx += xᵀ da;  dWh += hᵀ da;  db += Σ da;  dx = da Wxᵀ, from the last item back."""
        dy, (batch, time, _) = floats(dy), dy.shape
        da = np.empty((batch, time, self.Wx.shape[1]), dy.dtype)
        zeros: list[Array] = [np.zeros((batch, self.n), dy.dtype)] * self.STATES
        dstates = self.dend or zeros
        for t in reversed(range(time)):
            if self.truncate and (t + 1) % self.truncate == 0 and t + 1 < time:
                dstates = zeros
            dstates = [dy[:, t] + dstates[0], *dstates[1:]]
            da[:, t], dstates = self.cell_backward(dstates, self.caches[t])
        self.dstart = dstates
        rows = da.reshape(batch * time, -1)
        self.dWx += product(self.x.reshape(-1, self.n_in).T, rows)
        self.db += rows.sum(axis=0)
        return product(rows, self.Wx.T).reshape(self.x.shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_in}, {self.n})"


class RNN(Recurrent):
    """h_t = tanh(x_t Wx + h_{t−1} Wh + b).

    Shapes: x (batch, time, n_in), Wx (n_in, n), Wh (n, n), b (n,) → y (batch, time, n).

    Source: Elman, Finding structure in time, 1990.
    """

    GATES = 1

    def cell(self, a: Array, states: list[Array]) -> tuple[list[Array], tuple[Array, ...]]:
        """h = tanh(a + h₋ Wh)."""
        (before,) = states
        h = tanh(a + product(before, self.Wh))
        return [h], (before, h)

    def cell_backward(
        self, dstates: list[Array], cache: tuple[Array, ...]
    ) -> tuple[Array, list[Array]]:
        """da = (1 − h²) dh;  dWh += h₋ᵀ da;  dh₋ = da Whᵀ."""
        (dh,), (before, h) = dstates, cache
        da = (1 - h * h) * dh
        self.dWh += product(before.T, da)
        return da, [product(da, self.Wh.T)]


class LSTM(Recurrent):
    """c_t = f ⊙ c_{t−1} + i ⊙ g;  h_t = o ⊙ tanh c_t;  (i, f, g, o) = σ, σ, tanh, σ of the gates.

    Shapes: x (batch, time, n_in), Wx (n_in, 4 n), Wh (n, 4 n), b (4 n,) → y (batch, time, n); the
    columns are those of i, f, g, o. States: h and c.

    The forget gate's bias starts higher by `forget`, so that at first the cell remembers.

    Source: Hochreiter and Schmidhuber, Long short-term memory, 1997; the forget gate, Gers et al.,
    2000; its bias, Jozefowicz et al., 2015.
    """

    GATES, STATES = 4, 2

    def __init__(
        self,
        n_in: int,
        n: int,
        truncate: int | None = None,
        weights: Initializer = initializers.xavier_uniform,
        biases: Initializer = initializers.zeros,
        forget: float = 1.0,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        within("LSTM", -math.inf, forget=forget)
        super().__init__(n_in, n, truncate, weights, biases, rng=rng, dtype=dtype)
        self.b[n : 2 * n] += forget

    def cell(self, a: Array, states: list[Array]) -> tuple[list[Array], tuple[Array, ...]]:
        """c = f c₋ + i g;  h = o tanh c."""
        before, c_before = states
        a_if, a_g, a_o = columns(a + product(before, self.Wh), 2 * self.n, self.n, self.n)
        i, f = columns(sigmoid(a_if), self.n, self.n)
        g, o = tanh(a_g), sigmoid(a_o)
        c = f * c_before + i * g
        tanh_c = tanh(c)
        return [o * tanh_c, c], (before, c_before, i, f, g, o, tanh_c)

    def carried(self) -> Array:
        """Return c_t of each step of the last forward pass, (batch, time, n)."""
        return np.stack([cache[1] for cache in self.caches[1:]] + [self.end[1]], axis=1)

    def cell_backward(
        self, dstates: list[Array], cache: tuple[Array, ...]
    ) -> tuple[Array, list[Array]]:
        """dc += dh o (1 − tanh² c); each gate's slope times what it multiplied; dh₋ = da Whᵀ."""
        (dh, dc), (before, c_before, i, f, g, o, tanh_c) = dstates, cache
        dc = dc + dh * o * (1 - tanh_c * tanh_c)
        gates = (
            dc * g * i * (1 - i),
            dc * c_before * f * (1 - f),
            dc * i * (1 - g * g),
            dh * tanh_c * o * (1 - o),
        )
        da = np.concatenate(gates, axis=1)
        self.dWh += product(before.T, da)
        return da, [product(da, self.Wh.T), dc * f]


class GRU(Recurrent):
    """h_t = (1 − z) ⊙ h̃ + z ⊙ h_{t−1};  r, z = σ(a + u);  h̃ = tanh(a + r ⊙ u).

    Shapes: x (batch, time, n_in), Wx (n_in, 3 n), Wh (n, 3 n), b (3 n,) → y (batch, time, n).
    a = x_t Wx + b and u = h_{t−1} Wh: r, z and h̃ each take a third of the columns, in this order.

    Source: Cho et al., Learning phrase representations using RNN encoder–decoder, 2014; the reset
    gate after the product, as most libraries have it.
    """

    GATES = 3

    def recall(self, before: Array) -> Array:
        """Return h₋ Wh."""
        return product(before, self.Wh)

    def cell(self, a: Array, states: list[Array]) -> tuple[list[Array], tuple[Array, ...]]:
        """h = (1 − z) h̃ + z h₋."""
        (before,) = states
        a_rz, a_new = columns(a, 2 * self.n, self.n)
        u_rz, u_new = columns(self.recall(before), 2 * self.n, self.n)
        r, z = columns(sigmoid(a_rz + u_rz), self.n, self.n)
        new = tanh(a_new + r * u_new)
        return [(1 - z) * new + z * before], (before, r, z, new, u_new)

    def cell_backward(
        self, dstates: list[Array], cache: tuple[Array, ...]
    ) -> tuple[Array, list[Array]]:
        """dh̃ = (1 − z) dh, dz = (h₋ − h̃) dh, dr = u da;  du is da for r and z, r da for h̃."""
        (dh,), (before, r, z, new, u_new) = dstates, cache
        da_new = dh * (1 - z) * (1 - new * new)
        da_z = dh * (before - new) * z * (1 - z)
        da_r = da_new * u_new * r * (1 - r)
        du = np.concatenate([da_r, da_z, da_new * r], axis=1)
        self.dWh += product(before.T, du)
        return np.concatenate([da_r, da_z, da_new], axis=1), [dh * z + product(du, self.Wh.T)]


class BiasedGRU(GRU):
    """A GRU with a bias inside of the reset gate too: h̃ = tanh(a + r ⊙ (u + c)).

    Shapes: as those of a GRU, and c (n,).

    PyTorch's has this bias, so that only here every GRU's weights from there can be loaded.
    """

    PARAMETERS = (*GRU.PARAMETERS, "c")

    def __init__(
        self,
        n_in: int,
        n: int,
        truncate: int | None = None,
        weights: Initializer = initializers.xavier_uniform,
        biases: Initializer = initializers.zeros,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        super().__init__(n_in, n, truncate, weights, biases, rng=rng, dtype=dtype)
        self.c: Array = initializers.start(biases, (n,), rng).astype(dtype)
        self.dc = np.zeros_like(self.c)

    def recall(self, before: Array) -> Array:
        """Return h₋ Wh, with c added to what goes to h̃."""
        u = super().recall(before)
        u[:, 2 * self.n :] += self.c
        return u

    def cell_backward(
        self, dstates: list[Array], cache: tuple[Array, ...]
    ) -> tuple[Array, list[Array]]:
        """dc += Σ r da of h̃, and the rest as in a GRU."""
        da, dstates = super().cell_backward(dstates, cache)
        self.dc += (cache[1] * da[:, 2 * self.n :]).sum(axis=0)
        return da, dstates
