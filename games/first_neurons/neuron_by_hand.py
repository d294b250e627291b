"""One Neuron by Hand: put in numbers of your own and follow every step to the answer.

The worked example of Level 1 as a calculator: z = w₁ x₁ + w₂ x₂ + b, y = 1 / (1 + e⁻ᶻ). It opens
with a sunny day and wind of force 3, which make 0.7 and then 0.668. There is nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Dial
from games.ui import diagrams, widgets
from games.ui.node import h
from games.ui.numbers import MINUS, fixed, plain, short
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

X_REACH, REACH, STEP = 20.0, 10.0, 0.1
"""Inputs go from -X_REACH to X_REACH, weights and bias from -REACH to REACH."""
DECIMALS = 2
"""What is typed keeps so many decimals, so that products are exact in twice as many."""

PARAMS = {
    "x1": Param(Dial(-X_REACH, X_REACH, STEP), 1.0, "First input"),
    "x2": Param(Dial(-X_REACH, X_REACH, STEP), 3.0, "Second input"),
    "w1": Param(Dial(-REACH, REACH, STEP), 0.8, "Weight of the first input"),
    "w2": Param(Dial(-REACH, REACH, STEP), -0.2, "Weight of the second input"),
    "b": Param(Dial(-REACH, REACH, STEP), 0.5, "Bias"),
}


@dataclass
class State:
    """One neuron and its two inputs."""

    rng: np.random.Generator
    network: Sequential
    dense: Dense
    x: Array


def init(
    seed: int,
    x1: float = 1.0,
    x2: float = 3.0,
    w1: float = 0.8,
    w2: float = -0.2,
    b: float = 0.5,
) -> State:
    """The neuron with the numbers given; the seed is for the numbers drawn later."""
    rng = np.random.default_rng(seed)
    dense = Dense(2, 1, rng=rng)
    network = Sequential(dense, Sigmoid())
    network.theta[:] = np.round([w1, w2, b], DECIMALS)
    return State(rng, network, dense, np.round([[x1, x2]], DECIMALS))


def update(state: State, message: str, *args: Any) -> None:
    """("x", i, v), ("w", i, v) and ("b", v) put in numbers; ("draw",) draws all five."""
    match message, *args:
        case "x", i, v if is_whole(i, 0, 1) and is_number(v, -X_REACH, X_REACH):
            state.x[0, i] = round(v, DECIMALS)
        case "w", i, v if is_whole(i, 0, 1) and is_number(v, -REACH, REACH):
            state.dense.W[i, 0] = round(v, DECIMALS)
        case "b", v if is_number(v, -REACH, REACH):
            state.dense.b[0] = round(v, DECIMALS)
        case ("draw",):
            state.x[0] = state.rng.integers(-4, 5, size=2)
            state.network.theta[:] = np.round(state.rng.uniform(-1, 1, size=3), 1)
        case _:
            inputs, others = f"-{X_REACH:g} to {X_REACH:g}", f"-{REACH:g} to {REACH:g}"
            refuse(
                message,
                args,
                f"('x', 0 or 1, {inputs}), ('w', 0 or 1, {others}), ('b', {others}), ('draw')",
            )


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def answer(state: State) -> tuple[float, float]:
    """The weighted sum z and the answer y, by the engine."""
    _, z, y = state.network.activations(state.x)
    return float(z[0, 0]), float(y[0, 0])


def view(state: State) -> Node:
    """The neuron, a field for each number, and the arithmetic line by line."""
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    z, y = answer(state)
    return widgets.stage(
        widgets.panel(
            diagrams.neuron(
                state.x[0].tolist(),
                w.tolist(),
                b,
                z,
                y,
                largest=max(1.0, float(np.abs(w).max())),
                label=describe(state),
            ),
        ),
        widgets.panel(
            h(
                "div",
                [
                    [
                        _field(f"x{_SUB[i]}", f"input {i + 1}", state.x[0, i], X_REACH, ("x", i)),
                        _field(f"w{_SUB[i]}", f"weight {i + 1}", w[i], REACH, ("w", i)),
                    ]
                    for i in (0, 1)
                ],
                _field("b", "bias", b, REACH, ("b",)),
                class_="hand-fields",
            ),
            h(
                "ol",
                [
                    h(
                        "li",
                        h("span", says, class_="hand-says"),
                        h("output", line),
                        data_symbol=symbol,
                    )
                    for says, line, symbol in _steps(state)
                ],
                class_="hand-steps",
            ),
            widgets.row(widgets.button("Draw numbers for me", ("draw",), primary=True)),
        ),
    )


def score(state: State) -> None:
    """There is nothing to win."""


def describe(state: State) -> str:
    """Every step of the arithmetic in words."""
    return ". ".join(f"{says}: {line}" for says, line, _ in _steps(state)) + "."


def numbers(state: State) -> dict[str, Array]:
    """What goes in, and what every step makes of it."""
    z, y = answer(state)
    return {
        "inputs x": state.x[0],
        "weights w": state.dense.W[:, 0],
        "bias b": state.dense.b,
        "products w x": state.dense.W[:, 0] * state.x[0],
        "weighted sum z": np.array([z]),
        "e to the −z": np.exp([-z]),
        "output y": np.array([y]),
    }


def solution(state: State) -> Iterator[Message]:
    """A tour: the sunny day without wind, with wind that leaves it undecided, and with a storm."""
    yield from (("x", 0, 1), ("w", 0, 0.8), ("w", 1, -0.2), ("b", 0.5))
    yield from (("x", 1, wind) for wind in (0, 6.5, 12))
    yield ("w", 1, 0.2)


# --- words ----------------------------------------------------------------------------------------

_SUB = "₁₂"


def _field(label: str, name: str, value: float, reach: float, message: Message) -> Node:
    return widgets.number(
        label, float(value), -reach, reach, STEP, message, name=name, symbol=label[0], key=label
    )


def _steps(state: State) -> list[tuple[str, str, str]]:
    """Each step: what is done, the line of arithmetic, and the symbols it is about."""
    x, w, b = state.x[0], state.dense.W[:, 0], float(state.dense.b[0])
    z, y = answer(state)
    products = w * x
    weighed = [
        (
            f"Weigh input {i + 1}",
            f"w{_SUB[i]} × x{_SUB[i]} = {_factor(w[i])} × {_factor(x[i])} = {plain(products[i])}",
            "w x",
        )
        for i in (0, 1)
    ]
    terms = " + ".join(_factor(v) for v in (*products, b))
    e = float(np.exp(-z))
    return [
        *weighed,
        ("Add up, with the bias", f"z = {terms} = {plain(z)}", "z b"),
        ("Raise e to minus the sum", f"e^({plain(-z)}) = {short(e, 3)}", "z"),
        ("Bend with the sigmoid", f"y = 1 ÷ (1 + {short(e, 3)}) = {fixed(y, 3)}", "y"),
    ]


def _factor(value: float) -> str:
    text = plain(float(value))
    return f"({text})" if text.startswith(MINUS) else text
