"""Small graphs as lists of edges, for `graphs.MessagePassing`. They know no layer and no drawing.

Edges have shape (count, 2), whole numbers (from, to). Every graph here is undirected: both
directions of an edge are listed, no edge twice, none from a node to itself, in sorted order.

Examples:
    >>> from pycore import graph_data
    >>> graph_data.path(3)
    array([[0, 1],
           [1, 0],
           [1, 2],
           [2, 1]])
    >>> graph_data.distances(graph_data.ring(6), 6, start=0)
    array([0, 1, 2, 3, 2, 1])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Integers, Seed, counted, positive, seeded, shape_error, within


def edge_list(who: str, edges: npt.ArrayLike) -> Integers:
    """Return edges as whole numbers (from, to).

    Shapes: (count, 2), or nothing → (count, 2).

    Raises:
        ShapeError: they have another shape, such as (2, count).
        TypeError: they are no whole numbers.
    """
    pairs: npt.NDArray[Any] = np.asarray(edges)
    if pairs.size == 0:
        return np.zeros((0, 2), int)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise shape_error(f"{who}'s edges", pairs, "(count, 2), from and to")
    if pairs.dtype.kind not in "iu":
        raise TypeError(f"{who}: edges hold {pairs.dtype}; allowed: whole numbers")
    return pairs.astype(int)


def undirected(edges: npt.ArrayLike) -> Integers:
    """Return both directions of every edge once, sorted, without edges from a node to itself.

    Shapes: (count, 2) → (new count, 2).
    """
    pairs = edge_list("undirected", edges)
    both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    return np.asarray(both[both[:, 0] != both[:, 1]])


def path(n: int) -> Integers:
    """0 – 1 – 2 – … – n−1.

    Shapes: → (2 (n − 1), 2).
    """
    positive("path", n=n)
    return undirected([(i, i + 1) for i in range(n - 1)])


def ring(n: int) -> Integers:
    """A path whose ends are joined.

    Shapes: → (2 n, 2) from three nodes on.
    """
    positive("ring", n=n)
    return undirected([(i, (i + 1) % n) for i in range(n)])


def star(n: int) -> Integers:
    """Node 0 joined to every other.

    Shapes: → (2 (n − 1), 2).
    """
    positive("star", n=n)
    return undirected([(0, i) for i in range(1, n)])


def complete(n: int) -> Integers:
    """Every node joined to every other.

    Shapes: → (n (n − 1), 2).
    """
    positive("complete", n=n)
    return undirected([(i, j) for i in range(n) for j in range(i)])


def tree(n: int, branches: int = 2) -> Integers:
    """Node i joined to its parent ⌊(i − 1) / branches⌋: filled row by row from the root, node 0.

    Shapes: → (2 (n − 1), 2).
    """
    positive("tree", n=n, branches=branches)
    return undirected([((i - 1) // branches, i) for i in range(1, n)])


def grid(rows: int, columns: int) -> Integers:
    """Node columns · r + c joined to its neighbours left, right, above and below.

    Shapes: → (2 (rows (columns − 1) + columns (rows − 1)), 2).
    """
    positive("grid", rows=rows, columns=columns)
    at = np.arange(rows * columns).reshape(rows, columns)
    across = np.stack([at[:, :-1], at[:, 1:]], axis=-1).reshape(-1, 2)
    down = np.stack([at[:-1], at[1:]], axis=-1).reshape(-1, 2)
    return undirected(np.concatenate([across, down]))


def _random(chance: Array, rng: np.random.Generator) -> Integers:
    """Join each pair i < j with probability chance[i, j]."""
    drawn = rng.random(chance.shape) < chance
    return undirected(np.argwhere(np.triu(drawn, 1)))


def random(n: int, p: float, rng: Seed) -> Integers:
    """Each pair of nodes joined with probability p, whatever the others do.

    Shapes: → (count, 2), count about n (n − 1) p.

    Source: Gilbert, Random graphs, 1959.
    """
    positive("random", n=n)
    within("random", high=1, p=p)
    return _random(np.full((n, n), p), seeded(rng))


def communities(
    n: int,
    noise: float,
    rng: Seed,
    classes: int = 3,
    inside: float = 0.5,
    across: float = 0.03,
) -> tuple[Array, Integers, Integers]:
    """Groups of nodes: two of one group are joined with probability `inside`, else `across`.

    Shapes: x (n, classes), edges (count, 2), labels y (n,). x is 1 at the node's own class, plus
    noise · N(0, 1); with much noise a node must ask its neighbours to know its class.

    Source: Holland et al., Stochastic blockmodels, 1983.
    """
    rng = seeded(rng)
    positive("communities", n=n, classes=classes)
    within("communities", noise=noise)
    within("communities", high=1, inside=inside, across=across)
    y = rng.permutation(np.arange(n) % classes)
    edges = _random(np.where(y[:, None] == y, inside, across), rng)
    return np.eye(classes)[y] + rng.normal(0.0, 1.0, (n, classes)) * noise, edges, y


def distances(edges: npt.ArrayLike, n: int, start: int) -> Integers:
    """The fewest edges from `start` to every node, −1 where there is no way: breadth first.

    Shapes: edges (count, 2) → (n,). The largest is the rounds of message passing that `start` needs
    to be heard everywhere: its eccentricity.

    Raises:
        ShapeError: edges is not (count, 2).
        ValueError: start, or an edge, names no node.
    """
    positive("distances", n=n)
    counted("distances", start=start)
    edges = edge_list("distances", edges)
    named = [start, *edges.ravel()]
    if not 0 <= min(named) <= max(named) < n:
        raise ValueError(f"distances: nodes {min(named)} to {max(named)}; allowed: 0 to {n - 1}")
    far = np.full(n, -1)
    far[start] = 0
    for steps in range(1, n):
        reached = edges[far[edges[:, 0]] == steps - 1, 1]
        far[reached[far[reached] < 0]] = steps
    return far
