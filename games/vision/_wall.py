"""Feature maps beside one another as one picture. It knows no network."""

from __future__ import annotations

import numpy as np

from games.ui.node import Node
from games.ui.pixels import picture
from pycore.arrays import Array


def wall(title: str, maps: Array, columns: int) -> Node:
    """Maps (height, width, k), so many in a row, as strong as the strongest of them."""
    height, width, count = maps.shape
    rows = count // columns
    cells = np.full((rows, height + 1, columns, width + 1), np.nan)
    cells[:, :height, :, :width] = maps.reshape(height, width, rows, columns).transpose(2, 0, 3, 1)
    flat = cells.reshape(rows * (height + 1), -1)[:-1, :-1]
    return picture(flat, "ink", title, name=title)
