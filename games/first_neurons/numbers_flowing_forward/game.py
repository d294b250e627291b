"""Numbers Flowing Forward: set two inputs, say what will come out, and press Play.

h = ReLU(x W₁ + b₁), y = sigmoid(h W₂ + b₂) in a 2→3→1 network. All weights have
one decimal and stand on their lines, so that the answer can be worked out before it is seen. Won
when the guess is within CLOSE of the output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param, is_number, is_whole, refuse
from games.first_neurons import _relay
from games.ui import diagrams, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.sums import NBSP, weighted_sum
from pycore import initializers
from pycore.activations import ReLU, Sigmoid, sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

TICKS_PER_SECOND = 60
HOP, REST = 70, 40
"""Ticks that the numbers travel from one layer to the next, and that they then wait there."""
HIDDEN = 3
CLOSE = 0.05
"""Won when the guess is this near the output."""
START_GUESS = 0.5
INPUT_STEP, GUESS_STEP = 0.5, 0.01

PARAMS: dict[str, Param] = {}


@dataclass
class State:
    """A network, its inputs, the learner's guess, and how far the numbers have come.

    `signal` holds, for the inputs as they are, the inputs and then each layer's sums and
    activations; `clock` counts the ticks since Play, None before it.
    """

    rng: np.random.Generator
    network: Sequential
    x: Array
    signal: list[Array]
    guess: float = START_GUESS
    clock: int | None = None


def init(seed: int) -> State:
    """A network whose output depends on its inputs, at inputs where the first guess is wrong."""
    rng = np.random.default_rng(seed)
    network, x = _drawn(rng)
    return State(rng, network, x, network.activations(x))


def update(state: State, message: str, *args: Any) -> None:
    """("input", i, v) and ("guess", y) take back what was played; ("play",) lets numbers flow."""
    match message, *args:
        case "input", i, v if is_whole(i, 0, 1) and is_number(v, -2, 2):
            state.x[0, i] = v
            state.signal, state.clock = state.network.activations(state.x), None
        case "guess", y if is_number(y, 0, 1):
            state.guess, state.clock = float(y), None
        case ("play",):
            state.clock = 0
        case _:
            refuse(message, args, "('input', 0 or 1, -2 to 2), ('guess', 0 to 1), ('play')")


def tick(state: State) -> bool:
    """Move the numbers on; idle before Play and after their arrival."""
    if state.clock is None or reached(state) == 2:
        return False
    state.clock += 1
    return True


def reached(state: State) -> int:
    """The last layer the numbers have come to: 0 inputs, 1 hidden, 2 output."""
    return _relay.reached(state.clock, HOP, REST)


def output(state: State) -> float:
    """The network's answer to the inputs as they are, by the engine."""
    return float(state.signal[-1][0, 0])


def view(state: State) -> Node:
    """The network with its numbers under way, the guess, and every sum written out."""
    first, second = _dense(state)
    layer, won = reached(state), score(state) == 1
    there = layer == 2
    return widgets.stage(
        widgets.panel(
            diagrams.network(
                [first.W, second.W],
                [a[0] if i <= layer else None for i, a in enumerate(state.signal[::2])],
                pulse=_pulse(state),
                won=won,
                names=NAMES,
                biases=[first.b, second.b],
                weight_digits=1,
                label=f"A network of two inputs, three hidden neurons and one output. "
                f"{_stage(state)}",
                width=420,
                height=330,
            ),
        ),
        widgets.panel(
            [
                widgets.slider(
                    f"x{_SUB[i]}",
                    float(state.x[0, i]),
                    -2,
                    2,
                    INPUT_STEP,
                    ("input", i),
                    digits=1,
                    name=f"input {i + 1}",
                    symbol="x",
                    key=f"x{i}",
                )
                for i in (0, 1)
            ],
            widgets.prediction(
                f"What will y be? Within {CLOSE} is close enough.",
                widgets.slider(
                    "my guess", state.guess, 0, 1, GUESS_STEP, ("guess",), symbol="y", key="guess"
                ),
                guess=f"y = {fixed(state.guess)}",
                truth=f"y = {fixed(output(state), 3)}" if there else None,
                close=won if there else None,
            ),
            widgets.row(
                widgets.button(
                    "Play again" if there else f"Play: I say {fixed(state.guess)}",
                    ("play",),
                    primary=True,
                ),
            ),
            widgets.note(_stage(state), kind="win" if won else "", roomy=True),
        ),
        h(
            "ul",
            [h("li", h("output", line), data_symbol="z h y") for line in _written(state, layer)],
            class_="flow-sums",
        ),
        widgets.note(HELP, kind="hint"),
    )


def score(state: State) -> float:
    """1 once the numbers have arrived and the guess was within CLOSE; less for a worse guess."""
    if reached(state) < 2:
        return 0.0
    distance = abs(state.guess - output(state))
    return 1.0 if distance <= CLOSE else 1.0 - distance


def describe(state: State) -> str:
    """Inputs, guess, how far the numbers are, and the sums that are known."""
    x1, x2 = state.x[0]
    known = "; ".join(_written(state, reached(state)))
    return (
        f"Inputs {fixed(x1, 1)} and {fixed(x2, 1)}, guess {fixed(state.guess)}. "
        f"{_stage(state)} {known}."
    )


