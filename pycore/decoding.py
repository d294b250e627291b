"""How the next item is chosen from its probabilities: cut, sharpened, or by a search.

It knows probabilities, and no network: `search` asks a function for them.

Examples:
    >>> import numpy as np
    >>> from pycore.decoding import search, top_k, top_p, with_temperature
    >>> p = np.array([0.5, 0.3, 0.2])
    >>> top_k(p, 2)
    array([0.625, 0.375, 0.   ])
    >>> top_p(p, 0.4)
    array([1., 0., 0.])
    >>> with_temperature(p, 0.5).round(3)
    array([0.658, 0.237, 0.105])
    >>> after = np.log([[0.6, 0.4], [0.5, 0.5], [0.05, 0.95]])  # first; after 0; after 1
    >>> def log_p(items):
    ...     return after[np.zeros(len(items), int) if items.shape[1] == 0 else 1 + items[:, -1]]
    >>> search(log_p, width=1, length=2)[0].items, search(log_p, width=2, length=2)[0].items
    ((0, 0), (1, 1))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Integers, above_zero, numbers, positive, shape_error, within

LogP = Callable[[Integers], Array]
"""Beginnings (rows, time) → log p of each next item (rows, words)."""


@dataclass(frozen=True)
class Beginning:
    """What was said so far, and how probable it is.

    Attributes:
        items: as whole numbers.
        log_p: the logarithm of its probability, the sum over its items.
    """

    items: tuple[int, ...]
    log_p: float

    def score(self, alpha: float = 0.0) -> float:
        """log p / itemsᵅ: at α = 0 the probability, at 1 the mean for each item.

        Source: Wu et al., Google's neural machine translation system, 2016.

        Raises:
            ValueError: α is not from 0 to 1.
        """
        within("score", high=1, alpha=alpha)
        return float(self.log_p / max(len(self.items), 1) ** alpha)


def with_temperature(p: Array, temperature: float) -> Array:
    """q = p^(1/T) / Σ p^(1/T): below 1 the likely gets likelier, towards 0 it is all there is.

    Shapes: p (…, words) → the same. It is softmax(y / T) where p is softmax(y).

    Raises:
        ValueError: T is not above 0.
    """
    above_zero("with_temperature", temperature=temperature)
    p = _shares("with_temperature", p)
    q = (p / p.max(axis=-1, keepdims=True)) ** (1 / temperature)
    return np.asarray(q / q.sum(axis=-1, keepdims=True))


def top_k(p: Array, k: int) -> Array:
    """Return p with only its k largest, scaled to the sum 1; of equal ones the first.

    Shapes: p (…, words) → the same.

    Source: Fan, Lewis and Dauphin, Hierarchical neural story generation, 2018.
    """
    positive("top_k", k=k)
    p = _shares("top_k", p)
    return _kept(p, _ranks(p) < k)


def top_p(p: Array, mass: float) -> Array:
    """Return p with only the fewest items that have `mass` together, the largest; the sum is 1.

    Shapes: p (…, words) → the same. The likeliest stays whatever the mass.

    Source: Holtzman et al., The curious case of neural text degeneration, 2020.

    Raises:
        ValueError: the mass is not from 0 to 1.
    """
    within("top_p", high=1, mass=mass)
    p = _shares("top_p", p)
    order = np.argsort(-p, axis=-1, kind="stable")
    falling = np.take_along_axis(p, order, axis=-1)
    before = np.cumsum(falling, axis=-1) - falling
    least = np.take_along_axis(before, _ranks(p), axis=-1)
    return _kept(p, (least < mass) | (_ranks(p) == 0))


def search(
    log_p: LogP,
    width: int,
    length: int,
    alpha: float = 0.0,
    end: int | None = None,
) -> list[Beginning]:
    """Beam search: lengthen every beginning by every item, keep the `width` of the best score.

    Best first. With a width of 1 it is greedy; with one of words^(length − 1) it finds the best
    there is. A beginning that has said `end` stays as it is. α: see `Beginning.score`.

    Source: Graves, Sequence transduction with recurrent neural networks, 2012.
    """
    positive("search", width=width, length=length)
    within("search", high=1, alpha=alpha)
    beam = [Beginning((), 0.0)]
    for _ in range(length):
        going = [b for b in beam if not b.items or b.items[-1] != end]
        if not going:
            break
        found = [b for b in beam if b.items and b.items[-1] == end]
        items = np.array([b.items for b in going], dtype=np.int64).reshape(len(going), -1)
        total = log_p(items) + np.array([[b.log_p] for b in going])
        for place in np.argsort(-total, axis=None, kind="stable")[:width]:
            row, item = divmod(int(place), total.shape[1])
            found.append(Beginning((*going[row].items, item), float(total[row, item])))
        beam = sorted(found, key=lambda b: -b.score(alpha))[:width]
    return beam


def _shares(name: str, p: Array) -> Array:
    """Refuse what are no probabilities."""
    p = np.asarray(numbers(f"{name}: p", p), dtype=np.float64)
    if p.ndim == 0 or p.shape[-1] == 0:
        raise shape_error(name, p, "(…, words), at least one word")
    if not (p >= 0).all() or not np.allclose(p.sum(axis=-1), 1):
        raise ValueError(
            f"{name}: p from {p.min()} to {p.max()}, sum {p.sum(axis=-1)}; allowed: "
            "probabilities, at least 0, whose sum is 1"
        )
    return p


def _ranks(p: Array) -> Integers:
    """Each item's place in the order from the largest, of equal ones the first."""
    return np.argsort(np.argsort(-p, axis=-1, kind="stable"), axis=-1, kind="stable")


def _kept(p: Array, keep: npt.NDArray[np.bool_]) -> Array:
    q = np.where(keep, p, 0.0)
    return np.asarray(q / q.sum(axis=-1, keepdims=True))
