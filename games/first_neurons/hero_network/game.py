"""A Network at Work: watch numbers pass through it, and touch a neuron to see what fed it.

Pulses carry the activations of real forward passes, each with new inputs from
the seed; a line is as wide as its weight, a pulse as large as the number it carries. It passes
PASSES times and then rests, so that it costs nothing while somebody reads. There is nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from games import Message, Node, refuse
from games.brains import Room, named, opener, taken
from games.concepts.signal import Signal, pulse
from games.moves import Dial, File, Parts, Press, Switch, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.ui.sums import applied, weighted_sum
from games.words import indexed, say
from pycore import brains, initializers
from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.brains import Brain, name_of
from pycore.layers import Dense, Sequential

TICKS_PER_SECOND = 30
HOP, REST = 42, 12
"""Ticks that numbers travel from one layer to the next, and that they then wait there."""
PASSES = 3
SIZES = (3, 4, 3, 1)
ROOM = Room(hidden=2, units=8, inputs=4, largest=100, losses=("cross-entropy",))
"""Of a brain that is opened in place of the network drawn by seed."""
REACH = 2.5
"""The points that it is asked about lie between −REACH and REACH, where it was trained."""

MOVES = moves(
    look=Parts(layer=Dial(1, lambda state: last(state)), unit=Dial(0, ROOM.units - 1)),
    flow=Switch(),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """A network, the passes that its layers have seen, and the neuron looked at.

    `own` is the network drawn by seed, `network` that or what answers for the `brain` open now.
    `seen` holds for each layer the last pass that reached it: the inputs and then each layer's sums
    and activations. `flow` is how far the pass under way is, `left` counts the passes after it.
    """

    rng: np.random.Generator
    own: Sequential
    network: Sequential
    seen: list[list[Array]]
    flow: Signal
    left: int
    running: bool
    looked_at: tuple[int, int]
    brain: Brain | None = None


def init(seed: int) -> State:
    """One pass seen whole, and the next just on its way."""
    rng = np.random.default_rng(seed)
    network, x = _drawn(rng)
    seen = [network.activations(x)] * len(SIZES)
    flow = Signal(len(SIZES) - 1, HOP, REST)
    state = State(rng, network, network, seen, flow, PASSES, True, (len(SIZES) - 1, 0))
    _start(state)
    flow.clock = HOP // 2
    return state


def update(state: State, move: str, *values: Any) -> None:
    """A look at a neuron; numbers that flow or rest; a brain in the network's place, or out."""
    match move, *values:
        case "look", layer, i:
            if i >= sizes(state)[layer]:
                last = sizes(state)[layer] - 1
                allowed = say("neurons 0 to {last} of layer {layer}", last=last, layer=layer)
                refuse(move, values, allowed)
            state.looked_at = (layer, i)
        case "open", text:
            _put(state, taken(text, ROOM))
        case ("close",):
            _put(state, None)
        case "flow", on:
            state.running = on
            if on and state.flow.over:
                state.left = PASSES
                _start(state)


def tick(state: State) -> bool:
    """Move the numbers on; idle when they rest, or when all passes are done."""
    if not state.running or state.flow.clock is None:
        return False
    state.flow.clock += 1
    state.seen[state.flow.reached] = state.seen[0]
    if state.flow.over:
        if state.left:
            _start(state)
        else:
            state.running = False
    return True


def sizes(state: State) -> tuple[int, ...]:
    """Units in every layer, inputs included."""
    dense = _dense(state)
    return (dense[0].n_in, *(layer.n_out for layer in dense))


def last(state: State) -> int:
    """The last layer."""
    return len(_dense(state))


def view(state: State) -> Node:
    """The network with its pulses, and one neuron's arithmetic."""
    weights = [layer.W for layer in _dense(state)]
    values = [seen[2 * layer][0] for layer, seen in enumerate(state.seen)]
    may = MOVES.on(state)
    network = diagrams.network(
        weights,
        values,
        pulse=pulse(state.flow, values),
        won=bool(values[-1][0] > 0.5),
        chosen=state.looked_at,
        point=lambda layer, i: may.look(layer, i).message,
        names=_names(state),
        label=say("A network at work; the neurons can be pointed at"),
        height=max(290, 62 * max(sizes(state))),
    )
    return shell(
        h("div", marked(network, _drawn_now(state)), class_="hero-network"),
        widgets.verdict(_told(state)),
        dock=[h("p", widgets.verbatim(_arithmetic(state)), class_="arithmetic hero-sum")],
        go=controls.button(
            say("Pause") if state.running else say("Send numbers through"),
            may.flow(not state.running),
            primary=True,
        ),
        drawers=[
            widgets.folded(
                say("How to read the picture"),
                h(
                    "p",
                    say(
                        "A line is a weight: a wide one counts a lot, a dashed one counts against. "
                        "A pulse is as large as the number it carries. The last neuron turns gold "
                        "above one half."
                    ),
                ),
                key="reading",
            ),
            opener(state.brain, may.open, may.close, say("Back to the first network")),
        ],
    )


