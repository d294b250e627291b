"""Layers on a graph: every node hears from its neighbours. They know edges, not drawings.

Examples:
    >>> from pycore.graph_data import path
    >>> from pycore.graphs import MessagePassing
    >>> import numpy as np
    >>> layer = MessagePassing(1, 1, path(3), rng=0)
    >>> layer.W[...], layer.U[...] = 0, 1  # each node says what its neighbours say on average
    >>> layer.forward(np.array([[1.0], [5.0], [3.0]])).ravel()
    array([5., 2., 5.])
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.arrays import Array, DType, Integers, Seed, floats, positive, seeded, shape_error
from pycore.graph_data import edge_list
from pycore.initializers import Initializer
from pycore.kernels import product
from pycore.layer import Layer

Aggregate = Literal["sum", "mean", "max"]


class MessagePassing(Layer):
    """y_v = x_v W + (⊕ of x_u over the edges u → v) U + b, ⊕ a sum, a mean or a maximum.

    Shapes: x (nodes, n_in), edges (count, 2) of whole numbers (from, to), W and U (n_in, n_out),
    b (n_out,) → y (nodes, n_out). A node that hears nothing gets 0 for ⊕.

    Source: Gilmer et al., Neural message passing for quantum chemistry, 2017; Hamilton et al.,
    Inductive representation learning on large graphs, 2017.

    Raises:
        ValueError: there is no such aggregate, or an edge names no row of x.

    Attributes:
        edges: may be replaced between passes; for an undirected graph, list both directions.
    """

    PARAMETERS = ("W", "U", "b")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        edges: npt.ArrayLike,
        aggregate: Aggregate = "mean",
        weights: Initializer = initializers.xavier_uniform,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("MessagePassing", n_in=n_in, n_out=n_out)
        if aggregate not in ("sum", "mean", "max"):
            raise ValueError(f"MessagePassing: {aggregate!r}; allowed: 'sum', 'mean', 'max'")
        self.edges = edges
        self.aggregate = aggregate
        self.W: Array = initializers.start(weights, (n_in, n_out), rng).astype(dtype)
        self.U: Array = initializers.start(weights, (n_in, n_out), rng).astype(dtype)
        self.b: Array = np.zeros(n_out, dtype)
        self.dW, self.dU, self.db = map(np.zeros_like, (self.W, self.U, self.b))

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a random graph of 2 to 5 nodes."""
        nodes, n_in, n_out = (int(size) for size in rng.integers((2, 1, 1), 6))
        kinds: tuple[Aggregate, ...] = ("sum", "mean", "max")
        edges = rng.integers(nodes, size=(2 * nodes, 2))
        layer = cls(n_in, n_out, edges, kinds[rng.integers(3)], rng=rng, dtype=dtype)
        return layer, rng.normal(size=(nodes, n_in)).astype(dtype)

    @property
    def edges(self) -> Integers:
        """Who hears whom: (from, to), (count, 2)."""
        return self._edges

    @edges.setter
    def edges(self, edges: npt.ArrayLike) -> None:
        self._edges = edge_list("MessagePassing", edges)

    def gather(self, x: Array) -> Array:
        """Return ⊕ for every node."""
        start, end = self.edges.T
        heard = np.zeros_like(x)
        if self.aggregate == "max":
            heard[end] = -np.inf
            np.maximum.at(heard, end, x[start])
        else:
            np.add.at(heard, end, x[start])
        degree = np.bincount(end, minlength=len(x)) if self.aggregate == "mean" else np.ones(len(x))
        self.degree = np.maximum(degree, 1).astype(x.dtype)[:, None]
        return np.asarray(heard / self.degree)

    def gather_backward(self, dheard: Array) -> Array:
        """Return dL/dx through ⊕; of equal largest messages the first edge's gets the gradient."""
        start, end = self.edges.T
        dx = np.zeros_like(self.x)
        if self.aggregate != "max":
            np.add.at(dx, start, (dheard / self.degree)[end])
            return dx
        taken = np.zeros(self.x.shape, bool)
        for u, v in zip(start, end, strict=True):
            wins = (self.x[u] == self.heard[v]) & ~taken[v]
            dx[u] += np.where(wins, dheard[v], 0)
            taken[v] |= wins
        return dx

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x W + ⊕ U + b."""
        if x.ndim != 2 or x.shape[1] != len(self.W) or x.size == 0:
            raise shape_error(self, x, f"(nodes, {len(self.W)}), at least one node")
        if self.edges.size and not 0 <= self.edges.min() <= self.edges.max() < len(x):
            raise ValueError(
                f"{self}: edges name nodes {self.edges.min()} to {self.edges.max()}; "
                f"allowed: 0 to {len(x) - 1}"
            )
        self.x = x = floats(x)
        self.heard = self.gather(x)
        return product(x, self.W) + product(self.heard, self.U) + self.b

    def backward(self, dy: Array) -> Array:
        """dW += xᵀ dy;  dU += ⊕ᵀ dy;  db += Σ dy;  dx = dy Wᵀ + what ⊕ sends back of dy Uᵀ."""
        self.dW += product(self.x.T, dy)
        self.dU += product(self.heard.T, dy)
        self.db += dy.sum(axis=0)
        return product(dy, self.W.T) + self.gather_backward(product(dy, self.U.T))
