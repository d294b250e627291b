"""Step Through a Sequence: set three weights so that a neuron still knows the first bit at the end.

The neuron is pycore's `RNN` with one input and one state: h_t = tanh(w_h h_{t−1} + w_x x_t + b),
h_0 = 0. It is won by weights that keep the first bit in all of the `TESTS` sequences: h ends on the
side of x_1, at least `SURE` from 0. Half of them begin with 1; in one of each half all bits that
follow say the opposite.

The strip below the states is dh_T/dx_t, the engine's sweep back through time. Weights that hold the
bit press tanh onto its flat ends, where that gradient all but vanishes (Bengio, Simard and
Frasconi, Learning long-term dependencies with gradient descent is difficult, 1994).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from games import Message, Node, Param
from games.moves import Dial, Offer, Press, moves
from games.ui import controls, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import fixed, short
from games.ui.pixels import picture, tints
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.recurrent import RNN

TICKS_PER_SECOND = 6
LEARNT = word(
    "A loop whose weight is well above 1 holds a bit, whatever comes after it. But it presses tanh "
    "onto its flat ends, so hardly any gradient gets back: the more bits follow, the harder this "
    "is to learn."
)
PARAMS = {"later": Param(Dial(4, 12), 10, "Bits that follow the first")}
TESTS, SURE = 16, 0.5
FAINTEST = -6
"""A gradient of 10 to this power is not seen any more; one of 1 is in full colour."""
MOVES = moves(
    w_h=Dial(-4, 4, 0.1),
    w_x=Dial(-4, 4, 0.1),
    b=Dial(-2, 2, 0.1),
    flip=Dial(1, lambda state: len(state.bits)),
    look=Dial(1, lambda state: len(state.bits)),
    test=Press(when=lambda state: not state.running),
)


@dataclass
class State:
    """The weights, a sequence of one's own, and the test: how many bits it has been fed."""

    rng: np.random.Generator
    tests: Array
    bits: Array
    look: int
    w_h: float = 0.8
    w_x: float = 1.5
    b: float = 0.0
    fed: int | None = None

    @property
    def running(self) -> bool:
        """Whether the test is under way."""
        return self.fed is not None and self.fed < len(self.bits)

    @property
    def tested(self) -> bool:
        """Whether these weights have been through the test."""
        return self.fed == len(self.bits)


