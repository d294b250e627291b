"""Light the Network: reachable, not won at the start, and every number the neuron's own."""

import math

import numpy as np
import pytest

from games.first_neurons.light_the_network import game
from games.run import Run
from games.ui.numbers import fixed
from tests.games.player import wander
from tests.games.reading import classed, numbers

SWITCHES = [(0, 0), (0, 1), (1, 0), (1, 1)]
STOPS = np.round(np.arange(-game.REACH, game.REACH + game.STEP / 2, game.STEP), 2)


def glow(x, w, b):
    """sigmoid(x · w + b), by hand."""
    return 1 / (1 + math.exp(-(x[0] * w[0] + x[1] * w[1] + b)))


def start(seed, bias=-1.0):
    return Run("light-the-network", seed, {"bias": bias}).state


@pytest.mark.parametrize("bias", [-2.0, -1.0, 0.0, 2.0])
def test_the_target_can_be_reached_with_the_sliders(bias):
    best = STOPS[:, None] + STOPS[None, :]
    for seed in range(30):
        state = start(seed, bias)
        nearest = np.abs(1 / (1 + np.exp(-(best + bias))) - state.target).min()
        assert nearest < 1e-9


@pytest.mark.parametrize("bias", [-2.0, -1.0, 0.0, 2.0])
def test_no_setting_of_the_switches_alone_wins(bias):
    for seed in range(30):
        state = start(seed, bias)
        w = state.dense.W[:, 0]
        assert all(abs(glow(x, w, bias) - state.target) > game.CLOSE for x in SWITCHES)


def test_won_exactly_when_the_glow_is_within_a_tenth_of_the_target():
    state = start(3)
    for offset, won in ((0.0999, True), (0.1001, False), (-0.0999, True), (-0.1001, False)):
        y = state.target + offset
        if not 0 < y < 1:
            continue
        state.dense.b[:] = math.log(y / (1 - y))
        state.x[:] = 0
        assert (game.score(state) == 1) == won


def test_every_number_shown_is_the_neurons():
    for seed in range(4):
        run = Run("light-the-network", seed)
        for _ in wander(run, np.random.default_rng(seed)):
            view, state = run.view(), run.state
            x, w, b = state.x[0], state.dense.W[:, 0], float(state.dense.b[0])
            total, y = x[0] * w[0] + x[1] * w[1] + b, glow(x, w, b)
            (neuron,) = classed(view, "neuron")
            products = [numbers(name.text()) for name in classed(neuron, "edge-name")]
            printed = [v for product in products for v in product]
            wanted = [v for i in (0, 1) for v in (x[i], w[i], x[i] * w[i])]
            assert printed == [float(f"{v:.2f}") for v in wanted]
            values = [value.text() for value in classed(neuron, "unit-value")]
            assert fixed(total) in values
            assert any(fixed(y) in value for value in values)
            (meter,) = classed(view, "meter")
            assert float(meter.attributes["aria-valuenow"]) == pytest.approx(y, abs=0.005)
            assert fixed(y) in run.describe()
            assert fixed(state.target) in run.describe()


def test_messages_set_what_they_say():
    run = Run("light-the-network", 0)
    run.send(["switch", 1, True])
    run.send(["weight", 0, -1.25])
    assert run.state.x.tolist() == [[0, 1]]
    assert run.state.dense.W[0, 0] == -1.25
    run.send(["switch", 1, False])
    assert run.state.x.tolist() == [[0, 0]]
