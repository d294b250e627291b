"""Capacity: choose how much a curve may bend, and bet on what points it has not seen will say.

A curve with k weights is a sum of the first k Chebyshev polynomials, each times its weight: one
dense layer without a bias. The weights are those of least squares on the training points, so a
curve with more weights is never further from these. The held-out points come from the same noisy
wave; the bet is on the k whose curve is nearest to them. It wins within MARGIN of the least error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet
from games.moves import Dial, Place, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import say, word
from pycore import data
from pycore.arrays import Array
from pycore.layers import Dense
from pycore.losses import MeanSquaredError

MOST = 12
"""Weights of the curve that bends most."""
HELD_OUT, NOISE, CYCLES = 100, 0.25, (0.5, 1.0, 1.5)
REACH = 2.0
"""How far the plane goes up and down."""
MARGIN = 1.15
"""A bet wins where its held-out error is at most so many times the least."""
MOST_OWN = 30

LEARNT = word(
    "With more capacity the error on the training points only falls. On points held back it falls "
    "and then rises: choose by those."
)
PARAMS = {"points": Param(Dial(16, 60), 20, "Points to learn from")}
_X, _Y = Dial(-1, 1, 0.05), Dial(-REACH, REACH, 0.05)
MOVES = moves(
    capacity=Dial(1, MOST),
    bet=Press(when=lambda state: state.bet.open),
    again=Press(when=lambda state: state.bet.over),
    point=Place(_X, _Y, when=lambda state: len(state.own) < MOST_OWN),
    x=_X,
    y=_Y,
    forget=Press(when=lambda state: len(state.own) > 0),
)


@dataclass
class State:
    """Points to learn from and points held back, the curve looked at, and the bet.

    `own` are the learner's points, which the curve learns from too; `furthest` the highest
    capacity looked at; `at` where the drawer's button adds a point. `hit` is settled with the bet.
    """

    rng: np.random.Generator
    points: int
    seen: tuple[Array, Array]
    held: tuple[Array, Array]
    own: list[tuple[float, float]] = field(default_factory=list)
    capacity: int = 1
    furthest: int = 1
    at: tuple[float, float] = (0.0, 0.0)
    bet: Bet[int] = field(default_factory=Bet)
    hit: bool = False


def init(seed: int, points: int = 20) -> State:
    """A noisy wave, and the stiffest curve."""
    rng = np.random.default_rng(seed)
    seen, held = _drawn(rng, points)
    return State(rng, points, seen, held)


Points = tuple[Array, Array]
"""x and y of some points: (n, 1) each."""


def _drawn(rng: np.random.Generator, points: int) -> tuple[Points, Points]:
    """Points to learn from and points held back, of one wave."""
    cycles = float(rng.choice(CYCLES))
    seen, held = (data.wave(n, NOISE, rng, cycles) for n in (points, HELD_OUT))
    return seen, held


def update(state: State, move: str, *values: Any) -> None:
    """The slider, the bet, other points, and points of one's own."""
    match move, *values:
        case "capacity", k:
            state.capacity = k
            state.furthest = max(state.furthest, k)
        case ("bet",):
            state.bet.place(state.capacity)
            state.bet.begin()
            state.bet.settle()
            _, held = errors(state)
            state.hit = bool(held[state.capacity - 1] <= MARGIN * held.min())
        case ("again",):
            state.seen, state.held = _drawn(state.rng, state.points)
            state.bet.again()
            state.own, state.capacity, state.furthest, state.hit = [], 1, 1, False
        case "point", x, y:
            state.own.append((x, y))
            state.at = (x, y)
        case "x", x:
            state.at = (x, state.at[1])
        case "y", y:
            state.at = (state.at[0], y)
        case ("forget",):
            state.own.clear()


def bases(x: Array, k: int) -> Array:
    """The first k Chebyshev polynomials at each x: (n, 1) → (n, k)."""
    return np.asarray(np.polynomial.chebyshev.chebvander(x[:, 0], k - 1))


def training(state: State) -> tuple[Array, Array]:
    """All points to learn from, one's own among them: (n, 1) each."""
    own = np.array(state.own, float).reshape(-1, 2)
    x, y = state.seen
    return np.vstack([x, own[:, :1]]), np.vstack([y, own[:, 1:]])


def fit(state: State, k: int) -> Dense:
    """The layer with the k weights that come nearest to the training points."""
    x, y = training(state)
    layer = Dense(k, 1, rng=0)
    layer.W[...] = np.linalg.lstsq(bases(x, k), y, rcond=None)[0]
    return layer


