"""Bend the Line: pull a band of sand by its six knots until the data are likely.

The sand lies on the band as a bell, five strips of a fifth each. Wherever the knots are pulled, a
strip keeps its sand: twice as wide is half as high. That is a flow of one dimension, the engine's
line of knots, and how likely it makes the data is the mean of log p. The goal of each mission is
near the best that six knots on this grid can do, found by trying all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.moves import Dial, Parts, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.flows import PiecewiseLine

LEARNT = word(
    "Each strip keeps its sand: twice as wide is half as high. So a flow knows how likely every "
    "point is: the bell's height where the point comes from, divided by the stretch."
)
KNOTS = np.array([-2.0, -0.8416212, -0.2533471, 0.2533471, 0.8416212, 2.0])
"""Where the knots are on the bell: the inner four cut it into fifths."""
STRIPS = len(KNOTS) - 1
START = (-2.0, -0.8, -0.3, 0.3, 0.8, 2.0)
"""The same as near as the grid allows."""
END, STEP, GAP = 3.0, 0.1, 0.2
"""How far knots go to either side, the grid, and how near they may come to each other."""
COUNT = 300
"""Points of data."""
SLACK = 0.07
"""Nats by which a mission may miss the best."""

KINDS = {
    "narrow": word("One narrow heap"),
    "even": word("An even layer"),
    "tail": word("A steep side and a long tail"),
    "two": word("Two heaps, and nothing between them"),
}
"""What the data are like, by kind of mission."""
PARAMS = {"missions": Param(Dial(1, len(KINDS)), 3, word("Missions to fulfil"))}
MOVES = moves(
    knot=Parts(which=Dial(0, STRIPS), to=Dial(-END, END, STEP)),
    loose=Press(when=lambda state: state.knots != START),
    next=Press(when=lambda state: state.reached),
)


@dataclass
class State:
    """The data of this mission, the knots, what the best knots reach, and the missions so far."""

    rng: np.random.Generator
    missions: int
    kinds: list[str] = field(default_factory=list)
    data: Array = field(default_factory=lambda: np.zeros(0))
    best: tuple[float, ...] = START
    goal: float = 0.0
    knots: tuple[float, ...] = START
    reached: bool = False
    done: int = 0
    won: bool = False


def init(seed: int, missions: int = 3) -> State:
    """The first mission, with the band as it is."""
    state = State(np.random.default_rng(seed), missions)
    _deal(state)
    return state


def _deal(state: State) -> None:
    """The next mission on a band let loose; the gap comes last, and then all of them anew."""
    if not state.kinds:
        others = [kind for kind in KINDS if kind != "two"]
        order = [str(kind) for kind in state.rng.permutation(others)]
        state.kinds, state.done = [*order[: state.missions - 1], "two"], 0
    state.data = np.sort(drawn(state.kinds[0], state.rng))
    state.best = best_knots(state.data)
    state.goal = round(likely(state.best, state.data) - SLACK, 6)
    state.knots, state.reached = START, False


# --- what is true ---------------------------------------------------------------------------------


def drawn(kind: str, rng: np.random.Generator) -> Array:
    """The data of a kind of mission (COUNT,), all of them within reach."""
    side, n = float(rng.choice([-1, 1])), 2 * COUNT
    match kind:
        case "narrow":
            x = side * rng.uniform(0.7, 1.2) + 0.45 * rng.normal(size=n)
        case "even":
            x = 0.3 * side + rng.uniform(-2.3, 2.3, n)
        case "tail":
            x = side * (0.65 * rng.gamma(1.5, size=n) - 1.5)
        case _:
            left = rng.uniform(size=n) < rng.uniform(0.42, 0.58)
            x = np.where(left, -1.6, 1.6) + 0.3 * rng.normal(size=n)
    return np.asarray(x[np.abs(x) < END - 0.05][:COUNT])


def line(knots: tuple[float, ...]) -> PiecewiseLine:
    """The flow from the band as it is pulled back to the bell."""
    return PiecewiseLine(knots, KNOTS)


def likely(knots: tuple[float, ...], data: Array) -> float:
    """The mean of log p, to six decimals."""
    return round(float(line(knots).log_density(data).mean()), 6)


GRID = np.round(np.arange(-END, END + STEP / 2, STEP), 1)


def best_knots(data: Array) -> tuple[float, ...]:
    """The knots on the grid that make sorted data likeliest: the best for each knot in turn.

    What a strip adds depends on its two ends alone, through count, sum and squares of its data.
    """
    n, cut = len(data), np.searchsorted(data, GRID)
    sums, squares = (np.append(0, np.cumsum(data**power)) for power in (1, 2))
    left, right = GRID[:, None], GRID[None, :]
    fits = right - left > GAP - STEP / 2
    wide = np.where(fits, right - left, 1.0)
    total, came_from = np.zeros(len(GRID)), []
    for k in range(STRIPS):
        first = cut[:, None] if k else np.zeros((len(GRID), 1), int)
        last = cut[None, :] if k < STRIPS - 1 else np.full((1, len(GRID)), n)
        slope = (KNOTS[k + 1] - KNOTS[k]) / wide
        at_0 = KNOTS[k] - slope * left
        inside = last - first
        z_squared = at_0**2 * inside + 2 * at_0 * slope * (sums[last] - sums[first])
        z_squared += slope**2 * (squares[last] - squares[first])
        adds = np.where(fits, inside * np.log(slope) - z_squared / 2, -np.inf)
        reach = total[:, None] + adds
        came_from.append(reach.argmax(axis=0))
        total = reach.max(axis=0)
    places = [int(total.argmax())]
    for before in reversed(came_from):
        places.append(int(before[places[-1]]))
    return tuple(float(GRID[place]) for place in reversed(places))


def helps(state: State) -> tuple[int, float] | None:
    """The knot, and the step on the grid, that make the data likelier by most, if any does."""
    steps = [(which, way) for which in range(len(KNOTS)) for way in (-STEP, STEP)]
    after = [
        likely(pulled(state.knots, which, state.knots[which] + way), state.data)
        for which, way in steps
    ]
    best = int(np.argmax(after))
    return steps[best] if after[best] > likely(state.knots, state.data) else None


def shares(state: State) -> Array:
    """The share of the data in each strip (STRIPS,)."""
    ends = [0, *np.searchsorted(state.data, state.knots[1:-1]).tolist(), len(state.data)]
    return np.asarray(np.diff(ends) / len(state.data))


# --- the moves ------------------------------------------------------------------------------------


def update(state: State, move: str, *values: Any) -> None:
    """Pull a knot, let the band go, or go on."""
    match move, *values:
        case "knot", which, to:
            state.knots = pulled(state.knots, which, to)
        case ("loose",):
            state.knots = START
        case ("next",):
            state.kinds.pop(0)
            _deal(state)
    if not state.reached and likely(state.knots, state.data) >= state.goal:
        state.reached = True
        state.done += 1
        state.won = state.won or state.done >= state.missions


def pulled(knots: tuple[float, ...], which: int, to: float) -> tuple[float, ...]:
    """The knots after one was pulled: it pushes the others along, for the band cannot fold."""
    places = list(knots)
    low, high = -END + GAP * which, END - GAP * (STRIPS - which)
    places[which] = min(max(to, low), high)
    for k in range(which + 1, len(places)):
        places[k] = max(places[k], places[k - 1] + GAP)
    for k in range(which - 1, -1, -1):
        places[k] = min(places[k], places[k + 1] - GAP)
    return tuple(round(place, 1) for place in places)


def score(state: State) -> float:
    """1 once all missions are fulfilled; before, the share of them."""
    return 1.0 if state.won else state.done / state.missions


def solution(state: State) -> Iterator[Message]:
    """The best knots of each mission, from left to right. To be read message by message."""
    while score(state) < 1:
        if state.reached:
            yield ("next",)
        for which, to in enumerate(state.best):
            if state.knots[which] != to and not state.reached:
                yield ("knot", which, to)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    if move != "knot":
        return ""
    if values[0] in (0, STRIPS):
        return say("The outermost knots say how soon the sand falls away.")
    return say("Strips should be narrow where the data are dense, and wide where they are few.")


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((-3.2, 3.2), (-0.2, 1.86), height=350, left=10, right=10, top=6, bottom=22)
HANG = -0.14
"""How far below the band every second knot hangs, so that neighbours can be told apart."""
BASE = 1.42
"""How high in the picture the band lies before it is pulled; after, it lies at 0."""
ROOF = 1.3
"""Sand that is higher is cut off in the picture."""
BIN = 0.2
"""Of the histogram of the data."""


def view(state: State) -> Node:
    """The bell above, the pulled sand with the data below, and beams from strip to strip."""
    may, now = MOVES.on(state), likely(state.knots, state.data)
    return shell(
        _picture(state),
        widgets.verdict(_verdict(state), state.won and state.reached),
        mission=widgets.progress(
            say("missions fulfilled"), min(state.done, state.missions), state.missions
        ),
        dock=[
            widgets.hint(say(KINDS[state.kinds[0]])),
            widgets.meter(
                say("how likely the data are"),
                now,
                state.goal - 1.2,
                state.goal + SLACK,
                zone=(state.goal, state.goal + SLACK),
                key="likely",
            ),
        ],
        go=widgets.row(
            controls.button(say("Next data"), may.next, primary=True),
            controls.button(say("Let go"), may.loose),
        ),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("How likely the data are"),
                say(
                    "The height of the sand over a point is its density p. The meter shows the "
                    "mean of log p over all points of the data, in nats. One nat more is a "
                    "density e times as high, about 2.7, at every point."
                ),
                key="nats",
            ),
        ],
    )


def describe(state: State) -> str:
    """What the data are like, where the knots are, and how likely the data are."""
    return say(
        "{kind}, {n} points, the first at {x}. Knots at {knots}. Mean of log p {now}, the goal "
        "is {goal}. {verdict}",
        kind=say(KINDS[state.kinds[0]]),
        n=len(state.data),
        x=fixed(float(state.data[0]), 3),
        knots=", ".join(fixed(knot, 1) for knot in state.knots),
        now=fixed(likely(state.knots, state.data), 3),
        goal=fixed(state.goal, 3),
        verdict=_verdict(state),
    )


def _picture(state: State) -> Node:
    may, won = MOVES.on(state), state.reached
    flow = line(state.knots)
    return h(
        "div",
        plots.plot(
            AXES,
            [_beam(state.knots, k) for k in range(STRIPS)],
            [_sand(line(_EVEN), k, BASE) for k in range(STRIPS)],
            [_sand(flow, k, 0.0) for k in range(STRIPS)],
            _data(state),
            plots.rule(AXES, y=BASE),
            plots.rule(AXES, y=0),
            _stems(state.knots),
            [
                controls.handle(
                    say("knot {n}", n=which + 1),
                    AXES,
                    knot,
                    which % 2 * HANG,
                    may.knot(which),
                    along="x",
                    said=fixed(knot, 1),
                    key=f"knot {which}",
                )
                for which, knot in enumerate(state.knots)
            ],
            [
                plots.text_at(AXES, float(x), BASE + 0.05, str(k + 1), "middle")
                for k, x in enumerate((-1.2, -0.55, 0, 0.55, 1.2))
            ],
            plots.text_at(AXES, -3.1, BASE + 0.3, say("the sand as a bell")),
            plots.text_at(AXES, -3.1, BASE - 0.14, say("the same sand, pulled")),
            label=say("Sand on a band, as a bell above and pulled below, and the data"),
            key="sand",
        ),
        key="band",
        class_="band won" if won else "band",
    )


_EVEN = tuple(KNOTS.tolist())


def _ends(knots: tuple[float, ...], k: int) -> tuple[float, float]:
    """Where a strip begins and ends; the outer ones at the edge of the picture."""
    low = AXES.x[0] if k == 0 else knots[k]
    high = AXES.x[1] if k == STRIPS - 1 else knots[k + 1]
    return low, high


def _outline(points: list[tuple[float, float]], class_: str) -> Node:
    x, y = np.transpose(points)
    spots = np.column_stack([AXES.across(x), AXES.up(y)]).ravel().tolist()
    path = "L".join(["%.1f %.1f"] * len(points)) % tuple(spots)
    return h("path", d=f"M{path}Z", class_=class_)


def _tint(k: int) -> str:
    return "pale" if k % 2 else "full"


def _sand(flow: PiecewiseLine, k: int, base: float) -> Node:
    """A strip of sand on the base line."""
    low, high = _ends(tuple(flow.x.tolist()), k)
    x = np.linspace(low, high - 1e-9, 25)
    p = np.minimum(np.exp(flow.log_density(x)), ROOF if base == 0 else 1.0)
    points = [(low, base), *zip(x.tolist(), (base + p).tolist(), strict=True), (high, base)]
    drawn = _outline(points, f"sand {_tint(k)}")
    if base:
        return drawn
    name = say("sand of strip {n}: x, height", n=k + 1)
    return marked(drawn, {name: np.column_stack([x, p])})


def _beam(knots: tuple[float, ...], k: int) -> Node:
    """From where a strip lay to where it lies."""
    (a, b), (c, d) = _ends(_EVEN, k), _ends(knots, k)
    return _outline([(a, BASE), (b, BASE), (d, 0.0), (c, 0.0)], f"beam {_tint(k)}")


def _stems(knots: tuple[float, ...]) -> Node:
    """What the lower knots hang by."""
    up, down = float(AXES.up(0.0)), float(AXES.up(HANG))
    path = "".join(f"M{float(AXES.across(knot)):.1f} {up:.1f}V{down:.1f}" for knot in knots[1::2])
    return h("path", d=path, class_="stem")


def _data(state: State) -> Node:
    """The histogram of the data, as one line."""
    ends = np.round(np.arange(-END, END + BIN / 2, BIN), 1)
    count, _ = np.histogram(state.data, ends)
    heights = np.append(0, np.repeat(count / (len(state.data) * BIN), 2))
    x = np.repeat(ends, 2)[: len(heights)]
    return plots.curve(
        AXES,
        np.append(x, ends[-1]),
        np.append(np.minimum(heights, ROOF), 0),
        "data",
        name=say("data: x, height"),
    )


def _numbers(state: State) -> Node:
    """What each strip was and is."""
    wide, was = np.diff(state.knots), np.diff(KNOTS)
    found = shares(state)
    return marked(
        widgets.table(
            say("The strips, from left to right"),
            [say("strip"), say("width"), say("height"), say("sand"), say("data")],
            [
                [
                    str(k + 1),
                    say("× {factor}", factor=fixed(float(wide[k] / was[k]))),
                    say("× {factor}", factor=fixed(float(was[k] / wide[k]))),
                    percent(1 / STRIPS),
                    percent(float(found[k])),
                ]
                for k in range(STRIPS)
            ],
        ),
        {
            say("width"): wide / was,
            say("height"): was / wide,
            say("data in each strip (%)"): 100 * found,
        },
    )


_ENDS = {
    (0, False): word(
        "The sand falls away too soon on the left: pull the last knot there outwards."
    ),
    (0, True): word("The sand reaches too far on the left: pull the last knot there inwards."),
    (STRIPS, True): word(
        "The sand falls away too soon on the right: pull the last knot there outwards."
    ),
    (STRIPS, False): word(
        "The sand reaches too far on the right: pull the last knot there inwards."
    ),
}
"""What is said of the outer knots, at which no strip ends, by knot and whether it goes right."""


def _verdict(state: State) -> str:
    if state.reached and state.kinds[0] == "two":
        return say(
            "Likely enough. Strip 3 bridges the gap: it may be thin, but its fifth of the sand has "
            "to lie somewhere."
        )
    if state.reached:
        return say(
            "Likely enough: narrow and high where the data are dense, wide and low where they are "
            "few."
        )
    if state.knots == START:
        return say(
            "The teal line is the data. Drag the knots at the bottom until the sand lies like it. "
            "Each strip keeps its fifth of the sand."
        )
    step = helps(state)
    if step is None:
        return say("Nearly: no knot alone helps any more. Pull two neighbours the same way.")
    which, way = step
    if which in (0, STRIPS):
        return say(_ENDS[which, way > 0])
    found = shares(state)
    left, right = found[which - 1 : which + 1] - 1 / STRIPS
    strip = which if way * (left + right) > 0 else which - 1
    n, share = strip + 1, percent(float(found[strip]))
    if (strip == which) == (way > 0):
        return say(
            "Strip {n} holds a fifth of the sand, and {share} of the data. Make it narrower.",
            n=n,
            share=share,
        )
    return say(
        "Strip {n} holds a fifth of the sand, and {share} of the data. Make it wider.",
        n=n,
        share=share,
    )
