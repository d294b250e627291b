"""A pen on paper: it inks, rubs out and clears. It knows neither what is drawn nor what reads it.

MOVES = moves(draw=Place(_CELL, _CELL), pen=Place(_CELL, _CELL), erase=Switch(), clear=Press(), …)

def update(state: State, move: str, *values: Any) -> None:
    if written(state, move, *values):
        return

def view(state: State) -> Node:
    … drawing_pad(state, may.draw, may.pen) …
"""

from __future__ import annotations

from typing import Any, Protocol

from games.moves import Offer
from games.ui import inputs
from games.ui.node import Node
from games.words import say
from pycore.arrays import Array


class Paper(Protocol):
    """What a state has for a pen: the cells (rows × columns), where it is, and what it does."""

    drawing: Array
    pen: tuple[int, int]
    erase: bool


def written(paper: Paper, move: str, *values: Any) -> bool:
    """Whether the move was the pen's; then it is made."""
    match move, *values:
        case "draw", column, row:
            paper.pen = (column, row)
            paper.drawing[row, column] = 0.0 if paper.erase else 1.0
        case "pen", column, row:
            paper.pen = (column, row)
        case "erase", on:
            paper.erase = on
        case ("clear",):
            paper.drawing[:], paper.erase = 0.0, False
        case _:
            return False
    return True


def drawing_pad(drawn: Paper, draw: Offer, pen: Offer) -> Node:
    """What has been drawn, to draw on."""
    return inputs.pad(
        say("your drawing"), drawn.drawing, draw, at=drawn.pen, pen=pen, name=say("drawing")
    )
