"""What One Cell Sees: predict how far down a stack of layers one cell looks, then paint it back.

The layers are the engine's convolutions, every weight the same. One cell of the last map is lit;
what it is computed from is where its gradient is not 0. Below, the stack is cut open along one
side: as every weight is 1 there, the gradient counts the ways from a dot to the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts import bet as bets
from games.concepts.bet import Bet
from games.moves import Dial, Pick, Place, Press, moves
from games.ui import controls, inputs, widgets
from games.ui.node import h
from games.ui.panes import sheet
from games.ui.pixels import picture
from games.ui.shell import shell
from games.vision._field import Window, rows, section, width
from games.words import say, word
from pycore import images
from pycore.arrays import Array
from pycore.convolution import Conv2D, Windows
from pycore.initializers import constant

INPUTS = 47
"""Dots along a side of the picture."""
WIDEST = 31
"""Dots that a cell sees at most, so that even the smallest last map has some cells."""
DEEPEST = 4
KINDS = ("plain", "stride", "dilation")

LEARNT = word(
    "Each layer adds its window less one, times its dilation and all strides before it. The "
    "middle is seen in many ways, the edge in one."
)
MOVES = moves(
    guess=Dial(1, INPUTS, 2, when=lambda state: state.bet.open),
    paint=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
    look=Place(
        Dial(0, lambda state: cells(state) - 1),
        Dial(0, lambda state: cells(state) - 1),
        when=lambda state: state.bet.over,
    ),
    layers=Dial(1, lambda state: deepest(state)),
    size=Pick(3, 5),
    stride=Pick(1, 2),
    dilation=Pick(1, 2),
)


@dataclass
class State:
    """The stack, the cell that is looked at, and the bet on what it sees.

    `called` holds the kinds of stacks that were rightly predicted.
    """

    rng: np.random.Generator
    drawing: Array
    layers: int = 2
    size: int = 3
    stride: int = 1
    dilation: int = 1
    at: tuple[int, int] = (0, 0)
    bet: Bet[int] = field(default_factory=Bet)
    called: set[str] = field(default_factory=set)

    @property
    def windows(self) -> list[Window]:
        """Every layer's window."""
        return [Window(self.size, self.stride, self.dilation)] * self.layers


def init(seed: int) -> State:
    """A drawing, and a plain stack over it."""
    rng = np.random.default_rng(seed)
    digit = images.DIGITS[int(rng.integers(10))]
    state = State(rng, _drawn(digit))
    _deal(state, "plain")
    return state


@cache
def _drawn(digit: str) -> Array:
    return images.glyph(digit, INPUTS)


def _deal(state: State, which: str) -> None:
    """Another stack of this kind."""
    state.stride = 2 if which == "stride" else 1
    state.dilation = 2 if which == "dilation" else 1
    state.size = int(state.rng.choice([3, 5]))
    state.layers = int(state.rng.integers(2, deepest(state) + 1))
    _middle(state)


