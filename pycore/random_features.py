"""Random features: a linear model on features that were drawn and stay. It knows no network.

ŷ(x) = Σ aⱼ φⱼ(x), and only a is learnt: by least squares, among all that fit equally well the
shortest, from the singular values of Φ, whose rows are the points and whose columns the features.
When there are about as many features as points, the smallest singular value is close to 0, and a,
which divides by it, becomes huge: there the error on other points has its peak, and beyond it falls
again, which is called double descent.

Examples:
    >>> import numpy as np
    >>> from pycore import data
    >>> from pycore import random_features
    >>> rng = np.random.default_rng(0)
    >>> x, y = data.wave(20, 0.3, rng)
    >>> x_test, y_test = data.wave(200, 0.0, rng)
    >>> features = random_features.fourier(120, rng, scale=30.0)
    >>> found = random_features.sweep(features, x, y, x_test, y_test, [10, 20, 120])
    >>> found.train.round(2) + 0.0  # from 20 features on each of the 20 points is met
    array([0.05, 0.  , 0.  ])
    >>> bool(found.test[1] > 10 * found.test[2]), bool(found.norm[1] > 10 * found.norm[2])
    (True, True)
    >>> calm = random_features.sweep(features, x, y, x_test, y_test, [20], ridge=1.0)
    >>> bool(calm.test[0] < 1)  # a little ridge, and there is no peak
    True
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from pycore.arrays import (
    Array,
    Seed,
    above_zero,
    counted,
    floats,
    numbers,
    positive,
    refuse_empty,
    seeded,
    shape_error,
    within,
)
from pycore.data import same_length

RCOND = 1e-12
"""Singular values up to this share of the largest count as 0: in double precision those of a few
hundred rows and columns are known no better than to about 1e-14 of the largest."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features that were drawn once: called with points, they give the columns of Φ.

    Attributes:
        kind: "fourier", √2 cos(x w + b), or "relu", max(0, x w + b).
        weights: w of each (inputs, count).
        offsets: b of each (count,).
    """

    kind: Literal["fourier", "relu"]
    weights: Array
    offsets: Array

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.offsets)

    def first(self, count: int) -> Features:
        """Return the first so many: fewer features of the same draw.

        Raises:
            ValueError: count is no whole number from 1 to how many there are.
        """
        positive("first", count=count)
        if count > self.count:
            raise ValueError(f"first: count is {count}; allowed: whole numbers to {self.count}")
        return Features(self.kind, self.weights[:, :count], self.offsets[:count])

    def __call__(self, x: npt.ArrayLike) -> Array:
        """Return Φ, each feature of each point.

        Shapes: x (n, inputs) → (n, count).
        """
        points = floats(x)
        if points.ndim != 2 or points.shape[1] != len(self.weights):
            raise shape_error("features", points, f"(n, {len(self.weights)})")
        sums: Array = points @ self.weights + self.offsets
        if self.kind == "relu":
            return np.maximum(sums, 0)
        waves: Array = math.sqrt(2) * np.cos(sums)
        return waves


def fourier(count: int, rng: Seed, inputs: int = 1, scale: float = 1.0) -> Features:
    """Draw waves √2 cos(x w + b): w ~ N(0, scale²), b ~ U(0, 2π).

    The larger the scale, the faster they swing. The mean of φ(x) φ(z) over many of them comes to
    exp(−scale² |x − z|² / 2). Where the scale is small beside the number of points in a unit, Φ has
    many singular values near 0, and the peak lies at more features than points.

    Source: Rahimi and Recht, Random features for large-scale kernel machines, 2007.
    """
    rng = seeded(rng)
    positive("fourier", count=count, inputs=inputs)
    above_zero("fourier", scale=scale)
    weights = rng.normal(0, scale, (count, inputs)).T
    return Features("fourier", weights, rng.uniform(0, 2 * math.pi, count))


def relu(count: int, rng: Seed, inputs: int = 1, reach: float = 1.0) -> Features:
    """Draw hinges max(0, x w + b): w in any direction and 1 long, b ~ U(−reach, reach).

    So they are a hidden layer that is never trained; each bends where x w = −b, at most `reach`
    from 0. With one input they fit every point only when a hinge has come into each gap, which
    takes more features than there are points; with ten inputs or more the peak is at as many.

    Source: Belkin, Hsu, Ma and Mandal, Reconciling modern machine-learning practice and the
    classical bias–variance trade-off, 2019.
    """
    rng = seeded(rng)
    positive("relu", count=count, inputs=inputs)
    above_zero("relu", reach=reach)
    weights = rng.normal(size=(count, inputs)).T
    weights /= np.linalg.norm(weights, axis=0)
    return Features("relu", weights, rng.uniform(-reach, reach, count))


def least_norm(
    phi: npt.ArrayLike, y: npt.ArrayLike, ridge: float = 0.0, rcond: float = RCOND
) -> Array:
    """Return the a that makes |Φ a − y|² + ridge |a|² least; without ridge the shortest such a.

    With Φ = U S Vᵀ it is V f(S) Uᵀ y, where f(s) = s / (s² + ridge); without ridge f(s) = 1 / s,
    and 0 where s is at most `rcond` times the largest.

    Shapes: phi (n, count), y (n,) or (n, outputs) → (count,) or (count, outputs).

    Raises:
        ShapeError: they do not fit each other.
        ValueError: ridge is below 0, or rcond is not from 0 to 1.
    """
    phi, y = _pair(phi, y)
    within("least_norm", ridge=ridge)
    within("least_norm", 0.0, 1.0, rcond=rcond)
    u, s, vt = np.linalg.svd(phi, full_matrices=False)
    found: Array = (vt.T * _filter(s, ridge, rcond)) @ (u.T @ y)
    return found


class Sweep(NamedTuple):
    """What least squares comes to with more and more features of one draw.

    Attributes:
        counts: how many features each time (k,).
        train: mean squared error on the points that were learnt (k,).
        test: mean squared error on the others (k,).
        norm: |a|, the length of the solution (k,).
    """

    counts: npt.NDArray[np.integer[Any]]
    train: Array
    test: Array
    norm: Array

    @property
    def peak(self) -> int:
        """How many features have the largest error on the other points."""
        return int(self.counts[self.test.argmax()])


def sweep(
    features: Features,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    x_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    ridge: float = 0.0,
) -> Sweep:
    """Return errors and norms of `least_norm` on the first features, for each of `counts`.

    Without `counts`, for every number from 1 to all there are. Once the points are met, |a| only
    falls: what fewer features found fits with the others at 0 too.

    Shapes: x (n, inputs), y (n,) or (n, outputs), the same for the test's.

    Source: Belkin et al., 2019.
    """
    phi, y = _pair(features(x), y)
    phi_test, y_test = _pair(features(x_test), y_test)
    tried = np.arange(1, features.count + 1) if counts is None else numbers("counts", counts)
    if tried.ndim != 1 or tried.dtype.kind not in "iu" or tried.size == 0:
        raise ValueError(f"sweep: counts is {counts!r}; allowed: a row of whole numbers")
    if tried.min() < 1 or tried.max() > features.count:
        raise ValueError(
            f"sweep: counts go from {tried.min()} to {tried.max()}; allowed: 1 to {features.count}"
        )
    rows = []
    for count in tried:
        a = least_norm(phi[:, :count], y, ridge)
        rows.append(
            (
                np.mean((phi[:, :count] @ a - y) ** 2),
                np.mean((phi_test[:, :count] @ a - y_test) ** 2),
                np.linalg.norm(a),
            )
        )
    train, test, norm = np.array(rows).T
    return Sweep(tried, train, test, norm)


def ridge_errors(
    phi: npt.ArrayLike,
    y: npt.ArrayLike,
    phi_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
    ridges: npt.ArrayLike,
) -> Array:
    """Return the mean squared error on the test's points for each ridge, from one decomposition.

    Shapes: phi (n, count), y (n,) or (n, outputs), the same for the test's, ridges (k,) → (k,).
    """
    phi, y = _pair(phi, y)
    phi_test, y_test = _pair(phi_test, y_test)
    tried = floats(ridges)
    if tried.ndim != 1:
        raise shape_error("ridge_errors: ridges", tried, "(k,)")
    u, s, vt = np.linalg.svd(phi, full_matrices=False)
    into, onto = u.T @ y, phi_test @ vt.T
    found = []
    for ridge in tried:
        within("ridge_errors", ridge=float(ridge))
        found.append(np.mean(((onto * _filter(s, ridge, RCOND)) @ into - y_test) ** 2))
    return np.array(found)


def descend(phi: npt.ArrayLike, y: npt.ArrayLike, steps: int, lr: float | None = None) -> Array:
    """Return a after so many steps of gradient descent on |Φ a − y|² / 2, from a = 0.

    a += lr Φᵀ (y − Φ a). Every step is a combination of the rows of Φ, so a never leaves their
    span; and in it only one a has the least error, the shortest. `lr` is 1 / s² of the largest
    singular value unless it is given; from 2 / s² on, descent does not settle.

    Shapes: as `least_norm`.
    """
    phi, y = _pair(phi, y)
    rate = _rate("descend", phi, steps, lr)
    a = np.zeros((phi.shape[1], *y.shape[1:]))
    for _ in range(steps):
        a += rate * (phi.T @ (y - phi @ a))
    return a


def descended(phi: npt.ArrayLike, y: npt.ArrayLike, steps: int, lr: float | None = None) -> Array:
    """Return the same without making the steps: V f(S) Uᵀ y, f(s) = (1 − (1 − lr s²)ᵗ) / s.

    Large singular values are learnt first, and small ones, which the peak is made of, last; as t
    grows, f(s) comes to 1 / s, that of `least_norm`. So stopping early does what ridge does.

    Shapes: as `least_norm`.
    """
    phi, y = _pair(phi, y)
    rate = _rate("descended", phi, steps, lr)
    u, s, vt = np.linalg.svd(phi, full_matrices=False)
    pace = rate * s * s
    early = pace < 0.5
    with np.errstate(over="ignore"):
        share = 1 - (1 - pace) ** steps
    share[early] = -np.expm1(steps * np.log1p(-pace[early]))  # keeps what is small exact
    learnt = np.divide(share, s, out=np.zeros_like(s), where=s > 0)
    found: Array = (vt.T * learnt) @ (u.T @ y)
    return found


def isotropic_risk(gamma: float, signal: float, noise: float, ridge: float = 0.0) -> float:
    """Return what E |â − a|² comes to for d inputs, independent and normal, as d and n grow.

    y = x a + N(0, noise²) with |a|² = signal, gamma = d / n, and â the a of least |X a − y|² / n +
    ridge |a|², the shortest without ridge. There it is noise² γ / (1 − γ) below γ = 1, and signal
    (1 − 1/γ) + noise² / (γ − 1) above; at 1 it has no bound if there is noise.

    Source: Hastie, Montanari, Rosset and Tibshirani, Surprises in high-dimensional ridgeless least
    squares interpolation, 2022, theorems 1 and 5.
    """
    above_zero("isotropic_risk", gamma=gamma)
    within("isotropic_risk", signal=signal, noise=noise, ridge=ridge)
    if ridge == 0:
        if gamma == 1:
            return math.inf if noise else 0.0
        if gamma < 1:
            return noise**2 * gamma / (1 - gamma)
        return signal * (1 - 1 / gamma) + noise**2 / (gamma - 1)
    trace = 1 - gamma + ridge
    root = math.sqrt(trace**2 + 4 * gamma * ridge)
    m = (root - trace) / (2 * gamma * ridge)
    slope = m / ridge - ((trace + 2 * gamma) / root - 1) / (2 * gamma * ridge)
    return signal * ridge**2 * slope + noise**2 * gamma * (m - ridge * slope)


def best_ridge(gamma: float, signal: float, noise: float) -> float:
    """Return the ridge at which `isotropic_risk` is least: noise² γ / signal.

    With it the risk has no peak: it only grows with the noise and with gamma.

    Source: Hastie et al., 2022, theorem 5.
    """
    above_zero("best_ridge", gamma=gamma, signal=signal)
    within("best_ridge", noise=noise)
    return noise**2 * gamma / signal


def _filter(s: Array, ridge: float, rcond: float) -> Array:
    """What each singular value is turned into."""
    if ridge > 0:
        return np.asarray(s / (s * s + ridge))
    known = s > rcond * s[0]
    return np.where(known, 1 / np.where(known, s, 1), 0.0)


def _pair(phi: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Features and targets that fit each other."""
    rows, targets = floats(phi), floats(y)
    if rows.ndim != 2:
        raise shape_error("phi", rows, "(n, count)")
    refuse_empty("phi", rows)
    if targets.ndim not in (1, 2):
        raise shape_error("y", targets, "(n,) or (n, outputs)")
    same_length("phi and y", rows, targets)
    return rows, targets


def _rate(who: str, phi: Array, steps: int, lr: float | None) -> float:
    counted(who, steps=steps)
    if lr is None:
        return float(1 / max(np.linalg.norm(phi, 2) ** 2, np.finfo(float).tiny))
    within(who, lr=lr)
    return lr