def describe(state: State) -> str:
    """The inputs and output of the last whole pass, and the neuron looked at."""
    whole = state.seen[-1]
    inputs = ", ".join(fixed(v) for v in whole[0][0])
    return say(
        "{who} turns the inputs {inputs} into {output}. {sum}. {flow}",
        who=say("The brain {brain}", brain=named(state.brain))
        if state.brain
        else say("The network"),
        inputs=inputs,
        output=fixed(whole[-1][0, 0]),
        sum=_arithmetic(state),
        flow=say("Numbers are flowing.") if state.running else say("The numbers rest."),
    )


def solution(state: State) -> Iterator[Message]:
    """A tour: a neuron of each layer, and numbers sent through once more."""
    yield from (("look", 1, 0), ("look", 2, 1), ("look", 3, 0))
    if not state.running:
        yield ("flow", True)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "look", 1, _:
            return say("The first hidden layer sees only the inputs.")
        case "look", 2, _:
            return say("The next one sees only what the layer before it makes.")
        case "look", _, _:
            return say("The output weighs what the last hidden layer has found.")
        case _:
            return say("All of them together, one layer after the other.")


# --- the network ----------------------------------------------------------------------------------


def _drawn(rng: np.random.Generator) -> tuple[Sequential, Array]:
    """A network that answers high to some inputs and low to others, and inputs that turn it gold.

    Weights have one decimal, so that the sums on the page can be checked by hand.
    """
    while True:
        dense = [
            Dense(n_in, n_out, initializers.normal(0.9), initializers.normal(0.3), rng=rng)
            for n_in, n_out in pairwise(SIZES)
        ]
        first, second, third = dense
        network = Sequential(first, Tanh(), second, Tanh(), third, Sigmoid())
        network.theta[:] = np.round(network.theta, 1)
        x = np.round(rng.uniform(-1, 1, size=(40, SIZES[0])), 2)
        y = network.forward(x)[:, 0]
        if y.min() < 0.3 and y.max() > 0.75 and (network.theta != 0).all():
            return network, x[[y.argmax()]]


def _start(state: State) -> None:
    """Draw inputs and put them to the first layer; their pass is worked out at once.

    A brain is asked about a point of the plane, with all inputs that it makes of that.
    """
    if state.brain is None:
        x: Array = np.round(state.rng.uniform(-1, 1, size=(1, SIZES[0])), 2)
    else:
        point = np.round(state.rng.uniform(-REACH, REACH, size=(1, 2)), 2)
        x = brains.inputs(state.brain.inputs, point)
    state.seen[0] = state.network.activations(x)
    state.flow.send()
    state.left -= 1


def _put(state: State, brain: Brain | None) -> None:
    """Put a brain in the network's place, or none; let numbers flow through what is there now."""
    state.brain = brain
    state.network = brain.answering() if brain else state.own
    state.flow = Signal(last(state), HOP, REST)
    state.looked_at, state.left, state.running = (last(state), 0), PASSES, True
    _start(state)
    state.seen = [state.seen[0]] * len(sizes(state))


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


# --- words ----------------------------------------------------------------------------------------


def _names(state: State) -> list[Sequence[str]]:
    """What the units are called: the inputs, then h and k for the hidden layers, then y."""
    n, *hidden, _ = sizes(state)
    first = state.brain.inputs if state.brain else [indexed("x", i + 1) for i in range(n)]
    between = zip("hk", hidden, strict=False)
    return [first, *([indexed(letter, i + 1) for i in range(k)] for letter, k in between), ["y"]]


def _told(state: State) -> str:
    """What the neuron looked at does, in words."""
    layer, i = state.looked_at
    return say.count(
        "{name} weighs the {n} number that its line brings, and answers {value}. Touch another "
        "neuron to see what fed it.",
        "{name} weighs the {n} numbers that its lines bring, and answers {value}. Touch another "
        "neuron to see what fed it.",
        sizes(state)[layer - 1],
        name=_names(state)[layer][i],
        value=fixed(float(state.seen[layer][2 * layer][0, i])),
    )


def _arithmetic(state: State) -> str:
    """The sum of the neuron looked at, with the numbers that fed it."""
    layer, i = state.looked_at
    dense, seen = _dense(state)[layer - 1], state.seen[layer]
    fed, z, value = (seen[2 * layer + step] for step in (-2, -1, 0))
    total = weighted_sum(dense.W[:, i], fed[0], dense.b[i], digits=2 if state.brain else 1)
    function = name_of(state.network.layers[2 * layer - 1]).replace("none", "")
    there = (float(z[0, i]), float(value[0, i]))
    return applied(_names(state)[layer][i], function, total, there, digits=(3, 2))


def _drawn_now(state: State) -> dict[str, Array]:
    """Weights, biases, and the activations on show."""
    found: dict[str, Array] = {}
    for n, (layer, seen) in enumerate(zip(_dense(state), state.seen[1:], strict=True), 1):
        found |= {
            say("weights {name} (units before × units)", name=indexed("W", n)): layer.W,
            say("biases {name}", name=indexed("b", n)): layer.b,
            say("what fed layer {n}", n=n): seen[2 * n - 2][0],
            say("sums of layer {n}", n=n): seen[2 * n - 1][0],
            say("activations of layer {n}", n=n): seen[2 * n][0],
        }
    return found