def _middle(state: State) -> None:
    state.at = (cells(state) // 2,) * 2


def update(state: State, move: str, *values: Any) -> None:
    """The bet, the cell that is looked at, and the stack."""
    match move, *values:
        case "guess", dots:
            state.bet.place(dots)
        case ("paint",):
            state.bet.begin()
            state.bet.settle()
            if state.bet.said == width(state.windows) and (which := kind(state)):
                state.called.add(which)
        case ("again",):
            state.bet.again()
            left = [which for which in KINDS if which not in state.called]
            _deal(state, left[0] if left else str(state.rng.choice(KINDS)))
        case "look", column, row:
            state.at = (column, row)
        case ("layers" | "size" | "stride" | "dilation") as which, n:
            setattr(state, which, n)
            state.layers = min(state.layers, deepest(state))
            state.bet.reopen()
            _middle(state)


def deepest(state: State) -> int:
    """How many layers of this kind the picture is large enough for."""
    one = Window(state.size, state.stride, state.dilation)
    return max(n for n in range(1, DEEPEST + 1) if width([one] * n) <= WIDEST)


def kind(state: State) -> str | None:
    """Which kind of stack it is; one that is none of them counts for nothing."""
    if state.layers < 2 or (state.stride, state.dilation) == (2, 2):
        return None
    return "stride" if state.stride == 2 else "dilation" if state.dilation == 2 else "plain"


def _network(state: State) -> list[Conv2D]:
    even = constant(1 / state.size**2)
    return [
        Conv2D(1, 1, w.size, w.stride, dilation=w.dilation, weights=even, rng=0)
        for w in state.windows
    ]


def cells(state: State) -> int:
    """Cells along a side of the last map."""
    n = INPUTS
    for w in state.windows:
        (n,) = Windows("cells", (w.size,), w.stride, 0, w.dilation).out((n,))
    return n


def painted(state: State) -> tuple[Array, Array]:
    """The last map, and the gradient of its chosen cell by each dot of the picture."""
    network = _network(state)
    y = state.drawing[None, :, :, None]
    for layer in network:
        y = layer.forward(y)
    dy = np.zeros_like(y)
    column, row = state.at
    dy[0, row, column, 0] = 1.0
    for layer in reversed(network):
        dy = layer.backward(dy)
    return y[0, :, :, 0], dy[0, :, :, 0]


def score(state: State) -> float:
    """1 once it was rightly predicted for each kind of stack."""
    return len(state.called) / len(KINDS)


def solution(state: State) -> Iterator[Message]:
    """Predict each stack that is dealt."""
    while score(state) < 1:
        if state.bet.over:
            yield ("again",)
        if kind(state) is None or kind(state) in state.called:
            yield from _rebuilt(state)
        yield ("guess", width(state.windows))
        yield ("paint",)


def _rebuilt(state: State) -> Iterator[Message]:
    """The moves that make of this stack one which is not called yet."""
    which = next(which for which in KINDS if which not in state.called)
    yield ("stride", 2 if which == "stride" else 1)
    yield ("dilation", 2 if which == "dilation" else 1)
    yield ("size", 3)
    yield ("layers", 2)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    if move == "guess":
        return say("Each layer adds its window less one, as far apart as its cells are: {sum}.",
                   sum=_sum(state))  # fmt: skip
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The last map and the picture, the stack cut open below them, and the bet."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    truth = width(state.windows)
    hit = bet.over and bet.said == truth
    return shell(
        _board(state, won),
        widgets.verdict(_verdict(state), won and not bet.open, lost=bet.over and not hit),
        mission=widgets.progress(say("kinds of stack called"), len(state.called), len(KINDS)),
        dock=[
            bets.slip(
                bet,
                say("How many dots does the lit cell see, along one side?"),
                controls.slider(say("dots"), bet.said, may.guess, key="guess"),
                said=None if bet.said is None else str(bet.said),
                truth=str(truth) if bet.over else None,
                hit=hit if bet.over else None,
            )
        ],
        go=bets.commit(
            bet,
            say("Paint it back") if bet.ready else None,
            may.paint,
            may.again,
            more=say("Next stack"),
        ),
        drawers=[
            widgets.folded(
                say("Build your own stack"),
                controls.stepper(say("layers"), state.layers, may.layers),
                controls.choice(say("window"), lambda n: f"{n} × {n}", state.size, may.size),
                controls.choice(say("stride"), str, state.stride, may.stride),
                controls.choice(say("dilation"), str, state.dilation, may.dilation),
                widgets.hint(
                    say(
                        "The stride is how far the window moves at a time, the dilation how far "
                        "apart the cells under it are. All layers are alike. A cell may see at "
                        "most {widest} dots here.",
                        widest=WIDEST,
                    )
                ),
                key="build",
            )
        ],
    )


def describe(state: State) -> str:
    """The stack, the cell that is looked at, the prediction and what is true."""
    column, row = state.at
    return say(
        "{stack} Lit is the cell of the last map in column {column}, row {row}. Predicted: "
        "{guess}. Called so far: {called} of 3. {verdict}",
        stack=_stack(state),
        column=column + 1,
        row=row + 1,
        guess=state.bet.told(str) or say("nothing yet"),
        called=len(state.called),
        verdict=_verdict(state),
    )


def _board(state: State, won: bool) -> Node:
    """The last map, the picture with what the cell sees of it, and the stack cut open."""
    last, seen = painted(state)
    over = state.bet.over
    column, _ = state.at
    return h(
        "div",
        sheet(
            say("last map"),
            inputs.pad(
                say("last map"),
                last,
                MOVES.on(state).look,
                at=state.at,
                largest=float(last.max()),
                name=say("last map"),
            ),
            h(
                "svg",
                h("rect", x=state.at[0], y=state.at[1], width=1, height=1),
                viewBox=f"0 0 {len(last)} {len(last)}",
                class_="field-at",
                aria_hidden="true",
            ),
        ),
        sheet(
            say("picture"),
            picture(state.drawing, "ink", say("picture"), largest=1.0),
            picture(seen, "signed", say("what the cell sees"), name=say("gradient of the cell"))
            if over
            else None,
        ),
        section(rows(state.windows, INPUTS, column), over),
        class_="field won" if won and over else "field",
    )


def _stack(state: State) -> str:
    """The stack in words."""
    n, size = state.layers, state.size
    match state.stride, state.dilation:
        case 1, 1:
            return say.count(
                "{n} layer of {size} × {size}.", "{n} layers of {size} × {size}.", n, size=size
            )
        case 2, 1:
            return say.count(
                "{n} layer of {size} × {size}, which moves two cells at a time (stride 2).",
                "{n} layers of {size} × {size}, each moving two cells at a time (stride 2).",
                n,
                size=size,
            )
        case 1, 2:
            return say.count(
                "{n} layer of {size} × {size}, looking at every second cell (dilation 2).",
                "{n} layers of {size} × {size}, each looking at every second cell (dilation 2).",
                n,
                size=size,
            )
    return say.count(
        "{n} layer of {size} × {size}, stride 2 and dilation 2.",
        "{n} layers of {size} × {size}, stride 2 and dilation 2.",
        n,
        size=size,
    )


def _sum(state: State) -> str:
    """1 + 2 + 4 = 7: what each layer adds."""
    seen = [width(state.windows[:n]) for n in range(state.layers + 1)]
    parts = [1, *np.diff(seen).tolist()]
    return f"{' + '.join(map(str, parts))} = {seen[-1]}"


def _verdict(state: State) -> str:
    """The stack, and once it is painted what each layer has added."""
    stack = _stack(state)
    if not state.bet.over:
        return say(
            "{stack} One cell of the last map is lit. How wide is the piece of the picture that "
            "can change it?",
            stack=stack,
        )
    total = _sum(state)
    if state.bet.said == width(state.windows):
        return say("Called it: {sum}. The bluer a dot, the more ways lead to the cell.", sum=total)
    if state.stride == 2 and state.layers > 1:
        return say("{sum}. Each stride of 2 doubles what all later layers add.", sum=total)
    if state.dilation == 2:
        return say("{sum}. With a gap between its cells, a window reaches twice as far.", sum=total)
    return say(
        "{sum}. The first layer sees its window; each further one adds its window less one.",
        sum=total,
    )
