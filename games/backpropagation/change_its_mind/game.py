"""Change Its Mind: a network is learning two spirals; touch a spot to disagree, and convince it.

It learns from 140 points of two spirals, a step at a time, all of them in every step, by Adam. A
touch adds a point of the class that the network does not see there, and that point counts COUNTS
times as much as one of a spiral. It rests once it has everything right, or after LONGEST steps
without a touch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts.training import Rounded
from games.moves import Dial, Place, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.fields import field
from games.ui.node import h
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore import data
from pycore.activations import sigmoid
from pycore.arrays import Array
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import Adam

TICKS_PER_SECOND = 24
SIZES = (2, 24, 24, 1)
POINTS, ARMS, REACH = 140, 1.5, 3.0
"""Points of both spirals, how often each arm turns, and how far the plane goes to each side."""
SIZE = 2.5
"""How far from the middle the spirals end."""
RATE, COUNTS = 0.02, 6
BEGUN = 30
"""Steps already made at the start: there is something to see, and something left to learn."""
LONGEST, AFTER = 900, 48
"""Steps without a touch after which it rests in any case, and once it has everything right."""
NEEDED, MOST, APART = 3, 8, 0.5
"""Own points for a win; how many there can be, then the oldest goes; how far apart they lie."""
SURE = 0.95
"""Share of the spirals that a win has right."""

AXES = plots.Axes((-REACH, REACH), (-REACH, REACH), 480, 440, 4, 4, 4, 4)
LEARNT = word(
    "A network draws its border around whatever points it is given, yours too: it has no opinion "
    "of its own."
)
MOVES = moves(
    disagree=Place(Dial(-REACH, REACH, 0.01), Dial(-REACH, REACH, 0.01)),
    point=Place(Dial(-REACH, REACH, 0.1), Dial(-REACH, REACH, 0.1)),
    forget=Press(when=lambda state: len(state.own) > 0),
    learn=Switch(),
)


@dataclass
class State:
    """A network in training, the spirals, one's own points, and where the keyboard's point is.

    `own` are rows of x, y and class; `since` counts the steps since something was new, and
    `settled` those since everything was right.
    """

    rng: np.random.Generator
    x: Array
    y: Array
    trainer: Rounded
    own: list[tuple[float, float, float]]
    at: tuple[float, float] = (2.5, -2.5)
    learning: bool = True
    steps: int = BEGUN
    since: int = 0
    settled: int = 0

    @property
    def network(self) -> Sequential:
        """What learns."""
        return self.trainer.network


def init(seed: int) -> State:
    """A network that has just begun to learn."""
    rng = np.random.default_rng(seed)
    x, labels = data.spirals(POINTS, 0.0, rng, turns=ARMS)
    x, y = x * SIZE, labels.astype(float)
    state = State(rng, x, y, _trainer(mlp(list(SIZES), rng), x, y), [])
    for _ in range(BEGUN):
        state.trainer.step()
    return state


def update(state: State, move: str, *values: Any) -> None:
    """A point of the other class; the keyboard's point; all points away; rest or learn."""
    match move, *values:
        case "disagree", x, y:
            _disagree(state, x, y)
        case "point", x, y:
            state.at = x, y
        case ("forget",):
            state.own.clear()
            _begin(state)
        case "learn", on:
            state.learning = on
            state.since = state.settled = 0


def tick(state: State) -> bool:
    """One step; idle when everything is right, or nothing was new for long."""
    if not state.learning:
        return False
    state.trainer.step()
    state.steps += 1
    state.since += 1
    state.settled = state.settled + 1 if _all_right(state) else 0
    if state.settled >= AFTER or state.since >= LONGEST:
        state.learning = False
    return True


def right(state: State) -> float:
    """Share of the spirals' points that the network has right."""
    return float(np.mean((_sums(state, state.x) > 0) == (state.y > 0.5)))


def convinced(state: State) -> int:
    """How many of one's own points the network has come to see as they are."""
    if not state.own:
        return 0
    own = np.array(state.own)
    return int(np.sum((_sums(state, own[:, :2]) > 0) == (own[:, 2] > 0.5)))


def score(state: State) -> float:
    """1 with at least NEEDED own points, all learned, and the spirals still right."""
    spirals = min(right(state) / SURE, 1.0)
    share = convinced(state) / max(len(state.own), NEEDED)
    return 1.0 if share == 1 and spirals == 1 else 0.9 * share * spirals


def solution(state: State) -> Iterator[Message]:
    """Forget what there is, then disagree where the network is least sure."""
    if state.own:
        yield ("forget",)
    line = np.linspace(-SIZE, SIZE, 26)
    places = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    unsure = np.argsort(np.abs(_sums(state, places)), kind="stable")
    chosen: list[tuple[float, float]] = []
    for x, y in places[unsure].round(1).tolist():
        if all(np.hypot(x - a, y - b) > 1.0 for a, b in chosen):
            chosen.append((x, y))
            yield ("point", x, y)
            yield ("disagree", x, y)
        if len(chosen) == NEEDED:
            break
    if not state.learning and score(state) < 1:
        yield ("learn", True)


