"""Message passing: what a node hears, and how far it spreads."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.gradient_check import check
from pycore.graphs import MessagePassing

PATH = [(i, i + 1) for i in range(4)] + [(i + 1, i) for i in range(4)]


@pytest.mark.parametrize(
    ("aggregate", "heard"), [("sum", [3.0, 0.0, 0.0]), ("mean", [1.5, 0, 0]), ("max", [2, 0, 0])]
)
def test_what_a_node_hears(aggregate: str, heard: list[float]) -> None:
    layer = MessagePassing(
        1,
        1,
        [(1, 0), (2, 0)],
        aggregate,
        rng=np.random.default_rng(0),  # type: ignore[arg-type]
    )
    np.testing.assert_array_equal(layer.gather(np.array([[9.0], [1.0], [2.0]]))[:, 0], heard)


@pytest.mark.parametrize("aggregate", ["sum", "mean", "max"])
def test_gradients_of_every_aggregate(aggregate: str) -> None:
    rng = np.random.default_rng(1)
    layer = MessagePassing(2, 3, PATH, aggregate, rng=rng)  # type: ignore[arg-type]
    assert check(layer, rng.normal(size=(5, 2)), rng) <= 1e-6


def test_a_signal_travels_one_edge_a_round() -> None:
    layer = MessagePassing(1, 1, PATH, "sum", rng=np.random.default_rng(2))
    layer.W[...] = layer.U[...] = 1
    x = np.array([[1.0], [0], [0], [0], [0]])
    for reached in (2, 3, 4, 5):
        x = layer.forward(x)
        assert np.count_nonzero(x) == reached


def test_renaming_the_nodes_renames_the_answer() -> None:
    rng = np.random.default_rng(3)
    layer, x = MessagePassing(2, 2, PATH, rng=rng), rng.normal(size=(5, 2))
    y, order = layer.forward(x), rng.permutation(5)
    layer.edges = np.argsort(order)[layer.edges]
    np.testing.assert_allclose(layer.forward(x[order]), y[order])


def test_an_edge_to_nowhere_is_refused() -> None:
    layer = MessagePassing(2, 2, PATH, rng=np.random.default_rng(4))
    with pytest.raises(ValueError, match="allowed: 0 to 3"):
        layer.forward(np.ones((4, 2)))


def test_edges_that_lie_in_two_rows_are_not_shuffled_into_pairs() -> None:
    with pytest.raises(ShapeError, match=r"\(2, 3\); allowed: \(count, 2\)"):
        MessagePassing(1, 1, [[0, 1, 2], [1, 2, 0]], rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match="float64; allowed: whole numbers"):
        MessagePassing(1, 1, [[0.5, 1.0]], rng=np.random.default_rng(0))
    layer = MessagePassing(1, 1, [], rng=np.random.default_rng(0))
    with pytest.raises(ShapeError, match=r"\(3,\); allowed"):
        layer.edges = [0, 1, 2]  # type: ignore[assignment]
