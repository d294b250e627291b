"""The five questions of Layer Diagram: how each is drawn, and what is right. It knows no picture.

A line is (matrix, row, column), all from 0 on; sizes are the units of every layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

Sizes = tuple[int, int, int]
Entry = tuple[int, int, int]

KINDS = ("line", "entry", "shape", "count", "build")
"""One after the other: find a line, find its number, read a shape, count, and build."""
RANGES = ((2, 4), (2, 5), (1, 3))
"""Fewest and most units of the three layers."""


@dataclass(frozen=True)
class Question:
    """One question and its answer.

    Attributes:
        kind: of KINDS.
        sizes: of the network that it is about; in "build" of the one to begin with.
        truth: the line of "line" and "entry", the id of an option, or the sizes to build.
        matrix: the table that is asked about; that of "build" is named in what is asked for.
        options: the ids to choose from, shapes such as "3x4" or whole numbers.
    """

    kind: str
    sizes: Sizes
    truth: Any
    matrix: int = 0
    options: tuple[str, ...] = field(default=())


def drawn(dice: np.random.Generator, kind: str, sizes: Sizes) -> Question:
    """A question of a kind; a line's is about a network of these sizes."""
    if kind in ("line", "entry"):
        entry = _line(dice, sizes)
        return Question(kind, sizes, entry, entry[0])
    if kind == "build":
        return Question(kind, sizes, _plan(dice, sizes), int(dice.integers(2)))
    while True:
        found = tuple(int(dice.integers(low, high + 1)) for low, high in RANGES)
        about = found[0], found[1], found[2]
        matrix = int(dice.integers(2))
        rows, columns = about[matrix : matrix + 2]
        if rows != columns:
            break
    if kind == "shape":
        wrong = _others((columns, rows), (rows + 1, columns), (rows, columns + 1))
        right = _id(rows, columns)
    else:
        weights, (ins, hidden, outs) = sum(shapes(about)), about
        wrong = [str(weights), str(parameters(about) + ins), str(ins * hidden * outs)]
        right = str(parameters(about))
    options = list(dict.fromkeys([right, *wrong]))
    dice.shuffle(options)
    return Question(kind, about, right, matrix, tuple(options))


def shapes(sizes: Sizes) -> list[int]:
    """How many weights each table holds."""
    return [before * after for before, after in pairwise(sizes)]


def parameters(sizes: Sizes) -> int:
    """Weights and biases together."""
    return sum(shapes(sizes)) + sum(sizes[1:])


def network(sizes: Sizes, rng: np.random.Generator) -> Sequential:
    """Tanh inside, sigmoid at the end; numbers of one decimal, so that sums can be checked."""
    ins, hidden, outs = sizes
    return Sequential(
        Dense(ins, hidden, one_decimal, one_decimal, rng=rng),
        Tanh(),
        Dense(hidden, outs, one_decimal, one_decimal, rng=rng),
        Sigmoid(),
    )


def one_decimal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Numbers from 0.1 to 1.5 of either sign."""
    size = np.round(rng.uniform(0.1, 1.5, shape), 1)
    return np.asarray(size * rng.choice([-1.0, 1.0], shape))


def ids() -> Iterator[str]:
    """Every shape and every number that may be an option."""
    yield from (_id(rows, columns) for rows in range(1, 7) for columns in range(1, 7))
    yield from map(str, range(1, 71))


def _line(dice: np.random.Generator, sizes: Sizes) -> Entry:
    """A line whose row and column differ, so that whoever swaps them is wrong."""
    while True:
        matrix = int(dice.integers(2))
        i, j = (int(dice.integers(n)) for n in sizes[matrix : matrix + 2])
        if i != j:
            return matrix, i, j


def _plan(dice: np.random.Generator, start: Sizes) -> Sizes:
    """Sizes to build, of which none is there to begin with."""
    free = [
        [n for n in range(low, high + 1) if n != begun]
        for (low, high), begun in zip(RANGES, start, strict=True)
    ]
    ins, hidden, outs = (int(dice.choice(choices)) for choices in free)
    return ins, hidden, outs


def _others(*wrong: tuple[int, int]) -> list[str]:
    return [_id(rows, columns) for rows, columns in wrong]


def _id(rows: int, columns: int) -> str:
    return f"{rows}x{columns}"
