"""Carry the Bit: say when half of a bit is gone, then set gates that carry one over 50 steps.

The cell is pycore's `LSTM` with one state. What comes in is a bit at step 1 and a distractor at
each later step, both +1 or −1, and which of three moments it is: the first step, those between, the
last. The weights of the moments are what the learner sets, so that σ of them are the gates of each
step: forget f, input i, output o. Then c_t = f c_{t−1} + i g and h_t = o tanh c_t, where g is about
the bit itself; nothing goes from h back into the gates.

First a call: with the input gate shut, after which step is less than HALF of the bit left? Of c
f^k is left after k steps. Then the nine gates. A bit is carried if h stays within QUIET until the
last step and is there at least LOUD, on the bit's side, though the cell held something else before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node
from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore.activations import sigmoid
from pycore.arrays import Array
from pycore.recurrent import LSTM

LEARNT = word(
    "Of a bit fᵏ is left after k steps. To carry it far, forget must be all but open and input all "
    "but shut; at the first step it is the other way round."
)
STEPS, TESTS, KNOWN = 50, 16, 3
"""Steps, sequences that are sent, and how many steps are shown before a call."""
HALF, LOUD, QUIET = 0.5, 0.4, 0.1
ENOUGH = float(np.arctanh(LOUD))
"""What a cell must hold so that an open output gate lets it be heard as LOUD."""
FAR = 8.0
"""The largest weight of a moment: σ(8) is as good as open, σ(−8) as good as shut."""
CALLS = tuple(round(2 + 0.2 * i, 1) for i in range(10))
"""Weights of the forget gate that are asked about: f from 0.88 to 0.98."""
MOMENTS = ("write", "keep", "read")
GATES = ("forget", "input", "output")

Weights = tuple[tuple[float, ...], ...]
"""Of each moment, those of the three gates."""


def _setting(state: Any) -> bool:
    return bool(state.carrying)


MOVES = moves(
    call=Dial(KNOWN + 1, STEPS, when=lambda state: not state.carrying and state.bet.open),
    run=Press(when=lambda state: not state.carrying and state.bet.ready),
    next=Press(when=lambda state: not state.carrying and not state.bet.open),
    moment=Pick(*MOMENTS, when=_setting),
    forget=Dial(-FAR, FAR, 0.5, when=_setting),
    input=Dial(-FAR, FAR, 0.5, when=_setting),
    output=Dial(-FAR, FAR, 0.5, when=_setting),
    send=Press(when=lambda state: state.carrying and not state.sending),
)


@dataclass
class State:
    """The call with its forget gate; the nine weights, the sequences, and how far they are sent."""

    rng: np.random.Generator
    bits: Array
    old: Array
    weight: float = 0.0
    bet: Bet[int] = field(default_factory=Bet)
    shown: int = KNOWN
    called: bool = False
    carrying: bool = False
    moment: str = "write"
    weights: Weights = ((0.0,) * 3,) * 3
    fed: int | None = None

    @property
    def sending(self) -> bool:
        """Whether the sequences are under way."""
        return self.fed is not None and self.fed < STEPS

    @property
    def sent(self) -> bool:
        """Whether these gates have been through all steps."""
        return self.fed == STEPS


def init(seed: int) -> State:
    """The sequences, half of them with each bit, and a first call.

    In the last of each half every distractor is against the bit; so is what half of the cells
    held before.
    """
    rng = np.random.default_rng(seed)
    bits = rng.choice([-1.0, 1.0], (TESTS, STEPS))
    bits[:, 0] = np.repeat([1.0, -1.0], TESTS // 2)
    old = bits[:, 0] * np.where(np.arange(TESTS) % 2, 1.0, -1.0) * rng.uniform(0.8, 1.4, TESTS)
    for row in (TESTS // 2 - 1, TESTS - 1):
        bits[row, 1:] = -bits[row, 0]
        old[row] = -bits[row, 0]
    state = State(rng, bits, old)
    _ask(state)
    return state


def _ask(state: State) -> None:
    """Another forget gate, well away from the last."""
    others = [weight for weight in CALLS if abs(weight - state.weight) > 0.3]
    state.weight = others[int(state.rng.integers(len(others)))]
    state.shown = KNOWN
    state.bet.again()


def update(state: State, move: str, *values: Any) -> None:
    """The call, its run, what comes next; then the gates and the sending."""
    match move, *values:
        case "call", int(step):
            state.bet.place(step)
        case ("run",):
            state.bet.begin()
        case ("next",):
            if state.bet.over and state.called:
                state.carrying = True
            else:
                _ask(state)
        case "moment", str(moment):
            state.moment = moment
        case "forget" | "input" | "output", float(weight):
            row, column = MOMENTS.index(state.moment), GATES.index(move)
            table = [list(weights) for weights in state.weights]
            table[row][column] = weight
            state.weights = tuple(tuple(weights) for weights in table)
            state.fed = None
        case ("send",):
            state.fed = 0


TICKS_PER_SECOND = 20


def tick(state: State) -> bool:
    """One more step, of the call or of everything that is sent."""
    if state.sending and state.fed is not None:
        state.fed += 1
        return True
    if not state.carrying and state.bet.running:
        state.shown += 1
        if state.shown == STEPS:
            state.bet.settle()
            state.called = hit(state)
        return True
    return False


def cell(weights: Weights) -> LSTM:
    """The LSTM whose gates are σ of the weights of each moment, and whose g is the bit's."""
    layer = LSTM(1 + len(MOMENTS), 1, forget=0.0, rng=0)
    layer.Wx[:], layer.Wh[:] = 0.0, 0.0
    layer.Wx[0, 2] = 4.0  # g = tanh(4 · bit): within 0.001 of the bit
    for row, (forget, put, out) in enumerate(weights, 1):
        layer.Wx[row] = put, forget, 0.0, out
    return layer


