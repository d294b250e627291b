"""A place in a picture becomes data: the page and the plot agree, and the grid is kept."""

import json

import numpy as np
import pytest

from games.moves import Dial, Place, moves
from games.ui.controls import handle
from games.ui.inputs import pad
from games.ui.plots import Axes
from tests.unit.client.node import js

MOVES = moves(to=Place(Dial(-0.5, 1.5, 0.05), Dial(0.0, 10.0, None)), rate=Dial(0.0, 0.9, 0.1))
PLAIN = Axes(x=(-0.5, 1.5), y=(0, 10))
LOG = Axes(x=(0.001, 10), y=(0, 10), log_x=True)


def moved(axes, offer, places, along="xy"):
    node = handle("end", axes, 0.2, 5, offer, said="", along=along)
    return js(
        """
        const { dataAt } = await import('./places.js');
        return given.places.map(([x, y]) => dataAt(given.map, x, y));
        """,
        {"map": json.loads(node.attributes["data-map"]), "places": places},
    )


def test_the_page_finds_the_data_that_the_plot_drew():
    may = MOVES.on(None)
    drawn = [(-0.5, 0.0), (0.25, 3.3), (1.5, 10.0), (0.75, 9.0)]
    places = [[float(PLAIN.across(x)), float(PLAIN.up(y))] for x, y in drawn]
    assert moved(PLAIN, may.to, places) == [[x, pytest.approx(y, rel=1e-6)] for x, y in drawn]


def test_a_pointer_outside_means_the_nearest_place_and_the_grid_is_kept():
    may = MOVES.on(None)
    assert moved(PLAIN, may.to, [[-900, 900], [900, -900]]) == [[-0.5, 0], [1.5, 10]]
    ((x, _),) = moved(PLAIN, may.to, [[float(PLAIN.across(0.263)), 50]])
    assert x == 0.25


def test_a_handle_may_move_along_one_direction_and_on_a_logarithmic_axis():
    may = MOVES.on(None)
    assert moved(PLAIN, may.rate, [[float(PLAIN.across(0.31)), 0]], along="x") == [[0.3]]
    assert moved(LOG, may.rate, [[float(LOG.across(0.2)), 0]], along="x") == [[0.2]]


def test_an_arrow_key_goes_one_mark_of_the_grid():
    may = MOVES.on(None)
    node = handle("end", PLAIN, 0.2, 5, may.to, said="")
    beside = js(
        """
        const { dataBeside } = await import('./places.js');
        const steps = [[1, 0], [-1, 0], [0, 1], [99, 0]];
        return steps.map(([x, y]) => dataBeside(given, { x: 0.2, y: 5 }, { x, y }));
        """,
        json.loads(node.attributes["data-map"]),
    )
    assert beside == [[0.25, 5], [0.15, 5], [0.2, 5.1], [1.5, 5]]
    for place in beside:
        assert MOVES.take(None, "to", place) == tuple(place)


def test_a_handle_says_its_range_in_the_datas_units():
    node = handle("rate", PLAIN, 0.3, 5, MOVES.on(None).rate, said="0.3", along="x")
    said = {name: node.attributes[f"aria-{name}"] for name in ("valuemin", "valuemax", "valuenow")}
    assert said == {"valuemin": "0", "valuemax": "0.9", "valuenow": "0.3"}


# --- the cells of a grid --------------------------------------------------------------------------

DRAW = moves(draw=Place(Dial(0, 4), Dial(0, 2)), pen=Place(Dial(0, 4), Dial(0, 2)))


def cells():
    """The element that takes the pen over three rows of five."""
    may = DRAW.on(None)
    node = pad("d", np.zeros((3, 5)), may.draw, pen=may.pen)
    (found,) = (n for n in node.walk() if "data-map" in n.attributes)
    return found


def test_a_touched_cell_is_its_column_and_its_row_from_the_top():
    given = {"map": json.loads(cells().attributes["data-map"])}
    found = js(
        """
        const { dataAt, dataBeside } = await import('./places.js');
        const at = { x: 2, y: 1 };
        return [
          ...[[1, 1], [49, 29], [25, 12], [-5, 99]].map(([x, y]) => dataAt(given.map, x, y)),
          ...[[1, 0], [0, 1], [0, -1]].map(([x, y]) => dataBeside(given.map, at, { x, y })),
        ];
        """,
        given,
    )
    assert found == [[0, 0], [4, 2], [2, 1], [0, 2], [3, 1], [2, 0], [2, 2]]
    for place in found:
        assert DRAW.take(None, "draw", place) == tuple(place)


def test_a_fast_pen_leaves_no_cell_out():
    surface = cells()
    assert "data-every" in surface.attributes
    passed = js(
        """
        const { marksBetween } = await import('./places.js');
        const ways = [[[0, 0], [4, 2]], [[3, 2], [3, 0]], [[1, 1], [1, 1]]];
        return ways.map(([from, to]) => marksBetween(given, from, to));
        """,
        json.loads(surface.attributes["data-map"]),
    )
    assert passed == [[[1, 1], [2, 1], [3, 2], [4, 2]], [[3, 1], [3, 0]], []]
