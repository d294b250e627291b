"""games/ui/plots.py: data to places, and places back."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.moves import Dial, moves
from games.ui import controls, plots
from games.ui.pixels import Shade
from tests import dom

AXES = plots.Axes(x=(-2, 2), y=(0, 10), width=400, height=200)
numbers = st.floats(-2, 2)


def coordinates(node):
    """The numbers of a path's d, in order."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", node.attributes["d"])]


@given(numbers, st.floats(0, 10))
def test_places_lead_back_to_the_data(x, y):
    assert AXES.data_x(float(AXES.across(x))) == pytest.approx(x, abs=1e-9)
    assert AXES.data_y(float(AXES.up(y))) == pytest.approx(y, abs=1e-9)


def test_the_ends_of_the_data_are_the_edges_of_the_axes():
    assert AXES.across([-2, 2]).tolist() == [AXES.left, AXES.width - AXES.right]
    assert AXES.up([0, 10]).tolist() == [AXES.height - AXES.bottom, AXES.top]


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_drag_outside_means_the_nearest_edge(across, up):
    assert -2 <= AXES.data_x(across) <= 2
    assert 0 <= AXES.data_y(up) <= 10


def test_curve_passes_through_the_points_and_is_cut_at_the_edge():
    node = plots.curve(AXES, [-2, 0, 2], [0, 5, 99], "loss")
    assert node.attributes["class"] == "curve loss"
    assert coordinates(node) == pytest.approx(
        [v for x, y in ((-2, 0), (0, 5), (2, 10)) for v in (AXES.across(x), AXES.up(y))], abs=0.06
    )


def test_curve_leaves_a_gap_where_a_value_is_missing():
    node = plots.curve(AXES, [-2, -1, 0, 1, 2], [1, 2, np.nan, 3, 4])
    assert re.sub(r"[^ML]", "", node.attributes["d"]) == "MLML"
    assert plots.curve(AXES, [0, 1], [np.nan, np.nan]).attributes["d"] == ""


def test_scatter_is_one_path_with_one_dot_for_each_point():
    node = plots.scatter(AXES, [0, 1, 2], [1, 2, 3])
    assert node.attributes["d"].count("h0") == 3
    assert coordinates(node)[:2] == pytest.approx([AXES.across(0), AXES.up(1)], abs=0.06)
    assert plots.scatter(AXES, [], []).attributes["d"] == ""


def test_bars_stand_on_zero():
    (left, floor, top, right, _) = coordinates(plots.bars(AXES, 0, 5, 1))
    assert [left, right] == pytest.approx(AXES.across([-0.5, 0.5]), abs=0.06)
    assert floor == pytest.approx(AXES.up(0), abs=0.06)
    assert top == pytest.approx(AXES.up(5), abs=0.06)
    below = plots.Axes(x=(0, 1), y=(2, 4))
    assert coordinates(plots.bars(below, 0.5, 3, 1))[1] == pytest.approx(below.up(2), abs=0.06)


def test_ranges_run_from_low_to_high():
    node = plots.ranges(AXES, [0, 1], [2, 3], [4, 99])
    x, low, high, _, _, cut = coordinates(node)
    assert [x, low, high] == pytest.approx([AXES.across(0), AXES.up(2), AXES.up(4)], abs=0.06)
    assert cut == pytest.approx(AXES.up(10), abs=0.06)


def test_band_covers_its_stretch_and_no_more_than_the_axes():
    node = plots.band(AXES, (-1, 99), "zone")
    left, width = float(node.attributes["x"]), float(node.attributes["width"])
    assert left == pytest.approx(AXES.across(-1), abs=0.01)
    assert left + width == pytest.approx(AXES.across(2), abs=0.01)
    assert float(plots.band(AXES, (50, 99)).attributes["width"]) == 0


def test_rule_wants_exactly_one_place():
    assert plots.rule(AXES, x=0).attributes["d"].startswith("M216.0")
    assert "H" in plots.rule(AXES, y=0).attributes["d"]
    for wrong in ({}, {"x": 1, "y": 1}):
        with pytest.raises(ValueError, match="exactly one"):
            plots.rule(AXES, **wrong)


def test_axis_labels_name_the_places_they_stand_at():
    node = plots.plot(AXES, label="a plot")
    shown = {}
    for text in node.walk():
        if text.attributes.get("class") == "tick middle":
            shown[text.text()] = float(text.attributes["x"])
    assert set(shown) == {"−2", "−1", "0", "1", "2"}
    for label, x in shown.items():
        assert x == pytest.approx(AXES.across(float(label.replace("−", "-"))), abs=0.01)


def test_the_name_of_the_y_axis_stands_clear_of_its_top_tick():
    node = plots.plot(AXES, label="a plot", y_label="loss")
    texts = {n.text(): float(n.attributes["y"]) for n in node.walk() if n.tag == "text"}
    assert texts["10"] - texts["loss"] >= 13


