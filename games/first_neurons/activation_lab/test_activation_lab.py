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


def hunt(seed=0):
    return Run("activation-lab", seed)


def go(run, name, z):
    run.send(["activation", name])
    run.send(["z", z])
    run.send(["here"])


def test_five_places_are_found_one_after_the_other_and_no_other_place_counts():
    run = hunt()
    wrong = {
        "fades": ("relu", -2.0),
        "whole": ("sigmoid", 0.0),
        "dead": ("leaky-relu", -2.0),
        "more": ("relu", 2.0),
        "falls": ("sigmoid", -5.0),
    }
    for n, asked in enumerate(game.ASKED):
        assert run.score() == n / 5
        go(run, *wrong[asked])
        assert run.score() == n / 5
        assert "Not here" in run.describe()
        run.send(["z", 0.0])
        assert "Not here" not in run.describe()
        go(run, *game.PLACES[asked])
        assert run.score() == (n + 1) / 5
    assert "All five!" in run.describe()
    run.send(["again"])
    assert run.score() == 0


def test_what_is_asked_for_is_what_the_engine_says_at_every_place():
    """Measured, not by formula; away from corners, where there is no one slope."""
    for name, f in bends().items():
        for z in np.arange(-6, 6.01, 0.05).round(2):
            left, right = game.sides(f, float(z))
            if abs(left - right) > 1e-3:
                continue
            slope = game.measured(f, float(z))
            formula = float(f.derivative(np.array(z)))
            for asked in ("whole", "more", "falls"):
                edge = min(abs(slope - b) for b in (0.98, 1.02, game.MORE, game.FALLING)) < 1e-4
                assert edge or game.fits(asked, slope) == game.fits(asked, formula), (name, z)
            assert game.fits("dead", formula) == (
                np.ptp(f.function(z + np.linspace(-1e-3, 1e-3))) == 0
            )


def test_what_a_win_has_shown_is_so():
    """Sigmoid fades at both ends, ReLU is dead below 0, and GELU falls for a stretch."""
    z = np.arange(-6, 6.01, 0.05)
    slopes = {name: f.derivative(z) for name, f in bends().items()}
    faded = (slopes["sigmoid"] > 0) & (slopes["sigmoid"] < game.TINY)
    assert faded[z < -4.6].all()
    assert faded[z > 4.6].all()
    assert not faded[np.abs(z) < 4.5].any()
    assert (slopes["relu"][z < -0.01] == 0).all()
    assert (slopes["relu"][z > 0.01] == 1).all()
    assert 10 < (slopes["gelu"] < 0).sum() < len(z) / 2
    assert not (slopes["sigmoid"] < 0).any()


def test_who_looks_around_has_nothing_to_win_and_finds_the_hunt_as_it_was():
    run = hunt()
    go(run, *game.PLACES["fades"])
    run.send(["free", True])
    assert run.score() is None
    assert "Find where" not in run.view().text()
    run.send(["free", False])
    assert run.score() == 0.2
