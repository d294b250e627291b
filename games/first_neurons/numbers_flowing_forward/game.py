"""Numbers Flowing Forward: work out what will come out of the network, then watch it come.

h = ReLU(x W₁ + b₁), y = sigmoid(h W₂ + b₂) in a 2→3→1 network. All weights have
one decimal and stand on their lines, so that the answer can be worked out before it is seen. Won
when the guess is within CLOSE of the output. Whoever has seen one is asked of another network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.signal import Signal, pulse
from games.first_neurons._two_layers import dense_layers, numbers
from games.moves import Dial, Parts, Pick, Press, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.ui.sums import applied, weighted_sum
from games.words import say, word
from pycore import initializers
from pycore.activations import ReLU, Sigmoid, sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

EDITION = 3
TICKS_PER_SECOND = 60
HOP, REST = 70, 40
"""Ticks that the numbers travel from one layer to the next, and that they then wait there."""
HIDDEN = 3
CLOSE = 0.05
"""Won when the guess is this near the output."""
MIDDLE = 0.5
"""At the start the answer is well away from here, where a blind guess would be."""
INPUT_STEP = 0.5
OTHER, SAME = "other-numbers", "same-numbers"
"""What is asked after a guess; up to the second edition the same once more."""

LEARNT = word(
    "Every number a network gives can be worked out by hand: times the weights, add up, bend, "
    "layer after layer."
)
PARAMS = {"again": Param(Pick(OTHER, SAME), OTHER, word("What is asked after a guess"))}


def _unseen(state: State) -> bool:
    """Whether nothing of the answer has been shown, or that does not matter."""
    return state.bet.open or state.again == SAME


MOVES = moves(
    input=Parts(_unseen, which=Dial(0, 1), to=Dial(-2.0, 2.0, INPUT_STEP)),
    guess=Dial(0.0, 1.0, 0.01, when=_unseen),
    play=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over or not _unseen(state)),
)


@dataclass
class State:
    """A network, its inputs, the prediction, and how far the numbers have come.

    `values` holds, for the inputs as they are, the inputs and then each layer's sums and
    activations, which the `signal` carries.
    """

    rng: np.random.Generator
    network: Sequential
    x: Array
    values: list[Array]
    again: str = OTHER
    bet: Bet[float] = field(default_factory=Bet)
    signal: Signal = field(default_factory=lambda: Signal(2, HOP, REST))


def init(seed: int, again: str = OTHER) -> State:
    """A network whose output depends on its inputs, at inputs where the first guess is wrong."""
    rng = np.random.default_rng(seed)
    network, x = _drawn(rng)
    return State(rng, network, x, network.activations(x), again)


def update(state: State, move: str, *values: Any) -> None:
    """A new input or prediction takes back what was played; Play lets the numbers flow."""
    match move, *values:
        case "input", i, v:
            state.x[0, i] = v
            state.values = state.network.activations(state.x)
            _clear(state)
        case "guess", y:
            _clear(state)
            state.bet.place(y)
        case ("play",):
            state.bet.begin()
            state.signal.send()
        case ("again",):
            _clear(state)
            state.bet.again()
            if state.again == OTHER:
                _deal(state)


def tick(state: State) -> bool:
    """Move the numbers on; idle before Play and after their arrival."""
    if not state.signal.tick():
        return False
    if state.signal.there:
        state.bet.settle()
    return True


def _clear(state: State) -> None:
    state.signal.stop()
    state.bet.reopen()


def _deal(state: State) -> None:
    """Another network and other inputs, for which the answer just seen is wrong."""
    seen = output(state)
    while abs(output(state) - seen) <= 2 * CLOSE:
        state.network, state.x = _drawn(state.rng)
        state.values = state.network.activations(state.x)


def output(state: State) -> float:
    """The network's answer to the inputs as they are, by the engine."""
    return float(state.values[-1][0, 0])