def errors(state: State) -> tuple[Array, Array]:
    """The mean squared error on training and on held-out points for each capacity: (MOST,) each."""
    judge, found = MeanSquaredError(), []
    for k in range(1, MOST + 1):
        layer = fit(state, k)
        found.append(
            [judge.forward(layer.forward(bases(x, k)), y) for x, y in (training(state), state.held)]
        )
    seen, held = np.array(found).T
    return seen, held


def score(state: State) -> float:
    """1 for a bet that came true; 0 before, and after a miss how near it was."""
    if state.hit:
        return 1.0
    if not state.bet.over or state.bet.said is None:
        return 0.0
    _, held = errors(state)
    return float(0.9 * held.min() / held[state.bet.said - 1])


def view(state: State) -> Node:
    """The points with the curve, and below them the error at each capacity."""
    may = MOVES.on(state)
    found = errors(state)
    judged = state.bet.over and state.capacity == state.bet.said
    return shell(
        h(
            "div",
            _plane(state),
            _errors(state, *found),
            class_="capacity won" if state.hit else "capacity",
        ),
        widgets.verdict(
            _verdict(state, *found), state.hit and judged, lost=judged and not state.hit
        ),
        dock=[
            controls.slider(
                say("capacity: weights"), state.capacity, may.capacity, symbol="k", key="capacity"
            )
        ],
        go=_next(state),
        drawers=[
            widgets.folded(
                say("Points of your own"),
                widgets.hint(
                    say("Tap the picture to add a point that the curve must learn, too. Or here:")
                ),
                controls.slider("x", state.at[0], may.x),
                controls.slider("y", state.at[1], may.y),
                widgets.row(
                    controls.button(say("Add the point"), may.point(*state.at), key="add"),
                    controls.button(say("Take mine away"), may.forget),
                ),
                key="own",
            ),
            widgets.folded(say("Numbers"), _numbers(state, *found), key="numbers"),
        ],
    )


def _next(state: State) -> Node:
    """The one thing to do next."""
    may = MOVES.on(state)
    if state.bet.over:
        return controls.button(say("Other points"), may.again, primary=True, key="go")
    if state.furthest == 1:
        return controls.button(say("Let it bend"), may.capacity(3), primary=True, key="go")
    told = say.count("Bet on {n} weight", "Bet on {n} weights", state.capacity)
    return controls.button(told, may.bet, primary=True, key="go")


def describe(state: State) -> str:
    """The curve, the points, and how the bet stands."""
    own = say("{n} of them yours", n=len(state.own))
    return say(
        "A curve with {weights} through {n} points, {own}; looked at up to {furthest}. The "
        "next point would be at x {x}, y {y}. {verdict}",
        weights=say.count("{n} weight", "{n} weights", state.capacity),
        n=state.points + len(state.own),
        own=own,
        furthest=state.furthest,
        x=fixed(state.at[0]),
        y=fixed(state.at[1]),
        verdict=_verdict(state, *errors(state)),
    )


