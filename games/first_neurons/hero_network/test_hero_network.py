"""A Network at Work: what the pulses carry is a forward pass, and it comes to rest by itself."""

import base64
import time

import numpy as np
import pytest

from games import MessageError
from games.first_neurons.hero_network import game
from games.run import Run
from games.ui.numbers import fixed
from pycore import brains, initializers
from pycore.activations import ReLU
from pycore.layers import Dense, Sequential
from pycore.normalization import BatchNorm
from tests.games.player import brain_file
from tests.games.reading import buttons, classed, shown

SLUG = "hero-network"


def watched(seed):
    """Somebody who only watches."""
    run = Run(SLUG, seed)
    run.send(["free", True])
    return run


def sent(run, x):
    """Send these inputs through, to the end."""
    for i, value in enumerate(x):
        run.send(["set", i, value])
    run.send(["send"])
    while run.tick():
        pass


def by_hand(state, x):
    """Activations of every layer, without the engine's layers."""
    values = [x]
    dense = [layer for layer in state.network if hasattr(layer, "W")]
    for n, layer in enumerate(dense):
        z = values[-1] @ layer.W + layer.b
        values.append(1 / (1 + np.exp(-z)) if n == len(dense) - 1 else np.tanh(z))
    return values


def test_every_number_on_show_belongs_to_a_real_forward_pass():
    run = watched(0)
    moving = True
    while moving:
        moving = run.tick()
        printed = iter(classed(run.view(), "unit-value"))
        for layer, signal in enumerate(run.state.seen):
            values = by_hand(run.state, signal[0][0])[layer]
            assert [next(printed).text() for _ in values] == [fixed(v) for v in values]


def test_a_layer_shows_the_new_pass_when_its_pulse_arrives_and_not_before():
    run = watched(1)
    run.state.running = True
    for _ in range(game.last(run.state) * (game.HOP + game.REST)):
        fresh = [seen is run.state.seen[0] for seen in run.state.seen]
        reached = run.state.flow.reached
        assert fresh == [layer <= reached for layer in range(len(game.sizes(run.state)))]
        if run.state.flow.clock >= game.last(run.state) * (game.HOP + game.REST) - 1:
            break
        run.tick()


def test_it_comes_to_rest_and_can_be_started_again():
    run = watched(2)
    ticks = 0
    while run.tick():
        ticks += 1
    assert ticks / game.TICKS_PER_SECOND < 20
    assert not run.state.running
    whole = run.state.seen[0]
    assert all(seen is whole for seen in run.state.seen)
    assert "Send numbers through" in buttons(run.view())
    run.send(["flow", True])
    assert run.tick()
    assert run.state.seen[0] is not whole
    run.send(["flow", False])
    assert not run.tick()


def test_pulses_are_as_large_as_what_they_carry():
    run = watched(3)
    pulses = classed(run.view(), "pulse")
    x = run.state.seen[0][0][0]
    radii = [float(p.attributes["d"].partition("A")[2].split()[0]) for p in pulses]
    assert radii == pytest.approx(1.5 + 4 * np.minimum(np.abs(x), 1), abs=0.06)


def test_every_neuron_can_be_pointed_at_and_tells_its_sum():
    run = watched(4)
    while run.tick():
        pass
    values = by_hand(run.state, run.state.seen[0][0][0])
    for layer in range(1, len(game.sizes(run.state))):
        for i in range(game.sizes(run.state)[layer]):
            run.send(["look", layer, i])
            text = shown(run.view(), "hero-sum")
            assert text.startswith(game._names(run.state)[layer][i])
            assert text.endswith(f"= {fixed(values[layer][i])}")
            spots = [n for n in classed(run.view(), "unit") if "tabindex" in n.attributes]
            assert len(spots) == sum(game.sizes(run.state)[1:])


