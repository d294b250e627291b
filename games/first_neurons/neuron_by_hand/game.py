"""One Neuron by Hand: call the answer before it is worked out, then set the weights yourself.

The worked example of Level 1: z = w₁ x₁ + w₂ x₂ + b, y = 1 / (1 + e⁻ᶻ). Three rounds: on which
side of one half is y, on a sunny day with wind of force 3, which make 0.7 and then 0.668; where is
y, for other numbers; and which weights bring y to an aim. Only then does the neuron work it out,
step by step; a miss is asked again. With numbers of one's own there is nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit
from games.moves import Dial, Offer, Parts, Pick, Press, Switch, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import MINUS, fixed, plain, short
from games.ui.shell import shell
from games.words import say, word
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

X_REACH, REACH, STEP = 20.0, 10.0, 0.1
"""Inputs go from -X_REACH to X_REACH, weights and bias from -REACH to REACH."""
EDITION = 3
DECIMALS = 2
"""What is typed keeps so many decimals, so that products are exact in twice as many."""
TICKS_PER_SECOND = 2
ROUNDS = ("side", "value", "build")
NEAR, CLOSE = 0.1, 0.04
"""So near to y counts where it is called, and so near to the aim where it is made."""
AIMS = (1, 2)
"""The sums that the last round asks for, each by what the sigmoid makes of it."""

LEARNT = word(
    "The sign of the sum decides on which side of one half the answer is, and its size how near to "
    "0 or 1. A sum of 2 makes 0.88 already, and one of −2 makes 0.12."
)
_X, _WEIGHT = Dial(-X_REACH, X_REACH, 0.01), Dial(-REACH, REACH, 0.01)
PARAMS = {
    "x1": Param(_X, 1.0, "First input"),
    "x2": Param(_X, 3.0, "Second input"),
    "w1": Param(_WEIGHT, 0.8, "Weight of the first input"),
    "w2": Param(_WEIGHT, -0.2, "Weight of the second input"),
    "b": Param(_WEIGHT, 0.5, "Bias"),
}
STEPS = 5
"""Two products, their sum with the bias, a power of e, and the answer."""


def _open(asked: str) -> Any:
    """Whether this round waits for its answer."""
    return lambda state: not state.own and state.bet.open and state.asked == asked


def _own(state: Any) -> bool:
    return bool(state.own)


def _own_steps(state: Any) -> bool:
    return bool(state.own and state.done < STEPS)


MOVES = moves(
    x=Parts(_own, input=Dial(0, 1), to=_X),
    w=Parts(_own, input=Dial(0, 1), to=_WEIGHT),
    b=Dial(-REACH, REACH, 0.01, when=_own),
    draw=Press(when=_own),
    guess=Pick(
        "yes",
        "no",
        when=lambda state: (_own_steps(state) and state.bet.open) or _open("side")(state),
    ),
    step=Press(when=_own_steps),
    all=Press(when=_own_steps),
    value=Dial(0, 1, 0.01, when=_open("value")),
    turn=Parts(_open("build"), input=Dial(0, 1), to=Dial(-2, 2, 0.1)),
    run=Press(when=lambda state: not state.own and state.bet.ready),
    next=Press(when=lambda state: not state.own and state.bet.over),
    own=Switch(),
)


@dataclass
class State:
    """One neuron and its two inputs, how many steps are done, and what the learner expects.

    Of the rounds, whose chance is the `dice`, one is `asked` and `won` are won. Its `day` is x,
    then w₁, w₂ and b; `aim` is the sum that the last one asks for. `own` says that the numbers are
    the learner's.
    """

    rng: np.random.Generator
    dice: np.random.Generator
    network: Sequential
    dense: Dense
    x: Array
    day: tuple[float, ...]
    done: int = 0
    bet: Bet[Any] = field(default_factory=Bet)
    asked: str = ROUNDS[0]
    won: int = 0
    aim: int = AIMS[-1]
    own: bool = False


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
    x = np.round([[x1, x2]], DECIMALS)
    dice = np.random.default_rng([seed, STEPS])
    return State(rng, dice, network, dense, x, (*x[0].tolist(), *network.theta.tolist()))


def update(state: State, move: str, *values: Any) -> None:
    """What is expected, and the steps; numbers of the learner's own, or five that are drawn."""
    before = _given(state)
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
            state.done = 0
            state.bet.again()
        case "guess" | "value", said:
            state.bet.place(said)
        case "turn", i, v:
            state.dense.W[i, 0] = v
            state.bet.place("turned")
        case ("step" | "all" as how,):
            state.bet.begin()
            state.done = STEPS if how == "all" else state.done + 1
            if state.done == STEPS:
                state.bet.settle()
        case ("run",):
            state.bet.begin()
            state.done = 1
        case ("next",):
            _go_on(state)
        case "own", on:
            if state.bet.over and not state.own and right(state):
                _go_on(state)
            state.own = on
            _begin(state)
    if move in ("x", "w", "b") and _given(state) != before:
        state.bet.reopen()  # a guess was about the numbers there were


