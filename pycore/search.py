"""Vector search: the nearest points, exactly or by looking at a part of them. It trains nothing.

Every search says how many distances it computed, so that what an index saves can be set against
what it misses.

Examples:
    >>> import numpy as np
    >>> from pycore.search import InvertedFile, exact, k_means, recall
    >>> points = np.random.default_rng(0).normal(size=(200, 4))
    >>> index = InvertedFile(points, k_means(points, 10, rng=0))
    >>> truth, found = exact(points, points[:50], 3), index.search(points[:50], 3, looks=2)
    >>> recall(found, truth) > 0.8, max(found.computed.tolist()) < 100
    (True, True)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Integers, Seed, ShapeError, counted, floats, positive, seeded

ROUNDING = 1e-9
"""Distances that differ by no more are equal."""
MOST_PLANES = 62
"""As many places as a binary number of 64 bits has, less its sign and one to spare."""


class Found(NamedTuple):
    """What a search found.

    Attributes:
        places: of the nearest points, the nearest first; −1 where too few were seen (queries, k).
        distances: theirs; infinite where there is none (queries, k).
        computed: distances computed for each query, those to an index's own vectors counted too.
    """

    places: Integers
    distances: Array
    computed: Integers


def recall(found: Found, truth: Found) -> float:
    """Return the share of the true neighbours that were found.

    A point as near as a true neighbour counts as one, so that ties do not matter.

    Raises:
        ShapeError: the two searches did not answer equally many queries with equally many points.
    """
    if found.distances.shape != truth.distances.shape:
        raise ShapeError(
            f"recall: got answers {found.distances.shape} and truth {truth.distances.shape}; "
            "allowed: (queries, k) for both"
        )
    return float((found.distances <= truth.distances[:, -1:] + ROUNDING).mean())


def exact(
    points: npt.ArrayLike, queries: npt.ArrayLike, k: int = 1, *, leave: Integers | None = None
) -> Found:
    """Return the k nearest points by computing every distance.

    Shapes: points (n, d), queries (q, d) → (q, k).

    Args:
        points: what is searched.
        queries: what is searched for.
        k: how many points each query wants.
        leave: for each query a point that does not count, such as itself.

    Raises:
        ShapeError: points and queries are not rows of equally many numbers.
        ValueError: k is no whole number from 1.
    """
    points, queries = _rows(points), _rows(queries)
    cells = np.zeros(len(points), int)
    return _among(points, cells, queries, np.ones((len(queries), 1), bool), k, leave, 0)


def k_means(points: npt.ArrayLike, count: int, rng: Seed, rounds: int = 20) -> Array:
    """Return centres, each the mean of the points that are nearest to it.

    They start at points drawn at random; in each round every point joins its nearest centre, and
    every centre moves to the mean of its points. One without points stays.

    Shapes: (n, d) → (count, d).

    Source: Lloyd, Least squares quantization in PCM, 1982.

    Raises:
        ValueError: count or rounds is no whole number from 1, or there are fewer points than that.
    """
    positive("k_means", count=count, rounds=rounds)
    points = _rows(points)
    if count > len(points):
        raise ValueError(f"k_means: count is {count}; allowed: 1 to {len(points)}, the points")
    centres = points[seeded(rng).choice(len(points), count, replace=False)]
    for _ in range(rounds):
        nearest = distances(points, centres).argmin(axis=1)
        for cell in np.unique(nearest):
            centres[cell] = points[nearest == cell].mean(axis=0)
    return centres


def distances(a: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """|a − b| of every pair of rows.

    Shapes: (m, d), (n, d) → (m, n).

    Raises:
        ShapeError: they are not rows of equally many numbers.
    """
    a, b = _rows(a), _rows(b)
    _alike(a, b)
    return np.asarray(np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2)))


class InvertedFile:
    """Each point is filed under its nearest centre; a query looks at the nearest centres' files.

    Source: Jégou, Douze and Schmid, Product quantization for nearest neighbor search, 2011.

    Attributes:
        centres: (cells, d).
        cells: the centre of each point (n,).

    Raises:
        ShapeError: points and centres are not rows of equally many numbers.
    """

    def __init__(self, points: npt.ArrayLike, centres: npt.ArrayLike) -> None:
        self.points, self.centres = _rows(points), _rows(centres)
        self.cells: Integers = distances(self.points, self.centres).argmin(axis=1)

    def search(
        self,
        queries: npt.ArrayLike,
        k: int = 1,
        *,
        looks: int = 1,
        leave: Integers | None = None,
    ) -> Found:
        """Return the k nearest points in the `looks` cells whose centres are nearest.

        Raises:
            ShapeError, ValueError: as `exact`; there are not so many cells.
        """
        positive("InvertedFile", looks=looks)
        if looks > len(self.centres):
            raise ValueError(
                f"InvertedFile: looks is {looks}; allowed: 1 to {len(self.centres)}, its cells"
            )
        queries = _rows(queries)
        order = np.argsort(distances(queries, self.centres), axis=1, kind="stable")[:, :looks]
        into = np.zeros((len(queries), len(self.centres)), bool)
        into[np.arange(len(queries))[:, None], order] = True
        return _among(self.points, self.cells, queries, into, k, leave, len(self.centres))


class Hyperplanes:
    """Each point is filed by the sides of some planes that it lies on; queries look where they lie.

    The planes go through the origin, so that only directions count. Two vectors with the angle θ
    between them lie on the same side of a plane drawn at random with the chance 1 − θ/π.

    Source: Charikar, Similarity estimation techniques from rounding algorithms, 2002.

    Attributes:
        planes: a vector at a right angle to each (bits, d).
        cells: the sides of each point, read as a binary number (n,).

    Raises:
        ShapeError: points and planes are not rows of equally many numbers.
        ValueError: there are more planes than a binary number here has places.
    """

    def __init__(self, points: npt.ArrayLike, planes: npt.ArrayLike) -> None:
        self.points, self.planes = _rows(points), _rows(planes)
        _alike(self.points, self.planes)
        if len(self.planes) > MOST_PLANES:
            raise ValueError(
                f"Hyperplanes: got {len(self.planes)} planes; allowed: up to {MOST_PLANES}"
            )
        self.cells = self.sides(self.points)

    def sides(self, vectors: npt.ArrayLike) -> Integers:
        """Return the sides that each vector lies on, read as a binary number."""
        vectors = _rows(vectors)
        _alike(self.points, vectors)
        above = vectors @ self.planes.T > 0
        bits = np.arange(len(self.planes), dtype=np.int64)  # a browser’s own are of 32 bits
        return np.asarray(above @ (np.int64(1) << bits))

    def search(
        self,
        queries: npt.ArrayLike,
        k: int = 1,
        *,
        off: int = 0,
        leave: Integers | None = None,
    ) -> Found:
        """Return the k nearest points among those that at most `off` planes part from the query.

        A plane's side costs as much to compute as a distance, and counts as one.

        Raises:
            ShapeError, ValueError: as `exact`; off is no whole number from 0.
        """
        counted("Hyperplanes", off=off)
        queries = _rows(queries)
        names, cells = np.unique(self.cells, return_inverse=True)
        parted = self.sides(queries)[:, None] ^ names[None]
        planes = np.sum([(parted >> bit) & 1 for bit in range(len(self.planes))], axis=0)
        return _among(
            self.points, cells.ravel(), queries, planes <= off, k, leave, len(self.planes)
        )


def _among(
    points: Array,
    cells: Integers,
    queries: Array,
    into: npt.NDArray[np.bool_],
    k: int,
    leave: Integers | None,
    before: int,
) -> Found:
    """The nearest points of the cells that each query looks into (queries, cells).

    Only their distances are computed; `before` is how many it took to know the cells.
    """
    positive("search", k=k)
    _alike(points, queries)
    if leave is not None and np.shape(leave) != (len(queries),):
        raise ShapeError(
            f"search: leave has shape {np.shape(leave)}; allowed: ({len(queries)},), a point for "
            "each query"
        )
    places = np.full((len(queries), k), -1)
    nearest = np.full((len(queries), k), np.inf)
    computed = np.full(len(queries), before)
    for cell in range(into.shape[1]):
        rows, members = np.flatnonzero(into[:, cell]), np.flatnonzero(cells == cell)
        if not len(rows) or not len(members):
            continue
        found = distances(queries[rows], points[members])
        computed[rows] += len(members)
        if leave is not None:
            left = members[None] == leave[rows, None]
            found[left] = np.inf
            computed[rows] -= left.sum(axis=1)
        all_places = np.concatenate(
            [places[rows], np.where(np.isinf(found), -1, members[None])], axis=1
        )
        found = np.concatenate([nearest[rows], found], axis=1)
        best = np.argsort(found, axis=1, kind="stable")[:, :k]
        places[rows] = np.take_along_axis(all_places, best, axis=1)
        nearest[rows] = np.take_along_axis(found, best, axis=1)
    return Found(places, nearest, computed)


def _rows(x: npt.ArrayLike) -> Array:
    x = floats(x)
    if x.ndim != 2 or not x.size:
        raise ShapeError(f"search: got shape {x.shape}; allowed: (rows, numbers), both from 1")
    return x


def _alike(points: Array, others: Array) -> None:
    if points.shape[1] != others.shape[1]:
        raise ShapeError(
            f"search: got {points.shape[1]} and {others.shape[1]} numbers in a row; allowed: "
            "equally many"
        )
