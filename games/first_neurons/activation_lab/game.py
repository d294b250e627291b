"""Activation Lab: five places to find. Choose a bend, drag the input, and say where it is.

y = f(z) and its slope f′(z), from the engine's own classes, beside the slope
measured as (f(z + H) − f(z − H)) / 2H. Shaded is where the slope is smaller than FLAT. Each place
is one where the slope is asked to be something; any bend and any input will do that have it.
Whoever looks around freely has nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.first_neurons._bends import LEAK, bends, name_of
from games.moves import Dial, Pick, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import drawn_once, say, word
from pycore.activations import Activation
from pycore.arrays import Array

EDITION = 3
LEARNT = word(
    "A neuron learns by the slope at the place where it is. Sigmoid fades at both ends, ReLU is "
    "dead below 0, and GELU even falls for a stretch."
)
REACH, STEP = 6.0, 0.05
"""The input slides from -REACH to REACH in steps of STEP."""
H = 1e-5
FLAT = 0.05
WIDE = 1.0
"""The step of the input that is drawn around z, and what comes of it."""

BENDS = Pick(bends(), was={type(f).__name__: name for name, f in bends().items()})
ASKED = ("fades", "whole", "dead", "more", "falls")
"""What the slope is to be, one after the other (`fits`), and where the solution finds it."""
TINY, WHOLE, MORE, FALLING = 0.01, 0.02, 1.05, -0.05
"""Less than so much is left of a step, it is whole within so much, it grows to so much, it falls
by so much at least."""
PLACES = {
    "fades": ("sigmoid", 5.0),
    "whole": ("tanh", 0.0),
    "dead": ("relu", -2.0),
    "more": ("silu", 2.5),
    "falls": ("gelu", -1.5),
}
PARAMS = {"activation": Param(BENDS, "sigmoid", "Activation to begin with")}
MOVES = moves(
    activation=BENDS,
    z=Dial(-REACH, REACH, STEP),
    here=Press(when=lambda state: score(state) not in (None, 1)),
    again=Press(when=lambda state: score(state) == 1),
    free=Switch(),
)


@dataclass
class State:
    """The activation on the bench, and the input it is given.

    `found` are the places found so far, each an activation and an input; `missed` says that the
    last one said was none. `free` is who looks around.
    """

    rng: np.random.Generator
    activation: str
    z: float
    found: list[tuple[str, float]] = field(default_factory=list)
    missed: bool = False
    free: bool = False

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


def update(state: State, move: str, *values: Any) -> None:
    """Another activation, or another input; that this is the place that is asked for."""
    state.missed = False
    match move, *values:
        case "here", *_:
            if fits(ASKED[len(state.found)], _slope(state)):
                state.found.append((state.activation, state.z))
            else:
                state.missed = True
        case "again", *_:
            state.found.clear()
        case _, value:
            setattr(state, move, value)


def fits(asked: str, slope: float) -> bool:
    """Whether a slope is what is asked for."""
    match asked:
        case "fades":
            return 0 < slope < TINY
        case "whole":
            return abs(slope - 1) <= WHOLE
        case "dead":
            return slope == 0
        case "more":
            return slope >= MORE
        case _:
            return slope <= FALLING


def score(state: State) -> float | None:
    """The share of the places found; None while one looks around."""
    return None if state.free else len(state.found) / len(ASKED)


def measured(f: Activation, z: float) -> float:
    """The slope at z without a formula: the rise from z − H to z + H over 2H."""
    return (_at(f, z + H) - _at(f, z - H)) / (2 * H)


def sides(f: Activation, z: float) -> tuple[float, float]:
    """The slope just left and just right of z, measured; at a corner they differ."""
    return (_at(f, z) - _at(f, z - H)) / H, (_at(f, z + H) - _at(f, z)) / H


def view(state: State) -> Node:
    """The curve with its point, tangent and the step that comes out; the choice of bends."""
    y, slope, may, won = _at(state.f, state.z), _slope(state), MOVES.on(state), score(state) == 1
    return shell(
        _bench(state, won),
        widgets.verdict(_verdict(state), won, lost=state.missed),
        mission=None
        if state.free
        else h(
            "div",
            widgets.progress(say("places found"), len(state.found), len(ASKED)),
            h("p", _quest(state), class_="lab-quest"),
        ),
        dock=[
            controls.choice(
                say("activation"),
                {name: [_icon(name), name_of(name)] for name in bends()},
                state.activation,
                may.activation,
            )
        ],
        go=None
        if state.free
        else controls.button(say("Play again"), may.again, primary=True, key="go")
        if won
        else controls.button(say("It is here"), may.here, primary=True, key="go"),
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
            widgets.row(
                controls.button(
                    say("Back to the five places") if state.free else say("Only look around"),
                    may.free(not state.free),
                )
            ),
        ],
    )


def describe(state: State) -> str:
    """The activation, the input, and what comes out."""
    told = "" if state.free else _quest(state)
    return say(
        "{n} of {total} found. {quest} {name} at z = {z} gives {y}; its slope there is {slope}. "
        "{remark}",
        n=len(state.found),
        total=len(ASKED),
        quest=told,
        name=state.name,
        z=fixed(state.z),
        y=fixed(_at(state.f, state.z), 4),
        slope=fixed(_slope(state), 4),
        remark=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """Every place that is still to be found."""
    if state.free:
        yield ("free", False)
    for asked in ASKED[len(state.found) :]:
        name, z = PLACES[asked]
        yield from (("activation", name), ("z", z), ("here",))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "activation", "sigmoid":
            return say("Watch its slope: it is almost nothing far from zero.")
        case "activation", "tanh":
            return say("It goes flat as well, but around zero it lets the whole step through.")
        case "activation", "relu":
            return say("Below zero its slope is 0: such a neuron learns nothing.")
        case "activation", "silu":
            return say("It overtakes the straight line for a stretch, and is steeper than 1 there.")
        case "activation", _:
            return say("It is smooth, and dips below zero before it goes flat.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def _stop(z: float) -> float:
    """The nearest place on the slider."""
    return round(round(z / STEP) * STEP, 2)


@drawn_once
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


def _bench(state: State, won: bool) -> Node:
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
        [
            plots.text_at(axes, z, _at(state.f, z), "✓", "middle lab-found")
            for name, z in state.found
            if name == state.activation
        ],
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
        class_="lab-bench won" if won else "lab-bench",
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
    """A piece of the tangent, as long on the page however steep it is; it ends with the axis."""
    across = float(axes.across(1) - axes.across(0))
    up = float(axes.up(0) - axes.up(1))
    reach = 62 / np.hypot(across, slope * up)
    ends = np.clip(z + reach * np.array([-1.0, 1.0]), *axes.x)
    return plots.curve(axes, ends, y + slope * (ends - z), "tangent")


def _flat(f: Activation) -> list[tuple[float, float]]:
    """The stretches of the axis in which the slope stays smaller than FLAT."""
    z = _grid()
    flat = np.flatnonzero(np.abs(f.derivative(z)) < FLAT)
    runs = np.split(flat, np.flatnonzero(np.diff(flat) > 1) + 1)
    return [(float(z[run[0]]), float(z[run[-1]])) for run in runs if run.size]


def _quest(state: State) -> str:
    """What the place is like that is asked for."""
    if len(state.found) == len(ASKED):
        return say("Every place is found.")
    match ASKED[len(state.found)]:
        case "fades":
            return say("Find where under {share} of a step comes out.", share=percent(TINY))
        case "whole":
            return say("Find where a step comes out at full width.")
        case "dead":
            return say("Find where nothing comes out: a dead place.")
        case "more":
            return say("Find where a step comes out wider.")
        case _:
            return say("Find where a step up comes out as a step down.")


def _verdict(state: State) -> str:
    """What the slope means here; whether this is the place that was asked for."""
    slope = fixed(_slope(state), 4)
    if score(state) == 1:
        return say("All five! {remark}", remark=_remark(state))
    if not state.missed:
        return _remark(state)
    match ASKED[len(state.found)]:
        case "fades":
            return say(
                "Not here: the slope is {slope}; it is to be below 0.01, but not 0.", slope=slope
            )
        case "whole":
            return say(
                "Not here: the slope is {slope}; it is to be 1, give or take 0.02.", slope=slope
            )
        case "dead":
            return say("Not here: the slope is {slope}, and that is not exactly 0.", slope=slope)
        case "more":
            return say("Not here: the slope is {slope}; it is to be at least 1.05.", slope=slope)
        case _:
            return say("Not here: the slope is {slope}; it is to be below 0.", slope=slope)


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