def tick(state: State) -> bool:
    """One step of a round's arithmetic; the last one says whether it is won."""
    if state.own or not state.bet.running:
        return False
    state.done += 1
    if state.done == STEPS:
        state.bet.settle()
        state.won += right(state)
    return True


def _go_on(state: State) -> None:
    """The next round with another day; after a miss the same kind again.

    Whoever has missed the aim goes on from where the weights are.
    """
    if state.asked == "build" and not right(state):
        state.done = 0
        state.bet.again()
        return
    state.won %= len(ROUNDS)
    state.asked = ROUNDS[state.won]
    state.day = _drawn(state)
    _begin(state)


def _begin(state: State) -> None:
    """The numbers of the day, and nothing said or done."""
    state.x[0], state.network.theta[:] = state.day[:2], state.day[2:]
    state.done = 0
    state.bet.again()


def _drawn(state: State) -> tuple[float, ...]:
    """A day that can be done in the head, clearly on one side of one half, or off the aim."""
    state.aim = int(state.dice.choice(AIMS))
    while True:
        x = state.dice.integers(1, 4, size=2) * state.dice.choice([-1, 1], size=2)
        w = np.round(state.dice.uniform(-1, 1, size=2), 1)
        b = float(np.round(state.dice.uniform(-0.9, 0.9), 1))
        z = float(x @ w + b)
        if state.asked == "build" and abs(z - state.aim) > 1:
            return (*x.tolist(), *w.tolist(), b)
        if state.asked != "build" and 0.3 <= abs(z) <= 3:
            return (*x.tolist(), *w.tolist(), b)


def _given(state: State) -> list[float]:
    """x₁, x₂, w₁, w₂ and b."""
    return [*state.x[0].tolist(), *state.network.theta.tolist()]


def answer(state: State) -> tuple[float, float]:
    """The weighted sum z and the answer y, by the engine."""
    _, z, y = state.network.activations(state.x)
    return float(z[0, 0]), float(y[0, 0])


def aim(state: State) -> float:
    """What y is to be in the last round."""
    return float(Sigmoid().function(np.array(float(state.aim))))


def right(state: State) -> bool:
    """Whether what was said or made came true."""
    _, y = answer(state)
    match state.asked:
        case "side":
            return bool((state.bet.said == "yes") == (y > 0.5))
        case "value":
            return state.bet.said is not None and abs(state.bet.said - y) <= NEAR + 1e-9
        case _:
            return abs(y - aim(state)) <= CLOSE


def score(state: State) -> float | None:
    """The share of the rounds won; None with numbers of one's own."""
    return None if state.own else state.won / len(ROUNDS)


def view(state: State) -> Node:
    """The neuron as far as its numbers have come, and what the next step needs."""
    may, over, won = MOVES.on(state), state.done == STEPS, score(state) == 1
    lost = state.bet.over and not state.own and not right(state)
    return shell(
        _picture(state),
        widgets.verdict(_verdict(state), won, lost=lost, key="verdict"),
        mission=widgets.progress(say("steps"), state.done, STEPS)
        if state.own
        else widgets.progress(say("rounds won"), state.won, len(ROUNDS)),
        dock=_own_dock(state) if state.own else _question(state),
        go=_own_go(state, over) if state.own else _go(state),
        drawers=[
            widgets.folded(say("Every step so far"), _told(state), key="steps")
            if state.done
            else None,
            None
            if state.own
            else widgets.folded(say("What the bend makes of a sum"), _bend(), key="bend"),
            widgets.row(
                controls.button(
                    say("Back to the rounds") if state.own else say("Numbers of your own"),
                    may.own(not state.own),
                )
            ),
        ],
    )


def _picture(state: State) -> Node:
    """The neuron; in the last round with the glow that is asked for."""
    z, y = answer(state)
    w, over = state.dense.W[:, 0], state.done == STEPS
    build = not state.own and state.asked == "build"
    return marked(
        diagrams.neuron(
            state.x[0].tolist(),
            w.tolist(),
            float(state.dense.b[0]),
            z,
            y,
            target=aim(state) if build else None,
            won=score(state) == 1,
            largest=max(1.0, float(np.abs(w).max())),
            label=say("The neuron"),
            done=min(state.done, 2) + (state.done > 2) + over,
        ),
        _known(state),
    )


