"""Message Passing: the farthest node decides, and averaging makes all nodes alike."""

import numpy as np
import pytest

from games.graphs.message_passing import game
from games.run import Run
from pycore import graph_data


def run_to_the_end(run):
    while run.tick():
        pass


def test_every_node_is_lit_after_as_many_rounds_as_the_farthest_is_edges_away():
    for seed in range(60):
        run = Run("message-passing", seed)
        need = game.needed(run.state)
        assert game.FEWEST <= need < game.NODES
        run.send(["guess", need])
        run.send(["send"])
        run_to_the_end(run)
        heard = run.state.heard
        far = graph_data.distances(game.edges(run.state), game.NODES, run.state.start)
        for r, values in enumerate(heard):
            assert ((values.ravel() > 0) == (far <= r)).all()
        assert len(heard) - 1 == need
        assert run.score() == 0.5


def test_all_nodes_end_at_the_share_of_edges_that_the_start_has():
    for seed in range(60):
        run = Run("message-passing", seed)
        state = run.state
        h, layer = game._news(state), game._layer(state)
        for _ in range(2000):
            h = layer.forward(h)
        degree = state.joined.sum(axis=1) + 1
        np.testing.assert_allclose(h.ravel(), degree[state.start] / degree.sum(), atol=1e-9)
        first = game.alike(state)
        assert first is not None
        assert first > game.needed(state)


def test_the_first_round_where_all_are_alike_wins_and_others_do_not():
    run = Run("message-passing", 3)
    run.solve()
    first = game.alike(run.state)
    for place, wins in ((first - 1, False), (first, True), (first + 1, True), (first + 2, False)):
        run.send(["round", place])
        run.send(["mark"])
        run_to_the_end(run)
        assert (run.score() == 1) is wins


def test_a_round_as_matrix_gives_the_layers_numbers():
    run = Run("message-passing", 5)
    run.send(["form", "matrix"])
    tables = run.numbers()
    P = next(table for table in tables.values() if table.shape == (game.NODES, game.NODES))
    after = game._layer(run.state).forward(run.state.heard[-1]).ravel()
    assert any(np.allclose(table, after) for table in tables.values() if table.shape == after.shape)
    np.testing.assert_allclose(P.sum(axis=1), 1)


@pytest.mark.parametrize(("shape", "rounds"), [("path", 7), ("ring", 4), ("star", 1), ("grid", 4)])
def test_known_graphs_take_as_many_rounds_as_they_are_long(shape, rounds):
    assert game.needed(Run("message-passing", 0, {"shape": shape}).state) == rounds


def test_two_taps_join_and_part_and_a_tap_twice_moves_the_start():
    run = Run("message-passing", 0, {"shape": "path"})
    for node in (0, 7):
        run.send(["tap", node])
    assert run.state.joined[0, 7]
    assert run.state.joined[7, 0]
    assert game.needed(run.state) == 4
    for node in (7, 0, 3, 3):
        run.send(["tap", node])
    assert not run.state.joined[0, 7]
    assert run.state.start == 3


def test_what_is_not_joined_never_hears_and_an_easy_graph_does_not_count():
    run = Run("message-passing", 0, {"shape": "path"})
    for node in (3, 4):
        run.send(["tap", node])
    run.send(["guess", 0])
    run.send(["send"])
    run_to_the_end(run)
    assert "Never" in run.describe()
    assert run.score() == 0
    run = Run("message-passing", 0, {"shape": "star"})
    run.send(["guess", 1])
    run.send(["send"])
    run_to_the_end(run)
    assert run.score() == 0
