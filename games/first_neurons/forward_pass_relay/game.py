"""Forward-Pass Relay: set two inputs and fire a signal that turns the output neuron gold.

h = tanh(x W₁ + b₁), y = sigmoid(h W₂ + b₂), layer after layer, by the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param, is_number, is_whole, refuse
from games.first_neurons import _relay
from games.moves import Dial
from games.ui import diagrams, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.sums import NBSP, weighted_sum
from pycore import initializers
from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

TICKS_PER_SECOND = 60
HOP, REST = 48, 12
"""Ticks that a signal travels from one layer to the next, and that it then waits there."""

STEP = 0.05
"""The inputs slide from -1 to 1 in steps of STEP."""
WIDEST = 8
NAMED = 6
"""So many hidden neurons leave room for a name above each."""
THRESHOLD = 0.5
"""Won when the output is above it."""

PARAMS = {
    "hidden": Param(Dial(1, WIDEST), 3, "Hidden neurons"),
}


@dataclass
class State:
    """A network, its inputs, and how far the last signal has come.

    `signal` holds, for the inputs as they are, the inputs and then each layer's weighted sums and
    activations; `clock` counts the ticks since Fire, None before it. `looked_at` is the neuron
    whose sum is written out: a hidden one, or `width` for the output.
    """

    rng: np.random.Generator
    seeds: list[int]
    network: Sequential
    width: int
    x: Array
    signal: list[Array]
    clock: int | None = None
    looked_at: int = 0


def init(seed: int, hidden: int = 3) -> State:
    """A network for each width from its own seed; both inputs at 0, where it stays dark."""
    rng = np.random.default_rng(seed)
    seeds = rng.integers(2**32, size=WIDEST).tolist()
    state = State(rng, seeds, Sequential(), hidden, np.zeros((1, 2)), [])
    _rebuild(state, hidden)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """Width, inputs, the shot, and the neuron to look into.

    ("hidden", n) builds the network of that width, ("input", i, v) sets an input, ("fire",) sends
    the signal, ("look", j) writes out the sum of hidden neuron j, or of the output at j = width.
    """
    match message, *args:
        case "hidden", n if is_whole(n, 1, WIDEST):
            _rebuild(state, n)
        case "input", i, v if is_whole(i, 0, 1) and is_number(v, -1, 1):
            state.x[0, i] = v
            _quiet(state)
        case ("fire",):
            state.clock = 0
        case "look", j if is_whole(j, 0, state.width):
            state.looked_at = j
        case _:
            allowed = (
                f"('hidden', 1 to {WIDEST}), ('input', 0 or 1, -1 to 1), ('fire'), "
                f"('look', 0 to {state.width})"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Move the signal on; idle before Fire and after its arrival."""
    if state.clock is None or reached(state) == 2:
        return False
    state.clock += 1
    return True


def reached(state: State) -> int:
    """The last layer the signal has come to: 0 inputs, 1 hidden, 2 output."""
    return _relay.reached(state.clock, HOP, REST)


def view(state: State) -> Node:
    """The network with its signal, the controls, and one neuron's arithmetic."""
    first, second = _dense(state)
    layer, won = reached(state), score(state) == 1
    return widgets.stage(
        widgets.panel(
            diagrams.network(
                [first.W, second.W],
                [a[0] if i <= layer else None for i, a in enumerate(state.signal[::2])],
                pulse=_pulse(state),
                won=won,
                chosen=(1, state.looked_at) if state.looked_at < state.width else (2, 0),
                pick=lambda layer, i: ("look", i if layer == 1 else state.width),
                names=[
                    ["x₁", "x₂"],
                    [_name(state, j) if state.width <= NAMED else "" for j in range(state.width)],
                    ["y"],
                ],
                label=describe(state),
                width=380,
                height=360,
            ),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.stepper("hidden neurons", state.width, 1, WIDEST, ("hidden",)),
            [
                widgets.slider(
                    f"x{_SUB[i + 1]}",
                    float(state.x[0, i]),
                    -1,
                    1,
                    STEP,
                    ("input", i),
                    name=f"input {i + 1}",
                    key=f"x{i}",
                )
                for i in (0, 1)
            ],
            widgets.row(widgets.button("Fire", ("fire",), primary=True)),
            widgets.choice(
                "look into",
                [(_name(state, j), j) for j in range(state.width + 1)],
                state.looked_at,
                ("look",),
            ),
            h("p", h("output", _arithmetic(state)), class_="arithmetic"),
        ),
    )


def score(state: State) -> float:
    """1 once a signal has arrived with more than THRESHOLD; the output itself when it has less."""
    if reached(state) < 2:
        return 0.0
    y = float(state.signal[-1][0, 0])
    return 1.0 if y > THRESHOLD else y


def describe(state: State) -> str:
    """Width, inputs, how far the signal has come, and the sum that is written out."""
    x1, x2 = state.x[0]
    plural = "neuron" if state.width == 1 else "neurons"
    return (
        f"{state.width} hidden {plural}, inputs {fixed(x1)} and {fixed(x2)}. "
        f"{_verdict(state)} {_arithmetic(state)}."
    )