def view(state: State) -> Node:
    """The network with its numbers under way, and the prediction; sums and inputs folded."""
    bet, won = state.bet, score(state) == 1
    said = bet.told(fixed)
    return shell(
        _picture(state),
        widgets.verdict(_stage(state), won, lost=bet.over and not won),
        dock=[
            slip(
                bet,
                say("What will y be? Within {near} is close enough.", near=fixed(CLOSE)),
                controls.slider(
                    say("I predict"),
                    bet.said,
                    MOVES.on(state).guess,
                    at=MIDDLE,
                    symbol="y",
                ),
                said=None if said is None else f"y = {said}",
                truth=f"y = {fixed(output(state), 3)}",
                hit=won,
            )
        ],
        go=_next(state),
        drawers=[
            widgets.folded(
                say("How to work out y"),
                widgets.hint(_help()),
                h(
                    "ul",
                    [
                        h("li", widgets.verbatim(line), data_symbol="z h y")
                        for line in _written(state, state.signal.reached)
                    ],
                    class_="flow-sums",
                ),
                key="sums",
            ),
            widgets.folded(
                say("More controls"),
                controls.sliders(
                    "x", state.x[0], MOVES.on(state).input, lambda i: say("input {i}", i=i)
                ),
                key="more",
            ),
        ],
    )


def _picture(state: State) -> Node:
    """The network, its numbers as far as they have come, and the prediction below its output."""
    first, second = dense_layers(state.network)
    layer, said = state.signal.reached, state.bet.said
    layout = diagrams.Layout((2, HIDDEN, 1), 420, 330)
    x, y = layout.units(2)[0]
    guess = said is not None and h(
        "text",
        say("predicted {y}", y=fixed(said)),
        x=x + layout.radius + 10,
        y=y + layout.radius + 46,
        class_="flow-guess end",
    )
    activations = [a[0] for a in state.values[::2]]
    return marked(
        diagrams.network(
            [first.W, second.W],
            [a if i <= layer else None for i, a in enumerate(activations)],
            pulse=pulse(state.signal, activations),
            won=score(state) == 1,
            names=NAMES,
            biases=[first.b, second.b],
            weight_digits=1,
            over=guess,
            label=say("A network of two inputs, three hidden neurons and one output"),
            width=layout.width,
            height=layout.height,
        ),
        numbers(state.network, state.values, layer, "ReLU")
        | {say("prediction"): np.array([np.nan if said is None else said])},
    )


def _next(state: State) -> Node:
    """Play; after that other numbers, for which the answer is not known yet."""
    may, said = MOVES.on(state), state.bet.told(fixed)
    if state.again == OTHER and not state.bet.open:
        return controls.button(say("Other numbers"), may.again, primary=True, key="commit")
    if not state.bet.over:
        return commit(state.bet, said and say("Play: I predict {y}", y=said), may.play, may.again)
    return widgets.row(
        controls.button(say("Other inputs"), may.input(0, _other(state)), primary=True),
        controls.button(say("Guess again"), may.again),
    )


def score(state: State) -> float:
    """1 once the numbers have arrived and the guess was within CLOSE; less for a worse guess."""
    if not state.bet.over or state.bet.said is None:
        return 0.0
    distance = abs(state.bet.said - output(state))
    return 1.0 if distance <= CLOSE else 1.0 - distance


def describe(state: State) -> str:
    """Inputs, guess, how far the numbers are, and the sums that are known."""
    x1, x2 = state.x[0]
    return say(
        "Inputs {x1} and {x2}, prediction {guess}. {stage} {sums}.",
        x1=fixed(x1, 1),
        x2=fixed(x2, 1),
        guess=state.bet.told(fixed) or say("none yet"),
        stage=_stage(state),
        sums="; ".join(_written(state, state.signal.reached)),
    )


