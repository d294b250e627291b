"""Where It Wavers: mark where the thinned networks of a small network will differ most.

The network has learned its points with dropout (`nets.py`). A bet is one place on the axis. Then
masks are drawn, one after another, each of them a thinned network, and the spread of all is
measured: the bet is good where it is at least NEAR of the widest. A wrong one begins anew. With one
hidden layer of ReLUs the square of the spread is a sum of convex functions, so it is widest at an
end of the axis, whatever the points are; the second round has two hidden layers and is widest in
its gap, and the third has labels that are noisy where the spread is not. One place for all never
wins, and neither does the gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.streak import Streak, meter
from games.moves import Dial, Press, moves
from games.regularise.where_it_wavers.nets import GRID, RATE, REACH, UNITS, Kind, Learned, learned
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.layers import Dense, Dropout

LEARNT = word(
    "A mask takes away what some units add. So networks without them differ most where units add "
    "much, and neither a gap in the points nor noisy labels need be such a place."
)
TICKS_PER_SECOND = 40
MASKS, NEAR = 160, 0.85
"""Thinned networks in a run; how wide the spread must be at the mark, as a share of the widest."""
ROUNDS: tuple[tuple[Kind, int, tuple[int, ...]], ...] = (
    ("gap", 1, (14, 15, 17, 23, 36, 48)),
    ("gap", 2, (24, 27, 28, 51, 52, 55)),
    ("noise", 2, (0, 4, 19, 20, 31, 34)),
)
"""What is learned in each round, by how many hidden layers, and the seeds to draw from: such that
the spread is clearly widest at one place."""

PARAMS = {"rounds": Param(Dial(1, 3), 3, word("Rounds in a row"))}
MOVES = moves(
    mark=Dial(-REACH, REACH, 0.1, when=lambda state: state.bet.open),
    run=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: not state.bet.open),
)


@dataclass
class State:
    """A network, where it is said to waver, and its thinned networks so far.

    Attributes:
        seed: which of its round's networks this is.
        place: which of the rounds.
        streak: rounds in a row that were called.
        curves: the thinned networks of this run on GRID, shape (MASKS, 81).
        drawn: how many of them are out.
    """

    rng: np.random.Generator
    streak: Streak
    bet: Bet[float] = field(default_factory=Bet)
    seed: int = -1
    place: int = 0
    curves: Array = field(default_factory=lambda: np.zeros((MASKS, len(GRID))))
    drawn: int = 0

    @property
    def net(self) -> Learned:
        """The network of this round."""
        kind, hidden, _ = ROUNDS[self.place]
        return learned(kind, hidden, self.seed)


def init(seed: int, rounds: int = 3) -> State:
    """The first network."""
    state = State(np.random.default_rng(seed), Streak(rounds))
    _deal(state)
    return state


def _deal(state: State) -> None:
    """Another network, not the last one."""
    state.bet.again()
    state.place, state.drawn = state.streak.now % len(ROUNDS), 0
    others = [seed for seed in ROUNDS[state.place][2] if seed != state.seed]
    state.seed = others[int(state.rng.integers(len(others)))]


def update(state: State, move: str, *values: Any) -> None:
    """The mark, the masks, the next network; a run that is left counts as a miss."""
    match move, *values:
        case "mark", x:
            state.bet.place(x)
        case ("run",):
            state.bet.begin()
            dropout = Dropout(RATE, rng=state.rng)
            masks = dropout.forward(np.ones((MASKS, UNITS)), training=True)
            last = state.net.network[-1]
            assert isinstance(last, Dense)
            state.curves = masks @ state.net.adds + last.b
        case ("next",):
            state.streak.leave(state.bet)
            _deal(state)


def tick(state: State) -> bool:
    """One more thinned network."""
    if not state.bet.running:
        return False
    state.drawn += 1
    if state.drawn == MASKS:
        state.bet.settle()
        state.streak.count(called(state))
    return True


def spread(state: State) -> Array:
    """The standard deviation of all thinned networks of this run, on GRID."""
    return np.asarray(state.curves.std(axis=0))


def at_mark(state: State) -> float:
    """The spread at the mark."""
    return float(spread(state)[np.abs(GRID - (state.bet.said or 0.0)).argmin()])


def called(state: State) -> bool:
    """Whether the spread at the mark is near the widest."""
    return at_mark(state) >= NEAR * float(spread(state).max())


def score(state: State) -> float:
    """1 once enough networks in a row were called."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """Mark where what the units add has the largest sum of squares."""
    while score(state) < 1:
        if not state.bet.open:
            yield ("next",)
        yield ("mark", round(float(GRID[state.net.spread.argmax()]), 1))
        yield ("run",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "mark", _:
            return say("There the units add the most: the sum of their squares is largest.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-REACH, REACH), (-3, 3), height=216, left=34, bottom=22)
FANS = tuple(
    plots.Axes((-REACH, REACH), (-top, top), height=136, left=34, bottom=36)
    for top in (0.5, 1.0, 1.6)
)
SHOWN = 24
"""Thinned networks that are drawn one by one: the last ones."""


def view(state: State) -> Node:
    """The points with what was learned from them, and below what each unit adds to it."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    said, missed = bet.told(_at), bet.over and not called(state)
    return shell(
        h("div", _plane(state), _fan(state), class_="wavers won" if won else "wavers"),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=meter(state.streak, say("rounds in a row")),
        dock=[
            slip(
                bet,
                say("Where will the thinned networks differ most?"),
                controls.slider("x", bet.said, may.mark, at=0.0, name=say("place of the mark")),
                said=said,
                truth=_at(_widest(state)) if bet.over else None,
                hit=not missed if bet.over else None,
            )
        ],
        go=commit(
            bet,
            said and say("Draw {n} masks", n=MASKS),
            may.run,
            may.next,
            more=say("Another network"),
            leaves=True,
        ),
        drawers=[
            widgets.explained(
                say("What is drawn"),
                say(
                    "The network has learned the dots with dropout at rate {rate}, behind its "
                    "last hidden layer of {units} units. The thick line is the network in use, "
                    "with all of them at work. Each mask leaves out some, at random, and "
                    "scales up the rest: a thin line. Shaded are two standard deviations to "
                    "both sides. A mark counts where the spread is at least {near} of the "
                    "widest.",
                    rate=fixed(RATE, 1),
                    units=UNITS,
                    near=fixed(NEAR),
                ),
                key="what",
            )
        ],
    )