def numbers(state: State) -> dict[str, Array]:
    """Both layers' parameters, and the signal as far as it has come."""
    first, second = _dense(state)
    layer = reached(state)
    x, z1, h, z2, y = (values[0] for values in state.signal)
    return {
        "inputs x": x,
        "weights W₁ (inputs × hidden)": first.W,
        "biases b₁": first.b,
        "hidden sums z₁": _relay.arrived(z1, layer >= 1),
        "hidden activations h = tanh(z₁)": _relay.arrived(h, layer >= 1),
        "weights W₂ (hidden × output)": second.W,
        "bias b₂": second.b,
        "output sum z₂": _relay.arrived(z2, layer == 2),
        "output y = sigmoid(z₂)": _relay.arrived(y, layer == 2),
    }


def solution(state: State) -> Iterator[Message]:
    """The inputs of the grid that light the output most, and Fire."""
    best = GRID[state.network.forward(GRID)[:, 0].argmax()]
    yield from (("input", i, float(best[i])) for i in (0, 1))
    yield ("fire",)


# --- the network ----------------------------------------------------------------------------------

_STOPS = np.round(np.arange(-1, 1 + STEP / 2, STEP), 2)
GRID = np.stack(np.meshgrid(_STOPS, _STOPS), axis=-1).reshape(-1, 2)
"""Every setting of the two sliders."""


def _rebuild(state: State, width: int) -> None:
    """Draw the network of `width` until some inputs win, most lose, and the start is dark.

    Always the same network for a width: its generator starts from the width's own seed. Weights
    have one decimal, so that the sums on the page can be checked by hand.
    """
    rng = np.random.default_rng(state.seeds[width - 1])
    while True:
        sizes = ((2, width, 1.5), (width, 1, 2 / width**0.5))
        first, second = (
            Dense(n_in, n_out, initializers.normal(std), initializers.normal(0.5), rng=rng)
            for n_in, n_out, std in sizes
        )
        network = Sequential(first, Tanh(), second, Sigmoid())
        network.theta[:] = np.round(network.theta, 1)
        y = network.forward(GRID)
        start = network.forward(np.zeros((1, 2)))[0, 0]
        if 0.08 <= (y > THRESHOLD).mean() <= 0.5 and y.max() > 0.55 and start < 0.45:
            break
    state.network, state.width, state.x = network, width, np.zeros((1, 2))
    state.looked_at = min(state.looked_at, width)
    _quiet(state)


def _quiet(state: State) -> None:
    """Take back the signal, and work out what the next one will carry."""
    state.signal, state.clock = state.network.activations(state.x), None


def _dense(state: State) -> tuple[Dense, Dense]:
    first, second = (layer for layer in state.network if isinstance(layer, Dense))
    return first, second


# --- words ----------------------------------------------------------------------------------------

_SUB = "₀₁₂₃₄₅₆₇₈"


def _pulse(state: State) -> diagrams.Pulse | None:
    layer = reached(state)
    if state.clock is None or layer == 2:
        return None
    share = (state.clock - layer * (HOP + REST)) / HOP
    return diagrams.Pulse(layer, share) if share >= 0 else None


def _verdict(state: State) -> str:
    if state.clock is None:
        return f"Set the inputs, then fire. Gold needs an output above {THRESHOLD}."
    layer = reached(state)
    if layer == 0:
        return "The inputs are on their way, each times a weight."
    if layer == 1:
        return "The hidden layer has its numbers and passes them on."
    y = float(state.signal[-1][0, 0])
    digits = 3 if fixed(y, 3) != fixed(THRESHOLD, 3) else 6
    if y > THRESHOLD:
        return f"Gold! y = {fixed(y, digits)} is above {THRESHOLD}."
    return f"y = {fixed(y, digits)} is not above {THRESHOLD}. Change an input and fire again."


def _name(state: State, j: int) -> str:
    return "y" if j == state.width else f"h{_SUB[j + 1]}"


def _arithmetic(state: State) -> str:
    """The weighted sum of the neuron looked at, with its numbers as far as they have arrived."""
    j, layer = state.looked_at, reached(state)
    first, second = _dense(state)
    factors: list[float | str]
    if j < state.width:
        dense, unit, function, home, digits = first, j, "tanh", 1, 2
        factors = [*state.signal[0][0]]
    else:
        dense, unit, function, home, digits = second, 0, "sigmoid", 2, 3
        factors = [v if layer >= 1 else _name(state, i) for i, v in enumerate(state.signal[2][0])]
    total = weighted_sum(dense.W[:, unit], factors, dense.b[unit], factor_digits=digits)
    text = f"{_name(state, j)} = {function}({total})"
    if layer < home:
        return f"{text} ={NBSP}?"
    z, value = (float(a[0, unit]) for a in state.signal[2 * home - 1 : 2 * home + 1])
    return f"{text} ={NBSP}{function}({fixed(z, 3)}) ={NBSP}{fixed(value, 3)}"
