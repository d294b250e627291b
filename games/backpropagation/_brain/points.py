"""The points of Train a Brain: data sets on one plane, a CSV, and what is held out."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from games.backpropagation._brain.plan import Plan
from pycore import data
from pycore.arrays import Array
from pycore.brains import Scales

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
DATA = (*MADE, "own", "CSV")
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
    if plan.data == "CSV":
        return {y for _, _, y in plan.own} <= {0.0, 1.0}
    return plan.data not in NUMBERS


def points(plan: Plan) -> Points:
    """The points that a plan trains on and is tested on."""
    if plan.data in MADE:
        return _made(plan.seed, plan.data, plan.noise, plan.points, plan.held_out)
    table = np.array(plan.own)
    x, y = table[:, :2], table[:, 2]
    turn = np.floor(np.arange(len(x) + 1) * plan.held_out)
    held = np.diff(turn) > 0  # spread evenly, and a new point moves no old one
    if not held.any():
        held[-1] = True
    if (~held).sum() < 2:  # batch norm has no variance of one
        held[:2] = False
    return Points((x[~held], y[~held]), (x[held], y[held]), is_classes(plan))


@lru_cache(maxsize=16)
def _made(seed: int, name: str, noise: float, n: int, held_out: float) -> Points:
    rng = np.random.default_rng([seed, 0])
    x, y = MADE[name](n, noise, rng)
    train, test = data.split(x, y, 1 - held_out, rng)
    return Points(train, test, name not in NUMBERS)


def targets(loss: str, y: Array) -> Array:
    """Labels 0 and 1 as the loss wants them: the same for cross-entropy, else −1 and 1."""
    return y if loss == "cross-entropy" else 2 * y - 1


def draw(own: Own, pen: str, x1: float, x2: float) -> Own:
    """The points after the pen was at a place: one more ("1" or "0"), or fewer ("erase").

    A stroke leaves a point every PEN_GAP; a few points always stay.
    """
    table = np.array(own)
    distance = np.hypot(table[:, 0] - x1, table[:, 1] - x2)
    if pen == "erase":
        kept = tuple(p for p, d in zip(own, distance, strict=True) if d > 1.5 * PEN_GAP)
        return kept if len(kept) >= LEAST_OWN else own
    if distance.min() < PEN_GAP or len(own) >= MOST_OWN:
        return own
    return (*own, (round(x1, 2), round(x2, 2), float(pen)))


class TableError(ValueError):
    """A text that is no table of points; the message says in which row and why."""


def parse_csv(text: str) -> tuple[Own, Scales]:
    """Rows of two numbers and a label or number, as points that fill the plane, and their scales.

    The first row may hold names. Each of the two columns is shifted and scaled to ±2.5. A third
    column of exactly two different entries is two classes (0 the one that comes first in order);
    any other must hold numbers, and is scaled to ±1.

    Raises:
        TableError: what is wrong, and in which row.
    """
    sample = text.strip()
    separator = next((c for c in (",", ";", "\t") if c in sample), None)
    if separator is None:
        raise TableError("No commas found. A row looks like: 1.2, 0.5, 1")
    rows = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(sample.splitlines(), delimiter=separator), 1)
        if any(cell.strip() for cell in row)
    ]
    if rows and not all(map(_is_number, rows[0][1][:2])):
        rows = rows[1:]
    if not LEAST_OWN <= len(rows) <= MOST_OWN:
        raise TableError(f"{len(rows)} rows; allowed: {LEAST_OWN} to {MOST_OWN}.")
    for number, row in rows:
        if len(row) < 3 or not all(map(_is_number, row[:2])):
            raise TableError(f"Row {number} is no two numbers and a label: {', '.join(row)[:40]}")
    x, scales = _fill(np.array([[float(cell) for cell in row[:2]] for _, row in rows]), 2.5)
    names = sorted({row[2] for _, row in rows})
    if len(names) == 2:
        y = np.array([float(row[2] == names[1]) for _, row in rows])
        scales += ((0.0, 1.0),)
    else:
        for number, row in rows:
            if not _is_number(row[2]):
                raise TableError(
                    f"Row {number} ends with {row[2][:20]!r}; allowed: two classes, or numbers."
                )
        column, scale = _fill(np.array([[float(row[2])] for _, row in rows]), 1.0)
        y = column[:, 0]
        scales += scale
    table = np.column_stack([x, y]).round(4).tolist()
    return tuple((a, b, c) for a, b, c in table), scales


def _fill(columns: Array, reach: float) -> tuple[Array, Scales]:
    """The columns shifted and scaled to ±reach, and each one's (middle, half)."""
    low, high = columns.min(axis=0), columns.max(axis=0)
    middle, half = (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0) / reach
    return (columns - middle) / half, tuple(zip(middle.tolist(), half.tolist(), strict=True))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and abs(float(text)) < 1e100
    except ValueError:
        return False
