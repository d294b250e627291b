"""A table of the learner's own as points: what its rows mean, or what is wrong with them."""

from __future__ import annotations

import csv
import math

import numpy as np

from games.backpropagation.train_a_brain.points import LEAST_OWN, MOST_OWN, Own
from pycore.arrays import Array
from pycore.brains import Scales


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
