"""One Neuron by Hand: say yes or no yourself, then follow the numbers step by step to the answer.

The worked example of Level 1 as a calculator: z = w₁ x₁ + w₂ x₂ + b, y = 1 / (1 + e⁻ᶻ). It opens
with a sunny day and wind of force 3, which make 0.7 and then 0.668. Of each new day the learner
may say whether y will be above one half before the steps show it. There is nothing to win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet
from games.moves import Dial, Offer, Parts, Pick, Press, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import MINUS, fixed, plain, short
from games.ui.shell import shell
from games.words import say
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

X_REACH, REACH, STEP = 20.0, 10.0, 0.1
"""Inputs go from -X_REACH to X_REACH, weights and bias from -REACH to REACH."""
EDITION = 2
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
STEPS = 5
"""Two products, their sum with the bias, a power of e, and the answer."""
MOVES = moves(
    x=Parts(input=Dial(0, 1), to=_X),
    w=Parts(input=Dial(0, 1), to=_WEIGHT),
    b=_WEIGHT,
    draw=Press(),
    guess=Pick("yes", "no", when=lambda state: state.bet.open and state.done < STEPS),
    step=Press(when=lambda state: state.done < STEPS),
    all=Press(when=lambda state: state.done < STEPS),
)


@dataclass
class State:
    """One neuron and its two inputs, how many steps are done, and what the learner expects."""

    rng: np.random.Generator
    network: Sequential
    dense: Dense
    x: Array
    done: int = 0
    bet: Bet[str] = field(default_factory=Bet)


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
    """A number of the learner's own, or five that are drawn; a guess, and the steps."""
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
        case "guess", side:
            state.bet.place(side)
        case ("step" | "all" as how,):
            state.bet.begin()
            state.done = STEPS if how == "all" else state.done + 1
            if state.done == STEPS:
                state.bet.settle()
    if move in ("x", "w", "b") and _given(state) != before:
        state.bet.reopen()  # a guess was about the numbers there were


def _given(state: State) -> list[float]:
    """x₁, x₂, w₁, w₂ and b."""
    return [*state.x[0].tolist(), *state.network.theta.tolist()]


def answer(state: State) -> tuple[float, float]:
    """The weighted sum z and the answer y, by the engine."""
    _, z, y = state.network.activations(state.x)
    return float(z[0, 0]), float(y[0, 0])


def view(state: State) -> Node:
    """The neuron as far as its numbers have come, the step just done, a field for each number."""
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    z, y = answer(state)
    may, over = MOVES.on(state), state.done == STEPS
    return shell(
        marked(
            diagrams.neuron(
                state.x[0].tolist(),
                w.tolist(),
                b,
                z,
                y,
                largest=max(1.0, float(np.abs(w).max())),
                label=say("The neuron"),
                done=min(state.done, 2) + (state.done > 2) + over,
            ),
            _known(state),
        ),
        widgets.verdict(_verdict(state), key="verdict"),
        mission=widgets.progress(say("steps"), state.done, STEPS),
        dock=[
            None
            if over
            else controls.choice(
                say("Your guess: will y be above ½?"),
                _side,
                state.bet.said,
                may.guess,
            ),
            _fields(state),
        ],
        go=widgets.row(
            controls.button(say("Other numbers"), may.draw, primary=True)
            if over
            else controls.button(say("Next step"), may.step, primary=True),
            None if over else controls.button(say("All steps"), may.all),
        ),
        drawers=[
            widgets.folded(
                say("Every step so far"),
                h(
                    "ol",
                    [
                        h(
                            "li",
                            h("span", says, class_="hand-says"),
                            widgets.verbatim(line),
                            data_symbol=symbol,
                        )
                        for says, line, symbol in _steps(state)[: state.done]
                    ],
                    class_="hand-steps",
                ),
                key="steps",
            )
            if state.done
            else None
        ],
    )


def describe(state: State) -> str:
    """Every step of the arithmetic that was taken, in words."""
    numbers = [
        f"{name} = {plain(value)}"
        for name, value in zip(("x₁", "x₂", "w₁", "w₂", "b"), _given(state), strict=True)
    ]
    steps = [f"{says}: {line}" for says, line, _ in _steps(state)[: state.done]]
    told = ". ".join([say("The numbers: {numbers}", numbers=", ".join(numbers)), *steps])
    if 0 < state.done < STEPS:
        return f"{told}."
    if state.bet.open and state.bet.said is not None:
        told = f"{told}. {say('You say: {side}', side=_side(state.bet.said))}"
    return f"{told}. {_verdict(state)}"


def solution(state: State) -> Iterator[Message]:
    """A tour: the sunny day step by step, without wind, and with a storm."""
    if state.bet.open and state.bet.said is None and state.done < STEPS:
        yield ("guess", "yes")
    while state.done < STEPS:
        yield ("step",)
    yield from (("x", 0, 1), ("w", 0, 0.8), ("w", 1, -0.2), ("b", 0.5))
    yield from (("x", 1, wind) for wind in (0, 6.5, 12))
    yield ("w", 1, 0.2)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "guess", _:
            return say("The sum decides: above 0 the answer is above one half.")
        case ("step",):
            return say("One thing after the other.")
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


def _side(guess: str) -> str:
    return say("yes") if guess == "yes" else say("no")


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
    """A field for each number."""
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
    """What was done last; at the end, whether the guess was right and what decides."""
    _, y = answer(state)
    if not state.done:
        return say("Multiply, add, bend. Look at the numbers: will the answer be above one half?")
    says, line, _ = _steps(state)[state.done - 1]
    step = say("{step}: {line}.", step=says, line=line)
    if state.done < STEPS:
        return step
    side = say("y is {y}: yes.", y=fixed(y, 3)) if y > 0.5 else say("y is {y}: no.", y=fixed(y, 3))
    if state.bet.said is None:
        return say("{answer} The sign of the sum decides. Change a number and watch.", answer=side)
    if (state.bet.said == "yes") == (y > 0.5):
        return say("{answer} Called it! The sign of the sum decides.", answer=side)
    return say("{answer} Not what you said: look at the sign of the sum.", answer=side)


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
