"""A Network at Work: put its last neuron out, then light it again, by what you send in.

Pulses carry the activations of real forward passes; a line is as wide as its weight, a pulse as
large as the number it carries. The weights stay as they are: three inputs are the learner's, and
the passes sent are counted. Whoever only watches has nothing to win: new inputs from the seed pass
PASSES times, and then it rests, so that it costs nothing while somebody reads.
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
from games.ui import controls, diagrams, panes, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.ui.sums import applied, weighted_sum
from games.words import indexed, say, word
from pycore import brains, initializers
from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.brains import Brain, name_of
from pycore.layers import Dense, Sequential

EDITION = 2
TICKS_PER_SECOND = 30
LEARNT = word(
    "The weights never changed, and yet the same network said no and yes: what a neuron answers "
    "goes by what its lines bring. Learning would change the weights instead."
)
SECTIONS = ("level-1#flowing",)
RECORDS = {"passes": word("Fewest passes: {n}")}
DARK, BRIGHT = 0.3, 0.7
"""At most so much is out, at least so much is lit."""
HOP, REST = 42, 12
"""Ticks that numbers travel from one layer to the next, and that they then wait there."""
PASSES = 3
SIZES = (3, 4, 3, 1)
ROOM = Room(hidden=2, units=8, inputs=4, largest=100, losses=("cross-entropy",))
"""Of a brain that is opened in place of the network drawn by seed."""
REACH = 2.5
"""The points that it is asked about lie between −REACH and REACH, where it was trained."""


def _playing(state: Any) -> bool:
    """Whether the inputs are the learner's; those of a pass under way are settled."""
    return not state.free


MOVES = moves(
    set=Parts(_playing, input=Dial(0, SIZES[0] - 1), to=Dial(-1, 1, 0.1)),
    send=Press(when=lambda state: _playing(state) and state.won < 2),
    again=Press(when=lambda state: _playing(state) and state.won == 2),
    free=Switch(),
    look=Parts(layer=Dial(1, lambda state: last(state)), unit=Dial(0, ROOM.units - 1)),
    flow=Switch(when=lambda state: state.free),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """A network, the passes that its layers have seen, and the neuron looked at.

    `own` is the network drawn by seed, `network` that or what answers for the `brain` open now.
    `seen` holds for each layer the last pass that reached it: the inputs and then each layer's sums
    and activations. `flow` is how far the pass under way is, `left` counts the passes after it.

    `first` are inputs that light the last neuron, `x` those to be sent. A pass that was `sent` is
    judged when it is through; `passes` counts them, and `won` how much is done: out, lit again.
    Whoever is `free` only watches.
    """

    rng: np.random.Generator
    own: Sequential
    network: Sequential
    seen: list[list[Array]]
    flow: Signal
    left: int
    running: bool
    looked_at: tuple[int, int]
    first: Array
    x: Array
    brain: Brain | None = None
    free: bool = False
    sent: bool = False
    passes: int = 0
    won: int = 0


def init(seed: int) -> State:
    """One pass seen whole, and the same on its way once more."""
    rng = np.random.default_rng(seed)
    network, first = _drawn(rng)
    x = np.round(first, 1)
    seen = [network.activations(x)] * len(SIZES)
    flow = Signal(len(SIZES) - 1, HOP, REST, HOP // 2)
    return State(rng, network, network, seen, flow, 0, True, (len(SIZES) - 1, 0), first, x)


def update(state: State, move: str, *values: Any) -> None:
    """A look at a neuron; inputs and their pass; who only watches, a brain perhaps."""
    match move, *values:
        case "look", layer, i:
            if i >= sizes(state)[layer]:
                last = sizes(state)[layer] - 1
                allowed = say("neurons 0 to {last} of layer {layer}", last=last, layer=layer)
                refuse(move, values, allowed)
            state.looked_at = (layer, i)
        case "set", i, value:
            state.x = state.x.copy()  # the old ones belong to the pass that they were sent in
            state.x[0, i] = value
        case ("send",):
            state.seen[0] = state.network.activations(state.x)
            state.flow.send()
            state.sent = state.running = True
            state.passes += 1
        case ("again",):
            _begin(state)
        case "free", on:
            if on:
                _watch(state)
            else:
                _begin(state)
        case "open", text:
            brain = taken(text, ROOM)
            state.free, state.sent = True, False
            _put(state, brain)
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
            _judge(state)
    return True


def answer(state: State) -> float:
    """What the last neuron said to the last whole pass."""
    return float(state.seen[-1][-1][0, 0])


def score(state: State) -> float | None:
    """Half for out, all for lit again; None for who only watches."""
    return None if state.free else state.won / 2


def records(state: State) -> dict[str, int]:
    """How few passes it took."""
    return {"passes": state.passes} if state.won == 2 else {}


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
    won = score(state) == 1
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
    looks = "hero-network won" if won else "hero-network"
    return shell(
        h(
            "div",
            marked(network, _drawn_now(state)),
            h("p", widgets.verbatim(_arithmetic(state)), class_="arithmetic hero-sum"),
            class_=looks,
        ),
        widgets.verdict(_told(state) if state.free else _verdict(state), won),
        mission=None if state.free else widgets.progress(say("out, then lit"), state.won, 2),
        dock=()
        if state.free
        else controls.sliders(
            "x", state.x[0], may.set, lambda i: say("input {i}", i=i), symbol="x"
        ),
        go=_go(state),
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
                h("p", say.nodes("Read how: {section}", section=panes.section_link(SECTIONS[0]))),
                key="reading",
            ),
            opener(state.brain, may.open, may.close, say("Back to the first network")),
            widgets.row(
                controls.button(
                    say("Put it out and light it") if state.free else say("Only watch"),
                    may.free(not state.free),
                )
            ),
        ],
    )