def test_a_plot_with_controls_is_a_group_and_one_without_is_an_image():
    move = moves(drag=Dial(0, 9)).on(None).drag
    knob = controls.handle("w", AXES, 1, 5, move, said="at 1", along="x")
    for layers, role in ((knob, "group"), (None, "img")):
        (svg,) = (n for n in plots.plot(AXES, layers, label="l").walk() if n.tag == "svg")
        assert svg.attributes["role"] == role
        assert svg.attributes["aria-label"] == "l"


def test_heat_lies_exactly_under_the_axes():
    heat = Shade(np.ones((4, 6)), "ink")
    node = plots.plot(AXES, label="l", y_label="y", heat=heat)
    drawn, svg = node.children
    box = dict(part.split(":") for part in drawn.attributes["style"].split(";"))
    _, top, width, height = map(float, svg.attributes["viewBox"].split())
    share = {name: float(value.rstrip("%")) / 100 for name, value in box.items()}
    assert share["left"] * width == pytest.approx(AXES.left, abs=0.01)
    assert share["width"] * width == pytest.approx(AXES.across(2) - AXES.across(-2), abs=0.01)
    assert share["top"] * height + top == pytest.approx(AXES.top, abs=0.01)
    assert share["height"] * height == pytest.approx(AXES.up(0) - AXES.up(10), abs=0.01)
    assert dom.page_of(node) == dom.expected(node)


LOG = plots.Axes(x=(1, 1000), y=(1e-6, 1), log_x=True, log_y=True)


@given(st.floats(0, 3), st.floats(-6, 0))
def test_on_logarithmic_axes_equal_factors_are_equal_distances(x, y):
    assert LOG.data_x(float(LOG.across(10**x))) == pytest.approx(10**x)
    assert LOG.data_y(float(LOG.up(10**y))) == pytest.approx(10**y)
    ten = float(LOG.across(10) - LOG.across(1))
    assert float(LOG.across(10**x) - LOG.across(1)) == pytest.approx(x * ten)


def test_a_logarithmic_axis_draws_zero_at_its_lower_end_and_refuses_to_reach_it():
    assert float(LOG.up(0)) == float(LOG.up(1e-6)) == LOG.height - LOG.bottom
    with pytest.raises(ValueError, match="logarithmic y axis"):
        plots.Axes(x=(0, 1), y=(0, 1), log_y=True)


def test_a_logarithmic_axis_is_marked_at_powers_of_ten():
    node = plots.plot(LOG, label="loss")
    assert {"1", "10", "10²", "10³", "10⁻⁶"} <= {n.text() for n in node.walk() if n.tag == "text"}


def test_names_stand_in_place_of_numbers():
    axes = plots.Axes(x=(-0.5, 1.5), y=(0, 1), names=("cat", "dog"))
    marks = [
        n for n in plots.plot(axes, label="p").walk() if "middle" in n.attributes.get("class", "")
    ]
    assert [n.text() for n in marks] == ["cat", "dog"]
    assert float(marks[1].attributes["x"]) == pytest.approx(axes.across(1), abs=0.01)


def test_a_track_lifts_the_pen_outside_the_axes():
    node = plots.track(AXES, [[0, 1], [1, 2], [3, 2], [1, 20], [1, 3], [0, 3]])
    assert re.sub(r"[^ML]", "", node.attributes["d"]) == "MLML"


def test_the_grid_of_a_heat_lies_at_the_middle_of_its_pixels():
    x, y = AXES.grid(4, 2)
    assert x[0].tolist() == [-1.5, -0.5, 0.5, 1.5]
    assert y[:, 0].tolist() == [7.5, 2.5]


def test_decades_are_whole_powers_of_ten_around_the_values():
    assert plots.decades([0.02, 3.0, np.inf, 0.0], 1e-9, 1e9) == (0.01, 10.0)
    assert plots.decades([1e-30, 5.0], 1e-9, 1.0) == (1e-9, 1.0)
    assert plots.decades([], 1e-3, 1.0) == (1e-3, 1.0)
    assert plots.decades([1.0], 1e-3, 10.0) == (1.0, 10.0)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-9, 9))
def test_a_boundary_is_where_the_weighted_sum_is_zero(w1, w2, b):
    ends = coordinates(plots.boundary(AXES, (w1, w2), b))
    x, y = np.meshgrid(np.linspace(*AXES.x, 9), np.linspace(*AXES.y, 9))
    signs = w1 * x + w2 * y + b
    if not ends:
        assert abs(w1) + abs(w2) < 1e-6 or not (signs.min() < -1e-6 and signs.max() > 1e-6)
    for across, up in zip(ends[::2], ends[1::2], strict=True):
        z = w1 * AXES.data_x(across) + w2 * AXES.data_y(up) + b
        assert abs(z) <= 0.05 * (abs(w1) + abs(w2)) + 1e-6


