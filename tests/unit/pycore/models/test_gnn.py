"""Node classification: only known labels count, and neighbours help."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import graph_data
from pycore.activations import Tanh
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.graphs import MessagePassing
from pycore.models.gnn import NodeClassification, gnn
from pycore.recipes import communities as recipe


def test_the_gradient_and_the_silence_of_unknown_labels() -> None:
    rng = np.random.default_rng(0)
    x, edges, y = graph_data.communities(8, 1.0, rng)
    network, known = gnn([3, 4, 3], edges, rng), np.array([1, 5, 6])
    objective = NodeClassification(network, x, y, known)
    numeric = numeric_gradient(objective.loss_and_grad, network.theta)
    loss = objective.loss_and_grad()
    assert relative_error(network.grad, numeric) <= 1e-6
    unknown = np.setdiff1d(np.arange(8), known)
    y[unknown] = (y[unknown] + 1) % 3
    assert objective.loss_and_grad() == loss
    one_by_one = [objective.loss_and_grad(np.array([row])) for row in range(3)]
    assert np.mean(one_by_one) == pytest.approx(loss)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_node_hears_as_far_as_there_are_rounds(rounds: int) -> None:
    rng = np.random.default_rng(0)
    network = gnn([1, *[4] * (rounds - 1), 2], graph_data.path(6), rng, activation=Tanh)
    x = rng.normal(size=(6, 1))
    before = network.forward(x)
    x[0] += 1
    changed = (network.forward(x) != before).any(axis=1)
    np.testing.assert_array_equal(changed, np.arange(6) <= rounds)


def test_a_graph_network_has_a_round_for_each_step_of_its_sizes() -> None:
    network = gnn([3, 5, 4, 2], graph_data.ring(4), np.random.default_rng(0), "sum")
    rounds = [layer for layer in network if isinstance(layer, MessagePassing)]
    assert [layer.W.shape for layer in rounds] == [(3, 5), (5, 4), (4, 2)]
    assert {layer.aggregate for layer in rounds} == {"sum"}
    with pytest.raises(ValueError, match="at least two"):
        gnn([3], graph_data.ring(4), np.random.default_rng(0))


def test_training_repeats_itself() -> None:
    one, two = (recipe.train(steps=2)[0].theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_neighbours_tell_what_a_node_alone_cannot_know() -> None:
    alone, once, often = (
        np.mean([recipe.judge(rounds, seed) for seed in range(5)]) for rounds in (0, 1, 4)
    )
    assert alone + 0.1 <= once <= often - 0.05
    assert often >= 0.9