def view(state: State) -> Node:
    """The plane as the network sees it, which one touches; what it has right; rest and learn."""
    may, won = MOVES.on(state), score(state) == 1
    return shell(
        h("div", _plane(state, won), class_="mind"),
        widgets.verdict(_verdict(state), won),
        mission=widgets.progress(
            say("my points learned"),
            convinced(state),
            max(len(state.own), NEEDED),
            most=MOST,
        ),
        dock=[
            widgets.meter(
                say("spirals right"), 100 * right(state), 0, 100, digits=0, zone=(100 * SURE, 100)
            ),
            widgets.row(
                controls.toggle(say("learning"), state.learning, may.learn),
                controls.button(say("Forget my points"), may.forget),
            ),
        ],
        go=controls.button(
            say("Disagree at the ring"), may.disagree(*state.at), primary=True, key="here"
        ),
    )


def _plane(state: State, won: bool) -> Node:
    """The spirals, one's own points, and what the network sees everywhere between them."""
    may, (x, y) = MOVES.on(state), state.at
    sea = field(
        AXES,
        lambda places: 2 * sigmoid(_sums(state, places)) - 1,
        cells=48,
        contours=(0.0,),
        name=say("what it sees, from −1 to 1"),
    )
    one, own = state.y > 0.5, np.array(state.own).reshape(-1, 3)
    return plots.plot(
        AXES,
        sea.lines,
        _class(state.x[one], "above"),
        _class(state.x[~one], "below"),
        plots.scatter(AXES, own[:, 0], own[:, 1], "mind halo won" if won else "mind halo"),
        _class(own[own[:, 2] > 0.5, :2], "mine above"),
        _class(own[own[:, 2] < 0.5, :2], "mine below"),
        controls.surface(AXES, may.disagree, drag=False),
        controls.handle(
            say("my next point"),
            AXES,
            x,
            y,
            may.point,
            said=say("my next point at {place}", place=_place(state.at)),
        ),
        label=say("Two spirals, and what the network sees everywhere between them"),
        heat=sea.heat,
    )


def describe(state: State) -> str:
    """Steps, what is right, and one's own points."""
    places = [(x, y) for x, y, _ in state.own]
    return say(
        "{verdict} {learning} After {n} steps {right} of the spirals are right, and {mine} of my "
        "points ({points}); my next point is at {next}.",
        verdict=_verdict(state),
        learning=say("It is learning.") if state.learning else say("It is at rest."),
        n=state.steps,
        right=percent(right(state)),
        mine=convinced(state),
        points=", ".join(map(_place, places)) or say("none"),
        next=_place(state.at),
    )


def _place(at: tuple[float, float]) -> str:
    return say("{x} | {y}", x=fixed(at[0]), y=fixed(at[1]))


def _verdict(state: State) -> str:
    if score(state) == 1:
        return say(
            "You changed its mind: it bent the border around each of your points, and kept the "
            "spirals."
        )
    if not state.own:
        return say("Touch a spot to say that it belongs to the other colour. Will it believe you?")
    if not state.learning:
        return say("It has stopped learning. Touch another spot, or switch learning on again.")
    if len(state.own) < NEEDED:
        return say.count(
            "It is learning what you said. Disagree in one more place.",
            "It is learning what you said. Disagree in {n} more places.",
            NEEDED - len(state.own),
        )
    return say("It is bending the border around your points …")


def _disagree(state: State, x: float, y: float) -> None:
    """A point of the class that the network does not see there; none on top of another."""
    if any(np.hypot(x - a, y - b) < APART for a, b, _ in state.own):
        return
    seen = float(_sums(state, np.array([[x, y]]))[0])
    state.own = [*state.own, (x, y, float(seen <= 0))][-MOST:]
    state.at = x, y
    _begin(state)


def _begin(state: State) -> None:
    """Learn from the spirals and the points there are now, on with the same weights."""
    own = np.repeat(np.array(state.own).reshape(-1, 3), COUNTS, axis=0)
    x, y = np.vstack([state.x, own[:, :2]]), np.concatenate([state.y, own[:, 2]])
    state.trainer = _trainer(state.network, x, y)
    state.learning, state.since, state.settled = True, 0, 0


def _trainer(network: Sequential, x: Array, y: Array) -> Rounded:
    return Rounded(network, BinaryCrossEntropy(), Adam(RATE), x, y)


def _sums(state: State, places: Array) -> Array:
    """The weighted sum of the last neuron at each place: above 0 it sees the first class."""
    sums: Array = state.network.forward(places)[:, 0]
    return sums


def _all_right(state: State) -> bool:
    return right(state) == 1 and convinced(state) == len(state.own)


def _class(points: Array, kind: str) -> list[Node]:
    """Points of one class, each with a rim."""
    return [
        plots.scatter(AXES, points[:, 0], points[:, 1], f"mind {part} {kind}")
        for part in ("rim", "dot")
    ]