def numbers(state: State) -> dict[str, Array]:
    """The network, and its numbers as far as they have come."""
    first, second = _dense(state)
    layer = reached(state)
    x, z1, h1, z2, y = (values[0] for values in state.signal)
    return {
        "inputs x": x,
        "weights W₁ (inputs × hidden)": first.W,
        "biases b₁": first.b,
        "hidden sums z₁": _relay.arrived(z1, layer >= 1),
        "hidden activations h = ReLU(z₁)": _relay.arrived(h1, layer >= 1),
        "weights W₂ (hidden × output)": second.W,
        "bias b₂": second.b,
        "output sum z₂": _relay.arrived(z2, layer == 2),
        "output y = sigmoid(z₂)": _relay.arrived(y, layer == 2),
        "guess": np.array([state.guess]),
    }


def solution(state: State) -> Iterator[Message]:
    """Fresh inputs if these were played, the guess worked out by the same sums, and Play."""
    if state.clock is not None:
        x1 = float(state.x[0, 0])
        yield ("input", 0, x1 - INPUT_STEP if x1 > 0 else x1 + INPUT_STEP)
    yield ("guess", round(output(state), 2))
    yield ("play",)


# --- the network ----------------------------------------------------------------------------------

_STOPS = np.arange(-2, 2 + INPUT_STEP / 2, INPUT_STEP)
GRID = np.stack(np.meshgrid(_STOPS, _STOPS), axis=-1).reshape(-1, 2)
"""Every setting of the two sliders."""


def _drawn(rng: np.random.Generator) -> tuple[Sequential, Array]:
    """Draw networks and inputs until there is something to foretell.

    Wanted: outputs both low and high among the inputs of GRID; and at the start at least two hidden
    neurons at work, with an answer well away from the guess that stands there already.
    """
    while True:
        first = Dense(2, HIDDEN, initializers.normal(0.9), initializers.normal(0.5), rng=rng)
        second = Dense(HIDDEN, 1, initializers.normal(0.9), initializers.normal(0.5), rng=rng)
        network = Sequential(first, ReLU(), second, Sigmoid())
        network.theta[:] = np.round(network.theta, 1)
        x = GRID[rng.integers(len(GRID))][None].copy()
        y = network.forward(GRID)[:, 0]
        if (
            (network.theta != 0).all()
            and y.min() < 0.25
            and y.max() > 0.75
            and (x != 0).all()
            and (network.activations(x)[2] > 0).sum() >= 2
            and abs(network.forward(x)[0, 0] - START_GUESS) > 3 * CLOSE
        ):
            return network, x


def _dense(state: State) -> tuple[Dense, Dense]:
    first, second = (layer for layer in state.network if isinstance(layer, Dense))
    return first, second


# --- words ----------------------------------------------------------------------------------------

_SUB = "₁₂₃"
NAMES = (
    tuple(f"x{s}" for s in _SUB[:2]),
    tuple(f"h{s}" for s in _SUB),
    ("y",),
)
HELP = (
    "The three in the middle bend with ReLU: a negative sum becomes 0, others stay. The last one "
    "bends with the sigmoid. A sum of "
    + ", ".join(f"{fixed(z, 0)} gives {fixed(float(sigmoid(np.array(z))))}" for z in range(-2, 3))
    + "."
)


def _pulse(state: State) -> diagrams.Pulse | None:
    layer = reached(state)
    if state.clock is None or layer == 2:
        return None
    share = (state.clock - layer * (HOP + REST)) / HOP
    return diagrams.Pulse(layer, share) if share >= 0 else None


def _stage(state: State) -> str:
    """Where the numbers are, and after their arrival how good the guess was."""
    layer = reached(state)
    if state.clock is None:
        return "Weights stand on the lines, each bias b at its neuron. Set your guess, then play."
    if layer == 0:
        return "Each input travels along its lines and is multiplied by each line’s weight."
    if layer == 1:
        return "The three added up, bent with ReLU, and pass their numbers on."
    off = abs(state.guess - output(state))
    digits = 2 if fixed(off) != fixed(CLOSE) else 4
    if score(state) == 1:
        return f"Foretold! You were {fixed(off, digits)} away."
    return (
        f"You were {fixed(off, digits)} away. Look through the sums, then move an input and "
        "guess again."
    )


def _written(state: State, layer: int) -> list[str]:
    """Each neuron's arithmetic, with its numbers as far as they have arrived."""
    first, second = _dense(state)
    x, z1, h1, z2, y = (values[0] for values in state.signal)
    names = NAMES[1]
    lines = []
    for j, name in enumerate(names):
        total = weighted_sum(first.W[:, j], x, first.b[j], factor_digits=1)
        lines.append(_line(name, "ReLU", total, z1[j], h1[j], 2, layer >= 1))
    factors = [float(v) if layer >= 1 else name for v, name in zip(h1, names, strict=True)]
    total = weighted_sum(second.W[:, 0], factors, second.b[0], factor_digits=2)
    lines.append(_line("y", "sigmoid", total, z2[0], y[0], 3, layer == 2))
    return lines


def _line(
    name: str, function: str, total: str, z: float, value: float, digits: int, there: bool
) -> str:
    text = f"{name} = {function}({total})"
    if not there:
        return f"{text} ={NBSP}?"
    return f"{text} ={NBSP}{function}({fixed(z, digits)}) ={NBSP}{fixed(value, digits)}"