def carried(weights: Weights, bits: Array, old: Array) -> tuple[Array, Array]:
    """What the cell holds and what is heard. Shapes: (n, STEPS), (n,) → c and h, (n, STEPS)."""
    moments = np.zeros((STEPS, len(MOMENTS)))
    moments[0, 0] = moments[1:-1, 1] = moments[-1, 2] = 1
    x = np.concatenate(
        [bits[:, :, None], np.broadcast_to(moments, (len(bits), *moments.shape))], axis=2
    )
    layer = cell(weights)
    layer.start = [np.zeros((len(bits), 1)), old[:, None]]
    heard = layer.forward(x)
    return np.round(layer.carried()[:, :, 0], 6), np.round(heard[:, :, 0], 6)


def asked(state: State) -> Array:
    """What the cell of the call holds at each step: only its forget gate is open after step 1."""
    weights = ((-FAR, FAR, -FAR), (state.weight, -FAR, -FAR), (state.weight, -FAR, FAR))
    bits = np.eye(1, STEPS)  # after the bit nothing comes in
    held: Array = carried(weights, bits, np.zeros(1))[0][0]
    return held


def truth(state: State) -> int:
    """The first step at which less than half of the bit is left; the last where there is none."""
    below = np.flatnonzero(asked(state) < HALF)
    return int(below[0]) + 1 if below.size else STEPS


def hit(state: State) -> bool:
    """Whether the call is within a step of the truth, or within 15 % where that is more."""
    right = truth(state)
    return state.bet.said is not None and abs(state.bet.said - right) <= max(1, 0.15 * right)


def run(state: State) -> tuple[Array, Array]:
    """What all cells hold and let be heard, c and h, with the gates as they are."""
    return carried(state.weights, state.bits, state.old)


def kept(state: State) -> NDArray[np.bool_]:
    """Which bits are heard at the last step, and not before."""
    _, heard = run(state)
    quiet = np.abs(heard[:, :-1]).max(axis=1) <= QUIET
    return np.asarray(quiet & (heard[:, -1] * state.bits[:, 0] >= LOUD))


def score(state: State) -> float:
    """0.3 for the call, and 1 once it has been followed by sixteen bits that arrive."""
    if not state.called:
        return 0.0
    if not state.sent:
        return 0.3
    share = float(kept(state).mean())
    return 1.0 if share == 1 else 0.3 + 0.6 * share


OPEN = {"write": (-FAR, FAR, -FAR), "keep": (FAR, -FAR, -FAR), "read": (FAR, -FAR, FAR)}
"""Gates that carry: at first wipe and write, then keep, at last let it be heard."""


