"""Numbers on their way through two layers, for the games that show it; it knows no game."""

from __future__ import annotations

import numpy as np

from pycore.arrays import Array


def reached(clock: int | None, hop: int, rest: int) -> int:
    """The last layer the numbers have come to: 0 inputs, 1 hidden, 2 output.

    Args:
        clock: ticks since they set out; None before that.
        hop: ticks from one layer to the next.
        rest: ticks that they wait in the hidden layer.
    """
    ticks = clock or 0
    return 0 if ticks < hop else 1 if ticks < hop + rest + hop else 2


def arrived(values: Array, there: bool) -> Array:
    """The values once the numbers are there, NaN before."""
    return values if there else np.full_like(values, np.nan)
