"""The pen: it inks, rubs out, goes to another place, and clears."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from games.concepts.pen import drawing_pad, written
from games.moves import Dial, Place, moves
from pycore.arrays import Array


@dataclass
class Paper:
    drawing: Array = field(default_factory=lambda: np.zeros((3, 4)))
    pen: tuple[int, int] = (0, 0)
    erase: bool = False


def test_it_inks_the_cell_that_it_is_in_and_rubs_it_out():
    paper = Paper()
    assert written(paper, "draw", 3, 1)
    assert paper.pen == (3, 1)
    assert np.argwhere(paper.drawing).tolist() == [[1, 3]]
    assert written(paper, "erase", True)
    assert written(paper, "draw", 3, 1)
    assert not paper.drawing.any()


def test_a_pen_that_is_lifted_leaves_no_ink():
    paper = Paper()
    assert written(paper, "pen", 2, 2)
    assert paper.pen == (2, 2)
    assert not paper.drawing.any()


def test_clean_paper_is_drawn_on_and_other_moves_are_not_its_own():
    paper = Paper(np.ones((3, 4)), erase=True)
    assert written(paper, "clear")
    assert not paper.drawing.any()
    assert not paper.erase
    assert not written(paper, "train")


def test_the_paper_shows_what_was_drawn_and_takes_the_pen():
    may = moves(draw=Place(Dial(0, 3), Dial(0, 2)), pen=Place(Dial(0, 3), Dial(0, 2))).on(None)
    drawn = Paper()
    written(drawn, "draw", 3, 1)
    node = drawing_pad(drawn, may.draw, may.pen)
    (cells,) = (array for part in node.walk() for array in (part.marks or {}).values())
    assert np.array_equal(cells, drawn.drawing)
    assert {message[0] for part in node.walk() for message in part.messages().values()} == {
        "draw",
        "pen",
    }
