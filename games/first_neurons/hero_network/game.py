"""A Network at Work: watch numbers pass through it, and point at a neuron to see what fed it.

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

from games import Message, Node, Param, is_whole, refuse
from games.brains import Room, named, opener, taken
from games.ui import diagrams, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.sums import NBSP, weighted_sum
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

PARAMS: dict[str, Param] = {}


@dataclass
class State:
    """A network, the passes that its layers have seen, and the neuron looked at.

    `own` is the network drawn by seed, `network` that or what answers for the `brain` open now.
    `seen` holds for each layer the last pass that reached it: the inputs and then each layer's sums
    and activations. `clock` counts the ticks of the pass under way, `left` the passes to come after
    it.
    """

    rng: np.random.Generator
    own: Sequential
    network: Sequential
    seen: list[list[Array]]
    clock: int
    left: int
    running: bool
    looked_at: tuple[int, int]
    brain: Brain | None = None


def init(seed: int) -> State:
    """One pass seen whole, and the next just on its way."""
    rng = np.random.default_rng(seed)
    network, x = _drawn(rng)
    seen = [network.activations(x)] * len(SIZES)
    state = State(rng, network, network, seen, 0, PASSES, True, (len(SIZES) - 1, 0))
    _start(state)
    state.clock = HOP // 2
    return state


def update(state: State, message: str, *args: Any) -> None:
    """("look", layer, i) looks at a neuron; ("flow", true or false) lets numbers flow or rest.

    ("open", file) puts a brain in the network's place, ("close",) takes it out again.
    """
    match message, *args:
        case "look", layer, i if is_whole(layer, 1, last(state)) and is_whole(
            i, 0, sizes(state)[layer] - 1
        ):
            state.looked_at = (layer, i)
        case "open", str(text):
            _put(state, taken(text, ROOM))
        case ("close",) if state.brain is not None:
            _put(state, None)
        case "flow", bool(on):
            state.running = on
            if on and not _under_way(state):
                state.left = PASSES
                _start(state)
        case _:
            refuse(
                message,
                args,
                f"('look', layer 1 to {last(state)}, neuron), ('flow', true or false), ('open', a "
                "brain’s file as base64), and with one open ('close')",
            )


def tick(state: State) -> bool:
    """Move the numbers on; idle when they rest, or when all passes are done."""
    if not state.running:
        return False
    state.clock += 1
    layer = reached(state)
    state.seen[layer] = state.seen[0]
    if not _under_way(state):
        if state.left:
            _start(state)
        else:
            state.running = False
    return True


def reached(state: State) -> int:
    """The layer that the pass under way has come to."""
    return min((state.clock + REST) // (HOP + REST), last(state))


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
    return widgets.stage(
        widgets.panel(
            diagrams.network(
                weights,
                values,
                pulse=_pulse(state),
                won=bool(values[-1][0] > 0.5),
                chosen=state.looked_at,
                point=lambda layer, i: ("look", layer, i),
                names=_names(state),
                label="A network at work; the neurons can be pointed at.",
                height=max(290, 62 * max(sizes(state))),
            ),
            class_="hero-network",
        ),
        widgets.panel(
            h("p", h("output", _arithmetic(state)), class_="arithmetic hero-sum"),
            widgets.note(
                "A line is a weight: wide counts much, dashed counts against. A pulse is as large "
                "as the number it carries. The last neuron turns gold above one half.",
                kind="hint",
            ),
            widgets.row(
                widgets.button("Pause", ("flow", False), primary=True, key="flow")
                if state.running
                else widgets.button(
                    "Send numbers through", ("flow", True), primary=True, key="flow"
                )
            ),
            opener(state.brain, "Back to the first network"),
        ),
    )


def score(state: State) -> None:
    """There is nothing to win."""


def describe(state: State) -> str:
    """The inputs and output of the last whole pass, and the neuron looked at."""
    whole = state.seen[-1]
    inputs = ", ".join(fixed(v) for v in whole[0][0])
    flow = "Numbers are flowing." if state.running else "The numbers rest."
    what = f"The brain {named(state.brain)}" if state.brain else "The network"
    return (
        f"{what} makes {fixed(whole[-1][0, 0])} of the inputs {inputs}. "
        f"{_arithmetic(state)}. {flow}"
    )


def numbers(state: State) -> dict[str, Array]:
    """Weights, biases, and the activations on show."""
    found: dict[str, Array] = {}
    for n, (layer, seen) in enumerate(zip(_dense(state), state.seen[1:], strict=True), 1):
        found |= {
            f"weights W{_SUB[n - 1]} (neurons before × neurons)": layer.W,
            f"biases b{_SUB[n - 1]}": layer.b,
            f"what fed layer {n}": seen[2 * n - 2][0],
            f"sums of layer {n}": seen[2 * n - 1][0],
            f"activations of layer {n}": seen[2 * n][0],
        }
    return found


def solution(state: State) -> Iterator[Message]:
    """A tour: a neuron of each layer, and numbers sent through once more."""
    yield from (("look", 1, 0), ("look", 2, 1), ("look", 3, 0))
    if not state.running:
        yield ("flow", True)


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
    state.clock = 0
    state.left -= 1


def _put(state: State, brain: Brain | None) -> None:
    """Put a brain in the network's place, or none; let numbers flow through what is there now."""
    state.brain = brain
    state.network = brain.answering() if brain else state.own
    state.looked_at, state.left, state.running = (last(state), 0), PASSES, True
    _start(state)
    state.seen = [state.seen[0]] * len(sizes(state))


def _under_way(state: State) -> bool:
    return state.clock < last(state) * (HOP + REST)


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


# --- words ----------------------------------------------------------------------------------------

_SUB = "₁₂₃₄₅₆₇₈"


def _names(state: State) -> list[Sequence[str]]:
    """What the units are called: the inputs, then h and k for the hidden layers, then y."""
    n, *hidden, _ = sizes(state)
    first = state.brain.inputs if state.brain else [f"x{_SUB[i]}" for i in range(n)]
    between = zip("hk", hidden, strict=False)
    return [first, *([letter + _SUB[i] for i in range(k)] for letter, k in between), ["y"]]


def _pulse(state: State) -> diagrams.Pulse | None:
    """The numbers between two layers, each as large as what it carries."""
    layer, since = divmod(state.clock, HOP + REST)
    if layer >= last(state) or since >= HOP or since == 0:
        return None
    return diagrams.Pulse(layer, since / HOP, state.seen[layer][2 * layer][0].tolist())


def _arithmetic(state: State) -> str:
    """The sum of the neuron looked at, with the numbers that fed it."""
    layer, i = state.looked_at
    dense, seen = _dense(state)[layer - 1], state.seen[layer]
    fed, z, value = (seen[2 * layer + step] for step in (-2, -1, 0))
    total = weighted_sum(dense.W[:, i], fed[0], dense.b[i], digits=2 if state.brain else 1)
    function = name_of(state.network.layers[2 * layer - 1]).replace("none", "")
    return (
        f"{_names(state)[layer][i]} = {function}({total}) ={NBSP}{function}({fixed(z[0, i], 3)}) "
        f"={NBSP}{fixed(value[0, i])}"
    )
