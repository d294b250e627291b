"""Activation Lab: choose a bend, drag the input along its curve, and watch the slope.

y = f(z) and its slope f′(z), from the engine's own classes, beside the slope
measured as (f(z + H) − f(z − H)) / 2H. Shaded is where the slope is smaller than FLAT. There is
nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.first_neurons._bends import LEAK, bends, name_of
from games.moves import Dial, Pick, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.words import say
from pycore.activations import Activation
from pycore.arrays import Array

EDITION = 2
REACH, STEP = 6.0, 0.05
"""The input slides from -REACH to REACH in steps of STEP."""
H = 1e-5
FLAT = 0.05

BENDS = Pick(bends(), was={type(f).__name__: name for name, f in bends().items()})
PARAMS = {"activation": Param(BENDS, "sigmoid", "Activation to begin with")}
MOVES = moves(activation=BENDS, z=Dial(-REACH, REACH, STEP))


@dataclass
class State:
    """The activation on the bench, and the input it is given."""

    rng: np.random.Generator
    activation: str
    z: float

    @property
    def f(self) -> Activation:
        """The engine's own."""
        f: Activation = BENDS[self.activation]
        return f

    @property
    def name(self) -> str:
        """What it is called."""
        return name_of(self.activation)


def init(seed: int, activation: str = "sigmoid") -> State:
    """The input somewhere near the middle, by seed."""
    rng = np.random.default_rng(seed)
    return State(rng, activation, _stop(rng.uniform(-2, 2)))


def update(state: State, move: str, value: Any) -> None:
    """Another activation, or another input."""
    setattr(state, move, value)


def measured(f: Activation, z: float) -> float:
    """The slope at z without a formula: the rise from z − H to z + H over 2H."""
    return (_at(f, z + H) - _at(f, z - H)) / (2 * H)


def sides(f: Activation, z: float) -> tuple[float, float]:
    """The slope just left and just right of z, measured; at a corner they differ."""
    return (_at(f, z) - _at(f, z - H)) / H, (_at(f, z + H) - _at(f, z)) / H


def view(state: State) -> Node:
    """The curve with its tangent and slope; the input, and the three numbers."""
    y, slope = _at(state.f, state.z), _slope(state)
    may = MOVES.on(state)
    return widgets.stage(
        widgets.panel(
            _bench(state),
            widgets.row(
                h("span", say("solid: y = f(z)"), class_="lab-key forward"),
                h("span", say("dashed: its slope"), class_="lab-key backward"),
                h(
                    "span",
                    say("shaded: slope under {flat}", flat=fixed(FLAT)),
                    class_="lab-key flat",
                ),
            ),
        ),
        widgets.panel(
            controls.choice(
                say("activation"),
                name_of,
                state.activation,
                may.activation,
            ),
            controls.slider("z", state.z, may.z, name=say("input z"), symbol="z"),
            widgets.row(
                h("div", widgets.readout(say("output f(z)"), y, 4), data_symbol="y a h"),
                widgets.readout(say("slope, by formula"), slope, 4),
                widgets.readout(say("slope, measured"), measured(state.f, state.z), 4),
                class_="readouts",
            ),
            widgets.note(_remark(state), live=True),
            widgets.hint(
                say(
                    "Measured: the rise of f from z − {step} to z + {step}, divided by {twice}. "
                    "LeakyReLU is drawn with a slope of {leak} on the left.",
                    step=fixed(H, 5),
                    twice=fixed(2 * H, 5),
                    leak=fixed(LEAK, 1),
                )
            ),
        ),
    )


def describe(state: State) -> str:
    """The activation, the input, and what comes out."""
    return say(
        "{name} at z = {z} gives {y}; its slope there is {slope}. {remark}",
        name=state.name,
        z=fixed(state.z),
        y=fixed(_at(state.f, state.z), 4),
        slope=fixed(_slope(state), 4),
        remark=_remark(state),
    )


