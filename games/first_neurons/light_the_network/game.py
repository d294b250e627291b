"""Light the Network: tap inputs and slide weights until the bulb glows like the ring around it.

y = sigmoid(w1 x1 + w2 x2 + b), evaluated by the engine on every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from games import Message, Node, Param
from games.moves import Dial, Parts, Switch, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import marked
from games.ui.numbers import fixed, plain
from games.ui.shell import shell
from games.words import indexed, say, word
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

CLOSE = 0.1
"""Won when the output is this near the target."""
REACH, STEP = 3.0, 0.05
"""Weights slide from -REACH to REACH in steps of STEP."""

PARAMS = {"bias": Param(Dial(-2.0, 2.0, 0.1), -1.0, "Bias of the neuron")}
LEARNT = word(
    "A weight says how much its input counts. An input that is off counts nothing, whatever its "
    "weight."
)
MOVES = moves(
    switch=Parts(input=Dial(0, 1), on=Switch()),
    weight=Parts(input=Dial(0, 1), to=Dial(-REACH, REACH, STEP)),
)


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


def update(state: State, move: str, i: int, value: float) -> None:
    """A switch sets its input, a slider its weight."""
    if move == "switch":
        state.x[0, i] = float(value)
    else:
        state.dense.W[i, 0] = value


def output(state: State) -> float:
    """The glow of the bulb, from the engine's forward pass."""
    return float(state.network.forward(state.x)[0, 0])


def score(state: State) -> float:
    """1 within CLOSE of the target, falling to 0 as the output moves away."""
    distance = abs(output(state) - state.target)
    return 1.0 if distance <= CLOSE else max(0.0, 1.0 - distance)


def solution(state: State) -> Iterator[Message]:
    """Both switches on, both weights at the value whose total gives the target."""
    needed = np.log(state.target / (1 - state.target)) - float(state.dense.b[0])
    w = float(np.clip(STEP * np.round(needed / 2 / STEP), -REACH, REACH))
    yield from (("switch", 0, True), ("switch", 1, True), ("weight", 0, w), ("weight", 1, w))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "switch":
            return say("What is off adds nothing, whatever its weight.")
        case _:
            z = float(np.log(state.target / (1 - state.target)))
            return say(
                "For this much light the sum has to be {z}; the bias brings {b}, each weight half "
                "of the rest.",
                z=fixed(z),
                b=fixed(float(state.dense.b[0])),
            )


def view(state: State) -> Node:
    """The neuron, and the switches and sliders that drive it."""
    may, w, y = MOVES.on(state), state.dense.W[:, 0], output(state)
    z, b, won = state.dense.forward(state.x)[0], state.dense.b, score(state) == 1
    zone = max(state.target - CLOSE, 0), min(state.target + CLOSE, 1)
    return shell(
        marked(
            diagrams.neuron(
                state.x[0].tolist(),
                w.tolist(),
                float(b[0]),
                float(z[0]),
                y,
                target=state.target,
                won=won,
                largest=REACH,
                label=say("The neuron and its bulb"),
                press=lambda i: may.switch(i, bool(state.x[0, i] != 1)).message,
            ),
            {say("inputs x"): state.x[0], say("weights w"): w, say("bias b"): b}
            | {say("weighted sum z"): z, say("output y"): [y], say("target"): [state.target]},
        ),
        widgets.verdict(_verdict(state), won),
        mission=widgets.meter(say("glow"), y, 0, 1, zone=zone),
        dock=[
            widgets.row(
                [
                    controls.toggle(
                        say("input {name}", name=indexed("x", i + 1)),
                        state.x[0, i] == 1,
                        may.switch(i),
                        key=i,
                    )
                    for i in (0, 1)
                ]
            ),
            *controls.sliders("w", w, may.weight, lambda i: say("weight {i}", i=i)),
        ],
    )


def describe(state: State) -> str:
    """Inputs, weights, output and target."""
    return say(
        "Inputs {x1} and {x2}, weights {w1} and {w2}, bias {b}: the bulb glows {y}, the target is "
        "{target}.",
        **{f"x{i + 1}": int(x) for i, x in enumerate(state.x[0])},
        **{f"w{i + 1}": fixed(w) for i, w in enumerate(state.dense.W[:, 0])},
        b=fixed(float(state.dense.b[0])),
        y=fixed(output(state)),
        target=fixed(state.target),
    )


def _verdict(state: State) -> str:
    y, near, target = output(state), plain(CLOSE), fixed(state.target)
    if score(state) == 1:
        return say(
            "Lit! {y} is within {near} of {target}. Only the weights of inputs that are on count.",
            y=fixed(y),
            near=near,
            target=target,
        )
    return say(
        "Bring the glow within {near} of {target}. It is {distance} away.",
        near=near,
        target=target,
        distance=fixed(abs(y - state.target)),
    )


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