def solution(state: State) -> Iterator[Message]:
    """The call, then gate by gate. To be read message by message."""
    while not state.carrying:
        if not state.bet.open:
            yield ("next",)
            continue
        yield ("call", truth(state))
        yield ("run",)
    for moment, weights in OPEN.items():
        yield ("moment", moment)
        yield from zip(GATES, weights, strict=True)
    yield ("send",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, state.moment:
        case "call", _:
            return say(
                "Multiply by {f} again and again, until less than half is left.",
                f=fixed(_f(state), 3),
            )
        case "forget", "write":
            return say("What the cell held before is wiped.")
        case "input", "write":
            return say("The bit is let in.")
        case "forget", "keep":
            return say("So near to 1 that after 48 steps nearly all is left.")
        case "input", "keep":
            return say("Distractors stay out.")
        case "output", "keep":
            return say("Nobody hears it yet.")
        case "output", "read":
            return say("Now it is to be heard.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The cell along time; before it the call, then the gates."""
    return _carry(state) if state.carrying else _call(state)


def _f(state: State) -> float:
    return float(sigmoid(np.array(state.weight)))


def _call(state: State) -> Node:
    may, bet = MOVES.on(state), state.bet
    said = bet.told(lambda step: say("step {n}", n=step))
    right = bet.over and hit(state)
    return shell(
        _fading(state),
        widgets.verdict(_verdict(state), lost=bet.over and not right),
        mission=_mission(state),
        dock=[
            slip(
                bet,
                say("At which step is less than half of the bit left?"),
                controls.slider(
                    say("step"), bet.said, may.call, at=STEPS // 2, name=say("step of the call")
                ),
                said=said,
                truth=say("step {n}", n=truth(state)) if bet.over else None,
                hit=right if bet.over else None,
            )
        ],
        go=commit(
            bet,
            said and say("Run: {said}", said=said),
            may.run,
            may.next,
            more=say("Now carry a bit") if right else say("Another gate"),
            leaves=True,
        ),
        drawers=[_formulas()],
    )


def _carry(state: State) -> Node:
    may, won = MOVES.on(state), score(state) == 1
    row = MOMENTS.index(state.moment)
    forget, put, out = state.weights[row]
    return shell(
        h("div", _cells(state, won), _heard(state, won), _moments(state), class_="carrying"),
        widgets.verdict(_verdict(state), won, lost=state.sent and not won),
        mission=_mission(state),
        dock=[
            controls.slider(
                say("forget gate"), forget, may.forget, printed=_gate(forget), symbol="f"
            ),
            controls.slider(say("input gate"), put, may.input, printed=_gate(put), symbol="i"),
            controls.slider(say("output gate"), out, may.output, printed=_gate(out), symbol="o"),
        ],
        go=controls.button(say("Send {n} bits", n=TESTS), may.send, primary=True),
        drawers=[
            widgets.folded(
                say("Numbers"),
                widgets.table(
                    say("How far each gate is open"),
                    [say("moment"), *(_gate_names()[gate] for gate in GATES)],
                    [
                        [_moment_names()[moment], *map(_gate, weights)]
                        for moment, weights in zip(MOMENTS, state.weights, strict=True)
                    ],
                    key="gates",
                ),
                key="numbers",
            ),
            _formulas(),
        ],
    )


def _formulas() -> Node:
    return widgets.explained(
        say("What one step does"),
        say(
            "Cell: c = f × the c before + i × what comes in. Heard outside: h = o × tanh c. A "
            "bit counts as carried when h stays within {quiet} of 0 until the last step and "
            "is at least {loud} there, on the bit's side.",
            quiet=fixed(QUIET, 1),
            loud=fixed(LOUD, 1),
        ),
        key="step",
    )


def _mission(state: State) -> Node:
    if not state.carrying:
        return widgets.progress(say("called"), int(state.called), 1, most=TESTS)
    done = int(kept(state).sum()) if state.sent else 0
    return widgets.progress(say("bits carried"), done, TESTS)


def _gate(weight: float) -> str:
    return fixed(float(sigmoid(np.array(weight))), 3)


def _gate_names() -> dict[str, str]:
    return {"forget": say("forget"), "input": say("input"), "output": say("output")}


def _moment_names() -> dict[str, str]:
    return {
        "write": say("step 1"),
        "keep": say("steps 2 to {n}", n=STEPS - 1),
        "read": say("step {n}", n=STEPS),
    }


def _fading(state: State) -> Node:
    """What the cell of the call holds, as far as it is known, and the call."""
    may, bet = MOVES.on(state), state.bet
    axes = plots.Axes((0, STEPS), (0, 1.1), height=240, left=40)
    steps, held = np.arange(1, state.shown + 1), asked(state)[: state.shown]
    at = STEPS // 2 if bet.said is None else bet.said
    told = {
        say("forget gate, half, steps shown"): np.array([_f(state), HALF, state.shown]),
        say("the call, and the truth"): np.array(
            [np.nan if bet.said is None else bet.said, truth(state) if bet.over else np.nan]
        ),
    }
    return marked(
        h(
            "div",
            plots.plot(
                axes,
                plots.rule(axes, y=HALF),
                plots.curve(axes, steps, held, "cell"),
                plots.scatter(axes, steps, held, "cell", name=say("cell (step, c)")),
                plots.rule(axes, x=bet.said, class_="called") if bet.said is not None else None,
                controls.handle(
                    say("the call"),
                    axes,
                    at,
                    HALF,
                    may.call,
                    said=say("step {n}", n=at),
                    along="x",
                )
                if bet.open
                else None,
                x_label=say("step"),
                y_label=say("what the cell holds"),
                label=say("What is left of the bit in the cell, step by step"),
                key="fading",
            ),
            class_="carrying",
        ),
        told,
    )


def _kind(state: State, row: int, won: bool, lost: NDArray[np.bool_] | None) -> str:
    if won:
        return "cell won"
    if lost is not None and lost[row]:
        return "cell lost"
    return "cell plus" if state.bits[row, 0] > 0 else "cell minus"


def _lines(state: State, axes: plots.Axes, values: Array, won: bool, name: str) -> Node:
    """A line for each sequence as far as it is sent; before that, one of them from end to end."""
    count = STEPS if state.fed is None else state.fed
    rows = [0] if state.fed is None else range(TESTS)
    lost = ~kept(state) if state.sent else None
    steps = np.arange(1, count + 1)
    drawn = [plots.curve(axes, steps, values[r, :count], _kind(state, r, won, lost)) for r in rows]
    shown = values[list(rows), :count]
    return marked(h("g", drawn, class_="many" if len(drawn) > 1 else "one"), {name: shown})


def _cells(state: State, won: bool) -> Node:
    axes = plots.Axes((0, STEPS + 1), (-2, 2), height=168, left=40, bottom=22)
    held, _ = run(state)
    return plots.plot(
        axes,
        plots.rule(axes, y=0),
        _lines(state, axes, held, won, say("cells c (sequence, step)")),
        plots.scatter(axes, [0], [state.old[0]], "before") if state.fed is None else None,
        y_label=say("in the cell"),
        label=say("What the cell holds, step by step"),
        key="cells",
    )


def _heard(state: State, won: bool) -> Node:
    axes = plots.Axes((0, STEPS + 1), (-1, 1), height=116, left=40, top=6, bottom=34)
    on_the_way = [1, STEPS - 1]
    _, heard = run(state)
    told = {
        say("heard from, quiet below, sent, of, carried"): np.array(
            [LOUD, QUIET, state.fed or 0, TESTS, int(kept(state).sum()) if state.sent else 0]
        ),
        say("gates f, i, o of each moment"): sigmoid(np.array(state.weights)),
    }
    return marked(
        h(
            "div",
            plots.plot(
                axes,
                plots.curve(axes, on_the_way, [QUIET, QUIET], "corridor"),
                plots.curve(axes, on_the_way, [-QUIET, -QUIET], "corridor"),
                plots.ranges(axes, [STEPS] * 2, [LOUD, -1], [1, -LOUD], "goal"),
                _lines(state, axes, heard, won, say("heard h (sequence, step)")),
                x_label=say("step"),
                y_label=say("heard"),
                label=say("What is heard outside: to be between the lines, and loud at the end"),
                key="heard",
            ),
        ),
        told,
    )


def _moments(state: State) -> Node:
    """A button for each moment, with its three gates as bars: full is open."""
    may = MOVES.on(state).moment
    return h(
        "div",
        [
            controls.tile(
                may(moment),
                h("span", _moment_names()[moment], class_="moment-name"),
                [
                    h(
                        "span",
                        h(
                            "span",
                            class_="moment-gate",
                            style=f"--open:{100 * float(sigmoid(np.array(weight))):.0f}%",
                        ),
                        class_="moment-row",
                        data_gate=gate[0],
                        key=gate,
                    )
                    for gate, weight in zip(GATES, weights, strict=True)
                ],
                look="moment",
                pressed=moment == state.moment,
                name=say(
                    "{moment}: forget {f}, input {i}, output {o}",
                    moment=_moment_names()[moment],
                    f=_gate(weights[0]),
                    i=_gate(weights[1]),
                    o=_gate(weights[2]),
                ),
                key=moment,
            )
            for moment, weights in zip(MOMENTS, state.weights, strict=True)
        ],
        class_="moments",
        role="group",
        aria_label=say("Whose gates to set"),
        key="moments",
    )


def _verdict(state: State) -> str:
    if state.carrying:
        return _verdict_carry(state)
    bet = state.bet
    if bet.running:
        return say("Step {n} of {total}.", n=state.shown, total=STEPS)
    if bet.open:
        return say(
            "The forget gate is {f}: that share of the cell stays at each step. Nothing else comes "
            "in.",
            f=fixed(_f(state), 3),
        )
    right = truth(state)
    if hit(state):
        return say(
            "Called: {f} to the power of {k} is {left}. Now carry a bit over all {n} steps.",
            f=fixed(_f(state), 3),
            k=right - 1,
            left=fixed(float(asked(state)[right - 1])),
            n=STEPS,
        )
    return say(
        "Not quite: it is step {n}. Half is gone after about 0.7 ÷ (1 − f) steps.",
        n=right,
    )


def _verdict_carry(state: State) -> str:
    if state.sending:
        return say("Step {n} of {total}.", n=state.fed or 0, total=STEPS)
    if not state.sent:
        return say(
            "The cell holds something old (the dot). Choose a moment and set its gates: wipe, "
            "write, keep, and let it be heard at the end only."
        )
    count = int(kept(state).sum())
    if count == TESTS:
        return say("All {n} bits arrive, and nobody heard them on the way.", n=TESTS)
    return say("{n} of {total} carried. {reason}", n=count, total=TESTS, reason=_reason(state))


def _reason(state: State) -> str:
    """What goes wrong first along the way of the bits that are lost."""
    held, heard = run(state)
    (_, write, _), (keep, let, _), (_, late, _) = sigmoid(np.array(state.weights)).tolist()
    side = state.bits[:, 0]
    lost = ~kept(state)
    if (held[lost, 0] * side[lost] < HALF).any():
        if write < HALF + QUIET:
            return say("At step 1 the bit hardly gets in: open the input gate there.")
        return say("The old is still in the cell at step 1: shut the forget gate there.")
    written, arriving = held[lost, 0] * side[lost], held[lost, -2] * side[lost]
    if (arriving < ENOUGH).any() or let > QUIET:
        faded = written * (1 - keep ** (STEPS - 2))
        if faded.max() > (written - faded - arriving).max():
            return say(
                "The bit fades: {left} of it is left at step {n}. Open forget wider on the way.",
                left=percent(keep ** (STEPS - 2)),
                n=STEPS - 1,
            )
        return say("Distractors get into the cell: shut the input gate wider on the way.")
    if np.abs(heard[lost, :-1]).max() > QUIET:
        return say("It is heard too early: shut the output gate until the last step.")
    if (held[lost, -1] * side[lost] < ENOUGH).any() or late > HALF:
        return say("It is lost at the last step: keep forget open and input shut there too.")
    return say("It is in the cell, but not heard: open the output gate at the last step.")


def describe(state: State) -> str:
    """The call, or the gates and how the sending stands."""
    if not state.carrying:
        return say(
            "Forget gate {f}. Shown up to step {n}; the cell holds {c}. Call: {call}. {verdict}",
            f=fixed(_f(state), 3),
            n=state.shown,
            c=fixed(float(asked(state)[state.shown - 1])),
            call=state.bet.told(lambda step: say("step {n}", n=step)) or say("none yet"),
            verdict=_verdict(state),
        )
    held, heard = run(state)
    return say(
        "Gates forget, input, output. Step 1: {write}. Between: {keep}. Step {n}: {read}. Setting "
        "those of {moment}. At the end the first cell holds {c} and {h} is heard. {verdict}",
        write=", ".join(map(_gate, state.weights[0])),
        keep=", ".join(map(_gate, state.weights[1])),
        read=", ".join(map(_gate, state.weights[2])),
        n=STEPS,
        moment=_moment_names()[state.moment],
        c=fixed(float(held[0, -1])),
        h=fixed(float(heard[0, -1])),
        verdict=_verdict(state),
    )
