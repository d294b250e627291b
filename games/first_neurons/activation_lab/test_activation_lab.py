"""Activation Lab: the engine's curves and slopes, and remarks that the numbers bear out."""

import numpy as np
import pytest

from games.first_neurons._bends import bends
from games.first_neurons.activation_lab import game
from games.run import Run
from games.ui.numbers import fixed
from pycore.activations import Activation
from tests.games.player import wander
from tests.games.reading import classed, readouts

KNOWN = ["sigmoid", "tanh", "relu", "leaky-relu", "elu", "gelu", "selu", "silu", "softplus"]


def test_every_bend_of_the_engine_is_offered():
    assert list(bends()) == KNOWN
    assert all(isinstance(f, Activation) for f in bends().values())


@pytest.mark.parametrize("name", KNOWN)
def test_formula_and_measurement_agree_away_from_corners(name):
    f = bends()[name]
    for z in np.arange(-6, 6.01, 0.05):
        left, right = game.sides(f, z)
        if abs(left - right) < 1e-3:
            assert game.measured(f, z) == pytest.approx(float(f.derivative(np.array(z))), abs=1e-5)


def test_every_number_shown_is_the_engines():
    for seed in range(3):
        run = Run("activation-lab", seed)
        for _ in wander(run, np.random.default_rng(seed)):
            state = run.state
            z = np.array(state.z)
            f = bends()[state.activation]
            y, slope = float(f.function(z)), float(f.derivative(z))
            shown = readouts(run.view())
            assert shown["output f(z)"] == fixed(y, 4)
            assert shown["slope, by formula"] == fixed(slope, 4)
            assert shown["slope, measured"] == fixed(game.measured(f, state.z), 4)


def remark(name, z):
    run = Run("activation-lab", 0, {"activation": name})
    run.send(["z", z])
    return game.describe(run.state)


def test_the_remark_tells_corner_dead_flat_falling_and_live_apart():
    assert "corner" in remark("ReLU", 0.0)
    assert "0.50" in remark("ReLU", 0.0)
    assert "Dead zone" in remark("ReLU", -0.05)
    assert "Nearly flat" in remark("Sigmoid", 5.0)
    assert "falls" in remark("GELU", -1.5)
    assert "1.00 times" in remark("ReLU", 0.05)
    assert "0.25 times" in remark("Sigmoid", 0.0)
    assert "0.10 times" in remark("LeakyReLU", -3.0)


def test_the_shaded_stretches_are_where_the_slope_is_small():
    for f in bends().values():
        stretches = game._flat(f)
        for z in np.arange(-5.99, 6, 0.37):
            inside = any(low <= z <= high for low, high in stretches)
            edge = any(abs(z - end) <= 0.051 for ends in stretches for end in ends)
            assert edge or inside == (abs(float(f.derivative(np.array(z)))) < game.FLAT)


def test_the_handle_is_on_the_curve():
    run = Run("activation-lab", 1, {"activation": "tanh"})
    run.send(["z", 1.5])
    (handle,) = classed(run.view(), "handle")
    x, y = map(float, handle.attributes["data-at"].split())
    assert (x, y) == (1.5, pytest.approx(np.tanh(1.5)))
    assert handle.messages() == {"drag": ("z",)}


def test_an_earlier_name_of_an_activation_is_still_read():
    assert Run("activation-lab", 1, {"activation": "LeakyReLU"}).params == {
        "activation": "leaky-relu"
    }


def test_the_tangent_has_the_slope():
    run = Run("activation-lab", 0, {"activation": "Softplus"})
    run.send(["z", 0.5])
    axes = game._axes(run.state)
    (line,) = classed(run.view(), "tangent")
    x1, y1, x2, y2 = map(float, line.attributes["d"].replace("M", "").replace("L", " ").split())
    rise = axes.data_y(y2) - axes.data_y(y1)
    run_ = axes.data_x(x2) - axes.data_x(x1)
    assert rise / run_ == pytest.approx(1 / (1 + np.exp(-0.5)), abs=0.01)
