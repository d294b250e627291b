"""A place in a picture becomes data: the page and the plot agree, and the grid is kept."""

import json

import pytest

from games.moves import Dial, Place, moves
from games.ui.controls import handle
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