def _go(state: State) -> Node:
    """Send the inputs; who only watches sets numbers flowing, or lets them rest."""
    may = MOVES.on(state)
    if state.free:
        return controls.button(
            say("Pause") if state.running else say("Send numbers through"),
            may.flow(not state.running),
            primary=True,
        )
    if state.won == 2:
        return controls.button(say("Again, in fewer passes"), may.again, primary=True)
    return controls.button(say("Send them through"), may.send, primary=True)


def describe(state: State) -> str:
    """The inputs and output of the last whole pass, and the neuron looked at."""
    whole = state.seen[-1]
    inputs = ", ".join(fixed(v) for v in whole[0][0])
    told = say(
        "{who} turns the inputs {inputs} into {output}. {sum}. {flow}",
        who=say("The brain {brain}", brain=named(state.brain))
        if state.brain
        else say("The network"),
        inputs=inputs,
        output=fixed(whole[-1][0, 0]),
        sum=_arithmetic(state),
        flow=say("Numbers are flowing.") if state.running else say("The numbers rest."),
    )
    if state.free:
        return told
    return say(
        "{goal}: {n} of 2, after {passes} sent. To be sent: {x}. {told} {verdict}",
        goal=_goal(state),
        n=state.won,
        passes=state.passes,
        x=", ".join(fixed(v, 1) for v in state.x[0]),
        told=told,
        verdict=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """Look at what fed the last neuron; then inputs that put it out, and some that light it."""
    if state.free:
        yield ("free", False)
    if state.won < 2:
        yield ("look", 3, 0)
    for x in _inputs(state.own)[state.won :]:
        yield from (("set", i, v) for i, v in enumerate(x) if state.x[0, i] != v)
        yield ("send",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "look", *_:
            return say("The output weighs what the last hidden layer has found.")
        case "set", *_:
            return say("Follow the wide lines back: this input counts.")
        case "send", *_:
            return say("All of them together, one layer after the other.")
        case _:
            return ""


def _inputs(network: Sequential) -> list[list[float]]:
    """Of all inputs on the sliders' grid, those with the lowest answer and with the highest."""
    marks = np.round(np.arange(-10, 11) / 10, 1)
    grid = np.stack(np.meshgrid(*[marks] * SIZES[0], indexing="ij"), axis=-1).reshape(-1, SIZES[0])
    y = network.forward(grid)[:, 0]
    return [grid[y.argmin()].tolist(), grid[y.argmax()].tolist()]


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


def _begin(state: State) -> None:
    """The first network with inputs that light its last neuron, and nothing won."""
    state.brain, state.network, state.free = None, state.own, False
    state.x = np.round(state.first, 1)
    state.seen = [state.network.activations(state.x)] * len(SIZES)
    state.flow = Signal(len(SIZES) - 1, HOP, REST)
    state.looked_at, state.running, state.left = (len(SIZES) - 1, 0), False, 0
    state.sent, state.passes, state.won = False, 0, 0


def _watch(state: State) -> None:
    """Numbers from the seed in place of the learner's, the first just on their way."""
    state.free, state.sent = True, False
    _put(state, None)
    state.seen = [state.seen[0], *[state.network.activations(state.first)] * (len(SIZES) - 1)]
    state.flow.clock = HOP // 2


def _judge(state: State) -> None:
    """Whether the pass that was sent has put the last neuron out, or lit it again."""
    if state.sent:
        y = answer(state)
        state.won += y <= DARK if state.won == 0 else y >= BRIGHT
    state.sent = False


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


def _goal(state: State) -> str:
    """What is to be done next."""
    if state.won == 0:
        return say("Put y out")
    return say("Light y again") if state.won == 1 else say("Out, and lit again")


def _verdict(state: State) -> str:
    """What is asked for, and how the last pass went."""
    y = {"y": fixed(answer(state)), "n": fixed(BRIGHT if state.won else DARK, 1)}
    if state.won == 2:
        return say.count(
            "It glows again, at {y}, after {n} pass. The weights are the same: only what came in "
            "has changed.",
            "It glows again, at {y}, after {n} passes. The weights are the same: only what came in "
            "has changed.",
            state.passes,
            y=y["y"],
        )
    if state.sent:
        return say("Your numbers are on their way: each neuron adds up what its lines bring.")
    if state.passes == 0:
        return say("y glows at {y}. Turn the inputs so that it falls to {n}, and send them.", **y)
    if state.won == 0:
        return say("y is {y}; it is to be {n} or less. Which wide line feeds it? Touch y.", **y)
    if answer(state) <= DARK:
        return say("Out, at {y}. Now the other way: send what lights y to {n} or more.", **y)
    return say("y is {y}; it is to be {n} or more. Touch a neuron to see what fed it.", **y)


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
