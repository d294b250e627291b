"""Normalizing flows: invertible layers that know how much they stretch space.

Examples:
    >>> from pycore.flows import AffineCoupling
    >>> import numpy as np
    >>> layer = AffineCoupling(2, rng=0)
    >>> x = np.array([[1.0, 2.0]])
    >>> np.allclose(layer.inverse(layer.forward(x)), x)
    True
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Self

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.activations import Tanh
from pycore.arrays import (
    Array,
    DType,
    Integers,
    Seed,
    ShapeError,
    above_zero,
    floats,
    positive,
    seeded,
    shape_error,
)
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.objectives import Unsupervised


class AffineCoupling(Layer):
    """y_a = x_a,  y_b = x_b ⊙ e^s + t,  (s, t) = network(x_a);  log |det| = Σ s.

    Shapes: x (batch, n) → y (batch, n); a and b are halves of the columns (b the larger), changing
    places with `swap`. s is kept within (−limit, limit) by limit · tanh.

    Source: Dinh et al., Density estimation using Real NVP, 2017.

    Raises:
        ValueError: n is below 2.

    Attributes:
        log_det: log |det dy/dx| of each example, (batch,), after `forward`.
        dlog_det: dL/dlog_det, to be set before `backward`; zeros if it is None.
    """

    def __init__(
        self,
        n: int,
        n_hidden: int = 16,
        swap: bool = False,
        limit: float = 2.0,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("AffineCoupling", n=n, n_hidden=n_hidden)
        if n < 2:
            raise ValueError(f"AffineCoupling: n is {n}; allowed: from 2")
        above_zero("AffineCoupling", limit=limit)
        self.n, self.limit = n, limit
        columns = np.arange(n)[::-1] if swap else np.arange(n)
        self.a, self.b = columns[: n // 2], columns[n // 2 :]
        self.network = Sequential(
            Dense(len(self.a), n_hidden, rng=rng, dtype=dtype),
            Tanh(),
            Dense(n_hidden, 2 * len(self.b), initializers.normal(0.01), rng=rng, dtype=dtype),
        )
        self.dlog_det: Array | None = None

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Self, Array]:
        """Return a coupling of 2 to 4 columns, far from the identity."""
        batch, n = (int(size) for size in rng.integers((1, 2), 5))
        layer = cls(n, 3, bool(rng.integers(2)), rng=rng, dtype=dtype)
        layer.network.theta[...] = rng.normal(size=layer.network.theta.shape)
        return layer, rng.normal(size=(batch, n)).astype(dtype)

    def _shift_and_scale(self, x_a: Array) -> tuple[Array, Array]:
        raw, t = np.split(self.network.forward(x_a), 2, axis=1)
        return self.limit * np.tanh(raw / self.limit), t

    def require(self, x: Array) -> None:
        """Refuse what is not a batch of n columns."""
        if x.ndim != 2 or x.shape[1] != self.n or x.size == 0:
            raise shape_error(self, x, f"(batch, {self.n}), at least one row")

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y, and leave `log_det`."""
        self.require(x)
        x = floats(x)
        self.s, t = self._shift_and_scale(x[:, self.a])
        self.x_b = x[:, self.b]
        y = x.copy()
        y[:, self.b] = self.x_b * np.exp(self.s) + t
        self.log_det: Array = self.s.sum(axis=1)
        return y

    def backward(self, dy: Array) -> Array:
        """dx_b = dy_b e^s;  ds = dy_b x_b e^s + dlog_det;  dt = dy_b, both back to x_a."""
        dy = floats(dy)
        dy_b = dy[:, self.b]
        dx_b = dy_b * np.exp(self.s)
        ds = dx_b * self.x_b
        if self.dlog_det is not None:
            ds = ds + self.dlog_det[:, None]
        draw = ds * (1 - (self.s / self.limit) ** 2)
        dx = dy.copy()
        dx[:, self.b] = dx_b
        dx[:, self.a] += self.network.backward(np.concatenate([draw, dy_b], axis=1))
        return dx

    def inverse(self, y: Array) -> Array:
        """x_b = (y_b − t) ⊙ e^(−s): exact, with the same network.

        Shapes: y (batch, n) → x (batch, n). Not between a `forward` and its `backward`, for the
        network remembers only its last pass.
        """
        self.require(y)
        y = floats(y)
        s, t = self._shift_and_scale(y[:, self.a])
        x = y.copy()
        x[:, self.b] = (y[:, self.b] - t) * np.exp(-s)
        return x


