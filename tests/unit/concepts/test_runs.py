"""The last runs are kept, each with its line, and their table never changes its size."""

import numpy as np

from games.concepts import runs
from games.concepts.runs import Runs
from games.ui.plots import Axes
from tests.games.reading import classed


def test_the_oldest_goes_where_there_is_no_room():
    kept = Runs(most=2)
    assert kept.last is None
    for run in "abc":
        assert kept.add(run) == run
    assert (kept.kept, kept.last) == (["b", "c"], "c")
    kept.drop()
    assert kept.kept == ["b"]


def test_every_run_has_the_same_line_in_plot_legend_and_table():
    axes = Axes((0, 3), (0, 1))
    curves = runs.curves(axes, [np.zeros(4), np.ones(4)])
    assert ["run-1" in curves[0].attributes["class"], "run-2" in curves[1].attributes["class"]]
    table = runs.table("runs", ["loss"], [["1"], ["2"]], most=3)
    for place in (1, 2, 3):
        assert classed(table, f"run-{place}")
    assert classed(runs.legend(axes, ["one", "two"]), "run-2")


def test_a_table_has_always_as_many_rows():
    for n in range(4):
        table = runs.table("runs", ["loss", "steps"], [["1", "2"]] * n, most=3)
        rows = [node for node in table.walk() if node.tag == "tr"]
        assert len(rows) == 4
        assert all(len(row.children) == 3 for row in rows)
        assert table.text().count(runs.NOTHING) == 2 * (3 - n)


def test_the_one_ahead_is_where_the_race_is_and_the_others_by_their_part_of_its_way():
    assert runs.along([2.0, 4.0, -1.0], 0.5) == [0.25, 0.5, 0.0]
    assert runs.along([0.0, -1.0], 0.5) == [0.0, 0.0]
    assert runs.along([3.0, 1.5], 1.0) == [1.0, 0.5]


def test_a_lane_says_name_place_and_value_and_who_is_ahead():
    node = runs.lanes("race", ["one", "two"], [0.25, 1.3], ["0.5", "0.1"], first=1)
    rows = classed(node, "lane")
    assert [row.text() for row in rows] == ["one0.5", "two0.1"]
    assert ["first" in row.attributes["class"].split() for row in rows] == [False, True]
    ways = [track.attributes["style"] for track in classed(node, "lane-track")]
    assert ways == ["--at:25.0%", "--at:100.0%"]
    assert classed(rows[1], "run-2")
    assert not classed(runs.lanes("race", ["one"], [0], ["–"]), "first")
