"""Pooling: shift a drawing by one cell, and predict which of its two maps will change less.

Max pooling keeps the largest number of each window, average pooling the mean; both layers are the
engine's. How much a map changes is Σ|after − before| / Σ(after + before): 0 where nothing has
changed, 1 where nothing has stayed. For averages that is never more than for the drawing itself,
because they add up what lies in a window before they compare. With max pooling a stroke may move
inside a window unseen, but a lonely dot that crosses its edge counts as much as a whole stroke.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts import bet as bets
from games.concepts.bet import Bet
from games.concepts.pen import drawing_pad, written
from games.moves import Dial, Pick, Place, Press, Switch, moves
from games.ui import controls, widgets
from games.ui.node import h, marked
from games.ui.numbers import percent
from games.ui.panes import sheet
from games.ui.pixels import picture
from games.ui.shell import shell
from games.vision._drawing import SIZE, digit, inked
from games.words import say, word
from pycore.arrays import Array
from pycore.convolution import AveragePool2D, MaxPool2D

POOLS = {"max": MaxPool2D, "average": AveragePool2D}
NAMES = {"max": word("max pooling"), "average": word("average pooling")}
SHORT = {"max": word("Max"), "average": word("Average")}
WAYS = {"right": (0, 1), "left": (0, -1), "down": (1, 0), "up": (-1, 0)}
"""Rows and columns that each way goes."""
WORDS = {"right": word("right"), "left": word("left"), "down": word("down"), "up": word("up")}
WINDOWS = (2, 5)
SPECKS = 8
"""Lonely dots in every other drawing that is dealt."""
ALIKE = 1e-9
PAPERS = {"digit": word("A digit"), "bar": word("A block"), "dots": word("A block and dots")}
BLOCK = [(column, row) for column in (2, 3, 4, 5) for row in (2, 3, 4, 5)]
"""A block that fills four windows; a shift to the right spreads it over six."""
DOTS = [(7, 0), (7, 7), (7, 9), (1, 0), (1, 8)]
"""Each alone at the right edge of its window, over which that shift takes it."""

LEARNT = word(
    "Max pooling hardly sees a stroke move inside its windows, but a lonely dot counts in full. "
    "Average pooling counts all by their ink. Neither is blind to a shift."
)
_CELL = Dial(0, SIZE - 1)
MOVES = moves(
    draw=Place(_CELL, _CELL, when=lambda state: state.bet.open),
    pen=Place(_CELL, _CELL, when=lambda state: state.bet.open),
    erase=Switch(when=lambda state: state.bet.open),
    clear=Press(when=lambda state: state.bet.open),
    paper=Pick(*PAPERS, when=lambda state: state.bet.open),
    way=Pick(*WAYS, when=lambda state: state.bet.open),
    window=Pick(*WINDOWS, when=lambda state: state.bet.open),
    guess=Pick(*POOLS, when=lambda state: state.bet.open),
    shift=Press(when=lambda state: state.bet.ready and state.drawing.any()),
    keep=Press(when=lambda state: state.bet.over),
    again=Press(when=lambda state: state.bet.over),
)


@dataclass
class State:
    """The drawing and what it was before the shift, the prediction, and the calls that came true.

    `called` are the poolings that were rightly said to change less.
    """

    rng: np.random.Generator
    drawing: Array
    before: Array
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    erase: bool = False
    way: str = "right"
    window: int = 2
    bet: Bet[str] = field(default_factory=Bet)
    called: set[str] = field(default_factory=set)
    dealt: int = 0


def init(seed: int) -> State:
    """A digit, nothing predicted."""
    rng = np.random.default_rng(seed)
    drawing = digit(rng)
    return State(rng, drawing, drawing.copy())


def update(state: State, move: str, *values: Any) -> None:
    """The pen, the prediction, the shift, and another round."""
    if written(state, move, *values):
        return
    match move, *values:
        case "paper", name:
            state.drawing = _paper(state.rng, name)
        case "way", name:
            state.way = name
        case "window", n:
            state.window = n
        case "guess", name:
            state.bet.place(name)
        case ("shift",):
            state.bet.begin()
            state.before = state.drawing
            state.drawing = moved(state.drawing, state.way)
            state.bet.settle()
            less = stiller(state)
            if less is not None and less == state.bet.said:
                state.called.add(less)
        case ("keep",):
            state.bet.again()
        case ("again",):
            state.bet.again()
            state.drawing = _dealt(state)


def _dealt(state: State) -> Array:
    """Another digit, every other time among lonely dots."""
    state.dealt += 1
    drawing = digit(state.rng)
    if state.dealt % 2:
        for _ in range(SPECKS):
            row, column = state.rng.integers(1, SIZE - 1, 2)
            if not drawing[row - 1 : row + 2, column - 1 : column + 2].any():
                drawing[row, column] = 1.0
    return drawing


def _paper(rng: np.random.Generator, name: str) -> Array:
    """A ready-made drawing."""
    if name == "digit":
        return digit(rng)
    drawing = np.zeros((SIZE, SIZE))
    for column, row in [*BLOCK, *(DOTS if name == "dots" else [])]:
        drawing[row, column] = 1.0
    return drawing


def moved(drawing: Array, way: str) -> Array:
    """The drawing one cell further; what goes over the edge is gone."""
    down, right = WAYS[way]
    wide = np.pad(drawing, 1)
    return wide[1 - down : 1 - down + SIZE, 1 - right : 1 - right + SIZE].copy()


def pooled(drawing: Array, name: str, window: int) -> Array:
    """What a pooling makes of a drawing: one number for each window."""
    layer = POOLS[name](window)
    return layer.forward(drawing[None, :, :, None])[0, :, :, 0]


def change(before: Array, after: Array) -> float:
    """How much of a map has changed, from 0 to 1."""
    total = float((before + after).sum())
    return float(np.abs(after - before).sum()) / total if total else 0.0


def changes(state: State) -> dict[str, float]:
    """How much the last shift has changed each of the two maps."""
    found = {}
    for name in POOLS:
        before, after = (pooled(d, name, state.window) for d in (state.before, state.drawing))
        found[name] = change(before, after)
    return found


def stiller(state: State) -> str | None:
    """The pooling whose map has changed less; None where both have alike."""
    found = changes(state)
    if abs(found["max"] - found["average"]) < ALIKE:
        return None
    return min(found, key=found.__getitem__)


def score(state: State) -> float:
    """1 once each of the two was rightly called."""
    return len(state.called) / len(POOLS)


def view(state: State) -> Node:
    """The drawing with its two maps, what has changed of each, and the prediction."""
    may, won, over = MOVES.on(state), score(state) == 1, state.bet.over
    hit = over and stiller(state) == state.bet.said
    return shell(
        _board(state),
        widgets.verdict(_verdict(state), won, lost=over and not hit),
        mission=widgets.progress(say("a right call for each"), len(state.called), len(POOLS)),
        dock=[
            bets.pick(
                state.bet,
                say("Shifted by one, which changes less?"),
                say("changes less"),
                lambda name: say(SHORT[name]),
                may.guess,
                stiller(state) if over else None,
                none=say("both alike"),
            ),
            controls.choice(say("Paper"), lambda name: say(PAPERS[name]), None, may.paper),
            controls.toggle(say("Rub out"), state.erase, may.erase),
        ],
        go=widgets.row(
            bets.commit(
                state.bet,
                say("Shift it {way}", way=say(WORDS[state.way])) if state.bet.said else None,
                may.shift,
                may.again,
                more=say("Another drawing"),
            ),
            controls.button(say("Draw on"), may.keep, key="side")
            if over
            else controls.button(say("Clear the paper"), may.clear, key="side"),
        ),
        drawers=[
            widgets.folded(
                say("More controls"),
                controls.choice(say("Shift it"), lambda name: say(WORDS[name]), state.way, may.way),
                controls.choice(
                    say("Windows"),
                    lambda n: say("{n} × {n}", n=n),
                    state.window,
                    may.window,
                ),
                key="more",
            ),
        ],
    )


def describe(state: State) -> str:
    """The drawing, the prediction, and what came of it."""
    return say(
        "{ink} cells of ink, the pen at column {column}, row {row}{mode}. Windows of {n} × {n}, "
        "the shift goes {way}. Predicted: {guess}. Rightly called so far: {called}. {verdict}",
        ink=inked(state.drawing),
        column=state.pen[0] + 1,
        row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        n=state.window,
        way=say(WORDS[state.way]),
        guess=say("none yet") if state.bet.said is None else say(NAMES[state.bet.said]),
        called=", ".join(say(NAMES[name]) for name in POOLS if name in state.called) or say("none"),
        verdict=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """A block for max pooling, the same among lonely dots for average pooling."""
    for name, paper in (("max", "bar"), ("average", "dots")):
        if name in state.called:
            continue
        if state.bet.over:
            yield ("keep",)
        if state.way != "right":
            yield ("way", "right")
        if state.window != 2:
            yield ("window", 2)
        yield ("paper", paper)
        yield ("guess", name)
        yield ("shift",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "guess", "max":
            return say(
                "Every window of the block keeps some ink, and so its maximum; some averages halve."
            )
        case "guess", _:
            return say("Each dot leaves its window: a whole window for max, a quarter on average.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def _board(state: State) -> Node:
    """Drawing and maps above, and below each what the shift has changed."""
    over = state.bet.over
    maps = {name: pooled(state.drawing, name, state.window) for name in POOLS}
    tops = [
        sheet(
            say("your drawing"),
            drawing_pad(state, MOVES.on(state).draw, MOVES.on(state).pen),
            _windows(state.window),
        ),
        *(
            sheet(
                say(NAMES[name]),
                picture(found, "ink", say(NAMES[name]), largest=1.0, name=say(NAMES[name])),
            )
            for name, found in maps.items()
        ),
    ]
    if over:
        before = {name: pooled(state.before, name, state.window) for name in POOLS}
        pairs = [(state.before, state.drawing), *((before[name], maps[name]) for name in POOLS)]
        found = [change(*pair) for pair in pairs]
        less = stiller(state)
        below = [
            _changed(after - old, share, name == less)
            for (old, after), share, name in zip(pairs, found, ("", *POOLS), strict=True)
        ]
        marks = {say("changed, in % (drawing, max, average)"): 100 * np.array(found)}
    else:
        ahead = moved(state.drawing, state.way)
        ghost = picture(ahead, "ink", say("the drawing shifted"), largest=1.0)
        below = [_unknown(say("shifted by one"), ghost), *(_unknown("?") for _ in POOLS)]
        marks = {}
    return marked(h("div", tops, below, class_="pooling"), marks)


def _windows(window: int) -> Node:
    """The windows' edges over the drawing."""
    lines = "".join(f"M{i} 0V{SIZE}M0 {i}H{SIZE}" for i in range(window, SIZE, window))
    return h(
        "svg",
        h("path", d=lines),
        viewBox=f"0 0 {SIZE} {SIZE}",
        class_="pooling-windows",
        aria_hidden="true",
    )


