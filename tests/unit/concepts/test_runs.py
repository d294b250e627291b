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