def _question(state: State) -> list[Child]:
    """What takes the answer to the question of the round."""
    may, w = MOVES.on(state), state.dense.W[:, 0]
    match state.asked:
        case "side":
            label = say("Will y be above ½?")
            return [controls.choice(label, _side, state.bet.said, may.guess, key="side")]
        case "value":
            said = state.bet.said
            return [controls.slider(say("y will be"), said, may.value, at=0.5, symbol="y")]
        case _:
            turned = controls.sliders("w", w, may.turn, lambda i: say("weight {i}", i=i))
            return [*turned]


def _go(state: State) -> Node:
    """Work it out; then the next round, or the same once more."""
    may = MOVES.on(state)
    more = say("Once more")
    if right(state):
        more = say("Play again") if state.won == len(ROUNDS) else say("Next round")
    elif state.asked == "build":
        more = say("Turn them again")
    return commit(state.bet, say("Work it out"), may.run, may.next, more=more)


def _own_dock(state: State) -> list[Child]:
    """A guess, and a field for each number."""
    may = MOVES.on(state)
    return [
        None
        if state.done == STEPS
        else controls.choice(
            say("Your guess: will y be above ½?"), _side, state.bet.said, may.guess
        ),
        _fields(state),
    ]


def _own_go(state: State, over: bool) -> Node:
    may = MOVES.on(state)
    return widgets.row(
        controls.button(say("Other numbers"), may.draw, primary=True)
        if over
        else controls.button(say("Next step"), may.step, primary=True),
        None if over else controls.button(say("All steps"), may.all),
    )


def _told(state: State) -> Node:
    """The steps taken, line by line."""
    return h(
        "ol",
        [
            h("li", h("span", says, class_="hand-says"), widgets.verbatim(line), data_symbol=symbol)
            for says, line, symbol in _steps(state)[: state.done]
        ],
        class_="hand-steps",
    )


def _bend() -> Node:
    """The sigmoid at a few sums."""
    z = np.arange(-4.0, 5.0)
    y = Sigmoid().function(z)
    return marked(
        widgets.table(
            say("A sum z, and the answer y that the sigmoid makes of it"),
            ("z", "y"),
            [[fixed(a, 0), fixed(b)] for a, b in zip(z.tolist(), y.tolist(), strict=True)],
            symbols=("z", "y"),
        ),
        {say("sums and their answers (z, y)"): np.stack([z, y], axis=1)},
    )


