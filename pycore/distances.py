"""How far two distributions are apart. It knows no network that would bring them together.

Examples:
    >>> from pycore.distances import jensen_shannon, wasserstein
    >>> p, near, far = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]
    >>> jensen_shannon(p, near) == jensen_shannon(p, far)  # log 2, wherever nothing overlaps
    True
    >>> wasserstein(p, near), wasserstein(p, far)
    (1.0, 3.0)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, ShapeError, above_zero, floats, told


def kullback_leibler(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """KL(p ‖ q) = Σ p log(p / q), where 0 log 0 = 0; infinite where p > 0 and q = 0.

    Shapes: (n,), (n,) → one number.

    Raises:
        ShapeError: p and q are not two rows of equal length.
        ValueError: one of them is no distribution.
    """
    p, q = _both("kullback_leibler", p, q)
    return _divergence(p, q)


def jensen_shannon(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q) / 2; from 0 to log 2.

    Shapes: (n,), (n,) → one number.

    Source: Lin, Divergence measures based on the Shannon entropy, 1991.

    Raises:
        ShapeError, ValueError: as `kullback_leibler`.
    """
    p, q = _both("jensen_shannon", p, q)
    middle = (p + q) / 2
    return (_divergence(p, middle) + _divergence(q, middle)) / 2


def wasserstein(p: npt.ArrayLike, q: npt.ArrayLike, step: float = 1.0) -> float:
    """W₁(p, q) = step · Σ |P − Q|, P and Q the sums up to each place: the least work from p to q.

    Shapes: (n,), (n,) → one number; the places lie on a line, `step` from one to the next.

    Source: Vallender, Calculation of the Wasserstein distance between probability distributions on
    the line, 1974.

    Raises:
        ShapeError, ValueError: as `kullback_leibler`, or the step is no finite number above 0.
    """
    above_zero("wasserstein", step=step)
    p, q = _both("wasserstein", p, q)
    return step * float(np.abs(np.cumsum(p - q)).sum())


def _divergence(p: Array, q: Array) -> float:
    there = p > 0
    with np.errstate(divide="ignore"):
        return float((p[there] * np.log(p[there] / q[there])).sum())


def _both(who: str, p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[Array, Array]:
    p, q = floats(p), floats(q)
    if p.ndim != 1 or p.shape != q.shape or not p.size:
        raise ShapeError(
            f"{who}: got shapes {p.shape} and {q.shape}; allowed: (n,) for both, n from 1"
        )
    for name, row in (("p", p), ("q", q)):
        if not (row >= 0).all() or abs(float(row.sum()) - 1) > 1e-6:
            raise ValueError(
                f"{who}: {name} has least {told(row.min())} and sum {told(row.sum())}; allowed: "
                "numbers from 0 with the sum 1"
            )
    return p, q