def solution(state: State) -> Iterator[Message]:
    """Look at a stiff curve, at a wild one, and bet on the best."""
    if score(state) == 1:
        return
    if state.bet.over:
        yield ("again",)
    yield ("capacity", 2)
    yield ("capacity", MOST)
    _, held = errors(state)
    yield ("capacity", int(held.argmin()) + 1)
    yield ("bet",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "capacity", 2:
            return say("A straight line: it misses what the points plainly show.")
        case "capacity", k if k == MOST:
            return say("As many bends as there can be: it runs after single points.")
        case "capacity", _:
            return say("It follows the wave and leaves the noise alone.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-1, 1), (-REACH, REACH), 400, 212, 44, 12, 26, 20)
BELOW = plots.Axes((0.5, MOST + 0.5), (0.01, 10), 400, 156, 44, 12, 26, 38, log_y=True)
LINE = np.linspace(-1, 1, 161)[:, None]


def _plane(state: State) -> Node:
    """The points and the curve; those held back once the bet is over."""
    x, y = state.seen
    curve = fit(state, state.capacity).forward(bases(LINE, state.capacity))
    own = np.array(state.own, float).reshape(-1, 2)
    held_x, held_y = state.held
    return plots.plot(
        PLANE,
        state.bet.over
        and plots.scatter(
            PLANE,
            held_x[:, 0],
            np.clip(held_y[:, 0], -REACH, REACH),
            "held",
            name=say("points held back: x, y"),
        ),
        plots.curve(PLANE, LINE[:, 0], curve[:, 0], "fit", name=say("curve: x, y")),
        plots.scatter(
            PLANE,
            x[:, 0],
            np.clip(y[:, 0], -REACH, REACH),
            "train",
            name=say("training points: x, y"),
        ),
        plots.scatter(PLANE, own[:, 0], own[:, 1], "own", name=say("my points: x, y")),
        controls.surface(PLANE, MOVES.on(state).point, drag=False),
        label=say("The training points and the curve"),
        y_label=say("dark: to learn from; faint: held back")
        if state.bet.over
        else say("points to learn from"),
        key="plane",
    )


def _errors(state: State, seen: Array, held: Array) -> Node:
    """The error at each capacity that was passed; at the end all of them, on both kinds."""
    over, ks = state.bet.over, np.arange(1, MOST + 1)
    known = ks <= (MOST if over else state.furthest)
    low, high = BELOW.y
    best = int(held.argmin())
    shown = np.clip(seen, low, high)
    return plots.plot(
        BELOW,
        over and plots.band(BELOW, (best + 0.5, best + 1.5), "zone"),
        plots.rule(BELOW, x=state.capacity, class_="dial"),
        plots.curve(BELOW, ks[known], shown[known], "train"),
        plots.scatter(BELOW, ks[known], shown[known], "train"),
        over
        and [
            plots.curve(BELOW, ks, np.clip(held, low, high), "validation"),
            plots.scatter(BELOW, ks, np.clip(held, low, high), "validation"),
        ],
        plots.legend(
            BELOW,
            [
                (say("training"), "train"),
                *([(say("held out"), "validation")] if over else []),
            ],
        ),
        state.bet.said is not None
        and h(
            "circle",
            cx=float(BELOW.across(state.bet.said)),
            cy=float(BELOW.up(np.clip(held[state.bet.said - 1], low, high))),
            r=9,
            class_="bet",
        ),
        label=say("The error at each capacity"),
        x_label=say("capacity: weights of the curve"),
        y_label=say("error"),
        key="errors",
    )


def _numbers(state: State, seen: Array, held: Array) -> Node:
    """The errors of all capacities that are known."""
    ks = list(range(1, (MOST if state.bet.over else state.furthest) + 1))
    head = [say("weights"), say("training error")]
    rows: list[list[str]] = [[str(k), short(float(seen[k - 1]))] for k in ks]
    marks = {say("weights"): np.array(ks), say("training error"): seen[[k - 1 for k in ks]]}
    if state.bet.over:
        head.append(say("held-out error"))
        rows = [[*row, short(float(held[k - 1]))] for k, row in zip(ks, rows, strict=True)]
        marks[say("held-out error")] = held
    marked_row = ks.index(state.capacity)
    table = widgets.table(say("Mean squared error"), head, rows, marked=marked_row)
    return marked(table, marks)


def _verdict(state: State, seen: Array, held: Array) -> str:
    """What is known of the curve, and after the bet what the held-out points say."""
    k = state.capacity
    error = short(float(seen[k - 1]))
    if not state.bet.over or state.bet.said is None:
        if state.furthest == 1:
            return say(
                "One weight: a flat line, off by {error}. Give it more, and stop where points held "
                "back would fit best.",
                error=error,
            )
        return say(
            "Off by {error} on the {n} points it learns from. Where is it best on {held} held "
            "back? Bet.",
            error=error,
            n=state.points + len(state.own),
            held=HELD_OUT,
        )
    said, best = state.bet.said, int(held.argmin()) + 1
    if k != said:
        return say.count(
            "{n} weight: off by {seen} on the points it learns from, by {held} on those held back.",
            "{n} weights: off by {seen} on the points they learn from, by {held} on those held "
            "back.",
            k,
            seen=error,
            held=short(float(held[k - 1])),
        )
    told = {
        "mine": short(float(held[said - 1])),
        "best": short(float(held[best - 1])),
        "k": str(best),
    }
    if said == best:
        return say.count(
            "Called it! On points held back {n} weight is off by {mine}, and no other number by "
            "less.",
            "Called it! On points held back {n} weights are off by {mine}, and no other number by "
            "less.",
            said,
            mine=told["mine"],
        )
    if state.hit:
        return say.count(
            "Called it! Held out, {n} weight is off by {mine}; the best, {k}, by {best}.",
            "Called it! Held out, {n} weights are off by {mine}; the best, {k}, by {best}.",
            said,
            **told,
        )
    if said < best:
        return say.count(
            "Too stiff: held out, {n} weight is off by {mine}, the best, {k}, by {best}. "
            "Underfitting misses what is plainly there.",
            "Too stiff: held out, {n} weights are off by {mine}, the best, {k}, by {best}. "
            "Underfitting misses what is plainly there.",
            said,
            **told,
        )
    return say.count(
        "Too free: held out, {n} weight is off by {mine}, the best, {k}, by {best}. Overfitting "
        "runs after the noise.",
        "Too free: held out, {n} weights are off by {mine}, the best, {k}, by {best}. Overfitting "
        "runs after the noise.",
        said,
        **told,
    )
