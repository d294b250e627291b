"""Activation Lab: choose a bend, drag the input along its curve, and watch the slope.

y = f(z) and its slope f′(z), from the engine's own classes, beside the slope
measured as (f(z + H) − f(z − H)) / 2H. Shaded is where the slope is smaller than FLAT. There is
nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.first_neurons._bends import LEAK, bends, name_of
from games.moves import Dial, Pick, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say
from pycore.activations import Activation
from pycore.arrays import Array

EDITION = 2
REACH, STEP = 6.0, 0.05
"""The input slides from -REACH to REACH in steps of STEP."""
H = 1e-5
FLAT = 0.05
WIDE = 1.0
"""The step of the input that is drawn around z, and what comes of it."""

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
    """The curve with its point, tangent and the step that comes out; the choice of bends."""
    y, slope = _at(state.f, state.z), _slope(state)
    return shell(
        _bench(state),
        widgets.verdict(_remark(state)),
        dock=[
            controls.choice(
                say("activation"),
                {name: [_icon(name), name_of(name)] for name in bends()},
                state.activation,
                MOVES.on(state).activation,
            )
        ],
        drawers=[
            widgets.folded(
                say("Numbers"),
                widgets.row(
                    h("div", widgets.readout(say("output f(z)"), y, 4), data_symbol="y a h"),
                    widgets.readout(say("slope, by formula"), slope, 4),
                    widgets.readout(say("slope, measured"), measured(state.f, state.z), 4),
                    class_="readouts",
                ),
                widgets.hint(
                    say(
                        "Measured: the rise of f from z − {step} to z + {step}, divided by "
                        "{twice}. LeakyReLU is drawn with a slope of {leak} on the left.",
                        step=fixed(H, 5),
                        twice=fixed(2 * H, 5),
                        leak=fixed(LEAK, 1),
                    )
                ),
                key="numbers",
            ),
        ],
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


@cache
def _icon(name: str) -> Node:
    """The curve of a bend, small enough for a button."""
    z = np.linspace(-4, 4, 33)
    y = bends()[name].function(z)
    axes = plots.Axes((-4, 4), (-1.6, 3), 44, 28, left=1, right=1, top=1, bottom=1)
    inside = np.where(y <= axes.y[1], y, np.nan)
    return h(
        "svg",
        plots.rule(axes, y=0),
        plots.curve(axes, z, inside),
        viewBox=f"0 0 {axes.width:g} {axes.height:g}",
        class_="lab-icon",
        aria_hidden="true",
    )


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
    """Curve, slope, tangent, and the point to drag; a step of the input, and what becomes of it."""
    axes, z = _axes(state), _grid()
    y, slope = _at(state.f, state.z), _slope(state)
    heights, slopes = state.f.function(z), state.f.derivative(z)
    plot = plots.plot(
        axes,
        [plots.band(axes, ends, "flat") for ends in _flat(state.f)],
        _step(axes, state),
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
    return h(
        "div",
        plot,
        h(
            "p",
            h("span", say("the curve"), class_="lab-key forward"),
            h("span", say("its slope"), class_="lab-key backward"),
            h("span", say("hardly any slope"), class_="lab-key flat"),
            class_="lab-keys",
        ),
    )


def _step(axes: plots.Axes, state: State) -> Node:
    """A step of the input around z as a column, and what comes of it as a row: wide or thin."""
    ends = np.clip(state.z + np.array([-0.5, 0.5]) * WIDE, -REACH, REACH)
    (left, right), (near, far) = axes.across(ends), axes.up(state.f.function(ends))
    top, foot = min(near, far), axes.height - axes.bottom
    return h(
        "g",
        h(
            "path",
            d=f"M{left:.1f} {foot:g}V{near:.1f}H{axes.left:g}V{far:.1f}H{right:.1f}V{foot:g}z",
            class_="lab-step",
        ),
        h("path", d=f"M{left:.1f} {foot:g}H{right:.1f}", class_="lab-in"),
        h("path", d=f"M{axes.left:g} {top:.1f}V{max(near, far):.1f}", class_="lab-out"),
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
            "Dead zone: the input moves, the output does not. A neuron that is here for every "
            "example learns nothing."
        )
    if abs(slope) < FLAT:
        return say(
            "Nearly flat: a step of the input comes out only {slope} times as wide. Learning is "
            "slow here.",
            slope=fixed(slope, 4),
        )
    if slope < 0:
        return say(
            "Here the curve falls: a step up of the input takes the output down, {slope} times as "
            "far.",
            slope=fixed(-slope),
        )
    return say(
        "A step of the input, the bar below, comes out {slope} times as wide, the bar at the side.",
        slope=fixed(slope),
    )


def _corner(left: float, right: float, across: float, slope: float) -> str:
    return say(
        "A corner: left of it the slope is {left}, right of it {right}. Measured across it is "
        "{across}; the formula takes {slope}.",
        left=fixed(left),
        right=fixed(right),
        across=fixed(across),
        slope=fixed(slope),
    )