def test_a_brain_takes_the_network_s_place_and_gives_it_back():
    run = watched(6)
    first = run.state.network
    run.send(["open", brain_file()])
    brain = brains.read(base64.b64decode(brain_file()))
    while run.tick():
        pass
    run.send(["look", 1, 2])
    x = run.state.seen[0][0]
    assert np.abs(x).max() <= game.REACH
    values = [x, np.tanh(x @ brain.dense[0].W + brain.dense[0].b)]
    values.append(1 / (1 + np.exp(-(values[1] @ brain.dense[1].W + brain.dense[1].b))))
    printed = [node.text() for node in classed(run.view(), "unit-value")]
    assert printed == [fixed(v) for layer in values for v in layer[0]]
    assert shown(run.view(), "hero-sum").endswith(f"= {fixed(values[1][0, 2])}")
    assert "2-3-1, tanh" in run.view().text()
    run.send(["close"])
    assert run.state.network is first
    assert "2-3-1" not in run.view().text()


def test_what_there_is_no_room_for_is_refused_with_what_there_is():
    rng = np.random.default_rng(0)
    wide = Sequential(Dense(1, 9, rng=rng), ReLU(), Dense(9, 1, rng=rng))
    heavy = Sequential(Dense(1, 1, initializers.normal(1e6), rng=rng))
    norm = Sequential(Dense(1, 2, rng=rng), BatchNorm(2), ReLU(), Dense(2, 1, rng=rng))
    small = Sequential(Dense(1, 1, rng=rng))
    for network, loss, said in (
        (wide, "cross-entropy", "at most 2 of at most 8"),
        (heavy, "cross-entropy", "a weight of .*at most 100"),
        (norm, "cross-entropy", "batch norm; allowed: layers without"),
        (small, "hinge", "trained with hinge; allowed: cross-entropy"),
    ):
        file = brains.write(brains.Brain(network, ("x₁",), loss, True))
        with pytest.raises(MessageError, match=said):
            Run(SLUG, 0).send(["open", base64.b64encode(file).decode()])


def test_a_tick_costs_next_to_nothing():
    run = watched(5)
    start, ticks = time.process_time(), 0
    while run.tick():
        ticks += 1
    assert (time.process_time() - start) / ticks < 0.0005


def test_the_first_frame_glows_and_has_a_pulse_under_way():
    for seed in range(10):
        view = Run(SLUG, seed).view()
        assert classed(view, "gold")
        assert classed(view, "pulse")


def test_out_and_lit_again_wins_by_inputs_alone():
    for seed in range(30):
        run = Run(SLUG, seed)
        theta = run.state.network.theta.copy()
        out, lit = game._inputs(run.state.own)
        while run.tick():
            pass
        sent(run, lit)
        assert run.score() == 0, "lit it was already"
        sent(run, out)
        assert run.score() == 0.5
        assert game.answer(run.state) <= game.DARK
        sent(run, out)
        assert run.score() == 0.5
        sent(run, lit)
        assert run.score() == 1
        assert run.records() == {"passes": 4}
        assert (run.state.network.theta == theta).all(), "what the win says has never changed"
        y = by_hand(run.state, np.array([lit]))[-1][0, 0]
        assert game.answer(run.state) == pytest.approx(y)
        assert y >= game.BRIGHT
        run.send(["again"])
        assert run.score() == 0


def test_inputs_count_only_once_they_are_through():
    run = Run(SLUG, 1)
    out, _ = game._inputs(run.state.own)
    for i, value in enumerate(out):
        run.send(["set", i, value])
    before = game.answer(run.state)
    run.send(["send"])
    run.send(["set", 0, 0.0])
    for _ in range(game.HOP):
        assert run.tick()
        assert game.answer(run.state) == before
    while run.tick():
        pass
    assert run.score() == 0.5


def test_what_is_shown_to_have_been_sent_stays_when_other_inputs_are_chosen():
    run = Run(SLUG, 1)
    shown_then = [node.text() for node in classed(run.view(), "unit-value")]
    run.send(["set", 0, -1 if run.state.x[0, 0] > 0 else 1])
    assert [node.text() for node in classed(run.view(), "unit-value")] == shown_then


def test_who_only_watches_has_nothing_to_win():
    run = watched(3)
    assert run.score() is None
    while run.tick():
        pass
    assert run.score() is None
    run.send(["free", False])
    assert run.score() == 0
