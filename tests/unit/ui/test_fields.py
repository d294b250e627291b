"""games/ui/fields.py: functions over the plane of a plot."""

import re

import numpy as np
import pytest

from games.ui import fields, plots
from tests import dom

SQUARE = plots.Axes(
    x=(-1, 1), y=(-1, 1), width=120, height=120, left=10, right=10, top=10, bottom=10
)
WIDE = plots.Axes(x=(0, 4), y=(0, 1), width=220, height=70, left=10, right=10, top=10, bottom=10)


def right(points):
    return points[:, 0]


def numbers(node):
    return [float(v) for v in re.findall(r"[\d.]+", node.attributes["d"])]


def test_a_field_looks_at_the_middle_of_every_cell_from_the_top():
    found = fields.field(SQUARE, lambda p: 10 * p[:, 1] + p[:, 0], cells=4)
    assert found.values.shape == (4, 4)
    assert found.values[0].tolist() == pytest.approx([6.75, 7.25, 7.75, 8.25])
    assert found.heat[0].values is not None
    assert found.lines == ()


def test_cells_are_as_high_as_wide():
    assert fields.field(WIDE, right, cells=40).values.shape == (10, 40)


def test_a_contour_lies_where_the_function_has_that_value():
    (line,) = fields.field(SQUARE, right, cells=20, contours=(0.5,)).lines
    across, down = numbers(line)[::2], numbers(line)[1::2]
    assert (min(down), max(down)) == (10, 110), "from edge to edge of the axes"
    assert across == pytest.approx([float(SQUARE.across(0.5))] * len(across), abs=0.06)


def test_a_function_is_asked_once_for_all_points_and_they_cannot_be_changed():
    asked = []

    def f(points):
        asked.append(points)
        return points.sum(axis=1, keepdims=True)

    fields.field(SQUARE, f, cells=5)
    fields.field(SQUARE, f, cells=5)
    assert asked[0] is asked[1]
    assert asked[0].shape == (25, 2)
    with pytest.raises(ValueError, match="read-only"):
        asked[0][0] = 0


def test_one_number_for_each_point_or_a_sentence():
    with pytest.raises(ValueError, match=r"one number for each of 25 points, got \(25, 2\)"):
        fields.field(SQUARE, lambda p: p, cells=5)


def test_what_is_no_number_is_clear_and_draws_no_broken_line():
    found = fields.field(SQUARE, lambda p: np.where(p[:, 0] > 0, np.nan, -np.inf), contours=(0.0,))
    assert "nan" not in found.lines[0].attributes["d"]
    assert found.heat[0].pixels[0, -1] == 0


def test_a_named_field_carries_its_values():
    found = fields.field(SQUARE, right, cells=4, name="output")
    node = plots.plot(SQUARE, found.lines, label="a field", heat=found.heat)
    marks = [n.marks for n in node.walk() if n.marks]
    assert [list(m) for m in marks] == [["output"]]
    np.testing.assert_array_equal(marks[0]["output"], found.values)
    assert dom.page_of(node) == dom.expected(node)
