"""One Neuron by Hand: put in numbers of your own and follow every step to the answer.

The worked example of Level 1 as a calculator: z = w₁ x₁ + w₂ x₂ + b, y = 1 / (1 + e⁻ᶻ). It opens
with a sunny day and wind of force 3, which make 0.7 and then 0.668. There is nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.moves import Dial, Offer, Parts, Press, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import MINUS, fixed, plain, short
from games.words import say
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

X_REACH, REACH, STEP = 20.0, 10.0, 0.1
"""Inputs go from -X_REACH to X_REACH, weights and bias from -REACH to REACH."""
DECIMALS = 2
"""What is typed keeps so many decimals, so that products are exact in twice as many."""

_X, _WEIGHT = Dial(-X_REACH, X_REACH, 0.01), Dial(-REACH, REACH, 0.01)
PARAMS = {
    "x1": Param(_X, 1.0, "First input"),
    "x2": Param(_X, 3.0, "Second input"),
    "w1": Param(_WEIGHT, 0.8, "Weight of the first input"),
    "w2": Param(_WEIGHT, -0.2, "Weight of the second input"),
    "b": Param(_WEIGHT, 0.5, "Bias"),
}
MOVES = moves(
    x=Parts(input=Dial(0, 1), to=_X), w=Parts(input=Dial(0, 1), to=_WEIGHT), b=_WEIGHT, draw=Press()
)


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


def update(state: State, move: str, *values: Any) -> None:
    """A number of the learner's own, or five that are drawn."""
    match move, *values:
        case "x", i, v:
            state.x[0, i] = v
        case "w", i, v:
            state.dense.W[i, 0] = v
        case "b", v:
            state.dense.b[0] = v
        case ("draw",):
            state.x[0] = state.rng.integers(-4, 5, size=2)
            state.network.theta[:] = np.round(state.rng.uniform(-1, 1, size=3), 1)


def answer(state: State) -> tuple[float, float]:
    """The weighted sum z and the answer y, by the engine."""
    _, z, y = state.network.activations(state.x)
    return float(z[0, 0]), float(y[0, 0])


def view(state: State) -> Node:
    """The neuron, a field for each number, and the arithmetic line by line."""
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    z, y = answer(state)
    may = MOVES.on(state)
    return widgets.stage(
        widgets.panel(
            marked(
                diagrams.neuron(
                    state.x[0].tolist(),
                    w.tolist(),
                    b,
                    z,
                    y,
                    largest=max(1.0, float(np.abs(w).max())),
                    label=say("The neuron"),
                ),
                {say("inputs x"): state.x[0], say("weights w"): w, say("bias b"): [b]},
            ),
        ),
        widgets.panel(
            h(
                "div",
                [
                    [
                        _field(xi, say("input {i}", i=i + 1), state.x[0, i], may.x(i)),
                        _field(wi, say("weight {i}", i=i + 1), w[i], may.w(i)),
                    ]
                    for i, (wi, xi) in enumerate(_NAMES)
                ],
                _field("b", say("bias"), b, may.b),
                class_="hand-fields",
            ),
            marked(
                h(
                    "ol",
                    [
                        h(
                            "li",
                            h("span", says, class_="hand-says"),
                            h("span", line),
                            data_symbol=symbol,
                        )
                        for says, line, symbol in _steps(state)
                    ],
                    class_="hand-steps",
                ),
                {say("products w x"): w * state.x[0], say("weighted sum z"): [z]}
                | {say("e to the −z"): np.exp([-z]), say("output y"): [y]},
            ),
            widgets.row(controls.button(say("Pick numbers for me"), may.draw, primary=True)),
        ),
    )


def describe(state: State) -> str:
    """Every step of the arithmetic in words."""
    return ". ".join(f"{says}: {line}" for says, line, _ in _steps(state)) + "."


def solution(state: State) -> Iterator[Message]:
    """A tour: the sunny day without wind, with wind that leaves it undecided, and with a storm."""
    yield from (("x", 0, 1), ("w", 0, 0.8), ("w", 1, -0.2), ("b", 0.5))
    yield from (("x", 1, wind) for wind in (0, 6.5, 12))
    yield ("w", 1, 0.2)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "x", 0, _:
            return say("A sunny day.")
        case "w", 0, _:
            return say("Sun counts in favour.")
        case "w", 1, weight:
            return (
                say("Wind counts against.")
                if weight < 0
                else say("What if wind counted in favour?")
            )
        case "b", _:
            return say("Without sun and wind the answer already leans to yes.")
        case "x", _, wind:
            return say("A force {wind} wind: see how the sum follows.", wind=plain(wind))
    return ""


# --- words ----------------------------------------------------------------------------------------


_NAMES = (("w₁", "x₁"), ("w₂", "x₂"))


def _field(label: str, name: str, value: float, offer: Offer) -> Node:
    return controls.number(
        label, float(value), offer, stride=STEP, name=name, symbol=label[0], key=label
    )


def _steps(state: State) -> list[tuple[str, str, str]]:
    """Each step: what is done, the line of arithmetic, and the symbols it is about."""
    x, w, b = state.x[0], state.dense.W[:, 0], float(state.dense.b[0])
    z, y = answer(state)
    products = w * x
    weighed = [
        (
            say("Weigh input {i}", i=i + 1),
            f"{wi} × {xi} = {_factor(w[i])} × {_factor(x[i])} = {plain(products[i])}",
            "w x",
        )
        for i, (wi, xi) in enumerate(_NAMES)
    ]
    terms = " + ".join(_factor(v) for v in (*products, b))
    e = float(np.exp(-z))
    return [
        *weighed,
        (say("Add up, with the bias"), f"z = {terms} = {plain(z)}", "z b"),
        (say("Raise e to minus the sum"), f"e^({plain(-z)}) = {short(e, 3)}", "z"),
        (say("Bend with the sigmoid"), f"y = 1 ÷ (1 + {short(e, 3)}) = {fixed(y, 3)}", "y"),
    ]


def _factor(value: float) -> str:
    text = plain(float(value))
    return f"({text})" if text.startswith(MINUS) else text
