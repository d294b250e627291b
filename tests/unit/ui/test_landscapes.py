"""games/ui/landscapes.py: a function as a map, and as a block in space."""

import re

import numpy as np
import pytest

from games.ui import plots
from games.ui.landscapes import LIGHTS, Block, landscape
from tests import dom
from tests.games.reading import classed

SQUARE = plots.Axes(
    x=(-1, 1), y=(-1, 1), width=220, height=220, left=10, right=10, top=10, bottom=10
)
LEVELS = (0.1, 1.0, 10.0)


def bowl(points):
    return 10 * (points**2).sum(axis=1)


def saddle(points):
    return points[:, 1] ** 2 - points[:, 0] ** 2


def spots(node):
    """The points of each line of a path, (n, 2)."""
    lines = []
    for line in node.attributes["d"].split("M")[1:]:
        moves = np.array([float(v) for v in re.findall(r"-?[\d.]+", line)]).reshape(-1, 2)
        lines.append(np.cumsum(moves, axis=0))
    return lines


def test_the_ground_is_an_area_for_each_step_from_valley_to_ridge_the_lowest_on_top():
    drawn = landscape(SQUARE, bowl, LEVELS, between=3).layers
    areas = classed(drawn, "ground")
    assert len(areas) == 3 * 2 + 1 + 1
    parts = [[float(v) for v in re.findall(r"([\d.]+)%", a.attributes["style"])] for a in areas]
    assert parts[0] == [100, 100]
    assert parts[-1] == [0, 0]
    assert parts == sorted(parts, reverse=True)


def test_an_area_holds_what_lies_below_its_value():
    land = landscape(SQUARE, bowl, LEVELS, cells=60, between=1)
    lowest = classed(land.layers, "ground")[-1]
    (shore,) = spots(lowest)
    radius = float(SQUARE.across(np.sqrt(0.1 / 10)) - SQUARE.across(0))
    assert np.hypot(*(shore - 110).T) == pytest.approx(np.full(len(shore), radius), abs=0.6)


def test_areas_fill_the_axes_and_never_leave_them():
    land = landscape(SQUARE, saddle, [-0.5, 0.0, 0.5], cells=30)
    for area in classed(land.layers, "ground"):
        every = np.concatenate(spots(area))
        assert every.min() >= 9.9
        assert every.max() <= 210.1
    assert spots(classed(land.layers, "ground")[0])[0].tolist()[0] == [10, 10]


def test_a_slope_that_faces_the_upper_left_has_light_contours_and_the_other_side_dark_ones():
    hill = landscape(SQUARE, lambda p: 10 - bowl(p), [2.0, 5.0], cells=60).layers
    for name, side in (("lit-2", -1), ("dark-2", 1)):
        (lines,) = classed(hill, name)
        assert (np.sign(np.concatenate(spots(lines)) - 110).mean(axis=0) * side > 0.5).all()


def test_no_contour_runs_along_the_frame():
    land = landscape(SQUARE, lambda p: p[:, 0], [-0.5, 0.0, 0.5], cells=20)
    lines = [line for name in LIGHTS for node in classed(land.layers, name) for line in spots(node)]
    assert len(lines) == 3
    for line in lines:
        assert np.ptp(line[:, 0]) < 0.2


def test_a_map_carries_its_values_and_is_drawn_once():
    land = landscape(SQUARE, bowl, LEVELS, cells=20, name="loss")
    assert land.layers is land.layers
    node = plots.plot(SQUARE, land.layers, label="a map")
    (marks,) = [n.marks for n in node.walk() if n.marks]
    assert marks["loss"] is land.values
    assert dom.page_of(node) == dom.expected(node)


def test_levels_ascend():
    for levels in ([1.0], [2.0, 1.0]):
        with pytest.raises(ValueError, match="two or more and ascend"):
            landscape(SQUARE, bowl, levels)


def test_on_a_block_higher_ground_is_higher_and_what_is_further_back_is_higher_up():
    block = Block(landscape(SQUARE, saddle, [-0.5, 0.0, 0.5], cells=20), rise=0.3, turn=20)
    left, middle, right = block.spots([(-1, 0), (0, 0), (1, 0)])
    assert left[0] < middle[0] < right[0]
    front, back = block.spots([(0, -1), (0, 1)])
    assert back[1] < front[1]
    ground, foot = block.spots([(0, -1)])[0], block.feet([(0, -1)])[0]
    assert ground[0] == pytest.approx(foot[0])
    assert ground[1] < foot[1]


def test_a_block_is_whole_inside_its_picture():
    block = Block(landscape(SQUARE, saddle, [-0.5, 0.0, 0.5], cells=20), rise=0.3)
    node = block.view(block.track([(0, 0), (0.5, 0.5)], "run-1", name="way"), label="a block")
    _, _, width, height = map(float, node.children[0].attributes["viewBox"].split())
    for path in (n for n in node.walk() if n.tag == "path"):
        every = np.concatenate(spots(path)) if "l" in path.attributes["d"] else np.zeros((1, 2))
        assert (every >= -0.6).all()
        assert (every <= [width + 0.6, height + 0.6]).all()
    assert dom.page_of(node) == dom.expected(node)


def test_a_track_lifts_the_pen_where_it_leaves_the_block():
    block = Block(landscape(SQUARE, saddle, [-0.5, 0.0, 0.5], cells=20), rise=0.3)
    line = block.track([(0, 0), (0.5, 0), (2, 0), (0.5, 0.5), (0, 0.5)])
    assert [len(piece) for piece in spots(line)] == [2, 2]
    first = spots(line)[0][1]
    assert first == pytest.approx(block.spots([(0.5, 0)])[0], abs=0.11)


def test_ground_that_would_hide_other_ground_is_refused_with_what_helps():
    land = landscape(SQUARE, saddle, [-0.5, 0.0, 0.5], cells=20)
    with pytest.raises(ValueError, match="hides a part of itself: lower the rise"):
        Block(land, rise=3.0)
