"""Seeded toy data: `f(n, noise, rng) -> (x, y)`, splits and mini-batches. It knows no network.

For classes, x has shape (n, 2) and y holds whole-number labels (n,), the rows shuffled, the classes
as equal in size as n allows. For regression, x and y have shape (n, 1).

Examples:
    >>> from pycore import data
    >>> import numpy as np
    >>> x, y = data.moons(200, noise=0.1, rng=0)
    >>> x.shape, y[:8].tolist()
    ((200, 2), [1, 0, 0, 1, 0, 0, 1, 0])
    >>> (learn_x, learn_y), (held_x, held_y) = data.split(x, y, 0.75, rng=0)
    >>> np.bincount(learn_y), np.bincount(held_y)
    (array([75, 75]), array([25, 25]))
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import (
    Array,
    Integers,
    Seed,
    ShapeError,
    floats,
    plain,
    positive,
    seeded,
    shape_error,
    within,
)

Labelled = tuple[Array, Integers]
"""x and whole-number labels y."""
Pair = tuple[npt.NDArray[Any], npt.NDArray[Any]]
"""x and y of any kind."""


def _labels(who: str, n: int, classes: int) -> Integers:
    """Return n labels 0, 1, …, 0, 1, … in turn."""
    positive(who, n=n, classes=classes)
    return np.arange(n) % classes


def noisy(x: Array, noise: float, rng: Seed) -> Array:
    """x + noise · N(0, 1).

    Shapes: any → the same.

    Raises:
        ValueError: the noise is no finite number from 0.
    """
    x, rng = floats(x), seeded(rng)
    within("data", noise=noise)
    return x + rng.normal(0.0, 1.0, x.shape) * noise


def _finish(x: Array, y: Integers, noise: float, rng: np.random.Generator) -> Labelled:
    """Add normal noise and shuffle the rows."""
    x = noisy(x, noise, rng)
    order = rng.permutation(len(x))
    return x[order], y[order]


def moons(n: int, noise: float, rng: Seed) -> Labelled:
    """Two half circles, hooked into each other: label 0 above, 1 below.

    Shapes: x (n, 2), y (n,). Without noise x lies within [−1, 2] × [−0.5, 1].
    """
    rng = seeded(rng)
    y = _labels("moons", n, 2)
    angle = rng.uniform(0, math.pi, n)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _finish(np.where(y[:, None] == 0, x, [1, 0.5] - x), y, noise, rng)


def circles(n: int, noise: float, rng: Seed, inner: float = 0.5) -> Labelled:
    """A circle of radius 1 (label 0) around one of radius `inner` (label 1).

    Shapes: x (n, 2), y (n,).
    """
    rng = seeded(rng)
    y = _labels("circles", n, 2)
    angle = rng.uniform(0, 2 * math.pi, n)
    within("circles", inner=inner)
    radius = np.where(y == 0, 1.0, inner)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _finish(x, y, noise, rng)


def xor(n: int, noise: float, rng: Seed) -> Labelled:
    """Points of the square [−1, 1]², labelled 1 where the signs of the two coordinates differ.

    Shapes: x (n, 2), y (n,). The points keep 0.05 from both axes; noise is added afterwards.

    Source: Minsky and Papert, Perceptrons, 1969.
    """
    rng = seeded(rng)
    y = _labels("xor", n, 2)
    x = rng.uniform(0.05, 1, (n, 2)) * rng.choice([-1.0, 1.0], (n, 1))
    x[:, 1] *= 1 - 2 * y
    return _finish(x, y, noise, rng)


def spirals(n: int, noise: float, rng: Seed, classes: int = 2, turns: float = 1.0) -> Labelled:
    """`classes` spiral arms from near the middle (radius 0.05) to radius 1, `turns` turns from 0.

    Shapes: x (n, 2), y (n,).

    Source: Lang and Witbrock, Learning to tell two spirals apart, 1988.
    """
    rng = seeded(rng)
    y = _labels("spirals", n, classes)
    within("spirals", -math.inf, turns=turns)
    radius = np.sqrt(rng.uniform(0.0025, 1, n))  # the root spreads the points evenly along the arm
    angle = 2 * math.pi * (turns * radius + y / classes)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _finish(x, y, noise, rng)


def blobs(n: int, noise: float, rng: Seed, classes: int = 3) -> Labelled:
    """One round normal cloud of standard deviation `noise` for each class, on the unit circle.

    Shapes: x (n, 2), y (n,).
    """
    y = _labels("blobs", n, classes)
    angle = 2 * math.pi * y / classes
    return _finish(np.stack([np.cos(angle), np.sin(angle)], axis=1), y, noise, seeded(rng))


def gaussians(n: int, noise: float, rng: Seed, classes: int = 2, stretch: float = 3.0) -> Labelled:
    """Normal clouds at random places, each stretched in a random direction.

    Shapes: x (n, 2), y (n,). `noise` is the shorter standard deviation, `stretch` times it the
    longer.
    """
    rng = seeded(rng)
    y = _labels("gaussians", n, classes)
    within("gaussians", stretch=stretch)
    centres = rng.uniform(-1, 1, (classes, 2))
    angle = rng.uniform(0, math.pi, classes)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)[y]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    z = noisy(np.zeros((n, 2)), noise, rng)
    x = centres[y] + stretch * z[:, :1] * along + z[:, 1:] * across
    return _finish(x, y, 0.0, rng)


def line(
    n: int, noise: float, rng: Seed, slope: float = 1.0, offset: float = 0.0
) -> tuple[Array, Array]:
    """y = slope · x + offset + noise · N(0, 1), x ~ U(−1, 1).

    Shapes: x (n, 1), y (n, 1).
    """
    rng = seeded(rng)
    positive("line", n=n)
    within("line", -math.inf, slope=slope, offset=offset)
    x = rng.uniform(-1, 1, (n, 1))
    return x, noisy(slope * x + offset, noise, rng)


def wave(n: int, noise: float, rng: Seed, cycles: float = 1.0) -> tuple[Array, Array]:
    """y = sin(π · cycles · x) + noise · N(0, 1), x ~ U(−1, 1): so many waves from −1 to 1.

    Shapes: x (n, 1), y (n, 1).
    """
    rng = seeded(rng)
    positive("wave", n=n)
    within("wave", -math.inf, cycles=cycles)
    x = rng.uniform(-1, 1, (n, 1))
    return x, noisy(np.sin(math.pi * cycles * x), noise, rng)


def same_length(who: str, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> int:
    """Return the number of rows of x and y.

    Raises:
        ShapeError: they differ, or there are none.
    """
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or len(x) == 0:
        raise ShapeError(
            f"{who}: x has shape {x.shape} and y {y.shape}; "
            "allowed: the same number of rows, at least 1"
        )
    return len(x)


def split(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    fraction: float,
    rng: Seed,
    by_class: bool | None = None,
) -> tuple[Pair, Pair]:
    """Deal the rows at random: (x, y) with `fraction` of them, and (x, y) with the rest.

    Labels are dealt class by class, so that both parts hold every class of at least two rows, in
    its share; without that a small part may lack one. One number or text a row is taken for a label
    if it is whole by its type, a truth value or a text, or if there are only two values in all.
    Floats of more values are labels if they are whole, each comes at least twice, and each part has
    room for all of them; else targets of a regression. Rows with a single 1 among zeros, a column
    for each class, are labels too, on the same terms. `by_class` True or False says it instead.

    Shapes: x (n, …), y (n, …) → the same twice, with ⌊fraction · n⌉ rows and the others.

    Raises:
        ShapeError: x and y differ in rows, or have none.
        ValueError: one of the two parts would be empty, or has fewer rows than there are classes.
    """
    rng = seeded(rng)
    within("split", high=1, fraction=fraction)
    x, y = plain("split: x", x), plain("split: y", y)
    n = same_length("split", x, y)
    first = round(n * fraction)
    if not 0 < first < n:
        raise ValueError(f"split: {fraction} of {n} rows is {first}; allowed: 1 to {n - 1} rows")
    a, b = _dealt("split", y, (first, n - first), rng, by_class)
    return (x[a], y[a]), (x[b], y[b])


def _dealt(
    who: str,
    y: npt.NDArray[Any],
    sizes: tuple[int, ...],
    rng: np.random.Generator,
    by_class: bool | None,
) -> list[Integers]:
    """Return the numbers of the rows of each part, of so many rows."""
    rest, parts = rng.permutation(len(y)), []
    labels = _classes(who, y, by_class, min(sizes))
    for size in sizes[:-1]:
        chosen = np.arange(len(rest)) < size
        if labels is not None:
            chosen = _share_of_each(who, labels[rest], size)
        parts.append(rest[chosen])
        rest = rest[~chosen]
    return [*parts, rest]


def _classes(
    who: str, y: npt.NDArray[Any], by_class: bool | None, smallest: int
) -> npt.NDArray[np.integer[Any]] | None:
    """Return the number of each row's class, or None where y are to be dealt as they come.

    Shapes: y (n, …) → (n,).
    """
    if _one_hot(y):
        labels = y.argmax(axis=1)
        wanted = len(np.unique(labels)) <= smallest if by_class is None else by_class
        return labels if wanted else None
    if by_class is None:
        by_class = y.size == len(y) and (y.dtype.kind in "iubUSO" or _few(y, smallest))
    if not by_class:
        return None
    if y.size != len(y):
        raise shape_error(f"{who}: by_class takes labels", y, f"({len(y)},), one for each row")
    flat = y.ravel() if y.dtype.kind != "O" else y.ravel().astype(str)
    return np.asarray(np.unique(flat, return_inverse=True)[1])


def _one_hot(y: npt.NDArray[Any]) -> bool:
    """Tell whether each row has one 1 among zeros, and each column with a 1 at least two."""
    if y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind not in "iufb":
        return False
    single = ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()
    return bool(single and (y.sum(axis=0) != 1).all())


def _few(y: npt.NDArray[Any], smallest: int) -> bool:
    """Tell whether floats look like labels, all of which the smallest part has room for."""
    values, count = np.unique(y, return_counts=True)
    if len(values) <= 2:
        return True
    whole = bool(np.isfinite(values).all() and (values == np.floor(values)).all())
    return whole and len(values) <= smallest and count.min() >= 2


def _share_of_each(who: str, y: Integers, first: int) -> npt.NDArray[np.bool_]:
    """Choose `first` of the rows, of each class its share, and of two rows at least one.

    Shapes: y (n,) → (n,).
    """
    _, place, count = np.unique(y, return_inverse=True, return_counts=True)
    take, most = np.minimum(count - 1, 1), np.maximum(count - 1, 1)
    if not take.sum() <= first <= most.sum():
        raise ValueError(
            f"{who}: {first} and {len(y) - first} rows for {len(count)} classes; allowed: a row of "
            "each in both, or by_class=False"
        )
    share = count * first / len(y)
    whole = np.clip(np.floor(share).astype(int), take, most)
    if whole.sum() <= first:
        take = whole
    while take.sum() < first:
        take[np.where(take < most, share - take, -np.inf).argmax()] += 1
    chosen = np.zeros(len(y), bool)
    for k, n in enumerate(take):
        chosen[np.flatnonzero(place == k)[:n]] = True
    return chosen


def train_validation_test(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    validation: float,
    test: float,
    rng: Seed,
    by_class: bool | None = None,
) -> tuple[Pair, Pair, Pair]:
    """Deal the rows at random in three: to learn from, to choose settings by, to judge by at last.

    `validation` and `test` are shares of all rows; what is left is learnt from. Labels are dealt
    class by class: see `split`.

    Shapes: x (n, …), y (n, …) → the same three times, with fewer rows.

    Raises:
        ShapeError: x and y differ in rows, or have none.
        ValueError: one of the three parts would be empty, or has fewer rows than there are classes.
    """
    rng = seeded(rng)
    within("train_validation_test", high=1, validation=validation, test=test)
    who = "train_validation_test"
    x, y = plain(f"{who}: x", x), plain(f"{who}: y", y)
    n = same_length(who, x, y)
    chosen, judged = round(n * validation), round(n * test)
    sizes = n - chosen - judged, chosen, judged
    if min(sizes) < 1:
        raise ValueError(f"{who}: {n} rows come in parts of {sizes}; allowed: 1 in each at least")
    c, b, a = _dealt(who, y, sizes[::-1], rng, by_class)
    return (x[a], y[a]), (x[b], y[b]), (x[c], y[c])


def deal(n: int, batch_size: int, rng: Seed) -> list[Integers]:
    """Return the numbers 0 to n − 1 in a new random order, `batch_size` at a time.

    Shapes: → (batch_size,) each; the last holds what is left.
    """
    rng = seeded(rng)
    positive("deal", n=n, batch_size=batch_size)
    order = rng.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def minibatches(x: npt.ArrayLike, y: npt.ArrayLike, batch_size: int, rng: Seed) -> Iterator[Pair]:
    """Yield every row once, in a new random order, `batch_size` rows at a time.

    Shapes: x (n, …), y (n, …) → the same with batch_size rows each; the last batch holds what is
    left. A batch as large as the data is the data itself, unshuffled.
    """
    rng = seeded(rng)
    x, y = plain("minibatches: x", x), plain("minibatches: y", y)
    n = same_length("minibatches", x, y)
    positive("minibatches", batch_size=batch_size)
    if batch_size >= n:
        yield x, y
        return
    for rows in deal(n, batch_size, rng):
        yield x[rows], y[rows]