def init(seed: int, later: int = 10) -> State:
    """Sequences of 1 and −1, drawn; the first of them is there to try things on."""
    rng = np.random.default_rng(seed)
    tests = rng.choice([-1.0, 1.0], (TESTS, 1 + later))
    tests[:, 0] = np.repeat([1.0, -1.0], TESTS // 2)
    for row in (TESTS // 2 - 1, TESTS - 1):
        tests[row, 1:] = -tests[row, 0]
    return State(rng, tests, tests[0].copy(), 1 + later)


def update(state: State, move: str, *values: float) -> None:
    """New weights have not been tested."""
    match move, *values:
        case "w_h" | "w_x" | "b", value:
            setattr(state, move, value)
            state.fed = None
        case "flip", int(t):
            state.bits = state.bits.copy()
            state.bits[t - 1] *= -1
        case "look", int(t):
            state.look = t
        case ("test",):
            state.fed = 0


def tick(state: State) -> bool:
    """One more bit for every sequence of the test; one that was lost is there to be looked at."""
    if state.fed is None or not state.running:
        return False
    state.fed += 1
    if state.tested and not kept(state).all():
        state.bits = state.tests[int(np.argmin(kept(state)))].copy()
    return True


def layer(w_h: float, w_x: float, b: float) -> RNN:
    """The neuron with these weights."""
    rnn = RNN(1, 1, rng=0)
    rnn.Wh[:], rnn.Wx[:], rnn.b[:] = w_h, w_x, b
    return rnn


def states(state: State, x: Array) -> Array:
    """Shapes: bits (sequences, time) → h of each step, the same."""
    rnn = layer(state.w_h, state.w_x, state.b)
    return rnn.forward(x[:, :, None])[:, :, 0]


def gradient(state: State) -> Array:
    """dh_T/dx_t of one's own sequence, T being the step that is looked at (time,)."""
    rnn = layer(state.w_h, state.w_x, state.b)
    y = rnn.forward(state.bits[None, :, None])
    dy = np.zeros_like(y)
    dy[0, state.look - 1] = 1.0
    return rnn.backward(dy)[0, :, 0]


def kept(state: State) -> Array:
    """Which sequences of the test end with h on the side of their first bit."""
    return np.asarray(states(state, state.tests)[:, -1] * state.tests[:, 0] >= SURE)


def score(state: State) -> float:
    """1 when the test has shown that every first bit is kept; else a share of those kept."""
    if not state.tested:
        return 0.0
    return 1.0 if kept(state).all() else 0.9 * float(kept(state).mean())


def solution(state: State) -> Iterator[Message]:
    """A loop that holds on, and a small weight for what comes in."""
    yield from (("w_h", 3.0), ("w_x", 0.5), ("b", 0.0), ("test",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "w_h":
            return say("Well above 1, so that a state keeps its side by itself.")
        case "w_x":
            return say("Enough to choose the side at the start, too little to turn it over later.")
        case "b":
            return say("No side is favoured.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The bits, the states they leave, the gradient back to each; the test; three weights."""
    may, won = MOVES.on(state), score(state) == 1
    return shell(
        h("div", _chain(state, won), _tests(state), class_="sequence-memory"),
        widgets.verdict(_verdict(state), won, lost=state.tested and not won),
        dock=[
            controls.slider(say("loop weight"), state.w_h, may.w_h, symbol="W_h"),
            controls.slider(say("input weight"), state.w_x, may.w_x, symbol="W_x"),
            controls.slider(say("bias"), state.b, may.b, symbol="b"),
        ],
        go=controls.button(say("Test on {n} sequences", n=TESTS), may.test, primary=True),
        mission=widgets.progress(
            say("first bits kept"),
            int(kept(state).sum()) if state.tested else 0,
            TESTS,
            key="kept",
        ),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What one step does"),
                say(
                    "h = tanh(w_h × the h before + w_x × the bit + b), at every step with the "
                    "same three weights. A first bit counts as kept when h ends on its side, "
                    "at least {sure} from 0.",
                    sure=fixed(SURE, 1),
                ),
                key="step",
            ),
            widgets.explained(
                say("Why the gradient fades"),
                say(
                    "Each step back multiplies the gradient by w_h × (1 − h²). Where h is near "
                    "1 or −1, 1 − h² is near 0: tanh is flat there. The further back, the more "
                    "such factors. An LSTM was made to have a way around them."
                ),
                key="fades",
            ),
        ],
    )


def describe(state: State) -> str:
    """The weights, the sequence, its states, and how the test stands."""
    return say(
        "Loop {w_h}, input {w_x}, bias {b}. Bits: {bits}. Looking at step {look}: h = {h}, "
        "gradient to the first bit {first}. Test: {fed}. {verdict}",
        w_h=fixed(state.w_h, 1),
        w_x=fixed(state.w_x, 1),
        b=fixed(state.b, 1),
        bits=" ".join(_sign(bit) for bit in state.bits.tolist()),
        look=state.look,
        h=fixed(float(states(state, state.bits[None])[0, state.look - 1])),
        first=short(float(gradient(state)[0]), 2),
        fed=say("not begun")
        if state.fed is None
        else say("{n} of {total} bits fed", n=state.fed, total=len(state.bits)),
        verdict=_verdict(state),
    )


def _sign(bit: float) -> str:
    return "+" if bit > 0 else "−"


def _verdict(state: State) -> str:
    final = float(states(state, state.bits[None])[0, -1])
    if state.running:
        return say("Bit {n} of {total} goes in.", n=state.fed or 0, total=len(state.bits))
    if not state.tested:
        return say(
            "The first bit is {bit}, and at the end h = {h}. Tap bits to turn them, tap a step to "
            "see what it depends on.",
            bit=_sign(float(state.bits[0])),
            h=fixed(final),
        )
    count = int(kept(state).sum())
    if count == TESTS:
        return say(
            "Kept, all {n} times. But look at the strip: {first} is all the gradient that the "
            "first bit gets.",
            n=TESTS,
            first=short(float(np.abs(gradient(state)[0])), 2),
        )
    return say(
        "{n} of {total} first bits kept. Above is one that was lost: find the step where h changes "
        "sides or fades.",
        n=count,
        total=TESTS,
    )


def _chain(state: State, won: bool) -> Node:
    """Three rows with a column for each step: bits to turn, states to tap, the gradient."""
    may, count = MOVES.on(state), len(state.bits)
    found, back = states(state, state.bits[None])[0], gradient(state)
    (bits,), (remembered,) = tints(state.bits[None], "signed", 1.0), tints(found[None], "signed", 1)
    steps = range(1, count + 1)
    return h(
        "div",
        h("p", say("bits that come in; the first is to be kept"), class_="chain-name"),
        _row(
            "bits",
            [
                _cell(
                    _sign(float(bit)),
                    say("bit {t}: {bit}; press to turn it", t=t, bit=_sign(float(bit))),
                    may.flip(t),
                    look,
                )
                for t, bit, look in zip(steps, state.bits.tolist(), bits, strict=True)
            ],
            {say("bits"): state.bits},
        ),
        h("p", say("what the neuron remembers: h"), class_="chain-name"),
        _row(
            "states",
            [
                _cell(
                    h("span", fixed(value, 1)) if t in (state.look, count) else "",
                    say("step {t}: h = {h}; press to look at it", t=t, h=fixed(value, 1)),
                    may.look(t),
                    look,
                    pressed=t == state.look,
                )
                for t, value, look in zip(steps, found.tolist(), remembered, strict=True)
            ],
            {say("states h"): found},
        ),
        h(
            "p",
            say("how much each bit still moves h of step {t}", t=state.look),
            class_="chain-name",
        ),
        _row(
            "gradient",
            [
                h("span", style=f"--strength:{_strength(size):.0f}%", class_="chain-cell", key=t)
                for t, size in zip(steps, np.abs(back).tolist(), strict=True)
            ],
            {
                say("gradient of h at step {t} by each bit", t=state.look): back,
                say("w_h, w_x, b"): np.array([state.w_h, state.w_x, state.b]),
            },
        ),
        key="chain",
        class_="chain won" if won else "chain",
        style=f"--steps:{count}",
    )


def _row(kind: str, cells: list[Node], marks: dict[str, Array]) -> Node:
    return marked(h("div", cells, class_=f"chain-row {kind}", key=kind), marks)


def _cell(
    text: Child,
    spoken: str,
    offer: Offer,
    look: dict[str, str],
    pressed: bool | None = None,
) -> Node:
    return controls.tile(
        offer,
        text,
        look=f"chain-cell {look['class_']}",
        style=look["style"],
        data_palette="signed",
        name=spoken,
        pressed=pressed,
        key=offer.message[1],
    )


def _strength(size: float) -> float:
    """How strong a gradient's colour is, in per cent: by its power of ten, FAINTEST to 0."""
    power = np.log10(max(size, 10.0**FAINTEST))
    return float(100 * min(1 - power / FAINTEST, 1))


@cache
def _ghost(later: int) -> Array:
    """The states of an earlier test, with a loop of 0.5."""
    other = init(1, later)
    return layer(0.5, 1.0, 0.0).forward(other.tests[:, :, None])[:, :, 0]


def _tests(state: State) -> Node:
    """A line for each sequence of the test, a column for each step, in the colour of h."""
    count = len(state.bits)
    if state.fed is None:
        shown, name = _ghost(count - 1), say("Faint: an earlier test, with a loop of 0.5")
    else:
        shown = states(state, state.tests)
        shown[:, state.fed :] = np.nan
        name = say("The test: a line for each sequence, h step by step")
    told = {
        say("sequences of the test"): state.tests,
        say("kept, of, bits fed, needed"): np.array(
            [
                int(kept(state).sum()) if state.tested else 0,
                TESTS,
                state.fed or 0,
                SURE,
            ]
        ),
    }
    return marked(
        h(
            "div",
            h("p", name, class_="chain-name"),
            picture(shown, "signed", name, largest=1.0, name=say("states of the test")),
            class_="memory-tests ghost" if state.fed is None else "memory-tests",
            key="tests",
        ),
        told,
    )


def _numbers(state: State) -> Node:
    found, back = states(state, state.bits[None])[0], gradient(state)
    return widgets.table(
        say("Step by step; the gradient is that of h at step {t}", t=state.look),
        ["t", "x", "h", say("gradient")],
        [
            [str(t), _sign(bit), fixed(value, 3), short(float(g), 2)]
            for t, (bit, value, g) in enumerate(
                zip(state.bits.tolist(), found.tolist(), back.tolist(), strict=True), 1
            )
        ],
        key="table",
    )
