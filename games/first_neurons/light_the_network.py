"""Light the Network: flip the inputs and slide the weights until the bulb glows as bright as asked.

y = sigmoid(w1 x1 + w2 x2 + b), evaluated by the engine on every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Dial
from games.ui import diagrams, widgets
from games.ui.numbers import fixed
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

CLOSE = 0.1
"""Won when the output is this near the target."""
REACH, STEP = 3.0, 0.05
"""Weights slide from -REACH to REACH in steps of STEP."""

PARAMS = {
    "bias": Param(Dial(-2.0, 2.0, 0.1), -1.0, "Bias of the neuron"),
}


@dataclass
class State:
    """One neuron, its two inputs, and the glow that is asked for."""

    rng: np.random.Generator
    network: Sequential
    dense: Dense
    x: Array
    target: float


def init(seed: int, bias: float = -1.0) -> State:
    """A neuron with small seeded weights, both switches off, and a reachable target."""
    rng = np.random.default_rng(seed)
    dense = Dense(2, 1, rng=rng)
    network = Sequential(dense, Sigmoid())
    dense.b[:] = bias
    dense.W[:, 0] = STEP * rng.integers(-20, 21, size=2)
    state = State(rng, network, dense, np.zeros((1, 2)), target=0.0)
    state.target = _reachable_target(state)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """("switch", i, on) sets input i; ("weight", i, w) sets the weight of input i."""
    match message, *args:
        case "switch", i, bool(on) if is_whole(i, 0, 1):
            state.x[0, i] = float(on)
        case "weight", i, w if is_whole(i, 0, 1) and is_number(w, -REACH, REACH):
            state.dense.W[i, 0] = w
        case _:
            allowed = (
                f"('switch', 0 or 1, true or false), ('weight', 0 or 1, -{REACH:g} to {REACH:g})"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def output(state: State) -> float:
    """The glow of the bulb, from the engine's forward pass."""
    return float(state.network.forward(state.x)[0, 0])


def view(state: State) -> Node:
    """The neuron, and the switches and sliders that drive it."""
    w, y = state.dense.W[:, 0], output(state)
    total = float(state.dense.forward(state.x)[0, 0])
    won = score(state) == 1
    return widgets.stage(
        widgets.panel(
            diagrams.neuron(
                state.x[0].tolist(),
                w.tolist(),
                float(state.dense.b[0]),
                total,
                y,
                target=state.target,
                won=won,
                largest=REACH,
                label=describe(state),
            ),
            widgets.meter(
                "glow", y, 0, 1, zone=(max(state.target - CLOSE, 0), min(state.target + CLOSE, 1))
            ),
        ),
        widgets.panel(
            widgets.row(
                [
                    widgets.toggle(f"input x{'₁₂'[i]}", state.x[0, i] == 1, ("switch", i), key=i)
                    for i in (0, 1)
                ]
            ),
            [
                widgets.slider(
                    f"w{'₁₂'[i]}",
                    float(w[i]),
                    -REACH,
                    REACH,
                    STEP,
                    ("weight", i),
                    name=f"weight {i + 1}",
                    key=f"w{i}",
                    symbol="w",
                )
                for i in (0, 1)
            ],
            widgets.note(
                f"Lit! {fixed(y)} is within {CLOSE:g} of {fixed(state.target)}."
                if won
                else f"Bring y within {CLOSE:g} of {fixed(state.target)}. "
                f"It is {fixed(abs(y - state.target))} away.",
                kind="win" if won else "",
            ),
        ),
    )


def score(state: State) -> float:
    """1 within CLOSE of the target, falling to 0 as the output moves away."""
    distance = abs(output(state) - state.target)
    return 1.0 if distance <= CLOSE else max(0.0, 1.0 - distance)


def describe(state: State) -> str:
    """Inputs, weights, output and target."""
    (x1, x2), (w1, w2) = state.x[0], state.dense.W[:, 0]
    return (
        f"Inputs {x1:.0f} and {x2:.0f}, weights {fixed(w1)} and {fixed(w2)}, bias "
        f"{fixed(float(state.dense.b[0]))}: the bulb glows {fixed(output(state))}, "
        f"the target is {fixed(state.target)}."
    )


def numbers(state: State) -> dict[str, Array]:
    """What the neuron reads, holds, adds up and gives."""
    return {
        "inputs x": state.x[0],
        "weights w": state.dense.W[:, 0],
        "bias b": state.dense.b,
        "weighted sum z": state.dense.forward(state.x)[0],
        "output y": np.array([output(state)]),
        "target": np.array([state.target]),
    }


def solution(state: State) -> Iterator[Message]:
    """Both switches on, both weights at the value whose total gives the target."""
    needed = np.log(state.target / (1 - state.target)) - float(state.dense.b[0])
    w = float(np.clip(STEP * np.round(needed / 2 / STEP), -REACH, REACH))
    yield from (("switch", 0, True), ("switch", 1, True), ("weight", 0, w), ("weight", 1, w))


def _reachable_target(state: State) -> float:
    """A glow that the sliders can reach and that no setting of the switches alone gives.

    The target is the output at random slider positions, so it is reachable by construction; it is
    drawn again while the starting weights would already win with some setting of the switches.
    """
    bias, start = float(state.dense.b[0]), state.dense.W[:, 0]
    switches = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    already = Sigmoid().forward(switches @ start[:, None] + bias)
    while True:
        w = STEP * state.rng.integers(-int(REACH / STEP), int(REACH / STEP) + 1, size=2)
        target = float(Sigmoid().forward(np.array([[w.sum() + bias]]))[0, 0])
        if 0.05 <= target <= 0.95 and np.abs(already - target).min() > CLOSE:
            return target