def describe(state: State) -> str:
    """Every step of the arithmetic that was taken, in words."""
    numbers = [
        f"{name} = {plain(value)}"
        for name, value in zip(("x₁", "x₂", "w₁", "w₂", "b"), _given(state), strict=True)
    ]
    steps = [f"{says}: {line}" for says, line, _ in _steps(state)[: state.done]]
    told = ". ".join([say("The numbers: {numbers}", numbers=", ".join(numbers)), *steps])
    if state.bet.said is not None and state.bet.said != "turned" and not state.bet.over:
        told = f"{told}. {say('You say: {side}', side=_saying(state.bet.said))}"
    if state.own:
        return f"{told}." if 0 < state.done < STEPS else f"{told}. {_verdict(state)}"
    return say(
        "{n} of {total} rounds won. {told}. {verdict}",
        n=state.won,
        total=len(ROUNDS),
        told=told,
        verdict=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """The rounds that are left, each with what is true of the day it then is."""
    if state.bet.running and not state.own:
        yield ("own", True)
    if state.own:
        yield ("own", False)
    while state.won < len(ROUNDS):
        if state.bet.over:
            yield ("next",)
        _, y = answer(state)
        match state.asked:
            case "side":
                yield ("guess", "yes" if y > 0.5 else "no")
            case "value":
                yield ("value", round(y, 2))
            case _:
                yield from (("turn", i, v) for i, v in enumerate(_turned(state)))
        yield ("run",)


def _turned(state: State) -> tuple[float, float]:
    """The two weights on the sliders' grid that bring the sum nearest to the aim."""
    grid = np.round(np.arange(-20, 21) / 10, 1)
    one, two = np.meshgrid(grid, grid, indexing="ij")
    z = state.x[0, 0] * one + state.x[0, 1] * two + float(state.dense.b[0])
    off = np.abs(z - state.aim) + 0.01 * (np.abs(one) + np.abs(two))
    i, j = np.unravel_index(off.argmin(), off.shape)
    return float(grid[i]), float(grid[j])


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    z, _ = answer(state)
    match move:
        case "guess":
            return say("The sum decides: above 0 the answer is above one half.")
        case "value":
            return say("The sum is {z}; look up what the bend makes of it.", z=plain(z))
        case "turn":
            return say("The sum is to be {z}: so much is missing.", z=plain(float(state.aim)))
        case _:
            return ""


# --- words ----------------------------------------------------------------------------------------


_NAMES = (("w₁", "x₁"), ("w₂", "x₂"))


def _side(guess: str) -> str:
    return say("yes") if guess == "yes" else say("no")


def _saying(said: Any) -> str:
    return _side(said) if isinstance(said, str) else fixed(said)


def _known(state: State) -> dict[str, Any]:
    """The numbers given, and what the steps have made of them so far."""
    w, (z, y) = state.dense.W[:, 0], answer(state)
    known: dict[str, Any] = {say("inputs x"): state.x[0], say("weights w"): w}
    known[say("bias b")] = state.dense.b
    if state.done:
        known[say("products w x")] = (w * state.x[0])[: state.done]
    made = [(say("weighted sum z"), z), (say("e to the −z"), np.exp(-z)), (say("output y"), y)]
    return known | {name: [value] for name, value in made[: max(state.done - 2, 0)]}


def _fields(state: State) -> Node:
    """A field for each number of the learner's own."""
    may, w = MOVES.on(state), state.dense.W[:, 0]
    return h(
        "div",
        [
            [
                _field(xi, say("input {i}", i=i + 1), state.x[0, i], may.x(i)),
                _field(wi, say("weight {i}", i=i + 1), w[i], may.w(i)),
            ]
            for i, (wi, xi) in enumerate(_NAMES)
        ],
        _field("b", say("bias"), float(state.dense.b[0]), may.b),
        class_="hand-fields",
        key="fields",
    )


def _verdict(state: State) -> str:
    """What was done last; before the first step the question, after the last what decides."""
    if state.done == STEPS:
        return _own_end(state) if state.own else _end(state)
    if state.done:
        says, line, _ = _steps(state)[state.done - 1]
        return say("{step}: {line}.", step=says, line=line)
    if state.own or state.asked == "side":
        return say("Multiply, add, bend. Look at the numbers: will the answer be above one half?")
    if state.asked == "value":
        return say(
            "Where will the answer be, within {near}? A sum of 0 makes one half, of 1 it makes "
            "{one}, of −1 {less}.",
            near=fixed(NEAR, 1),
            one=fixed(_bent(1)),
            less=fixed(_bent(-1)),
        )
    return say(
        "Turn both weights until the answer will be {aim}, within {close}. Which sum does that "
        "take? The bias stays.",
        aim=fixed(aim(state)),
        close=fixed(CLOSE),
    )


def _bent(z: float) -> float:
    return float(Sigmoid().function(np.array(float(z))))


def _own_end(state: State) -> str:
    """Whether the guess was right, and what decides."""
    _, y = answer(state)
    side = say("y is {y}: yes.", y=fixed(y, 3)) if y > 0.5 else say("y is {y}: no.", y=fixed(y, 3))
    if state.bet.said is None:
        return say("{answer} The sign of the sum decides. Change a number and watch.", answer=side)
    if (state.bet.said == "yes") == (y > 0.5):
        return say("{answer} Called it! The sign of the sum decides.", answer=side)
    return say("{answer} Not what you said: look at the sign of the sum.", answer=side)


def _end(state: State) -> str:
    """How the round went, and why."""
    z, y = answer(state)
    hit, told = right(state), {"z": plain(z), "y": fixed(y)}
    match state.asked:
        case "side" if hit:
            return say("Called it! The sum is {z}, and its sign decides: y is {y}.", **told)
        case "side":
            return say("Not this time. The sum is {z}, and its sign decides: y is {y}.", **told)
        case "value":
            told |= {"said": _saying(state.bet.said)}
            if hit:
                return say("Called it! The sum {z} makes {y}, and you said {said}.", **told)
            return say(
                "The sum {z} makes {y}, and you said {said}. First the sign, then how far from 0.",
                **told,
            )
        case _:
            if hit:
                return say("Right: your weights made {z}, and the bend makes {y} of it.", **told)
            told |= {"aim": fixed(aim(state)), "wanted": plain(float(state.aim))}
            if y < aim(state):
                return say("Too dark: your sum {z} makes {y}. It takes {wanted} for {aim}.", **told)
            return say("Too bright: your sum {z} makes {y}. It takes {wanted} for {aim}.", **told)


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