def _changed(difference: Array, share: float, less: bool) -> Node:
    told = say("changed: {share}", share=percent(share))
    drawn = picture(difference, "signed", told, largest=1.0)
    return sheet(None, drawn, below=told, class_="less" if less else "")


def _unknown(title: str, ghost: Node | None = None) -> Node:
    return sheet(None, ghost, below=title, class_="unknown")


def _verdict(state: State) -> str:
    """What the shift has changed, or what to predict."""
    if not state.bet.over:
        if not state.drawing.any():
            return say("Draw something: there is nothing here that a shift could change.")
        if state.called == {"max"}:
            return say(
                "Now find a drawing where the average changes less. What counts in full for max, "
                "and little on average?"
            )
        if state.called == {"average"}:
            return say("Now find a drawing where max changes less: what can move unseen in it?")
        return say(
            "Every window becomes one number. Draw, or take what is there, and predict: which map "
            "changes less?"
        )
    found = {name: percent(share) for name, share in changes(state).items()}
    less = stiller(state)
    if less is None:
        return say("Both changed by {share}: nobody wins. Try another drawing.", share=found["max"])
    told = {"max": found["max"], "average": found["average"]}
    hit = less == state.bet.said
    if less == "max" and hit:
        return say(
            "Called it! Max changed by {max}, the average by {average}: most strokes still touch "
            "their windows.",
            **told,
        )
    if hit:
        return say(
            "Called it! Max changed by {max}, the average by {average}: lonely dots count in full "
            "for max.",
            **told,
        )
    if less == "max":
        return say(
            "Max changed by {max}, the average by {average}: most strokes still touch their "
            "windows.",
            **told,
        )
    return say(
        "Max changed by {max}, the average by {average}: lonely dots count in full for max.", **told
    )
