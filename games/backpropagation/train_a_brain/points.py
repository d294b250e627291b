"""The points of Train a Brain: data sets on one plane, and what is held out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from games.backpropagation.train_a_brain.plan import Plan
from pycore import data
from pycore.arrays import Array

REACH = 3.0
"""The plane goes from −REACH to REACH in both directions."""
TURNS = 1.75
"""Of each arm of the spiral."""
MOST_OWN, LEAST_OWN = 400, 4
PEN_GAP = 0.2
"""Distance between the points that a stroke of the pen leaves."""

Pair = tuple[Array, Array]
Own = tuple[tuple[float, float, float], ...]


def _xor(n: int, noise: float, rng: np.random.Generator) -> Pair:
    """`pycore.data.xor`, its four squares moved apart, so that all of it can be learned."""
    x, y = data.xor(n, 0.0, rng)
    return 2.2 * x + 0.3 * np.sign(x) + 2.2 * noise * rng.normal(size=x.shape), y.astype(float)


def _moons(n: int, noise: float, rng: np.random.Generator) -> Pair:
    x, y = data.moons(n, noise, rng)
    return (x - [0.5, 0.25]) * 1.5, y.astype(float)


def _plane(n: int, noise: float, rng: np.random.Generator) -> Pair:
    """A tilted plane: y = (x₁ + x₂) / 5 + noise."""
    x = rng.uniform(-2.5, 2.5, (n, 2))
    return x, x.sum(axis=1) / 5 + noise * rng.normal(size=n)


def _waves(n: int, noise: float, rng: np.random.Generator) -> Pair:
    """Hills and dales: y = sin(1.5 x₁) cos(1.5 x₂) + noise."""
    x = rng.uniform(-2.5, 2.5, (n, 2))
    return x, np.sin(1.5 * x[:, 0]) * np.cos(1.5 * x[:, 1]) + noise * rng.normal(size=n)


def _scaled(
    make: Callable[[int, float, np.random.Generator], data.Labelled], by: float
) -> Callable[[int, float, np.random.Generator], Pair]:
    def scaled(n: int, noise: float, rng: np.random.Generator) -> Pair:
        x, y = make(n, noise, rng)
        return x * by, y.astype(float)

    return scaled


MADE: dict[str, Callable[[int, float, np.random.Generator], Pair]] = {
    "xor": _xor,
    "circles": _scaled(data.circles, 2.2),
    "clouds": _scaled(lambda n, s, rng: data.blobs(n, 0.25 + s, rng, classes=2), 1.5),
    "moons": _moons,
    "spiral": _scaled(lambda n, s, rng: data.spirals(n, s, rng, turns=TURNS), 2.6),
    "plane": _plane,
    "waves": _waves,
}
"""(points, noise, generator) → x (n, 2) and y (n,): labels 0 and 1, or numbers."""
DATA = (*MADE, "own", "csv")
NUMBERS = ("plane", "waves")
"""Data sets whose y is a number, not a class."""

FIRST_OWN: Own = tuple(
    (round(2 * math.cos(a) + s, 2), round(2 * math.sin(a) - s, 2), float(k))
    for k, a in enumerate((2.4, 5.5))
    for s in (-0.4, 0.4)
)
"""The four points that one's own drawing starts from."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points of the plane with their y, those to learn from and those held out.

    Attributes:
        train: x (n, 2) and y (n,).
        test: the same of the held-out points.
        classes: whether y is a class, 0 or 1.
    """

    train: Pair
    test: Pair
    classes: bool


def is_classes(plan: Plan) -> bool:
    """Whether the plan's data has classes, not numbers."""
    if plan.data == "csv":
        return {y for _, _, y in plan.own} <= {0.0, 1.0}
    return plan.data not in NUMBERS


def points(plan: Plan) -> Points:
    """The points that a plan trains on and is tested on."""
    classes = is_classes(plan)
    by_class = classes and not plan.first
    if plan.data in MADE:
        return _made(plan.seed, plan.data, plan.noise, plan.points, plan.held_out, by_class)
    table = np.array(plan.own)
    x, y = table[:, :2], table[:, 2]
    if plan.data == "own":  # a table of numbers is drawn on as two classes
        y = (y > 0.5).astype(float)
    held = np.zeros(len(x), bool)
    for kind in np.unique(y) if by_class else [None]:
        rows = np.flatnonzero(y == kind) if by_class else np.arange(len(x))
        turn = np.floor(np.arange(len(rows) + 1) * plan.held_out)
        mine = np.diff(turn) > 0  # spread evenly, and a new point moves no old one
        if len(rows) > 1 and not mine.any():
            mine[-1] = True
        held[rows[mine]] = True
    if (~held).sum() < 2:  # batch norm has no variance of one
        held[:2] = False
    if not held.any():  # a class of one point each
        held[-1] = True
    return Points((x[~held], y[~held]), (x[held], y[held]), classes)


@lru_cache(maxsize=16)
def _made(seed: int, name: str, noise: float, n: int, held_out: float, by_class: bool) -> Points:
    rng = np.random.default_rng([seed, 0])
    x, y = MADE[name](n, noise, rng)
    train, test = data.split(x, y, 1 - held_out, rng, by_class)
    return Points(train, test, name not in NUMBERS)


def targets(loss: str, y: Array) -> Array:
    """Labels 0 and 1 as the loss wants them: the same for cross-entropy, else −1 and 1."""
    return y if loss == "cross-entropy" else 2 * y - 1


def draw(own: Own, pen: str, x1: float, x2: float) -> Own:
    """The points after the pen was at a place: one more ("class-1", "class-0"), or fewer ("erase").

    A stroke leaves a point every PEN_GAP; a few points always stay.
    """
    table = np.array(own)
    distance = np.hypot(table[:, 0] - x1, table[:, 1] - x2)
    if pen == "erase":
        kept = tuple(p for p, d in zip(own, distance, strict=True) if d > 1.5 * PEN_GAP)
        return kept if len(kept) >= LEAST_OWN else own
    if distance.min() < PEN_GAP or len(own) >= MOST_OWN:
        return own
    return (*own, (x1, x2, float(pen == "class-1")))