class CouplingFlow(Sequential):
    """z = f_k(… f₁(x)): couplings with changing halves;  log p(x) = log N(z; 0, I) + Σ log |det|.

    Shapes: x (batch, n) → z (batch, n). `Likelihood` is what it learns.

    Source: Dinh et al., 2017.
    """

    def __init__(
        self,
        n: int,
        couplings: int = 4,
        n_hidden: int = 16,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("CouplingFlow", couplings=couplings)
        swaps = itertools.islice(itertools.cycle((False, True)), couplings)
        super().__init__(*(AffineCoupling(n, n_hidden, s, rng=rng, dtype=dtype) for s in swaps))

    @property
    def couplings(self) -> list[AffineCoupling]:
        """The layers, which are all couplings."""
        return [layer for layer in self.layers if isinstance(layer, AffineCoupling)]

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Self, Array]:
        """Return two couplings of the plane, far from the identity."""
        flow = cls(2, 2, 2, rng=rng, dtype=dtype)
        flow.theta[...] = rng.normal(size=flow.theta.shape)
        return flow, rng.normal(size=(int(rng.integers(1, 5)), 2)).astype(dtype)

    def log_det(self) -> Array:
        """Return Σ log |det| of the last `forward`, one number for each example."""
        return np.asarray(sum(coupling.log_det for coupling in self.couplings))

    def inverse(self, z: Array) -> Array:
        """Return the x that gives z."""
        for coupling in reversed(self.couplings):
            z = coupling.inverse(z)
        return z

    def log_density(self, x: Array) -> Array:
        """Return log p(x), one number for each example."""
        return self.density_at(self.forward(x))

    def density_at(self, z: Array) -> Array:
        """Return log p(x) where z is what the last `forward` gave."""
        log_normal = -(z * z).sum(axis=1) / 2 - z.shape[1] / 2 * math.log(2 * math.pi)
        return np.asarray(log_normal + self.log_det())


class PiecewiseLine:
    """z = z_k + s_k (x − x_k),  s_k = (z_{k+1} − z_k) / (x_{k+1} − x_k);  log |dz/dx| = log s_k.

    A flow in one dimension: a line through knots that only rises. Its first and last piece go
    straight on, so that every x has its z.

    Shapes: x and z (knots,), both rising.

    Raises:
        ShapeError: x and z are no two rows of equal length, from 2.
        ValueError: one of them does not rise.
    """

    def __init__(self, x: npt.ArrayLike, z: npt.ArrayLike) -> None:
        self.x, self.z = floats(x), floats(z)
        if self.x.ndim != 1 or self.x.shape != self.z.shape or len(self.x) < 2:
            raise ShapeError(
                f"PiecewiseLine: got shapes {self.x.shape} and {self.z.shape}; allowed: (knots,) "
                "for both, from 2"
            )
        for name, row in (("x", self.x), ("z", self.z)):
            if not (np.diff(row) > 0).all():
                raise ValueError(f"PiecewiseLine: {name} is {row}; allowed: each above the last")
        self.slopes = np.diff(self.z) / np.diff(self.x)

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return z, of the shape of x."""
        x, k = self._piece(x, self.x)
        return np.asarray(self.z[k] + (x - self.x[k]) * self.slopes[k])

    def inverse(self, z: npt.ArrayLike) -> Array:
        """Return the x that gives z."""
        z, k = self._piece(z, self.z)
        return np.asarray(self.x[k] + (z - self.z[k]) / self.slopes[k])

    def log_det(self, x: npt.ArrayLike) -> Array:
        """Return log |dz/dx|; at a knot, that of the piece to its right."""
        return np.asarray(np.log(self.slopes[self._piece(x, self.x)[1]]))

    def log_density(self, x: npt.ArrayLike) -> Array:
        """Return log p(x) = log N(z; 0, 1) + log |dz/dx|."""
        z = self.forward(x)
        return np.asarray(-z * z / 2 - math.log(2 * math.pi) / 2 + self.log_det(x))

    def _piece(self, at: npt.ArrayLike, knots: Array) -> tuple[Array, npt.NDArray[np.intp]]:
        places = floats(at)
        return places, np.searchsorted(knots[1:-1], places, "right")


class Likelihood(Unsupervised):
    """L = −mean log p(x) of a flow.

    Shapes: x (rows, n), or a function that draws such rows.

    Source: Dinh et al., 2017.
    """

    network: CouplingFlow

    def __init__(self, flow: CouplingFlow, x: Array | Callable[[], Array]) -> None:
        super().__init__(flow, x)

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L, and leave its gradient in `flow.grad`."""
        x, flow = self.examples(rows), self.network
        flow.zero_grad()
        z = flow.forward(x)
        for coupling in flow.couplings:
            coupling.dlog_det = np.full(len(x), -1 / len(x), z.dtype)
        flow.accumulate(z / len(x))
        for coupling in flow.couplings:
            coupling.dlog_det = None
        return -float(flow.density_at(z).mean())