def solution(state: State) -> Iterator[Message]:
    """A tour: a curve that goes flat, one that dies, one that leaks, one that dips."""
    for name, stops in (
        ("sigmoid", (0.0, 2.0, 5.0)),
        ("tanh", (0.0, 3.0)),
        ("relu", (2.0, 0.0, -2.0)),
        ("leaky-relu", (-2.0,)),
        ("gelu", (-0.75, -2.0, 2.0)),
    ):
        yield ("activation", name)
        yield from (("z", z) for z in stops)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "activation", "sigmoid":
            return say("Watch its slope: it is almost nothing far from zero.")
        case "activation", "tanh":
            return say("It goes flat as well, but is steeper around zero.")
        case "activation", "relu":
            return say("Below zero its slope is 0: such a neuron learns nothing.")
        case "activation", "leaky-relu":
            return say("Below zero a little slope is left, so it can come back.")
        case "activation", _:
            return say("It is smooth, and dips below zero before it goes flat.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def _stop(z: float) -> float:
    """The nearest place on the slider."""
    return round(round(z / STEP) * STEP, 2)


def _at(f: Activation, z: float) -> float:
    return float(f.function(np.array(z)))


def _slope(state: State) -> float:
    return float(state.f.derivative(np.array(state.z)))


def _grid() -> Array:
    return np.linspace(-REACH, REACH, 241)


def _axes(state: State) -> plots.Axes:
    """Room for the curve and its slope."""
    z = _grid()
    shown = np.concatenate([state.f.function(z), state.f.derivative(z)])
    low, high = float(shown.min()), float(shown.max())
    margin = 0.08 * (high - low)
    return plots.Axes((-REACH, REACH), (low - margin, high + margin), height=300)


def _bench(state: State) -> Node:
    """Curve, slope, tangent, and the point to drag."""
    axes, z = _axes(state), _grid()
    y, slope = _at(state.f, state.z), _slope(state)
    heights, slopes = state.f.function(z), state.f.derivative(z)
    return plots.plot(
        axes,
        [plots.band(axes, ends, "flat") for ends in _flat(state.f)],
        plots.rule(axes, x=state.z),
        plots.curve(axes, z, slopes, "backward dashed"),
        marked(
            plots.curve(axes, z, heights),
            {say("curve: z, f(z), slope"): np.stack([z, heights, slopes], axis=1)},
        ),
        _tangent(axes, state.z, y, slope),
        marked(
            controls.handle(
                say("input z"),
                axes,
                state.z,
                y,
                MOVES.on(state).z,
                said=f"z = {fixed(state.z)}, f(z) = {fixed(y, 4)}",
                along="x",
            ),
            {
                say("input z"): [state.z],
                say("output f(z)"): [y],
                say("slope by formula"): [slope],
                say("slope measured"): [measured(state.f, state.z)],
            },
        ),
        label=say("{name} and its slope, with the tangent", name=state.name),
        x_label="z",
        y_label=f"{state.name}(z)",
    )


def _tangent(axes: plots.Axes, z: float, y: float, slope: float) -> Node:
    """A piece of the tangent, as long on the page however steep it is."""
    across = float(axes.across(1) - axes.across(0))
    up = float(axes.up(0) - axes.up(1))
    reach = 62 / np.hypot(across, slope * up)
    ends = z + reach * np.array([-1.0, 1.0])
    return plots.curve(axes, ends, y + slope * (ends - z), "tangent")


def _flat(f: Activation) -> list[tuple[float, float]]:
    """The stretches of the axis in which the slope stays smaller than FLAT."""
    z = _grid()
    flat = np.flatnonzero(np.abs(f.derivative(z)) < FLAT)
    runs = np.split(flat, np.flatnonzero(np.diff(flat) > 1) + 1)
    return [(float(z[run[0]]), float(z[run[-1]])) for run in runs if run.size]


def _remark(state: State) -> str:
    """What the slope means at this input; every case is told by the numbers."""
    slope = _slope(state)
    left, right = sides(state.f, state.z)
    if abs(left - right) > 1e-3:
        return _corner(left, right, measured(state.f, state.z), slope)
    if slope == 0:
        return say(
            "Dead zone: the slope is exactly 0. The input can move, the output does not. A neuron "
            "that is here for every example learns nothing."
        )
    if abs(slope) < FLAT:
        return say(
            "Nearly flat: a small step of the input moves the output only {slope} times as far. "
            "Learning is slow here.",
            slope=fixed(slope, 4),
        )
    if slope < 0:
        return say(
            "Here the curve falls: a small step up of the input takes the output down, {slope} "
            "times as far.",
            slope=fixed(-slope),
        )
    return say(
        "A small step of the input moves the output {slope} times as far.", slope=fixed(slope)
    )


def _corner(left: float, right: float, across: float, slope: float) -> str:
    return say(
        "A corner. Just left of it the slope is {left}, just right {right}. Measuring across gives "
        "the middle, {across}; the formula has to pick a value, and takes {slope}.",
        left=fixed(left),
        right=fixed(right),
        across=fixed(across),
        slope=fixed(slope),
    )