def solution(state: State) -> Iterator[Message]:
    """Fresh numbers if these were played, the prediction by the same sums, and Play."""
    if state.signal.clock is not None:
        yield ("again",) if state.again == OTHER else ("input", 0, _other(state))
    yield ("guess", round(output(state), 2))
    yield ("play",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "input" | "again":
            return say(
                "You have seen the answer for the old numbers; new ones make it a prediction."
            )
        case "guess":
            return say("The same sums on paper come to {y}.", y=fixed(output(state)))
        case _:
            return say("Now the network does the same sums.")


def _other(state: State) -> float:
    """Another first input, a step towards the middle and past it."""
    x1 = float(state.x[0, 0])
    return x1 - INPUT_STEP if x1 > 0 else x1 + INPUT_STEP


# --- the network ----------------------------------------------------------------------------------

_STOPS = np.arange(-2, 2 + INPUT_STEP / 2, INPUT_STEP)
GRID = np.stack(np.meshgrid(_STOPS, _STOPS), axis=-1).reshape(-1, 2)
"""Every setting of the two sliders."""


def _drawn(rng: np.random.Generator) -> tuple[Sequential, Array]:
    """Draw networks and inputs until there is something to predict.

    Wanted: outputs both low and high among the inputs of GRID; and at the start at least two hidden
    neurons at work, with an answer well away from the middle.
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
            and abs(network.forward(x)[0, 0] - MIDDLE) > 3 * CLOSE
        ):
            return network, x


# --- words ----------------------------------------------------------------------------------------

NAMES = (("x₁", "x₂"), ("h₁", "h₂", "h₃"), ("y",))


def _help() -> str:
    return say(
        "The three in the middle bend with ReLU: a negative sum becomes 0, others stay. The last "
        "one bends with the sigmoid. A sum of {table}.",
        table=_bent(-2, -1, 0, 1, 2),
    )


def _bent(*sums: int) -> str:
    """What the sigmoid makes of some sums."""
    return ", ".join(
        say("{z} gives {y}", z=fixed(z, 0), y=fixed(float(sigmoid(np.array(z))))) for z in sums
    )


def _stage(state: State) -> str:
    """Where the numbers are, and after their arrival how good the guess was."""
    layer, bet = state.signal.reached, state.bet
    if bet.open or bet.said is None:
        return say(
            "Multiply along the lines, add up, add b; h below 0 becomes 0. At y a sum of {table}.",
            table=_bent(0, 1, 2),
        )
    if layer == 0:
        return say("Each input travels along its lines and is multiplied by each line’s weight.")
    if layer == 1:
        return say("The three added up, bent with ReLU, and pass their numbers on.")
    off = abs(bet.said - output(state))
    digits = 2 if fixed(off) != fixed(CLOSE) else 4
    told = {
        "distance": fixed(off, digits),
        "sum": fixed(float(state.values[3][0, 0])),
        "y": fixed(output(state)),
    }
    if score(state) == 1:
        return say(
            "You called it, {distance} away! At y the sum is {sum}, and the sigmoid makes it {y}.",
            **told,
        )
    return say(
        "You were {distance} away: at y the sum is {sum}, which makes {y}. Look through the sums "
        "below, then predict for other numbers.",
        **told,
    )


def _written(state: State, layer: int) -> list[str]:
    """Each neuron's arithmetic, with its numbers as far as they have arrived."""
    first, second = dense_layers(state.network)
    x, z1, h1, z2, y = (values[0] for values in state.values)
    names = NAMES[1]
    lines = []
    for j, name in enumerate(names):
        total = weighted_sum(first.W[:, j], x, first.b[j], factor_digits=1)
        there = (float(z1[j]), float(h1[j])) if layer >= 1 else None
        lines.append(applied(name, "ReLU", total, there, digits=(2, 2)))
    factors = [float(v) if layer >= 1 else name for v, name in zip(h1, names, strict=True)]
    total = weighted_sum(second.W[:, 0], factors, second.b[0], factor_digits=2)
    lines.append(
        applied("y", "sigmoid", total, (float(z2[0]), float(y[0])) if layer == 2 else None)
    )
    return lines
