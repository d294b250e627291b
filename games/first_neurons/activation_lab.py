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

from games import Message, Node, Param, is_number, refuse
from games.first_neurons._activations import LEAK, bends
from games.moves import Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from pycore.activations import Activation
from pycore.arrays import Array

REACH, STEP = 6.0, 0.05
"""The input slides from -REACH to REACH in steps of STEP."""
H = 1e-5
FLAT = 0.05

PARAMS = {
    "activation": Param(Pick(*bends()), "Sigmoid", "Activation to begin with"),
}


@dataclass
class State:
    """The activation on the bench, and the input it is given."""

    rng: np.random.Generator
    name: str
    f: Activation
    z: float


def init(seed: int, activation: str = "Sigmoid") -> State:
    """The input somewhere near the middle, by seed."""
    rng = np.random.default_rng(seed)
    return State(rng, activation, bends()[activation], _stop(rng.uniform(-2, 2)))


def update(state: State, message: str, *args: Any) -> None:
    """("activation", name) chooses; ("z", v) and ("drag", x, y) in the plot move the input."""
    match message, *args:
        case "activation", str(name) if name in bends():
            state.name, state.f = name, bends()[name]
        case "z", z if is_number(z, -REACH, REACH):
            state.z = _stop(z)
        case "drag", x, y if is_number(x) and is_number(y):
            state.z = _stop(_axes(state).data_x(x))
        case _:
            names = ", ".join(bends())
            refuse(
                message,
                args,
                f"('activation', one of {names}), ('z', -{REACH:g} to {REACH:g}), ('drag', x, y)",
            )


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def measured(f: Activation, z: float) -> float:
    """The slope at z without a formula: the rise from z − H to z + H over 2H."""
    return (_at(f, z + H) - _at(f, z - H)) / (2 * H)


def sides(f: Activation, z: float) -> tuple[float, float]:
    """The slope just left and just right of z, measured; at a corner they differ."""
    return (_at(f, z) - _at(f, z - H)) / H, (_at(f, z + H) - _at(f, z)) / H


def view(state: State) -> Node:
    """The curve with its tangent and slope; the input, and the three numbers."""
    y, slope = _at(state.f, state.z), _slope(state)
    return widgets.stage(
        widgets.panel(
            _bench(state),
            widgets.row(
                h("span", "solid: y = f(z)", class_="lab-key forward"),
                h("span", "dashed: its slope", class_="lab-key backward"),
                h("span", "shaded: slope under " + fixed(FLAT), class_="lab-key flat"),
            ),
        ),
        widgets.panel(
            widgets.choice(
                "activation", [(name, name) for name in bends()], state.name, ("activation",)
            ),
            widgets.slider("z", state.z, -REACH, REACH, STEP, ("z",), name="input z", symbol="z"),
            widgets.row(
                h("div", widgets.readout("output f(z)", y, 4), data_symbol="y a h"),
                widgets.readout("slope, by formula", slope, 4),
                widgets.readout("slope, measured", measured(state.f, state.z), 4),
                class_="readouts",
            ),
            widgets.note(_remark(state), room=_corner(0.0, 1.0, 0.5, 0.0)),
            widgets.note(
                f"Measured: the rise of f from z − {H:.5f} to z + {H:.5f}, divided by "
                f"{2 * H:.5f}. LeakyReLU is drawn with a slope of {LEAK} on the left.",
                kind="hint",
            ),
        ),
    )


def score(state: State) -> None:
    """There is nothing to win."""


def describe(state: State) -> str:
    """The activation, the input, and what comes out."""
    return (
        f"{state.name} at z = {fixed(state.z)} gives {fixed(_at(state.f, state.z), 4)}; its slope "
        f"there is {fixed(_slope(state), 4)}. {_remark(state)}"
    )


def numbers(state: State) -> dict[str, Array]:
    """The point on the bench, and the curves."""
    z = _grid()
    return {
        "input z": np.array([state.z]),
        "output f(z)": np.array([_at(state.f, state.z)]),
        "slope by formula": np.array([_slope(state)]),
        "slope measured": np.array([measured(state.f, state.z)]),
        "curve: z, f(z), slope": np.stack([z, state.f.function(z), state.f.derivative(z)], axis=1),
    }


def solution(state: State) -> Iterator[Message]:
    """A tour: a curve that goes flat, one that dies, one that leaks, one that dips."""
    for name, stops in (
        ("Sigmoid", (0.0, 2.0, 5.0)),
        ("Tanh", (0.0, 3.0)),
        ("ReLU", (2.0, 0.0, -2.0)),
        ("LeakyReLU", (-2.0,)),
        ("GELU", (-0.75, -2.0, 2.0)),
    ):
        yield ("activation", name)
        yield from (("z", z) for z in stops)


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
    return plots.plot(
        axes,
        [plots.band(axes, ends, "flat") for ends in _flat(state.f)],
        plots.rule(axes, x=state.z),
        plots.curve(axes, z, state.f.derivative(z), "backward dashed"),
        plots.curve(axes, z, state.f.function(z)),
        _tangent(axes, state.z, y, slope),
        widgets.handle(
            "input z",
            float(axes.across(state.z)),
            float(axes.up(y)),
            ("drag",),
            said=f"z = {fixed(state.z)}, f(z) = {fixed(y, 4)}",
            step=float(axes.across(2 * STEP) - axes.across(0)),
        ),
        label=f"{state.name} and its slope for inputs from −{REACH:g} to {REACH:g}, with the "
        f"tangent at {fixed(state.z)}.",
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
        return (
            "Dead zone: the slope is exactly 0. The input can move, the output does not. A neuron "
            "that is here for every example learns nothing."
        )
    if abs(slope) < FLAT:
        return (
            f"Nearly flat: a small step of the input moves the output only {fixed(slope, 4)} "
            "times as far. Learning is slow here."
        )
    if slope < 0:
        return (
            f"Here the curve falls: a small step up of the input takes the output down, "
            f"{fixed(-slope)} times as far."
        )
    return f"A small step of the input moves the output {fixed(slope)} times as far."


def _corner(left: float, right: float, across: float, slope: float) -> str:
    """The longest of the remarks."""
    return (
        f"A corner. Just left of it the slope is {fixed(left)}, just right {fixed(right)}. "
        f"Measuring across gives the middle, {fixed(across)}; the formula has to pick a value, and "
        f"takes {fixed(slope)}."
    )
