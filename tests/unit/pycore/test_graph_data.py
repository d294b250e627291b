"""Small graphs: undirected, counted, seeded; and how far their nodes are apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore import graph_data
from pycore.arrays import Integers, ShapeError
from pycore.graphs import MessagePassing

GRAPHS = {
    "path": (graph_data.path(5), 5, 8),
    "ring": (graph_data.ring(5), 5, 10),
    "star": (graph_data.star(5), 5, 8),
    "complete": (graph_data.complete(5), 5, 20),
    "tree": (graph_data.tree(7), 7, 12),
    "grid": (graph_data.grid(3, 4), 12, 34),
    "one node": (graph_data.path(1), 1, 0),
    "ring of two": (graph_data.ring(2), 2, 2),
}


@pytest.mark.parametrize(("edges", "n", "count"), GRAPHS.values(), ids=GRAPHS.keys())
def test_a_graph_is_undirected_connected_and_counted(edges: Integers, n: int, count: int) -> None:
    assert edges.shape == (count, 2)
    np.testing.assert_array_equal(edges, graph_data.undirected(edges))
    assert (graph_data.distances(edges, n, 0) >= 0).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_undirected_lists_both_directions_once(pairs: list[tuple[int, int]]) -> None:
    edges = [tuple(edge) for edge in graph_data.undirected(pairs).tolist()]
    assert len(set(edges)) == len(edges)
    assert set(edges) == {e for a, b in pairs if a != b for e in ((a, b), (b, a))}


def test_distances_on_a_path_and_to_a_lonely_node() -> None:
    far = graph_data.distances(graph_data.path(4), 5, 1)
    np.testing.assert_array_equal(far, [1, 0, 1, 2, -1])


def test_the_farthest_node_of_a_tree_is_heard_after_as_many_rounds_as_its_distance() -> None:
    edges = graph_data.tree(15)
    layer = MessagePassing(1, 1, edges, "sum", rng=np.random.default_rng(0))
    layer.W[...] = layer.U[...] = 1
    far = graph_data.distances(edges, 15, 7)
    x = np.eye(15)[:, 7:8]
    for rounds in range(far.max() + 1):
        np.testing.assert_array_equal(x[:, 0] > 0, far <= rounds)
        x = layer.forward(x)


def test_random_graphs_repeat_by_seed_and_keep_their_density() -> None:
    edges = graph_data.random(60, 0.2, np.random.default_rng(1))
    np.testing.assert_array_equal(edges, graph_data.random(60, 0.2, np.random.default_rng(1)))
    assert len(edges) / (60 * 59) == pytest.approx(0.2, abs=0.03)


def test_communities_are_balanced_and_join_their_own() -> None:
    x, edges, y = graph_data.communities(60, 0.0, np.random.default_rng(2))
    np.testing.assert_array_equal(np.bincount(y), [20, 20, 20])
    np.testing.assert_array_equal(x, np.eye(3)[y])
    assert (y[edges[:, 0]] == y[edges[:, 1]]).mean() > 0.75
    again = graph_data.communities(60, 0.0, np.random.default_rng(2))
    np.testing.assert_array_equal(edges, again[1])


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="n is 0; allowed"):
        graph_data.ring(0)
    with pytest.raises(ValueError, match="nodes 0 to 4; allowed: 0 to 2"):
        graph_data.distances(graph_data.path(5), 3, 0)
    with pytest.raises(ShapeError, match=r"allowed: \(count, 2\)"):
        graph_data.distances(np.zeros(4, int), 3, 0)
