"""Forward-Pass Relay: set two inputs and fire a signal that turns the output neuron gold.

h = tanh(x W₁ + b₁), y = sigmoid(h W₂ + b₂), layer after layer, by the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.signal import Signal, pulse
from games.first_neurons._two_layers import dense_layers, numbers
from games.moves import Dial, Parts, Press, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.ui.sums import applied, weighted_sum
from games.words import indexed, say, word
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

LEARNT = word(
    "Numbers pass through a network layer by layer, and its answer is above one half exactly where "
    "the last weighted sum is above 0."
)
PARAMS = {"hidden": Param(Dial(1, WIDEST), 3, "Hidden neurons")}
MOVES = moves(
    hidden=PARAMS["hidden"].domain,
    input=Parts(which=Dial(0, 1), to=Dial(-1.0, 1.0, STEP)),
    fire=Press(),
    look=Dial(0, lambda state: state.width),
)


@dataclass
class State:
    """A network, its inputs, and how far the last signal has come.

    `values` holds, for the inputs as they are, the inputs and then each layer's weighted sums and
    activations, which the `signal` carries. `looked_at` is the neuron
    whose sum is written out: a hidden one, or `width` for the output.
    """

    rng: np.random.Generator
    seeds: list[int]
    network: Sequential
    width: int
    x: Array
    values: list[Array]
    signal: Signal
    looked_at: int = 0


def init(seed: int, hidden: int = 3) -> State:
    """A network for each width from its own seed; both inputs at 0, where it stays dark."""
    rng = np.random.default_rng(seed)
    seeds = rng.integers(2**32, size=WIDEST).tolist()
    state = State(rng, seeds, Sequential(), hidden, np.zeros((1, 2)), [], Signal(2, HOP, REST))
    _rebuild(state, hidden)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """Width, inputs, the shot, and the neuron to look into (`width` is the output)."""
    match move, *values:
        case "hidden", n:
            _rebuild(state, n)
        case "input", i, v:
            state.x[0, i] = v
            _quiet(state)
        case ("fire",):
            state.signal.send()
        case "look", j:
            state.looked_at = j


def tick(state: State) -> bool:
    """Move the signal on; idle before Fire and after its arrival."""
    return state.signal.tick()


def view(state: State) -> Node:
    """The network with its signal, its inputs, and Fire; a look into one neuron folded."""
    may, won, there = MOVES.on(state), score(state) == 1, state.signal.there
    glow = float(state.values[-1][0, 0]) if there else 0.0
    return shell(
        _picture(state),
        widgets.verdict(_verdict(state), won, lost=there and not won),
        mission=widgets.meter(say("output y"), glow, 0, 1, zone=(THRESHOLD, 1)),
        dock=controls.sliders("x", state.x[0], may.input, lambda i: say("input {i}", i=i)),
        go=controls.button(say("Fire"), may.fire, primary=True),
        drawers=[
            widgets.folded(
                say("Look into a neuron"),
                controls.choice(
                    say("look into"),
                    {j: _name(state, j) for j in range(state.width + 1)},
                    state.looked_at,
                    may.look,
                ),
                h("p", widgets.verbatim(_arithmetic(state)), class_="arithmetic"),
                key="look",
            ),
            widgets.folded(
                say("More controls"),
                controls.stepper(say("hidden neurons"), state.width, may.hidden),
                key="more",
            ),
        ],
    )


def _picture(state: State) -> Node:
    """The network, its numbers as far as the signal has brought them, and the signal."""
    first, second = dense_layers(state.network)
    layer = state.signal.reached
    activations = [a[0] for a in state.values[::2]]
    hidden = [_name(state, j) if state.width <= NAMED else "" for j in range(state.width)]
    look = MOVES.on(state).look
    return marked(
        diagrams.network(
            [first.W, second.W],
            [a if i <= layer else None for i, a in enumerate(activations)],
            pulse=pulse(state.signal, activations),
            won=score(state) == 1,
            chosen=(1, state.looked_at) if state.looked_at < state.width else (2, 0),
            pick=lambda layer, i: look(i if layer == 1 else state.width).message,
            names=[["x₁", "x₂"], hidden, ["y"]],
            label=say("A network of two layers"),
            width=400,
            height=340,
        ),
        numbers(state.network, state.values, layer, "tanh"),
    )


def score(state: State) -> float:
    """1 once a signal has arrived with more than THRESHOLD; the output itself when it has less."""
    if not state.signal.there:
        return 0.0
    y = float(state.values[-1][0, 0])
    return 1.0 if y > THRESHOLD else y


def describe(state: State) -> str:
    """Width, inputs, how far the signal has come, and the sum that is written out."""
    x1, x2 = state.x[0]
    return say(
        "{layers}, inputs {x1} and {x2}. {verdict} {sum}.",
        layers=say.count("{n} hidden neuron", "{n} hidden neurons", state.width),
        x1=fixed(x1),
        x2=fixed(x2),
        verdict=_verdict(state),
        sum=_arithmetic(state),
    )


def solution(state: State) -> Iterator[Message]:
    """The inputs of the grid that light the output most, and Fire."""
    best = GRID[state.network.forward(GRID)[:, 0].argmax()]
    yield from (("input", i, float(best[i])) for i in (0, 1))
    yield ("fire",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "input":
            return say("Of all inputs on the grid these two light the output most.")
        case _:
            return say("Only now do the numbers run, layer by layer.")


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
    state.values = state.network.activations(state.x)
    state.signal.stop()


# --- words ----------------------------------------------------------------------------------------


def _verdict(state: State) -> str:
    half = fixed(THRESHOLD, 1)
    if state.signal.clock is None:
        return say("Set the inputs, then fire. Gold needs an output above {half}.", half=half)
    layer = state.signal.reached
    if layer == 0:
        return say("The inputs are on their way, each multiplied by a weight.")
    if layer == 1:
        return say("The hidden layer has its numbers and passes them on.")
    y = float(state.values[-1][0, 0])
    digits = 3 if fixed(y, 3) != fixed(THRESHOLD, 3) else 6
    if y > THRESHOLD:
        return say(
            "Gold! y = {y} is above {half}, because the last sum is above 0.",
            y=fixed(y, digits),
            half=half,
        )
    told = {"y": fixed(y, digits), "z": fixed(float(state.values[-2][0, 0]))}
    uphill = _uphill(state)
    if uphill is None:
        return say(
            "y = {y}: its sum is {z}, not above 0. Try other inputs, far from these.", **told
        )
    i, larger = uphill
    if larger:
        return say(
            "y = {y}: its sum is {z}, not above 0. From here a larger {input} raises it.",
            input=indexed("x", i + 1),
            **told,
        )
    return say(
        "y = {y}: its sum is {z}, not above 0. From here a smaller {input} raises it.",
        input=indexed("x", i + 1),
        **told,
    )


def _uphill(state: State) -> tuple[int, bool] | None:
    """The input whose next step raises the output most, and whether it is a larger one."""
    steps = [(i, larger) for i in (0, 1) for larger in (True, False)]
    tried = np.repeat(state.x, len(steps), axis=0)
    for row, (i, larger) in zip(tried, steps, strict=True):
        row[i] += STEP if larger else -STEP
    found = state.network.forward(np.clip(tried, -1, 1))[:, 0]
    best = int(found.argmax())
    return steps[best] if found[best] > state.values[-1][0, 0] else None


def _name(state: State, j: int) -> str:
    return "y" if j == state.width else indexed("h", j + 1)


def _arithmetic(state: State) -> str:
    """The weighted sum of the neuron looked at, with its numbers as far as they have arrived."""
    j, layer = state.looked_at, state.signal.reached
    first, second = dense_layers(state.network)
    factors: list[float | str]
    if j < state.width:
        dense, unit, function, home, digits = first, j, "tanh", 1, 2
        factors = [*state.values[0][0]]
    else:
        dense, unit, function, home, digits = second, 0, "sigmoid", 2, 3
        factors = [v if layer >= 1 else _name(state, i) for i, v in enumerate(state.values[2][0])]
    total = weighted_sum(dense.W[:, unit], factors, dense.b[unit], factor_digits=digits)
    z, value = (float(a[0, unit]) for a in state.values[2 * home - 1 : 2 * home + 1])
    return applied(_name(state, j), function, total, (z, value) if layer >= home else None)
