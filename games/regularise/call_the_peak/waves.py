"""What is swept in Call the Peak: noisy points, five draws of waves, and their errors by number.

It knows no bet and no picture. Several labels at one place act on least squares as their mean does,
so that is what is fitted. The error is the geometric mean over the draws; the first is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from pycore.arrays import Array
from pycore.random_features import Features, fourier, least_norm, ridge_errors

MOST = 64
"""Waves of the largest machine."""
DRAWS = 5
SWIFT = 1.3
"""The spread of the waves' frequencies, for each place there is."""
CYCLES = 1.5
MET = 1e-12
"""Up to this squared error labels are met: what is left is rounding, another on each machine."""
DIGITS = 6
"""Of what is found so many are kept. Close to the peak the singular values are close to 0, and of
what is divided by them two machines share fewer digits than elsewhere."""
LINE, FINE = (np.linspace(-1, 1, n)[:, None] for n in (161, 481))
"""Places where a curve is judged, and where it is drawn."""


@dataclass(frozen=True, eq=False)
class Points:
    """Labels of a wave, `repeats` of them at each of some places, evenly apart.

    Shapes: x (places, 1), labels (places, repeats).
    """

    x: Array
    labels: Array
    phase: float
    noise: float

    @property
    def places(self) -> int:
        """How many places were measured at."""
        return len(self.x)

    @property
    def repeats(self) -> int:
        """How often each was."""
        return self.labels.shape[1]


def truth(x: Array, phase: float) -> Array:
    """The wave behind the labels: (n, 1) → (n,)."""
    return np.asarray(np.sin(math.pi * CYCLES * x[:, 0] + phase))


def measured(
    rng: np.random.Generator, places: int, repeats: int, phase: float, noise: float
) -> Points:
    """New labels."""
    x = np.linspace(-1, 1, places)[:, None]
    strayed = noise * rng.normal(size=(places, repeats))
    return Points(x, truth(x, phase)[:, None] + strayed, phase, noise)


def machine(rng: np.random.Generator, places: int) -> list[Features]:
    """Waves fast enough to bend between as many places, drawn so many times."""
    return [fourier(MOST, rng, scale=SWIFT * places) for _ in range(DRAWS)]


def solve(features: Features, points: Points, count: int, ridge: float) -> Array:
    """The weights of the first `count` waves."""
    phi = features.first(count)(points.x)
    return least_norm(phi, points.labels.mean(axis=1), ridge)


def drawn(features: Features, points: Points, count: int, ridge: float) -> Array:
    """The curve along `FINE`."""
    curve = features.first(count)(FINE) @ solve(features, points, count, ridge)
    return np.asarray(np.round(curve, DIGITS))


def _kept(value: float) -> float:
    """A value to as many significant digits as every machine finds."""
    return float(f"{value:.{DIGITS}g}")


@dataclass
class Run:
    """A sweep under way: more and more waves, one more with each `advance`.

    Attributes:
        train: mean squared error on the labels' means, for each number of waves so far.
        test: mean squared error along the wave itself.
        norm: the length of the weights.
    """

    features: list[Features]
    points: Points
    ridge: float = 0.0
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    norm: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look once at what all numbers of waves share."""
        self._seen = [one(self.points.x) for one in self.features]
        self._line = [one(LINE) for one in self.features]
        self._y = self.points.labels.mean(axis=1)
        self._truth = truth(LINE, self.points.phase)

    @property
    def over(self) -> bool:
        """Whether the largest machine was fitted."""
        return len(self.test) == MOST

    def advance(self) -> None:
        """Fit one wave more, in each draw."""
        k = len(self.test) + 1
        found = []
        for seen, line in zip(self._seen, self._line, strict=True):
            a = least_norm(seen[:, :k], self._y, self.ridge)
            found.append(
                (
                    np.mean((seen[:, :k] @ a - self._y) ** 2),
                    np.mean((line[:, :k] @ a - self._truth) ** 2),
                    np.linalg.norm(a),
                )
            )
        train, test, norm = np.array(found).T
        off = float(train.mean())
        self.train.append(_kept(off) if off > MET else 0.0)
        self.test.append(_kept(np.exp(np.log(test).mean())))
        self.norm.append(_kept(np.exp(np.log(norm).mean())))

    @property
    def peak(self) -> int:
        """How many waves are worst; one or two alone are no machine yet."""
        return int(np.argmax(self.test[2:])) + 3

    def ridged(self, count: int, ridges: Array) -> Array:
        """The error of so many waves with each ridge."""
        found = [
            ridge_errors(seen[:, :count], self._y, line[:, :count], self._truth, ridges)
            for seen, line in zip(self._seen, self._line, strict=True)
        ]
        return np.asarray(np.exp(np.log(found).mean(axis=0)))