def test_a_legend_names_the_lines_in_their_order_above_the_axes():
    node = plots.legend(AXES, [("SGD", "run-1"), ("Adam", "run-2")])
    words = [n for n in node.walk() if n.tag == "text"]
    assert [n.text() for n in words] == ["SGD", "Adam"]
    places = [float(n.attributes["x"]) for n in words]
    assert AXES.left < places[0] < places[1] < AXES.width - AXES.right
    assert all(float(n.attributes["y"]) < AXES.top for n in words)


@pytest.mark.parametrize(
    ("inside", "right", "low"), [("top", True, False), ("bottom", False, True)]
)
def test_a_legend_inside_takes_one_corner_a_line_below_the_other(inside, right, low):
    node = plots.legend(AXES, [("SGD", "run-1"), ("Adam", "run-2")], inside)
    words = [n for n in node.walk() if n.tag == "text"]
    assert [n.text() for n in words] == ["SGD", "Adam"]
    (x, y), (below_x, below_y) = ([float(n.attributes[a]) for a in "xy"] for n in words)
    assert (x, below_y - y) == (below_x, 18)
    assert AXES.left < x < AXES.width - AXES.right
    assert AXES.top < y < below_y < AXES.height - AXES.bottom
    assert (x > AXES.width / 2) == right
    assert (y > AXES.height / 2) == low


def test_an_isoline_runs_where_the_numbers_pass_the_level():
    axes = plots.Axes((-1, 1), (-1, 1), width=200, height=200, left=0, right=0, top=0, bottom=0)
    along = 2 * (np.arange(40) + 0.5) / 40 - 1
    x, y = np.meshgrid(along, -along)
    path = plots.isoline(axes, x + 2 * y, 0.5).attributes["d"]
    places = np.array(re.findall(r"([\d.]+) ([\d.]+)", path), float)
    assert len(places) >= 2 * 20
    found = [axes.data_x(a) + 2 * axes.data_y(b) for a, b in places]
    np.testing.assert_allclose(found, 0.5, atol=0.003)


def test_an_isoline_that_nothing_passes_is_empty():
    axes = plots.Axes((-1, 1), (-1, 1))
    assert plots.isoline(axes, np.ones((4, 4))).attributes["d"] == ""


@given(st.integers(0, 2**32 - 1))
def test_the_pieces_of_an_isoline_meet(seed):
    """Every end inside the grid is the end of exactly two pieces."""
    axes = plots.Axes((0, 1), (0, 1), width=80, height=80, left=0, right=0, top=0, bottom=0)
    values = np.random.default_rng(seed).normal(size=(8, 8))
    places = re.findall(r"([\d.]+) ([\d.]+)", plots.isoline(axes, values).attributes["d"])
    inside = [p for p in places if all(5.05 < float(v) < 74.95 for v in p)]
    assert all(inside.count(p) >= 2 for p in inside)


def test_points_by_class_differ_in_shape_as_well_as_in_colour():
    node = plots.labelled(AXES, [[0, 1], [1, 2], [1, 3]], classes=[0, 3, 3], name="words")
    first, second = (n for n in node.walk() if "glyph" in n.attributes.get("class", ""))
    assert [n.attributes["class"] for n in (first, second)] == ["glyph shade-0", "glyph shade-3"]
    assert first.attributes["d"].split("m", 1)[1] != second.attributes["d"].split("m", 1)[1]
    assert node.marks["words"].shape == (3, 2)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0, 10)), min_size=1, max_size=12))
def test_no_name_lies_on_another_or_outside_and_every_name_is_said(points):
    names = [f"word {i}" for i in range(len(points))]
    node = plots.labelled(AXES, points, names)
    boxes = []
    for text in (n for n in node.walk() if n.tag == "text"):
        x, y = float(text.attributes["x"]), float(text.attributes["y"])
        wide = plots.LETTER * len(text.text())
        left = x - {"end": wide, "middle": wide / 2}.get(text.attributes["class"].split()[-1], 0)
        boxes.append((left, y - 11, left + wide, y + 3))
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert AXES.left <= left < right <= AXES.width - AXES.right
        assert AXES.top <= top < bottom <= AXES.height - AXES.bottom
        for other in boxes[:i]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    assert [n.text() for n in node.walk() if n.tag == "title"] == names


def test_a_name_that_is_asked_about_is_written_even_where_it_lies_on_a_point():
    crowd = [(x, y) for x in np.linspace(-2, 2, 24) for y in np.linspace(0, 10, 16)]
    points, names = [(0, 5), *crowd], ["asked", *["other"] * len(crowd)]

    def written(sure):
        node = plots.labelled(AXES, points, names, sure=sure)
        return {n.text() for n in node.walk() if n.tag == "text"}

    assert "asked" in written(1)
    assert "asked" not in written(0)