def _at(x: float) -> str:
    return say("at {x}", x=fixed(x, 1))


def _widest(state: State) -> float:
    return float(GRID[spread(state).argmax()])


def _marks(state: State, axes: plots.Axes) -> list[Node | None]:
    """The mark, and where the spread is widest once that is out."""
    said = state.bet.said
    return [
        None if said is None else plots.rule(axes, x=said, class_="mark"),
        plots.rule(axes, x=_widest(state), class_="truth") if state.bet.over else None,
    ]


def _plane(state: State) -> Node:
    """The points, the network in use, and its thinned networks."""
    net, bet, drawn = state.net, state.bet, state.curves[: state.drawn]
    wide = 2 * drawn.std(axis=0) if len(drawn) > 1 else None
    return plots.plot(
        PLANE,
        None
        if wide is None
        else plots.ranges(
            PLANE,
            GRID,
            net.curve - wide,
            net.curve + wide,
            "wide",
            name=say("two standard deviations (x, lowest, highest)"),
        ),
        [plots.curve(PLANE, GRID, curve, "thin") for curve in drawn[-SHOWN:]],
        plots.curve(PLANE, GRID, net.curve, "whole", name=say("network in use (x, y)")),
        plots.scatter(PLANE, net.x, net.y, "learnt", name=say("points (x, y)")),
        _marks(state, PLANE),
        controls.handle(
            say("place of the mark"),
            PLANE,
            0.0 if bet.said is None else bet.said,
            -2.6,
            MOVES.on(state).mark,
            said=bet.told(_at) or say("nothing yet"),
            along="x",
        ),
        y_label=say("output"),
        label=say("The points, the network, and its thinned networks"),
        key="plane",
    )


def _fan(state: State) -> Node:
    """What each unit of the last hidden layer adds, and the spread once it is out."""
    net, out = state.net, spread(state)
    most = float(np.abs(net.adds).max())
    axes = next((fan for fan in FANS if most <= fan.y[1]), FANS[-1])
    return plots.plot(
        axes,
        plots.rule(axes, y=0),
        [plots.curve(axes, GRID, adds, "adds") for adds in net.adds],
        [plots.curve(axes, GRID, sign * out, "spread") for sign in (-1, 1)]
        if state.bet.over
        else None,
        _marks(state, axes),
        y_label=say("what each unit adds"),
        x_label="x",
        label=say("What each unit of the last hidden layer adds to the output"),
        key="fan",
    )


def _verdict(state: State) -> str:
    bet = state.bet
    if bet.running:
        return say("Mask {n} of {total}.", n=state.drawn, total=MASKS)
    if bet.open:
        return say(
            "Each mask switches off some of the units below. Mark the place where that changes the "
            "output most."
        )
    told = {"here": fixed(at_mark(state)), "most": fixed(float(spread(state).max()))}
    if called(state):
        return say(
            "Called it! The spread here is {here}, and nowhere above {most}. Where units add much, "
            "a mask takes much away.",
            **told,
        )
    told["widest"] = fixed(_widest(state), 1)
    if state.place == 0:
        return say(
            "The spread here is {here}; it is {most} at {widest}. Masks know nothing of a gap: "
            "they waver where the units below add much.",
            **told,
        )
    if state.place == 1:
        return say(
            "The spread here is {here}; it is {most} at {widest}. With two hidden layers, units "
            "can add much in the middle too: look below.",
            **told,
        )
    return say(
        "The spread here is {here}; it is {most} at {widest}. Noisy labels are no reason to waver: "
        "look at what the units add.",
        **told,
    )


def describe(state: State) -> str:
    """The points, the network, the mark, and what came of it."""
    hidden, net = ROUNDS[state.place][1], state.net
    order = np.argsort(net.x)
    dots = ", ".join(
        f"({fixed(net.x[i], 1)}, {fixed(net.y[i], 1)})" for i in order[:: len(order) // 8]
    )
    adds = np.abs(net.adds).sum(axis=0)[::20]
    return say(
        "Round {round}: {network} Some of the points: {dots}. All that the units add, from left to "
        "right: {adds}. Mark: {mark}. {verdict}",
        round=state.place + 1,
        network=say.count(
            "a network with {n} hidden layer.", "a network with {n} hidden layers.", hidden
        ),
        dots=dots,
        adds=", ".join(fixed(float(a), 1) for a in adds),
        mark=state.bet.told(_at) or say("nothing yet"),
        verdict=_verdict(state),
    )
