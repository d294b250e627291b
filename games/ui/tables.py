"""Arrays as tables: their first rows as text for reading, and all of them as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.ui.numbers import MINUS, fixed

ROWS, COLUMNS = 8, 8
"""What is shown of a large array; the rest is counted."""
UNKNOWN = "–"
"""Stands for a number that is not known yet (NaN)."""


class Table(NamedTuple):
    """The head of an array, as a page shows it.

    Attributes:
        caption: what the numbers are.
        shape: of the whole array.
        rows: the first ROWS rows, cut to COLUMNS columns, as text; a 1-D array is one column.
    """

    caption: str
    shape: tuple[int, ...]
    rows: list[list[str]]


def tables(arrays: Mapping[str, NDArray[Any]]) -> list[Table]:
    """The heads of `arrays`, in their order."""
    return [
        Table(caption, array.shape, [list(map(_rounded, row)) for row in _head(array)])
        for caption, array in arrays.items()
    ]


def csv(array: NDArray[Any]) -> str:
    """All of an array, to full precision, in lines that `numpy.loadtxt(…, delimiter=",")` reads.

    Shapes: (n) gives a line for each value, (n, m) n lines of m values.

    True and False are 1 and 0, what is not known yet is nan.
    """
    return "".join(",".join(map(_exact, row)) + "\n" for row in _columns(array).tolist())


def _columns(array: NDArray[Any]) -> NDArray[Any]:
    """A 1-D array as a column."""
    if array.ndim not in (1, 2):
        raise ValueError(f"a table has 1 or 2 dimensions, this array has shape {array.shape}")
    return array[:, None] if array.ndim == 1 else array


def _head(array: NDArray[Any]) -> list[list[Any]]:
    rows: list[list[Any]] = _columns(array)[:ROWS, :COLUMNS].tolist()
    return rows


def _exact(value: float) -> str:
    return repr(int(value) if isinstance(value, bool) else value)


def _rounded(value: float) -> str:
    """Four significant digits or four decimals, whichever is more; whole numbers as they are."""
    if isinstance(value, int):
        return str(int(value)).replace("-", MINUS)
    if np.isnan(value):
        return UNKNOWN
    size = abs(value)
    if size and not 1e-3 <= size < 1e7:
        return f"{value:.3e}".replace("-", MINUS)
    return fixed(value, 4 if size < 1000 else 2)