def test_as_many_names_and_classes_as_points():
    with pytest.raises(ValueError, match="2 points, 1 names"):
        plots.labelled(AXES, [[0, 1], [1, 2]], ["a"])
    with pytest.raises(ValueError, match="class 8; allowed: 0 to 7"):
        plots.labelled(AXES, [[0, 1]], classes=[8])


def test_what_is_named_carries_its_numbers():
    curve = plots.curve(AXES, [0, 1], [2, 3], name="loss")
    assert curve.marks["loss"].tolist() == [[0, 2], [1, 3]]
    assert plots.curve(AXES, [0, 1], [2, 3]).marks is None
    assert plots.scatter(AXES, [0], [2], name="data").marks["data"].tolist() == [[0, 2]]
    assert plots.bars(AXES, [0], [2], 1, name="p").marks["p"].tolist() == [[0, 2]]
    assert plots.ranges(AXES, [0], [1], [2], name="r").marks["r"].tolist() == [[0, 1, 2]]
    assert plots.track(AXES, [[0, 1], [9, 9]], name="path").marks["path"].tolist() == [
        [0, 1],
        [9, 9],
    ]


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(2, 9))
def test_joined_pieces_are_the_contour_in_long_lines(seed, rows, columns):
    values = np.random.default_rng(seed).normal(size=(rows, columns))

    def dots(lines):
        """Places along the lines, close together."""
        found = []
        for line in lines:
            for a, b in itertools.pairwise(np.asarray(line, float)):
                count = 2 + int(np.hypot(*(b - a)))
                found += (a + (b - a) * np.linspace(0, 1, count)[:, None]).tolist()
        return np.array(found).reshape(-1, 2)

    spots = plots.crossings(AXES, values, 0.1)
    pieces = dots(spots.reshape(-1, 2, 2))
    joined = dots([np.array(line) / 10 for line in plots.joined(spots)])
    for one, other in ((pieces, joined), (joined, pieces)):
        for dot in one:
            assert np.hypot(*(other - dot).T).min() < 1.2  # dots are up to 1 apart


def test_a_closed_contour_is_one_line_that_ends_as_it_begins():
    y, x = np.mgrid[-5:6, -5:6]
    (line,) = plots.joined(plots.crossings(AXES, np.hypot(x, y), 3.2))
    assert line[0] == line[-1]


def test_classes_outside_the_axes_are_not_drawn():
    node = plots.labelled(AXES, [[0, 1], [9, 1], [0, np.nan]], ["in", "out", "nowhere"])
    assert [n.text() for n in node.walk() if n.tag == "text"] == ["in"]
    (glyph,) = (n for n in node.walk() if "glyph" in n.attributes.get("class", "").split())
    assert glyph.attributes["d"].count("M") == 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_a_whole_isoline_stays_inside_the_axes_and_holds_the_other(seed, rows, columns):
    values = np.random.default_rng(seed).normal(size=(rows, columns))
    inner = plots.isoline(AXES, values).attributes["d"].split("M")[1:]
    whole = plots.isoline(AXES, values, whole=True).attributes["d"].split("M")[1:]
    ends = np.array([float(v) for piece in whole for v in re.findall(r"-?[\d.]+", piece)])
    x, y = ends.reshape(-1, 2).T
    assert ((AXES.left <= x) & (x <= AXES.width - AXES.right)).all()
    assert ((AXES.top <= y) & (y <= AXES.height - AXES.bottom)).all()
    assert len(whole) >= len(inner)


def test_an_area_holds_what_is_nearest_to_its_centre_and_all_areas_fill_the_axes():
    rng = np.random.default_rng(0)
    axes = plots.Axes((-1, 1), (-2, 1))
    for count in (1, 2, 5, 9):
        centres = rng.uniform([-1, -2], [1, 1], (count, 2))
        sizes = []
        for i in range(count):
            area = plots.nearest_area(axes, centres, i)
            inward = area.mean(axis=0)
            for share in (0.3, 0.999):  # just inside of each corner it is the nearest still
                for place in inward + share * (area - inward):
                    assert np.linalg.norm(centres - place, axis=1).argmin() == i
            x, y = area.T
            sizes.append(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)
        assert sum(sizes) == pytest.approx(6)


def test_of_centres_at_one_place_the_first_has_the_area():
    axes = plots.Axes((0, 1), (0, 1))
    centres = np.array([[0.2, 0.5], [0.8, 0.5], [0.2, 0.5]])
    assert len(plots.nearest_area(axes, centres, 0)) == 4
    drawn = plots.nearest_areas(axes, centres, ["a", "b", "c"])
    assert [bool(node.attributes["d"]) for node in drawn] == [True, True, False]
